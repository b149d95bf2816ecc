# Generated from src/wirekit/aio/robots.py by tools/unasync.py; edit that file.
"""What many sites ask of a crawler: their robots.txt files, fetched once each, kept as long as they may be.

    cache = RobotsCache("ExampleBot/1.0 (+https://example.org/bot)")
    if cache.can_fetch("https://site.example/page"):
        ...

A cache is shared by tasks or threads: whoever asks while a file is being fetched waits for that one. What a server says
about freshness is obeyed, up to the 24 hours of RFC 9309 section 2.4. A file that cannot be fetched forbids everything
for a minute; where one was there before, that one goes on to count meanwhile. Only http and https are asked, wherever a
redirect leads, and no connection is kept: a site is asked once a day.
"""

import time
from typing import Any

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._io.concurrency import blocking as together
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._wire import robots
from wirekit._wire.freshness import choose_lifetime
from wirekit._wire.http_errors import HTTPException
from wirekit._wire.robots import Decision, Group, RequestRate, Robots, Rule, parse_robots
from wirekit.urllib import error, parse, request, robotparser

__all__ = ["Decision", "Group", "RequestRate", "Robots", "RobotsCache", "Rule", "parse_robots"]

_DAY = 86_400.0
_AGAIN = 60.0
"""Seconds after which a file that could not be fetched is asked for again."""
_REDIRECTS = 5
"""RFC 9309 section 2.3.1.2: at least five; what leads further counts as not there."""


class _FewRedirects(request.HTTPRedirectHandler):
    max_redirections = _REDIRECTS


_HANDLERS = (
    request.ProxyHandler,
    request.UnknownHandler,
    request.HTTPHandler,
    request.HTTPSHandler,
    request.HTTPDefaultErrorHandler,
    _FewRedirects,
    request.HTTPErrorProcessor,
)
"""Nothing that opens files or FTP (security row 175), and nothing that keeps cookies or knows passwords."""


class _Site:
    """What is known of one site. parser: its file, None before the first answer; expires: on the clock of ``net``.

    fetches: how often it was asked. Who waits for the lock while that number goes up has what it wanted, even where the
    server allows nothing to be kept: there is one fetch however many wait.
    """

    def __init__(self) -> None:
        self.lock = together.Lock()
        self.parser: robotparser.RobotFileParser | None = None
        self.expires = 0.0
        self.fetches = 0

    def is_fresh(self) -> bool:
        """Tell whether the file still counts."""
        return self.parser is not None and net.monotonic() < self.expires


