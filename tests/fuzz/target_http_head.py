"""Heads of responses: any bytes are a head or a documented error, in time that grows with their number alone."""

from __future__ import annotations

import sys
from http.client import HTTPException
from pathlib import Path

from wirekit import defaults
from wirekit._wire import http1

SEEDS = (
    b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\nX: y\r\n\r\n",
    b"HTTP/1.0 404\r\nTransfer-Encoding: chunked\r\nConnection: close, keep-alive\r\n\r\n",
    b"HTTP/1.1 200 OK\nX: a\n  folded\nContent-Length: 5, 5\n\n",
)


def check(data: bytes) -> None:
    """Read a head under both profiles; what comes out must hold together."""
    for rules in (defaults.SAFE, defaults.STDLIB):
        try:
            head = http1.parse_response_head(data + b"\r\n\r\n", rules)
        except (HTTPException, ValueError):
            continue
        assert head.version in {10, 11}
        assert 100 <= head.status <= 999
        assert head.length is None or head.length >= 0
        assert not (head.chunked and head.length is not None)
        for name, value in head.fields:
            assert isinstance(name, str)
            assert not set("\r\n\0") & set(name)
            assert rules is defaults.STDLIB or not set("\r\n\0") & set(value)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
