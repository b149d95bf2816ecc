r"""Lines of ``ls -l`` in its many dialects, and of servers that imitate it.

    drwxr-xr-x   2 root     wheel        4096 Nov 23 20:16 name with blanks
    -rw-r--r--+  1 1001     Domain Users  123 Feb 29  2016 no year, or no time
    lrwxrwxrwx   1 0        0               9 2017-11-23 20:16 link -> target
    crw-rw-rw-   1 root     root       1,   3 23 Nov 2017 a device
    -rw-r--r--   1 u        g            1234 Nov 23 20:16:05 2017 full times
    d [R----F--] supervisor               512 Jan 16 18:53 NetWare
    -------r--         326  1391972   1392298 Nov 22  1995 NetPresenz
    drwxrwxr-x              folder          2 May 10  1996 NetPresenz
    +i8388621.48594,m825718503,r,s280,\tEPLF

A first expression takes the usual line, at a microsecond; the rest is taken apart by words. Both are linear in the
line. The name begins one blank behind the date, so that blanks before a name survive.
"""

import datetime as dt
import re
from typing import Final

from wirekit._wire.ftp_entries import Entry, parse_mode
from wirekit._wire.ftp_times import find_month, guess_year, make_time

__all__ = ["parse_eplf", "parse_unix"]

DAY: Final = 86_400

_USUAL: Final = re.compile(
    r"([-dlbcps])([-rwxsStT]{9})[+.@]?+ ++(\d++) ++(\S++) ++(\S++) ++(\d{1,19}+) ++"
    r"([A-Z][a-z][a-z]) ++(\d{1,2}+) ++(?:(\d{1,2}+):(\d\d)|(\d{4})) (.++)",
    re.ASCII | re.DOTALL,
)
_HEAD: Final = re.compile(
    r"\s*+(?:\d++\s++){0,2}([-dlbcpsDPn?])(?:([-rwxsStTlLhHgG?]{9})[+.@]?+|\s?\[[-A-Z]{8}\])(?=\s)", re.ASCII
)
_WORD: Final = re.compile(r"\S++")
_NUMBER: Final = re.compile(r"\d{1,19}", re.ASCII)
_DEVICE: Final = re.compile(r"\d{1,9},\d{1,9}", re.ASCII)
_ISO: Final = re.compile(r"(\d{4})[-/](\d{1,2})[-/](\d{1,2})", re.ASCII)
_DAY: Final = re.compile(r"(\d{1,2})(?:\.|日|일)?", re.ASCII)
_YEAR: Final = re.compile(r"(\d{4})(?:年)?", re.ASCII)
_CLOCK: Final = re.compile(r"(\d{1,2}):(\d\d)(?::(\d\d)(?:\.\d{1,9})?)?", re.ASCII)
_ZONE: Final = re.compile(r"([+-])(\d\d)(\d\d)", re.ASCII)

_TYPES: Final = {"-": "file", "d": "dir", "l": "link"}
_MOST_WORDS: Final = 24
"""Words of a line that are looked at: those before the name are some twelve."""

_When = tuple[dt.datetime | None, int, int]
"""What a date says: the moment, the seconds that it is exact to, and the number of words that it took."""


def parse_unix(line: str, now: dt.datetime) -> Entry | None:
    """Return the entry of a line; None for a line of another kind. now: for dates without a year; UTC, aware."""
    found = _USUAL.fullmatch(line)
    if found is None:
        return _parse_unusual(line, now)
    kind, mode, _, owner, group, size, month, day, hour, minute, year, name = found.groups()
    number = find_month(month)
    if number is None:
        return _parse_unusual(line, now)
    if year:
        modified, precision = make_time(int(year), number, int(day)), DAY
    else:
        modified, precision = guess_year(now, number, int(day), int(hour), int(minute)), 60
    return _finish(kind, mode, owner, group, int(size), modified, precision, name)


def _finish(
    kind: str,
    mode: str | None,
    owner: str | None,
    group: str | None,
    size: int | None,
    modified: dt.datetime | None,
    precision: int,
    name: str,
) -> Entry:
    target = None
    if kind == "l":
        name, _, target = name.partition(" -> ")
    return Entry(
        name,
        _TYPES.get(kind, "other"),
        size,
        modified,
        None if modified is None else precision,
        None if mode is None else parse_mode(mode),
        owner,
        group,
        target or None,
    )


