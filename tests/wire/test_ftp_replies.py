"""Replies of FTP: classes, ends, and what stands in them."""

from __future__ import annotations

import ftplib

import pytest

from wirekit._wire import ftp_replies
from wirekit._wire.ftp_errors import error_perm, error_proto, error_reply, error_temp


@pytest.mark.parametrize(
    "first, line, ends",
    [
        ("220 one", "220 one", True),
        ("220", "220", True),
        ("220-one", "221 two", False),
        ("220-one", "220-two", False),
        ("220-one", "220 two", True),
        ("220-one", "220", True),
        ("220-one", " 220 two", False),
    ],
)
def test_end_of_a_reply(first: str, line: str, ends: bool) -> None:
    assert ftp_replies.is_end_of_reply(first, line) is ends


def test_first_of_several_lines_is_not_the_end() -> None:
    line = "220-one"
    assert not ftp_replies.is_end_of_reply(line, line)


@pytest.mark.parametrize("reply", ["150 x", "226 x", "331 x"])
def test_good_replies_pass(reply: str) -> None:
    assert ftp_replies.check_reply(reply) is reply


@pytest.mark.parametrize(
    "reply, kind",
    [
        ("421 x", error_temp),
        ("550 x", error_perm),
        ("600 x", error_proto),
        ("x", error_proto),
        ("", error_proto),
    ],
)
def test_bad_replies_are_errors_of_their_class(reply: str, kind: type[Exception]) -> None:
    with pytest.raises(kind) as caught:
        ftp_replies.check_reply(reply)
    assert caught.value.args == (reply,)


def test_commands_that_a_server_does_not_know() -> None:
    assert ftp_replies.is_unknown_command("500 what?")
    assert ftp_replies.is_unknown_command("502 not here")
    assert not ftp_replies.is_unknown_command("550 no such file")


@pytest.mark.parametrize(
    "replies, final",
    [
        (["226 done"], "226 done"),
        (["200 noop", "226 done"], "226 done"),
        (["426 broken", "200 noop"], "426 broken"),
        (["500 noop?", "250 done", "500 noop?"], "250 done"),
        (["200 done", "200 noop"], "200 done"),
    ],
)
def test_final_reply_among_those_to_noops(replies: list[str], final: str) -> None:
    assert ftp_replies.choose_final(replies) == final


@pytest.mark.parametrize(
    "reply", ["150 Opening x (1234 bytes)", "150 a b (5 BYTES) c", "150 x", "150 x (+5 bytes)"]
)
def test_size_in_150_as_the_standard_library_reads_it(reply: str) -> None:
    assert ftp_replies.parse150(reply) == ftplib.parse150(reply)


def test_size_in_150_wants_a_150() -> None:
    with pytest.raises(error_reply):
        ftp_replies.parse150("125 x (5 bytes)")


def test_size_in_213() -> None:
    assert ftp_replies.parse213("213 1234") == 1234
    assert ftp_replies.parse213("213   5 ") == 5


@pytest.mark.parametrize("reply", ["213", "213 ", "213 +5", "213 1_0", "213 5 bytes", "213 " + "9" * 30])
def test_size_in_213_is_digits(reply: str) -> None:
    with pytest.raises(error_proto):
        ftp_replies.parse213(reply)


@pytest.mark.parametrize(
    "reply, where",
    [
        ("227 Entering Passive Mode (127,0,0,1,18,52).", ("127.0.0.1", 0x1234)),
        ("227 =10,0,0,5,0,22", ("10.0.0.5", 22)),
        ("227-x\n227 (1,2,3,4,255,255)", ("1.2.3.4", 65535)),
    ],
)
def test_address_in_227(reply: str, where: tuple[str, int]) -> None:
    assert ftp_replies.parse227(reply) == where == ftplib.parse227(reply)


@pytest.mark.parametrize("reply", ["227 x", "227 (1,2,3,4,5)", "227 (256,0,0,1,1,1)", "227 (1,2,3,4,5,256)"])
def test_address_in_227_is_an_address(reply: str) -> None:
    with pytest.raises(error_proto):
        ftp_replies.parse227(reply)


@pytest.mark.parametrize(
    "parse", [ftp_replies.parse227, lambda reply: ftp_replies.parse229(reply, ("h", 21))]
)
def test_another_reply_has_no_address(parse: object) -> None:
    with pytest.raises(error_reply):
        parse("200 ok")  # type: ignore[operator]  # both take a reply


@pytest.mark.parametrize(
    "reply, port",
    [
        ("229 Entering Extended Passive Mode (|||1234|)", 1234),
        ("229 (!!!65535!)", 65535),
        ("229 (|1|10.0.0.1|21|) more (text)", 21),
    ],
)
def test_port_in_229(reply: str, port: int) -> None:
    assert ftp_replies.parse229(reply, ("::1", 21, 0, 0)) == ("::1", port)


@pytest.mark.parametrize(
    "reply",
    ["229 x", "229 (|||)", "229 (|||0|)", "229 (|||65536|)", "229 (||12|)", "229 (|||12!)", "229 (|||1_2|)"],
)
def test_port_in_229_is_a_port(reply: str) -> None:
    with pytest.raises(error_proto):
        ftp_replies.parse229(reply, ("::1", 21))


@pytest.mark.parametrize(
    "reply",
    [
        '257 "/foo/bar"',
        '257 "/foo/bar" created',
        '257 ""',
        '257 "" created',
        '257 "/foo/b""ar" created',
        '257 "a""',
        '257 "/unterminated ""x',
        "257 no quotation marks",
        '257-"x"',
        '257 "a\nb"',
    ],
)
def test_directory_in_257_as_the_standard_library_reads_it(reply: str) -> None:
    assert ftp_replies.parse257(reply) == ftplib.parse257(reply)


def test_directory_in_257_wants_a_257() -> None:
    with pytest.raises(error_reply):
        ftp_replies.parse257('250 "/foo/bar"')


@pytest.mark.parametrize(
    "greeting, bears",
    [
        ("220 (vsFTPd 3.0.5)", True),
        ("", True),
        ("220 Microsoft FTP Service", False),
        ("220-hello\n220 MikroTik FTP server (MikroTik 6.49) ready", False),
    ],
)
def test_servers_that_drop_what_comes_together(greeting: str, bears: bool) -> None:
    assert ftp_replies.bears_pipelining(greeting) is bears
