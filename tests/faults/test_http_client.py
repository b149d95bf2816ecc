"""What the HTTP client makes of a server that dies, stalls, resets or crumbles, at every byte of a response."""

from __future__ import annotations

import asyncio
import select
import threading
from typing import TYPE_CHECKING, Any

import pytest

import wirekit
from tests.fix_peer import Conversation, Faults, Peer, close, request, send, stall, wait
from tests.fix_twins import LOOPS, Twin, both_twins, heard, settle
from wirekit._io import blocking
from wirekit._wire.busy import ConnectionBusy

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

BODY = b"hello, world"
LENGTH = b"HTTP/1.1 200 OK\r\nContent-Length: 12\r\n\r\n" + BODY
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n7\r\n, world\r\n0\r\n\r\n"
TRAILERS = CHUNKED[:-2] + b"X-Sum: 1\r\nY: 2\r\n\r\n"
UNTIL_CLOSE = b"HTTP/1.0 200 OK\r\nX: y\r\n\r\n" + BODY
INTERIM = b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n" + LENGTH

ANSWERS = {
    "length": LENGTH,
    "chunked": CHUNKED,
    "trailers": TRAILERS,
    "until-close": UNTIL_CLOSE,
    "interim": INTERIM,
}
LENGTHY = {name: answer for name, answer in ANSWERS.items() if name != "until-close"}

answers = pytest.mark.parametrize("answer", ANSWERS.values(), ids=list(ANSWERS))
lengthy = pytest.mark.parametrize("answer", LENGTHY.values(), ids=list(LENGTHY))


def connect(twin: Twin, server: Peer, timeout: Any = 5) -> Any:
    return twin.http_client.HTTPConnection(server.host, server.port, timeout=timeout)


async def get(connection: Any) -> tuple[int, bytes]:
    await settle(connection.request("GET", "/"))
    response = await settle(connection.getresponse())
    return response.status, await settle(response.read())


def is_whole(answer: bytes) -> bool:
    """Tell whether a chunked body may be taken for whole: its last chunk came (RFC 9112 section 8)."""
    return b"\r\n0\r\n" in answer


async def get_by_pieces(connection: Any, way: str) -> bytes:
    """Read the body by one of the other ways."""
    await settle(connection.request("GET", "/"))
    response = await settle(connection.getresponse())
    got = b""
    room = bytearray(5)
    while True:
        match way:
            case "read":
                piece = await settle(response.read(5))
            case "read1":
                piece = await settle(response.read1(5))
            case "readline":
                piece = await settle(response.readline())
            case _:
                piece = bytes(room[: await settle(response.readinto(room))])
        if not piece:
            return got
        got += piece


@answers
@both_twins
async def test_every_read_split_into_single_bytes_gives_the_same(
    twin: Twin, peer: MakePeer, answer: bytes
) -> None:
    server = peer([request(), send(answer), close()], faults=Faults(split=1))
    connection = connect(twin, server)
    assert await get(connection) == (200, BODY)
    connection.close()


@lengthy
@both_twins
async def test_server_that_dies_after_any_byte_is_an_error(twin: Twin, answer: bytes) -> None:
    """Never a short body as if it were the whole, never a hang; the next request gets its own answer."""
    client = twin.http_client
    for count in range(len(answer)):
        with Peer([request(), send(answer)], faults=Faults(close_after=count)) as server:
            connection = connect(twin, server)
            with pytest.raises((client.HTTPException, ConnectionError)) as caught:  # noqa: PT012  -- see is_whole
                whole = await get(connection)
                assert whole == (200, BODY), count
                assert is_whole(answer[:count]), count
                raise client.IncompleteRead(BODY)
            if isinstance(caught.value, client.IncompleteRead):
                assert BODY.startswith(caught.value.partial), count
            connection.close()
            await heard(twin, server)


