"""What may be typed to run a program on wirekit: ``run``. Its words are taken apart in run.py, which loads no click."""

from __future__ import annotations

import click

__all__ = ["run_command"]


@click.command(
    "run",
    short_help="Run an unchanged Python program on wirekit.",
    context_settings={"ignore_unknown_options": True, "allow_interspersed_args": False},
    add_help_option=False,
)
@click.argument("words", nargs=-1, type=click.UNPROCESSED)
def run_command(words: tuple[str, ...]) -> int:
    """Run an unchanged Python program with wirekit in the standard library's place."""
    from wirekit._cli.run import main

    return main(words)
