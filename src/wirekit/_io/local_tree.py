"""A directory of this machine as a tree of entries, as a mirror compares it with a server's."""

from __future__ import annotations

import datetime as dt
import os
import stat
from typing import TYPE_CHECKING

from wirekit._wire.ftp_entries import Entry

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["scan_directory"]


def scan_directory(root: str, takes: Callable[[str, bool], bool]) -> dict[str, Entry]:
    """Return what is below a directory: relative path, with slashes, to entry. Links are not followed.

    takes: asked for each path and whether it is a directory; one that it refuses is not gone into. A root that is not
    there is empty. OSError for a directory that cannot be read: half a tree would look like one with things removed.
    """
    found: dict[str, Entry] = {}
    waiting = [""] if os.path.isdir(root) else []  # noqa: PTH112 - one call for each of many files
    while waiting:
        directory = waiting.pop()
        with os.scandir(os.path.join(root, *directory.split("/"))) as entries:  # noqa: PTH118 - likewise
            for item in entries:
                path = f"{directory}/{item.name}" if directory else item.name
                entry = _read_entry(item)
                if not takes(path, entry.is_dir):
                    continue
                found[path] = entry
                if entry.is_dir:
                    waiting.append(path)
    return found


def _read_entry(item: os.DirEntry[str]) -> Entry:
    status = item.stat(follow_symlinks=False)
    kind = _kind(status.st_mode)
    modified = dt.datetime.fromtimestamp(int(status.st_mtime), dt.UTC)
    return Entry(item.name, kind, status.st_size if kind == "file" else None, modified, 1)


def _kind(mode: int) -> str:
    if stat.S_ISDIR(mode):
        return "dir"
    if stat.S_ISREG(mode):
        return "file"
    return "link" if stat.S_ISLNK(mode) else "other"
