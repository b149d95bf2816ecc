"""``wirekit robots``: one site's robots.txt, and what it means for a crawler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wirekit._cli.outcome import Code, explain, printable, say
from wirekit.robots import RobotsCache

if TYPE_CHECKING:
    from wirekit.urllib.robotparser import RobotFileParser

__all__ = ["check", "show"]


def check(url: str, agent: str) -> Code:
    """Print whether a URL may be fetched, and why; the exit code says the same."""
    cache = RobotsCache(agent)
    parser = _fetch(cache, url)
    decision = cache.explain(url)
    if decision.group:
        print(f"group:    User-agent: {printable(', '.join(dict.fromkeys(decision.group)))}")
    print(f"decides:  {printable(decision.reason)}")
    print("allowed" if decision.allowed else "disallowed")
    _say_failure(parser)
    return Code.OK if decision.allowed else Code.STATUS


def show(host: str) -> Code:
    """Print every group, in the form that counts, and what else the file says."""
    url = host if "://" in host else f"https://{host}/"
    parser = _fetch(RobotsCache("*"), url)
    print(f"# {printable(parser.url)}")
    if parser.error is not None:
        print("# nothing may be fetched" if parser.disallow_all else "# everything may be fetched")
        _say_failure(parser)
        return Code.CONNECT if parser.disallow_all else Code.OK
    for token, group in parser.robots.groups.items():
        print(f"\nUser-agent: {printable(token)}")
        for rule in group.rules:
            print(f"{printable(str(rule))}  # line {rule.line}")
        for name, value in (("Crawl-delay", group.crawl_delay), ("Visit-time", group.visit_time)):
            if value is not None:
                print(f"{name}: {value}")
        if group.request_rate:
            print(f"Request-rate: {group.request_rate.requests}/{group.request_rate.seconds}")
    for sitemap in parser.robots.sitemaps:
        print(f"\nSitemap: {printable(sitemap)}")
    return Code.OK


def _fetch(cache: RobotsCache, url: str) -> RobotFileParser:
    try:
        return cache.get(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _say_failure(parser: RobotFileParser) -> None:
    if parser.error is not None:
        say(printable(parser.url), explain(parser.error).line)
