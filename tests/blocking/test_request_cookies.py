# Generated from tests/aio/test_request_cookies.py by tools/unasync.py; edit that file.
"""Cookies between requests, by a jar."""

from __future__ import annotations

import http.cookiejar
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, request, send
from wirekit.http import cookiejar
from wirekit.urllib import request as web

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


def setting(*cookies: str, status: str = "200 OK", more: str = "") -> bytes:
    fields = "".join(f"Set-Cookie: {one}\r\n" for one in cookies)
    return f"HTTP/1.1 {status}\r\n{fields}{more}Content-Length: 2\r\n\r\nok".encode()


def cookies_of(said: bytes) -> list[bytes]:
    heads = [part for part in said.split(b"\r\n\r\n") if part]
    return [
        next((line[8:] for line in head.split(b"\r\n") if line.startswith(b"Cookie: ")), b"")
        for head in heads
    ]


def get(opener: Any, url: Any) -> None:
    with opener.open(url, timeout=5) as response:
        response.read()


@pytest.mark.parametrize("jar", [None, cookiejar.CookieJar, http.cookiejar.CookieJar])
def test_cookies_are_kept_and_sent(peer: MakePeer, jar: Any) -> None:
    answers = (setting("a=1; Path=/", "b=2; Path=/in"), OK, OK)
    server = peer([step for one in answers for step in (request(), send(one))])
    processor = web.HTTPCookieProcessor() if jar is None else web.HTTPCookieProcessor(jar())
    with web.build_opener(processor) as opener:
        for path in ("/in/x", "/", "/in/y"):
            get(opener, url_of(server, path))
    got = cookies_of(heard(server))
    assert got[:2] == [b"", b"a=1"]
    assert sorted(got[2].split(b"; ")) == [b"a=1", b"b=2"]
    assert {cookie.name for cookie in processor.cookiejar} == {"a", "b"}


def test_cookie_of_a_redirect_goes_along(peer: MakePeer) -> None:
    server = peer(
        [request(), send(setting("a=1", status="302 Found", more="Location: /b\r\n")), request(), send(OK)]
    )
    with web.build_opener(web.HTTPCookieProcessor()) as opener:
        get(opener, url_of(server, "/a"))
    assert cookies_of(heard(server)) == [b"", b"a=1"]


def test_cookie_of_a_challenge_goes_along_with_the_login(peer: MakePeer) -> None:
    """The standard library sends the cookies of the first attempt once more."""
    ask = setting("a=2", status="401 Who", more='WWW-Authenticate: Basic realm="r"\r\n')
    server = peer([request(), send(setting("a=1")), request(), send(ask), request(), send(OK)])
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url_of(server), "u", "p")
    with web.build_opener(web.HTTPCookieProcessor(), web.HTTPBasicAuthHandler(manager)) as opener:
        for _ in range(2):
            get(opener, url_of(server))
    assert cookies_of(heard(server)) == [b"", b"a=1", b"a=2"]


def test_own_cookie_header_counts(peer: MakePeer) -> None:
    server = peer([request(), send(setting("a=1")), request(), send(OK)])
    wanted = web.Request(url_of(server), headers={"Cookie": "mine=1"})
    with web.build_opener(web.HTTPCookieProcessor()) as opener:
        for _ in range(2):
            get(opener, wanted)
    assert cookies_of(heard(server)) == [b"mine=1", b"mine=1"]
