"""Request heads: what is read from them, and which are refused with what."""

import copy
import pickle

import pytest

from wirekit._wire.requests import (
    BadRequest,
    RequestHead,
    check_unfinished_head,
    parse_request_head,
    parse_trailers,
    replace_line,
)
from wirekit.defaults import Defaults, profile

STRICT = profile("safe")
LAX = profile("stdlib")
HOST = b"Host: a\r\n"


def head_of(line: bytes = b"GET / HTTP/1.1", *fields: bytes) -> bytes:
    return b"\r\n".join([line, *fields, b"", b""])


def refusal(head: bytes, rules: Defaults = STRICT) -> BadRequest:
    with pytest.raises(BadRequest) as caught:
        parse_request_head(head, rules)
    return caught.value


def test_usual_head_is_taken_apart() -> None:
    head = parse_request_head(head_of(b"GET /a?b HTTP/1.1", b"Host: a", b"X-A:  1 \t"), STRICT)
    assert (head.method, head.target, head.version) == ("GET", "/a?b", "HTTP/1.1")
    assert (head.raw_line, head.line) == (b"GET /a?b HTTP/1.1\r\n", "GET /a?b HTTP/1.1")
    assert head.fields == [("Host", "a"), ("X-A", "1")]
    assert head.fields is head.fields
    assert (head.length, head.chunked, head.unframed) == (None, False, False)
    assert (head.keep_alive, head.expects) == (True, False)


@pytest.mark.parametrize("touched", [False, True])
def test_line_is_replaced_before_the_same_fields(touched: bool) -> None:
    head = parse_request_head(head_of(b"GET /a HTTP/1.1", b"Host: a", b"Content-Length: 5"), STRICT)
    assert not touched or head.fields
    other = replace_line(head, b"PUT /b?c HTTP/1.1\r\n", STRICT)
    whole = parse_request_head(head_of(b"PUT /b?c HTTP/1.1", b"Host: a", b"Content-Length: 5"), STRICT)
    for name in (*RequestHead.__slots__, "fields"):
        if name != "_fields":
            assert getattr(other, name) == getattr(whole, name), name
    assert head.method == "GET"


@pytest.mark.parametrize(
    "line",
    [
        b"GET /b HTTP/1.0\r\n",
        b"GET  /b HTTP/1.1\r\n",
        b"GET /b HTTP/1.1\n",
        b"GET /%b HTTP/1.1\r\n" % (b"x" * 65_536),
    ],
)
def test_odd_line_is_not_replaced(line: bytes) -> None:
    head = parse_request_head(head_of(b"GET /a HTTP/1.1", b"Host: a"), STRICT)
    with pytest.raises(BadRequest):
        replace_line(head, line, STRICT)


@pytest.mark.parametrize(
    "line,field,expected",
    [
        (b"GET / HTTP/1.1", b"X: 1", True),
        (b"GET / HTTP/1.1", b"Connection: close", False),
        (b"GET / HTTP/1.1", b"Connection: x, CLOSE", False),
        (b"GET / HTTP/1.0", b"X: 1", False),
        (b"GET / HTTP/1.0", b"Connection: Keep-Alive", True),
        (b"GET / HTTP/1.5", b"X: 1", True),
    ],
)
def test_keep_alive_follows_version_and_connection(line: bytes, field: bytes, expected: bool) -> None:
    assert parse_request_head(head_of(line, b"Host: a", field), STRICT).keep_alive is expected


@pytest.mark.parametrize("rules", [STRICT, LAX])
def test_content_length_is_read(rules: Defaults) -> None:
    assert (
        parse_request_head(head_of(b"PUT / HTTP/1.1", b"Host: a", b"content-length: 012"), rules).length == 12
    )


