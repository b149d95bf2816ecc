"""One contender of one row, in a fresh process. Speaks lines of JSON with the runner.

    python -m bench.sample ROW CONTENDER '{"port": ..., ...}' SLICE_SECONDS

It does the work once (connects, imports lazily) and says that it is ready. To each line it is sent it
answers with one *slice*: as many operations as take about SLICE_SECONDS of CPU time, done and measured;
the count is found before the first one. So the runner can let all contenders of a row take turns every
few dozen milliseconds, and what the machine does meanwhile meets them alike. CPU time is user and system
time of the whole process, all threads; in server rows, of the server's process.
"""

from __future__ import annotations

import gc
import importlib
import importlib.metadata
import json
import math
import os
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from typing import Any

from bench import rows
from bench.rows import CONTENDERS, ROWS, Row, Target, Work

GROWTH = 10
ENOUGH = 1.25
CPU_CLOCK = 2  # CPUCLOCK_SCHED of the Linux kernel's per-process clock ids


def read_cpu(pid: int = 0) -> float:
    """CPU seconds that this process, or the one of that pid, has used so far, with all its threads.

    Of this process, with those that it has started and waited for: a contender may be a program.
    """
    if not pid:
        ended = resource.getrusage(resource.RUSAGE_CHILDREN)
        return time.process_time() + ended.ru_utime + ended.ru_stime
    if sys.platform == "linux":
        return time.clock_gettime((~pid << 3) | CPU_CLOCK)  # nanoseconds, as clock_getcpuclockid(3) gives it
    raise RuntimeError("server rows need Linux: the CPU time of another process is read from its clock")


Slice = Callable[[], dict[str, Any]]


def make_slices(work: Work, row: Row, target: Target, seconds: float) -> Slice:
    """Do the work once; the result takes slices.

    ValueError when the work brought back another number of body bytes than it must.
    """
    do_work(work, row.step, target)
    count = 0

    def take_slice() -> dict[str, Any]:
        nonlocal count
        count = count or find_count(work, row, target, seconds)
        if count > row.step > 1:
            do_work(work, row.step, target)  # wakes caches, and connections that were closed while idle
        return do_work(work, count, target)

    return take_slice


def find_count(work: Work, row: Row, target: Target, seconds: float) -> int:
    """How many operations take about so many seconds of CPU time, or `slice_wall` of wall time."""
    count = row.step
    while True:
        taken = do_work(work, count, target)
        factor = min(
            seconds / max(taken["cpu"] * count, 1e-6), row.slice_wall / max(taken["wall"] * count, 1e-6)
        )
        if factor <= ENOUGH:
            return max(row.step, int(count * min(factor, 1.0) / row.step) * row.step)
        count = grow(count, row.step, factor)


def do_work(work: Work, count: int, target: Target) -> dict[str, Any]:
    """Do the work and give its CPU and wall seconds per operation."""
    gc.collect()
    wall, cpu = time.perf_counter(), read_cpu(target.pid)
    got = work(count)
    cpu, wall = read_cpu(target.pid) - cpu, time.perf_counter() - wall
    if got != count * target.size:
        raise ValueError(f"{got} body bytes in {count} operations of {target.size}")
    return {"count": count, "cpu": cpu / count, "wall": wall / count}


def grow(count: int, step: int, factor: float) -> int:
    """The next count to try: a multiple of `step`, more than `count`, at most ten times as many."""
    wanted = math.ceil(count * min(factor, GROWTH) / step) * step
    return max(wanted, count + step)


PROBE = """
{statement}
import sys
print("yes" if "asyncio" in sys.modules else "no", [line.split()[1] for line in open("/proc/self/status") if line.startswith("VmHWM")][0])
"""


