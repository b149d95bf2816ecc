# Generated from tests/aio/test_robots_cache.py by tools/unasync.py; edit that file.
"""RobotsCache: one fetch a site, kept as long as it may be, and what counts when there is no answer."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, request, send
from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._io.concurrency import blocking as together
from wirekit.robots import RobotsCache

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

FILE = b"User-agent: examplebot\nDisallow: /private\nCrawl-delay: 2\nRequest-rate: 1/5\nSitemap: https://h/s.xml\n"


def answer(status: str = "200 OK", body: bytes = FILE, *fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields, "", ""]
    return "\r\n".join(lines).encode() + body


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


class Clock:
    """The clock of `net`, set by hand."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.shift = 0.0
        real = net.monotonic
        monkeypatch.setattr(net, "monotonic", lambda: real() + self.shift)


def test_one_fetch_however_many_ask(peer: MakePeer) -> None:
    server = peer([request(), send(answer())])
    cache = RobotsCache("ExampleBot/1.0 (+https://bot.example)")
    works = [partial(cache.can_fetch, url_of(server, f"/private/{number}")) for number in range(8)]
    assert together.run_all(works, 8) == [False] * 8
    assert cache.can_fetch(url_of(server, "/open"))
    assert len(server.conversations) == 1
    (asked,) = server.conversations[0].taken
    assert asked.startswith(b"GET /robots.txt HTTP/1.1\r\n")
    assert b"\r\nUser-Agent: ExampleBot/1.0 (+https://bot.example)\r\n" in asked


def test_one_fetch_for_all_who_wait_where_nothing_may_be_kept(peer: MakePeer) -> None:
    server = peer([request(), send(answer("200 OK", FILE, "Cache-Control: no-store"))])
    cache = RobotsCache("ExampleBot")
    works = [partial(cache.can_fetch, url_of(server, "/private")) for _ in range(8)]
    assert together.run_all(works, 8) == [False] * 8
    assert len(server.conversations) < 8  # in threads the last one may come when the first one has gone


def test_connection_is_not_kept(peer: MakePeer) -> None:
    server = peer([request(), send(answer())])
    RobotsCache("ExampleBot").can_fetch(url_of(server))
    assert b"\r\nConnection: close\r\n" in server.conversations[0].taken[0]


def test_questions_of_every_kind(peer: MakePeer) -> None:
    server = peer([request(), send(answer())])
    cache = RobotsCache("ExampleBot")
    decision = cache.explain(url_of(server, "/private"))
    assert (decision.allowed, decision.reason) == (False, "line 2: Disallow: /private")
    assert cache.can_fetch(url_of(server, "/private"), "other")
    assert cache.crawl_delay(url_of(server)) == 2.0
    assert cache.request_rate(url_of(server)) == (1, 5)
    assert cache.site_maps(url_of(server)) == ["https://h/s.xml"]


@pytest.mark.parametrize(
    "fields, seconds, fetches",
    [
        ([], 86_000, 1),
        ([], 86_500, 2),
        (["Cache-Control: max-age=60"], 50, 1),
        (["Cache-Control: max-age=60"], 70, 2),
        (["Cache-Control: max-age=999999"], 86_500, 2),
        (["Cache-Control: no-store"], 0, 2),
        (["Cache-Control: public", "Cache-Control: max-age=60"], 70, 2),
        (["Expires: Thu, 01 Jan 2026 00:01:00 GMT", "Date: Thu, 01 Jan 2026 00:00:00 GMT"], 70, 2),
        (["Cache-Control: max-age=100", "Age: 50"], 60, 2),
    ],
)
def test_file_is_kept_as_long_as_it_may_be(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch, fields: list[str], seconds: int, fetches: int
) -> None:
    clock = Clock(monkeypatch)
    server = peer([request(), send(answer("200 OK", FILE, *fields))])
    cache = RobotsCache("ExampleBot")
    assert not cache.can_fetch(url_of(server, "/private"))
    clock.shift += seconds
    assert not cache.can_fetch(url_of(server, "/private"))
    assert len(server.conversations) == fetches


def test_forgotten_file_is_fetched_anew(peer: MakePeer) -> None:
    server = peer([request(), send(answer())])
    cache = RobotsCache("ExampleBot", max_sites=1)
    for forget in (url_of(server), None):
        cache.can_fetch(url_of(server))
        cache.forget(forget)
    cache.can_fetch(url_of(server))
    assert len(server.conversations) == 3