class RobotsCache:
    """The robots.txt files of many sites.

    agent: what the crawler calls itself, also in its requests; its product token finds the group. opener: fetches; one of
    its own without it. timeout: of a single wait, and ``total`` of a whole fetch. max_size: bytes that are read of a file,
    ``max_robots`` of ``wirekit.defaults`` without it. max_age: seconds that a file is kept at most. max_sites: how many
    are; the oldest go.
    """

    def __init__(
        self,
        agent: str,
        *,
        opener: Any = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        total: float | None = 60.0,
        max_size: int | None = None,
        max_age: float = _DAY,
        max_sites: int = 10_000,
    ) -> None:
        self.agent = agent
        self._opener = opener
        self._timeout = timeout
        self._total = total
        self._max_size = max_size
        self._max_age = min(max_age, _DAY)
        self._max_sites = max_sites
        self._sites: dict[str, _Site] = {}

    def can_fetch(self, url: str, agent: str | None = None) -> bool:
        """Tell whether this crawler, or another agent, may fetch a URL. ValueError for what is no http or https URL."""
        allowed: bool = self.get(url).can_fetch(agent or self.agent, url)
        return allowed

    def explain(self, url: str, agent: str | None = None) -> Decision:
        """Say whether a URL may be fetched, and which line of which group decides."""
        return self.get(url).explain(agent or self.agent, url)

    def crawl_delay(self, url: str, agent: str | None = None) -> float | None:
        """Return the seconds to wait between requests to the site of a URL; None where it does not say."""
        delay: float | None = self.get(url).crawl_delay(agent or self.agent)
        return delay

    def request_rate(self, url: str, agent: str | None = None) -> RequestRate | None:
        """Return how many requests in how many seconds the site of a URL bears; None where it does not say."""
        return self.get(url).request_rate(agent or self.agent)

    def site_maps(self, url: str) -> list[str]:
        """Return the URLs of the site maps of the site of a URL."""
        return [*self.get(url).sitemaps]

    def get(self, url: str) -> "robotparser.RobotFileParser":
        """Return the file of the site of a URL, fetched now if need be. ValueError for what is no http or https URL."""
        place = _locate(url)
        site = self._sites.get(place)
        if site is None:
            self._make_room()
            site = self._sites.setdefault(place, _Site())
        if not site.is_fresh():
            seen = site.fetches
            with site.lock:
                if site.fetches == seen and not site.is_fresh():
                    self._fetch(site, place)
        assert site.parser is not None
        return site.parser

    def forget(self, url: str | None = None) -> None:
        """Drop the file of a site, or all: they are fetched anew when asked for."""
        if url is None:
            self._sites.clear()
        else:
            self._sites.pop(_locate(url), None)

    def _make_room(self) -> None:
        while len(self._sites) >= self._max_sites:
            try:
                del self._sites[next(iter(self._sites))]
            except (KeyError, StopIteration, RuntimeError):
                return  # another thread was quicker

    def _fetch(self, site: _Site, place: str) -> None:
        """Fetch a site's file; what could not be fetched is a file, too."""
        parser = robotparser.RobotFileParser(place)
        lifetime = _AGAIN
        try:
            lifetime = self._read(parser)
        except error.HTTPError as failure:
            failure.close()
            parser._note(failure, strict=True)  # noqa: SLF001 - our own
            if parser.allow_all:
                lifetime = self._choose_lifetime(failure.headers)
        except (OSError, HTTPException) as failure:
            parser._note(failure, strict=True)  # noqa: SLF001 - our own
        if site.parser is None or not parser.disallow_all:
            site.parser = parser
        site.expires = net.monotonic() + min(lifetime, self._max_age)
        site.fetches += 1
        site.lock = together.Lock()  # the old one may belong to an event loop that ends before the next fetch

    def _read(self, parser: "robotparser.RobotFileParser") -> float:
        """Fetch and read; return how many seconds what came may be kept."""
        if self._opener is None:
            self._opener = _make_opener()
        limit = defaults.active.max_robots if self._max_size is None else self._max_size
        wanted = request.Request(parser.url, headers={"User-Agent": self.agent, "Connection": "close"})
        response = self._opener.open(wanted, timeout=_limit(self._timeout, self._total))
        data = robotparser.read_file(response, limit)
        parser.parse(robots.split_lines(data, limit))
        return self._choose_lifetime(response.headers)

    def _choose_lifetime(self, headers: Any) -> float:
        """Return how many seconds an answer with these headers may be kept."""
        names = ("Cache-Control", "Expires", "Date", "Age")
        fields = {name: ", ".join(headers.get_all(name) or ()) for name in names if headers.get_all(name)}
        return choose_lifetime(fields, time.time(), self._max_age)


def _make_opener() -> "request.OpenerDirector":
    opener = request.OpenerDirector()
    for handler in _HANDLERS:
        opener.add_handler(handler())
    return opener


def _limit(timeout: Any, total: float | None) -> Any:
    """Return a timeout with a total, unless it has one of its own."""
    if isinstance(timeout, defaults.Timeout):
        return timeout
    step = defaults.active.timeout if timeout is GLOBAL_DEFAULT_TIMEOUT else timeout
    return defaults.Timeout(step, total=total)


def _locate(url: str) -> str:
    """Return where the robots.txt of a URL's site is. ValueError for what has none."""
    parts = parse.urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        message = f"robots.txt is for http and https URLs, not {url!r}"
        raise ValueError(message)
    place = parts.netloc.rpartition("@")[2].lower()
    usual = ":80" if parts.scheme == "http" else ":443"
    return f"{parts.scheme}://{place.removesuffix(usual)}/robots.txt"
