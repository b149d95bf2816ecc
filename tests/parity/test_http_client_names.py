"""http.client beside the standard library's: names, signatures, class trees, errors; and the async twin beside ours.

Accepted differences are named below, each where it is let through.
"""

from __future__ import annotations

import copy
import email.message
import http
import http.client
import inspect
import io
import pickle
import types
from typing import Any

import pytest

from wirekit.aio.http import client as aio_client
from wirekit.http import client
from wirekit.http.client import HTTPMessage

IMPORTED = {"urlsplit"}
"""What the standard library's module only imports for itself."""

OURS = {"BadChunk", "BadField", "BadFraming", "HeadTooLong"}

PRIVATE_NAMES_REACHED = {
    "HTTPConnection": "_tunnel _validate_path _validate_host _validate_method _send_output _output _send_request "
    "_get_content_length _get_hostport _is_textIO _encode_request _http_vsn _http_vsn_str _buffer _method _tunnel_host "
    "_tunnel_port _tunnel_headers _create_connection _raw_proxy_headers",
    "HTTPSConnection": "_context",
    "HTTPResponse": "_safe_read _close_conn _read_status _method",
}
"""urllib3, requests, vcrpy and botocore call, override or set these."""

BUFFERED_ONLY = {"detach", "seek", "tell", "truncate", "write", "writelines"}
"""Of io.BufferedIOBase; each of them only raises there, but for a response's `tell` too."""

CLASSES = ["HTTPConnection", "HTTPSConnection", "HTTPResponse", "HTTPMessage"]
WAITING = {
    "HTTPConnection": "connect endheaders getresponse request send",
    "HTTPSConnection": "connect endheaders getresponse request send",
    "HTTPResponse": "begin flush json peek read read1 readinto readinto1 readline readlines text",
}


def public(value: Any) -> set[str]:
    return {name for name in dir(value) if not name.startswith("_")}


def errors_of(module: Any) -> set[str]:
    found = {name: getattr(module, name) for name in dir(module)}
    return {name for name, value in found.items() if isinstance(value, type) and issubclass(value, Exception)}


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    given = inspect.signature(function).parameters
    return {name: parameter for name, parameter in given.items() if name != "self"}


# ---- the module


def test_no_public_name_is_missing() -> None:
    theirs = {name for name, value in vars(http.client).items() if not inspect.ismodule(value)}
    wanted = {name for name in theirs if not name.startswith("_")} - IMPORTED - {"annotations"}
    assert not {name for name in wanted if not hasattr(client, name)}
    assert set(http.client.__all__) | OURS == set(client.__all__)


def test_star_gives_what_the_standard_library_gives() -> None:
    theirs: dict[str, Any] = {}
    ours: dict[str, Any] = {}
    exec("from http.client import *", theirs)  # the way of old scripts
    exec("from wirekit.http.client import *", ours)
    assert theirs.keys() <= ours.keys()


def test_constants_are_the_same() -> None:
    for name, value in vars(http.client).items():
        if isinstance(value, int | str | set | dict | frozenset) and not name.startswith("__"):
            if name.startswith("_") and not hasattr(client, name):
                continue
            assert getattr(client, name) == value, name
    for name, status in http.HTTPStatus.__members__.items():
        assert getattr(client, name) is getattr(http.client, name) is status
    assert client.responses == http.client.responses
    assert {name: type(value) for name, value in client.responses.items()} == {
        name: type(value) for name, value in http.client.responses.items()
    }


def test_limits_that_programs_read_are_there() -> None:
    for name in ("_MAXLINE", "_MAXHEADERS", "_CS_IDLE", "_CS_REQ_STARTED", "_CS_REQ_SENT"):
        assert getattr(client, name) == getattr(http.client, name)


def test_name_that_does_not_exist_is_an_attribute_error() -> None:
    for module in (client, aio_client):
        with pytest.raises(AttributeError, match="no attribute 'nothing'"):
            module.nothing  # noqa: B018  -- the attribute is what is asked for


# ---- classes


@pytest.mark.parametrize("name", CLASSES)
def test_class_has_every_name_and_stands_where_theirs_stands(name: str) -> None:
    theirs, ours = getattr(http.client, name), getattr(client, name)
    assert public(theirs) <= public(ours)
    assert [kind.__name__ for kind in ours.__mro__] == [kind.__name__ for kind in theirs.__mro__]
    assert (ours.__module__, ours.__qualname__) == ("wirekit.http.client", name)
    assert ours.__doc__


def test_class_tree_is_theirs() -> None:
    assert issubclass(client.HTTPResponse, io.BufferedIOBase)
    assert issubclass(client.HTTPMessage, email.message.Message)
    assert issubclass(client.HTTPSConnection, client.HTTPConnection)
    assert client.HTTPConnection.response_class is client.HTTPResponse
    assert (client.HTTPConnection.default_port, client.HTTPSConnection.default_port) == (80, 443)
    assert (client.HTTPConnection.auto_open, client.HTTPConnection.debuglevel) == (1, 0)


