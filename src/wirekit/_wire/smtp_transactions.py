"""One message on its way through SMTP or LMTP: the commands it takes, and what the replies to them mean.

A ``Transaction`` holds its commands, formatted, and is handed the replies in the order in which they come; it knows
which command each belongs to. It waits for nothing. The conversation sends the commands one by one or in one flight
(RFC 2920), with the message by DATA or by BDAT (RFC 3030), for itself or behind others in a window: what the replies
mean is the same.

    MAIL  RCPT ... RCPT  DATA  |  message  CR LF . CR LF      the envelope, | and the end, by DATA
    MAIL  RCPT ... RCPT  BDAT n LAST  message                 by BDAT there is no 354 to wait for

LMTP answers the end with one reply for each accepted recipient, in their order (RFC 2033 section 4.2).

What became of the message is certain or it is not: ``SendResult.outcome`` is SENT, NOT_SENT or UNKNOWN, and so is each
recipient's.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

from wirekit._wire.smtp_replies import CLOSING, Reply

__all__ = ["NOT_SENT", "SENT", "UNKNOWN", "SendResult", "Transaction", "explain"]

SENT: Final = "sent"
"""The server has taken charge of the message, for each recipient that it accepted."""
NOT_SENT: Final = "not sent"
"""The server has not taken the message, and will not: it may be sent again."""
UNKNOWN: Final = "unknown"
"""The connection broke between the message's end and a reply to it: to send it again may double it."""

NO_REPLY: Final = Reply(-1, b"")
_GO_ON: Final = 354


class SendResult:
    """What became of one message.

    ``outcome`` is ``"sent"``, ``"not sent"`` or ``"unknown"``. ``accepted`` names the recipients that the server
    delivers to, ``unknown`` those whose fate is not known; ``refused`` maps each other one to the server's reply, or
    is without those that were never asked for (the connection broke, or MAIL was refused). ``reply`` is the server's
    last word on the message, None where there was none; ``error`` what ``sendmail`` would have raised, None when it
    would have returned.
    """

    __module__ = "wirekit.smtplib"
    __slots__ = ("accepted", "error", "outcome", "recipients", "refused", "reply", "sender", "unknown")

    def __init__(
        self,
        sender: str,
        recipients: tuple[str, ...],
        outcome: str = NOT_SENT,
        accepted: tuple[str, ...] = (),
        refused: Mapping[str, Reply] | None = None,
        *,
        unknown: tuple[str, ...] = (),
        reply: Reply | None = None,
        error: Exception | None = None,
    ) -> None:
        self.sender = sender
        self.recipients = recipients
        self.outcome = outcome
        self.accepted = accepted
        self.refused = dict(refused or {})
        self.unknown = unknown
        self.reply = reply
        self.error = error

    @property
    def sent(self) -> bool:
        """Whether the server has taken charge of the message, for each recipient that it accepted."""
        return self.outcome == SENT

    def raise_for_error(self) -> None:
        """Raise ``error``, if there is one."""
        if self.error is not None:
            raise self.error

    def __repr__(self) -> str:
        return (
            f"<SendResult {self.outcome}: {self.sender!r} to {len(self.accepted)} of {len(self.recipients)}"
            f"{f', {self.error!r}' if self.error is not None else ''}>"
        )


