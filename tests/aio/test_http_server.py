"""HTTPServer and BaseHTTPRequestHandler over loopback: requests, responses, and what becomes of the connection."""

from __future__ import annotations

import asyncio
import email.message
import io
import re
import socket
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.serving import Client, Handler, aside, exchange, request, serving, talking
from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit.aio.http import client as http_client
from wirekit.aio.http import server as server_module
from wirekit.aio.http.server import BaseHTTPRequestHandler, HTTPServer, ThreadingHTTPServer

if TYPE_CHECKING:
    import ssl
    from pathlib import Path


class Hello(Handler):
    async def do_GET(self) -> None:
        await self.reply(b"hello " + self.path.encode())

    do_HEAD = do_GET

    async def do_POST(self) -> None:
        await self.reply(await self.rfile.read())


async def test_get_is_answered_in_one_piece() -> None:
    async with serving(Hello) as server, talking(server) as client:
        client.say(request("GET /x?y HTTP/1.1"))
        got = await aside(client.sock.recv, 65_536)
        assert re.fullmatch(
            rb"HTTP/1.1 200 OK\r\nServer: wirekit/\S+ Python/\S+\r\nDate: \w{3}, .* GMT\r\n"
            rb"Content-Length: 10\r\n\r\nhello /x\?y",
            got,
        )


async def test_own_client_fetches_twice_on_one_connection() -> None:
    async with serving(Hello) as server:
        connection = http_client.HTTPConnection("127.0.0.1", server.server_port, timeout=5)
        for path in ("/a", "/b"):
            await connection.request("GET", path)
            response = await connection.getresponse()
            assert await response.read() == b"hello " + path.encode()
        await connection.request("POST", "/", body=iter([b"ab", b"c"]))
        assert await (await connection.getresponse()).read() == b"abc"
        connection.close()


async def test_handler_sees_the_request() -> None:
    seen: list[Any] = []

    class Look(Handler):
        async def do_GET(self) -> None:
            seen.extend(
                [self.command, self.path, self.request_version, self.requestline, self.raw_requestline]
            )
            seen.extend([self.headers["x-a"], self.headers.get_all("X-A"), type(self.headers).__name__])
            seen.extend([self.client_address[0], self.close_connection, self.address_string()])
            self.headers["X-B"] = "mine alone"
            await self.reply(b"")

    async with serving(Look) as server, talking(server) as client:
        for _ in range(2):
            client.say(request("GET /a%20b HTTP/1.1", "X-A: 1", "x-a:  2 "))
            await aside(client.response)
    once = [
        "GET", "/a%20b", "HTTP/1.1", "GET /a%20b HTTP/1.1", b"GET /a%20b HTTP/1.1\r\n",
        "1", ["1", "2"], "HTTPMessage", "127.0.0.1", False, "127.0.0.1",
    ]  # fmt: skip
    assert seen == once * 2


@pytest.mark.parametrize(
    "protocol,line,field,closes,said",
    [
        ("HTTP/1.1", "GET / HTTP/1.1", "X: 1", False, None),
        ("HTTP/1.1", "GET / HTTP/1.1", "Connection: close", True, "close"),
        ("HTTP/1.1", "GET / HTTP/1.0", "X: 1", True, "close"),
        ("HTTP/1.1", "GET / HTTP/1.0", "Connection: keep-alive", False, "keep-alive"),
        ("HTTP/1.0", "GET / HTTP/1.1", "Connection: keep-alive", True, None),
    ],
)
async def test_both_sides_know_whether_the_connection_stays(
    protocol: str, line: str, field: str, closes: bool, said: str | None
) -> None:
    class Speaks(Hello):
        protocol_version = protocol

    async with serving(Speaks) as server, talking(server) as client:
        client.say(request(line, field))
        status, fields, _ = await aside(client.response)
        assert (status, fields.get("connection")) == (200, said)
        if not closes:
            client.say(request(line, "Connection: close"))
            assert (await aside(client.response))[0] == 200
        assert await aside(client.rest) == b""


