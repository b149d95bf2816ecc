"""FTP's connections in the blocking twin, on real sockets."""

import _thread
import io
import socket
import time
from collections.abc import Callable
from typing import Any, Final

from wirekit._io import blocking as net
from wirekit._io.names import limits_of
from wirekit._wire.ftp_commands import same_host

__all__ = ["accept", "caller", "half_close", "listen", "send_urgent", "text_file", "tls_of"]

BACKLOG: Final = 8
"""Connections that may wait to be accepted: strangers must not keep the server's out."""
GLANCE: Final = 0.1
"""Seconds after which a listener looks whether it is to stop."""

caller = _thread.get_ident


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


def half_close(stream: Any) -> None:
    """Tell the peer that we send no more, by TLS's goodbye (sent to its last byte) and FIN; reading goes on.

    A peer that is gone already is none of our concern: what it made of our data, its reply tells.
    """
    sock = stream.sock
    try:
        if stream.tls is not None and isinstance(sock, socket.socket):
            _say_goodbye(sock)
            socket.socket.shutdown(sock, socket.SHUT_WR)  # SSLSocket's own would drop the session with it
        else:
            sock.shutdown(socket.SHUT_WR)
    except (OSError, ValueError, AttributeError):
        return


def _say_goodbye(sock: Any) -> None:
    """Send close_notify whole, waiting while our own buffer is full, and never for the peer's."""
    import ssl  # TLS is spoken: it is loaded

    step = sock.gettimeout()
    sock.settimeout(0)
    try:
        while True:
            try:
                sock.unwrap()
            except ssl.SSLWantWriteError:
                _wait_writable(sock, step)
            except ssl.SSLWantReadError:
                return
            else:
                return
    finally:
        sock.settimeout(step)


def _wait_writable(sock: Any, seconds: float | None) -> None:
    import selectors

    with selectors.DefaultSelector() as selector:
        selector.register(sock, selectors.EVENT_WRITE)
        if not selector.select(seconds):
            message = "timed out"
            raise TimeoutError(message)