class Transaction:
    """One message: its envelope, its commands, the replies so far.

    commands: MAIL and the RCPTs, each with its line end, in order. by_chunk: the message follows as BDAT; else DATA
    comes behind the envelope. per_recipient: the server speaks LMTP.
    """

    __slots__ = (
        "by_chunk", "cause", "commands", "data", "ended", "finals", "last", "mail", "per_recipient", "rcpts", "recipients", "sender",
    )  # fmt: skip

    def __init__(
        self,
        sender: str,
        recipients: Sequence[str],
        commands: Sequence[bytes],
        *,
        by_chunk: bool,
        per_recipient: bool = False,
    ) -> None:
        self.sender = sender
        self.recipients = tuple(recipients)
        self.commands = commands
        self.by_chunk = by_chunk
        self.per_recipient = per_recipient
        self.cause: Exception | None = None  # what broke the connection, where something did
        self.ended = False  # all of the message has left: from here on its outcome may be unknown
        self.last: Reply | None = None
        self.mail: Reply | None = None
        self.rcpts: list[Reply] = []
        self.data: Reply | None = None  # the reply to DATA
        self.finals: list[
            Reply
        ] = []  # the replies to the message's end: one, or in LMTP one for each accepted

    def take(self, reply: Reply) -> None:
        """Take the next reply; it belongs to the next command that has none."""
        self.last = reply
        if self.mail is None:
            self.mail = reply
        elif len(self.rcpts) < len(self.recipients):
            self.rcpts.append(reply)
        elif self.data is None and not self.by_chunk:
            self.data = reply
        else:
            self.finals.append(reply)

    def take_all(self, replies: Sequence[Reply]) -> None:
        """Take all replies to a message that has left by BDAT in one flight; as ``take`` for each, in less time."""
        self.last = replies[-1]
        self.mail = replies[0]
        self.rcpts = [*replies[1:-1]]
        self.finals = [replies[-1]]

    @property
    def whole(self) -> bool:
        """Whether the message is taken for every recipient."""
        if self.mail is None or not 200 <= self.mail[0] < 300:
            return False
        for reply in self.finals:
            if not 200 <= reply[0] < 300 or reply[0] in CLOSING:
                return False
        for reply in self.rcpts:
            if not 200 <= reply[0] < 300:
                return False
        return len(self.finals) == (len(self.recipients) if self.per_recipient else 1)

    def hear(self, replies: Iterable[Reply]) -> None:
        """Take those of the replies that belong to this message; the iterator keeps the rest."""
        waiting = iter(replies)
        while not self.over and (reply := next(waiting, None)) is not None:
            self.take(reply)

    @property
    def asked(self) -> bool:
        """Whether every command of the envelope, DATA included, has its reply."""
        return len(self.rcpts) == len(self.recipients) and (self.by_chunk or self.data is not None)

    @property
    def accepted(self) -> list[str]:
        """The recipients that the server has accepted in the envelope."""
        return [one for one, reply in zip(self.recipients, self.rcpts, strict=False) if reply.accepted]

    @property
    def wanted(self) -> bool:
        """Whether the server waits for the message: MAIL and a recipient were accepted, and DATA if there is one."""
        return (
            self.mail is not None
            and self.mail.accepted
            and any(reply.accepted for reply in self.rcpts)
            and (self.by_chunk or (self.data is not None and self.data.code == _GO_ON))
        )

    @property
    def due(self) -> int:
        """How many replies are certain to come now, once all that was to be sent has left."""
        asked = len(self.recipients) + (1 if self.by_chunk else 2)
        missing = asked - len(self.rcpts) - (self.mail is not None) - (self.data is not None)
        if missing:
            return missing + (self.ended and self.by_chunk)
        if not self.ended:
            return 0
        return (max(1, len(self.accepted)) if self.per_recipient else 1) - len(self.finals)

    @property
    def all_due(self) -> int:
        """How many replies there are to a message that has left by BDAT in one flight; 0 where that is not certain."""
        return 0 if self.per_recipient or not self.by_chunk else len(self.recipients) + 2

    @property
    def open_ended(self) -> bool:
        """Whether the server has said 354 for a message that nobody is to get: an end of data is owed all the same."""
        return not self.wanted and self.data is not None and self.data.code == _GO_ON

    @property
    def done(self) -> bool:
        """Whether the replies that are due, once the message's end has left, have all come."""
        return len(self.finals) >= (max(1, len(self.accepted)) if self.per_recipient else 1)

    @property
    def over(self) -> bool:
        """Whether nothing more is to be learned: all replies have come, or the server closes the connection."""
        return self.closing or (self.asked and self.done)

    @property
    def closing(self) -> bool:
        """Whether the last reply was 421 or 221: the server closes the connection, nothing more comes."""
        return self.last is not None and self.last.code in CLOSING

    @property
    def refused(self) -> dict[str, Reply]:
        """The recipients that were refused, in the envelope or (LMTP) at the end, with the replies."""
        found = {
            one: reply for one, reply in zip(self.recipients, self.rcpts, strict=False) if not reply.accepted
        }
        if self.per_recipient:
            accepted = zip(self.accepted, self.finals, strict=False)
            found.update({one: reply for one, reply in accepted if not reply.accepted})
        return found

    @property
    def delivered(self) -> tuple[str, ...]:
        """The recipients for whom the server has taken the message."""
        if self.mail is None or not self.mail.accepted:
            return ()
        if self.per_recipient:
            finals = zip(self.accepted, self.finals, strict=False)
            return tuple(one for one, reply in finals if reply.accepted)
        return tuple(self.accepted) if self.finals and self.finals[0].accepted else ()

    @property
    def unknown(self) -> tuple[str, ...]:
        """The recipients who may get the message without our knowing: it has left, unrefused and unanswered."""
        if not self.ended or (self.mail is not None and not self.mail.accepted):
            return ()
        if self.closing and not (self.per_recipient and self.finals):
            return ()
        answered = len(self.finals) if self.per_recipient or not self.finals else len(self.recipients)
        return (*self.accepted[answered:], *self.recipients[len(self.rcpts) :])

    def break_off(self, cause: Exception, heard: Iterable[Reply] = ()) -> None:
        """Take note that the connection has broken; replies that had come before count."""
        self.hear(heard)
        if not self.over:
            self.cause = cause

    def result(self) -> SendResult:
        """Return what became of the message, once it is done, or broken off by 421 or by an error."""
        if not self.per_recipient and self.finals and self.finals[0].accepted:
            refused = self.refused
            taken = self.delivered if refused else self.recipients
            if taken and self.mail is not None and self.mail.accepted:  # it may say so to what it has refused
                return SendResult(self.sender, self.recipients, SENT, taken, refused, reply=self.finals[0])
        unknown, delivered = self.unknown, self.delivered
        found = SendResult(
            self.sender,
            self.recipients,
            outcome=UNKNOWN if unknown else SENT if delivered else NOT_SENT,
            accepted=delivered,
            refused=self.refused,
            unknown=unknown,
            reply=self.finals[0] if self.finals else self.last,
        )
        if unknown or not delivered:
            found.error = self._choose_error(found)
        return found

    def _choose_error(self, found: SendResult) -> Exception:
        """Return what a program is to be told by an exception; the standard library's choice where it has one."""
        from wirekit._wire import smtp_errors as errors  # costs smtplib: only where something went wrong

        error: Any
        cause = self.cause
        if found.unknown:
            words = str(cause or (found.reply and found.reply.message) or "")
            error = errors.SMTPOutcomeUnknown(words, found.unknown, found.refused, found.accepted)
            error.__cause__ = cause
        elif cause is not None:
            error = cause
        elif self.mail is None or not self.mail.accepted:
            error = errors.make_response_error(errors.SMTPSenderRefused, self.mail or NO_REPLY, self.sender)
        elif not self.accepted or self.rcpts[-1].code in CLOSING:
            error = errors.SMTPRecipientsRefused({**found.refused})
        else:
            last = self.finals[0] if self.finals else self.data
            error = errors.make_response_error(errors.SMTPDataError, last or NO_REPLY)
            if self.per_recipient:
                error.recipients = found.refused
        result: Exception = error
        return result


