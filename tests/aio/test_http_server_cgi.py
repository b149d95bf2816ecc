"""CGI scripts: what they get, what becomes of their answer, and how they end."""

from __future__ import annotations

import functools
import os
import tempfile
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.serving import Client, aside, exchange, request, serving, talking
from wirekit import defaults
from wirekit.aio.http.server import CGIHTTPRequestHandler, executable, nobody_uid

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(os.name != "posix", reason="scripts are shell scripts here")

SHOW = """#!/bin/sh
echo "Content-Type: text/plain"
echo
env
echo "BODY=$(cat)"
"""


class Scripts(CGIHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    logged: list[str]

    def log_message(self, format: str, *args: Any) -> None:
        self.logged.append(format % args)


@pytest.fixture
def root() -> Iterator[Path]:
    """Give a site in a place where anybody gets to: as root, scripts run as nobody, whom pytest's folders keep out."""
    with tempfile.TemporaryDirectory() as name:
        Path(name).chmod(0o755)
        yield make_site(Path(name))


def make_site(folder: Path) -> Path:
    (folder / "cgi-bin" / "deep").mkdir(parents=True)
    (folder / "plain.txt").write_bytes(b"plain")
    write(folder, "show", SHOW)
    return folder


def write(folder: Path, name: str, text: str, mode: int = 0o755) -> None:
    path = folder / "cgi-bin" / name
    path.write_text(text)
    path.chmod(mode)


def of(folder: Path, kind: Any = Scripts) -> Any:
    kind.logged = []
    return functools.partial(kind, directory=folder)


async def get(
    server: Any, path: str, *fields: str, method: str = "GET", body: bytes = b""
) -> tuple[int, bytes, bytes]:
    answer = await exchange(server, request(f"{method} {path} HTTP/1.1", *fields, body=body))
    head, _, rest = answer.partition(b"\r\n\r\n")
    return int(head.split(b" ", 2)[1]), head, rest


def variables(body: bytes) -> dict[str, str]:
    return dict(line.partition("=")[::2] for line in body.decode().splitlines())


async def test_script_gets_the_request(root: Path) -> None:
    async with serving(of(root)) as server:
        fields = ("X-A: 1", "Cookie: a=1", "Cookie: b=2", "Content-Type: text/x", "Content-Length: 4")
        status, head, body = await get(
            server, "/cgi-bin/show/more%20path?x=1&y=%20", *fields, method="POST", body=b"data"
        )
        assert (status, b"\r\nContent-Type: text/plain" in head) == (200, True)
        got = variables(body)
    expected = {
        "REQUEST_METHOD": "POST", "SCRIPT_NAME": "/cgi-bin/show", "PATH_INFO": "/more path", "QUERY_STRING": "x=1&y=%20",
        "PATH_TRANSLATED": str(root / "more path"), "CONTENT_TYPE": "text/x", "CONTENT_LENGTH": "4", "BODY": "data",
        "GATEWAY_INTERFACE": "CGI/1.1", "SERVER_PROTOCOL": "HTTP/1.1", "REMOTE_ADDR": "127.0.0.1", "HTTP_X_A": "1",
        "HTTP_COOKIE": "a=1; b=2", "HTTP_HOST": "a", "SERVER_PORT": str(server.server_port),
    }  # fmt: skip
    assert {name: got.get(name) for name in expected} == expected
    assert got["SERVER_SOFTWARE"].startswith("wirekit/")


async def test_row_56_script_gets_nothing_of_the_servers_own(
    root: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "s3cret")
    monkeypatch.setenv("HTTP_PROXY", "http://evil:1/")
    async with serving(of(root)) as server:
        status, _, body = await get(
            server, "/cgi-bin/show", "Proxy: http://evil:2/", "Authorization: Basic YTpi"
        )
    assert status == 200, (body, Scripts.logged)
    assert b"s3cret" not in body
    assert b"evil" not in body
    assert b"YTpi" not in body
    assert variables(body).get("REMOTE_USER") == "a", body


async def test_row_125_query_is_no_command_line(root: Path) -> None:
    write(root, "args", '#!/bin/sh\nprintf "Content-Type: a/b\\n\\n%s:%s" "$#" "$*"\n')
    async with serving(of(root)) as server:
        for query in ("-s", "a+b", "$(id)", ";id", "%22;id"):
            assert (await get(server, f"/cgi-bin/args?{query}"))[2] == b"0:"


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() != 0, reason="only root can drop its rights")
async def test_row_125_script_of_root_runs_as_nobody(root: Path) -> None:
    write(root, "who", '#!/bin/sh\nprintf "Content-Type: a/b\\n\\n%s" "$(id -u) $(id -G)"\n')
    async with serving(of(root)) as server:
        user, group = (await get(server, "/cgi-bin/who"))[2].split()
    assert int(user) == nobody_uid() != 0
    assert int(group) != 0


