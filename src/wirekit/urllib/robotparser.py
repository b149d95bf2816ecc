# Generated from src/wirekit/aio/urllib/robotparser.py by tools/unasync.py; edit that file.
"""robots.txt: what a site asks of crawlers (RFC 9309).

    parser = RobotFileParser("https://example.org/robots.txt")
    parser.read()
    parser.can_fetch("ExampleBot", "https://example.org/private/page")

Rules are those of RFC 9309 (wirekit._wire.robots): groups for the same agent are one, ``*`` and ``$`` mean what they do
there, the longest rule decides. A file that is not there allows everything, a server that fails forbids everything, and
so does a parser that has read nothing yet. In the ``stdlib`` profile the rules are the older ones of the standard library
(``rfc9309`` in ``wirekit.defaults``).

``wirekit.robots`` has a cache for many sites on top of this.
"""

import time
from collections.abc import Iterable
from typing import Any

from wirekit import defaults
from wirekit._wire import robots
from wirekit._wire.http_errors import HTTPException, IncompleteRead
from wirekit._wire.robots import Decision, RequestRate
from wirekit.urllib import error, parse, request
from wirekit.urllib._robots_entries import Entries, Entry, RuleLine, parse_entries

__all__ = ["RobotFileParser"]

_UNREACHABLE = 599
"""Stands for a server that did not answer at all."""
_NAMES = (RequestRate, Entry, RuleLine)
"""Names of the standard library's module that programs import from here."""


