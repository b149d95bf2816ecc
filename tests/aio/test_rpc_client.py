"""ServerProxy, Transport and MultiCall against servers of our own, and against peers that misbehave."""

from __future__ import annotations

import asyncio
import functools
import gc
import socket
import threading
import warnings
import xmlrpc.client
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import pytest

import wirekit
from tests.aio.rpc_serving import MOMENT, serving
from tests.aio.serving import aside
from tests.fix_peer import close, expect, request, send, send_forever, stall
from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit.aio.xmlrpc import client as rpc
from wirekit.aio.xmlrpc.client import MultiCall, SafeTransport, ServerProxy, Transport

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from tests.fix_peer import Peer

    MakePeer = Callable[..., Peer]


def answer(body: bytes | str, *fields: str, status: str = "200 OK") -> bytes:
    data = body if isinstance(body, bytes) else body.encode()
    head = [f"HTTP/1.1 {status}", "Content-Type: text/xml", f"Content-Length: {len(data)}", *fields, "", ""]
    return "\r\n".join(head).encode() + data


FIVE = answer(rpc.dumps((5,), methodresponse=True))


# ---- calls


async def test_methods_are_called_by_attributes_whatever_their_names() -> None:
    async with serving() as server, ServerProxy(server.url) as proxy:
        assert await proxy.add(2, 3) == 5
        assert "system.methodHelp" in await proxy.system.listMethods()
        assert await proxy.system.methodHelp("add") == "Add two numbers."
        assert await proxy.system.methodSignature("add") == [["int", "int"], ["int", "int", "int"]]
        assert await getattr(proxy, "system.listMethods")() == await proxy.system.listMethods()


@pytest.mark.parametrize(
    "value",
    [
        0,
        -(2**31),
        2**40,
        2**70,
        1.5,
        1e300,
        -0.0,
        True,
        False,
        "",
        "ü<&>\r\n\t😀",
        [],
        [1, ["x"]],
        {},
        {"a": {"b": []}},
    ],
    ids=repr,
)
async def test_value_comes_back(value: Any) -> None:
    async with serving() as server, ServerProxy(server.url) as proxy:
        came = await proxy.same(value)
        assert came == value
        assert type(came) is type(value)


async def test_none_bytes_and_moments_come_back_where_they_may() -> None:
    async with serving(allow_none=True, use_builtin_types=True) as server:
        async with ServerProxy(server.url, allow_none=True, use_builtin_types=True) as proxy:
            assert await proxy.echo(None, b"\0\xff", MOMENT) == [None, b"\0\xff", MOMENT]
        async with ServerProxy(server.url) as proxy:
            with pytest.raises(TypeError, match="cannot marshal None unless allow_none is enabled"):
                await proxy.same(None)
            assert await proxy.same(b"x") == rpc.Binary(b"x")
            assert await proxy.same(MOMENT) == rpc.DateTime(MOMENT)
        async with ServerProxy(server.url, use_datetime=True) as proxy:
            assert type(await proxy.same(MOMENT)) is type(MOMENT)
            assert type(await proxy.same(b"x")) is rpc.Binary


async def test_fault_is_raised_and_the_connection_goes_on() -> None:
    async with serving() as server, ServerProxy(server.url) as proxy:
        with pytest.raises(xmlrpc.client.Fault) as caught:
            await proxy.refuse()
        assert (caught.value.faultCode, caught.value.faultString) == (42, "I would rather not")
        connection = proxy("transport")._connection[1]
        assert await proxy.add(1, 1) == 2
        assert proxy("transport")._connection[1] is connection


async def test_what_cannot_be_sent_sends_nothing() -> None:
    proxy = ServerProxy("http://127.0.0.1:1/")  # where nobody listens
    with pytest.raises(rpc.CannotMarshal, match=r"^args\[1\]\[\"name\"\]: XML cannot hold"):
        await proxy.method(1, {"name": "\x00"})
    with pytest.raises(TypeError, match="cannot marshal"):
        await proxy.method(object())
    with pytest.raises(rpc.CannotMarshal, match="the method's name: XML cannot hold"):
        await getattr(proxy, "a\x00b")()


