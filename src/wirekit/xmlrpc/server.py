# Generated from src/wirekit/aio/xmlrpc/server.py by tools/unasync.py; edit that file.
"""XML-RPC servers: functions that other programs call over HTTP.

    server = SimpleXMLRPCServer(("localhost", 8000))
    server.register_introspection_functions()

    @server.register_function
    def add(x: int, y: int) -> int:
        return x + y

    with server:
        server.serve_forever()

A server is two things, as in the standard library: what accepts connections, and a ``SimpleXMLRPCDispatcher``, which knows
functions by name. The handler between them reads calls and writes answers:

    do_POST -> guard, authenticate, the body -> _marshaled_dispatch -> _dispatch -> the function
                                                                    -> a value, or a Fault

Any number of clients may keep connections open. A server by itself calls one function at a time, as programs for the standard
library's expect; with ``ThreadingMixIn`` before it (``ThreadingXMLRPCServer``) it calls them side by side, and so does the async twin,
whose functions may be ``def``, as far as they wait.

What a function raises is logged, and becomes a Fault with its type and text, as in the standard library; the traceback stays
here unless ``send_tracebacks`` is set. Faults of the protocol have the codes that are agreed upon (safe profile).
"""

import re
import sys
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._io.servers import blocking as serving
from wirekit._wire import responses, rpc_guard, rpc_names
from wirekit._wire.http_message import HTTPMessage
from wirekit._wire.requests import BadRequest
from wirekit.http._exchange import ResponseFile
from wirekit.http.server import (
    DEFAULT_ERROR_CONTENT_TYPE,
    DEFAULT_ERROR_MESSAGE,
    BaseHTTPRequestHandler,
)
from wirekit.xmlrpc._access import basic_users, bearer_tokens
from wirekit.xmlrpc._context import current_request, log_failure, request_of_call
from wirekit.xmlrpc._documentation import XMLRPCDocGenerator, read_style
from wirekit.xmlrpc._gzip import gzip_decode, gzip_encode
from wirekit.xmlrpc._marshal import dumps, loads
from wirekit.xmlrpc._methods import list_public_methods, list_signatures, resolve_dotted_attribute

if TYPE_CHECKING:
    from wirekit._wire.rpc_errors import Fault
    from wirekit.xmlrpc._pydoc import ServerHTMLDoc

__all__ = [
    "CGIXMLRPCRequestHandler",
    "DocCGIXMLRPCRequestHandler",
    "DocXMLRPCRequestHandler",
    "DocXMLRPCServer",
    "Fault",
    "MultiPathXMLRPCServer",
    "ServerHTMLDoc",
    "SimpleXMLRPCDispatcher",
    "SimpleXMLRPCRequestHandler",
    "SimpleXMLRPCServer",
    "ThreadingXMLRPCServer",
    "XMLRPCDocGenerator",
    "basic_users",
    "bearer_tokens",
    "current_request",
    "dumps",
    "gzip_decode",
    "gzip_encode",
    "list_public_methods",
    "loads",
    "resolve_dotted_attribute",
]

_SLOWEST: Final = 10_000
"""Bytes a second that a call's body must come with on average, beyond the first ``request_timeout`` seconds."""
_UNSUPPORTED: Final = "signatures not supported"
_UNSENDABLE: Final = (TypeError, ValueError, OverflowError, RecursionError)
"""What ``dumps`` raises for a value that cannot be sent."""


def __getattr__(name: str) -> Any:
    """Load Fault and ServerHTMLDoc when they are first named: they cost the standard library's client, and pydoc."""
    found: Any
    if name == "Fault":
        found = _errors().Fault
    elif name == "ServerHTMLDoc":
        from wirekit.xmlrpc._pydoc import ServerHTMLDoc as found
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


# --------------------------------------------------------------------------------------------------------- functions


