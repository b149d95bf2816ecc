"""nginx on loopback: a server that others wrote, for a whole run of tests.

It is one process (no master, no daemon) on free ports, in the foreground of its own directory, and is ended by its own
process id. Where nginx is not installed the tests that ask for it are skipped, by name.

| path | what comes |
|---|---|
| `/text.txt` | 98,000 bytes of text with a Content-Length; gzip, and then chunked, where the client accepts gzip |
| `/big.bin` | 1 MiB of every byte in turn; ranges |
| `/empty` | a body of no bytes |
| `/chunked` | text.txt, chunked; `/trailer`: the same with a trailer field `X-Checksum: abc` |
| `/dir/` | a listing, chunked |
| `/echo` | request method, version and target; Host |
| `/secret/page.txt` | needs Basic alice:s3cret |
| `/redirect/<code>` | to `/echo?from=<code>`; `/redirect/loop`: to itself |
| `/dav/...` | PUT and DELETE |
| `/close` | the connection is closed after the response; `/gone`: hangs up without one |
| `/slow` | big.bin at 256 KiB a second |
"""

from __future__ import annotations

import base64
import hashlib
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_tls import Certificates

USER, PASSWORD = "alice", "s3cret"
TEXT = ("a line of compressible text, with ünicode in it\n" * 2000).encode()
BIG = bytes(range(256)) * 4096

ATTEMPTS = 5
"""Ports are found free, then let go for nginx: another program may take one in between."""

CONFIGURATION = """
daemon off; master_process off; worker_processes 1; pid {root}/pid; error_log stderr warn;
events {{ worker_connections 512; }}
http {{
  default_type application/octet-stream;
  types {{ text/html html; text/plain txt; }}
  access_log off;
  client_body_temp_path {root}/body; proxy_temp_path {root}/proxy; fastcgi_temp_path {root}/fastcgi;
  uwsgi_temp_path {root}/uwsgi; scgi_temp_path {root}/scgi;
  client_max_body_size 64m; keepalive_requests 100000; keepalive_timeout 60s;
  gzip on; gzip_types text/plain; gzip_min_length 100;
  ssl_certificate {server}; ssl_certificate_key {server};
  server {{
    listen 127.0.0.1:{http}; listen [::1]:{http}; listen unix:{root}/socket; listen 127.0.0.1:{https} ssl;
    server_name localhost; root {root}/www;
    location = /chunked {{ ssi on; ssi_types *; gzip off; alias {root}/www/text.txt; }}
    location = /trailer {{ gzip off; add_trailer X-Checksum abc; alias {root}/www/text.txt; }}
    location /dir/ {{ autoindex on; }}
    location = /echo {{ return 200 "$request_method $server_protocol $request_uri\\n$http_host\\n"; }}
    location /secret/ {{ auth_basic "secret place"; auth_basic_user_file {root}/htpasswd; }}
    location = /redirect/loop {{ return 302 /redirect/loop; }}
    location ~ ^/redirect/(?<code>301)$ {{ return 301 /echo?from=$code; }}
    location ~ ^/redirect/(?<code>302)$ {{ return 302 /echo?from=$code; }}
    location ~ ^/redirect/(?<code>303)$ {{ return 303 /echo?from=$code; }}
    location ~ ^/redirect/(?<code>307)$ {{ return 307 /echo?from=$code; }}
    location ~ ^/redirect/(?<code>308)$ {{ return 308 /echo?from=$code; }}
    location /dav/ {{ dav_methods PUT DELETE; create_full_put_path on; }}
    location = /close {{ keepalive_timeout 0; return 200 "bye\\n"; }}
    location = /gone {{ return 444; }}
    location = /slow {{ limit_rate 256k; alias {root}/www/big.bin; }}
  }}
  server {{
    listen 127.0.0.1:{mutual} ssl; ssl_client_certificate {authority}; ssl_verify_client on;
    location / {{ return 200 "$ssl_client_s_dn\\n"; }}
  }}
  server {{
    listen 127.0.0.1:{wrong_host_port} ssl; ssl_certificate {wrong_host}; ssl_certificate_key {wrong_host};
    location / {{ return 200 "never\\n"; }}
  }}
  server {{
    listen 127.0.0.1:{expired_port} ssl; ssl_certificate {expired}; ssl_certificate_key {expired};
    location / {{ return 200 "never\\n"; }}
  }}
  server {{
    listen 127.0.0.1:{stranger_port} ssl; ssl_certificate {stranger}; ssl_certificate_key {stranger};
    location / {{ return 200 "never\\n"; }}
  }}
}}
"""


@dataclass(frozen=True)
class Nginx:
    """A running nginx: its root directory, its ports by what they speak, and a Unix socket.

    http also listens on ::1; mutual demands a client certificate and answers with its subject; wrong_host, expired
    and stranger show certificates that no client may accept.
    """

    root: Path
    http: int
    https: int
    mutual: int
    wrong_host: int
    expired: int
    stranger: int

    @property
    def socket(self) -> str:
        """The path of the Unix socket, which serves what the http port serves."""
        return str(self.root / "socket")


def write_documents(root: Path) -> None:
    """Write what nginx serves."""
    www = root / "www"
    for directory in ("secret", "dir", "dav"):
        (www / directory).mkdir(parents=True)
        (www / directory / "page.txt").write_text(f"{directory} page\n")
    (www / "index.html").write_text("<h1>nginx</h1>\n")
    (www / "text.txt").write_bytes(TEXT)
    (www / "big.bin").write_bytes(BIG)
    (www / "empty").write_bytes(b"")
    digest = base64.b64encode(hashlib.sha1(PASSWORD.encode(), usedforsecurity=False).digest()).decode()
    (root / "htpasswd").write_text(f"{USER}:{{SHA}}{digest}\n")


def accepts(port: int, process: subprocess.Popen[bytes]) -> bool:
    """Wait until the port accepts connections; False when the process has ended instead."""
    pause = threading.Event()
    while process.poll() is None:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
        except ConnectionRefusedError:
            pause.wait(0.01)
        else:
            return True
    return False


def start_nginx(
    program: str, root: Path, certificates: Certificates
) -> tuple[subprocess.Popen[bytes], Nginx]:
    """Start nginx on ports that were free a moment ago."""
    ports = free_ports(6)
    files = {name: str(path) for name, path in vars(certificates).items()}
    names = ("http", "https", "mutual", "wrong_host_port", "expired_port", "stranger_port")
    configuration = root / "nginx.conf"
    configuration.write_text(CONFIGURATION.format(root=root, **files, **dict(zip(names, ports, strict=True))))
    log = (root / "log").open("ab")
    with log:
        process = subprocess.Popen(
            [program, "-p", str(root), "-c", str(configuration), "-e", "stderr"],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
    return process, Nginx(root, *ports)


@pytest.fixture(scope="session")
def nginx(certificates: Certificates) -> Iterator[Nginx]:
    """Run nginx until the tests are over."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
    if not (program := shutil.which("nginx", path=path)):
        pytest.skip("nginx is not installed")
    with tempfile.TemporaryDirectory(
        prefix="nginx-"
    ) as directory:  # short: a Unix socket's path has 108 bytes
        root = Path(directory)
        write_documents(root)
        for _ in range(ATTEMPTS):
            process, server = start_nginx(program, root, certificates)
            if accepts(server.http, process):
                break
        else:
            pytest.fail((root / "log").read_text())
        try:
            yield server
        finally:
            process.terminate()
            process.wait(10)
