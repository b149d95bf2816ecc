"""A peer that misbehaves to order.

A `Peer` listens on loopback (TCP, or a Unix socket) and plays a *script* to whoever connects: a list of steps, each a
function of the `Conversation`. The steps made here read (`expect`, `until`, `read`, `request`), send (`send`,
`send_forever`), wait (`wait`, `stall`), change to TLS (`start_tls`) and end the connection (`close`, `half_close`,
`reset`). A test may add its own: any function that takes a `Conversation`.

    with Peer([request(), send(b"HTTP/1.1 204 No Content\\r\\n\\r\\n")]) as peer:
        ...                                     # talk to peer.host, peer.port
    assert peer.heard() == b"GET / HTTP/1.1\\r\\n..."

`Faults` bend a script without touching it: every send in pieces of `split` bytes, each of which the client has read
before the next one leaves; a close, or a reset, after the first n bytes. So one script serves a whole family of tests:

    for n in range(len(REPLY)):
        with Peer(SCRIPT, faults=Faults(close_after=n)) as peer: ...

Each connection is served by a thread of its own, so the peer works for blocking and for async clients alike. Nothing
here sleeps or guesses: steps wait for bytes, for the other side to end, or for an event, and give up after PATIENCE
seconds. When its script has ended, a conversation keeps the connection open and listens until the client leaves:
whoever wants an end asks for one. A step that did not get what it expected is remembered, and raised when the peer is
closed. Descriptors are looked up as POSIX systems have them (/dev/fd, FIONREAD).
"""

from __future__ import annotations

import contextlib
import os
import select
import socket
import ssl
import struct
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fcntl import ioctl
from termios import FIONREAD
from typing import TYPE_CHECKING, Self

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 10.0
"""Seconds that any single wait of a peer may take: far above what loopback needs, below a test's own time limit."""

DRAINED = 1.0
"""Seconds to wait for the client to read one piece before the next is sent all the same."""

BLOCK = 65536
"""Bytes read at once where the script does not say how many it wants."""


class ScriptError(AssertionError):
    """The client did not say what the script expected."""


class _EndedError(Exception):
    """The script ended the connection on purpose: no step after this one runs."""


@dataclass(frozen=True)
class Faults:
    """What goes wrong with the bytes that a script sends, whatever the script is.

    split: send in pieces of that many bytes, as segments of their own, each read by the client before the next.
    close_after, reset_after: end the connection (in order, or by RST) once that many bytes are sent in all.
    """

    split: int | None = None
    close_after: int | None = None
    reset_after: int | None = None

    def cut(self, sent: int, count: int) -> int | None:
        """How many of the next `count` bytes still leave when `sent` have left; None: all, and no end follows."""
        limit = self.reset_after if self.close_after is None else self.close_after
        return None if limit is None or sent + count < limit else limit - sent


NO_FAULTS = Faults()


class Conversation:
    """One connection as the peer sees it.

    received: everything the client said (inside TLS once that has begun); taken: what each reading step took of it.
    sent: the number of bytes sent to the client. left: set once the client has ended its side. done: set when the
    connection is over for us too. broken: the error of the network or of TLS that ended it, if one did.
    """

    def __init__(self, sock: socket.socket, faults: Faults = NO_FAULTS) -> None:
        sock.settimeout(PATIENCE)
        self.sock = sock
        self.faults = faults
        self.received = bytearray()
        self.taken: list[bytes] = []
        self.sent = 0
        self.left = threading.Event()
        self.done = threading.Event()
        self.broken: OSError | None = None
        self.failure: Exception | None = None
        self._position = 0

    def fill(self) -> bool:
        """Wait for more bytes from the client; False when it has ended its side."""
        data = self.sock.recv(BLOCK)
        if not data:
            self.left.set()
        self.received += data
        return bool(data)

    def take(self, enough: Callable[[bytes], int]) -> bytes:
        """Take as many of the waiting bytes as `enough` says (0: wait for more); ScriptError if the client leaves."""
        while not (count := enough(waiting := bytes(self.received[self._position :]))):
            if not self.fill():
                message = f"the client left after {waiting!r}"
                raise ScriptError(message)
        self._position += count
        self.taken.append(waiting[:count])
        return waiting[:count]

    def send(self, data: bytes) -> None:
        """Send, bent by the faults: these may end the connection, and with it the script."""
        cut = self.faults.cut(self.sent, len(data))
        self._send_pieces(data[:cut])
        if cut is not None:
            self.end(reset=self.faults.close_after is None)

    def _send_pieces(self, data: bytes) -> None:
        size = self.faults.split or len(data) or 1
        other = find_other_end(self.sock) if self.faults.split else None
        for start in range(0, len(data), size):
            self.sock.sendall(data[start : start + size])
            self.sent += len(data[start : start + size])
            if other is not None and not wait_drained(other):
                other = None  # nobody reads at the moment: do not wait for every piece that follows

    def end(self, *, reset: bool = False) -> None:
        """End the connection and the script: by TLS's goodbye and FIN, or by RST. Never returns."""
        if reset:
            self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        else:
            self._read_waiting()
            say_goodbye(self.sock)
        self.sock.close()
        raise _EndedError

    def _read_waiting(self) -> None:
        """Read what has arrived: closing a socket with unread bytes would send RST in place of FIN."""
        with contextlib.suppress(OSError):
            while select.select([self.sock], [], [], 0)[0] and self.fill():
                pass

    def listen_on(self) -> None:
        """Record what else the client says, until it leaves or the peer is closed."""
        self.sock.settimeout(None)
        while self.fill():
            pass

    def play(self, script: Sequence[Step], tls: ssl.SSLContext | None) -> None:
        """Play the script, then listen on; keep what went wrong."""
        try:
            for step in (start_tls(tls), *script) if tls else script:
                step(self)
            self.listen_on()
        except _EndedError:
            pass
        except OSError as error:
            self.broken = error
        except Exception as error:  # noqa: BLE001  -- raised again in the test's own thread, by Peer.close
            self.failure = error
        finally:
            self.sock.close()
            self.done.set()


