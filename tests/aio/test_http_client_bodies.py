"""Request bodies over loopback: bytes, text, iterables and files, with a length or in chunks."""

from __future__ import annotations

import array
import io
import os
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Peer, request, send, stall
from wirekit.aio.http import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def post(peer: MakePeer, body: Any, headers: dict[str, str] | None = None, **options: Any) -> bytes:
    """Give the request that a body makes, from behind the automatic fields on."""
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    await connection.request("POST", "/", body, headers or {}, **options)
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    return (await heard(server)).partition(b"Accept-Encoding: identity\r\n")[2]


def blocks() -> Iterator[bytes]:
    yield b"ab"
    yield b""  # no chunk: an empty one would end the body
    yield b"cde"


@pytest.mark.parametrize(
    "body",
    [b"abcde", bytearray(b"abcde"), memoryview(b"abcde"), array.array("b", b"abcde"), "abcde"],
    ids=["bytes", "bytearray", "memoryview", "array", "text"],
)
async def test_body_in_memory_has_a_length(peer: MakePeer, body: object) -> None:
    assert await post(peer, body) == b"Content-Length: 5\r\n\r\nabcde"


async def test_text_is_latin_1(peer: MakePeer) -> None:
    assert await post(peer, "\xe9") == b"Content-Length: 1\r\n\r\n\xe9"


async def test_text_beyond_latin_1_is_the_callers_mistake_and_nothing_is_sent(peer: MakePeer) -> None:
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises(UnicodeEncodeError):
        await connection.request("POST", "/", "\u20ac")
    connection.close()
    assert server.conversations == []


async def test_body_that_is_none_is_refused(peer: MakePeer) -> None:
    connection = client.HTTPConnection("127.0.0.1", peer([]).port, timeout=5)
    with pytest.raises(TypeError):
        await connection.request("POST", "/", 42)
    connection.close()


async def test_given_length_is_left_alone(peer: MakePeer) -> None:
    assert await post(peer, b"abcde", {"content-length": "5"}) == b"content-length: 5\r\n\r\nabcde"


@pytest.mark.parametrize(
    "make", [blocks, lambda: list(blocks()), lambda: tuple(blocks())], ids=["generator", "list", "tuple"]
)
async def test_iterable_goes_in_chunks(peer: MakePeer, make: Callable[[], object]) -> None:
    got = await post(peer, make())
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


async def test_iterable_with_a_given_length_goes_as_it_is(peer: MakePeer) -> None:
    assert await post(peer, blocks(), {"Content-Length": "5"}) == b"Content-Length: 5\r\n\r\nabcde"


async def test_iterable_of_text_blocks_of_a_text_file(peer: MakePeer) -> None:
    got = await post(peer, io.StringIO("ab\ncd"))
    assert got in {
        b"Transfer-Encoding: chunked\r\n\r\n5\r\nab\ncd\r\n0\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n3\r\nab\n\r\n2\r\ncd\r\n0\r\n\r\n",
    }


async def test_file_without_known_length_goes_in_chunks(peer: MakePeer) -> None:
    got = await post(peer, io.BytesIO(b"abcde"))
    assert got == b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"


async def test_file_on_disk_with_given_length(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"abcde")
    with path.open("rb") as file:
        assert await post(peer, file, {"Content-Length": "5"}) == b"Content-Length: 5\r\n\r\nabcde"


async def test_large_file_with_given_length(peer: MakePeer, tmp_path: Path) -> None:
    """Large enough for os.sendfile to need several calls."""
    content = os.urandom(1 << 16) * 48
    path = tmp_path / "file"
    path.write_bytes(content)
    with path.open("rb") as file:
        got = await post(peer, file, {"Content-Length": str(len(content))})
    assert got.partition(b"\r\n\r\n")[2] == content


async def test_file_is_sent_from_where_it_stands(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"header:abcde")
    with path.open("rb") as file:
        assert file.read(7) == b"header:"
        assert await post(peer, file, {"Content-Length": "5"}) == b"Content-Length: 5\r\n\r\nabcde"


