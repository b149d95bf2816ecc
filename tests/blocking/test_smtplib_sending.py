# Generated from tests/aio/test_smtplib_sending.py by tools/unasync.py; edit that file.
"""Messages over SMTP: in one flight or step by step, by BDAT or DATA, taken or refused."""

from __future__ import annotations

import base64
import threading
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Faults, Peer, close, expect, send, stall, until
from tests.fix_smtp import ALL, MODES, Mail, MailServer, modes
from wirekit import ConnectionBusy, _smtp_sending, defaults, smtplib

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

HELLO = b"220 mail.example ESMTP\r\n"
TEXT = b"Subject: x\r\n\r\n.dot\r\nend\r\n"


def connect(peer: Peer, timeout: Any = 5) -> Any:
    smtp = smtplib.SMTP(local_hostname="here.example", timeout=timeout)
    smtp.connect(peer.host, peer.port)
    return smtp


def greet(peer: Peer, timeout: Any = 5) -> Any:
    smtp = connect(peer, timeout)
    smtp.ehlo()
    return smtp


# ---- taken


@modes
def test_message_arrives(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    assert smtp.sendmail("a@x", ["b@x", "Bob <c@x>"], TEXT) == {}
    assert smtp.sendmail("", "b@x", "text\n.\n") == {}
    smtp.quit()
    heard(peer)
    size = [f"size={len(TEXT)}"] if "DSN" in offers else []
    assert server.mails[0] == Mail("a@x", ["b@x", "c@x"], TEXT, size)
    assert (server.mails[1].sender, server.mails[1].message) == ("", b"text\r\n.\r\n")
    assert not server.odd


@pytest.mark.parametrize(
    "mode, flights", [("chunks", 1), ("pipelining", 2), ("chunks alone", 102), ("bare", 103)]
)
def test_message_takes_as_few_flights_as_can_be(mail: MakeMail, mode: str, flights: int) -> None:
    server, peer = mail(MODES[mode])
    smtp = greet(peer)
    before = server.flights
    assert smtp.sendmail("a@x", [f"b{number}@x" for number in range(100)], TEXT) == {}
    assert server.flights - before <= flights
    smtp.close()


@pytest.mark.parametrize("faults", [Faults(split=1), Faults(split=7)], ids=["bytes", "sevens"])
@modes
def test_replies_come_in_any_pieces(mail: MakeMail, offers: tuple[str, ...], faults: Faults) -> None:
    server, peer = mail(offers, answers={"rcpt to:<c@x>": "550 5.1.1 no"}, peer_options={"faults": faults})
    smtp = connect(peer)
    assert smtp.sendmail("a@x", ["b@x", "c@x", "d@x"], TEXT) == {"c@x": (550, b"5.1.1 no")}
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    smtp.close()
    assert [got.message for got in server.mails] == [TEXT, TEXT]


def test_one_flight_is_one_block_of_bytes(peer: MakePeer) -> None:
    said = b"mail from:<a@x> size=2\r\nrcpt to:<b@x>\r\nrcpt to:<c@x>\r\nBDAT 4 LAST\r\nhi\r\n"
    server = peer([
        send(HELLO), until(b"\r\n"), send(b"250-x\r\n250-PIPELINING\r\n250-SIZE\r\n250 CHUNKING\r\n"),
        expect(said), send(b"250 1\r\n250 2\r\n250 3\r\n250 4\r\n"),
    ])  # fmt: skip
    smtp = connect(server)
    assert smtp.sendmail("a@x", ["b@x", "c@x"], b"hi") == {}
    smtp.close()
    heard(server)


@modes
@pytest.mark.parametrize("size", [_smtp_sending.EAGER + 1, _smtp_sending.CHECKED + 78])
def test_large_message_waits_for_its_envelope(mail: MakeMail, offers: tuple[str, ...], size: int) -> None:
    whole = (b"." + b"x" * 75 + b"\r\n") * (size // 78 + 1)
    server, peer = mail(offers)
    smtp = connect(peer)
    assert smtp.sendmail("a@x", "b@x", whole) == {}
    assert smtp.sendmail("a@x", "b@x", whole.replace(b"\r\n", b"\n")) == {}
    smtp.close()
    assert [got.message == whole for got in server.mails] == [True, True]
    heard(peer)
    assert not server.odd


@modes
def test_large_message_is_reported_as_it_leaves(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    seen: list[tuple[int, int]] = []
    smtp.progress = lambda done, total: seen.append((done, total))
    large = b"x" * (2 * _smtp_sending.EAGER) + b"\r\n"
    assert smtp.sendmail("a@x", "b@x", b"small\r\n") == {}
    assert seen == []
    assert smtp.sendmail("a@x", "b@x", large) == {}
    smtp.quit()
    heard(peer)
    total = seen[0][1]
    assert seen == [(_smtp_sending.EAGER, total), (2 * _smtp_sending.EAGER, total), (total, total)]
    assert server.mails[1].message == large


def test_what_watches_may_stop_it(peer: MakePeer) -> None:
    def stop(done: int, total: int) -> None:
        raise KeyError(done)

    offers = send(b"250-mail.example\r\n250-PIPELINING\r\n250 CHUNKING\r\n")
    server = peer(
        [send(HELLO), until(b"\r\n"), offers, until(b"rcpt to:<b@x>\r\n"), send(b"250 OK\r\n250 OK\r\n")]
    )
    smtp = greet(server)
    smtp.progress = stop
    with pytest.raises(KeyError):
        smtp.sendmail("a@x", "b@x", b"x" * (2 * _smtp_sending.EAGER))
    assert smtp.sock is None
    assert len(heard(server)) < 2 * _smtp_sending.EAGER


@modes
def test_large_message_that_nobody_takes_does_not_leave(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers, answers={"rcpt": "550 5.1.1 no"})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("a@x", "b@x", b"x" * (_smtp_sending.EAGER + 1))
    smtp.close()
    assert len(heard(peer)) < 200
    assert not server.mails


@modes
def test_more_recipients_than_fit_a_flight_are_asked_for_in_turn(
    mail: MakeMail, offers: tuple[str, ...]
) -> None:
    server, peer = mail(offers, answers={"rcpt to:<b599@": "550 no"})
    smtp = connect(peer)
    recipients = [f"b{number}@x" for number in range(600)]
    assert smtp.sendmail("a@x", recipients, TEXT) == {"b599@x": (550, b"no")}
    smtp.close()
    assert server.mails[0].recipients == recipients[:599]


@modes
def test_options_go_with_mail_and_rcpt(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail((*offers, "DSN"))
    smtp = connect(peer)
    smtp.sendmail("a@x", ["b@x", "c@x"], b"hi\r\n", ["RET=HDRS", "ENVID=1"], ["NOTIFY=NEVER"])
    smtp.close()
    (got,) = server.mails
    assert got.options[-2:] == ["RET=HDRS", "ENVID=1"]
    assert got.rcpt_options == ["NOTIFY=NEVER"] * 2


def test_options_are_left_out_without_ehlo(mail: MakeMail) -> None:
    server, peer = mail((), answers={"ehlo": "502 what?"})
    smtp = connect(peer)
    smtp.sendmail("a@x", "b@x", b"hi\xe9", ["BODY=8BITMIME"], ["NOTIFY=NEVER"])
    smtp.close()
    assert (server.mails[0].options, server.mails[0].rcpt_options) == ([], [])


@pytest.mark.parametrize(
    "offers, wanted", [(("8BITMIME",), ["BODY=8BITMIME"]), ((), []), (ALL, ["size=2", "BODY=8BITMIME"])]
)
def test_eight_bit_message_says_so_where_it_can(
    mail: MakeMail, offers: tuple[str, ...], wanted: list[str]
) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    smtp.sendmail("a@x", "b@x", "\xe9".encode())
    smtp.close()
    assert server.mails[0].options == wanted


def test_size_that_is_given_is_not_said_twice(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.sendmail("a@x", "b@x", b"hi", ["SIZE=1000"])
    smtp.close()
    assert server.mails[0].options == ["SIZE=1000"]


@pytest.mark.parametrize("mode", ["chunks", "chunks alone"])
def test_binary_message_is_not_touched(mail: MakeMail, mode: str) -> None:
    whole = b"\0\r\n\n\r.\n" * 3
    server, peer = mail(MODES[mode])
    smtp = connect(peer)
    smtp.sendmail("a@x", "b@x", whole, ["BODY=BINARYMIME"])
    smtp.close()
    assert server.mails[0].message == whole


def test_binary_message_needs_a_server_that_takes_it(mail: MakeMail) -> None:
    server, peer = mail(("PIPELINING", "CHUNKING"))
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPNotSupportedError, match="BINARYMIME"):
        smtp.sendmail("a@x", "b@x", b"\0", ["BODY=BINARYMIME"])
    smtp.close()
    heard(peer)
    assert len(server.commands) == 1


@modes
def test_international_envelope(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(("SMTPUTF8", *offers))
    smtp = connect(peer)
    smtp.sendmail("j\xf6rg@x", "\u7528\u6237@\u4f8b\u5b50", "\xe9".encode(), ["SMTPUTF8"])
    with pytest.raises(UnicodeEncodeError):
        smtp.sendmail("j\xf6rg@x", "b@x", b"hi")
    smtp.sendmail("a@x", "b@x", b"hi")
    smtp.close()
    assert (server.mails[0].sender, server.mails[0].recipients) == (
        "j\xf6rg@x",
        ["\u7528\u6237@\u4f8b\u5b50"],
    )
    assert len(server.mails) == 2


def test_extensions_can_be_left_alone(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    smtp.pipelining = smtp.chunking = False
    smtp.sendmail("a@x", "b@x", TEXT)
    smtp.chunking = True
    smtp.sendmail("a@x", "b@x", TEXT)
    smtp.close()
    heard(peer)
    verbs = [command.split()[0] for command in server.commands]
    assert verbs == ["ehlo", "mail", "rcpt", "data", "mail", "rcpt", "BDAT"]


# ---- refused


@modes
def test_some_recipients_refused(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(
        offers, answers={"rcpt to:<b@x>": "550 5.1.1 who?", "rcpt to:<d@x>": "450 4.2.1 later"}
    )
    smtp = connect(peer)
    refused = smtp.sendmail("a@x", ["b@x", "c@x", "d@x"], TEXT)
    assert refused == {"b@x": (550, b"5.1.1 who?"), "d@x": (450, b"4.2.1 later")}
    assert (refused["b@x"].enhanced, refused["d@x"].temporary) == ((5, 1, 1), True)
    smtp.close()
    assert server.mails[0].recipients == ["c@x"]


@modes
@pytest.mark.parametrize("waits", [False, True], ids=["503", "354"])
def test_all_recipients_refused(mail: MakeMail, offers: tuple[str, ...], waits: bool) -> None:
    answers: dict[str, Any] = {"rcpt to:<b@x>": ["550 no", "550 no"]}
    if waits:  # the server says 354 all the same, and has to be told the end
        answers |= {"data": ["354 go on"], "end": ["554 5.5.1 nobody"]}
    server, peer = mail(offers, answers=answers)
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        smtp.sendmail("a@x", ["b@x", "b@x"], TEXT)
    assert caught.value.recipients == {"b@x": (550, b"no")}
    assert not server.mails
    answers.clear()
    assert smtp.sendmail("a@x", ["b@x"], TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


@modes
def test_sender_refused(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers, answers={"mail": ["550 5.7.1 not you"]})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPSenderRefused) as caught:
        smtp.sendmail("a@x", ["b@x"], TEXT)
    assert caught.value.args == (550, b"5.7.1 not you", "a@x")
    assert vars(caught.value)["enhanced"] == (5, 7, 1)
    assert smtp.sendmail("a@x", ["b@x"], TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


@modes
def test_data_refused(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers, answers={"data": ["451 4.3.0 later"], "bdat": ["451 4.3.0 later"]})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        smtp.sendmail("a@x", ["b@x"], TEXT)
    assert caught.value.smtp_code == 451
    assert smtp.sendmail("a@x", ["b@x"], TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


@modes
def test_message_refused_at_its_end(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers, answers={"end": ["554 5.6.0 no such message"]})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        smtp.sendmail("a@x", ["b@x"], TEXT)
    assert vars(caught.value)["enhanced"] == (5, 6, 0)
    assert smtp.sendmail("a@x", ["b@x"], TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


@modes
@pytest.mark.parametrize(
    "where, error",
    [
        ("mail", "SMTPSenderRefused"),
        ("rcpt to:<c", "SMTPRecipientsRefused"),
        ("end", "SMTPDataError"),
    ],
)
def test_server_that_closes_in_the_middle(
    mail: MakeMail, offers: tuple[str, ...], where: str, error: str
) -> None:
    def hang_up(conversation: Any) -> None:
        conversation.send(b"421 4.3.2 closing\r\n")
        conversation.end()

    server, peer = mail(offers, answers={where: hang_up})
    smtp = connect(peer)
    with pytest.raises(getattr(smtplib, error)) as caught:
        smtp.sendmail("a@x", ["b@x", "c@x"], TEXT)
    assert smtp.sock is None
    assert not server.mails
    if error == "SMTPRecipientsRefused":
        assert caught.value.recipients == {"c@x": (421, b"4.3.2 closing")}
    else:
        assert caught.value.smtp_code == 421
    with pytest.raises(smtplib.SMTPServerDisconnected, match="please run connect"):
        smtp.sendmail("a@x", "b@x", TEXT)


@modes
def test_message_above_the_servers_limit_is_not_begun(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail((*[one for one in offers if not one.startswith("SIZE")], "SIZE 1000"))
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPSenderRefused) as caught:
        smtp.sendmail("a@x", "b@x", b"x" * 1001)
    assert (caught.value.smtp_code, vars(caught.value)["enhanced"], caught.value.sender) == (
        552,
        (5, 3, 4),
        "a@x",
    )
    assert smtp.sendmail("a@x", "b@x", b"x" * 1000) == {}
    smtp.close()
    heard(peer)
    assert [command.split()[0] for command in server.commands].count("mail") == 1


@modes
def test_mistake_leaves_the_connection_as_it_was(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    with pytest.raises(ValueError, match="not one mail address"):
        smtp.sendmail("a@x", ["b@x", "c@x\r\nDATA"], TEXT)
    with pytest.raises(UnicodeEncodeError):
        smtp.sendmail("a@x", "b@x", "\xe9")
    with pytest.raises(UnicodeEncodeError):
        smtp.sendmail("a@x", ["b@x", "\xe9@x"], TEXT)
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    smtp.close()
    heard(peer)
    assert len(server.mails) == 1
    assert not server.odd


@modes
def test_nobody_to_send_to_is_all_of_them_refused(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        smtp.sendmail("a@x", [], TEXT)
    assert caught.value.recipients == {}
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


# ---- broken off


@modes
def test_connection_that_breaks_at_the_end_leaves_it_unknown(mail: MakeMail, offers: tuple[str, ...]) -> None:
    _, peer = mail(offers, answers={"end": None, "rcpt to:<c": "550 no"})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPOutcomeUnknown, match="Connection unexpectedly closed") as caught:
        smtp.sendmail("a@x", ["b@x", "c@x"], TEXT)
    error = caught.value
    assert isinstance(error, smtplib.SMTPServerDisconnected)
    assert (error.unknown, error.refused, error.accepted) == (("b@x",), {"c@x": (550, b"no")}, ())
    assert smtp.sock is None


@modes
@pytest.mark.parametrize("where", ["mail", "rcpt"])
def test_connection_that_breaks_in_the_envelope(mail: MakeMail, offers: tuple[str, ...], where: str) -> None:
    _, peer = mail(offers, answers={where: None})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPServerDisconnected) as caught:
        smtp.sendmail("a@x", ["b@x", "c@x"], TEXT)
    # In one flight the message has left with its envelope: whether the server has read on nobody knows.
    assert isinstance(caught.value, smtplib.SMTPOutcomeUnknown) == (offers == MODES["chunks"])


@modes
def test_reply_that_does_not_come_leaves_it_unknown(mail: MakeMail, offers: tuple[str, ...]) -> None:
    _, peer = mail(offers, answers={"end": stall()})
    smtp = connect(peer, timeout=1.2)
    with pytest.raises(smtplib.SMTPOutcomeUnknown, match="timed out"):
        smtp.sendmail("a@x", "b@x", TEXT)
    assert smtp.sock is None


@modes
def test_nonsense_in_place_of_the_last_reply_leaves_it_unknown(
    mail: MakeMail, offers: tuple[str, ...]
) -> None:
    _, peer = mail(offers, answers={"end": send(b"what is this\r\n")})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPOutcomeUnknown, match="no reply"):
        smtp.sendmail("a@x", "b@x", TEXT)
    assert smtp.sock is None


def test_reply_to_the_end_may_take_longer_where_nobody_has_named_a_timeout(mail: MakeMail) -> None:
    late = threading.Event()

    def answer(conversation: Any) -> None:
        assert not late.wait(0.7)  # longer than any other wait may take
        conversation.send(b"250 at last\r\n")

    _, peer = mail(answers={"end": [answer, stall()]})
    smtp = smtplib.SMTP()
    with defaults.using(timeout=0.4, data_timeout=1.5):
        smtp.connect(peer.host, peer.port)
        assert smtp.sendmail("a@x", "b@x", TEXT) == {}
        with pytest.raises(smtplib.SMTPOutcomeUnknown, match="timed out"):
            smtp.sendmail("a@x", "b@x", TEXT)


@pytest.mark.parametrize("mode", MODES)
def test_usual_waits_are_as_before_afterwards(mail: MakeMail, mode: str) -> None:
    _, peer = mail(MODES[mode])
    smtp = smtplib.SMTP()
    with defaults.using(data_timeout=9.0):
        smtp.connect(peer.host, peer.port)
        smtp.sendmail("a@x", "b@x", TEXT)
        assert smtp._stream.patience == 0
        smtp.close()


def test_busy_connection_is_not_sent_on(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = greet(peer)
    smtp._owner = object()
    with pytest.raises(ConnectionBusy):
        smtp.sendmail("a@x", "b@x", TEXT)
    smtp._owner = None
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


def test_unasked_words_before_a_flight_close_the_connection(peer: MakePeer) -> None:
    server = peer([
        send(HELLO), until(b"\r\n"), send(b"250-x\r\n250-PIPELINING\r\n250 CHUNKING\r\n421 4.4.2 bye\r\n"), close(),
    ])  # fmt: skip
    smtp = greet(server)
    heard(server)
    with pytest.raises(smtplib.SMTPServerDisconnected, match=r"421 4\.4\.2 bye") as caught:
        smtp.sendmail("a@x", "b@x", TEXT)
    assert not isinstance(caught.value, smtplib.SMTPOutcomeUnknown)


def test_debuglevel_shows_a_flight(mail: MakeMail, capsys: pytest.CaptureFixture[str]) -> None:
    _, peer = mail(("PIPELINING", "CHUNKING"))
    smtp = greet(peer)
    smtp.set_debuglevel(1)
    smtp.sendmail("a@x", "b@x", b"hi")
    smtp.set_debuglevel(0)
    smtp.close()
    told = capsys.readouterr().err
    assert "send: b'mail from:<a@x>\\r\\nrcpt to:<b@x>\\r\\nBDAT 4 LAST\\r\\nhi\\r\\n'\n" in told
    assert "reply: retcode (250); Msg: b'2.0.0 taken'\n" in told


# ---- email messages


def make_message(**fields: str) -> EmailMessage:
    made = EmailMessage()
    for name, value in {"From": "a@x", "To": "b@x", **fields}.items():
        made[name] = value
    made.set_content("text\n")
    return made


@modes
def test_email_message_arrives(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    message = make_message(Cc="Cc <c@x>", Bcc="d@x", Subject="s")
    assert smtp.send_message(message) == {}
    smtp.send_message(message, "e@x", ["f@x"])
    smtp.close()
    first, second = server.mails
    assert (first.sender, first.recipients) == ("a@x", ["b@x", "d@x", "c@x"])
    assert (second.sender, second.recipients) == ("e@x", ["f@x"])
    assert first.message == second.message
    assert b"Bcc" not in first.message
    assert message["Bcc"] == "d@x"


def test_international_message_needs_smtputf8(mail: MakeMail, peer: MakePeer) -> None:
    server, able = mail()
    smtp = connect(able)
    smtp.send_message(make_message(To="j\xf6rg@x"))
    smtp.close()
    assert server.mails[0].recipients == ["j\xf6rg@x"]
    assert {"SMTPUTF8", "BODY=8BITMIME"} <= set(server.mails[0].options)
    assert "To: j\xf6rg@x".encode() in server.mails[0].message
    unable = MailServer("PIPELINING")
    smtp = connect(peer([unable]))
    with pytest.raises(smtplib.SMTPNotSupportedError, match="SMTPUTF8"):
        smtp.send_message(make_message(To="j\xf6rg@x"))
    smtp.close()
    assert not unable.mails


@pytest.mark.parametrize("offers", [("8BITMIME",), ()])
def test_eight_bit_text_is_encoded_where_it_must_be(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = connect(peer)
    message = make_message()
    message.set_content("gr\xfc\xdfe\n", cte="8bit")
    smtp.send_message(message)
    smtp.close()
    got = server.mails[0].message
    if offers:
        assert "gr\xfc\xdfe".encode() in got
    else:
        assert got.isascii()
        assert base64.b64encode("gr\xfc\xdfe\n".encode()) in got


def test_message_that_is_none_is_an_error(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = connect(peer)
    with pytest.raises(ValueError, match="no From"):
        smtp.send_message(EmailMessage())
    smtp.close()
    heard(peer)
    assert len(server.commands) == 1
