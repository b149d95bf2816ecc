# Generated from tests/aio/test_http_server_tls.py by tools/unasync.py; edit that file.
"""HTTPSServer and ThreadingHTTPSServer: TLS from the first byte on, and what does not speak it."""

from __future__ import annotations

import hashlib
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.serving import Handler, aside, request, serving, talking
from wirekit import defaults
from wirekit.http.server import HTTPSServer, ThreadingHTTPSServer, make_certificate

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fix_tls import Certificates


class Hello(Handler):
    def do_GET(self) -> None:
        self.reply(self.path.encode())


def server_of(kind: Any, **given: Any) -> Any:
    return lambda address, handler: kind(address, handler, **given)


def fetch(address: Any, context: ssl.SSLContext, paths: list[str]) -> list[bytes]:
    """Fetch these on one connection; give the bodies, and what ALPN has chosen."""
    with (
        socket.create_connection(address[:2], 5) as plain,
        context.wrap_socket(plain, server_hostname="localhost") as sock,
    ):
        got = []
        for path in paths:
            sock.sendall(request(f"GET {path} HTTP/1.1"))
            answer = b""
            while not answer.endswith(path.encode()):
                answer += sock.recv(1000)
            got.append(answer.rpartition(b"\r\n\r\n")[2])
        return [*got, (sock.selected_alpn_protocol() or "none").encode()]


@pytest.mark.parametrize("kind", [HTTPSServer, ThreadingHTTPSServer])
def test_requests_come_over_tls(kind: Any, certificates: Certificates, client_tls: ssl.SSLContext) -> None:
    client_tls.set_alpn_protocols(["h2", "http/1.1"])
    with serving(Hello, server_of(kind, certfile=certificates.server)) as server:
        for _ in range(2):
            got = aside(fetch, server.server_address, client_tls, ["/a", "/b", "/c"])
            assert got == [b"/a", b"/b", b"/c", b"http/1.1"]


class Echo(Hello):
    def do_POST(self) -> None:
        self.reply(self.rfile.read())


def test_request_in_the_record_of_a_body_is_answered(
    certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    def talk(address: Any) -> bytes:
        with (
            socket.create_connection(address[:2], 60) as plain,
            client_tls.wrap_socket(plain, server_hostname="localhost") as sock,
        ):
            got = b""
            for said, answered in (
                (request("GET /a HTTP/1.1"), b"/a"),  # waits for its next request from now on
                (request("POST / HTTP/1.1", "Content-Length: 4", "Expect: 100-continue"), b"\r\n\r\n"),
                (b"body" + request("GET /c HTTP/1.1"), b"/c"),
            ):
                sock.sendall(said)
                got = b""
                while not got.endswith(answered):
                    got += sock.recv(1000)
            return got

    kind = server_of(ThreadingHTTPSServer, certfile=certificates.server)
    with serving(Echo, kind) as server:
        assert b"body" in aside(talk, server.server_address)


def test_protocols_are_those_of_the_program(certificates: Certificates, client_tls: ssl.SSLContext) -> None:
    client_tls.set_alpn_protocols(["x", "http/1.1"])
    kind = server_of(ThreadingHTTPSServer, certfile=certificates.server, alpn_protocols=["x"])
    with serving(Hello, kind) as server:
        assert aside(fetch, server.server_address, client_tls, ["/a"])[-1] == b"x"


def test_key_may_have_a_file_and_a_password(
    certificates: Certificates, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    from cryptography.hazmat.primitives import serialization

    text = certificates.server.read_bytes()
    key = serialization.load_pem_private_key(text, None)
    locked = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.BestAvailableEncryption(b"open"),
    )
    (tmp_path / "key.pem").write_bytes(locked)
    (tmp_path / "cert.pem").write_bytes(text[text.index(b"-----BEGIN CERTIFICATE") :])
    given: dict[str, Any] = {"certfile": tmp_path / "cert.pem", "keyfile": tmp_path / "key.pem"}
    with serving(Hello, server_of(ThreadingHTTPSServer, **given, password="open")) as server:
        assert aside(fetch, server.server_address, client_tls, ["/a"])[0] == b"/a"
    with pytest.raises(ssl.SSLError):
        ThreadingHTTPSServer(("127.0.0.1", 0), Hello, **given, password="shut")
    with pytest.raises(FileNotFoundError):
        ThreadingHTTPSServer(("127.0.0.1", 0), Hello, certfile=tmp_path / "nope")
    with pytest.raises(TypeError, match="certificate"):
        ThreadingHTTPSServer(("127.0.0.1", 0), Hello)


def test_context_of_a_program_is_used(server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    with serving(Hello, server_of(ThreadingHTTPSServer, context=server_tls)) as server:
        assert aside(fetch, server.server_address, client_tls, ["/a"])[0] == b"/a"


def test_certificate_is_made_on_the_spot() -> None:
    context, fingerprint = make_certificate("localhost", "127.0.0.1")
    trusting = ssl.create_default_context()
    with serving(Hello, server_of(ThreadingHTTPSServer, context=context)) as server:
        pem = aside(ssl.get_server_certificate, server.server_address[:2])
        der = ssl.PEM_cert_to_DER_cert(pem)
        assert fingerprint.replace(":", "").lower() == hashlib.sha256(der).hexdigest()
        with pytest.raises(ssl.SSLCertVerificationError):
            aside(fetch, server.server_address, trusting, ["/a"])
        trusting.load_verify_locations(cadata=pem)
        assert aside(fetch, server.server_address, trusting, ["/a"])[0] == b"/a"


@pytest.mark.parametrize("kind", [HTTPSServer, ThreadingHTTPSServer])
def test_client_that_never_shakes_hands_holds_up_nobody(
    kind: Any, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    with defaults.using(request_timeout=1.5):
        with (
            serving(Hello, server_of(kind, certfile=certificates.server)) as server,
            talking(server) as silent,
        ):
            silent.say(b"\x16\x03\x01")
            for _ in range(2):
                assert aside(fetch, server.server_address, client_tls, ["/a"])[0] == b"/a"
            assert aside(silent.rest) == b""  # until its time is up


def test_what_is_no_tls_is_closed_and_no_news(
    certificates: Certificates, client_tls: ssl.SSLContext, capsys: pytest.CaptureFixture[str]
) -> None:
    with serving(Hello, server_of(ThreadingHTTPSServer, certfile=certificates.server)) as server:
        with talking(server) as client:
            client.say(request())
            aside(client.rest)
        assert aside(fetch, server.server_address, client_tls, ["/a"])[0] == b"/a"
    assert capsys.readouterr().err == ""


def test_idle_connections_over_tls_wait_for_their_next_request(
    certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    def talk(address: Any) -> list[bytes]:
        socks = []
        for _ in range(20):
            plain = socket.create_connection(address[:2], 5)
            socks.append(client_tls.wrap_socket(plain, server_hostname="localhost"))
        got = []
        try:
            for turn in range(3):
                for sock in socks:
                    sock.sendall(request(f"GET /{turn} HTTP/1.1"))
                    answer = b""
                    while not answer.endswith(b"/%d" % turn):
                        answer += sock.recv(1000)
                    got.append(answer[-2:])
        finally:
            for sock in socks:
                sock.close()
        return got

    with serving(Hello, server_of(ThreadingHTTPSServer, certfile=certificates.server)) as server:
        assert aside(talk, server.server_address) == [b"/0"] * 20 + [b"/1"] * 20 + [b"/2"] * 20
