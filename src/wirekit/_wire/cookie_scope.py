"""Where a cookie belongs: hosts, paths, sites; and what a name promises (RFC 6265bis).

A *host* here is as ``canonical_host`` gives it: lower case, ASCII, no final dot, an IPv6 address in brackets. A cookie's
*domain* is the jar's: with a leading dot where its server named a Domain, without one where it is for that host only.
A *site* is the part of a host that somebody can register (``example.co.uk``), or the host itself where there is none:
an address, a single name, a public suffix. Which suffixes are public is a list that comes in as a function.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "canonical_host",
    "default_path",
    "find_prefix_fault",
    "host_matches",
    "is_address",
    "list_domains",
    "path_matches",
    "site_of",
    "split_place",
]

SAFE_METHODS = frozenset(("GET", "HEAD", "OPTIONS", "TRACE"))
"""RFC 9110 section 9.2.1: what a link may do without asking."""

LONGEST_NAME = 253
"""Characters of a name in the DNS (RFC 1035 section 2.3.4), without its final dot."""


def split_place(authority: str) -> str:
    """Return the host of an authority as it stands there, without user, password and port."""
    place = authority.rpartition("@")[2]
    host, colon, port = place.rpartition(":")
    return host if colon and "]" not in port else place


def canonical_host(host: str) -> str:
    """Return a host as cookies compare it (RFC 6265bis section 5.1.2): lower case, ASCII, no final dot.

    A name that has no ASCII form stays as it is: it equals itself and nothing else.
    """
    host = host.lower().removesuffix(".")
    if host.isascii():
        return host
    import idna  # slow to load, and rarely needed

    try:
        return idna.encode(host, uts46=True).decode("ascii")
    except idna.IDNAError:
        return host


def is_address(host: str) -> bool:
    """Tell whether a host is an IP address: what is in brackets, or ends in a number (WHATWG URL, section 3.5)."""
    last = host[host.rfind(".") + 1 :]
    return last.isdecimal() or last[:2] == "0x" or last[-1:] == "]"


def host_matches(host: str, domain: str) -> bool:
    """Tell whether a host is in a domain named without a leading dot (RFC 6265bis section 5.1.3)."""
    return host == domain or (
        host.endswith(domain) and host[-len(domain) - 1] == "." and not is_address(host)
    )


def list_domains(host: str) -> tuple[tuple[str, bool], ...]:
    """Return the domains under which cookies for a host are kept, each with whether all cookies there are for it.

    They are the host and all domains above it, each with and without a leading dot. Where the second value is false,
    only those count whose server named the domain: without a dot, and not the host's own. A host that is longer than
    any name is in no domain: the work would grow with the square of its length, and a redirect may name it.
    """
    found = [(host, True), ("." + host, True)]
    if host == "localhost":
        found += [("localhost.local", True)]  # as the standard library names it, so programs and files do
    if len(host) <= LONGEST_NAME and not is_address(host):
        dot = host.find(".")
        while dot >= 0:
            found += [(host[dot:], True), (host[dot + 1 :], False)]
            dot = host.find(".", dot + 1)
    return tuple(found)


def default_path(path: str) -> str:
    """Return the path of a cookie whose server named none: the directory of the request (section 5.1.4)."""
    return path[: path.rfind("/")] or "/" if path[:1] == "/" else "/"


def path_matches(path: str, cookie_path: str) -> bool:
    """Tell whether a request's path is a cookie's path or lies below it (RFC 6265bis section 5.1.4)."""
    if not path.startswith(cookie_path):
        return False
    return len(path) == len(cookie_path) or cookie_path[-1:] == "/" or path[len(cookie_path)] == "/"


def site_of(host: str, find_registrable: Callable[[str], str | None]) -> str:
    """Return the site of a host. ``find_registrable``: the registrable domain of a name, ``None`` without one."""
    return host if is_address(host) else find_registrable(host) or host


def find_prefix_fault(name: str, value: str, *, secure: bool, host_only: bool, whole_site: bool) -> str:
    """Say what keeps a cookie from bearing its name (RFC 6265bis section 4.1.3); empty if nothing does.

    secure: it has the Secure attribute, and came over a secure connection. host_only: no Domain attribute.
    whole_site: a Path attribute of ``/``. Names are compared in any case. A cookie without a name must not look as if
    it had such a one (section 5.7 step 22).
    """
    shown = (name or value)[:9].lower()
    if not shown.startswith(("__secure-", "__host-")):
        return ""
    if not name:
        return "a cookie without a name looks like one with a prefix"
    if not secure:
        return "its prefix asks for Secure, and https"
    if shown.startswith("__host-") and not (host_only and whole_site):
        return "__Host- asks for Path=/ and no Domain"
    return ""
