"""Where cookies belong: hosts, domains, paths, sites, prefixes."""

from __future__ import annotations

import pytest

from wirekit._wire import cookie_scope as scope

SUFFIXES = {"com", "co.uk", "github.io"}


def registrable(host: str) -> str | None:
    labels = host.split(".")
    for at in range(len(labels)):
        if ".".join(labels[at + 1 :]) in SUFFIXES:
            return ".".join(labels[at:])
    return None


@pytest.mark.parametrize(
    "authority, host",
    [
        ("h", "h"),
        ("h:80", "h"),
        ("u:p@h:80", "h"),
        ("u@x@h", "h"),
        ("[::1]", "[::1]"),
        ("[::1]:80", "[::1]"),
        ("", ""),
    ],
)
def test_host_of_an_authority(authority: str, host: str) -> None:
    assert scope.split_place(authority) == host


@pytest.mark.parametrize(
    "host, canonical",
    [
        ("WWW.Example.COM", "www.example.com"),
        ("example.com.", "example.com"),
        ("example.com..", "example.com."),
        ("b\xfccher.example", "xn--bcher-kva.example"),
        ("\u2603." * 40, ("\u2603." * 40)[:-1]),
        ("", ""),
    ],
)
def test_canonical_host(host: str, canonical: str) -> None:
    assert scope.canonical_host(host) == canonical


@pytest.mark.parametrize(
    "host, is_one",
    [
        ("127.0.0.1", True),
        ("[::1]", True),
        ("0x7f.1", True),
        ("1.0x", True),
        ("a.1", True),
        ("1.a", False),
        ("", False),
    ],
)
def test_addresses(host: str, is_one: bool) -> None:
    assert scope.is_address(host) is is_one


@pytest.mark.parametrize(
    "host, domain, matches",
    [
        ("example.com", "example.com", True),
        ("www.example.com", "example.com", True),
        ("badexample.com", "example.com", False),
        ("example.com", "www.example.com", False),
        ("10.0.0.1", "0.0.1", False),
        ("10.0.0.1", "10.0.0.1", True),
    ],
)
def test_domain_match(host: str, domain: str, matches: bool) -> None:
    assert scope.host_matches(host, domain) is matches


@pytest.mark.parametrize(
    "host, domains",
    [
        (
            "a.b.c",
            (("a.b.c", True), (".a.b.c", True), (".b.c", True), ("b.c", False), (".c", True), ("c", False)),
        ),
        ("localhost", (("localhost", True), (".localhost", True), ("localhost.local", True))),
        ("1.2.3.4", (("1.2.3.4", True), (".1.2.3.4", True))),
        ("[::1]", (("[::1]", True), (".[::1]", True))),
    ],
)
def test_domains_that_may_hold_cookies_of_a_host(host: str, domains: tuple[tuple[str, bool], ...]) -> None:
    assert scope.list_domains(host) == domains


def test_host_longer_than_any_name_is_in_no_domain() -> None:
    longest = "a." * 126 + "a"
    assert len(scope.list_domains(longest)) == 2 * 127
    assert scope.list_domains("a" + longest) == (("a" + longest, True), (".a" + longest, True))


@pytest.mark.parametrize(
    "path, default",
    [("/a/b", "/a"), ("/a/", "/a"), ("/a", "/"), ("/", "/"), ("", "/"), ("a/b", "/"), ("//", "/")],
)
def test_default_path(path: str, default: str) -> None:
    assert scope.default_path(path) == default


@pytest.mark.parametrize(
    "path, cookie_path, matches",
    [
        ("/", "/", True),
        ("/a/b", "/", True),
        ("/a/b", "/a", True),
        ("/a/b", "/a/", True),
        ("/a", "/a", True),
        ("/a", "/a/", False),
        ("/ab", "/a", False),
        ("/b", "/a", False),
        ("/A", "/a", False),
    ],
)
def test_path_match(path: str, cookie_path: str, matches: bool) -> None:
    assert scope.path_matches(path, cookie_path) is matches


@pytest.mark.parametrize(
    "host, site",
    [
        ("www.example.com", "example.com"),
        ("a.b.co.uk", "b.co.uk"),
        ("co.uk", "co.uk"),
        ("me.github.io", "me.github.io"),
        ("intranet", "intranet"),
        ("10.0.0.1", "10.0.0.1"),
    ],
)
def test_site(host: str, site: str) -> None:
    assert scope.site_of(host, registrable) == site


@pytest.mark.parametrize(
    "name, value, secure, host_only, whole_site, faulty",
    [
        ("a", "__Host-b", False, False, False, False),
        ("__Secure-a", "", True, False, False, False),
        ("__secure-a", "", False, True, True, True),
        ("__Host-a", "", True, True, True, False),
        ("__HOST-a", "", True, False, True, True),
        ("__host-a", "", True, True, False, True),
        ("__Host-a", "", False, True, True, True),
        ("", "__Host-a=b", True, True, True, True),
        ("", "__SECURE-a", True, True, True, True),
        ("", "a", False, False, False, False),
        ("__Hos", "", False, False, False, False),
    ],
)
def test_prefixes(
    name: str, value: str, secure: bool, host_only: bool, whole_site: bool, faulty: bool
) -> None:
    fault = scope.find_prefix_fault(name, value, secure=secure, host_only=host_only, whole_site=whole_site)
    assert bool(fault) is faulty


def test_safe_methods() -> None:
    assert "GET" in scope.SAFE_METHODS
    assert "POST" not in scope.SAFE_METHODS
