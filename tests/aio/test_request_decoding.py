"""Bodies that are decoded while they are read, watched while they come, and read as text and as JSON."""

from __future__ import annotations

import gzip
import io
import json
import zlib
from typing import TYPE_CHECKING, Any

import brotli
import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Faults, Peer, close, request, send
from wirekit import defaults
from wirekit._io.asynchronous import ASYNC
from wirekit.aio.http import client
from wirekit.aio.urllib import request as web
from wirekit.urllib.error import HTTPError

try:
    from compression import zstd
except ImportError:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

TEXT = "".join(f"line {number} of a text that shrinks, ünicode\n" for number in range(3000)).encode()
ENCODE: dict[str, Any] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
OFFER = b"\r\nAccept-Encoding: gzip, deflate, br, zstd\r\n"


def answer(body: bytes, *fields: str, chunked: bool = False, status: str = "200 OK") -> bytes:
    head = [f"HTTP/1.1 {status}", *fields]
    if chunked:
        head.append("Transfer-Encoding: chunked")
        body = (
            b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:99], body[99:]) if part)
            + b"0\r\n\r\n"
        )
    else:
        head.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*head, "", ""]).encode("latin-1") + body


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


async def get(peer: MakePeer, *answers: bytes, headers: Any = (), **more: Any) -> Any:
    """Open what a peer answers; the response."""
    script = [step for one in answers for step in (request(), send(one))]
    return await web.urlopen(web.Request(url_of(peer(script, **more)), headers=dict(headers)), timeout=5)


# ---- asked for, and undone


@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
@pytest.mark.parametrize("coding", ENCODE)
async def test_coding_is_asked_for_and_undone(peer: MakePeer, coding: str, chunked: bool) -> None:
    body = answer(ENCODE[coding](TEXT), f"Content-Encoding: {coding}", "X-Kept: yes", chunked=chunked)
    server = peer([request(), send(body), request(), send(body)])
    response: Any
    for _ in range(2):
        async with await web.urlopen(url_of(server), timeout=5) as response:
            assert type(response).__mro__[1] is client.HTTPResponse
            assert await response.read() == TEXT
            assert response.decoded == (coding,)
            assert response.headers["X-Kept"] == response.getheader("x-kept") == "yes"
            assert "Content-Encoding" not in response.headers
            assert "Content-Length" not in response.headers
            assert response.isclosed()
    web.urlcleanup()
    assert OFFER in await heard(server)
    assert len(server.conversations) == 1


async def test_codings_in_a_row_are_undone(peer: MakePeer) -> None:
    body = brotli.compress(gzip.compress(TEXT))
    async with await get(peer, answer(body, "Content-Encoding: gzip", "Content-Encoding: br")) as response:
        assert await response.read() == TEXT
        assert response.decoded == ("gzip", "br")


@pytest.mark.parametrize("size", [1, 7, 1000, 100_000])
async def test_every_way_of_reading_gives_the_same(peer: MakePeer, size: int) -> None:
    text = TEXT[:5000]
    body = answer(gzip.compress(text), "Content-Encoding: gzip", chunked=True)
    async with await get(peer, body) as response:
        assert b"".join([part async for part in response]) == text
    async with await get(peer, body) as response:
        got = b""
        while part := await response.read(size):
            assert len(part) == min(size, len(text) - len(got))
            got += part
        assert got == text
        assert await response.read() == b""
    async with await get(peer, body) as response:
        got = b""
        while part := await response.read1(size):
            assert len(part) <= size
            got += part
        assert got == text
    async with await get(peer, body) as response:
        room, got = bytearray(size), b""
        while count := await response.readinto(room):
            got += room[:count]
        assert got == text
    async with await get(peer, body) as response:
        got = b""
        while line := await response.readline(size):
            assert len(line) <= size
            assert b"\n" not in line[:-1]
            got += line
        assert got == text


async def test_peeking_takes_nothing(peer: MakePeer) -> None:
    async with await get(peer, answer(gzip.compress(b"text"), "Content-Encoding: gzip")) as response:
        assert (await response.peek()).startswith(b"t")
        assert await response.read(0) == await response.read1(0) == b""
        assert await response.read1() == b"text"
        assert await response.peek() == b""
        assert await response.readlines() == []


async def test_body_that_comes_byte_by_byte_is_the_same(peer: MakePeer) -> None:
    body = answer(brotli.compress(b"text " * 50), "Content-Encoding: br", chunked=True)
    async with await get(peer, body, faults=Faults(split=1)) as response:
        assert await response.read() == b"text " * 50


