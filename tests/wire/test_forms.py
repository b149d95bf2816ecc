"""Form data: the fast way and the plain way agree, and fall back where they must."""

from typing import Any

import pytest

from wirekit._wire.forms import format_pairs, parse_bytes, parse_text


def parse(
    text: str, separator: str = "&", *, keep_blank: bool = False, strict: bool = False
) -> list[tuple[str, str]]:
    return parse_text(text, separator, "utf-8", "replace", keep_blank=keep_blank, strict=strict)


@pytest.mark.parametrize(
    ("text", "pairs"),
    [
        ("a=1&b=2", [("a", "1"), ("b", "2")]),
        ("a+b=c+d", [("a b", "c d")]),
        ("a%26b=c%3Dd", [("a&b", "c=d")]),
        ("a=b=c&d=e", [("a", "b=c"), ("d", "e")]),
        ("a%2Bb=%C3%A9%FF", [("a+b", "é\ufffd")]),
        ("a=%1Eb&c=%1fd", [("a", "\x1eb"), ("c", "\x1fd")]),
        ("a=\x1eb&\x1f=c", [("a", "\x1eb"), ("\x1f", "c")]),
        ("a=1;b=2", [("a", "1;b=2")]),
        ("%4&1=x", [("1", "x")]),
    ],
)
def test_parse_text(text: str, pairs: list[tuple[str, str]]) -> None:
    assert parse(text) == pairs
    assert parse_bytes(text.encode(), b"&", keep_blank=False, strict=False) == [
        (name.encode(), value.encode().replace(b"\xef\xbf\xbd", b"\xff")) for name, value in pairs
    ]


@pytest.mark.parametrize("separator", ["&", "::"])
def test_parse_text_leaves_out_names_without_value_unless_asked(separator: str) -> None:
    text = separator.join(["a=", "b", "", "c=1", "=2"])
    assert parse(text, separator) == [("c", "1"), ("", "2")]
    assert parse(text, separator, keep_blank=True) == [("a", ""), ("b", ""), ("c", "1"), ("", "2")]


@pytest.mark.parametrize("text", ["a", "a=1&", "&"])
def test_parse_text_strict_refuses_a_pair_without_equals_sign(text: str) -> None:
    with pytest.raises(ValueError, match="bad query field"):
        parse(text, strict=True)
    with pytest.raises(ValueError, match="bad query field"):
        parse_bytes(text.encode(), b"&", keep_blank=False, strict=True)
    assert parse("a=1&b=", strict=True) == [("a", "1")]


def test_parse_text_in_another_encoding_decodes_only_what_is_escaped() -> None:
    pairs = parse_text("a=%E9&b=x+y", "&", "latin-1", "replace", keep_blank=False, strict=False)
    assert pairs == [("a", "é"), ("b", "x y")]


def test_parse_bytes_by_another_separator() -> None:
    assert parse_bytes(b"a=%31,b=+", b",", keep_blank=False, strict=False) == [(b"a", b"1"), (b"b", b" ")]


@pytest.mark.parametrize(
    ("pairs", "text"),
    [
        ([("a", "1"), ("b", "x y")], "a=1&b=x+y"),
        ([("a&", "="), (1, None)], "a%26=%3D&1=None"),
        ([("é", "+")], "%C3%A9=%2B"),
        ([("a", "\x1e")], None),
        ([("a", "\x1f")], None),
        ([("a", "\ud800")], None),
    ],
)
def test_format_pairs(pairs: list[tuple[Any, Any]], text: str | None) -> None:
    assert format_pairs(pairs) == text
