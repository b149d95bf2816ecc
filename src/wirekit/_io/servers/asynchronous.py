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

A connection that waits for its next request needs no task. Its handler is *parked*: it returns from ``handle``, and the
server calls ``handle`` again, in a new task, when a whole head has come. That task begins at once, inside the call by
which the loop hands over what has come (from Python 3.12 on), so a handler that waits for nothing else costs no turn of
the loop. Where a subclass has its own ``process_request`` or ``shutdown_request``, or a handler its own ``handle``, the
connection stays in its first task to its end: what is done around it there is meant to be done around all of it.
"""

import asyncio
import contextlib
import os
import socket
import ssl
import sys
import traceback
from collections.abc import Coroutine, Generator
from typing import IO, Any, ClassVar, Final, Self

from wirekit import defaults
from wirekit._io.asynchronous import Stream, give, over_file
from wirekit._io.servers.limits import count_places
from wirekit._wire import responses

__all__ = [
    "AcceptedStream",
    "Lot",
    "StreamRequestHandler",
    "TCPServer",
    "ThreadingMixIn",
    "best_family",
    "find_lot",
    "open_stream",
    "own_name",
]

LOOK: Final = 1.0
"""Seconds after which the server looks for connections that have waited too long, at most."""
LOOK_EACH: Final = 2e-5
"""Seconds between two such looks for each open connection: looking at all of them costs a thousandth of that."""
TURNED_AWAY: Final = 1.0
"""Seconds in which a client for whom there is no room may take that answer."""
TURNS: Final = 4
"""Turns of the loop from ``accept`` to a connection that stands: asyncio takes three."""
MAX_LEAVING: Final = 256
"""Such clients at once; beyond, they are cut off without a word: a flood must not fill the table."""


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


_EAGER: Final = sys.version_info >= (3, 12)  # tasks can begin where they are made


class _Unserved:
    """The memo of a connection that no handler has begun with: it may be closed without loss."""

    idle = True


class AcceptedStream(Stream):
    """A connection that a server has accepted; tells the server when it stands, and when a request has come."""

    def __init__(self, server: "TCPServer", loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self.parked: Any = None  # the handler that waits for a request, without a task
        self.due = 0.0  # when it has waited too long
        self.begun = False  # a part of a head has come
        self.leaving = False  # there was no room for it, and it has been told
        self._server = server
        self._lot = server._lot  # noqa: SLF001 - the two are one mechanism

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport, and let the server begin (asyncio.Protocol)."""
        super().connection_made(transport)
        self._server._accepted(self, transport.get_extra_info("peername"))  # noqa: SLF001 - the two are one mechanism

    def data_received(self, data: bytes) -> None:
        """Take what arrived; go on with the handler when that is a whole head (asyncio.Protocol)."""
        handler = self.parked
        if handler is None:
            if not self.leaving:  # else nobody wants to know
                super().data_received(data)
            return
        if self._layers and not (data := self._decrypt(data)):
            return
        self._append(data)
        answered = False
        while handler.rfile.stands_whole():
            answer = handler.answer_at_once() if self._drained is None else None
            if answer is None:
                handler.rfile.came = True
                self._server._go_on(self)  # noqa: SLF001 - likewise
                return
            self._write(answer, len(self._layers))
            answered = True
        if answered:
            self.begun = False
        if answered and self.pos == len(self.buffer) and self._lot is not None:
            self._lot.expect(self, handler, defaults.active.keep_alive_timeout)
        elif not self.begun and self._lot is not None:
            self.begun = (
                True  # the whole head has one limit, or a client could send a byte a minute (row 122)
            )
            self._lot.expect(self, handler, defaults.active.request_timeout)

    async def shutdown_write(self) -> None:
        """Tell the client that we send no more. BrokenPipeError when it has gone: uvloop knows no word for that."""
        if self.closed or self._transport.is_closing():
            raise self._error or BrokenPipeError("the connection is closed")
        await super().shutdown_write()

    async def send_file(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """Send part of an open file; return how many bytes. In the clear the system does it, without a copy."""
        if self._layers or count is None or not hasattr(os, "sendfile"):
            return await super().send_file(file, offset, count)
        await self._empty()
        sent, number = (
            0,
            os.dup(self._transport.get_extra_info("socket").fileno()),
        )  # the loop lets nobody watch its own
        try:
            while sent < count:
                if self.closed or self._transport.is_closing():
                    raise self._error or BrokenPipeError("the connection is closed")
                try:
                    step = os.sendfile(number, file.fileno(), offset + sent, count - sent)
                except BlockingIOError:
                    await self._writable(number)
                    continue
                if not step:
                    break  # the file has become shorter
                sent += step
                await asyncio.sleep(0)  # others have their turn
        except BaseException:
            self.abort()  # half a file was sent
            raise
        finally:
            os.close(number)
        return sent

    async def _empty(self) -> None:
        """Wait until the loop has handed to the system what was written."""
        transport = self._transport
        if not transport.get_write_buffer_size():
            return
        low, high = transport.get_write_buffer_limits()
        await asyncio.sleep(0)  # uvloop writes at the end of its turn
        if transport.get_write_buffer_size():
            transport.set_write_buffer_limits(high=0)
            try:
                if self._drained is not None:
                    await self._drain()
            finally:
                transport.set_write_buffer_limits(high=high, low=low)

    async def _writable(self, number: int) -> None:
        """Wait until the system takes more. TimeoutError."""
        loop, ready = self._loop, self._loop.create_future()
        loop.add_writer(number, _settle, ready)
        limits = [
            limit
            for limit in (self.deadline, self.timeout and loop.time() + self.timeout)
            if limit is not None
        ]
        timer = loop.call_at(min(limits), _expire, ready) if limits else None
        try:
            await ready
        finally:
            loop.remove_writer(number)
            if timer is not None:
                timer.cancel()

    def eof_received(self) -> bool:
        """Note the end; the handler sees to it (asyncio.Protocol)."""
        super().eof_received()
        if self.parked is not None:
            self._server._go_on(self)  # noqa: SLF001 - likewise
        return not self.leaving

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that the connection is gone; the handler sees to it (asyncio.Protocol)."""
        super().connection_lost(exc)
        self._server._lost(self)  # noqa: SLF001 - likewise
        if self.parked is not None:
            self._server._go_on(self)  # noqa: SLF001 - likewise


def _settle(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_result(None)


def _expire(ready: "asyncio.Future[None]") -> None:
    if not ready.done():
        ready.set_exception(TimeoutError("timed out"))


class Lot:
    """The connections of a server that wait for their next request."""

    def __init__(self, server: "TCPServer") -> None:
        self._server = server
        self._loop = asyncio.get_running_loop()
        self._timer: asyncio.TimerHandle | None = None
        self._look = float("inf")  # when to look for those that have waited too long

    def parks(self, handler: Any) -> bool:
        """Tell whether the handler is to return: its next request has not come yet, and is waited for here."""
        rfile = handler.rfile
        stream: AcceptedStream = rfile.stream
        while not (whole := rfile.stands_whole()) and stream._blocks:  # noqa: SLF001 - the two are one mechanism
            stream._next_block()  # noqa: SLF001 - likewise
        if whole or stream._ended or stream.closed:  # noqa: SLF001 - likewise
            return False
        if self._server._stopping or stream.due < 0:  # noqa: SLF001 - likewise
            return True  # its handler ends
        rules = defaults.active
        stream.begun = stream.pos < len(stream.buffer)
        stream.parked = handler
        rfile.idle = True
        fresh = stream.begun or handler._head is None  # noqa: SLF001 - likewise; its first request counts from the start
        self.expect(stream, handler, rules.request_timeout if fresh else rules.keep_alive_timeout)
        return True

    def linger(self, stream: Stream) -> bool:  # noqa: ARG002 - the blocking twin's, where it saves a thread
        """Leave it to the handler to read on for a moment."""
        return False

    def expect(self, stream: AcceptedStream, handler: Any, usual: float | None) -> None:
        """Let a connection wait for the seconds that its handler names, or the usual ones."""
        own: float | None = handler.timeout
        limit = usual if own is None else own
        if limit is None:
            stream.due = float("inf")
            return
        stream.due = due = self._loop.time() + limit
        if due < self._look:
            self._set(due)

    def _set(self, due: float) -> None:
        if self._timer is not None:
            self._timer.cancel()
        self._look = due
        self._timer = self._loop.call_at(due, self._wait_a_turn, due)

    def _wait_a_turn(self, due: float) -> None:
        """Sweep when the loop has looked once more what has come: held up, it may run timers before that."""
        self._loop.call_soon(self._loop.call_soon, self._sweep, due)

    def _sweep(self, now: float) -> None:
        """End what had waited too long by then. Looking at all is left for later while it would cost too much."""
        self.close()
        earliest = float("inf")
        streams = list(self._server.connections)
        for stream in streams:
            if stream.parked is None:
                continue
            if stream.due > now:
                earliest = min(earliest, stream.due)
            else:
                stream.due = -1.0
                if stream.begun:
                    with contextlib.suppress(Exception):  # a program's own; others wait behind this one
                        stream.parked.log_error("Request timed out: %r", TimeoutError("timed out"))
                self._server._go_on(stream)  # noqa: SLF001 - the two are one mechanism
        if earliest < self._look:
            self._set(max(earliest, self._loop.time() + len(streams) * LOOK_EACH))

    def close(self) -> None:
        """Look no more, until something is expected."""
        if self._timer is not None:
            self._timer.cancel()
        self._timer, self._look = None, float("inf")


def find_lot(handler: Any, handle: Any) -> Lot | None:
    """Return the lot in which a handler's connection may wait; None where it is to stay in its task.

    handle: the method ``handle`` that asks; a handler with another one expects to be in it for the whole connection.
    """
    lot = getattr(handler.server, "_lot", None)
    if not isinstance(lot, Lot) or type(handler).handle is not handle:
        return None
    return (
        lot
        if isinstance(handler.request, AcceptedStream) and handler.rfile.stream is handler.request
        else None
    )


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
    _lot: Lot | None = None

    def __init__(self, server_address: Any, RequestHandlerClass: Any, bind_and_activate: bool = True) -> None:
        self.server_address = server_address
        self.RequestHandlerClass = RequestHandlerClass
        self.socket = socket.socket(self.address_family, self.socket_type)
        self._listener: asyncio.Server | None = None
        self._accepting = False
        self.connections: set[AcceptedStream] = set()  # all that are open
        self._leaving: set[AcceptedStream] = set()  # for whom there was no room
        self._tasks: dict[asyncio.Task[None], Stream] = {}  # of those that are being served
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
        self._lot = Lot(self) if self._may_park() else None
        self._take_context()
        # a copy: the loop closes the socket that it is given when it accepts no more, and ours goes on to listen
        listening = self.socket.dup()
        listening.setblocking(False)
        self._accepting = True
        try:
            self._listener = await loop.create_server(
                lambda: AcceptedStream(self, loop), sock=listening, backlog=self.request_queue_size
            )
        except BaseException:
            self._accepting = False
            listening.close()
            raise

    def _may_park(self) -> bool:
        """Tell whether connections that wait may leave their task."""
        kind = type(self)
        return (
            self._served is None  # else handle_request serves one connection to its end
            and kind.process_request is TCPServer.process_request
            and kind.shutdown_request is TCPServer.shutdown_request
        )

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

    async def _let_in(self) -> None:
        """Let those in who have been accepted already: asyncio loses a connection whose listener closes meanwhile."""
        if self._listener is None:
            return
        with contextlib.suppress(NotImplementedError, ValueError, OSError):
            loop = asyncio.get_running_loop()
            for listening in self._listener.sockets:
                loop.remove_reader(listening.fileno())
        for _ in range(TURNS):
            await asyncio.sleep(0)

    def _stop_accepting(self) -> None:
        self._accepting = False
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
        await self._let_in()
        self._stop_accepting()
        for stream in list(self.connections):
            if stream.parked is not None:
                self._go_on(stream)
            elif getattr(stream.memo, "idle", False):
                stream.close()
        await self.finish_requests()

    @property
    def in_flight(self) -> int:
        """How many requests are being answered."""
        return len(self._tasks)

    async def finish_requests(self, timeout: float | None = None) -> bool:
        """Wait until the requests in flight are answered; False when time runs out. ``shutdown`` has done so.

        timeout: seconds, None for as long as it takes. Inside a handler its own request does not count.
        """
        others = self._tasks.keys() - {asyncio.current_task()}
        return not others or not (await asyncio.wait(others, timeout=timeout))[1]

    def server_close(self) -> None:
        """Close the listening socket, and every connection that is still open."""
        self._stop_accepting()
        self.socket.close()
        if self._lot is not None:
            self._lot.close()
        for task in list(self._tasks):
            task.cancel()
        for stream in (*self.connections, *self._leaving):
            stream.parked = None
            stream.abort()

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
        if self._tasks:
            await asyncio.wait(self._tasks.keys())

    def handle_timeout(self) -> None:
        """Take note that ``handle_request`` waited in vain."""

    def _accepted(self, request: AcceptedStream, client_address: Any) -> None:
        if not self._accepting:
            request.abort()  # the loop had it already when the server stopped
            return
        if self._served is not None:
            if self._served.done():
                request.abort()  # handle_request has its one
                return
            self._served.set_result(None)
        elif len(self.connections) >= count_places():
            self._turn_away(request)
            return
        self.connections.add(request)
        request.memo = _Unserved
        self._begin(request, self._serve(request, client_address))

    def _begin(self, request: AcceptedStream, work: Coroutine[Any, Any, None]) -> None:
        """Let a task do some work, from now on where Python can do that."""
        task: asyncio.Task[None]
        if _EAGER:
            task = asyncio.Task(work, loop=request._loop, eager_start=True)  # type: ignore[call-arg]  # noqa: SLF001 - from Python 3.12 on
            if task.done():
                return
        else:
            task = request._loop.create_task(work)  # noqa: SLF001 - the two are one mechanism
        self._tasks[task] = request
        task.add_done_callback(self._tasks.pop)

    def _turn_away(self, request: AcceptedStream) -> None:
        """Answer a connection for which there is no room, and close it a little later: at once would reset it."""
        if self._context is not None or len(self._leaving) >= MAX_LEAVING:
            request.abort()
            return
        request.leaving = True
        self._leaving.add(request)
        request._transport.write(responses.UNAVAILABLE)  # noqa: SLF001 - the two are one mechanism
        if request._transport.can_write_eof():  # noqa: SLF001 - likewise
            request._transport.write_eof()  # noqa: SLF001 - likewise
        request._loop.call_later(TURNED_AWAY, request.abort)  # noqa: SLF001 - likewise

    def _lost(self, request: AcceptedStream) -> None:
        self.connections.discard(request)
        self._leaving.discard(request)

    def _go_on(self, request: AcceptedStream) -> None:
        """Go on with a handler that was parked: a request has come, or the connection is to end."""
        handler, request.parked = request.parked, None
        self._begin(request, self._serve_on(request, handler))

    async def _serve_on(self, request: AcceptedStream, handler: Any) -> None:
        try:
            try:
                await give(handler.handle)
            finally:
                if request.parked is not handler:
                    await give(handler.finish)
        except Exception:  # noqa: BLE001 - whatever a handler raises concerns its own connection only
            await give(self.handle_error, request, handler.client_address)
        finally:
            self.shutdown_request(request)

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
        """End a connection: what is queued still leaves. One that is parked goes on to wait."""
        if getattr(request, "parked", None) is None:
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
            if getattr(self.request, "parked", None) is not self:  # else its server goes on with it
                await give(self.finish)

    def setup(self) -> Any:
        """Prepare: make ``connection``, ``rfile`` and ``wfile``."""

    def handle(self) -> Any:
        """Serve the connection; for subclasses."""

    def finish(self) -> Any:
        """Clean up after ``handle``, whatever it raised."""
