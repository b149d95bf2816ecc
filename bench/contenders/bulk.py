"""Large downloads: streamed in blocks of 64 KiB, read whole, in chunks of 8 KiB and of 512 bytes."""

from __future__ import annotations

from collections.abc import AsyncIterable, Awaitable, Callable, Iterable
from io import BytesIO
from socket import MSG_WAITALL
from typing import Any

from bench.contenders.concurrent import start_runner
from bench.contenders.wires import connect, format_request, learn_length
from bench.rows import BLOCK, HOST, Target, Work, contender

STREAM, WHOLE = "bulk-stream", "bulk-whole"
CHUNKS = ("bulk-chunks-8k", "bulk-chunks-512")
STREAMED = (STREAM, *CHUNKS)


@contender("floor", *STREAMED)
def open_floor(target: Target) -> Work:
    """Whole blocks (MSG_WAITALL) into one buffer: no wake-up for less than a block."""
    request, length = format_request(target), learn_length(target)
    sock = connect(target)
    sock.settimeout(None)
    block = memoryview(bytearray(BLOCK))

    def work(count: int) -> int:
        for _ in range(count):
            sock.sendall(request)
            left = length
            while left:
                left -= sock.recv_into(block, min(left, BLOCK), MSG_WAITALL) or fail()
        return count * target.size

    return work


@contender("floor", WHOLE)
def open_floor_whole(target: Target) -> Work:
    """One `recv` of everything: the memory is filled once, by the kernel."""
    request, length = format_request(target), learn_length(target)
    sock = connect(target)
    sock.settimeout(None)

    def work(count: int) -> int:
        for _ in range(count):
            sock.sendall(request)
            got = len(sock.recv(length, MSG_WAITALL))
            while got < length:
                got += len(sock.recv(length - got, MSG_WAITALL)) or fail()
        return count * target.size

    return work


def fail() -> int:
    raise ConnectionError("the server closed the connection")


def count_bytes(blocks: Iterable[bytes]) -> int:
    """The bytes of all blocks together, each dropped at once."""
    total = 0
    for block in blocks:
        total += len(block)
    return total


def open_connection(connection_class: Any, target: Target, read: Callable[[Any], int]) -> Work:
    """The work with a class in the shape of http.client.HTTPConnection; `read` takes a response."""
    connection = connection_class(HOST, target.port)

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            connection.request("GET", target.path)
            total += read(connection.getresponse())
        return total

    return work


def read_blocks(response: Any) -> int:
    """`read(65536)` until the end."""
    total = 0
    while block := response.read(BLOCK):
        total += len(block)
    return total


def read_whole(response: Any) -> int:
    return len(response.read())


def read_into(response: Any) -> int:
    """`readinto` one buffer until the end."""
    total, view = 0, memoryview(bytearray(BLOCK))
    while got := response.readinto(view):
        total += got
    return total


@contender("http.client", *STREAMED)
def open_http_client(target: Target) -> Work:
    from http.client import HTTPConnection

    return open_connection(HTTPConnection, target, read_blocks)


@contender("http.client", WHOLE)
def open_http_client_whole(target: Target) -> Work:
    from http.client import HTTPConnection

    return open_connection(HTTPConnection, target, read_whole)


@contender("http.client, readinto", STREAM)
def open_http_client_into(target: Target) -> Work:
    from http.client import HTTPConnection

    return open_connection(HTTPConnection, target, read_into)


