"""What a client does when it is told to ask elsewhere (RFC 9110 section 15.4): decisions, no waiting.

Four questions, each a function. Is the other place the same *origin* (scheme, host and port)? May it be gone to at all?
Which method is used there, and does the body go along? Which header fields go along? Where browsers and RFC 9110 leave
a choice, the Fetch standard (HTTP-redirect fetch) is followed.

Two origins are compared as text, but for the case of letters and a usual port left out. Whatever is spelled in another
way counts as another origin, which costs a login at worst; the other mistake would give a password away.
"""

from __future__ import annotations

from wirekit._wire.uri import split_uri

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Mapping
    from typing import Any

__all__ = [
    "CREDENTIAL_FIELDS",
    "STATUSES",
    "choose_method",
    "find_refusal",
    "is_same_origin",
    "parse_origin",
    "select_fields",
]

STATUSES = frozenset((301, 302, 303, 307, 308))
"""The statuses that tell to ask elsewhere by themselves (RFC 9110 sections 15.4.2 to 15.4.9)."""

CREDENTIAL_FIELDS = frozenset(("authorization", "cookie", "cookie2", "proxy-authorization"))
"""Fields that are meant for one origin alone (security rows 31 to 37), in lower case."""

_BODY_FIELDS = frozenset(("transfer-encoding", "trailer", "expect"))
"""Fields about a body beside those called Content-something."""

_USUAL_PORTS = {"http": "80", "https": "443", "ftp": "21"}


def parse_origin(url: str) -> tuple[str, str, str]:
    """Return (scheme, host, port) of an absolute URL, in lower case; the scheme's usual port where none is named.

    ValueError for an authority that nobody can read.
    """
    scheme, authority, *_ = split_uri(url, None, strict=False)
    place = (authority or "").rpartition("@")[2].lower()
    host, colon, port = place.rpartition(":")
    if not colon or "]" in port:
        host, port = place, ""
    return scheme or "", host, port.lstrip("0") or _USUAL_PORTS.get(scheme or "", "")


def is_same_origin(url: str, other: str) -> bool:
    """Tell whether scheme, host and port agree (RFC 6454 section 5)."""
    return parse_origin(url) == parse_origin(other)


def find_refusal(scheme: str, target: str, *, downgrade: bool) -> str:
    """Say why nobody goes from a URL of this scheme to one of that scheme; ``""`` when one does.

    Only http, https and, where ``downgrade`` allows it, ftp can be gone to (security rows 39 to 41); from https to
    http, too, only where ``downgrade`` allows it.
    """
    if target not in _USUAL_PORTS:
        return "is not allowed"
    if not downgrade and target == "ftp" != scheme:
        return f"would leave {scheme} for ftp, which is not allowed"
    if not downgrade and (scheme, target) == ("https", "http"):
        return "would leave https for http, which is not allowed"
    return ""


def choose_method(status: int, method: str) -> str:
    """Return the method to go on with: GET in place of POST, as all browsers do, but for 307 and 308.

    303 makes a GET of everything but HEAD (RFC 9110 section 15.4.4). When the method changes, the body stays behind.
    """
    if status == 303:
        return "HEAD" if method == "HEAD" else "GET"
    return "GET" if method == "POST" and status in {301, 302} else method


def select_fields(
    fields: Mapping[str, Any],
    *,
    body: bool,
    same_origin: bool,
    credentials: Collection[str] = CREDENTIAL_FIELDS,
) -> dict[str, Any]:
    """Return the fields that go along: those about the body only with it, credentials and Host only within the origin.

    credentials: names in lower case.
    """
    return {
        name: value
        for name, value in fields.items()
        if (body or not _is_about_body(name.lower()))
        and (same_origin or (name.lower() not in credentials and name.lower() != "host"))
    }


def _is_about_body(name: str) -> bool:
    return name.startswith("content-") or name in _BODY_FIELDS
