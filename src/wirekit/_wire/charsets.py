"""Which characters the bytes of a body mean: by its first bytes, its Content-Type, itself, and by what browsers do.

A byte order mark counts before all else, as the Encoding standard has it; then the charset parameter (RFC 9110 section
8.3.2), then what HTML and XML say of themselves in their first bytes. JSON is UTF-8 (RFC 8259 section 8.1), but for old
documents in UTF-16 or UTF-32, which can be told. What says nothing is UTF-8 where it can be, else windows-1252, which
is also what ``iso-8859-1`` and ``us-ascii`` mean on the web.
"""

from __future__ import annotations

import codecs
import re
from typing import Final

__all__ = ["choose_charset", "choose_json_charset", "decode_text", "find_parameter"]

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WEB: Final = {"iso8859-1": "cp1252", "ascii": "cp1252"}
"""Labels that mean something larger on the web (Encoding standard section 4.2), by the names of Python's codecs."""
_LOOKED_AT: Final = 1024
"""Bytes in which a document says what it is (HTML standard section 13.2.3.2)."""

_PARAMETER = re.compile(
    r"[ \t]*+;[ \t]*+(?:([!#$%&'*+\-.^_`|~0-9A-Za-z]++)[ \t]*+=[ \t]*+(?:\"((?:[^\"\\]++|\\.)*+)\"|([^;\s\"]*+)))?+[ \t]*+",
    re.DOTALL,
).match
_META = re.compile(rb"<meta\b[^>]*?\bcharset\s*=\s*[\"']?\s*([A-Za-z0-9_.:\-]+)", re.IGNORECASE).search
_XML = re.compile(rb"\s*<\?xml\b[^>]*?\bencoding\s*=\s*[\"']([A-Za-z0-9_.\-]+)[\"']").match


def find_parameter(content_type: str, name: str) -> str:
    """Return a parameter of a Content-Type, unquoted; ``""`` where there is none, or where it cannot be read."""
    at = content_type.find(";")
    while 0 <= at < len(content_type):
        found = _PARAMETER(content_type, at)
        if found is None:
            break
        if found[1] and found[1].lower() == name:
            return found[3] if found[2] is None else re.sub(r"\\(.)", r"\1", found[2])
        at = found.end()
    return ""


def choose_charset(content_type: str, data: bytes) -> str:
    """Return the name of the codec for a text. data: the whole body."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    known = _find_codec(find_parameter(content_type, "charset"))
    if known:
        return known
    kind = content_type.partition(";")[0].strip().lower()
    if kind.endswith(("json", "+json")):
        return choose_json_charset(data)
    return _find_inside(kind, data[:_LOOKED_AT]) or _guess(data)


def _find_codec(label: str) -> str:
    """Return Python's name for a charset as the web means it; ``""`` for what is none, or no charset of texts."""
    try:
        found = codecs.lookup(label.strip())
    except (LookupError, ValueError):
        return ""
    if not getattr(found, "_is_text_encoding", True):
        return ""
    return _WEB.get(found.name, found.name)


def _find_inside(kind: str, start: bytes) -> str:
    found = _XML(start) if kind.endswith("xml") else None
    if found is None and kind in {"", "text/html", "application/xhtml+xml"}:
        found = _META(start)
    if found is None:
        return ""
    name = _find_codec(found[1].decode("ascii"))
    return "utf-8" if name.startswith("utf-16") else name  # it could not have been read if it were


def _guess(data: bytes) -> str:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def choose_json_charset(data: bytes) -> str:
    """Return the name of the codec for JSON: its first two characters are ASCII, so their zeros tell (RFC 4627)."""
    for mark, name in _MARKS:
        if data.startswith(mark):
            return name
    zeros = bytes(1 if byte else 0 for byte in data[:4])
    told = {
        b"\0\0\0\1": "utf-32-be",
        b"\1\0\0\0": "utf-32-le",
        b"\0\1\0\1": "utf-16-be",
        b"\1\0\1\0": "utf-16-le",
        b"\0\1": "utf-16-be",
        b"\1\0": "utf-16-le",
    }
    return told.get(zeros, "utf-8")


def decode_text(data: bytes, content_type: str, encoding: str | None, errors: str) -> str:
    """Return a body as text: by the encoding named, else by the one that it should be in.

    LookupError for an encoding that nobody knows; UnicodeDecodeError only where ``errors`` is ``"strict"``.
    """
    return data.decode(encoding or choose_charset(content_type, data), errors)
