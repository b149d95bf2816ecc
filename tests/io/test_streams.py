"""What a stream promises (docs/design/streams.md), in both twins, against a peer on loopback."""

from __future__ import annotations

import array
import asyncio
import contextlib
import os
import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import (
    Conversation,
    Faults,
    close,
    expect,
    half_close,
    read,
    reset,
    send,
    send_forever,
    stall,
    wait,
)
from tests.fix_twins import Twin, both_twins, heard, settle
from tests.io.streams import connect, connect_to, drain, net_of
from wirekit import ConnectionBusy, Timeout, defaults
from wirekit._io import asynchronous, blocking, patience
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT

if TYPE_CHECKING:
    from pathlib import Path

    from tests.io.streams import MakePeer

TEXT = b"first line\nsecond\r\n\nno end"
PIECES = pytest.mark.parametrize(
    "faults", [Faults(), Faults(split=1), Faults(split=7)], ids=["whole", "1", "7"]
)
BIG = 8 << 20


# ---- reading, however the bytes arrive


@both_twins
@PIECES
async def test_fill_puts_bytes_behind_the_buffer(twin: Twin, peer: MakePeer, faults: Faults) -> None:
    stream = await connect(twin, peer([send(TEXT), close()], faults=faults))
    got = []
    while await settle(stream.fill()):
        got.append(stream.buffer[stream.pos :])
    assert got[-1] == TEXT
    assert all(TEXT.startswith(part) for part in got)
    assert stream.take(5) == b"first"
    assert stream.buffer[stream.pos :] == TEXT[5:]
    assert stream.take(1000) == TEXT[5:]
    assert stream.take(1) == b""
    assert not await settle(stream.fill())
    stream.close()


@both_twins
@PIECES
async def test_fill_drops_what_was_taken(twin: Twin, peer: MakePeer, faults: Faults) -> None:
    stream = await connect(twin, peer([send(TEXT), close()], faults=faults))
    got = b""
    while await settle(stream.fill()):
        got += stream.take(3)
    assert got + stream.take(1000) == TEXT
    stream.close()


@both_twins
@PIECES
async def test_recv_gives_at_least_a_byte_and_at_most_so_many(
    twin: Twin, peer: MakePeer, faults: Faults
) -> None:
    stream = await connect(twin, peer([send(TEXT), close()], faults=faults))
    await settle(stream.fill())
    got = b""
    while part := await settle(stream.recv(4)):
        assert len(part) <= 4
        got += part
    assert got == TEXT
    assert await settle(stream.recv(4)) == b""
    stream.close()


@both_twins
@PIECES
@pytest.mark.parametrize("limited", [False, True], ids=["", "deadline"])
async def test_recv_into_fills_what_it_can(twin: Twin, peer: MakePeer, faults: Faults, limited: bool) -> None:
    stream = await connect(twin, peer([send(TEXT), close()], faults=faults))
    if limited:
        stream.deadline = net_of(twin).monotonic() + 5
    got = b""
    space = array.array("H", bytes(8))
    while n := await settle(stream.recv_into(space)):
        assert 0 < n <= 8
        got += space.tobytes()[:n]
    assert got == TEXT
    stream.close()


@both_twins
@PIECES
async def test_lines_are_read_with_their_ends(twin: Twin, peer: MakePeer, faults: Faults) -> None:
    stream = await connect(twin, peer([send(TEXT), close()], faults=faults))
    lines = [await settle(stream.read_line(100)) for _ in range(6)]
    assert lines == [b"first line\n", b"second\r\n", b"\n", b"no end", b"", b""]
    stream.close()


@both_twins
@PIECES
async def test_line_beyond_its_limit_comes_cut(twin: Twin, peer: MakePeer, faults: Faults) -> None:
    stream = await connect(twin, peer([send(b"12345\n123456\nrest"), close()], faults=faults))
    lines = [await settle(stream.read_line(6)) for _ in range(4)]
    assert lines == [b"12345\n", b"123456\n", b"rest", b""]  # seven bytes for a limit of six: too long
    stream.close()


@both_twins
async def test_endless_line_is_read_no_further_than_its_limit(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([send_forever(b"x", cap=64 << 20)]))
    assert len(await settle(stream.read_line(100_000))) == 100_001
    stream.close()


