"""Servers under test: each function serves in its own process until that process is ended.

It answers `GET /` with 100 bytes (rows server-bare, server-browser, server-one) through the handler a
user of that server would write, or the files of the current directory (row server-static), and tells
its port through `announce` once it listens. nginx is the benchmark's own, see bench.origins.

In the row server-idle the contender starts such a server, opens 10,000 connections to it (as many as the system's limit
on open files allows), asks once on each, and then asks on one of them again and again; what the server's process holds
meanwhile stands beside the times. The standard library's would start a thread for each: it is not put through that.
"""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rows import HOST, LARGE, PAGE, SMALL, Goal, Row, Target, Work, add_rows, contender

LOADED = ("server-bare", "server-browser")
ONE = "server-one"
STATIC = "server-static"
FILE = "server-large"
IDLE = "server-idle"
FILES = (STATIC, FILE)
CONNECTIONS = 10_000
SPARE = 200
"""Descriptors that a process needs for other things."""

add_rows(
    Row(
        FILE,
        "server",
        "Server: static file of 100 MB, one kept connection",
        "server",
        unit="ms",
        path="/static/large.bin",
        size=LARGE,
        load="servers",
        goals=(Goal(1.2, "nginx (C)"), Goal(1.2, "nginx (C)", ours="wirekit.aio")),
        note="CPU time of the server's process: what copies the file into the socket.",
    ),
    Row(
        IDLE,
        "server",
        "Server: small GET while 10,000 kept connections are idle, wall time",
        "client",
        size=SMALL,
        step=25,
        by="wall",
        note="`RSS MB` and `threads` are the server's, with all these connections open. The standard library's server "
        "would start a thread for each, and is left out.",
    ),
)

BODY = b"x" * SMALL
NGINX = "nginx (C)"


def announce(port: int) -> None:
    """Tell the parent where to connect."""
    sys.stdout.write(f"{port}\n")
    sys.stdout.flush()


class ConstantProtocol(asyncio.Protocol):
    """Answers every end of a request head with the same bytes; parses nothing else."""

    transport: asyncio.Transport

    def __init__(self, response: bytes) -> None:
        self.response = response

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a TCP connection's is a Transport

    def data_received(self, data: bytes) -> None:
        if data.endswith(b"\r\n\r\n"):
            self.transport.write(self.response)


def open_load(target: Target) -> Work:
    """One connection that takes large files, as fast as they come."""
    from bench.contenders import bulk

    return bulk.open_floor(target)


@contender("floor", *LOADED, ONE, *FILES, package="uvloop")
def serve_floor(target: Target) -> None:
    import uvloop

    body = b"x" * (PAGE if target.row == STATIC else LARGE if target.row == FILE else SMALL)
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: ConstantProtocol(response), HOST, 0)
        announce(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(serve())


@contender(NGINX, *LOADED, ONE, *FILES)
def serve_nginx(_target: Target) -> None:
    raise RuntimeError("nginx runs already: the runner sends the load to it")


def serve_threading(module: Any, target: Target) -> None:
    """ThreadingHTTPServer of a module in the shape of http.server, over HTTP/1.1."""

    class Hello(module.BaseHTTPRequestHandler):  # type: ignore[misc, name-defined, unused-ignore]  # chosen at run time
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(BODY)))
            self.end_headers()
            self.wfile.write(BODY)

        def log_message(self, *_args: object) -> None:
            """Nothing: the peers' access logs are off too."""

    class Files(module.SimpleHTTPRequestHandler):  # type: ignore[misc, name-defined, unused-ignore]  # chosen at run time
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Nothing: the peers' access logs are off too."""

    server = module.ThreadingHTTPServer((HOST, 0), Files if target.row in FILES else Hello)
    announce(server.server_address[1])
    server.serve_forever()


@contender("http.server", *LOADED, ONE, *FILES)
def serve_http_server(target: Target) -> None:
    import http.server

    serve_threading(http.server, target)


@contender("wirekit", *LOADED, ONE, *FILES, package="wirekit")
def serve_wirekit(target: Target) -> None:
    import wirekit.http.server

    serve_threading(wirekit.http.server, target)


