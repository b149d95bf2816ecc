"""Several things at once, in both twins: order of results, the limit, the first error, and being stopped."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import threading
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin, both_twins, settle

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

PATIENCE = 20.0


def together_of(twin: Twin) -> Any:
    """The module of this twin."""
    return importlib.import_module(f"wirekit._io.concurrency.{'asynchronous' if twin.waits else 'blocking'}")


def work_of(twin: Twin, function: Callable[[], Any]) -> Callable[[], Any]:
    """Make a work of a plain function: a coroutine function where the twin waits."""

    async def work() -> Any:
        await asyncio.sleep(0)
        return function()

    return work if twin.waits else function


@both_twins
async def test_results_come_in_the_order_of_the_works(twin: Twin) -> None:
    works = [work_of(twin, partial(pow, n, 2)) for n in range(20)]
    assert await settle(together_of(twin).run_all(iter(works), 3)) == [n * n for n in range(20)]
    assert await settle(together_of(twin).run_all([], 3)) == []


@both_twins
async def test_no_more_than_the_limit_run_at_once(twin: Twin) -> None:
    """Each work waits until as many as may be are running: that they all end shows that so many do run."""
    together = together_of(twin)
    signal = together.Signal()
    running = most = met = 0

    async def wait_for_company() -> None:
        nonlocal running, most, met
        async with signal:
            running += 1
            most = max(most, running)
            met += 1
            signal.wake_all()
            while met < 3:
                assert await signal.wait(PATIENCE)
            running -= 1

    def wait_in_thread() -> None:
        nonlocal running, most, met
        with signal:
            running += 1
            most = max(most, running)
            met += 1
            signal.wake_all()
            while met < 3:
                assert signal.wait(PATIENCE)
            running -= 1

    work = wait_for_company if twin.waits else wait_in_thread
    await settle(together.run_all([work] * 9, 3))
    assert most == 3


@both_twins
async def test_the_first_error_ends_the_rest(twin: Twin) -> None:
    together = together_of(twin)
    begun: list[int] = []
    aborted: list[bool] = []

    def works() -> Iterator[Callable[[], Any]]:
        for number in range(100):
            yield work_of(twin, partial(fail_at, number))

    def fail_at(number: int) -> None:
        begun.append(number)
        if number == 3:
            message = "the fourth"
            raise ValueError(message)

    with pytest.raises(ValueError, match="the fourth"):
        await settle(together.run_all(works(), 1, lambda: aborted.append(True)))
    assert begun == [0, 1, 2, 3]
    assert aborted == [True]


@both_twins
async def test_abort_makes_the_others_end(twin: Twin) -> None:
    """One work waits for what only abort brings."""
    together = together_of(twin)
    ended = threading.Event()

    async def wait() -> None:
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            ended.set()

    def wait_in_thread() -> None:
        assert stopped.wait(PATIENCE)
        ended.set()

    def fail() -> None:
        raise LookupError

    stopped = threading.Event()
    works = [wait if twin.waits else wait_in_thread, work_of(twin, fail)]
    with pytest.raises(LookupError):
        await settle(together.run_all(works, 2, stopped.set))
    assert stopped.is_set()
    assert ended.is_set()


@both_twins
async def test_error_of_the_works_themselves(twin: Twin) -> None:
    def works() -> Iterator[Callable[[], Any]]:
        yield work_of(twin, int)
        raise LookupError

    with pytest.raises(LookupError):
        await settle(together_of(twin).run_all(works(), 2))


def test_interrupt_of_the_main_thread_ends_the_works(monkeypatch: pytest.MonkeyPatch) -> None:
    blocking = importlib.import_module("wirekit._io.concurrency.blocking")
    stopped = threading.Event()
    join = threading.Thread.join

    def interrupted(thread: threading.Thread, timeout: float | None = None) -> None:
        monkeypatch.setattr(threading.Thread, "join", join)
        raise KeyboardInterrupt

    def work() -> None:
        assert stopped.wait(PATIENCE)

    monkeypatch.setattr(threading.Thread, "join", interrupted)
    with pytest.raises(KeyboardInterrupt):
        blocking.run_all([work] * 5, 2, stopped.set)
    assert stopped.is_set()


@both_twins
async def test_cancelling_ends_the_works(twin: Twin) -> None:
    if not twin.waits:
        return  # threads have no such thing; see the interrupt above
    ended: list[bool] = []

    async def work() -> None:
        try:
            await asyncio.sleep(PATIENCE)
        finally:
            ended.append(True)

    task = asyncio.ensure_future(together_of(twin).run_all([work] * 2, 2))
    await asyncio.sleep(0)
    await asyncio.sleep(0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert ended == [True, True]


@both_twins
async def test_signal_gives_up_in_time(twin: Twin) -> None:
    signal = together_of(twin).Signal()
    if twin.waits:
        async with signal:
            assert await signal.wait(0.01) is False
            signal.wake_all()  # nobody waits any more
    else:
        with signal:
            assert signal.wait(0.01) is False


async def test_signal_is_never_waited_for_but_in_wait() -> None:
    """Whoever gives something back in such a block cannot be cancelled meanwhile, whoever else has just been woken."""
    signal = together_of(Twin("asyncio")).Signal()
    woken = []

    async def wait() -> None:
        async with signal:
            woken.append(await signal.wait(PATIENCE))

    waiting = [asyncio.ensure_future(wait()) for _ in range(3)]
    await asyncio.sleep(0)
    signal.wake_all()
    for step in (signal.__aenter__(), signal.__aexit__(None, None, None)):
        with pytest.raises(StopIteration):
            step.send(None)
    waiting[0].cancel()  # woken and cancelled at once: the others are awake all the same
    assert len(await asyncio.gather(*waiting, return_exceptions=True)) == 3
    assert woken == [True, True]


@both_twins
async def test_lock_and_sleep(twin: Twin) -> None:
    together = together_of(twin)
    lock = together.Lock()
    if twin.waits:
        async with lock:
            assert lock.locked()
    else:
        with lock:
            assert lock.locked()
    assert not lock.locked()
    slept = together.sleep(0)
    assert inspect.isawaitable(slept) is twin.waits
    await settle(slept)
