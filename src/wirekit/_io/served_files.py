"""Files as a server hands them out: opened without waiting, in parts, compressed, and small ones kept in memory.

Everything here is local work that ends by itself; whoever must not be held up by it calls it in a thread.
"""

import contextlib
import io
import os
import stat
import threading
import zlib
from collections.abc import Callable, Sequence
from typing import Any, Final

__all__ = [
    "FileCache",
    "FilePart",
    "FileParts",
    "KeptFile",
    "codings_at_hand",
    "compress",
    "is_inside",
    "open_at_once",
]

SETTLED: Final = 2.0
"""Seconds after its last change from which on a file is kept: until then it may change once more without a trace."""
BLOCK: Final = 1 << 16


def open_at_once(path: str, flags: int) -> int:
    """Open a file; a pipe that nobody writes to as well, for which a server would wait for ever."""
    return os.open(path, flags | getattr(os, "O_NONBLOCK", 0))


def is_inside(path: str, root: str) -> bool:
    """Tell whether a path, all links followed, is the root or below it."""
    real, top = os.path.realpath(path), os.path.realpath(root)
    return real == top or real.startswith(top.rstrip(os.sep) + os.sep)


class KeptFile:
    """A small file in memory, with what it was like on the disk."""

    __slots__ = ("_changed", "_device", "_number", "_size", "content", "signature")

    def __init__(self, content: bytes, status: os.stat_result) -> None:
        self.content = content
        self.signature = sign(status)
        self._changed, self._size, self._number, self._device = self.signature

    def fits(self, status: os.stat_result) -> bool:
        """Tell whether a file of this status is the same, unchanged."""
        return (
            status.st_mtime_ns == self._changed
            and status.st_size == self._size
            and status.st_ino == self._number
            and status.st_dev == self._device
        )


def sign(status: os.stat_result) -> tuple[int, ...]:
    """Return what tells a file from another one, and from itself after a change."""
    return status.st_mtime_ns, status.st_size, status.st_ino, status.st_dev


class FileCache:
    """Small files, the last used ones, up to so many bytes in all. Every use asks the system whether the file is the same.

    Two threads may keep the same file at once: the second one's copy stays.
    """

    def __init__(self, limit: int, largest: int) -> None:
        self.limit, self.largest = limit, largest
        self._kept: dict[Any, KeptFile] = {}
        self._size = 0
        self._lock = threading.Lock()

    def get(self, key: Any, status: os.stat_result) -> KeptFile | None:
        """Return what is kept of a file, where it is still the same."""
        kept = self._kept.get(key)
        if kept is None:
            return None
        if kept.signature != sign(status):
            self.drop(key)
            return None
        return kept

    def keep(self, key: Any, content: bytes, status: os.stat_result, now: float) -> KeptFile | None:
        """Keep a file's content, or what was made of it; None for one that is too large, or has changed only just now.

        now: seconds since 1970.
        """
        if len(content) > self.largest or now - status.st_mtime < SETTLED:
            return None
        kept = KeptFile(content, status)
        with self._lock:
            self._remove(key)
            self._kept[key] = kept
            self._size += len(content)
            while self._size > self.limit:
                self._remove(next(iter(self._kept)))
        return kept

    def drop(self, key: Any) -> None:
        """Forget a file."""
        with self._lock:
            self._remove(key)

    def _remove(self, key: Any) -> None:
        kept = self._kept.pop(key, None)
        if kept is not None:
            self._size -= len(kept.content)


class FilePart(io.RawIOBase):
    """A part of an open file, from where it stands; closing it closes the file."""

    def __init__(self, file: Any, size: int) -> None:
        self.file = file
        self.left = size

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, view: Any) -> int:
        """Read into a buffer; 0 at the end of the part."""
        data = self.file.read(min(len(view), self.left))
        view[: len(data)] = data
        self.left -= len(data)
        return len(data)

    def fileno(self) -> int:
        """Return the file's descriptor."""
        number: int = self.file.fileno()
        return number

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        super().close()


class FileParts(io.RawIOBase):
    """Several parts of an open file as one, with what stands before each and behind the last."""

    def __init__(self, file: Any, parts: Sequence[tuple[bytes, int, int]], end: bytes) -> None:
        """parts: (what stands before it, offset, size)."""
        self.file = file
        self._ahead = [*parts, (end, 0, 0)]
        self._text = b""
        self._left = 0

    def readable(self) -> bool:
        """Return True."""
        return True

    def readinto(self, view: Any) -> int:
        """Read into a buffer; 0 at the end."""
        while not self._text and not self._left and self._ahead:
            self._text, offset, self._left = self._ahead.pop(0)
            self.file.seek(offset)
        if self._text:
            data, self._text = self._text[: len(view)], self._text[len(view) :]
        else:
            data = self.file.read(min(len(view), self._left))
            self._left -= len(data)
            if self._left and not data:  # the file has become shorter: what follows would be read as its rest
                self._ahead, self._left = [], 0
        view[: len(data)] = data
        return len(data)

    def close(self) -> None:
        """Close the file."""
        self.file.close()
        super().close()


def read_small(path: str, status: os.stat_result) -> bytes | None:
    """Return the content of a small file; None where it is not the one of this status any more."""
    number = open_at_once(path, os.O_RDONLY | getattr(os, "O_BINARY", 0))
    try:
        found = os.fstat(number)
        if not stat.S_ISREG(found.st_mode) or sign(found) != sign(status):
            return None
        data = os.read(number, found.st_size + 1)
        return data if len(data) == found.st_size else None
    finally:
        os.close(number)


# ---------------------------------------------------------------------------------------------------------- compressing

_PACKERS: dict[str, Callable[[bytes], bytes]] = {}


def codings_at_hand() -> tuple[str, ...]:
    """Return the content codings in which bodies can be compressed here, the best in its time first."""
    if not _PACKERS:
        _PACKERS.update(_find_packers())
    return tuple(_PACKERS)


def compress(data: bytes, coding: str) -> bytes:
    """Return a body in a content coding of ``codings_at_hand``."""
    codings_at_hand()
    return _PACKERS[coding](data)


def _find_packers() -> dict[str, Callable[[bytes], bytes]]:
    """Find what there is. Levels: about as quick as gzip's usual one, each smaller than that."""
    found: dict[str, Callable[[bytes], bytes]] = {}
    with contextlib.suppress(ImportError):
        import brotli  # type: ignore[import-untyped, unused-ignore]  # the extra `brotli`

        def pack_brotli(data: bytes) -> bytes:
            packed: bytes = brotli.compress(data, quality=5)
            return packed

        found["br"] = pack_brotli
    with contextlib.suppress(ImportError):
        zstd = _find_zstd()

        def pack_zstd(data: bytes) -> bytes:
            packed: bytes = zstd.compress(data, level=6)
            return packed

        found["zstd"] = pack_zstd
    found["gzip"] = pack_gzip
    return found


def _find_zstd() -> Any:
    """Import Python's own module (3.14), or the extra `zstd`."""
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        from backports import zstd  # type: ignore[no-redef, unused-ignore]
    return zstd


def pack_gzip(data: bytes) -> bytes:
    """Return data in gzip, without a time or a name: equal data give equal bytes."""
    packer = zlib.compressobj(6, zlib.DEFLATED, 31)
    return packer.compress(data) + packer.flush()
