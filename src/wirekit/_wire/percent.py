r"""Percent-encoding (RFC 3986 section 2.1): bytes to quoted text, and back.

Everything here works on whole strings at once, in C, instead of on one escape after another:

- *Unquoting* borrows the quoted-printable decoder. Once every ``=`` has become ``=3D`` and every ``%`` a ``=``, its
  escapes are ours. It is lenient where we must be exact (a stray ``%`` stays as it is, and quoted-printable knows soft
  line breaks), so its answer counts only if it is exactly two bytes shorter per ``%``: then each was a whole escape.
- *Quoting* maps bytes through a table of 256 strings, where nothing is quicker: a few bytes whose unsafe ones
  quoted-printable escapes as well are left to its encoder; longer data with few kinds of unsafe ASCII has these
  replaced one after the other, and what is beyond ASCII escaped by Python's ``backslashreplace`` (``\xc3``), which one
  ``translate`` makes ``%C3``; where nearly all is unsafe, ``bytes.hex`` writes each run of it at once. No input makes
  the choice between these a bad one.

Which bytes are safe, which encoding a text has and how errors are shown is the caller's affair.
"""

from __future__ import annotations

from binascii import a2b_qp, b2a_qp
from codecs import charmap_decode

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["UNRESERVED", "Quoting", "quote_bytes", "quote_text", "unquote_bytes", "unquote_text"]

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
"""Bytes that are never quoted (RFC 3986 section 2.3)."""

_NEWLINE, _RETURN, _EQUALS = b"\n\r="  # numbers: looking for a byte as bytes takes ten times as long
_PERCENT_TO_EQUALS = bytes.maketrans(b"%", b"=")

_ESCAPES = [b"%%%02X" % byte for byte in range(256)]

_ONE_LINE = 24
"""Bytes that stay on one line of quoted-printable even if all are escapes (RFC 2045 section 6.7 breaks after 76)."""
_BORROWED = bytes(sorted({*range(0x21), *range(0x7F, 0x100), *b"="}.difference(b"\n\r\x00")))
"""What quoted-printable escapes too. After line ends and NUL its encoder may also escape a dot: so not these."""
_SHORT = 48
"""Bytes up to which the table is as quick as anything else that must be found out first."""
_FEW = 8
"""Kinds of unsafe ASCII up to which replacing one after the other is quicker than the table."""
_SAMPLE = 64
"""Unsafe bytes that most often tell how many kinds there are."""

_RUN_COST = 64
"""A run of unsafe bytes costs as much as escaping this many bytes otherwise (measured: 700 ns against 11)."""

_ASCII = bytes(range(0x80))
_BEYOND_ASCII = bytes(range(0x80, 0x100))
_CLASHING = b"abcdefx\\%"
"""What Python's ``\\xc3`` and our ``%C3`` are written with; the capital letters and digits mean the same in both."""
_STAND_INS = bytes(range(0x0E, 0x0E + len(_CLASHING)))
"""Control characters that stand for those while escapes are made. Data that holds one of them goes another way."""
_MASK = "".join([chr(byte) for byte in bytes.maketrans(_CLASHING, _STAND_INS)])
_UNMASK = bytes.maketrans(
    _STAND_INS[:-1] + b"abcdef\\", _CLASHING[:-1] + b"ABCDEF%"
)  # all but ``%``, which is last
_ESCAPED_PERCENT = _STAND_INS[-1:]


class Quoting:
    """What a set of safe bytes means: ``table`` maps each byte to its text, ``safe`` holds the bytes kept as they are."""

    __slots__ = ("_runs", "lendable", "masks", "safe", "table")

    def __init__(self, safe: bytes) -> None:
        """Keep the ASCII bytes of ``safe`` and the unreserved ones; the others are to be quoted."""
        self.safe = bytes({byte for byte in safe if byte < 128}.union(UNRESERVED))
        self.table: dict[int, str] = {byte: escape.decode() for byte, escape in enumerate(_ESCAPES)}
        self.table.update((byte, chr(byte)) for byte in self.safe)
        self.lendable = b"" if set(self.safe).intersection(_BORROWED + b"\n\r\x00") else self.safe + _BORROWED
        self.masks = not set(self.safe).intersection(_STAND_INS)
        self._runs: Any = None

    def quote_runs(self, data: bytes | bytearray) -> str:
        """Quote what is unsafe nearly everywhere: one run of bytes after the other."""
        if self._runs is None:
            import re  # not at import: long texts alone come here, and re costs as much as the whole of urllib.parse

            self._runs = re.compile(b"[^" + re.escape(self.safe) + b"]++").sub
        quoted: bytes = self._runs(lambda run: b"%" + run[0].hex("%").upper().encode(), data)
        return quoted.decode()


def quote_text(text: str, quoting: Quoting) -> str:
    """Quote text in UTF-8, as ``quote_bytes`` does. UnicodeEncodeError for lone surrogates."""
    data = text.encode()
    if len(data) <= _ONE_LINE and (" " in text or not text.isascii()):  # what most short texts are quoted for
        if not data.translate(None, quoting.lendable):
            return b2a_qp(data, True, False).replace(b"=", b"%").decode()  # with quotetabs, without istext
        # charmap_decode takes any mapping; its annotation in typeshed knows str tables and dicts of int
        return charmap_decode(data, "strict", quoting.table)[0]
    unsafe = data.translate(None, quoting.safe)
    if not unsafe:
        return text
    return _quote_short(data, unsafe, quoting) if len(data) <= _SHORT else _quote_long(data, unsafe, quoting)


