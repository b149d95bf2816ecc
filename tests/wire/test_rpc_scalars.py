"""The text of single values: what is read, what is refused, what is written."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._wire import rpc_scalars as scalars

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize(
    "parse, text, value",
    [
        (scalars.parse_int, "0", 0),
        (scalars.parse_int, " -12\n", -12),
        (scalars.parse_int, "+7", 7),
        (scalars.parse_int, "98765432100123456789", 98765432100123456789),
        (scalars.parse_double, "1.5", 1.5),
        (scalars.parse_double, "\t-2 ", -2.0),
        (scalars.parse_double, "3.", 3.0),
        (scalars.parse_double, ".5", 0.5),
        (scalars.parse_double, "1e300", 1e300),
        (scalars.parse_double, "-1.25E-3", -0.00125),
        (scalars.parse_bigdecimal, "9876543210.0123456789", Decimal("9876543210.0123456789")),
        (scalars.parse_bigdecimal, "1E+5", Decimal("1E+5")),
        (scalars.parse_boolean, "1", True),
        (scalars.parse_boolean, " 0 ", False),
        (scalars.parse_base64, "", b""),
        (scalars.parse_base64, "AGJ5dGU=", b"\0byte"),
        (scalars.parse_base64, "\nAGJ5\ndGU=\n", b"\0byte"),
        (scalars.parse_base64, " AGJ5\r\n\tdGU=\r\n", b"\0byte"),
    ],
)
def test_value_is_read(parse: Callable[[str], Any], text: str, value: Any) -> None:
    assert parse(text) == value
    assert type(parse(text)) is type(value)


@pytest.mark.parametrize(
    "parse, text",
    [
        *((scalars.parse_int, text) for text in ("", "1_0", "٣", "1.0", "0x1", "--1", "1 2", "\x1f1")),
        *(
            (scalars.parse_double, text)
            for text in ("", ".", "nan", "inf", "-Infinity", "1_0", "1e", "1e999")
        ),
        *((scalars.parse_bigdecimal, text) for text in ("", "NaN", "1e99999999999999999999")),
        *((scalars.parse_boolean, text) for text in ("", "2", "true", "01")),
        *((scalars.parse_base64, text) for text in ("A", "AA", "AA=A", "A\x00AA=", "é", "AAAA====", "&#65;")),
    ],
)
def test_what_is_no_value_is_refused(parse: Callable[[str], Any], text: str) -> None:
    with pytest.raises(ValueError, match=r"is no "):
        parse(text)


def test_base64_is_read_from_bytes_as_well() -> None:
    assert scalars.parse_base64(b"\n AGJ5\ndGU=\n") == b"\0byte"
    with pytest.raises(ValueError, match="is no base64"):
        scalars.parse_base64(b"\xff")


def test_error_quotes_no_more_than_a_piece() -> None:
    with pytest.raises(ValueError) as caught:
        scalars.parse_int("x" * 10_000)
    assert len(str(caught.value)) < 100


UTC = dt.UTC
TWO = dt.timezone(dt.timedelta(hours=2))


@pytest.mark.parametrize(
    "text, moment",
    [
        ("19980717T14:08:55", dt.datetime(1998, 7, 17, 14, 8, 55)),
        ("00010210T11:41:23", dt.datetime(1, 2, 10, 11, 41, 23)),
        (" 1998-07-17T14:08:55\n", dt.datetime(1998, 7, 17, 14, 8, 55)),
        ("1998-07-17 14:08:55", dt.datetime(1998, 7, 17, 14, 8, 55)),
        ("19980717T140855", dt.datetime(1998, 7, 17, 14, 8, 55)),
        ("19980717T1:2:3", dt.datetime(1998, 7, 17, 1, 2, 3)),
        ("19980717T14:08:55.25", dt.datetime(1998, 7, 17, 14, 8, 55, 250_000)),
        ("19980717T14:08:55,123456789", dt.datetime(1998, 7, 17, 14, 8, 55, 123_456)),
        ("19980717T14:08:55Z", dt.datetime(1998, 7, 17, 14, 8, 55, tzinfo=UTC)),
        ("19980717T14:08:55+02:00", dt.datetime(1998, 7, 17, 14, 8, 55, tzinfo=TWO)),
        ("19980717T14:08:55+0200", dt.datetime(1998, 7, 17, 14, 8, 55, tzinfo=TWO)),
        (
            "19980717T14:08:55-03:30",
            dt.datetime(1998, 7, 17, 14, 8, 55, tzinfo=dt.timezone(-dt.timedelta(minutes=210))),
        ),
    ],
)
def test_moment_is_read(text: str, moment: dt.datetime) -> None:
    found = scalars.parse_datetime(text)
    assert found == moment
    assert found.utcoffset() == moment.utcoffset()


@pytest.mark.parametrize(
    "text",
    [
        "",
        "now",
        "19980717",
        "19981317T14:08:55",
        "19980717T25:08:55",
        "19980717T14:08:55+25:00",
        "1998717T1:1:1",
    ],
)
def test_what_is_no_moment_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no dateTime"):
        scalars.parse_datetime(text)


def test_moment_is_written_to_the_second_without_its_zone() -> None:
    assert scalars.format_datetime(dt.datetime(2007, 1, 2, 3, 4, 5, 999_999, UTC)) == "20070102T03:04:05"
    assert scalars.format_datetime(dt.datetime(1, 2, 3)) == "00010203T00:00:00"


@pytest.mark.parametrize(
    "offset, text", [(None, ""), (0, "Z"), (120, "+02:00"), (-210, "-03:30"), (-1439, "-23:59")]
)
def test_zone_is_written(offset: int | None, text: str) -> None:
    zone = None if offset is None else dt.timezone(dt.timedelta(minutes=offset))
    assert scalars.format_zone(dt.datetime(2007, 1, 2, tzinfo=zone)) == text


@pytest.mark.parametrize(
    "value, text",
    [
        (1.5, "1.5"),
        (-0.0, "-0.0"),
        (1e16, "10000000000000000"),
        (1.5e-7, "0.00000015"),
        (2.0**70, "1180591620717411303424"),
    ],
)
def test_double_is_written_in_full(value: float, text: str) -> None:
    assert float(scalars.format_double(value)) == value
    if value != 2.0**70:
        assert scalars.format_double(value) == text


def test_double_never_has_an_exponent() -> None:
    for value in (5e-324, 1.7976931348623157e308, -1e22):
        text = scalars.format_double(value)
        assert "e" not in text
        assert float(text) == value


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_what_is_no_number_is_not_written(value: float) -> None:
    with pytest.raises(ValueError, match="XML-RPC has no"):
        scalars.format_double(value)


def test_bytes_are_written_in_one_line() -> None:
    assert scalars.format_base64(b"") == ""
    assert scalars.format_base64(bytearray(b"\0byte")) == "AGJ5dGU="
    assert "\n" not in scalars.format_base64(bytes(1000))
