"""Dates of HTTP: three forms read, one written."""

import datetime as dt
import email.utils

import pytest

from wirekit._wire.http_dates import format_http_date, parse_http_date, split_seconds

MOMENT = 784_111_777  # Sun, 06 Nov 1994 08:49:37 GMT
NOW = 1_790_000_000  # 2026


@pytest.mark.parametrize(
    "text",
    [
        "Sun, 06 Nov 1994 08:49:37 GMT",
        "Sun, 06 Nov 1994 08:49:37 UTC",
        "Sun, 06 Nov 1994 08:49:37 -0000",
        "Sunday, 06-Nov-94 08:49:37 GMT",
        "Sun Nov  6 08:49:37 1994",
    ],
)
def test_every_form_is_read(text: str) -> None:
    assert parse_http_date(text, NOW) == MOMENT


@pytest.mark.parametrize(
    "text",
    [
        "", "yesterday", "784111777", "Sun, 06 Nov 1994 08:49:37 +0500", "Sun, 06 Nov 1994 08:49:37 EST",
        "Sun, 6 Nov 1994 08:49:37 GMT", "Sun, 31 Nov 1994 08:49:37 GMT", "Sun, 29 Feb 1994 08:49:37 GMT",
        "Sun, 29 Feb 1900 08:49:37 GMT", "Sun, 00 Nov 1994 08:49:37 GMT", "Sun, 06 Nov 1994 24:49:37 GMT",
        "Sun, 06 Nov 1994 08:60:37 GMT", "Sun, 06 Nov 1994 08:49:61 GMT", "Sun, 06 Nov 0000 08:49:37 GMT",
        "Sun, 06 Nov 199\u0664 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 GMT, Sun, 06 Nov 1994 08:49:37 GMT",
    ],
)  # fmt: skip
def test_what_is_no_date_is_none(text: str) -> None:
    assert parse_http_date(text, NOW) is None


@pytest.mark.parametrize("short,year", [("94", 1994), ("26", 2026), ("75", 2075), ("77", 1977), ("99", 1999)])
def test_year_of_two_digits_is_near(short: str, year: int) -> None:
    moment = parse_http_date(f"Sunday, 06-Nov-{short} 08:49:37 GMT", NOW)
    assert moment is not None
    assert split_seconds(moment)[0] == year


@pytest.mark.parametrize("year", [1970, 1999, 2000, 2023, 2024, 2100, 2400])
@pytest.mark.parametrize("month,day", [(1, 1), (2, 28), (3, 1), (12, 31)])
def test_dates_are_those_of_the_calendar(year: int, month: int, day: int) -> None:
    moment = int(dt.datetime(year, month, day, 1, 2, 3, tzinfo=dt.UTC).timestamp())
    assert split_seconds(moment) == (year, month, day, 1, 2, 3)
    assert format_http_date(moment) == email.utils.formatdate(moment, usegmt=True)
    assert parse_http_date(format_http_date(moment)) == moment


def test_leap_day_is_a_date() -> None:
    assert parse_http_date("Thu, 29 Feb 2024 00:00:00 GMT") == 1_709_164_800
    assert parse_http_date("Tue, 29 Feb 2000 00:00:00 GMT") == 951_782_400


def test_leap_second_is_a_moment() -> None:
    assert parse_http_date("Sat, 31 Dec 2016 23:59:60 GMT") == parse_http_date(
        "Sun, 01 Jan 2017 00:00:00 GMT"
    )


def test_year_beyond_four_digits_is_an_error() -> None:
    with pytest.raises(ValueError, match="outside"):
        format_http_date(253_402_300_800)
