"""XML-RPC client: methods of a server, called as if they were here (http://xmlrpc.com/spec.md).

    async with ServerProxy("http://localhost:8000/") as server:
        print(await server.add(2, 3))
        print(await server.system.listMethods())

A ``ServerProxy`` makes a message of a call (``dumps``), hands it to its transport, and makes a value of the answer (``loads``),
or raises the Fault that it is. What is pure of that is in ``wirekit.xmlrpc._marshal`` and ``_values``, and one and the same in
both twins.

A ``Transport`` has the conversation:

    request -> single_request -> send_request -> make_connection -> get_host_info
                                              -> send_headers, send_content
                              -> parse_response -> getparser

Programs override these, in the forms that they have in the standard library. It keeps connections that are idle, and a call
takes one of them or makes another: any number of threads or tasks may call through one proxy at once. A call is sent once,
unless it is marked as idempotent; then it is sent again when its connection breaks.
"""

import http as _http
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final, Self

from wirekit import __version__ as _wirekit_version
from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._wire.rpc_names import (
    APPLICATION_ERROR,
    INTERNAL_ERROR,
    INVALID_ENCODING_CHAR,
    INVALID_METHOD_PARAMS,
    INVALID_XMLRPC,
    MAXINT,
    METHOD_NOT_FOUND,
    MININT,
    NOT_WELLFORMED_ERROR,
    PARSE_ERROR,
    SERVER_ERROR,
    SYSTEM_ERROR,
    TRANSPORT_ERROR,
    UNSUPPORTED_ENCODING,
)
from wirekit._wire.rpc_write import CannotMarshal, escape
from wirekit._wire.targets import format_basic
from wirekit.aio.http.client import HTTPConnection, HTTPSConnection
from wirekit.urllib.parse import unquote, urlsplit, urlunsplit
from wirekit.xmlrpc import _values
from wirekit.xmlrpc._gzip import GzipDecodedResponse, gzip_decode, gzip_encode
from wirekit.xmlrpc._marshal import ExpatParser, Marshaller, Unmarshaller, dumps, getparser, loads
from wirekit.xmlrpc._multicall import MultiCallIterator, _MultiCallMethod, list_calls
from wirekit.xmlrpc._values import (
    WRAPPERS,
    Binary,
    DateTime,
    as_utc,
    register_encoder,
    with_zone,
    without_zone,
)

if TYPE_CHECKING:
    import ssl

    from wirekit._wire.rpc_errors import *  # noqa: F403 - the names of __all__, which __getattr__ loads

__all__ = [  # noqa: F405 - see __getattr__
    "APPLICATION_ERROR",
    "INTERNAL_ERROR",
    "INVALID_ENCODING_CHAR",
    "INVALID_METHOD_PARAMS",
    "INVALID_XMLRPC",
    "MAXINT",
    "METHOD_NOT_FOUND",
    "MININT",
    "NOT_WELLFORMED_ERROR",
    "PARSE_ERROR",
    "SERVER_ERROR",
    "SYSTEM_ERROR",
    "TRANSPORT_ERROR",
    "UNSUPPORTED_ENCODING",
    "WRAPPERS",
    "BadMessage",
    "BadValue",
    "Binary",
    "Boolean",
    "CannotMarshal",
    "DateTime",
    "Error",
    "ExpatParser",
    "Fault",
    "GzipDecodedResponse",
    "Marshaller",
    "MessageTooLarge",
    "MultiCall",
    "MultiCallIterator",
    "ProtocolError",
    "ResponseError",
    "SafeTransport",
    "Server",
    "ServerProxy",
    "Transport",
    "UnixTransport",
    "Unmarshaller",
    "as_utc",
    "boolean",
    "dumps",
    "escape",
    "getparser",
    "gzip_decode",
    "gzip_encode",
    "loads",
    "register_encoder",
    "with_zone",
    "without_zone",
]

__version__ = f"{sys.version_info[0]}.{sys.version_info[1]}"

boolean = Boolean = bool
FastMarshaller = FastParser = FastUnmarshaller = None
_binary, _datetime = _values._binary, _values._datetime  # noqa: SLF001 - private names that programs reach
_datetime_type, _strftime = _values._datetime_type, _values._strftime  # noqa: SLF001 - likewise
_iso8601_format = _values._iso8601_format  # noqa: SLF001 - likewise

