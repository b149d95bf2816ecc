# Generated from src/wirekit/aio/http/_exchange.py by tools/unasync.py; edit that file.
"""What a request handler reads from and writes to: ``rfile`` and ``wfile``.

``RequestFile`` reads heads and bodies from the connection's stream. Between requests it gives the bytes as they come;
once a head is read, ``frame`` puts the body's limits around it: its end is the end of the file, chunks are taken
apart, and not a byte of the next request is touched. It is also what the server looks at (``idle``) when it stops.

``ResponseFile`` sends what is written at once, but for a head whose body is certain to follow: that is held back until
the first ``write``, so that a response leaves in one piece. It knows how long the body may be.
"""

from collections.abc import Callable
from typing import Any, Final

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._wire import bodies, fields, http1, requests

__all__ = ["BodyTooLong", "RequestFile", "ResponseFile"]

_ALL: Final = 1 << 70  # above any Content-Length that is let through
_BLOCK: Final = 1 << 16
_REMEMBERED: Final = 4096
"""Bytes of a head that a connection keeps to compare the next one with; a browser's has some 500."""
_CHUNK_LINE: Final = 4096
"""Bytes of a chunk-size line with its extensions: nobody sends 100, llhttp allows 16 KiB (security row 121)."""
_JOINED: Final = 1 << 16
"""Bytes up to which head and body are joined to one block; copying more costs more than a second send."""
_LARGE: Final = 1 << 18
"""Bytes that are sent at once; a slow client takes them within the time that a wait may take, or does not."""
_PIECE: Final = 1 << 23
"""Bytes of a file that are sent at once."""
_BUFFERED: Final = 8192
"""Bytes that a handler with ``wbufsize = -1`` gathers before they are sent."""


class BodyTooLong(requests.BadRequest):
    """A body exceeds ``max_body`` where the handler wanted it whole."""

    def __init__(self, limit: int) -> None:
        super().__init__(413, explain=f"The body exceeds {limit} bytes")
        self.limit = limit

    def __reduce__(self) -> tuple[type["BodyTooLong"], tuple[int]]:
        return type(self), (self.limit,)


