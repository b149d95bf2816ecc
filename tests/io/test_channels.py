"""What FTP asks of its connections, on loopback: blocks for callbacks, text files, listeners, ends."""

from __future__ import annotations

import asyncio
import contextlib
import io
import os
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._io import asynchronous, blocking
from wirekit._io.channels import asynchronous as async_channels
from wirekit._io.channels import blocking as channels

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

BLOB = bytes(range(256)) * 4000
FAR = float("inf")


@contextlib.contextmanager
def pair(
    server: ssl.SSLContext | None = None, client: ssl.SSLContext | None = None
) -> Iterator[tuple[Any, Any]]:
    """Give both ends of a connection, ours (a stream) and the peer's, inside TLS with contexts."""
    ours: Any
    theirs: Any
    ours, theirs = socket.socketpair()
    for sock in (ours, theirs):
        sock.settimeout(5)
    if server and client:
        accepted: list[Any] = []
        thread = threading.Thread(
            target=lambda: accepted.append(server.wrap_socket(theirs, server_side=True))
        )
        thread.start()
        ours = client.wrap_socket(ours, server_hostname="localhost")
        thread.join()
        theirs = accepted[0]
    stream = blocking.Stream(ours)
    try:
        yield stream, theirs
    finally:
        stream.abort()
        theirs.close()


def send_in_background(sock: Any, data: bytes, *, goodbye: bool = True) -> threading.Thread:
    def send() -> None:
        sock.sendall(data)
        if goodbye and isinstance(sock, ssl.SSLSocket):
            sock.settimeout(0)
            with contextlib.suppress(OSError):
                sock.unwrap()
        sock.shutdown(socket.SHUT_WR) if not isinstance(sock, ssl.SSLSocket) else os.close(sock.detach())

    thread = threading.Thread(target=send)
    thread.start()
    return thread


def receive_all(stream: Any, callback: Any, size: int = 1 << 18) -> channels.Receiver:
    receiver = channels.Receiver(stream, size, callback)
    while receiver.pass_on(FAR):
        pass
    return receiver