async def test_chunked_body_has_a_length_for_the_script(root: Path) -> None:
    async with serving(of(root)) as server:
        body = b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n"
        got = (await get(server, "/cgi-bin/show", "Transfer-Encoding: chunked", method="POST", body=body))[2]
    assert variables(got)["CONTENT_LENGTH"] == "5"
    assert variables(got)["BODY"] == "abcde"


async def test_row_125_body_has_a_limit(root: Path) -> None:
    async with serving(of(root)) as server:
        with defaults.using(max_body=10):
            for fields, body in (
                (("Content-Length: 11",), b"x" * 11),
                (("Transfer-Encoding: chunked",), b"b\r\n" + b"x" * 11 + b"\r\n0\r\n\r\n"),
                (("Content-Length: 999999999999",), b"x" * 11),
            ):
                assert (await get(server, "/cgi-bin/show", *fields, method="POST", body=body))[0] == 413


@pytest.mark.parametrize(
    "answer,status,field,body",
    [
        (r"Status: 404 Not here\nContent-Type: a/b\n\ngone", b"404 Not here", b"Content-Type: a/b", b"gone"),
        (r"Status: 201\r\nLocation: /x\r\n\r\nmade", b"201 Created", b"Location: /x", b"made"),
        (r"Location: /x\n\n", b"302 Found", b"Location: /x", b""),
        (r"Content-Type: a/b\nContent-Length: 2\n\nok", b"200 OK", b"Content-Length: 2", b"ok"),
        (r"Set-Cookie: a=1\nSet-Cookie: b=2\n\n", b"200 OK", b"Set-Cookie: b=2", b""),
    ],
)
async def test_script_says_how_it_went(
    root: Path, answer: str, status: bytes, field: bytes, body: bytes
) -> None:
    write(root, "own", f"#!/bin/sh\nprintf '{answer}'\n")
    async with serving(of(root)) as server:
        _, head, got = await get(server, "/cgi-bin/own")
    assert head.startswith(b"HTTP/1.1 " + status + b"\r\n")
    assert b"\r\n" + field in head
    assert got == body


@pytest.mark.parametrize("answer", ["no head at all", r"X: a\rSet-Cookie: b\n\n", "", r"Status: x\n\n"])
async def test_row_126_answer_that_is_none_is_502(root: Path, answer: str) -> None:
    write(root, "odd", f"#!/bin/sh\nprintf '{answer}'\n")
    async with serving(of(root)) as server:
        status, head, _ = await get(server, "/cgi-bin/odd")
    assert status == 502
    assert b"Set-Cookie" not in head


async def test_script_that_takes_too_long_is_ended_with_what_it_has_started(
    root: Path, tmp_path: Path
) -> None:
    write(root, "slow", "#!/bin/sh\nsleep 60 &\necho $! >&2\nwait\n")
    write(root, "half", '#!/bin/sh\nprintf "Content-Type: a/b\\n\\nhalf"\nsleep 60\n')

    class Hasty(Scripts):
        cgi_timeout = 2

    async with serving(of(root, Hasty)) as server:
        began = time.monotonic()
        assert (await get(server, "/cgi-bin/slow"))[0] == 504
        status, _, body = await get(server, "/cgi-bin/half")
        assert (status, body) == (200, b"half")
        assert time.monotonic() - began < 15
    child = int(
        next(line for line in Hasty.logged if "CGI script" in line and line[-1].isdigit()).split()[-1]
    )
    for _ in range(100):
        try:
            os.kill(child, 0)
        except OSError:
            break
        if _state(child) == "Z":
            break
        await aside(time.sleep, 0.02)
    else:
        pytest.fail("what the script has started goes on")


