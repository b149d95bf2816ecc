"""Dates in cookies: the two that HTTP has written, the one of ISO 8601, and whatever servers send instead.

Three readers, from text to seconds since 1970 (UTC), ``None`` for text that is no date:

- ``parse_cookie_date`` reads as browsers do (RFC 6265 section 5.1.1): it takes the text apart into tokens, and takes the
  first time, day, month and year that it meets, in any order, whatever stands between them. Time zones are ignored.
- ``parse_http_date`` reads what ``http.cookiejar.http2time`` reads: day, month, year, clock, zone, in that order.
- ``parse_iso_date`` reads the ISO 8601 forms of ``http.cookiejar.iso2time``.

A year of two digits belongs to 1970 to 2069 for browsers; ``parse_http_date`` takes the century nearest to the current
year, which it asks an argument for. All of them are linear in the text: no expression here gives anything back.

``format_iso`` and ``format_netscape`` write what the file formats and old servers want.
"""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

__all__ = [
    "ISO",
    "LOOSE",
    "format_iso",
    "format_netscape",
    "parse_cookie_date",
    "parse_http_date",
    "parse_iso_date",
    "parse_offset",
]

DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_MONTH_NUMBERS = {name.lower(): number for number, name in enumerate(MONTHS, 1)}
_USUAL_MONTHS = {name: number for number, name in enumerate(MONTHS, 1)} | _MONTH_NUMBERS
_DAYS_BEFORE = (0, 0, 31, 59, 90, 120, 151, 181, 212, 243, 273, 304, 334)
_MONTH_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_LAST_SECOND = 253_402_300_799
"""The end of the year 9999: what is written has four digits for the year."""
_UTC_NAMES = ("GMT", "UTC", "UT", "Z")

# ---- days and seconds


def _count_days(year: int, month: int, day: int) -> int:
    """Count the days from 1970-01-01 to a day of the Gregorian calendar (a day beyond the month's end runs on)."""
    leaps = year if month > 2 else year - 1
    return 365 * year + leaps // 4 - leaps // 100 + leaps // 400 + _DAYS_BEFORE[month] + day - 719_528


