"""Any split of the bytes gives the same response; any bytes give a response or a documented error. Both twins.

The blocking twin reads from a fake socket that has only makefile and sendall, whose file gives the pieces as they were
cut; the async one from a stream that is handed the same pieces as an event loop would.
"""

from __future__ import annotations

import io
import itertools
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.fix_twins import Twin, settle
from wirekit._io import asynchronous

TWINS = [Twin("blocking"), Twin("asyncio")]
"""Pieces are handed over by hand here: what the loop is made of makes no difference."""

in_both = pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)

DOCUMENTED = (ValueError, OSError)
"""Beside http.client.HTTPException, which is a class of either twin."""


class Pieces(io.RawIOBase):
    """A file that gives one piece at each read, as a socket would."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = [piece for piece in pieces if piece]

    def readable(self) -> bool:
        return True

    def readinto(self, room: Any) -> int:
        if not self._pieces:
            return 0
        piece = self._pieces[0][: len(room)]
        room[: len(piece)] = piece
        self._pieces[0] = self._pieces[0][len(piece) :]
        if not self._pieces[0]:
            del self._pieces[0]
        return len(piece)


class FakeSocket:
    """A socket with no more than http.client asks for."""

    def __init__(self, pieces: list[bytes]) -> None:
        self.sent = b""
        self._pieces = pieces

    def makefile(self, mode: str, buffering: int = -1) -> io.BufferedIOBase:
        assert mode == "rb"
        return io.BufferedReader(Pieces(self._pieces))

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def close(self) -> None:
        pass


class FakeTransport:
    """A transport that is connected to nothing."""

    def __getattr__(self, name: str) -> Any:
        return lambda *_: 0


def make_source(twin: Twin, pieces: list[bytes]) -> Any:
    """Give what a response of this twin reads from."""
    if not twin.waits:
        return FakeSocket(pieces)
    stream = asynchronous.Stream()
    stream.connection_made(FakeTransport())  # type: ignore[arg-type]
    for piece in pieces:
        if piece:
            stream.data_received(piece)
    stream.eof_received()
    return stream


def read_response(
    twin: Twin, pieces: list[bytes], method: str = "GET", sizes: list[int] | None = None
) -> Any:
    """Read one response; give what it is, or the documented error that it is."""
    client = twin.http_client

    async def main() -> Any:
        response = client.HTTPResponse(make_source(twin, pieces), method=method)
        try:
            await settle(response.begin())
            body = b""
            for size in sizes or []:
                body += await settle(response.read(size))
            body += await settle(response.read())
            trailers = response.trailers
        except (client.HTTPException, *DOCUMENTED) as error:
            return type(error).__name__
        finally:
            response.close()
        head = response.version, response.status, response.reason, response.getheaders()
        return *head, body, None if trailers is None else trailers.items()

    return twin.run(main())


# ---- messages


def cut(data: bytes, places: list[int]) -> list[bytes]:
    """Cut data at these places, taken modulo its length."""
    edges = sorted({0, len(data), *(place % (len(data) + 1) for place in places)})
    return [data[start:end] for start, end in itertools.pairwise(edges)]


tokens = st.text("abcXYZ-!#$%&'*+.^_`|~019", min_size=1, max_size=8).map(str.encode)
values = st.text(
    st.characters(min_codepoint=32, max_codepoint=255, exclude_categories=["Cc"]), max_size=12
).map(lambda text: text.encode("latin-1"))
bodies = st.binary(max_size=200)


@st.composite
def messages(draw: st.DrawFn) -> bytes:
    """A well-formed response, in any framing, with interim ones before it."""
    interim = b"".join(draw(st.lists(st.just(b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"), max_size=2)))
    fields = b"".join(
        b"X-%b: %b\r\n" % pair for pair in draw(st.lists(st.tuples(tokens, values), max_size=4))
    )
    body = draw(bodies)
    start = b"HTTP/1.1 %d %b\r\n" % (draw(st.integers(200, 599)), draw(values))
    framing = draw(st.sampled_from(["length", "chunked", "close"]))
    if framing == "length":
        return interim + start + fields + b"Content-Length: %d\r\n\r\n" % len(body) + body
    if framing == "close":
        return interim + start + fields + b"\r\n" + body
    chunks = b"".join(
        b"%X;x=%b\r\n%b\r\n" % (len(part), b"y", part)
        for part in cut(body, draw(st.lists(st.integers(0), max_size=4)))
        if part
    )
    trailers = b"".join(
        b"T-%b: %b\r\n" % pair for pair in draw(st.lists(st.tuples(tokens, values), max_size=2))
    )
    return (
        interim
        + start
        + fields
        + b"Transfer-Encoding: chunked\r\n\r\n"
        + chunks
        + b"0\r\n"
        + trailers
        + b"\r\n"
    )


@st.composite
def nearly_messages(draw: st.DrawFn) -> bytes:
    """A response with a few bytes of it changed, lost or doubled."""
    data = bytearray(draw(messages()))
    for place in draw(st.lists(st.integers(0, 10_000), max_size=3)):
        at = place % len(data)
        data[at : at + draw(st.integers(0, 2))] = draw(
            st.sampled_from([b"", b"\r", b"\n", b"\0", b" ", b":", b"0", b"\r\n", b"-", b"g"])
        )
        data += b"x" * (not data)
    return bytes(data)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\nT: 1\r\n\r\n"


@in_both
@given(data=messages(), places=st.lists(st.integers(0), max_size=30))
@example(data=CHUNKED, places=list(range(len(CHUNKED))))
@settings(deadline=None)
def test_any_split_gives_the_same_response(twin: Twin, data: bytes, places: list[int]) -> None:
    whole = read_response(twin, [data])
    assert isinstance(whole, tuple) or whole
    assert read_response(twin, cut(data, places)) == whole


@in_both
@given(data=nearly_messages(), places=st.lists(st.integers(0), max_size=30))
@settings(deadline=None)
def test_any_split_of_a_broken_response_gives_the_same_error(
    twin: Twin, data: bytes, places: list[int]
) -> None:
    assert read_response(twin, cut(data, places)) == read_response(twin, [data])


@in_both
@given(data=messages(), sizes=st.lists(st.integers(0, 50), max_size=10))
@settings(deadline=None)
def test_any_sequence_of_reads_gives_the_same_body(twin: Twin, data: bytes, sizes: list[int]) -> None:
    assert read_response(twin, [data], sizes=sizes) == read_response(twin, [data])


@given(data=st.one_of(messages(), nearly_messages()), places=st.lists(st.integers(0), max_size=10))
@settings(deadline=None)
def test_twins_agree(data: bytes, places: list[int]) -> None:
    blocking, waiting = (read_response(twin, cut(data, places)) for twin in TWINS)
    assert blocking == waiting


@in_both
@given(data=st.binary(max_size=300), method=st.sampled_from(["GET", "HEAD", "CONNECT"]))
@settings(deadline=None)
def test_any_bytes_are_a_response_or_a_documented_error(twin: Twin, data: bytes, method: str) -> None:
    assert read_response(twin, [data], method)


@in_both
@given(rest=st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_after_a_status_line_are_a_response_or_a_documented_error(twin: Twin, rest: bytes) -> None:
    assert read_response(twin, [b"HTTP/1.1 200 OK\r\n" + rest])


@in_both
@given(rest=st.binary(max_size=200))
@settings(deadline=None)
def test_any_bytes_as_chunks_are_a_body_or_a_documented_error(twin: Twin, rest: bytes) -> None:
    assert read_response(twin, [b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n" + rest])


def strings() -> st.SearchStrategy[str]:
    return st.text(st.characters(max_codepoint=300), max_size=20)


@in_both
@given(method=strings(), url=strings(), name=strings(), value=strings())
@settings(deadline=None)
def test_no_argument_adds_a_line_to_a_request(
    twin: Twin, method: str, url: str, name: str, value: str
) -> None:
    """What leaves is a start line and the fields that were asked for, or the caller is told and nothing leaves."""
    client = twin.http_client

    async def main() -> None:
        connection = client.HTTPConnection("h")
        sent = bytearray()

        def keep(data: bytes) -> Any:
            sent.extend(data)
            return nothing() if twin.waits else None

        connection.send = keep
        try:
            connection.putrequest(method, url, skip_host=True, skip_accept_encoding=True)
            connection.putheader(name, value)
            await settle(connection.endheaders())
        except (ValueError, client.InvalidURL):
            assert sent == b""
            return
        lines = bytes(sent).split(b"\r\n")
        assert lines[2:] == [b"", b""]
        assert lines[0] == f"{method} {url or '/'} HTTP/1.1".encode("latin-1")
        assert lines[1] == f"{name}: {value}".encode("latin-1")
        assert not set(b"\r\n\0") & set(lines[0] + lines[1])
        assert lines[0].count(b" ") == 2

    twin.run(main())


async def nothing() -> None:
    """Wait for nothing."""
