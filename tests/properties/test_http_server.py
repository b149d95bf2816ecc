"""Requests as any bytes, and in any pieces: a value or a refusal, and never another value for another split."""

from __future__ import annotations

import contextlib
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from wirekit._io.blocking import Stream
from wirekit._wire.listing import format_listing, format_location, parse_path
from wirekit._wire.requests import BadRequest, check_unfinished_head, parse_request_head
from wirekit.defaults import profile
from wirekit.http._exchange import RequestFile

STRICT, LAX = profile("safe"), profile("stdlib")
PIECES = [
    b"GET",
    b" ",
    b"/",
    b" HTTP/1.1",
    b"\r\n",
    b"\n",
    b"\r",
    b"Host: a",
    b"Content-Length: ",
    b"5",
    b",",
    b"\t",
]
PIECES += [
    b"Transfer-Encoding: ",
    b"chunked",
    b"Connection: close",
    b":",
    b"\x00",
    b"\xff",
    b"Expect: 100-continue",
]
heads = st.one_of(st.binary(max_size=200), st.lists(st.sampled_from(PIECES), max_size=20).map(b"".join))


class Socket:
    """Gives what it is told to, in the pieces it is told to."""

    def __init__(self, data: bytes, sizes: list[int]) -> None:
        self.data, self.sizes = data, sizes

    def recv(self, n: int) -> bytes:
        size = min(n, self.sizes.pop() if self.sizes else n)
        part, self.data = self.data[:size], self.data[size:]
        return part

    def recv_into(self, view: Any) -> int:
        part = self.recv(len(view))
        view[: len(part)] = part
        return len(part)

    def gettimeout(self) -> None:
        return None

    def settimeout(self, _: float | None) -> None:
        """Nothing here waits."""

    def close(self) -> None:
        self.data = b""


def conversation(data: bytes, sizes: list[int]) -> list[Any]:
    """Read requests and their bodies until nothing more comes of it; give everything that was seen."""
    seen: list[Any] = []
    file = RequestFile(Stream(Socket(data, sizes)))
    try:
        while line := file.read_line_of_head():
            head = file.read_head(line)
            file.frame(head)
            seen.append((head.method, head.target, head.fields, file.read(), file.trailers))
    except Exception as error:  # noqa: BLE001  -- what kind it is belongs to what was seen
        seen.append(type(error).__name__)
        seen.append(getattr(error, "status", None))
    return seen


@given(heads, st.sampled_from([STRICT, LAX]))
@example(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", STRICT)
def test_any_bytes_give_a_head_or_a_refusal(data: bytes, rules: Any) -> None:
    with contextlib.suppress(BadRequest):
        check_unfinished_head(data, 0, rules)
    try:
        head = parse_request_head(data + b"\r\n\r\n", rules)
    except BadRequest as refused:
        assert refused.status in {0, 400, 414, 431, 501, 505}  # noqa: PT017  -- either outcome is right
    else:
        assert head.length is None or not head.chunked
        assert all("\n" not in name for name, _ in head.fields)


REQUEST = (
    b"POST /a HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n\r\nhello"
    b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n2;x=y\r\nde\r\n0\r\nT: 1\r\n\r\n"
    b"POST /b HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n"
    b"GET /c HTTP/1.1\r\nHost: a\r\n\r\n"
)


@given(st.lists(st.integers(1, 40), max_size=60))
def test_any_split_gives_the_same_requests(sizes: list[int]) -> None:
    assert conversation(REQUEST, sizes) == conversation(REQUEST, [])
    assert [seen[3] for seen in conversation(REQUEST, [])] == [b"hello", b"abcde", b"abc", b""]


@given(st.integers(0, len(REQUEST)), st.integers(0, 255), st.lists(st.integers(1, 9), max_size=60))
def test_any_split_gives_the_same_refusal(at: int, byte: int, sizes: list[int]) -> None:
    broken = REQUEST[:at] + bytes([byte]) + REQUEST[at + 1 :]
    assert conversation(broken, sizes) == conversation(broken, [])


@given(st.text(st.characters(max_codepoint=255)), st.booleans())
def test_any_target_stays_below_the_root(target: str, windows: bool) -> None:
    parsed = parse_path(target, windows=windows)
    if parsed is not None:
        assert not {b"", b".", b".."}.intersection(parsed[0])
        assert not any(b"/" in name or b"\0" in name for name in parsed[0])
    location = format_location(target)
    assert location.startswith("/")
    assert not location.startswith(("//", "/\\"))
    assert location.isascii()
    assert not set(location) & set("\\\r\n ")


@given(
    st.text(st.characters(max_codepoint=255)),
    st.lists(st.tuples(st.binary(min_size=1), st.sampled_from(["", "/", "@"]))),
)
def test_any_names_leave_the_listing_as_it_is(target: str, entries: list[tuple[bytes, str]]) -> None:
    page = format_listing(target, entries)
    tags = 2 * len(entries)
    assert page.count(b"<") == format_listing("/", []).count(b"<") + 2 * tags
    assert page.count(b'"') == format_listing("/", []).count(b'"') + tags
