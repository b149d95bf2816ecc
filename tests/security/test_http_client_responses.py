"""Rows 11 to 24, 29 and 30 of the security table: what an HTTP client reads. Rows 25 to 28: what it must not do.

"Closed" is said of the connection as the server sees it: the client has hung up.
"""

from __future__ import annotations

import gzip
import tracemalloc
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, request, send, send_forever, stall
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit import defaults

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
FAR = 1 << 24  # beyond what the kernel holds on both sides
"""Bytes that no head and no trailer section may make the client read: far above all limits together."""


def connect(twin: Twin, server: Peer) -> Any:
    return twin.http_client.HTTPConnection(server.host, server.port, timeout=5)


async def get(twin: Twin, server: Peer) -> tuple[Any, bytes]:
    connection = connect(twin, server)
    try:
        await settle(connection.request("GET", "/"))
        response = await settle(connection.getresponse())
        return response, await settle(response.read())
    finally:
        connection.close()


async def refuse(twin: Twin, server: Peer, *names: str) -> BaseException:
    """The response is an error of these names (of http.client), and the connection is closed by it."""
    client = twin.http_client
    kinds = tuple(getattr(client, name) for name in names or ("HTTPException",))
    connection = connect(twin, server)
    await settle(connection.request("GET", "/"))
    with pytest.raises(kinds) as caught:  # noqa: PT012  -- either step may refuse
        response = await settle(connection.getresponse())
        await settle(response.read())
    await heard(twin, server)
    connection.close()
    error: BaseException = caught.value
    return error


@both_twins
@pytest.mark.parametrize(
    "start", [b"", b"HTTP/1.1 200 ", b"HTTP/1.1 200 OK\r\nX: ", b"HTTP/1.1 200 OK\r\nX: y\r\n"], ids=repr
)
async def test_row_11_endless_line_is_cut_at_a_limit(twin: Twin, peer: MakePeer, start: bytes) -> None:
    server = peer([request(), send(start), send_forever(b"x", FAR)])
    error = await refuse(twin, server, "LineTooLong")
    assert "65536" in str(error)


@both_twins
@pytest.mark.parametrize("size, fits", [(65_000, True), (65_600, False)])
async def test_row_11_limit_of_a_line_is_64_kib(twin: Twin, peer: MakePeer, size: int, fits: bool) -> None:
    server = peer(
        [
            request(),
            send(b"HTTP/1.1 200 OK\r\nX: " + b"y" * size + b"\r\nContent-Length: 2\r\n\r\nok"),
            close(),
        ]
    )
    if fits:
        response, body = await get(twin, server)
        assert (len(response.getheader("X")), body) == (size, b"ok")
    else:
        await refuse(twin, server, "LineTooLong")


