"""Where the tour goes: servers on loopback that give known bytes, certificates made on the spot, programs of others.

Every place is a context manager, listens on a free port of 127.0.0.1, and is gone when its block ends.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import random
import shutil
import socket
import ssl
import subprocess
import tempfile
import threading
import time
from functools import cache
from pathlib import Path
from typing import NamedTuple

from wirekit._cli.tour import Unexpected
from wirekit.urllib.parse import urlsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

__all__ = [
    "Certificates",
    "Site",
    "blocks",
    "check",
    "find_port",
    "find_program",
    "make_certificates",
    "make_handler",
    "run",
    "run_nginx",
    "running",
    "with_framing",
]

CHUNK = 2048
SMALL = 512
PATIENCE = 5.0
"""Seconds that a program of others may take to start or to end."""


@cache
def make_body(size: int) -> bytes:
    """Make the bytes that a server gives: always the same, and never the same twice in a row."""
    return hashlib.shake_256(b"wirekit").digest(size)


@cache
def make_digest(size: int) -> bytes:
    """Make the SHA-256 of those bytes."""
    return hashlib.sha256(make_body(size)).digest()


def check(body: bytes, size: int) -> int:
    """Return the size of a body that is what the server gave; Unexpected when it is another."""
    if hashlib.sha256(body).digest() != make_digest(size):
        message = f"{len(body):,} bytes came that are not the {size:,} bytes sent"
        raise Unexpected(message)
    return size


class Site:
    """What a server gives, and what it remembers: who came, and with which Authorization."""

    def __init__(self, size: int) -> None:
        self.size = size
        make_digest(size)  # now, while nobody waits for it
        self.visitors: set[object] = set()
        self.logins: list[str | None] = []
        self.elsewhere = ""

    def answer(
        self, path: str, login: str | None, visitor: object
    ) -> tuple[int, list[tuple[str, str]], bytes, bool]:
        """Return status, fields, body, and whether the body goes in chunks."""
        self.visitors.add(visitor)
        self.logins.append(login)
        if path == "/moved":
            return 302, [("Location", self.elsewhere or "/small")], b"", False
        if path == "/chunked":
            return 200, [], make_body(self.size), True
        return 200, [], make_body(SMALL if path == "/small" else self.size), False


def make_handler(base: Any, site: Site) -> Any:
    """Make a request handler that serves a site, out of our blocking BaseHTTPRequestHandler or the stdlib's."""

    class Handler(base):  # type: ignore[misc]  # either base has the same methods
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            """Answer."""
            login = self.headers.get("Authorization")
            status, fields, body, chunked = site.answer(urlsplit(self.path).path, login, self.client_address)
            self.send_response(status)
            for name, value in with_framing(fields, body, chunked=chunked):
                self.send_header(name, value)
            self.end_headers()
            for block in blocks(body, chunked=chunked):
                self.wfile.write(block)

        def log_message(self, *_: object) -> None:
            """Keep the tour's page clean."""

    return Handler


def with_framing(fields: list[tuple[str, str]], body: bytes, *, chunked: bool) -> list[tuple[str, str]]:
    return [*fields, ("Transfer-Encoding", "chunked") if chunked else ("Content-Length", str(len(body)))]


def blocks(body: bytes, *, chunked: bool) -> Iterator[bytes]:
    if not chunked:
        yield body
        return
    for start in range(0, len(body), CHUNK):
        block = body[start : start + CHUNK]
        yield b"%x\r\n%b\r\n" % (len(block), block)
    yield b"0\r\n\r\n"


@contextlib.contextmanager
def running(server: Any, scheme: str = "http") -> Iterator[str]:
    """Run a blocking server in a thread; give its URL, without a slash at the end."""
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield f"{scheme}://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
        thread.join(PATIENCE)


# ---- certificates


class Certificates(NamedTuple):
    """Files in PEM: what to trust; chain and key for 127.0.0.1; chain and key for another name. And who made them."""

    authority: Path
    here: Path
    elsewhere: Path
    maker: str

    def client(self) -> ssl.SSLContext:
        """Make a client's context that trusts these certificates and checks names."""
        return ssl.create_default_context(cafile=self.authority)

    def server(self, chain: Path | None = None) -> ssl.SSLContext:
        """Make a server's context with the good certificate, or another."""
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(chain or self.here)
        return context


