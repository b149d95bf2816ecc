"""robots.txt by RFC 9309: a file read into groups of rules, and which rule decides about a path.

A file is read in one pass. Records that are no rules (Sitemap, Crawl-delay ...) never end a group (section 2.2.4);
groups for the same agent are one (section 2.2.1). Nothing in a file is an error: what is not understood is skipped.

A *pattern* may hold ``*``, any characters, and end in ``$``, the end of the path. Of all that fit, the longest decides,
``Allow`` before ``Disallow`` (section 2.2.2). Patterns and paths are compared in one normal form of their escapes.

Matching costs the length of the path, whatever the number of rules: those without ``*`` are looked up by prefix, once for
each length that occurs; those with ``*`` are looked up by a piece of text that they need, and only what is found that way
is matched, by finding one piece after another, never by a regular expression.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

__all__ = [
    "LIMIT",
    "Decision",
    "Group",
    "RequestRate",
    "Robots",
    "Rule",
    "normalize_path",
    "parse_robots",
    "split_lines",
]

LIMIT: Final = 500 * 1024
"""Bytes of a file that are read (section 2.5)."""

_TOKEN = re.compile(r"[^\s/;,()]++")
_PRODUCT = re.compile(r"compatible;\s*+([^\s/;()]++)", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n|\n|\r")
_RATE = re.compile(r"([0-9]{1,9})\s*+/\s*+([0-9]{1,9})\s*+([smhd]?)", re.ASCII)
_DELAY = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}", re.ASCII)
_TIMES = re.compile(r"([0-2][0-9]):?([0-5][0-9])\s*+-\s*+([0-2][0-9]):?([0-5][0-9])", re.ASCII)
_UNITS = {"": 1, "s": 1, "m": 60, "h": 3600, "d": 86400}
_ESCAPE = re.compile(r"%([0-9A-Fa-f]{2})|[^!-~]++|\$")
_PLAIN = re.compile(r"[!#&-~]*+").fullmatch  # no escape, no dollar, nothing beyond ASCII
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEY = 6
"""Characters of a pattern's text by which it is looked up, at most."""


_ALLOW, _DISALLOW, _AGENT, _OTHER = 1, 2, 3, 4
_KINDS = {
    "allow": _ALLOW,
    "Allow": _ALLOW,
    "disallow": _DISALLOW,
    "Disallow": _DISALLOW,
    "user-agent": _AGENT,
    "User-agent": _AGENT,
    "User-Agent": _AGENT,
    "useragent": _AGENT,
    "user agent": _AGENT,
    "\ufeffuser-agent": _AGENT,
}
"""What a line is by its key, in lower case, and as it is usually written."""


class RequestRate(NamedTuple):
    """So many requests in so many seconds."""

    requests: int
    seconds: int


_Found = tuple[bool, str, int]
"""The values of a Rule. Ten thousand of them are made in a third of the time that as many rules take."""


def _ignore(_: _Found) -> None:
    """Rules before any agent are for nobody."""


class Rule(NamedTuple):
    """One rule. pattern: as in the file; line: its number there, from 1."""

    allow: bool
    pattern: str
    line: int

    def __str__(self) -> str:
        return f"{'Allow' if self.allow else 'Disallow'}: {self.pattern}"


class Decision(NamedTuple):
    """Whether a path may be fetched, and why. group: the agents named by the group that decided, None without one."""

    allowed: bool
    rule: Rule | None
    group: tuple[str, ...] | None
    reason: str


class Group:
    """What a file says to some agents.

    agents: as written. rules: in their order. crawl_delay: seconds. request_rate, visit_time ((hour, minute), (hour, minute) in UTC), or None.
    """

    def __init__(self) -> None:
        self.agents: list[str] = []
        self.found: list[_Found] = []
        self.crawl_delay: float | None = None
        self.request_rate: RequestRate | None = None
        self.visit_time: tuple[tuple[int, int], tuple[int, int]] | None = None
        self._index: _Index | None = None

    @property
    def rules(self) -> list[Rule]:
        """The rules, in their order."""
        return [Rule(*found) for found in self.found]

    def add(self, other: Group) -> None:
        """Take in another group for the same agent."""
        self.agents += other.agents
        self.found += other.found
        self.crawl_delay = other.crawl_delay if self.crawl_delay is None else self.crawl_delay
        self.request_rate = self.request_rate or other.request_rate
        self.visit_time = self.visit_time or other.visit_time

    def find_rule(self, path: str) -> Rule | None:
        """Return the rule that decides about a path in its normal form; None where none fits."""
        if self._index is None:
            self._index = _Index(self.found)
        found = self._index.find(path)
        return None if found is None else Rule(*found)


