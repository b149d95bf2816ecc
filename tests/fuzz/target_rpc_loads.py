"""XML-RPC messages: any bytes are a message or a documented error; nothing is read that expat refuses, or otherwise."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any
from xml.parsers import expat

from wirekit._wire.rpc_errors import Fault, ResponseError
from wirekit.xmlrpc.client import ExpatParser, Unmarshaller, loads

SEEDS = (
    (
        b"<?xml version='1.0'?>\n<methodCall>\n<methodName>a.b</methodName>\n<params>\n<param>\n<value><int>1</int></value>\n"
        b"</param>\n</params>\n</methodCall>\n"
    ),
    (
        b'<?xml version="1.0" encoding="UTF-8"?><methodResponse><params><param><value><struct><member><name>a&amp;</name>'
        b"<value><array><data><value>x</value><value><string>&#13;]]</string></value><value/></data></array></value></member>"
        b"<member><name>b</name><value><boolean>1</boolean></value></member></struct></value></param></params></methodResponse>"
    ),
    (
        b"<methodResponse><fault><value><struct><member><name>faultCode</name><value><i4>-4</i4></value></member><member>"
        b"<name>faultString</name><value>\xc3\xa9</value></member></struct></value></fault></methodResponse>"
    ),
    (
        b"<params><param><value><double>-1.5</double></value></param><param><value><base64>\nQUJD\n</base64></value></param>"
        b"<param><value><dateTime.iso8601>20260228T12:30:00Z</dateTime.iso8601></value></param><param><value><ex:nil/></value>"
        b"</param><param><value><bigdecimal>1.50</bigdecimal></value></param></params>"
    ),
    b"<?xml version='1.0' encoding='iso-8859-1'?><!-- c --><params><param><value><![CDATA[<]]></value></param></params>\xe9",
    b"<!DOCTYPE a [<!ENTITY b 'c'>]><methodResponse><params><param><value>&b;</value></param></params></methodResponse>",
)
EXPECTED = (Fault, ResponseError, expat.ExpatError, LookupError, ValueError)
"""What may be raised. LookupError and ValueError: an encoding that nobody knows is declared."""

Outcome = tuple[Any, str | None] | str


def check(data: bytes) -> None:
    """Read a message, by the quick way where that is certain and by expat: the outcome is the same."""
    check_one(data, use_builtin_types=False)
    found = check_one(data, use_builtin_types=True)
    if isinstance(found, tuple):
        expat.ParserCreate().Parse(data, True)  # an error here is a defect of ours


def check_one(data: bytes, *, use_builtin_types: bool) -> Outcome:
    """Compare both ways; give the outcome."""
    found = outcome(lambda: loads(data, use_builtin_types=use_builtin_types))
    wanted = outcome(lambda: read_by_expat(data, use_builtin_types=use_builtin_types))
    assert found == wanted, (found, wanted)
    return found


def read_by_expat(data: bytes, *, use_builtin_types: bool) -> tuple[Any, str | None]:
    """Read a message by expat alone."""
    target = Unmarshaller(use_builtin_types=use_builtin_types)
    parser = ExpatParser(target)
    parser.feed(data)
    parser.close()
    return target.close(), target.getmethodname()


def outcome(read: Any) -> Outcome:
    """Give what came of reading, in a form that compares: a number is no other for being equal."""
    try:
        values, method = read()
    except Fault as fault:
        return repr((fault.faultCode, fault.faultString))
    except EXPECTED as error:
        return type(error).__name__
    return flatten(values), method


def flatten(value: Any) -> Any:
    """Give a value with its types."""
    if isinstance(value, list | tuple):
        return [flatten(item) for item in value]
    if isinstance(value, dict):
        return [(name, flatten(item)) for name, item in value.items()]
    return type(value).__name__, repr(getattr(value, "data", getattr(value, "value", value)))


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
