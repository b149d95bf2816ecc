"""What is said of a message when the server dies, resets or crumbles, at every byte of the conversation.

The server of these tests knows whether it has taken a message. What the client says must agree: a message that is said to
be sent was taken, one that is said not to be sent was not, and only of those in between it may say that it does not know.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import BLOCK, Conversation, Faults, Peer
from tests.fix_smtp import MailServer
from tests.fix_twins import Twin, both_twins, settle

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

MODES = {
    "chunks": ("PIPELINING", "CHUNKING"),
    "pipelining": ("PIPELINING",),
    "chunks alone": ("CHUNKING",),
    "bare": (),
}
TO = ["b@x", "no@x", "c@x"]
TEXT = b"x\r\n.\r\n"

modes = pytest.mark.parametrize("offers", MODES.values(), ids=MODES.keys())
ways = pytest.mark.parametrize("way", ["close", "reset"])
lmtps = pytest.mark.parametrize("lmtp", [False, True], ids=["smtp", "lmtp"])


def places(twin: Twin, way: str, count: int, every: int = 1) -> range:
    """The places at which a conversation of so many bytes is cut: all (or so many) of them for one twin and way, a tenth
    for the others, each its own.
    """
    ways = [f"{name}-{end}" for end in ("close", "reset") for name in ("blocking", "asyncio", "uvloop")]
    number = ways.index(f"{twin.name}-{way}")
    return range(number % every, count, every) if number == 0 else range(number, count, 10 * every)


class Counting(MailServer):
    """A server that counts what it said, and may stop to listen after so many bytes."""

    def __init__(
        self, *offers: str, deaf_after: int | None = None, way: str = "close", **options: Any
    ) -> None:
        super().__init__(*offers, answers={"rcpt to:<no": "550 no"}, **options)
        self.deaf_after = deaf_after
        self.way = way
        self.said = self.read = 0
        self.ended = threading.Event()

    def __call__(self, conversation: Conversation) -> None:
        if self.deaf_after is not None:
            conversation.fill = lambda: self.fill(conversation)  # type: ignore[method-assign]
        try:
            super().__call__(conversation)
        finally:
            self.said, self.read = conversation.sent, len(conversation.received)
            self.ended.set()

    def fill(self, conversation: Conversation) -> bool:
        """Receive no more than the bytes that are left; then end the connection."""
        assert self.deaf_after is not None
        if not (left := self.deaf_after - len(conversation.received)):
            conversation.fill = lambda: False  # type: ignore[method-assign]  # what follows is not even looked at
            conversation.end(reset=self.way == "reset")
        data = conversation.sock.recv(min(BLOCK, left))
        conversation.received += data
        return bool(data)


async def send(twin: Twin, kind: str, peer: Peer) -> tuple[str, set[str], set[str]]:
    """Send one message; give (outcome, whom it was delivered to for certain, whom perhaps)."""
    smtplib = twin.module("smtplib")
    smtp = getattr(smtplib, kind)(timeout=5, local_hostname="h")
    try:
        await settle(smtp.connect(peer.host, peer.port))
        refused = await settle(smtp.sendmail("a@x", TO, TEXT))
    except smtplib.SMTPOutcomeUnknown as error:
        return "unknown", set(error.accepted), set(error.unknown)
    except OSError:
        return "not sent", set(), set()
    finally:
        smtp.close()
    return "sent", set(TO) - set(refused), set()


def compare(server: Counting, told: tuple[str, set[str], set[str]], case: object) -> None:
    """Compare what the client says with what the server has done."""
    outcome, certain, perhaps = told
    taken = {one for mail in server.mails for one in mail.recipients}
    assert certain <= taken, (case, told, taken)
    assert taken <= certain | perhaps, (case, told, taken)
    assert len(server.mails) <= 1
    if outcome == "sent":
        assert certain, case
    if server.mails:
        assert server.mails[0].message == TEXT, case


async def end(twin: Twin, server: Counting) -> None:
    """Wait until the server has ended, without holding up the loop that has still to close the client's connection."""
    assert await asyncio.to_thread(server.ended.wait, 5) if twin.waits else server.ended.wait(5)


async def play(twin: Twin, server: Counting, kind: str, faults: Faults) -> tuple[str, set[str], set[str]]:
    """Let a client send to this server; end when both have."""
    with contextlib.ExitStack() as stack:
        listener = stack.enter_context(Peer([server], faults=faults))
        told = await send(twin, kind, listener)
        await end(twin, server)
    return told


