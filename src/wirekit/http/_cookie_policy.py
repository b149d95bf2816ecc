"""Which cookies are taken from a server, and which are sent to it: the policies of ``wirekit.http.cookiejar``.

A policy is asked for each cookie, and each of its methods asks one question; programs override them. The default one
holds two sets of rules, between which the profile decides (``wirekit.defaults.active.strict_cookies``): those of
browsers (RFC 6265bis section 5.7 and 5.8), and below them those of ``http.cookiejar`` (Netscape's, RFC 2965). Its own
switches make either stricter.

Where nobody has overridden any of those methods (``is_plain``), a jar may decide by itself about the cookies that need
no second look; where nobody has overridden those about domains (``keeps_domains``), it may look up the domains that
come into question.
"""

from __future__ import annotations

from wirekit import defaults
from wirekit._wire import cookie_scope
from wirekit._wire.cookies import PARTITION_KEY
from wirekit.http import _cookie_requests as requests
from wirekit.http._cookie import Cookie, note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from typing import Any

__all__ = [
    "CookiePolicy",
    "DefaultCookiePolicy",
    "find_partition",
    "is_plain",
    "keeps_domains",
]

_SECOND_LEVELS = frozenset((
    "co", "ac", "com", "edu", "org", "net", "gov", "mil", "int", "aero", "biz", "cat", "coop", "info", "jobs", "mobi",
    "museum", "name", "pro", "travel", "eu",
))  # fmt: skip
"""What stands before a country's two letters, for ``strict_domain``."""


_SET_LOOSELY = tuple(
    "set_ok_" + name for name in ("version", "verifiability", "name", "path", "domain", "port")
)
_SET_STRICTLY = (*_SET_LOOSELY, "set_ok_secure", "set_ok_site")
_RETURN_LOOSELY = tuple(
    "return_ok_" + name for name in ("version", "verifiability", "secure", "expires", "port", "domain")
)
_RETURN_STRICTLY = (*_RETURN_LOOSELY, "return_ok_site")


class CookiePolicy:
    """Decides which cookies a jar takes and sends: override ``set_ok`` and ``return_ok``, or take the default policy.

    ``netscape``, ``rfc2965`` and ``hide_cookie2`` say which kinds of cookies are spoken; a policy needs all three.
    """

    __module__ = "wirekit.http.cookiejar"

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a cookie may be taken from the server of this request."""
        raise NotImplementedError

    def return_ok(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a cookie may be sent with this request."""
        raise NotImplementedError

    def domain_return_ok(self, domain: str, request: Any) -> bool:  # noqa: ARG002 - the question's signature
        """Return whether any cookie of this domain may be sent with this request."""
        return True

    def path_return_ok(self, path: str, request: Any) -> bool:  # noqa: ARG002 - the question's signature
        """Return whether any cookie of this path may be sent with this request."""
        return True