async def test_error_is_decoded_as_well(peer: MakePeer) -> None:
    body = answer(gzip.compress(b'{"why": 1}'), "Content-Encoding: gzip", status="400 Bad")
    with pytest.raises(HTTPError) as caught:
        await get(peer, body)
    failure: Any = caught.value
    assert await failure.json() == {"why": 1}
    failure.close()


# ---- left as it is


@pytest.mark.parametrize("value", ["gzip", "identity", ""])
async def test_who_asks_himself_gets_what_comes(peer: MakePeer, value: str) -> None:
    packed = gzip.compress(TEXT)
    body = answer(packed, "Content-Encoding: gzip")
    async with await get(peer, body, headers={"accept-encoding": value}) as response:
        assert await response.read() == packed
        assert response.headers["Content-Encoding"] == "gzip"
        assert not hasattr(response, "decoded")


async def test_openers_own_header_counts_as_asking(peer: MakePeer) -> None:
    packed = gzip.compress(TEXT)
    server = peer([request(), send(answer(packed, "Content-Encoding: gzip"))])
    async with web.build_opener() as opener:
        opener.addheaders = [("Accept-Encoding", "gzip")]
        async with await opener.open(url_of(server), timeout=5) as response:
            assert await response.read() == packed


async def test_stdlib_profile_asks_for_nothing(peer: MakePeer) -> None:
    packed = gzip.compress(TEXT)
    server = peer([request(), send(answer(packed, "Content-Encoding: gzip"))])
    with defaults.using("stdlib"):
        async with await web.urlopen(url_of(server), timeout=5) as response:
            assert await response.read() == packed
    assert b"\r\nAccept-Encoding: identity\r\n" in await heard(server)


async def test_part_of_a_body_is_asked_for_as_it_is(peer: MakePeer) -> None:
    server = peer([request(), send(answer(b"part", status="206 Partial Content"))])
    async with await web.urlopen(
        web.Request(url_of(server), headers={"Range": "bytes=0-3"}), timeout=5
    ) as response:
        assert await response.read() == b"part"
    web.urlcleanup()
    assert b"\r\nAccept-Encoding: identity\r\n" in await heard(server)


async def test_part_that_nobody_asked_for_is_left_as_it_is(peer: MakePeer) -> None:
    body = answer(gzip.compress(TEXT)[10:20], "Content-Encoding: gzip", status="206 Partial Content")
    async with await get(peer, body) as response:
        assert await response.read() == gzip.compress(TEXT)[10:20]


@pytest.mark.parametrize("coding", ["compress", "gzip, new", "identity", "gzip gzip"])
async def test_unknown_coding_is_left_to_the_program(peer: MakePeer, coding: str) -> None:
    async with await get(peer, answer(b"raw", f"Content-Encoding: {coding}")) as response:
        assert await response.read() == b"raw"
        assert response.headers["Content-Encoding"] == coding


async def test_response_without_a_body_keeps_its_headers(peer: MakePeer) -> None:
    head = answer(b"x" * 10, "Content-Encoding: gzip")[:-10]
    server = peer([request(), send(head)])
    async with await web.urlopen(web.Request(url_of(server), method="HEAD"), timeout=5) as response:
        assert response.headers["Content-Encoding"] == "gzip"
        assert response.headers["Content-Length"] == "10"
        assert await response.read() == b""


async def test_file_of_urlretrieve_is_what_the_server_has(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(answer(b"plain"))])
    await web.urlretrieve(url_of(server), tmp_path / "file")
    web.urlcleanup()
    assert b"\r\nAccept-Encoding: identity\r\n" in await heard(server)


# ---- broken, and meant to harm


async def test_body_that_is_none_of_its_coding_is_an_error(peer: MakePeer) -> None:
    server = peer([request(), send(answer(b"not gzip at all", "Content-Encoding: gzip")), *[close()]])
    async with await web.urlopen(url_of(server), timeout=5) as response:
        with pytest.raises(web.BadCoding, match="not what its Content-Encoding says"):
            await response.read()


async def test_body_that_breaks_off_in_its_coding_is_an_error(peer: MakePeer) -> None:
    body = answer(gzip.compress(TEXT)[:-9], "Content-Encoding: gzip")
    async with await get(peer, body) as response:
        with pytest.raises(web.BadCoding, match="middle"):
            await response.read()


async def test_connection_that_breaks_off_is_an_error(peer: MakePeer) -> None:
    body = answer(gzip.compress(TEXT), "Content-Encoding: gzip", chunked=True)
    server = peer([request(), send(body[:-200]), close()])
    async with await web.urlopen(url_of(server), timeout=5) as response:
        with pytest.raises(client.IncompleteRead):
            await response.read()


async def test_empty_body_is_empty(peer: MakePeer) -> None:
    async with await get(peer, answer(b"", "Content-Encoding: gzip", chunked=True)) as response:
        assert await response.read() == b""