class Robots:
    """A whole file.

    sitemaps and host: as written. clean_params: (parameters, path prefix) of Clean-param. groups: each agent's, by its
    token in lower case; ``*`` for all others.
    """

    def __init__(self) -> None:
        self.groups: dict[str, Group] = {}
        self.sitemaps: list[str] = []
        self.host: str | None = None
        self.clean_params: list[tuple[tuple[str, ...], str]] = []

    def find_group(self, agent: str) -> Group | None:
        """Return what is said to an agent: to its product token, else to ``*``; None where nothing is."""
        for token in agent_tokens(agent):
            if group := self.groups.get(token):
                return group
        return self.groups.get("*")

    def decide(self, agent: str, path: str) -> Decision:
        """Say whether an agent may fetch a path, with its query, as it stands in a URL."""
        group = self.find_group(agent)
        if path == "/robots.txt":
            return Decision(True, None, None, "robots.txt itself may always be fetched (section 2.2.2)")
        if group is None:
            return Decision(True, None, None, "no group is for this agent, nor for all")
        rule = group.find_rule(normalize_path(path))
        agents = tuple(group.agents)
        if rule is None:
            return Decision(True, None, agents, "no rule of the group fits")
        return Decision(rule.allow, rule, agents, f"line {rule.line}: {rule}")


def agent_tokens(agent: str) -> Iterator[str]:
    """Yield the product tokens by which a crawler may be named, in lower case.

    agent: ``ExampleBot``, ``ExampleBot/1.2``, or a whole User-Agent; a browser's ``Mozilla/5.0 (compatible; ExampleBot/1.2)``
    names its own behind ``compatible``.
    """
    if found := _PRODUCT.search(agent):
        yield found[1].lower()
    if found := _TOKEN.match(agent.lstrip()):
        yield found[0].lower()


# --------------------------------------------------------------------------------------------------------- reading


def split_lines(data: bytes) -> list[str]:
    """Return the lines of a file, without their ends: UTF-8 where it is, no byte order mark, 500 KiB at most."""
    if len(data) > LIMIT:
        data = data[:LIMIT]
        data = data[
            : max(data.rfind(b"\n"), data.rfind(b"\r")) + 1
        ]  # a line cut short would say something else
    return _LINE_END.split(data.decode("utf-8-sig", "replace"))


def parse_robots(lines: Iterable[str]) -> Robots:
    """Read a file, line by line; never an error."""
    return _Reader().read(lines)


class _Reader:
    """Reads line after line: which agents the next rules are for."""

    def __init__(self) -> None:
        self.robots = Robots()
        self.group: Group | None = None
        self.naming = False  # agents are being named: another one joins them

    def read(self, lines: Iterable[str]) -> Robots:
        groups: list[Group] = []
        kinds = _KINDS
        add: Callable[[_Found], None] = _ignore
        for number, line in enumerate(lines, 1):
            key, _, value = line.partition(":")
            kind = kinds.get(key) or kinds.get(key.strip().lower(), _OTHER)
            if "#" in value:
                value = value.partition("#")[0]
            value = value.strip()
            if kind is _OTHER:
                self._read_other(key.strip().lower(), value)
            elif kind is _AGENT:
                if not self.naming:
                    self.group = Group()
                    groups.append(self.group)
                    add = self.group.found.append
                self.naming = True
                self.group.agents.append(value)  # type: ignore[union-attr]  # there is one
            else:
                self.naming = False
                if value[:1] == "/" or value[:1] == "*":
                    add((kind is _ALLOW, value, number))
        for group in groups:
            self._merge(group)
        return self.robots

    def _merge(self, group: Group) -> None:
        """Enter a group under each of its agents; what is there for one of them already, goes on."""
        for token in dict.fromkeys(map(_group_token, group.agents)):
            if not token:
                continue
            known = self.robots.groups.get(token)
            if known is None:
                known = self.robots.groups[token] = Group()
            known.add(group)

    def _read_other(self, key: str, value: str) -> None:
        """Read what RFC 9309 does not define; a value that is none is skipped."""
        robots, group = self.robots, self.group
        if key == "sitemap" and value:
            robots.sitemaps.append(value)
        elif key == "host" and value:
            robots.host = robots.host or value
        elif key == "clean-param" and value:
            names, _, path = value.partition(" ")
            robots.clean_params.append((tuple(filter(None, names.split("&"))), path.strip()))
        elif group is None:
            return
        elif key == "crawl-delay" and _DELAY.fullmatch(value):
            group.crawl_delay = float(value)
        elif key == "request-rate" and (rate := _RATE.match(value)) and int(rate[2]):
            group.request_rate = RequestRate(int(rate[1]), int(rate[2]) * _UNITS[rate[3]])
        elif key == "visit-time" and (times := _TIMES.fullmatch(value)):
            group.visit_time = (int(times[1]), int(times[2])), (int(times[3]), int(times[4]))


def _group_token(agent: str) -> str:
    """Return the token of a User-agent line, ``*`` for all; "" for none."""
    if agent[:1] == "*" and not agent[1:2].strip():
        return "*"
    found = _TOKEN.match(agent)
    return found[0].rstrip("*").lower() if found else ""


