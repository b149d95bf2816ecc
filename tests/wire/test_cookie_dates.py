"""Dates: as browsers take them (RFC 6265 section 5.1.1), as http.cookiejar does, and how they are written."""

from __future__ import annotations

import pytest

from wirekit._wire import cookie_dates as dates

# ---- as browsers read


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("Sun, 06 Nov 1994 08:49:37 GMT", "1994-11-06 08:49:37Z"),  # RFC 9110's three forms
        ("Sunday, 06-Nov-94 08:49:37 GMT", "1994-11-06 08:49:37Z"),
        ("Sun Nov  6 08:49:37 1994", "1994-11-06 08:49:37Z"),
        ("Sunday, 06-Nov-1994 08:49:37 GMT", "1994-11-06 08:49:37Z"),
        ("8:49:37 6 nOVEMBER 1994", "1994-11-06 08:49:37Z"),
        ("1994 6 Nov 08:49:37", "1994-11-06 08:49:37Z"),
        ("6 Nov 94 8:4:7", "1994-11-06 08:04:07Z"),
        ("6/Nov/94;8:4:7", "1994-11-06 08:04:07Z"),
        ("6 Nov 69 00:00:00", "2069-11-06 00:00:00Z"),
        ("6 Nov 70 00:00:00", "1970-11-06 00:00:00Z"),
        ("6 Nov 0000 00:00:00", "2000-11-06 00:00:00Z"),
        ("06 Nov 1994 08:49:37 -0800", "1994-11-06 08:49:37Z"),  # zones do not count
        ("6th Nov 1994x 08:49:37pm", "1994-11-06 08:49:37Z"),  # what is behind the digits neither
        ("Mon, 07 Nov 1994 08:49:37 GMT 8 Dec 2000 01:02:03", "1994-11-07 08:49:37Z"),
        ("29 Feb 2000 00:00:00", "2000-02-29 00:00:00Z"),
        ("Tue, 29 Feb 2000 00:00:00 GMT", "2000-02-29 00:00:00Z"),
        ("Thu, 01 Jan 1601 00:00:00 GMT", "1601-01-01 00:00:00Z"),
        ("Thu, 01 Foo 1994 00:00:00 GMT", None),
        ("29 Feb 1900 00:00:00", None),
        ("29 Feb 1994 00:00:00", None),
        ("31 Apr 1994 00:00:00", None),
        ("0 Apr 1994 00:00:00", None),
        ("32 Jan 1994 00:00:00", None),
        ("31 Dec 1600 23:59:59", None),
        ("1 Jan 1994 24:00:00", None),
        ("1 Jan 1994 00:60:00", None),
        ("1 Jan 1994 00:00:60", None),
        ("1 Jan 1994 00:00", None),
        ("1 Jan 19940 00:00:00", None),
        ("1 Jan 1994 000:00:00", None),
        ("111 Jan 1994 00:00:00", None),
        ("1 1994 00:00:00", None),
        ("Jan 00:00:00", None),
        ("", None),
    ],
)
def test_cookie_date_is_read_as_browsers_do(text: str, wanted: str | None) -> None:
    found = dates.parse_cookie_date(text)
    assert (None if found is None else dates.format_iso(found)) == wanted


# ---- as http.cookiejar reads


