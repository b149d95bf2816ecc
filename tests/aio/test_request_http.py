"""urlopen over HTTP and HTTPS on loopback: what leaves, what comes back, what goes wrong."""

from __future__ import annotations

import contextlib
import gc
import gzip
import io
import os
import ssl
import tempfile
import urllib.request
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Peer, close, request, reset, send, stall
from wirekit import defaults
from wirekit._io.asynchronous import ASYNC
from wirekit.aio.http import client
from wirekit.aio.urllib import request as web
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fix_tls import Certificates

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("plain_opener")

OK = b"HTTP/1.1 200 Fine\r\nContent-Type: text/plain\r\nContent-Length: 2\r\n\r\nok"
NOT_FOUND = b"HTTP/1.1 404 Gone Fishing\r\nX-Why: none\r\nContent-Length: 5\r\n\r\nsorry"
UNAUTHORIZED = b"HTTP/1.1 401 No\r\nContent-Length: 0\r\n\r\n"


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


async def fetch(url: Any, data: Any = None, **options: Any) -> bytes:
    async with await web.urlopen(url, data, 5, **options) as response:
        body: bytes = await response.read()
    return body


async def send_body(peer: MakePeer, data: Any, **headers: str) -> bytes:
    """Send a body; return the request as the server heard it."""
    server = peer([request(), send(OK)])
    assert await fetch(web.Request(url_of(server), data, headers)) == b"ok"
    return await heard(server)


# ---- what leaves, and what comes back


