# Generated from tests/aio/test_request_logins.py by tools/unasync.py; edit that file.
"""Logging in to servers and proxies: who gets which login, how, and how often."""

from __future__ import annotations

import base64
import hashlib
import re
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Conversation, Peer, ScriptError, request, send, start_tls
from wirekit import defaults
from wirekit.urllib import request as web
from wirekit.urllib.error import HTTPError, URLError

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
ALICE, WORD = "alice", "s3cret"
BASIC = b"Basic " + base64.b64encode(b"alice:s3cret")


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://{server.host}:{server.port}{path}"


def ask(*challenges: str, status: str = "401 Who", field: str = "WWW-Authenticate") -> bytes:
    fields = "".join(f"{field}: {one}\r\n" for one in challenges)
    return f"HTTP/1.1 {status}\r\n{fields}Content-Length: 4\r\n\r\nwho?".encode("latin-1")


def passwords(place: str, user: str = ALICE, word: str = WORD, realm: str | None = None) -> Any:
    manager = web.HTTPPasswordMgrWithDefaultRealm()
    manager.add_password(realm, place, user, word)
    return manager


def get(opener: Any, url: Any, data: Any = None) -> bytes:
    with opener.open(url, data, timeout=5) as response:
        body: bytes = response.read()
    return body


def logins(said: bytes, field: bytes = b"Authorization") -> list[bytes]:
    """Give the logins of each request in what a server heard; b"" for a request without one."""
    heads = [part for part in said.split(b"\r\n\r\n") if b" HTTP/1.1" in part]
    pattern = re.compile(rb"^%b: ([^\r]*)" % field, re.MULTILINE)
    return [found[1] if (found := pattern.search(head)) else b"" for head in heads]


def fields_of(login: bytes) -> dict[str, str]:
    assert login.startswith(b"Digest ")
    return web.parse_keqv_list(web.parse_http_list(login[7:].decode()))


def verify(
    login: bytes, method: str, uri: str, hashed: Any = hashlib.md5, word: str = WORD, body: bytes = b""
) -> str:
    """Check a Digest answer as a server does; give its nonce count."""

    def h(text: str) -> str:
        digest: str = hashed(text.encode()).hexdigest()
        return digest

    got = fields_of(login)
    assert got["uri"] == uri
    secret = h(f"{ALICE}:{got['realm']}:{word}")
    if got.get("algorithm", "").endswith("-sess"):
        secret = h(f"{secret}:{got['nonce']}:{got['cnonce']}")
    asked = f"{method}:{uri}"
    if got["qop"] == "auth-int":
        asked += f":{hashed(body).hexdigest()}"
    expected = h(f"{secret}:{got['nonce']}:{got['nc']}:{got['cnonce']}:{got['qop']}:{h(asked)}")
    assert got["response"] == expected
    return got["nc"]


# ---- Basic


def test_basic_answers_the_challenge(peer: MakePeer) -> None:
    server = peer([request(), send(ask('Basic realm="r"')), request(), send(OK)])
    with web.build_opener(web.HTTPBasicAuthHandler(passwords(url_of(server)))) as opener:
        assert get(opener, url_of(server)) == b"ok"
    assert logins(heard(server)) == [b"", BASIC]


def test_basic_is_utf_8(peer: MakePeer) -> None:
    server = peer([request(), send(ask('Basic realm="r", charset="UTF-8"')), request(), send(OK)])
    manager = passwords(url_of(server), "jürgen", "gehéim:☕")
    with web.build_opener(web.HTTPBasicAuthHandler(manager)) as opener:
        assert get(opener, url_of(server)) == b"ok"
    assert base64.b64decode(logins(heard(server))[1][6:]) == "jürgen:gehéim:☕".encode()


def test_realm_chooses_the_login(peer: MakePeer) -> None:
    server = peer([request(), send(ask("Negotiate", 'Basic realm="two"')), request(), send(OK)])
    manager = web.HTTPPasswordMgr()
    manager.add_password("one", url_of(server), "nobody", "x")
    manager.add_password("two", url_of(server), ALICE, WORD)
    with web.build_opener(web.HTTPBasicAuthHandler(manager)) as opener:
        assert get(opener, url_of(server)) == b"ok"
    assert logins(heard(server)) == [b"", BASIC]


