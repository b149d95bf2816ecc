"""The quick way to read: what it knows it reads as expat does, and what it does not know it leaves alone."""

from __future__ import annotations

import binascii
import xmlrpc.client
from typing import Any
from xml.parsers import expat

import pytest

from wirekit._wire import rpc_scalars, rpc_scan

CONVERT = rpc_scan.make_conversions(str.strip, rpc_scalars.parse_base64)


def scan(data: bytes | str, depth: int = 50, values: int = 1000) -> rpc_scan.Message | None:
    return rpc_scan.scan(data, CONVERT, depth=depth, values=values)


def read_there(data: bytes | str) -> tuple[str, str | None, list[Any]]:
    """Give what the standard library reads: the kind of message, the method, the values."""
    parts: Any = xmlrpc.client.getparser(use_builtin_types=True)
    parser, target = parts
    parser.feed(data)
    parser.close()
    return target._type, target._methodname, target._stack


def bare(*values: str) -> str:
    return "<params>" + "".join(f"<param>{value}</param>" for value in values) + "</params>"


KNOWN = [
    "<value><int>5</int></value>",
    "<value><i4>-5</i4></value>",
    "<value><int>+5</int></value>",
    "<value> <i8>9876543210</i8>\n</value>",
    "<value><i1>1</i1></value>",
    "<value><i2>2</i2></value>",
    "<value><biginteger>98765432100123456789</biginteger></value>",
    "<value><ex:i8>5</ex:i8></value>",
    "<value><double>-1.5</double></value>",
    "<value><float>1e3</float></value>",
    "<value><bigdecimal>1.10</bigdecimal></value>",
    "<value><boolean>1</boolean></value>",
    "<value><boolean>0</boolean></value>",
    "<value><string></string></value>",
    "<value><string> two\n lines </string></value>",
    "<value><string>&lt;&amp;&gt;&quot;&apos;&#13;&#x41;&#65;</string></value>",
    "<value>untyped &amp; more</value>",
    "<value> </value>",
    "<value></value>",
    "<value/>",
    "<value><string/></value>",
    "<value><nil/></value>",
    "<value><ex:nil /></value>",
    "<value><nil></nil></value>",
    "<value><base64>AGJ5dGU=</base64></value>",
    "<value>\n<base64>\nAGJ5\ndGU=\n</base64>\n</value>",
    "<value><struct></struct></value>",
    "<value><struct>\n</struct></value>",
    "<value><struct/></value>",
    "<value><array><data></data></array></value>",
    "<value><array><data/></array></value>",
    "<value><array><data><value><int>1</int></value></data></array></value>",
    "<value><array><data><value><int>1</int></value><value><int>-2</int></value>\n</data></array></value>",
    "<value><array><data><value><i4>1</i4></value>\n<value><i4>2</i4></value></data></array></value>",
    "<value><array><data><value><string>a&amp;</string></value><value><string/></value></data></array></value>",
    "<value><array><data><value><string>a&amp;</string></value><value><string>b</string></value></data></array></value>",
    "<value><array><data><value><int>1</int></value><value>x</value><value><nil/></value></data></array></value>",
    "<value><struct><member><name>a</name><value><int>1</int></value></member></struct></value>",
    "<value><struct><member><name></name><value>b</value></member></struct></value>",
    "<value><struct><member><name>a&amp;</name><value><array><data></data></array></value></member></struct></value>",
    "<value><struct> <member> <name>a</name> <value> <struct> </struct> </value> </member> </struct></value>",
    "<value><struct><member><name>a</name><value>1</value></member><member><name>a</name><value>2</value></member></struct></value>",
    "<value><array><data>" + 2 * "<value><struct><member><name>a</name><value><int>1</int></value></member></struct></value>" + "</data></array></value>",
    "<value><string>ünïcödé 😀 \x7f\x85\u2028</string></value>",
]  # fmt: skip


