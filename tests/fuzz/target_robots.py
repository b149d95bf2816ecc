"""robots.txt: any bytes are a file, any text is a URL; the quick answer is that of looking at every rule."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.robots import parse_robots, split_lines
from wirekit.urllib._robots_entries import parse_entries

SEEDS = (
    b"/a/b?c\0User-agent: *\nDisallow: /a*b$\nAllow: /a\nSitemap: https://h/s.xml\n",
    b"https://h/x%2Fy?u=http%3A%2F%2Fz\0\xef\xbb\xbfuser-agent bot\r\ndisallow /x%2fy?u=http://\r\rCrawl-delay: 1.5\r",
    b"/caf%E9\0User-agent: Bot/1.0 (x)\nUser-agent: b*\nDisallow: /caf\xe9 # y\nRequest-rate: 1/5m 0600-0845\nClean-param: a&b /\n",
    b"/" + b"a" * 40 + b"\0User-agent: *\n" + b"".join(b"Disallow: /*a*a%d*b\n" % n for n in range(14)),
)
AGENTS = ("bot", "Mozilla/5.0 (compatible; Bot/1.0)", "", None)


def check(data: bytes) -> None:
    """Ask about what stands before the first NUL, of the file that stands behind it."""
    asked, _, file = data.partition(b"\0")
    url = asked.decode("utf-8", "surrogateescape")
    lines = split_lines(file, 4096)
    robots = parse_robots(lines)
    for agent in AGENTS:
        decision = robots.explain(agent, url)
        assert robots.can_fetch(agent, url) is decision.allowed
        if decision.rule is not None:
            assert decision.rule.allow is decision.allowed
            assert decision.rule.pattern in lines[decision.rule.line - 1]
        group = robots.find_group(agent)
        assert group is None or group.crawl_delay is None or 0 <= group.crawl_delay < 1e9
    entry = parse_entries(lines).find("bot")
    assert entry is None or entry.allowance(url) in {True, False}


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
