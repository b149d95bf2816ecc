"""Heads of HTTP/1.x: where they end, what they say, what is refused, and that this costs linear time."""

from __future__ import annotations

import re
from typing import Any

import pytest

from wirekit import defaults
from wirekit._wire import http1, http_errors
from wirekit._wire.http_errors import (
    BadField,
    BadFraming,
    BadStatusLine,
    HeadTooLong,
    HTTPException,
    InvalidURL,
    LineTooLong,
    RemoteDisconnected,
    UnknownProtocol,
    UnknownTransferEncoding,
)

SAFE = defaults.profile("safe")
LAX = defaults.profile("stdlib")
BOTH = pytest.mark.parametrize("rules", [SAFE, LAX], ids=["safe", "stdlib"])


def rules_with(**changes: Any) -> defaults.Defaults:
    return defaults.Defaults(**changes)


def head(*lines: bytes, start: bytes = b"HTTP/1.1 200 OK", end: bytes = b"\r\n") -> bytes:
    return b"".join([line + end for line in (start, *lines, b"")])


def framing(raw: bytes, rules: http1.Rules = SAFE) -> tuple[int | None, bool, bool]:
    """Length, chunked and keep_alive of a head."""
    got = http1.parse_response_head(raw, rules)
    return got.length, got.chunked, got.keep_alive


# ---- where a head ends


@pytest.mark.parametrize(
    "raw",
    [
        head(b"A: b"),
        head(b"A: b", end=b"\n"),
        b"HTTP/1.1 200 OK\r\nA: b\n\r\n",
        b"HTTP/1.1 200 OK\nA: b\r\n\n",
        head(),
        head(end=b"\n"),
    ],
)
def test_head_end_is_found_at_any_split(raw: bytes) -> None:
    whole = b"x\n" + raw + b"\n\nbody\r\n\r\n"
    for cut in range(2, 2 + len(raw)):
        assert http1.find_head_end(whole[:cut], 2, 2) == -1
        assert http1.find_head_end(whole, 2, cut) == 2 + len(raw)
    assert http1.find_head_end(whole, 2, 2) == 2 + len(raw)


def test_head_end_is_not_looked_for_before_what_was_seen() -> None:
    assert http1.find_head_end(b"HTTP/1.1 200 OK\r\n\r\n" + b"x" * 10, 0, 25) == -1


def test_line_of_blanks_or_carriage_returns_ends_no_head() -> None:
    assert http1.find_head_end(b"HTTP/1.1 200 OK\r\n \r\n\r\r\n", 0, 0) == -1


# ---- heads that are as they should be


@pytest.mark.parametrize(
    "start, version, status, reason",
    [
        (b"HTTP/1.1 200 OK", 11, 200, "OK"),
        (b"HTTP/1.1 200", 11, 200, ""),
        (b"HTTP/1.1 200 ", 11, 200, ""),
        (b"HTTP/1.1 200  much blank ", 11, 200, "much blank"),
        (b"HTTP/1.0 404 Not Found", 10, 404, "Not Found"),
        (b"HTTP/1.2 299 \xe9t\xe9", 11, 299, "\xe9t\xe9"),
        (b"HTTP/1.9 999 x", 11, 999, "x"),
        (b"HTTP/0.9 200 OK", 10, 200, "OK"),
    ],
)
@BOTH
def test_status_line_is_read(
    start: bytes, version: int, status: int, reason: str, rules: defaults.Defaults
) -> None:
    got = http1.parse_response_head(head(start=start), rules)
    assert (got.version, got.status, got.reason) == (version, status, reason)
    odd = http1.parse_response_head(head(start=start, end=b"\n"), rules)
    assert (odd.version, odd.status, odd.reason) == (version, status, reason)


@pytest.mark.parametrize("start", [b"HTTP/1.10 200 OK", b"HTTP/1.one 200 OK", b" HTTP/1.1 200 OK"])
def test_status_line_that_is_almost_one_is_refused_where_strict(start: bytes) -> None:
    with pytest.raises(http_errors.BadStatusLine):
        http1.parse_response_head(head(start=start), SAFE)
    assert http1.parse_response_head(head(start=start), LAX).status == 200