class RequestFile(net.FileBase):
    """The file that a handler reads its request's body from.

    ``trailers``: the fields behind a chunked body once it is read, as (name, value) pairs; never mixed with the
    headers. IncompleteRead when the connection ends before the body does (safe profile), BadChunk for chunks that are
    none; ``broken`` is set then, and the connection is of no more use.
    """

    def __init__(self, stream: net.Stream) -> None:
        self.stream = stream
        self.idle = True  # no request has begun: the connection may be closed without loss
        self.came = False  # whoever waits for requests has seen that one stands here whole
        self.broken = False
        self.trailers: list[tuple[str, str]] = []
        self.greet: Callable[[], Any] | None = (
            None  # sends 100 Continue; called before the body is waited for
        )
        self._left = _ALL  # bytes that may be taken: of the body, or of the chunk that is being read
        self._chunked = False  # more chunks may follow
        self._inside = False  # a chunk was begun, its CRLF is still to come
        self._since = 0.0  # when the body was first waited for
        self._got = 0  # bytes of it that have come
        self._seen = 0  # bytes of a head that is not whole, and was looked at
        self._known: bytes = b""  # the last head, and what it meant
        self._known_head: requests.RequestHead | None = None
        stream.memo = self

    # ---- heads

    def stands_whole(self) -> bool:
        """Tell whether the next head can be read without waiting: it stands in the buffer, or what does is refused."""
        stream = self.stream
        buffer, pos = stream.buffer, stream.pos
        if pos == len(buffer):
            self._seen = 0
            return False
        if self._known and buffer.startswith(self._known, pos):
            return True
        seen, self._seen = self._seen, len(buffer) - pos
        if http1.find_head_end(buffer, pos, pos + seen) < 0:
            try:
                requests.check_unfinished_head(buffer, pos, defaults.active)
            except requests.BadRequest:
                self._seen = 0
                return True
            return False
        self._seen = 0
        return True

    def repeats(self) -> requests.RequestHead | None:
        """Return the last head where the same one stands in the buffer once more, without a body; take nothing."""
        stream, known, head = self.stream, self._known, self._known_head
        if head is None or head.length or head.chunked or head.unframed or head.expects:
            return None  # what follows such a head is no request
        return head if known and stream.buffer.startswith(known, stream.pos) else None

    def pass_over(self) -> None:
        """Take the head that ``repeats``: its request is answered."""
        self.stream.pos += len(self._known)

    def repeat(self) -> requests.RequestHead | None:
        """Take the next head where it stands whole, and its fields are those of the last one; else None, and no step.

        Browsers repeat themselves: the same bytes mean the same. What they do not repeat is the request line.
        """
        stream, known = self.stream, self._known_head
        buffer, pos = stream.buffer, stream.pos
        if known is None or known.expects:
            return None
        if buffer.startswith(self._known, pos):
            stream.pos = pos + len(self._known)
        else:
            start = buffer.find(b"\n", pos) + 1
            if not start or not buffer.startswith(known.block, start):
                return None
            try:
                known = requests.replace_line(known, buffer[pos:start], defaults.active)
            except requests.BadRequest:
                return None
            stream.pos = start + len(known.block)
        self.idle = self.came = self._inside = False
        self.greet = None
        return known

    def read_line_of_head(self) -> bytes:
        """Wait for a whole head; return its request line, ``b""`` when the client has ended. Raises BadRequest.

        The rest of the head stays in the stream, for ``read_head``.
        """
        self.unframe()
        stream = self.stream
        self.idle = True
        if (stream.pos == len(stream.buffer) or stream.buffer[stream.pos] < 14) and not self._find_first():
            return b""
        self.idle = self.came = False
        if self._known and stream.buffer.startswith(self._known, stream.pos):
            assert self._known_head is not None
            line = self._known_head.raw_line  # browsers repeat themselves: the same bytes mean the same
        else:
            if self._find_head_end() < 0:
                return b""
            line = stream.buffer[stream.pos : stream.buffer.find(b"\n", stream.pos) + 1]
        stream.pos += len(line)
        return line

    def _find_first(self) -> bool:
        """Wait for the first byte of a head; one empty line before it is passed over (RFC 9112 section 2.2)."""
        stream, forgiven = self.stream, False
        while True:
            start = stream.buffer[stream.pos : stream.pos + 2]
            if start == b"\r\n" and not forgiven:
                stream.pos += 2
                forgiven = True
            elif start[:1] == b"\n" or start == b"\r\n":
                raise requests.BadRequest(400 if defaults.active.strict_framing else 0)
            elif start not in {b"", b"\r"}:
                return True
            else:
                if not start:
                    stream.buffer, stream.pos = b"", 0  # an idle connection holds on to nothing
                if not stream.fill():
                    return False

    def _find_head_end(self, line: bytes = b"") -> int:
        """Wait until a head stands whole in the buffer; return its end, -1 when the client ended before that.

        line: the request line, where that was taken out before. The wait for what is missing has one limit in all, or
        a client could send a byte a minute (security row 122).
        """
        stream, seen = self.stream, 0
        while (end := self._look_for_head_end(seen, line)) < 0:
            requests.check_unfinished_head(stream.buffer, stream.pos, defaults.active, fields_only=bool(line))
            if stream.deadline is None and stream.timeout is not None:
                stream.deadline = net.monotonic() + stream.timeout
            seen = len(stream.buffer) - stream.pos
            if not stream.fill():
                end = -1 if defaults.active.strict_framing else len(stream.buffer)
                break
        stream.deadline = None
        return end

    def _look_for_head_end(self, seen: int, line: bytes) -> int:
        buffer, pos = self.stream.buffer, self.stream.pos
        if line and buffer.startswith((b"\r\n", b"\n"), pos):  # no fields: the empty line follows at once
            return buffer.find(b"\n", pos) + 1
        return http1.find_head_end(buffer, pos, pos + seen)

    def read_head(self, line: bytes) -> requests.RequestHead:
        """Read the fields that follow a request line, as received, and return the whole head. Raises BadRequest."""
        stream, known = self.stream, self._known_head
        if known is not None and line is known.raw_line:  # read_line_of_head has compared the whole
            stream.pos += len(self._known) - len(line)
            return known
        if (end := self._find_head_end(line)) < 0:
            raise requests.BadRequest(0)
        raw = line + stream.take(end - stream.pos)
        head = requests.parse_request_head(_end_head(raw), defaults.active)
        if len(raw) <= _REMEMBERED:
            self._known, self._known_head = raw, head
        return head

    # ---- the limits of a body

    def frame(self, head: requests.RequestHead) -> None:
        """Let the file end where the body of this request does."""
        self._left = _ALL if head.unframed else head.length or 0
        self._chunked = head.chunked
        self._since, self._got = 0.0, 0
        if self.trailers:
            self.trailers = []  # they were another request's

    def unframe(self) -> None:
        """Give whatever comes from now on: the connection speaks another protocol, or the next head is to be read."""
        self._left, self._chunked, self._inside, self.greet = _ALL, False, False, None

    @property
    def unread(self) -> bool:
        """Whether some of a body with known limits was not read yet."""
        return (self._chunked or self._left > 0) and self._left != _ALL

    def skip(self, limit: int) -> bool:
        """Read what is left of the body, at most limit bytes; tell whether that was all of it. Raises as ``read``."""
        if self.greet is not None or limit < self._left:
            return False
        while limit > 0 and (room := self._more()):
            limit -= len(self._take(min(room, limit)))
        return not self.unread

    def _more(self) -> int:
        """Return how many bytes may be taken before something else comes; 0 at the end of the body."""
        if self.greet is not None:
            greet, self.greet = self.greet, None
            if not self.stream.pending:
                net.give(greet)
        stream = self.stream
        if stream.pos == len(stream.buffer) and (self._left or self._chunked) and self._left != _ALL:
            self._since = self._since or net.monotonic()
            stream.deadline = _find_deadline(self._since, self._got)  # a body has to come at some rate
        if self._left or not self._chunked:
            return self._left
        return self._begin_chunk()

    def _begin_chunk(self) -> int:
        """Read the line before the next chunk, and what ends the one before; 0 when it was the last."""
        try:
            if self._inside:
                bodies.check_chunk_end(self.stream.read_line(1))
            line = self.stream.read_line(_CHUNK_LINE)
            if not line.endswith(b"\r\n"):
                self._fail_at_end(line)
                bodies.check_chunk_end(line[-80:])  # raises BadChunk
            size = bodies.parse_chunk_line(line[:-2])
            if not size:
                self._read_trailers()
        except Exception:
            self.broken = True
            raise
        self._inside = self._chunked = size > 0
        self._left = size
        return size

    def _read_trailers(self) -> None:
        block, line, rules = b"", b"", defaults.active
        while line not in {b"\r\n", b"\n"}:
            line = self.stream.read_line(rules.max_line)
            self._fail_at_end(line)
            block += line
            many = fields.count_fields(block) > rules.max_fields
            if many or len(line) > rules.max_line or len(block) > rules.max_head:
                raise requests.BadRequest(431, "Too many headers", "the trailer section is too long")
        self.trailers = requests.parse_trailers(block)
        self.stream.deadline = None

    def _fail_at_end(self, line: bytes) -> None:
        if not line.endswith(b"\n") and len(line) < _CHUNK_LINE:
            self._cut(0)

    def _take(self, n: int) -> bytes:
        """Return at most n bytes of the body, at least one unless the client has ended."""
        data = self.stream.recv(min(n, _BLOCK))
        if self._left != _ALL:
            self._left -= len(data)
            self._got += len(data)
            self.stream.deadline = None
            if not data:
                self._cut(self._left)
        return data

    def _cut(self, missing: int) -> None:
        """Take note that the client ended inside the body: what came of it must not pass for the whole."""
        self.broken = True
        self._left, self._chunked = 0, False
        if defaults.active.strict_framing:
            from wirekit._wire import http_errors  # costs http.client: only in case of errors

            raise http_errors.IncompleteRead(b"", missing or None)

    # ---- as a file

    def read(self, n: int | None = -1) -> bytes:
        """Return n bytes of the body, fewer only at its end; the rest for -1, BodyTooLong when that is too much."""
        if n is None or n < 0:
            return self._read_all()
        parts = []
        while n and (room := self._more()) and (part := self._take(min(room, n))):
            parts.append(part)
            n -= len(part)
        return b"".join(parts) if len(parts) != 1 else parts[0]

    def _read_all(self) -> bytes:
        limit, parts, size = defaults.active.max_body, [], 0
        while room := self._more():
            if room == _ALL:
                return self.stream.read()
            if room > limit - size:
                raise BodyTooLong(limit)
            if not (part := self._take(room)):
                break
            parts.append(part)
            size += len(part)
        return b"".join(parts)

    def read1(self, n: int = -1) -> bytes:
        """Return what is there of the body, at most n bytes, waiting once at most."""
        room = self._more() if n else 0
        return self._take(min(room, n) if n > 0 else room) if room else b""

    def readinto(self, view: Any) -> int:
        """Fill a writable buffer; fewer bytes only at the end of the body."""
        view = memoryview(view).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readline(self, limit: int | None = -1, /) -> bytes:
        """Return a line of the body with its end, at most limit bytes of it; ``b""`` at the end."""
        wanted = _ALL if limit is None or limit < 0 else limit
        stream, parts = self.stream, [b""]
        while wanted and not parts[-1].endswith(b"\n") and (room := self._more()):
            if stream.pos == len(stream.buffer) and not stream.fill():
                if self._left != _ALL:
                    self._cut(self._left)
                break
            end = stream.buffer.find(b"\n", stream.pos) + 1 or len(stream.buffer)
            parts.append(self._take(min(room, wanted, end - stream.pos)))
            wanted -= len(parts[-1])
        return b"".join(parts)

    def peek(self, n: int = 0) -> bytes:  # noqa: ARG002 - io's signature
        """Return some bytes of the body without taking them; ``b""`` at its end."""
        room = self._more()
        data = self.stream.peek()[:room] if room else b""
        self.stream.deadline = None
        return data

    def readable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        number: int = self.stream.fileno()
        return number


