"""robots.txt by RFC 9309: a file read into groups of rules, and what it says to whom.

A file is read in one pass. Records that are no rules (Sitemap, Crawl-delay ...) never end a group (section 2.2.4);
groups for the same agent are one (section 2.2.1). Nothing in a file is an error: what is not understood is skipped.

A *pattern* may hold ``*``, any characters, and end in ``$``, the end of the path. Of all that fit, the longest decides,
``Allow`` before ``Disallow`` (section 2.2.2). Patterns and paths are compared in one form of their escapes
(``robots_paths``), and found without looking at all of them (``robots_rules``).

What site owners evidently mean is read as Google's parser reads it: ``disallow /x`` without its colon, and the five
misspellings of it that Google met most.

A file may name one agent a thousand times, and a thousand agents at once. So the *parts* of a file are kept as they
stand there, and an agent's group is put together when somebody asks for it: reading stays linear.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, NamedTuple

from wirekit._wire.robots_paths import forms_of_path, forms_of_url, normalize_rule, normalize_rules
from wirekit._wire.robots_rules import RuleIndex, fits, weigh

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

__all__ = [
    "LIMIT",
    "Decision",
    "Group",
    "RequestRate",
    "Robots",
    "Rule",
    "agent_tokens",
    "lines_of",
    "parse_robots",
    "split_lines",
]

LIMIT: Final = 500 * 1024
"""Bytes of a file that are read at least (section 2.5)."""

_TOKEN = re.compile(r"[^\s/;,()]++")
_PRODUCT = re.compile(r"compatible;\s*+([^\s/;()]++)", re.IGNORECASE)
_MARKS = (b"\xef\xbb\xbf", b"\xef\xbb", b"\xef")
"""The byte order mark, and what some editors leave of it."""
_HOURS = r"([01][0-9]|2[0-3]):?([0-5][0-9])\s*+-\s*+([01][0-9]|2[0-3]):?([0-5][0-9])"
_RATE = re.compile(
    rf"([0-9]{{1,9}})\s*+/\s*+([0-9]{{1,9}})(?:\s*+([smhd]))?(?:\s++{_HOURS})?", re.ASCII | re.IGNORECASE
)
_DELAY = re.compile(r"[0-9]{1,9}(?:\.[0-9]{0,9})?|\.[0-9]{1,9}", re.ASCII)
_TIMES = re.compile(_HOURS, re.ASCII)
_UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
_KNOWN: Final = 256
"""Agents whose rules are remembered by all of what they call themselves."""

_ALLOW, _DISALLOW, _AGENT, _OTHER, _NOTHING = 1, 2, 3, 4, 5
_NAMES = {
    "allow": _ALLOW,
    "disallow": _DISALLOW,
    "dissallow": _DISALLOW,
    "dissalow": _DISALLOW,
    "disalow": _DISALLOW,
    "diasllow": _DISALLOW,
    "disallaw": _DISALLOW,
    "user-agent": _AGENT,
    "useragent": _AGENT,
    "user agent": _AGENT,
    "sitemap": _OTHER,
    "site-map": _OTHER,
    "crawl-delay": _OTHER,
    "request-rate": _OTHER,
    "visit-time": _OTHER,
    "host": _OTHER,
    "clean-param": _OTHER,
}
"""What a line is by its key, in lower case."""
_KINDS = {
    spelled: kind
    for name, kind in _NAMES.items()
    for spelled in (name, name.capitalize(), name.title(), name.upper())
    if kind != _OTHER
} | dict.fromkeys(("", "\n", "\r\n", "\r"), _NOTHING)
"""What a line is by its key, as it is usually written."""

_Times = tuple[tuple[int, int], tuple[int, int]]


class _Rate(NamedTuple):
    requests: int
    seconds: int


class RequestRate(_Rate):
    """So many requests in so many seconds. hours: ((hour, minute), (hour, minute)) in UTC at which that holds, or None."""

    __module__ = "wirekit.urllib.robotparser"

    hours: _Times | None = None


_Found = tuple[bool, str, int]
"""The values of a Rule. Ten thousand of them are made in a third of the time that as many rules take."""


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


class _Part:
    """A group as it stands in the file: the agents that are named together, and what follows them."""

    __slots__ = ("agents", "crawl_delay", "found", "request_rate", "visit_time")

    def __init__(self) -> None:
        self.agents: list[str] = []
        self.found: list[_Found] = []
        self.crawl_delay: float | None = None
        self.request_rate: RequestRate | None = None
        self.visit_time: _Times | None = None


class Group:
    """What a file says to an agent, in all its parts together.

    agents: those that are named with it, as written. rules: in their order. crawl_delay: seconds. request_rate,
    visit_time ((hour, minute), (hour, minute) in UTC), or None; where several parts name them, the last one counts.
    """

    def __init__(self, parts: Iterable[_Part]) -> None:
        self._parts = tuple(parts)
        self._index: RuleIndex | None = None

    @property
    def agents(self) -> list[str]:
        """The agents, each as often as it is named."""
        return [agent for part in self._parts for agent in part.agents]

    @property
    def rules(self) -> list[Rule]:
        """The rules, in their order."""
        return [Rule(*found) for part in self._parts for found in part.found]

    @property
    def crawl_delay(self) -> float | None:
        """Seconds between two requests."""
        return next((p.crawl_delay for p in reversed(self._parts) if p.crawl_delay is not None), None)

    @property
    def request_rate(self) -> RequestRate | None:
        """Requests in so many seconds."""
        return next((p.request_rate for p in reversed(self._parts) if p.request_rate), None)

    @property
    def visit_time(self) -> _Times | None:
        """Hours to come at, in UTC."""
        return next((p.visit_time for p in reversed(self._parts) if p.visit_time), None)

    def allows(self, forms: tuple[str, ...]) -> bool:
        """Tell whether the rules allow a URL, by its forms (``robots_paths``)."""
        index = self._index or self._make_index()
        weight = index.find_weight(forms[0])
        if len(forms) > 1:
            weight = max(weight, index.find_weight(forms[1]))
        return weight & 1 == 1 or not weight

    def _make_index(self) -> RuleIndex:
        found = [rule for part in self._parts for rule in part.found]
        disallowed = normalize_rules([pattern for allow, pattern, _ in found if not allow])
        self._index = RuleIndex(
            disallowed, normalize_rules([pattern for allow, pattern, _ in found if allow])
        )
        return self._index

    def find_rule(self, forms: tuple[str, ...]) -> Rule | None:
        """Return the rule that decides about a URL, by its forms; None where none fits. Looks at every rule.

        Of equally heavy ones it is the first.
        """
        best, decisive = 0, None
        for rule in self.rules:
            form = normalize_rule(rule.pattern)
            weight = weigh(form, allowed=rule.allow)
            if weight > best and any(fits(form, target) for target in forms):
                best, decisive = weight, rule
        return decisive


_ALL_OPEN = Group(())


class Robots:
    """A whole file.

    sitemaps and host: as written. clean_params: (parameters, path prefix) of Clean-param. parts: the groups as they stand
    in the file.
    """

    def __init__(self) -> None:
        self.parts: list[Group] = []
        self.sitemaps: list[str] = []
        self.host: str | None = None
        self.clean_params: list[tuple[tuple[str, ...], str]] = []
        self._parts_of: dict[str, list[Group]] = {}
        self._groups: dict[str, Group] = {}
        self._known: dict[str | None, Group] = {}

    @property
    def groups(self) -> dict[str, Group]:
        """Each agent's group, by its token in lower case; ``*`` for all others."""
        return {token: self._group_of(token) for token in self._parts_of}

    def _group_of(self, token: str) -> Group:
        """Put an agent's group together, once."""
        group = self._groups.get(token)
        if group is None:
            parts = self._parts_of[token]
            group = parts[0] if len(parts) == 1 else Group(p for part in parts for p in part._parts)  # noqa: SLF001
            self._groups[token] = group
        return group

    def enter(self, token: str, part: Group) -> None:
        """Say that a part is for an agent, named by its token in lower case."""
        known = self._parts_of.setdefault(token, [])
        if not known or known[-1] is not part:
            known.append(part)

    def find_group(self, agent: str | None) -> Group | None:
        """Return what is said to an agent: to its product token, else to ``*``; None where nothing is."""
        return next((self._group_of(token) for token in self._tokens_of(agent)), None)

    def _tokens_of(self, agent: str | None) -> Iterator[str]:
        return (token for token in (*agent_tokens(agent or ""), "*") if token in self._parts_of)

    def can_fetch(self, agent: str | None, url: str) -> bool:
        """Tell whether an agent may fetch a URL, or a path on the site. Any text is one: this is never an error."""
        group = self._known.get(agent)
        if group is None:
            if len(self._known) >= _KNOWN:
                self._known.clear()
            group = self._known[agent] = self.find_group(agent) or _ALL_OPEN
        forms = forms_of_url(url)
        return group.allows(forms) or forms[0] == "/robots.txt$"

    def explain(self, agent: str | None, url: str) -> Decision:
        """Say whether an agent may fetch a URL, and which line of the file decides."""
        return self._decide(agent, forms_of_url(url))

    def decide(self, agent: str | None, path: str) -> Decision:
        """Say the same of a path, with its query, as it stands in a URL."""
        return self._decide(agent, forms_of_path(path))

    def _decide(self, agent: str | None, forms: tuple[str, ...]) -> Decision:
        if forms[0] == "/robots.txt$":
            return Decision(True, None, None, "robots.txt itself may always be fetched (section 2.2.2)")
        group = self.find_group(agent)
        if group is None:
            return Decision(True, None, None, "no group is for this agent, nor for all")
        rule = group.find_rule(forms)
        agents = tuple(group.agents)
        if rule is None:
            return Decision(True, None, agents, "no rule of the group fits")
        return Decision(rule.allow, rule, agents, f"line {rule.line}: {rule}")


