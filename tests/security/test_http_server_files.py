"""Rows of the security table about the file server: paths, links, ranges, uploads, scripts; and floods of clients.

Everything is said as raw bytes, to both twins.
"""

from __future__ import annotations

import asyncio
import contextlib
import functools
import os
import socket
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin, both_twins
from tests.security.test_http_server import ask, get, serving
from wirekit import defaults
from wirekit._wire import listing

if TYPE_CHECKING:
    from pathlib import Path

PATIENCE = 10.0


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / "file.txt").write_bytes(b"0123456789")
    (tmp_path / "secret.txt").write_bytes(b"the secret")
    return folder


def files(twin: Twin, folder: Path, **attributes: Any) -> Any:
    base = twin.module("http.server").SimpleHTTPRequestHandler
    usual = {"protocol_version": "HTTP/1.1", "log_message": lambda *_: None}
    return functools.partial(type("Files", (base,), {**usual, **attributes}), directory=folder)


def status_of(answer: bytes) -> int:
    return int(answer.split(b" ", 2)[1])


# --------------------------------------------------------------------------------------------------------------- paths


@pytest.mark.parametrize(
    "path",
    [
        "/..%20/secret.txt", "/.. ./secret.txt", "/...%20/secret.txt", "/c:/x", "/c:x", "/..\\..\\x", "/..%5c..%5cx",
        "/file.txt.", "/file.txt%20", "/file.txt::$DATA", "/con", "/aux.txt", "/com1", "/lpt%c2%b9", "/nul%20.txt",
        "/sub/%5c%5chost%5cshare", "/a%7cb",
    ],
)  # fmt: skip
def test_row_106_windows_reads_no_name_otherwise(path: str) -> None:
    """105 too: what Windows would take for a drive, a stream, a device, or cut off, names no file there."""
    assert listing.parse_path(path, windows=True) is None


@both_twins
@pytest.mark.parametrize(
    "path",
    [
        "/../secret.txt", "/%2e%2e/secret.txt", "/sub/../../secret.txt", "/..%2fsecret.txt", "/%2e%2e%2fsecret.txt",
        "//../secret.txt", "/./../secret.txt", "/sub/%2e%2e/%2e%2e/secret.txt", "/..%00/secret.txt", "/../root/../secret.txt",
        "/%252e%252e/secret.txt", "/..;/secret.txt", "/..%c0%af/secret.txt",
    ],
)  # fmt: skip
async def test_row_107_no_path_leads_out(twin: Twin, root: Path, path: str) -> None:
    async with serving(twin, files(twin, root)) as server:
        answer = await ask(twin, server, get(path))
    assert status_of(answer) == 404
    assert b"the secret" not in answer


@both_twins
async def test_row_107_no_link_leads_out_however_it_is_nested(twin: Twin, root: Path) -> None:
    outside = root.parent / "outside"
    (outside / "deep").mkdir(parents=True)
    (outside / "deep" / "secret.txt").write_bytes(b"the secret")
    (root / "one").symlink_to(outside)
    (root / "sub" / "two").symlink_to("../one/deep")
    (root / "three").symlink_to("sub/two/secret.txt")
    (root / "index.html").symlink_to(root.parent / "secret.txt")
    (root / "loop").symlink_to("loop")
    (root / "file.txt.gz").symlink_to(root.parent / "secret.txt")
    async with serving(twin, files(twin, root)) as server:
        for path in (
            "/one/",
            "/one/deep/secret.txt",
            "/sub/two/secret.txt",
            "/three",
            "/loop",
            "/index.html",
        ):
            answer = await ask(twin, server, get(path))
            assert status_of(answer) == 404, path
            assert b"the secret" not in answer
        listed = await ask(twin, server, get("/"))
        assert status_of(listed) == 200
        for name in (b'"one/"', b'"three"', b'"index.html"', b"the secret"):
            assert name not in listed
        packed = b"GET /file.txt HTTP/1.1\r\nHost: a\r\nAccept-Encoding: gzip\r\n\r\n"
        assert (await ask(twin, server, packed)).endswith(b"\r\n\r\n0123456789")


