"""XML-RPC as other languages speak it: calls and answers in the forms of their libraries, byte for byte."""

from __future__ import annotations

import datetime as dt
import socket
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import TWINS
from tests.rpc_servers import serving
from wirekit.xmlrpc.client import DateTime, Fault, dumps, loads

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 10.0
NOON = dt.datetime(2026, 2, 28, 12)

CALLS: dict[str, tuple[list[str], str, list[Any]]] = {
    "PHP, phpxmlrpc": (
        ["Content-Type: text/xml; charset=UTF-8", "User-Agent: XML-RPC for PHP 4.10.1", "Accept-Charset: UTF-8,ISO-8859-1"],
        ('<?xml version="1.0" encoding="UTF-8" ?>\n<methodCall>\n<methodName>same</methodName>\n<params>\n<param>\n'
        "<value><int>5</int></value>\n</param>\n<param>\n<value><string>&#252;&lt;</string></value>\n</param>\n"
        "</params>\n</methodCall>"),
        [5, "ü<"],
    ),
    "PHP, xmlrpc_encode_request": (
        ["Content-Type: text/xml"],
        ('<?xml version="1.0" encoding="iso-8859-1"?>\n<methodCall>\n<methodName>same</methodName>\n<params>\n <param>\n'
        "  <value>\n   <struct>\n    <member>\n     <name>a</name>\n     <value>\n      <array>\n       <data/>\n"
        "      </array>\n     </value>\n    </member>\n   </struct>\n  </value>\n </param>\n <param>\n  <value>\n"
        "   <base64>\nQUJD&#10;\n   </base64>\n  </value>\n </param>\n</params>\n</methodCall>\n"),
        [{"a": []}, b"ABC"],
    ),
    "Java, Apache ws-xmlrpc": (
        ["Content-Type: text/xml", "User-Agent: Apache XML RPC 3.1.3 (Sun HTTP Transport)", "Connection: keep-alive"],
        ('<?xml version="1.0" encoding="UTF-8"?><methodCall xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions">'
        "<methodName>same</methodName><params><param><value><ex:nil/></value></param><param><value><ex:i8>9999999999</ex:i8>"
        "</value></param><param><value><ex:i1>7</ex:i1></value></param><param><value><ex:float>1.5</ex:float></value></param>"
        "<param><value><ex:bigdecimal>1.10</ex:bigdecimal></value></param><param><value><ex:dateTime>2026-02-28T12:00:00.000Z"
        "</ex:dateTime></value></param><param><value>plain</value></param></params></methodCall>"),
        [None, 9999999999, 7, 1.5, Decimal("1.10"), NOON.replace(tzinfo=dt.UTC), "plain"],
    ),
    "Go, kolo/xmlrpc": (
        ["Content-Type: text/xml", "User-Agent: Go-http-client/1.1", "Accept-Encoding: gzip"],
        ('<?xml version="1.0" encoding="UTF-8"?><methodCall><methodName>same</methodName><params><param><value><double>1.500000'
        "</double></value></param><param><value><boolean>1</boolean></value></param><param><value><dateTime.iso8601>"
        "20260228T12:00:00</dateTime.iso8601></value></param><param><value><string></string></value></param></params></methodCall>"),
        [1.5, True, NOON, ""],
    ),
    "Perl, RPC::XML": (
        ["Content-Type: text/xml", "User-Agent: RPC::XML::Client/1.42", "TE: deflate,gzip;q=0.3"],
        ('<?xml version="1.0" encoding="us-ascii"?><methodCall><methodName>same</methodName><params><param><value><dateTime.iso8601>'
        "2026-02-28T12:00:00Z</dateTime.iso8601></value></param><param><value><i4>-3</i4></value></param><param><value>"
        "<nil/></value></param></params></methodCall>"),
        [NOON.replace(tzinfo=dt.UTC), -3, None],
    ),
    "Perl, Frontier::Client": (
        ["Content-Type: text/xml"],
        ('<?xml version="1.0"?>\n<methodCall>\n<methodName>same</methodName>\n<params>\n<param><value><array><data>\n'
        "  <value><i4>1</i4></value>\n  <value>two</value>\n</data></array></value></param>\n</params>\n</methodCall>\n"),
        [[1, "two"]],
    ),
    "JavaScript, xmlrpc": (
        ["Content-Type: text/xml", "User-Agent: NodeJS XML-RPC Client", "Accept: text/xml", "Accept-Charset: UTF8"],
        ('<?xml version="1.0"?><methodCall><methodName>same</methodName><params><param><value><struct><member><name>b</name>'
        "<value><double>0.1</double></value></member><member><name>a</name><value><string><![CDATA[<x>]]></string></value></member>"
        "</struct></value></param><param><value><string/></value></param></params></methodCall>"),
        [{"b": 0.1, "a": "<x>"}, ""],
    ),
    "Ruby": (
        ["Content-Type: text/xml; charset=utf-8", "User-Agent: XMLRPC::Client (Ruby 3.2.0)", "Accept-Encoding: identity"],
        ('<?xml version="1.0" ?><methodCall><methodName>same</methodName><params><param><value><base64>QUJD\nREVG\n</base64>'
        "</value></param><param><value/></param></params></methodCall>\n"),
        [b"ABCDEF", ""],
    ),
    "C, xmlrpc-c": (
        ["Content-Type: text/xml", "User-Agent: Xmlrpc-c/1.51"],
        ('<?xml version="1.0" encoding="UTF-8"?>\r\n<methodCall>\r\n<methodName>same</methodName>\r\n<params>\r\n<param><value>'
        "<struct>\r\n<member><value><i8>5</i8></value><name>five</name></member>\r\n</struct></value></param>\r\n"
        "</params>\r\n</methodCall>\r\n"),
        [{"five": 5}],
    ),
    "by hand": (
        ["Content-Type: application/xml"],
        "<methodCall>\n\t<methodName>\n\t\tsame\n\t</methodName>\n</methodCall>",
        [],
    ),
    "by hand, without a type's charset": (
        ['content-type: TEXT/XML;charset="utf-8"'],
        "<?xml version='1.0' standalone='yes'?><!-- a call --><methodCall><methodName>same</methodName><params/></methodCall>",
        [],
    ),
}  # fmt: skip