Step = Callable[[Conversation], None]


def find_other_end(sock: socket.socket) -> int | None:
    """Find the descriptor of the connection's other end, where the client lives in this process."""
    here, there = sock.getsockname(), sock.getpeername()
    for name in os.listdir("/dev/fd"):
        with contextlib.suppress(OSError):
            candidate = socket.socket(fileno=int(name))
            try:
                if candidate.getpeername() == here and candidate.getsockname() == there:
                    return int(name)
            finally:
                candidate.detach()
    return None


def wait_drained(descriptor: int) -> bool:
    """Wait until nothing is left to read on this socket; False when that takes longer than DRAINED seconds."""
    pause = threading.Event()
    for _ in range(int(DRAINED / 0.0001)):
        waiting = bytearray(4)
        try:
            ioctl(descriptor, FIONREAD, waiting)
        except OSError:
            return True  # closed meanwhile
        if not any(waiting):
            return True
        pause.wait(0.0001)
    return False


def say_goodbye(sock: socket.socket) -> None:
    """Send TLS's close_notify, where there is TLS, without waiting for the other side's."""
    if isinstance(sock, ssl.SSLSocket):
        sock.settimeout(0)
        with contextlib.suppress(OSError, ValueError):
            sock.unwrap()


# ---- steps that read


def expect(data: bytes) -> Step:
    """Read exactly these bytes; others fail the test."""

    def enough(waiting: bytes) -> int:
        return 0 if len(waiting) < len(data) and data.startswith(waiting) else min(len(waiting), len(data))

    def step(conversation: Conversation) -> None:
        if (got := conversation.take(enough)) != data:
            message = f"the client said {got!r}, not {data!r}"
            raise ScriptError(message)

    return step


def until(end: bytes) -> Step:
    """Read up to and with `end`."""
    return lambda conversation: void(
        conversation.take(lambda waiting: (waiting.find(end) + len(end)) * (end in waiting))
    )


def read(count: int) -> Step:
    """Read `count` bytes, whatever they are."""
    return lambda conversation: void(conversation.take(lambda waiting: count * (len(waiting) >= count)))


def request() -> Step:
    """Read one HTTP request: its head, and the body that Content-Length or chunked coding announces."""

    def step(conversation: Conversation) -> None:
        head = conversation.take(
            lambda waiting: (waiting.find(b"\r\n\r\n") + 4) * (b"\r\n\r\n" in waiting)
        ).lower()
        fields = dict(line.split(b":", 1) for line in head.split(b"\r\n")[1:] if b":" in line)
        if b"chunked" in fields.get(b"transfer-encoding", b""):
            until(b"0\r\n\r\n")(
                conversation
            )  # enough for tests whose chunks do not hold these bytes themselves
        elif length := int(fields.get(b"content-length", b"0")):
            read(length)(conversation)

    return step


def void(_: object) -> None:
    """Make nothing of a value, where a step is one expression."""


# ---- steps that send


def send(*parts: bytes) -> Step:
    """Send these bytes, each part on its own."""

    def step(conversation: Conversation) -> None:
        for part in parts:
            conversation.send(part)

    return step


