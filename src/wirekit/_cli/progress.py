"""The bar that a person sees while something is fetched: on a terminal, and only where the bytes go elsewhere."""

from __future__ import annotations

import sys

from wirekit._cli.outcome import printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import TracebackType
    from typing import Any, Self

__all__ = ["Bar", "may_show"]


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
        from rich import progress  # 60 ms, which a quiet run does not pay
        from rich.console import Console  # likewise

        self._progress = progress.Progress(
            progress.TextColumn("{task.description}", markup=False),
            progress.BarColumn(),
            progress.TaskProgressColumn(),
            progress.DownloadColumn(),
            progress.TransferSpeedColumn(),
            progress.TimeRemainingColumn(compact=True, elapsed_when_finished=True),
            console=Console(stderr=True),
        )
        name = printable(name)
        self._task = self._progress.add_task(
            name if len(name) <= 30 else name[:29] + "…", total=total, completed=done
        )

    def advance(self, count: int) -> None:
        """Count bytes as done."""
        if self._progress:
            self._progress.advance(self._task, count)

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
