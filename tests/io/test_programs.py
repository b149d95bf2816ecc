"""Programs that a server runs."""

from __future__ import annotations

import os
import sys
import tempfile
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._io import programs
from wirekit._io.programs import MAX_ERRORS, Program

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(os.name != "posix", reason="the programs here are shell scripts")


def run(script: str, given: bytes = b"", **more: Any) -> Program:
    with tempfile.TemporaryFile() as file:
        file.write(given)
        file.seek(0)
        return Program(["/bin/sh", "-c", script], {"PATH": os.defpath}, "/", file, **more)


def read_all(program: Program) -> bytes:
    return b"".join(iter(program.read, b""))


def test_program_reads_and_writes() -> None:
    program = run("cat; pwd; echo bad >&2; exit 3", b"given ")
    assert read_all(program) == b"given /\n"
    assert program.finish() == 3
    assert program.errors == b"bad\n"


def test_program_gets_no_descriptor_and_no_environment() -> None:
    with tempfile.TemporaryFile() as file:
        os.set_inheritable(file.fileno(), True)
        program = run(f"(echo x >&{file.fileno()}) 2>/dev/null; env")
        assert b"HOME" not in read_all(program)
        assert program.finish() == 0
        file.seek(0)
        assert file.read() == b""


def test_complaints_have_a_limit() -> None:
    program = run(f"head -c {MAX_ERRORS * 5} /dev/zero >&2; echo done")
    assert read_all(program) == b"done\n"
    program.finish()
    assert len(program.errors) <= MAX_ERRORS


def test_program_has_its_time() -> None:
    program = run("echo first; sleep 60", seconds=2)
    assert program.read() == b"first\n"
    with pytest.raises(TimeoutError):
        program.read()
    program.abandon()
    assert program.finish() < 0


def test_program_that_closes_its_output_and_goes_on_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(programs, "GRACE", 0.1)
    program = run("trap '' TERM; exec >&-; exec sleep 60")
    assert read_all(program) == b""
    assert program.finish() < 0


def test_program_that_is_none_is_an_error() -> None:
    with tempfile.TemporaryFile() as file, pytest.raises(OSError, match="nope"):
        Program(["/nope"], {}, "/", file)


def test_nobody_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    import pwd

    assert programs.find_nobody() > 0

    def unknown(name: Any) -> Any:
        raise KeyError(name)

    monkeypatch.setattr(pwd, "getpwnam", unknown)
    assert programs.find_nobody() == 1 + max(entry.pw_uid for entry in pwd.getpwall())
    monkeypatch.setitem(sys.modules, "pwd", None)
    assert programs.find_nobody() == -1


def test_rights_are_dropped_by_root_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    drop: Callable[[int], dict[str, Any]] = programs._drop_rights
    monkeypatch.setattr(programs, "is_root", lambda: False)
    assert drop(1000) == {}
    monkeypatch.setattr(programs, "is_root", lambda: True)
    assert drop(-1) == {}
    given = drop(programs.find_nobody())
    assert given["user"] == programs.find_nobody()
    assert given["extra_groups"] == []
    assert drop(987_654)["group"] == 987_654
