"""Chunks in a buffer: what is taken, what stays, what is refused."""

from __future__ import annotations

import pytest

from wirekit._wire import bodies
from wirekit._wire.http_errors import BadChunk

FAR = 1 << 62


@pytest.mark.parametrize("method", [None, "GET", "HEAD", "CONNECT", "POST"])
@pytest.mark.parametrize("status", [100, 101, 103, 199, 200, 204, 205, 206, 299, 300, 304, 404, 500])
def test_responses_without_a_body(method: str | None, status: int) -> None:
    wanted = (
        status in {100, 101, 103, 199, 204, 304}
        or method == "HEAD"
        or (method == "CONNECT" and status in {200, 205, 206, 299})
    )
    assert bodies.has_no_body(method, status) is wanted


# ---- one size line


@pytest.mark.parametrize(
    "line, size",
    [
        (b"0", 0),
        (b"a", 10),
        (b"FfFf", 65535),
        (b"0000000000000005", 5),
        (b"f" * 16, 2**64 - 1),
        (b"5;", 5),
        (b"5;name=value", 5),
        (b'5 \t; name="a b;c"', 5),
        (b"5 ", 5),
        (b"5;\xe9", 5),
    ],
)
def test_size_line_is_read(line: bytes, size: int) -> None:
    assert bodies.parse_chunk_line(line) == size


ODD_SIZES = [
    b"",
    b" 5",
    b"+5",
    b"-5",
    b"0x5",
    b"1_f",
    b"5_",
    b"g",
    b"5 5",
    b"5,5",
    b"5.0",
    b"5h",
    b"5\x00",
    b"5;\x00",
    b"5;a\nb",
    b"5;a\rb",
    b"5\r",
    b"5\n",
    b";",
    b"0" * 17,
    b"f" * 17,
    b"\xb2",
    "\u0665".encode(),
    b"5\xa0",
    b"5\x0b",
]


@pytest.mark.parametrize("line", ODD_SIZES)
def test_odd_size_line_is_refused(line: bytes) -> None:
    with pytest.raises(BadChunk) as caught:
        bodies.parse_chunk_line(line)
    assert caught.value.text == line


# ---- many chunks


def take(buffer: bytes, room: int = FAR, pos: int = 0) -> tuple[list[bytes], int, int]:
    parts: list[bytes | memoryview] = []
    pos, left = bodies.take_chunks(buffer, pos, room, parts.append)
    return [bytes(part) for part in parts], pos, left


def test_whole_chunks_are_taken_and_the_last_one_stays() -> None:
    buffer = b"xx5\r\nhello\r\n1;a=b\r\n \r\nA\r\n0123456789\r\n0\r\n\r\n"
    parts, pos, room = take(buffer, 100, 2)
    assert parts == [b"hello", b" ", b"0123456789"]
    assert buffer[pos:] == b"0\r\n\r\n"
    assert room == 100 - 16


@pytest.mark.parametrize(
    "room, taken, rest", [(3, b"abc", b"4\r"), (6, b"abc", b"4\r"), (7, b"abcdefg", b"0\r")]
)
def test_chunk_that_does_not_fit_stays(room: int, taken: bytes, rest: bytes) -> None:
    buffer = b"3\r\nabc\r\n4\r\ndefg\r\n0\r\n\r\n"
    parts, pos, left = take(buffer, room)
    assert b"".join(parts) == taken
    assert left == room - len(taken)
    assert buffer[pos:].startswith(rest)


def test_any_split_takes_the_same_chunks() -> None:
    whole = b"3\r\nabc\r\n1;x\r\nd\r\n2\r\n\r\n\r\n0\r\n"
    for cut in range(len(whole) + 1):
        parts: list[bytes | memoryview] = []
        pos, room = bodies.take_chunks(whole[:cut], 0, 50, parts.append)
        pos, room = bodies.take_chunks(whole, pos, room, parts.append)
        assert (parts, whole[pos:], room) == ([b"abc", b"d", b"\r\n"], b"0\r\n", 44)


@pytest.mark.parametrize(
    "buffer", [b"", b"5", b"5\r", b"5\r\n", b"5\r\nhello", b"5\r\nhello\r", b"5\nhello\n"]
)
def test_unfinished_chunk_stays_untouched(buffer: bytes) -> None:
    assert take(buffer) == ([], 0, FAR)


