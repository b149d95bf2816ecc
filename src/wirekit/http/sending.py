# Generated from src/wirekit/aio/http/sending.py by tools/unasync.py; edit that file.
"""Bodies of every kind on their way out: bytes, text files, binary files, iterables, plain or async.

A real file over a plain socket is left to the system (``os.sendfile`` in the blocking twin); everything else becomes
blocks of bytes.
"""

import io
import os
import stat
from collections.abc import Iterator, Mapping
from typing import Any, Final

from wirekit._io import blocking as net

__all__ = ["blocks_of", "check_body", "find_promised_length", "measure", "send_by_system"]


_ALL: Final = 1 << 62


def measure(body: Any) -> int | None:
    """Return the bytes of a body, or None where only sending it tells (files, iterables)."""
    if hasattr(body, "read"):
        return None
    try:
        return memoryview(body).nbytes
    except TypeError:
        return len(body) if isinstance(body, str) else None


def check_body(body: Any) -> None:
    """Let only bytes-like objects, files and iterables pass; else TypeError."""
    if hasattr(body, "read") or _is_in_memory(body):
        return
    kinds = ["__iter__", "__getitem__"]
    if isinstance(body, str) or not any(hasattr(body, kind) for kind in kinds):
        message = f"a body should be a bytes-like object, a file or an iterable, got {type(body)!r}"
        raise TypeError(message)


def _is_in_memory(body: Any) -> bool:
    try:
        memoryview(body)
    except TypeError:
        return False
    return True


def find_promised_length(headers: Mapping[Any, Any]) -> int | None:
    """Return the number that a Content-Length among the headers says; None for none, and for what is no length."""
    for name, value in headers.items():
        if (name if isinstance(name, str) else name.decode("latin-1")).lower() == "content-length":
            try:
                return int(value) if int(value) >= 0 else None
            except (TypeError, ValueError):
                return None
    return None


def blocks_of(body: Any, blocksize: int, debuglevel: int = 0, count: int | None = None) -> Iterator[Any]:
    """Give the blocks of a body: bytes-like whole, a file by blocksize, an iterable as it comes.

    Text from a file is encoded as ISO-8859-1. count: the bytes to take from a file, no more and no fewer: ValueError
    when it ends before. TypeError, at once, for what is no body.
    """
    if hasattr(body, "read"):
        return _blocks_of_file(body, blocksize, debuglevel, count)
    check_body(body)
    return net.pull((body,) if _is_in_memory(body) else body)


def _too_short(got: int, count: int) -> ValueError:
    return ValueError(f"the file ended after {got} of the {count} bytes that Content-Length promises")


def _blocks_of_file(file: Any, blocksize: int, debuglevel: int, count: int | None) -> Iterator[bytes]:
    encode = isinstance(file, io.TextIOBase)
    if debuglevel > 0:
        print("reading a readable")  # noqa: T201 - what debuglevel asks for
        if encode:
            print("encoding file using iso-8859-1")  # noqa: T201 - what debuglevel asks for
    left = _ALL if count is None else count
    while left and (block := net.give(file.read, min(blocksize, left))):
        data = block.encode("iso-8859-1") if encode else block
        yield data if len(data) <= left else data[:left]
        left -= min(len(data), left)
    if left and count is not None:
        raise _too_short(count - left, count)


def send_by_system(stream: net.Stream, file: Any, count: int | None = None) -> bool:
    """Send a real file from its position on, count bytes or to its end, and leave it behind them.

    False when it is none, or TLS is in the way. ValueError when it ends before count bytes.
    """
    if stream.tls is not None or isinstance(file, io.TextIOBase):
        return False
    try:
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        position = file.tell()
    except (AttributeError, OSError, ValueError):
        return False
    if not regular:
        return False
    sent = stream.send_file(file, position, count)
    if count is not None and sent < count:
        raise _too_short(sent, count)
    return True
