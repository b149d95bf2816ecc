"""The jar against slow ones that are obviously right: a model of RFC 6265bis, and the standard library's own.

And files: what is saved is loaded again; the dates and words of old headers against the standard library's.
"""

from __future__ import annotations

import copy
import http.cookiejar
import http.cookies
import re
import time
from typing import TYPE_CHECKING, Any
from unittest import mock

import hypothesis
import pytest
from hypothesis import strategies as st

from tests.jars import Response
from tests.properties.slow_jar import SlowJar, names_of, site
from wirekit import defaults
from wirekit._wire import cookies as grammar
from wirekit.http import _cookie_requests, cookiejar, cookies
from wirekit.urllib.request import Request

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

HOSTS = [
    "example.com",
    "www.example.com",
    "a.www.example.com",
    "example.org",
    "me.github.io",
    "a.co.uk",
    "10.0.0.1",
]
DOMAINS = ["", ".", "com", "co.uk", "github.io", "0.0.1", *HOSTS, ".example.com", "EXAMPLE.com", "xample.com"]
PATHS = ["/", "/a", "/a/", "/a/b", "/ab", "/a/b/c"]
NAMES = ["a", "b", "", "__Host-a", "__secure-b"]
START = 1_700_000_000


@pytest.fixture(autouse=True)
def _own_suffixes(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Use the model's short list of public suffixes."""

    def find(host: str) -> str | None:
        found = site(host)
        return found if "." in found and found not in {"github.io", "co.uk"} else None

    monkeypatch.setattr(_cookie_requests, "_find_suffix", find)
    with defaults.using("safe"):
        yield


@st.composite
def set_cookies(draw: st.DrawFn) -> str:
    name, value = draw(st.sampled_from(NAMES)), draw(st.sampled_from(["1", "2", "", "x=y", '"q"']))
    parts = [f"{name}={value}" if name or draw(st.booleans()) else value]
    for _ in range(draw(st.integers(0, 4))):
        kind = draw(st.sampled_from(["Domain", "Path", "Secure", "Max-Age", "SameSite", "HttpOnly"]))
        if kind in {"Secure", "HttpOnly"}:
            parts.append(kind)
        else:
            values = {
                "Domain": DOMAINS,
                "Path": ["", "x", *PATHS],
                "Max-Age": ["-1", "0", "3", "100", "99999999", "odd"],
                "SameSite": ["Lax", "Strict", "None", "odd"],
            }[kind]
            parts.append(f"{kind}={draw(st.sampled_from(values))}")
    return "; ".join(parts)


@st.composite
def steps(draw: st.DrawFn) -> tuple[str, str, str, str, int, bool, bool]:
    scheme = draw(st.sampled_from(["http", "https"]))
    place = draw(st.sampled_from(HOSTS)), draw(st.sampled_from(PATHS))
    text = draw(set_cookies())
    return scheme, *place, text, draw(st.integers(0, 2)), draw(st.booleans()), draw(st.integers(0, 9)) == 0


def request_of(scheme: str, host: str, path: str, cross_site: bool) -> Request:
    if cross_site:
        return Request(f"{scheme}://{host}{path}", origin_req_host="elsewhere.test", unverifiable=True)
    return Request(f"{scheme}://{host}{path}")


@hypothesis.settings(
    max_examples=200, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(st.lists(steps(), min_size=1, max_size=14), st.randoms(use_true_random=False))
def test_jar_does_what_the_slow_one_does(history: list[Any], random: Any) -> None:
    jar, slow, now = cookiejar.CookieJar(), SlowJar(), START
    with mock.patch.object(time, "time") as clock:
        for scheme, host, path, text, pause, sends, cross_site in history:
            now += pause
            clock.return_value = now
            if sends:
                request = request_of(scheme, host, path, cross_site)
                jar.add_cookie_header(request)
                assert request.get_header("Cookie", "") == slow.send(scheme, host, path, now, cross_site)
            else:
                jar.extract_cookies(Response(text), request_of(scheme, host, path, cross_site))
                slow.receive(scheme, host, path, text, now, cross_site)
            disturb(jar, random)
            jar.clear_expired_cookies()
            slow.expire(now)
            assert names_of(jar) == sorted((one.name, one.domain, one.path) for one in slow.cookies)


def disturb(jar: Any, random: Any) -> None:
    """Do to the jar's dictionary what changes nothing for who reads it."""
    choice = random.randrange(8)
    tree = jar._cookies
    if choice == 0:
        jar._cookies = copy.deepcopy(tree)
    elif choice == 1:
        jar._cookies = {domain: dict(paths) for domain, paths in tree.items()}  # a plain one from now on
    elif choice == 2 and tree:
        domain = random.choice(list(tree))
        tree[domain] = tree.pop(domain)
    elif choice == 3:
        tree.update({})


# ---- the standard library's profile


OLD_ATTRIBUTES = st.one_of(
    st.sampled_from(["secure", "discard", "port", "port=80", "port=81,x", 'port="80, 81"', "HttpOnly"]),
    st.sampled_from(["version=0", "Version=1", "version=x", "comment=hi", "commenturl", "max-age"]),
    st.sampled_from(["max-age=0", "max-age=50", "Max-Age=x", "path", "domain", "expires"]),
    st.sampled_from(DOMAINS).map("domain=".__add__),
    st.sampled_from(["/", "/a", "/a/", "x", "/%7ea", "/\xe9"]).map("path=".__add__),
    st.sampled_from(["Wed, 01 Jan 2070 00:00:00 GMT", '"01 Jan 1970 00:00:01"', "soon", "01-Jan-2071"]).map(
        "expires=".__add__
    ),
)


@st.composite
def old_cookies(draw: st.DrawFn) -> tuple[str, str]:
    kind = draw(st.sampled_from(["Set-Cookie", "Set-Cookie", "Set-Cookie2"]))
    parts = [draw(st.sampled_from(["a=1", "b=2", "c", "=x", "$d=4", 'e="5 5"']))]
    parts += draw(st.lists(OLD_ATTRIBUTES, max_size=4))
    return kind, "; ".join(parts)


POLICIES: list[dict[str, Any]] = [
    {},
    {"rfc2965": True},
    {"rfc2965": True, "rfc2109_as_netscape": False, "hide_cookie2": True},
    {"netscape": False},
    {"strict_ns_domain": 3, "strict_domain": True},
    {"strict_ns_domain": 4, "strict_ns_unverifiable": True, "strict_rfc2965_unverifiable": False},
    {"strict_ns_set_path": True, "strict_ns_set_initial_dollar": True},
    {"blocked_domains": [".example.com", "10.0.0.1"]},
    {"allowed_domains": ["www.example.com", ".co.uk"]},
]
OLD_HOSTS = [*HOSTS, "h", "foo.local", "localhost", "www.acme.com:81"]


@hypothesis.settings(
    max_examples=250, deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture]
)
@hypothesis.given(
    st.sampled_from(POLICIES),
    st.lists(
        st.tuples(
            st.sampled_from(["http", "https"]),
            st.sampled_from(OLD_HOSTS),
            st.sampled_from([*PATHS, "", "/%7Ea"]),
            old_cookies(),
            st.booleans(),
            st.booleans(),
        ),
        min_size=1,
        max_size=12,
    ),
)
def test_jar_does_what_the_standard_librarys_does_in_its_profile(
    switches: dict[str, Any], history: list[Any]
) -> None:
    ours = cookiejar.CookieJar(cookiejar.DefaultCookiePolicy(**switches))
    theirs: Any = http.cookiejar.CookieJar(http.cookiejar.DefaultCookiePolicy(**switches))
    with defaults.using("stdlib"), mock.patch.object(time, "time", return_value=START):
        for scheme, host, path, (kind, text), sends, verifiable in history:
            headers = []
            for jar in (ours, theirs):
                request = Request(
                    f"{scheme}://{host}{path}", origin_req_host="www.example.com", unverifiable=not verifiable
                )
                if sends:
                    jar.add_cookie_header(request)
                    headers.append((request.get_header("Cookie"), request.get_header("Cookie2")))
                else:
                    with mock.patch("warnings.warn"):  # of what it calls its own defects
                        jar.extract_cookies(Response(text, name=kind), request)
            assert headers[1:] == headers[:-1]
            assert repr(ours) == repr(theirs)


@hypothesis.settings(deadline=None)
@hypothesis.given(
    st.sampled_from(POLICIES), st.lists(st.tuples(st.sampled_from(OLD_HOSTS), old_cookies()), max_size=8)
)
def test_overridden_hooks_find_what_the_index_finds(switches: dict[str, Any], history: list[Any]) -> None:
    """One policy lets the jar look up; in the others somebody wants to be asked, and says what the default says."""

    class OfCookies(cookiejar.DefaultCookiePolicy):
        def return_ok(self, cookie: Any, request: Any) -> bool:
            return super().return_ok(cookie, request)

    class OfDomains(cookiejar.DefaultCookiePolicy):
        def domain_return_ok(self, domain: str, request: Any) -> bool:
            return super().domain_return_ok(domain, request)

    for profile in ("safe", "stdlib"):
        with defaults.using(profile), mock.patch.object(time, "time", return_value=START):
            jars = [cookiejar.CookieJar(kind(**switches)) for kind in KINDS(OfCookies, OfDomains)]
            for host, (kind, text) in history:
                headers = set()
                for jar in jars:
                    jar.extract_cookies(Response(text, name=kind), Request(f"https://{host}/a/b"))
                    request = Request(f"https://{host}/a/b/c")
                    jar.add_cookie_header(request)
                    headers.add(request.get_header("Cookie"))
                assert len(headers) == 1


def KINDS(*kinds: Any) -> list[Any]:
    return [cookiejar.DefaultCookiePolicy, *kinds]


# ---- grammar


texts = st.text(st.sampled_from('ab=;,"\\ \t$\n\x01\xe9[]{}') | st.characters(codec="utf-8"), max_size=30)


@hypothesis.given(texts | st.lists(texts, max_size=5).map("; ".join))
def test_simple_cookie_reads_what_the_standard_librarys_reads_in_its_profile(text: str) -> None:
    def outcome(kind: Any, error: Any) -> Any:
        found = kind()
        try:
            found.load(text)
        except error:
            return "refused"
        return {key: (one.key, one.value, one.coded_value, dict(one)) for key, one in found.items()}

    with defaults.using("stdlib"):
        ours = outcome(cookies.SimpleCookie, cookies.CookieError)
    theirs = outcome(http.cookies.SimpleCookie, http.cookies.CookieError)
    for found in (ours, theirs):
        if found != "refused":
            for value in found.values():
                value[3].pop("partitioned", None)  # known since 3.14
    if "partitioned" in text.lower() or (
        ours == "refused" and theirs != "refused" and grammar.find_control(text)
    ):
        return
    assert ours == theirs


@hypothesis.given(texts)
def test_any_text_gives_cookies_that_can_be_sent(text: str) -> None:
    found = cookies.SimpleCookie()
    found.load(text)
    assert not grammar.find_control(found.output(sep=""))
    pairs = cookies.parse_cookie(text).pairs
    for name, value in pairs:
        assert name
        assert not set("\r\n\0") & set(name + value)
    again = cookies.parse_cookie(
        "; ".join(f"{name}={cookies._quote(value)}" for name, value in pairs if ";" not in value)
    )
    assert [pair for pair in pairs if ";" not in pair[1]] == again.pairs or any(
        "\t" in value for _, value in pairs
    )


@hypothesis.given(st.dictionaries(st.text("abc!$:", min_size=1), st.text(max_size=8), max_size=4))
def test_what_simple_cookie_writes_it_reads(values: dict[str, str]) -> None:
    values = {
        key: value
        for key, value in values.items()
        if not grammar.find_control(value) and not key.startswith("$")
    }
    written = cookies.SimpleCookie(values)
    header = written.output(header="", sep=";")
    read = cookies.SimpleCookie(header)
    assert {key: morsel.value for key, morsel in read.items()} == values
    assert dict(cookies.parse_cookie(header)) == values


# ---- files

words = st.text(
    st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"], exclude_characters=";"), max_size=12
)


@st.composite
def made_cookies(draw: st.DrawFn) -> Any:
    domain = draw(st.sampled_from(["example.com", ".example.com", "10.0.0.1"]))
    rest: dict[str, Any] = {}
    if draw(st.booleans()):
        rest["HTTPOnly"] = ""
    return cookiejar.Cookie(
        0,
        draw(words.filter(bool)),
        draw(words),
        None,
        False,
        domain,
        domain[0] == ".",
        domain[0] == ".",
        draw(st.sampled_from(["/", "/a b", "/\xe9"])),
        False,
        draw(st.booleans()),
        draw(st.none() | st.integers(START, START * 2)),
        False,
        None,
        None,
        rest,
    )


def shown(jar: Any) -> list[Any]:
    return sorted(
        (one.name, one.value, one.domain, one.domain_specified, one.path, one.secure, one.expires,
         one.has_nonstandard_attr("HttpOnly"))
        for one in jar
    )  # fmt: skip


@pytest.mark.parametrize(
    "kind", [cookiejar.MozillaCookieJar, cookiejar.LWPCookieJar, cookiejar.JSONCookieJar]
)
@hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(st.lists(made_cookies(), max_size=5))
def test_what_is_saved_is_loaded_again(kind: Any, tmp_path: Path, made: list[Any]) -> None:
    if kind is cookiejar.LWPCookieJar:  # it has no quotes for names
        hypothesis.assume(not any(re.search(r"[=\s;,]", cookie.name) for cookie in made))
    jar, again = kind(tmp_path / "jar"), kind(tmp_path / "jar")
    for cookie in made:
        jar.set_cookie(cookie)
    jar.save(ignore_discard=True, ignore_expires=True)
    again.load(ignore_discard=True, ignore_expires=True)
    assert shown(again) == shown(jar)
    assert again.bad_lines == []


@pytest.mark.parametrize(
    "kind", [cookiejar.MozillaCookieJar, cookiejar.LWPCookieJar, cookiejar.JSONCookieJar]
)
@hypothesis.settings(deadline=None, suppress_health_check=[hypothesis.HealthCheck.function_scoped_fixture])
@hypothesis.given(
    st.sampled_from(
        ["# Netscape HTTP Cookie File\n", "#LWP-Cookies-2.0\nSet-Cookie3: ", '{"cookies": [', ""]
    ),
    st.binary() | st.text('\t;=,\n"\\ a1.#', max_size=60).map(str.encode),
)
def test_any_bytes_are_cookies_or_a_load_error(kind: Any, tmp_path: Path, head: str, data: bytes) -> None:
    path = tmp_path / "jar"
    path.write_bytes(head.encode() + data)
    jar = kind(path)
    with mock.patch("warnings.warn"):
        try:
            jar.load(ignore_discard=True, ignore_expires=True)
        except cookiejar.LoadError:
            return
    for cookie in jar:
        assert not grammar.find_control(f"{cookie.name}{cookie.value}".replace("\t", ""))