async def test_encoders_hold_for_one_server() -> None:
    class Apple:
        pass

    async with serving() as server, ServerProxy(server.url, encoders={Apple: lambda _: "an apple"}) as proxy:
        assert await proxy.same([Apple()]) == ["an apple"]


async def test_calls_and_answers_may_be_in_another_encoding() -> None:
    async with serving(encoding="iso-8859-15") as server:
        async with ServerProxy(server.url, encoding="iso-8859-15") as proxy:
            assert await proxy.same("€ and ¤ and 😀") == "€ and ¤ and 😀"
        async with ServerProxy(server.url, encoding="ascii") as proxy:
            assert await proxy.same("€") == "€"


# ---- MultiCall


async def test_several_calls_go_in_one() -> None:
    async with serving() as server, ServerProxy(server.url) as proxy:
        multi = MultiCall(proxy)
        multi.add(2, 3)
        multi.refuse()
        multi.system.methodHelp("add")
        multi.nope()
        results = await multi()
        assert len(results) == 4
        assert (results[0], results[2]) == (5, "Add two numbers.")
        for at, code in ((1, 42), (3, rpc.METHOD_NOT_FOUND)):
            with pytest.raises(xmlrpc.client.Fault) as caught:
                results[at]
            assert caught.value.faultCode == code
        assert repr(multi) == f"<MultiCall at {id(multi):#x}>"


@pytest.mark.parametrize(
    "results, values",
    [
        ([[1], ["x"]], [1, "x"]),
        ([1, "x", [2], {"a": 1}], [1, "x", [2], {"a": 1}]),
        ([[1, 2], 3], [[1, 2], 3]),
        ([], []),
    ],
)
async def test_bare_results_are_understood(results: Any, values: Any) -> None:
    async with serving() as server, ServerProxy(server.url) as proxy:
        server.register_function(lambda _: results, "system.multicall")
        multi = MultiCall(proxy)
        multi.anything()
        assert list(await multi()) == values


# ---- the proxy itself


def test_what_is_no_method_is_had_by_calling_the_proxy() -> None:
    transport = Transport()
    proxy = ServerProxy("http://user:secret@example.org/path", transport)
    assert proxy("transport") is transport
    assert proxy("close")() is None
    assert repr(proxy) == "<ServerProxy for example.org/path>"
    assert proxy("idempotent")("transport") is transport
    with pytest.raises(AttributeError, match="Attribute 'nothing' not found"):
        proxy("nothing")
    assert rpc.Server is ServerProxy


@pytest.mark.parametrize("uri", ["ftp://example.org/", "example.org", "unix:///x", "file:///etc/passwd"])
def test_other_schemes_are_refused(uri: str) -> None:
    with pytest.raises(OSError, match="unsupported XML-RPC protocol"):
        ServerProxy(uri)


@pytest.mark.parametrize("given", [{"timeout": 3}, {"auth": ("a", "b")}, {"proxy": "socks5://h:1"}])
def test_arguments_for_a_transport_beside_one_are_refused(given: Any) -> None:
    with pytest.raises(TypeError, match="the transport's own affair"):
        ServerProxy("http://example.org/", Transport(), **given)


@pytest.mark.parametrize(
    "path, target", [("", "/RPC2"), ("/", "/"), ("/a/b?c=d", "/a/b?c=d"), ("/x%20y", "/x%20y")]
)
async def test_path_of_the_uri_is_what_is_asked_for(path: str, target: str, peer: MakePeer) -> None:
    with peer([request(), send(FIVE)]) as server:
        async with ServerProxy(f"http://{server.host}:{server.port}{path}") as proxy:
            assert await proxy.method() == 5
        assert (await aside(server.heard)).startswith(f"POST {target} HTTP/1.1\r\n".encode())


