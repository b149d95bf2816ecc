"""Rows of the security table about proxies, kept connections and logins (35, 43 to 60), by urllib.request."""

from __future__ import annotations

import base64
import contextlib
import gc
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, Peer, ScriptError, request, send, start_tls
from tests.fix_tls import make_server_tls
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit import defaults
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fix_tls import Certificates

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
CONNECTED = b"HTTP/1.1 200 Connected\r\n\r\n"
LOGIN = b"Basic " + base64.b64encode(b"alice:s3cret")


def moved(location: str) -> bytes:
    return b"HTTP/1.1 302 Moved\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n" % location.encode()


def ask(challenge: str) -> bytes:
    return f"HTTP/1.1 401 Who\r\nWWW-Authenticate: {challenge}\r\nContent-Length: 0\r\n\r\n".encode("latin-1")


def url_of(server: Peer, path: str = "/", host: str = "127.0.0.1", scheme: str = "http") -> str:
    return f"{scheme}://{host}:{server.port}{path}"


def at(server: Peer) -> str:
    return f"{server.host}:{server.port}"


def serve(conversation: Conversation) -> None:
    """Answer one request after another until the client leaves."""
    with contextlib.suppress(ScriptError):
        while True:
            request()(conversation)
            conversation.send(OK)


async def get(opener: Any, url: Any) -> bytes:
    response = await settle(opener.open(url, timeout=5))
    try:
        body: bytes = await settle(response.read())
    finally:
        response.close()
    return body


async def refuse(opener: Any, url: Any, code: int = 401) -> None:
    with pytest.raises(HTTPError) as caught:
        await get(opener, url)
    assert caught.value.code == code
    caught.value.close()


async def count(twin: Twin, server: Peer) -> int:
    """How many connections were made; all must be closed."""
    for number in range(len(server.conversations)):
        await heard(twin, server, number)
    return len(server.conversations)


def handlers_for(web: Any, place: str, user: str = "alice", word: str = "s3cret") -> list[Any]:
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, place, user, word)
    return [web.HTTPBasicAuthHandler(manager), web.HTTPDigestAuthHandler(manager)]


# ---- proxies


@both_twins
async def test_row_43_proxys_login_never_goes_through_the_tunnel(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    web = twin.module("urllib.request")
    inside = [send(CONNECTED), start_tls(server_tls), *[request(), send(OK)] * 2]
    tunnel = peer([request(), *inside])
    server = peer([request(), send(moved("https://localhost/a"))])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://alice:s3cret@{at(tunnel)}"}), web.HTTPSHandler(context=client_tls)
    )
    assert await get(opener, url_of(server)) == b"ok"
    assert await get(opener, "https://localhost/b") == b"ok"  # over the kept tunnel
    opener.close()
    connect, *rest = (await heard(twin, tunnel)).split(b"\r\n\r\n")
    assert LOGIN in connect
    assert len([one for one in rest if one]) == 2
    assert not any(b"Proxy-Auth" in one for one in rest)


@both_twins
async def test_row_44_headers_for_the_origin_never_go_to_the_proxy(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    web = twin.module("urllib.request")
    proxy = peer([request(), send(CONNECTED), start_tls(server_tls), request(), send(OK)])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://{at(proxy)}"}), web.HTTPSHandler(context=client_tls)
    )
    opener.addheaders.append(("X-Opener-Key", "2"))
    headers = {"Authorization": "secret", "Cookie": "secret", "X-Api-Key": "secret"}
    assert await get(opener, web.Request("https://localhost/a", headers=headers)) == b"ok"
    opener.close()
    connect, _, inside = (await heard(twin, proxy)).partition(b"\r\n\r\n")
    assert [line.partition(b":")[0] for line in connect.split(b"\r\n")[1:]] == [b"Host"]
    assert inside.count(b"secret") == 3