class DefaultCookiePolicy(CookiePolicy):
    """The rules of browsers, or those of Netscape and RFC 2965, as the profile says; arguments are switches.

    blocked_domains, allowed_domains: hosts, or domains with a leading dot; None allows all. netscape, rfc2965: take
    cookies of these kinds. rfc2109_as_netscape: take ``Version=1`` in Set-Cookie as Netscape's; None if rfc2965 is off.
    hide_cookie2: send no Cookie2. strict_domain: no ``.co.uk`` (the safe profile knows all public suffixes).
    strict_rfc2965_unverifiable, strict_ns_unverifiable: no cookies for third parties in unverifiable requests.
    strict_ns_domain: DomainStrictNoDots, DomainStrictNonDomain, DomainRFC2965Match, or several of them.
    strict_ns_set_initial_dollar: no names with ``$`` in front. strict_ns_set_path: no paths that the request is not in.
    secure_protocols: where secure cookies go.
    """

    __module__ = "wirekit.http.cookiejar"

    DomainStrictNoDots = 1
    DomainStrictNonDomain = 2
    DomainRFC2965Match = 4

    DomainLiberal = 0
    DomainStrict = DomainStrictNoDots | DomainStrictNonDomain

    _now: float | None = None

    def __init__(
        self,
        blocked_domains: Iterable[str] | None = None,
        allowed_domains: Iterable[str] | None = None,
        netscape: bool = True,
        rfc2965: bool = False,
        rfc2109_as_netscape: bool | None = None,
        hide_cookie2: bool = False,
        strict_domain: bool = False,
        strict_rfc2965_unverifiable: bool = True,
        strict_ns_unverifiable: bool = False,
        strict_ns_domain: int = DomainLiberal,
        strict_ns_set_initial_dollar: bool = False,
        strict_ns_set_path: bool = False,
        secure_protocols: Sequence[str] = ("https", "wss"),
    ) -> None:
        self.netscape = netscape
        self.rfc2965 = rfc2965
        self.rfc2109_as_netscape = rfc2109_as_netscape
        self.hide_cookie2 = hide_cookie2
        self.strict_domain = strict_domain
        self.strict_rfc2965_unverifiable = strict_rfc2965_unverifiable
        self.strict_ns_unverifiable = strict_ns_unverifiable
        self.strict_ns_domain = strict_ns_domain
        self.strict_ns_set_initial_dollar = strict_ns_set_initial_dollar
        self.strict_ns_set_path = strict_ns_set_path
        self.secure_protocols = secure_protocols
        self._blocked_domains = () if blocked_domains is None else tuple(blocked_domains)
        self._allowed_domains = None if allowed_domains is None else tuple(allowed_domains)

    # ---- lists of domains

    def blocked_domains(self) -> tuple[str, ...]:
        """Return the domains that get no cookies and set none."""
        return self._blocked_domains

    def set_blocked_domains(self, blocked_domains: Iterable[str]) -> None:
        """Set the domains that get no cookies and set none."""
        self._blocked_domains = tuple(blocked_domains)

    def is_blocked(self, domain: str) -> bool:
        """Tell whether a domain is on the list of those that are blocked."""
        return any(requests.user_domain_match(domain, blocked) for blocked in self._blocked_domains)

    def allowed_domains(self) -> tuple[str, ...] | None:
        """Return the only domains that get and set cookies; None if there is no such list."""
        return self._allowed_domains

    def set_allowed_domains(self, allowed_domains: Iterable[str] | None) -> None:
        """Set the only domains that get and set cookies; None for no such list."""
        self._allowed_domains = None if allowed_domains is None else tuple(allowed_domains)

    def is_not_allowed(self, domain: str) -> bool:
        """Tell whether there is a list of allowed domains, and this one is not on it."""
        if self._allowed_domains is None:
            return False
        return not any(requests.user_domain_match(domain, allowed) for allowed in self._allowed_domains)

    def _is_listed(self, domain: str) -> bool:
        """Tell whether a list keeps a domain from cookies."""
        if self.is_blocked(domain):
            note("   domain %s is in user block-list", domain)
            return True
        if self.is_not_allowed(domain):
            note("   domain %s is not in user allow-list", domain)
            return True
        return False

    # ---- taking

    def set_ok(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a cookie may be taken; a method for each reason says so, and may be overridden.

        An override should call this one, and refuse what it refuses.
        """
        note(" - checking cookie %s=%s", cookie.name, cookie.value)
        assert cookie.name is not None
        for name in _SET_STRICTLY if defaults.active.strict_cookies else _SET_LOOSELY:
            if not getattr(self, name)(cookie, request):
                return False
        return True

    def set_ok_version(self, cookie: Cookie, request: Any) -> bool:  # noqa: ARG002 - the question's signature
        """Return whether cookies of this kind are spoken."""
        if cookie.version is None:
            note("   Set-Cookie2 without version attribute (%s=%s)", cookie.name, cookie.value)
            return False
        return self._speaks(cookie)

    def _speaks(self, cookie: Cookie) -> bool:
        if cookie.version and cookie.version > 0 and not self.rfc2965:
            note("   RFC 2965 cookies are switched off")
            return False
        if cookie.version == 0 and not self.netscape:
            note("   Netscape cookies are switched off")
            return False
        return True

    def set_ok_verifiability(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the request was the user's wish, or third parties may set cookies all the same."""
        return self._is_verifiable(cookie, request)

    def _is_verifiable(self, cookie: Cookie, request: Any) -> bool:
        strict = self.strict_rfc2965_unverifiable if cookie.version else self.strict_ns_unverifiable
        if request.unverifiable and strict and requests.is_third_party(request):
            note("   third-party cookie during unverifiable transaction")
            return False
        return True

    def set_ok_name(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the cookie may bear its name: ``$`` in front, ``__Host-`` and ``__Secure-``."""
        if cookie.version == 0 and self.strict_ns_set_initial_dollar and cookie.name.startswith("$"):
            note("   illegal name (starts with '$'): '%s'", cookie.name)
            return False
        if (cookie.name[:1] == "_" or not cookie.name) and defaults.active.strict_cookies:
            fault = cookie_scope.find_prefix_fault(
                cookie.name,
                cookie.value or "",
                secure=bool(cookie.secure) and request.type in self.secure_protocols,
                host_only=not cookie.domain_specified,
                whole_site=cookie.path == "/" and cookie.path_specified,
            )
            if fault:
                note("   %s: %s", cookie.name, fault)
                return False
        return True

    def set_ok_path(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the request is in the cookie's path, where that matters."""
        if not cookie.path_specified or not (cookie.version or self.strict_ns_set_path):
            return True
        if not self.path_return_ok(cookie.path, request):
            note("   path attribute %s is not a prefix of request path", cookie.path)
            return False
        return True

    def set_ok_domain(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the server may set cookies for this domain."""
        if self._is_listed(cookie.domain):
            return False
        if defaults.active.strict_cookies and not self._is_own_domain(cookie, request):
            return False
        if not cookie.domain_specified:
            return True
        if defaults.active.strict_cookies and not cookie.version and not self.strict_ns_domain:
            return True
        return self._is_domain_reachable(cookie, request)

    def _is_own_domain(self, cookie: Cookie, request: Any) -> bool:
        """Decide as browsers do: the request's host is in the domain, which nobody shares (RFC 6265bis section 5.7)."""
        place, _ = requests.find_place(request)
        if not cookie.domain_specified:
            if (cookie.domain, True) in place.domains[:1] or cookie.version:
                return True
            note("   cookie for %s alone comes from %s", cookie.domain, place.host)
            return False
        domain = cookie.domain.removeprefix(".")
        if not domain or not cookie_scope.host_matches(place.host, domain):
            note("   host %s is not in domain %s", place.host, cookie.domain)
            return False
        if place.host != domain and requests.is_public_suffix(domain):
            note("   domain %s is a public suffix", domain)
            return False
        return True

    def _is_domain_reachable(self, cookie: Cookie, request: Any) -> bool:
        """Decide as Netscape and RFC 2965 do."""
        host, effective = requests.eff_request_host(request)
        domain = cookie.domain
        if self.strict_domain and _is_second_level(domain):
            note("   country-code second level domain %s", domain)
            return False
        plain = domain.removeprefix(".")
        if "." not in plain and not effective.endswith(".local"):
            note("   non-local domain %s contains no embedded dot", domain)
            return False
        if cookie.version == 0 and not _ends_with(effective, domain, plain):
            note("   effective request-host %s does not end with %s", effective, domain)
            return False
        matching = bool(cookie.version) or self.strict_ns_domain & self.DomainRFC2965Match
        if matching and not requests.domain_match(effective, domain):
            note("   effective request-host %s does not domain-match %s", effective, domain)
            return False
        dotless = bool(cookie.version) or self.strict_ns_domain & self.DomainStrictNoDots
        if dotless and "." in host[: -len(domain)] and not requests.IPV4_RE.search(host):
            note("   host prefix for domain %s contains a dot", domain)
            return False
        return True

    def set_ok_port(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the request's port is among those that the cookie names."""
        if not cookie.port_specified:
            return True
        ports = (cookie.port or "").split(",")
        wanted = requests.request_port(request) or "80"
        for port in ports:
            if not _is_number(port):
                note("   bad port %s (not numeric)", port)
                return False
            if port == wanted:
                return True
        note("   request port (%s) not found in %s", wanted, cookie.port)
        return False

    def set_ok_secure(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a secure cookie came over a secure connection (asked in the safe profile)."""
        if cookie.secure and request.type not in self.secure_protocols:
            note("   secure cookie from non-secure response")
            return False
        if not cookie.secure and (_same_site(cookie) == "none" or cookie.has_nonstandard_attr("partitioned")):
            note("   partitioned cookies and SameSite=None ask for Secure")
            return False
        return True

    def set_ok_site(self, cookie: Cookie, request: Any) -> bool:
        """Return whether another site's page may make this cookie be set (asked in the safe profile)."""
        if _same_site(cookie) == "none" or requests.is_navigation(request):
            return True
        place, _ = requests.find_place(request)
        if requests.is_cross_site(request, place.host):
            note("   SameSite cookie in the response to another site's request")
            return False
        return True

    # ---- sending

    def return_ok(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a cookie may be sent; a method for each reason says so, and may be overridden.

        Path and lists of domains have been asked for already. An override should call this one, and refuse what it
        refuses.
        """
        note(" - checking cookie %s=%s", cookie.name, cookie.value)
        for name in _RETURN_STRICTLY if defaults.active.strict_cookies else _RETURN_LOOSELY:
            if not getattr(self, name)(cookie, request):
                return False
        return True

    def return_ok_version(self, cookie: Cookie, request: Any) -> bool:  # noqa: ARG002 - the question's signature
        """Return whether cookies of this kind are spoken."""
        return self._speaks(cookie)

    def return_ok_verifiability(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the request was the user's wish, or third parties get cookies all the same."""
        return self._is_verifiable(cookie, request)

    def return_ok_secure(self, cookie: Cookie, request: Any) -> bool:
        """Return whether a secure cookie goes over a secure connection."""
        if cookie.secure and request.type not in self.secure_protocols:
            note("   secure cookie with non-secure request")
            return False
        return True

    def return_ok_expires(self, cookie: Cookie, request: Any) -> bool:  # noqa: ARG002 - the question's signature
        """Return whether the cookie's time is not over."""
        if cookie.is_expired(self._now):
            note("   cookie expired")
            return False
        return True

    def return_ok_port(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the request's port is among those that the cookie names."""
        if cookie.port and (requests.request_port(request) or "80") not in cookie.port.split(","):
            note("   request port does not match cookie port %s", cookie.port)
            return False
        return True

    def return_ok_domain(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the cookie's domain is the request's."""
        if defaults.active.strict_cookies:
            place, _ = requests.find_place(request)
            if cookie.domain and not _is_for_host(cookie, place.host):
                note("   cookie of %s is not for %s", cookie.domain, place.host)
                return False
            if not cookie.version:
                return True
        host, effective = requests.eff_request_host(request)
        domain = cookie.domain
        strict = self.strict_ns_domain & self.DomainStrictNonDomain
        if cookie.version == 0 and strict and not cookie.domain_specified and domain != effective:
            note("   cookie with unspecified domain does not string-compare equal to request domain")
            return False
        if cookie.version and cookie.version > 0 and not requests.domain_match(effective, domain):
            note(
                "   effective request-host name %s does not domain-match RFC 2965 cookie domain %s",
                effective,
                domain,
            )
            return False
        if cookie.version == 0 and not ("." + effective).endswith(_dotted(domain)):
            note("   request-host %s does not match Netscape cookie domain %s", host, domain)
            return False
        return True

    def return_ok_site(self, cookie: Cookie, request: Any) -> bool:
        """Return whether the cookie goes along with a request that another site's page caused (safe profile)."""
        place, _ = requests.find_place(request)
        partition = cookie._rest.get(PARTITION_KEY)
        if partition is not None and partition != find_partition(request, place.host):
            note("   cookie of another partition")
            return False
        same_site = _same_site(cookie)
        if same_site == "none" or not requests.is_cross_site(request, place.host):
            return True
        if same_site != "strict" and requests.is_navigation(request) and requests.is_safe(request):
            return True
        note("   SameSite cookie in another site's request")
        return False

    def domain_return_ok(self, domain: str, request: Any) -> bool:
        """Return whether any cookie of this domain may be sent: a quick look before the cookies are looked at."""
        dotted = _dotted(domain)
        if defaults.active.strict_cookies:
            place, _ = requests.find_place(request)
            if domain and all(known != domain for known, _ in place.domains):
                return False
        else:
            host, effective = requests.eff_request_host(request)
            if not (_dotted(host).endswith(dotted) or _dotted(effective).endswith(dotted)):
                return False
        return not self._is_listed(domain)

    def path_return_ok(self, path: str, request: Any) -> bool:
        """Return whether the request is in this path."""
        note("- checking cookie path=%s", path)
        wanted = find_path(request)
        if cookie_scope.path_matches(wanted, path):
            return True
        note("  %s does not path-match %s", wanted, path)
        return False


def find_path(request: Any) -> str:
    """Return the path that cookies' paths are compared with: as it is sent, or (stdlib profile) escaped."""
    return (
        requests.find_place(request)[1] if defaults.active.strict_cookies else requests.request_path(request)
    )


def find_partition(request: Any, host: str) -> str:
    """Return the site within whose pages a request is made: its own, unless another site's page caused it."""
    if requests.is_cross_site(request, host) and not requests.is_navigation(request):
        return requests.origin_site(request, host)
    return cookie_scope.site_of(host, requests.find_registrable)


def _same_site(cookie: Cookie) -> str:
    rest = cookie._rest
    if not rest:
        return ""
    return str(rest.get("SameSite") or cookie.get_nonstandard_attr("samesite") or "").lower()


def _is_for_host(cookie: Cookie, host: str) -> bool:
    domain = cookie.domain
    if domain[:1] == "." or cookie.domain_specified:
        return cookie_scope.host_matches(host, domain.removeprefix("."))
    return domain == host or (host == "localhost" and domain == "localhost.local")


def _dotted(domain: str) -> str:
    return domain if not domain or domain[0] == "." else "." + domain


def _is_number(text: str) -> bool:
    try:
        int(text)
    except ValueError:
        return False
    return True


def _is_second_level(domain: str) -> bool:
    """Tell whether a domain looks like ``.co.uk``."""
    labels = domain.split(".")
    return len(labels) == 3 and labels[0] == "" and labels[1] in _SECOND_LEVELS and len(labels[2]) == 2


def _ends_with(effective: str, domain: str, plain: str) -> bool:
    if effective.endswith((domain, f"{plain}.local")) or effective.startswith("."):
        return True
    return ("." + effective).endswith(domain)


# ---- who has overridden what

_ASKED_OF_DOMAINS = ("domain_return_ok", "is_blocked", "is_not_allowed", "_is_listed")
_ASKED_OF_COOKIES = (
    "path_return_ok",
    "return_ok",
    "return_ok_version",
    "return_ok_verifiability",
    "return_ok_secure",
    "return_ok_expires",
    "return_ok_port",
    "return_ok_domain",
    "return_ok_site",
)
_OWN_NAMES = frozenset((*_ASKED_OF_DOMAINS, *_ASKED_OF_COOKIES))
_of_domains = tuple([getattr(DefaultCookiePolicy, name) for name in _ASKED_OF_DOMAINS])
_of_cookies = tuple([getattr(DefaultCookiePolicy, name) for name in _ASKED_OF_COOKIES])


def keeps_domains(policy: Any) -> bool:
    """Tell whether a policy decides about domains as the default one, so that an index may."""
    kind = type(policy)
    if not isinstance(policy, DefaultCookiePolicy) or not _OWN_NAMES.isdisjoint(policy.__dict__):
        return False
    return (kind.domain_return_ok, kind.is_blocked, kind.is_not_allowed, kind._is_listed) == _of_domains


def is_plain(policy: Any) -> bool:
    """Tell whether a policy sends cookies by the default rules alone: nobody overrode any of its methods."""
    if not keeps_domains(policy):
        return False
    kind = type(policy)
    return _of_cookies == (
        kind.path_return_ok,
        kind.return_ok,
        kind.return_ok_version,
        kind.return_ok_verifiability,
        kind.return_ok_secure,
        kind.return_ok_expires,
        kind.return_ok_port,
        kind.return_ok_domain,
        kind.return_ok_site,
    )
