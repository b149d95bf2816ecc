"""Handlers written for the standard library's urllib.request plug into ours unchanged; in the async twin plain ones do too."""

from __future__ import annotations

import contextlib
import http.client
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, Peer, ScriptError, request, send
from tests.fix_twins import Twin, both_twins, heard, settle
from tests.overrides.urllib_handlers import make_all
from wirekit import defaults
from wirekit.urllib.error import HTTPError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
MISSING = b"HTTP/1.1 404 Not Found\r\nContent-Length: 5\r\n\r\nsorry"
FOUND = b"HTTP/1.1 302 Found\r\nLocation: /b\r\nContent-Length: 0\r\n\r\n"

STDLIB = Twin("stdlib")
OURS = Twin("blocking")
blocking = pytest.mark.parametrize("twin", [STDLIB, OURS], ids=lambda twin: twin.name)
"""The standard library and ours, side by side: what is asserted holds for both."""


def classes(twin: Twin) -> Any:
    made = make_all(twin.module("urllib.request"), twin.http_client)

    class Namespace:
        def __getattr__(self, name: str) -> Any:
            return made[name]

    return Namespace()


def url_of(server: Peer, path: str = "/", host: str = "127.0.0.1") -> str:
    return f"http://{host}:{server.port}{path}"


def get(opener: Any, url: Any, data: Any = None) -> bytes:
    with opener.open(url, data, timeout=5) as response:
        body: bytes = response.read()
    return body


def build(twin: Twin, *handlers: Any) -> Any:
    web = twin.module("urllib.request")
    return web.build_opener(web.ProxyHandler({}), *handlers)


@blocking
def test_connection_is_pinned_by_a_handler(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    opener = build(twin, classes(twin).PinnedHandler(server.port))
    for _ in range(2):
        assert get(opener, "http://elsewhere.example/a") == b"ok"
    assert len(server.conversations) == 2  # nobody knows what else such a function decides: none is kept
    assert b"\r\nHost: elsewhere.example\r\n" in server.heard(1)


@blocking
def test_unix_socket_is_connected_to_by_a_partial(twin: Twin, peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "socket"
    server = peer([request(), send(OK)], unix=path)
    assert get(build(twin, classes(twin).UnixHandler(str(path))), "http://localhost/a") == b"ok"
    assert server.heard().startswith(b"GET /a ")


@blocking
def test_source_address_is_bound_by_a_function(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    assert get(build(twin, classes(twin).BoundHandler("127.0.0.1")), url_of(server)) == b"ok"


@blocking
def test_client_certificate_is_given_by_a_method(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([request(), send(OK)], tls=server_tls)
    opener = build(twin, classes(twin).CertificateHandler(client_tls))
    assert get(opener, f"https://localhost:{server.port}/") == b"ok"


@blocking
def test_method_is_overridden_by_a_request(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(OK[:-2])])
    opener = build(twin)
    assert get(opener, classes(twin).HeadRequest(url_of(server))) == b""
    assert opener.close() is None
    assert server.heard().startswith(b"HEAD / ")


@blocking
def test_redirects_are_refused_by_a_handler(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(FOUND)])
    with pytest.raises(HTTPError) as caught:
        get(build(twin, classes(twin).NoRedirect), url_of(server))
    assert caught.value.code == 302
    caught.value.close()


def answer(conversation: Conversation) -> None:
    """Redirect /a to /b, on one connection or on two."""
    with contextlib.suppress(ScriptError):
        conversation.send(FOUND if b" /a " in conversation.taken[-1] else OK)
        request()(conversation)
        conversation.send(OK)


@blocking
def test_redirects_are_noted_by_a_handler(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), answer], [request(), answer])
    noted = classes(twin).NotedRedirect()
    opener = build(twin, noted)
    assert get(opener, url_of(server, "/a")) == b"ok"
    assert noted.places == ["/b"]