@pytest.mark.parametrize(
    "value", [b"+5", b"-1", b"5_0", b"0x5", b"5 5", b"", b"1" * 25, b"5, 5", "\u0665".encode()]
)
def test_odd_content_length_is_refused(value: bytes) -> None:
    assert refusal(head_of(b"PUT / HTTP/1.1", b"Host: a", b"Content-Length: " + value)).status == 400


@pytest.mark.parametrize("second", [b"5", b"6"])
def test_second_content_length_is_refused(second: bytes) -> None:
    fields = (b"Host: a", b"Content-Length: 5", b"Content-Length: " + second)
    assert refusal(head_of(b"PUT / HTTP/1.1", *fields)).status == 400


def test_chunked_is_read() -> None:
    head = parse_request_head(head_of(b"PUT / HTTP/1.1", b"Host: a", b"Transfer-Encoding: Chunked"), STRICT)
    assert (head.chunked, head.length) == (True, None)


@pytest.mark.parametrize(
    "line,fields,status",
    [
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: chunked", b"Content-Length: 5"], 400),
        (b"PUT / HTTP/1.0", [b"Transfer-Encoding: chunked"], 400),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: gzip, chunked"], 501),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: gzip", b"Transfer-Encoding: chunked"], 501),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: chunked, gzip"], 400),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: chunked, chunked"], 400),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: identity, chunked"], 400),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: identity"], 400),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding: \x0bchunked"], 400),
        (b"PUT / HTTP/1.1", [b"Transfer-Encoding:"], 400),
    ],
)
def test_odd_transfer_encoding_is_refused(line: bytes, fields: list[bytes], status: int) -> None:
    assert refusal(head_of(line, b"Host: a", *fields)).status == status


@pytest.mark.parametrize(
    "host", [b"a", b"a:80", b"[::1]", b"[::1]:80", b"[fe80::1%25eth0]", b"", b"A-b.c", b"\xc3\xa4.org", b"a:"]
)
def test_host_is_let_through(host: bytes) -> None:
    assert parse_request_head(head_of(b"GET / HTTP/1.1", b"Host: " + host), STRICT).fields[0][0] == "Host"


@pytest.mark.parametrize("host", [b"a b", b"a,b", b"a/b", b"u@a", b"a:x", b"[::1", b"a\\b", b"a#b", b"a?b"])
def test_host_that_is_none_is_refused(host: bytes) -> None:
    assert refusal(head_of(b"GET / HTTP/1.1", b"Host: " + host)).status == 400


@pytest.mark.parametrize(
    "start",
    [
        b"GET /", b"GET //a", b"GET http://a", b"PUT a+b://c/d", b"OPTIONS *", b"OPTIONS /", b"CONNECT a:80",
        b"CONNECT [::1]:80", b"CONNECT /",
    ],
)  # fmt: skip
def test_target_is_let_through(start: bytes) -> None:
    head = head_of(start + b" HTTP/1.1", b"Host: a")
    assert parse_request_head(head, STRICT).target == start.split()[1].decode()


@pytest.mark.parametrize(
    "start",
    [
        b"GET a", b"GET *", b"GET @b/", b"GET a:80", b"GET http:/a", b"GET http:///a", b"GET ?a", b"OPTIONS **",
        b"CONNECT a", b"CONNECT a:80/", b"CONNECT a@b:80", b"CONNECT *", b"GET 1://a", b"GET \xe4",
    ],
)  # fmt: skip
def test_target_that_is_no_path_is_refused(start: bytes) -> None:
    head = head_of(start + b" HTTP/1.1", b"Host: a")
    assert refusal(head).status == 400
    assert parse_request_head(head, LAX).target == start.split()[1].decode("latin-1")
    usual = parse_request_head(head_of(start.split()[0] + b" / HTTP/1.1", b"Host: a"), STRICT)
    with pytest.raises(BadRequest):
        replace_line(usual, start + b" HTTP/1.1\r\n", STRICT)
    usual = parse_request_head(head_of(b"GET / HTTP/1.1", b"Host: a"), LAX)
    assert replace_line(usual, start + b" HTTP/1.1\r\n", LAX).line == (start + b" HTTP/1.1").decode("latin-1")


