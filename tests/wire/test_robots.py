"""robots.txt: RFC 9309's own examples, a slow matcher that is obviously right, and files of every odd kind."""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirekit._wire.robots import LIMIT, Group, RequestRate, Rule, parse_robots, split_lines

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import FrameType


def may(text: str, path: str, agent: str = "ExampleBot") -> bool:
    return parse_robots(text.split("\n")).decide(agent, path).allowed


def only(*rules: str) -> str:
    return "\n".join(["User-agent: *", *rules])


RFC = """
User-Agent: *
Disallow: *.gif$
Disallow: /example/
Allow: /publications/

User-Agent: foobot
Disallow:/
Allow:/example/page.html
Allow:/example/allowed.gif

User-Agent: barbot
User-Agent: bazbot
Disallow: /example/page.html

User-Agent: quxbot
"""


@pytest.mark.parametrize(
    "agent, path, allowed",
    [
        ("other", "/x/y.gif", False),
        ("other", "/x/y.gif?z", True),
        ("other", "/example/", False),
        ("other", "/publications/x.gif", True),
        ("FooBot/2.1", "/", False),
        ("foobot", "/example/page.html", True),
        ("foobot", "/example/allowed.gif", True),
        ("barbot", "/example/page.html", False),
        ("bazbot", "/example/page.html", False),
        ("bazbot", "/example/other.html", True),
        ("quxbot", "/example/", True),
        ("quxbot/1.0", "/x.gif", True),
    ],
)
def test_example_of_rfc_9309_section_5_1(agent: str, path: str, allowed: bool) -> None:
    assert may(RFC, path, agent) is allowed


def test_longest_match_of_section_5_2() -> None:
    text = "User-Agent: foobot\nAllow: /example/page/\nDisallow: /example/page/disallowed.gif\n"
    assert may(text, "/example/page/x", "foobot")
    assert not may(text, "/example/page/disallowed.gif", "foobot")


@pytest.mark.parametrize(
    "pattern, path",
    [  # section 2.2.2
        ("/foo/bar?baz=quz", "/foo/bar?baz=quz"),
        ("/foo/bar?baz=https://foo.bar", "/foo/bar?baz=https%3A%2F%2Ffoo.bar"),
        ("/foo/bar/\U0001f60a", "/foo/bar/%F0%9F%98%8A"),
        ("/foo/bar/%E3%83%84", "/foo/bar/ツ"),
        ("/foo/bar/%e3%83%84", "/foo/bar/%E3%83%84"),
        ("/foo/bar/%62%61%7A", "/foo/bar/baz"),
        ("/foo/bar/baz", "/foo/bar/%62%61%7a"),
        ("/path/file-with-a-%2A.html", "/path/file-with-a-*.html"),  # section 2.2.3
        ("/path/foo-%24", "/path/foo-$"),
        ("/path/foo-%24", "/path/foo-$/x"),
    ],
)
def test_escapes_are_compared_in_one_form(pattern: str, path: str) -> None:
    assert not may(only(f"Disallow: {pattern}"), path)


@pytest.mark.parametrize(
    "pattern, path", [("/a%2Fb", "/a/b"), ("/a/b", "/a%2Fb"), ("/a%3Fb", "/a?b"), ("/A", "/a")]
)
def test_escape_of_a_reserved_character_is_another_path(pattern: str, path: str) -> None:
    assert may(only(f"Disallow: {pattern}"), path)


@pytest.mark.parametrize(
    "pattern, path, fits",
    [
        ("/", "/", True),
        ("/*", "/x", True),
        ("*", "/x", True),
        ("/fish", "/fish.html", True),
        ("/fish", "/Fish.asp", False),
        ("/fish*", "/fishheads/yummy.html", True),
        ("/fish/", "/fish", False),
        ("/*.php", "/folder/filename.php?parameters", True),
        ("/*.php", "/filename.php/", True),
        ("/*.php", "/windows.PHP", False),
        ("/*.php$", "/filename.php", True),
        ("/*.php$", "/filename.php?parameters", False),
        ("/*.php$", "/filename.php5", False),
        ("/fish*.php", "/fishheads/catfish.php?parameters", True),
        ("/fish*.php", "/Fish.PHP", False),
        ("/fish$", "/fish", True),
        ("/fish$", "/fishes", False),
        ("/a$b", "/a$b", True),
        ("/a*b*c$", "/aXbXc", True),
        ("/a*b*c$", "/abc", True),
        ("/a*bb$", "/ab", False),
        ("/a**b", "/axb", True),
        ("/*$", "/anything", True),
        ("fish", "/fish", False),
        ("", "/", False),
    ],
)
def test_pattern(pattern: str, path: str, fits: bool) -> None:
    assert may(only(f"Disallow: {pattern}"), path) is not fits


