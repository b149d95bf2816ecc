# Generated from src/wirekit/aio/urllib/_handlers/ftp.py by tools/unasync.py; edit that file.
"""Files fetched for ftp URLs, by ``wirekit.ftplib``.

A file is whole when the server says so behind it: what ends without that is an error,
where the standard library takes it for the file.
"""

import io
from typing import Any, Final

from wirekit import ftplib
from wirekit._io import blocking as net
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit.urllib import error
from wirekit.urllib._handlers.base import HOME

__all__ = ["FTPFile", "ftperrors", "ftpwrapper"]

_ALL: Final = 1 << 62
_BLOCK: Final = 1 << 16


def ftperrors() -> Any:
    """Return the errors of FTP, for ``except``."""
    return ftplib.all_errors


class FTPFile(net.FileBase):
    """What comes over a data connection. Its end is asked of the server, who knows whether that was all."""

    def __init__(self, stream: Any, wrapper: "ftpwrapper") -> None:
        self._stream: Any = stream
        self._wrapper = wrapper

    def read(self, n: int | None = -1, /) -> bytes:
        """Return n bytes, fewer only at the end; all that are left for -1. URLError where the file is not whole."""
        left = _ALL if n is None or n < 0 else n
        whole = io.BytesIO()
        while left and (block := self.read1(min(left, _BLOCK))):
            left -= whole.write(block)
        return whole.getvalue()

    def read1(self, n: int = -1, /) -> bytes:
        """Return at most n bytes after waiting once at most; ``b""`` at the end. URLError where the file is not whole."""
        if self._stream is None or not n:
            return b""
        data: bytes = self._stream.recv(_BLOCK if n < 0 else n)
        if not data:
            self._end()
        return data

    def readline(self, limit: int | None = -1, /) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end."""
        if self._stream is None:
            return b""
        line: bytes = self._stream.readline(-1 if limit is None else limit)
        if not line and limit:
            self._end()
        return line

    def readinto(self, view: Any, /) -> int:
        """Fill a writable buffer; return how many bytes, fewer than its size only at the end."""
        view = memoryview(view).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def readable(self) -> bool:
        """Return True."""
        return True

    def _end(self) -> None:
        """Close the data connection, and hear what the server says of the transfer."""
        stream, self._stream = self._stream, None
        stream.close()
        stream.release()
        self._wrapper.confirm()

    def close(self) -> None:
        """Close. What was not read to its end takes the connection along, which knows nothing of where it stands."""
        super().close()
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.abort()
            self._wrapper.break_off()
        wrapper, self._wrapper = self._wrapper, None  # type: ignore[assignment]  # once
        if wrapper is not None:
            wrapper.file_close()


class ftpwrapper:
    """A connection to an FTP server, logged in and in a folder, that fetches files.

    persistent: keep the connection when the file is read (``CacheFTPHandler`` does that). In the async twin a wrapper
    connects by ``init``. proxy (beyond the standard library): URL of a SOCKS proxy.
    """

    __module__ = HOME

    def __init__(
        self,
        user: str | None,
        passwd: str | None,
        host: str,
        port: int,
        dirs: list[str],
        timeout: Any = None,
        persistent: bool = True,
        *,
        proxy: str | None = None,
    ) -> None:
        self.user, self.passwd = user, passwd
        self.host, self.port, self.dirs = host, port, dirs
        self.timeout = timeout
        self.proxy = proxy
        self.refcount = 0
        self.keepalive = persistent
        self.busy = 0
        self.ftp: Any = None
        try:
            self.init()
        except BaseException:
            self.close()
            raise

    def init(self) -> None:
        """Connect, log in, and go to the folder. Raises what ``ftplib`` raises."""
        self.busy = 0
        self.ftp = ftplib.FTP(proxy=self.proxy)
        timeout = GLOBAL_DEFAULT_TIMEOUT if self.timeout is None else self.timeout
        self.ftp.connect(self.host, self.port, timeout)
        self.ftp.login(self.user or "", self.passwd or "")
        if folder := "/".join(self.dirs):
            self.ftp.cwd(folder)

    def retrfile(self, file: str, type: str) -> tuple[Any, int | None]:
        """Return a file of what the server sends, and its size in bytes, None where it does not tell.

        file: a name in the folder, ``""`` for the folder itself. type: ``I``, ``A``, or ``D`` for a listing. URLError for
        what is neither a file nor a folder.
        """
        self.endtransfer()
        wants_list = type in {"d", "D"}
        try:
            self.ftp.voidcmd("TYPE A" if wants_list else f"TYPE {type}")
        except ftplib.all_errors:
            self.init()  # the server has ended a connection that was kept
            self.ftp.voidcmd("TYPE A" if wants_list else f"TYPE {type}")
        found = None if wants_list or not file else self._begin_file(file)
        conn, size = found or self._begin_listing(file)
        self.busy = 1
        self.refcount += 1
        stream = net.reader(conn)
        conn.close()  # the stream holds it
        return FTPFile(stream, self), size

    def _begin_file(self, file: str) -> Any:
        """Begin to fetch a file; None where there is none of this name."""
        try:
            return self.ftp.ntransfercmd(f"RETR {file}")
        except ftplib.error_perm as reason:
            if str(reason)[:3] != "550":
                raise error.URLError(f"ftp error: {reason}") from reason
        return None

    def _begin_listing(self, folder: str) -> Any:
        """Begin to list a folder, if it is one."""
        self.ftp.voidcmd("TYPE A")
        if not folder:
            return self.ftp.ntransfercmd("LIST")
        here = self.ftp.pwd()
        try:
            self.ftp.cwd(folder)
        except ftplib.error_perm as reason:
            raise error.URLError(f"ftp error: {reason!r}") from reason
        finally:
            self.ftp.cwd(here)
        return self.ftp.ntransfercmd(f"LIST {folder}")

    def confirm(self) -> None:
        """Read the reply behind a transfer; URLError where it says that not all has come."""
        try:
            self.ftp.voidresp()
        except ftplib.all_errors as reason:
            raise error.URLError(f"ftp error: {reason}") from reason

    def break_off(self) -> None:
        """Close the connection in the middle of a transfer; another one is made when it is needed."""
        if self.ftp is not None:
            self.ftp.close()

    def endtransfer(self) -> None:
        """Note that nothing is under way."""
        self.busy = 0

    def close(self) -> None:
        """Close, as soon as no file is open any more."""
        self.keepalive = False
        if self.refcount <= 0:
            self.real_close()

    def file_close(self) -> None:
        """Note that a file was closed."""
        self.endtransfer()
        self.refcount -= 1
        if self.refcount <= 0 and not self.keepalive:
            self.real_close()

    def real_close(self) -> None:
        """Close now."""
        self.endtransfer()
        if self.ftp is not None:
            self.ftp.close()
