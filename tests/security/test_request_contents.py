"""Rows of the security table about what urllib.request makes of responses: bombs (25 to 27) and Retry-After (28)."""

from __future__ import annotations

import functools
import gzip
import tracemalloc
import zlib
from typing import TYPE_CHECKING, Any

import brotli
import pytest

from tests.fix_peer import Peer, close, request, send, send_forever
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit import defaults
from wirekit._io import concurrency

try:
    from compression import zstd
except ImportError:
    from backports import zstd

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SIZE = 24 << 20  # beyond what a body may become whatever its size


@functools.cache
def make_bomb(coding: str, size: int = SIZE) -> bytes:
    if coding == "gzip":
        packer = zlib.compressobj(9, wbits=31)
        return b"".join(packer.compress(bytes(1 << 20)) for _ in range(size >> 20)) + packer.flush()
    data = bytes(size)
    made: bytes = brotli.compress(data, quality=1) if coding == "br" else zstd.compress(data)
    return made


def encoded(body: bytes, *codings: str, status: str = "200 OK", more: str = "") -> bytes:
    fields = "".join(f"Content-Encoding: {coding}\r\n" for coding in codings)
    return f"HTTP/1.1 {status}\r\n{fields}{more}Content-Length: {len(body)}\r\n\r\n".encode() + body


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


async def open_url(twin: Twin, url: Any) -> Any:
    return await settle(twin.module("urllib.request").urlopen(url, timeout=5))


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@both_twins
async def test_row_25_small_read_of_a_bomb_decodes_a_small_piece(
    twin: Twin, peer: MakePeer, coding: str
) -> None:
    server = peer([request(), send(encoded(make_bomb(coding), coding))])
    response = await open_url(twin, url_of(server))
    await settle(response.read(1))  # loads what is loaded once
    tracemalloc.start()
    try:
        for _ in range(16):
            assert len(await settle(response.read(1024))) == 1024
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        response.close()
    assert peak < 4 << 20


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
@both_twins
async def test_row_25_whole_read_of_a_bomb_ends_at_the_ratio(twin: Twin, peer: MakePeer, coding: str) -> None:
    web = twin.module("urllib.request")
    bomb = make_bomb(coding)
    server = peer([request(), send(encoded(bomb, coding))])
    with defaults.using(max_expansion=2):
        response = await open_url(twin, url_of(server))
        with pytest.raises(web.BadCoding, match="times its size"):
            await settle(response.read())


@both_twins
async def test_row_26_redirect_with_a_bomb_is_not_decoded(
    twin: Twin, peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    from wirekit._wire import decoding

    bomb = encoded(make_bomb("gzip"), "gzip", status="302 Found", more="Location: /b\r\n")
    server = peer([request(), send(bomb), request(), send(OK)], [request(), send(OK)])
    monkeypatch.setattr(decoding.Chain, "take", None)  # nothing may be taken out of it
    response = await open_url(twin, url_of(server, "/a"))
    assert await settle(response.read()) == b"ok"
    response.close()


@both_twins
async def test_row_26_body_that_nobody_reads_is_not_drained(twin: Twin, peer: MakePeer) -> None:
    endless = b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 999999999999\r\n\r\n"
    server = peer([request(), send(endless), send_forever(b"\x1f\x8b", cap=1 << 26)], [request(), send(OK)])
    response = await open_url(twin, url_of(server))
    response.close()
    response = await open_url(twin, url_of(server))
    assert await settle(response.read()) == b"ok"
    response.close()


@pytest.mark.parametrize(
    "fields", [["gzip"] * 6, [", ".join(["gzip"] * 1000)], ["br, gzip, deflate", "zstd, gzip, gzip"]]
)
@both_twins
async def test_row_27_too_many_codings_are_refused_over_all_header_lines(
    twin: Twin, peer: MakePeer, fields: list[str]
) -> None:
    web = twin.module("urllib.request")
    server = peer([request(), send(encoded(b"x", *fields)), close()])
    with pytest.raises(web.BadCoding, match="5 are allowed"):
        await open_url(twin, url_of(server))
    await heard(twin, server)


@both_twins
async def test_row_28_hostile_retry_after_is_capped(
    twin: Twin, peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = twin.module("urllib.request")
    slept: list[float] = []

    async def sleep_async(seconds: float) -> None:
        slept.append(seconds)

    module = __import__(
        f"{concurrency.__name__}.{'asynchronous' if twin.waits else 'blocking'}", fromlist=["sleep"]
    )
    monkeypatch.setattr(module, "sleep", sleep_async if twin.waits else slept.append)
    busy = encoded(b"", status="503 Busy", more="Retry-After: 999999999\r\n")
    server = peer([request(), send(busy), request(), send(OK)])
    opener = web.build_opener(web.RetryHandler())
    response = await settle(opener.open(url_of(server), timeout=5))
    response.close()
    opener.close()
    assert slept == [defaults.active.max_retry_after]
    assert slept[0] <= 6 * 3600


@both_twins
async def test_row_25_corrupt_body_is_the_peers_fault(twin: Twin, peer: MakePeer) -> None:
    body = bytearray(gzip.compress(b"text" * 1000))
    body[len(body) // 2] ^= 0xFF
    server = peer([request(), send(encoded(bytes(body), "gzip"))])
    response = await open_url(twin, url_of(server))
    with pytest.raises(twin.http_client.HTTPException):
        await settle(response.read())
    response.close()
