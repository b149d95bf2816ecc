"""Which addresses to try, in which order, and for how long: the decisions of Happy Eyeballs (RFC 8305), no waiting."""

import socket
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

from wirekit import defaults

__all__ = [
    "GLOBAL_DEFAULT_TIMEOUT",
    "AddressInfo",
    "Limits",
    "Until",
    "check_port",
    "interleave",
    "limits_of",
]

GLOBAL_DEFAULT_TIMEOUT: Any = getattr(socket, "_GLOBAL_DEFAULT_TIMEOUT", object())
"""The standard library's mark for "the caller named no timeout": the very object, since programs pass it on."""

AddressInfo = tuple[int, int, int, str, Any]
"""What ``getaddrinfo`` gives: family, type, protocol, canonical name, address."""


class Limits(NamedTuple):
    """A timeout as the caller gave it, taken apart: seconds, ``None`` for no limit."""

    step: float | None
    connect: float | None
    total: float | None


def limits_of(timeout: Any) -> Limits:
    """Take apart a number, ``None``, ``Timeout``, or the mark for "none named".

    The mark stands for ``socket.getdefaulttimeout()`` where that is set, else for ``defaults.active``.
    ValueError for a number that is not above zero.
    """
    if timeout is GLOBAL_DEFAULT_TIMEOUT:
        timeout = socket.getdefaulttimeout()
        if timeout is None:
            timeout = defaults.active.timeout
    if not isinstance(timeout, defaults.Timeout):
        timeout = defaults.Timeout(timeout, total=defaults.active.total_timeout)
    return Limits(timeout.step, timeout.connect, timeout.total)


class Until(defaults.Timeout):
    """A timeout whose total time runs from now on, through all exchanges that it is used for; ``total`` is what is left.

    clock: of the twin, in seconds.
    """

    __slots__ = ("_clock", "_end")

    def __init__(self, limits: Limits, clock: Callable[[], float]) -> None:
        self.step, self.connect = limits.step, limits.connect
        self._clock = clock
        self._end = clock() + (limits.total or 0.0)

    @property
    def total(self) -> float:  # type: ignore[override]  # a value there
        """The seconds that are left, a moment at least: waiting for less is a TimeoutError soon enough."""
        return max(self._end - self._clock(), 1e-6)


def check_port(port: Any) -> None:
    """Let only a port that exists pass; else ValueError. The resolver takes 65,616 for 80: another than was named."""
    if isinstance(port, int) and not 0 <= port <= 0xFFFF:
        message = f"port must be 0-65535, not {port}"
        raise ValueError(message)


def interleave(infos: Sequence[AddressInfo]) -> list[AddressInfo]:
    """Order addresses so that families alternate, each in its resolver's order (RFC 8305 section 4)."""
    families: dict[int, list[AddressInfo]] = {}
    for info in infos:
        families.setdefault(info[0], []).append(info)
    rows = list(families.values())
    longest = max(map(len, rows), default=0)
    return [row[at] for at in range(longest) for row in rows if at < len(row)]