@both_twins
async def test_row_107_link_that_is_changed_counts_at_once(twin: Twin, root: Path) -> None:
    """A connection that has been served a file gets no other one by its name, whatever is kept in memory."""
    good = root / "good.txt"
    good.write_bytes(b"fine")
    os.utime(good, (1e9, 1e9))
    (root / "link").symlink_to("good.txt")

    def talk(address: Any) -> list[bytes]:
        got = []
        with socket.create_connection(address, PATIENCE) as sock, sock.makefile("rb") as file:
            for turn in range(6):
                if turn == 4:
                    (root / "link").unlink()
                    (root / "link").symlink_to(root.parent / "secret.txt")
                sock.sendall(b"GET /link HTTP/1.1\r\nHost: a\r\n\r\n")
                got.append(file.readline())
                size = 0
                while line := file.readline().strip():
                    if line.lower().startswith(b"content-length:"):
                        size = int(line.split()[1])
                body = file.read(size)
                assert b"the secret" not in body
                if turn == 4:
                    break  # an error ends the connection
        return got

    async with serving(twin, files(twin, root)) as server:
        say = functools.partial(talk, server.server_address)
        got = await asyncio.to_thread(say) if twin.waits else say()
    assert [int(line.split()[1]) for line in got] == [200] * 4 + [404]


@both_twins
async def test_row_103_redirect_of_a_folder_stays_here(twin: Twin, root: Path) -> None:
    async with serving(twin, files(twin, root)) as server:
        for path in ("//sub", "/%2f/sub", "//evil.example/..//sub", "/\\sub", "http://evil.example/sub"):
            answer = await ask(twin, server, get(path))
            if status_of(answer) == 301:
                location = answer.partition(b"Location: ")[2].split(b"\r\n")[0]
                assert location.startswith(b"/")
                assert not location.startswith((b"//", b"/\\"))
            else:
                assert status_of(answer) == 404


# -------------------------------------------------------------------------------------------------------------- ranges


@both_twins
@pytest.mark.parametrize(
    "value",
    ["bytes=\u0660-\u0669", "bytes=0-\u00b2", "bytes=+0-3", "bytes=0_0-3", "bytes=0x0-3", "bytes=-\u0663"],
)
async def test_row_117_range_has_ascii_digits(twin: Twin, root: Path, value: str) -> None:
    data = f"GET /file.txt HTTP/1.1\r\nHost: a\r\nRange: {value}\r\n\r\n".encode()
    async with serving(twin, files(twin, root)) as server:
        answer = await ask(twin, server, data)
    assert status_of(answer) == 200
    assert answer.endswith(b"\r\n\r\n0123456789")


@both_twins
async def test_many_ranges_do_not_multiply_what_is_sent(twin: Twin, root: Path) -> None:
    """Apache's "killer" of 2011: a thousand overlapping ranges of one file."""
    (root / "large").write_bytes(b"x" * 100_000)
    for value in (",".join(f"{n}-" for n in range(1300)), ",".join(["0-"] * 1300), "0-,-1," * 30 + "5-"):
        data = b"GET /large HTTP/1.1\r\nHost: a\r\nRange: bytes=%b\r\n\r\n" % value.encode()
        async with serving(twin, files(twin, root)) as server:
            answer = await ask(twin, server, data)
        assert len(answer) < 101_000


# ------------------------------------------------------------------------------------------------------------- uploads


