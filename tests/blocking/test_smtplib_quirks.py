# Generated from tests/aio/test_smtplib_quirks.py by tools/unasync.py; edit that file.
"""Servers that say it in their own way: what is still SMTP is understood, and what is not does no harm."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Conversation, Peer, ScriptError, send, start_tls
from tests.fix_smtp import find_end
from wirekit import mail as mailing
from wirekit import smtplib

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from tests.fix_smtp import MailServer

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

EHLO = b"250-odd.example\r\n250-PIPELINING\r\n250-8BITMIME\r\n250 CHUNKING\r\n"
GONE = "550 5.1.1 who?"
TEXT = b"Subject: x\r\n\r\nbody\r\n"


class Odd:
    """A server whose words are bytes: by command (its first four letters; ``end`` for a message's) what it says to it."""

    def __init__(self, **words: bytes | list[bytes]) -> None:
        self.words = {
            "greeting": b"220 odd.example\r\n",
            "EHLO": EHLO,
            "LHLO": EHLO,
            "QUIT": b"221 bye\r\n",
            **words,
        }
        self.lines: list[str] = []
        self.messages: list[bytes] = []

    def __call__(self, conversation: Conversation) -> None:
        conversation.send(self.say("greeting"))
        while True:
            try:
                line = conversation.take(lambda got: got.find(b"\n") + 1).decode().rstrip()
            except ScriptError:
                return  # the client has left
            self.lines.append(line)
            verb = line[:4].upper()
            if verb == "BDAT":
                size = int(line.split()[1])
                self.messages.append(conversation.take(lambda got, size=size: size * (len(got) >= size)))  # type: ignore[misc]
                conversation.send(self.say("end"))
                continue
            reply = self.say(verb)
            conversation.send(reply)
            if verb == "DATA" and reply.startswith(b"354"):
                self.messages.append(conversation.take(find_end))
                conversation.send(self.say("end"))

    def say(self, verb: str) -> bytes:
        words = self.words.get(verb, b"354 go\r\n" if verb == "DATA" else b"250 OK\r\n")
        return words.pop(0) if isinstance(words, list) else words


def connect(peer: Peer, kind: Any = smtplib.SMTP) -> Any:
    smtp = kind(local_hostname="here.example", timeout=5)
    smtp.connect(peer.host, peer.port)
    return smtp


# ---- said oddly, and meant well


@pytest.mark.parametrize(
    "words",
    [
        {"greeting": b"220-wait for it\r\n220 odd.example\r\n"},
        {"greeting": b"220\r\n"},
        {"greeting": b"220 \xe9\xff \xe2\x82\xac\r\n"},
        {"EHLO": b"250-\xe9\r\n250-pipelining\r\n250-\r\n250-SIZE\r\n250-auth=login plain\r\n250 chunking\r\n"},
        {"EHLO": EHLO.replace(b"CHUNKING", b"chunking "), "MAIL": b"250\r\n", "RCPT": b"250 \r\n", "end": b"250-\r\n250\r\n"},
        {"EHLO": b"250-odd.example\n250 PIPELINING\n", "MAIL": b"250 OK\n", "DATA": b"354 go\n", "end": b"250 taken\n"},
        {"EHLO": b"250 odd.example\r\n", "MAIL": b"250-one\r\n250-two\r\n250 three\r\n", "DATA": b"354-go\r\n354 on\r\n"},
        {"EHLO": b"500 what?\r\n"},
        {"EHLO": b"502 not here\r\n", "HELO": b"250\r\n", "RCPT": b"251 will forward\r\n"},
        {"RCPT": b"252 we shall see\r\n", "end": b"250 2.0.0 \xff\r\n"},
        {"EHLO": b"250-odd.example\r\n250-XXXXXXXA\r\n250-PIPELINING\r\n250 X-EXPS=LOGIN\r\n"},
        {"EHLO": b"250-odd.example\r\n250-\tPIPELINING\r\n250 SIZE\t0\r\n"},
    ],
)  # fmt: skip
def test_message_arrives_all_the_same(peer: MakePeer, words: dict[str, bytes]) -> None:
    server = Odd(**words)
    smtp = connect(peer([server]))
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    assert [result.outcome for result in smtp.send_messages([("a@x", "b@x", TEXT)] * 2)] == ["sent"] * 2
    assert smtp.quit()[0] == 221
    assert [message.startswith(TEXT) for message in server.messages] == [True] * 3


def test_offers_in_any_writing_are_known(peer: MakePeer) -> None:
    lines = [
        b"odd.example",
        b"sTaRTtls",
        b"STARTTLS",
        b"SIZE",
        b"auth=LOGIN",
        b"AUTH PLAIN LOGIN",
        b"8bitmime ",
        b"X_Y z",
    ]
    ehlo = b"".join(b"250-%b\r\n" % line for line in lines) + b"250 dsn\r\n"
    smtp = connect(peer([Odd(EHLO=ehlo)]))
    smtp.ehlo()
    assert [smtp.has_extn(name) for name in ("StartTLS", "size", "8BITMIME", "DSN", "chunking")] == [
        True
    ] * 4 + [False]
    assert smtp.esmtp_features["auth"].split() == ["LOGIN", "PLAIN", "LOGIN"]
    assert smtp.esmtp_features["size"] == ""
    smtp.close()


def test_last_line_says_what_a_reply_means(peer: MakePeer) -> None:
    server = Odd(RCPT=[b"250-nearly\r\n550 no\r\n", b"550-no\r\n250 but yes\r\n"])
    smtp = connect(peer([server]))
    assert smtp.sendmail("a@x", ["b@x", "c@x"], TEXT) == {"b@x": (550, b"nearly\nno")}
    smtp.close()


@pytest.mark.parametrize("ehlo", [EHLO, b"250 odd.example\r\n"], ids=["at once", "one by one"])
def test_what_was_refused_is_not_sent_whatever_is_said_later(peer: MakePeer, ehlo: bytes) -> None:
    server = Odd(EHLO=ehlo, MAIL=[b"550 5.7.1 not you\r\n", b"250 OK\r\n"], RCPT=b"550 5.1.1 who?\r\n")
    smtp = connect(peer([server]))
    with pytest.raises(smtplib.SMTPSenderRefused):
        smtp.sendmail("a@x", "b@x", TEXT)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("a@x", "b@x", TEXT)
    smtp.close()


@pytest.mark.parametrize("ehlo", [EHLO, b"250 odd.example\r\n"], ids=["at once", "one by one"])
@pytest.mark.parametrize("place", ["MAIL", "RCPT"])
def test_what_is_no_reply_is_shown(peer: MakePeer, place: str, ehlo: bytes) -> None:
    smtp = connect(peer([Odd(**{"EHLO": ehlo, place: b"so what\r\n"})]))
    with pytest.raises(smtplib.SMTPServerDisconnected, match="no reply: hat"):
        smtp.sendmail("a@x", "b@x", TEXT)
    assert smtp.sock is None


def test_words_beyond_ascii_are_kept(peer: MakePeer) -> None:
    smtp = connect(peer([Odd(RCPT=b"550 5.1.1 \xfcber\xe2\x82\xac\r\n")]))
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        smtp.sendmail("a@x", "b@x", TEXT)
    reply: Any = caught.value.recipients["b@x"]
    assert reply == (550, b"5.1.1 \xfcber\xe2\x82\xac")
    assert reply.message == "5.1.1 \ufffdber€"
    assert str(reply.enhanced) == "5.1.1"
    smtp.close()


def test_login_in_few_words(peer: MakePeer) -> None:
    ehlo = b"250-odd.example\r\n250-AUTH=LOGIN\r\n250 AUTH\r\n"
    server = Odd(EHLO=ehlo, AUTH=b"334\r\n", C2VJ=b"235\r\n")
    smtp = connect(peer([server]))
    assert smtp.login("ann", "secret") == (235, b"")
    assert server.lines[1:] == ["AUTH LOGIN YW5u", "c2VjcmV0"]
    smtp.close()


def test_pipelining_may_be_offered_in_private_alone(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    clear = Odd(EHLO=b"250-odd.example\r\n250-STARTTLS\r\n250-STARTTLS\r\n250 SIZE\r\n", STAR=b"220\r\n")
    private = Odd(greeting=b"")

    def serve(conversation: Conversation) -> None:
        conversation.send(clear.say("greeting"))
        for verb in ("EHLO", "STAR"):
            conversation.take(lambda got: got.find(b"\n") + 1)
            conversation.send(clear.say(verb))
        start_tls(server_tls)(conversation)
        private(conversation)

    server = peer([serve])
    smtp = smtplib.SMTP(timeout=5, local_hostname="here.example")
    smtp.connect("localhost", server.port)
    smtp.starttls(context=client_tls)
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    smtp.quit()
    heard(server)
    assert [line[:4] for line in private.lines] == ["ehlo", "mail", "rcpt", "BDAT", "quit"]


def test_lmtp_by_bdat_answers_for_each(peer: MakePeer) -> None:
    server = Odd(end=b"250 <b@x> taken\r\n452 4.2.2 <c@x> full\r\n")
    smtp = connect(peer([server]), smtplib.LMTP)
    assert smtp.sendmail("a@x", ["b@x", "c@x"], TEXT) == {"c@x": (452, b"4.2.2 <c@x> full")}
    assert server.messages == [TEXT]
    smtp.quit()


# ---- a server that leaves


@pytest.mark.parametrize("code", [b"421", b"221"])
@pytest.mark.parametrize("place", ["MAIL", "RCPT", "end"])
def test_farewell_is_no_consent(peer: MakePeer, place: str, code: bytes) -> None:
    def leave(conversation: Conversation) -> None:
        server(conversation)

    server = Odd(**{place: code + b" 4.0.0 bye\r\n"})
    smtp = connect(peer([leave]))
    with pytest.raises(smtplib.SMTPException) as caught:
        smtp.sendmail("a@x", "b@x", TEXT)
    assert not isinstance(caught.value, smtplib.SMTPOutcomeUnknown)
    assert smtp.sock is None
    smtp = connect(peer([leave]))
    results = smtp.send_messages([("a@x", "b@x", TEXT)] * 2)
    assert [result.outcome for result in results] == ["not sent"] * 2
    assert smtp.sock is None


def test_farewell_for_a_greeting(peer: MakePeer) -> None:
    smtp = smtplib.SMTP(local_hostname="here.example", timeout=5)
    server = peer([Odd(greeting=b"421-4.3.2\r\n421 too busy\r\n")])
    assert smtp.connect(server.host, server.port) == (421, b"4.3.2\ntoo busy")
    smtp.close()


# ---- BDAT that is not understood, or not skipped


refuse_and_read_on = send  # in reply to BDAT; its data are the next commands then


@pytest.mark.parametrize(
    "answers, error",
    [
        ({"rcpt to:": GONE, "bdat": b"502 5.5.1 Missing RCPT TO command.\r\n"}, "SMTPRecipientsRefused"),
        ({"mail from:": "550 not you", "bdat": b"503 5.5.1 no\r\n"}, "SMTPSenderRefused"),
        ({"bdat": b"500 5.5.2 unknown\r\n"}, "SMTPDataError"),
    ],
    ids=["recipients", "sender", "unknown"],
)
def test_server_that_reads_data_as_commands_is_left(
    mail: MakeMail, answers: dict[str, Any], error: str
) -> None:
    server, peer = mail(answers={**answers, "bdat": refuse_and_read_on(answers["bdat"])})
    smtp = connect(peer)
    with pytest.raises(getattr(smtplib, error)):
        smtp.sendmail("a@x", "b@x", TEXT)
    assert (smtp.sock, smtp.chunking) == (None, False)
    server.answers.clear()
    smtp.connect(peer.host, peer.port)
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}  # by DATA, from now on
    smtp.quit()
    assert server.mails[0].message == TEXT


def test_many_to_a_server_that_reads_data_as_commands(mail: MakeMail) -> None:
    _, peer = mail(
        answers={"rcpt to:<no": GONE, "bdat": ["", refuse_and_read_on(b"502 5.5.1 Missing RCPT TO\r\n")]}
    )
    smtp = connect(peer)
    envelopes = [("a@x", to, TEXT) for to in ("b@x", "no@x", "c@x", "d@x")]
    results = smtp.send_messages(envelopes)
    # what its later replies belong to cannot be told
    assert [result.outcome for result in results] == ["sent", "not sent", "unknown", "unknown"]
    assert (smtp.sock, smtp.chunking) == (None, False)


def test_last_of_many_to_a_server_that_reads_data_as_commands(mail: MakeMail) -> None:
    _, peer = mail(answers={"rcpt to:<no": GONE, "bdat": ["", refuse_and_read_on(b"502 5.5.1 no\r\n")]})
    smtp = connect(peer)
    results = smtp.send_messages([("a@x", to, TEXT) for to in ("b@x", "no@x")])
    assert [result.outcome for result in results] == ["sent", "not sent"]
    assert (smtp.sock, smtp.chunking) == (None, False)


def test_server_that_skips_the_data_is_kept(mail: MakeMail) -> None:
    server, peer = mail(answers={"rcpt to:<no": GONE})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("a@x", "no@x", TEXT)
    assert smtp.sendmail("a@x", "b@x", TEXT) == {}
    assert smtp.chunking
    smtp.quit()
    assert len(server.mails) == 1


@pytest.mark.parametrize("many", [False, True], ids=["one", "many"])
def test_message_with_commands_in_it_waits_until_it_is_wanted(mail: MakeMail, many: bool) -> None:
    evil = b"Subject: x\r\n\r\nMAIL FROM:<boss@x>\r\n Rcpt TO:<victim@x>\r\nDATA\r\n"
    server, peer = mail(answers={"rcpt to:<no": GONE, "bdat": refuse_and_read_on(b"502 5.5.1 no\r\n")})
    smtp = connect(peer)
    if many:
        results = smtp.send_messages([("a@x", "no@x", evil), ("a@x", "b@x", evil)])
        assert [result.outcome for result in results] == ["not sent", "sent"]
    else:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            smtp.sendmail("a@x", "no@x", evil)
        assert smtp.sendmail("a@x", "b@x", evil) == {}
    smtp.quit()
    assert [got.recipients for got in server.mails] == [["b@x"]]
    assert server.mails[0].message == evil
    assert not any(line.upper().startswith("BDAT") for line in server.commands)


def test_binary_message_with_commands_in_it_waits_too(mail: MakeMail) -> None:
    evil = b"Subject: x\n\nRCPT TO:<victim@x>\n\x00"
    server, peer = mail(answers={"rcpt to:<no": GONE})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPRecipientsRefused):
        smtp.sendmail("a@x", "no@x", evil, ["BODY=BINARYMIME"])
    assert not any(line.upper().startswith("BDAT") for line in server.commands)
    assert smtp.sendmail("a@x", "b@x", evil, ["BODY=BINARYMIME"]) == {}
    smtp.quit()
    assert server.mails[0].message == evil


def test_mailer_goes_on_by_data(mail: MakeMail) -> None:
    server, peer = mail(answers={"bdat": refuse_and_read_on(b"500 5.5.2 unknown\r\n")})
    with mailing.Mailer(f"smtp://localhost:{peer.port}", backoff=0.001, connections=1) as mailer:
        delivery = mailer.send(TEXT, "a@x.example", ["b@x.example"])
        assert (delivery.sent, delivery.attempts) == (True, 2)
        assert mailer.send(TEXT, "a@x.example", ["b@x.example"]).attempts == 1
    assert [got.message for got in server.mails] == [TEXT] * 2
