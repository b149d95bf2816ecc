"""``wirekit serve --workers N``: one site by several processes, on one port.

Each process has a listening socket of its own on the port (SO_REUSEPORT); the system shares out the connections. The first
process serves nothing: it holds the port, starts the others, starts a new one in the place of one that has died, and ends
them in order: each answers what it is at, for ``GRACE`` seconds at most.
"""

from __future__ import annotations

import os
import signal
import socket
import sys
import time

from wirekit._cli import serve
from wirekit._cli.outcome import Code, LocalError, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import FrameType
    from typing import NoReturn

__all__ = ["run_workers"]

RESTART = 1.0
"""Seconds before a process is started in the place of one that has died: one that dies at once must not keep us busy."""


class _Told(Exception):
    """A signal that ends it all has come."""

    def __init__(self, number: int) -> None:
        super().__init__(number)
        self.number = number


def run_workers(plan: serve.Plan) -> int:
    """Serve by several processes until interrupted; return the exit code."""
    if not hasattr(os, "fork") or not hasattr(socket, "SO_REUSEPORT"):
        raise LocalError("--workers needs a system that can share a port between processes")
    with _hold_port(plan) as held:
        address = held.getsockname()
        workers: set[int] = set()
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _tell)
        try:
            _supervise(plan, address, workers)
        except _Told as told:
            _end(workers)
            if told.number == signal.SIGTERM:
                return Code.TERMINATED
        serve.say_goodbye()
    return Code.OK


def _tell(number: int, _: FrameType | None) -> None:
    raise _Told(number)


def _hold_port(plan: serve.Plan) -> socket.socket:
    """Bind the port without listening on it: it stays ours, and gets no connection."""
    held = socket.socket(plan.family)
    try:
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        held.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        held.bind((plan.site.bind, plan.site.port))
    except BaseException:
        held.close()
        raise
    return held


def _supervise(plan: serve.Plan, address: tuple[str, int], workers: set[int]) -> None:
    """Keep as many processes at work as are wanted; announce the site when all of them listen."""
    hears, tells = os.pipe()
    for _ in range(plan.site.workers):
        workers.add(_start(plan, address, tells))
    os.close(tells)
    left = plan.site.workers
    while left and (told := os.read(hears, left)):
        left -= len(told)
    os.close(hears)
    serve.announce(plan, address)
    while True:
        while len(workers) < plan.site.workers:
            workers.add(_start(plan, address, -1))
        pid, status = os.wait()
        workers.discard(pid)
        say(f"warning: process {pid} has ended ({os.waitstatus_to_exitcode(status)}); starting another one")
        time.sleep(RESTART)


def _start(plan: serve.Plan, address: tuple[str, int], tells: int) -> int:
    """Start a process; it writes a byte to the pipe that it is given when it listens (-1: nobody wants to know)."""
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if not pid:
        _work(plan, address, tells)
    return pid


def _work(plan: serve.Plan, address: tuple[str, int], tells: int) -> NoReturn:
    """Serve, in a process of its own, until told to end."""
    code = 1
    try:
        code = _serve(plan, address[:2], tells)
    except _Told:
        code = 0
    except BaseException:  # noqa: BLE001 - the process ends here, whatever it is
        import traceback  # for this alone

        traceback.print_exc()
    finally:
        sys.stderr.flush()
        os._exit(code)


def _serve(plan: serve.Plan, address: tuple[str, int], tells: int) -> int:
    def begin() -> None:
        if tells >= 0:
            os.write(tells, b"!")
            os.close(tells)

    if plan.site.use_async:
        from wirekit.aio.http import server as http  # one twin is enough

        serve.run_async(plan.make_server(http, address, shared=True), begin, _is_busy, [])
    else:
        from wirekit.http import server as blocking  # likewise

        with plan.make_server(blocking, address, shared=True) as server:
            serve.run_blocking(server, begin, _is_busy)
    return 0


def _is_busy(server: object) -> bool:
    return bool(getattr(server, "in_flight", 0))


def _end(workers: set[int]) -> None:
    """Tell the processes to end, wait for them, and end those that do not."""
    for number, seconds in ((signal.SIGTERM, serve.GRACE + 1.0), (signal.SIGKILL, 1.0)):
        for pid in workers:
            _kill(pid, number)
        due = time.monotonic() + seconds
        try:
            while workers and time.monotonic() < due:
                pid, _ = os.waitpid(-1, os.WNOHANG)
                workers.discard(pid)
                if not pid:
                    time.sleep(0.02)
        except (_Told, ChildProcessError):  # told twice: at once, then; or there are none
            continue


def _kill(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
