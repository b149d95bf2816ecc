"""Rows 156 to 167 of the security table: XML-RPC, in both twins; and row 9, where it says so."""

from __future__ import annotations

import asyncio
import contextlib
import ssl
import threading
import tracemalloc
import xmlrpc.client
from typing import TYPE_CHECKING, Any
from xml.parsers import expat

import pytest

from tests.fix_peer import request, send, start_tls
from tests.fix_tls import make_server_tls
from tests.fix_twins import Twin, both_twins, settle
from wirekit import defaults
from wirekit.xmlrpc.client import (
    CannotMarshal,
    ExpatParser,
    ResponseError,
    Unmarshaller,
    dumps,
    gzip_encode,
    loads,
)

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from tests.fix_peer import Peer

    MakePeer = Callable[..., Peer]

ADD = dumps((2, 3), "add").encode()
FIVE = dumps((5,), methodresponse=True).encode()


def answer(body: bytes, *fields: str) -> bytes:
    head = ["HTTP/1.1 200 OK", "Content-Type: text/xml", f"Content-Length: {len(body)}", *fields, "", ""]
    return "\r\n".join(head).encode() + body


@contextlib.asynccontextmanager
async def calling(twin: Twin, server: Peer, **given: Any) -> AsyncIterator[Any]:
    """Give a proxy of the twin to a peer."""
    proxy = twin.module("xmlrpc.client").ServerProxy(f"http://{server.host}:{server.port}/", **given)
    try:
        yield proxy
    finally:
        proxy("close")()


@contextlib.asynccontextmanager
async def serving(twin: Twin, kind: str = "SimpleXMLRPCServer", **given: Any) -> AsyncIterator[Any]:
    """Run a server of the twin, which adds."""
    server = getattr(twin.module("xmlrpc.server"), kind)(("127.0.0.1", 0), logRequests=False, **given)
    server.register_function(lambda x, y: x + y, "add")
    if twin.waits:
        async with server:
            yield server
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


async def say(twin: Twin, server: Any, data: bytes, *, half: bool = False) -> bytes:
    """Say bytes to a server, and give all that it answers until it closes, or for a moment."""

    def talk() -> bytes:
        import socket

        with socket.create_connection(server.server_address, 5) as sock:
            sock.sendall(data)
            if half:
                sock.shutdown(socket.SHUT_WR)
            heard = b""
            with contextlib.suppress(ConnectionResetError):
                while not (b"\r\n\r\n" in heard and _is_whole(heard)) and (block := sock.recv(65536)):
                    heard += block
            return heard

    return await asyncio.to_thread(talk) if twin.waits else talk()


