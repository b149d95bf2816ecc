"""Many messages over one SMTP or LMTP connection, several of them in flight: what ``SMTP.send_messages`` does.

By BDAT each message is one block of bytes (RSET, MAIL, RCPTs, the message), and so many blocks are under way as the
limits allow; RSET stands before each, since one that was refused leaves its transaction open. Those of a list or tuple,
which cannot keep anybody waiting for its next one, leave several in one block of bytes. By DATA the end of a message
leaves together with the envelope of the next one. Without PIPELINING, and for a message that is larger than all
may be together, it is one after another.

A message is reported when those before it are. Once the connection is broken the messages that were under way are
``unknown`` if they had left whole, and the rest are ``not sent``.
"""

from collections import deque
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final

from wirekit._io import asynchronous as net
from wirekit._wire import smtp_lines
from wirekit._wire.smtp_transactions import SendResult, Transaction, explain
from wirekit.aio import _smtp_sending as sending

if TYPE_CHECKING:
    from wirekit.aio.smtplib import SMTP

__all__ = ["Window"]

FIRST: Final = 8
"""Messages under way on a connection that has taken none yet; each one taken allows one more."""
SUSPICIOUS: Final = 4
"""Messages refused on a connection from which on they leave one by one: exim ends a connection after ten RSETs that follow
a refusal, without another word, and what is under way then is unknown."""
GATHERED: Final = 1 << 16
"""Bytes of messages that leave together: sending a small one costs as much as all the rest that is done for it."""


def _errors() -> Any:
    from wirekit._wire import smtp_errors

    return smtp_errors


class _Flight:
    """A message under way, or one that is decided and waits for its turn to be reported."""

    __slots__ = ("message", "replies", "result", "skip", "transaction")

    def __init__(
        self, message: bytes = b"", transaction: Transaction | None = None, result: SendResult | None = None
    ) -> None:
        self.message = message
        self.transaction: Any = transaction
        self.result = result
        self.skip = 0  # replies that come before the transaction's own: to RSET
        self.replies = 0  # those that are to come at least, once it has left


