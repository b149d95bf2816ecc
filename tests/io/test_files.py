"""Files in the place of sockets: read no further than the message, plain or awaitable."""

from __future__ import annotations

import inspect
import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin, both_twins, settle
from tests.io.streams import net_of
from wirekit._io.files import AsyncFileBase, AsyncFileStream, FileStream

if TYPE_CHECKING:
    from collections.abc import Callable

TEXT = b"first line\nsecond\r\n\nno end"


class Bare:
    """A file with the least that is asked for, reading at most `step` bytes at a time."""

    def __init__(self, data: bytes, step: int = 1 << 20) -> None:
        self.inner = io.BytesIO(data)
        self.closed = False
        self.step = step

    def readline(self, limit: int = -1) -> bytes:
        return self.inner.readline(limit)

    def read(self, n: int = -1) -> bytes:
        return self.inner.read(n)

    def close(self) -> None:
        self.closed = True


class Awaitable(Bare):
    """The same, awaitable."""

    async def readline(self, limit: int = -1) -> bytes:  # type: ignore[override]
        return super().readline(limit)

    async def read(self, n: int = -1) -> bytes:  # type: ignore[override]
        return super().read(n)


class Sock:
    """The least of a socket."""

    def __init__(self, data: bytes) -> None:
        self.file = io.BytesIO(data)

    def makefile(self, mode: str) -> io.BytesIO:
        assert mode == "rb"
        return self.file


def streams_of(twin: Twin) -> list[Callable[[bytes], Any]]:
    net = net_of(twin)
    kinds: list[Callable[[bytes], Any]] = [io.BytesIO, Bare, lambda data: io.BufferedReader(io.BytesIO(data))]
    if twin.waits:
        kinds.append(Awaitable)
    return [
        *[lambda data, kind=kind: net.over_file(kind(data)) for kind in kinds],
        lambda data: net.reader(Sock(data)),
    ]


@both_twins
async def test_file_is_filled_by_lines(twin: Twin) -> None:
    for make in streams_of(twin):
        stream = make(TEXT)
        got = []
        while await settle(stream.fill()):
            got.append(stream.take(1 << 20))
        assert got == [b"first line\n", b"second\r\n", b"\n", b"no end"]
        assert stream.take(1) == b""
        stream.close()
        assert stream.closed


@both_twins
async def test_fill_keeps_what_is_unread(twin: Twin) -> None:
    for make in streams_of(twin):
        stream = make(TEXT)
        await settle(stream.fill())
        assert stream.take(6) == b"first "
        await settle(stream.fill())
        assert stream.buffer[stream.pos :] == b"line\nsecond\r\n"
        stream.close()


@both_twins
async def test_file_is_read_as_any_stream(twin: Twin) -> None:
    for make in streams_of(twin):
        stream = make(TEXT * 2)
        assert (await settle(stream.peek()))[:1] == b"f"
        assert await settle(stream.read_line(100)) == b"first line\n"
        assert await settle(stream.readline(3)) == b"sec"
        assert (await settle(stream.peek(4)))[:1] == b"o"
        assert await settle(stream.readline(0)) == b""
        assert await settle(stream.readline()) == b"ond\r\n"
        assert await settle(stream.read(7)) == b"\nno end"
        space = bytearray(5)
        assert await settle(stream.recv_into(space)) == 5
        assert space == b"first"
        assert await settle(stream.readinto(space)) == 5
        assert space == b" line"
        assert await settle(stream.recv(1)) == b"\n"
        assert await settle(stream.read1(2)) == b"se"
        await settle(stream.fill())
        assert await settle(stream.recv(2)) == b"co"
        assert await settle(stream.read()) == b"nd\r\n\nno end"
        assert [await settle(part) for part in (stream.read(), stream.read(3), stream.recv(3))] == [b""] * 3
        assert [await settle(part) for part in (stream.readline(), stream.read1(3), stream.peek())] == [
            b""
        ] * 3
        assert await settle(stream.readinto(space)) == await settle(stream.recv_into(space)) == 0
        stream.close()


@both_twins
async def test_rest_is_read_with_what_was_buffered(twin: Twin) -> None:
    for rest in (None, -1, 1 << 20):
        for make in streams_of(twin):
            stream = make(TEXT)
            await settle(stream.fill())
            assert stream.take(2) == b"fi"
            assert await settle(stream.read(rest)) == TEXT[2:]
            stream.close()


@both_twins
async def test_one_read_without_a_size_gives_what_is_buffered_first(twin: Twin) -> None:
    for make in streams_of(twin):
        stream = make(TEXT)
        await settle(stream.fill())
        assert stream.take(2) == b"fi"
        assert await settle(stream.read1()) == b"rst line\n"
        assert (await settle(stream.read1()))[:6] == b"second"
        stream.close()


