"""DateTime, Binary, and how other types are sent."""

from __future__ import annotations

import copy
import datetime as dt
import enum
import pickle
import time
import uuid
import xmlrpc.client
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from wirekit import defaults
from wirekit.xmlrpc import client
from wirekit.xmlrpc.client import Binary, DateTime, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator


def text_of(value: object) -> str:
    """The text of a value, without where in memory it is: the name of a test is the same in every process."""
    return repr(value).partition(" at 0x")[0]


@pytest.fixture(autouse=True)
def _nothing_registered() -> Iterator[None]:
    from wirekit.xmlrpc import _values

    before = dict(_values._registered)
    yield
    _values._registered.clear()
    _values._registered.update(before)


def sent(value: Any, **given: Any) -> Any:
    """Give what comes of a value that is sent."""
    return loads(dumps((value,), **given), use_builtin_types=True)[0][0]


# ---- DateTime


@pytest.mark.parametrize(
    "value",
    [
        "19980717T14:08:55",
        "anything",
        dt.datetime(1998, 7, 17, 14, 8, 55),
        dt.datetime(1998, 7, 17, 14, 8, 55, 123, dt.UTC),
        (1998, 7, 17, 14, 8, 55, 0, 0, 0),
        time.struct_time((1998, 7, 17, 14, 8, 55, 0, 0, 0)),
        1181399930.036952,
        12,
    ],
    ids=text_of,
)
def test_datetime_is_made_as_in_the_standard_library(value: Any) -> None:
    ours, theirs = DateTime(value), xmlrpc.client.DateTime(value)
    assert ours.value == theirs.value == str(ours)
    assert repr(ours) == f"<DateTime {ours.value!r} at {id(ours):#x}>"


def test_datetime_without_a_value_is_now(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 1e9)
    assert DateTime().value == DateTime(0).value == DateTime(1e9).value
    assert DateTime().value.startswith("200109")


NOON = DateTime("20200101T12:00:00")


@pytest.mark.parametrize(
    "other",
    [
        DateTime("20200101T12:00:00"),
        "20200101T12:00:00",
        dt.datetime(2020, 1, 1, 12),
        xmlrpc.client.DateTime("20200101T12:00:00"),
        "2020-01-01T12:00:00Z",
        DateTime("20200101T13:00:00+01:00"),
        DateTime("20200101T120000"),
    ],
    ids=text_of,
)
def test_datetime_equals_other_forms_of_the_moment(other: Any) -> None:
    assert other == NOON
    assert other == NOON
    assert other >= NOON
    assert other <= NOON
    assert not other > NOON
    assert not other < NOON


@pytest.mark.parametrize(
    "other",
    [
        DateTime("20200101T12:00:01"),
        "20200101T12:00:00.5",
        dt.datetime(2021, 1, 1),
        xmlrpc.client.DateTime("20200102T00:00:00"),
        DateTime("zzz"),
    ],
    ids=text_of,
)
def test_datetime_comes_before_later_ones(other: Any) -> None:
    assert other > NOON
    assert other > NOON
    assert other >= NOON
    assert other != NOON
    assert not other <= NOON


@pytest.mark.parametrize("other", [1970, b"20200101T12:00:00", None, (2020, 1, 1)], ids=text_of)
def test_datetime_does_not_compare_with_anything_else(other: Any) -> None:
    assert other != NOON
    for compare in ("__lt__", "__le__", "__gt__", "__ge__", "__eq__"):
        assert getattr(NOON, compare)(other) is NotImplemented
    with pytest.raises(TypeError):
        other > NOON  # noqa: B015  -- the comparison is what fails


def test_datetime_gives_its_time_tuple() -> None:
    assert NOON.timetuple() == xmlrpc.client.DateTime(NOON.value).timetuple()
    assert DateTime("2020-01-01T12:00:00+02:00").timetuple()[:6] == (2020, 1, 1, 12, 0, 0)
    with pytest.raises(ValueError, match="no dateTime"):
        DateTime("now").timetuple()


def test_values_pickle_copy_and_do_not_hash() -> None:
    for value in (NOON, Binary(b"x")):
        for other in (copy.copy(value), pickle.loads(pickle.dumps(value))):
            assert type(other) is type(value)
            assert other == value
        with pytest.raises(TypeError, match="unhashable"):
            hash(value)


def test_datetime_decodes_and_encodes_as_in_the_standard_library() -> None:
    class Out:
        text = ""

        def write(self, text: str) -> None:
            self.text += text

    value = DateTime("")
    value.decode(" 20200101T12:00:00 ")
    assert value == NOON
    ours, theirs = Out(), Out()
    value.encode(ours)
    xmlrpc.client.DateTime(value.value).encode(theirs)
    assert ours.text == theirs.text
    DateTime("<&>").encode(markup := Out())
    assert "&lt;&amp;&gt;" in markup.text


# ---- Binary


def test_binary_holds_bytes() -> None:
    data = b"\x01\xff"
    assert Binary().data == b""
    assert Binary(data) == data == Binary(bytearray(data)).data
    assert Binary(data) == Binary(data) != Binary()
    assert str(Binary(data)) == data.decode("latin-1")
    with pytest.raises(TypeError, match="expected bytes or bytearray, not str"):
        Binary("text")  # type: ignore[arg-type]  # what is refused


def test_binary_decodes_and_encodes_as_in_the_standard_library() -> None:
    class Out:
        text = ""

        def write(self, text: str) -> None:
            self.text += text

    for data in (b"", bytes(range(256))):
        ours, theirs = Out(), Out()
        Binary(data).encode(ours)
        xmlrpc.client.Binary(data).encode(theirs)
        assert ours.text == theirs.text
        again = Binary()
        again.decode(ours.text.partition("\n")[2].partition("<")[0].encode())
        assert again.data == data
    assert client._binary(b"QQ==").data == b"A"
    assert client._datetime(" 20200101T12:00:00\n") == NOON
    assert client._datetime_type("20200101T12:00:00") == dt.datetime(2020, 1, 1, 12)


