"""Hold every module of src/wirekit/_wire to full branch coverage by its own test file alone.

    python tools/wire_coverage.py            all modules
    python tools/wire_coverage.py NAME...    only these

A module that other tests happen to run is not tested by them: each tests/wire/test_<name>.py runs in a process of its
own, and what it leaves untouched of _wire/<name>.py is listed. A module without a test file fails, and so does a test
file without its module.
"""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
AT_ONCE = 2
"""Processes at a time: each is busy for a second or two, and the machines that run this have few cores."""

MEASURE = """
import sys, coverage, pytest
module, test = sys.argv[1:]
measured = coverage.Coverage(branch=True, include=[module], data_file=None)
measured.start()
failed = pytest.main(["-q", "--no-header", "-p", "no:cacheprovider", test])
measured.stop()
sys.exit(failed or measured.report(show_missing=True, skip_covered=True, precision=2) < 100)
"""


def measure(name: str) -> tuple[str, int, str]:
    """Run the tests of a module alone; give its name, the exit code and what was printed."""
    module, test = ROOT / f"src/wirekit/_wire/{name}.py", ROOT / f"tests/wire/test_{name}.py"
    for path in (module, test):
        if not path.exists():
            return name, 1, f"{path.relative_to(ROOT)} does not exist\n"
    done = subprocess.run(
        [sys.executable, "-c", MEASURE, str(module), str(test)],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    return name, done.returncode, done.stdout + done.stderr


def main() -> int:
    """Measure the modules named on the command line, or all; return the exit code."""
    modules = {path.stem for path in (ROOT / "src/wirekit/_wire").glob("*.py")} - {"__init__"}
    tested = {path.stem.removeprefix("test_") for path in (ROOT / "tests/wire").glob("test_*.py")}
    names = sys.argv[1:] or sorted(modules | tested)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        results = list(pool.map(measure, names))
    for name, code, printed in results:
        if code:
            print(f"--- {name}\n{printed}")
    short = [name for name, code, _ in results if code]
    print(f"_wire modules fully covered by their own tests: {len(results) - len(short)} of {len(results)}")
    return 1 if short else 0


if __name__ == "__main__":
    sys.exit(main())
