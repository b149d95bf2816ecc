"""Handlers and servers in the shapes that people write for http.server, unchanged: the same answers from both.

Every shape is a function that gets the module (the standard library's, then ours) and gives a server's class and a
handler's; a script of requests is said to each, and what comes back must be equal, and right.
"""

from __future__ import annotations

import base64
import contextlib
import email
import functools
import http.client
import http.server
import io
import json
import os
import socket
import socketserver
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest

import wirekit.http.server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.fix_tls import Certificates

PATIENCE = 10
MODULES = [http.server, wirekit.http.server]


@contextlib.contextmanager
def running(server: Any) -> Iterator[Any]:
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join(PATIENCE)
        server.server_close()


Answer = tuple[int, str, bytes]


def ask(server: Any, method: str, path: str, body: Any = None, **fields: str) -> Answer:
    """Say one request on a connection of its own; give (status, Content-Type, body)."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)
    try:
        headers = {name.replace("_", "-"): value for name, value in fields.items()}
        connection.request(method, path, body, headers)
        response = connection.getresponse()
        return response.status, response.getheader("Content-Type", ""), response.read()
    finally:
        connection.close()


def quiet(base: Any) -> Any:
    return type("Quiet", (base,), {"log_message": lambda *_: None})


SHAPES: dict[str, tuple[Any, list[tuple[Any, ...]]]] = {}


def shape(*script: tuple[Any, ...]) -> Callable[[Any], Any]:
    """Enter a shape, and what is said to it: (method, path, body, fields, status, part of the body)."""

    def enter(make: Any) -> Any:
        SHAPES[make.__name__] = make, list(script)
        return make

    return enter


@pytest.mark.parametrize("name", sorted(f"{name}" for name in (
    "json_api", "upload_form", "basic_auth", "cors", "single_page", "error_page", "chunks_by_hand", "head_is_get",
    "arguments", "own_init", "redirects", "event_stream", "text_wrapper", "raw_socket", "upgrade", "own_loop", "timeouts",
    "catches_hang_ups", "throttled", "own_listing", "ranges", "router", "deferred", "streamed_upload", "cookies",
)))  # fmt: skip
def test_handler_runs_unchanged(name: str, tmp_path: Path) -> None:
    make, script = SHAPES[name]
    (tmp_path / "index.html").write_bytes(b"<p>index")
    (tmp_path / "file.txt").write_bytes(b"0123456789")
    answers = []
    for module in MODULES:
        kind, handler = make(module, tmp_path)
        with running(kind(("127.0.0.1", 0), handler)) as server:
            answers.append([ask(server, *step[:3], **step[3]) for step in script])
    for step, theirs, ours in zip(script, *answers, strict=True):
        assert ours[0] == step[4], step
        assert step[5] in ours[2], step
        assert ours == theirs, step


@shape(
    ("GET", "/items", None, {}, 200, b"[]"),
    ("POST", "/items", b'{"a": 1}', {"Content_Type": "application/json"}, 201, b'"a"'),
    ("PUT", "/items/0", b'{"a": 2}', {}, 200, b"2"),
    ("GET", "/items", None, {}, 200, b'[{"a": 2}]'),
    ("DELETE", "/items/0", None, {}, 204, b""),
    ("PATCH", "/items/0", None, {}, 405, b"no"),
    ("POST", "/items", b"{nonsense", {}, 400, b"JSON"),
)
def json_api(module: Any, root: Path) -> tuple[Any, Any]:
    items: list[Any] = []

    class Api(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def answer(self, status: int, value: Any = None) -> None:
            body = b"" if value is None else json.dumps(value).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            if body:
                self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def body(self) -> Any:
            return json.loads(self.rfile.read(int(self.headers.get("Content-Length", 0))))

        def do_GET(self) -> None:
            self.answer(200, items)

        def do_POST(self) -> None:
            try:
                items.append(self.body())
            except ValueError:
                self.answer(400, "no JSON")
                return
            self.answer(201, items[-1])

        def do_PUT(self) -> None:
            items[int(self.path.rpartition("/")[2])] = self.body()
            self.answer(200, items)

        def do_DELETE(self) -> None:
            del items[int(self.path.rpartition("/")[2])]
            self.answer(204)

        def do_PATCH(self) -> None:
            self.answer(405, "no")

    return module.ThreadingHTTPServer, Api


FORM = b'--B\r\nContent-Disposition: form-data; name="f"; filename="a.txt"\r\n\r\nof a file\r\n--B--\r\n'


@shape(("POST", "/", FORM, {"Content_Type": "multipart/form-data; boundary=B"}, 200, b"a.txt:9"))
def upload_form(module: Any, root: Path) -> tuple[Any, Any]:
    class Upload(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["content-length"]))
            head = f"Content-Type: {self.headers['Content-Type']}\r\n\r\n".encode()
            part: Any = email.message_from_bytes(head + data).get_payload(0)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(f"{part.get_filename()}:{len(part.get_payload())}".encode())

    return module.HTTPServer, Upload


LOGIN = "Basic " + base64.b64encode(b"user:pass").decode()


@shape(
    ("GET", "/file.txt", None, {}, 401, b"Auth required"),
    ("GET", "/file.txt", None, {"Authorization": LOGIN}, 200, b"0123456789"),
    ("GET", "/file.txt", None, {"Authorization": "Basic x"}, 401, b"not authenticated"),
)
def basic_auth(module: Any, root: Path) -> tuple[Any, Any]:
    class Auth(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def do_AUTHHEAD(self) -> None:
            self.send_response(401)
            self.send_header("WWW-Authenticate", 'Basic realm="Test"')
            self.send_header("Content-type", "text/html")
            self.end_headers()

        def do_GET(self) -> None:
            given = self.headers.get("Authorization")
            if given is None:
                self.do_AUTHHEAD()
                self.wfile.write(b"Auth required")
            elif given == LOGIN:
                super().do_GET()
            else:
                self.do_AUTHHEAD()
                self.wfile.write(given.encode() + b" not authenticated")

    return module.ThreadingHTTPServer, functools.partial(Auth, directory=str(root))


@shape(("GET", "/file.txt", None, {}, 200, b"0123"), ("OPTIONS", "/", None, {}, 200, b""))
def cors(module: Any, root: Path) -> tuple[Any, Any]:
    class Cors(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def end_headers(self) -> Any:
            self.send_header("Access-Control-Allow-Origin", "*")
            self.send_header("Cache-Control", "no-store")
            return super().end_headers()

        def do_OPTIONS(self) -> None:
            self.send_response(200)
            self.end_headers()

    return module.ThreadingHTTPServer, functools.partial(Cors, directory=root)


@shape(
    ("GET", "/some/route", None, {}, 200, b"<p>index"),
    ("GET", "/file.txt?x=1", None, {}, 200, b"0123456789"),
    ("GET", "/", None, {}, 200, b"<p>index"),
)
def single_page(module: Any, root: Path) -> tuple[Any, Any]:
    class Spa(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        path: str

        def send_head(self) -> Any:
            if not os.path.exists(self.translate_path(self.path)):
                self.path = "/index.html"
            return super().send_head()

    return module.HTTPServer, functools.partial(Spa, directory=root)


@shape(
    ("GET", "/nope", None, {}, 404, b'{"error": 404}'),
    ("BREW", "/", None, {}, 501, b'{"error": 501}'),
)
def error_page(module: Any, root: Path) -> tuple[Any, Any]:
    class Own(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        error_message_format = '{"error": %(code)d}'
        error_content_type = "application/json"

    return module.ThreadingHTTPServer, functools.partial(Own, directory=root)


@shape(("GET", "/", None, {}, 200, b"onetwo"))
def chunks_by_hand(module: Any, root: Path) -> tuple[Any, Any]:
    class Chunks(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Transfer-Encoding", "chunked")
            self.end_headers()
            for part in (b"one", b"two", b""):
                self.wfile.write(b"%X\r\n%b\r\n" % (len(part), part))

    return module.ThreadingHTTPServer, Chunks


@shape(("GET", "/", None, {}, 200, b"body"), ("HEAD", "/", None, {}, 200, b""))
def head_is_get(module: Any, root: Path) -> tuple[Any, Any]:
    class Both(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "4")
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(b"body")

        do_HEAD = do_GET

    return module.ThreadingHTTPServer, Both


@shape(("GET", "/", None, {}, 200, b"closure partial server"))
def arguments(module: Any, root: Path) -> tuple[Any, Any]:
    def make(word: str) -> Any:
        class Given(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
            def __init__(self, other: str, *args: Any, **kwargs: Any) -> None:
                self.other = other
                super().__init__(*args, **kwargs)

            def do_GET(self) -> None:
                self.send_response(200)
                self.end_headers()
                self.wfile.write(f"{word} {self.other} {self.server.word}".encode())

        return Given

    class Server(module.ThreadingHTTPServer):  # type: ignore[misc]
        word = "server"

    return Server, functools.partial(make("closure"), "partial")


@shape(("GET", "/file.txt", None, {}, 200, b"0123456789"))
def own_init(module: Any, root: Path) -> tuple[Any, Any]:
    class Folder(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def __init__(self, *args: Any, **kwargs: Any) -> None:
            super().__init__(*args, directory=str(root), **kwargs)

    return module.ThreadingHTTPServer, Folder


@shape(("GET", "/a/b", None, {}, 302, b""), ("GET", "/old", None, {}, 301, b""))
def redirects(module: Any, root: Path) -> tuple[Any, Any]:
    class Redirect(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_GET(self) -> None:
            self.send_response(301 if self.path == "/old" else 302)
            self.send_header("Location", f"https://example.test{self.path}")
            self.end_headers()

    return module.HTTPServer, Redirect


@shape(("GET", "/events", None, {}, 200, b"data: 2\n\n"))
def event_stream(module: Any, root: Path) -> tuple[Any, Any]:
    class Events(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/event-stream")
            self.send_header("Cache-Control", "no-cache")
            self.end_headers()
            for number in range(3):
                self.wfile.write(b"data: %d\n\n" % number)
                self.wfile.flush()

    return module.ThreadingHTTPServer, Events


@shape(("GET", "/", None, {}, 200, "t\u00e4xt".encode()))
def text_wrapper(module: Any, root: Path) -> tuple[Any, Any]:
    class Text(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            text = io.TextIOWrapper(self.wfile, "utf-8", write_through=True)
            text.write("t\u00e4xt")
            text.detach()

    return module.ThreadingHTTPServer, Text


@shape(("GET", "/", None, {}, 200, b"by hand"), ("GET", "/request", None, {}, 200, b"by hand"))
def raw_socket(module: Any, root: Path) -> tuple[Any, Any]:
    class Raw(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_GET(self) -> None:
            sock = self.request if self.path == "/request" else self.connection
            sock.sendall(b"HTTP/1.0 200 OK\r\n\r\nby hand")

    return module.ThreadingHTTPServer, Raw


@shape(("GET", "/", None, {}, 200, b"upgraded"))
def upgrade(module: Any, root: Path) -> tuple[Any, Any]:
    """A WebSocket's handshake, and what such handlers do behind it: they talk to the socket."""

    class Upgrade(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            if self.headers.get("Upgrade") == "echo":
                self.send_response(101)
                self.send_header("Upgrade", "echo")
                self.end_headers()
                while data := self.connection.recv(100):
                    self.connection.sendall(data.upper())
                self.close_connection = True
                return
            with socket.create_connection(self.server.server_address, PATIENCE) as sock:
                sock.sendall(b"GET / HTTP/1.1\r\nHost: a\r\nConnection: Upgrade\r\nUpgrade: echo\r\n\r\n")
                file = sock.makefile("rb")
                while file.readline().strip():
                    pass
                sock.sendall(b"upgr")
                got = file.read(4)
                sock.sendall(b"aded")
                got += file.read(4)
                file.close()
            body = got.lower()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return module.ThreadingHTTPServer, Upgrade


@shape(("GET", "/1", None, {}, 200, b"/1"), ("GET", "/2", None, {}, 200, b"/2"))
def own_loop(module: Any, root: Path) -> tuple[Any, Any]:
    """A handler that has its own way through a connection's requests."""

    class Loop(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            while True:
                self.raw_requestline = self.rfile.readline(65537)
                if not self.raw_requestline or not self.parse_request():
                    return
                getattr(self, f"do_{self.command}")()
                self.wfile.flush()
                if self.close_connection:
                    return

        def do_GET(self) -> None:
            body = self.path.encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    return module.ThreadingHTTPServer, Loop


@shape(("GET", "/", None, {}, 200, b"5.0"))
def timeouts(module: Any, root: Path) -> tuple[Any, Any]:
    class Timeout(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        timeout = 5.0

        def setup(self) -> None:
            super().setup()
            self.began = time.monotonic()

        def finish(self) -> None:
            assert self.began
            super().finish()

        def do_GET(self) -> None:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(str(self.connection.gettimeout()).encode())

    return module.ThreadingHTTPServer, Timeout


@shape(("GET", "/", None, {}, 200, b"alive"))
def catches_hang_ups(module: Any, root: Path) -> tuple[Any, Any]:
    class Catches(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def handle(self) -> None:
            with contextlib.suppress(ConnectionResetError, BrokenPipeError):
                super().handle()

        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"alive")

    return module.ThreadingHTTPServer, Catches


@shape(("GET", "/file.txt", None, {}, 200, b"0123456789"))
def throttled(module: Any, root: Path) -> tuple[Any, Any]:
    class Slow(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def copyfile(self, source: Any, outputfile: Any) -> None:
            while block := source.read(4):
                outputfile.write(block)
                outputfile.flush()

    return module.ThreadingHTTPServer, functools.partial(Slow, directory=root)


@shape(("GET", "/sub/", None, {}, 200, b"my own list"), ("GET", "/", None, {}, 200, b"<p>index"))
def own_listing(module: Any, root: Path) -> tuple[Any, Any]:
    (root / "sub").mkdir(exist_ok=True)

    class Lists(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def list_directory(self, path: Any) -> Any:
            body = b"my own list of " + os.fsencode(os.path.basename(path.rstrip("/")))
            self.send_response(200)
            self.send_header("Content-type", "text/plain")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            return io.BytesIO(body)

    return module.ThreadingHTTPServer, functools.partial(Lists, directory=root)


@shape(
    ("GET", "/file.txt", None, {"Range": "bytes=2-5"}, 206, b"2345"),
    ("GET", "/file.txt", None, {}, 200, b"0123456789"),
)
def ranges(module: Any, root: Path) -> tuple[Any, Any]:
    """As packages add ranges to the standard library's handler."""

    class Ranges(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def send_head(self) -> Any:
            if "Range" not in self.headers:
                self.range = None
                return super().send_head()
            first, last = map(int, self.headers["Range"].partition("=")[2].split("-"))
            file = open(self.translate_path(self.path), "rb")  # noqa: SIM115  -- the caller closes it
            self.range = first, last
            self.send_response(206)
            self.send_header("Content-type", self.guess_type(self.path))
            self.send_header("Content-Range", f"bytes {first}-{last}/{os.fstat(file.fileno()).st_size}")
            self.send_header("Content-Length", str(last - first + 1))
            self.end_headers()
            return file

        def copyfile(self, source: Any, outputfile: Any) -> None:
            if not self.range:
                super().copyfile(source, outputfile)
                return
            source.seek(self.range[0])
            outputfile.write(source.read(self.range[1] - self.range[0] + 1))

    return module.ThreadingHTTPServer, functools.partial(Ranges, directory=root)


@shape(
    ("GET", "/hello?name=x", None, {}, 200, b"hello x"),
    ("GET", "/file.txt", None, {}, 200, b"0123456789"),
    ("POST", "/hello", b"name=y", {"Content_Type": "application/x-www-form-urlencoded"}, 200, b"hello y"),
)
def router(module: Any, root: Path) -> tuple[Any, Any]:
    from urllib.parse import parse_qs, urlparse

    class Routes(quiet(module.SimpleHTTPRequestHandler)):  # type: ignore[misc]
        def hello(self, given: dict[str, list[str]]) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.end_headers()
            self.wfile.write(f"hello {given['name'][0]}".encode())

        def do_GET(self) -> None:
            parsed = urlparse(self.path)
            if parsed.path == "/hello":
                self.hello(parse_qs(parsed.query))
            else:
                super().do_GET()

        def do_POST(self) -> None:
            self.hello(parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode()))

    return module.ThreadingHTTPServer, functools.partial(Routes, directory=root)


@shape(("POST", "/", b"work", {}, 202, b"accepted"), ("GET", "/", None, {}, 200, b"work"))
def deferred(module: Any, root: Path) -> tuple[Any, Any]:
    """A handler that answers, and goes on to work in a thread of its own."""
    done: list[bytes] = []
    ready = threading.Event()

    class Deferred(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_POST(self) -> None:
            data = self.rfile.read(int(self.headers["Content-Length"]))

            def work() -> None:
                done.append(data)
                ready.set()

            threading.Thread(target=work).start()
            self.send_response(202)
            self.end_headers()
            self.wfile.write(b"accepted")

        def do_GET(self) -> None:
            assert ready.wait(PATIENCE)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(done[0])

    return module.ThreadingHTTPServer, Deferred


@shape(("PUT", "/big", b"x" * 300_000, {}, 201, b"300000"))
def streamed_upload(module: Any, root: Path) -> tuple[Any, Any]:
    class Put(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_PUT(self) -> None:
            left = int(self.headers["Content-Length"])
            size = 0
            with open(root / "put", "wb") as file:
                while left > 0:
                    block = self.rfile.read(min(left, 65536))
                    size += file.write(block)
                    left -= len(block)
            self.send_response(201, "Created")
            self.end_headers()
            self.wfile.write(str(size).encode())

    return module.HTTPServer, Put


@shape(("GET", "/", None, {"Cookie": "sid=1; other=2"}, 200, b"1"), ("GET", "/", None, {}, 200, b"new"))
def cookies(module: Any, root: Path) -> tuple[Any, Any]:
    from http.cookies import SimpleCookie

    class Cookies(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        def do_GET(self) -> None:
            jar = SimpleCookie(self.headers.get("Cookie"))
            self.send_response(200)
            if "sid" not in jar:
                made = SimpleCookie({"sid": "7"})
                self.send_header("Set-Cookie", made["sid"].OutputString())
            self.end_headers()
            self.wfile.write(jar["sid"].value.encode() if "sid" in jar else b"new")

    return module.ThreadingHTTPServer, Cookies


# ---- servers


def hello(module: Any, **more: Any) -> Any:
    class Hello(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            body = f"{self.path} {threading.current_thread() is threading.main_thread()}".encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    for name, value in more.items():
        setattr(Hello, name, value)
    return Hello


def talk(server: Any, count: int = 3) -> list[bytes]:
    """Say several requests on one connection."""
    connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)
    try:
        got = []
        for number in range(count):
            connection.request("GET", f"/{number}")
            got.append(connection.getresponse().read())
        return got
    finally:
        connection.close()


@pytest.mark.parametrize("module", MODULES, ids=["stdlib", "wirekit"])
class TestServers:
    """The servers that people make of the classes."""

    def test_threads_of_socketserver_mixed_in(self, module: Any) -> None:
        class Server(socketserver.ThreadingMixIn, module.HTTPServer):  # type: ignore[misc]
            daemon_threads = True

        with running(Server(("127.0.0.1", 0), hello(module))) as server:
            assert talk(server) == [b"/0 False", b"/1 False", b"/2 False"]

    def test_pool_of_a_programs_own(self, module: Any) -> None:
        seen: list[str] = []

        class Server(socketserver.ThreadingMixIn, module.HTTPServer):  # type: ignore[misc]
            pool = ThreadPoolExecutor(2, "mine")

            def process_request(self, request: Any, client_address: Any) -> None:
                self.pool.submit(self.process_request_thread, request, client_address)

        class Named(hello(module)):  # type: ignore[misc]
            def do_GET(self) -> None:
                seen.append(threading.current_thread().name)
                super().do_GET()

        with running(Server(("127.0.0.1", 0), Named)) as server:
            assert len(talk(server)) == len(talk(server)) == 3
        Server.pool.shutdown()
        assert len(seen) == 6
        assert all(name.startswith("mine") for name in seen)

    @pytest.mark.skipif(not hasattr(os, "fork"), reason="this system cannot fork")
    @pytest.mark.filterwarnings("ignore:This process.*is multi-threaded:DeprecationWarning")
    def test_processes_of_socketserver_mixed_in(self, module: Any) -> None:
        class Server(socketserver.ForkingMixIn, module.HTTPServer):  # type: ignore[misc]
            block_on_close = True

        class Own(hello(module)):  # type: ignore[misc]
            def do_GET(self) -> None:
                body = str(os.getpid()).encode()
                self.send_response(200)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

        with running(Server(("127.0.0.1", 0), Own)) as server:
            # a child holds a copy of this process's own end: only the server can end the connection
            answers = {ask(server, "GET", "/", Connection="close")[2] for _ in range(2)}
        assert len(answers) == 2
        assert str(os.getpid()).encode() not in answers

    def test_hooks_of_a_server_are_called_in_their_order(self, module: Any) -> None:
        calls: list[str] = []

        class Server(module.ThreadingHTTPServer):  # type: ignore[misc]
            def __getattribute__(self, name: str) -> Any:
                found = super().__getattribute__(name)
                if name in {
                    "get_request",
                    "verify_request",
                    "process_request",
                    "finish_request",
                    "close_request",
                }:
                    calls.append(name)
                return found

        with running(Server(("127.0.0.1", 0), hello(module))) as server:
            talk(server)
            for _ in range(500):
                if "close_request" in calls:
                    break
                time.sleep(0.01)
        order = ["get_request", "verify_request", "process_request", "finish_request", "close_request"]
        assert [name for name in calls if name in order][:5] == order

    def test_requests_are_verified(self, module: Any) -> None:
        class Server(module.ThreadingHTTPServer):  # type: ignore[misc]
            def verify_request(self, request: Any, client_address: Any) -> bool:
                return False

        with running(Server(("127.0.0.1", 0), hello(module))) as server, pytest.raises(OSError):
            ask(server, "GET", "/")

    def test_finish_request_gives_the_handler_more(self, module: Any, tmp_path: Path) -> None:
        (tmp_path / "a").write_bytes(b"content")

        class Server(module.ThreadingHTTPServer):  # type: ignore[misc]
            def finish_request(self, request: Any, client_address: Any) -> None:
                self.RequestHandlerClass(request, client_address, self, directory=tmp_path)

        with running(Server(("127.0.0.1", 0), quiet(module.SimpleHTTPRequestHandler))) as server:
            assert ask(server, "GET", "/a")[2] == b"content"

    def test_one_connection_at_a_time(self, module: Any) -> None:
        server = module.HTTPServer(("127.0.0.1", 0), hello(module))
        server.timeout = PATIENCE
        with server:
            for _ in range(2):
                got: list[Any] = []
                client = threading.Thread(target=lambda got=got: got.extend(talk(server)))
                client.start()
                server.handle_request()
                client.join(PATIENCE)
                assert got == [b"/0 True", b"/1 True", b"/2 True"]

    def test_waiting_in_vain_is_told(self, module: Any) -> None:
        told: list[int] = []

        class Server(module.HTTPServer):  # type: ignore[misc]
            timeout = 0.01

            def handle_timeout(self) -> None:
                told.append(1)

        with Server(("127.0.0.1", 0), hello(module)) as server:
            server.handle_request()
        assert told == [1]

    def test_handler_stops_its_server(self, module: Any) -> None:
        class Stops(hello(module)):  # type: ignore[misc]
            def do_GET(self) -> None:
                threading.Thread(target=self.server.shutdown).start()
                super().do_GET()

        with module.ThreadingHTTPServer(("127.0.0.1", 0), Stops) as server:
            thread = threading.Thread(target=server.serve_forever)
            thread.start()
            assert ask(server, "GET", "/")[0] == 200
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def test_handler_stops_its_server_by_what_it_should_not_touch(self, module: Any) -> None:
        class Stops(hello(module)):  # type: ignore[misc]
            def do_GET(self) -> None:
                super().do_GET()
                self.server._BaseServer__shutdown_request = True

        with module.HTTPServer(("127.0.0.1", 0), Stops) as server:
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            assert ask(server, "GET", "/", Connection="close")[0] == 200
            thread.join(PATIENCE)
            assert not thread.is_alive()

    def test_server_serves_again_after_it_was_stopped(self, module: Any) -> None:
        server = module.ThreadingHTTPServer(("127.0.0.1", 0), hello(module))
        for _ in range(2):
            thread = threading.Thread(target=server.serve_forever, args=(0.01,))
            thread.start()
            assert len(talk(server)) == 3
            server.shutdown()
            thread.join(PATIENCE)
        server.server_close()

    def test_tls_socket_in_the_servers_place(
        self, module: Any, server_tls: ssl.SSLContext, certificates: Certificates
    ) -> None:
        server = module.ThreadingHTTPServer(("127.0.0.1", 0), hello(module))
        server.socket = server_tls.wrap_socket(server.socket, server_side=True)
        trusting = ssl.create_default_context(cafile=str(certificates.authority))
        with running(server):
            connection = http.client.HTTPSConnection(
                "localhost", server.server_port, timeout=PATIENCE, context=trusting
            )
            connection.request("GET", "/a")
            assert connection.getresponse().read() == b"/a False"
            connection.close()

    def test_service_actions_are_done(self, module: Any) -> None:
        done = threading.Event()

        class Server(module.HTTPServer):  # type: ignore[misc]
            def service_actions(self) -> None:
                done.set()

        with running(Server(("127.0.0.1", 0), hello(module))):
            assert done.wait(PATIENCE)

    def test_threads_that_are_no_daemons_are_waited_for(self, module: Any) -> None:
        gate, arrived, seen = threading.Event(), threading.Event(), []

        class Server(module.ThreadingHTTPServer):  # type: ignore[misc]
            daemon_threads = False

        class Waits(hello(module)):  # type: ignore[misc]
            def do_GET(self) -> None:
                arrived.set()
                assert gate.wait(PATIENCE)
                seen.append("answered")
                super().do_GET()

        with running(Server(("127.0.0.1", 0), Waits)) as server:
            client = threading.Thread(target=ask, args=(server, "GET", "/"))
            client.start()
            assert arrived.wait(PATIENCE)
            threading.Timer(0.05, gate.set).start()
        assert seen == ["answered"]
        client.join(PATIENCE)

    def test_proxy_fetches_from_elsewhere(self, module: Any) -> None:
        with running(module.ThreadingHTTPServer(("127.0.0.1", 0), hello(module))) as origin:

            class Proxy(quiet(module.BaseHTTPRequestHandler)):  # type: ignore[misc]
                def do_GET(self) -> None:
                    path = self.path.partition("://")[2].partition("/")[2]
                    status, kind, body = ask(origin, "GET", f"/{path}")
                    self.send_response(status)
                    self.send_header("Content-Type", kind)
                    self.send_header("Content-Length", str(len(body)))
                    self.end_headers()
                    self.wfile.write(body)

                def do_CONNECT(self) -> None:
                    self.send_response(200, "Connection Established")
                    self.end_headers()
                    with socket.create_connection(origin.server_address, PATIENCE) as far:
                        far.sendall(self.connection.recv(65536))
                        while data := far.recv(65536):
                            self.connection.sendall(data)
                            if data.endswith(b"False"):
                                break

            with running(module.ThreadingHTTPServer(("127.0.0.1", 0), Proxy)) as server:
                assert ask(server, "GET", f"http://127.0.0.1:{origin.server_port}/x")[2] == b"/x False"
                connection = http.client.HTTPConnection("127.0.0.1", server.server_port, timeout=PATIENCE)
                connection.set_tunnel("127.0.0.1", origin.server_port)
                connection.request("GET", "/y")
                assert connection.getresponse().read() == b"/y False"
                connection.close()
