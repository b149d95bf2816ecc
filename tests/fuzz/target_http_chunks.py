"""Chunked bodies: any bytes are a body or a documented error; cut in two, the same."""

from __future__ import annotations

import io
import sys
from http.client import HTTPException
from pathlib import Path
from typing import Any

from wirekit.http.client import HTTPResponse

SEEDS = (
    b"5\r\nhello\r\n0\r\n\r\n",
    b"5;name=value\r\nhello\r\n1\r\n!\r\n0\r\nX: y\r\n\r\n",
    b"ffffffffffffffff\r\nx",
)
HEAD = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


class Pieces(io.RawIOBase):
    """A file that gives one piece at each read."""

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = list(pieces)

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        while self._pieces and not self._pieces[0]:
            del self._pieces[0]
        if not self._pieces:
            return 0
        piece = self._pieces[0][: len(room)]
        room[: len(piece)] = piece
        self._pieces[0] = self._pieces[0][len(piece) :]
        return len(piece)


class Source:
    """A socket with only makefile."""

    def __init__(self, *pieces: bytes) -> None:
        self._file = io.BufferedReader(Pieces(*pieces))

    def makefile(self, _: str) -> io.BufferedIOBase:
        return self._file


def read(*pieces: bytes) -> bytes | str:
    """Give the body, or the name of the documented error that it is."""
    response = HTTPResponse(Source(*pieces))
    try:
        response.begin()
        return response.read()
    except (HTTPException, ValueError, OSError) as error:
        return type(error).__name__
    finally:
        response.close()


def check(data: bytes) -> None:
    """Read the bytes whole, and cut at a place that they name themselves."""
    at = data[0] if data else 0
    whole = read(HEAD + data)
    assert read(HEAD, data[:at], data[at:]) == whole
    assert not isinstance(whole, bytes) or len(whole) <= len(data)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