# ---- headers and logins


async def heads_of(peer: MakePeer, uri: str = "", **given: Any) -> list[str]:
    """Give the lines of the head of a call."""
    with peer([request(), send(FIVE)]) as server:
        async with ServerProxy(f"http://{uri}{server.host}:{server.port}/", **given) as proxy:
            assert await proxy.method() == 5
        head, _, _ = (await aside(server.heard)).partition(b"\r\n\r\n")
    return [line for line in head.decode().split("\r\n")[1:] if not line.startswith("Host:")]


async def test_usual_headers(peer: MakePeer) -> None:
    heads = await heads_of(peer)
    assert sorted(heads) == [
        "Accept-Encoding: gzip",
        f"Content-Length: {len(rpc.dumps((), 'method'))}",
        "Content-Type: text/xml",
        f"User-Agent: wirekit/{wirekit.__version__}",
    ]


async def test_own_headers_are_sent_and_stand_in_the_place_of_ours(peer: MakePeer) -> None:
    heads = await heads_of(
        peer, headers=[("X-One", "1"), ("x-one", "2"), ("content-type", "application/xml")]
    )
    assert {"X-One: 1", "x-one: 2", "content-type: application/xml"} <= set(heads)
    assert not any(line.startswith("Content-Type") for line in heads)


@pytest.mark.parametrize(
    "uri, auth, wanted",
    [
        ("", None, None),
        ("user:pass@", None, "Basic dXNlcjpwYXNz"),
        ("us%3Aer:p%40ss@", None, "Basic dXM6ZXI6cEBzcw=="),
        ("user@", None, "Basic dXNlcg=="),
        ("", ("user", "pass"), "Basic dXNlcjpwYXNz"),
        ("", ("ü", "ö"), "Basic w7w6w7Y="),
        ("", "token", "Bearer token"),
        ("user:pass@", "token", "Bearer token"),
    ],
)
async def test_login(uri: str, auth: Any, wanted: str | None, peer: MakePeer) -> None:
    heads = await heads_of(peer, uri, auth=auth)
    assert [line for line in heads if line.startswith("Authorization")] == (
        [f"Authorization: {wanted}"] if wanted else []
    )


def test_host_info_is_the_standard_librarys() -> None:
    for host in ("user@host.tld", "user:pass@host.tld:80", "host.tld", ("user:p@h", {"key_file": "x"})):
        assert Transport().get_host_info(host) == xmlrpc.client.Transport().get_host_info(host)


async def test_no_password_is_in_an_error(peer: MakePeer) -> None:
    with peer([request(), send(answer("no", status="401 Unauthorized"))]) as server:
        proxy = ServerProxy(f"http://user:secret@{server.host}:{server.port}/")
        with pytest.raises(xmlrpc.client.ProtocolError) as caught:
            await proxy.method()
        proxy("close")()
    error = caught.value
    assert (error.errcode, error.errmsg) == (401, "Unauthorized")
    assert error.url == f"{server.host}:{server.port}/"
    assert error.headers["Content-Type"] == "text/xml"
    assert "secret" not in repr(error)


# ---- compression


async def test_answers_are_unpacked_and_calls_are_packed_where_asked_for() -> None:
    async with serving() as server:
        proxy = ServerProxy(server.url)
        proxy("transport").encode_threshold = 100
        assert await proxy.same("x" * 100_000) == "x" * 100_000
        proxy("transport").accept_gzip_encoding = False
        assert await proxy.same("x" * 100_000) == "x" * 100_000
        proxy("close")()


