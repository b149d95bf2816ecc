"""Challenges: what a server or proxy asks for before it answers (RFC 9110 section 11.6.1).

    challenge  = auth-scheme [ 1*SP ( token68 / #auth-param ) ]
    auth-param = token BWS "=" BWS ( token / quoted-string )

Challenges stand in one field or in several, between commas like their own parameters, so they are read one piece after
another. Each piece is matched by an anchored, possessive expression: the time is linear in whatever comes (security row
54). What is no piece drops the challenge that it stands in; nothing is raised (row 55).
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = ["Challenge", "format_quoted", "parse_challenges", "parse_list", "parse_pairs"]

MAX_CHALLENGES = 64
"""Challenges of one field that are read: nobody sends a tenth of it, and each costs memory."""

_TOKEN = r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++"  # noqa: S105 - grammar
_GAP = re.compile(r"[ \t\r\n,]*+").match
_PARAMETER = re.compile(
    rf"({_TOKEN})[ \t]*+=[ \t]*+(?:\"((?:[^\"\\]++|\\.)*+)\"|('[^'\"]*+')(?=[ \t]*+(?:,|\Z))|([^\s,\"]++))[ \t]*+(?=,|\Z)",
    re.DOTALL,
).match
_SCHEME = re.compile(rf"({_TOKEN})(?:[ \t]++|(?=,|\Z))(?:([A-Za-z0-9\-._~+/]++=*+)[ \t]*+(?=,|\Z))?+").match
_PIECE = re.compile(r"(?:[^,\"]++|\"(?:[^\"\\]++|\\.)*+\")*+(\")?", re.DOTALL).match
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL).sub
_QUOTED = re.compile(r"\"(?:[^\"\\]++|\\.)*+(?:\"|\\?\Z)", re.DOTALL).sub
_LIST_ITEM = re.compile(r"(?:[^\",]++|\"(?:[^\"\\]++|\\.)*+(?:\"|\\?\Z))*+", re.DOTALL).match


class Challenge:
    """One challenge: ``scheme`` in lower case, ``parameters`` by lower-case name, unquoted; ``token`` of its other form.

    ``bare`` names the parameters that were not quoted.
    """

    __slots__ = ("bare", "parameters", "scheme", "token")

    def __init__(self, scheme: str, token: str = "") -> None:
        self.scheme, self.token = scheme.lower(), token
        self.parameters: dict[str, str] = {}
        self.bare: set[str] = set()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.scheme} {self.token or self.parameters}>"


def parse_challenges(values: Iterable[str]) -> list[Challenge]:
    """Return the challenges of these field values, in order. One with a piece in it that cannot be read is left out."""
    found: list[Challenge] = []
    for value in values:
        found += _parse_value(value)
    return found


def _parse_value(value: str) -> list[Challenge]:
    found: list[Challenge] = []
    current: Challenge | None = None  # what parameters belong to
    at, begins = _pass_gap(value, 0)
    begins = True
    while at < len(value) and len(found) <= MAX_CHALLENGES:
        if parameter := _PARAMETER(value, at):
            if current is not None:
                _add_parameter(current, parameter)
            at = parameter.end()
        elif begins and (scheme := _SCHEME(value, at)):
            current = Challenge(scheme[1], scheme[2] or "")
            found.append(current)
            at = scheme.end()
        else:
            if current is not None:
                found.pop()
                current = None
            piece = _PIECE(value, at)
            if piece is None or piece[1]:
                break  # a quote without its end: where the next piece begins nobody knows
            at = piece.end()
        at, begins = _pass_gap(value, at)
    return found


def _pass_gap(value: str, at: int) -> tuple[int, bool]:
    """Return where the next piece stands, and whether a comma stands before it."""
    found = _GAP(value, at)
    end = at if found is None else found.end()
    return end, value.find(",", at, end) >= 0


def _add_parameter(challenge: Challenge, found: Any) -> None:
    name, quoted, single, bare = found[1].lower(), found[2], found[3], found[4]
    if name in challenge.parameters:
        return  # the first one counts, as with cookies and fields of forms
    if quoted is not None:
        challenge.parameters[name] = _ESCAPE(r"\1", quoted)
        return
    challenge.parameters[name] = bare if single is None else single[1:-1]
    if single is None:
        challenge.bare.add(name)


def format_quoted(text: str) -> str:
    """Return text as a quoted-string (RFC 9110 section 5.6.4)."""
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'


# ---- what the standard library calls parse_http_list and parse_keqv_list


def parse_list(text: str) -> list[str]:
    """Split a list at its commas, but for those between quotes; items without outer blanks, an empty last one left out.

    Quotes stay; a backslash in a quoted item goes, what it escapes stays.
    """
    items = []
    at = 0
    while at <= len(text):
        found = _LIST_ITEM(text, at)
        end = at if found is None else found.end()
        if end > at or end < len(text):
            items.append(_QUOTED(_unescape, text[at:end]).strip())
        at = end + 1
    return items


def _unescape(quoted: re.Match[str]) -> str:
    return _ESCAPE(r"\1", quoted[0])


def parse_pairs(items: Iterable[str]) -> dict[str, str]:
    """Make a mapping of ``key=value`` items; quotes around a value go. ValueError for an item without ``=``."""
    pairs = {}
    for item in items:
        key, equals, value = item.partition("=")
        if not equals:
            message = f"not enough values to unpack: {item!r} holds no '='"
            raise ValueError(message)
        if value[:1] == value[-1:] == '"':
            value = value[1:-1]
        pairs[key] = value
    return pairs
