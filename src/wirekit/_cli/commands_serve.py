"""What may be typed to serve a directory: ``serve``."""

from __future__ import annotations

import re
from pathlib import Path

import click

from wirekit._cli.commands_xmlrpc import rpc_options

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["serve_command"]

_SIZE = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kmgt]?)i?b?", re.IGNORECASE).fullmatch
_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}


def _parse_size(_: click.Context, __: click.Parameter, value: str | None) -> int | None:
    if value is None:
        return None
    found = _SIZE(value.strip())
    if not found:
        message = f"{value!r} is no size, such as 500K, 20M or 4G"
        raise click.BadParameter(message)
    return int(float(found[1]) * _UNITS[found[2].lower()])


def _parse_fields(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> list[tuple[str, str]]:
    fields = []
    for text in values:
        name, colon, value = text.partition(":")
        if not colon or not re.fullmatch(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+", name) or not value.isprintable():
            message = f"{text!r} is not of the form 'Name: value'"
            raise click.BadParameter(message)
        fields.append((name, value.strip()))
    return fields


@click.command("serve", short_help="Serve the files of a directory over HTTP.")
@click.argument("directory", default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "--bind", default="127.0.0.1", show_default=True, metavar="ADDR", help="Listen on this address."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port."
)
@click.option("--async", "use_async", is_flag=True, help="Use the async twin of the server.")
@click.option("--workers", default=1, metavar="N", type=click.IntRange(1, 256), help="Serve by N processes.")
@click.option("--upload", is_flag=True, help="Take files, by the page, by PUT and by forms.")
@click.option("--overwrite", is_flag=True, help="Let an uploaded file replace one of its name.")
@click.option(
    "--max-upload", callback=_parse_size, metavar="SIZE", help="Bytes of an uploaded file at most (4G)."
)
@click.option(
    "--auth",
    type=click.Path(path_type=Path),
    metavar="FILE",
    help="Let only the accounts in FILE in (name:hash).",
)
@click.option("--new-login", metavar="NAME", help="Ask for a password, print the line for --auth, and end.")
@click.option(
    "--tls", is_flag=True, help="Speak TLS by a certificate made on the spot; show its fingerprint."
)
@click.option(
    "--tls-cert", type=click.Path(path_type=Path), metavar="FILE", help="Speak TLS by this certificate (PEM)."
)
@click.option("--tls-key", type=click.Path(path_type=Path), metavar="FILE", help="The certificate's key.")
@click.option(
    "--tls-password-file", type=click.Path(path_type=Path), metavar="FILE", help="The key's password."
)
@click.option(
    "-H", "--header", "headers", multiple=True, callback=_parse_fields, metavar="'NAME: VALUE'",
    help="Send this header with every file.",
)  # fmt: skip
@click.option("--cache", metavar="VALUE", help="Cache-Control of files, such as 'max-age=60'.")
@click.option(
    "--cors", "origins", multiple=True, metavar="ORIGIN", help="Let scripts of this origin read; * for all."
)
@click.option(
    "--index", "pages", multiple=True, metavar="NAME", help="Show this file for its directory (index.html)."
)
@click.option("--content-type", metavar="TYPE", help="Type of files whose names tell none.")
@click.option("--hidden", is_flag=True, help="Serve names that begin with a dot, too.")
@click.option("--follow-links", is_flag=True, help="Follow links that lead out of DIR.")
@click.option("--no-compress", is_flag=True, help="Send everything as it is.")
@click.option("--cgi", is_flag=True, help="Run the scripts in /cgi-bin and /htbin.")
@click.option(
    "--log", type=click.Choice(["plain", "combined", "json", "off"]), default="plain", show_default=True,
    help="Form of the access log, on stderr.",
)  # fmt: skip
@rpc_options
def serve_command(directory: Path, **given: Any) -> int:
    """Serve the files of DIR (the current directory) over HTTP/1.1 until Ctrl-C.

    Hidden files, and links that lead out of DIR, are not served unless asked for; nothing is taken without --upload.

    Exit codes: 0 stopped by Ctrl-C, 2 wrong usage, 3 cannot listen there, 5 TLS, 8 DIR or a file cannot be read,
    143 ended by SIGTERM.
    """
    name, doc = given.pop("rpc"), given.pop("doc")
    if name is not None:
        return _serve_rpc(name, given, doc=doc)
    if doc:
        message = "--doc needs --rpc"
        raise click.UsageError(message, click.get_current_context())
    from wirekit._cli import serve  # loads the server

    if (name := given.pop("new_login")) is not None:
        return serve.print_login(name)
    _check(given)
    return serve.serve(serve.Site(directory, **given))


def _serve_rpc(name: str, given: dict[str, Any], *, doc: bool) -> int:
    """Serve an object's methods, in the place of files."""
    context = click.get_current_context()
    beside = [
        f"--{option.replace('_', '-')}"
        for option in given
        if option not in {"bind", "port", "use_async"}
        and context.get_parameter_source(option) is click.core.ParameterSource.COMMANDLINE
    ]
    if beside:
        message = f"{beside[0]} is of files; --rpc goes with --bind, --port and --async"
        raise click.UsageError(message, context)
    from wirekit._cli.serve_rpc import serve_rpc  # loads the server

    return serve_rpc(name, given["bind"], given["port"], doc=doc, use_async=given["use_async"])


def _check(given: dict[str, Any]) -> None:
    """Refuse options that do not go together."""
    message = ""
    if given["tls"] and given["tls_cert"]:
        message = "--tls makes a certificate; leave it out with --tls-cert"
    elif (given["tls_key"] or given["tls_password_file"]) and not given["tls_cert"]:
        message = "--tls-key and --tls-password-file need --tls-cert"
    elif (given["overwrite"] or given["max_upload"]) and not given["upload"]:
        message = "--overwrite and --max-upload need --upload"
    elif given["upload"] and given["cgi"]:
        message = "--upload and --cgi exclude each other: whoever uploads a script could run it"
    if message:
        raise click.UsageError(message, click.get_current_context())
