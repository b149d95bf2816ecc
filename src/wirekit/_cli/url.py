"""What ``wirekit url`` shows: a URL's parts, both readings where they differ, and the reasons.

Whether the readings differ is found by reading twice. *Why* they do is a list of customs (``_CUSTOMS``): each says by
what it is known, in the text or in what came of it, and is told if it is at work.
"""

from __future__ import annotations

import re
import sys

from wirekit._cli.outcome import Code, hide_secrets, printable
from wirekit.url import URL

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["explain_difference", "show_all"]

_LABEL = 13
"""Columns of a label."""


def show_all(texts: Iterable[str], base: str | None) -> int:
    """Show each URL on stdout; return the exit code."""
    code = Code.OK
    for number, text in enumerate(texts):
        if number:
            print()
        if not show(text, base):
            code = Code.USAGE
    sys.stdout.flush()
    return code


def show(text: str, base: str | None) -> bool:
    """Show one URL; tell whether anybody can read it."""
    print(_clean(text))
    strict = _try(lambda: URL(base).join(text) if base is not None else URL(text))
    browser = _try(lambda: URL.whatwg(text, base))
    if isinstance(strict, URL) and isinstance(browser, URL) and strict == browser:
        _say("read as", "one and the same by RFC 3986 and by browsers")
        if str(browser) not in {text, text + "/"}:
            _say("", f"{'url':{_LABEL - 2}} {_clean(_mask(browser))}")
        _show_parts(browser)
        return True
    for name, found in (("RFC 3986", strict), ("browsers", browser)):
        if isinstance(found, URL):
            _say(name, _clean(_mask(found)))
            _show_parts(found)
        else:
            _say(name, "refused: " + _clean(found.removeprefix("URL refused: ")))
    for number, reason in enumerate(explain_difference(text, strict, browser)):
        _say("" if number else "why", reason)
    return isinstance(strict, URL) or isinstance(browser, URL)


def _try(read: Callable[[], URL]) -> URL | str:
    """Return a URL, or why there is none."""
    try:
        return read()
    except (ValueError, ImportError) as error:
        return str(error)


def _say(label: str, what: str) -> None:
    print(f"  {label:{_LABEL - 3}} {what}".rstrip())


def _mask(url: URL) -> str:
    return str(url.with_password("***") if url.password is not None else url)


def _clean(text: str) -> str:
    """Return text without secrets, and without what would steer the terminal."""
    return printable(hide_secrets(text))


def _show_parts(url: URL) -> None:
    for label, part in _list_parts(url):
        _say("", f"{label:{_LABEL - 2}} {_clean(part)}")


def _list_parts(url: URL) -> Iterable[tuple[str, str]]:
    """Give (label, text) of each part that is there."""
    if url.scheme is not None:
        yield "scheme", url.scheme
    if url.user is not None:
        yield "user", url.user
    if url.password is not None:
        yield "password", "***"
    if url.host:
        yield "host", url.host + _describe_host(url)
    if url.effective_port is not None:
        yield "port", str(url.effective_port) + ("" if url.port else " (the usual one)")
    yield "path", url.path
    if url.query_string is not None and not url.query:
        yield "query", "(empty)"
    for number, (name, value) in enumerate(url.query.pairs):
        yield "" if number else "query", f"{name} = {value}"
    if url.fragment is not None:
        yield "fragment", url.fragment or "(empty)"
    if url.origin != "null":
        yield "origin", url.origin


def _describe_host(url: URL) -> str:
    notes = [f"{url.unicode_host}"] if url.unicode_host != url.host else []
    if not url.host_is_global():
        notes.append("not of the Internet at large")
    return f"  ({', '.join(notes)})" if notes else ""


# ---- why