def test_data_may_hold_what_looks_like_framing() -> None:
    assert take(b"5\r\n0\r\n\r\n\r\n5\r\n5\r\n5\r\r\n")[0] == [b"0\r\n\r\n", b"5\r\n5\r"]


def test_chunks_of_one_size_after_another_end_where_they_say() -> None:
    assert take(b"2\r\nab\r\n" * 3 + b"2;\r\ncd\r\n2 \r\nef\r\n02\r\ngh\r\n0\r\n")[0] == [b"ab"] * 3 + [
        b"cd",
        b"ef",
        b"gh",
    ]
    for end in (b"\n\r", b"\r2", b"xx"):
        with pytest.raises(BadChunk):
            take(b"2\r\nab\r\n2\r\nab" + end + b"2\r\nab\r\n")


@pytest.mark.parametrize("end", [b"xx", b"\n0", b"\r0", b"\n\r", b"\n\n", b"he"])
def test_chunk_without_its_end_is_refused(end: bytes) -> None:
    with pytest.raises(BadChunk) as caught:
        take(b"5\r\nhello" + end + b"0\r\n\r\n")
    assert caught.value.text == end


@pytest.mark.parametrize("line", [line for line in ODD_SIZES if line[-1:] != b"\r"])
def test_odd_size_line_is_refused_in_a_buffer_too(line: bytes) -> None:
    with pytest.raises(BadChunk):
        take(b"1\r\na\r\n" + line + b"\r\n")


def test_bare_line_feed_behind_a_size_is_refused_as_soon_as_a_whole_line_stands_there() -> None:
    with pytest.raises(BadChunk):
        take(b"5\nhello\r\n0\r\n\r\n")


def test_size_line_is_looked_for_within_its_limit_only() -> None:
    fits = b"1;" + b"x" * (bodies.MAX_CHUNK_LINE - 4) + b"\r\na\r\n"
    assert take(fits)[0] == [b"a"]
    assert take(b"1;" + b"x" * (bodies.MAX_CHUNK_LINE - 3) + b"\r\na\r\n") == ([], 0, FAR)


class CountedBuffer(bytes):
    """Bytes that add up what was searched and copied of them."""

    touched = 0

    def find(self, sub: bytes, start: int = 0, end: int | None = None) -> int:  # type: ignore[override]
        found = super().find(sub, start, end)
        self.touched += (found if found >= 0 else min(len(self), end or len(self))) - start
        return found

    def startswith(self, prefix: bytes, start: int = 0) -> bool:  # type: ignore[override]
        self.touched += len(prefix)
        return super().startswith(prefix, start)

    def __getitem__(self, key: slice) -> bytes:  # type: ignore[override]
        part = super().__getitem__(key)
        self.touched += len(part)
        return part


@pytest.mark.parametrize(
    "chunk", [b"1\r\na\r\n", b"40\r\n" + b"x" * 64 + b"\r\n", b"1;" + b"e" * 50 + b"\r\na\r\n"]
)
def test_each_byte_is_touched_a_fixed_number_of_times(chunk: bytes) -> None:
    buffer = CountedBuffer(chunk * 5000)
    parts, pos, _ = take(buffer)
    assert (len(parts), pos) == (5000, len(buffer))
    assert buffer.touched <= 5 * len(buffer)


@pytest.mark.parametrize("size", [bodies.COPY - 1, bodies.COPY, 3 * bodies.COPY])
def test_large_chunks_are_handed_on_without_a_copy(size: int) -> None:
    written: list[bytes | memoryview] = []
    buffer = bodies.format_chunk(b"x" * size) * 2
    assert bodies.take_chunks(buffer, 0, FAR, written.append) == (len(buffer), FAR - 2 * size)
    assert [bytes(part) for part in written] == [b"x" * size] * 2
    assert all(isinstance(part, memoryview) is (size >= bodies.COPY) for part in written)


# ---- chunks that are made


def test_chunk_is_written_and_read_again() -> None:
    assert bodies.format_chunk(b"hello world" * 10) == b"6E\r\n" + b"hello world" * 10 + b"\r\n"
    assert take(bodies.format_chunk(b"ab") + bodies.LAST_CHUNK) == ([b"ab"], 7, FAR - 2)


def test_chunk_end_is_checked() -> None:
    bodies.check_chunk_end(b"\r\n")
    for other in (b"", b"\r", b"\n", b"\n\r", b"ab"):
        with pytest.raises(BadChunk):
            bodies.check_chunk_end(other)