@pytest.mark.parametrize(
    "challenge", ['Basic realm="other"', "Basic", "NTLM", 'Digest realm="r", nonce="n"', "", '"', "Digest ,"]
)
def test_challenge_that_cannot_be_answered_is_the_401_that_it_is(peer: MakePeer, challenge: str) -> None:
    server = peer([request(), send(ask(challenge))])
    manager = passwords(url_of(server), realm="r")
    opener = web.build_opener(web.HTTPBasicAuthHandler(manager), web.HTTPDigestAuthHandler())
    with opener:
        with pytest.raises(HTTPError) as caught:
            get(opener, url_of(server))
        failure: Any = caught.value
        assert (failure.code, failure.read()) == (401, b"who?")
        failure.close()
    assert logins(heard(server)) == [b""]


def test_refused_login_is_not_sent_again(peer: MakePeer) -> None:
    challenge = send(ask('Basic realm="r"'))
    server = peer([request(), challenge, request(), challenge])
    with web.build_opener(web.HTTPBasicAuthHandler(passwords(url_of(server)))) as opener:
        with pytest.raises(HTTPError) as caught:
            get(opener, url_of(server))
        caught.value.close()
    assert logins(heard(server)) == [b"", BASIC]


def test_unquoted_realm_is_understood_with_a_warning(peer: MakePeer) -> None:
    server = peer([request(), send(ask("Basic realm=r")), request(), send(OK)])
    with web.build_opener(web.HTTPBasicAuthHandler(passwords(url_of(server)))) as opener:
        with pytest.warns(UserWarning, match="unquoted"):
            assert get(opener, url_of(server)) == b"ok"


def test_login_may_be_sent_before_it_is_asked_for(peer: MakePeer) -> None:
    server = peer([request(), send(OK), request(), send(OK)])
    manager = web.HTTPPasswordMgrWithPriorAuth()
    manager.add_password(None, url_of(server, "/in"), ALICE, WORD, is_authenticated=True)
    with web.build_opener(web.HTTPBasicAuthHandler(manager)) as opener:
        for path in ("/in/side", "/inner"):
            assert get(opener, url_of(server, path)) == b"ok"
    assert logins(heard(server)) == [BASIC, b""]


def test_login_that_worked_is_sent_at_once_from_then_on(peer: MakePeer) -> None:
    server = peer([request(), send(ask('Basic realm="r"')), *[request(), send(OK)] * 2])
    manager = web.HTTPPasswordMgrWithPriorAuth()
    manager.add_password("r", url_of(server), ALICE, WORD)
    with web.build_opener(web.HTTPBasicAuthHandler(manager)) as opener:
        for _ in range(2):
            assert get(opener, url_of(server, "/a")) == b"ok"
    assert logins(heard(server)) == [b"", BASIC, BASIC]


def test_body_is_sent_again_with_the_login(peer: MakePeer) -> None:
    server = peer([request(), send(ask('Basic realm="r"')), request(), send(OK)])
    with web.build_opener(web.HTTPBasicAuthHandler(passwords(url_of(server)))) as opener:
        assert get(opener, url_of(server), b"body") == b"ok"
    assert heard(server).count(b"\r\n\r\nbody") == 2


def test_body_that_cannot_be_had_again_is_a_401(peer: MakePeer) -> None:
    server = peer([request(), send(ask('Basic realm="r"', 'Digest realm="r", nonce="n"'))])
    manager = passwords(url_of(server))
    opener = web.build_opener(web.HTTPBasicAuthHandler(manager), web.HTTPDigestAuthHandler(manager))
    with opener:
        with pytest.raises(HTTPError) as caught:
            get(opener, url_of(server), iter([b"once"]))
        caught.value.close()
    assert len(logins(heard(server))) == 1


# ---- Digest


def digest_server(*, count: int, algorithm: str = "MD5", qop: str = "auth", more: str = "") -> list[Any]:
    """Ask once, then let everything in that brings an answer."""

    def serve(conversation: Conversation) -> None:
        challenge = f'Digest realm="r", nonce="n1", qop="{qop}", algorithm={algorithm}, opaque="o"{more}'
        for _ in range(count):
            request()(conversation)
            head = bytes(conversation.received).rpartition(b" HTTP/1.1\r\n")[2]
            conversation.send(OK if b"Authorization: Digest" in head else ask(challenge))

    return [serve]


