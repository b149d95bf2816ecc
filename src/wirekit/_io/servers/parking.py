"""Connections that wait without a thread (blocking twin).

A connection spends its life waiting: for the next request, for the rest of a head that a slow client sends, for a TLS
handshake, for a client to take its last answer. None of that needs a thread. Each such connection has a *place* in the
*lot*, which is one selector; whoever calls ``turn`` runs what has become ready, and ends what has waited too long.

    accept -> (Handshake) -> handler -> Parked <-> the handler's next request ... -> (Lingering) -> closed

A handler asks ``Lot.parks`` before it reads a request. The answer is False where a whole head stands in its buffer; else
the handler returns from ``handle``, and the lot calls ``handle`` again when a head has come. So a client that sends a byte
a minute costs memory, never a thread.

A place is *armed* while the selector watches it. It stays so while its handler runs, as long as nobody else selects
meanwhile: no system call is spent on a connection that goes from request to request. Registering is done by descriptor
under a lock, since threads of the crew (``wirekit._io.servers.crew``) arm and disarm while another one selects.
"""

import contextlib
import os
import selectors
import socket
import threading
import time
from collections import deque
from collections.abc import Collection
from typing import Any, Final

from wirekit import defaults
from wirekit._io.blocking import Stream

__all__ = ["Door", "Handshake", "Lingering", "Lot", "Parked", "Place", "take_arrived"]

LOOK: Final = 1.0
"""Seconds after which the lot looks for connections that have waited too long, at most."""
LOOK_EACH: Final = 2e-5
"""Seconds between two such looks for each connection that waits: looking at all of them costs a thousandth of that."""
FILL: Final = 1 << 14
"""Bytes asked of a parked connection: a browser's head has some 500, and a pipelining client gets its turn again."""
LINGER: Final = 2.0
"""Seconds without a byte after which a client whose request was not read to its end has taken our answer."""
LINGER_ALL: Final = 15.0
"""Seconds after which it has, whatever it still sends."""
MAX_LINGERING: Final = 256
"""Connections that linger at once; beyond, they close at once: a flood of bad requests must not fill the table."""
_NOW: Final = getattr(socket, "MSG_DONTWAIT", None)  # Windows has none


def take_arrived(stream: Stream) -> bool | None:
    """Put what has arrived behind a stream's buffer, without waiting: None for nothing, False at the stream's end."""
    sock = stream.sock
    try:
        if _NOW is None or type(sock) is not socket.socket:
            data = _receive_at_once(sock)
        elif sock.gettimeout() is None:
            data = sock.recv(FILL, _NOW)
        else:  # its descriptor does not block, but recv would wait for as long as the timeout says
            data = os.read(sock.fileno(), FILL)
    except BlockingIOError:
        return None
    except OSError as error:
        if type(error).__name__ in {"SSLWantReadError", "SSLWantWriteError"}:
            return None
        return False  # whoever reads next meets the error
    if not data:
        return False
    stream.buffer = data if stream.pos == len(stream.buffer) else stream.buffer[stream.pos :] + data
    stream.pos = 0
    return True


def _holds_back(stream: Stream) -> bool:
    """Tell whether TLS has decrypted more than was asked for: of that the selector knows nothing."""
    return type(stream.sock) is not socket.socket and bool(getattr(stream.sock, "pending", int)())


def _receive_at_once(sock: Any) -> bytes:
    """Receive what is there; BlockingIOError or SSLWantReadError where nothing is. TLS needs the whole socket's word."""
    usual = sock.gettimeout()
    sock.settimeout(0)
    try:
        data: bytes = sock.recv(FILL)
        with contextlib.suppress(OSError):  # whoever reads next meets it
            while data and len(data) < FILL and (more := sock.recv(FILL)):  # TLS gives a record at a time
                data += more
    finally:
        sock.settimeout(usual)
    return data


class Place:
    """Something that waits in the lot. ``ready`` tells whether it goes on to wait; ``expire`` ends it.

    events: what it waits for, once it is armed. Only ``Lot.wait_for`` changes that, and ``ready`` arms nothing itself: from
    then on another thread might run the same place.
    """

    __slots__ = ("armed", "due", "events", "fd", "sock")

    def __init__(self, sock: Any, due: float = float("inf")) -> None:
        self.sock = sock
        self.fd: int = sock.fileno()
        self.due = due
        self.events: int = selectors.EVENT_READ
        self.armed = False

    def ready(self) -> bool:
        """Take note that the socket can be read."""
        raise NotImplementedError

    def expire(self) -> None:
        """End it: its time is up, or the server stops."""
        raise NotImplementedError


