"""The benchmark's runner: `bench/run.sh` calls it with the rows to run.

In every round, each row's contenders are started, each in a fresh process. When all are ready they take
turns, one slice of a few dozen milliseconds each, several times over, beginning with another one in every
round: so whatever the machine does meanwhile meets all of them alike, and the ratio of two neighbouring
slices means something. The results are appended to a file of JSON lines in bench/results as they come;
bench.report makes the tables, the page and the charts of it.
"""

from __future__ import annotations

import argparse
import datetime
import json
import os
import platform
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from bench import report, rows
from bench.contenders.servers import NGINX
from bench.origins import Origins, end_process, hear_port, start_announcing
from bench.rows import CONTENDERS, Contender, Row, Target

HERE = Path(__file__).parent
RESULTS = HERE / "results"
ANSWER_LIMIT = 30.0


class Plan:
    """How much is measured: rounds of so many slices of so many CPU seconds, at least 0.3 in all.

    `budget`: the seconds after which no further round begins.
    """

    def __init__(self, *, quick: bool, rounds: int | None) -> None:
        self.quick = quick
        self.rounds = rounds or (1 if quick else 9)
        self.slices, self.slice_seconds = (4, 0.08) if quick else (5, 0.07)
        self.budget = 150.0 if quick else 660.0


