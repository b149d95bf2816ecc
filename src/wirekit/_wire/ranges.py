"""Parts of a representation (RFC 9110 section 14): which bytes a Range field asks for, and how they are sent.

``parse_ranges`` gives the parts in the order in which they were asked for. Parts that overlap are joined, and a request
for very many is answered with the whole: else a few bytes of a request could ask for the same megabytes a thousand times.
"""

import re
from collections.abc import Sequence

__all__ = [
    "MAX_RANGES",
    "format_content_range",
    "format_part_head",
    "format_parts_end",
    "measure_parts",
    "parse_ranges",
]

MAX_RANGES = 64
"""Parts of one answer; PDF readers ask for some ten. With more the whole is sent."""
_RANGE = r"(?:[0-9]{1,18}+-(?:[0-9]{1,18}+)?|-[0-9]{1,18}+)"
_RANGES = re.compile(
    rf"bytes=[ \t]*+(?:{_RANGE})?+(?:[ \t]*+,[ \t]*+(?:{_RANGE})?+)*+[ \t]*+", re.IGNORECASE
).fullmatch
_EACH = re.compile(r"([0-9]*+)-([0-9]*+)").findall

Range = tuple[int, int]


def parse_ranges(value: str, size: int) -> list[Range] | None:
    """Return the parts that a Range field asks for, each as (first byte, last byte).

    size: of the whole. An empty list: none of the parts exists (416). None: the field is to be ignored, since it is
    none, asks in another unit, or for too much.
    """
    if not _RANGES(value):
        return None
    wanted = _EACH(value.partition("=")[2])
    if not wanted or len(wanted) > MAX_RANGES:
        return None
    parts: list[Range] = []
    for first, last in wanted:
        if first and last and int(last) < int(first):
            return None  # not even a range (section 14.1.1)
        if first:
            start, end = int(first), min(int(last), size - 1) if last else size - 1
        else:
            start, end = max(size - int(last), 0), size - 1
            if size == 0 and int(last):
                return None  # the last bytes of nothing are the whole of it
        if start <= end:
            parts.append((start, end))
    return _join(parts) if _overlap(parts) else parts


def _overlap(parts: Sequence[Range]) -> bool:
    before = -1
    for start, end in sorted(parts):
        if start <= before:
            return True
        before = end
    return False


def _join(parts: Sequence[Range]) -> list[Range]:
    """Return the parts in order of place, those that overlap or touch joined to one."""
    joined: list[Range] = []
    for start, end in sorted(parts):
        if joined and start <= joined[-1][1] + 1:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined


def format_content_range(part: Range | None, size: int) -> str:
    """Return the value of Content-Range; None: no part of the whole was asked for (416)."""
    return f"bytes */{size}" if part is None else f"bytes {part[0]}-{part[1]}/{size}"


def format_part_head(boundary: str, kind: str, part: Range, size: int) -> bytes:
    """Return what stands before a part of several (RFC 9110 section 14.6); kind: the whole's Content-Type."""
    lines = (
        f"--{boundary}",
        f"Content-Type: {kind}",
        f"Content-Range: {format_content_range(part, size)}",
        "",
        "",
    )
    return ("\r\n" + "\r\n".join(lines)).encode("latin-1")


def format_parts_end(boundary: str) -> bytes:
    """Return what stands behind the last part."""
    return f"\r\n--{boundary}--\r\n".encode("latin-1")


def measure_parts(boundary: str, kind: str, parts: Sequence[Range], size: int) -> int:
    """Return the Content-Length of an answer of several parts."""
    heads = sum(len(format_part_head(boundary, kind, part, size)) for part in parts)
    return heads + sum(end + 1 - start for start, end in parts) + len(format_parts_end(boundary))
