"""Attacks on mail clients: rows 143 to 154 of the security page, in both twins."""

from __future__ import annotations

import ssl
import threading
from email.message import EmailMessage, Message
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, expect, send, send_forever, stall, until
from tests.fix_smtp import ALL, MODES, MailServer, modes
from tests.fix_twins import Twin, both_twins, heard, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

HELLO = send(b"220 mail.example ESMTP\r\n")
SMUGGLED = [
    b"\n.\r\nMAIL FROM:<admin@x>\r\nRCPT TO:<victim@x>\r\nDATA\r\nSubject: forged\r\n.\r\n",
    b"\r.\rMAIL FROM:<admin@x>\r\n",
    b"\r\n.\nMAIL FROM:<admin@x>\r\n",
    b"\n.\nMAIL FROM:<admin@x>\n",
    b"\r.\r\nMAIL FROM:<admin@x>\r\n",
    b"\r\n.\rMAIL FROM:<admin@x>\r\n",
    b"\r\n.\r\nMAIL FROM:<admin@x>\r\n",
    b"\r\r\n.\r\r\nMAIL FROM:<admin@x>\r\n",
    b"\r\n\x00.\r\nMAIL FROM:<admin@x>\r\n",
]


async def connect(twin: Twin, peer: Peer, host: str = "127.0.0.1", timeout: Any = 5) -> Any:
    smtp = twin.module("smtplib").SMTP(timeout=timeout, local_hostname="here.example")
    await settle(smtp.connect(host, peer.port))
    return smtp


@both_twins
async def test_row_143_reply_in_the_clear_behind_starttls(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext
) -> None:
    smtplib = twin.module("smtplib")
    server = peer([
        HELLO, until(b"\r\n"), send(b"250-x\r\n250 STARTTLS\r\n"), expect(b"STARTTLS\r\n"),
        send(b"220 go\r\n250 INJECTED\r\n"),
    ])  # fmt: skip
    smtp = await connect(twin, server, "localhost")
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await settle(smtp.starttls(context=client_tls))
    with pytest.raises(smtplib.SMTPServerDisconnected, match="please run"):
        await settle(smtp.noop())
    assert (await heard(twin, server)).endswith(b"STARTTLS\r\n")


@both_twins
async def test_row_143_reply_in_the_clear_that_comes_later_breaks_the_handshake(
    twin: Twin, peer: MakePeer, client_tls: ssl.SSLContext
) -> None:
    server = peer([
        HELLO, until(b"\r\n"), send(b"250-x\r\n250 STARTTLS\r\n"), expect(b"STARTTLS\r\n"), send(b"220 go\r\n"),
        lambda conversation: conversation.fill() and None, send(b"250 INJECTED\r\n"), stall(),
    ])  # fmt: skip
    smtp = await connect(twin, server, "localhost")
    with pytest.raises(ssl.SSLError):
        await settle(smtp.starttls(context=client_tls))
    assert smtp.sock is None


