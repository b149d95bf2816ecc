"""A kept connection that is closed at every moment: no request is lost, and none is sent twice, without saying so."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, Faults, Peer, find_other_end, read, request, send, wait_drained
from tests.fix_twins import Twin, both_twins, heard, settle

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

BODY = b"answer"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\n" + BODY
SECRET = b"order=1&number=77"
"""A body that stands once in each request that is sent."""


async def open_by(twin: Twin, opener: Any, url: str, data: bytes | None = None) -> tuple[int, bytes]:
    response = await settle(opener.open(url, data, timeout=5))
    try:
        return response.status, await settle(response.read())
    finally:
        response.close()


def end(*, hard: bool) -> Callable[[Conversation], None]:
    """End a conversation once the client has taken what was sent before: a reset could overtake it."""

    def step(conversation: Conversation) -> None:
        descriptor = find_other_end(conversation.sock)
        if descriptor is not None:
            wait_drained(descriptor)
        conversation.end(reset=hard)

    return step


def count_requests(server: Peer) -> int:
    return sum(bytes(one.received).count(b" /second ") for one in server.conversations)


async def ask_twice(
    twin: Twin, server: Peer, data: bytes | None, context: ssl.SSLContext | None = None
) -> tuple[Any, BaseException | None]:
    """Ask over a connection that is kept from an earlier request; give what came, and what went wrong.

    context: speak TLS.
    """
    module = twin.module("urllib.request")
    base = f"http://{server.host}:{server.port}" if context is None else f"https://localhost:{server.port}"
    opener = module.build_opener(*([] if context is None else [module.HTTPSHandler(context=context)]))
    try:
        assert await open_by(twin, opener, base + "/first") == (200, BODY)
        try:
            return await open_by(twin, opener, base + "/second", data), None
        except Exception as failure:  # noqa: BLE001  -- judged by the test
            return None, failure
    finally:
        opener.close()
        for number in range(len(server.conversations)):
            await heard(twin, server, number)


@pytest.mark.parametrize("hard", [False, True], ids=["close", "reset"])
@pytest.mark.parametrize("data", [None, SECRET], ids=["GET", "POST"])
@both_twins
async def test_server_that_leaves_after_any_byte_of_a_request(
    twin: Twin, data: bytes | None, hard: bool
) -> None:
    """A GET is answered in the end. A POST is answered, or an error says that it may have been acted upon."""
    with Peer([request(), send(ANSWER), request(), send(ANSWER)]) as server:
        assert await ask_twice(twin, server, data) == ((200, BODY), None)
        whole = len(server.conversations[0].taken[-1]) + (
            0 if data is None else len(server.conversations[0].taken[-2])
        )
    for count in range(0, whole + 1, 5):
        first = [request(), send(ANSWER), *([read(count)] if count else []), end(hard=hard)]
        with Peer(first, [request(), send(ANSWER)]) as server:
            got, failure = await ask_twice(twin, server, data)
            complete = sum(bytes(one.received).count(SECRET) for one in server.conversations)
            if data is None:
                assert got == (200, BODY), (count, failure)
            elif got is None:
                assert "not sent again" in "".join(getattr(failure, "__notes__", ())), (count, failure)
            assert complete <= 1, count
            assert len(server.conversations) <= 2, count


@pytest.mark.parametrize("hard", [False, True], ids=["close", "reset"])
@pytest.mark.parametrize("data", [None, SECRET], ids=["GET", "POST"])
@both_twins
async def test_server_that_leaves_after_any_byte_of_its_answer(
    twin: Twin, data: bytes | None, hard: bool
) -> None:
    """From the first byte of an answer on nothing is sent again: the caller hears of it."""
    for count in range(1, len(ANSWER)):
        bend = {"reset_after": len(ANSWER) + count} if hard else {"close_after": len(ANSWER) + count}
        with Peer(
            [request(), send(ANSWER), request(), send(ANSWER)],
            [request(), send(ANSWER)],
            faults=Faults(**bend),
        ) as server:
            got, failure = await ask_twice(twin, server, data)
            if data is None and hard and got is not None:
                assert got == (200, BODY)  # the reset had overtaken the bytes that were sent before it
            else:
                assert got is None, count
                assert failure is not None
                assert count_requests(server) == 1, count


@pytest.mark.parametrize("hard", [False, True], ids=["close", "reset"])
@pytest.mark.parametrize("data", [None, SECRET], ids=["GET", "POST"])
@pytest.mark.parametrize("asked", [False, True], ids=["idle", "asked"])
@both_twins
async def test_server_that_leaves_over_tls(
    twin: Twin,
    asked: bool,
    data: bytes | None,
    hard: bool,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
    """TLS ends in ways of its own; what may be sent again is the same."""
    first = [request(), send(ANSWER), *([request()] if asked else []), end(hard=hard)]
    with Peer(first, [request(), send(ANSWER)], tls=server_tls) as server:
        got, failure = await ask_twice(twin, server, data, client_tls)
        assert sum(bytes(one.received).count(SECRET) for one in server.conversations) <= 1
        if got is None:
            assert data is not None, failure
            assert "not sent again" in "".join(getattr(failure, "__notes__", ()))
        else:
            assert got == (200, BODY)


@both_twins
async def test_every_read_split_into_single_bytes_gives_the_same(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(ANSWER), request(), send(ANSWER)], faults=Faults(split=1))
    got, failure = await ask_twice(twin, server, None)
    assert (got, failure) == ((200, BODY), None)
    assert len(server.conversations) == 1
