"""FTP's connections in the blocking twin, on real sockets."""

import _thread
import io
import select
import socket
import time
from collections.abc import Callable
from typing import Any, Final

from wirekit._io import blocking as net
from wirekit._io.names import limits_of
from wirekit._wire.ftp_commands import same_host

__all__ = ["Receiver", "accept", "caller", "close_at_end", "listen", "send_urgent", "text_file", "tls_of"]

BACKLOG: Final = 8
"""Connections that may wait to be accepted: strangers must not keep the server's out."""
GLANCE: Final = 0.1
"""Seconds after which a listener looks whether it is to stop."""

RECORD: Final = 1 << 14
"""Bytes of a TLS record at most: what one read inside TLS gives."""

SOON: Final = 0.002
"""Seconds that the next record may take to go into the same block: in bulk they come much faster."""

caller = _thread.get_ident

_FILES: Final = (io.BufferedWriter, io.BufferedRandom, io.FileIO)


class Receiver:
    """Hands the blocks of a data connection to a callback, in loops as tight as Python has them.

    passed: the bytes that were handed over. error: what the connection failed with, to be told from what a callback
    raises. What a file of the system's own is to write (``callback`` is its ``write``) comes in large blocks, views of
    one buffer that is used again and again; everybody else gets bytes.
    """

    def __init__(self, stream: net.Stream, size: int, callback: Any) -> None:
        self.passed = 0
        self.error: OSError | None = None
        self._stream = stream
        self._callback = callback
        self._size = size
        self._ended = False
        self._tls = stream.tls is not None
        self._room = memoryview(bytearray(size)) if _is_write_of_file(callback) else None
        self._soon: Callable[[], Any] = _watch(stream.sock) if self._tls and self._room is not None else bool

    def pass_on(self, until: float) -> bool:
        """Hand over blocks until a moment has passed, or some more; False at the end.

        until: of ``net.monotonic``. A network's error is in ``error`` as well.
        """
        receiving = [True]
        try:
            if self._room is None:
                self._pass_bytes(receiving, until)
            else:
                self._pass_view(self._room, receiving)
        except OSError as error:
            if receiving:
                self.error = error
            raise
        return not self._ended

    def _pass_bytes(self, receiving: list[bool], until: float) -> None:
        stream, callback = self._stream, self._callback
        recv = stream.recv if stream.deadline is not None else stream.sock.recv
        size = min(self._size, RECORD) if self._tls else self._size
        now = net.monotonic
        try:
            while True:
                data = recv(size)
                if not data:
                    self._ended = True
                    return
                receiving.clear()
                callback(data)
                receiving.append(True)
                self.passed += len(data)
                if now() >= until:
                    return
        except BaseException as error:
            if receiving:
                stream.fail(error)
            raise

    def _pass_view(self, room: memoryview, receiving: list[bool]) -> None:
        got = self._gather(room) if self._tls else self._stream.recv_into(room)
        self._ended = not got
        receiving.clear()
        if got:
            self._callback(room[:got])
            self.passed += got

    def _gather(self, room: memoryview) -> int:
        """Receive records as long as there is room for one and one comes at once; return how many bytes.

        Behind a full record another is on its way: nobody looks whether one has come.
        """
        if self.error is not None:
            raise self.error
        got, most, soon = 0, len(room) - RECORD, self._soon
        recv_into = self._stream.recv_into
        try:
            while n := recv_into(room[got:]):
                got += n
                if got > most or (n < RECORD and not soon()):
                    break
        except OSError as error:
            if not got:
                raise
            self.error = error  # what came before it counts; it is raised at the next call
        return got


def _is_write_of_file(callback: Any) -> bool:
    owner = getattr(callback, "__self__", None)
    return type(owner) in _FILES and getattr(callback, "__name__", "") == "write"


def _watch(sock: Any) -> Callable[[], Any]:
    """Return a function that tells whether something has arrived on a socket, or does so soon."""
    if not hasattr(select, "poll"):
        return lambda: select.select([sock], [], [], SOON)[0]
    poll = select.poll()
    poll.register(sock, select.POLLIN)
    return lambda: poll.poll(SOON * 1000)


class _Lines(io.BufferedIOBase):
    """A stream as a binary file that gives one line at a time: what reads it never holds what comes after."""

    def __init__(self, stream: net.Stream) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def read1(self, n: int | None = -1, /) -> bytes:
        return self._stream.readline(-1 if n is None else n)

    read = read1

    @property
    def name(self) -> int:
        return self.fileno()

    def fileno(self) -> int:
        number: int = self._stream.sock.fileno()
        return number


