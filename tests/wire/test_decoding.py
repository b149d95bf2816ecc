"""Content codings undone: every coding, in pieces, in a row, broken, and meant to harm."""

from __future__ import annotations

import gzip
import sys
import types
import zlib
from typing import Any

import brotli
import pytest

try:
    from compression import zstd
except ImportError:
    from backports import zstd

from wirekit._wire import decoding
from wirekit._wire.coding_errors import BadCoding

TEXT = b"a line of text, and the same line again\n" * 4000
ENCODE: dict[str, Any] = {
    "gzip": gzip.compress,
    "deflate": zlib.compress,
    "br": brotli.compress,
    "zstd": zstd.compress,
}
every = pytest.mark.parametrize("coding", ENCODE)


def bare_deflate(data: bytes) -> bytes:
    made = zlib.compressobj(wbits=-15)
    return made.compress(data) + made.flush()


def chain_of(*codings: str, most: int = 5, expansion: int = 200) -> decoding.Chain:
    chain = decoding.make_chain(list(codings), most=most, expansion=expansion)
    assert chain is not None
    return chain


def decode(chain: decoding.Chain, data: bytes, step: int = 1 << 20, limit: int = 1 << 20) -> bytes:
    """Feed by steps, take by limits; what comes out."""
    out = b""
    for at in range(0, len(data), step):
        chain.feed(data[at : at + step])
        while part := chain.take(limit):
            out += part
    chain.finish()
    return out


# ---- each coding


@every
@pytest.mark.parametrize("step, limit", [(1 << 20, 1 << 20), (1, 1 << 20), (1 << 20, 7), (3, 5)])
def test_coding_is_undone_in_any_pieces(coding: str, step: int, limit: int) -> None:
    text = TEXT[:3000]
    assert decode(chain_of(coding), ENCODE[coding](text), step, limit) == text


def test_deflate_is_read_in_both_ways() -> None:
    for step in (1 << 20, 1):
        assert decode(chain_of("deflate"), bare_deflate(TEXT), step) == TEXT


@pytest.mark.parametrize("coding", ["gzip", "zstd"])
@pytest.mark.parametrize("step", [1 << 20, 1])
def test_members_one_after_the_other_are_one_body(coding: str, step: int) -> None:
    made = ENCODE[coding](b"one ") + ENCODE[coding](b"") * 3000 + ENCODE[coding](b"two")
    assert decode(chain_of(coding), made, step) == b"one two"


def test_padding_behind_gzip_is_passed_over() -> None:
    chain = chain_of("gzip")
    assert decode(chain, gzip.compress(b"text") + b"\0" * 100) == b"text"
    assert chain.ended
    chain.feed(b"more")
    assert chain.take(10) == b""


@pytest.mark.parametrize("step", [1 << 20, 1])
@pytest.mark.parametrize("padding", [b"\0", b"\x1f\0\0", b"\x8b\x1f"])
def test_padding_is_told_from_a_member_in_any_pieces(padding: bytes, step: int) -> None:
    assert decode(chain_of("gzip"), gzip.compress(b"text") + padding, step) == b"text"


@pytest.mark.parametrize("step", [1 << 20, 1])
def test_half_the_mark_of_a_member_is_a_body_that_breaks_off(step: int) -> None:
    with pytest.raises(BadCoding):
        decode(chain_of("gzip"), gzip.compress(b"text") + b"\x1f", step)


def test_what_stands_behind_deflate_is_passed_over() -> None:
    chain = chain_of("deflate")
    chain.feed(zlib.compress(b"text") + b"garbage")
    assert chain.take(100) == b"text"
    assert chain.take(100) == b""
    assert chain.ended


def test_what_stands_behind_br_is_an_error() -> None:
    with pytest.raises(BadCoding):
        decode(chain_of("br"), brotli.compress(b"text") + b"garbage")


@every
def test_empty_body_is_one_of_any_coding(coding: str) -> None:
    assert decode(chain_of(coding), b"") == b""
    assert decode(chain_of(coding), ENCODE[coding](b"")) == b""


