# Generated from tests/aio/test_http_server_access.py by tools/unasync.py; edit that file.
"""Logins, access logs, and what scripts of other origins may read."""

from __future__ import annotations

import base64
import functools
import json
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.serving import Handler, aside, exchange, request, serving, talking
from wirekit._wire import passwords
from wirekit.http.server import (
    BaseHTTPRequestHandler,
    SimpleHTTPRequestHandler,
    hash_password,
    read_accounts,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


def login(name: str, password: str) -> str:
    return "Authorization: Basic " + base64.b64encode(f"{name}:{password}".encode()).decode()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG_COST", 4)


@pytest.fixture
def accounts() -> dict[str, str]:
    return {"alice": hash_password("s\u00e9cret:x"), "bob": hash_password("b")}


def status_of(server: Any, *fields: str, line: str = "GET / HTTP/1.1") -> int:
    return int(exchange(server, request(line, *fields)).split(b" ", 2)[1])


def test_login_is_asked_for_and_checked(accounts: dict[str, str]) -> None:
    users: list[str | None] = []

    class Secret(Handler):
        def do_GET(self) -> None:
            users.append(self.user)
            self.reply(b"secret")

    Secret.accounts = accounts
    with serving(Secret) as server:
        answer = exchange(server, request())
        assert answer.startswith(b"HTTP/1.1 401 ")
        assert b'\r\nWWW-Authenticate: Basic realm="files", charset="UTF-8"\r\n' in answer
        assert b"secret" not in answer
        for field, status in (
            (login("alice", "s\u00e9cret:x"), 200), (login("alice", "s\u00e9cret:x"), 200), (login("bob", "b"), 200),
            (login("alice", "b"), 401), (login("bob", ""), 401), (login("carol", "c"), 401), (login("", ""), 401),
            ("Authorization: Basic !", 401), ("Authorization: Bearer x", 401),
        ):  # fmt: skip
            assert status_of(server, field) == status, field
        assert status_of(server, login("bob", "x"), line="POST / HTTP/1.1") == 401
        assert status_of(server, line="BREW / HTTP/1.1") == 401
    assert users == ["alice", "alice", "bob"]


def test_right_password_is_hashed_once(accounts: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> None:
    from wirekit._io import logins

    counted: list[str] = []

    def count(password: str, hashed: str) -> bool:
        counted.append(password)
        return passwords.verify_password(password, hashed)

    monkeypatch.setattr(logins, "verify_password", count)

    class Secret(Handler):
        def do_GET(self) -> None:
            self.reply(b"")

    Secret.accounts = accounts
    with serving(Secret) as server:
        for _ in range(3):
            assert status_of(server, login("bob", "b")) == 200
            assert status_of(server, login("bob", "c")) == 401
            assert status_of(server, login("nobody", "b")) == 401
    assert counted.count("c") == 3
    assert counted.count("b") == 1 + 3  # nobody's takes as long as bob's


def test_handler_may_decide_otherwise() -> None:
    class Own(Handler):
        accounts = {"x": "y"}  # noqa: RUF012

        def authorize(self) -> bool:
            if self.headers.get("X-Key") == "open":
                return True
            self.send_error(403)
            return False

        def do_GET(self) -> None:
            self.reply(b"")

    with serving(Own) as server:
        assert status_of(server) == 403
        assert status_of(server, "X-Key: open") == 200


def test_accounts_are_lines() -> None:
    line = f"alice:{hash_password('x')}"
    assert read_accounts(f"# comment\n{line}\n") == {"alice": line.partition(":")[2]}
    with pytest.raises(ValueError, match="line 1"):
        read_accounts("alice:secret")


def test_preflight_needs_no_login(accounts: dict[str, str], tmp_path: Path) -> None:
    class Files(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        cors_origins = ("https://app.example",)

        def log_message(self, format: str, *args: Any) -> None:
            pass

    Files.accounts = accounts
    origin = "Origin: https://app.example"
    with serving(functools.partial(Files, directory=tmp_path)) as server, talking(server) as client:
        client.say(request("OPTIONS /x HTTP/1.1", origin, "Access-Control-Request-Method: GET"))
        status, fields, _ = aside(client.response)
        assert (status, fields["access-control-allow-origin"]) == (204, "https://app.example")
        client.say(request("GET / HTTP/1.1", origin))
        status, fields, _ = aside(client.response)
        assert (status, fields["access-control-allow-origin"]) == (401, "https://app.example")
        assert status_of(server, line="OPTIONS /x HTTP/1.1") == 401


@pytest.mark.parametrize(
    "allowed,origin,expected",
    [
        (("*",), "https://x.example", "*"),
        (("https://x.example", "https://y.example"), "https://y.example", "https://y.example"),
        (("https://x.example",), "https://z.example", None),
        ((), "https://x.example", None),
    ],
)
def test_scripts_of_others_may_read_what_they_are_allowed_to(
    tmp_path: Path, allowed: tuple[str, ...], origin: str, expected: str | None
) -> None:
    class Files(SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        cors_origins = allowed

        def log_message(self, format: str, *args: Any) -> None:
            pass

    (tmp_path / "a").write_bytes(b"content")
    with serving(functools.partial(Files, directory=tmp_path)) as server, talking(server) as client:
        for path, status in (("/a", 200), ("/a", 200), ("/", 200), ("/nope", 404)):
            client.say(request(f"GET {path} HTTP/1.1", f"Origin: {origin}"))
            got, fields, _ = aside(client.response)
            assert (got, fields.get("access-control-allow-origin")) == (status, expected)


# ---- access logs


class Logs(BaseHTTPRequestHandler):
    """Keeps its log."""

    protocol_version = "HTTP/1.1"
    lines: list[str]

    def write_log(self, line: str) -> None:
        self.lines.append(line)

    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.end_headers()
        self.wfile.write(b"12345")


@pytest.fixture
def lines() -> Iterator[list[str]]:
    Logs.lines = []
    yield Logs.lines
    del Logs.lines


def test_combined_log_has_a_line_for_each_answer(lines: list[str]) -> None:
    class Combined(Logs):
        access_log = "combined"

    with serving(Combined) as server:
        data = request("GET /a HTTP/1.1", "Referer: http://r/", "User-Agent: agent/1 \x22x")
        exchange(server, data * 2 + request("HEAD /b HTTP/1.1"))
        exchange(server, b"nonsense\r\n\r\n")
    stamp = r"127\.0\.0\.1 - - \[\d\d/\w{3}/\d{4}:\d\d:\d\d:\d\d [+-]\d{4}\] "
    for line in lines[:2]:
        assert re.fullmatch(stamp + r'"GET /a HTTP/1\.1" 200 5 "http://r/" "agent/1 \\"x"', line)
    assert re.fullmatch(stamp + r'"HEAD /b HTTP/1\.1" 501 - "-" "-"', lines[2])
    assert re.fullmatch(stamp + r'"nonsense" 400 \d+ "-" "-"', lines[3])
    assert len(lines) == 4


def test_json_log_has_an_object_for_each_answer(lines: list[str], accounts: dict[str, str]) -> None:
    class Json(Logs):
        access_log = "json"

    Json.accounts = accounts
    with serving(Json) as server:
        exchange(server, request("GET /a?b HTTP/1.1", login("bob", "b")))
        exchange(server, request("GET /a HTTP/1.1"))
    first, second = map(json.loads, lines)
    assert first.pop("seconds") >= 0
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", first.pop("time"))
    assert first == {
        "address": "127.0.0.1", "user": "bob", "method": "GET", "target": "/a?b", "version": "HTTP/1.1", "host": "a",
        "status": 200, "size": 5,
    }  # fmt: skip
    assert (second["status"], "user" in second) == (401, False)


def test_row_123_no_request_leaves_its_line_of_the_log(lines: list[str]) -> None:
    for form in ("combined", "json"):

        class Own(Logs):
            access_log = form

            def do_GET(self) -> None:
                self.log_error("odd: %s", self.path)
                super().do_GET()

        with serving(Own) as server:
            exchange(server, request("GET /\x9b31m\xff\x22 HTTP/1.1", "User-Agent: \xe4\x22\\"))
    text = "".join(line for line in lines)
    assert text.isascii()
    assert text.isprintable()


def test_log_goes_to_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    class Json(BaseHTTPRequestHandler):
        access_log = "json"

        def do_GET(self) -> None:
            self.log_message("a note of %s", "mine")
            self.send_response(204)
            self.end_headers()

    with serving(Json) as server:
        exchange(server, request())
    note, answer = map(json.loads, capsys.readouterr().err.splitlines())
    assert (note["message"], answer["status"]) == ("a note of mine", 204)


def test_size_of_a_file_is_logged(lines: list[str], tmp_path: Path) -> None:
    class Files(Logs, SimpleHTTPRequestHandler):
        access_log = "json"
        do_GET = SimpleHTTPRequestHandler.do_GET

    (tmp_path / "small").write_bytes(b"x" * 1000)
    (tmp_path / "large").write_bytes(b"x" * 500_000)
    with serving(functools.partial(Files, directory=tmp_path)) as server:
        for path in ("small", "large", "small"):
            exchange(server, request(f"GET /{path} HTTP/1.1"))
        exchange(server, request("GET /large HTTP/1.1", "Range: bytes=-70000"))
    assert [json.loads(line)["size"] for line in lines] == [1000, 500_000, 1000, 70_000]
