"""urllib.request against nginx, in both twins."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_nginx import BIG, PASSWORD, TEXT, USER, Nginx
from tests.fix_twins import Twin, both_twins, settle
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fix_tls import Certificates

pytestmark = [pytest.mark.interop, pytest.mark.usefixtures("kept_opener")]


async def open_url(twin: Twin, url: Any, data: Any = None, **options: Any) -> Any:
    return await settle(twin.module("urllib.request").urlopen(url, data, 10, **options))


async def get(twin: Twin, url: Any, data: Any = None, **options: Any) -> tuple[Any, bytes]:
    response = await open_url(twin, url, data, **options)
    try:
        return response, await settle(response.read())
    finally:
        response.close()


def at(nginx: Nginx, path: str) -> str:
    return f"http://127.0.0.1:{nginx.http}{path}"


@both_twins
async def test_every_framing_and_coding(twin: Twin, nginx: Nginx) -> None:
    for _ in range(2):
        response, body = await get(twin, at(nginx, "/text.txt"))
        assert (body, response.decoded) == (TEXT, ("gzip",))
        assert (await get(twin, at(nginx, "/chunked")))[1] == TEXT
        response, body = await get(twin, at(nginx, "/trailer"))
        assert (body, response.trailers["X-Checksum"]) == (TEXT, "abc")
        assert (await get(twin, at(nginx, "/big.bin")))[1] == BIG
        assert (await get(twin, at(nginx, "/empty")))[1] == b""
        assert b"page.txt" in (await get(twin, at(nginx, "/dir/")))[1]
    response = await open_url(twin, at(nginx, "/text.txt"))
    assert "ünicode" in await settle(response.text())
    response.close()


@pytest.mark.parametrize("code", [301, 302, 303, 307, 308])
@both_twins
async def test_redirects(twin: Twin, nginx: Nginx, code: int) -> None:
    web = twin.module("urllib.request")
    response, body = await get(twin, at(nginx, f"/redirect/{code}"))
    assert body.startswith(f"GET HTTP/1.1 /echo?from={code}\n".encode())
    assert response.url == at(nginx, f"/echo?from={code}")
    method = b"POST" if code in {307, 308} else b"GET"
    assert (await get(twin, web.Request(at(nginx, f"/redirect/{code}"), b"x")))[1].startswith(method + b" ")


@both_twins
async def test_endless_redirects(twin: Twin, nginx: Nginx) -> None:
    with pytest.raises(HTTPError, match="infinite loop") as caught:
        await get(twin, at(nginx, "/redirect/loop"))
    caught.value.close()


@pytest.mark.parametrize("way", ["url", "handler", "netrc"])
@both_twins
async def test_basic_password(twin: Twin, nginx: Nginx, tmp_path: Path, way: str) -> None:
    web = twin.module("urllib.request")
    url = at(nginx, "/secret/page.txt")
    with pytest.raises(HTTPError) as caught:
        await get(twin, url)
    assert caught.value.code == 401
    caught.value.close()
    if way == "url":
        url = url.replace("//", f"//{USER}:{PASSWORD}@")
    elif way == "handler":
        manager = web.HTTPPasswordMgr()
        manager.add_password("secret place", url, USER, PASSWORD)
        web.install_opener(web.build_opener(web.HTTPBasicAuthHandler(manager)))
    else:
        (tmp_path / "netrc").write_text(f"machine 127.0.0.1 login {USER} password {PASSWORD}\n")
        manager = web.HTTPPasswordMgrWithNetrc(tmp_path / "netrc")
        web.install_opener(web.build_opener(web.HTTPBasicAuthHandler(manager)))
    assert (await get(twin, url))[1] == b"secret page\n"


@both_twins
async def test_hang_ups(twin: Twin, nginx: Nginx) -> None:
    for path in ("/close", "/echo", "/close"):
        assert (await get(twin, at(nginx, path)))[1]
    with pytest.raises(twin.http_client.RemoteDisconnected):
        await get(twin, at(nginx, "/gone"))
    with pytest.raises((twin.http_client.RemoteDisconnected, URLError)) as caught:
        await get(twin, at(nginx, "/gone"), b"once")
    assert caught.value is not None
    assert (await get(twin, at(nginx, "/echo")))[1]


@both_twins
async def test_uploads(twin: Twin, nginx: Nginx, tmp_path: Path) -> None:
    web = twin.module("urllib.request")
    (tmp_path / "file").write_bytes(BIG)
    makers: dict[str, Callable[[], Any]] = {
        "bytes": lambda: BIG,
        "file": (tmp_path / "file").open,
        "blocks": lambda: iter([BIG]),
    }
    for name, make in makers.items():
        url = at(nginx, f"/dav/{twin.name}-request-{name}")
        seen: list[int] = []
        data = make("rb") if name == "file" else make()  # type: ignore[call-arg]  # of the file's alone

        def watch(done: int, _whole: int | None, seen: list[int] = seen) -> None:
            seen.append(done)

        wanted = web.Request(url, data, method="PUT", on_upload=watch)
        response, _ = await get(twin, wanted)
        assert response.status == 201
        assert seen[-1] == len(BIG)
        if hasattr(data, "close"):
            data.close()
        assert (await get(twin, url))[1] == BIG
        assert (await get(twin, web.Request(url, method="DELETE")))[0].status == 204


@both_twins
async def test_retrieving(twin: Twin, nginx: Nginx, tmp_path: Path) -> None:
    web = twin.module("urllib.request")
    seen: list[tuple[int, int, int]] = []
    path, headers = await settle(
        web.urlretrieve(at(nginx, "/big.bin"), tmp_path / "x", lambda *now: seen.append(now))
    )
    assert path.read_bytes() == BIG
    assert headers["Content-Length"] == str(len(BIG))
    assert seen[0] == (0, 8192, len(BIG))
    assert seen[-1] == (len(BIG) // 8192, 8192, len(BIG))


@both_twins
async def test_tls_and_client_certificate(
    twin: Twin, nginx: Nginx, client_tls: ssl.SSLContext, certificates: Certificates
) -> None:
    for _ in range(2):
        assert (await get(twin, f"https://localhost:{nginx.https}/text.txt", context=client_tls))[1] == TEXT
    with pytest.raises(HTTPError) as caught:
        await get(twin, f"https://localhost:{nginx.mutual}/", context=client_tls)
    assert caught.value.code == 400
    caught.value.close()
    known = ssl.create_default_context(cafile=str(certificates.authority))
    known.load_cert_chain(certificates.client)
    assert b"CN=alice" in (await get(twin, f"https://localhost:{nginx.mutual}/", context=known))[1]


@pytest.mark.parametrize("fault", ["wrong_host", "expired", "stranger"])
@both_twins
async def test_bad_certificate_is_refused(
    twin: Twin, nginx: Nginx, client_tls: ssl.SSLContext, fault: str
) -> None:
    with pytest.raises(URLError) as caught:
        await get(twin, f"https://localhost:{getattr(nginx, fault)}/", context=client_tls)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)


@both_twins
async def test_range_is_given_as_it_is(twin: Twin, nginx: Nginx) -> None:
    web = twin.module("urllib.request")
    response, body = await get(twin, web.Request(at(nginx, "/text.txt"), headers={"Range": "bytes=5-9"}))
    assert (response.status, body) == (206, TEXT[5:10])
