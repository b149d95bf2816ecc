"""Rows 103 to 124 of the security table: what a stranger may send to an HTTP server, as raw bytes.

"Closed" is said of the connection as the client sees it: what follows the refused request is never answered.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import io
import os
import socket
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin, both_twins, settle
from wirekit import defaults

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from pathlib import Path

SECOND = b"GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n"
PATIENCE = 20.0


@contextlib.asynccontextmanager
async def serving(twin: Twin, handler: Any) -> AsyncIterator[Any]:
    """Run a server of this twin."""
    server = twin.module("http.server").ThreadingHTTPServer(("127.0.0.1", 0), handler)
    if twin.waits:
        async with server:
            yield server
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def talk(address: tuple[str, int], data: bytes, *, end: bool = True) -> bytes:
    """Say this; give what comes back until the server closes."""
    with socket.create_connection(address, PATIENCE) as sock:
        sock.sendall(data)
        if end:
            sock.shutdown(socket.SHUT_WR)
        got = b""
        with contextlib.suppress(ConnectionResetError):
            while part := sock.recv(65_536):
                got += part
    return got


async def ask(twin: Twin, server: Any, data: bytes, *, end: bool = True) -> bytes:
    say = functools.partial(talk, server.server_address, data, end=end)
    return await asyncio.to_thread(say) if twin.waits else say()


def method_of(twin: Twin, answer: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Make a handler's method of a coroutine function; nothing in it waits in the blocking twin."""
    return answer if twin.waits else lambda handler: twin.run(answer(handler))


def make_handler(twin: Twin, answer: Callable[[Any], Any] | None = None) -> tuple[Any, list[str]]:
    """Make a handler that notes the paths it was asked for; POST reads the whole body and gives it back."""
    seen: list[str] = []

    async def post(handler: Any) -> None:
        seen.append(handler.path)
        body = await settle(handler.rfile.read())
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        await settle(handler.end_headers())
        await settle(handler.wfile.write(body))

    async def get(handler: Any) -> None:
        seen.append(handler.path)
        if answer:
            await settle(answer(handler))
        handler.send_response(204)
        await settle(handler.end_headers())

    class Handler(twin.module("http.server").BaseHTTPRequestHandler):  # type: ignore[misc]  # one of two
        protocol_version = "HTTP/1.1"
        do_GET = method_of(twin, get)
        do_POST = method_of(twin, post)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Handler, seen


async def refused(twin: Twin, data: bytes, status: int = 400) -> None:
    """This gets the status, and nothing behind it is taken for a request."""
    handler, seen = make_handler(twin)
    async with serving(twin, handler) as server:
        answer = await ask(twin, server, data + SECOND)
    assert answer.startswith(b"HTTP/1.1 %d " % status), answer[:80]
    assert b"\r\nConnection: close\r\n" in answer
    assert answer.count(b"HTTP/1.1 ") == 1
    assert "/smuggled" not in seen


def quiet_files(twin: Twin, folder: Path) -> Any:
    class Files(twin.module("http.server").SimpleHTTPRequestHandler):  # type: ignore[misc]  # one of two
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return functools.partial(Files, directory=folder)


def get(path: str) -> bytes:
    return f"GET {path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n".encode("latin-1")


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    folder.mkdir()
    (tmp_path / "secret.txt").write_bytes(b"the secret")
    return folder


# ------------------------------------------------------------------------------------------------------ files and paths


@both_twins
async def test_row_103_redirect_stays_on_this_host(twin: Twin, root: Path) -> None:
    (root / "evil.com").mkdir()
    async with serving(twin, quiet_files(twin, root)) as server:
        for path in ("//evil.com", "///evil.com", "//evil.com/%2f..", "//evil.com/..%2fevil.com"):
            answer = await ask(twin, server, get(path))
            location = answer.partition(b"Location: ")[2].partition(b"\r")[0]
            assert not location.startswith(b"//"), path
            assert b"://" not in location
        assert b"\r\nLocation: /evil.com/\r\n" in await ask(twin, server, get("//evil.com"))


@both_twins
async def test_row_104_redirect_has_no_backslash(twin: Twin, root: Path) -> None:
    (root / "\\evil.com").mkdir()
    async with serving(twin, quiet_files(twin, root)) as server:
        for path in ("/\\evil.com", "/\\\\evil.com/%2e%2e%2f%5cevil.com", "/%5Cevil.com"):
            answer = await ask(twin, server, get(path))
            location = answer.partition(b"Location: ")[2].partition(b"\r")[0]
            assert b"\\" not in location, path
            assert not location.startswith(b"//")


