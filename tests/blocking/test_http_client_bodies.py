# Generated from tests/aio/test_http_client_bodies.py by tools/unasync.py; edit that file.
"""Request bodies over loopback: bytes, text, iterables and files, with a length or in chunks."""

from __future__ import annotations

import array
import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, request, send, stall
from wirekit.http import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def post(peer: MakePeer, body: Any, headers: dict[str, str] | None = None, **options: Any) -> bytes:
    """Give the request that a body makes, from behind the automatic fields on."""
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("POST", "/", body, headers or {}, **options)
    assert connection.getresponse().read() == b"ok"
    connection.close()
    return heard(server).partition(b"Accept-Encoding: identity\r\n")[2]


def blocks() -> Iterator[bytes]:
    yield b"ab"
    yield b""  # no chunk: an empty one would end the body
    yield b"cde"


@pytest.mark.parametrize(
    "body",
    [b"abcde", bytearray(b"abcde"), memoryview(b"abcde"), array.array("b", b"abcde"), "abcde"],
    ids=["bytes", "bytearray", "memoryview", "array", "text"],
)
def test_body_in_memory_has_a_length(peer: MakePeer, body: object) -> None:
    assert post(peer, body) == b"Content-Length: 5\r\n\r\nabcde"


def test_text_is_latin_1(peer: MakePeer) -> None:
    assert post(peer, "\xe9") == b"Content-Length: 1\r\n\r\n\xe9"


def test_text_beyond_latin_1_is_the_callers_mistake_and_nothing_is_sent(peer: MakePeer) -> None:
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises(UnicodeEncodeError):
        connection.request("POST", "/", "\u20ac")
    connection.close()
    assert server.conversations == []


def test_body_that_is_none_is_refused(peer: MakePeer) -> None:
    connection = client.HTTPConnection("127.0.0.1", peer([]).port, timeout=5)
    with pytest.raises(TypeError):
        connection.request("POST", "/", 42)
    connection.close()


def test_given_length_is_left_alone(peer: MakePeer) -> None:
    assert post(peer, b"abcde", {"content-length": "5"}) == b"content-length: 5\r\n\r\nabcde"


@pytest.mark.parametrize(
    "make", [blocks, lambda: list(blocks()), lambda: tuple(blocks())], ids=["generator", "list", "tuple"]
)
def test_iterable_goes_in_chunks(peer: MakePeer, make: Callable[[], object]) -> None:
    got = post(peer, make())
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


def test_iterable_with_a_given_length_goes_as_it_is(peer: MakePeer) -> None:
    assert post(peer, blocks(), {"Content-Length": "5"}) == b"Content-Length: 5\r\n\r\nabcde"


def test_iterable_of_text_blocks_of_a_text_file(peer: MakePeer) -> None:
    got = post(peer, io.StringIO("ab\ncd"))
    assert got in {
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nab\ncd\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\n2\r\ncd\r\n0\r\n\r\n",
    }


def test_file_without_known_length_goes_in_chunks(peer: MakePeer) -> None:
    got = post(peer, io.BytesIO(b"abcde"))
    assert got == b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"


