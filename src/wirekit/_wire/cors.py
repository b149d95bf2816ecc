"""Cross-origin requests (the Fetch standard's CORS protocol): what a server tells browsers that scripts may read.

A browser lets a script of one origin read what another origin serves only where the response says so. ``allowed`` is the
list of origins that may, ``("*",)`` for all. Credentials are never allowed: that would take a decision per origin that a
file server cannot make.
"""

import re
from collections.abc import Sequence

__all__ = ["choose_cors_fields", "choose_preflight_fields", "is_foreign"]

MAX_AGE = 600
"""Seconds for which a browser may remember the answer to a preflight; Chromium allows 7,200 at most."""
EXPOSED = (
    "Accept-Ranges, Content-Disposition, Content-Encoding, Content-Length, Content-Range, ETag, Location"
)
"""Fields that scripts may read beside those that they may always."""

_ORIGIN = re.compile(r"[a-z][a-z0-9+.\-]*+://[^/\s,;'\"\\]++").fullmatch
_TOKENS = re.compile(
    r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++(?:[ \t]*+,[ \t]*+[!#$%&'*+\-.^_`|~0-9A-Za-z]++)*+"
).fullmatch

Fields = list[tuple[str, str]]


def choose_cors_fields(origin: str | None, allowed: Sequence[str]) -> Fields:
    """Return the fields of a response to a request from this origin (the field Origin, or None)."""
    if not allowed:
        return []
    if "*" in allowed:
        return [("Access-Control-Allow-Origin", "*"), ("Access-Control-Expose-Headers", EXPOSED)]
    fields = [
        ("Vary", "Origin")
    ]  # also for those that are not allowed: a cache must not give them another's answer
    if origin is not None and origin in allowed:
        fields += [("Access-Control-Allow-Origin", origin), ("Access-Control-Expose-Headers", EXPOSED)]
    return fields


def choose_preflight_fields(
    origin: str | None,
    method: str | None,
    headers: str | None,
    allowed: Sequence[str],
    methods: Sequence[str],
) -> Fields:
    """Return the fields of the answer to a preflight, beside those of any response; none where it is to fail.

    method, headers: what the request asks for (Access-Control-Request-Method and -Headers); methods: those that are
    served.
    """
    if origin is None or not ("*" in allowed or origin in allowed) or method not in methods:
        return []
    fields = [("Access-Control-Allow-Methods", ", ".join(methods)), ("Access-Control-Max-Age", str(MAX_AGE))]
    if headers is not None and _TOKENS(headers):
        fields.append(("Access-Control-Allow-Headers", headers))
    return fields


def is_foreign(origin: str | None, host: str | None, site: str | None) -> bool:
    """Tell whether a request was sent by a page of another origin, which the user may not even know of.

    origin, host, site: the fields Origin, Host and Sec-Fetch-Site. A request of no browser has neither of the first and
    the last, and is nobody's but its user's.
    """
    if site is not None and site not in {"same-origin", "none"}:
        return True
    if origin is None:
        return False
    if not _ORIGIN(origin):
        return True  # "null": a page of no origin
    return origin.partition("://")[2].lower() != (host or "").lower()
