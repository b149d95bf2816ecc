"""Rows 1 to 10 of the security table: what an HTTP client writes."""

from __future__ import annotations

import importlib
import ssl
from typing import TYPE_CHECKING

import pytest

from tests.fix_peer import Peer, request, send
from tests.fix_tls import Certificates, make_server_tls
from tests.fix_twins import Twin, both_twins, heard, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"


async def refuse_field(twin: Twin, peer: MakePeer, name: object, value: object) -> None:
    """The field is the caller's mistake, in putheader and in request alike, and no byte leaves."""
    server = peer([])
    connection = twin.http_client.HTTPConnection(server.host, server.port, timeout=5)
    connection.putrequest("GET", "/")
    with pytest.raises(ValueError):
        connection.putheader(name, value)
    connection.close()
    with pytest.raises(ValueError):
        await settle(connection.request("GET", "/", headers={name: value}))
    connection.close()
    assert all(conversation.received == b"" for conversation in server.conversations)


@both_twins
@pytest.mark.parametrize(
    "value", ["b\r\nC: d", "b\nC: d", "b\rC: d", b"b\r\nC: d", "b\r\n", "\r\nb", "b\n"], ids=repr
)
async def test_row_01_line_end_in_a_header_value_is_refused(
    twin: Twin, peer: MakePeer, value: object
) -> None:
    await refuse_field(twin, peer, "A", value)


@both_twins
@pytest.mark.parametrize(
    "name", ["A\r\nC", "A\n", "A:", "A B", "", " A", "A ", b"A\r\n", "\xe9", "A\x00"], ids=repr
)
async def test_row_01_name_that_is_no_token_is_refused(twin: Twin, peer: MakePeer, name: object) -> None:
    await refuse_field(twin, peer, name, "b")


@both_twins
@pytest.mark.parametrize("value", ["b\r\n C: d", "b\r\n\tC: d", "b\n C: d", "b\r C: d"], ids=repr)
async def test_row_02_folded_header_value_is_refused(twin: Twin, peer: MakePeer, value: str) -> None:
    await refuse_field(twin, peer, "A", value)


@both_twins
@pytest.mark.parametrize("code", [*range(9), *range(10, 32), 127])
async def test_row_03_control_character_in_a_header_value_is_refused(
    twin: Twin, peer: MakePeer, code: int
) -> None:
    await refuse_field(twin, peer, "A", f"b{chr(code)}d")


@both_twins
async def test_row_03_tab_in_a_header_value_is_sent(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    connection = twin.http_client.HTTPConnection(server.host, server.port, timeout=5)
    await settle(connection.request("GET", "/", headers={"A": "b\td"}))
    await settle((await settle(connection.getresponse())).read())
    connection.close()
    assert b"\r\nA: b\td\r\n" in await heard(twin, server)


@both_twins
@pytest.mark.parametrize(
    "target",
    ["/a?b\r\nX: y", "/a\r\nX: y", "/a?b HTTP/1.1\r\nX: y", "/a b", "/a\x00", "/a\x7f", "/\n", "/\t"],
    ids=repr,
)
async def test_row_04_line_end_in_a_target_is_refused(twin: Twin, peer: MakePeer, target: str) -> None:
    client = twin.http_client
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises((client.InvalidURL, ValueError)):
        await settle(connection.request("GET", target))
    connection.close()
    assert server.conversations == []


@both_twins
@pytest.mark.parametrize("host", ["h\r\nX: y", "h\nX", "h\x00", "h h", "h\x7f", "127.0.0.1\r\n"], ids=repr)
async def test_row_05_line_end_in_a_host_is_refused_before_name_lookup(
    twin: Twin, host: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    looked_up: list[object] = []

    def look_up(*args: object, **_: object) -> list[object]:
        looked_up.append(args)
        return []

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    client = twin.http_client
    with pytest.raises((client.InvalidURL, ValueError)):
        await settle(client.HTTPConnection(host, 80, timeout=5).request("GET", "/"))
    assert looked_up == []


@both_twins
@pytest.mark.parametrize(
    "method",
    ["GET / HTTP/1.1\r\nX: y\r\n", "GET\n", "GET ", "G T", "", "GET\x00", "GÉT", "G(T", "G/T"],
    ids=repr,
)
async def test_row_06_method_that_is_no_token_is_refused(twin: Twin, peer: MakePeer, method: str) -> None:
    server = peer([])
    connection = twin.http_client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises(ValueError):
        await settle(connection.request(method, "/"))
    connection.close()
    assert server.conversations == []


@both_twins
@pytest.mark.parametrize(
    "host, headers",
    [
        ("h\r\nX: y", {}),
        ("h\nX", {}),
        ("h h", {}),
        ("h\x00", {}),
        ("h", {"A": "b\r\nC: d"}),
        ("h", {"A": "b\r\n C: d"}),
        ("h", {"A\r\nC": "d"}),
        ("h", {"A": "b\x00"}),
    ],
    ids=repr,
)
async def test_row_07_line_end_in_connect_is_refused(
    twin: Twin, peer: MakePeer, host: str, headers: dict[str, str]
) -> None:
    client = twin.http_client
    server = peer([])
    connection = client.HTTPConnection(server.host, server.port, timeout=5)
    with pytest.raises((ValueError, client.InvalidURL)):  # noqa: PT012  -- either step may refuse
        connection.set_tunnel(host, 80, headers=headers)
        await settle(connection.request("GET", "/"))
    connection.close()
    assert all(conversation.received == b"" for conversation in server.conversations)


@both_twins
@pytest.mark.parametrize("fault", ["wrong_host", "stranger", "expired"])
async def test_row_09_certificate_and_name_are_checked(
    twin: Twin, peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext, fault: str
) -> None:
    server = peer([request()], tls=make_server_tls(getattr(certificates, fault)))
    connection = twin.http_client.HTTPSConnection("localhost", server.port, timeout=5, context=client_tls)
    with pytest.raises(ssl.SSLCertVerificationError):
        await settle(connection.request("GET", "/"))
    connection.close()
    assert await heard(twin, server) == b""


@both_twins
async def test_row_09_certificates_are_checked_without_any_context(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext
) -> None:
    server = peer([request()], tls=server_tls)
    connection = twin.http_client.HTTPSConnection("localhost", server.port, timeout=5)
    with pytest.raises(ssl.SSLCertVerificationError):
        await settle(connection.request("GET", "/"))
    connection.close()
    assert await heard(twin, server) == b""


@both_twins
async def test_row_10_context_that_checks_names_is_never_used_without_one(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """Below HTTP, where streams are upgraded: no server_hostname, so there were nothing to check against."""
    net = importlib.import_module(f"wirekit._io.{'asynchronous' if twin.waits else 'blocking'}")
    server = peer([], tls=server_tls)
    sock = await settle(net.create_connection((server.host, server.port), 5.0))
    stream = sock if twin.waits else net.attach(sock, None)
    with pytest.raises(ValueError, match="check_hostname requires server_hostname"):
        await settle(stream.upgrade(client_tls, None))
    stream.close()
