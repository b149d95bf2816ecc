"""Trying again, and the total time of all that it takes."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Conversation, Peer, ScriptError, close, request, send, stall
from wirekit import defaults
from wirekit._io.concurrency import asynchronous as together
from wirekit.aio.http import client
from wirekit.aio.urllib import request as web
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def busy(status: int, *fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status} Busy", *fields, "Content-Length: 4", "", "busy"]
    return "\r\n".join(lines).encode()


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Give the list of the pauses that were made, which take no time."""
    made: list[float] = []

    async def sleep(seconds: float) -> None:
        made.append(seconds)

    monkeypatch.setattr(together, "sleep", sleep)
    return made


async def get(opener: Any, url: Any, data: Any = None, timeout: Any = 5) -> bytes:
    async with await opener.open(url, data, timeout=timeout) as response:
        body: bytes = await response.read()
    return body


@pytest.mark.parametrize("status", [429, 503, 502, 504])
async def test_busy_server_is_asked_again(peer: MakePeer, waits: list[float], status: int) -> None:
    server = peer([step for one in (busy(status), busy(status), OK) for step in (request(), send(one))])
    async with web.build_opener(web.RetryHandler(pause=1.0)) as opener:
        assert await get(opener, url_of(server)) == b"ok"
    assert (await heard(server)).count(b"GET / ") == 3
    assert 0.5 <= waits[0] <= 1.0
    assert 1.0 <= waits[1] <= 2.0


async def test_last_attempt_is_the_result(peer: MakePeer, waits: list[float]) -> None:
    server = peer([step for one in (busy(503), busy(503)) for step in (request(), send(one))])
    async with web.build_opener(web.RetryHandler(2)) as opener:
        with pytest.raises(HTTPError) as caught:
            await get(opener, url_of(server))
        failure: Any = caught.value
        assert await failure.read() == b"busy"
        failure.close()
    assert len(waits) == 1


async def test_servers_wish_is_honoured_up_to_a_cap(peer: MakePeer, waits: list[float]) -> None:
    answers = (busy(503, "Retry-After: 7"), busy(429, "Retry-After: 999999999"), OK)
    server = peer([step for one in answers for step in (request(), send(one))])
    async with web.build_opener(web.RetryHandler()) as opener:
        assert await get(opener, url_of(server)) == b"ok"
    assert waits == [7.0, defaults.active.max_retry_after]


async def test_other_statuses_are_results(peer: MakePeer, waits: list[float]) -> None:
    server = peer([request(), send(busy(500))])
    async with web.build_opener(web.RetryHandler()) as opener:
        with pytest.raises(HTTPError) as caught:
            await get(opener, url_of(server))
        caught.value.close()
    assert waits == []


@pytest.mark.parametrize("status, attempts", [(503, 2), (429, 2), (502, 1), (504, 1)])
async def test_method_that_must_not_be_repeated_is_only_where_nothing_was_done(
    peer: MakePeer, waits: list[float], status: int, attempts: int
) -> None:
    server = peer([request(), send(busy(status)), *[request(), send(OK)] * (attempts - 1)])
    async with web.build_opener(web.RetryHandler()) as opener:
        if attempts == 1:
            with pytest.raises(HTTPError) as caught:
                await get(opener, url_of(server), b"once")
            caught.value.close()
        else:
            assert await get(opener, url_of(server), b"once") == b"ok"
    assert (await heard(server)).count(b"\r\n\r\nonce") == attempts


async def test_connection_that_broke_is_made_again(peer: MakePeer, waits: list[float]) -> None:
    server = peer([request(), close()], [request(), close()], [request(), send(OK)])
    async with web.build_opener(web.RetryHandler()) as opener:
        assert await get(opener, url_of(server)) == b"ok"
    assert len(waits) == 2


async def test_connection_that_broke_under_a_post_is_an_error(peer: MakePeer, waits: list[float]) -> None:
    server = peer([request(), close()], [request(), send(OK)])
    async with web.build_opener(web.RetryHandler()) as opener:
        with pytest.raises(client.RemoteDisconnected):
            await get(opener, url_of(server), b"once")
    assert waits == []


