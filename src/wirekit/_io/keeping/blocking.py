"""Keeping connections in the blocking twin."""

import os
import socket
import weakref
from typing import Any, Protocol

from wirekit._io import names, patience
from wirekit._io.blocking import BLOCK, Stream

__all__ = ["Arrived", "Store", "drop", "here", "is_over", "is_silent", "retime", "watch", "watch_here"]


class Store(Protocol):
    """What keeps connections."""

    def close(self) -> None:
        """End all connections."""

    def forget(self) -> None:
        """Let go of all connections without a word: they are another process's."""


_stores: "weakref.WeakSet[Any]" = weakref.WeakSet()


def here() -> object:
    """Return None: any thread may use any connection, one after another."""
    return None


def watch(owner: object, store: Store) -> None:
    """Close the store when its owner is gone or the program ends; in the child of a fork, let its connections alone."""
    weakref.finalize(owner, store.close)
    _stores.add(store)


def watch_here(store: Store) -> None:
    """Do nothing: there is no loop that could end."""


def _forget_all() -> None:
    for store in list(_stores):
        store.forget()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget_all)


def retime(sock: Any, timeout: Any) -> None:
    """Let single waits on a connection end as if it had been made with this timeout."""
    step = names.limits_of(timeout).step
    if timeout is names.GLOBAL_DEFAULT_TIMEOUT and socket.getdefaulttimeout() is None and _is_plain(sock):
        patience.set_kernel_timeout(sock, step)
        return
    if _is_plain(sock):
        patience.set_kernel_timeout(sock, None)
    sock.settimeout(step)


def _is_plain(sock: Any) -> bool:
    """Tell whether the kernel may keep the timeout: TLS cannot do with that."""
    return type(sock) is socket.socket


def is_silent(stream: Stream) -> bool:
    """Tell whether nothing has come since the stream's buffer was emptied."""
    return not stream.buffer


def is_over(stream: Stream) -> bool:
    """Ask the system now whether the peer has ended the stream, or sent something that nobody has read."""
    return stream.pos < len(stream.buffer) or stream._is_readable()  # noqa: SLF001 - of this package


def drop(stream: Stream) -> None:
    """End a stream; over TLS with a goodbye."""
    stream.close()


class Arrived(Stream):
    """A stream of what has come already: it needs its connection no more."""

    # Of the class, since they never change: a response in one piece is made of such a stream, and should cost little.
    sock: Any = None
    timeout: Any = None
    deadline = None
    closed = False
    memo = None
    held = None
    _size = BLOCK
    _waiting = False
    _ended = True

    def __init__(self, data: bytes) -> None:
        self.buffer = data
        self.pos = 0

    def fill(self) -> bool:
        """Return False: nothing more comes."""
        return False

    def _receive(self, n: int) -> bytes:  # noqa: ARG002 - the base's signature
        return b""

    def _receive_into(self, view: memoryview) -> int:  # noqa: ARG002 - the base's signature
        return 0

    def hold(self) -> None:
        """Do nothing: there is no connection to hold."""

    def release(self) -> None:
        """Do nothing."""

    def close(self) -> None:
        """Take note only."""
        self.closed = True

    def abort(self) -> None:
        """Take note only."""
        self.closed = True

    def fileno(self) -> int:
        """Raise OSError: the connection serves others."""
        message = "the body has arrived whole: there is no connection behind it any more"
        raise OSError(message)
