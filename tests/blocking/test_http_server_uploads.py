# Generated from tests/aio/test_http_server_uploads.py by tools/unasync.py; edit that file.
"""Uploads: whole or not at all, under safe names, and nothing replaced unasked."""

from __future__ import annotations

import errno
import functools
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.serving import Client, aside, exchange, request, serving, talking
from wirekit import defaults
from wirekit.http.server import SimpleHTTPRequestHandler

if TYPE_CHECKING:
    from pathlib import Path


class Takes(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    uploads = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


class Replaces(Takes):
    overwrite = True


@pytest.fixture
def root(tmp_path: Path) -> Path:
    folder = tmp_path / "root"
    (folder / "sub").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "old").write_bytes(b"old")
    return folder


def of(folder: Path, kind: Any = Takes) -> Any:
    return functools.partial(kind, directory=folder)


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def put_request(path: str, body: bytes, *fields: str) -> bytes:
    return request(f"PUT {path} HTTP/1.1", f"Content-Length: {len(body)}", *fields, body=body)


def form(*parts: tuple[str, bytes], path: str = "/sub/", fields: tuple[str, ...] = ()) -> bytes:
    """Give a request with a form of files."""
    pieces = [
        b'--B\r\nContent-Disposition: form-data; name="f"; filename="%b"\r\nContent-Type: a/b\r\n\r\n%b\r\n'
        % (name.encode(), content)
        for name, content in parts
    ]
    body = b"".join(pieces) + b"--B--\r\n"
    return request(
        f"POST {path} HTTP/1.1", "Content-Type: multipart/form-data; boundary=B", f"Content-Length: {len(body)}",
        *fields, body=body,
    )  # fmt: skip


def say(client: Client, data: bytes) -> tuple[int, dict[str, str], bytes]:
    def talk() -> tuple[int, dict[str, str], bytes]:
        client.say(data)
        return client.response()

    answer: tuple[int, dict[str, str], bytes] = aside(talk)
    return answer


def status_of(server: Any, data: bytes) -> int:
    return int(exchange(server, data).split(b" ", 2)[1])


# ---- one file


@pytest.mark.parametrize("size", [0, 5, 1_000_000])
def test_file_is_put(root: Path, size: int) -> None:
    content = os.urandom(size)
    with serving(of(root)) as server, talking(server) as client:
        status, fields, _ = say(client, put_request("/sub/a%20b", content))
        assert (status, fields["location"]) == (201, "/sub/a%20b")
        assert (root / "sub" / "a b").read_bytes() == content
        assert say(client, request("GET /sub/a%20b HTTP/1.1"))[2] == content
    assert names(root / "sub") == {"a b"}
    umask = os.umask(0)
    os.umask(umask)
    assert (root / "sub" / "a b").stat().st_mode & 0o777 == 0o666 & ~umask


