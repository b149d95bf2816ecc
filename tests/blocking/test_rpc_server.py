# Generated from tests/aio/test_rpc_server.py by tools/unasync.py; edit that file.
"""SimpleXMLRPCServer and its kin: what clients get, what is refused, what a program can change."""

from __future__ import annotations

import base64
import contextlib
import io
import logging
import sys
import threading
import xmlrpc.client
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.rpc_serving import Orchard, register, serving
from tests.blocking.serving import Client, aside, exchange, talking
from wirekit import defaults
from wirekit._io import blocking as net
from wirekit.xmlrpc import client as rpc
from wirekit.xmlrpc import server as rpc_server
from wirekit.xmlrpc.client import ServerProxy
from wirekit.xmlrpc.server import (
    CGIXMLRPCRequestHandler,
    DocCGIXMLRPCRequestHandler,
    DocXMLRPCServer,
    MultiPathXMLRPCServer,
    SimpleXMLRPCDispatcher,
    SimpleXMLRPCRequestHandler,
    SimpleXMLRPCServer,
    ThreadingXMLRPCServer,
)

if TYPE_CHECKING:
    from pathlib import Path


def call(body: bytes | str, *fields: str, line: str = "POST /RPC2 HTTP/1.1", kind: str = "text/xml") -> bytes:
    """Give a whole call, as it stands."""
    data = body if isinstance(body, bytes) else body.encode()
    named = {field.partition(":")[0].lower() for field in fields}
    head = [line, *fields]
    head += [
        field
        for field in (f"Content-Type: {kind}", f"Content-Length: {len(data)}")
        if field.partition(":")[0].lower() not in named
    ]
    if "host" not in named:
        head.append("Host: localhost")
    return "\r\n".join([*head, "", ""]).encode() + data


ADD = rpc.dumps((2, 3), "add")


def ask(server: Any, *args: Any, **given: Any) -> tuple[int, dict[str, str], bytes]:
    """Send one call on a connection of its own; give (status, fields, body) of the answer."""

    def talk() -> tuple[int, dict[str, str], bytes]:
        client = Client(server.server_address)
        try:
            client.say(call(*args, **given))
            return client.response()
        finally:
            client.close()

    found: tuple[int, dict[str, str], bytes] = aside(talk)
    return found


def fault_of(server: Any, body: bytes | str) -> tuple[int, str]:
    status, _, answer = ask(server, body)
    assert status == 200
    with pytest.raises(xmlrpc.client.Fault) as caught:
        rpc.loads(answer)
    return caught.value.faultCode, caught.value.faultString


# ---- answers


def test_call_is_answered_in_the_standard_librarys_form() -> None:
    with serving() as server:
        status, fields, answer = ask(server, ADD)
        assert (status, fields["content-type"]) == (200, "text/xml")
        assert answer.decode() == xmlrpc.client.dumps((5,), methodresponse=True)


def test_standard_librarys_client_calls() -> None:
    with serving(allow_none=True) as server:

        def talk() -> None:
            with xmlrpc.client.ServerProxy(server.url, allow_none=True) as proxy:
                assert proxy.add(2, 3) == 5
                assert proxy.same({"a": [None, 1.5, "ü"]}) == {"a": [None, 1.5, "ü"]}
                multi = xmlrpc.client.MultiCall(proxy)
                multi.add(1, 2)
                multi.same("x")
                results: Any = multi()
                assert list(results) == [3, "x"]

        aside(talk)


def test_several_clients_keep_connections_and_are_served_in_turn() -> None:
    with serving() as server, talking(server) as one, talking(server) as other:
        for _ in range(3):
            for client in (one, other):
                client.say(call(ADD))
                status, fields, _ = aside(client.response)
                assert status == 200
                assert "connection" not in fields