@blocking
def test_errors_are_no_exceptions_by_two_ways(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(MISSING)], [request(), send(MISSING)])
    for handler in (classes(twin).NoErrors, classes(twin).ErrorAsResult):
        opener = build(twin, handler)
        with opener.open(url_of(server), timeout=5) as response:
            assert (response.code, response.read()) == (404, b"sorry")
        opener.close()


@blocking
def test_result_of_an_error_handler_may_be_anything(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(MISSING.replace(b"404", b"418"))])
    assert build(twin, classes(twin).TeapotHandler).open(url_of(server)) == "tea"


@blocking
def test_answers_come_from_a_cache(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    cache = classes(twin).Cache()
    opener = build(twin, cache)
    assert get(opener, url_of(server)) == b"ok"
    cache.known[url_of(server)] = b"kept"
    assert get(opener, url_of(server)) == b"kept"
    assert cache.hits == 1


@blocking
def test_requests_are_signed_in_order(twin: Twin, peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    opener = build(twin, classes(twin).Signer)
    assert get(opener, url_of(server, "/a")) == b"ok"
    opener.close()
    assert b"\r\nX-Signature: GET /a\r\n" in server.conversations[0].received


@blocking
def test_scheme_is_invented(twin: Twin) -> None:
    assert get(build(twin, classes(twin).Invented), "invented:anything/at?all") == b"invented:anything/at?all"


@both_twins
async def test_plain_handlers_plug_into_both_twins(twin: Twin, peer: MakePeer) -> None:
    """Of the standard library's own base classes, as installed packages bring them."""
    web = twin.module("urllib.request")

    class Header(urllib.request.BaseHandler):
        def http_request(self, req: Any) -> Any:
            req.add_header("X-Plain", "1")
            return req

        def http_response(self, req: Any, response: Any) -> Any:
            response.seen = True
            return response

    server = peer([request(), send(OK)])
    opener = web.build_opener(Header, web.ProxyHandler({}))
    response = await settle(opener.open(url_of(server), timeout=5))
    assert response.seen
    assert await settle(response.read()) == b"ok"
    response.close()
    opener.close()
    assert b"\r\nX-Plain: 1\r\n" in await heard(twin, server)


def test_connections_of_the_standard_library_serve_our_handler(peer: MakePeer) -> None:
    """They cannot decode, so nothing is asked for that they could not read."""
    web = OURS.module("urllib.request")

    class Handler(web.HTTPHandler):  # type: ignore[misc,name-defined]  # of a module that is found at run time
        def http_open(self, req: Any) -> Any:
            return self.do_open(http.client.HTTPConnection, req)

    server = peer([request(), send(OK)])
    assert get(build(OURS, Handler), url_of(server)) == b"ok"
    said = server.heard()
    assert b"\r\nAccept-Encoding: identity\r\n" in said
    assert b"\r\nConnection: close\r\n" in said


def test_handlers_of_the_standard_library_serve_our_opener(peer: MakePeer) -> None:
    server = peer([request(), send(FOUND)], [request(), send(OK)])
    opener = OURS.module("urllib.request").OpenerDirector()
    for kind in (
        urllib.request.HTTPHandler,
        urllib.request.HTTPRedirectHandler,
        urllib.request.HTTPErrorProcessor,
        urllib.request.HTTPDefaultErrorHandler,
    ):
        opener.add_handler(kind())
    assert get(opener, url_of(server)) == b"ok"


def test_our_handlers_serve_the_standard_librarys_opener(peer: MakePeer) -> None:
    web = OURS.module("urllib.request")
    server = peer([request(), send(FOUND)], [request(), send(OK)])
    opener = urllib.request.OpenerDirector()
    for kind in (
        web.HTTPHandler,
        web.HTTPRedirectHandler,
        web.HTTPErrorProcessor,
        web.HTTPDefaultErrorHandler,
        web.HTTPCookieProcessor,
    ):
        opener.add_handler(kind())
    with defaults.using(keep_connections=False):
        assert get(opener, url_of(server)) == b"ok"