@both_twins
@pytest.mark.parametrize("path", ["/c:/x", "/..\\..\\secret.txt", "/..%5c..%5csecret.txt", "/C:secret.txt"])
async def test_row_105_drives_and_backslashes_are_404(twin: Twin, root: Path, path: str) -> None:
    async with serving(twin, quiet_files(twin, root)) as server:
        answer = await ask(twin, server, get(path))
    assert answer.startswith(b"HTTP/1.1 404 ")


@both_twins
@pytest.mark.parametrize(
    "path", ["/..%20/secret.txt", "/.. ./secret.txt".replace(" ", "%20"), "/.%2e%20/secret.txt"]
)
async def test_row_106_dots_and_spaces_are_404(twin: Twin, root: Path, path: str) -> None:
    async with serving(twin, quiet_files(twin, root)) as server:
        answer = await ask(twin, server, get(path))
    assert answer.startswith(b"HTTP/1.1 404 ")


@both_twins
async def test_row_107_links_do_not_lead_out(twin: Twin, root: Path) -> None:
    (root / "file").symlink_to(root.parent / "secret.txt")
    (root / "up").symlink_to("..")
    (root / "chain").symlink_to("up")
    (root / "sub").mkdir()
    (root / "sub" / "index.html").symlink_to(root.parent / "secret.txt")
    async with serving(twin, quiet_files(twin, root)) as server:
        for path in (
            "/file",
            "/up/secret.txt",
            "/chain/secret.txt",
            "/up/",
            "/up",
            "/chain/root/file",
            "/up/root/up/",
        ):
            answer = await ask(twin, server, get(path))
            assert answer.startswith(b"HTTP/1.1 404 "), path
            assert b"the secret" not in answer
        assert b"the secret" not in await ask(twin, server, get("/sub/"))
        listing = await ask(twin, server, get("/"))
        assert b'href="sub/"' in listing
        assert b'href="file"' not in listing


@both_twins
async def test_row_108_listing_runs_nothing(twin: Twin, root: Path) -> None:
    (root / "<img src=x onerror=alert(1)>").touch()
    (root / '"onmouseover="alert(1)').touch()
    async with serving(twin, quiet_files(twin, root)) as server:
        answer = await ask(twin, server, get("/?<script>alert(1)</script>"))
        answer += await ask(twin, server, get("/%3Cscript%3E/"))
    assert b"<img" not in answer
    assert b"<script>alert" not in answer
    assert answer.count(b"<script") == 1  # the page's own, which its policy names by its hash
    assert b'"onmouseover' not in answer.replace(b'"&quot;onmouseover', b"")
    assert b"\r\nContent-type: text/html; charset=utf-8\r\n" in answer
    assert b"\r\nX-Content-Type-Options: nosniff\r\n" in answer
    assert b"\r\nContent-Security-Policy: default-src 'none'" in answer


# ---------------------------------------------------------------------------------------------------- what is written


@both_twins
@pytest.mark.parametrize("value", ["b\r\nSet-Cookie: e=1", "b\nSet-Cookie: e=1"])
async def test_row_109_line_end_in_a_response_is_an_error(twin: Twin, value: str) -> None:
    def answer(handler: Any) -> None:
        with pytest.raises(ValueError, match="Invalid"):
            handler.send_response(200, value)
        with pytest.raises(ValueError, match="Invalid"):
            handler.send_header("A", value)
        with pytest.raises(ValueError, match="Invalid"):
            handler.send_header(value, "A")

    handler, _ = make_handler(twin, answer)
    async with serving(twin, handler) as server:
        got = await ask(twin, server, get("/"))
    assert got.startswith(b"HTTP/1.1 204 ")
    assert b"Set-Cookie" not in got


@both_twins
async def test_row_110_bare_cr_in_a_response_is_an_error(twin: Twin) -> None:
    def answer(handler: Any) -> None:
        for call in (handler.send_response, handler.send_response_only):
            with pytest.raises(ValueError, match="Invalid"):
                call(200, "OK\rX: 1")
        with pytest.raises(ValueError, match="Invalid"):
            handler.send_header("A", "b\rX: 1")
        with pytest.raises(ValueError, match="Invalid"):
            handler.send_header("A\rB", "c")

    handler, _ = make_handler(twin, answer)
    async with serving(twin, handler) as server:
        got = await ask(twin, server, get("/"))
    assert got.startswith(b"HTTP/1.1 204 ")
    assert b"X: 1" not in got