def test_file_comes_in_chunks_and_after_continue(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        head = request("PUT /c HTTP/1.1", "Transfer-Encoding: chunked", "Expect: 100-continue")
        assert say(client, head)[0] == 100
        assert say(client, b"3\r\nabc\r\n2\r\nde\r\n0\r\n\r\n")[0] == 201
    assert (root / "c").read_bytes() == b"abcde"


def test_nothing_is_taken_unless_that_is_wanted(root: Path) -> None:
    class Usual(Takes):
        uploads = False

    with serving(of(root, Usual)) as server:
        for data in (put_request("/new", b"x"), form(("new", b"x"))):
            assert exchange(server, data).startswith(b"HTTP/1.1 501 Unsupported method (")
    assert names(root) == {"sub", ".git", "old"}


def test_file_that_is_there_stays(root: Path) -> None:
    with serving(of(root)) as server:
        assert status_of(server, put_request("/old", b"new")) == 409
        assert status_of(server, put_request("/old", b"new", "If-None-Match: *")) == 412
        assert status_of(server, put_request("/sub", b"new")) == 409
        assert status_of(server, form(("old", b"new"), path="/")) == 409
    assert (root / "old").read_bytes() == b"old"
    assert names(root) == {"sub", ".git", "old"}


def test_file_is_replaced_where_that_is_wanted(root: Path) -> None:
    os.utime(root / "old", (1e9, 1e9))
    with serving(of(root, Replaces)) as server, talking(server) as client:
        _, fields, _ = say(client, request("GET /old HTTP/1.1"))
        for field, status in (
            ('If-Match: "other"', 412),
            ("If-None-Match: *", 412),
            (f"If-Match: {fields['etag']}", 204),
        ):
            assert status_of(server, put_request("/old", b"new", field)) == status
        assert (root / "old").read_bytes() == b"new"
        assert status_of(server, put_request("/old", b"newer")) == 204
        assert (root / "old").read_bytes() == b"newer"
        assert status_of(server, form(("old", b"newest"), path="/")) == 201
        assert status_of(server, put_request("/nope", b"x", "If-Match: *")) == 412
    assert (root / "old").read_bytes() == b"newest"


def test_link_is_never_written_through(root: Path, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_bytes(b"secret")
    (root / "link").symlink_to(secret)
    (root / "nowhere").symlink_to(tmp_path / "gone")
    (root / "out").symlink_to(tmp_path)
    for kind in (Takes, Replaces):
        with serving(of(root, kind)) as server:
            for path in ("/link", "/nowhere"):
                assert status_of(server, put_request(path, b"new")) == 409
                assert status_of(server, form((path[1:], b"new"), path="/")) == 409
            assert status_of(server, put_request("/out/new", b"new")) == 409
            assert status_of(server, form(("new", b"x"), path="/out/")) == 409
    assert secret.read_bytes() == b"secret"
    assert names(tmp_path) == {"root", "secret"}


@pytest.mark.parametrize(
    "path,status",
    [
        ("/", 405), ("/sub/", 405), ("/nope/a", 409), ("/old/a", 409), ("/.git/hook", 409), ("/.htaccess", 400),
        ("/a%00b", 405), ("/a%0ab", 400), ("/..%2f..%2fa", 201), ("/sub/%2e%2e/b", 201), ("/" + "x" * 256, 400),
        ("/%20a", 400), ("/a%5cb", 400),
    ],
)  # fmt: skip
def test_place_is_a_plain_name_in_a_folder_that_is_served(root: Path, path: str, status: int) -> None:
    with serving(of(root)) as server:
        assert status_of(server, put_request(path, b"new")) == status
    found = {str(path.relative_to(root.parent)) for path in root.parent.rglob("*")}
    assert found - {"root", "root/sub", "root/.git", "root/old"} == (
        {f"root/{path[-1]}"} if status == 201 else set()
    )


def test_part_of_a_file_is_not_taken_for_a_file(root: Path) -> None:
    with serving(of(root)) as server:
        assert status_of(server, put_request("/new", b"x", "Content-Range: bytes 0-0/2")) == 400
    assert "new" not in names(root)


@pytest.mark.parametrize("framing", ["length", "chunks"])
def test_file_has_a_limit(root: Path, framing: str) -> None:
    body = b"x" * 101
    if framing == "length":
        data = put_request("/new", body)
    else:
        data = request(
            "PUT /new HTTP/1.1", "Transfer-Encoding: chunked", body=b"65\r\n" + body + b"\r\n0\r\n\r\n"
        )
    with serving(of(root)) as server:
        with defaults.using(max_upload=100):
            assert status_of(server, data) == 413
            assert status_of(server, form(("new", body))) == 413
            assert status_of(server, put_request("/fits", body[:100])) == 201
    assert names(root) == {"sub", ".git", "old", "fits"}
    assert names(root / "sub") == set()


def test_body_that_is_too_long_is_refused_before_it_comes(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        with defaults.using(max_upload=100):
            head = request("PUT /new HTTP/1.1", "Expect: 100-continue", "Content-Length: 101")
            assert say(client, head)[0] == 413


def test_file_that_breaks_off_leaves_nothing(root: Path) -> None:
    with serving(of(root)) as server:
        head = request("PUT /new HTTP/1.1", "Content-Length: 1000")
        assert exchange(server, head + b"half").startswith(b"HTTP/1.1 400 ")
        whole = form(("new", b"x" * 1000))
        assert exchange(server, whole[:-500]).startswith(b"HTTP/1.1 400 ")
    assert names(root) == {"sub", ".git", "old"}
    assert names(root / "sub") == set()


def test_client_that_resets_leaves_nothing(root: Path) -> None:
    def reset(address: Any) -> None:
        with socket.create_connection(address, 5) as sock:
            sock.sendall(request("PUT /new HTTP/1.1", "Content-Length: 1000") + b"half")
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    with serving(of(root)) as server:
        aside(reset, server.server_address)
        assert status_of(server, put_request("/other", b"x")) == 201
    assert names(root) == {"sub", ".git", "old", "other"}


@pytest.mark.parametrize("number,status", [(errno.ENOSPC, 507), (errno.EACCES, 403), (errno.EFBIG, 413)])
def test_disk_that_fails_is_told(
    root: Path, monkeypatch: pytest.MonkeyPatch, number: int, status: int
) -> None:
    from wirekit._io import receiving

    def fail(self: Any, data: bytes) -> None:
        raise OSError(number, os.strerror(number))

    monkeypatch.setattr(receiving.Incoming, "write", fail)
    with serving(of(root)) as server:
        assert status_of(server, put_request("/new", b"x")) == status
        assert status_of(server, form(("new", b"x"))) == status
    assert names(root) == {"sub", ".git", "old"}
    assert names(root / "sub") == set()


# ---- forms


def test_files_of_a_form_are_taken(root: Path) -> None:
    parts = ("a.txt", b"one"), ("C:\\x\\\u00e4 b", b"two\r\n--\r\n"), ("../../c", b"")
    with serving(of(root)) as server, talking(server) as client:
        status, _, body = say(client, form(*parts))
        assert (status, body) == (201, b"a.txt\n%C3%A4%20b\nc\n")
    assert {path.name: path.read_bytes() for path in (root / "sub").iterdir()} == {
        "a.txt": b"one", "\u00e4 b": b"two\r\n--\r\n", "c": b"",
    }  # fmt: skip


def test_browser_is_led_back_to_the_folder(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        data = form(("a", b"x"), path="/sub/?sort=size", fields=("Accept: text/html,*/*",))
        status, fields, _ = say(client, data)
        assert (status, fields["location"]) == (303, "/sub/")


def test_fields_and_files_that_were_not_chosen_are_passed_over(root: Path) -> None:
    body = (
        b'--B\r\nContent-Disposition: form-data; name="note"\r\n\r\nhello\r\n'
        b'--B\r\nContent-Disposition: form-data; name="f"; filename=""\r\n\r\n\r\n--B--\r\n'
    )
    data = request(
        "POST /sub/ HTTP/1.1",
        "Content-Type: multipart/form-data; boundary=B",
        f"Content-Length: {len(body)}",
        body=body,
    )
    with serving(of(root)) as server:
        assert status_of(server, data) == 400
    assert names(root / "sub") == set()


@pytest.mark.parametrize("name", [".htaccess", "..", "a\tb", "x" * 256])
def test_row_127_name_in_a_form_is_a_plain_one(root: Path, name: str) -> None:
    with serving(of(root)) as server:
        assert status_of(server, form((name, b"x"))) == 400
    assert names(root / "sub") == set()


def test_row_127_form_that_is_none_is_refused(root: Path) -> None:
    kind = "Content-Type: multipart/form-data; boundary=B"
    with serving(of(root)) as server:
        for fields, body, status in (
            ((kind,), b"--B\r\nno head\r\n\r\n", 400),
            ((kind,), b"--B\r\n" + b"X: " + b"y" * 100_000, 400),
            ((kind,), b"nothing at all", 400),
            (("Content-Type: application/x-www-form-urlencoded",), b"a=b", 415),
            ((), b"", 415),
        ):
            data = request("POST /sub/ HTTP/1.1", f"Content-Length: {len(body)}", *fields, body=body)
            assert status_of(server, data) == status
        assert status_of(server, form(("a", b"x"), path="/sub")) == 405
        assert status_of(server, form(("a", b"x"), path="/nope/")) == 409
    assert names(root / "sub") == set()


def test_what_came_whole_before_a_refusal_stays_and_nothing_half(root: Path) -> None:
    with serving(of(root)) as server:
        answer = exchange(server, form(("first", b"1"), ("first", b"2"), ("third", b"3")))
    assert answer.startswith(b"HTTP/1.1 409 ")
    assert {path.name: path.read_bytes() for path in (root / "sub").iterdir()} == {"first": b"1"}


@pytest.mark.parametrize(
    "fields,status",
    [
        (("Origin: http://a",), 201),
        (("Origin: http://a", "Sec-Fetch-Site: same-origin"), 201),
        (("Origin: https://evil.example",), 403),
        (("Origin: null",), 403),
        (("Sec-Fetch-Site: cross-site",), 403),
    ],
)
def test_row_165_page_of_another_origin_cannot_upload(
    root: Path, fields: tuple[str, ...], status: int
) -> None:
    with serving(of(root)) as server:
        assert status_of(server, form(("a", b"x"), fields=fields)) == status
        assert status_of(server, put_request("/sub/b", b"x", *fields)) == status
    assert names(root / "sub") == ({"a", "b"} if status == 201 else set())


def test_page_that_is_allowed_can_upload(root: Path) -> None:
    class Open(Takes):
        cors_origins = ("https://app.example",)

    with serving(of(root, Open)) as server, talking(server) as client:
        asked = ("Access-Control-Request-Method: PUT", "Origin: https://app.example")
        _, fields, _ = say(client, request("OPTIONS /sub/a HTTP/1.1", *asked))
        assert fields["access-control-allow-methods"] == "GET, HEAD, OPTIONS, PUT, POST"
        origin = "Origin: https://app.example"
        assert say(client, put_request("/sub/a", b"x", origin))[0] == 201


def test_uploaded_page_is_not_guessed_at(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        say(client, put_request("/x.txt", b"<script>alert(1)</script>"))
        assert say(client, request("GET /x.txt HTTP/1.1"))[1]["x-content-type-options"] == "nosniff"
        page = say(client, request("GET / HTTP/1.1"))[2]
        assert b'<form class="up"' in page