@both_twins
@PIECES
async def test_stream_is_a_file(twin: Twin, peer: MakePeer, faults: Faults) -> None:
    stream = await connect(twin, peer([send(TEXT * 2 + b"1234567890" * 3), close()], faults=faults))
    assert (await settle(stream.peek()))[:1] == b"f"
    assert (await settle(stream.peek(5)))[:1] == b"f"
    assert await settle(stream.readline()) == b"first line\n"
    assert await settle(stream.readline(3)) == b"sec"
    assert await settle(stream.readline(0)) == b""
    assert await settle(stream.readline(-1)) == b"ond\r\n"
    assert await settle(stream.read(0)) == b""
    assert await settle(stream.read1(0)) == b""
    assert await settle(stream.read(1 + 6 + 11)) == b"\nno endfirst line\n"
    assert b"second\r\n".startswith(await settle(stream.read1(1)))
    space = bytearray(7)
    assert await settle(stream.readinto(space)) == 7
    assert space == b"econd\r\n"
    assert (await settle(stream.read1()))[:1] == b"\n"
    rest = await settle(stream.read())
    assert (TEXT * 2 + b"1234567890" * 3).endswith(rest)
    assert await settle(stream.readinto(space)) == 0
    assert [await settle(part) for part in (stream.read(), stream.read(3), stream.read1(3))] == [b""] * 3
    assert [await settle(part) for part in (stream.readline(), stream.peek(), stream.read(None))] == [b""] * 3
    stream.close()


@both_twins
async def test_big_body_arrives_whole(twin: Twin, peer: MakePeer) -> None:
    block = os.urandom(1 << 16)
    stream = await connect(twin, peer([send(*[block] * 128), close()]))
    assert await settle(stream.read(100)) == block[:100]
    assert await settle(stream.read(BIG)) == (block * 128)[100:]
    stream.close()


@both_twins
async def test_line_longer_than_many_blocks_arrives_whole_or_cut(twin: Twin, peer: MakePeer) -> None:
    line = os.urandom(1 << 20).replace(b"\n", b"") * 4 + b"\n"
    script = [send(line + b"next"), close()]
    for limit, wanted in ((1 << 62, line), (len(line) - 1, line), (3 << 20, line[: (3 << 20) + 1])):
        stream = await connect(twin, peer(script))
        assert await settle(stream.read_line(limit)) == wanted
        assert await settle(stream.read()) == (line + b"next")[len(wanted) :]
        stream.close()
    stream = await connect(twin, peer([send(line[:-1]), close()]))
    assert await settle(stream.read_line(1 << 62)) == line[:-1]
    stream.close()


@both_twins
async def test_pending_tells_of_bytes_unread(twin: Twin, peer: MakePeer) -> None:
    go = threading.Event()
    stream = await connect(twin, peer([wait(go), send(b"ab"), stall()]))
    assert not stream.pending
    go.set()
    await settle(stream.read(1))
    await settle(stream.read1(0))
    assert stream.pending is (len(stream.buffer) > stream.pos)
    await settle(stream.peek())
    assert stream.pending
    await settle(stream.read(1))
    assert not stream.pending
    stream.close()


@both_twins
async def test_what_is_said_unasked_is_overheard_without_waiting(twin: Twin, peer: MakePeer) -> None:
    go = threading.Event()
    said = threading.Event()
    stream = await connect(
        twin, peer([read(1), send(b"a"), wait(go), send(b"b"), lambda _: said.set(), read(1), close()])
    )
    await settle(stream.sendall(b"1"))
    assert await settle(stream.recv(9)) == b"a"
    assert not stream.overhear()
    go.set()
    await asyncio.to_thread(said.wait, 5) if twin.waits else said.wait(5)
    stream._asked = 0.0  # the blocking twin asks the system now and then only
    assert stream.overhear()
    assert await settle(stream.recv(9)) == b"b"
    assert not stream.overhear()
    await settle(stream.sendall(b"2"))
    assert await settle(stream.recv(9)) == b""
    stream._asked = 0.0
    assert stream.overhear()
    stream.close()


@both_twins
async def test_end_that_nobody_waited_for_is_overheard(twin: Twin, peer: MakePeer) -> None:
    server = peer([read(1), close()])
    stream = await connect(twin, server)
    await settle(stream.sendall(b"1"))
    await heard(twin, server)
    for _ in range(100):
        stream._asked = 0.0
        if stream.overhear():
            break
        await asyncio.sleep(0) if twin.waits else None
    assert stream.overhear()
    assert await settle(stream.recv(1)) == b""
    stream.close()