@both_twins
async def test_server_that_dies_in_a_head_is_an_error_and_after_it_the_end(twin: Twin) -> None:
    """A body that lasts until the close cannot be told from a cut one (RFC 9112 section 6.3, rule 8)."""
    client = twin.http_client
    head = UNTIL_CLOSE.index(b"\r\n\r\n") + 4
    for count in range(len(UNTIL_CLOSE)):
        with Peer([request(), send(UNTIL_CLOSE)], faults=Faults(close_after=count)) as server:
            connection = connect(twin, server)
            if count < head:
                with pytest.raises((client.HTTPException, ConnectionError)):
                    await get(connection)
            else:
                assert await get(connection) == (200, BODY[: count - head])
            connection.close()
            await heard(twin, server)


@pytest.mark.parametrize("way", ["read", "read1", "readline", "readinto"])
@both_twins
async def test_short_body_read_in_pieces_is_an_error_or_visibly_short(twin: Twin, way: str) -> None:
    """In pieces, what came before the end is given first; then the end is an error, or the length says it was none."""
    client = twin.http_client
    head = LENGTH.index(b"\r\n\r\n") + 4
    for count in range(head, len(LENGTH)):
        with Peer([request(), send(LENGTH)], faults=Faults(close_after=count)) as server:
            connection = connect(twin, server)
            try:
                got = await get_by_pieces(connection, way)
            except client.IncompleteRead:
                pass
            else:
                assert got == BODY[: count - head]
            connection.close()


@answers
@both_twins
async def test_reset_after_any_byte_is_an_error(twin: Twin, answer: bytes) -> None:
    client = twin.http_client
    for count in range(0, len(answer), 3):
        with Peer([request(), send(answer)], faults=Faults(reset_after=count)) as server:
            connection = connect(twin, server)
            with pytest.raises((ConnectionError, client.HTTPException)):
                await get(connection)
            connection.close()


@lengthy
@both_twins
async def test_stall_after_any_byte_times_out_and_the_connection_is_closed(twin: Twin, answer: bytes) -> None:
    for count in range(0, len(answer), 5):
        with Peer([request(), send(answer[:count]), stall()], [request(), send(LENGTH)]) as server:
            connection = connect(twin, server, timeout=wirekit.Timeout(0.03, connect=20))
            with pytest.raises(TimeoutError):
                await get(connection)
            await heard(twin, server)  # that is: the client has hung up
            connection.timeout = 5
            assert await get(connection) == (200, BODY)
            connection.close()


@both_twins
async def test_server_that_dies_while_a_request_is_sent_is_an_error(twin: Twin, peer: MakePeer) -> None:
    client = twin.http_client
    server = peer([close()])
    connection = connect(twin, server)
    with pytest.raises((ConnectionError, client.HTTPException)):  # noqa: PT012  -- either step may notice
        await settle(connection.request("POST", "/", bytes(32 << 20)))
        await settle(connection.getresponse())
    connection.close()


@both_twins
async def test_error_in_the_head_closes_and_the_next_request_connects_anew(
    twin: Twin, peer: MakePeer
) -> None:
    server = peer([request(), send(b"garbage\r\n\r\n"), stall()], [request(), send(LENGTH)])
    connection = connect(twin, server)
    with pytest.raises(twin.http_client.BadStatusLine):
        await get(connection)
    await heard(twin, server)
    assert await get(connection) == (200, BODY)
    connection.close()


@both_twins
async def test_error_in_the_body_closes_and_the_next_request_connects_anew(
    twin: Twin, peer: MakePeer
) -> None:
    broken = CHUNKED.replace(b"7\r\n", b"x\r\n")
    server = peer([request(), send(broken), stall()], [request(), send(LENGTH)])
    connection = connect(twin, server)
    with pytest.raises(twin.http_client.HTTPException):
        await get(connection)
    await heard(twin, server)
    assert await get(connection) == (200, BODY)
    connection.close()


# ---- the async twin alone: cancellation, and two tasks on one connection

LOOPED = [Twin(name) for name in LOOPS]
async_twin = pytest.mark.parametrize("twin", LOOPED, ids=lambda twin: twin.name)


