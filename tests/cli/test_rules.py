"""What the command line decides without waiting: names, ranges, the words for errors."""

from __future__ import annotations

import email.message
import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from wirekit._cli import destination, outcome, request, resume, trace
from wirekit.http import client
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    "url, name",
    [
        ("http://h/a/b.tar.gz", "b.tar.gz"),
        ("http://h/a/b%20c.txt?x=/y#z/w", "b c.txt"),
        ("http://h", "index.html"),
        ("http://h/a/", "index.html"),
        ("http://h/%2e%2e", "index.html"),
        ("http://h/%2e%2e%2f%2e%2e%2fetc%2fpasswd", "___.._etc_passwd"),
        ("http://h/..%5c..%5cboot.ini", "___.._boot.ini"),
        ("http://h/.bashrc", "_bashrc"),
        ("http://h/.ssh%2fauthorized_keys", "_ssh_authorized_keys"),
        ("http://h/-rf", "_rf"),
        ("http://h/~", "index.html"),
        ("http://h/a%00b%0ac%1b%5b2J", "a_b_c_[2J"),
        ("http://h/c:%5cx", "c__x"),
        ("http://h/con.txt", "_con.txt"),
        ("http://h/file.txt.", "file.txt"),
        ("http://h/%e2%80%ae%67%70%6a.exe", "_gpj.exe"),
    ],
)
def test_a_name_from_a_url_stays_in_its_directory(url: str, name: str) -> None:
    assert destination.choose_name(url) == name


def test_a_name_is_never_longer_than_file_systems_allow() -> None:
    assert len(destination.safe_name("ü" * 300).encode()) <= 255


@pytest.mark.parametrize(
    "value, name",
    [
        ('attachment; filename="report.pdf"', "report.pdf"),
        ('attachment; filename="../../etc/passwd"', "passwd"),
        ('attachment; filename="..\\\\..\\\\autorun.inf"', "autorun.inf"),
        ('attachment; filename=".profile"', "_profile"),
        ("attachment; filename*=UTF-8''na%C3%AFve.txt", "naïve.txt"),
        ("attachment", ""),
    ],
)
def test_a_name_from_the_server_is_made_safe(value: str, name: str) -> None:
    message = email.message.Message()
    message["Content-Disposition"] = value
    assert destination.name_from_disposition(message) == name


# ---- going on


@pytest.mark.parametrize(
    "fields, validator",
    [
        ({"ETag": '"abc"'}, '"abc"'),
        ({"ETag": 'W/"abc"'}, ""),
        ({"ETag": "abc"}, ""),
        (
            {"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", "Date": "Mon, 01 Jan 2024 00:00:05 GMT"},
            "Mon, 01 Jan 2024 00:00:00 GMT",
        ),
        ({"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT", "Date": "Mon, 01 Jan 2024 00:00:00 GMT"}, ""),
        ({"Last-Modified": "Mon, 01 Jan 2024 00:00:00 GMT"}, ""),
        ({"Last-Modified": "yesterday", "Date": "today"}, ""),
        ({}, ""),
    ],
)
def test_a_validator_is_a_strong_one(fields: dict[str, str], validator: str) -> None:
    assert resume.choose_validator(fields) == validator


@pytest.mark.parametrize(
    "value, parts",
    [
        ("bytes 5-9/10", (5, 10)),
        ("bytes 5-9/*", (5, None)),
        ("bytes */10", (None, 10)),
        ("Bytes 0-0/1", (0, 1)),
    ],
)
def test_content_range_is_read(value: str, parts: tuple[int | None, int | None]) -> None:
    assert resume.parse_content_range(value) == parts


@pytest.mark.parametrize(
    "value", ["", "bytes", "5-9/10", "bytes 9-5/10", "bytes 5-10/10", "bytes 5-/10", "bytes \u0665-\u0669/10"]
)
def test_an_odd_content_range_is_refused(value: str) -> None:
    with pytest.raises(client.HTTPException):
        resume.parse_content_range(value)


def make_note(tmp_path: Path, validator: str = '"v1"', total: int | None = 10) -> resume.Note:
    note = resume.Note(tmp_path / ".x.wirekit-part", "http://h/x")
    note.save(validator, total)
    return note


def test_a_note_knows_its_url_without_telling_it(tmp_path: Path) -> None:
    note = make_note(tmp_path)
    again = resume.Note(tmp_path / ".x.wirekit-part", "http://h/x")
    assert again.load()
    assert (again.validator, again.total) == ('"v1"', 10)
    assert not resume.Note(tmp_path / ".x.wirekit-part", "http://h/y").load()
    assert b"http" not in note.path.read_bytes()
    assert note.path.stat().st_mode & 0o077 == 0


@pytest.mark.parametrize("text", ["", "[]", "{}", "nonsense", '{"url": 1, "validator": 2, "total": 3}'])
def test_a_broken_note_is_none(tmp_path: Path, text: str) -> None:
    note = resume.Note(tmp_path / "part", "u")
    note.path.write_text(text)
    assert not note.load()


def test_a_continuation_is_of_the_same_thing(tmp_path: Path) -> None:
    note = make_note(tmp_path)
    resume.check_continuation({"Content-Range": "bytes 4-9/10", "ETag": '"v1"'}, 4, note)
    for fields in (
        {"Content-Range": "bytes 3-9/10"},
        {"Content-Range": "bytes 4-10/11"},
        {"Content-Range": "bytes 4-9/10", "ETag": '"v2"'},
        {"Content-Range": "bytes */10"},
        {},
    ):
        with pytest.raises(client.HTTPException):
            resume.check_continuation(fields, 4, note)


