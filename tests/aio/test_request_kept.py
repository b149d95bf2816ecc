"""Connections that urllib.request keeps: when they are used again, and when they must not be."""

from __future__ import annotations

import functools
import gc
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Peer, close, request, reset, send, stall, wait
from wirekit import defaults
from wirekit._io import blocking
from wirekit._io.asynchronous import ASYNC
from wirekit.aio.http import client
from wirekit.aio.urllib import request as web
from wirekit.aio.urllib._handlers import pool
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
EMPTY = b"HTTP/1.1 204 No Content\r\n\r\n"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry"
LATE = b"HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n"

TWICE = [request(), send(OK), request(), send(OK)]
ONCE = [request(), send(OK)]


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


async def fetch(url: Any, data: Any = None, **options: Any) -> bytes:
    async with await web.urlopen(url, data, 5, **options) as response:
        body: bytes = await response.read()
    return body


async def count_connections(server: Peer) -> int:
    """Close what is kept, so that the server has heard all."""
    web.urlcleanup()
    for number in range(len(server.conversations)):
        await heard(server, number)
    return len(server.conversations)


# ---- used again


async def test_second_request_uses_the_connection_of_the_first(peer: MakePeer) -> None:
    server = peer(TWICE)
    for path in ("/a", "/b"):
        assert await fetch(url_of(server, path)) == b"ok"
    assert await count_connections(server) == 1
    said = await heard(server)
    assert said.startswith(b"GET /a HTTP/1.1\r\n")
    assert b"\r\n\r\nGET /b HTTP/1.1\r\n" in said
    assert b"Connection" not in said


@pytest.mark.parametrize(
    "answer", [EMPTY, CHUNKED, MISSING, OK[:-2], OK], ids=["204", "chunked", "404", "head", "200"]
)
async def test_connection_is_kept_after_every_kind_of_response(peer: MakePeer, answer: bytes) -> None:
    server = peer([request(), send(answer), request(), send(OK)])
    try:
        async with await web.urlopen(
            web.Request(url_of(server), method="HEAD" if answer == OK[:-2] else "GET")
        ) as got:
            await got.read()
    except HTTPError as failure:
        assert failure.code == 404  # noqa: PT017 - one answer of several
        failure.close()
    assert await fetch(url_of(server)) == b"ok"
    assert await count_connections(server) == 1


async def test_response_that_has_arrived_holds_no_connection(peer: MakePeer) -> None:
    server = peer(TWICE)
    first = await web.urlopen(url_of(server))
    second = await web.urlopen(url_of(server))
    assert await first.readline() == b"ok"
    assert await first.read() == b""
    assert await second.peek() == b"ok"
    assert await second.read1() == b"ok"
    with pytest.raises(OSError, match="arrived whole"):
        (await web.urlopen(url_of(peer(ONCE)))).fileno()
    first.close()
    second.close()
    assert await count_connections(server) == 1