class Window:
    """The messages of one call. most, limit: how many, and how many bytes, may be under way."""

    def __init__(
        self, smtp: "SMTP", most: int, limit: int, report: Callable[[SendResult], Any] | None
    ) -> None:
        if most < 1:
            message = f"at least one message has to be in flight, not {most}"
            raise ValueError(message)
        self._smtp = smtp
        self._most = most
        self._limit = limit
        self._report = report
        self._results: list[SendResult] = []
        self._flying: deque[_Flight] = deque()
        self._ready: _Flight | None = None  # its envelope was accepted, its data is to be sent (by DATA)
        self._size = 0  # bytes under way
        self._gathers = False  # whether transactions may wait for the next ones, to leave with them
        self._gathered: list[_Flight] = []  # those that do: counted as under way ...
        self._pieces: list[bytes] = []  # ... and what is to be sent of them
        self._due = 0  # replies to come
        self._clean = True  # no transaction is open at the server
        self._broken: Exception | None = None

    async def send(self, messages: Any) -> list[SendResult]:
        """Send all and return what became of each, in order. What the iterable raises passes, once replies are read."""
        sending.be_patient(self._smtp, patient=True)
        self._gathers = isinstance(messages, (list, tuple))
        try:
            async for message in net.pull(messages):
                await self._add(message)
            await self._finish()
        except Exception:
            await self._finish()
            raise
        except BaseException:
            self._smtp.close()
            raise
        sending.be_patient(self._smtp, patient=False)
        return self._results

    async def _add(self, message: Any) -> None:
        """Send one more message, or take note of why not."""
        envelope = self._open(message)
        if isinstance(envelope, SendResult):
            await self._settle(_Flight(result=envelope))
        elif self._goes_alone(envelope):
            await self._send_alone(envelope)
        else:
            flight = self._prepare(envelope)
            if flight.result is not None:
                await self._settle(flight)
            elif flight.transaction.by_chunk:
                await self._launch(flight, sending.frame_chunk(envelope))
            else:
                await self._launch_by_data(flight)

    def _goes_alone(self, envelope: sending.Envelope) -> bool:
        smtp = self._smtp
        return (
            not (smtp._is_plain() and sending.uses_flights(smtp))
            or len(envelope.message) > self._limit
            or (sending.uses_chunks(smtp) and sending.holds_commands(envelope))
        )

    def _open(self, message: Any) -> sending.Envelope | SendResult:
        """Return a message's envelope; where it has none that can be sent, or nothing can be, the result."""
        try:
            if isinstance(message, tuple):
                envelope = sending.open_envelope(*message)
            else:
                envelope = sending.open_envelope(*sending.open_message(self._smtp, message))
        except (ValueError, _errors().SMTPException) as error:
            given = message[:2] if isinstance(message, tuple) else ("", ())
            return explain(given[0], given[1], error)
        if self._broken is not None:
            return explain(envelope.sender, envelope.recipients, self._broken)
        return envelope

    def _prepare(self, envelope: sending.Envelope) -> _Flight:
        """Return the flight of a message; one that has its result already when it cannot be sent."""
        try:
            sending.check_size(self._smtp, envelope)
            if not envelope.recipients:
                raise _errors().SMTPRecipientsRefused({})
            return _Flight(envelope.message, sending.prepare(self._smtp, envelope))
        except (ValueError, _errors().SMTPException) as error:
            return _Flight(result=explain(envelope.sender, envelope.recipients, error))

    async def _send_alone(self, envelope: sending.Envelope) -> None:
        """Send one message with no other beside it; by ``sendmail``, where that is not ours."""
        from wirekit.aio.smtplib import SMTP

        await self._finish()
        smtp: Any = self._smtp
        ours = type(smtp).sendmail is SMTP.sendmail
        try:
            if ours:
                result = (await sending.deliver(smtp, envelope)).result()
            else:
                result = explain(envelope.sender, envelope.recipients, None, await smtp.sendmail(*envelope))
        except (ValueError, OSError) as error:
            # What a program's own method raises in the middle does not tell how far the message came.
            certain = ours and type(smtp).data is SMTP.data
            result = explain(envelope.sender, envelope.recipients, error, certain=certain)
        await self._settle(_Flight(result=result))

    # ---- by BDAT

    async def _launch(self, flight: _Flight, message: list[bytes]) -> None:
        """Send a whole transaction behind those that are under way, now or together with the next ones."""
        commands = flight.transaction.commands
        await self._make_room(len(flight.message), len(commands) + 2)
        flight.skip = int(bool(self._flying) or not self._clean)
        flight.replies = flight.skip + len(commands) + 1
        if not await self._enter(flight):
            return
        self._clean = False
        self._gathered.append(flight)
        self._pieces += [*[b"rset\r\n"] * flight.skip, *commands, *message]
        if not self._gathers or sum([len(one.message) for one in self._gathered]) >= GATHERED:
            await self._release()

    async def _release(self) -> None:
        """Send the transactions that were gathered."""
        gathered, self._gathered = self._gathered, []
        pieces, self._pieces = self._pieces, []
        if not gathered:
            return
        begun = False
        try:
            await self._smtp._begin()
            begun = self._smtp.sock is not None
            await sending.fly(self._smtp, pieces, sum([flight.replies for flight in gathered]))
        except (_errors().SMTPException, OSError) as error:
            for flight in gathered[:-1]:  # the last one's end cannot have left
                flight.transaction.ended = begun
            await self._break(error)
            return
        for flight in gathered:
            flight.transaction.ended = True

    async def _make_room(self, size: int, replies: int) -> None:
        """Wait until the window has room again; once it is full, until half of it is free."""
        if self._smtp._refused >= SUSPICIOUS:
            await self._finish()
            return
        most = min(self._most, FIRST + self._smtp._taken)
        if len(self._flying) < most and self._fits(size, replies):
            return
        while len(self._flying) > most // 2 or not self._fits(size, replies):
            if not self._flying:
                return
            await self._land()

    def _fits(self, size: int, replies: int) -> bool:
        return self._size + size <= self._limit and self._due + replies <= sending.MAX_FLIGHT

    # ---- by DATA

    async def _launch_by_data(self, flight: _Flight) -> None:
        """Send what the message before has still to send, and this one's envelope; take the replies to both."""
        before, self._ready = self._ready, None
        pieces = sending.frame_data(before.message) if before is not None else []
        flight.skip = int(not self._clean)
        flight.replies = flight.skip + len(flight.transaction.commands) + 1
        pieces += [*[b"rset\r\n"] * flight.skip, *flight.transaction.commands, b"data\r\n"]
        if not await self._fly(flight, pieces, before):
            return
        if before is not None:
            await self._land()
        if self._broken is None and await self._take_replies(flight):
            await self._look_at_envelope(flight)

    async def _look_at_envelope(self, flight: _Flight) -> None:
        """Go on with a message by what its envelope's replies say."""
        transaction = flight.transaction
        if transaction.wanted:
            self._ready, self._clean = (
                flight,
                True,
            )  # its end will close the transaction, whatever comes of it
            return
        self._clean = not transaction.mail.accepted
        if transaction.open_ended:
            await self._end_empty()
        if flight.result is None:
            flight.result = transaction.result()
        await self._report_settled()

    async def _end_empty(self) -> None:
        """End the message that a server waits for though it has refused all recipients (RFC 2920 section 3.1)."""
        try:
            await sending.fly(self._smtp, [smtp_lines.END], 1)
            await sending.read_replies(self._smtp, 1)
            self._clean = True
        except (_errors().SMTPException, OSError) as error:
            await self._break(error)

    async def _end_ready(self) -> None:
        """Send the message whose envelope was accepted, with nothing behind it."""
        ready, self._ready = self._ready, None
        if ready is not None and await self._send(sending.frame_data(ready.message), 1, ready):
            await self._land()

    # ---- what both have in common

    async def _fly(self, flight: _Flight, pieces: list[bytes], ending: _Flight | None = None) -> bool:
        """Send the pieces of a flight and count it as under way; False where the connection is broken.

        ending: the flight whose message ends in these pieces.
        """
        if not await self._enter(flight):
            return False
        return await self._send(pieces, flight.replies + (ending is not None), ending)

    async def _enter(self, flight: _Flight) -> bool:
        """Count a flight as under way; False where the connection is broken, as was found out while waiting for room."""
        self._flying.append(flight)
        self._size += len(flight.message)
        self._due += flight.replies
        if self._broken is not None:
            await self._break(self._broken)
            return False
        return True

    async def _send(self, pieces: list[bytes], replies: int, ending: _Flight | None) -> bool:
        try:
            if ending is not None:
                await self._smtp._begin()
                ending.transaction.ended = True  # from here on it may arrive
            await sending.fly(self._smtp, pieces, replies)
        except (_errors().SMTPException, OSError) as error:
            await self._break(error)
            return False
        return True

    async def _land(self) -> None:
        """Take the replies to the oldest message under way, and report it; all of them where the connection is gone."""
        await self._release()
        if not self._flying:
            return
        flight = self._flying[0]
        if await self._take_replies(flight):
            flight.result = flight.transaction.result()
            self._clean = not flight.transaction.by_chunk or flight.transaction.finals[0].accepted
            self._smtp._taken += self._clean
            self._smtp._refused += not self._clean
            await self._report_settled()

    async def _take_replies(self, flight: _Flight) -> bool:
        """Take the replies that are due to a message; False where the connection ends before that."""
        transaction = flight.transaction
        try:
            if flight.skip and await sending.take_replies(self._smtp, transaction, before=1) == 421:
                await self._break(_closed(self._smtp), closed=True)
                return False
            flight.skip = 0
            await sending.take_replies(self._smtp, transaction)
        except (_errors().SMTPException, OSError) as error:
            await self._break(error)
            return False
        if transaction.closing:
            await self._break(_closed(self._smtp))
            return False
        return True

    async def _break(self, error: Exception, *, closed: bool = False) -> None:
        """Decide on all that is under way, now that the connection is gone; replies that had come count.

        closed: the server has said 421 before it came to any of it.
        """
        self._smtp.close()
        self._broken, self._ready = error, None
        heard = iter(getattr(error, "_heard", ()))
        for flight in self._flying:
            transaction = flight.transaction
            if flight.result is not None:
                continue
            if closed:
                transaction.ended = (
                    False  # it came behind what the server has answered by 421: nobody reads it
                )
            for _ in range(flight.skip):
                next(heard, None)
            transaction.break_off(error, heard)
            closed = closed or transaction.closing
            flight.result = transaction.result()
        await self._report_settled()

    async def _settle(self, flight: _Flight) -> None:
        """Take a message that is decided into its place among the others."""
        self._flying.append(flight)
        await self._report_settled()

    async def _report_settled(self) -> None:
        while self._flying and (result := self._flying[0].result) is not None:
            flight = self._flying.popleft()
            self._size -= len(flight.message)
            self._due -= flight.replies
            self._results.append(result)
            if self._report is not None:
                await net.give(self._report, result)

    async def _finish(self) -> None:
        """Take all replies that are due, and leave the connection ready for the next transaction."""
        await self._end_ready()
        while self._flying:
            await self._land()
        if not self._clean and self._broken is None:
            await sending.reset(self._smtp)
            self._clean = True


def _closed(smtp: "SMTP") -> Exception:
    smtp.close()
    error: Exception = _errors().SMTPServerDisconnected("Server has closed the connection: 421")
    return error
