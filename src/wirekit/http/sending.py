# Generated from src/wirekit/aio/http/sending.py by tools/unasync.py; edit that file.
"""Bodies of every kind on their way out: bytes, text files, binary files, iterables, plain or async.

A real file over a plain socket is left to the system (``os.sendfile`` in the blocking twin); everything else becomes
blocks of bytes.
"""

import io
import os
import stat
from collections.abc import Iterable, Iterator
from typing import Any

from wirekit._io import blocking as net

__all__ = ["blocks_of", "measure", "send_by_system"]


def measure(body: Any) -> int | None:
    """Return the bytes of a body, or None where only sending it tells (files, iterables)."""
    if hasattr(body, "read"):
        return None
    try:
        return memoryview(body).nbytes
    except TypeError:
        return len(body) if isinstance(body, str) else None


def blocks_of(body: Any, blocksize: int, debuglevel: int = 0) -> Iterator[Any]:
    """Give the blocks of a body: bytes-like whole, a file by blocksize, an iterable as it comes.

    Text from a file is encoded as ISO-8859-1. TypeError, at once, for what is no body.
    """
    if hasattr(body, "read"):
        return _blocks_of_file(body, blocksize, debuglevel)
    try:
        memoryview(body)
    except TypeError:
        if isinstance(body, str) or not (isinstance(body, Iterable) or hasattr(body, "__aiter__")):
            message = f"a body should be a bytes-like object, a file or an iterable, got {type(body)!r}"
            raise TypeError(message) from None
        return net.pull(body)
    return net.pull((body,))


def _blocks_of_file(file: Any, blocksize: int, debuglevel: int) -> Iterator[bytes]:
    encode = isinstance(file, io.TextIOBase)
    if debuglevel > 0:
        print("encoding file using iso-8859-1" if encode else "reading a readable")  # noqa: T201 - what debuglevel asks for
    while block := net.give(file.read, blocksize):
        yield block.encode("iso-8859-1") if encode else block


def send_by_system(stream: net.Stream, file: Any) -> bool:
    """Send a real file from its position on, and leave it at its end; False when it is none, or TLS is in the way."""
    if stream.tls is not None or isinstance(file, io.TextIOBase):
        return False
    try:
        regular = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
        position = file.tell()
    except (AttributeError, OSError, ValueError):
        return False
    if regular:
        stream.send_file(file, position)
    return regular
