"""Files that a server receives: whole under their name, or not there at all.

What comes is written to a hidden file beside its place, and gets its name when all of it is there. Nothing that stood
there before is replaced unless that is wanted, whoever else writes at the same time: the system decides it in one step.
"""

import contextlib
import errno
import os
from typing import Any, Final

__all__ = ["Incoming", "explain"]

_NO_LINKS: Final = {errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK, errno.EACCES}
"""What systems say that know no second name for a file (FAT, some network shares)."""


def explain(error: OSError) -> tuple[int, str]:
    """Return the HTTP status that an error of the file system means, and its reason in words."""
    if isinstance(error, FileExistsError):
        return 409, "There is a file of that name already"
    if error.errno in {errno.ENOSPC, errno.EDQUOT}:
        return 507, "There is no room left"
    if error.errno == errno.EFBIG:
        return 413, "The file is too large for this file system"
    if error.errno in {errno.ENAMETOOLONG, errno.EINVAL, errno.EILSEQ}:
        return 400, "The file system knows no such name"
    if isinstance(error, (FileNotFoundError, NotADirectoryError, IsADirectoryError)):
        return 409, "There is no such directory"
    return 403, "The file cannot be written here"


class Incoming:
    """A file that is being received. ``publish`` gives it its name; ``discard`` ends it otherwise. OSError from any."""

    def __init__(self, path: str) -> None:
        self.path = path
        folder = os.path.dirname(path)  # noqa: PTH120 - paths are text here
        self._part = os.path.join(folder, f".{os.urandom(8).hex()}.part")  # noqa: PTH118 - see above
        flags = (
            os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0)
        )
        self._file: Any = os.fdopen(os.open(self._part, flags, 0o666), "wb", buffering=0)
        self.size = 0

    def write(self, data: bytes) -> None:
        """Take some more of it."""
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) :]
        self.size += len(data)

    def publish(self, *, overwrite: bool) -> bool:
        """Give it its name; tell whether that is new. FileExistsError where something bears it, without overwrite."""
        self._file.close()
        try:
            if overwrite:
                new = not os.path.lexists(self.path)
                os.replace(self._part, self.path)  # noqa: PTH105 - see above
                return new
            self._claim()
        except BaseException:
            self.discard()
            raise
        return True

    def _claim(self) -> None:
        """Take the name if nobody has it, in one step."""
        if os.name == "nt":
            os.rename(self._part, self.path)  # noqa: PTH104 - see above; it replaces nothing there
            return
        try:
            os.link(self._part, self.path, follow_symlinks=False)
        except OSError as error:
            if error.errno not in _NO_LINKS:
                raise
            os.close(os.open(self.path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o666))  # ours from here on
            os.replace(self._part, self.path)  # noqa: PTH105 - see above
        else:
            os.unlink(self._part)  # noqa: PTH108 - see above

    def discard(self) -> None:
        """Forget it."""
        with contextlib.suppress(OSError):
            self._file.close()
        with contextlib.suppress(OSError):
            os.unlink(self._part)  # noqa: PTH108 - see above