async def test_text_file_on_disk_is_encoded_in_latin_1(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_text("\xe9\xe8", "utf-8")
    with path.open(encoding="utf-8") as file:
        assert await post(peer, file, {"Content-Length": "2"}) == b"Content-Length: 2\r\n\r\n\xe9\xe8"


async def test_object_with_only_read_is_a_file(peer: MakePeer) -> None:
    class Reader:
        def __init__(self) -> None:
            self.left = [b"ab", b"cde", b""]

        def read(self, size: int) -> bytes:
            assert size > 0
            return self.left.pop(0)

    got = await post(peer, Reader())
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


async def test_blocksize_is_what_read_is_asked_for(peer: MakePeer) -> None:
    sizes = []

    class Reader(io.BytesIO):
        def read(self, size: int | None = -1) -> bytes:
            sizes.append(size)
            return super().read(size)

    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5, blocksize=3)
    await connection.request("PUT", "/", Reader(b"abcdefgh"))
    await (await connection.getresponse()).read()
    connection.close()
    assert set(sizes) == {3}
    assert (await heard(server)).endswith(b"\r\n\r\n3\r\nabc\r\n3\r\ndef\r\n2\r\ngh\r\n0\r\n\r\n")


# ---- encode_chunked


async def test_encode_chunked_is_for_those_who_set_the_header(peer: MakePeer) -> None:
    got = await post(peer, blocks(), {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n"


async def test_own_chunks_pass_untouched(peer: MakePeer) -> None:
    got = await post(peer, [b"2\r\nab\r\n", b"0\r\n\r\n"], {"Transfer-Encoding": "chunked"})
    assert got == b"Transfer-Encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\n"


async def test_bytes_may_be_chunked_too(peer: MakePeer) -> None:
    got = await post(peer, b"abcde", {"Transfer-Encoding": "chunked"}, encode_chunked=True)
    assert got == b"Transfer-Encoding: chunked\r\n\r\n5\r\nabcde\r\n0\r\n\r\n"


async def test_endheaders_encodes_in_chunks(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("POST", "/", skip_host=True, skip_accept_encoding=True)
    connection.putheader("Transfer-Encoding", "chunked")
    await connection.endheaders(blocks(), encode_chunked=True)
    await (await connection.getresponse()).read()
    connection.close()
    assert (await heard(server)).endswith(b"\r\n\r\n2\r\nab\r\n3\r\ncde\r\n0\r\n\r\n")


async def test_endheaders_takes_a_body(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "5")
    await connection.endheaders(b"abcde")
    await (await connection.getresponse()).read()
    connection.close()
    assert (await heard(server)).endswith(b"Content-Length: 5\r\n\r\nabcde")


# ---- send


async def test_send_takes_bytes_iterables_and_files(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"gh")
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("POST", "/")
    connection.putheader("Content-Length", "8")
    await connection.endheaders()
    await connection.send(b"ab")
    await connection.send(bytearray(b"c"))
    await connection.send([b"d", b"e"])
    await connection.send(io.BytesIO(b"f"))
    with path.open("rb") as file:
        await connection.send(file)
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert (await heard(server)).endswith(b"\r\n\r\nabcdefgh")


async def test_send_of_anything_else_is_a_type_error(peer: MakePeer) -> None:
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    await connection.connect()
    with pytest.raises(TypeError):
        await connection.send(42)
    connection.close()
    assert await heard(server) == b""


async def test_send_connects_by_itself(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    await connection.send(b"raw bytes\r\n\r\n")
    connection.close()
    assert await heard(server) == b"raw bytes\r\n\r\n"


async def test_body_that_fails_halfway_closes_the_connection(peer: MakePeer) -> None:
    """What the server would hear next belonged to a body that it never got the end of."""

    def breaks() -> Iterator[bytes]:
        yield b"ab"
        raise LookupError

    server = peer([stall()], [request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises(LookupError):
        await connection.request("POST", "/", breaks())
    assert connection.sock is None
    await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert len(server.conversations) == 2


async def test_server_that_answers_before_the_body_is_sent_is_heard(peer: MakePeer) -> None:
    """A 413 with the connection closed, while the client still sends: the response must not be lost."""
    refusal = b"HTTP/1.1 413 Too Large\r\nContent-Length: 2\r\nConnection: close\r\n\r\nno"

    def refuse(conversation: Any) -> None:
        conversation.take(lambda waiting: len(waiting) * (b"\r\n\r\n" in waiting))
        conversation.send(refusal)

    server = peer([refuse])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    await connection.request("POST", "/", b"x" * 1_000_000)
    response = await connection.getresponse()
    assert response.status == 413
    assert await response.read() == b"no"
    connection.close()
