"""What may be typed of robots.txt: ``robots check`` and ``robots show``."""

from __future__ import annotations

import click

__all__ = ["robots_command"]


@click.group("robots", short_help="Ask what a site's robots.txt says.")
def robots_command() -> None:
    """Fetch the robots.txt of a site, and say what it means (RFC 9309)."""


@robots_command.command("check")
@click.argument("url")
@click.option(
    "--agent", default="*", show_default="any crawler", metavar="NAME", help="The crawler that asks."
)
def check_command(url: str, agent: str) -> int:
    """Say whether URL may be fetched, and which line decides.

    Exit codes: 0 it may, 1 it may not, 2 wrong usage.
    """
    from wirekit._cli.robots import check  # loads the client

    return check(url, agent)


@robots_command.command("show")
@click.argument("host")
def show_command(host: str) -> int:
    """Show the robots.txt of HOST (a name, or a URL of the site) as it is understood.

    Exit codes: 0 it was read or is not there, 2 wrong usage, 3 it could not be fetched.
    """
    from wirekit._cli.robots import show  # loads the client

    return show(host)