def _state(pid: int) -> str:
    try:
        with open(f"/proc/{pid}/stat") as file:
            return file.read().rpartition(")")[2].split()[0]
    except OSError:
        return ""


async def test_script_whose_client_has_gone_is_ended(root: Path) -> None:
    lost = threading.Event()

    class Notes(Scripts):
        def log_error(self, format: str, *args: Any) -> None:
            if "lost" in format:
                lost.set()

    write(root, "endless", '#!/bin/sh\nprintf "Content-Type: a/b\\n\\n"\nexec yes\n')
    async with serving(of(root, Notes)) as server:
        async with talking(server) as client:
            client.say(request("GET /cgi-bin/endless HTTP/1.1"))
            await aside(client.sock.recv, 1000)
        assert await aside(lost.wait, 10)


async def test_output_leaves_as_it_comes(root: Path) -> None:
    write(root, "steps", '#!/bin/sh\nprintf "Content-Type: a/b\\n\\none\\n"\nread x\nprintf "two\\n"\n')

    def read(client: Client) -> list[bytes]:
        client.say(request("GET /cgi-bin/steps HTTP/1.1"))
        while client.file.readline().strip():
            pass
        return [client.file.readline(), client.file.readline()]

    async with serving(of(root)) as server, talking(server) as client:
        assert await aside(read, client) == [b"one\n", b"two\n"]


async def test_what_a_script_complains_of_is_logged(root: Path) -> None:
    write(root, "bad", '#!/bin/sh\nprintf "Content-Type: a/b\\n\\n"\necho "it \x1b[31mhurts" >&2\nexit 3\n')
    async with serving(of(root)) as server:
        assert (await get(server, "/cgi-bin/bad"))[0] == 200
    assert any("hurts" in line for line in Scripts.logged)
    assert any("exit code 3" in line for line in Scripts.logged)


@pytest.mark.parametrize(
    "path,status",
    [
        ("/cgi-bin/nope", 404), ("/cgi-bin/deep", 403), ("/cgi-bin/deep/x", 404), ("/cgi-bin/still", 403),
        ("/cgi-bin/", 403), ("/cgi-bin/../../etc/passwd", 404), ("/../cgi-bin/show", 404), ("/%2e%2e/x", 404),
        ("/plain.txt/../cgi-bin/show", 200), ("//cgi-bin//show", 200), ("/cgi-bin%2fshow", 200), ("/plain.txt", 200),
        ("/cgi-bin/show%00", 404), ("/cgi-bin/.hidden", 404), ("/cgi-bin/out", 404),
    ],
)  # fmt: skip
async def test_row_125_only_scripts_run(root: Path, path: str, status: int) -> None:
    write(root, "still", SHOW, 0o644)
    write(root, ".hidden", SHOW)
    (root / "cgi-bin" / "out").symlink_to("/bin/echo")
    async with serving(of(root)) as server:
        got, _, body = await get(server, path)
    assert got == status
    assert b"#!/bin/sh" not in body


async def test_scripts_answer_get_head_and_post_alone(root: Path) -> None:
    async with serving(of(root)) as server:
        status, _, body = await get(server, "/cgi-bin/show", method="HEAD")
        assert (status, body) == (200, b"")
        assert (await get(server, "/plain.txt", method="POST"))[0] == 501
        assert (await get(server, "/plain.txt"))[2] == b"plain"
        assert (await get(server, "/"))[0] == 200


async def test_scripts_in_folders_of_a_programs_own(root: Path) -> None:
    class Own(Scripts):
        cgi_directories = ["/cgi-bin/deep", "/apps"]  # noqa: RUF012

    write(root, "deep/show", SHOW)
    async with serving(of(root, Own)) as server:
        assert b"SCRIPT_NAME=/cgi-bin/deep/show" in (await get(server, "/cgi-bin/deep/show"))[2]
        assert (await get(server, "/cgi-bin/show"))[2] == SHOW.encode()


def test_what_can_be_executed(root: Path) -> None:
    assert executable(str(root / "cgi-bin" / "show"))
    assert not executable(str(root / "plain.txt")) or os.geteuid() == 0
    assert CGIHTTPRequestHandler.have_fork
    assert CGIHTTPRequestHandler.is_python(object.__new__(Scripts), "/a/b.PY")
