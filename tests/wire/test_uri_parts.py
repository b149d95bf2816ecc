"""The parts of an authority, read from text and from bytes."""

from typing import Any

import pytest

from wirekit._wire import uri_parts


class Text(uri_parts.SplitBase, uri_parts.AuthorityTextMixin):
    __slots__ = ()


class Bytes(uri_parts.SplitBytesBase, uri_parts.AuthorityBytesMixin):
    __slots__ = ()


Text._encoded_counterpart = Bytes
Bytes._decoded_counterpart = Text


@pytest.mark.parametrize(
    ("netloc", "username", "password", "hostname", "port"),
    [
        ("", None, None, None, None),
        ("Host", None, None, "host", None),
        ("user@Host:80", "user", None, "host", 80),
        ("user:pa:ss@w@host:", "user", "pa:ss@w", "host", None),
        ("@host:0", "", None, "host", 0),
        ("u:@[FE80::1%Zone]:65535", "u", "", "fe80::1%Zone", 65535),
        ("[::1]", None, None, "::1", None),
        (":80", None, None, None, 80),
        ("host:000080", None, None, "host", 80),
    ],
)
def test_parts(netloc: str, username: str, password: str, hostname: str, port: int) -> None:
    text = Text("http", netloc, "", "", "")
    assert (text.username, text.password, text.hostname, text.port) == (username, password, hostname, port)
    data = text.encode()
    assert isinstance(data, Bytes)
    parts = [data.username, data.password, data.hostname]
    assert [part if part is None else part.decode() for part in parts] == [username, password, hostname]
    assert data.port == port
    assert data.decode() == text


@pytest.mark.parametrize(
    ("port", "reason"),
    [("8o", "integer"), (" 80", "integer"), ("+1", "integer"), ("\u0661", "integer"), ("65536", "range")],
)
def test_port_that_is_none_is_a_value_error(port: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        _ = Text("http", f"host:{port}", "", "", "").port


def test_missing_components_stay_missing() -> None:
    nothing: Any = None
    text = Text(nothing, nothing, "path", nothing, "")
    assert (text.hostname, text.port, text.username) == (None, None, None)
    data = text.encode()
    assert data == (None, None, b"path", None, b"")
    assert (data.hostname, data.port, data.password) == (None, None, None)
    assert data.decode() == text


def test_fields_say_what_they_hold() -> None:
    assert uri_parts.SplitBase.netloc.__doc__ == "The authority: [user[:password]@]host[:port]."
