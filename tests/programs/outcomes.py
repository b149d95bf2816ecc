"""A plugin of pytest for tools/programs.py: writes what became of each test, and whose modules it ran on.

Each line of the file that PROGRAMS_OUTCOMES names is JSON: `[test, outcome]`, and at the end `["", [module, ...]]`, the
modules of the standard library that wirekit served.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any


def _write(name: str, what: Any) -> None:
    with Path(os.environ["PROGRAMS_OUTCOMES"]).open("a") as file:
        file.write(json.dumps([name, what]) + "\n")


def pytest_runtest_logreport(report: Any) -> None:
    """Note a test's outcome: that of its call, and of what failed before or after it."""
    if report.when == "call" or report.outcome != "passed":
        _write(report.nodeid, report.outcome)


def pytest_collectreport(report: Any) -> None:
    """Note what could not even be collected."""
    if report.outcome == "failed":
        _write(report.nodeid, "failed")


def pytest_unconfigure() -> None:
    """Note the modules."""
    dropin = sys.modules.get("wirekit.dropin")
    _write("", dropin.served() if dropin else [])
