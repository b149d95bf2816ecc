"""``URLopener`` and ``FancyURLopener``: how URLs were opened before there were openers and handlers.

Deprecated since Python 3.3 and gone with 3.14, they still stand in scripts and books. A URL's scheme names the method
that opens it (``open_http``), a status the one that deals with it (``http_error_404``); subclasses override both. What is
safe or not about a redirect is decided as for the newer openers: none leads from https to http, or to a file.
"""

import contextlib
import importlib
import os
import sys
import warnings
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._wire import redirects, targets, uri_pieces
from wirekit._wire.challenges import parse_challenges
from wirekit.aio.http import client
from wirekit.aio.urllib._handlers.base import HOME
from wirekit.aio.urllib._handlers.files import DataHandler, FileHandler, addinfourl
from wirekit.aio.urllib._handlers.ftp_urls import open_by
from wirekit.aio.urllib._handlers.http import end_with
from wirekit.urllib import error, parse
from wirekit.urllib._local import getproxies, proxy_bypass, url2pathname
from wirekit.urllib._wanted import Request

__all__ = ["MAXFTPCACHE", "FancyURLopener", "URLopener", "ftpcache"]

MAXFTPCACHE: Final = 10
"""FTP connections that are kept."""
_SAFE: Final = "%/:=&?~#+!$,;'@()*[]|"
_BLOCK: Final = 8192

ftpcache: dict[Any, Any] = {}


