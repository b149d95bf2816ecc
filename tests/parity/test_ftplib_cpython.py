"""CPython's own tests of ftplib, run with ours in its place, in the stdlib profile.

They run in interpreters of their own: the module under test is swapped before they load. Their server takes its time,
so parts of them run side by side. What fails there is listed in tests/parity/expected.toml with its reason, and nothing
else may (`make parity` compares with a run of the original as well).
"""

from __future__ import annotations

import importlib.util
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from tools import parity

if TYPE_CHECKING:
    from pathlib import Path

RUN = """
import sys, unittest
import wirekit.ftplib as ours
ours.Error  # the errors come from the original
sys.modules["ftplib"] = ours
from test import test_ftplib
unittest.main(module=test_ftplib, argv=["test_ftplib", *sys.argv[1:]])
"""
PARTS = [
    ["-k", "*.TestFTPClass.test_[a-n]*"],
    ["-k", "*.TestFTPClass.test_[o-z]*"],
    ["-k", "*.TestTLS_FTPClassMixin.test_[a-m]*"],
    ["-k", "*.TestTLS_FTPClassMixin.test_[n-r]*"],
    ["-k", "*.TestTLS_FTPClassMixin.test_[s-z]*"],
    ["TestIPv6Environment", "TestTLS_FTPClass", "TestTimeouts", "MiscTestCase"],
]


@pytest.mark.timeout(120)
@pytest.mark.skipif(
    not (importlib.util.find_spec("test") and importlib.util.find_spec("test.test_ftplib")),
    reason="this Python came without its own tests (test.test_ftplib)",
)
def test_cpythons_own_tests_pass_but_for_what_differs(tmp_path: Path) -> None:
    env = {**os.environ, "WIREKIT_DEFAULTS": "stdlib"}
    running = [
        subprocess.Popen(
            [sys.executable, "-W", "ignore", "-c", RUN, *part],
            cwd=tmp_path,
            env=env,
            stderr=subprocess.PIPE,
            text=True,
        )
        for part in PARTS
    ]
    said = "".join(process.communicate()[1] for process in running)
    failed = re.findall(r"^(?:FAIL|ERROR): (\w+)", said, re.MULTILINE)
    expected = {name.rpartition(".")[2] for name in parity.read_expected("test_ftplib")}
    assert set(failed) == expected, said
    assert sum(int(count) for count in re.findall(r"^Ran (\d+) tests", said, re.MULTILINE)) > 80, said