def test_wrappers_are_sent_and_come_back_also_the_standard_librarys() -> None:
    for module in (client, xmlrpc.client):
        message = dumps((module.DateTime("20200101T12:00:00"), module.Binary(b"x")))
        assert loads(message)[0] == (NOON, Binary(b"x"))
        assert message == xmlrpc.client.dumps(
            (xmlrpc.client.DateTime("20200101T12:00:00"), xmlrpc.client.Binary(b"x"))
        )


# ---- other types


class Colour(enum.Enum):
    RED = "red"


class Level(enum.IntEnum):
    HIGH = 3


class Word(enum.StrEnum):
    YES = "yes"


@dataclass
class Point:
    x: int
    y: float
    colour: Colour = Colour.RED


@dataclass(slots=True, frozen=True)
class Slotted:
    name: str


ZONED = dt.datetime(2026, 2, 28, 12, 0, 0, tzinfo=dt.timezone(dt.timedelta(hours=1)))
NUMBER = uuid.UUID("12345678123456781234567812345678")


@pytest.mark.parametrize(
    "value, wanted",
    [
        (Colour.RED, "red"),
        (Level.HIGH, 3),
        (Word.YES, "yes"),
        (Point(1, 2.5), {"x": 1, "y": 2.5, "colour": "red"}),
        (Slotted("a"), {"name": "a"}),
        (Decimal("1.10"), Decimal("1.10")),
        (NUMBER, str(NUMBER)),
        (dt.date(2026, 2, 28), dt.datetime(2026, 2, 28)),
        (dt.time(12, 30), "12:30:00"),
        (dt.datetime(2026, 2, 28, 12), dt.datetime(2026, 2, 28, 12)),
        (ZONED, ZONED),
    ],
    ids=text_of,
)
def test_type_is_sent_in_the_form_that_fits(value: Any, wanted: Any) -> None:
    assert sent(value) == wanted
    assert sent([{"a": value}]) == [{"a": wanted}]
    assert type(sent(value)) is type(wanted)


def test_zone_is_written_behind_the_moment() -> None:
    assert ">20260228T12:00:00+01:00<" in dumps((ZONED,))
    assert ">20260228T12:00:00Z<" in dumps((ZONED.replace(tzinfo=dt.UTC),))


@pytest.mark.parametrize(
    "encode, text",
    [
        (client.as_utc, "20260228T11:00:00"),
        (client.without_zone, "20260228T12:00:00"),
        (client.with_zone, "20260228T12:00:00+01:00"),
    ],
)
def test_zone_is_sent_as_a_program_registers_it(encode: Any, text: str) -> None:
    client.register_encoder(dt.datetime, encode)
    assert f">{text}<" in dumps((ZONED,))
    assert ">20260228T12:00:00<" in dumps((ZONED.replace(tzinfo=None),))


def test_standard_librarys_profile_sends_as_it_does() -> None:
    with defaults.using("stdlib"):
        assert dumps((ZONED,)) == xmlrpc.client.dumps((ZONED,))
        assert dumps((Point(1, 2.5).__dict__["x"],)) == xmlrpc.client.dumps((1,))
        for value in (Decimal(1), NUMBER, dt.date(2026, 2, 28), Level.HIGH, Slotted("a")):
            with pytest.raises(TypeError, match="cannot marshal"):
                dumps((value,))
        client.register_encoder(dt.date, lambda day: day.isoformat())
        assert sent(dt.date(2026, 2, 28)) == "2026-02-28"
        assert dumps((ZONED,)) == xmlrpc.client.dumps((ZONED,))


def test_encoders_of_programs_come_first_and_hold_for_subclasses() -> None:
    class Money(Decimal):
        pass

    client.register_encoder(Decimal, str)
    assert sent(Money("1.50")) == "1.50"
    assert sent(Money("1.50"), encoders={Money: float}) == 1.5
    assert sent(Decimal("1.50"), encoders={Money: float}) == "1.50"
    client.register_encoder(Decimal, None)
    assert sent(Decimal("1.50")) == Decimal("1.50")
    client.register_encoder(Decimal, None)


def test_encoder_may_give_what_has_an_encoder_too() -> None:
    class Wrapped:
        __slots__ = ()

    client.register_encoder(Wrapped, lambda _: [Colour.RED, Point(1, 1.0)])
    assert sent(Wrapped()) == ["red", {"x": 1, "y": 1.0, "colour": "red"}]


def test_encoder_that_gives_its_own_kind_is_an_error() -> None:
    with pytest.raises(TypeError, match="returns one of its own kind"):
        dumps((Decimal(1),), encoders={Decimal: lambda number: number})


@pytest.mark.parametrize("kind", [int, str, dict, Binary, type(None)])
def test_types_of_xmlrpc_have_no_encoder(kind: type) -> None:
    with pytest.raises(TypeError, match="a type of XML-RPC's own"):
        client.register_encoder(kind, str)


@pytest.mark.parametrize("number", [Decimal("NaN"), Decimal("Infinity")])
def test_decimal_that_is_no_number_is_refused_with_its_place(number: Decimal) -> None:
    with pytest.raises(client.CannotMarshal, match=r"^args\[0\]\[\"a\"\]: XML-RPC has no "):
        dumps(({"a": number},))


def test_object_is_sent_by_its_attributes() -> None:
    class Thing:
        def __init__(self) -> None:
            self.a, self.b = 1, "x"

    assert sent(Thing()) == {"a": 1, "b": "x"}
