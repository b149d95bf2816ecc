"""Content codings: what a client gets, and what is compressed."""

from __future__ import annotations

import pytest

from wirekit._wire.codings import SUFFIXES, choose_coding, may_compress, parse_accept_encoding

ALL = tuple(SUFFIXES)


@pytest.mark.parametrize(
    "value,weights",
    [
        ("gzip, br;q=0.5 , X-GZIP;Q=0", {"gzip": 0.0, "br": 0.5}),
        ("gzip;q=1.000,deflate; q=0.125", {"gzip": 1.0, "deflate": 0.125}),
        ("gzip;q=2, br;q=.5, a b, ;q=1, zstd;q=0.1234", {}),
        ("", {}),
    ],
)
def test_weights_are_read(value: str, weights: dict[str, float]) -> None:
    assert parse_accept_encoding(value) == weights


@pytest.mark.parametrize(
    "value,expected",
    [
        (None, None),
        ("", None),
        ("gzip", "gzip"),
        ("gzip, deflate, br, zstd", "br"),
        ("gzip, zstd", "zstd"),
        ("br;q=0.5, gzip;q=0.8", "gzip"),
        ("*", "br"),
        ("*;q=0, gzip", "gzip"),
        ("br;q=0, *;q=0.1", "zstd"),
        ("gzip;q=0", None),
        ("deflate", None),
        ("identity, gzip;q=0.5", None),
        ("identity;q=0.5, gzip;q=0.5", "gzip"),
        ("identity;q=0, gzip;q=0", None),
    ],
)
def test_coding_is_chosen(value: str | None, expected: str | None) -> None:
    assert choose_coding(value, ALL) == expected


def test_only_what_is_there_is_chosen() -> None:
    assert choose_coding("br, gzip", ("gzip",)) == "gzip"
    assert choose_coding("br, gzip", ()) is None


@pytest.mark.parametrize(
    "kind,smaller",
    [
        ("text/html", True), ("Text/Plain; charset=utf-8", True), ("application/json", True),
        ("application/vnd.api+json", True), ("image/svg+xml", True), ("application/wasm", True),
        ("text/event-stream", False), ("image/png", False), ("application/gzip", False),
        ("application/octet-stream", False), ("video/mp4", False), ("font/woff2", False),
    ],
)  # fmt: skip
def test_what_is_compressed(kind: str, smaller: bool) -> None:
    assert may_compress(kind) is smaller
