"""The old functions that take a URL apart one piece at a time."""

from typing import Any

import pytest

from wirekit._wire import uri_pieces


@pytest.mark.parametrize(
    ("name", "text", "result"),
    [
        ("splittype", "TYPE:rest:more", ("type", "rest:more")),
        ("splittype", "/path:rest", (None, "/path:rest")),
        ("splittype", ":rest", (None, ":rest")),
        ("splittype", "path", (None, "path")),
        ("splithost", "//host:80/path?q", ("host:80", "/path?q")),
        ("splithost", "//host?q", ("host", "/?q")),
        ("splithost", "//host", ("host", "")),
        ("splithost", "/path", (None, "/path")),
        ("splituser", "user:word@host@more", ("user:word@host", "more")),
        ("splituser", "host", (None, "host")),
        ("splitpasswd", "user:a:b", ("user", "a:b")),
        ("splitpasswd", "user", ("user", None)),
        ("splitport", "host:80", ("host", "80")),
        ("splitport", "host:", ("host", None)),
        ("splitport", "host:8o", ("host:8o", None)),
        ("splitport", "host:\u0668", ("host:\u0668", None)),
        ("splitport", "host", ("host", None)),
        ("splitnport", "host:80", ("host", 80)),
        ("splitnport", "host:", ("host", -1)),
        ("splitnport", "host", ("host", -1)),
        ("splitnport", "host:8o", ("host", None)),
        ("splitquery", "/path?a?b", ("/path?a", "b")),
        ("splitquery", "/path", ("/path", None)),
        ("splittag", "/path#a#b", ("/path#a", "b")),
        ("splittag", "/path", ("/path", None)),
        ("splitattr", "/path;a=1;b", ("/path", ["a=1", "b"])),
        ("splitvalue", "a=b=c", ("a", "b=c")),
        ("splitvalue", "a", ("a", None)),
        ("to_bytes", "http://h/", "http://h/"),
    ],
)
def test_piece(name: str, text: str, result: Any) -> None:
    assert getattr(uri_pieces, name)(text) == result


def test_to_bytes_refuses_what_is_not_ascii() -> None:
    with pytest.raises(UnicodeError, match="contains non-ASCII characters"):
        uri_pieces.to_bytes("http://é/")
