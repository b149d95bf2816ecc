"""Tasks cancelled at each of their waits in turn: what comes afterwards gets its own answer, and nobody waits for ever.

`Cut` cancels at the given suspension, as the task would be: so every wait of a conversation is tried, whatever the
machine does meanwhile. Bodies come in pieces that are sent one turn of the loop apart.
"""

from __future__ import annotations

import asyncio
import contextlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import LOOPS, Twin
from wirekit.xmlrpc.client import dumps, loads

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine, Generator

    Serve = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Coroutine[Any, Any, None]]

MOST = 200
"""Suspensions that no conversation here has; the bodies come in a few pieces each."""
async_twin = pytest.mark.parametrize("twin", [Twin(name) for name in LOOPS], ids=lambda twin: twin.name)


class Cut:
    """Cancel a coroutine at its suspension of this number; `cut` tells whether it got there."""

    def __init__(self, coroutine: Coroutine[Any, Any, Any], number: int) -> None:
        self.coroutine = coroutine
        self.left = number
        self.cut = False

    def __await__(self) -> Generator[Any, Any, None]:
        go_on: Any = self.coroutine.send
        value: Any = None
        while True:
            try:
                future = go_on(value)
            except StopIteration:
                return
            cut = self.left == 0
            self.left -= 1
            if cut:
                self.cut = True
                if future is not None:
                    future.cancel()
            try:
                value = yield future
                go_on = self.coroutine.send
            except BaseException as error:  # noqa: BLE001 - it is the coroutine's
                go_on, value = self.coroutine.throw, error
            if cut:
                go_on, value = self.coroutine.throw, asyncio.CancelledError()


async def cut_everywhere(
    work: Callable[[int], Coroutine[Any, Any, Any]], check: Callable[[int], Awaitable[Any]]
) -> int:
    """Cut work at each suspension, and check after each; return how many there are."""
    for number in range(MOST):
        attempt = Cut(work(number), number)
        with contextlib.suppress(asyncio.CancelledError):
            await attempt
        await check(number)
        if not attempt.cut:
            return number
    raise AssertionError


async def read_request(reader: asyncio.StreamReader) -> tuple[bytes, bytes]:
    """Give the path and the body of a request."""
    head = await reader.readuntil(b"\r\n\r\n")
    fields = dict(line.lower().split(b": ") for line in head.split(b"\r\n")[1:-2])
    if fields.get(b"transfer-encoding") == b"chunked":
        await reader.readuntil(b"0\r\n\r\n")
    return head.split()[1], await reader.readexactly(int(fields.get(b"content-length", 0)))