def test_repeated_calls_are_answered_alike() -> None:
    with serving() as server, talking(server) as client:
        answers = []
        for _ in range(3):
            client.say(call(ADD))
            status, fields, body = aside(client.response)
            fields.pop("date")
            answers.append((status, fields, body))
        assert answers[0] == answers[1] == answers[2]
        client.say(call(rpc.dumps(("x" * 5000,), "same"), "Accept-Encoding: gzip"))
        _, fields, body = aside(client.response)
        assert fields["content-encoding"] == "gzip"
        assert rpc.loads(rpc.gzip_decode(body)) == (("x" * 5000,), None)


def test_server_calls_one_function_at_a_time_unless_it_has_threads() -> None:
    inside: list[int] = []
    most: list[int] = []
    both = threading.Barrier(2)

    def enter() -> int:
        inside.append(1)
        most.append(len(inside))
        with contextlib.suppress(threading.BrokenBarrierError):
            both.wait(1)
        inside.pop()
        return 1

    alone: bool = net.ASYNC
    for kind, together in ((SimpleXMLRPCServer, alone), (ThreadingXMLRPCServer, True)):
        with serving(kind) as server, talking(server) as one, talking(server) as other:
            server.register_function(enter)
            most.clear()
            net.give(both.reset)
            for client in (one, other):
                client.say(call(rpc.dumps((), "enter")))
            for client in (one, other):
                assert aside(client.response)[0] == 200
            assert max(most) == (2 if together else 1)


def test_request_is_at_hand_in_a_function() -> None:
    with serving() as server, ServerProxy(server.url) as proxy:
        assert proxy.where() == ["/RPC2", f"127.0.0.1:{server.server_address[1]}", ""]
    with pytest.raises(LookupError, match="no call is being answered here"):
        rpc_server.current_request()


# ---- faults


def test_what_a_function_raises_is_a_fault_and_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as server:
        with caplog.at_level(logging.ERROR, "wirekit.xmlrpc.server"):
            fault = fault_of(server, rpc.dumps((), "fail"))
        assert fault == (1, "<class 'LookupError'>:no apples")
        (record,) = caplog.records
        assert record.getMessage().startswith("'fail' has failed\nTraceback")
        assert record.getMessage().endswith("LookupError: no apples")


def test_no_control_character_reaches_the_log_or_the_answer(caplog: pytest.LogCaptureFixture) -> None:
    with serving() as server:
        server.register_function(lambda: 1 / int("\x1b[31m"), "escape")
        _, text = fault_of(server, rpc.dumps((), "escape"))
        assert "\x1b" not in caplog.text
        assert "\\x1b[31m" in caplog.text
        assert "[31m" in text
        server.register_function(raise_control, "control")
        assert fault_of(server, rpc.dumps((), "control")) == (7, "a\ufffdb")


def raise_control() -> None:
    raise rpc_server.Fault(7, "a\x00b")


def test_traceback_is_sent_only_where_that_is_asked_for() -> None:
    with serving() as server:
        body = rpc.dumps((), "fail")
        assert "Traceback" not in fault_of(server, body)[1]
        server.send_tracebacks = True
        text = fault_of(server, body)[1]
        assert text.startswith("<class 'LookupError'>:no apples\nTraceback")
        assert "in fail" in text


@pytest.mark.parametrize(
    "body, code, text",
    [
        (rpc.dumps((), "nope"), rpc.METHOD_NOT_FOUND, 'method "nope" is not supported'),
        (rpc.dumps((), "_private"), rpc.METHOD_NOT_FOUND, 'method "_private" is not supported'),
        (rpc.dumps((1, 2, 3), "add"), rpc.INVALID_METHOD_PARAMS, "takes from 1 to 2 positional arguments"),
        (
            rpc.dumps((), "nonsense"),
            rpc.INTERNAL_ERROR,
            "the result of 'nonsense' cannot be sent: cannot marshal",
        ),
        (rpc.dumps((), "inner_type_error"), 1, "<class 'TypeError'>:object of type 'int' has no len()"),
        ("", rpc.NOT_WELLFORMED_ERROR, "no proper XML"),
        ("<methodCall>", rpc.NOT_WELLFORMED_ERROR, "no proper XML"),
        ("<?xml version='1.0' encoding='nope'?><a/>", rpc.NOT_WELLFORMED_ERROR, "no proper XML"),
        ("<html/>", rpc.INVALID_XMLRPC, "no proper XML-RPC"),
        (rpc.dumps((1,), methodresponse=True), rpc.INVALID_XMLRPC, "it names no method"),
        (rpc.dumps(xmlrpc.client.Fault(1, "x")), rpc.INVALID_XMLRPC, "it is a fault"),
        ("<!DOCTYPE x><methodCall/>", rpc.INVALID_XMLRPC, "document type declaration"),
        (rpc.dumps(([{"methodName": "system.multicall", "params": [[]]}],), "system.multicall"), 0, ""),
    ],
)
def test_faults_of_the_protocol_have_the_codes_that_are_agreed_upon(body: str, code: int, text: str) -> None:
    with serving() as server:
        if not code:
            (results,), _ = rpc.loads(ask(server, body)[2])
            assert results[0]["faultCode"] == rpc.INVALID_METHOD_PARAMS
            return
        found = fault_of(server, body)
        assert found[0] == code
        assert text in found[1]