@pytest.mark.parametrize("value", KNOWN)
@pytest.mark.parametrize("form", ["text", "bytes", "windows"])
def test_known_message_is_read_as_by_expat(value: str, form: str) -> None:
    text = bare(value).replace("\n", "\r\n" if form == "windows" else "\n")
    data = text if form == "text" else text.encode()
    message = scan(data)
    assert message is not None
    assert (message.kind, message.method, message.values) == read_there(data)


ENVELOPES = [
    "{}",
    "<?xml version='1.0'?>\n{}",
    '<?xml version="1.0" encoding="UTF-8"?>{}',
    "<?xml version = '1.0' encoding = 'utf-8' standalone='yes' ?>\n{}",
    "<?xml version='1.0' encoding='us-ascii'?>{}",
    "<?xml version='1.0' encoding='ISO-8859-1'?>{}",
    "<methodResponse>{}</methodResponse>\n",
    " <methodResponse>\n {}\n</methodResponse> ",
    "<methodCall><methodName>a.b&amp;c é</methodName>{}</methodCall>",
]


@pytest.mark.parametrize("envelope", ENVELOPES)
@pytest.mark.parametrize("encode", [str, str.encode])
def test_known_envelope_is_read_as_by_expat(envelope: str, encode: Any) -> None:
    data = encode(envelope.format(bare("<value><int>5</int></value>", "<value>x</value>")))
    message = scan(data)
    assert message is not None
    assert (message.kind, message.method, message.values) == read_there(data)


def answer(value: str) -> str:
    return f"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n{value}\n</param>\n</params>\n</methodResponse>\n"


@pytest.mark.parametrize(
    "value",
    [
        "<value><int>5</int></value>",
        "<value><string>plain text, \"'!</string></value>",
        "<value><string>ünïcödé</string></value>",
        "<value><string>a &amp; b ] c</string></value>",
        "<value><boolean>1</boolean></value>",
        "<value><base64>AGJ5dGU=</base64></value>",
        "<value><struct></struct></value>",
    ],
)
def test_answer_with_a_single_value_is_read_as_by_expat(value: str) -> None:
    for data in (
        answer(value),
        answer(value).replace("\n", ""),
        answer(value).replace("\n", "\r\n").encode(),
    ):
        message = scan(data)
        assert message is not None
        assert (message.kind, message.method, message.values) == read_there(data)


@pytest.mark.parametrize(
    "value",
    [
        "<value><int>5</i4></value>",
        "<value><int>x</int></value>",
        "<value><spam>x</spam></value>",
        "<value><boolean>2</boolean></value>",
        "<value><string>\x07</string></value>",
        "<value><string>]]></string></value>",
        "<value><string>&x;</string></value>",
    ],
)
def test_answer_with_a_single_value_that_is_not_certain_is_left_alone(value: str) -> None:
    assert scan(answer(value)) is None


def test_answer_with_a_single_value_counts() -> None:
    assert scan(answer("<value><int>5</int></value>"), values=0) is None


def test_call_without_parameters_is_read() -> None:
    data = "<methodCall><methodName>go</methodName></methodCall>"
    assert scan(data) == read_there(data) == ("methodName", "go", [])
    data = "<methodCall><methodName>go</methodName><params></params></methodCall>"
    assert scan(data) == read_there(data) == ("params", "go", [])


def test_fault_is_read() -> None:
    data = xmlrpc.client.dumps(xmlrpc.client.Fault(4, "too <many>"))
    assert scan(data) == read_there(data) == ("fault", None, [{"faultCode": 4, "faultString": "too <many>"}])


