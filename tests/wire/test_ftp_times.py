"""Times in fourteen digits, months by name, and years that are left out."""

from __future__ import annotations

import datetime as dt

import pytest

from wirekit._wire import ftp_times


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]  # year, month, day ...


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("20240229235959", utc(2024, 2, 29, 23, 59, 59)),
        ("20240229235959.5", utc(2024, 2, 29, 23, 59, 59, 500_000)),
        ("20240229235959.123456789", utc(2024, 2, 29, 23, 59, 59, 123_456)),
        ("20161231235960", utc(2016, 12, 31, 23, 59, 59)),
        ("191160229120000", utc(2016, 2, 29, 12)),
    ],
)
def test_digits_are_a_moment(text: str, wanted: dt.datetime) -> None:
    assert ftp_times.parse_time(text) == wanted


@pytest.mark.parametrize(
    "text",
    [
        "",
        "2024",
        "20230229000000",
        "20241301000000",
        "20240101246060",
        "2024022923595x",
        "+0240229235959",
        "2" * 99,
    ],
)
def test_digits_that_are_no_moment(text: str) -> None:
    assert ftp_times.parse_time(text) is None


def test_moment_in_digits() -> None:
    assert ftp_times.format_time(utc(2024, 2, 29, 1, 2, 3)) == "20240229010203"
    zone = dt.timezone(dt.timedelta(hours=2))
    assert ftp_times.format_time(dt.datetime(2024, 1, 1, 1, tzinfo=zone)) == "20231231230000"
    assert len(ftp_times.format_time(utc(999, 1, 1))) == 14
    with pytest.raises(ValueError, match="zone"):
        ftp_times.format_time(dt.datetime(2024, 1, 1))


@pytest.mark.parametrize(
    "name, number",
    [
        ("Jan", 1),
        ("DEC", 12),
        ("déc.", 12),
        ("März", 3),
        ("août", 8),
        ("11月", 11),
        ("04月", 4),
        ("sept", 9),
        ("мая", 5),
        ("xyz", None),
    ],
)
def test_months_in_the_languages_that_are_met(name: str, number: int | None) -> None:
    assert ftp_times.find_month(name) == number


NOW = utc(2026, 11, 23, 21, 0)


@pytest.mark.parametrize(
    "given, year",
    [
        ((11, 23, 20, 0), 2026),
        ((11, 24, 20, 0), 2026),  # a clock, or a zone, that is ahead of ours
        ((11, 25, 20, 0), 2025),
        ((12, 31, 0, 0), 2025),
        ((2, 29, 0, 0), 2024),
    ],
)
def test_year_that_is_left_out(given: tuple[int, int, int, int], year: int) -> None:
    moment = ftp_times.guess_year(NOW, *given)
    assert moment is not None
    assert moment.year == year


def test_new_years_eve_of_a_server_that_is_ahead() -> None:
    assert ftp_times.guess_year(utc(2026, 12, 31, 23), 1, 1, 1, 0) == utc(2027, 1, 1, 1)


def test_day_that_never_comes() -> None:
    assert ftp_times.guess_year(NOW, 2, 30, 0, 0) is None
    assert ftp_times.guess_year(NOW, 1, 1, 25, 0) is None