def test_standard_librarys_profile_has_its_faults() -> None:
    with serving() as server:
        with defaults.using("stdlib"):
            for body, text in (
                (rpc.dumps((), "nope"), "<class 'Exception'>:method \"nope\" is not supported"),
                (rpc.dumps((), "fail"), "<class 'LookupError'>:no apples"),
                (rpc.dumps((1, 2, 3), "add"), "<class 'TypeError'>:register.<locals>.add() takes"),
            ):
                code, found = fault_of(server, body)
                assert code == 1
                assert found.startswith(text)
            assert "ExpatError" in fault_of(server, "<a>")[1]


def test_result_that_cannot_be_sent_is_told_with_its_place() -> None:
    with serving() as server:
        server.register_function(lambda: {"a": [float("nan")]}, "nan")
        _, text = fault_of(server, rpc.dumps((), "nan"))
        assert text == """the result of 'nan' cannot be sent: result["a"][0]: XML-RPC has no nan"""
        _, text = fault_of(server, rpc.dumps((), "nonsense"))
        assert text.endswith('(the value is result[0]["a"])')


def test_multicall_goes_on_after_a_result_that_cannot_be_sent() -> None:
    calls = [
        {"methodName": name, "params": params}
        for name, params in (("add", [1, 2]), ("nonsense", []), ("add", [3]))
    ]
    with serving() as server:
        (results,), _ = rpc.loads(ask(server, rpc.dumps((calls,), "system.multicall"))[2])
    assert (results[0], results[2]) == ([3], [3])
    assert results[1]["faultCode"] == -32603
    assert "cannot marshal <class 'object'> objects" in results[1]["faultString"]


def test_multicall_goes_on_after_a_fault() -> None:
    calls = [
        {"methodName": "add", "params": [1, 2]},
        {"methodName": "refuse", "params": []},
        {"methodName": "fail", "params": []},
        {"params": []},
        {"methodName": "add", "params": [3, 4]},
    ]
    with serving() as server:
        (results,), _ = rpc.loads(ask(server, rpc.dumps((calls,), "system.multicall"))[2])
        assert results[0] == [3]
        assert results[4] == [7]
        assert [result["faultCode"] for result in results[1:4]] == [42, 1, 1]


# ---- what may be called


def test_object_is_called_by_its_public_methods() -> None:
    with serving() as server, ServerProxy(server.url) as proxy:
        server.register_instance(Orchard())
        assert proxy.div(7, 2) == 3
        assert proxy.system.methodHelp("div") == "Divide."
        assert proxy.system.methodHelp("nope") == ""
        assert "div" in proxy.system.listMethods()
        assert "_private" not in proxy.system.listMethods()
        for name in ("_private", "_Orchard__secret", "deeper.count", "div.__globals__", "nope"):
            with pytest.raises(xmlrpc.client.Fault):
                getattr(proxy, name)()
        server.register_instance(Orchard(), allow_dotted_names=True)
        assert proxy.deeper.count() == 7
        assert proxy.system.methodHelp("deeper.count") == "Count."
        for name in ("_private", "deeper.__class__", "div.__func__.__globals__", "deeper._x"):
            with pytest.raises(xmlrpc.client.Fault):
                getattr(proxy, name)()


