"""URLs of mail servers."""

from __future__ import annotations

import pytest

from wirekit._wire.mail_urls import Server, parse_server


@pytest.mark.parametrize(
    "url, server",
    [
        ("smtp://mail.example", Server("smtp", "mail.example", 25, "", "", "require")),
        ("SMTP://u:p%40w@mail.example", Server("smtp", "mail.example", 587, "u", "p@w", "require")),
        ("smtps://u@mail.example/", Server("smtps", "mail.example", 465, "u", "", "require")),
        ("smtp://[2001:db8::1]:2525", Server("smtp", "2001:db8::1", 2525, "", "", "require")),
        ("smtp://[::1]", Server("smtp", "::1", 25, "", "", "prefer")),
        ("smtp://localhost:2525", Server("smtp", "localhost", 2525, "", "", "prefer")),
        ("smtp://127.0.0.2", Server("smtp", "127.0.0.2", 25, "", "", "prefer")),
        ("smtp://127.evil.example", Server("smtp", "127.evil.example", 25, "", "", "require")),
        ("smtp://localhost?tls=require", Server("smtp", "localhost", 25, "", "", "require")),
        ("lmtp://mail.example", Server("lmtp", "mail.example", 24, "", "", "require")),
        ("lmtp:///var/run/l%6dtp", Server("lmtp", "/var/run/lmtp", 0, "", "", "prefer")),
    ],
)
def test_url_says_where_and_how(url: str, server: Server) -> None:
    assert tuple(parse_server(url)) == tuple(server)


def test_policy_of_the_url_goes_before_the_argument() -> None:
    assert parse_server("smtp://h", "never").tls == "never"
    assert parse_server("smtp://h?tls=prefer", "never").tls == "prefer"


@pytest.mark.parametrize(
    "url, text",
    [
        ("mail.example", "begins with"),
        ("http://mail.example", "begins with"),
        ("smtp://", "by host and port"),
        ("smtp://:25", "by host and port"),
        ("smtp://h:0", "by host and port"),
        ("smtp://h:70000", "by host and port"),
        ("smtp://h:x", "by host and port"),
        ("lmtp:///", "by host and port"),
        ("smtp://h/path", "no path"),
        ("smtp://h?tls=maybe", "tls is require"),
        ("smtp://h?x=y", "tls= only"),
        ("smtp://h?tls=never&x=y", "tls= only"),
    ],
)
def test_what_is_no_such_url(url: str, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        parse_server(url)


@pytest.mark.parametrize(
    "url, text",
    [
        ("smtp://u:p@h", "smtp://u:***@h:587"),
        ("smtp://u@h:1", "smtp://u@h:1"),
        ("lmtp:///s", "lmtp:///s"),
        ("smtps://h", "smtps://h:465"),
    ],
)
def test_password_is_not_shown(url: str, text: str) -> None:
    assert repr(parse_server(url)) == str(parse_server(url)) == text


def test_error_holds_no_password() -> None:
    with pytest.raises(ValueError, match="by host") as caught:
        parse_server("smtp://u:s3cret@h:x")
    assert "s3cret" not in str(caught.value)
