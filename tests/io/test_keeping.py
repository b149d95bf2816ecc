"""What both twins need for connections that are kept: whose they are, when they end, and what has come on them."""

from __future__ import annotations

import asyncio
import gc
import importlib
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, send
from tests.fix_twins import LOOPS, Twin, both_twins, heard, settle, twins
from tests.io.streams import connect
from wirekit import defaults
from wirekit._io.keeping import asynchronous, blocking

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]


def keeping_of(twin: Twin) -> Any:
    return importlib.import_module(f"wirekit._io.keeping.{'asynchronous' if twin.waits else 'blocking'}")


class Recorder:
    """A store that notes what it is told."""

    def __init__(self) -> None:
        self.told: list[Any] = []

    def close(self) -> None:
        self.told.append("close")

    def close_here(self, place: Any) -> None:
        self.told.append(place)

    def forget(self) -> None:
        self.told.append("forget")


class Owner:
    """Whoever a store belongs to."""


@both_twins
async def test_what_has_arrived_is_a_stream_that_needs_no_connection(twin: Twin) -> None:
    stream = keeping_of(twin).Arrived(b"one\ntwo")
    stream.hold()
    assert await settle(stream.readline()) == b"one\n"
    assert await settle(stream.peek()) == b"two"
    assert await settle(stream.read(2)) == b"tw"
    assert await settle(stream.read()) == b"o"
    assert await settle(stream.fill()) is False
    assert await settle(stream.read1()) == b""
    stream.release()
    with pytest.raises(OSError, match="arrived whole"):
        stream.fileno()
    stream.close()
    assert stream.closed


@both_twins
async def test_bytes_that_nobody_asked_for_are_seen(twin: Twin, peer: MakePeer) -> None:
    keeping, server = keeping_of(twin), peer([send(b"x")])
    stream = await connect(twin, server)
    assert await settle(stream.fill())
    assert keeping.is_over(stream)
    assert not keeping.is_silent(stream)
    stream.buffer, stream.pos = b"", 0  # as the pool leaves it
    assert not keeping.is_over(stream)
    assert keeping.is_silent(stream)
    stream.close()


@both_twins
async def test_end_of_the_stream_is_seen(twin: Twin, peer: MakePeer) -> None:
    keeping, server = keeping_of(twin), peer([lambda conversation: conversation.end()])
    stream = await connect(twin, server)
    assert not await settle(stream.fill())
    assert keeping.is_over(stream)
    stream.close()


@both_twins
async def test_dropped_stream_ends_for_its_peer(twin: Twin, peer: MakePeer) -> None:
    server = peer([])
    stream = await connect(twin, server)
    keeping_of(twin).drop(stream)
    assert await heard(twin, server) == b""


@both_twins
async def test_dropped_stream_of_another_thread_ends_for_its_peer(twin: Twin, peer: MakePeer) -> None:
    server = peer([])
    stream = await connect(twin, server)
    thread = threading.Thread(target=keeping_of(twin).drop, args=(stream,))
    thread.start()
    thread.join()
    assert await heard(twin, server) == b""
    stream.close()


@pytest.mark.parametrize("timeout", [3.0, None, defaults.Timeout(2.5)])
@both_twins
async def test_wait_is_as_long_as_if_it_had_been_connected_so(
    twin: Twin, peer: MakePeer, timeout: Any
) -> None:
    stream = await connect(twin, peer([]), 7)
    keeping_of(twin).retime(stream if twin.waits else stream.sock, timeout)
    assert stream.timeout == (2.5 if isinstance(timeout, defaults.Timeout) else timeout)
    stream.close()


@twins
def test_store_is_closed_when_its_owner_is_gone(twin: Twin) -> None:
    owner, store = Owner(), Recorder()
    keeping_of(twin).watch(owner, store)
    assert store.told == []
    del owner
    gc.collect()
    assert store.told == ["close"]


@pytest.mark.parametrize("name", LOOPS)
def test_store_is_told_of_the_end_of_its_loop(name: str) -> None:
    store = Recorder()

    async def main() -> Any:
        asynchronous.watch_here(store)
        assert store.told == []
        return asyncio.get_running_loop()

    with asyncio.Runner(loop_factory=LOOPS[name]) as runner:
        loop = runner.run(main())
        assert store.told == []
    assert store.told == [loop]
    assert loop not in asynchronous._endings.values()


def test_loop_that_ended_without_a_word_is_forgotten() -> None:
    async def main() -> Any:
        asynchronous.watch_here(Recorder())

    loop = asyncio.new_event_loop()
    loop.run_until_complete(main())
    loop.close()
    assert loop in asynchronous._endings.values()
    with asyncio.Runner() as runner:
        runner.run(main())
    assert loop not in asynchronous._endings.values()


def test_connections_of_a_parent_process_are_let_go() -> None:
    owner, store = Owner(), Recorder()
    blocking.watch(owner, store)
    blocking._forget_all()  # as in the child of a fork
    assert store.told == ["forget"]
    del owner


def test_any_thread_may_use_a_blocking_connection() -> None:
    assert blocking.here() is None
    assert blocking.watch_here(Recorder()) is None  # type: ignore[func-returns-value]