def test_file_on_disk_with_given_length(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcde")
    with path.open("rb") as file:
        assert post(peer, file, {"Content-Length": "5"}) == b"Content-Length: 5\r\n\r\nabcde"


def test_large_file_with_given_length(peer: MakePeer, tmp_path: Path) -> None:
    """Large enough for os.sendfile to need several calls."""
    content = os.urandom(1 << 16) * 48
    path = tmp_path / "file"
    path.write_bytes(content)
    with path.open("rb") as file:
        got = post(peer, file, {"Content-Length": str(len(content))})
    assert got.partition(b"\r\n\r\n")[2] == content


def test_file_is_sent_from_where_it_stands(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"header:abcde")
    with path.open("rb") as file:
        assert file.read(7) == b"header:"
        assert post(peer, file, {"Content-Length": "5"}) == b"Content-Length: 5\r\n\r\nabcde"


def test_text_file_on_disk_is_encoded_in_latin_1(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("\xe9\xe8", "utf-8")
    with path.open(encoding="utf-8") as file:
        assert post(peer, file, {"Content-Length": "2"}) == b"Content-Length: 2\r\n\r\n\xe9\xe8"


def test_object_with_only_read_is_a_file(peer: MakePeer) -> None:
    class Reader:
        def __init__(self) -> None:
            self.left = [b"ab", b"cde", b""]

        def read(self, size: int) -> bytes:
            assert size > 0
            return self.left.pop(0)

    got = post(peer, Reader())
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


def test_blocksize_is_what_read_is_asked_for(peer: MakePeer) -> None:
    sizes = []

    class Reader(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sizes.append(size)
            return super().read(size)

    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5, blocksize=3)
    connection.request("PUT", "/", Reader(b"abcdefgh"))
    connection.getresponse().read()
    connection.close()
    assert set(sizes) == {3}
    assert heard(server).endswith(b"\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n2\r\ngh\r\n0\r\n\r\n")


# ---- encode_chunked


def test_encode_chunked_is_for_those_who_set_the_header(peer: MakePeer) -> None:
    got = post(peer, blocks(), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


def test_own_chunks_pass_untouched(peer: MakePeer) -> None:
    got = post(peer, [b"2\r\nab\r\n", b"0\r\n\r\n"], {"Transfer-Encoding": "chunked"})
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"


def test_bytes_may_be_chunked_too(peer: MakePeer) -> None:
    got = post(peer, b"abcde", {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert got == b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"


def test_endheaders_encodes_in_chunks(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Transfer-Encoding", "chunked")
    connection.endheaders(blocks(), encode_chunked=True)
    connection.getresponse().read()
    connection.close()
    assert heard(server).endswith(b"\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")


def test_endheaders_takes_a_body(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "5")
    connection.endheaders(b"abcde")
    connection.getresponse().read()
    connection.close()
    assert heard(server).endswith(b"Content-Length: 5\r\n\r\nabcde")


# ---- send


def test_send_takes_bytes_iterables_and_files(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"gh")
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "8")
    connection.endheaders()
    connection.send(b"ab")
    connection.send(bytearray(b"c"))
    connection.send([b"d", b"e"])
    connection.send(io.BytesIO(b"f"))
    with path.open("rb") as file:
        connection.send(file)
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert heard(server).endswith(b"\r\n\r\nabcdefgh")


def test_send_of_anything_else_is_a_type_error(peer: MakePeer) -> None:
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.connect()
    with pytest.raises(TypeError):
        connection.send(42)
    connection.close()
    assert heard(server) == b""


def test_send_connects_by_itself(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.send(b"raw bytes\r\n\r\n")
    connection.close()
    assert heard(server) == b"raw bytes\r\n\r\n"


def test_body_that_fails_halfway_closes_the_connection(peer: MakePeer) -> None:
    """What the server would hear next belonged to a body that it never got the end of."""

    def breaks() -> Iterator[bytes]:
        yield b"ab"
        raise LookupError

    server = peer([stall()], [request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises(LookupError):
        connection.request("POST", "/", breaks())
    assert connection.sock is None
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert len(server.conversations) == 2


def test_server_that_answers_before_the_body_is_sent_is_heard(peer: MakePeer) -> None:
    """A 413 with the connection closed, while the client still sends: the response must not be lost."""
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"

    def refuse(conversation: Any) -> None:
        conversation.take(lambda waiting: len(waiting) * (b"\r\n\r\n" in waiting))
        conversation.send(refusal)

    server = peer([refuse])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.request("POST", "/", b"x" * 1_000_000)
    response = connection.getresponse()
    assert response.status == 413
    assert response.read() == b"no"
    connection.close()
