"""Trying again what failed for reasons that pass: a busy server, a connection that broke.

Nothing is tried again that could be done twice by that: only methods that may be repeated (RFC 9110 section 9.2.2), and
bodies that can be had again. A response that says 429 or 503 was not acted upon, so any method is tried again after it.
"""

import random
import time
from collections.abc import Collection
from typing import Any

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.concurrency import asynchronous as together
from wirekit._wire.retrying import choose_wait, parse_retry_after
from wirekit.aio.http.client import HTTPResponse
from wirekit.aio.urllib._handlers.base import HOME, BaseHandler
from wirekit.aio.urllib._handlers.bodies import find_position, may_rewind, rewind
from wirekit.aio.urllib._handlers.unread import drain
from wirekit.urllib import error

__all__ = ["RetryHandler"]

_NOT_DONE = frozenset((429, 503))
"""Statuses of a server that has not acted upon the request (RFC 6585 section 4, RFC 9110 section 15.6.4)."""


class RetryHandler(BaseHandler):
    """Tries requests again. Not one of the usual handlers: ``build_opener(RetryHandler())``.

    attempts: how often a request is sent at most. statuses: of responses after which it is sent again; 429 and 503 for
    any method, others (502 and 504, say) for ``methods`` only. methods: those that are sent again after a connection
    that could not be made, or broke; what took too long is tried again as well. pause: seconds before the second
    attempt, doubled before each further one, up to max_pause; a part of them is left to chance. Retry-After is honoured,
    up to ``defaults.active.max_retry_after``. The total time of a ``Timeout`` runs on: where it would not suffice for the
    pause, nothing more is tried.

    What the last attempt gave is the result, be it a response or an error.
    """

    __module__ = HOME

    handler_order = 50  # before a proxy is chosen: each attempt chooses anew

    def __init__(
        self,
        attempts: int = 3,
        *,
        statuses: Collection[int] = (429, 502, 503, 504),
        methods: Collection[str] = ("GET", "HEAD", "OPTIONS", "TRACE", "PUT", "DELETE"),
        pause: float = 0.5,
        max_pause: float = 30.0,
    ) -> None:
        if attempts < 1:
            message = f"a request is sent once at least, not {attempts} times"
            raise ValueError(message)
        self.attempts = attempts
        self.statuses = frozenset(statuses)
        self.methods = frozenset(methods)
        self.pause, self.max_pause = pause, max_pause

    async def default_open(self, req: Any) -> Any:
        """Open a request by the other handlers, again and again; None for what is no HTTP."""
        if req.type not in {"http", "https"} or getattr(req, "_retried", False):
            return None
        start = await find_position(req.data)
        attempt = 0
        while True:
            attempt += 1
            response, failure = await self._open_once(req)
            wait = self._choose_wait(req, attempt, response, failure)
            req._start = start  # noqa: SLF001 - ours
            if wait is None or not may_rewind(req) or not await rewind(req):
                break
            await self._let_go(response or failure)
            await together.sleep(wait)
        if failure is not None:
            raise failure
        return response

    async def _open_once(self, req: Any) -> tuple[Any, OSError | None]:
        """Open a request by the other handlers; return the response, or what went wrong and may pass."""
        req._retried = True  # noqa: SLF001 - ours
        try:
            return await self.parent._open(req), None  # noqa: SLF001 - of this package
        except OSError as failure:  # URLError, HTTPError, TimeoutError and RemoteDisconnected among them
            return None, failure
        finally:
            req._retried = False  # noqa: SLF001 - ours

    def _choose_wait(self, req: Any, attempt: int, response: Any, failure: Any) -> float | None:
        """Return the seconds to wait before the next attempt; None where this one was the last."""
        answer = failure if isinstance(failure, error.HTTPError) else response
        if attempt >= self.attempts or not self._may_repeat(req, answer, failure):
            return None
        asked = None
        if answer is not None:
            asked = parse_retry_after(answer.headers.get("Retry-After"), time.time())
        wait = choose_wait(
            attempt,
            asked,
            pause=self.pause,
            limit=self.max_pause,
            longest=defaults.active.max_retry_after,
            chance=random.random(),  # noqa: S311 - spreads load, hides nothing
        )
        timeout = req.timeout
        left = timeout.total if isinstance(timeout, defaults.Timeout) else None
        return None if left is not None and wait >= left else wait

    def _may_repeat(self, req: Any, answer: Any, failure: Any) -> bool:
        """Tell whether what came of an attempt is a reason for another one."""
        repeatable = req.get_method() in self.methods
        if answer is not None:
            return answer.code in self.statuses and (repeatable or answer.code in _NOT_DONE)
        reason = getattr(failure, "reason", failure)
        lasting = isinstance(reason, str) or type(reason).__name__ in {
            "SSLCertVerificationError",
            "TunnelRefused",
        }
        return repeatable and not lasting

    async def _let_go(self, answer: Any) -> None:
        """Close a response that nobody will read."""
        if isinstance(answer, HTTPResponse):
            await drain(answer)
        elif hasattr(answer, "close"):
            await net.give(answer.close)
