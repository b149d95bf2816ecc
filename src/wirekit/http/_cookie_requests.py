"""What cookies want to know of a request: host, port, path, whose it is, and whether another site caused it.

The public functions are those of ``http.cookiejar`` and read a request as RFC 2965 does. ``Place`` is what the rules of
browsers go by (RFC 6265bis): the host of the URL and nothing else decides, without a user's name, a port or a final dot.

A request is an object with the methods of ``urllib.request.Request``: the standard library's, ours, or a stand-in with
``get_full_url``, ``get_header``, ``has_header``, ``add_unredirected_header``, ``type``, ``host``, ``unverifiable`` and
``origin_req_host``.
"""

from __future__ import annotations

import re

from wirekit._wire import cookie_scope, uri
from wirekit.http._cookie import note
from wirekit.urllib import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

__all__ = [
    "Place",
    "domain_match",
    "eff_request_host",
    "escape_path",
    "find_place",
    "find_registrable",
    "is_HDN",
    "is_cross_site",
    "is_public_suffix",
    "is_third_party",
    "liberal_is_HDN",
    "reach",
    "request_host",
    "request_path",
    "request_port",
    "uppercase_escaped_char",
    "user_domain_match",
]

DEFAULT_HTTP_PORT = "80"
IPV4_RE = re.compile(r"\.\d+$", re.ASCII)
cut_port_re = re.compile(r":\d+$", re.ASCII)
HTTP_PATH_SAFE = "%/;:@&=+$,!~*'()"
ESCAPED_CHAR_RE = re.compile(r"%([0-9a-fA-F][0-9a-fA-F])")

# ---- hosts as RFC 2965 has them


def is_HDN(text: str) -> bool:
    """Tell whether a text is a host domain name: not empty, no dot at either end, no number behind the last dot."""
    return bool(text) and not IPV4_RE.search(text) and text[0] != "." and text[-1] != "."


def domain_match(A: str, B: str) -> bool:
    """Tell whether host A domain-matches B: they are equal, or A is a name that ends with B, which begins with a dot.

    RFC 2965 section 1.
    """
    A, B = A.lower(), B.lower()
    if A == B:
        return True
    return is_HDN(A) and B.startswith(".") and A.endswith(B) and len(A) > len(B) and is_HDN(B[1:])


def liberal_is_HDN(text: str) -> bool:
    """Tell whether a text may be a domain in a list of blocked or allowed ones: no number behind its last dot."""
    return not IPV4_RE.search(text)


def user_domain_match(A: str, B: str) -> bool:
    """Tell whether host A is meant by B in a list of blocked or allowed domains: equal, or in ``.B`` with its dot."""
    A, B = A.lower(), B.lower()
    if not (liberal_is_HDN(A) and liberal_is_HDN(B)):
        return A == B
    return A.endswith(B) if B.startswith(".") else A == B


def reach(h: str) -> str:
    """Return the reach of a host: ``www.acme.com`` reaches ``.acme.com``, any other reaches itself (RFC 2965 section 1)."""
    _, dot, parent = h.partition(".")
    if dot and is_HDN(h) and ("." in parent or parent == "local"):
        return "." + parent
    return h


# ---- requests as RFC 2965 has them


def _split(url: str) -> tuple[str, str]:
    """Return authority and path of a URL. Odd ones are not refused here: that is for who sends it."""
    _, authority, path, _, _ = uri.split_uri(url, None, strict=False)
    return authority or "", path


def request_host(request: Any) -> str:
    """Return the host of a request in lower case, without its port; the Host header where the URL has none."""
    host = _split(request.get_full_url())[0] or request.get_header("Host", "")
    return cut_port_re.sub("", host, count=1).lower()


def eff_request_host(request: Any) -> tuple[str, str]:
    """Return (host, effective host name): a host without dots is in ``.local``. Both in lower case."""
    host = request_host(request)
    return host, host if "." in host else host + ".local"


def request_path(request: Any) -> str:
    """Return the path of a request's URL, escaped, with a slash in front."""
    path = escape_path(_split(request.get_full_url())[1])
    return path if path.startswith("/") else "/" + path


def request_port(request: Any) -> str | None:
    """Return the port of a request as text: ``80`` where it names none, ``None`` for what is no number."""
    host: str = request.host
    _, colon, port = host.partition(":")
    if not colon:
        return DEFAULT_HTTP_PORT
    try:
        int(port)
    except ValueError:
        note("nonnumeric port: '%s'", port)
        return None
    return port


