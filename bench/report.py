"""Tables and charts out of a run's samples: on the terminal, and as docs/benchmarks.md.

A contender's figure is the median over its slices; its ratio is the median of the ratios to the floor's
slice *of the same turn*, which leaves out what the machine did between turns.

    python -m bench.report bench/results/....jsonl [--write]
"""

from __future__ import annotations

import json
import statistics
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tabulate import tabulate

from bench.rows import CONTENDERS, FLOOR, GROUPS, OURS, ROWS, Goal, Row, load_contenders

DOCS = Path(__file__).parent.parent / "docs"
PAGE = DOCS / "benchmarks.md"
CHARTS = DOCS / "benchmarks"
SCALE = {"us": 1e6, "ms": 1e3}

INTRODUCTION = """\
# Benchmarks

Written by `make bench`; do not edit. [How it measures, and why something lost](design/measuring.md).

CPU is the user and system time of the measured process per operation (of the client; in the server
rows, of the server); wall is elapsed time. Both are medians over {rounds} of {slices} slices, in which
all contenders took turns; "x floor" is the median of the ratios to the floor in the same turn. **Only the
ratios mean something on another machine**, and differences under 20 % are noise. The charts'
axes are logarithmic.

{when}, {python}, {machine}; load average {load} at the start, {first} to {last} during the run.

Versions: {versions}.
"""


@dataclass
class Line:
    """One contender in one row."""

    name: str
    version: str
    cpu: float
    least: float
    wall: float
    ratio: float | None
    extra: dict[str, Any]


@dataclass
class Table:
    """One row of the benchmark: its lines, the fastest first, and who is not in it, with the reason."""

    row: Row
    lines: list[Line]
    absent: dict[str, str]

    def find(self, name: str) -> Line | None:
        """The line of a contender."""
        return next((line for line in self.lines if line.name == name), None)


def read_run(path: Path) -> tuple[dict[str, Any], list[dict[str, Any]]]:
    """The run's description, and its samples."""
    with path.open(encoding="utf-8") as file:
        records = [json.loads(line) for line in file]
    return records[0], records[1:]


def make_tables(samples: list[dict[str, Any]]) -> list[Table]:
    """The rows that were run, in their usual order."""
    return [
        make_table(row, [sample for sample in samples if sample["row"] == row.name])
        for row in ROWS.values()
        if any(sample["row"] == row.name for sample in samples)
    ]


def make_table(row: Row, samples: list[dict[str, Any]]) -> Table:
    """The lines of one row, the best ratio first."""
    good = [sample for sample in samples if sample["state"] == "ok" and sample["slices"]]
    absent = {sample["contender"]: describe_absence(sample) for sample in samples if sample["state"] != "ok"}
    floors = {
        (sample["round"], turn): taken[row.by]
        for sample in good
        if sample["contender"] == FLOOR
        for turn, taken in enumerate(sample["slices"])
    }
    names = dict.fromkeys(sample["contender"] for sample in good)
    lines = [
        make_line(name, row, [sample for sample in good if sample["contender"] == name], floors)
        for name in names
    ]
    lines.sort(key=lambda line: (line.ratio or 0.0, line.cpu if row.by == "cpu" else line.wall))
    return Table(row, lines, absent)


def make_line(
    name: str, row: Row, samples: list[dict[str, Any]], floors: dict[tuple[int, int], float]
) -> Line:
    """Medians of one contender's slices."""
    slices = [
        (floors.get((sample["round"], turn)), taken)
        for sample in samples
        for turn, taken in enumerate(sample["slices"])
    ]
    ratios = [taken[row.by] / floor for floor, taken in slices if floor]
    return Line(
        name=name,
        version=samples[-1].get("version", ""),
        cpu=statistics.median(taken["cpu"] for _, taken in slices),
        least=min(taken["cpu"] for _, taken in slices),
        wall=statistics.median(taken["wall"] for _, taken in slices),
        ratio=statistics.median(ratios) if ratios else None,
        extra=samples[-1].get("extra", {}),
    )


def describe_absence(sample: dict[str, Any]) -> str:
    """Why a contender has no line."""
    if f"No module named '{OURS}" in sample["reason"]:
        return f"not there yet ({sample['reason']})"
    return f"{sample['state']}: {sample['reason']}"


def format_table(table: Table, style: str) -> str:
    """The table, for `tabulate`'s style `simple` (terminal) or `github`."""
    unit, scale = table.row.unit, SCALE[table.row.unit]
    extras = list(dict.fromkeys(key for line in table.lines for key in line.extra))
    headers = ["", f"CPU {unit}", "least", f"wall {unit}", "x floor", *extras]
    strong = "**" if style == "github" else ""
    cells = [
        [
            f"{strong}{line.name}{strong}" if line.name.startswith(OURS) else line.name,
            format_figure(line.cpu * scale),
            format_figure(line.least * scale),
            format_figure(line.wall * scale),
            "" if line.ratio is None else f"{line.ratio:.2f}",
            *(line.extra.get(key, "") for key in extras),
        ]
        for line in table.lines
    ]
    align = ["left", *["right"] * (len(headers) - 1)]
    text: str = tabulate(cells, headers, tablefmt=style, disable_numparse=True, colalign=align)
    return text


