"""The command line as a person or a script runs it.

`command` gives a `Command` in an empty directory. Calling it with words runs the command line in this process, which is
quick; `run` does the same with an interpreter of its own, and `start` leaves that running, to be watched and stopped.
"""

from __future__ import annotations

import contextlib
import io
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

import wirekit._cli

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PATIENCE = 50
"""Seconds that one run may take: it starts an interpreter, on a machine that may be busy."""


class Command:
    """Runs the command line in a directory."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.env = {**os.environ, "COLUMNS": "100", "PYTHONIOENCODING": "utf-8"}
        self._running: list[subprocess.Popen[bytes]] = []

    def __call__(self, *words: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run in this process; give exit code and what was printed."""
        printed = io.BytesIO(), io.BytesIO()
        out, err = (io.TextIOWrapper(file, "utf-8", write_through=True) for file in printed)
        usual = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
        usual_stdin = sys.stdin
        sys.stdin = io.TextIOWrapper(io.BytesIO(stdin), "utf-8")
        try:
            with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
                code = wirekit._cli.main([str(word) for word in words])
        finally:
            for number, handler in usual.items():
                signal.signal(number, handler)
            sys.stdin = usual_stdin
        return subprocess.CompletedProcess([*map(str, words)], code, *(file.getvalue() for file in printed))

    def start(self, *words: object, **options: Any) -> subprocess.Popen[bytes]:
        """Start a run of its own; its streams are pipes unless told otherwise. It is ended with the test."""
        line = [sys.executable, "-W", "error", "-m", "wirekit", *map(str, words)]
        streams: dict[str, Any] = dict.fromkeys(("stdin", "stdout", "stderr"), subprocess.PIPE) | options
        usual = signal.signal(signal.SIGINT, signal.default_int_handler)  # never inherit that it is ignored
        try:
            process: subprocess.Popen[bytes] = subprocess.Popen(
                line, cwd=self.directory, env=self.env, **streams
            )
        finally:
            signal.signal(signal.SIGINT, usual)
        self._running.append(process)
        return process

    def run(self, *words: object, stdin: bytes = b"") -> subprocess.CompletedProcess[bytes]:
        """Run with an interpreter of its own to the end."""
        process = self.start(*words)
        out, err = process.communicate(stdin, timeout=PATIENCE)
        return subprocess.CompletedProcess(process.args, process.returncode, out, err)

    def files(self) -> dict[str, bytes]:
        """Every file in the directory, hidden ones too, with what is in it."""
        return {path.name: path.read_bytes() for path in self.directory.iterdir() if path.is_file()}

    def end(self) -> None:
        """End what still runs."""
        for process in self._running:
            process.kill()
            process.wait()
            for pipe in (process.stdin, process.stdout, process.stderr):
                if pipe:
                    pipe.close()


@pytest.fixture
def command(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Command]:
    """Run the command line in an empty directory, by no proxy."""
    for name in os.environ:
        if name.lower().endswith("_proxy") or name.startswith(("WIREKIT_", "SSL_CERT")):
            monkeypatch.delenv(name)
    monkeypatch.chdir(tmp_path)
    made = Command(tmp_path)
    yield made
    made.end()