def test_fields_are_split_when_asked_for_and_once() -> None:
    got = http1.parse_response_head(head(b"A: b", b"a:c \t", b"Empty:", b"U:\xe9"), SAFE)
    assert got._fields is None
    assert got.fields == [("A", "b"), ("a", "c"), ("Empty", ""), ("U", "\xe9")]
    assert got.fields is got.fields


@BOTH
def test_line_feeds_alone_and_folds_are_mended(rules: defaults.Defaults) -> None:
    got = http1.parse_response_head(b"HTTP/1.1 200 OK\nA: b\nC: d\r\n\te\nContent-Length: 3\n\n", rules)
    assert [(name, " ".join(value.split())) for name, value in got.fields] == [
        ("A", "b"),
        ("C", "d e"),
        ("Content-Length", "3"),
    ]
    assert (got.length, got.keep_alive) == (3, True)


# ---- status lines that are none


@pytest.mark.parametrize(
    "start",
    [
        b"ICY 200 OK",
        b"HTTP/1.1",
        b"HTTP/1.1 ",
        b"HTTP/1.1 20 OK",
        b"HTTP/1.1 2000 OK",
        b"HTTP/1.1 099 OK",
        b"HTTP/1.1 +20 OK",
        b"HTTP/1.1 2_0 OK",
        b"HTTP/1.1 2x0 OK",
        b"HTTP/1.1\xa0200 OK",
        "HTTP/1.1 \u00b2\u00b2\u00b2 OK".encode("iso-8859-1"),
        b"http/1.1 200 OK",
        b"HTTP/1.1 200 O\rK",
        b"HTTP/1.1 200 O\x00K",
        b"<html>",
        b"",
        b"\x16\x03\x01",
    ],
)
@BOTH
def test_what_is_no_status_line_is_refused(start: bytes, rules: defaults.Defaults) -> None:
    with pytest.raises(BadStatusLine):
        http1.parse_response_head(head(start=start), rules)


@pytest.mark.parametrize("version", [b"HTTP/2.0", b"HTTP/2", b"HTTP/3.0", b"HTTP/11", b"HTTP/"])
@BOTH
def test_version_of_another_generation_is_unknown(version: bytes, rules: defaults.Defaults) -> None:
    with pytest.raises(UnknownProtocol, match=re.escape(version.decode())):
        http1.parse_response_head(head(start=version + b" 200 OK"), rules)


def test_empty_status_line_is_a_hang_up() -> None:
    with pytest.raises(RemoteDisconnected, match="without response"):
        http1.parse_status_line(b"")


# ---- field lines that are none


@pytest.mark.parametrize(
    "line, wrong",
    [
        (b"no colon", "without a colon"),
        (b"Content-Length : 3", "space before the colon"),
        (b"A\t: 3", "space before the colon"),
        (b": 3", "not a token"),
        (b"A b: 3", "not a token"),
        (b"\xe9: 3", "not a token"),
        (b" leading: fold", "not a token"),
        (b"A: b\x00", "control character"),
        (b"A: b\x7f", "control character"),
        (b"A: b\x0b", "control character"),
        (b"A: b\rSet-Cookie: c=d", "control character"),
    ],
)
def test_odd_field_is_refused_and_in_the_lax_profile_ends_the_connection(line: bytes, wrong: str) -> None:
    raw = head(b"Good: yes", line) if line[0] > 32 else head(line)
    with pytest.raises(BadField, match=wrong):
        http1.parse_response_head(raw, SAFE)
    lax = http1.parse_response_head(raw, LAX)
    assert not lax.keep_alive
    assert "Set-Cookie" not in dict(lax.fields)


def test_lax_profile_reads_an_odd_block_as_the_email_package_does() -> None:
    got = http1.parse_response_head(head(b"A: b\x0b", b"Content-Length: 4", b"A : c", b"D: e"), LAX)
    assert got.fields == [("A", "b\x0b"), ("Content-Length", "4")]
    assert got.length == 4


# ---- how long the body is


@pytest.mark.parametrize(
    "lines, length",
    [
        ([], None),
        ([b"Content-Length: 0"], 0),
        ([b"content-length:\t 12 "], 12),
        ([b"Content-Length: 007"], 7),
        ([b"Content-Length: 5", b"CONTENT-LENGTH: 5"], 5),
        ([b"Content-Length: 5, 5"], 5),
        ([b"Content-Length: 5,5", b"Content-Length: 5"], 5),
        ([b"Content-Length: " + b"9" * 19], 10**19 - 1),
        ([b"X-Content-Length: 5"], None),
    ],
)
def test_content_length_is_read(lines: list[bytes], length: int | None) -> None:
    for end in (b"\r\n", b"\n"):
        assert framing(head(*lines, end=end)) == (length, False, True)


