# Generated from tests/aio/test_http_client_timeouts.py by tools/unasync.py; edit that file.
"""Timeouts: of a step and of a whole exchange; what ends by one is closed."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Conversation, Peer, request, send, stall
from wirekit.defaults import Timeout
from wirekit.http import client

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SHORT = 0.05


def drip(conversation: Conversation) -> None:
    """Send a byte of a body that never ends, each well before any step times out."""
    while not conversation.left.wait(SHORT / 10):
        conversation.send(b"x")


def test_silence_before_the_head_times_out_and_closes(peer: MakePeer) -> None:
    server = peer([request(), stall()])
    connection = client.HTTPConnection(server.host, server.port, timeout=SHORT)
    connection.request("GET", "/")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    assert connection.sock is None
    assert heard(server).startswith(b"GET /")


@pytest.mark.parametrize("sent", range(0, len(OK), 4))
def test_silence_after_any_byte_times_out_and_closes(peer: MakePeer, sent: int) -> None:
    server = peer([request(), send(OK[:sent]), stall()], [request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=SHORT)
    connection.request("GET", "/")
    with pytest.raises(TimeoutError):  # noqa: PT012  -- the head may have come whole
        response = connection.getresponse()
        response.read()
    heard(server)  # the client has left
    connection.timeout = 10
    connection.request("GET", "/again")
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_total_deadline_ends_what_no_step_would(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: 99999999\r\n\r\n"), drip])
    connection = client.HTTPConnection(server.host, server.port, timeout=Timeout(5, total=1))
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises(TimeoutError):
        response.read()
    heard(server)
    connection.close()


def test_total_deadline_holds_for_a_dripping_head(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\nX: "), drip])
    connection = client.HTTPConnection(server.host, server.port, timeout=Timeout(5, total=4 * SHORT))
    connection.request("GET", "/")
    with pytest.raises(TimeoutError):
        connection.getresponse()
    heard(server)
    connection.close()


def test_total_deadline_begins_anew_with_the_next_request(peer: MakePeer) -> None:
    def pause(conversation: Conversation) -> None:
        conversation.left.wait(0.9)

    server = peer([request(), pause, send(OK), request(), pause, send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=Timeout(5, total=1.6))
    for path in ("/1", "/2"):
        connection.request("GET", path)
        assert connection.getresponse().read() == b"ok"
    connection.close()
    assert len(server.conversations) == 1


def test_steps_that_each_keep_their_time_may_add_up(peer: MakePeer) -> None:
    def slowly(conversation: Conversation) -> None:
        for n in range(0, len(OK), 10):
            conversation.left.wait(0.4)
            conversation.send(OK[n : n + 10])

    server = peer([request(), slowly])
    connection = client.HTTPConnection(server.host, server.port, timeout=1)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_sending_to_a_server_that_never_reads_times_out(peer: MakePeer) -> None:
    def deaf(conversation: Conversation) -> None:
        conversation.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        conversation.left.wait(0.5)

    server = peer([deaf])
    connection = client.HTTPConnection(server.host, server.port, timeout=SHORT)
    with pytest.raises(TimeoutError):
        connection.request("POST", "/", bytes(64 << 20))
    assert connection.sock is None


def test_connect_has_a_timeout_of_its_own() -> None:
    """A listener whose queue is full answers nothing at all."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        crowd = [socket.socket() for _ in range(4)]
        try:
            for one in crowd:
                one.setblocking(False)
                one.connect_ex(listener.getsockname())
            connection = client.HTTPConnection(
                "127.0.0.1", listener.getsockname()[1], timeout=Timeout(30, connect=SHORT)
            )
            with pytest.raises(TimeoutError):
                connection.connect()
            assert connection.sock is None
        finally:
            for one in crowd:
                one.close()


def test_timeout_of_a_connection_is_what_was_given() -> None:
    assert client.HTTPConnection("h", timeout=3).timeout == 3
    assert client.HTTPConnection("h", timeout=None).timeout is None
    both = Timeout(3, total=4)
    assert client.HTTPConnection("h", timeout=both).timeout == both
