"""Forms with files: multipart/form-data (RFC 7578), as browsers write it (HTML standard section 4.10.21.8)."""

from __future__ import annotations

import re

__all__ = ["check_boundary", "format_end", "format_part_head"]

_BOUNDARY = re.compile(r"[0-9A-Za-z'()+_,\-./:=?]{1,70}").fullmatch
_KIND = re.compile(r"[\t -~]++").fullmatch
_ESCAPES = {"\r": "%0D", "\n": "%0A", '"': "%22"}
_ESCAPED = re.compile('[\r\n"]').sub


def check_boundary(boundary: str) -> str:
    """Return a boundary that may be one (RFC 2046 section 5.1.1); else ValueError."""
    if not _BOUNDARY(boundary):
        message = f"a boundary has 1 to 70 letters, digits and marks, which {boundary!r} has not"
        raise ValueError(message)
    return boundary


def format_part_head(boundary: str, name: str, filename: str | None = None, kind: str | None = None) -> bytes:
    """Return what stands before a part's data: delimiter, fields, empty line.

    A name may hold anything: line ends and quotes are escaped, the rest is UTF-8. kind: the Content-Type; ValueError for
    one with control characters.
    """
    disposition = f'form-data; name="{_escape(name)}"'
    if filename is not None:
        disposition += f'; filename="{_escape(filename)}"'
    lines = [f"--{boundary}", f"Content-Disposition: {disposition}"]
    if kind is not None:
        if not _KIND(kind):
            message = f"{kind!r} is no media type"
            raise ValueError(message)
        lines.append(f"Content-Type: {kind}")
    return "\r\n".join([*lines, "", ""]).encode("utf-8", "surrogateescape")


def _escape(text: str) -> str:
    return _ESCAPED(lambda found: _ESCAPES[found[0]], text)


def format_end(boundary: str) -> bytes:
    """Return what stands behind the last part, its own line end included."""
    return f"--{boundary}--\r\n".encode("ascii")