def run_interpreter(statement: str) -> str:
    """Run the statement in a fresh interpreter that sees the installed packages only; what it printed."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    command = [sys.executable, "-P", "-c", statement]
    return subprocess.run(command, check=True, capture_output=True, text=True, env=environment).stdout


def start_interpreter(statement: str) -> tuple[float, float]:
    """CPU and wall seconds of a fresh interpreter that runs the statement."""
    before, wall = resource.getrusage(resource.RUSAGE_CHILDREN), time.perf_counter()
    run_interpreter(statement)
    wall, after = time.perf_counter() - wall, resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime, wall


def make_import_slices(statement: str, seconds: float) -> tuple[Slice, dict[str, Any]]:
    """Slices of what the statement costs above a bare interpreter, started in turn; and what it leaves behind.

    ImportError when the statement fails.
    """
    try:
        said = run_interpreter(PROBE.format(statement=statement)).split()
    except subprocess.CalledProcessError as error:
        raise ImportError(error.stderr.strip().splitlines()[-1]) from None

    def take_slice() -> dict[str, Any]:
        count, cpu, wall, spent = 0, 0.0, 0.0, 0.0
        while spent < seconds:
            bare, full = start_interpreter("pass"), start_interpreter(statement)
            count, spent = count + 1, spent + full[0]
            cpu, wall = cpu + full[0] - bare[0], wall + full[1] - bare[1]
        return {"count": count, "cpu": cpu / count, "wall": wall / count}

    return take_slice, {"RSS MB": round(int(said[1]) / 1024, 1), "asyncio loaded": said[0]}


def open_load(row: Row, target: Target) -> Work:
    """The load client of the server rows: the floor of the client rows, or the row's own."""
    if row.load:
        return importlib.import_module(f"bench.contenders.{row.load}").open_load(target)  # type: ignore[no-any-return]
    if row.name == "server-one":
        return importlib.import_module("bench.contenders.get").open_floor(target)  # type: ignore[no-any-return]
    return importlib.import_module("bench.contenders.concurrent").open_floor(target)  # type: ignore[no-any-return]


def get_ready(row: Row, name: str, target: Target, seconds: float) -> tuple[Slice, dict[str, Any]]:
    """Load the contender and calibrate it; the slices, and what is said of it in the tables."""
    entry = CONTENDERS[row.name][name]
    about: dict[str, Any] = {"version": find_version(entry.package)}
    if row.kind == "server":
        return make_slices(open_load(row, target), row, target, seconds), about
    opened: Any = entry.load()(target)
    if row.kind == "import":
        slices, extra = make_import_slices(opened, seconds)
        return slices, {**about, "extra": extra}
    return make_slices(opened, row, target, seconds), {**about, "extra": getattr(opened, "extra", {})}


def find_version(package: str) -> str:
    """The installed version; ImportError without it. Our own code needs no metadata to be there."""
    if not package:
        return ""
    try:
        return importlib.metadata.version(package)
    except importlib.metadata.PackageNotFoundError:
        if package == rows.OURS:
            return ""
        raise ImportError(f"{package} is not installed") from None


def describe_failure(error: Exception) -> dict[str, str]:
    """`missing` when something could not be imported, else `failed`, with one line of reason."""
    state = "missing" if isinstance(error, ImportError) else "failed"
    return {"state": state, "reason": f"{type(error).__name__}: {error}".splitlines()[0]}


def say(message: dict[str, Any]) -> None:
    """One line to the runner."""
    print(json.dumps(message), flush=True)


def converse(row: Row, name: str, target: Target, seconds: float) -> None:
    """Get ready, then give a slice for every line of standard input."""
    try:
        take_slice, about = get_ready(row, name, target, seconds)
        say({"state": "ok", **about})
        for _ in sys.stdin:
            say({"state": "ok", **take_slice()})
    except Exception as error:  # noqa: BLE001  # whatever a contender raises is its result
        say(describe_failure(error))


def main(arguments: list[str]) -> None:
    """Measure what the command line names, and leave at once."""
    rows.load_contenders()
    converse(ROWS[arguments[0]], arguments[1], Target(**json.loads(arguments[2])), float(arguments[3]))
    os._exit(0)  # open connections, loops and threads of a contender need no farewell


if __name__ == "__main__":
    main(sys.argv[1:])
