# Generated from tests/aio/test_proxying.py by tools/unasync.py; edit that file.
"""Connecting through SOCKS and CONNECT proxies: the words, the refusals, and not one byte of the far host lost."""

from __future__ import annotations

import errno
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Faults, Peer, close, expect, request, send, stall, start_tls
from wirekit import Timeout, defaults
from wirekit import _proxying as proxying
from wirekit._io import blocking as net

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

GREETING = b"220 the far host speaks first\r\n"
BOUND = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x1f\x90"
ASK = b"\x05\x01\x00\x03\x0chost.example\x00\x19"
BY_SOCKS5 = [expect(b"\x05\x01\x00"), send(b"\x05\x00"), expect(ASK), send(BOUND + GREETING)]
ASK4 = b"\x04\x01\x00\x19\0\0\0\x01me\0host.example\0"
OPEN = b"HTTP/1.1 200 Connection established\r\nVia: 1.1 proxy\r\n\r\n"
FAR = ("host.example", 25)


def proxy_at(server: Peer, scheme: str, login: str = "") -> str:
    """Name a peer as a proxy."""
    return f"{scheme}://{login}{server.host}:{server.port}"


def greeting_through(proxy: str, **options: Any) -> bytes:
    """Connect to FAR, read one line from it, and close."""
    sock = proxying.connect(FAR, 5, proxy=proxy, **options)
    stream: Any = net.attach(sock, None)
    line: bytes = stream.read_line(100)
    stream.close()
    return line


@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
def test_socks5_without_login(peer: MakePeer, faults: Faults) -> None:
    server = peer(BY_SOCKS5, faults=faults)
    assert greeting_through(proxy_at(server, "socks5h")) == GREETING


@pytest.mark.parametrize(
    "kind", [b"\x04" + bytes(16), b"\x03\x04name", b"\x03\x00"], ids=["ipv6", "name", "empty"]
)
def test_socks5_answer_of_every_length(peer: MakePeer, kind: bytes) -> None:
    answer = b"\x05\x00\x00" + kind + b"\x00\x00"
    server = peer([expect(b"\x05\x01\x00"), send(b"\x05\x00"), expect(ASK), send(answer + GREETING)])
    assert greeting_through(proxy_at(server, "socks")) == GREETING


def test_socks5_with_login(peer: MakePeer) -> None:
    server = peer(
        [
            expect(b"\x05\x02\x00\x02"),
            send(b"\x05\x02"),
            expect(b"\x01\x02me\x03p:w"),
            send(b"\x01\x00"),
            expect(ASK),
            send(BOUND + GREETING),
        ]
    )
    assert greeting_through(proxy_at(server, "socks5h", "me:p%3Aw@")) == GREETING


