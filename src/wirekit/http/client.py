# Generated from src/wirekit/aio/http/client.py by tools/unasync.py; edit that file.
# ruff: noqa: F405 - the exceptions of __all__ are loaded by __getattr__, which ruff cannot see
"""HTTP/1.1 client: one connection, one request after another (RFC 9110, RFC 9112).

    connection = HTTPConnection("example.org")
    connection.request("GET", "/")
    response = connection.getresponse()
    body = response.read()

``HTTPConnection`` goes through the states of the standard library's class of that name:

    idle --putrequest()--> request started --endheaders()--> request sent --getresponse()--> idle
                            ( putheader() )*                                 (the response is still to be read)

A second request may be started while a response is unread; its response can be had when the first one is read.

``HTTPResponse`` (in ``response.py`` beside this file) is a file of the body, with status and headers.

An exchange that breaks, by whatever exception, closes the connection: the next answer would belong to a question
that nobody asks any more. The next request connects anew (``auto_open``). So does a request on a connection that the
server has ended, or on which it has sent something unasked. (In the async twin the event loop tells; the blocking twin
asks the system, unless the last request began a moment ago.)

Left out: pipelining (deployed servers mishandle it), decoding of contents (to come in ``urllib.request``).
"""

import http
import io
import sys
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT, limits_of
from wirekit._wire import bodies, fields, http1
from wirekit._wire.busy import ConnectionBusy
from wirekit.http import sending
from wirekit.http.response import HTTPResponse

if TYPE_CHECKING:
    import ssl

    from wirekit._wire.http_errors import *  # noqa: F403 - the names of __all__, which __getattr__ loads
    from wirekit._wire.http_errors import HTTPException
    from wirekit._wire.http_message import HTTPMessage as HTTPMessage  # noqa: PLC0414 - mypy asks for it

    error = HTTPException

__all__ = [
    "BadChunk",
    "BadField",
    "BadFraming",
    "BadStatusLine",
    "CannotSendHeader",
    "CannotSendRequest",
    "HTTPConnection",
    "HTTPException",
    "HTTPResponse",
    "HTTPSConnection",
    "HeadTooLong",
    "ImproperConnectionState",
    "IncompleteRead",
    "InvalidURL",
    "LineTooLong",
    "NotConnected",
    "RemoteDisconnected",
    "ResponseNotReady",
    "UnimplementedFileMode",
    "UnknownProtocol",
    "UnknownTransferEncoding",
    "error",
    "responses",
]

HTTP_PORT = 80
HTTPS_PORT = 443

_UNKNOWN = "UNKNOWN"

_CS_IDLE = "Idle"
_CS_REQ_STARTED = "Request-started"
_CS_REQ_SENT = "Request-sent"

globals().update(http.HTTPStatus.__members__)
responses = {status: status.phrase for status in http.HTTPStatus}

_MAXLINE = 65_536
_MAXHEADERS = 100

_METHODS_EXPECTING_BODY = {"PATCH", "POST", "PUT"}
_METHODS_WITHOUT_BODY = {"GET", "HEAD", "DELETE", "OPTIONS"}
_USUAL_METHODS = {"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH", "CONNECT", "TRACE"}

_MAX_KNOWN: Final = 32
"""Sets of headers that a connection remembers; beyond that it starts anew."""
_SKIPS: Final = {"host": "skip_host", "accept-encoding": "skip_accept_encoding"}
_WITH_HEAD: Final = 1 << 16
"""Bytes of a body that leave together with the head, in one send."""


def __getattr__(name: str) -> Any:
    """Load the exceptions and HTTPMessage when they are first named: they cost http.client and the email package."""
    if name in {
        "socket",
        "ssl",
    }:  # as attributes of the standard library's module, which programs reach and patch
        import importlib

        return importlib.import_module(name)
    if name == "HTTPMessage":
        from wirekit._wire import http_message as home
    elif name in __all__:
        from wirekit._wire import http_errors as home  # type: ignore[no-redef]
    else:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = globals()[name] = getattr(home, "HTTPException" if name == "error" else name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, "HTTPMessage"})


def _errors() -> Any:
    from wirekit._wire import http_errors

    return http_errors


