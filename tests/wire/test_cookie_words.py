"""Words of old cookie headers: lists of pairs, and what Netscape sent."""

from __future__ import annotations

from typing import Any

import pytest

from wirekit._wire import cookie_words as words


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("", []),
        ("foo", [[("foo", None)]]),
        (" foo= ; bar= baz ", [[("foo", ""), ("bar", "baz")]]),
        ("foo=bar bar=baz", [[("foo", "bar"), ("bar", "baz")]]),
        ("a, b,,c", [[("a", None)], [("b", None)], [("c", None)]]),
        (r'port="80,81"; discard, x="a\"\b"', [[("port", "80,81"), ("discard", None)], [("x", 'a"b')]]),
        ('x="open', [[("x", '"open')]]),
        ("==;; a", [[("a", None)]]),
        ("= , =", []),
    ],
)
def test_lists_are_split(text: str, wanted: list[Any]) -> None:
    assert words.split_words([text]) == wanted
    assert words.split_words([text, "z=1"]) == [*wanted, [("z", "1")]]


@pytest.mark.parametrize(
    "lists, wanted",
    [
        ([], ""),
        ([[]], ""),
        ([[("a", None), ("b", "c")], [("d", "")]], 'a; b=c, d=""'),
        ([[("a", 'x "y" \\z')]], r'a="x \"y\" \\z"'),
    ],
)
def test_lists_are_joined(lists: list[list[tuple[str, str | None]]], wanted: str) -> None:
    assert words.join_words(lists) == wanted
    assert words.split_words([wanted]) == [pairs for pairs in lists if pairs]


def date(text: str) -> int | None:
    return {"then": 5}.get(text)


@pytest.mark.parametrize(
    "header, wanted",
    [
        ("a=b", [("a", "b"), ("version", "0")]),
        (" a = b ; Path = / ;; x", [("a", "b"), ("path", "/"), ("x", None), ("version", "0")]),
        ("a; Expires=then", [("a", None), ("expires", 5), ("version", "0")]),
        ('a; Expires="then"', [("a", None), ("expires", 5), ("version", "0")]),
        ("a=; Expires=never", [("a", ""), ("expires", None), ("version", "0")]),
        ("a=; Expires", [("a", ""), ("expires", None), ("version", "0")]),
        ('a=b; Version="1"', [("a", "b"), ("version", "1")]),
        ("a=b; Version", [("a", "b"), ("version", None)]),
        ("version=5; HttpOnly", [("version", "5"), ("HttpOnly", None), ("version", "0")]),
    ],
)
def test_netscapes_cookies_are_taken_apart(header: str, wanted: list[Any]) -> None:
    assert words.parse_netscape([header], date) == [wanted]


def test_cookie_without_a_name_is_left_out() -> None:
    assert words.parse_netscape(["=b; a=c", "", "  ; x"], date) == []


def test_quotes_are_stripped() -> None:
    assert [words.strip_quotes(text) for text in ('"a"', '"a', 'a"', "a", '"')] == ["a", "a", "a", "a", ""]
