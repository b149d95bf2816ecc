"""Files in the place of sockets, and the awaitable mirror of ``io.BufferedIOBase``.

A stand-in of a socket that has only ``makefile`` and ``sendall`` (tests and tunnels make such things) is read through
its file: ``FileStream`` gives a file the face of a stream. It never reads further than the message: a line at a time
where a head is wanted, and exactly the bytes asked for in a body, since the file is not ours.
"""

from typing import Any, Self

__all__ = ["AsyncFileBase", "AsyncFileStream", "FileStream"]

MAX_LINE = 1 << 16
MAX_READ = 1 << 20


class FileStream:
    """The stream of a binary file that somebody else made. What ``wirekit._io.blocking.Stream`` documents holds here."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.sock = None
        self.buffer = b""
        self.pos = 0
        self.timeout: float | None = None
        self.deadline: float | None = None
        self.patience = 0.0
        self.closed = False
        self.memo: Any = None
        self.cut = False
        self.held = True  # the file is to be closed when the message is read

    def _append(self, data: bytes) -> bool:
        self.buffer = self.buffer[self.pos :] + data
        self.pos = 0
        return bool(data)

    def fill(self) -> bool:
        """Read one more line, or what there is of it."""
        return self._append(self.file.readline(MAX_LINE + 1))

    def take(self, n: int) -> bytes:
        """Return the next n buffered bytes, fewer when there are no more."""
        data = self.buffer[self.pos : self.pos + n]
        self.pos += len(data)
        return data

    def recv(self, n: int) -> bytes:
        """Return at most n bytes, buffered ones first; ``b""`` at the end."""
        if self.pos < len(self.buffer):
            return self.take(n)
        read: Any = getattr(self.file, "read1", self.file.read)
        data: bytes = read(min(n, MAX_READ))
        return data

    def recv_into(self, view: Any) -> int:
        """Read into a writable buffer; return how many bytes, 0 at the end."""
        data = self.recv(len(view))
        view[: len(data)] = data
        return len(data)

    def read_line(self, limit: int) -> bytes:
        """Return one line with its end, cut when it exceeds limit bytes; ``b""`` at the end."""
        while (end := self.buffer.find(b"\n", self.pos) + 1) == 0 and len(self.buffer) - self.pos <= limit:
            if not self.fill():
                break
        return self.take(min(end - self.pos if end else limit + 1, limit + 1))

    @property
    def pending(self) -> bool:
        """Whether bytes were read ahead: never beyond a message."""
        return False

    def overhear(self) -> bool:
        """Return False: a file cannot be asked without waiting."""
        return False

    def hold(self) -> None:
        """Do nothing: the file keeps what it needs open."""

    def release(self) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self.file.close()

    abort = close

    def read(self, n: int | None = -1) -> bytes:
        """Return n bytes, fewer only at the end; all for -1."""
        if n is None or n < 0:
            rest: bytes = self.file.read()
            return self.take(len(self.buffer)) + rest
        data = self.take(n)
        if len(data) < n:
            data += self.file.read(n - len(data))
        return data

    def read1(self, n: int = -1) -> bytes:
        """Return at most n bytes after at most one read of the file."""
        return self.recv(n if n >= 0 else MAX_READ)

    def readinto(self, view: Any) -> int:
        """Fill a writable buffer; fewer bytes only at the end."""
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readline(self, limit: int = -1) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end."""
        return self.read_line(limit - 1 if limit > 0 else 1 << 62) if limit else b""

    def peek(self, n: int = 0) -> bytes:
        """Return some bytes without taking them, where the file can do that."""
        if self.pos < len(self.buffer):
            return self.buffer[self.pos :]
        peek = getattr(self.file, "peek", None)
        if peek is None:
            self._append(self.file.read(1))
            return self.buffer
        data: bytes = peek(n)
        return data

    def flush(self) -> None:
        """Flush the file."""
        self.file.flush()

    def readable(self) -> bool:
        """Return True: io's readers ask."""
        return True

    def writable(self) -> bool:
        """Return False: io's readers ask."""
        return False

    def seekable(self) -> bool:
        """Return False: io's readers ask."""
        return False

    def fileno(self) -> int:
        """Return the descriptor of the file."""
        number: int = self.file.fileno()
        return number


async def _wait(value: Any) -> Any:
    return await value if hasattr(value, "__await__") else value


