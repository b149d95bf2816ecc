"""DateTime and Binary, the two types that XML-RPC has and Python's text has not; and how other types become values.

``register_encoder(kind, encode)`` tells how objects of a class and its subclasses are sent: ``encode(value)`` gives a value that
can be. These are registered from the start:

| type | sent as |
|---|---|
| ``Enum`` | its value |
| ``Decimal`` | ``bigdecimal``, which this package, the standard library and Apache's read |
| ``UUID`` | text |
| ``date`` | ``dateTime`` at midnight |
| ``time`` | text, ISO 8601 |
| ``datetime`` with a zone | ``dateTime`` with the zone behind it, ``20260228T12:00:00+01:00`` |
| dataclasses | a struct of their fields |

In the ``stdlib`` profile only what is registered by the program counts; a zone is dropped there.
"""

import datetime as dt
import time
from collections.abc import Callable, Mapping
from typing import Any, Final

from wirekit._wire.rpc_scalars import format_datetime, format_zone, parse_base64, parse_datetime
from wirekit._wire.rpc_write import CannotMarshal

__all__ = [
    "WRAPPERS",
    "Binary",
    "DateTime",
    "as_utc",
    "find_encoder",
    "register_encoder",
    "with_zone",
    "without_zone",
]

_PUBLIC: Final = "wirekit.xmlrpc.client"
_LENGTH: Final = len("19980717T14:08:55")


def _iso8601_format(value: dt.datetime) -> str:
    """Return a moment as XML-RPC writes it; a zone is left out."""
    return format_datetime(value)


def _strftime(value: Any) -> str:
    """Return a datetime, a time tuple or seconds since 1970 (0: now) as XML-RPC writes it, in local time."""
    if isinstance(value, dt.datetime):
        return format_datetime(value)
    if not isinstance(value, tuple | time.struct_time):
        value = time.localtime(value or time.time())
    year, month, day, hour, minute, second = value[:6]
    return f"{year:04}{month:02}{day:02}T{hour:02}:{minute:02}:{second:02}"


