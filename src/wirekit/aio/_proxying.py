"""Connecting through a proxy: SOCKS 4, 4a and 5 (RFC 1928, 1929), HTTP's CONNECT (RFC 9110 section 9.3.6), also over TLS.

``connect`` stands where ``net.create_connection`` does, and gives what that gives: a connection on which the far host
speaks next. Nothing of what that host says is read here, though it may follow the proxy's answer at once (FTP and SMTP
greet first): an answer is read to its last byte and no further.

A proxy is named by a URL, as curl names them:

    socks5://   we look the name up      socks5h://, socks://   the proxy does
    socks4://   we look the name up      socks4a://             the proxy does
    http://     CONNECT                  https://               CONNECT, over TLS to the proxy

User and password stand in the URL, percent-encoded. SOCKS 4 has a user alone.
"""

from __future__ import annotations

import socket
from typing import TYPE_CHECKING, Any

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io import names, tls
from wirekit._wire import fields, http1, proxies, socks, targets
from wirekit._wire.http_errors import BadStatusLine, HTTPException
from wirekit._wire.percent import unquote_text

if TYPE_CHECKING:
    import ssl

__all__ = ["connect"]

_PORTS = {"http": 80, "https": 443}  # curl's customs; SOCKS has a port of its own
_SOCKS_PORT = 1080


async def connect(
    address: tuple[str, int],
    timeout: Any = names.GLOBAL_DEFAULT_TIMEOUT,
    source_address: tuple[str, int] | None = None,
    *,
    proxy: str,
    context: ssl.SSLContext | None = None,
) -> Any:
    """Connect to (host, port) through the proxy that a URL names; return what ``net.create_connection`` returns.

    The connect timeout covers the proxy's part as well. context: for TLS to an https proxy; the shared one, which
    verifies, without it. Raises ValueError for a proxy or host that cannot be named so (nothing was sent), OSError
    with the errno that the proxy's refusal means (PermissionError for a login), TimeoutError, ssl.SSLError; nothing
    stays open then, and no message holds the password.
    """
    way = _Way(proxy)
    names.check_port(address[1])
    limits = names.limits_of(timeout)
    due = None if limits.connect is None else net.monotonic() + limits.connect
    request = way.prepare(address)  # a mistake of the caller's shows before anything is sent
    sock = await net.create_connection((way.host, way.port), timeout, source_address)
    try:
        stream: Any = await net.attach(sock, None)
        stream.deadline = due
        if way.scheme == "https":
            sock, stream = await net.start_tls(sock, context or tls.shared_context(), way.host, stream)
            stream.deadline = due
        await _pass(way, stream, address, request)
        stream.deadline = None
        stream.timeout = limits.step
    except BaseException:
        sock.close()
        raise
    return sock


class _Way:
    """A proxy's URL, taken apart. ValueError for a kind of proxy that is not known."""

    def __init__(self, proxy: str) -> None:
        scheme, user, password, place = proxies.parse_proxy(proxy)
        self.scheme = scheme or "http"
        if self.scheme not in {"http", "https", "socks", "socks4", "socks4a", "socks5", "socks5h"}:
            message = (
                f"no kind of proxy is called {self.scheme!r}: http, https, socks4, socks4a, socks5 or socks5h"
            )
            raise ValueError(message)
        self.user = unquote_text(user or "", "utf-8", "strict")
        self.password = unquote_text(password or "", "utf-8", "strict")
        self.has_login = user is not None
        self.host, self.port = _split_place(place, _PORTS.get(self.scheme, _SOCKS_PORT))

    @property
    def by_name(self) -> bool:
        """Whether the proxy looks names up."""
        return self.scheme not in {"socks4", "socks5"}

    def prepare(self, address: tuple[str, int]) -> bytes:
        """Return the request for this address; for a name that we look up ourselves, what comes out is not used."""
        host, port = address
        if self.scheme.startswith("http"):
            return _format_connect(self, host, port)
        if self.scheme in {"socks4", "socks4a"}:
            return socks.format_request4(host, port, self.user, by_name=True)
        if self.has_login:
            socks.format_login(self.user, self.password)
        return socks.format_request5(host, port)


