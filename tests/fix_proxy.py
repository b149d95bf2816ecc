"""A proxy for CONNECT, as a step of the misbehaving peer: it opens tunnels on loopback and carries bytes both ways."""

from __future__ import annotations

import selectors
import socket
from typing import TYPE_CHECKING

from tests.fix_peer import BLOCK, PATIENCE, request

if TYPE_CHECKING:
    from tests.fix_peer import Conversation

ESTABLISHED = b"HTTP/1.1 200 Connection established\r\n\r\n"


def tunnel(conversation: Conversation) -> None:
    """Read a CONNECT request, connect to what it names (a name means this machine), and carry bytes until an end."""
    request()(conversation)
    target = conversation.taken[-1].split()[1]
    port = int(target.rpartition(b":")[2])
    with socket.create_connection(("127.0.0.1", port), PATIENCE) as origin:
        conversation.send(ESTABLISHED)
        carry(conversation.sock, origin)


def carry(one: socket.socket, other: socket.socket) -> None:
    """Carry bytes both ways until both sides have ended: the end of one is passed on, what the other still says too."""
    with selectors.DefaultSelector() as selector:
        selector.register(one, selectors.EVENT_READ, other)
        selector.register(other, selectors.EVENT_READ, one)
        while selector.get_map() and (ready := selector.select(PATIENCE)):
            for key, _ in ready:
                source: socket.socket = key.fileobj  # type: ignore[assignment]
                try:
                    data = source.recv(BLOCK)
                    key.data.sendall(data) if data else key.data.shutdown(socket.SHUT_WR)
                except OSError:
                    return
                if not data:
                    selector.unregister(source)