@pytest.mark.parametrize("named", [False, True], ids=["kernel", "named"])
@both_twins
async def test_patient_stream_waits_longer_than_usual(twin: Twin, peer: MakePeer, named: bool) -> None:
    slow = threading.Event()
    server = peer([lambda _: slow.wait(0.3) and None, send(b"late"), stall()])
    with defaults.using(timeout=0.1):
        stream = await connect(
            twin, server, **({"timeout": 0.1} if named else {"timeout": GLOBAL_DEFAULT_TIMEOUT})
        )
    stream.patience = 1.2
    assert await settle(stream.fill())
    assert stream.take(9) == b"late"
    with pytest.raises(TimeoutError):
        await settle(stream.fill())
    assert stream.closed


@both_twins
async def test_patience_ends_with_the_deadline_and_with_the_stream(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([stall()]), timeout=0.05)
    stream.patience, stream.deadline = 9.0, net_of(twin).monotonic() + 0.1
    with pytest.raises(TimeoutError):
        await settle(stream.fill())
    slow = threading.Event()
    stream = await connect(twin, peer([lambda _: slow.wait(0.1) and None, reset()]), timeout=0.05)
    stream.patience = 9.0
    with pytest.raises(ConnectionResetError):
        await settle(stream.fill())


async def test_who_is_at_work_is_the_task() -> None:
    assert asynchronous.current() is asyncio.current_task()
    assert await asyncio.create_task(as_coroutine()) is not asyncio.current_task()


async def as_coroutine() -> object:
    return asynchronous.current()


def test_who_is_at_work_is_the_thread() -> None:
    assert blocking.current() == threading.get_ident()


@both_twins
async def test_last_words_are_heard_though_sending_fails(twin: Twin, peer: MakePeer) -> None:
    server = peer([read(1), send(b"421 too much\r\n"), reset()])
    stream = await connect(twin, server)
    await settle(stream.sendall(b"1"))
    await heard(twin, server)
    got = b""
    with contextlib.suppress(ConnectionError):
        for _ in range(100):
            await settle(stream.sendall(b"x" * 1000))
            await asyncio.sleep(0) if twin.waits else None
    with contextlib.suppress(ConnectionError):
        while await settle(stream.fill()):
            got += stream.take(99)
    assert got == b"421 too much\r\n"
    stream.close()


# ---- ends


@both_twins
@pytest.mark.parametrize("count", range(4))
async def test_end_of_the_stream_comes_after_what_was_sent(twin: Twin, peer: MakePeer, count: int) -> None:
    stream = await connect(twin, peer([send(b"1234")], faults=Faults(close_after=count)))
    assert await drain(stream) == b"1234"[:count]
    assert not stream.closed
    stream.close()
    assert stream.closed


@both_twins
async def test_reset_is_an_error_and_closes(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([read(1), reset()]))
    await settle(stream.sendall(b"x"))
    with pytest.raises(ConnectionResetError):
        await settle(stream.fill())
    assert stream.closed


@both_twins
async def test_half_close_lets_the_peer_answer(twin: Twin, peer: MakePeer) -> None:
    server = peer([Conversation.listen_on, send(b"answer"), close()])
    stream = await connect(twin, server)
    await settle(stream.sendall(b"question"))
    await settle(stream.shutdown_write())
    assert await settle(stream.read()) == b"answer"
    assert await heard(twin, server) == b"question"
    stream.close()


@both_twins
async def test_half_close_of_the_peer_lets_us_answer(twin: Twin, peer: MakePeer) -> None:
    server = peer([send(b"question"), half_close(), expect(b"late"), close()])
    stream = await connect(twin, server)
    assert await settle(stream.read()) == b"question"
    await settle(stream.sendall(b"late"))
    assert await heard(twin, server) == b"late"
    stream.close()


@both_twins
async def test_closed_stream_is_of_no_more_use(twin: Twin, peer: MakePeer) -> None:
    server = peer([stall()])
    stream = await connect(twin, server)
    stream.close()
    stream.close()
    assert stream.closed
    await heard(twin, server)
    with pytest.raises(OSError):
        await settle(stream.fill())
    with pytest.raises(OSError):
        await settle(stream.sendall(b"x"))
    stream.close()


