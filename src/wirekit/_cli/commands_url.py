"""What may be typed of URLs: ``url``."""

from __future__ import annotations

import click

__all__ = ["url_command"]


@click.command("url", short_help="Take URLs apart, by the RFC and as browsers do.")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option("--base", metavar="URL", help="Resolve relative URLs against this one.")
def url_command(urls: tuple[str, ...], base: str | None) -> int:
    """Show the parts of each URL, in both readings where they differ, and why.

    The strict reading follows RFC 3986 and 3987; the other one is the WHATWG URL standard, which browsers follow.
    Passwords are not shown.

    Exit codes: 0 each URL can be read in one way at least, 2 one cannot.
    """
    from wirekit._cli.url import show_all  # loads the readings

    return show_all(urls, base)
