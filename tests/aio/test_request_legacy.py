"""URLopener and FancyURLopener, as old scripts use them."""

from __future__ import annotations

import builtins
import getpass
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Peer, close, request, send, start_tls
from wirekit._io import tls
from wirekit._io.asynchronous import ASYNC
from wirekit.aio.urllib import request as web
from wirekit.urllib.error import ContentTooShortError, HTTPError, URLError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from tests.fix_ftpd import Served

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry"
WHO = b'HTTP/1.1 401 Who\r\nWWW-Authenticate: Basic realm="r"\r\nContent-Length: 0\r\n\r\n'
WHO_THERE = WHO.replace(b"401", b"407").replace(b"WWW", b"Proxy")


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


def make(kind: Any = None, *args: Any, **more: Any) -> Any:
    with pytest.warns(DeprecationWarning, match="style of invoking requests is deprecated"):
        return (kind or web.FancyURLopener)(*args, **more)


def moved_to(place: str, status: int = 302) -> bytes:
    return f"HTTP/1.1 {status} Moved\r\nLocation: {place}\r\nContent-Length: 0\r\n\r\n".encode()


async def get(opener: Any, url: str, data: Any = None) -> tuple[int | None, bytes]:
    async with await opener.open(url, data) as response:
        return response.code, await response.read()