async def test_response_closed_early_decodes_nothing(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    response = await get(peer, answer(gzip.compress(bytes(1 << 24)), "Content-Encoding: gzip"))
    monkeypatch.setattr(response, "_chain", None)
    response.close()
    assert response.isclosed()
    assert await response.read() == b""


# ---- watched


@pytest.mark.parametrize("coding", [None, "gzip"])
@pytest.mark.parametrize("chunked", [False, True], ids=["length", "chunked"])
async def test_download_is_watched(peer: MakePeer, chunked: bool, coding: str | None) -> None:
    body = TEXT if coding is None else gzip.compress(TEXT)
    fields = [] if coding is None else [f"Content-Encoding: {coding}"]
    seen: list[tuple[int, int | None]] = []
    server = peer([request(), send(answer(body, *fields, chunked=chunked))])
    wanted = web.Request(url_of(server), on_download=lambda done, total: seen.append((done, total)))
    async with await web.urlopen(wanted, timeout=5) as response:
        assert await response.read() == TEXT
    assert seen[-1] == (len(body), None if chunked else len(body))
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


@pytest.mark.parametrize(
    "make", [lambda: b"abc" * 50_000, lambda: [b"abc", b"def"], lambda: io.BytesIO(b"x" * 100_000)]
)
async def test_upload_is_watched(peer: MakePeer, make: Callable[[], Any]) -> None:
    data = make()
    seen: list[tuple[int, int | None]] = []
    server = peer([request(), send(answer(b"ok"))])
    wanted = web.Request(url_of(server), data, on_upload=lambda done, total: seen.append((done, total)))
    async with await web.urlopen(wanted, timeout=5) as response:
        assert await response.read() == b"ok"
    size = 6 if isinstance(data, list) else 150_000 if isinstance(data, bytes) else 100_000
    assert seen[-1] == (size, None if isinstance(data, list) else size)
    assert [done for done, _ in seen] == sorted({done for done, _ in seen})


if ASYNC:

    async def test_watchers_may_be_async(peer: MakePeer) -> None:
        seen: list[str] = []

        async def watch_down(done: int, total: int | None) -> None:
            seen.append(f"down {done}/{total}")

        async def watch_up(done: int, total: int | None) -> None:
            seen.append(f"up {done}/{total}")

        server = peer([request(), send(answer(b"ok"))])
        wanted = web.Request(url_of(server), b"abc", on_download=watch_down, on_upload=watch_up)
        async with await web.urlopen(wanted, timeout=5) as response:
            assert await response.read() == b"ok"
        assert seen == ["up 3/3", "down 2/2"]


# ---- text and JSON


@pytest.mark.parametrize(
    "field, body, text",
    [
        ("text/plain; charset=iso-8859-1", "grün “x”".encode("cp1252"), "grün “x”"),
        ("text/plain", "grün".encode(), "grün"),
        ("text/plain", "grün".encode("cp1252"), "grün"),
        ("text/html", b'<meta charset="koi8-r">' + "Дом".encode("koi8-r"), '<meta charset="koi8-r">Дом'),
        ("text/plain; charset=utf-8", b"a\xff", "a\ufffd"),
    ],
)
async def test_text_has_the_right_charset(peer: MakePeer, field: str, body: bytes, text: str) -> None:
    async with await get(peer, answer(body, f"Content-Type: {field}")) as response:
        assert await response.text() == text


async def test_text_may_be_read_otherwise(peer: MakePeer) -> None:
    server = answer(b"a\xff", "Content-Type: text/plain; charset=utf-8")
    async with await get(peer, server) as response:
        assert await response.text("latin-1") == "aÿ"
    async with await get(peer, server) as response:
        with pytest.raises(UnicodeDecodeError):
            await response.text(errors="strict")


async def test_json_is_read(peer: MakePeer) -> None:
    body = gzip.compress(json.dumps({"a": ["ü", 1.5]}, ensure_ascii=False).encode())
    async with await get(peer, answer(body, "Content-Encoding: gzip")) as response:
        assert await response.json() == {"a": ["ü", 1.5]}
    async with await get(peer, answer(b"[1.5]")) as response:
        assert await response.json(parse_float=str) == ["1.5"]
    async with await get(peer, answer(b"<html>")) as response:
        with pytest.raises(ValueError):
            await response.json()


async def test_text_and_json_are_read_from_other_urls_too() -> None:
    async with await web.urlopen("data:text/plain;charset=koi8-r,%E4") as response:
        assert await response.text() == "Д"
    async with await web.urlopen("data:application/json,%7B%22a%22:1%7D") as response:
        assert await response.json() == {"a": 1}
