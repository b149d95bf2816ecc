"""What may be typed of HTTP's client: ``get``."""

from __future__ import annotations

from pathlib import Path

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from wirekit._cli.request import Options

__all__ = ["get_command"]


def _check_seconds(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value < 1e9:  # refuses NaN and infinity as well
        message = f"{value} is no number of seconds above 0"
        raise click.BadParameter(message)
    return value


@click.command("get", short_help="Fetch URLs to stdout or into files.")
@click.argument("urls", nargs=-1, required=True, metavar="URL...")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path), metavar="FILE", help="Write to FILE; - is stdout."
)
@click.option("-O", "--remote-name", is_flag=True, help="Write to a file named like the end of the URL.")
@click.option("-J", "--header-name", is_flag=True, help="Write to a new file named as the server says.")
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Send this header.")
@click.option("-d", "--data", multiple=True, metavar="DATA", help="Send DATA, @FILE or @- (stdin) by POST.")
@click.option("-X", "--method", metavar="METHOD", help="Use this method.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show what is sent (>) and what comes back (<), secrets masked."
)
@click.option(
    "--resume", is_flag=True, help="Go on where an earlier run stopped; keep what comes for the next."
)
@click.option("--insecure", is_flag=True, help="Do not check the server's certificate.")
@click.option(
    "--cacert", type=click.Path(path_type=Path), metavar="FILE", help="Trust the certificates in FILE."
)
@click.option(
    "--timeout",
    type=float,
    callback=_check_seconds,
    metavar="S",
    help="Wait S seconds at most for the next bytes (60).",
)
@click.option(
    "--max-time",
    type=float,
    callback=_check_seconds,
    metavar="S",
    help="Take S seconds at most for the whole.",
)
@click.option("--error-body", is_flag=True, help="Write the body of a refusal (404 and such) to stdout, too.")
@click.option("--fsync", is_flag=True, help="Have the file on the disk before it gets its name.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
def get_command(urls: tuple[str, ...], **given: object) -> int:
    """Fetch each URL (http, https, file, data; http:// where no scheme is named) to stdout, or into a file.

    A file appears under its name when it is whole, and not before.

    Exit codes: 0 all well, 1 the server refused (status 400 and above), 2 wrong usage, 3 no connection, 4 timed out,
    5 TLS, 6 broke off, 7 not proper HTTP, 8 a local file, 130 interrupted.
    """
    from wirekit._cli.get import get_all  # loads the client

    options = _read_options(given, len(urls))
    return get_all(urls, options)


def _read_options(given: dict[str, object], count: int) -> Options:
    """Make the options of a transfer out of what was typed. click.UsageError where it contradicts itself."""
    from wirekit._cli import request  # loads the client

    if given["output"] == Path("-"):
        given["output"] = None
    _check_names(given, count)
    headers, data = given.pop("headers"), given.pop("data")
    given["authority"] = given.pop("cacert")
    given["sync"] = given.pop("fsync")
    try:
        fields = [request.parse_field(text) for text in headers]  # type: ignore[attr-defined]  # a tuple: multiple
    except ValueError as error:
        raise click.UsageError(str(error)) from None
    if given["resume"] and any(name.lower() in {"range", "if-range"} for name, _ in fields):
        message = "--resume asks for a range itself: leave out that header"
        raise click.UsageError(message)
    return request.Options(fields=fields, data=request.read_data(data), **given)  # type: ignore[arg-type]  # by name


def _check_names(given: dict[str, object], count: int) -> None:
    """Refuse options that do not go together."""
    named = [
        f"{flag}"
        for flag, name in (("-o", "output"), ("-O", "remote_name"), ("-J", "header_name"))
        if given[name]
    ]
    message = ""
    if len(named) > 1:
        message = f"{' and '.join(named)}: one of them"
    elif given["output"] and count > 1:
        message = "-o takes one URL; use -O for several"
    elif given["resume"] and not (given["output"] or given["remote_name"]):
        message = "--resume needs a file: -o FILE or -O"
    elif given["resume"] and (given["data"] or given["method"] not in {None, "GET"}):
        message = "--resume goes with GET alone"
    if message:
        raise click.UsageError(message, click.get_current_context())
