"""Servers for the async twin: the shapes of ``socketserver``, awaitable; on asyncio's own loops and on uvloop.

    server = TCPServer(("127.0.0.1", 0), Handler)       # bound: server_address holds the real port
    await server.start()                                # accepts from now on, in the background
    ...
    await server.shutdown()                             # accepts no more; requests in flight are finished
    server.server_close()                               # whatever is left is cut off

``await server.serve_forever()`` starts, and waits until ``shutdown`` was called. ``async with`` starts, and at its end
shuts down and closes.

Each connection is a task, which runs ``process_request``, ``finish_request`` and the handler that the latter makes.
A handler is made by calling ``RequestHandlerClass(request, client_address, server)`` as in the standard library; where
the constructor does all the work there, here the new object is awaited: it sets up, handles, finishes.
"""

import asyncio
import socket
import ssl
import sys
import traceback
from collections.abc import Generator
from typing import Any, ClassVar, Self

from wirekit import defaults
from wirekit._io.asynchronous import Stream, give, over_file

__all__ = [
    "AcceptedStream",
    "StreamRequestHandler",
    "TCPServer",
    "ThreadingMixIn",
    "best_family",
    "open_stream",
    "own_name",
]


def open_stream(request: Any, timeout: float | None = None) -> tuple[Stream, Any]:
    """Return the stream of an accepted connection, and the function that sends bytes on it.

    timeout: seconds that a wait may take; None takes ``defaults.request_timeout``. A stand-in of a connection (tests
    make such) is read through its ``makefile``; its methods may be awaitable or not.
    """
    if isinstance(request, Stream):
        request.timeout = defaults.active.request_timeout if timeout is None else timeout
        return request, request.sendall

    async def send(data: bytes) -> None:
        await give(request.sendall, data)

    return over_file(request.makefile("rb")), send


def own_name(host: str, *, resolve: bool) -> str:  # noqa: ARG001 - the blocking twin's signature
    """Return what a server bound to host is called; never asks the resolver, which would hold up the loop."""
    return socket.gethostname() if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


async def best_family(host: str | None, port: int) -> tuple[socket.AddressFamily, Any]:
    """Return the address family, and the address, that a server on this host (None: all) is to bind."""
    loop = asyncio.get_running_loop()
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return infos[0][0], infos[0][4]


class _Unserved:
    """The memo of a connection that no handler has begun with: it may be closed without loss."""

    idle = True


