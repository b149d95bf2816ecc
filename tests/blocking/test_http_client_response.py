# Generated from tests/aio/test_http_client_response.py by tools/unasync.py; edit that file.
"""HTTPResponse over loopback: framing, and every way of reading a body."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Faults, Peer, close, request, send, stall
from wirekit.http import client

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

BODY = b"first line\nsecond line\r\n\nlast, without end"
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY
UNTIL_CLOSE = b"HTTP/1.1 200 OK\r\n\r\n" + BODY
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + b"".join(
    b"%x\r\n%b\r\n" % (len(part), part) for part in (BODY[:1], BODY[1:18], BODY[18:30], BODY[30:])
)
TRAILERS = CHUNKED + b"0\r\nX-Sum: 1\r\nX-More: a, b\r\n\r\n"
ODD_CHUNKS = (
    b"HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n"
    b'0000A;name="va;lue"\r\n' + BODY[:10] + b"\r\n1E ;x\r\n" + BODY[10:40] + b"\r\n"
    b"2\r\n" + BODY[40:] + b"\r\n000\r\n\r\n"
)
CHUNKED += b"0\r\n\r\n"
FRAMINGS = {
    "length": LENGTH,
    "close": UNTIL_CLOSE,
    "chunked": CHUNKED,
    "trailers": TRAILERS,
    "odd-chunks": ODD_CHUNKS,
}
SPLITS = [Faults(), Faults(split=1), Faults(split=7)]

framings = pytest.mark.parametrize("answer", FRAMINGS.values(), ids=list(FRAMINGS))
splits = pytest.mark.parametrize("faults", SPLITS, ids=["whole", "bytes", "sevens"])


def get(
    peer: MakePeer, answer: bytes, faults: Faults = SPLITS[0], method: str = "GET"
) -> tuple[client.HTTPConnection, client.HTTPResponse]:
    server = peer([request(), send(answer), close()], faults=faults)
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request(method, "/")
    return connection, connection.getresponse()


# ---- the head


def test_head_as_attributes_and_methods(peer: MakePeer) -> None:
    connection, response = get(
        peer, b"HTTP/1.1 203 Fine by me\r\nA: 1\r\nB:  two \r\na: 3\r\nContent-Length: 0\r\n\r\n"
    )
    assert (response.status, response.code, response.getcode()) == (203, 203, 203)
    assert response.reason == "Fine by me"
    assert response.version == 11
    assert response.getheader("B") == "two"
    assert response.getheader("a") == "1, 3"
    assert response.getheader("none") is None
    assert response.getheader("none", "default") == "default"
    assert response.getheaders() == [("A", "1"), ("B", "two"), ("a", "3"), ("Content-Length", "0")]
    assert response.headers is response.msg
    assert response.info() is response.headers
    assert type(response.headers).__name__ == "HTTPMessage"
    assert response.headers.get_all("A") == ["1", "3"]
    assert not response.chunked
    response.read()
    connection.close()


def test_headers_are_latin_1_and_content_type_is_understood(peer: MakePeer) -> None:
    connection, response = get(
        peer,
        b'HTTP/1.1 200\r\nX: \xe9\r\nContent-Type: text/html; charset="UTF-8"\r\nContent-Length: 0\r\n\r\n',
    )
    assert response.reason == ""
    assert response.headers["x"] == "é"
    assert response.headers.get_content_type() == "text/html"
    assert response.headers.get_content_charset() == "utf-8"
    response.read()
    connection.close()


def test_headers_live_on_after_the_connection(peer: MakePeer) -> None:
    connection, response = get(peer, LENGTH)
    response.read()
    connection.close()
    assert response.headers["Content-Length"] == str(len(BODY))


@splits
@pytest.mark.parametrize("status", [100, 102, 103])
def test_interim_responses_are_passed_over(peer: MakePeer, status: int, faults: Faults) -> None:
    interim = b"HTTP/1.1 %d Wait\r\nLink: </a>; rel=preload\r\n\r\n" % status
    connection, response = get(peer, interim + interim + LENGTH, faults)
    assert response.status == 200
    assert response.getheader("Link") is None
    assert response.read() == BODY
    connection.close()


def test_101_is_the_final_word(peer: MakePeer) -> None:
    connection, response = get(peer, b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: echo\r\n\r\n")
    assert response.status == 101
    assert response.getheader("Upgrade") == "echo"
    response.close()
    connection.close()


@pytest.mark.parametrize("status", [204, 304])
def test_status_without_body_ends_at_once_and_keeps_the_connection(peer: MakePeer, status: int) -> None:
    head = b"HTTP/1.1 %d x\r\nETag: 1\r\n\r\n" % status
    server = peer([request(), send(head), request(), send(LENGTH)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read() == b""
    connection.request("GET", "/")
    assert connection.getresponse().read() == BODY
    connection.close()
    assert len(server.conversations) == 1


@pytest.mark.parametrize(
    "head",
    [
        b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 304 Not Modified\r\nContent-Length: 1000\r\n\r\n",
    ],
    ids=["length", "chunked", "304"],
)
def test_head_request_has_no_body_whatever_the_fields_say(peer: MakePeer, head: bytes) -> None:
    server = peer([request(), send(head), request(), send(LENGTH)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("HEAD", "/")
    response = connection.getresponse()
    assert response.read() == b""
    assert response.isclosed()
    connection.request("GET", "/")
    assert connection.getresponse().read() == BODY
    connection.close()
    assert len(server.conversations) == 1


@pytest.mark.parametrize(
    "line",
    [
        b"HTTP/1.1\r\n",
        b"SMTP ready\r\n",
        b"HTTP/1.1 2x0 OK\r\n",
        b"HTTP/1.1 20 OK\r\n",
        b"HTTP/1.1 2000 OK\r\n",
        b"\x16\x03\x01\r\n",
    ],
)
def test_bad_status_line_names_the_line_and_closes(peer: MakePeer, line: bytes) -> None:
    server = peer([request(), send(line + b"\r\n"), close()])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("GET", "/")
    with pytest.raises(client.BadStatusLine):
        connection.getresponse()
    connection.close()


def test_unknown_protocol_is_named(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/2.0 200 OK\r\n\r\n"), close()])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("GET", "/")
    with pytest.raises(client.UnknownProtocol):
        connection.getresponse()
    connection.close()


# ---- the body, read in every way


@framings
@splits
def test_read_gives_the_whole_body(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    assert response.read() == BODY
    assert response.isclosed()
    assert response.read() == b""
    assert response.read(10) == b""
    connection.close()


@framings
@splits
def test_read_amounts_fill_up(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    got = []
    while block := response.read(10):
        got.append(block)
    assert b"".join(got) == BODY
    assert {len(block) for block in got[:-1]} == {10}
    connection.close()


@framings
@splits
def test_read1_gives_what_is_there(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    got = []
    while block := response.read1(6):
        assert len(block) <= 6
        got.append(block)
    assert b"".join(got) == BODY
    connection.close()


@framings
@splits
def test_read1_without_amount(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    got = []
    while block := response.read1():
        got.append(block)
    assert b"".join(got) == BODY
    connection.close()


@framings
@splits
@pytest.mark.parametrize("size", [1, 10, 100])
def test_readinto_fills_a_buffer(peer: MakePeer, answer: bytes, faults: Faults, size: int) -> None:
    connection, response = get(peer, answer, faults)
    room, got = bytearray(size), b""
    while count := response.readinto(room):
        got += room[:count]
    assert got == BODY
    connection.close()


@framings
def test_readinto_takes_a_memoryview(peer: MakePeer, answer: bytes) -> None:
    connection, response = get(peer, answer)
    room = bytearray(8)
    assert response.readinto(memoryview(room)[2:6]) in {1, 2, 3, 4}
    assert room[:2] == room[6:] == b"\0\0"
    assert room[2:3] == BODY[:1]
    response.close()
    connection.close()


@framings
@splits
def test_readline_ends_at_line_feeds(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    got = []
    while line := response.readline():
        got.append(line)
    assert got == BODY.splitlines(keepends=True)
    connection.close()


@framings
def test_readline_with_limit(peer: MakePeer, answer: bytes) -> None:
    connection, response = get(peer, answer)
    assert response.readline(4) == b"firs"
    assert response.readline(100) == b"t line\n"
    assert response.read() == BODY[11:]
    connection.close()


@framings
@splits
def test_iteration_gives_lines(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    got = [line for line in response]
    assert got == BODY.splitlines(keepends=True)
    connection.close()


@framings
@splits
def test_peek_takes_nothing(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    seen = bytes(response.peek(3))
    assert seen
    assert BODY.startswith(seen)
    assert response.read(5) == BODY[:5]
    assert bytes(response.peek(1))[:1] == BODY[5:6]
    assert response.read() == BODY[5:]
    assert bytes(response.peek(1)) == b""
    connection.close()


@framings
@splits
def test_ways_of_reading_mix(peer: MakePeer, answer: bytes, faults: Faults) -> None:
    connection, response = get(peer, answer, faults)
    room = bytearray(3)
    got = response.read(2)
    got += response.readline()
    count = response.readinto(room)
    got += room[:count]
    got += response.read1(1)
    assert BODY[len(got) :].startswith(bytes(response.peek()))
    got += response.readline(2)
    got += response.read()
    assert got == BODY
    connection.close()


@framings
def test_read_0_takes_nothing_and_leaves_the_response_open(peer: MakePeer, answer: bytes) -> None:
    connection, response = get(peer, answer)
    assert response.read(0) == b""
    assert not response.isclosed()
    assert response.read() == BODY
    connection.close()


def test_length_counts_down(peer: MakePeer) -> None:
    connection, response = get(peer, LENGTH)
    assert response.length == len(BODY)
    response.read(10)
    assert response.length == len(BODY) - 10
    response.read()
    assert response.length == 0
    connection.close()


@pytest.mark.parametrize("answer", [CHUNKED, UNTIL_CLOSE], ids=["chunked", "close"])
def test_length_is_unknown_without_content_length(peer: MakePeer, answer: bytes) -> None:
    connection, response = get(peer, answer)
    assert response.length is None
    assert response.read() == BODY
    connection.close()


@splits
def test_trailers_are_kept_apart_from_headers(peer: MakePeer, faults: Faults) -> None:
    connection, response = get(peer, TRAILERS, faults)
    assert response.read() == BODY
    trailers: Any = response.trailers
    assert trailers["x-sum"] == "1"
    assert trailers["X-More"] == "a, b"
    assert response.getheader("X-Sum") is None
    connection.close()


def test_keep_alive_after_trailers(peer: MakePeer) -> None:
    server = peer([request(), send(TRAILERS), request(), send(LENGTH)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    for _ in range(2):
        connection.request("GET", "/")
        assert connection.getresponse().read() == BODY
    connection.close()
    assert len(server.conversations) == 1


def test_response_that_nobody_asked_for_is_never_given_to_the_next_request(peer: MakePeer) -> None:
    """What stands in the buffer when a request begins may be a smuggler's: the connection is given up."""
    forged = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nforged"
    server = peer([request(), send(CHUNKED + forged), stall()], [request(), send(LENGTH)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("GET", "/1")
    assert connection.getresponse().read() == BODY
    connection.request("GET", "/2")
    assert connection.getresponse().read() == BODY
    connection.close()
    assert len(server.conversations) == 2


@framings
def test_large_body_in_every_framing(peer: MakePeer, answer: bytes) -> None:
    big = BODY * 25_000
    chunks = b"".join(b"%X\r\n%b\r\n" % (len(BODY) * 250, BODY * 250) for _ in range(100))
    head, _, body = answer.partition(b"\r\n\r\n")
    if b"hunked" in head:
        body = chunks + body[body.rindex(b"\r\n0") + 2 :]
    else:
        head, body = head.replace(b": %d" % len(BODY), b": %d" % len(big)), big
    connection, response = get(peer, head + b"\r\n\r\n" + body)
    assert response.read() == big
    connection.close()


# ---- the response as a file


def test_close_in_the_middle_gives_the_connection_up(peer: MakePeer) -> None:
    server = peer([request(), send(LENGTH[:-5])], [request(), send(LENGTH)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("GET", "/")
    response = connection.getresponse()
    assert response.read(3) == BODY[:3]
    response.close()
    assert response.isclosed()
    connection.close()
    connection.request("GET", "/")
    assert connection.getresponse().read() == BODY
    connection.close()


def test_with_block_closes_the_response(peer: MakePeer) -> None:
    connection, response = get(peer, LENGTH)
    with response as entered:
        assert entered is response
        assert response.read(3) == BODY[:3]
    assert response.isclosed()
    connection.close()


def test_response_is_a_readable_file(peer: MakePeer) -> None:
    connection, response = get(peer, LENGTH)
    assert response.readable()
    assert not response.writable()
    assert not response.seekable()
    assert not response.closed
    response.read()
    response.close()
    assert response.closed
    connection.close()


def test_incomplete_read_holds_what_came(peer: MakePeer) -> None:
    connection, response = get(peer, LENGTH[:-5])
    with pytest.raises(client.IncompleteRead) as caught:
        response.read()
    assert caught.value.partial == BODY[:-5]
    assert caught.value.expected == 5
    assert str(caught.value) == f"IncompleteRead({len(BODY) - 5} bytes read, 5 more expected)"
    connection.close()


def test_incomplete_chunks_hold_what_came(peer: MakePeer) -> None:
    connection, response = get(peer, CHUNKED[:-20])
    with pytest.raises(client.IncompleteRead) as caught:
        response.read()
    assert BODY.startswith(caught.value.partial)
    assert len(caught.value.partial) > 0
    connection.close()


def test_iteration_of_an_empty_body_ends(peer: MakePeer) -> None:
    connection, response = get(peer, b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n")
    got = [line for line in response]
    assert got == []
    connection.close()


def test_parse_headers_reads_a_file() -> None:
    block = b"A: 1\r\nb: 2\r\n\r\nbody"
    fields = client.parse_headers(io.BytesIO(block))
    assert type(fields).__name__ == "HTTPMessage"
    assert fields.items() == [("A", "1"), ("b", "2")]
