"""Servers under test: each function serves in its own process until that process is ended.

It answers `GET /` with 100 bytes (rows server-bare, server-browser, server-one) through the handler a
user of that server would write, or the files of the current directory (row server-static), and tells
its port through `announce` once it listens. nginx is the benchmark's own, see bench.origins.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Any

from bench.rows import HOST, PAGE, SMALL, Target, contender

LOADED = ("server-bare", "server-browser")
ONE = "server-one"
STATIC = "server-static"

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


@contender("floor", *LOADED, ONE, STATIC, package="uvloop")
def serve_floor(target: Target) -> None:
    import uvloop

    body = b"x" * (PAGE if target.row == STATIC else SMALL)
    response = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(body), body)

    async def serve() -> None:
        server = await asyncio.get_running_loop().create_server(lambda: ConstantProtocol(response), HOST, 0)
        announce(server.sockets[0].getsockname()[1])
        await server.serve_forever()

    uvloop.run(serve())


@contender(NGINX, *LOADED, ONE, STATIC)
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

    server = module.ThreadingHTTPServer((HOST, 0), Files if target.row == STATIC else Hello)
    announce(server.server_address[1])
    server.serve_forever()


@contender("http.server", *LOADED, ONE, STATIC)
def serve_http_server(target: Target) -> None:
    import http.server

    serve_threading(http.server, target)


@contender("wirekit", *LOADED, ONE, STATIC, package="wirekit")
def serve_wirekit(target: Target) -> None:
    import wirekit.http.server

    serve_threading(wirekit.http.server, target)


@contender("wirekit.aio", *LOADED, ONE, STATIC, package="wirekit")
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
        server = module.HTTPServer((HOST, 0), Files if target.row == STATIC else Hello)
        announce(server.server_address[1])
        await server.serve_forever()

    uvloop.run(serve())


@contender("aiohttp.web", *LOADED, ONE, STATIC, package="aiohttp")
def serve_aiohttp(target: Target) -> None:
    import uvloop
    from aiohttp import web

    async def hello(_request: Any) -> Any:
        return web.Response(body=BODY, content_type="text/plain")

    async def serve() -> None:
        app = web.Application()
        if target.row == STATIC:
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
