"""What may be typed: the commands, their arguments and options, and the help that shows them.

Each command here only takes apart what was typed; the work stands in a module of its own, loaded when it is called.
"""

from __future__ import annotations

import signal
import sys
from pathlib import Path

import click

import wirekit
from wirekit._cli.outcome import Code, LocalError, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

    from wirekit._cli.request import Options

__all__ = ["run"]

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def run(words: Sequence[str]) -> int:
    """Run one command line; return its exit code. Whatever ends it leaves no half-written file behind."""
    signal.signal(signal.SIGTERM, _on_terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as behind nohup
        signal.signal(signal.SIGINT, _on_interrupt)
    try:
        with main_group.make_context(
            "wirekit", list(words) or ["--help"]
        ) as context:  # main() would print of its own
            result = main_group.invoke(context)
        sys.stdout.flush()
    except click.exceptions.Exit as end:
        return end.exit_code if words else Code.USAGE
    except click.ClickException as error:
        path = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else "wirekit"
        say(f"{error.format_message().rstrip('.')}; see '{path} --help'")
        return Code.USAGE
    except LocalError as error:
        say(str(error))
        return Code.FILE
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # behind the terminal's ^C
        say("interrupted")
        return Code.INTERRUPTED
    except BrokenPipeError:
        _drop_stdout()
        return Code.PIPE
    except Exception:  # noqa: BLE001 - a mistake of ours: never to be taken for an answer of a server, which is 1
        import traceback  # for this alone

        traceback.print_exc()
        return Code.OURS
    return int(result or 0)


def _on_terminate(*_: object) -> None:
    _be_quiet()
    sys.exit(Code.TERMINATED)


def _on_interrupt(*_: object) -> None:
    _be_quiet()
    raise KeyboardInterrupt


def _be_quiet() -> None:
    """Tell nothing of what the exception of a signal leaves half made: it may strike inside any constructor."""
    sys.unraisablehook = lambda _: None


def _drop_stdout() -> None:
    """Let what Python flushes at its end go nowhere."""
    import os  # beside its only use

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _check_seconds(_: click.Context, __: click.Parameter, value: float | None) -> float | None:
    if value is not None and not 0 < value < 1e9:  # refuses NaN and infinity as well
        message = f"{value} is no number of seconds above 0"
        raise click.BadParameter(message)
    return value


@click.group(context_settings=SETTINGS)
@click.version_option(wirekit.__version__, message="wirekit %(version)s")
def main_group() -> None:
    """The standard library's internet modules, rebuilt: its client and server as commands."""


@main_group.command("get", short_help="Fetch URLs to stdout or into files.")
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


@main_group.command("serve", short_help="Serve the files of a directory over HTTP.")
@click.argument("directory", default=".", type=click.Path(path_type=Path), metavar="[DIR]")
@click.option(
    "--bind", default="127.0.0.1", show_default=True, metavar="ADDR", help="Listen on this address."
)
@click.option(
    "--port", default=8000, show_default=True, type=click.IntRange(0, 65535), help="0: any free port."
)
@click.option("--async", "use_async", is_flag=True, help="Use the async twin of the server.")
def serve_command(directory: Path, bind: str, port: int, *, use_async: bool) -> int:
    """Serve the files of DIR (the current directory) over HTTP/1.1 until Ctrl-C."""
    from wirekit._cli.serve import serve  # loads the server

    return serve(directory, bind, port, use_async=use_async)


@main_group.command("tour", short_help="See it work: a guided run over loopback.")
@click.option("--fast", is_flag=True, help="Fewer bytes.")
def tour_command(*, fast: bool) -> int:
    """Fetch real bytes from our server and from others', with our client and with others', and check every one."""
    from wirekit._cli.tour import take_tour  # loads both twins

    return take_tour(fast=fast)
