"""The bar that a person sees while something is fetched: on a terminal, and only where the bytes go elsewhere."""

from __future__ import annotations

import sys

from wirekit._cli.outcome import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self

    from rich.console import Console

__all__ = ["Bar", "Meter", "may_show"]

FIGURES = 42
"""Columns that the figures take: per cent, bytes, speed, time."""
LEAST = 8
"""Columns below which neither a name nor a bar tells anything."""


def may_show(*, quiet: bool, to_stdout: bool) -> bool:
    """Tell whether a bar would reach a person and spoil nothing."""
    return not quiet and sys.stderr.isatty() and not (to_stdout and sys.stdout.isatty())


class Bar:
    """A progress bar on stderr within a ``with`` block; with ``shown`` false it shows nothing and costs nothing.

    done, total: bytes; a total of None is one that the server did not tell.
    """

    def __init__(self, name: str, done: int, total: int | None, *, shown: bool) -> None:
        self._progress: Any = None
        if not shown:
            return
        from rich.console import Console  # 60 ms with the rest of rich, which a quiet run does not pay

        console, name = Console(stderr=True), printable(name)
        room = max(LEAST, min(30, (console.width - FIGURES) // 2))
        name = name if len(name) <= room else f"{name[: room - 1]}…"
        self._progress = _make_progress(console, min(24, console.width - FIGURES - len(name) - 1))
        self._task = self._progress.add_task(name, total=total, completed=done, begun_at=done)

    def advance(self, count: int) -> None:
        """Count bytes as done."""
        if self._progress:
            self._progress.advance(self._task, count)

    def reach(self, done: int, total: int | None = None) -> None:
        """Show that so many bytes are done, of so many, as progress callbacks tell it; never fewer than before."""
        if self._progress and done > self._progress.tasks[0].completed:
            self._progress.update(self._task, completed=done, total=total)

    def __enter__(self) -> Self:
        if self._progress:
            self._progress.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._progress:
            if error is None:
                task = self._progress.tasks[0]
                self._progress.update(self._task, total=task.completed)
            self._progress.stop()


class Meter:
    """A bar that appears once there is something to tell: call it with (bytes done, bytes in all), within a ``with`` block."""

    def __init__(self, name: str, *, shown: bool) -> None:
        self._name, self._shown = name, shown
        self._bar: Bar | None = None

    def __call__(self, done: int, total: int) -> None:
        """Show how far it is."""
        if self._bar is None:
            self._bar = Bar(self._name, 0, total, shown=self._shown)
            self._bar.__enter__()
        self._bar.reach(done, total)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._bar:
            self._bar.__exit__(kind, error, trace)


def _make_progress(console: Console, width: int) -> Any:
    """Make rich's progress display, with a bar of that width if that is enough for one, and with a speed that is there from the first block to the last line."""
    from rich import progress  # see above
    from rich.filesize import decimal  # likewise
    from rich.text import Text  # likewise

    class Speed(progress.ProgressColumn):
        """The speed of late; of the whole, when it is done."""

        def render(self, task: progress.Task) -> Text:
            average = (task.completed - task.fields["begun_at"]) / (task.elapsed or 1e-9)
            return Text(f"{decimal(int(average if task.finished else task.speed or average))}/s")

    time_left = progress.TimeRemainingColumn(compact=True, elapsed_when_finished=True)
    return progress.Progress(
        progress.TextColumn("{task.description}", markup=False),
        *([progress.BarColumn(bar_width=width)] if width >= LEAST else []),
        progress.TaskProgressColumn(),
        progress.DownloadColumn(),
        *([Speed(), time_left] if console.width >= FIGURES + LEAST else []),
        console=console,
    )
