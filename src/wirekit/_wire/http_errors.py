"""The errors of HTTP: the standard library's own classes, and ours below them.

    http.client.HTTPException
      LineTooLong, BadStatusLine, UnknownProtocol, UnknownTransferEncoding, InvalidURL, ...   (the same objects)
      HeadTooLong         limit     a head, or all heads of one exchange, above the limit
      BadFraming                    the length of a message can be read in two ways
      BadField            text      a field line that is none (also a ValueError)
      IncompleteRead      partial, expected
        BadChunk          text      a chunk-size line that is none, or a chunk that does not end where it said

This module costs the import of ``http.client``; nothing loads it before an error is raised or named.
"""

from wirekit._originals import original

TYPE_CHECKING = False
if TYPE_CHECKING:
    import http.client as originals
else:
    originals = original("http.client")

__all__ = [
    "BadChunk",
    "BadField",
    "BadFraming",
    "BadStatusLine",
    "CannotSendHeader",
    "CannotSendRequest",
    "HTTPException",
    "HeadTooLong",
    "ImproperConnectionState",
    "IncompleteRead",
    "InvalidURL",
    "LineTooLong",
    "NotConnected",
    "RemoteDisconnected",
    "ResponseNotReady",
    "UnimplementedFileMode",
    "UnknownProtocol",
    "UnknownTransferEncoding",
]

BadStatusLine = originals.BadStatusLine
CannotSendHeader = originals.CannotSendHeader
CannotSendRequest = originals.CannotSendRequest
HTTPException = originals.HTTPException
ImproperConnectionState = originals.ImproperConnectionState
IncompleteRead = originals.IncompleteRead
InvalidURL = originals.InvalidURL
LineTooLong = originals.LineTooLong
NotConnected = originals.NotConnected
RemoteDisconnected = originals.RemoteDisconnected
ResponseNotReady = originals.ResponseNotReady
UnimplementedFileMode = originals.UnimplementedFileMode
UnknownProtocol = originals.UnknownProtocol
UnknownTransferEncoding = originals.UnknownTransferEncoding


class HeadTooLong(HTTPException):
    """The head of a response, or all heads of one exchange together, exceed ``limit`` bytes."""

    def __init__(self, limit: int) -> None:
        super().__init__(f"got more than {limit} bytes of header lines")
        self.limit = limit

    def __reduce__(self) -> tuple[type["HeadTooLong"], tuple[int], dict[str, object]]:
        return type(self), (self.limit,), self.__dict__


class BadFraming(HTTPException):
    """Where this message ends can be read in two ways (RFC 9112 section 6.3); the connection is closed."""


class BadField(HTTPException, ValueError):
    """A field line is not RFC 9112's; ``text`` is the line as received, without its end."""

    def __init__(self, reason: str, text: bytes = b"") -> None:
        super().__init__(reason, text)
        self.reason, self.text = reason, text

    def __str__(self) -> str:
        return f"{self.reason}: {self.text[:80]!r}" if self.text else self.reason


class BadChunk(IncompleteRead):
    """A chunked body breaks off in nonsense; ``text`` is what stood there, ``partial`` what came before."""

    def __init__(self, text: bytes, partial: bytes = b"") -> None:
        super().__init__(partial)
        self.args = (text, partial)
        self.text = text
        self.add_note(f"a chunk-size line, or the end of a chunk, was expected where {text[:80]!r} stands")

    def __repr__(self) -> str:
        return f"IncompleteRead({len(self.partial)} bytes read)"

    __str__ = __repr__
