"""Opening ftp URLs (RFC 1738 section 3.2).

``ftp://user:password@host:port/folder/file;type=i`` is a file as it is (``i``), as text (``a``), or a listing of a folder
(``d``, and whatever is no file). What fetches them, ``ftpwrapper``, is loaded with the first one.
"""

import importlib
import time
from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from wirekit._io import asynchronous as net
from wirekit._io.keeping import asynchronous as keeping
from wirekit._wire import targets, uri_pieces
from wirekit.aio.urllib._handlers.base import HOME, BaseHandler
from wirekit.aio.urllib._handlers.files import addinfourl, make_message
from wirekit.urllib import error, parse

__all__ = ["CacheFTPHandler", "FTPHandler", "open_by"]

_VIA: ContextVar[str | None] = ContextVar("_VIA", default=None)
"""The SOCKS proxy of the request that is opened now: ``connect_ftp``, which others override, is not told of it."""


async def open_by(
    connect: Callable[..., Any], authority: str | None, selector: str, url: str, timeout: Any
) -> Any:
    """Return what an ftp URL names, fetched by a wrapper that ``connect`` gives."""
    from wirekit.aio import ftplib  # for ftp URLs alone

    if not authority:
        raise error.URLError("ftp error: no host given")
    user, password, place = targets.split_login(authority)
    host, port = uri_pieces.splitport(place)
    path, attributes = uri_pieces.splitattr(selector)
    *dirs, file = [parse.unquote(part) for part in path.split("/")]
    if dirs and not dirs[0]:
        dirs = dirs[1:]
    number = ftplib.FTP_PORT if port is None else int(port)
    try:
        wrapper = await net.give(connect, user or "", password, parse.unquote(host), number, dirs, timeout)
        opened, size = await _fetch(wrapper, file, _choose_type(file, attributes))
    except ftplib.all_errors as reason:
        if isinstance(reason, error.URLError):
            raise
        raise error.URLError(f"ftp error: {reason}") from reason
    from mimetypes import guess_type  # for few

    fields = []
    if guessed := guess_type(url)[0]:
        fields.append(("Content-type", guessed))
    if size is not None and size >= 0:
        fields.append(("Content-length", str(size)))
    return addinfourl(opened, make_message(fields), url)


class FTPHandler(BaseHandler):
    """Opens ftp URLs, each by a connection of its own."""

    __module__ = HOME

    async def ftp_open(self, req: Any) -> Any:
        """Return the file, with Content-type and Content-length where they are known. URLError where there is none."""
        authority = getattr(req, "_authority", None)
        if authority is None or parse.unquote(authority) != req.host:
            authority = req.host
        way = _VIA.set(getattr(req, "_via", None))
        try:
            return await open_by(self.connect_ftp, authority, req.selector, req.full_url, req.timeout)
        finally:
            _VIA.reset(way)

    async def connect_ftp(
        self, user: str, passwd: str, host: str, port: int, dirs: list[str], timeout: Any
    ) -> Any:
        """Return an ``ftpwrapper`` that is connected. A subclass may have another one."""
        return await self._connect(user, passwd, host, port, dirs, timeout, persistent=False)

    async def _connect(
        self, user: str, passwd: str, host: str, port: int, dirs: list[str], timeout: Any, *, persistent: bool
    ) -> Any:
        make = importlib.import_module(HOME).ftpwrapper  # programs put their own there
        via = _VIA.get()
        more = {} if via is None else {"proxy": via}
        return await _start(make(user, passwd, host, port, dirs, timeout, persistent=persistent, **more))


async def _fetch(wrapper: Any, file: str, kind: str) -> Any:
    """Let a wrapper fetch a file; where that fails, one that is not kept is closed."""
    try:
        return await net.give(wrapper.retrfile, file, kind)
    except BaseException:
        if not getattr(wrapper, "keepalive", True):
            wrapper.real_close()
        raise


async def _start(wrapper: Any) -> Any:
    """Connect a wrapper, where its constructor could not."""
    if net.ASYNC:
        try:
            await wrapper.init()
        except BaseException:
            wrapper.close()
            raise
    return wrapper


def _choose_type(file: str, attributes: list[str]) -> str:
    """Return the type of a transfer: what the URL says, else a file as it is, or a listing."""
    chosen = "I" if file else "D"
    for attribute in attributes:
        name, value = uri_pieces.splitvalue(attribute)
        if name.lower() == "type" and value in {"a", "A", "i", "I", "d", "D"}:
            chosen = value.upper()
    return chosen


class CacheFTPHandler(FTPHandler):
    """Opens ftp URLs over connections that are kept for further ones: for ``delay`` seconds, at most ``max_conns``."""

    __module__ = HOME

    def __init__(self) -> None:
        self.cache: dict[Any, Any] = {}
        self.timeout: dict[Any, float] = {}
        self.soonest = 0.0
        self.delay = 60
        self.max_conns = 16

    def setTimeout(self, t: int) -> None:
        """Keep connections for so many seconds after their last use."""
        self.delay = t

    def setMaxConns(self, m: int) -> None:
        """Keep at most so many connections."""
        self.max_conns = m

    async def connect_ftp(
        self, user: str, passwd: str, host: str, port: int, dirs: list[str], timeout: Any
    ) -> Any:
        """Return a connection to this folder of this user that is kept and free, or a new one."""
        key = user, passwd, host, port, "/".join(dirs), timeout, _VIA.get(), keeping.here()
        wrapper = self.cache.get(key)
        if wrapper is None or wrapper.busy:
            wrapper = await self._connect(user, passwd, host, port, dirs, timeout, persistent=True)
            if key in self.cache:  # it is busy: this one serves once
                wrapper.keepalive = False
                return wrapper
            self.cache[key] = wrapper
        self.timeout[key] = time.time() + self.delay
        self.check_cache()
        return wrapper

    def check_cache(self) -> None:
        """Close the connections that were kept long enough, or are too many."""
        now = time.time()
        if self.soonest <= now:
            for key in [key for key, until in self.timeout.items() if until < now]:
                self._drop(key)
        self.soonest = min(self.timeout.values(), default=0.0)
        if len(self.cache) > self.max_conns:
            for key in [key for key, until in self.timeout.items() if until == self.soonest][:1]:
                self._drop(key)
            self.soonest = min(self.timeout.values(), default=0.0)

    def _drop(self, key: Any) -> None:
        self.cache.pop(key).close()
        del self.timeout[key]

    def close(self) -> None:
        """Close all connections that are kept; more may be opened afterwards."""
        self.clear_cache()

    def clear_cache(self) -> None:
        """Close all connections that are kept."""
        for wrapper in self.cache.values():
            wrapper.close()
        self.cache.clear()
        self.timeout.clear()
