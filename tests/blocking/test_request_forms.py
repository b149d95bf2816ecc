# Generated from tests/aio/test_request_forms.py by tools/unasync.py; edit that file.
"""Forms with files as bodies."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, request, send, stall
from wirekit.urllib import request as web
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def url_of(server: Peer) -> str:
    return f"http://{server.host}:{server.port}/"


def post(peer: MakePeer, body: Any) -> tuple[dict[bytes, bytes], bytes]:
    """Send a body; the header fields and the body as the server heard them."""
    server = peer([request(), send(OK)])
    with web.build_opener() as opener, opener.open(url_of(server), body, timeout=5) as response:
        assert response.read() == b"ok"
    head, _, sent = heard(server).partition(b"\r\n\r\n")
    fields = dict(line.split(b": ", 1) for line in head.split(b"\r\n")[1:])
    return fields, sent


def test_form_is_sent_as_browsers_send_it(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / 'pic"ture.png'
    path.write_bytes(b"\x89PNG" * 30_000)
    body = web.multipart(
        {"title": "Grüße", "n": 7, "tags": ["a", b"\xff"]},
        [("file", path), ("note", ("n.txt", "text")), ("raw", ("r.bin", b"\0", "x/y")), ("again", str(path))],
        boundary="XX",
    )
    fields, sent = post(peer, body)
    assert fields[b"Content-Type"] == b"multipart/form-data; boundary=XX"
    assert int(fields[b"Content-Length"]) == len(sent) == body.content_length
    part = b'--XX\r\nContent-Disposition: form-data; name="%b"'
    file = b'; filename="pic%22ture.png"\r\nContent-Type: image/png\r\n\r\n' + b"\x89PNG" * 30_000 + b"\r\n"
    assert sent == (
        part % b"title" + b"\r\n\r\nGr\xc3\xbc\xc3\x9fe\r\n"
        + part % b"n" + b"\r\n\r\n7\r\n"
        + part % b"tags" + b"\r\n\r\na\r\n"
        + part % b"tags" + b"\r\n\r\n\xff\r\n"
        + part % b"file" + file
        + part % b"note" + b'; filename="n.txt"\r\nContent-Type: text/plain\r\n\r\ntext\r\n'
        + part % b"raw" + b'; filename="r.bin"\r\nContent-Type: x/y\r\n\r\n\0\r\n'
        + part % b"again" + file
        + b"--XX--\r\n"
    )  # fmt: skip


def test_boundary_is_made_by_chance(peer: MakePeer) -> None:
    one, other = web.multipart({"a": "1"}), web.multipart({"a": "1"})
    assert one.boundary != other.boundary
    fields, sent = post(peer, one)
    assert fields[b"Content-Type"].endswith(one.boundary.encode())
    assert sent.startswith(b"--" + one.boundary.encode())


def test_boundary_that_is_no_token_is_quoted(peer: MakePeer) -> None:
    fields, _ = post(peer, web.multipart({"a": "1"}, boundary="a/b"))
    assert fields[b"Content-Type"] == b'multipart/form-data; boundary="a/b"'


def test_empty_form_is_one(peer: MakePeer) -> None:
    _, sent = post(peer, web.multipart(boundary="x"))
    assert sent == b"--x--\r\n"


def test_own_content_type_counts(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    wanted = web.Request(
        url_of(server), web.multipart(boundary="x"), {"Content-Type": "multipart/mixed; boundary=x"}
    )
    with web.build_opener() as opener, opener.open(wanted, timeout=5) as response:
        response.read()
    assert b"Content-Type: multipart/mixed; boundary=x\r\n" in heard(server)


def test_open_file_is_sent_from_where_it_stands(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"front body")
    with path.open("rb") as file:
        file.seek(6)
        _, sent = post(peer, web.multipart(files={"f": file}, boundary="x"))
    assert b'filename="data"' in sent
    assert b"\r\n\r\nbody\r\n--x--" in sent


def test_file_of_unknown_length_goes_in_chunks(peer: MakePeer) -> None:
    class Endless:
        left = 3

        def read(self, size: int) -> bytes:
            self.left -= 1
            return b"data" if self.left >= 0 else b""

    body = web.multipart({"a": "1"}, {"f": Endless()}, boundary="x")
    assert body.content_length is None
    fields, sent = post(peer, body)
    assert fields[b"Transfer-Encoding"] == b"chunked"
    assert b"Content-Length" not in fields
    assert sent.count(b"4\r\ndata\r\n") == 3
    assert b'filename="file"' in sent
    assert not body.replayable


def test_form_is_sent_again_where_its_files_can_be(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"on disk")
    moved = b"HTTP/1.1 307 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
    server = peer([request(), send(moved), request(), send(OK)])
    memory = io.BytesIO(b"front in memory")
    memory.seek(6)
    body = web.multipart({"a": "1"}, {"f": path, "m": memory}, boundary="x")
    with web.build_opener() as opener, opener.open(url_of(server), body, timeout=5) as response:
        assert response.read() == b"ok"
    said = heard(server)
    assert said.count(b"\r\n\r\non disk\r\n") == said.count(b"\r\n\r\nin memory\r\n") == 2


def test_form_with_a_file_that_cannot_be_set_back_is_not_sent_again(peer: MakePeer) -> None:
    class Once:
        name = 7  # as of a file without one

        def read(self, size: int, data: list[bytes] = [b"once"]) -> bytes:  # noqa: B006 - read once
            return data.pop() if data else b""

    moved = b"HTTP/1.1 307 Moved\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n"
    server = peer([request(), send(moved)])
    with web.build_opener() as opener:
        with pytest.raises(HTTPError, match="read once only") as caught:
            opener.open(url_of(server), web.multipart(files={"f": Once()}), timeout=5)
        caught.value.close()


def test_file_that_shrank_is_an_error(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "data"
    path.write_bytes(b"0123456789")
    body = web.multipart(files={"f": path})
    path.write_bytes(b"0123")
    server = peer([stall()])
    with web.build_opener() as opener:
        with pytest.raises(URLError, match="6 bytes shorter"):
            opener.open(url_of(server), body, timeout=5)
    assert heard(server).endswith(b"\r\n\r\n0123")  # and the connection was closed


@pytest.mark.parametrize("value", [None, {"a": 1}, object()])
def test_field_that_is_no_value_is_refused(value: Any) -> None:
    with pytest.raises(TypeError, match="has to be text, bytes or a number"):
        web.multipart({"a": value})


def test_content_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(TypeError):
        web.multipart(files={"f": ("name", object())})
    with pytest.raises(OSError):
        web.multipart(files={"f": tmp_path / "none"})
    with pytest.raises(ValueError, match="boundary"):
        web.multipart({}, boundary="\r\n")
