"""One server under test, in a process of its own: `python -m bench.serve ROW CONTENDER`."""

from __future__ import annotations

import sys

from bench import rows
from bench.origins import end_with_parent
from bench.rows import CONTENDERS, ROWS, Target


def main(arguments: list[str]) -> None:
    """Serve until the parent ends us."""
    rows.load_contenders()
    row = ROWS[arguments[0]]
    end_with_parent()
    CONTENDERS[row.name][arguments[1]].load()(Target(row.name, path=row.path, size=row.size))


if __name__ == "__main__":
    main(sys.argv[1:])
