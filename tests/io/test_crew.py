"""The threads of a server: bounded, replaced where they are held up, and gone when they are not wanted."""

from __future__ import annotations

import contextlib
import http.client
import selectors
import socket
import ssl
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from wirekit import defaults
from wirekit._io.blocking import Stream
from wirekit._io.servers import crew, parking
from wirekit.http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 60


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self) -> None:
        body = self.answer()
        self.send_response(200)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def answer(self) -> bytes:
        return b"ok"

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def running(handler: Any, kind: Any = ThreadingHTTPServer) -> Iterator[Any]:
    server = kind(("127.0.0.1", 0), handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


@contextlib.contextmanager
def connections(server: Any, count: int) -> Iterator[list[http.client.HTTPConnection]]:
    made = [
        http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE) for _ in range(count)
    ]
    try:
        yield made
    finally:
        for connection in made:
            connection.close()


def get(connection: http.client.HTTPConnection, path: str = "/") -> bytes:
    connection.request("GET", path)
    return connection.getresponse().read()


def becomes(condition: Callable[[], bool]) -> bool:
    for _ in range(6000):
        if condition():
            return True
        time.sleep(0.01)
    return False


def threads_of(server: Any) -> list[threading.Thread]:
    return list(server._crew.threads)


def test_quick_handlers_need_few_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    # a loaded machine may hold up the quickest handler: nobody takes over then
    monkeypatch.setattr(crew.Crew, "_take_over", lambda _: False)
    monkeypatch.setattr(crew, "LINE", 1e9)
    with running(Handler) as server, connections(server, 40) as made:
        for _ in range(5):
            for connection in made:
                connection.request("GET", "/")
            for connection in made:
                assert connection.getresponse().read() == b"ok"
        assert len(threads_of(server)) == 2


def test_threads_are_bounded_and_everybody_is_answered() -> None:
    gate, arrived = threading.Event(), threading.Semaphore(0)
    most: list[int] = []

    class Waits(Handler):
        def answer(self) -> bytes:
            arrived.release()
            most.append(len(threads_of(self.server)))
            assert gate.wait(PATIENCE)
            return b"late"

    with defaults.using(max_threads=4), running(Waits) as server, connections(server, 12) as made:
        for connection in made:
            connection.request("GET", "/")
        for _ in range(4):
            assert arrived.acquire(timeout=PATIENCE)
        assert not arrived.acquire(timeout=0.1)
        gate.set()
        for connection in made:
            assert connection.getresponse().read() == b"late"
        assert len(threads_of(server)) <= 4
    assert max(most) <= 4


@pytest.mark.parametrize("limit", [1, 2, 3])
def test_fewest_threads_serve_handlers_that_wait(limit: int) -> None:
    class Waits(Handler):
        def answer(self) -> bytes:
            time.sleep(crew.MOMENT * 3)  # each one is taken over, and soon they would be spread
            return b"late"

    with defaults.using(max_threads=limit), running(Waits) as server, connections(server, 4) as made:
        for _ in range(6):
            for connection in made:
                connection.request("GET", "/")
            for connection in made:
                assert connection.getresponse().read() == b"late"
        assert len(threads_of(server)) <= max(2, limit)


