"""What may be typed of XML-RPC: ``call``, and the options of ``serve`` that serve an object's methods."""

from __future__ import annotations

from pathlib import Path

import click

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["call_command", "rpc_options"]


def _check_seconds(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value < 1e9:  # refuses NaN and infinity as well
        message = f"{value} is no number of seconds above 0"
        raise click.BadParameter(message)
    return value


@click.command(
    "call",
    short_help="Call a method of an XML-RPC server.",
    context_settings={"ignore_unknown_options": True},
)
@click.argument("url")
@click.argument("method", required=False)
@click.argument("arguments", nargs=-1, metavar="[ARG...]", type=click.UNPROCESSED)
@click.option(
    "-l", "--list", "show", is_flag=True, help="List the server's methods, with signatures and help."
)
@click.option("-H", "--header", "headers", multiple=True, metavar="'NAME: VALUE'", help="Send this header.")
@click.option(
    "-v", "--verbose", is_flag=True, help="Show the XML that is sent and that comes back, on stderr."
)
@click.option("--insecure", is_flag=True, help="Do not check the server's certificate.")
@click.option(
    "--cacert",
    "authority",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Trust the certificates in FILE.",
)
@click.option(
    "--timeout",
    type=float,
    callback=_check_seconds,
    metavar="S",
    help="Wait S seconds at most for the next bytes (60).",
)
def call_command(url: str, method: str | None, arguments: tuple[str, ...], **given: object) -> int:
    """Call METHOD of the XML-RPC server at URL, and print what it gives as JSON.

    An argument is JSON; what is none and does not look like it is text. {"$base64": "..."} stands for bytes,
    {"$dateTime": "..."} for a moment, {"$bigdecimal": "..."} for a decimal number. URL: http://, https:// or
    http+unix://, with user:password@ where there is a login.

    Exit codes: 0 all well, 1 a fault, or the server refused (status 400 and above), 2 wrong usage, 3 no connection,
    4 timed out, 5 TLS, 6 broke off, 7 not proper XML-RPC, 130 interrupted.
    """
    from wirekit._cli.call import Options, call, list_methods  # loads the client

    show = given.pop("show")
    if bool(show) == (method is not None):
        message = "either METHOD or --list, not both" if show else "name a METHOD, or --list them"
        raise click.UsageError(message)
    options = Options(**given)  # type: ignore[arg-type]  # by name
    if show:
        return list_methods(url, options)
    return call(url, str(method), arguments, options)


def rpc_options(command: Callable[..., int]) -> Callable[..., int]:
    """Give ``serve`` its options --rpc and --doc."""
    command = click.option(
        "--doc", is_flag=True, help="With --rpc: show browsers the methods, and a console to try them."
    )(command)
    return click.option(
        "--rpc",
        metavar="MODULE:OBJECT",
        help="Serve the methods of an object of a Python module over XML-RPC, in the place of files.",
    )(command)