async def test_response_that_is_still_to_come_holds_its_connection(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([request(), send(OK[:-1]), wait(go), send(b"k")], ONCE)
    first = await web.urlopen(url_of(server))
    assert await fetch(url_of(server)) == b"ok"
    go.set()
    assert await first.read() == b"ok"
    first.close()
    assert await count_connections(server) == 2


async def test_body_of_unread_error_holds_no_connection(peer: MakePeer) -> None:
    server = peer([request(), send(MISSING), request(), send(OK)])
    with pytest.raises(HTTPError) as caught:
        await fetch(url_of(server))
    assert await fetch(url_of(server)) == b"ok"
    failure: Any = caught.value
    assert await failure.read() == b"sorry"
    failure.close()
    assert await count_connections(server) == 1


async def test_redirect_goes_on_over_the_same_connection(peer: MakePeer) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nthere"[:-1]
    server = peer([request(), send(moved), request(), send(OK)])
    assert await fetch(url_of(server, "/a")) == b"ok"
    assert await count_connections(server) == 1


async def test_tls_connection_is_kept_for_its_context(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer(TWICE, tls=server_tls)
    for _ in range(2):
        assert await fetch(f"https://localhost:{server.port}/", context=client_tls) == b"ok"
    assert await count_connections(server) == 1


async def test_tunnel_is_kept(peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    from tests.fix_peer import start_tls

    connected = send(b"HTTP/1.1 200 Connected\r\n\r\n")
    proxy = peer([request(), connected, start_tls(server_tls), *TWICE])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://u:p@{proxy.host}:{proxy.port}"}),
        web.HTTPSHandler(context=client_tls),
    )
    async with opener:
        for _ in range(2):
            async with await opener.open("https://localhost/", timeout=5) as response:
                assert await response.read() == b"ok"
    said = await heard(proxy)
    assert said.count(b"CONNECT localhost:443") == 1
    assert said.count(b"GET / ") == 2
    assert said.count(b"Proxy-Authorization") == 1


async def test_timeout_of_each_request_counts(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), stall()])
    assert await fetch(url_of(server)) == b"ok"
    with pytest.raises(TimeoutError):
        await web.urlopen(url_of(server), timeout=0.05)
    assert await count_connections(server) == 1


async def test_total_time_counts_from_each_request_on(peer: MakePeer) -> None:
    server = peer([*TWICE, request(), stall()])
    for _ in range(2):
        assert await fetch(url_of(server)) == b"ok"
    with pytest.raises(OSError) as caught:
        await web.urlopen(url_of(server), timeout=defaults.Timeout(5, total=0.05))
    failure = caught.value  # a URLError where a slow machine had no time left to send it
    assert isinstance(failure.reason if isinstance(failure, URLError) else failure, TimeoutError)
    assert await count_connections(server) == 1


async def test_debuglevel_of_the_handler_counts(peer: MakePeer, capsys: pytest.CaptureFixture[str]) -> None:
    server = peer(TWICE)
    handler = web.HTTPHandler()
    async with web.build_opener(handler) as opener:
        async with await opener.open(url_of(server)) as response:
            await response.read()
        assert capsys.readouterr().out == ""
        handler.set_http_debuglevel(1)
        async with await opener.open(url_of(server)) as response:
            await response.read()
    assert "send:" in capsys.readouterr().out
    assert (await heard(server)).count(b"GET") == 2


async def test_subclass_of_a_connection_may_ask_to_be_kept(peer: MakePeer) -> None:
    class Mine(client.HTTPConnection):
        pass

    class Kept(Mine):
        kept = True

    async def fetch_by(kind: Any, server: Peer) -> int:
        class Handler(web.HTTPHandler):
            async def http_open(self, req: Any) -> Any:
                return await self.do_open(kind, req)

        async with web.build_opener(Handler) as opener:
            for _ in range(2):
                async with await opener.open(url_of(server), timeout=5) as response:
                    assert await response.read() == b"ok"
        for number in range(len(server.conversations)):
            await heard(server, number)
        return len(server.conversations)

    assert await fetch_by(Kept, peer(TWICE)) == 1
    assert await fetch_by(Mine, peer(ONCE)) == 2
    assert await fetch_by(functools.partial(client.HTTPConnection, blocksize=4096), peer(ONCE)) == 2


IN_CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n5\r\nmoved\r\n0\r\n\r\n"
TO_COME = b"Content-Length: 5\r\n\r\nmo"


@pytest.mark.parametrize(
    "status", ["302 Found\r\nLocation: /b", '401 Who\r\nWWW-Authenticate: Basic realm="r"']
)
async def test_small_body_that_nobody_wants_leaves_its_connection(peer: MakePeer, status: str) -> None:
    head = f"HTTP/1.1 {status}\r\n".encode()
    server = peer([request(), send(head + IN_CHUNKS), request(), send(OK)])
    assert await fetch_as_alice(server) == b"ok"
    assert await count_connections(server) == 1
    said = await heard(server)
    assert said.count(b"GET ") == 2