@both_twins
async def test_row_110_reason_of_an_error_is_one_line(twin: Twin) -> None:
    def answer(handler: Any) -> Any:
        return handler.send_error(400, "bad\r\nX: 1\rY: 2")

    handler, _ = make_handler(twin, answer)
    async with serving(twin, handler) as server:
        head = (await ask(twin, server, get("/"))).partition(b"\r\n\r\n")[0]
    assert head.startswith(b"HTTP/1.1 400 bad X: 1 Y: 2\r\n")


# ------------------------------------------------------------------------------------------------------------- framing


@both_twins
@pytest.mark.parametrize(
    "lengths",
    [(b"0", b"45"), (b"45", b"0"), (b"4", b"4"), (b"0, 45",), (b"+4",), (b"4 5",), (b"",), (b"-1",)],
)
async def test_row_111_conflicting_lengths(twin: Twin, lengths: tuple[bytes, ...]) -> None:
    fields = b"".join(b"Content-Length: %b\r\n" % length for length in lengths)
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n")


@both_twins
async def test_row_112_chunked_request_is_decoded(twin: Twin) -> None:
    handler, seen = make_handler(twin)
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    async with serving(twin, handler) as server:
        answer = await ask(twin, server, head + b"%X\r\n" % len(SECOND) + SECOND + b"\r\n0\r\n\r\n")
    assert answer.endswith(b"\r\n\r\n" + SECOND)
    assert seen == ["/"]


@both_twins
async def test_row_112_other_codings_are_refused(twin: Twin) -> None:
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", 501)
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: xchunked\r\n\r\n")


@both_twins
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_row_113_unread_body_is_no_request(twin: Twin, framing: str) -> None:
    handler, seen = make_handler(twin)
    if framing == "length":
        data = b"GET /first HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(SECOND) + SECOND
    else:
        data = b"GET /first HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        data += b"%X\r\n" % len(SECOND) + SECOND + b"\r\n0\r\n\r\n"
    async with serving(twin, handler) as server:
        answer = await ask(twin, server, data + get("/last"))
        assert seen == ["/first", "/last"]
        assert answer.count(b"HTTP/1.1 204 ") == 2
        seen.clear()
        with defaults.using(max_drain=10):
            answer = await ask(twin, server, data + get("/last"))
    assert seen == ["/first"]
    assert answer.count(b"HTTP/1.1 204 ") == 1


@both_twins
@pytest.mark.parametrize("framing", ["length", "chunked"])
async def test_row_113_body_behind_an_answer_at_hand_is_no_request(
    twin: Twin, root: Path, framing: str
) -> None:
    (root / "file").write_bytes(b"content")
    os.utime(root / "file", (1e9, 1e9))  # one that is old enough to be kept
    if framing == "length":
        data = b"GET /file HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(SECOND) + SECOND
    else:
        data = b"GET /file HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        data += b"%X\r\n" % len(SECOND) + SECOND + b"\r\n0\r\n\r\n"
    plain = b"GET /file HTTP/1.1\r\nHost: a\r\n\r\n"
    async with serving(twin, quiet_files(twin, root)) as server:
        answer = await ask(twin, server, 4 * plain + 4 * data + 2 * plain)
    assert answer.count(b"HTTP/1.1 200 ") == answer.count(b"content") == 10
    assert answer.count(b"HTTP/1.1 ") == 10


@both_twins
async def test_row_113_absurd_length_is_never_taken_for_none(twin: Twin) -> None:
    handler, seen = make_handler(twin)
    async with serving(twin, handler) as server:
        for length in (1 << 62, (1 << 63) - 1, 10**19 - 1):
            await ask(
                twin, server, b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % length + SECOND
            )
    assert seen == ["/"] * 3


@both_twins
async def test_row_114_length_with_transfer_encoding(twin: Twin) -> None:
    for fields in (
        b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
        b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    ):
        await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\n0\r\n\r\n")


@both_twins
@pytest.mark.parametrize(
    "body",
    [b"5\r\nHELLOxx0\r\n\r\n", b"5\r\nHELLO\n0\r\n\r\n", b"5\r\nHELLO0\r\n\r\n", b"5\r\nHELLO\r0\r\n\r\n"],
)
async def test_row_115_end_of_a_chunk(twin: Twin, body: bytes) -> None:
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


