"""Several things at once in the blocking twin: threads, made when they are needed and gone afterwards."""

import threading
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

__all__ = ["Lock", "Signal", "run_all", "sleep"]

Result = TypeVar("Result")

Lock = threading.Lock
sleep = time.sleep


class Signal(threading.Condition):
    """A lock that can be waited in: ``wait(seconds)`` lets go of it until somebody calls ``wake_all``."""

    wake_all = threading.Condition.notify_all


def run_all(
    works: Iterable[Callable[[], Result]], limit: int, abort: Callable[[], Any] | None = None
) -> list[Result]:
    """Do all works, at most ``limit`` at once, and return their results in the order of the works.

    The first exception ends the rest: no further work begins, and once those under way have ended (abort, if given,
    is called to make them) the exception is raised.
    """
    crew = _Crew(works, abort)
    threads = [threading.Thread(target=crew.work, daemon=True) for _ in range(limit)]
    try:
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    except BaseException as error:  # KeyboardInterrupt: it strikes the main thread only
        crew.stop(error)
        for thread in threads:
            if thread.ident is not None:
                thread.join()
        raise
    if crew.error is not None:
        raise crew.error
    return [crew.results[number] for number in range(len(crew.results))]


class _Crew:
    """The works of one call, what came of them, and the error that ended them."""

    def __init__(self, works: Iterable[Callable[[], Any]], abort: Callable[[], Any] | None) -> None:
        self.waiting: Iterator[tuple[int, Callable[[], Any]]] = iter(enumerate(works))
        self.results: dict[int, Any] = {}
        self.error: BaseException | None = None
        self.abort = abort
        self.lock = threading.Lock()

    def take(self) -> tuple[int, Callable[[], Any]] | None:
        """Take the next work; None when there is none, or none is wanted any more."""
        with self.lock:
            return None if self.error is not None else next(self.waiting, None)

    def work(self) -> None:
        """Do one work after another."""
        try:
            while (taken := self.take()) is not None:
                number, work = taken
                self.results[number] = work()
        except BaseException as error:  # noqa: BLE001 - raised by run_all, in the caller's thread
            self.stop(error)

    def stop(self, error: BaseException) -> None:
        """Let no further work begin, and have those under way end."""
        with self.lock:
            first = self.error is None
            if first:
                self.error = error
        if first and self.abort is not None:
            self.abort()