def test_server_outlives_its_own_errors(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[Any] = []
    monkeypatch.setattr(threading, "excepthook", told.append)

    class Fails(Handler):
        def answer(self) -> bytes:
            if self.path == "/fail":
                raise ValueError
            return b"ok"

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            raise RuntimeError("of the program's own")

    with running(Fails, Server) as server, connections(server, 3) as made:
        assert get(made[0]) == b"ok"
        assert get(made[0], "/fail")  # parked before
        assert get(made[1], "/fail")  # its first request
        assert becomes(lambda: len(told) == 2)
        assert get(made[2]) == b"ok"
    assert [one.exc_type for one in told] == [RuntimeError, RuntimeError]


@pytest.mark.parametrize("kind", [HTTPServer, ThreadingHTTPServer])
def test_request_that_has_come_is_not_too_late(kind: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        crew.Crew, "_take_over", lambda _: False
    )  # one is held up, and with it all the others

    class Slow(Handler):
        def answer(self) -> bytes:
            if self.path == "/slow":
                other.request("GET", "/")  # comes in time, and is looked at too late
                lot = self._lot
                for place in list(lot._places.values()):
                    if isinstance(place, parking.Parked) and place is not self._place:
                        place.due = 0.0
                lot._look = 0.0
            return b"ok"

    with running(Slow, kind) as server, connections(server, 2) as made:
        other = made[1]
        for connection in made:
            assert get(connection) == b"ok"
        assert get(made[0], "/slow") == b"ok"
        assert other.getresponse().read() == b"ok"


def test_idle_clients_are_served_while_handlers_wait() -> None:
    gate, arrived = threading.Event(), threading.Event()

    class Waits(Handler):
        def answer(self) -> bytes:
            if self.path == "/wait":
                arrived.set()
                assert gate.wait(PATIENCE)
            return self.path.encode()

    with running(Waits) as server, connections(server, 30) as made:
        for connection in made:
            assert get(connection) == b"/"
        made[0].request("GET", "/wait")
        assert arrived.wait(PATIENCE)
        for connection in made[1:]:
            assert get(connection, "/x") == b"/x"
        gate.set()
        assert made[0].getresponse().read() == b"/wait"
        assert get(made[0], "/again") == b"/again"


def test_handlers_of_the_waiting_kind_are_spread() -> None:
    """Eight at a time that wait a little each: one after another they would take eight times as long."""
    together: list[int] = []
    inside = threading.Semaphore(0)

    class Naps(Handler):
        def answer(self) -> bytes:
            inside.release()
            time.sleep(0.02)
            together.append(inside._value)
            inside.acquire()
            return b"ok"

    with running(Naps) as server, connections(server, 8) as made:
        for _ in range(12):
            for connection in made:
                connection.request("GET", "/")
            for connection in made:
                assert connection.getresponse().read() == b"ok"
    assert max(together) >= 6


def test_exit_of_a_handler_ends_its_connection_alone() -> None:
    class Exits(Handler):
        def answer(self) -> bytes:
            if self.path == "/exit":
                raise SystemExit(3)
            return b"ok"

    with running(Exits) as server, connections(server, 3) as made:
        for connection in made:
            assert get(connection) == b"ok"
        with pytest.raises(http.client.RemoteDisconnected):
            get(made[0], "/exit")
        for connection in made[1:]:
            assert get(connection) == b"ok"


def test_what_a_handler_must_not_raise_is_told_and_survived() -> None:
    told: list[str] = []

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            told.append("told")

    class Raises(Handler):
        def answer(self) -> bytes:
            if self.path == "/raise":
                raise KeyboardInterrupt
            return b"ok"

    with running(Raises, Server) as server, connections(server, 2) as made:
        assert get(made[1]) == get(made[0]) == b"ok"
        with pytest.raises(http.client.RemoteDisconnected):
            get(made[0], "/raise")
        assert get(made[1]) == b"ok"
    assert told == ["told"]


def test_thread_without_work_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew, "REST", 0.05)
    gate, arrived = threading.Event(), threading.Semaphore(0)

    class Waits(Handler):
        def answer(self) -> bytes:
            if self.path == "/wait":
                arrived.release()
                assert gate.wait(PATIENCE)
            return b"ok"

    with running(Waits) as server, connections(server, 8) as made:
        for connection in made:
            connection.request("GET", "/wait")
        for _ in made:
            assert arrived.acquire(timeout=PATIENCE)
        assert len(threads_of(server)) >= 8
        gate.set()
        for connection in made:
            assert connection.getresponse().read() == b"ok"
        assert becomes(lambda: len(threads_of(server)) <= 3)
        for connection in made:
            assert get(connection) == b"ok"


def test_system_without_threads_left_is_survived(monkeypatch: pytest.MonkeyPatch) -> None:
    gate, arrived = threading.Event(), threading.Semaphore(0)

    class Waits(Handler):
        def answer(self) -> bytes:
            if self.path == "/wait":
                arrived.release()
                assert gate.wait(PATIENCE)
            return b"ok"

    with running(Waits) as server, connections(server, 6) as made:
        assert get(made[0]) == b"ok"
        usual, allowed = threading.Thread.start, threading.current_thread()

        def start(self: threading.Thread) -> None:
            if self.name.startswith("ThreadingHTTPServer"):
                message = "can't start new thread"
                raise RuntimeError(message)
            usual(self)

        monkeypatch.setattr(threading.Thread, "start", start)
        for connection in made:
            connection.request("GET", "/wait")
        assert arrived.acquire(timeout=PATIENCE)
        monkeypatch.undo()
        gate.set()
        for connection in made:
            assert connection.getresponse().read() == b"ok"
        assert allowed.is_alive()


