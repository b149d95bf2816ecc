"""Strict reading of URIs and IRIs (RFC 3986, RFC 3987): every character has its place, and each URI one form.

``parse`` takes text apart, refuses what the grammar does not know, and normalises what means the same (RFC 3986
section 6.2.2): scheme and host in lower case, escapes in upper case and only where they are needed, no dot segments.
Characters beyond ASCII become escapes, in a host IDNA (RFC 3987 section 3.1), so what comes out is a URI. In the schemes
of browsers the usual port is left out (section 6.2.3).

``repair`` makes what a program means into such text: escapes stay, what must not stand there becomes one. ``show`` goes
the other way, for people: escapes become letters wherever these read back as the same URI (RFC 3987 section 3.2).
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wirekit._wire import authorities, hosts
from wirekit._wire.percent import UNRESERVED, Quoting, quote_text

__all__ = [
    "PORTS",
    "Parts",
    "format_parts",
    "normalise",
    "parse",
    "parse_href",
    "remove_dots",
    "repair",
    "resolve",
    "show",
]

PORTS = {"http": 80, "https": 443, "ws": 80, "wss": 443, "ftp": 21}
"""The usual ports of the schemes of browsers."""

_DELIMITERS = "!$&'()*+,;="
_ALLOWED = {
    "userinfo": _DELIMITERS + ":",
    "path": _DELIMITERS + ":@/",
    "query": _DELIMITERS + ":@/?",
    "fragment": _DELIMITERS + ":@/?",
}
"""What each component may hold beside unreserved characters and escapes (RFC 3986 section 3)."""

_LETTERS = "\xa0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef" + "".join([
    f"{chr((plane << 16) + (0x1000 if plane == 14 else 0))}-{chr((plane << 16) + 0xFFFD)}" for plane in range(1, 15)
])  # fmt: skip
"""RFC 3987 section 2.2, ucschar."""
_PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
"""RFC 3987 section 2.2, iprivate: in queries alone."""
_DIRECTIONS = "\u200e\u200f\u202a-\u202e\u2066-\u2069"
"""They turn text around, so that it shows as what it is not (RFC 3987 section 4.1)."""

_PLAIN = {
    name: re.compile(f"[A-Za-z0-9._~{re.escape(allowed)}-]*+").fullmatch for name, allowed in _ALLOWED.items()
}
_LEGAL = {
    name: re.compile(
        f"(?:(?![{_DIRECTIONS}])[A-Za-z0-9._~{re.escape(allowed)}{_LETTERS}{_PRIVATE if name == 'query' else ''}-]"
        "|%[0-9A-Fa-f]{2})*+"
    ).match
    for name, allowed in _ALLOWED.items()
}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})")
_STRAY = re.compile(r"%(?![0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(UNRESERVED)
_BEYOND_ASCII = Quoting(bytes(range(0x80)))
_REPAIRS = {name: Quoting(("%" + allowed).encode()) for name, allowed in _ALLOWED.items()}

_SPLIT = re.compile(
    r"(?:([^:/?#]+):)?+(?://([^/?#]*))?+([^?#]*)(?:\?([^#]*))?+(?:\#(.*))?+", re.DOTALL
).fullmatch  # fmt: skip
"""RFC 3986 appendix B."""
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*+").fullmatch
_WEB = re.compile(
    r"(https?)://((?:[a-z0-9_-]++\.)*+[a-z][a-z0-9-]*+)(?::([1-9][0-9]{0,4}))?+"
    r"(/[A-Za-z0-9._~!$&'()*+,;=:@/-]*+)?+(?:\?([A-Za-z0-9._~!$&'()*+,;=:@/?-]*+))?+(?:#([A-Za-z0-9._~!$&'()*+,;=:@/?-]*+))?+"
).fullmatch
"""What most URLs look like: nothing to refuse, nothing to normalise but the port and dots."""


class Parts(NamedTuple):
    """Components, as a URI writes them; ``None`` for one that is not there. host: an IPv6 address has its brackets."""

    scheme: str | None
    userinfo: str | None
    host: str | None
    port: int | None
    path: str
    query: str | None
    fragment: str | None


def refuse(reason: str) -> None:
    """Raise ValueError with a reason."""
    message = f"URL refused: {reason}"
    raise ValueError(message)


def parse(text: str) -> Parts:
    """Take a URI, an IRI, or a relative reference apart, normalised. ValueError, with a reason, for other text."""
    match = _WEB(text)
    if match:
        scheme, host, port, path, query, fragment = match.groups()
        path = path or ""
        if "/." not in path and len(host) <= authorities.MAX_LABEL:
            number = int(port) if port else None
            if number is None or (number <= 65535 and number != PORTS[scheme]):
                return Parts(scheme, None, host, number, path, query, fragment)
    return _parse(text)


def _parse(text: str) -> Parts:
    match = _SPLIT(text)
    assert match  # it matches any text
    scheme, authority, path, query, fragment = match.groups()
    if scheme is not None:
        if not _SCHEME(scheme):
            _refuse_scheme(scheme)
        scheme = scheme.lower()
    elif path[:1] == ":":
        refuse("a scheme is missing before ':'")
    userinfo = host = port = None
    if authority is not None:
        userinfo, host, port = _parse_authority(authority, scheme)
    path = normalise(path, "path")
    if scheme is not None and path[:1] == "/":
        path = remove_dots(path)
    return Parts(
        scheme, userinfo, host, port, path,
        None if query is None else normalise(query, "query"),
        None if fragment is None else normalise(fragment, "fragment"),
    )  # fmt: skip


def _refuse_scheme(scheme: str) -> None:
    if scheme[0] in authorities.CONTROLS_AND_SPACE:
        refuse("a blank or control character in front")
    refuse(f"{scheme[:40]!r} is no scheme; write './' before a path that holds ':' in its first segment")


def _parse_authority(authority: str, scheme: str | None) -> tuple[str | None, str, int | None]:
    userinfo, at, place = authority.rpartition("@")
    host, port = _split_port(place)
    if "\\" in authority:
        refuse("a backslash in the authority is read in two ways")
    if at:
        if not userinfo.isascii():  # CVE-2019-9636: delimiters of other widths hide in user names too
            authorities.check_authority(userinfo + "@h", scheme, strict=True)
        userinfo = normalise(userinfo, "userinfo")
    if not host and (at or port or scheme in PORTS):
        refuse("the host is missing")
    if host:
        host = hosts.parse_host(host, scheme)
    number = _parse_port(port)
    return userinfo if at else None, host, None if number == PORTS.get(scheme or "") else number


def _split_port(place: str) -> tuple[str, str]:
    if place[:1] == "[":
        address, closing, rest = place.partition("]")
        if rest and rest[0] != ":":
            refuse("text behind the brackets of an address")
        return address + closing, rest[1:]
    host, _, port = place.partition(":")
    return host, port


def _parse_port(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit()) or len(text.lstrip("0")) > 5 or int(text) > 65535:
        refuse(f"{text[:20]!r} is no port from 0 to 65535")
    return int(text)


def normalise(text: str, component: str) -> str:
    """Return a component in its one form; ValueError for what must not stand in it."""
    if _PLAIN[component](text):
        return text
    match = _LEGAL[component](text)
    assert match  # of nothing, at least
    if match.end() != len(text):
        _refuse_character(text[match.end()], component)
    if not text.isascii():
        text = quote_text(text, _BEYOND_ASCII)
    return _ESCAPE.sub(_normalise_escape, text)


def _refuse_character(character: str, component: str) -> None:
    place = "user name or password" if component == "userinfo" else component
    if character == "%":
        refuse(f"a '%' in the {place} begins no escape")
    shown = f"'{character}'" if character.isprintable() else f"U+{ord(character):04X}"
    refuse(f"{shown} must not stand in the {place}")


def _normalise_escape(match: re.Match[str]) -> str:
    byte = int(match[1], 16)
    return chr(byte) if byte in _UNRESERVED else match[0].upper()


def remove_dots(path: str) -> str:
    """Take dot segments out of a path that begins with a slash (RFC 3986 section 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    segments = path[1:].split("/")
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def resolve(base: Parts, reference: Parts) -> Parts:
    """Resolve a reference against a base (RFC 3986 section 5.2.2, strict); the result is to be read again."""
    if reference.scheme is not None:
        return reference
    if reference.host is not None:
        return reference._replace(scheme=base.scheme)
    if not reference.path:
        query = base.query if reference.query is None else reference.query
        return base._replace(query=query, fragment=reference.fragment)
    path = reference.path
    if path[0] != "/":
        path = "/" + path if base.host and not base.path else base.path[: base.path.rfind("/") + 1] + path
    if path[0] == "/":
        path = remove_dots(path)
    return base._replace(path=path, query=reference.query, fragment=reference.fragment)


def repair(text: str, component: str) -> str:
    """Return text as a component may hold it: escapes stay, whatever else must not stand there becomes one."""
    if _PLAIN[component](text):
        return text
    return normalise(quote_text(_STRAY.sub("%25", text), _REPAIRS[component]), component)


def format_parts(parts: Parts) -> str:
    """Put components together again (RFC 3986 section 5.3)."""
    scheme, userinfo, host, port, path, query, fragment = parts
    start = scheme + ":" if scheme is not None else ""
    if host is not None:
        start += "//" + (userinfo + "@" if userinfo is not None else "") + host
        if port is not None:
            start += f":{port}"
    elif path[:2] == "//":
        start += "/."  # else it would read as an authority (WHATWG, URL serializing)
    elif scheme is None and ":" in path.partition("/")[0]:
        start += "./"  # else it would read as a scheme (RFC 3986 section 4.2)
    return (
        start
        + path
        + ("?" + query if query is not None else "")
        + ("#" + fragment if fragment is not None else "")
    )


def parse_href(href: str) -> Parts:
    """Take apart what a WHATWG parser wrote: nothing is checked or changed."""
    scheme, _, rest = href.partition(":")
    rest, mark, fragment = rest.partition("#")
    path, question, query = rest.partition("?")
    userinfo = host = port = None
    if path[:2] == "//":
        authority, slash, path = path[2:].partition("/")
        path = slash + path
        userinfo, at, place = authority.rpartition("@")
        if not at:
            userinfo = None
        host, port = _split_port(place)
    elif path[:3] == "/./":
        path = path[2:]
    return Parts(
        scheme, userinfo, host, int(port) if port else None, path,
        query if question else None, fragment if mark else None,
    )  # fmt: skip


# ---- for people

_ESCAPES = re.compile(r"(?:%[89A-F][0-9A-F])++")
_HIDDEN = frozenset(("Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp", "Zs"))
"""Categories of characters that do not show, or show otherwise to everybody."""


def show(text: str, component: str) -> str:
    """Return a component with the letters that its escapes stand for; ``normalise`` brings these back."""
    return _ESCAPES.sub(lambda match: _show_escapes(match[0], component), text) if "%" in text else text


def _show_escapes(escapes: str, component: str) -> str:
    characters = bytes.fromhex(escapes.replace("%", "")).decode("utf-8", "surrogateescape")
    return "".join([_show_character(character, component) for character in characters])


def _show_character(character: str, component: str) -> str:
    from unicodedata import category  # not at import: 1 MB, for the few URLs that are not ASCII

    match = _LEGAL[component](character)
    if match and match.end() and category(character) not in _HIDDEN:
        return character
    return "".join([f"%{byte:02X}" for byte in character.encode("utf-8", "surrogateescape")])