async def test_response_without_length_closes_and_says_so() -> None:
    class Stream(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            await self.end_headers()
            await self.wfile.write(b"all of it")

    async with serving(Stream) as server, talking(server) as client:
        client.say(request())
        status, fields, body = await aside(client.response)
        assert (status, fields["connection"], body) == (200, "close", b"all of it")


@pytest.mark.parametrize("status", [204, 304])
async def test_status_without_body_keeps_the_connection(status: int) -> None:
    class Empty(Handler):
        async def do_GET(self) -> None:
            self.send_response(status)
            await self.end_headers()
            await self.wfile.write(b"must not be sent")

    async with serving(Empty) as server, talking(server) as client:
        for _ in range(2):
            client.say(request())
            assert (await aside(client.response))[0] == status


async def test_head_sends_no_body_whatever_the_handler_writes() -> None:
    async with serving(Hello) as server, talking(server) as client:
        for _ in range(2):
            client.say(request("HEAD / HTTP/1.1"))
            status, fields, _ = await aside(client.response, bodiless=True)
            assert (status, fields["content-length"]) == (200, "7")


@pytest.mark.parametrize("written,sent", [(b"abcdef", b"abc"), (b"ab", b"ab")])
async def test_body_of_another_length_ends_the_connection(written: bytes, sent: bytes) -> None:
    class Wrong(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", 3)
            await self.end_headers()
            await self.wfile.write(written)

    async with serving(Wrong) as server:
        answer = await exchange(server, request() * 2)
    assert answer.endswith(b"\r\n\r\n" + sent)
    assert answer.count(b"HTTP/1.1 200") == 1
    assert any("longer than" in line for line in Wrong.logged) is (len(written) > 3)


async def test_handler_that_answers_nothing_closes() -> None:
    class Mute(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)

    async with serving(Mute) as server:
        assert await exchange(server, request() * 2) == b""


async def test_event_stream_arrives_event_by_event() -> None:
    heard = threading.Event()

    class Events(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            await self.end_headers()
            for event in (b"data: 1\n\n", b"data: 2\n\n"):
                await self.wfile.write(event)
                assert await aside(heard.wait, 5)
                heard.clear()

    async with serving(Events) as server, talking(server) as client:
        client.say(request())
        while await aside(client.file.readline) != b"\r\n":
            pass
        for event in (b"data: 1\n", b"data: 2\n"):
            assert await aside(client.file.readline) == event
            assert await aside(client.file.readline) == b"\n"
            heard.set()
        assert await aside(client.rest) == b""


async def test_flush_sends_a_head_that_is_held_back() -> None:
    heard = threading.Event()

    class Slow(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "2")
            await self.end_headers()
            await self.wfile.flush()
            assert await aside(heard.wait, 5)
            await self.wfile.write(b"ok")

    async with serving(Slow) as server, talking(server) as client:
        client.say(request())
        assert await aside(client.file.readline) == b"HTTP/1.1 200 OK\r\n"
        heard.set()
        while await aside(client.file.readline) != b"\r\n":
            pass
        assert await aside(client.file.read, 2) == b"ok"


async def test_buffered_handler_sends_at_the_end() -> None:
    class Gathers(Handler):
        wbufsize = -1

        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "20004")
            await self.end_headers()
            await self.wfile.writelines([b"ab", memoryview(b"cd"), bytearray(20_000)])

    async with serving(Gathers) as server, talking(server) as client:
        for _ in range(2):
            client.say(request())
            assert (await aside(client.response))[2] == b"abcd" + bytes(20_000)


async def test_large_body_is_sent_whole() -> None:
    class Large(Handler):
        async def do_GET(self) -> None:
            await self.reply(b"x" * 3_000_000)

    async with serving(Large) as server, talking(server) as client:
        client.say(request())
        assert (await aside(client.response))[2] == b"x" * 3_000_000


async def test_text_cannot_be_written() -> None:
    class Text(Handler):
        async def do_GET(self) -> None:
            with pytest.raises(TypeError):
                await self.wfile.write("text")
            await self.reply(b"ok")

    async with serving(Text) as server, talking(server) as client:
        client.say(request())
        assert (await aside(client.response))[2] == b"ok"


# ---- bodies of requests


class Reads(Handler):
    """Reads the body in the way that the path names."""

    async def do_POST(self) -> None:
        got: list[bytes] = await getattr(self, "by_" + self.path[1:])()
        await self.reply(b"|".join(got))

    async def by_length(self) -> list[bytes]:
        return [await self.rfile.read(int(self.headers["Content-Length"])), await self.rfile.read(5)]

    async def by_part(self) -> list[bytes]:
        return [await self.rfile.read(2), await self.rfile.read(100)]

    async def by_all(self) -> list[bytes]:
        return [await self.rfile.read(), await self.rfile.read(None)]

    async def by_line(self) -> list[bytes]:
        return [
            await self.rfile.readline(2), await self.rfile.readline(), await self.rfile.readline(),
            await self.rfile.readline(), await self.rfile.readline(0),
        ]  # fmt: skip

    async def by_iteration(self) -> list[bytes]:
        return [line async for line in self.rfile]

    async def by_view(self) -> list[bytes]:
        view = bytearray(9)
        n = await self.rfile.readinto(view)
        return [bytes(view[:n])]

    async def by_peek(self) -> list[bytes]:
        seen = await self.rfile.peek()
        got = [seen[:1], await self.rfile.read1(2), await self.rfile.read1(0)]
        while part := await self.rfile.read1():
            got.append(part)
        return [*got, await self.rfile.peek()]


BODY = b"ab\ncd\ne"
CHUNKED = b"1\r\na\r\n5;x=y\r\nb\ncd\n\r\n1\r\ne\r\n0\r\nX-T: 1\r\n\r\n"


@pytest.mark.parametrize("chunked", [False, True])
@pytest.mark.parametrize(
    "way,expected",
    [
        ("part", b"ab|\ncd\ne"),
        ("all", b"ab\ncd\ne|"),
        ("line", b"ab|\n|cd\n|e|"),
        ("iteration", b"ab\n|cd\n|e"),
        ("view", b"ab\ncd\ne"),
    ],
)
async def test_body_ends_where_it_ends(way: str, expected: bytes, chunked: bool) -> None:
    framing, body = ("Transfer-Encoding: chunked", CHUNKED) if chunked else ("Content-Length: 7", BODY)
    async with serving(Reads) as server, talking(server) as client:
        client.say(request(f"POST /{way} HTTP/1.1", framing, body=body) * 2)
        for _ in range(2):
            assert (await aside(client.response))[2] == expected


async def test_body_is_read_as_programs_do() -> None:
    async with serving(Reads) as server, talking(server) as client:
        client.say(request("POST /length HTTP/1.1", "Content-Length: 7", body=BODY) * 2)
        for _ in range(2):
            assert (await aside(client.response))[2] == b"ab\ncd\ne|"


async def test_peek_takes_nothing() -> None:
    async with serving(Reads) as server, talking(server) as client:
        client.say(request("POST /peek HTTP/1.1", "Content-Length: 3", body=b"abc") * 2)
        for _ in range(2):
            assert (await aside(client.response))[2] == b"a|ab||c|"


async def test_request_without_body_reads_as_empty() -> None:
    async with serving(Reads) as server, talking(server) as client:
        client.say(request("POST /all HTTP/1.1"))
        assert (await aside(client.response))[2] == b"|"


async def test_trailers_are_kept_apart() -> None:
    class Trailers(Handler):
        async def do_POST(self) -> None:
            await self.rfile.read()
            await self.reply(f"{self.rfile.trailers} {self.headers['X-T']}".encode())

    async with serving(Trailers) as server, talking(server) as client:
        client.say(request("POST / HTTP/1.1", "Transfer-Encoding: chunked", body=CHUNKED))
        assert (await aside(client.response))[2] == b"[('X-T', '1')] None"


@pytest.mark.parametrize(
    "framing,body",
    [
        ("Content-Length: 5", b"ab"),
        ("Transfer-Encoding: chunked", b"5\r\nab"),
        ("Transfer-Encoding: chunked", b"2\r\nab\r\n"),
    ],
)
async def test_cut_body_is_no_request(framing: str, body: bytes) -> None:
    async with serving(Hello) as server:
        answer = await exchange(server, request("POST / HTTP/1.1", framing, body=body))
    assert answer.startswith(b"HTTP/1.1 400 ")


async def test_cut_body_comes_short_in_the_stdlib_profile() -> None:
    async with serving(Hello) as server:
        with defaults.using("stdlib", request_timeout=5.0):
            answer = await exchange(server, request("POST / HTTP/1.1", "Content-Length: 5", body=b"ab"))
    assert answer.endswith(b"\r\n\r\nab")


@pytest.mark.parametrize("chunked", [False, True])
async def test_body_beyond_the_limit_is_413(chunked: bool) -> None:
    framing, body = (
        ("Transfer-Encoding: chunked", b"6\r\nabcdef\r\n" * 3)
        if chunked
        else ("Content-Length: 11", b"x" * 11)
    )
    async with serving(Hello) as server:
        with defaults.using(max_body=10):
            answer = await exchange(server, request("POST / HTTP/1.1", framing, body=body))
    assert answer.startswith(b"HTTP/1.1 413 ")


class Ignores(Handler):
    async def do_POST(self) -> None:
        await self.reply(b"ignored")


@pytest.mark.parametrize(
    "framing,body", [("Content-Length: 7", BODY), ("Transfer-Encoding: chunked", CHUNKED)]
)
async def test_unread_body_is_skipped(framing: str, body: bytes) -> None:
    async with serving(Ignores) as server, talking(server) as client:
        client.say(request("POST / HTTP/1.1", framing, body=body) * 2)
        for _ in range(2):
            assert (await aside(client.response))[2] == b"ignored"


@pytest.mark.parametrize(
    "framing,body",
    [
        ("Content-Length: 400", b"x" * 400),
        ("Transfer-Encoding: chunked", b"50\r\n" + b"x" * 80 + b"\r\n0\r\n\r\n"),
    ],
)
async def test_unread_body_beyond_the_limit_closes(framing: str, body: bytes) -> None:
    async with serving(Ignores) as server:
        with defaults.using(max_drain=50):
            answer = await exchange(server, request("POST / HTTP/1.1", framing, body=body) * 2)
    assert answer.count(b"ignored") == 1


# ---- 100 Continue


async def test_continue_is_sent_when_the_body_is_read() -> None:
    async with serving(Hello) as server, talking(server) as client:
        for _ in range(2):
            client.say(request("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2"))
            assert (await aside(client.response))[0] == 100
            client.say(b"ok")
            assert (await aside(client.response))[2] == b"ok"


async def test_continue_is_not_held_back_by_a_buffered_handler() -> None:
    class Buffers(Hello):
        wbufsize = -1

    async with serving(Buffers) as server, talking(server) as client:
        client.say(request("POST / HTTP/1.1", "Content-Length: 5", "Expect: 100-continue"))
        assert (await aside(client.response))[0] == 100
        client.say(b"HELLO")
        assert (await aside(client.response))[2] == b"HELLO"


async def test_continue_is_not_sent_for_what_is_there() -> None:
    async with serving(Hello) as server, talking(server) as client:
        client.say(request("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2", body=b"ok"))
        assert (await aside(client.response))[2] == b"ok"


async def test_body_that_was_not_asked_for_ends_the_connection() -> None:
    async with serving(Ignores) as server, talking(server) as client:
        client.say(request("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2"))
        status, fields, body = await aside(client.response)
        assert (status, fields["connection"], body) == (200, "close", b"ignored")
        client.sock.shutdown(socket.SHUT_WR)
        assert await aside(client.rest) == b""


async def test_expectation_can_be_refused() -> None:
    class Refuses(Hello):
        async def handle_expect_100(self) -> bool:
            await self.send_error(HTTPStatus.EXPECTATION_FAILED)
            return False

    async with serving(Refuses) as server:
        answer = await exchange(
            server, request("POST / HTTP/1.1", "Expect: 100-continue", "Content-Length: 2")
        )
    assert answer.startswith(b"HTTP/1.1 417 ")
    assert answer.count(b"HTTP/1.1") == 1


# ---- errors


async def test_unknown_method_is_501() -> None:
    async with serving(Hello) as server:
        answer = await exchange(server, request("BREW / HTTP/1.1"))
    assert answer.startswith(b"HTTP/1.1 501 Unsupported method ('BREW')\r\n")
    assert b"\r\nConnection: close\r\n" in answer


async def test_send_error_escapes_and_logs() -> None:
    class Fails(Handler):
        error_message_format = "%(code)d/%(message)s/%(explain)s"
        error_content_type = "text/x-error"

        async def do_GET(self) -> None:
            await self.send_error(404, "no <b>\r\nX: \u20ac", "at & all")

    async with serving(Fails) as server, talking(server) as client:
        client.say(request())
        status, fields, body = await aside(client.response)
    assert (status, fields["content-type"], "x" in fields) == (404, "text/x-error", False)
    assert body == "404/no &lt;b&gt;\r\nX: \u20ac/at &amp; all".encode()
    assert Fails.logged[0] == "code 404, message no <b>\r\nX: \u20ac"


@pytest.mark.parametrize(
    "code,has_body", [(404, True), (204, False), (205, False), (304, False), (599, True)]
)
async def test_send_error_has_a_body_where_one_may_be(code: int, has_body: bool) -> None:
    class Fails(Handler):
        async def do_GET(self) -> None:
            await self.send_error(code)

    async with serving(Fails) as server:
        head, _, body = (await exchange(server, request())).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 %d " % code)
    assert bool(body) is has_body


async def test_exception_becomes_500_and_reaches_the_server() -> None:
    errors: list[BaseException | None] = []

    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            errors.append(sys.exc_info()[1])

    class Breaks(Handler):
        async def do_GET(self) -> None:
            raise LookupError(self.path)

    async with serving(Breaks, Server) as server:
        answer = await exchange(server, request("GET /x HTTP/1.1"))
        assert answer.startswith(b"HTTP/1.1 500 ")
    assert [repr(error) for error in errors] == ["LookupError('/x')"]


async def test_exception_after_the_head_only_closes() -> None:
    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    class Breaks(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "5")
            await self.end_headers()
            await self.wfile.write(b"ab")
            raise LookupError

    async with serving(Breaks, Server) as server:
        answer = await exchange(server, request() * 2)
    assert answer.endswith(b"\r\n\r\nab")


async def test_exception_after_bytes_of_its_own_only_closes() -> None:
    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    class Breaks(Handler):
        async def do_GET(self) -> None:
            await self.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab")
            raise LookupError

    async with serving(Breaks, Server) as server:
        answer = await exchange(server, request() * 2)
    assert answer == b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nab"


@pytest.mark.parametrize(
    "error", [FileNotFoundError("page.txt"), ConnectionRefusedError("database"), TimeoutError()]
)
async def test_os_error_of_the_handlers_own_becomes_500(error: OSError) -> None:
    class Server(ThreadingHTTPServer):
        def handle_error(self, request: Any, client_address: Any) -> None:
            pass

    class Breaks(Handler):
        async def do_GET(self) -> None:
            raise error

    async with serving(Breaks, Server) as server:
        answer = await exchange(server, request())
    assert answer.startswith(b"HTTP/1.1 500 ")


async def test_second_response_to_one_request_is_not_sent() -> None:
    class Twice(Handler):
        async def do_GET(self) -> None:
            await self.reply(b"one")
            await self.send_error(500)

    async with serving(Twice) as server:
        answer = await exchange(server, request() * 2)
    assert answer.count(b"HTTP/1.1 ") == 1
    assert answer.endswith(b"\r\n\r\none")
    assert any("second response" in line for line in Twice.logged)


async def test_error_inside_a_head_replaces_it() -> None:
    class Changes(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("X-Secret", "1")
            await self.send_error(403)

    async with serving(Changes) as server:
        answer = await exchange(server, request())
    assert answer.startswith(b"HTTP/1.1 403 ")
    assert answer.count(b"HTTP/1.1 ") == 1
    assert b"X-Secret" not in answer


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_heads_of_parts_belong_to_the_body(method: str) -> None:
    class Pictures(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "multipart/x-mixed-replace; boundary=B")
            await self.end_headers()
            for picture in (b"one", b"second"):
                await self.wfile.write(b"--B\r\n")
                self.send_header("Content-Type", "image/jpeg")
                self.send_header("Content-Length", str(len(picture)))
                await self.end_headers()
                await self.wfile.write(picture)
                await self.wfile.write(b"\r\n")

        do_HEAD = do_GET

    async with serving(Pictures) as server:
        answer = await exchange(server, request(f"{method} / HTTP/1.1"))
    parts = [
        b"--B\r\nContent-Type: image/jpeg\r\nContent-Length: %d\r\n\r\n%b\r\n" % (len(picture), picture)
        for picture in (b"one", b"second")
    ]
    assert answer.partition(b"\r\n\r\n")[2] == (b"".join(parts) if method == "GET" else b"")


async def test_usual_report_of_an_exception(capsys: pytest.CaptureFixture[str]) -> None:
    class Breaks(Handler):
        async def do_GET(self) -> None:
            raise LookupError("the reason")

    async with serving(Breaks) as server:
        await exchange(server, request())
    shown = capsys.readouterr().err
    assert "Exception occurred during processing of request from ('127.0.0.1'" in shown
    assert "LookupError: the reason" in shown


async def test_hang_up_is_no_exception(capsys: pytest.CaptureFixture[str]) -> None:
    class Sends(Handler):
        async def do_GET(self) -> None:
            self.send_response(200)
            await self.end_headers()
            while True:
                await self.wfile.write(b"x" * 1_000_000)

    async with serving(Sends) as server, talking(server) as client:
        client.say(request())
        await aside(client.file.readline)
        client.close()
        while not any("Connection lost" in line for line in Sends.logged):
            await aside(threading.Event().wait, 0.01)
    assert capsys.readouterr().err == ""


# ---- heads and the log


async def test_head_in_single_bytes() -> None:
    async with serving(Hello) as server, talking(server) as client:

        def drip() -> None:
            client.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            for byte in b"\r\n" + request("GET /x HTTP/1.1") + b"\r\n" + request("GET /y HTTP/1.1"):
                client.say(bytes([byte]))

        await aside(drip)
        assert (await aside(client.response))[2] == b"hello /x"
        assert (await aside(client.response))[2] == b"hello /y"


async def test_pipelined_requests_are_answered_in_order() -> None:
    async with serving(Hello) as server, talking(server) as client:
        client.say(b"".join(request(f"GET /{n} HTTP/1.1") for n in range(50)))
        for n in range(50):
            assert (await aside(client.response))[2] == b"hello /%d" % n


async def test_connection_that_says_nothing_is_no_news() -> None:
    class Quiet(Hello):
        pass

    async with serving(Quiet) as server:
        assert await exchange(server, b"") == b""
        assert await exchange(server, b"GET / HT") == b""
    assert Quiet.logged == []


async def test_log_has_the_standard_librarys_form(capsys: pytest.CaptureFixture[str]) -> None:
    class Plain(BaseHTTPRequestHandler):
        async def do_GET(self) -> None:
            self.send_response(HTTPStatus.OK)
            await self.end_headers()

    async with serving(Plain) as server:
        await exchange(server, request("GET /\xff HTTP/1.1"))
    line = capsys.readouterr().err
    assert re.fullmatch(
        r'127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4} \d\d:\d\d:\d\d\] "GET /\xff HTTP/1\.1" 200 -\n', line
    )


async def test_date_is_http() -> None:
    date = BaseHTTPRequestHandler.date_time_string
    handler = BaseHTTPRequestHandler.__new__(BaseHTTPRequestHandler)
    assert date(handler, 0) == "Thu, 01 Jan 1970 00:00:00 GMT"
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", date(handler))


async def test_old_style_requests_in_the_stdlib_profile() -> None:
    class Old(Hello):
        protocol_version = "HTTP/1.0"

    async with serving(Old) as server:
        with defaults.using("stdlib", request_timeout=5.0):
            assert await exchange(server, b"GET /x\r\n\r\n") == b"hello /x"
            assert (await exchange(server, b"GET /x HTTP/1.0\r\n")).endswith(b"\r\n\r\nhello /x")


# ---- switching protocols, and handlers that do things their own way


async def test_switched_connection_is_the_handlers() -> None:
    class Echo(Handler):
        async def do_GET(self) -> None:
            self.send_response(101)
            self.send_header("Upgrade", "echo")
            self.send_header("Connection", "Upgrade")
            await self.end_headers()
            while line := await self.rfile.readline():
                await self.wfile.write(line.upper())

    async with serving(Echo) as server, talking(server) as client:
        client.say(request("GET / HTTP/1.1", "Upgrade: echo", body=b"early\n"))
        assert (await aside(client.response))[0] == 101
        client.say(b"late\n")
        assert await aside(client.file.readline) == b"EARLY\n"
        assert await aside(client.file.readline) == b"LATE\n"
        client.sock.shutdown(socket.SHUT_WR)
        assert await aside(client.rest) == b""


async def test_handler_with_a_request_loop_of_its_own() -> None:
    class Own(Hello):
        async def handle(self) -> None:
            self.raw_requestline = await self.rfile.readline(65_537)
            if await self.parse_request():
                await getattr(self, "do_" + str(self.command))()

    async with serving(Own) as server:
        assert (await exchange(server, request("GET /own HTTP/1.1"))).endswith(b"hello /own")
        assert (await exchange(server, b"GET /own HTTP/1.0\r\n\r\n")).endswith(b"hello /own")
        assert (await exchange(server, b"GET /own HTTP/1.1\r\nX\r\n\r\n")).startswith(b"HTTP/1.1 400 ")


async def test_overridden_end_headers_and_version() -> None:
    class Own(Hello):
        server_version = "mine/1"
        sys_version = ""

        def version_string(self) -> str:
            return "mine"

        async def end_headers(self) -> None:
            self.send_header("Access-Control-Allow-Origin", "*")
            await super().end_headers()

    async with serving(Own) as server, talking(server) as client:
        client.say(request())
        _, fields, body = await aside(client.response)
    assert (fields["server"], fields["access-control-allow-origin"], body) == ("mine", "*", b"hello /")


async def test_plain_method_that_needs_no_waiting() -> None:
    class Plain(Handler):
        def do_GET(self) -> Any:
            return self.reply(b"plain")

    async with serving(Plain) as server, talking(server) as client:
        client.say(request())
        assert (await aside(client.response))[2] == b"plain"


async def test_interim_responses_come_before_the_final_one() -> None:
    class Early(Handler):
        async def do_GET(self) -> None:
            self.send_response_only(103)
            self.send_header("Link", "</a>")
            await self.end_headers()
            await self.reply(b"final")

    async with serving(Early) as server:
        answer = await exchange(server, request("GET / HTTP/1.1", "Connection: close"))
    assert answer.startswith(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\nHTTP/1.1 200 OK\r\n")


async def test_stand_in_for_a_connection() -> None:
    class Fake:
        def __init__(self) -> None:
            self.sent = b""

        def makefile(self, *args: Any) -> io.BytesIO:
            return io.BytesIO(request("GET /fake HTTP/1.1", "Connection: close"))

        def sendall(self, data: bytes) -> None:
            self.sent += data

    fake = Fake()
    make: Any = Hello
    if net.ASYNC:
        await make(fake, ("1.2.3.4", 5), None)
    else:
        make(fake, ("1.2.3.4", 5), None)
    assert fake.sent.endswith(b"\r\n\r\nhello /fake")


async def test_message_class_of_the_handler() -> None:
    class Fields(email.message.Message):
        pass

    class Own(Handler):
        MessageClass = Fields

        async def do_GET(self) -> None:
            await self.reply(f"{type(self.headers).__name__} {self.headers['x-a']}".encode())

    async with serving(Own) as server, talking(server) as client:
        client.say(request("GET / HTTP/1.1", "X-A: 1"))
        assert (await aside(client.response))[2] == b"Fields 1"


async def test_headers_can_be_replaced() -> None:
    class Own(Handler):
        async def do_GET(self) -> None:
            self.headers = {"mine": "yes"}
            await self.reply(self.headers["mine"].encode())

    async with serving(Own) as server, talking(server) as client:
        client.say(request())
        assert (await aside(client.response))[2] == b"yes"


async def test_files_of_the_handlers_own() -> None:
    told = io.BytesIO()

    class Own(Hello):
        def setup(self) -> None:
            super().setup()
            self.rfile = io.BytesIO(request("POST /own HTTP/1.1", "Content-Length: 4", body=b"body") * 2)
            self.wfile = told

        async def finish(self) -> None:
            pass

        async def do_POST(self) -> None:
            await self.reply(self.rfile.read(4))

    async with serving(Own) as server:
        assert await exchange(server, b"") == b""
    assert told.getvalue().count(b"\r\n\r\nbody") == 2


@pytest.mark.parametrize("said,logs", [(b"", 0), (b"GET / HT", 1), (request() + b"GET", 2), (request(), 1)])
async def test_timeouts_are_logged_where_something_was_begun(said: bytes, logs: int) -> None:
    class Timed(Hello):
        timeout = 0.7

    async with serving(Timed) as server, talking(server) as client:
        client.say(said)
        await aside(client.rest)
    assert len(Timed.logged) == logs
    assert ("Request timed out" in str(Timed.logged)) is said.endswith((b"HT", b"GET"))


async def test_interrupted_server_says_where_it_serves(capsys: pytest.CaptureFixture[str]) -> None:
    class Interrupted(ThreadingHTTPServer):
        async def serve_forever(self, poll_interval: float = 0.5) -> None:
            raise KeyboardInterrupt

    class Served(Hello):
        pass

    with pytest.raises(SystemExit) as ended:
        await server_module.test(Served, Interrupted, "HTTP/1.1", 0, "127.0.0.1")
    assert ended.value.code == 0
    assert Served.protocol_version == "HTTP/1.1"
    assert re.match(
        r"Serving HTTP on 127\.0\.0\.1 port \d+ \(http://127\.0\.0\.1:\d+/\) \.\.\.\n",
        capsys.readouterr().out,
    )


@pytest.mark.skipif(not socket.has_ipv6, reason="this system has no IPv6")
async def test_server_on_ipv6() -> None:
    class Six(ThreadingHTTPServer):
        address_family = socket.AF_INET6

        def __init__(self, address: Any, handler: Any) -> None:
            super().__init__(("::1", 0), handler)

    async with serving(Hello, Six) as server, talking(server) as client:
        client.say(request("GET /six HTTP/1.1"))
        assert (await aside(client.response))[2] == b"hello /six"


# ---- servers


@pytest.mark.skipif(not hasattr(socket, "AF_UNIX"), reason="this system has no Unix sockets")
async def test_server_on_a_unix_socket(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Local(ThreadingHTTPServer):
        address_family = socket.AF_UNIX

    def talk() -> bytes:
        with socket.socket(socket.AF_UNIX) as sock:
            sock.connect("server.sock")
            sock.sendall(b"GET /local HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return b"".join(iter(lambda: sock.recv(65_536), b""))

    monkeypatch.chdir(tmp_path)  # a path of such a socket has at most 100 bytes
    path: Any = "server.sock"
    server = Local(path, Hello)
    assert (server.server_name, server.server_port) == ("localhost", 0)
    async with serving(Hello, lambda *_: server):
        assert (await aside(talk)).endswith(b"hello /local")


async def test_server_knows_its_name_and_port() -> None:
    server = HTTPServer(("127.0.0.1", 0), Hello)
    assert server.server_port == server.server_address[1] == server.socket.getsockname()[1] > 0
    assert server.server_name == "127.0.0.1"
    assert server.fileno() == server.socket.fileno()
    server.server_close()
    everywhere = HTTPServer(("", 0), Hello)
    assert everywhere.server_name == socket.gethostname()
    everywhere.server_close()


async def test_address_in_use_is_an_error_that_leaves_nothing_open() -> None:
    first = HTTPServer(("127.0.0.1", 0), Hello)
    with pytest.raises(OSError, match="in use"):
        HTTPServer(first.server_address, Hello)
    first.server_close()


async def test_shutdown_lets_requests_in_flight_finish() -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(Handler):
        async def do_GET(self) -> None:
            begun.set()
            assert await aside(go_on.wait, 5)
            await self.reply(b"finished")

    async with serving(Slow) as server, talking(server) as busy, talking(server) as idle:
        busy.say(request())
        assert await aside(begun.wait, 5)
        assert idle.sock.fileno() > 0
        if net.ASYNC:
            stopping = asyncio.ensure_future(server.shutdown())
            assert await aside(idle.rest) == b""
            assert not stopping.done()
            go_on.set()
            status, fields, body = await aside(busy.response)
            assert (status, fields["connection"], body) == (200, "close", b"finished")
            await stopping
        else:
            server.shutdown()
            go_on.set()
            assert busy.response()[2] == b"finished"


async def test_shutdown_does_not_wait_for_a_connection_that_says_nothing() -> None:
    if not net.ASYNC:
        return  # there, nobody waits for connections
    accepted, go_on = asyncio.Event(), asyncio.Event()

    class Server(ThreadingHTTPServer):
        async def verify_request(self, request: Any, client_address: Any) -> bool:
            accepted.set()
            await go_on.wait()
            return True

    async with serving(Hello, Server) as server, talking(server):
        await accepted.wait()
        stopping = asyncio.ensure_future(server.shutdown())
        await asyncio.sleep(0)
        go_on.set()
        await asyncio.wait_for(stopping, 5)


async def test_handle_request_serves_one_connection() -> None:
    server = HTTPServer(("127.0.0.1", 0), Hello)
    server.timeout = 5
    answers: list[bytes] = []

    def fetch() -> None:
        client = Client(server.server_address)
        client.say(request("GET /one HTTP/1.1", "Connection: close"))
        answers.append(client.rest())
        client.close()

    thread = threading.Thread(target=fetch)
    thread.start()
    await server.handle_request()
    await aside(thread.join)
    server.server_close()
    assert answers[0].endswith(b"hello /one")


async def test_handle_request_gives_up() -> None:
    told: list[str] = []

    class Server(HTTPServer):
        timeout = 0.01

        def handle_timeout(self) -> None:
            told.append("in vain")

    server = Server(("127.0.0.1", 0), Hello)
    await server.handle_request()
    server.server_close()
    assert told == ["in vain"]


async def test_connections_can_be_refused() -> None:
    class Server(ThreadingHTTPServer):
        def verify_request(self, request: Any, client_address: Any) -> bool:
            return False

    async with serving(Hello, Server) as server:
        assert await exchange(server, b"") == b""


async def test_listening_socket_may_speak_tls(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    class Server(ThreadingHTTPServer):
        def server_activate(self) -> None:
            super().server_activate()
            self.socket = server_tls.wrap_socket(self.socket, server_side=True)

    async with serving(Hello, Server) as server:
        connection = http_client.HTTPSConnection(
            "localhost", server.server_port, timeout=5, context=client_tls
        )
        for path in ("/a", "/b"):
            await connection.request("GET", path)
            assert await (await connection.getresponse()).read() == b"hello " + path.encode()
        connection.close()


class Secure(ThreadingHTTPServer):
    """A server that speaks TLS as programs make it do so."""

    context: ssl.SSLContext

    def server_activate(self) -> None:
        super().server_activate()
        self.socket = self.context.wrap_socket(self.socket, server_side=True)


async def test_client_without_a_handshake_holds_nobody_up(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    class Server(Secure):
        context = server_tls

    async with serving(Hello, Server) as server, talking(server) as silent:
        connection = http_client.HTTPSConnection(
            "localhost", server.server_port, timeout=5, context=client_tls
        )
        await connection.request("GET", "/a")
        assert await (await connection.getresponse()).read() == b"hello /a"
        connection.close()
        if net.ASYNC:
            async with asyncio.timeout(5):
                await server.shutdown()  # nor does it then
        silent.close()


async def test_many_clients_shake_hands_at_once(
    server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    class Server(Secure):
        context = server_tls

    def fetch(address: Any) -> bytes:
        with socket.create_connection(address, 5) as plain:
            sock = client_tls.wrap_socket(plain, server_hostname="localhost")
            sock.sendall(request("GET / HTTP/1.1", "Connection: close"))
            with sock, sock.makefile("rb") as file:
                return file.read()

    def fetch_each(address: Any) -> list[bytes]:
        with ThreadPoolExecutor(8) as pool:
            return [*pool.map(fetch, [address] * 40)]

    async with serving(Hello, Server) as server:
        for answer in await aside(fetch_each, server.server_address):
            assert answer.endswith(b"hello /")


async def test_failed_handshake_is_no_news(
    server_tls: ssl.SSLContext, capsys: pytest.CaptureFixture[str]
) -> None:
    class Server(Secure):
        context = server_tls

    class Quiet(Hello):
        pass

    async with serving(Quiet, Server) as server:
        for said in (b"", request()):
            answer = await exchange(server, said)
            assert b"HTTP/1.1" not in answer
    assert capsys.readouterr().err == ""
    assert Quiet.logged == []
