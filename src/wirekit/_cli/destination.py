"""Local names, and files that appear whole or not at all.

What is fetched is written to a *part file* beside the destination, in the same directory, so that one rename puts it in
place: whoever looks under the final name finds the old file or the whole new one. A transfer that fails leaves the old
file as it was and takes its part file away, unless it is to be resumed: then the part file has a name that the next run
finds (``.NAME.wirekit-part``), and resume.py keeps a note beside it.

A destination that is no ordinary file (``/dev/null``, a named pipe) is written to as it stands.
"""

from __future__ import annotations

import hashlib
import os
import secrets
import stat
import sys
from pathlib import Path

from wirekit._cli.outcome import LocalError, NobodyReadsError
from wirekit.urllib.parse import unquote, urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import IO

    from wirekit._cli.resume import Note

__all__ = [
    "Destination",
    "PartFile",
    "Plain",
    "choose_name",
    "name_from_disposition",
    "open_plain",
    "safe_name",
]

SUFFIX = ".wirekit-part"
LONGEST = 200
"""Bytes of a name that a part file's name may hold besides its own marks; file systems allow 255 in all."""

_WINDOWS_DEVICES = {
    "CON",
    "PRN",
    "AUX",
    "NUL",
    *(f"{kind}{n}" for kind in ("COM", "LPT") for n in range(1, 10)),
}


def choose_name(url: str) -> str:
    """Return the local name for what a URL gives: the last segment of its path, made safe; ``index.html`` for none."""
    path = urlsplit(url).path
    return safe_name(unquote(path.rpartition("/")[2])) or "index.html"


def safe_name(name: str) -> str:
    """Return a name that stays in its directory and is seen there: no separator, no control character, no dot first.

    Other characters are kept; ``""`` when nothing is left to tell a file by.
    """
    kept = "".join("_" if c in '/\\:*?"<>|' or not c.isprintable() else c for c in name).rstrip(". ")
    first = len(kept) - len(kept.lstrip(".-~ "))
    kept = "_" * first + kept[first:]
    if kept.partition(".")[0].upper() in _WINDOWS_DEVICES:
        kept = f"_{kept}"
    while len(os.fsencode(kept)) > 255:  # what file systems allow
        kept = kept[:-1]
    return kept if kept.strip("_") else ""


def name_from_disposition(message: object) -> str:
    """Return the safe form of the file name in an answer's Content-Disposition (RFC 6266); ``""`` when there is none."""
    get_filename = getattr(message, "get_filename", None)
    name = get_filename() if get_filename else None
    return safe_name(str(name).replace("\\", "/").rpartition("/")[2]) if name else ""


class Destination:
    """Where one transfer goes: ``write`` blocks, then ``finish``; ``give_up`` when it failed. ``offset``: bytes there already."""

    offset = 0
    note: Note | None = None

    def write(self, block: bytes) -> None:
        """Write a block; LocalError when that fails."""
        raise NotImplementedError

    def restart(self) -> None:
        """Forget what is there already: the next block is the first."""

    def finish(self) -> None:
        """Put the whole in place."""

    def give_up(self) -> None:
        """Leave nothing half done under the final name."""


class Plain(Destination):
    """A stream that takes blocks as they come: stdout, a device, a named pipe."""

    def __init__(self, file: IO[bytes], name: str, *, ours: bool = False) -> None:
        self.file, self.name, self.ours = file, name, ours

    def write(self, block: bytes) -> None:
        """Write a block at once. NobodyReadsError when the reader has gone."""
        try:
            self.file.write(block)
            self.file.flush()
        except BrokenPipeError:
            raise NobodyReadsError from None
        except OSError as error:
            raise LocalError(f"cannot write to {self.name}: {error.strerror}") from error

    def finish(self) -> None:
        """Close what was opened here."""
        if self.ours:
            self.file.close()

    give_up = finish


