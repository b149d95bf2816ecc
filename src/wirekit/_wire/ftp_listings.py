"""A whole listing of LIST, in whatever form a server prints it: which form it is, and the entries.

RFC 959 leaves the form to the server. Each line is tried with the form of the line before it, then with all others; a
line that is none of them (``total 12``, a heading) is set aside. A listing without a single line that can be read, and
with some that should be, is ``BadListing``.
"""

import datetime as dt
import re
from collections.abc import Callable, Iterable
from typing import Final

from wirekit._wire.ftp_entries import Entry, choose_name
from wirekit._wire.ftp_replies import errors
from wirekit._wire.ftp_tables import (
    parse_dos,
    parse_os2,
    parse_os400,
    parse_vms,
    parse_vxworks,
    parse_zos,
    parse_zos_member,
)
from wirekit._wire.ftp_unix import parse_eplf, parse_unix

__all__ = ["parse_listing"]

MAX_LINE: Final = 4096
"""Characters of a line that are looked at: a name has 255 bytes, and what stands before it some 100."""

_Parser = Callable[[str], Entry | None]

_TABLES: Final[tuple[_Parser, ...]] = (
    parse_dos,
    parse_eplf,
    parse_vms,
    parse_os400,
    parse_zos,
    parse_zos_member,
    parse_vxworks,
    parse_os2,
)
_HEADING: Final = re.compile(
    r"\s*+|total\b.*|\d+ (?:files|entries)\b.*|directory .*|listing .*|no (?:such )?files.*|volume unit .*|name +vv\.mm .*"
    r"|[-=\s]+|size\s+date\s+time\s+name",
    re.IGNORECASE | re.DOTALL,
)
_WRAPPED: Final = re.compile(r"[^;\s]++;\d++\s*+", re.ASCII)


def parse_listing(lines: Iterable[str], now: dt.datetime, directory: str = "") -> list[Entry]:
    """Return the entries of a directory that LIST has listed, in the order of the lines.

    now: the present moment, UTC and aware, for dates without a year. directory: as it was asked for; some servers
    repeat it before each name. Names that lead elsewhere are left out (security row 141). Raises BadListing.
    """
    entries: list[Entry] = []
    odd = ""
    parsers: list[_Parser] = [lambda line: parse_unix(line, now), *_TABLES]
    for line in _unwrap(lines):
        entry = _parse_line(line, parsers)
        if entry is None:
            odd = odd if odd or _HEADING.fullmatch(line) else line
            continue
        name = choose_name(entry.name, directory)
        if name is not None:
            entries.append(entry if name == entry.name else entry._replace(name=name))
    if odd and not entries:
        raise errors().BadListing(odd)
    return entries


def _parse_line(line: str, parsers: list[_Parser]) -> Entry | None:
    """Read a line by the first parser that can; that one is the first for the next line."""
    if len(line) > MAX_LINE:
        return None
    for at, parser in enumerate(parsers):
        entry = parser(line)
        if entry is not None:
            if at:
                parsers.insert(0, parsers.pop(at))
            return entry
    return None


def _unwrap(lines: Iterable[str]) -> Iterable[str]:
    """Give the lines, a long name of VMS together with what it has pushed into the next line."""
    name = ""
    for line in lines:
        text = line.rstrip("\r\n")
        if _WRAPPED.fullmatch(text):
            name = text.rstrip()
            continue
        yield f"{name} {text.lstrip()}" if name else text
        name = ""
