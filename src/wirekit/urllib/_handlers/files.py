# Generated from src/wirekit/aio/urllib/_handlers/files.py by tools/unasync.py; edit that file.
"""URLs that need no network: ``file:`` (RFC 8089) and ``data:`` (RFC 2397)."""

import contextlib
import io
import os
import socket
from typing import Any

from wirekit._io import blocking as net
from wirekit._wire import data_urls
from wirekit.urllib import error
from wirekit.urllib._handlers.base import HOME, BaseHandler
from wirekit.urllib._local import url2pathname
from wirekit.urllib.response import addinfourl

__all__ = ["DataHandler", "FileHandler", "addinfourl", "make_message"]


class FileHandler(BaseHandler):
    """Opens file URLs of this machine (RFC 8089). No name but its own is looked up."""

    __module__ = HOME

    names: tuple[str, ...] | None = None

    def file_open(self, req: Any) -> Any:
        """Return the file, with Content-type, Content-length and Last-modified. URLError when there is none."""
        return self.open_local_file(req)

    def get_names(self) -> tuple[str, ...]:
        """Return the names and addresses that mean this machine."""
        if FileHandler.names is None:
            found = ["localhost", "127.0.0.1", "[::1]", socket.gethostname()]
            for name in ("localhost", socket.gethostname()):
                with contextlib.suppress(OSError):
                    found += net.in_thread(socket.gethostbyname_ex, name)[2]
            FileHandler.names = tuple(found)
        return FileHandler.names

    def open_local_file(self, req: Any) -> Any:
        """Return the file that the request's selector names, if its host is this machine."""
        if req.host and req.host != "localhost" and req.host not in net.give(self.get_names):
            raise error.URLError("file not on local host")
        path = url2pathname(
            f"//{req.selector}" if req.selector[:2] == "//" else req.selector
        )  # the host is checked
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
        return addinfourl(file, make_message(fields), f"file://{req.host or ''}{req.selector}")


class DataHandler(BaseHandler):
    """Opens data URLs (RFC 2397)."""

    __module__ = HOME

    def data_open(self, req: Any) -> Any:
        """Return the data, with Content-type and Content-length. ValueError for a URL that is none."""
        url = req.full_url
        kind, data = data_urls.parse_data_url(url)
        fields = [("Content-type", kind), ("Content-length", str(len(data)))]
        return addinfourl(io.BytesIO(data), make_message(fields), url)


def make_message(fields: list[tuple[str, str]]) -> Any:
    """Return these fields as the headers of a response."""
    from wirekit._wire.http_message import HTTPMessage  # loads the email package

    return HTTPMessage.of(fields)
