"""The servers behind the client rows: nginx, a small one that sends chunks of a chosen size, and vsftpd (bench.ftp_origin).

Both listen on loopback only, each in a process of its own, and end with the benchmark. nginx's files
and configuration stand in a temporary directory.
"""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Self

from bench.rows import CHUNKED_8K, CHUNKED_512, HOST, LARGE, PAGE, SMALL

if TYPE_CHECKING:
    from bench.ftp_origin import FTPOrigin

NGINX_CONF = """
daemon off;
master_process off;  # one process: its pid is the one whose CPU time counts
worker_processes 1;
pid {root}/nginx.pid;
error_log {root}/error.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off;
    sendfile on;
    tcp_nopush on;
    tcp_nodelay on;
    keepalive_timeout 300;
    keepalive_requests 1000000000;
    open_file_cache max=16;
    default_type text/plain;
    client_body_temp_path {root}/tmp; proxy_temp_path {root}/tmp; fastcgi_temp_path {root}/tmp;
    uwsgi_temp_path {root}/tmp; scgi_temp_path {root}/tmp;
    server {{ listen {host}:{port} backlog=1024; {tls} root {root}/files; }}
}}
"""
TLS_CONF = "listen {host}:{port} ssl backlog=1024; ssl_certificate {root}/tls.pem; ssl_certificate_key {root}/tls.pem;"


def pick_port() -> int:
    """A loopback port that was free a moment ago."""
    with socket.socket() as sock:
        sock.bind((HOST, 0))
        port: int = sock.getsockname()[1]
        return port


