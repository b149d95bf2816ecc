"""Times of FTP: MDTM's fourteen digits (RFC 3659 section 2.3), and what listings print instead.

All times are UTC and aware. What is no time gives None and never an exception: one odd date must not cost a listing
(security row 141).
"""

import datetime as dt
import re
from typing import Final

__all__ = ["find_month", "format_time", "guess_year", "make_time", "parse_time"]

_DIGITS: Final = re.compile(r"(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)(?:\.(\d{1,9}))?", re.ASCII)
_YEAR_2000: Final = re.compile(r"191(\d\d)(\d{10}(?:\.\d{1,9})?)", re.ASCII)

_MONTHS: Final = (
    "jan janv ene gen sty led янв 1月",
    "feb févr fév fev febr lut úno фев 2月",
    "mar mär mrz mars mrt bře мар 3月",
    "apr avr abr kwi dub апр 4月",
    "may mai mag mei maj kvě май мая 5月",
    "jun juin giu cze čer июн 6月",
    "jul juil lug lip čvc июл 7月",
    "aug août aoû ago sie srp авг 8月",
    "sep sept set wrz zář сен 9月",
    "oct okt out ott paź říj окт 10月",
    "nov lis ноя 11月",
    "dec déc dez dic des gru pro дек 12月",
)
_BY_NAME: Final = {name: number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
"""Months as ``ls`` prints them in the languages that are met; digits of two too: 04月."""

_SLACK: Final = dt.timedelta(days=1)
"""How far a server's clock and zone may be ahead of ours."""


def find_month(name: str) -> int | None:
    """Return the number of a month by its short name, in any of a dozen languages; None for no month."""
    name = name.lower().rstrip(".").removeprefix("0")
    return _BY_NAME.get(name) or _BY_NAME.get(name[:3])


def make_time(
    year: int, month: int, day: int, hour: int = 0, minute: int = 0, second: int = 0
) -> dt.datetime | None:
    """Return a moment, None for one that does not exist; a leap second is the one before it."""
    try:
        return dt.datetime(
            year, month, day, hour, minute, min(second, 59) if second == 60 else second, tzinfo=dt.UTC
        )
    except ValueError:
        return None


def guess_year(now: dt.datetime, month: int, day: int, hour: int, minute: int) -> dt.datetime | None:
    """Return the last moment of this kind that is not in the future: ``ls`` leaves the year out of recent ones."""
    for year in range(now.year + 1, now.year - 9, -1):  # the 29th of February may be 8 years ago
        found = make_time(year, month, day, hour, minute)
        if found is not None and found <= now + _SLACK:
            return found
    return None


def parse_time(text: str) -> dt.datetime | None:
    """Return the moment that ``20240229235959.123`` names, None for no moment.

    Servers that write 2016 as 19116 are understood.
    """
    if old := _YEAR_2000.fullmatch(text):
        text = f"20{old[1]}{old[2]}"
    found = _DIGITS.fullmatch(text)
    if found is None:
        return None
    moment = make_time(*map(int, found.groups()[:6]))
    if moment is None or found[7] is None:
        return moment
    return moment.replace(microsecond=int(found[7][:6].ljust(6, "0")))


def format_time(moment: dt.datetime) -> str:
    """Return a moment in fourteen digits, for MDTM and MFMT. ValueError for a naive one."""
    if moment.tzinfo is None:
        message = "a time with its zone is wanted: datetime.now(UTC), not datetime.now()"
        raise ValueError(message)
    return moment.astimezone(dt.UTC).strftime("%Y%m%d%H%M%S").rjust(14, "0")
