# Generated from tests/aio/test_http_server_parts.py by tools/unasync.py; edit that file.
"""The file server: parts of files, conditions, and the forms in which a file is sent."""

from __future__ import annotations

import email
import functools
import gzip
import json
import os
import time
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.serving import Client, aside, exchange, request, serving, talking
from wirekit import defaults
from wirekit.http.server import SimpleHTTPRequestHandler

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

LONG_AGO = 1_420_070_400  # Thu, 01 Jan 2015 00:00:00 GMT
DATE = "Thu, 01 Jan 2015 00:00:00 GMT"
TEXT = b"".join(b"line %d of a text\n" % n for n in range(500))
LARGE = bytes(range(256)) * 1024


class Quiet(SimpleHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        pass


@pytest.fixture
def root(tmp_path: Path) -> Path:
    put(tmp_path / "digits", b"0123456789")
    put(tmp_path / "text.txt", TEXT)
    put(tmp_path / "large.bin", LARGE)
    put(tmp_path / "empty", b"")
    return tmp_path


def put(path: Path, content: bytes, moment: float = LONG_AGO) -> None:
    path.write_bytes(content)
    os.utime(path, (moment, moment))


def of(folder: Path, kind: Any = Quiet) -> Any:
    return functools.partial(kind, directory=folder)


def get(client: Client, path: str, *fields: str, method: str = "GET") -> tuple[int, dict[str, str], bytes]:
    def talk() -> tuple[int, dict[str, str], bytes]:
        client.say(request(f"{method} {path} HTTP/1.1", *fields))
        return client.response(bodiless=method == "HEAD")

    answer: tuple[int, dict[str, str], bytes] = aside(talk)
    return answer


# ---- parts


@pytest.mark.parametrize(
    "value,part,found",
    [
        ("bytes=0-3", b"0123", "bytes 0-3/10"),
        ("bytes=7-", b"789", "bytes 7-9/10"),
        ("bytes=-2", b"89", "bytes 8-9/10"),
        ("bytes=8-100", b"89", "bytes 8-9/10"),
        ("bytes=0-5,3-9", b"0123456789", "bytes 0-9/10"),
    ],
)
def test_part_is_sent(root: Path, value: str, part: bytes, found: str) -> None:
    with serving(of(root)) as server, talking(server) as client:
        for _ in range(2):
            status, fields, body = get(client, "/digits", f"Range: {value}")
            assert (status, fields["content-range"], body) == (206, found, part)
            assert fields["content-length"] == str(len(part))


def test_part_of_a_large_file_is_sent(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        assert get(client, "/large.bin", "Range: bytes=1000-200999")[2] == LARGE[1000:201_000]
        assert get(client, "/large.bin", "Range: bytes=200000-")[2] == LARGE[200_000:]
        assert get(client, "/large.bin")[2] == LARGE


@pytest.mark.parametrize("value", ["bytes=x", "lines=0-3", "bytes=3-0", "bytes=", "bytes=\u00b2-"])
def test_range_that_is_none_is_ignored(root: Path, value: str) -> None:
    with serving(of(root)) as server, talking(server) as client:
        status, fields, body = get(client, "/digits", f"Range: {value}")
        assert (status, body, "content-range" in fields) == (200, b"0123456789", False)
        assert fields["accept-ranges"] == "bytes"


@pytest.mark.parametrize("path,value,size", [("/digits", "bytes=10-", 10), ("/empty", "bytes=0-0", 0)])
def test_part_that_is_not_there_is_416(root: Path, path: str, value: str, size: int) -> None:
    with serving(of(root)) as server, talking(server) as client:
        status, fields, _ = get(client, path, f"Range: {value}")
        assert (status, fields["content-range"]) == (416, f"bytes */{size}")


def test_several_parts_are_a_multipart(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        status, fields, body = get(client, "/digits", "Range: bytes=7-8,0-1,-1")
        assert status == 206
        message = email.message_from_bytes(
            b"Content-Type: " + fields["content-type"].encode() + b"\r\n\r\n" + body
        )
        assert message.get_content_type() == "multipart/byteranges"
        parts: Any = message.get_payload()
        assert [(part["Content-Range"], part.get_payload()) for part in parts] == [
            ("bytes 7-8/10", "78"), ("bytes 0-1/10", "01"), ("bytes 9-9/10", "9"),
        ]  # fmt: skip
        assert {part.get_content_type() for part in parts} == {"application/octet-stream"}
        assert get(client, "/digits")[2] == b"0123456789"


def test_head_asks_for_no_part(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        status, fields, _ = get(client, "/digits", "Range: bytes=0-3", method="HEAD")
        assert (status, fields["content-length"]) == (200, "10")


def test_if_range_gives_the_whole_of_what_has_changed(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        _, fields, _ = get(client, "/digits")
        for value, status in (
            (fields["etag"], 206), (fields["last-modified"], 206), ('"other"', 200),
            (f"W/{fields['etag']}", 200), ("Thu, 01 Jan 2015 00:00:01 GMT", 200), ("odd", 200),
        ):  # fmt: skip
            got = get(client, "/digits", "Range: bytes=0-3", f"If-Range: {value}")
            assert (got[0], len(got[2])) == (status, 4 if status == 206 else 10), value


def test_copyfile_of_a_program_gets_the_part_and_no_more(root: Path) -> None:
    class Copies(Quiet):
        def copyfile(self, source: Any, outputfile: Any) -> None:
            while block := source.read(3):
                outputfile.write(block)

    with serving(of(root, Copies)) as server, talking(server) as client:
        for path, value, size in (("/large.bin", "5-1004", 1000), ("/digits", "2-4", 3)):
            status, _, body = get(client, path, f"Range: bytes={value}")
            assert (status, len(body)) == (206, size)
        status, fields, body = get(client, "/digits", "Range: bytes=0-0,5-5")
        assert (status, fields["content-length"]) == (206, str(len(body)))


# ---- conditions


def test_unchanged_file_is_known_by_its_tag(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        _, fields, _ = get(client, "/digits")
        etag = fields["etag"]
        for name, value, status in (
            ("If-None-Match", etag, 304), ("If-None-Match", f'"x", W/{etag}', 304), ("If-None-Match", "*", 304),
            ("If-None-Match", '"x"', 200), ("If-Match", etag, 200), ("If-Match", '"x"', 412), ("If-Match", "*", 200),
            ("If-Unmodified-Since", DATE, 200), ("If-Unmodified-Since", "Wed, 31 Dec 2014 00:00:00 GMT", 412),
        ):  # fmt: skip
            with talking(server) as other:
                got, seen, body = get(other, "/digits", f"{name}: {value}")
                assert got == status, (name, value)
                if got == 304:
                    assert (seen["etag"], seen["last-modified"], body) == (etag, DATE, b"")


def test_tag_changes_with_the_file(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        seen = []
        for content, moment in (
            (b"0123456789", LONG_AGO),
            (b"9876543210", LONG_AGO + 1),
            (b"98765", LONG_AGO + 1),
        ):
            put(root / "digits", content, moment)
            for _ in range(3):
                status, fields, body = get(client, "/digits")
                assert (status, body) == (200, content)
                seen.append(fields["etag"])
    assert len(set(seen)) == 3


def test_file_that_changes_just_now_has_a_weak_tag_and_is_never_sent_stale(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        for content in (b"one", b"two", b"six"):
            put(root / "digits", content, time.time())
            _, fields, body = get(client, "/digits")
            assert body == content
            assert fields["etag"].startswith("W/")


def test_file_that_goes_is_gone_at_once(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        for _ in range(3):
            assert get(client, "/digits")[0] == 200
        (root / "digits").unlink()
        assert get(client, "/digits")[0] == 404


def test_what_is_asked_for_again_is_sent_as_before(root: Path) -> None:
    """The third and later answers come from memory; nothing but the date may tell."""
    with serving(of(root)) as server, talking(server) as client:
        answers = []
        for _ in range(5):
            status, fields, body = get(client, "/text.txt", "Accept-Encoding: gzip")
            del fields["date"]
            answers.append((status, list(fields.items()), body))
        assert all(answer == answers[0] for answer in answers)
        assert zlib.decompress(answers[0][2], 31) == TEXT


def test_hooks_are_called_for_every_request(root: Path) -> None:
    seen: list[str] = []

    class Notes(Quiet):
        def log_request(self, code: Any = "-", size: Any = "-") -> None:
            seen.append(f"{self.command} {self.path} {int(code)}")

        def end_headers(self) -> None:
            self.send_header("X-Mine", str(len(seen)))
            super().end_headers()

    with serving(of(root, Notes)) as server, talking(server) as client:
        for turn in range(1, 5):
            assert get(client, "/digits")[1]["x-mine"] == str(turn)
    assert seen == ["GET /digits 200"] * 4


def test_policy_counts_at_once(root: Path) -> None:
    (root / ".hidden").mkdir()
    put(root / ".hidden" / "a", b"a")
    with serving(of(root)) as server, talking(server) as client:
        with defaults.using(serve_hidden=True):
            for _ in range(4):
                assert get(client, "/.hidden/a")[0] == 200
        assert get(client, "/.hidden/a")[0] == 404


# ---- forms


@pytest.mark.parametrize("suffix,coding", [(".br", "br"), (".zst", "zstd"), (".gz", "gzip")])
def test_what_stands_compressed_beside_is_sent(root: Path, suffix: str, coding: str) -> None:
    put(root / f"large.bin{suffix}", b"packed")
    with serving(of(root)) as server, talking(server) as client:
        for _ in range(3):
            status, fields, body = get(client, "/large.bin", f"Accept-Encoding: deflate, {coding}")
            assert (status, fields["content-encoding"], body) == (200, coding, b"packed")
            assert (fields["vary"], fields["content-type"]) == ("Accept-Encoding", "application/octet-stream")
        _, fields, _ = get(client, "/large.bin", f"Accept-Encoding: {coding}")
        packed = fields["etag"]
        status, fields, body = get(client, "/large.bin", "Accept-Encoding: deflate")
        assert (status, "content-encoding" in fields, body) == (200, False, LARGE)
        assert fields["vary"] == "Accept-Encoding"
        assert fields["etag"] != packed
        assert get(client, "/large.bin", f"Accept-Encoding: {coding}", f"If-None-Match: {packed}")[0] == 304
        assert get(client, "/large.bin", f"Accept-Encoding: {coding}", "Range: bytes=0-3")[2] == LARGE[:4]


def test_best_of_what_stands_beside_is_sent(root: Path) -> None:
    for suffix in (".br", ".zst", ".gz"):
        put(root / f"digits{suffix}", suffix.encode())
    with serving(of(root)) as server, talking(server) as client:
        for value, body in (
            ("gzip, br, zstd", b".br"), ("gzip, zstd", b".zst"), ("br;q=0.1, gzip", b".gz"), ("identity", b"0123456789"),
        ):  # fmt: skip
            assert get(client, "/digits", f"Accept-Encoding: {value}")[2] == body


def test_what_is_older_than_its_file_is_not_sent_in_its_place(root: Path) -> None:
    put(root / "large.bin.gz", b"old", LONG_AGO - 10)
    with serving(of(root)) as server, talking(server) as client:
        assert get(client, "/large.bin", "Accept-Encoding: gzip")[2] == LARGE


def test_link_that_leads_out_is_not_sent_in_a_files_place(root: Path, tmp_path_factory: Any) -> None:
    secret = tmp_path_factory.mktemp("outside") / "secret"
    put(secret, b"secret")
    (root / "digits.gz").symlink_to(secret)
    with serving(of(root)) as server, talking(server) as client:
        assert get(client, "/digits", "Accept-Encoding: gzip")[2] == b"0123456789"


def unpack_brotli(data: bytes) -> bytes:
    return bytes(pytest.importorskip("brotli").decompress(data))


def unpack_zstd(data: bytes) -> bytes:
    try:
        from compression import zstd  # type: ignore[import-not-found, unused-ignore]
    except ImportError:
        zstd = pytest.importorskip("backports.zstd")
    return bytes(zstd.decompress(data))


@pytest.mark.parametrize(
    "coding,unpack", [("gzip", gzip.decompress), ("br", unpack_brotli), ("zstd", unpack_zstd)]
)
@pytest.mark.parametrize("times", [1, 20])
def test_text_is_compressed_on_the_spot(
    root: Path, coding: str, unpack: Callable[[bytes], bytes], times: int
) -> None:
    put(root / "text.txt", TEXT * times)
    with serving(of(root)) as server, talking(server) as client:
        for _ in range(3):
            status, fields, body = get(client, "/text.txt", f"Accept-Encoding: {coding}")
            assert (status, fields["content-encoding"], unpack(body)) == (200, coding, TEXT * times)
            assert len(body) < len(TEXT)
        _, fields, body = get(client, "/text.txt", f"Accept-Encoding: {coding}")
        etag = fields["etag"]
        head = get(client, "/text.txt", f"Accept-Encoding: {coding}", method="HEAD")
        assert (head[0], head[1]["content-length"], head[1]["etag"]) == (200, str(len(body)), etag)
        assert get(client, "/text.txt", f"Accept-Encoding: {coding}", f"If-None-Match: {etag}")[0] == 304
        plain = get(client, "/text.txt")
        assert (plain[1]["etag"] != etag, plain[2]) == (True, TEXT * times)


def test_what_is_not_worth_it_is_not_compressed(root: Path) -> None:
    put(root / "short.txt", b"short")
    with serving(of(root)) as server, talking(server) as client:
        for path in ("/short.txt", "/large.bin"):
            assert "content-encoding" not in get(client, path, "Accept-Encoding: gzip")[1]
        with defaults.using(max_compressed=100):
            assert "content-encoding" not in get(client, "/text.txt", "Accept-Encoding: gzip")[1]
        with defaults.using(compress_files=False):
            assert "content-encoding" not in get(client, "/text.txt", "Accept-Encoding: gzip")[1]


# ---- what else a file server says


def test_options_say_what_may_be_done(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        for path in ("/digits", "*", "/nope"):
            status, fields, _ = get(client, path, method="OPTIONS")
            assert (status, fields["allow"]) == (204, "GET, HEAD, OPTIONS")


def test_own_fields_and_cache_control_are_sent(root: Path) -> None:
    class Own(Quiet):
        cache_control = "max-age=60"
        default_content_type = "text/x-default"
        extra_response_headers = (("X-Class", "c"),)

    handler = functools.partial(Own, directory=root, extra_response_headers=[("X-A", "1"), ("X-B", "2")])
    with serving(handler) as server, talking(server) as client:
        for path, fields in (("/digits", ()), ("/digits", ("Range: bytes=0-1",)), ("/", ())):
            status, seen, _ = get(client, path, *fields)
            assert (status // 100, seen["x-a"], seen["x-b"], "x-class" in seen) == (2, "1", "2", False)
            assert seen["cache-control"] == "max-age=60"
        assert get(client, "/digits")[1]["content-type"] == "text/x-default"
        assert "x-a" not in get(client, "/nope")[1]
    with serving(of(root, Own)) as server, talking(server) as client:
        assert get(client, "/digits")[1]["x-class"] == "c"


def test_hidden_files_are_not_there(root: Path) -> None:
    (root / ".git").mkdir()
    put(root / ".git" / "config", b"x")
    put(root / ".env", b"x")
    (root / ".well-known").mkdir()
    put(root / ".well-known" / "security.txt", b"known")
    with serving(of(root)) as server:
        for path in ("/.env", "/.git/config", "/.git/", "/.git", "/%2eenv", "/sub/../.env"):
            assert exchange(server, request(f"GET {path} HTTP/1.1")).startswith(b"HTTP/1.1 404 "), path
        assert exchange(server, request("GET /.well-known/security.txt HTTP/1.1")).endswith(b"known")
        listing = exchange(server, request())
        assert b".env" not in listing
        assert b".git" not in listing
        with defaults.using(serve_hidden=True):
            assert b".env" in exchange(server, request())


def test_path_of_a_programs_own_may_lead_anywhere(root: Path, tmp_path_factory: Any) -> None:
    other = tmp_path_factory.mktemp("other")
    put(other / "file", b"elsewhere")

    class Own(Quiet):
        def translate_path(self, path: str) -> str:
            return str(other) + path

    with serving(of(root, Own)) as server:
        assert exchange(server, request("GET /file HTTP/1.1")).endswith(b"elsewhere")


def test_listing_is_sorted_and_read_by_programs(root: Path) -> None:
    with serving(of(root)) as server, talking(server) as client:
        _, fields, body = get(client, "/?sort=size&order=desc", "Accept: application/json")
        assert fields["content-type"] == "application/json"
        entries = json.loads(body)
        assert [entry["name"] for entry in entries] == ["large.bin", "text.txt", "digits", "empty"]
        assert entries[2] == {
            "name": "digits", "href": "digits", "type": "file", "size": 10, "modified": "2015-01-01T00:00:00Z",
        }  # fmt: skip
        page = get(client, "/?sort=size&order=asc")[2]
        assert page.index(b'"empty"') < page.index(b'"digits"') < page.index(b'"large.bin"')


def test_plain_listing_is_that_of_the_standard_library(root: Path) -> None:
    with serving(of(root)) as server:
        with defaults.using(rich_listing=False):
            page = exchange(server, request())
    assert b'<li><a href="digits">digits</a></li>\n<li><a href="empty">empty</a></li>' in page
    assert b"default-src 'none'; base-uri 'none'; form-action 'none'" in page
