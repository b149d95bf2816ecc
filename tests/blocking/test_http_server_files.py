# Generated from tests/aio/test_http_server_files.py by tools/unasync.py; edit that file.
"""SimpleHTTPRequestHandler: files, listings, and what it does not serve."""

from __future__ import annotations

import functools
import io
import os
import re
import socket
import struct
import sys
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.serving import aside, exchange, request, serving, talking
from wirekit import defaults
from wirekit.http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

if TYPE_CHECKING:
    import ssl
    from pathlib import Path


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / "empty.bin").touch()
    (folder / "text.txt").write_bytes(b"some text\n")
    (folder / "large.tar.gz").write_bytes(bytes(range(256)) * 1000)
    (tmp_path / "secret.txt").write_bytes(b"secret")
    return folder


def of(folder: Path, kind: type = Quiet) -> Any:
    return functools.partial(kind, directory=folder)


@pytest.mark.parametrize(
    "path,kind",
    [
        ("text.txt", "text/plain"),
        ("large.tar.gz", "application/gzip"),
        ("empty.bin", "application/octet-stream"),
    ],
)
def test_files_are_served_with_their_type(root: Path, path: str, kind: str) -> None:
    with serving(of(root)) as server, talking(server) as client:
        for _ in range(2):
            client.say(request(f"GET /{path}?x HTTP/1.1"))
            status, fields, body = aside(client.response)
            assert (status, fields["content-type"]) == (200, kind)
            assert body == (root / path).read_bytes()


