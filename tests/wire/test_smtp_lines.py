"""Line ends and dots of a message."""

import smtplib

import pytest

from wirekit._wire.smtp_lines import END, add_dots, fix_line_ends, holds_commands, is_canonical, quote_data


@pytest.mark.parametrize(
    "given, wanted",
    [
        (b"", b""),
        (b"a", b"a"),
        (b"a\r\nb\r\n", b"a\r\nb\r\n"),
        (b"a\nb\n", b"a\r\nb\r\n"),
        (b"a\rb\r", b"a\r\nb\r\n"),
        (b"\n\r", b"\r\n\r\n"),
        (b"\r\r\n", b"\r\n\r\n"),
        (b"\r\n\n", b"\r\n\r\n"),
        (b"a\nb\r\nc\rd", b"a\r\nb\r\nc\r\nd"),
        (b"\xff\x00\x85\x0b\x0c\n", b"\xff\x00\x85\x0b\x0c\r\n"),
        (b"\n.\r\n", b"\r\n.\r\n"),  # the ends of data that smugglers use: security row 149
        (b"\r.\r", b"\r\n.\r\n"),
        (b"\r\n.\n", b"\r\n.\r\n"),
        (b"\r\n\x00.\r\n", b"\r\n\x00.\r\n"),
    ],
)
def test_line_ends_become_cr_lf(given: bytes, wanted: bytes) -> None:
    assert fix_line_ends(given) == wanted
    assert fix_line_ends(wanted) == wanted
    assert is_canonical(given) == (given == wanted)


def test_message_that_is_right_is_not_copied() -> None:
    whole = b"Subject: x\r\n\r\nbody\r\n" * 100
    assert fix_line_ends(whole) is whole
    assert add_dots(whole) is whole


@pytest.mark.parametrize(
    "given, wanted",
    [
        (b"", b""),
        (b".", b".."),
        (b".\r\n", b"..\r\n"),
        (b"a.b\r\n.c\r\n..d\r\n.", b"a.b\r\n..c\r\n...d\r\n.."),
        (b"\r\n.\r\n.\r\n", b"\r\n..\r\n..\r\n"),
        (b"no dot", b"no dot"),
    ],
)
def test_dots_at_the_beginning_are_doubled(given: bytes, wanted: bytes) -> None:
    assert add_dots(given) == wanted


@pytest.mark.parametrize(
    "message, wanted",
    [
        (b"", False),
        (b"Subject: rcpt to:<a@x>\r\n", False),
        (b"Subject: x\r\n\r\nRCPT TO:<a@x>\r\n", True),
        (b"x\n \trcpt to:<a@x>\n", True),
        (b"Rcpt", True),
        (b"x\r\nMAIL FROM:<a@x>\r\n", False),  # without a recipient nothing is sent to anybody
    ],
)
def test_lines_that_could_name_a_recipient_are_found(message: bytes, wanted: bool) -> None:
    assert holds_commands(message) is wanted


def test_end_stands_alone_on_its_line() -> None:
    assert END == b".\r\n"
    assert b"\r\n" + END not in b"\r\n" + add_dots(b".\r\nx\r\n.\r\n")


@pytest.mark.parametrize("text", ["", ".", "abc\n.jkl\rfoo\r\n..blue", "a\n\n.\n", "\r\r\n.", "\u2028.\x85."])
def test_text_is_quoted_as_in_the_standard_library(text: str) -> None:
    assert quote_data(text) == smtplib.quotedata(text)
