"""When to try again, and how long to wait before it: Retry-After (RFC 9110 section 10.2.3) and growing pauses."""

from __future__ import annotations

from wirekit._wire.http_dates import parse_http_date

__all__ = ["choose_wait", "parse_retry_after"]


def parse_retry_after(value: str | None, now: float) -> float | None:
    """Return the seconds that a server asks to wait, none below 0; None where it says nothing that can be read.

    value: seconds, or a date. now: seconds since 1970.
    """
    text = (value or "").strip(" \t")
    if text.isascii() and text.isdigit():
        return float(text[:12])  # longer than anybody's patience, and no longer than a float
    date = parse_http_date(text, int(now)) if text else None
    return None if date is None else max(date - now, 0.0)


def choose_wait(
    attempt: int, asked: float | None, *, pause: float, limit: float, longest: float, chance: float
) -> float:
    """Return the seconds to wait before the next attempt.

    attempt: how many have failed, from 1 on. asked: what the server asks for; it counts up to ``longest`` (security row
    28). Else the pause doubles with each attempt, up to limit, and half of it is left to chance (0 to 1), so that those
    who failed together do not come back together.
    """
    if asked is not None:
        return min(asked, longest)
    whole = min(pause * 2.0 ** min(attempt - 1, 32), limit)
    return whole * (0.5 + 0.5 * chance)
