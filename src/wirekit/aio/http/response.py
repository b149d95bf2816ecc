"""The response of an HTTP/1.1 server, from the first byte of its head to the last of its body (RFC 9112).

It reads from a stream (``wirekit._io``): the head is looked for in what has arrived, read by ``wirekit._wire.http1``, and
kept as bytes until somebody asks for a header. The body is taken out of the stream's buffer or, where that is used up,
straight from the socket. Programs know the class as ``http.client.HTTPResponse``.
"""

import http
import io
from collections.abc import Callable
from typing import Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._wire import bodies, http1
from wirekit._wire.busy import ConnectionBusy
from wirekit.aio.http.chunked import ChunkedReader

__all__ = ["HTTPResponse"]

_UNKNOWN: Any = "UNKNOWN"
_ALL: Final = 1 << 62
_CHECK_EVERY: Final = 4096
"""Bytes of growth after which an unfinished head is held against the limits again."""
_BODILESS: Final = {101, 204, 304}
_BODILESS_METHODS: Final = {"HEAD", "CONNECT"}


def _errors() -> Any:
    from wirekit._wire import http_errors

    return http_errors


class HTTPResponse(net.FileBase):
    """The response to one request: its status and headers, and a file of its body.

    ``status``, ``reason``, ``version`` (10 or 11), ``headers`` (also ``msg``): set by ``begin``, which ``getresponse``
    has called already. ``length``: bytes still to come, None when the head does not say. ``will_close``: the
    connection ends with this response. ``chunked``: the body comes in chunks. ``trailers``: the fields behind a
    chunked body once it is read (beyond the standard library). ``interim``: the 1xx heads that came before, as
    (status, fields) pairs (beyond the standard library).

    sock: a connected socket or stream, or anything with ``makefile``.
    """

    __slots__ = (  # beside the __dict__ that io's classes give: these are quicker to fill, which counts per response
        "_chunks",
        "_head",
        "_headers",
        "_keeper",
        "_method",
        "_msg",
        "_owned",
        "_shared",
        "_stream",
        "chunked",
        "code",
        "debuglevel",
        "interim",
        "length",
        "reason",
        "status",
        "url",
        "version",
        "will_close",
    )

    _ending: Callable[[], None] | None = None
    """What stands in the place of ``_let_go``, as some programs want it."""

    def __init__(
        self, sock: Any, debuglevel: int = 0, method: str | None = None, url: str | None = None
    ) -> None:
        self._owned = not isinstance(sock, net.Stream)
        self._stream: net.Stream | None = net.reader(sock) if self._owned else sock
        self.debuglevel = debuglevel
        self._method = method
        self._head: http1.ResponseHead | None = None
        self._headers: Any = None
        self._msg: Any = None
        self._chunks: Any = None  # a ChunkedReader, where the body is in chunks
        self._shared = False  # somebody has asked for fp
        self._keeper: Any = None  # who wants to know when the connection is free again: has give_back()
        self.version: int = _UNKNOWN
        self.code: int = _UNKNOWN
        self.status: int = _UNKNOWN
        self.reason: str = _UNKNOWN
        self.chunked: bool = _UNKNOWN
        self.length: int | None = _UNKNOWN
        self.will_close: bool = _UNKNOWN
        self.interim: tuple[tuple[int, list[tuple[str, str]]], ...] = ()
        if url is not None:
            self.url = url

    # ---- what users know as attributes

    @property
    def fp(self) -> Any:
        """The file that the response reads from; None once it is read to its end, or closed."""
        self._shared = True
        return self._stream

    @fp.setter
    def fp(self, file: Any) -> None:
        self._stream = file if file is None or isinstance(file, net.Stream) else net.over_file(file)
        if self._chunks is not None and self._stream is not None:
            self._chunks.stream = self._stream

    @property
    def headers(self) -> Any:
        """The header fields, an HTTPMessage; None before ``begin``."""
        if self._headers is None and self._head is not None:
            from wirekit._wire.http_message import HTTPMessage

            self._headers = HTTPMessage.of(self._head.fields)
        return self._headers

    @headers.setter
    def headers(self, value: Any) -> None:
        self._headers = value

    @property
    def msg(self) -> Any:
        """The header fields too, until somebody puts something else here: urllib.request puts the reason."""
        return self.headers if self._msg is None else self._msg

    @msg.setter
    def msg(self, value: Any) -> None:
        self._msg = value

    @property
    def trailers(self) -> Any:
        """The trailer fields, an HTTPMessage, once a chunked body is read; None before, and of other bodies."""
        if self._chunks is None or self._chunks.trailers is None:
            return None
        from wirekit._wire.http_message import HTTPMessage

        return HTTPMessage.of(self._chunks.trailers)

    # ---- the head

    async def begin(self) -> None:
        """Read the head; interim responses (1xx) before it are passed over (RFC 9110 section 15.2).

        Raises RemoteDisconnected, BadStatusLine, LineTooLong, HTTPException and the errors below it, OSError.
        """
        if self._head is not None or self._headers is not None:
            return
        head = await self._read_head()
        if head.status < 200:
            head = await self._pass_over_interim(head)
        self._head = head
        self.version = head.version
        self.code = self.status = head.status
        self.reason = head.reason
        self.chunked = head.chunked
        self.length = head.length
        self.will_close = not head.keep_alive
        if head.status in _BODILESS or (
            self._method in _BODILESS_METHODS and bodies.has_no_body(self._method, head.status)
        ):
            self.length = 0
        elif head.chunked:
            self._chunks = ChunkedReader(self._stream)  # type: ignore[arg-type]  # a head was read from it
        elif head.length is None:
            self.will_close = True
        if self.length is None or len(self._stream.buffer) - self._stream.pos < self.length:  # type: ignore[union-attr]
            self._stream.hold()  # type: ignore[union-attr]  # programs close the socket now, and read on
        if self.debuglevel > 0:
            self._show_headers()

    def _has_arrived(self) -> bool:
        """Tell whether the rest of a body of known length stands in the buffer."""
        stream = self._stream
        return (
            stream is not None and self.length is not None and len(stream.buffer) - stream.pos >= self.length
        )

    async def _pass_over_interim(self, head: http1.ResponseHead) -> http1.ResponseHead:
        """Keep interim heads aside up to the final one; 101 is final (RFC 9110 section 15.2.2)."""
        limits, size = defaults.active, 0
        while head.status < 200 and head.status != http.HTTPStatus.SWITCHING_PROTOCOLS:
            self.interim += ((head.status, head.fields),)
            size += len(head.block)
            if len(self.interim) > limits.max_interim:
                message = f"got more than {limits.max_interim} interim responses"
                raise _errors().HTTPException(message)
            if size > limits.max_head:
                raise _errors().HeadTooLong(limits.max_head)
            head = await self._read_head()
        return head

    async def _read_head(self) -> http1.ResponseHead:
        """Read one head, interim or final, and nothing behind it."""
        stream = self._stream
        if stream is None:
            message = "the response is closed"
            raise _errors().ResponseNotReady(message)
        if stream.pos == len(stream.buffer) and not await stream.fill():
            http1.parse_status_line(b"")  # raises RemoteDisconnected
        known = stream.memo
        if known is not None and stream.buffer.startswith(known[0], stream.pos):
            raw, head = known  # servers repeat themselves: the same bytes mean the same
            stream.pos += len(raw)
        else:
            raw = await self._read_raw_head(stream)
            head = http1.parse_response_head(raw, defaults.active)
            stream.memo = (raw, head)
        if self.debuglevel > 0:
            print("reply:", repr(raw[: raw.find(b"\n") + 1].decode("iso-8859-1")))  # noqa: T201 - what debuglevel asks for
        result: http1.ResponseHead = head
        return result

    async def _read_raw_head(self, stream: net.Stream) -> bytes:
        """Wait for a whole head and take its bytes. However it is cut into pieces, each byte is moved and looked at once."""
        end = http1.find_head_end(stream.buffer, stream.pos, stream.pos)
        if end >= 0:
            return stream.take(end - stream.pos)
        head, seen, checked = bytearray(), 0, 0
        while (end := http1.find_head_end(head, 0, seen)) < 0:
            seen = len(head)
            if seen < _CHECK_EVERY or seen - checked >= _CHECK_EVERY:
                http1.check_unfinished_head(head, 0, defaults.active)
                checked = seen
            if stream.pos == len(stream.buffer) and not await stream.fill():
                return http1.end_cut_head(bytes(head), defaults.active)
            head += stream.take(len(stream.buffer))
        stream.buffer = bytes(head[end:])  # nothing else stands there: all was taken
        stream.pos = 0
        return bytes(head[:end])

    def _show_headers(self) -> None:
        for name, value in self.headers.items():
            print("header:", name + ":", value)  # noqa: T201 - what debuglevel asks for

    async def _read_status(self) -> tuple[str, int, str]:
        """Read a status line alone: (version text, status, reason)."""
        assert self._stream is not None
        line = await self._stream.read_line(defaults.active.max_line)
        if len(line) > defaults.active.max_line:
            raise _errors().LineTooLong("status line")
        if self.debuglevel > 0:
            print("reply:", repr(line.decode("iso-8859-1")))  # noqa: T201 - what debuglevel asks for
        _, status, reason = http1.parse_status_line(line)
        return line.split(None, 1)[0].decode("iso-8859-1"), status, reason

    # ---- the end

    def isclosed(self) -> bool:
        """Tell whether the body is read to its end, or the response closed."""
        return self._stream is None

    def close(self) -> None:
        """Close. A connection whose response was not read to its end is closed with it."""
        super().close()
        stream = self._stream
        if stream is None:
            return
        if self._owned or self._skip_rest(stream) or (self._shared and self._chunks is not None):
            self._close_conn()  # who has the file may have read the chunks from it, as urllib3 does
        else:
            self._break_off()

    def _skip_rest(self, stream: net.Stream) -> bool:
        """Skip the rest of the body if it has arrived already; False when there is more to it."""
        if self.length is _UNKNOWN or self.length is None or not self._has_arrived():
            return False
        stream.take(self.length)
        return True

    if not net.ASYNC:

        def __del__(self) -> None:
            # io's own finaliser would close every response, for 1 us each; only one that was not read needs it.
            if self._stream is not None:
                self.close()

    @property
    def _close_conn(self) -> Callable[[], None]:
        """What ends the response when its body is read to its end; a program may have put its own here."""
        return self._ending or self._let_go

    @_close_conn.setter
    def _close_conn(self, ending: Callable[[], None]) -> None:
        # It takes fp, reads on there, and finds the end of the connection, which may be closed when the body is there.
        self._ending = ending
        stream = self._stream
        if stream is None or not stream.held:
            self.fp = io.BytesIO(b"" if stream is None else stream.take(self.length or 0))

    def _let_go(self) -> None:
        """Let go of the stream: the body is read to its end."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.release()
            if self._keeper is not None:
                self._give_back()

    def _give_back(self) -> None:
        """Give the connection back to who keeps it; end it where somebody else may still read from it, by ``fp``."""
        keeper, self._keeper = self._keeper, None
        keeper.give_back(reusable=not self._shared)

    def _set_apart(self, make: Any) -> None:
        """Take a body that has arrived whole out of the connection, which is free then. make: a stream of bytes."""
        stream = self._stream
        assert stream is not None
        assert self.length is not None
        self._stream = make(stream.take(self.length))

    # ---- the body

    async def read(self, amt: int | None = None) -> bytes:
        """Return the rest of the body, or its next amt bytes, fewer only at its end.

        IncompleteRead when the connection ends before the body does, with what came as ``partial``; the connection
        is closed then.
        """
        stream = self._stream
        if stream is None:
            return b""
        if amt is not None and amt < 0:
            amt = None
        if self._chunks is not None:
            return await self._from_chunks(self._chunks.read, amt)
        length = self.length
        if length is None:
            return await self._read_to_end(amt)
        wanted = length if amt is None or amt > length else amt
        pos = stream.pos
        if len(stream.buffer) - pos >= wanted:
            data = stream.buffer[pos : pos + wanted]
            stream.pos = pos + wanted
        else:
            data = await self._wait_for_rest(stream, wanted, whole=amt is None)
        self.length = length - len(data)
        if self.length == 0:
            if stream.held:
                self._close_conn()
            else:
                self._stream = None
                if self._keeper is not None:
                    self._give_back()
        return data

    async def _wait_for_rest(self, stream: net.Stream, wanted: int, *, whole: bool) -> bytes:
        """Return wanted bytes. At a premature end: what came, or IncompleteRead where that is nothing, or not whole."""
        data = await stream.read(wanted)
        missing = wanted - len(data)
        if missing and (whole or (not data and defaults.active.strict_framing)):
            self._break_off()
            raise _errors().IncompleteRead(data, missing)
        if missing and not data:
            self._close_conn()
        return data

    def _break_off(self) -> None:
        """Close the connection: it ended, or went wrong, in the middle of the body."""
        self._keeper = None
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort()

    async def _read_to_end(self, amt: int | None) -> bytes:
        """Read a body that ends with its connection (RFC 9112 section 6.3, rule 8)."""
        assert self._stream is not None
        data = await self._stream.read(-1 if amt is None else amt)
        if amt is None or (not data and amt):
            self._end_with_connection(data)
        return data

    def _end_with_connection(self, data: bytes) -> None:
        """End; IncompleteRead where TLS was cut off, not ended (RFC 9112 section 9.8; safe profile)."""
        if self._stream is not None and self._stream.cut and defaults.active.strict_framing:
            self._break_off()
            raise _errors().IncompleteRead(data)
        self._close_conn()

    async def _safe_read(self, amt: int) -> bytes:
        """Return exactly amt bytes of what comes next, chunk framing and all; else IncompleteRead."""
        assert self._stream is not None
        data = await self._stream.read(amt)
        if len(data) < amt:
            raise _errors().IncompleteRead(data, amt - len(data))
        return data

    async def readinto(self, b: Any) -> int:
        """Read into a writable buffer; return how many bytes, fewer than its size only at the end of the body."""
        stream = self._stream
        view = memoryview(b).cast("B")
        if stream is None:
            return 0
        if self._chunks is not None:
            data = await self._from_chunks(self._chunks.read, len(view))
            view[: len(data)] = data
            return len(data)
        if self.length is not None:
            view = view[: self.length]
        got = await stream.readinto(view)
        if not got and len(view):
            self._end_early()
        else:
            self._consume(got)
        return got

    async def read1(self, n: int | None = -1) -> bytes:
        """Return at most n bytes of the body after waiting once at most; ``b""`` at its end."""
        stream = self._stream
        if stream is None or n == 0:
            return b""
        if n is None or n < 0:
            n = _ALL
        if self._chunks is not None:
            return await self._from_chunks(self._chunks.read1, n)
        data = await stream.recv(n if self.length is None else min(n, self.length))
        if data:
            self._consume(len(data))
        else:
            self._end_early()
        return data

    async def peek(self, n: int = -1) -> bytes:
        """Return bytes of the body without taking them, at least one unless it has ended."""
        stream = self._stream
        if stream is None:
            return b""
        left = self.length
        if self._chunks is not None:
            try:
                left = await self._chunks.next_chunk()
            except _errors().IncompleteRead as error:
                if type(error) is _errors().IncompleteRead:
                    return b""  # the stream has ended: reading will say so
                self._break_off()
                raise
        if left == 0:
            return b""
        data = await stream.peek(n)
        return data if left is None else data[:left]

    async def readline(self, limit: int | None = -1) -> bytes:
        """Return the next line of the body with its end, at most limit bytes of it; ``b""`` at the end of the body."""
        stream = self._stream
        if stream is None:
            return b""
        if limit is None or limit < 0:
            limit = _ALL
        if self._chunks is not None:
            return await self._from_chunks(self._chunks.readline, limit)
        if self.length is not None and limit > self.length:
            limit = self.length
        line = await stream.readline(limit)
        if line or not limit:
            self._consume(len(line))
        else:
            self._end_early()
        return line

    def _consume(self, n: int) -> None:
        """Count n bytes of a body of known length as read."""
        if self.length is not None:
            self.length -= n
            if not self.length:
                self._close_conn()

    def _end_early(self) -> None:
        """End at the end of the stream; IncompleteRead when the body should go on (safe profile)."""
        if self.length:
            missing, strict = self.length, defaults.active.strict_framing
            self._break_off()
            if strict:
                raise _errors().IncompleteRead(b"", missing)
        else:
            self._end_with_connection(b"")

    async def _from_chunks(self, reading: Any, n: int | None) -> bytes:
        """Read from the chunks by one of their methods; an error there closes the connection."""
        try:
            data: bytes = await reading(n)
        except ConnectionBusy:
            raise  # another task reads here, and goes on
        except BaseException:
            self._break_off()
            raise
        if self._chunks.ended:
            self._close_conn()
        return data

    @property
    def chunk_left(self) -> int | None:
        """What is left of the current chunk; None where a chunk-size line comes next, or there are no chunks."""
        return self._chunks.left if self._head is not None and self._chunks else None

    # ---- as text and values (beyond the standard library)

    async def text(self, encoding: str | None = None, errors: str = "replace") -> str:
        """Return the rest of the body as text: in the encoding named, or the one that the response says it is in.

        That is, in this order: a byte order mark, the charset of its Content-Type, what HTML or XML say of themselves,
        UTF-8 where it can be, windows-1252. errors: as in ``bytes.decode``. Raises as ``read``.
        """
        from wirekit._wire.charsets import decode_text

        return decode_text(await self.read(), self.getheader("Content-Type") or "", encoding, errors)

    async def json(self, **options: Any) -> Any:
        """Return the value that the rest of the body means as JSON. options: as of ``json.loads``.

        ValueError (json.JSONDecodeError) for what is no JSON; raises as ``read``.
        """
        import json

        from wirekit._wire.charsets import choose_json_charset

        data = await self.read()
        return json.loads(data.decode(choose_json_charset(data)), **options)

    # ---- the rest of a file, and of old responses of urllib

    def fileno(self) -> int:
        """Return the descriptor of the socket."""
        number: int = self.fp.fileno()
        return number

    def readable(self) -> bool:
        """Return True."""
        return True

    def getheader(self, name: str, default: Any = None) -> Any:
        """Return the header's value, several joined by ", "; default when there is none.

        ResponseNotReady before the head was read.
        """
        if self.headers is None:
            raise _errors().ResponseNotReady
        values = self.headers.get_all(name) or default
        if isinstance(values, str) or not hasattr(values, "__iter__"):
            return values
        return ", ".join(values)

    def getheaders(self) -> list[tuple[str, str]]:
        """Return all headers as (name, value) pairs; ResponseNotReady before the head was read."""
        if self.headers is None:
            raise _errors().ResponseNotReady
        return list(self.headers.items())

    if not net.ASYNC:

        def __iter__(self) -> "HTTPResponse":
            return self  # io's own would refuse a response that is closed, where an empty one is meant

    def info(self) -> Any:
        """Return the headers."""
        return self.headers

    def geturl(self) -> str:
        """Return the URL of the page, where urllib set it."""
        return self.url

    def getcode(self) -> int:
        """Return the status."""
        return self.status


HTTPResponse.__module__ = f"{__package__}.client"  # where programs know it
