"""What a server writes of a response's head: the status line and the fields, checked and as bytes (RFC 9112 section 4).

A server says the same lines again and again (Server, Date, Content-Type, its status lines), so checked lines are kept:
the second time costs a look-up. No line end and no other control character ever reaches a head (security rows 109 and
110): that is the handler's mistake, ValueError, and nothing was sent.
"""

import re
from functools import lru_cache

from wirekit._wire.fields import TEXT, check_name, check_value

__all__ = ["UNAVAILABLE", "clean_reason", "format_field", "format_start", "format_status_line", "is_length"]

DECISIVE = frozenset({"connection", "content-length", "transfer-encoding"})
"""The fields that decide where a response ends, and the connection."""
KEPT_LINES = 512
"""Lines kept; a browser's page load makes some 30 different ones."""

_FULL = b"This server has as many connections as it can serve. Try again in a moment.\n"
UNAVAILABLE = (
    b"HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nRetry-After: 5\r\n"
    b"Content-Type: text/plain; charset=utf-8\r\nContent-Length: %d\r\n\r\n%b" % (len(_FULL), _FULL)
)
"""The whole answer to a connection above the limit, whatever it is about to ask (RFC 9110 section 15.6.4)."""

_LEGAL_REASON = re.compile(rb"%b*+" % TEXT).fullmatch
_CONTROL = re.compile("[\x00-\x08\x0a-\x1f\x7f]+")
is_length = re.compile(r"[0-9]{1,18}+").fullmatch
"""Whether text is a Content-Length."""


@lru_cache(KEPT_LINES)
def format_status_line(version: str, status: int, reason: str) -> bytes:
    """Return a status line with its end; version as ``"HTTP/1.1"``. ValueError for a reason with control characters."""
    text = reason.encode("latin-1")
    if not _LEGAL_REASON(text):
        message = f"Invalid reason phrase {reason!r}"
        raise ValueError(message)
    return b"%b %d %b\r\n" % (version.encode("latin-1"), status, text)


@lru_cache(KEPT_LINES)
def format_field(name: str, value: str, strict: bool) -> tuple[bytes, str | None]:
    """Return (field line with its end, name in lower case where it decides about the connection, else None).

    ValueError for a name or value that is none. Text must be Latin-1, else UnicodeEncodeError (a ValueError too). Not
    strict: see ``fields.check_value``. (Positional: a keyword doubles the time of finding a kept line.)
    """
    name_bytes, value_bytes = name.encode("latin-1"), value.encode("latin-1")
    check_name(name_bytes, strict=strict)
    check_value(value_bytes, strict=strict)
    low = name.lower()
    return b"%b: %b\r\n" % (name_bytes, value_bytes), low if low in DECISIVE else None


@lru_cache(8)
def format_start(server: str, date: str, strict: bool) -> bytes:
    """Return the lines ``Server`` and ``Date``, with which every response begins. ValueError as ``format_field``."""
    return format_field("Server", server, strict)[0] + format_field("Date", date, strict)[0]


def clean_reason(text: str) -> str:
    """Make a reason phrase of any text: one line, Latin-1. An error page may well be about text that is neither."""
    return _CONTROL.sub(" ", text).encode("latin-1", "replace").decode("latin-1")