@pytest.mark.parametrize(
    "text",
    [
        "Thu, 03 Feb 1994 00:00:00 GMT",
        "Thu, 03 feb 1994 00:00:00 GMT",
        "Thu, 03 Feb 1994 00:00:00 GMT\n",
        "Thursday, 03-Feb-94 00:00:00 GMT",
        "03-Feb-1994 00:00 GMT",
        "02-Feb-1994 24:00",
        "  03   Feb   1994  0:00  ",
        "03/02/1994",
        "03 Feb 1994 01:00:00 +0100",
        "02 Feb 1994 16:00 -08:00"[:-3] + "00",
        "03 Feb 1994 00:00:00 utc (Zulu)",
        "03 Feb 1994 01:00:00 +1",
    ],
)
def test_http_date_is_read_loosely(text: str) -> None:
    found = dates.parse_http_date(text, lambda: 2025)
    assert found == (None if text.endswith("+1") else 760_233_600)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Garbage",
        "Thu, 03 Fff 1994 00:00:00 GMT",
        "Thu, 03 Feb 1994 25:00:00 GMT",
        "Thu, 03 Feb 1994 00:60:00 GMT",
        "Thu, 03 Feb 1994 00:00:62 GMT",
        "Thu, 32 Jan 1994 00:00:00 GMT",
        "Thu, 03 Feb 1969 00:00:00 GMT",
        "01-00-1980",
        "01-13-1980",
        "01-999999999-1980",
        "01-xx-1980",
        "08-Oct-36977",
        "08-Oct-1980 00:00:00 EST",
        "08-Oct-1980 00:00 PM",
        "08-Oct-1980 00:00:00 +01:00x",
    ],
)
def test_http_date_that_is_none(text: str) -> None:
    assert dates.parse_http_date(text, lambda: 2025) is None


@pytest.mark.parametrize(
    "year, now, wanted",
    [("20", 2025, 2020), ("76", 2025, 1976), ("75", 2025, 2075), ("03", 1998, 2003), ("994", 2025, 2894)],
)
def test_short_year_is_the_nearest_one(year: str, now: int, wanted: int) -> None:
    found = dates.parse_http_date(f"1 Jan {year}", lambda: now)
    assert found is not None
    assert dates.format_iso(found)[:4] == str(wanted)


def test_days_met_lately_are_remembered_within_limits() -> None:
    for year in range(1970, 2700):
        assert dates.parse_http_date(f"Thu, 01 Jan {year} 00:00:01 GMT", lambda: 2025) is not None
    assert len(dates._midnights) <= 512
    assert dates.parse_http_date("Thu, 01 Jan 2699 00:00:02 GMT", lambda: 2025) == dates.parse_http_date(
        "1 Jan 2699 0:00:02", lambda: 2025
    )


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("1994-02-03 00:00:00 -0000", 760_233_600),
        ("1994-02-03", 760_233_600),
        ("19940203", 760_233_600),
        ("19940203T000000Z", 760_233_600),
        ("1994-02-03T00:00:00.75", 760_233_600),
        ("1994-02-02 24:00:00", 760_233_600),
        ("  1994-02-03T01:00  +01:00 ", 760_233_600),
        ("1994-13-03", None),
        ("1994-02-00", None),
        ("1994-02-03 25:00:00", None),
        ("Thursday, 03-Feb-94 00:00:00 GMT", None),
    ],
)
def test_iso_date(text: str, wanted: int | None) -> None:
    assert dates.parse_iso_date(text, lambda: 2025) == wanted


@pytest.mark.parametrize(
    "zone, wanted", [("GMT", 0), (None, 0), ("-0830", -30_600), ("+1", 3600), ("gmt", None), ("EST", None)]
)
def test_offset_of_a_zone(zone: str | None, wanted: int | None) -> None:
    assert dates.parse_offset(zone) == wanted


# ---- writing


@pytest.mark.parametrize(
    "seconds, iso, netscape",
    [
        (0, "1970-01-01 00:00:00Z", "Thu, 01-Jan-1970 00:00:00 GMT"),
        (784_111_777.9, "1994-11-06 08:49:37Z", "Sun, 06-Nov-1994 08:49:37 GMT"),
        (951_782_400, "2000-02-29 00:00:00Z", "Tue, 29-Feb-2000 00:00:00 GMT"),
        (-0.5, "1969-12-31 23:59:59Z", "Wed, 31-Dec-1969 23:59:59 GMT"),
        (1e12, "9999-12-31 23:59:59Z", "Fri, 31-Dec-9999 23:59:59 GMT"),
    ],
)
def test_dates_are_written(seconds: float, iso: str, netscape: str) -> None:
    assert dates.format_iso(seconds) == iso
    assert dates.format_netscape(seconds) == netscape
