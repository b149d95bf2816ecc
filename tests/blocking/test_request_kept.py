# Generated from tests/aio/test_request_kept.py by tools/unasync.py; edit that file.
"""Connections that urllib.request keeps: when they are used again, and when they must not be."""

from __future__ import annotations

import functools
import gc
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, close, request, reset, send, stall, wait
from wirekit import defaults
from wirekit._io import blocking
from wirekit.http import client
from wirekit.urllib import request as web
from wirekit.urllib._handlers import pool
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


def fetch(url: Any, data: Any = None, **options: Any) -> bytes:
    with web.urlopen(url, data, 5, **options) as response:
        body: bytes = response.read()
    return body


def count_connections(server: Peer) -> int:
    """Close what is kept, so that the server has heard all."""
    web.urlcleanup()
    for number in range(len(server.conversations)):
        heard(server, number)
    return len(server.conversations)


# ---- used again


def test_second_request_uses_the_connection_of_the_first(peer: MakePeer) -> None:
    server = peer(TWICE)
    for path in ("/a", "/b"):
        assert fetch(url_of(server, path)) == b"ok"
    assert count_connections(server) == 1
    said = heard(server)
    assert said.startswith(b"GET /a HTTP/1.1\r\n")
    assert b"\r\n\r\nGET /b HTTP/1.1\r\n" in said
    assert b"Connection" not in said


@pytest.mark.parametrize(
    "answer", [EMPTY, CHUNKED, MISSING, OK[:-2], OK], ids=["204", "chunked", "404", "head", "200"]
)
def test_connection_is_kept_after_every_kind_of_response(peer: MakePeer, answer: bytes) -> None:
    server = peer([request(), send(answer), request(), send(OK)])
    try:
        with web.urlopen(web.Request(url_of(server), method="HEAD" if answer == OK[:-2] else "GET")) as got:
            got.read()
    except HTTPError as failure:
        assert failure.code == 404  # noqa: PT017 - one answer of several
        failure.close()
    assert fetch(url_of(server)) == b"ok"
    assert count_connections(server) == 1


def test_response_that_has_arrived_holds_no_connection(peer: MakePeer) -> None:
    server = peer(TWICE)
    first = web.urlopen(url_of(server))
    second = web.urlopen(url_of(server))
    assert first.readline() == b"ok"
    assert first.read() == b""
    assert second.peek() == b"ok"
    assert second.read1() == b"ok"
    with pytest.raises(OSError, match="arrived whole"):
        web.urlopen(url_of(peer(ONCE))).fileno()
    first.close()
    second.close()
    assert count_connections(server) == 1


def test_response_that_is_still_to_come_holds_its_connection(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([request(), send(OK[:-1]), wait(go), send(b"k")], ONCE)
    first = web.urlopen(url_of(server))
    assert fetch(url_of(server)) == b"ok"
    go.set()
    assert first.read() == b"ok"
    first.close()
    assert count_connections(server) == 2


def test_body_of_unread_error_holds_no_connection(peer: MakePeer) -> None:
    server = peer([request(), send(MISSING), request(), send(OK)])
    with pytest.raises(HTTPError) as caught:
        fetch(url_of(server))
    assert fetch(url_of(server)) == b"ok"
    failure: Any = caught.value
    assert failure.read() == b"sorry"
    failure.close()
    assert count_connections(server) == 1


def test_redirect_goes_on_over_the_same_connection(peer: MakePeer) -> None:
    moved = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 4\r\n\r\nthere"[:-1]
    server = peer([request(), send(moved), request(), send(OK)])
    assert fetch(url_of(server, "/a")) == b"ok"
    assert count_connections(server) == 1


def test_tls_connection_is_kept_for_its_context(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer(TWICE, tls=server_tls)
    for _ in range(2):
        assert fetch(f"https://localhost:{server.port}/", context=client_tls) == b"ok"
    assert count_connections(server) == 1


def test_tunnel_is_kept(peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    from tests.fix_peer import start_tls

    connected = send(b"HTTP/1.1 200 Connected\r\n\r\n")
    proxy = peer([request(), connected, start_tls(server_tls), *TWICE])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://u:p@{proxy.host}:{proxy.port}"}),
        web.HTTPSHandler(context=client_tls),
    )
    with opener:
        for _ in range(2):
            with opener.open("https://localhost/", timeout=5) as response:
                assert response.read() == b"ok"
    said = heard(proxy)
    assert said.count(b"CONNECT localhost:443") == 1
    assert said.count(b"GET / ") == 2
    assert said.count(b"Proxy-Authorization") == 1


def test_timeout_of_each_request_counts(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), stall()])
    assert fetch(url_of(server)) == b"ok"
    with pytest.raises(TimeoutError):
        web.urlopen(url_of(server), timeout=0.05)
    assert count_connections(server) == 1