@both_twins
async def test_row_45_proxy_and_its_login_are_chosen_afresh_per_hop(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    web = twin.module("urllib.request")
    second = peer([request(), send(CONNECTED), start_tls(server_tls), request(), send(OK)])
    first = peer([request(), send(moved("https://localhost/a"))])
    opener = web.build_opener(
        web.ProxyHandler({"http": f"http://alice:s3cret@{at(first)}", "https": f"http://{at(second)}"}),
        web.HTTPSHandler(context=client_tls),
    )
    with defaults.using(cross_origin_credentials=True):
        assert await get(opener, "http://origin.example/") == b"ok"
    opener.close()
    assert LOGIN in await heard(twin, first)
    assert b"Proxy-Auth" not in await heard(twin, second)


# ---- kept connections


@both_twins
async def test_row_46_connection_is_kept_for_the_same_settings_only(
    twin: Twin,
    peer: MakePeer,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    certificates: Certificates,
) -> None:
    """Each request differs from the one before in one thing that matters."""
    web = twin.module("urllib.request")
    server = peer([serve], tls=server_tls)
    handler = web.HTTPSHandler(context=client_tls)
    opener = web.build_opener(handler)
    url = url_of(server, host="localhost", scheme="https")
    assert await get(opener, url) == b"ok"
    client_tls.minimum_version = ssl.TLSVersion.TLSv1_3
    assert await get(opener, url) == b"ok"
    other = ssl.create_default_context(cafile=str(certificates.authority))
    other.load_cert_chain(certificates.client)
    handler._context = other
    assert await get(opener, url) == b"ok"
    assert await get(opener, url.replace("localhost", "127.0.0.1")) == b"ok"
    other.check_hostname = False
    assert await get(opener, url) == b"ok"
    assert await get(opener, url) == b"ok"
    opener.close()
    assert await count(twin, server) == 5


@both_twins
async def test_row_46_tunnel_is_kept_for_the_same_proxy_user_only(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    web = twin.module("urllib.request")
    proxy = peer([request(), send(CONNECTED), start_tls(server_tls), serve])
    opener = web.build_opener(web.HTTPSHandler(context=client_tls))
    for login in ("alice", "bob", "alice"):
        wanted = web.Request("https://localhost/")
        wanted.set_proxy(at(proxy), "http")
        wanted.add_unredirected_header("Proxy-Authorization", f"Basic {login}")
        assert await get(opener, wanted) == b"ok"
    opener.close()
    assert await count(twin, proxy) == 2


@both_twins
async def test_row_46_connection_to_a_proxy_is_not_one_to_its_host(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    both = peer([serve])
    opener = web.build_opener()
    for login in ("", "Basic alice"):
        wanted = web.Request("http://origin.example/")
        wanted.set_proxy(at(both), "http")
        if login:
            wanted.add_unredirected_header("Proxy-Authorization", login)
        assert await get(opener, wanted) == b"ok"
    opener.close()
    assert await count(twin, both) == 2


@pytest.mark.parametrize("way", ["profile", "context"])
@both_twins
async def test_row_47_unverified_connection_is_not_used_for_a_verified_request(
    twin: Twin, peer: MakePeer, certificates: Certificates, way: str
) -> None:
    web = twin.module("urllib.request")
    server = peer([serve], tls=make_server_tls(certificates.stranger))
    url = url_of(server, host="localhost", scheme="https")
    handler = web.HTTPSHandler()
    opener = web.build_opener(handler)
    if way == "profile":
        with defaults.using(verify_tls=False):
            assert await get(opener, url) == b"ok"
    else:
        handler._context = ssl._create_unverified_context()
        assert await get(opener, url) == b"ok"
        handler._context.verify_mode = ssl.CERT_REQUIRED
    with pytest.raises(URLError) as caught:
        await get(opener, url)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)
    opener.close()


# ---- netrc


@pytest.mark.parametrize(
    "url",
    [
        "http://evil.example:80;@trusted.example/",
        "http://trusted.example.evil.example/",
        "http://trusted.example@evil/",
    ],
)
@both_twins
async def test_row_48_netrc_is_asked_for_the_parsed_host_only(twin: Twin, tmp_path: Path, url: str) -> None:
    web = twin.module("urllib.request")
    path = tmp_path / "netrc"
    path.write_text(
        "machine trusted.example login alice password s3cret\nmachine evil.example login e password x\n"
    )
    manager = web.HTTPPasswordMgrWithNetrc(path)
    assert manager.find_user_password("r", url) == (None, None)  # another host, or another user


@both_twins
async def test_row_48_netrc_is_asked_again_per_hop(twin: Twin, peer: MakePeer, tmp_path: Path) -> None:
    web = twin.module("urllib.request")
    there = peer([request(), send(ask('Basic realm="r"'))])
    server = peer(
        [request(), send(ask('Basic realm="r"')), request(), send(moved(url_of(there, host="localhost")))]
    )
    path = tmp_path / "netrc"
    path.write_text("machine 127.0.0.1 login alice password s3cret\ndefault login d\n")
    opener = web.build_opener(web.HTTPBasicAuthHandler(web.HTTPPasswordMgrWithNetrc(path, default=True)))
    await refuse(opener, url_of(server))
    opener.close()
    assert LOGIN in await heard(twin, server)
    assert b"Authorization" not in await heard(twin, there)


@both_twins
async def test_row_49_netrc_gives_no_password_of_another_user(
    twin: Twin, peer: MakePeer, tmp_path: Path
) -> None:
    web = twin.module("urllib.request")
    path = tmp_path / "netrc"
    path.write_text("machine h.example login bob password s3cret\n")
    manager = web.HTTPPasswordMgrWithNetrc(path)
    assert manager.find_user_password("r", "https://alice@h.example/") == (None, None)
    assert manager.find_user_password("r", "https://bob@h.example/") == ("bob", "s3cret")


# ---- tokens and Digest


@both_twins
async def test_row_50_token_does_not_go_along_where_netrc_knows_the_target(
    twin: Twin, peer: MakePeer, tmp_path: Path
) -> None:
    web = twin.module("urllib.request")
    there = peer([request(), send(ask('Basic realm="r"')), request(), send(OK)])
    server = peer([request(), send(moved(url_of(there, host="localhost")))])
    path = tmp_path / "netrc"
    path.write_text("machine localhost login alice password s3cret\n")
    tokens = web.HTTPBearerAuthHandler()
    tokens.add_token(url_of(server), "t0ken")
    opener = web.build_opener(tokens, web.HTTPBasicAuthHandler(web.HTTPPasswordMgrWithNetrc(path)))
    assert await get(opener, url_of(server)) == b"ok"
    opener.close()
    assert b"Bearer t0ken" in await heard(twin, server)
    said = await heard(twin, there)
    assert b"t0ken" not in said
    assert said.count(LOGIN) == 1


@both_twins
async def test_row_51_digest_of_one_host_is_not_used_for_another(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    challenge = 'Digest realm="r", nonce="of-one", qop="auth"'
    one = peer([request(), send(ask(challenge)), *[request(), send(OK)] * 2])
    other = peer([request(), send(OK)])
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, [url_of(one), url_of(other)], "alice", "s3cret")
    opener = web.build_opener(web.HTTPDigestAuthHandler(manager))
    for server in (one, other, one):
        assert await get(opener, url_of(server)) == b"ok"
    opener.close()
    assert b"Authorization" not in await heard(twin, other)
    assert (await heard(twin, one)).count(b"of-one") == 2


@both_twins
async def test_row_51_digest_of_a_proxy_is_not_used_for_another(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    challenge = (
        ask('Digest realm="r", nonce="of-one", qop="auth"').replace(b"401", b"407").replace(b"WWW", b"Proxy")
    )
    one, other = peer([request(), send(challenge)], [request(), send(OK)]), peer([request(), send(OK)])
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(None, [at(one), at(other)], "alice", "s3cret")
    login = web.ProxyDigestAuthHandler(manager)
    for proxy in (one, other):
        opener = web.build_opener(web.ProxyHandler({"http": f"http://{at(proxy)}"}), login)
        assert await get(opener, "http://origin.example/") == b"ok"
        opener.close()
    assert b"of-one" in await heard(twin, one, 1)
    assert b"Authorization" not in await heard(twin, other)


# ---- whose password


@both_twins
async def test_row_52_password_for_https_is_not_sent_by_http(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    server = peer([request(), send(ask('Basic realm="r", Digest realm="r", nonce="n"'))])
    place = url_of(server, scheme="https")
    opener = web.build_opener(*handlers_for(web, place))
    await refuse(opener, url_of(server))
    opener.close()
    assert b"Authorization" not in await heard(twin, server)
    prior = web.HTTPPasswordMgrWithPriorAuth()
    prior.add_password(None, "https://h.example/", "alice", "s3cret", is_authenticated=True)
    assert not prior.is_authenticated("http://h.example/")
    assert prior.find_user_password(None, "http://h.example/") == (None, None)
    assert prior.find_user_password(None, "http://h.example:443/") == (None, None)


@both_twins
async def test_row_53_password_is_for_what_lies_below_a_path(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    server = peer([request(), send(ask('Basic realm="r"'))])
    opener = web.build_opener(*handlers_for(web, url_of(server, "/foo")))
    await refuse(opener, url_of(server, "/foobar"))
    opener.close()
    assert b"Authorization" not in await heard(twin, server)
    manager = web.HTTPPasswordMgr()
    for path, user in (("/", "top"), ("/a/b", "deep"), ("/a", "middle")):
        manager.add_password("r", f"http://h{path}", user, "x")
    for path, user in (("/a/b/c", "deep"), ("/a/bc", "middle"), ("/ab", "top"), ("/a/b/../c", "middle")):
        assert manager.find_user_password("r", f"http://h{path}")[0] == user


# ---- challenges


@pytest.mark.parametrize("piece", [",", ", ", "a=b,", 'a="', "\xa0", "Basic ", "a ", '"\\'])
def test_row_54_hostile_challenge_is_read_in_linear_time(piece: str) -> None:
    """Four times what a header may hold: more than linear time would not end within the test's limit."""
    from wirekit._wire.http_message import HTTPMessage

    web = Twin("blocking").module("urllib.request")
    headers = HTTPMessage.of([("WWW-Authenticate", "Basic " + piece * ((1 << 18) // len(piece)))])
    for handler in handlers_for(web, "http://h/"):
        assert handler.http_error_401(web.Request("http://h/"), None, 401, "", headers) is None


@pytest.mark.parametrize(
    "challenge",
    [
        "Digest ,",
        "Digest",
        "Digest realm",
        'Digest realm="r',
        'Digest realm="r", nonce="n", qop="what"',
        'Digest realm="r", nonce="n", algorithm=?',
        'Digest =, nonce="n"',
        'Digest nonce="',
        "Basic realm",
        'Basic realm="',
        "",
        "\x7f",
    ],
)
@both_twins
async def test_row_55_malformed_challenge_is_the_401_that_it_is(
    twin: Twin, peer: MakePeer, challenge: str
) -> None:
    web = twin.module("urllib.request")
    server = peer([request(), send(ask(challenge))])
    opener = web.build_opener(*handlers_for(web, url_of(server)))
    if challenge == "\x7f":
        with pytest.raises((HTTPError, twin.http_client.HTTPException)):
            await get(opener, url_of(server))
    else:
        await refuse(opener, url_of(server))
    opener.close()
    gc.collect()


@both_twins
async def test_row_58_certificate_of_a_proxy_is_checked_on_every_way(
    twin: Twin, peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    web = twin.module("urllib.request")
    proxy = peer([], tls=make_server_tls(certificates.stranger))
    opener = web.build_opener(
        web.ProxyHandler(
            {
                "https": f"https://alice:s3cret@localhost:{proxy.port}",
                "http": f"https://localhost:{proxy.port}",
            }
        ),
        web.HTTPSHandler(context=client_tls),
    )
    for url in ("https://localhost/", "http://localhost/"):
        with pytest.raises(URLError) as caught:
            await get(opener, url)
        assert isinstance(caught.value.reason, ssl.SSLCertVerificationError), url
    opener.close()
    assert all(not conversation.received for conversation in proxy.conversations)


@both_twins
async def test_row_59_no_referer_is_made_up_and_the_login_of_a_url_is_in_none(
    twin: Twin, peer: MakePeer
) -> None:
    web = twin.module("urllib.request")
    there = peer([request(), send(OK)])
    server = peer([request(), send(moved(url_of(there, "/b")))])
    opener = web.build_opener()
    assert await get(opener, f"http://alice:s3cret@127.0.0.1:{server.port}/a#fragment") == b"ok"
    opener.close()
    for said in (await heard(twin, server), await heard(twin, there)):
        assert b"referer" not in said.lower()
        assert b"s3cret" not in said
        assert b"fragment" not in said
    assert b"Authorization" not in await heard(twin, there)


@both_twins
async def test_row_60_empty_quoted_password_does_not_end_the_file(twin: Twin, tmp_path: Path) -> None:
    web = twin.module("urllib.request")
    path = tmp_path / "netrc"
    path.write_text('machine a login x password ""\nmachine b login y password z\n')
    manager = web.HTTPPasswordMgrWithNetrc(path)
    assert manager.find_user_password("r", "http://a/") == ("x", "")
    assert manager.find_user_password("r", "http://b/") == ("y", "z")


@both_twins
async def test_row_35_cookies_of_a_jar_stay_with_their_host(twin: Twin, peer: MakePeer) -> None:
    web = twin.module("urllib.request")
    there = peer([request(), send(OK)])
    cookie = b"HTTP/1.1 302 Found\r\nSet-Cookie: session=s3cret\r\nLocation: %b\r\nContent-Length: 0\r\n\r\n"
    server = peer([request(), send(cookie % url_of(there, host="localhost").encode())])
    opener = web.build_opener(web.HTTPCookieProcessor())
    assert await get(opener, url_of(server)) == b"ok"
    opener.close()
    assert b"s3cret" not in await heard(twin, there)


@both_twins
async def test_row_57_no_proxy_matches_at_a_dot_and_by_network(
    twin: Twin, monkeypatch: pytest.MonkeyPatch
) -> None:
    web = twin.module("urllib.request")
    monkeypatch.setenv("no_proxy", "ample.com,10.0.0.0/8")
    assert not web.proxy_bypass("example.com")
    assert web.proxy_bypass("ex.ample.com")
    assert web.proxy_bypass("10.9.9.9")
    assert not web.proxy_bypass("110.9.9.9")
