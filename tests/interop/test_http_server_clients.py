"""Clients of others against the HTTP server, in both twins: curl, wget, wrk, ab."""

from __future__ import annotations

import asyncio
import contextlib
import functools
import re
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin, both_twins, settle

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

pytestmark = pytest.mark.interop
SECONDS = 15


async def run(twin: Twin, *command: str, data: bytes = b"") -> bytes:
    """Run a client; give what it printed."""
    if not shutil.which(command[0]):
        pytest.skip(f"{command[0]} is not installed")
    start: Any = functools.partial(subprocess.run, command, input=data, capture_output=True, timeout=SECONDS)
    done: subprocess.CompletedProcess[bytes] = await asyncio.to_thread(start) if twin.waits else start()
    assert done.returncode == 0, done.stderr
    return done.stdout


@contextlib.asynccontextmanager
async def serving(twin: Twin, handler: Any) -> AsyncIterator[str]:
    """Run a server of this twin; give its URL."""
    server = twin.module("http.server").ThreadingHTTPServer(("127.0.0.1", 0), handler)
    url = f"http://127.0.0.1:{server.server_port}"
    if twin.waits:
        async with server:
            yield url
        return
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield url
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def files(twin: Twin, folder: Path) -> Any:
    class Files(twin.module("http.server").SimpleHTTPRequestHandler):  # type: ignore[misc]  # one of two
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return functools.partial(Files, directory=folder)


def echo(twin: Twin) -> Any:
    async def post(handler: Any) -> None:
        body = await settle(handler.rfile.read())
        handler.send_response(200)
        handler.send_header("Content-Length", str(len(body)))
        await settle(handler.end_headers())
        await settle(handler.wfile.write(body))

    class Echo(twin.module("http.server").BaseHTTPRequestHandler):  # type: ignore[misc]  # one of two
        protocol_version = "HTTP/1.1"
        do_POST = do_PUT = do_GET = post if twin.waits else lambda handler: twin.run(post(handler))

        def log_message(self, format: str, *args: Any) -> None:
            pass

    return Echo


@both_twins
@pytest.mark.parametrize(
    "options", [(), ("-H", "Transfer-Encoding: chunked"), ("-H", "Expect: 100-continue"), ("-0",)], ids=str
)
async def test_curl_uploads(twin: Twin, options: tuple[str, ...]) -> None:
    data = bytes(range(256)) * 4000
    async with serving(twin, echo(twin)) as url:
        assert await run(twin, "curl", "-s", "--data-binary", "@-", *options, url, data=data) == data


@both_twins
async def test_curl_uses_one_connection(twin: Twin, tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"A")
    (tmp_path / "d").mkdir()
    async with serving(twin, files(twin, tmp_path)) as url:
        told = await run(
            twin, "curl", "-sL", "-w", "%{num_connects} ", f"{url}/a", f"{url}/nope", f"{url}/d", f"{url}/a"
        )
    # the error page ends its connection, which curl then makes anew; the redirect and what follows share it
    assert re.findall(rb"(\d) ", re.sub(rb"<.*?>|\n", b"", told))[-1:] == [b"0"]
    assert told.startswith(b"A1 ")


@both_twins
async def test_wget_mirrors_a_listing(twin: Twin, tmp_path: Path) -> None:
    folder, target = tmp_path / "from", tmp_path / "to"
    names = ["plain.txt", "with space & more.txt", "per%-cent", "#hash?", "\u00fcml\u00e4ut", "quote'\".txt"]
    for where in (folder, folder / "deep dir"):
        where.mkdir()
        for name in names:
            (where / name).write_bytes(name.encode())
    target.mkdir()
    async with serving(twin, files(twin, folder)) as url:
        await run(
            twin,
            "wget",
            "-q",
            "-r",
            "-np",
            "-nH",
            "-e",
            "robots=off",
            "--restrict-file-names=nocontrol",
            "-P",
            str(target),
            f"{url}/",
        )
    for where in (target, target / "deep dir"):
        found = {path.name for path in where.iterdir() if path.is_file()}
        assert {name for name in found if not name.startswith("index.html")} == set(
            names
        )  # that is the listing
        for name in names:
            assert (where / name).read_bytes() == name.encode()


@both_twins
async def test_wrk_sees_no_error(twin: Twin) -> None:
    async with serving(twin, echo(twin)) as url:
        told = await run(twin, "wrk", "-t1", "-c16", "-d1s", url)
    assert int(re.findall(rb"(\d+) requests in", told)[0]) > 16
    assert b"Socket errors" not in told
    assert b"Non-2xx" not in told


@both_twins
@pytest.mark.parametrize("options", [(), ("-k",)], ids=str)
async def test_ab_sees_no_error(twin: Twin, options: tuple[str, ...], tmp_path: Path) -> None:
    (tmp_path / "a").write_bytes(b"A" * 100)
    async with serving(twin, files(twin, tmp_path)) as url:
        told = (await run(twin, "ab", "-q", "-n", "200", "-c", "8", *options, f"{url}/a")).decode()
    assert re.search(r"Complete requests: +200\n", told)
    assert re.search(r"Failed requests: +0\n", told)
    assert bool(re.search(r"Keep-Alive requests: +200\n", told)) is bool(options)