@both_twins
@pytest.mark.parametrize(
    "body",
    [
        b"5;\nx=y\r\nHELLO\r\n0\r\n\r\n",
        b"5\nHELLO\r\n0\r\n\r\n",
        b"5;x=\ry\r\nHELLO\r\n0\r\n\r\n",
        b"0x5\r\nHELLO\r\n0\r\n\r\n",
        b"+5\r\nHELLO\r\n0\r\n\r\n",
        b"5_0\r\nHELLO\r\n0\r\n\r\n",
        b"-5\r\nHELLO\r\n0\r\n\r\n",
        b"\r\nHELLO\r\n0\r\n\r\n",
        b"11111111111111111\r\nHELLO\r\n0\r\n\r\n",
        b"0\r\nX : 1\r\n\r\n",
        b"0\r\nX\r\n\r\n",
        b"0\r\nX: 1\r2\r\n\r\n",
        b"0\r\nX: 1\n\r\n",
        b"0\r\nX: 1\r\n\n",
        b"0\r\n\n",
        b"0\r\nX: 1\r\n 2\r\n\r\n",
    ],
)
async def test_row_116_chunk_lines_and_trailers(twin: Twin, body: bytes) -> None:
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


@both_twins
@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\n",
    ],
)
async def test_row_116_bare_lf(twin: Twin, head: bytes) -> None:
    await refused(twin, head)


@both_twins
async def test_row_116_trailers_are_of_one_request(twin: Twin) -> None:
    seen: list[Any] = []

    async def look(handler: Any) -> None:
        seen.append(list(handler.rfile.trailers))

    handler, _ = make_handler(twin, method_of(twin, look))
    data = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n0\r\nAdmin: yes\r\n\r\n"
    async with serving(twin, handler) as server:
        await ask(twin, server, data + get("/"))
    assert seen == [[]]


@both_twins
@pytest.mark.parametrize(
    "line", ["GET a", "GET @b/", "GET *", "GET a:80", "GET http:///", "GET ?a", "CONNECT a@b:1", "OPTIONS a"]
)
async def test_row_118_target_is_a_path_or_a_url(twin: Twin, line: str) -> None:
    await refused(twin, f"{line} HTTP/1.1\r\nHost: a\r\n\r\n".encode())
    same_fields = f"GET / HTTP/1.1\r\nHost: a\r\n\r\n{line} HTTP/1.1\r\nHost: a\r\n\r\n".encode()
    handler, seen = make_handler(twin)
    async with serving(twin, handler) as server:
        answer = await ask(twin, server, same_fields + SECOND)
    assert seen == ["/"]
    assert answer.count(b"HTTP/1.1 400 ") == 1


@both_twins
async def test_row_120_trailer_lines_are_limited(twin: Twin) -> None:
    head = b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
    await refused(twin, head + b"0\r\nX: " + b"y" * defaults.active.max_line + b"\r\n\r\n", 431)


@both_twins
async def test_row_116_trailers_never_become_headers(twin: Twin) -> None:
    found: list[Any] = []

    async def look(handler: Any) -> None:
        await settle(handler.rfile.read())
        found.append((handler.headers["X-Role"], handler.rfile.trailers))

    answer = method_of(twin, look)
    handler, _ = make_handler(twin, answer)
    async with serving(twin, handler) as server:
        head = b"GET / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n"
        await ask(twin, server, head + b"0\r\nX-Role: admin\r\n\r\n")
    assert found == [(None, [("X-Role", "admin")])]


@both_twins
@pytest.mark.parametrize(
    "head",
    [
        "GET / HTTP/1.\u0661\r\nHost: a\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: \u0665\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\u00b2\r\n\r\n",
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\u0665\r\nHELLO\r\n0\r\n\r\n",
    ],
)
async def test_row_117_digits_beyond_ascii(twin: Twin, head: str) -> None:
    await refused(twin, head.encode())


@both_twins
@pytest.mark.parametrize(
    "fields", [b"", b"Host: a\r\nHost: b\r\n", b"Host: a\r\nhost: a\r\n", b"Host: a, b\r\n", b"Host: a b\r\n"]
)
async def test_row_118_host(twin: Twin, fields: bytes) -> None:
    await refused(twin, b"GET / HTTP/1.1\r\n" + fields + b"\r\n")


