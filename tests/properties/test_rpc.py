"""XML-RPC: any value comes back as it was, by us and by the standard library; and nothing is read that expat refuses."""

from __future__ import annotations

import datetime as dt
import math
import xmlrpc.client
from typing import Any
from xml.parsers import expat

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz import target_rpc_loads
from wirekit._wire.rpc_names import find_unsendable
from wirekit.xmlrpc.client import CannotMarshal, DateTime, Fault, dumps, loads

FORBIDDEN = [*map(chr, range(32)), "\ufffe", "\uffff"]
ALLOWED = st.characters(exclude_categories=["Cs"], exclude_characters=FORBIDDEN) | st.sampled_from("\t\n\r")
TEXT = st.text(ALLOWED, max_size=30) | st.text(
    st.sampled_from("\r\n\t &<>]'\";#x[-\x7f\x85é\u2028\U0001f600a")
)
ANY_TEXT = st.text(st.characters(), max_size=30) | st.text(
    st.sampled_from("\0\x0b\x1f\ud800\udc00\ufffe\uffffab")
)
BOTH_KNOW = (
    st.none()
    | st.booleans()
    | st.integers(-(2**31), 2**31 - 1)
    | st.floats(allow_nan=False, allow_infinity=False)
    | TEXT
    | st.binary()
    | st.datetimes(dt.datetime(1000, 1, 1)).map(lambda moment: moment.replace(microsecond=0))
)
ZONES = st.integers(-23 * 60, 23 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
OURS = (
    BOTH_KNOW
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**30), max_value=10**30)
    | st.datetimes(dt.datetime(1000, 1, 1), timezones=ZONES).map(lambda moment: moment.replace(microsecond=0))
)


def nested(leaf: st.SearchStrategy[Any]) -> st.SearchStrategy[Any]:
    return st.recursive(
        leaf,
        lambda inner: st.lists(inner, max_size=5) | st.dictionaries(TEXT, inner, max_size=5),
        max_leaves=20,
    )


def same(one: Any, other: Any) -> bool:
    """Tell whether values are equal and of the same types all the way down."""
    if type(one) is not type(other):
        return False
    if isinstance(one, list):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, dict):
        return list(one) == list(other) and all(same(one[name], other[name]) for name in one)
    if isinstance(one, dt.datetime):
        return bool(one == other and one.utcoffset() == other.utcoffset())
    if isinstance(one, float):
        return one == other and math.copysign(1, one) == math.copysign(1, other)
    return bool(one == other)


@given(st.lists(nested(OURS), max_size=4), st.builds("m{}".format, TEXT))
def test_any_values_come_back(values: list[Any], method: str) -> None:
    text = dumps(tuple(values), method, allow_none=True)
    for message in (text, text.encode(), text.replace("?>", "?><!-- so by expat -->", 1)):
        found, named = loads(message, use_builtin_types=True)
        assert named == method
        assert same(list(found), values)


@given(nested(OURS), st.sampled_from(["us-ascii", "iso-8859-1", "utf-8", "utf-16"]))
def test_any_value_comes_back_in_any_encoding(value: Any, encoding: str) -> None:
    text = dumps((value,), methodresponse=True, encoding=encoding, allow_none=True)
    (found,), _ = loads(text.encode(encoding, "xmlcharrefreplace"), use_builtin_types=True)
    assert same(found, value)


@given(nested(BOTH_KNOW))
def test_standard_library_reads_what_is_written(value: Any) -> None:
    message = dumps((value,), methodresponse=True, allow_none=True)
    (found,), _ = xmlrpc.client.loads(message, use_builtin_types=True)
    assert same(found, value)


@given(nested(BOTH_KNOW))
def test_what_the_standard_library_writes_is_read(value: Any) -> None:
    message = xmlrpc.client.dumps((value,), methodresponse=True, allow_none=True)
    message = message.replace("\r", "&#13;")  # which it forgets
    (found,), _ = loads(message, use_builtin_types=True)
    assert same(found, value)


