"""What is measured, and who takes part.

A *row* is one piece of work (a small GET on a kept connection, a 100 MB download). A *contender* is
one way to do it. Each contender is a function in a module of `bench.contenders`, named there with the
`contender` decorator:

    @contender("urllib3", "get", package="urllib3")
    def open_urllib3(target: Target) -> Work: ...

The function gets ready (imports, session) and returns the work itself: a callable that does `count`
operations and returns how many body bytes it got, which the sampler checks. Importing this package
imports no peer: peers are imported inside these functions, in a process of their own.
"""

from __future__ import annotations

import importlib
from collections.abc import Callable
from dataclasses import asdict, dataclass, replace
from typing import Any, Literal

HOST = "127.0.0.1"
CONCURRENCY = 64
BLOCK = 65536
FLOOR = "floor"
OURS = "wirekit"

SMALL = 100
PAGE = 10_240
LARGE = 100 * 1024 * 1024
HUGE = 500 * 1024 * 1024
CHUNKED_8K = 6_400 * 8_192
CHUNKED_512 = 40_000 * 512

Work = Callable[[int], int]


@dataclass(frozen=True)
class Target:
    """Where a sample's work goes and what it must bring back.

    `size` is the number of body bytes of one operation, `head` how large the heads are (of requests
    in server rows, of responses in head rows), `pid` the process whose CPU time is measured (0: the
    sampling process itself).
    """

    row: str
    port: int = 0
    path: str = "/"
    size: int = 0
    loop: str = ""
    head: str = "bare"
    pid: int = 0

    @property
    def url(self) -> str:
        """The whole URL of the target."""
        return f"http://{HOST}:{self.port}{self.path}"

    def as_dict(self) -> dict[str, Any]:
        """The fields, ready for JSON."""
        return asdict(self)


@dataclass(frozen=True)
class Goal:
    """Our contender `ours` should need at most `limit` times the CPU time of the contender `against`."""

    limit: float
    against: str
    why: str = ""
    ours: str = OURS


@dataclass(frozen=True)
class Row:
    """One piece of work.

    `kind` tells the sampler what to do: `client` (work against the benchmark's own servers), `memory`
    (no server), `import` (fresh interpreters), `server` (the contender is the server). `step`: the
    work is always done in multiples of this. `unit`: of one operation's time in the tables.
    `slice_wall`: a slice takes at most about so many seconds of wall time. `apart`: client and server are
    bound to different cores (see docs/design/measuring.md). `load`: the module of `bench.contenders` whose `open_load`
    sends the load of a server row; without it, that of the small GETs. `shorter`: path and size of the work where little
    time is to be spent: after --quick, and among all other rows.
    """

    name: str
    group: str
    title: str
    kind: Literal["client", "memory", "import", "server"]
    unit: Literal["us", "ms"] = "us"
    served_by: Literal["", "nginx", "nginx_tls", "chunks", "ftp", "ftp_far"] = ""
    path: str = "/"
    size: int = 0
    step: int = 1
    loop: str = ""
    head: str = "bare"
    by: Literal["cpu", "wall"] = "cpu"
    slice_wall: float = 0.5
    apart: bool = False
    goals: tuple[Goal, ...] = ()
    note: str = ""
    load: str = ""
    shorter: tuple[str, int] | None = None

    def shorten(self) -> Row:
        """The same row with the smaller work, where it has one."""
        return self if self.shorter is None else replace(self, path=self.shorter[0], size=self.shorter[1])


@dataclass(frozen=True)
class Contender:
    """One way to do a row's work: `function` of `module`, in the environment `venv`."""

    name: str
    module: str
    function: str
    package: str
    venv: Literal["peers", "niquests"] = "peers"

    def load(self) -> Callable[[Target], Any]:
        """The function itself."""
        found: Callable[[Target], Any] = getattr(importlib.import_module(self.module), self.function)
        return found


