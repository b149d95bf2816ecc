"""``wirekit call``: one call of an XML-RPC server, its answer as JSON."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from base64 import b64decode, b64encode
from decimal import Decimal
from typing import NamedTuple
from xml.parsers.expat import ExpatError

from wirekit._cli.outcome import Code, Outcome, explain, hide_secrets, printable, say
from wirekit._cli.request import make_context, parse_field
from wirekit.http.client import HTTPException
from wirekit.xmlrpc import client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path
    from typing import Any

__all__ = ["Options", "call", "format_result", "list_methods", "parse_argument"]

_LOOKS_LIKE_JSON = re.compile(r'[\[{"]|-?\d').match
_FAILURES = (OSError, HTTPException, client.Error, ExpatError, ValueError, TypeError)


class Options(NamedTuple):
    """What was asked for beside the call. ``headers``: as typed."""

    headers: tuple[str, ...] = ()
    verbose: bool = False
    insecure: bool = False
    authority: Path | None = None
    timeout: float | None = None


def call(url: str, method: str, arguments: Sequence[str], options: Options) -> Code:
    """Call a method, and print what it gives; return the exit code."""

    def work(server: Any) -> str:
        target = server
        for name in method.split("."):
            target = getattr(target, name)
        values = [parse_argument(text, at) for at, text in enumerate(arguments, 1)]
        return format_result(target(*values))

    return _work_on(url, options, work)


def list_methods(url: str, options: Options) -> Code:
    """Print the server's methods, by its introspection; return the exit code."""

    def work(server: Any) -> str:
        return "\n".join(_tell(server, name) for name in server.system.listMethods())

    return _work_on(url, options, work)


def _tell(server: Any, name: str) -> str:
    """Return a method's signatures, and its help below them."""
    try:
        signatures = server.system.methodSignature(name)
        doc = str(server.system.methodHelp(name))
    except client.Fault:
        signatures, doc = None, ""
    lines = [printable(name)]
    if isinstance(signatures, list):
        lines = [
            f"{printable(name)}({', '.join(map(printable, types[1:]))}) -> {printable(types[0])}"
            for types in signatures
            if isinstance(types, list) and types
        ] or lines
    return "\n".join([*lines, *(f"    {printable(line)}".rstrip() for line in doc.splitlines())])


def _work_on(url: str, options: Options, work: Callable[[Any], str]) -> Code:
    """Do some work on a server, and print what comes of it, or one line about what went wrong."""
    if options.insecure:
        say("warning: --insecure: certificates are not checked, anybody may answer in the server's name")
    try:
        with _connect(url, options) as server:
            told = work(server)
    except _FAILURES as error:
        outcome = _explain(error)
        say(hide_secrets(url), outcome.line)
        return outcome.code
    print(told)
    return Code.OK


def _connect(url: str, options: Options) -> Any:
    given: dict[str, Any] = {
        "use_builtin_types": True,
        "headers": [parse_field(text) for text in options.headers],
    }
    if options.timeout is not None:
        given["timeout"] = options.timeout
    context = make_context(options)  # type: ignore[arg-type]  # it has what is read of it
    if not options.verbose:
        return client.ServerProxy(url, allow_none=True, context=context, **given)
    scheme = url.partition(":")[0].lower()
    kind = {"https": client.SafeTransport, "http+unix": client.UnixTransport}.get(scheme, client.Transport)
    if scheme == "https":
        given["context"] = context
    transport: Any = type("Shown", (_Shown, kind), {})(**given)
    return client.ServerProxy(url, transport, allow_none=True)


class _Shown:
    """Before a transport: shows what is sent and what comes, uncompressed."""

    accept_gzip_encoding = False

    def send_request(self, host: Any, handler: str, request_body: bytes, debug: Any) -> Any:
        """Show a call, and send it."""
        _print_lines(">", request_body)
        return super().send_request(host, handler, request_body, debug)  # type: ignore[misc]  # a transport's

    def parse_response(self, response: Any) -> Any:
        """Show an answer, and read it."""
        heard = _Heard(response)
        try:
            return super().parse_response(heard)  # type: ignore[misc]  # a transport's
        finally:
            _print_lines("<", b"".join(heard.blocks))


class _Heard:
    """A file that keeps what is read of another."""

    def __init__(self, file: Any) -> None:
        self._file = file
        self.blocks: list[bytes] = []

    def read(self, size: int) -> bytes:
        block: bytes = self._file.read(size)
        self.blocks.append(block)
        return block


def _print_lines(mark: str, data: bytes) -> None:
    for line in data.decode("utf-8", "replace").splitlines():
        print(f"{mark} {printable(line)}", file=sys.stderr)


def _explain(error: BaseException) -> Outcome:
    """Say what an exception means to the person at the terminal."""
    if isinstance(error, client.Fault):
        return Outcome(Code.STATUS, f"fault {error.faultCode}: {error.faultString}")
    if isinstance(error, client.ProtocolError):
        hint = (
            "log in by user:password@ in the URL, or -H 'Authorization: ...'" if error.errcode == 401 else ""
        )
        return Outcome(Code.STATUS, f"the server answered {error.errcode} {error.errmsg}", hint)
    if isinstance(error, ExpatError | client.ResponseError):
        return Outcome(
            Code.PROTOCOL, f"not proper XML-RPC ({error})", "does the path lead to an XML-RPC server?"
        )
    if isinstance(error, OSError) and "unsupported XML-RPC protocol" in str(error):
        return Outcome(Code.USAGE, "http, https and http+unix URLs are understood")
    if isinstance(error, TypeError):
        return Outcome(Code.USAGE, str(error))
    return explain(error)


# --------------------------------------------------------------------------------------------- arguments and results


def parse_argument(text: str, number: int = 1) -> Any:
    """Return the value that was typed: JSON, or text that does not look like JSON. ValueError for what only looks so."""
    try:
        return json.loads(text, object_hook=_take_special)
    except json.JSONDecodeError as error:
        if not _LOOKS_LIKE_JSON(text.strip()):
            return text
        message = f"argument {number} is no JSON ({error}); text that begins like this stands in quotes"
        raise ValueError(message) from None


def _take_special(given: dict[str, Any]) -> Any:
    if len(given) != 1:
        return given
    (name, value), *_ = given.items()
    known: dict[str, Callable[[str], Any]] = {
        "$base64": _take_base64,
        "$dateTime": client.DateTime,
        "$bigdecimal": Decimal,
    }
    make = known.get(name)
    return given if make is None or not isinstance(value, str) else make(value)


def _take_base64(text: str) -> client.Binary:
    try:
        return client.Binary(b64decode(text, validate=True))
    except ValueError:
        message = f"{text!r} is no base64"
        raise ValueError(message) from None


def format_result(value: Any) -> str:
    """Return a result as JSON, in forms that ``parse_argument`` reads."""
    return json.dumps(value, indent=2, ensure_ascii=False, default=_give_special)


def _give_special(value: Any) -> dict[str, str]:
    if isinstance(value, bytes):
        return {"$base64": b64encode(value).decode("ascii")}
    if isinstance(value, dt.datetime):
        return {"$dateTime": client.with_zone(value).value}
    if isinstance(value, Decimal):
        return {"$bigdecimal": str(value)}
    message = f"{type(value)} is no type of XML-RPC"
    raise TypeError(message)
