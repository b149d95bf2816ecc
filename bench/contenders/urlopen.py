"""Small GETs by URL: through one opener or session, which keeps its connections if it can; over TLS; 64 at once; and
a large file fetched into another.

The standard library makes a connection for each request, and over TLS a handshake. What is measured is the code that
programs have: `urlopen(url)`, unchanged.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

from bench.contenders import get
from bench.contenders.concurrent import start_runner, work_with_tasks
from bench.contenders.threads import work_in_threads
from bench.rows import BLOCK, CONCURRENCY, LARGE, SMALL, Goal, Row, Target, Work, add_rows, contender

GROUP = "urlopen"
PLAIN, TLS, ASYNC, THREADS, FILE = (
    "urlopen",
    "urlopen-https",
    "urlopen-async",
    "urlopen-threads",
    "urlretrieve",
)

add_rows(
    Row(
        PLAIN,
        GROUP,
        "Small GET by URL, one after another",
        "client",
        apart=True,
        served_by="nginx",
        path="/small.txt",
        size=SMALL,
        step=32,
        goals=(
            Goal(0.27, "urllib.request", "60 us where it takes 221"),
            Goal(0.31, "urllib3", "60 us where it takes 197"),
        ),
        note="The floor is a socket's `sendall` and `recv`, nothing parsed.",
    ),
    Row(
        TLS,
        GROUP,
        "Small GET by URL over TLS, one after another",
        "client",
        apart=True,
        served_by="nginx_tls",
        path="/small.txt",
        size=SMALL,
        step=32,
        goals=(Goal(0.35, "urllib3", "70 us where it takes 200 and more"),),
    ),
    Row(
        ASYNC,
        GROUP,
        "Small GET by URL, 64 tasks through one opener, on uvloop",
        "client",
        served_by="nginx",
        path="/small.txt",
        size=SMALL,
        step=CONCURRENCY,
        loop="uvloop",
        goals=(Goal(0.53, "aiohttp", "40 us where it takes 76"),),
    ),
    Row(
        THREADS,
        GROUP,
        "Small GET by URL, 64 threads through one opener",
        "client",
        served_by="nginx",
        path="/small.txt",
        size=SMALL,
        step=CONCURRENCY,
        goals=(Goal(0.29, "urllib3", "60 us where it takes 206"),),
    ),
    Row(
        FILE,
        GROUP,
        "100 MB fetched into a file",
        "client",
        unit="ms",
        apart=True,
        served_by="nginx",
        path="/large.bin",
        size=LARGE,
        goals=(Goal(1.1, "urllib.request", "parity"),),
    ),
)


def url_of(target: Target) -> str:
    """The target's URL, over TLS in the row that has it so."""
    return f"https://localhost:{target.port}{target.path}" if target.row == TLS else target.url


get.contender("floor", PLAIN)(get.open_floor)


def work_by(urlopen: Any, target: Target) -> Work:
    """The work with anything of the shape of `urllib.request.urlopen`."""
    url = url_of(target)

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            with urlopen(url) as response:
                total += len(response.read())
        return total

    return work


@contender("urllib.request", PLAIN, TLS)
def open_urllib(target: Target) -> Work:
    from urllib.request import urlopen

    return work_by(urlopen, target)


@contender("wirekit", PLAIN, TLS, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit.urllib.request import urlopen

    return work_by(urlopen, target)


@contender("urllib3", PLAIN, TLS, package="urllib3")
def open_urllib3(target: Target) -> Work:
    import urllib3

    pool, url = urllib3.PoolManager(), url_of(target)
    return lambda count: sum(len(pool.request("GET", url).data) for _ in range(count))


@contender("requests", PLAIN, TLS, package="requests")
def open_requests(target: Target) -> Work:
    import requests

    session, url, trusted = requests.Session(), url_of(target), os.environ.get("SSL_CERT_FILE", True)
    return lambda count: sum(len(session.get(url, verify=trusted).content) for _ in range(count))


@contender("httpx", PLAIN, TLS, package="httpx")
def open_httpx(target: Target) -> Work:
    import httpx

    client, url = httpx.Client(), url_of(target)
    return lambda count: sum(len(client.get(url).content) for _ in range(count))


@contender("wirekit", ASYNC, package="wirekit")
def open_wirekit_async(target: Target) -> Work:
    from wirekit.aio.urllib.request import urlopen

    async def fetch(_number: int, count: int) -> int:
        total = 0
        for _ in range(count):
            async with await urlopen(target.url) as response:
                total += len(await response.read())
        return total

    return work_with_tasks(fetch, start_runner(target))


@contender("aiohttp", ASYNC, package="aiohttp")
def open_aiohttp(target: Target) -> Work:
    import aiohttp

    async def connect() -> Any:
        return aiohttp.ClientSession(connector=aiohttp.TCPConnector(limit=CONCURRENCY))

    runner = start_runner(target)
    session = runner.run(connect())

    async def fetch(_number: int, count: int) -> int:
        total = 0
        for _ in range(count):
            async with session.get(target.url) as response:
                total += len(await response.read())
        return total

    return work_with_tasks(fetch, runner)


@contender("wirekit", THREADS, package="wirekit")
def open_wirekit_threads(target: Target) -> Work:
    return work_in_threads([open_wirekit(target)] * CONCURRENCY)


@contender("urllib.request", THREADS)
def open_urllib_threads(target: Target) -> Work:
    return work_in_threads([open_urllib(target)] * CONCURRENCY)


@contender("urllib3", THREADS, package="urllib3")
def open_urllib3_threads(target: Target) -> Work:
    import urllib3

    pool = urllib3.PoolManager(maxsize=CONCURRENCY, block=True)

    def fetch(count: int) -> int:
        return sum(len(pool.request("GET", target.url).data) for _ in range(count))

    return work_in_threads([fetch] * CONCURRENCY)


def retrieve_by(fetch: Any, target: Target) -> Work:
    """The work with a function that fetches a URL into a path."""
    folder = tempfile.TemporaryDirectory(prefix="wirekit-bench-")
    path = Path(folder.name) / "file"

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            fetch(target.url, path)
            total += path.stat().st_size
        return total

    work.folder = folder  # type: ignore[attr-defined]  # lives as long as the work
    return work


@contender("urllib.request", FILE)
def open_urlretrieve(target: Target) -> Work:
    from urllib.request import urlretrieve

    return retrieve_by(urlretrieve, target)


@contender("wirekit", FILE, package="wirekit")
def open_wirekit_urlretrieve(target: Target) -> Work:
    from wirekit.urllib.request import urlretrieve

    return retrieve_by(urlretrieve, target)


@contender("requests", FILE, package="requests")
def open_requests_file(target: Target) -> Work:
    import requests

    session = requests.Session()

    def fetch(url: str, path: Path) -> None:
        with session.get(url, stream=True) as response, path.open("wb") as file:
            for block in response.iter_content(BLOCK):
                file.write(block)

    return retrieve_by(fetch, target)
