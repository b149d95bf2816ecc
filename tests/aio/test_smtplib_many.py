"""Many messages over one connection: results in order, whatever becomes of each."""

from __future__ import annotations

import threading
from email.message import EmailMessage
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Faults, Peer, stall, wait
from tests.fix_smtp import ALL, MODES, MailServer, modes
from wirekit.aio import _smtp_sending, smtplib

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

GONE = "550 5.1.1 who?"


async def connect(peer: Peer, timeout: Any = 5) -> Any:
    smtp = smtplib.SMTP(local_hostname="here.example", timeout=timeout)
    await smtp.connect(peer.host, peer.port)
    return smtp


def letters(count: int, to: str = "b@x") -> list[tuple[str, str, bytes]]:
    return [("a@x", to, b"Subject: %d\r\n\r\n.\r\n" % number) for number in range(count)]


def outcomes(results: list[Any]) -> list[str]:
    return [result.outcome for result in results]


@modes
async def test_messages_arrive_in_order(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = await connect(peer)
    results = await smtp.send_messages(letters(70))
    assert outcomes(results) == ["sent"] * 70
    assert [result.reply.text for result in results] == [b"2.0.0 taken"] * 70
    assert await smtp.sendmail("a@x", "b@x", b"last") == {}
    smtp.close()
    await heard(peer)
    assert [got.message for got in server.mails[:70]] == [message for _, _, message in letters(70)]
    assert not server.odd


async def test_end_of_a_message_leaves_with_the_next_envelope(mail: MakeMail) -> None:
    server, peer = mail(MODES["pipelining"])
    smtp = await connect(peer)
    await smtp.ehlo()
    before = server.flights
    await smtp.send_messages(letters(64))
    assert server.flights - before == 64 + 1
    smtp.close()


@pytest.mark.parametrize("whole", [True, False], ids=["list", "iterator"])
async def test_small_messages_of_a_list_leave_together(
    mail: MakeMail, monkeypatch: pytest.MonkeyPatch, whole: bool
) -> None:
    blocks: list[bytes] = []
    transmit = _smtp_sending.transmit

    async def note(smtp: Any, data: bytes) -> None:
        blocks.append(data)
        await transmit(smtp, data)

    server, peer = mail()
    smtp = await connect(peer)
    await smtp.ehlo()
    monkeypatch.setattr(_smtp_sending, "transmit", note)
    sent = [*letters(4), ("a@x", "b@x", b"x" * 70_000), *letters(3)]
    assert outcomes(await smtp.send_messages(sent if whole else iter(sent))) == ["sent"] * 8
    smtp.close()
    await heard(peer)
    by_block = [block.count(b"BDAT ") for block in blocks if b"BDAT " in block]
    assert by_block == ([5, 3] if whole else [1] * 8)
    assert len(server.mails) == 8


def count_as_exim_does(commands: list[str]) -> int:
    """How many commands exim 4 holds against a client: RSET, but for one before each message."""
    held, allowed = 0, True
    for number, line in enumerate(commands):
        if line == "rset":
            held, allowed = held + (not allowed), False
        elif line.startswith("BDAT"):
            allowed = allowed or "rcpt to:<no" not in commands[number - 1]
    return held


@pytest.mark.parametrize("whole", [True, False], ids=["list", "iterator"])
async def test_server_that_refuses_much_is_asked_one_by_one(mail: MakeMail, whole: bool) -> None:
    server, peer = mail(answers={"rcpt to:<no": GONE})
    smtp = await connect(peer)
    sent = [*letters(4, "no@x"), *[one for _ in range(20) for one in (*letters(4), *letters(1, "no@x"))]]
    results = await smtp.send_messages(sent if whole else iter(sent))
    assert outcomes(results) == [*["not sent"] * 4, *[*["sent"] * 4, "not sent"] * 20]
    assert await smtp.sendmail("a@x", "b@x", b"last") == {}
    await smtp.quit()
    await heard(peer)
    assert count_as_exim_does(server.commands) < 10
    assert len(server.mails) == 81


async def test_window_opens_as_messages_are_taken(mail: MakeMail, monkeypatch: pytest.MonkeyPatch) -> None:
    replies: list[int] = []
    fly = _smtp_sending.fly

    async def note(smtp: Any, pieces: Any, due: int) -> None:
        replies.append(due)
        await fly(smtp, pieces, due)

    _, peer = mail()
    smtp = await connect(peer)
    await smtp.ehlo()
    monkeypatch.setattr(_smtp_sending, "fly", note)
    assert outcomes(await smtp.send_messages(letters(60))) == ["sent"] * 60
    assert outcomes(await smtp.send_messages(letters(60), max_in_flight=16)) == ["sent"] * 60
    smtp.close()
    assert replies[0] == 8 * 4 - 1  # the first message needs no RSET
    assert max(replies) > 4 * 8


async def test_connection_that_breaks_while_several_leave_together(
    mail: MakeMail, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def break_off(smtp: Any, _: bytes) -> None:
        smtp.close()
        raise smtplib.SMTPServerDisconnected("Server not connected")

    _, peer = mail()
    smtp = await connect(peer)
    await smtp.ehlo()
    monkeypatch.setattr(_smtp_sending, "transmit", break_off)
    results = await smtp.send_messages(letters(3))
    # the first two may have left whole before it broke; the last one cannot, and a BDAT that is cut short is nothing
    assert outcomes(results) == ["unknown", "unknown", "not sent"]


async def test_window_is_sent_without_waiting(mail: MakeMail) -> None:
    eight_are_sent = threading.Event()

    def hold(conversation: Any) -> None:
        wait(eight_are_sent)(conversation)
        conversation.send(b"250 at last\r\n")

    def generate() -> Iterator[Any]:
        for number, letter in enumerate(letters(12)):
            if number == 8:
                eight_are_sent.set()
            yield letter

    _, peer = mail(answers={"end": [hold]})
    smtp = await connect(peer)
    results = await smtp.send_messages(generate(), max_in_flight=8)
    assert outcomes(results) == ["sent"] * 12
    assert results[0].reply.text == b"at last"
    smtp.close()


@modes
@pytest.mark.parametrize("faults", [Faults(split=1), Faults(split=11)], ids=["bytes", "elevens"])
async def test_replies_come_in_any_pieces(mail: MakeMail, offers: tuple[str, ...], faults: Faults) -> None:
    server, peer = mail(offers, answers={"rcpt to:<no": GONE}, peer_options={"faults": faults})
    smtp = await connect(peer)
    results = await smtp.send_messages([*letters(3), *letters(2, "no@x"), *letters(2)])
    assert outcomes(results) == ["sent"] * 3 + ["not sent"] * 2 + ["sent"] * 2
    smtp.close()
    assert len(server.mails) == 5


@modes
async def test_each_failure_is_its_own(mail: MakeMail, offers: tuple[str, ...]) -> None:
    answers = {
        "mail from:<spam": "550 5.7.1 not you",
        "rcpt to:<no": GONE,
        "end": ["250 2.0.0 one", "554 5.6.0 what is that", "250 2.0.0 two"],
        "rcpt to:<some": ["250 OK", GONE],
    }
    server, peer = mail((*offers, "SIZE 30000000"), answers=answers)
    smtp = await connect(peer)
    results = await smtp.send_messages(
        [
            ("a@x", "b@x", b"1"),
            ("spam@x", "b@x", b"2"),
            ("a@x", ["no@x", "no@y"], b"3"),
            ("a@x", "b@x", b"4"),
            ("a@x", "b@x, c@x", b"5"),
            ("a@x", ["some@x", "some@y"], b"6"),
            ("a@x", "\xe9@x", b"7"),
            ("a@x", [], b"8"),
            ("a@x", "b@x", b"9" * 30_000_001),
            ("a@x", "b@x", "\xe9"),
            ("a@x", "b@x", b"11", ["X Y"]),
            ("a@x", "b@x", b"12"),
        ]
    )
    assert outcomes(results) == ["sent"] + ["not sent"] * 4 + ["sent"] + ["not sent"] * 5 + ["sent"]
    errors = [type(result.error).__name__ for result in results]
    assert errors == [
        "NoneType", "SMTPSenderRefused", "SMTPRecipientsRefused", "SMTPDataError", "ValueError", "NoneType",
        "UnicodeEncodeError", "SMTPRecipientsRefused", "SMTPSenderRefused", "UnicodeEncodeError", "ValueError", "NoneType",
    ]  # fmt: skip
    assert results[2].refused == {"no@x": (550, b"5.1.1 who?"), "no@y": (550, b"5.1.1 who?")}
    assert (results[5].accepted, results[5].refused) == (("some@x",), {"some@y": (550, b"5.1.1 who?")})
    assert (results[4].sender, results[4].recipients) == ("a@x", ("b@x, c@x",))
    assert results[3].reply.enhanced == (5, 6, 0)
    assert await smtp.sendmail("a@x", "b@x", b"last") == {}
    smtp.close()
    assert [got.message.rstrip() for got in server.mails] == [b"1", b"6", b"12", b"last"]
    await heard(peer)
    assert not server.odd


@modes
async def test_failure_at_the_end_leaves_the_connection_ready(
    mail: MakeMail, offers: tuple[str, ...]
) -> None:
    server, peer = mail(offers, answers={"rcpt to:<no": GONE})
    smtp = await connect(peer)
    results = await smtp.send_messages([*letters(1), *letters(1, "no@x")])
    assert outcomes(results) == ["sent", "not sent"]
    assert (await smtp.mail("a@x"))[0] == 250
    smtp.close()
    assert len(server.mails) == 1


@modes
async def test_server_that_waits_for_what_nobody_gets(mail: MakeMail, offers: tuple[str, ...]) -> None:
    answers = {"rcpt to:<no": GONE, "data": ["354 go on", "354 go on", "354 go on"], "end": ["554 nobody"]}
    if "CHUNKING" in offers:
        del answers["data"], answers["end"]
    server, peer = mail(offers, answers=answers)
    smtp = await connect(peer)
    if offers == MODES["bare"]:
        answers["data"], answers["end"] = [], []  # nobody asks for data there
    results = await smtp.send_messages([*letters(1, "no@x"), *letters(2)])
    assert outcomes(results) == ["not sent", "sent", "sent"]
    smtp.close()
    assert len(server.mails) == 2


@pytest.mark.parametrize("most, size", [(1, 1 << 20), (2, 1 << 20), (5, 1 << 20), (32, 100), (32, 1)])
async def test_window_holds_no_more_than_it_may(mail: MakeMail, most: int, size: int) -> None:
    server, peer = mail()
    smtp = await connect(peer)
    results = await smtp.send_messages(letters(20), max_in_flight=most, max_bytes=size)
    assert outcomes(results) == ["sent"] * 20
    smtp.close()
    assert [got.message for got in server.mails] == [message for _, _, message in letters(20)]


async def test_window_of_nothing_is_an_error(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = await connect(peer)
    with pytest.raises(ValueError, match="at least one"):
        await smtp.send_messages([], max_in_flight=0)
    assert await smtp.send_messages([]) == []
    smtp.close()


async def test_many_recipients_are_no_more_replies_than_may_wait(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = await connect(peer)
    many = [f"b{number}@x" for number in range(150)]
    results = await smtp.send_messages([("a@x", many, b"x")] * 5 + [("a@x", many * 3, b"y")])
    assert outcomes(results) == ["sent"] * 6
    assert results[5].accepted == tuple(many * 3)
    smtp.close()
    assert len(server.mails) == 6


@modes
async def test_large_message_goes_alone(mail: MakeMail, offers: tuple[str, ...]) -> None:
    server, peer = mail(offers)
    smtp = await connect(peer)
    large = ("a@x", "b@x", b"x" * 50_000)
    results = await smtp.send_messages([*letters(2), large, *letters(2)], max_bytes=10_000)
    assert outcomes(results) == ["sent"] * 5
    smtp.close()
    assert [len(got.message) for got in server.mails][2] == 50_002


async def test_email_messages_are_taken_too(mail: MakeMail) -> None:
    server, peer = mail()
    smtp = await connect(peer)
    message = EmailMessage()
    message["From"], message["To"], message["Bcc"] = "a@x", "b@x", "c@x"
    message.set_content("text")
    results = await smtp.send_messages([message, EmailMessage()])
    assert outcomes(results) == ["sent", "not sent"]
    assert (results[0].sender, results[0].recipients) == ("a@x", ("b@x", "c@x"))
    assert isinstance(results[1].error, ValueError)
    smtp.close()
    assert b"Bcc" not in server.mails[0].message


async def test_results_are_reported_as_they_come(mail: MakeMail) -> None:
    _, peer = mail(answers={"rcpt to:<no": GONE})
    smtp = await connect(peer)
    told: list[Any] = []
    results = await smtp.send_messages(
        [*letters(40), ("a@x", "b@x, c@x", b""), *letters(1, "no@x")], report=told.append
    )
    assert told == results
    smtp.close()


async def test_iterable_may_be_a_generator(mail: MakeMail) -> None:
    def generate() -> Iterator[Any]:
        yield from letters(3)

    _, peer = mail()
    smtp = await connect(peer)
    assert outcomes(await smtp.send_messages(generate())) == ["sent"] * 3
    smtp.close()


async def test_iterable_may_wait(mail: MakeMail) -> None:
    async def generate() -> AsyncIterator[Any]:
        for letter in letters(3):
            yield letter

    _, peer = mail()
    smtp = await connect(peer)
    assert outcomes(await smtp.send_messages(generate())) == ["sent"] * 3
    smtp.close()


@modes
async def test_what_the_iterable_raises_passes_and_leaves_no_reply_behind(
    mail: MakeMail, offers: tuple[str, ...]
) -> None:
    def generate() -> Iterator[Any]:
        yield from letters(3)
        raise LookupError("no more")

    server, peer = mail(offers)
    smtp = await connect(peer)
    told: list[Any] = []
    with pytest.raises(LookupError, match="no more"):
        await smtp.send_messages(generate(), report=told.append)
    assert outcomes(told) == ["sent"] * 3
    assert await smtp.noop() == (250, b"2.0.0 OK")
    smtp.close()
    assert len(server.mails) == 3


async def test_what_is_no_message_is_an_error(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = await connect(peer)
    for odd in (("a@x",), 7):
        with pytest.raises((TypeError, AttributeError)):
            await smtp.send_messages([odd])
    assert (await smtp.noop())[0] == 250
    smtp.close()


async def test_interrupt_closes_the_connection(mail: MakeMail) -> None:
    def generate() -> Iterator[Any]:
        yield from letters(1)
        raise KeyboardInterrupt

    _, peer = mail()
    smtp = await connect(peer)
    with pytest.raises(BaseException) as caught:
        await smtp.send_messages(generate())
    assert isinstance(caught.value, KeyboardInterrupt)
    assert smtp.sock is None


# ---- broken off


@modes
async def test_server_that_closes_in_the_middle(mail: MakeMail, offers: tuple[str, ...]) -> None:
    def hang_up(conversation: Any) -> None:
        conversation.send(b"421 4.3.2 closing\r\n")
        conversation.end()

    server, peer = mail(offers, answers={"rcpt to:<bye": hang_up})
    smtp = await connect(peer)
    results = await smtp.send_messages([*letters(2), *letters(1, "bye@x"), *letters(3)])
    assert outcomes(results) == ["sent"] * 2 + ["not sent"] * 4
    assert results[2].refused == {"bye@x": (421, b"4.3.2 closing")}
    assert all(isinstance(result.error, smtplib.SMTPServerDisconnected) for result in results[3:])
    assert smtp.sock is None
    assert len(server.mails) == 2


@modes
@pytest.mark.parametrize("way", ["close", "stall"])
async def test_connection_that_breaks_at_an_end(mail: MakeMail, offers: tuple[str, ...], way: str) -> None:
    answers: dict[str, Any] = {"end": ["250 OK", "250 OK", stall() if way == "stall" else None]}
    server, peer = mail(offers, answers=answers)
    smtp = await connect(peer, timeout=1.2 if way == "stall" else 5)
    results = await smtp.send_messages(letters(6))
    assert outcomes(results)[:3] == ["sent", "sent", "unknown"]
    # In a window the messages behind had left as well, and nobody knows whether they were read.
    behind = "unknown" if offers == MODES["chunks"] else "not sent"
    assert set(outcomes(results)[3:]) <= {behind, "not sent"}
    assert isinstance(results[2].error, smtplib.SMTPOutcomeUnknown)
    assert results[2].unknown == ("b@x",)
    assert smtp.sock is None
    assert len(server.mails) == 2


async def test_connection_that_was_gone_before(mail: MakeMail) -> None:
    _, peer = mail()
    smtp = await connect(peer)
    await smtp.ehlo()
    smtp.close()
    results = await smtp.send_messages(letters(2))
    assert outcomes(results) == ["not sent"] * 2
    assert isinstance(results[1].error, smtplib.SMTPServerDisconnected)


async def test_own_sendmail_is_called() -> None:
    class Watching(smtplib.SMTP):
        async def sendmail(self, *given: Any, **more: Any) -> Any:
            asked.append(given)
            if len(asked) == 2:
                raise smtplib.SMTPServerDisconnected("gone")
            return {"c@x": (550, b"no")}

    asked: list[Any] = []
    smtp = Watching()
    smtp.ehlo_resp = b""
    results = await smtp.send_messages([("a@x", ["b@x", "c@x"], "hi"), ("a@x", "b@x", b"hi")])
    assert asked[0] == ("a@x", ["b@x", "c@x"], b"hi", (), ())
    assert (results[0].outcome, results[0].accepted) == ("sent", ("b@x",))
    assert (results[1].outcome, results[1].unknown) == ("unknown", ("b@x",))


async def test_all_extensions_are_what_the_modes_say() -> None:
    assert MODES["chunks"] == ALL
