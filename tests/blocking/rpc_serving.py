# Generated from tests/aio/rpc_serving.py by tools/unasync.py; edit that file.
"""A server of XML-RPC of the twin that is tested, running, with a few methods; and what speaks to it in other ways."""

from __future__ import annotations

import contextlib
import datetime as dt
import threading
from typing import TYPE_CHECKING, Any

from wirekit.xmlrpc import server as rpc_server

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MOMENT = dt.datetime(2026, 2, 28, 12, 30)


class Orchard:
    """An object whose methods are called."""

    def __init__(self) -> None:
        self.deeper = Deeper()
        self.__secret = "hidden"

    def div(self, x: int, y: int) -> int:
        """Divide."""
        return x // y

    def _private(self) -> str:
        return "private"


class Deeper:
    def count(self) -> int:
        """Count."""
        return 7


def register(server: Any) -> None:
    """Let a few methods be called."""
    server.register_introspection_functions()
    server.register_multicall_functions()

    @server.register_function
    def add(x: int, y: int = 0) -> int:
        """Add two numbers."""
        return x + y

    @server.register_function(name="echo")
    def _(*values: Any) -> Any:
        return list(values)

    @server.register_function
    def fail(text: str = "no apples") -> None:
        raise LookupError(text)

    @server.register_function
    def refuse() -> None:
        raise rpc_server.Fault(42, "I would rather not")

    @server.register_function
    def same(value: Any) -> Any:
        return value

    @server.register_function
    def nonsense() -> Any:
        return [{"a": object()}]

    @server.register_function
    def inner_type_error() -> None:
        len(5)  # type: ignore[arg-type]  # what goes wrong

    @server.register_function
    def where() -> Any:
        request = rpc_server.current_request()
        return [request.path, request.headers["Host"], request.user or ""]


@contextlib.contextmanager
def serving(
    kind: Any = None, *, set_up: Callable[[Any], Any] | None = register, **given: Any
) -> Iterator[Any]:
    """Run a server on a port of its own; ``server.url`` is where it is."""
    kind = kind or rpc_server.SimpleXMLRPCServer
    given.setdefault("logRequests", False)
    server = kind(("127.0.0.1", 0), **given)
    server.url = f"http://127.0.0.1:{server.server_address[1]}/RPC2"
    if set_up is not None:
        set_up(server)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
