"""Requests of HTTPConnection over loopback: what leaves, in which state, and how often a connection is used."""

from __future__ import annotations

import errno
from typing import TYPE_CHECKING

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Peer, close, expect, half_close, request, send, stall
from tests.ports import free_ports
from wirekit.aio.http import client

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND", "get", "M-SEARCH")


def connect(peer: Peer, **options: object) -> client.HTTPConnection:
    return client.HTTPConnection(peer.host, peer.port, timeout=5, **options)  # type: ignore[arg-type]


async def test_get_sends_the_stdlibs_bytes(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/a?b=c", headers={"X-A": "1"})
    response = await connection.getresponse()
    assert await response.read() == b"ok"
    connection.close()
    assert await heard(server) == (
        b"GET /a?b=c HTTP/1.1\r\nHost: 127.0.0.1:%d\r\nAccept-Encoding: identity\r\nX-A: 1\r\n\r\n"
        % server.port
    )


@pytest.mark.parametrize("method", METHODS)
async def test_every_method_leaves_as_given(peer: MakePeer, method: str) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request(method, "/")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert (await heard(server)).startswith(method.encode() + b" / HTTP/1.1\r\n")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH"])
async def test_method_with_body_but_none_given_says_length_0(peer: MakePeer, method: str) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request(method, "/")
    await (await connection.getresponse()).read()
    connection.close()
    assert b"\r\nContent-Length: 0\r\n" in await heard(server)


async def test_empty_url_becomes_a_slash(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "")
    await (await connection.getresponse()).read()
    connection.close()
    assert (await heard(server)).startswith(b"GET / HTTP/1.1\r\n")


async def test_absolute_url_names_the_host_field(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "http://elsewhere.example:81/x")
    await (await connection.getresponse()).read()
    connection.close()
    assert (await heard(server)).startswith(
        b"GET http://elsewhere.example:81/x HTTP/1.1\r\nHost: elsewhere.example:81\r\n"
    )


async def test_own_host_and_accept_encoding_replace_the_automatic_ones(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/", headers={"host": "me.example", "accept-encoding": "br"})
    await (await connection.getresponse()).read()
    connection.close()
    assert await heard(server) == b"GET / HTTP/1.1\r\nhost: me.example\r\naccept-encoding: br\r\n\r\n"


async def test_putrequest_skips_what_it_is_told_to(peer: MakePeer) -> None:
    server = peer([expect(b"GET / HTTP/1.1\r\nX: 1\r\n\r\n"), send(OK)])
    connection = connect(server)
    connection.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
    connection.putheader("X", 1)
    await connection.endheaders()
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()


async def test_putheader_takes_text_bytes_and_numbers(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Text", "é")
    connection.putheader(b"Bytes", b"\xff")
    connection.putheader("Number", 42)
    connection.putheader("Empty", "")
    await connection.endheaders()
    await (await connection.getresponse()).read()
    connection.close()
    fields = (await heard(server)).split(b"\r\n")[1:-2]
    assert fields == [b"Text: \xe9", b"Bytes: \xff", b"Number: 42", b"Empty: "]


async def test_putheader_of_several_values_is_one_field(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.putrequest("GET", "/", skip_host=True, skip_accept_encoding=True)
    connection.putheader("A", "b", b"c", 3)
    await connection.endheaders()
    await (await connection.getresponse()).read()
    connection.close()
    # A list by commas; the stdlib folds the line, which RFC 9112 section 5.2 forbids to senders.
    assert (await heard(server)).split(b"A:")[1].replace(b",", b" ").split() == [b"b", b"c", b"3"]


async def test_nothing_leaves_before_endheaders(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.putrequest("GET", "/")
    connection.putheader("A", "b")
    assert connection.sock is None
    assert server.conversations == []
    await connection.endheaders()
    await (await connection.getresponse()).read()
    connection.close()


async def test_head_and_small_body_leave_in_one_segment(peer: MakePeer) -> None:
    """One segment, or a delayed ACK may hold the body back by 40 ms."""
    pieces = []

    def first(conversation: object) -> None:
        pieces.append(conversation.sock.recv(65536))  # type: ignore[attr-defined]
        conversation.send(OK)  # type: ignore[attr-defined]

    server = peer([first])
    connection = connect(server)
    await connection.request("POST", "/", b"body")
    await (await connection.getresponse()).read()
    connection.close()
    await heard(server)
    assert pieces[0].endswith(b"Content-Length: 4\r\n\r\nbody")


# ---- the use of connections


async def test_keep_alive_uses_one_connection(peer: MakePeer) -> None:
    server = peer([request(), send(OK), request(), send(OK), request(), send(OK)])
    connection = connect(server)
    for path in ("/1", "/2", "/3"):
        await connection.request("GET", path)
        response = await connection.getresponse()
        assert not response.will_close
        assert await response.read() == b"ok"
        assert response.isclosed()
    connection.close()
    assert len(server.conversations) == 1
    assert (await heard(server)).count(b"HTTP/1.1\r\n") == 3


async def test_empty_body_once_read_frees_the_connection(peer: MakePeer) -> None:
    server = peer([request(), send(EMPTY), request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/1")
    first = await connection.getresponse()
    assert await first.read() == b""
    assert first.isclosed()
    await connection.request("GET", "/2")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.0 201 A\r\nContent-Length: 0", b"HTTP/1.0 204 A", b"HTTP/1.1 304 A\r\nConnection: close"],
)
async def test_empty_response_of_a_connection_that_ends_can_be_used_by_with(
    peer: MakePeer, head: bytes
) -> None:
    connection = connect(peer([request(), send(head + b"\r\n\r\n"), close()]))
    await connection.request("GET", "/")
    response = await connection.getresponse()
    assert response.isclosed()
    assert not response.closed
    async with response:
        assert await response.read() == b""
    assert response.closed
    connection.close()


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nconnection: Keep-Alive, CLOSE\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["close", "close-in-list", "http10", "no-length"],
)
async def test_will_close_is_kept_and_the_next_request_connects_anew(peer: MakePeer, head: bytes) -> None:
    server = peer([request(), send(head + b"ok"), close()], [request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/")
    response = await connection.getresponse()
    assert response.will_close
    assert connection.sock is None
    assert await response.read() == b"ok"
    await connection.request("GET", "/again")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert len(server.conversations) == 2


@pytest.mark.parametrize(
    "field", [b"Connection: keep-alive", b"Keep-Alive: timeout=5", b"Proxy-Connection: keep-alive"]
)
async def test_http10_with_keep_alive_stays(peer: MakePeer, field: bytes) -> None:
    answer = b"HTTP/1.0 200 OK\r\nContent-Length: 2\r\n" + field + b"\r\n\r\nok"
    server = peer([request(), send(answer), request(), send(answer)])
    connection = connect(server)
    for _ in range(2):
        await connection.request("GET", "/")
        response = await connection.getresponse()
        assert (response.version, response.will_close) == (10, False)
        assert await response.read() == b"ok"
    connection.close()
    assert len(server.conversations) == 1


async def test_auto_open_0_refuses_to_connect_by_itself(peer: MakePeer) -> None:
    server = peer([])
    connection = connect(server)
    connection.auto_open = 0
    with pytest.raises(client.NotConnected):
        await connection.request("GET", "/")
    assert server.conversations == []


async def test_connect_and_close_by_hand(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.auto_open = 0
    await connection.connect()
    assert connection.sock is not None
    await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert connection.sock is None
    connection.close()  # twice is once
    assert len(server.conversations) == 1


async def test_server_that_closed_the_idle_connection_costs_one_request_at_most(peer: MakePeer) -> None:
    """Where the end has been noticed the next request connects anew; where not, it fails and the one after does."""
    server = peer([request(), send(OK), close()], [request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"ok"
    await heard(server)
    try:
        await connection.request("GET", "/")
        response = await connection.getresponse()
    except (client.RemoteDisconnected, ConnectionResetError, BrokenPipeError):
        assert connection.sock is None
        await connection.request("GET", "/")
        response = await connection.getresponse()
    assert await response.read() == b"ok"
    connection.close()
    assert len(server.conversations) == 2


async def test_silent_hang_up_is_a_remote_disconnect(peer: MakePeer) -> None:
    server = peer([request(), close()])
    connection = connect(server)
    await connection.request("GET", "/")
    with pytest.raises(client.RemoteDisconnected) as caught:
        await connection.getresponse()
    assert isinstance(caught.value, ConnectionResetError)
    assert isinstance(caught.value, client.BadStatusLine)
    assert str(caught.value) == "Remote end closed connection without response"
    assert connection.sock is None


async def test_refused_connection_is_the_networks_error(refusing: tuple[str, int]) -> None:
    connection = client.HTTPConnection(*refusing, timeout=5)
    with pytest.raises(ConnectionRefusedError) as caught:
        await connection.request("GET", "/")
    assert caught.value.errno == errno.ECONNREFUSED
    assert connection.sock is None


async def test_source_address_is_bound(peer: MakePeer) -> None:
    names = []

    def look(conversation: object) -> None:
        names.append(conversation.sock.getpeername())  # type: ignore[attr-defined]

    (port,) = free_ports(1)
    server = peer([look, request(), send(OK)])
    connection = connect(server, source_address=("127.0.0.1", port))
    await connection.request("GET", "/")
    await (await connection.getresponse()).read()
    connection.close()
    assert names == [("127.0.0.1", port)]


async def test_half_closed_server_that_answers_first_is_heard(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n\r\nwhole"), half_close()])
    connection = connect(server)
    await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"whole"
    connection.close()


# ---- the state machine


async def test_getresponse_before_a_request_is_refused(peer: MakePeer) -> None:
    connection = connect(peer([]))
    with pytest.raises(client.ResponseNotReady, match="Idle"):
        await connection.getresponse()


async def test_second_request_before_the_response_is_refused(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/")
    with pytest.raises(client.CannotSendRequest, match="Request-sent"):
        await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert (await heard(server)).count(b"GET") == 1


async def test_second_response_before_the_first_is_read_is_refused(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/")
    response = await connection.getresponse()
    with pytest.raises(client.ImproperConnectionState):  # noqa: PT012  -- either may refuse
        await connection.request("GET", "/second")
        await connection.getresponse()
    response.close()
    connection.close()


async def test_headers_out_of_order_are_refused(peer: MakePeer) -> None:
    connection = connect(peer([]))
    with pytest.raises(client.CannotSendHeader):
        connection.putheader("A", "b")
    with pytest.raises(client.CannotSendHeader):
        await connection.endheaders()
    connection.putrequest("GET", "/")
    with pytest.raises(client.CannotSendRequest):
        connection.putrequest("GET", "/")
    connection.close()
    connection.putrequest("GET", "/")  # closing made it idle again
    connection.close()


async def test_response_may_be_read_after_the_connection_is_closed(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    await connection.request("GET", "/")
    response = await connection.getresponse()
    connection.close()
    assert await response.read() == b""  # close() closes the response with it, as in the stdlib
    assert response.isclosed()


# ---- what a connection says of itself


@pytest.mark.parametrize(
    "host, port, expected",
    [
        ("h", None, ("h", 80)),
        ("h:81", None, ("h", 81)),
        ("h:", None, ("h", 80)),
        ("h", 82, ("h", 82)),
        ("[::1]:83", None, ("::1", 83)),
        ("[::1]", None, ("::1", 80)),
        ("::1", 84, ("::1", 84)),
    ],
)
async def test_host_and_port_are_taken_apart(host: str, port: int | None, expected: tuple[str, int]) -> None:
    connection = client.HTTPConnection(host, port)
    assert (connection.host, connection.port) == expected


@pytest.mark.parametrize("host", ["h:x", "h:8 0", "[::1]:x"])
async def test_port_that_is_no_number_is_an_invalid_url(host: str) -> None:
    with pytest.raises(client.InvalidURL, match="nonnumeric port"):
        client.HTTPConnection(host)


async def test_defaults_of_a_connection() -> None:
    connection = client.HTTPConnection("h")
    assert connection.sock is None
    assert connection.default_port == 80
    assert connection.auto_open == 1
    assert connection.debuglevel == 0
    assert connection.source_address is None
    assert connection.blocksize == 8192
    assert connection.response_class is client.HTTPResponse
    assert client.HTTPSConnection.default_port == 443


@pytest.mark.parametrize(
    "host, field", [("::1", b"[::1]"), ("fe80::1%lo", b"[fe80::1]"), ("localhost", b"localhost")]
)
async def test_host_field_of_names_and_ipv6(peer: MakePeer, host: str, field: bytes) -> None:
    server = peer([request(), send(OK)])

    class Pinned(client.HTTPConnection):
        async def connect(self) -> None:
            named, self.host, self.port = self.host, server.host, server.port
            await super().connect()
            self.host = named

    connection = Pinned(host, 81, timeout=5)
    connection.putrequest("GET", "/")
    await connection.endheaders()
    await (await connection.getresponse()).read()
    connection.close()
    assert b"\r\nHost: " + field + b":81\r\n" in await heard(server)


async def test_debuglevel_prints_the_conversation(peer: MakePeer, capsys: pytest.CaptureFixture[str]) -> None:
    server = peer([request(), send(OK)])
    connection = connect(server)
    connection.set_debuglevel(1)
    await connection.request("GET", "/")
    await (await connection.getresponse()).read()
    connection.close()
    sent = f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\nAccept-Encoding: identity\r\n\r\n".encode()
    assert (
        capsys.readouterr().out
        == f"send: {sent!r}\nreply: 'HTTP/1.1 200 OK\\r\\n'\nheader: Content-Length: 2\n"
    )


async def test_exceptions_and_constants_are_the_stdlibs() -> None:
    import http.client as stdlib

    for name in (
        "HTTPException",
        "BadStatusLine",
        "IncompleteRead",
        "LineTooLong",
        "RemoteDisconnected",
        "InvalidURL",
    ):
        assert getattr(client, name) is getattr(stdlib, name)
    assert client.OK is stdlib.OK
    assert client.responses == stdlib.responses
    assert (client.HTTP_PORT, client.HTTPS_PORT) == (80, 443)


async def test_server_that_stalls_after_the_request_does_not_stop_close(peer: MakePeer) -> None:
    server = peer([request(), stall()])
    connection = connect(server)
    await connection.request("GET", "/")
    connection.close()
    assert (await heard(server)).startswith(b"GET /")
