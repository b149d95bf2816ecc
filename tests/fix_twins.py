"""Both twins under one test: the blocking modules, and the async ones on every loop there is.

A test that must hold in both is written once, async, with `settle` around each call that waits in one twin only, and
runs once for each `Twin`:

    @both_twins
    async def test_row_01_line_end_in_a_value(twin: Twin, peer: MakePeer) -> None:
        connection = twin.http_client.HTTPConnection(...)
        await settle(connection.request("GET", "/"))

The blocking twin needs no loop: nothing ever suspends. Where a test needs a plain function around the async one (that
is so with hypothesis), `twins` gives the parameter alone and `Twin.run` drives.
"""

from __future__ import annotations

import asyncio
import functools
import importlib
import inspect
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import pytest

from tests.runner import runner as make_runner

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

    from tests.fix_peer import Peer

Result = TypeVar("Result")

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {"asyncio": asyncio.new_event_loop}
try:
    import uvloop
except ImportError:
    pass  # as on Windows
else:
    LOOPS["uvloop"] = uvloop.new_event_loop


@dataclass(frozen=True)
class Twin:
    """One form of the library: `blocking`, or the name of the loop that the async form runs on; `stdlib` to compare."""

    name: str

    @property
    def waits(self) -> bool:
        """Whether this is the async form."""
        return self.name in LOOPS

    def module(self, name: str) -> Any:
        """Give the module of this name in this twin, such as `http.client`."""
        root = {"stdlib": "", "blocking": "wirekit."}.get(self.name, "wirekit.aio.")
        return importlib.import_module(root + name)

    @property
    def http_client(self) -> Any:
        """Give `http.client` of this twin."""
        return self.module("http.client")

    def run(self, main: Coroutine[Any, Any, Result]) -> Result:
        """Run to the end."""
        if self.waits:
            with make_runner(loop_factory=LOOPS[self.name]) as runner:
                return runner.run(main)
        try:
            main.send(None)
        except StopIteration as end:
            result: Result = end.value
            return result
        main.close()
        message = "a blocking twin gave something to wait for"
        raise AssertionError(message)


TWINS = [Twin(name) for name in ("blocking", *LOOPS)]
STDLIB = Twin("stdlib")

twins = pytest.mark.parametrize("twin", TWINS, ids=lambda twin: twin.name)


def both_twins(test: Callable[..., Coroutine[Any, Any, None]]) -> Callable[..., None]:
    """Run an async test once for each twin; it takes `twin` beside its fixtures."""

    def run(**given: Any) -> None:
        given["twin"].run(test(**given))

    functools.update_wrapper(run, test, updated=())
    del run.__wrapped__  # type: ignore[attr-defined]  # pytest would see an async function behind it
    run.__signature__ = inspect.signature(test)  # type: ignore[attr-defined]  # names the fixtures
    run.pytestmark = list(getattr(test, "pytestmark", []))  # type: ignore[attr-defined]
    given_twins: Callable[..., None] = twins(run)
    return given_twins


async def settle(value: Awaitable[Result] | Result) -> Result:
    """Give the value, waiting for it where this twin wants that."""
    return await value if inspect.isawaitable(value) else value


async def heard(twin: Twin, peer: Peer, index: int = 0) -> bytes:
    """Give what a peer heard, without holding up the loop that has still to close the client's connection."""
    return await asyncio.to_thread(peer.heard, index) if twin.waits else peer.heard(index)