_ERRORS: Final = {
    "BadMessage",
    "BadValue",
    "Error",
    "Fault",
    "MessageTooLarge",
    "ProtocolError",
    "ResponseError",
}
_LOST: Final = (ConnectionResetError, ConnectionAbortedError, BrokenPipeError)
"""What a call meets when its connection breaks: http.client's RemoteDisconnected is a ConnectionResetError."""
_BLOCK: Final = 1 << 16
_SKIPPED: Final = 1 << 16
"""Bytes of an error's page that are read to keep its connection."""
_RETRIES: Final = 2


def __getattr__(name: str) -> Any:
    """Load the errors, and what else the standard library's module brings along, when they are first named."""
    found: Any
    if name in _ERRORS:
        from wirekit._wire import rpc_errors

        found = getattr(rpc_errors, name)
    elif name == "expat":
        from xml.parsers import expat as found
    elif name == "http":
        import http.client  # for programs that say xmlrpc.client.http.client

        found = http
    else:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _errors() -> Any:
    from wirekit._wire import rpc_errors

    return rpc_errors


class _Method:
    """A method of a server, by its name; its attributes are methods too, with longer names."""

    def __init__(self, send: Callable[[str, tuple[Any, ...]], Any], name: str) -> None:
        self.__send = send
        self.__name = name

    def __getattr__(self, name: str) -> "_Method":
        return _Method(self.__send, f"{self.__name}.{name}")

    def __call__(self, *args: Any) -> Any:
        return self.__send(self.__name, args)


class MultiCall:
    """Several calls that go to a server in one, by its ``system.multicall``.

    Calling its methods notes the calls: ``multi.add(2, 3)``, ``multi.a.b()``. Calling itself makes them:
    ``total, now = await multi()``.
    """

    def __init__(self, server: Any) -> None:
        self.__server = server
        self.__call_list: list[tuple[str, tuple[Any, ...]]] = []

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x}>"

    def __getattr__(self, name: str) -> _MultiCallMethod:
        return _MultiCallMethod(self.__call_list, name)

    async def __call__(self) -> MultiCallIterator:
        """Make the calls; return their results, of which each may be a Fault."""
        return MultiCallIterator(await self.__server.system.multicall(list_calls(self.__call_list)))


