"""The values of XML-RPC that hold no others: their text, read and written.

Reading is strict where the standard library takes whatever ``int`` and ``float`` take: digits are ASCII digits, there is
no underscore among them, and NaN and infinity are no numbers. Blanks around a number are let pass. Every reader raises
ValueError with a text that names what was wrong.

A dateTime is ``19980717T14:08:55`` in the specification. What servers really send is read as well: dashes in the date, no
colons in the time, fractions of a second, and a zone behind it (``Z``, ``+02:00``, ``+0200``).
"""

from __future__ import annotations

import datetime as dt
import re
from binascii import a2b_base64, b2a_base64
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from decimal import Decimal

__all__ = [
    "format_base64",
    "format_datetime",
    "format_double",
    "format_zone",
    "parse_base64",
    "parse_bigdecimal",
    "parse_boolean",
    "parse_datetime",
    "parse_double",
    "parse_int",
]

_BLANKS: Final = " \t\r\n"
_INT = re.compile(r"[+\-]?[0-9]++").fullmatch
_NUMBER = re.compile(r"[+\-]?(?:[0-9]++(?:\.[0-9]*+)?|\.[0-9]++)(?:[eE][+\-]?[0-9]++)?").fullmatch
_DATETIME = re.compile(
    r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})[T ]"
    r"(?:([0-9]{1,2}):([0-9]{1,2}):([0-9]{1,2})|([0-9]{2})([0-9]{2})([0-9]{2}))"
    r"(?:[.,]([0-9]{1,9}))?(?:(Z)|([+\-])([0-9]{2}):?([0-9]{2}))?"
).fullmatch
_SHOWN: Final = 40
"""Characters of a bad value that an error quotes."""


def _fail(kind: str, text: str) -> ValueError:
    shown = text if len(text) <= _SHOWN else text[:_SHOWN] + "..."
    return ValueError(f"{shown!r} is no {kind}")


def parse_int(text: str) -> int:
    """Return a whole number of any size (int, i1 to i8, biginteger); Python's limit of digits holds."""
    text = text.strip(_BLANKS)
    if not _INT(text):
        raise _fail("whole number", text)
    return int(text)


def parse_double(text: str) -> float:
    """Return a double. Exponents are read, though the specification has none: others send them."""
    text = text.strip(_BLANKS)
    if not _NUMBER(text):
        raise _fail("number", text)
    value = float(text)
    if value - value != 0:  # what overflows becomes infinity
        raise _fail("number that fits a double", text)
    return value


def parse_bigdecimal(text: str) -> Decimal:
    """Return a decimal number of any precision."""
    from decimal import Decimal, InvalidOperation  # costs more than all of this module

    text = text.strip(_BLANKS)
    if not _NUMBER(text):
        raise _fail("decimal number", text)
    try:
        return Decimal(text)
    except InvalidOperation:  # an exponent beyond all bounds
        raise _fail("decimal number", text) from None


def parse_boolean(text: str) -> bool:
    """Return True for ``1``, False for ``0``."""
    text = text.strip(_BLANKS)
    if text not in {"0", "1"}:
        raise _fail("boolean: it is 0 or 1", text)
    return text == "1"


def parse_base64(text: str | bytes) -> bytes:
    """Return the bytes that base64 stands for; blanks and line ends may stand in it, and nothing else.

    The decoder passes over whatever it does not know, so what it gives is held to the length that the text must have:
    quicker than to look at each character before, and without a copy of what may be many megabytes.
    """
    data: Any = text
    line_end: Any = "\n" if isinstance(text, str) else b"\n"
    pad: Any = "=" if isinstance(text, str) else b"="
    try:
        found = a2b_base64(data)
        size, odd = divmod(len(data) - data.count(line_end), 4)
        end = data[-8:].rstrip(line_end)
        if not odd and len(found) == size * 3 - (len(end) - len(end.rstrip(pad))):
            return found
        if isinstance(data, str):
            data = data.encode("ascii")
        packed = data.translate(None, _BLANKS.encode())
        if not packed.endswith(b"==="):  # which the decoder of older Pythons bears
            return a2b_base64(packed, strict_mode=True)
    except ValueError:
        pass
    raise _fail("base64", str(data[:_SHOWN]))


def parse_datetime(text: str) -> dt.datetime:
    """Return a moment; with a zone if the text names one, without one else."""
    found = _DATETIME(text.strip(_BLANKS))
    if found is None:
        raise _fail("dateTime", text)
    year, month, day, *time, fraction, utc, sign, hours, minutes = found.groups()
    hour, minute, second = (part for part in time if part is not None)
    zone: dt.timezone | None = dt.UTC if utc else None
    try:
        if sign:
            offset = dt.timedelta(hours=int(hours), minutes=int(minutes))
            zone = dt.timezone(-offset if sign == "-" else offset)
        micro = int((fraction or "").ljust(6, "0")[:6])
        return dt.datetime(int(year), int(month), int(day), int(hour), int(minute), int(second), micro, zone)
    except ValueError:
        raise _fail("dateTime", text) from None


def format_datetime(moment: dt.datetime) -> str:
    """Return a moment as the specification has it, to the second; a zone is left out."""
    return moment.replace(tzinfo=None).isoformat(timespec="seconds").replace("-", "")


def format_zone(moment: dt.datetime) -> str:
    """Return what is written behind a moment to tell its zone: ``Z``, ``+02:00``, or ``""`` where it has none."""
    offset = moment.utcoffset()
    if offset is None:
        return ""
    if not offset:
        return "Z"
    sign, offset = ("-", -offset) if offset < dt.timedelta(0) else ("+", offset)
    minutes = offset // dt.timedelta(minutes=1)
    return f"{sign}{minutes // 60:02}:{minutes % 60:02}"


def format_double(value: float) -> str:
    """Return a double in full, never with an exponent; the text reads back as the same double.

    ValueError for NaN and infinity, which XML-RPC cannot say.
    """
    text = repr(value)
    if "n" in text:
        message = f"XML-RPC has no {text}"
        raise ValueError(message)
    if "e" not in text:
        return text
    from decimal import Decimal  # see parse_bigdecimal

    return format(Decimal(text), "f")


def format_base64(data: bytes | bytearray) -> str:
    """Return bytes as base64 in one line."""
    return b2a_base64(data, newline=False).decode("ascii")
