# Generated from src/wirekit/aio/urllib/request.py by tools/unasync.py; edit that file.
# ruff: noqa: F405 - what __getattr__ loads, which ruff cannot see
"""Open URLs: http, https, file and data (RFC 9110, RFC 8089, RFC 2397).

    response = urlopen("https://example.org/")
    body = response.read()

The model is the standard library's. A ``Request`` says what is wanted. An ``OpenerDirector`` leads it through the
*handlers* that were given to it, in the order of their ``handler_order``, by the names of their methods:

    http_request(request)               may change the request, and returns it         all of them, in turn
    default_open, http_open, unknown_open(request)    give a response, or None         the first that does not give None
    http_response(request, response)    may change the response, and returns it        all of them, in turn
    http_error_404(request, response, code, message, headers), http_error_default      the first that does not give None

where ``http`` stands for any scheme. Redirects, errors, proxies are such handlers, and so are a program's own: written
for the standard library they work here unchanged. In the async twin each of their methods may be plain or ``async``.

What is decided about a redirect stands in ``wirekit._wire.redirects``, what a URL means for a request in
``wirekit._wire.targets``. Connections are made, kept and used again by
``AbstractHTTPHandler``, in one place.

What few programs need (logins, cookies, multipart, retries, the oldest names) is loaded when it is first named.
"""

import bisect
import contextlib
import os
import socket
import sys
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Self

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT, Until, limits_of
from wirekit._wire import targets, uri_pieces
from wirekit._wire.proxies import parse_proxy
from wirekit.http import client
from wirekit.urllib import error, parse
from wirekit.urllib._handlers.base import BaseHandler
from wirekit.urllib._handlers.files import DataHandler, FileHandler
from wirekit.urllib._handlers.ftp_urls import CacheFTPHandler, FTPHandler
from wirekit.urllib._handlers.http import AbstractHTTPHandler, HTTPHandler, HTTPSHandler
from wirekit.urllib._handlers.login import URLLoginHandler
from wirekit.urllib._handlers.redirects import HTTPRedirectHandler
from wirekit.urllib._local import (
    getproxies,
    getproxies_environment,
    pathname2url,
    proxy_bypass,
    proxy_bypass_environment,
    url2pathname,
)
from wirekit.urllib._wanted import Request, is_url, request_host

if TYPE_CHECKING:
    import ssl

    from wirekit._wire.coding_errors import *  # noqa: F403 - the names of _LATE_SHARED
    from wirekit.urllib._handlers.auth import *  # noqa: F403 - the names of _LATE
    from wirekit.urllib._handlers.cookies import *  # noqa: F403
    from wirekit.urllib._handlers.ftp import *  # noqa: F403
    from wirekit.urllib._handlers.legacy import *  # noqa: F403
    from wirekit.urllib._handlers.multipart import *  # noqa: F403
    from wirekit.urllib._handlers.retry import *  # noqa: F403
    from wirekit.urllib._passwords import *  # noqa: F403 - the names of _LATE_SHARED

__all__ = [
    "AbstractBasicAuthHandler",
    "AbstractDigestAuthHandler",
    "AbstractHTTPHandler",
    "BadCoding",
    "BaseHandler",
    "CacheFTPHandler",
    "DataHandler",
    "FTPHandler",
    "FancyURLopener",
    "FileHandler",
    "HTTPBasicAuthHandler",
    "HTTPBearerAuthHandler",
    "HTTPCookieProcessor",
    "HTTPDefaultErrorHandler",
    "HTTPDigestAuthHandler",
    "HTTPErrorProcessor",
    "HTTPHandler",
    "HTTPPasswordMgr",
    "HTTPPasswordMgrWithDefaultRealm",
    "HTTPPasswordMgrWithNetrc",
    "HTTPPasswordMgrWithPriorAuth",
    "HTTPRedirectHandler",
    "HTTPSHandler",
    "MultipartBody",
    "OpenerDirector",
    "ProxyBasicAuthHandler",
    "ProxyDigestAuthHandler",
    "ProxyHandler",
    "Request",
    "RetryHandler",
    "URLLoginHandler",
    "URLopener",
    "UnknownHandler",
    "build_opener",
    "ftperrors",
    "ftpwrapper",
    "getproxies",
    "getproxies_environment",
    "install_opener",
    "localhost",
    "multipart",
    "noheaders",
    "parse_http_list",
    "parse_keqv_list",
    "pathname2url",
    "proxy_bypass",
    "proxy_bypass_environment",
    "request_host",
    "thishost",
    "url2pathname",
    "urlcleanup",
    "urlopen",
    "urlretrieve",
]

