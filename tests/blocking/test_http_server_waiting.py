# Generated from tests/aio/test_http_server_waiting.py by tools/unasync.py; edit that file.
"""Connections that wait: without a thread or a task each, not for ever, and not more than there is room for."""

from __future__ import annotations

import contextlib
import functools
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.serving import Client, Handler, aside, exchange, request, serving, talking
from wirekit import defaults
from wirekit._io.servers import crew
from wirekit.http.server import HTTPServer, SimpleHTTPRequestHandler, ThreadingHTTPServer

if TYPE_CHECKING:
    from collections.abc import Callable

MANY = 60
SOME = 3
"""Handlers that wait in a thread each: the default executor of a loop has not many more on a small machine."""


class Hello(Handler):
    def do_GET(self) -> None:
        self.reply(self.path.encode())

    def do_POST(self) -> None:
        self.reply(self.rfile.read())


def busy() -> int:
    """Count what serves connections: threads, or tasks beside the test's own."""
    return threading.active_count()


def becomes(condition: Callable[[], bool]) -> bool:
    """Wait until something is so; tell whether it came to that."""
    for _ in range(500):
        if condition():
            return True
        aside(time.sleep, 0.01)
    return False


def ask(client: Client, path: str = "/", *fields: str) -> tuple[int, dict[str, str], bytes]:
    def talk() -> tuple[int, dict[str, str], bytes]:
        client.say(request(f"GET {path} HTTP/1.1", *fields))
        return client.response()

    answer: tuple[int, dict[str, str], bytes] = aside(talk)
    return answer


@contextlib.contextmanager
def clients(server: Any, count: int) -> Any:
    """Give so many connections."""
    made = [Client(server.server_address) for _ in range(count)]
    try:
        yield made
    finally:
        for client in made:
            client.close()