def _split_place(place: str, port: int) -> tuple[str, int]:
    """Return host and port of an authority, the port given where it names none. ValueError for a port that is none."""
    host, colon, digits = place.rpartition(":")
    if not colon or "]" in digits:
        host, digits = place, ""
    if not host or (digits and not (digits.isascii() and digits.isdigit())):
        message = f"a proxy is named by host and port, not {place!r}"
        raise ValueError(message)
    number = int(digits) if digits else port
    names.check_port(number)
    return host.strip("[]"), number


def _format_connect(way: _Way, host: str, port: int) -> bytes:
    """Return the head of a CONNECT request. ValueError for a host that must not stand in one."""
    if http1.find_odd_in_target(host):
        message = f"{host!r} is no host name: it holds a blank or a control character"
        raise ValueError(message)
    target = http1.format_host(host, port, None)
    lines = [b"CONNECT %b HTTP/1.1" % target, b"Host: %b" % target]
    if way.has_login:
        value = targets.format_basic(way.user, way.password)
        lines.append(fields.format_field("Proxy-Authorization", (value,)))
    return b"\r\n".join([*lines, b"", b""])


async def _pass(way: _Way, stream: Any, address: tuple[str, int], request: bytes) -> None:
    """Have the proxy connect us; afterwards the far host speaks."""
    if way.scheme.startswith("http"):
        await _pass_by_connect(stream, request)
        return
    host, port = address
    if not way.by_name:
        host = await _look_up(host, port, four=way.scheme == "socks4")
    if way.scheme in {"socks4", "socks4a"}:
        await stream.sendall(socks.format_request4(host, port, way.user, by_name=way.by_name))
        socks.parse_reply4(await _read_exactly(stream, 8))
    else:
        await _pass_by_socks5(way, stream, socks.format_request5(host, port))


async def _pass_by_socks5(way: _Way, stream: Any, request: bytes) -> None:
    await stream.sendall(socks.format_greeting(login=way.has_login))
    if socks.choose_method(await _read_exactly(stream, 2), login=way.has_login):
        await stream.sendall(socks.format_login(way.user, way.password))
        socks.check_login(await _read_exactly(stream, 2))
    await stream.sendall(request)
    head = await _read_exactly(stream, 5)
    socks.check_bound_head(head)
    await _read_exactly(stream, socks.bound_length(head))


async def _pass_by_connect(stream: Any, request: bytes) -> None:
    """Ask for a tunnel. OSError when the proxy refuses; interim responses are passed over, bounded by the limits."""
    await stream.sendall(request)
    interim = 0
    while (head := await _read_head(stream)).status < 200:
        interim += 1
        if interim > defaults.active.max_interim:
            message = (
                f"the proxy answered CONNECT with more than {defaults.active.max_interim} interim responses"
            )
            raise ConnectionError(message)
    if not 200 <= head.status < 300:
        message = f"Tunnel connection failed: {head.status} {head.reason.strip()}"
        raise OSError(message)


async def _read_head(stream: Any) -> http1.ResponseHead:
    """Read one head to the end of its empty line. ConnectionError for what is none, and for one beyond the limits."""
    rules = defaults.active
    head = bytearray()
    try:
        while not head.endswith((b"\n\r\n", b"\n\n")):
            # At least so much must still come: what follows the head is not ours to read.
            head += await _read_exactly(stream, 1 if head.endswith((b"\n", b"\n\r")) else 2)
            if not head.startswith(b"HTTP/"[: len(head)]):
                raise BadStatusLine(repr(bytes(head)))  # at once: more may never come
            http1.check_unfinished_head(head, 0, rules)
        return http1.parse_response_head(bytes(head), rules)
    except HTTPException as error:
        message = f"the proxy's answer to CONNECT is no proper HTTP: {type(error).__name__}: {error}"
        raise ConnectionError(message) from error


async def _read_exactly(stream: Any, count: int) -> bytes:
    """Read so many bytes. ConnectionError when the proxy closes before."""
    data = bytearray()
    while len(data) < count:
        block = await stream.recv(count - len(data))
        if not block:
            message = "the proxy closed the connection before it had answered"
            raise ConnectionResetError(message)
        data += block
    return bytes(data)


async def _look_up(host: str, port: int, *, four: bool) -> str:
    """Return the first address of a name, as text; the first IPv4 address where no other will do. socket.gaierror."""
    family = socket.AF_INET if four else socket.AF_UNSPEC
    name = http1.encode_host(host.strip("[]")).decode("ascii")
    infos = await net.in_thread(socket.getaddrinfo, name, port, family, socket.SOCK_STREAM)
    return str(infos[0][4][0])
