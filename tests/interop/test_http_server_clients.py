"""curl, wget and wrk against our HTTP server, in both twins.

The server runs in a thread of this process (the async one in a loop there), the client is a program of its own.
"""

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

from tests.fix_twins import Twin, twins

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.interop

PATIENCE = 15
BIG = bytes(range(256)) * 8192


def program(name: str) -> str:
    """Find a program of others; where it is missing the test is skipped by its name."""
    path = shutil.which(name)
    if path is None:
        pytest.skip(f"{name} is not installed")
    return path


def run(*command: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(command, capture_output=True, timeout=PATIENCE)


def make_handler(twin: Twin, directory: Path) -> Any:
    """Give a handler that serves a directory, and answers a POST with what was posted."""
    base: Any = twin.module("http.server").SimpleHTTPRequestHandler

    class Quiet(base):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def log_message(self, *_: Any) -> None:
            pass

        def begin(self, body: bytes) -> None:
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))

    if twin.waits:

        class Posting(Quiet):
            async def do_POST(self) -> None:
                body = await self.rfile.read(int(self.headers["Content-Length"]))
                self.begin(body)
                await self.end_headers()
                await self.wfile.write(body)
    else:

        class Posting(Quiet):  # type: ignore[no-redef]
            def do_POST(self) -> None:
                body = self.rfile.read(int(self.headers["Content-Length"]))
                self.begin(body)
                self.end_headers()
                self.wfile.write(body)

    return functools.partial(Posting, directory=str(directory))


@contextlib.contextmanager
def serving(twin: Twin, directory: Path) -> Iterator[str]:
    """Run a server; give its address as a URL without a path."""
    ready = threading.Event()
    stop: list[Any] = []
    address: list[str] = []

    async def main() -> None:
        server = twin.module("http.server").ThreadingHTTPServer(
            ("127.0.0.1", 0), make_handler(twin, directory)
        )
        address.append(f"http://127.0.0.1:{server.server_address[1]}")
        ended = asyncio.Event()
        stop.append(functools.partial(asyncio.get_running_loop().call_soon_threadsafe, ended.set))
        async with server:
            ready.set()
            await ended.wait()

    def main_blocking() -> None:
        server = twin.module("http.server").ThreadingHTTPServer(
            ("127.0.0.1", 0), make_handler(twin, directory)
        )
        address.append(f"http://127.0.0.1:{server.server_address[1]}")
        stop.append(server.shutdown)
        ready.set()
        with server:
            server.serve_forever(0.01)

    thread = threading.Thread(target=(lambda: twin.run(main())) if twin.waits else main_blocking)
    thread.start()
    assert ready.wait(PATIENCE)
    try:
        yield address[0]
    finally:
        stop[0]()
        thread.join()


@pytest.fixture
def url(twin: Twin, tmp_path: Path) -> Iterator[str]:
    root = tmp_path / "root"
    (root / "dir").mkdir(parents=True)
    (root / "big.bin").write_bytes(BIG)
    (root / "dir" / "page.txt").write_text("a page\n")
    (root / "n\u00e4me with blanks.txt").write_text("odd\n")
    with serving(twin, root) as address:
        yield address


@twins
def test_curl_gets_a_file_a_listing_and_a_404(twin: Twin, url: str) -> None:
    curl = program("curl")
    assert run(curl, "-sS", "--fail", f"{url}/big.bin").stdout == BIG
    assert b"page.txt" in run(curl, "-sS", "--fail", f"{url}/dir/").stdout
    assert run(curl, "-sS", "-o", "-", "-w", "%{http_code}", f"{url}/none").stdout.endswith(b"404")
    assert run(curl, "-sS", "--fail", f"{url}/n%C3%A4me%20with%20blanks.txt").stdout == b"odd\n"


@twins
def test_curl_keeps_one_connection_for_many_requests(twin: Twin, url: str) -> None:
    paths = ("/big.bin", "/dir/page.txt", "/none")
    targets = [part for path in paths for part in ("-o", "/dev/null", url + path)]
    done = run(program("curl"), "-sS", "-w", "%{http_version} %{num_connects};", *targets)
    assert done.stdout == b"1.1 1;1.1 0;1.1 0;"


@twins
def test_curl_head_has_the_fields_of_get_and_no_body(twin: Twin, url: str) -> None:
    done = run(program("curl"), "-sS", "-I", f"{url}/big.bin")
    assert done.stdout.startswith(b"HTTP/1.1 200 ")
    assert re.search(rb"(?i)\r\ncontent-length: %d\r\n" % len(BIG), done.stdout)
    assert done.stdout.endswith(b"\r\n\r\n")


@twins
def test_curl_follows_the_redirect_to_a_directory(twin: Twin, url: str) -> None:
    done = run(program("curl"), "-sS", "-L", "-w", "%{url_effective}", f"{url}/dir")
    assert done.stdout.endswith(f"{url}/dir/".encode())


@twins
def test_curl_posts_small_large_and_with_expect(twin: Twin, url: str, tmp_path: Path) -> None:
    curl = program("curl")
    large = tmp_path / "large"
    large.write_bytes(BIG)
    assert run(curl, "-sS", "-d", "a=1", url).stdout == b"a=1"
    assert run(curl, "-sS", "--data-binary", f"@{large}", "-H", "Expect: 100-continue", url).stdout == BIG
    assert run(curl, "-sS", "--data-binary", f"@{large}", "-H", "Expect:", url).stdout == BIG


@twins
def test_curl_speaks_http_1_0(twin: Twin, url: str) -> None:
    assert run(program("curl"), "-sS", "--fail", "-0", f"{url}/dir/page.txt").stdout == b"a page\n"


@twins
def test_wget_mirrors_a_directory(twin: Twin, url: str, tmp_path: Path) -> None:
    done = run(program("wget"), "-q", "-r", "-nH", "-P", str(tmp_path / "copy"), f"{url}/")
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "copy" / "big.bin").read_bytes() == BIG
    assert (tmp_path / "copy" / "dir" / "page.txt").read_text() == "a page\n"


@twins
def test_wrk_gets_an_answer_to_every_request(twin: Twin, url: str) -> None:
    """64 connections for a second: no error, no short answer."""
    done = run(program("wrk"), "-t1", "-c64", "-d1s", f"{url}/dir/page.txt")
    assert done.returncode == 0, done.stderr
    found = re.search(rb"(\d+) requests in", done.stdout)
    assert found
    assert int(found[1]) > 64
    assert b"Socket errors" not in done.stdout
    assert b"Non-2xx" not in done.stdout