@both_twins
async def test_line_beyond_its_limit_comes_cut(twin: Twin) -> None:
    for make in streams_of(twin):
        stream = make(b"12345\n123456\n" + b"x" * 200_000)
        assert await settle(stream.read_line(6)) == b"12345\n"
        assert await settle(stream.read_line(6)) == b"123456\n"
        assert await settle(stream.read_line(100_000)) == b"x" * 100_001
        assert await settle(stream.read_line(200_000)) == b"x" * 99_999
        stream.close()


@both_twins
async def test_nothing_behind_the_message_is_read(twin: Twin) -> None:
    for kind in (io.BytesIO, Bare):
        file: Any = kind(b"head\n\nbodybehind")
        stream = net_of(twin).over_file(file)
        while await settle(stream.read_line(100)) != b"\n":
            pass
        assert await settle(stream.read(4)) == b"body"
        assert not stream.pending
        assert file.read() == b"behind"
        stream.close()


@both_twins
async def test_file_has_the_other_names_of_a_stream(twin: Twin) -> None:
    stream = net_of(twin).over_file(io.BytesIO(b"x"))
    assert (stream.timeout, stream.deadline, stream.memo, stream.closed) == (None, None, None, False)
    stream.hold()
    stream.release()
    assert stream.closed
    assert stream.file.closed
    stream = net_of(twin).over_file(io.BytesIO(b"x"))
    stream.abort()
    assert stream.file.closed


def test_plain_file_stream_serves_ios_readers(tmp_path: Any) -> None:
    (tmp_path / "file").write_bytes(TEXT)
    with (tmp_path / "file").open("rb") as file:
        stream = FileStream(file)
        assert (stream.readable(), stream.writable(), stream.seekable()) == (True, False, False)
        assert stream.fileno() == file.fileno()
        stream.flush()


def test_both_file_streams_have_the_methods_that_responses_call() -> None:
    wanted = "fill take recv recv_into read_line pending hold release close abort read read1 readinto readline peek"
    for kind in (FileStream, AsyncFileStream):
        assert set(wanted.split()) <= set(dir(kind)), kind


def test_file_is_not_overheard_and_knows_no_patience() -> None:
    for kind in (FileStream, AsyncFileStream):
        stream = kind(io.BytesIO(b"text"))
        assert not stream.overhear()
        assert stream.patience == 0


# ---- the awaitable base of files


class Lines(AsyncFileBase):
    """A file of lines."""

    def __init__(self, data: bytes) -> None:
        self.inner = io.BytesIO(data)

    async def readline(self, limit: int | None = -1, /) -> bytes:
        return self.inner.readline(limit)

    async def read1(self, n: int = -1, /) -> bytes:
        return self.inner.read1(n)


async def test_awaitable_file_gives_its_lines() -> None:
    async with Lines(TEXT) as file:
        assert not file.closed
        assert [line async for line in file] == TEXT.splitlines(keepends=True)
    assert file.closed
    assert await Lines(TEXT).readlines() == TEXT.splitlines(keepends=True)
    assert await Lines(TEXT).readlines(None) == TEXT.splitlines(keepends=True)
    assert await Lines(TEXT).readlines(0) == TEXT.splitlines(keepends=True)
    assert await Lines(TEXT).readlines(12) == io.BytesIO(TEXT).readlines(12)
    for reading in (AsyncFileBase().readline(), AsyncFileBase().read1()):
        with pytest.raises(NotImplementedError):
            await reading


async def test_awaitable_file_reads_into_a_buffer_by_one_read() -> None:
    file, space = Lines(b"abcdef"), bytearray(4)
    assert [await file.readinto1(space), bytes(space)] == [4, b"abcd"]
    assert [await file.readinto1(space), bytes(space)] == [2, b"efcd"]
    assert await file.readinto1(space) == 0


async def test_awaitable_file_says_what_it_is() -> None:
    file = Lines(b"")
    assert (file.readable(), file.writable(), file.seekable()) == (True, False, False)
    assert not file.isatty()
    await file.flush()
    file.close()
    assert file.closed


def test_awaitable_base_has_what_the_standard_librarys_has() -> None:
    missing = {"fileno", "detach", "read", "readinto", "seek", "tell", "truncate", "write", "writelines"}
    theirs = {name for name, _ in inspect.getmembers(io.BufferedIOBase) if not name.startswith("_")}
    assert theirs - set(dir(AsyncFileBase)) == missing
