"""Several things at once in the async twin: tasks of the running loop."""

import asyncio
from collections.abc import Awaitable, Callable, Iterable, Iterator
from typing import Any, TypeVar

__all__ = ["Lock", "Signal", "run_all", "sleep"]

Result = TypeVar("Result")

Lock = asyncio.Lock
sleep = asyncio.sleep


class Signal(asyncio.Condition):
    """A lock that can be waited in: ``wait(seconds)`` lets go of it until somebody calls ``wake_all``."""

    async def wait(self, seconds: float | None = None) -> bool:  # type: ignore[override]  # with a limit
        """Wait to be woken; False when so many seconds have passed instead. The lock is held again either way."""
        try:
            async with asyncio.timeout(seconds):
                return await super().wait()
        except TimeoutError:
            return False

    def wake_all(self) -> None:
        """Wake all who wait. The lock must be held."""
        self.notify_all()


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