@contender("wirekit.aio", *LOADED, ONE, *FILES, package="wirekit")
def serve_wirekit_aio(target: Target) -> None:
    import uvloop
    import wirekit.aio.http.server as module

    class Hello(module.BaseHTTPRequestHandler):  # type: ignore[misc, name-defined, unused-ignore]  # chosen at run time
        protocol_version = "HTTP/1.1"

        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain")
            self.send_header("Content-Length", str(len(BODY)))
            await self.end_headers()
            await self.wfile.write(BODY)

        def log_message(self, *_args: object) -> None:
            """Nothing: the peers' access logs are off too."""

    class Files(module.SimpleHTTPRequestHandler):  # type: ignore[misc, name-defined, unused-ignore]  # chosen at run time
        protocol_version = "HTTP/1.1"

        def log_message(self, *_args: object) -> None:
            """Nothing: the peers' access logs are off too."""

    async def serve() -> None:
        server = module.HTTPServer((HOST, 0), Files if target.row in FILES else Hello)
        announce(server.server_address[1])
        await server.serve_forever()

    uvloop.run(serve())


@contender("aiohttp.web", *LOADED, ONE, *FILES, package="aiohttp")
def serve_aiohttp(target: Target) -> None:
    import uvloop
    from aiohttp import web

    async def hello(_request: Any) -> Any:
        return web.Response(body=BODY, content_type="text/plain")

    async def serve() -> None:
        app = web.Application()
        if target.row in FILES:
            app.router.add_static("/", ".")
        else:
            app.router.add_get("/", hello)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.TCPSite(runner, HOST, 0).start()
        announce(runner.addresses[0][1])
        await asyncio.Event().wait()

    uvloop.run(serve())


def serve_uvicorn(parser: str) -> None:
    """A plain ASGI application on uvicorn; it serves no files by itself."""
    import uvicorn

    head = [(b"content-type", b"text/plain"), (b"content-length", str(len(BODY)).encode())]

    async def app(scope: Any, _receive: Any, send: Any) -> None:
        if scope["type"] == "http":
            await send({"type": "http.response.start", "status": 200, "headers": head})
            await send({"type": "http.response.body", "body": BODY})

    async def serve() -> None:
        quiet = {"access_log": False, "log_level": "error", "lifespan": "off"}
        config = uvicorn.Config(app, host=HOST, port=0, http=parser, timeout_keep_alive=300, **quiet)
        server = uvicorn.Server(config)
        task = asyncio.create_task(server.serve())
        while not server.started:
            await asyncio.sleep(0.01)
        announce(server.servers[0].sockets[0].getsockname()[1])
        await task

    import uvloop

    uvloop.run(serve())


@contender("uvicorn (httptools)", *LOADED, ONE, package="uvicorn")
def serve_uvicorn_httptools(_target: Target) -> None:
    serve_uvicorn("httptools")


@contender("uvicorn (h11)", *LOADED, package="uvicorn")
def serve_uvicorn_h11(_target: Target) -> None:
    serve_uvicorn("h11")


async def answer_asgi(scope: Any, _receive: Any, send: Any) -> None:
    """The same as an application of ASGI."""
    if scope["type"] == "http":
        head = [(b"content-type", b"text/plain"), (b"content-length", str(len(BODY)).encode())]
        await send({"type": "http.response.start", "status": 200, "headers": head})
        await send({"type": "http.response.body", "body": BODY})


def answer_wsgi(_environ: Any, start_response: Callable[..., Any]) -> list[bytes]:
    """The same as an application of WSGI."""
    start_response("200 OK", [("Content-Type", "text/plain"), ("Content-Length", str(len(BODY)))])
    return [BODY]


def listen() -> socket.socket:
    """A socket that listens, for servers that want one; its port is announced."""
    listening = socket.create_server((HOST, 0), backlog=1024)
    announce(listening.getsockname()[1])
    return listening


@contender("hypercorn", *LOADED, ONE, package="hypercorn")
def serve_hypercorn(_target: Target) -> None:
    import hypercorn.asyncio
    import uvloop

    config = hypercorn.Config()
    config.bind = [f"fd://{listen().detach()}"]
    config.keep_alive_timeout = 300
    config.keep_alive_max_requests = sys.maxsize
    uvloop.run(hypercorn.asyncio.serve(answer_asgi, config))  # type: ignore[arg-type, unused-ignore]


