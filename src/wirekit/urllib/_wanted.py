"""What is wanted of a URL: ``Request``, and what can be said of a body before it is sent.

Nothing here waits, so that ``urllib.request`` of both trees shares one class: a request made for one may be opened by
the other.
"""

from __future__ import annotations

import functools
import io
import os
import stat
import sys
from collections.abc import Mapping
from typing import NamedTuple

from wirekit import defaults
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._wire import targets, uri_pieces
from wirekit.urllib import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from wirekit.url import URL

__all__ = ["Request", "check_body", "find_host", "is_url", "measure_file", "request_host"]


def is_url(value: Any) -> bool:
    """Tell whether a value is a ``wirekit.URL``; a program that has none has not loaded that module."""
    home = sys.modules.get("wirekit.url")
    return home is not None and isinstance(value, home.URL)


def request_host(request: Any) -> str:
    """Return the host of a request in lower case, without its port (RFC 2965)."""
    return _host_of(request.full_url) or _without_port(request.get_header("Host", ""))


@functools.lru_cache(maxsize=256)
def _host_of(url: str) -> str:
    return _without_port(parse.urlparse(url)[1])


def _without_port(host: str) -> str:
    name, colon, port = host.rpartition(":")
    return (name if colon and port.isascii() and port.isdigit() else host).lower()


class Parts(NamedTuple):
    """A URL taken apart. ``place`` and ``target`` are what Host and the request line say, where nothing needs encoding.

    ``name``: the host in lower case, without its port, as ``request_host`` gives it.
    """

    plain: str
    fragment: str | None
    type: str
    authority: str | None
    selector: str
    host: str | None
    place: str | None
    target: str | None
    name: str


_NO_PARTS = Parts("", None, "", None, "", None, None, None, "")
"""For a subclass that takes URLs apart by itself."""


@functools.lru_cache(maxsize=256)
def _take_apart(
    url: str,
    strict: bool,  # noqa: ARG001 - a part of the key: the parser asks for the profile itself
) -> Parts:
    """Return the parts of a URL. What ``parse.urlsplit`` refuses is refused here."""
    plain, mark, fragment = parse.unwrap(url).partition("#")
    kind, rest = uri_pieces.splittype(plain)
    if kind is None:
        message = f"unknown url type: {plain + mark + fragment if fragment else plain!r}"
        raise ValueError(message)
    name = _without_port(parse.urlsplit(plain)[1])
    authority, selector = uri_pieces.splithost(rest)
    host = parse.unquote(authority) if authority else authority
    simple = authority is not None and host == authority and authority.isascii() and "@" not in authority
    return Parts(
        plain,
        fragment if mark else None,
        kind,
        authority,
        selector,
        host,
        host if simple else None,
        selector if selector.isascii() and selector != plain else None,
        name,
    )


