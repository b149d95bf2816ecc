"""set_tunnel: CONNECT through a proxy, in the clear and to a TLS server behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Faults, Peer, close, request, send, start_tls
from wirekit.aio.http import client

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

OPEN = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"
OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
async def test_tunnel_says_connect_then_talks_to_the_origin(peer: MakePeer, faults: Faults) -> None:
    server = peer([request(), send(OPEN), request(), send(OK)], faults=faults)
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.set_tunnel("origin.example", 8080, headers={"Proxy-Authorization": "Basic eA=="})
    await connection.request("GET", "/path", headers={"X": "1"})
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    first, second = server.conversations[0].taken
    assert first.startswith(b"CONNECT origin.example:8080 HTTP/1.")
    assert b"\r\nProxy-Authorization: Basic eA==\r\n" in first
    assert second.startswith(b"GET /path HTTP/1.1\r\nHost: origin.example:8080\r\n")
    assert b"Proxy-Authorization" not in second
    assert b"\r\nX: 1\r\n" in second
    assert b"\r\nX: 1\r\n" not in first


async def test_tunnel_is_dug_once_for_a_kept_connection(peer: MakePeer) -> None:
    server = peer([request(), send(OPEN), request(), send(OK), request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.set_tunnel("origin.example")
    for _ in range(2):
        await connection.request("GET", "/")
        assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    assert (await heard(server)).count(b"CONNECT origin.example:80 ") == 1


async def test_tunnel_to_a_tls_server(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """The name that is checked is the origin's, not the proxy's."""
    server = peer([request(), send(OPEN), start_tls(server_tls), request(), send(OK)])
    connection = client.HTTPSConnection(server.host, server.port, timeout=5, context=client_tls)
    connection.set_tunnel("localhost", 443)
    await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    first, second = server.conversations[0].taken
    assert first.startswith(b"CONNECT localhost:443 ")
    assert second.startswith(b"GET / HTTP/1.1\r\nHost: localhost\r\n")


async def test_tunnel_checks_the_name_of_the_origin(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    import ssl

    server = peer([request(), send(OPEN), start_tls(server_tls), request()])
    connection = client.HTTPSConnection(server.host, server.port, timeout=5, context=client_tls)
    connection.set_tunnel("elsewhere.example.test", 443)
    with pytest.raises(ssl.SSLCertVerificationError):
        await connection.request("GET", "/")
    connection.close()
    assert b"GET" not in await heard(server)


@pytest.mark.parametrize("status", [b"407 Proxy Authentication Required", b"502 Bad Gateway", b"302 Found"])
async def test_refused_tunnel_is_an_os_error_and_closes(peer: MakePeer, status: bytes) -> None:
    server = peer([request(), send(b"HTTP/1.1 " + status + b"\r\nContent-Length: 2\r\n\r\nno")])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.set_tunnel("origin.example")
    with pytest.raises(OSError, match=f"Tunnel connection failed: {status.decode()}"):
        await connection.request("GET", "/")
    assert connection.sock is None
    assert b"GET" not in await heard(server)


async def test_proxy_that_hangs_up_in_connect_is_an_error(peer: MakePeer) -> None:
    server = peer([request(), close()])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.set_tunnel("origin.example")
    with pytest.raises((client.HTTPException, OSError)):
        await connection.request("GET", "/")
    connection.close()
    assert b"GET" not in await heard(server)


async def test_tunnel_to_ipv6_has_brackets(peer: MakePeer) -> None:
    server = peer([request(), send(OPEN), request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    connection.set_tunnel("::1", 8080)
    await connection.request("GET", "/")
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
    first, second = server.conversations[0].taken
    assert first.startswith(b"CONNECT [::1]:8080 HTTP/1.")
    assert b"\r\nHost: [::1]:8080\r\n" in second


async def test_set_tunnel_after_connecting_is_refused(peer: MakePeer) -> None:
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    await connection.connect()
    with pytest.raises(RuntimeError):
        connection.set_tunnel("origin.example")
    connection.close()


async def test_proxy_response_headers_are_kept(peer: MakePeer) -> None:
    server = peer([request(), send(OPEN), request(), send(OK)])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    assert connection.get_proxy_response_headers() is None
    connection.set_tunnel("origin.example")
    await connection.request("GET", "/")
    fields = connection.get_proxy_response_headers()
    assert fields is not None
    assert fields["Via"] == "1.1 proxy"
    assert await (await connection.getresponse()).read() == b"ok"
    connection.close()
