"""Paths of URLs and of robots.txt rules in one form, so that both compare octet by octet (RFC 9309 section 2.2.2).

- What is not ASCII becomes its UTF-8, percent-encoded; so does ASCII that no URL may hold.
- An escaped letter, digit, ``-``, ``.``, ``_`` or ``~`` becomes itself, since the two are equivalent (RFC 3986 section
  6.2.2.2). All other escapes stay, in capitals: ``%2F`` is not ``/``.
- In a query ``: / ? @`` mean themselves, escaped or not (RFC 3986 section 3.4), and RFC 9309 shows them as equal. So a
  URL whose query escapes one of them has two forms, and a rule applies that matches either.
- ``*`` and ``$`` in a URL are escaped. In a rule ``*`` stays for any octets, and a ``$`` at its end for the end; a rule
  that means these characters writes them ``%2A`` and ``%24``.

Every form of a URL ends with a ``$``, which stands nowhere else. So "ends here" is one more octet to compare, and a
rule without ``*`` is nothing but a prefix.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["forms_of_path", "forms_of_url", "normalize_rule", "normalize_rules"]

_USUAL_CHARACTERS = r"[A-Za-z0-9\-._~:/?\[\]@!&'()+,;=]*+"
# What most URLs look like: nothing in the path to normalize. The authority's own grammar is of no concern here.
_USUAL_URL = re.compile(
    rf"(?:[A-Za-z][A-Za-z0-9+.-]*+://[^/?#\\]*+(?=/)|(?!//)(?=/))({_USUAL_CHARACTERS})(?:#.*)?+", re.DOTALL
).fullmatch
_USUAL = re.compile(_USUAL_CHARACTERS).fullmatch
_ANY_URL = re.compile(r"(?:[A-Za-z][A-Za-z0-9+.-]*+:)?+(?://[^/?]*+)?+(.*)", re.DOTALL).fullmatch
_DROPPED = str.maketrans("", "", "\t\n\r")  # the URL standard drops them, urlsplit too
_BLANKS = "".join(map(chr, range(0x21)))
_ODD_IN_URL = re.compile(rb"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?#\[\]@!&'()+,;=%]")
_ODD_IN_RULE = re.compile(rb"%[0-9A-Fa-f]{2}|[^A-Za-z0-9\-._~:/?#\[\]@!&'()+,;=%*]")
_OPEN_IN_QUERY = re.compile("%(?:3A|2F|3F|40)")
_OPENED = {"%3A": ":", "%2F": "/", "%3F": "?", "%40": "@"}
_FORMS = {b"%%%02X" % byte: b"%%%02X" % byte for byte in range(256)} | {
    b"%%%02X" % byte: b"%c" % byte
    for byte in b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~"
}


def forms_of_url(url: str) -> tuple[str, ...]:
    """Return the forms of a URL's path and query, one or two, each with a ``$`` at its end.

    Any text has forms, also one that is no URL: what has neither scheme nor host is a path.
    """
    usual = _USUAL_URL(url)
    if usual:
        return (usual[1] + "$",)
    found = _ANY_URL(url.translate(_DROPPED).partition("#")[0].strip(_BLANKS))
    assert found is not None  # it matches whatever there is
    return forms_of_path(found[1])


def forms_of_path(path: str) -> tuple[str, ...]:
    """Return the forms of a path with its query. A slash before it is added if it is missing."""
    form = _normalize(path if path.startswith("/") else f"/{path}", _ODD_IN_URL)
    opened = _open_query(form)
    return (form + "$",) if opened == form else (opened + "$", form + "$")


def normalize_rule(pattern: str) -> str:
    """Return the form of a rule's path pattern: ``*`` in it stands for any octets, ``$`` occurs at its end only."""
    anchored = pattern.endswith("$")
    form = _open_query(_normalize(pattern[:-1] if anchored else pattern, _ODD_IN_RULE))
    return f"{form}$" if anchored else form


def normalize_rules(patterns: Iterable[str]) -> list[str]:
    """Return the forms of several patterns, in their order."""
    patterns = list(patterns)
    if _USUAL("".join(patterns)):
        return patterns
    return [pattern if _USUAL(pattern) else normalize_rule(pattern) for pattern in patterns]


def _normalize(text: str, odd: re.Pattern[bytes]) -> str:
    try:
        data = text.encode("utf-8", "surrogateescape")  # bytes of a file that was no UTF-8 are themselves
    except UnicodeEncodeError:
        data = text.encode("utf-8", "surrogatepass")
    return odd.sub(_choose_form, data).decode("ascii")


def _choose_form(found: re.Match[bytes]) -> bytes:
    octets = found[0]
    return _FORMS[octets.upper()] if len(octets) == 3 else b"%%%02X" % octets[0]


def _open_query(form: str) -> str:
    path, mark, query = form.partition("?")
    return path + mark + _OPEN_IN_QUERY.sub(lambda found: _OPENED[found[0]], query) if mark else form