@pytest.mark.parametrize(
    "rules, path, line",
    [
        (["Allow: /p", "Disallow: /"], "/page", 2),
        (["Allow: /folder", "Disallow: /folder"], "/folder/page", 2),
        (["Disallow: /folder", "Allow: /folder"], "/folder/page", 3),
        (["Allow: /page", "Disallow: /*.htm"], "/page.htm", 3),
        (["Allow: /page", "Disallow: /*.ph"], "/page.php5", 2),
        (["Allow: /$", "Disallow: /"], "/", 2),
        (["Allow: /$", "Disallow: /"], "/page", 3),
        (["Disallow: /a", "Allow: /*"], "/a", 3),
        (["Disallow: /ab", "Allow: /*"], "/ab", 2),
        (["Disallow: /ab$", "Allow: /ab*"], "/ab", 3),
    ],
)
def test_longest_rule_decides_and_allow_before_disallow(rules: list[str], path: str, line: int) -> None:
    decision = parse_robots(only(*rules).split("\n")).decide("x", path)
    assert decision.rule is not None
    assert decision.rule.line == line
    assert decision.reason == f"line {line}: {rules[line - 2]}"


def test_robots_txt_itself_may_be_fetched() -> None:
    assert may(only("Disallow: /"), "/robots.txt")


def test_nobody_named_everything_allowed() -> None:
    decision = parse_robots(["Disallow: /", "User-agent: other", "Disallow: /"]).decide("ExampleBot", "/x")
    assert decision.allowed
    assert (decision.rule, decision.group) == (None, None)


def test_groups_for_one_agent_are_one() -> None:
    text = "User-agent: a\nDisallow: /x\n\nUser-agent: b\nDisallow: /z\n\nUser-agent: A\nUser-agent: b\nDisallow: /y"
    assert not may(text, "/x", "a")
    assert not may(text, "/y", "a")
    assert may(text, "/z", "a")
    assert not may(text, "/z", "b")
    assert parse_robots(text.split("\n")).decide("a", "/x").group == ("a", "A", "b")


def test_other_records_and_blank_lines_end_no_group() -> None:
    text = "User-agent: a\n\nSitemap: https://h/s.xml\nnonsense\nUser-agent: b\n\nDisallow: /x\nHost: h\n\nDisallow: /y\n"
    for agent in "ab":
        assert not may(text, "/x", agent)
        assert not may(text, "/y", agent)


@pytest.mark.parametrize(
    "agent, line, fits",
    [
        ("ExampleBot", "examplebot", True),
        ("ExampleBot/0.1", "ExampleBot", True),
        ("ExampleBot", "ExampleBot/0.1", True),
        ("ExampleBot", "ExampleBot some comment", True),
        ("ExampleBot", "Example", False),
        ("Example", "ExampleBot", False),
        ("ExampleBot-News", "ExampleBot", False),
        ("Mozilla/5.0 (compatible; ExampleBot/0.1; https://e.example/bot)", "ExampleBot", True),
        ("Mozilla/5.0 (compatible; ExampleBot/0.1; https://e.example/bot)", "Mozilla", True),
        ("MJ12bot/v1.4", "MJ12bot", True),
        ("ExampleBot", "* everybody", True),
        ("ExampleBot", "*bot", False),
        ("", "x", False),
    ],
)
def test_agent_is_matched_by_its_product_token(agent: str, line: str, fits: bool) -> None:
    assert may(f"User-agent: {line}\nDisallow: /", "/x", agent) is not fits


@pytest.mark.parametrize(
    "key", ["User-agent", "USER-AGENT", " user-agent ", "useragent", "User Agent", "\ufeffUser-agent"]
)
def test_agent_line_in_every_spelling(key: str) -> None:
    assert not may(f"{key}: *\nDISALLOW :/x # why\n", "/x")