@both_twins
async def test_row_12_endless_header_block_is_cut_at_a_count(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n"), send_forever(b"X: y\r\n", FAR)])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize("count, fits", [(99, True), (101, False)])
async def test_row_12_limit_of_fields_is_100(twin: Twin, peer: MakePeer, count: int, fits: bool) -> None:
    fields = b"X: y\r\n" * (count - 1)
    server = peer(
        [request(), send(b"HTTP/1.1 200 OK\r\n" + fields + b"Content-Length: 2\r\n\r\nok"), close()]
    )
    if fits:
        response, body = await get(twin, server)
        assert (len(response.getheaders()), body) == (count, b"ok")
    else:
        error = await refuse(twin, server)
        assert str(error) == "got more than 100 headers"


@both_twins
async def test_row_12_limit_of_fields_can_be_set(twin: Twin, peer: MakePeer) -> None:
    answer = b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"Content-Length: 2\r\n\r\nok"
    with defaults.using(max_fields=300):
        response, _ = await get(twin, peer([request(), send(answer)]))
        assert len(response.getheaders()) == 201


@both_twins
async def test_row_13_endless_lines_after_100_continue_are_cut(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 100 Continue\r\n"), send_forever(b"X: y\r\n", FAR)])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize("status", [100, 102, 103])
async def test_row_14_endless_interim_responses_are_cut(twin: Twin, peer: MakePeer, status: int) -> None:
    server = peer([request(), send_forever(b"HTTP/1.1 %d Wait\r\n\r\n" % status, FAR)])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize("count, fits", [(50, True), (101, False)])
async def test_row_14_limit_of_interim_responses_is_100(
    twin: Twin, peer: MakePeer, count: int, fits: bool
) -> None:
    server = peer([request(), send(b"HTTP/1.1 100 Continue\r\n\r\n" * count + OK), stall()])
    if fits:
        assert (await get(twin, server))[1] == b"ok"
    else:
        await refuse(twin, server)


CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"


@both_twins
@pytest.mark.parametrize(
    "line", [b"X: y\r\n", b"x" * 60_000 + b": y\r\n", b"x"], ids=["short", "long", "one"]
)
async def test_row_15_and_30_endless_trailers_are_cut(twin: Twin, peer: MakePeer, line: bytes) -> None:
    server = peer([request(), send(CHUNKED + b"2\r\nok\r\n0\r\n"), send_forever(line, FAR)])
    await refuse(twin, server)


@both_twins
async def test_row_15_101_trailers_are_too_many(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(CHUNKED + b"2\r\nok\r\n0\r\n" + b"X: y\r\n" * 101 + b"\r\n"), stall()])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize("length", [9_223_372_036_854_775_807, 10**15], ids=str)
@pytest.mark.parametrize("way", ["read", "read-amount", "readinto"])
async def test_row_16_memory_grows_with_what_comes_not_with_what_is_announced(
    twin: Twin, peer: MakePeer, length: int, way: str
) -> None:
    client = twin.http_client
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\nx" % length), close()])
    connection = connect(twin, server)
    await settle(connection.request("GET", "/"))
    response = await settle(connection.getresponse())
    assert response.length == length
    tracemalloc.start()
    try:
        if way == "readinto":
            assert await settle(response.readinto(bytearray(10))) == 1
        else:
            with pytest.raises(client.IncompleteRead) as caught:  # noqa: PT012  -- read(n) may give what came first
                assert await settle(response.read() if way == "read" else response.read(length)) == b"x"
                raise client.IncompleteRead(b"x")
            assert caught.value.partial == b"x"
        assert tracemalloc.get_traced_memory()[1] < 1 << 21
    finally:
        tracemalloc.stop()
        connection.close()


@both_twins
async def test_row_16_chunk_that_announces_too_much_takes_no_memory(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(CHUNKED + b"7FFFFFFFFFFFFFFF\r\nx"), close()])
    tracemalloc.start()
    try:
        error: Any = await refuse(twin, server, "IncompleteRead")
        assert error.partial == b"x"
        assert tracemalloc.get_traced_memory()[1] < 1 << 21
    finally:
        tracemalloc.stop()


