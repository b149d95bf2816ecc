"""Connecting: addresses are raced (RFC 8305), and whatever happens nothing stays open. In both twins."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import close, send
from tests.fix_twins import Twin, both_twins
from tests.io.streams import connect_to, drain, net_of
from wirekit import Timeout, defaults
from wirekit._io import names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.io.streams import MakePeer

    Resolve = Callable[..., None]

NAME = "several.example.test"


@pytest.fixture
def resolve(monkeypatch: pytest.MonkeyPatch) -> Resolve:
    """Give NAME these addresses. (At once, as if it were a number: so uvloop's own resolver is never asked.)"""

    def use(*addresses: Any) -> None:
        def getaddrinfo(host: str, *_: object, **__: object) -> Any:
            assert host == NAME
            return [
                (socket.AF_INET6 if ":" in address[0] else socket.AF_INET, socket.SOCK_STREAM, 6, "", address)
                for address in addresses
            ]

        monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)

    return use


@pytest.fixture
def silent() -> Iterator[tuple[str, int]]:
    """An address that answers nothing: its listener's queue is full, so the kernel drops who comes next."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(socket.socket())
        listener.bind(("127.0.0.1", 0))
        listener.listen(0)
        for _ in range(64):
            one = stack.enter_context(socket.socket())
            one.settimeout(0.05)
            try:
                one.connect(listener.getsockname())
            except TimeoutError:
                break
        else:
            pytest.fail("the kernel lets everybody in")
        yield listener.getsockname()


# ---- one address


@both_twins
async def test_name_is_looked_up(twin: Twin, peer: MakePeer) -> None:
    stream = await connect_to(twin, ("localhost", peer([send(b"x"), close()]).port))
    assert await drain(stream) == b"x"
    stream.close()


@both_twins
async def test_unknown_name_is_the_resolvers_error(twin: Twin) -> None:
    with pytest.raises(socket.gaierror):
        await connect_to(twin, ("nobody.invalid", 80))


@both_twins
async def test_refusal_is_the_systems_error(twin: Twin, refusing: Any) -> None:
    with pytest.raises(ConnectionRefusedError):
        await connect_to(twin, refusing)


@both_twins
@pytest.mark.parametrize("timeout", [0.1, Timeout(60, connect=0.1)], ids=["step", "connect"])
async def test_silence_ends_in_time(twin: Twin, silent: Any, timeout: Any) -> None:
    with pytest.raises(TimeoutError, match="timed out"):
        await connect_to(twin, silent, timeout)


@both_twins
async def test_source_address_that_cannot_be_had_is_the_systems_error(twin: Twin, peer: MakePeer) -> None:
    with pytest.raises(OSError):
        await connect_to(twin, peer([]).address, source_address=("203.0.113.1", 0))
    with pytest.raises(OverflowError):
        await connect_to(twin, peer([]).address, source_address=("127.0.0.1", 70_000))


# ---- several


@both_twins
async def test_next_address_follows_a_refusal_at_once(
    twin: Twin, peer: MakePeer, resolve: Resolve, refusing: Any
) -> None:
    resolve(refusing, refusing, peer([send(b"x"), close()]).address)
    with defaults.using(attempt_delay=60.0):
        stream = await connect_to(twin, (NAME, 1))
    assert stream.gettimeout() == 5.0
    assert await drain(stream) == b"x"
    stream.close()


@both_twins
async def test_next_address_follows_silence_after_its_head_start(
    twin: Twin, peer: MakePeer, resolve: Resolve, silent: Any
) -> None:
    resolve(silent, silent, peer([send(b"x"), close()]).address)
    with defaults.using(attempt_delay=0.01):
        stream = await connect_to(twin, (NAME, 1))
    assert await drain(stream) == b"x"
    stream.close()


@both_twins
async def test_silence_everywhere_ends_in_time(twin: Twin, resolve: Resolve, silent: Any) -> None:
    resolve(silent, silent, silent)
    for delay in (0.01, 60.0):
        with defaults.using(attempt_delay=delay), pytest.raises(TimeoutError, match="timed out"):
            await connect_to(twin, (NAME, 1), 0.1)


@both_twins
async def test_silence_without_a_limit_waits_for_whoever_answers(
    twin: Twin, peer: MakePeer, resolve: Resolve, silent: Any
) -> None:
    resolve(silent, peer([send(b"x"), close()]).address)
    with defaults.using(attempt_delay=0.01):
        stream = await connect_to(twin, (NAME, 1), None)
    assert await drain(stream) == b"x"
    stream.close()


@both_twins
async def test_refusal_everywhere_is_the_last_error(twin: Twin, resolve: Resolve, refusing: Any) -> None:
    resolve(refusing, refusing)
    with pytest.raises(ConnectionRefusedError):
        await connect_to(twin, (NAME, 1))


@both_twins
async def test_late_refusal_is_waited_for_while_others_are_silent(
    twin: Twin, resolve: Resolve, silent: Any, refusing: Any
) -> None:
    resolve(refusing, silent)
    with pytest.raises(TimeoutError):
        await connect_to(twin, (NAME, 1), 0.1)


@both_twins
async def test_only_one_of_several_connections_stays(twin: Twin, peer: MakePeer, resolve: Resolve) -> None:
    both = peer([close()])
    resolve(both.address, both.address, both.address)
    with defaults.using(attempt_delay=0.0):
        stream = await connect_to(twin, (NAME, 1))
    assert await drain(stream) == b""
    stream.close()  # that the others are closed is what the warnings would tell


@both_twins
async def test_name_without_addresses_is_an_error(twin: Twin, resolve: Resolve) -> None:
    resolve()
    with pytest.raises(OSError, match="empty list"):
        await connect_to(twin, (NAME, 1))


@both_twins
async def test_attempts_that_fail_before_they_begin_count_as_refused(
    twin: Twin, peer: MakePeer, resolve: Resolve
) -> None:
    server = peer([send(b"x"), close()])
    resolve(("2001:db8::1", 1, 0, 0), server.address)
    stream = await connect_to(
        twin, (NAME, 1), source_address=("127.0.0.3", 0)
    )  # none of the first one's family
    assert stream.getsockname()[0] == "127.0.0.3"
    stream.close()
    with pytest.raises(OverflowError):  # the caller's mistake is not tried on every address
        await connect_to(twin, (NAME, 1), source_address=("127.0.0.1", 70_000))


async def test_cancelled_race_leaves_nothing_open(resolve: Resolve, silent: Any) -> None:
    resolve(silent, silent)
    net = net_of(Twin("asyncio"))
    with defaults.using(attempt_delay=0.01):
        task = asyncio.create_task(net.create_connection((NAME, 1), None))
        done, _ = await asyncio.wait({task}, timeout=0.05)
        assert not done
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task


async def test_cancelled_connect_leaves_nothing_open(silent: Any) -> None:
    task = asyncio.create_task(net_of(Twin("asyncio")).create_connection(silent, None))
    done, _ = await asyncio.wait({task}, timeout=0.05)
    assert not done
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


def test_interrupted_race_leaves_nothing_open(
    resolve: Resolve, silent: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    resolve(silent, silent)
    net = net_of(Twin("blocking"))

    def interrupt(*_: object, **__: object) -> Any:
        raise KeyboardInterrupt

    monkeypatch.setattr(net, "_wait_for_one", interrupt)
    with pytest.raises(KeyboardInterrupt):
        net.create_connection((NAME, 1), None)


# ---- decisions


def infos(families: str) -> list[names.AddressInfo]:
    return [
        (socket.AF_INET6 if family == "6" else socket.AF_INET, 1, 6, "", (str(at),))
        for at, family in enumerate(families)
    ]


@pytest.mark.parametrize(
    "families, order",
    [("", ""), ("4", "0"), ("666444", "031425"), ("4666", "0123"), ("46", "01"), ("66644", "03142")],
)
def test_families_alternate_each_in_its_order(families: str, order: str) -> None:
    assert "".join(info[4][0] for info in names.interleave(infos(families))) == order


def test_limits_are_taken_apart() -> None:
    assert names.limits_of(3) == (3.0, 3.0, None)
    assert names.limits_of(None) == (None, None, None)
    assert names.limits_of(Timeout(7, connect=3, total=60)) == (7, 3, 60)
    with defaults.using(timeout=8.0, total_timeout=90.0):
        assert names.limits_of(names.GLOBAL_DEFAULT_TIMEOUT) == (8, 8, 90)
        assert names.limits_of(5) == (5, 5, 90)
        assert names.limits_of(Timeout(5)) == (5, 5, None)
    for wrong in (0, -1, float("nan")):
        with pytest.raises(ValueError, match="timeout"):
            names.limits_of(wrong)


def test_mark_for_no_timeout_is_the_standard_librarys() -> None:
    import ftplib

    assert ftplib._GLOBAL_DEFAULT_TIMEOUT is names.GLOBAL_DEFAULT_TIMEOUT  # type: ignore[attr-defined]  # not in its stubs


@both_twins
@pytest.mark.parametrize("port", [-1, 65_536, 65_616])
async def test_port_that_is_none_is_the_callers_mistake(twin: Twin, port: int) -> None:
    with pytest.raises(ValueError, match="port must be 0-65535"):
        await connect_to(twin, ("127.0.0.1", port))