def _parse_unusual(line: str, now: dt.datetime) -> Entry | None:
    """Find the date among the words of a line; the size stands before it, owner and group before that."""
    head = _HEAD.match(line)
    if head is None:
        return None
    words = []
    for word in _WORD.finditer(line, head.end()):
        words.append(word)
        if len(words) > _MOST_WORDS:
            break
    texts = [word.group() for word in words]
    for at in range(1, len(words)):
        device = at > 1 and texts[at - 2].endswith(",")
        if not _NUMBER.fullmatch(texts[at - 1]):
            device = _DEVICE.fullmatch(texts[at - 1]) is not None
            if not device:
                continue
        when = _parse_date(texts, at, now)
        if when is None:
            continue
        modified, precision, taken = when
        name = line[words[at + taken - 1].end() + 1 :]
        if not name:
            return None
        owner, group = _parse_owner(texts[: at - 1])
        size = None if device else int(texts[at - 1])
        return _finish(head[1], head[2], owner, group, size, modified, precision, name)
    return None


def _parse_owner(words: list[str]) -> tuple[str | None, str | None]:
    """Return (owner, group) of the words between permissions and size: a count of links may stand before them."""
    words = [word for word in words if not word.endswith(",")]
    if len(words) > 1 and _NUMBER.fullmatch(words[0]):
        words = words[1:]
    if not words:
        return None, None
    return words[0], " ".join(words[1:]) or None


def _parse_date(words: list[str], at: int, now: dt.datetime) -> _When | None:
    """Read a date, in any of its forms, that begins with a word; None where none does."""
    given = words[at : at + 5] + [""] * 5
    if iso := _ISO.fullmatch(given[0]):
        return _parse_iso(iso, given)
    for month_at, day_at in ((0, 1), (1, 0)):
        month, day = find_month(given[month_at]), _DAY.fullmatch(given[day_at])
        if month is not None and day is not None:
            return _parse_rest(month, int(day[1]), given, now)
    return None


def _parse_iso(date: re.Match[str], given: list[str]) -> _When | None:
    """Read ``2017-11-23 20:16:05.000 +0100``, or as much of it as there is."""
    year, month, day = map(int, date.groups())
    clock = _CLOCK.fullmatch(given[1])
    if clock is None:
        return make_time(year, month, day), DAY, 1
    moment = make_time(year, month, day, int(clock[1]), int(clock[2]), int(clock[3] or 0))
    precision = 1 if clock[3] else 60
    zone = _ZONE.fullmatch(given[2])
    if zone is None:
        return moment, precision, 2
    offset = dt.timedelta(hours=int(zone[2]), minutes=int(zone[3])) * (-1 if zone[1] == "+" else 1)
    try:
        return moment and moment + offset, precision, 3
    except OverflowError:
        return None, precision, 3


def _parse_rest(month: int, day: int, given: list[str], now: dt.datetime) -> _When | None:
    """Read what stands behind day and month: a year, a time, or both."""
    clock, year = _CLOCK.fullmatch(given[2]), _YEAR.fullmatch(given[2])
    if year is not None:
        return make_time(int(year[1]), month, day), DAY, 3
    if clock is None:
        return None
    hour, minute, second = int(clock[1]), int(clock[2]), int(clock[3] or 0)
    year = _YEAR.fullmatch(given[3]) if clock[3] else None
    if year is not None:
        return make_time(int(year[1]), month, day, hour, minute, second), 1, 4
    return guess_year(now, month, day, hour, minute), 60, 3


def parse_eplf(line: str) -> Entry | None:
    """Return the entry of a line in EPLF (https://cr.yp.to/ftp/list/eplf.html); None for a line of another kind."""
    if line[:1] != "+" or "\t" not in line:
        return None
    given, _, name = line[1:].partition("\t")
    facts = {fact[:1]: fact[1:] for fact in given.split(",") if fact[:1] != "u"}
    size, moment = facts.get("s", ""), facts.get("m", "")
    modified = None
    if _NUMBER.fullmatch(moment) and int(moment) < 1 << 36:
        modified = dt.datetime.fromtimestamp(int(moment), dt.UTC)
    mode = re.search(r"(?:^|,)up([0-7]{1,4})(?:,|$)", given)
    return Entry(
        name,
        "dir" if "/" in facts else "file",
        int(size) if _NUMBER.fullmatch(size) else None,
        modified,
        None if modified is None else 1,
        int(mode[1], 8) if mode else None,
    )