class URLopener:
    """Opens URLs by the methods that their schemes name; a status that is no success is an error.

    proxies: scheme to proxy URL, None for those of the environment. x509: ``key_file`` and ``cert_file`` of a client.
    """

    __module__ = HOME

    __tempfiles: Any = None

    version = f"Python-urllib/{sys.version_info[0]}.{sys.version_info[1]}"

    def __init__(self, proxies: Any = None, **x509: Any) -> None:
        message = f"{type(self).__name__} style of invoking requests is deprecated. Use newer urlopen functions/methods"
        level = 2 if type(self).__init__ is URLopener.__init__ else 3  # the line that makes it
        warnings.warn(message, DeprecationWarning, stacklevel=level)
        if proxies is None:
            proxies = getproxies()
        if not hasattr(proxies, "keys"):
            message = "proxies must be a mapping"
            raise TypeError(message)
        self.proxies = proxies
        self.key_file, self.cert_file = x509.get("key_file"), x509.get("cert_file")
        self.addheaders: list[Any] = [("User-Agent", self.version), ("Accept", "*/*")]
        self.tempcache: Any = None  # {} to keep what retrieve() fetched
        self.ftpcache = ftpcache
        self.type = ""
        self.__tempfiles = []
        self.__unlink = os.unlink  # there still when the interpreter ends, as nothing else may be

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Remove what ``retrieve`` has put into temporary files."""
        self.cleanup()

    def cleanup(self) -> None:
        """Remove what ``retrieve`` has put into temporary files."""
        for name in self.__tempfiles or ():
            with contextlib.suppress(OSError):
                self.__unlink(name)
        if self.__tempfiles:
            self.__tempfiles.clear()
        if getattr(self, "tempcache", None):
            self.tempcache.clear()

    def addheader(self, *args: Any) -> None:
        """Add a header to all HTTP requests: name and value."""
        self.addheaders.append(args)

    async def open(self, fullurl: Any, data: Any = None) -> Any:
        """Open a URL; a URL without a scheme is a file. OSError for a scheme that no method opens."""
        fullurl = parse.quote(parse.unwrap(uri_pieces.to_bytes(fullurl)), safe=_SAFE)
        if self.tempcache and fullurl in self.tempcache:
            filename, headers = self.tempcache[fullurl]
            return addinfourl(open(filename, "rb"), headers, fullurl)  # noqa: ASYNC230, PTH123 - as it was kept
        scheme, rest = uri_pieces.splittype(fullurl)
        scheme = self.type = scheme or "file"
        where: Any = rest
        proxy = self.proxies.get(scheme)
        if proxy is not None:
            scheme, place = uri_pieces.splittype(proxy)
            where = (uri_pieces.splithost(place)[0], fullurl)
            if scheme == "https":
                message = (
                    f"a proxy over TLS needs an opener of build_opener, which {type(self).__name__} is not"
                )
                raise error.URLError(message)
        name = f"open_{scheme}".replace("-", "_")
        if name == "open_local_file" or not hasattr(self, name):
            if proxy:
                return await net.give(self.open_unknown_proxy, proxy, fullurl, data)
            return await net.give(self.open_unknown, fullurl, data)
        try:
            return await net.give(getattr(self, name), where, *(() if data is None else (data,)))
        except error.URLError:
            raise
        except OSError as failure:
            raise OSError("socket error", failure) from failure

    def open_unknown(self, fullurl: str, data: Any = None) -> Any:  # noqa: ARG002 - may be overridden
        """Raise OSError: no method opens this scheme."""
        raise OSError("url error", "unknown url type", uri_pieces.splittype(fullurl)[0])

    def open_unknown_proxy(self, proxy: str, fullurl: str, data: Any = None) -> Any:  # noqa: ARG002 - may be overridden
        """Raise OSError: no method asks such a proxy."""
        raise OSError("url error", f"invalid proxy for {uri_pieces.splittype(fullurl)[0]}", proxy)

    async def retrieve(
        self,
        url: Any,
        filename: Any = None,
        reporthook: Callable[[int, int, int], Any] | None = None,
        data: Any = None,
    ) -> tuple[Any, Any]:
        """Write what a URL holds into a file; return its path and the headers. See ``urlretrieve``.

        Without a filename it is a temporary file, which ``cleanup`` removes, or for a local file that itself.
        """
        url = parse.unwrap(uri_pieces.to_bytes(url))
        if self.tempcache and url in self.tempcache:
            kept: tuple[Any, Any] = self.tempcache[url]
            return kept
        scheme, rest = uri_pieces.splittype(url)
        if filename is None and scheme in {None, "file"}:
            with contextlib.suppress(OSError):
                local = await self.open_local_file(rest)
                local.close()
                return url2pathname(uri_pieces.splithost(rest)[1]), local.info()
        with contextlib.closing(await self.open(url, data)) as source:
            headers = source.info()
            target = self.__open_target(filename, rest)
            result = target.name, headers
            if self.tempcache is not None:
                self.tempcache[url] = result
            with target:
                home: Any = importlib.import_module(HOME)
                size = home._parse_size(headers)  # noqa: SLF001 - of this package
                count = await home._copy(source, target, size, reporthook)  # noqa: SLF001 - of this package
        if size >= 0 and count < size:
            message = f"retrieval incomplete: got only {count} out of {size} bytes"
            raise error.ContentTooShortError(message, result)
        return result

    def __open_target(self, filename: Any, rest: str) -> Any:
        """Open the file to write; a temporary one keeps the suffix of the URL's path."""
        if filename:
            return open(filename, "wb")  # noqa: PTH123 - the caller closes it
        import tempfile  # costs 15 ms

        path = uri_pieces.splitattr(uri_pieces.splitquery(uri_pieces.splithost(rest)[1])[0])[0]
        target = tempfile.NamedTemporaryFile(suffix=Path(path).suffix, delete=False)  # noqa: SIM115 - the caller closes it
        self.__tempfiles.append(target.name)
        return target

    # ---- by scheme

    async def open_http(self, url: Any, data: Any = None) -> Any:
        """Open an http URL: what stands behind its scheme, or (proxy, whole URL)."""
        return await self._open_generic_http(client.HTTPConnection, url, data)

    async def open_https(self, url: Any, data: Any = None) -> Any:
        """Open an https URL: what stands behind its scheme, or (proxy, whole URL)."""
        return await self._open_generic_http(self._https_connection, url, data)

    def _https_connection(self, host: str) -> Any:
        from wirekit._io.tls import client_context  # loads ssl, for TLS alone

        context = None
        if self.key_file or self.cert_file:
            context = client_context()
            files: Any = self.cert_file or self.key_file, self.key_file
            context.load_cert_chain(*files)
        return client.HTTPSConnection(host, context=context)

    async def _open_generic_http(self, connection_factory: Callable[[str], Any], url: Any, data: Any) -> Any:
        """Send a request over a connection that is made of a host; deal with the status."""
        way = _Way(url)
        connection = connection_factory(way.host)  # which waits for its first request
        if way.secure:  # whatever the proxy is
            connection = self._https_connection(way.host)
        if way.tunnel is not None:
            connection.set_tunnel(way.tunnel, headers=way.tunnel_headers())
        headers = dict((*way.headers(), *self.addheaders))
        try:
            try:
                if data is None:
                    await connection.request("GET", way.selector, headers=headers)
                else:
                    headers["Content-Type"] = "application/x-www-form-urlencoded"
                    await connection.request("POST", way.selector, data, headers)
                response = await connection.getresponse()
            except client.BadStatusLine as wrong:
                raise error.URLError("http protocol error: bad status line") from wrong
        except BaseException:
            connection.close()
            raise
        end_with(connection, response)
        if 200 <= response.status < 300:
            return addinfourl(response, response.msg, "http:" + way.url, response.status)
        return await self.http_error(way.url, response, response.status, response.reason, response.msg, data)

    async def http_error(
        self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any, data: Any = None
    ) -> Any:
        """Deal with a status that is no success by the method that its number names, else by ``http_error_default``."""
        method = getattr(self, f"http_error_{errcode}", None)
        if method is not None:
            more = () if data is None else (data,)
            result = await net.give(method, url, fp, errcode, errmsg, headers, *more)
            if result:
                return result
        return await net.give(self.http_error_default, url, fp, errcode, errmsg, headers)

    def http_error_default(self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any) -> Any:
        """Close the connection and raise HTTPError."""
        fp.close()
        raise error.HTTPError(url, errcode, errmsg, headers, None)

    async def open_file(self, url: Any) -> Any:
        """Open a file of this machine."""
        if not isinstance(url, str):
            raise error.URLError("file error: proxy support for file protocol currently not implemented")
        if url[:2] == "//" and url[2:3] != "/" and url[2:12].lower() != "localhost/":
            message = "file:// scheme is supported only on localhost"
            raise ValueError(message)
        return await self.open_local_file(url)

    async def open_local_file(self, url: str) -> Any:
        """Open a file of this machine, where the URL names no other one."""
        host, path = uri_pieces.splithost(url)
        wanted = Request(f"file://{host or ''}{path}" if path[:1] == "/" else f"file:{path}")
        try:
            opened = await FileHandler().open_local_file(wanted)
        except error.URLError as failure:
            if isinstance(failure.reason, OSError):
                raise error.URLError(failure.reason.strerror or "", failure.reason.filename) from failure
            raise
        opened.url = f"file://{path}" if path[:1] == "/" else path
        return opened

    async def open_ftp(self, url: Any) -> Any:
        """Open a file of an FTP server, by a connection that is kept."""
        if not isinstance(url, str):
            raise error.URLError("ftp error: proxy support for ftp protocol currently not implemented")
        authority, selector = uri_pieces.splithost(url)
        return await open_by(self._find_ftp, authority, selector, f"ftp:{url}", None)

    async def _find_ftp(
        self, user: str, passwd: str, host: str, port: int, dirs: list[str], _timeout: Any
    ) -> Any:
        key = user, host, port, "/".join(dirs)
        if len(self.ftpcache) > MAXFTPCACHE:
            for other in [other for other in self.ftpcache if other != key]:
                self.ftpcache.pop(other).close()
        if key not in self.ftpcache:
            wrapper = importlib.import_module(HOME).ftpwrapper(user, passwd, host, port, dirs)
            if net.ASYNC:
                await wrapper.init()
            self.ftpcache[key] = wrapper
        return self.ftpcache[key]

    def open_data(self, url: Any, data: Any = None) -> Any:  # noqa: ARG002 - nothing is sent anywhere
        """Open a data URL: what stands behind its scheme. OSError for one that is none."""
        if not isinstance(url, str):
            raise error.URLError("data error: proxy support for data protocol currently not implemented")
        try:
            return DataHandler().data_open(Request(f"data:{url}"))
        except ValueError as wrong:
            raise OSError("data error", "bad data URL") from wrong