def test_total_time_counts_from_each_request_on(peer: MakePeer) -> None:
    server = peer([*TWICE, request(), stall()])
    for _ in range(2):
        assert fetch(url_of(server)) == b"ok"
    with pytest.raises(OSError) as caught:
        web.urlopen(url_of(server), timeout=defaults.Timeout(5, total=0.05))
    failure = caught.value  # a URLError where a slow machine had no time left to send it
    assert isinstance(failure.reason if isinstance(failure, URLError) else failure, TimeoutError)
    assert count_connections(server) == 1


def test_debuglevel_of_the_handler_counts(peer: MakePeer, capsys: pytest.CaptureFixture[str]) -> None:
    server = peer(TWICE)
    handler = web.HTTPHandler()
    with web.build_opener(handler) as opener:
        with opener.open(url_of(server)) as response:
            response.read()
        assert capsys.readouterr().out == ""
        handler.set_http_debuglevel(1)
        with opener.open(url_of(server)) as response:
            response.read()
    assert "send:" in capsys.readouterr().out
    assert heard(server).count(b"GET") == 2


def test_subclass_of_a_connection_may_ask_to_be_kept(peer: MakePeer) -> None:
    class Mine(client.HTTPConnection):
        pass

    class Kept(Mine):
        kept = True

    def fetch_by(kind: Any, server: Peer) -> int:
        class Handler(web.HTTPHandler):
            def http_open(self, req: Any) -> Any:
                return self.do_open(kind, req)

        with web.build_opener(Handler) as opener:
            for _ in range(2):
                with opener.open(url_of(server), timeout=5) as response:
                    assert response.read() == b"ok"
        for number in range(len(server.conversations)):
            heard(server, number)
        return len(server.conversations)

    assert fetch_by(Kept, peer(TWICE)) == 1
    assert fetch_by(Mine, peer(ONCE)) == 2
    assert fetch_by(functools.partial(client.HTTPConnection, blocksize=4096), peer(ONCE)) == 2


IN_CHUNKS = b"Transfer-Encoding: chunked\r\n\r\n5\r\nmoved\r\n0\r\n\r\n"
TO_COME = b"Content-Length: 5\r\n\r\nmo"


@pytest.mark.parametrize(
    "status", ["302 Found\r\nLocation: /b", '401 Who\r\nWWW-Authenticate: Basic realm="r"']
)
def test_small_body_that_nobody_wants_leaves_its_connection(peer: MakePeer, status: str) -> None:
    head = f"HTTP/1.1 {status}\r\n".encode()
    server = peer([request(), send(head + IN_CHUNKS), request(), send(OK)])
    assert fetch_as_alice(server) == b"ok"
    assert count_connections(server) == 1
    said = heard(server)
    assert said.count(b"GET ") == 2


def test_small_body_of_a_server_that_is_busy_leaves_its_connection(peer: MakePeer) -> None:
    busy = b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\n" + IN_CHUNKS
    server = peer([request(), send(busy), request(), send(OK)])
    opener = web.build_opener(web.RetryHandler(pause=0))
    with opener, opener.open(url_of(server), timeout=5) as response:
        assert response.read() == b"ok"
    assert count_connections(server) == 1


@pytest.mark.parametrize(
    "rest", [TO_COME, b"Content-Length: 90000\r\n\r\nmo", IN_CHUNKS[:-5]], ids=["5", "90000", "chunks"]
)
@pytest.mark.parametrize(
    "status", ["302 Found\r\nLocation: /b", '401 Who\r\nWWW-Authenticate: Basic realm="r"']
)
def test_body_that_nobody_wants_is_not_waited_for(peer: MakePeer, status: str, rest: bytes) -> None:
    server = peer([request(), send(f"HTTP/1.1 {status}\r\n".encode() + rest), stall()], ONCE)
    assert fetch_as_alice(server) == b"ok"
    assert count_connections(server) == 2