@both_twins
async def test_row_143_drop_in_is_no_exception(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = MailServer(*ALL, "STARTTLS", tls=server_tls)
    smtp = await connect(twin, peer([server]), "localhost")
    await settle(smtp.starttls(context=client_tls))
    await settle(smtp.ehlo())
    assert not smtp.has_extn("starttls")
    smtp.close()


@pytest.mark.parametrize("answer", ["454 4.7.0 not now", "501 5.5.4 syntax", "502 5.5.1 what?", "250 OK"])
@both_twins
async def test_row_144_starttls_that_is_refused_is_never_passed_over(
    twin: Twin, peer: MakePeer, answer: str
) -> None:
    server = MailServer(*ALL, "STARTTLS", answers={"starttls": send(f"{answer}\r\n".encode())})
    listener = peer([server])
    smtp = await connect(twin, listener)
    with pytest.raises(twin.module("smtplib").SMTPResponseException):
        await settle(smtp.starttls())
    smtp.close()
    await heard(twin, listener)
    assert server.commands[-1] == "STARTTLS"


@both_twins
async def test_row_144_starttls_that_was_taken_out_of_the_offer_is_an_error(
    twin: Twin, peer: MakePeer
) -> None:
    server = MailServer("XXXXXXXA", *ALL)
    listener = peer([server])
    smtp = await connect(twin, listener)
    with pytest.raises(twin.module("smtplib").SMTPNotSupportedError):
        await settle(smtp.starttls())
    smtp.close()
    await heard(twin, listener)
    assert server.commands == ["ehlo here.example"]


@pytest.mark.parametrize("kind", ["SMTP", "SMTP_SSL"])
@both_twins
async def test_row_145_self_signed_certificate_is_refused_by_default(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, kind: str
) -> None:
    server = MailServer(*ALL, "STARTTLS", tls=server_tls)
    listener = peer([server], tls=server_tls if kind == "SMTP_SSL" else None)
    smtp = getattr(twin.module("smtplib"), kind)(timeout=5)
    if kind == "SMTP":
        await settle(smtp.connect("localhost", listener.port))
    with pytest.raises(ssl.SSLCertVerificationError):
        await settle(smtp.starttls() if kind == "SMTP" else smtp.connect("localhost", listener.port))
    assert smtp.sock is None


ARGUMENTS: list[tuple[str, tuple[Any, ...]]] = [
    ("mail", ("a@b", ["SIZE=1{}RSET"])),
    ("mail", ("a@b{}RSET",)),
    ("mail", ("a@b", ["BODY=8BITMIME{}"])),
    ("rcpt", ("a@b{}RSET",)),
    ("rcpt", ("a@b", ["NOTIFY=NEVER{}RSET"])),
    ("helo", ("x{}RCPT",)),
    ("ehlo", ("x{}RCPT",)),
    ("verify", ("a{}RSET",)),
    ("expn", ("a{}RSET",)),
    ("help", ("a{}RSET",)),
    ("docmd", ("NOOP", "a{}RSET")),
    ("docmd", ("NOOP{}RSET",)),
    ("putcmd", ("NOOP{}RSET",)),
    ("sendmail", ("a{}@b", "c@d", b"")),
    ("sendmail", ("a@b", ["c@d", "e{}@f"], b"")),
    ("sendmail", ("a@b", "c@d", b"", ["X=a{}b"])),
    ("sendmail", ("a@b", "c@d", b"", (), ["X=a{}b"])),
]


def put(value: Any, odd: str) -> Any:
    if isinstance(value, str):
        return value.replace("{}", odd)
    return type(value)(put(one, odd) for one in value) if isinstance(value, list | tuple) else value


async def refuse_in_every_argument(twin: Twin, peer: MakePeer, odd: str) -> None:
    """The character is the caller's mistake in every argument, and no byte leaves."""
    server = MailServer(*ALL)
    listener = peer([server])
    smtp = await connect(twin, listener)
    await settle(smtp.ehlo())
    for method, given in ARGUMENTS:
        with pytest.raises(ValueError, match=r"prohibited|address|option"):
            await settle(getattr(smtp, method)(*put(given, odd)))
    results = await settle(
        smtp.send_messages([put(given, odd) for name, given in ARGUMENTS if name == "sendmail"])
    )
    assert {result.outcome for result in results} == {"not sent"}
    smtp.close()
    await heard(twin, listener)
    assert server.commands == ["ehlo here.example"]


@pytest.mark.parametrize("odd", ["\r\n", "\n", "\r"], ids=repr)
@both_twins
async def test_row_146_line_end_in_an_argument(twin: Twin, peer: MakePeer, odd: str) -> None:
    await refuse_in_every_argument(twin, peer, odd)


@pytest.mark.parametrize("odd", ["\0", "\t", "\x1b", "\x7f"], ids=repr)
@both_twins
async def test_row_147_control_character_in_an_argument(twin: Twin, peer: MakePeer, odd: str) -> None:
    await refuse_in_every_argument(twin, peer, odd)


@pytest.mark.parametrize("odd", ["\r\nRCPT TO:<x@y>", "\0"])
@both_twins
async def test_row_147_control_characters_in_our_own_name(twin: Twin, peer: MakePeer, odd: str) -> None:
    server = MailServer(*ALL)
    listener = peer([server])
    smtp = await connect(twin, listener)
    smtp.local_hostname = "here" + odd
    with pytest.raises(ValueError, match="prohibited"):
        await settle(smtp.sendmail("a@b", "c@d", b"x"))
    smtp.close()
    await heard(twin, listener)
    assert server.commands == []


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    "address",
    [
        "a@b>\r\nRCPT TO:<x@y",
        '"a\\"b"@c',
        "alice@x(<bob@y>)",
        "alice@example.org)bob@example.com",
        "<a@b>,<c@d>",
    ],
)
@both_twins
async def test_row_148_address_that_is_two_is_refused_not_trimmed(
    twin: Twin, peer: MakePeer, address: str, mode: str
) -> None:
    server = MailServer(*MODES[mode])
    listener = peer([server])
    smtp = await connect(twin, listener)
    for given in ((address, "c@d"), ("a@b", address), ("a@b", ["c@d", address])):
        with pytest.raises(ValueError, match=r"address|prohibited"):
            await settle(smtp.sendmail(*given, b"x"))
    with pytest.raises(ValueError, match="address"):
        twin.module("smtplib").quoteaddr(address)
    smtp.close()
    await heard(twin, listener)
    assert not server.mails
    assert not any("rcpt to:<x@y" in command or "<alice@x>" in command for command in server.commands)


