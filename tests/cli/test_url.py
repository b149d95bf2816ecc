"""`wirekit url`: parts, both readings where they differ, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from wirekit._cli import url as work
from wirekit.url import URL

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def lines(command: Command, *words: str, code: int = 0) -> list[str]:
    """Run `wirekit url`; give what it printed, one line each, blanks squeezed."""
    done = command("url", *words)
    assert done.returncode == code, done.stderr
    assert not done.stderr
    return [" ".join(line.split()) for line in done.stdout.decode().splitlines()]


def test_one_reading_is_shown_once_with_its_parts(command: Command) -> None:
    assert lines(command, "https://user:pw@Bücher.example:443/a/../b?x=1&y=%C3%A4&x=2#top") == [
        "https://***@Bücher.example:443/a/../b?x=1&y=%C3%A4&x=2#top",
        "read as one and the same by RFC 3986 and by browsers",
        "url https://***@xn--bcher-kva.example/b?x=1&y=%C3%A4&x=2#top",
        "scheme https",
        "user user",
        "password ***",
        "host xn--bcher-kva.example (bücher.example, not of the Internet at large)",
        "port 443 (the usual one)",
        "path /b",
        "query x = 1",
        "y = ä",
        "x = 2",
        "fragment top",
        "origin https://xn--bcher-kva.example",
    ]


def test_what_is_empty_is_told_from_what_is_missing(command: Command) -> None:
    assert lines(command, "http://example.org:8080/?#")[2:] == [
        "scheme http",
        "host example.org",
        "port 8080",
        "path /",
        "query (empty)",
        "fragment (empty)",
        "origin http://example.org:8080",
    ]


def test_two_readings_are_shown_with_the_reason(command: Command) -> None:
    assert lines(command, "http:\\\\a.com\\@b.com") == [
        "http:\\\\a.com\\@b.com",
        "RFC 3986 refused: '\\' must not stand in the path",
        "browsers http://a.com/@b.com",
        "scheme http",
        "host a.com",
        "port 80 (the usual one)",
        "path /@b.com",
        "origin http://a.com",
        "why browsers take a backslash for a slash",
    ]


def test_several_urls_and_one_that_nobody_reads(command: Command) -> None:
    shown = lines(command, "mailto:a@b", "http://", code=2)
    assert shown[0] == "mailto:a@b"
    assert shown[shown.index("") + 1 :] == [
        "http://",
        "RFC 3986 refused: the host is missing",
        "browsers refused: browsers cannot read it",
    ]


def test_relative_urls_and_a_base(command: Command) -> None:
    assert "why browsers read a relative URL only against a base (--base)" in lines(command, "../x")
    assert "url http://h/a/x" in lines(command, "../x", "--base", "http://h/a/b/c")
    assert (
        lines(command, "../x", "--base", "mailto:a")[-1]
        == "why browsers go by a list of their own of what is escaped, and where"
    )


def test_secrets_and_controls_do_not_show(command: Command) -> None:
    shown = "\n".join(lines(command, "http://u:sec%20ret@h/\x1b[31m", "http://u:secret@h/%7e"))
    assert "sec" not in shown
    assert "\x1b" not in shown
    assert "http://u:***@h/" in shown or "***@h/" in shown


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (" http://h/ ", "browsers drop blanks and control characters at both ends"),
        ("ht\ntp://h/", "browsers drop tabs and line ends wherever they are"),
        ("http://h/a\\b", "browsers take a backslash for a slash"),
        ("http://127.1/", "browsers read every spelling of a number as an IPv4 address"),
        ("http://0x7f.1/", "browsers read every spelling of a number as an IPv4 address"),
        ("http://%41/", "browsers decode escapes in a host"),
        ("http:g", "browsers expect a host behind the scheme, whatever slashes stand there"),
        ("http:///h", "browsers expect a host behind the scheme, whatever slashes stand there"),
        ("http://a@b@h/", "browsers take all before the last @ for user and password"),
        ("http://h/a b", "browsers escape characters that a URL cannot hold"),
        ("http://h/a|b", "browsers let some characters stand that a URL cannot hold by the RFC"),
        ("http://h/%zz", "browsers let a % stand that begins no escape"),
        ("http://h/%7E", "by the RFC an escape of a letter is that letter; browsers leave it as it is"),
        ("http://h/%2f", "by the RFC the digits of escapes are upper case; browsers leave them as they are"),
        ("http://h/?a'b", "browsers escape ' in queries"),
        ("http://[fe80::1%25eth0]/", "browsers know no zones of addresses"),
        ("http://i❤.ws/", "browsers map names by UTS 46, which knows more characters than IDNA 2008"),
        ("http://exa\u00admple.org/", "browsers drop invisible characters from a host"),
        ("file:/C|/x", "browsers know the letters of drives in file: URLs"),
    ],
)
def test_reasons(text: str, why: str) -> None:
    strict, browser = work._try(lambda: URL(text)), work._try(lambda: URL.whatwg(text))
    assert why in work.explain_difference(text, strict, browser)
    assert strict != browser


@pytest.mark.parametrize(
    "text", ["http://example.org/a/b?c=d#e", "https://u@h:8443/%C3%BC", "mailto:a@b", "x://h/a", "ftp://h/"]
)
def test_ordinary_urls_need_no_reason(command: Command, text: str) -> None:
    assert "read as one and the same by RFC 3986 and by browsers" in lines(command, text)


def test_without_the_library_of_browsers_the_other_reading_is_shown(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(__import__("sys").modules, "ada_url", None)
    shown = lines(command, "http://h/")
    assert "RFC 3986 http://h/" in shown
    assert any("pip install ada-url" in line for line in shown)
