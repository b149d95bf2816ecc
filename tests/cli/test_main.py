"""The command as such: its version, its help, what it says when its libraries are missing, how fast it starts."""

from __future__ import annotations

import gc
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

import wirekit
import wirekit._cli

if TYPE_CHECKING:
    from tests.cli.conftest import Command


def test_version(command: Command) -> None:
    done = command.run("--version")
    assert (done.returncode, done.stdout.decode()) == (0, f"wirekit {wirekit.__version__}\n")


def test_help_names_every_command(command: Command) -> None:
    done = command("--help")
    assert done.returncode == 0
    for name in (b"get", b"serve", b"tour"):
        assert b"\n  " + name + b" " in done.stdout


def test_no_words_show_the_help_and_are_2(command: Command) -> None:
    done = command()
    assert done.returncode == 2
    assert b"Commands:" in done.stdout


@pytest.mark.parametrize(
    "number, end", [(signal.SIGINT, KeyboardInterrupt), (signal.SIGTERM, SystemExit)], ids=str
)
def test_what_a_signal_leaves_half_made_is_no_news(
    command: Command, monkeypatch: pytest.MonkeyPatch, number: signal.Signals, end: type[BaseException]
) -> None:
    told: list[object] = []
    monkeypatch.setattr(sys, "unraisablehook", told.append)

    class HalfMade:  # as socket's files are, when a signal strikes in their constructor
        def __init__(self) -> None:
            signal.raise_signal(number)

        def __del__(self) -> None:
            raise AttributeError

    def work(*_: object) -> None:
        with pytest.raises(end):
            HalfMade()
        gc.collect()

    monkeypatch.setattr("wirekit._cli.get.get_all", work)
    command("get", "http://a/")
    assert told == []


def test_a_wrong_command_is_2_and_one_line(command: Command) -> None:
    done = command.run("fetch")
    assert done.returncode == 2
    assert done.stderr.startswith(b"wirekit: No such command 'fetch'")
    assert done.stderr.count(b"\n") == 1


@pytest.mark.parametrize("missing", ["click", "rich"])
def test_a_missing_library_is_named_with_the_way_to_get_it(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(sys.modules, missing, None)
    with pytest.raises(ImportError):
        __import__(missing)
    assert wirekit._cli.main(["get", "data:,x"]) == 2
    assert (
        capsys.readouterr().err
        == f"wirekit: the command line needs {missing}; run: pip install 'wirekit[cli]'\n"
    )
    assert wirekit._cli.main(["--version"]) == 0


def modules_after(code: str) -> set[str]:
    program = f"import sys; {code}; sys.stderr.write(' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, check=True)
    return set(done.stderr.decode().split())


def test_the_version_loads_nothing_else() -> None:
    loaded = modules_after("import wirekit._cli; wirekit._cli.main(['--version'])")
    assert not {"click", "rich", "socket", "ssl", "asyncio", "http.client"} & loaded


def test_a_fetch_in_a_pipe_loads_no_asyncio_and_no_bar() -> None:
    loaded = modules_after("import wirekit._cli; wirekit._cli.main(['get', 'data:,x'])")
    assert "wirekit.urllib.request" in loaded
    assert not {"asyncio", "rich.progress"} & loaded