ODD_LENGTHS = [
    b"+5",
    b"-1",
    b"5_0",
    b"0x5",
    b"5 5",
    b"5,",
    b",",
    b"",
    b"five",
    b"5;q=1",
    b"9" * 20,
    b"9" * 5000,
    b"\xb2",
    b"5\xa0",
    b"\x855",
    "\u0665".encode(),
]


@pytest.mark.parametrize("value", ODD_LENGTHS, ids=lambda value: repr(value[:20]))
def test_odd_content_length_is_refused(value: bytes) -> None:
    for end in (b"\r\n", b"\n"):
        with pytest.raises(BadFraming):
            http1.parse_response_head(head(b"Content-Length: " + value, end=end), SAFE)


@pytest.mark.parametrize("value", ODD_LENGTHS, ids=lambda value: repr(value[:20]))
def test_odd_content_length_in_the_lax_profile_ends_the_connection(value: bytes) -> None:
    length, _, keep_alive = framing(head(b"Content-Length: " + value), LAX)
    assert not keep_alive
    assert length in {None, 5, 50, int(b"9" * 20)}


def test_different_content_lengths_are_refused_and_in_the_lax_profile_the_first_counts() -> None:
    for lines in ([b"Content-Length: 5", b"Content-Length: 6"], [b"Content-Length: 5, 6"]):
        with pytest.raises(BadFraming, match="different"):
            http1.parse_response_head(head(*lines), SAFE)
    assert framing(head(b"Content-Length: 5", b"Content-Length: 6"), LAX) == (5, False, False)
    assert framing(head(b"Content-Length: -5", b"Content-Length: 6"), LAX) == (None, False, False)


@BOTH
@pytest.mark.parametrize("value", [b"chunked", b"Chunked", b"\t CHUNKED  "])
def test_chunked_body_is_known(value: bytes, rules: defaults.Defaults) -> None:
    assert framing(head(b"Transfer-Encoding:" + value), rules) == (None, True, True)


@pytest.mark.parametrize(
    "lines", [[b"Transfer-Encoding: chunked,"], [b"Transfer-Encoding:", b"transfer-encoding: , chunked"]]
)
def test_empty_members_of_a_list_count_for_nothing(lines: list[bytes]) -> None:
    assert framing(head(*lines)) == (None, True, True)
    assert framing(head(*lines), LAX) == (
        None,
        False,
        False,
    )  # as http.client, which compares the first value


@BOTH
def test_identity_is_no_coding(rules: defaults.Defaults) -> None:
    raw = head(b"Transfer-Encoding: identity", b"Content-Length: 4")
    assert framing(raw, rules) == (4, False, True)


UNKNOWN_CODINGS = [
    b"xchunked",
    b"gzip",
    b"gzip, chunked",
    b"chunked, gzip",
    b"chunked, chunked",
    b"identity, chunked",
    b'"chunked"',
    b"chunked;q=1",
    b"\xa0chunked",
    b"chunked\x85",
    b"",
    b",",
]


@pytest.mark.parametrize("value", UNKNOWN_CODINGS)
def test_unknown_coding_is_refused_and_in_the_lax_profile_ends_the_connection(value: bytes) -> None:
    for end in (b"\r\n", b"\n"):
        raw = head(b"Transfer-Encoding: " + value, end=end)
        with pytest.raises(UnknownTransferEncoding):
            http1.parse_response_head(raw, SAFE)
        assert framing(raw, LAX) == (None, False, False)


def test_coding_twice_is_refused_and_in_the_lax_profile_the_first_counts() -> None:
    raw = head(b"Transfer-Encoding: chunked", b"Transfer-Encoding: gzip")
    with pytest.raises(UnknownTransferEncoding, match="chunked, gzip"):
        http1.parse_response_head(raw, SAFE)
    assert framing(raw, LAX) == (None, True, False)


