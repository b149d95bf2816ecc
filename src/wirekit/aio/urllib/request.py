"""Open URLs: http, https, file and data (RFC 9110, RFC 8089, RFC 2397).

    response = await urlopen("https://example.org/")
    body = await response.read()

The model is the standard library's. A ``Request`` says what is wanted. An ``OpenerDirector`` leads it through the
*handlers* that were given to it, in the order of their ``handler_order``, by the names of their methods:

    http_request(request)               may change the request, and returns it         all of them, in turn
    default_open, http_open, unknown_open(request)    give a response, or None         the first that does not give None
    http_response(request, response)    may change the response, and returns it        all of them, in turn
    http_error_404(request, response, code, message, headers), http_error_default      the first that does not give None

where ``http`` stands for any scheme. Redirects, errors, proxies are such handlers, and so are a program's own: written
for the standard library they work here unchanged. In the async twin each of their methods may be plain or ``async``.

What is decided about a redirect stands in ``wirekit._wire.redirects``, what a URL means for a request in
``wirekit._wire.targets``. A connection serves one request and is closed with its response; ``AbstractHTTPHandler``
makes it in one place.

Left to come: credentials and their handlers, cookies, FTP, SOCKS, kept connections, decoding of contents.
"""

import bisect
import contextlib
import io
import os
import socket
import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._wire import data_urls, redirects, targets, uri_pieces
from wirekit._wire.proxies import parse_proxy
from wirekit.aio.http import client
from wirekit.urllib import error, parse
from wirekit.urllib._local import (
    getproxies,
    getproxies_environment,
    pathname2url,
    proxy_bypass,
    proxy_bypass_environment,
    url2pathname,
)
from wirekit.urllib._wanted import Request, check_body, find_host, measure_file, request_host

if net.ASYNC:
    from wirekit._io.url_files import AsyncUrlFile as addinfourl
else:
    from wirekit.urllib.response import addinfourl

if TYPE_CHECKING:
    import ssl

__all__ = [
    "AbstractHTTPHandler",
    "BaseHandler",
    "DataHandler",
    "FileHandler",
    "HTTPDefaultErrorHandler",
    "HTTPErrorProcessor",
    "HTTPHandler",
    "HTTPRedirectHandler",
    "HTTPSHandler",
    "OpenerDirector",
    "ProxyHandler",
    "Request",
    "UnknownHandler",
    "build_opener",
    "getproxies",
    "getproxies_environment",
    "install_opener",
    "pathname2url",
    "proxy_bypass",
    "proxy_bypass_environment",
    "request_host",
    "url2pathname",
    "urlcleanup",
    "urlopen",
    "urlretrieve",
]

__version__ = f"{sys.version_info[0]}.{sys.version_info[1]}"

_PUNCTUATION = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
_BLOCK = 8192
"""Bytes that urlretrieve reads at once; programs count them in their reporthook."""
_USUAL_REDIRECTIONS = 10

_parse_proxy = parse_proxy

_opener: "OpenerDirector | None" = None
_url_tempfiles: list[str] = []


def __getattr__(name: str) -> Any:
    """Give the errors when they are first named (they cost the stdlib's module), and what programs know from parse."""
    home: Any = error if name in error.__all__ else parse
    if name.startswith("__") or (home is parse and name not in parse.__all__ and not hasattr(parse, name)):
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(home, name)


# ------------------------------------------------------------------------------------------------------------ opening


