"""The subclasses of http.client that people really write, in both twins."""

from __future__ import annotations

import io
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Faults, Peer, close, request, send
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit.aio.http import client as aio_client
from wirekit.http import client as blocking_client

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"


async def get(connection: Any) -> bytes:
    await settle(connection.request("GET", "/"))
    body: bytes = await settle((await settle(connection.getresponse())).read())
    return body


def unix_socket(path: str) -> socket.socket:
    sock = socket.socket(socket.AF_UNIX)
    sock.settimeout(5)
    sock.connect(path)
    return sock


class BlockingUnix(blocking_client.HTTPConnection):
    """As Docker's and many other clients have it."""

    path = ""

    def connect(self) -> None:
        self.sock = unix_socket(self.path)


class AsyncUnix(aio_client.HTTPConnection):
    path = ""

    async def connect(self) -> None:
        self.sock = unix_socket(self.path)


@pytest.mark.parametrize("answer", [OK, CHUNKED], ids=["length", "chunked"])
@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
@both_twins
async def test_connect_over_a_unix_socket(
    twin: Twin, peer: MakePeer, tmp_path: Path, answer: bytes, faults: Faults
) -> None:
    server = peer([request(), send(answer), request(), send(answer)], unix=tmp_path / "s", faults=faults)
    kind: Any = AsyncUnix if twin.waits else BlockingUnix
    connection = kind("localhost", timeout=5)
    connection.path = str(tmp_path / "s")
    assert await get(connection) == b"ok"
    assert await get(connection) == b"ok"
    connection.close()
    assert (await heard(twin, server)).count(b"GET / HTTP/1.1\r\nHost: localhost\r\n") == 2
    assert len(server.conversations) == 1


@both_twins
async def test_connect_to_a_pinned_address(twin: Twin, peer: MakePeer) -> None:
    """The name stays in the Host field, the address is the caller's own."""
    server = peer([request(), send(OK)])
    base: Any = twin.http_client.HTTPConnection

    if twin.waits:

        class Pinned(base):  # type: ignore[misc]
            async def connect(self) -> None:
                self.sock = socket.create_connection((server.host, server.port), 5)
    else:

        class Pinned(base):  # type: ignore[misc,no-redef]
            def connect(self) -> None:
                self.sock = socket.create_connection((server.host, server.port), 5)

    connection = Pinned("pinned.example", timeout=5)
    assert await get(connection) == b"ok"
    connection.close()
    assert b"\r\nHost: pinned.example\r\n" in await heard(twin, server)


@both_twins
async def test_putrequest_and_putheader_overridden_see_every_request(twin: Twin, peer: MakePeer) -> None:
    base: Any = twin.http_client.HTTPConnection

    class Telling(base):  # type: ignore[misc]
        told: list[Any] = []  # noqa: RUF012  -- one test, one list

        def putrequest(self, method: str, url: str, *args: Any, **kwargs: Any) -> None:
            self.told.append((method, url))
            super().putrequest(method, "/prefix" + url, *args, **kwargs)

        def putheader(self, header: Any, *values: Any) -> None:
            self.told.append(header)
            super().putheader(header, *values)
            if header == "X-A":
                super().putheader("X-B", "added")

    server = peer([request(), send(OK)])
    connection = Telling(server.host, server.port, timeout=5)
    await settle(connection.request("POST", "/path", b"body", {"X-A": "1"}))
    assert await settle((await settle(connection.getresponse())).read()) == b"ok"
    connection.close()
    said = await heard(twin, server)
    assert said.startswith(b"POST /prefix/path HTTP/1.1\r\n")
    assert b"\r\nX-B: added\r\n" in said
    assert connection.told[0] == ("POST", "/path")
    assert set(connection.told[1:]) == {"Host", "Accept-Encoding", "Content-Length", "X-A"}


@both_twins
async def test_getresponse_overridden_wraps_the_response(twin: Twin, peer: MakePeer) -> None:
    base: Any = twin.http_client.HTTPConnection
    if twin.waits:

        class Wrapping(base):  # type: ignore[misc]
            async def getresponse(self) -> Any:
                response: Any = await super().getresponse()
                response.seen = True
                return response
    else:

        class Wrapping(base):  # type: ignore[misc,no-redef]
            def getresponse(self) -> Any:
                response = super().getresponse()
                response.seen = True
                return response

    server = peer([request(), send(OK)])
    connection = Wrapping(server.host, server.port, timeout=5)
    await settle(connection.request("GET", "/"))
    response: Any = await settle(connection.getresponse())
    assert response.seen
    assert await settle(response.read()) == b"ok"
    connection.close()


