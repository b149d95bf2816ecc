"""LMTP over loopback and Unix sockets: an answer for each recipient."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Faults, Peer
from tests.fix_smtp import ALL, MODES, MailServer, modes
from wirekit.aio import smtplib

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

TEXT = b"Subject: x\r\n\r\nhi\r\n"
FULL = "452 4.2.2 full"
NO = "550 5.1.1 who?"
TO = ["a@y", "b@y", "c@y"]


async def connect(peer: Peer) -> Any:
    smtp = smtplib.LMTP(timeout=5, local_hostname="here.example")
    await smtp.connect(peer.host, peer.port)
    return smtp


@modes
@pytest.mark.parametrize("faults", [Faults(), Faults(split=1)], ids=["whole", "bytes"])
async def test_each_recipient_has_an_answer(mail: MakeMail, offers: tuple[str, ...], faults: Faults) -> None:
    answers = {"rcpt to:<b@y>": [NO], "end c@y": [FULL]}
    server, peer = mail(offers, lmtp=True, answers=answers, peer_options={"faults": faults})
    smtp = await connect(peer)
    assert await smtp.sendmail("s@x", TO, TEXT) == {"b@y": (550, b"5.1.1 who?"), "c@y": (452, b"4.2.2 full")}
    assert await smtp.sendmail("s@x", TO, TEXT) == {}  # still in step
    assert await smtp.noop() == (250, b"2.0.0 OK")
    await smtp.quit()
    assert [got.recipients for got in server.mails] == [["a@y"], TO]
    assert server.commands[0] == "lhlo here.example"


@modes
async def test_all_refused_in_the_end(mail: MakeMail, offers: tuple[str, ...]) -> None:
    answers: dict[str, Any] = {"end a": [FULL], "end b": [NO], "end c": [FULL]}
    server, peer = mail(offers, lmtp=True, answers=answers)
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPDataError) as caught:
        await smtp.sendmail("s@x", TO, TEXT)
    assert caught.value.smtp_code == 452
    assert vars(caught.value)["recipients"] == {
        "a@y": (452, b"4.2.2 full"), "b@y": (550, b"5.1.1 who?"), "c@y": (452, b"4.2.2 full"),
    }  # fmt: skip
    assert await smtp.sendmail("s@x", TO, TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


@modes
async def test_all_refused_at_once(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers, lmtp=True, answers={"rcpt": [NO, NO, NO]})
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPRecipientsRefused) as caught:
        await smtp.sendmail("s@x", TO, TEXT)
    assert set(caught.value.recipients) == set(TO)
    assert await smtp.sendmail("s@x", TO, TEXT) == {}
    smtp.close()
    assert len(server.mails) == 1


@modes
async def test_connection_that_breaks_between_the_answers(mail: MakeMail, offers: tuple[str, ...]) -> None:
    _, peer = mail(offers, lmtp=True, answers={"end b": None})
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPOutcomeUnknown) as caught:
        await smtp.sendmail("s@x", TO, TEXT)
    assert (caught.value.accepted, caught.value.unknown) == (("a@y",), ("b@y", "c@y"))
    assert smtp.sock is None


@modes
async def test_many_messages_have_all_their_answers(mail: MakeMail, offers: tuple[str, ...]) -> None:
    answers = {"rcpt to:<b@y>": [NO, "250 OK", NO], "end c@y": ["250 OK", FULL]}
    _, peer = mail(offers, lmtp=True, answers=answers)
    smtp = await connect(peer)
    results = await smtp.send_messages([("s@x", TO, TEXT)] * 12)
    assert [result.outcome for result in results] == ["sent"] * 12
    assert results[0].refused == {"b@y": (550, b"5.1.1 who?")}
    assert results[1].refused == {"c@y": (452, b"4.2.2 full")}
    assert results[2].accepted == ("a@y", "c@y")
    assert [len(result.accepted) for result in results[3:]] == [3] * 9
    assert await smtp.noop() == (250, b"2.0.0 OK")
    smtp.close()


async def test_single_commands_keep_all_answers(mail: MakeMail) -> None:
    _, peer = mail((), lmtp=True, answers={"end a": [FULL]})
    smtp = await connect(peer)
    await smtp.mail("s@x")
    for one in TO[:2]:
        await smtp.rcpt(one)
    assert await smtp.data(TEXT) == (250, b"2.0.0 taken")
    assert smtp.data_replies == [(452, b"4.2.2 full"), (250, b"2.0.0 taken")]
    smtp.close()


@modes
async def test_unix_socket(peer: MakePeer, tmp_path: Path, offers: tuple[str, ...]) -> None:
    server = MailServer(*offers, lmtp=True)
    path = tmp_path / "lmtp"
    listener = peer([server], unix=path)
    async with smtplib.LMTP(str(path), timeout=5) as smtp:
        assert await smtp.sendmail("s@x", TO, TEXT) == {}
        assert smtp.sock.gettimeout() == 5
    await heard(listener)
    assert server.mails[0].recipients == TO


async def test_unix_socket_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    smtp = smtplib.LMTP(timeout=5)
    with pytest.raises(FileNotFoundError):
        await smtp.connect(str(tmp_path / "nothing"))
    assert smtp.sock is None
    with pytest.raises(ValueError, match="Non-blocking"):
        await smtplib.LMTP(timeout=0).connect("/socket")


async def test_connect_without_host_goes_to_the_constructors(peer: MakePeer, tmp_path: Path) -> None:
    listener = peer([MailServer(lmtp=True)], unix=tmp_path / "lmtp")
    smtp = smtplib.LMTP(timeout=5)
    smtp._host = listener.address
    assert (await smtp.connect())[0] == 220
    smtp.close()


async def test_port_is_lmtps_unless_it_is_given() -> None:
    assert smtplib.LMTP()._port == smtplib.LMTP_PORT == 2003


@pytest.mark.parametrize("mode", MODES)
async def test_tls(mail: MakeMail, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, mode: str) -> None:
    server, peer = mail((*MODES[mode], "STARTTLS"), lmtp=True, tls=server_tls)
    smtp = await connect(peer)
    await smtp.starttls(context=client_tls)
    assert await smtp.sendmail("s@x", TO, TEXT) == {}
    await smtp.quit()
    assert server.commands[:3] == ["lhlo here.example", "STARTTLS", "lhlo here.example"]


async def test_lhlo_is_said_and_offers_are_kept(mail: MakeMail) -> None:
    _, peer = mail(ALL, lmtp=True)
    smtp = await connect(peer)
    await smtp.ehlo_or_helo_if_needed()
    assert smtp.does_esmtp
    assert smtp.has_extn("chunking")
    smtp.close()
