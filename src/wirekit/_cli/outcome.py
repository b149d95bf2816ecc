"""How a run ends: exit codes that scripts can use, and one clear line for each thing that goes wrong.

``explain`` turns any exception that a transfer may raise into an ``Outcome``: its exit code, what went wrong and what to
do about it. No secret is in that line: what stands before the ``@`` of a URL is masked, and whatever a server said
is shown without control characters, so that it cannot steer the terminal.
"""

from __future__ import annotations

import re
import socket
import sys
from enum import IntEnum
from typing import NamedTuple

from wirekit.http import client
from wirekit.urllib import error as urls

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["Code", "LocalError", "NobodyReadsError", "Outcome", "explain", "hide_secrets", "printable", "say"]

_USERINFO = re.compile(r"(?<=//)[^/?#\s]*@")
MOST = 300
"""Characters of a line that come from a server; enough to recognise what it is."""


class Code(IntEnum):
    """Exit codes."""

    OK = 0
    STATUS = 1
    USAGE = 2
    CONNECT = 3
    TIMEOUT = 4
    TLS = 5
    BROKEN = 6
    PROTOCOL = 7
    FILE = 8
    OURS = 70
    INTERRUPTED = 130
    PIPE = 141
    TERMINATED = 143


class LocalError(Exception):
    """A file of this machine could not be read or written."""


class NobodyReadsError(Exception):
    """Whoever read our stdout has gone: no error to tell, there is nobody to tell it to."""


class Outcome(NamedTuple):
    """An exit code, what went wrong, and what to do (empty where nothing helps)."""

    code: Code
    what: str
    hint: str = ""

    @property
    def line(self) -> str:
        """The whole of it as one line."""
        return f"{self.what}; {self.hint}" if self.hint else self.what


def say(*parts: str) -> None:
    """Print one line for a person, on stderr: ``wirekit: part: part``."""
    print(": ".join(("wirekit", *(printable(part) for part in parts))), file=sys.stderr)


def printable(text: object) -> str:
    """Return text without control characters and lone surrogates, which appear as escapes; cut after ``MOST``."""
    clean = "".join(c if c.isprintable() else ascii(c)[1:-1] for c in str(text))
    return clean if len(clean) <= MOST else clean[: MOST - 3] + "..."


def hide_secrets(text: str) -> str:
    """Return text, a URL or some words around one, with ``***@`` for user and password."""
    return _USERINFO.sub("***@", text)


def explain(error: BaseException) -> Outcome:
    """Say what an exception means to the person at the terminal. An exception unknown to us is a PROTOCOL one."""
    if isinstance(error, urls.URLError) and not isinstance(error, urls.HTTPError):
        if isinstance(error.reason, BaseException):
            return explain(error.reason)
        return _explain_url(str(error.reason))
    for kind, rule in _rules():
        if isinstance(error, kind):
            return rule(error)
    return Outcome(Code.PROTOCOL, _name(error))


def _name(error: BaseException) -> str:
    """Return an exception's text, or its kind when it has none."""
    return hide_secrets(getattr(error, "strerror", None) or str(error) or type(error).__name__)


def _explain_status(error: urls.HTTPError) -> Outcome:
    if error.code >= 400:
        return Outcome(
            Code.STATUS,
            f"the server answered {error.code} {error.reason}".rstrip(),
            _ADVICE.get(error.code, ""),
        )
    return Outcome(Code.STATUS, f"redirect not followed: {hide_secrets(' '.join(str(error.reason).split()))}")


_ADVICE = {
    401: "log in with -H 'Authorization: ...' or user:password@ in the URL",
    404: "check the path",
    407: "the proxy wants a login",
    429: "wait a while and try again",
    503: "wait a while and try again",
}


def _explain_url(reason: str) -> Outcome:
    if "unknown url type" in reason:
        return Outcome(Code.USAGE, hide_secrets(reason), "http, https, file and data URLs are understood")
    return Outcome(Code.USAGE, hide_secrets(reason))


def _explain_name(error: BaseException) -> Outcome:
    return Outcome(
        Code.CONNECT, f"no address found for this host ({_name(error)})", "check the name and the network"
    )


def _explain_refusal(_: BaseException) -> Outcome:
    return Outcome(Code.CONNECT, "connection refused", "does a server listen on that port?")


def _explain_timeout(_: BaseException) -> Outcome:
    return Outcome(Code.TIMEOUT, "timed out", "--timeout and --max-time set the limits")


def _explain_tls(error: BaseException) -> Outcome:
    reason = getattr(error, "reason", None) or ""
    if words := getattr(error, "verify_message", ""):
        return Outcome(
            Code.TLS, f"certificate refused: {words}", "--cacert FILE trusts an authority, --insecure anybody"
        )
    if reason in {"WRONG_VERSION_NUMBER", "HTTP_REQUEST", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}:
        return Outcome(
            Code.TLS, "the server does not speak TLS on this port", "try http:// in place of https://"
        )
    return Outcome(Code.TLS, f"TLS failed: {reason.replace('_', ' ').lower() or _name(error)}")


def _explain_cut(error: BaseException) -> Outcome:
    missing = getattr(error, "expected", None)
    what = f"the transfer broke off, {missing:,} bytes short" if missing else "the transfer broke off"
    return Outcome(Code.BROKEN, what, "try again; --resume goes on where a file stopped")


def _explain_hangup(_: BaseException) -> Outcome:
    return Outcome(Code.BROKEN, "the server hung up", "try again")


def _explain_protocol(error: BaseException) -> Outcome:
    return Outcome(Code.PROTOCOL, f"not proper HTTP ({type(error).__name__}: {_name(error)})")


def _explain_usage(error: BaseException) -> Outcome:
    return Outcome(Code.USAGE, _name(error))


def _explain_local(error: BaseException) -> Outcome:
    return Outcome(Code.FILE, _name(error))


def _explain_file(error: BaseException) -> Outcome:
    path = getattr(error, "filename", None)
    return Outcome(Code.FILE, f"{path}: {_name(error)}" if path else _name(error))


def _explain_network(error: BaseException) -> Outcome:
    import ssl  # loaded already if this is an error of TLS; else it is time for it

    if isinstance(error, ssl.SSLError):
        return _explain_tls(error)
    return Outcome(Code.CONNECT, _name(error))


def _rules() -> Iterator[tuple[type[BaseException], Callable[[Any], Outcome]]]:
    """Give the rules; the first that fits counts: the special before the general."""
    yield urls.HTTPError, _explain_status
    yield LocalError, _explain_local
    yield client.RemoteDisconnected, _explain_hangup
    yield client.InvalidURL, _explain_usage
    yield client.BadChunk, _explain_protocol
    yield client.IncompleteRead, _explain_cut
    yield client.HTTPException, _explain_protocol
    yield TimeoutError, _explain_timeout
    yield socket.gaierror, _explain_name
    yield ConnectionRefusedError, _explain_refusal
    yield ConnectionError, _explain_hangup
    for kind in (FileNotFoundError, PermissionError, IsADirectoryError, NotADirectoryError):
        yield kind, _explain_file
    yield OSError, _explain_network
    yield ValueError, _explain_usage
