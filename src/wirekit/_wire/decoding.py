"""Content codings undone (RFC 9110 section 8.4.1): gzip, deflate, br and zstd, in a row where several were applied.

A ``Chain`` is fed with what comes and gives what it means, never more than is asked for: a small body that stands for a
huge one (security row 25) fills no memory that nobody wanted. Beyond a first stretch a body may also not become more than
so many times its size; that stops who reads on and on.

Which codings can be undone depends on the libraries that are there: zlib always, others where they are installed. They
are loaded when the first such body comes, not before.
"""

from __future__ import annotations

import re
import zlib
from functools import lru_cache
from typing import Final

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any, Protocol

    class Stage(Protocol):
        """One coding. ``ended``: it has come to its end, and what still comes is none of it."""

        ended: bool

        def feed(self, data: bytes) -> None:
            """Take what was received."""

        def take(self, limit: int) -> bytes:
            """Return about so many bytes at most; none where more must be fed. Raises what its library raises."""


__all__ = ["Chain", "find_codings", "list_available", "make_chain"]

WINDOW: Final = 1 << 16
"""Bytes that one coding hands to the next at once."""
FREE: Final = 1 << 24
"""Bytes that a body may become whatever its size: no machine is harmed, and short repetitive bodies are real."""
MAX_ZSTD_WINDOW: Final = 23
"""Of zstd's memory, as a power of two: 8 MiB, which RFC 9659 allows for content codings."""

_LIST = re.compile(r"[ \t,]*+([!#$%&'*+\-.^_`|~0-9A-Za-z]++)[ \t]*+(?:,|\Z)").match
_MEMBER: Final = b"\x1f\x8b"
"""What each member of gzip begins with."""
_ALIASES: Final = {"x-gzip": "gzip"}


def _fail(message: str) -> Exception:
    from wirekit._wire.coding_errors import BadCoding

    return BadCoding(message)


# -------------------------------------------------------------------------------------------------------- the codings


class _Zlib:
    """gzip, one member after the other (RFC 1952 section 2.2); or deflate in both of its readings."""

    def __init__(self, *, gzip: bool) -> None:
        self.ended = False
        self._gzip = gzip
        self._data = b""
        self._object: Any = zlib.decompressobj(31) if gzip else None
        self._began = False  # in the middle of a member

    def feed(self, data: bytes) -> None:
        self._data += data

    def take(self, limit: int) -> bytes:
        out = b""
        while not out and not self.ended and (self._object is not None or self._choose()):
            self._began = self._began or bool(self._data)
            out = self._object.decompress(self._data, limit)
            self._data = self._object.unconsumed_tail
            if not self._object.eof:
                break
            self._end_member()
        return out

    def _choose(self) -> bool:
        """Begin what two bytes tell: deflate with zlib's frame (RFC 1950, as RFC 9110 has it), or the bare one that some
        servers send; a further member of gzip, or padding.
        """
        if self._gzip and not _MEMBER.startswith(self._data[:2]):
            self.ended, self._data = True, b""
        if len(self._data) < 2:
            return False
        if self._gzip:
            self._object = zlib.decompressobj(31)
            return True
        framed = self._data[0] & 0x0F == 8 and int.from_bytes(self._data[:2], "big") % 31 == 0
        self._object = zlib.decompressobj(15 if framed else -15)
        return True

    def _end_member(self) -> None:
        """Begin the next member where one follows; whatever else follows is padding."""
        self._data = self._object.unused_data
        self._began = False
        if self._gzip:
            self._object = None
        else:
            self.ended, self._data = True, b""

    @property
    def complete(self) -> bool:
        """Whether the body may end here."""
        return self.ended or not (self._began or self._data)


class _Brotli:
    """br (RFC 7932)."""

    def __init__(self) -> None:
        self.ended = False
        self._object: Any = _load_brotli().Decompressor()
        self._data = b""
        self._fed = self._more = False
        self._bounded = hasattr(self._object, "can_accept_more_data")

    def feed(self, data: bytes) -> None:
        self._data += data
        self._fed = True

    def take(self, limit: int) -> bytes:
        if self.ended:
            return b""
        out: bytes = self._take_bounded(limit) if self._bounded else self._take_bytewise(limit)
        if self._object.is_finished():
            self.ended, self._data = True, b""
        return out

    def _take_bounded(self, limit: int) -> bytes:
        data = b""
        if self._object.can_accept_more_data():
            data, self._data = self._data, b""
        if not data and not self._more:
            return b""
        out: bytes = self._object.process(data, output_buffer_limit=limit)
        self._more = bool(out)  # there may be more where this came from
        return out

    def _take_bytewise(self, limit: int) -> bytes:
        """Decode as little at once as an older library can: what one byte stands for, 16 MiB at most."""
        out = b""
        used = 0
        while used < len(self._data) and len(out) < limit and not self._object.is_finished():
            out += self._object.process(self._data[used : used + 1])
            used += 1
        self._data = self._data[used:]
        return out

    @property
    def complete(self) -> bool:
        """Whether the body may end here."""
        return self.ended or not self._fed


