"""What opening a URL gives where the answer is not itself a response: a file with headers and a URL.

``addbase`` wraps an open file and lends its attributes; ``addinfo`` and ``addinfourl`` add headers, URL and status,
``addclosehook`` calls back once when it is closed. The standard library derives them from ``tempfile``'s wrapper; here
they stand alone (importing that costs 15 ms), and ``isinstance`` takes the standard library's instances for ours, so
that an ``HTTPError`` is an ``addinfourl`` here as there.
"""

from __future__ import annotations

import sys

from wirekit._originals import original

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from types import TracebackType
    from typing import IO, Any, Self

__all__ = ["addbase", "addclosehook", "addinfo", "addinfourl"]


class _AlsoTheirs(type):
    """Lets ``isinstance`` and ``issubclass`` count the standard library's class of the same name."""

    def __instancecheck__(cls, instance: object) -> bool:
        return super().__instancecheck__(instance) or cls.__subclasscheck__(type(instance))

    def __subclasscheck__(cls, subclass: type) -> bool:
        if super().__subclasscheck__(subclass):
            return True
        if cls.__module__ != __name__ or "urllib.response" not in sys.modules:
            return False  # not loaded: then nothing can be made of its classes
        return issubclass(subclass, getattr(original("urllib.response"), cls.__name__))


class addbase(metaclass=_AlsoTheirs):
    """An open file in a wrapping that can be extended.

    What it does not know itself is asked of the file. It is iterated by lines, closed by ``with``, and closed but once.
    """

    def __init__(self, fp: IO[bytes]) -> None:
        """Wrap ``fp``, a file open for reading."""
        self.fp = fp
        self.file = fp
        self.name = "<urllib response>"
        self.delete = False

    def __getattr__(self, name: str) -> Any:
        # Only reached for what is not set; `file` itself is missing while unpickling or copying.
        if name == "file":
            raise AttributeError(name)
        return getattr(self.file, name)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self)!r} whose fp = {self.file!r}>"

    def __iter__(self) -> Iterator[bytes]:
        yield from self.file

    def __enter__(self) -> Self:
        """Return itself. ValueError if the file is closed."""
        if self.fp.closed:
            message = "I/O operation on closed file"
            raise ValueError(message)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, traceback: TracebackType | None
    ) -> None:
        """Close the file."""
        self.close()

    def close(self) -> None:
        """Close the file; more than once does no harm."""
        self.file.close()


class addclosehook(addbase):
    """A file that calls ``closehook(*hookargs)`` once, before it is closed."""

    def __init__(self, fp: IO[bytes], closehook: Callable[..., object], *hookargs: object) -> None:
        """Wrap ``fp``; ``closehook`` may be false for none."""
        super().__init__(fp)
        self.closehook: Callable[..., object] | None = closehook
        self.hookargs: tuple[object, ...] | None = hookargs

    def close(self) -> None:
        """Call the hook, if it was not called before, and close the file whatever the hook does."""
        hook, arguments = self.closehook, self.hookargs
        self.closehook = self.hookargs = None
        try:
            if hook:
                hook(*(arguments or ()))
        finally:
            super().close()


class addinfo(addbase):
    """A file with headers."""

    def __init__(self, fp: IO[bytes], headers: Any) -> None:
        """Wrap ``fp``; ``headers`` is an ``email.message.Message`` or what stands for one."""
        super().__init__(fp)
        self.headers = headers

    def info(self) -> Any:
        """Return the headers."""
        return self.headers


class addinfourl(addinfo):
    """A file with headers, the URL that it came from and, for HTTP, the status."""

    def __init__(self, fp: IO[bytes], headers: Any, url: str, code: int | None = None) -> None:
        """Wrap ``fp``; ``url`` is where it was found in the end, ``code`` the HTTP status."""
        super().__init__(fp, headers)
        self.url = url
        self.code = code

    @property
    def status(self) -> int | None:
        """The HTTP status; ``None`` where there was none."""
        return self.code

    def getcode(self) -> int | None:
        """Return the HTTP status; ``None`` where there was none."""
        return self.code

    def geturl(self) -> str:
        """Return the URL."""
        return self.url

    def text(self, encoding: str | None = None, errors: str = "replace") -> str:
        """Return the rest as text: in the encoding named, or the one that it should be in (beyond the standard library).

        See ``wirekit.http.client.HTTPResponse.text``.
        """
        from wirekit._wire.charsets import decode_text

        return decode_text(self.read(), self.headers.get("Content-Type") or "", encoding, errors)

    def json(self, **options: Any) -> Any:
        """Return the value that the rest means as JSON (beyond the standard library); ValueError where it is none.

        options: as of ``json.loads``.
        """
        import json

        from wirekit._wire.charsets import choose_json_charset

        data = self.read()
        return json.loads(data.decode(choose_json_charset(data)), **options)
