"""The jar: cookies by domain, path and name, taken from responses and added to requests.

``_cookies`` is the dictionary that programs know and change, and the index at the same time (``CookieTree``): for a
request the domains of its host are looked up, not those of all cookies. What is found there is decided about here, as
long as nobody has overridden the policy's methods or the jar's own ``_cookies_for_domain``; else those are asked, for
every domain in the jar if the one about domains is among them.

Everything happens under ``_cookies_lock``, an RLock; programs replace it, so only ``acquire`` and ``release`` are used.
Iteration goes over a snapshot.
"""

from __future__ import annotations

import re
import threading
import time
import warnings
from operator import attrgetter

from wirekit import defaults
from wirekit._wire import cookie_scope, cookie_words
from wirekit._wire.cookie_dates import parse_http_date
from wirekit._wire.cookie_index import CookieTree, key_of
from wirekit._wire.cookies import find_control
from wirekit.http import _cookie_finding as finding
from wirekit.http import _cookie_making as making
from wirekit.http import _cookie_policy as policies
from wirekit.http._cookie import BIRTHS, Cookie, is_logged, note

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

__all__ = ["CookieJar", "http2time", "warn_of_defect"]


def http2time(text: str) -> int | None:
    """Return the seconds since 1970 that a date of HTTP means, strictly or loosely written; None for no date.

    A year of two digits is the one nearest to now. Zones are offsets (``-0800``) or names of UTC.
    """
    return parse_http_date(text, _find_year)


def _find_year() -> int:
    return time.localtime(time.time())[0]


def warn_of_defect() -> None:
    """Warn that something unforeseen was caught, with its traceback."""
    import traceback

    warnings.warn(f"http.cookiejar bug!\n{traceback.format_exc()}", stacklevel=2)