def test_time_for_an_unwanted_body_does_not_stay_with_its_connection(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 302 F\r\nLocation: /b\r\n" + IN_CHUNKS), request(), send(OK)])
    with web.urlopen(url_of(server), timeout=5) as response:
        stream = response.fp
        assert response.read() == b"ok"
    assert stream.deadline is None


def fetch_as_alice(server: Peer) -> bytes:
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url_of(server), "alice", "word")
    opener = web.build_opener(web.HTTPBasicAuthHandler(manager))
    with opener, opener.open(url_of(server), timeout=5) as response:
        body: bytes = response.read()
    return body


# ---- not used again


def test_stdlib_profile_keeps_nothing(peer: MakePeer) -> None:
    server = peer(ONCE)
    with defaults.using("stdlib"):
        for _ in range(2):
            assert fetch(url_of(server)) == b"ok"
    assert b"\r\nConnection: close\r\n" in heard(server, 0)
    assert count_connections(server) == 2


def test_request_to_close_is_honoured(peer: MakePeer) -> None:
    server = peer(ONCE)
    assert fetch(web.Request(url_of(server), headers={"connection": "Close"})) == b"ok"
    assert b"\r\nConnection: close\r\n" in heard(server)


@pytest.mark.parametrize(
    "answer",
    [
        OK.replace(b"OK", b"OK\r\nConnection: close", 1),
        OK.replace(b"1.1", b"1.0"),
        b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\n\r\n",
    ],
    ids=["close", "1.0", "101"],
)
def test_connection_that_ends_is_not_kept(peer: MakePeer, answer: bytes) -> None:
    server = peer([request(), send(answer), stall()], ONCE)
    if b" 101 " in answer:
        with pytest.raises(HTTPError) as caught:
            fetch(url_of(server))
        caught.value.close()
    else:
        assert fetch(url_of(server)) == b"ok"
    assert heard(server)
    assert fetch(url_of(server)) == b"ok"
    assert count_connections(server) == 2


def test_response_closed_early_takes_its_connection_along(peer: MakePeer) -> None:
    server = peer([request(), send(OK[:-1]), stall()], ONCE)
    response = web.urlopen(url_of(server))
    response.close()
    assert heard(server)
    assert fetch(url_of(server)) == b"ok"


def test_response_forgotten_unread_takes_its_connection_along(peer: MakePeer) -> None:
    server = peer([request(), send(OK[:-1]), stall()], ONCE)
    response = web.urlopen(url_of(server))
    del response
    assert heard(server)
    assert fetch(url_of(server)) == b"ok"


def test_response_read_and_forgotten_leaves_its_connection(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([request(), send(OK[:-1]), wait(go), send(b"k"), *ONCE])
    response = web.urlopen(url_of(server))
    go.set()
    assert response.read() == b"ok"
    del response
    gc.collect()
    assert fetch(url_of(server)) == b"ok"
    assert count_connections(server) == 1


def test_connection_whose_file_was_touched_is_not_kept(peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([request(), send(OK[:-1]), wait(go), send(b"k"), stall()], ONCE)
    response = web.urlopen(url_of(server))
    assert response.fp is not None
    go.set()
    assert response.read() == b"ok"
    assert heard(server)
    response.close()


def test_connection_that_the_server_has_ended_is_not_used(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "IDLE", 0)  # as after an idle moment
    server = peer([*ONCE, close()], ONCE)
    assert fetch(url_of(server)) == b"ok"
    heard(server)
    assert fetch(url_of(server), b"a POST, which must not be sent twice") == b"ok"
    assert count_connections(server) == 2


def test_answer_to_nothing_is_never_taken_for_one(peer: MakePeer) -> None:
    server = peer([request(), send(OK + OK.replace(b"ok", b"no")), stall()], ONCE)
    for _ in range(2):
        assert fetch(url_of(server)) == b"ok"
    assert count_connections(server) == 2


# ---- it breaks in the moment in which it is used


@pytest.mark.parametrize("end", [close(), reset()], ids=["close", "reset"])
@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "DELETE", "OPTIONS"])
def test_request_that_may_be_repeated_is_sent_again(peer: MakePeer, method: str, end: Any) -> None:
    server = peer([*ONCE, request(), end], [request(), send(OK[:-2] if method == "HEAD" else OK)])
    assert fetch(url_of(server)) == b"ok"
    data = b"body" if method == "PUT" else None
    expected = b"" if method == "HEAD" else b"ok"
    assert fetch(web.Request(url_of(server, "/again"), data, method=method)) == expected
    assert count_connections(server) == 2
    assert heard(server, 1).startswith(method.encode() + b" /again ")
    assert heard(server, 1).endswith(data or b"\r\n\r\n")


