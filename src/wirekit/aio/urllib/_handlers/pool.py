"""Connections that are kept between requests.

A *line* is a connection with what it may be used for: its ``key``, which holds everything that matters (the loop, the
class, host and port, proxy and login, TLS and its settings). While a response is read the line belongs to it; once the
response was read to its end, it gives the line back. A line that is not given back (its response was closed early, or
forgotten) ends with its connection, and nobody misses it: the pool knows idle lines only.

The last one that came back is the first one that is used again, so that those that are too many grow old.
"""

import _thread
from time import monotonic
from typing import Any, Final

from wirekit import defaults
from wirekit._io.keeping import asynchronous as keeping

__all__ = ["Line", "Pool"]

FRESH: Final = 1.0
"""Seconds for which a connection counts as fresh. A request that must not be sent twice uses no older one: servers end
idle connections after 5 seconds or more, and no sooner than that without saying so."""


class Line:
    """A kept connection. ``since``: when it was given back last. ``timing``: what its timeout was made of.

    ``turn``: how many responses have given it back. Without a key it is no line of any pool, and never given back.
    """

    __slots__ = ("connection", "key", "pool", "since", "timing", "turn")

    def __init__(self, pool: Any, key: Any, connection: Any) -> None:
        self.pool, self.key, self.connection = pool, key, connection
        self.since = 0.0
        self.turn = 0
        self.timing: Any = None

    def give_back(self, *, reusable: bool = True) -> None:
        """Take the connection back from its response, which was read to its end."""
        self.turn += 1
        stream = self.connection._stream  # noqa: SLF001 - of this package
        if stream is None or stream.closed:
            return
        if not reusable or stream.pos < len(stream.buffer):  # what nobody asked for
            keeping.drop(stream)
            return
        stream.buffer, stream.pos = b"", 0  # idle, it holds on to nothing; and what comes now can be told
        self.pool.put(self)


class Pool:
    """The idle lines of one handler, by key; ends them when their owner is gone.

    Any thread may call. Nothing here waits.
    """

    def __init__(self, owner: object) -> None:
        self._idle: dict[Any, list[Line]] = {}
        self._lock = _thread.RLock()  # a finaliser may give a line back in the middle of anything
        self._swept = 0.0
        self._places: set[Any] = set()  # loops that will tell of their end
        keeping.watch(owner, self)

    def take(self, key: Any, *, fresh: bool) -> Line | None:
        """Return an idle line that may be used now, the last one used; None where there is none.

        fresh: only one that has been idle for no more than a moment, and of which the system says that it is good.
        """
        idle = self._idle.get(key)
        while idle:
            try:
                line = idle.pop()
            except IndexError:  # another thread was quicker
                return None
            stream = line.connection._stream  # noqa: SLF001 - of this package
            if stream is None or stream.closed:
                continue
            age = monotonic() - line.since
            if age < (FRESH if fresh else defaults.active.idle_timeout) and not (
                keeping.is_over(stream) if fresh else stream.pending
            ):
                return line
            line.connection.close()
        return None

    def put(self, line: Line) -> None:
        """Keep a line whose connection is free."""
        now = line.since = monotonic()
        with self._lock:
            idle = self._idle.get(line.key)
            if idle is None:
                self._idle[line.key] = [line]
                self._sweep(now)
                return
            idle.append(line)
            if len(idle) > defaults.active.max_idle or now - self._swept > defaults.active.idle_timeout:
                self._sweep(now)

    def expect(self, place: Any) -> None:
        """Know that lines of this loop will come, which end when it does."""
        if place not in self._places:
            self._places.add(place)
            keeping.watch_here(self)

    def _sweep(self, now: float) -> None:
        """End what is too old or too much, of all keys."""
        self._swept = now
        limits = defaults.active
        lines = sorted((line for idle in self._idle.values() for line in idle), key=lambda line: line.since)
        surplus = len(lines) - limits.max_idle
        for number, line in enumerate(lines):
            if number < surplus or now - line.since > limits.idle_timeout:
                self._remove(line)
        for key in [key for key, idle in self._idle.items() if not idle]:
            del self._idle[key]

    def _remove(self, line: Line) -> None:
        try:
            self._idle[line.key].remove(line)
        except ValueError:  # another thread has just taken it
            return
        self._end(line)

    def _end(self, line: Line) -> None:
        stream = line.connection._stream  # noqa: SLF001 - of this package
        if stream is not None:
            keeping.drop(stream)

    def close(self) -> None:
        """End all idle connections."""
        with self._lock:
            lines = [line for idle in self._idle.values() for line in idle]
            self._idle.clear()
        for line in lines:
            self._end(line)

    def close_here(self, place: Any) -> None:
        """End the idle connections of one loop, which is about to end."""
        with self._lock:  # loops of other threads go on
            self._places.discard(place)
            keys = [key for key in self._idle if key[0] is place]
            lines = [line for key in keys for line in self._idle.pop(key)]
        for line in lines:
            self._end(line)

    def forget(self) -> None:
        """Let go of all connections without a word: they are those of the process that this one was forked from."""
        self._lock = _thread.RLock()  # another thread may have held it, and does not exist here
        idle, self._idle = self._idle, {}
        for lines in idle.values():
            for line in lines:
                line.connection._stream.abort()  # noqa: SLF001 - of this package
