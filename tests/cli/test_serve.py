"""`wirekit serve`: both twins serve a directory until they are asked to stop."""

from __future__ import annotations

import contextlib
import re
import signal
import socket
import urllib.error
import urllib.request
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import io
    import subprocess
    from collections.abc import Iterator

    from tests.cli.conftest import Command

TWINS = [(), ("--async",)]


def start(command: Command, *words: str) -> tuple[subprocess.Popen[bytes], str]:
    """Start a server on any port; give its first URL."""
    process = command.start("serve", "--port", "0", *words)
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    found = re.fullmatch(r"Serving (\S+) at (http://\S+/).* \(Ctrl-C stops\)\n", line)
    assert found, line
    assert found[1] == str(command.directory.resolve())
    return process, found[2]


def fetch(url: str) -> bytes:
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=10) as response:
        body: bytes = response.read()
    return body


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("number, code", [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_serves_files_and_listings_until_stopped(
    command: Command, twin: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    (command.directory / "a file").write_bytes(b"content")
    process, url = start(command, *twin)
    assert url.startswith("http://127.0.0.1:")
    assert fetch(f"{url}a%20file") == b"content"
    assert b"a%20file" in fetch(url)
    process.send_signal(number)
    _, err = process.communicate(timeout=15)
    assert process.returncode == code
    log = err.decode().splitlines()
    assert '"GET /a%20file HTTP/1.1" 200' in log[0]
    assert log[2:] == (["wirekit: stopped"] if code == 0 else [])


LARGE = 64 << 20
"""Bytes that no two sockets' buffers hold: the server is still sending when its client pauses."""


@contextlib.contextmanager
def download(command: Command, url: str) -> Iterator[io.BufferedReader]:
    """Begin to fetch a large file; give the response, its head read, its body mostly still to be sent."""
    with (command.directory / "large").open("wb") as file:
        file.truncate(LARGE)
    host, port = url.removeprefix("http://").rstrip("/").split(":")
    with socket.create_connection((host, int(port)), 10) as sock, sock.makefile("rb") as answer:
        sock.sendall(b"GET /large HTTP/1.1\r\nHost: a\r\n\r\n")
        while answer.readline().strip():
            pass
        yield answer


@pytest.mark.parametrize("twin", TWINS)
@pytest.mark.parametrize("number, code", [(signal.SIGINT, 0), (signal.SIGTERM, 143)])
def test_it_finishes_downloads_before_it_stops(
    command: Command, twin: tuple[str, ...], number: signal.Signals, code: int
) -> None:
    process, url = start(command, *twin)
    assert process.stderr is not None
    with download(command, url) as answer:
        process.stderr.readline()  # the request's line in the log
        process.send_signal(number)
        assert process.stderr.readline().startswith(b"wirekit: finishing 1 request")
        left = LARGE
        while part := answer.read1(1 << 20):
            left -= len(part)
        assert left == 0
    process.communicate(timeout=15)
    assert process.returncode == code


@pytest.mark.parametrize("twin", TWINS)
def test_a_second_interrupt_stops_it_at_once(command: Command, twin: tuple[str, ...]) -> None:
    process, url = start(command, *twin)
    assert process.stderr is not None
    with download(command, url):
        process.stderr.readline()  # the request's line in the log
        process.send_signal(signal.SIGINT)
        assert process.stderr.readline().startswith(b"wirekit: finishing 1 request")
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=15)
    assert process.returncode == 0
    assert err.decode().splitlines() == ["wirekit: stopped"]


@pytest.mark.parametrize("twin", TWINS)
def test_it_keeps_connections_open(command: Command, twin: tuple[str, ...]) -> None:
    (command.directory / "x").write_bytes(b"12345")
    _, url = start(command, *twin)
    port = int(url.rstrip("/").rpartition(":")[2])
    with socket.create_connection(("127.0.0.1", port), 10) as sock, sock.makefile("rb") as file:
        for _ in range(3):
            sock.sendall(b"GET /x HTTP/1.1\r\nHost: h\r\n\r\n")
            assert file.readline() == b"HTTP/1.1 200 OK\r\n"
            while file.readline() != b"\r\n":
                pass
            assert file.read(5) == b"12345"


@pytest.mark.parametrize("twin", TWINS)
def test_it_does_not_leave_its_directory(command: Command, twin: tuple[str, ...]) -> None:
    inside = command.directory / "inside"
    inside.mkdir()
    (command.directory / "secret").write_bytes(b"secret")
    command.directory = inside
    _, url = start(command, *twin)
    for path in ("../secret", "%2e%2e/secret", "..%2fsecret", "%2e%2e%5csecret"):
        port = int(url.rstrip("/").rpartition(":")[2])
        with socket.create_connection(("127.0.0.1", port), 10) as sock, sock.makefile("rb") as file:
            sock.sendall(f"GET /{path} HTTP/1.1\r\nHost: h\r\nConnection: close\r\n\r\n".encode())
            assert b"404" in file.readline()
            assert b"\r\nsecret" not in file.read()


@pytest.mark.parametrize("twin", TWINS)
def test_a_taken_port_is_3_and_one_line(command: Command, twin: tuple[str, ...]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = command("serve", "--port", port, *twin)
    assert done.returncode == 3
    assert done.stderr.decode() == (
        f"wirekit: port {port} is taken on 127.0.0.1; name another with --port, or 0 for any\n"
    )


def test_an_address_of_nobody_is_3(command: Command) -> None:
    done = command("serve", "--bind", "192.0.2.1", "--port", "0")
    assert done.returncode == 3
    assert b"192.0.2.1 is no address of this machine" in done.stderr


def test_a_missing_directory_is_8_and_one_line(command: Command) -> None:
    done = command("serve", "nowhere")
    assert done.returncode == 8
    assert done.stderr == b"wirekit: nowhere: does not exist; name a directory that can be read\n"


def test_a_file_is_no_directory(command: Command) -> None:
    (command.directory / "file").touch()
    done = command("serve", "file")
    assert (done.returncode, b"is no directory" in done.stderr) == (8, True)


def test_ipv6(command: Command) -> None:
    process, url = start(command, "--bind", "::1")
    assert url.startswith("http://[::1]:")
    assert b"Directory" in fetch(url)
    process.kill()


def test_listening_everywhere_is_warned_of(command: Command) -> None:
    process, url = start(command, "--bind", "0.0.0.0")
    assert url.startswith("http://127.0.0.1:")
    assert fetch(url)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=15)
    assert b"warning: everybody who reaches this machine" in err
