"""Mail's grammar: any split of the bytes gives the same replies, any text a value or a documented error."""

from __future__ import annotations

import re
import smtplib

from hypothesis import example, given
from hypothesis import strategies as st

from wirekit._wire import sasl_digest, smtp_addresses, smtp_commands, smtp_lines
from wirekit._wire.sasl import SaslError
from wirekit._wire.sasl_scram import Scram
from wirekit._wire.saslprep import prepare
from wirekit._wire.smtp_replies import Reply, ReplyDecoder, ReplyTooLong, parse_features
from wirekit._wire.smtp_transactions import NOT_SENT, SENT, UNKNOWN, Transaction

LINE = st.builds(
    lambda code, mark, text, end: code + mark + text + end,
    st.sampled_from([b"250", b"354", b"421", b"550", b"25", b"abc", b""]),
    st.sampled_from([b" ", b"-", b"", b"\t"]),
    st.binary(max_size=12),
    st.sampled_from([b"\r\n", b"\n", b"\r"]),
)
ODD = st.text(st.sampled_from('ab@.<>"\\ ,;:()[]\r\n\t\0\x7f\xe9\u2028'), max_size=24)


def take_all(pieces: list[bytes]) -> list[Reply] | str:
    """Give the replies that come out of pieces, or the words of the error."""
    decoder, replies, buffer = ReplyDecoder(), list[Reply](), b""
    try:
        for piece in pieces:
            buffer, pos = buffer + piece, 0
            while True:
                taken, pos = decoder.take(buffer, pos, 3, 5, 200)
                if not taken:
                    break
                replies += taken
            buffer = buffer[pos:]
    except ReplyTooLong as error:
        return str(error)
    return replies


@given(st.lists(LINE, max_size=9).map(b"".join), st.lists(st.integers(0, 150), max_size=8))
def test_any_split_gives_the_same_replies(data: bytes, cuts: list[int]) -> None:
    places = sorted({min(cut, len(data)) for cut in cuts})
    pieces = [data[a:b] for a, b in zip([0, *places], [*places, len(data)], strict=True)]
    whole = take_all([data])
    assert take_all(pieces) == whole
    assert take_all([bytes([byte]) for byte in data]) == whole


@given(st.binary(max_size=300))
def test_any_bytes_are_replies_or_too_long(data: bytes) -> None:
    replies = take_all([data])
    if isinstance(replies, list):
        for reply in replies:
            assert reply.code == -1 or 0 <= reply.code <= 999
            assert isinstance(reply.message, str)
            assert reply.enhanced is None or reply.enhanced.kind == reply.code // 100
            assert all(name == name.lower() for name in parse_features(reply.text))


@given(st.lists(st.sampled_from([b"\r", b"\n", b".", b"\r\n", b"x", b"\xff"]), max_size=30).map(b"".join))
def test_message_comes_out_as_it_went_in(message: bytes) -> None:
    fixed = smtp_lines.fix_line_ends(message)
    assert smtp_lines.is_canonical(fixed)
    assert smtp_lines.fix_line_ends(fixed) == fixed
    assert fixed.split(b"\r\n") == re.split(rb"\r\n|\r|\n", message)
    whole = fixed if fixed.endswith(b"\r\n") else fixed + b"\r\n"
    sent = smtp_lines.add_dots(whole) + smtp_lines.END
    end = 0 if sent.startswith(smtp_lines.END) else sent.index(b"\r\n.\r\n") + 2
    assert end == len(sent) - 3  # a server finds the end where it is, and nowhere before
    assert re.sub(rb"(?m)^\.", b"", sent[:end]) == whole


@given(st.text(st.sampled_from(".\r\nx\x85\u2028"), max_size=20))
def test_text_is_quoted_as_in_the_standard_library(text: str) -> None:
    assert smtp_lines.quote_data(text) == smtplib.quotedata(text)


@example('"a\\"b"@c')
@given(st.one_of(ODD, st.emails(), st.text(max_size=20)))
def test_any_text_is_an_address_or_an_error(text: str) -> None:
    try:
        found = smtp_addresses.parse_mailbox(text)
    except ValueError:
        return
    assert found in text
    assert not set(found) & set("<>\r\n\0\x7f")
    assert smtp_addresses.parse_mailbox(found) == found
    assert smtp_addresses.quote_address(text, strict=True) == f"<{found}>"
    assert smtp_commands.check_command("rcpt to:<" + found + ">")


@given(st.emails())
def test_addresses_are_addresses(address: str) -> None:
    assert smtp_addresses.parse_mailbox(address) == address
    assert smtp_addresses.parse_list(f"A <{address}>, (no one) {address}") == [address] * 2


@given(ODD)
def test_any_text_is_a_list_or_an_error(text: str) -> None:
    try:
        found = smtp_addresses.parse_list(text)
    except ValueError:
        return
    for one in found:
        assert smtp_addresses.parse_mailbox(one) == one


@given(st.lists(ODD, max_size=3))
def test_any_options_pass_whole_or_not_at_all(options: list[str]) -> None:
    for check in (smtp_commands.check_mail_options, smtp_commands.check_recipient_options):
        try:
            check(options, {}, strict=True)
        except (ValueError, smtp_commands.OptionNotOffered):
            continue
        assert not any(set(option) & set("\r\n\0 \x7f") for option in options)


@given(st.text(max_size=12))
def test_prepared_text_stays_as_it_is(text: str) -> None:
    try:
        prepared = prepare(text)
    except ValueError:
        return
    assert prepare(prepared) == prepared


@given(st.binary(max_size=60))
def test_any_challenge_is_answered_or_an_error(challenge: bytes) -> None:
    scram = Scram("sha1", "user", "pencil", "nonce")
    scram(None)
    for mechanism in (scram, sasl_digest.DigestMD5("user", "pencil", "host", "nonce")):
        try:
            said = str(mechanism(challenge))
        except SaslError as error:
            said = str(error)
        assert "pencil" not in said


CODES = st.sampled_from([250, 251, 354, 421, 450, 503, 550])


@given(
    st.lists(CODES, max_size=9), st.integers(1, 3), st.booleans(), st.booleans(), st.booleans(), st.booleans()
)
def test_outcome_says_no_more_than_the_replies(
    codes: list[int], recipients: int, by_chunk: bool, lmtp: bool, ended: bool, broken: bool
) -> None:
    to = [f"{number}@x" for number in range(recipients)]
    made = Transaction("s@x", to, [], by_chunk=by_chunk, per_recipient=lmtp)
    made.ended = ended
    made.hear([Reply(code, b"") for code in codes])
    if broken:
        made.break_off(OSError("gone"))
    result = made.result()
    named = [*result.accepted, *result.unknown, *result.refused]
    assert len(named) == len(set(named))
    assert set(named) <= set(to)
    assert result.outcome in {SENT, NOT_SENT, UNKNOWN}
    assert (result.outcome == UNKNOWN) == bool(result.unknown)
    assert (result.error is None) == (result.outcome == SENT)
    if result.accepted:
        assert any(reply.accepted for reply in made.finals)
    if result.unknown:
        assert ended
