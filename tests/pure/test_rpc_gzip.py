"""gzip in memory, and its limit."""

from __future__ import annotations

import gzip
import io
import xmlrpc.client

import pytest

from wirekit import defaults
from wirekit.xmlrpc.client import GzipDecodedResponse, gzip_decode, gzip_encode


@pytest.mark.parametrize("data", [b"", b"short", b"x" * 1_000_000, bytes(range(256)) * 5000])
def test_compressed_data_comes_back_here_and_there(data: bytes) -> None:
    packed = gzip_encode(data)
    assert gzip_decode(packed) == data == gzip.decompress(packed) == xmlrpc.client.gzip_decode(packed)
    assert gzip_decode(gzip.compress(data)) == data
    assert gzip_decode(gzip.compress(data) + gzip.compress(b"more") + b"\0\0") == data + b"more"


def test_limit_is_held_to_the_byte() -> None:
    packed = gzip_encode(b"x" * 1000)
    assert len(gzip_decode(packed, 1000)) == 1000
    with pytest.raises(ValueError, match="max gzipped payload length exceeded"):
        gzip_decode(packed, 999)
    with pytest.raises(ValueError, match="exceeded"):
        gzip_decode(gzip_encode(b"x" * 600) + gzip_encode(b"x" * 600), 1000)
    assert len(gzip_decode(packed, -1)) == 1000


def test_default_limit_is_the_standard_librarys() -> None:
    size = 20 * 1024 * 1024
    assert len(gzip_decode(gzip_encode(bytes(size)))) == size
    with pytest.raises(ValueError, match="exceeded"):
        gzip_decode(gzip_encode(bytes(size + 1)))


@pytest.mark.parametrize("cut", [1, 8, 12, 20, 40])
def test_what_is_cut_off_is_refused(cut: int) -> None:
    with pytest.raises(ValueError, match="invalid data"):
        gzip_decode(gzip_encode(b"some data that is long enough to be cut, " * 9)[:-cut])


@pytest.mark.parametrize("data", [b"plain", b"\x1f\x8b", gzip_encode(b"x") + b"junk"])
def test_what_is_no_gzip_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="invalid data"):
        gzip_decode(data)


def test_response_is_a_file_of_what_it_holds() -> None:
    with GzipDecodedResponse(io.BytesIO(gzip_encode(b"one\ntwo\n"))) as file:
        assert file.readline() == b"one\n"
        assert file.read() == b"two\n"
    with defaults.using(max_rpc_body=7), pytest.raises(ValueError, match="exceeded"):
        GzipDecodedResponse(io.BytesIO(gzip_encode(b"one\ntwo\n")))
