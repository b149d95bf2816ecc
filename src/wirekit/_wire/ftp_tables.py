"""Listings of systems other than Unix: a table, whose columns each system has its own way with.

DOS, IIS     04-27-00  09:09PM       <DIR>          licensed
             2017-11-23  20:16                1,234 name with blanks
OS/2         0           DIR    04-11-95   16:26  ADDRESS
OS/400       QSYS            77824 02/23/00 15:09:55 *DIR       QOpenSys/
VMS          CORE.DIR;1          1  8-SEP-1996 16:09 [SYSTEM] (RWED,RWED,RE,)
VxWorks      512    Jan-01-1980  00:00:00   CURRENT  <DIR>
z/OS         WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  48-MVS.FILE
             IEFBR14   01.01 2002/09/12 2002/10/11 09:37    11    11     0 KIL001
"""

import re
from typing import Final

from wirekit._wire.ftp_entries import Entry
from wirekit._wire.ftp_times import find_month, make_time

__all__ = [
    "parse_dos",
    "parse_os2",
    "parse_os400",
    "parse_vms",
    "parse_vxworks",
    "parse_zos",
    "parse_zos_member",
]

DAY: Final = 86_400
VMS_BLOCK: Final = 512
_NAME_COLUMN: Final = 10
"""Blanks between <DIR> and the name, where a size would stand."""

_DOS: Final = re.compile(
    r"(\d{1,4}+)[-/.](\d{1,2}+)[-/.](\d{2,4}+)\s++(\d{1,2}+)[:.](\d\d)(?:[:.](\d\d))?+\s?([AaPp])?[Mm]?\s++"
    r"(?:<(DIR|JUNCTION|SYMLINKD|SYMLINK)>|([\d,.']{1,26}+)) (.++)",
    re.ASCII | re.DOTALL,
)
_OS2: Final = re.compile(
    r"\s*+(\d{1,19}+)\s++((?:[A-Z]{1,4}\s++){0,4}+)(\d\d)-(\d\d)-(\d{2,4}+)\s++(\d\d):(\d\d)\s++(\S.*+)",
    re.ASCII | re.DOTALL,
)
_OS400: Final = re.compile(
    r"(\S++)\s++(?:(\d{1,19}+)\s++)?+(?:(\d\d)[/.-](\d\d)[/.-](\d\d)\s++(\d\d):(\d\d):(\d\d)\s++)?+\*([A-Z]++)\s++(\S.*+)",
    re.ASCII | re.DOTALL,
)
_VMS: Final = re.compile(
    r"([^;\s]++);\d++\s++(\d{1,15}+)(?:/\d++)?+\s++(\d{1,2}+)-([A-Z]{3})-(\d{4})\s++(\d{1,2}+):(\d\d)(?::(\d\d)(?:\.\d++)?+)?+"
    r"(?:\s++\[([^\]]*+)\])?+(?:\s++\([A-Z,]*+\))?+\s*+",
    re.ASCII,
)
_VXWORKS: Final = re.compile(
    r"\s*+(\d{1,19}+)\s++([A-Za-z]{3})-(\d\d)-(\d{4})\s++(\d\d):(\d\d):(\d\d)\s++(\S++)\s*+(<DIR>)?+\s*+",
    re.ASCII,
)
_ZOS: Final = re.compile(
    r"(?:\S++\s++\S++\s++(?:(\d{4})/(\d\d)/(\d\d)|\*\*NONE\*\*)\s++\d++\s++\d++\s++\S++\s++\d++\s++\d++\s++(PS|PO|PO-E|VS|DA)"
    r"|Migrated|\S++\s++\S++\s++(?:Error|VSAM)[^']*?|(Pseudo Directory))\s++('?[^'\s]++'?)\s*+",
    re.ASCII,
)
_ZOS_MEMBER: Final = re.compile(
    r"\s?([A-Z0-9$#@]{1,8}+)\s++\d\d\.\d\d\s++\d{4}/\d\d/\d\d\s++(\d{4})/(\d\d)/(\d\d)\s++(\d\d):(\d\d)(?::(\d\d))?+"
    r"\s++(\d{1,9}+)\s++\d++\s++\d++\s++(\S++)\s*+",
    re.ASCII,
)


def _full_year(text: str) -> int:
    year = int(text)
    return year + (2000 if year < 70 else 1900) if len(text) < 4 else year


