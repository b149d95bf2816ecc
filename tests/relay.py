"""A step for the peer of tests/fix_peer.py that makes it a proxy: what comes goes on to another server, and back."""

from __future__ import annotations

import select
import socket
import ssl
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.fix_peer import Conversation, Step

__all__ = ["relay"]


def relay(address: Any) -> Step:
    """Pass everything on to another server and back, as a proxy does, until one side ends."""

    def step(conversation: Conversation) -> None:
        with socket.create_connection(address, 5) as further:
            other = {conversation.sock: further, further: conversation.sock}
            while True:  # in one thread: a TLS session must not be used by two at once
                for source in select.select([*other], [], [], 5)[0]:
                    data = receive_arrived(source)
                    if data == b"":
                        conversation.end()
                    other[source].sendall(data or b"")

    return step


def receive_arrived(sock: socket.socket) -> bytes | None:
    """What has arrived; None where that makes no whole record yet."""
    sock.settimeout(0)
    try:
        data = sock.recv(1 << 16)
        while isinstance(sock, ssl.SSLSocket) and sock.pending():
            data += sock.recv(1 << 16)
    except (ssl.SSLWantReadError, BlockingIOError):
        return None
    except OSError:
        return b""
    finally:
        sock.settimeout(5)
    return data