__version__ = f"{sys.version_info[0]}.{sys.version_info[1]}"

_BLOCK = 8192
"""Bytes that urlretrieve reads at once where a reporthook counts them: programs know this number."""
_LARGE_BLOCK = 1 << 18
"""The same where nobody counts."""

_parse_proxy = parse_proxy

_MAX_CONTEXTS = 8
"""Contexts whose openers ``urlopen`` remembers; each may hold a megabyte of certificates."""

_opener: "OpenerDirector | None" = None
_openers_of_contexts: "dict[Any, OpenerDirector]" = {}
_url_tempfiles: list[str] = []


_LATE: dict[str, str] = {
    **dict.fromkeys(
        (
            "AbstractBasicAuthHandler",
            "AbstractDigestAuthHandler",
            "HTTPBasicAuthHandler",
            "HTTPBearerAuthHandler",
            "HTTPDigestAuthHandler",
            "ProxyBasicAuthHandler",
            "ProxyDigestAuthHandler",
        ),
        "._handlers.auth",
    ),
    **dict.fromkeys(("ftperrors", "ftpwrapper"), "._handlers.ftp"),
    **dict.fromkeys(("FancyURLopener", "MAXFTPCACHE", "URLopener", "ftpcache"), "._handlers.legacy"),
    "HTTPCookieProcessor": "._handlers.cookies",
    "MultipartBody": "._handlers.multipart",
    "RetryHandler": "._handlers.retry",
    "multipart": "._handlers.multipart",
}
"""Names that are loaded when they are first asked for, and the modules that have them."""

_LATE_SHARED: dict[str, str] = {
    **dict.fromkeys(
        (
            "HTTPPasswordMgr",
            "HTTPPasswordMgrWithDefaultRealm",
            "HTTPPasswordMgrWithNetrc",
            "HTTPPasswordMgrWithPriorAuth",
        ),
        "wirekit.urllib._passwords",
    ),
    "BadCoding": "wirekit._wire.coding_errors",
    # Undocumented, but many programs take them from here.
    **dict.fromkeys(("addclosehook", "addinfourl"), "wirekit.urllib.response"),
    **dict.fromkeys(
        ("_proxy_bypass_macosx_sysconf", "_proxy_bypass_winreg_override"), "wirekit.urllib._local"
    ),
}
"""The same of modules that both trees share."""