def test_oldest_site_goes(peer: MakePeer) -> None:
    first, second = peer([request(), send(answer())]), peer([request(), send(answer())])
    cache = RobotsCache("ExampleBot", max_sites=1)
    for server in (first, second, first):
        cache.can_fetch(url_of(server))
    assert len(first.conversations) == 2


def test_absence_is_kept_as_long_as_it_may_be(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    answers = [answer("404 Not Found", b"", "Cache-Control: max-age=600"), answer()]
    server = peer([request(), lambda conversation: conversation.send(answers.pop(0))])
    cache = RobotsCache("ExampleBot")
    assert cache.can_fetch(url_of(server, "/private"))
    clock.shift += 500
    assert cache.can_fetch(url_of(server, "/private"))
    clock.shift += 200
    assert not cache.can_fetch(url_of(server, "/private"))


@pytest.mark.parametrize("max_size, allowed", [(None, False), (41, True), (42, False)])
def test_so_many_bytes_are_read_and_no_half_line(peer: MakePeer, max_size: int | None, allowed: bool) -> None:
    server = peer([request(), send(answer("200 OK", b"User-agent: examplebot\nDisallow: /private\n"))])
    cache = RobotsCache("ExampleBot", max_size=max_size)
    assert cache.can_fetch(url_of(server, "/private")) is allowed


def test_failure_forbids_for_a_minute(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    answers = [answer("503 Later", b""), answer()]
    server = peer([request(), lambda conversation: conversation.send(answers.pop(0))])
    cache = RobotsCache("ExampleBot")
    assert not cache.can_fetch(url_of(server, "/open"))
    assert not cache.can_fetch(url_of(server, "/open"))
    clock.shift += 61
    assert cache.can_fetch(url_of(server, "/open"))
    assert len(server.conversations) == 2


def test_failure_leaves_the_file_that_was_there(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = Clock(monkeypatch)
    answers: list[Any] = [answer(), None]

    def reply(conversation: Any) -> None:
        given = answers.pop(0)
        conversation.send(given) if given else conversation.end()

    server = peer([request(), reply])
    cache = RobotsCache("ExampleBot")
    assert cache.can_fetch(url_of(server, "/open"))
    clock.shift += 90_000
    assert cache.can_fetch(url_of(server, "/open"))
    assert not cache.can_fetch(url_of(server, "/private"))
    assert len(server.conversations) == 2


def test_no_connection_forbids(peer: MakePeer) -> None:
    assert not RobotsCache("ExampleBot").can_fetch(url_of(peer([close()]), "/x"))


@pytest.mark.parametrize("hops, allowed", [(5, False), (6, True)])
def test_row_175_five_redirects_are_followed_and_no_more(peer: MakePeer, hops: int, allowed: bool) -> None:
    left = [answer("302 Found", b"", f"Location: /r{number}") for number in range(hops)]
    server = peer([request(), lambda conversation: conversation.send(left.pop(0) if left else answer())])
    assert RobotsCache("ExampleBot").can_fetch(url_of(server, "/private")) is allowed


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize("place", ["file:///etc/hosts", "ftp://127.0.0.1:{}/x", "data:,x", "http://[", None])
def test_row_175_redirect_to_nowhere_forbids(peer: MakePeer, place: str | None, profile: str) -> None:
    elsewhere = peer([close()])
    field = [] if place is None else [f"Location: {place.format(elsewhere.port)}"]
    server = peer([request(), send(answer("302 Found", b"", *field))])
    with defaults.using(profile):
        assert not RobotsCache("ExampleBot").can_fetch(url_of(server, "/x"))
    assert elsewhere.conversations == []


@pytest.mark.parametrize(
    "url, place",
    [
        ("HTTP://Host/x", "http://host/robots.txt"),
        ("http://host:80/x", "http://host/robots.txt"),
        ("https://u:p@host:443", "https://host/robots.txt"),
        ("https://host:80/", "https://host:80/robots.txt"),
    ],
)
def test_site_is_scheme_host_and_port(url: str, place: str) -> None:
    from wirekit.robots import _locate

    assert _locate(url) == place


@pytest.mark.parametrize("url", ["ftp://h/x", "/x", "http:///x", "mailto:a@b"])
def test_url_without_a_robots_txt(url: str) -> None:
    with pytest.raises(ValueError, match="http and https"):
        RobotsCache("ExampleBot").can_fetch(url)
