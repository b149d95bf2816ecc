"""Servers for the blocking twin: socketserver's own classes, with idle connections parked. See ``wirekit._io.servers``.

What a program overrides in a server keeps its meaning, and its place in the order of calls:

    serve_forever -> get_request -> verify_request -> process_request -> [process_request_thread ->] finish_request
                  -> the handler's constructor ... -> shutdown_request -> close_request

A connection whose handler has answered, and which waits for the next request, stands in the server's *lot*
(``parking``); ``shutdown_request`` comes when it ends. A server that serves one connection after another so serves many
in turn, a request at a time; one with threads (``ThreadingMixIn``) has a *crew* (``crew``), a bounded pool. Where a
subclass has its own ``process_request``, ``process_request_thread`` or ``shutdown_request``, a connection stays with who
serves it to its end, as in the standard library: what is done around it there is meant to be done around all of it.
"""

import contextlib
import errno
import os
import socket
import socketserver
import weakref
from typing import Any, Final

from wirekit import defaults
from wirekit._io import patience
from wirekit._io.blocking import Stream, over_file
from wirekit._io.servers.crew import Crew
from wirekit._io.servers.limits import count_places
from wirekit._io.servers.parking import Door, Handshake, Lot
from wirekit._wire import responses

__all__ = [
    "StreamRequestHandler",
    "TCPServer",
    "ThreadingMixIn",
    "allow_both_families",
    "best_family",
    "find_lot",
    "open_stream",
    "own_name",
]

_FULL: Final = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}
"""What ``accept`` says when there is no room for one more connection."""


def open_stream(request: Any, timeout: float | None = None) -> tuple[Stream, Any]:
    """Return the stream of an accepted connection, and the function that sends bytes on it.

    timeout: seconds that a wait may take; None takes ``defaults.request_timeout``. A stand-in of a socket (tests make
    such) is read through its ``makefile``, and may lack ``sendall``.
    """
    if not isinstance(request, socket.socket):
        send = request.sendall if hasattr(request, "sendall") else request.makefile("wb", 0).write
        return over_file(request.makefile("rb", -1)), send
    if request.family in {socket.AF_INET, socket.AF_INET6}:
        # a response whose head and body leave apart would wait 40 ms for the client's acknowledgement otherwise
        request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    stream = Stream(request)
    usual = defaults.active.request_timeout
    if timeout is None and type(request) is socket.socket and request.gettimeout() is None:
        patience.set_kernel_timeout(request, usual)
    elif timeout is not None or usual is not None:
        stream.timeout = usual if timeout is None else timeout
    if stream.tls is not None:
        try:
            stream.tls.do_handshake()
        except OSError:
            stream.abort()  # as a client that hangs up: no news to anybody
    return stream, stream.sendall


