"""How many connections a server may hold at once."""

from typing import Final

from wirekit import defaults

__all__ = ["count_places"]

RESERVED: Final = 64
"""Descriptors that connections leave to the rest of the program: files, logs, the program's own connections."""


def count_places() -> int:
    """Return how many connections may be open: what the profile says, and what the system has descriptors for."""
    limit = defaults.active.max_connections
    try:
        import resource  # Unix has it
    except ImportError:
        return limit
    soft = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    return limit if soft == resource.RLIM_INFINITY else max(1, min(limit, soft - RESERVED))