UNKNOWN = [
    # what expat refuses
    "<value><int>5</i4></value>",
    "<value><int>5</int></value",
    "<value><string>\x00</string></value>",
    "<value><string>\x1b</string></value>",
    "<value><string>\ufffe</string></value>",
    "<value><string>]]></string></value>",
    "<value><string>&nbsp;</string></value>",
    "<value><string>&#0;</string></value>",
    "<value><string>&#xFFFE;</string></value>",
    "<value><string>&#1114112;</string></value>",
    "<value><string>&amp</string></value>",
    "<value><string>a & b</string></value>",
    "<value><string>a < b</string></value>",
    "<value><array><data></array></data></value>",
    "<value><array><data></data></array></value></value>",
    "<value><struct></data></array></value>",
    "<value><array><data></struct></value>",
    "<value><struct><member><name>a</name><array><data></member></struct></value>",
    "</member>",
    "<value><struct></member></struct></value>",
    "<value><array><data></member></data></array></value>",
    "</param><param>",
    "</pa\nram><param>",
    "<value/ >",
    # what is XML, but odd
    "<value><int a='b'>5</int></value>",
    "<value><!-- --><int>5</int></value>",
    "<value><string><![CDATA[x]]></string></value>",
    "<value><string a=''/></value>",
    "<value>x<int>5</int></value>",
    "x<value><int>5</int></value>",
    "<value><int>5</int></value><value><int>5</int></value>",
    "<value><int>5</int></value>x",
    "",
    "<value><int>1_0</int></value>",
    "<value><int></int></value>",
    "<value><int>٣</int></value>",
    "<value><double>1_0</double></value>",
    "<value><double>٣</double></value>",
    "<value><double>nan</double></value>",
    "<value><double>-inf</double></value>",
    "<value><boolean>true</boolean></value>",
    "<value><bigdecimal>x</bigdecimal></value>",
    "<value><base64>AGJ</base64></value>",
    "<value><base64>A\x00GJ=</base64></value>",
    "<value><nil>x</nil></value>",
    "<value><struct>x</struct></value>",
    "<value><spam>x</spam></value>",
    "<value><spam/></value>",
    "<value><x:int>5</x:int></value>",
    "<value><array></array></value>",
    "<value><array><data><member><name>a</name><value>1</value></member></data></array></value>",
    "<value><array><data><member><name>a</name><value><nil/></value></member></data></array></value>",
    "<value><struct><value>1</value></struct></value>",
    "<value><struct><value><int>1</int></value></struct></value>",
    "<value><struct><value><int>1</int></value><value><int>1</int></value></struct></value>",
    "<value><struct><member><name>a</name></member></struct></value>",
    "<value><struct><member><value>1</value><name>a</name></member></struct></value>",
    "<value><struct><member><name>a</name><value>1</value><value>2</value></member></struct></value>",
    "<param><value>1</value></param>",
    "<params></params>",
    "<value>1</value><param><value>1</value>",
    "<value><array><data></param>",
]


@pytest.mark.parametrize("value", UNKNOWN)
def test_what_is_not_certain_is_left_alone(value: str) -> None:
    assert scan(bare(value)) is None
    if value.isascii() or value.isprintable():
        assert scan(bare(value).encode()) is None


@pytest.mark.parametrize(
    "data",
    [
        "",
        "x",
        "<a/>",
        "<params>",
        "<params/>",
        "<fault></fault>",
        "<fault><value>\0</value></fault>",
        "<methodResponse><fault><value>a\ufffe</value></fault></methodResponse>",
        "<methodResponse></methodResponse>",
        "<methodCall></methodCall>",
        "<methodCall><params></params></methodCall>",
        "<methodCall><methodName>\x07</methodName></methodCall>",
        "<methodCall><methodName>a</methodName><fault><value>1</value></fault></methodCall>",
        "<methodCall><methodName>a</methodName><params></params></methodResponse>",
        "<methodResponse><params></params></methodResponse>x",
        "<params></params><!-- -->",
        "<!DOCTYPE params><params></params>",
        "<?xml version='1.1'?><params></params>",
        " <?xml version='1.0'?><params></params><a>",
        "<?xml version='1.0' encoding='utf-16'?><params></params>",
        "<?xml version='1.0' encoding='us-ascii'?>" + bare("<value>é</value>"),
        "<?xml version='1.0' encoding='iso-8859-1'?>" + bare("<value>é</value>"),
        "</params><params>",
    ],
)
def test_envelope_that_is_not_certain_is_left_alone(data: str) -> None:
    assert scan(data) is None
    assert scan(data.encode()) is None


