# Generated from tests/aio/serving.py by tools/unasync.py; edit that file.
"""A server of the twin that is tested, running; and clients that say bytes to it, as they stand."""

from __future__ import annotations

import contextlib
import socket
import threading
from typing import TYPE_CHECKING, Any

from wirekit._io import blocking as net
from wirekit.http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

if TYPE_CHECKING:
    from collections.abc import Iterator

PATIENCE = 20.0


class Handler(BaseHTTPRequestHandler):
    """A handler that logs into a list of its class."""

    protocol_version = "HTTP/1.1"
    logged: list[str]

    def __init_subclass__(cls) -> None:
        cls.logged = []

    def log_message(self, format: str, *args: Any) -> None:
        self.logged.append(format % args)

    def reply(self, body: bytes, status: int = 200) -> None:
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        net.give(self.wfile.write, body)


@contextlib.contextmanager
def serving(handler: Any, server_class: Any = ThreadingHTTPServer) -> Iterator[Any]:
    """Run a server on a port of its own."""
    server = server_class(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class Client:
    """A connection that says what it is told to."""

    def __init__(self, address: Any) -> None:
        self.sock = socket.create_connection(address[:2], PATIENCE)
        self.file = self.sock.makefile("rb")

    def say(self, data: bytes) -> None:
        self.sock.sendall(data)

    def response(self, *, bodiless: bool = False) -> tuple[int, dict[str, str], bytes]:
        """Give (status, fields by lower-case name, body) of the next response."""
        status = int(self.file.readline().split()[1])
        fields = {}
        while line := self.file.readline().strip():
            name, _, value = line.decode("latin-1").partition(":")
            fields[name.lower()] = value.strip()
        if bodiless or status in {100, 101, 204, 304}:
            return status, fields, b""
        length = fields.get("content-length")
        return status, fields, self.file.read() if length is None else self.file.read(int(length))

    def rest(self) -> bytes:
        """Give all that comes until the server closes."""
        try:
            return self.file.read()
        except ConnectionResetError:
            return b"(reset)"

    def close(self) -> None:
        self.file.close()
        self.sock.close()


def aside(function: Any, *args: Any, **kwargs: Any) -> Any:
    """Call what waits, without holding up the loop."""
    return function(*args, **kwargs)


def exchange(server: Any, data: bytes) -> bytes:
    """Say this on a connection of its own, end, and give all that comes back."""

    def talk() -> bytes:
        client = Client(server.server_address)
        try:
            client.say(data)
            with contextlib.suppress(OSError):  # the server has ended it already
                client.sock.shutdown(socket.SHUT_WR)
            return client.rest()
        finally:
            client.close()

    answer: bytes = aside(talk)
    return answer


@contextlib.contextmanager
def talking(server: Any) -> Iterator[Client]:
    """Give a connection to the server."""
    client = Client(server.server_address)
    try:
        yield client
    finally:
        client.close()


def request(line: str = "GET / HTTP/1.1", *fields: str, body: bytes = b"") -> bytes:
    """Give a request to the host ``a``."""
    return "\r\n".join([line, "Host: a", *fields, "", ""]).encode("latin-1") + body