@both_twins
@pytest.mark.parametrize(
    "length",
    [
        b"+5",
        b"5_0",
        b"-1",
        b"-0",
        "\u0665".encode(),
        b"0x5",
        b"5 5",
        b"5.0",
        b"",
        b"5;",
        b"5,",
        b",5",
        b"five",
        b"\xb2",
        b"1e3",
        b"9" * 40,
    ],
    ids=repr,
)
async def test_row_17_lenient_content_length_is_refused(twin: Twin, peer: MakePeer, length: bytes) -> None:
    server = peer(
        [request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: " + length + b"\r\n\r\nhello"), stall()]
    )
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize(
    "size",
    [
        b"0x5",
        b"+5",
        b"1_f",
        b"-5",
        b" 5",
        b"",
        b"5 5",
        b"5\x00",
        b"\xb2",
        b"g",
        b"5\n",
        b"5\r",
        b"5;\n",
        "\u0665".encode(),
        b"f" * 17,
    ],
    ids=repr,
)
async def test_row_18_lenient_chunk_size_is_refused(twin: Twin, peer: MakePeer, size: bytes) -> None:
    server = peer([request(), send(CHUNKED + size + b"\r\nhello\r\n0\r\n\r\n"), stall()])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize("end", [b"xx", b"\n", b"\r", b"\n\n", b"", b"\r\r"], ids=repr)
async def test_row_18_chunk_that_does_not_end_where_it_said_is_refused(
    twin: Twin, peer: MakePeer, end: bytes
) -> None:
    server = peer([request(), send(CHUNKED + b"5\r\nhello" + end + b"0\r\n\r\n0\r\n\r\n"), stall()])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize(
    "fields",
    [
        b"Content-Length: 5\r\nContent-Length: 6",
        b"Content-Length: 5, 6",
        b"content-length: 6\r\nX: y\r\nCONTENT-LENGTH: 5",
    ],
    ids=["two", "list", "case"],
)
async def test_row_19_two_lengths_are_refused_and_the_connection_closed(
    twin: Twin, peer: MakePeer, fields: bytes
) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\nhello!"), stall()])
    await refuse(twin, server)


@both_twins
async def test_row_19_the_same_length_twice_is_one(twin: Twin, peer: MakePeer) -> None:
    fields = b"Content-Length: 5\r\nContent-Length: 5\r\n"
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\nhello"), stall()])
    assert (await get(twin, server))[1] == b"hello"


@both_twins
@pytest.mark.parametrize("order", [1, -1])
async def test_row_20_chunked_beats_a_length_and_the_connection_is_closed_after(
    twin: Twin, peer: MakePeer, order: int
) -> None:
    fields = b"\r\n".join([b"Content-Length: 5", b"Transfer-Encoding: chunked"][::order])
    server = peer(
        [request(), send(b"HTTP/1.1 200 OK\r\n" + fields + b"\r\n\r\n2\r\nok\r\n0\r\n\r\n"), stall()]
    )
    connection = connect(twin, server)
    await settle(connection.request("GET", "/"))
    try:
        response = await settle(connection.getresponse())
        assert await settle(response.read()) == b"ok"
        assert response.will_close
    except twin.http_client.HTTPException:
        pass  # an error is as good
    await heard(twin, server)
    connection.close()


@both_twins
@pytest.mark.parametrize(
    "coding",
    [
        b"xchunked",
        b"gzip, chunked",
        b"chunked, gzip",
        b"chunked, chunked",
        b"chunked;q=1",
        b"\x0bchunked",
        b"chunke",
        b"x, chunked",
    ],
    ids=repr,
)
async def test_row_21_unknown_transfer_coding_never_shows_raw_framing(
    twin: Twin, peer: MakePeer, coding: bytes
) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: " + coding + b"\r\n\r\n"
    server = peer([request(), send(head + b"2\r\nok\r\n0\r\n\r\n"), close()])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize(
    "line",
    [
        b"X: a\rSet-Cookie: b=1",
        b"X: a\r\rSet-Cookie: b=1",
        b"X: a\x0bSet-Cookie: b=1",
        b"X: a\x85Set-Cookie: b=1",
        b"X: a\x0cSet-Cookie: b=1",
        b"X: a\x1cSet-Cookie: b=1",
    ],
    ids=repr,
)
async def test_row_22_bare_cr_and_the_like_make_no_second_header(
    twin: Twin, peer: MakePeer, line: bytes
) -> None:
    server = peer(
        [request(), send(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nContent-Length: 2\r\n\r\nok"), close()]
    )
    try:
        response, body = await get(twin, server)
    except twin.http_client.HTTPException:
        return
    assert response.getheader("Set-Cookie") is None
    assert body == b"ok"


@both_twins
async def test_row_22_bare_cr_in_the_lax_profile_makes_no_second_header(twin: Twin, peer: MakePeer) -> None:
    line = b"X: a\rSet-Cookie: b=1"
    server = peer(
        [request(), send(b"HTTP/1.1 200 OK\r\n" + line + b"\r\nContent-Length: 2\r\n\r\nok"), close()]
    )
    with defaults.using("stdlib", timeout=5.0):
        response, _ = await get(twin, server)
        assert response.getheader("Set-Cookie") is None
        assert "Set-Cookie: b=1" in response.getheader("X")


@both_twins
@pytest.mark.parametrize(
    "field", [b"Content-Length : 2", b"Content-Length\t: 2", b"Content-Length \t : 2"], ids=repr
)
async def test_row_23_space_before_the_colon_never_misframes(
    twin: Twin, peer: MakePeer, field: bytes
) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n" + field + b"\r\nX: y\r\n\r\nok and more"), close()])
    client = twin.http_client
    try:
        response, body = await get(twin, server)
    except client.HTTPException:
        return
    assert body == b"ok and more"  # the field dropped: the body lasts until the close
    assert response.getheader("X") == "y"


@both_twins
@pytest.mark.parametrize("status", [100, 102, 103, 104, 199])
async def test_row_24_interim_response_is_not_the_final_one(twin: Twin, peer: MakePeer, status: int) -> None:
    interim = b"HTTP/1.1 %d Hints\r\nLink: </style.css>\r\n\r\n" % status
    response, body = await get(twin, peer([request(), send(interim + OK)]))
    assert (response.status, body) == (200, b"ok")


@both_twins
async def test_row_25_to_27_content_codings_are_handed_over_untouched(twin: Twin, peer: MakePeer) -> None:
    """http.client decodes nothing: no bomb, no chain of codings can go off here."""
    bomb = gzip.compress(bytes(1 << 22))
    fields = b"Content-Encoding: gzip, gzip, gzip, gzip, gzip, gzip, gzip\r\nContent-Length: %d\r\n" % len(
        bomb
    )
    server = peer([request(), send(b"HTTP/1.1 302 Found\r\nLocation: /x\r\n" + fields + b"\r\n" + bomb)])
    _, body = await get(twin, server)
    assert body == bomb


@both_twins
@pytest.mark.parametrize(
    "value", [b"999999999", b"9" * 5000, b"Wed, 21 Oct 9999 07:28:00 GMT"], ids=["seconds", "digits", "date"]
)
async def test_row_28_retry_after_is_only_a_header(twin: Twin, peer: MakePeer, value: bytes) -> None:
    """http.client never waits on its account."""
    answer = b"HTTP/1.1 503 Busy\r\nRetry-After: " + value + b"\r\nContent-Length: 2\r\n\r\nno"
    response, body = await get(twin, peer([request(), send(answer)]))
    assert (response.status, body) == (503, b"no")


@both_twins
async def test_row_29_heads_have_a_limit_in_all(twin: Twin, peer: MakePeer) -> None:
    """Each line and the count of lines keep their limits; the sum does not: 90 lines of 60,000 bytes."""
    field = b"X: " + b"y" * 60_000 + b"\r\n"
    server = peer(
        [request(), send(b"HTTP/1.1 200 OK\r\n" + field * 90 + b"Content-Length: 2\r\n\r\nok"), stall()]
    )
    await refuse(twin, server)


@both_twins
async def test_row_29_interim_heads_count_with_the_final_one(twin: Twin, peer: MakePeer) -> None:
    interim = b"HTTP/1.1 103 Hints\r\nX: " + b"y" * 60_000 + b"\r\n\r\n"
    server = peer([request(), send(interim * 20 + OK), stall()])
    await refuse(twin, server)


@both_twins
async def test_row_30_trailers_count_with_the_head(twin: Twin, peer: MakePeer) -> None:
    field = b"X: " + b"y" * 60_000 + b"\r\n"
    server = peer([request(), send(CHUNKED + b"2\r\nok\r\n0\r\n" + field * 50 + b"\r\n"), stall()])
    await refuse(twin, server)


@both_twins
@pytest.mark.parametrize("name", [b"Set-Cookie", b"Content-Length", b"Transfer-Encoding"])
async def test_row_30_trailers_never_become_headers(twin: Twin, peer: MakePeer, name: bytes) -> None:
    server = peer([request(), send(CHUNKED + b"2\r\nok\r\n0\r\n" + name + b": 5\r\n\r\n")])
    response, body = await get(twin, server)
    assert body == b"ok"
    assert response.getheader(name.decode()) == ("chunked" if name == b"Transfer-Encoding" else None)