def _is_whole(heard: bytes) -> bool:
    head, _, body = heard.partition(b"\r\n\r\n")
    lengths = [int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")]
    return bool(lengths) and len(body) >= lengths[0]


def call(body: bytes, *fields: str, host: str = "localhost", kind: str = "text/xml") -> bytes:
    head = ["POST /RPC2 HTTP/1.1", f"Host: {host}", f"Content-Type: {kind}", *fields]
    if not any(field.startswith("Content-Length") for field in fields):
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode() + body


def status_of(heard: bytes) -> int:
    return int(heard.split(b" ", 2)[1])


@both_twins
async def test_row_9_certificates_and_names_are_checked(
    twin: Twin, certificates: Any, peer: MakePeer
) -> None:
    for chain in (certificates.stranger, certificates.wrong_host, certificates.expired):
        context = ssl.create_default_context(cafile=str(certificates.authority))
        with peer([start_tls(make_server_tls(chain)), request(), send(answer(FIVE))]) as server:
            proxy = twin.module("xmlrpc.client").ServerProxy(
                f"https://localhost:{server.port}/", context=context
            )
            with pytest.raises(ssl.SSLError):
                await settle(proxy.method())
            proxy("close")()


BOMB = gzip_encode(bytes(50_000_000))
"""50 MB in 50 KB."""


@both_twins
async def test_row_156_bomb_in_an_answer_is_cut_off(twin: Twin, peer: MakePeer) -> None:
    with (
        defaults.using(max_rpc_body=1_000_000),
        peer([request(), send(answer(BOMB, "Content-Encoding: gzip"))]) as server,
    ):
        async with calling(twin, server) as proxy:
            tracemalloc.start()
            try:
                with pytest.raises(ValueError, match="more than 1000000 bytes"):
                    await settle(proxy.method())
                assert tracemalloc.get_traced_memory()[1] < 8_000_000
            finally:
                tracemalloc.stop()


@both_twins
async def test_row_156_bomb_in_a_call_is_refused(twin: Twin) -> None:
    async with serving(twin) as server:
        with defaults.using(max_rpc_body=1_000_000):
            heard = await say(twin, server, call(BOMB, "Content-Encoding: gzip"))
        assert status_of(heard) == 413


LAUGHS = (
    "<!DOCTYPE a ["
    + "".join(f"<!ENTITY a{n} '{f'&a{n - 1};' * 10 if n else 'ha'}'>" for n in range(8))
    + "]>"
)
ENTITIES = [
    '<!DOCTYPE a [<!ENTITY a "AAAA">]>',
    LAUGHS,
    '<!DOCTYPE a SYSTEM "file:///etc/passwd">',
    '<!DOCTYPE a [<!ENTITY a SYSTEM "file:///etc/passwd">]>',
    '<!DOCTYPE a [<!ENTITY % b SYSTEM "http://127.0.0.1:1/"> %b;]>',
    "<!DOCTYPE a>",
]


@pytest.mark.parametrize("start", ENTITIES, ids=range(len(ENTITIES)))
@pytest.mark.parametrize("profile", ["safe", "stdlib"])
def test_row_157_every_dtd_is_refused(start: str, profile: str) -> None:
    text = (
        f"<?xml version='1.0'?>{start}<params><param><value><string>&a7;&a;</string></value></param></params>"
    )
    for data in (text, text.encode(), text.encode("utf-16")):
        with defaults.using(profile), pytest.raises(ResponseError, match="document type declaration"):
            loads(data)
    with pytest.raises(ResponseError):
        feed_by_character(text)


def feed_by_character(text: str) -> None:
    parser = ExpatParser(Unmarshaller())
    for character in text:
        parser.feed(character)


@both_twins
async def test_row_157_servers_and_clients_refuse_entities(twin: Twin, peer: MakePeer) -> None:
    hostile = ENTITIES[0].encode() + ADD.replace(b"<int>2</int>", b"<string>&a;</string>").split(b"?>")[1]
    async with serving(twin) as server:
        heard = await say(twin, server, call(hostile))
        assert b"AAAA" not in heard
        assert b"<int>-32600</int>" in heard
    with peer([request(), send(answer(ENTITIES[0].encode() + FIVE.split(b"?>")[1]))]) as server:
        async with calling(twin, server) as proxy:
            with pytest.raises(ResponseError, match="document type declaration"):
                await settle(proxy.method())


@both_twins
async def test_row_158_markup_in_a_method_name_is_escaped(twin: Twin) -> None:
    name = "a</methodName><params><param><value><int>1</int></value></param></params><x/>"
    text = dumps((), name)
    assert "<x/>" not in text
    assert loads(text) == ((), name)
    async with serving(twin) as server:
        host, port = server.server_address
        proxy = twin.module("xmlrpc.client").ServerProxy(f"http://{host}:{port}/")
        with pytest.raises(xmlrpc.client.Fault) as caught:
            await settle(getattr(proxy, name)())
        assert name in caught.value.faultString
        proxy("close")()


@pytest.mark.parametrize("number", [*range(9), 11, 12, *range(14, 32), 0xD800, 0xDFFF, 0xFFFE, 0xFFFF])
def test_row_159_control_characters_are_refused_on_the_way_out(number: int) -> None:
    text = f"a{chr(number)}b"
    for value in (text, [text], {"k": text}, {text: 1}):
        with pytest.raises(CannotMarshal, match="XML cannot hold"):
            dumps((value,))
    with pytest.raises(CannotMarshal):
        dumps((), text)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), float("-inf")])
def test_row_160_what_is_no_number_is_refused_both_ways(value: float) -> None:
    for given in (value, [1.5, value], {"a": value}):
        with pytest.raises(CannotMarshal, match="XML-RPC has no"):
            dumps((given,))
    with pytest.raises(ResponseError):
        loads(f"<params><param><value><double>{value}</double></value></param></params>")