async def test_what_took_too_long_is_tried_again(peer: MakePeer, waits: list[float]) -> None:
    server = peer([request(), stall()], [request(), send(OK)])
    async with web.build_opener(web.RetryHandler()) as opener:
        assert await get(opener, url_of(server), timeout=1.2) == b"ok"
    assert len(waits) == 1


async def test_what_will_not_pass_is_not_tried_again(waits: list[float]) -> None:
    async with web.build_opener(web.RetryHandler()) as opener:
        with pytest.raises(URLError, match="unknown url type"):
            await opener.open("gopher://h/")
        with pytest.raises(URLError, match="no host"):
            await opener.open("http:///path")
    assert waits == []


async def test_body_is_had_again(peer: MakePeer, waits: list[float]) -> None:
    server = peer([request(), send(busy(503)), request(), send(OK)])
    file = io.BytesIO(b"front body")
    file.seek(6)
    async with web.build_opener(web.RetryHandler()) as opener:
        assert await get(opener, web.Request(url_of(server), file, method="PUT")) == b"ok"
    assert (await heard(server)).count(b"\r\n\r\nbody") == 2


async def test_body_that_cannot_be_had_again_is_sent_once(peer: MakePeer, waits: list[float]) -> None:
    server = peer([request(), send(busy(503))])
    async with web.build_opener(web.RetryHandler()) as opener:
        with pytest.raises(HTTPError) as caught:
            await get(opener, url_of(server), iter([b"once"]))
        caught.value.close()
    assert waits == []


async def test_total_time_that_would_not_suffice_ends_the_attempts(
    peer: MakePeer, waits: list[float]
) -> None:
    server = peer([request(), send(busy(503, "Retry-After: 60"))])
    async with web.build_opener(web.RetryHandler()) as opener:
        with pytest.raises(HTTPError) as caught:
            await get(opener, url_of(server), timeout=defaults.Timeout(5, total=30))
        caught.value.close()
    assert waits == []


async def test_error_of_a_redirects_target_is_tried_again(peer: MakePeer, waits: list[float]) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"
    server = peer([step for one in (moved, busy(503), OK) for step in (request(), send(one))])
    async with web.build_opener(web.RetryHandler()) as opener:
        assert await get(opener, url_of(server, "/a")) == b"ok"
    said = await heard(server)
    assert (said.count(b"GET /a "), said.count(b"GET /b ")) == (1, 2)


def test_handler_sends_once_at_least() -> None:
    with pytest.raises(ValueError, match="once at least"):
        web.RetryHandler(0)


# ---- the total time of all hops


async def test_total_time_runs_through_redirects(peer: MakePeer) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"

    def dawdle(conversation: Conversation) -> None:
        pause = threading.Event()
        try:
            while True:
                request()(conversation)
                pause.wait(0.06)
                conversation.send(moved)
        except ScriptError:
            pass  # the client left

    server = peer([dawdle])
    async with web.build_opener() as opener:
        with pytest.raises(OSError) as caught:
            await get(opener, url_of(server), timeout=defaults.Timeout(5, total=0.2))
    check_timed_out(caught.value)
    assert count_requests(server) <= 4


def check_timed_out(failure: OSError) -> None:
    """Accept a time that has run out while a response was awaited, and while a request was to leave."""
    reason = failure.reason if isinstance(failure, URLError) else failure
    assert isinstance(reason, TimeoutError)


def count_requests(server: Peer) -> int:
    return sum(bytes(one.received).count(b"GET") for one in server.conversations)


async def test_total_time_of_the_profile_runs_through_redirects_too(peer: MakePeer) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /next\r\nContent-Length: 0\r\n\r\n"
    server = peer([request(), send(moved), request(), stall()])
    with defaults.using(total_timeout=0.6):
        async with web.build_opener() as opener:
            with pytest.raises(OSError) as caught:
                async with await opener.open(url_of(server)):
                    pass
    check_timed_out(caught.value)
    assert count_requests(server) <= 2
