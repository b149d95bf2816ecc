"""Small GET, 64 at once, async: on uvloop and on asyncio's own loop."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

from bench.contenders.wires import format_request, learn_length
from bench.rows import CONCURRENCY, HOST, Target, Work, contender

ROWS = ("async-uvloop", "async-asyncio")


def start_runner(target: Target) -> asyncio.Runner:
    """A runner of the target's event loop."""
    if target.loop == "asyncio":
        return asyncio.Runner()
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


class Counter:
    """How many requests are still to be sent and to be answered, over all connections of a load."""

    def __init__(self, count: int) -> None:
        self.to_send = self.to_come = count
        self.done: asyncio.Future[None] = asyncio.get_running_loop().create_future()


class CountingProtocol(asyncio.Protocol):
    """Sends a constant request and counts the bytes of the constant response; parses nothing."""

    counter: Counter
    transport: asyncio.Transport

    def __init__(self, request: bytes, length: int) -> None:
        self.request, self.length, self.got = request, length, 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a TCP connection's is a Transport

    def send(self) -> None:
        counter = self.counter
        if counter.to_send:
            counter.to_send -= 1
            self.transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.got += len(data)
        if self.got == self.length:
            self.got = 0
            counter = self.counter
            counter.to_come -= 1
            if counter.to_send:
                counter.to_send -= 1
                self.transport.write(self.request)
            elif not counter.to_come:
                counter.done.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.counter.done.done():
            self.counter.done.set_exception(exc or ConnectionError("the server closed the connection"))


@contender("floor", *ROWS)
def open_floor(target: Target) -> Work:
    """The floor of these rows; also the load client of the server rows (see bench.sample)."""
    request, length = format_request(target), learn_length(target)
    runner = start_runner(target)
    protocols: list[CountingProtocol] = []

    async def load(count: int) -> None:
        counter = Counter(count)
        loop = asyncio.get_running_loop()
        while len(protocols) < CONCURRENCY:
            connected = await loop.create_connection(
                lambda: CountingProtocol(request, length), HOST, target.port
            )
            connected[1].counter = counter
            protocols.append(connected[1])
        for protocol in protocols:
            protocol.counter = counter
            protocol.send()
        await counter.done

    def work(count: int) -> int:
        runner.run(load(count))
        return count * target.size

    return work


def work_with_tasks(fetch: Callable[[int, int], Awaitable[int]], runner: asyncio.Runner) -> Work:
    """64 tasks at once: task `number` awaits `fetch(number, count)`, which gives the body bytes it got."""

    async def load(count: int) -> int:
        share = count // CONCURRENCY
        return sum(await asyncio.gather(*(fetch(number, share) for number in range(CONCURRENCY))))

    def work(count: int) -> int:
        return runner.run(load(count))

    return work


@contender("wirekit", *ROWS, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit.aio.http.client import HTTPConnection

    async def connect() -> list[Any]:
        return [HTTPConnection(HOST, target.port) for _ in range(CONCURRENCY)]

    runner = start_runner(target)
    connections = runner.run(connect())

    async def fetch(number: int, count: int) -> int:
        connection, total = connections[number], 0
        for _ in range(count):
            await connection.request("GET", target.path)
            response = await connection.getresponse()
            total += len(await response.read())
        return total

    return work_with_tasks(fetch, runner)


@contender("aiohttp", *ROWS, package="aiohttp")
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


@contender("httpx", *ROWS, package="httpx")
def open_httpx(target: Target) -> Work:
    import httpx

    async def connect() -> Any:
        limits = httpx.Limits(max_connections=CONCURRENCY, max_keepalive_connections=CONCURRENCY)
        return httpx.AsyncClient(limits=limits, timeout=60)

    runner = start_runner(target)
    client = runner.run(connect())

    async def fetch(_number: int, count: int) -> int:
        total = 0
        for _ in range(count):
            total += len((await client.get(target.url)).content)
        return total

    return work_with_tasks(fetch, runner)


@contender("pyreqwest", *ROWS, package="pyreqwest")
def open_pyreqwest(target: Target) -> Work:
    from pyreqwest.client import ClientBuilder

    async def connect() -> Any:
        return ClientBuilder().build()

    runner = start_runner(target)
    client = runner.run(connect())

    async def fetch(_number: int, count: int) -> int:
        total = 0
        for _ in range(count):
            response = await client.get(target.url).build().send()
            total += len(await response.bytes())
        return total

    return work_with_tasks(fetch, runner)
