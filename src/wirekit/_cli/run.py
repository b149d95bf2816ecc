"""``wirekit run``: an unchanged program, with wirekit in the place of the standard library's modules.

The program gets an interpreter of its own, which begins with ``wirekit.dropin`` installed (by the environment, as every
Python child of it does), so nothing of ours stands between it and its ``__main__``, its arguments or its tracebacks.
This module loads neither click nor rich: what starts programs has to start fast itself.
"""

from __future__ import annotations

import os
import sys

from wirekit import dropin

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

__all__ = ["main"]

_NOT_FOUND = 127  # as a shell says it
_SUFFIXES = (".py", ".pyw", ".pyz", ".pyc", ".zip")


def main(words: Sequence[str]) -> int:
    """Run what the words behind ``wirekit run`` name; return its exit code. Without a report, never returns."""
    import argparse

    parser = argparse.ArgumentParser(
        prog="wirekit run",
        usage="wirekit run [--safe] [--report] (script.py | -m module | command) [argument ...]",
        description="Run an unchanged program with wirekit in the place of the standard library's modules, "
        "in its Python children, too.",
        epilog="The profile is 'stdlib', whose behaviour programs were written for, unless --safe is given.",
    )
    parser.add_argument("--safe", action="store_true", help="use wirekit's safe defaults")
    parser.add_argument("--report", action="store_true", help="say at the end what ran over wirekit")
    parser.add_argument("-m", dest="module", metavar="module", nargs=argparse.REMAINDER, help="run a module")
    parser.add_argument("program", nargs=argparse.REMAINDER, help=argparse.SUPPRESS)
    try:
        given = parser.parse_args(list(words))
        program = given.program[given.program[:1] == ["--"] :]
        command = ["-m", *given.module] if given.module else program
        if not command:
            parser.error("name a script, -m and a module, or a command")
    except SystemExit as end:  # argparse has said why
        return int(end.code or 0)
    argv = _find(command)
    os.environ.update(dropin.environment("safe" if given.safe else "stdlib"))
    try:
        return _run_and_report(argv) if given.report else _run(argv)
    except FileNotFoundError:
        print(f"wirekit: no file and no command is called {command[0]!r}", file=sys.stderr)
        return _NOT_FOUND


def _find(command: list[str]) -> list[str]:
    """Return the arguments of the process: this interpreter before a module or a script, the command itself else."""
    from subprocess import _args_from_interpreter_flags  # type: ignore[attr-defined]  # as multiprocessing does

    if command[0] == "-m" or _is_script(command[0]):
        return [sys.executable, *_args_from_interpreter_flags(), *command]
    return command


def _is_script(name: str) -> bool:
    """Tell a Python program from any other: by its name, or by the interpreter that its first line asks for."""
    if os.path.isdir(name):  # noqa: PTH112 - pathlib costs 5 ms
        return os.path.exists(os.path.join(name, "__main__.py"))  # noqa: PTH110, PTH118 - likewise
    if not os.path.isfile(name):  # noqa: PTH113 - likewise
        return False
    if name.endswith(_SUFFIXES):
        return True
    with open(name, "rb") as file:  # noqa: PTH123 - likewise
        first = file.readline(200)
    return first.startswith(b"#!") and b"python" in first


def _run(argv: list[str]) -> int:
    """Become the program, where a process can."""
    if os.name != "nt":
        os.execvp(argv[0], argv)  # noqa: S606 - what the user asked to run; never returns
    return _wait(argv)


def _wait(argv: list[str]) -> int:
    """Run the program as a child; signals of the terminal reach it by themselves."""
    import subprocess

    with subprocess.Popen(argv) as process:  # noqa: S603 - what the user asked to run
        while True:
            try:
                code = process.wait()
            except KeyboardInterrupt:
                continue  # it has got the same, and decides
            return code if code >= 0 else 128 - code


def _run_and_report(argv: list[str]) -> int:
    import tempfile

    with tempfile.TemporaryDirectory(prefix="wirekit-") as directory:
        os.environ[dropin.REPORT] = directory
        code = _wait(argv)
        from wirekit.dropin import report

        print(report.finish(directory), file=sys.stderr)
    return code