class TCPServer(socketserver.TCPServer):
    """A server on one listening socket, which may be replaced by a TLS socket of it."""

    _BaseServer__shutdown_request: (
        bool  # socketserver's: programs set it from inside handlers, to end serve_forever
    )
    _BaseServer__is_shut_down: Any
    _stopping = False  # requests that are being answered are the last of their connections
    _porch: Lot | None = None  # where ``serve_forever`` waits for connections
    _crew: Crew | None = None  # the threads, where there are such
    _lot: Lot | None = None  # where handlers may park: one of these two, or none

    # ---- accepting

    def serve_forever(self, poll_interval: float = 0.5) -> None:
        """Serve until ``shutdown`` is called. ``service_actions`` is called at least every poll_interval seconds."""
        self._BaseServer__is_shut_down.clear()
        self._stopping = False
        porch = self._porch = Lot(self)
        try:
            self._lot = self._open_lot()
            if self._lot is not None and not isinstance(self._lot, Crew):
                porch.close()
                porch = self._porch = self._lot
            porch.arm(Door(self))
            while not self._BaseServer__shutdown_request:
                porch.turn(poll_interval)
                self.service_actions()
        finally:
            self._BaseServer__shutdown_request = False
            self._stopping = True
            self._lot = self._porch = None
            porch.close()
            if self._crew is not None:
                self._crew.stop()
            self._BaseServer__is_shut_down.set()

    def shutdown(self) -> None:
        """Stop ``serve_forever``, and wait until it has. Idle connections close; requests in flight are answered."""
        self._BaseServer__shutdown_request = True
        self._stopping = True
        if (porch := self._porch) is not None:
            porch.stopping = True
            porch.ring()
        # not socketserver's own: it would ask once more, and the next serve_forever might find itself asked
        self._BaseServer__is_shut_down.wait()

    def _open_lot(self) -> Lot | None:
        """Return the lot in which handlers may park; None where connections stay with who serves them."""
        kind: Any = type(self)
        if kind.shutdown_request is not TCPServer.shutdown_request:
            return None
        if kind.process_request is socketserver.BaseServer.process_request:
            return Lot(self)
        usual = socketserver.ThreadingMixIn
        if (
            isinstance(self, usual)
            and kind.process_request in {usual.process_request, ThreadingMixIn.process_request}
            and kind.process_request_thread is usual.process_request_thread
        ):
            return self._open_crew()
        return None

    def _open_crew(self) -> Crew:
        """Return the crew, a new one where there is none at work."""
        if self._crew is None or self._crew.stopping:
            # Without serve_forever nobody says when the server is done: the crew must not keep the program alive then.
            daemon = getattr(self, "daemon_threads", True) or self._porch is None
            self._crew = Crew(self, defaults.active.max_threads, daemon=daemon)
        return self._crew

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection; one too many is answered with 503 (BlockingIOError: there is none to serve).

        Of a TLS socket without the handshake, in which one silent client would hold up all others: the lot makes it, or
        the handler (``open_stream``) where there is no lot.
        """
        listening: Any = self.socket
        context: Any = getattr(listening, "context", None)
        secure = context is not None and isinstance(listening, socket.socket)
        try:
            request, address = socket.socket.accept(listening) if secure else listening.accept()
        except OSError as error:
            if error.errno in _FULL:
                self._make_room(listening)
            raise
        if not self._has_room(request):
            _turn_away(request, None if secure else responses.UNAVAILABLE)
        if not secure:
            return request, address
        wrapped = context.wrap_socket(
            request,
            server_side=True,
            do_handshake_on_connect=False,
            suppress_ragged_eofs=listening.suppress_ragged_eofs,
        )
        self._open.add(wrapped)
        lot = self._lot or self._porch
        if lot is not None and lot.arm(Handshake(lot, wrapped, address)):
            raise BlockingIOError(errno.EAGAIN, "its handshake is to be made first")
        return wrapped, address

    def _admit(self, request: Any, client_address: Any) -> None:
        """Serve a connection whose handshake is done, as socketserver serves one that it has accepted."""
        try:
            if self.verify_request(request, client_address):
                self.process_request(request, client_address)
            else:
                self.shutdown_request(request)
        except Exception:  # noqa: BLE001 - whatever it is concerns this connection only
            self.handle_error(request, client_address)
            self.shutdown_request(request)
        except BaseException:
            self.shutdown_request(request)
            raise

    # ---- how many

    @property
    def _open(self) -> "weakref.WeakSet[Any]":
        """The connections that are open. Weak: a subclass may close them in a way of its own."""
        known: weakref.WeakSet[Any] | None = self.__dict__.get("_connections")
        if known is None:
            known = self.__dict__["_connections"] = weakref.WeakSet()
        return known

    def _has_room(self, request: Any) -> bool:
        """Count a connection; False where that is one too many."""
        limit, known = count_places(), self._open
        if len(known) >= limit:
            for other in [other for other in list(known) if other.fileno() < 0]:
                known.discard(other)
            if len(known) >= limit:
                return False
        known.add(request)
        return True

    def _make_room(self, listening: Any) -> None:
        """Answer a connection for which there is no descriptor: else it would be offered again and again."""
        spare = self.__dict__.pop("_spare", None)
        if spare is None:
            return
        os.close(spare)
        try:
            request, _ = socket.socket.accept(listening)
            with contextlib.suppress(BlockingIOError):
                _turn_away(request, responses.UNAVAILABLE)
        finally:
            self._spare = os.open(os.devnull, os.O_RDONLY)

    def server_activate(self) -> None:
        """Listen; keep a descriptor back for the moment when there are no more."""
        super().server_activate()
        self._spare = os.open(os.devnull, os.O_RDONLY)

    # ---- the end of a connection, and of the server

    def shutdown_request(self, request: Any) -> None:
        """End a connection; or let it wait in the lot, if its handler parked it there."""
        if self._lot is None or not self._lot.settle(request):
            super().shutdown_request(request)

    @property
    def in_flight(self) -> int:
        """How many requests are being answered, but for those in threads that the program has made."""
        lot = self._crew or self._lot
        return 0 if lot is None else len(lot.busy)

    def finish_requests(self, timeout: float | None = None) -> bool:
        """Wait until the requests in flight are answered, once ``shutdown`` was called; False when time runs out.

        timeout: seconds, None for as long as it takes. Handlers in threads that the program has made do not count.
        """
        return self._crew is None or self._crew.join(timeout)

    def server_close(self) -> None:
        """Close the listening socket, and connections that are idle."""
        super().server_close()
        if (spare := self.__dict__.pop("_spare", None)) is not None:
            os.close(spare)
        if (crew := self._crew) is not None:
            crew.stop()
            if getattr(self, "block_on_close", False) and not getattr(self, "daemon_threads", True):
                crew.join()


class ThreadingMixIn(socketserver.ThreadingMixIn):
    """Serves connections side by side, by a bounded pool of threads (``defaults.max_threads``)."""

    def process_request(self, request: Any, client_address: Any) -> None:
        """Let the crew serve a connection."""
        server: Any = self  # a TCPServer too
        if server._porch is None and server._lot is None:  # noqa: SLF001 - served by handle_request, one by one
            server._lot = server._open_lot()  # noqa: SLF001 - the two are one mechanism
        server._open_crew().admit(request, client_address)  # noqa: SLF001 - likewise


def _turn_away(request: socket.socket, answer: bytes | None) -> None:
    """Answer a connection that cannot be served, and close it. Always raises BlockingIOError: there is none to serve."""
    with contextlib.suppress(OSError):
        request.setblocking(False)
        if answer is not None:
            request.send(answer)
            request.shutdown(socket.SHUT_WR)
            request.recv(1 << 16)  # a close with bytes unread would reset it, and our answer could be lost
    request.close()
    raise BlockingIOError(errno.EAGAIN, "no room for one more connection")


def find_lot(handler: Any, handle: Any) -> Lot | None:
    """Return the lot in which a handler's connection may wait; None where it is to stay with who serves it.

    handle: the method ``handle`` that asks; a handler with another one expects to be in it for the whole connection.
    """
    lot = getattr(handler.server, "_lot", None)
    if not isinstance(lot, Lot) or type(handler).handle is not handle:
        return None
    stream = getattr(handler.rfile, "stream", None)
    given = getattr(handler, "given", None)
    return lot if isinstance(stream, Stream) and stream.sock is given and not stream.closed else None


class StreamRequestHandler(socketserver.StreamRequestHandler):
    """What serves one connection: the constructor sets up and handles; finishes, unless the connection is parked."""

    _place: Any = None  # in the lot, once the connection was parked

    def __init__(self, request: Any, client_address: Any, server: Any) -> None:
        self.given = request  # the connection as it was given; setup() may put another one into its place
        self.request = request
        self.client_address = client_address
        self.server = server
        self.setup()
        try:
            self.handle()
        finally:
            if self._place is None or not self._place.waits:
                self.finish()

    @property
    def connection(self) -> Any:
        """The socket of the connection. What ``wfile`` holds back leaves first: the caller may write behind it."""
        wfile = self.__dict__.get("wfile")
        if wfile is not None and not wfile.closed:
            wfile.flush()
        return self._connection

    @connection.setter
    def connection(self, sock: Any) -> None:
        self._connection = sock

    request = connection


def own_name(host: str, *, resolve: bool) -> str:
    """Return what a server bound to host is called; with resolve by asking the resolver, which may take seconds."""
    if resolve:
        return socket.getfqdn(host)
    return socket.gethostname() if host in {"", "0.0.0.0", "::"} else host  # noqa: S104 - compared, not bound


def best_family(host: str | None, port: int) -> tuple[socket.AddressFamily, Any]:
    """Return the address family, and the address, that a server on this host (None: all) is to bind."""
    infos = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    return infos[0][0], infos[0][4]


def allow_both_families(sock: socket.socket) -> None:
    """Let a socket that is bound to all of IPv6 serve IPv4 too, where the system can do that."""
    with contextlib.suppress(OSError, AttributeError):
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
