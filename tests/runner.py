"""A runner of event loops that fails where connections are left open, instead of hanging.

uvloop warns of each forgotten transport while it closes the loop. With warnings as errors that warning breaks off the
closing of the transport, and the loop waits for it for ever, out of reach of any time limit.
"""

from __future__ import annotations

import asyncio
import warnings

__all__ = ["Runner"]


class Runner(asyncio.Runner):
    """As asyncio's; a connection that the test forgot is an AssertionError, unless it has failed already."""

    def __exit__(self, exc_type: object, exc_val: object, exc_tb: object) -> None:
        with warnings.catch_warnings(record=True) as told:
            warnings.simplefilter("always", ResourceWarning)
            super().__exit__(exc_type, exc_val, exc_tb)
        left = [str(warning.message) for warning in told]
        if left and exc_val is None:
            message = f"left open: {left}"
            raise AssertionError(message)