def test_object_may_dispatch_by_itself() -> None:
    class Any_:
        def _listMethods(self) -> list[str]:
            return ["one"]

        def _methodHelp(self, name: str) -> str:
            return f"help of {name}"

        def _dispatch(self, method: str, params: Any) -> Any:
            return [method, list(params)]

    with serving() as server, ServerProxy(server.url) as proxy:
        server.register_instance(Any_())
        assert proxy.whatever(1, 2) == ["whatever", [1, 2]]
        assert proxy.add(1, 2) == 3
        assert "one" in proxy.system.listMethods()
        assert proxy.system.methodHelp("one") == "help of one"
        assert proxy.system.methodSignature("one") == "signatures not supported"


def test_signatures_come_from_annotations() -> None:
    with serving() as server, ServerProxy(server.url) as proxy:
        assert proxy.system.methodSignature("fail") == [["nil"], ["nil", "string"]]
        assert proxy.system.methodSignature("nope") == "signatures not supported"
        server.register_function(lambda x: x, "bare")
        assert proxy.system.methodSignature("bare") == "signatures not supported"


def test_functions_are_registered_in_each_way() -> None:
    dispatcher = SimpleXMLRPCDispatcher()

    @dispatcher.register_function
    def plain() -> None: ...

    @dispatcher.register_function(name="other")
    def named() -> None: ...

    dispatcher.register_function(pow)
    assert dispatcher.register_function(pow, "power") is pow
    assert dispatcher.funcs == {"plain": plain, "other": named, "pow": pow, "power": pow}


def test_server_may_dispatch_by_itself() -> None:
    class Prefixed(SimpleXMLRPCServer):
        def _dispatch(self, method: str, params: Any) -> Any:
            return net.give(getattr(self, f"export_{method}"), *params)

        def export_add(self, x: int, y: int) -> int:
            return x + y

    with serving(Prefixed, set_up=None) as server, ServerProxy(server.url) as proxy:
        assert proxy.add(2, 3) == 5
        with pytest.raises(xmlrpc.client.Fault, match="AttributeError"):
            proxy.remove()


def test_handler_may_dispatch_by_itself() -> None:
    class Handler(SimpleXMLRPCRequestHandler):
        def _dispatch(self, method: str, params: Any) -> Any:
            return [method, self.path, list(params)]

    with serving(requestHandler=Handler) as server, ServerProxy(server.url) as proxy:
        assert proxy.anything(1) == ["anything", "/RPC2", [1]]


def test_each_path_may_have_its_own_methods() -> None:
    class Anywhere(SimpleXMLRPCRequestHandler):
        rpc_paths = ()

    class Broken:
        def _marshaled_dispatch(self, *_: Any) -> bytes:
            raise RuntimeError("broken dispatcher")

    with serving(MultiPathXMLRPCServer, requestHandler=Anywhere, set_up=None) as server:
        one = server.add_dispatcher("/one", SimpleXMLRPCDispatcher())
        one.register_function(lambda: "one", "which")
        server.add_dispatcher("/two", SimpleXMLRPCDispatcher()).register_function(lambda: "two", "which")
        server.add_dispatcher("/broken", Broken())
        assert server.get_dispatcher("/one") is one
        base = server.url.removesuffix("/RPC2")
        for path in ("one", "two"):
            with ServerProxy(f"{base}/{path}") as proxy:
                assert proxy.which() == path
        for path, text in (("broken", "broken dispatcher"), ("none", "KeyError")):
            with ServerProxy(f"{base}/{path}") as proxy:
                with pytest.raises(xmlrpc.client.Fault, match=text):
                    proxy.which()


# ---- requests that are refused