async def urlopen(
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

    data: what is sent along (bytes, a file, an iterable of bytes); a request with it is a POST unless it names another
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
        opener = build_opener(HTTPSHandler(context=context))
    elif _opener is None:
        _opener = opener = build_opener()
    else:
        opener = _opener
    if hasattr(url, "redirect_dict"):
        del url.redirect_dict  # the redirects of an earlier call do not count against this one
    return await opener.open(url, data, timeout)


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


async def urlretrieve(
    url: str, filename: Any = None, reporthook: Callable[[int, int, int], Any] | None = None, data: Any = None
) -> tuple[Any, Any]:
    """Write what a URL holds into a file; return its path and the headers.

    filename: where to; None for a temporary file, which ``urlcleanup`` removes, or for a ``file:`` URL its own path.
    reporthook: called with the number of blocks so far, the size of a block and the whole size in bytes (-1 when it is
    not known), first before anything is read. Raises ContentTooShortError, with what this returns as ``content``, when
    the connection ends too early; and what ``urlopen`` raises.
    """
    kind, path = uri_pieces.splittype(url)
    with contextlib.closing(await urlopen(url, data)) as source:
        headers = source.info()
        if kind == "file" and not filename:
            return os.path.normpath(url2pathname(path)), headers  # noqa: ASYNC240 - text only, no file
        size = _parse_size(headers)
        with _open_target(filename) as target:
            result = (filename or target.name), headers
            count = await _copy(source, target, size, reporthook)
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


async def _copy(
    source: Any, target: Any, size: int, reporthook: Callable[[int, int, int], Any] | None
) -> int:
    """Copy block by block; return the number of bytes. A connection that ends too early ends the copy."""
    count = number = 0
    if reporthook:
        await net.give(reporthook, number, _BLOCK, size)
    while block := await _read_block(source):
        target.write(block)
        count += len(block)
        number += 1
        if reporthook:
            await net.give(reporthook, number, _BLOCK, size)
    return count


async def _read_block(source: Any) -> bytes:
    try:
        block: bytes = await net.give(source.read, _BLOCK)
    except client.IncompleteRead as cut:
        return cut.partial
    return block


def urlcleanup() -> None:
    """Remove the temporary files of ``urlretrieve``, and forget an installed opener."""
    for name in _url_tempfiles:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - a name, as the stdlib keeps them
    _url_tempfiles.clear()
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
        """Do nothing: no connection outlives its response."""

    async def _call_chain(self, chain: dict[Any, list[Any]], kind: Any, meth_name: str, *args: Any) -> Any:
        """Ask the handlers of this kind in turn; return the first result that is not None."""
        for handler in chain.get(kind, ()):
            result = await net.give(getattr(handler, meth_name), *args)
            if result is not None:
                return result
        return None

    async def open(self, fullurl: Any, data: Any = None, timeout: Any = GLOBAL_DEFAULT_TIMEOUT) -> Any:
        """Open a URL or ``Request``, as ``urlopen`` does, with this opener's handlers."""
        if isinstance(fullurl, str):
            request: Any = Request(fullurl, data)
        else:
            request = fullurl
            if data is not None:
                request.data = data
        request.timeout = timeout
        scheme = request.type
        for processor in self.process_request.get(scheme, ()):
            request = await net.give(getattr(processor, scheme + "_request"), request)
        sys.audit("urllib.Request", request.full_url, request.data, request.headers, request.get_method())
        response = await self._open(request, data)
        for processor in self.process_response.get(scheme, ()):
            response = await net.give(getattr(processor, scheme + "_response"), request, response)
        return response

    async def _open(self, req: Any, data: Any = None) -> Any:  # noqa: ARG002 - the stdlib's signature
        """Find the handler that opens: for everything, for this scheme, for what nobody knows."""
        return (
            await self._call_chain(self.handle_open, "default", "default_open", req)
            or await self._call_chain(self.handle_open, req.type, req.type + "_open", req)
            or await self._call_chain(self.handle_open, "unknown", "unknown_open", req)
        )

    async def error(self, proto: str, *args: Any) -> Any:
        """Ask the handlers of an error. HTTP: args are request, response, code, message and headers."""
        if proto not in {"http", "https"}:
            return await self._call_chain(self.handle_error.get(proto, {}), "error", proto + "_error", *args)
        known = self.handle_error.get("http", {})
        code = args[2]
        return await self._call_chain(known, code, f"http_error_{code}", *args) or await self._call_chain(
            known, "default", "http_error_default", *args
        )


# ----------------------------------------------------------------------------------------------------------- handlers


class BaseHandler:
    """A handler. ``handler_order``: lower ones are asked first. ``parent``: its opener, once it has one."""

    handler_order = 500
    parent: Any

    def add_parent(self, parent: OpenerDirector) -> None:
        """Know the opener."""
        self.parent = parent

    def close(self) -> None:
        """Do nothing: as in the standard library."""

    def __lt__(self, other: Any) -> bool:
        # A class that knows no handler_order comes last, as it did before there was one.
        return self.handler_order < getattr(other, "handler_order", self.handler_order + 1)


class HTTPErrorProcessor(BaseHandler):
    """Makes an error of every status that is not 2xx: redirects and HTTPError begin here."""

    handler_order = 1000

    async def http_response(self, request: Any, response: Any) -> Any:
        """Return a response of success; else what ``OpenerDirector.error`` finds."""
        code = response.code
        if 200 <= code < 300:
            return response
        return await self.parent.error("http", request, response, code, response.msg, response.info())

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


class HTTPRedirectHandler(BaseHandler):
    """Follows redirects (RFC 9110 section 15.4), within limits.

    ``max_redirections``: hops in all; left as it is, ``defaults.active.max_redirects`` counts. ``max_repeats``: hops to
    one and the same URL. ``credential_fields``: names, in lower case, of headers that stay behind when scheme, host or
    port change; a subclass may add its own.
    """

    max_repeats = 4
    max_redirections = _USUAL_REDIRECTIONS
    credential_fields: Any = redirects.CREDENTIAL_FIELDS

    inf_msg = (
        "The HTTP server returned a redirect error that would lead to an infinite loop.\n"
        "The last 30x error message was:\n"
    )

    def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
        """Return the request to go on with, None to leave it to other handlers, or raise HTTPError to go nowhere.

        Method and body: ``redirects.choose_method``; ``defaults.active.redirect_with_body``.
        """
        given = req.get_method()
        with_body = defaults.active.redirect_with_body
        if not with_body and given not in {"GET", "HEAD"} and (code in {307, 308} or given != "POST"):
            raise error.HTTPError(req.full_url, code, msg, headers, fp)
        method = redirects.choose_method(code, given)
        keeps_body = with_body and method == given
        fields = redirects.select_fields(
            req.headers,
            body=keeps_body,
            same_origin=defaults.active.cross_origin_credentials
            or redirects.is_same_origin(req.full_url, newurl),
            credentials=self.credential_fields,
        )
        return Request(
            newurl.replace(" ", "%20"),
            data=req.data if keeps_body else None,
            headers=fields,
            origin_req_host=req.origin_req_host,
            unverifiable=True,
            method=method,
        )

    async def http_error_302(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> Any:
        """Follow the redirect; None where the response does not say whereto.

        HTTPError, with the response, for a place that is not gone to, for a loop, and for a body that cannot be sent
        a second time.
        """
        newurl = self._find_target(req, fp, code, msg, headers)
        if newurl is None:
            return None
        new = await net.give(self.redirect_request, req, fp, code, msg, headers, newurl)
        if new is None:
            return None
        if not self._may_hop(req, new, newurl):
            raise error.HTTPError(req.full_url, code, self.inf_msg + msg, headers, fp)
        if new.data is not None and new.data is req.data and not await _rewind(req):
            reason = f"{msg} - The body can be read once only, so the redirect cannot be followed"
            raise error.HTTPError(req.full_url, code, reason, headers, fp)
        fp.close()  # its body, however long, is of no use: nothing of it is read
        return await self.parent.open(new, timeout=req.timeout)

    http_error_301 = http_error_303 = http_error_307 = http_error_308 = http_error_302

    def _find_target(self, req: Any, fp: Any, code: int, msg: str, headers: Any) -> str | None:
        """Return the URL to go to; None for none; HTTPError for one that is refused."""
        named = headers.get("location")
        if named is None:
            named = headers.get("uri")
            if named is None:
                return None
        # Its bytes came in as ISO-8859-1; those beyond ASCII are escaped as they are, blanks with them.
        named = parse.quote(named, encoding="iso-8859-1", safe=_PUNCTUATION)
        here = uri_pieces.splittype(req.full_url)[0] or ""
        try:
            parts = parse.urlsplit(named)
            refusal = redirects.find_refusal(
                here, parts.scheme or here, downgrade=defaults.active.redirect_downgrade
            )
            if parts.netloc and not parts.path:
                parts = parts._replace(path="/")
            target: str = parse.urljoin(req.full_url, parts.geturl())
        except ValueError as wrong:
            raise error.HTTPError(named, code, f"{msg} - {wrong}", headers, fp) from wrong
        if refusal:
            raise error.HTTPError(named, code, f"{msg} - Redirection to url '{named}' {refusal}", headers, fp)
        fragment = getattr(req, "fragment", None)  # goes along, RFC 9110 section 10.2.2
        return f"{target}#{fragment}" if fragment and "#" not in target else target

    def _may_hop(self, req: Any, new: Any, newurl: str) -> bool:
        """Count the hop; False when it is one too many. The counts go from request to request."""
        visited: dict[str, int] | None = getattr(req, "redirect_dict", None)
        if visited is None:
            visited = req.redirect_dict = {}
        new.redirect_dict = visited
        limit = self.max_redirections
        if limit == _USUAL_REDIRECTIONS:
            limit = defaults.active.max_redirects
        if visited.get(newurl, 0) >= self.max_repeats or sum(visited.values()) >= limit:
            return False
        visited[newurl] = visited.get(newurl, 0) + 1
        return True


async def _find_position(data: Any) -> int | None:
    """Return where a file stands; None for what is no file, or one that cannot tell."""
    if not hasattr(data, "read"):
        return None
    try:
        position: int = await net.give(data.tell)
    except (AttributeError, OSError, ValueError):
        return None
    return position


async def _rewind(req: Any) -> bool:
    """Make a body ready to be sent again; False when it can be read once only."""
    data = req.data
    if not hasattr(data, "read"):
        return not (hasattr(data, "__next__") or hasattr(data, "__anext__"))
    start = getattr(req, "_start", None)
    if start is None:
        return False
    try:
        await net.give(data.seek, start)
    except (AttributeError, OSError, ValueError):
        return False
    return True


class ProxyHandler(BaseHandler):
    """Sends requests through proxies. proxies: scheme to proxy URL; None for those of the environment.

    A proxy's user and password stand in its URL. Hosts that the environment excepts (``no_proxy``) are reached without.
    """

    handler_order = 100

    def __init__(self, proxies: Mapping[str, str] | None = None) -> None:
        if proxies is None:
            proxies = getproxies()
        if not hasattr(proxies, "keys"):
            message = "proxies must be a mapping"
            raise TypeError(message)
        self.proxies = proxies
        for scheme, proxy in proxies.items():
            setattr(self, f"{scheme.lower()}_open", self._make_open(proxy, scheme.lower()))

    def _make_open(self, proxy: str, scheme: str) -> Callable[[Any], Any]:
        return lambda request: self.proxy_open(request, proxy, scheme)

    async def proxy_open(self, req: Any, proxy: str, type: str) -> Any:  # noqa: ARG002 - the stdlib's signature
        """Direct a request to the proxy; None, so that the usual handler opens it, or what another one opens."""
        scheme = req.type
        proxy_type, user, password, place = _parse_proxy(proxy)
        if getattr(req, "_directed", False) or (req.host and proxy_bypass(req.host)):
            return None
        if user:
            credentials = targets.format_basic(parse.unquote(user), parse.unquote(password or ""))
            req.add_unredirected_header(
                "Proxy-authorization", credentials
            )  # the next hop has a proxy of its own
        req.set_proxy(parse.unquote(place), proxy_type or scheme)
        req._tls_proxy = proxy_type == "https"  # noqa: SLF001 - ours
        if scheme in {proxy_type or scheme, "https"}:
            return None
        req._directed = True  # noqa: SLF001 - ours
        try:
            return await self.parent.open(req, timeout=req.timeout)
        finally:
            req._directed = False  # noqa: SLF001 - ours


class AbstractHTTPHandler(BaseHandler):
    """What HTTP and HTTPS have in common."""

    _context: "ssl.SSLContext | None" = None

    def __init__(self, debuglevel: int | None = None) -> None:
        self._debuglevel = client.HTTPConnection.debuglevel if debuglevel is None else debuglevel

    def set_http_debuglevel(self, level: int) -> None:
        """Let connections print what they send and receive, when level is above 0."""
        self._debuglevel = level

    def _get_content_length(self, request: Any) -> int | None:
        """Return the size of the body in bytes; None where nobody knows it beforehand."""
        if hasattr(request.data, "read"):
            return measure_file(request.data)
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
            request.add_unredirected_header("Host", _format_host(request))
        authority = getattr(request, "_authority", None)
        user, password, _ = targets.split_login(authority or "")
        if user is not None and not request.has_header("Authorization"):
            request.add_unredirected_header("Authorization", targets.format_basic(user, password))
        for name, value in self.parent.addheaders:
            if not request.has_header(name.capitalize()):
                request.add_unredirected_header(name.capitalize(), value)
        return request

    def _add_body_headers(self, request: Any) -> None:
        if not request.has_header("Content-type"):
            request.add_unredirected_header("Content-type", "application/x-www-form-urlencoded")
        if request.has_header("Content-length") or request.has_header("Transfer-encoding"):
            return
        length = self._get_content_length(request)
        if length is None:
            request.add_unredirected_header("Transfer-encoding", "chunked")
        else:
            request.add_unredirected_header("Content-length", str(length))

    async def do_open(self, http_class: Any, req: Any, **http_conn_args: Any) -> Any:
        """Send the request by a connection of this class, and return the response; its body is still to be read.

        URLError, with the OSError as ``reason``, when no connection comes about or the request cannot be sent. What
        goes wrong later is raised as it is.
        """
        if not req.host:
            raise error.URLError("no host given")
        headers = _collect_headers(req)
        connection = self._make_connection(http_class, req, headers, **http_conn_args)
        req._start = await _find_position(req.data)  # noqa: SLF001 - ours
        chunked = req.has_header("Transfer-encoding")
        try:
            try:
                await connection.request(
                    req.get_method(), _choose_target(req), req.data, headers, encode_chunked=chunked
                )
            except OSError as failure:
                raise error.URLError(failure) from failure
            response = await connection.getresponse()
        except BaseException:
            connection.close()
            raise
        _leave(connection, response)
        response.url = req.get_full_url()
        response.msg = response.reason  # what urllib's callers know by this name
        return response

    def _make_connection(
        self, http_class: Any, req: Any, headers: dict[str, Any], **http_conn_args: Any
    ) -> Any:
        """Make the connection for a request, with its tunnel; headers that are the proxy's go to the tunnel's end."""
        connection = http_class(find_host(req), timeout=req.timeout, **http_conn_args)
        connection.set_debuglevel(self._debuglevel)
        tunnel = getattr(req, "_tunnel_host", None)
        if tunnel:
            login = headers.pop("Proxy-Authorization", None)
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


def _format_host(request: Any) -> str:
    """Return the value of the Host field: of the URL, whoever is asked for it."""
    if request.has_proxy():
        _, rest = uri_pieces.splittype(request.selector)
        host = targets.split_login(uri_pieces.splithost(rest)[0] or "")[2]
    else:
        host = getattr(request, "_tunnel_host", None) or find_host(request)
    return targets.encode_authority(host)


def _collect_headers(req: Any) -> dict[str, Any]:
    """Return the headers as they are sent: names Like-This, one connection for one request."""
    headers = {**req.headers, **req.unredirected_hdrs, "Connection": "close"}
    return {name.title(): value for name, value in headers.items()}


def _choose_target(req: Any) -> str:
    """Return what the request line asks for: the whole URL of a proxy, else path and query."""
    return targets.format_absolute(req.selector) if req.has_proxy() else targets.encode_target(req.selector)


def _leave(connection: Any, response: Any) -> None:
    """Let the connection end with this response, even where the server would keep it."""
    if not connection.sock:
        return
    if isinstance(connection, client.HTTPConnection):
        response.will_close = True
        connection._hand_over()  # noqa: SLF001 - of this package
        if response.length == 0:
            response._close_conn()  # noqa: SLF001 - nothing is to come: hold no connection until somebody reads it
        if net.ASYNC:
            _watch(response)
    else:
        connection.sock.close()
        connection.sock = None


if net.ASYNC:

    def _watch(response: Any) -> None:
        """End the connection when its response is forgotten unread, as by who catches HTTPError for its code alone.

        A socket ends with its last reference by itself; a transport does not, since its loop holds it.
        """
        import weakref

        if isinstance(response.fp, net.Stream):
            weakref.finalize(response, _abandon, response.fp).atexit = False

    def _abandon(stream: net.Stream) -> None:
        """End a connection; called in any thread."""
        if not stream.closed:
            with contextlib.suppress(RuntimeError):  # the loop is closed, and the connection with it
                stream._loop.call_soon_threadsafe(stream.abort)  # noqa: SLF001 - of this package


class HTTPHandler(AbstractHTTPHandler):
    """Opens http URLs."""

    async def http_open(self, req: Any) -> Any:
        """Return the response."""
        return await self.do_open(client.HTTPConnection, req)

    http_request = AbstractHTTPHandler.do_request_


class HTTPSHandler(AbstractHTTPHandler):
    """Opens https URLs. context: an ``ssl.SSLContext`` to use as it is; check_hostname: False leaves names unchecked."""

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


class FileHandler(BaseHandler):
    """Opens file URLs of this machine (RFC 8089). No name but its own is looked up."""

    names: tuple[str, ...] | None = None

    async def file_open(self, req: Any) -> Any:
        """Return the file, with Content-type, Content-length and Last-modified. URLError when there is none."""
        return await self.open_local_file(req)

    async def get_names(self) -> tuple[str, ...]:
        """Return the names and addresses that mean this machine."""
        if FileHandler.names is None:
            found = ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]
            for name in ("localhost", socket.gethostname()):
                with contextlib.suppress(OSError):
                    found += (await net.in_thread(socket.gethostbyname_ex, name))[2]
            FileHandler.names = tuple(found)
        return FileHandler.names

    async def open_local_file(self, req: Any) -> Any:
        """Return the file that the request's selector names, if its host is this machine."""
        if req.host and req.host != "localhost" and req.host not in await net.give(self.get_names):
            raise error.URLError("file not on local host")
        path = url2pathname(req.selector)
        try:
            status = os.stat(path)  # noqa: PTH116 - a path as text
            file = open(path, "rb")  # noqa: ASYNC230, PTH123, SIM115 - quick; the caller closes it
        except OSError as failure:
            raise error.URLError(failure) from failure
        from email.utils import formatdate  # loads the email package
        from mimetypes import guess_type  # for file URLs alone

        fields = [
            ("Content-type", guess_type(req.selector)[0] or "text/plain"),
            ("Content-length", str(status.st_size)),
            ("Last-modified", formatdate(status.st_mtime, usegmt=True)),
        ]
        return addinfourl(file, _make_message(fields), f"file://{req.host or ''}{req.selector}")


class DataHandler(BaseHandler):
    """Opens data URLs (RFC 2397)."""

    def data_open(self, req: Any) -> Any:
        """Return the data, with Content-type and Content-length. ValueError for a URL that is none."""
        url = req.full_url
        kind, data = data_urls.parse_data_url(url)
        fields = [("Content-type", kind), ("Content-length", str(len(data)))]
        return addinfourl(io.BytesIO(data), _make_message(fields), url)


def _make_message(fields: list[tuple[str, str]]) -> Any:
    from wirekit._wire.http_message import HTTPMessage  # loads the email package

    return HTTPMessage.of(fields)


_USUAL_HANDLERS: tuple[type[BaseHandler], ...] = (
    ProxyHandler,
    UnknownHandler,
    HTTPHandler,
    HTTPDefaultErrorHandler,
    HTTPRedirectHandler,
    FileHandler,
    HTTPErrorProcessor,
    DataHandler,
    HTTPSHandler,
)
