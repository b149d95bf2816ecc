"""Mirrors: a directory made like another one, on the other side, with several files under way at once.

What is to be done is chosen first, from both trees as they are (wirekit._wire.mirroring); then directories are made and
what is gone is removed, in order, and the files are copied at once. A step that fails takes no other with it: the result
names it. Each file appears whole or not at all, and one that broke off is gone on with by the next mirror.
"""

from __future__ import annotations

import os
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wirekit._io import asynchronous as net
from wirekit._io.concurrency import asynchronous as together
from wirekit._io.local_tree import scan_directory
from wirekit._io.parts import SUFFIX
from wirekit._wire.ftp_entries import Entry, is_local_name
from wirekit._wire.ftp_replies import errors
from wirekit._wire.mirroring import Filter, Step, choose_steps
from wirekit.aio._tree.looking import join

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from wirekit.aio.tree import Tree

__all__ = ["Mirror", "Mirrored"]

RESUMED: Final = 1 << 20
"""Bytes of a file that is worth going on with; smaller ones are copied anew."""


class Mirrored(NamedTuple):
    """What a mirror came to: the steps that were done (or would be, in a dry run), skipped, and that failed, with why.

    size: the bytes of the files that were copied.
    """

    done: list[Step]
    skipped: list[Step]
    failed: list[tuple[Step, Exception]]
    size: int

    @property
    def ok(self) -> bool:
        """Whether nothing failed and nothing had to be skipped."""
        return not self.failed and not self.skipped


class Mirror:
    """One mirror on its way.

    upload: from here to the server. report: called with each step and its error, or None, as it ends. progress: called
    with (bytes so far, bytes in all).
    """

    def __init__(
        self,
        tree: Tree,
        remote: str,
        local: str | os.PathLike[str],
        *,
        upload: bool,
        chosen: Filter,
        parallel: int,
        report: Callable[[Step, Exception | None], Any] | None,
        progress: Callable[[int, int | None], Any] | None,
    ) -> None:
        self.tree, self.remote, self.local = tree, remote, Path(local)
        self._here = os.path.join(self.local, "")  # noqa: PTH118 - what stands before a relative path, as text
        self.upload, self.chosen, self.parallel = upload, chosen, parallel
        self.report, self.progress = report, progress
        self.sizes: dict[str, int] = {}  # bytes so far of each file
        self.total = 0
        self.source: dict[str, Entry] = {}
        self.result = Mirrored([], [], [], 0)

    async def run(self, *, delete: bool, slack: float, dry_run: bool) -> Mirrored:
        """Compare both sides, and do what is to be done."""
        here = await net.in_thread(scan_directory, str(self.local), self._takes)
        there = await self._scan_server(may_miss=self.upload)
        self.source, destination = (here, there) if self.upload else (there, here)
        if self.upload and not self.local.is_dir():
            message = f"there is no directory {str(self.local)!r} to be mirrored"
            raise FileNotFoundError(message)
        steps = [
            self._check(step) for step in choose_steps(self.source, destination, delete=delete, slack=slack)
        ]
        self.result.skipped.extend(step for step in steps if step.action == "skip")
        steps = [step for step in steps if step.action != "skip"]
        if dry_run:
            self.result.done.extend(steps)
            return self._finish()
        await self._take_all(steps)
        return self._finish()

    def _finish(self) -> Mirrored:
        return self.result._replace(size=sum(step.size for step in self.result.done))

    def _takes(self, path: str, is_dir: bool) -> bool:
        name = path.rpartition("/")[2]
        if name.endswith((SUFFIX, f"{SUFFIX}-note")):
            return False  # our own, of a copy under way
        return self.chosen.takes(path, is_dir=is_dir)

    async def _scan_server(self, *, may_miss: bool) -> dict[str, Entry]:
        """Return what is below the remote directory. NoSuchFile where that is not there, unless it may be missing."""
        found: dict[str, Entry] = {}
        try:
            async for here, directories, others in self.tree.walk(self.remote):
                below = here[len(self.remote) :].strip("/") if self.remote else here
                for entry in [*directories, *others]:
                    path = join(below, entry.name) if below else entry.name
                    if self._takes(path, entry.is_dir):
                        found[path] = entry
                    elif entry.is_dir:
                        directories.remove(entry)
        except (errors().error_perm, errors().NoSuchFile):
            if not may_miss or found:
                raise
        return found

    def _check(self, step: Step) -> Step:
        """Skip what a server's name would do to this machine (security row 141)."""
        if self.upload or step.action in {"remove", "remove_directory"}:
            return step
        if all(is_local_name(name, windows=os.name == "nt") for name in step.path.split("/")):
            return step
        return Step("skip", step.path, reason="no name for a local file")

    # ---- the steps

    async def _take_all(self, steps: list[Step]) -> None:
        """Take the steps: those that shape the tree in their order, then the files at once."""
        self.total = sum(step.size for step in steps if step.action == "copy")
        await self._take(Step("make", ""), self._make_root)
        for step in steps:
            if step.action != "copy":
                await self._take(step, partial(self._shape, step))
        copies = [step for step in steps if step.action == "copy"]
        works = (partial(self._take, step, partial(self._copy, step)) for step in copies)
        await together.run_all(works, self.parallel)

    async def _take(self, step: Step, work: Callable[[], Awaitable[Any]]) -> bool:
        """Take one step, and note what became of it."""
        failure: Exception | None = None
        try:
            await work()
        except (OSError, EOFError, ValueError, errors().Error) as error:
            failure = error
            self.result.failed.append((step, error))
        else:
            if step.path:
                self.result.done.append(step)
        if self.report is not None and (step.path or failure):
            await net.give(self.report, step, failure)
        return failure is None

    async def _make_root(self) -> None:
        if not self.upload:
            self.local.mkdir(parents=True, exist_ok=True)
        elif self.remote:
            await self.tree.makedirs(self.remote)

    async def _shape(self, step: Step) -> None:
        """Make or remove, on the destination's side."""
        if self.upload:
            path = join(self.remote, step.path) if self.remote else step.path
            acts = {
                "make": self.tree.makedirs,
                "remove": self.tree.remove,
                "remove_directory": self.tree.rmdir,
            }
            await acts[step.action](path)
            return
        local = self.local / step.path
        if step.action == "make":
            local.mkdir(exist_ok=True)
        elif step.action == "remove":
            local.unlink()
        else:
            local.rmdir()

    async def _copy(self, step: Step) -> None:
        path = join(self.remote, step.path) if self.remote else step.path
        local = f"{self._here}{step.path}"
        watch = partial(self._watch, step.path) if self.progress else None
        resume = step.size >= RESUMED
        if self.upload:
            await self.tree.upload(local, path, resume=resume, progress=watch)
        else:
            known = self.source[step.path]
            await self.tree.download(path, local, known=known, resume=resume, progress=watch)

    async def _watch(self, path: str, size: int, _: int | None) -> None:
        self.sizes[path] = size
        if self.progress is not None:
            await net.give(self.progress, sum(self.sizes.values()), self.total)
