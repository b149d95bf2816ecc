"""A body in chunks, read from a stream (RFC 9112 section 7.1): for responses in the client, requests in the server.

Whole chunks are sliced out of the block that was received, many at a time; a chunk larger than that is passed through
as it arrives. After any error the stream stands somewhere in the middle of the body: whoever reads closes it.
"""

import io
from typing import Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._wire import bodies, http1

__all__ = ["ChunkedReader"]

_ALL: Final = 1 << 62
_LARGE: Final = 1 << 16
"""A chunk of this size is taken straight from the socket; of smaller ones, many come in one block."""


class ChunkedReader:
    """The data of one chunked body.

    ``left``: None when a chunk-size line comes next, 0 when the CRLF behind a chunk does, else bytes left of the
    chunk. ``ended``: the last chunk and the trailers are read. ``trailers``: their (name, value) pairs, None before.

    Every reading method raises IncompleteRead when the stream ends too early, BadChunk, LineTooLong, HeadTooLong,
    HTTPException (too many trailers), BadField, OSError.
    """

    def __init__(self, stream: net.Stream) -> None:
        self.stream = stream
        self.left: int | None = None
        self.ended = False
        self.trailers: list[tuple[str, str]] | None = None

    async def read(self, amt: int | None = None) -> bytes:
        """Return the rest of the body, or its next amt bytes, fewer only at its end."""
        room = _ALL if amt is None else amt
        data = io.BytesIO()  # grows without being copied, which a list of parts would be
        try:
            await self._read_into(data, room)
        except Exception as error:
            if hasattr(error, "partial"):  # an IncompleteRead: with all that came
                error.partial = data.getvalue() + error.partial
                error.args = (*error.args[:-1], error.partial)
            raise
        return data.getvalue()

    async def _read_into(self, data: io.BytesIO, room: int) -> None:
        stream = self.stream
        while room:
            if self.left is None and not self.ended:
                stream.pos, room = bodies.take_chunks(stream.buffer, stream.pos, room, data.write)
            if not room or not (left := await self.next_chunk()):
                return
            room -= data.write(await self._read_in_chunk(min(left, room)))
            if self.left == 0 and room:
                await self._end_chunk()

    async def read1(self, n: int) -> bytes:
        """Return at most n bytes of the current chunk, or the next one; ``b""`` at the end of the body."""
        left = await self.next_chunk()
        return await self._read_in_chunk(min(n, left)) if left and n else b""

    async def readline(self, limit: int) -> bytes:
        """Return the next line with its end, at most limit bytes of it; ``b""`` at the end of the body."""
        stream = self.stream
        parts: list[bytes] = []
        while limit and (left := await self.next_chunk()):
            if stream.pos == len(stream.buffer) and not await stream.fill():
                raise _errors().IncompleteRead(b"".join(parts))
            stop = stream.pos + min(left, limit)
            end = stream.buffer.find(b"\n", stream.pos, stop) + 1 or stop
            part = await self._read_in_chunk(end - stream.pos)
            parts.append(part)
            limit -= len(part)
            if part.endswith(b"\n"):
                break
        return b"".join(parts)

    async def next_chunk(self) -> int:
        """Return how many bytes are left of the current chunk, going on to the next where it is used up; 0 at the end."""
        if self.left:
            return self.left
        if self.ended:
            return 0
        if self.left == 0:
            await self._end_chunk()
        line = await self.stream.read_line(bodies.MAX_CHUNK_LINE)
        if len(line) > bodies.MAX_CHUNK_LINE:
            raise _errors().LineTooLong("chunk size")
        if not line.endswith(b"\r\n"):
            raise _errors().BadChunk(line) if line else _errors().IncompleteRead(b"")
        size = bodies.parse_chunk_line(line[:-2])
        if size == 0:
            await self._read_trailers()
        self.left = size or None
        return size

    async def _read_in_chunk(self, n: int) -> bytes:
        """Return at most n bytes of the current chunk, at least one."""
        stream = self.stream
        if n < _LARGE and stream.pos == len(stream.buffer):
            await stream.fill()  # with what follows the chunk
        data = await stream.recv(n)
        if not data:
            raise _errors().IncompleteRead(b"")
        self.left = (self.left or 0) - len(data)
        return data

    async def _end_chunk(self) -> None:
        """Read the CRLF behind a chunk."""
        end = await self.stream.read(2)
        if len(end) < 2:
            raise _errors().IncompleteRead(b"")
        bodies.check_chunk_end(end)
        self.left = None

    async def _read_trailers(self) -> None:
        """Read the trailer section (RFC 9112 section 7.1.2). Who hangs up instead of it has sent all the data."""
        rules = defaults.active
        block, count = b"", 0
        line = b" "
        while line not in {b"\r\n", b"\n", b""}:
            line = await self.stream.read_line(rules.max_line)
            block += line
            count += 1
            if len(line) > rules.max_line:
                raise _errors().LineTooLong("trailer line")
            if len(block) > rules.max_head:
                raise _errors().HeadTooLong(rules.max_head)
            if count > rules.max_fields + 1:
                message = f"got more than {rules.max_fields} trailers"
                raise _errors().HTTPException(message)
        self.trailers = http1.parse_trailers(block if line else block + b"\r\n", rules)
        self.ended = True


def _errors() -> Any:
    from wirekit._wire import http_errors

    return http_errors