@given(ANY_TEXT, st.integers(0, 2))
def test_text_comes_back_or_is_refused_where_xml_cannot_hold_it(text: str, place: int) -> None:
    values: tuple[Any, ...] = [((text,), [{"a": text}], "x"), ({text: 1},), (text,)][place]
    try:
        message = dumps(values, "m")
    except CannotMarshal:
        assert find_unsendable(text) is not None
    else:
        assert loads(message.encode())[0] == ((list(values[0]), *values[1:]) if place == 0 else values)


@given(st.integers(-(2**40), 2**40), TEXT)
def test_faults_come_back(code: int, text: str) -> None:
    with pytest.raises(Fault) as caught:
        loads(dumps(Fault(code, text)))
    assert (caught.value.faultCode, caught.value.faultString) == (code, text)


@given(st.datetimes(dt.datetime(1000, 1, 1)) | st.datetimes(dt.datetime(1000, 1, 1), timezones=ZONES))
def test_moments_come_back_as_datetime_objects_too(moment: dt.datetime) -> None:
    (found,), _ = loads(dumps((moment,)))
    assert type(found) is DateTime
    assert found == DateTime(found.value)
    (again,), _ = loads(dumps((found,)))
    assert again.value == found.value


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9, places=5))
def test_decimals_keep_their_digits(number: Any) -> None:
    (found,), _ = loads(dumps((number,)))
    assert str(found) == str(number)


PIECES = st.sampled_from([
    "<value>", "</value>", "<string>", "</string>", "<int>", "</int>", "<i4>", "<array><data>", "</data></array>",
    "<struct>", "</struct>", "<member>", "</member>", "<name>a</name>", "<param>", "</param>", "<params>", "</params>",
    "<nil/>", "<value/>", "<string/>", "1", "-7", "x", " ", "\n", "\r", "&amp;", "&#13;", "&#0;", "&b;", "]]>",
    "<![CDATA[<]]>", "<!--c-->", "<?pi?>", "<x>", "</x>", "<boolean>1</boolean>", "<base64>QQ==</base64>",
    "<double>.5</double>", ' a="1"', ">", "<", '"', "'", "<methodResponse>", "</methodResponse>", "<fault>", "</fault>",
    "<dateTime.iso8601>20260228T12:30:00</dateTime.iso8601>", "é", "\0", "\x7f", "<?xml version='1.0'?>",
    "<?xml version='1.0' encoding='us-ascii'?>", "<!DOCTYPE a>", "\ufeff", "\ufffe",
])  # fmt: skip
GOOD = (
    "<methodResponse><params><param><value><struct><member><name>a</name><value><int>1</int></value></member></struct>"
    "</value></param><param><value><array><data><value>x</value><value><i4>-7</i4></value></data></array></value></param>"
    "</params></methodResponse>"
)


@given(st.lists(PIECES, max_size=12).map("".join))
@example("<params><param><value>]]></value></param></params>")
@example("<params><param><value>&#x110000;</value></param></params>")
def test_any_pieces_of_messages_are_read_as_by_expat(text: str) -> None:
    target_rpc_loads.check(text.encode())
    target_rpc_loads.check(f"<params><param>{text}</param></params>".encode())


@given(st.lists(st.tuples(st.integers(0, len(GOOD)), st.integers(0, 9), PIECES), max_size=3))
def test_message_with_anything_in_the_place_of_anything_is_read_as_by_expat(changes: Any) -> None:
    text = GOOD
    for at, length, piece in changes:
        text = text[:at] + piece + text[at + length :]
    target_rpc_loads.check(text.encode())


@given(st.binary(max_size=60))
def test_any_bytes_are_read_as_by_expat(data: bytes) -> None:
    target_rpc_loads.check(data)
    target_rpc_loads.check(b"<params><param><value>%b</value></param></params>" % data)


def test_seeds_are_read_as_by_expat() -> None:
    outcomes = []
    for seed in target_rpc_loads.SEEDS:
        target_rpc_loads.check(seed)
        outcomes.append(target_rpc_loads.outcome(lambda: loads(seed)))  # noqa: B023 - called at once
    assert [type(outcome) for outcome in outcomes] == [tuple, tuple, str, tuple, str, str]
    with pytest.raises(expat.ExpatError):
        loads(target_rpc_loads.SEEDS[4])
