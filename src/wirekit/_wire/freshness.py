"""How long a response may be kept: Cache-Control, Expires and Age (RFC 9111 section 4.2), for a cache of one's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirekit._wire.http_dates import parse_http_date

if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["choose_lifetime"]


def choose_lifetime(fields: Mapping[str, str], now: float, usual: float) -> float:
    """Return for how many seconds from now a response is fresh, 0 at least; ``usual`` where it does not say.

    fields: of the response; a repeated one counts with its first line. now: seconds since 1970.
    """
    directives = _parse_directives(fields.get("Cache-Control") or "")
    if "no-store" in directives or "no-cache" in directives:
        return 0.0
    age = _number(fields.get("Age") or "0") or 0
    if "max-age" in directives:
        lifetime = _number(directives["max-age"])
        return 0.0 if lifetime is None else max(0.0, float(lifetime - age))
    expires = fields.get("Expires")
    if expires is None:
        return usual
    ends = parse_http_date(expires)
    if ends is None:
        return 0.0  # "0" and other nonsense mean the past (section 5.3)
    begins = parse_http_date(fields.get("Date") or "")
    return max(0.0, ends - (now if begins is None else begins) - age)


def _parse_directives(value: str) -> dict[str, str]:
    parts = [part.partition("=") for part in value.split(",")]
    return {name.strip().lower(): argument.strip().strip('"') for name, _, argument in parts}


def _number(text: str) -> int | None:
    """Return a count of seconds; None for what is none. One too large to matter is cut."""
    text = text.strip()
    if not (text.isascii() and text.isdigit()):
        return None
    return int(text[:10]) if len(text) > 10 else int(text)