def normalize_path(path: str) -> str:
    """Return a path with its escapes in one form (section 2.2.2), as patterns have it too.

    What needs no escape has none, what needs one has it in capitals, and ``*`` and ``$`` are escaped: in a pattern they
    mean something else. In the query ``:`` and ``/`` may stand either way.
    """
    if _PLAIN(path) and "*" not in path:
        return path
    return _normalize(path.replace("*", "%2A"))


def _normalize(text: str) -> str:
    if _PLAIN(text):
        return text
    path, mark, query = text.partition("?")
    path = _ESCAPE.sub(_escape, path)
    if not mark:
        return path
    return f"{path}?{_ESCAPE.sub(_escape, query).replace('%3A', ':').replace('%2F', '/')}"


def _escape(found: re.Match[str]) -> str:
    if found[1] is None:
        return "".join(f"%{byte:02X}" for byte in found[0].encode("utf-8", "surrogatepass"))
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else found[0].upper()


# -------------------------------------------------------------------------------------------------------- matching


class _Wild:
    """A pattern with ``*``: pieces of text that follow each other, somewhere."""

    __slots__ = ("at_end", "first", "last", "middle", "rule", "weight")

    def __init__(self, text: str, weight: int, rule: _Found, *, at_end: bool) -> None:
        self.first, *pieces = text.split("*")
        self.at_end = at_end
        self.last = pieces.pop() if at_end else ""
        self.middle = [piece for piece in pieces if piece]
        self.weight, self.rule = weight, rule

    def fits(self, path: str) -> bool:
        """Tell whether the pattern fits the start of the path, or the whole of it when it ends in ``$``."""
        if not path.startswith(self.first):
            return False
        position = len(self.first)
        for piece in self.middle:
            position = path.find(piece, position)
            if position < 0:
                return False
            position += len(piece)
        return not self.at_end or (path.endswith(self.last) and len(path) - len(self.last) >= position)

    def key(self) -> str:
        """Return a piece of text without which nothing fits: by the end of it, patterns differ the most."""
        return max((self.first, *self.middle, self.last), key=len)[-_KEY:]


class _Index:
    """The rules of a group, found by what is in a path."""

    def __init__(self, rules: Iterable[_Found]) -> None:
        self.prefixes: dict[str, _Found] = {}
        self.wholes: dict[str, _Found] = {}
        self.wild: dict[str, list[_Wild]] = {}
        for rule in rules:
            self._enter(rule)
        self.lengths = sorted({*map(len, self.prefixes)}, reverse=True)
        self.key_lengths = sorted({*map(len, self.wild)})
        for found in self.wild.values():
            found.sort(key=lambda wild: (wild.weight, wild.rule[0]), reverse=True)

    def _enter(self, rule: _Found) -> None:
        text = rule[1]
        at_end = text[-1] == "$"
        if at_end:
            text = text[:-1]
        text = _normalize(text)
        weight = len(text) + at_end
        if not at_end:
            text = text.rstrip("*")
        if "*" in text:
            wild = _Wild(text, weight, rule, at_end=at_end)
            self.wild.setdefault(wild.key(), []).append(wild)
        elif at_end:
            self._keep(self.wholes, text, rule)
        elif weight == len(text):
            self._keep(self.prefixes, text, rule)
        else:  # stars at the end: they fit anything, and count as octets all the same
            wild = _Wild(f"{text}*", weight, rule, at_end=False)
            self.wild.setdefault(wild.key(), []).append(wild)

    @staticmethod
    def _keep(rules: dict[str, _Found], text: str, rule: _Found) -> None:
        known = rules.get(text)
        if known is None or (rule[0] and not known[0]):
            rules[text] = rule

    def find(self, path: str) -> _Found | None:
        best, weight = self._find_prefix(path)
        if self.wild:
            best = self._find_wild(path, best, weight)
        return best

    def _find_prefix(self, path: str) -> tuple[_Found | None, int]:
        """Return the longest rule without ``*`` that fits, and its length."""
        prefixes, size = self.prefixes, len(path)
        whole = self.wholes.get(path)
        for length in self.lengths:
            if length <= size and (rule := prefixes.get(path[:length])) is not None:
                if whole is not None:  # one octet longer than any prefix
                    return whole, size + 1
                return rule, length
        return (whole, size + 1) if whole is not None else (None, -1)

    def _find_wild(self, path: str, best: _Found | None, weight: int) -> _Found | None:
        """Return the longest rule that fits, with ``*`` or without."""
        for wild in self._candidates(path):
            heavier = wild.weight > weight or (
                wild.weight == weight and best is not None and wild.rule[0] and not best[0]
            )
            if heavier and wild.fits(path):
                best, weight = wild.rule, wild.weight
        return best

    def _candidates(self, path: str) -> Iterator[_Wild]:
        """Yield the patterns whose piece of text is somewhere in the path."""
        wild = self.wild
        for length in self.key_lengths:
            pieces = {path[start : start + length] for start in range(len(path) - length + 1)}
            for piece in pieces if len(pieces) < len(wild) else wild.keys() & pieces:
                yield from wild.get(piece, ())