def test_what_is_no_rule_is_kept_as_well() -> None:
    text = (
        "Crawl-delay: 9\nUser-agent: *\nCrawl-delay: 1.5\nRequest-rate: 1/5m\nVisit-time: 0600-0845\nSitemap: https://h/1\n"
        "Host: h.example\nHost: other\nClean-param: a&b /path\nUser-agent: x\nSitemap: https://h/2\nDisallow: /\nSitemap:\n"
        "Crawl-delay: .5\nRequest-rate: 3 / 10\nHost:\nClean-param:\n# x: y\n: z\n"
    )
    robots = parse_robots(text.split("\n"))
    assert robots.sitemaps == ["https://h/1", "https://h/2"]
    assert robots.host == "h.example"
    assert robots.clean_params == [(("a", "b"), "/path")]
    both = robots.groups["x"]
    assert (both.crawl_delay, both.request_rate, both.visit_time) == (
        0.5,
        RequestRate(3, 10),
        ((6, 0), (8, 45)),
    )
    assert both.rules == [Rule(False, "/", 12)]


def test_in_merged_groups_the_last_word_counts() -> None:
    text = "User-agent: a\nCrawl-delay: 1\nDisallow: /\nUser-agent: a\nCrawl-delay: 2\nRequest-rate: 1/2\nVisit-time: 0100-0200"
    group = parse_robots(text.split("\n")).groups["a"]
    assert (group.crawl_delay, group.request_rate, group.visit_time) == (
        2.0,
        RequestRate(1, 2),
        ((1, 0), (2, 0)),
    )
    assert (Group(()).crawl_delay, Group(()).request_rate, Group(()).visit_time) == (None, None, None)


@pytest.mark.parametrize(
    "value, rate, hours",
    [
        ("3/15", (3, 15), None),
        ("1 / 5", (1, 5), None),
        ("1/10s", (1, 10), None),
        ("1/2M", (1, 120), None),
        ("1/2h", (1, 7200), None),
        ("10/1d", (10, 86400), None),
        ("1/10m 1300-1659", (1, 600), ((13, 0), (16, 59))),
        ("1/5 06:00 - 23:45", (1, 5), ((6, 0), (23, 45))),
    ],
)
def test_rate_in_every_spelling(value: str, rate: tuple[int, int], hours: object) -> None:
    found = parse_robots(only(f"Request-rate: {value}").split("\n")).groups["*"].request_rate
    assert found == rate
    assert found is not None
    assert (found.requests, found.seconds, found.hours) == (*rate, hours)


@pytest.mark.parametrize("value", ["2500-2600", "0600", "0600-", "06-07", "x", "0670-0800", "0600-0845x"])
def test_hours_that_are_none_are_skipped(value: str) -> None:
    assert parse_robots(only(f"Visit-time: {value}").split("\n")).groups["*"].visit_time is None


@pytest.mark.parametrize("value", ["²", "1e9", "-1", "x", "", "1_0", "9" * 5000, "nan", "inf"])
def test_row_170_odd_number_is_skipped(value: str) -> None:
    robots = parse_robots(
        only(f"Crawl-delay: {value}", f"Request-rate: {value}/1", "Disallow: /x").split("\n")
    )
    assert robots.groups["*"].crawl_delay is None
    assert robots.groups["*"].request_rate is None
    assert not robots.decide("x", "/x").allowed


@pytest.mark.parametrize("value", ["1/0", "1", "/", "1/x", "1/5x", "1/5 2500-2600", "1/5 0600"])
def test_rate_that_is_none_is_skipped(value: str) -> None:
    assert parse_robots(only(f"Request-rate: {value}").split("\n")).groups["*"].request_rate is None


@pytest.mark.parametrize(
    "data, lines",
    [
        (b"a\nb\r\nc\rd", ["a", "b", "c", "d"]),
        (b"\xef\xbb\xbfa\n", ["a", ""]),
        (b"\xef\xbba\n", ["a", ""]),
        (b"\xefa", ["a"]),
        (b"\xff\xe4", ["\udcff\udce4"]),
        (b"", [""]),
    ],
)
def test_lines_of_any_kind(data: bytes, lines: list[str]) -> None:
    assert split_lines(data) == lines


def test_row_172_no_more_than_500_kib_are_read() -> None:
    line = b"Disallow: /abcdefghijklmnopq\n"
    lines = split_lines(b"User-agent: *\n" + line * 40_000)
    assert sum(map(len, lines)) < LIMIT
    assert lines[-1] == ""
    assert set(lines[1:-1]) == {line.decode().strip()}  # none is cut in the middle


# ---- beside a matcher that is slow and obviously right

letters = st.sampled_from("ab/*$?")
patterns = st.text(letters, max_size=6).map("/".__add__)
paths = st.text(st.sampled_from("ab/?"), max_size=8).map("/".__add__)


