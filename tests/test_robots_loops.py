"""A cache of robots.txt files that outlives the event loop it was first used in."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.fix_peer import Peer, request, send
from wirekit.aio.robots import RobotsCache

if TYPE_CHECKING:
    from collections.abc import Callable

BODY = b"User-agent: *\nDisallow: /private\n"
ANSWER = b"HTTP/1.1 200 OK\r\nCache-Control: max-age=0\r\nContent-Length: %d\r\n\r\n" % len(BODY) + BODY


def test_cache_serves_one_loop_after_the_other(peer: Callable[..., Peer]) -> None:
    server = peer([request(), send(ANSWER)])
    cache = RobotsCache("ExampleBot")

    async def ask_at_once() -> list[bool]:
        urls = [f"http://127.0.0.1:{server.port}/private/{number}" for number in range(4)]
        return await asyncio.gather(*(cache.can_fetch(url) for url in urls))

    for _ in range(2):
        assert asyncio.run(ask_at_once()) == [False] * 4
    assert len(server.conversations) == 2
