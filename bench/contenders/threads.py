"""Small GET, blocking, from 64 threads at once."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import repeat
from threading import Barrier
from typing import Any

from bench.contenders import get
from bench.rows import CONCURRENCY, Target, Work, contender


def work_in_threads(works: list[Work]) -> Work:
    """Share the count among as many threads as there are works; the barrier starts them all at once."""
    pool = ThreadPoolExecutor(len(works))
    barrier = Barrier(len(works))

    def run(one: Work, share: int) -> int:
        barrier.wait()
        return one(share)

    def work(count: int) -> int:
        return sum(pool.map(run, works, repeat(count // len(works))))

    return work


def one_each(open_one: Callable[[Target], Any], target: Target) -> Work:
    """64 threads, each with a connection, session or handle of its own."""
    return work_in_threads([open_one(target) for _ in range(CONCURRENCY)])


@contender("floor", "threads")
def open_floor(target: Target) -> Work:
    return one_each(get.open_floor, target)


@contender("http.client", "threads")
def open_http_client(target: Target) -> Work:
    return one_each(get.open_http_client, target)


@contender("wirekit", "threads", package="wirekit")
def open_wirekit(target: Target) -> Work:
    return one_each(get.open_wirekit, target)


@contender("pycurl", "threads", package="pycurl")
def open_pycurl(target: Target) -> Work:
    return one_each(get.open_pycurl, target)


@contender("requests", "threads", package="requests")
def open_requests(target: Target) -> Work:
    """A session per thread: requests' sessions are not for sharing."""
    return one_each(get.open_requests, target)


@contender("urllib3", "threads", package="urllib3")
def open_urllib3(target: Target) -> Work:
    """One pool for all threads, as it is meant."""
    import urllib3

    pool = urllib3.PoolManager(maxsize=CONCURRENCY, block=True)

    def fetch(count: int) -> int:
        return sum(len(pool.request("GET", target.url).data) for _ in range(count))

    return work_in_threads([fetch] * CONCURRENCY)


@contender("httpx", "threads", package="httpx")
def open_httpx(target: Target) -> Work:
    """One client for all threads, as it is meant."""
    import httpx

    limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
    fetch = get.work_on_session(httpx.Client(limits=limits, timeout=60), target)
    return work_in_threads([fetch] * CONCURRENCY)


@contender("pyreqwest", "threads", package="pyreqwest")
def open_pyreqwest(target: Target) -> Work:
    """One client for all threads, as it is meant."""
    return work_in_threads([get.open_pyreqwest(target)] * CONCURRENCY)