class Door(Place):
    """The listening socket of a server."""

    __slots__ = ("server",)

    def __init__(self, server: Any) -> None:
        super().__init__(server)
        self.server = server

    def ready(self) -> bool:
        """Accept a connection."""
        self.server._handle_request_noblock()  # noqa: SLF001 - socketserver's own step, which subclasses may have changed
        return True

    def expire(self) -> None:
        """Leave it to its server."""


class Handshake(Place):
    """A connection that speaks TLS, before its handshake is done."""

    __slots__ = ("address", "lot")

    def __init__(self, lot: "Lot", sock: Any, address: Any) -> None:
        limit = defaults.active.request_timeout
        super().__init__(sock, float("inf") if limit is None else time.monotonic() + limit)
        self.lot, self.address = lot, address
        sock.settimeout(0)

    def ready(self) -> bool:
        """Go on with the handshake; hand the connection to the server when it is done."""
        wanted = selectors.EVENT_READ
        try:
            self.sock.do_handshake()
        except (OSError, ValueError) as error:
            name = type(error).__name__
            if name not in {"SSLWantReadError", "SSLWantWriteError"}:
                self.expire()  # not up to it, which is no news to anybody
                return False
            if name == "SSLWantWriteError":
                wanted = selectors.EVENT_WRITE
            if self.due <= time.monotonic():
                self.expire()
                return False
            self.lot.wait_for(self, wanted)
            return True
        self.lot.disarm(self)
        self.sock.settimeout(None)
        self.lot.server._admit(self.sock, self.address)  # noqa: SLF001 - the two are one mechanism
        return False

    def expire(self) -> None:
        """Close without a word."""
        self.lot.disarm(self)
        self.lot.server.close_request(self.sock)


class Lingering(Place):
    """A connection that is answered and half closed, whose client may still be sending: a close now would reset it."""

    __slots__ = ("last", "left", "lot")

    def __init__(self, lot: "Lot", sock: Any) -> None:
        now = time.monotonic()
        super().__init__(sock, now + LINGER)
        self.lot = lot
        self.left = defaults.active.max_body
        self.last = now + LINGER_ALL
        sock.settimeout(0)

    def ready(self) -> bool:
        """Read on, and drop it; close at the end."""
        try:
            count = len(self.sock.recv(1 << 16))
        except BlockingIOError:
            return True
        except OSError:
            count = 0
        self.left -= count
        if count and self.left > 0 and (now := time.monotonic()) < self.last:
            self.due = min(now + LINGER, self.last)
            return True
        self.expire()
        return False

    def expire(self) -> None:
        """Close."""
        self.lot.disarm(self)
        with self.lot._lock:  # noqa: SLF001 - the two are one mechanism
            self.lot.lingering -= 1
        self.sock.close()