@pytest.mark.parametrize("end", [close(), reset()], ids=["close", "reset"])
@pytest.mark.parametrize(
    "method, data", [("POST", b"once"), ("PATCH", b"once"), ("PUT", iter([b"on", b"ce"]))]
)
def test_request_that_must_not_be_repeated_fails_and_says_so(
    peer: MakePeer, method: str, data: Any, end: Any
) -> None:
    server = peer([*ONCE, request(), end], [request(), send(OK)])
    assert fetch(url_of(server)) == b"ok"
    with pytest.raises((ConnectionError, URLError, client.HTTPException)) as caught:
        fetch(web.Request(url_of(server), data, method=method))
    assert "not sent again" in "".join(caught.value.__notes__)
    assert count_connections(server) == 1


def test_request_is_sent_again_over_a_new_connection_only(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), close()], [request(), close()], ONCE)
    assert fetch(url_of(server)) == b"ok"
    with pytest.raises(client.RemoteDisconnected):
        fetch(url_of(server))
    assert count_connections(server) == 2


def test_answer_that_has_begun_is_not_asked_for_again(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), send(OK[:9]), close()], ONCE)
    assert fetch(url_of(server)) == b"ok"
    with pytest.raises(client.RemoteDisconnected):
        fetch(url_of(server))
    assert count_connections(server) == 1


def test_server_that_gave_up_waiting_is_asked_again(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), send(LATE), close()], ONCE)
    for _ in range(2):
        assert fetch(url_of(server)) == b"ok"
    assert count_connections(server) == 2


def test_time_that_is_up_is_not_a_reason_to_ask_again(peer: MakePeer) -> None:
    server = peer([*ONCE, request(), stall()], ONCE)
    assert fetch(url_of(server)) == b"ok"
    with pytest.raises(TimeoutError):
        web.urlopen(url_of(server), timeout=0.05)
    assert count_connections(server) == 1


# ---- how many, and for how long


def test_idle_connection_ends_with_its_time(peer: MakePeer) -> None:
    server = peer(ONCE)
    with defaults.using(idle_timeout=0.0):
        for _ in range(2):
            assert fetch(url_of(server)) == b"ok"
        assert heard(server)
    assert count_connections(server) == 2


def test_request_that_must_not_be_repeated_uses_fresh_connections_only(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pool, "FRESH", 0.0)
    server = peer(ONCE)
    assert fetch(url_of(server)) == b"ok"
    assert fetch(url_of(server), b"once") == b"ok"
    assert count_connections(server) == 2


def test_oldest_idle_connection_makes_room(peer: MakePeer) -> None:
    servers = [peer(ONCE) for _ in range(3)]
    with defaults.using(max_idle=2):
        for server in servers:
            assert fetch(url_of(server)) == b"ok"
        assert heard(servers[0])
        assert not servers[1].conversations[0].left.is_set()
        assert not servers[2].conversations[0].left.is_set()


def test_closed_opener_has_no_connections_and_can_be_used_on(peer: MakePeer) -> None:
    server = peer(ONCE)
    opener = web.build_opener()
    for number in range(2):
        with opener.open(url_of(server), timeout=5) as response:
            response.read()
        opener.close()
        assert heard(server, number)


def test_forgotten_opener_ends_its_connections(peer: MakePeer) -> None:
    server = peer(ONCE)
    opener = web.build_opener()
    with opener.open(url_of(server), timeout=5) as response:
        response.read()
    del opener
    gc.collect()
    assert heard(server)


def test_openers_share_no_connections(peer: MakePeer) -> None:
    server = peer(ONCE)
    with web.build_opener() as one, web.build_opener() as other:
        for opener in (one, other):
            with opener.open(url_of(server), timeout=5) as response:
                response.read()
    assert count_connections(server) == 2


def test_many_threads_share_an_opener_each_with_its_own_answer(peer: MakePeer) -> None:
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
def test_child_of_a_fork_lets_the_parents_connections_alone(peer: MakePeer) -> None:
    server = peer(TWICE, ONCE)
    assert fetch(url_of(server)) == b"ok"
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
    assert fetch(url_of(server)) == b"ok"
    assert count_connections(server) == 1