@pytest.mark.parametrize(
    "algorithm, hashed",
    [
        ("MD5", hashlib.md5),
        ("SHA-256", hashlib.sha256),
        ("SHA-512-256", lambda data: hashlib.new("sha512_256", data)),
        ("MD5-sess", hashlib.md5),
        ("SHA-256-sess", hashlib.sha256),
    ],
)
def test_digest_answers_the_challenge_and_then_in_advance(
    peer: MakePeer, algorithm: str, hashed: Any
) -> None:
    server = peer(digest_server(count=4, algorithm=algorithm))
    handler = web.HTTPDigestAuthHandler(passwords(url_of(server)))
    with web.build_opener(handler) as opener:
        for _ in range(2):
            assert get(opener, url_of(server, "/a?b")) == b"ok"
        assert get(opener, web.Request(url_of(server, "/ä"), b"x", method="PUT")) == b"ok"
    sent = logins(heard(server))
    assert sent[0] == b""
    counts = [verify(sent[at], "GET", "/a?b", hashed) for at in (1, 2)]
    counts.append(verify(sent[3], "PUT", "/%C3%A4", hashed))
    assert counts == ["00000001", "00000002", "00000003"]
    assert fields_of(sent[1])["opaque"] == "o"


def test_digest_covers_the_body_where_it_is_asked_to(peer: MakePeer, tmp_path: Path) -> None:
    path = tmp_path / "body"
    path.write_bytes(b"front body")
    server = peer(digest_server(count=5, qop="auth-int"))
    with web.build_opener(web.HTTPDigestAuthHandler(passwords(url_of(server)))) as opener:
        assert get(opener, url_of(server), b"body") == b"ok"
        assert get(opener, url_of(server)) == b"ok"
        with path.open("rb") as file:
            file.seek(6)
            assert get(opener, url_of(server), file) == b"ok"
        with pytest.raises(HTTPError) as caught:
            get(opener, url_of(server), [b"in", b"parts"])
        caught.value.close()
    sent = logins(heard(server))
    verify(sent[1], "POST", "/", body=b"body")
    verify(sent[2], "GET", "/", body=b"")
    verify(sent[3], "POST", "/", body=b"body")
    assert sent[4] == b""


def test_strongest_challenge_is_answered(peer: MakePeer) -> None:
    offered = ask(
        'Basic realm="r"',
        'Digest realm="r", nonce="weak", qop="auth", algorithm=MD5, Digest realm="r", nonce="new", qop="auth", '
        'algorithm=SHA-256, Digest realm="r", nonce="odd", qop="auth", algorithm=WHIRLPOOL',
    )
    server = peer([request(), send(offered), request(), send(OK)])
    manager = passwords(url_of(server))
    opener = web.build_opener(web.HTTPBasicAuthHandler(manager), web.HTTPDigestAuthHandler(manager))
    with opener:
        assert get(opener, url_of(server)) == b"ok"
    assert fields_of(logins(heard(server))[1])["nonce"] == "new"


@pytest.mark.parametrize(
    "challenge, answered",
    [
        ("Digest realm=r, nonce=n, qop=auth, algorithm=MD5", "Digest"),
        ("Digest realm='r', nonce='n', qop='auth'", "Digest"),
        ('DIGEST REALM = "r" , NONCE="n",QOP="auth, auth-int",', "Digest"),
        ('Digest realm="r", nonce="n", qop="", algorithm=""', "Digest"),
        ('Digest realm="a \\"b\\", c", nonce="n", qop="auth-conf,auth"', "Digest"),
        ('Negotiate, NTLM, Digest realm="r", nonce="n"', "Digest"),
        ('Negotiate dG9rZW4=, Basic realm="r"', "Basic"),
        ('Digest realm="r", nonce="n", algorithm=NEW, Basic realm="r", charset="UTF-8"', "Basic"),
        ('Basic realm=""', "Basic"),
    ],
)
def test_odd_challenges_are_answered(peer: MakePeer, challenge: str, answered: str) -> None:
    server = peer([request(), send(ask(challenge)), request(), send(OK)])
    known = passwords(url_of(server))
    with web.build_opener(web.HTTPBasicAuthHandler(known), web.HTTPDigestAuthHandler(known)) as opener:
        assert get(opener, url_of(server)) == b"ok"
    assert logins(heard(server))[1].startswith(answered.encode())


