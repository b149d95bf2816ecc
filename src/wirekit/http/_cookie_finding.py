"""What a jar finds for a request by looking it up, and what it gives up when there is too much in it.

``find_strictly`` and ``find_loosely`` answer as the default policy's methods would, one for each profile; the few cookies
that need a second look (of RFC 2965, with ports, moved by a program) are left to those methods. They may stand in for
them only while nobody has overridden one (``_cookie_policy.is_plain``).
"""

from __future__ import annotations

from wirekit import defaults
from wirekit._wire.cookie_scope import path_matches
from wirekit._wire.cookies import PARTITION_KEY
from wirekit.http import _cookie_requests as requests
from wirekit.http._cookie import Cookie

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Item = tuple[str, str, str, Any]

__all__ = [
    "birth_of",
    "find_loosely",
    "find_strictly",
    "limit_cookies",
    "list_domains",
    "list_items",
    "was_received",
]

_EVICTED_AT_ONCE = 10
"""The part of the cookies (one in so many) that goes when there is one too many: looking at all of them is slow."""


def birth_of(cookie: Any) -> int:
    """Return when a cookie was first put into a jar: a number that orders cookies, 0 where nobody knows."""
    return getattr(cookie, "_born", 0)


def was_received(cookie: Any) -> bool:
    """Tell whether a server sent a cookie to this program, so that it counts when there are too many."""
    return getattr(cookie, "_used", None) is not None


def list_items(tree: Any, domains: Iterable[str]) -> Iterator[Item]:
    """Give (domain, path, key, cookie) of these domains of a jar."""
    for domain in domains:
        for path, names in list(tree.get(domain, {}).items()):
            for key, cookie in list(names.items()):
                yield domain, path, key, cookie


# ---- which domains


def list_domains(request: Any, tree: Any) -> list[str]:
    """List the domains in a jar whose cookies may be for a request; no others are, by the rules of the profile."""
    if not defaults.active.strict_cookies:
        return _list_effective_domains(request, tree)
    place, _ = requests.find_place(request)
    found = [domain for domain, _ in place.domains if domain in tree]
    return [*found, ""] if "" in tree else found


def _list_effective_domains(request: Any, tree: Any) -> list[str]:
    """List what the host, or its name in ``.local``, ends with behind a dot; a leading dot makes no difference."""
    found: dict[str, None] = {}
    for host in requests.eff_request_host(request):
        dotted = host if host[:1] == "." else "." + host
        at = 0
        while at >= 0:
            found[dotted[at:]] = None
            if dotted[at + 1 : at + 2] != ".":
                found[dotted[at + 1 :]] = None
            at = dotted.find(".", at + 1)
    found[""] = None
    return [domain for domain in found if domain in tree]


# ---- which cookies


def find_strictly(jar: Any, request: Any) -> list[Any]:
    """Return the cookies that go along with a request, older ones first (RFC 6265bis section 5.8.3)."""
    policy, tree = jar._policy, jar._cookies
    place, path = requests.find_place(request)
    secure = request.type in policy.secure_protocols
    usual = policy.netscape and not policy.strict_ns_unverifiable
    listed = policy._blocked_domains or policy._allowed_domains is not None
    found: list[Any] = []
    groups = 0
    for domain, is_for_all in place.domains:
        paths = tree.get(domain)
        if not paths or (listed and policy._is_listed(domain)):
            continue
        for cookie_path, names in list(paths.items()):
            if path_matches(path, cookie_path):
                groups += 1
                odd = list(names.values())
                if usual:
                    odd = _take_usual(names, found, (domain, jar._now, secure, is_for_all))
                if odd:
                    groups += 1  # they stand behind the others now
                    found += [cookie for cookie in odd if policy.return_ok(cookie, request)]
    if "" in tree and not (listed and policy._is_listed("")):
        found += jar._cookies_by_policy("", request)
        groups += 2
    if groups > 1:
        found.sort(key=birth_of)
    return _leave_out_other_sites(found, place.host, request, policy) if found else found


