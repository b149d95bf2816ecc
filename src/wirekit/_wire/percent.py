r"""Percent-encoding (RFC 3986 section 2.1): bytes to quoted text, and back.

Everything here works on whole strings at once, in C, instead of on one escape after another:

- *Unquoting* borrows the quoted-printable decoder. Once every ``=`` has become ``=3D`` and every ``%`` a ``=``, its
  escapes are ours. It is lenient where we must be exact (a stray ``%`` stays as it is, and quoted-printable knows soft
  line breaks), so its answer counts only if it is exactly two bytes shorter per ``%``: then each was a whole escape.
- *Quoting* goes by a detour over UTF-32: a table maps each byte to the one character whose four bytes are what is to
  be written, ``%`` and two digits or the byte itself, and nothing, which one pass takes out again. So the time does not
  depend on what the text is made of. Few bytes are quicker by a table of 256 strings, or left to the encoder of
  quoted-printable where it escapes the same ones.

Which bytes are safe, which encoding a text has and how errors are shown is the caller's affair.
"""

from __future__ import annotations

from binascii import a2b_qp, b2a_qp
from codecs import charmap_decode, utf_32_be_encode

__all__ = ["UNRESERVED", "Quoting", "quote_bytes", "quote_text", "unquote_bytes", "unquote_text"]

UNRESERVED = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-~"
"""Bytes that are never quoted (RFC 3986 section 2.3)."""

_NEWLINE, _RETURN, _EQUALS = b"\n\r="  # numbers: looking for a byte as bytes takes ten times as long
_PERCENT_TO_EQUALS = bytes.maketrans(b"%", b"=")
_EQUALS_TO_PERCENT = bytes.maketrans(b"=", b"%")

_ESCAPES = [b"%%%02X" % byte for byte in range(256)]

_ONE_LINE = 24
"""Bytes that stay on one line of quoted-printable even if all are escapes (RFC 2045 section 6.7 breaks after 76)."""
_BORROWED = bytes(sorted({*range(0x21), *range(0x7F, 0x100), *b"="}.difference(b"\n\r\x00")))
"""What quoted-printable escapes too. After line ends and NUL its encoder may also escape a dot: so not these."""
_SHORT = 16
"""Bytes up to which the table of strings is quicker than the detour."""
_BLOCK = 1_024
"""Characters or bytes that are quoted at once: what is made of them on the way stays in the processor's cache."""
_MARK = 1
"""Stands for ``%`` in the second byte of a character, where 37 would be beyond Unicode; 0 stands for nothing."""
_TO_PERCENT = bytes.maketrans(bytes((_MARK,)), b"%")
_NOTHING = b"\x00"


class Quoting:
    """What a set of safe bytes means: ``table`` maps each byte to its text, ``safe`` holds the bytes kept as they are."""

    __slots__ = ("_characters", "lendable", "safe", "table")

    def __init__(self, safe: bytes) -> None:
        """Keep the ASCII bytes of ``safe`` and the unreserved ones; the others are to be quoted."""
        self.safe = bytes({byte for byte in safe if byte < 128}.union(UNRESERVED))
        self.table: dict[int, str] = {byte: escape.decode() for byte, escape in enumerate(_ESCAPES)}
        self.table.update((byte, chr(byte)) for byte in self.safe)
        unlike = set(self.safe).intersection(_BORROWED + b"\n\r\x00")
        self.lendable = b"" if unlike else self.safe + _BORROWED
        self._characters: str | None = None

    @property
    def characters(self) -> str:
        """The 256 characters of the detour; empty where the safe bytes leave no way to tell ours from theirs."""
        if self._characters is None:
            kept = frozenset(self.safe)
            written = [
                bytes((0, 0, 0, byte)) if byte in kept else bytes((0, _MARK)) + _ESCAPES[byte][1:]
                for byte in range(256)
            ]
            unclear = kept.intersection((_MARK, *_NOTHING))
            self._characters = "" if unclear else b"".join(written).decode("utf-32-be")
        return self._characters


def quote_text(text: str, quoting: Quoting) -> str:
    """Quote text in UTF-8, as ``quote_bytes`` does. UnicodeEncodeError for lone surrogates."""
    if len(text) <= _ONE_LINE and (" " in text or not text.isascii()):  # what most short texts are quoted for
        data = text.encode()
        if len(data) <= _ONE_LINE and not data.translate(None, quoting.lendable):
            return (
                b2a_qp(data, True, False).translate(_EQUALS_TO_PERCENT).decode()
            )  # with quotetabs, without istext
        # charmap_decode takes any mapping; its annotation in typeshed knows str tables and dicts of int
        return charmap_decode(data, "strict", quoting.table)[0]
    if len(text) > _BLOCK:
        try:
            return "".join(
                [quote_text(text[at : at + _BLOCK], quoting) for at in range(0, len(text), _BLOCK)]
            )
        except UnicodeEncodeError:
            pass  # the next line raises it, of the whole text and not of a block
    data = text.encode()
    unsafe = data.translate(None, quoting.safe)
    if not unsafe:
        return text
    return _quote_short(data, unsafe, quoting) if len(data) <= _SHORT else _quote_long(data, unsafe, quoting)


def quote_bytes(data: bytes | bytearray, quoting: Quoting) -> str:
    """Quote every byte that ``quoting`` does not keep; hexadecimal digits are upper case (RFC 3986 section 2.1)."""
    if len(data) > _BLOCK:
        return "".join([quote_bytes(data[at : at + _BLOCK], quoting) for at in range(0, len(data), _BLOCK)])
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
    if len(unsafe) == len(data):
        return "%" + data.hex("%").upper()
    if not unsafe.strip(unsafe[:1]):  # one kind: spaces, most often
        return data.replace(unsafe[:1], _ESCAPES[unsafe[0]]).decode()
    characters = quoting.characters
    if not characters:
        return charmap_decode(data, "strict", quoting.table)[0]
    detour = utf_32_be_encode(charmap_decode(data, "strict", characters)[0])[0]
    return detour.translate(_TO_PERCENT, _NOTHING).decode()


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