def quote_bytes(data: bytes | bytearray, quoting: Quoting) -> str:
    """Quote every byte that ``quoting`` does not keep; hexadecimal digits are upper case (RFC 3986 section 2.1)."""
    unsafe = data.translate(None, quoting.safe)
    if not unsafe:
        return data.decode()
    return _quote_short(data, unsafe, quoting) if len(data) <= _SHORT else _quote_long(data, unsafe, quoting)


def _quote_short(data: bytes | bytearray, unsafe: bytes | bytearray, quoting: Quoting) -> str:
    if len(unsafe) == 1:
        return data.replace(unsafe, _ESCAPES[unsafe[0]]).decode()
    if len(unsafe) == len(data):
        return "%" + data.hex("%").upper()
    # charmap_decode takes any mapping; its annotation in typeshed knows str tables and dicts of int
    return charmap_decode(data, "strict", quoting.table)[0]


def _quote_long(data: bytes | bytearray, unsafe: bytes | bytearray, quoting: Quoting) -> str:
    kept = len(data) - len(unsafe)
    if not kept:
        return "%" + data.hex("%").upper()
    if kept * _RUN_COST < len(data):
        return quoting.quote_runs(data)
    kinds = _find_kinds(unsafe.translate(None, _BEYOND_ASCII))
    if kinds is not None and quoting.masks and not kinds.intersection(_STAND_INS):
        return _quote_kinds(data, kinds, beyond_ascii=bool(unsafe.translate(None, _ASCII)))
    return charmap_decode(data, "strict", quoting.table)[0]


def _find_kinds(unsafe: bytes | bytearray) -> set[int] | None:
    """Return the bytes that occur; ``None`` if they are more than a few."""
    kinds = set(unsafe[:_SAMPLE])
    if len(kinds) > _FEW:  # most often this tells, and spares passes over all of it
        return None
    if len(unsafe) > _SAMPLE:
        unsafe = unsafe.translate(None, bytes(kinds))
        while unsafe and len(kinds) <= _FEW:
            kinds.add(unsafe[0])
            unsafe = unsafe.replace(unsafe[:1], b"")
    return kinds if len(kinds) <= _FEW else None


def _quote_kinds(data: bytes | bytearray, kinds: set[int], *, beyond_ascii: bool) -> str:
    """Quote all that is not ASCII, and the given bytes."""
    percent = b"%25" if b"%"[0] in kinds else b"%"
    if beyond_ascii:
        escaped = charmap_decode(data, "strict", _MASK)[0].encode("ascii", "backslashreplace")
        data = escaped.translate(_UNMASK, b"x").replace(_ESCAPED_PERCENT, percent)
    else:
        data = data.replace(b"%", percent)
    for kind in kinds:
        if kind != b"%"[0]:
            data = data.replace(b"%c" % kind, _ESCAPES[kind])
    return data.decode()


def unquote_bytes(data: bytes) -> bytes:
    """Turn each ``%XX`` into its byte; a ``%`` that two hexadecimal digits do not follow stays as it is."""
    escapes = data.count(b"%")
    if not escapes:
        return data
    if _NEWLINE not in data and _RETURN not in data:  # else a2b_qp might see a soft line break
        plain = _decode_escapes(data)
        if len(plain) == len(data) - 2 * escapes:
            return plain
    return _decode_escapes(_quote_strays(data))


def _decode_escapes(data: bytes) -> bytes:
    if _EQUALS in data:
        data = data.replace(b"=", b"=3D")
    return a2b_qp(data.translate(_PERCENT_TO_EQUALS))


def _quote_strays(data: bytes) -> bytes:
    """Write ``%25`` for each ``%`` that begins no escape: afterwards all are whole, and a line end follows none."""
    import re  # not at import: for malformed text alone

    return re.sub(rb"%(?![0-9A-Fa-f]{2})", b"%25", data)


def unquote_text(text: str, encoding: str, errors: str) -> str:
    """Turn the escapes of ``text`` into characters; each stretch of ASCII is decoded by itself.

    UnicodeDecodeError and LookupError as ``bytes.decode`` raises them.
    """
    if text.isascii():
        return unquote_bytes(text.encode("ascii")).decode(encoding, errors)
    if encoding == "utf-8" and errors == "replace":
        # Decoding all at once gives the same: a character written out begins with a lead byte and ends with its
        # sequence, so that no broken escape beside it changes what it is. Lone surrogates have no UTF-8.
        try:
            return unquote_bytes(text.encode()).decode("utf-8", "replace")
        except UnicodeEncodeError:
            pass
    return _unquote_stretches(text, encoding, errors)


def _unquote_stretches(text: str, encoding: str, errors: str) -> str:
    import re  # not at import: for text that mixes escapes and other scripts in an uncommon encoding

    return re.sub(
        r"[\x00-\x7f]++", lambda run: unquote_bytes(run[0].encode("ascii")).decode(encoding, errors), text
    )
