"""What a peer heard, asked for without holding up the loop that has still to close the client's connection."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from wirekit._io import asynchronous as net

if TYPE_CHECKING:
    from tests.fix_peer import Peer


async def heard(peer: Peer, index: int = 0) -> bytes:
    """Give everything said on one connection, once that has ended (see Peer.heard)."""
    if net.ASYNC:
        return await asyncio.to_thread(peer.heard, index)
    else:  # noqa: RET505  -- the twin's branch
        return peer.heard(index)