@pytest.mark.parametrize("how", ["manager", "url"])
def test_next_nonce_is_used(peer: MakePeer, how: str) -> None:
    told = OK.replace(b"\r\n", b'\r\nAuthentication-Info: qop=auth, nextnonce="n2"\r\n', 1)
    answers = [ask('Digest realm="r", nonce="n1", qop="auth"'), told, OK, OK]
    server = peer([step for answer in answers for step in (request(), send(answer))])
    url = url_of(server) if how == "manager" else url_of(server).replace("//", f"//{ALICE}:{WORD}@")
    handlers = [web.HTTPDigestAuthHandler(passwords(url))] if how == "manager" else []
    with web.build_opener(*handlers) as opener:
        for _ in range(3):
            assert get(opener, url) == b"ok"
    answered = [fields_of(one) for one in logins(heard(server)) if one.startswith(b"Digest")]
    assert [(one["nonce"], one["nc"]) for one in answered] == [
        ("n1", "00000001"),
        ("n2", "00000001"),
        ("n2", "00000002"),
    ]


def test_stale_nonce_is_replaced_and_a_wrong_password_is_not_tried_again(peer: MakePeer) -> None:
    first = ask('Digest realm="r", nonce="n1", qop="auth"')
    stale = ask('Digest realm="r", nonce="n2", qop="auth", stale=true')
    wrong = ask('Digest realm="r", nonce="n3", qop="auth"')
    server = peer([step for one in (first, stale, OK, stale, wrong) for step in (request(), send(one))])
    with web.build_opener(web.HTTPDigestAuthHandler(passwords(url_of(server)))) as opener:
        assert get(opener, url_of(server)) == b"ok"
        with pytest.raises(HTTPError) as caught:
            get(opener, url_of(server))
        caught.value.close()
    nonces = [fields_of(one)["nonce"] if one else None for one in logins(heard(server))]
    assert nonces == [None, "n1", "n2", "n2", "n2"]


def test_server_that_calls_everything_stale_is_given_up(peer: MakePeer) -> None:
    def serve(conversation: Conversation) -> None:
        try:
            while True:
                request()(conversation)
                number = len(conversation.taken)
                conversation.send(ask(f'Digest realm="r", nonce="n{number}", qop="auth", stale=true'))
        except ScriptError:
            pass  # the client left

    server = peer([serve])
    with web.build_opener(web.HTTPDigestAuthHandler(passwords(url_of(server)))) as opener:
        with pytest.raises(HTTPError) as caught:
            get(opener, url_of(server))
        caught.value.close()
    assert len(logins(heard(server))) == 5


def test_domain_of_a_challenge_limits_what_is_answered_in_advance(peer: MakePeer) -> None:
    server = peer(digest_server(count=5, more=', domain="/in /also"'))
    with web.build_opener(web.HTTPDigestAuthHandler(passwords(url_of(server)))) as opener:
        for path in ("/in/a", "/in/b", "/out"):
            assert get(opener, url_of(server, path)) == b"ok"
    assert [bool(one) for one in logins(heard(server))] == [False, True, True, False, True]


def test_own_login_counts_before_what_was_learnt(peer: MakePeer) -> None:
    server = peer([*digest_server(count=2), request(), send(OK)])
    with web.build_opener(web.HTTPDigestAuthHandler(passwords(url_of(server)))) as opener:
        assert get(opener, url_of(server)) == b"ok"
        own = web.Request(url_of(server))
        own.add_unredirected_header("Authorization", "Own x")
        assert get(opener, own) == b"ok"
    assert logins(heard(server))[2] == b"Own x"


def test_request_that_is_opened_again_has_a_count_of_its_own(peer: MakePeer) -> None:
    server = peer(digest_server(count=3))
    wanted = web.Request(url_of(server))
    with web.build_opener(web.HTTPDigestAuthHandler(passwords(url_of(server)))) as opener:
        for _ in range(2):
            assert get(opener, wanted) == b"ok"
    assert [fields_of(one)["nc"] for one in logins(heard(server))[1:]] == ["00000001", "00000002"]


