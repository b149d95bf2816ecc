"""The hooks of tests/conftest.py: async tests run on both loops, and what they leave behind fails them."""

import subprocess
import sys
from pathlib import Path

import pytest

CONFTEST = Path(__file__).parents[1] / "conftest.py"

SAMPLE = """
import asyncio
import socket
import threading
import warnings

import pytest
from hypothesis import given, strategies

async def test_passes_loop(loop_name):
    assert loop_name in type(asyncio.get_running_loop()).__module__

async def test_passes_fixture(tmp_path):
    assert tmp_path.exists()

@given(strategies.integers())
async def test_passes_property(number):
    await asyncio.sleep(0)
    assert asyncio.get_running_loop().is_running()

@given(strategies.integers())
async def test_fails_property(number):
    assert number < 1000

async def test_fails_assertion():
    await asyncio.sleep(0)
    assert False

async def test_fails_task_left():
    test_fails_task_left.task = asyncio.create_task(asyncio.Event().wait())

async def test_fails_callback():
    asyncio.get_running_loop().call_soon(lambda: 1 / 0)
    await asyncio.sleep(0)
    await asyncio.sleep(0)

@pytest.mark.timeout(1)
async def test_fails_endless():
    while True:
        await asyncio.sleep(0)

def test_fails_socket_in_a_cycle():
    kept = [socket.socket()]
    kept.append(kept)

def test_fails_warning():
    warnings.warn("anything")

def test_passes_after_all():
    pass
"""


@pytest.mark.timeout(180)
def test_hooks(tmp_path: Path) -> None:
    package = tmp_path / "tests"
    package.mkdir()
    (package / "__init__.py").touch()
    (package / "conftest.py").write_text(CONFTEST.read_text("utf-8"))
    (package / "runner.py").write_text(CONFTEST.with_name("runner.py").read_text("utf-8"))
    (package / "test_sample.py").write_text(SAMPLE)
    (tmp_path / "pytest.ini").write_text("[pytest]\npythonpath = .\nfilterwarnings = error\ntimeout = 20\n")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-vv", "--tb=line", "-p", "no:cacheprovider", "-rN", str(package)],
        cwd=tmp_path, capture_output=True, text=True,
    )  # fmt: skip
    outcomes = [
        line.split()[:2] for line in done.stdout.splitlines() if line.startswith("tests/") and "::" in line
    ]
    failed = {name.partition("::")[2] for name, outcome in outcomes if outcome in {"FAILED", "ERROR"}}
    ran = {name.partition("::")[2] for name, _ in outcomes}
    assert len(ran) == 8 * len(["asyncio", "uvloop"]) + 3, done.stdout
    assert failed == {name for name in ran if name.startswith("test_fails")}, done.stdout
