"""Ports for those who must know theirs before they listen."""

from __future__ import annotations

import random
import socket
from contextlib import ExitStack

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