def test_older_way_of_answering_one_challenge_works(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    handler = web.HTTPDigestAuthHandler(passwords(url_of(server)))
    wanted = web.Request(url_of(server))
    wanted.timeout = 5
    with web.build_opener(handler):
        with handler.retry_http_digest_auth(wanted, 'Digest realm="r", nonce="n", qop="auth"') as response:
            assert response.read() == b"ok"
        handler.reset_retry_count()
    verify(logins(heard(server))[0], "GET", "/")
    h, keyed = handler.get_algorithm_impls("SHA-256")
    assert h("x") == hashlib.sha256(b"x").hexdigest()
    assert keyed("a", "b") == h("a:b")
    with pytest.raises(ValueError, match="Unsupported"):
        handler.get_algorithm_impls("X")
    nothing: Any = handler.get_entity_digest
    assert nothing(b"x", {}) is None


# ---- logins in URLs


def test_login_of_the_url_answers_digest_and_stays_with_it(peer: MakePeer) -> None:
    server = peer(digest_server(count=3))
    url = f"http://alice:s3cret@{server.host}:{server.port}/a"
    with web.build_opener() as opener:
        for _ in range(2):
            assert get(opener, url) == b"ok"
    sent = logins(heard(server))
    assert sent[0] == BASIC
    assert [verify(one, "GET", "/a") for one in sent[1:]] == ["00000001", "00000002"]


def test_wrong_login_of_the_url_is_a_401(peer: MakePeer) -> None:
    challenge = send(ask('Digest realm="r", nonce="n", qop="auth"'))
    server = peer([request(), challenge, request(), challenge])
    with web.build_opener() as opener:
        with pytest.raises(HTTPError) as caught:
            get(opener, f"http://alice:no@{server.host}:{server.port}/a")
        caught.value.close()
    assert len(logins(heard(server))) == 2


# ---- tokens


def test_token_is_sent_where_it_is_for(peer: MakePeer) -> None:
    server, other = peer([request(), send(OK)] * 1 + [request(), send(OK)] * 2), peer([request(), send(OK)])
    handler = web.HTTPBearerAuthHandler()
    handler.add_token(url_of(server, "/api"), "top")
    handler.add_token(
        url_of(server, "/api/deep"), lambda request: f"made-for{request.selector.replace('/', '.')}"
    )
    with web.build_opener(handler) as opener:
        assert get(opener, url_of(server, "/api/x")) == b"ok"
        assert get(opener, url_of(server, "/api/deep/x")) == b"ok"
        assert get(opener, url_of(server, "/apis")) == b"ok"
        assert get(opener, url_of(other, "/api/x")) == b"ok"
    assert logins(heard(server)) == [b"Bearer top", b"Bearer made-for.api.deep.x", b""]
    assert logins(heard(other)) == [b""]


def test_own_header_counts_before_a_token(peer: MakePeer) -> None:
    server = peer([request(), send(OK)])
    handler = web.HTTPBearerAuthHandler()
    handler.add_token(url_of(server), "t")
    with web.build_opener(handler) as opener:
        assert get(opener, web.Request(url_of(server), headers={"Authorization": "mine"})) == b"ok"
    assert logins(heard(server)) == [b"mine"]


@pytest.mark.parametrize("token", ["", "a b", "a\r\nX: y", "ü"])
def test_text_that_is_no_token_is_refused(token: str) -> None:
    with pytest.raises(ValueError, match="token"):
        web.HTTPBearerAuthHandler().add_token("http://h/", token)


# ---- proxies


def test_proxy_is_logged_in_to_by_basic(peer: MakePeer) -> None:
    challenge = ask('Basic realm="p"', status="407 Who", field="Proxy-Authenticate")
    proxy = peer([request(), send(challenge)], [request(), send(OK)])
    place = f"{proxy.host}:{proxy.port}"
    opener = web.build_opener(
        web.ProxyHandler({"http": f"http://{place}"}), web.ProxyBasicAuthHandler(passwords(place))
    )
    with opener:
        assert get(opener, "http://origin.example/") == b"ok"
    assert logins(heard(proxy), b"Proxy-Authorization") == [b""]
    assert logins(heard(proxy, 1), b"Proxy-Authorization") == [BASIC]


@pytest.mark.parametrize("way", ["handler", "url"])
def test_proxy_is_logged_in_to_by_digest(peer: MakePeer, way: str) -> None:
    challenge = ask('Digest realm="p", nonce="n", qop="auth"', status="407 Who", field="Proxy-Authenticate")
    proxy = peer([request(), send(challenge)], [request(), send(OK)] * 2)
    place = f"{proxy.host}:{proxy.port}"
    if way == "url":
        opener = web.build_opener(web.ProxyHandler({"http": f"http://alice:s3cret@{place}"}))
    else:
        opener = web.build_opener(
            web.ProxyHandler({"http": f"http://{place}"}), web.ProxyDigestAuthHandler(passwords(place))
        )
    with opener:
        for host in ("one.example", "two.example"):
            assert get(opener, f"http://{host}/a") == b"ok"
    assert logins(heard(proxy), b"Proxy-Authorization") == [BASIC if way == "url" else b""]
    sent = logins(heard(proxy, 1), b"Proxy-Authorization")
    assert verify(sent[0], "GET", "http://one.example/a") == "00000001"
    assert verify(sent[1], "GET", "http://two.example/a") == "00000002"
    assert len(proxy.conversations) == 2


@pytest.mark.parametrize("way", ["basic handler", "digest handler", "url"])
def test_proxy_is_logged_in_to_for_a_tunnel(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, way: str
) -> None:
    offered = ['Digest realm="p", nonce="n", qop="auth"', 'Basic realm="p"']
    challenge = ask(*offered, status="407 Who", field="Proxy-Authenticate")
    inside = [send(b"HTTP/1.1 200 Connected\r\n\r\n"), start_tls(server_tls), *[request(), send(OK)] * 2]
    proxy = peer([request(), send(challenge)], [request(), *inside])
    place = f"{proxy.host}:{proxy.port}"
    handlers: list[Any] = [web.HTTPSHandler(context=client_tls)]
    if way == "url":
        handlers.append(web.ProxyHandler({"https": f"http://alice:s3cret@{place}"}))
    else:
        kind = web.ProxyBasicAuthHandler if way == "basic handler" else web.ProxyDigestAuthHandler
        handlers += [web.ProxyHandler({"https": f"http://{place}"}), kind(passwords(place))]
    with web.build_opener(*handlers) as opener:
        for path in ("/a", "/b"):
            assert get(opener, f"https://localhost{path}") == b"ok"
    assert len(proxy.conversations) == 2
    connect, *requests = heard(proxy, 1).split(b"\r\n\r\n")[:3]
    login = logins(connect, b"Proxy-Authorization")[0]
    if way == "basic handler":
        assert login == BASIC
    else:
        assert verify(login, "CONNECT", "localhost:443") == "00000001"
    for inner in requests:
        assert b"Authorization" not in inner


def test_proxy_that_refuses_the_login_is_a_urlerror(peer: MakePeer, client_tls: ssl.SSLContext) -> None:
    challenge = ask('Basic realm="p"', status="407 Who", field="Proxy-Authenticate")
    proxy = peer([request(), send(challenge)])
    place = f"{proxy.host}:{proxy.port}"
    opener = web.build_opener(
        web.HTTPSHandler(context=client_tls),
        web.ProxyHandler({"https": f"http://{place}"}),
        web.ProxyBasicAuthHandler(passwords(place)),
    )
    with opener:
        with pytest.raises(URLError, match="Tunnel connection failed: 407"):
            get(opener, "https://localhost/")
    assert len(proxy.conversations) == 2


def test_login_of_one_proxy_is_not_shown_to_another(peer: MakePeer) -> None:
    one, two = peer([request(), send(OK)]), peer([request(), send(OK)])
    wanted = web.Request("http://origin.example/")
    for proxy, login in ((one, "alice:s3cret@"), (two, "")):
        way = web.ProxyHandler({"http": f"http://{login}{proxy.host}:{proxy.port}"})
        with web.build_opener(way) as opener:
            assert get(opener, wanted) == b"ok"
    assert logins(heard(one), b"Proxy-Authorization") == [BASIC]
    assert logins(heard(two), b"Proxy-Authorization") == [b""]


# ---- netrc


def test_login_of_netrc_answers(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(ask('Basic realm="r"')), request(), send(OK)])
    path = tmp_path / "netrc"
    path.write_text(f"machine {server.host} login alice password s3cret\ndefault login x password y\n")
    manager = web.HTTPPasswordMgrWithNetrc(path)
    with web.build_opener(web.HTTPBasicAuthHandler(manager)) as opener:
        assert get(opener, url_of(server)) == b"ok"
    assert logins(heard(server)) == [b"", BASIC]


