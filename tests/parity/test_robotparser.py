"""The stdlib profile of RobotFileParser beside the standard library's own: the same answers for any file."""

from __future__ import annotations

import urllib.robotparser as theirs

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.parity.test_robotparser_cpython import BY_RFC
from wirekit import defaults
from wirekit.urllib import robotparser as ours

pytestmark = pytest.mark.skipif(BY_RFC, reason="the standard library reads by RFC 9309 by now")

agents = st.sampled_from(["*", "a", "ab", "B", "a/1", "c d", "", "%61"])
paths = st.lists(
    st.sampled_from(["/", "a", "b", "*", "$", "?", "#", "%2f", "%7E", "ä", " ", ";", "="]), max_size=6
).map("".join)
keys = st.sampled_from(["Disallow", "Allow", "disallow ", "Disallow", "Allow"])
records = st.one_of(
    st.tuples(st.sampled_from(["User-agent", "user-agent", " User-Agent "]), agents),
    st.tuples(keys, paths.map("/".__add__) | st.just("")),
    st.tuples(st.just("Crawl-delay"), st.sampled_from(["1", "x", "", " 30 ", "1.5"])),
    st.tuples(st.just("Request-rate"), st.sampled_from(["1/5", "3 / 15", "1", "x/y", "1/2/3"])),
    st.tuples(st.just("Sitemap"), st.sampled_from(["http://h/s.xml", "/s%20.xml"])),
    st.tuples(st.sampled_from(["Host", "# Disallow", ""]), st.just("x")),
).map(": ".join)
files = st.lists(records | st.sampled_from(["", "", "nonsense"]), max_size=14)


@given(files, st.sampled_from(["", "\n", "\r\n"]), agents, paths.map("/".__add__) | st.just("http://h/a?b#c"))
def test_answers_are_the_standard_librarys(lines: list[str], end: str, agent: str, url: str) -> None:
    lines = [line + end for line in lines]
    with defaults.using("stdlib"):
        parser, known = ours.RobotFileParser(), theirs.RobotFileParser()
        for one in (parser, known):
            one.parse(lines)
        assert parser.can_fetch(agent, url) is known.can_fetch(agent, url)
        assert parser.crawl_delay(agent) == known.crawl_delay(agent)
        rates = parser.request_rate(agent), known.request_rate(agent)
        assert [rate and tuple(rate) for rate in rates[:1]] == [rate and tuple(rate) for rate in rates[1:]]
        assert parser.site_maps() == known.site_maps()
        assert str(parser) == str(known)
        assert len(parser.entries) == len(known.entries)  # type: ignore[attr-defined]  # not in typeshed
