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
from typing import Any, Final

from wirekit import defaults
from wirekit._wire import robots
from wirekit._wire.http_errors import HTTPException, IncompleteRead
from wirekit._wire.robots import Decision, RequestRate
from wirekit.urllib import error, parse, request
from wirekit.urllib._robots_entries import Entries, Entry, RuleLine, parse_entries, quote_path

__all__ = ["RobotFileParser"]

_UNREACHABLE: Final = 599
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

    def set_url(self, url: Any) -> None:
        """Say where the file is: a URL, or a ``Request`` with headers of one's own."""
        self.url = url
        self.host, self.path = parse.urlsplit(getattr(url, "full_url", url))[1:3]

    # ---- reading

    def read(self) -> None:
        """Fetch and read the file.

        By RFC 9309 4xx, and more redirects than are followed, allow everything; 5xx, and what cannot be reached, forbid
        everything, and nothing is raised: ``error`` has it. In the ``stdlib`` profile 401 and 403 forbid everything,
        and what the network raises is raised. ``max_robots`` bytes are read at most.
        """
        strict, limit = defaults.active.rfc9309, defaults.active.max_robots
        try:
            data = read_file(request.urlopen(self.url), limit)
        except error.HTTPError as failure:
            failure.close()
            self._note(failure, strict=strict)
        except (OSError, HTTPException) as failure:
            if not strict:
                raise
            self._note(failure, strict=True)
        else:
            self.allow_all = self.disallow_all = False
            self.error = None
            self.parse(robots.split_lines(data, limit))

    def _note(self, failure: Exception, *, strict: bool) -> None:
        """Take in that there is no file to read (RFC 9309 sections 2.3.1.2 to 2.3.1.4)."""
        self.error = failure
        status = failure.code if isinstance(failure, error.HTTPError) else _UNREACHABLE
        if strict:
            self.allow_all = 400 <= status < 500 or (status < 400 and _is_too_far(failure))
            self.disallow_all = not self.allow_all
            self._forget([])
            self.modified()
        else:
            self.disallow_all = status in {401, 403}
            self.allow_all = 400 <= status < 500 and not self.disallow_all

    def parse(self, lines: str | bytes | Iterable[str | bytes]) -> None:
        """Read the file from its lines, with or without their ends, or from all of it as text or UTF-8.

        Nothing in it is an error. What was read before is forgotten.
        """
        self._forget(robots.lines_of(lines))
        if defaults.active.rfc9309:
            self._robots = robots.parse_robots(self._lines)
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
            self._entries = parse_entries(self._lines)
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
        return self.robots.sitemaps if defaults.active.rfc9309 else self._read_entries().sitemaps

    # ---- questions

    def can_fetch(self, useragent: str, url: str) -> bool:
        """Tell whether an agent may fetch a URL, or a path with its query. Never an error, whatever the URL."""
        if self.disallow_all:
            return False
        if self.allow_all:
            return True
        if not self.last_checked:
            return False
        if defaults.active.rfc9309:
            return (self._robots or self.robots).can_fetch(useragent, url)
        return self.explain(useragent, url).allowed

    def explain(self, useragent: str, url: str) -> Decision:
        """Say whether an agent may fetch a URL, and which line of which group decides."""
        if self.disallow_all:
            return Decision(False, None, None, f"robots.txt could not be had{self._describe_error()}")
        if self.allow_all:
            return Decision(True, None, None, "there is no robots.txt")
        if not self.last_checked:
            return Decision(False, None, None, "robots.txt was not read yet")
        if defaults.active.rfc9309:
            return self.robots.explain(useragent, url)
        try:
            return self._decide_by_entries(useragent, url)
        except ValueError as failure:
            return Decision(False, None, None, f"this is no URL: {failure}")

    def _describe_error(self) -> str:
        """Return what went wrong, in parentheses; "" where nothing did."""
        failure: Any = self.error
        if failure is None:
            return ""
        if isinstance(failure, error.URLError) and not isinstance(failure, error.HTTPError):
            failure = failure.reason  # "<urlopen error ...>" tells nothing more
        return f" ({str(failure).partition(chr(10))[0] or type(failure).__name__})"

    def _decide_by_entries(self, useragent: str, url: str) -> Decision:
        parts = parse.urlparse(parse.unquote(url))
        path = quote_path(parse.urlunparse(("", "", *parts[2:]))) or "/"
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


def _is_too_far(failure: Exception) -> bool:
    """Tell whether an HTTPError says that there were more redirects than are followed."""
    return request.HTTPRedirectHandler.inf_msg in str(failure)


def read_file(response: Any, limit: int) -> bytes:
    """Read as much of a response as counts, and a little more, and close it.

    IncompleteRead where it ends too early, OSError.
    """
    try:
        data: bytes = response.read(limit + 1)
        if len(data) <= limit and getattr(response, "length", None):
            raise IncompleteRead(data, response.length)
    finally:
        response.close()
    return data
