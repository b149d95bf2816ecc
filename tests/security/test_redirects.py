"""Rows of the security table about opening URLs: injection (4, 5, 8), redirects and credentials (31 to 41), httpoxy."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, request, send
from tests.fix_twins import Twin, both_twins, settle
from wirekit import defaults
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("plain_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
SECRETS = {"Authorization": "Basic secret", "Cookie": "session=1", "Proxy-Authorization": "Basic proxy"}
STATUSES = pytest.mark.parametrize("status", [301, 302, 303, 307, 308])


def moved(location: str, status: int = 302) -> bytes:
    return b"HTTP/1.1 %d Moved\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % (status, location.encode())


def url_of(server: Peer, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{server.port}{path}"


def names_of(said: bytes) -> set[str]:
    head = said.partition(b"\r\n\r\n")[0]
    return {line.partition(b":")[0].decode().lower() for line in head.split(b"\r\n")[1:]}


def said_to(server: Peer, index: int = 0) -> bytes:
    return bytes(server.conversations[index].received)


async def fetch(twin: Twin, url: str, headers: dict[str, str], **options: Any) -> None:
    web = twin.module("urllib.request")
    data = options.pop("data", None)
    response = await settle(web.urlopen(web.Request(url, data, headers), timeout=5, **options))
    assert await settle(response.read()) == b"ok"
    response.close()


async def refuse(twin: Twin, url: str) -> HTTPError:
    with pytest.raises(HTTPError) as caught:
        await settle(twin.module("urllib.request").urlopen(url, timeout=5))
    caught.value.close()
    return caught.value


SECRET_NAMES = {name.lower() for name in SECRETS}


@both_twins
@pytest.mark.parametrize(
    "part", ["?b\r\nX: y", "/b\r\nX: y", "?b\nX: y", "?b X: y", "/\x00", "?\x7f"], ids=repr
)
async def test_row_04_line_end_in_path_or_query_never_connects(twin: Twin, peer: MakePeer, part: str) -> None:
    server = peer([])
    with pytest.raises((ValueError, twin.http_client.InvalidURL)):
        await settle(twin.module("urllib.request").urlopen(url_of(server, "/a" + part)))
    assert server.conversations == []


@both_twins
@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize("host", ["h\r\nX: y:80", "h\nX", "h X", "h\x00", "h%0d%0aX:y", "h%20x"], ids=repr)
async def test_row_05_line_end_in_the_host_is_never_looked_up(
    twin: Twin, monkeypatch: pytest.MonkeyPatch, profile: str, host: str
) -> None:
    def look_up(*_: Any) -> None:
        message = f"{host!r} was looked up"
        raise AssertionError(message)

    monkeypatch.setattr("socket.getaddrinfo", look_up)
    with defaults.using(profile), pytest.raises((ValueError, twin.http_client.InvalidURL)):
        await settle(twin.module("urllib.request").urlopen(f"http://{host}/"))


@both_twins
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=repr)
async def test_row_08_line_end_in_a_media_type_is_refused(twin: Twin, end: str) -> None:
    with pytest.raises(ValueError):
        await settle(twin.module("urllib.request").urlopen(f"data:text/html;x={end}X-Inj: 1,abc"))


@both_twins
@STATUSES
async def test_row_31_credentials_stay_behind_when_the_port_changes(
    twin: Twin, peer: MakePeer, status: int
) -> None:
    target = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(target), status))])
    await fetch(twin, url_of(server), {**SECRETS, "X-Api-Key": "k"})
    assert names_of(said_to(server)) >= SECRET_NAMES
    assert not SECRET_NAMES & names_of(said_to(target))
    assert "x-api-key" in names_of(said_to(target))


@both_twins
async def test_row_31_more_secret_headers_can_be_named(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")

    class Careful(web.HTTPRedirectHandler):  # type: ignore[name-defined, misc]  # of the twin at hand
        credential_fields = web.HTTPRedirectHandler.credential_fields | {"x-api-key"}

    target = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(target)))])
    wanted = web.Request(url_of(server), headers={"X-API-Key": "k"})
    response = await settle(web.build_opener(Careful).open(wanted, timeout=5))
    response.close()
    assert "x-api-key" in names_of(said_to(server))
    assert "x-api-key" not in names_of(said_to(target))


@both_twins
async def test_row_31_credentials_go_along_within_the_origin(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(moved("/there"))], [request(), send(OK)])
    await fetch(twin, url_of(server), SECRETS)
    assert names_of(said_to(server, 1)) >= SECRET_NAMES


@both_twins
async def test_row_31_credentials_do_not_come_back(twin: Twin, peer: MakePeer) -> None:
    way_back = peer([request()])
    server = peer([request(), send(moved(url_of(way_back)))], [request(), send(OK)])
    way_back.scripts = ([request(), send(moved(url_of(server)))],)
    await fetch(twin, url_of(server), SECRETS)
    assert not SECRET_NAMES & names_of(said_to(server, 1))


@both_twins
async def test_row_31_stdlib_profile_keeps_what_it_kept(twin: Twin, peer: MakePeer) -> None:
    target = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(target)))])
    with defaults.using("stdlib"):
        await fetch(twin, url_of(server), SECRETS)
    assert names_of(said_to(target)) >= SECRET_NAMES


@both_twins
@pytest.mark.parametrize("spelling", ["authorization", "AUTHORIZATION", "aUTHORIZATION"])
async def test_row_32_credentials_are_known_in_any_case(twin: Twin, peer: MakePeer, spelling: str) -> None:
    web = twin.module("urllib.request")
    target = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(target)))])
    wanted = web.Request(url_of(server))
    wanted.headers[spelling] = "Basic secret"  # past add_header, which would spell it anew
    response = await settle(web.urlopen(wanted, timeout=5))
    response.close()
    assert "authorization" in names_of(said_to(server))
    assert "authorization" not in names_of(said_to(target))


@both_twins
async def test_row_33_credentials_stay_behind_on_a_downgrade(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    target = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(target, host="localhost")))], tls=server_tls)
    with defaults.using(redirect_downgrade=True):
        await fetch(twin, url_of(server, host="localhost", scheme="https"), SECRETS, context=client_tls)
    assert names_of(said_to(server)) >= SECRET_NAMES
    assert not SECRET_NAMES & names_of(said_to(target))


@both_twins
async def test_row_34_credentials_stay_behind_when_the_host_changes(twin: Twin, peer: MakePeer) -> None:
    server = peer([request()], [request(), send(OK)])
    server.scripts = ([request(), send(moved(url_of(server, host="localhost")))], [request(), send(OK)])
    await fetch(twin, url_of(server), SECRETS)
    assert names_of(said_to(server)) >= SECRET_NAMES
    assert not SECRET_NAMES & names_of(said_to(server, 1))


@both_twins
async def test_row_35_unredirected_cookies_stay_behind_everywhere(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    target = peer([request(), send(OK)])
    server = peer([request(), send(moved("/there"))], [request(), send(moved(url_of(target)))])
    wanted = web.Request(url_of(server))
    wanted.add_unredirected_header("Cookie", "session=1")
    response = await settle(web.urlopen(wanted, timeout=5))
    response.close()
    assert "cookie" in names_of(said_to(server))
    assert "cookie" not in names_of(said_to(server, 1)) | names_of(said_to(target))


@both_twins
async def test_row_36_other_protocol_is_another_origin(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    target = peer([request(), send(OK)], tls=server_tls)
    server = peer([request(), send(moved(url_of(target, host="localhost", scheme="https")))])
    await fetch(twin, url_of(server, host="localhost"), SECRETS, context=client_tls)
    assert names_of(said_to(server)) >= SECRET_NAMES
    assert not SECRET_NAMES & names_of(said_to(target))


@both_twins
async def test_row_37_login_of_the_url_and_own_host_field_stay_behind(twin: Twin, peer: MakePeer) -> None:
    target = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(target)))])
    await fetch(twin, url_of(server, host="user:pw@127.0.0.1"), {"Host": "first.example"})
    assert b"\r\nHost: first.example\r\n" in said_to(server)
    assert "authorization" in names_of(said_to(server))
    assert "authorization" not in names_of(said_to(target))
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % target.port in said_to(target)


@both_twins
@pytest.mark.parametrize("status", [301, 302, 303])
async def test_row_38_body_stays_behind_when_the_method_changes(
    twin: Twin, peer: MakePeer, status: int
) -> None:
    server = peer([request(), send(moved("/there", status))], [request(), send(OK)])
    fields = {"Content-Type": "a/b", "Content-Encoding": "x", "Content-Language": "tlh", "Content-MD5": "y"}
    await fetch(twin, url_of(server), fields, data=b"secret body")
    assert b"secret body" in said_to(server)
    second = said_to(server, 1)
    assert second.startswith(b"GET /there ")
    assert b"secret" not in second
    assert not {name for name in names_of(second) if name.startswith(("content-", "transfer-"))}


@both_twins
@STATUSES
@pytest.mark.parametrize("profile", ["safe", "stdlib"])
async def test_row_39_redirect_to_a_file_is_refused(
    twin: Twin, peer: MakePeer, tmp_path: Path, status: int, profile: str
) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    server = peer([request(), send(moved(f"file://{secret}", status))])
    with defaults.using(profile):
        failure = await refuse(twin, url_of(server))
    assert failure.code == status
    assert "is not allowed" in str(failure)


@both_twins
async def test_row_40_redirect_to_ftp_is_refused(twin: Twin, peer: MakePeer) -> None:
    internal = peer([])
    server = peer([request(), send(moved(url_of(internal, scheme="ftp")))])
    failure = await refuse(twin, url_of(server))
    assert "would leave http for ftp" in str(failure)
    assert internal.conversations == []


@both_twins
@pytest.mark.parametrize("scheme", ["local_file", "local-file", "LOCAL_FILE", "url:local_file"])
async def test_row_41_local_file_is_no_scheme(twin: Twin, tmp_path: Path, scheme: str) -> None:
    secret = tmp_path / "secret"
    secret.write_text("secret")
    with pytest.raises(URLError, match="unknown url type"):
        await settle(twin.module("urllib.request").urlopen(f"{scheme}://{secret}"))


@both_twins
async def test_row_41_redirect_to_local_file_is_refused(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(moved("local_file:///etc/passwd"))])
    await refuse(twin, url_of(server))


@both_twins
async def test_row_42_limit_of_the_profile_holds_for_every_opener(twin: Twin, peer: MakePeer) -> None:
    server = peer(*([request(), send(moved(f"/{number}"))] for number in range(9)))
    with defaults.using(max_redirects=3):
        await refuse(twin, url_of(server, "/start"))
    assert len(server.conversations) == 4


@both_twins
async def test_row_56_field_called_proxy_is_not_believed(
    twin: Twin, peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    evil = peer([])
    server = peer([request(), send(OK)])
    monkeypatch.setenv("REQUEST_METHOD", "GET")
    monkeypatch.setenv("HTTP_PROXY", url_of(evil))
    twin.module("urllib.request").install_opener(None)
    await fetch(twin, url_of(server), {})
    assert evil.conversations == []


@both_twins
@pytest.mark.parametrize("exceptions, direct", [("7.0.0.1", False), ("127.0.0.1", True)])
async def test_row_57_exceptions_begin_at_a_dot(
    twin: Twin, peer: MakePeer, monkeypatch: pytest.MonkeyPatch, exceptions: str, direct: bool
) -> None:
    proxy, server = peer([request(), send(OK)]), peer([request(), send(OK)])
    monkeypatch.setenv("http_proxy", url_of(proxy))
    monkeypatch.setenv("no_proxy", exceptions)
    twin.module("urllib.request").install_opener(None)
    await fetch(twin, url_of(server), {})
    assert (len(server.conversations), len(proxy.conversations)) == ((1, 0) if direct else (0, 1))
