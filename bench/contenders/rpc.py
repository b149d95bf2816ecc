"""XML-RPC: calls, answers, and their messages read and written."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from typing import Any

from bench.contenders.concurrent import Counter, CountingProtocol
from bench.contenders.servers import announce
from bench.rows import HOST, Goal, Row, Target, Work, add_rows, contender

CLIENTS = 8
STDLIB = "xmlrpc.client"
STDLIB_SERVER = "xmlrpc.server, threads"
PEER = "aiohttp-xmlrpc"

add_rows(
    Row(
        "rpc-call",
        "xmlrpc",
        "XML-RPC: call of add(2, 3), one kept connection, one after another",
        "client",
        apart=True,
        size=1,
        step=32,
        goals=(Goal(0.3, STDLIB, "50 us where xmlrpc.client takes 170 to 320"),),
        note="The floor is a socket's `sendall` of a constant call and `recv` of the constant answer.",
    ),
    Row(
        "rpc-server",
        "xmlrpc",
        "XML-RPC: server of add(2, 3), 8 kept connections",
        "server",
        size=1,
        step=CLIENTS,
        load="rpc",
        goals=(
            Goal(0.35, STDLIB_SERVER, "several clients at once"),
            Goal(0.35, STDLIB_SERVER, "the same in threads", "wirekit, threads"),
            Goal(0.2, STDLIB_SERVER, "async on uvloop", "wirekit, uvloop"),
        ),
        note="CPU time of the server's process. xmlrpc.server by itself serves one kept connection at a time, so it is "
        "ThreadingMixIn before it, over HTTP/1.1.",
    ),
    *(
        Row(
            f"rpc-{work}-{what}",
            "xmlrpc",
            f"XML-RPC: {work} of {title}",
            "memory",
            unit="ms",
            size=1,
            goals=(Goal(limit, STDLIB),) if limit else (),
        )
        for work, what, title, limit in (
            ("loads", "ints", "10,000 ints", 9 / 28),
            ("loads", "structs", "1,000 structs of 10", 25 / 81),
            ("loads", "base64", "5 MB of base64", 45 / 87),
            ("dumps", "ints", "10,000 ints", 1.8 / 3.2),
            ("dumps", "structs", "1,000 structs of 10", 6.8 / 12.5),
            ("dumps", "base64", "5 MB as base64", 0),
        )
    ),
)
MEMORY = [f"rpc-{work}-{what}" for work in ("loads", "dumps") for what in ("ints", "structs", "base64")]


# ---- calls


ORIGINS: list[Any] = []


def start_origin() -> int:
    """Start what answers calls; it ends when this process does, and with it the pipe."""
    process = subprocess.Popen(
        [sys.executable, "-m", "bench.rpc_origin"], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    ORIGINS.append(process)
    return int(process.stdout.readline())


def work_of(call: Any) -> Work:
    def work(count: int) -> int:
        return sum([call(2, 3) == 5 for _ in range(count)])

    return work


@contender("floor", "rpc-call")
def open_floor(_target: Target) -> Work:
    port = start_origin()
    sock = socket.create_connection((HOST, port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    request = format_call(port)

    def call(_x: int, _y: int) -> int:
        sock.sendall(request)
        return 5 if sock.recv(65536).endswith(b"</methodResponse>\n") else 0

    return work_of(call)


@contender("wirekit", "rpc-call", package="wirekit")
def open_wirekit(_target: Target) -> Work:
    from wirekit.xmlrpc.client import ServerProxy

    return work_of(ServerProxy(f"http://{HOST}:{start_origin()}/").add)


@contender(STDLIB, "rpc-call")
def open_stdlib(_target: Target) -> Work:
    from xmlrpc.client import ServerProxy

    return work_of(ServerProxy(f"http://{HOST}:{start_origin()}/").add)


def work_in_loop(runner: asyncio.Runner, proxy: Any) -> Work:
    async def load(count: int) -> int:
        return sum([await proxy.add(2, 3) == 5 for _ in range(count)])

    return lambda count: runner.run(load(count))


def make_runner() -> asyncio.Runner:
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


@contender("wirekit, async on uvloop", "rpc-call", package="wirekit")
def open_wirekit_async(_target: Target) -> Work:
    from wirekit.aio.xmlrpc.client import ServerProxy

    return work_in_loop(make_runner(), ServerProxy(f"http://{HOST}:{start_origin()}/"))


@contender(PEER, "rpc-call", package=PEER)
def open_peer(_target: Target) -> Work:
    from aiohttp_xmlrpc.client import ServerProxy

    runner = make_runner()

    async def make() -> Any:
        return ServerProxy(f"http://{HOST}:{start_origin()}/")

    return work_in_loop(runner, runner.run(make()))


# ---- servers


def format_call(port: int) -> bytes:
    """A call of add(2, 3), as xmlrpc.client writes it."""
    from xmlrpc.client import dumps

    body = dumps((2, 3), "add").encode()
    return (
        b"POST /RPC2 HTTP/1.1\r\nHost: %b:%d\r\nAccept-Encoding: gzip\r\nContent-Type: text/xml\r\n"
        b"User-Agent: Python-xmlrpc/3.13\r\nContent-Length: %d\r\n\r\n" % (HOST.encode(), port, len(body))
    ) + body


def learn_length(target: Target, request: bytes) -> int:
    """The bytes of one response, every one of which has the same length; its answer must be 5."""
    with socket.create_connection((HOST, target.port), 30) as sock:
        sock.sendall(request)
        data = b""
        while b"</methodResponse>" not in data:
            block = sock.recv(65536)
            if not block:
                raise ConnectionError(f"the server closed the connection after {data!r}")
            data += block
        head, _, body = data.partition(b"\r\n\r\n")
        if b">5<" not in body:
            raise RuntimeError(f"unexpected answer: {data!r}")
        size = next(
            int(line[15:]) for line in head.split(b"\r\n") if line.lower().startswith(b"content-length:")
        )
        return len(head) + 4 + size


def open_load(target: Target) -> Work:
    """The load client of the server rows: 8 kept connections, a call on each."""
    request = format_call(target.port)
    length = learn_length(target, request)
    runner = asyncio.Runner()
    protocols: list[CountingProtocol] = []

    async def load(count: int) -> None:
        counter = Counter(count)
        loop = asyncio.get_running_loop()
        while len(protocols) < CLIENTS:
            connected = await loop.create_connection(
                lambda: CountingProtocol(request, length), HOST, target.port
            )
            protocols.append(connected[1])
        for protocol in protocols:
            protocol.counter = counter
        for protocol in protocols:
            protocol.send()
        await counter.done

    def work(count: int) -> int:
        runner.run(load(count))
        return count

    return work


def add(x: int, y: int) -> int:
    return x + y


def serve_blocking(server: Any) -> None:
    server.register_function(add)
    announce(server.server_address[1])
    server.serve_forever()


@contender("wirekit", "rpc-server", package="wirekit")
def serve_wirekit(_target: Target) -> None:
    from wirekit.xmlrpc.server import SimpleXMLRPCServer

    serve_blocking(SimpleXMLRPCServer((HOST, 0), logRequests=False))


@contender("wirekit, threads", "rpc-server", package="wirekit")
def serve_wirekit_threads(_target: Target) -> None:
    from wirekit.xmlrpc.server import ThreadingXMLRPCServer

    serve_blocking(ThreadingXMLRPCServer((HOST, 0), logRequests=False))


async def serve_async() -> None:
    from wirekit.aio.xmlrpc.server import SimpleXMLRPCServer

    server = SimpleXMLRPCServer((HOST, 0), logRequests=False)
    server.register_function(add)
    await server.start()
    announce(server.server_address[1])
    await server.serve_forever()


@contender("wirekit, asyncio", "rpc-server", package="wirekit")
def serve_wirekit_asyncio(_target: Target) -> None:
    asyncio.run(serve_async())


@contender("wirekit, uvloop", "rpc-server", package="wirekit")
def serve_wirekit_uvloop(_target: Target) -> None:
    import uvloop

    uvloop.run(serve_async())


@contender(STDLIB_SERVER, "rpc-server")
def serve_stdlib(_target: Target) -> None:
    import socketserver
    from xmlrpc.server import SimpleXMLRPCRequestHandler, SimpleXMLRPCServer

    class Handler(SimpleXMLRPCRequestHandler):
        protocol_version = "HTTP/1.1"

    class Server(socketserver.ThreadingMixIn, SimpleXMLRPCServer):
        daemon_threads = True

    serve_blocking(Server((HOST, 0), Handler, logRequests=False))


@contender(f"{PEER}, uvloop", "rpc-server", package=PEER)
def serve_peer(_target: Target) -> None:
    import uvloop
    from aiohttp import web
    from aiohttp_xmlrpc import handler

    class View(handler.XMLRPCView):
        async def rpc_add(self, x: int, y: int) -> int:
            return x + y

    async def serve() -> None:
        app = web.Application()
        app.router.add_route("*", "/RPC2", View)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        site = web.TCPSite(runner, HOST, 0)
        await site.start()
        announce(site._server.sockets[0].getsockname()[1])
        await asyncio.Event().wait()

    uvloop.run(serve())


# ---- messages


def make_value(row: str) -> Any:
    if row.endswith("ints"):
        return list(range(10_000))
    if row.endswith("base64"):
        return bytes(range(256)) * 20_000
    return [
        {
            "id": number,
            "name": f"name {number}",
            "price": number * 1.5,
            "in stock": number % 2 == 0,
            "note": "some text that says a little more",
            "count": number * 7,
            "city": "Berlin",
            "rate": 0.25,
            "new": True,
            "tags": "a, b & c",
        }
        for number in range(1000)
    ]


def work_on_messages(module: Any, row: str) -> Work:
    from xmlrpc.client import dumps

    value = make_value(row)
    if "loads" in row:
        message = dumps((value,), methodresponse=True).encode()
        assert module.loads(message, use_builtin_types=True) == ((value,), None)
        return lambda count: sum(
            [len(module.loads(message, use_builtin_types=True)[0]) for _ in range(count)]
        )
    assert module.loads(module.dumps((value,), methodresponse=True), use_builtin_types=True) == (
        (value,),
        None,
    )
    return lambda count: sum([bool(module.dumps((value,), methodresponse=True)) for _ in range(count)])


@contender("wirekit", *MEMORY, package="wirekit")
def open_wirekit_messages(target: Target) -> Work:
    from wirekit.xmlrpc import client

    return work_on_messages(client, target.row)


@contender(STDLIB, *MEMORY)
def open_stdlib_messages(target: Target) -> Work:
    from xmlrpc import client

    return work_on_messages(client, target.row)


@contender(PEER, *(row for row in MEMORY if row != "rpc-dumps-base64"), package=PEER)
def open_peer_messages(target: Target) -> Work:
    from aiohttp_xmlrpc import common
    from lxml import etree

    class Module:
        @staticmethod
        def loads(message: Any, **_: Any) -> Any:
            data = message if isinstance(message, bytes) else message.encode()
            parser = etree.XMLParser(huge_tree=True)
            return (common.xml2py(etree.fromstring(data, parser).xpath("//params/param/value")[0]),), None

        @staticmethod
        def dumps(values: Any, methodresponse: bool) -> str:
            root = etree.Element("methodResponse")
            value = etree.SubElement(etree.SubElement(etree.SubElement(root, "params"), "param"), "value")
            value.append(common.py2xml(values[0]))
            return etree.tostring(root, xml_declaration=True, encoding="utf-8").decode()

    return work_on_messages(Module, target.row)
