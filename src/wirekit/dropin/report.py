"""What ran over wirekit: modules, connections, bytes and round trips, of this process and of its Python children.

Counting wraps what streams send and receive, so it is there only while somebody wants a report. A *round trip* is a
wait for bytes after something was sent: what a slow network makes expensive. Each process writes its figures into a
directory when it ends; the one that began adds them up.
"""

from __future__ import annotations

import atexit
import json
import os
import tempfile
from pathlib import Path
from typing import Any

from wirekit import dropin
from wirekit._io import blocking

__all__ = ["begin", "finish"]

_FIGURES = ("connections", "sent", "received", "round_trips")


class _Counts:
    """The figures of this process."""

    def __init__(self) -> None:
        self.connections = self.sent = self.received = self.round_trips = 0
        self.begun = False


_counts = _Counts()


def begin(directory: str | None = None) -> None:
    """Count from now on; the figures are written to directory, or where the environment says, when this process ends."""
    if directory is not None:
        os.environ[dropin.REPORT] = directory
    if _counts.begun:
        return
    _counts.begun = True
    _wrap_streams()
    atexit.register(_write)
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(after_in_child=_start_anew)


def _start_anew() -> None:
    """A forked child has its own figures, and begins with none."""
    for name in _FIGURES:
        setattr(_counts, name, 0)


def _wrap_streams() -> None:
    """Count at the one place where streams take up a socket, and where they send."""
    use, sendall, send_file, connect = (
        blocking.Stream._use,  # noqa: SLF001 - our own
        blocking.Stream.sendall,
        blocking.Stream.send_file,
        blocking.create_connection,
    )

    def counted_use(stream: Any, sock: Any) -> None:
        use(stream, sock)
        stream._recv, stream._recv_into = (  # noqa: SLF001 - our own
            _count_received(stream, stream._recv, len),  # noqa: SLF001
            _count_received(stream, stream._recv_into, int),  # noqa: SLF001
        )

    def counted_sendall(stream: Any, data: Any) -> None:
        sendall(stream, data)
        _counts.sent += memoryview(data).nbytes
        stream.asked = True

    def counted_send_file(stream: Any, *given: Any, **named: Any) -> int:
        count = send_file(stream, *given, **named)
        _counts.sent += count
        stream.asked = True
        return count

    def counted_connect(*given: Any, **named: Any) -> Any:
        sock = connect(*given, **named)
        _counts.connections += 1
        return sock

    for name, counted in (
        ("_use", counted_use),
        ("sendall", counted_sendall),
        ("send_file", counted_send_file),
    ):
        setattr(blocking.Stream, name, counted)
    blocking.create_connection = counted_connect


def _count_received(stream: Any, receive: Any, size: Any) -> Any:
    def counted(*given: Any) -> Any:
        if getattr(stream, "asked", False):
            stream.asked = False
            _counts.round_trips += 1
        data = receive(*given)
        _counts.received += size(data)
        return data

    return counted


def _write() -> None:
    """Write the figures of this process, if it did anything."""
    figures = {name: getattr(_counts, name) for name in _FIGURES} | {"modules": dropin.served()}
    if any(figures.values()):
        handle, _ = tempfile.mkstemp(".json", dir=os.environ[dropin.REPORT])
        with os.fdopen(handle, "w") as file:
            json.dump(figures, file)


def finish(directory: str) -> str:
    """Add up the figures of all processes, and return the report, one line without its end."""
    figures = [json.loads(path.read_text()) for path in Path(directory).glob("*.json")]
    total = {name: sum(one[name] for one in figures) for name in _FIGURES}
    modules = sorted({module for one in figures for module in one["modules"]})
    processes = f" in {len(figures)} processes" if len(figures) > 1 else ""
    return (
        f"wirekit served {', '.join(modules) or 'no module'}{processes}: {total['connections']:,} connections, "
        f"{total['sent']:,} bytes sent, {total['received']:,} received, {total['round_trips']:,} round trips"
    )
