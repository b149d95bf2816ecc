"""The index of rules, beside a matcher that looks at all of them; and what it does not look at."""

from __future__ import annotations

import itertools
import re
import sys
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirekit._wire import robots_rules
from wirekit._wire.robots_rules import RuleIndex, fits, weigh

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from types import FrameType


def slow_fits(form: str, target: str) -> bool:
    """Match by the definition: a table of which part of the pattern fits which part of the target."""
    reached = {0}
    for octet in form:
        if octet == "*":
            reached = set(range(min(reached), len(target) + 1)) if reached else reached
        else:
            reached = {at + 1 for at in reached if target[at : at + 1] == octet}
    return bool(reached)


def slow_weight(disallowed: Iterable[str], allowed: Iterable[str], target: str) -> int:
    rules = [*((form, False) for form in disallowed), *((form, True) for form in allowed)]
    return max((2 * len(form) + allow for form, allow in rules if slow_fits(form, target)), default=0)


def test_weight_is_the_length_and_allow_before_disallow() -> None:
    assert weigh("/a", allowed=False) < weigh("/a", allowed=True) < weigh("/ab", allowed=False)


@pytest.mark.parametrize(
    "form, target, expected",
    [
        ("/a", "/a$", True),
        ("/a", "/b$", False),
        ("/a$", "/a$", True),
        ("/a$", "/ab$", False),
        ("/*b$", "/abcb$", True),
        ("/*b$", "/bc$", False),
        ("/a*b*c", "/axbxc$", True),
        ("/a*b*c", "/acb$", False),
        ("*", "/$", True),
        ("/a**", "/a$", True),
    ],
)
def test_pattern_fits(form: str, target: str, expected: bool) -> None:
    assert fits(form, target) is expected
    assert slow_fits(form, target) is expected


forms = st.text(st.sampled_from("ab/*"), max_size=9).map("/".__add__) | st.just("*")
ended = st.tuples(forms, st.sampled_from(["", "$"])).map("".join)
targets = st.text(st.sampled_from("ab/"), max_size=12).map("/{}$".format)


@given(st.lists(ended, max_size=40), st.lists(ended, max_size=40), st.lists(targets, min_size=1, max_size=4))
def test_index_finds_what_looking_at_all_finds(
    disallowed: list[str], allowed: list[str], asked: list[str]
) -> None:
    index = RuleIndex(disallowed, allowed)
    for target in asked:
        assert index.find_weight(target) == slow_weight(disallowed, allowed, target)


words = st.sampled_from(
    ["listing", "page", "item", "x", "print", "a-long-word-indeed", ".html", ".html$", ""]
)
wild = st.lists(words, min_size=2, max_size=4).map("*".join).map("/".__add__)


@given(st.lists(wild, min_size=13, max_size=60, unique=True), st.lists(words, max_size=6).map("".join))
def test_index_of_many_wildcards_finds_what_looking_at_all_finds(patterns: list[str], path: str) -> None:
    patterns = [pattern for pattern in patterns if "$" not in pattern[:-1]]
    target = f"/{path.replace('$', '')}$"
    index = RuleIndex(patterns[::2], patterns[1::2])
    assert index.find_weight(target) == slow_weight(patterns[::2], patterns[1::2], target)


def test_every_short_pattern_on_every_short_path() -> None:
    patterns = ["/" + "".join(rest) for size in range(4) for rest in itertools.product("a*", repeat=size)]
    patterns += [pattern + "$" for pattern in patterns]
    paths = ["/" + "".join(rest) + "$" for size in range(4) for rest in itertools.product("ab", repeat=size)]
    for pattern, path in itertools.product(patterns, paths):
        expected = re.match(re.escape(pattern).replace(r"\*", ".*"), path) is not None
        assert bool(RuleIndex([pattern], []).find_weight(path)) is expected
        assert fits(pattern, path) is expected


@pytest.mark.parametrize(
    "disallowed, allowed, target, weight",
    [
        (["/ab"], ["/a*"], "/ab$", 7),
        (["/ab*"], ["/ab"], "/ab$", 8),
        (["/ab**"], ["/ab*"], "/abc$", 10),
        (["*"], [], "/$", 2),
        (["/a*"], ["/a*"], "/a$", 7),
        (["/a*", "/a"], [], "/a$", 6),
        ([], [], "/$", 0),
    ],
)
def test_stars_at_the_end_count(disallowed: list[str], allowed: list[str], target: str, weight: int) -> None:
    assert RuleIndex(disallowed, allowed).find_weight(target) == weight


# ---- what it costs


def count_calls(function: Callable[[], object]) -> int:
    calls = 0

    def note(_: FrameType, event: str, __: object) -> None:
        nonlocal calls
        calls += event in {"c_call", "call"}

    before = sys.getprofile()
    sys.setprofile(note)
    try:
        function()
    finally:
        sys.setprofile(before)
    return calls


MANY = {
    "prefixes": lambda n: f"/section{n % 100}/page{n}/",
    "stems": lambda n: f"/section{n}/*/x",
    "same stem": lambda n: f"/*/section{n}/page.html$",
    "at the end": lambda n: f"/*.ext{n}$",
    "in the middle": lambda n: f"/*/listing-page-{n}-of-the-same-kind/print",
}


@pytest.mark.parametrize("kind", MANY)
def test_ten_thousand_rules_are_not_looked_at_one_by_one(kind: str) -> None:
    def ask(size: int) -> int:
        index = RuleIndex(map(MANY[kind], range(size)), [])
        target = MANY[kind](size // 2).replace("*", "anything").rstrip("$") + "$"
        assert index.find_weight(target)
        return count_calls(lambda: index.find_weight(target))

    assert ask(10_000) < ask(100) + 20


def test_row_174_every_piece_is_looked_for_once() -> None:
    index = RuleIndex([f"/{'*a' * 5_000}b"], [])
    for target in (f"/{'a' * 8_000}$", f"/{'a' * 8_000}b$"):
        assert index.find_weight(target) == (2 * 10_002 if target.endswith("b$") else 0)
        assert count_calls(lambda target=target: index.find_weight(target)) < 10_100  # type: ignore[misc]


def test_patterns_that_nothing_tells_apart_cost_one_look_each() -> None:
    def ask(size: int) -> int:
        index = RuleIndex([f"/{'*' * n}aaaaaaaab" for n in range(1, size + 1)], [])
        index.find_weight("/$")
        return count_calls(lambda: index.find_weight(f"/{'a' * 100}$"))

    assert 0 < ask(1_000) < 11 * ask(100)


def test_short_pieces_are_grams_too() -> None:
    many = [f"/*{chr(97 + n)}*{chr(97 + m)}" for n in range(10) for m in range(10)]
    assert len(many) > robots_rules._FEW
    index = RuleIndex(many, [])
    assert index.find_weight("/xbxcx$") == 2 * len("/*b*c")
    assert index.find_weight("/xcxb$") == 2 * len("/*c*b")
    assert index.find_weight("/xx$") == 0
