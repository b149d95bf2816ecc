"""Local files that appear whole or not at all, and can be gone on with.

What arrives is written to a *part file* beside the destination, so that one rename puts it in place. One that is to be
resumed has a name that the next call finds (``.NAME.wirekit-part``) and a note beside it, with size and time of the
remote file: where those are other ones by now, everything begins anew.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import datetime as dt

__all__ = ["OVERLAP", "Part", "part_name"]

SUFFIX: Final = ".wirekit-part"
OVERLAP: Final = 4096
"""Bytes before the place to go on at that are fetched once more, and compared."""
LONGEST: Final = 200
"""Bytes of a name that the name of its part file may hold; file systems allow 255 in all."""
ROOM: Final = 1 << 16
"""Bytes that are gathered before the system is asked to write them."""
NOTE: Final = 4096
"""Bytes of a note that are read; ours have 60."""


def part_name(name: str, mark: str = "") -> str:
    """Return the name of the part file for a name; mark: what makes it one of a kind."""
    while len(os.fsencode(name)) > LONGEST:
        name = name[:-1]
    return f".{name}{mark}{SUFFIX}"


def _open_here(path: str, mode: str, *, empty: bool) -> Any:
    """Open a file whose name anybody can guess. OSError for a symbolic link: in a folder of many, such as /tmp, it leads
    where somebody else wants something overwritten.
    """
    flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
    return os.fdopen(os.open(path, flags | os.O_TRUNC if empty else flags, 0o666), mode)


class Part:
    """The part file of one destination, on its way to become that."""

    def __init__(self, local: str, *, resume: bool) -> None:
        directory, name = os.path.split(local)
        mark = "" if resume else f".{os.urandom(4).hex()}"
        self.local = local
        self.resume = resume
        self.path = os.path.join(directory, part_name(name, mark))  # noqa: PTH118 - as text, which costs a tenth
        self.size = 0
        self._file: Any = None
        self._tail = b""  # what is compared with the first bytes that arrive
        self._known: dict[str, Any] | None = None  # the remote file of an attempt before this one

    @property
    def _note(self) -> Path:
        return Path(f"{self.path}-note")

    def begin(self, size: int | None, modified: dt.datetime | None) -> int:
        """Open it for a remote file of this size and time; return the byte to fetch from.

        That is a little before the end of what is there: ``write`` compares.
        """
        if self._file is None and not self.resume:  # of many small files most are so
            self._file = open(self.path, "xb", ROOM)  # noqa: SIM115, PTH123 - closed by finish or give_up
            self._known = {"size": size, "modified": modified and modified.isoformat()}
            return 0
        if self._file is not None:
            self._file.close()
        known = {"size": size, "modified": modified and modified.isoformat()}
        kept = self._find_kept(known)
        if size is not None and kept > size:
            kept = 0
        self._known = known
        self._file = _open_here(self.path, "r+b", empty=not kept)
        if self.resume and not kept:
            with _open_here(str(self._note), "wb", empty=True) as note:
                note.write(json.dumps(known).encode())
        start = max(kept - OVERLAP, 0)
        self._file.seek(start)
        self._tail = self._file.read(kept - start)
        self._file.truncate(kept)
        self._file.seek(kept)
        self.size = kept
        return start

    def _find_kept(self, known: dict[str, Any]) -> int:
        """Return the bytes of an earlier attempt at the same remote file; 0 for another one's, or if nobody knows."""
        if known == {"size": None, "modified": None}:
            return 0
        try:
            if self._known is None and self.resume:
                with self._note.open(encoding="utf-8") as note:
                    self._known = json.loads(note.read(NOTE))
            return Path(self.path).stat().st_size if self._known == known else 0
        except (OSError, ValueError):
            return 0

    @property
    def sink(self) -> Any:
        """What takes all that comes, as it comes: a file's ``write``; None where it must be compared with what is there."""
        return None if self._tail else self._file.write

    def count(self) -> None:
        """Take notice of what went through ``sink``."""
        self.size = self._file.tell()

    def write(self, block: bytes) -> bool:
        """Take a block; False when it differs from what is there already, and nothing fits together."""
        if self._tail:
            seen = block[: len(self._tail)]
            if not self._tail.startswith(seen):
                return False
            self._tail, block = self._tail[len(seen) :], block[len(seen) :]
        self._file.write(block)
        self.size += len(block)
        return True

    def start_anew(self) -> None:
        """Forget what is there."""
        self._file.seek(0)
        self._file.truncate()
        self._tail = b""
        self.size = 0

    def digest(self, algorithm: str) -> str:
        """Return the digest of what is there, in hexadecimal digits."""
        import hashlib

        self._file.flush()
        with Path(self.path).open("rb") as file:
            return hashlib.file_digest(file, algorithm).hexdigest()

    def finish(self, modified: dt.datetime | None) -> None:
        """Put the whole in place, with this time."""
        self._file.close()
        if modified is not None:
            moment = modified.timestamp()
            os.utime(self.path, (moment, moment))
        os.replace(self.path, self.local)  # noqa: PTH105 - likewise
        self._file = None
        if self.resume:
            self._note.unlink(missing_ok=True)

    def give_up(self) -> None:
        """Close; what is there stays if it is to be resumed."""
        if self._file is None:
            return
        self._file.close()
        if not self.resume:
            Path(self.path).unlink(missing_ok=True)