@pytest.mark.parametrize(
    "given, status",
    [
        ({"line": "POST /elsewhere HTTP/1.1"}, 404),
        ({"line": "GET /RPC2 HTTP/1.1"}, 501),
        ({"kind": "text/plain"}, 415),
        ({"kind": "application/xml; charset=utf-8"}, 200),
        ({"kind": "TEXT/XML"}, 200),
        ({"kind": "application/vnd.x+xml"}, 200),
        ({"kind": "application/x-www-form-urlencoded"}, 415),
    ],
)
def test_request_that_is_no_call_is_refused(given: Any, status: int) -> None:
    with serving() as server:
        assert ask(server, ADD, **given)[0] == status


def test_call_beyond_the_limit_is_refused_before_it_is_read() -> None:
    with serving() as server, talking(server) as client:
        with defaults.using(max_rpc_body=1000):
            client.say(call("", "Content-Length: 1001"))
            status, fields, body = aside(client.response)
            assert (status, fields["connection"]) == (413, "close")
            assert b"at most 1000 bytes" in body
            assert ask(server, rpc.gzip_encode(bytes(2000)), "Content-Encoding: gzip")[0] == 413


def test_calls_come_in_chunks_too() -> None:
    with serving() as server, talking(server) as client:
        head = b"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n"
        body = b"".join(
            b"%x\r\n%b\r\n" % (len(part), part) for part in (ADD[:50].encode(), ADD[50:].encode())
        )
        for _ in range(2):
            client.say(head + body + b"0\r\n\r\n")
            status, _, answer = aside(client.response)
            assert status == 200
            assert rpc.loads(answer) == ((5,), None)
        with defaults.using(max_rpc_body=100):
            client.say(head + body + b"0\r\n\r\n")
            assert aside(client.response)[0] == 413


@pytest.mark.parametrize(
    "body, coding, status",
    [
        (rpc.gzip_encode(ADD.encode()), "gzip", 200),
        (rpc.gzip_encode(ADD.encode()), "x-gzip", 200),
        (ADD, "identity", 200),
        (b"no gzip", "gzip", 400),
        (ADD, "br", 501),
    ],
)
def test_calls_may_be_compressed(body: Any, coding: str, status: int) -> None:
    with serving() as server:
        assert ask(server, body, f"Content-Encoding: {coding}")[0] == status


def test_call_that_breaks_off_is_answered_by_400_or_not_at_all() -> None:
    with serving() as server:
        heard = exchange(server, call(ADD)[:-20])
        assert heard == b"" or heard.startswith(b"HTTP/1.1 400 ")


def test_body_must_come_in_a_time_that_suits_it() -> None:
    with serving() as server, talking(server) as client:
        with defaults.using(request_timeout=0.05):
            client.say(call(ADD)[:-20])
            assert aside(client.rest) in {b"", b"(reset)"}


# ---- who may call


def test_users_are_let_in_by_name_and_password() -> None:
    users = rpc_server.basic_users({"alice": "s3cret"})
    with serving(authenticate=users) as server:
        host = f"127.0.0.1:{server.server_address[1]}"
        with ServerProxy(f"http://alice:s3cret@{host}/") as proxy:
            assert proxy.where()[2] == "alice"
            assert proxy.add(1, 1) == 2
        for login in ("", "alice:wrong@", "bob:s3cret@", "bob:@"):
            with ServerProxy(f"http://{login}{host}/") as proxy:
                with pytest.raises(xmlrpc.client.ProtocolError) as caught:
                    proxy.add(1, 1)
            assert caught.value.errcode == 401
            assert caught.value.headers["WWW-Authenticate"] == 'Basic realm="XML-RPC", charset="UTF-8"'
        for value in ("Basic !", "Basic " + base64.b64encode(b"\xff:\xff").decode(), "Bearer x", "Basic"):
            assert ask(server, ADD, f"Authorization: {value}")[0] == 401


def test_programs_are_let_in_by_token() -> None:
    with serving(authenticate=rpc_server.bearer_tokens({"t0ken": "alice", "other": "bob"})) as server:
        with ServerProxy(server.url, auth="t0ken") as proxy:
            assert proxy.where()[2] == "alice"
        for value in ("Bearer nope", "Basic dDBrZW4=", "Bearer"):
            status, fields, _ = ask(server, ADD, f"Authorization: {value}")
            assert status == 401
            assert fields["www-authenticate"] == 'Bearer realm="XML-RPC"'