def slow_fits(pattern: str, path: str) -> bool:
    end = pattern.endswith("$")
    body = pattern[:-1] if end else pattern
    expression = "".join(".*" if letter == "*" else re.escape(letter) for letter in body)
    return re.match(expression + (r"\Z" if end else ""), path) is not None


@given(st.lists(st.tuples(st.booleans(), patterns), max_size=8), paths)
def test_decision_is_that_of_a_slow_matcher(rules: list[tuple[bool, str]], path: str) -> None:
    text = only(*(f"{'Allow' if allow else 'Disallow'}: {pattern}" for allow, pattern in rules))

    def weight(pattern: str) -> int:
        body, end = (pattern[:-1], 1) if pattern.endswith("$") else (pattern, 0)
        return len(body.replace("$", "%24")) + end

    fitting = [(weight(pattern), allow) for allow, pattern in rules if slow_fits(pattern, path)]
    assert may(text, path) is (max(fitting)[1] if fitting else True)


@given(st.lists(st.text(max_size=30), max_size=20), st.text(max_size=20), st.text(max_size=30))
def test_no_file_is_an_error(lines: list[str], agent: str, path: str) -> None:
    decision = parse_robots(lines).decide(agent, path)
    assert isinstance(decision.allowed, bool)


# ---- cost


def test_row_174_many_stars_are_matched_in_one_pass() -> None:
    """A matcher that goes back would take longer than anybody waits."""
    robots = parse_robots(only(f"Disallow: /{'*a' * 5_000}b").split("\n"))
    assert robots.decide("x", "/" + "a" * 8_000).allowed
    assert not robots.decide("x", "/" + "a" * 8_000 + "b").allowed


def test_agent_line_without_a_name_is_for_nobody() -> None:
    assert parse_robots(["User-agent:", "Disallow: /"]).groups == {}


# ---- what Google's parser reads, and says in its tests


@pytest.mark.parametrize(
    "text, closed",
    [
        ("user-agent: ExampleBot\ndisallow: /\n", True),
        ("foo: ExampleBot\nbar: /\n", False),
        ("user-agent ExampleBot\ndisallow /\n", True),
        ("user-agent ExampleBot # who\n disallow\t/ # what\n", True),
        ("user-agent ExampleBot and others\ndisallow /\n", False),
        ("USER-AGENT: ExampleBot\nDISALLOW: /\n", True),
        ("uSeR-aGeNt: eXAMPLEbOT\ndIsAlLoW: /\n", True),
        ("useragent: ExampleBot\ndisallow: /\n", True),
        ("user agent: ExampleBot\ndissallow: /\n", True),
        ("User-agent: ExampleBot\nDissalow: /\n", True),
        ("User-agent: ExampleBot\nDisalow: /\n", True),
        ("User-agent: ExampleBot\nDiasllow: /\n", True),
        ("User-agent: ExampleBot\nDisallaw: /\n", True),
        ("User-agent: ExampleBot\nDisall: /\n", False),
        ("\ufeffUser-agent: ExampleBot\nDisallow: /\n", True),
        ("x\ufeffUser-agent: ExampleBot\nDisallow: /\n", False),
        ("User-agent: ExampleBot\n\ufeffDisallow: /\n", True),
        ("User-agent: OtherBot\nSitemap: https://foo.bar/sitemap\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: OtherBot\nInvalid-Unknown-Line: unknown\nUser-agent: *\nDisallow: /\n", True),
        ("User-agent: OtherBot\nCrawl-delay: 5\nUser-agent: ExampleBot\nDisallow: /\n", True),
        ("User-agent: *\nDisallow: /\nUser-agent: OtherBot\n", True),
        ("User-agent: *\nDisallow: /\nUser-agent: ExampleBot\n", False),
        ("User-agent: *\nUser-agent: ExampleBot\nDisallow:\nDisallow: /", True),
        ("User-agent: ExampleBot Images\nDisallow: /", True),
        ("User-agent: ExampleBot/2.1 (+https://e.example/)\nDisallow: /", True),
        ("User-agent: ExampleBot*\nDisallow: /", True),
        ("User-agent: ExampleBot-News\nDisallow: /", False),
        ("# User-agent: ExampleBot\n# Disallow: /", False),
        ("Sitemap: https://h/s.xml\nUser-agent: *\nDisallow: /", True),
        ("", False),
        ("\x00\xff\ud800:::\n#", False),
    ],
)
def test_lines_as_google_reads_them(text: str, closed: bool) -> None:
    assert may(text, "/x/y") is not closed


