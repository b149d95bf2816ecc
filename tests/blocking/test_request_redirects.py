# Generated from tests/aio/test_request_redirects.py by tools/unasync.py; edit that file.
"""Redirects: where to, with which method, body and headers, and when not (RFC 9110 section 15.4)."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, request, send, send_forever
from wirekit import defaults
from wirekit.urllib import request as web
from wirekit.urllib.error import HTTPError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("plain_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
STATUSES = [301, 302, 303, 307, 308]


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


def moved(location: str | bytes, status: int = 302, fields: bytes = b"") -> bytes:
    place = location.encode("latin-1") if isinstance(location, str) else location
    return b"HTTP/1.1 %d Moved\r\nLocation: %b\r\n%bContent-Length: 5\r\n\r\nmoved" % (status, place, fields)


def follow(url: Any, data: Any = None, opener: Any = None) -> Any:
    """Open, read and close; return the response."""
    response = (opener.open if opener else web.urlopen)(url, data, 5)
    body = response.read()
    response.close()
    assert body == b"ok"
    return response


def refuse(url: Any, data: Any = None) -> HTTPError:
    """Open, be refused, and close; return the error."""
    with pytest.raises(HTTPError) as caught:
        web.urlopen(url, data, 5)
    caught.value.close()
    return caught.value


def lines_of(said: bytes) -> list[bytes]:
    return said.partition(b"\r\n\r\n")[0].split(b"\r\n")


def names_of(said: bytes) -> set[str]:
    return {line.partition(b":")[0].decode().lower() for line in lines_of(said)[1:]}


# ---- where to


@pytest.mark.parametrize("status", STATUSES)
def test_redirect_is_followed(peer: MakePeer, status: int) -> None:
    server = peer([request(), send(moved("/there", status))], [request(), send(OK)])
    response = follow(url_of(server, "/here"))
    assert response.url == url_of(server, "/there")
    assert lines_of(heard(server, 1))[0] == b"GET /there HTTP/1.1"


@pytest.mark.parametrize(
    "location, target",
    [
        ("there?x=1", b"/a/there?x=1"),
        ("../there", b"/there"),
        ("?x=1", b"/a/b?x=1"),
        ("//{host}/c", b"/c"),
        ("http://{host}", b"/"),
        ("http://{host}?x", b"/?x"),
        ("/a b", b"/a%20b"),
        ("/%41%20", b"/%41%20"),
        ("/\xc3\xa4", b"/%C3%A4"),
        ("/\xe4", b"/%E4"),
    ],
)
def test_location_is_resolved_and_escaped(peer: MakePeer, location: str, target: bytes) -> None:
    other = peer([request(), send(OK)])
    place = location.format(host=f"{other.host}:{other.port}")
    server = peer([request(), send(moved(place))], [request(), send(OK)])
    follow(url_of(server, "/a/b"))
    said = heard(other) if "{host}" in location else heard(server, 1)
    assert lines_of(said)[0] == b"GET " + target + b" HTTP/1.1"


@pytest.mark.parametrize(
    "location, fragment", [("/there", "here"), ("/there#own", "own")], ids=["inherited", "own"]
)
def test_fragment_goes_along_unless_there_is_another(peer: MakePeer, location: str, fragment: str) -> None:
    server = peer([request(), send(moved(location))], [request(), send(OK)])
    response = follow(url_of(server, "/#here"))
    assert response.url == url_of(server, f"/there#{fragment}")


def test_field_called_uri_counts_where_location_is_missing(peer: MakePeer) -> None:
    answer = b"HTTP/1.1 302 Moved\r\nURI: /there\r\nContent-Length: 0\r\n\r\n"
    server = peer([request(), send(answer)], [request(), send(OK)])
    follow(url_of(server))


def test_redirect_to_nowhere_is_an_error(peer: MakePeer) -> None:
    server = peer([request(), send(b"HTTP/1.1 302 Moved\r\nContent-Length: 0\r\n\r\n")])
    failure = refuse(url_of(server))
    assert (failure.code, failure.url) == (302, url_of(server))


@pytest.mark.parametrize("location", ["http://[::1", "http://a:b:c@[x]/", "http://127.1/", "//127.1/"])
def test_location_that_is_no_url_is_an_error_of_the_server(peer: MakePeer, location: str) -> None:
    server = peer([request(), send(moved(location))])
    failure = refuse(url_of(server))
    assert failure.code == 302
    assert isinstance(failure.__cause__, ValueError)


def test_body_of_a_redirect_is_not_read(peer: MakePeer) -> None:
    endless = b"HTTP/1.1 302 Moved\r\nLocation: /there\r\nContent-Length: 99999999999\r\n\r\n"
    server = peer([request(), send(endless), send_forever(b"x", 1 << 27)], [request(), send(OK)])
    follow(url_of(server))


# ---- method and body


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_get_and_head_stay(peer: MakePeer, status: int, method: str) -> None:
    answers = moved("/there", status), OK
    if method == "HEAD":
        answers = answers[0].removesuffix(b"moved"), OK.removesuffix(b"ok")
    server = peer([request(), send(answers[0])], [request(), send(answers[1])])
    with web.urlopen(web.Request(url_of(server), method=method), timeout=5) as response:
        response.read()
    assert heard(server, 1).startswith(method.encode() + b" /there ")


@pytest.mark.parametrize("status", [301, 302, 303])
def test_post_becomes_get_without_its_body(peer: MakePeer, status: int) -> None:
    server = peer([request(), send(moved("/there", status))], [request(), send(OK)])
    follow(
        web.Request(url_of(server), b"a=1", {"Content-Type": "x/y", "Content-Language": "tlh", "X-A": "1"})
    )
    said = heard(server, 1)
    assert said.startswith(b"GET /there ")
    assert said.endswith(b"\r\n\r\n")
    assert names_of(said) == {"accept-encoding", "connection", "host", "user-agent", "x-a"}


@pytest.mark.parametrize("status", [307, 308])
@pytest.mark.parametrize(
    "make",
    [lambda: b"a=1", lambda: io.BytesIO(b"a=1"), lambda: [b"a", b"=1"]],
    ids=["bytes", "file", "list"],
)
def test_post_stays_with_its_body(peer: MakePeer, status: int, make: Callable[[], Any]) -> None:
    server = peer([request(), send(moved("/there", status))], [request(), send(OK)])
    follow(web.Request(url_of(server), make(), {"Content-Type": "x/y"}))
    first, second = heard(server, 0), heard(server, 1)
    assert second.startswith(b"POST /there ")
    assert second.partition(b"\r\n\r\n")[2] == first.partition(b"\r\n\r\n")[2] != b""
    assert names_of(second) == names_of(first)


def test_file_is_sent_again_from_where_it_stood(peer: MakePeer) -> None:
    file = io.BytesIO(b"skipped,sent")
    file.seek(8)
    answers = [send(moved("/b", 307)), send(moved("/c", 308)), send(OK)]
    server = peer(*([request(), answer] for answer in answers))
    follow(url_of(server, "/a"), file)
    assert [heard(server, number).partition(b"\r\n\r\n")[2] for number in range(3)] == [b"sent"] * 3


@pytest.mark.parametrize(
    "method, status, goes_on", [("PUT", 302, "PUT"), ("DELETE", 301, "DELETE"), ("PUT", 303, "GET")]
)
def test_other_methods_go_on_as_in_browsers(peer: MakePeer, method: str, status: int, goes_on: str) -> None:
    server = peer([request(), send(moved("/there", status))], [request(), send(OK)])
    follow(web.Request(url_of(server), b"x", method=method))
    said = heard(server, 1)
    assert said.startswith(goes_on.encode() + b" /there ")
    assert said.endswith(b"\r\n\r\nx" if goes_on == method else b"\r\n\r\n")


class Pipe(io.BytesIO):
    """A file that cannot go back."""

    def tell(self) -> int:
        raise io.UnsupportedOperation

    def seek(self, *args: Any) -> int:
        raise io.UnsupportedOperation


class Tape(Pipe):
    """A file that knows where it stands and cannot go back all the same."""

    def tell(self) -> int:
        return 0


def never_ending() -> Any:
    yield b"x"


@pytest.mark.parametrize(
    "make", [lambda: iter([b"x"]), never_ending, lambda: Pipe(b"x"), lambda: Tape(b"x")], ids=range(4)
)
def test_body_that_can_be_read_once_is_not_sent_again(peer: MakePeer, make: Callable[[], Any]) -> None:
    server = peer([request(), send(moved("/there", 307))])
    failure = refuse(url_of(server), make())
    assert "read once only" in str(failure)


@pytest.mark.parametrize("status, method", [(307, "POST"), (308, "POST"), (302, "PUT"), (303, "DELETE")])
def test_stdlib_profile_asks_before_it_sends_a_body_again(peer: MakePeer, status: int, method: str) -> None:
    server = peer([request(), send(moved("/there", status))])
    with defaults.using("stdlib"):
        failure = refuse(web.Request(url_of(server), b"x", method=method))
    assert failure.code == status


def test_stdlib_profile_drops_the_body_of_a_get(peer: MakePeer) -> None:
    server = peer([request(), send(moved("/there"))], [request(), send(OK)])
    with defaults.using("stdlib"):
        follow(web.Request(url_of(server), b"x", {"Content-Type": "x/y"}, method="GET"))
    assert heard(server, 0).endswith(b"\r\n\r\nx")
    assert heard(server, 1).endswith(b"\r\n\r\n")


# ---- headers


def test_unredirected_headers_stay_behind(peer: MakePeer) -> None:
    server = peer([request(), send(moved("/there"))], [request(), send(OK)])
    wanted = web.Request(url_of(server), headers={"X-Redirected": "1", "Cookie": "a=1"})
    wanted.add_unredirected_header("X-Unredirected", "1")
    follow(wanted)
    assert {"x-redirected", "x-unredirected", "cookie"} <= names_of(heard(server, 0))
    second = names_of(heard(server, 1))
    assert {"x-redirected", "cookie"} <= second
    assert "x-unredirected" not in second


def test_handlers_see_an_unverifiable_request_from_the_first_host(peer: MakePeer) -> None:
    seen: list[Any] = []

    class Looks(web.BaseHandler):
        def http_request(self, wanted: Any) -> Any:
            seen.append((wanted.unverifiable, wanted.origin_req_host))
            return wanted

    server = peer([request(), send(moved("/there"))], [request(), send(OK)])
    follow(web.Request(url_of(server), origin_req_host="first.example"), opener=web.build_opener(Looks))
    assert seen == [(False, "first.example"), (True, "first.example")]


# ---- limits


def test_endless_chain_ends_at_the_limit(peer: MakePeer) -> None:
    server = peer(*([request(), send(moved(f"/{number}"))] for number in range(30)))
    failure = refuse(url_of(server, "/start"))
    assert failure.code == 302
    assert "infinite loop" in str(failure)
    assert len(server.conversations) == defaults.active.max_redirects + 1


def test_limit_is_the_profiles_or_the_handlers(peer: MakePeer) -> None:
    server = peer(*([request(), send(moved(f"/{number}"))] for number in range(30)))
    with defaults.using(max_redirects=2):
        refuse(url_of(server, "/start"))
    assert len(server.conversations) == 3

    class Patient(web.HTTPRedirectHandler):
        max_redirections = 5

    other = peer(*([request(), send(moved(f"/{number}"))] for number in range(30)))
    with pytest.raises(HTTPError) as caught:
        web.build_opener(Patient).open(url_of(other), timeout=5)
    caught.value.close()
    assert len(other.conversations) == 6


def test_loop_ends_after_few_repeats(peer: MakePeer) -> None:
    server = peer([request(), send(moved("/"))])
    assert "infinite loop" in str(refuse(url_of(server)))
    assert len(server.conversations) == web.HTTPRedirectHandler.max_repeats + 1


def test_request_opened_again_begins_to_count_anew(peer: MakePeer) -> None:
    hops = [[request(), send(moved("/there"))], [request(), send(OK)]]
    server = peer(*hops * 6)
    wanted = web.Request(url_of(server))
    for _ in range(6):
        follow(wanted)


# ---- refusals


@pytest.mark.parametrize("location", ["data:,x", "mailto:a@b.example", "javascript:alert(1)", "x:y"])
def test_other_schemes_are_refused(peer: MakePeer, location: str) -> None:
    server = peer([request(), send(moved(location))])
    failure = refuse(url_of(server))
    assert f"Redirection to url '{location}' is not allowed" in str(failure)


def test_https_is_not_left_for_http(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    plain = peer([request(), send(OK)])
    secure = peer([request(), send(moved(url_of(plain)))], tls=server_tls)
    url = f"https://localhost:{secure.port}/"
    with pytest.raises(HTTPError, match="would leave https for http") as caught:
        web.urlopen(url, timeout=5, context=client_tls)
    caught.value.close()
    assert plain.conversations == []
    with defaults.using(redirect_downgrade=True):
        with web.urlopen(url, timeout=5, context=client_tls) as response:
            assert response.read() == b"ok"


def test_https_stays_https(peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext) -> None:
    server = peer([request(), send(moved("/there"))], [request(), send(OK)], tls=server_tls)
    url = f"https://localhost:{server.port}/"
    with web.urlopen(url, timeout=5, context=client_tls) as response:
        assert response.read() == b"ok"
    assert response.url == url + "there"


def test_http_may_be_left_for_https(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    secure = peer([request(), send(OK)], tls=server_tls)
    plain = peer([request(), send(moved(f"https://localhost:{secure.port}/"))])
    with web.urlopen(url_of(plain), timeout=5, context=client_tls) as response:
        assert response.read() == b"ok"


# ---- a program's own


@pytest.mark.parametrize("waits", [False, True])
def test_redirect_request_may_be_overridden(peer: MakePeer, waits: bool) -> None:
    class Tagged(web.HTTPRedirectHandler):
        def redirect_request(self, req: Any, fp: Any, code: int, msg: str, headers: Any, newurl: str) -> Any:
            new = super().redirect_request(req, fp, code, msg, headers, newurl)
            new.add_header("X-Hops", "1")
            return new

    class Waiting(Tagged):
        def redirect_request(self, *args: Any) -> Any:
            return super().redirect_request(*args)

    server = peer([request(), send(moved("/there"))], [request(), send(OK)])
    follow(url_of(server), opener=web.build_opener(Waiting if waits else Tagged))
    assert "x-hops" in names_of(heard(server, 1))


def test_redirects_may_be_turned_off(peer: MakePeer) -> None:
    class Never(web.HTTPRedirectHandler):
        def redirect_request(self, *args: Any) -> Any:
            return None

    server = peer([request(), send(moved("/there"))])
    with pytest.raises(HTTPError) as caught:
        web.build_opener(Never).open(url_of(server), timeout=5)
    assert caught.value.code == 302
    read: Any = caught.value.read
    assert read() == b"moved"
    caught.value.close()
