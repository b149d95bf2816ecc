"""The blocking modules held against typeshed's stubs of the standard library's: mypy's stubtest, with ours in their place.

    python tools/stubs.py [-v]

The stubs that mypy brings along are copied under our names (`ftplib.pyi` becomes `wirekit/ftplib.pyi`, and so do the
imports among the thirteen), and stubtest compares them with what is there at run time: names, signatures, kinds of
attributes. What ours have beyond them is no difference. All else is listed in tests/parity/stubs.toml with its reason;
what is listed and no longer differs is an error, too.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

import mypy

from wirekit.dropin import MODULES

ROOT = Path(__file__).resolve().parent.parent
EXPECTED = ROOT / "tests" / "parity" / "stubs.toml"
TYPESHED = Path(mypy.__path__[0]) / "typeshed" / "stdlib"
MORE = re.compile(
    r" is inconsistent, stub does not have |.__all__ names exported| is inconsistent, runtime parameter .* is not keyword-only"
)
"""Lines of stubtest that tell what ours take and have beyond the stubs; `tests/parity/test_names.py` looks for all of
`__all__`."""
NAMES = "|".join(map(re.escape, MODULES))


def rename(stub: str) -> str:
    """Return the text of a stub in which each of the thirteen modules is ours."""
    stub = re.sub(rf"^(\s*from )({NAMES})(?= import)", r"\1wirekit.\2", stub, flags=re.MULTILINE)
    stub = re.sub(rf"^(\s*import )({NAMES})$", r"\1wirekit.\2", stub, flags=re.MULTILINE)
    return re.sub(rf"(?<![\w.])({NAMES})(?=\.[A-Za-z])", r"wirekit.\1", stub)


def write_stubs(directory: Path) -> None:
    """Write the stubs of the thirteen, as a package `wirekit`."""
    for name in MODULES:
        path = Path("wirekit", *name.split("."))
        for package in path.parents[:-1]:
            (directory / package).mkdir(exist_ok=True)
            (directory / package / "__init__.pyi").touch()
        text = (TYPESHED / f"{name.replace('.', '/')}.pyi").read_text()
        (directory / path).with_suffix(".pyi").write_text(rename(text))


def run_stubtest(*, verbose: bool) -> list[str]:
    """Return what stubtest says, line by line; RuntimeError where it could not even compare."""
    command = [sys.executable, "-m", "mypy.stubtest", "--ignore-missing-stub"]
    modules = [f"wirekit.{name}" for name in MODULES]
    with tempfile.TemporaryDirectory(prefix="stubs-") as directory:
        write_stubs(Path(directory))
        done = subprocess.run(
            [*command, *([] if verbose else ["--concise"]), *modules],
            env={**os.environ, "MYPYPATH": directory},
            cwd=directory,
            capture_output=True,
            text=True,
            check=False,
        )
    if done.stderr or "not checked due to" in done.stdout:
        raise RuntimeError(done.stdout + done.stderr)
    return done.stdout.splitlines()


def main() -> int:
    """Compare; 1 when something differs that is not listed."""
    parser = argparse.ArgumentParser(description="Ours against typeshed's stubs.")
    parser.add_argument("-v", "--verbose", action="store_true", help="all that stubtest says")
    lines = run_stubtest(verbose=parser.parse_args().verbose)
    listed = tomllib.loads(EXPECTED.read_text())
    differing = {line.partition(" ")[0]: line for line in lines if not MORE.search(line)}
    if parser.parse_args().verbose:
        print("\n".join(lines))
        return 0
    unlisted, stale = differing.keys() - listed.keys(), listed.keys() - differing.keys()
    print(f"{len(MODULES)} modules, {len(differing)} differences, {len(unlisted)} of them not listed")
    for name in sorted(unlisted):
        print(f"    {differing[name]}")
    for name in sorted(stale):
        print(f"    {name}: listed in {EXPECTED.name}, but does not differ")
    return 1 if unlisted or stale else 0


if __name__ == "__main__":
    sys.exit(main())