def test_bytes_that_are_no_utf_8_are_left_alone() -> None:
    assert scan(bare("<value>é</value>").encode("latin-1")) is None
    assert scan("\ufeff".encode() + bare("<value>a</value>").encode()) is None


def test_text_with_half_characters_is_left_alone() -> None:
    assert scan(bare("<value>\ud800</value>")) is None


def nested(levels: int) -> str:
    return bare("<value><array><data>" * levels + "</data></array></value>" * levels)


def test_limits_are_held() -> None:
    assert scan(nested(3), depth=3) is not None
    assert scan(nested(4), depth=3) is None
    two = bare("<value>1</value>", "<value>2</value>")
    assert scan(two, values=2) is not None
    assert scan(two, values=1) is None


def test_every_character_is_read_as_by_expat() -> None:
    for number in (
        *range(0x180),
        *range(0xD7F8, 0xE008),
        *range(0xFFF8, 0x10008),
        0x1FFFE,
        0x1FFFF,
        0x10FFFF,
    ):
        text = bare(f"<value><string>a{chr(number)}b</string></value>")
        try:
            wanted: Any = read_there(text)
        except (expat.ExpatError, UnicodeEncodeError):
            wanted = None
        found = scan(text)
        assert found is None or found == wanted, number
        assert found is not None or wanted is None or chr(number) in "<&", number


LARGE = binascii.b2a_base64(bytes(range(256)) * 300, newline=False).decode()


@pytest.mark.parametrize(
    "value",
    [
        f"<value><base64>{LARGE}</base64></value>",
        f"<value><base64>\n{LARGE[:5000]}\r\n{LARGE[5000:]}\n</base64></value>",
        (
            f"<value><array><data><value><base64>{LARGE}</base64></value><value>x</value><value><base64>eA==</base64>"
            f"</value><value><base64>{LARGE}</base64></value></data></array></value>"
        ),
        f"<value><struct><member><name>a</name><value><base64>{LARGE}</base64></value></member></struct></value>",
        f"<value><string>{LARGE}</string></value>",
    ],
    ids=["flat", "lines", "array", "struct", "text"],
)
def test_large_base64_is_set_aside_and_read_as_by_expat(value: str) -> None:
    for data in (bare(value), bare(value).encode()):
        message = scan(data)
        assert message is not None
        assert (message.kind, message.method, message.values) == read_there(data)


@pytest.mark.parametrize(
    "value",
    [
        f"<value><base64>{LARGE}!</base64></value>",
        f"<value><base64>{LARGE}\x00</base64></value>",
        f"<value><base64>{LARGE[:-1]}</base64></value>",
        f"<value><base64>{LARGE}</base64></value><value><base64>#0</base64></value>",
        f"<value><base64>#0</base64></value><!--<base64>{LARGE}</base64>-->",
        f"<value><string><base64>{LARGE}</base64></string></value>",
    ],
    ids=range(6),
)
def test_large_base64_that_is_not_certain_is_left_alone(value: str) -> None:
    assert scan(bare(value).encode()) is None


@pytest.mark.parametrize(
    "data",
    [
        "<params>" + "<param>" * 200_000 + "</params>",
        "<params><param>" + "<value>" * 200_000 + "</params>",
        "<params><param>" + "<value> " * 200_000 + "</params>",
        "<params><param>" + "<member><name>" * 200_000 + "</params>",
        "<params><param><value><string>" + "a" * 2_000_000 + "</params>",
        "<params><param><value>" + " " * 2_000_000 + "x</params>",
        "<params><param>" + "</member>" * 200_000 + "</params>",
        "<params><param>" + "<value><int>1</int></value>" * 100_000 + "<</params>",
        "&" * 1_000_000,
        "<params>" * 200_000,
    ],
    ids=lambda data: data[:60],
)
def test_hostile_message_costs_linear_time(data: str) -> None:
    assert (
        scan(data, values=1_000_000) is None
    )  # under the time limit of a test, which anything worse exceeds