class Transport:
    """Brings calls to servers, over HTTP/1.1 with kept connections.

    headers: (name, value) pairs for each request. timeout: seconds that a single wait may take, or a
    ``wirekit.Timeout``. proxy: the URL of a proxy (http, https, socks4, socks5 ...) to connect through.

    ``user_agent``, ``accept_gzip_encoding`` (ask for compressed answers) and ``encode_threshold`` (compress calls that
    have more bytes; None for none, since few servers read that) may be set on the class or the object.
    """

    user_agent = f"wirekit/{_wirekit_version}"
    accept_gzip_encoding = True
    encode_threshold: int | None = None
    verbose: Any = False

    def __init__(
        self,
        use_datetime: bool = False,
        use_builtin_types: bool = False,
        *,
        headers: Iterable[tuple[str, str]] = (),
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        proxy: str | None = None,
    ) -> None:
        self._use_datetime = use_datetime
        self._use_builtin_types = use_builtin_types
        self._connection: tuple[Any, Any] = (None, None)  # the last one that was given out, with its host
        self._headers = list(headers)
        self._extra_headers: list[tuple[str, str]] = []
        self._timeout = timeout
        self._proxy = proxy
        self._idle: list[tuple[Any, Any]] = []  # connections that no call uses, each with its host
        self._plain_head: Any = None  # the head of the last answer, where that was not compressed
        self._round = 0  # counts the calls of close(): connections of an earlier round are not kept

    # ---- a call

    async def request(self, host: Any, handler: str, request_body: bytes, verbose: bool = False) -> Any:
        """Send a call, and return its values (a tuple). Raises Fault, ProtocolError, ResponseError, ExpatError, OSError.

        It is sent once; in the ``stdlib`` profile (``retry_lost_calls``) once more when its connection breaks.
        """
        if defaults.active.retry_lost_calls:
            try:
                return await self.single_request(host, handler, request_body, verbose)
            except _LOST:
                pass  # once more
        return await self.single_request(host, handler, request_body, verbose)

    async def single_request(
        self, host: Any, handler: str, request_body: bytes, verbose: bool = False
    ) -> Any:
        """Send a call over one connection, once, and return its values. An exchange that breaks closes the connection."""
        connection = None
        try:
            connection = await self.send_request(host, handler, request_body, verbose)
            response = await connection.getresponse()
            if response.status != _http.HTTPStatus.OK:
                await self._refuse(host, handler, response)
            self.verbose = verbose
            values = await self.parse_response(response)
        except BaseException as error:
            if isinstance(error, (_errors().Fault, _errors().ProtocolError)) and _is_over(connection):
                self._keep(host, connection)
            else:
                self._drop(connection)
            raise
        self._keep(host, connection)
        return values

    async def _refuse(self, host: Any, handler: str, response: Any) -> None:
        """Raise the ProtocolError of a response that is none to a call; a short page about it is skipped."""
        if response.length is not None and response.length <= _SKIPPED:
            await response.read()
        place = host[0] if isinstance(host, tuple) else host
        url = place.rpartition("@")[2] + handler  # never with the password
        raise _errors().ProtocolError(url, response.status, response.reason, dict(response.getheaders()))

    def getparser(self) -> tuple[Any, Any]:
        """Return a parser, and the Unmarshaller behind it, for an answer; for subclasses to replace."""
        return getparser(use_datetime=self._use_datetime, use_builtin_types=self._use_builtin_types)

    # ---- connections

    def get_host_info(self, host: Any) -> tuple[str, list[tuple[str, str]], dict[str, Any]]:
        """Return (host, headers that a login in it asks for, arguments of the connection).

        host: ``user:password@host:port``, or a pair of that and a dict of such arguments.
        """
        x509: dict[str, Any] = {}
        if isinstance(host, tuple):
            host, x509 = host
        login, at, host = host.rpartition("@")
        if not at:
            return host, [], x509
        user, colon, password = login.partition(":")
        value = format_basic(unquote(user), unquote(password)) if colon else _basic_without_password(user)
        return host, [("Authorization", value)], x509

    def make_connection(self, host: Any) -> Any:
        """Return a connection for one call: one that is idle, or a new one. It connects when the call is sent."""
        connection = self._take_idle(host)
        if connection is None:
            place, self._extra_headers, x509 = self.get_host_info(host)
            connection = self._open(place, x509)
            connection.rpc_round = self._round  # what marks a connection of ours
        self._connection = (host, connection)
        return connection

    def _take_idle(self, host: Any) -> Any:
        """Return a connection to this host that no call uses, the one used last; None where there is none."""
        for _ in range(len(self._idle)):
            try:
                known, connection = self._idle.pop()
            except IndexError:  # another thread was quicker
                break
            if known == host:
                return connection
            self._idle.insert(0, (known, connection))
        return None

    def _open(self, host: str, x509: dict[str, Any]) -> Any:
        """Make a connection object."""
        return self._lead(HTTPConnection(host, timeout=self._timeout, **x509))

    def _lead(self, connection: Any) -> Any:
        """Let a connection go through the proxy, if there is one."""
        if self._proxy is not None:
            connection._create_connection = _through(self._proxy)  # noqa: SLF001 - our own
        return connection

    def _keep(self, host: Any, connection: Any) -> None:
        """Keep a connection for another call, unless it is somebody else's or of no more use."""
        if getattr(connection, "rpc_round", None) != self._round:
            if hasattr(connection, "rpc_round"):
                connection.close()  # the transport was closed meanwhile
            return
        if connection.sock is None:
            return
        if len(self._idle) >= defaults.active.max_idle:
            connection.close()
        elif not self._idle or all(known is not connection for _, known in self._idle):
            self._idle.append((host, connection))

    def _drop(self, connection: Any) -> None:
        """Close a connection whose exchange broke off; where it is not known, or not ours, all that there are."""
        if connection is not None and hasattr(connection, "rpc_round"):
            connection.close()
            if self._connection[1] is connection:
                self._connection = (None, None)
        else:
            self.close()

    def close(self) -> None:
        """Close the connections that are idle; those of calls under way close when these end."""
        self._round += 1
        last, self._connection = self._connection[1], (None, None)
        idle, self._idle = self._idle, []
        for _, connection in idle:
            connection.close()
        if last is not None and not hasattr(last, "rpc_round"):
            last.close()  # of a subclass, which keeps it there itself

    if not net.ASYNC:

        def __del__(self) -> None:
            # Few programs close a proxy: its connections go with it, without a warning for each of them.
            if self.__dict__.get("_idle"):
                self.close()

    # ---- sending

    async def send_request(self, host: Any, handler: str, request_body: bytes, debug: Any) -> Any:
        """Send a call, and return the connection on which its answer will come."""
        connection = self.make_connection(host)
        try:
            if debug:
                connection.set_debuglevel(1)
            if self._is_plain():
                await self._send_at_once(connection, handler, request_body)
            else:
                await self._send_by_steps(connection, handler, request_body)
        except BaseException:
            self._drop(connection)
            raise
        return connection

    def _is_plain(self) -> bool:
        """Tell whether a request may be sent at once: nobody watches the single steps."""
        own: Any = self
        try:
            return own.send_headers.__func__ is _SEND_HEADERS and own.send_content.__func__ is _SEND_CONTENT
        except AttributeError:
            return False

    def _list_headers(self) -> list[tuple[str, str]]:
        """Return the headers of a request; a program's own stand in the place of ours."""
        headers = self._headers + self._extra_headers
        ours = [("Content-Type", "text/xml"), ("User-Agent", self.user_agent)]
        if self.accept_gzip_encoding:
            ours.insert(0, ("Accept-Encoding", "gzip"))
        if headers:
            named = {name.lower() for name, _ in headers}
            ours = [pair for pair in ours if pair[0].lower() not in named]
        return headers + ours

    async def _send_at_once(self, connection: Any, handler: str, body: bytes) -> None:
        pairs = self._list_headers()
        if self._should_compress(body):
            pairs.append(("Content-Encoding", "gzip"))
            body = gzip_encode(body)
        headers = dict(pairs)
        if len(headers) != len(pairs):  # the same name twice
            await self._send_by_steps(connection, handler, body)
        else:
            await connection.request("POST", handler, body, headers)

    async def _send_by_steps(self, connection: Any, handler: str, body: bytes) -> None:
        connection.putrequest("POST", handler, skip_accept_encoding=self.accept_gzip_encoding)
        self.send_headers(connection, self._list_headers())
        await self.send_content(connection, body)

    def _should_compress(self, body: bytes) -> bool:
        return self.encode_threshold is not None and self.encode_threshold < len(body)

    def send_headers(self, connection: Any, headers: Iterable[tuple[str, str]]) -> None:
        """Put headers into the request that is being made; for subclasses to add to."""
        for name, value in headers:
            connection.putheader(name, value)

    async def send_content(self, connection: Any, request_body: bytes) -> None:
        """End the head of the request, and send its body; compressed beyond ``encode_threshold``."""
        if self._should_compress(request_body):
            connection.putheader("Content-Encoding", "gzip")
            request_body = gzip_encode(request_body)
        connection.putheader("Content-Length", str(len(request_body)))
        await connection.endheaders(request_body)

    # ---- the answer

    async def parse_response(self, response: Any) -> Any:
        """Read an answer, and return its values. Raises Fault where it is one; ResponseError, ExpatError.

        response: an HTTPResponse, or a file.
        """
        data = await self._read(response)
        if self.verbose:
            print("body:", repr(data))  # noqa: T201 - what verbose asks for
        if self._has_own_parser():
            parser, target = self.getparser()
            parser.feed(data)
            parser.close()
            return target.close()
        values, _ = loads(data, self._use_datetime, self._use_builtin_types)
        return values

    def _has_own_parser(self) -> bool:
        """Tell whether a program has replaced ``getparser``."""
        own: Any = self
        return getattr(own.getparser, "__func__", None) is not _GETPARSER

    async def _read(self, response: Any) -> bytes:
        """Read a body whole, unpacked. MessageTooLarge beyond ``max_rpc_body`` (security row 156)."""
        limit = defaults.active.max_rpc_body
        length = getattr(response, "length", None)
        whole = type(length) is int and length <= limit
        data = await response.read() if whole else await _read_at_most(response, limit)
        head = getattr(response, "_head", None)
        if head is not None and head is self._plain_head:  # servers repeat themselves
            return data
        coding = _coding_of(response)
        if not coding:
            self._plain_head = head
            return data
        if coding not in {"gzip", "x-gzip"}:
            raise _errors().BadMessage(f"the answer is coded by {coding!r}, which was not asked for")
        try:
            return gzip_decode(data, limit)
        except ValueError as error:
            if "exceeded" in str(error):
                raise _too_large(limit) from None
            raise _errors().BadMessage("the answer says that it is gzip, and is not") from None


