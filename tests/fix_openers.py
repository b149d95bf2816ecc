"""A world without proxies and without an opener of an earlier test, for tests of urllib.request.

``plain_opener`` leaves kept connections out, so that a peer hears the end of each; ``kept_opener`` has them.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wirekit import defaults
from wirekit.aio.urllib import request as awaitable
from wirekit.aio.urllib._handlers import pool as awaitable_pool
from wirekit.urllib import request as blocking
from wirekit.urllib._handlers import pool as blocking_pool

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def kept_opener(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let urlopen make a usual opener, and go straight to every host; its connections end with the test.

    They stay fresh: on a machine that is busy, moments last long.
    """
    for home in (blocking_pool, awaitable_pool):
        monkeypatch.setattr(home, "FRESH", 3600.0)
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    yield
    for module in (blocking, awaitable):
        module.urlcleanup()


@pytest.fixture
def plain_opener(kept_opener: None) -> Iterator[None]:
    """Let urlopen make a usual opener, one connection for each request, and go straight to every host."""
    with defaults.using(keep_connections=False):
        yield