def test_head_is_gets_without_the_body(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        for path in ("/text.txt", "/large.tar.gz", "/", "/empty.bin"):
            client.say(request(f"GET {path} HTTP/1.1"))
            status, fields, body = aside(client.response)
            client.say(request(f"HEAD {path} HTTP/1.1"))
            again = aside(client.response, bodiless=True)
            for seen in (fields, again[1]):
                del seen["date"]
            assert again == (status, fields, b"")
            assert fields["content-length"] == str(len(body))


@pytest.mark.parametrize(
    "path",
    ["/nope", "/text.txt/", "/sub/nope", "/%00", "/text.txt%00.html", "/../secret.txt", "/%2e%2e/secret.txt"],
)
def test_what_is_not_there_is_404(root: Path, path: str) -> None:
    with serving(of(root)) as server:
        assert exchange(server, request(f"GET {path} HTTP/1.1")).startswith(b"HTTP/1.1 404 ")


def test_absolute_target_is_a_path(root: Path) -> None:
    with serving(of(root)) as server:
        answer = exchange(server, request("GET http://a/text.txt HTTP/1.1"))
    assert answer.endswith(b"\r\n\r\nsome text\n")


def test_directory_without_its_slash_is_redirected(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        client.say(request("GET /sub?a=b HTTP/1.1"))
        status, fields, body = aside(client.response)
        assert (status, fields["location"], body) == (301, "/sub/?a=b", b"")
        client.say(request("GET /sub/?a=b HTTP/1.1"))
        assert aside(client.response)[0] == 200


@pytest.mark.parametrize("name", ["index.html", "index.htm"])
def test_index_page_stands_for_its_directory(root: Path, name: str) -> None:
    (root / "sub" / name).write_bytes(b"<p>index")
    with serving(of(root)) as server, talking(server) as client:
        client.say(request("GET /sub/ HTTP/1.1"))
        assert aside(client.response)[2] == b"<p>index"


def test_listing_shows_what_is_there(root: Path) -> None:
    (root / "Zeta").touch()
    (root / "link").symlink_to("text.txt")
    (root / "sublink").symlink_to("sub")
    with serving(of(root)) as server, talking(server) as client:
        client.say(request())
        _, fields, body = aside(client.response)
    names = re.findall(r'<a href="[^"]*"><bdi>([^<]*)</bdi>', body.decode().partition('id="entries"')[2])
    assert names == ["sub/", "sublink/@", "empty.bin", "large.tar.gz", "link@", "text.txt", "Zeta"]
    assert b'href="sublink/"' in body
    assert fields["content-type"] == "text/html; charset=utf-8"


@pytest.mark.skipif(sys.platform in {"darwin", "win32"}, reason="file names are text on this system")
def test_listing_leads_to_names_that_are_no_text(root: Path) -> None:
    with open(os.path.join(os.fsencode(root), b"\xff\xe4.txt"), "wb") as file:
        file.write(b"odd")
    with serving(of(root)) as server, talking(server) as client:
        client.say(request())
        assert b'href="%FF%E4.txt"' in aside(client.response)[2]
        client.say(request("GET /%FF%E4.txt HTTP/1.1"))
        assert aside(client.response)[2] == b"odd"


def test_listing_that_may_not_be_read_is_404(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(path: str) -> list[str]:
        raise PermissionError(path)

    monkeypatch.setattr(os, "scandir", refuse)
    with serving(of(root)) as server:
        assert b"404 No permission to list directory" in exchange(server, request())


@pytest.mark.parametrize(
    "since,status",
    [
        ("Thu, 01 Jan 2015 00:00:00 GMT", 304),
        ("Thu, 01 Jan 2015 00:00:00 -0000", 304),
        ("Fri, 02 Jan 2015 00:00:00 GMT", 304),
        ("Wed, 31 Dec 2014 23:59:59 GMT", 200),
        ("Thu, 01 Jan 2015 00:00:00 +0500", 200),
        ("no date at all", 200),
    ],
)
def test_unchanged_file_is_304(root: Path, since: str, status: int) -> None:
    os.utime(root / "text.txt", (1_420_070_400.5, 1_420_070_400.5))
    with serving(of(root)) as server, talking(server) as client:
        client.say(request("GET /text.txt HTTP/1.1", f"If-Modified-Since: {since}"))
        got, fields, _ = aside(client.response)
        assert got == status
        if status == 200:
            assert fields["last-modified"] == "Thu, 01 Jan 2015 00:00:00 GMT"
        client.say(request("GET /text.txt HTTP/1.1", f"If-Modified-Since: {since}", "If-None-Match: x"))
        assert aside(client.response)[0] == 200


def test_directory_is_the_current_one_by_default(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(root)
    with serving(Quiet) as server:
        assert exchange(server, request("GET /text.txt HTTP/1.1")).endswith(b"some text\n")


def test_type_is_guessed_by_name() -> None:
    class Own(Quiet):
        extensions_map = {**Quiet.extensions_map, ".txt": "text/x-own", "": "application/x-none"}  # noqa: RUF012

    handler = Own.__new__(Own)
    assert handler.guess_type("/a/b.html") == "text/html"
    assert handler.guess_type("/a/b.TXT") == "text/x-own"
    assert handler.guess_type("/a/b.Z") == "application/octet-stream"
    assert handler.guess_type("/a.d/b") == "application/x-none"


def test_copyfile_copies_any_file_to_any_other() -> None:
    handler = Quiet.__new__(Quiet)
    target = io.BytesIO()
    handler.copyfile(io.BytesIO(b"x" * 100_000), target)
    assert target.getvalue() == b"x" * 100_000


def test_overrides_of_path_and_listing_are_used(root: Path) -> None:
    class Own(Quiet):
        def translate_path(self, path: str) -> str:
            return super().translate_path(path.replace("/alias", "/sub"))

        def list_directory(self, path: str) -> io.BytesIO:
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            return io.BytesIO(b"mine")

    with serving(of(root, Own)) as server, talking(server) as client:
        client.say(request("GET /alias/ HTTP/1.1"))
        assert aside(client.response)[2] == b"mine"


def test_links_out_are_served_when_allowed(root: Path) -> None:
    (root / "out").symlink_to(root.parent)
    with serving(of(root)) as server:
        with defaults.using(follow_symlinks_out=True):
            assert exchange(server, request("GET /out/secret.txt HTTP/1.1")).endswith(b"secret")
            assert b'href="out/"' in exchange(server, request())


def test_root_may_be_a_link_itself(root: Path) -> None:
    (root.parent / "alias").symlink_to(root)
    (root / "in").symlink_to(root / "text.txt")
    with serving(of(root.parent / "alias")) as server:
        for name in ("text.txt", "in"):
            assert exchange(server, request(f"GET /{name} HTTP/1.1")).endswith(b"some text\n")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_pipe_is_no_file_and_holds_nobody_up(root: Path, method: str) -> None:
    os.mkfifo(root / "pipe")
    (root / "sub" / "index.html").mkdir()
    os.mkfifo(root / "sub" / "index.htm")
    with serving(of(root)) as server:
        answer = exchange(server, request(f"{method} /pipe HTTP/1.1"))
        assert answer.startswith(b"HTTP/1.1 404 ")
        answer = exchange(server, request(f"{method} /sub/ HTTP/1.1"))
        assert answer.startswith(b"HTTP/1.1 200 ")


@pytest.mark.parametrize("secure", [False, True])
def test_hang_up_in_a_download_is_no_exception(
    root: Path,
    capsys: pytest.CaptureFixture[str],
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    secure: bool,
) -> None:
    class Server(ThreadingHTTPServer):
        def server_activate(self) -> None:
            super().server_activate()
            if secure:
                self.socket = server_tls.wrap_socket(self.socket, server_side=True)

    logged: list[str] = []
    lost = threading.Event()

    class Files(Quiet):
        def log_error(self, format: str, *args: Any) -> None:
            logged.append(format % args)
            lost.set()

    def hang_up(address: Any) -> None:
        plain = socket.create_connection(address, 5)
        sock = client_tls.wrap_socket(plain, server_hostname="localhost") if secure else plain
        sock.sendall(request("GET /huge HTTP/1.1"))
        sock.recv(1000)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))  # closing resets
        sock.close()

    with (root / "huge").open("wb") as file:
        file.truncate(64 << 20)
    with serving(of(root, Files), Server) as server:
        aside(hang_up, server.server_address)
        assert aside(lost.wait, 5)
    assert [line.partition(":")[0] for line in logged] == ["Connection lost"]
    assert capsys.readouterr().err == ""


def test_file_that_shrinks_ends_the_connection(root: Path) -> None:
    class Late(Quiet):
        def copyfile(self, source: Any, outputfile: Any) -> None:
            os.truncate(source.name, 3)
            super().copyfile(source, outputfile)

    with serving(of(root, Late)) as server:
        answer = exchange(server, request("GET /large.tar.gz HTTP/1.1") * 2)
    assert answer.endswith(b"\r\n\r\n\0\1\2")