def send_forever(data: bytes, cap: int = 1 << 24) -> Step:
    """Send these bytes again and again, until the client breaks off; past `cap` bytes the client is at fault."""

    def step(conversation: Conversation) -> None:
        block = data * (BLOCK // len(data) + 1)
        while conversation.sent < cap:
            conversation.send(block)
        message = f"the client still reads after {conversation.sent} bytes"
        raise ScriptError(message)

    return step


# ---- steps that wait


def wait(event: threading.Event) -> Step:
    """Go on when the test sets this event."""

    def step(_: Conversation) -> None:
        if not event.wait(PATIENCE):
            message = "the test never released the peer"
            raise ScriptError(message)

    return step


def stall() -> Step:
    """Say nothing more, but hold the connection until the client leaves (or the peer is closed)."""
    return Conversation.listen_on


# ---- steps that change or end the connection


def start_tls(context: ssl.SSLContext) -> Step:
    """Take the server's part in a TLS handshake; everything after it is inside."""

    def step(conversation: Conversation) -> None:
        conversation.sock = context.wrap_socket(conversation.sock, server_side=True)

    return step


def close() -> Step:
    """Close the connection in order."""
    return Conversation.end


def reset() -> Step:
    """Close the connection by RST."""
    return lambda conversation: conversation.end(reset=True)


def half_close() -> Step:
    """End our side; the client may still talk."""
    return lambda conversation: conversation.sock.shutdown(socket.SHUT_WR)


# ---- the peer


class Peer:
    """A listener on loopback whose nth connection plays the nth script, and every later one the last.

    tls: the context to begin with, at once. unix: listen on a Unix socket at this path, in place of 127.0.0.1.
    Closing (or leaving the with block) ends every conversation and raises the first failure of a script.
    """

    def __init__(
        self,
        *scripts: Sequence[Step],
        faults: Faults = NO_FAULTS,
        tls: ssl.SSLContext | None = None,
        unix: Path | None = None,
    ) -> None:
        self.scripts = scripts or ((),)
        self.faults = faults
        self.tls = tls
        self.conversations: list[Conversation] = []
        self._threads: list[threading.Thread] = []
        self._arrived = threading.Condition()
        self._closing = False
        self._listener = listen(unix)
        self.address = self._listener.getsockname()
        self._begin(self._accept)

    @property
    def host(self) -> str:
        """The numeric address that the peer listens on."""
        return str(self.address[0])

    @property
    def port(self) -> int:
        """The port that the peer listens on."""
        return int(self.address[1])

    def _begin(self, target: Callable[..., None], *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)
        self._threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while True:
            sock, _ = self._listener.accept()
            if self._closing:
                sock.close()
                return
            if sock.family != socket.AF_UNIX:
                sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            script = self.scripts[min(len(self.conversations), len(self.scripts) - 1)]
            conversation = Conversation(sock, self.faults)
            with self._arrived:
                self.conversations.append(conversation)
                self._arrived.notify_all()
            self._begin(conversation.play, script, self.tls)

    def heard(self, index: int = 0) -> bytes:
        """Everything said on one connection; fails unless the client ends that connection soon, or the script did."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.conversations) > index, PATIENCE):
                message = f"nobody made connection {index}"
                raise AssertionError(message)
        conversation = self.conversations[index]
        if not conversation.done.wait(PATIENCE):
            message = f"the client keeps connection {index} open"
            raise AssertionError(message)
        return bytes(conversation.received)

    def close(self) -> None:
        """End the conversations and the listener, and raise what failed in a script."""
        if self._closing:
            return
        self._closing = True
        with socket.socket(self._listener.family) as alarm:
            alarm.connect(self.address)
        self._threads[0].join()
        self._listener.close()
        for conversation in self.conversations:
            with contextlib.suppress(OSError):
                conversation.sock.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for conversation in self.conversations:
            if conversation.failure is not None:
                raise conversation.failure

    def __enter__(self) -> Self:
        """Give the peer itself: it listens since it was made."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close."""
        self.close()


def listen(unix: Path | None) -> socket.socket:
    """Make the listening socket: on a free port of 127.0.0.1, or at a path."""
    if unix is None:
        return socket.create_server(("127.0.0.1", 0), backlog=128)
    sock = socket.socket(socket.AF_UNIX)
    sock.bind(str(unix))
    sock.listen(128)
    return sock


@pytest.fixture
def peer() -> Iterator[Callable[..., Peer]]:
    """Make peers that are closed, and whose scripts are judged, when the test ends."""
    made: list[Peer] = []

    def make(*scripts: Sequence[Step], **options: object) -> Peer:
        made.append(Peer(*scripts, **options))  # type: ignore[arg-type]  # the options are Peer's own
        return made[-1]

    yield make
    with contextlib.ExitStack() as stack:
        for one in made:
            stack.callback(one.close)


@pytest.fixture
def refusing() -> Iterator[tuple[str, int]]:
    """An address where nobody listens: bound, so that nobody else will either."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()