def open_plain(path: Path) -> Plain | None:
    """Open a destination that is no ordinary file, to write to it as it stands; None where it is one, or not there."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISREG(mode):
            return None
        if stat.S_ISDIR(mode):
            raise LocalError(f"{path} is a directory; name a file in it")
        return Plain(path.open("wb", buffering=0), str(path), ours=True)
    except FileNotFoundError:
        return None
    except OSError as error:
        raise LocalError(f"cannot write to {path}: {error.strerror}") from error


class PartFile(Destination):
    """A part file beside its destination. LocalError when it cannot be made.

    keep: give it the name that a later run finds, take up what stands there already, and leave it when the transfer
    fails. new: refuse to replace a file. sync: let the disk have it all before the rename.
    """

    def __init__(self, path: Path, *, keep: bool = False, new: bool = False, sync: bool = False) -> None:
        self.shown = path
        self.keep, self.new, self.sync = keep, new, sync
        try:
            self.path = Path(os.path.realpath(path))  # a link stays a link: what it names is replaced
            if new and self.path.exists():
                raise LocalError(f"{path} exists; take it away, or name another file with -o")
            self.part = self.path.with_name(_part_name(self.path.name, keep=keep))
            self._descriptor = self._open()
        except OSError as error:
            raise LocalError(f"cannot write {path}: {error.strerror}") from error
        self.offset = os.lseek(self._descriptor, 0, os.SEEK_END)

    def _open(self) -> int:
        flags = os.O_WRONLY | os.O_CREAT | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        descriptor = os.open(self.part, flags if self.keep else flags | os.O_EXCL, 0o666)
        try:
            if self.keep:
                self._claim(descriptor)
            if self.path.exists() and hasattr(os, "fchmod"):
                os.fchmod(descriptor, self.path.stat().st_mode & 0o777)
        except BaseException:
            os.close(descriptor)
            raise
        return descriptor

    def _claim(self, descriptor: int) -> None:
        """Keep two runs from writing one part file."""
        if not stat.S_ISREG(os.fstat(descriptor).st_mode):
            raise LocalError(f"{self.part} is no ordinary file; take it away")
        if sys.platform == "win32":
            return  # no flock there
        import fcntl  # not on Windows

        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise LocalError(f"{self.shown} is being fetched by another run; wait for it") from None
        except OSError:
            return  # a file system without locks

    def write(self, block: bytes) -> None:
        """Write a block behind what is there."""
        view = memoryview(block)
        try:
            while view:
                view = view[os.write(self._descriptor, view) :]
        except OSError as error:
            raise LocalError(f"cannot write {self.shown}: {error.strerror}") from error

    def restart(self) -> None:
        """Empty the part file."""
        try:
            os.ftruncate(self._descriptor, 0)
            os.lseek(self._descriptor, 0, os.SEEK_SET)
        except OSError as error:
            raise LocalError(f"cannot write {self.shown}: {error.strerror}") from error
        self.offset = 0

    def finish(self) -> None:
        """Rename the part file to the final name."""
        try:
            if self.sync:
                os.fsync(self._descriptor)
            self._place()
        except OSError as error:
            raise LocalError(f"cannot put {self.shown} in place: {error.strerror}") from error
        self._close()
        if self.note:
            self.note.remove()

    def _place(self) -> None:
        if self.new:  # a link, unlike a rename, never replaces what came there meanwhile
            os.link(self.part, self.path)
            self.part.unlink()
        else:
            if sys.platform == "win32":
                self._close()  # an open file cannot be renamed there
            self.part.replace(self.path)
        if self.sync and hasattr(os, "O_DIRECTORY"):
            directory = os.open(self.path.parent, os.O_RDONLY | os.O_DIRECTORY)
            try:
                os.fsync(directory)
            finally:
                os.close(directory)

    def give_up(self) -> None:
        """Take the part file away; leave it if a later run may go on with it."""
        if self._descriptor < 0:
            return
        worth = self.keep and self.note is not None and os.fstat(self._descriptor).st_size > 0
        self._close()
        if not worth:
            self.part.unlink(missing_ok=True)
            if self.note:
                self.note.remove()

    def _close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)


def _part_name(name: str, *, keep: bool) -> str:
    """Return the part file's name: always the same for one that is kept, else like no other."""
    if len(os.fsencode(name)) > LONGEST:
        name = hashlib.sha256(os.fsencode(name)).hexdigest()[:32]
    return f".{name}{SUFFIX}" if keep else f".{name}.{secrets.token_hex(6)}{SUFFIX}"
