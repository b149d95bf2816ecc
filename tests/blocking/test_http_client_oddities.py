# Generated from tests/aio/test_http_client_oddities.py by tools/unasync.py; edit that file.
"""Odd callers and odd servers of HTTPConnection, over loopback: what must hold all the same."""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, close, read, request, send, stall, until
from wirekit.defaults import Timeout
from wirekit.http import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
TUNNEL = b"HTTP/1.1 200 Connected\r\n\r\n"


def connect(peer: Peer, **options: object) -> client.HTTPConnection:
    return client.HTTPConnection(peer.host, peer.port, timeout=5, **options)  # type: ignore[arg-type]


def test_connection_that_was_refused_may_be_tried_again(peer: MakePeer, refusing: tuple[str, int]) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.port = refusing[1]
    with pytest.raises(ConnectionRefusedError):
        connection.request("GET", "/")
    connection.port = server.port
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()


@pytest.mark.parametrize("body", [123, 1.5, object()])
def test_what_is_no_body_is_refused_before_anything_is_sent(peer: MakePeer, body: object) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    for headers in ({}, {"Content-Length": "3"}):
        with pytest.raises(TypeError, match="a body should be"):
            connection.request("POST", "/", body, headers)
    assert connection.sock is None
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert heard(server).startswith(b"GET / ")


def test_numbers_are_no_blocks_of_a_body(peer: MakePeer) -> None:
    server = peer([until(b"\r\n\r\n"), stall()])
    connection = connect(server)
    with pytest.raises(TypeError):
        connection.request("POST", "/", [1, 2, 3])
    assert heard(server).endswith(b"\r\n\r\n")


def test_port_may_be_text_of_digits_and_nothing_else(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, str(server.port), timeout=5)  # type: ignore[arg-type]
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % server.port in heard(server)
    with pytest.raises(client.InvalidURL):
        client.HTTPConnection("127.0.0.1", "80\r\nX: y")  # type: ignore[arg-type]


def test_headers_for_the_proxy_may_be_numbers_or_bytes(peer: MakePeer) -> None:
    server = peer([until(b"\r\n\r\n"), send(TUNNEL), request(), send(OK)])
    connection = connect(server)
    connection.set_tunnel("h", 81, {"X-Number": 1, b"Host": b"given"})  # type: ignore[dict-item]
    connection.request("GET", "/")
    connection.getresponse().read()
    connection.close()
    assert heard(server).startswith(b"CONNECT h:81 HTTP/1.1\r\nX-Number: 1\r\nHost: given\r\n\r\nGET / ")


def test_host_field_follows_the_port_of_a_new_tunnel(peer: MakePeer) -> None:
    script = [until(b"\r\n\r\n"), send(TUNNEL), request(), send(OK)]
    server = peer(script)
    connection = connect(server)
    for port in (8443, 9443):
        connection.set_tunnel("h", port)
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()
    assert b"GET / HTTP/1.1\r\nHost: h:9443\r\n" in heard(server, 1)


def test_http_version_may_change_between_two_requests(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.request("GET", "/")
    connection.getresponse().read()
    connection._http_vsn, connection._http_vsn_str = 10, "HTTP/1.0"
    connection.request("GET", "/")
    connection.close()
    assert heard(server).endswith(b"GET / HTTP/1.0\r\n\r\n")


def test_host_beyond_ascii_is_looked_up_as_it_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []

    def look_up(host: str, *_: object, **__: object) -> object:
        asked.append(host)
        raise socket.gaierror(socket.EAI_NONAME, "unknown")

    monkeypatch.setattr(socket, "getaddrinfo", look_up)
    connection = client.HTTPConnection("straße.example", timeout=5)
    with pytest.raises(socket.gaierror):
        connection.request("GET", "/")
    assert set(asked) == {
        "xn--strae-oqa.example"
    }  # IDNA 2003 would ask for strasse.example, which is another's


# ---- files that are not as long as the head says


@pytest.mark.parametrize("mode", ["rb", "r"])
def test_of_a_longer_file_no_more_is_sent_than_the_head_says(
    peer: MakePeer, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    server = peer([until(b"\r\n\r\n"), read(5), send(OK)])
    connection = connect(server)
    with path.open(mode) as file:
        file.seek(2)
        connection.request("PUT", "/", file, {"content-length": "5"})
        assert connection.getresponse().read() == b"ok"
    connection.close()
    assert heard(server).endswith(b"\r\n\r\n23456")


@pytest.mark.parametrize("mode", ["rb", "r"])
def test_file_that_ends_before_its_length_breaks_the_connection_off(
    peer: MakePeer, tmp_path: Path, mode: str
) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"012")
    server = peer([until(b"\r\n\r\n"), stall()])
    connection = connect(server)
    with path.open(mode) as file, pytest.raises(ValueError, match="after 3 of the 5 bytes"):
        connection.request("PUT", "/", file, {"Content-Length": 5})
    assert connection.sock is None
    assert heard(server).endswith(b"\r\n\r\n012")


def test_file_sent_by_hand_goes_whole(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"0123456789")
    server = peer([until(b"\r\n\r\n"), read(10), send(OK)])
    connection = connect(server)
    with path.open("rb") as file:
        connection.putrequest("PUT", "/")
        connection.putheader("Content-Length", "10")
        connection.endheaders()
        connection.send(file)
        assert connection.getresponse().read() == b"ok"
    connection.close()


# ---- chunks


def test_nonsense_in_place_of_a_chunk_is_never_skipped_by_peek(peer: MakePeer) -> None:
    server = peer([request(), send(CHUNKED, b"5\r\nhello\r\nXYZ\r\n5\r\nworld\r\n0\r\n\r\n")])
    connection = connect(server)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read(5) == b"hello"
    with pytest.raises(client.BadChunk):
        response.peek()
    assert response.read() == b""
    assert response.isclosed()
    connection.close()


def test_read_of_an_amount_does_not_look_at_what_comes_behind_it(peer: MakePeer) -> None:
    server = peer([request(), send(CHUNKED + b"5\r\nhello\r\nXYZ\r\n")])
    connection = connect(server)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read(5) == b"hello"
    with pytest.raises(client.BadChunk):
        response.read(5)
    connection.close()


def test_server_that_hangs_up_in_place_of_the_trailers_costs_no_request(peer: MakePeer) -> None:
    server = peer([request(), send(CHUNKED + b"2\r\nok\r\n0\r\n"), close()], [request(), send(OK)])
    connection = connect(server)
    for _ in range(2):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"ok"
    connection.close()
    assert len(server.conversations) == 2


# ---- the total time counts from the first attempt to connect


@pytest.fixture
def deaf() -> Iterator[socket.socket]:
    """A listener whose queue is full: the handshake of TCP is never answered."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        waiting = [socket.socket() for _ in range(3)]
        for sock in waiting:
            sock.setblocking(False)
            sock.connect_ex(listener.getsockname())
        yield listener
        for sock in waiting:
            sock.close()


def test_total_time_holds_while_connecting(deaf: socket.socket) -> None:
    host, port = deaf.getsockname()
    connection = client.HTTPConnection(host, port, timeout=Timeout(60, total=0.05))
    with pytest.raises(TimeoutError):
        connection.request("GET", "/")
    assert connection.sock is None
    with pytest.raises(TimeoutError):
        connection.connect()


def test_total_time_holds_while_shaking_hands(peer: MakePeer) -> None:
    server = peer([stall()])
    connection = client.HTTPSConnection(server.host, server.port, timeout=Timeout(60, total=0.05))
    with pytest.raises(TimeoutError):
        connection.request("GET", "/")
    assert connection.sock is None
