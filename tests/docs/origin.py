"""The server that the examples in README and docs speak to, in the place of example.org.

Examples name `http://example.org/` and `https://example.org/`, as in any documentation. While they run as tests, that
one name leads to a server of ours on loopback, its certificate is signed by an authority made for the run, and no other
name is looked up at all. It answers:

    GET /               a page
    GET /old            a redirect to /
    GET /chunks         a body in chunks, with a trailer field
    GET /private/...    401 with challenges for alice, whose password is s3cret and whose token is abc123; then a line
    GET /packed.json    JSON in gzip
    GET /busy           503 with Retry-After: 0, and a line to who asks again
    GET /missing ...    404 for anything else
    GET /robots.txt     a small one
    POST, PUT           what was sent, as plain text

On its ports for mail (25 and 587, with STARTTLS) aiosmtpd takes whatever comes, but for nobody@; on those for FTP (21,
with AUTH TLS, and 990) pyftpdlib serves a directory with `pub/hello.txt` to alice, whose password is s3cret. On port 1080 it
is a SOCKS5 proxy to itself.

Async examples are written as for `python -m asyncio`, with `await` at the top; they run on asyncio's own loop.
"""

from __future__ import annotations

import contextlib
import gzip
import json
import os
import select
import socket
import socketserver
import ssl
import subprocess
import sys
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

import trustme

from wirekit._io import tls
from wirekit.http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest

NAME = "example.org"
PATIENCE = 100.0
"""Seconds that a process may take to start or end on a machine that has much else to do."""
ROBOTS = b"User-agent: *\nDisallow: /private\nCrawl-delay: 2\n"
PAGE = b"<!doctype html>\n<title>Example</title>\n"


class Handler(BaseHTTPRequestHandler):
    """Answers the paths that the examples ask for."""

    protocol_version = "HTTP/1.1"
    told: ClassVar[set[str]] = set()
    """Who has been told to come back."""

    def do_GET(self) -> None:
        if self.path == "/robots.txt":
            self.answer(200, ROBOTS, kind="text/plain")
        elif self.path == "/old":
            self.answer(301, b"", Location="/")
        elif self.path.startswith("/private/"):
            self.answer_alice()
        elif self.path == "/packed.json":
            body = gzip.compress(b'{"packed": true}')
            self.answer(200, body, kind="application/json", **{"Content-Encoding": "gzip"})
        elif self.path == "/busy":
            busy = self.client_address[0] not in self.told
            self.told.symmetric_difference_update({self.client_address[0]})
            self.answer(503, b"", **{"Retry-After": "0"}) if busy else self.answer(200, b"at last\n")
        elif self.path == "/chunks":
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            self.wfile.write(b"6\r\nchunks\r\n0\r\nX-Checksum: 1234\r\n\r\n")
        else:
            found = self.path.partition("?")[0] == "/"
            self.answer(200 if found else 404, PAGE if found else b"not here\n")

    def do_POST(self) -> None:
        self.answer(200, self.rfile.read(), kind="text/plain")

    do_PUT = do_POST

    def answer_alice(self) -> None:
        login = self.headers["Authorization"] or ""
        if login == "Bearer abc123" or 'username="alice"' in login:
            self.answer(200, b"for alice\n", kind="text/plain")
        else:
            challenge = (
                'Digest realm="private", nonce="n", qop="auth", algorithm=SHA-256, Basic realm="private"'
            )
            self.answer(401, b"", **{"WWW-Authenticate": challenge})

    def answer(self, status: int, body: bytes, kind: str = "text/html", **fields: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **fields}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Keep the output to the examples."""


@contextlib.contextmanager
def serve(context: ssl.SSLContext | None = None) -> Iterator[int]:
    """Serve, over TLS with a context; give the port."""
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        if context is not None:
            server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_port
        finally:
            server.shutdown()
            thread.join()


@contextlib.contextmanager
def serve_both() -> Iterator[tuple[dict[int, int], ssl.SSLContext]]:
    """Serve over both; give the real port for each usual one, and a client's context that trusts the authority."""
    authority = trustme.CA()
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(NAME).configure_cert(context)
    trusting = ssl.create_default_context()
    authority.configure_trust(trusting)
    with (
        tempfile.TemporaryDirectory(prefix="docs-") as directory,
        serve() as plain,
        serve(context) as secure,
        serve_mail(context) as mail,
        serve_files(Path(directory), authority) as (files, secure_files),
    ):
        ports = {80: plain, 443: secure, 25: mail, 587: mail, 21: files, 990: secure_files}
        with serve_proxy(ports) as proxy:
            yield {**ports, 1080: proxy}, trusting


