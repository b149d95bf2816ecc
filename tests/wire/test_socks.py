"""SOCKS as bytes: RFC 1928, RFC 1929, and version 4 with its later form 4a."""

from __future__ import annotations

import errno

import pytest

from wirekit._wire import socks


@pytest.mark.parametrize(
    "login, greeting", [(False, b"\x05\x01\x00"), (True, b"\x05\x02\x00\x02")], ids=["open", "login"]
)
def test_greeting_offers_what_we_have(login: bool, greeting: bytes) -> None:
    assert socks.format_greeting(login=login) == greeting


@pytest.mark.parametrize(
    "answer, login, wanted",
    [(b"\x05\x00", False, False), (b"\x05\x00", True, False), (b"\x05\x02", True, True)],
)
def test_method_is_the_proxys_choice(answer: bytes, login: bool, wanted: bool) -> None:
    assert socks.choose_method(answer, login=login) is wanted


@pytest.mark.parametrize(
    "answer, login", [(b"\x05\xff", True), (b"\x05\xff", False), (b"\x05\x02", False), (b"\x05\x01", True)]
)
def test_method_that_was_not_offered_is_a_refusal(answer: bytes, login: bool) -> None:
    with pytest.raises(PermissionError, match="no way to log in") as caught:
        socks.choose_method(answer, login=login)
    assert ("user and password" in str(caught.value)) is not login


def test_method_of_another_protocol_is_said_so() -> None:
    with pytest.raises(ConnectionError, match="does not speak"):
        socks.choose_method(b"HT", login=False)


def test_login_is_counted_utf8() -> None:
    assert socks.format_login("u", "p\u00e9") == b"\x01\x01u\x03p\xc3\xa9"
    socks.check_login(b"\x01\x00")


@pytest.mark.parametrize("user, password", [("", "p"), ("u", ""), ("u" * 256, "p"), ("u", "é" * 128)])
def test_login_that_does_not_fit_is_refused(user: str, password: str) -> None:
    with pytest.raises(ValueError, match="1 to 255"):
        socks.format_login(user, password)


def test_login_refused() -> None:
    with pytest.raises(PermissionError):
        socks.check_login(b"\x01\x01")


@pytest.mark.parametrize(
    "host, target",
    [
        ("192.0.2.1", b"\x01\xc0\x00\x02\x01"),
        ("[2001:db8::1]", b"\x04" + bytes.fromhex("20010db8000000000000000000000001")),
        ("2001:db8::1", b"\x04" + bytes.fromhex("20010db8000000000000000000000001")),
        ("host.example", b"\x03\x0chost.example"),
        ("bücher.example", b"\x03\x15xn--bcher-kva.example"),
    ],
)
def test_request5_names_the_host(host: str, target: bytes) -> None:
    assert socks.format_request5(host, 258) == b"\x05\x01\x00" + target + b"\x01\x02"


@pytest.mark.parametrize("host", ["", "a" * 256, "a b", "a\0b", "a\r\nb", "a\x7f"])
def test_request5_refuses_what_is_no_name(host: str) -> None:
    with pytest.raises(ValueError, match="no host name"):
        socks.format_request5(host, 80)


@pytest.mark.parametrize("kind, first, length", [(1, 9, 5), (4, 9, 17), (3, 9, 11), (3, 0, 2)])
def test_answer5_has_a_length_by_kind(kind: int, first: int, length: int) -> None:
    head = bytes([5, 0, 0, kind, first])
    socks.check_bound_head(head)
    assert socks.bound_length(head) == length


@pytest.mark.parametrize(
    "status, number",
    [
        (1, errno.ECONNABORTED),
        (2, errno.EACCES),
        (3, errno.ENETUNREACH),
        (4, errno.EHOSTUNREACH),
        (5, errno.ECONNREFUSED),
        (6, errno.ETIMEDOUT),
        (7, errno.EOPNOTSUPP),
        (8, errno.EAFNOSUPPORT),
        (99, errno.ECONNABORTED),
    ],
)
def test_refusal5_is_the_error_that_connecting_would_give(status: int, number: int) -> None:
    with pytest.raises(OSError, match="SOCKS") as caught:
        socks.check_bound_head(bytes([5, status, 0, 1, 0]))
    assert caught.value.errno == number


@pytest.mark.parametrize("head", [b"\x04\x00\x00\x01\x00", b"\x05\x00\x00\x02\x00"], ids=["version", "kind"])
def test_answer5_that_is_none(head: bytes) -> None:
    with pytest.raises(ConnectionError, match="does not speak"):
        socks.check_bound_head(head)


@pytest.mark.parametrize(
    "host, by_name, request4",
    [
        ("192.0.2.1", False, b"\x04\x01\x01\x02\xc0\x00\x02\x01me\0"),
        ("192.0.2.1", True, b"\x04\x01\x01\x02\xc0\x00\x02\x01me\0"),
        ("host.example", True, b"\x04\x01\x01\x02\0\0\0\x01me\0host.example\0"),
    ],
)
def test_request4(host: str, by_name: bool, request4: bytes) -> None:
    assert socks.format_request4(host, 258, "me", by_name=by_name) == request4


@pytest.mark.parametrize(
    "host, user, by_name, text",
    [
        ("host.example", "", False, "4a takes names"),
        ("::1", "", True, "knows no IPv6"),
        ("192.0.2.1", "a\0b", True, "NUL"),
        ("a\0b", "", True, "no host name"),
    ],
)
def test_request4_refuses(host: str, user: str, by_name: bool, text: str) -> None:
    with pytest.raises(ValueError, match=text):
        socks.format_request4(host, 80, user, by_name=by_name)


def test_reply4_granted() -> None:
    socks.parse_reply4(b"\0\x5a" + bytes(6))


@pytest.mark.parametrize(
    "code, number",
    [(91, errno.ECONNREFUSED), (92, errno.EACCES), (93, errno.EACCES), (7, errno.ECONNABORTED)],
)
def test_refusal4(code: int, number: int) -> None:
    with pytest.raises(OSError, match="SOCKS") as caught:
        socks.parse_reply4(bytes([0, code]) + bytes(6))
    assert caught.value.errno == number


def test_reply4_that_is_none() -> None:
    with pytest.raises(ConnectionError, match="does not speak"):
        socks.parse_reply4(b"HTTP/1.1")