def explain(
    sender: str,
    recipients: str | Iterable[str],
    error: Exception | None,
    refused: Mapping[str, tuple[int, bytes]] | None = None,
    *,
    certain: bool = True,
) -> SendResult:
    """Return the result that ``sendmail`` has told by returning refused recipients, or by an error.

    certain: it is our own, so that an error other than SMTPOutcomeUnknown says that the message was not sent.
    """
    recipients = (recipients,) if isinstance(recipients, str) else tuple(recipients)
    refused = getattr(error, "refused", None) or getattr(error, "recipients", None) or refused or {}
    replies = {one: Reply(*reply) for one, reply in refused.items()}
    unknown = tuple(getattr(error, "unknown", ()))
    accepted = tuple(getattr(error, "accepted", ()))
    if error is None:
        accepted = tuple(one for one in recipients if one not in replies)
    elif not certain and not hasattr(error, "smtp_code") and not replies:
        unknown = recipients
    code = getattr(error, "smtp_code", None)
    return SendResult(
        sender,
        recipients,
        outcome=UNKNOWN if unknown else SENT if accepted else NOT_SENT,
        accepted=accepted,
        refused=replies,
        unknown=unknown,
        reply=None if code is None else Reply(code, getattr(error, "smtp_error", b"")),
        error=error,
    )