@pytest.mark.parametrize("secret", [False, True], ids=["clear", "tls"])
def test_callback_gets_bytes(secret: bool, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    blocks: list[bytes] = []
    with pair(*((server_tls, client_tls) if secret else ())) as (stream, peer):
        thread = send_in_background(peer, BLOB)
        receiver = receive_all(stream, blocks.append)
        thread.join()
    assert b"".join(blocks) == BLOB
    assert all(type(block) is bytes for block in blocks)
    assert receiver.passed == len(BLOB)


@pytest.mark.parametrize("secret", [False, True], ids=["clear", "tls"])
@pytest.mark.parametrize("mode", ["wb", "w+b", "unbuffered"])
def test_file_is_written_from_one_buffer(
    secret: bool, mode: str, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    buffering = 0 if mode == "unbuffered" else -1
    with (
        pair(*((server_tls, client_tls) if secret else ())) as (stream, peer),
        open(tmp_path / "f", "wb" if mode == "unbuffered" else mode, buffering) as file,
    ):
        thread = send_in_background(peer, BLOB)
        receiver = receive_all(stream, file.write)
        thread.join()
        assert receiver._room is not None
    assert (tmp_path / "f").read_bytes() == BLOB


def test_file_that_is_no_systems_own_gets_bytes() -> None:
    class Own(io.BytesIO):
        def write(self, data: Any) -> int:
            assert type(data) is bytes
            return super().write(data)

    with pair() as (stream, peer):
        thread = send_in_background(peer, BLOB)
        file = Own()
        receive_all(stream, file.write)
        thread.join()
    assert file.getvalue() == BLOB


def test_records_that_come_at_once_are_written_at_once(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    with pair(server_tls, client_tls) as (stream, peer), open(tmp_path / "f", "wb") as file:
        for at in range(0, 24_000, 8_000):
            peer.sendall(BLOB[at : at + 8_000])
        receiver = channels.Receiver(stream, 1 << 18, file.write)
        assert receiver.pass_on(FAR)
        assert receiver.passed == 24_000


def test_what_came_before_an_error_is_handed_over_first(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    client_tls.maximum_version = ssl.TLSVersion.TLSv1_2
    with pair(server_tls, client_tls) as (stream, peer), open(tmp_path / "f", "wb") as file:
        peer.sendall(b"good")
        raw = socket.socket(fileno=os.dup(peer.fileno()))
        raw.sendall(b"this is no TLS record at all, whatever it is")
        raw.close()
        receiver = channels.Receiver(stream, 1 << 18, file.write)
        assert receiver.pass_on(FAR)
        assert receiver.passed == 4
        with pytest.raises(ssl.SSLError) as caught:
            receiver.pass_on(FAR)
        assert receiver.error is caught.value


def test_error_of_a_callback_is_none_of_the_networks() -> None:
    def callback(_: bytes) -> None:
        message = "disk"
        raise OSError(message)

    with pair() as (stream, peer):
        peer.sendall(b"x")
        receiver = channels.Receiver(stream, 100, callback)
        with pytest.raises(OSError, match="disk"):
            receiver.pass_on(FAR)
        assert receiver.error is None
        assert not stream.closed


def test_timeout_of_the_network_closes_the_stream() -> None:
    with pair() as (stream, _):
        stream.sock.settimeout(0.01)
        receiver = channels.Receiver(stream, 100, [].append)
        with pytest.raises(TimeoutError):
            receiver.pass_on(FAR)
        assert isinstance(receiver.error, TimeoutError)
        assert stream.closed


def test_moment_to_look_up_is_kept() -> None:
    blocks: list[bytes] = []
    with pair() as (stream, peer):
        peer.sendall(b"ab")
        receiver = channels.Receiver(stream, 1, blocks.append)
        assert receiver.pass_on(0.0)
        assert blocks == [b"a"]


def test_deadline_counts_while_blocks_are_handed_over() -> None:
    with pair() as (stream, _):
        stream.deadline = blocking.monotonic() + 0.01
        with pytest.raises(TimeoutError):
            channels.Receiver(stream, 100, [].append).pass_on(FAR)


# ---- text files


def test_text_file_reads_a_line_and_no_more() -> None:
    with pair() as (stream, peer):
        peer.sendall(b"one\r\ntw\xc3\xb6\n\xffthree\r\nrest")
        file = channels.text_file(stream, "utf-8", "surrogateescape")
        assert file.readline() == "one\n"
        assert stream.read_line(100) == b"tw\xc3\xb6\n"
        assert file.readline(3) == "\udcffth"
        assert file.fileno() == stream.sock.fileno() == file.buffer.name
        peer.shutdown(socket.SHUT_WR)
        assert file.read() == "ree\nrest"
        file.close()
        assert not stream.closed


async def test_text_file_in_the_async_twin() -> None:
    ours, theirs = socket.socketpair()
    ours.setblocking(False)
    stream: Any = await asynchronous.attach(ours, None)
    theirs.sendall(b"one\r\ntw\xc3\xb6\n\xffthree\r\nrest")
    file = async_channels.text_file(stream, "utf-8", "surrogateescape")
    assert await file.readline() == "one\n"
    assert await stream.read_line(100) == b"tw\xc3\xb6\n"
    assert await file.readline(3) == "\udcffth"
    assert file.fileno() == stream.fileno()
    theirs.close()
    assert [line async for line in file] == ["ree\n", "rest"]
    assert await file.read() == ""
    assert not file.closed
    file.close()
    assert file.closed
    stream.close()


# ---- listeners


async def test_listener_accepts_the_host_that_is_awaited_alone() -> None:
    with async_channels.listen("127.0.0.1", socket.AF_INET) as listener:
        address = listener.getsockname()
        with socket.socket() as stranger, socket.socket() as friend:
            stranger.bind(("127.0.0.2", 0))
            stranger.connect(address)
            friend.connect(address)
            stream = await async_channels.accept(listener, "127.0.0.1", 5, bool)
            assert stream.getpeername() == friend.getsockname()
            assert stream.timeout == 5
            stranger.setblocking(False)
            assert await asyncio.get_running_loop().sock_recv(stranger, 1) == b""
            stream.close()


async def test_connection_that_arrives_as_the_listener_looks_up_is_not_lost(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Accepting takes longer than the listener waits before it looks whether it is to stop."""
    usual = socket.socket.accept

    def accept(sock: socket.socket) -> Any:
        until = time.monotonic() + 0.05
        while time.monotonic() < until:
            pass
        return usual(sock)

    monkeypatch.setattr(socket.socket, "accept", accept)
    monkeypatch.setattr(async_channels, "GLANCE", 0.01)
    with async_channels.listen("127.0.0.1", socket.AF_INET) as listener, socket.socket() as friend:
        asyncio.get_running_loop().call_later(0.03, friend.connect, listener.getsockname())
        stream = await async_channels.accept(listener, "127.0.0.1", 5, bool)
        assert stream.getpeername() == friend.getsockname()
        stream.close()


async def test_listener_that_is_cancelled_leaves_nothing_open() -> None:
    with async_channels.listen("127.0.0.1", socket.AF_INET) as listener:
        task = asyncio.create_task(async_channels.accept(listener, "127.0.0.1", 5, bool))
        await asyncio.sleep(0)
        with socket.create_connection(listener.getsockname()) as friend:
            task.cancel()
            with pytest.raises(asyncio.CancelledError):
                await task
            friend.setblocking(False)
    assert asyncio.all_tasks() == {asyncio.current_task()}


@pytest.mark.parametrize("turns", range(1, 6))
async def test_connection_that_arrives_as_the_listener_is_cancelled_is_hung_up_on(
    monkeypatch: pytest.MonkeyPatch, turns: int
) -> None:
    usual, loop = socket.socket.accept, asyncio.get_running_loop()

    def cancel(left: int) -> None:
        if left:
            loop.call_soon(cancel, left - 1)
        else:
            task.cancel()

    def accept(sock: socket.socket) -> Any:
        accepted = usual(sock)
        cancel(turns)
        return accepted

    monkeypatch.setattr(socket.socket, "accept", accept)
    with async_channels.listen("127.0.0.1", socket.AF_INET) as listener:
        task = asyncio.create_task(async_channels.accept(listener, "127.0.0.1", 5, bool))
        await asyncio.sleep(0)
        with socket.create_connection(listener.getsockname()) as friend:
            try:
                stream = await task
            except asyncio.CancelledError:
                friend.setblocking(False)
                assert await loop.sock_recv(friend, 1) == b""
            else:
                stream.close()  # it had returned


def test_listener_of_the_blocking_twin_stops_when_it_is_told_to() -> None:
    with channels.listen("127.0.0.1", socket.AF_INET) as listener:
        assert channels.accept(listener, "127.0.0.1", 5, lambda: True) is None
        with pytest.raises(TimeoutError, match="did not connect"):
            channels.accept(listener, "127.0.0.1", 0.05, bool)


# ---- ends


def test_goodbye_waits_until_there_is_room_for_it(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """The peer reads slowly: our buffer is full when everything is sent."""
    client_tls.maximum_version = ssl.TLSVersion.TLSv1_2
    with pair(server_tls, client_tls) as (stream, peer):
        stream.sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
        got = bytearray()
        ends: list[str] = []

        def read() -> None:
            peer.suppress_ragged_eofs = False
            while data := peer.recv(1000):
                got.extend(data)
            ends.append("goodbye")

        thread = threading.Thread(target=read)
        thread.start()
        stream.sendall(BLOB)
        channels.close_at_end(stream, None)
        thread.join()
        assert (bytes(got), ends) == (BLOB, ["goodbye"])


@pytest.mark.parametrize("goodbye", [True, False])
def test_connection_closes_when_the_peer_has_ended_too(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, *, goodbye: bool
) -> None:
    """As ProFTPD does: it says goodbye, and replies when we have closed."""
    with pair(server_tls, client_tls) as (stream, peer), pair() as (control, _):
        ends: list[bytes] = []

        def serve() -> None:
            assert peer.recv(10) == b"data"
            assert peer.recv(10) == b""
            raw = peer.unwrap() if goodbye else peer
            socket.socket.shutdown(raw, socket.SHUT_WR)
            ends.append(socket.socket.recv(raw, 100))

        thread = threading.Thread(target=serve)
        thread.start()
        stream.sendall(b"data")
        channels.close_at_end(stream, control)
        assert stream.closed
        thread.join()
        assert ends == [b""]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_connection_closes_where_the_peer_has_hung_up_before(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    client_tls.maximum_version = version
    with pair(server_tls, client_tls) as (stream, peer), pair() as (control, _):
        socket.socket.shutdown(peer, socket.SHUT_WR)
        channels.close_at_end(stream, control)
        assert stream.closed


def test_peer_that_replies_first_is_heard(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with pair(server_tls, client_tls) as (stream, _), pair() as (control, speaker):
        speaker.sendall(b"226 Done\r\n")
        channels.close_at_end(stream, control)
        assert not stream.closed
        assert control.read_line(100) == b"226 Done\r\n"


async def test_connection_of_the_async_twin_closes_when_the_peer_has_ended_too(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    ours, theirs = socket.socketpair()
    ends: list[bytes] = []

    def serve() -> None:
        with server_tls.wrap_socket(theirs, server_side=True) as peer:
            peer.settimeout(5)
            ends.extend([peer.recv(10), peer.recv(10)])
            raw = peer.unwrap()
            ends.append(raw.recv(100))
            raw.close()

    ours.settimeout(5)
    stream: Any = await asynchronous.attach(ours, None)
    serving = threading.Thread(target=serve)
    serving.start()
    await stream.upgrade(client_tls, "localhost")
    await stream.sendall(b"data")
    await async_channels.close_at_end(stream, None)
    await asyncio.to_thread(serving.join)
    assert ends == [b"data", b"", b""]
    assert stream.closed


def test_end_towards_a_peer_that_is_gone_is_no_error(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    for contexts in ((), (server_tls, client_tls)):
        with pair(*contexts) as (stream, peer):
            peer.close()
            stream.sock.close()
            channels.close_at_end(stream, None)


def test_sockets_inside_tls_are_known(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with pair(server_tls, client_tls) as (stream, _):
        assert channels.tls_of(stream.sock) is stream.sock
    with pair() as (stream, _):
        assert channels.tls_of(stream.sock) is None
        assert async_channels.tls_of(stream) is None
