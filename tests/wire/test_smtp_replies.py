"""Replies of mail servers, and what can be read out of them."""

import copy
import pickle

import pytest

from wirekit._wire.smtp_replies import (
    MAX_LINE,
    EnhancedStatus,
    Reply,
    ReplyDecoder,
    ReplyTooLong,
    parse_features,
)

LINES, SIZE = 100, 20_000


def take(data: bytes, decoder: ReplyDecoder | None = None, pos: int = 0) -> tuple[Reply | None, int]:
    replies, pos = (decoder or ReplyDecoder()).take(data, pos, 1, LINES, SIZE)
    return (replies[0] if replies else None), pos


@pytest.mark.parametrize(
    "data, code, text",
    [
        (b"250 OK\r\n", 250, b"OK"),
        (b"250 \t blanks \r\n", 250, b"blanks"),
        (b"250 bare\n", 250, b"bare"),
        (b"250\r\n", 250, b""),
        (b"250-one\r\n250-two\r\n250 three\r\n", 250, b"one\ntwo\nthree"),
        (b"250-one\n250\n", 250, b"one\n"),
        (b"250-\r\n250 end\r\n", 250, b"\nend"),
        (b"250-first\r\n550 last\r\n", 550, b"first\nlast"),
        (b"250\tblank\r\n", 250, b"blank"),
        (b"250 in\rside\r\n", 250, b"in\rside"),
        (b"354 go on\r\n", 354, b"go on"),
    ],
)
def test_reply_is_taken(data: bytes, code: int, text: bytes) -> None:
    assert take(data) == ((code, text), len(data))
    assert take(b"before" + data + b"behind", pos=6) == ((code, text), len(data) + 6)


@pytest.mark.parametrize(
    "data", [b"25 no\r\n", b"abc text\r\n", b"\r\n", b" 25 x\r\n", b"+25 x\r\n", b"\xb2\xb2\xb2 x\r\n"]
)
def test_line_that_is_no_reply_has_no_code(data: bytes) -> None:
    reply, pos = take(data)
    assert reply is not None
    assert (reply.code, pos) == (-1, len(data))


def test_line_that_is_no_reply_ends_one_that_was_begun() -> None:
    assert take(b"250-one\r\nnonsense\r\n250 two\r\n") == ((-1, b"one\nense"), 19)


@pytest.mark.parametrize("data", [b"250 OK\r\n", b"250-one\r\n250-two\r\n250 three\r\n", b"x\n"])
def test_bytes_may_come_one_by_one(data: bytes) -> None:
    decoder, buffer, pos = ReplyDecoder(), b"", 0
    reply = None
    for number, byte in enumerate(data, 1):
        buffer += bytes([byte])
        reply, pos = take(buffer, decoder, pos)
        assert (reply is not None) == (number == len(data))
    assert reply == take(data)[0]
    assert not decoder.begun


def test_so_many_replies_are_taken_as_are_wanted_and_there() -> None:
    data = b"250 a\r\n251-b\r\n251 c\r\n252 d\r\n253 "
    for count, wanted in ((0, []), (1, [250]), (2, [250, 251]), (3, [250, 251, 252]), (4, [250, 251, 252])):
        replies, pos = ReplyDecoder().take(data, 0, count, LINES, SIZE)
        assert [reply.code for reply in replies] == wanted
        assert data[pos:].startswith((b"250", b"251", b"252", b"253"))


@pytest.mark.parametrize("last", [b"421 bye\r\n", b"221 bye\r\n", b"421-bye\r\n421 bye\r\n", b"nonsense\r\n"])
def test_nothing_is_taken_behind_the_last(last: bytes) -> None:
    data = b"250 a\r\n" + last + b"250 b\r\n"
    replies, pos = ReplyDecoder().take(data, 0, 9, LINES, SIZE)
    assert len(replies) == 2
    assert data[pos:] == b"250 b\r\n"


def test_line_that_was_read_before_means_the_same() -> None:
    for number in range(600):  # more than are remembered
        for data in (b"250 2.1.0 OK\r\n", b"250 %d\r\n" % number, b"250 " + b"%d" % number * 90 + b"\r\n"):
            for _ in range(2):
                assert take(data) == ((250, data[4:-2]), len(data))
    assert take(b"250 2.1.0 OK\n") == ((250, b"2.1.0 OK"), 13)
    decoder = ReplyDecoder()
    take(b"550-one\r\n", decoder)
    assert take(b"250 2.1.0 OK\r\n", decoder) == ((250, b"one\n2.1.0 OK"), 14)


