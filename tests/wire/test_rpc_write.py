"""Writing values: byte for byte as the standard library where that is right, and what is refused, with its place."""

from __future__ import annotations

import copy
import xmlrpc.client
from typing import Any

import pytest

from wirekit._wire import rpc_write
from wirekit._wire.rpc_write import CannotMarshal, Writer


def write(value: Any, **given: Any) -> str:
    """Give what a writer makes of one value, with errors that know its place."""
    pieces: list[str] = []

    def other(value: Any, write: Any) -> None:
        write(f"<other>{value!r}</other>\n")

    options = {"allow_none": False, "lax": False, "depth": 20, **given}
    try:
        Writer(pieces.append, other, **options).put(value)
    except Exception as error:
        rpc_write.explain(error, "args")
        raise
    return "".join(pieces)


def write_there(value: Any) -> str:
    text = xmlrpc.client.dumps((value,), allow_none=True)
    return text[len("<params>\n<param>\n") : -len("</param>\n</params>\n")]


@pytest.mark.parametrize(
    "value",
    [
        0,
        -(2**31),
        2**31 - 1,
        True,
        False,
        1.5,
        -0.25,
        "",
        "plain",
        "a & b < c > d ]]>",
        "tab\tand\nline",
        "ünïcödé 😀",
        b"",
        b"bytes",
        bytearray(b"more bytes"),
        [],
        (),
        [1, 2, 3],
        [1, 2, 3, 4, 5],
        (1, 2, 3, 4, 5, -6),
        [1, 2, 3, 4, True],
        list(range(-20, 20)),
        tuple(range(2**31 - 20, 2**31)),
        [*range(20), True],
        [*range(20), 1.5, "x"],
        [[], [[]], {}],
        {},
        {"a": 1, "b": "x", "c": {"d": [1, "é<"]}},
        {"": None, "n & m": 1.25, "t": True, "x": b"x"},
        [{"a": 1}, {"a": 2}],
    ],
    ids=repr,
)
def test_value_is_written_as_the_standard_library_does(value: Any) -> None:
    assert write(value, allow_none=True) == write_there(value)
    assert write(value, allow_none=True, lax=True) == write_there(value)


def test_carriage_return_survives() -> None:
    assert write("a\r\nb") == "<value><string>a&#13;\nb</string></value>\n"
    assert write({"\r": 1}).startswith("<value><struct>\n<member>\n<name>&#13;</name>\n")


@pytest.mark.parametrize(
    "number, tag",
    [
        (2**31, "i8"),
        (-(2**31) - 1, "i8"),
        (2**63 - 1, "i8"),
        (-(2**63), "i8"),
        (2**63, "biginteger"),
        (-(10**30), "biginteger"),
    ],
)
def test_large_integers_are_written_by_the_smallest_type_that_holds_them(number: int, tag: str) -> None:
    assert write(number) == f"<value><{tag}>{number}</{tag}></value>\n"
    assert f"<{tag}>{number}</{tag}>" in write([*range(20), number])


def test_lax_refuses_large_integers_and_lets_the_rest_pass() -> None:
    with pytest.raises(OverflowError, match="int exceeds XML-RPC limits"):
        write(2**31, lax=True)
    assert write("\x00\r", lax=True) == "<value><string>\x00&#13;</string></value>\n"
    assert write(float("nan"), lax=True) == "<value><double>nan</double></value>\n"
    assert write(1e300, lax=True) == "<value><double>1e+300</double></value>\n"
    assert "\x01" in write({"\x01": 1}, lax=True)


def test_double_has_no_exponent() -> None:
    assert write(1e16) == "<value><double>10000000000000000</double></value>\n"


def test_booleans_are_written_by_their_truth() -> None:
    assert rpc_write.format_bool("yes") == write_there(True)
    assert rpc_write.format_bool(0) == write_there(False)


def test_escape_is_the_standard_librarys() -> None:
    assert rpc_write.escape("<&>\r\x00") == xmlrpc.client.escape("<&>\r\x00")


@pytest.mark.parametrize(
    "value, said",
    [
        ("\x00", "args: XML cannot hold '\\x00'; send bytes (as base64) instead of text"),
        ([1, "\x1b"], "args[1]: XML cannot hold '\\x1b'; send bytes (as base64) instead of text"),
        (
            {"name": ["\ufffe"]},
            "args[\"name\"][0]: XML cannot hold '\\ufffe'; send bytes (as base64) instead of text",
        ),
        ({"a": {"b": float("nan")}}, 'args["a"]["b"]: XML-RPC has no nan'),
        ([[float("-inf")]], "args[0][0]: XML-RPC has no -inf"),
        ({"\x07": 1}, "args[\"\\x07\"]: XML cannot hold '\\x07'; send bytes (as base64) instead of text"),
        (
            {"q\"'": "\x00"},
            "args[\"q\\\"'\"]: XML cannot hold '\\x00'; send bytes (as base64) instead of text",
        ),
        ({"it's": "\x00"}, "args[\"it's\"]: XML cannot hold '\\x00'; send bytes (as base64) instead of text"),
        ([[[]]], "args[0][0]: more than 2 levels of arrays and structs"),
        ([{"a": {}}], 'args[0]["a"]: more than 2 levels of arrays and structs'),
    ],
)
def test_what_cannot_be_said_is_refused_with_its_place(value: Any, said: str) -> None:
    with pytest.raises(CannotMarshal) as caught:
        write(value, depth=2)
    assert str(caught.value) == said
    assert isinstance(caught.value, ValueError)
    path = said.partition(": ")[0]
    assert caught.value.path == path
    assert str(copy.copy(caught.value)) == said


def test_error_without_a_place_has_none() -> None:
    assert str(CannotMarshal("no")) == "no"


def test_other_errors_keep_their_text_and_tell_the_place_in_a_note() -> None:
    with pytest.raises(TypeError) as caught:
        write([{"a": {1: 2}}])
    assert str(caught.value) == "dictionary key must be string"
    assert caught.value.__notes__ == ['the value is args[0]["a"][1]']
    with pytest.raises(TypeError) as bare:
        write({(1, 2): 1})
    assert bare.value.__notes__ == ["the value is args[(1, 2)]"]


def test_error_at_the_top_gets_no_note() -> None:
    error = TypeError("x")
    rpc_write.explain(error, "args")
    assert not hasattr(error, "__notes__")


def test_what_contains_itself_is_refused() -> None:
    items: list[Any] = [1]
    items.append([items])
    with pytest.raises(TypeError, match="cannot marshal recursive sequences"):
        write(items)
    struct: dict[str, Any] = {}
    struct["a"] = {"b": struct}
    with pytest.raises(TypeError, match="cannot marshal recursive dictionaries"):
        write(struct)


def test_what_stands_twice_is_no_recursion() -> None:
    part = [1, "x"]
    assert write([part, part, {"a": part}]) == write_there([part, part, {"a": part}])


def test_none_is_another_type_unless_allowed() -> None:
    assert write(None) == "<other>None</other>\n"
    assert write([None], allow_none=True) == write_there([None])


def test_other_types_are_handed_over() -> None:
    class Text(str):
        __slots__ = ()

    assert write([3j, Text("x")]) == (
        "<value><array><data>\n<other>3j</other>\n<other>'x'</other>\n</data></array></value>\n"
    )
