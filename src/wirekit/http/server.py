# Generated from src/wirekit/aio/http/server.py by tools/unasync.py; edit that file.
"""HTTP server: ``http.server``'s classes on HTTP/1.1 with strict framing (RFC 9110, RFC 9112).

    class Hello(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Length", "5")
            self.end_headers()
            self.wfile.write(b"hello")

    with HTTPServer(("127.0.0.1", 8000), Hello) as server:
        server.serve_forever()

A connection has one handler object, which answers its requests one after another:

    handle -> handle_one_request -> parse_request -> do_GET, do_POST ... -> send_response, send_header, end_headers,
              (once a request)                                              wfile.write

What a handler reads and writes (``rfile``, ``wfile``) is in ``_exchange``; how a head is read, and which ones are
refused, in ``wirekit._wire.requests``; what a file server may serve, in ``wirekit._wire.listing``.

Three things are added to what the handler says, in ``end_headers``, so that both sides agree where a response ends: a
response without a length ends its connection and says so; a connection that will be closed says so; and an HTTP/1.0
client whose connection stays open is told. Writing beyond a response's Content-Length, or a body where none may be
(HEAD, 204, 304), sends nothing.

What ``SimpleHTTPRequestHandler`` and ``CGIHTTPRequestHandler`` do stands in ``_files``, ``_uploads`` and ``_cgi``; logins
and access logs, which any handler may have, in ``_access``.
"""

# ruff: noqa: PT028 - the standard library's test() is no test

import contextlib
import html
import sys
import time
from email.message import Message
from http import HTTPStatus
from typing import Any, ClassVar, Final

from wirekit import __version__, defaults
from wirekit._io import blocking as net
from wirekit._io import logins
from wirekit._io.servers import blocking as serving
from wirekit._wire import bodies, cgi, http_dates, passwords, requests, responses
from wirekit._wire.http_message import HTTPMessage, parse_block
from wirekit.http._access import AccessService
from wirekit.http._cgi import ScriptService
from wirekit.http._cgi import executable as executable  # noqa: PLC0414 - a name of the standard library's module
from wirekit.http._cgi import nobody_uid as nobody_uid  # noqa: PLC0414 - likewise
from wirekit.http._exchange import RequestFile, ResponseFile
from wirekit.http._uploads import UploadService

__all__ = [
    "BaseHTTPRequestHandler",
    "CGIHTTPRequestHandler",
    "HTTPSServer",
    "HTTPServer",
    "SimpleHTTPRequestHandler",
    "ThreadingHTTPSServer",
    "ThreadingHTTPServer",
]

DEFAULT_ERROR_MESSAGE = """\
<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="color-scheme" content="light dark">
<title>Error response</title>
</head>
<body>
<h1>Error response</h1>
<p>Error code: %(code)d</p>
<p>Message: %(message)s.</p>
<p>Error code explanation: %(code)s - %(explain)s.</p>
</body>
</html>
"""
DEFAULT_ERROR_CONTENT_TYPE = "text/html;charset=utf-8"

_LINGER: Final = 2.0
"""Seconds without a byte after which a client whose request was not read to its end has taken our answer."""
_LINGER_ALL: Final = 15.0
"""Seconds after which it has, whatever it still sends."""
_BLOCK: Final = 1 << 16
_LAST_09: Final = "HTTP/0.9"

_date: tuple[int, str] = (
    -1,
    "",
)  # the second of the last Date field, and that field: at most one is made a second
_log_date: tuple[int, str] = (-1, "")


class HTTPServer(serving.TCPServer):
    """A server that makes a handler for each connection.

    ``server_name`` and ``server_port`` say what the server is called. ``request_queue_size`` is 128, not the 5 of the
    standard library: with 5, a browser that opens six connections at once waits a second for the sixth.
    """

    allow_reuse_address = True
    request_queue_size = 128

    server_name: str
    server_port: int
    _stopping = False

    def server_bind(self) -> None:
        """Bind, and note the server's name. The resolver is asked for it by ``defaults.resolve_server_name`` only.

        A Unix socket (``address_family = socket.AF_UNIX``, the address a path) has ``localhost`` and 0 for them.
        """
        super().server_bind()
        if isinstance(self.server_address, (str, bytes)):
            self.server_name, self.server_port = "localhost", 0
            return
        host, port = self.server_address[:2]
        self.server_name = serving.own_name(str(host), resolve=defaults.active.resolve_server_name)
        self.server_port = int(port)


