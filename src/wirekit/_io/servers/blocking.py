"""Servers for the blocking twin: socketserver's own classes. See ``wirekit._io.servers``."""

import contextlib
import socket
import socketserver
from socketserver import ThreadingMixIn
from typing import Any

from wirekit import defaults
from wirekit._io import patience
from wirekit._io.blocking import Stream, over_file

__all__ = [
    "StreamRequestHandler",
    "TCPServer",
    "ThreadingMixIn",
    "allow_both_families",
    "best_family",
    "open_stream",
    "own_name",
]


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

    def get_request(self) -> tuple[Any, Any]:
        """Accept a connection. Of a TLS socket without the handshake, in which one silent client holds up all others.

        The handler shakes hands (``open_stream``), in a thread of its own where there are such.
        """
        listening: Any = self.socket
        context = getattr(listening, "context", None)
        if context is None or not isinstance(listening, socket.socket):
            return super().get_request()
        plain, address = socket.socket.accept(listening)
        secure = context.wrap_socket(
            plain,
            server_side=True,
            do_handshake_on_connect=False,
            suppress_ragged_eofs=listening.suppress_ragged_eofs,  # type: ignore[attr-defined]  # an SSLSocket has it
        )
        return secure, address


class StreamRequestHandler(socketserver.StreamRequestHandler):
    """What serves one connection: the constructor sets up, handles and finishes."""

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
