"""``wirekit serve``: the files of a directory over HTTP/1.1, until Ctrl-C.

It listens on 127.0.0.1 unless told otherwise, since whatever it listens on may read the whole directory.
"""

from __future__ import annotations

import errno
import functools
import signal
import socket
import sys

from wirekit._cli.outcome import Code, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

__all__ = ["serve"]

_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 - recognised in order to warn


def serve(directory: Path, bind: str, port: int, *, use_async: bool) -> int:
    """Serve until interrupted; return the exit code."""
    try:
        if not directory.is_dir():
            raise NotADirectoryError(
                errno.ENOTDIR, "is no directory" if directory.exists() else "does not exist"
            )
        next(directory.iterdir(), None)
    except OSError as error:
        say(str(directory), f"{(error.strerror or str(error)).lower()}; name a directory that can be read")
        return Code.FILE
    try:
        family = _find_family(bind, port)
        return (_serve_async if use_async else _serve_blocking)(directory, (bind, port), family)
    except OSError as error:
        say(_explain_bind(error, bind, port))
        return Code.CONNECT


def _find_family(bind: str, port: int) -> socket.AddressFamily:
    return socket.getaddrinfo(bind or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]


def _explain_bind(error: OSError, bind: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken on {bind}; name another with --port, or 0 for any"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"port {port} is not for everybody; name one from 1024 on with --port"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{bind} is no address of this machine; --bind names one"
    return f"cannot listen on {bind} port {port}: {error.strerror or error}"


def _serve_blocking(directory: Path, address: tuple[str, int], family: socket.AddressFamily) -> int:
    from wirekit.http import server as http  # one twin is enough

    with _make_server(http, directory, address, family) as server:
        try:
            _announce(directory, server.server_address)
            server.serve_forever()
        except KeyboardInterrupt:  # from the announcement on: it says that Ctrl-C stops
            _say_goodbye()
    return Code.OK


def _serve_async(directory: Path, address: tuple[str, int], family: socket.AddressFamily) -> int:
    import asyncio  # for this twin alone

    from wirekit.aio.http import server as http  # likewise

    async def run() -> None:
        _end_by_signal(asyncio.get_running_loop(), asyncio.current_task())
        async with _make_server(http, directory, address, family) as server:
            _announce(directory, server.server_address)
            await server.serve_forever()

    try:
        asyncio.run(run())
    except KeyboardInterrupt:
        _say_goodbye()
    except asyncio.CancelledError:
        return Code.TERMINATED
    return Code.OK


def _end_by_signal(loop: Any, task: Any) -> None:
    """Let SIGTERM end a task in order: an exception out of a signal's handler would hit any task that runs just then."""
    try:
        loop.add_signal_handler(signal.SIGTERM, task.cancel)
    except NotImplementedError:
        return  # Windows


def _make_server(http: Any, directory: Path, address: tuple[str, int], family: socket.AddressFamily) -> Any:
    """Make the server out of either twin's module; it listens at once."""

    class Server(http.ThreadingHTTPServer):  # type: ignore[misc]  # of either twin
        address_family = family

        def server_bind(self) -> None:
            _take_both_families(self.socket)
            super().server_bind()

    class Handler(http.SimpleHTTPRequestHandler):  # type: ignore[misc]  # likewise
        protocol_version = "HTTP/1.1"

    return Server(address, functools.partial(Handler, directory=str(directory)))


def _take_both_families(sock: socket.socket) -> None:
    """Let a socket on :: take IPv4 as well, where the system can."""
    if sock.family == socket.AF_INET6:
        try:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        except OSError:
            return


def _announce(directory: Path, address: Any) -> None:
    host, port = address[:2]
    print(f"Serving {directory.resolve()} at {' '.join(_list_urls(host, port))} (Ctrl-C stops)", flush=True)
    if host in _EVERYWHERE:
        say(
            "warning: everybody who reaches this machine can read this directory; --bind 127.0.0.1 keeps it here"
        )


def _list_urls(host: str, port: int) -> list[str]:
    """List the URLs under which a server may be reached; an unspecified address stands for this one and the outer."""
    hosts = [host]
    if host in _EVERYWHERE:
        hosts = ["127.0.0.1", *_find_outer_address()]
    return [f"http://[{name}]:{port}/" if ":" in name else f"http://{name}:{port}/" for name in hosts]


def _find_outer_address() -> list[str]:
    """Find the address that others see. Connecting a UDP socket only asks for the route: nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # RFC 5737: an address that nobody has
        except OSError:
            return []
        return [str(sock.getsockname()[0])]


def _say_goodbye() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)  # behind the terminal's ^C
    say("stopped")