class _Way:
    """Where a request goes, and what it says of it: what ``open_http`` is given, taken apart.

    ``url``: what stands behind the scheme; ``host``: to connect to; ``selector``: what the request line asks for;
    ``tunnel``: the host that a proxy connects us to, None where there is no such proxy; ``secure``: TLS is to be spoken
    where it would not be for the proxy's sake.
    """

    def __init__(self, url: Any) -> None:
        self.proxy_login: str | None = None
        self.tunnel: str | None = None
        self.secure = False
        if isinstance(url, str):
            self.url = url
            authority, self.selector = uri_pieces.splithost(url)
        else:
            authority = self._read_proxied(*url)
        self.login, self.real = uri_pieces.splituser(authority or "")
        if isinstance(url, str):
            self.host = parse.unquote(self.real)
        if not self.host:
            raise OSError("http error", "no host given")

    def _read_proxied(self, proxy: str | None, whole: str) -> str:
        """Note the proxy, and return the authority of the URL that it is asked for."""
        self.proxy_login, self.host = uri_pieces.splituser(proxy or "")
        self.selector = targets.format_absolute(whole)
        scheme, self.url = uri_pieces.splittype(whole)
        if scheme not in {"http", "https"}:
            return ""
        self.secure = scheme == "https"
        authority, path = uri_pieces.splithost(self.url)
        place = uri_pieces.splituser(authority or "")[1]
        if place and proxy_bypass(place):
            self.host, self.selector, self.proxy_login = place, path, None
        elif scheme == "https":
            self.tunnel, self.selector = place, path
        return authority or ""

    def tunnel_headers(self) -> dict[str, str]:
        """Return the headers for the proxy that makes a tunnel, and for it alone."""
        return dict([_format_login("Proxy-Authorization", self.proxy_login)] if self.proxy_login else [])

    def headers(self) -> list[tuple[str, str]]:
        """Return the headers that follow from the URL, and that the connection ends with the response."""
        found = []
        if self.proxy_login and self.tunnel is None:
            found.append(_format_login("Proxy-Authorization", self.proxy_login))
        if self.login:
            found.append(_format_login("Authorization", self.login))
        if self.real:
            found.append(("Host", self.real))
        return [*found, ("Connection", "close")]


