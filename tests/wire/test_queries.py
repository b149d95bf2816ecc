"""Queries: pairs read and written, and edits that leave the rest as it is written."""

import pytest

from wirekit._wire import queries


@pytest.mark.parametrize(
    ("query", "pairs"),
    [
        (None, []), ("", []), ("a=1&a=2&b", [("a", "1"), ("a", "2"), ("b", "")]), ("a+b=%C3%A4+%2B", [("a b", "ä +")]),
        ("&&a=b=c&=d&", [("a", "b=c"), ("", "d")]), ("%zz=%FF", [("%zz", "\ufffd")]),
    ],
)  # fmt: skip
def test_parse(query: str | None, pairs: list[tuple[str, str]]) -> None:
    assert queries.parse(query) == pairs


def test_format_pairs() -> None:
    assert queries.format_pairs([("a b", "ä/&"), ("flag", None), ("", "")]) == "a+b=%C3%A4%2F%26&flag&="


def test_extend() -> None:
    assert queries.extend("a=%7E", [("b", "1")]) == "a=%7E&b=1"
    assert queries.extend(None, [("b", None)]) == "b"
    assert queries.extend("", [("b", "")]) == "b="
    assert queries.extend("a", []) == "a"
    assert queries.extend(None, []) is None


def test_remove() -> None:
    assert queries.remove("a=1&%61=2&b=%2f&&c", ["a"]) == "b=%2f&&c"
    assert queries.remove("a=1", {"a"}) is None
    assert queries.remove("", ["a"]) == ""
    assert queries.remove(None, ["a"]) is None


def test_update_sets_in_the_first_place_and_leaves_the_rest() -> None:
    assert queries.update("a=1&b=%2f&a=2&&c", [("a", "x"), ("a", "y"), ("d", "z")]) == "a=x&a=y&b=%2f&&c&d=z"
    assert queries.update(None, [("a", None)]) == "a"
    assert queries.update("", []) == ""
    assert queries.update(None, []) is None
    assert queries.update("+=1", [(" ", "2")]) == "+=2"