def __getattr__(name: str) -> Any:
    """Load what few programs need when it is first named; give the errors, and what programs know from parse."""
    if name in _LATE or name in _LATE_SHARED:
        import importlib

        module = importlib.import_module(_LATE.get(name) or _LATE_SHARED[name], __package__)
        found = globals()[name] = getattr(module, name)
        return found
    home: Any = error if name in error.__all__ else parse
    if name.startswith("__") or (home is parse and name not in parse.__all__ and not hasattr(parse, name)):
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(home, name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


# ------------------------------------------------------------------------------------------------------------ opening


def urlopen(
    url: Any,
    data: Any = None,
    timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
    *,
    cafile: str | None = None,
    capath: str | None = None,
    cadefault: bool = False,
    context: "ssl.SSLContext | None" = None,
) -> Any:
    """Open a URL or ``Request`` and return the response: a file with ``url``, ``headers``, ``status`` and ``reason``.

    url: text, a ``wirekit.URL`` or a ``Request``. data: what is sent along (bytes, a file, an iterable of bytes); a request with it is a POST unless it names another
    method. timeout: seconds that a single wait may take, None for no limit, or a ``wirekit.defaults.Timeout``.
    context: an ``ssl.SSLContext`` to use as it is. cafile, capath, cadefault: as until Python 3.11, with a warning.

    Raises HTTPError for a status that is not 2xx (it is a response as well, with its body still to be read), URLError
    where nobody could be asked, ValueError for a URL that is none, and what reading a response raises: TimeoutError,
    OSError, HTTPException. Redirects are followed as ``HTTPRedirectHandler`` says.
    """
    global _opener  # noqa: PLW0603 - the stdlib's name, which programs reset
    if cafile or capath or cadefault:
        context = _context_of_files(cafile, capath, context)
    if context:
        opener = _find_opener_of(context)
    elif _opener is None:
        _opener = opener = build_opener()
    else:
        opener = _opener
    if not isinstance(url, str) and hasattr(url, "redirect_dict"):
        del url.redirect_dict  # the redirects of an earlier call do not count against this one
    return opener.open(url, data, timeout)


def _find_opener_of(context: Any) -> "OpenerDirector":
    """Return the usual opener for a context: the same one for the same context, so that connections can be kept."""
    opener = _openers_of_contexts.get(context)
    if opener is None:
        if len(_openers_of_contexts) >= _MAX_CONTEXTS:
            oldest = _openers_of_contexts.pop(next(iter(_openers_of_contexts)))
            oldest.close()
        opener = _openers_of_contexts[context] = build_opener(HTTPSHandler(context=context))
    return opener


def _context_of_files(cafile: str | None, capath: str | None, context: Any) -> "ssl.SSLContext":
    """Make the context that Python 3.11's arguments ask for."""
    import ssl  # loads ssl, for Python 3.11's arguments alone
    import warnings  # likewise

    message = "cafile, capath and cadefault are deprecated, use a custom context instead."
    warnings.warn(message, DeprecationWarning, stacklevel=3)
    if context is not None:
        message = "You can't pass both context and any of cafile, capath, and cadefault"
        raise ValueError(message)
    made = ssl.create_default_context(cafile=cafile, capath=capath)
    made.set_alpn_protocols(["http/1.1"])
    return made


def install_opener(opener: "OpenerDirector | None") -> None:
    """Let ``urlopen`` use this opener from now on; None for a usual one."""
    global _opener  # noqa: PLW0603 - the stdlib's name, which programs reset
    _opener = opener


def build_opener(*handlers: Any) -> "OpenerDirector":
    """Make an opener of the usual handlers and these: objects, or classes that are called without arguments.

    A usual handler stays out where one of these is of its class, or of a class below it.
    """
    opener = OpenerDirector()
    for usual in _USUAL_HANDLERS:
        if not any(issubclass(one if isinstance(one, type) else type(one), usual) for one in handlers):
            opener.add_handler(usual())
    for handler in handlers:
        opener.add_handler(handler() if isinstance(handler, type) else handler)
    return opener


def urlretrieve(
    url: Any, filename: Any = None, reporthook: Callable[[int, int, int], Any] | None = None, data: Any = None
) -> tuple[Any, Any]:
    """Write what a URL (text or ``wirekit.URL``) holds into a file; return its path and the headers.

    filename: where to; None for a temporary file, which ``urlcleanup`` removes, or for a ``file:`` URL its own path.
    reporthook: called with the number of blocks so far, the size of a block and the whole size in bytes (-1 when it is
    not known), first before anything is read. Raises ContentTooShortError, with what this returns as ``content``, when
    the connection ends too early; and what ``urlopen`` raises.
    """
    url = str(url) if is_url(url) else url
    kind, path = uri_pieces.splittype(url)
    wanted: Any = url
    if kind in {"http", "https"}:  # the file is to be what the server has, and as long as it says
        wanted = Request(url, headers={"Accept-Encoding": "identity"})
    with contextlib.closing(urlopen(wanted, data)) as source:
        headers = source.info()
        if kind == "file" and not filename:
            return os.path.normpath(url2pathname(path)), headers  # noqa: ASYNC240 - text only, no file
        size = _parse_size(headers)
        with _open_target(filename) as target:
            result = (filename or target.name), headers
            count = _copy(source, target, size, reporthook)
    if size >= 0 and count < size:
        message = f"retrieval incomplete: got only {count} out of {size} bytes"
        raise error.ContentTooShortError(message, result)
    return result


def _open_target(filename: Any) -> Any:
    """Open the file to write, a temporary one when none is named."""
    if filename:
        return open(filename, "wb")  # noqa: PTH123 - a path of any kind; the caller closes it
    import tempfile  # costs 15 ms

    target = tempfile.NamedTemporaryFile(delete=False)  # noqa: SIM115 - the caller closes it
    _url_tempfiles.append(target.name)
    return target


def _parse_size(headers: Any) -> int:
    """Return the Content-Length; -1 when there is none to be understood."""
    text = (headers.get("Content-Length") or "").strip()
    return int(text) if text.isascii() and text.isdigit() else -1


def _copy(source: Any, target: Any, size: int, reporthook: Callable[[int, int, int], Any] | None) -> int:
    """Copy block by block; return the number of bytes. A connection that ends too early ends the copy."""
    if reporthook is None:
        return _copy_uncounted(source, target)
    count = number = 0
    net.give(reporthook, number, _BLOCK, size)
    while block := _read_block(source, _BLOCK):
        target.write(block)
        count += len(block)
        number += 1
        net.give(reporthook, number, _BLOCK, size)
    return count


def _copy_uncounted(source: Any, target: Any) -> int:
    """Copy by large blocks, through one buffer where the source can fill one; return the number of bytes."""
    count = 0
    if not isinstance(source, client.HTTPResponse):  # a file of whatever kind, which may have read() alone
        while block := _read_block(source, _LARGE_BLOCK):
            count += target.write(block)
        return count
    buffer = memoryview(bytearray(_LARGE_BLOCK))
    with contextlib.suppress(client.IncompleteRead):  # a connection that ends too early ends the copy
        while got := source.readinto(buffer):
            count += target.write(buffer[:got])
    return count


def _read_block(source: Any, size: int) -> bytes:
    try:
        block: bytes = net.give(source.read, size)
    except client.IncompleteRead as cut:
        return cut.partial
    return block


def parse_http_list(s: str) -> list[str]:
    """Split a list at its commas, but for those between quotes; quotes stay, an empty last item is left out."""
    from wirekit._wire.challenges import parse_list  # for few

    return parse_list(s)


def parse_keqv_list(l: Iterable[str]) -> dict[str, str]:  # noqa: E741 - the standard library's name
    """Make a mapping of ``key=value`` items; quotes around a value go. ValueError for an item without ``=``."""
    from wirekit._wire.challenges import parse_pairs  # for few

    return parse_pairs(l)


def localhost() -> Any:
    """Return the address of ``localhost``. Looked up once."""
    if "localhost" not in _own_names:
        _own_names["localhost"] = socket.gethostbyname("localhost")
    return _own_names["localhost"]


def thishost() -> Any:
    """Return the addresses of this machine's own name, else of ``localhost``. Looked up once."""
    if "thishost" not in _own_names:
        try:
            found = socket.gethostbyname_ex(socket.gethostname())[2]
        except OSError:
            found = socket.gethostbyname_ex("localhost")[2]
        _own_names["thishost"] = tuple(found)
    return _own_names["thishost"]


def noheaders() -> Any:
    """Return headers without a field in them."""
    from wirekit.urllib._handlers.files import make_message

    return make_message([])


_own_names: dict[str, Any] = {}


def urlcleanup() -> None:
    """Remove the temporary files of ``urlretrieve``, close kept connections, and forget an installed opener."""
    for name in _url_tempfiles:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - a name, as the stdlib keeps them
    _url_tempfiles.clear()
    for opener in (_opener, *_openers_of_contexts.values()):
        if isinstance(opener, OpenerDirector):
            opener.close()
    _openers_of_contexts.clear()
    install_opener(None)


# ------------------------------------------------------------------------------------------------------------- opener


class OpenerDirector:
    """A set of handlers, asked in order; see the module's text.

    ``addheaders``: (name, value) pairs for every HTTP request that does not name them itself.
    """

    def __init__(self) -> None:
        self.addheaders: list[tuple[str, str]] = [("User-agent", defaults.active.user_agent)]
        self.handlers: list[Any] = []
        self.handle_open: dict[Any, list[Any]] = {}
        self.handle_error: dict[str, dict[Any, list[Any]]] = {}
        self.process_response: dict[Any, list[Any]] = {}
        self.process_request: dict[Any, list[Any]] = {}

    def add_handler(self, handler: Any) -> None:
        """Add a handler: for what, its methods' names tell. TypeError for what is none."""
        if not hasattr(handler, "add_parent"):
            message = f"expected BaseHandler instance, got {type(handler)!r}"
            raise TypeError(message)
        added = False
        for name in dir(handler):
            place = self._find_place(name)
            if place is not None:
                bisect.insort(place, handler)
                added = True
        if added:
            bisect.insort(self.handlers, handler)
            handler.add_parent(self)

    def _find_place(self, name: str) -> list[Any] | None:
        """Return the list that a method of this name puts its handler in; None for a method of another kind."""
        scheme, mark, purpose = name.partition("_")
        if not mark or name in {"redirect_request", "do_open", "proxy_open"}:
            return None
        if purpose.startswith("error"):
            kind = purpose.partition("_")[2] or "error"
            known = self.handle_error.setdefault(scheme, {})
            return known.setdefault(int(kind) if kind.isascii() and kind.isdigit() else kind, [])
        places = {
            "open": self.handle_open,
            "request": self.process_request,
            "response": self.process_response,
        }
        return places[purpose].setdefault(scheme, []) if purpose in places else None

    def close(self) -> None:
        """Close the connections that are kept for further requests. The opener can be used on."""
        for handler in self.handlers:
            if isinstance(handler, AbstractHTTPHandler) or hasattr(handler, "clear_cache"):
                handler.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.close()

    def _call_chain(self, chain: dict[Any, list[Any]], kind: Any, meth_name: str, *args: Any) -> Any:
        """Ask the handlers of this kind in turn; return the first result that is not None."""
        for handler in chain.get(kind, ()):
            result = net.give(getattr(handler, meth_name), *args)
            if result is not None:
                return result
        return None

    def open(self, fullurl: Any, data: Any = None, timeout: Any = GLOBAL_DEFAULT_TIMEOUT) -> Any:
        """Open a URL or ``Request``, as ``urlopen`` does, with this opener's handlers."""
        if isinstance(fullurl, str) or is_url(fullurl):
            request: Any = Request(fullurl, data)
        else:
            request = fullurl
            if data is not None:
                request.data = data
        if isinstance(timeout, defaults.Timeout) or defaults.active.total_timeout is not None:
            timeout = _start_total(timeout)
        request.timeout = timeout
        if getattr(request, "_via", None) is not None:
            request._via = None  # noqa: SLF001 - ours: this opener may have another way, or none
        scheme = request.type
        for processor in self.process_request.get(scheme, ()):
            request = net.give(getattr(processor, scheme + "_request"), request)
        sys.audit("urllib.Request", request.full_url, request.data, request.headers, request.get_method())
        response = self._open(request, data)
        for processor in self.process_response.get(scheme, ()):
            response = net.give(getattr(processor, scheme + "_response"), request, response)
        return response

    def _open(self, req: Any, data: Any = None) -> Any:  # noqa: ARG002 - the stdlib's signature
        """Find the handler that opens: for everything, for this scheme, for what nobody knows."""
        chain, scheme = self.handle_open, req.type
        if "default" in chain:
            result = self._call_chain(chain, "default", "default_open", req)
            if result:
                return result
        for handler in chain.get(scheme, ()):
            result = net.give(getattr(handler, scheme + "_open"), req)
            if result:
                return result
        return self._call_chain(chain, "unknown", "unknown_open", req)

    def error(self, proto: str, *args: Any) -> Any:
        """Ask the handlers of an error. HTTP: args are request, response, code, message and headers."""
        if proto not in {"http", "https"}:
            return self._call_chain(self.handle_error.get(proto, {}), "error", proto + "_error", *args)
        known = self.handle_error.get("http", {})
        code = args[2]
        return self._call_chain(known, code, f"http_error_{code}", *args) or self._call_chain(
            known, "default", "http_error_default", *args
        )


def _start_total(timeout: Any) -> Any:
    """Let the total time of a timeout run from now on, through redirects, logins and attempts."""
    limits = limits_of(timeout)
    return timeout if limits.total is None or isinstance(timeout, Until) else Until(limits, net.monotonic)


# ----------------------------------------------------------------------------------------------------------- handlers


class HTTPErrorProcessor(BaseHandler):
    """Makes an error of every status that is not 2xx: redirects and HTTPError begin here."""

    handler_order = 1000

    def http_response(self, request: Any, response: Any) -> Any:
        """Return a response of success; else what ``OpenerDirector.error`` finds."""
        code = response.code
        if 200 <= code < 300:
            return response
        return self.parent.error("http", request, response, code, response.msg, response.info())

    https_response = http_response


class HTTPDefaultErrorHandler(BaseHandler):
    """Raises HTTPError for what no other handler has dealt with."""

    def http_error_default(self, req: Any, fp: Any, code: int, msg: str, hdrs: Any) -> Any:
        """Raise HTTPError: its methods read the response's body."""
        raise error.HTTPError(req.full_url, code, msg, hdrs, fp)


class UnknownHandler(BaseHandler):
    """Refuses what no other handler opens."""

    def unknown_open(self, req: Any) -> Any:
        """Raise URLError."""
        raise error.URLError(f"unknown url type: {req.type}")


class ProxyHandler(BaseHandler):
    """Sends requests through proxies. proxies: scheme to proxy URL; None for those of the environment.

    A proxy is named by ``http://``, ``https://`` (TLS with the proxy), ``socks5://``, ``socks5h://``, ``socks4://`` or
    ``socks4a://``, with user and password in the URL; the scheme ``all`` stands for http, https and ftp where these
    name none. Hosts that the environment excepts (``no_proxy``) are reached without.
    """

    handler_order = 100

    def __init__(self, proxies: Mapping[str, str] | None = None) -> None:
        if proxies is None:
            proxies = getproxies()
        if not hasattr(proxies, "keys"):
            message = "proxies must be a mapping"
            raise TypeError(message)
        self.proxies = proxies
        ways = {scheme.lower(): proxy for scheme, proxy in proxies.items()}
        if "all" in ways:
            ways = {**dict.fromkeys(("http", "https", "ftp"), ways["all"]), **ways}
        for scheme, proxy in ways.items():
            setattr(self, f"{scheme}_open", self._make_open(proxy, scheme))

    def _make_open(self, proxy: str, scheme: str) -> Callable[[Any], Any]:
        return lambda request: self.proxy_open(request, proxy, scheme)

    def proxy_open(self, req: Any, proxy: str, type: str) -> Any:  # noqa: ARG002 - the stdlib's signature
        """Direct a request to the proxy; None, so that the usual handler opens it, or what another one opens."""
        scheme = req.type
        proxy_type, user, password, place = _parse_proxy(proxy)
        if getattr(req, "_directed", False) or (req.host and proxy_bypass(req.host)):
            return None
        if proxy_type is not None and proxy_type.startswith("socks"):
            req._via = proxy  # noqa: SLF001 - ours: bytes pass through it, and nothing else changes
            return None
        _set_proxy_login(req, place, user, password)
        req.set_proxy(parse.unquote(place), proxy_type or scheme)
        req._tls_proxy = proxy_type == "https"  # noqa: SLF001 - ours
        if scheme in {proxy_type or scheme, "https"}:
            return None
        req._directed = True  # noqa: SLF001 - ours
        try:
            return self.parent.open(req, timeout=req.timeout)
        finally:
            req._directed = False  # noqa: SLF001 - ours


def _set_proxy_login(req: Any, place: str, user: str | None, password: str | None) -> None:
    """Give a request the login for its proxy, and take away one for another proxy (security row 45)."""
    if getattr(req, "_proxied_by", place) != place:
        req.unredirected_hdrs.pop("Proxy-authorization", None)
        req._proxy_login = None  # noqa: SLF001 - ours
    req._proxied_by = place  # noqa: SLF001 - ours
    if user:
        req._proxy_login = login = (parse.unquote(user), parse.unquote(password or ""))  # noqa: SLF001 - ours
        if not req.has_header("Proxy-authorization"):
            req.add_unredirected_header("Proxy-authorization", targets.format_basic(*login))


_USUAL_HANDLERS: tuple[type[BaseHandler], ...] = (
    ProxyHandler,
    UnknownHandler,
    HTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPRedirectHandler,
    FTPHandler,
    FileHandler,
    HTTPErrorProcessor,
    DataHandler,
    HTTPSHandler,
    URLLoginHandler,
)
