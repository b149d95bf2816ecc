"""``wirekit serve --rpc``: the methods of a Python object over XML-RPC, until Ctrl-C."""

from __future__ import annotations

import contextlib
import importlib
import inspect
import signal
import sys
from pathlib import Path
from types import ModuleType

from wirekit._cli.outcome import Code, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["find_object", "register", "serve_rpc"]

_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 - recognised in order to warn


class NoObjectError(Exception):
    """There is no such module, or nothing of that name in it."""


def serve_rpc(name: str, bind: str, port: int, *, doc: bool, use_async: bool) -> int:
    """Serve the object of this name until interrupted; return the exit code."""
    try:
        served = find_object(name)
    except NoObjectError as error:
        say(name, str(error))
        return Code.USAGE
    try:
        return (_serve_async if use_async else _serve_blocking)(served, name, (bind, port), doc=doc)
    except OSError as error:
        say(f"cannot listen on {bind} port {port}: {error.strerror or error}")
        return Code.CONNECT


def find_object(name: str) -> Any:
    """Return what ``module:object`` names; ``module`` alone is the module. A class is made an object of.

    The current directory is searched first, as by ``python -m``. NoObjectError where there is none; whatever the module raises.
    """
    module, _, path = name.partition(":")
    if (here := str(Path.cwd())) not in sys.path:
        sys.path.insert(0, here)
    try:
        found: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not (module == error.name or module.startswith(f"{error.name}.")):
            raise
        raise NoObjectError(f"there is no module {error.name}") from None
    except ValueError as error:
        raise NoObjectError(f"{module!r} is no name of a module ({error})") from None
    for part in filter(None, path.split(".")):
        if not hasattr(found, part):
            raise NoObjectError(f"{module} has no {path}")
        found = getattr(found, part)
    return found() if isinstance(found, type) else found


def register(server: Any, served: Any) -> None:
    """Let an object's methods be called: of a module its own functions, a function by its name, a dict by its keys."""
    server.register_introspection_functions()
    server.register_multicall_functions()
    if isinstance(served, ModuleType):
        for name, function in vars(served).items():
            own = getattr(function, "__module__", None) == served.__name__
            if inspect.isroutine(function) and own and not name.startswith("_"):
                server.register_function(function, name)
    elif isinstance(served, dict):
        for name, function in served.items():
            server.register_function(function, name)
    elif inspect.isroutine(served):
        server.register_function(served)
    else:
        server.register_instance(served)


def _make(module: Any, base: str, served: Any, name: str, address: tuple[str, int], *, doc: bool) -> Any:
    """Make the server out of either twin's module."""
    kinds = [module.DocXMLRPCServer if doc else module.SimpleXMLRPCServer]
    if base == "blocking":
        from socketserver import ThreadingMixIn  # whose place wirekit's own takes, in its servers

        kinds.insert(0, ThreadingMixIn)
    server = type("Server", tuple(kinds), {"daemon_threads": True})(address, allow_none=True)
    register(server, served)
    if doc:
        server.set_server_title(name)
        server.set_server_name(name)
        server.set_server_documentation(inspect.getdoc(served) or "")
    return server


def _announce(name: str, address: Any, *, doc: bool) -> None:
    host, port = address[:2]
    shown = f"[{host}]" if ":" in host else host
    page = ", with a page for browsers" if doc else ""
    print(f"Serving {name} over XML-RPC at http://{shown}:{port}/{page} (Ctrl-C stops)", flush=True)
    if host in _EVERYWHERE:
        say(
            "warning: everybody who reaches this machine can call these methods; --bind 127.0.0.1 keeps it here"
        )


def _serve_blocking(served: Any, name: str, address: tuple[str, int], *, doc: bool) -> int:
    from wirekit._cli.serve import announce_end, run_blocking  # what ends every server of this twin in order
    from wirekit.xmlrpc import server as xmlrpc  # one twin is enough

    with (
        contextlib.suppress(KeyboardInterrupt),
        _make(xmlrpc, "blocking", served, name, address, doc=doc) as server,
    ):
        run_blocking(server, lambda: _announce(name, server.server_address, doc=doc), announce_end)
    return Code.OK


def _serve_async(served: Any, name: str, address: tuple[str, int], *, doc: bool) -> int:
    from wirekit._cli.serve import announce_end, run_async  # what ends every async server in order
    from wirekit.aio.xmlrpc import server as xmlrpc  # one twin is enough

    told: list[signal.Signals] = []
    server = _make(xmlrpc, "async", served, name, address, doc=doc)
    run_async(server, lambda: _announce(name, server.server_address, doc=doc), announce_end, told)
    return Code.TERMINATED if told and told[0] == signal.SIGTERM else Code.OK