@pytest.mark.parametrize(
    "agent, path, allowed",
    [
        ("FooBot", "/x/b", True),
        ("FooBot", "/z/d", True),
        ("FooBot", "/y/c", False),
        ("FooBot", "/foo/bar/", False),
        ("BarBot", "/y/c", True),
        ("BarBot", "/w/a", True),
        ("BarBot", "/z/d", False),
        ("BarBot", "/foo/bar/", False),
        ("BazBot", "/z/d", True),
        ("BazBot", "/foo/bar/", False),
    ],
)
def test_groups_as_google_reads_them(agent: str, path: str, allowed: bool) -> None:
    text = (
        "allow: /foo/bar/\n\nuser-agent: FooBot\ndisallow: /\nallow: /x/\nuser-agent: BarBot\ndisallow: /\nallow: /y/\n\n\n"
        "allow: /w/\nuser-agent: BazBot\n\nuser-agent: FooBot\nallow: /z/\ndisallow: /\n"
    )
    assert may(text, path, agent) is allowed


@pytest.mark.parametrize(
    "rules, path, allowed",
    [
        (["disallow: /x/page.html", "allow: /x/"], "/x/page.html", False),
        (["allow: /x/page.html", "disallow: /x/"], "/x/page.html", True),
        (["allow: /x/page.html", "disallow: /x/"], "/x/", False),
        (["disallow:", "allow:"], "/x/page.html", True),
        (["disallow: /", "allow: /"], "/x/page.html", True),
        (["disallow: /x", "allow: /x/"], "/x", False),
        (["disallow: /x", "allow: /x/"], "/x/", True),
        (["disallow: /x/page.html", "allow: /x/page.html"], "/x/page.html", True),
        (["allow: /page", "disallow: /*.html"], "/page.html", False),
        (["allow: /page", "disallow: /*.html"], "/page", True),
        (["allow: /x/page.", "disallow: /*.html"], "/x/page.html", True),
        (["allow: /x/page.", "disallow: /*.html"], "/x/y.html", False),
        (["disallow: /foo/bar/quz", "allow: /foo/*/qux"], "/foo/bar/quz", False),
        (["disallow: /foo/bar/quz", "allow: /foo/*/qux"], "/foo/bax/quz", True),
        (["disallow: /foo/bar$", "allow: /foo/bar/qux"], "/foo/bar", False),
        (["disallow: /foo/bar$", "allow: /foo/bar/qux"], "/foo/bar/", True),
        (["disallow: /foo/bar$", "allow: /foo/bar/qux"], "/foo/bar/baz", True),
        (["# disallow: /", "disallow: /foo/quz#qux", "allow: /"], "/foo/bar", True),
        (["# disallow: /", "disallow: /foo/quz#qux", "allow: /"], "/foo/quz", False),
        (
            ["disallow: /", "allow: /foo/bar?qux=taz&baz="],
            "/foo/bar?qux=taz&baz=http://foo.bar?tar&par",
            True,
        ),
        (["disallow: /", "allow: /foo/bar/\u30c4"], "/foo/bar/%E3%83%84", True),
        (["disallow: /", "allow: /foo/bar/%E3%83%84"], "/foo/bar/%E3%83%84", True),
        (["disallow: /", "allow: /foo/bar/%e3%83%84"], "/foo/bar/%E3%83%84", True),
        (["disallow: /FooBar"], "/foobar", True),
        (["disallow: /x?u=http%3A%2F%2Fa"], "/x?u=http://a/b", False),
        (["disallow: /x?u=http://a"], "/x?u=http%3a%2f%2Fa", False),
        (["disallow: /*%2Fprint"], "/x?u=%2Fprint", False),
        (["disallow: /*/print"], "/x?u=%2Fprint", False),
        (["disallow: /another/path?"], "https://h/another/path?", False),
        (["disallow: /another/path?"], "https://h/another/path", True),
        (["disallow: /a{b"], "/a%7bb", False),
        (["disallow: /", "allow: /$"], "/", True),
        (["disallow: /", "allow: /$"], "/page.html", False),
    ],
)
def test_rules_as_google_weighs_them(rules: list[str], path: str, allowed: bool) -> None:
    robots = parse_robots(["user-agent: FooBot", *rules])
    assert robots.can_fetch("FooBot", path) is allowed
    assert robots.explain("FooBot", path).allowed is allowed


# ---- from the whole of a file