@every
def test_body_that_breaks_off_is_an_error(coding: str) -> None:
    made = ENCODE[coding](TEXT)
    for end in (1, len(made) // 2, len(made) - 1):
        chain = chain_of(coding)
        with pytest.raises(BadCoding):
            decode(chain, made[:end])


@every
def test_body_that_is_none_of_its_coding_is_an_error(coding: str) -> None:
    with pytest.raises(BadCoding, match="not what its Content-Encoding says"):
        decode(chain_of(coding), b"\x0f\x0bplain text\xff" * 100)


def test_gzip_with_a_wrong_checksum_is_an_error() -> None:
    made = bytearray(gzip.compress(b"text"))
    made[-8] ^= 1
    with pytest.raises(BadCoding):
        decode(chain_of("gzip"), bytes(made))


# ---- in a row


def test_codings_in_a_row_are_undone_in_reverse() -> None:
    made = zstd.compress(brotli.compress(zlib.compress(gzip.compress(TEXT))))
    for step, limit in ((1 << 20, 1 << 20), (1, 11)):
        assert decode(chain_of("gzip", "deflate", "br", "zstd"), made, step, limit) == TEXT


def test_what_stands_behind_the_coding_inside_is_passed_over() -> None:
    made = gzip.compress(zlib.compress(b"text") + bytes(1 << 18))
    assert decode(chain_of("deflate", "gzip"), made) == b"text"


def test_row_that_breaks_off_inside_is_an_error() -> None:
    made = gzip.compress(gzip.compress(TEXT)[:-3])
    with pytest.raises(BadCoding, match="middle"):
        decode(chain_of("gzip", "gzip"), made)


def test_row_of_too_many_is_an_error() -> None:
    """Security row 27."""
    with pytest.raises(BadCoding, match="encoded 6 times"):
        decoding.make_chain(["gzip"] * 6, most=5, expansion=200)


def test_unknown_coding_makes_no_chain() -> None:
    assert decoding.make_chain(["gzip", "compress"], most=5, expansion=200) is None
    assert decoding.make_chain([], most=5, expansion=200) is None


# ---- meant to harm


@every
def test_small_reads_of_a_bomb_give_small_pieces(coding: str) -> None:
    """Security row 25: what is not asked for is not made."""
    bomb = ENCODE[coding](bytes(16 << 20))
    chain = chain_of(coding)
    chain.feed(bomb)
    for _ in range(10):
        assert 0 < len(chain.take(1024)) <= decoding.WINDOW


@pytest.mark.parametrize(
    "codings",
    [("gzip",), ("br",), ("zstd",), ("gzip", "gzip"), ("gzip", "zstd")],
    ids="+".join,
)
def test_bomb_goes_off_at_its_limit(codings: tuple[str, ...], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "FREE", 1 << 20)
    bomb = bytes(16 << 20)
    for coding in codings:
        bomb = ENCODE[coding](bomb)
    chain = chain_of(*codings)
    got = 0
    with pytest.raises(BadCoding, match="more than 200 times"):  # noqa: PT012 - it takes some
        for at in range(0, len(bomb), 4096):
            chain.feed(bomb[at : at + 4096])
            while part := chain.take(1 << 16):
                got += len(part)
    assert got < (1 << 20) + 200 * len(bomb) + (1 << 20)


def test_bomb_that_is_small_again_in_the_end_goes_off_too(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(decoding, "FREE", 1 << 20)
    inner = gzip.compress(b"") * 200_000
    with pytest.raises(BadCoding, match="more than 200 times"):
        decode(chain_of("gzip", "br"), brotli.compress(inner))


def test_window_of_zstd_is_bounded() -> None:
    made = zstd.ZstdCompressor(options={zstd.CompressionParameter.window_log: 27})
    stream = made.compress(bytes(100)) + made.flush()
    with pytest.raises(BadCoding):
        decode(chain_of("zstd"), stream)


# ---- which there are


def test_codings_of_the_libraries_that_are_there_are_asked_for() -> None:
    assert decoding.list_available() == ("gzip", "deflate", "br", "zstd")


def test_codings_of_missing_libraries_are_not(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("brotli", "brotlicffi", "backports.zstd", "compression.zstd", "compression"):
        monkeypatch.setitem(sys.modules, name, None)
    decoding.list_available.cache_clear()
    try:
        assert decoding.list_available() == ("gzip", "deflate")
        assert decoding.make_chain(["br"], most=5, expansion=200) is None
    finally:
        monkeypatch.undo()
        decoding.list_available.cache_clear()


class _OldDecompressor:
    """Brotli's before 1.2: it knows no limit."""

    def __init__(self) -> None:
        self._object = brotli.Decompressor()

    def process(self, data: bytes) -> bytes:
        out: bytes = self._object.process(data)
        return out

    def is_finished(self) -> bool:
        finished: bool = self._object.is_finished()
        return finished


@pytest.mark.parametrize("step, limit", [(1 << 20, 1 << 20), (1 << 20, 10), (2, 10)])
def test_older_brotli_is_led_by_the_hand(monkeypatch: pytest.MonkeyPatch, step: int, limit: int) -> None:
    monkeypatch.setattr(
        decoding, "_load_brotli", lambda: types.SimpleNamespace(Decompressor=_OldDecompressor)
    )
    assert decode(chain_of("br"), brotli.compress(TEXT), step, limit) == TEXT


def test_other_brotli_and_newer_zstd_are_found(monkeypatch: pytest.MonkeyPatch) -> None:
    other = types.ModuleType("brotlicffi")
    monkeypatch.setitem(sys.modules, "brotli", None)
    monkeypatch.setitem(sys.modules, "brotlicffi", other)
    assert decoding._load_brotli() is other
    package, newer = types.ModuleType("compression"), types.ModuleType("compression.zstd")
    package.zstd = newer  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "compression", package)
    monkeypatch.setitem(sys.modules, "compression.zstd", newer)
    assert decoding._load_zstd() is newer


# ---- fields


@pytest.mark.parametrize(
    "values, codings",
    [
        ([], []),
        (["gzip"], ["gzip"]),
        (["X-GZIP, BR", "zstd"], ["gzip", "br", "zstd"]),
        (["identity", "", " , "], []),
        (["gzip,,br,"], ["gzip", "br"]),
        (["gzip br"], ["gzip br"]),
        (["gzip;q=1"], ["gzip;q=1"]),
    ],
)
def test_codings_are_found(values: list[str], codings: list[str]) -> None:
    assert decoding.find_codings(values) == codings