@pytest.mark.parametrize("name", CLASSES)
def test_signatures_are_theirs(name: str) -> None:
    theirs, ours = getattr(http.client, name), getattr(client, name)
    methods = [method for method in public(theirs) if inspect.isfunction(getattr(theirs, method))]
    assert len(methods) > 0
    for method in [*methods, *(["__init__"] if name not in {"HTTPSConnection", "HTTPMessage"} else [])]:
        wanted, got = parameters(getattr(theirs, method)), parameters(getattr(ours, method))
        compared = [(one.name, one.default) for one in wanted.values()]
        assert [(one.name, one.default) for one in got.values()] == compared, method
        kinds = [one.kind for one in wanted.values()]
        assert [one.kind for one in got.values()] == kinds, method


def test_https_takes_what_python_3_11_took() -> None:
    wanted = [
        "host",
        "port",
        "key_file",
        "cert_file",
        "timeout",
        "source_address",
        "context",
        "check_hostname",
    ]
    got = parameters(client.HTTPSConnection.__init__)
    assert list(got) == [*wanted, "blocksize"]
    for name, theirs in parameters(http.client.HTTPSConnection.__init__).items():
        assert got[name].default == theirs.default, name
    keyword_only = {name for name, one in got.items() if one.kind is inspect.Parameter.KEYWORD_ONLY}
    assert keyword_only == {"context", "check_hostname", "blocksize"}


def test_parse_headers_takes_the_same() -> None:
    wanted, got = parameters(http.client.parse_headers), parameters(client.parse_headers)
    assert list(got) == list(wanted) == ["fp", "_class"]
    assert got["_class"].default is None  # theirs is HTTPMessage, which ours loads when it is needed
    assert type(client.parse_headers(io.BytesIO(b"A: b\r\n\r\n"))) is HTTPMessage


@pytest.mark.parametrize("name", PRIVATE_NAMES_REACHED)
def test_private_names_that_programs_reach_are_there(name: str) -> None:
    made = getattr(client, name)(io_sock()) if name == "HTTPResponse" else getattr(client, name)("h")
    for private in PRIVATE_NAMES_REACHED[name].split():
        assert hasattr(made, private), private
    made.close()


def io_sock() -> Any:
    return types.SimpleNamespace(makefile=lambda *_: io.BytesIO(b""))


# ---- errors


def test_errors_are_theirs_by_identity() -> None:
    for name in errors_of(http.client):
        for module in (client, aio_client):
            assert getattr(module, name) is getattr(http.client, name)
    assert client.error is http.client.HTTPException


def test_our_errors_are_one_in_both_twins_and_stand_below_theirs() -> None:
    for name in OURS:
        assert getattr(client, name) is getattr(aio_client, name)
        assert issubclass(getattr(client, name), http.client.HTTPException)


MADE: list[Exception] = [
    client.HTTPException("text"),
    client.NotConnected("text"),
    client.InvalidURL("text"),
    client.UnknownProtocol("HTTP/2"),
    client.UnknownTransferEncoding("gzip"),
    client.UnimplementedFileMode("text"),
    client.IncompleteRead(b"abc", 5),
    client.ImproperConnectionState("text"),
    client.CannotSendRequest("Idle"),
    client.CannotSendHeader(),
    client.ResponseNotReady("Idle"),
    client.BadStatusLine("line"),
    client.LineTooLong("header line"),
    client.RemoteDisconnected("text"),
    client.HeadTooLong(300),
    client.BadFraming("text"),
    client.BadField("text", b"line"),
    client.BadChunk(b"line", b"abc"),
]


def test_every_error_is_among_those_that_are_tried() -> None:
    assert {type(error).__name__ for error in MADE} == errors_of(http.client) - {"error"} | OURS


@pytest.mark.parametrize("error", MADE, ids=lambda error: type(error).__name__)
def test_errors_pickle_and_copy(error: Exception) -> None:
    for other in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert vars(other) == vars(error)
        if not isinstance(error, http.client.LineTooLong | http.client.RemoteDisconnected):
            # Theirs make their text, or args, of what they are given, and again of that when unpickled.
            assert (str(other), other.args) == (str(error), error.args)


# ---- the async twin


def test_async_module_has_the_same_names() -> None:
    late = {*client.__all__, "HTTPMessage"}  # `dir` tells of these once they were named
    assert public(aio_client) | late == public(client) | late
    assert sorted(aio_client.__all__) == sorted(client.__all__)
    assert aio_client.HTTPMessage is client.HTTPMessage
    assert aio_client.responses == client.responses


@pytest.mark.parametrize("name", WAITING)
def test_async_class_has_the_same_names_and_awaits_what_waits(name: str) -> None:
    blocking, awaiting = getattr(client, name), getattr(aio_client, name)
    assert public(blocking) - public(awaiting) - BUFFERED_ONLY == set()
    waits = {one for one in public(awaiting) if inspect.iscoroutinefunction(getattr(awaiting, one))}
    assert waits == set(WAITING[name].split())
    for method in public(blocking) & public(awaiting):
        if inspect.isfunction(getattr(blocking, method)):
            assert list(parameters(getattr(blocking, method))) == list(
                parameters(getattr(awaiting, method))
            ), method
    assert parameters(awaiting.__init__).keys() == parameters(blocking.__init__).keys()
