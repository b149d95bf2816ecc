"""Servers of XML-RPC to call from outside, whatever the twin: each in a thread of its own, on a port of its own.

    with serving(twin, register) as server:      # twin may be STDLIB
        ... server.url ...

`register` gives the server its methods. Also the methods that the makers of XML-RPC test implementations by, and what
they must give (xmlrpc.com, "Validator").
"""

from __future__ import annotations

import asyncio
import contextlib
import queue
import threading
from typing import TYPE_CHECKING, Any

from tests.fix_twins import LOOPS, Twin
from tests.runner import runner as make_runner

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextlib.contextmanager
def serving(
    twin: Twin, register: Callable[[Any], None], kind: str = "SimpleXMLRPCServer", **given: Any
) -> Iterator[Any]:
    """Run a server of this twin; it answers until the block ends."""
    made = getattr(twin.module("xmlrpc.server"), kind)
    run = _serve_async if twin.waits else _serve_blocking
    with run(twin, lambda: _make(made, register, given)) as server:
        yield server


def _make(kind: Any, register: Callable[[Any], None], given: dict[str, Any]) -> Any:
    server = kind(("127.0.0.1", 0), **{"logRequests": False, **given})
    server.url = f"http://127.0.0.1:{server.server_address[1]}/"
    register(server)
    return server


@contextlib.contextmanager
def _serve_blocking(_: Twin, make: Callable[[], Any]) -> Iterator[Any]:
    server = make()
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextlib.contextmanager
def _serve_async(twin: Twin, make: Callable[[], Any]) -> Iterator[Any]:
    ready: queue.SimpleQueue[Any] = queue.SimpleQueue()

    async def serve() -> None:
        stop = asyncio.Event()
        server = make()
        async with server:
            ready.put((server, asyncio.get_running_loop(), stop))
            await stop.wait()

    def work() -> None:
        try:
            with make_runner(loop_factory=LOOPS[twin.name]) as runner:
                runner.run(serve())
        except BaseException as error:  # noqa: BLE001 - told to who waits for the server, or for its end
            ready.put(error)
        else:
            ready.put(None)

    thread = threading.Thread(target=work)
    thread.start()
    started = ready.get()
    if isinstance(started, BaseException):
        thread.join()
        raise started
    server, loop, stop = started
    try:
        yield server
    finally:
        loop.call_soon_threadsafe(stop.set)
        thread.join()
    if (error := ready.get()) is not None:
        raise error


# ---- what implementations are tested by


class Validator:
    """The eight methods, by the words of their specification."""

    def arrayOfStructsTest(self, structs: list[dict[str, int]]) -> int:
        """Add all elements named curly."""
        return sum(one["curly"] for one in structs)

    def countTheEntities(self, text: str) -> dict[str, int]:
        """Count five characters."""
        return {name: text.count(character) for name, character in ENTITIES.items()}

    def easyStructTest(self, struct: dict[str, int]) -> int:
        """Add moe, larry and curly."""
        return struct["moe"] + struct["larry"] + struct["curly"]

    def echoStructTest(self, struct: dict[str, Any]) -> dict[str, Any]:
        """Give back a struct."""
        return struct

    def manyTypesTest(self, *values: Any) -> list[Any]:
        """Give back one value of each type."""
        return list(values)

    def moderateSizeArrayCheck(self, texts: list[str]) -> str:
        """Put the first and the last text together."""
        return texts[0] + texts[-1]

    def nestedStructTest(self, calendar: dict[str, dict[str, dict[str, dict[str, int]]]]) -> int:
        """Add moe, larry and curly of the first of April 2000."""
        return self.easyStructTest(calendar["2000"]["04"]["01"])

    def simpleStructReturnTest(self, number: int) -> dict[str, int]:
        """Multiply by ten, a hundred and a thousand."""
        return {f"times{factor}": number * factor for factor in (10, 100, 1000)}


ENTITIES = {
    "ctLeftAngleBrackets": "<",
    "ctRightAngleBrackets": ">",
    "ctAmpersands": "&",
    "ctApostrophes": "'",
    "ctQuotes": '"',
}


def register_validator(server: Any) -> None:
    """Let the eight methods be called, as `validator1.*`."""
    methods = Validator()
    for name in dir(methods):
        if not name.startswith("_"):
            server.register_function(getattr(methods, name), f"validator1.{name}")
    server.register_introspection_functions()
    server.register_multicall_functions()
