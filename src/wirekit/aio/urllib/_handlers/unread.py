"""The bodies of redirects and refusals, which nobody wants: read to their end where that frees a connection soon.

A small body is in its way already when the head has come. Reading it costs less than the connection, which could not be
used again otherwise. A long one, and one that is not there in a moment, end the connection.
"""

from typing import Any, Final

from wirekit._io import asynchronous as net
from wirekit.aio.http import client

__all__ = ["drain", "log_in"]

_MOST: Final = 1 << 13
"""Bytes of a body that are read for the sake of its connection."""
_MOMENT: Final = 0.25
"""Seconds that they are waited for."""


async def drain(response: Any) -> None:
    """Close a response that is of no more use; its connection is kept where the rest of the body is small, and soon here."""
    stream = getattr(response, "_stream", None)
    held = (
        getattr(response, "_keeper", None) is not None
    )  # the connection would be kept, and waits for this body
    if held and stream is not None and (response.length is None or response.length <= _MOST):
        before = stream.deadline
        soon = net.monotonic() + _MOMENT
        stream.deadline = soon if before is None else min(before, soon)
        try:
            await client.HTTPResponse.read(response, _MOST)  # as it comes: nothing is decoded for nobody
        except (OSError, client.HTTPException):
            pass  # it has closed the connection; the next request does not depend on it
        finally:
            stream.deadline = before
    response.close()


async def log_in(handler: Any, name: str, place: str, req: Any, refusal: Any, headers: Any) -> Any:
    """Let a handler answer the challenge under a field's name; what it returns. ``_send_again`` drains the refusal."""
    req._refusal = refusal  # noqa: SLF001 - ours
    try:
        return await net.give(handler.http_error_auth_reqed, name, place, req, headers)
    finally:
        req._refusal = None  # noqa: SLF001 - ours