class CookieJar:
    """A collection of cookies, which takes them from responses and adds them to requests.

    policy: a CookiePolicy; without one a DefaultCookiePolicy. ``iter()`` gives the cookies, ``len()`` counts them.
    A jar may be used by several threads at once.
    """

    __module__ = "wirekit.http.cookiejar"

    non_word_re = re.compile(r"\W")
    quote_re = re.compile(r"([\"\\])")
    strict_domain_re = re.compile(r"\.?[^.]*")
    domain_re = re.compile(r"[^.]*")
    dots_re = re.compile(r"^\.+")
    magic_re = re.compile(r"^\#LWP-Cookies-(\d+\.\d+)", re.ASCII)

    _now: int = 0
    _taken: int = 0
    """Cookies taken from servers, at most as many as it says."""

    def __init__(self, policy: Any = None) -> None:
        self._policy = policies.DefaultCookiePolicy() if policy is None else policy
        self._cookies_lock: Any = threading.RLock()
        self._cookies: dict[str, dict[str, dict[str, Any]]] = CookieTree()

    def set_policy(self, policy: Any) -> None:
        """Let another policy decide from now on."""
        self._policy = policy

    # ---- pickling: a lock cannot be pickled, and a copy in this process shares the cookies, so it shares the lock

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_cookies_lock", None)
        return state

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.__dict__.update(state)
        if "_cookies_lock" not in self.__dict__:
            self._cookies_lock = threading.RLock()

    def __copy__(self) -> CookieJar:
        made: CookieJar = object.__new__(type(self))
        made.__dict__.update(self.__dict__)
        return made

    # ---- which cookies go along with a request

    def _cookies_for_domain(self, domain: str, request: Any) -> list[Any]:
        """Return the cookies of one domain that the policy lets go along with a request."""
        policy = self._policy
        if not policy.domain_return_ok(domain, request):
            return []
        note("Checking %s for cookies to return", domain)
        return self._cookies_by_policy(domain, request)

    def _cookies_by_policy(self, domain: str, request: Any) -> list[Any]:
        found = []
        policy = self._policy
        for path, names in list(self._cookies[domain].items()):
            if policy.path_return_ok(path, request):
                found += [cookie for cookie in list(names.values()) if policy.return_ok(cookie, request)]
        return found

    def _cookies_for_request(self, request: Any) -> list[Any]:
        """Return the cookies that go along with a request, older ones first (stdlib profile: as they stand in the jar)."""
        strict = defaults.active.strict_cookies
        if not self._may_look_up():
            domains = list(self._cookies)
        elif policies.is_plain(self._policy) and not is_logged():
            find = finding.find_strictly if strict else finding.find_loosely
            return find(self, request)
        else:
            domains = self._order(finding.list_domains(request, self._cookies))
        found = [cookie for domain in domains for cookie in self._cookies_for_domain(domain, request)]
        if strict:
            found.sort(key=finding.birth_of)
        return found

    def _may_look_up(self) -> bool:
        """Tell whether nobody wants to be asked about each domain."""
        own = type(self)._cookies_for_domain is CookieJar._cookies_for_domain
        return own and "_cookies_for_domain" not in self.__dict__ and policies.keeps_domains(self._policy)

    def _order(self, domains: list[str]) -> list[str]:
        """Return domains in the order of the dictionary."""
        tree = self._cookies
        if isinstance(tree, CookieTree):
            return tree.order(domains)
        wanted = set(domains)
        return [domain for domain in tree if domain in wanted] if len(domains) > 1 else domains

    def _cookie_attrs(self, cookies: list[Any]) -> list[str]:
        """Return what stands in the Cookie field for these cookies, in order; the list is sorted by length of paths.

        ``['foo="bar"; $Path="/"', ...]``, with ``$Version`` in front for cookies of RFC 2965.
        """
        if len(cookies) > 1:
            cookies.sort(key=_length_of_path, reverse=True)
        attrs: list[str] = []
        for cookie in cookies:
            version = cookie.version or 0
            if not attrs and version > 0:
                attrs.append(f"$Version={version}")
            if cookie.value is None:
                attrs.append(cookie.name)
            elif version > 0 and self.non_word_re.search(cookie.value):
                attrs.append(cookie.name + "=" + self.quote_re.sub(r"\\\1", cookie.value))
            elif cookie.name or not defaults.active.strict_cookies:
                attrs.append(f"{cookie.name}={cookie.value}")
            else:
                attrs.append(cookie.value)
            if version > 0:
                attrs += _describe(cookie)
        return attrs

    def add_cookie_header(self, request: Any) -> None:
        """Add a Cookie field to a request, if there are cookies for it and it has none; then drop expired cookies.

        With a policy for RFC 2965 that does not hide it, Cookie2 is added too.
        """
        note("add_cookie_header")
        self._cookies_lock.acquire()
        try:
            self._policy._now = self._now = now = int(time.time())
            cookies = self._cookies_for_request(request)
            if cookies:
                self._add_field(self._cookie_attrs(cookies), request)
                for cookie in cookies:
                    if finding.was_received(cookie):
                        cookie._used = now
            if self._policy.rfc2965:
                self._add_second_field(cookies, request)
            self._drop_expired(now)
        finally:
            self._cookies_lock.release()

    def _add_field(self, attrs: list[str], request: Any) -> None:
        if request.has_header("Cookie"):
            return
        field = "; ".join(attrs)
        strict = defaults.active.strict_cookies
        if len(field) > defaults.active.cookie_header_size or (strict and not field.isprintable()):
            field = "; ".join(_choose_sendable(attrs, strict=strict))
        if field:
            request.add_unredirected_header("Cookie", field)

    def _add_second_field(self, cookies: list[Any], request: Any) -> None:
        """Tell a server that this jar knows RFC 2965 (section 3.3.5)."""
        if self._policy.hide_cookie2 or request.has_header("Cookie2"):
            return
        if any(cookie.version != 1 for cookie in cookies):
            request.add_unredirected_header("Cookie2", '$Version="1"')

    def _drop_expired(self, now: int) -> None:
        """Drop what has expired, without a look at what has not."""
        tree = self._cookies
        own = type(self).clear_expired_cookies is CookieJar.clear_expired_cookies
        if not own or "clear_expired_cookies" in self.__dict__ or not isinstance(tree, CookieTree):
            self.clear_expired_cookies()
            return
        for domain, path, key in tree.pop_due(now):
            cookie = tree.get(domain, {}).get(path, {}).get(key)
            if cookie is None or cookie.expires is None:
                continue
            if cookie.is_expired(now):
                self._remove(domain, path, key)
            elif cookie.expires > now:
                tree.push(cookie.expires, domain, path, key)  # it was made to live longer

    # ---- cookies from responses

    def _normalized_cookie_tuples(
        self, attrs_set: Iterable[list[tuple[str, Any]]]
    ) -> list[making.CookieTuple]:
        """Return (name, value, attributes that have a meaning, the rest) for each cookie of parsed headers."""
        return making.normalize_attributes(attrs_set, self._now)

    def _cookie_from_cookie_tuple(self, tup: making.CookieTuple, request: Any) -> Cookie | None:
        """Return the cookie, None for a bad one. In the standard library's profile one that has expired is deleted."""
        cookie = making.make_loosely(tup, request, self._now)
        if cookie is None or not cookie.is_expired(self._now) or defaults.active.strict_cookies:
            return cookie
        note("Expiring cookie, domain='%s', path='%s', name='%s'", cookie.domain, cookie.path, cookie.name)
        try:
            self.clear(cookie.domain, cookie.path, cookie.name)
        except KeyError:
            pass
        return None

    def _cookies_from_attrs_set(
        self, attrs_set: Iterable[list[tuple[str, Any]]], request: Any
    ) -> list[Cookie]:
        made = [
            self._cookie_from_cookie_tuple(tup, request) for tup in self._normalized_cookie_tuples(attrs_set)
        ]
        return [cookie for cookie in made if cookie is not None]

    def _process_rfc2109_cookies(self, cookies: list[Cookie]) -> None:
        """Mark cookies with ``Version=1`` in Set-Cookie, and take them for Netscape's where the policy says so."""
        as_netscape = getattr(self._policy, "rfc2109_as_netscape", None)
        if as_netscape is None:
            as_netscape = not self._policy.rfc2965
        for cookie in cookies:
            if cookie.version == 1:
                cookie.rfc2109 = True
                if as_netscape:
                    cookie.version = 0

    def make_cookies(self, response: Any, request: Any) -> list[Any]:
        """Return the cookies that a response sets; those that it deletes are removed.

        No policy is asked about those that are returned. In the safe profile nothing is removed that the server may not
        set.
        """
        made = self._make_all(response, request)
        if not defaults.active.strict_cookies:
            return made
        found = []
        for cookie in made:
            if not cookie.is_expired(self._now):
                found.append(cookie)
            elif self._policy.set_ok(cookie, request) and self._may_set(cookie, request):
                self._discard(cookie)
        return found

    def _make_all(self, response: Any, request: Any) -> list[Any]:
        """Return the cookies of a response; in the safe profile those too that are to be deleted."""
        fields = response.info()
        newer, plain = fields.get_all("Set-Cookie2", ()), fields.get_all("Set-Cookie", ())
        self._policy._now = self._now = int(time.time())
        rfc2965, netscape = self._policy.rfc2965, self._policy.netscape
        cookies: list[Any] = []
        if newer and rfc2965:
            cookies = self._make_safely(cookie_words.split_words(newer), request)
        if not plain or not netscape:
            return cookies
        if defaults.active.strict_cookies:
            made = list(making.make_strictly(plain, request, self._now))
        else:
            made = self._make_safely(cookie_words.parse_netscape(plain, http2time), request)
            self._process_rfc2109_cookies(made)
        if rfc2965:  # a cookie of RFC 2965 stands before a Netscape cookie of its name (section 9.1)
            known = {(cookie.domain, cookie.path, cookie.name) for cookie in cookies}
            made = [cookie for cookie in made if (cookie.domain, cookie.path, cookie.name) not in known]
        return cookies + made

    def _make_safely(self, attrs_set: list[list[tuple[str, Any]]], request: Any) -> list[Cookie]:
        try:
            return self._cookies_from_attrs_set(attrs_set, request)
        except Exception:  # noqa: BLE001 - whatever a server sends must not break the request; a defect is told
            warn_of_defect()
            return []

    def set_cookie_if_ok(self, cookie: Any, request: Any) -> None:
        """Set a cookie if the policy says that it may be set."""
        self._cookies_lock.acquire()
        try:
            self._policy._now = self._now = int(time.time())
            if self._policy.set_ok(cookie, request) and self._may_set(cookie, request):
                self.set_cookie(cookie)
        finally:
            self._cookies_lock.release()

    def extract_cookies(self, response: Any, request: Any) -> None:
        """Take the cookies that a response sets, as far as the policy allows."""
        self._cookies_lock.acquire()
        try:
            own = type(self).make_cookies is CookieJar.make_cookies and "make_cookies" not in self.__dict__
            strict = defaults.active.strict_cookies
            made = (
                self._make_all(response, request) if own and strict else self.make_cookies(response, request)
            )
            for cookie in made:
                if not self._policy.set_ok(cookie, request) or not self._may_set(cookie, request):
                    continue
                if strict and cookie.is_expired(self._now):
                    self._discard(cookie)
                else:
                    note(" setting cookie: %s", cookie)
                    self.set_cookie(cookie)
        finally:
            self._cookies_lock.release()

    def _may_set(self, cookie: Any, request: Any) -> bool:
        """Tell whether a cookie leaves secure ones of its name alone (RFC 6265bis section 5.7 step 17; safe profile)."""
        if cookie.secure or not defaults.active.strict_cookies:
            return True
        if request.type in getattr(self._policy, "secure_protocols", ("https", "wss")):
            return True
        domain = cookie.domain.removeprefix(".")
        for known in self._list_related(domain):
            for path, names in self._cookies[known].items():
                other = names.get(cookie.name)
                if other is not None and other.secure and cookie_scope.path_matches(cookie.path, path):
                    note("   secure cookie %s of %s stays", cookie.name, known)
                    return False
        return True

    def _list_related(self, domain: str) -> list[str]:
        """List the domains in the jar that are a domain, above it or below it."""
        tree = self._cookies
        above = [known for known, _ in cookie_scope.list_domains(domain) if known in tree]
        if isinstance(tree, CookieTree):
            return above + tree.find_below(domain)
        return above + [known for known in tree if known.endswith("." + domain) and known != "." + domain]

    # ---- setting and removing

    def set_cookie(self, cookie: Any) -> None:
        """Set a cookie; no policy is asked."""
        self._cookies_lock.acquire()
        try:
            tree, domain, path, key = self._cookies, cookie.domain, cookie.path, key_of(cookie)
            if isinstance(tree, CookieTree):
                names = tree.open(domain, path)
            else:
                names = tree.setdefault(domain, {}).setdefault(path, {})
            old = names.get(key)
            names[key] = cookie
            if type(cookie) is Cookie:
                self._note_birth(cookie, old)
            if cookie.expires is not None and isinstance(tree, CookieTree):
                tree.push(cookie.expires, domain, path, key)
            if old is None and finding.was_received(cookie):
                self._taken += 1
                finding.limit_cookies(self, domain)
        finally:
            self._cookies_lock.release()

    def _set_many(self, cookies: Iterable[Any]) -> None:
        """Set cookies that a program has, as from a file; quickly, if nobody wants to see each of them."""
        self._cookies_lock.acquire()
        try:
            if self._may_fill():
                self._cookies.fill(cookies, BIRTHS)  # type: ignore[attr-defined]
            else:
                for cookie in cookies:
                    self.set_cookie(cookie)
        finally:
            self._cookies_lock.release()

    def _set_tree(self, found: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Set the cookies of a dictionary of domains, paths and names, which belongs to the jar from now on."""
        self._cookies_lock.acquire()
        try:
            if self._may_fill() and not self._cookies:
                self._cookies.take_over(found)  # type: ignore[attr-defined]
            else:
                self._set_many(
                    [one for paths in found.values() for names in paths.values() for one in names.values()]
                )
        finally:
            self._cookies_lock.release()

    def _may_fill(self) -> bool:
        own = type(self).set_cookie is CookieJar.set_cookie and "set_cookie" not in self.__dict__
        return own and isinstance(self._cookies, CookieTree)

    def _note_birth(self, cookie: Cookie, old: Any) -> None:
        """Note when a cookie was created: with the one that it replaces (RFC 6265bis section 5.7 step 23)."""
        cookie._born = finding.birth_of(old) or cookie._born or next(BIRTHS)

    def _remove(self, domain: str, path: str, key: str) -> None:
        """Remove a cookie. KeyError if it is not there."""
        removed = self._cookies[domain][path].pop(key)
        if finding.was_received(removed):
            self._taken -= 1
        if isinstance(self._cookies, CookieTree) and defaults.active.strict_cookies:
            self._cookies.prune(domain, path)

    def _discard(self, cookie: Any) -> None:
        """Remove the cookie of this one's name, domain and path, if there is one."""
        try:
            self._remove(cookie.domain, cookie.path, key_of(cookie))
        except KeyError:
            pass

    def clear(self, domain: str | None = None, path: str | None = None, name: str | None = None) -> None:
        """Remove all cookies, or those of a domain, of a path within it, or the one of this name there.

        KeyError if there is none; ValueError for a path without a domain, or a name without both.
        """
        if name is not None and (domain is None or path is None):
            message = "domain and path must be given to remove a cookie by name"
            raise ValueError(message)
        if path is not None and domain is None:
            message = "domain must be given to remove cookies by path"
            raise ValueError(message)
        self._cookies_lock.acquire()
        try:
            if domain is None:
                self._cookies = CookieTree()
                self._taken = 0
            elif path is None:
                del self._cookies[domain]
            elif name is None:
                del self._cookies[domain][path]
            else:
                self._clear_name(domain, path, name)
        finally:
            self._cookies_lock.release()

    def _clear_name(self, domain: str, path: str, name: str) -> None:
        """Remove the cookie of this name, and those that bear it in partitions."""
        keys = [key for key in self._cookies[domain][path] if key == name or key.startswith(name + ";")]
        if not keys:
            raise KeyError(name)
        for key in keys:
            self._remove(domain, path, key)

    def clear_session_cookies(self) -> None:
        """Remove all cookies that end with the session. Saving leaves them out anyway."""
        self._remove_if(attrgetter("discard"))

    def clear_expired_cookies(self) -> None:
        """Remove all cookies whose time is over. They are never sent, and a jar removes them by itself."""
        now = time.time()
        self._remove_if(lambda cookie: cookie.is_expired(now))

    def _remove_if(self, unwanted: Any) -> None:
        self._cookies_lock.acquire()
        try:
            for domain, path, key, cookie in finding.list_items(self._cookies, list(self._cookies)):
                if unwanted(cookie):
                    self._remove(domain, path, key)
        finally:
            self._cookies_lock.release()

    # ---- as a collection

    def __iter__(self) -> Iterator[Any]:
        self._cookies_lock.acquire()
        try:
            return iter(
                [
                    cookie
                    for paths in list(self._cookies.values())
                    for names in list(paths.values())
                    for cookie in list(names.values())
                ]
            )
        finally:
            self._cookies_lock.release()

    def __len__(self) -> int:
        """Return how many cookies there are."""
        self._cookies_lock.acquire()
        try:
            return sum(
                [len(names) for paths in list(self._cookies.values()) for names in list(paths.values())]
            )
        finally:
            self._cookies_lock.release()

    def __repr__(self) -> str:
        return f"<{type(self).__name__}[{', '.join(map(repr, self))}]>"

    def __str__(self) -> str:
        return f"<{type(self).__name__}[{', '.join(map(str, self))}]>"


# ---- parts of these methods that need no jar


def _length_of_path(cookie: Any) -> int:
    return len(cookie.path)


def _describe(cookie: Any) -> list[str]:
    """Return the attributes that a server of RFC 2965 wants back (section 3.3.4)."""
    attrs = []
    if cookie.path_specified:
        attrs.append(f'$Path="{cookie.path}"')
    if cookie.domain.startswith("."):
        domain = cookie.domain if cookie.domain_initial_dot else cookie.domain[1:]
        attrs.append(f'$Domain="{domain}"')
    if cookie.port is not None:
        attrs.append(f'$Port="{cookie.port}"' if cookie.port_specified else "$Port")
    return attrs


def _choose_sendable(attrs: list[str], *, strict: bool) -> list[str]:
    """Leave out what holds a control character (strict; tabs may stand), and what is beyond the limit."""
    limit = defaults.active.cookie_header_size
    chosen = []
    size = 0
    for attr in attrs:
        if strict and find_control(attr.replace("\t", "")):
            continue
        size += len(attr) + 2
        if size - 2 > limit:
            break
        chosen.append(attr)
    return chosen
