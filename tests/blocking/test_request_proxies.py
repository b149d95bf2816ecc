# Generated from tests/aio/test_request_proxies.py by tools/unasync.py; edit that file.
"""Proxies: plain, by tunnel, over TLS, and which one is used."""

from __future__ import annotations

import ssl
import sys
import types
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, close, expect, request, send, start_tls
from tests.relay import relay
from wirekit import defaults
from wirekit.urllib import request as web
from wirekit.urllib.error import URLError

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fix_tls import Certificates

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("plain_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
TUNNEL = b"HTTP/1.1 200 Connected\r\n\r\n"


def address(server: Peer) -> str:
    return f"{server.host}:{server.port}"


def fetch(opener: Any, url: Any) -> None:
    with opener.open(url, timeout=5) as response:
        assert response.read() == b"ok"


def test_proxy_is_asked_for_the_whole_url(peer: MakePeer) -> None:
    proxy = peer([request(), send(OK)])
    opener = web.build_opener(web.ProxyHandler({"http": f"http://{address(proxy)}"}))
    fetch(opener, "http://user:pw@origin.example:81/ä?b#c")
    lines = heard(proxy).split(b"\r\n")
    assert lines[0] == b"GET http://origin.example:81/%C3%A4?b HTTP/1.1"
    assert b"Host: origin.example:81" in lines


@pytest.mark.parametrize("form", ["http://{}", "http://{}/", "{}"])
def test_proxy_is_named_in_any_usual_form(peer: MakePeer, form: str) -> None:
    proxy = peer([request(), send(OK)])
    fetch(web.build_opener(web.ProxyHandler({"http": form.format(address(proxy))})), "http://origin.example/")
    assert heard(proxy).startswith(b"GET http://origin.example/ ")


@pytest.mark.parametrize(
    "login, sent",
    [("Aladdin:open%20sesame", b"QWxhZGRpbjpvcGVuIHNlc2FtZQ=="), ("alone", b"YWxvbmU6")],
)
def test_proxys_login_is_sent_to_it(peer: MakePeer, login: str, sent: bytes) -> None:
    proxy = peer([request(), send(OK)])
    opener = web.build_opener(web.ProxyHandler({"http": f"http://{login}@{address(proxy)}"}))
    fetch(opener, "http://origin.example/")
    assert b"\r\nProxy-Authorization: Basic " + sent + b"\r\n" in heard(proxy)


def test_proxys_login_does_not_go_along_with_a_redirect(
    peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = peer([request(), send(OK)])
    moved = (
        b"HTTP/1.1 302 Moved\r\nLocation: http://%b/\r\nContent-Length: 0\r\n\r\n" % address(server).encode()
    )
    proxy = peer([request(), send(moved)])
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    opener = web.build_opener(web.ProxyHandler({"http": f"http://u:p@{address(proxy)}"}))
    with defaults.using(cross_origin_credentials=True):  # those are the origin's; this one never was
        fetch(opener, "http://origin.example/")
    assert b"Proxy-Authorization" in heard(proxy)
    assert b"Proxy-Authorization" not in heard(server)


def test_https_goes_through_a_tunnel(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    proxy = peer([request(), send(TUNNEL), start_tls(server_tls), request(), send(OK)])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://u:p@{address(proxy)}"}), web.HTTPSHandler(context=client_tls)
    )
    fetch(opener, web.Request("https://someone:pw@localhost/a", headers={"Cookie": "secret"}))
    head, _, inside = heard(proxy).partition(b"\r\n\r\n")
    assert head.split(b"\r\n") == [
        b"CONNECT localhost:443 HTTP/1.1",
        b"Proxy-Authorization: Basic dTpw",
        b"Host: localhost:443",
    ]
    assert inside.startswith(b"GET /a HTTP/1.1\r\n")
    assert b"\r\nHost: localhost\r\n" in inside
    assert b"\r\nCookie: secret\r\n" in inside
    assert b"Proxy-Authorization" not in inside


@pytest.mark.parametrize("form", ["{}", "http://{}"])
def test_tunnel_is_asked_for_in_the_clear_unless_the_proxy_is_named_https(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, form: str
) -> None:
    proxy = peer([request(), send(TUNNEL), start_tls(server_tls), request(), send(OK)])
    opener = web.build_opener(
        web.ProxyHandler({"https": form.format(address(proxy))}), web.HTTPSHandler(context=client_tls)
    )
    fetch(opener, "https://localhost/a")
    assert heard(proxy).startswith(b"CONNECT localhost:443 ")


def test_request_may_be_directed_to_a_proxy_by_hand(peer: MakePeer) -> None:
    proxy = peer([request(), send(OK)])
    wanted = web.Request("http://user:pw@origin.example/a")
    wanted.set_proxy(address(proxy), "http")
    fetch(web.build_opener(), wanted)
    said = heard(proxy)
    assert said.startswith(b"GET http://origin.example/a HTTP/1.1\r\n")
    assert b"\r\nHost: origin.example\r\n" in said


def test_one_proxy_is_enough(peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    proxy, other = peer([request(), send(OK)], tls=server_tls), peer([])
    opener = web.build_opener(
        web.ProxyHandler({"http": f"https://localhost:{proxy.port}", "https": f"http://{address(other)}"}),
        web.HTTPSHandler(context=client_tls),
    )
    wanted = web.Request("http://origin.example/a")
    fetch(opener, wanted)
    assert heard(proxy).startswith(b"GET http://origin.example/a ")
    assert other.conversations == []


def test_request_through_a_tunnel_may_be_opened_again(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    proxy = peer([request(), send(TUNNEL), start_tls(server_tls), request(), send(OK)])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://{address(proxy)}"}), web.HTTPSHandler(context=client_tls)
    )
    wanted = web.Request("https://localhost/a")
    for number in range(2):
        fetch(opener, wanted)
        assert heard(proxy, number).startswith(b"CONNECT localhost:443 ")


def test_refused_tunnel_is_a_urlerror(peer: MakePeer, client_tls: ssl.SSLContext) -> None:
    proxy = peer([request(), send(b"HTTP/1.1 407 Who\r\nContent-Length: 0\r\n\r\n")])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://{address(proxy)}"}), web.HTTPSHandler(context=client_tls)
    )
    with pytest.raises(URLError, match="Tunnel connection failed: 407"):
        opener.open("https://localhost/", timeout=5)


def test_proxy_over_tls_is_asked_for_the_whole_url(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    proxy = peer([request(), send(OK)], tls=server_tls)
    opener = web.build_opener(
        web.ProxyHandler({"http": f"https://localhost:{proxy.port}"}), web.HTTPSHandler(context=client_tls)
    )
    fetch(opener, "http://origin.example/a")
    said = heard(proxy)
    assert said.startswith(b"GET http://origin.example/a HTTP/1.1\r\n")
    assert b"\r\nHost: origin.example\r\n" in said


def test_tunnel_through_a_proxy_over_tls_is_tls_in_tls(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    origin = peer([request(), send(OK)], tls=server_tls)
    proxy = peer([request(), send(TUNNEL), relay(origin.address)], tls=server_tls)
    opener = web.build_opener(
        web.ProxyHandler({"https": f"https://u:p@localhost:{proxy.port}"}),
        web.HTTPSHandler(context=client_tls),
    )
    fetch(opener, f"https://localhost:{origin.port}/a")
    assert heard(origin).startswith(b"GET /a HTTP/1.1\r\n")
    said = heard(proxy)
    assert said.startswith(
        b"CONNECT localhost:%d HTTP/1.1\r\nProxy-Authorization: Basic dTpw\r\n" % origin.port
    )
    assert b"GET /a" not in said


def test_certificate_of_a_proxy_is_checked(
    peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.stranger)
    proxy = peer([], tls=context)
    opener = web.build_opener(
        web.ProxyHandler({"https": f"https://u:p@localhost:{proxy.port}"}),
        web.HTTPSHandler(context=client_tls),
    )
    with pytest.raises(URLError) as caught:
        opener.open("https://localhost/", timeout=5)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)
    assert b"CONNECT" not in proxy.conversations[0].received


def test_proxy_of_an_unknown_kind_is_a_urlerror() -> None:
    opener = web.build_opener(web.ProxyHandler({"http": "gopher://localhost:1"}))
    with pytest.raises(URLError, match="unknown url type: gopher"):
        opener.open("http://origin.example/")


def test_environment_names_the_usual_proxy(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = peer([request(), send(OK)])
    monkeypatch.setenv("http_proxy", f"http://{address(proxy)}")
    web.install_opener(None)
    with web.urlopen("http://origin.example/", timeout=5) as response:
        assert response.read() == b"ok"
    assert heard(proxy).startswith(b"GET http://origin.example/ ")


def test_no_proxies_at_all_may_be_asked_for(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    server = peer([request(), send(OK)])
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:1")
    fetch(web.build_opener(web.ProxyHandler({})), f"http://{address(server)}/")


def test_proxies_must_be_a_mapping() -> None:
    with pytest.raises(TypeError, match="mapping"):
        web.ProxyHandler([("http", "http://p")])  # type: ignore[arg-type]  # that is the point


def test_environment_is_read_as_in_the_stdlib(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://p:1")
    monkeypatch.setenv("no_proxy", "example.org, .example.net:8080")
    assert web.getproxies() == {"https": "http://p:1", "no": "example.org, .example.net:8080"}
    assert web.proxy_bypass("www.example.org:80")
    assert web.proxy_bypass("example.net:8080")
    assert not web.proxy_bypass("example.net")
    assert not web.proxy_bypass_environment("example.org", {})
    assert web.proxy_bypass_environment("example.com", {"no": "*"})


def test_old_private_name_of_the_parser_is_there() -> None:
    assert web._parse_proxy("http://u:p@h:1/") == ("http", "u", "p", "h:1")


# ---- SOCKS

BOUND = b"\x05\x00\x00\x01\x7f\x00\x00\x01\x00\x00"
GREETED = [expect(b"\x05\x01\x00"), send(b"\x05\x00")]


def asked_for(name: bytes, port: int) -> bytes:
    return b"\x05\x01\x00\x03" + bytes([len(name)]) + name + port.to_bytes(2, "big")


def test_http_goes_through_socks(peer: MakePeer) -> None:
    proxy = peer([*GREETED, expect(asked_for(b"origin.example", 81)), send(BOUND), request(), send(OK)])
    opener = web.build_opener(web.ProxyHandler({"http": f"socks5h://{address(proxy)}"}))
    fetch(opener, "http://origin.example:81/a")
    said = heard(proxy)
    assert b"GET /a HTTP/1.1\r\n" in said
    assert b"\r\nHost: origin.example:81\r\n" in said


def test_https_goes_through_socks_with_a_login(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    login = [expect(b"\x05\x02\x00\x02"), send(b"\x05\x02"), expect(b"\x01\x02me\x03p:w"), send(b"\x01\x00")]
    proxy = peer(
        [
            *login,
            expect(asked_for(b"localhost", 443)),
            send(BOUND),
            start_tls(server_tls),
            request(),
            send(OK),
        ]
    )
    opener = web.build_opener(
        web.ProxyHandler({"https": f"socks5h://me:p%3Aw@{address(proxy)}"}),
        web.HTTPSHandler(context=client_tls),
    )
    fetch(opener, "https://localhost/a")
    assert b"GET /a HTTP/1.1\r\n" in heard(proxy)


def test_one_proxy_may_be_named_for_all(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = peer([*GREETED, expect(asked_for(b"origin.example", 80)), send(BOUND), request(), send(OK)])
    monkeypatch.setenv("ALL_PROXY", f"socks5h://{address(proxy)}")
    fetch(web.build_opener(), "http://origin.example/")


def test_proxy_of_a_scheme_counts_before_the_one_for_all(peer: MakePeer) -> None:
    proxy = peer([request(), send(OK)])
    opener = web.build_opener(
        web.ProxyHandler({"all": "socks5h://127.0.0.1:1", "http": f"http://{address(proxy)}"})
    )
    fetch(opener, "http://origin.example/")


def test_socks_proxy_of_one_opener_is_not_anothers(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    wanted = web.Request(f"http://{address(server)}/")
    with pytest.raises(URLError):
        web.build_opener(web.ProxyHandler({"http": "socks5://127.0.0.1:1"})).open(wanted)
    fetch(web.build_opener(), wanted)


def test_connection_that_cannot_be_led_through_socks_is_refused() -> None:
    class Connection:
        def __init__(self, *args: Any, **options: Any) -> None:
            pass

        def set_debuglevel(self, level: int) -> None:
            pass

    class Handler(web.HTTPHandler):
        def http_open(self, req: Any) -> Any:
            return self.do_open(Connection, req)

    opener = web.build_opener(web.ProxyHandler({"http": "socks5://127.0.0.1:1"}), Handler)
    with pytest.raises(URLError, match="cannot be led through a SOCKS proxy"):
        opener.open("http://origin.example/")


def test_ftp_goes_through_socks(peer: MakePeer) -> None:
    """Nobody connects straight to a server that is to be reached through a proxy."""
    proxy = peer([*GREETED, expect(asked_for(b"origin.example", 21)), send(b"\x05\x02\x00\x01" + bytes(6))])
    opener = web.build_opener(web.ProxyHandler({"ftp": f"socks5h://{address(proxy)}"}))
    with pytest.raises(URLError, match="ftp error"):
        opener.open("ftp://origin.example/a", timeout=5)


def test_unknown_kind_of_socks_is_a_mistake() -> None:
    opener = web.build_opener(web.ProxyHandler({"http": "socks7://127.0.0.1:1"}))
    with pytest.raises(ValueError, match="no kind of proxy"):
        opener.open("http://origin.example/")


def test_networks_are_excepted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("no_proxy", "10.0.0.0/8,fd00::/8")
    assert web.proxy_bypass("10.1.2.3:80")
    assert web.proxy_bypass("[fd00::1]")
    assert not web.proxy_bypass("11.1.2.3")


def test_settings_of_the_system_count_where_the_environment_is_silent(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from wirekit.urllib import _local

    values = {"ProxyEnable": 1, "ProxyServer": "p:1", "ProxyOverride": "*.local"}
    monkeypatch.setattr(_local, "_read_registry", lambda: values)
    monkeypatch.setattr("wirekit.urllib._local.sys.platform", "win32")
    monkeypatch.setattr(_local, "_HAS_SETTINGS", True)
    assert web.getproxies()["https"] == "http://p:1"
    assert web.proxy_bypass("printer.local")
    assert not web.proxy_bypass("h.example")
    monkeypatch.setenv("http_proxy", "http://q:2")
    assert web.getproxies() == {"http": "http://q:2"}
    assert not web.proxy_bypass("printer.local")


def test_settings_of_macos_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    from wirekit.urllib import _local

    module: Any = types.ModuleType("_scproxy")
    module._get_proxies = lambda: {"http": "http://p:1"}
    module._get_proxy_settings = lambda: {"exclude_simple": True, "exceptions": ["10.1"]}
    monkeypatch.setitem(sys.modules, "_scproxy", module)
    monkeypatch.setattr("wirekit.urllib._local.sys.platform", "darwin")
    monkeypatch.setattr(_local, "_HAS_SETTINGS", True)
    assert web.getproxies() == {"http": "http://p:1"}
    assert web.proxy_bypass("simple")
    assert web.proxy_bypass("10.1.7.7:80")
    assert not web.proxy_bypass("h.example")


@pytest.mark.parametrize(
    "answer",
    [
        b"HTTP/1.0 200 Connection established\r\nProxy-Agent: x\r\n\r\n",
        b"HTTP/1.1 200\r\n\r\n",
        b"HTTP/1.1 201 Created\r\nContent-Length: 9\r\n\r\n",
        b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
        b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n\r\n",
    ],
    ids=["1.0", "no reason", "length", "chunked", "interim"],
)
def test_tunnel_begins_behind_any_head_of_success(
    peer: MakePeer, answer: bytes, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """What a proxy says of a body there is none of it (RFC 9110 section 9.3.6)."""
    proxy = peer([request(), send(answer), start_tls(server_tls), request(), send(OK)])
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://{address(proxy)}"}), web.HTTPSHandler(context=client_tls)
    )
    fetch(opener, "https://localhost/")
    assert b"\r\n\r\nGET / HTTP/1.1\r\n" in heard(proxy)


@pytest.mark.parametrize(
    "rest",
    [
        b"Connection: close\r\nContent-Length: 4\r\n\r\nwho?",
        b"\r\nuntil the end",
        b"Transfer-Encoding: chunked\r\n\r\n4\r\nwho?\r\n0\r\n\r\n",
        b"Content-Length: 90000\r\n\r\nnever whole",
    ],
    ids=["close", "until the end", "chunked", "cut off"],
)
def test_login_for_a_tunnel_survives_however_it_is_asked_for(
    peer: MakePeer, rest: bytes, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    refusal = b'HTTP/1.1 407 Who\r\nProxy-Authenticate: Digest realm="p", nonce="n", qop="auth"\r\n' + rest
    proxy = peer(
        [request(), send(refusal), close()],
        [request(), send(TUNNEL), start_tls(server_tls), request(), send(OK)],
    )
    opener = web.build_opener(
        web.ProxyHandler({"https": f"http://alice:word@{address(proxy)}"}),
        web.HTTPSHandler(context=client_tls),
    )
    fetch(opener, "https://localhost/")
    assert b'\r\nProxy-Authorization: Digest username="alice"' in heard(proxy, 1)
