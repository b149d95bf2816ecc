"""Opening http and https URLs: headers, connections new and kept, tunnels, and what comes back.

``do_open`` is the one place where a request leaves. It takes an idle connection out of the pool, or makes one; what it
may be used for is its *key*, which ``_find_key`` makes of everything that matters. Connections of the two classes of
``http.client`` are kept, and those of a subclass that says ``kept = True``; a function in the place of a class, or
another class, makes a connection that serves one request, as in the standard library.

A kept connection may have been closed by its server in the very moment in which it is used. A request that can be sent
twice without harm (RFC 9110 section 9.2.2), and whose body can be had again, is then sent again over a new connection,
provided that not a byte of an answer has come. Others use kept connections only while they are fresh, and where such
a one fails after all the error says that nobody knows whether the server has acted.
"""

import contextlib
import functools
import socket
from typing import TYPE_CHECKING, Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.keeping import asynchronous as keeping
from wirekit._wire import targets, uri_pieces
from wirekit._wire.tunnels import TunnelRefused
from wirekit.aio.http import client
from wirekit.aio.urllib._handlers.base import HOME, BaseHandler
from wirekit.aio.urllib._handlers.bodies import find_position, may_rewind, rewind, watch
from wirekit.aio.urllib._handlers.pool import Line, Pool
from wirekit.urllib import error
from wirekit.urllib._wanted import check_body, find_host, measure_file

if TYPE_CHECKING:
    import ssl

__all__ = ["AbstractHTTPHandler", "HTTPHandler", "HTTPSHandler", "end_with"]

_KEPT: Final = {client.HTTPConnection, client.HTTPSConnection}
_REPEATABLE: Final = {"GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"}
"""The idempotent methods of RFC 9110 section 9.2.2: sent twice they do what they do once."""