for _public in (Rule, Decision, Group, Robots):
    _public.__module__ = "wirekit.robots"


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


def split_lines(data: bytes, limit: int = LIMIT) -> list[str]:
    """Return the lines of a file, without their ends: UTF-8 where it is, no byte order mark, so many bytes at most.

    Bytes that are no UTF-8 become surrogates (``surrogateescape``), so that they can still be told in a path.
    """
    if len(data) > limit:  # a line cut short would say something else
        data = data[: max(data.rfind(b"\n", 0, limit), data.rfind(b"\r", 0, limit)) + 1]
    for mark in _MARKS:
        data = data.removeprefix(mark)
    return _split_text(data.decode("utf-8", "surrogateescape"))


def _split_text(text: str) -> list[str]:
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


def lines_of(source: str | bytes | bytearray | Iterable[str | bytes]) -> list[str]:
    """Return the lines of a whole file, text or bytes, or of what gives its lines, with or without their ends."""
    if isinstance(source, str):
        return _split_text(source)
    if isinstance(source, bytes | bytearray):
        return split_lines(bytes(source), len(source))
    return [
        line if isinstance(line, str) else bytes(line).decode("utf-8", "surrogateescape") for line in source
    ]


def parse_robots(source: str | bytes | bytearray | Iterable[str | bytes]) -> Robots:
    """Read a file: its text, its bytes, or its lines with or without their ends. Nothing in it is an error."""
    robots = Robots()
    part, naming, kind_of = _Part(), False, _KINDS.get  # rules before any agent are for nobody
    for number, line in enumerate(lines_of(source), 1):
        key, _, value = line.partition(":")
        kind = kind_of(key)
        if kind is None:
            kind, key, value = _read_odd_line(line.lstrip("\ufeff"))
        if "#" in value:
            value = value.partition("#")[0]
        value = value.strip()
        if kind <= _DISALLOW:
            naming = False
            if value[:1] == "/" or value[:1] == "*":  # others fit no path
                part.found.append((kind == _ALLOW, value, number))
        elif kind == _AGENT:
            if not naming:
                part, naming = _Part(), True
                robots.parts.append(Group([part]))
            part.agents.append(value)
            if token := _group_token(value):
                robots.enter(token, robots.parts[-1])
        elif kind == _OTHER:
            _read_other(robots, part, key, value)
    return robots


