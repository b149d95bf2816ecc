# Generated from src/wirekit/aio/urllib/_handlers/bodies.py by tools/unasync.py; edit that file.
"""Bodies that may have to be sent a second time: by a redirect, a login, or a connection that broke."""

from typing import Any

from wirekit._io import blocking as net

__all__ = ["find_position", "may_rewind", "rewind"]


def find_position(data: Any) -> int | None:
    """Return where a file stands; None for what is no file, or one that cannot tell."""
    if not hasattr(data, "read"):
        return None
    try:
        position: int = net.give(data.tell)
    except (AttributeError, OSError, ValueError):
        return None
    return position


def may_rewind(req: Any) -> bool:
    """Tell, as far as that can be seen beforehand, whether a body can be sent again."""
    data = req.data
    if data is None or not hasattr(data, "read"):
        return not (hasattr(data, "__next__") or hasattr(data, "__anext__"))
    return getattr(req, "_start", None) is not None


def rewind(req: Any) -> bool:
    """Make a body ready to be sent again; False when it can be read once only."""
    data = req.data
    if not hasattr(data, "read"):
        return not (hasattr(data, "__next__") or hasattr(data, "__anext__"))
    start = getattr(req, "_start", None)
    if start is None:
        return False
    try:
        net.give(data.seek, start)
    except (AttributeError, OSError, ValueError):
        return False
    return True
