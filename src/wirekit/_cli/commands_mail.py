"""What may be typed of mail: ``send``."""

from __future__ import annotations

from pathlib import Path

import click

__all__ = ["send_command"]

FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@click.command("send", short_help="Send a mail message.")
@click.option(
    "--from", "sender", metavar="ADDR", help="The sender: 'ann@example.org' or 'Ann <ann@example.org>'."
)
@click.option("--to", "to", multiple=True, metavar="ADDR", help="A recipient; may be given several times.")
@click.option("--cc", multiple=True, metavar="ADDR", help="A recipient of a copy.")
@click.option("--bcc", multiple=True, metavar="ADDR", help="A recipient whom the others do not see.")
@click.option("--reply-to", metavar="ADDR", help="Where answers go.")
@click.option("-s", "--subject", metavar="TEXT", help="The subject.")
@click.option("--text", metavar="TEXT", help="The text; without it and --html it is read from stdin.")
@click.option("--html", type=FILE, metavar="FILE", help="The HTML form; its pictures are named by cid:NAME.")
@click.option(
    "--inline",
    multiple=True,
    type=FILE,
    metavar="FILE",
    help="A picture in the HTML, cid: and its file name.",
)
@click.option("--attach", multiple=True, type=FILE, metavar="FILE", help="A file to attach.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="One more field.")
@click.option(
    "--server",
    default="smtp://localhost",
    show_default=True,
    metavar="URL",
    help="smtp://, smtps:// or lmtp://, with user@ where it asks for one.",
)
@click.option("--tls", type=click.Choice(["require", "prefer", "never"]), help="Whether to speak TLS.")
@click.option("--cacert", type=FILE, metavar="FILE", help="Trust the certificates in FILE.")
@click.option(
    "--timeout", type=click.FloatRange(0, min_open=True), metavar="S", help="Wait S seconds at most (60)."
)
@click.option("-v", "--verbose", is_flag=True, help="Show what is said on both sides, secrets masked.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
def send_command(**given: object) -> int:
    """Send a mail message, or a whole one from stdin where neither --from nor --subject nor a body is given.

    The password of the user in --server is taken from ~/.netrc, or asked for.

    Exit codes: 0 accepted for all, 1 refused (a line for each recipient), 2 wrong usage, 3 no connection, 4 timed out,
    5 TLS, 6 broke off: sent, not sent or unknown, as it says; 7 not proper SMTP, 8 a local file, 130 interrupted.
    """
    from wirekit._cli.send import Letter, send  # loads the mail client

    return send(Letter(**given))  # type: ignore[arg-type]  # by name