def test_hook_is_asked_for_each_call() -> None:
    asked: list[str] = []

    def hook(request: Any) -> str:
        asked.append(request.path)
        return "" if len(asked) == 3 else "somebody"

    with serving(authenticate=hook) as server, talking(server) as client:
        statuses = []
        for _ in range(3):
            client.say(call(ADD))
            statuses.append(aside(client.response)[0])
        assert statuses == [200, 200, 401]
        assert asked == ["/RPC2"] * 3


@pytest.mark.parametrize(
    "fields, status",
    [
        (["Host: localhost:1"], 200),
        (["Host: 127.0.0.1"], 200),
        (["Host: [::1]:80"], 200),
        (["Host: app.localhost"], 200),
        (["Host: evil.example"], 403),
        (["Host: localhost", "Origin: http://localhost"], 200),
        (["Host: localhost:81", "Origin: http://localhost:81"], 200),
        (["Host: localhost:81", "Origin: http://localhost"], 403),
        (["Host: localhost", "Origin: https://evil.example"], 403),
        (["Host: localhost", "Origin: null"], 403),
        (["Host: evil.example", "Origin: http://evil.example"], 403),
    ],
)
def test_pages_call_only_their_own_server(fields: list[str], status: int) -> None:
    with serving() as server:
        assert ask(server, ADD, *fields)[0] == status
        with defaults.using(rpc_guard=False):
            assert ask(server, ADD, *fields)[0] == 200


def test_hosts_and_origins_may_be_allowed() -> None:
    given: Any = {"allowed_hosts": ["rpc.example"], "allowed_origins": ["https://app.example"]}
    with serving(**given) as server:
        good = ["Host: RPC.example:8000", "Origin: https://app.example"]
        status, fields, _ = ask(server, ADD, *good)
        assert (status, fields["access-control-allow-origin"]) == (200, "https://app.example")
        assert ask(server, ADD, "Host: localhost")[0] == 403
        assert ask(server, ADD, "Host: rpc.example", "Origin: https://other.example")[0] == 403
        status, fields, _ = ask(server, "", *good, line="OPTIONS /RPC2 HTTP/1.1")
        assert status == 204
        assert fields["access-control-allow-origin"] == "https://app.example"
        assert "Content-Type" in fields["access-control-allow-headers"]
        assert ask(server, "", "Origin: https://other.example", line="OPTIONS /RPC2 HTTP/1.1")[0] == 403


# ---- overrides


def test_handler_of_its_own_ways_is_asked_each_time() -> None:
    seen: list[Any] = []

    class Handler(SimpleXMLRPCRequestHandler):
        rpc_paths = ("/mine",)
        encode_threshold = None

        def decode_request_content(self, data: bytes) -> Any:
            seen.append(len(data))
            return super().decode_request_content(data)

        def end_headers(self) -> None:
            self.send_header("X-Mine", "1")
            super().end_headers()

    with serving(requestHandler=Handler) as server, talking(server) as client:
        for _ in range(2):
            client.say(
                call(rpc.dumps(("x" * 5000,), "same"), "Accept-Encoding: gzip", line="POST /mine HTTP/1.1")
            )
            status, fields, _ = aside(client.response)
            assert (status, fields["x-mine"]) == (200, "1")
            assert "content-encoding" not in fields
        assert len(seen) == 2
        client.say(call(ADD))
        assert aside(client.response)[0] == 404


def test_mistake_outside_of_functions_is_500() -> None:
    class Broken(SimpleXMLRPCServer):
        def _marshaled_dispatch(self, *_: Any) -> bytes:
            raise RuntimeError("broken \n server")

    class Quiet(SimpleXMLRPCRequestHandler):
        def log_message(self, *_: Any) -> None:
            pass

    with serving(Broken, requestHandler=Quiet) as server:
        status, fields, _ = ask(server, ADD)
        assert status == 500
        assert not {"x-exception", "x-traceback"} & fields.keys()
        server._send_traceback_header = True
        status, fields, _ = ask(server, ADD)
        assert fields["x-exception"] == "broken server"
        assert "RuntimeError" in fields["x-traceback"]


