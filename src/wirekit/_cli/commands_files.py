"""What may be typed of files on FTP servers: ``put``, ``ls`` and ``mirror``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["ls_command", "mirror_command", "put_command"]

CODES = (
    "Exit codes: 0 all well, 1 refused or failed in part, 2 wrong usage, 3 no connection, 4 timed out, 5 TLS, "
    "6 broke off, 7 not proper FTP, 8 a local file, 130 interrupted."
)


def _connecting(command: Callable[..., int]) -> Callable[..., int]:
    """Add the options that every command has."""
    for option in (
        click.option("-q", "--quiet", is_flag=True, help="No progress bar."),
        click.option(
            "--timeout",
            type=click.FloatRange(0, min_open=True),
            metavar="S",
            help="Wait S seconds at most (60).",
        ),
        click.option("--insecure", is_flag=True, help="Do not check the server's certificate."),
        click.option(
            "--cacert",
            type=click.Path(exists=True, dir_okay=False, path_type=Path),
            metavar="FILE",
            help="Trust the certificates in FILE.",
        ),
    ):
        command = option(command)
    return command


@click.command("put", short_help="Store files on an FTP server.")
@click.argument("words", nargs=-1, required=True, metavar="FILE... URL")
@click.option("--resume", is_flag=True, help="Go on where an earlier run stopped.")
@_connecting
def put_command(words: tuple[str, ...], *, resume: bool, **given: object) -> int:
    """Store each FILE below URL (ftp://, ftpes://, ftps://), or one under the name that URL ends in.

    A file appears on the server when it is whole. The password is taken from the URL, from ~/.netrc, or asked for.
    """
    from wirekit._cli.files import Access, put  # loads the client

    if len(words) < 2:
        message = "name a file, and the URL where it goes"
        raise click.UsageError(message)
    return put([Path(word) for word in words[:-1]], words[-1], Access(**given), resume=resume)  # type: ignore[arg-type]


@click.command("ls", short_help="List a directory of an FTP server.")
@click.argument("url")
@click.option("-l", "--long", is_flag=True, help="Type, permissions, owner, size and time (UTC) as well.")
@click.option("-R", "--recursive", is_flag=True, help="And all directories below.")
@_connecting
def ls_command(url: str, *, long: bool, recursive: bool, **given: object) -> int:
    """List what is in the directory that URL (ftp://, ftpes://, ftps://) names."""
    from wirekit._cli.files import Access, ls  # loads the client

    return ls(url, Access(**given), long=long, recursive=recursive)  # type: ignore[arg-type]  # by name


@click.command("mirror", short_help="Make a directory like one on an FTP server, or the other way.")
@click.argument("source")
@click.argument("destination")
@click.option("--delete", is_flag=True, help="Remove what the source does not have.")
@click.option("-n", "--dry-run", is_flag=True, help="Only show what would be done.")
@click.option("--include", multiple=True, metavar="PATTERN", help="Only files like this.")
@click.option("--exclude", multiple=True, metavar="PATTERN", help="Nothing like this; dir/ for directories.")
@click.option(
    "--parallel", default=4, show_default=True, type=click.IntRange(1, 64), metavar="N", help="At once."
)
@click.option("-v", "--verbose", is_flag=True, help="Name each step.")
@_connecting
def mirror_command(source: str, destination: str, **given: object) -> int:
    """Make DESTINATION like SOURCE: one of them is a URL (ftp://, ftpes://, ftps://), the other a local directory.

    Only what differs in size, or is newer, is copied; what broke off is gone on with by the next run.
    """
    from wirekit._cli.files import Access, Wish, mirror  # loads the client

    access = {name: given.pop(name) for name in ("quiet", "timeout", "insecure", "cacert")}
    return mirror(source, destination, Access(**access), Wish(**given))  # type: ignore[arg-type]  # by name


for command in (put_command, ls_command, mirror_command):
    command.help = f"{command.help}\n\n{CODES}"
