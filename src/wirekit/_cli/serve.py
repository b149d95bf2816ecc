"""``wirekit serve``: the files of a directory over HTTP/1.1, until Ctrl-C.

It listens on 127.0.0.1 unless told otherwise, since whatever it listens on may read the whole directory.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import signal
import socket
import sys
import threading

from wirekit._cli.outcome import Code, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

__all__ = ["serve"]

GRACE = 5
"""Seconds that downloads in flight may take to end once the server is told to stop; systemd allows 90, Docker 10."""
MOMENT = 0.5
"""Seconds in which what is as good as done ends, and nobody need hear of it."""
POLL = 0.2
"""Seconds after which the blocking twin's server looks whether it is to stop."""
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


class _Downloads:
    """Counts what is being sent, by a ``with`` block around each, and waits for its end."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.count = 0

    def __enter__(self) -> None:
        with self._changed:
            self.count += 1

    def __exit__(self, *_: object) -> None:
        with self._changed:
            self.count -= 1
            self._changed.notify_all()

    def announce(self) -> bool:
        """Say that the server ends, where somebody has to wait for that; tell whether it is so."""
        if count := self.count:
            say(
                f"finishing {count} download{'s' * (count > 1)}, {GRACE} seconds at most; Ctrl-C cuts them off"
            )
        return count > 0

    def wait(self, seconds: float) -> None:
        """Wait until nothing is sent any more, for so long at most."""
        with self._changed:
            self._changed.wait_for(lambda: not self.count, seconds)


def _serve_blocking(directory: Path, address: tuple[str, int], family: socket.AddressFamily) -> int:
    from wirekit.http import server as http  # one twin is enough

    downloads = _Downloads()

    class Handler(http.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self) -> None:
            with downloads:
                super().do_GET()

    with _make_server(http, Handler, directory, address, family) as server:
        # In a thread of its own: a signal's exception in the midst of accepting would close what was just accepted.
        serving = threading.Thread(target=server.serve_forever, args=(POLL,), daemon=True)
        try:
            _announce(directory, server.server_address)  # from here on Ctrl-C ends it in order
            try:
                serving.start()
                while serving.is_alive():
                    serving.join(1)  # for ever, Windows would not let Ctrl-C through
            finally:
                if serving.is_alive():
                    server.shutdown()
                downloads.wait(MOMENT)
                downloads.announce()
                downloads.wait(GRACE)
        except KeyboardInterrupt:
            _say_goodbye()
    return Code.OK


def _serve_async(directory: Path, address: tuple[str, int], family: socket.AddressFamily) -> int:
    import asyncio  # for this twin alone

    from wirekit.aio.http import server as http  # likewise

    downloads = _Downloads()

    class Handler(http.SimpleHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        async def do_GET(self) -> None:
            with downloads:
                await super().do_GET()

    told: list[signal.Signals] = []

    async def run() -> None:
        _end_by_signals(asyncio.get_running_loop(), asyncio.current_task(), told)
        server = _make_server(http, Handler, directory, address, family)
        _announce(directory, server.server_address)
        try:
            await server.serve_forever()
        finally:
            await stop(server)

    async def stop(server: Any) -> None:
        ending = asyncio.ensure_future(server.shutdown())
        try:
            await asyncio.wait([ending], timeout=MOMENT)
            if downloads.announce():  # else what is left has not asked for anything yet
                await asyncio.wait([ending], timeout=GRACE)
        finally:
            ending.cancel()
            server.server_close()

    with contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt):
        asyncio.run(run())
    if told and told[0] == signal.SIGTERM:
        return Code.TERMINATED
    _say_goodbye()
    return Code.OK


def _end_by_signals(loop: Any, task: Any, told: list[signal.Signals]) -> None:
    """Let SIGINT and SIGTERM end a task in order, and note them.

    An exception out of a signal's handler would hit whatever runs just then, the loop itself included.
    """

    def end(number: signal.Signals) -> None:
        told.append(number)
        task.cancel()

    with contextlib.suppress(NotImplementedError):  # Windows
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end, number)


def _make_server(
    http: Any, handler: Any, directory: Path, address: tuple[str, int], family: socket.AddressFamily
) -> Any:
    """Make the server out of either twin's module and handler; it listens at once."""

    class Server(http.ThreadingHTTPServer):  # type: ignore[misc]  # of either twin
        address_family = family

        def server_bind(self) -> None:
            _take_both_families(self.socket)
            super().server_bind()

    return Server(address, functools.partial(handler, directory=str(directory)))


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