_SEND_HEADERS, _SEND_CONTENT = Transport.send_headers, Transport.send_content
_GETPARSER = Transport.getparser


def _is_loss(error: Exception) -> bool:
    """Tell whether a call broke off with its connection, or its time: no answer came, or half of one."""
    if isinstance(error, (*_LOST, TimeoutError)):
        return True
    from wirekit.aio.http.client import IncompleteRead  # loaded already, where that is what it is

    return isinstance(error, IncompleteRead)


def _is_over(connection: Any) -> bool:
    """Tell whether the last response on a connection was read to its end, so that another call may follow."""
    response = getattr(connection, "_HTTPConnection__response", None)
    return connection is not None and (response is None or response.isclosed())


def _basic_without_password(user: str) -> str:
    """Return the Authorization of a login that names no password: without the colon, as the standard library has it."""
    from binascii import b2a_base64  # seldom wanted

    return "Basic " + b2a_base64(unquote(user).encode(), newline=False).decode("ascii")


def _through(proxy: str) -> Callable[..., Any]:
    """Return a function that connects through a proxy."""
    from wirekit.aio import _proxying  # for proxies alone

    async def connect(address: Any, timeout: Any, source_address: Any = None) -> Any:
        return await _proxying.connect(address, timeout, source_address, proxy=proxy)

    return connect


