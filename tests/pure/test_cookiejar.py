"""The jar: tables of RFC 6265bis, policies and hooks, sites, and a dictionary that programs may change."""

from __future__ import annotations

import copy
import http.cookiejar
import logging
import pickle
import sys
import threading
import urllib.request
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from tests.jars import Clock, Response, receive, sent, visit
from wirekit import defaults
from wirekit._wire.cookie_index import CookieTree
from wirekit.aio.http import cookiejar as aio_cookiejar
from wirekit.http import cookiejar
from wirekit.http.cookiejar import Cookie, CookieJar, CookiePolicy, DefaultCookiePolicy
from wirekit.urllib.request import Request

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@pytest.fixture(autouse=True)
def _safe_profile() -> Iterator[None]:
    with defaults.using("safe"):
        yield


def made(name: str = "a", value: str | None = "1", domain: str = "h.example", **changes: Any) -> Cookie:
    """Make a cookie as a program does."""
    fields: dict[str, Any] = {
        "version": 0, "port": None, "port_specified": False, "domain_specified": domain.startswith("."),
        "domain_initial_dot": domain.startswith("."), "path": "/", "path_specified": True, "secure": False,
        "expires": None, "discard": True, "comment": None, "comment_url": None, "rest": {},
    }  # fmt: skip
    return Cookie(name=name, value=value, domain=domain, **{**fields, **changes})


def names(jar: CookieJar) -> list[str]:
    return [cookie.name for cookie in jar]


def test_both_trees_have_one_module() -> None:
    assert aio_cookiejar is cookiejar
    assert sys.modules["wirekit.aio.http.cookiejar"] is cookiejar


# ---- what a Set-Cookie means (RFC 6265bis section 5.6), seen in the next request


@pytest.mark.parametrize(
    "fields, wanted",
    [
        (["a=1"], "a=1"),
        (["a"], "a"),
        (["=a"], "a"),
        (["a="], "a="),
        (["a==b"], "a==b"),
        ([" a = b "], "a=b"),
        (["a b=c d"], "a b=c d"),
        (['a="b, c"'], 'a="b, c"'),
        (['a="b; c"'], 'a="b'),
        (["a=1, b=2"], "a=1, b=2"),
        (["a=1\tb"], "a=1\tb"),
        (["=", "", " ", ";", "; a=1"], ""),
        (["a=1", "b=2", "a=3"], "a=3; b=2"),
        (["a", "b"], "b"),
        (["a", "=b", "c=d"], "b; c=d"),
        (["$Version=1; a=2"], "$Version=1"),
        (["a=1; Max-Age=0"], ""),
        (["a=1; Max-Age=-1"], ""),
        (["a=1; Max-Age=1,0"], "a=1"),
        (["a=1", "a=2; Max-Age=0"], ""),
        (["a=2; Max-Age=0", "a=1"], "a=1"),
        (["a=1; Expires=Fri, 01 Jan 1999 00:00:00 GMT"], ""),
        (["a=1; Expires=Fri, 01 Jan 1999 00:00:00 GMT; Max-Age=9"], "a=1"),
        (["a=1; Expires=Fri, 01 Jan 2199 00:00:00 GMT; Max-Age=0"], ""),
        (["a=1; Expires=soon"], "a=1"),
        (["a=1; Path=/x"], "a=1"),
        (["a=1; Path=/x/y"], "a=1"),
        (["a=1; Path=/x/y/z"], ""),
        (["a=1; Path=/X"], ""),
        (["a=1; Path=/other; Path=/"], "a=1"),
        (["a=1; Path=/; Path=/other"], ""),
        (["a=1; Path"], "a=1"),
        (["a=1; path = /x ; odd; ;; =x"], "a=1"),
        (["a=1; Path=/", "b=2; Path=/x", "c=3"], "b=2; c=3; a=1"),
        (["a=1; Domain=h.example"], "a=1"),
        (["a=1; Domain=.h.example"], "a=1"),
        (["a=1; Domain=..h.example"], ""),
        (["a=1; Domain=H.Example"], "a=1"),
        (["a=1; Domain=h.example."], ""),
        (["a=1; Domain= . h.example"], ""),
        (["a=1; Domain=www.h.example"], ""),
        (["a=1; Domain=other.example"], ""),
        (["a=1; Domain=other.example; Domain=h.example"], "a=1"),
        (["a=1; Domain=h.example; Domain=other.example"], ""),
        (["a=1; Domain=other.example; Domain="], ""),
        (["a=1; Domain="], "a=1"),
        (["a=1; Domain=h\xe9.example"], ""),
        (["a=1; SameSite=None"], ""),
        (["a=1; SameSite=odd"], "a=1"),
        (["a=1; SameSite=Strict"], "a=1"),
        (["a=1; Partitioned"], ""),
        (["a=1; HttpOnly; Version=1; Port=80; Comment=x; Discard"], "a=1"),
    ],
)  # fmt: skip
def test_table_of_set_cookie(fields: list[str], wanted: str) -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/x/here", *fields)
    assert sent(jar, "http://h.example/x/y") == wanted