@pytest.mark.parametrize("line", [b"GET / HTTP/1.1", b"GET / HTTP/1.0"])
def test_two_hosts_are_refused(line: bytes) -> None:
    assert refusal(head_of(line, b"Host: a", b"Host: a")).status == 400


def test_missing_host_is_refused_in_1_1_only() -> None:
    assert refusal(head_of()).status == 400
    assert parse_request_head(head_of(b"GET / HTTP/1.0"), STRICT).version == "HTTP/1.0"
    assert parse_request_head(head_of(), LAX).version == "HTTP/1.1"


@pytest.mark.parametrize(
    "line,value,expected",
    [
        (b"PUT / HTTP/1.1", b"100-Continue", True),
        (b"PUT / HTTP/1.0", b"100-continue", False),
        (b"PUT / HTTP/1.1", b"magic", False),
    ],
)
def test_expectation_is_read(line: bytes, value: bytes, expected: bool) -> None:
    assert parse_request_head(head_of(line, b"Host: a", b"Expect: " + value), STRICT).expects is expected


@pytest.mark.parametrize(
    "head",
    [
        b"GET / HTTP/1.1\nHost: a\n\n",
        b"GET / HTTP/1.1\r\nHost: a\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nContent-Length : 4\r\n\r\n",
        b"GET / HTTP/1.1\r\n Host: a\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r\n 2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: 1\r2\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX: \x00\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\nX\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: a\r\n: 1\r\n\r\n",
        b"GET  / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET\t/ HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1 \r\nHost: a\r\n\r\n",
        b" GET / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"G(T / HTTP/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.\xd9\xa1\r\nHost: a\r\n\r\n",
        b"GET / http/1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/01.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.1.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/x.1\r\nHost: a\r\n\r\n",
        b"GET / HTTP/1.11111111111\r\nHost: a\r\n\r\n",
        b"GET / a HTTP/1.1\r\nHost: a\r\n\r\n",
        b"POST /\r\nHost: a\r\n\r\n",
        b"GET\r\nHost: a\r\n\r\n",
    ],
)
def test_odd_head_is_refused(head: bytes) -> None:
    assert refusal(head).status == 400


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/3.0", b"HTTP/12.1"])
@pytest.mark.parametrize("rules", [STRICT, LAX])
def test_later_version_is_refused(version: bytes, rules: Defaults) -> None:
    assert refusal(head_of(b"GET / " + version), rules).status == 505


def test_0_9_is_refused_in_strict_form_only() -> None:
    assert refusal(b"GET /\r\n\r\n").status == 505
    head = parse_request_head(b"GET /\r\n\r\n", LAX)
    assert (head.version, head.keep_alive) == ("HTTP/0.9", False)


@pytest.mark.parametrize("rules", [STRICT, LAX])
def test_blank_line_is_worth_no_answer(rules: Defaults) -> None:
    assert refusal(b" \r\n\r\n", rules).status == 0


def test_lax_reading_is_the_standard_librarys() -> None:
    head = parse_request_head(b"GET  /  HTTP/1.1\nHost: a\n b\nX: 1\r2\n\n", LAX)
    assert (head.method, head.target, head.version, head.keep_alive) == ("GET", "/", "HTTP/1.1", False)
    assert [name for name, _ in head.fields] == ["Host", "X"]


@pytest.mark.parametrize("values", [[b"5", b"6"], [b"+5"]])
def test_lax_length_that_is_odd_ends_the_connection(values: list[bytes]) -> None:
    head = parse_request_head(head_of(b"PUT / HTTP/1.1", *[b"Content-Length: " + v for v in values]), LAX)
    assert (head.unframed, head.keep_alive) == (True, False)


def test_lax_chunks_are_the_handlers() -> None:
    fields = (b"Content-Length: 5", b"Transfer-Encoding: chunked")
    head = parse_request_head(head_of(b"PUT / HTTP/1.1", *fields), LAX)
    assert (head.unframed, head.chunked, head.length, head.keep_alive) == (True, False, None, False)


def test_limits_are_statuses() -> None:
    rules = Defaults(max_line=50, max_fields=3, max_head=200)
    long = b"X: " + b"x" * 60
    assert refusal(head_of(b"GET /" + b"x" * 60 + b" HTTP/1.1", b"Host: a"), rules).status == 414
    assert refusal(head_of(b"GET / HTTP/1.1", b"Host: a", long), rules).status == 431
    assert refusal(head_of(b"GET / HTTP/1.1", b"Host: a", b"A: 1", b"B: 2", b"C: 3"), rules).status == 431
    assert refusal(head_of(b"GET / HTTP/1.1", *[b"X: " + b"x" * 40] * 5), rules).reason == "Head too long"
    assert (
        parse_request_head(head_of(b"GET / HTTP/1.1", b"Host: a", b"A: " + b"x" * 40), rules).length is None
    )


@pytest.mark.parametrize(
    "text,status",
    [
        (b"x" * 51, 414),
        (b"GET / HTTP/1.1\r\n" + b"x" * 51, 431),
        (b"GET / HTTP/1.1\r\n" + b"X: 1\r\n" * 40, 431),
        (b"\x16\x03\x01", 400),
        (b"GET / HTTP/1.1\nHost", 400),
        (b"HELO x\r\n", 400),
        (b"GET / HTTP/2.0\r\nHo", 505),
    ],
)
def test_unfinished_head_that_can_become_none_is_refused(text: bytes, status: int) -> None:
    with pytest.raises(BadRequest) as caught:
        check_unfinished_head(b"??" + text, 2, Defaults(max_line=50, max_head=200))
    assert caught.value.status == status


@pytest.mark.parametrize("text", [b"", b"GE", b"GET / HTTP/1.1\r\nHo"])
def test_unfinished_head_may_go_on(text: bytes) -> None:
    check_unfinished_head(text, 0, STRICT)
    check_unfinished_head(text, 0, LAX)


def test_unfinished_fields_are_not_taken_for_a_request_line() -> None:
    check_unfinished_head(b"Host: a\r\nX", 0, STRICT, fields_only=True)
    with pytest.raises(BadRequest) as caught:
        check_unfinished_head(b"x" * 51, 0, Defaults(max_line=50), fields_only=True)
    assert caught.value.status == 431


def test_refusal_pickles_and_copies() -> None:
    refused = refusal(head_of(b"GET / HTTP/2.0"))
    for twin in (pickle.loads(pickle.dumps(refused)), copy.copy(refused)):
        assert (twin.status, twin.reason, twin.explain) == (refused.status, refused.reason, refused.explain)


# ------------------------------------------------------------------------------------------------------------- trailers


def test_trailers_are_fields() -> None:
    assert parse_trailers(b"\r\n") == []
    assert parse_trailers(b"A: b\r\nC:\td \r\n\r\n") == [("A", "b"), ("C", "d")]


@pytest.mark.parametrize(
    "block,wrong",
    [
        (b"\n", "ends without CR"),
        (b"A: b\n\r\n", "ends without CR"),
        (b"A: b\r\n\n", "ends without CR"),
        (b"A: b\r\n c\r\n\r\n", "folded"),
        (b"A : b\r\n\r\n", "space before the colon"),
        (b"A\r\n\r\n", "without a colon"),
        (b"A: b\rc\r\n\r\n", "control character"),
    ],
)
def test_odd_trailers_are_refused(block: bytes, wrong: str) -> None:
    with pytest.raises(BadRequest) as caught:
        parse_trailers(block)
    assert caught.value.status == 400
    assert wrong in (caught.value.explain or "")