async def test_small_body_of_a_server_that_is_busy_leaves_its_connection(peer: MakePeer) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\n" + IN_CHUNKS
    server = peer([request(), send(busy), request(), send(OK)])
    opener = web.build_opener(web.RetryHandler(pause=0))
    async with opener, await opener.open(url_of(server), timeout=5) as response:
        assert await response.read() == b"ok"
    assert await count_connections(server) == 1


@pytest.mark.parametrize(
    "rest", [TO_COME, b"Content-Length: 90000\r\n\r\nmo", IN_CHUNKS[:-5]], ids=["5", "90000", "chunks"]
)
@pytest.mark.parametrize(
    "status", ["302 Found\r\nLocation: /b", '401 Who\r\nWWW-Authenticate: Basic realm="r"']
)
async def test_body_that_nobody_wants_is_not_waited_for(peer: MakePeer, status: str, rest: bytes) -> None:
    server = peer([request(), send(f"HTTP/1.1 {status}\r\n".encode() + rest), stall()], ONCE)
    assert await fetch_as_alice(server) == b"ok"
    assert await count_connections(server) == 2


async def test_time_for_an_unwanted_body_does_not_stay_with_its_connection(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 302 F\r\nLocation: /b\r\n" + IN_CHUNKS), request(), send(OK)])
    async with await web.urlopen(url_of(server), timeout=5) as response:
        stream = response.fp
        assert await response.read() == b"ok"
    assert stream.deadline is None


async def fetch_as_alice(server: Peer) -> bytes:
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url_of(server), "alice", "word")
    opener = web.build_opener(web.HTTPBasicAuthHandler(manager))
    async with opener, await opener.open(url_of(server), timeout=5) as response:
        body: bytes = await response.read()
    return body


# ---- not used again


async def test_stdlib_profile_keeps_nothing(peer: MakePeer) -> None:
    server = peer(ONCE)
    with defaults.using("stdlib"):
        for _ in range(2):
            assert await fetch(url_of(server)) == b"ok"
    assert b"\r\nConnection: close\r\n" in await heard(server, 0)
    assert await count_connections(server) == 2


async def test_request_to_close_is_honoured(peer: MakePeer) -> None:
    server = peer(ONCE)
    assert await fetch(web.Request(url_of(server), headers={"connection": "Close"})) == b"ok"
    assert b"\r\nConnection: close\r\n" in await heard(server)


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"OK", b"OK\r\nConnection: close", 1),
        OK.replace(b"1.1", b"1.0"),
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ],
    ids=["close", "1.0", "101"],
)
async def test_connection_that_ends_is_not_kept(peer: MakePeer, answer: bytes) -> None:
    server = peer([request(), send(answer), stall()], ONCE)
    if b" 101 " in answer:
        with pytest.raises(HTTPError) as caught:
            await fetch(url_of(server))
        caught.value.close()
    else:
        assert await fetch(url_of(server)) == b"ok"
    assert await heard(server)
    assert await fetch(url_of(server)) == b"ok"
    assert await count_connections(server) == 2


async def test_response_closed_early_takes_its_connection_along(peer: MakePeer) -> None:
    server = peer([request(), send(OK[:-1]), stall()], ONCE)
    response = await web.urlopen(url_of(server))
    response.close()
    assert await heard(server)
    assert await fetch(url_of(server)) == b"ok"


async def test_response_forgotten_unread_takes_its_connection_along(peer: MakePeer) -> None:
    server = peer([request(), send(OK[:-1]), stall()], ONCE)
    response = await web.urlopen(url_of(server))
    del response
    assert await heard(server)
    assert await fetch(url_of(server)) == b"ok"


