"""The rules of the folders hold, and the tools that hold them notice when they do not."""

import ast
import os
import shutil
import subprocess
import sys
import sysconfig
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools import unasync, wire_coverage

ROOT = unasync.ROOT
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
SOURCES = sorted((ROOT / "src/wirekit/aio").rglob("*.py"))
MOST_BLOCKS = 20


def imported(tree: ast.AST) -> Iterator[str]:
    """Give the names of the modules that a module imports."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def generated_modules() -> Iterator[str]:
    """Give the names of the modules that the generator writes."""
    for _, twin in unasync.pairs():
        if twin.is_relative_to(ROOT / "src"):
            yield ".".join(twin.relative_to(ROOT / "src").with_suffix("").parts)


def test_sources_import_no_asyncio_and_start_no_tasks() -> None:
    for path in SOURCES:
        tree = ast.parse(path.read_text("utf-8"))
        assert not [name for name in imported(tree) if name.split(".")[0] == "asyncio"], path
        called = {node.attr for node in ast.walk(tree) if isinstance(node, ast.Attribute)}
        assert not called & {"create_task", "ensure_future", "gather", "TaskGroup"}, path


def test_sources_ask_for_the_twin_seldom() -> None:
    flags = [
        node
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.If | ast.IfExp)
        and any(unasync.asks(n) for n in ast.walk(node.test) if isinstance(n, ast.expr))
    ]
    assert len(flags) <= MOST_BLOCKS


@pytest.mark.skipif(not shutil.which("git"), reason="git is not installed")
def test_twins_are_marked_as_generated_and_nothing_else_is(tmp_path: Path) -> None:
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    shutil.copy(ROOT / ".gitattributes", tmp_path)
    twins = {twin.relative_to(ROOT).as_posix() for _, twin in unasync.pairs()}
    files = {path.relative_to(ROOT).as_posix() for path in (ROOT / "src").rglob("*.py")} | twins
    done = subprocess.run(
        ["git", "-C", tmp_path, "check-attr", "linguist-generated", "--", *sorted(files)],
        capture_output=True,
        text=True,
        check=True,
    )
    assert {line.partition(":")[0] for line in done.stdout.splitlines() if line.endswith(": true")} == twins


def test_sources_import_no_generated_module() -> None:
    # import-linter holds this too, by patterns of names; this holds it for whatever is generated.
    twins = set(generated_modules())
    assert twins
    for path in SOURCES:
        assert not twins & set(imported(ast.parse(path.read_text("utf-8")))), path


def test_blocking_modules_load_no_asyncio() -> None:
    modules = list(generated_modules())
    assert modules
    code = f"import sys, {', '.join(modules)}; sys.exit('asyncio' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


@pytest.mark.parametrize("name", ["parse", "error", "response"])
def test_modules_that_never_wait_are_one_object_in_both_trees(name: str) -> None:
    code = f"""
import wirekit.urllib.{name} as blocking
import wirekit.aio.urllib.{name}
from wirekit.aio.urllib import {name}
assert {name} is blocking is wirekit.aio.urllib.{name}
"""
    assert subprocess.run([sys.executable, "-c", code]).returncode == 0


PLANTED = {
    "_wire/__init__.py": "import socket",
    "_io/__init__.py": "import wirekit.aio",
    "urllib/parse.py": "import wirekit._io",
    "http/__init__.py": "import asyncio",
    "aio/__init__.py": "import wirekit._io.blocking",
    "_cli/planted.py": "import wirekit._wire",
}


@pytest.mark.timeout(180)
def test_every_contract_between_layers_can_break(tmp_path: Path) -> None:
    shutil.copytree(ROOT / "src/wirekit", tmp_path / "wirekit", ignore=shutil.ignore_patterns("__pycache__"))
    for name, line in PLANTED.items():
        with (tmp_path / "wirekit" / name).open("a") as module:
            module.write(f"\n{line}\n")
    done = subprocess.run(
        [
            Path(sysconfig.get_path("scripts"), "lint-imports"),
            "--config", ROOT / "pyproject.toml", "--no-cache",
        ],
        env={**os.environ, "PYTHONPATH": str(tmp_path)},
        cwd=tmp_path,
        capture_output=True,
        text=True,
    )  # fmt: skip
    for contract in PROJECT["tool"]["importlinter"]["contracts"]:
        assert f"{contract['name']} BROKEN" in done.stdout, done.stdout
    assert done.returncode == 1


def test_coverage_of_a_module_without_tests_fails() -> None:
    name, code, printed = wire_coverage.measure("not_there")
    assert (name, code, printed) == ("not_there", 1, "src/wirekit/_wire/not_there.py does not exist\n")


@pytest.mark.timeout(180)
def test_coverage_by_other_tests_does_not_count(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for folder in ("src/wirekit/_wire", "tests/wire"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "src/wirekit/_wire/sample.py").write_text(
        "def f(x: int) -> int:\n    return 1 if x else 2\n\n\nf(1)\n"
    )
    (tmp_path / "src/wirekit/_wire/other.py").write_text(
        "def f(x: int) -> int:\n    if x:\n        x = 2\n    return x\n"
    )
    load = "import runpy\nf = runpy.run_path('src/wirekit/_wire/{}.py')['f']\n"
    full = "def test_f() -> None:\n    assert (f(0), f(1)) == ({}, {})\n"
    (tmp_path / "tests/wire/test_sample.py").write_text(load.format("sample") + full.format(2, 1))
    (tmp_path / "tests/wire/test_other.py").write_text(
        load.format("other") + "def test_f() -> None:\n    assert f(1) == 2\n"
    )
    monkeypatch.setattr(wire_coverage, "ROOT", tmp_path)
    assert wire_coverage.measure("sample")[1] == 0
    _, code, printed = wire_coverage.measure("other")
    assert code
    assert "2->4" in printed, "the branch that jumps over the assignment was not taken"


def test_find_python_passes_over_what_does_not_run(tmp_path: Path) -> None:
    for name, text in (
        ("python3.14", "exit 127"),
        ("python3.13", f'exec {sys.executable} "$@"'),
        ("python3.12", "echo 3 99 0 x; exit 1"),
    ):
        (tmp_path / name).write_text(f"#!/bin/sh\n{text}\n")
        (tmp_path / name).chmod(0o755)
    for tool in ("sort", "awk", "cut", "tail", "head"):
        (tmp_path / tool).symlink_to(shutil.which(tool) or tool)
    done = subprocess.run(
        ["/bin/sh", ROOT / "tools/find_python.sh"],
        env={"PATH": str(tmp_path), "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.stdout.strip() == sys.executable, done.stderr


def test_find_python_says_so_when_there_is_none(tmp_path: Path) -> None:
    done = subprocess.run(
        ["/bin/sh", ROOT / "tools/find_python.sh"],
        env={"PATH": str(tmp_path)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 1
    assert "PYTHON=" in done.stderr
