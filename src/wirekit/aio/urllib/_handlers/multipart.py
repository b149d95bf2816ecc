"""Forms with files as bodies of requests: multipart/form-data, sent while the files are read (RFC 7578).

    body = multipart({"title": "Holidays"}, {"picture": "beach.jpg"})
    response = await urlopen("https://example.org/upload", body)

Nothing is read before it is sent, and no file as a whole. The length is known beforehand where it is known of all parts,
so the body leaves with a Content-Length; else it leaves in chunks.
"""

import os
from collections.abc import AsyncIterator, Iterable, Mapping
from pathlib import Path
from typing import Any, Final

from wirekit._io import asynchronous as net
from wirekit._wire.multipart import check_boundary, format_end, format_part_head
from wirekit.aio.urllib._handlers.base import HOME
from wirekit.urllib._wanted import measure_file

__all__ = ["MultipartBody", "multipart"]

_BLOCK: Final = 1 << 16
"""Bytes read at once from a file."""


def multipart(fields: Any = None, files: Any = None, *, boundary: str | None = None) -> "MultipartBody":
    """Make a form with files, ready to be the body of a request.

    fields: names to values, as a mapping or as pairs; a value is text (sent as UTF-8), bytes or a number, or a list of
    them. files: names to files, as a mapping or as pairs; a file is a path, an open binary file, or (file name, content)
    or (file name, content, media type), where the content is a path, a file, text or bytes. boundary: what separates the
    parts, made by chance if not given.

    TypeError for what is none of these, OSError for a path that cannot be looked at.
    """
    chosen = check_boundary(boundary) if boundary is not None else f"wirekit-{os.urandom(16).hex()}"
    parts = [_Part(chosen, name, value) for name, value in _read_fields(fields)]
    parts += [_make_file_part(chosen, name, file) for name, file in _read_pairs(files)]
    return MultipartBody(chosen, parts)


def _read_pairs(given: Any) -> list[tuple[str, Any]]:
    pairs: Iterable[Any] = given.items() if isinstance(given, Mapping) else given or ()
    return [(str(name), value) for name, value in pairs]


def _read_fields(fields: Any) -> list[tuple[str, bytes]]:
    """Return a pair for each value."""
    return [
        (name, _encode(name, one))
        for name, value in _read_pairs(fields)
        for one in (value if isinstance(value, list | tuple) else [value])
    ]


def _encode(name: str, value: Any) -> bytes:
    if isinstance(value, str | int | float):
        return str(value).encode()
    if isinstance(value, bytes | bytearray | memoryview):
        return bytes(value)
    message = f"the field {name!r} has to be text, bytes or a number, not {type(value).__name__}"
    raise TypeError(message)


def _make_file_part(boundary: str, name: str, file: Any) -> "_Part":
    filename = kind = None
    if isinstance(file, tuple):
        filename, file, *rest = file
        kind = rest[0] if rest else None
    elif isinstance(file, str | bytes):
        file = Path(os.fsdecode(file))  # a path: content by itself has to come with a file's name
    if isinstance(file, str):
        file = file.encode()
    if filename is None:
        filename = Path(_find_name(file)).name
    if kind is None:
        from mimetypes import guess_type  # for files alone

        kind = guess_type(filename)[0] or "application/octet-stream"
    return _Part(boundary, name, file, filename, kind)


def _find_name(file: Any) -> Any:
    """Return the path of a file, or what stands for it."""
    if isinstance(file, os.PathLike):
        return file
    name = getattr(file, "name", None)
    return name if isinstance(name, str) and name else "file"


class _Part:
    """One part: its head, and where its data comes from: bytes, a path, or an open file from where it stands."""

    def __init__(
        self, boundary: str, name: str, content: Any, filename: str | None = None, kind: str | None = None
    ) -> None:
        self.head = format_part_head(boundary, name, filename, kind)
        self.content = content
        self.start: Any = None
        self.read = False
        if isinstance(content, os.PathLike):
            self.size: int | None = Path(content).stat().st_size
        elif hasattr(content, "read"):
            self.size = measure_file(content)
        else:
            self.content = _encode(name, content)
            self.size = len(self.content)

    @property
    def length(self) -> int | None:
        """The bytes of the part with all that belongs to it; None where nobody knows them."""
        return None if self.size is None else len(self.head) + self.size + 2

    @property
    def replayable(self) -> bool:
        """Whether the part can be sent again: of an open file, whether it can be set back."""
        return not self.read or not hasattr(self.content, "read") or self.start is not None

    async def blocks(self) -> AsyncIterator[bytes]:
        """Give the data. OSError where a file is shorter than it was, so that what was promised does not come."""
        if isinstance(self.content, bytes):
            yield self.content
            return
        if isinstance(self.content, os.PathLike):
            with open(self.content, "rb") as file:  # noqa: ASYNC230, PTH123 - quick; read in blocks between waits
                async for block in self._read(file):
                    yield block
            return
        await self._set_back()
        async for block in self._read(self.content):
            yield block

    async def _set_back(self) -> None:
        """Let an open file stand where it stood in the beginning."""
        try:
            if not self.read:
                self.start = await net.give(self.content.tell)
            elif self.start is not None:
                await net.give(self.content.seek, self.start)
        except (AttributeError, OSError, ValueError):
            self.start = None
        self.read = True

    async def _read(self, file: Any) -> AsyncIterator[bytes]:
        left = self.size
        while left is None or left:
            block = await net.give(file.read, _BLOCK if left is None else min(_BLOCK, left))
            if not block:
                break
            yield block
            left = None if left is None else left - len(block)
        if left:
            message = f"a file of the form is {left} bytes shorter than it was when the form was made"
            raise OSError(message)


class MultipartBody:
    """A form with files: an iterable of blocks of bytes, made by ``multipart``.

    ``content_type`` and ``content_length`` are what a request says of it; the latter is None where it is not known.
    ``replayable``: whether it can be sent again, after a redirect say.
    """

    __module__ = HOME

    def __init__(self, boundary: str, parts: list[Any]) -> None:
        self.boundary = boundary
        self.content_type = f"multipart/form-data; boundary={_quote(boundary)}"
        self._parts = parts
        self._end = format_end(boundary)

    @property
    def content_length(self) -> int | None:
        """The bytes of the whole form; None where nobody knows them beforehand."""
        lengths = [part.length for part in self._parts]
        known = [length for length in lengths if length is not None]
        return sum(known) + len(self._end) if len(known) == len(lengths) else None

    @property
    def replayable(self) -> bool:
        """Whether the form can be sent again."""
        return all(part.replayable for part in self._parts)

    def __aiter__(self) -> AsyncIterator[bytes]:
        return self._blocks()

    async def _blocks(self) -> AsyncIterator[bytes]:
        for part in self._parts:
            yield part.head
            async for block in part.blocks():
                yield block
            yield b"\r\n"
        yield self._end


def _quote(boundary: str) -> str:
    """Return a boundary as a parameter: with quotes where it is no token."""
    return f'"{boundary}"' if any(mark in boundary for mark in "(),/:=?") else boundary