@pytest.fixture(scope="module", params=TWINS[:2], ids=lambda twin: twin.name)
def address(request: pytest.FixtureRequest) -> Iterator[Any]:
    """Serve a method that gives back what came; give the address."""

    def register(server: Any) -> None:
        server.register_function(lambda *values: list(values), "same")
        server.register_introspection_functions()

    with serving(request.param, register, allow_none=True, use_builtin_types=True) as server:
        yield server.server_address


def ask(address: Any, fields: list[str], body: str) -> tuple[bytes, bytes]:
    """Send a call; give the head of the answer, and its body."""
    data = body.encode()
    head = [
        "POST /RPC2 HTTP/1.1",
        "Host: localhost",
        *fields,
        f"Content-Length: {len(data)}",
        "Connection: close",
        "",
        "",
    ]
    with socket.create_connection(address, PATIENCE) as sock:
        sock.sendall("\r\n".join(head).encode() + data)
        heard = b""
        while part := sock.recv(65536):
            heard += part
    head_of_it, _, rest = heard.partition(b"\r\n\r\n")
    return head_of_it, rest


@pytest.mark.parametrize("tongue", CALLS)
def test_calls_of_other_languages_are_understood(address: Any, tongue: str) -> None:
    fields, body, values = CALLS[tongue]
    head, answer = ask(address, fields, body)
    assert head.startswith(b"HTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-type: text/xml\r\n" in head
    ((found,), _) = loads(answer, use_builtin_types=True)
    assert [(type(one), one) for one in found] == [(type(one), one) for one in values]


def test_answers_are_plain(address: Any) -> None:
    """A declaration without an encoding's name is UTF-8 for all; no type beyond the specification's where none is needed."""
    _, answer = ask(address, CALLS["JavaScript, xmlrpc"][0], CALLS["JavaScript, xmlrpc"][1])
    assert answer == (
        b"<?xml version='1.0'?>\n<methodResponse>\n<params>\n<param>\n<value><array><data>\n<value><struct>\n<member>\n"
        b"<name>b</name>\n<value><double>0.1</double></value>\n</member>\n<member>\n<name>a</name>\n<value><string>&lt;x&gt;"
        b"</string></value>\n</member>\n</struct></value>\n<value><string></string></value>\n</data></array></value>\n</param>\n"
        b"</params>\n</methodResponse>\n"
    )
    text = dumps(
        (1, True, 0.5, 1e300, 1e-7, "ü\r", b"A", NOON, [None], {"": 2**31 - 1}), "m", allow_none=True
    )
    for tag in (
        "int",
        "boolean",
        "double",
        "string",
        "base64",
        "dateTime.iso8601",
        "array",
        "nil/",
        "struct",
    ):
        assert f"<{tag}>" in text
    assert not any(
        tag in text for tag in ("<i8>", "<ex:", "<i4>", "e+", "e-", "\r", "bigdecimal", "biginteger")
    )
    assert "20260228T12:00:00<" in text


ANSWERS: dict[str, tuple[str, Any]] = {
    "PHP, a fault": (
        (
            '<?xml version="1.0"?>\n<methodResponse>\n<fault>\n <value>\n  <struct>\n   <member>\n    <name>faultString</name>\n'
            "    <value><string>no &lt;</string></value>\n   </member>\n   <member>\n    <name>faultCode</name>\n"
            "    <value><int>4</int></value>\n   </member>\n  </struct>\n </value>\n</fault>\n</methodResponse>"
        ),
        (4, "no <"),
    ),
    "Java, a fault": (
        (
            '<?xml version="1.0" encoding="UTF-8"?><methodResponse xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"><fault>'
            "<value><struct><member><name>faultCode</name><value><i4>0</i4></value></member><member><name>faultString</name><value>"
            "x</value></member></struct></value></fault></methodResponse>"
        ),
        (0, "x"),
    ),
    "Java": (
        (
            '<?xml version="1.0" encoding="UTF-8"?><methodResponse xmlns:ex="http://ws.apache.org/xmlrpc/namespaces/extensions"><params>'
            "<param><value><array><data><value><i4>1</i4></value><value><ex:nil/></value></data></array></value></param></params>"
            "</methodResponse>"
        ),
        [1, None],
    ),
    "Perl": (
        (
            '<?xml version="1.0" encoding="us-ascii"?><methodResponse><params><param><value><struct><member><name>when</name><value>'
            "<dateTime.iso8601>20260228T12:00:00</dateTime.iso8601></value></member></struct></value></param></params></methodResponse>"
        ),
        {"when": DateTime(NOON)},
    ),
    "WordPress": (
        (
            '<?xml version="1.0" encoding="UTF-8"?>\n<methodResponse>\n  <params>\n    <param>\n      <value>\n      <array><data>\n'
            "  <value><struct>\n  <member><name>isAdmin</name><value><boolean>1</boolean></value></member>\n  <member><name>url</name>"
            "<value><string>http://example.org/</string></value></member>\n</struct></value>\n</data></array>\n      </value>\n"
            "    </param>\n  </params>\n</methodResponse>\n"
        ),
        [{"isAdmin": True, "url": "http://example.org/"}],
    ),
    "nothing at all": ('<?xml version="1.0"?><methodResponse><params></params></methodResponse>', ()),
}


@pytest.mark.parametrize("tongue", ANSWERS)
def test_answers_of_other_languages_are_understood(tongue: str) -> None:
    text, wanted = ANSWERS[tongue]
    for data in (text, text.encode(), text.replace("\n", "\r\n").encode(), b"\xef\xbb\xbf" + text.encode()):
        try:
            values, _ = loads(data)
        except Fault as fault:
            values = (fault.faultCode, fault.faultString)
        else:
            values = values[0] if values else ()
        assert values == wanted
