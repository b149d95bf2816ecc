"""The HTTP client against nginx, in both twins."""

from __future__ import annotations

import base64
import gzip
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_nginx import BIG, PASSWORD, TEXT, USER, Nginx
from tests.fix_twins import Twin, both_twins, settle

if TYPE_CHECKING:
    from tests.fix_tls import Certificates

pytestmark = pytest.mark.interop


async def fetch(
    connection: Any, path: str, method: str = "GET", body: Any = None, **headers: str
) -> tuple[Any, bytes]:
    fields = {name.replace("_", "-"): value for name, value in headers.items()}
    await settle(connection.request(method, path, body, fields))
    response = await settle(connection.getresponse())
    return response, await settle(response.read())


def plain(twin: Twin, nginx: Nginx) -> Any:
    return twin.http_client.HTTPConnection("127.0.0.1", nginx.http, timeout=5)


@both_twins
async def test_every_framing_over_one_connection(twin: Twin, nginx: Nginx) -> None:
    connection = plain(twin, nginx)
    response, body = await fetch(connection, "/text.txt")
    sock = connection.sock
    assert (response.status, response.length, body) == (200, 0, TEXT)
    response, body = await fetch(connection, "/chunked")
    assert (response.chunked, body) == (True, TEXT)
    response, body = await fetch(connection, "/trailer")
    assert (response.trailers["X-Checksum"], body) == ("abc", TEXT)
    response, body = await fetch(connection, "/text.txt", Accept_Encoding="gzip")
    assert response.getheader("Content-Encoding") == "gzip"
    assert gzip.decompress(body) == TEXT
    assert (await fetch(connection, "/empty"))[1] == b""
    assert (await fetch(connection, "/text.txt", "HEAD"))[1] == b""
    assert (await fetch(connection, "/big.bin"))[1] == BIG
    assert b"page.txt" in (await fetch(connection, "/dir/"))[1]
    assert connection.sock is sock
    connection.close()


@both_twins
async def test_ranges(twin: Twin, nginx: Nginx) -> None:
    connection = plain(twin, nginx)
    response, body = await fetch(connection, "/big.bin", Range="bytes=10-19")
    assert (response.status, body) == (206, BIG[10:20])
    assert response.getheader("Content-Range") == f"bytes 10-19/{len(BIG)}"
    response, _ = await fetch(connection, "/big.bin", Range=f"bytes={len(BIG)}-")
    assert response.status == 416
    response, body = await fetch(connection, "/text.txt")
    response, body = await fetch(connection, "/text.txt", If_None_Match=response.getheader("ETag"))
    assert (response.status, body) == (304, b"")
    connection.close()


@both_twins
async def test_upload_and_what_came_of_it(twin: Twin, nginx: Nginx) -> None:
    connection = plain(twin, nginx)
    for name, body in {"bytes": b"abc", "blocks": iter([b"ab", b"c"]), "big": BIG}.items():
        path = f"/dav/{twin.name}-{name}"
        response, _ = await fetch(connection, path, "PUT", body)
        assert response.status == 201
        assert (await fetch(connection, path))[1] == (BIG if name == "big" else b"abc")
        assert (await fetch(connection, path, "DELETE"))[0].status == 204
        assert (await fetch(connection, path))[0].status == 404
    connection.close()


@both_twins
async def test_basic_password_and_redirect_are_seen(twin: Twin, nginx: Nginx) -> None:
    connection = plain(twin, nginx)
    response, _ = await fetch(connection, "/secret/page.txt")
    assert response.status == 401
    assert response.getheader("WWW-Authenticate") == 'Basic realm="secret place"'
    token = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()
    _, body = await fetch(connection, "/secret/page.txt", Authorization=f"Basic {token}")
    assert body == b"secret page\n"
    for code in (301, 302, 303, 307, 308):
        response, _ = await fetch(connection, f"/redirect/{code}")
        assert response.status == code
        assert response.getheader("Location").endswith(f"/echo?from={code}")
    connection.close()


@both_twins
async def test_hang_up_and_close(twin: Twin, nginx: Nginx) -> None:
    client = twin.http_client
    connection = plain(twin, nginx)
    with pytest.raises(client.RemoteDisconnected):
        await fetch(connection, "/gone")
    response, body = await fetch(connection, "/close")
    assert (response.will_close, body) == (True, b"bye\n")
    assert (await fetch(connection, "/echo"))[0].status == 200
    connection.close()


@both_twins
async def test_bad_request_is_answered(twin: Twin, nginx: Nginx) -> None:
    connection = plain(twin, nginx)
    connection.putrequest("GET", "/", skip_host=True)
    await settle(connection.endheaders())
    response = await settle(connection.getresponse())
    assert (response.status, response.will_close) == (400, True)
    await settle(response.read())
    connection.close()


@both_twins
async def test_tls_and_client_certificate(
    twin: Twin, nginx: Nginx, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    connection = twin.http_client.HTTPSConnection("localhost", nginx.https, timeout=5, context=client_tls)
    for path, expected in (("/text.txt", TEXT), ("/chunked", TEXT), ("/big.bin", BIG)):
        assert (await fetch(connection, path))[1] == expected
    connection.close()
    connection = twin.http_client.HTTPSConnection("localhost", nginx.mutual, timeout=5, context=client_tls)
    assert (await fetch(connection, "/"))[0].status == 400
    connection.close()
    client_tls.load_cert_chain(certificates.client)
    connection = twin.http_client.HTTPSConnection("localhost", nginx.mutual, timeout=5, context=client_tls)
    assert b"CN=alice" in (await fetch(connection, "/"))[1]
    connection.close()


@pytest.mark.parametrize("fault", ["wrong_host", "expired", "stranger"])
@both_twins
async def test_bad_certificate_is_refused(
    twin: Twin, nginx: Nginx, client_tls: ssl.SSLContext, fault: str
) -> None:
    connection = twin.http_client.HTTPSConnection(
        "localhost", getattr(nginx, fault), timeout=5, context=client_tls
    )
    with pytest.raises(ssl.SSLCertVerificationError):
        await settle(connection.request("GET", "/"))
    connection.close()


@both_twins
async def test_ipv6_and_both_families(twin: Twin, nginx: Nginx) -> None:
    for host in ("::1", "localhost"):
        connection = twin.http_client.HTTPConnection(host, nginx.http, timeout=5)
        _, body = await fetch(connection, "/echo")
        assert body.startswith(b"GET HTTP/1.1 /echo\n")
        connection.close()


@both_twins
async def test_reading_slowly_sent_bodies_in_pieces(twin: Twin, nginx: Nginx) -> None:
    connection = plain(twin, nginx)
    await settle(connection.request("GET", "/slow", headers={"Range": "bytes=0-70000"}))
    response = await settle(connection.getresponse())
    got = b""
    while block := await settle(response.read1(10_000)):
        got += block
    assert got == BIG[:70_001]
    connection.close()
