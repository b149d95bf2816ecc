"""What may be typed to see it all at work: ``tour``."""

from __future__ import annotations

import click

__all__ = ["tour_command"]


@click.command("tour", short_help="See it work: a guided run over loopback.")
@click.option("--fast", is_flag=True, help="Fewer bytes.")
def tour_command(*, fast: bool) -> int:
    """Fetch real bytes from our server and from others', with our client and with others', and check every one."""
    from wirekit._cli.tour import take_tour  # loads both twins

    return take_tour(fast=fast)