def test_socks5_looks_the_name_up_here(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    resolve = socket.getaddrinfo

    def getaddrinfo(host: str, *more: Any, **options: Any) -> Any:
        known = {"host.example": "192.0.2.7"}
        return resolve(known.get(host, host), *more, **options)

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    ask = b"\x05\x01\x00\x01\xc0\x00\x02\x07\x00\x19"
    server = peer([expect(b"\x05\x01\x00"), send(b"\x05\x00"), expect(ask), send(BOUND + GREETING)])
    assert greeting_through(proxy_at(server, "socks5")) == GREETING
    server = peer([expect(b"\x04\x01\x00\x19\xc0\x00\x02\x07\0"), send(b"\0\x5a" + bytes(6) + GREETING)])
    assert greeting_through(proxy_at(server, "socks4")) == GREETING


@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
def test_socks4a(peer: MakePeer, faults: Faults) -> None:
    server = peer([expect(ASK4), send(b"\0\x5a" + bytes(6) + GREETING)], faults=faults)
    assert greeting_through(proxy_at(server, "socks4a", "me@")) == GREETING


@pytest.mark.parametrize("head", [OPEN, OPEN.replace(b"\r", b""), b"HTTP/1.1 100 Wait\r\n\r\n" + OPEN])
@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
def test_connect_reads_the_head_and_no_further(peer: MakePeer, head: bytes, faults: Faults) -> None:
    server = peer([request(), send(head + GREETING)], faults=faults)
    with defaults.using(strict_framing=False):
        assert greeting_through(proxy_at(server, "http", "me:p%C3%A9@")) == GREETING
    said = heard(server)
    assert said.startswith(b"CONNECT host.example:25 HTTP/1.1\r\nHost: host.example:25\r\n")
    assert b"\r\nProxy-Authorization: Basic bWU6cMOp\r\n" in said


def test_connect_over_tls_to_the_proxy(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([start_tls(server_tls), request(), send(OPEN + GREETING)])
    proxy = f"https://localhost:{server.port}"
    assert greeting_through(proxy, context=client_tls) == GREETING


def test_connect_refused_by_the_proxy(peer: MakePeer) -> None:
    server = peer(
        [request(), send(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")]
    )
    with pytest.raises(OSError, match="Tunnel connection failed: 407 Proxy Authentication Required"):
        greeting_through(proxy_at(server, "http"))


@pytest.mark.parametrize(
    "answer",
    [b"220 hello\r\n", b"HTTP/1.1 200 OK\r\n" + b"A: b\r\n" * 200, b"HTTP/1.1 100 Wait\r\n\r\n" * 102],
    ids=["no http", "fields", "interim"],
)
def test_connect_answer_out_of_bounds(peer: MakePeer, answer: bytes) -> None:
    server = peer([request(), send(answer)])
    with pytest.raises(ConnectionError, match="answer"):
        greeting_through(proxy_at(server, "http"))


def test_refusal_is_the_error_of_connecting(peer: MakePeer) -> None:
    server = peer([expect(b"\x05\x01\x00"), send(b"\x05\x00"), expect(ASK), send(b"\x05\x05\x00\x01\x00")])
    with pytest.raises(ConnectionRefusedError) as caught:
        greeting_through(proxy_at(server, "socks5h"))
    assert caught.value.errno == errno.ECONNREFUSED


def test_login_refused_tells_no_password(peer: MakePeer) -> None:
    server = peer(
        [expect(b"\x05\x02\x00\x02"), send(b"\x05\x02"), expect(b"\x01\x02me\x06s3cret"), send(b"\x01\x01")]
    )
    with pytest.raises(PermissionError) as caught:
        greeting_through(proxy_at(server, "socks5h", "me:s3cret@"))
    assert "s3cret" not in repr(caught.value)


@pytest.mark.parametrize("sent", range(len(BOUND) + 2))
def test_proxy_closes_after_each_byte(peer: MakePeer, sent: int) -> None:
    server = peer([*BY_SOCKS5[:3], send(BOUND), close()], faults=Faults(close_after=sent))
    with pytest.raises(ConnectionError):
        greeting_through(proxy_at(server, "socks5h"))


def test_proxy_that_stalls_is_left_in_time(peer: MakePeer) -> None:
    server = peer([expect(b"\x05\x01\x00"), stall()])
    with pytest.raises(TimeoutError):
        proxying.connect(FAR, Timeout(5, connect=0.5), proxy=proxy_at(server, "socks5h"))


def test_timeout_afterwards_is_the_callers(peer: MakePeer) -> None:
    server = peer(BY_SOCKS5)
    sock = proxying.connect(FAR, Timeout(7, connect=3), proxy=proxy_at(server, "socks5h"))
    assert sock.gettimeout() == 7
    sock.close()


@pytest.mark.parametrize(
    "proxy, far",
    [
        ("ftp://h:1", FAR),
        ("socks5://h:x", FAR),
        ("socks5://:1080", FAR),
        ("socks5://h:70000", FAR),
        ("http://h:1", ("a\r\nb", 25)),
        ("http://h:1", ("host.example", 70_000)),
        ("socks5h://h:1", ("a\0b", 25)),
        ("socks4a://h:1", ("::1", 25)),
        ("socks5h://" + "u" * 300 + ":p@h:1", FAR),
    ],
)
def test_mistake_of_the_caller_is_told_before_connecting(
    proxy: str, far: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(net, "create_connection", None)
    with pytest.raises(ValueError, match=r"."):
        proxying.connect(far, 5, proxy=proxy)


@pytest.mark.parametrize(
    "proxy, place",
    [
        ("socks5://[::1]", ("::1", 1080)),
        ("http://proxy.example", ("proxy.example", 80)),
        ("https://proxy.example", ("proxy.example", 443)),
        ("proxy.example:3128", ("proxy.example", 3128)),
    ],
)
def test_proxy_is_found_where_its_url_says(
    proxy: str, place: tuple[str, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[Any] = []

    def create_connection(address: Any, *_: Any) -> Any:
        asked.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(net, "create_connection", create_connection)
    with pytest.raises(ConnectionRefusedError):
        proxying.connect(FAR, 5, proxy=proxy)
    assert asked == [place]