def test_cookie_shows_what_it_was_set_to(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    jar = CookieJar()
    receive(
        jar,
        "https://www.h.example/x/y",
        "a=1",
        "b=2; Domain=H.example; Path=/p; Secure; HttpOnly; SameSite=lax; Max-Age=10; Comment=c; Priority=High; odd",
    )
    plain, full = jar
    assert (plain.domain, plain.domain_specified, plain.path, plain.path_specified) == (
        "www.h.example",
        False,
        "/x",
        False,
    )
    assert (plain.expires, plain.discard, plain.secure, plain.version, plain.port) == (
        None,
        True,
        False,
        0,
        None,
    )
    assert (full.domain, full.domain_specified, full.domain_initial_dot) == (".h.example", True, False)
    assert (full.path, full.path_specified, full.secure, full.comment) == ("/p", True, True, "c")
    assert (full.expires, full.discard) == (int(clock.now) + 10, False)
    assert full._rest == {"HttpOnly": None, "SameSite": "lax", "Priority": "High", "odd": None}
    assert full.has_nonstandard_attr("httponly")
    assert full.has_nonstandard_attr("HTTPOnly")
    assert full.get_nonstandard_attr("samesite") == "lax"
    assert not full.has_nonstandard_attr("priority")
    assert full.get_nonstandard_attr("priority", 5) == 5


def test_life_is_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    latest = int(clock.now) + 400 * 86_400
    jar = CookieJar()
    receive(
        jar, "http://h.example/", "a=1; Max-Age=" + "9" * 400, "b=1; Expires=Fri, 01 Jan 2199 00:00:00 GMT"
    )
    assert [cookie.expires for cookie in jar] == [latest, latest]
    with defaults.using(cookie_lifetime=None):
        receive(jar, "http://h.example/", "a=1; Max-Age=99999999999")
        assert next(iter(jar)).expires == int(clock.now) + 99_999_999_999
    with defaults.using("stdlib", cookie_lifetime=10):
        receive(jar, "http://h.example/", "a=1; Max-Age=99999999999")
        assert next(iter(jar)).expires == int(clock.now) + 10


def test_older_cookies_come_first_and_renewed_ones_keep_their_place() -> None:
    jar = CookieJar()
    receive(jar, "http://www.h.example/", "a=1", "b=2; Domain=h.example", "c=3", "a=4")
    receive(jar, "http://h.example/", "d=5; Domain=h.example")
    receive(jar, "http://www.h.example/", "e=6", "b=7; Domain=h.example")
    assert sent(jar, "http://www.h.example/") == "a=4; b=7; c=3; d=5; e=6"


def test_header_of_the_program_stands() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1")
    assert sent(jar, Request("http://h.example/", headers={"Cookie": "own=1"})) == "own=1"


def test_cookies_do_not_follow_redirects_by_themselves() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1")
    request = Request("http://h.example/")
    jar.add_cookie_header(request)
    assert request.unredirected_hdrs == {"Cookie": "a=1"}


@pytest.mark.parametrize(
    "url", ["http://h.example", "http://h.example?q=/a/b", "http://h.example/#x", "http://H.EXAMPLE:80/"]
)
def test_ways_to_write_a_place(url: str) -> None:
    jar = CookieJar()
    receive(jar, url, "a=1")
    assert sent(jar, "http://h.example/x") == "a=1"
    assert sent(jar, url) == "a=1"


def test_hosts_beyond_ascii() -> None:
    jar = CookieJar()
    receive(
        jar,
        "http://b\xfccher.example/\xe9/x y",
        "a=1",
        "b=2; Domain=xn--bcher-kva.example",
        "c=3; Path=/%C3%A9",
    )
    assert sent(jar, "http://xn--bcher-kva.example/%C3%A9/") == "a=1; b=2; c=3"


def test_localhost_is_its_own_host_whoever_wrote_its_name() -> None:
    jar = CookieJar()
    receive(jar, "http://localhost:8080/", "a=1")
    assert [cookie.domain for cookie in jar] == ["localhost"]
    jar.set_cookie(made("b", domain="localhost.local"))
    assert sent(jar, "http://localhost/") == "a=1; b=1"
    assert sent(jar, "http://sub.localhost/") == ""


def test_port_makes_no_difference() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example:8080/", "a=1")
    assert sent(jar, "http://h.example:81/") == "a=1"


# ---- expiry


def test_expired_cookies_go_by_themselves(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1; Max-Age=5", "b=2; Max-Age=50", "c=3")
    receive(jar, "http://other.example/", "d=4; Max-Age=5")
    clock.go(4)
    assert sent(jar, "http://h.example/") == "a=1; b=2; c=3"
    clock.go(1)
    assert sent(jar, "http://h.example/") == "b=2; c=3"
    assert names(jar) == ["b", "c"]
    receive(jar, "http://h.example/", "b=5; Max-Age=100")
    clock.go(60)
    assert sent(jar, "http://h.example/") == "b=5; c=3"
    assert len(jar) == 2


def test_a_cookie_that_is_made_to_live_longer_lives_longer(monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1; Max-Age=5", "b=2; Max-Age=5")
    sent(jar, "http://h.example/")
    first, second = jar
    first.expires = int(clock.now) + 50
    second.expires = None
    clock.go(10)
    assert sent(jar, "http://h.example/") == "a=1; b=2"
    clock.go(45)
    assert sent(jar, "http://h.example/") == "b=2"
    assert names(jar) == ["b"]


def test_a_cookie_that_is_made_to_expire_is_not_sent() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1", "b=2")
    next(iter(jar)).expires = 5
    assert sent(jar, "http://h.example/") == "b=2"
    jar.clear_expired_cookies()
    assert names(jar) == ["b"]


def test_session_cookies_can_be_cleared() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1", "b=2; Max-Age=9")
    jar.clear_session_cookies()
    assert names(jar) == ["b"]


# ---- sites (RFC 6265bis section 5.2)


def from_site(
    url: str, origin: str = "elsewhere.example", method: str | None = None, **headers: str
) -> Request:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    return Request(url, headers=fields, origin_req_host=origin, unverifiable=True, method=method)


def navigation(url: str, method: str | None = None) -> Request:
    request = from_site(url, method=method)
    request.redirect_dict = {}  # type: ignore[attr-defined]  # as a redirect leaves it
    return request


KINDS = ("none=1; SameSite=None; Secure", "lax=1; SameSite=Lax", "strict=1; SameSite=Strict", "usual=1")
URL = "https://www.h.example/"


@pytest.mark.parametrize(
    "request_of, wanted",
    [
        (lambda: Request(URL), "none lax strict usual"),
        (lambda: from_site(URL), "none"),
        (lambda: from_site(URL, origin="h.example"), "none lax strict usual"),
        (lambda: from_site(URL, origin="other.h.example"), "none lax strict usual"),
        (lambda: from_site(URL, origin="www.h.example:443"), "none lax strict usual"),
        (lambda: from_site(URL, origin=""), "none lax strict usual"),
        (lambda: navigation(URL), "none lax usual"),
        (lambda: navigation(URL, "POST"), "none"),
        (lambda: from_site(URL, Sec_Fetch_Site="same-origin"), "none lax strict usual"),
        (lambda: from_site(URL, Sec_Fetch_Site="none"), "none lax strict usual"),
        (lambda: Request(URL, headers={"Sec-Fetch-Site": "cross-site"}), "none"),
        (
            lambda: Request(URL, headers={"Sec-Fetch-Site": "cross-site", "Sec-Fetch-Mode": "navigate"}),
            "none lax usual",
        ),
        (lambda: Request(URL, headers={"Sec-Fetch-Site": "same-site"}), "none lax strict usual"),
        (lambda: from_site(URL, Sec_Fetch_Mode="no-cors"), "none"),
    ],
)
def test_same_site_cookies_are_sent_where_the_request_says_so(
    request_of: Callable[[], Request], wanted: str
) -> None:
    jar = CookieJar()
    receive(jar, URL, *KINDS)
    assert len(jar) == 4
    assert sent(jar, request_of()).replace("=1;", "").replace("=1", "") == wanted
    slow = CookieJar(type("Asked", (DefaultCookiePolicy,), {"return_ok_port": lambda *_: True})())
    for cookie in jar:
        slow.set_cookie(cookie)
    assert sent(slow, request_of()).replace("=1;", "").replace("=1", "") == wanted


@pytest.mark.parametrize(
    "request_of, wanted", [(from_site, ["none"]), (navigation, ["none", "lax", "strict", "usual"])]
)
def test_same_site_cookies_are_taken_where_the_request_says_so(request_of: Any, wanted: list[str]) -> None:
    jar = CookieJar()
    receive(jar, request_of(URL), *KINDS)
    assert names(jar) == wanted


def test_requests_that_say_nothing_are_the_users() -> None:
    class Bare:
        """A stand-in with what http.cookiejar asks of a request, and no more."""

        type = "https"
        host = "h.example"
        unverifiable = True
        field = ""

        def get_full_url(self) -> str:
            return "https://h.example/"

        def has_header(self, _name: str) -> bool:
            return False

        def add_unredirected_header(self, _name: str, value: str) -> None:
            self.field = value

    jar = CookieJar()
    jar.extract_cookies(Response("a=1; SameSite=Strict"), Bare())
    request = Bare()
    jar.add_cookie_header(request)
    assert request.field == "a=1"


# ---- partitions


def test_partitioned_cookies_are_kept_apart_by_the_site_of_the_page() -> None:
    jar = CookieJar()
    cookie = "w={}; Secure; Partitioned; SameSite=None; Path=/"
    receive(jar, from_site("https://widget.example/", "www.one.example"), cookie.format("one"))
    receive(jar, from_site("https://widget.example/", "two.example"), cookie.format("two"))
    receive(jar, "https://widget.example/", cookie.format("own"), "plain=1; Secure; SameSite=None; Path=/")
    assert len(jar) == 4
    assert sent(jar, from_site("https://widget.example/", "one.example")) == "w=one; plain=1"
    assert sent(jar, from_site("https://widget.example/", "shop.two.example")) == "w=two; plain=1"
    assert sent(jar, from_site("https://widget.example/", "three.example")) == "plain=1"
    assert (
        sent(jar, "https://widget.example/")
        == sent(jar, navigation("https://widget.example/"))
        == "w=own; plain=1"
    )
    receive(
        jar,
        from_site("https://widget.example/", "two.example"),
        "w=; Max-Age=0; Secure; Partitioned; SameSite=None; Path=/",
    )
    assert sent(jar, from_site("https://widget.example/", "two.example")) == "plain=1"
    assert sent(jar, from_site("https://widget.example/", "one.example")) == "w=one; plain=1"
    jar.clear("widget.example", "/", "w")
    assert names(jar) == ["plain"]
    with pytest.raises(KeyError):
        jar.clear("widget.example", "/", "w")


def test_nobody_names_a_partition_for_a_server() -> None:
    jar = CookieJar()
    receive(
        jar,
        "https://h.example/",
        "a=1; Secure; PartitionKey=other.example",
        "b=1; Secure; Partitioned; partitionkey=x",
    )
    assert [cookie._rest.get("PartitionKey") for cookie in jar] == [None, "h.example"]


# ---- policies


def test_blocked_and_allowed_domains() -> None:
    policy = DefaultCookiePolicy(blocked_domains=[".bad.example"], allowed_domains=None)
    jar = CookieJar(policy)
    receive(jar, "http://www.bad.example/", "a=1")
    receive(jar, "http://h.example/", "b=2")
    assert names(jar) == ["b"]
    policy.set_blocked_domains(["h.example"])
    assert sent(jar, "http://h.example/") == ""
    policy.set_blocked_domains([])
    policy.set_allowed_domains(["other.example"])
    assert (policy.blocked_domains(), policy.allowed_domains()) == ((), ("other.example",))
    assert sent(jar, "http://h.example/") == ""
    policy.set_allowed_domains(None)
    assert policy.allowed_domains() is None
    assert sent(jar, "http://h.example/") == "b=2"
    jar.set_cookie(made("everywhere", domain=""))
    assert sent(jar, "http://h.example/") == "b=2; everywhere=1"
    policy.set_allowed_domains(["h.example"])
    assert sent(jar, "http://h.example/") == "b=2"


def test_switches_make_the_rules_of_browsers_stricter() -> None:
    assert len(visit_with({"netscape": False}, "a=1")) == 0
    assert len(visit_with({"strict_ns_set_initial_dollar": True}, "$a=1")) == 0
    assert len(visit_with({"strict_ns_set_path": True}, "a=1; Path=/elsewhere")) == 0
    assert (
        len(
            visit_with(
                {"strict_ns_domain": DefaultCookiePolicy.DomainStrictNoDots}, "a=1; Domain=example.com"
            )
        )
        == 0
    )
    assert len(visit_with({"secure_protocols": ["ftp"]}, "a=1; Secure")) == 0
    assert len(visit_with({}, "a=1; Domain=example.com", "$b=1; Path=/elsewhere", "c=1; Secure")) == 3


def visit_with(switches: dict[str, Any], *fields: str) -> CookieJar:
    jar = CookieJar(DefaultCookiePolicy(**switches))
    receive(jar, "https://a.b.example.com/x", *fields)
    return jar


def test_third_parties_can_be_left_out() -> None:
    jar = CookieJar(DefaultCookiePolicy(strict_ns_unverifiable=True))
    jar.set_cookie(made(rest={"SameSite": "None"}, secure=True))
    assert sent(jar, from_site("https://h.example/")) == ""
    receive(jar, from_site("https://h.example/"), "b=1; SameSite=None; Secure")
    assert names(jar) == ["a"]
    assert sent(jar, "https://h.example/") == "a=1"


def test_cookies_of_rfc_2965_are_spoken_if_the_policy_says_so() -> None:
    jar = CookieJar(DefaultCookiePolicy(rfc2965=True))
    jar.extract_cookies(
        Response('a="1 2"; Version=1; Path="/"; Port="80,81"; Max-Age=9', name="Set-Cookie2"),
        Request("http://www.h.example/"),
    )
    receive(jar, "http://www.h.example/", "b=2")
    both = Response('c="new"; Version=1; Path="/"; Max-Age=9', name="Set-Cookie2")
    both.headers._headers.append(("Set-Cookie", "c=old"))  # type: ignore[attr-defined]
    jar.extract_cookies(both, Request("http://www.h.example/"))
    request = Request("http://www.h.example/")
    assert sent(jar, request) == '$Version=1; a=1 2; $Path="/"; $Port="80,81"; b=2; c=new; $Path="/"'
    assert request.get_header("Cookie2") == '$Version="1"'
    assert sent(jar, "http://www.h.example:82/") == 'b=2; c=new; $Path="/"'
    stranger = Response("b=; Version=1; Domain=www.h.example; Max-Age=0", name="Set-Cookie2")
    jar.extract_cookies(stranger, Request("http://evil.example/"))
    gone = Response('c=; Version=1; Path="/"; Max-Age=0', name="Set-Cookie2")
    jar.extract_cookies(gone, Request("http://www.h.example/"))
    assert names(jar) == ["a", "b"]
    jar.set_policy(DefaultCookiePolicy())
    assert sent(jar, "http://www.h.example/") == "b=2"


def test_policy_of_ones_own_decides_alone() -> None:
    asked = []

    class Mine(CookiePolicy):
        netscape, rfc2965, hide_cookie2 = True, False, False

        def set_ok(self, cookie: Any, request: Any) -> bool:
            asked.append(("set", cookie.name))
            return True

        def return_ok(self, cookie: Any, request: Any) -> bool:
            asked.append(("return", cookie.name))
            return bool(cookie.name != "b")

    jar = CookieJar(Mine())
    receive(jar, "http://h.example/", "a=1; Domain=com", "b=2", "__Host-c=3")
    assert sorted(sent(jar, "http://elsewhere.example/").split("; ")) == ["__Host-c=3", "a=1"]
    assert {("set", "a"), ("set", "__Host-c"), ("return", "b")} <= set(asked)
    for method in (CookiePolicy().set_ok, CookiePolicy().return_ok):
        with pytest.raises(NotImplementedError):
            method(made(), Request("http://h.example/"))
    assert CookiePolicy().domain_return_ok("x", None)
    assert CookiePolicy().path_return_ok("x", None)


HOOKS = [
    "set_ok", "set_ok_version", "set_ok_verifiability", "set_ok_name", "set_ok_path", "set_ok_domain", "set_ok_port",
    "return_ok", "return_ok_version", "return_ok_verifiability", "return_ok_secure", "return_ok_expires",
    "return_ok_port", "return_ok_domain", "domain_return_ok", "path_return_ok", "is_blocked", "is_not_allowed",
]  # fmt: skip


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize("way", ["subclass", "instance"])
@pytest.mark.parametrize("hook", HOOKS)
def test_overridden_hook_is_asked(hook: str, way: str, profile: str) -> None:
    asked: list[Any] = []
    usual = getattr(DefaultCookiePolicy, hook)

    def ask(self: Any, *args: Any) -> Any:
        asked.append(args[0])
        return usual(self, *args)

    with defaults.using(profile):
        if way == "subclass":
            policy = type("Asked", (DefaultCookiePolicy,), {hook: ask})()
        else:
            policy = DefaultCookiePolicy()
            setattr(policy, hook, lambda *args: ask(policy, *args))
        jar = CookieJar(policy)
        visit(jar, "http://h.example/", "a=1")
        receive(jar, "http://other.example/", "b=2")
        setting = hook.startswith(("set_", "is_"))
        assert bool(asked) is setting
        asked.clear()
        assert sent(jar, "http://h.example/") == "a=1"
        assert bool(asked) is not hook.startswith("set_")
        if hook == "domain_return_ok":
            assert asked == ["h.example", "other.example"]


def test_hook_that_somebody_puts_into_the_class_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1")
    monkeypatch.setattr(DefaultCookiePolicy, "return_ok", lambda *_: False)
    assert sent(jar, "http://h.example/") == ""


def test_liberal_hook_opens_every_domain() -> None:
    class Open(DefaultCookiePolicy):
        def domain_return_ok(self, domain: str, request: Any) -> bool:
            return True

        def return_ok_domain(self, cookie: Any, request: Any) -> bool:
            return True

    jar = CookieJar(Open())
    receive(jar, "http://h.example/", "a=1")
    assert sent(jar, "http://elsewhere.example/") == "a=1"


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
def test_overridden_methods_of_the_jar_are_called(profile: str) -> None:
    called = []

    class Mine(CookieJar):
        def _cookies_for_domain(self, domain: str, request: Any) -> list[Any]:
            called.append(domain)
            return super()._cookies_for_domain(domain, request)

        def set_cookie(self, cookie: Any) -> None:
            called.append(cookie.name)
            super().set_cookie(cookie)

        def clear_expired_cookies(self) -> None:
            called.append("expired")
            super().clear_expired_cookies()

        def make_cookies(self, response: Any, request: Any) -> list[Any]:
            called.append("make")
            return super().make_cookies(response, request)

    with defaults.using(profile):
        jar = Mine()
        receive(jar, "http://h.example/", "a=1", "b=2; Max-Age=0")
        receive(jar, "http://other.example/", "c=3")
        assert sent(jar, "http://h.example/") == "a=1"
    assert called == ["make", "a", "make", "c", "h.example", "other.example", "expired"]


# ---- the dictionary


CHANGES: dict[str, Callable[[CookieJar], Any]] = {
    "a new domain": lambda jar: jar._cookies.update({"h.example": {"/": {"n": made("n")}}}),
    "a new path": lambda jar: jar._cookies["h.example"].__setitem__("/p", {"n": made("n", path="/p")}),
    "a new name": lambda jar: jar._cookies["h.example"]["/"].__setitem__("n", made("n")),
    "one replaced": lambda jar: jar._cookies["h.example"]["/"].__setitem__("a", made("a", "new")),
    "one deleted": lambda jar: jar._cookies["h.example"]["/"].__delitem__("a"),
    "a path deleted": lambda jar: jar._cookies["h.example"].__delitem__("/"),
    "a domain deleted": lambda jar: jar._cookies.__delitem__("h.example"),
    "a domain moved": lambda jar: jar._cookies.__setitem__("h.example", jar._cookies.pop("h.example")),
    "cleared": lambda jar: jar._cookies.clear(),
    "a plain dictionary": lambda jar: setattr(jar, "_cookies", {"h.example": {"/": {"n": made("n")}}}),
    "a plain copy": lambda jar: setattr(jar, "_cookies", jar._cookies.copy()),
    "a deep copy": lambda jar: setattr(jar, "_cookies", copy.deepcopy(jar._cookies)),
    "a wide domain": lambda jar: jar._cookies.setdefault(".example", {"/": {"n": made("n", domain=".example")}}),
    "everywhere": lambda jar: jar._cookies.setdefault("", {"/": {"n": made("n", domain="")}}),
    "renamed": lambda jar: setattr(next(iter(jar)), "name", "n"),
    "moved elsewhere": lambda jar: setattr(next(iter(jar)), "domain", "elsewhere.example"),
    "made secure": lambda jar: setattr(next(iter(jar)), "secure", True),
    "given a port": lambda jar: setattr(next(iter(jar)), "port", "81"),
    "given a version": lambda jar: setattr(next(iter(jar)), "version", 1),
    "given no version": lambda jar: setattr(next(iter(jar)), "version", None),
}  # fmt: skip


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize("change", CHANGES)
def test_whatever_is_done_to_the_dictionary_counts(change: str, profile: str) -> None:
    """A jar whose policy is asked about everything finds the same: it looks up nothing."""

    class Asked(DefaultCookiePolicy):
        def domain_return_ok(self, domain: str, request: Any) -> bool:
            return super().domain_return_ok(domain, request)

    with defaults.using(profile):
        jar = CookieJar()
        visit(jar, "http://h.example/", "a=1", "b=2; Path=/p")
        visit(jar, "http://www.h.example/p", "c=3; Domain=h.example", "d=4; Path=/")
        sent(jar, "http://www.h.example/p")
        CHANGES[change](jar)
        slow = CookieJar(Asked())
        slow._cookies = dict(jar._cookies)
        for url in (
            "http://h.example/p",
            "http://www.h.example/p",
            "http://elsewhere.example/",
            "https://h.example:81/p",
        ):
            assert sent(jar, url) == sent(slow, url)
        assert "n" not in change.split() or "n=" in sent(jar, "http://h.example/p")


def test_cookie_of_the_standard_library_in_our_jar() -> None:
    jar = CookieJar()
    make: Any = http.cookiejar.Cookie
    theirs = make(
        0,
        "a",
        "1",
        None,
        False,
        "h.example",
        False,
        False,
        "/",
        True,
        False,
        None,
        True,
        None,
        None,
        {"HttpOnly": None},
    )
    jar.set_cookie(theirs)
    receive(jar, "http://h.example/", "b=2")
    assert sent(jar, "http://h.example/") == "a=1; b=2"
    assert vars(theirs) == vars(copy.copy(theirs))
    assert not hasattr(theirs, "_used")


def test_requests_of_the_standard_library() -> None:
    jar = CookieJar()
    theirs = urllib.request.Request("http://h.example/x")
    jar.extract_cookies(Response("a=1"), theirs)
    jar.add_cookie_header(theirs)
    assert theirs.get_header("Cookie") == "a=1"
    redirected = urllib.request.Request(
        "http://other.example/", origin_req_host="h.example", unverifiable=True
    )
    jar.extract_cookies(Response("b=2; SameSite=None", "c=3"), redirected)
    assert names(jar) == ["a"]


# ---- as a collection


def test_clear() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1", "b=2", "c=3; Path=/p")
    receive(jar, "http://other.example/", "d=4")
    jar.clear("h.example", "/", "a")
    assert names(jar) == ["b", "c", "d"]
    jar.clear("h.example", "/p")
    assert names(jar) == ["b", "d"]
    jar.clear("h.example")
    assert names(jar) == ["d"]
    for missing in (("x",), ("other.example", "/x"), ("other.example", "/", "x"), ("x", "/", "x")):
        with pytest.raises(KeyError):
            jar.clear(*missing)
    for wrong in ({"path": "/"}, {"name": "a"}, {"domain": "other.example", "name": "a"}):
        with pytest.raises(ValueError, match="must be given"):
            jar.clear(**wrong)
    jar.clear()
    assert len(jar) == 0
    assert not jar


def test_what_is_empty_is_dropped_in_the_safe_profile() -> None:
    outcomes: list[tuple[str, Any]] = [("safe", {}), ("stdlib", {"h.example": {"/": {}}})]
    for profile, left in outcomes:
        with defaults.using(profile):
            jar = CookieJar()
            receive(jar, "http://h.example/", "a=1")
            jar.clear("h.example", "/", "a")
            assert jar._cookies == left


def test_iteration_goes_over_a_snapshot() -> None:
    jar = CookieJar()
    receive(jar, "http://h.example/", "a=1", "b=2")
    for cookie in jar:
        jar.clear(cookie.domain, cookie.path, cookie.name)
        receive(jar, "http://h.example/", "c=3")
    assert names(jar) == ["c"]


def test_text_of_jars_and_cookies() -> None:
    jar = CookieJar()
    assert (str(jar), repr(jar)) == ("<CookieJar[]>", "<CookieJar[]>")
    jar.set_cookie(made(port="80", port_specified=True))
    jar.set_cookie(made("lone", None))
    assert str(jar) == "<CookieJar[<Cookie a=1 for h.example:80/>, <Cookie lone for h.example/>]>"
    assert repr(jar).startswith(
        "<CookieJar[Cookie(version=0, name='a', value='1', port='80', port_specified=True, "
    )
    assert eval(repr(made()), {"Cookie": Cookie}).__dict__ == made().__dict__


def test_cookie_as_a_program_makes_it() -> None:
    make: Any = http.cookiejar.Cookie
    theirs = make(
        "1",
        "a",
        "1",
        None,
        False,
        "H.Example",
        False,
        False,
        "/",
        True,
        False,
        "12.7",
        True,
        None,
        None,
        {"x": 1},
    )
    make = Cookie
    ours = make(
        "1",
        "a",
        "1",
        None,
        False,
        "H.Example",
        False,
        False,
        "/",
        True,
        False,
        "12.7",
        True,
        None,
        None,
        {"x": 1},
    )
    assert vars(ours) == vars(theirs)
    assert repr(ours) == repr(theirs)
    ours.set_nonstandard_attr("y", 2)
    assert (
        ours.get_nonstandard_attr("y"),
        ours.get_nonstandard_attr("z"),
        ours.get_nonstandard_attr("z", 3),
    ) == (2, None, 3)
    assert (ours.is_expired(12), ours.is_expired(11), ours.is_expired(), made().is_expired()) == (
        True,
        False,
        True,
        False,
    )
    with pytest.raises(ValueError, match="port_specified must be false"):
        made(port=None, port_specified=True)


def test_jars_and_cookies_pickle_and_copy() -> None:
    jar = CookieJar()
    receive(jar, "http://www.h.example/", "a=1", "b=2; Domain=h.example", "c=3")
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(jar, protocol))
        assert repr(again) == repr(jar)
        assert type(again._cookies) is CookieTree
        receive(again, "http://h.example/", "d=4; Domain=h.example")
        assert sent(again, "http://www.h.example/") == "a=1; b=2; c=3; d=4"
    deep = copy.deepcopy(jar)
    shallow = copy.copy(jar)
    assert shallow._cookies is jar._cookies
    assert shallow._cookies_lock is jar._cookies_lock
    shallow.clear()
    assert (len(shallow), len(jar), len(deep)) == (0, 3, 3)
    receive(shallow, "http://h.example/", "x=1")
    assert sent(jar, "http://h.example/") == "b=2"
    state = {**jar.__dict__}
    del state["_cookies_lock"]
    other = CookieJar.__new__(CookieJar)
    other.__setstate__({**state, "_cookies_lock": jar._cookies_lock})
    assert other._cookies_lock is jar._cookies_lock


def test_lock_may_be_replaced_by_less() -> None:
    jar = CookieJar()
    jar._cookies_lock = SimpleNamespace(acquire=lambda: None, release=lambda: None)  # as Scrapy does
    receive(jar, "http://h.example/", "a=1")
    assert sent(jar, "http://h.example/") == "a=1"
    assert len(jar) == len(list(jar)) == 1
    jar.clear()


def test_jar_is_free_after_an_error() -> None:
    jar = CookieJar()
    with pytest.raises(AttributeError):
        jar.add_cookie_header(None)
    with pytest.raises(AttributeError):
        jar.extract_cookies(None, None)
    free: list[bool] = []
    thread = threading.Thread(target=lambda: free.append(jar._cookies_lock.acquire(blocking=False)))
    thread.start()
    thread.join()
    assert free == [True]


def test_make_cookies_gives_what_is_set_and_removes_what_is_deleted() -> None:
    jar = CookieJar()
    receive(jar, "https://h.example/", "a=1; Path=/", "s=1; Secure; Path=/")
    request = Request("http://h.example/")
    made_now = jar.make_cookies(
        Response("b=2", "a=; Max-Age=0; Path=/", "s=; Max-Age=0; Path=/", "x=; Max-Age=0"), request
    )
    assert [cookie.name for cookie in made_now] == ["b"]
    assert names(jar) == ["s"]
    for cookie in made_now:
        jar.set_cookie_if_ok(cookie, request)
    assert names(jar) == ["s", "b"]


def test_nobody_deletes_anothers_cookie() -> None:
    jar = CookieJar()
    receive(jar, "http://victim.example/", "a=1; Domain=victim.example")
    receive(jar, "http://evil.example/", "a=; Domain=victim.example; Max-Age=0")
    assert names(jar) == ["a"]


def test_limits_count_what_servers_sent_in_all() -> None:
    with defaults.using(max_cookies=20):
        jar = CookieJar()
        for number in range(40):
            jar.set_cookie(made(domain=f"own{number}.example"))
        for number in range(30):
            receive(jar, f"http://h{number}.example/", "a=1")
        assert len(jar) <= 60
        assert sent(jar, "http://own0.example/") == sent(jar, "http://h29.example/") == "a=1"
        assert sent(jar, "http://h0.example/") == ""
        for number in range(30):
            jar.clear() if number == 15 else receive(jar, f"http://g{number}.example/", "a=1")
        assert len(jar) == 14


def test_domains_cleared_by_hand_make_room() -> None:
    with defaults.using(max_cookies=20):
        jar = CookieJar()
        for number in range(100):
            receive(jar, f"http://h{number}.example/", "a=1")
            if number >= 10:
                jar.clear(f"h{number - 10}.example")
        assert len(jar) == 10


def test_header_is_limited_and_holds_whole_cookies() -> None:
    with defaults.using(cookie_header_size=20):
        jar = CookieJar()
        receive(jar, "http://h.example/", "a=12345678", "b=12345678", "c=3")
        assert sent(jar, "http://h.example/") == "a=12345678"


def test_what_happens_is_logged_if_that_is_wanted(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(cookiejar, "debug", True)
    monkeypatch.setattr(cookiejar, "logger", None)
    with caplog.at_level(logging.DEBUG, "http.cookiejar"):
        jar = CookieJar(
            DefaultCookiePolicy(blocked_domains=["bad.example"], allowed_domains=[".example", "com"])
        )
        for url, field in (
            ("http://h.example/p/", "a=1; Path=/p"),
            ("http://h.example/", "b=2; Domain=other.example"),
            ("http://h.example/", "c=3; Secure"),
            ("http://h.example/", "d=4; SameSite=None"),
            ("http://h.example/", "e=\x01"),
            ("http://h.example/", "__Host-f=5"),
            ("http://bad.example/", "g=6"),
            ("http://h.test/", "h=7"),
            ("http://a.co.uk/", "i=8; Domain=co.uk"),
        ):
            visit(jar, url, field)
        assert sent(jar, "http://h.example/p") == "a=1"
        assert sent(jar, "http://h.example/") == ""
        with defaults.using("stdlib"):
            assert sent(jar, "http://h.example/p") == "a=1"
    told = caplog.text
    for piece in ("not in domain", "non-secure response", "ask for Secure", "no cookie", "__Host-", "block-list",
                  "allow-list", "does not path-match", "setting cookie", "add_cookie_header"):  # fmt: skip
        assert piece in told, piece


def test_nothing_is_logged_otherwise(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.DEBUG):
        visit(CookieJar(), "http://h.example/", "a=1; Domain=other.example")
        assert cookiejar._debug("x") is None
    assert not caplog.records