@BOTH
def test_chunks_win_over_a_length_and_over_an_old_version_but_end_the_connection(
    rules: defaults.Defaults,
) -> None:
    both = head(b"Content-Length: 5", b"Transfer-Encoding: chunked")
    assert framing(both, rules) == (None, True, False)
    old = head(b"Connection: keep-alive", b"Transfer-Encoding: chunked", start=b"HTTP/1.0 200 OK")
    assert framing(old, rules) == (None, True, False)


# ---- whether the connection lives on


@pytest.mark.parametrize(
    "version, lines, keep_alive",
    [
        (11, [], True),
        (11, [b"Connection: close"], False),
        (11, [b"Connection: keep-alive"], True),
        (11, [b"connection:Close"], False),
        (11, [b"Connection: x, CLOSE ,y"], False),
        (11, [b"Connection: keep-alive", b"Connection: close"], False),
        (11, [b"Proxy-Connection: keep-alive", b"Connection: close"], False),
        (11, [b"Proxy-Connection: close"], True),
        (11, [b"Connection: closed"], True),
        (11, [b"X: connection:", b"Connection: close"], False),
        (10, [], False),
        (10, [b"Connection: keep-alive"], True),
        (10, [b"Connection: x, Keep-Alive"], True),
        (10, [b"Connection: close", b"Keep-Alive: 5"], False),
        (10, [b"Keep-Alive: timeout=5"], True),
        (10, [b"Proxy-Connection: Keep-Alive"], True),
        (10, [b"Proxy-Connection: close"], False),
    ],
)
@BOTH
def test_connection_lives_on_or_not(
    version: int, lines: list[bytes], keep_alive: bool, rules: defaults.Defaults
) -> None:
    start = b"HTTP/1.%d 200 OK" % (version - 10)
    for end in (b"\r\n", b"\n"):
        raw = head(*lines, start=start, end=end)
        assert http1.parse_response_head(raw, rules).keep_alive is keep_alive


# ---- limits


def outcome(raw: bytes, rules: http1.Rules) -> str:
    """What becomes of a head: '' when it is read, the error's name otherwise."""
    try:
        http1.parse_response_head(raw, rules)
    except HTTPException as error:
        return type(error).__name__
    return ""


def fed(raw: bytes, rules: http1.Rules) -> str:
    """The same, fed byte by byte."""
    seen = 0
    for cut in range(1, len(raw) + 1):
        end = http1.find_head_end(raw[:cut], 0, seen)
        if end >= 0:
            return outcome(raw[:end], rules)
        seen = cut
        try:
            http1.check_unfinished_head(raw[:cut], 0, rules)
        except HTTPException as error:
            return type(error).__name__
    return "unfinished"


@pytest.mark.parametrize("size", [39, 40, 41, 42])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
@pytest.mark.parametrize("where", ["status line", "header line"])
def test_line_limit_counts_the_line_end_and_no_split_changes_it(size: int, end: bytes, where: str) -> None:
    rules = rules_with(max_line=40)
    if where == "status line":
        raw = head(start=(b"HTTP/1.1 200 " + b"x" * size)[: size - len(end)], end=end)
    else:
        raw = head(b"A: b", (b"N: " + b"x" * size)[: size - len(end)], b"Z: z", end=end)
    wanted = "" if size <= 40 else "LineTooLong"
    assert outcome(raw, rules) == wanted
    assert fed(raw, rules) == wanted


@pytest.mark.parametrize("count", [99, 100, 101])
@pytest.mark.parametrize("value", [b"x", b"x" * 1000], ids=["short", "long"])
@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_field_limit_is_the_same_for_short_and_long_heads(count: int, value: bytes, end: bytes) -> None:
    raw = head(*[b"N%d: %b" % (number, value) for number in range(count)], end=end)
    assert (len(raw) > SAFE.max_line) is (len(value) > 1)
    if count <= SAFE.max_fields:
        assert len(http1.parse_response_head(raw, SAFE).fields) == count
    else:
        with pytest.raises(HTTPException, match="got more than 100 headers"):
            http1.parse_response_head(raw, SAFE)


@pytest.mark.parametrize("count", [2, 3, 4])
def test_field_limit_does_not_depend_on_the_split(count: int) -> None:
    rules = rules_with(max_fields=3)
    raw = head(*[b"N: x"] * count)
    assert fed(raw, rules) == outcome(raw, rules) == ("" if count <= 3 else "HTTPException")