async def test_get_sends_the_stdlibs_headers(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    assert await fetch(url_of(server, "/a?b=c#d")) == b"ok"
    lines = (await heard(server)).split(b"\r\n")
    assert lines[0] == b"GET /a?b=c HTTP/1.1"
    assert sorted(lines[1:-2]) == [
        b"Accept-Encoding: gzip, deflate, br, zstd",
        b"Connection: close",
        b"Host: 127.0.0.1:%d" % server.port,
        b"User-Agent: " + defaults.active.user_agent.encode(),
    ]


async def test_response_is_http_clients_with_url_and_reason(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    response = await web.urlopen(url_of(server, "/a#b"))
    assert isinstance(response, client.HTTPResponse)
    assert response.url == response.geturl() == url_of(server, "/a#b")
    assert response.status == response.code == response.getcode() == 200
    assert response.msg == response.reason == "Fine"
    assert response.will_close is True
    assert response.headers["content-type"] == response.info()["Content-Type"] == "text/plain"
    assert await response.read() == b"ok"
    response.close()
    assert await heard(server)


async def test_connection_ends_with_its_response(peer: MakePeer) -> None:
    server = peer([request(), send(OK), stall()])
    response = await web.urlopen(url_of(server))
    assert await response.read() == b"ok"
    assert await heard(server)  # fails unless the client has left, though the server would have stayed
    response.close()


async def test_connection_ends_with_a_response_without_body(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 204 No Content\r\n\r\n"), stall()])
    response = await web.urlopen(url_of(server))
    assert await heard(server)  # nobody has read it, nor closed it
    assert await response.read() == b""
    response.close()


async def test_response_closed_early_ends_the_connection(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\nbegin"), stall()])
    response = await web.urlopen(url_of(server))
    response.close()
    assert await heard(server)


async def test_response_forgotten_unread_ends_the_connection(peer: MakePeer) -> None:
    server = peer([request(), send(OK[:-1]), stall()], [request(), send(NOT_FOUND[:-1]), stall()])
    response = await web.urlopen(url_of(server))
    del response
    with contextlib.suppress(HTTPError):
        await web.urlopen(url_of(server))
    gc.collect()  # an error and its traceback know each other
    assert await heard(server, 0)
    assert await heard(server, 1)


async def test_body_may_be_streamed_by_line(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n\r\none\ntwo\nthree"), close()])
    async with await web.urlopen(url_of(server)) as response:
        lines = [line async for line in response]
    assert lines == [b"one\n", b"two\n", b"three"]


async def test_own_headers_replace_the_usual_ones(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    await fetch(
        web.Request(url_of(server), headers={"user-agent": "me", "HOST": "h.example", "Accept-encoding": "x"})
    )
    said = await heard(server)
    assert b"\r\nUser-Agent: me\r\n" in said
    assert b"\r\nHost: h.example\r\n" in said
    assert b"\r\nAccept-Encoding: x\r\n" in said
    assert said.count(b"\r\nHost:") == said.count(b"\r\nAccept-Encoding:") == 1


async def test_openers_own_headers_are_added(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    opener = web.build_opener()
    opener.addheaders = [("X-Mine", "1")]
    async with await opener.open(url_of(server)) as response:
        await response.read()
    assert b"\r\nX-Mine: 1\r\n" in (await heard(server))
    assert b"User-Agent" not in (await heard(server))


@pytest.mark.parametrize("method", ["HEAD", "DELETE", "PROPFIND", "PUT"])
async def test_method_is_sent_as_given(peer: MakePeer, method: str) -> None:
    answer = OK if method != "HEAD" else OK[:-2]
    server = peer([request(), send(answer)])
    assert await fetch(web.Request(url_of(server), method=method)) == (b"" if method == "HEAD" else b"ok")
    assert (await heard(server)).startswith(method.encode() + b" / HTTP/1.1\r\n")


async def test_characters_beyond_ascii_are_escaped(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    await fetch(url_of(server, "/ä?ö=☕"))
    assert (await heard(server)).startswith(b"GET /%C3%A4?%C3%B6=%E2%98%95 HTTP/1.1\r\n")


async def test_host_beyond_ascii_is_idna_in_its_field() -> None:
    wanted = web.Request("http://bücher.example:81/")
    handler = web.HTTPHandler()
    handler.add_parent(web.OpenerDirector())
    handler.http_request(wanted)
    assert wanted.get_header("Host") == "xn--bcher-kva.example:81"


async def test_user_in_the_url_logs_in(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    assert await fetch(f"http://Aladdin:open%20sesame@{server.host}:{server.port}/") == b"ok"
    said = await heard(server)
    assert b"\r\nAuthorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\r\n" in said
    assert b"\r\nHost: 127.0.0.1:%d\r\n" % server.port in said


async def test_own_authorization_counts_before_the_urls(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    url = f"http://Aladdin:x@{server.host}:{server.port}/"
    await fetch(web.Request(url, headers={"Authorization": "Bearer t"}))
    assert b"\r\nAuthorization: Bearer t\r\n" in (await heard(server))


async def test_request_may_be_opened_again(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    wanted = web.Request(url_of(server), b"one")
    assert await fetch(wanted) == b"ok"
    assert await fetch(wanted, b"three") == b"ok"
    assert (await heard(server, 0)).endswith(b"\r\n\r\none")
    assert (await heard(server, 1)).endswith(b"\r\n\r\nthree")
    assert b"\r\nContent-Length: 5\r\n" in (await heard(server, 1))


async def test_request_made_by_the_stdlib_is_opened(peer: MakePeer) -> None:
    server = peer(
        [request(), send(b"HTTP/1.1 302 X\r\nLocation: /b\r\n\r\n"), close()], [request(), send(OK)]
    )
    assert await fetch(urllib.request.Request(url_of(server, "/a"), headers={"X": "1"})) == b"ok"
    assert (await heard(server, 0)).startswith(b"GET /a ")
    assert (await heard(server, 1)).startswith(b"GET /b ")


# ---- bodies


async def test_bytes_are_sent_as_a_form_with_their_length(peer: MakePeer) -> None:
    said = await send_body(peer, b"a=1")
    assert said.startswith(b"POST / HTTP/1.1\r\n")
    assert b"\r\nContent-Type: application/x-www-form-urlencoded\r\n" in said
    assert b"\r\nContent-Length: 3\r\n" in said
    assert said.endswith(b"\r\n\r\na=1")


async def test_empty_bytes_are_a_body(peer: MakePeer) -> None:
    said = await send_body(peer, b"")
    assert said.startswith(b"POST / HTTP/1.1\r\n")
    assert b"\r\nContent-Length: 0\r\n" in said


async def test_own_content_type_and_length_are_kept(peer: MakePeer) -> None:
    said = await send_body(peer, io.BytesIO(b"abc"), **{"content-type": "x/y", "content-length": "3"})
    assert b"\r\nContent-Type: x/y\r\n" in said
    assert said.count(b"\r\nContent-Length: 3\r\n") == 1
    assert said.endswith(b"\r\n\r\nabc")


@pytest.mark.parametrize("data", [bytearray(b"abc"), memoryview(b"abc")], ids=["bytearray", "memoryview"])
async def test_buffers_are_sent_with_their_length(peer: MakePeer, data: Any) -> None:
    said = await send_body(peer, data)
    assert b"\r\nContent-Length: 3\r\n" in said
    assert said.endswith(b"\r\n\r\nabc")


async def test_file_is_sent_from_where_it_stands_with_its_length(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"0123456789" * 20_000)
    with path.open("rb") as file:
        file.seek(10)
        said = await send_body(peer, file)
    assert b"\r\nContent-Length: 199990\r\n" in said
    assert said.partition(b"\r\n\r\n")[2] == b"0123456789" * 19_999


@pytest.mark.parametrize("buffering", [0, -1])
async def test_unbuffered_and_buffered_files_have_a_length(
    peer: MakePeer, tmp_path: Path, buffering: int
) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"abc")
    with path.open("r+b", buffering) as file:
        assert b"\r\nContent-Length: 3\r\n" in await send_body(peer, file)


async def test_temporary_file_has_a_length(peer: MakePeer) -> None:
    with tempfile.NamedTemporaryFile() as file:
        file.write(b"abc")
        file.seek(0)
        assert b"\r\nContent-Length: 3\r\n" in await send_body(peer, file)


async def test_file_in_memory_has_a_length(peer: MakePeer) -> None:
    file = io.BytesIO(b"xabc")
    file.seek(1)
    said = await send_body(peer, file)
    assert b"\r\nContent-Length: 3\r\n" in said
    assert said.endswith(b"\r\n\r\nabc")


CHUNKED = b"\r\nTransfer-Encoding: chunked\r\n"


async def test_decompressing_file_is_sent_in_chunks(peer: MakePeer, tmp_path: Path) -> None:
    with gzip.open(tmp_path / "body", "wb") as made:
        made.write(b"abc")
    with gzip.open(tmp_path / "body", "rb") as file:
        said = await send_body(peer, file)
    assert CHUNKED in said
    assert b"Content-Length" not in said
    assert said.endswith(b"3\r\nabc\r\n0\r\n\r\n")


async def test_text_file_is_sent_in_chunks(peer: MakePeer) -> None:
    said = await send_body(peer, io.StringIO("é"))
    assert CHUNKED in said
    assert said.endswith(b"1\r\n\xe9\r\n0\r\n\r\n")


async def test_pipe_is_sent_in_chunks(peer: MakePeer) -> None:
    source, target = os.pipe()
    os.write(target, b"abc")
    os.close(target)
    with os.fdopen(source, "rb") as file:
        said = await send_body(peer, file)
    assert CHUNKED in said
    assert said.endswith(b"3\r\nabc\r\n0\r\n\r\n")


@pytest.mark.parametrize(
    "make", [lambda: iter([b"ab", b"c"]), lambda: [b"ab", b"c"], lambda: (part for part in (b"ab", b"c"))]
)
async def test_iterable_is_sent_in_chunks(peer: MakePeer, make: Callable[[], Any]) -> None:
    said = await send_body(peer, make())
    assert CHUNKED in said
    assert said.endswith(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")


async def test_generator_that_may_wait_is_sent_in_chunks(peer: MakePeer) -> None:
    async def parts() -> Any:
        yield b"ab"
        yield b"c"

    assert (await send_body(peer, parts())).endswith(b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n")


@pytest.mark.parametrize("data, hint", [("a=1", "encode"), ({"a": 1}, "urlencode")])
async def test_text_and_fields_are_refused_with_a_hint(peer: MakePeer, data: Any, hint: str) -> None:
    server = peer([])
    with pytest.raises(TypeError, match="POST data should be bytes") as caught:
        await web.urlopen(url_of(server), data)
    assert hint in "".join(caught.value.__notes__)
    assert server.conversations == []


async def test_body_that_breaks_off_ends_the_connection(peer: MakePeer) -> None:
    def parts() -> Any:
        yield b"begin"
        message = "the disk is gone"
        raise LookupError(message)

    server = peer([stall()])
    with pytest.raises(LookupError, match="the disk is gone"):
        await web.urlopen(url_of(server), parts())
    assert (await heard(server)).endswith(b"\r\n\r\n5\r\nbegin\r\n")


async def test_closed_file_is_the_callers_mistake(peer: MakePeer) -> None:
    server = peer([])
    file = io.BytesIO(b"abc")
    file.close()
    with pytest.raises(ValueError, match="closed file"):
        await web.urlopen(url_of(server), file)
    assert server.conversations == []


# ---- statuses


async def test_status_beyond_2xx_is_an_error_that_can_be_read(peer: MakePeer) -> None:
    server = peer([request(), send(NOT_FOUND)])
    with pytest.raises(HTTPError) as caught:
        await web.urlopen(url_of(server, "/x"))
    failure = caught.value
    assert isinstance(failure, URLError)
    assert str(failure) == "HTTP Error 404: Gone Fishing"
    assert (failure.code, failure.status, failure.reason, failure.msg) == (
        404,
        404,
        "Gone Fishing",
        "Gone Fishing",
    )
    assert failure.url == failure.geturl() == url_of(server, "/x")
    assert failure.headers["x-why"] == "none"
    read: Any = failure.read
    assert await read() == b"sorry"
    failure.close()


@pytest.mark.parametrize("status", [200, 201, 206, 299])
async def test_any_2xx_is_a_success(peer: MakePeer, status: int) -> None:
    server = peer([request(), send(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)])
    response = await web.urlopen(url_of(server))
    assert response.status == status
    response.close()


@pytest.mark.parametrize("status", [300, 304, 400, 500, 599])
async def test_other_statuses_are_errors(peer: MakePeer, status: int) -> None:
    server = peer([request(), send(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\n\r\n" % status)])
    with pytest.raises(HTTPError) as caught:
        await web.urlopen(url_of(server))
    assert caught.value.code == status
    caught.value.close()


async def test_own_error_handler_may_answer(peer: MakePeer) -> None:
    class Forgiving(web.BaseHandler):
        async def http_error_404(self, req: Any, fp: Any, code: int, msg: str, hdrs: Any) -> Any:
            return fp

    server = peer([request(), send(NOT_FOUND)])
    async with await web.build_opener(Forgiving()).open(url_of(server)) as response:
        assert response.status == 404
        assert await response.read() == b"sorry"


async def test_own_error_handler_may_ask_again(peer: MakePeer) -> None:
    class Login(web.BaseHandler):
        def http_error_401(self, req: Any, fp: Any, code: int, msg: str, hdrs: Any) -> Any:
            fp.close()
            req.add_unredirected_header("Authorization", "secret")
            return self.parent.open(req, timeout=req.timeout)

    server = peer([request(), send(UNAUTHORIZED)], [request(), send(OK)])
    async with await web.build_opener(Login).open(url_of(server), timeout=5) as response:
        assert await response.read() == b"ok"
    assert b"\r\nAuthorization: secret\r\n" in (await heard(server, 1))


# ---- what goes wrong


async def test_refused_connection_is_a_urlerror_with_its_reason(refusing: tuple[str, int]) -> None:
    with pytest.raises(URLError) as caught:
        await web.urlopen(f"http://127.0.0.1:{refusing[1]}/")
    assert not isinstance(caught.value, HTTPError)
    assert isinstance(caught.value.reason, ConnectionRefusedError)
    assert caught.value.__cause__ is caught.value.reason


@pytest.mark.parametrize("url", ["http:///path", "http:", "https:///"])
async def test_url_without_a_host_is_a_urlerror(url: str) -> None:
    with pytest.raises(URLError, match="no host given"):
        await web.urlopen(url)


@pytest.mark.parametrize("url", ["gopher://h/", "local_file:///etc/passwd", "h://x"])
async def test_unknown_scheme_is_a_urlerror(url: str) -> None:
    with pytest.raises(URLError, match="unknown url type"):
        await web.urlopen(url)


async def test_silent_server_is_a_timeout(peer: MakePeer) -> None:
    server = peer([request(), stall()])
    with pytest.raises(TimeoutError):
        await web.urlopen(url_of(server), timeout=defaults.Timeout(0.05, connect=20))
    assert await heard(server)


async def test_total_timeout_counts(peer: MakePeer) -> None:
    server = peer([request(), stall()])
    with pytest.raises(OSError) as caught:
        await web.urlopen(url_of(server), timeout=defaults.Timeout(5, total=0.05))
    failure = caught.value  # a URLError where a slow machine had no time left to send it
    assert isinstance(failure.reason if isinstance(failure, URLError) else failure, TimeoutError)


async def test_default_timeout_is_the_profiles(peer: MakePeer) -> None:
    server = peer([request(), stall()])
    with defaults.using(timeout=0.7), pytest.raises(TimeoutError):
        await web.urlopen(url_of(server))
    assert await heard(server)


async def test_hang_up_is_told_as_http_client_does(peer: MakePeer) -> None:
    server = peer([request(), close()])
    with pytest.raises(client.RemoteDisconnected):
        await web.urlopen(url_of(server), timeout=5)


async def test_reset_is_an_oserror(peer: MakePeer) -> None:
    server = peer([request(), reset()])
    with pytest.raises(OSError):
        await web.urlopen(url_of(server), timeout=5)


async def test_body_cut_short_is_incomplete(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nbegin"), close()])
    with pytest.raises(client.IncompleteRead) as caught:
        await fetch(url_of(server))
    assert caught.value.partial == b"begin"


async def test_user_of_many_at_once_gets_his_own(peer: MakePeer) -> None:
    opener = web.build_opener()
    servers = [
        peer([request(), send(b"HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\n%d" % number)])
        for number in range(8)
    ]

    async def one(server: Peer) -> bytes:
        async with await opener.open(url_of(server), timeout=5) as response:
            body: bytes = await response.read()
        return body

    bodies: list[Any]
    if ASYNC:
        import asyncio

        bodies = await asyncio.gather(*map(one, servers))
    else:
        from concurrent.futures import ThreadPoolExecutor

        with ThreadPoolExecutor(len(servers)) as pool:
            bodies = list(pool.map(one, servers))
    assert bodies == [b"%d" % number for number in range(8)]


# ---- TLS


async def test_https_with_a_context(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([request(), send(OK)], tls=server_tls)
    assert await fetch(f"https://localhost:{server.port}/", context=client_tls) == b"ok"


async def test_https_with_a_handler(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([request(), send(OK)], tls=server_tls)
    opener = web.build_opener(web.HTTPSHandler(context=client_tls))
    async with await opener.open(f"https://localhost:{server.port}/", timeout=5) as response:
        assert await response.read() == b"ok"


async def test_unknown_authority_is_a_urlerror(peer: MakePeer, server_tls: ssl.SSLContext) -> None:
    server = peer([], tls=server_tls)
    with pytest.raises(URLError) as caught:
        await web.urlopen(f"https://localhost:{server.port}/", timeout=5)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)


async def test_name_is_left_unchecked_where_asked_for(
    peer: MakePeer, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(certificates.wrong_host)
    server = peer([request(), send(OK)], tls=context)
    url = f"https://localhost:{server.port}/"
    with pytest.raises(URLError):
        await web.urlopen(url, context=client_tls)
    opener = web.build_opener(web.HTTPSHandler(context=client_tls, check_hostname=False))
    async with await opener.open(url, timeout=5) as response:
        assert await response.read() == b"ok"


async def test_unchecked_name_alone_still_checks_the_authority(
    peer: MakePeer, server_tls: ssl.SSLContext
) -> None:
    server = peer([], tls=server_tls)
    opener = web.build_opener(web.HTTPSHandler(check_hostname=False))
    with pytest.raises(URLError) as caught:
        await opener.open(f"https://localhost:{server.port}/", timeout=5)
    assert isinstance(caught.value.reason, ssl.SSLCertVerificationError)


async def test_cafile_works_as_until_python_311_with_a_warning(
    peer: MakePeer, server_tls: ssl.SSLContext, certificates: Certificates
) -> None:
    server = peer([request(), send(OK)], tls=server_tls)
    with pytest.warns(DeprecationWarning, match="cafile"):
        body = await fetch(f"https://localhost:{server.port}/", cafile=str(certificates.authority))
    assert body == b"ok"


async def test_cafile_beside_a_context_is_refused(
    client_tls: ssl.SSLContext, certificates: Certificates
) -> None:
    with pytest.warns(DeprecationWarning, match="cafile"), pytest.raises(ValueError, match="both context"):
        await web.urlopen("https://localhost/", cafile=str(certificates.authority), context=client_tls)


# ---- the connection


async def test_own_connection_class_is_used(peer: MakePeer) -> None:
    made: list[Any] = []

    class Connection(client.HTTPConnection):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            made.append(self)

    class Handler(web.HTTPHandler):
        def http_open(self, req: Any) -> Any:
            return self.do_open(Connection, req, source_address=("127.0.0.1", 0))

    server = peer([request(), send(OK)])
    async with await web.build_opener(Handler).open(url_of(server), timeout=5) as response:
        assert await response.read() == b"ok"
    assert made[0].source_address == ("127.0.0.1", 0)
    assert made[0].timeout == 5


async def test_connection_class_of_others_is_closed_behind_its_response() -> None:
    class Response:
        reason = "Fine"
        url = msg = ""

    class Connection:
        def __init__(self, host: str, **options: Any) -> None:
            self.host, self.options, self.sock = host, options, io.BytesIO()
            self.first_sock = self.sock

        def set_debuglevel(self, level: int) -> None:
            pass

        async def request(self, *args: Any, **options: Any) -> None:
            self.asked = args

        async def getresponse(self) -> Any:
            response: Any = Response()
            response.connection = self
            return response

    wanted = web.Request("http://h:81/a#b")
    response = await web.HTTPHandler().do_open(Connection, wanted, extra=1)
    connection = response.connection
    assert (connection.host, connection.options["extra"]) == ("h:81", 1)
    assert connection.asked == ("GET", "/a", None, {"Connection": "close"})
    assert (response.url, response.msg) == ("http://h:81/a#b", "Fine")
    assert connection.sock is None
    assert connection.first_sock.closed


async def test_connection_class_of_others_is_closed_when_it_fails() -> None:
    closed: list[str] = []

    class Connection:
        def __init__(self, host: str, **options: Any) -> None:
            self.host = host

        def set_debuglevel(self, level: int) -> None:
            pass

        async def request(self, *args: Any, **options: Any) -> None:
            message = "no line"
            raise OSError(message)

        def close(self) -> None:
            closed.append(self.host)

    with pytest.raises(URLError, match="no line"):
        await web.HTTPHandler().do_open(Connection, web.Request("http://h/"))
    assert closed == ["h"]


async def test_request_without_a_host_opens_no_connection() -> None:
    with pytest.raises(URLError, match="no host given"):
        await web.HTTPHandler().do_open(None, web.Request("http:///"))


async def test_debuglevel_shows_the_conversation(peer: MakePeer, capsys: pytest.CaptureFixture[str]) -> None:
    server = peer([request(), send(OK)])
    handler = web.HTTPHandler()
    handler.set_http_debuglevel(1)
    async with await web.build_opener(handler).open(url_of(server), timeout=5) as response:
        await response.read()
    assert "reply: 'HTTP/1.1 200 Fine" in capsys.readouterr().out


@pytest.mark.parametrize("handler", [web.HTTPHandler, web.HTTPSHandler])
def test_debuglevel_of_the_connections_class_counts(monkeypatch: pytest.MonkeyPatch, handler: Any) -> None:
    name = handler.__name__.replace("Handler", "Connection")
    monkeypatch.setattr(getattr(client, name), "debuglevel", 7)
    assert handler()._debuglevel == 7
    assert handler(debuglevel=2)._debuglevel == 2
