"""Message bodies of HTTP/1.x: chunks taken out of a buffer, and made (RFC 9112 section 7.1).

``take_chunks`` is the reader's inner loop: it slices every whole chunk out of one block of received bytes, and says
what is left over: a chunk that is only partly there, or a size line still to come.
"""

import re
from collections.abc import Callable
from typing import Final

__all__ = [
    "LAST_CHUNK",
    "MAX_CHUNK_LINE",
    "check_chunk_end",
    "format_chunk",
    "has_no_body",
    "parse_chunk_line",
    "take_chunks",
]

LAST_CHUNK: Final = b"0\r\n\r\n"
COPY: Final = 2048
"""A chunk below this size is handed on as bytes, a larger one as a view: a view costs more to make, less to copy."""
MAX_CHUNK_LINE: Final = 65_536
"""A chunk-size line with its extensions; the standard library's figure (security row 121)."""

_CHUNK_LINE = re.compile(rb"([0-9A-Fa-f]{1,16}+)[\t ]*+(?:;[\t -~\x80-\xff]*+)?").fullmatch


def has_no_body(method: str | None, status: int) -> bool:
    """Tell whether a response has no body whatever its fields say (RFC 9112 section 6.3, rules 1 and 2)."""
    return (
        method == "HEAD"
        or status in {204, 304}
        or 100 <= status < 200
        or (method == "CONNECT" and 200 <= status < 300)
    )


def parse_chunk_line(line: bytes) -> int:
    """Return the size that a chunk-size line names; extensions are skipped (RFC 9112 section 7.1.1).

    line: without its line end. BadChunk for anything but ``1*HEXDIG [ ; extension ]``: no sign, no ``0x``, no ``_``.
    """
    if found := _CHUNK_LINE(line):
        return int(found[1], 16)
    raise _bad_chunk(line)


def take_chunks(
    buffer: bytes, pos: int, room: int, write: Callable[[bytes | memoryview], object]
) -> tuple[int, int]:
    """Hand the data of the chunks that stand whole in buffer from pos on to write; return (new pos, room left).

    pos: where a chunk-size line starts. Taken is what fits into room bytes; the last chunk, and one that is not whole
    or too large, stay. BadChunk for a size line that is none, or a chunk without CRLF behind it.
    """
    line, size, available, view = b"", 0, len(buffer), memoryview(buffer)
    while room:
        if not line or not buffer.startswith(line, pos):  # most chunks are as large as the one before
            eol = buffer.find(b"\r\n", pos, pos + MAX_CHUNK_LINE)
            if eol < 0:
                break
            line = buffer[pos : eol + 2]
            size = parse_chunk_line(buffer[pos:eol])
        start = pos + len(line)
        end = start + size
        if size == 0 or size > room or end + 2 > available:
            break
        if not buffer.startswith(b"\r\n", end):
            check_chunk_end(buffer[end : end + 2])
        write(buffer[start:end] if size < COPY else view[start:end])
        room -= size
        pos = end + 2
    return pos, room


def check_chunk_end(found: bytes) -> None:
    """Let only CRLF stand behind a chunk's data; else BadChunk (security row 115)."""
    if found != b"\r\n":
        raise _bad_chunk(found)


def _bad_chunk(text: bytes) -> Exception:
    from wirekit._wire.http_errors import BadChunk

    return BadChunk(text)


def format_chunk(data: bytes) -> bytes:
    """Return data as one chunk; data must not be empty (an empty chunk ends the body)."""
    return b"%X\r\n%b\r\n" % (len(data), data)