class Request:
    """What is wanted of a URL: its parts, a method, headers and a body.

    url: text, or a ``wirekit.URL``. ``full_url`` may be set anew; ``type`` (the scheme), ``host`` (with its port), ``selector`` (path and query) and
    ``fragment`` follow. Setting ``data`` drops a Content-Length. Header names are kept ``Like-this`` and found in any
    case. Unredirected headers do not go along with a redirect. ``method`` is there only if it was given.

    on_upload, on_download (beyond the standard library): called while a body is sent or read, with the bytes that have
    left or come so far and those of the whole body, None where nobody knows them. The async twin awaits their results.

    ValueError for a URL without a scheme, or (safe profile) one that two programs would read in two ways.
    """

    __module__ = "wirekit.urllib.request"

    type: str
    host: Any
    selector: str
    fragment: str | None
    method: str
    timeout: Any = GLOBAL_DEFAULT_TIMEOUT
    on_download: Any = None
    on_upload: Any = None

    @property
    def _place(self) -> str | None:
        """What a Host field says, where the URL was not turned to elsewhere and nothing has to be encoded; else None."""
        parts = self._parts
        return parts.place if self.host is parts.host else None

    @property
    def _target(self) -> str | None:
        """What a request line asks for, where the same holds; else None."""
        parts = self._parts
        return parts.target if self.selector is parts.selector else None

    # Of the class until they are set: a request costs little.
    _tunnel_host: str | None = None
    _tls_proxy = False  # speak TLS with the proxy itself
    _via: str | None = None  # the URL of a proxy that passes on bytes (SOCKS)
    _proxy_login: tuple[str, str] | None = None  # user and password for the proxy
    _directed = False  # a proxy has been chosen, and the request is on its way there
    _start: int | None = None  # where a file's part that is the body begins

    def __init__(
        self,
        url: str | URL,
        data: Any = None,
        headers: Mapping[str, Any] = {},
        origin_req_host: str | None = None,
        unverifiable: bool = False,
        method: str | None = None,
        *,
        on_upload: Callable[[int, int | None], Any] | None = None,
        on_download: Callable[[int, int | None], Any] | None = None,
    ) -> None:
        self.full_url = url
        self.headers: dict[str, Any] = {}
        self.unredirected_hdrs: dict[str, Any] = {}
        self._data: Any = None
        self.data = data
        for key, value in headers.items():
            self.add_header(key, value)
        if origin_req_host is None:
            origin_req_host = getattr(self, "_parts", _NO_PARTS).name or request_host(self)
        self.origin_req_host = origin_req_host
        self.unverifiable = unverifiable
        if method:
            self.method = method
        if on_upload is not None:
            self.on_upload = on_upload
        if on_download is not None:
            self.on_download = on_download

    @property
    def full_url(self) -> Any:
        """The URL, fragment included."""
        return f"{self._full_url}#{self.fragment}" if self.fragment else self._full_url

    @full_url.setter
    def full_url(self, url: str | URL) -> None:
        if is_url(url):
            url = str(url)
        parts = self._parts = _take_apart(url, defaults.active.strict_urls)
        self._full_url: str | None
        self._full_url, self.fragment, self.type, self._authority, self.selector, self.host = parts[:6]

    @full_url.deleter
    def full_url(self) -> None:
        self._full_url = self.fragment = None
        self.selector = ""

    @property
    def data(self) -> Any:
        """The body: bytes, a file or an iterable of bytes; None for none."""
        return self._data

    @data.setter
    def data(self, data: Any) -> None:
        if data is self._data:
            return
        self._data = data
        self.remove_header("Content-length")  # it told of the old body
        self.unredirected_hdrs.pop("Transfer-encoding", None)

    @data.deleter
    def data(self) -> None:
        self.data = None

    def get_method(self) -> str:
        """Return the method: the one given, else POST with a body and GET without."""
        return getattr(self, "method", None) or ("GET" if self.data is None else "POST")

    def get_full_url(self) -> Any:
        """Return the URL, fragment included."""
        return self.full_url

    def set_proxy(self, host: str, type: str) -> None:
        """Let the request go to a proxy at this host, one for https through a tunnel."""
        if self._tunnel_host is None:
            if self.type == "https" and not self.has_proxy():
                self._tunnel_host = find_host(self)
            else:
                self.type = type
                self.selector = self.full_url
        self.host = host

    def has_proxy(self) -> bool:
        """Tell whether a proxy is asked for the whole URL (a tunnel does not count)."""
        return bool(self.selector == self.full_url)

    def add_header(self, key: str, val: Any) -> None:
        """Set a header that goes along with redirects (credentials: within the origin)."""
        self.headers[key.capitalize()] = val

    def add_unredirected_header(self, key: str, val: Any) -> None:
        """Set a header that goes along with no redirect."""
        self.unredirected_hdrs[key.capitalize()] = val

    def has_header(self, header_name: str) -> bool:
        """Tell whether there is such a header, of either kind."""
        if header_name in self.headers or header_name in self.unredirected_hdrs:
            return True
        kept = header_name.capitalize()
        return kept in self.headers or kept in self.unredirected_hdrs

    def get_header(self, header_name: str, default: Any = None) -> Any:
        """Return a header's value; default when there is none."""
        for known in self._kinds():
            for name in (header_name, header_name.capitalize()):
                if name in known:
                    return known[name]
        return default

    def remove_header(self, header_name: str) -> None:
        """Remove a header, of either kind; nothing happens when there is none."""
        for known in self._kinds():
            known.pop(header_name, None)
            known.pop(header_name.capitalize(), None)

    def header_items(self) -> list[tuple[str, Any]]:
        """Return (name, value) of all headers; a redirected one counts before an unredirected one."""
        return list({**self.unredirected_hdrs, **self.headers}.items())

    def _kinds(self) -> tuple[dict[str, Any], ...]:
        return self.headers, self.unredirected_hdrs

    # ---- the oldest names, gone from the standard library since Python 3.4

    def add_data(self, data: Any) -> None:
        """Set ``data``."""
        self.data = data

    def has_data(self) -> bool:
        """Tell whether there is a body."""
        return self.data is not None

    def get_data(self) -> Any:
        """Return ``data``."""
        return self.data

    def get_type(self) -> str:
        """Return ``type``."""
        return self.type

    def get_host(self) -> Any:
        """Return ``host``."""
        return self.host

    def get_selector(self) -> str:
        """Return ``selector``."""
        return self.selector

    def get_origin_req_host(self) -> str:
        """Return ``origin_req_host``."""
        return self.origin_req_host

    def is_unverifiable(self) -> bool:
        """Return ``unverifiable``."""
        return self.unverifiable


def find_host(request: Any) -> str:
    """Return a request's host without a user's name: that is for us, not for name lookup or a Host field."""
    host: str = request.host
    if "@" not in host:
        return host
    authority = getattr(request, "_authority", None)
    if authority and "@" in authority and host == parse.unquote(authority):
        return parse.unquote(targets.split_login(authority)[2])
    return host


def check_body(data: Any) -> None:
    """Refuse what cannot be a body, before anything is sent: TypeError."""
    if isinstance(data, str):
        message = (
            "POST data should be bytes, an iterable of bytes, or a file object. It cannot be of type str."
        )
        refused = TypeError(message)
        refused.add_note(
            "Text has to be encoded: data.encode('utf-8'), or urlencode(fields).encode() for a form."
        )
        raise refused
    if isinstance(data, Mapping):
        message = (
            f"POST data should be bytes, an iterable of bytes, or a file object, not {type(data).__name__}."
        )
        refused = TypeError(message)
        refused.add_note("Fields of a form have to be encoded: urllib.parse.urlencode(data).encode().")
        raise refused


def measure_file(file: Any) -> int | None:
    """Return how many bytes are left in a file; None where its size says nothing about that. ValueError if it is closed.

    Only plain files are trusted: a decompressing one has the size of what it reads from, one in /proc none at all.
    """
    file = getattr(file, "file", file)  # what tempfile wraps
    if type(file) is io.BytesIO:
        return max(file.getbuffer().nbytes - file.tell(), 0)
    raw = file.raw if type(file) in {io.BufferedReader, io.BufferedRandom} else file
    if type(raw) is not io.FileIO:
        return None
    status = os.fstat(raw.fileno())
    if not stat.S_ISREG(status.st_mode) or not status.st_size:
        return None
    left: int = status.st_size - file.tell()
    return max(left, 0)
