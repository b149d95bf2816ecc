"""The command line: the first user of the public modules, and of nothing below them.

    commands.py       the commands by name, each found in a module commands_*.py: arguments, options, help (click)
    get.py            one URL after another into a file or to stdout
    request.py        the request that the options of ``get`` describe
    destination.py    local names, and files that appear whole or not at all
    resume.py         what is remembered beside a part file, and whether an answer continues it
    progress.py       the bar on a terminal (rich)
    trace.py          what ``-v`` shows
    outcome.py        exit codes, and one clear line for each thing that goes wrong
    serve.py          a directory over HTTP
    url.py            the parts of a URL, in both readings
    files.py          put, ls and mirror: files on FTP servers
    robots.py         what a site's robots.txt says
    send.py           one mail message
    run.py            an unchanged program on wirekit
    tour.py           the guided run; its stops stand in tour_*.py, its servers in tour_places.py

Whatever costs time to import is imported where it is used: ``wirekit --version`` loads none of it.
"""

import sys
from collections.abc import Sequence

import wirekit

__all__ = ["main"]


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line, sys.argv's unless given; return the exit code (docs/cli.md)."""
    words = list(sys.argv[1:] if arguments is None else arguments)
    if words == ["--version"]:
        print(f"wirekit {wirekit.__version__}")
        return 0
    if words[:1] == ["run"]:
        from wirekit._cli.run import main as run_program  # it has to start fast

        return run_program(words[1:])
    try:
        import click  # noqa: F401 - of the extra: it may be missing
        import rich  # noqa: F401 - likewise
    except ModuleNotFoundError as error:
        print(
            f"wirekit: the command line needs {error.name}; run: pip install 'wirekit[cli]'", file=sys.stderr
        )
        return 2
    from wirekit._cli.commands import run  # costs 40 ms, not needed above

    return run(words)
