"""What a mirror has to do: two trees compared, and the steps that make the one like the other. Nothing is done here.

A tree is a mapping of relative paths (``a/b.txt``, no slash in front or behind) to ``Entry``. The steps stand in an order
in which they can be taken one after another; transfers may be taken at once, each after its directory was made.

Patterns are those of a shell, per part of a path: ``*``, ``?``, ``[a-z]``; ``**`` stands for any number of directories. One
without a slash is for names anywhere, one with a slash for paths from the top, and one that ends in a slash for
directories only. Matching takes time in proportion to path times pattern, whatever they are.
"""

from __future__ import annotations

import re
from fnmatch import translate
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from wirekit._wire.ftp_entries import Entry

__all__ = ["Filter", "Step", "choose_steps", "differs"]


class Step(NamedTuple):
    """One thing to do at the destination.

    action: ``"make"`` (a directory), ``"copy"`` (a file), ``"remove"`` (a file or link), ``"remove_directory"`` (empty by
    then), or ``"skip"`` (what cannot or must not be done). size: the bytes of a copy. reason: why.
    """

    action: str
    path: str
    size: int = 0
    reason: str = ""


class Filter:
    """Which paths a mirror is about.

    include: a file must fit one of these, if there are any. exclude: nothing that fits one of these is looked at, and
    nothing below such a directory; it goes before include.
    """

    def __init__(self, include: Iterable[str] = (), exclude: Iterable[str] = ()) -> None:
        self.include = tuple(map(_Pattern, include))
        self.exclude = tuple(map(_Pattern, exclude))

    def takes(self, path: str, *, is_dir: bool) -> bool:
        """Tell whether a path is a part of the mirror; a directory is, so that what is below may be."""
        parts = path.split("/")
        for depth in range(1, len(parts)):
            if any(pattern.fits(parts[:depth], is_dir=True) for pattern in self.exclude):
                return False
        if any(pattern.fits(parts, is_dir=is_dir) for pattern in self.exclude):
            return False
        return (
            is_dir or not self.include or any(pattern.fits(parts, is_dir=False) for pattern in self.include)
        )


class _Pattern:
    """One pattern, taken apart."""

    def __init__(self, text: str) -> None:
        if not text.strip("/"):
            message = "a pattern must name something"
            raise ValueError(message)
        self.directories_only = text.endswith("/")
        anchored = "/" in text.rstrip("/")
        text = text.strip("/") if anchored else f"**/{text.rstrip('/')}"
        self.parts = [None if part == "**" else _compile(part) for part in text.split("/") if part]

    def fits(self, parts: Sequence[str], *, is_dir: bool) -> bool:
        """Tell whether the whole path fits."""
        if self.directories_only and not is_dir:
            return False
        reached = {0}  # numbers of the pattern's parts that are behind us
        for part in parts:
            reached = {after for number in self._pass(reached) for after in self._step(number, part)}
        return len(self.parts) in self._pass(reached)

    def _pass(self, reached: set[int]) -> set[int]:
        """Add what can be reached without a part of the path: ``**`` may stand for none."""
        reached = set(reached)
        for number, part in enumerate(self.parts):
            if part is None and number in reached:
                reached.add(number + 1)
        return reached

    def _step(self, number: int, text: str) -> Iterable[int]:
        if number == len(self.parts):
            return ()
        part = self.parts[number]
        if part is None:
            return (number,)
        return (number + 1,) if part.match(text) else ()


@lru_cache(256)
def _compile(part: str) -> re.Pattern[str]:
    return re.compile(translate(part))


def differs(source: Entry, destination: Entry, *, slack: float = 0.0) -> str:
    """Say why a file has to be copied over another: ``"size"``, ``"newer"``; ``""`` when it has not.

    It is newer by more than what the less exact of both times can tell, and ``slack`` seconds. What is not known makes
    no difference.
    """
    if source.size is not None and destination.size is not None and source.size != destination.size:
        return "size"
    if source.modified is not None and destination.modified is not None:
        blur = max(source.precision or 1, destination.precision or 1) + slack
        if (source.modified - destination.modified).total_seconds() >= blur:
            return "newer"
    return ""


def choose_steps(
    source: Mapping[str, Entry],
    destination: Mapping[str, Entry],
    *,
    delete: bool = False,
    slack: float = 0.0,
) -> list[Step]:
    """Return the steps that make the destination like the source; both are what the filter has left.

    Without delete nothing is removed; what stands in the way of something else (a file where a directory belongs) is
    skipped then. Links and special files are skipped.
    """
    steps: list[Step] = []
    lost: set[str] = set()  # directories that cannot be made
    removals: list[Step] = []
    for path in sorted(source):
        if any(path.startswith(f"{directory}/") for directory in lost):
            steps.append(Step("skip", path, reason="its directory cannot be made"))
            continue
        step = _choose_step(source[path], destination.get(path), path, delete=delete, slack=slack)
        if step.reason == "in the way":
            removals += _choose_removals(path, destination)
            step = step._replace(reason="new")
        if step.action == "skip" and source[path].is_dir:
            lost.add(path)
        if step.action:
            steps.append(step)
    if delete:
        gone = {step.path for step in removals}
        for path in sorted(destination.keys() - source.keys() - gone, reverse=True):
            removals.append(_remove(path, destination[path], "gone"))
    return [*_deepest_first(removals), *steps]


def _choose_step(source: Entry, there: Entry | None, path: str, *, delete: bool, slack: float) -> Step:
    if not (source.is_dir or source.is_file):
        return Step("skip", path, reason=f"a {source.type} is not copied")
    action, size = ("make", 0) if source.is_dir else ("copy", source.size or 0)
    if there is None:
        return Step(action, path, size, "new")
    if there.type != source.type:
        if not delete:
            return Step("skip", path, reason=f"a {there.type} stands in the way")
        return Step(action, path, size, "in the way")
    if source.is_dir:
        return Step("", path)
    reason = differs(source, there, slack=slack)
    return Step(action, path, size, reason) if reason else Step("", path)


def _choose_removals(path: str, destination: Mapping[str, Entry]) -> list[Step]:
    """Remove what stands in the way, with everything below it."""
    below = [name for name in destination if name == path or name.startswith(f"{path}/")]
    return [_remove(name, destination[name], "in the way") for name in below]


def _remove(path: str, entry: Entry, reason: str) -> Step:
    return Step("remove_directory" if entry.is_dir else "remove", path, 0, reason)


def _deepest_first(removals: list[Step]) -> list[Step]:
    return sorted(removals, key=lambda step: (-step.path.count("/"), step.path))