def test_netrc_knows_exact_hosts_and_users(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "netrc"
    path.write_text(
        "machine h.example login alice password a\nmachine ::1 login six password v\n"
        "machine nameless password p\ndefault login any password d\n"
    )
    manager = web.HTTPPasswordMgrWithNetrc(path)
    manager.add_password(None, "http://h.example/own", "bob", "b")
    for url, login in {
        "http://h.example/": ("alice", "a"),
        "https://alice@h.example:8443/x": ("alice", "a"),
        "http://carol@h.example/": (None, None),
        "http://h.example/own/x": ("bob", "b"),
        "http://[::1]/": ("six", "v"),
        "http://nameless/": ("", "p"),
        "http://evil:80;@h.example.evil/": (None, None),
        "http://other.example/": (None, None),
    }.items():
        assert manager.find_user_password("any realm", url) == login, url
    lax = web.HTTPPasswordMgrWithNetrc(path, default=True)
    assert lax.find_user_password("r", "http://other.example/") == ("any", "d")
    monkeypatch.setenv("NETRC", str(path))
    assert web.HTTPPasswordMgrWithNetrc().find_user_password("r", "http://h.example/") == ("alice", "a")
    monkeypatch.setenv("NETRC", str(tmp_path / "none"))
    assert web.HTTPPasswordMgrWithNetrc().find_user_password("r", "http://h.example/") == (None, None)
    with pytest.raises(FileNotFoundError):
        web.HTTPPasswordMgrWithNetrc(tmp_path / "none")
    monkeypatch.delenv("NETRC")
    monkeypatch.setenv("HOME", str(tmp_path))
    assert web.HTTPPasswordMgrWithNetrc().find_user_password("r", "http://h.example/") == (None, None)


def test_password_manager_reduces_uris_as_the_stdlib_does() -> None:
    manager = web.HTTPPasswordMgr()
    assert manager.reduce_uri("http://h/a") == ("h:80", "/a")
    assert manager.reduce_uri("https://h") == ("h:443", "/")
    assert manager.reduce_uri("http://h:81/a", False) == ("h:81", "/a")
    assert manager.reduce_uri("http://h/a", False) == ("h", "/a")
    assert manager.reduce_uri("h:81") == ("h:81", "/")
    assert manager.is_suburi(("h", "/a"), ("h", "/a/b"))
    assert manager.is_suburi(("h", "/a"), ("h", "/a"))
    assert not manager.is_suburi(("h", "/a"), ("h", "/ab"))
    assert not manager.is_suburi(("h", "/"), ("g", "/"))


def test_several_places_share_a_login() -> None:
    manager = web.HTTPPasswordMgrWithPriorAuth()
    manager.add_password("r", ["http://a/", "b:81"], ALICE, WORD, is_authenticated=True)
    for url in ("http://a/x", "http://b:81/"):
        assert manager.find_user_password("r", url) == (ALICE, WORD)
        assert manager.is_authenticated(url)
    assert manager.is_authenticated("http://c/") is None


def test_redirect_gets_no_login_of_where_it_came_from(peer: MakePeer) -> None:
    other = peer([request(), send(OK)])
    moved = f"HTTP/1.1 302 Moved\r\nLocation: {url_of(other)}\r\nContent-Length: 0\r\n\r\n".encode()
    server = peer([request(), send(ask('Digest realm="r", nonce="n", qop="auth"')), request(), send(moved)])
    handlers = [web.HTTPDigestAuthHandler(passwords(url_of(server))), web.HTTPBearerAuthHandler()]
    with defaults.using(cross_origin_credentials=True):  # those are of the program's own headers
        with web.build_opener(*handlers) as opener:
            assert get(opener, url_of(server)) == b"ok"
    assert logins(heard(other)) == [b""]
