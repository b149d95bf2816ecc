"""Write docs/security.md: every known attack, what holds against it, and the tests that show it.

    python tools/security_table.py            write the page (`make twins` does so too)
    python tools/security_table.py --check    fail where it is not as it would be written

The attacks stand in tests/security/rows.toml; a test belongs to the row in its name (`test_row_07_...`,
`test_rows_66_and_67_...`). A row without a test that has no reason for it is an error, and so is a test of no row.
"""

import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).resolve().parent.parent
ROWS = ROOT / "tests/security/rows.toml"
PAGE = ROOT / "docs/security.md"
PROFILES = {"both", "safe", "none"}

NAMED = re.compile(r"^(?:async )?def test_row(s?)_(\d+)_(\w+)\(", re.MULTILINE)
JOINED = re.compile(r"(and|to)_(\d+)_")
LISTED = re.compile(r"()(\d+)_")

OPENING = """\
# Security

Known attacks on the modules that wirekit replaces and on their peers, what is so here, and the tests that show it: in
both twins, where there are two. `both` holds in both profiles; `safe` in the safe one alone, since the standard
library's ways are what the `stdlib` profile is for, and part of what is attacked (decoded bodies, kept connections) is
off there. `make test PYTEST="-k test_row_01"` runs the tests of row 1.

This page is written by `tools/security_table.py` from the tests themselves, and `make check` fails where it is not up to
date. [The defaults](defaults.md) have every limit by name, and [the design pages](design/errors.md) the reasons. What a
program itself has to see to:

- URLs, names of files and addresses from strangers are valid after they passed here, not wanted: which hosts a program
  may be sent to is its own decision. `URL.host_is_global()` tells hosts that lead inside
  ([a URL as a value](urls.md#a-url-as-a-value)).
- `http.server` serves what lies in its folder to everybody who can reach it: it listens where it is told to.
- A certificate that is not checked protects from nobody. `context=ssl._create_unverified_context()` works, as there.
- Parsers have limits in bytes and counts; a program that keeps everything it is given has to have its own.
"""


class Shown(NamedTuple):
    """One test: the rows that it is about, the file's stem, and what it says."""

    rows: tuple[int, ...]
    file: str
    said: str


def read_name(several: str, first: str, rest: str) -> tuple[tuple[int, ...], str]:
    """Return (rows, what is said) of a test's name: `25`, `to_27_...`; with several also `137`, `143_...`."""
    rows = [int(first)]
    while found := JOINED.match(rest) or (several and LISTED.match(rest)):
        rows += range(rows[-1] + 1, int(found[2]) + 1) if found[1] == "to" else [int(found[2])]
        rest = rest[found.end() :]
    return tuple(rows), rest.replace("_", " ")


def find_tests(root: Path = ROOT) -> list[Shown]:
    """Return the tests of all rows, each once: not those of the blocking twin, which are generated."""
    found: dict[Shown, None] = {}
    for path in sorted((root / "tests").rglob("test_*.py")):
        if "blocking" not in path.parts:
            for name in NAMED.findall(path.read_text("utf-8")):
                rows, said = read_name(*name)
                found[Shown(rows, path.stem, said)] = None
    return list(found)


def read_groups() -> list[dict[str, Any]]:
    """Return the groups of rows."""
    groups: list[dict[str, Any]] = tomllib.loads(ROWS.read_text("utf-8"))["group"]
    return groups


def find_faults(groups: list[dict[str, Any]], tests: list[Shown]) -> list[str]:
    """Tell what does not fit: rows without tests or in no order, tests without a row."""
    rows = [row for group in groups for row in group["rows"]]
    tested = {number for test in tests for number in test.rows}
    numbers = [row["row"] for row in rows]
    faults = [] if numbers == sorted(set(numbers)) else ["the rows are not in order"]
    faults += [f"a test names row {number}, which is none" for number in sorted(tested - set(numbers))]
    for row in rows:
        number = row["row"]
        if row["profile"] not in PROFILES:
            faults.append(f"row {number} has no profile")
        if (number in tested) == ("apart" in row):
            faults.append(f"row {number} needs a test or a reason, and not both")
    return faults


def write_page(groups: list[dict[str, Any]], tests: list[Shown]) -> str:
    """Return the page."""
    parts = [OPENING]
    for group in groups:
        parts.append(
            f"\n## {group['title']}\n\n| row | attack | what holds | profile | tests |\n|---|---|---|---|---|\n"
        )
        parts += [write_row(row, tests) for row in group["rows"]]
    return "".join(parts)


def write_row(row: dict[str, Any], tests: list[Shown]) -> str:
    """Return the line of a row."""
    known = f" ({row['known']})" if row["known"] else ""
    said = "; ".join(say_tests([test for test in tests if row["row"] in test.rows]))
    cells = (str(row["row"]), row["what"] + known, row["holds"], row["profile"], row.get("apart") or said)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |\n"


def say_tests(tests: list[Shown]) -> Iterator[str]:
    """Give the tests by file: what each shows."""
    for file in dict.fromkeys(test.file for test in tests):
        yield f"`{file}`: " + ", ".join(test.said for test in tests if test.file == file)


def main() -> int:
    """Write the page, or compare it; return the exit code."""
    groups, tests = read_groups(), find_tests()
    page = write_page(groups, tests)
    faults = find_faults(groups, tests)
    if "--check" in sys.argv:
        if not PAGE.exists() or PAGE.read_text("utf-8") != page:
            faults.append(f"{PAGE.relative_to(ROOT)} is not up to date: python tools/security_table.py")
    else:
        PAGE.write_text(page, "utf-8")
    for fault in faults:
        print(fault, file=sys.stderr)
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