@both_twins
async def test_row_148_field_that_is_read_in_two_ways_is_refused(twin: Twin, peer: MakePeer) -> None:
    server = MailServer(*ALL)
    smtp = await connect(twin, peer([server]))
    message = Message()
    message["From"], message["To"] = "a@b", "alice@example.org)bob@example.com"
    with pytest.raises(ValueError, match="mail address"):
        await settle(smtp.send_message(message))
    smtp.close()
    assert not server.mails


@modes
@pytest.mark.parametrize("as_text", [False, True], ids=["bytes", "text"])
@both_twins
async def test_row_149_nothing_is_smuggled_out_of_a_message(
    twin: Twin, peer: MakePeer, offers: tuple[str, ...], as_text: bool
) -> None:
    server = MailServer(*offers)
    listener = peer([server])
    smtp = await connect(twin, listener)
    bodies = [b"Subject: x\r\n\r\nbody" + body for body in SMUGGLED]
    for body in bodies:
        await settle(smtp.sendmail("a@b", "c@d", body.decode() if as_text else body))
    await settle(smtp.send_messages([("a@b", "c@d", body) for body in bodies]))
    smtp.close()
    await heard(twin, listener)
    assert len(server.mails) == 2 * len(bodies)
    assert {mail.sender for mail in server.mails} == {"a@b"}
    for mail, body in zip(server.mails, bodies * 2, strict=True):
        assert b"\n" not in mail.message.replace(b"\r\n", b"")
        assert b"\r" not in mail.message.replace(b"\r\n", b"")
        assert [*filter(None, mail.message.splitlines())] == [*filter(None, body.splitlines())]
    assert not server.odd


@pytest.mark.parametrize("size", [8193, 1 << 20])
@both_twins
async def test_row_150_endless_reply_line(twin: Twin, peer: MakePeer, size: int) -> None:
    smtplib = twin.module("smtplib")
    server = peer([HELLO, until(b"\r\n"), send_forever(b"2") if size > 8193 else send(b"250 " + b"x" * size)])
    smtp = await connect(twin, server)
    with pytest.raises(smtplib.SMTPResponseException) as caught:
        await settle(smtp.noop())
    assert caught.value.args == (500, "Line too long.")
    assert smtp.sock is None