@pytest.mark.parametrize(
    "body, coding, match",
    [
        (b"no gzip", "gzip", "says that it is gzip, and is not"),
        (rpc.gzip_encode(bytes(2000)), "gzip", "more than 1000 bytes"),
        (b"x", "br", "coded by 'br', which was not asked for"),
        (b"x" * 1001, "", "more than 1000 bytes"),
    ],
)
async def test_answer_that_is_too_large_or_badly_packed_is_refused(
    body: bytes, coding: str, match: str, peer: MakePeer
) -> None:
    fields = [f"Content-Encoding: {coding}"] if coding else []
    with peer([request(), send(answer(body, *fields))]) as server, defaults.using(max_rpc_body=1000):
        proxy = ServerProxy(f"http://{server.host}:{server.port}/")
        with pytest.raises(xmlrpc.client.ResponseError, match=match):
            await proxy.method()
        assert proxy("transport")._idle == []


async def test_endless_answer_is_cut_off(peer: MakePeer) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    with peer([request(), send(head), send_forever(b"400\r\n" + b" " * 1024 + b"\r\n")]) as server:
        proxy = ServerProxy(f"http://{server.host}:{server.port}/")
        with defaults.using(max_rpc_body=1000), pytest.raises(rpc.MessageTooLarge):
            await proxy.method()


# ---- what goes wrong


@pytest.mark.parametrize(
    "body, error",
    [
        (b"", expat.ExpatError),
        (b"<html>", expat.ExpatError),
        (b"<html/>", xmlrpc.client.ResponseError),
        (
            b"<methodResponse><params><param><value><int>x</int></value></param></params></methodResponse>",
            rpc.BadValue,
        ),
        (b"<!DOCTYPE a><methodResponse/>", rpc.BadMessage),
        (b"<methodResponse><fault><value>x</value></fault></methodResponse>", rpc.BadMessage),
    ],
)
async def test_answer_that_is_none_closes_the_connection(body: bytes, error: Any, peer: MakePeer) -> None:
    with peer([request(), send(answer(body))]) as server:
        proxy = ServerProxy(f"http://{server.host}:{server.port}/")
        with pytest.raises(error):
            await proxy.method()
        assert proxy("transport")._idle == []
        assert proxy("transport")._connection == (None, None)
        assert await aside(server.conversations[0].left.wait, 5)


async def test_waits_are_limited(peer: MakePeer) -> None:
    with peer([request(), stall()]) as server:
        proxy = ServerProxy(f"http://{server.host}:{server.port}/", timeout=0.05)
        with pytest.raises(TimeoutError):
            await proxy.method()
        assert proxy("transport")._idle == []


async def test_whole_call_is_limited(peer: MakePeer) -> None:
    with peer([request(), send(FIVE[:30]), stall()]) as server:
        proxy = ServerProxy(f"http://{server.host}:{server.port}/", timeout=wirekit.Timeout(5, total=0.1))
        with pytest.raises(TimeoutError):
            await proxy.method()


async def test_page_about_an_error_is_skipped_and_the_connection_goes_on(peer: MakePeer) -> None:
    script = [request(), send(answer("sorry", status="503 Busy")), request(), send(FIVE)]
    with peer(script) as server:
        async with ServerProxy(f"http://{server.host}:{server.port}/") as proxy:
            with pytest.raises(xmlrpc.client.ProtocolError) as caught:
                await proxy.method()
            assert caught.value.errcode == 503
            assert await proxy.method() == 5
        assert len(server.conversations) == 1


# ---- retries


LOST = [request(), send(FIVE), request(), close()]
"""A connection that breaks in its second call, after that has come."""


async def test_call_is_sent_once(peer: MakePeer) -> None:
    with peer(LOST, [request(), send(FIVE)]) as server:
        proxy = ServerProxy(f"http://{server.host}:{server.port}/")
        assert await proxy.pay() == 5
        with pytest.raises(ConnectionError):
            await proxy.pay()
        assert len(server.conversations) == 1


@pytest.mark.parametrize("idempotent", [True, ["look"]])
async def test_idempotent_call_is_sent_again(idempotent: Any, peer: MakePeer) -> None:
    with peer(LOST, [request(), close()], [request(), send(FIVE)]) as server:
        async with ServerProxy(f"http://{server.host}:{server.port}/", idempotent=idempotent) as proxy:
            assert await proxy.look() == 5
            assert await proxy.look() == 5
        assert len(server.conversations) == 3