class Parked(Place):
    """A handler whose connection waits for its next request."""

    __slots__ = ("begun", "ended", "handler", "lot", "waits")

    def __init__(self, lot: "Lot", handler: Any) -> None:
        super().__init__(handler.rfile.stream.sock)
        self.lot = lot
        self.handler = handler
        self.waits = True  # False while the handler runs
        self.begun = False  # a part of a head has come
        self.ended = False  # no more comes

    def ready(self) -> bool:
        """Take what has arrived; let the handler go on when that is a whole head, or the end."""
        rfile = self.handler.rfile
        arrived = take_arrived(rfile.stream)
        if arrived is None:
            return True
        whole = arrived and rfile.stands_whole()
        while whole and (answer := self.handler.answer_at_once()) is not None:
            try:
                rfile.stream.sendall(answer)
            except OSError:
                arrived = False  # the client has gone
            self.begun, self.due = False, self._limit(defaults.active.keep_alive_timeout)
            whole = arrived and rfile.stands_whole()
        if arrived and not whole:
            return self._wait_for_rest()
        self.waits = self.begun = False
        self.ended = not arrived
        rfile.came = not self.ended
        self.run()
        return self.waits

    def _limit(self, usual: float | None) -> float:
        return time.monotonic() + self.lot.patience(self.handler, usual)

    def _wait_for_rest(self) -> bool:
        """The whole head has one limit, from its first byte: else a client could send a byte a minute (row 122)."""
        stream = self.handler.rfile.stream
        if not self.begun and stream.pos < len(stream.buffer):
            self.begun = True
            self.due = self._limit(defaults.active.request_timeout)
            self.lot.expect(self.due)
        elif self.begun and self.due <= time.monotonic():
            self.expire()
        return self.waits

    def run(self) -> None:
        """Let the handler answer requests until it parks again, or ends."""
        handler, server = self.handler, self.lot.server
        self.lot.busy.add(self)
        try:
            try:
                handler.handle()
            finally:
                if not self.waits:
                    self.lot.disarm(self)
                    handler.finish()
        except Exception:  # noqa: BLE001 - whatever a handler raises concerns its own connection only
            server.handle_error(self.sock, handler.client_address)
        finally:
            self.lot.busy.discard(self)
            if not self.waits:
                server.shutdown_request(self.sock)

    def expire(self) -> None:
        """End the connection, in the handler's own way."""
        self.waits = False
        self.lot.disarm(self)
        handler = self.handler
        try:
            if self.begun and not self.lot.stopping:
                handler.log_error("Request timed out: %r", TimeoutError("timed out"))
            handler.finish()
        except Exception:  # noqa: BLE001 - likewise
            self.lot.server.handle_error(self.sock, handler.client_address)
        finally:
            self.lot.server.shutdown_request(self.sock)


