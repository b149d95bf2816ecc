# ruff: noqa: SLF001 - a friend of FTP: it reads the reply that ends a transfer
"""A remote file as a file object, for reading (with seek) or for writing."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING, Any, Final

from wirekit._io import asynchronous as net
from wirekit._wire.ftp_replies import errors

if TYPE_CHECKING:
    from wirekit.aio._ftp.data import Transfer
    from wirekit.aio._tree.pool import Link, Pool

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

    async def _open(self) -> Any:
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
            await ftp._set_type("I")
            self._transfer = await ftp._transfer(f"RETR {self.name}", self._position or None)
        return self._transfer.stream

    async def _took(self, data: bytes, *, whole: bool) -> bytes:
        """Count what was read; read the final reply where that was the end."""
        self._position += len(data)
        if not whole and self._transfer is not None:
            transfer, self._transfer = self._transfer, None
            self._ended = True
            transfer.count = self._position
            await transfer.end_received()
        return data

    async def read(self, n: int | None = -1, /) -> bytes:
        """Return n bytes, fewer only at the end of the file; all that are left for -1."""
        stream = await self._open()
        if stream is None or n == 0:
            return b""
        data = await stream.read(n)
        return await self._took(data, whole=n is not None and len(data) == n)

    async def read1(self, n: int = -1, /) -> bytes:
        """Return what is there, at most n bytes, waiting once at most; ``b""`` at the end of the file."""
        stream = await self._open()
        if stream is None or n == 0:
            return b""
        data = await stream.read1(n)
        return await self._took(data, whole=bool(data))

    async def readinto(self, view: Any, /) -> int:
        """Fill a writable buffer; fewer bytes only at the end of the file."""
        view = memoryview(view).cast("B")
        data = await self.read(len(view))
        view[: len(data)] = data
        return len(data)

    async def readline(self, limit: int | None = -1, /) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end of the file."""
        stream = await self._open()
        limit = -1 if limit is None else limit
        if stream is None or limit == 0:
            return b""
        data = await stream.readline(limit)
        return await self._took(data, whole=data.endswith(b"\n") or len(data) == limit)

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

    async def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
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
                await self.read(goal - self._position)
            else:
                transfer, self._transfer = self._transfer, None
                await self._link.ftp.abort()
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

    Leaving ``async with`` by an exception, or letting go of an open file, leaves nothing behind under its own name.
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

    async def _open(self) -> Transfer:
        if self.closed:
            message = "I/O operation on closed file."
            raise ValueError(message)
        if self._transfer is None:
            ftp = self._link.ftp
            await ftp._set_type("I")
            try:
                self._transfer = await ftp._transfer(f"STOR {self._temporary}")
            except errors().error_perm as error:
                if not self._link.may_do_without_dot(error):
                    raise
                self._temporary = self._link.temporary_name(self.name, self._mark)
                self._transfer = await ftp._transfer(f"STOR {self._temporary}")
        return self._transfer

    async def write(self, data: Any, /) -> int:
        """Send bytes; return how many."""
        transfer = await self._open()
        size = memoryview(data).nbytes
        if size:
            await transfer.send_block(data)
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

    async def finish(self) -> None:
        """Have the server keep the file: wait for its reply, and rename it to its own name. Closed afterwards."""
        if self.closed:
            return
        try:
            transfer = await self._open()
            self._transfer = None
            with transfer:
                await transfer.end_sent()
            try:
                await self._link.ftp.rename(self._temporary, self.name)
            except errors().error_perm:  # some servers will not replace a file
                await self._link.ftp.delete(self.name)
                await self._link.ftp.rename(self._temporary, self.name)
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
        """Finish in the blocking twin. In the async one, where this may not wait, break off: ``async with`` finishes."""
        if net.ASYNC:
            self.abort()
        else:
            self.finish()

    async def __aexit__(self, *exc: object) -> None:
        if not any(exc):
            await self.finish()
        else:
            self.abort()

    def __del__(self) -> None:
        self.abort()