class ThreadingHTTPServer(serving.ThreadingMixIn, HTTPServer):
    """A server that serves its connections side by side."""

    daemon_threads = True


class HTTPSServer(HTTPServer):
    """A server that speaks TLS.

    certfile: the certificate and those that vouch for it, in PEM; keyfile: its key, where that is another file; password:
    of the key, or a function that gives it. alpn_protocols: what is offered to clients, by default HTTP/1.1. context: an
    ``ssl.SSLContext`` in the place of all these. OSError and ssl.SSLError for files that are none.
    """

    def __init__(
        self,
        server_address: Any,
        RequestHandlerClass: Any,
        bind_and_activate: bool = True,
        *,
        certfile: Any = None,
        keyfile: Any = None,
        password: Any = None,
        alpn_protocols: Any = None,
        context: Any = None,
    ) -> None:
        if certfile is None and context is None:
            message = "a certificate is needed: certfile or context"
            raise TypeError(message)
        self.context = context
        self.certfile, self.keyfile, self.password = certfile, keyfile, password
        self.alpn_protocols = ["http/1.1"] if alpn_protocols is None else alpn_protocols
        super().__init__(server_address, RequestHandlerClass, bind_and_activate)

    def server_activate(self) -> None:
        """Listen; from now on every connection begins with a handshake."""
        super().server_activate()
        self.socket = self._create_context().wrap_socket(self.socket, server_side=True)

    def _create_context(self) -> Any:
        if self.context is not None:
            return self.context
        from wirekit._io.servers import certificates  # costs ssl, which plain servers do without

        return certificates.make_context(self.certfile, self.keyfile, self.password, self.alpn_protocols)


class ThreadingHTTPSServer(serving.ThreadingMixIn, HTTPSServer):
    """A server that speaks TLS, and serves its connections side by side."""

    daemon_threads = True


