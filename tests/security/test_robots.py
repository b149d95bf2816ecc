"""Rows of the security table about robots.txt: 168 to 175."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Faults, Peer, close, request, send, send_forever
from tests.fix_twins import Twin, both_twins, settle
from wirekit import defaults
from wirekit.robots import parse_robots

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("plain_opener")

HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"
CLOSED = b"User-agent: *\nDisallow: /private\n"


def found(body: bytes) -> bytes:
    return HEAD % len(body) + body


def moved(place: str) -> bytes:
    return b"HTTP/1.1 302 Found\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % place.encode()


def url_of(server: Peer, path: str = "/robots.txt") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


async def read(twin: Twin, url: str) -> Any:
    """Read a file by RobotFileParser."""
    parser = twin.module("urllib.robotparser").RobotFileParser(url)
    await settle(parser.read())
    return parser


async def ask(twin: Twin, server: Peer, path: str) -> bool:
    """Ask a RobotsCache that knows nothing yet."""
    cache = twin.module("robots").RobotsCache("ExampleBot/1.0")
    allowed: bool = await settle(cache.can_fetch(url_of(server, path)))
    return allowed


@pytest.mark.parametrize(
    "text, path",
    [
        ("User-agent: *\nDisallow: /*.pdf$", "/a/b.pdf"),
        ("User-agent: *\nAllow: /\nDisallow: /a", "/a"),
        ("User-agent: *\n\nUser-agent: other\n\nDisallow: /a", "/a"),
        ("User-agent: *\nDisallow: *", "/a"),
        ("User-agent: *\nDisallow: /b\n\nUser-agent: *\nDisallow: /a", "/a"),
        ("User-agent: *\nCrawl-delay: 1\nUser-agent: other\nDisallow: /a", "/a"),
    ],
)
def test_row_168_what_is_disallowed_is_not_visited(text: str, path: str) -> None:
    assert not parse_robots(text).can_fetch("ExampleBot", path)


@pytest.mark.parametrize(
    "answer", [b"", b"HTTP/1.1 500 Oops\r\n\r\n", b"HTTP/1.1 503 Later\r\n\r\n", found(CLOSED)[:-1]]
)
@both_twins
async def test_row_169_file_that_cannot_be_had_forbids_all(twin: Twin, peer: MakePeer, answer: bytes) -> None:
    server = peer([request(), send(answer), close()])
    assert not (await read(twin, url_of(server))).can_fetch("ExampleBot", "/x")
    assert not await ask(twin, server, "/x")


@pytest.mark.parametrize("number", ["²", "٣", "1_0", "9" * 5_000, "-1", "1e309", "inf", "NaN"])
def test_row_170_odd_number_loses_nothing_else(number: str) -> None:
    text = f"User-agent: *\nCrawl-delay: {number}\nRequest-rate: {number}/{number}\nVisit-time: {number}-{number}\nDisallow: /x"
    robots = parse_robots(text)
    group = robots.find_group("ExampleBot")
    assert group is not None
    assert (group.crawl_delay, group.request_rate, group.visit_time) == (None, None, None)
    assert not robots.can_fetch("ExampleBot", "/x")


@pytest.mark.parametrize(
    "url", ["http://[::1", "http://[::1]x/x", "//[", "http://h:a:b/x", "\ud800", "%", "http://"]
)
@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@both_twins
async def test_row_171_any_url_gives_a_bool(twin: Twin, url: str, profile: str) -> None:
    with defaults.using(profile):
        parser = twin.module("urllib.robotparser").RobotFileParser()
        parser.parse(["User-agent: *", "Disallow: /x"])
        assert type(parser.can_fetch("*", url)) is bool


@both_twins
async def test_row_172_endless_file_is_read_up_to_the_limit(twin: Twin, peer: MakePeer) -> None:
    start = b"HTTP/1.1 200 OK\r\n\r\nUser-agent: *\nDisallow: /private\n"
    server = peer([request(), send(start), send_forever(b"Allow: /private\n#" + b"x" * 90 + b"\n")])
    with defaults.using(max_robots=20_000):
        parser = await read(twin, url_of(server))
        assert await ask(twin, server, "/private")  # the rules that came do count
    assert 100 < len(parser.robots.groups["*"].rules) <= 20_000 // 108 + 1
    assert len(server.conversations) == 2


@pytest.mark.parametrize(
    "body, path",
    [
        (b"\xef\xbb\xbf" + CLOSED, "/private"),
        (b"\xef\xbb" + CLOSED, "/private"),
        (b"# caf\xe9\n" + CLOSED, "/private"),
        (b"User-agent: *\nDisallow: /caf\xe9\n", "/caf%E9"),
        (b"User-agent: *\nDisallow: /caf\xc3\xa9\n", "/caf%c3%a9"),
    ],
)
@both_twins
async def test_row_173_mark_and_odd_bytes_lose_no_line(
    twin: Twin, peer: MakePeer, body: bytes, path: str
) -> None:
    server = peer([request(), send(found(body))])
    assert not (await read(twin, url_of(server))).can_fetch("ExampleBot", url_of(server, path))
    assert not await ask(twin, server, path)


@pytest.mark.parametrize("pattern", ["*a" * 3_000 + "b", "*a*" * 2_000 + "$", "a" * 6_000 + "*b$"])
def test_row_174_stars_do_not_go_back(pattern: str) -> None:
    """A matcher that tries again from every place would not come back from this."""
    robots = parse_robots(["User-agent: *", *(f"Disallow: /{pattern}{n}" for n in range(20))])
    assert robots.can_fetch("ExampleBot", "/" + "a" * 6_000)
    assert robots.explain("ExampleBot", "/" + "a" * 6_000).allowed


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize(
    "place", ["file:///etc/passwd", "ftp://127.0.0.1:{}/robots.txt", "data:text/plain,Allow", "gopher://h/"]
)
@both_twins
async def test_row_175_redirect_leads_to_http_alone(
    twin: Twin, peer: MakePeer, place: str, profile: str
) -> None:
    elsewhere = peer([close()])
    server = peer([request(), send(moved(place.format(elsewhere.port)))])
    with defaults.using(profile, keep_connections=False):
        assert not await ask(twin, server, "/x")
    assert elsewhere.conversations == []


@pytest.mark.parametrize("hops, allowed", [(5, False), (6, True)])
@both_twins
async def test_row_175_five_redirects_and_no_more(
    twin: Twin, peer: MakePeer, hops: int, allowed: bool
) -> None:
    left = [moved(f"/r{number}") for number in range(hops)]
    server = peer([request(), lambda there: there.send(left.pop() if left else found(CLOSED))])
    assert await ask(twin, server, "/private") is allowed
    assert len(server.conversations) == 6


@both_twins
async def test_row_31_login_of_the_page_does_not_go_to_robots_txt(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(found(CLOSED))])
    cache = twin.module("robots").RobotsCache("ExampleBot/1.0")
    url = f"http://user:word@127.0.0.1:{server.port}/private"
    assert not await settle(cache.can_fetch(url))
    assert b"uthorization" not in server.conversations[0].received


@both_twins
async def test_server_that_dies_after_any_byte_forbids_all(twin: Twin) -> None:
    """Half a file never counts as the whole: the line that forbids may be in the other half."""
    answer = found(CLOSED)
    for count in range(len(answer)):
        with Peer([request(), send(answer)], faults=Faults(close_after=count)) as server:
            assert not await ask(twin, server, "/x"), count
    with Peer([request(), send(answer)], faults=Faults(split=1)) as server:
        assert await ask(twin, server, "/x")
