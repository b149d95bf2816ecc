"""dumps and loads, Marshaller and Unmarshaller: the standard library's shape, and what is better."""

from __future__ import annotations

import xmlrpc.client
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import pytest

from wirekit import defaults
from wirekit.xmlrpc import _marshal, client
from wirekit.xmlrpc.client import (
    BadMessage,
    BadValue,
    CannotMarshal,
    ExpatParser,
    Fault,
    Marshaller,
    MessageTooLarge,
    ResponseError,
    Unmarshaller,
    dumps,
    getparser,
    loads,
)

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _dispatches() -> Iterator[None]:
    """Put the tables back that a test changes."""
    yield
    tables: Any = ((Marshaller.dispatch, _marshal._DISPATCH), (Unmarshaller.dispatch, _marshal._TAGS))
    for table, usual in tables:
        table.clear()
        table.update(usual)


def param(value: str) -> str:
    return f"<params><param>{value}</param></params>"


# ---- whole messages


@pytest.mark.parametrize(
    "args",
    [
        ((),),
        ((1, "x"),),
        ((1,), "add"),
        ((), "a.b"),
        ((5,), None, True),
        (("€",), "add", None, "iso-8859-15"),
        (("€",), None, 1, "ascii"),
        (([None, {"a": b"x"}],), None, True, None, True),
        (((1, 2),), ""),
    ],
)
def test_message_is_the_standard_librarys(args: Any) -> None:
    assert dumps(*args) == xmlrpc.client.dumps(*args)


def test_fault_is_a_response() -> None:
    fault = Fault(4, "too <many>")
    assert dumps(fault) == xmlrpc.client.dumps(fault)
    assert Marshaller().dumps(fault) == xmlrpc.client.Marshaller().dumps(fault)
    with pytest.raises(Fault) as caught:
        loads(dumps(fault))
    assert (caught.value.faultCode, caught.value.faultString) == (4, "too <many>")


def test_methods_name_is_escaped() -> None:
    text = dumps((), "a</methodName><x/>&\r")
    assert "<x/>" not in text
    assert loads(text) == ((), "a</methodName><x/>&\r")
    assert loads(dumps((), "têšt")) == ((), "têšt")