async def _read_at_most(source: Any, limit: int) -> bytes:
    """Read to the end; MessageTooLarge beyond so many bytes."""
    parts, size = [], 0
    while block := await net.give(source.read, _BLOCK):
        parts.append(block)
        size += len(block)
        if size > limit:
            raise _too_large(limit)
    return b"".join(parts)


def _too_large(limit: int) -> Exception:
    error: Exception = _errors().MessageTooLarge(f"the answer has more than {limit} bytes", limit)
    return error


def _coding_of(response: Any) -> str:
    """Return the Content-Encoding of a response, in lower case; ``""`` for none, and for a file."""
    head = getattr(response, "_head", None)
    if head is not None and b"content-encoding" not in head.block.lower():  # so that no header is ever made
        return ""
    coding = response.getheader("Content-Encoding", "") if hasattr(response, "getheader") else ""
    return "" if coding.strip().lower() == "identity" else coding.strip().lower()


class SafeTransport(Transport):
    """Brings calls to servers over HTTPS.

    context: an ``ssl.SSLContext``, with a client's certificate for example; without it the server is verified against
    what the system trusts.
    """

    def __init__(
        self,
        use_datetime: bool = False,
        use_builtin_types: bool = False,
        *,
        headers: Iterable[tuple[str, str]] = (),
        context: "ssl.SSLContext | None" = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        proxy: str | None = None,
    ) -> None:
        super().__init__(use_datetime, use_builtin_types, headers=headers, timeout=timeout, proxy=proxy)
        self.context = context

    def _open(self, host: str, x509: dict[str, Any]) -> Any:
        return self._lead(HTTPSConnection(host, timeout=self._timeout, context=self.context, **x509))


class _UnixConnection(HTTPConnection):
    """An HTTP connection to a Unix socket."""

    def __init__(self, path: str, timeout: Any) -> None:
        super().__init__("localhost", timeout=timeout)
        self.path = path

    async def connect(self) -> None:
        """Connect to the socket."""
        self.sock = await self._create_connection(self.path, self._limit_connecting())


class UnixTransport(Transport):
    """Brings calls to servers on this machine, over HTTP through a Unix socket.

    The host of a call is the socket's path, percent-encoded: ``http+unix://%2Frun%2Fserver.sock/RPC2``.
    """

    def _open(self, host: str, x509: dict[str, Any]) -> Any:
        return _UnixConnection(unquote(host), self._timeout, **x509)


_TRANSPORTS: Final[dict[str, type[Transport]]] = {
    "http": Transport,
    "https": SafeTransport,
    "http+unix": UnixTransport,
}