def _read_odd_line(line: str) -> tuple[int, str, str]:
    """Return the kind, the key and the value of a line whose key is not written as usual, or that is no record."""
    text = line.partition("#")[0].strip()
    key, colon, value = text.partition(":")
    if not colon:
        words = text.split()
        key, value = words if len(words) == 2 else ("", "")
    key = key.rstrip().lower()
    return _NAMES.get(key, _NOTHING), key, value


def _read_other(robots: Robots, part: _Part, key: str, value: str) -> None:
    """Read what RFC 9309 does not define; a value that is none is skipped."""
    if key in {"sitemap", "site-map"}:
        robots.sitemaps += [value] if value else []
    elif key == "host":
        robots.host = robots.host or value or None
    elif key == "clean-param":
        names, _, path = value.partition(" ")
        if params := tuple(filter(None, names.split("&"))):
            robots.clean_params.append((params, path.strip()))
    elif key == "crawl-delay" and _DELAY.fullmatch(value):
        part.crawl_delay = float(value)
    elif key == "request-rate":
        part.request_rate = _parse_rate(value) or part.request_rate
    elif key == "visit-time" and (times := _TIMES.fullmatch(value)):
        part.visit_time = _read_hours(times.groups())


def _parse_rate(value: str) -> RequestRate | None:
    """Read ``1/5``, ``1/10m``, ``1/5s 0600-0845``; None for what is none of these, and for 0 seconds."""
    found = _RATE.fullmatch(value)
    if found is None or not int(found[2]):
        return None
    rate = RequestRate(int(found[1]), int(found[2]) * _UNITS[(found[3] or "s").lower()])
    if found[4]:
        rate.hours = _read_hours(found.groups()[3:])
    return rate


def _read_hours(digits: Iterable[str]) -> _Times:
    first, second, third, fourth = map(int, digits)
    return (first, second), (third, fourth)


def _group_token(agent: str) -> str:
    """Return the token of a User-agent line, ``*`` for all; "" for none."""
    if agent[:1] == "*" and not agent[1:2].strip():
        return "*"
    found = _TOKEN.match(agent)
    return found[0].rstrip("*").lower() if found else ""
