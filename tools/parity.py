"""CPython's own tests of the thirteen modules, run with ours in their place, beside a run with the originals.

    python tools/parity.py [MODULE...] [-v]

MODULE: test_ftplib, test_httplib ...; all without. The tests are the running interpreter's own (its `test` package), in
the stdlib profile, each file in a process of its own. A test that passes with the originals must pass with ours. What
cannot is listed in tests/parity/expected.toml with its reason: under `[test_x]` for every Python, under
`["test_x 3.11"]` for one. A listed test that passes after all is an error, too, so the list never grows stale.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests" / "parity" / "expected.toml"
SHARE = 0.02
"""Tests that may be listed, of those that pass with the originals."""
SECONDS = 300
"""A whole test file; test_ftplib and test_smtplib take some 20 with the originals."""

MODULES = (
    "test_ftplib",
    "test_httplib",
    "test_httpservers",
    "test_http_cookies",
    "test_http_cookiejar",
    "test_smtplib",
    "test_urllib",
    "test_urllib2",
    "test_urllib2_localnet",
    "test_urllib_response",
    "test_urlparse",
    "test_robotparser",
    "test_xmlrpc",
    "test_docxmlrpc",
)

RUN = """
import json, sys, unittest, warnings
from test import support
support.use_resources = []  # nothing leaves this machine
class Result(unittest.TextTestResult):
    def note(self, test, outcome, error=None):
        text = self._exc_info_to_string(error, test) if error else ""
        name = test.id().removeprefix("wirekit.").partition(".")[2]  # examples of a module are called like it
        print(json.dumps([name, outcome, text]), file=out, flush=True)
    def startTest(self, test):
        super().startTest(test)
        self.note(test, "begun")
    def addSuccess(self, test): self.note(test, "passed")
    def addFailure(self, test, error): self.note(test, "failed", error)
    def addError(self, test, error): self.note(test, "failed", error)
    def addSkip(self, test, reason): self.note(test, "skipped")
    def addExpectedFailure(self, test, error): self.note(test, "passed")
    def addUnexpectedSuccess(self, test): self.note(test, "failed")
    def addSubTest(self, test, subtest, error):
        if error: self.note(test, "failed", error)
out = open(sys.argv[2], "w")
warnings.simplefilter("default")
suite = unittest.defaultTestLoader.loadTestsFromName("test." + sys.argv[1])
unittest.TextTestRunner(resultclass=Result, verbosity=0).run(suite)
print(json.dumps(["", "ended", ""]), file=out, flush=True)
"""


class Outcome(NamedTuple):
    """What became of one test: passed, failed, skipped or begun (and never ended), with its traceback."""

    state: str
    text: str


class Comparison(NamedTuple):
    """What became of one file: tests that pass with the original, those that differ, whether all of them are listed."""

    passing: int
    differing: int
    good: bool


def run_file(module: str, *, ours: bool) -> dict[str, Outcome]:
    """Run one file of tests; the outcome of each test by its name. The name "" stands for the file itself."""
    environment = {**os.environ, "PYTHONPATH": "", "PYTHONFAULTHANDLER": "1"}
    command = [sys.executable, "-c", RUN]
    if ours:
        program = [
            sys.executable,
            "-c",
            "from wirekit import dropin; import json; print(json.dumps(dropin.environment('stdlib')))",
        ]
        environment |= json.loads(subprocess.run(program, capture_output=True, text=True, check=True).stdout)
    with tempfile.TemporaryDirectory(prefix="parity-") as directory:
        out = Path(directory) / "out"
        out.touch()
        end = f"the tests took more than {SECONDS} s"
        try:
            done = subprocess.run(
                [*command, module, str(out)],
                env=environment,
                cwd=directory,
                capture_output=True,
                text=True,
                check=False,
                timeout=SECONDS,
            )
            end = done.stderr[-2000:]
        except subprocess.TimeoutExpired:
            pass
        return read_outcomes(out.read_text(), end)


def read_outcomes(lines: str, end: str) -> dict[str, Outcome]:
    """Put together what the run wrote: a failure of a part is one of the whole; what began and never ended failed."""
    outcomes: dict[str, Outcome] = {}
    for name, state, text in map(json.loads, lines.splitlines()):
        if outcomes.get(name, Outcome("", "")).state != "failed":
            outcomes[name] = Outcome(state, text)
    if not outcomes.pop("", None):
        outcomes["(the whole file)"] = Outcome("failed", end)
    return outcomes


def compare(module: str, *, verbose: bool) -> Comparison:
    """Run a file both ways, print what differs."""
    theirs, ours = run_file(module, ours=False), run_file(module, ours=True)
    passing = {name for name, outcome in theirs.items() if outcome.state == "passed"}
    differing = {name for name in passing if ours.get(name, Outcome("missing", "")).state != "passed"}
    differing |= {name for name, outcome in ours.items() if outcome.state == "failed" and name not in theirs}
    listed = read_expected(module)
    unlisted, stale = sorted(differing - listed.keys()), sorted(listed.keys() & passing - differing)
    print(
        f"{module:24} {len(passing):5} pass with the original, {len(passing) - len(differing & passing):5} with ours, "
        f"{len(differing)} differ, {len(unlisted)} of them not listed"
    )
    if len(unlisted) > 10 and all(name not in ours for name in unlisted[1:]):
        unlisted = unlisted[:1]  # the file could not even be loaded
    for name in unlisted:
        outcome = ours.get(name, Outcome("missing", ""))
        text = outcome.text if verbose else outcome.text.strip().rpartition("\n")[2]
        print(f"    {name}: {outcome.state} {text}")
    for name in stale:
        print(f"    {name}: listed in {EXPECTED.name}, but passes")
    return Comparison(len(passing), len(differing), good=not unlisted and not stale)


def read_expected(module: str) -> dict[str, str]:
    """Return the listed differences of a file of tests for this Python: name to reason."""
    expected = tomllib.loads(EXPECTED.read_text())
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    return {**expected.get(module, {}), **expected.get(f"{module} {version}", {})}


def main() -> int:
    """Compare; 1 when something differs that is not listed, or more does than may be."""
    parser = argparse.ArgumentParser(description="CPython's own tests, with ours in the originals' place.")
    parser.add_argument("modules", nargs="*", metavar="MODULE")
    parser.add_argument("-v", "--verbose", action="store_true", help="whole tracebacks")
    given = parser.parse_args()
    print(f"CPython {sys.version.split()[0]}")
    results = [compare(module, verbose=given.verbose) for module in given.modules or MODULES]
    passing, differing = (sum(result[place] for result in results) for place in (0, 1))
    few = differing <= SHARE * passing or bool(given.modules)
    share = differing / max(passing, 1)
    print(
        f"{passing} pass with the originals, {differing} differ, {share:.2%}{'' if few else ': more than may be'}"
    )
    return 0 if few and all(result.good for result in results) else 1


if __name__ == "__main__":
    sys.exit(main())
