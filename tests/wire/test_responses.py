"""Heads of responses: what a server writes, and what never gets into it."""

import pytest

from wirekit._wire.responses import (
    UNAVAILABLE,
    clean_reason,
    format_field,
    format_start,
    format_status_line,
    is_length,
)


def test_status_line_is_written() -> None:
    assert format_status_line("HTTP/1.1", 404, "Not Found") == b"HTTP/1.1 404 Not Found\r\n"
    assert format_status_line("HTTP/1.0", 299, "") == b"HTTP/1.0 299 \r\n"


@pytest.mark.parametrize("reason", ["a\r\nX: 1", "a\rb", "a\nb", "\x00", "\x7f"])
def test_reason_with_control_characters_is_an_error(reason: str) -> None:
    with pytest.raises(ValueError, match="Invalid reason"):
        format_status_line("HTTP/1.1", 200, reason)


def test_reason_beyond_latin_1_is_an_error() -> None:
    with pytest.raises(UnicodeEncodeError):
        format_status_line("HTTP/1.1", 200, "\u20ac")


def test_field_is_written() -> None:
    assert format_field("Content-Type", "a/b", True) == (b"Content-Type: a/b\r\n", None)
    assert format_field("Content-LENGTH", "5", True) == (b"Content-LENGTH: 5\r\n", "content-length")


def test_start_is_server_and_date() -> None:
    assert format_start("a/1", "now", True) == b"Server: a/1\r\nDate: now\r\n"
    with pytest.raises(ValueError, match="Invalid header"):
        format_start("a\r\nX: 1", "now", True)


def test_answer_to_one_too_many_is_whole() -> None:
    head, _, body = UNAVAILABLE.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 503 ")
    assert b"\r\nContent-Length: %d" % len(body) in head
    assert b"\r\nConnection: close\r\n" in head


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("name,value", [("A", "b\r\nC: d"), ("A", "b\nC: d"), ("A\r\nB", "c"), ("A:", "b")])
def test_field_that_ends_its_line_is_an_error(name: str, value: str, strict: bool) -> None:
    with pytest.raises(ValueError, match="Invalid header"):
        format_field(name, value, strict)


def test_reason_is_cleaned() -> None:
    assert clean_reason("a\r\nb\tc \u20ac \xe4") == "a b\tc ? \xe4"


@pytest.mark.parametrize(
    "text,legal", [("0", True), ("12", True), ("", False), ("-1", False), ("1" * 19, False)]
)
def test_length_is_digits(text: str, legal: bool) -> None:
    assert bool(is_length(text)) is legal
