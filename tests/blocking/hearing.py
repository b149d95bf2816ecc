# Generated from tests/aio/hearing.py by tools/unasync.py; edit that file.
"""What a peer heard, asked for without holding up the loop that has still to close the client's connection."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.fix_peer import Peer


def heard(peer: Peer, index: int = 0) -> bytes:
    """Give everything said on one connection, once that has ended (see Peer.heard)."""
    return peer.heard(index)