class SimpleXMLRPCDispatcher:
    """Functions by name, and what calls them.

    allow_none: None may be sent. encoding: of answers (UTF-8). use_builtin_types: functions get datetimes and bytes in
    the place of DateTime and Binary. encoders: how other types are sent (see ``client.register_encoder``).

    ``send_tracebacks``: put the traceback of what a function raises into the Fault, for clients that may know all.
    """

    send_tracebacks = False

    def __init__(
        self,
        allow_none: bool = False,
        encoding: str | None = None,
        use_builtin_types: bool = False,
        *,
        encoders: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> None:
        self.funcs: dict[str, Any] = {}
        self.instance: Any = None
        self.allow_dotted_names = False
        self.allow_none = allow_none
        self.encoding = encoding or "utf-8"
        self.use_builtin_types = use_builtin_types
        self.encoders = encoders

    # ---- registering

    def register_instance(self, instance: Any, allow_dotted_names: bool = False) -> None:
        """Let the public methods of an object be called, where no function of that name is registered; one object only.

        An object with a method ``_dispatch(method, params)`` gets all calls by that. allow_dotted_names: ``a.b`` calls
        the method b of its attribute a. *That reaches everything that hangs on its attributes, modules among them;* what
        begins with ``_`` is never reached.
        """
        self.instance = instance
        self.allow_dotted_names = allow_dotted_names

    def register_function(self, function: Any = None, name: str | None = None) -> Any:
        """Let a function be called, by its own name or another; return it. Without a function: a decorator."""
        if function is None:
            return partial(self.register_function, name=name)
        self.funcs[function.__name__ if name is None else name] = function
        return function

    def register_introspection_functions(self) -> None:
        """Let clients ask for ``system.listMethods``, ``system.methodSignature`` and ``system.methodHelp``."""
        self.funcs["system.listMethods"] = self.system_listMethods
        self.funcs["system.methodSignature"] = self.system_methodSignature
        self.funcs["system.methodHelp"] = self.system_methodHelp

    def register_multicall_functions(self) -> None:
        """Let clients make several calls in one, by ``system.multicall``."""
        self.funcs["system.multicall"] = self.system_multicall

    # ---- a call

    def _marshaled_dispatch(self, data: Any, dispatch_method: Any = None, path: Any = None) -> bytes:  # noqa: ARG002 - the standard library's signature
        """Return the answer to a call; both are messages, as bytes. What goes wrong is a Fault.

        dispatch_method: calls the function, ``(method, params)``, in the place of ``_dispatch``.
        """
        strict = defaults.active.strict_xmlrpc
        method = None
        try:
            params, method = self._read_call(data, strict=strict)
            result = net.give(dispatch_method or self._dispatch, method, params)
            answer = self._write_result(method, result, strict=strict)
        except (Exception, SystemExit) as error:  # noqa: BLE001 - whatever it is, the client gets an answer
            answer = self._write_fault(self._make_fault(error, method))
        return answer.encode(self.encoding, "xmlcharrefreplace")

    def _read_call(self, data: Any, *, strict: bool) -> tuple[tuple[Any, ...], Any]:
        """Return (parameters, method) of a call. Raises the Fault that says what is wrong with it (strict)."""
        if not strict:
            return loads(data, use_builtin_types=self.use_builtin_types)
        try:
            params, method = loads(data, use_builtin_types=self.use_builtin_types)
        except Exception as error:  # noqa: BLE001 - told to the client
            raise _refuse_message(error) from None
        if method is None:
            raise _errors().Fault(rpc_names.INVALID_XMLRPC, "the message is no call: it names no method")
        return params, method.strip(" \t\n")  # some write it in a line of its own

    def _write_result(self, method: Any, result: Any, *, strict: bool) -> str:
        given: Any = {"allow_none": self.allow_none, "encoding": self.encoding, "encoders": self.encoders}
        if not strict:
            return dumps((result,), methodresponse=True, **given)
        try:
            return dumps((result,), methodresponse=True, **given)
        except _UNSENDABLE as error:
            if method == "system.multicall" and isinstance(result, list):
                return dumps(
                    ([self._check_result(one, given) for one in result],), methodresponse=True, **given
                )
            raise self._refuse_result(method, error) from None

    def _check_result(self, result: Any, given: dict[str, Any]) -> Any:
        """Return one of several results as it is, or the fault that it cannot be sent."""
        try:
            dumps((result,), **given)
        except _UNSENDABLE as error:
            fault = self._refuse_result("system.multicall", error)
            return {"faultCode": fault.faultCode, "faultString": rpc_names.clean_text(fault.faultString)}
        return result

    def _refuse_result(self, method: Any, error: Exception) -> "Fault":
        """Log that a result cannot be sent, and return the Fault that says so, with the place of the value."""
        log_failure(f"the result of {method!r} cannot be sent", error)
        notes = "; ".join(getattr(error, "__notes__", ()))
        text = f"the result of {method!r} cannot be sent: {error}{notes and f' ({notes})'}"
        fault: Fault = _errors().Fault(rpc_names.INTERNAL_ERROR, text)
        return fault

    def _write_fault(self, fault: "Fault") -> str:
        """Return the message of a fault; one that cannot be sent is made so."""
        try:
            return dumps(fault, allow_none=self.allow_none, encoding=self.encoding, encoders=self.encoders)
        except (TypeError, ValueError, OverflowError):
            text = rpc_names.clean_text(str(fault.faultString))
            code = fault.faultCode if type(fault.faultCode) is int else 1
            return dumps(_errors().Fault(code, text), encoding=self.encoding)

    def _make_fault(self, error: BaseException, method: Any) -> "Fault":
        """Return what the client is told of an exception: a Fault itself, or one with its type and text."""
        fault: Fault
        if isinstance(error, _errors().Fault):
            fault = error
            return fault
        if defaults.active.strict_xmlrpc:
            log_failure(f"{method!r} has failed", error)
        text = f"{type(error)}:{error}"
        if self.send_tracebacks:
            import traceback  # for this alone

            text += "\n" + "".join(traceback.format_exception(error))
        fault = _errors().Fault(1, rpc_names.clean_text(text))
        return fault

    def _dispatch(self, method: str, params: Any) -> Any:
        """Call the function that a name means, and return what it gives; for subclasses to replace.

        The function registered by that name; else the object that is registered, by its ``_dispatch`` or its own method.
        Raises what that raises; for a name that means nothing a Fault (in the ``stdlib`` profile an Exception).
        """
        function = self.funcs.get(method)
        if function is None and self.instance is not None and method not in self.funcs:
            if hasattr(self.instance, "_dispatch"):
                return net.give(self.instance._dispatch, method, params)  # noqa: SLF001 - its public face
            function = self._find_in_instance(method)
        if function is None:
            raise _refuse_method(method)
        if not defaults.active.strict_xmlrpc:
            return net.give(function, *params)
        try:
            found = function(*params)
        except TypeError as error:
            if (
                error.__traceback__ is not None and error.__traceback__.tb_next is None
            ):  # nothing of it was run
                raise _errors().Fault(rpc_names.INVALID_METHOD_PARAMS, str(error)) from None
            raise
        return net.give(_same, found)

    def _find_in_instance(self, method: str) -> Any:
        try:
            return resolve_dotted_attribute(self.instance, method, self.allow_dotted_names)
        except AttributeError:
            return None

    # ---- what every server offers

    def system_listMethods(self) -> list[str]:
        """system.listMethods() => ['add', 'subtract', 'multiple']

        Returns a list of the methods supported by the server.
        """  # noqa: D400, D415 - help for users of the server, in the form of the others
        methods = set(self.funcs)
        if self.instance is not None:
            if hasattr(self.instance, "_listMethods"):
                methods |= set(self.instance._listMethods())  # noqa: SLF001 - its public face
            elif not hasattr(self.instance, "_dispatch"):
                methods |= set(list_public_methods(self.instance))
        return sorted(methods)

    def system_methodSignature(self, method_name: str) -> Any:
        """system.methodSignature('add') => [['double', 'int', 'int']]

        Returns a list of signatures, each a list of types: that of the result, then those of the arguments. They are
        taken from the annotations of the function; without any the answer is 'signatures not supported'.
        """  # noqa: D400, D415 - see above
        method = self._find_method(method_name)
        if not callable(method) or not defaults.active.strict_xmlrpc:
            return _UNSUPPORTED
        return list_signatures(method) or _UNSUPPORTED

    def system_methodHelp(self, method_name: str) -> str:
        """system.methodHelp('add') => "Adds two integers together"

        Returns a string containing documentation for the specified method.
        """  # noqa: D400, D415 - see above
        if method_name not in self.funcs and hasattr(self.instance, "_methodHelp"):
            text: str = self.instance._methodHelp(method_name)  # noqa: SLF001 - its public face
            return text
        method = self._find_method(method_name)
        if method is None:
            return ""
        import inspect  # costs more than a server that is only called

        return (inspect.getdoc(method) or "").rstrip()

    def _find_method(self, name: str) -> Any:
        """Return the function that a name means; None where that is not known."""
        if name in self.funcs or self.instance is None or hasattr(self.instance, "_dispatch"):
            return self.funcs.get(name)
        return self._find_in_instance(name)

    def system_multicall(self, call_list: Any) -> list[Any]:
        """system.multicall([{'methodName': 'add', 'params': [2, 2]}, ...]) => [[4], ...]

        Allows the caller to package multiple XML-RPC calls into a single request. The result of each call is an array
        of the one value, or a struct that is a fault.
        """  # noqa: D400, D415 - see above
        results: list[Any] = []
        for call in call_list:
            name = None
            try:
                name, params = call["methodName"], call["params"]
                if name == "system.multicall" and defaults.active.strict_xmlrpc:
                    message = "system.multicall does not call itself"
                    raise _errors().Fault(rpc_names.INVALID_METHOD_PARAMS, message)
                results.append([net.give(self._dispatch, name, params)])
            except (Exception, SystemExit) as error:  # noqa: BLE001 - it is this call's result
                fault = self._make_fault(error, name)
                results.append({"faultCode": fault.faultCode, "faultString": fault.faultString})
        return results


def _same(value: Any) -> Any:
    return value


def _refuse_method(name: str) -> Exception:
    message = f'method "{name}" is not supported'
    if not defaults.active.strict_xmlrpc:
        return Exception(message)
    fault: Exception = _errors().Fault(rpc_names.METHOD_NOT_FOUND, message)
    return fault


def _refuse_message(error: Exception) -> "Fault":
    """Return the Fault that says what is wrong with a message that could not be read."""
    from xml.parsers.expat import ExpatError  # loaded already, where that is what it is

    errors = _errors()
    code = rpc_names.INVALID_XMLRPC
    if isinstance(error, errors.Fault):
        text = "the message is no call: it is a fault"
    elif isinstance(error, ExpatError | UnicodeError | LookupError):
        code, text = rpc_names.NOT_WELLFORMED_ERROR, f"the message is no proper XML: {error}"
    else:
        text = f"the message is no proper XML-RPC: {error}"
    fault: Fault = errors.Fault(code, rpc_names.clean_text(text))
    return fault


# ---------------------------------------------------------------------------------------------------------- requests


class SimpleXMLRPCRequestHandler(BaseHTTPRequestHandler):
    """Answers calls that come by POST.

    ``rpc_paths``: where calls may go (404 elsewhere); empty for anywhere. ``encode_threshold``: answers of more bytes
    are compressed for clients that read that; None for none. ``user``: what the server's ``authenticate`` has returned.
    """

    protocol_version = "HTTP/1.1"
    rpc_paths: Collection[str] = ("/", "/RPC2", "/pydoc.css")
    encode_threshold: int | None = 1400
    wbufsize = -1
    disable_nagle_algorithm = True
    aepattern = re.compile(r"\s*([^\s;]+)\s*(;\s*q\s*=\s*([0-9.]+))?", re.IGNORECASE)

    user: Any = None
    _plain: tuple[Any, int, bool] = (
        None,
        0,
        False,
    )  # the head of a usual call, its length, whether gzip is welcome

    # ---- what is asked

    def _field(self, name: str) -> str | None:
        """Return the value of a field, by its name in lower case; None where there is none.

        Without making ``headers``, which costs more than the rest of a call's head.
        """
        head = self._head
        if head is None or self.MessageClass is not HTTPMessage:
            value: str | None = self.headers.get(name)
            return value
        for known, value in head.fields:
            if len(known) == len(name) and known.lower() == name:
                return value
        return None

    def accept_encodings(self) -> dict[str, float]:
        """Return the codings that the client accepts, each with its weight."""
        found = {}
        for item in (self._field("accept-encoding") or "").split(","):
            match = self.aepattern.match(item)
            if match:
                try:
                    found[match[1]] = float(match[3]) if match[3] else 1.0
                except ValueError:  # 1.2.3
                    found[match[1]] = 0.0
        return found

    def is_rpc_path_valid(self) -> bool:
        """Tell whether calls may go to this path."""
        return self.path in self.rpc_paths if self.rpc_paths else True

    def _is_welcome(self, *, call: bool) -> bool:
        """Tell whether this request is to be answered; False when it is refused, and that was said.

        call: it is one, and no look at the documentation.
        """
        status, reason = self._judge(call=call)
        if status:
            self.log_error("refused: %s", reason)
            self._refuse_call(status, reason)
            return False
        hook = getattr(self.server, "authenticate", None)
        if hook is not None:
            self.user = net.give(hook, self)
            if not self.user:
                self._challenge(getattr(hook, "challenge", 'Basic realm="XML-RPC"'))
                return False
        return True

    def _judge(self, *, call: bool) -> tuple[int, str]:
        """Return (status, what is wrong) where a request comes from a page that has no business here; (0, "") else."""
        if not defaults.active.rpc_guard:
            return 0, ""
        server: Any = self.server
        reason = rpc_guard.judge_host(
            self._field("host"),
            local=self._is_local(),
            own=_own_name(),
            allowed=getattr(server, "allowed_hosts", None),
        )
        if reason:
            return 403, reason
        if not call:
            return 0, ""
        return rpc_guard.judge_call(
            self._field("content-type"),
            self._field("origin"),
            self._field("host"),
            getattr(server, "allowed_origins", ()),
        )

    def _is_local(self) -> bool:
        """Tell whether the connection comes from this machine to itself."""
        client = self.client_address
        return isinstance(client, tuple) and rpc_guard.is_local_address(str(client[0]))

    def _refuse_call(self, status: int, reason: str) -> None:
        self.close_connection = True
        self._reply(status, "text/plain; charset=utf-8", f"{reason}\n".encode())

    def _challenge(self, challenge: str) -> None:
        self._reply(401, "text/plain; charset=utf-8", b"who are you?\n", {"WWW-Authenticate": challenge})

    def do_OPTIONS(self) -> None:
        """Answer a browser that asks whether a page of another origin may call (Fetch, "CORS-preflight")."""
        origin = self._field("origin")
        if origin is None or origin not in getattr(self.server, "allowed_origins", ()):
            self._refuse_call(403, "pages of other origins may not call this server")
            return
        self.send_response(204)
        self.send_header("Access-Control-Allow-Origin", origin)
        self.send_header("Access-Control-Allow-Methods", "POST")
        self.send_header("Access-Control-Allow-Headers", "Content-Type, Authorization")
        self.send_header("Access-Control-Max-Age", "600")
        self.end_headers()

    # ---- a call

    def do_POST(self) -> None:
        """Answer a call."""
        server: Any = self.server
        head, length, _ = self._plain
        usual = head is not None and head is self._head and getattr(server, "authenticate", None) is None
        if not usual:
            if not self.is_rpc_path_valid():
                self.report_404()
                return
            if not self._is_welcome(call=True):
                return
        try:
            repeated = usual and length <= defaults.active.max_rpc_body
            data = self._read_body(length) if repeated else self._read_call()
            if data is None:
                return  # refused
            answer = self._answer_call(data)
        except Exception as error:  # a mistake of ours, or of an override
            if isinstance(error, OSError | BadRequest) or getattr(self.rfile, "broken", False):
                raise  # nothing to answer: the call did not come whole
            self._report_500(error)
            return
        self._send_answer(answer)

    def _answer_call(self, data: bytes) -> bytes:
        server: Any = self.server
        token = request_of_call.set(self)
        try:
            answer: bytes = net.give(
                server._marshaled_dispatch,  # noqa: SLF001 - the two are one mechanism
                data,
                getattr(self, "_dispatch", None),
                self.path,
            )
        finally:
            request_of_call.reset(token)
        return answer

    def _read_call(self) -> bytes | None:
        """Read the body of a call, unpacked; None when it is refused, and that was said (security rows 156, 162)."""
        limit = defaults.active.max_rpc_body
        length = self._field("content-length")
        if length is None:
            data = self.rfile.read(limit + 1) if self._is_chunked() else b""
        else:
            if int(length) > limit:
                self._refuse_call(413, f"a call has at most {limit} bytes")
                return None
            data = self._read_body(int(length))
        if len(data) > limit:
            self._refuse_call(413, f"a call has at most {limit} bytes")
            return None
        whole = self.decode_request_content(data)
        if whole is data:
            self._note_plain(len(data))
        return whole  # type: ignore[no-any-return]  # what an override returns

    def _note_plain(self, length: int) -> None:
        """Remember that this head is a usual one: clients repeat themselves, and need not be judged anew each time."""
        kind = type(self)
        if (
            kind.MessageClass is HTTPMessage
            and kind.decode_request_content is SimpleXMLRPCRequestHandler.decode_request_content
            and kind.is_rpc_path_valid is SimpleXMLRPCRequestHandler.is_rpc_path_valid
            and kind.accept_encodings is SimpleXMLRPCRequestHandler.accept_encodings
            and self._field("origin") is None
            and self._field("content-encoding") is None
            and not self._is_chunked()
        ):
            self._plain = (self._head, length, bool(self.accept_encodings().get("gzip", 0)))

    def _is_chunked(self) -> bool:
        return self._head is not None and self._head.chunked

    def _read_body(self, length: int) -> bytes:
        """Read so many bytes; those that have not come yet must do so within a time that suits their number."""
        stream = getattr(self.rfile, "stream", None)
        if stream is None or len(stream.buffer) - stream.pos >= length:
            return self.rfile.read(length)  # type: ignore[no-any-return]  # what a file gives
        limit = defaults.active.request_timeout
        stream.deadline = None if limit is None else net.monotonic() + limit + length / _SLOWEST
        data: bytes = self.rfile.read(length)
        stream.deadline = None
        return data

    def decode_request_content(self, data: bytes) -> Any:
        """Return a body as it was before it was compressed; None when it is refused, and that was said."""
        coding = (self._field("content-encoding") or "identity").lower()
        if coding == "identity":
            return data
        status, reason = 501, f"encoding {coding!r} not supported"
        if coding in {"gzip", "x-gzip"}:
            try:
                return gzip_decode(data, defaults.active.max_rpc_body)
            except ValueError as error:
                status, reason = 400, "error decoding gzip content"
                if "exceeded" in str(error):
                    status, reason = 413, "the call is too large, unpacked"
        self.send_response(status, reason)
        self.send_header("Content-length", "0")
        self.end_headers()
        return None

    # ---- the answer

    def _send_answer(self, answer: bytes) -> None:
        head, _, gzip = self._plain
        small = self.encode_threshold is None or len(answer) <= self.encode_threshold
        if head is not None and head is self._head and (small or not gzip) and self._may_send_at_once():
            self._send_at_once(answer)
            return
        more = {}
        if self.encode_threshold is not None and len(answer) > self.encode_threshold:
            more["Vary"] = "Accept-Encoding"
            if self.accept_encodings().get("gzip", 0):
                answer = gzip_encode(answer)
                more["Content-Encoding"] = "gzip"
        origin = self._field("origin")
        if origin is not None and origin in getattr(self.server, "allowed_origins", ()):
            more["Access-Control-Allow-Origin"] = origin
        self._reply(200, "text/xml", answer, more)

    def _may_send_at_once(self) -> bool:
        """Tell whether nobody has changed what is called on the way to an answer, and the connection stays open."""
        kind, base = type(self), BaseHTTPRequestHandler
        return (
            not self.close_connection
            and self.request_version == "HTTP/1.1"
            and kind.send_response is base.send_response
            and kind.send_response_only is base.send_response_only
            and kind.send_header is base.send_header
            and kind.end_headers is base.end_headers
            and kind.flush_headers is base.flush_headers
            and isinstance(self.wfile, ResponseFile)
            and not self.server_stops()
        )

    def _send_at_once(self, answer: bytes) -> None:
        """Send what ``_reply`` would, in a quarter of the time."""
        self.log_request(200)
        strict = defaults.active.strict_framing
        start = responses.format_start(self.version_string(), self.date_time_string(), strict)
        line = responses.format_status_line(self.protocol_version, 200, "OK")
        self._answered, self._status = True, 200
        self.wfile.add_head(
            b"%b%bContent-type: text/xml\r\nContent-length: %d\r\n\r\n" % (line, start, len(answer))
        )
        self.wfile.write(answer)

    def _reply(self, status: int, kind: str, body: bytes, more: Mapping[str, str] | None = None) -> None:
        self.send_response(status)
        self.send_header("Content-type", kind)
        for name, value in (more or {}).items():
            self.send_header(name, value)
        self.send_header("Content-length", str(len(body)))
        self.end_headers()
        net.give(self.wfile.write, body)

    def report_404(self) -> None:
        """Answer a request for a path where there is nothing."""
        self._reply(404, "text/plain", b"No such page")

    def _report_500(self, error: Exception) -> None:
        """Answer a call that failed outside of the function that it is for."""
        self.send_response(500)
        if getattr(self.server, "_send_traceback_header", False):
            import traceback  # for this alone

            trace = "".join(traceback.format_exception(error)).encode("ascii", "backslashreplace")
            self.send_header("X-exception", " ".join(str(error).split()))
            self.send_header("X-traceback", trace.decode("ascii").replace("\n", "\\n"))
        else:
            self.log_error("the call failed: %r", error)
        self.send_header("Content-length", "0")
        self.end_headers()

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Log a request, if the server is to log any."""
        if getattr(self.server, "logRequests", True):
            super().log_request(code, size)


_name: list[str] = []


def _own_name() -> str:
    """Return what this machine is called."""
    if not _name:
        import socket  # loaded already, by whatever listens

        _name.append(socket.gethostname())
    return _name[0]


# ----------------------------------------------------------------------------------------------------------- servers


class SimpleXMLRPCServer(serving.TCPServer, SimpleXMLRPCDispatcher):
    """A server whose registered functions are called by POST.

    Beyond the standard library: authenticate, a function that takes the request handler and returns who calls (it is
    ``request.user`` then), or something false for a stranger; see ``basic_users`` and ``bearer_tokens``. allowed_hosts:
    names that clients may call the server by; None for any, but on connections from this machine to itself only those
    of this machine. allowed_origins: pages of these origins (``https://example.org``) may call.
    """

    allow_reuse_address = True
    request_queue_size = 128
    _send_traceback_header = False

    def __init__(
        self,
        addr: Any,
        requestHandler: Any = SimpleXMLRPCRequestHandler,
        logRequests: bool = True,
        allow_none: bool = False,
        encoding: str | None = None,
        bind_and_activate: bool = True,
        use_builtin_types: bool = False,
        *,
        authenticate: Callable[[Any], Any] | None = None,
        allowed_hosts: Collection[str] | None = None,
        allowed_origins: Collection[str] = (),
        encoders: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> None:
        self.logRequests = logRequests
        self.authenticate = authenticate
        self.allowed_hosts = None if allowed_hosts is None else frozenset(map(str.lower, allowed_hosts))
        self.allowed_origins = frozenset(allowed_origins)
        SimpleXMLRPCDispatcher.__init__(self, allow_none, encoding, use_builtin_types, encoders=encoders)
        serving.TCPServer.__init__(self, addr, requestHandler, bind_and_activate)


class ThreadingXMLRPCServer(serving.ThreadingMixIn, SimpleXMLRPCServer):
    """A server that calls its functions side by side: they must not mind that."""

    daemon_threads = True


class MultiPathXMLRPCServer(SimpleXMLRPCServer):
    """A server with a dispatcher for each path. The handler's ``rpc_paths`` must let these pass."""

    def __init__(
        self,
        addr: Any,
        requestHandler: Any = SimpleXMLRPCRequestHandler,
        logRequests: bool = True,
        allow_none: bool = False,
        encoding: str | None = None,
        bind_and_activate: bool = True,
        use_builtin_types: bool = False,
        **more: Any,
    ) -> None:
        SimpleXMLRPCServer.__init__(
            self,
            addr,
            requestHandler,
            logRequests,
            allow_none,
            encoding,
            bind_and_activate,
            use_builtin_types,
            **more,
        )
        self.dispatchers: dict[str, Any] = {}

    def add_dispatcher(self, path: str, dispatcher: Any) -> Any:
        """Let a dispatcher answer the calls to a path; return it."""
        self.dispatchers[path] = dispatcher
        return dispatcher

    def get_dispatcher(self, path: str) -> Any:
        """Return the dispatcher of a path; KeyError where there is none."""
        return self.dispatchers[path]

    def _marshaled_dispatch(self, data: Any, dispatch_method: Any = None, path: Any = None) -> bytes:
        """Let the dispatcher of the path answer."""
        try:
            dispatcher = self.dispatchers[path]
            answer: bytes = net.give(dispatcher._marshaled_dispatch, data, dispatch_method, path)  # noqa: SLF001 - one of our own kind
        except (Exception, SystemExit) as error:  # noqa: BLE001 - the client gets an answer
            text = self._write_fault(self._make_fault(error, path))
            answer = text.encode(self.encoding, "xmlcharrefreplace")
        return answer


class CGIXMLRPCRequestHandler(SimpleXMLRPCDispatcher):
    """Answers one call in a CGI script: from standard input, to standard output."""

    def handle_xmlrpc(self, request_text: Any) -> None:
        """Answer a call, given as text or bytes."""
        _write_cgi("Content-Type: text/xml", self._marshaled_dispatch(request_text))

    def handle_get(self) -> None:
        """Answer a GET: calls come by POST."""
        message, explain = BaseHTTPRequestHandler.responses[400]  # type: ignore[index]  # an int will do
        page = DEFAULT_ERROR_MESSAGE % {"code": 400, "message": message, "explain": explain}
        _write_cgi(f"Status: 400 {message}\nContent-Type: {DEFAULT_ERROR_CONTENT_TYPE}", page.encode("utf-8"))

    def handle_request(self, request_text: Any = None) -> None:
        """Answer the request that the server has handed over, or a call that is given."""
        import os  # for the environment that CGI is

        if request_text is None:
            if os.environ.get("REQUEST_METHOD") == "GET":
                self.handle_get()
                return
            length = os.environ.get("CONTENT_LENGTH", "")
            limit = defaults.active.max_rpc_body
            if length.isdigit() and int(length) > limit:
                _write_cgi(
                    "Status: 413 Content Too Large\nContent-Type: text/plain", b"the call is too large\n"
                )
                return
            source = getattr(
                sys.stdin, "buffer", sys.stdin
            )  # bytes, where there are: the length counts these
            request_text = source.read(int(length) if length.isdigit() else limit)
        self.handle_xmlrpc(request_text)


def _write_cgi(head: str, body: bytes) -> None:
    print(f"{head}\nContent-Length: {len(body)}\n")  # noqa: T201 - a CGI script's answer
    sys.stdout.flush()
    sys.stdout.buffer.write(body)
    sys.stdout.buffer.flush()


# ----------------------------------------------------------------------------------------------------- documentation


class DocXMLRPCRequestHandler(SimpleXMLRPCRequestHandler):
    """Answers calls that come by POST, and shows the server's documentation to who comes by GET."""

    def _get_css(self, url: str) -> bytes:  # noqa: ARG002 - the standard library's signature
        return read_style()

    def do_GET(self) -> None:
        """Send the page that tells of the server's methods, or its style."""
        server: Any = self.server
        if not self.is_rpc_path_valid() or not getattr(server, "show_page", True):
            self.report_404()
            return
        if not self._is_welcome(call=False):
            return
        if self.path.endswith(".css"):
            self._reply(200, "text/css; charset=UTF-8", self._get_css(self.path))
            return
        page = server.generate_html_documentation().encode("utf-8")
        self._reply(200, "text/html; charset=UTF-8", page, server.list_page_headers())

    do_HEAD = do_GET


class DocXMLRPCServer(SimpleXMLRPCServer, XMLRPCDocGenerator):
    """A server that shows its documentation to browsers, with a console to try its methods.

    console: whether there is one; ``show_page``: whether there is a page at all.
    """

    def __init__(
        self,
        addr: Any,
        requestHandler: Any = DocXMLRPCRequestHandler,
        logRequests: bool = True,
        allow_none: bool = False,
        encoding: str | None = None,
        bind_and_activate: bool = True,
        use_builtin_types: bool = False,
        *,
        console: bool = True,
        show_page: bool = True,
        **more: Any,
    ) -> None:
        SimpleXMLRPCServer.__init__(
            self,
            addr,
            requestHandler,
            logRequests,
            allow_none,
            encoding,
            bind_and_activate,
            use_builtin_types,
            **more,
        )
        XMLRPCDocGenerator.__init__(self)
        self.console = console
        self.show_page = show_page


class DocCGIXMLRPCRequestHandler(CGIXMLRPCRequestHandler, XMLRPCDocGenerator):
    """Answers one call in a CGI script, and shows the documentation to who comes by GET."""

    def __init__(self) -> None:
        CGIXMLRPCRequestHandler.__init__(self)
        XMLRPCDocGenerator.__init__(self)

    def handle_get(self) -> None:
        """Answer a GET: with the documentation."""
        fields = "".join(f"\n{name}: {value}" for name, value in self.list_page_headers().items())
        page = self.generate_html_documentation().encode("utf-8")
        _write_cgi(f"Content-Type: text/html{fields}", page)