def test_all_threads_end_with_the_server() -> None:
    with running(Handler) as server, connections(server, 5) as made:
        for connection in made:
            assert get(connection) == b"ok"
        threads = threads_of(server)
        assert threads
    for thread in threads:
        thread.join(PATIENCE / 2)
        assert not thread.is_alive()


def test_server_that_serves_by_hand_has_threads_too() -> None:
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server, connections(server, 2) as made:
        for connection in made:
            connection.request("GET", "/")
            server.handle_request()
            assert connection.getresponse().read() == b"ok"
        for connection in made:
            assert get(connection) == b"ok"


def test_connection_beyond_the_systems_descriptors_is_turned_away(monkeypatch: pytest.MonkeyPatch) -> None:
    """A listening socket that cannot be accepted from would be ready for ever, and its server busy for ever."""
    import errno

    usual = socket.socket.accept
    refused: list[int] = []

    def accept(self: socket.socket) -> Any:
        if self is server.socket and len(refused) < 1:
            refused.append(1)
            raise OSError(errno.EMFILE, "Too many open files")
        return usual(self)

    with running(Handler) as server:
        monkeypatch.setattr(socket.socket, "accept", accept)
        with socket.create_connection(server.server_address, PATIENCE) as sock:
            answer = b""
            while part := sock.recv(1000):
                answer += part
        assert answer.startswith(b"HTTP/1.1 503 ")
        with connections(server, 1) as made:
            assert get(made[0]) == b"ok"
    assert refused


@pytest.mark.parametrize("timeout", [None, 3600.0])
def test_looking_for_what_has_arrived_does_not_wait(timeout: float | None) -> None:
    near, far = socket.socketpair()
    near.settimeout(timeout)
    with near, far:
        stream = Stream(near)
        assert parking.take_arrived(stream) is None
        far.sendall(b"some")
        assert parking.take_arrived(stream) is True
        far.sendall(b"thing")
        assert parking.take_arrived(stream) is True
        assert stream.buffer == b"something"
        far.close()
        assert parking.take_arrived(stream) is False


# ---- places of the lot


class Shaking:
    """A socket whose handshake wants to write, during which another thread takes over."""

    def __init__(self, sock: socket.socket, meanwhile: Callable[[], object]) -> None:
        self.sock, self.meanwhile = sock, meanwhile

    def fileno(self) -> int:
        return self.sock.fileno()

    def settimeout(self, timeout: float | None) -> None:
        self.sock.settimeout(timeout)

    def do_handshake(self) -> None:
        self.meanwhile()
        raise ssl.SSLWantWriteError


@pytest.fixture
def lot() -> Iterator[parking.Lot]:
    made = parking.Lot(None)
    yield made
    made.close()


def watched_for(lot: parking.Lot, place: parking.Place) -> int | None:
    key = lot._selector.get_map().get(place.fd)
    return None if key is None else key.events


def test_handshake_changes_what_is_watched_for(lot: parking.Lot) -> None:
    one, other = socket.socketpair()
    with one, other:
        place = parking.Handshake(lot, Shaking(one, bool), None)
        assert lot.arm(place)
        assert watched_for(lot, place) == selectors.EVENT_READ
        assert place.ready()
        assert watched_for(lot, place) == selectors.EVENT_WRITE
        lot.disarm(place)


def test_handshake_that_was_taken_over_is_watched_by_nobody_until_it_returns(lot: parking.Lot) -> None:
    """Else the new leader would run it a second time, and close it under the first one's hands."""
    one, other = socket.socketpair()
    with one, other:
        place = parking.Handshake(lot, Shaking(one, lambda: lot.disarm(place)), None)
        assert lot.arm(place)
        assert place.ready()
        assert watched_for(lot, place) is None
        assert lot.arm(place)  # as the former leader does now
        assert watched_for(lot, place) == selectors.EVENT_WRITE
        lot.disarm(place)


def test_place_whose_socket_somebody_has_closed_is_not_armed(lot: parking.Lot) -> None:
    one, other = socket.socketpair()
    with other:
        place = parking.Place(one)
        one.close()
        assert not lot.arm(place)
        assert not place.armed
        assert watched_for(lot, place) is None
