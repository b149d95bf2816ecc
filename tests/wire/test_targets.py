"""Request targets, authorities and logins."""

from __future__ import annotations

import pytest

from wirekit._wire import targets


@pytest.mark.parametrize(
    "authority, parts",
    [
        ("h", (None, "", "h")),
        ("h:80", (None, "", "h:80")),
        ("u@h", ("u", "", "h")),
        ("u:p@h:80", ("u", "p", "h:80")),
        ("u:p:q@h", ("u", "p:q", "h")),
        ("a@b:c@h", ("a@b", "c", "h")),
        ("u%40x:p%3A%C3%A9@h", ("u@x", "p:é", "h")),
        (":p@h", ("", "p", "h")),
        ("@h", ("", "", "h")),
    ],
)
def test_login_is_split_from_the_place(authority: str, parts: tuple[str | None, str, str]) -> None:
    assert targets.split_login(authority) == parts


def test_basic_is_base64_of_utf8() -> None:
    assert targets.format_basic("Aladdin", "open sesame") == "Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
    assert targets.format_basic("test", "123£") == "Basic dGVzdDoxMjPCow=="  # RFC 7617 section 2.1


def test_long_basic_has_no_line_end() -> None:
    assert "\n" not in targets.format_basic("u" * 100, "p" * 100)


@pytest.mark.parametrize(
    "authority, encoded",
    [
        ("h:80", "h:80"),
        ("[::1]:80", "[::1]:80"),
        ("bücher.example", "xn--bcher-kva.example"),
        ("bücher.example:8080", "xn--bcher-kva.example:8080"),
    ],
)
def test_authority_becomes_ascii(authority: str, encoded: str) -> None:
    assert targets.encode_authority(authority) == encoded


def test_authority_without_an_ascii_form_is_refused() -> None:
    with pytest.raises(UnicodeError):
        targets.encode_authority("a\u2615\u0300..é")


@pytest.mark.parametrize(
    "target, encoded",
    [
        ("/a%20b?c=d", "/a%20b?c=d"),
        ("/ä?ö=☕", "/%C3%A4?%C3%B6=%E2%98%95"),
        ("/ä b\r\n", "/%C3%A4 b\r\n"),  # blanks and controls stay to be refused
        ("", ""),
    ],
)
def test_target_beyond_ascii_is_escaped_utf8(target: str, encoded: str) -> None:
    assert targets.encode_target(target) == encoded


@pytest.mark.parametrize(
    "url, absolute",
    [
        ("http://h/a?b", "http://h/a?b"),
        ("http://h/a?b#c", "http://h/a?b"),
        ("http://h", "http://h/"),
        ("http://h?q", "http://h/?q"),
        ("http://u:p@h:81/", "http://h:81/"),
        ("http://bücher.example/ä", "http://xn--bcher-kva.example/%C3%A4"),
        ("urn:ä", "urn:%C3%A4"),
    ],
)
def test_absolute_form_has_neither_login_nor_fragment(url: str, absolute: str) -> None:
    assert targets.format_absolute(url) == absolute