class ServerProxy:
    """A server whose methods are called as methods of this object: ``await proxy.add(2, 3)``, ``await proxy.a.b()``.

    uri: ``http://``, ``https://`` or ``http+unix://``; a login may stand in it; without a path ``/RPC2`` is meant.
    transport: one of another class. encoding: of calls (UTF-8). verbose: print what is sent and what comes.
    allow_none: None may be sent. use_datetime, use_builtin_types: give datetimes and bytes in the place of DateTime and
    Binary. headers: (name, value) pairs for each call. context: for https.

    Beyond the standard library: timeout, in seconds or a ``wirekit.Timeout``; auth, a pair (user, password) or a token
    (Bearer); proxy, the URL of a proxy; idempotent, the names of methods that may be called twice (or True for all), and
    retries, how often each is when connections break or time is up; encoders, how other types are sent (see
    ``register_encoder``), for this server.

    ``proxy("close")()`` closes its connections, ``proxy("transport")`` is its transport, ``proxy("idempotent")`` the same
    server with every call marked as idempotent. TypeError where arguments are for a transport, and one is given.
    """

    def __init__(
        self,
        uri: str,
        transport: Any = None,
        encoding: str | None = None,
        verbose: bool = False,
        allow_none: bool = False,
        use_datetime: bool = False,
        use_builtin_types: bool = False,
        *,
        headers: Iterable[tuple[str, str]] = (),
        context: "ssl.SSLContext | None" = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        auth: tuple[str, str] | str | None = None,
        proxy: str | None = None,
        idempotent: Iterable[str] | bool = (),
        retries: int = _RETRIES,
        encoders: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> None:
        parts = urlsplit(uri)
        if parts.scheme not in _TRANSPORTS:
            message = "unsupported XML-RPC protocol"
            raise OSError(message)
        self.__host = parts.netloc if auth is None else parts.netloc.rpartition("@")[2]
        self.__handler = urlunsplit(("", "", *parts[2:])) or "/RPC2"
        if transport is None:
            more = {"context": context} if parts.scheme == "https" else {}
            transport = _TRANSPORTS[parts.scheme](
                use_datetime=use_datetime,
                use_builtin_types=use_builtin_types,
                headers=[*headers, *_authorize(auth)],
                timeout=timeout,
                proxy=proxy,
                **more,
            )
        elif timeout is not GLOBAL_DEFAULT_TIMEOUT or auth is not None or proxy is not None:
            message = "timeout, auth and proxy are the transport's own affair, where one is given"
            raise TypeError(message)
        self.__transport = transport
        self.__encoding = encoding or "utf-8"
        self.__verbose = verbose
        self.__allow_none = allow_none
        self.__idempotent: Any = idempotent if isinstance(idempotent, bool) else frozenset(idempotent)
        self.__retries = retries
        self.__encoders = encoders

    def __close(self) -> None:
        self.__transport.close()

    async def __request(self, methodname: str, params: tuple[Any, ...]) -> Any:
        """Call a method, and return what it gives. Raises CannotMarshal and TypeError before anything is sent."""
        text = dumps(
            params,
            methodname,
            encoding=self.__encoding,
            allow_none=self.__allow_none,
            encoders=self.__encoders,
        )
        request = text.encode(self.__encoding, "xmlcharrefreplace")
        known = self.__idempotent
        if known and (known is True or methodname in known):
            values = await self.__send(request)
        else:
            values = await self.__transport.request(
                self.__host, self.__handler, request, verbose=self.__verbose
            )
        return values[0] if len(values) == 1 else values

    async def __send(self, request: bytes) -> Any:
        """Send a call; again, as often as ``retries`` says, when its connection breaks or the time is up."""
        for left in range(self.__retries, -1, -1):
            try:
                return await self.__transport.request(
                    self.__host, self.__handler, request, verbose=self.__verbose
                )
            except Exception as error:
                if not left or not _is_loss(error):
                    raise
        raise AssertionError  # the loop returns or raises

    def __repr__(self) -> str:
        return f"<{type(self).__name__} for {self.__host.rpartition('@')[2]}{self.__handler}>"

    def __getattr__(self, name: str) -> _Method:
        return _Method(self.__request, name)

    def __call__(self, attr: str) -> Any:
        """Return what is no method of the server: ``"close"``, ``"transport"``, ``"idempotent"``."""
        if attr == "close":
            return self.__close
        if attr == "transport":
            return self.__transport
        if attr == "idempotent":
            other = object.__new__(type(self))
            other.__dict__.update(self.__dict__)
            other.__idempotent = True
            return other
        message = f"Attribute {attr!r} not found"
        raise AttributeError(message)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *args: object) -> None:
        self.__close()


Server = ServerProxy


def _authorize(auth: tuple[str, str] | str | None) -> list[tuple[str, str]]:
    """Return the header of a login: Basic for a pair, Bearer for a token (RFC 7617, RFC 6750)."""
    if auth is None:
        return []
    return [("Authorization", f"Bearer {auth}" if isinstance(auth, str) else format_basic(*auth))]
