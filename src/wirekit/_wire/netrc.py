"""The .netrc file: logins by host (as ftp(1), curl and the standard library read it).

    machine example.org login alice password "a secret"       # words between blanks, quoted where they hold some
    default login anonymous password guest
    macdef name                                               # a macro: everything up to an empty line, passed over

A login is found for exactly one host name, and for one user where the URL names one: never merged from two entries
(security rows 48 and 49).
"""

from __future__ import annotations

import re
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["Entry", "find_entry", "parse_netrc"]

_WORD = re.compile(r"[ \t\r\n]*+(?:\"((?:[^\"\\]++|\\.)*+)\"|((?:[^ \t\r\n\\]++|\\.?)++))", re.DOTALL).match
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL).sub
_MACRO_END = re.compile(r"\n[ \t\r]*+\n").search


class Entry(NamedTuple):
    """One login. host: None in the default entry. user, password: None where the entry has none; ``""`` is one."""

    host: str | None
    user: str | None = None
    password: str | None = None


def parse_netrc(text: str) -> list[Entry]:
    """Return the entries of a file, in order. ValueError, with the word but no password, for what is none."""
    entries: list[Entry] = []
    words = _split_words(text)
    for word in words:
        if word == "machine":
            entries.append(Entry(_next_word(words, word)))
        elif word == "default":
            entries.append(Entry(None))
        elif word in {"login", "user", "password", "account"}:
            value = _next_word(words, word)
            if not entries:
                message = f"{word!r} stands before any machine"
                raise ValueError(message)
            if word in {"login", "user"}:
                entries[-1] = entries[-1]._replace(user=value)
            elif word == "password":
                entries[-1] = entries[-1]._replace(password=value)
        else:
            message = f"entry {len(entries)} of the file is followed by a word that is no keyword"
            raise ValueError(message)
    return entries


def _split_words(text: str) -> Iterator[str]:
    """Give the words; comments and macros are passed over. A quoted word may be empty (security row 60)."""
    at = 0
    value_follows = False
    while found := _WORD(text, at):
        quoted, bare = found[1], found[2]
        at = found.end()
        if quoted is not None:
            yield _ESCAPE(r"\1", quoted)
            value_follows = False
        elif bare.startswith("#") and not value_follows:
            end = text.find("\n", at)
            at = len(text) if end < 0 else end
        elif bare == "macdef" and not value_follows:
            blank = _MACRO_END(text, at)
            at = len(text) if blank is None else blank.end()
        else:
            yield _ESCAPE(r"\1", bare)
            value_follows = not value_follows and bare != "default"


def _next_word(words: Iterator[str], keyword: str) -> str:
    for word in words:
        return word
    message = f"{keyword!r} is the last word of the file, without a value"
    raise ValueError(message)


def find_entry(
    entries: list[Entry], host: str, user: str | None = None, *, default: bool = False
) -> Entry | None:
    """Return the first entry with a password for exactly this host, and this user where one is named; None for none.

    host: without a port; letters in any case. default: whether the default entry may stand in.
    """
    host = host.lower().rstrip(".")
    for entry in entries:
        if entry.host is None:
            if not default:
                continue
        elif entry.host.lower().rstrip(".") != host:
            continue
        if entry.password is not None and (user is None or entry.user == user):
            return entry
    return None