DISGUISES = [
    b"Transfer-Encoding: " + value
    for value in (
        b"xchunked", b"chunked, identity", b"identity, chunked", b"identity", b"gzip, chunked", b"chunked, chunked",
        b"chunked,", b",chunked", b"cow", b"", b"chunked;q=1", b'"chunked"', b"'chunked'", b"chunke", b"chunked\x00",
        b"\x0bchunked", b"\xa0chunked", b"chunked\x0b", b"chunked\x0c", b"chunked\r", b"x\r\n chunked", b"\r\n chunked",
        b"chunked\r\nTransfer-Encoding: chunked", b"chunked\r\nTransfer-Encoding: identity",
        b"identity\r\nTransfer-Encoding: chunked", b"x\r\ntransfer-encoding: chunked",
    )
] + [
    name + b": chunked"
    for name in (
        b"Transfer-Encoding ", b" Transfer-Encoding", b"Transfer-Encoding\t", b"X: a\nTransfer-Encoding",
        b"X: a\rTransfer-Encoding", b"Transfer\xadEncoding", b"\x00Transfer-Encoding", b"Transfer-Encoding\x00",
        b"Transfer-Encoding\r\n", b"X: a\r\n\tTransfer-Encoding", b'"Transfer-Encoding"', b"Transfer Encoding",
        b"Transfer-Encoding: x\r\nX", b"Transfer-Encoding:x\x0bX",
    )
] + [
    b"Content-Length: " + value
    for value in (
        b"+5", b"5, 5", b"0x5", b"-0", b"-5", b"5,", b",5", b"5 5", b"5.0", b"5e0", b"", b"\xb2", b"\xd9\xa5", b"5_0", b"5;",
        b"\x0b5", b"5\x00", b"five", b"9" * 23, b"18446744073709551621", b"5\r\n 5", b"5\r\nContent-Length: 5",
        b"5\r\nContent-Length: 0", b"5\r\nTransfer-Encoding: chunked",
    )
]  # fmt: skip
"""How requests are said to have two ends: what collections of such requests send."""


@both_twins
@pytest.mark.parametrize("length", [b"", b"Content-Length: 5\r\n"])
async def test_row_119_no_disguise_gets_a_request_through(twin: Twin, length: bytes) -> None:
    handler, seen = make_handler(twin)
    body = b"5\r\nhello\r\n0\r\n\r\n"
    async with serving(twin, handler) as server:
        for fields in DISGUISES:
            data = b"POST / HTTP/1.1\r\nHost: a\r\n" + length + fields + b"\r\n\r\n" + body + SECOND
            answer = await ask(twin, server, data)
            assert answer.startswith((b"HTTP/1.1 400 ", b"HTTP/1.1 501 ")), fields
            assert answer.count(b"HTTP/1.1 ") == 1, fields
    assert seen == []


@both_twins
@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length : 4\r\n",
        b"Content-Length\t: 4\r\n",
        b" Content-Length: 4\r\n",
        b"Transfer-Encoding: identity, chunked\r\n",
        b"Transfer-Encoding : chunked\r\n",
        b"Transfer-Encoding: \x0bchunked\r\n",
        b"Transfer-Encoding: chunked\x00\r\n",
        b"X: a\r\n Content-Length: 4\r\n",
        b"X: a\rContent-Length: 4\r\n",
        b"X: a\nContent-Length: 4\r\n",
        b"Content\x00-Length: 4\r\n",
        b": x\r\n",
    ],
)
async def test_row_119_lenient_framing(twin: Twin, fields: bytes) -> None:
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\n" + fields + b"\r\nGET ")


# -------------------------------------------------------------------------------------------------------------- limits


@both_twins
async def test_row_120_line_and_head_are_limited_as_they_grow(twin: Twin) -> None:
    handler, _ = make_handler(twin)
    async with serving(twin, handler) as server:
        with defaults.using(max_line=1000, max_head=3000, max_fields=10):
            line = await ask(twin, server, b"GET /" + b"x" * 200_000, end=False)
            field = await ask(twin, server, b"GET / HTTP/1.1\r\nX: " + b"x" * 200_000, end=False)
            head = await ask(twin, server, b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 5000, end=False)
            fields = await ask(
                twin, server, b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: 1\r\n" * 10 + b"\r\n", end=False
            )
    assert line.startswith(b"HTTP/1.1 414 ")
    for answer in (field, head, fields):
        assert answer.startswith(b"HTTP/1.1 431 ")