def find_loosely(jar: Any, request: Any) -> list[Any]:
    """Return the cookies that go along with a request, as they stand in the jar (Netscape's rules and RFC 2965's)."""
    policy, tree = jar._policy, jar._cookies
    domains = jar._order(_list_effective_domains(request, tree))
    if not domains:
        return []
    path = requests.request_path(request)
    effective = "." + requests.eff_request_host(request)[1]
    secure = request.type in policy.secure_protocols
    strict = request.unverifiable and policy.strict_ns_unverifiable
    usual = policy.netscape and not strict and not policy.strict_ns_domain
    listed = policy._blocked_domains or policy._allowed_domains is not None
    found: list[Any] = []
    for domain in domains:
        if listed and policy._is_listed(domain):
            continue
        plain = usual and effective.endswith(domain if domain[:1] == "." else "." + domain)
        for cookie_path, names in list(tree[domain].items()):
            if path_matches(path, cookie_path):
                taken: list[Any] = []
                if not plain or _take_usual(names, taken, (domain, jar._now, secure, True)):
                    taken = [cookie for cookie in list(names.values()) if policy.return_ok(cookie, request)]
                found += taken
    return found


def _take_usual(
    names: dict[str, Any], found: list[Any], circumstances: tuple[str, float, bool, bool]
) -> list[Any]:
    """Add the cookies that go along to those found; return those about which only a policy can tell.

    circumstances: the domain, now in seconds since 1970, whether the connection is secure, and whether all cookies of
    the domain are for the host.
    """
    domain, now, secure, is_for_all = circumstances
    odd = []
    for cookie in list(names.values()):
        if type(cookie) is not Cookie or cookie.version != 0 or cookie.port or cookie.domain != domain:
            odd.append(cookie)
        elif is_for_all or cookie.domain_specified:
            expires = cookie.expires
            if (secure or not cookie.secure) and (expires is None or expires > now):
                found.append(cookie)
    return odd


def _leave_out_other_sites(cookies: list[Any], host: str, request: Any, policy: Any) -> list[Any]:
    """Leave out cookies of other partitions, and SameSite ones if another site's page caused the request."""
    if requests.is_cross_site(request, host):
        return [cookie for cookie in cookies if policy.return_ok_site(cookie, request)]
    if any([PARTITION_KEY in cookie._rest for cookie in cookies]):
        return [
            cookie
            for cookie in cookies
            if PARTITION_KEY not in cookie._rest or policy.return_ok_site(cookie, request)
        ]
    return cookies


# ---- limits (RFC 6265bis section 5.7, last part)


def limit_cookies(jar: Any, domain: str) -> None:
    """Evict cookies of a jar that got one more: where there are too many of its domain, or of all servers together."""
    plain = domain.removeprefix(".")
    limit = defaults.active.max_cookies_per_domain
    count = 0
    for known in (plain, "." + plain):
        count += sum([len(names) for names in list(jar._cookies.get(known, {}).values())])
    if count > limit:
        _evict(jar, list_items(jar._cookies, (plain, "." + plain)), count - limit + limit // _EVICTED_AT_ONCE)
    limit = defaults.active.max_cookies
    if jar._taken > limit:
        received = [item for item in list_items(jar._cookies, list(jar._cookies)) if was_received(item[3])]
        jar._taken = len(received)
        if len(received) > limit:
            _evict(jar, received, len(received) - limit + limit // _EVICTED_AT_ONCE)


def _evict(jar: Any, items: Iterable[Item], number: int) -> None:
    """Remove so many of these: expired ones first, a program's own last, secure ones later than others.

    Among equals the least recently used goes first.
    """
    now = jar._now

    def rank(item: Item) -> tuple[bool, bool, bool, int, int]:
        cookie = item[3]
        used = getattr(cookie, "_used", None)
        return not cookie.is_expired(now), used is None, bool(cookie.secure), used or 0, birth_of(cookie)

    for domain, path, key, _ in sorted(items, key=rank)[:number]:
        jar._remove(domain, path, key)
