"""Servers that refuse a body before they have read it, and hang up.

In the blocking twin alone: there the system keeps the answer until it is read. A transport of asyncio may have dropped
it by the time that sending fails.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, read, request, reset, send, until
from wirekit.urllib import request as web
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

LARGE = 1 << 26
"""More than the system keeps for a connection, so that it cannot leave whole."""
TOO_LARGE = b"HTTP/1.1 413 Too Large\r\nContent-Length: 3\r\n\r\nno!"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


def blocks() -> Iterator[bytes]:
    for _ in range(LARGE >> 16):
        yield b"z" * (1 << 16)


@pytest.mark.parametrize("data", [b"z" * LARGE, blocks], ids=["bytes", "iterator"])
def test_answer_that_came_before_the_end_of_a_body_is_heard(peer: MakePeer, data: Any) -> None:
    server = peer([until(b"\r\n\r\n"), send(TOO_LARGE), read(1), close()], [request(), send(OK)])
    url = f"http://{server.host}:{server.port}/"
    with pytest.raises(HTTPError) as caught:
        web.urlopen(url, data() if callable(data) else data, timeout=5)
    assert caught.value.code == 413
    assert caught.value.read() == b"no!"
    caught.value.close()
    with web.urlopen(url, timeout=5) as response:
        assert response.read() == b"ok"  # over a new connection: the old one waits for a body
    assert len(server.conversations) == 2


def test_server_that_hangs_up_without_an_answer_is_an_error(peer: MakePeer) -> None:
    server = peer([until(b"\r\n\r\n"), read(1), reset()])
    with pytest.raises(URLError) as caught:
        web.urlopen(f"http://{server.host}:{server.port}/", b"z" * LARGE, timeout=5)
    assert isinstance(caught.value.reason, ConnectionError)


def test_body_that_was_refused_early_is_sent_again_with_a_login(peer: MakePeer) -> None:
    refusal = b'HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm="r"\r\nConnection: close\r\nContent-Length: 0\r\n\r\n'
    server = peer([until(b"\r\n\r\n"), send(refusal), read(1), close()], [request(), send(OK)])
    url = f"http://{server.host}:{server.port}/"
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, url, "alice", "word")
    with (
        web.build_opener(web.HTTPBasicAuthHandler(manager)) as opener,
        opener.open(url, b"z" * 200_000, timeout=5) as response,
    ):
        assert response.read() == b"ok"