class AbstractHTTPHandler(BaseHandler):
    """What HTTP and HTTPS have in common."""

    __module__ = HOME

    _context: "ssl.SSLContext | None" = None
    _pool: Pool | None = None

    def __init__(self, debuglevel: int | None = None) -> None:
        self._debuglevel = client.HTTPConnection.debuglevel if debuglevel is None else debuglevel

    def set_http_debuglevel(self, level: int) -> None:
        """Let connections print what they send and receive, when level is above 0."""
        self._debuglevel = level

    def close(self) -> None:
        """Close the connections that are kept for further requests; more may be opened afterwards."""
        if self._pool is not None:
            self._pool.close()

    # ---- before: headers

    def _get_content_length(self, request: Any) -> int | None:
        """Return the size of the body in bytes; None where nobody knows it beforehand."""
        if hasattr(request.data, "content_length"):
            known: int | None = request.data.content_length
            return known
        if hasattr(request.data, "read"):
            return measure_file(request.data) if defaults.active.measure_files else None
        measure: Any = client.HTTPConnection._get_content_length  # noqa: SLF001 - of this package
        length: int | None = measure(request.data, request.get_method())
        return length

    def do_request_(self, request: Any) -> Any:
        """Add the headers that a request needs and does not have. TypeError for text as a body."""
        if not request.host:
            raise error.URLError("no host given")
        if request.data is not None:
            check_body(request.data)
            self._add_body_headers(request)
        if not request.has_header("Host"):
            place = getattr(request, "_place", None)
            request.add_unredirected_header("Host", _format_host(request) if place is None else place)
        authority = getattr(request, "_authority", None)
        if authority and "@" in authority and not request.has_header("Authorization"):
            user, password, _ = targets.split_login(authority)
            request.add_unredirected_header("Authorization", targets.format_basic(user or "", password))
        for name, value in self.parent.addheaders:
            name = name.capitalize()  # noqa: PLW2901 - as headers are kept
            if not request.has_header(name):
                request.add_unredirected_header(name, value)
        return request

    def _add_body_headers(self, request: Any) -> None:
        if not request.has_header("Content-type"):
            kind = getattr(request.data, "content_type", "application/x-www-form-urlencoded")
            request.add_unredirected_header("Content-type", kind)
        if request.has_header("Content-length") or request.has_header("Transfer-encoding"):
            return
        length = self._get_content_length(request)
        if length is None:
            request.add_unredirected_header("Transfer-encoding", "chunked")
        else:
            request.add_unredirected_header("Content-length", str(length))

    # ---- the exchange

    async def do_open(self, http_class: Any, req: Any, **http_conn_args: Any) -> Any:
        """Send the request by a connection of this class, and return the response; its body is still to be read.

        URLError, with the OSError as ``reason``, when no connection comes about or the request cannot be sent. What
        goes wrong later is raised as it is.
        """
        if not req.host:
            raise error.URLError("no host given")
        headers = _collect_headers(req)
        tunnel: str | None = getattr(req, "_tunnel_host", None)
        login = None if tunnel is None else headers.pop("Proxy-Authorization", None)
        key = None
        if defaults.active.keep_connections:
            key = self._find_key(http_class, req, headers, tunnel, login, http_conn_args)
        if key is None:
            headers["Connection"] = "close"
        asks = defaults.active.decode_contents and "Accept-Encoding" not in headers
        if req.data is not None:
            req._start = await find_position(req.data)  # noqa: SLF001 - ours
        if key is not None:
            repeatable = req.get_method() in _REPEATABLE and (req.data is None or may_rewind(req))
            line = self._take(key, req, fresh=not repeatable)
            if line is not None:
                undo = asks and _ask_for_codings(headers, line.connection)
                response = await self._use_again(line, req, headers, repeatable=repeatable)
                if response is not None:
                    return _unpack(response, req, undo=undo)
        connection = self._make_connection(http_class, req, tunnel, login, **http_conn_args)
        undo = asks and _ask_for_codings(headers, connection)
        try:
            response = await self._converse(self._make_line(key, connection, req), req, headers)
        except error.URLError as failure:
            response = await self._answer_proxy(req, failure)
            if response is None:
                raise
            return response
        return _unpack(response, req, undo=undo)

    async def _answer_proxy(self, req: Any, failure: Any) -> Any:
        """Let the handlers of 407 log in to a proxy that has refused a tunnel; None where none of them does."""
        refused = failure.reason
        if not isinstance(refused, TunnelRefused) or refused.status != 407:
            return None
        from wirekit._wire.http_message import HTTPMessage  # loads the email package

        chain = self.parent.handle_error.get("http", {})
        headers = HTTPMessage.of(refused.fields)
        for handler in chain.get(407, ()):
            answer = await net.give(handler.http_error_407, req, None, 407, refused.reason, headers)
            if answer is not None:
                return answer
        return None

    async def _converse(self, line: Line, req: Any, headers: dict[str, Any]) -> Any:
        """Send a request and wait for the head of its response; an error of whatever kind closes the connection."""
        connection, data = line.connection, req.data
        chunked = data is not None and req.has_header("Transfer-encoding")
        if data is not None and getattr(req, "on_upload", None) is not None:
            data = watch(data, req.on_upload, headers.get("Content-Length"))
        try:
            try:
                await connection.request(
                    req.get_method(), _choose_target(req), data, headers, encode_chunked=chunked
                )
            except OSError as failure:
                response = await _hear_early_answer(connection, data, failure)
            else:
                response = await connection.getresponse()
        except BaseException:
            connection.close()
            raise
        response.url = req.full_url
        response.msg = response.reason  # what urllib's callers know by this name
        if line.key is None:
            end_with(connection, response)
        else:
            _leave(line, connection, response)
        return response

    async def _use_again(self, line: Line, req: Any, headers: dict[str, Any], *, repeatable: bool) -> Any:
        """Converse over a kept connection; None where it turned out to be of no use, and another may be tried."""
        stream = line.connection._stream  # noqa: SLF001 - of this package
        try:
            response = await self._converse(line, req, headers)
        except OSError as failure:
            if not _is_mute(failure, stream):
                raise
            if repeatable and await rewind(req):
                return None
            failure.add_note(
                "The connection had been kept from an earlier request and was closed meanwhile. Whether the server "
                "has acted upon this request nobody knows, so it was not sent again."
            )
            raise
        if response.status == 408 and response.will_close and repeatable and await rewind(req):
            response.close()  # the server gave up waiting for a request in the moment in which this one left
            return None
        return response

    # ---- connections

    def _find_key(
        self,
        http_class: Any,
        req: Any,
        headers: dict[str, Any],
        tunnel: str | None,
        login: Any,
        args: dict[str, Any],
    ) -> tuple[Any, ...] | None:
        """Return all that a connection must have in common with this request's; None for one that is not to be kept."""
        if http_class not in _KEPT and not _wants_to_be_kept(http_class):
            return None
        if "Connection" in headers and "close" in str(headers["Connection"]).lower():
            return None
        if tunnel is None and req.has_proxy():
            login = headers.get("Proxy-Authorization")
        key = (
            keeping.here(),
            http_class,
            find_host(req),
            tunnel,
            login and _describe_login(login),
            getattr(req, "_via", None),
            getattr(req, "_tls_proxy", False) and _describe_context(self._context),
            issubclass(http_class, client.HTTPSConnection) and _describe_context(args.get("context")),
            *args.items(),
        )
        try:
            hash(key)
        except TypeError:
            return None
        return key

    def _take(self, key: Any, req: Any, *, fresh: bool) -> Line | None:
        """Return an idle line for this request, with its timeout; None where there is none."""
        pool = self._pool
        line = None if pool is None else pool.take(key, fresh=fresh)
        if line is None:
            return None
        connection = line.connection
        connection.debuglevel = self._debuglevel
        timing = _describe_timeout(req.timeout)
        if timing != line.timing:
            connection.timeout = req.timeout
            connection._limited = isinstance(req.timeout, defaults.Timeout)  # noqa: SLF001 - of this package
            keeping.retime(connection.sock, req.timeout)
            line.timing = timing
        return line

    def _make_line(self, key: Any, connection: Any, req: Any) -> Line:
        """Return a line for a new connection, which is kept where it has a key."""
        line = Line(None, key, connection)
        if key is not None:
            line.pool = self._pool = self._pool or Pool(self)
            line.pool.expect(key[0])
            line.timing = _describe_timeout(req.timeout)
        return line

    def _make_connection(
        self, http_class: Any, req: Any, tunnel: str | None, login: Any, **http_conn_args: Any
    ) -> Any:
        """Make the connection for a request, with its tunnel. login: what the tunnel's end is told, and nobody else."""
        connection = http_class(find_host(req), timeout=req.timeout, **http_conn_args)
        connection.set_debuglevel(self._debuglevel)
        via = getattr(req, "_via", None)
        if via is not None:
            _lead_through(connection, via)
        if tunnel:
            connection.set_tunnel(tunnel, headers={} if login is None else {"Proxy-Authorization": login})
            if getattr(req, "_tls_proxy", False):
                connection._create_connection = self._connect_to_tls_proxy  # noqa: SLF001 - meant for that
        return connection

    async def _connect_to_tls_proxy(
        self, address: tuple[str, int], timeout: Any, source_address: tuple[str, int] | None
    ) -> Any:
        """Connect, and speak TLS with the proxy itself; its certificate is checked as any other (row 58)."""
        from wirekit._io.tls import shared_context  # loads ssl, for TLS alone

        sock: Any = await net.create_connection(address, timeout, source_address)
        try:
            name = targets.encode_authority(address[0])
            sock, _ = await net.start_tls(sock, self._context or shared_context(), name)
        except BaseException:
            sock.close()
            raise
        return sock