def parse_headers(fp: Any, _class: Any = None) -> Any:
    """Read field lines up to the empty line from a binary file, and return them as an HTTPMessage.

    _class: another subclass of ``email.message.Message`` to fill. Raises LineTooLong, HTTPException (too many
    lines), BadField (safe profile).
    """
    lines = []
    while True:
        line = net.give(fp.readline, _MAXLINE + 1)
        if len(line) > _MAXLINE:
            raise _errors().LineTooLong("header line")
        lines.append(line)
        if line in {b"\r\n", b"\n", b""}:
            break
        if len(lines) > _MAXHEADERS:
            message = f"got more than {_MAXHEADERS} headers"
            raise _errors().HTTPException(message)
    from wirekit._wire import http_message

    return http_message.parse_block(b"".join(lines), _class, strict=defaults.active.strict_framing)


class HTTPConnection:
    """A connection to one host, made when the first request is sent; see the module's text for its states.

    timeout: seconds that a single wait may take, None for no limit, or a ``wirekit.Timeout``. source_address: (host,
    port) to connect from. blocksize: bytes read at once from a file that is sent.
    """

    _http_vsn = 11
    _http_vsn_str = "HTTP/1.1"

    response_class: Any = HTTPResponse
    default_port = HTTP_PORT
    auto_open = 1
    debuglevel = 0

    def __init__(
        self,
        host: str,
        port: int | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        blocksize: int = 8192,
    ) -> None:
        self.timeout = timeout
        self._limited = isinstance(timeout, defaults.Timeout)
        self.source_address = source_address
        self.blocksize = blocksize
        self.sock: Any = None
        self._stream: net.Stream | None = None
        self._attached: Any = None  # the sock that _stream was made for
        self._buffer: list[bytes] = []
        self._deadline: float | None = None
        self._known_headers: dict[Any, Any] = {}  # what requests with the same headers have in common
        self.__response: Any = None
        self.__state = _CS_IDLE
        self._method: str | None = None
        self._tunnel_host: str | None = None
        self._tunnel_port: int | None = None
        self._tunnel_headers: dict[str, str] = {}
        self._raw_proxy_headers: list[bytes] | None = None
        self._host_field: tuple[Any, Any, bytes] = (None, None, b"")
        self._promised: tuple[Any, int | None] = (
            None,
            None,
        )  # a file, and how many bytes of it the head names
        (self.host, self.port) = self._get_hostport(host, port)
        self._validate_host(self.host)
        self._create_connection: Any = (
            net.create_connection
        )  # an attribute: programs put their own in its place

    # ---- where to

    def _get_hostport(self, host: str, port: int | str | None) -> tuple[str, int]:
        """Take a port out of ``host:port``; take the brackets off an IPv6 address. InvalidURL for an odd port."""
        if port is None:
            name, colon, digits = host.rpartition(":")
            if colon and "]" not in digits:
                host, port = name, digits or None
        if isinstance(port, str):  # as it comes from an environment variable
            if not (port.isascii() and port.isdigit()):
                message = f"nonnumeric port: '{port}'"
                raise _errors().InvalidURL(message)
            port = int(port)
        if host.startswith("[") and host.endswith("]"):
            host = host[1:-1]
        return host, self.default_port if port is None else port

    def set_tunnel(
        self, host: str, port: int | None = None, headers: Mapping[str, str] | None = None
    ) -> None:
        """Reach host through the proxy that this connection goes to, by CONNECT (RFC 9110 section 9.3.6).

        headers go to the proxy, and to it alone; a Host header is added unless given. ValueError for a host or header
        with control characters, RuntimeError when connected already.
        """
        if self.sock:
            message = "Can't set up tunnel for established connection"
            raise RuntimeError(message)
        name, number = self._get_hostport(host, port)
        self._validate_host(name)
        given = dict(headers or {})
        for field, value in given.items():
            fields.format_field(field, (value,))
        if "host" not in fields.lower_names(given):
            given["Host"] = http1.format_host(name, number, None).decode("ascii")
        self._tunnel_host, self._tunnel_port, self._tunnel_headers = name, number, given

    def set_debuglevel(self, level: int) -> None:
        """Print what is sent and what answers come, when level is above 0."""
        self.debuglevel = level

    def _tunnel(self) -> None:
        """Ask the proxy for the tunnel; OSError when it refuses."""
        assert self._tunnel_host is not None
        assert self._tunnel_port is not None
        target = http1.format_host(self._tunnel_host, self._tunnel_port, None)
        lines = [b"CONNECT %b %b" % (target, self._http_vsn_str.encode("ascii"))]
        lines += [fields.format_field(name, (value,)) for name, value in self._tunnel_headers.items()]
        self.send(b"\r\n".join(lines) + b"\r\n\r\n")
        self._attach()
        response = self.response_class(self._stream or self.sock, max(self.debuglevel, 0), method="CONNECT")
        try:
            response.begin()
        except BaseException:
            self.close()
            raise
        self._raw_proxy_headers = [
            f"{name}: {value}\r\n".encode("latin-1") for name, value in response.getheaders()
        ]
        if not 200 <= response.status < 300:
            from wirekit._wire.tunnels import TunnelRefused

            self.close()
            response.close()
            raise TunnelRefused(response.status, response.reason, response.getheaders())
        response.will_close = False
        response._close_conn()  # noqa: SLF001 - our own: the connection goes on below it

    def get_proxy_response_headers(self) -> Any:
        """Return the headers of the proxy's answer to CONNECT, an HTTPMessage; None when there was no CONNECT."""
        if self._raw_proxy_headers is None:
            return None
        from wirekit._wire.http_message import parse_block

        return parse_block(b"".join(self._raw_proxy_headers) + b"\r\n", None, strict=False)

    def connect(self) -> None:
        """Connect to the host and port given, through the tunnel if one is set. OSError, TimeoutError when not."""
        sys.audit("http.client.connect", self, self.host, self.port)
        # A name beyond ASCII is looked up in the form that Host and the certificate have: IDNA 2008, not Python's 2003.
        host = self.host if self.host.isascii() else http1.encode_host(self.host).decode("ascii")
        self.sock = self._create_connection((host, self.port), self._limit_connecting(), self.source_address)
        self._set_nodelay()
        if self._tunnel_host:
            self._tunnel()

    def _limit_connecting(self) -> Any:
        """Return the timeout to connect with: the connection's own, cut to what is left of the total time."""
        if self.__state == _CS_IDLE:
            self._start_clock()  # connecting by hand: no request has started it
        if self._deadline is None:
            return self.timeout
        left = self._deadline - net.monotonic()
        if left <= 0:
            message = "timed out"
            raise TimeoutError(message)
        step, connect, total = limits_of(self.timeout)
        return defaults.Timeout(step, connect=left if connect is None else min(connect, left), total=total)

    def _set_nodelay(self) -> None:
        """Send small segments at once, where the transport knows that (a Unix socket does not)."""
        import socket

        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, AttributeError):
            return

    def _attach(self) -> None:
        """Know the stream of ``sock``, which a subclass or a program may have put there; let it keep the deadline."""
        self._stream = net.attach(self.sock, self._stream)
        self._attached = self.sock
        if self._stream is not None:
            self._stream.deadline = self._deadline

    def _start_clock(self) -> None:
        """Begin to count the total time of an exchange, or stop to do so where it is no longer limited."""
        total = limits_of(self.timeout).total
        self._deadline = None if total is None else net.monotonic() + total
        if self._stream is not None:
            self._stream.deadline = self._deadline

    def close(self) -> None:
        """Close the connection, and a response of it that is still unread; the next request connects anew."""
        self.__state = _CS_IDLE
        sock, stream, response = self.sock, self._stream, self.__response
        self.sock = self._stream = self._attached = self.__response = None
        try:
            if stream is not None:
                stream.close()
            if sock is not None:
                sock.close()
        finally:
            if response is not None:
                response.close()

    # ---- sending

    def send(self, data: Any) -> None:
        """Send bytes, an iterable of bytes, or what a file holds from its position on; connect before if need be.

        A text file is encoded as ISO-8859-1. NotConnected when there is no connection and ``auto_open`` is 0.
        """
        if self.sock is None:
            self._open()
        if self.debuglevel > 0:
            print("send:", repr(data))  # noqa: T201 - what debuglevel asks for
        try:
            if type(data) is bytes:
                sys.audit("http.client.send", self, data)
                if self.sock is not self._attached:
                    self._attach()
                (self._stream or self.sock).sendall(data)
            else:
                self._send_any(data)
        except ConnectionError:
            raise  # the server may have answered before it hung up: getresponse() still works
        except BaseException:
            self.close()
            raise

    def _open(self) -> None:
        """Connect for what is to be sent; a request that cannot leave is given up, so that another one may begin."""
        try:
            if not self.auto_open:
                raise _errors().NotConnected
            self.connect()
        except BaseException:
            self.close()
            raise

    def _send_any(self, data: Any) -> None:
        sys.audit("http.client.send", self, data)
        self._attach()
        file, count = self._promised
        self._promised = (None, None)
        if file is not data:
            count = None
        if (
            hasattr(data, "read")
            and self._stream is not None
            and sending.send_by_system(self._stream, data, count)
        ):
            return
        for block in sending.blocks_of(data, self.blocksize, self.debuglevel, count):
            (self._stream or self.sock).sendall(block)

    def _output(self, s: bytes) -> None:
        """Add a line, without its end, to the head in the making."""
        self._buffer.append(s)

    def _send_output(self, message_body: Any = None, encode_chunked: bool = False) -> None:
        """Send the head in the making, and the body behind it; a short one in the same send."""
        self._buffer.extend((b"", b""))
        msg = b"\r\n".join(self._buffer)
        del self._buffer[:]
        self._send_message(msg, message_body, encode_chunked=encode_chunked and self._http_vsn == 11)

    def _send_message(self, head: bytes, body: Any, *, encode_chunked: bool) -> None:
        """Send a head and the body behind it. A body that breaks off in the middle closes the connection."""
        if body is None:
            self.send(head)
        elif type(body) is bytes and not encode_chunked and len(body) <= _WITH_HEAD:
            self.send(head + body)
        else:
            self.send(head)
            try:
                self._send_body(body, encode_chunked=encode_chunked)
            except ConnectionError:
                raise  # see send()
            except BaseException:
                self.close()
                raise

    def _send_body(self, body: Any, *, encode_chunked: bool) -> None:
        if not encode_chunked and hasattr(body, "read"):
            self.send(body)
            return
        for block in sending.blocks_of(body, self.blocksize, self.debuglevel):
            if block:  # an empty chunk would end the body
                self.send(bodies.format_chunk(bytes(memoryview(block))) if encode_chunked else block)
        if encode_chunked:
            self.send(bodies.LAST_CHUNK)

    # ---- the request, piece by piece

    def putrequest(
        self, method: str, url: str, skip_host: Any = False, skip_accept_encoding: Any = False
    ) -> None:
        """Begin a request: its start line, Host and Accept-Encoding, unless they are to be skipped.

        ValueError or InvalidURL for a method or URL that could be read as more than that; CannotSendRequest in the
        middle of another request. Nothing is sent before ``endheaders``.
        """
        line = self._format_start_line(method, url or "/")
        self._begin_request(method)
        self._buffer.append(line)
        self.__state = _CS_REQ_STARTED
        if self._http_vsn == 11:
            if not skip_host:
                self.putheader("Host", self._get_host_value(url))
            if not skip_accept_encoding:
                self.putheader("Accept-Encoding", "identity")

    def _format_start_line(self, method: str, url: str) -> bytes:
        """Check what the start line will say, and return it without its end."""
        if method not in _USUAL_METHODS:
            self._validate_method(method)
        self._validate_path(url)
        return self._encode_request(f"{method} {url} {self._http_vsn_str}")

    def _begin_request(self, method: str) -> None:
        """Make sure that a request may begin now, on a connection that is good for it."""
        response = self.__response
        if response is not None and response.isclosed():
            self.__response = response = None
        if self.__state != _CS_IDLE:
            raise _errors().CannotSendRequest(self.__state)
        stream = self._stream
        if stream is not None and (stream.closed or (response is None and stream.pending)):
            self.close()  # of no more use: ended, broken, or with an answer to nothing in it
        self._method = method
        if self._deadline is not None or self._limited or defaults.active.total_timeout is not None:
            self._start_clock()

    def _get_host_value(self, url: str) -> bytes:
        if url.startswith("http"):
            from wirekit.urllib.parse import urlsplit

            if netloc := urlsplit(url).netloc.rpartition("@")[2]:
                return http1.encode_host(netloc) if "%" not in netloc else http1.format_host(netloc, 0, 0)
        host = self._tunnel_host or self.host
        port = self._tunnel_port if self._tunnel_host else self.port
        known = self._host_field
        if known[0] != host or known[1] != port:
            known = self._host_field = (host, port, http1.format_host(host, port or 0, self.default_port))
        return known[2]

    def _encode_request(self, request: str) -> bytes:
        """Return the start line as bytes; UnicodeEncodeError beyond ASCII."""
        return request.encode("ascii")

    def _validate_method(self, method: str) -> None:
        """Refuse a method that is no token: ValueError."""
        http1.check_method(method, strict=defaults.active.strict_framing)

    def _validate_path(self, url: str) -> None:
        """Refuse blanks and control characters in a URL: InvalidURL."""
        http1.check_target(url)

    def _validate_host(self, host: str) -> None:
        """Refuse blanks and control characters in a host: InvalidURL."""
        http1.check_host(host)

    def putheader(self, header: Any, *values: Any) -> None:
        """Add a header line to the request: text, bytes or a number; several values become a list.

        ValueError for a name that is no token, or a value with a control character in it.
        """
        if self.__state != _CS_REQ_STARTED:
            raise _errors().CannotSendHeader
        strict = defaults.active.strict_framing
        self._buffer.append(fields.format_field(header, values, strict=strict))

    def endheaders(self, message_body: Any = None, *, encode_chunked: bool = False) -> None:
        """End the head and send it, with the body if one is given, in chunks if asked for."""
        if self.__state != _CS_REQ_STARTED:
            raise _errors().CannotSendHeader
        self.__state = _CS_REQ_SENT
        self._send_output(message_body, encode_chunked=encode_chunked)

    # ---- the request as a whole

    def request(
        self,
        method: str,
        url: str,
        body: Any = None,
        headers: Mapping[Any, Any] = {},
        *,
        encode_chunked: bool = False,
    ) -> None:
        """Send a request. body: bytes, text (ISO-8859-1), a file or an iterable; the last two leave in chunks unless
        the headers name a Content-Length. ValueError, InvalidURL, TypeError before anything is sent.
        """
        self._send_request(method, url, body, headers, encode_chunked)

    def _send_request(
        self,
        method: str,
        url: str,
        body: Any,
        headers: Mapping[Any, Any],
        encode_chunked: bool,
    ) -> None:
        if body is not None and type(body) is not bytes:
            body = self._prepare_body(body, headers)
        if self._is_plain():
            head, encode_chunked = self._compose(method, url, body, headers, encode_chunked=encode_chunked)
            self.__state = _CS_REQ_SENT
            if body is None:
                self.send(head)
            else:
                self._send_message(head, body, encode_chunked=encode_chunked)
        else:
            encode_chunked = self._put_request(method, url, body, headers, encode_chunked=encode_chunked)
            self.endheaders(body, encode_chunked=encode_chunked)

    def _prepare_body(self, body: Any, headers: Mapping[Any, Any]) -> Any:
        """Return a body as it can be sent, and note how much of a file is promised. TypeError for what is no body."""
        if isinstance(body, str):
            return _encode(body, "body")
        sending.check_body(body)
        if hasattr(body, "read") and defaults.active.strict_framing:
            self._promised = (body, sending.find_promised_length(headers))
        return body

    def _put_request(
        self, method: str, url: str, body: Any, headers: Mapping[Any, Any], *, encode_chunked: bool
    ) -> bool:
        """Put a head together piece by piece, by methods that a subclass may have; tell whether to send in chunks."""
        names = fields.lower_names(headers)
        skips = {name: 1 for field, name in _SKIPS.items() if field in names}
        self.putrequest(method, url, **skips)
        try:
            framing, encode_chunked = self._choose_framing(method, body, names, encode_chunked=encode_chunked)
            for name, value in (*framing, *headers.items()):
                self.putheader(name, value)
        except BaseException:
            self._buffer.clear()  # nothing was sent: the connection is as it was
            self.__state = _CS_IDLE
            raise
        return encode_chunked

    def _is_plain(self) -> bool:
        """Tell whether requests may be put together at once: nobody watches the single steps."""
        own: Any = self
        kind = type(self)
        try:  # by the bound methods, since an instance may have its own; never by __dict__, which would slow it down
            return (
                own.putheader.__func__ is _PUTHEADER
                and own.putrequest.__func__ is _PUTREQUEST
                and own.endheaders.__func__ is _ENDHEADERS
                and kind._validate_path is _VALIDATE_PATH  # noqa: SLF001 - our own
                and kind._encode_request is _ENCODE_REQUEST  # noqa: SLF001 - our own
                and kind._send_output is _SEND_OUTPUT  # noqa: SLF001 - our own
                and type(self._buffer) is list  # tests put their own there, to count
            )
        except AttributeError:
            return False

    def _compose(
        self, method: str, url: str, body: Any, headers: Mapping[Any, Any], *, encode_chunked: bool
    ) -> tuple[bytes, bool]:
        """Return the head that putrequest, putheader and endheaders would send, and whether to send in chunks.

        The lines that requests with the same headers have in common are checked and put together once.
        """
        strict = defaults.active.strict_framing
        key = (
            url[:4] == "http" and url,
            self.host,
            self.port,
            self._tunnel_host,
            self._tunnel_port,
            self._http_vsn,
            strict,
            *headers.items(),
        )
        try:
            known = self._known_headers.get(key)
        except TypeError:  # a value that cannot be a key
            known = None
        if known is None:
            known = self._format_headers(url, headers, strict=strict)
            self._remember(key, known)
        before, behind, names = known
        if url and method in _USUAL_METHODS and not http1.find_odd_in_target(url):
            line = f"{method} {url} {self._http_vsn_str}".encode("ascii")
        else:
            line = self._format_start_line(method, url or "/")
        self._begin_request(method)
        if body is None and method in _METHODS_WITHOUT_BODY:
            return line + before + behind, False
        framing, encode_chunked = self._choose_framing(method, body, names, encode_chunked=encode_chunked)
        between = b"".join([fields.format_field(name, (value,)) + b"\r\n" for name, value in framing])
        return line + before + between + behind, encode_chunked and self._http_vsn == 11

    def _format_headers(
        self, url: str, headers: Mapping[Any, Any], *, strict: bool
    ) -> tuple[bytes, bytes, frozenset[str]]:
        """Return the lines before and behind the one that tells the body's length, and the headers' lower names."""
        names = fields.lower_names(headers)
        before = []
        if self._http_vsn == 11 and "host" not in names:
            before.append(fields.format_field("Host", (self._get_host_value(url),), strict=strict))
        if self._http_vsn == 11 and "accept-encoding" not in names:
            before.append(b"Accept-Encoding: identity")
        behind = [fields.format_field(name, (value,), strict=strict) for name, value in headers.items()]
        return b"\r\n".join([b"", *before, b""]), b"\r\n".join([*behind, b"", b""]), names

    def _remember(self, key: Any, known: Any) -> None:
        if len(self._known_headers) >= _MAX_KNOWN:
            self._known_headers.clear()
        if all(type(part) in {str, int, bool, tuple, type(None)} for part in key):
            self._known_headers[key] = known

    def _choose_framing(
        self, method: str, body: Any, names: frozenset[str], *, encode_chunked: bool
    ) -> tuple[tuple[tuple[str, str], ...], bool]:
        """Return the header that tells how long the body is, unless the caller does, and whether to send in chunks."""
        if "content-length" in names:
            return (), False
        if "transfer-encoding" in names:
            return (), encode_chunked
        length = self._get_content_length(body, method)
        if length is not None:
            return (("Content-Length", str(length)),), False
        if body is None:
            return (), False
        if self.debuglevel > 0:
            print(f"Unable to determine size of {body!r}")  # noqa: T201 - what debuglevel asks for
        return (("Transfer-Encoding", "chunked"),), True

    @staticmethod
    def _is_textIO(stream: Any) -> bool:
        """Tell whether a file gives text."""
        return isinstance(stream, io.TextIOBase)

    @staticmethod
    def _get_content_length(body: Any, method: str) -> int | None:
        """Return the length of a body; 0 for none where servers expect one, None when it is not known."""
        if body is None:
            return 0 if method.upper() in _METHODS_EXPECTING_BODY else None
        return sending.measure(body)

    # ---- the response

    def getresponse(self) -> Any:
        """Wait for the response to the request just sent: its head is read then, its body is not.

        ResponseNotReady unless a request was sent and the response before it was read. An error here closes the
        connection; a response that ends with its connection keeps it to itself.
        """
        response = self.__response
        if response is not None and response.isclosed():
            self.__response = response = None
        if self.__state != _CS_REQ_SENT or response is not None:
            raise _errors().ResponseNotReady(self.__state)
        if self.sock is not self._attached:
            self._attach()
        source = self.sock if self._stream is None else self._stream
        if self.debuglevel > 0:
            response = self.response_class(source, self.debuglevel, method=self._method)
        else:
            response = self.response_class(source, method=self._method)
        try:
            response.begin()
        except ConnectionBusy:
            response.fp = None  # another task waits here: its exchange goes on
            raise
        except BaseException as failure:
            if self._stream is not None or isinstance(failure, ConnectionError):
                self.close()
            response.close()
            raise
        self.__state = _CS_IDLE
        if response.will_close:
            self._hand_over()
            if response.length == 0:
                response._close_conn()  # noqa: SLF001 - read to its end, and not closed: `with` takes it still
        elif response.length != 0:
            self.__response = response  # the next one can be had when this one is read
        return response

    def _hand_over(self) -> None:
        """Leave the connection to its last response: close it on our side, which the response survives."""
        self._stream = self._attached = self.__response = None
        self.close()

    def _forget_response(self) -> None:
        """Count the last response as read: somebody else takes care that no request comes before it is."""
        self.__response = None


