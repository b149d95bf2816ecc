"""A runner of event loops that fails where connections are left open, instead of hanging.

uvloop warns of each forgotten transport while it closes the loop. With warnings as errors that warning breaks off the
closing of the transport, and the loop waits for it for ever, out of reach of any time limit.
"""

from __future__ import annotations

import asyncio
import contextlib
import warnings
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

__all__ = ["runner"]


@contextlib.contextmanager
def runner(**options: Any) -> Iterator[asyncio.Runner]:
    """Give an asyncio.Runner; a connection that is open at its end is an AssertionError, unless the test has failed."""
    made = asyncio.Runner(**options)
    try:
        yield made
    except BaseException:
        close(made)
        raise
    if left := close(made):
        message = f"left open: {left}"
        raise AssertionError(message)


def close(made: asyncio.Runner) -> list[str]:
    """Close a runner and its loop; return what was still open."""
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always", ResourceWarning)
        made.close()
    return [str(warning.message) for warning in told]