def _lead_through(connection: Any, proxy: str) -> None:
    """Let a connection reach its host through a SOCKS proxy. URLError for one that does not know how."""
    from wirekit.aio import _proxying  # for the few that need it

    if not hasattr(connection, "_create_connection"):
        message = f"{type(connection).__name__} cannot be led through a SOCKS proxy"
        raise error.URLError(message)
    connection._create_connection = functools.partial(_proxying.connect, proxy=proxy)  # noqa: SLF001 - meant for that


def end_with(connection: Any, response: Any) -> None:
    """Let a connection end with this response, even where the server would keep it."""
    if isinstance(connection, client.HTTPConnection):
        _leave(Line(None, None, connection), connection, response)
    elif connection.sock:  # of a class of others
        connection.sock.close()
        connection.sock = None


def _leave(line: Line, connection: Any, response: Any) -> None:
    """Let the connection be kept once the response is read, or end with it."""
    if not connection.sock:
        return
    kept = line.key is not None and not response.will_close and response.status != 101  # which ends HTTP
    if kept:
        connection._forget_response()  # noqa: SLF001 - of this package
    else:
        response.will_close = True
        connection._hand_over()  # noqa: SLF001 - of this package
    if response.length == 0:
        response._close_conn()  # noqa: SLF001 - nothing is to come: hold no connection until somebody reads it
    elif response._has_arrived():  # noqa: SLF001 - of this package
        response._set_apart(keeping.Arrived)  # noqa: SLF001 - of this package
    else:
        if kept:
            response._keeper = line  # noqa: SLF001 - of this package
        if net.ASYNC:
            _watch(response, line)
        return
    if kept:
        line.give_back()


async def _hear_early_answer(connection: Any, data: Any, failure: OSError) -> Any:
    """Return the answer that a server gave before it hung up in the middle of a body; URLError where it gave none.

    RFC 9112 section 9.5: who refuses a body says so, and does not read all of it.
    """
    if data is not None and isinstance(failure, ConnectionError) and connection.sock is not None:
        with contextlib.suppress(OSError, client.HTTPException):
            response = await connection.getresponse()
            response.will_close = True  # the rest of the body never left
            return response
    raise error.URLError(failure) from failure


def _format_host(request: Any) -> str:
    """Return the value of the Host field: of the URL, whoever is asked for it."""
    if request.has_proxy():
        _, rest = uri_pieces.splittype(request.selector)
        host = targets.split_login(uri_pieces.splithost(rest)[0] or "")[2]
    else:
        host = getattr(request, "_tunnel_host", None) or find_host(request)
    return targets.encode_authority(host)


def _wants_to_be_kept(http_class: Any) -> bool:
    """Tell whether a class of others says that its connections may serve any request made for the same arguments."""
    kept = isinstance(http_class, type) and issubclass(http_class, client.HTTPConnection)
    return kept and getattr(http_class, "kept", False) is True