@pytest.mark.parametrize(
    "args, error, match",
    [
        (([],), TypeError, "argument must be tuple or Fault instance"),
        (("x",), TypeError, "argument must be tuple or Fault instance"),
        (((1, 2), None, True), ValueError, "response tuple must be a singleton"),
        (((), "a\x00"), CannotMarshal, "the method's name: XML cannot hold"),
        (((), "a", None, "utf-8'?><x"), ValueError, "no name of an encoding"),
    ],
)
def test_what_makes_no_message_is_refused(args: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        dumps(*args)


@pytest.mark.parametrize(
    "args, path",
    [
        (((1, ["x", "\x00"]),), "args[1][1]"),
        ((({"a": "\x00"},), "m"), 'args[0]["a"]'),
        ((([{"b": "\x00"}],), None, True), 'result[0]["b"]'),
        ((Fault(1, "\x00"),), 'fault["faultString"]'),
    ],
)
def test_place_of_what_cannot_be_sent(args: Any, path: str) -> None:
    with pytest.raises(CannotMarshal) as caught:
        dumps(*args)
    assert caught.value.path == path
    Marshaller.dispatch[int] = lambda self, value, write: self.dump_long(
        value, write
    )  # not the quick way any more
    with pytest.raises(CannotMarshal) as caught:
        dumps(*args)
    assert caught.value.path == path


# ---- Marshaller.dispatch


def test_program_may_write_types_of_its_own() -> None:
    class Apple:
        pass

    def dump_apple(marshaller: Marshaller, value: Apple, write: Any) -> None:
        marshaller.dump_struct({"kind": "apple"}, write)

    Marshaller.dispatch[Apple] = dump_apple
    assert loads(dumps(([Apple(), 1],))) == (([{"kind": "apple"}, 1],), None)


def test_program_may_write_our_types_in_its_own_way() -> None:
    Marshaller.dispatch[int] = lambda _, value, write: write(f"<value><i8>{value}</i8></value>")
    text = dumps(([1, {"a": 2}, (3, 4, 5, 6, 7, 8, 9, 10, 11)], 2**40), "m")
    assert text.count("<i8>") == 12
    assert "<int>" not in text
    assert loads(text)[0] == ([1, {"a": 2}, list(range(3, 12))], 2**40)


def test_values_are_written_alike_in_both_ways() -> None:
    values: Any = (
        1,
        2**40,
        1.5,
        True,
        None,
        "ü<\r",
        b"x",
        bytearray(b"y"),
        [1, [2]],
        (3,),
        {"a": {"b": []}},
        Decimal("1.5"),
    )
    quick = dumps(values, allow_none=True)
    Marshaller.dispatch[int] = lambda self, value, write: self.dump_int(value, write)
    assert dumps(values, allow_none=True) == quick
    with defaults.using("stdlib"):
        lax = (1, 1.5, "ü\x00", [1e300], {"a": 2})
        slow = dumps(lax)
        Marshaller.dispatch[int] = _marshal._DISPATCH[int]
        assert dumps(lax) == slow == xmlrpc.client.dumps(lax)


def test_methods_of_a_marshaller_are_the_standard_librarys() -> None:
    for name in (
        "nil",
        "bool",
        "long",
        "int",
        "double",
        "unicode",
        "bytes",
        "array",
        "struct",
        "datetime",
        "instance",
    ):
        value: Any = {
            "nil": None, "bool": 1, "long": 5, "int": -5, "double": 2.5, "unicode": "<", "bytes": b"x", "array": [1],
            "struct": {"a": 1}, "datetime": client._datetime_type("20200101T12:00:00"),
            "instance": client.Binary(b"x"),
        }[name]  # fmt: skip
        theirs_value = xmlrpc.client.Binary(b"x") if name == "instance" else value
        ours: list[str] = []
        theirs: list[str] = []
        getattr(Marshaller(allow_none=True), f"dump_{name}")(value, ours.append)
        getattr(xmlrpc.client.Marshaller(allow_none=True), f"dump_{name}")(theirs_value, theirs.append)
        assert "".join(ours) == "".join(theirs)
    said: list[str] = []
    Marshaller().dump_unicode("x", said.append, lambda text: text * 2)
    assert said == ["<value><string>xx</string></value>\n"]
    with pytest.raises(TypeError, match="cannot marshal None"):
        Marshaller().dump_nil(None, said.append)


def test_recursion_and_depth_are_refused_in_both_ways() -> None:
    items: list[Any] = []
    items.append(items)
    struct: dict[str, Any] = {}
    struct["a"] = struct
    deep: Any = []
    for _ in range(5):
        deep = [deep]
    for _ in range(2):
        with pytest.raises(TypeError, match="cannot marshal recursive sequences"):
            dumps((items,))
        with pytest.raises(TypeError, match="cannot marshal recursive dictionaries"):
            dumps((struct,))
        with defaults.using(max_rpc_depth=5), pytest.raises(CannotMarshal, match="more than 5 levels"):
            dumps((deep,))
        with pytest.raises(TypeError, match="dictionary key must be string"):
            dumps(({(1, 2): 3},))
        Marshaller.dispatch[int] = lambda self, value, write: self.dump_int(value, write)


@pytest.mark.parametrize("value", [type("S", (str,), {})("x"), type("L", (list,), {})(), 3j, object()])
def test_types_that_nobody_knows_are_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="cannot marshal <class"):
        dumps((value,))


def test_other_marshallers_may_be_put_in_the_place_of_ours(monkeypatch: pytest.MonkeyPatch) -> None:
    class Fast:
        def __init__(self, encoding: str) -> None:
            self.encoding = encoding

        def dumps(self, params: Any) -> str:
            return f"<params>{self.encoding}</params>\n"

    monkeypatch.setattr(_marshal, "FastMarshaller", Fast)
    assert dumps((1,), "m").endswith("<params>utf-8</params>\n</methodCall>\n")
    monkeypatch.setattr(_marshal, "FastParser", ExpatParser)
    assert loads(param("<value>x</value>")) == (("x",), None)


# ---- reading, the long way

