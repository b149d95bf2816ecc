"""The request that the command line describes: a URL as people type it, fields, data; and how it is opened.

A URL without a scheme is taken for http, as curl takes it. ``user:password@`` becomes an Authorization field, which
redirects to other origins do not get to see. Everything is asked for without compression: what lands in a file is
what the server has, and can be gone on with.
"""

from __future__ import annotations

import base64
import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

import wirekit
from wirekit import defaults
from wirekit._cli.outcome import LocalError
from wirekit.http import client
from wirekit.urllib import request as urls
from wirekit.urllib.parse import quote, unquote, urlsplit, urlunsplit

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ssl
    from typing import Any

__all__ = ["Options", "Target", "open_url", "parse_field", "read_data", "read_target"]

# RFC 3986 section 3.1, with what makes "host:8000/path" a host and no scheme: "//", or a scheme that goes without.
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|(?:data|file|about|mailto|javascript|urn):", re.IGNORECASE)
_KEPT = "%/:=&?~#+!$,;'@()*[]|{}^`\"<>\\"
"""What stays as typed in path and query; blanks and letters beyond ASCII are percent-encoded."""


@dataclass
class Options:
    """What was typed behind ``wirekit get``. Seconds; None for no limit."""

    output: Path | None = None
    remote_name: bool = False
    header_name: bool = False
    fields: list[tuple[str, str]] = field(default_factory=list)
    data: bytes | None = None
    method: str | None = None
    verbose: bool = False
    resume: bool = False
    insecure: bool = False
    authority: Path | None = None
    timeout: float | None = None
    max_time: float | None = None
    quiet: bool = False
    error_body: bool = False
    sync: bool = False


@dataclass(frozen=True)
class Target:
    """A URL ready to be asked for, the login that stood in it, and its form for people, without secrets."""

    url: str
    login: str
    shown: str


def read_target(text: str) -> Target:
    """Complete a URL as typed. ValueError when it is none."""
    if any(ord(c) < 0x20 or c == "\x7f" for c in text):
        message = "a URL holds no control characters"
        raise ValueError(message)
    text = text.strip(" ")
    if not _SCHEME.match(text):
        text = f"http://{text}"
    if text[:5].lower() == "data:":
        return Target(text, "", text if len(text) <= 40 else f"{text[:37]}...")
    scheme, netloc, path, query, fragment = urlsplit(text)
    userinfo, at, host = netloc.rpartition("@")
    if scheme in {"http", "https"} and not host:
        message = "this URL names no host"
        raise ValueError(message)
    path, query = quote(path, _KEPT), quote(query, _KEPT)
    login = userinfo if ":" in userinfo else f"{userinfo}:" if userinfo else ""
    shown = urlunsplit((scheme, f"***@{host}" if at else host, path, query, ""))
    return Target(urlunsplit((scheme, host, path, query, fragment)), login, shown)


def parse_field(text: str) -> tuple[str, str]:
    """Take ``Name: value`` apart. ValueError when it is no field."""
    name, colon, value = text.partition(":")
    if not colon or not re.fullmatch(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+", name):
        message = "a header is written 'Name: value'"
        raise ValueError(message)
    if any((ord(c) < 0x20 and c != "\t") or c == "\x7f" or ord(c) > 0xFF for c in value):
        message = f"the value of {name} holds characters that no header may hold"
        raise ValueError(message)
    return name, value.strip()


def read_data(items: tuple[str, ...]) -> bytes | None:
    """Return the body that ``-d`` describes: text, ``@file`` or ``@-``, several joined by ``&``; None for none."""
    return b"&".join(_read_item(item) for item in items) if items else None


def _read_item(item: str) -> bytes:
    if not item.startswith("@"):
        return item.encode("utf-8", "surrogateescape")
    if item == "@-":
        return sys.stdin.buffer.read()
    try:
        return Path(item[1:]).read_bytes()
    except OSError as error:
        raise LocalError(f"cannot read {item[1:]}: {error.strerror}") from error


def open_url(target: Target, options: Options, more: dict[str, str]) -> Any:
    """Send the request and wait for the answer; give it, an open file with ``headers``.

    more: fields that the command itself adds. Raises URLError and HTTPError, HTTPException, OSError, ValueError.
    """
    fields = {"User-Agent": f"wirekit/{wirekit.__version__}", "Accept": "*/*", "Accept-Encoding": "identity"}
    fields["Connection"] = "close"  # no other request follows
    if target.login:
        user, _, password = target.login.partition(":")
        login = f"{unquote(user)}:{unquote(password)}".encode()
        fields["Authorization"] = f"Basic {base64.b64encode(login).decode('ascii')}"
    request = urls.Request(target.url, options.data, fields, method=options.method)
    for name, value in _join(options.fields).items():
        request.add_header(name, value)
    for name, value in more.items():
        request.add_header(name, value)
    way = _Way(options)
    opener = urls.build_opener(_HTTPHandler(way), _HTTPSHandler(way, make_context(options)))
    return opener.open(request, timeout=way.limits())


def _join(fields: list[tuple[str, str]]) -> dict[str, str]:
    """Make one field of several with the same name (RFC 9110 section 5.3; cookies: RFC 6265 section 5.4)."""
    joined: dict[str, str] = {}
    names: dict[str, str] = {}
    for name, value in fields:
        name = names.setdefault(name.lower(), name)  # noqa: PLW2901 - the spelling that came first
        glue = "; " if name.lower() == "cookie" else ", "
        joined[name] = f"{joined[name]}{glue}{value}" if name in joined else value
    return joined


class _Way:
    """How to reach servers: shown or not, within which limits. The total runs on through redirects."""

    def __init__(self, options: Options) -> None:
        self._step = options.timeout if options.timeout is not None else defaults.active.timeout
        self._end = time.monotonic() + options.max_time if options.max_time else None
        self.plain: Any = client.HTTPConnection
        self.secure: Any = client.HTTPSConnection
        if options.verbose:
            from wirekit._cli import trace  # for -v alone

            self.plain, self.secure = trace.ShownConnection, trace.ShownSecureConnection

    def limits(self) -> Any:
        """Return the timeout of the next exchange; TimeoutError when the time is up."""
        if self._end is None:
            return self._step
        if (left := self._end - time.monotonic()) <= 0:
            raise TimeoutError
        return defaults.Timeout(self._step, total=left)


class _HTTPHandler(urls.HTTPHandler):
    """Opens http URLs by the way of this run."""

    def __init__(self, way: _Way) -> None:
        super().__init__()
        self._way = way

    def http_open(self, req: Any) -> Any:
        """Send the request and give the answer."""
        req.timeout = self._way.limits()
        return self.do_open(self._way.plain, req)


class _HTTPSHandler(urls.HTTPSHandler):
    """Opens https URLs by the way of this run."""

    def __init__(self, way: _Way, context: ssl.SSLContext | None) -> None:
        super().__init__(context=context)
        self._way, self._own = way, context

    def https_open(self, req: Any) -> Any:
        """Send the request and give the answer."""
        req.timeout = self._way.limits()
        return self.do_open(self._way.secure, req, context=self._own)


def make_context(options: Options) -> ssl.SSLContext | None:
    """Make the TLS context that the options ask for; None where the usual one does."""
    if not options.insecure and options.authority is None:
        return None
    import ssl  # for https with options of its own alone

    try:
        context = ssl.create_default_context(cafile=options.authority)
    except OSError as error:
        raise LocalError(
            f"cannot read certificates from {options.authority}: {error.strerror or error}"
        ) from error
    if options.insecure:
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context
