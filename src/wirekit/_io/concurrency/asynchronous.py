"""Several things at once in the async twin: tasks of the running loop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, Self, TypeVar

__all__ = ["Lock", "Signal", "run_all", "sleep"]

Result = TypeVar("Result")

Lock = asyncio.Lock
sleep = asyncio.sleep


class Signal:
    """What tasks wait for: ``wait(seconds)`` returns when somebody calls ``wake_all``.

    ``async with`` is the blocking twin's lock, and locks nothing: no other task runs in such a block before it waits.
    So it never suspends, either, and nothing that is given back in it can be lost to a cancellation.
    """

    def __init__(self) -> None:
        self._waiters: set[asyncio.Future[None]] = set()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        pass

    async def wait(self, seconds: float | None = None) -> bool:
        """Wait to be woken; False when so many seconds have passed instead."""
        waiter = asyncio.get_running_loop().create_future()
        self._waiters.add(waiter)
        try:
            async with asyncio.timeout(seconds):
                await waiter
        except TimeoutError:
            return False
        finally:
            self._waiters.discard(waiter)
        return True

    def wake_all(self) -> None:
        """Wake all who wait."""
        for waiter in self._waiters:
            if not waiter.done():
                waiter.set_result(None)


async def run_all(
    works: Iterable[Callable[[], Awaitable[Result]]],
    limit: int,
    abort: Callable[[], Any] | None = None,
) -> list[Result]:
    """Do all works, at most ``limit`` at once, and return their results in the order of the works.

    The first exception ends the rest: no further work begins, those under way are cancelled (abort, if given, is
    called first), and once all have ended the exception is raised.
    """
    results: dict[int, Result] = {}
    waiting = iter(enumerate(works))
    workers = {asyncio.ensure_future(_do(waiting, results)) for _ in range(limit)}
    try:
        done, _ = await asyncio.wait(workers, return_when=asyncio.FIRST_EXCEPTION)
        for worker in done:
            worker.result()
    except BaseException:
        if abort is not None:
            abort()
        for worker in workers:
            worker.cancel()
        await asyncio.gather(*workers, return_exceptions=True)
        raise
    return [results[number] for number in range(len(results))]


async def _do(
    waiting: Iterator[tuple[int, Callable[[], Awaitable[Result]]]], results: dict[int, Result]
) -> None:
    for number, work in waiting:
        results[number] = await work()
