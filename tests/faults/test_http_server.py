"""What the server makes of clients that die at every byte of a request, and of an answer."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import socket
import struct
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin, both_twins
from tests.security.test_http_server import serving

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 20.0
REQUESTS = {
    "get": b"GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\n\r\n",
    "put": b"PUT /new HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello",
    "chunks": b"PUT /new HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nhel\r\n2\r\nlo\r\n0\r\n\r\n",
    "form": (
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\nContent-Length: 80\r\n\r\n"
        b'--B\r\nContent-Disposition: form-data; name="f"; filename="new"\r\n\r\nhello\r\n--B--\r\n'
    ),
}


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    (folder / "file").write_bytes(b"0123456789")
    (folder / "large").write_bytes(b"x" * 3_000_000)
    return folder


def files(twin: Twin, folder: Path, told: list[str]) -> Any:
    def note(self: Any, format: str, *args: Any) -> None:
        told.append(format % args)

    usual = {"protocol_version": "HTTP/1.1", "uploads": True, "log_message": note}
    base = twin.module("http.server").SimpleHTTPRequestHandler
    return functools.partial(type("Files", (base,), usual), directory=folder)


def die(address: Any, data: bytes, *, reset: bool) -> None:
    """Say this, and go: by closing, or by a reset."""
    with socket.create_connection(address, PATIENCE) as sock:
        sock.sendall(data)
        if reset:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        sock.shutdown(socket.SHUT_WR)
        with contextlib.suppress(ConnectionResetError):
            while sock.recv(65536):
                pass


async def aside(twin: Twin, call: Any, *args: Any, **more: Any) -> Any:
    say = functools.partial(call, *args, **more)
    return await asyncio.to_thread(say) if twin.waits else say()


def settles(server: Any) -> None:
    """Wait until the server is through with those who have gone."""
    for _ in range(500):
        if not server.in_flight:
            return
        time.sleep(0.01)
    pytest.fail("the server is busy with nobody")


def ask_again(address: Any) -> bytes:
    with socket.create_connection(address, PATIENCE) as sock:
        sock.sendall(b"GET /file HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        got = b""
        while part := sock.recv(65536):
            got += part
        return got


@both_twins
@pytest.mark.parametrize("reset", [False, True], ids=["close", "reset"])
@pytest.mark.parametrize("name", REQUESTS)
async def test_client_may_die_after_every_byte_of_its_request(
    twin: Twin, root: Path, capsys: pytest.CaptureFixture[str], name: str, reset: bool
) -> None:
    told: list[str] = []
    data = REQUESTS[name]
    async with serving(twin, files(twin, root, told)) as server:
        for end in range(len(data)):
            await aside(twin, die, server.server_address, data[:end], reset=reset)
        assert (await aside(twin, ask_again, server.server_address)).endswith(b"\r\n\r\n0123456789")
        await aside(twin, settles, server)
    left = {path.name: path.read_bytes() for path in root.iterdir() if path.name not in {"file", "large"}}
    assert left in (
        {},
        {"new": b"hello"} if name == "form" else {},
    )  # what a form has said to its end is whole
    assert capsys.readouterr().err == ""


@both_twins
async def test_every_split_of_a_request_is_the_same_request(twin: Twin, root: Path) -> None:
    told: list[str] = []
    lines = b"GET /file HTTP/1.1\r\nHost: a\r\nRange: bytes=0-3\r\n\r\nPUT /file HTTP/1.1\r\nHost: a\r\nContent-Length: 2\r\n\r\nhi"

    def say(address: Any) -> list[bytes]:
        got = []
        for at in range(1, len(lines)):
            with socket.create_connection(address, PATIENCE) as sock:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                sock.sendall(lines[:at])
                sock.sendall(lines[at:])
                sock.shutdown(socket.SHUT_WR)
                answer = b""
                while part := sock.recv(65536):
                    answer += part
                got.append(answer)
        return got

    async with serving(twin, files(twin, root, told)) as server:
        got = await aside(twin, say, server.server_address)
    for answer in got:
        assert answer.startswith(b"HTTP/1.1 206 ")
        assert b"\r\n\r\n0123HTTP/1.1 409 " in answer


@both_twins
@pytest.mark.parametrize("path", ["/large", "/large?x"])
async def test_client_may_die_inside_the_answer(
    twin: Twin, root: Path, capsys: pytest.CaptureFixture[str], path: str
) -> None:
    told: list[str] = []

    def sip(address: Any, size: int) -> None:
        with socket.create_connection(address, PATIENCE) as sock:
            sock.sendall(f"GET {path} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
            sock.recv(size)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))

    async with serving(twin, files(twin, root, told)) as server:
        for size in (1, 100, 1000, 100_000):
            await aside(twin, sip, server.server_address, size)
        assert (await aside(twin, ask_again, server.server_address)).endswith(b"\r\n\r\n0123456789")
    assert capsys.readouterr().err == ""


@both_twins
async def test_server_may_close_while_clients_talk(twin: Twin, root: Path) -> None:
    told: list[str] = []
    stop = threading.Event()

    def chatter(address: Any) -> None:
        while not stop.is_set():
            with contextlib.suppress(OSError):
                die(address, REQUESTS["get"] * 3, reset=False)

    for _ in range(5):
        async with serving(twin, files(twin, root, told)) as server:
            talkers = [threading.Thread(target=chatter, args=(server.server_address,)) for _ in range(4)]
            for talker in talkers:
                talker.start()
            assert (await aside(twin, ask_again, server.server_address)).endswith(b"0123456789")
        stop.set()
        for talker in talkers:
            await aside(twin, talker.join, PATIENCE)
            assert not talker.is_alive()
        stop.clear()