def format_figure(value: float) -> str:
    """Three digits, no exponent."""
    return f"{value:.0f}" if value >= 100 else f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def format_goal(goal: Goal, table: Table) -> str:
    """Whether a goal is reached, with the figure; what it says when there is nothing to compare."""
    text = f"goal of {goal.ours}: at most {goal.limit:g} x {goal.against}" + (
        f" ({goal.why})" if goal.why else ""
    )
    ours, other = table.find(goal.ours), table.find(goal.against)
    if ours is None or other is None:
        return f"{text}: not measured"
    reached = measure_goal(ours, other, table.row.by)
    return f"{text}: {'reached' if reached <= goal.limit else 'NOT reached'}, {reached:.2f}"


def measure_goal(ours: Line, other: Line, by: str) -> float:
    """Our time by the other's, CPU or wall as the row counts it: of ratios inside a round where both have one."""
    if ours.ratio is not None and other.ratio:
        return ours.ratio / other.ratio
    return ours.cpu / other.cpu if by == "cpu" else ours.wall / other.wall


def format_absent(table: Table) -> list[str]:
    """One line for each contender that has no figure."""
    return [f"no figure for {name}: {reason}" for name, reason in table.absent.items()]


def print_tables(about: dict[str, Any], samples: list[dict[str, Any]], tables: Sequence[Table]) -> None:
    """All tables, on the terminal."""
    print(
        f"{about['python']}, {about['machine']}; load average {format_load(about)}, {span_load(samples)} meanwhile"
    )
    for table in tables:
        print(f"\n{table.row.title} ({table.row.name})\n")
        print(format_table(table, "simple"))
        for text in (*format_absent(table), *(format_goal(goal, table) for goal in table.row.goals)):
            print(f"  {text}")


def format_load(about: dict[str, Any]) -> str:
    """The three load averages at the start."""
    return " ".join(f"{value:.2f}" for value in about["load"])


def span_load(samples: list[dict[str, Any]]) -> str:
    """The least and the greatest load average seen with a sample."""
    loads = [sample["load"] for sample in samples]
    return f"{min(loads):.2f} to {max(loads):.2f}"


def list_versions(tables: Sequence[Table], samples: list[dict[str, Any]]) -> str:
    """Every package that took part, with its version."""
    found = {
        CONTENDERS[table.row.name][line.name].package: line.version
        for table in tables
        for line in table.lines
        if line.version and line.name in CONTENDERS[table.row.name]
    }
    return ", ".join(f"{name} {version}" for name, version in sorted(found.items())) if samples else ""


def write_page(about: dict[str, Any], samples: list[dict[str, Any]], tables: Sequence[Table]) -> None:
    """docs/benchmarks.md and its charts."""
    from bench.charts import draw_group

    CHARTS.mkdir(parents=True, exist_ok=True)
    loads = [sample["load"] for sample in samples]
    rounds = 1 + max(sample["round"] for sample in samples)
    parts = [
        INTRODUCTION.format(
            slices=about["slices"],
            rounds="1 round" if rounds == 1 else f"{rounds} rounds",
            when=about["when"],
            python=about["python"],
            machine=about["machine"],
            load=format_load(about),
            first=min(loads),
            last=max(loads),
            versions=list_versions(tables, samples),
        )
    ]
    for group in GROUPS:
        of_group = [table for table in tables if table.row.group == group and table.lines]
        if of_group:
            draw_group(of_group, CHARTS / f"{group}.svg")
            what = (
                "times the floor"
                if any(line.ratio is not None for table in of_group for line in table.lines)
                else "the times"
            )
            parts.append(f"![{group}: {what}](benchmarks/{group}.svg)\n")
        parts += [format_section(table) for table in tables if table.row.group == group]
    PAGE.write_text("\n".join(parts), encoding="utf-8")
    print(f"\nwritten: {PAGE.relative_to(DOCS.parent)} and {CHARTS.relative_to(DOCS.parent)}/*.svg")


def format_section(table: Table) -> str:
    """One row as Markdown."""
    notes = [
        f"- {text}"
        for text in (*format_absent(table), *(format_goal(goal, table) for goal in table.row.goals))
    ]
    parts = [f"## {table.row.title}", table.row.note, format_table(table, "github"), "\n".join(notes)]
    return "\n\n".join(part for part in parts if part) + "\n"


def make_report(path: Path, *, write: bool) -> None:
    """Print the run's tables; with `write`, write the page too."""
    load_contenders()  # some bring rows of their own
    about, samples = read_run(path)
    tables = make_tables(samples)
    print_tables(about, samples, tables)
    if write:
        write_page(about, samples, tables)


if __name__ == "__main__":
    make_report(Path(sys.argv[1]), write="--write" in sys.argv[2:])
