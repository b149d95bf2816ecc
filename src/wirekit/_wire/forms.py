"""Pairs of names and values as a query or a form writes them (``application/x-www-form-urlencoded``).

The WHATWG URL standard, section 5, is the grammar. Reading has a fast way and a plain one. The fast way unquotes the
whole text once, the separators held apart by two control characters that such text never holds; if unquoting brings
one of them to light after all, the numbers no longer agree and the plain way, pair by pair, gives the answer. Writing
goes the same way back.
"""

from __future__ import annotations

from wirekit._wire.percent import Quoting, quote_bytes, unquote_bytes, unquote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any, AnyStr

__all__ = ["format_pairs", "parse_bytes", "parse_text"]

_PAIR = "\x1e"
"""Stands between pairs while a whole text is unquoted: ASCII's record separator."""
_EQUALS = "\x1f"
"""Stands for ``=`` meanwhile: ASCII's unit separator."""
_PAIR_BYTE = _PAIR.encode()
_EQUALS_BYTE = _EQUALS.encode()

_SEPARATORS = frozenset("&;")
"""What may stand between pairs on the fast way: no part of an escape, and not what ``+`` becomes."""
_SEPARATORS_BYTES = frozenset((b"&", b";"))
_WRITTEN = Quoting(b" " + _PAIR_BYTE + _EQUALS_BYTE)


def format_pairs(pairs: list[tuple[Any, Any]]) -> str | None:
    """Write pairs of anything but bytes, in UTF-8, spaces as ``+``; ``None`` if the plain way must do it."""
    text = _PAIR.join([f"{name!s}{_EQUALS}{value!s}" for name, value in pairs])
    if text.count(_PAIR) != len(pairs) - 1 or text.count(_EQUALS) != len(pairs):
        return None
    try:
        data = text.encode()
    except UnicodeEncodeError:  # the plain way raises it, of the one value that is to blame
        return None
    return quote_bytes(data, _WRITTEN).replace(" ", "+").replace(_PAIR, "&").replace(_EQUALS, "=")


def parse_text(
    text: str, separator: str, encoding: str, errors: str, *, keep_blank: bool, strict: bool
) -> list[tuple[str, str]]:
    """Parse what is not empty into (name, value) pairs, in order.

    Pairs without a value are left out unless ``keep_blank``. ``strict`` makes one without ``=``, an empty one too, a
    ValueError. ``encoding`` and ``errors`` are those of ``bytes.decode``, and so are its errors.
    """
    if encoding == "utf-8" and errors == "replace" and separator in _SEPARATORS and not strict:
        found = _parse_text_at_once(text, separator, keep_blank=keep_blank)
        if found is not None:
            return found

    def decode(part: str) -> str:
        part = part.replace("+", " ")
        return unquote_text(part, encoding, errors) if "%" in part else part

    return _parse_plainly(text.split(separator), "=", decode, keep_blank=keep_blank, strict=strict)


def parse_bytes(
    data: bytes, separator: bytes, *, keep_blank: bool, strict: bool
) -> list[tuple[bytes, bytes]]:
    """Do the same with bytes that stay bytes."""
    if separator in _SEPARATORS_BYTES and not strict:
        found = _parse_bytes_at_once(data, separator, keep_blank=keep_blank)
        if found is not None:
            return found

    def decode(part: bytes) -> bytes:
        return unquote_bytes(part.replace(b"+", b" "))

    return _parse_plainly(data.split(separator), b"=", decode, keep_blank=keep_blank, strict=strict)


def _parse_text_at_once(text: str, separator: str, *, keep_blank: bool) -> list[tuple[str, str]] | None:
    """Parse UTF-8 pairs, errors shown as U+FFFD; ``None`` if the plain way must do it."""
    pairs, equals = text.count(separator), text.count("=")
    text = text.replace("+", " ").replace(separator, _PAIR).replace("=", _EQUALS)
    if "%" in text:
        text = unquote_text(text, "utf-8", "replace")
    if text.count(_PAIR) != pairs or text.count(_EQUALS) != equals:
        return None
    return _take_apart(text, _PAIR, _EQUALS, "=", keep_blank=keep_blank)


def _parse_bytes_at_once(
    data: bytes, separator: bytes, *, keep_blank: bool
) -> list[tuple[bytes, bytes]] | None:
    pairs, equals = data.count(separator), data.count(b"=")
    data = data.replace(b"+", b" ").replace(separator, _PAIR_BYTE).replace(b"=", _EQUALS_BYTE)
    data = unquote_bytes(data)
    if data.count(_PAIR_BYTE) != pairs or data.count(_EQUALS_BYTE) != equals:
        return None
    return _take_apart(data, _PAIR_BYTE, _EQUALS_BYTE, b"=", keep_blank=keep_blank)


def _take_apart(
    text: AnyStr, pair: AnyStr, mark: AnyStr, equals: AnyStr, *, keep_blank: bool
) -> list[tuple[AnyStr, AnyStr]]:
    parts = [item.partition(mark) for item in text.split(pair)]
    if keep_blank:
        found = [(name, value) for name, has_value, value in parts if name or has_value]
    else:
        found = [(name, value) for name, _, value in parts if value]
    if text.count(mark) > sum(
        [1 for _, has_value, _ in parts if has_value]
    ):  # a list is quicker than a generator
        found = [(name, value.replace(mark, equals)) for name, value in found]
    return found


def _parse_plainly(
    items: Iterable[AnyStr],
    equals: AnyStr,
    unquote: Callable[[AnyStr], AnyStr],
    *,
    keep_blank: bool,
    strict: bool,
) -> list[tuple[AnyStr, AnyStr]]:
    """Parse pair by pair, whatever the encoding and the separator."""
    found = []
    for item in items:
        if not item and not strict:
            continue
        name, has_value, value = item.partition(equals)
        if strict and not has_value:
            message = f"bad query field: {item!r}"
            raise ValueError(message)
        if value or keep_blank:
            found.append((unquote(name), unquote(value)))
    return found