def test_a_refused_range_may_mean_that_all_is_there(tmp_path: Path) -> None:
    note = make_note(tmp_path)
    assert resume.is_complete({"Content-Range": "bytes */10"}, 10, note)
    assert not resume.is_complete({"Content-Range": "bytes */11"}, 10, note)
    assert not resume.is_complete({"Content-Range": "bytes */10", "ETag": '"v2"'}, 10, note)
    assert not resume.is_complete({"Content-Range": "odd"}, 10, note)


# ---- URLs and headers as typed


@pytest.mark.parametrize(
    "typed, url, login, shown",
    [
        ("example.org", "http://example.org", "", "http://example.org"),
        ("localhost:8000/x", "http://localhost:8000/x", "", "http://localhost:8000/x"),
        ("[::1]:8000/x", "http://[::1]:8000/x", "", "http://[::1]:8000/x"),
        ("https://h/a b?q=ü#f", "https://h/a%20b?q=%C3%BC#f", "", "https://h/a%20b?q=%C3%BC"),
        ("http://me:s3cret@h/", "http://h/", "me:s3cret", "http://***@h/"),
        ("http://token@h/", "http://h/", "token:", "http://***@h/"),
        ("me:s3cret@h/x", "http://h/x", "me:s3cret", "http://***@h/x"),
        ("http://h/100%25", "http://h/100%25", "", "http://h/100%25"),
        ("data:,hello", "data:,hello", "", "data:,hello"),
    ],
)
def test_a_url_is_completed(typed: str, url: str, login: str, shown: str) -> None:
    assert request.read_target(typed) == request.Target(url, login, shown)


@pytest.mark.parametrize("typed", ["http://", "http:///x", "https://user@/x", "http://h/\r\nX: y", ""])
def test_what_is_no_url_is_refused(typed: str) -> None:
    with pytest.raises(ValueError):
        request.read_target(typed)


def test_headers_are_taken_apart() -> None:
    assert request.parse_field("X-A:  b: c ") == ("X-A", "b: c")
    assert request.parse_field("X-A:") == ("X-A", "")


@pytest.mark.parametrize("text", ["", "x", ": y", "X Y: z", "X: a\r\nB: c", "X: a\x00", "X: 漢"])
def test_what_is_no_header_is_refused(text: str) -> None:
    with pytest.raises(ValueError):
        request.parse_field(text)


# ---- words for errors


@pytest.mark.parametrize(
    "error, code, words",
    [
        (socket.gaierror(-2, "Name or service not known"), 3, "no address"),
        (ConnectionRefusedError(111, "refused"), 3, "connection refused"),
        (OSError(113, "No route to host"), 3, "No route to host"),
        (TimeoutError(), 4, "timed out"),
        (ssl.SSLError(1, "[SSL: WRONG_VERSION_NUMBER] wrong version number"), 5, "TLS"),
        (client.IncompleteRead(b"12", 8), 6, "8 bytes short"),
        (ConnectionResetError(104, "reset"), 6, "hung up"),
        (client.RemoteDisconnected("Remote end closed"), 6, "hung up"),
        (client.BadChunk(b"zz"), 7, "not proper HTTP"),
        (client.BadStatusLine("junk"), 7, "BadStatusLine"),
        (client.InvalidURL("no"), 2, "no"),
        (ValueError("odd"), 2, "odd"),
        (FileNotFoundError(2, "No such file or directory", "/x"), 8, "/x: No such file"),
        (outcome.LocalError("disk full"), 8, "disk full"),
        (URLError("unknown url type: gopher"), 2, "gopher"),
    ],
)
def test_each_error_has_its_code_and_words(error: BaseException, code: int, words: str) -> None:
    for raised in (error, URLError(error) if isinstance(error, OSError) else error):
        told = outcome.explain(raised)
        assert told.code == code
        assert words in told.line


def test_a_refusal_is_told_with_its_status() -> None:
    told = outcome.explain(HTTPError("http://h/", 404, "Not Found", email.message.Message(), None))
    assert (told.code, told.what) == (1, "the server answered 404 Not Found")


def test_no_error_tells_a_password() -> None:
    told = outcome.explain(ValueError("nonnumeric port in http://me:s3cret@h:x/"))
    assert told.line == "nonnumeric port in http://***@h:x/"


def test_servers_cannot_steer_the_terminal() -> None:
    assert outcome.printable("a\x1b[2Jb\r\nc\x9bd\u202ee") == "a\\x1b[2Jb\\r\\nc\\x9bd\\u202ee"
    assert len(outcome.printable("x" * 10_000)) == outcome.MOST


@pytest.mark.parametrize(
    "line, shown",
    [
        ("Authorization: Basic c2VjcmV0", "Authorization: Basic ***"),
        ("authorization: secret", "authorization: ***"),
        ("Proxy-Authorization: Bearer x y", "Proxy-Authorization: Bearer ***"),
        ("Cookie: a=b; c=d", "Cookie: ***"),
        ("Set-Cookie: a=b; Path=/", "Set-Cookie: ***"),
        ("X-Api-Key: abc", "X-Api-Key: ***"),
        ("Location: http://me:s3cret@h/", "Location: http://***@h/"),
        ("Content-Length: 5", "Content-Length: 5"),
        ("HTTP/1.1 200 OK", "HTTP/1.1 200 OK"),
    ],
)
def test_secrets_in_heads_are_masked(line: str, shown: str) -> None:
    assert trace.mask_field(line) == shown
