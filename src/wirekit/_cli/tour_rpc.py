"""The tour's stop over XML-RPC: a documented server of ours, called from both twins, and its page."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

from wirekit._cli import tour_places as places
from wirekit._cli.tour import Scale, Step, Unexpected
from wirekit.aio.xmlrpc.client import MultiCall as AsyncMultiCall
from wirekit.aio.xmlrpc.client import ServerProxy as AsyncServerProxy
from wirekit.urllib.request import urlopen
from wirekit.xmlrpc.client import Fault, MultiCall, ServerProxy
from wirekit.xmlrpc.server import DocXMLRPCServer, ThreadingXMLRPCServer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

__all__ = ["STOPS"]

AT_ONCE = 20
NO_PLUMS = 404
WANTED = [5, (NO_PLUMS, "no plums"), [1, 2.5, "three", None]]
"""What the MultiCall gives: its second call is a fault."""


class Orchard:
    """The object that is served."""

    def add(self, x: int, y: int) -> int:
        """Add two numbers."""
        return x + y

    def same(self, value: Any) -> Any:
        """Give back what came."""
        return value

    def pick(self, fruit: str) -> str:
        """Pick a fruit, where there is one."""
        raise Fault(NO_PLUMS, f"no {fruit}")


class Server(ThreadingXMLRPCServer, DocXMLRPCServer):
    """A server that calls methods side by side, and tells what they are."""


def _start() -> Server:
    server = Server(("127.0.0.1", 0), logRequests=False, allow_none=True, use_builtin_types=True)
    server.register_instance(Orchard())
    server.register_introspection_functions()
    server.register_multicall_functions()
    server.set_server_title("Orchard")
    server.set_server_name("Orchard")
    return server


def show_rpc(scale: Scale) -> Iterator[Step]:
    """XML-RPC, both twins, with a MultiCall, a Fault and a page."""
    with places.running(_start()) as url:
        yield from _show_blocking(f"{url}/", scale)
        yield from _show_async(f"{url}/", scale)
        yield _time(f"its page: {url}/", lambda: _check_page(f"{url}/"))


def _time(text: str, act: Callable[[], int]) -> Step:
    started = time.perf_counter()
    size = act()
    return Step(text, size, time.perf_counter() - started)


def _expect(found: object, wanted: object, what: str) -> int:
    """Make sure of what came; return 0, the bytes of a body that this is."""
    if found != wanted:
        message = f"{what}: {found!r}, not {wanted!r}"
        raise Unexpected(message)
    return 0


def _show_blocking(url: str, scale: Scale) -> Iterator[Step]:
    with ServerProxy(url, allow_none=True, use_builtin_types=True, timeout=places.PATIENCE) as proxy:
        body = places.make_body(scale.large)
        yield _time("bytes there and back, as base64", lambda: places.check(proxy.same(body), scale.large))
        yield _time(
            f"{scale.times} calls over one connection",
            lambda: _expect([proxy.add(n, 1) for n in range(scale.times)], _sums(scale.times), "the sums"),
        )
        yield _time("a MultiCall of 3, one of them a Fault", lambda: _check_calls(proxy))
        yield _time("a Fault, raised here", lambda: _check_fault(proxy))


def _sums(count: int) -> list[int]:
    return list(range(1, count + 1))


def _note(calls: Any) -> None:
    """Note the calls of the MultiCall, of either twin."""
    calls.add(2, 3)
    calls.pick("plums")
    calls.same(WANTED[2])


def _list_results(results: Any) -> list[Any]:
    found: list[Any] = []
    for at in range(len(results)):
        try:
            found.append(results[at])
        except Fault as fault:
            found.append((fault.faultCode, fault.faultString))
    return found


def _check_calls(proxy: ServerProxy) -> int:
    calls = MultiCall(proxy)
    _note(calls)
    return _expect(_list_results(calls()), WANTED, "the results")


def _check_fault(proxy: ServerProxy) -> int:
    try:
        proxy.pick("plums")
    except Fault as fault:
        return _expect((fault.faultCode, fault.faultString), WANTED[1], "the fault")
    message = "the call that fails has not failed"
    raise Unexpected(message)


def _show_async(url: str, scale: Scale) -> Iterator[Step]:
    body = places.make_body(scale.large)

    async def call(work: Callable[[Any], Any]) -> int:
        given: Any = {"allow_none": True, "use_builtin_types": True, "timeout": places.PATIENCE}
        async with AsyncServerProxy(url, **given) as proxy:
            size: int = await work(proxy)
            return size

    async def send(proxy: Any) -> int:
        return places.check(await proxy.same(body), scale.large)

    async def add(proxy: Any) -> int:
        sums = await asyncio.gather(*(proxy.add(n, 1) for n in range(AT_ONCE)))
        return _expect(sums, _sums(AT_ONCE), "the sums")

    async def multiply(proxy: Any) -> int:
        calls = AsyncMultiCall(proxy)
        _note(calls)
        return _expect(_list_results(await calls()), WANTED, "the results")

    for text, work in (
        ("async: bytes there and back", send),
        (f"async: {AT_ONCE} calls at once from one proxy", add),
        ("async: a MultiCall of 3, one of them a Fault", multiply),
    ):
        yield _time(text, lambda work=work: asyncio.run(call(work)))  # type: ignore[misc]  # a default is no argument


def _check_page(url: str) -> int:
    """Fetch the page, which tells of every method and lets nothing run but its own."""
    with urlopen(url, timeout=places.PATIENCE) as response:
        page: bytes = response.read()
        policy = response.headers["Content-Security-Policy"] or ""
    _expect("default-src 'none'" in policy, True, "the page's policy")
    for name in (b"add", b"same", b"pick", b"system.multicall"):
        _expect(b'data-name="%b"' % name in page, True, f"{name.decode()} on the page")
    return len(page)


STOPS = (show_rpc,)
