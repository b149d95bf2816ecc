"""CPython's own tests of smtplib, run with ours in its place, in the stdlib profile.

They run in an interpreter of their own: the module under test is swapped before they load. What fails there is listed
here with its reason, and nothing else may.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

DIFFERS: dict[str, str] = {}

RUN = """
import smtplib, sys, unittest
import wirekit.smtplib as ours
ours.SMTPException  # the errors come from the original
sys.modules["smtplib"] = ours
from test import test_smtplib
unittest.main(module=test_smtplib, argv=["test_smtplib"])
"""


@pytest.mark.timeout(120)
@pytest.mark.skipif(
    not (importlib.util.find_spec("test") and importlib.util.find_spec("test.test_smtplib")),
    reason="this Python came without its own tests (test.test_smtplib)",
)
def test_cpythons_own_tests_pass_but_for_what_differs(tmp_path: Path) -> None:
    env = {**os.environ, "WIREKIT_DEFAULTS": "stdlib"}
    done = subprocess.run(
        [sys.executable, "-W", "ignore::DeprecationWarning", "-c", RUN],
        cwd=tmp_path, env=env, capture_output=True, text=True, check=False,
    )  # fmt: skip
    failed = re.findall(r"^(?:FAIL|ERROR): (\w+)", done.stderr, re.MULTILINE)
    ran = re.search(r"^Ran (\d+) tests", done.stderr, re.MULTILINE)
    assert ran is not None, done.stderr
    assert int(ran[1]) > 70
    assert sorted(failed) == sorted(DIFFERS), done.stderr
