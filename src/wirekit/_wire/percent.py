"""Percent-encoding (RFC 3986 section 2.1): bytes to quoted text, and back.

Everything here works on whole strings at once, in C, instead of on one escape after another:

- *Unquoting* borrows the quoted-printable decoder. Once every ``=`` has become ``=3D`` and every ``%`` a ``=``, its
  escapes are ours. It is lenient where we must be exact (a stray ``%`` stays as it is, and quoted-printable knows soft
  line breaks), so its answer counts only if it is exactly two bytes shorter per ``%``: then each was a whole escape.
- *Quoting* maps bytes through a table of 256 strings. Long data whose unsafe bytes stand together (text that is not
  Latin) goes by runs, ``bytes.hex`` writing each run at once; which way is cheaper is counted beforehand, so that no
  input makes the choice a bad one.

Which bytes are safe, which encoding a text has and how errors are shown is the caller's affair.
"""

from __future__ import annotations

from binascii import a2b_qp
from codecs import charmap_decode

__all__ = ["UNRESERVED", "Quoting", "quote_bytes", "unquote_bytes", "unquote_text"]

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
"""Bytes that are never quoted (RFC 3986 section 2.3)."""

_ESCAPES = [b"%%%02X" % byte for byte in range(256)]

_SHORT = 64
"""Bytes up to which the table is as quick as anything else."""
_FEW = 8
"""Kinds of unsafe bytes up to which replacing one after the other is quicker than the table."""
_RUN_COST = 16
"""A run of unsafe bytes costs as much as this many look-ups in the table (measured: 350 ns against 22)."""


class Quoting:
    """What a set of safe bytes means: ``table`` maps each byte to its text, ``safe`` holds the bytes kept as they are."""

    __slots__ = ("_classes", "safe", "table")

    def __init__(self, safe: bytes) -> None:
        """Keep the ASCII bytes of ``safe`` and the unreserved ones; the others are to be quoted."""
        self.safe = bytes({byte for byte in safe if byte < 128}.union(UNRESERVED))
        self.table: dict[int, str] = {byte: escape.decode() for byte, escape in enumerate(_ESCAPES)}
        self.table.update((byte, chr(byte)) for byte in self.safe)
        self._classes: bytes | None = None

    @property
    def classes(self) -> bytes:
        """A table for ``bytes.translate``: safe bytes become ``s``, the others ``u``."""
        if self._classes is None:
            self._classes = bytes(b"u"[0] if byte not in self.safe else b"s"[0] for byte in range(256))
        return self._classes


def quote_bytes(data: bytes | bytearray, quoting: Quoting) -> str:
    """Quote every byte that ``quoting`` does not keep; hexadecimal digits are upper case (RFC 3986 section 2.1)."""
    unsafe = data.translate(None, quoting.safe)
    if not unsafe:
        return data.decode("ascii")
    if not unsafe.strip(unsafe[:1]):  # one kind: spaces, most often
        return data.replace(unsafe[:1], _ESCAPES[unsafe[0]]).decode("ascii")
    if len(data) > _SHORT:
        kinds = _find_kinds(unsafe)
        if kinds:
            return _quote_kinds(data, kinds)
        marks = data.translate(quoting.classes)
        runs = marks.count(b"su") + marks.startswith(b"u")
        if runs * _RUN_COST < len(data):
            return _quote_runs(data, quoting.safe)
    # charmap_decode takes any mapping; its annotation in typeshed knows str tables and dicts of int
    return charmap_decode(data, "strict", quoting.table)[0]


def _find_kinds(unsafe: bytes | bytearray) -> list[bytes]:
    """List the bytes that occur, ``%`` first; nothing if they are more than a few."""
    kinds: list[bytes] = []
    if len(set(unsafe[:_SHORT])) > _FEW:  # most often this tells, and spares passes over all of it
        return kinds
    while unsafe:
        if len(kinds) == _FEW:
            return []
        kind = bytes(unsafe[:1])
        kinds.append(kind)
        unsafe = unsafe.replace(kind, b"")
    if b"%" in kinds:
        kinds.remove(b"%")
        kinds.insert(0, b"%")  # before others bring theirs in
    return kinds


def _quote_kinds(data: bytes | bytearray, kinds: list[bytes]) -> str:
    for kind in kinds:
        data = data.replace(kind, _ESCAPES[kind[0]])
    return data.decode("ascii")


def _quote_runs(data: bytes | bytearray, safe: bytes) -> str:
    import re  # not at import: long texts alone come here, and re costs as much as the whole of urllib.parse

    unsafe = re.compile(b"[^" + re.escape(safe) + b"]++")
    return unsafe.sub(lambda run: b"%" + run[0].hex("%").upper().encode(), data).decode("ascii")


def unquote_bytes(data: bytes) -> bytes:
    """Turn each ``%XX`` into its byte; a ``%`` that two hexadecimal digits do not follow stays as it is."""
    escapes = data.count(b"%")
    if not escapes:
        return data
    if b"\n" not in data and b"\r" not in data:  # else a2b_qp might see a soft line break
        plain = _decode_escapes(data)
        if len(plain) == len(data) - 2 * escapes:
            return plain
    return _decode_escapes(_quote_strays(data))


def _decode_escapes(data: bytes) -> bytes:
    return a2b_qp(data.replace(b"=", b"=3D").replace(b"%", b"="))


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
