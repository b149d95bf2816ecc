"""Streams of both twins under one test: the module of a twin, and a stream connected to a peer."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from tests.fix_twins import Twin, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fix_peer import Peer

    MakePeer = Callable[..., Peer]


def net_of(twin: Twin) -> Any:
    """The module of streams that this twin's conversations stand on."""
    return importlib.import_module(f"wirekit._io.{'asynchronous' if twin.waits else 'blocking'}")


async def connect(twin: Twin, peer: Peer, timeout: Any = 5.0, **given: Any) -> Any:
    """A stream connected to the peer."""
    return await connect_to(twin, peer.address, timeout, **given)


async def connect_to(twin: Twin, address: Any, timeout: Any = 5.0, **given: Any) -> Any:
    net = net_of(twin)
    sock = await settle(net.create_connection(address, timeout, **given))
    return await settle(net.attach(sock, None))


async def drain(stream: Any) -> bytes:
    """Everything up to the end of the stream, by fill and take."""
    got = b""
    while await settle(stream.fill()):
        got += stream.take(1 << 30)
    return got