async def test_call_may_be_marked_as_idempotent_where_it_is_made(peer: MakePeer) -> None:
    with peer(LOST, [request(), send(FIVE)]) as server:
        async with ServerProxy(f"http://{server.host}:{server.port}/") as proxy:
            assert await proxy("idempotent").look() == 5
            assert await proxy("idempotent").look() == 5


async def test_retries_end(peer: MakePeer) -> None:
    with peer(*[[request(), close()]] * 2) as server:
        proxy = ServerProxy(f"http://{server.host}:{server.port}/", idempotent=["look"], retries=1)
        with pytest.raises(ConnectionError):
            await proxy.look()
        assert len(server.conversations) == 2
        with pytest.raises(ConnectionError):
            await proxy.pay()


async def test_idempotent_call_is_sent_again_when_time_is_up(peer: MakePeer) -> None:
    with peer([request(), stall()], [request(), send(FIVE)]) as server:
        async with ServerProxy(f"http://{server.host}:{server.port}/", idempotent=True, timeout=1.2) as proxy:
            assert await proxy.look() == 5


async def test_standard_librarys_profile_sends_every_call_again(peer: MakePeer) -> None:
    with peer(LOST, [request(), send(FIVE)]) as server, defaults.using("stdlib"):
        async with ServerProxy(f"http://{server.host}:{server.port}/") as proxy:
            assert await proxy.pay() == 5
            assert await proxy.pay() == 5


async def test_connection_that_the_server_has_closed_is_not_used_again(peer: MakePeer) -> None:
    with peer([request(), send(FIVE), close()], [request(), send(FIVE)]) as server:
        async with ServerProxy(f"http://{server.host}:{server.port}/") as proxy:
            assert await proxy.pay() == 5
            await aside(server.conversations[0].done.wait, 5)
            if net.ASYNC:
                while not proxy("transport")._connection[1]._stream.pending:
                    await asyncio.sleep(0)
            else:
                proxy("transport")._connection[1]._stream._asked = -1.0  # as after a while
            assert await proxy.pay() == 5


# ---- many at once


async def test_many_calls_are_in_flight_from_one_proxy() -> None:
    arrived: list[int] = []
    gate = threading.Barrier(4)

    async def meet(number: int) -> int:
        arrived.append(number)
        if net.ASYNC:
            while len(arrived) < 4:
                await asyncio.sleep(0)
        else:
            gate.wait(5)  # passes when four calls are here at the same time
        return number

    from wirekit.aio.xmlrpc.server import ThreadingXMLRPCServer

    async with serving(ThreadingXMLRPCServer) as server, ServerProxy(server.url) as proxy:
        server.register_function(meet)
        calls: list[Any] = [functools.partial(proxy.meet, number) for number in range(4)]
        assert sorted(await call_all(calls)) == [0, 1, 2, 3]
        assert len(proxy("transport")._idle) == 4
        assert await proxy.add(1, 1) == 2
        assert len(proxy("transport")._idle) == 4


async def call_all(calls: list[Callable[[], Any]]) -> list[Any]:
    """Make these calls at the same time."""
    if net.ASYNC:
        return list(await asyncio.gather(*(call() for call in calls)))
    else:  # noqa: RET505  -- the twin's branch
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(calls)) as pool:
            return [found.result() for found in [pool.submit(call) for call in calls]]


async def test_idle_connections_are_bounded_and_close_with_the_proxy() -> None:
    async with serving() as server:
        proxy = ServerProxy(server.url)
        with defaults.using(max_idle=0):
            assert await proxy.add(1, 1) == 2
            assert proxy("transport")._idle == []
        assert await proxy.add(1, 1) == 2
        (pair,) = proxy("transport")._idle
        proxy("close")()
        assert pair[1].sock is None
        assert proxy("transport")._idle == []
        assert await proxy.add(1, 1) == 2
        proxy("close")()


