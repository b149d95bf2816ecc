"""Queries as ordered lists of names and values: reading them, and changing some while the others stay as written.

A *piece* is what stands between two ``&``, as the URL writes it. Each piece is read by itself (WHATWG URL standard,
section 5.1), so that an edit writes anew what it changes and nothing else: escapes, a ``=`` that is missing and the
order of the rest stay as they were.
"""

from __future__ import annotations

from wirekit._wire.percent import Quoting, quote_text, unquote_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection

    Pair = tuple[str, str | None]
    """A name and its value; ``None`` where no ``=`` is to follow the name."""

__all__ = ["extend", "format_pairs", "parse", "remove", "update"]

_WRITTEN = Quoting(b" ")


def parse(query: str | None) -> list[tuple[str, str]]:
    """Parse the text of a query into decoded pairs; a name without ``=`` has an empty value. Empty pieces are none."""
    return [_parse_piece(piece) for piece in query.split("&") if piece] if query else []


def _parse_piece(piece: str) -> tuple[str, str]:
    name, _, value = piece.partition("=")
    return _decode(name), _decode(value)


def _decode(text: str) -> str:
    text = text.replace("+", " ")
    return unquote_text(text, "utf-8", "replace") if "%" in text else text


def format_pairs(pairs: list[Pair]) -> str:
    """Write pairs as HTML forms do: UTF-8, spaces as ``+``. UnicodeEncodeError for lone surrogates."""
    return "&".join(
        [_encode(name) + ("" if value is None else "=" + _encode(value)) for name, value in pairs]
    )


def _encode(text: str) -> str:
    return quote_text(text, _WRITTEN).replace(" ", "+")


def extend(query: str | None, pairs: list[Pair]) -> str | None:
    """Add pairs at the end."""
    if not pairs:
        return query
    return f"{query}&{format_pairs(pairs)}" if query else format_pairs(pairs)


def remove(query: str | None, names: Collection[str]) -> str | None:
    """Take out every pair of these names; ``None`` if nothing stays."""
    if not query:
        return query
    kept = [piece for piece in query.split("&") if not piece or _parse_piece(piece)[0] not in names]
    return "&".join(kept) or None


def update(query: str | None, pairs: list[Pair]) -> str | None:
    """Set names to the values that pairs give: in the place of their first pair, at the end if there is none."""
    new: dict[str, list[Pair]] = {}
    for name, value in pairs:
        new.setdefault(name, []).append((name, value))
    known = frozenset(new)
    pieces = []
    for piece in query.split("&") if query else ():
        name = _parse_piece(piece)[0]
        if not piece or name not in known:
            pieces.append(piece)
        elif name in new:
            pieces.append(format_pairs(new.pop(name)))
    pieces += [format_pairs(rest) for rest in new.values()]
    return "&".join(pieces) if pieces else query
