"""Bodies that may have to be sent a second time, by a redirect, a login, or a connection that broke; or are watched."""

from collections.abc import AsyncIterator
from typing import Any, Final

from wirekit._io import asynchronous as net
from wirekit.aio.http import sending

__all__ = ["find_position", "may_rewind", "rewind", "watch"]

_BLOCK: Final = 1 << 16
"""Bytes between two calls of who watches an upload."""


async def find_position(data: Any) -> int | None:
    """Return where a file stands; None for what is no file, or one that cannot tell."""
    if not hasattr(data, "read"):
        return None
    try:
        position: int = await net.give(data.tell)
    except (AttributeError, OSError, ValueError):
        return None
    return position


def may_rewind(req: Any) -> bool:
    """Tell, as far as that can be seen beforehand, whether a body can be sent again."""
    data = req.data
    if data is None or not hasattr(data, "read"):
        return _is_iterable_again(data)
    return getattr(req, "_start", None) is not None


def _is_iterable_again(data: Any) -> bool:
    again: bool = getattr(data, "replayable", True)
    return again and not (hasattr(data, "__next__") or hasattr(data, "__anext__"))


async def rewind(req: Any) -> bool:
    """Make a body ready to be sent again; False when it can be read once only."""
    data = req.data
    if not hasattr(data, "read"):
        return _is_iterable_again(data)
    start = getattr(req, "_start", None)
    if start is None:
        return False
    try:
        await net.give(data.seek, start)
    except (AttributeError, OSError, ValueError):
        return False
    return True


async def watch(data: Any, progress: Any, length: Any) -> AsyncIterator[Any]:
    """Give the blocks of a body, and tell after each how many bytes have left, and how many leave in all.

    length: the value of Content-Length, None where nobody knows it.
    """
    total = None if length is None else int(length)
    done = 0
    async for block in sending.blocks_of(_in_blocks(data), _BLOCK, count=total):
        yield block
        done += memoryview(block).nbytes
        await net.give(progress, done, total)


def _in_blocks(data: Any) -> Any:
    """Cut what is in memory into blocks; files and iterables are read so anyhow."""
    try:
        view = memoryview(data).cast("B")
    except TypeError:
        return data
    return [bytes(view[at : at + _BLOCK]) for at in range(0, len(view), _BLOCK)]