@both_twins
async def test_row_161_half_a_call_ends_its_connection(twin: Twin) -> None:
    async with serving(twin) as server:
        for cut in (1, len(ADD) // 2, len(ADD)):
            heard = await say(twin, server, call(ADD)[:-cut], half=True)
            assert heard == b"" or status_of(heard) == 400
        assert status_of(await say(twin, server, call(ADD))) == 200


@both_twins
async def test_row_162_endless_call_is_refused_before_it_is_read(twin: Twin) -> None:
    async with serving(twin) as server:
        heard = await say(twin, server, call(b"", "Content-Length: 1000000000000"))
        assert status_of(heard) == 413
        assert b"Connection: close" in heard


@both_twins
async def test_row_163_title_name_and_texts_are_escaped(twin: Twin) -> None:
    script = "<script>alert(1)</script>"
    for profile in ("safe", "stdlib"):
        async with serving(twin, "DocXMLRPCServer") as server:
            server.set_server_title(script)
            server.set_server_name(script)
            server.set_server_documentation(script)
            server.register_function(lambda: None, script)
            with defaults.using(profile):
                heard = await say(twin, server, b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            assert b"&lt;script&gt;alert" in heard
            assert b"<script>alert" not in heard
            assert b"Content-Security-Policy: default-src 'none'" in heard


class Holder:
    """Leads to everything, for those who get hold of a private name."""

    def method(self) -> str:
        return "called"

    module = threading
    holder: Any = None


@both_twins
async def test_row_164_private_names_are_out_of_reach(twin: Twin) -> None:
    holder = Holder()
    holder.holder = holder
    async with serving(twin) as server:
        for dotted in (False, True):
            server.register_instance(holder, allow_dotted_names=dotted)
            for name in (
                "__class__", "method.__globals__.get", "holder.__class__.__init__", "method.__func__.__globals__.get",
                "holder._x", "__init__", "a.__class__.__init__", "holder.method.__self__.__class__",
            ):  # fmt: skip
                assert b"-32601" in await say(twin, server, call(dumps((), name).encode()))
        assert b"called" in await say(twin, server, call(dumps((), "holder.method").encode()))
        server.register_instance(holder)  # off unless asked for
        assert b"-32601" in await say(twin, server, call(dumps((), "holder.method").encode()))


@pytest.mark.parametrize(
    "given, status",
    [
        ({"kind": "text/plain"}, 415),
        ({"kind": "application/x-www-form-urlencoded"}, 415),
        ({"host": "evil.example"}, 403),
        ({"host": "evil.example:8000", "fields": ["Origin: http://evil.example:8000"]}, 403),
        ({"fields": ["Origin: https://evil.example"]}, 403),
        ({"fields": ["Origin: null"]}, 403),
        ({"fields": ["Origin: http://localhost"]}, 200),
        ({}, 200),
    ],
)
@both_twins
async def test_row_165_pages_of_others_cannot_call(twin: Twin, given: Any, status: int) -> None:
    called: list[int] = []

    def add(x: int, y: int) -> int:
        called.append(1)
        return x + y

    fields = given.get("fields", [])
    more = {name: given[name] for name in ("kind", "host") if name in given}
    async with serving(twin) as server:
        server.register_function(add)
        assert status_of(await say(twin, server, call(ADD, *fields, **more))) == status
        assert bool(called) is (status == 200)


DEEP = b"<value><array><data>" * 100_000
DEEPS = [
    b"<methodCall><methodName>add</methodName><params><param>" + DEEP,
    b"<methodCall><methodName>add</methodName><params><param>" + DEEP + b"</data></array></value>" * 100_000,
    b"<methodCall><methodName>add</methodName><params><param>"
    + b"<value><struct><member><name>a</name>" * 100_000,
    b"<a>" * 100_000,
    b"<methodCall><!-- --><methodName>add</methodName><params><param>" + DEEP,
]


@pytest.mark.parametrize("data", DEEPS, ids=range(len(DEEPS)))
def test_row_166_deep_nesting_ends_in_an_error(data: bytes) -> None:
    with pytest.raises((ResponseError, expat.ExpatError)):
        loads(data)


@both_twins
async def test_row_166_server_survives_deep_nesting(twin: Twin) -> None:
    async with serving(twin) as server:
        for data in DEEPS:
            assert b"<fault>" in await say(twin, server, call(data))
        assert b"<int>5</int>" in await say(twin, server, call(ADD))


@pytest.mark.parametrize(
    "make",
    [
        lambda n: b"<params><param><value><string>" + b"&amp;" * n + b"</string></value></param></params>",
        lambda n: b"<params><param><value><struct>" + b"<member><name>a</name><value>1</value></member>" * n,
        lambda n: b"<params><param><value>" + b" " * 20 * n + b"<x/>",
        lambda n: b"<params><param>" + b"<value><i4>1</i4></value>" * n + b"<",
        lambda n: b"<params>" + b"<!-- -->" * n,
        lambda n: b"<a " + b"".join(b"a%d='' " % at for at in range(n)) + b"/>",
        lambda n: b"<params><param><value><string>" + b"]]" * n,
    ],
    ids=range(7),
)
def test_row_167_time_grows_with_the_size_and_no_faster(make: Callable[[int], bytes]) -> None:
    """Megabytes, under the time limit of a test: what is quadratic takes minutes."""
    with contextlib.suppress(ResponseError, expat.ExpatError):
        loads(make(100_000))