@both_twins
async def test_close_waits_for_release_where_a_response_still_reads(twin: Twin, peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([send(b"ab"), wait(go), send(b"cd"), close()])
    stream = await connect(twin, server)
    assert await settle(stream.read(2)) == b"ab"
    stream.hold()
    (stream if twin.waits else stream.sock).close()
    go.set()
    assert await settle(stream.read()) == b"cd"
    stream.release()
    assert stream.closed
    await heard(twin, server)


# ---- time


@both_twins
@pytest.mark.parametrize("limit", ["timeout", "deadline", "both", "both the other way"])
async def test_silence_ends_in_time_and_closes(twin: Twin, peer: MakePeer, limit: str) -> None:
    server = peer([send(b"x"), stall()])
    stream = await connect(twin, server, timeout=None)
    assert await settle(stream.recv(1)) == b"x"
    if limit != "deadline":
        stream.timeout = 0.05 if limit != "both" else 60.0
    if limit != "timeout":
        stream.deadline = net_of(twin).monotonic() + (0.05 if limit != "both the other way" else 60.0)
    with pytest.raises(TimeoutError, match="timed out"):
        await settle(stream.fill())
    assert stream.closed
    assert await heard(twin, server) == b""


@both_twins
@pytest.mark.parametrize("what", ["fill", "recv", "recv_into", "read_line", "read", "peek"])
async def test_every_wait_ends_at_the_deadline(twin: Twin, peer: MakePeer, what: str) -> None:
    stream = await connect(twin, peer([stall()]), timeout=None)
    stream.deadline = net_of(twin).monotonic() - 1
    arguments: dict[str, list[Any]] = {
        "recv": [1],
        "recv_into": [bytearray(1)],
        "read_line": [10],
        "read": [1],
    }
    with pytest.raises(TimeoutError):
        await settle(getattr(stream, what)(*arguments.get(what, [])))
    assert stream.closed


@both_twins
async def test_deadline_ends_what_drips_in_time_each_step(twin: Twin, peer: MakePeer) -> None:
    asked = threading.Event()

    def drip(conversation: Conversation) -> None:
        while not asked.wait(0.005):
            conversation.send(b"x")

    stream = await connect(twin, peer([drip]))
    stream.deadline = net_of(twin).monotonic() + 0.1
    try:
        with pytest.raises(TimeoutError):
            await settle(stream.read())
    finally:
        asked.set()
    assert stream.closed


@both_twins
async def test_deadline_leaves_the_timeout_as_it_was(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([send(b"x"), stall()]), timeout=4.0)
    stream.deadline = net_of(twin).monotonic() + 60
    assert await settle(stream.recv(1)) == b"x"
    await settle(stream.sendall(b"y"))
    assert stream.timeout == stream.gettimeout() == 4.0
    stream.settimeout(None)
    assert stream.timeout is None
    stream.close()


@both_twins
async def test_limit_of_an_earlier_wait_does_not_count_for_one_without(twin: Twin, peer: MakePeer) -> None:
    late = threading.Event()
    stream = await connect(twin, peer([send(b"x"), wait(late), send(b"y")]), timeout=0.6)
    await settle(stream.fill())
    stream.timeout = None
    alarm = threading.Timer(0.9, late.set)
    alarm.start()
    assert await settle(stream.fill())
    assert stream.take(2) == b"xy"
    alarm.join()
    stream.close()


@both_twins
async def test_longer_limit_counts_after_a_shorter_one(twin: Twin, peer: MakePeer) -> None:
    late = threading.Event()
    stream = await connect(twin, peer([send(b"x"), wait(late), send(b"y")]), timeout=0.6)
    await settle(stream.fill())
    stream.timeout = 5.0
    alarm = threading.Timer(0.9, late.set)
    alarm.start()
    assert await settle(stream.fill())
    alarm.join()
    stream.close()


@both_twins
async def test_shorter_limit_counts_after_a_longer_one(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([send(b"x"), stall()]), timeout=5.0)
    await settle(stream.fill())
    stream.timeout = 0.05
    with pytest.raises(TimeoutError):
        await settle(stream.fill())


@both_twins
async def test_default_timeout_counts_where_none_is_named(twin: Twin, peer: MakePeer) -> None:
    with defaults.using(timeout=0.3):
        sock = await settle(net_of(twin).create_connection(peer([stall()]).address))
    stream = await settle(net_of(twin).attach(sock, None))
    assert stream.timeout == pytest.approx(0.3, abs=0.02)  # the kernel counts in ticks
    with pytest.raises(TimeoutError, match="timed out"):
        await settle(stream.fill())
    assert stream.closed


async def test_socket_that_does_not_block_has_the_default_timeout(peer: MakePeer) -> None:
    """asyncio's own calls want such sockets; in the blocking twin a timeout of 0 means what it says."""
    with socket.create_connection(peer([stall()]).address) as sock:
        sock.setblocking(False)
        with defaults.using(timeout=0.05):
            stream = await net_of(Twin("asyncio")).attach(sock, None)
        assert stream.timeout == 0.05
        stream.abort()


@both_twins
async def test_default_timeout_counts_under_a_deadline_and_for_recv_into(twin: Twin, peer: MakePeer) -> None:
    for limited in (False, True):
        with defaults.using(timeout=0.3):
            sock = await settle(net_of(twin).create_connection(peer([stall()]).address))
        stream = await settle(net_of(twin).attach(sock, None))
        if limited:
            stream.deadline = net_of(twin).monotonic() + 60
        with pytest.raises(TimeoutError, match="timed out"):
            await settle(stream.recv_into(bytearray(5)))
        assert stream.closed


@both_twins
async def test_socket_wide_default_comes_before_ours(twin: Twin, peer: MakePeer) -> None:
    socket.setdefaulttimeout(3.5)
    try:
        sock = await settle(net_of(twin).create_connection(peer([]).address))
    finally:
        socket.setdefaulttimeout(None)
    assert sock.gettimeout() == 3.5
    sock.close()


@both_twins
async def test_limits_of_several_kinds_are_taken(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([]), Timeout(7, connect=3, total=60))
    assert stream.timeout == 7
    stream.close()


# ---- sending


@both_twins
@pytest.mark.parametrize(
    "data",
    [b"abcd", bytearray(b"abcd"), memoryview(b"xabcdx")[1:5], array.array("H", b"abcd"), b""],
    ids=["bytes", "bytearray", "memoryview", "array", "empty"],
)
async def test_bytes_of_every_kind_are_sent(twin: Twin, peer: MakePeer, data: Any) -> None:
    server = peer([stall()])
    stream = await connect(twin, server)
    await settle(stream.sendall(data))
    await settle(stream.sendall(b"."))
    stream.close()
    assert await heard(twin, server) == bytes(memoryview(data).cast("B")) + b"."


@both_twins
async def test_queued_data_still_leaves_after_close(twin: Twin, peer: MakePeer) -> None:
    go = threading.Event()
    server = peer([wait(go), stall()])
    stream = await connect(twin, server)
    await settle(stream.sendall(b"x" * 300_000))
    stream.close()
    go.set()
    assert len(await heard(twin, server)) == 300_000


@both_twins
async def test_sendall_ends_in_time_where_nobody_reads(twin: Twin, peer: MakePeer) -> None:
    for limit in ("timeout", "deadline"):
        go = threading.Event()
        stream = await connect(twin, peer([wait(go)]), timeout=0.1 if limit == "timeout" else None)
        if limit == "deadline":
            stream.deadline = net_of(twin).monotonic() + 0.1
        with pytest.raises(TimeoutError):
            await settle(stream.sendall(b"x" * (64 << 20)))
        assert stream.closed
        go.set()


@both_twins
async def test_sendall_to_a_peer_that_has_gone_is_an_error(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([read(1), reset()]))
    with pytest.raises(OSError):  # noqa: PT012  -- which send meets the reset is the kernel's affair
        for _ in range(1000):
            await settle(stream.sendall(b"x" * 100_000))
            if twin.waits:
                await asyncio.sleep(0)  # the loop tells of a lost connection in a turn of its own
    stream.close()


@both_twins
@pytest.mark.parametrize(
    "offset, count, wanted",
    [(0, None, slice(0, None)), (3, None, slice(3, None)), (5, 7, slice(5, 12)), (9, 0, slice(0))],
)
@pytest.mark.parametrize("timeout", [5.0, None])
async def test_file_is_sent(
    twin: Twin,
    peer: MakePeer,
    tmp_path: Path,
    offset: int,
    count: int | None,
    wanted: slice,
    timeout: float | None,
) -> None:
    data = os.urandom(1 << 20)
    (tmp_path / "file").write_bytes(data)
    server = peer([stall()])
    stream = await connect(twin, server, timeout)
    with (tmp_path / "file").open("rb") as file:
        assert await settle(stream.send_file(file, offset, count)) == len(data[wanted])
    stream.close()
    assert await heard(twin, server) == data[wanted]


@pytest.mark.parametrize("cut_off", [False, True])
async def test_sending_a_file_lets_other_tasks_run(peer: MakePeer, tmp_path: Path, cut_off: bool) -> None:
    (tmp_path / "file").write_bytes(bytes(1 << 20))
    stream = await asynchronous.create_connection(peer([stall()]).address)
    sent: list[int] = []

    async def take_at_once(data: bytes) -> None:
        sent.append(len(data))

    stream.sendall = take_at_once  # type: ignore[method-assign]  # a client that is never too slow
    with (tmp_path / "file").open("rb") as file:
        sending = asyncio.ensure_future(stream.send_file(file))
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        assert 0 < sum(sent) < 1 << 20
        if cut_off:
            sending.cancel()
            with pytest.raises(asyncio.CancelledError):
                await sending
            assert stream.closed
        else:
            assert await sending == sum(sent) == 1 << 20
    stream.close()


@both_twins
async def test_file_ends_in_time_and_closes_where_nobody_reads(
    twin: Twin, peer: MakePeer, tmp_path: Path
) -> None:
    with (tmp_path / "file").open("w+b") as file:
        file.truncate(64 << 20)
        for limit in ("timeout", "deadline"):
            go = threading.Event()
            stream = await connect(twin, peer([wait(go)]), timeout=0.1 if limit == "timeout" else None)
            if limit == "deadline":
                stream.deadline = net_of(twin).monotonic() + 0.1
            with pytest.raises(TimeoutError):
                await settle(stream.send_file(file, 0))
            assert stream.closed
            go.set()


def test_file_leaves_by_the_system_in_the_clear(
    peer: MakePeer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent = []
    usual = os.sendfile

    def sendfile(*args: Any) -> int:
        sent.append(usual(*args))
        return sent[-1]

    monkeypatch.setattr(os, "sendfile", sendfile)
    (tmp_path / "file").write_bytes(b"x" * 100_000)
    server = peer([stall()])
    net = net_of(Twin("blocking"))
    stream = net.attach(net.create_connection(server.address, 5), None)
    with (tmp_path / "file").open("rb") as file:
        stream.send_file(file)
    stream.close()
    assert sum(sent) == len(server.heard()) == 100_000


# ---- where to, and from where


@both_twins
async def test_unix_socket_is_named_by_its_path(twin: Twin, peer: MakePeer, tmp_path: Path) -> None:
    peer([send(b"hello"), close()], unix=tmp_path / "socket")
    stream = await connect_to(twin, str(tmp_path / "socket"))
    assert await drain(stream) == b"hello"
    stream.close()
    with pytest.raises(FileNotFoundError):
        await connect_to(twin, str(tmp_path / "nobody"))


@both_twins
async def test_source_address_is_bound(twin: Twin, peer: MakePeer) -> None:
    seen: list[Any] = []
    server = peer([lambda conversation: seen.append(conversation.sock.getpeername()), close()])
    stream = await connect(twin, server, source_address=("127.0.0.2", 0))
    assert stream.getsockname()[0] == "127.0.0.2"
    assert await drain(stream) == b""
    assert seen[0][0] == "127.0.0.2"
    stream.close()


@both_twins
async def test_socket_shows_through_its_stream(twin: Twin, peer: MakePeer) -> None:
    server = peer([])
    stream = await connect(twin, server)
    assert stream.getpeername() == server.address
    assert stream.fileno() >= 0
    stream.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    with pytest.raises(AttributeError):
        stream._nothing  # noqa: B018  -- the attribute is what is asked for
    with pytest.raises(AttributeError):
        stream.nothing  # noqa: B018
    assert stream.tls is None
    stream.close()


@both_twins
async def test_stream_of_a_connection_is_known_again(twin: Twin, peer: MakePeer) -> None:
    net = net_of(twin)
    sock = await settle(net.create_connection(peer([]).address, 5))
    stream = await settle(net.attach(sock, None))
    assert await settle(net.attach(sock, stream)) is stream
    assert net.reader(stream) is stream
    assert await settle(net.attach(object(), stream)) is None
    stream.close()


@both_twins
async def test_socket_that_somebody_else_connected_becomes_a_stream(twin: Twin, peer: MakePeer) -> None:
    net = net_of(twin)
    server = peer([send(b"hello"), expect(b"x"), close()])
    sock = socket.create_connection(server.address, 3)
    stream = await settle(net.attach(sock, None))
    assert stream.timeout == 3
    assert await settle(net.attach(sock, stream)) is stream
    assert await settle(stream.read(5)) == b"hello"
    await settle(stream.sendall(b"x"))
    assert await settle(stream.read()) == b""
    stream.close()
    sock.close()


# ---- one wait at a time; a broken wait closes


async def test_second_task_is_told_and_the_first_one_served(peer: MakePeer) -> None:
    net = net_of(Twin("asyncio"))
    go = threading.Event()
    stream = await net.create_connection(peer([wait(go), send(b"x")]).address, 5)
    first = asyncio.create_task(stream.fill())
    await asyncio.sleep(0)
    for call in (stream.fill(), stream.recv(1), stream.read_line(10), stream.peek()):
        with pytest.raises(ConnectionBusy):
            await call
    assert not stream.closed
    go.set()
    assert await first
    assert stream.take(1) == b"x"
    stream.close()


def test_second_thread_is_told_and_the_first_one_served(peer: MakePeer) -> None:
    net = net_of(Twin("blocking"))
    go = threading.Event()
    stream = net.attach(net.create_connection(peer([wait(go), send(b"x")]).address, 5), None)
    got: list[bytes] = []
    thread = threading.Thread(target=lambda: got.append(stream.read(1)))
    thread.start()
    while not stream._waiting:
        pass
    for call in (stream.fill, stream.peek, lambda: stream.recv(1), lambda: stream.recv_into(bytearray(1))):
        with pytest.raises(ConnectionBusy):
            call()
    assert not stream.closed
    go.set()
    thread.join()
    assert got == [b"x"]
    stream.close()


@pytest.mark.parametrize("what", ["fill", "sendall"])
async def test_cancelled_wait_closes(peer: MakePeer, what: str) -> None:
    net = net_of(Twin("asyncio"))
    go = threading.Event()
    server = peer([wait(go)])
    stream = await net.create_connection(server.address, None)
    task = asyncio.create_task(stream.fill() if what == "fill" else stream.sendall(b"x" * (64 << 20)))
    done, _ = await asyncio.wait({task}, timeout=0.1)
    assert not done
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert stream.closed
    go.set()
    await asyncio.to_thread(server.heard)


@pytest.mark.parametrize("what", ["fill", "sendall"])
async def test_wait_ends_when_another_task_closes(peer: MakePeer, what: str) -> None:
    net = net_of(Twin("asyncio"))
    go = threading.Event()
    stream = await net.create_connection(peer([wait(go)]).address, None)
    task = asyncio.create_task(stream.fill() if what == "fill" else stream.sendall(b"x" * (64 << 20)))
    done, _ = await asyncio.wait({task}, timeout=0.1)
    assert not done
    stream.abort()
    with pytest.raises(ConnectionAbortedError):
        await task
    go.set()


def test_interrupted_wait_closes(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    net = net_of(Twin("blocking"))
    server = peer([stall()])
    stream = net.attach(net.create_connection(server.address, 5), None)

    def interrupt(_: int) -> bytes:
        raise KeyboardInterrupt

    monkeypatch.setattr(stream, "_recv", interrupt)
    with pytest.raises(KeyboardInterrupt):
        stream.fill()
    assert stream.closed
    server.heard()


# ---- keeping pace


async def test_reading_pauses_above_the_high_water_mark_and_goes_on(peer: MakePeer) -> None:
    net = net_of(Twin("asyncio"))
    block = os.urandom(1 << 16)
    server = peer([send(*[block] * 512), close()])
    stream = await net.create_connection(server.address, 5)
    while stream._transport.is_reading():
        await asyncio.sleep(0)
    held = stream._queued
    assert net.HIGH_WATER < held < net.HIGH_WATER + (1 << 20)
    for _ in range(100):
        await asyncio.sleep(0)
    assert stream._queued == held
    assert await stream.read() == block * 512
    stream.close()


async def test_sendall_waits_for_a_peer_that_does_not_read_and_is_released(peer: MakePeer) -> None:
    net = net_of(Twin("asyncio"))
    go = threading.Event()
    server = peer([wait(go), read(BIG), close()])
    stream = await net.create_connection(server.address, 5)
    task = asyncio.create_task(stream.sendall(b"x" * BIG))
    done, _ = await asyncio.wait({task}, timeout=0.1)
    assert not done
    go.set()
    await task
    assert await asyncio.to_thread(server.heard) == b"x" * BIG
    stream.close()


async def test_what_is_queued_does_not_change_with_the_callers_buffer(peer: MakePeer) -> None:
    net = net_of(Twin("asyncio"))
    go = threading.Event()
    server = peer([wait(go), stall()])
    stream = await net.create_connection(server.address, 5)
    stream._transport.set_write_buffer_limits(high=BIG * 2)  # so that sendall returns although much is queued
    data = bytearray(b"a" * BIG)
    await stream.sendall(data)
    data[:] = b"b" * BIG
    data.clear()
    stream.close()
    go.set()
    got = await asyncio.to_thread(server.heard)
    assert (len(got), got.count(b"a")) == (BIG, BIG)


# ---- what conversations take from the module


@both_twins
async def test_callbacks_are_given_what_they_want(twin: Twin) -> None:
    assert await settle(net_of(twin).give(lambda *args: args, 1, 2)) == (1, 2)


async def test_callback_may_be_awaitable() -> None:
    async def double(number: int) -> int:
        await asyncio.sleep(0)
        return 2 * number

    assert await net_of(Twin("asyncio")).give(double, 4) == 8


async def test_blocks_are_pulled_from_plain_and_async_iterables() -> None:
    async def blocks() -> Any:
        yield b"a"
        yield b"b"

    pull = net_of(Twin("asyncio")).pull
    assert (
        [block async for block in pull(blocks())]
        == [block async for block in pull([b"a", b"b"])]
        == [b"a", b"b"]
    )
    assert list(net_of(Twin("blocking")).pull((b"a", b"b"))) == [b"a", b"b"]


async def test_limit_that_passes_while_nobody_waits_changes_nothing(peer: MakePeer) -> None:
    go = threading.Event()
    stream = await net_of(Twin("asyncio")).create_connection(
        peer([send(b"x"), wait(go), send(b"y")]).address, 0.4
    )
    await stream.fill()
    passed = asyncio.get_running_loop().create_future()
    asyncio.get_running_loop().call_later(0.5, passed.set_result, None)
    await passed
    assert not stream.closed
    stream.timeout = 5.0
    go.set()
    assert await stream.fill()
    assert stream.take(2) == b"xy"
    stream.close()


@both_twins
async def test_release_without_a_close_leaves_the_stream_open(twin: Twin, peer: MakePeer) -> None:
    stream = await connect(twin, peer([send(b"ab"), close()]))
    stream.hold()
    assert await settle(stream.read(1)) == b"a"
    if twin.waits:
        stream.release()
    assert await settle(stream.read(1)) == b"b"
    stream.close()
    stream.release()


def test_reader_of_a_socket_survives_its_close(peer: MakePeer) -> None:
    net = net_of(Twin("blocking"))
    sock = net.create_connection(peer([send(b"ab"), close()]).address, 5)
    stream = net.reader(sock)
    sock.close()
    assert (stream.readable(), stream.writable(), stream.seekable()) == (True, False, False)
    stream.flush()
    assert stream.read() == b"ab"
    stream.release()
    assert sock.fileno() == -1


def test_stream_that_is_closed_gives_nothing_more(peer: MakePeer) -> None:
    net = net_of(Twin("blocking"))
    stream = net.attach(net.create_connection(peer([stall()]).address, 5), None)
    stream.close()
    for call in (stream.fill, lambda: stream.recv(1), lambda: stream.recv_into(bytearray(1)), stream.read):
        with pytest.raises(OSError):
            call()


# ---- timeouts that the kernel keeps


def test_kernel_keeps_a_timeout_until_another_is_named(peer: MakePeer) -> None:
    sock = socket.create_connection(peer([]).address)
    assert patience.kernel_timeout(sock) is None
    patience.set_kernel_timeout(sock, 2.5)
    assert sock.gettimeout() is None
    assert patience.kernel_timeout(sock) == pytest.approx(2.5, abs=0.02)
    stream = net_of(Twin("blocking")).attach(sock, None)
    stream.timeout = None
    assert (stream.timeout, patience.kernel_timeout(sock)) == (None, None)
    stream.timeout = 3.0
    assert (stream.timeout, sock.gettimeout(), patience.kernel_timeout(sock)) == (3.0, 3.0, None)
    stream.close()


def test_timeout_is_the_sockets_own_where_the_kernel_keeps_none(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("sys.platform", "darwin")
    with socket.create_connection(peer([]).address) as sock:
        patience.set_kernel_timeout(sock, 2.5)
        assert sock.gettimeout() == 2.5
        assert patience.kernel_timeout(sock) is None
        sock.settimeout(None)
        assert patience.kernel_timeout(sock) is None


def test_errors_that_mean_a_timeout_are_known() -> None:
    assert patience.is_timeout(BlockingIOError())
    assert patience.is_timeout(ssl.SSLWantReadError())
    assert patience.is_timeout(ssl.SSLWantWriteError())
    assert not patience.is_timeout(ConnectionResetError())


async def test_closing_while_reading_is_paused_is_no_trouble(peer: MakePeer) -> None:
    net = net_of(Twin("asyncio"))
    for end in ("close", "abort"):
        stream = await net.create_connection(peer([send(*[b"x" * (1 << 16)] * 64)]).address, 5)
        while stream._transport.is_reading():
            await asyncio.sleep(0)
        getattr(stream, end)()
        for _ in range(3):
            await asyncio.sleep(0)
        with pytest.raises(ConnectionAbortedError):  # noqa: PT012  -- what had arrived may be read before
            while True:
                stream.take(1 << 20)
                await stream.fill()