@both_twins
async def test_row_151_endless_reply(twin: Twin, peer: MakePeer) -> None:
    smtplib = twin.module("smtplib")
    server = peer([HELLO, until(b"\r\n"), send_forever(b"250-A\r\n")])
    smtp = await connect(twin, server)
    with pytest.raises(smtplib.SMTPResponseException, match="Reply too long"):
        await settle(smtp.noop())
    assert smtp.sock is None


@both_twins
async def test_row_152_late_reply_is_nobodys(twin: Twin, peer: MakePeer) -> None:
    smtplib = twin.module("smtplib")
    late = threading.Event()
    server = peer([HELLO, until(b"\r\n"), lambda _: late.wait(5) and None, send(b"250 late\r\n")])
    smtp = await connect(twin, server)
    smtp.sock.settimeout(0.05)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="timed out"):
        await settle(smtp.noop())
    late.set()
    with pytest.raises(smtplib.SMTPServerDisconnected, match="please run"):
        await settle(smtp.noop())


@both_twins
async def test_row_152_unasked_reply_is_nobodys(twin: Twin, peer: MakePeer) -> None:
    smtplib = twin.module("smtplib")
    server = peer([HELLO, until(b"\r\n"), send(b"250 OK\r\n250 2.0.0 what you will ask next\r\n"), close()])
    smtp = await connect(twin, server)
    assert await settle(smtp.noop()) == (250, b"OK")
    await heard(twin, server)
    with pytest.raises(smtplib.SMTPServerDisconnected):
        await settle(smtp.sendmail("a@b", "c@d", b"x"))
    assert smtp.sock is None


@pytest.mark.parametrize("value", ["a@b\r\nBcc: c@d", "a@b\nX: y", "a@b\r\n\r\nbody"])
@both_twins
async def test_row_153_field_that_becomes_two_is_not_sent(twin: Twin, peer: MakePeer, value: str) -> None:
    server = MailServer(*ALL)
    smtp = await connect(twin, peer([server]))
    message = Message()
    message["From"], message["To"], message["X-Comment"] = "a@b", "c@d", value
    with pytest.raises(ValueError, match="line end that would end it"):
        await settle(smtp.send_message(message))
    with pytest.raises(ValueError, match=r"[Hh]eader|linefeed"):
        EmailMessage()["X-Comment"] = value
    results = await settle(smtp.send_messages([message]))
    assert results[0].outcome == "not sent"
    smtp.close()
    assert not server.mails


class NotHere:
    """Makes the server seem to be another machine."""

    def __call__(self, which: str) -> Any:
        return ("192.0.2.1", 25)


@both_twins
async def test_row_154_offer_before_tls_is_forgotten(
    twin: Twin, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    smtplib = twin.module("smtplib")
    server = MailServer("STARTTLS", "AUTH PLAIN LOGIN", "X-FORGED", tls=server_tls, users={"tim": "secret"})
    listener = peer([server])
    smtp = await connect(twin, listener, "localhost")
    smtp._address = NotHere()
    with pytest.raises(smtplib.SMTPException, match="no TLS"):
        await settle(smtp.login("tim", "secret"))
    server.offers = ("AUTH CRAM-MD5",)  # what the server itself offers
    await settle(smtp.starttls(context=client_tls))
    await settle(smtp.login("tim", "secret"))
    assert smtp.esmtp_features == {"auth": " CRAM-MD5"}
    smtp.close()
    await heard(twin, listener)
    assert [one.split()[0] for one in server.commands][:5] == [
        "ehlo",
        "STARTTLS",
        "ehlo",
        "AUTH",
        server.commands[4],
    ]
    assert server.commands[3] == "AUTH CRAM-MD5"
