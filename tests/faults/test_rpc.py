"""XML-RPC with a peer that dies at every byte: no half answer is taken for one, and no half call is made."""

from __future__ import annotations

import socket
import struct
from http.client import HTTPException
from typing import TYPE_CHECKING, Any
from xml.parsers.expat import ExpatError

import pytest

from tests.fix_peer import Conversation, Peer, read, request, send
from tests.fix_twins import Twin, both_twins, settle, twins
from tests.rpc_servers import serving
from wirekit.xmlrpc.client import Error, dumps

if TYPE_CHECKING:
    from collections.abc import Callable

PATIENCE = 10.0
FIVE = dumps((5,), methodresponse=True).encode()
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: text/xml\r\n"
ANSWERS = {
    "by length": HEAD + b"Content-Length: %d\r\n\r\n" % len(FIVE) + FIVE,
    "in chunks": HEAD + b"Transfer-Encoding: chunked\r\n\r\n%x\r\n%b\r\n0\r\n\r\n" % (len(FIVE), FIVE),
    "to the end": HEAD + b"Connection: close\r\n\r\n" + FIVE,
}
IDLE = {"by length": 0, "in chunks": 2, "to the end": 1}
"""Bytes at an answer's end that say nothing: a line end behind the last chunk, or behind the document."""
FAILURES = (OSError, HTTPException, Error, ExpatError)
ends = pytest.mark.parametrize("hard", [False, True], ids=["close", "reset"])


def step_of(twin: Twin, thorough: bool = False) -> int:
    """Give how many bytes lie between two deaths: one in the blocking twin, where that is to be known; some elsewhere."""
    return (1 if thorough else 7) if twin.name == "blocking" else 23


def end(*, hard: bool) -> Callable[[Conversation], None]:
    return lambda conversation: conversation.end(reset=hard)


async def ask(twin: Twin, server: Peer, **given: Any) -> list[Any]:
    """Call twice by one proxy; give what came of it, values or errors."""
    proxy = twin.module("xmlrpc.client").ServerProxy(
        f"http://{server.host}:{server.port}/", timeout=PATIENCE, **given
    )
    found: list[Any] = []
    try:
        for _ in range(2):
            try:
                found.append(await settle(proxy.add(2, 3)))
            except FAILURES as error:
                found.append(error)
    finally:
        proxy("close")()
    return found


@ends
@pytest.mark.parametrize("framing", ANSWERS)
@both_twins
async def test_server_may_die_after_every_byte_of_its_answer(twin: Twin, framing: str, hard: bool) -> None:
    data = ANSWERS[framing]
    for cut in range(0, len(data) - IDLE[framing], step_of(twin, framing == "by length")):
        dying = [request(), send(data[:cut]), end(hard=hard)]
        with Peer(dying, [request(), send(ANSWERS["by length"])]) as server:
            first, second = await ask(twin, server)
        assert isinstance(first, FAILURES), (cut, first)
        assert second == 5, cut
        assert len(server.conversations) == 2, cut


@ends
@both_twins
async def test_server_may_die_after_every_byte_of_a_call(twin: Twin, hard: bool) -> None:
    with Peer([request(), send(ANSWERS["by length"]), request(), send(ANSWERS["by length"])]) as server:
        assert await ask(twin, server) == [5, 5]
        whole = sum(map(len, server.conversations[0].taken)) // 2
    for cut in range(0, whole + 1, step_of(twin)):
        dying = [*([read(cut)] if cut else []), end(hard=hard)]
        good = [request(), send(ANSWERS["by length"])]
        with Peer(dying, good) as server:
            first, second = await ask(twin, server)
            assert isinstance(first, FAILURES), cut
            assert second == 5, cut
            assert len(server.conversations) == 2, cut  # it was not sent again
        with Peer(dying, [*good, *good]) as server:
            assert await ask(twin, server, idempotent=["add"]) == [5, 5], cut


@ends
@both_twins
async def test_idempotent_call_outlives_a_server_that_dies_after_every_byte(twin: Twin, hard: bool) -> None:
    data = ANSWERS["by length"]
    for cut in range(0, len(data), step_of(twin)):
        good = [request(), send(data)]
        with Peer([request(), send(data[:cut]), end(hard=hard)], [*good, *good]) as server:
            assert await ask(twin, server, idempotent=True) == [5, 5], cut


CALL = dumps((1,), "note").encode()
REQUEST = (
    b"POST /RPC2 HTTP/1.1\r\nHost: localhost\r\nContent-Type: text/xml\r\nContent-Length: %d\r\n\r\n"
    % len(CALL)
) + CALL


def die(address: Any, data: bytes, *, hard: bool) -> None:
    """Say a part of a call, and leave; read first what is answered to it."""
    with socket.create_connection(address, PATIENCE) as sock:
        sock.sendall(data)
        if hard:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            return
        sock.shutdown(socket.SHUT_WR)
        heard = b""
        while part := sock.recv(65536):
            heard += part
    assert b"200 OK" not in heard


@ends
@pytest.mark.parametrize("kind", ["SimpleXMLRPCServer", "ThreadingXMLRPCServer"])
@twins
def test_client_may_die_after_every_byte_of_its_call(
    twin: Twin, kind: str, hard: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    noted: list[int] = []
    with serving(
        twin, lambda server: server.register_function(noted.append, "note"), kind, allow_none=True
    ) as server:
        for cut in range(0, len(REQUEST), step_of(twin, kind == "SimpleXMLRPCServer")):
            die(server.server_address, REQUEST[:cut], hard=hard)
        assert noted == []  # half a call is none
        with socket.create_connection(server.server_address, PATIENCE) as sock:
            sock.sendall(REQUEST)
            heard = sock.recv(65536)
            while b"</methodResponse>" not in heard:
                heard += sock.recv(65536)
        assert b"<nil/>" in heard
    assert noted == [1]
    assert "Traceback" not in capsys.readouterr().err