class AsyncFileStream:
    """``FileStream`` over a file whose reading methods may be awaitable."""

    def __init__(self, file: Any) -> None:
        self.file = file
        self.buffer = b""
        self.pos = 0
        self.timeout: float | None = None
        self.deadline: float | None = None
        self.patience = 0.0
        self.closed = False
        self.memo: Any = None
        self.cut = False
        self.held = True  # the file is to be closed when the message is read

    async def fill(self) -> bool:
        """Read one more line, or what there is of it."""
        data = await _wait(self.file.readline(MAX_LINE + 1))
        self.buffer = self.buffer[self.pos :] + data
        self.pos = 0
        return bool(data)

    def take(self, n: int) -> bytes:
        """Return the next n buffered bytes, fewer when there are no more."""
        data = self.buffer[self.pos : self.pos + n]
        self.pos += len(data)
        return data

    async def recv(self, n: int) -> bytes:
        """Return at most n bytes, buffered ones first; ``b""`` at the end."""
        if self.pos < len(self.buffer):
            return self.take(n)
        data: bytes = await _wait(getattr(self.file, "read1", self.file.read)(min(n, MAX_READ)))
        return data

    async def recv_into(self, view: Any) -> int:
        """Read into a writable buffer; return how many bytes, 0 at the end."""
        data = await self.recv(len(view))
        view[: len(data)] = data
        return len(data)

    async def read_line(self, limit: int) -> bytes:
        """Return one line with its end, cut when it exceeds limit bytes; ``b""`` at the end."""
        while (end := self.buffer.find(b"\n", self.pos) + 1) == 0 and len(self.buffer) - self.pos <= limit:
            if not await self.fill():
                break
        return self.take(min(end - self.pos if end else limit + 1, limit + 1))

    @property
    def pending(self) -> bool:
        """Whether bytes were read ahead: never beyond a message."""
        return False

    def overhear(self) -> bool:
        """Return False: a file cannot be asked without waiting."""
        return False

    def hold(self) -> None:
        """Do nothing: the file keeps what it needs open."""

    def release(self) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file."""
        self.closed = True
        self.file.close()

    abort = close

    async def read(self, n: int | None = -1) -> bytes:
        """Return n bytes, fewer only at the end; all for -1."""
        wanted = n if n is not None and n >= 0 else 1 << 62
        data = self.take(wanted)
        while len(data) < wanted and (part := await self.recv(min(wanted - len(data), MAX_LINE))):
            data += part
        return data

    async def read1(self, n: int = -1) -> bytes:
        """Return at most n bytes after at most one read of the file."""
        return await self.recv(n if n >= 0 else MAX_READ)

    async def readinto(self, view: Any) -> int:
        """Fill a writable buffer; fewer bytes only at the end."""
        data = await self.read(len(view))
        view[: len(data)] = data
        return len(data)

    async def readline(self, limit: int = -1) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end."""
        return await self.read_line(limit - 1 if limit > 0 else 1 << 62) if limit else b""

    async def peek(self, n: int = 0) -> bytes:  # noqa: ARG002 - io's signature
        """Return some bytes without taking them."""
        if self.pos == len(self.buffer):
            await self.fill()
        return self.buffer[self.pos :]


class AsyncFileBase:
    """What ``io.BufferedIOBase`` gives a file for free, awaitable: iteration by line, ``async with``, ``readlines``."""

    _closed = False

    @property
    def closed(self) -> bool:
        """Whether ``close`` was called."""
        return self._closed

    def close(self) -> None:
        """Close; never waits."""
        self._closed = True

    async def readline(self, limit: int | None = -1, /) -> bytes:
        """Return a line with its end, at most limit bytes; ``b""`` at the end."""
        raise NotImplementedError

    async def read1(self, n: int = -1, /) -> bytes:
        """Return at most n bytes after waiting once at most; ``b""`` at the end."""
        raise NotImplementedError

    async def readinto1(self, view: Any, /) -> int:
        """Read into a writable buffer by one ``read1``; return how many bytes, 0 at the end."""
        view = memoryview(view).cast("B")
        data = await self.read1(len(view))
        view[: len(data)] = data
        return len(data)

    def isatty(self) -> bool:
        """Return False."""
        return False

    async def readlines(self, hint: int | None = -1, /) -> list[bytes]:
        """Return the lines that are left; stops behind about hint bytes where hint is above zero."""
        lines: list[bytes] = []
        size = 0
        while line := await self.readline():
            lines.append(line)
            size += len(line)
            if hint is not None and 0 < hint <= size:
                break
        return lines

    def readable(self) -> bool:
        """Return True."""
        return True

    def writable(self) -> bool:
        """Return False."""
        return False

    def seekable(self) -> bool:
        """Return False."""
        return False

    async def flush(self) -> None:
        """Do nothing: there is nothing to flush."""

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        if line := await self.readline():
            return line
        raise StopAsyncIteration

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *exc: object) -> None:
        self.close()
