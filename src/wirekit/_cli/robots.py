"""``wirekit robots``: one site's robots.txt, and what it means for a crawler."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from wirekit import defaults
from wirekit._cli.outcome import Code, explain, printable, say
from wirekit.robots import RobotsCache

if TYPE_CHECKING:
    from wirekit.robots import Group
    from wirekit.urllib.robotparser import RobotFileParser

__all__ = ["check", "show"]


def check(url: str, agent: str) -> Code:
    """Print whether a URL may be fetched, and why; the exit code says the same."""
    url = _complete(url)
    cache = _make_cache(agent)
    parser = _fetch(cache, url)
    decision = cache.explain(url, agent)
    if decision.group:
        print(f"group:    User-agent: {printable(', '.join(dict.fromkeys(decision.group)))}")
    print(f"decides:  {printable(decision.reason)}")
    print("allowed" if decision.allowed else "disallowed")
    _say_failure(parser)
    return Code.OK if decision.allowed else Code.STATUS


def show(host: str) -> Code:
    """Print every group that counts, with the numbers of its lines, and what else the file says."""
    parser = _fetch(_make_cache("*"), _complete(host))
    print(f"# {printable(parser.url)}")
    if parser.error is not None:
        print("# nothing may be fetched" if parser.disallow_all else "# everything may be fetched")
        _say_failure(parser)
        return Code.CONNECT if parser.disallow_all else Code.OK
    for group in parser.robots.parts:
        _show_group(group)
    for sitemap in parser.robots.sitemaps:
        print(f"\nSitemap: {printable(sitemap)}")
    return Code.OK


def _show_group(group: Group) -> None:
    print()
    for agent in group.agents:
        print(f"User-agent: {printable(agent)}")
    for rule in group.rules:
        print(f"{printable(rule)}  # line {rule.line}")
    if group.crawl_delay is not None:
        print(f"Crawl-delay: {group.crawl_delay:g}")
    if group.request_rate:
        print(f"Request-rate: {group.request_rate.requests}/{group.request_rate.seconds}")
    if group.visit_time:
        print("Visit-time: {0[0]:02}{0[1]:02}-{1[0]:02}{1[1]:02}".format(*group.visit_time))


def _complete(url: str) -> str:
    """Return a URL; one of https where only a name was typed."""
    return url if "://" in url else f"https://{url}/"


def _make_cache(agent: str) -> RobotsCache:
    """Make a cache that says who it is: any crawler is none, and asks as wirekit."""
    return RobotsCache(defaults.active.user_agent if agent == "*" else agent)


def _fetch(cache: RobotsCache, url: str) -> RobotFileParser:
    try:
        return cache.get(url)
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _say_failure(parser: RobotFileParser) -> None:
    if parser.error is not None:
        say(printable(parser.url), explain(parser.error).line)
