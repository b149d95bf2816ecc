"""Which proxy to use, by the environment's customs."""

from __future__ import annotations

import pytest

from wirekit._wire import proxies


def test_environment_names_proxies_by_scheme() -> None:
    environ = {
        "http_proxy": "http://p:1",
        "HTTPS_PROXY": "http://p:2",
        "NO_PROXY": "a,b",
        "_proxy": "x",
        "PROXY": "y",
    }
    assert proxies.read_environment(environ) == {"http": "http://p:1", "https": "http://p:2", "no": "a,b"}


@pytest.mark.parametrize("order", [1, -1])
def test_lower_case_counts_before_upper(order: int) -> None:
    pairs = [("HTTP_PROXY", "http://upper"), ("http_proxy", "http://lower")][::order]
    assert proxies.read_environment(dict(pairs)) == {"http": "http://lower"}


def test_empty_lower_case_takes_the_proxy_away() -> None:
    assert proxies.read_environment({"HTTP_PROXY": "http://upper", "http_proxy": ""}) == {}


def test_empty_upper_case_is_none() -> None:
    assert proxies.read_environment({"HTTP_PROXY": ""}) == {}


def test_cgi_program_does_not_believe_upper_case_http() -> None:
    environ = {"REQUEST_METHOD": "GET", "HTTP_PROXY": "http://evil", "HTTPS_PROXY": "http://good"}
    assert proxies.read_environment(environ) == {"https": "http://good"}


def test_cgi_program_believes_lower_case_http() -> None:
    assert proxies.read_environment({"REQUEST_METHOD": "GET", "http_proxy": "http://p"}) == {
        "http": "http://p"
    }


@pytest.mark.parametrize(
    "host, exceptions, excepted",
    [
        ("example.com", "*", True),
        ("example.com", "example.com", True),
        ("EXAMPLE.com", " Example.COM ,x", True),
        ("sub.example.com", "example.com", True),
        ("sub.example.com", ".example.com", True),
        ("example.com", ".example.com", True),
        ("example.com", "ample.com", False),
        ("badexample.com", "example.com", False),
        ("example.com:80", "example.com", True),
        ("example.com:80", "example.com:80", True),
        ("sub.example.com:80", "example.com:80", True),
        ("example.com:81", "example.com:80", False),
        ("example.com", "example.com:80", False),
        ("example.com:", "example.com", True),
        ("[::1]:80", "[::1]", True),
        ("[::1]", "[::1]", True),
        ("h:name", "h", False),
        ("example.com", "", False),
        ("example.com", ",,", False),
        ("example.com", "x,*", False),
        ("example.com", " * ", True),
        ("sub.example.com", "*.example.com", True),
        ("badexample.com", "*.example.com", False),
        ("10.1.2.3", "10.0.0.0/8", True),
        ("10.1.2.3:80", "x, 10.0.0.0/8", True),
        ("11.1.2.3", "10.0.0.0/8", False),
        ("10.1.2.3", "10.1.2.99/24", True),
        ("ten.example", "10.0.0.0/8", False),
        ("10.1.2.3", "10.0.0.0/40", False),
        ("[fd00::1]:443", "fd00::/8", True),
        ("[fe00::1]", "fd00::/8", False),
        ("[::1]:80", "::1", True),
        ("[0:0::1]", "[::1]", True),
        ("::1", "::1", True),
        ("10.1.2.3", "fd00::/8", False),
    ],
)
def test_exceptions_begin_at_a_dot(host: str, exceptions: str, excepted: bool) -> None:
    assert proxies.is_excepted(host, exceptions) is excepted


@pytest.mark.parametrize(
    "proxy, parts",
    [
        ("proxy.example.com", (None, None, None, "proxy.example.com")),
        ("proxy.example.com:3128", (None, None, None, "proxy.example.com:3128")),
        ("joe:password@proxy.example.com", (None, "joe", "password", "proxy.example.com")),
        ("joe:password@proxy.example.com:3128", (None, "joe", "password", "proxy.example.com:3128")),
        ("http://proxy.example.com/", ("http", None, None, "proxy.example.com")),
        ("HTTP://proxy.example.com:3128/", ("http", None, None, "proxy.example.com:3128")),
        ("http://joe:password@proxy.example.com:3128", ("http", "joe", "password", "proxy.example.com:3128")),
        ("http://joe:pass/word@proxy:3128/x", ("http", "joe", "pass/word", "proxy:3128")),
        ("http://joe@proxy/", ("http", "joe", None, "proxy")),
        ("socks5://proxy:1080", ("socks5", None, None, "proxy:1080")),
        ("[::1]:3128", (None, None, None, "[::1]:3128")),
    ],
)
def test_proxy_is_taken_apart(proxy: str, parts: tuple[str | None, str | None, str | None, str]) -> None:
    assert proxies.parse_proxy(proxy) == parts


@pytest.mark.parametrize("proxy", ["file:/ftp.example.com/", "http:/proxy"])
def test_proxy_url_without_authority_is_refused(proxy: str) -> None:
    with pytest.raises(ValueError, match="no authority"):
        proxies.parse_proxy(proxy)
