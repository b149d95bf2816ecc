"""Keeping connections in the async twin: each belongs to the loop that made it, and ends with it at the latest.

A loop tells nobody that it ends, but it closes the async generators that were begun in it, as ``asyncio.run`` and its
kin ask it to. So a generator that has nothing else to do waits for that in each loop that keeps connections.
"""

import asyncio
import contextlib
import weakref
from collections import deque
from collections.abc import AsyncGenerator
from typing import Any, Protocol

from wirekit._io import names
from wirekit._io.asynchronous import Stream

__all__ = ["Arrived", "Store", "drop", "here", "is_over", "is_silent", "retime", "watch", "watch_here"]


class Store(Protocol):
    """What keeps connections, of any loop."""

    def close(self) -> None:
        """End all connections."""

    def close_here(self, place: Any) -> None:
        """End the connections of one loop."""


_endings: dict[AsyncGenerator[None, None], asyncio.AbstractEventLoop] = {}
"""The generators that wait for the end of their loops; one that nobody held would be closed too early."""

here = asyncio.get_running_loop


def watch(owner: object, store: Store) -> None:
    """Close the store when its owner is gone."""
    weakref.finalize(owner, store.close).atexit = False  # then all loops have ended


def watch_here(store: Store) -> None:
    """Close the store's connections of the running loop when that ends."""
    for ending, loop in list(_endings.items()):
        if loop.is_closed():  # it ended without closing its generators
            _endings.pop(ending, None)
    ending = _wait_for_end(store, here())
    _endings[ending] = here()
    with contextlib.suppress(StopIteration):
        ending.asend(None).send(None)  # to its yield: nothing is waited for


async def _wait_for_end(store: Store, loop: asyncio.AbstractEventLoop) -> AsyncGenerator[None, None]:
    try:
        yield
    finally:
        store.close_here(loop)
        for ending, its in list(_endings.items()):
            if its is loop:
                _endings.pop(ending, None)


def retime(sock: Any, timeout: Any) -> None:
    """Let single waits on a connection end as if it had been made with this timeout."""
    sock.settimeout(names.limits_of(timeout).step)


def is_silent(stream: Stream) -> bool:
    """Tell whether nothing has come since the stream's buffer was emptied."""
    return not stream.buffer and not stream._blocks  # noqa: SLF001 - of this package


def is_over(stream: Stream) -> bool:
    """Tell whether the peer has ended the stream, or sent something that nobody has read."""
    return stream.pending


def drop(stream: Stream) -> None:
    """End a stream of whatever loop, from whatever thread; over TLS with a goodbye where that is possible."""
    loop = stream._loop  # noqa: SLF001 - of this package
    if loop.is_closed():
        return
    try:
        running = asyncio.get_running_loop()
    except RuntimeError:
        running = None
    if running is loop:
        stream.close()
    else:
        with contextlib.suppress(RuntimeError):  # closed meanwhile
            loop.call_soon_threadsafe(stream.abort)


class Arrived(Stream):
    """A stream of what has come already: it needs its connection no more."""

    # Of the class, since they never change: a response in one piece is made of such a stream, and should cost little.
    timeout = None
    deadline = None
    closed = False
    memo = None
    held = False
    _blocks: deque[bytes] = deque()  # noqa: RUF012 - never filled
    _layers: list[Any] = []  # noqa: RUF012 - never filled
    _ended = True
    _transport = None

    def __init__(self, data: bytes) -> None:
        self.buffer = data
        self.pos = 0

    async def fill(self) -> bool:
        """Return False: nothing more comes."""
        return False

    def hold(self) -> None:
        """Do nothing: there is no connection to hold."""

    def release(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Take note only."""
        self.closed = True

    abort = close

    def fileno(self) -> int:
        """Raise OSError: the connection serves others."""
        message = "the body has arrived whole: there is no connection behind it any more"
        raise OSError(message)