@both_twins
@pytest.mark.parametrize("name", ["../../evil", "..\\..\\evil", "/etc/evil", "C:\\evil"])
async def test_row_127_name_of_an_upload_stays_in_its_folder(twin: Twin, root: Path, name: str) -> None:
    escaped = name.replace("\\", "\\\\")
    body = (
        f'--B\r\nContent-Disposition: form-data; name="f"; filename="{escaped}"\r\n\r\nevil\r\n--B--\r\n'
    ).encode()
    head = (
        b"POST /sub/ HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    async with serving(twin, files(twin, root, uploads=True)) as server:
        assert status_of(await ask(twin, server, head + body)) == 201
    assert [path.name for path in (root / "sub").iterdir()] == ["evil"]
    assert {path.name for path in root.parent.iterdir()} == {"root", "secret.txt"}


@both_twins
@pytest.mark.parametrize(
    "body",
    [
        b"--B\r\n" * 2000,
        b'--B\r\nContent-Disposition: form-data; name="a"\r\n\r\n\r\n' * 2000,
        b"--B\r\n" + b"X: y\r\n" * 10_000,
        b"--B\r\nContent-Disposition: form-data\r\n\r\n",
        b"--B\r\n\xff\xfe\r\n\r\n",
    ],
    ids=["boundaries", "parts", "fields", "nameless", "odd"],
)
async def test_row_127_form_is_held_to_its_limits_while_it_comes(twin: Twin, root: Path, body: bytes) -> None:
    head = (
        b"POST /sub/ HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=B\r\n"
        b"Content-Length: %d\r\n\r\n" % len(body)
    )
    async with serving(twin, files(twin, root, uploads=True)) as server:
        assert status_of(await ask(twin, server, head + body)) == 400
    assert list((root / "sub").iterdir()) == []


@both_twins
async def test_row_113_refused_upload_is_no_request(twin: Twin, root: Path) -> None:
    smuggled = b"GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n"
    data = b"PUT /nope/x HTTP/1.1\r\nHost: a\r\nContent-Length: %d\r\n\r\n" % len(smuggled) + smuggled
    async with serving(twin, files(twin, root, uploads=True)) as server:
        answer = await ask(twin, server, data)
    assert status_of(answer) == 409
    assert b"0123456789" not in answer


# -------------------------------------------------------------------------------------------------------------- floods


def flood(address: Any, count: int, said: bytes, seconds: float) -> int:
    """Open so many connections, say this on each, and hold them; tell how many the server has ended in time."""
    made = []
    for _ in range(count):
        with contextlib.suppress(OSError):
            sock = socket.create_connection(address, PATIENCE)
            sock.setblocking(False)
            made.append(sock)
            sock.send(said)
    until, ended = time.monotonic() + seconds, 0
    while made and time.monotonic() < until:
        for sock in list(made):
            try:
                over = not sock.recv(65536)
            except BlockingIOError:
                continue
            except OSError:
                over = True
            if over:
                ended += 1
                made.remove(sock)
                sock.close()
        time.sleep(0.01)
    for sock in made:
        sock.close()
    return ended


@both_twins
@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"G",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: ",
        b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 9\r\n\r\n",
    ],
    ids=["silent", "a byte", "half a head", "no body"],
)
async def test_row_122_flood_of_slow_clients_costs_no_thread_each_and_ends(twin: Twin, said: bytes) -> None:
    most = [0]

    async def answer(handler: Any) -> None:
        most[0] = max(most[0], threading.active_count())
        handler.send_response(204)
        await asyncio.sleep(0) if twin.waits else None
        result = handler.end_headers()
        if twin.waits:
            await result

    base = twin.module("http.server").BaseHTTPRequestHandler
    method = answer if twin.waits else lambda handler: twin.run(answer(handler))
    kind = type(
        "Quick", (base,), {"protocol_version": "HTTP/1.1", "log_message": lambda *_: None, "do_GET": method}
    )
    with defaults.using(request_timeout=1.2, keep_alive_timeout=1.2):
        async with serving(twin, kind) as server:
            hold = functools.partial(flood, server.server_address, 150, said, 5.0)
            holding = (
                asyncio.ensure_future(asyncio.to_thread(hold))
                if twin.waits
                else threading.Thread(target=hold)
            )
            if not twin.waits:
                assert isinstance(holding, threading.Thread)
                holding.start()
            for _ in range(5):  # others are served meanwhile
                assert status_of(await ask(twin, server, get("/"))) == 204
            if isinstance(holding, threading.Thread):
                holding.join(PATIENCE)
            else:
                assert await holding == 150
    assert most[0] < 60


@both_twins
async def test_row_120_flood_of_requests_is_answered_in_order_and_in_little_memory(
    twin: Twin, root: Path
) -> None:
    def pipeline(address: Any) -> int:
        count = 3000
        with socket.create_connection(address, PATIENCE) as sock:
            requests = b"GET /file.txt HTTP/1.1\r\nHost: a\r\n\r\n" * count
            sender = threading.Thread(target=sock.sendall, args=(requests,))
            sender.start()
            got, seen = b"", 0
            while seen < count:
                got += sock.recv(1 << 20)
                seen += got.count(b"\r\n\r\n0123456789")
                got = got[got.rfind(b"\r\n\r\n0123456789") + 14 :] if b"\r\n\r\n0123456789" in got else got
            sender.join(PATIENCE)
        return seen

    async with serving(twin, files(twin, root)) as server:
        say = functools.partial(pipeline, server.server_address)
        assert (await asyncio.to_thread(say) if twin.waits else say()) == 3000