@both_twins
async def test_row_120_pipelined_requests_are_not_queued_without_limit(twin: Twin) -> None:
    """A client that only sends is held up: what the server takes in of it stays small."""
    hold = threading.Event()
    handler, _ = make_handler(
        twin,
        (lambda _: asyncio.to_thread(hold.wait, PATIENCE)) if twin.waits else (lambda _: hold.wait(PATIENCE)),
    )

    def flood(address: tuple[str, int]) -> int:
        with socket.create_connection(address, PATIENCE) as sock:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 65_536)
            sock.settimeout(0.3)
            sent = 0
            with contextlib.suppress(TimeoutError):
                while sent < 100_000_000:
                    sent += sock.send(SECOND * 2000)
            hold.set()
            return sent

    async with serving(twin, handler) as server:
        sent = (
            await asyncio.to_thread(flood, server.server_address)
            if twin.waits
            else flood(server.server_address)
        )
    assert sent < 30_000_000


@both_twins
async def test_row_121_tiny_chunks_are_read_in_linear_time(twin: Twin) -> None:
    """Twice the chunks ask for twice the reads of the stream, no more: counted, not timed."""
    handler, _ = make_handler(twin)
    async with serving(twin, handler) as server:
        head = b"POST / HTTP/1.1\r\nHost: a\r\nConnection: close\r\nTransfer-Encoding: chunked\r\n\r\n"
        answer = await ask(twin, server, head + b"1\r\nx\r\n" * 50_000 + b"0\r\n\r\n", end=False)
    assert answer.endswith(b"\r\n\r\n" + b"x" * 50_000)


@both_twins
async def test_row_121_chunk_extensions_are_limited(twin: Twin) -> None:
    body = b"5;" + b"x" * 5000 + b"\r\nHELLO\r\n0\r\n\r\n"
    await refused(twin, b"POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n" + body)


@both_twins
async def test_row_122_silence_ends(twin: Twin) -> None:
    handler, _ = make_handler(twin)
    with defaults.using(request_timeout=0.05):
        async with serving(twin, handler) as server:
            for said in (
                b"",
                b"GET / HT",
                b"GET / HTTP/1.1\r\nHost: a\r\n",
                b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nab",
            ):
                assert b"200 OK" not in await ask(twin, server, said, end=False)


@both_twins
async def test_row_122_a_dripping_head_ends(twin: Twin) -> None:
    """A byte now and then does not buy more time: the whole head has one limit."""
    handler, seen = make_handler(twin)

    def drip(address: tuple[str, int]) -> int:
        with socket.create_connection(address, PATIENCE) as sock:
            sock.settimeout(0.02)
            for count in range(1000):
                try:
                    sock.send(b"G" if count == 0 else b"E")
                    if sock.recv(1) == b"":
                        return count
                except TimeoutError:
                    continue
                except ConnectionError:
                    return count
        return 1000

    with defaults.using(request_timeout=0.2):
        async with serving(twin, handler) as server:
            address = server.server_address
            count = await asyncio.to_thread(drip, address) if twin.waits else drip(address)
    assert count < 200
    assert seen == []


@both_twins
async def test_row_123_log_has_no_control_characters(twin: Twin, monkeypatch: pytest.MonkeyPatch) -> None:
    log = io.StringIO()
    monkeypatch.setattr(sys, "stderr", log)
    base = twin.module("http.server").BaseHTTPRequestHandler
    async with serving(twin, base) as server:
        await ask(twin, server, b"GET /\x1b[31m\x9b\x7f HTTP/1.1\r\nHost: a\r\n\r\n")
        await ask(twin, server, b"GET /\x9b31m\\ HTTP/1.1\r\nHost: a\r\n\r\n")
    text = log.getvalue()
    assert not any(ord(c) < 32 or 127 <= ord(c) < 160 for c in text.replace("\n", ""))
    assert "\\x1b[31m" in text
    assert "\\x9b31m\\\\ HTTP/1.1" in text


@both_twins
@pytest.mark.parametrize(
    "data,status",
    [
        (b"GET / HTTP/x.y\r\n\r\n", 400),
        (b"nonsense\r\n\r\n", 400),
        (b"\x16\x03\x01\x02\x00", 400),
        (b"GET /\r\n\r\n", 505),
        (b"GET / HTTP/9.9\r\n\r\n", 505),
        (b"\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (b"\r\n\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", 400),
    ],
)
async def test_row_124_malformed_request_gets_a_status_line(twin: Twin, data: bytes, status: int) -> None:
    await refused(twin, data, status)