@async_twin
@pytest.mark.parametrize("sent", [0, 10, len(LENGTH) - len(BODY), len(LENGTH) - 1])
def test_cancellation_closes_the_connection(twin: Twin, peer: MakePeer, sent: int) -> None:
    server = peer([request(), send(LENGTH[:sent]), stall()], [request(), send(LENGTH)])

    async def main() -> None:
        connection = connect(twin, server)
        task = asyncio.create_task(get(connection))
        while (
            not server.conversations
            or server.conversations[0].sent < sent
            or not server.conversations[0].taken
        ):
            await asyncio.sleep(0)
        for _ in range(5):  # let the task come to its last wait
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await heard(twin, server)
        assert connection.sock is None or connection.sock.closed
        assert await get(connection) == (200, BODY)
        connection.close()

    twin.run(main())


@async_twin
def test_cancellation_while_connecting_leaves_nothing_open(twin: Twin, peer: MakePeer) -> None:
    def serve(conversation: Conversation) -> None:
        if conversation.fill():  # the connection given up may have come through, or not
            conversation.send(LENGTH)

    server = peer([serve])

    async def main() -> None:
        connection = connect(twin, server)
        task = asyncio.create_task(connection.connect())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert connection.sock is None
        assert await get(connection) == (200, BODY)
        connection.close()

    twin.run(main())


@async_twin
def test_wait_for_from_outside_is_a_cancellation(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), stall()])

    async def main() -> None:
        connection = connect(twin, server)
        with pytest.raises(TimeoutError):
            await asyncio.wait_for(get(connection), 0.3)
        await heard(twin, server)
        connection.close()

    twin.run(main())


@async_twin
def test_second_task_on_a_busy_connection_is_refused(twin: Twin, peer: MakePeer) -> None:
    """It gets ConnectionBusy or the state machine's own refusal, never the other's answer; the first gets its own."""
    server = peer([request(), stall()])

    async def main() -> None:
        client = twin.http_client
        connection = connect(twin, server)
        await connection.request("GET", "/")
        first = asyncio.create_task(connection.getresponse())
        await asyncio.sleep(0)  # it waits now, however quick the server is
        while not (server.conversations and server.conversations[0].taken):
            await asyncio.sleep(0)
        with pytest.raises((ConnectionBusy, client.ImproperConnectionState)):
            await connection.getresponse()
        with pytest.raises((ConnectionBusy, client.ImproperConnectionState)):
            await connection.request("GET", "/second")
        server.conversations[0].send(LENGTH)
        response = await first
        assert await response.read() == BODY
        connection.close()
        assert (await heard(twin, server)).count(b"GET") == 1

    twin.run(main())


@async_twin
def test_second_reader_of_a_response_is_refused(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(LENGTH[:-5]), stall()])

    async def main() -> None:
        connection = connect(twin, server)
        await connection.request("GET", "/")
        response = await connection.getresponse()
        first = asyncio.create_task(response.read())
        for _ in range(3):
            await asyncio.sleep(0)
        with pytest.raises(ConnectionBusy):
            await response.read()
        server.conversations[0].send(LENGTH[-5:])
        assert await first == BODY
        connection.close()

    twin.run(main())


def test_busy_is_a_runtime_error_by_its_public_name() -> None:
    assert issubclass(wirekit.ConnectionBusy, RuntimeError)
    assert wirekit.ConnectionBusy is ConnectionBusy


@pytest.mark.parametrize("unasked", [LENGTH.replace(b"hello", b"wrong"), b""], ids=["an answer", "the end"])
@both_twins
async def test_what_comes_unasked_between_two_requests_is_never_taken_for_an_answer(
    twin: Twin, peer: MakePeer, unasked: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "IDLE", 0)  # as after an idle moment
    go = threading.Event()
    last = [send(unasked), stall()] if unasked else [close()]
    server = peer([request(), send(LENGTH), wait(go), *last], [request(), send(LENGTH)])
    connection = connect(twin, server)
    assert await get(connection) == (200, BODY)
    go.set()
    if twin.waits:
        while not connection.sock.pending:
            await asyncio.sleep(0)
    else:
        assert select.select([connection.sock], [], [], 5)[0]
    assert await get(connection) == (200, BODY)
    connection.close()
    assert len(server.conversations) == 2