def write_files(folder: Path) -> None:
    """The files that nginx and the static rows serve: 100 bytes, 10 KB, 100 MB."""
    folder.mkdir()
    (folder / "small.txt").write_bytes(b"x" * SMALL)
    (folder / "page.bin").write_bytes(os.urandom(PAGE))
    block = os.urandom(1024 * 1024)
    with (folder / "large.bin").open("wb") as file:
        for _ in range(LARGE // len(block)):
            file.write(block)
    (folder / "static").mkdir()  # what granian serves has to stand below a path of its own
    for name in ("page.bin", "large.bin"):
        os.link(folder / name, folder / "static" / name)


class Origins:
    """The running servers; a context manager. `nginx`, `nginx_tls` and `chunks` are ports, 0 when not there.

    nginx's certificate is its own authority; SSL_CERT_FILE names it to the processes that are started from here.
    """

    nginx = nginx_tls = chunks = nginx_pid = 0
    missing = ""

    @cached_property
    def _ftp(self) -> FTPOrigin:
        """vsftpd, started for the first row that wants it."""
        from bench.ftp_origin import FTPOrigin

        return FTPOrigin(self.root / "tls.pem")

    @property
    def ftp(self) -> int:
        """The port of vsftpd."""
        return self._ftp.port

    @property
    def ftp_far(self) -> int:
        """The port of the proxy that makes it far away."""
        return self._ftp.far

    @property
    def pids(self) -> list[int]:
        """The processes of the servers."""
        return [process.pid for process in self._all()]

    def _all(self) -> list[subprocess.Popen[str]]:
        started = vars(self).get("_ftp")
        return self.processes + (started.processes if started else [])

    def __enter__(self) -> Self:
        self.processes: list[subprocess.Popen[str]] = []
        self.root = Path(tempfile.mkdtemp(prefix="wirekit-bench-"))
        self.files = self.root / "files"
        try:
            write_files(self.files)
            self._start_nginx()
            self._start_chunks()
        except BaseException:
            self.__exit__()
            raise
        return self

    def __exit__(self, *_error: object) -> None:
        for process in self.processes:
            end_process(process)
        if "_ftp" in vars(self):
            self._ftp.end()
        shutil.rmtree(self.root, ignore_errors=True)

    def _start_nginx(self) -> None:
        program = shutil.which("nginx") or shutil.which(
            "nginx", path="/usr/sbin:/usr/local/sbin:/opt/homebrew/bin"
        )
        if program is None:
            self.missing = "nginx is not installed"
            return
        port = pick_port()
        conf = self.root / "nginx.conf"
        tls = self._prepare_tls()
        conf.write_text(NGINX_CONF.format(root=self.root, host=HOST, port=port, tls=tls), encoding="utf-8")
        command = [program, "-p", str(self.root), "-e", str(self.root / "error.log"), "-c", str(conf)]
        process = subprocess.Popen(command, text=True, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        wait_for_port(process, port)
        self.nginx, self.nginx_pid = port, process.pid

    def _prepare_tls(self) -> str:
        """Make a certificate; what nginx's configuration says of it. Nothing where openssl is not installed."""
        if shutil.which("openssl") is None:
            return ""
        key, certificate = self.root / "key.pem", self.root / "certificate.pem"
        made = [
            "openssl",
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
        names = ["-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"]
        subprocess.run([*made, *names, "-keyout", key, "-out", certificate], check=True, capture_output=True)
        (self.root / "tls.pem").write_bytes(key.read_bytes() + certificate.read_bytes())
        os.environ["SSL_CERT_FILE"] = str(certificate)
        self.nginx_tls = pick_port()
        return TLS_CONF.format(root=self.root, host=HOST, port=self.nginx_tls)

    def _start_chunks(self) -> None:
        process = start_announcing([sys.executable, "-m", "bench.origins"])
        self.processes.append(process)
        self.chunks = hear_port(process)


def start_announcing(command: list[str], cwd: Path | None = None) -> subprocess.Popen[str]:
    """Start a server that prints its port on its first line, and ends when its standard input does."""
    return subprocess.Popen(
        command, text=True, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=cwd
    )


def hear_port(process: subprocess.Popen[str]) -> int:
    """The port that the server announces; RuntimeError with the last line of its complaint."""
    assert process.stdout is not None
    line = process.stdout.readline()
    if not line.strip().isdigit():
        _, errors = process.communicate(timeout=10)
        raise RuntimeError((errors.strip() or line.strip() or "the server said nothing").splitlines()[-1])
    return int(line)


def end_process(process: subprocess.Popen[str]) -> None:
    """End a process that we started, and wait for it."""
    process.terminate()
    try:
        process.communicate(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()


def wait_for_port(process: subprocess.Popen[str], port: int) -> None:
    """Until the server accepts connections; RuntimeError after five seconds or when it ended."""
    until = time.monotonic() + 5
    while time.monotonic() < until and process.poll() is None:
        try:
            socket.create_connection((HOST, port), timeout=1).close()
        except OSError:
            time.sleep(0.02)
        else:
            return
    raise RuntimeError("nginx did not start: see its messages above")


def end_with_parent() -> None:
    """End this process when its standard input does, that is, when the benchmark is gone."""

    def watch() -> None:
        while os.read(0, 1):  # not sys.stdin: its lock would be held when the interpreter ends
            pass
        os._exit(0)

    threading.Thread(target=watch, daemon=True).start()


def format_chunked(size: int, chunk: int) -> bytes:
    """A whole response of `size` body bytes in chunks of `chunk` bytes, ready to be sent."""
    head = b"HTTP/1.1 200 OK\r\nContent-Type: application/octet-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
    return head + (b"%x\r\n%b\r\n" % (chunk, b"x" * chunk)) * (size // chunk) + b"0\r\n\r\n"


def serve_chunks() -> None:
    """Send `GET /8192` and `GET /512` their precomputed responses, a thread per connection."""
    responses = {b"/8192": format_chunked(CHUNKED_8K, 8192), b"/512": format_chunked(CHUNKED_512, 512)}
    listener = socket.create_server((HOST, 0))

    def answer(sock: socket.socket) -> None:
        with sock:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            data = b""
            while block := sock.recv(65536):
                data += block
                while b"\r\n\r\n" in data:
                    head, _, data = data.partition(b"\r\n\r\n")
                    sock.sendall(responses[head.split(b" ", 2)[1]])

    end_with_parent()
    sys.stdout.write(f"{listener.getsockname()[1]}\n")
    sys.stdout.flush()
    signal.signal(signal.SIGTERM, lambda *_: os._exit(0))
    while True:
        connection, _ = listener.accept()
        threading.Thread(target=answer, args=(connection,), daemon=True).start()


if __name__ == "__main__":
    serve_chunks()
