"""The tour's stop with good manners: a robots.txt that is obeyed, and a jar that keeps cookies where they belong."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from wirekit._cli import tour_places as places
from wirekit._cli.tour import Scale, Step, Unexpected
from wirekit.aio.robots import RobotsCache as AsyncRobotsCache
from wirekit.http import server
from wirekit.http.cookiejar import CookieJar
from wirekit.robots import RobotsCache
from wirekit.urllib.request import Request, urlopen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["STOPS"]

ROBOTS = b"User-agent: *\nDisallow: /private/*.html$\nAllow: /private/open.html\n"
WELCOME, STRANGER = b"welcome back\n", b"who are you?\n"


class _Handler(server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    robots_asked = 0

    def do_GET(self) -> None:
        """Answer: a robots.txt, a login that sets a cookie, a page that asks for it."""
        _Handler.robots_asked += self.path == "/robots.txt"
        known = "session=tour" in (self.headers.get("Cookie") or "")
        body = ROBOTS if self.path == "/robots.txt" else WELCOME if known else STRANGER
        self.send_response(200)
        if self.path == "/login":
            self.send_header("Set-Cookie", "session=tour; Path=/; HttpOnly; SameSite=Lax")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the tour's page clean."""


def _time(text: str, act: Callable[[], int]) -> Step:
    started = time.perf_counter()
    size = act()
    return Step(text, size, time.perf_counter() - started)


def show_manners(_: Scale) -> Iterator[Step]:
    """Manners: a jar of cookies, and a robots.txt that is obeyed."""
    with places.running(server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)) as url:
        yield _time("robots.txt: one page may, one may not", lambda: _ask_robots(url))
        yield _time("the same, async, 8 questions and one fetch", lambda: asyncio.run(_ask_robots_async(url)))
        yield _time("a cookie, kept and sent back", lambda: _keep_cookie(url))


def _ask_robots(url: str) -> int:
    cache = RobotsCache("TourBot/1.0")
    found = [cache.can_fetch(f"{url}/private/{name}.html") for name in ("open", "shut")]
    if found != [True, False]:
        message = f"may and may not came out as {found}: {cache.explain(url).reason}"
        raise Unexpected(message)
    return len(ROBOTS)


async def _ask_robots_async(url: str) -> int:
    cache, before = AsyncRobotsCache("TourBot/1.0"), _Handler.robots_asked
    found = await asyncio.gather(*(cache.can_fetch(f"{url}/private/{number}.html") for number in range(8)))
    if any(found):
        message = f"what may not be fetched came out as {found}"
        raise Unexpected(message)
    if (fetches := _Handler.robots_asked - before) != 1:
        message = f"8 questions took {fetches} fetches"
        raise Unexpected(message)
    return len(ROBOTS)


def _keep_cookie(url: str) -> int:
    jar = CookieJar()
    bodies = [_fetch(f"{url}/{path}", jar) for path in ("page", "login", "page")]
    if bodies != [STRANGER, STRANGER, WELCOME] or len(jar) != 1:
        message = f"the server said {bodies}, the jar has {list(jar)}"
        raise Unexpected(message)
    return sum(map(len, bodies))


def _fetch(url: str, jar: CookieJar) -> bytes:
    request = Request(url)
    jar.add_cookie_header(request)
    with urlopen(request, timeout=places.PATIENCE) as response:
        jar.extract_cookies(response, request)
        body: bytes = response.read()
    return body


STOPS: tuple[Any, ...] = (show_manners,)