async def test_url_is_opened(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    opener = make()
    opener.addheader("X-Mine", "1")
    async with await opener.open(url_of(server, "/a b?c")) as response:
        assert response.geturl() == url_of(server, "/a%20b?c")
        assert response.info()["Content-Length"] == "2"
        assert await response.read() == b"ok"
    lines = (await heard(server)).split(b"\r\n")
    assert lines[0] == b"GET /a%20b?c HTTP/1.1"
    assert {b"Connection: close", b"X-Mine: 1", b"Accept: */*"} <= set(lines)


async def test_data_is_posted(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    assert await get(make(), url_of(server), b"a=1") == (200, b"ok")
    said = await heard(server)
    assert said.startswith(b"POST / ")
    assert b"\r\nContent-Type: application/x-www-form-urlencoded\r\n" in said


async def test_status_is_a_result_of_one_and_an_error_of_the_other(peer: MakePeer) -> None:
    server = peer([request(), send(MISSING)])
    assert await get(make(), url_of(server)) == (404, b"sorry")
    with pytest.raises(HTTPError) as caught:
        await get(make(web.URLopener), url_of(server))
    assert caught.value.code == 404


async def test_method_of_a_status_is_called(peer: MakePeer) -> None:
    class Mine(web.FancyURLopener):
        def http_error_404(
            self, url: str, fp: Any, code: int, message: str, headers: Any, data: Any = None
        ) -> Any:
            fp.close()
            return web.DataHandler().data_open(web.Request(f"data:,{code}-{message}-{data}"))

    server = peer([request(), send(MISSING)])
    assert (await get(make(Mine), url_of(server), b"x"))[1] == b"404-Not Found-b'x'"


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
async def test_redirect_is_followed(peer: MakePeer, status: int) -> None:
    server = peer([request(), send(moved_to("/b", status))], [request(), send(OK)])
    assert await get(make(), url_of(server, "/a")) == (200, b"ok")
    assert (await heard(server, 1)).startswith(b"GET /b ")


@pytest.mark.parametrize("status", [307, 308])
async def test_redirect_of_a_post_is_left_to_the_program(peer: MakePeer, status: int) -> None:
    server = peer([request(), send(moved_to("/b", status))])
    assert (await get(make(), url_of(server, "/a"), b"x"))[0] == status


@pytest.mark.parametrize("place", ["file:///etc/passwd", "ftp://h/", "gopher://h/"])
async def test_redirect_to_elsewhere_is_refused(peer: MakePeer, place: str) -> None:
    server = peer([request(), send(moved_to(place))])
    with pytest.raises(HTTPError, match="not allowed"):
        await get(make(), url_of(server))


async def test_endless_redirects_end(peer: MakePeer) -> None:
    server = peer([request(), send(moved_to("/"))])
    status, _ = await get(make(), url_of(server))
    assert status == 500
    assert len(server.conversations) == 10


async def test_redirect_without_a_place_is_a_response(peer: MakePeer) -> None:
    server = peer([request(), send(moved_to("x").replace(b"Location: x\r\n", b""))])
    assert (await get(make(), url_of(server)))[0] == 302


async def test_broken_status_line_is_a_urlerror(peer: MakePeer) -> None:
    server = peer([request(), send(b"garbage\r\n\r\n"), close()])
    with pytest.raises(URLError, match="bad status line"):
        await get(make(), url_of(server))


async def test_refused_connection_is_an_oserror() -> None:
    with pytest.raises(OSError, match="socket error"):
        await get(make(), "http://127.0.0.1:1/")


@pytest.mark.parametrize("url", ["gopher://h/", "local_file:///etc/passwd", "http:/no-host"])
async def test_url_that_cannot_be_opened_is_an_oserror(url: str) -> None:
    with pytest.raises(OSError):
        await get(make(), url)


# ---- logins


async def test_login_of_the_url_is_sent(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    await get(make(), f"http://a:b%40@{server.host}:{server.port}/")
    said = await heard(server)
    assert b"\r\nAuthorization: Basic YTpiQA==\r\n" in said
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % server.port in said


class Asking(web.FancyURLopener):
    """Asks nobody, and says so."""

    asked: tuple[Any, ...] = ()

    async def http_error_401(self, *args: Any, **more: Any) -> Any:
        more["retry"] = True
        return await super().http_error_401(*args, **more)

    async def http_error_407(self, *args: Any, **more: Any) -> Any:
        more["retry"] = True
        return await super().http_error_407(*args, **more)

    async def prompt_user_passwd(self, host: str, realm: str) -> tuple[str, str]:
        self.asked = (*self.asked, (host, realm))
        return "us er", "p:w"


LOGIN = b"Authorization: Basic dXMgZXI6cDp3\r\n"


async def test_password_is_asked_for_and_remembered(peer: MakePeer) -> None:
    server = peer(
        [request(), send(WHO)], [request(), send(OK)], [request(), send(WHO)], [request(), send(OK)]
    )
    opener = make(Asking)
    for _ in range(2):
        assert await get(opener, url_of(server, "/x")) == (200, b"ok")
    assert opener.asked == ((f"{server.host}:{server.port}", "r"),)
    assert [LOGIN in await heard(server, number) for number in range(4)] == [False, True, False, True]


async def test_password_of_a_proxy_is_asked_for(peer: MakePeer) -> None:
    proxy = peer([request(), send(WHO_THERE)], [request(), send(OK)])
    opener = make(Asking, {"http": f"http://{proxy.host}:{proxy.port}"})
    assert await get(opener, "http://origin.example/x") == (200, b"ok")
    said = await heard(proxy, 1)
    assert said.startswith(b"GET http://origin.example/x ")
    assert b"\r\nProxy-" + LOGIN in said


@pytest.mark.parametrize("field", ["", "WWW-Authenticate: Digest x=y\r\n"])
async def test_other_challenges_are_an_error(peer: MakePeer, field: str) -> None:
    answer = f"HTTP/1.1 401 Who\r\n{field}Content-Length: 0\r\n\r\n".encode()
    server = peer([request(), send(answer)])
    with pytest.raises(HTTPError):
        await get(make(Asking), url_of(server))


async def test_user_is_asked_at_the_terminal(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(builtins, "input", lambda question: f"user<{question}>")
    monkeypatch.setattr(getpass, "getpass", lambda question: "word")
    assert await make().prompt_user_passwd("h", "r") == ("user<Enter username for r at h: >", "word")
    if not ASYNC:  # Ctrl-C breaks off the whole loop

        def interrupt(_question: str) -> str:
            raise KeyboardInterrupt

        monkeypatch.setattr(builtins, "input", interrupt)
        assert await make().prompt_user_passwd("h", "r") == (None, None)


# ---- proxies and TLS


async def test_tls_is_spoken(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tls, "shared_context", lambda: client_tls)
    server = peer([request(), send(OK)], tls=server_tls)
    assert await get(make(), f"https://localhost:{server.port}/") == (200, b"ok")


async def test_https_goes_through_a_tunnel(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The standard library asks the proxy for the whole URL, in the clear."""
    monkeypatch.setattr(tls, "shared_context", lambda: client_tls)
    proxy = peer([request(), send(b"HTTP/1.1 200 OK\r\n\r\n"), start_tls(server_tls), request(), send(OK)])
    opener = make(None, {"https": f"http://a:b@{proxy.host}:{proxy.port}"})
    assert await get(opener, "https://localhost/x") == (200, b"ok")
    connect, _, inside = (await heard(proxy)).partition(b"\r\n\r\n")
    assert connect.startswith(b"CONNECT localhost:443 ")
    assert b"Proxy-Authorization: Basic YTpi" in connect
    assert inside.startswith(b"GET /x HTTP/1.1\r\n")
    assert b"Authorization" not in inside


async def test_proxies_that_are_not_understood_are_refused() -> None:
    for proxy in ("https://proxy:1", "socks5://proxy:1"):
        with pytest.raises(OSError, match="proxy"):
            await get(make(None, {"http": proxy}), "http://origin.example/")
    with pytest.raises(TypeError, match="mapping"):
        make(None, [])


async def test_excepted_host_is_reached_without(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    server = peer([request(), send(OK)])
    assert await get(make(None, {"http": "http://u:p@127.0.0.1:1"}), url_of(server, "/x")) == (200, b"ok")
    said = await heard(server)
    assert said.startswith(b"GET /x ")
    assert b"Proxy-Authorization" not in said


# ---- files


async def test_local_file_is_opened(tmp_path: Path) -> None:
    path = tmp_path / "a b.txt"
    path.write_bytes(b"local")
    opener = make()
    for url in (path.as_uri(), f"file:{path}", str(path), f"file://localhost{path}"):
        async with await opener.open(url) as response:
            assert await response.read() == b"local"
            assert response.headers["Content-Type"] == "text/plain"
    with pytest.raises(ValueError, match="only on localhost"):
        await opener.open(f"file://elsewhere.example{path}")
    with pytest.raises(URLError) as caught:
        await opener.open(f"file:{path}.none")
    assert caught.value.filename
    for scheme in ("file", "ftp", "data"):
        with pytest.raises(OSError, match="proxy"):
            await make(None, {scheme: f"{scheme}://h:1"}).open(f"{scheme}:x")


async def test_data_is_opened() -> None:
    assert await get(make(), "data:text/plain,a%20b") == (None, b"a b")
    with pytest.raises(OSError, match="bad data URL"):
        await get(make(), "data:nonsense")


async def test_ftp_is_opened_over_a_kept_connection(ftpd: Served) -> None:
    (ftpd.path / "a.txt").write_bytes(b"by ftp")
    opener = make()
    opener.ftpcache = {}
    for _ in range(2):
        assert await get(opener, ftpd.url() + "/a.txt") == (None, b"by ftp")
    (wrapper,) = opener.ftpcache.values()
    wrapper.close()


# ---- retrieving


async def test_url_is_retrieved_into_a_temporary_file(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    opener = make()
    seen: list[tuple[int, int, int]] = []
    name, headers = await opener.retrieve(
        url_of(server, "/folder/a.txt?q"), reporthook=lambda *now: seen.append(now)
    )
    assert name.endswith(".txt")
    assert Path(name).read_bytes() == b"ok"
    assert headers["Content-Length"] == "2"
    assert seen == [(0, 8192, 2), (1, 8192, 2)]
    opener.close()
    assert not os.path.exists(name)


async def test_what_was_retrieved_may_be_kept(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(OK)])
    opener = make()
    opener.tempcache = {}
    kept = await opener.retrieve(url_of(server), tmp_path / "x")
    assert await opener.retrieve(url_of(server)) == kept
    assert await get(opener, url_of(server)) == (None, b"ok")
    assert len(server.conversations) == 1


async def test_local_file_is_not_copied(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(b"x")
    assert (await make().retrieve(path.as_uri()))[0] == str(path)


async def test_short_file_is_an_error(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(OK.replace(b": 2", b": 9")), close()])
    with pytest.raises(ContentTooShortError):
        await make().retrieve(url_of(server), tmp_path / "x")