def test_whole_head_has_a_limit_that_no_split_changes() -> None:
    lines = [b"N: " + b"x" * 60_000] * 6
    raw = head(*lines)
    with pytest.raises(HeadTooLong) as caught:
        http1.parse_response_head(raw, SAFE)
    assert caught.value.limit == SAFE.max_head
    http1.check_unfinished_head(raw[: SAFE.max_head], 0, SAFE)
    with pytest.raises(HeadTooLong):
        http1.check_unfinished_head(raw[: SAFE.max_head + 1], 0, SAFE)


def test_unfinished_head_counts_from_where_it_begins() -> None:
    rules = rules_with(max_line=10, max_head=20)
    http1.check_unfinished_head(b"x" * 100 + b"HTTP/1.1", 100, rules)
    with pytest.raises(LineTooLong, match="status line"):
        http1.check_unfinished_head(b"x" * 100 + b"HTTP/1.1 2", 100, rules)
    with pytest.raises(LineTooLong, match="header line"):
        http1.check_unfinished_head(b"HTTP/\nAAAAAAAAAA", 0, rules)


@pytest.mark.parametrize("first", [b"SSH-2.0-x\r\n", b"\n", b"220 ftp\r\nHTTP/1.1 200 OK\r\n"])
def test_what_is_no_http_is_refused_at_its_first_line(first: bytes) -> None:
    http1.check_unfinished_head(first.partition(b"\n")[0], 0, SAFE)
    with pytest.raises(BadStatusLine):
        http1.check_unfinished_head(first, 0, SAFE)


def test_unfinished_head_with_blanks_before_it_is_waited_for() -> None:
    http1.check_unfinished_head(b" HTTP/1.1 200 OK\r\nA", 0, SAFE)


# ---- heads cut off


def test_cut_head_is_a_hang_up_and_in_the_lax_profile_as_if_whole() -> None:
    for cut in (b"HTTP/1.1 200 OK\r\nA: b", b"HTTP/1.1 200 OK\r\nA: b\r\n"):
        with pytest.raises(RemoteDisconnected, match="in the middle"):
            http1.end_cut_head(cut, SAFE)
        assert http1.end_cut_head(cut, LAX) == b"HTTP/1.1 200 OK\r\nA: b\r\n\r\n"


@BOTH
def test_cut_head_that_is_no_http_is_called_so(rules: defaults.Defaults) -> None:
    with pytest.raises(BadStatusLine) as caught:
        http1.end_cut_head(b"hello", rules)
    assert caught.type is BadStatusLine
    assert caught.value.args == ("hello",)


def test_cut_head_with_blanks_before_it_is_a_hang_up_too() -> None:
    with pytest.raises(RemoteDisconnected):
        http1.end_cut_head(b" HTTP/1.1 200 OK", SAFE)


# ---- trailers


def test_trailers_are_read() -> None:
    assert http1.parse_trailers(b"\r\n", SAFE) == []
    assert http1.parse_trailers(b"A: b\r\nC: d\r\n\r\n", SAFE) == [("A", "b"), ("C", "d")]
    assert http1.parse_trailers(b"A: b\n c\n\n", SAFE) == [("A", "b c")]


def test_odd_trailers_are_refused_and_in_the_lax_profile_dropped() -> None:
    with pytest.raises(BadField, match="without a colon") as caught:
        http1.parse_trailers(b"A: b\r\nnonsense\r\n\r\n", SAFE)
    assert caught.value.text == b"nonsense"
    assert http1.parse_trailers(b"A: b\r\nnonsense\r\n\r\n", LAX) == []


# ---- what a request says


@pytest.mark.parametrize("method", ["GET", "get", "M-SEARCH", "!#$%&'*+-.^_`|~09AZaz"])
def test_token_is_a_method(method: str) -> None:
    http1.check_method(method)
    http1.check_method(method, strict=False)


@pytest.mark.parametrize("method", ["GET\r\nX: y", "G\x00T", "GET\n", "\tGET"])
def test_control_character_in_a_method_is_refused_in_both_profiles(method: str) -> None:
    for strict in (True, False):
        with pytest.raises(ValueError, match="method can't contain control characters"):
            http1.check_method(method, strict=strict)