@pytest.mark.parametrize("server_class", [HTTPServer, ThreadingHTTPServer])
def test_idle_connections_cost_no_thread_and_no_task_each(
    server_class: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(crew, "REST", 0.05)  # on a busy machine more threads may have helped, and still rest
    with serving(Hello, server_class) as server, clients(server, MANY) as made:
        for turn in range(2):
            for number, client in enumerate(made):
                assert ask(client, f"/{turn}/{number}")[2] == b"/%d/%d" % (turn, number)
        assert becomes(lambda: busy() < 15)
        assert becomes(lambda: server.in_flight == 0)


def test_connections_that_say_nothing_cost_no_thread_and_no_task_each() -> None:
    with serving(Hello) as server, clients(server, MANY) as made:
        assert ask(made[-1])[0] == 200
        assert busy() < 15


def test_heads_that_come_in_pieces_wait_without_a_thread() -> None:
    with serving(Hello) as server, clients(server, MANY) as made:
        whole = request("GET /late HTTP/1.1")
        for client in made:
            client.say(whole[:20])
        assert ask(made[0])[0] == 400  # two heads in one
        assert busy() < 15
        for client in made[1:]:
            client.say(whole[20:])
        for client in made[1:]:
            assert aside(client.response)[2] == b"/late"


def test_a_waiting_client_holds_up_no_other_without_threads() -> None:
    """The standard library's HTTPServer serves one kept connection, and lets all others wait for its end."""
    with serving(Hello, HTTPServer) as server, talking(server) as first, talking(server) as second:
        for _ in range(3):
            assert ask(first, "/1")[2] == b"/1"
            assert ask(second, "/2")[2] == b"/2"


def test_handlers_that_wait_are_served_side_by_side() -> None:
    gate, arrived = threading.Event(), threading.Semaphore(0)

    class Waits(Hello):
        def do_GET(self) -> None:
            if self.path == "/wait":
                arrived.release()
                assert aside(gate.wait, 10)
            self.reply(b"ok")

    with serving(Waits) as server, clients(server, SOME) as made:
        for client in made:
            client.say(request("GET /wait HTTP/1.1"))
        for _ in made:
            assert aside(arrived.acquire, True, 10)
        with talking(server) as other:
            assert ask(other)[2] == b"ok"
            assert becomes(lambda: server.in_flight == SOME)
        gate.set()
        for client in made:
            assert aside(client.response)[2] == b"ok"
        for client in made:
            assert ask(client)[2] == b"ok"


def test_idle_connection_is_closed_in_time() -> None:
    class Notes(Hello):
        pass

    with defaults.using(keep_alive_timeout=0.6):
        with serving(Notes) as server, talking(server) as client:
            assert ask(client)[0] == 200
            assert aside(client.rest) == b""
    assert not any("timed out" in line for line in Notes.logged)


def test_head_that_does_not_end_is_closed_in_time() -> None:
    class Notes(Hello):
        pass

    with defaults.using(request_timeout=0.6):
        with serving(Notes) as server, talking(server) as client:
            assert ask(client)[0] == 200
            client.say(b"GET / HTTP/1.1\r\nX: ")
            assert aside(client.rest) == b""
    assert any("Request timed out" in line for line in Notes.logged)


def test_handlers_own_timeout_counts_before_the_usual_ones() -> None:
    class Hasty(Hello):
        timeout = 0.6

    with serving(Hasty) as server, talking(server) as client:
        assert ask(client)[0] == 200
        assert aside(client.rest) == b""


def test_body_has_to_come_at_some_rate() -> None:
    def drip(client: Client) -> int:
        client.say(request("POST / HTTP/1.1", "Content-Length: 1000000"))
        client.sock.settimeout(0.02)
        for count in range(500):
            try:
                client.sock.send(b"x")
                if client.sock.recv(1) == b"":
                    return count
            except TimeoutError:
                continue
            except ConnectionError:
                return count
        return 500

    with defaults.using(request_timeout=0.2, min_rate=1_000_000):
        with serving(Hello) as server, talking(server) as client:
            assert aside(drip, client) < 100


def test_answer_has_to_be_taken_at_some_rate() -> None:
    lost = threading.Event()

    class Large(Hello):
        def do_GET(self) -> None:
            self.reply(b"x" * 50_000_000)

        def log_error(self, format: str, *args: Any) -> None:
            lost.set()

    def sip(client: Client) -> None:
        client.sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.say(request())
        for _ in range(200):
            client.sock.recv(100)
            if lost.wait(0.02):
                return

    with defaults.using(request_timeout=0.2, min_rate=100_000_000):
        with serving(Large) as server, talking(server) as client:
            aside(sip, client)
            assert lost.is_set()


def test_one_connection_too_many_gets_503() -> None:
    with defaults.using(max_connections=3):
        with serving(Hello) as server, clients(server, 3) as made:
            for client in made:
                assert ask(client)[0] == 200
            with talking(server) as other:
                status, fields, body = aside(other.response)
                assert (status, fields["connection"]) == (503, "close")
                assert int(fields["retry-after"]) > 0
                assert b"connections" in body
                assert aside(other.rest) == b""
            made[0].close()
            for _ in range(100):
                with contextlib.suppress(ConnectionError, IndexError):
                    with talking(server) as other:
                        if ask(other)[0] == 200:
                            break
                aside(time.sleep, 0.01)
            else:
                pytest.fail("there is room again, and nobody gets in")
            assert ask(made[1])[0] == 200


def test_flood_of_connections_is_bounded() -> None:
    """Far more clients than there is room for: each gets an answer or an end, and the server goes on."""

    def flood(address: Any) -> list[int]:
        made, seen = [], []
        for _ in range(300):
            try:
                client = Client(address)
            except OSError:
                continue
            made.append(client)
        for client in made:
            try:
                client.say(request("GET / HTTP/1.1", "Connection: close"))
                seen.append(client.response()[0])
            except (OSError, IndexError):
                seen.append(0)
            finally:
                client.close()
        return seen

    with defaults.using(max_connections=20):
        with serving(Hello) as server:
            seen = aside(flood, server.server_address)
            assert set(seen) <= {200, 503, 0}
            assert seen.count(200) >= 20
            assert busy() < 40
            with talking(server) as client:
                assert ask(client)[0] == 200


def test_pipelined_requests_are_answered_beside_waiting_ones() -> None:
    with serving(Hello, HTTPServer) as server, talking(server) as client:
        client.say(b"".join(request(f"GET /{n} HTTP/1.1") for n in range(20)))
        for n in range(20):
            assert aside(client.response)[2] == b"/%d" % n
        client.say(request("GET /a HTTP/1.1") + request("GET /b HTTP/1.1")[:10])
        assert aside(client.response)[2] == b"/a"
        client.say(request("GET /b HTTP/1.1")[10:])
        assert aside(client.response)[2] == b"/b"


def test_shutdown_closes_what_is_idle_and_answers_what_is_not() -> None:
    gate, arrived = threading.Event(), threading.Event()

    class Waits(Hello):
        def do_GET(self) -> None:
            if self.path == "/wait":
                arrived.set()
                assert aside(gate.wait, 10)
            self.reply(b"done")

    with serving(Waits) as server, talking(server) as idle, talking(server) as working:
        assert ask(idle)[0] == 200
        working.say(request("GET /wait HTTP/1.1"))
        assert aside(arrived.wait, 5)
        ending = threading.Thread(target=server.shutdown)
        ending.start()
        assert aside(idle.rest) == b""
        assert not server.finish_requests(0.05)
        gate.set()
        status, fields, body = aside(working.response)
        assert (status, fields["connection"], body) == (200, "close", b"done")
        assert server.finish_requests(5)
        ending.join()


def test_handle_that_a_handler_overrides_serves_its_connection_to_the_end() -> None:
    seen: list[str] = []

    class Own(Hello):
        def handle(self) -> None:
            seen.append("begins")
            try:
                super().handle()
            finally:
                seen.append("ends")

    with serving(Own) as server, talking(server) as client:
        for _ in range(3):
            assert ask(client)[0] == 200
        assert seen == ["begins"]
        client.sock.shutdown(socket.SHUT_WR)
        assert aside(client.rest) == b""
        assert becomes(lambda: len(seen) == 2)
    assert seen == ["begins", "ends"]


def test_setup_and_finish_are_called_once_a_connection() -> None:
    seen: list[str] = []
    ended = threading.Event()

    class Own(Hello):
        def setup(self) -> None:
            seen.append("setup")
            super().setup()

        def finish(self) -> None:
            seen.append("finish")
            super().finish()
            ended.set()

    with serving(Own) as server:
        with talking(server) as client:
            for _ in range(3):
                assert ask(client)[0] == 200
            assert seen == ["setup"]
        assert aside(ended.wait, 5)
        assert seen == ["setup", "finish"]


def test_exception_in_a_later_request_concerns_its_connection_only() -> None:
    errors: list[str] = []

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            errors.append(client_address[0])

    class Breaks(Hello):
        def do_GET(self) -> None:
            if self.path == "/break":
                raise LookupError
            super().do_GET()

    with serving(Breaks, Server) as server, talking(server) as client, talking(server) as other:
        assert ask(client)[0] == ask(other)[0] == 200
        assert ask(client, "/break")[0] == 500
        assert aside(client.rest) == b""
        assert ask(other)[0] == 200
    assert errors == ["127.0.0.1"]


def test_connection_may_become_the_handlers_own_after_requests() -> None:
    class Upgrades(Hello):
        def do_GET(self) -> None:
            if self.path != "/up":
                super().do_GET()
                return
            self.send_response(101)
            self.send_header("Upgrade", "echo")
            self.end_headers()
            while line := self.rfile.readline():
                self.wfile.write(line.upper())

    with serving(Upgrades) as server, talking(server) as client:
        assert ask(client)[0] == 200
        client.say(request("GET /up HTTP/1.1"))
        assert aside(client.response)[0] == 101
        for word in (b"one\n", b"two\n"):
            client.say(word)
            assert aside(client.file.readline) == word.upper()


def test_refused_request_is_answered_although_its_rest_is_unread() -> None:
    with serving(Hello) as server:
        answer = exchange(server, request("POST / HTTP/1.1", "Content-Length: 5, 6", body=b"x" * 200_000))
    assert answer.startswith(b"HTTP/1.1 400 ")


def test_stdlib_profile_waits_for_ever(tmp_path: Any) -> None:
    """No limit is None in it, and nothing asks for a moment that is none."""

    class Files(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

    (tmp_path / "large").write_bytes(b"x" * 400_000)
    with defaults.using("stdlib"):
        with serving(functools.partial(Files, directory=tmp_path)) as server, talking(server) as client:
            for _ in range(2):
                assert ask(client, "/large")[2] == b"x" * 400_000