@contender("wirekit", *STREAMED, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit.http.client import HTTPConnection

    return open_connection(HTTPConnection, target, read_blocks)


@contender("wirekit", WHOLE, package="wirekit")
def open_wirekit_whole(target: Target) -> Work:
    from wirekit.http.client import HTTPConnection

    return open_connection(HTTPConnection, target, read_whole)


@contender("wirekit, readinto", STREAM, package="wirekit")
def open_wirekit_into(target: Target) -> Work:
    from wirekit.http.client import HTTPConnection

    return open_connection(HTTPConnection, target, read_into)


@contender("wirekit.aio", *STREAMED, WHOLE, package="wirekit")
def open_wirekit_aio(target: Target) -> Work:
    from wirekit.aio.http.client import HTTPConnection

    async def connect_one() -> Any:
        return HTTPConnection(HOST, target.port)

    async def fetch(connection: Any) -> int:
        await connection.request("GET", target.path)
        response = await connection.getresponse()
        if target.row == WHOLE:
            return len(await response.read())
        total = 0
        while block := await response.read(BLOCK):
            total += len(block)
        return total

    return work_on_loop(target, connect_one, fetch)


def work_on_loop(
    target: Target, ready: Callable[[], Awaitable[Any]], fetch: Callable[[Any], Awaitable[int]]
) -> Work:
    """The work on uvloop: what `ready` gives is kept, `fetch` does one operation with it."""
    runner = start_runner(target)

    async def get_ready() -> Any:
        return await ready()

    async def load(kept: Any, count: int) -> int:
        total = 0
        for _ in range(count):
            total += await fetch(kept)
        return total

    kept = runner.run(get_ready())
    return lambda count: runner.run(load(kept, count))


@contender("urllib3", *STREAMED, WHOLE, package="urllib3")
def open_urllib3(target: Target) -> Work:
    import urllib3

    pool = urllib3.PoolManager()

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            response = pool.request("GET", target.url, preload_content=target.row == WHOLE)
            total += len(response.data) if target.row == WHOLE else count_bytes(response.stream(BLOCK))
            response.release_conn()
        return total

    return work


def work_on_session(session: Any, target: Target) -> Work:
    """The work with anything in the shape of requests' Session."""

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            with session.get(target.url, stream=True) as response:
                total += count_bytes(response.iter_content(BLOCK))
        return total

    return work


@contender("requests", *STREAMED, package="requests")
def open_requests(target: Target) -> Work:
    import requests

    return work_on_session(requests.Session(), target)


@contender("niquests", STREAM, "bulk-chunks-8k", package="niquests", venv="niquests")
def open_niquests(target: Target) -> Work:
    import niquests

    return work_on_session(niquests.Session(), target)


@contender("httpx", STREAM, "bulk-chunks-8k", package="httpx")
def open_httpx(target: Target) -> Work:
    import httpx

    client = httpx.Client()

    def work(count: int) -> int:
        total = 0
        for _ in range(count):
            with client.stream("GET", target.url) as response:
                total += count_bytes(response.iter_bytes(BLOCK))
        return total

    return work


@contender("pycurl", *STREAMED, WHOLE, package="pycurl")
def open_pycurl(target: Target) -> Work:
    import pycurl

    curl = pycurl.Curl()
    curl.setopt(pycurl.URL, target.url)
    curl.setopt(pycurl.BUFFERSIZE, BLOCK)
    total = 0

    def write(data: bytes) -> None:
        nonlocal total
        total += len(data)

    curl.setopt(pycurl.WRITEFUNCTION, write)

    def work(count: int) -> int:
        nonlocal total
        total = 0
        for _ in range(count):
            curl.perform()
        return total

    def work_whole(count: int) -> int:
        length = 0
        for _ in range(count):
            body = BytesIO()
            curl.setopt(pycurl.WRITEDATA, body)
            curl.perform()
            length += len(body.getvalue())
        return length

    return work_whole if target.row == WHOLE else work


@contender("aiohttp", *STREAMED, WHOLE, package="aiohttp")
def open_aiohttp(target: Target) -> Work:
    import aiohttp

    async def ready() -> Any:
        return aiohttp.ClientSession()

    async def fetch(session: Any) -> int:
        async with session.get(target.url) as response:
            if target.row == WHOLE:
                return len(await response.read())
            return await count_bytes_async(response.content.iter_chunked(BLOCK))

    return work_on_loop(target, ready, fetch)


async def count_bytes_async(blocks: AsyncIterable[bytes]) -> int:
    total = 0
    async for block in blocks:
        total += len(block)
    return total


@contender("pyreqwest", *STREAMED, WHOLE, package="pyreqwest")
def open_pyreqwest(target: Target) -> Work:
    from pyreqwest.client import SyncClientBuilder

    client = SyncClientBuilder().build()

    def fetch() -> int:
        if target.row == WHOLE:
            return len(client.get(target.url).build().send().bytes())
        total = 0
        with client.get(target.url).build_streamed() as response:
            while block := response.body_reader.read(BLOCK):
                total += len(block)
        return total

    return lambda count: sum(fetch() for _ in range(count))
