"""What opening a ``file:``, ``data:`` or ``ftp:`` URL gives in the async twin: ``wirekit.urllib.response.addinfourl``, awaitable."""

import asyncio
import io
from collections.abc import Callable
from typing import Any

from wirekit._io.files import AsyncFileBase

__all__ = ["AsyncUrlFile"]


class AsyncUrlFile(AsyncFileBase):
    """A local file, with the headers and the URL that it was asked for by.

    A file on disk is read by a thread, so that a slow disk holds up nobody else; what is in memory is read at once, and
    what can be awaited is awaited.
    """

    def __init__(self, fp: Any, headers: Any, url: str, code: int | None = None) -> None:
        self.fp = fp
        self.headers = headers
        self.url = url
        self.code = code
        self._direct = isinstance(fp, io.BytesIO | AsyncFileBase)

    @property
    def status(self) -> int | None:
        """The HTTP status; None where there was none."""
        return self.code

    def info(self) -> Any:
        """Return the headers."""
        return self.headers

    def geturl(self) -> str:
        """Return the URL."""
        return self.url

    def getcode(self) -> int | None:
        """Return the HTTP status; None where there was none."""
        return self.code

    async def _call(self, method: Callable[..., Any], *args: Any) -> Any:
        if not self._direct:
            return await asyncio.to_thread(method, *args)
        result = method(*args)
        return await result if hasattr(result, "__await__") else result

    async def read(self, n: int | None = -1, /) -> bytes:
        """Return n bytes, fewer only at the end; all that are left for -1."""
        data: bytes = await self._call(self.fp.read, n)
        return data

    async def read1(self, n: int = -1, /) -> bytes:
        """Return at most n bytes after one read of the file at most; ``b""`` at the end."""
        data: bytes = await self._call(self.fp.read1, n)
        return data

    async def readinto(self, view: Any, /) -> int:
        """Fill a writable buffer; return how many bytes, fewer than its size only at the end."""
        count: int = await self._call(self.fp.readinto, view)
        return count

    async def readline(self, limit: int | None = -1, /) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end."""
        line: bytes = await self._call(self.fp.readline, limit)
        return line

    async def text(self, encoding: str | None = None, errors: str = "replace") -> str:
        """Return the rest as text: in the encoding named, or the one that it should be in (see ``HTTPResponse.text``)."""
        from wirekit._wire.charsets import decode_text

        return decode_text(await self.read(), self.headers.get("Content-Type") or "", encoding, errors)

    async def json(self, **options: Any) -> Any:
        """Return the value that the rest means as JSON; ValueError where it is none. options: as of ``json.loads``."""
        import json

        from wirekit._wire.charsets import choose_json_charset

        data = await self.read()
        return json.loads(data.decode(choose_json_charset(data)), **options)

    def seekable(self) -> bool:
        """Return True."""
        return True

    async def seek(self, offset: int, whence: int = 0, /) -> int:
        """Move to a position, counted from the start, the position or the end; return the new one from the start."""
        position: int = await self._call(self.fp.seek, offset, whence)
        return position

    async def tell(self) -> int:
        """Return the position, counted from the start."""
        position: int = await self._call(self.fp.tell)
        return position

    def fileno(self) -> int:
        """Return the file's descriptor; OSError for what is in memory."""
        number: int = self.fp.fileno()
        return number

    def close(self) -> None:
        """Close the file."""
        super().close()
        self.fp.close()
