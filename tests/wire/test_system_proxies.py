"""Proxies by the settings of macOS and Windows."""

from __future__ import annotations

from typing import Any

import pytest

from wirekit._wire.system_proxies import is_excepted_by_macos, is_excepted_by_windows, parse_windows

EXCEPTIONS = ["foo.bar", "*.bar.com", "127.0.0.1", "10.10", "10.0/16", "fe80::/10", "", "169.254.0.0/40"]


@pytest.mark.parametrize(
    "host, excepted",
    [
        ("foo.bar", True),
        ("FOO.bar:80", True),
        ("www.bar.com", True),
        ("127.0.0.1", True),
        ("10.10.0.1", True),
        ("10.0.0.1:8080", True),
        ("[fe80::1]:80", True),
        ("abc.foo.bar", False),
        ("bar.com", False),
        ("127.0.0.2", False),
        ("10.11.0.1", False),
        ("169.254.0.1", False),
        ("[::1]", False),
        ("simple", False),
    ],
)
def test_macos_excepts_hosts(host: str, excepted: bool) -> None:
    assert is_excepted_by_macos(host, {"exclude_simple": False, "exceptions": EXCEPTIONS}) is excepted


def test_macos_may_except_simple_names() -> None:
    settings = {"exclude_simple": True}
    assert is_excepted_by_macos("simple:80", settings)
    assert not is_excepted_by_macos("not.simple", settings)
    assert not is_excepted_by_macos("[::1]", settings)


@pytest.mark.parametrize(
    "values, proxies",
    [
        ({}, {}),
        ({"ProxyEnable": 0, "ProxyServer": "p:1"}, {}),
        ({"ProxyEnable": 1, "ProxyServer": ""}, {}),
        ({"ProxyEnable": 1, "ProxyServer": "p:1"}, dict.fromkeys(("http", "https", "ftp"), "http://p:1")),
        (
            {"ProxyEnable": 1, "ProxyServer": "http=p:1;HTTPS=https://q:2; ftp=r:3;;odd"},
            {"http": "http://p:1", "https": "https://q:2", "ftp": "http://r:3"},
        ),
        (
            {"ProxyEnable": 1, "ProxyServer": "http=p:1;socks=s:4"},
            {"http": "http://p:1", "https": "socks4://s:4", "socks": "socks://s:4"},
        ),
        (
            {"ProxyEnable": 1, "ProxyServer": "socks=socks5://s:4"},
            dict.fromkeys(("http", "https", "socks"), "socks5://s:4"),
        ),
    ],
)
def test_windows_names_proxies(values: dict[str, Any], proxies: dict[str, str]) -> None:
    assert parse_windows(values) == proxies


@pytest.mark.parametrize(
    "host, excepted",
    [
        ("www.example.com", True),
        ("WWW.example.net:80", True),
        ("192.168.0.1", True),
        ("intranet", True),
        ("[::1]", False),
        ("example.com", False),
        ("example.net", False),
        ("192.168.0.2", False),
    ],
)
def test_windows_excepts_hosts(host: str, excepted: bool) -> None:
    override = "www.example.com;*.example.net; 192.168.0.1;;<local>"
    assert is_excepted_by_windows(host, override) is excepted


def test_windows_excepts_nothing_without_a_word() -> None:
    assert not is_excepted_by_windows("intranet", "")