def test_log_tells_of_requests_where_it_is_to(capsys: pytest.CaptureFixture[str]) -> None:
    with serving(logRequests=True) as server:
        ask(server, ADD)
    assert '"POST /RPC2 HTTP/1.1" 200 -' in capsys.readouterr().err
    with serving() as server:
        ask(server, ADD)
    assert capsys.readouterr().err == ""


def test_codings_that_a_client_accepts() -> None:
    handler: Any = object.__new__(SimpleXMLRPCRequestHandler)
    for text, found in (
        ("gzip", {"gzip": 1.0}),
        ("gzip;q=0.5, deflate ; q=0, br", {"gzip": 0.5, "deflate": 0.0, "br": 1.0}),
        ("gzip;q=1.2.3", {"gzip": 0.0}),
        ("", {}),
    ):
        handler.headers = {"accept-encoding": text}
        assert handler.accept_encodings() == found


# ---- the end


def test_shutdown_lets_calls_in_flight_be_answered() -> None:
    begun = threading.Event()
    go_on = threading.Event()

    def slow() -> str:
        begun.set()
        go_on.wait(5)
        return "done"

    with serving(ThreadingXMLRPCServer) as server, talking(server) as idle, talking(server) as client:
        server.register_function(slow)
        idle.say(call(ADD))
        aside(idle.response)
        client.say(call(rpc.dumps((), "slow")))
        assert aside(begun.wait, 5)
        server.shutdown()
        assert idle.rest() == b""
        go_on.set()
        status, fields, body = client.response()
        assert server.finish_requests(5)
        assert (status, fields.get("connection")) == (200, "close")
        assert rpc.loads(body) == (("done",), None)


# ---- CGI


