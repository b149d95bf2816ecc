"""gzip (RFC 1952) for calls and answers: in memory, never beyond a limit."""

import io
import zlib
from typing import Any, Final

from wirekit import defaults

__all__ = ["GzipDecodedResponse", "gzip_decode", "gzip_encode"]

_PUBLIC: Final = "wirekit.xmlrpc.client"
_GZIP: Final = 16 + zlib.MAX_WBITS
"""Bits of zlib's window, and the 16 that ask for gzip's head and tail."""
_FAST: Final = 1
"""Level of compression: text of XML-RPC shrinks to a tenth with the fastest already."""
_BLOCK: Final = 1 << 18


def gzip_encode(data: bytes) -> bytes:
    """Return data compressed by gzip."""
    packer = zlib.compressobj(_FAST, wbits=_GZIP)
    return packer.compress(data) + packer.flush()


gzip_encode.__module__ = _PUBLIC


def gzip_decode(data: bytes, max_decode: int = 20_971_520) -> bytes:
    """Return what gzip has compressed; several members count as one. max_decode: bytes at most, negative for any number.

    ValueError for what is not gzip, is cut off, or exceeds max_decode; never more than that is unpacked (row 156).
    """
    limit = max_decode if max_decode >= 0 else 1 << 62
    parts: list[bytes] = []
    size = 0
    rest = data
    while rest:
        unpacker = zlib.decompressobj(wbits=_GZIP)
        while not unpacker.eof:
            try:
                part = unpacker.decompress(rest, min(_BLOCK, limit + 1 - size))
            except zlib.error:
                part = b""
                rest = b""
            if not (part or unpacker.eof):
                message = "invalid data"
                raise ValueError(message)
            parts.append(part)
            size += len(part)
            if size > limit:
                message = "max gzipped payload length exceeded"
                raise ValueError(message)
            rest = unpacker.unconsumed_tail
        rest = unpacker.unused_data.lstrip(b"\0")  # some pad with zeros
    return b"".join(parts)


gzip_decode.__module__ = _PUBLIC


class GzipDecodedResponse(io.BytesIO):
    """A file of what a response holds in gzip. ValueError for more than ``defaults.max_rpc_body`` bytes of it."""

    __module__ = _PUBLIC

    def __init__(self, response: Any) -> None:
        super().__init__(gzip_decode(response.read(), defaults.active.max_rpc_body))
