"""Encoded bodies: any bytes, in any pieces, mean the same or are BadCoding, and become no more than their bound."""

from __future__ import annotations

import gzip
import sys
import zlib
from pathlib import Path

from wirekit._wire.coding_errors import BadCoding
from wirekit._wire.decoding import FREE, list_available, make_chain

EXPANSION = 10
SEEDS = (
    b"\x00\x05" + gzip.compress(b"hello") + gzip.compress(b"again") + bytes(9),
    b"\x01\x02" + zlib.compress(b"x" * 5000),
    b"\x01\x03" + zlib.compress(b"raw")[2:-4],
    b"\x02\x07" + b"\x0b\x02\x80hello\x03",
    b"\x03\x07" + bytes.fromhex("28b52ffd20052900006869686968"),
    b"\x04\x0f" + gzip.compress(zlib.compress(b"both")),
)


def decode(codings: list[str], pieces: list[bytes]) -> bytes | None:
    """Give what pieces mean; None where they are refused."""
    chain = make_chain(codings, most=2, expansion=EXPANSION)
    if chain is None:
        return b""
    whole = b""
    try:
        for piece in pieces:
            chain.feed(piece)
            while part := chain.take(1 << 12):
                whole += part
        chain.finish()
    except BadCoding:
        return None
    return whole


def check(data: bytes) -> None:
    """Decode a body whole and in pieces. Its first byte says which codings, its second how long the pieces are."""
    if len(data) < 2:
        return
    names = list_available()
    kind, size, body = data[0], data[1] + 1, data[2:]
    codings = [names[kind % len(names)], *([names[0]] if kind >= len(names) else [])]
    whole = decode(codings, [body])
    parts = decode(codings, [body[at : at + size] for at in range(0, len(body), size)])
    for found in (whole, parts):
        assert found is None or len(found) <= FREE + EXPANSION * len(body)
    if whole is None and "br" in codings:
        return  # its library takes what stands behind the end for an error if it came in the same block, else nobody looks
    if None in (whole, parts) and "zstd" in codings:
        return  # its library is of two minds about odd empty frames, as they come in one piece or in several
    assert whole == parts


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