class Lot:
    """The places of one server, and the selector that watches them.

    By itself it is the lot of a server without threads: ``turn`` is called by ``serve_forever``.
    """

    def __init__(self, server: Any) -> None:
        self.server = server
        self.stopping = False
        self.lingering = 0
        self.busy: set[Place] = set()  # connections whose requests are being answered
        self.pid = os.getpid()
        self._places: dict[int, Place] = {}
        self._settling: dict[
            Any, Parked
        ] = {}  # parked in their first request: armed once its thread has let go
        self._selector = selectors.DefaultSelector()
        self._lock = threading.Lock()
        self._hears, self._rings = socket.socketpair()
        self._hears.setblocking(False)
        self._rings.setblocking(False)
        self._selector.register(self._hears, selectors.EVENT_READ, None)
        self._look = float("inf")  # when to look for those that have waited too long
        self.arrivals: deque[Place] = deque()  # to be run as soon as possible
        self.over = False  # closed
        self._polling = False

    # ---- from handlers

    def parks(self, handler: Any) -> bool:
        """Tell whether the handler is to return: its next request has not come yet, and is waited for here."""
        rfile = handler.rfile
        if rfile.stands_whole():
            return False
        if self.stopping or self.pid != os.getpid():
            return self.stopping
        place: Parked | None = handler._place  # noqa: SLF001 - the two are one mechanism
        if place is None:
            if (arrived := take_arrived(rfile.stream)) is False or (arrived and rfile.stands_whole()):
                return False
            place = handler._place = Parked(self, handler)  # noqa: SLF001 - likewise
            self._settling[place.sock] = place
        elif place.ended or (_holds_back(rfile.stream) and self._take_rest(rfile)):
            return False
        place.begun = rfile.stream.pos < len(rfile.stream.buffer)
        rules = defaults.active
        fresh = place.begun or handler._head is None  # noqa: SLF001 - likewise; its first request counts from the start
        limit = rules.request_timeout if fresh else rules.keep_alive_timeout
        place.due = time.monotonic() + self.patience(handler, limit)
        if place.due < self._look:
            self.expect(place.due)
        place.waits = rfile.idle = True
        return True

    @staticmethod
    def _take_rest(rfile: Any) -> bool:
        """Take what TLS holds back; tell whether the handler can go on with it."""
        arrived = take_arrived(rfile.stream)
        return arrived is False or (arrived is True and rfile.stands_whole())

    @staticmethod
    def patience(handler: Any, usual: float | None) -> float:
        """Return the seconds that a handler waits: its own ``timeout``, or the usual ones."""
        own: float | None = handler.timeout
        limit = usual if own is None else own
        return float("inf") if limit is None else limit

    def settle(self, request: Any) -> bool:
        """Arm the place of a connection whose first request is done; False where it has none and is to be closed."""
        place = self._settling.pop(request, None)
        if place is None or not place.waits:
            return False
        if not self.arm(place):
            place.expire()
        return True

    def linger(self, sock: Any) -> bool:
        """Let a connection whose answer is out, and which is half closed, end in a while; False for too many such."""
        if self.stopping or self.lingering >= MAX_LINGERING:
            return False
        # a copy: its owner closes the socket, and what the client still sends is not even to be decrypted
        place = Lingering(self, socket.socket(fileno=os.dup(sock.fileno())))
        with self._lock:
            self.lingering += 1
        if not self.arm(place):
            place.expire()
        return True

    # ---- the selector

    def arm(self, place: Place) -> bool:
        """Let the selector watch a place; False when there is none any more, or its socket was closed by somebody."""
        with self._lock:
            if self.over:
                return False
            if place.armed:
                return True
            if self._places.pop(place.fd, None) is not None:  # of a socket that was closed behind our back
                self._selector.unregister(place.fd)
            try:
                self._selector.register(place.fd, place.events, place)
            except (OSError, ValueError):
                return False
            place.armed = True
            self._places[place.fd] = place
        if place.due < self._look:
            self.expect(place.due)
        if not hasattr(
            self._selector, "fileno"
        ):  # neither epoll nor kqueue: a select under way does not know of it
            self.ring()
        return True

    def wait_for(self, place: Place, events: int) -> None:
        """Let a place wait for these events: now if it is armed, else from when it is."""
        with self._lock:
            if place.events != events:
                place.events = events
                if place.armed and not self.over:
                    self._selector.modify(place.fd, events, place)

    def disarm(self, place: Place) -> None:
        """Let the selector watch it no more."""
        with self._lock:
            if place.armed and self._places.get(place.fd) is place:
                del self._places[place.fd]
                self._selector.unregister(place.fd)
            place.armed = False

    def ring(self) -> None:
        """Wake whoever selects."""
        if self._polling:
            with contextlib.suppress(OSError):  # rung already, or closed
                self._rings.send(b"!")

    def expect(self, due: float) -> None:
        """Look for those that have waited too long at this moment, if not before."""
        if due < self._look:
            self._look = due
            if due - time.monotonic() < LOOK:
                self.ring()  # who selects may do so for longer

    def poll(self, longest: float | None) -> list[Place]:
        """Wait until something is ready, for so many seconds at most."""
        left = self._look - time.monotonic()
        wait = min(max(left, 0.0), LOOK if longest is None else longest) if left < LOOK else longest
        if wait is None and self._look != float("inf"):
            wait = LOOK
        found = []
        self._polling = True
        if self.arrivals or self.stopping:  # came before anybody knew that they must ring
            wait = 0
        events = self._selector.select(wait)
        self._polling = False
        for key, _ in events:
            if key.data is None:
                with contextlib.suppress(OSError):
                    self._hears.recv(4096)
            else:
                found.append(key.data)
        return found

    def turn(self, longest: float | None = None) -> None:
        """Wait once, and run what is ready."""
        places = self.poll(longest)
        self.sweep(places)
        for place in places:
            place.ready()

    def sweep(self, found: Collection[Place]) -> None:
        """End what has waited too long, but for what was just found ready: that is not to wait for us in vain.

        Looking at all places is left for later while it would cost too much.
        """
        now = time.monotonic()
        if now < self._look:
            return
        self._look = float("inf")
        earliest = float("inf")
        places = list(self._places.values())
        spared = set(found)
        for place in places:
            if place in spared:
                earliest = min(earliest, max(place.due, now))
            elif place.due <= now:
                self._end(place)
            elif place.due < earliest:
                earliest = place.due
        self._look = min(self._look, max(earliest, now + len(places) * LOOK_EACH))

    def _end(self, place: Place) -> None:
        place.due = float("inf")
        place.expire()

    # ---- the end

    def close(self) -> None:
        """Close every connection that waits, and the selector; those that are being answered end with that.

        Called by who selects, or where nobody does.
        """
        self.stopping = True
        with self._lock:
            if self.over:
                return
            self.over = True
            left = list(self._places.values())
            self._places.clear()
            self._selector.close()
            self._hears.close()
            self._rings.close()
        for place in (*left, *self.arrivals):
            place.armed = False
            if not isinstance(place, Parked) or place.waits:
                place.expire()
        self.arrivals.clear()
