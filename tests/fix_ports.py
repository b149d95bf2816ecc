"""Ports for those who must know theirs before they listen, and one where nobody listens."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

LOWEST, HIGHEST = 10_000, 30_000
"""Of the ports that are looked at: systems give none of these by themselves, to clients or to who asks for any."""


def free_ports(count: int) -> list[int]:
    """Find ports of every address that nobody listens on now. Others that look at the same time hardly find the same."""
    ports: list[int] = []
    with ExitStack() as stack:
        while len(ports) < count:
            port = random.SystemRandom().randrange(LOWEST, HIGHEST)
            try:
                stack.enter_context(socket.create_server(("", port)))
            except OSError:
                continue
            ports.append(port)
    return ports


@pytest.fixture
def refusing() -> Iterator[tuple[str, int]]:
    """An address where nobody listens: bound, so that nobody else will either."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        yield sock.getsockname()