_AUTHORITY = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[/\\]*([^/\\?#]*)")
_UNESCAPED = re.compile(r'[ "<>`{}]')
_KEPT = re.compile(r"[\^|\[\]]")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_NEEDLESS = re.compile(r"%(?:[46][1-9A-Fa-f]|[57][0-9Aa]|[57][Ff]|2[DdEe]|3[0-9]|7[Ee])")
_LOWER = re.compile(r"%(?:[a-f][0-9A-Fa-f]|[0-9A-F][a-f])")


def explain_difference(text: str, strict: URL | str, browser: URL | str) -> list[str]:
    """List the customs that make one reading another than the other; a reading is a URL, or why there is none."""
    if isinstance(strict, str) and isinstance(browser, str):
        return []
    reasons = [reason for is_at_work, reason in _CUSTOMS if is_at_work(text, strict, browser)]
    return reasons or ["browsers go by a list of their own of what is escaped, and where"]


def _host(reading: URL | str) -> str | None:
    return reading.host if isinstance(reading, URL) else None


def _authority(text: str) -> str:
    found = _AUTHORITY.match(text.lstrip())
    return found[1] if found else ""


def _written_host(text: str) -> str:
    return _authority(text).rpartition("@")[2].partition(":")[0]


def _is_web(reading: URL | str) -> bool:
    return isinstance(reading, URL) and reading.scheme in {"http", "https", "ws", "wss", "ftp"}


def _is_file(reading: URL | str) -> bool:
    return isinstance(reading, URL) and reading.scheme == "file"


def _is_other_number(text: str, browser: URL | str) -> bool:
    host = _host(browser) or ""
    return bool(re.fullmatch(r"[0-9.]+", host)) and host != _written_host(text)


_CUSTOMS: list[tuple[Callable[[str, URL | str, URL | str], bool], str]] = [
    (lambda text, _, __: text != text.strip("".join(map(chr, range(33)))), "browsers drop blanks and control characters at both ends"),
    (lambda text, _, __: bool(set("\t\r\n").intersection(text)), "browsers drop tabs and line ends wherever they are"),
    (lambda text, _, browser: "\\" in text and (_is_web(browser) or _is_file(browser)), "browsers take a backslash for a slash"),
    (lambda text, _, browser: _is_other_number(text, browser), "browsers read every spelling of a number as an IPv4 address"),
    (lambda text, _, browser: "%" in _written_host(text) and isinstance(browser, URL), "browsers decode escapes in a host"),
    (lambda text, strict, browser: _is_web(browser) and not _host(strict) and not re.match(r"\s*\w+:[/\\]{2}[^/\\]", text),
     "browsers expect a host behind the scheme, whatever slashes stand there"),
    (lambda text, _, browser: "@" in _authority(text).rpartition("@")[0] and isinstance(browser, URL), "browsers take all before the last @ for user and password"),
    (lambda text, _, browser: bool(_UNESCAPED.search(text.strip())) and isinstance(browser, URL), "browsers escape characters that a URL cannot hold"),
    (lambda text, _, browser: bool(_KEPT.search(text.replace(_authority(text), ""))) and isinstance(browser, URL), "browsers let some characters stand that a URL cannot hold by the RFC"),
    (lambda text, _, browser: bool(_STRAY.search(text)) and isinstance(browser, URL), "browsers let a % stand that begins no escape"),
    (lambda text, strict, _: bool(_NEEDLESS.search(text)) and isinstance(strict, URL), "by the RFC an escape of a letter is that letter; browsers leave it as it is"),
    (lambda text, strict, _: bool(_LOWER.search(text)) and isinstance(strict, URL), "by the RFC the digits of escapes are upper case; browsers leave them as they are"),
    (lambda text, strict, browser: "'" in text and isinstance(strict, URL) and isinstance(browser, URL), "browsers escape ' in queries"),
    (lambda text, _, browser: isinstance(browser, str) and "[" in text and "%25" in text, "browsers know no zones of addresses"),
    (lambda _, strict, browser: isinstance(browser, str) and isinstance(strict, URL) and not strict.is_absolute(), "browsers read a relative URL only against a base (--base)"),
    (lambda _, strict, browser: isinstance(browser, URL) and isinstance(strict, str) and "IDNA" in strict, "browsers map names by UTS 46, which knows more characters than IDNA 2008"),
    (lambda _, strict, browser: isinstance(browser, URL) and isinstance(strict, str) and "invisible" in strict, "browsers drop invisible characters from a host"),
    (lambda text, _, browser: _is_file(browser) and bool(re.match(r"file:[/\\]*[A-Za-z][:|]", text)), "browsers know the letters of drives in file: URLs"),
]  # fmt: skip
"""How a custom is known in (the text, the strict reading, the browsers' reading), and what it is."""