async def test_response_read_and_forgotten_leaves_its_connection(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([request(), send(OK[:-1]), wait(go), send(b"k"), *ONCE])
    response = await web.urlopen(url_of(server))
    go.set()
    assert await response.read() == b"ok"
    del response
    gc.collect()
    assert await fetch(url_of(server)) == b"ok"
    assert await count_connections(server) == 1


async def test_connection_whose_file_was_touched_is_not_kept(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([request(), send(OK[:-1]), wait(go), send(b"k"), stall()], ONCE)
    response = await web.urlopen(url_of(server))
    assert response.fp is not None
    go.set()
    assert await response.read() == b"ok"
    assert await heard(server)
    response.close()


async def test_connection_that_the_server_has_ended_is_not_used(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "IDLE", 0)  # as after an idle moment
    server = peer([*ONCE, close()], ONCE)
    assert await fetch(url_of(server)) == b"ok"
    await heard(server)
    assert await fetch(url_of(server), b"a POST, which must not be sent twice") == b"ok"
    assert await count_connections(server) == 2


async def test_answer_to_nothing_is_never_taken_for_one(peer: MakePeer) -> None:
    server = peer([request(), send(OK + OK.replace(b"ok", b"no")), stall()], ONCE)
    for _ in range(2):
        assert await fetch(url_of(server)) == b"ok"
    assert await count_connections(server) == 2


# ---- it breaks in the moment in which it is used


@pytest.mark.parametrize("end", [close(), reset()], ids=["close", "reset"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
async def test_request_that_may_be_repeated_is_sent_again(peer: MakePeer, method: str, end: Any) -> None:
    server = peer([*ONCE, request(), end], [request(), send(OK[:-2] if method == "HEAD" else OK)])
    assert await fetch(url_of(server)) == b"ok"
    data = b"body" if method == "PUT" else None
    expected = b"" if method == "HEAD" else b"ok"
    assert await fetch(web.Request(url_of(server, "/again"), data, method=method)) == expected
    assert await count_connections(server) == 2
    assert (await heard(server, 1)).startswith(method.encode() + b" /again ")
    assert (await heard(server, 1)).endswith(data or b"\r\n\r\n")


@pytest.mark.parametrize("end", [close(), reset()], ids=["close", "reset"])
@pytest.mark.parametrize(
    "method, data", [("POST", b"once"), ("PATCH", b"once"), ("PUT", iter([b"on", b"ce"]))]
)
async def test_request_that_must_not_be_repeated_fails_and_says_so(
    peer: MakePeer, method: str, data: Any, end: Any
) -> None:
    server = peer([*ONCE, request(), end], [request(), send(OK)])
    assert await fetch(url_of(server)) == b"ok"
    with pytest.raises((ConnectionError, URLError, client.HTTPException)) as caught:
        await fetch(web.Request(url_of(server), data, method=method))
    assert "not sent again" in "".join(caught.value.__notes__)
    assert await count_connections(server) == 1


async def test_request_is_sent_again_over_a_new_connection_only(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), close()], [request(), close()], ONCE)
    assert await fetch(url_of(server)) == b"ok"
    with pytest.raises(client.RemoteDisconnected):
        await fetch(url_of(server))
    assert await count_connections(server) == 2


async def test_answer_that_has_begun_is_not_asked_for_again(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), send(OK[:9]), close()], ONCE)
    assert await fetch(url_of(server)) == b"ok"
    with pytest.raises(client.RemoteDisconnected):
        await fetch(url_of(server))
    assert await count_connections(server) == 1


async def test_server_that_gave_up_waiting_is_asked_again(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), send(LATE), close()], ONCE)
    for _ in range(2):
        assert await fetch(url_of(server)) == b"ok"
    assert await count_connections(server) == 2


async def test_time_that_is_up_is_not_a_reason_to_ask_again(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), stall()], ONCE)
    assert await fetch(url_of(server)) == b"ok"
    with pytest.raises(TimeoutError):
        await web.urlopen(url_of(server), timeout=0.05)
    assert await count_connections(server) == 1


# ---- how many, and for how long


