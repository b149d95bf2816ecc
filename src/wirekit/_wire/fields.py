"""Field lines (headers and trailers): the grammar of RFC 9110 section 5 and RFC 9112 section 5.

A *block* is what stands between a start line and a body: field lines, each ended by CRLF, and the empty line. It is
matched whole by one anchored, possessive expression first (so that time stays linear on anything), and only taken
apart after that. A block that does not match is looked at again line by line, to name what is wrong with it or, where
RFC 9112 lets a recipient be lenient (a bare LF as line end, a folded line), to mend it.

Everything that is *written* passes ``check_name`` and ``check_value``: no control character reaches a head.
"""

import re
from collections.abc import Iterable
from typing import Any

__all__ = [
    "MATCH_BLOCK",
    "check_name",
    "check_value",
    "count_fields",
    "find_values",
    "mend_block",
    "split_block",
]

TOKEN = rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]"  # RFC 9110 section 5.6.2: tchar
TEXT = rb"[\t -~\x80-\xff]"  # field-vchar, SP, HTAB (RFC 9110 section 5.5): no other control, no DEL

MATCH_BLOCK = re.compile(rb"(?:%b++:%b*+\r\n)*+\r\n" % (TOKEN, TEXT)).fullmatch
_EACH_FIELD = re.compile(r"([^:\r]++):[\t ]*+([^\r]*+)\r\n").findall  # on what matched before
_LEGAL_NAME = re.compile(rb"%b++" % TOKEN).fullmatch
_LEGAL_VALUE = re.compile(rb"%b*+" % TEXT).fullmatch
_ILLEGAL_BYTES = re.compile(rb"[^\t -~\x80-\xff]").findall
_LAX_NAME = re.compile(rb"[^:\s][^:\r\n]*+").fullmatch
_LAX_ILLEGAL = re.compile(rb"\n(?![ \t])|\r(?![ \t\n])").search
_ODD_LINE = re.compile(rb"[^\r\n]*+(?:\r\n|\n|\Z)").match
_LEGAL_LINE = re.compile(rb"%b++:%b*+" % (TOKEN, TEXT)).fullmatch
_LEGAL_FOLD = re.compile(rb"[\t ]%b*+" % TEXT).fullmatch


def split_block(block: bytes) -> list[tuple[str, str]]:
    """Return the (name, value) pairs of a block that ``MATCH_BLOCK`` accepted; values without outer blanks."""
    text = block.decode("iso-8859-1")
    found: list[tuple[str, str]] = _EACH_FIELD(text)
    if " \r" in text or "\t\r" in text:
        return [(name, value.rstrip(" \t")) for name, value in found]
    return found


def find_values(low: bytes, name: bytes) -> list[bytes]:
    r"""Return the values of every field called ``name``, in order, without outer blanks.

    low: a head in lower case whose field lines each follow a line end (so with its start line, or a CRLF before it);
    name: in lower case, with a line feed before and a colon behind it, as ``b"\\ncontent-length:"``.
    """
    values = []
    at = low.find(name)
    while at >= 0:
        start = at + len(name)
        end = low.find(b"\r", start)
        values.append(low[start:end].strip(b" \t"))
        at = low.find(name, end)
    return values


def count_fields(block: bytes) -> int:
    """Return how many lines a block has, its empty line left out."""
    return block.count(b"\n") - 1


def mend_block(block: bytes) -> tuple[bytes, str]:
    """Return (block in strict form, ``""``), or (the faulty line, what is wrong with it).

    Mended are bare line feeds (RFC 9112 section 2.2) and folded lines, whose fold becomes a space (section 5.2).
    """
    pieces: list[bytes] = []
    at = 0
    while (found := _ODD_LINE(block, at)) is not None and found.end() > at:
        line, at = found.group().rstrip(b"\r\n"), found.end()
        if not line:
            break
        if pieces and _LEGAL_FOLD(line):
            pieces += (b" ", line.strip(b" \t"))
        elif _LEGAL_LINE(line):
            pieces += (b"\r\n", line)
        else:
            return line, _explain(line)
    if at < len(block):
        return block[at : at + 80], "control character in a header line"
    return b"".join([*pieces[1:], b"\r\n\r\n" if pieces else b"\r\n"]), ""


def _explain(line: bytes) -> str:
    name, colon, value = line.partition(b":")
    if not _LEGAL_VALUE(value if colon else name):
        return "control character in a header line"
    if not colon:
        return "header line without a colon"
    if name.rstrip(b" \t") != name:
        return "space before the colon of a header line"
    return "header name that is not a token"


def format_field(name: str | bytes, values: tuple[Any, ...], *, strict: bool = True) -> bytes:
    """Return a field line without its end. Values are text (ISO-8859-1), bytes or int; several become a list.

    ValueError for a name or a value that may not stand there, UnicodeEncodeError beyond the encodings. Not strict: as
    the standard library writes it, each further value on a folded line.
    """
    raw = name.encode("ascii") if isinstance(name, str) else name
    check_name(raw, strict=strict)
    encoded = [
        value.encode("latin-1")
        if isinstance(value, str)
        else b"%d" % value
        if isinstance(value, int)
        else value
        for value in values
    ]
    for value in encoded:
        check_value(value, strict=strict)
    return raw + b": " + (b", " if strict else b"\r\n\t").join(encoded)


def lower_names(fields: Iterable[str | bytes]) -> frozenset[str]:
    """Return the names of a mapping of fields in lower case."""
    return frozenset([(name if isinstance(name, str) else name.decode("latin-1")).lower() for name in fields])


def check_name(name: bytes, *, strict: bool = True) -> None:
    """Let only a token pass as a field name (RFC 9110 section 5.1); else ValueError.

    Not strict: whatever is no colon and no line end, as in the standard library.
    """
    if not _LEGAL_NAME(name) and (strict or not _LAX_NAME(name)):
        message = f"Invalid header name {name!r}"
        raise ValueError(message)


def check_value(value: bytes, *, strict: bool = True) -> None:
    """Let only visible characters, blanks and bytes above 127 pass as a field value; else ValueError.

    No CR, LF or NUL, folded or not: RFC 9110 section 5.5, security rows 1 to 3. Not strict: anything but a line end
    that starts a field of its own.
    """
    if not _LEGAL_VALUE(value) and (strict or _LAX_ILLEGAL(value)):
        # the value itself stays out of it: it may well be a token that was read with its line end
        message = f"Invalid header value: {b''.join(_ILLEGAL_BYTES(value)[:9])!r} in {len(value)} bytes"
        raise ValueError(message)
