"""RobotFileParser: what is fetched, what an answer means, and questions of every kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, request, send
from wirekit import defaults
from wirekit.aio.urllib.request import Request
from wirekit.aio.urllib.robotparser import RobotFileParser
from wirekit.urllib.error import URLError

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

FILE = b"User-agent: *\nDisallow: /private\nCrawl-delay: 2\nRequest-rate: 1/5\nSitemap: https://h/s.xml\n"


def answer(status: str, body: bytes = b"", *fields: str) -> bytes:
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *fields, "", ""]
    return "\r\n".join(lines).encode() + body


def parser_at(server: Peer) -> RobotFileParser:
    return RobotFileParser(f"http://127.0.0.1:{server.port}/robots.txt")


def parsed(*lines: str) -> RobotFileParser:
    parser = RobotFileParser()
    parser.parse(lines)
    return parser


async def test_file_is_read_and_obeyed(peer: MakePeer) -> None:
    parser = parser_at(peer([request(), send(answer("200 OK", FILE))]))
    assert not parser.can_fetch("bot", "/open")
    assert parser.mtime() == 0
    await parser.read()
    assert parser.can_fetch("bot", "/open")
    assert not parser.can_fetch("bot", "http://127.0.0.1/private/x")
    assert parser.crawl_delay("bot") == 2.0
    assert parser.request_rate("bot") == (1, 5)
    assert parser.site_maps() == ["https://h/s.xml"]
    assert parser.mtime() > 0
    assert parser.error is None


@pytest.mark.parametrize(
    "status", ["401 Unauthorized", "403 Forbidden", "404 Not Found", "410 Gone", "451 No"]
)
async def test_file_that_is_not_there_allows(peer: MakePeer, status: str) -> None:
    parser = parser_at(peer([request(), send(answer(status))]))
    await parser.read()
    assert parser.can_fetch("bot", "/x")
    assert parser.explain("bot", "/x").reason == "there is no robots.txt"


@pytest.mark.parametrize("status", ["500 Oops", "503 Later"])
async def test_row_169_server_that_fails_forbids(peer: MakePeer, status: str) -> None:
    parser = parser_at(peer([request(), send(answer(status))]))
    await parser.read()
    assert not parser.can_fetch("bot", "/x")
    assert parser.error is not None


@pytest.mark.parametrize(
    "script",
    [
        [close()],
        [request(), close()],
        [request(), send(b"220 no http\r\n")],
        [request(), send(answer("200 OK", FILE)[:-9]), close()],
    ],
    ids=["close", "no answer", "no http", "half"],
)
async def test_row_169_network_that_fails_forbids(peer: MakePeer, script: list[object]) -> None:
    parser = parser_at(peer(script))
    await parser.read()
    assert not parser.can_fetch("bot", "/x")
    assert parser.error is not None


async def test_endless_redirects_are_as_good_as_none(peer: MakePeer) -> None:
    server = peer([request(), send(answer("302 Found", b"", "Location: /robots.txt"))])
    parser = parser_at(server)
    await parser.read()
    assert (parser.allow_all, parser.disallow_all) == (True, False)
    assert (
        len(server.conversations) == 5
    )  # RFC 9309 asks for five, the same place four times is enough for a loop


async def test_answer_says_why_nothing_is_known(peer: MakePeer) -> None:
    parser = parser_at(peer([request(), send(answer("503 Later"))]))
    await parser.read()
    assert parser.explain("bot", "/x").reason == "robots.txt could not be had (HTTP Error 503: Later)"
    parser.error = URLError(ConnectionRefusedError(111, "Connection refused"))
    assert (
        parser.explain("bot", "/x").reason == "robots.txt could not be had ([Errno 111] Connection refused)"
    )
    parser.error = TimeoutError()
    assert parser.explain("bot", "/x").reason == "robots.txt could not be had (TimeoutError)"
    parser.error = None
    assert parser.explain("bot", "/x").reason == "robots.txt could not be had"


async def test_file_is_read_anew(peer: MakePeer) -> None:
    answers = [answer("503 Later"), answer("200 OK", FILE), answer("404 Gone")]
    parser = parser_at(peer([request(), lambda conversation: conversation.send(answers.pop(0))]))
    seen = []
    for _ in range(3):
        await parser.read()
        seen.append(
            (parser.can_fetch("bot", "/x"), parser.can_fetch("bot", "/private"), parser.error is None)
        )
    assert seen == [(False, False, False), (True, False, True), (True, True, False)]


async def test_request_may_stand_for_the_url(peer: MakePeer) -> None:
    server = peer([request(), send(answer("200 OK", FILE))])
    parser = RobotFileParser()
    parser.set_url(
        Request(f"http://127.0.0.1:{server.port}/robots.txt", headers={"User-Agent": "ExampleBot"})
    )
    assert (parser.host, parser.path) == (f"127.0.0.1:{server.port}", "/robots.txt")
    await parser.read()
    assert not parser.can_fetch("bot", "/private")
    assert b"\r\nUser-Agent: ExampleBot\r\n" in server.conversations[0].taken[0]


async def test_stdlib_profile_raises_and_forbids_as_it_did(peer: MakePeer) -> None:
    with defaults.using("stdlib"):
        parser = parser_at(peer([request(), close()]))
        with pytest.raises(OSError, match=r"."):
            await parser.read()
        parser = parser_at(peer([request(), send(answer("403 Forbidden"))]))
        await parser.read()
        assert parser.disallow_all
        parser = parser_at(peer([request(), send(answer("404 Not Found"))]))
        await parser.read()
        assert parser.allow_all
        parser = parser_at(peer([request(), send(answer("500 Oops"))]))
        await parser.read()
        assert (parser.allow_all, parser.disallow_all) == (False, False)


async def test_row_172_endless_file_is_cut(peer: MakePeer) -> None:
    body = b"User-agent: *\n" + b"Disallow: /x\n" * 100_000
    parser = parser_at(peer([request(), send(answer("200 OK", body))]))
    await parser.read()
    assert not parser.can_fetch("bot", "/x")
    assert sum(map(len, parser._lines)) < 512_000


async def test_row_173_mark_and_bytes_that_are_no_utf8(peer: MakePeer) -> None:
    body = b"\xef\xbb\xbfUser-agent: *\nDisallow: /x\n# \xe4\nDisallow: /y\n"
    parser = parser_at(peer([request(), send(answer("200 OK", body))]))
    await parser.read()
    assert not parser.can_fetch("bot", "/x")
    assert not parser.can_fetch("bot", "/y")


async def test_bytes_that_are_no_utf8_count_in_both_profiles(peer: MakePeer) -> None:
    server = peer([request(), send(answer("200 OK", b"User-agent: *\nDisallow: /caf\xe9\n"))])
    for profile in ("safe", "stdlib"):
        with defaults.using(profile):
            parser = parser_at(server)
            await parser.read()
            assert not parser.can_fetch("bot", "/caf\udce9/x")
            assert parser.can_fetch("bot", "/caf\ud800")


async def test_row_175_redirect_to_a_file_is_not_followed(peer: MakePeer) -> None:
    parser = parser_at(peer([request(), send(answer("302 Found", b"", "Location: file:///etc/passwd"))]))
    await parser.read()
    assert parser.error is not None
    assert parser._lines == []


@pytest.mark.parametrize("url", ["http://[::1", "http://h:x:y/", "//[", "http://[fe80::1%25]x/"])
def test_row_171_url_that_is_none_gives_a_bool(url: str) -> None:
    for profile in ("safe", "stdlib"):
        with defaults.using(profile):
            assert parsed("User-agent: *", "Disallow: /x").can_fetch("*", url) in {True, False}


def test_row_168_rules_are_read_by_rfc_9309() -> None:
    parser = parsed(
        "User-agent: a", "", "User-agent: b", "Disallow: /*.pdf$", "Allow: /open", "Disallow: /op"
    )
    for agent in ("a", "b"):
        assert not parser.can_fetch(agent, "https://h/x.pdf")
        assert parser.can_fetch(agent, "https://h/open")
        assert not parser.can_fetch(agent, "https://h/opus")
    assert not parsed("User-agent: *", "Disallow: *").can_fetch("a", "/x")


@pytest.mark.parametrize(
    "url, allowed",
    [
        ("https://h/x", False),
        ("https://h/x#frag", False),
        ("/x?y", False),
        ("x", False),
        ("https://h?x", True),
        ("https://h", True),
        ("//h/x", False),
        ("/y#/x", True),
    ],
)
def test_url_in_every_form(url: str, allowed: bool) -> None:
    assert parsed("User-agent: *", "Disallow: /x").can_fetch("bot", url) is allowed


@pytest.mark.parametrize(
    "source",
    ["User-agent: *\rDisallow: /x", b"User-agent: *\nDisallow: /x", [b"User-agent: *\n", "Disallow: /x\n"]],
)
def test_file_is_text_bytes_or_lines(source: Any) -> None:
    for profile in ("safe", "stdlib"):
        with defaults.using(profile):
            parser = RobotFileParser()
            parser.parse(source)
            assert not parser.can_fetch("bot", "/x")
            assert parser.can_fetch("bot", "/y")


def test_answers_without_and_with_reasons_agree() -> None:
    parser = parsed(
        "User-agent: *", "Disallow: /a*z$", "Allow: /ab", "Disallow: /?", "User-agent: b", "Allow: /"
    )
    for agent in ("a", "b", "", "Mozilla/5.0 (compatible; B/1)"):
        for url in ("/abz", "/az", "/", "/?", "https://h?", "/robots.txt", "//h/ab", "\ud800", "http://["):
            assert parser.can_fetch(agent, url) is parser.explain(agent, url).allowed


def test_text_is_the_file_as_the_standard_library_shows_it() -> None:
    parser = parsed(
        "User-agent: *",
        "Disallow: /",
        "",
        "User-agent: a",
        "Crawl-delay: 3",
        "Request-rate: 9/30",
        "Allow: /x y",
    )
    assert (
        str(parser)
        == "User-agent: a\nCrawl-delay: 3\nRequest-rate: 9/30\nAllow: /x%20y\n\nUser-agent: *\nDisallow: /"
    )
    assert [entry.useragents for entry in parser.entries] == [["a"]]
    assert parser.default_entry is not None
    assert str(parsed("User-agent: a", "Disallow: /")) == "User-agent: a\nDisallow: /"


def test_stdlib_profile_decides_by_the_first_rule() -> None:
    parser = parsed(
        "User-agent: fig", "Disallow: /tmp", "Allow: /tmp/x", "Crawl-delay: 3", "Request-rate: 9/30"
    )
    with defaults.using("stdlib"):
        assert not parser.can_fetch("FigTree/0.1", "/tmp/x")
        assert parser.can_fetch("other", "/tmp/x")
        assert (parser.crawl_delay("figtree"), parser.request_rate("figtree")) == (3, (9, 30))
        assert (parser.crawl_delay("other"), parser.request_rate("other")) == (None, None)


def test_nothing_read_nothing_known() -> None:
    parser = RobotFileParser("http://h/robots.txt")
    assert (parser.crawl_delay("a"), parser.request_rate("a"), parser.site_maps()) == (None, None, None)
    assert parser.explain("a", "/").reason == "robots.txt was not read yet"
    assert (parser.host, parser.path) == ("h", "/robots.txt")
    assert (parsed().crawl_delay("a"), parsed().request_rate("a")) == (None, None)
