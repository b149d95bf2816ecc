"""Dates of HTTP (RFC 9110 section 5.6.7): read in their three forms, written in the one that is left.

A date that is none is None, never an error: a recipient goes on as if the field were not there.
"""

import re
from functools import lru_cache

__all__ = ["format_http_date", "parse_http_date", "split_seconds"]

_DAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
_LENGTHS = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
_NUMBER = {name: number for number, name in enumerate(_MONTHS, 1)}
_TIME = r"(?P<hour>[0-9]{2}):(?P<minute>[0-9]{2}):(?P<second>[0-9]{2})"
_MONTH = f"(?P<month>{'|'.join(_MONTHS)})"
_FIXED = re.compile(
    rf"(?:{'|'.join(_DAYS)}), (?P<day>[0-9]{{2}}) {_MONTH} (?P<year>[0-9]{{4}}) {_TIME} (?:GMT|UTC|[+-]0000)"
).fullmatch
_RFC850 = re.compile(
    rf"[MTWFS][a-z]{{2,5}}day, (?P<day>[0-9]{{2}})-{_MONTH}-(?P<year>[0-9]{{2}}) {_TIME} GMT"
).fullmatch
_ASCTIME = re.compile(
    rf"(?:{'|'.join(_DAYS)}) {_MONTH} (?P<day>[0-9]{{2}}| [0-9]) {_TIME} (?P<year>[0-9]{{4}})"
).fullmatch


@lru_cache(64)
def parse_http_date(text: str, now: int = 0) -> int | None:
    """Return a date as seconds since 1970; None for what is no date.

    now: seconds since 1970; a year of two digits means the last such year that is not more than 50 years ahead of it.
    The zone may be written as UTC or +0000 too, as older programs do.
    """
    found = _FIXED(text) or _RFC850(text) or _ASCTIME(text)
    if found is None:
        return None
    year, month, day = int(found["year"]), _NUMBER[found["month"]], int(found["day"])
    hour, minute, second = int(found["hour"]), int(found["minute"]), int(found["second"])
    if len(found["year"]) == 2:
        year = _complete_year(year, 1970 + now // 31_556_952)
    if not 1 <= day <= _LENGTHS[month - 1] or hour > 23 or minute > 59 or second > 60 or not year:
        return None
    if (month, day) == (2, 29) and (year % 4 or (year % 100 == 0 and year % 400)):
        return None
    return (_count_days(year, month, day) * 24 + hour) * 3600 + minute * 60 + second


def _complete_year(short: int, now: int) -> int:
    year = now - now % 100 + short
    return year - 100 if year > now + 50 else year


def _count_days(year: int, month: int, day: int) -> int:
    """Return the days from 1970 to a date of the Gregorian calendar."""
    if month < 3:
        year, month = year - 1, month + 12
    return 365 * year + year // 4 - year // 100 + year // 400 + (153 * (month - 3) + 2) // 5 + day - 719_469


def split_seconds(seconds: int) -> tuple[int, int, int, int, int, int]:
    """Return (year, month, day, hour, minute, second) of seconds since 1970, in the Gregorian calendar."""
    days, rest = divmod(seconds, 86_400)
    # by eras of 400 years that begin in March, so that leap days come last
    era, day_of_era = divmod(days + 719_468, 146_097)
    year = (day_of_era - day_of_era // 1460 + day_of_era // 36_524 - day_of_era // 146_096) // 365
    day = day_of_era - (365 * year + year // 4 - year // 100)
    month = (5 * day + 2) // 153
    day = day - (153 * month + 2) // 5 + 1
    month = month + 3 if month < 10 else month - 9
    return year + era * 400 + (month <= 2), month, day, rest // 3600, rest % 3600 // 60, rest % 60


@lru_cache(256)
def format_http_date(seconds: int) -> str:
    """Return seconds since 1970 as a date. ValueError outside the years 1 to 9999."""
    year, month, day, hour, minute, second = split_seconds(seconds)
    if not 1 <= year <= 9999:
        message = f"{seconds} seconds since 1970 lie outside the years of HTTP's dates"
        raise ValueError(message)
    name = _DAYS[(seconds // 86_400 + 3) % 7]
    return f"{name}, {day:02} {_MONTHS[month - 1]} {year:04} {hour:02}:{minute:02}:{second:02} GMT"