@both_twins
async def test_response_class_is_what_getresponse_makes(twin: Twin, peer: MakePeer) -> None:
    base: Any = twin.http_client.HTTPResponse
    made = []

    class Own(base):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            made.append(kwargs.get("method"))
            super().__init__(*args, **kwargs)

    server = peer([request(), send(OK)])
    connection = twin.http_client.HTTPConnection(server.host, server.port, timeout=5)
    connection.response_class = Own
    await settle(connection.request("GET", "/"))
    response = await settle(connection.getresponse())
    assert isinstance(response, Own)
    assert await settle(response.read()) == b"ok"
    assert made == ["GET"]
    connection.close()


@both_twins
async def test_tunnel_overridden_digs_in_its_own_way(twin: Twin, peer: MakePeer) -> None:
    """As for proxies that want something else than CONNECT."""
    base: Any = twin.http_client.HTTPConnection
    if twin.waits:

        class Own(base):  # type: ignore[misc]
            async def _tunnel(self) -> None:
                await self.send(b"OPEN %s %d\r\n\r\n" % (self._tunnel_host.encode(), self._tunnel_port))
    else:

        class Own(base):  # type: ignore[misc,no-redef]
            def _tunnel(self) -> None:
                self.send(b"OPEN %s %d\r\n\r\n" % (self._tunnel_host.encode(), self._tunnel_port))

    server = peer([request(), request(), send(OK)])
    connection = Own(server.host, server.port, timeout=5)
    connection.set_tunnel("origin.example", 81)
    assert await get(connection) == b"ok"
    connection.close()
    assert (await heard(twin, server)).startswith(b"OPEN origin.example 81\r\n\r\nGET / HTTP/1.1\r\n")


@both_twins
async def test_private_hooks_that_programs_override_are_called(twin: Twin, peer: MakePeer) -> None:
    """_validate_path as Scrapy and others loosen it, _encode_request, _http_vsn as for HTTP/1.0."""
    base: Any = twin.http_client.HTTPConnection

    class Loose(base):  # type: ignore[misc]
        _http_vsn = 10
        _http_vsn_str = "HTTP/1.0"

        def _validate_path(self, url: str) -> None:
            assert url == "/a b"

        def _encode_request(self, request: str) -> bytes:
            return request.replace(" b", "%20b").encode()

    server = peer([request(), send(OK), close()])
    connection = Loose(server.host, server.port, timeout=5)
    await settle(connection.request("GET", "/a b"))
    assert await settle((await settle(connection.getresponse())).read()) == b"ok"
    connection.close()
    assert await heard(twin, server) == b"GET /a%20b HTTP/1.0\r\n\r\n"


# ---- the blocking twin alone: fake sockets


class FakeSocket:
    """What tests of many projects give in a socket's place."""

    def __init__(self, text: bytes) -> None:
        self.text, self.data, self.closed = text, b"", False

    def sendall(self, data: bytes) -> None:
        self.data += bytes(data)

    def makefile(self, mode: str, buffering: int | None = None) -> io.BytesIO:
        assert mode in {"r", "rb"}
        return io.BytesIO(self.text)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    "answer", [OK, CHUNKED, b"HTTP/1.0 200 OK\r\n\r\nok"], ids=["length", "chunked", "close"]
)
def test_response_of_a_fake_socket(answer: bytes) -> None:
    response = blocking_client.HTTPResponse(FakeSocket(answer))
    response.begin()
    assert response.read() == b"ok"
    response.close()


def test_connection_over_a_fake_socket() -> None:
    fake = FakeSocket(OK)
    connection = blocking_client.HTTPConnection("example.com")
    connection.sock = fake
    connection.request("POST", "/", b"body")
    assert fake.data.startswith(b"POST / HTTP/1.1\r\nHost: example.com\r\n")
    assert fake.data.endswith(b"Content-Length: 4\r\n\r\nbody")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert fake.closed


def test_response_with_a_file_put_in_its_fp() -> None:
    """As vcrpy and urllib3's tests do."""
    response = blocking_client.HTTPResponse(FakeSocket(b"HTTP/1.1 200 OK\r\n\r\n"))
    response.begin()
    response.fp = io.BytesIO(b"other body")
    assert response.read() == b"other body"
    response.close()