def _end_head(raw: bytes) -> bytes:
    """Let a head that the end of the stream cut off count as whole (stdlib profile; a strict one is not cut)."""
    return raw if raw.endswith((b"\n\r\n", b"\n\n")) else raw.rstrip(b"\r\n") + b"\r\n\r\n"


def _find_deadline(since: float, size: int) -> float | None:
    """Return when a client that sends, or takes, too slowly has done so for too long; None for never.

    since: when it began; size: bytes that it has sent, or that it is to take.
    """
    rules = defaults.active
    if rules.min_rate is None or rules.request_timeout is None:
        return None
    return since + rules.request_timeout + size / rules.min_rate


class ResponseFile(net.FileBase):
    """The file that a handler writes its response to.

    send: sends bytes whole. size: as ``wbufsize``; 0 sends every ``write`` at once, more gathers that many bytes, -1 a
    usual number of them.
    """

    def __init__(self, stream: net.Stream, send: Callable[[Any], Any], size: int = 0) -> None:
        self.stream = stream
        self.mute = False  # the response may have no body: what is written of one goes nowhere
        self.left: int | None = None  # bytes that the body may still have
        self.overrun = False  # the handler wrote more than that
        self.used = False  # something was written beside heads
        self.lost = False  # sending failed: the client has gone
        self.sent = 0  # bytes of bodies that were written for this request
        self._send = send
        self._size = _BUFFERED if size in {-1, 1} else size
        self._held = b""

    def add_head(self, head: bytes) -> bool:
        """Hold a head back; tell whether it is to be sent now, unless its body is certain to follow."""
        self._held = self._held + head if self._held else head
        return not self._size

    def write(self, data: Any) -> int:
        """Send bytes-like data; return how many bytes that was.

        What exceeds the body that the head has promised is not sent: the client would read it as the next response.
        """
        if type(data) is not bytes:
            data = bytes(memoryview(data))  # the loop may keep it, and its owner change it meanwhile
        size = len(data)
        if self.mute:
            return size
        self.used = True
        if self.left is not None:
            if size > self.left:
                self.overrun = True
                data = data[: self.left]
            self.left -= len(data)
        self.sent += len(data)
        if self._held:
            if len(data) > _JOINED:
                self.flush()
            else:
                data, self._held = self._held + data, b""
        if len(data) < self._size:
            self._held = data
        elif len(data) > _LARGE:
            self._send_large(data)
        elif data:
            try:
                self._send(data)
            except OSError:
                self.lost = True
                raise
        return size

    def _send_large(self, data: bytes) -> None:
        """Send in pieces, so that a client that takes them slowly is told from one that does not take them."""
        since, view = net.monotonic(), memoryview(data)
        try:
            for at in range(0, len(data), _LARGE):
                self.stream.deadline = _find_deadline(since, at + _LARGE)
                self._send(view[at : at + _LARGE])
        except OSError:
            self.lost = True
            raise
        self.stream.deadline = None

    def writelines(self, lines: Any, /) -> None:
        """Write each of these."""
        for line in lines:
            self.write(line)

    def send_file(self, file: Any, count: int) -> None:
        """Send count bytes of an open file from where it stands: small ones with the head, large ones uncopied."""
        if self.mute:
            return
        if self.left is not None:
            self.overrun = self.overrun or count > self.left
            count = min(count, self.left)
        if count <= _JOINED:
            self.write(file.read(count))
            return
        self.flush()
        since, offset, sent, piece = net.monotonic(), file.tell(), 0, -1
        try:
            while sent < count and piece:
                size = min(_PIECE, count - sent)
                self.stream.deadline = _find_deadline(since, sent + size)
                piece = self.stream.send_file(file, offset + sent, size)
                sent += piece
        except OSError:
            self.lost = True
            raise
        self.stream.deadline = None
        self.used = True
        self.sent += sent
        if self.left is not None:
            self.left -= sent

    def flush(self) -> None:
        """Send what is held back."""
        held, self._held = self._held, b""
        if held:
            try:
                self._send(held)
            except OSError:
                self.lost = True
                raise

    @property
    def holds(self) -> bool:
        """Whether something is held back."""
        return bool(self._held)

    def drop(self) -> None:
        """Forget what is held back."""
        self._held = b""

    def readable(self) -> bool:
        """Return False."""
        return False

    def writable(self) -> bool:
        """Return True."""
        return True

    def fileno(self) -> int:
        """Return the descriptor of the connection."""
        number: int = self.stream.fileno()
        return number
