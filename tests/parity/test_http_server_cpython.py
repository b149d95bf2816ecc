"""CPython's own tests of http.server, run with ours in its place, in the stdlib profile.

They run in an interpreter of their own: the module under test is swapped before they load. What fails there is listed
here with its reason, and nothing else may; docs/design/server.md says the same in words.
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

DIFFERS = {
    "test_all": "it looks for classes of the module http.server, and ours are of wirekit.http.server",
    "test_browser_cache_with_If_None_Match_header": "If-None-Match: * is not true of a file that is there (RFC 9110)",
    "test_windows_colon": "odd names on Windows name no file, where the original drops their odd parts",
    "test_get_dir_redirect_location_domain_injection_bug": "a redirect names a path always, never a host",
    "test_path_without_leading_slash": "a redirect's path starts with a slash",
    "test_undecodable_filename": "names that are no UTF-8 are linked by their bytes",
    "test_undecodable_parameter": "a listing's title leaves out the query",
}

RUN = """
import http, http.server, sys, unittest
import wirekit.http.server as ours
sys.modules["http.server"] = http.server = ours
from test import test_httpservers
unittest.main(module=test_httpservers, argv=["test_httpservers"])
"""


@pytest.mark.timeout(120)
@pytest.mark.skipif(
    not (importlib.util.find_spec("test") and importlib.util.find_spec("test.test_httpservers")),
    reason="this Python came without its own tests (test.test_httpservers)",
)
def test_cpythons_own_tests_pass_but_for_what_differs(tmp_path: Path) -> None:
    env = {**os.environ, "WIREKIT_DEFAULTS": "stdlib"}
    done = subprocess.run(
        [sys.executable, "-c", RUN], cwd=tmp_path, env=env, capture_output=True, text=True, check=False
    )
    failed = re.findall(r"^(?:FAIL|ERROR): (\w+)", done.stderr, re.MULTILINE)
    ran = re.search(r"^Ran (\d+) tests", done.stderr, re.MULTILINE)
    assert ran is not None, done.stderr
    assert int(ran[1]) > 50
    assert sorted(failed) == sorted(DIFFERS), done.stderr