def _collect_headers(req: Any) -> dict[str, Any]:
    """Return the headers as they are sent: names Like-This."""
    headers = {**req.headers, **req.unredirected_hdrs}
    return {name.title(): value for name, value in headers.items()}


def _choose_target(req: Any) -> str:
    """Return what the request line asks for: the whole URL of a proxy, else path and query."""
    known: str | None = getattr(req, "_target", None)
    if known is not None:
        return known
    return targets.format_absolute(req.selector) if req.has_proxy() else targets.encode_target(req.selector)


def _ask_for_codings(headers: dict[str, Any], connection: Any) -> bool:
    """Ask for all codings that can be undone here; tell whether to undo them.

    For a part of a body none is asked for: it could not be decoded by itself. A connection of a class that makes
    responses of its own is left as it is.
    """
    if getattr(connection, "response_class", None) is not client.HTTPResponse:
        return False
    if "Range" in headers:
        headers["Accept-Encoding"] = "identity"
        return False
    if not _accepted:
        from wirekit._wire.decoding import list_available  # looks for libraries

        _accepted.append(", ".join(list_available()))
    headers["Accept-Encoding"] = _accepted[0]
    return True


_accepted: list[str] = []
"""What Accept-Encoding says, once that is known."""


def _unpack(response: Any, req: Any, *, undo: bool) -> Any:
    """Let a response be decoded or watched where it must be; most need neither."""
    progress = getattr(req, "on_download", None)
    head = getattr(response, "_head", None)
    if head is not None and response.length != 0 and (progress is not None or (undo and head.encoded)):
        from wirekit.aio.urllib._handlers.decoding import unpack  # for those that need it

        unpack(response, undo=undo, progress=progress)
    return response


def _describe_login(login: Any) -> str:
    """Return what of a proxy's login stays the same from request to request: of Digest, whose it is."""
    text = str(login)
    return text.partition(", nonce=")[0] if text.startswith("Digest ") else text


def _describe_timeout(timeout: Any) -> tuple[Any, ...]:
    """Return all that a connection's timeout follows from."""
    return timeout, socket.getdefaulttimeout(), defaults.active.timeout


def _describe_context(context: Any) -> tuple[Any, ...]:
    """Return a context, the usual one for None, with all of it that a connection depends on."""
    from wirekit._io import tls  # loads ssl, for TLS alone

    return tls.describe(tls.shared_context() if context is None else context)


def _is_mute(failure: OSError, stream: Any) -> bool:
    """Tell whether a connection broke without a byte of an answer; a wait that took too long is no break."""
    reason = failure.reason if isinstance(failure, error.URLError) else failure
    return isinstance(reason, OSError) and not isinstance(reason, TimeoutError) and keeping.is_silent(stream)


if net.ASYNC:

    def _watch(response: Any, line: Line) -> None:
        """End the connection when its response is forgotten unread, as by who catches HTTPError for its code alone.

        A socket ends with its last reference by itself; a transport does not, since its loop holds it.
        """
        import weakref

        stream = response._stream  # noqa: SLF001 - of this package
        if isinstance(stream, net.Stream):
            weakref.finalize(response, _abandon, stream, line, line.turn).atexit = False

    def _abandon(stream: net.Stream, line: Line, turn: int) -> None:
        """End a connection, unless its response has given it back. Called in any thread."""
        if not stream.closed and line.turn == turn:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and the connection with it
                stream._loop.call_soon_threadsafe(stream.abort)  # noqa: SLF001 - of this package


class HTTPHandler(AbstractHTTPHandler):
    """Opens http URLs."""

    __module__ = HOME

    async def http_open(self, req: Any) -> Any:
        """Return the response."""
        return await self.do_open(client.HTTPConnection, req)

    http_request = AbstractHTTPHandler.do_request_


class HTTPSHandler(AbstractHTTPHandler):
    """Opens https URLs. context: an ``ssl.SSLContext`` to use as it is; check_hostname: False leaves names unchecked."""

    __module__ = HOME

    def __init__(
        self,
        debuglevel: int | None = None,
        context: "ssl.SSLContext | None" = None,
        check_hostname: bool | None = None,
    ) -> None:
        super().__init__(client.HTTPSConnection.debuglevel if debuglevel is None else debuglevel)
        if context is None and check_hostname is not None:
            from wirekit._io.tls import client_context  # loads ssl, for TLS alone

            context = client_context()
        if context is not None and check_hostname is not None:
            context.check_hostname = check_hostname
        self._context = context

    async def https_open(self, req: Any) -> Any:
        """Return the response. ssl.SSLError, in a URLError, when the server is not trusted."""
        return await self.do_open(client.HTTPSConnection, req, context=self._context)

    https_request = AbstractHTTPHandler.do_request_
