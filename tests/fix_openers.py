"""A world without proxies and without an opener of an earlier test, for tests of urllib.request."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from wirekit.aio.urllib import request as awaitable
from wirekit.urllib import request as blocking

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def plain_opener(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Let urlopen make a usual opener, and go straight to every host."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy"):
            monkeypatch.delenv(name)
    yield
    for module in (blocking, awaitable):
        module.urlcleanup()