def _format_login(name: str, login: str) -> tuple[str, str]:
    user, _, password = login.partition(":")
    return name, targets.format_basic(parse.unquote(user), parse.unquote(password))


class FancyURLopener(URLopener):
    """An ``URLopener`` that follows redirects and asks for passwords; other errors are responses like any."""

    __module__ = HOME

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        URLopener.__init__(self, *args, **kwargs)
        self.auth_cache: dict[str, tuple[Any, Any]] = {}
        self.tries = 0
        self.maxtries = 10

    def http_error_default(self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any) -> Any:  # noqa: ARG002 - the stdlib's signature
        """Return the response, whatever its status."""
        return addinfourl(fp, headers, "http:" + url, errcode)

    async def http_error_302(
        self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any, data: Any = None
    ) -> Any:
        """Follow a redirect, ``maxtries`` in all."""
        self.tries += 1
        try:
            if self.maxtries and self.tries >= self.maxtries:
                method = getattr(self, "http_error_500", self.http_error_default)
                message = "Internal Server Error: Redirect Recursion"
                return await net.give(method, url, fp, 500, message, headers)
            return await net.give(self.redirect_internal, url, fp, errcode, errmsg, headers, data)
        finally:
            self.tries = 0

    async def redirect_internal(
        self,
        url: str,
        fp: Any,
        errcode: int,
        errmsg: str,
        headers: Any,
        data: Any,  # noqa: ARG002 - may be overridden
    ) -> Any:
        """Open the place that a redirect names; None where it names none. HTTPError for one that is not gone to."""
        named = headers.get("location") or headers.get("uri")
        if named is None:
            return None
        here = f"{self.type}:{url}"
        fp.close()
        newurl = parse.urljoin(here, named)
        target = uri_pieces.splittype(newurl)[0] or self.type
        refusal = redirects.find_refusal(self.type, target, downgrade=defaults.active.redirect_downgrade)
        if refusal:
            reason = f"{errmsg} Redirection to url '{newurl}' {refusal}."
            raise error.HTTPError(newurl, errcode, reason, headers, fp)
        tries = self.tries
        try:
            return await self.open(newurl)
        finally:
            self.tries = tries

    async def http_error_301(
        self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any, data: Any = None
    ) -> Any:
        """Follow a redirect as ``http_error_302`` does."""
        return await self.http_error_302(url, fp, errcode, errmsg, headers, data)

    async def http_error_303(
        self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any, data: Any = None
    ) -> Any:
        """Follow a redirect as ``http_error_302`` does."""
        return await self.http_error_302(url, fp, errcode, errmsg, headers, data)

    async def http_error_307(
        self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any, data: Any = None
    ) -> Any:
        """Follow a redirect of a GET; that of a POST is left to the program."""
        if data is None:
            return await self.http_error_302(url, fp, errcode, errmsg, headers, data)
        return await net.give(self.http_error_default, url, fp, errcode, errmsg, headers)

    async def http_error_308(
        self, url: str, fp: Any, errcode: int, errmsg: str, headers: Any, data: Any = None
    ) -> Any:
        """Follow a redirect of a GET; that of a POST is left to the program."""
        if data is None:
            return await self.http_error_301(url, fp, errcode, errmsg, headers, data)
        return await net.give(self.http_error_default, url, fp, errcode, errmsg, headers)

    # ---- passwords

    async def http_error_401(
        self,
        url: str,
        fp: Any,
        errcode: int,
        errmsg: str,
        headers: Any,
        data: Any = None,
        retry: bool = False,
    ) -> Any:
        """Log in by Basic where ``retry`` says so; else raise HTTPError."""
        return await self._log_in(
            "www-authenticate", "", url, fp, errcode, errmsg, headers, data, retry=retry
        )

    async def http_error_407(
        self,
        url: str,
        fp: Any,
        errcode: int,
        errmsg: str,
        headers: Any,
        data: Any = None,
        retry: bool = False,
    ) -> Any:
        """Log in to the proxy by Basic where ``retry`` says so; else raise HTTPError."""
        return await self._log_in(
            "proxy-authenticate", "proxy_", url, fp, errcode, errmsg, headers, data, retry=retry
        )

    async def _log_in(
        self,
        field: str,
        whose: str,
        url: str,
        fp: Any,
        errcode: int,
        errmsg: str,
        headers: Any,
        data: Any,
        *,
        retry: bool,
    ) -> Any:
        basic = [one for one in parse_challenges(headers.get_all(field) or ()) if one.scheme == "basic"]
        if not basic or not retry:
            return await net.give(URLopener.http_error_default, self, url, fp, errcode, errmsg, headers)
        method = getattr(self, f"retry_{whose}{self.type}_basic_auth")
        realm = basic[0].parameters.get("realm", "")
        return await net.give(method, url, realm, *(() if data is None else (data,)))

    async def retry_http_basic_auth(self, url: str, realm: str, data: Any = None) -> Any:
        """Open an http URL again, with a login for the realm; None without one."""
        return await self._retry("http", url, realm, data)

    async def retry_https_basic_auth(self, url: str, realm: str, data: Any = None) -> Any:
        """Open an https URL again, with a login for the realm; None without one."""
        return await self._retry("https", url, realm, data)

    async def _retry(self, scheme: str, url: str, realm: str, data: Any) -> Any:
        authority, selector = uri_pieces.splithost(url)
        place = await self._add_login(authority or "", realm)
        return None if place is None else await self.open(f"{scheme}://{place}{selector}", data)

    async def retry_proxy_http_basic_auth(self, url: str, realm: str, data: Any = None) -> Any:
        """Open an http URL again, with a login for its proxy; None without one."""
        return await self._retry_proxy("http", url, realm, data)

    async def retry_proxy_https_basic_auth(self, url: str, realm: str, data: Any = None) -> Any:
        """Open an https URL again, with a login for its proxy; None without one."""
        return await self._retry_proxy("https", url, realm, data)

    async def _retry_proxy(self, scheme: str, url: str, realm: str, data: Any) -> Any:
        kind, rest = uri_pieces.splittype(self.proxies[scheme])
        authority, path = uri_pieces.splithost(rest)
        place = await self._add_login(authority or "", realm)
        if place is None:
            return None
        self.proxies = {**self.proxies, scheme: f"{kind}://{place}{path}"}
        return await self.open(f"{scheme}:{url}", data)

    async def _add_login(self, authority: str, realm: str) -> str | None:
        """Return an authority with a login before it; None where there is none."""
        host = authority.rpartition("@")[2]
        had_one = host != authority  # which was refused
        user, password = await net.give(self.get_user_passwd, host, realm, had_one)
        if not (user or password):
            return None
        return f"{parse.quote(user, safe='')}:{parse.quote(password, safe='')}@{host}"

    async def get_user_passwd(self, host: str, realm: str, clear_cache: Any = 0) -> tuple[Any, Any]:
        """Return the login for a realm of a host, asked for once; clear_cache: it was wrong."""
        key = f"{realm}@{host.lower()}"
        if clear_cache:
            self.auth_cache.pop(key, None)
        elif key in self.auth_cache:
            return self.auth_cache[key]
        user, password = await net.give(self.prompt_user_passwd, host, realm)
        if user or password:
            self.auth_cache[key] = (user, password)
        return user, password

    async def prompt_user_passwd(self, host: str, realm: str) -> tuple[Any, Any]:
        """Ask the user at the terminal; (None, None) where he breaks off. A program may have a window for that."""
        import getpass  # for terminals alone

        try:
            user = await net.in_thread(input, f"Enter username for {realm} at {host}: ")
            password = await net.in_thread(
                getpass.getpass, f"Enter password for {user} in {realm} at {host}: "
            )
        except KeyboardInterrupt:
            print()  # noqa: T201 - ends the line of the question
            return None, None
        return user, password