def parse_dos(line: str) -> Entry | None:
    """Return the entry of a line as DIR prints it, and IIS with it; None for another line."""
    found = _DOS.fullmatch(line)
    if found is None:
        return None
    first, second, third, hour, minute, seconds, half, link, size, name = found.groups()
    if len(first) == 4:
        year, month, day = int(first), int(second), int(third)
    elif int(first) > 12:
        year, month, day = _full_year(third), int(second), int(first)
    else:
        year, month, day = _full_year(third), int(first), int(second)
    clock = int(hour)
    if half:
        clock = clock % 12 + (12 if half in "pP" else 0)
    modified = make_time(year, month, day, clock, int(minute), int(seconds or 0))
    precision = 1 if seconds else 60
    exact = None if modified is None else precision
    if not link:
        return Entry(name, "file", int(re.sub(r"\D", "", size) or 0), modified, exact)
    blanks = len(name) - len(name.lstrip(" "))
    name = name[min(blanks, _NAME_COLUMN - 1) :]
    if link == "DIR":
        return Entry(name, "dir", None, modified, exact)
    name, _, target = name.partition(" [")
    return Entry(name, "link", None, modified, exact, target=target.rstrip("]") or None)


def parse_os2(line: str) -> Entry | None:
    """Return the entry of a line as OS/2 prints it; None for another line."""
    found = _OS2.fullmatch(line)
    if found is None:
        return None
    size, attributes, month, day, year, hour, minute, name = found.groups()
    modified = make_time(_full_year(year), int(month), int(day), int(hour), int(minute))
    exact = None if modified is None else 60
    if "DIR" in attributes.split():
        return Entry(name, "dir", None, modified, exact)
    return Entry(name, "file", int(size), modified, exact)


def parse_os400(line: str) -> Entry | None:
    """Return the entry of a line as OS/400 prints it; None for another line."""
    found = _OS400.fullmatch(line)
    if found is None:
        return None
    owner, size, month, day, year, hour, minute, second, kind, name = found.groups()
    modified = None
    if month:
        modified = make_time(_full_year(year), int(month), int(day), int(hour), int(minute), int(second))
    directory = kind in {"DIR", "DDIR", "LIB", "FLR"} or name.endswith("/")
    return Entry(
        name.rstrip("/").rstrip(),
        "dir" if directory else "file",
        int(size) if size and not directory else None,
        modified,
        None if modified is None else 1,
        owner=owner,
    )


def parse_vms(line: str) -> Entry | None:
    """Return the entry of a line as VMS prints it, without its version; None for another line. Sizes are in blocks."""
    found = _VMS.fullmatch(line)
    if found is None:
        return None
    name, blocks, day, month, year, hour, minute, second, owner = found.groups()
    number = find_month(month)
    if number is None:
        return None
    modified = make_time(int(year), number, int(day), int(hour), int(minute), int(second or 0))
    precision = 1 if second else 60
    directory = name.upper().endswith(".DIR")
    return Entry(
        name[:-4] if directory else name,
        "dir" if directory else "file",
        None if directory else int(blocks) * VMS_BLOCK,
        modified,
        None if modified is None else precision,
        owner=owner,
    )


def parse_vxworks(line: str) -> Entry | None:
    """Return the entry of a line as VxWorks prints it; None for another line."""
    found = _VXWORKS.fullmatch(line)
    number = find_month(found[2]) if found else None
    if found is None or number is None:
        return None
    size, _, day, year, hour, minute, second, name, directory = found.groups()
    modified = make_time(int(year), number, int(day), int(hour), int(minute), int(second))
    exact = None if modified is None else 1
    return (
        Entry(name, "dir", None, modified, exact)
        if directory
        else Entry(name, "file", int(size), modified, exact)
    )


def parse_zos(line: str) -> Entry | None:
    """Return the entry of a line of data sets (z/OS); None for another line. Partitioned ones are directories."""
    found = _ZOS.fullmatch(line)
    if found is None:
        return None
    year, month, day, kind, pseudo, name = found.groups()
    modified = make_time(int(year), int(month), int(day)) if year else None
    directory = pseudo is not None or kind in {"PO", "PO-E"}
    return Entry(
        name.strip("'"), "dir" if directory else "file", None, modified, None if modified is None else DAY
    )


def parse_zos_member(line: str) -> Entry | None:
    """Return the entry of a line of members of a partitioned data set (z/OS); None for another line."""
    found = _ZOS_MEMBER.fullmatch(line)
    if found is None:
        return None
    name, year, month, day, hour, minute, second, _, owner = found.groups()
    modified = make_time(int(year), int(month), int(day), int(hour), int(minute), int(second or 0))
    precision = 1 if second else 60
    return Entry(name, "file", None, modified, None if modified is None else precision, owner=owner)
