"""Programs that sit on the standard library's modules: their own tests, without wirekit and under `wirekit run`.

    python tools/programs.py [PROGRAM...]

The programs stand in PROGRAMS, their versions in tests/programs/requirements.txt; all are installed into .venv-programs,
with wirekit, and their sources are fetched with their tests. Every test that passes without wirekit must pass with it;
what cannot is listed in tests/programs/expected.toml with its reason. A test that differs is run again by itself, both
ways, before it counts: some of them measure time, or listen where another program may.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
import tomllib
import venv
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).resolve().parent.parent
OURS = ROOT / "tests" / "programs"
VENV = ROOT / ".venv-programs"
SECONDS = 900
"""All tests of a program; the slowest take two minutes on an idle machine."""


class Program(NamedTuple):
    """A program, and how its tests are run: arguments of pytest, relative to its sources."""

    name: str
    arguments: tuple[str, ...]


PROGRAMS = (
    Program("requests", ("tests",)),  # http.client by way of urllib3, http.cookiejar, http.cookies
    # Two files of mechanize need its own runner and a server of Python 2.
    Program(
        "mechanize",
        ("test", "--ignore=test/test_functional.py", "--ignore=test/test_urllib2_localnet.py"),
    ),
    Program("supervisor", ("supervisor/tests",)),  # xmlrpc.client, http.client
    Program("redmail", ("redmail/test",)),  # smtplib
    # aiosmtpd's tests send by smtplib; those of its servers' threads listen on fixed ports and do not.
    Program(
        "aiosmtpd",
        (
            "aiosmtpd/tests",
            "--ignore=aiosmtpd/tests/test_server.py",
            "--ignore=aiosmtpd/tests/test_main.py",
            "--override-ini=addopts=",
            "--override-ini=asyncio_default_fixture_loop_scope=function",
        ),
    ),
    Program("pyftpdlib", ("tests",)),  # ftplib, with and without TLS
)


def main() -> int:
    """Compare; 1 when something differs that is not listed."""
    names = [program.name for program in PROGRAMS]
    parser = argparse.ArgumentParser(description="Programs' own tests, without wirekit and with it.")
    parser.add_argument("programs", nargs="*", metavar="PROGRAM", choices=[[], *names])
    given = parser.parse_args()
    prepare()
    results = [compare(program) for program in PROGRAMS if program.name in (given.programs or names)]
    return 0 if all(results) else 1


def prepare() -> None:
    """Make the environment, or bring it up to date."""
    requirements = OURS / "requirements.txt"
    stamp = VENV / "stamp"
    if stamp.exists() and stamp.read_text() == requirements.read_text():
        return
    if not (VENV / "bin" / "python").exists():
        venv.create(VENV, with_pip=True)
    pip("install", "--editable", str(ROOT), "--requirement", str(requirements))
    stamp.write_text(requirements.read_text())


def pip(*arguments: str) -> None:
    """Run pip in the environment; it says nothing unless it fails."""
    subprocess.run(
        [str(VENV / "bin" / "python"), "-m", "pip", "--quiet", "--disable-pip-version-check", *arguments],
        check=True,
    )


def find_version(name: str) -> str:
    """Return the version of a program as it stands in the requirements."""
    lines = (OURS / "requirements.txt").read_text().splitlines()
    return next(line.partition("==")[2] for line in lines if line.partition("==")[0] == name)


def fetch(name: str) -> Path:
    """Return the directory of a program's sources; they are fetched once."""
    sources = VENV / "sources"
    directory = sources / f"{name}-{find_version(name)}"
    if not directory.exists():
        sources.mkdir(exist_ok=True)
        # Without one of their own pytest would go by the project around them, which is this one.
        (sources / "pytest.ini").write_text("[pytest]\n")
        pip(
            "download",
            "--no-deps",
            "--no-binary",
            ":all:",
            "--dest",
            str(sources),
            f"{name}=={find_version(name)}",
        )
        with tarfile.open(sources / f"{directory.name}.tar.gz") as archive:
            archive.extractall(sources, filter="data")
    return directory


def run(program: Program, tests: tuple[str, ...], *, ours: bool) -> tuple[dict[str, str], list[str]]:
    """Run tests of a program; return the outcome of each by its name, and the modules that wirekit served."""
    python = str(VENV / "bin" / "python")
    pytest = [
        python,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-p",
        "no:randomly",
        "-p",
        "outcomes",
        *tests,
    ]
    command = [python, "-m", "wirekit", "run", "--", *pytest] if ours else pytest
    environment = {name: value for name, value in os.environ.items() if not name.lower().endswith("_proxy")}
    with tempfile.TemporaryDirectory(prefix="programs-") as directory:
        out = Path(directory) / "outcomes"
        out.touch()
        try:
            subprocess.run(
                command,
                cwd=fetch(program.name),
                env={**environment, "PYTHONPATH": str(OURS), "PROGRAMS_OUTCOMES": str(out)},
                capture_output=True,
                check=False,
                timeout=SECONDS,
            )
        except subprocess.TimeoutExpired:
            print(f"    {program.name}: the tests took more than {SECONDS} s")
        return read_outcomes(out.read_text())


def read_outcomes(lines: str) -> tuple[dict[str, str], list[str]]:
    """Put together what the plugin wrote: a failure before or after a test is one of the test."""
    outcomes: dict[str, str] = {}
    served: list[str] = []
    for name, what in map(json.loads, lines.splitlines()):
        if not name:
            served = what
        elif outcomes.get(name) != "failed":
            outcomes[name] = what
    return outcomes, served


def compare(program: Program) -> bool:
    """Run a program's tests both ways, print what differs; True when nothing does but what is listed."""
    theirs, _ = run(program, program.arguments, ours=False)
    found, served = run(program, program.arguments, ours=True)
    passing = [name for name, outcome in theirs.items() if outcome == "passed"]
    differing = [name for name in passing if found.get(name) != "passed"]
    if differing and passing != differing:
        differing = confirm(program, differing)
    listed = tomllib.loads((OURS / "expected.toml").read_text()).get(program.name, {})
    unlisted = [name for name in differing if name not in listed]
    stale = [name for name in listed if name in passing and name not in differing]
    print(
        f"{program.name} {find_version(program.name)}: {len(theirs)} tests, {len(passing)} pass without wirekit, "
        f"{len(passing) - len(differing)} of them with it; served: {', '.join(served)}"
    )
    for name in unlisted:
        print(f"    {name}: {found.get(name, 'missing')}")
    for name in stale:
        print(f"    {name}: listed, but passes")
    return bool(passing) and bool(served) and not unlisted and not stale


def confirm(program: Program, names: list[str]) -> list[str]:
    """Run tests that differ once more, by themselves; return those that differ again."""
    options = tuple(argument for argument in program.arguments if argument.startswith("--override"))
    theirs, _ = run(program, (*options, *names), ours=False)
    ours, _ = run(program, (*options, *names), ours=True)
    return [name for name in names if theirs.get(name) == "passed" and ours.get(name) != "passed"]


if __name__ == "__main__":
    sys.exit(main())
