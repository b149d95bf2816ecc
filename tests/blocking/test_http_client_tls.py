# Generated from tests/aio/test_http_client_tls.py by tools/unasync.py; edit that file.
"""HTTPSConnection over loopback, against the misbehaving peer inside TLS."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Conversation, Faults, Peer, close, request, send, stall, until
from tests.fix_tls import Certificates, make_server_tls
from wirekit import Timeout, defaults
from wirekit._io import blocking as net
from wirekit._io.nested import NestedTLS
from wirekit.http import client

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CHUNKED = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\no\r\n1\r\nk\r\n0\r\nX: 1\r\n\r\n"


@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
@pytest.mark.parametrize("answer", [OK, CHUNKED], ids=["length", "chunked"])
def test_https_keeps_its_connection(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, faults: Faults, answer: bytes
) -> None:
    server = peer([request(), send(answer), request(), send(answer)], tls=server_tls, faults=faults)
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    for _ in range(2):
        connection.request("GET", "/")
        assert connection.getresponse().read() == b"ok"
    connection.close()
    assert heard(server).startswith(b"GET / HTTP/1.1\r\nHost: localhost:%d\r\n" % server.port)
    assert len(server.conversations) == 1


@pytest.mark.parametrize("fault", ["wrong_host", "expired", "stranger"])
def test_bad_certificate_is_refused_before_anything_is_sent(
    peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext, fault: str
) -> None:
    server = peer([request()], tls=make_server_tls(getattr(certificates, fault)))
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/secret")
    assert connection.sock is None
    assert heard(server) == b""


def test_private_authority_is_unknown_by_default(peer: MakePeer, server_tls: ssl.SSLContext) -> None:
    server = peer([request()], tls=server_tls)
    connection = client.HTTPSConnection("localhost", server.port, timeout=5)
    with pytest.raises(ssl.SSLCertVerificationError):
        connection.request("GET", "/secret")
    connection.close()
    assert heard(server) == b""


def test_address_is_checked_as_an_address(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([request(), send(OK)], tls=server_tls)
    connection = client.HTTPSConnection("127.0.0.1", server.port, timeout=5, context=client_tls)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_client_certificate_of_the_context(
    peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    names = []

    def look(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        names.append(conversation.sock.getpeercert())

    tls = make_server_tls(certificates.server, client_authority=certificates.authority)
    server = peer([look, request(), send(OK)], tls=tls)
    client_tls.load_cert_chain(certificates.client)
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert "alice" in str(names)


def test_certificate_by_file_names_as_in_older_pythons(
    peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    tls = make_server_tls(certificates.server, client_authority=certificates.authority)
    server = peer([request(), send(OK)], tls=tls)
    with pytest.warns(DeprecationWarning, match="key_file"):
        connection = client.HTTPSConnection(
            "localhost",
            server.port,
            timeout=5,
            context=client_tls,
            key_file=str(certificates.client),
            cert_file=str(certificates.client),
            check_hostname=True,
        )
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()


def test_tls_that_ends_without_goodbye_cuts_a_body_until_close(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """Inside TLS a missing close_notify may be an attacker's cut (RFC 9112 section 9.8)."""

    def drop(conversation: Conversation) -> None:
        raw = conversation.sock.detach()
        import os

        os.close(raw)

    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n\r\nhalf"), drop], tls=server_tls)
    for method, arguments in (
        ("read", ()),
        ("read", (9,)),
        ("read1", ()),
        ("readline", ()),
        ("readinto", (bytearray(9),)),
    ):
        connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
        connection.request("GET", "/")
        response = connection.getresponse()
        with pytest.raises(client.IncompleteRead):  # noqa: PT012  -- what came may be given before
            while getattr(response, method)(*arguments):
                pass
        assert response.isclosed()
        with defaults.using("stdlib"):  # which hides the cut (suppress_ragged_eofs)
            connection.request("GET", "/")
            assert connection.getresponse().read() == b"half"
        connection.close()


def test_tls_inside_tls_that_ends_without_goodbye_cuts_a_body_until_close(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    def drop(conversation: Conversation) -> None:
        inner = NestedTLS(conversation.sock, server_tls, None, server_side=True)
        inner.recv(1 << 16)
        inner.sendall(b"HTTP/1.1 200 OK\r\n\r\nhalf")

    server = peer([until(b"\r\n\r\n"), send(b"HTTP/1.1 200 OK\r\n\r\n"), drop, close()], tls=server_tls)

    class ThroughTLS(client.HTTPSConnection):
        """The proxy is spoken to in TLS too."""

        def _tunnel(self) -> None:
            self.sock, self._stream = net.start_tls(self.sock, client_tls, "localhost", self._stream)
            super()._tunnel()

    connection = ThroughTLS("localhost", server.port, timeout=5, context=client_tls)
    connection.set_tunnel("localhost", 443)
    connection.request("GET", "/")
    response = connection.getresponse()
    with pytest.raises(client.IncompleteRead) as caught:
        response.read()
    assert caught.value.partial == b"half"
    connection.close()


def test_tls_that_ends_with_goodbye_ends_a_body_until_close(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n\r\nwhole"), close()], tls=server_tls)
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"whole"
    connection.close()


def test_plain_server_is_no_tls_server(peer: MakePeer, client_tls: ssl.SSLContext) -> None:
    server = peer([send(OK), close()])
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    with pytest.raises((ssl.SSLError, ConnectionError)):
        connection.request("GET", "/secret")
    connection.close()
    assert b"secret" not in heard(server)


def test_handshake_that_stalls_times_out(peer: MakePeer, client_tls: ssl.SSLContext) -> None:
    server = peer([stall()])
    connection = client.HTTPSConnection(
        "localhost", server.port, timeout=Timeout(0.05, connect=20), context=client_tls
    )
    with pytest.raises(TimeoutError):
        connection.request("GET", "/")
    connection.close()
    assert b"GET" not in heard(server)


def test_large_body_through_tls(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    big = bytes(range(256)) * 8192
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(big) + big
    server = peer([request(), send(answer)], tls=server_tls)
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    connection.request("POST", "/", big)
    assert connection.getresponse().read() == big
    connection.close()
    assert heard(server).endswith(big)


def test_tls_over_a_socket_that_the_program_connected(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([request(), send(OK)], tls=server_tls)
    connection = client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    sock = socket.socket()
    sock.connect(server.address)

    def create_connection(*_: object) -> socket.socket:
        return sock

    connection._create_connection = create_connection
    connection.request("GET", "/")
    assert connection.getresponse().read() == b"ok"
    connection.close()
    assert heard(server).startswith(b"GET / ")