@contextlib.contextmanager
def serve_proxy(ports: dict[int, int]) -> Iterator[int]:
    """Carry from SOCKS5 clients to these ports, or to others of this machine; give the port."""

    class Proxy(socketserver.BaseRequestHandler):
        def handle(self) -> None:
            def read(count: int) -> bytes:
                data: bytes = self.request.recv(count, socket.MSG_WAITALL)
                return data

            read(read(2)[1])  # the ways of logging in
            self.request.sendall(b"\5\0")
            kind = read(4)[3]
            read(read(1)[0] if kind == 3 else 4)  # a name, or an address: all are this machine
            wanted = int.from_bytes(read(2), "big")
            with socket.create_connection(("127.0.0.1", ports.get(wanted, wanted))) as further:
                self.request.sendall(b"\5\0\0\1" + bytes(6))
                other = {self.request: further, further: self.request}
                while True:
                    for source in select.select([*other], [], [])[0]:
                        if not (data := source.recv(65_536)):
                            return
                        other[source].sendall(data)

    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), Proxy) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,))
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()


class MailHandler:
    """Takes whatever comes, but for nobody@."""

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody of this name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, *_: Any) -> str:
        return "250 OK"

    async def auth_XOAUTH2(self, *_: Any) -> Any:
        from aiosmtpd.smtp import AuthResult

        return AuthResult(success=True)


@contextlib.contextmanager
def serve_mail(context: ssl.SSLContext) -> Iterator[int]:
    """Serve mail over STARTTLS, with a login that takes any password; give the port."""
    from aiosmtpd.controller import Controller
    from aiosmtpd.smtp import AuthResult

    class Bound(Controller):
        """Listens on a socket that is bound already, so that nobody else can have its port."""

        def _create_server(self) -> Any:
            return self.loop.create_server(self._factory_invoker, sock=listener)

    listener = socket.create_server(("127.0.0.1", 0))
    port: int = listener.getsockname()[1]
    controller = Bound(
        MailHandler(),
        hostname="127.0.0.1",
        port=port,
        ready_timeout=PATIENCE,
        tls_context=context,
        authenticator=lambda *_: AuthResult(success=True),
    )
    controller.start()
    try:
        yield port
    finally:
        controller.stop()


@contextlib.contextmanager
def serve_files(directory: Path, authority: trustme.CA) -> Iterator[tuple[int, int]]:
    """Serve files over FTP; give the ports for explicit and for implicit TLS."""
    certificate, served = directory / "server.pem", directory / "served"
    authority.issue_cert(NAME).private_key_and_cert_chain_pem.write_to_path(str(certificate))
    (served / "pub").mkdir(parents=True)
    (served / "pub" / "hello.txt").write_text("hello\n")
    script = Path(__file__).parents[1] / "ftpd.py"
    with subprocess.Popen(
        [sys.executable, script, served, certificate],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as process:
        assert process.stdout is not None
        ports = json.loads(process.stdout.readline())
        yield ports["tls"], ports["implicit"]
        process.communicate(timeout=PATIENCE)


def stand_in(monkeypatch: pytest.MonkeyPatch, ports: dict[int, int], trusting: ssl.SSLContext) -> None:
    """Let example.org lead to the server, and no other name anywhere."""
    look_up = socket.getaddrinfo

    def find(host: Any, port: Any, *args: Any, **kwargs: Any) -> Any:
        if host == NAME:
            return look_up("127.0.0.1", ports[port], *args, **kwargs)
        if host not in {"127.0.0.1", "localhost", "::1"}:
            raise socket.gaierror(socket.EAI_NONAME, f"an example names {host}")
        return look_up(host, port, *args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", find)
    monkeypatch.setattr(tls, "shared_context", lambda *_, **__: trusting)
    monkeypatch.setattr(tls, "client_context", lambda *_, **__: trusting)
