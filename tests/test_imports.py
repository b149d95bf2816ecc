"""What importing costs: a fresh interpreter loads no more than a program asked for."""

from __future__ import annotations

import subprocess
import sys

import pytest

SHOW = "import sys; before = set(sys.modules); import {0}; print(*sorted(set(sys.modules) - before))"
BLOCKING = [
    "wirekit",
    "wirekit.http.client",
    "wirekit.urllib.request",
    "wirekit.http.server",
    "wirekit.http.cookiejar",
    "wirekit.http.cookies",
    "wirekit.defaults",
]


def loaded_by(code: str) -> set[str]:
    """The modules that are new after this code, in an interpreter of its own, away from this folder."""
    done = subprocess.run([sys.executable, "-I", "-c", code], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return set(done.stdout.split())


@pytest.mark.parametrize("module", BLOCKING)
def test_blocking_modules_load_no_asyncio(module: str) -> None:
    loaded = loaded_by(SHOW.format(module))
    assert module in loaded
    heavy = {name for name in loaded if name.split(".")[0] in {"asyncio", "uvloop", "concurrent"}}
    assert not heavy
    assert not {name for name in loaded if name.startswith(("wirekit.aio", "wirekit._io.asynchronous"))}


def test_package_itself_loads_nothing() -> None:
    assert loaded_by(SHOW.format("wirekit")) == {"wirekit"}


@pytest.mark.parametrize("late", ["ssl", "email", "http.client", "idna", "truststore", "dataclasses"])
def test_client_loads_what_is_heavy_when_it_is_needed(late: str) -> None:
    assert late not in loaded_by(SHOW.format("wirekit.http.client"))


@pytest.mark.parametrize("late", ["ssl", "email", "smtplib", "hmac", "stringprep", "idna", "asyncio"])
def test_mail_loads_what_is_heavy_when_it_is_needed(late: str) -> None:
    assert late not in loaded_by(SHOW.format("wirekit.smtplib"))


@pytest.mark.parametrize(
    "needed, use",
    [
        ("http.client", "c.HTTPException"),
        ("email.message", "c.HTTPMessage"),
        ("ssl", "c.HTTPSConnection('h')._context"),
        (
            "idna",
            "c.HTTPConnection('h')._get_hostport('b\\xfccher.example', 80); from wirekit._wire import http1; http1.encode_host('b\\xfccher.example')",
        ),
    ],
)
def test_client_loads_what_is_heavy_once_it_is_named(needed: str, use: str) -> None:
    code = f"import sys, wirekit.http.client as c; assert {needed!r} not in sys.modules; {use}; print(*sys.modules)"
    assert needed in loaded_by(code)


def test_whole_request_in_the_clear_loads_neither_ssl_nor_email_nor_the_standard_librarys_client() -> None:
    code = """
import socket, sys, threading
import wirekit.http.client as c
listener = socket.create_server(("127.0.0.1", 0))
def serve():
    sock, _ = listener.accept()
    with sock:
        sock.recv(65536)
        sock.sendall(b"HTTP/1.1 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nok")
        sock.recv(65536)
thread = threading.Thread(target=serve)
thread.start()
connection = c.HTTPConnection("127.0.0.1", listener.getsockname()[1])
connection.request("GET", "/", headers={"A": "b"})
assert connection.getresponse().read() == b"ok"
connection.close()
thread.join()
listener.close()
print(*sys.modules)
"""
    loaded = loaded_by(code)
    assert "wirekit.http.client" in loaded
    assert not {"ssl", "email", "email.message", "http.client", "asyncio"} & loaded


def test_async_client_is_the_one_that_loads_asyncio() -> None:
    assert "asyncio" in loaded_by(SHOW.format("wirekit.aio.http.client"))
