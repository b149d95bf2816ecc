"""Words of old cookie headers: ``Set-Cookie2`` (RFC 2965) and ``Set-Cookie`` as Netscape had it.

``split_words`` reads the list syntax of RFC 2965 (and of RFC 2616's headers), ``join_words`` writes it;
``parse_netscape`` reads the other one, where only ``;`` separates. They give what ``http.cookiejar`` gives of them
(``split_header_words``, ``join_header_words``, ``parse_ns_headers``), each in one pass over the text.

The header that browsers read (RFC 6265) is read in ``cookies``.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

__all__ = ["join_words", "parse_netscape", "split_words", "strip_quotes"]

_TOKEN = re.compile(r"\s*+([^=\s;,]++)").match
_QUOTED_VALUE = re.compile(r'\s*+=\s*+"([^"\\]*+(?:\\.[^"\\]*+)*+)"').match
_VALUE = re.compile(r"\s*+=\s*+([^\s;,]*+)").match
_COMMA = re.compile(r"\s*+,").match
_JUNK = re.compile(r"[=\s;]++").match
_ESCAPED = re.compile(r"\\(.)").sub
_TO_ESCAPE = re.compile(r'(["\\])').sub
_WORD = re.compile(r"\w+\n?").fullmatch

_NETSCAPE_ATTRIBUTES = frozenset(("expires", "domain", "path", "secure", "version", "port", "max-age"))


def split_words(values: Iterable[str]) -> list[list[tuple[str, str | None]]]:
    """Return a list of (name, value) for each element of these comma-separated lists; value ``None`` without ``=``.

    Names and values are separated by semicolons or blanks. A quoted value loses its quotes and backslashes. What
    fits nowhere is passed over.
    """
    return [pairs for text in values for pairs in _split_list(text) if pairs]


def _split_list(text: str) -> list[list[tuple[str, str | None]]]:
    pairs: list[tuple[str, str | None]] = []
    found = [pairs]
    pos = 0
    while pos < len(text):
        if token := _TOKEN(text, pos):
            value, pos = _take_value(text, token.end())
            pairs.append((token[1], value))
        elif comma := _COMMA(text, pos):
            pos = comma.end()
            pairs = []
            found.append(pairs)
        else:
            junk = _JUNK(text, pos)
            assert junk is not None  # what is neither token nor comma begins with a blank, "=" or ";"
            pos = junk.end()
    return found


def _take_value(text: str, pos: int) -> tuple[str | None, int]:
    """Return the value that stands here, ``None`` where no ``=`` does, and where it ends."""
    if quoted := _QUOTED_VALUE(text, pos):
        return _ESCAPED(r"\1", quoted[1]), quoted.end()
    if plain := _VALUE(text, pos):
        return plain[1], plain.end()
    return None, pos


def join_words(elements: Iterable[Iterable[tuple[str, str | None]]]) -> str:
    """Write lists of (name, value) as one header value; the inverse of ``split_words``, values quoted where needed."""
    lists = [[_join_pair(name, value) for name, value in pairs] for pairs in elements]
    return ", ".join(["; ".join(words) for words in lists if words])


def _join_pair(name: str, value: str | None) -> str:
    if value is None:
        return name
    if not _WORD(value):
        value = '"' + _TO_ESCAPE(r"\\\1", value) + '"'
    return f"{name}={value}"


def strip_quotes(text: str) -> str:
    """Take a quote off either end, if there is one."""
    return text.removeprefix('"').removesuffix('"')


def parse_netscape(
    values: Iterable[str], parse_date: Callable[[str], int | None]
) -> list[list[tuple[str, Any]]]:
    """Return a list of (name, value) for each Set-Cookie header: first the cookie, then its attributes.

    A value is ``None`` where there was no ``=``. Names of known attributes are in lower case; ``expires`` is a number,
    ``None`` where it is no date; ``version`` stands at the end if the server sent none. A header whose cookie has no
    name is left out.
    """
    found = [_parse_one(value, parse_date) for value in values]
    return [pairs for pairs in found if pairs]


def _parse_one(value: str, parse_date: Callable[[str], int | None]) -> list[tuple[str, Any]]:
    cookie, *attributes = [_split_pair(part) for part in value.split(";")]
    if not cookie[0]:
        return []
    pairs = [cookie, *[_read_attribute(key, value, parse_date) for key, value in attributes if key]]
    if not any(key == "version" for key, _ in pairs[1:]):
        pairs.append(("version", "0"))
    return pairs


def _split_pair(part: str) -> tuple[str, str | None]:
    key, equals, value = part.strip().partition("=")
    return key.strip(), value.strip() if equals else None


def _read_attribute(
    key: str, value: str | None, parse_date: Callable[[str], int | None]
) -> tuple[str, int | str | None]:
    lower = key.lower()
    if lower in _NETSCAPE_ATTRIBUTES:
        key = lower
    if value is not None and key == "version":
        return key, strip_quotes(value)
    if value is not None and key == "expires":
        return key, parse_date(strip_quotes(value))
    return key, value