@pytest.mark.parametrize(
    "source",
    [
        "User-agent: *\rDisallow: /x",
        b"User-agent: *\r\nDisallow: /x\r\n",
        bytearray(b"\xef\xbb\xbfUser-agent: *\nDisallow: /x"),
        ["User-agent: *\n", "Disallow: /x\n"],
        [b"User-agent: *", b"Disallow: /x"],
        iter(("\ufeffUser-agent: *\r\n", "\r\n", "Disallow: /x")),
    ],
)
def test_file_is_text_bytes_or_lines(source: Any) -> None:
    robots = parse_robots(source)
    assert not robots.can_fetch("bot", "/x")
    assert robots.can_fetch("bot", "/y")


def test_bytes_that_are_no_utf8_are_compared_as_they_are() -> None:
    robots = parse_robots(split_lines(b"User-agent: *\nDisallow: /caf\xe9/"))
    assert not robots.can_fetch("bot", "https://h/caf%E9/x")
    assert robots.can_fetch("bot", "https://h/caf%C3%A9/x")


def test_lines_are_cut_at_the_limit_that_is_given() -> None:
    assert split_lines(b"Disallow: /private\nDisallow: /public", 21) == ["Disallow: /private", ""]
    assert split_lines(b"Disallow: /private", 10) == [""]


# ---- agents


def test_agent_may_be_nobody_in_particular() -> None:
    robots = parse_robots(["User-agent: *", "Disallow: /x"])
    for agent in (None, "", "*", "()"):
        assert not robots.can_fetch(agent, "/x")
        assert not robots.explain(agent, "/x").allowed


def test_own_name_counts_before_the_browsers() -> None:
    robots = parse_robots(
        ["User-agent: mozilla", "Disallow: /", "", "User-agent: examplebot", "Disallow: /x"]
    )
    agent = "Mozilla/5.0 (compatible; ExampleBot/1.0)"
    assert robots.can_fetch(agent, "/y")
    assert not robots.can_fetch("Mozilla/5.0 (compatible; OtherBot/1.0)", "/y")


def test_agents_beyond_those_remembered_get_the_same_answer() -> None:
    robots = parse_robots(["User-agent: bot7", "Disallow: /", "User-agent: *", "Disallow: /x"])
    for number in range(600):
        assert robots.can_fetch(f"bot{number}", "/y") is (number != 7)
    assert len(robots._known) <= 256
    assert not robots.can_fetch("bot7", "/y")


def test_groups_stand_as_in_the_file_and_together() -> None:
    robots = parse_robots(["User-agent: a", "User-agent: a", "Disallow: /x", "User-agent: a", "Allow: /y"])
    assert [(part.agents, [rule.line for rule in part.rules]) for part in robots.parts] == [
        (["a", "a"], [3]),
        (["a"], [5]),
    ]
    assert [str(rule) for rule in robots.groups["a"].rules] == ["Disallow: /x", "Allow: /y"]


# ---- growth: ten times the file, ten times the work


def count_calls(function: Callable[[], object]) -> int:
    """Count the calls of built-in functions, find and append among them: the same in every run."""
    calls = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event == "c_call"

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return calls


@pytest.mark.parametrize(
    "make",
    [
        lambda n: (
            [f"User-agent: a{i}" for i in range(n)]
            + ["Disallow: /"]
            + [f"User-agent: a{i}" for i in range(n)]
        ),
        lambda n: ["User-agent: *", "Disallow: /x"] * n,
        lambda n: ["User-agent: *", *(f"Disallow: /{'*a' * 20}{i}" for i in range(n))],
        lambda n: ["User-agent: *", *(f"Disallow: /{'%41' * 20}{i}$" for i in range(n))],
        lambda n: ["#:" * 50, "", "x" * 100, ":::", "\ufeff" * 30] * n,
    ],
    ids=["agents", "groups", "stars", "escapes", "nonsense"],
)
def test_work_grows_as_the_file_does(make: Callable[[int], list[str]]) -> None:
    def ask(size: int) -> Callable[[], object]:
        lines = make(size)
        return lambda: parse_robots(lines).can_fetch("a7", "/" + "a" * 200)

    small, large = count_calls(ask(100)), count_calls(ask(1_000))
    assert 0 < large < 12 * small + 1_000


def test_one_group_for_a_thousand_agents_is_kept_once() -> None:
    agents = [f"User-agent: a{number}" for number in range(1_000)]
    robots = parse_robots([*agents, "Disallow: /x"])
    assert len({id(group) for group in robots.groups.values()}) == 1