class BaseHTTPRequestHandler(AccessService, serving.StreamRequestHandler):
    """What answers the requests of one connection; subclasses give it a method ``do_GET``, ``do_POST`` ... each.

    For these there are: ``command``, ``path`` (the request target as it came), ``request_version``, ``headers``,
    ``rfile`` (the body: it ends where the body ends, and chunks are taken apart), ``wfile``, ``client_address``,
    ``server``, ``connection``. ``close_connection`` is True when the connection ends with this request.

    ``timeout`` (seconds a client may keep us waiting for a part of its request): None takes
    ``defaults.request_timeout``.
    """

    server_version = "wirekit/" + __version__
    sys_version = "Python/" + sys.version.split()[0]
    protocol_version = "HTTP/1.0"
    default_request_version = "HTTP/0.9"
    error_message_format = DEFAULT_ERROR_MESSAGE
    error_content_type = DEFAULT_ERROR_CONTENT_TYPE
    disable_nagle_algorithm = True
    MessageClass: type[Message] = HTTPMessage

    responses: ClassVar[dict[HTTPStatus, tuple[str, str]]] = {
        status: (status.phrase, status.description) for status in HTTPStatus.__members__.values()
    }
    weekdayname: ClassVar[list[str]] = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
    monthname: ClassVar[list[str | None]] = [
        None, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ]  # fmt: skip

    rfile: Any
    wfile: Any
    command: str | None = None
    path: str = ""
    request_version: str = ""
    requestline: str = ""
    raw_requestline: bytes = b""
    close_connection = True

    _head: requests.RequestHead | None = None
    _headers: Any = None
    _headers_buffer: list[bytes]
    _status = 0  # of the response that is being written
    _length: int | None = None  # its Content-Length
    _coded = False  # it has a Transfer-Encoding
    _said = False  # it has a Connection field
    _begun = False  # a response's head is being made: its status line stands, its end does not
    _answered = False  # the head of a final response is out
    _switched = False  # the connection speaks another protocol from now on
    _lingers = False  # the client may still be sending what we shall not read
    _error_fields: Any = ()  # what the next error says beside its page
    _lot: Any = None  # where the connection waits between requests, if not here

    # ---- the connection

    def setup(self) -> None:
        """Make ``connection``, ``rfile`` and ``wfile`` for the connection that was accepted."""
        self.connection = self.request
        stream, send = serving.open_stream(self.connection, self.timeout)
        self.rfile = RequestFile(stream)
        self.wfile = ResponseFile(stream, send, self.wbufsize)
        self._lot = serving.find_lot(self, BaseHTTPRequestHandler.handle)

    def finish(self) -> None:
        """Send what is left, and let go of ``rfile`` and ``wfile``."""
        wfile = self.wfile
        if not wfile.closed:
            try:
                net.give(wfile.flush)
            except OSError:
                _drop(wfile)  # the client has gone
            wfile.close()
        if self._lingers:
            self._linger()
        self.rfile.close()

    def _linger(self) -> None:
        """Read on for a moment: a close with bytes unread resets the connection, and our answer may be lost with it.

        RFC 9112 section 9.6.
        """
        stream, left = self.rfile.stream, defaults.active.max_body
        try:
            stream.shutdown_write()
            if self._lot is not None and self._lot.linger(stream):
                return
            last = net.monotonic() + _LINGER_ALL
            while left > 0:
                stream.deadline = min(net.monotonic() + _LINGER, last)
                if not (data := stream.recv(_BLOCK)):
                    break
                left -= len(data)
        except OSError:
            return

    def handle(self) -> None:
        """Answer one request after another, until one closes the connection.

        Where the server lets idle connections wait by themselves, this returns when no further request has come yet,
        and is called again when one has.
        """
        lot = self._lot if isinstance(self.rfile, RequestFile) else None
        if lot is not None and not self.rfile.came and lot.parks(self):
            return
        self.handle_one_request()
        while not self.close_connection and (lot is None or not lot.parks(self)):
            self.handle_one_request()

    def handle_one_request(self) -> None:
        """Read a request, have its method answer it, and leave the connection ready for the next one."""
        self._begun = self._answered = self._switched = False
        self._headers_buffer = []
        if self.access_log is not None:
            self._since, self._to_log = 0.0, None
            if isinstance(self.wfile, ResponseFile):
                self.wfile.sent = 0
        try:
            if self._repeat():
                self._answer()
                self._end()
            elif not self._begin():
                self.close_connection = True
            elif self.parse_request():
                self._answer()
                self._end()
            else:
                self._lingers = self.close_connection = True
        except TimeoutError as error:
            self.close_connection = True
            if not getattr(self.rfile, "idle", False):  # a connection that nobody used is no news
                self.log_error("Request timed out: %r", error)
        except OSError as error:  # ConnectionError, errors of TLS, a network that is down
            if not self._is_lost():
                raise  # of the handler's own
            self.close_connection = True
            if not getattr(self.rfile, "idle", False):
                self.log_error("Connection lost: %r", error)
        finally:
            if self._to_log is not None:
                status, self._to_log = self._to_log, None
                self.log_access(status)

    def _is_lost(self) -> bool:
        """Tell whether the client has gone."""
        stream = getattr(self.rfile, "stream", None)
        return self._head is None or getattr(stream, "closed", False) or getattr(self.wfile, "lost", False)

    def _repeat(self) -> bool:
        """Take a request whose fields are those of the one before, and which stands there whole.

        False where it has to be read: by ``_begin`` and ``parse_request``.
        """
        rfile = self.rfile
        if (
            type(rfile) is not RequestFile
            or type(self).parse_request is not BaseHTTPRequestHandler.parse_request
        ):
            return False
        head = rfile.repeat()
        if head is None:
            return False
        self._begin_again(head)
        return True

    def _begin_again(self, head: requests.RequestHead) -> None:
        """Make a head, which was read before, the request that is to be answered."""
        self.raw_requestline = head.raw_line
        self._headers = None
        self._take(head, self.rfile)

    def answer_at_once(self) -> bytes | None:
        """Take the request that stands in ``rfile``, and return its whole answer; None where that is not at hand.

        Whoever waits for requests asks this first. It must not wait.
        """
        return None

    def _begin(self) -> bool:
        """Wait for a request line; False when there is none to answer."""
        self._head = None
        self.command = None
        self.requestline = ""
        self.request_version = self.default_request_version
        if not isinstance(self.rfile, RequestFile):  # somebody's own file
            self.raw_requestline = net.give(self.rfile.readline, 65_537)
            if len(self.raw_requestline) > defaults.active.max_line:
                self._refuse(requests.BadRequest(414))
                return False
            return bool(self.raw_requestline)
        try:
            self.raw_requestline = self.rfile.read_line_of_head()
        except requests.BadRequest as refused:
            self._lingers = True
            self._refuse(refused)
            return False
        return bool(self.raw_requestline)

    def parse_request(self) -> bool:
        """Read the fields that follow ``raw_requestline``, and set ``command``, ``path``, ``headers`` and the rest.

        False when the request is refused; the error is sent then.
        """
        self.command = None
        self.request_version = self.default_request_version
        self.close_connection = True
        self._answered = False
        self._headers = None
        rfile = self.rfile if isinstance(self.rfile, RequestFile) else RequestFile(net.over_file(self.rfile))
        try:
            head = rfile.read_head(self.raw_requestline)
        except requests.BadRequest as refused:
            self._refuse(refused)
            return False
        self._take(head, rfile)
        if head.expects and self.protocol_version >= "HTTP/1.1":
            return self.handle_expect_100()
        return True

    def _take(self, head: requests.RequestHead, rfile: RequestFile) -> None:
        """Make a head the request that is to be answered."""
        self._head = head
        if self.access_log is not None:
            self._since = time.time()
        self.requestline, self.command = head.line, head.method
        if head.version != _LAST_09:  # else a handler's own default_request_version counts
            self.request_version = head.version
        # one slash in front: a path that starts with two is another host where it becomes a link (security row 103)
        self.path = "/" + head.target.lstrip("/") if head.target.startswith("//") else head.target
        rfile.frame(head)
        self.close_connection = not (head.keep_alive and self.protocol_version >= "HTTP/1.1")

    def _refuse(self, refused: requests.BadRequest) -> None:
        """Answer a request that is refused, where it is worth an answer; the connection ends."""
        self.close_connection = True
        if not self.requestline:
            self.requestline = self.raw_requestline.decode("iso-8859-1").rstrip("\r\n")
        if self.request_version in {"", _LAST_09}:
            self.request_version = (
                "HTTP/1.0"  # an answer without a status line would be no answer (security row 124)
            )
        if refused.status:
            self.send_error(refused.status, refused.reason, refused.explain)

    def handle_expect_100(self) -> bool:
        """Decide about a request that waits for ``100 Continue`` before it sends its body (RFC 9110 section 10.1.1).

        True goes on: 100 Continue is sent when the handler first reads from ``rfile``, so that an error may come
        instead. An override may send an error and return False.
        """
        if isinstance(self.rfile, RequestFile):
            self.rfile.greet = self._send_continue
        else:
            self._send_continue()
        return True

    def _send_continue(self) -> None:
        if not self._answered:
            line = responses.format_status_line(self.protocol_version, 100, self._reason(100))
            if isinstance(self.wfile, ResponseFile):
                self.wfile.add_head(line + b"\r\n")
                self.wfile.flush()  # the client waits, whatever else the handler likes to gather
            else:
                net.give(self.wfile.write, line + b"\r\n")

    def _answer(self) -> None:
        """Call the method that the request names."""
        method = getattr(self, f"do_{self.command}", None)
        try:
            if self.accounts and not self.authorize():
                return
            if method is None:
                self.send_error(HTTPStatus.NOT_IMPLEMENTED, f"Unsupported method ({self.command!r})")
            else:
                net.give(method)
        except requests.BadRequest as refused:  # in the body
            self._break_off(refused)
        except Exception as error:  # noqa: BLE001 - raised again, once the client has an answer
            self._fail(error)

    def _break_off(self, refused: requests.BadRequest) -> None:
        self.close_connection = self._lingers = True
        self.log_error("Bad request body: %s", refused.explain or refused.reason or refused.status)
        if self._may_answer():
            self._headers_buffer = []
            self._refuse(refused)

    def _fail(self, error: Exception) -> None:
        """The handler raised: say so to the client if nothing was said yet, and to the server, whose affair it is."""
        self.close_connection = True
        if getattr(self.rfile, "broken", False):
            self._break_off(requests.BadRequest(400, "Bad request body", f"{error}"))
            return
        if self._may_answer() and not (isinstance(error, OSError) and self._is_lost()):
            self._headers_buffer = []
            with contextlib.suppress(OSError):  # the client has gone: the handler's exception is what counts
                self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
        raise error

    def _may_answer(self) -> bool:
        """Tell whether the client has got no part of a response yet, by the handler's own writing neither."""
        return not (self._answered or getattr(self.wfile, "used", False))

    def _end(self) -> None:
        """Send what is held back; see whether the connection may serve another request."""
        wfile = self.wfile
        if not isinstance(self.rfile, RequestFile) or not isinstance(wfile, ResponseFile):
            net.give(wfile.flush)
            return
        if wfile.holds:
            wfile.flush()
        if not self._answered or self._switched or wfile.left or self.server_stops():
            self.close_connection = True
        if wfile.overrun:
            wfile.overrun = False
            self.close_connection = True
            self.log_error("Response body longer than its Content-Length: the rest was not sent")
        wfile.left, wfile.mute, wfile.used = None, False, False
        if self.rfile.unread and not self._switched:
            self._lingers = not self._skip_body()
            self.close_connection = self.close_connection or self._lingers

    def _skip_body(self) -> bool:
        """Read what the handler left of the body, unless that is too much (security row 113)."""
        if self.rfile.greet is not None or self.close_connection:
            return False
        try:
            skipped: bool = self.rfile.skip(defaults.active.max_drain)
        except (http_exception(), requests.BadRequest):
            return False
        return skipped

    def server_stops(self) -> bool:
        """Tell whether the server is shutting down, so that this request is the connection's last."""
        return bool(getattr(self.server, "_stopping", False))

    @property
    def headers(self) -> Any:
        """The request's header fields, a ``MessageClass``."""
        if self._headers is None and self._head is not None:
            self._headers = _make_message(self._head, self.MessageClass)
        return self._headers

    @headers.setter
    def headers(self, value: Any) -> None:
        self._headers = value

    # ---- the response

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Log an error, and answer the request with a page about it; the connection ends.

        message: the reason phrase; explain: a longer text for the page. Both default to the usual words of the status.
        """
        usual, usual_explain = self.responses.get(code, ("???", "???"))  # type: ignore[call-overload]  # an int will do
        message = usual if message is None else message
        explain = usual_explain if explain is None else explain
        if self.access_log is None:  # else the line about the answer says it
            self.log_error("code %d, message %s", code, message)
        self.send_response(code, responses.clean_reason(message))
        self.send_header("Connection", "close")
        body = b""
        if code >= 200 and code not in {204, 205, 304}:
            page = self.error_message_format % {
                "code": code,
                "message": html.escape(message, quote=False),
                "explain": html.escape(explain, quote=False),
            }
            body = page.encode("utf-8", "replace")
            self.send_header("Content-Type", self.error_content_type)
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        if body and self.command != "HEAD":
            net.give(self.wfile.write, body)

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin a response, and log it: status line, ``Server`` and ``Date``. ``end_headers`` sends them."""
        self.log_request(code)
        self.send_response_only(code, message)
        server, date = self.version_string(), self.date_time_string()
        if type(self).send_header is BaseHTTPRequestHandler.send_header and self.request_version != _LAST_09:
            self._add(responses.format_start(server, date, defaults.active.strict_framing))
        else:
            self.send_header("Server", server)
            self.send_header("Date", date)
        if self._error_fields and code >= 400:
            for name, value in self._error_fields:
                self.send_header(name, value)
            self._error_fields = ()

    def send_response_only(self, code: int, message: str | None = None) -> None:
        """Begin a response by its status line alone. ValueError for a message with control characters.

        A head that was begun and not ended is forgotten: a handler that fails in the midst of one sends an error.
        """
        if self._begun:
            self._headers_buffer = []
        self._begun = True
        self._status, self._length = code, None
        self._coded = self._said = False
        if self.request_version == _LAST_09:
            return
        line = responses.format_status_line(
            self.protocol_version, code, self._reason(code) if message is None else message
        )
        self._add(line)

    def _reason(self, code: int) -> str:
        known = self.responses.get(code)  # type: ignore[call-overload]  # an int will do
        return known[0] if known else ""

    def _add(self, line: bytes) -> None:
        try:
            self._headers_buffer.append(line)
        except AttributeError:  # a handler that reads its requests in a way of its own
            self._headers_buffer = [line]

    def send_header(self, keyword: str, value: Any) -> None:
        """Add a field to the response; ``end_headers`` sends it.

        ValueError for a keyword or value that would end the line (security rows 109 and 110).
        """
        text = value if type(value) is str else str(value)
        line, low = responses.format_field(keyword, text, defaults.active.strict_framing)
        if self.request_version != _LAST_09:
            try:
                self._headers_buffer.append(line)
            except AttributeError:  # a handler that reads its requests in a way of its own
                self._headers_buffer = [line]
        if low is None:
            return
        if low == "content-length":
            self._length = int(text) if responses.is_length(text) else None
        elif low == "connection":
            self._said = True
            if text.lower() in {"close", "keep-alive"}:
                self.close_connection = text.lower() == "close"
        elif low == "transfer-encoding":
            self._coded = True

    def end_headers(self) -> None:
        """End the response's head and send it; a head whose body must follow leaves with the first ``write``.

        Without a status line the fields belong to the body: they are the head of a part of it (multipart).
        """
        if self.request_version == _LAST_09:
            return
        begun, self._begun = self._begun, False
        ours = isinstance(self.wfile, ResponseFile)
        if begun and self._answered and not self._switched and ours:
            self._withhold()
            return
        if begun:
            self._settle()
        self._add(b"\r\n")
        if begun or not ours:
            self.flush_headers()
        else:
            parts, self._headers_buffer = self._headers_buffer, []
            self.wfile.write(b"".join(parts))

    def _withhold(self) -> None:
        """Send no second response to one request: the client would take it for the answer to its next one."""
        self._headers_buffer = []
        self.wfile.mute = self.close_connection = True
        self.log_error("A second response to one request was not sent")

    def _settle(self) -> None:
        """Make sure that the client can tell where this response ends (RFC 9112 section 6.3)."""
        status, wfile = self._status, self.wfile
        if status < 200 and status != 101:
            return
        self._answered = True
        if status == 101 or (self.command == "CONNECT" and status < 300):
            self._switch()
            return
        empty = bodies.has_no_body(self.command, status)
        greeted = getattr(self.rfile, "greet", None) is None
        if not (empty or self._coded or self._length is not None) or not greeted or self.server_stops():
            self.close_connection = True
        if not self._said and self._head is not None and self.protocol_version >= "HTTP/1.1":
            if self.close_connection:
                self._add(b"Connection: close\r\n")
            elif self.request_version < "HTTP/1.1":
                self._add(b"Connection: keep-alive\r\n")
        if isinstance(wfile, ResponseFile):
            wfile.mute = empty
            wfile.left = None if empty else self._length
            self._length = wfile.left

    def _switch(self) -> None:
        """The connection is the handler's own from now on: bytes pass ``rfile`` as they come."""
        self._switched = True
        self._length = None
        if isinstance(self.rfile, RequestFile):
            self.rfile.unframe()

    def flush_headers(self) -> None:
        """Send what stands in the head so far."""
        if parts := getattr(self, "_headers_buffer", None):
            self._headers_buffer = []
            wfile = self.wfile
            if not isinstance(wfile, ResponseFile):
                net.give(wfile.write, b"".join(parts))
            elif wfile.add_head(b"".join(parts)) and not self._length:
                wfile.flush()  # else it leaves with the body that is certain to follow

    # ---- the log

    _control_char_table: ClassVar[dict[int, str]] = {
        **{code: rf"\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0))},
        ord("\\"): r"\\",
    }

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Log a request that is being answered; ``send_response`` calls it."""
        if isinstance(code, HTTPStatus):
            code = code.value
        if self.access_log is not None and isinstance(code, int):
            self._to_log = code  # logged when it is answered
            return
        self.log_message('"%s" %s %s', self.requestline, str(code), str(size))

    def log_error(self, format: str, *args: Any) -> None:
        """Log a request that cannot be answered."""
        self.log_message(format, *args)

    def log_message(self, format: str, *args: Any) -> None:
        """Write a line to standard error: client, time, message. Control characters are escaped (security row 123)."""
        message = (format % args).translate(self._control_char_table)
        if self.access_log == "json":
            self.log_note(message)
            return
        sys.stderr.write(f"{self.address_string()} - - [{self.log_date_time_string()}] {message}\n")

    def version_string(self) -> str:
        """Return the value of the ``Server`` field."""
        return f"{self.server_version} {self.sys_version}"

    def date_time_string(self, timestamp: float | None = None) -> str:
        """Return a moment (seconds since 1970, or now) as a date of HTTP (RFC 9110 section 5.6.7)."""
        global _date  # noqa: PLW0603 - one date for the process
        if timestamp is not None:
            return http_dates.format_http_date(int(timestamp))
        now = int(time.time())
        known = _date  # read once: another thread may replace it meanwhile
        if known[0] != now:
            known = _date = (now, http_dates.format_http_date(now))
        return known[1]

    def log_date_time_string(self) -> str:
        """Return the current local time, for the log."""
        global _log_date  # noqa: PLW0603 - one date for the process
        now = int(time.time())
        known = _log_date
        if known[0] != now:
            t = time.localtime(now)
            month = self.monthname[t.tm_mon]
            text = f"{t.tm_mday:02}/{month}/{t.tm_year:04} {t.tm_hour:02}:{t.tm_min:02}:{t.tm_sec:02}"
            known = _log_date = (now, text)
        return known[1]

    def address_string(self) -> str:
        """Return the client's address; ``-`` where it has none (Unix sockets)."""
        return str(self.client_address[0]) if self.client_address else "-"


def http_exception() -> type[Exception]:
    """Return HTTPException; loaded when it is needed, for it costs http.client."""
    from wirekit._wire.http_errors import HTTPException  # see above

    return HTTPException


def _drop(wfile: Any) -> None:
    """Forget what cannot be sent any more, so that closing does not try again."""
    if isinstance(wfile, ResponseFile):
        wfile.drop()


def _make_message(head: requests.RequestHead, kind: type[Message]) -> Any:
    """Make the object of a request's fields that programs know."""
    if issubclass(kind, HTTPMessage):
        return kind.of(head.fields)
    return parse_block(head.block, kind, strict=defaults.active.strict_framing)


class SimpleHTTPRequestHandler(UploadService, BaseHTTPRequestHandler):
    """Serves the files below a directory, by GET and HEAD, and lists its directories.

    directory: the root, by default the current directory. extra_response_headers: pairs of name and value (or a mapping)
    that every answer about a file or a directory has.

    Attributes that subclasses may set: ``index_pages`` (served in a directory's place), ``extensions_map`` (types by
    extension, before the system's table is asked), ``default_content_type``; ``cache_control`` (the value of that field),
    ``cors_origins`` (origins whose scripts may read, ``("*",)`` for all), ``accounts`` and ``realm`` (who may ask at all),
    ``uploads`` and ``overwrite`` (whether files are taken, and replaced), ``access_log``.

    By ``wirekit.defaults``: hidden files and links that lead out of the directory are not served (``serve_hidden``,
    ``follow_symlinks_out``), files are sent compressed (``compress_files``), uploads have a limit (``max_upload``).
    """

    _base = BaseHTTPRequestHandler


class CGIHTTPRequestHandler(ScriptService, SimpleHTTPRequestHandler):
    """Serves files, and lets the scripts in ``cgi_directories`` answer GET, HEAD and POST.

    A script runs without a shell, in an environment made for it, for ``cgi_timeout`` seconds at most (None:
    ``defaults.cgi_timeout``), and as the user ``nobody`` where the server is root.
    """


def hash_password(password: str) -> str:
    """Return a hash of a password, as a handler's ``accounts`` hold it. Made anew, and another one, each time."""
    return logins.make_hash(password)


def read_accounts(text: str) -> dict[str, str]:
    """Return the accounts of a file's text: a line ``name:hash`` for each. ValueError, with the line, for what is none."""
    return passwords.parse_accounts(text)


def make_certificate(*names: str) -> tuple[Any, str]:
    """Make a key and a certificate for these host names and addresses; return (``context`` of a server, fingerprint).

    Nobody vouches for it: clients compare the fingerprint (SHA-256). ImportError without the extra `certificates`.
    """
    from wirekit._io.servers import certificates  # costs ssl

    return certificates.make_own_context(list(names))


nobody = None
_url_collapse_path = cgi.collapse_path


def test(
    HandlerClass: Any = BaseHTTPRequestHandler,
    ServerClass: Any = ThreadingHTTPServer,
    protocol: str = "HTTP/1.0",
    port: int = 8000,
    bind: str | None = None,
    tls_cert: Any = None,
    tls_key: Any = None,
    tls_password: Any = None,
) -> None:
    """Serve by a handler class until interrupted; what ``python -m wirekit.http.server`` runs.

    bind: the address to listen on, by default all. tls_cert, tls_key, tls_password: as of ``HTTPSServer``, which the
    server's class must be then.
    """
    ServerClass.address_family, address = serving.best_family(bind, port)
    HandlerClass.protocol_version = protocol
    tls = {"certfile": tls_cert, "keyfile": tls_key, "password": tls_password} if tls_cert else {}
    with ServerClass(address, HandlerClass, **tls) as httpd:
        host, port = httpd.socket.getsockname()[:2]
        scheme = "https" if tls_cert else "http"
        url = f"{scheme}://{f'[{host}]' if ':' in host else host}:{port}/"
        print(f"Serving {scheme.upper()} on {host} port {port} ({url}) ...", flush=True)  # noqa: T201 - a command's output
        try:
            httpd.serve_forever()
        except KeyboardInterrupt:
            print("\nKeyboard interrupt received, exiting.")  # noqa: T201 - a command's output
            sys.exit(0)


def _read_options(arguments: list[str] | None) -> Any:
    """Take apart what was typed: the options of the standard library's command (Python 3.15)."""
    import argparse  # for the command alone, as pathlib
    from pathlib import Path

    parser = argparse.ArgumentParser(
        prog="python -m wirekit.http.server", description="Serve the files of a directory over HTTP."
    )
    add = parser.add_argument
    add("port", default=8000, type=int, nargs="?", help="port (default: %(default)s)")
    add("-b", "--bind", metavar="ADDRESS", help="address (default: all)")
    add("-d", "--directory", help="directory (default: the current one)")
    add(
        "-p",
        "--protocol",
        metavar="VERSION",
        default="HTTP/1.0",
        help="HTTP version (default: %(default)s)",
    )
    add("--cgi", action="store_true", help="run the scripts in /cgi-bin and /htbin")
    add(
        "--content-type",
        metavar="TYPE",
        help="of files whose names tell none (default: application/octet-stream)",
    )
    add(
        "-H",
        "--header",
        nargs=2,
        action="append",
        metavar=("NAME", "VALUE"),
        help="a field of every answer",
    )
    add(
        "--tls-cert",
        metavar="PATH",
        help="certificate and those that vouch for it, in PEM: serve over TLS",
    )
    add("--tls-key", metavar="PATH", help="its key, where that is another file")
    add("--tls-password-file", metavar="PATH", help="a file with the password of the key")
    options = parser.parse_args(arguments)
    options.tls_password = None
    if not options.tls_cert and (options.tls_key or options.tls_password_file):
        named = "--tls-key" if options.tls_key else "--tls-password-file"
        parser.error(f"{named} requires --tls-cert to be set")
    if options.tls_password_file:
        try:
            options.tls_password = Path(options.tls_password_file).read_text("utf-8").strip()
        except OSError as error:
            parser.error(f"Failed to read TLS password file: {error}")
    return options


def _main(arguments: list[str] | None = None) -> None:
    """Serve a directory, as the command line says."""
    options = _read_options(arguments)
    handler: Any = CGIHTTPRequestHandler if options.cgi else SimpleHTTPRequestHandler
    if options.content_type:
        handler.default_content_type = options.content_type

    base: Any = ThreadingHTTPSServer if options.tls_cert else ThreadingHTTPServer

    class DualStackServer(base):  # type: ignore[misc]  # one of two
        def server_bind(self) -> None:
            serving.allow_both_families(self.socket)
            super().server_bind()

        def finish_request(self, request: Any, client_address: Any) -> None:
            told = {"directory": options.directory, "extra_response_headers": options.header}
            handler(request, client_address, self, **told)

    tls = options.tls_cert, options.tls_key, options.tls_password
    test(handler, DualStackServer, options.protocol, options.port, options.bind, *tls)


if __name__ == "__main__":
    _main()
