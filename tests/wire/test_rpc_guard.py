"""Which requests belong to a server, by what they say of themselves."""

from __future__ import annotations

import pytest

from wirekit._wire import rpc_guard


@pytest.mark.parametrize(
    "host, parts",
    [
        ("example.org", ("example.org", "")),
        ("Example.ORG:8000", ("example.org", "8000")),
        ("example.org.", ("example.org", "")),
        ("[::1]:80", ("::1", "80")),
        ("[::1]", ("::1", "")),
        ("127.0.0.1:1", ("127.0.0.1", "1")),
        ("", ("", "")),
    ],
)
def test_host_is_split(host: str, parts: tuple[str, str]) -> None:
    assert rpc_guard.split_host(host) == parts


@pytest.mark.parametrize(
    "address, local",
    [
        ("127.0.0.1", True), ("127.8.9.1", True), ("::1", True), ("::ffff:127.0.0.1", True), ("10.0.0.1", False),
        ("::2", False), ("127.0.0.1.evil.example", False), ("1127.0.0.1", False),
    ],
)  # fmt: skip
def test_local_addresses(address: str, local: bool) -> None:
    assert rpc_guard.is_local_address(address) is local


@pytest.mark.parametrize(
    "name, local",
    [
        ("localhost", True), ("app.localhost", True), ("127.0.0.1", True), ("::1", True), ("myself", True),
        ("localhost.evil.example", False), ("evil.example", False), ("", False),
    ],
)  # fmt: skip
def test_local_names(name: str, local: bool) -> None:
    assert rpc_guard.is_local_name(name, "Myself") is local


@pytest.mark.parametrize(
    "host, local, allowed, good",
    [
        (None, True, None, True),
        ("localhost:1", True, None, True),
        ("evil.example", True, None, False),
        ("evil.example", False, None, True),
        ("good.example:1", True, {"good.example"}, True),
        ("localhost", True, {"good.example"}, False),
        ("other.example", False, {"good.example"}, False),
    ],
)
def test_host_is_judged(host: str | None, local: bool, allowed: set[str] | None, good: bool) -> None:
    said = rpc_guard.judge_host(host, local=local, own="me", allowed=allowed)
    assert (said == "") is good
    assert good or "name it in allowed_hosts" in said


@pytest.mark.parametrize(
    "kind, status",
    [
        ("text/xml", 0), ("text/xml; charset=utf-8", 0), (" TEXT/XML ;x", 0), ("application/xml", 0),
        ("application/rpc.x-y+xml", 0), (None, 415), ("", 415), ("text/plain", 415), ("text/xmlx", 415),
        ("multipart/form-data; boundary=text/xml", 415), ("application/x-www-form-urlencoded", 415),
        ("text/xml, text/plain", 415),
    ],
)  # fmt: skip
def test_type_is_judged(kind: str | None, status: int) -> None:
    assert rpc_guard.judge_call(kind, None, "h", ())[0] == status


@pytest.mark.parametrize(
    "origin, host, status",
    [
        (None, "h", 0),
        ("http://h", "h", 0),
        ("http://h:80", "h", 0),
        ("https://h", "h:443", 0),
        ("http://H:8000", "h:8000", 0),
        ("http://[::1]:8000", "[::1]:8000", 0),
        ("app://h", "h", 0),
        ("https://friend.example", "h", 0),
        ("http://h", "h:8000", 403),
        ("https://h", "h:80", 403),
        ("http://h.evil.example", "h", 403),
        ("http://evil.example", "h", 403),
        ("http://h@evil.example", "h", 403),
        ("null", "h", 403),
        ("", "h", 403),
        ("h", "h", 403),
        ("http://h", None, 403),
    ],
)
def test_origin_is_judged(origin: str | None, host: str | None, status: int) -> None:
    said = rpc_guard.judge_call("text/xml", origin, host, {"https://friend.example"})
    assert said[0] == status
    assert (said[1] == "") is (status == 0)
