"""FTP's connections in the async twin."""

import asyncio
import os
import socket
import time
from collections.abc import Callable
from typing import Any, Final, Self

from wirekit._io import asynchronous as net
from wirekit._io.names import limits_of
from wirekit._wire.ftp_commands import same_host

__all__ = ["Receiver", "accept", "caller", "close_at_end", "listen", "send_urgent", "text_file", "tls_of"]

BACKLOG: Final = 8
"""Connections that may wait to be accepted: strangers must not keep the server's out."""
GLANCE: Final = 0.1
"""Seconds after which a listener looks whether it is to stop."""

caller = asyncio.current_task


class Receiver:
    """Hands the blocks of a data connection to a callback, as the event loop gives them.

    passed: the bytes that were handed over. error: what the connection failed with, to be told from what a callback
    raises.
    """

    def __init__(self, stream: Any, size: int, callback: Any) -> None:
        self.passed = 0
        self.error: OSError | None = None
        self._stream = stream
        self._callback = callback
        self._size = size

    async def pass_on(self, until: float) -> bool:  # noqa: ARG002 - the other twin's signature
        """Hand over a block; False at the end. A network's error is in ``error`` as well."""
        try:
            data = await self._stream.recv(self._size)
        except OSError as error:
            self.error = error
            raise
        if data:
            await net.give(self._callback, data)
            self.passed += len(data)
        return bool(data)


class TextFile:
    """A stream as a text file with awaitable methods, read line by line; closing it leaves the stream open."""

    def __init__(self, stream: Any, encoding: str, errors: str) -> None:
        self.encoding = encoding
        self.errors = errors
        self.closed = False
        self._stream = stream

    async def readline(self, limit: int = -1) -> str:
        """Return a line with a line feed at its end, at most limit bytes of it; ``""`` at the end of the stream."""
        line: bytes = await self._stream.readline(limit)
        text = line.decode(self.encoding, self.errors)
        return text[:-2] + "\n" if text.endswith("\r\n") else text

    async def read(self) -> str:
        """Return all lines up to the end of the stream."""
        return "".join([line async for line in self])

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        number: int = self._stream.fileno()
        return number

    def close(self) -> None:
        """Be closed."""
        self.closed = True

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> str:
        if line := await self.readline():
            return line
        raise StopAsyncIteration


def text_file(stream: Any, encoding: str, errors: str) -> TextFile:
    """Return the stream as a text file; closing that leaves the stream open."""
    return TextFile(stream, encoding, errors)


def tls_of(sock: Any) -> Any:
    """Return the TLS session of a stream; None in the clear."""
    return getattr(sock, "tls", None)


def listen(host: str, family: int) -> socket.socket:
    """Listen on a free port of one of our addresses."""
    listener = socket.create_server((host, 0), family=family, backlog=BACKLOG)
    listener.setblocking(False)
    return listener


async def accept(listener: Any, host: str, timeout: Any, stop: Callable[[], bool]) -> Any:
    """Accept the connection that comes from host; whoever else comes is hung up on (security row 142).

    None as soon as ``stop()`` holds. Raises TimeoutError after the connect timeout.
    """
    limits = limits_of(timeout)
    due = None if limits.connect is None else time.monotonic() + limits.connect
    listener.setblocking(False)
    while (arrived := await _accept_next(listener, stop, due)) is not None:
        sock, address = arrived
        if same_host(address[0], host):
            return await _attach(sock, limits.step)
        sock.close()
    return None


async def _accept_next(listener: Any, stop: Callable[[], bool], due: float | None) -> Any:
    """Return what ``sock_accept`` does; None as soon as ``stop()`` holds, TimeoutError when due has passed.

    A time limit around ``sock_accept`` itself would lose the connection that arrives as the limit passes.
    """
    waiting = asyncio.ensure_future(asyncio.get_running_loop().sock_accept(listener))
    try:
        while not (await asyncio.wait({waiting}, timeout=GLANCE))[0]:
            if stop():
                return None
            if due is not None and time.monotonic() > due:
                message = "timed out: the server did not connect to us"
                raise TimeoutError(message)
    except asyncio.CancelledError:
        if waiting.done() and not waiting.exception():
            waiting.result()[0].close()  # arrived as nobody wanted it any more
        raise
    finally:
        if waiting.cancel():
            await asyncio.wait({waiting})
    return waiting.result()


async def _attach(sock: socket.socket, timeout: float | None) -> Any:
    stream: Any = await net.attach(sock, None)
    stream.timeout = timeout
    return stream


async def send_urgent(stream: Any, data: bytes) -> None:
    """Send data in the clear, its last byte as the urgent one: in the middle of what is queued it is a common one."""
    if stream.queued:
        await stream.sendall(data)
        return
    with socket.socket(fileno=os.dup(stream.fileno())) as sock:  # transports lend no sending
        sock.setblocking(False)
        sock.send(data, socket.MSG_OOB)


async def close_at_end(stream: Any, control: Any) -> None:  # noqa: ARG001 - the other twin watches it
    """Tell the peer that we send no more, by FIN, or inside TLS by its goodbye; close as soon as it has ended, too.

    This does not wait. A peer that is gone already is none of our concern: what it made of our data, its reply tells.
    """
    try:
        await stream.shutdown_write()
    except OSError:
        return
    stream.close_at_end()