class AcceptedStream(Stream):
    """A connection that a server has accepted; tells the server when it stands."""

    def __init__(self, server: "TCPServer", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._server = server

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport, and let the server begin (asyncio.Protocol)."""
        super().connection_made(transport)
        self._server._accepted(self, transport.get_extra_info("peername"))  # noqa: SLF001 - the two are one mechanism


class TCPServer:
    """A server on one listening socket. The constructor binds and listens, as in the standard library.

    ``socket`` may be replaced by a TLS socket of it (``context.wrap_socket(server.socket, server_side=True)``) before
    the server starts: its context is used then.
    """

    address_family: int = socket.AF_INET
    socket_type: int = socket.SOCK_STREAM
    request_queue_size = 5
    allow_reuse_address: bool | int = False
    allow_reuse_port: bool | int = False
    timeout: float | None = None
    """Seconds that ``handle_request`` waits for a connection; None waits for ever."""

    server_address: Any

    def __init__(self, server_address: Any, RequestHandlerClass: Any, bind_and_activate: bool = True) -> None:
        self.server_address = server_address
        self.RequestHandlerClass = RequestHandlerClass
        self.socket = socket.socket(self.address_family, self.socket_type)
        self._listener: asyncio.Server | None = None
        self._connections: dict[asyncio.Task[None], Stream] = {}
        self._stopped: asyncio.Event | None = None
        self._stopping = False
        self._served: asyncio.Future[None] | None = None  # handle_request waits for it
        self._context: ssl.SSLContext | None = None
        if bind_and_activate:
            try:
                self.server_bind()
                self.server_activate()
            except BaseException:
                self.server_close()
                raise

    # ---- the socket

    def server_bind(self) -> None:
        """Bind the socket, and note in ``server_address`` where to."""
        if self.allow_reuse_address and hasattr(socket, "SO_REUSEADDR"):
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if self.allow_reuse_port and self.address_family in {socket.AF_INET, socket.AF_INET6}:
            self.socket.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        self.socket.bind(self.server_address)
        self.server_address = self.socket.getsockname()

    def server_activate(self) -> None:
        """Listen: clients can connect from now on, and wait until the server starts."""
        self.socket.listen(self.request_queue_size)

    def fileno(self) -> int:
        """Return the descriptor of the listening socket."""
        return self.socket.fileno()

    # ---- start and end

    async def start(self) -> None:
        """Accept connections from now on, in the background. Does nothing when the server runs already."""
        if self._listener is not None:
            return
        self._stopping = False
        self._stopped = asyncio.Event()
        loop = asyncio.get_running_loop()
        self._take_context()
        # a copy: the loop closes the socket that it is given when it accepts no more, and ours goes on to listen
        listening = self.socket.dup()
        listening.setblocking(False)
        try:
            self._listener = await loop.create_server(
                lambda: AcceptedStream(self, loop), sock=listening, backlog=self.request_queue_size
            )
        except BaseException:
            listening.close()
            raise

    def _take_context(self) -> None:
        """Put a TLS socket's context to use: the loop accepts plain sockets only."""
        if isinstance(self.socket, ssl.SSLSocket):
            self._context = self.socket.context
            plain = socket.socket(fileno=self.socket.detach())
            self.socket = plain

    async def serve_forever(self, poll_interval: float = 0.5) -> None:  # noqa: ARG002 - the standard library's signature
        """Accept connections until ``shutdown`` is called."""
        await self.start()
        assert self._stopped is not None
        try:
            await self._stopped.wait()
        finally:
            self._stop_accepting()

    def _stop_accepting(self) -> None:
        listener, self._listener = self._listener, None
        if listener is not None:
            listener.close()
        if self._stopped is not None:
            self._stopped.set()

    async def shutdown(self) -> None:
        """Accept no more; close what is idle; return when the requests in flight are answered.

        Waits as long as these take: put it under ``asyncio.timeout`` where that is too long, and ``server_close``
        cuts off the rest. May be called from inside a handler, for whose own end it does not wait.
        """
        self._stopping = True
        self._stop_accepting()
        for stream in list(self._connections.values()):
            if getattr(stream.memo, "idle", False):
                stream.close()
        if others := self._connections.keys() - {asyncio.current_task()}:
            await asyncio.wait(others)

    def server_close(self) -> None:
        """Close the listening socket, and every connection that is still open."""
        self._stop_accepting()
        self.socket.close()
        for task, stream in list(self._connections.items()):
            stream.abort()
            task.cancel()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(self, *exc: object) -> None:
        try:
            await self.shutdown()
        finally:
            self.server_close()

    # ---- one connection

    async def handle_request(self) -> None:
        """Serve one connection, and no other. After ``timeout`` seconds without one: ``handle_timeout``."""
        self._served = asyncio.get_running_loop().create_future()
        await self.start()
        try:
            await asyncio.wait_for(self._served, self.timeout)
        except TimeoutError:
            await give(self.handle_timeout)
        finally:
            self._served = None
            self._stop_accepting()
        if self._connections:
            await asyncio.wait(self._connections.keys())

    def handle_timeout(self) -> None:
        """Take note that ``handle_request`` waited in vain."""

    def _accepted(self, request: Stream, client_address: Any) -> None:
        if self._served is not None:
            if self._served.done():
                request.abort()  # handle_request has its one
                return
            self._served.set_result(None)
        request.memo = _Unserved
        task = asyncio.get_running_loop().create_task(self._serve(request, client_address))
        self._connections[task] = request
        task.add_done_callback(self._connections.pop)

    async def _serve(self, request: Stream, client_address: Any) -> None:
        try:
            if self._context is not None and not await self._secure(request, self._context):
                return
            if await give(self.verify_request, request, client_address):
                request.memo = None
                await give(self.process_request, request, client_address)
        except Exception:  # noqa: BLE001 - whatever a handler raises concerns its own connection only
            await give(self.handle_error, request, client_address)
        finally:
            self.shutdown_request(request)

    async def _secure(self, request: Stream, context: ssl.SSLContext) -> bool:
        """Put TLS on a connection; False where the client is not up to it, which is no news to anybody."""
        # a client that never shakes hands holds nobody up for ever
        request.timeout = defaults.active.request_timeout
        try:
            await request.upgrade(context, None, server_side=True, from_start=True)
        except OSError:
            return False
        return True

    def verify_request(self, request: Any, client_address: Any) -> Any:  # noqa: ARG002 - for subclasses
        """Tell whether this connection is to be served; an override may be a coroutine function."""
        return True

    async def process_request(self, request: Any, client_address: Any) -> None:
        """Serve one connection, then close it."""
        await give(self.finish_request, request, client_address)
        self.shutdown_request(request)

    async def finish_request(self, request: Any, client_address: Any) -> None:
        """Make a handler, and let it work."""
        await self.RequestHandlerClass(request, client_address, self)

    def shutdown_request(self, request: Any) -> None:
        """End a connection: what is queued still leaves."""
        self.close_request(request)

    def close_request(self, request: Any) -> None:
        """Close a connection."""
        request.close()

    def handle_error(self, request: Any, client_address: Any) -> None:  # noqa: ARG002 - the standard library's signature
        """Show the exception that a handler raised, on standard error; the server goes on."""
        line = "-" * 40
        text = f"{line}\nException occurred during processing of request from {client_address}\n"
        sys.stderr.write(f"{text}{traceback.format_exc()}{line}\n")


class ThreadingMixIn:
    """Accepted for the sake of programs that name it: connections are served side by side here without it."""

    daemon_threads = False
    block_on_close = True


class StreamRequestHandler:
    """What serves one connection: ``await`` it to let it set up, handle and finish."""

    timeout: ClassVar[float | None] = None
    rbufsize: ClassVar[int] = -1
    wbufsize: ClassVar[int] = 0
    disable_nagle_algorithm: ClassVar[bool] = False

    rfile: Any
    wfile: Any
    connection: Any

    def __init__(self, request: Any, client_address: Any, server: Any) -> None:
        self.request = request
        self.client_address = client_address
        self.server = server

    def __await__(self) -> Generator[Any, None, None]:
        return self._run().__await__()

    async def _run(self) -> None:
        await give(self.setup)
        try:
            await give(self.handle)
        finally:
            await give(self.finish)

    def setup(self) -> Any:
        """Prepare: make ``connection``, ``rfile`` and ``wfile``."""

    def handle(self) -> Any:
        """Serve the connection; for subclasses."""

    def finish(self) -> Any:
        """Clean up after ``handle``, whatever it raised."""