def make_certificates(directory: Path) -> Certificates | None:
    """Make certificates by trustme or by the openssl command; None where neither is here."""
    authority_file, here, elsewhere = (
        directory / f"{name}.pem" for name in ("authority", "here", "elsewhere")
    )
    made = Certificates(authority_file, here, elsewhere, "trustme")
    try:
        import trustme  # optional
    except ImportError:
        program = find_program("openssl")
        return _make_by_openssl(program, made._replace(maker="openssl")) if program else None
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(made.authority))
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(str(made.here))
    authority.issue_cert("elsewhere.example").private_key_and_cert_chain_pem.write_to_path(
        str(made.elsewhere)
    )
    return made


def _make_by_openssl(program: str, made: Certificates) -> Certificates:
    """Make two certificates that sign themselves; both are trusted, so that only the name tells them apart."""
    for path, name in ((made.here, "IP:127.0.0.1"), (made.elsewhere, "DNS:elsewhere.example")):
        key = path.with_suffix(".key")
        command = [
            program,
            "req",
            "-x509",
            "-newkey",
            "ec",
            "-pkeyopt",
            "ec_paramgen_curve:P-256",
            "-nodes",
            "-days",
            "2",
        ]
        command += [
            "-subj",
            "/CN=wirekit tour",
            "-addext",
            f"subjectAltName={name}",
            "-keyout",
            str(key),
            "-out",
            str(path),
        ]
        run(command)
        with made.authority.open("ab") as both:
            both.write(path.read_bytes())
        path.write_bytes(path.read_bytes() + key.read_bytes())
    return made


# ---- programs of others


def find_program(name: str) -> str | None:
    """Find a program, where users and where administrators keep theirs; None when it is not here."""
    path = os.pathsep.join(
        [os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin", "/opt/homebrew/bin"]
    )
    return shutil.which(name, path=path)


def run(command: list[str]) -> bytes:
    """Run a program to its end; return its stdout. Unexpected when it fails."""
    env = {"PATH": os.environ.get("PATH", os.defpath), "no_proxy": "*"}
    done = subprocess.run(command, capture_output=True, timeout=PATIENCE, env=env, check=False)  # noqa: S603 - our own words
    if done.returncode:
        message = f"{Path(command[0]).name} ended with {done.returncode}: {done.stderr.decode(errors='replace').strip()}"
        raise Unexpected(message)
    return done.stdout


_NGINX = """
daemon off; master_process off; worker_processes 1; pid {root}/pid; error_log stderr crit;
events {{ worker_connections 128; }}
http {{
  access_log off; default_type application/octet-stream;
  client_body_temp_path {root}/t1; proxy_temp_path {root}/t2; fastcgi_temp_path {root}/t3;
  uwsgi_temp_path {root}/t4; scgi_temp_path {root}/t5;
  server {{ listen 127.0.0.1:{plain}; root {root}; {tls} }}
}}
"""


@contextlib.contextmanager
def run_nginx(program: str, size: int, certificates: Certificates | None) -> Iterator[tuple[str, str | None]]:
    """Run nginx on a file of ``size`` known bytes, ``/large``; give its http URL and its https URL, if it has one."""
    with tempfile.TemporaryDirectory(prefix="wirekit-tour-") as name:
        root = Path(name)
        (root / "large").write_bytes(make_body(size))
        plain, secure = _find_ports(2)
        tls = ""
        if certificates:
            tls = f"listen 127.0.0.1:{secure} ssl; ssl_certificate {certificates.here}; ssl_certificate_key {certificates.here};"
        (root / "conf").write_text(_NGINX.format(root=root, plain=plain, tls=tls), encoding="utf-8")
        command = [program, "-p", name, "-c", str(root / "conf"), "-e", "stderr"]
        with (root / "log").open("wb") as log:
            process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)  # noqa: S603 - found above
        try:
            _wait_for(plain, process, root / "log")
            yield f"http://127.0.0.1:{plain}", f"https://127.0.0.1:{secure}" if certificates else None
        finally:
            process.terminate()
            process.wait(PATIENCE)


def find_port() -> int:
    """Find a port that nobody listens on now."""
    return _find_ports(1)[0]


def _find_ports(count: int) -> list[int]:
    """Find ports that nobody listens on now, below those that systems give by themselves to whoever connects."""
    ports: list[int] = []
    with contextlib.ExitStack() as stack:
        for port in random.sample(range(10_000, 30_000), 1000):
            with contextlib.suppress(OSError):
                stack.enter_context(socket.create_server(("127.0.0.1", port)))
                ports.append(port)
            if len(ports) == count:
                break
    return ports


def _wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Wait until a program listens. Unexpected when it ended, or takes too long."""
    end = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except OSError:
            time.sleep(0.005)
        else:
            return
    message = f"{Path(str(process.args[0])).name} did not start: {log.read_text(errors='replace').strip()}"  # type: ignore[index]
    raise Unexpected(message)