@pytest.mark.parametrize("method", ["", "G T", "G\xc9T", "GET/", "G\x7f"])
def test_what_is_no_token_is_no_method_in_the_safe_profile(method: str) -> None:
    with pytest.raises(ValueError, match="token"):
        http1.check_method(method)
    http1.check_method(method, strict=False)


@pytest.mark.parametrize("target", ["/a b", "/a\r\nX: y", "/\x00", "/\x7f", "/\t"])
def test_blank_or_control_character_in_a_target_or_host_is_refused(target: str) -> None:
    with pytest.raises(InvalidURL, match="control characters"):
        http1.check_target(target)
    with pytest.raises(InvalidURL):
        http1.check_host(target)


def test_other_targets_pass() -> None:
    for target in ("/", "*", "/a?b=c#d", "http://h:1/", "/\xe9", ""):
        http1.check_target(target)


@pytest.mark.parametrize(
    "host, port, wanted",
    [
        ("example.org", 80, b"example.org"),
        ("example.org", 8080, b"example.org:8080"),
        ("::1", 80, b"[::1]"),
        ("[::1]", 81, b"[::1]:81"),
        ("fe80::1%eth0", 80, b"[fe80::1]"),
        ("b\xfccher.example", 80, b"xn--bcher-kva.example"),
        ("B\xdcCHER.example", 81, b"xn--bcher-kva.example:81"),
        ("fa\xdf.de", 80, b"xn--fa-hia.de"),
    ],
)
def test_host_field_is_written(host: str, port: int, wanted: bytes) -> None:
    assert http1.format_host(host, port, 80) == wanted


def test_host_field_names_its_port_where_none_is_usual() -> None:
    assert http1.format_host("h", 80, None) == b"h:80"


def test_host_without_an_ascii_form_is_an_error_of_unicode() -> None:
    with pytest.raises(UnicodeError):
        http1.encode_host("\u2603" * 70)


# ---- nothing is looked at more than a fixed number of times


class Watched:
    """Stands in the place of a compiled expression's method and adds up how much it was shown."""

    def __init__(self, method: Any) -> None:
        self.method = method
        self.shown = 0

    def __call__(self, text: bytes, pos: int = 0) -> Any:
        self.shown += len(text) - pos
        return self.method(text, pos)


def test_head_that_comes_in_pieces_is_searched_once(monkeypatch: pytest.MonkeyPatch) -> None:
    watched = Watched(http1._HEAD_END)
    monkeypatch.setattr(http1, "_HEAD_END", watched)
    raw = head(*[b"A: " + b"b" * 500] * 90)
    seen = 0
    for cut in range(100, len(raw), 100):
        assert http1.find_head_end(raw[:cut], 0, seen) == -1
        seen = cut
    assert watched.shown < 1.1 * len(raw)


HOSTILE = {
    "name": b"a",
    "colons": b":",
    "blanks": b" ",
    "tabs": b"\t",
    "returns": b"\r",
    "commas": b",",
    "folds": b"\n ",
    "short lines": b"a:\r\n",
    "bare names": b"a\r\n",
    "keep-alive": b"connection: keep-alive\r\n",
    "lengths": b"content-length: 5\r\n",
    "length list": b"5,",
}


@pytest.mark.parametrize(
    "profile, start",
    [
        ("safe", b"HTTP/1.1 200 "),
        ("safe", b"HTTP/1.1 200 OK\r\n"),
        ("safe", b"HTTP/1.1 200 OK\r\nContent-Length: "),
        ("stdlib", b"HTTP/1.1 200 OK\r\n"),
    ],
)
@pytest.mark.parametrize("what", HOSTILE)
def test_megabyte_of_hostile_head_ends_within_the_time_limit(what: str, start: bytes, profile: str) -> None:
    # Without its limits: what takes time in proportion to the square of the size takes hours for this much.
    rules = defaults.profile(profile)
    rules.update({"max_line": 1 << 30, "max_head": 1 << 30, "max_fields": 1 << 30})
    raw = start + HOSTILE[what] * (1_000_000 // len(HOSTILE[what])) + b"\r\n\r\n"
    assert outcome(raw, rules) in {"", "BadField", "BadFraming", "BadStatusLine"}


def test_errors_are_those_of_http_client() -> None:
    assert http1._errors() is http_errors
