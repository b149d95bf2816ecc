"""The charts of docs/benchmarks.md: a bar per contender, its length the time in multiples of the floor's.

The axis is logarithmic: the slowest peers take a hundred times as long as the fastest.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import matplotlib as mpl

mpl.use("svg")

from matplotlib import pyplot as plt

from bench.rows import FLOOR, OURS

if TYPE_CHECKING:
    from bench.report import Line, Table

FLOOR_COLOUR, OUR_COLOUR, PEER_COLOUR = "#9aa5b1", "#d9480f", "#4c6e91"
WIDTH, BAR, TITLE = 8.0, 0.27, 0.75  # inches


def choose_colour(name: str) -> str:
    """Ours stands out; the floor is grey."""
    return OUR_COLOUR if name.startswith(OURS) else FLOOR_COLOUR if name == FLOOR else PEER_COLOUR


def draw_group(tables: Sequence[Table], path: Path) -> None:
    """One picture of the rows of a group, one above the other."""
    mpl.rcParams.update(
        {"svg.hashsalt": "wirekit", "svg.fonttype": "none", "font.size": 9, "font.family": "sans-serif"}
    )
    heights = [TITLE + BAR * len(table.lines) for table in tables]
    figure, axes = plt.subplots(
        len(tables), squeeze=False, figsize=(WIDTH, sum(heights)), height_ratios=heights, layout="constrained"
    )
    for axis, table in zip(axes[:, 0], tables, strict=True):
        draw_table(axis, table)
    figure.savefig(path, facecolor="white", metadata={"Date": None, "Creator": None})
    plt.close(figure)


def draw_table(axis: Any, table: Table) -> None:
    """The bars of one row, the fastest on top: times the floor, or the times themselves where a row has none."""
    lines = [line for line in table.lines if line.ratio is not None]
    if lines:
        sizes = [line.ratio for line in lines if line.ratio is not None]
        axis.axvline(1.0, color=FLOOR_COLOUR, linewidth=0.8, zorder=0)
    else:
        lines = table.lines
        sizes = [measure(line, table)[0] for line in lines]
    colours = [choose_colour(line.name) for line in lines]
    bars = axis.barh([line.name for line in lines], sizes, color=colours, height=0.7)
    axis.bar_label(bars, labels=[label_bar(line, table) for line in lines], padding=4)
    axis.set_xscale("log")
    axis.set_xlim(0.5 * min(sizes), 4 * max(*sizes, 2 * min(sizes)))
    axis.invert_yaxis()
    axis.set_title(table.row.title, loc="left", fontsize=9)
    axis.spines[["top", "right", "bottom"]].set_visible(False)
    axis.tick_params(axis="x", which="both", bottom=False, labelbottom=False)
    axis.tick_params(axis="y", length=0)


def measure(line: Line, table: Table) -> tuple[float, str]:
    """What a row is judged by, in its unit."""
    seconds = line.cpu if table.row.by == "cpu" else line.wall
    return (seconds * 1e6, "us") if table.row.unit == "us" else (seconds * 1e3, "ms")


def label_bar(line: Line, table: Table) -> str:
    """The ratio, and the time itself."""
    shown, unit = measure(line, table)
    time = f"{shown:.3g} {unit}" if shown < 1000 else f"{shown:,.0f} {unit}"
    if line.ratio is None:
        return time
    return f"{line.ratio:.2f}x  ({time})" if shown < 1000 else f"{line.ratio:.1f}x  ({time})"
