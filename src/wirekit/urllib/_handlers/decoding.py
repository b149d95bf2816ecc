# Generated from src/wirekit/aio/urllib/_handlers/decoding.py by tools/unasync.py; edit that file.
"""Responses whose body is decoded, or watched, while it is read.

``unpack`` turns a response into a ``DecodedResponse`` in place: it stays the object that the connection made, and every
method that reads gives what the body means. What it means is made as it is asked for: ``read(1024)`` of a bomb gives a
small piece of it. A response that nobody reads to its end is never decoded.
"""

import io
from typing import Any, Final

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._wire.decoding import WINDOW, find_codings, make_chain
from wirekit.http import client
from wirekit.http.client import HTTPResponse

__all__ = ["DecodedResponse", "unpack"]

_ALL: Final = 1 << 62
_UNDONE: Final = {"content-encoding", "content-length"}
"""Fields that tell of the body as it came, not as it is read (Go's net/http leaves them out as well)."""


class DecodedResponse(HTTPResponse):
    """A response whose body is decoded while it is read.

    ``decoded``: the codings that are undone, in the order in which the server had applied them; its headers then have
    neither Content-Encoding nor Content-Length. ``length`` counts what is still to come of the body as it was sent.
    """

    # What a response is made of is fixed (__slots__), and it was another class when it was made: so these stand in its
    # __dict__, which io's classes give.
    decoded: tuple[str, ...]
    _chain: Any
    _ready: bytes  # decoded, and not yet read
    _came: int
    _whole: int | None
    _progress: Any

    def _take_raw(self) -> bytes:
        """Return some of the body as it was sent; ``b""`` at its end. Tells the progress."""
        data = HTTPResponse.read1(self, WINDOW)
        self._came += len(data)
        if data and self._progress is not None:
            net.give(self._progress, self._came, self._whole)
        return data

    def _take(self, limit: int) -> bytes:
        """Return at least one byte of what the body means, about limit at most; ``b""`` at its end."""
        chain = self._chain
        while True:
            if self._ready:
                data, self._ready = self._ready[:limit], self._ready[limit:]
                return data
            try:
                if chain is not None:
                    self._ready = chain.take(min(limit, WINDOW))
                    if self._ready:
                        continue
                raw = self._take_raw()
                if chain is None:
                    self._ready = raw
                elif raw:
                    chain.feed(raw)
                else:
                    self._chain = None
                    chain.finish()
            except BaseException:
                self._break_off()
                raise
            if not raw:
                return b""

    def read(self, amt: int | None = None) -> bytes:
        """Return the rest of the body, or its next amt bytes, fewer only at its end.

        BadCoding for a body that is not what its Content-Encoding says, and for one that becomes too large.
        """
        left = _ALL if amt is None or amt < 0 else amt
        whole = io.BytesIO()  # grows without being copied, which a list of parts would be
        try:
            while left and (data := self._take(left)):
                left -= whole.write(data)
        except client.IncompleteRead as cut:
            cut.partial = whole.getvalue()  # what it meant, as far as it had come
            raise
        return whole.getvalue()

    def read1(self, n: int | None = -1) -> bytes:
        """Return at most n bytes of the body after waiting as little as can be; ``b""`` at its end."""
        if n == 0:
            return b""
        return self._take(_ALL if n is None or n < 0 else n)

    def readinto(self, b: Any) -> int:
        """Read into a writable buffer; return how many bytes, fewer than its size only at the end of the body."""
        view = memoryview(b).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def peek(self, n: int = -1) -> bytes:  # noqa: ARG002 - io's signature
        """Return bytes of the body without taking them, at least one unless it has ended."""
        if not self._ready:
            self._ready = self._take(WINDOW)
        return self._ready

    def readline(self, limit: int | None = -1) -> bytes:
        """Return the next line of the body with its end, at most limit bytes of it; ``b""`` at the end of the body."""
        left = _ALL if limit is None or limit < 0 else limit
        parts: list[bytes] = []
        while left and (data := self._take(min(left, WINDOW))):
            end = data.find(b"\n") + 1
            if end:
                data, self._ready = data[:end], data[end:] + self._ready
            parts.append(data)
            left -= len(data)
            if end:
                break
        return b"".join(parts)

    def isclosed(self) -> bool:
        """Tell whether the body is read to its end, or the response closed."""
        return self._stream is None and not self._ready and self._chain is None

    def close(self) -> None:
        """Close. What was not read is not decoded."""
        self._ready, self._chain = b"", None
        super().close()


def unpack(response: Any, *, undo: bool, progress: Any) -> None:
    """Let a response be decoded while it is read, where it is encoded and ``undo`` says so; and watched by a callback.

    progress: called with the bytes that have come and those that will come in all (None: not known); it may be async in
    the async twin. BadCoding for a body that is encoded too often; the response is closed then.
    """
    head = response._head  # noqa: SLF001 - of this package
    codings = []
    if undo and head.status != 206:  # a part of an encoded body cannot be decoded by itself
        codings = find_codings([value for name, value in head.fields if name.lower() == "content-encoding"])
    limits = defaults.active
    try:
        chain = make_chain(codings, most=limits.max_codings, expansion=limits.max_expansion)
    except BaseException:
        response.close()
        raise
    if chain is None and progress is None:
        return
    length = response.length
    response.__class__ = DecodedResponse
    response.decoded = () if chain is None else tuple(codings)
    response._chain, response._progress = chain, progress  # noqa: SLF001 - of this package
    response._ready, response._came, response._whole = b"", 0, length  # noqa: SLF001 - of this package
    if chain is not None:
        from wirekit._wire.http_message import HTTPMessage  # loads the email package

        response.headers = HTTPMessage.of([field for field in head.fields if field[0].lower() not in _UNDONE])