_PUTREQUEST, _PUTHEADER = HTTPConnection.putrequest, HTTPConnection.putheader
_VALIDATE_PATH, _ENCODE_REQUEST = HTTPConnection._validate_path, HTTPConnection._encode_request  # noqa: SLF001 - our own
_ENDHEADERS, _SEND_OUTPUT = HTTPConnection.endheaders, HTTPConnection._send_output  # noqa: SLF001 - our own


class HTTPSConnection(HTTPConnection):
    """A connection over TLS; the server's certificate and name are checked.

    context: an ``ssl.SSLContext`` to use as it is. key_file, cert_file: PEM files of a client certificate.
    check_hostname: False leaves the name unchecked. (The last three as in Python 3.11 and before.)
    """

    default_port = HTTPS_PORT

    def __init__(
        self,
        host: str,
        port: int | None = None,
        key_file: str | None = None,
        cert_file: str | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        *,
        context: "ssl.SSLContext | None" = None,
        check_hostname: bool | None = None,
        blocksize: int = 8192,
    ) -> None:
        super().__init__(host, port, timeout, source_address, blocksize=blocksize)
        self.key_file, self.cert_file = key_file, cert_file
        self.__context = context
        if key_file or cert_file or check_hostname is not None:
            message = "key_file, cert_file and check_hostname are old: a context says it all"
            warnings.warn(message, DeprecationWarning, stacklevel=2)
        if key_file or cert_file:
            self._context.load_cert_chain(cert_file or key_file, key_file)  # type: ignore[arg-type]  # one is set
            if self._context.post_handshake_auth is not None:
                self._context.post_handshake_auth = True
        if check_hostname is not None:
            self._context.check_hostname = check_hostname

    @property
    def _context(self) -> "ssl.SSLContext":
        """The context, this connection's own as soon as somebody touches it: urllib3 and others change it."""
        if self.__context is None:
            from wirekit._io.tls import client_context

            self.__context = client_context()
        return self.__context

    @_context.setter
    def _context(self, context: "ssl.SSLContext") -> None:
        self.__context = context

    def connect(self) -> None:
        """Connect, through the tunnel if one is set, and shake hands. ssl.SSLError when the server is not trusted."""
        from wirekit._io.tls import shared_context

        try:
            super().connect()
            self._attach()  # the handshake too is under the deadline
            name = http1.encode_host(self._tunnel_host or self.host).decode("ascii")
            context = self.__context or shared_context()
            self.sock, self._stream = net.start_tls(self.sock, context, name, self._stream)
            self._attach()
        except BaseException:
            self.close()  # never leave a connection in the clear where TLS was meant
            raise


def _encode(data: str, name: str = "data") -> bytes:
    """Encode text as ISO-8859-1, with an error that tells the way out."""
    try:
        return data.encode("latin-1")
    except UnicodeEncodeError as err:
        hint = (
            f"{name.title()} ({data[err.start : err.end][:18]!r}) is not valid Latin-1. Use {name}.encode('utf-8') "
            "if you want to send it encoded in UTF-8."
        )
        raise UnicodeEncodeError(err.encoding, err.object, err.start, err.end, hint) from None