@contender("granian (Rust)", *LOADED, ONE, *FILES, package="granian")
def serve_granian(target: Target) -> None:
    from bench.origins import pick_port

    from granian.constants import Interfaces
    from granian.server.embed import Server

    port = pick_port()
    files: dict[str, Any] = {}
    if target.row in FILES:
        files = {"static_path_mount": [Path("static").resolve()]}  # at /static

    async def serve() -> None:
        quiet = {"log_enabled": False, "websockets": False, "backpressure": 2 * CONNECTIONS}
        server = Server(answer_asgi, HOST, port, interface=Interfaces.ASGI, backlog=1024, **quiet, **files)
        task = asyncio.create_task(server.serve())
        while True:
            try:
                socket.create_connection((HOST, port)).close()
                break
            except ConnectionRefusedError:
                await asyncio.sleep(0.05)
        announce(port)
        await task

    import uvloop

    uvloop.run(serve())


@contender("waitress", *LOADED, ONE, package="waitress")
def serve_waitress(_target: Target) -> None:
    import waitress

    waitress.serve(
        answer_wsgi, sockets=[listen()], connection_limit=sys.maxsize, asyncore_use_poll=True, _quiet=True
    )


@contender("cheroot", *LOADED, ONE, package="cheroot")
def serve_cheroot(_target: Target) -> None:
    import cheroot.wsgi

    server = cheroot.wsgi.Server((HOST, 0), answer_wsgi, request_queue_size=1024, timeout=300)
    server.keep_alive_conn_limit = sys.maxsize
    server.prepare()
    announce(server.bind_addr[1])
    server.serve()


# ---------------------------------------------------------------------------------------------------- idle connections


def open_idle(name: str) -> Work:
    """Start a server, and let connections to it be idle. It ends when its standard input does, with this process."""
    count = count_connections()  # the server inherits the limit
    command = [sys.executable, "-m", "bench.serve", "server-bare", name]
    server = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert server.stdout is not None
    address = (HOST, int(server.stdout.readline()))
    request = b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
    idle = [connect_idle(address, request) for _ in range(count)]

    def work(count: int) -> int:
        sock = idle[0]
        return sum(exchange(sock, request) for _ in range(count))

    work.extra = measure(server.pid, len(idle))  # type: ignore[attr-defined]
    work.server = server  # type: ignore[attr-defined]  # kept, and with it the pipe
    return work


def count_connections() -> int:
    """As many as there are to be, or as the limit on open files lets a process have."""
    import resource

    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))
    return min(CONNECTIONS, limit - SPARE) if limit > 0 else CONNECTIONS


def connect_idle(address: tuple[str, int], request: bytes) -> socket.socket:
    sock = socket.create_connection(address, 60)
    exchange(sock, request)
    return sock


def exchange(sock: socket.socket, request: bytes) -> int:
    """Ask for the 100 bytes; give how many came."""
    sock.sendall(request)
    got = b""
    while not got.endswith(BODY):
        got += sock.recv(65_536) or fail()
    return len(BODY)


def fail() -> bytes:
    raise ConnectionError("the server closed the connection")


def measure(pid: int, count: int) -> dict[str, Any]:
    """What a process holds; Linux alone says so."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="ascii").splitlines()
    told = dict(line.split(":", 1) for line in lines)
    return {
        "connections": count,
        "RSS MB": round(int(told["VmRSS"].split()[0]) / 1024, 1),
        "threads": int(told["Threads"]),
    }


@contender("floor", IDLE, package="uvloop")
def idle_floor(_target: Target) -> Work:
    return open_idle("floor")


@contender("wirekit", IDLE, package="wirekit")
def idle_wirekit(_target: Target) -> Work:
    return open_idle("wirekit")


@contender("wirekit.aio", IDLE, package="wirekit")
def idle_wirekit_aio(_target: Target) -> Work:
    return open_idle("wirekit.aio")


@contender("aiohttp.web", IDLE, package="aiohttp")
def idle_aiohttp(_target: Target) -> Work:
    return open_idle("aiohttp.web")


@contender("uvicorn (httptools)", IDLE, package="uvicorn")
def idle_uvicorn(_target: Target) -> Work:
    return open_idle("uvicorn (httptools)")


@contender("hypercorn", IDLE, package="hypercorn")
def idle_hypercorn(_target: Target) -> Work:
    return open_idle("hypercorn")


@contender("granian (Rust)", IDLE, package="granian")
def idle_granian(_target: Target) -> Work:
    return open_idle("granian (Rust)")


@contender("waitress", IDLE, package="waitress")
def idle_waitress(_target: Target) -> Work:
    return open_idle("waitress")


@contender("cheroot", IDLE, package="cheroot")
def idle_cheroot(_target: Target) -> Work:
    return open_idle("cheroot")
