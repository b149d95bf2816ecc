"""Programs that a server runs for a request (CGI): started without a shell, read in time, ended whatever happens.

A program gets what it is given and nothing else: its environment, a file as standard input, no other descriptor, a group of
processes of its own, and where the server runs as root another user. What it says on standard error is kept up to a limit.
All methods wait by themselves: in the async twin they are called in threads.
"""

import contextlib
import os
import select
import signal
import subprocess
import time
from collections.abc import Mapping, Sequence
from typing import Any, Final

__all__ = ["Program", "find_nobody", "is_root"]

MAX_ERRORS: Final = 8192
"""Bytes of standard error that are kept for the log."""
BLOCK: Final = 1 << 16
GRACE: Final = 2.0
"""Seconds between SIGTERM and SIGKILL."""


def is_root() -> bool:
    """Tell whether this process may do everything."""
    return hasattr(os, "geteuid") and os.geteuid() == 0


def find_nobody() -> int:
    """Return the number of the user who owns nothing; -1 where the system has no users."""
    try:
        import pwd
    except ImportError:  # Windows
        return -1
    try:
        return pwd.getpwnam("nobody").pw_uid
    except KeyError:
        return 1 + max(entry.pw_uid for entry in pwd.getpwall())


def _drop_rights(uid: int) -> dict[str, Any]:
    """Return what makes a program another user's, where we are root; no group of ours stays with it."""
    if not is_root() or uid < 0:
        return {}
    import pwd

    try:
        gid = pwd.getpwuid(uid).pw_gid
    except KeyError:
        gid = uid
    return {"user": uid, "group": gid, "extra_groups": []}


class Program:
    """A running program. ``errors`` holds what it has said on standard error.

    command: with the program's path in front. given: an open file, its standard input. seconds: that it may take in all,
    None for any number. uid: whose it is to be where we are root; -1: ours. OSError where it cannot be started; TimeoutError from ``read``.
    """

    def __init__(
        self,
        command: Sequence[str],
        environment: Mapping[str, str],
        folder: str,
        given: Any,
        uid: int = -1,
        seconds: float | None = None,
    ) -> None:
        self.errors = b""
        self._due = None if seconds is None else time.monotonic() + seconds
        apart: dict[str, Any] = {"start_new_session": True} if os.name == "posix" else {}
        self._process = subprocess.Popen(  # noqa: S603 - the caller has chosen the program; no shell is near
            list(command), stdin=given, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=folder,
            env=dict(environment), close_fds=True, **apart, **_drop_rights(uid),
        )  # fmt: skip
        assert self._process.stdout is not None
        assert self._process.stderr is not None
        self._out, self._err = self._process.stdout.fileno(), self._process.stderr.fileno()

    def read(self) -> bytes:
        """Return what it says next; ``b""`` when it has ended its output. TimeoutError when its time is up."""
        while True:
            ready = self._wait()
            if self._err in ready:
                self._read_errors()
            if self._out in ready:
                return os.read(self._out, BLOCK)

    def _wait(self) -> set[int]:
        """Wait until one of its outputs can be read."""
        if not hasattr(select, "poll"):  # Windows cannot wait for pipes: its limit holds at the end alone
            return {self._out}
        poll = select.poll()
        poll.register(self._out, select.POLLIN)
        if self._err >= 0:
            poll.register(self._err, select.POLLIN)
        left = None if self._due is None else max(0.0, self._due - time.monotonic())
        found = poll.poll(None if left is None else left * 1000)
        if not found:
            message = "the program takes too long"
            raise TimeoutError(message)
        return {number for number, _ in found}

    def _read_errors(self) -> None:
        data = os.read(self._err, BLOCK)
        self.errors += data[: MAX_ERRORS - len(self.errors)]
        if not data:
            self._err = -1

    def finish(self) -> int:
        """Wait for its end, which comes within its time or is brought about; return its exit code."""
        left = GRACE if self._due is None else max(0.1, min(GRACE, self._due - time.monotonic()))
        try:
            self._process.wait(left)
        except subprocess.TimeoutExpired:
            self._signal(getattr(signal, "SIGTERM", None))
            with contextlib.suppress(subprocess.TimeoutExpired):
                self._process.wait(GRACE)
            self._signal(getattr(signal, "SIGKILL", None))
        if self._err >= 0 and hasattr(select, "poll"):
            os.set_blocking(self._err, False)
            with contextlib.suppress(OSError):
                while self._err >= 0:
                    self._read_errors()
        self.close()
        return self._process.wait()

    def abandon(self) -> None:
        """End it, and whatever it has started, at once."""
        self._signal(getattr(signal, "SIGKILL", None))
        self._process.wait()
        self.close()

    def _signal(self, number: Any) -> None:
        with contextlib.suppress(OSError):  # nobody is left
            if os.name == "posix":
                os.killpg(self._process.pid, number)
            else:
                self._process.kill()

    def close(self) -> None:
        """Close our ends of its outputs."""
        for pipe in (self._process.stdout, self._process.stderr):
            if pipe is not None:
                pipe.close()
        self._err = -1
