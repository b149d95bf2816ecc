"""HTTPMessage: the message that programs know, filled without the email parser, or by it in the lax profile."""

from __future__ import annotations

import copy
import email.message
import http.client
import pickle

import pytest

from wirekit._wire.http_errors import BadField
from wirekit._wire.http_message import HTTPMessage, parse_block, parse_by_email

BLOCK = b"Host: a\r\nSet-Cookie: b=1\r\nset-cookie: c=2\r\nEmpty:\r\nName: \xe9\r\n\r\n"
PAIRS = [("Host", "a"), ("Set-Cookie", "b=1"), ("set-cookie", "c=2"), ("Empty", ""), ("Name", "\xe9")]


class Other(email.message.Message):
    """A class of somebody's own."""


def test_message_of_pairs_is_what_the_standard_library_makes_of_the_same_lines() -> None:
    theirs = email.message_from_string(BLOCK.decode("iso-8859-1"), _class=http.client.HTTPMessage)
    ours = HTTPMessage.of(PAIRS)
    for message in (ours, parse_block(BLOCK, strict=True), parse_by_email(BLOCK)):
        assert message.items() == theirs.items() == PAIRS
        assert message.as_string() == theirs.as_string()
        assert message.get_payload() == theirs.get_payload() == ""
        assert message.get_all("SET-COOKIE") == ["b=1", "c=2"]
        assert message.get_content_type() == theirs.get_content_type()


def test_message_keeps_a_list_of_its_own() -> None:
    pairs = list(PAIRS)
    message = HTTPMessage.of(pairs)
    message["New"] = "x"
    del message["host"]
    assert pairs == PAIRS
    assert "New" in message


def test_matching_lines_are_given_as_they_stood() -> None:
    message = HTTPMessage.of(PAIRS)
    assert message.getallmatchingheaders("set-cookie") == ["Set-Cookie: b=1\n", "set-cookie: c=2\n"]
    assert message.getallmatchingheaders("none") == []


def test_message_bears_the_name_under_which_it_is_public() -> None:
    assert HTTPMessage.__module__ == "wirekit.http.client"
    for other in (pickle.loads(pickle.dumps(HTTPMessage.of(PAIRS))), copy.deepcopy(HTTPMessage.of(PAIRS))):
        assert type(other) is HTTPMessage
        assert other.items() == PAIRS


@pytest.mark.parametrize("strict", [True, False])
def test_class_of_the_callers_own_is_filled(strict: bool) -> None:
    for block in (BLOCK, b"Host: a\n b\n\n"):
        message = parse_block(block, Other, strict=strict)
        assert type(message) is Other
        assert message["Host"].startswith("a")
    assert type(parse_by_email(BLOCK, Other)) is Other


def test_odd_block_is_mended_where_strict() -> None:
    message = parse_block(b"A: b\n c\nD: e\n\n", strict=True)
    assert type(message) is HTTPMessage
    assert message.items() == [("A", "b c"), ("D", "e")]


def test_block_past_mending_is_refused_where_strict_and_read_by_email_otherwise() -> None:
    block = b"A: b\r\nC : d\r\nE: f\r\n\r\n"
    with pytest.raises(BadField, match="space before the colon") as caught:
        parse_block(block, strict=True)
    assert caught.value.text == b"C : d"
    lax = parse_block(block, strict=False)
    assert type(lax) is HTTPMessage
    assert lax.items() == [("A", "b")]
    assert str(lax.get_payload()).startswith("C : d")
