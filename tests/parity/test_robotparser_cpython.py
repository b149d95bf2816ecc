"""CPython's own tests of urllib.robotparser, run with ours in its place, in the stdlib profile.

They run in an interpreter of their own: the module under test is swapped before they load. One class is left out:
it asks a server on the internet. Since Python 3.14.5 the standard library
reads robots.txt by RFC 9309, where the stdlib profile keeps the older rules: there this compares nothing.
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
import urllib.robotparser
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import sys, unittest, urllib, urllib.robotparser
import wirekit.urllib.robotparser as ours
sys.modules["urllib.robotparser"] = urllib.robotparser = ours
from test import test_robotparser
del test_robotparser.NetworkTestCase  # asks a server on the internet
unittest.main(module=test_robotparser, argv=["test_robotparser", "-v"])
"""
BY_RFC = hasattr(urllib.robotparser.RobotFileParser(), "groups")


@pytest.mark.skipif(
    not (importlib.util.find_spec("test") and importlib.util.find_spec("test.test_robotparser")),
    reason="this Python came without its own tests (test.test_robotparser)",
)
@pytest.mark.skipif(BY_RFC, reason="the standard library reads by RFC 9309 by now")
def test_cpythons_own_tests_pass(tmp_path: Path) -> None:
    env = {**os.environ, "WIREKIT_DEFAULTS": "stdlib"}
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    ran = re.search(r"^Ran (\d+) tests", done.stderr, re.MULTILINE)
    assert done.returncode == 0, done.stderr
    assert ran is not None
    assert int(ran[1]) >= 60
    assert "skipped" not in done.stderr
