"""robots.txt as the standard library has read it until Python 3.14.4: entries, first match, agents by a part of their name.

Programs that reach into ``RobotFileParser.entries`` find them here, and in the ``stdlib`` profile they decide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from wirekit._wire.robots import RequestRate
from wirekit.urllib import parse

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["Entries", "Entry", "RuleLine", "parse_entries", "quote_path"]


class RuleLine:
    """One rule. path: with its escapes; an empty Disallow allows everything."""

    __module__ = "wirekit.urllib.robotparser"

    def __init__(self, path: str, allowance: bool) -> None:
        self.path = quote_path(_rewrite(path))
        self.allowance = allowance or not path

    def applies_to(self, filename: str) -> bool:
        """Tell whether a path begins as this rule says."""
        return self.path == "*" or filename.startswith(self.path)

    def __str__(self) -> str:
        return f"{'Allow' if self.allowance else 'Disallow'}: {self.path}"


class Entry:
    """Agents, and the rules for them."""

    __module__ = "wirekit.urllib.robotparser"

    def __init__(self) -> None:
        self.useragents: list[str] = []
        self.rulelines: list[RuleLine] = []
        self.delay: int | None = None
        self.req_rate: RequestRate | None = None

    def __str__(self) -> str:
        lines = [f"User-agent: {agent}" for agent in self.useragents]
        if self.delay is not None:
            lines.append(f"Crawl-delay: {self.delay}")
        if self.req_rate is not None:
            lines.append(f"Request-rate: {self.req_rate.requests}/{self.req_rate.seconds}")
        return "\n".join([*lines, *map(str, self.rulelines)])

    def applies_to(self, useragent: str) -> bool:
        """Tell whether one of the agents is a part of this one's name."""
        name = useragent.partition("/")[0].lower()
        return any(agent == "*" or agent.lower() in name for agent in self.useragents)

    def allowance(self, filename: str) -> bool:
        """Say what the first rule that applies says; True where none does."""
        return next((line.allowance for line in self.rulelines if line.applies_to(filename)), True)


class Entries(NamedTuple):
    """What a file says. default: for agents that no other entry is for."""

    entries: list[Entry]
    default: Entry | None
    sitemaps: list[str]

    def find(self, useragent: str) -> Entry | None:
        """Return the first entry that is for an agent."""
        return next((entry for entry in self.entries if entry.applies_to(useragent)), self.default)


def quote_path(path: str) -> str:
    """Return a path with its escapes; bytes that were no UTF-8 are escaped as they are."""
    try:
        quoted: str = parse.quote(path, errors="surrogateescape")
    except UnicodeEncodeError:
        quoted = parse.quote(path, errors="surrogatepass")
    return quoted


def _rewrite(path: str) -> str:
    """Return a path as splitting and joining leaves it; as it is where it cannot be split."""
    try:
        return parse.urlunparse(parse.urlparse(path))
    except ValueError:
        return path


class _Reader:
    """Reads line after line: an empty one ends an entry."""

    def __init__(self) -> None:
        self.result: list[Entry] = []
        self.default: Entry | None = None
        self.sitemaps: list[str] = []
        self.entry = Entry()
        self.ruled = False

    def end(self) -> None:
        """End the entry; one without a rule of any kind does not count."""
        if self.ruled and "*" in self.entry.useragents:
            self.default = self.default or self.entry
        elif self.ruled:
            self.result.append(self.entry)
        self.entry, self.ruled = Entry(), False

    def read(self, line: str) -> None:
        """Read one line. One that still has its end is not empty: there, nothing but another agent ends an entry."""
        if not line:
            self.end()
        key, colon, value = line.partition("#")[0].strip().partition(":")
        if not colon:
            return
        key, value = key.strip().lower(), parse.unquote(value.strip())
        if key == "sitemap":
            self.sitemaps.append(value)
        elif key == "user-agent":
            if self.ruled:
                self.end()
            self.entry.useragents.append(value)
        elif self.entry.useragents:
            self.read_rule(key, value)

    def read_rule(self, key: str, value: str) -> None:
        """Read what stands below the agents."""
        if key in {"allow", "disallow"}:
            self.entry.rulelines.append(RuleLine(value, key == "allow"))
        elif key == "crawl-delay":
            self.entry.delay = _read_number(value, self.entry.delay)
        elif key == "request-rate":
            requests, _, seconds = (part.strip() for part in value.partition("/"))
            if _is_number(requests) and _is_number(seconds):
                self.entry.req_rate = RequestRate(int(requests), int(seconds))
        else:
            return
        self.ruled = True


def _is_number(text: str) -> bool:
    """Tell a number in plain digits; others are digits, too, and cannot be read (security row 170)."""
    return text.isascii() and text.isdigit() and len(text) < 10


def _read_number(text: str, known: int | None) -> int | None:
    return int(text) if _is_number(text) else known


def parse_entries(lines: Iterable[str]) -> Entries:
    """Read a file, line by line; never an error."""
    reader = _Reader()
    for line in lines:
        reader.read(line)
    reader.end()
    return Entries(reader.result, reader.default, reader.sitemaps)