class _Zstd:
    """zstd, one frame after the other (RFC 8878)."""

    def __init__(self) -> None:
        self.ended = False
        self._data = b""
        self._began = False
        self._make()

    def _make(self) -> None:
        library = _load_zstd()
        options = {library.DecompressionParameter.window_log_max: MAX_ZSTD_WINDOW}
        self._object: Any = library.ZstdDecompressor(options=options)

    def feed(self, data: bytes) -> None:
        self._data += data

    def take(self, limit: int) -> bytes:
        out = b""
        while not out and (self._data or not self._object.needs_input):
            data, self._data = self._data, b""
            self._began = True
            out = self._object.decompress(data, limit)
            if self._object.eof:
                self._data = self._object.unused_data
                self._began = False
                self._make()
        return out

    @property
    def complete(self) -> bool:
        """Whether the body may end here."""
        return not (self._began or self._data)


def _load_brotli() -> Any:
    try:
        import brotli
    except ImportError:
        import brotlicffi as brotli
    return brotli


def _load_zstd() -> Any:
    try:
        from compression import zstd
    except ImportError:
        from backports import zstd
    return zstd


def _is_there(*names: str) -> bool:
    from importlib.util import find_spec

    for name in names:
        try:
            if find_spec(name) is not None:
                return True
        except ImportError:  # of the package that it would stand in
            continue
    return False


_MAKERS: Final[dict[str, Callable[[], Any]]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
}


@lru_cache(1)
def list_available() -> tuple[str, ...]:
    """Return the codings that can be undone here, as they are asked for."""
    available = ["gzip", "deflate"]
    if _is_there("brotli", "brotlicffi"):
        available.append("br")
    if _is_there("compression.zstd", "backports.zstd"):
        available.append("zstd")
    return tuple(available)


# ----------------------------------------------------------------------------------------------------------- in a row


def find_codings(values: list[str]) -> list[str]:
    """Return the codings that Content-Encoding fields name, in the order in which they were applied, in lower case.

    ``identity`` is none. What cannot be read is a coding that nobody knows: itself.
    """
    codings = []
    for value in values:
        at, end = 0, len(value.rstrip(" \t,"))
        while at < end:
            found = _LIST(value, at)
            name = value[at:].strip() if found is None else found[1]
            at = end if found is None else found.end()
            codings.append(_ALIASES.get(name.lower(), name.lower()))
    return [coding for coding in codings if coding != "identity"]


def make_chain(codings: list[str], *, most: int, expansion: int) -> Chain | None:
    """Return what undoes these codings; None where one of them is not known here. most: BadCoding for more."""
    if len(codings) > most:
        message = f"the body is said to be encoded {len(codings)} times, {most} are allowed"
        raise _fail(message)
    if not codings or not set(codings) <= set(list_available()):
        return None
    return Chain([_MAKERS[coding]() for coding in reversed(codings)], expansion)


class Chain:
    """Codings in a row. ``ended``: nothing more will come out of it, whatever is fed."""

    def __init__(self, stages: list[Any], expansion: int) -> None:
        self._stages = stages
        self._expansion = expansion
        self._fed = 0
        self._given = [0] * len(stages)

    @property
    def ended(self) -> bool:
        """Whether the last coding has come to its end."""
        ended: bool = self._stages[-1].ended
        return ended

    def feed(self, data: bytes) -> None:
        """Take what was received; what comes behind the end is dropped."""
        self._fed += len(data)
        if not self._stages[0].ended:
            self._stages[0].feed(data)

    def take(self, limit: int) -> bytes:
        """Return about so many bytes at most; ``b""`` where more must be fed. BadCoding for what is no such body."""
        return self._take(len(self._stages) - 1, max(limit, 1))

    def _take(self, number: int, limit: int) -> bytes:
        stage = self._stages[number]
        while True:
            try:
                out: bytes = stage.take(limit)
            except Exception as error:  # each library has a class of its own
                message = f"the body is not what its Content-Encoding says: {error}"
                raise _fail(message) from error
            self._given[number] += len(out)
            if self._given[number] > FREE + self._expansion * self._fed:
                message = f"the body becomes more than {self._expansion} times its size"
                raise _fail(message)
            if out or not number or stage.ended:
                return out
            data = self._take(number - 1, WINDOW)
            if not data:
                return b""
            stage.feed(data)

    def finish(self) -> None:
        """Take note that nothing more comes. BadCoding where something is missing; no body at all is an empty one."""
        for number in reversed(range(len(self._stages) - 1)):
            while self._take(number, WINDOW):
                pass  # what stands behind the end of the coding inside: its frame's own end at least
        if self._fed and not all(stage.complete for stage in self._stages):
            message = "the body ends in the middle of its coding"
            raise _fail(message)