def uppercase_escaped_char(match: re.Match[str]) -> str:
    """Return a ``%xx`` that was found, with capital letters."""
    return f"%{match[1].upper()}"


def escape_path(path: str) -> str:
    """Escape what a path may not hold, in UTF-8, and write all its escapes in capital letters."""
    return ESCAPED_CHAR_RE.sub(uppercase_escaped_char, parse.quote(path, HTTP_PATH_SAFE))


def is_third_party(request: Any) -> bool:
    """Tell whether a request goes to another host than the one whose page caused it (RFC 2965 section 3.3.6)."""
    return not domain_match(request_host(request), reach(request.origin_req_host))


# ---- places as browsers have them

_MOST_REMEMBERED = 256


class Place:
    """Where a request goes: its ``host`` (canonical), and the ``domains`` of cookies for it (``list_domains``)."""

    __slots__ = ("domains", "host")

    def __init__(self, authority: str) -> None:
        self.host = cookie_scope.canonical_host(cookie_scope.split_place(authority))
        self.domains = cookie_scope.list_domains(self.host)


_places: dict[str, Place] = {}
_last: tuple[str, tuple[Place, str]] | None = None
"""The last URL and its place: while a response's cookies are looked at, each rule asks for it again."""


def find_place(request: Any) -> tuple[Place, str]:
    """Return the place of a request, and its path as it is sent.

    ValueError for a URL whose authority nobody can read.
    """
    global _last  # noqa: PLW0603 - one word of memory
    url = request.get_full_url()
    known = _last
    if known is not None and known[0] == url:
        return known[1]
    found = _find_place(url)
    _last = (url, found)
    return found


def _find_place(url: str) -> tuple[Place, str]:
    authority, path = _split(url)
    place = _places.get(authority)
    if place is None:
        place = Place(authority)
        if len(_places) >= _MOST_REMEMBERED:
            _places.clear()
        _places[authority] = place
    if not path.isascii() or " " in path:
        path = parse.quote(path, HTTP_PATH_SAFE)
    return place, path if path[:1] == "/" else "/" + path


_find_suffix: Callable[[str], str | None] | None = None


def find_registrable(host: str) -> str | None:
    """Return the part of a name that somebody can register; ``None`` for a public suffix, or no name at all.

    The list of public suffixes comes from the package publicsuffixlist, which is loaded when it is first needed.
    """
    global _find_suffix  # noqa: PLW0603 - set once
    if "." not in host:
        return None
    if _find_suffix is None:
        import publicsuffixlist  # reads a file of 300 KB

        _find_suffix = publicsuffixlist.PublicSuffixList().privatesuffix
    return _find_suffix(host)


def is_public_suffix(domain: str) -> bool:
    """Tell whether a domain, named without a leading dot, belongs to everybody: ``com``, ``co.uk``, ``github.io``."""
    return find_registrable(domain) is None


# ---- who caused a request


def _get_header(request: Any, name: str) -> str | None:
    """Return a header of a request; some stand-ins for requests cannot tell."""
    get_header = getattr(request, "get_header", None)
    return get_header(name) if get_header else None


def is_cross_site(request: Any, host: str) -> bool:
    """Tell whether a request was caused by another site, as far as it says so (RFC 6265bis section 5.2).

    Either by a field as browsers send it (``Sec-Fetch-Site``), or by ``unverifiable`` and ``origin_req_host``, as for a
    picture within a page. Whatever says nothing was wanted by the user.
    """
    said = _get_header(request, "Sec-fetch-site")
    if said is not None:
        return bool(said == "cross-site")
    if not request.unverifiable:
        return False
    return origin_site(request, host) != cookie_scope.site_of(host, find_registrable)


def origin_site(request: Any, host: str) -> str:
    """Return the site whose page caused a request: the request's own where it says nothing of it."""
    origin = getattr(request, "origin_req_host", None)
    if not origin or origin == getattr(request, "host", None):
        origin = host
    origin = cookie_scope.canonical_host(cookie_scope.split_place(origin))
    return cookie_scope.site_of(origin, find_registrable)


def is_navigation(request: Any) -> bool:
    """Tell whether a request leads to a page of its own: it says so, or it is the outcome of a redirect."""
    mode = _get_header(request, "Sec-fetch-mode")
    if mode is not None:
        return bool(mode == "navigate")
    return hasattr(request, "redirect_dict")


def is_safe(request: Any) -> bool:
    """Tell whether a request's method asks and changes nothing."""
    method = getattr(request, "get_method", None)
    return method is None or method() in cookie_scope.SAFE_METHODS