async def serve_http(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Answer with the path that was asked for, again and again, in pieces; to XML-RPC with the first parameter."""
    while True:
        path, body = await read_request(reader)
        answer = dumps(loads(body)[0], methodresponse=True).encode() if path == b"/RPC2" else path * 1000
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\nTransfer-Encoding: chunked\r\n\r\n")
        half = len(answer) // 2
        for piece in (answer[:half], answer[half:], b""):
            await asyncio.sleep(0)
            writer.write(b"%x\r\n%b\r\n" % (len(piece), piece))
        await writer.drain()


@contextlib.asynccontextmanager
async def serving(serve: Serve) -> Any:
    """Run a server on a port of its own; give the port."""
    talks: dict[Any, asyncio.StreamWriter] = {}

    async def keep(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        talks[asyncio.current_task()] = writer
        try:
            await serve(reader, writer)
        except (EOFError, ConnectionError, RuntimeError):
            pass  # the client has hung up; the last is how uvloop says so
        finally:
            writer.close()

    async with await asyncio.start_server(keep, "127.0.0.1", 0) as server:
        yield server.sockets[0].getsockname()[1]
    for writer in talks.values():
        writer.transport.abort()
    await asyncio.gather(*talks)


async def pieces() -> Any:
    """Give a body that is another request, in pieces."""
    for _ in range(3):
        await asyncio.sleep(0)
        yield b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"


@async_twin
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_cancelled_request_leaves_no_answer_to_the_next(twin: Twin, method: str) -> None:
    async def main() -> None:
        async with serving(serve_http) as port:
            connection = twin.http_client.HTTPConnection("127.0.0.1", port, timeout=20)

            async def ask(path: str, body: Any = None) -> bytes:
                await connection.request("GET" if body is None else "POST", path, body)
                answer: bytes = await (await connection.getresponse()).read()
                return answer

            async def work(number: int) -> None:
                await ask(f"/before{number}.")
                await ask(f"/cut{number}.", pieces() if method == "POST" else None)

            async def check(number: int) -> None:
                assert await ask(f"/after{number}.") == f"/after{number}.".encode() * 1000

            assert await cut_everywhere(work, check) > 3
            connection.close()

    twin.run(main())


@async_twin
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_cancelled_opening_leaves_no_half_read_connection_behind(
    twin: Twin, method: str, kept_opener: None
) -> None:
    async def main() -> None:
        opened = twin.module("urllib.request").build_opener()
        async with serving(serve_http) as port, opened as opener:

            async def ask(path: str, body: Any = None) -> bytes:
                async with await opener.open(f"http://127.0.0.1:{port}{path}", body, 20) as response:
                    answer: bytes = await response.read()
                    return answer

            async def work(number: int) -> None:
                await ask(f"/before{number}.")
                await ask(f"/cut{number}.", pieces() if method == "POST" else None)

            async def check(number: int) -> None:
                for path in (f"/after{number}.", f"/again{number}."):
                    assert await ask(path) == path.encode() * 1000

            assert await cut_everywhere(work, check) > 3

    twin.run(main())


@async_twin
def test_cancelled_call_leaves_its_answer_to_nobody(twin: Twin) -> None:
    async def main() -> None:
        connect = twin.module("xmlrpc.client").ServerProxy
        async with serving(serve_http) as port, connect(f"http://127.0.0.1:{port}/RPC2") as proxy:

            async def work(number: int) -> None:
                await proxy.echo(f"before{number}")
                await proxy.echo(f"cut{number}")

            async def check(number: int) -> None:
                assert await proxy.echo(f"after{number}") == f"after{number}"

            assert await cut_everywhere(work, check) > 2

    twin.run(main())


class MailServer:
    """Takes every message; the first goodbye is never answered, and sets `parting`."""

    def __init__(self) -> None:
        self.parting = asyncio.Event()

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        replies = {b"DATA": b"354 go\r\n", b"EHLO": b"250-x\r\n250 8BITMIME\r\n", b"QUIT": b"221 bye\r\n"}
        writer.write(b"220 x\r\n")
        while line := await reader.readline():
            word = line.split()[0].upper()
            if word == b"QUIT" and not self.parting.is_set():
                self.parting.set()
                continue
            writer.write(replies.get(word, b"250 ok\r\n"))
            if word == b"DATA":
                await reader.readuntil(b"\r\n.\r\n")
                writer.write(b"250 taken\r\n")


@async_twin
def test_task_cancelled_while_it_ends_a_connection_lets_the_next_one_in(twin: Twin) -> None:
    """One connection at a time, one message each."""
    mail = twin.module("mail")

    async def main() -> None:
        server = MailServer()
        async with serving(server.serve) as port:
            limits = {"connections": 1, "messages_per_connection": 1, "timeout": 20}
            mailer = mail.Mailer(f"smtp://127.0.0.1:{port}", tls="never", **limits)
            message = mail.message("ann@example.org", "bob@example.org")
            first, second = (asyncio.ensure_future(mailer.send(message)) for _ in range(2))
            await server.parting.wait()
            first.cancel()
            delivery = await asyncio.wait_for(second, 20)
            assert delivery.outcome == "sent"
            with pytest.raises(asyncio.CancelledError):
                await first
            mailer.close()

    twin.run(main())