ROWS: dict[str, Row] = {
    row.name: row
    for row in (
        Row(
            "get",
            "get",
            "Small GET, kept connection, blocking, one after another",
            "client",
            apart=True,
            served_by="nginx",
            path="/small.txt",
            size=SMALL,
            step=32,
            goals=(Goal(1.45, FLOOR), Goal(1.0, "pycurl")),
            note="The response has a head of 8 fields and a body of 100 bytes. The floor is a socket's "
            "`sendall` and `recv`, nothing parsed.",
        ),
        Row(
            "async-uvloop",
            "async",
            "Small GET, 64 at once, async on uvloop",
            "client",
            served_by="nginx",
            path="/small.txt",
            size=SMALL,
            step=CONCURRENCY,
            loop="uvloop",
            goals=(Goal(1.6, FLOOR), Goal(0.5, "pyreqwest")),
            note="The floor is an `asyncio.Protocol` that sends a constant request and counts the bytes "
            "of the constant response.",
        ),
        Row(
            "async-asyncio",
            "async",
            "Small GET, 64 at once, async on asyncio's own loop",
            "client",
            served_by="nginx",
            path="/small.txt",
            size=SMALL,
            step=CONCURRENCY,
            loop="asyncio",
            note="The floor is the same protocol, on asyncio's own loop.",
        ),
        Row(
            "threads",
            "threads",
            "Small GET, blocking, 64 threads at once",
            "client",
            served_by="nginx",
            path="/small.txt",
            size=SMALL,
            step=CONCURRENCY,
            goals=(Goal(1.8, FLOOR),),
            note="The floor is 64 threads with a raw socket each.",
        ),
        Row(
            "bulk-stream",
            "bulk",
            "Download of 100 MB, streamed in blocks of 64 KiB",
            "client",
            unit="ms",
            apart=True,
            served_by="nginx",
            path="/large.bin",
            size=LARGE,
            goals=(Goal(1.1, "http.client", "parity"),),
            note="The floor is `recv_into` one buffer of 64 KiB (MSG_WAITALL).",
        ),
        Row(
            "bulk-whole",
            "bulk",
            "Download of 100 MB, read whole",
            "client",
            unit="ms",
            apart=True,
            served_by="nginx",
            path="/large.bin",
            size=LARGE,
            goals=(Goal(1.1, "http.client", "parity"),),
            note="The floor is one `recv` of 100 MB (MSG_WAITALL).",
        ),
        Row(
            "bulk-chunks-8k",
            "bulk",
            "Download of 52 MB in chunks of 8 KiB, read in blocks of 64 KiB",
            "client",
            unit="ms",
            apart=True,
            served_by="chunks",
            path="/8192",
            size=CHUNKED_8K,
            goals=(Goal(0.7, "http.client", "75 ms where http.client takes 108"),),
            note="The floor is `recv_into`; it does not take the chunks apart.",
        ),
        Row(
            "bulk-chunks-512",
            "bulk",
            "Download of 20 MB in chunks of 512 bytes, read in blocks of 64 KiB",
            "client",
            unit="ms",
            apart=True,
            served_by="chunks",
            path="/512",
            size=CHUNKED_512,
            note="The floor is `recv_into`; it does not take the chunks apart.",
        ),
        Row(
            "head-8",
            "head",
            "Response head of 8 fields",
            "memory",
            size=1,
            step=1000,
            head="8",
            goals=(
                Goal(
                    0.125,
                    "http.client, parse_headers",
                    "2.5 us where the email parser takes 20",
                    "wirekit, the head alone",
                ),
            ),
            note="In memory, from a fake socket: what `HTTPResponse.begin` does. The floor makes the "
            "socket's file and finds the end of the head. httptools is a C parser that calls back for each field.",
        ),
        Row(
            "head-20",
            "head",
            "Response head of 20 fields, as a browser gets it",
            "memory",
            size=1,
            step=1000,
            head="20",
        ),
        Row(
            "head-20-read",
            "head",
            "Response head of 20 fields, then every field looked at",
            "memory",
            size=1,
            step=1000,
            head="20",
            note="The same, then `getheaders()`.",
        ),
        Row(
            "import",
            "import",
            "Import of the client in a fresh interpreter",
            "import",
            unit="ms",
            goals=(Goal(1.0, "http.client"),),
            note="Less the time of a bare interpreter, taken in turn in the same sample. The floor is "
            "`import socket`. RSS is the peak of the whole process.",
        ),
        Row(
            "server-bare",
            "server",
            "Server: do_GET of 100 bytes, 64 kept connections, bare request head",
            "server",
            size=SMALL,
            step=CONCURRENCY,
            note="CPU time of the server's process per request, under the same load client for all. "
            "The floor is an `asyncio.Protocol` on uvloop that writes a constant response.",
        ),
        Row(
            "server-browser",
            "server",
            "Server: the same with a browser's 8 request fields",
            "server",
            size=SMALL,
            step=CONCURRENCY,
            head="browser",
        ),
        Row(
            "server-static",
            "server",
            "Server: static file of 10 KB, 64 kept connections, browser's request head",
            "server",
            path="/static/page.bin",
            size=PAGE,
            step=CONCURRENCY,
            head="browser",
        ),
        Row(
            "server-one",
            "server",
            "Server: one kept connection, one request after another, wall time",
            "server",
            size=SMALL,
            step=25,
            by="wall",
            slice_wall=0.08,
            apart=True,
            note="Wall time, not CPU: http.server sends head and body apart, and Nagle's algorithm with "
            "delayed acknowledgements holds the second one for 40 ms (not in the first few responses).",
        ),
    )
}

GROUPS: list[str] = list(dict.fromkeys(row.group for row in ROWS.values()))

CONTENDERS: dict[str, dict[str, Contender]] = {name: {} for name in ROWS}

MODULES = (
    "get",
    "concurrent",
    "threads",
    "urlopen",
    "bulk",
    "head",
    "imports",
    "servers",
    "ftp",
    "rpc",
    "smtp",
    "urls",
    "robots",
    "cookies",
)
"""The modules of `bench.contenders`, in the order of their tables. One may bring rows of its own (`add_rows`)."""


def add_rows(*rows: Row) -> None:
    """Enter the rows of a module of contenders, before its contenders."""
    for row in rows:
        if row.name in ROWS:
            raise ValueError(f"two rows are named {row.name}")
        ROWS[row.name] = row
        CONTENDERS[row.name] = {}
        if row.group not in GROUPS:
            GROUPS.append(row.group)


def contender(
    name: str, *rows: str, package: str = "", venv: Literal["peers", "niquests"] = "peers"
) -> Callable[[Callable[[Target], Any]], Callable[[Target], Any]]:
    """Enter the decorated function as the contender `name` of `rows`; `package` gives the version shown."""

    def enter(function: Callable[[Target], Any]) -> Callable[[Target], Any]:
        entry = Contender(name, function.__module__, function.__name__, package, venv)
        for row in rows:
            CONTENDERS[row][name] = entry
        return function

    return enter


def load_contenders() -> None:
    """Import every module of contenders; none of them imports a peer at its top."""
    for module in MODULES:
        importlib.import_module(f"bench.contenders.{module}")


def choose_rows(names: list[str]) -> list[Row]:
    """The rows of these names or groups, in their usual order; all without names. KeyError: unknown name."""
    for name in names:
        if name not in ROWS and name not in GROUPS:
            raise KeyError(name)
    return [row for row in ROWS.values() if not names or row.name in names or row.group in names]