async def test_transport_closed_while_a_call_is_under_way_keeps_nothing() -> None:
    async with serving() as server:
        proxy = ServerProxy(server.url)
        server.register_function(lambda: proxy("close")() or 5, "slam")
        assert await proxy.slam() == 5
        assert proxy("transport")._idle == []


async def test_one_transport_serves_several_hosts() -> None:
    transport = Transport()
    async with serving() as one, serving() as other:
        for _ in range(2):
            assert await ServerProxy(one.url, transport).add(1, 1) == 2
            assert await ServerProxy(other.url, transport).add(1, 2) == 3
        assert len(transport._idle) == 2
        transport.close()


if not net.ASYNC:

    async def test_forgotten_proxy_closes_its_connections() -> None:
        async with serving() as server:
            with warnings.catch_warnings():
                warnings.simplefilter("error")
                proxy = ServerProxy(server.url)
                assert await proxy.add(1, 1) == 2
                del proxy
                gc.collect()


# ---- other ways


async def test_unix_socket(tmp_path: Path, peer: MakePeer) -> None:
    path = tmp_path / "rpc socket"
    with peer([request(), send(FIVE), request(), send(FIVE)], unix=path) as server:
        uri = f"http+unix://{str(path).replace('/', '%2F').replace(' ', '%20')}/RPC2"
        async with ServerProxy(uri) as proxy:
            assert await proxy.method() == 5
            assert await proxy.method() == 5
            assert type(proxy("transport")) is rpc.UnixTransport
        heard = await aside(server.heard)
        assert heard.startswith(b"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\n")


async def test_tls_with_a_clients_certificate(
    certificates: Any, client_tls: ssl.SSLContext, peer: MakePeer
) -> None:
    from tests.fix_peer import start_tls
    from tests.fix_tls import make_server_tls

    demanding = make_server_tls(certificates.server, client_authority=certificates.authority)
    client_tls.load_cert_chain(certificates.client)
    with peer([start_tls(demanding), request(), send(FIVE)]) as server:
        async with ServerProxy(f"https://localhost:{server.port}/", context=client_tls) as proxy:
            assert await proxy.method() == 5
            assert type(proxy("transport")) is SafeTransport


async def test_through_a_proxy(peer: MakePeer) -> None:
    script = [
        expect(b"CONNECT far.example:80 HTTP/1.1\r\nHost: far.example:80\r\n\r\n"),
        send(b"HTTP/1.1 200 OK\r\n\r\n"),
    ]
    with peer([*script, request(), send(FIVE)]) as server:
        way = f"http://{server.host}:{server.port}"
        async with ServerProxy("http://far.example/RPC2", proxy=way) as proxy:
            assert await proxy.method() == 5


async def test_verbose_shows_the_exchange(capsys: pytest.CaptureFixture[str]) -> None:
    async with serving() as server, ServerProxy(server.url, verbose=True) as proxy:
        assert await proxy.add(2, 3) == 5
    shown = capsys.readouterr().out
    assert "POST /RPC2 HTTP/1.1" in shown
    assert "reply: 'HTTP/1.1 200 OK" in shown
    assert 'body: b"<?xml' in shown


async def test_connection_is_refused() -> None:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        proxy = ServerProxy(f"http://127.0.0.1:{sock.getsockname()[1]}/")
        with pytest.raises(ConnectionRefusedError):
            await proxy.method()
        assert proxy("transport")._connection == (None, None)


def test_names_that_load_late_are_there() -> None:
    assert rpc.Fault is xmlrpc.client.Fault
    assert rpc.expat is expat
    assert rpc.http.client.HTTPException
    assert "Fault" in dir(rpc)
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        rpc.nothing  # noqa: B018  -- the attribute is what is asked for