class Standard:
    """Standard input and output of a CGI script."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, said: bytes, **environment: str) -> None:
        self.out = io.TextIOWrapper(io.BytesIO(), "utf-8")
        monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(said), "utf-8"))
        monkeypatch.setattr(sys, "stdout", self.out)
        for name in ("REQUEST_METHOD", "CONTENT_LENGTH"):
            monkeypatch.delenv(name, raising=False)
        for name, value in environment.items():
            monkeypatch.setenv(name, value)

    def answer(self) -> tuple[dict[str, str], bytes]:
        self.out.flush()
        head, _, body = self.out.buffer.getvalue().partition(b"\n\n")
        fields = dict(line.split(": ", 1) for line in head.decode().split("\n"))
        assert int(fields["Content-Length"]) == len(body)
        return fields, body


def test_cgi_script_answers_a_call(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = CGIXMLRPCRequestHandler()
    register(handler)
    body = rpc.dumps(("ü",), "same").encode()
    standard = Standard(monkeypatch, body + b"more", CONTENT_LENGTH=str(len(body)), REQUEST_METHOD="POST")
    handler.handle_request()
    fields, answer = standard.answer()
    assert fields["Content-Type"] == "text/xml"
    assert rpc.loads(answer) == (("ü",), None)
    standard = Standard(monkeypatch, b"")
    handler.handle_request(ADD)
    assert rpc.loads(standard.answer()[1]) == ((5,), None)


def test_cgi_script_refuses_what_is_no_call(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = CGIXMLRPCRequestHandler()
    standard = Standard(monkeypatch, b"", REQUEST_METHOD="GET")
    handler.handle_request()
    assert standard.answer()[0]["Status"] == "400 Bad Request"
    with defaults.using(max_rpc_body=10):
        standard = Standard(monkeypatch, b"", CONTENT_LENGTH="11", REQUEST_METHOD="POST")
        handler.handle_request()
        assert standard.answer()[0]["Status"].startswith("413 ")


def test_cgi_script_shows_its_documentation(monkeypatch: pytest.MonkeyPatch) -> None:
    handler = DocCGIXMLRPCRequestHandler()
    register(handler)
    handler.set_server_name("An <orchard>")
    standard = Standard(monkeypatch, b"", REQUEST_METHOD="GET")
    handler.handle_request()
    fields, page = standard.answer()
    assert fields["Content-Type"] == "text/html"
    assert "script-src 'sha256-" in fields["Content-Security-Policy"]
    assert b"An &lt;orchard&gt;" in page
    assert b"Add two numbers." in page


# ---- documentation


def test_page_is_shown_to_browsers() -> None:
    with serving(DocXMLRPCServer) as server:
        server.set_server_title("<T>")
        status, fields, page = ask(server, "", line="GET / HTTP/1.1")
        assert (status, fields["content-type"]) == (200, "text/html; charset=UTF-8")
        assert fields["content-security-policy"].startswith("default-src 'none'; ")
        assert fields["x-content-type-options"] == "nosniff"
        assert b"<title>&lt;T&gt;</title>" in page
        status, fields, style = ask(server, "", line="GET /pydoc.css HTTP/1.1")
        assert (status, fields["content-type"]) == (200, "text/css; charset=UTF-8")
        assert b"color-scheme" in style
        assert ask(server, "", line="GET /elsewhere HTTP/1.1")[0] == 404
        assert ask(server, ADD)[0] == 200


def test_page_has_a_head() -> None:
    with serving(DocXMLRPCServer) as server, talking(server) as client:
        client.say(call("", line="HEAD / HTTP/1.1"))
        status, fields, body = aside(client.response, bodiless=True)
        assert (status, body) == (200, b"")
        assert int(fields["content-length"]) > 1000


def test_page_or_its_console_may_be_off() -> None:
    with serving(DocXMLRPCServer, console=False) as server:
        _, fields, page = ask(server, "", line="GET / HTTP/1.1")
        assert b'<form class="console"' not in page
        assert "connect-src 'none'" in fields["content-security-policy"]
    with serving(DocXMLRPCServer, show_page=False) as server:
        assert ask(server, "", line="GET / HTTP/1.1")[0] == 404


def test_page_is_for_users_alone_where_there_are_such() -> None:
    with serving(DocXMLRPCServer, authenticate=rpc_server.basic_users({"a": "b"})) as server:
        assert ask(server, "", line="GET / HTTP/1.1")[0] == 401
        assert ask(server, "", "Authorization: Basic YTpi", line="GET / HTTP/1.1")[0] == 200
        assert ask(server, "", "Host: evil.example", line="GET / HTTP/1.1")[0] == 403


def test_standard_librarys_profile_draws_its_page() -> None:
    with serving(DocXMLRPCServer) as server:
        server.register_instance(Orchard())
        with defaults.using("stdlib"):
            _, fields, page = ask(server, "", line="GET / HTTP/1.1")
        assert b'<dl><dt><a name="-add"><strong>add</strong></a>(x: ' in page
        assert b'<a name="-div"><strong>div</strong></a>' in page
        assert fields["content-security-policy"].startswith("default-src 'none'; style-src 'self'")


def test_unix_socket(tmp_path: Path) -> None:
    import socket

    class Unix(SimpleXMLRPCServer):
        address_family = socket.AF_UNIX

        def __init__(self, _: Any, **given: Any) -> None:
            super().__init__(str(tmp_path / "s"), **given)

    server = Unix(None, logRequests=False)
    register(server)
    uri = f"http+unix://{str(tmp_path / 's').replace('/', '%2F')}/RPC2"
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    with ServerProxy(uri) as proxy:
        assert proxy.add(2, 3) == 5
    server.shutdown()
    thread.join()
    server.server_close()


def test_names_that_load_late_are_there() -> None:
    import pydoc

    assert rpc_server.Fault is xmlrpc.client.Fault
    assert issubclass(rpc_server.ServerHTMLDoc, pydoc.HTMLDoc)
    assert "Fault" in dir(rpc_server)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rpc_server.nothing  # noqa: B018  -- the attribute is what is asked for