async def test_idle_connection_ends_with_its_time(peer: MakePeer) -> None:
    server = peer(ONCE)
    with defaults.using(idle_timeout=0.0):
        for _ in range(2):
            assert await fetch(url_of(server)) == b"ok"
        assert await heard(server)
    assert await count_connections(server) == 2


async def test_request_that_must_not_be_repeated_uses_fresh_connections_only(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "FRESH", 0.0)
    server = peer(ONCE)
    assert await fetch(url_of(server)) == b"ok"
    assert await fetch(url_of(server), b"once") == b"ok"
    assert await count_connections(server) == 2


async def test_oldest_idle_connection_makes_room(peer: MakePeer) -> None:
    servers = [peer(ONCE) for _ in range(3)]
    with defaults.using(max_idle=2):
        for server in servers:
            assert await fetch(url_of(server)) == b"ok"
        assert await heard(servers[0])
        assert not servers[1].conversations[0].left.is_set()
        assert not servers[2].conversations[0].left.is_set()


async def test_closed_opener_has_no_connections_and_can_be_used_on(peer: MakePeer) -> None:
    server = peer(ONCE)
    opener = web.build_opener()
    for number in range(2):
        async with await opener.open(url_of(server), timeout=5) as response:
            await response.read()
        opener.close()
        assert await heard(server, number)


async def test_forgotten_opener_ends_its_connections(peer: MakePeer) -> None:
    server = peer(ONCE)
    opener = web.build_opener()
    async with await opener.open(url_of(server), timeout=5) as response:
        await response.read()
    del opener
    gc.collect()
    assert await heard(server)


async def test_openers_share_no_connections(peer: MakePeer) -> None:
    server = peer(ONCE)
    async with web.build_opener() as one, web.build_opener() as other:
        for opener in (one, other):
            async with await opener.open(url_of(server), timeout=5) as response:
                await response.read()
    assert await count_connections(server) == 2


if ASYNC:

    async def test_many_tasks_share_an_opener_each_with_its_own_answer(peer: MakePeer) -> None:
        import asyncio

        def serve(conversation: Any) -> None:
            while True:
                request()(conversation)
                name = conversation.taken[-1].split()[1][1:]
                conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))

        def serve_until_left(conversation: Any) -> None:
            from tests.fix_peer import ScriptError

            try:
                serve(conversation)
            except ScriptError:
                pass  # the client left

        server = peer([serve_until_left])

        async def ask(task: int) -> None:
            for number in range(10):
                assert await fetch(url_of(server, f"/{task}-{number}")) == f"{task}-{number}".encode()

        await asyncio.gather(*[ask(task) for task in range(8)])
        assert await count_connections(server) <= 8

else:

    async def test_many_threads_share_an_opener_each_with_its_own_answer(peer: MakePeer) -> None:
        from concurrent.futures import ThreadPoolExecutor

        from tests.fix_peer import ScriptError

        def serve(conversation: Any) -> None:
            try:
                while True:
                    request()(conversation)
                    name = conversation.taken[-1].split()[1][1:]
                    conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b" % (len(name), name))
            except ScriptError:
                pass  # the client left

        server = peer([serve])

        def ask(task: int) -> None:
            for number in range(10):
                assert fetch(url_of(server, f"/{task}-{number}")) == f"{task}-{number}".encode()

        with ThreadPoolExecutor(8) as threads:
            list(threads.map(ask, range(8)))
        assert count_connections(server) <= 8

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system knows no fork")
    async def test_child_of_a_fork_lets_the_parents_connections_alone(peer: MakePeer) -> None:
        server = peer(TWICE, ONCE)
        assert await fetch(url_of(server)) == b"ok"
        if not (child := os.fork()):
            code = 1
            try:
                opener: Any = web._opener
                pools = [handler._pool for handler in opener.handlers if getattr(handler, "_pool", None)]
                if pools and not any(one._idle for one in pools):
                    code = 0
            finally:
                os._exit(code)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
        assert await fetch(url_of(server)) == b"ok"
        assert await count_connections(server) == 1