def test_decoder_tells_that_a_reply_has_begun() -> None:
    decoder = ReplyDecoder()
    assert take(b"250-one\r\n250", decoder) == (None, 9)
    assert decoder.begun


@pytest.mark.parametrize("end", [b"\r\n", b"\n"])
def test_longest_line_is_taken_and_a_longer_one_is_not(end: bytes) -> None:
    line = b"250 " + b"x" * (MAX_LINE - 4 - len(end)) + end
    assert take(line)[1] == MAX_LINE
    with pytest.raises(ReplyTooLong, match="Line"):
        take(b"250 x" + line[4:])


def test_line_without_end_is_not_waited_for() -> None:
    assert take(b"250 " + b"x" * (MAX_LINE - 5))[0] is None
    with pytest.raises(ReplyTooLong, match="Line"):
        take(b"250 " + b"x" * (MAX_LINE - 4))


def test_reply_of_too_many_lines_or_bytes_is_not_waited_for() -> None:
    assert take(b"250-A\r\n" * LINES)[0] is None
    with pytest.raises(ReplyTooLong, match="Reply"):
        take(b"250-A\r\n" * (LINES + 1))
    with pytest.raises(ReplyTooLong, match="Reply"):
        take((b"250-" + b"x" * 8000 + b"\r\n") * 3)


def test_reply_is_the_standard_librarys_tuple() -> None:
    reply = Reply(550, b"5.1.1 who?")
    code, text = reply
    assert (code, text) == reply == (550, b"5.1.1 who?") == (reply.code, reply.text)
    assert repr(reply) == "(550, b'5.1.1 who?')"
    assert isinstance(reply, tuple)
    assert not hasattr(reply, "__dict__")


def test_reply_pickles_and_copies() -> None:
    reply = Reply(250, b"OK")
    for other in (pickle.loads(pickle.dumps(reply)), copy.copy(reply), copy.deepcopy(reply)):
        assert (type(other), other) == (Reply, reply)


@pytest.mark.parametrize(
    "reply, status",
    [
        (Reply(550, b"5.1.1 who?"), (5, 1, 1)),
        (Reply(250, b"2.0.0"), (2, 0, 0)),
        (Reply(451, b"4.7.650 later\n4.7.650 much later"), (4, 7, 650)),
        (Reply(250, b"2.1.5\nmore"), (2, 1, 5)),
        (Reply(250, b"5.1.1 of another class"), None),
        (Reply(550, b"5.1.1.1 more than that"), None),
        (Reply(550, b"5.1.1234 more than that"), None),
        (Reply(550, b"no status"), None),
        (Reply(354, b"3.0.0 there is none for this class"), None),
    ],
)
def test_enhanced_status_is_read(reply: Reply, status: tuple[int, int, int] | None) -> None:
    assert reply.enhanced == status


def test_enhanced_status_is_text_and_parts() -> None:
    status = EnhancedStatus(5, 1, 1)
    assert str(status) == "5.1.1"
    assert (status.kind, status.subject, status.detail) == (5, 1, 1)


def test_reply_tells_what_it_means() -> None:
    assert [Reply(code, b"").accepted for code in (199, 200, 221, 250, 299, 300)] == [
        False,
        True,
        False,
        True,
        True,
        False,
    ]
    assert [Reply(code, b"").temporary for code in (399, 400, 499, 500)] == [False, True, True, False]
    assert Reply(550, b"n\xc3\xa9\nno\xff").message == "n\xe9 no\ufffd"


def test_features_are_read() -> None:
    text = b"mail.example.org greets\nSIZE 1000\nPIPELINING\n8BITMIME\nAUTH PLAIN LOGIN\nAUTH=LOGIN CRAM-MD5\n?odd\nX-a  b "
    assert parse_features(text) == {
        "size": "1000", "pipelining": "", "8bitmime": "", "auth": " PLAIN LOGIN LOGIN CRAM-MD5", "x-a": "b",
    }  # fmt: skip
    assert parse_features(b"") == {}


def test_later_line_replaces_an_earlier_one() -> None:
    assert parse_features(b"\nSIZE 1\nsize 2") == {"size": "2"}