class RobotFileParser:
    """The robots.txt of one site.

    url: where it is. ``disallow_all`` and ``allow_all`` are set where the server's answer says so; ``error`` is what
    kept ``read`` from reading, or None.
    """

    def __init__(self, url: str = "") -> None:
        self.disallow_all = False
        self.allow_all = False
        self.last_checked: float = 0
        self.error: Exception | None = None
        self._lines: list[str] = []
        self._robots: robots.Robots | None = None
        self._entries: Entries | None = None
        self.set_url(url)

    def mtime(self) -> float:
        """Return when the file was fetched last, in seconds since 1970; 0 before."""
        return self.last_checked

    def modified(self) -> None:
        """Say that the file was fetched now."""
        self.last_checked = time.time()

    def set_url(self, url: str) -> None:
        """Say where the file is."""
        self.url = url
        self.host, self.path = parse.urlparse(url)[1:3]

    # ---- reading

    def read(self) -> None:
        """Fetch and read the file.

        401 and 403, and what cannot be reached, forbid everything; another 4xx allows everything. By RFC 9309 every 4xx
        does, and a network that fails raises nothing: ``error`` has it. 500 KiB are read at most.
        """
        strict = defaults.active.rfc9309
        try:
            data = self._fetch()
        except error.HTTPError as failure:
            failure.close()
            self._note(failure, failure.code, strict=strict)
        except (OSError, HTTPException) as failure:
            if not strict:
                raise
            self._note(failure, _UNREACHABLE, strict=True)
        else:
            self.allow_all = self.disallow_all = False
            self.error = None
            self.parse(robots.split_lines(data))

    def _fetch(self) -> bytes:
        return read_file(request.urlopen(self.url))

    def _note(self, failure: Exception, status: int, *, strict: bool) -> None:
        """Take in that there is no file to read (RFC 9309 sections 2.3.1.3 and 2.3.1.4)."""
        self.error = failure
        forbidden = {401, 403}
        self.disallow_all = status >= 500 if strict else status in forbidden
        self.allow_all = 400 <= status < 500 and not self.disallow_all
        if strict:
            self._forget([])
            self.modified()

    def parse(self, lines: Iterable[str]) -> None:
        """Read the file from its lines, with or without their ends. Nothing in them is an error."""
        self._forget(list(lines))
        self.modified()

    def _forget(self, lines: list[str]) -> None:
        self._lines = lines
        self._robots = self._entries = None

    # ---- the file, in both ways of reading it

    @property
    def robots(self) -> robots.Robots:
        """The file as RFC 9309 reads it: groups, sitemaps, host, clean_params."""
        if self._robots is None:
            self._robots = robots.parse_robots(self._lines)
        return self._robots

    def _read_entries(self) -> Entries:
        if self._entries is None:
            self._entries = parse_entries(line.rstrip("\r\n") for line in self._lines)
        return self._entries

    @property
    def entries(self) -> list[Entry]:
        """The entries for named agents, as the standard library reads them."""
        return self._read_entries().entries

    @property
    def default_entry(self) -> Entry | None:
        """The entry for all other agents, or None."""
        return self._read_entries().default

    @property
    def sitemaps(self) -> list[str]:
        """The URLs of Sitemap lines."""
        return self.robots.sitemaps

    # ---- questions

    def can_fetch(self, useragent: str, url: str) -> bool:
        """Tell whether an agent may fetch a URL, or a path with its query. A URL that is none may not be fetched."""
        return self.explain(useragent, url).allowed

    def explain(self, useragent: str, url: str) -> Decision:
        """Say whether an agent may fetch a URL, and which line of which group decides."""
        if self.disallow_all:
            return Decision(False, None, None, "robots.txt could not be fetched, or access to it was refused")
        if self.allow_all:
            return Decision(True, None, None, "there is no robots.txt")
        if not self.last_checked:
            return Decision(False, None, None, "robots.txt was not read yet")
        try:
            if defaults.active.rfc9309:
                return self.robots.decide(useragent, _path_of(url))
            return self._decide_by_entries(useragent, url)
        except ValueError as failure:
            return Decision(False, None, None, f"this is no URL: {failure}")

    def _decide_by_entries(self, useragent: str, url: str) -> Decision:
        parts = parse.urlparse(parse.unquote(url))
        path = parse.quote(parse.urlunparse(("", "", *parts[2:]))) or "/"
        entry = self._read_entries().find(useragent)
        if entry is None:
            return Decision(True, None, None, "no entry is for this agent")
        return Decision(
            entry.allowance(path), None, tuple(entry.useragents), "the first rule that fits decides"
        )

    def crawl_delay(self, useragent: str) -> Any:
        """Return the seconds that an agent should wait between requests; None where the file does not say."""
        if not self.mtime():
            return None
        if defaults.active.rfc9309:
            group = self.robots.find_group(useragent)
            return group.crawl_delay if group else None
        entry = self._read_entries().find(useragent)
        return entry.delay if entry else None

    def request_rate(self, useragent: str) -> RequestRate | None:
        """Return how many ``requests`` an agent may make in so many ``seconds``; None where the file does not say."""
        if not self.mtime():
            return None
        if defaults.active.rfc9309:
            group = self.robots.find_group(useragent)
            return group.request_rate if group else None
        entry = self._read_entries().find(useragent)
        return entry.req_rate if entry else None

    def site_maps(self) -> list[str] | None:
        """Return the URLs of Sitemap lines; None where there are none."""
        return self.sitemaps or None

    def __str__(self) -> str:
        entries = self.entries
        if self.default_entry is not None:
            entries = [*entries, self.default_entry]
        return "\n\n".join(map(str, entries))


def read_file(response: Any) -> bytes:
    """Read as much of a response as counts, and close it. IncompleteRead where it ends too early, OSError."""
    try:
        data: bytes = response.read(robots.LIMIT + 1)
        if len(data) <= robots.LIMIT and getattr(response, "length", None):
            raise IncompleteRead(data, response.length)
    finally:
        response.close()
    return data


def _path_of(url: str) -> str:
    """Return path and query of a URL, or of what is a path already; ValueError for a URL that is none."""
    if url.startswith("/") and not url.startswith("//"):
        return url.partition("#")[0]
    parts = parse.urlsplit(url)
    path = parts.path if parts.path.startswith("/") else f"/{parts.path}"
    return f"{path}?{parts.query}" if parts.query else path