class Entrant:
    """One contender in one round of a row. `record` becomes its line in the results.

    `begin`, `meet` and `ready` are the steps of getting ready: each is taken by all entrants before
    the next one, so that they load at the same time.
    """

    def __init__(self, row: Row, entry: Contender, origins: Origins, slice_seconds: float) -> None:
        self.row, self.entry, self.origins, self.slice_seconds = row, entry, origins, slice_seconds
        self.record: dict[str, Any] = {"state": "ok", "row": row.name, "contender": entry.name, "slices": []}
        self.target = Target(row.name, 0, row.path, row.size, row.loop, row.head)
        self.python = find_python(entry.venv)
        self.server: subprocess.Popen[str] | None = None
        self.client: subprocess.Popen[str] | None = None

    def fail(self, state: str, reason: str) -> None:
        """There will be no result."""
        self.record.update(state=state, reason=reason)

    def begin(self, cores: set[int]) -> None:
        """Start the contender's server in server rows; choose the origin in the others."""
        row, origins = self.row, self.origins
        if not self.python.exists():
            self.fail("missing", f"the environment of {self.entry.name} could not be made")
        elif origins.missing and (row.served_by.startswith("nginx") or self.entry.name == NGINX):
            self.fail("missing", origins.missing)
        elif self.entry.name == NGINX:  # it has no handlers: the 100 bytes come from a file
            path = "/small.txt" if row.path == "/" else row.path
            self.target = replace(self.target, port=origins.nginx, pid=origins.nginx_pid, path=path)
        elif row.kind == "server":
            command = [str(self.python), "-m", "bench.serve", row.name, self.entry.name]
            self.server = start_announcing(command, cwd=origins.files)
            bind(self.server.pid, cores)
        else:
            self.target = replace(self.target, port=getattr(origins, row.served_by) if row.served_by else 0)

    def meet(self, cores: set[int]) -> None:
        """Hear where the server listens; start the process that does the work."""
        if self.record["state"] != "ok":
            return
        if self.server is not None:
            try:
                self.target = replace(self.target, port=hear_port(self.server), pid=self.server.pid)
            except RuntimeError as error:
                absent = str(error).startswith(("ModuleNotFoundError", "ImportError"))
                self.fail("missing" if absent else "failed", str(error))
                return
        arguments = [
            self.row.name,
            self.entry.name,
            json.dumps(self.target.as_dict()),
            str(self.slice_seconds),
        ]
        self.client = subprocess.Popen(
            [str(self.python), "-m", "bench.sample", *arguments],
            text=True,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        bind(self.client.pid, cores)

    def ready(self) -> None:
        """Wait until it has done the work once."""
        if self.client is not None:
            self.record.update(self.hear(self.client))

    @staticmethod
    def hear(client: subprocess.Popen[str]) -> dict[str, Any]:
        """The next answer; a failure when there is none in time."""
        assert client.stdout is not None
        if not select.select([client.stdout], [], [], ANSWER_LIMIT)[0]:
            return {"state": "failed", "reason": f"no answer within {ANSWER_LIMIT:.0f} seconds"}
        line = client.stdout.readline()
        if not line:
            return {"state": "failed", "reason": f"the process ended with status {client.wait()}"}
        answer: dict[str, Any] = json.loads(line)
        return answer

    def take_slice(self) -> None:
        """One slice more, unless it has failed before."""
        if self.record["state"] != "ok" or self.client is None:
            return
        assert self.client.stdin is not None
        self.client.stdin.write("go\n")
        self.client.stdin.flush()
        answer = self.hear(self.client)
        if answer.pop("state") == "ok":
            self.record["slices"].append(answer)
        else:
            self.fail("failed", answer["reason"])

    def end(self) -> None:
        """End the client, then its server."""
        for process in (self.client, self.server):
            if process is not None:
                end_process(process)


class Runner:
    """Measures the chosen rows and writes the results down."""

    def __init__(self, chosen: list[Row], plan: Plan, origins: Origins, output: Path) -> None:
        self.chosen, self.plan, self.origins, self.output = chosen, plan, origins, output
        self.dropped: dict[tuple[str, str], str] = {}

    def run(self) -> None:
        """All rounds; the next one only while it would end inside the time allowed."""
        self.write(describe_run(self.plan))
        start, longest = time.monotonic(), 0.0
        for number in range(self.plan.rounds):
            begun = time.monotonic()
            if number and begun - start + longest > self.plan.budget:
                say(f"time is up after {number} rounds of {self.plan.rounds}")
                break
            for row in self.chosen:
                say(f"round {number + 1} of {self.plan.rounds}: {row.name}", end=" ")
                self.run_row(number, row)
                say("")
            longest = max(longest, time.monotonic() - begun)

    def run_row(self, number: int, row: Row) -> None:
        """Start every contender that has not dropped out, let them take turns, end them."""
        entries = [
            entry for entry in CONTENDERS[row.name].values() if (row.name, entry.name) not in self.dropped
        ]
        entrants = [Entrant(row, entry, self.origins, self.plan.slice_seconds) for entry in entries]
        try:
            self.get_ready(row, entrants)
            for turn in range(self.plan.slices):
                for entrant in rotate(entrants, number + turn):
                    entrant.take_slice()
        finally:
            for entrant in entrants:
                entrant.end()
        for entrant in entrants:
            self.note(number, entrant.record)

    def get_ready(self, row: Row, entrants: list[Entrant]) -> None:
        """Take all entrants through the steps before the first slice."""
        clients, servers = split_cores(apart=row.apart)
        for pid in self.origins.pids:
            bind(pid, servers)
        for entrant in entrants:
            entrant.begin(servers)
        for entrant in entrants:
            entrant.meet(clients)
        for entrant in entrants:
            entrant.ready()

    def note(self, number: int, record: dict[str, Any]) -> None:
        """Write a contender's result down; one without a result is not asked again."""
        if record["state"] != "ok":
            self.dropped[record["row"], record["contender"]] = record["state"]
            say(f"[{record['contender']}: {record['state']}]", end="")
        self.write({"round": number, "load": round(os.getloadavg()[0], 2), **record})

    def write(self, record: dict[str, Any]) -> None:
        """Append one line."""
        with self.output.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")


def split_cores(*, apart: bool) -> tuple[set[int], set[int]]:
    """The cores for clients and for servers: the last one for servers and the rest for clients, or all for both."""
    if not hasattr(os, "sched_getaffinity"):
        return set(), set()
    cores = sorted(os.sched_getaffinity(0))
    if not apart or len(cores) == 1:
        return set(cores), set(cores)
    return set(cores[:-1]), set(cores[-1:])


def bind(pid: int, cores: set[int]) -> None:
    """Bind a process to cores; the empty set: this system cannot."""
    if cores:
        os.sched_setaffinity(pid, cores)


def find_python(venv: str) -> Path:
    """The interpreter of an environment that bench/run.sh made."""
    return HERE / {"peers": ".venv", "niquests": ".venv-niquests"}[venv] / "bin" / "python"


def rotate(entries: Sequence[Any], number: int) -> Iterator[Any]:
    """The same entries, beginning further on with every number."""
    first = number * 3 % max(len(entries), 1)
    yield from entries[first:]
    yield from entries[:first]


def describe_run(plan: Plan) -> dict[str, Any]:
    """What the reader must know of this run: the interpreter, the machine and its load."""
    now = datetime.datetime.now(datetime.UTC)
    return {
        "when": now.strftime("%Y-%m-%d %H:%M UTC"),
        "python": f"{platform.python_implementation()} {platform.python_version()}",
        "machine": f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores",
        "load": [round(value, 2) for value in os.getloadavg()],
        "quick": plan.quick,
        "slices": plan.slices,
    }


def prepare_environment() -> None:
    """For our children: find this package, no proxies, and ^C or a termination ends the servers too."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            del os.environ[name]
    os.environ["PYTHONPATH"] = str(HERE.parent)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))


def say(text: str, end: str = "\n") -> None:
    """Progress, on standard error."""
    print(text, end=end, file=sys.stderr, flush=True)


def read_arguments() -> argparse.Namespace:
    """The command line."""
    names = f"groups: {', '.join(rows.GROUPS)}; rows: {', '.join(rows.ROWS)}"
    parser = argparse.ArgumentParser(
        prog="bench/run.sh", description="wirekit beside its peers.", epilog=names
    )
    parser.add_argument("rows", nargs="*", help="groups or rows to run; all without")
    parser.add_argument(
        "--quick", action="store_true", help="one round, under three minutes; the page is not written"
    )
    parser.add_argument("--rounds", type=int, help="rounds at most (the time allowed holds all the same)")
    parser.add_argument(
        "--write", action="store_true", help="write docs/benchmarks.md even after --quick or some rows"
    )
    return parser.parse_args()


def main() -> int:
    """Run, report; 1 when a contender that is there failed."""
    rows.load_contenders()  # some bring rows of their own, which the help names
    arguments = read_arguments()
    try:
        chosen = rows.choose_rows(arguments.rows)
    except KeyError as error:
        say(f"no such row or group: {error.args[0]}")
        return 2
    if arguments.quick or not arguments.rows:
        chosen = [row.shorten() for row in chosen]
    prepare_environment()
    RESULTS.mkdir(exist_ok=True)
    plan = Plan(quick=arguments.quick, rounds=arguments.rounds)
    output = RESULTS / f"{datetime.datetime.now(datetime.UTC):%Y%m%d-%H%M%S}.jsonl"
    with Origins() as origins:
        runner = Runner(chosen, plan, origins, output)
        runner.run()
    whole = not arguments.rows and not arguments.quick
    report.make_report(output, write=whole or arguments.write)
    return 1 if "failed" in runner.dropped.values() else 0


if __name__ == "__main__":
    sys.exit(main())