async def measure(twin: Twin, offers: tuple[str, ...], kind: str) -> Counting:
    """Give the server of a conversation in which nothing goes wrong."""
    server = Counting(*offers, lmtp=kind == "LMTP")
    assert (await play(twin, server, kind, Faults()))[0] == "sent"
    return server


@both_twins
@ways
@lmtps
@modes
async def test_server_that_dies_after_any_byte_it_says(
    twin: Twin, offers: tuple[str, ...], lmtp: bool, way: str
) -> None:
    kind = "LMTP" if lmtp else "SMTP"
    whole = (await measure(twin, offers, kind)).said
    outcomes = set()
    for count in places(twin, way, whole):
        server = Counting(*offers, lmtp=lmtp)
        faults = Faults(close_after=count) if way == "close" else Faults(reset_after=count)
        told = await play(twin, server, kind, faults)
        compare(server, told, count)
        outcomes.add(told[0])
    assert outcomes <= {"not sent", "unknown"}
    assert "not sent" in outcomes
    assert "unknown" in outcomes or twin.name != "blocking" or way == "reset"


@both_twins
@ways
@lmtps
@modes
async def test_server_that_dies_after_any_byte_it_hears(
    twin: Twin, offers: tuple[str, ...], lmtp: bool, way: str
) -> None:
    kind = "LMTP" if lmtp else "SMTP"
    whole = (await measure(twin, offers, kind)).read
    outcomes = set()
    for count in places(twin, way, whole):
        server = Counting(*offers, lmtp=lmtp, deaf_after=count, way=way)
        told = await play(twin, server, kind, Faults())
        compare(server, told, count)
        outcomes.add(told[0])
    assert "not sent" in outcomes
    assert "sent" not in outcomes


LETTERS = [("a@x", TO if number % 2 else "no@x", b"%d\r\n" % number) for number in range(4)]


async def send_many(twin: Twin, peer: Peer) -> list[Any]:
    smtp = twin.module("smtplib").SMTP(timeout=5, local_hostname="h")
    try:
        await settle(smtp.connect(peer.host, peer.port))
        results: list[Any] = await settle(smtp.send_messages(LETTERS))
    except OSError:
        return []
    finally:
        smtp.close()
    assert len(results) == len(LETTERS)
    return results


def compare_many(server: Counting, results: list[Any], case: object) -> None:
    taken = {mail.message for mail in server.mails}
    assert len(taken) == len(server.mails), case
    for (_, _, message), result in zip(LETTERS, results, strict=False):
        told = {"sent": {True}, "not sent": {False}, "unknown": {True, False}}[result.outcome]
        assert (message in taken) in told, (case, result)
    assert results or not taken, case


@both_twins
@ways
@modes
async def test_window_on_a_server_that_dies_after_any_byte_it_says(
    twin: Twin, offers: tuple[str, ...], way: str
) -> None:
    server = Counting(*offers)
    with Peer([server]) as listener:
        assert [result.outcome for result in await send_many(twin, listener)] == ["not sent", "sent"] * 2
        await end(twin, server)
    outcomes = set()
    for count in places(twin, way, server.said, 3):
        server = Counting(*offers)
        faults = Faults(close_after=count) if way == "close" else Faults(reset_after=count)
        with Peer([server], faults=faults) as listener:
            results = await send_many(twin, listener)
            await end(twin, server)
        compare_many(server, results, count)
        outcomes |= {result.outcome for result in results}
    assert outcomes <= {"sent", "not sent", "unknown"}
    assert len(outcomes) == 3 or twin.name != "blocking" or way == "reset"


@both_twins
@ways
@modes
async def test_window_on_a_server_that_dies_after_any_byte_it_hears(
    twin: Twin, offers: tuple[str, ...], way: str
) -> None:
    server = Counting(*offers)
    with Peer([server]) as listener:
        await send_many(twin, listener)
        await end(twin, server)
    whole = server.read
    for count in places(twin, way, whole, 3):
        server = Counting(*offers, deaf_after=count, way=way)
        with Peer([server]) as listener:
            results = await send_many(twin, listener)
            await end(twin, server)
        compare_many(server, results, count)
