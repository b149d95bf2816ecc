# Generated from src/wirekit/aio/_tree/opened.py by tools/unasync.py; edit that file.
# ruff: noqa: SLF001 - a friend of FTP: it reads the reply that ends a transfer
"""A remote file as a file object, for reading (with seek) or for writing."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Final

from wirekit._io import blocking as net
from wirekit._wire.ftp_replies import errors

if TYPE_CHECKING:
    from wirekit._ftp.data import Transfer
    from wirekit._tree.pool import Link, Pool

__all__ = ["Reader", "Writer"]

SKIPPED: Final = 1 << 18
"""Bytes that are rather read and dropped than jumped over by a new transfer."""


class Reader(net.FileBase):
    """A remote file that is read from. It has a connection of its own, and asks for bytes when the first are wanted."""

    def __init__(self, pool: Pool, link: Link, path: str, size: int | None) -> None:
        self.name = path
        self.mode = "rb"
        self.size = size
        self._pool = pool
        self._link = link
        self._transfer: Transfer | None = None
        self._position = 0
        self._ended = False  # the file has no byte at _position

    # ---- reading

    def _open(self) -> Any:
        """Return the stream of the transfer, which begins at the position; None at the end of the file."""
        if self.closed:
            message = "I/O operation on closed file."
            raise ValueError(message)
        if self._ended:
            return None
        if self._transfer is None:
            if self.size is not None and self._position >= self.size:
                return None  # a server may refuse to begin behind the end
            ftp = self._link.ftp
            ftp._set_type("I")
            self._transfer = ftp._transfer(f"RETR {self.name}", self._position or None)
        return self._transfer.stream

    def _took(self, data: bytes, *, whole: bool) -> bytes:
        """Count what was read; read the final reply where that was the end."""
        self._position += len(data)
        if not whole and self._transfer is not None:
            transfer, self._transfer = self._transfer, None
            self._ended = True
            transfer.count = self._position
            transfer.end_received()
        return data

    def read(self, n: int | None = -1, /) -> bytes:
        """Return n bytes, fewer only at the end of the file; all that are left for -1."""
        stream = self._open()
        if stream is None or n == 0:
            return b""
        data = stream.read(n)
        return self._took(data, whole=n is not None and len(data) == n)

    def read1(self, n: int = -1, /) -> bytes:
        """Return what is there, at most n bytes, waiting once at most; ``b""`` at the end of the file."""
        stream = self._open()
        if stream is None or n == 0:
            return b""
        data = stream.read1(n)
        return self._took(data, whole=bool(data))

    def readinto(self, view: Any, /) -> int:
        """Fill a writable buffer; fewer bytes only at the end of the file."""
        view = memoryview(view).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readline(self, limit: int | None = -1, /) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end of the file."""
        stream = self._open()
        limit = -1 if limit is None else limit
        if stream is None or limit == 0:
            return b""
        data = stream.readline(limit)
        return self._took(data, whole=data.endswith(b"\n") or len(data) == limit)

    # ---- moving

    def readable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return True: the next byte is asked for by REST."""
        return True

    def tell(self) -> int:
        """Return the position."""
        return self._position

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        """Move to another position, and return it. A short way ahead is read and dropped."""
        if whence == os.SEEK_END and self.size is None:
            message = "the server does not tell where the file ends"
            raise io.UnsupportedOperation(message)
        goal = offset + {os.SEEK_SET: 0, os.SEEK_CUR: self._position}.get(whence, self.size or 0)
        if goal < 0:
            message = f"negative seek position {goal}"
            raise ValueError(message)
        if goal == self._position:
            return goal
        if self._transfer is not None:
            if 0 < goal - self._position <= SKIPPED:
                self.read(goal - self._position)
            else:
                transfer, self._transfer = self._transfer, None
                self._link.ftp.abort()
                transfer.drop()
        if goal != self._position:
            self._position, self._ended = goal, False
        return self._position

    def close(self) -> None:
        """Close; the connection serves again if nothing is under way on it. Never waits."""
        if not self.closed:
            if self._transfer is not None:
                self._transfer.drop()
                self._link.ftp.close()
            self._pool.take_back(self._link)
        super().close()


class Writer(net.FileBase):
    """A remote file that is written to, under a temporary name until it is closed. It has a connection of its own.

    Leaving ``with`` by an exception, or letting go of an open file, leaves nothing behind under its own name.
    """

    def __init__(self, pool: Pool, link: Link, path: str, mark: str) -> None:
        self.name = path
        self.mode = "wb"
        self._pool = pool
        self._link = link
        self._mark = mark
        self._temporary = link.temporary_name(path, mark)
        self._transfer: Transfer | None = None
        self._position = 0

    def _open(self) -> Transfer:
        if self.closed:
            message = "I/O operation on closed file."
            raise ValueError(message)
        if self._transfer is None:
            ftp = self._link.ftp
            ftp._set_type("I")
            try:
                self._transfer = ftp._transfer(f"STOR {self._temporary}")
            except errors().error_perm as error:
                if not self._link.may_do_without_dot(error):
                    raise
                self._temporary = self._link.temporary_name(self.name, self._mark)
                self._transfer = ftp._transfer(f"STOR {self._temporary}")
        return self._transfer

    def write(self, data: Any, /) -> int:
        """Send bytes; return how many."""
        transfer = self._open()
        size = memoryview(data).nbytes
        if size:
            transfer.send_block(data)
        self._position += size
        return size

    def readable(self) -> bool:
        """Return False."""
        return False

    def writable(self) -> bool:
        """Return True."""
        return True

    def seekable(self) -> bool:
        """Return False: what was sent is gone."""
        return False

    def tell(self) -> int:
        """Return how many bytes were written."""
        return self._position

    def finish(self) -> None:
        """Have the server keep the file: wait for its reply, and rename it to its own name. Closed afterwards."""
        if self.closed:
            return
        try:
            transfer = self._open()
            self._transfer = None
            with transfer:
                transfer.end_sent()
            try:
                self._link.ftp.rename(self._temporary, self.name)
            except errors().error_perm:  # some servers will not replace a file
                self._link.ftp.delete(self.name)
                self._link.ftp.rename(self._temporary, self.name)
        except BaseException:
            self.abort()
            raise
        self._let_go()

    def abort(self) -> None:
        """Break off: nothing is kept under the file's own name. Never waits."""
        if self.closed:
            return
        if self._transfer is not None:
            self._transfer.drop()
        self._link.ftp.close()
        self._let_go()

    def _let_go(self) -> None:
        self._transfer = None
        self._pool.take_back(self._link)
        super().close()

    def close(self) -> None:
        """Finish in the blocking twin. In the async one, where this may not wait, break off: ``with`` finishes."""
        self.finish()

    def __exit__(self, *exc: object) -> None:
        if not any(exc):
            self.finish()
        else:
            self.abort()

    def __del__(self) -> None:
        self.abort()
