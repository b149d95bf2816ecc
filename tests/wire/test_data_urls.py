"""data: URLs (RFC 2397)."""

from __future__ import annotations

import pytest

from wirekit._wire.data_urls import parse_data_url


@pytest.mark.parametrize(
    "url, kind, data",
    [
        ("data:,A%20brief%20note", "text/plain;charset=US-ASCII", b"A brief note"),
        ("data:text/html,<p>", "text/html", b"<p>"),
        ("data:text/plain;charset=iso-8859-7,%be%f8", "text/plain;charset=iso-8859-7", b"\xbe\xf8"),
        ("data:;base64,aGk=", "text/plain;charset=US-ASCII", b"hi"),
        ("data:image/gif;BASE64,aGk%3D", "image/gif", b"hi"),
        ("data:;base64,aG\nk=", "text/plain;charset=US-ASCII", b"hi"),
        ("data:x/y,a,b", "x/y", b"a,b"),
        ("data:,ä", "text/plain;charset=US-ASCII", "ä".encode()),
        ("data:,", "text/plain;charset=US-ASCII", b""),
        ("data:text/plain,a#b", "text/plain", b"a#b"),
    ],
)
def test_media_type_and_data(url: str, kind: str, data: bytes) -> None:
    assert parse_data_url(url) == (kind, data)


@pytest.mark.parametrize("url", ["data:", "data:text/plain", "data:;base64,Cg=", "data:;base64,x"])
def test_broken_url_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError):
        parse_data_url(url)


@pytest.mark.parametrize("control", ["\r\n", "\n", "\r", "\x00", "\x7f"])
def test_control_character_in_the_media_type_is_refused(control: str) -> None:
    with pytest.raises(ValueError, match="header value"):
        parse_data_url(f"data:text/html;x={control}X-Inj: 1,abc")