ODD = "<?xml version='1.0'?><!-- not the quick way -->"


@pytest.mark.parametrize(
    "value, wanted",
    [
        ("<value><int>5</int></value>", 5),
        ("<value> text <!-- --> more </value>", " text  more "),
        ("<value><string><![CDATA[<&>]]></string></value>", "<&>"),
        ("<value><x:int>5</x:int></value>", 5),
        ("<value><i8>9876543210</i8></value>", 9876543210),
        ("<value><double> 1.5 </double></value>", 1.5),
        ("<value><bigdecimal>1.50</bigdecimal></value>", Decimal("1.50")),
        ("<value><boolean>0</boolean></value>", False),
        ("<value><ex:nil/></value>", None),
        ("<value><base64>eA==</base64></value>", b"x"),
        ("<value><array/></value>", []),
        ("<value><struct><member><name>a</name><value/></member></struct></value>", {"a": ""}),
        ("<value><array><data><value>1</value><value><int>2</int></value></data></array></value>", ["1", 2]),
    ],
)
def test_odd_xml_is_read_as_the_standard_library_does(value: str, wanted: Any) -> None:
    for data in (ODD + param(value), (ODD + param(value)).encode(), bytearray((ODD + param(value)).encode())):
        assert loads(data, use_builtin_types=True) == ((wanted,), None)
        assert xmlrpc.client.loads(data, use_builtin_types=True) == ((wanted,), None)


@pytest.mark.parametrize("encoding", ["utf-8", "iso-8859-15", "utf-16", "windows-1252"])
def test_declared_encodings_are_read(encoding: str) -> None:
    text = f"<?xml version='1.0' encoding='{encoding}'?>" + param("<value>€ ü</value>")
    assert loads(text.encode(encoding)) == (("€ ü",), None)


def test_calls_are_read_the_long_way_too() -> None:
    text = dumps((1, "x"), "a.b").replace("<methodCall>", "<methodCall><!-- -->")
    assert loads(text) == ((1, "x"), "a.b")
    assert loads("<methodCall><!-- --><methodName>go</methodName></methodCall>") == ((), "go")


