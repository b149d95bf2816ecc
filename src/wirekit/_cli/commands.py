"""What may be typed: the commands, their arguments and options, and the help that shows them.

Each command only takes apart what was typed; the work stands in a module of its own, loaded when it is called. The
commands stand in modules by subject (commands_http.py ...), loaded when one of theirs is wanted: a new command is one
line of ``COMMANDS``.
"""

from __future__ import annotations

import importlib
import signal
import sys

import click

import wirekit
from wirekit._cli.outcome import Code, LocalError, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["COMMANDS", "run"]

COMMANDS = {
    "get": "wirekit._cli.commands_http",
    "put": "wirekit._cli.commands_files",
    "ls": "wirekit._cli.commands_files",
    "mirror": "wirekit._cli.commands_files",
    "serve": "wirekit._cli.commands_serve",
    "robots": "wirekit._cli.commands_robots",
    "send": "wirekit._cli.commands_mail",
    "call": "wirekit._cli.commands_xmlrpc",
    "url": "wirekit._cli.commands_url",
    "run": "wirekit._cli.commands_run",
    "tour": "wirekit._cli.commands_tour",
}
"""Each command's name, and the module that holds it as ``<name>_command``."""

SETTINGS = {"help_option_names": ["-h", "--help"], "max_content_width": 110}


def run(words: Sequence[str]) -> int:
    """Run one command line; return its exit code. Whatever ends it leaves no half-written file behind."""
    signal.signal(signal.SIGTERM, _on_terminate)
    if signal.getsignal(signal.SIGINT) is signal.default_int_handler:  # else it is ignored, as behind nohup
        signal.signal(signal.SIGINT, _on_interrupt)
    try:
        with GROUP.make_context(
            "wirekit", list(words) or ["--help"]
        ) as context:  # main() would print of its own
            result = GROUP.invoke(context)
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


class _Group(click.Group):
    """The commands, each found in its module when it is asked for."""

    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 - click's signature
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 - likewise
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = getattr(importlib.import_module(COMMANDS[cmd_name]), f"{cmd_name}_command")
        return found


GROUP = click.version_option(wirekit.__version__, message="wirekit %(version)s")(
    _Group(
        "wirekit",
        context_settings=SETTINGS,
        help="The standard library's internet modules, rebuilt: its clients and servers as commands.",
    )
)