def text_file(stream: net.Stream, encoding: str, errors: str) -> io.TextIOWrapper:
    """Return the stream as a text file; closing that leaves the stream open."""
    return io.TextIOWrapper(_Lines(stream), encoding=encoding, errors=errors)


def tls_of(sock: Any) -> Any:
    """Return the TLS session of a socket, a TLS socket itself; None in the clear."""
    if not hasattr(sock, "getpeercert") or getattr(sock, "_sslobj", sock) is None:
        return None  # or TLS was ended again
    return sock


def listen(host: str, family: int) -> socket.socket:
    """Listen on a free port of one of our addresses."""
    return socket.create_server((host, 0), family=family, backlog=BACKLOG)


def accept(listener: Any, host: str, timeout: Any, stop: Callable[[], bool]) -> Any:
    """Accept the connection that comes from host; whoever else comes is hung up on (security row 142).

    None as soon as ``stop()`` holds. Raises TimeoutError after the connect timeout.
    """
    limits = limits_of(timeout)
    due = None if limits.connect is None else time.monotonic() + limits.connect
    while True:
        listener.settimeout(GLANCE)
        try:
            sock, address = listener.accept()
        except TimeoutError:
            if stop():
                return None
            if due is not None and time.monotonic() > due:
                message = "timed out: the server did not connect to us"
                raise TimeoutError(message) from None
            continue
        if same_host(address[0], host):
            sock.settimeout(limits.step)
            return sock
        sock.close()


def send_urgent(stream: net.Stream, data: bytes) -> None:
    """Send data in the clear, its last byte as the urgent one."""
    stream.sock.sendall(data, socket.MSG_OOB)


def close_at_end(stream: Any, control: Any) -> None:
    """Tell the peer that we send no more, by FIN, or inside TLS by its goodbye alone (to its last byte).

    FIN would have a simple proxy close both sides at once, and lose what is under way. So inside TLS this waits until
    the peer has ended as well, and closes then, for which some servers wait themselves before they reply; or until it
    has something to say on the control connection (a stream, None for a stand-in). A peer that is gone already is none
    of our concern: what it made of our data, its reply tells.
    """
    sock = stream.sock
    try:
        if stream.tls is None or not isinstance(sock, socket.socket):
            sock.shutdown(socket.SHUT_WR)
        elif not _say_goodbye(sock):
            socket.socket.shutdown(sock, socket.SHUT_WR)  # SSLSocket's own would drop the session with it
        elif control is not None and _ends_first(sock, control):
            stream.close()
    except (OSError, ValueError, AttributeError):
        return


def _say_goodbye(sock: Any) -> bool:
    """Send close_notify whole, waiting while our own buffer is full, and never for the peer's.

    False for a subclass whose ``unwrap`` is its own: many have one that does nothing.
    """
    import ssl  # TLS is spoken: it is loaded

    if type(sock).unwrap is not ssl.SSLSocket.unwrap:
        sock.unwrap()
        return False
    step = sock.gettimeout()
    sock.settimeout(0)
    try:
        while True:
            try:
                sock.unwrap()
            except ssl.SSLWantWriteError:
                _wait_writable(sock, step)
            except (ssl.SSLWantReadError, ssl.SSLEOFError):
                return True  # ours has left; the peer's has not come yet, or it has hung up already
            else:
                return True
    finally:
        sock.settimeout(step)


def _ends_first(sock: Any, control: Any) -> bool:
    """Wait until the peer ends TLS as well, after our goodbye; False where it says something elsewhere before that."""
    import selectors

    step, patience = sock.gettimeout(), control.timeout
    sock.settimeout(0)
    try:
        with selectors.DefaultSelector() as selector:
            selector.register(sock, selectors.EVENT_READ)
            selector.register(control.sock, selectors.EVENT_READ)
            spoken = control.overhear()
            while not spoken:
                if _heard_goodbye(sock):
                    return True
                ready = selector.select(patience)
                spoken = not ready or any(key.fileobj is control.sock for key, _ in ready)
        return False
    finally:
        sock.settimeout(step)


def _heard_goodbye(sock: Any) -> bool:
    import ssl  # likewise

    try:
        sock.unwrap()
    except ssl.SSLWantReadError:
        return False
    except (OSError, ValueError):
        return True  # it has hung up; ValueError: it had ended before
    return True


def _wait_writable(sock: Any, seconds: float | None) -> None:
    import selectors

    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        if not selector.select(seconds):
            message = "timed out"
            raise TimeoutError(message)