def _split_days(days: int) -> tuple[int, int, int]:
    """Return (year, month, day) of a number of days since 1970-01-01; the inverse of ``_count_days``."""
    days += 719_468
    era, day_of_era = divmod(days, 146_097)
    year_of_era = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day_of_year = day_of_era - (365 * year_of_era + year_of_era // 4 - year_of_era // 100)
    shifted = (5 * day_of_year + 2) // 153
    month = shifted + 3 if shifted < 10 else shifted - 9
    return year_of_era + era * 400 + (month <= 2), month, day_of_year - (153 * shifted + 2) // 5 + 1


# ---- as browsers read (RFC 6265 section 5.1.1)

# What strict servers send (RFC 9110 section 5.6.7), with blanks or hyphens; most dates are of this form.
_USUAL = re.compile(
    r"[A-Z][a-z]{2,8}+, ([0-9]{2})[ -]([A-Z][a-z]{2})[ -]([0-9]{4}) ([0-9]{2}):([0-9]{2}):([0-9]{2}) GMT"
).fullmatch

# delimiter = %x09 / %x20-2F / %x3B-40 / %x5B-60 / %x7B-7E
_TOKENS = re.compile(r"[^\t -/;-@\[-`{-~]++").findall
# time = time-field ":" time-field ":" time-field ( non-digit *OCTET ); time-field = 1*2DIGIT
_TIME = re.compile(r"([0-9]{1,2}+):([0-9]{1,2}+):([0-9]{1,2}+)(?![0-9])").match
# day-of-month = 1*2DIGIT ( non-digit *OCTET ); year = 2*4DIGIT ( non-digit *OCTET )
_DAY = re.compile(r"[0-9]{1,2}+(?![0-9])").match
_YEAR = re.compile(r"[0-9]{2,4}+(?![0-9])").match


def parse_cookie_date(text: str) -> int | None:
    """Return the seconds since 1970 that a cookie's date means, however it is written; ``None`` for no date.

    RFC 6265 section 5.1.1. A day that its month does not have is no date.
    """
    if usual := _USUAL(text):
        day, month, year, hour, minute, second = usual.groups()
        if month in _USUAL_MONTHS:
            clock = (int(hour), int(minute), int(second))
            return _count_if_valid(int(year), _USUAL_MONTHS[month], int(day), clock)
    return _parse_tokens(_TOKENS(text))


def _parse_tokens(tokens: list[str]) -> int | None:
    clock = day = month = year = None
    for token in tokens:
        if clock is None and (found := _TIME(token)):
            clock = (int(found[1]), int(found[2]), int(found[3]))
        elif day is None and (found := _DAY(token)):
            day = int(found[0])
        elif month is None and (number := _MONTH_NUMBERS.get(token[:3].lower())):
            month = number
        elif year is None and (found := _YEAR(token)):
            year = _widen_year(int(found[0]))
    if clock is None or day is None or month is None or year is None:
        return None
    return _count_if_valid(year, month, day, clock)


def _widen_year(year: int) -> int:
    if 70 <= year <= 99:
        return year + 1900
    return year + 2000 if year <= 69 else year


def _count_if_valid(year: int, month: int, day: int, clock: tuple[int, int, int]) -> int | None:
    hour, minute, second = clock
    if year < 1601 or hour > 23 or minute > 59 or second > 59 or not 1 <= day <= _MONTH_LENGTHS[month - 1]:
        return None
    if day == 29 and month == 2 and (year % 4 or (not year % 100 and year % 400)):
        return None
    return _count_days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second


# ---- as http.cookiejar reads

_MOST_REMEMBERED = 512
_midnights: dict[str, int | None] = {}
"""Days met lately, as ``09 Feb 1994``: servers name few."""


def _find_midnight(day: str) -> int | None:
    if day in _midnights:
        return _midnights[day]
    if len(_midnights) >= _MOST_REMEMBERED:
        _midnights.clear()
    month = _USUAL_MONTHS.get(day[3:6])
    midnight = _count_by_calendar(int(day[7:]), month, int(day[:2]), 0, 0, 0) if month else None
    _midnights[day] = midnight
    return midnight


# Wed, 09 Feb 1994 22:23:32 GMT: each part has its place
_STRICT = re.compile(
    r"[SMTWF][a-z][a-z], \d\d [JFMASOND][a-z][a-z] \d\d\d\d \d\d:\d\d:\d\d GMT\n?", re.ASCII
).fullmatch
_WEEKDAY = re.compile(r"(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)[a-z]*+,?\s*+", re.IGNORECASE | re.ASCII).match
LOOSE = r"""(?x)
    (\d\d?)             (?:\s++|[-/])        # day
    (\w++)              (?:\s++|[-/])        # month
    (\d++)                                   # year
    (?:(?:\s++|:) (\d\d?):(\d\d)(?::(\d\d))?+)?   # clock, perhaps without seconds, perhaps none
    \s*+
    (?:([-+]?\d{2,4}+|(?![APap][Mm]\b)[A-Za-z]++)\s*+)?   # zone, as an offset or a name
    (?:\(\w++\)\s*+)?                        # its name once more
    $"""
_match_loosely = re.compile(LOOSE, re.ASCII).match
_OFFSET = re.compile(r"([-+])?(\d\d?):?(\d\d)?\n?", re.ASCII).fullmatch
ISO = r"""(?x)
    (\d{4}) [-/]? (\d\d?) [-/]? (\d\d?)      # year, month, day
    (?:(?:\s++|[-:Tt]) (\d\d?):?(\d\d)(?::?(\d\d(?:\.\d*+)?))?)?   # clock, perhaps with parts of seconds
    \s*+
    (?:([-+]?\d\d?:?(?::?\d\d)?|Z|z)\s*+)?   # zone
    $"""
_match_iso = re.compile(ISO, re.ASCII).match


def parse_http_date(text: str, find_year: Callable[[], int]) -> int | None:
    """Return the seconds since 1970 that a date of HTTP means, strictly written or loosely; ``None`` for no date.

    Zones are offsets (``-0800``) or names of UTC; any other name makes it no date. Without a zone it is UTC.
    find_year gives the current year; it is called for years of less than four digits.
    """
    if _STRICT(text):
        hour, minute, second = int(text[17:19]), int(text[20:22]), int(text[23:25])
        if hour > 24 or minute > 59 or second > 61:
            return None
        midnight = _find_midnight(text[5:16])
        return None if midnight is None else midnight + hour * 3600 + minute * 60 + second
    text = text.lstrip()
    if weekday := _WEEKDAY(text):
        text = text[weekday.end() :]
    if not (found := _match_loosely(text)):
        return None
    day, name, year_text, *clock, zone = found.groups()
    return _count_loosely((year_text, name, day), clock, zone, find_year)


def parse_iso_date(text: str, find_year: Callable[[], int]) -> int | None:
    """Return the seconds since 1970 that a date of ISO 8601 means; ``None`` for no date. Parts of seconds are cut off."""
    if not (found := _match_iso(text.lstrip())):
        return None
    year, month, day, hour, minute, second, zone = found.groups()
    return _count_loosely((year, month, day), (hour, minute, second and second[:2]), zone, find_year)


def _count_loosely(
    date: tuple[str, str, str],
    clock: Sequence[str | None],
    zone: str | None,
    find_year: Callable[[], int],
) -> int | None:
    """Count what an expression found: year, month (name or number) and day; a clock that may be missing; a zone."""
    if len(date[0].lstrip("0")) > 4:
        return None  # beyond the year 9999, and perhaps too long for int()
    year, month, day = int(date[0][-4:]), _number_of_month(date[1]), int(date[2])
    hour, minute, second = (int(part or 0) for part in clock)
    offset = parse_offset(zone and zone.upper())
    if month is None or offset is None:
        return None
    if year < 1000:
        year = _choose_century(year, find_year())
    seconds = _count_by_calendar(year, month, day, hour, minute, second)
    return None if seconds is None else seconds - offset


def _number_of_month(month: str) -> int | None:
    number = _MONTH_NUMBERS.get(month.lower())
    if number is None and month.isdigit() and len(month) < 9:
        number = int(month)
    return number if number is None or 1 <= number <= 12 else None


def _choose_century(year: int, current_year: int) -> int:
    """Return the year that ends in these digits and is at most about fifty years away."""
    distance = current_year % 100 - year
    year += current_year - current_year % 100
    if abs(distance) > 50:
        year += 100 if distance > 0 else -100
    return year


def _count_by_calendar(year: int, month: int, day: int, hour: int, minute: int, second: int) -> int | None:
    """Count seconds; ``None`` before 1970 or beyond any clock. Hour 24 and the 31st run on into the next day."""
    if year < 1970 or not 1 <= day <= 31 or hour > 24 or minute > 59 or second > 61:
        return None
    return _count_days(year, month, day) * 86_400 + hour * 3600 + minute * 60 + second


def parse_offset(zone: str | None) -> int | None:
    """Return how many seconds a zone lies east of Greenwich, 0 without one: the seconds east of Greenwich; ``None`` for a name that is none of UTC's."""
    if zone is None or zone in _UTC_NAMES:
        return 0
    if not (found := _OFFSET(zone)):
        return None
    sign, hours, minutes = found.groups()
    offset = 3600 * int(hours) + 60 * int(minutes or 0)
    return -offset if sign == "-" else offset


# ---- writing


def format_iso(seconds: float) -> str:
    """Write ``1994-11-24 08:49:37Z``. What lies beyond the year 9999 is written as its last second."""
    year, month, day, clock, _ = _split_seconds(seconds)
    return f"{year:04}-{month:02}-{day:02} {clock}Z"


def format_netscape(seconds: float) -> str:
    """Write ``Thu, 24-Nov-1994 08:49:37 GMT``. What lies beyond the year 9999 is written as its last second."""
    year, month, day, clock, weekday = _split_seconds(seconds)
    return f"{DAYS[weekday]}, {day:02}-{MONTHS[month - 1]}-{year:04} {clock} GMT"


def _split_seconds(seconds: float) -> tuple[int, int, int, str, int]:
    """Return (year, month, day, the clock as text, weekday with Monday as 0)."""
    days, rest = divmod(int(min(seconds, _LAST_SECOND) // 1), 86_400)
    year, month, day = _split_days(days)
    return year, month, day, f"{rest // 3600:02}:{rest // 60 % 60:02}:{rest % 60:02}", (days + 3) % 7
