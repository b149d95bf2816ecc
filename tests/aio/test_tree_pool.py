"""The pool of a tree's connections by itself, with links that nobody has made."""

from __future__ import annotations

from typing import Any

import pytest

from wirekit._io.concurrency import asynchronous as together
from wirekit.aio import ftplib
from wirekit.aio._tree.pool import Pool


class Link:
    """What a pool asks of a link, and how much work is done on it."""

    usable = alive = True

    def __init__(self) -> None:
        self.ftp = self
        self.server = self
        self.lastresp = ""
        self.works = 0

    def remember(self, ftp: Any) -> None:
        assert ftp is self

    def close(self) -> None:
        self.usable = self.alive = False


async def test_server_that_grants_two_connections_gets_no_more() -> None:
    made: list[Link] = []
    refused: list[str] = []
    signal = together.Signal()

    async def make() -> Link:
        async with signal:
            if len(made) < 2:
                made.append(Link())
                return made[-1]
            refused.append("421")
            signal.wake_all()
        raise ftplib.error_temp("421 Too many connections from the same IP address.")

    async def work(link: Any) -> None:
        async with signal:
            while not refused:  # all are at work when one more is wanted
                await signal.wait(None)
        link.works += 1

    pool: Any = Pool(make, 6)  # type: ignore[arg-type]  # stand-ins
    await together.run_all([lambda: pool.run(work) for _ in range(20)], 6)
    assert sum(link.works for link in made) == 20
    assert 1 <= len(refused) <= 4
    refused[:] = ["421"]
    await together.run_all([lambda: pool.run(work) for _ in range(20)], 6)
    assert sum(link.works for link in made) == 40
    assert len(refused) == 1, "who was refused asks no more"
    pool.close()


async def test_refusal_of_the_first_connection_is_an_error() -> None:
    async def make() -> Link:
        raise ftplib.error_temp("421 Too many connections.")

    pool: Any = Pool(make, 2)  # type: ignore[arg-type]  # stand-ins
    with pytest.raises(ftplib.error_temp, match="Too many"):
        await pool.run(None)
    pool.close()