@pytest.mark.parametrize(
    "value, error",
    [
        ("<value><int>x</int></value>", BadValue),
        ("<value><int>1_0</int></value>", BadValue),
        ("<value><double>nan</double></value>", BadValue),
        ("<value><boolean>true</boolean></value>", BadValue),
        ("<value><base64>!</base64></value>", BadValue),
        ("<value><bigdecimal>x</bigdecimal></value>", BadValue),
        ("<value><spam/></value>", BadMessage),
        ("<value><int>1</int><int>2</int></value>", BadMessage),
        ("<value><struct><member><name>a</name></member></struct></value>", BadMessage),
        (
            "<value><struct><member><value><int>1</int></value><value><int>1</int></value></member></struct></value>",
            BadMessage,
        ),
    ],
)
def test_bad_values_are_refused(value: str, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        loads(param(value))
    assert isinstance(caught.value, ResponseError)
    assert isinstance(caught.value, ValueError)


@pytest.mark.parametrize("data", ["<a/>", "<params/>x", "<params><param>", "", "x", b"\xff", "<a>\x00</a>"])
def test_what_is_no_message_is_refused(data: Any) -> None:
    with pytest.raises((ResponseError, expat.ExpatError)):
        loads(data)


def test_bad_moment_is_refused_where_moments_are_wanted() -> None:
    text = param("<value><dateTime.iso8601>soon</dateTime.iso8601></value>")
    assert loads(text)[0][0] == client.DateTime("soon")
    with pytest.raises(BadValue, match="'soon' is no dateTime"):
        loads(text, use_datetime=True)


@pytest.mark.parametrize("fault", ["<value>x</value>", "<value><struct/></value>", ""])
def test_fault_that_is_none_is_refused(fault: str) -> None:
    with pytest.raises(BadMessage):
        loads(f"<methodResponse><fault>{fault}</fault></methodResponse>")


@pytest.mark.parametrize(
    "value, wanted",
    [
        ("<value><int>1_0</int></value>", 10),
        ("<value><double>inf</double></value>", float("inf")),
        ("<value><base64>!eA==</base64></value>", b"x"),
        ("<value><bigdecimal>1_0</bigdecimal></value>", Decimal(10)),
    ],
)
def test_standard_librarys_profile_reads_as_it_does(value: str, wanted: Any) -> None:
    with defaults.using("stdlib"):
        assert loads(param(value), use_builtin_types=True)[0][0] == wanted
        assert xmlrpc.client.loads(param(value), use_builtin_types=True)[0][0] == wanted
        with pytest.raises(TypeError, match="bad boolean value"):
            loads(param("<value><boolean>true</boolean></value>"))
        assert loads(param("<value><int>1</int><int>2</int></value>"))[0] == (1, 2)


def test_standard_librarys_profile_reads_booleans() -> None:
    with defaults.using("stdlib"):
        assert loads(ODD + param("<value><boolean>1</boolean></value>"))[0] == (True,)


# ---- limits


@pytest.mark.parametrize("odd", ["", ODD])
def test_levels_are_limited(odd: str) -> None:
    inner = "<value><array><data>" * 4 + "</data></array></value>" * 4
    with defaults.using(max_rpc_depth=4):
        assert loads(odd + param(inner)) == (([[[[]]]],), None)
    with (
        defaults.using(max_rpc_depth=3),
        pytest.raises(MessageTooLarge, match="more than 3 levels") as caught,
    ):
        loads(odd + param(inner))
    assert caught.value.limit == 3


@pytest.mark.parametrize("odd", ["", ODD])
def test_values_are_limited(odd: str) -> None:
    text = odd + "<params>" + "<param><value>1</value></param>" * 5 + "</params>"
    with defaults.using(max_rpc_values=5):
        assert len(loads(text)[0]) == 5
    with defaults.using(max_rpc_values=4), pytest.raises(MessageTooLarge, match="more than 4 values"):
        loads(text)


def test_levels_of_any_elements_are_limited() -> None:
    with pytest.raises(MessageTooLarge):
        loads("<int>" * 100_000)
    with pytest.raises(MessageTooLarge):
        loads(param("<value>" + "<int>" * 10_000))


def test_document_type_is_refused_in_both_profiles() -> None:
    for text in (
        "<!DOCTYPE a>",
        "<!DOCTYPE a [<!ENTITY b 'c'>]>",
        "<!DOCTYPE a SYSTEM 'file:///etc/passwd'>",
    ):
        for profile in ("safe", "stdlib"):
            with defaults.using(profile), pytest.raises(BadMessage, match="document type declaration"):
                loads(text + param("<value>x</value>"))


# ---- parsers by hand


def test_parser_takes_pieces() -> None:
    data = dumps(([1, "ü", {"a": b"x"}],), "m").encode()
    for size in (1, 7, 1000):
        parser, target = getparser(use_builtin_types=True)
        for at in range(0, len(data), size):
            parser.feed(data[at : at + size])
        parser.close()
        parser.close()
        assert target.close() == ([1, "ü", {"a": b"x"}],)
        assert target.getmethodname() == "m"


def test_program_may_read_tags_of_its_own() -> None:
    def end_apple(target: Unmarshaller, data: str) -> None:
        target.append({"apple": data})
        target._value = 0

    Unmarshaller.dispatch["apple"] = end_apple
    assert loads(param("<value><apple>red</apple></value>")) == (({"apple": "red"},), None)
    assert loads(param("<value><x:apple>red</x:apple></value>")) == (({"apple": "red"},), None)


def test_unmarshaller_takes_events_by_hand_as_the_standard_librarys() -> None:
    for make in (Unmarshaller, xmlrpc.client.Unmarshaller):
        target: Any = make()
        target.xml("utf-8", None)
        target.end_dispatch("methodName", b"go")
        target.end_dispatch("string", "ü".encode())
        target.end_dispatch("x:int", "5")
        target.end_dispatch("value", b"text")
        target.end_dispatch("nothing", "")
        target.end_dispatch("x:nothing", "")
        target.end_dispatch("params", "")
        assert target.close() == ("ü", 5)
        assert target.getmethodname() == "go"
    with pytest.raises(ResponseError):
        Unmarshaller().close()