class DateTime:
    """A moment as XML-RPC sends it: text such as ``19980717T14:08:55`` in ``value``.

    value: such text, a datetime (whose zone is left out), a time tuple, or seconds since 1970; 0 means now. Compares
    with other DateTimes, with datetimes, with text, and with whatever has ``timetuple``.
    """

    __module__ = _PUBLIC
    __hash__ = None  # type: ignore[assignment]  # the value may change, as in the standard library

    def __init__(self, value: Any = 0) -> None:
        self.value: str = value if isinstance(value, str) else _strftime(value)

    def make_comparable(self, other: Any) -> tuple[Any, Any]:
        """Return two values that compare as this and other do; the second is NotImplemented where they do not."""
        if isinstance(other, DateTime):
            return _sort_key(self.value), _sort_key(other.value)
        if isinstance(other, dt.datetime):
            return self.value, format_datetime(other)
        if isinstance(other, str):
            return _sort_key(self.value), _sort_key(other)
        if hasattr(other, "timetuple"):
            return self.timetuple(), other.timetuple()
        return self, NotImplemented

    def __lt__(self, other: object) -> bool:
        mine, theirs = self.make_comparable(other)
        return NotImplemented if theirs is NotImplemented else mine < theirs

    def __le__(self, other: object) -> bool:
        mine, theirs = self.make_comparable(other)
        return NotImplemented if theirs is NotImplemented else mine <= theirs

    def __gt__(self, other: object) -> bool:
        mine, theirs = self.make_comparable(other)
        return NotImplemented if theirs is NotImplemented else mine > theirs

    def __ge__(self, other: object) -> bool:
        mine, theirs = self.make_comparable(other)
        return NotImplemented if theirs is NotImplemented else mine >= theirs

    def __eq__(self, other: object) -> bool:
        mine, theirs = self.make_comparable(other)
        return NotImplemented if theirs is NotImplemented else bool(mine == theirs)

    def timetuple(self) -> time.struct_time:
        """Return the moment as a time tuple. ValueError when the text is no moment."""
        return parse_datetime(self.value).timetuple()

    def __str__(self) -> str:
        return self.value

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.value!r} at {id(self):#x}>"

    def decode(self, data: object) -> None:
        """Take the text of an element."""
        self.value = str(data).strip()

    def encode(self, out: Any) -> None:
        """Write the element, by ``out.write``."""
        out.write(f"<value><dateTime.iso8601>{_escape(self.value)}</dateTime.iso8601></value>\n")


def _sort_key(text: str) -> str:
    """Return the usual form of a moment in another one (dashes, fractions, a zone), so that texts compare as moments."""
    if len(text) == _LENGTH and text.isascii():
        return text
    try:
        moment = parse_datetime(text)
    except ValueError:
        return text
    if moment.tzinfo is not None:
        moment = moment.astimezone(dt.UTC)
    return format_datetime(moment) + (f".{moment.microsecond:06}" if moment.microsecond else "")


def _escape(text: str) -> str:
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


class Binary:
    """Bytes, in ``data``, as XML-RPC sends them: by base64."""

    __module__ = _PUBLIC
    __hash__ = None  # type: ignore[assignment]  # the data may change, as in the standard library

    def __init__(self, data: bytes | bytearray | None = None) -> None:
        if not isinstance(data, bytes | bytearray | None):
            message = f"expected bytes or bytearray, not {type(data).__name__}"
            raise TypeError(message)
        self.data = bytes(data or b"")

    def __str__(self) -> str:
        return str(self.data, "latin-1")

    def __eq__(self, other: object) -> bool:
        return bool(self.data == (other.data if isinstance(other, Binary) else other))

    def decode(self, data: Any) -> None:
        """Take the text of an element, as bytes."""
        from base64 import decodebytes  # loads struct and re's rest, for this alone

        self.data = decodebytes(data)

    def encode(self, out: Any) -> None:
        """Write the element, by ``out.write``."""
        from base64 import encodebytes  # see decode

        out.write(f"<value><base64>\n{encodebytes(self.data).decode('ascii')}</base64></value>\n")


WRAPPERS = (DateTime, Binary)


def _datetime(data: Any) -> DateTime:
    """Make a DateTime of an element's text."""
    value = DateTime("")
    value.decode(data)
    return value


def _datetime_type(data: str) -> dt.datetime:
    """Make a datetime of an element's text; one with a zone if the text has one."""
    return parse_datetime(data)


def _binary(data: Any) -> Binary:
    """Make a Binary of an element's text, given as bytes."""
    value = Binary()
    value.decode(data)
    return value


def _datetime_of_text(text: str) -> DateTime:
    """Make a DateTime of text as it stands in a message. ValueError where that is no plain text."""
    if "&" in text:
        raise ValueError(text)
    return DateTime(text.strip())


def _binary_of_text(text: str) -> Binary:
    return Binary(parse_base64(text))


# ------------------------------------------------------------------------------------------------------- other types


class Element:
    """A value written by an element of its own: what an encoder returns where no other type will do."""

    def __init__(self, tag: str, text: str) -> None:
        self.tag, self.text = tag, text

    def encode(self, out: Any) -> None:
        """Write the element, by ``out.write``."""
        out.write(f"<value><{self.tag}>{_escape(self.text)}</{self.tag}></value>\n")


Encoder = Callable[[Any], Any]

_registered: dict[type, Encoder] = {}


def register_encoder(kind: type, encode: Encoder | None) -> None:
    """Say how objects of a class, and of its subclasses, are sent by this process: as ``encode(value)``.

    What encode returns is sent in the object's place: any value that can be, or one that has an encoder too. None as
    encode takes a registration back. TypeError for the types that XML-RPC has itself: they are sent as they are (change
    ``Marshaller.dispatch`` for those). One proxy or server has its own by its argument ``encoders``.
    """
    if kind in _OWN:
        message = f"{kind.__name__} is a type of XML-RPC's own"
        raise TypeError(message)
    if encode is None:
        _registered.pop(kind, None)
    else:
        _registered[kind] = encode


_OWN: Final = frozenset(
    {type(None), bool, int, float, str, bytes, bytearray, list, tuple, dict, DateTime, Binary}
)


def find_encoder(kind: type, own: Mapping[type, Encoder] | None, *, lax: bool) -> Encoder | None:
    """Return how objects of this class are sent: by its own encoder or its nearest base's; None where none is known.

    own: encoders that come before those of the process. lax: only what programs have registered.
    """
    for base in kind.__mro__:
        if own and base in own:
            return own[base]
        if base in _registered:
            return _registered[base]
        if base is dt.datetime:
            return without_zone if lax else with_zone
        if not lax and base.__module__ in _READY_MODULES:
            ready = _READY.get(f"{base.__module__}.{base.__qualname__}")
            if ready is not None:
                return ready
    return None if lax or not hasattr(kind, "__dataclass_fields__") else _struct_of_fields


def with_zone(moment: dt.datetime) -> DateTime:
    """Send a datetime with its zone, if it has one: ``20260228T12:00:00+01:00``. What counts in the safe profile."""
    return DateTime(format_datetime(moment) + format_zone(moment))


def as_utc(moment: dt.datetime) -> DateTime:
    """Send a datetime as the time that it is in UTC, without a zone: for servers that agree on that.

    One without a zone is sent as it is.
    """
    return DateTime(moment if moment.tzinfo is None else moment.astimezone(dt.UTC))


def without_zone(moment: dt.datetime) -> DateTime:
    """Send a datetime as it reads, without its zone, as the standard library does."""
    return DateTime(moment)


def _struct_of_fields(value: Any) -> dict[str, Any]:
    return {name: getattr(value, name) for name in type(value).__dataclass_fields__}


def _element_of_decimal(number: Any) -> Element:
    if not number.is_finite():
        raise CannotMarshal(f"XML-RPC has no {number}")
    return Element("bigdecimal", str(number))


def _midnight(day: dt.date) -> DateTime:
    return DateTime(f"{day.isoformat().replace('-', '')}T00:00:00")


_READY: Final[dict[str, Encoder]] = {
    "enum.Enum": lambda member: member.value,
    "decimal.Decimal": _element_of_decimal,
    "uuid.UUID": str,
    "datetime.date": _midnight,
    "datetime.time": lambda moment: moment.isoformat(),
}
"""By name: their modules are not loaded before a program has loaded them."""
_READY_MODULES: Final = frozenset(name.rpartition(".")[0] for name in _READY)
