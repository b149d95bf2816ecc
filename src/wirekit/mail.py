# Generated from src/wirekit/aio/mail.py by tools/unasync.py; edit that file.
"""Sending mail as people think of it: a message, a server's URL, and what became of each recipient.

    from wirekit.mail import Mailer, message

    with Mailer("smtp://user:password@mail.example.org:587") as mailer:
        mailer.send(message("ann@example.org", "bob@example.org", "Hello", "text", attachments=["report.pdf"]))

``message`` makes an ``EmailMessage`` (wirekit._mail_message). ``Mailer`` keeps connections, speaks TLS by its policy,
comes back to recipients that were refused for the moment, and says of each message and recipient what became of it.

What is never done is to send twice what may have arrived: a message whose fate is not known (the connection broke
between its last byte and the reply) is reported as *unknown*, and not sent again. What was certainly not taken is.

A URL says where and how:

    smtp://host            port 25, or 587 where a user is named; STARTTLS by the policy
    smtps://host           port 465, TLS from the first byte on
    lmtp://host:port       LMTP; lmtp:///path/to/socket: over a Unix socket
    ...?tls=require        require (what goes beyond this machine), prefer, never
"""

from __future__ import annotations

import random
import ssl
from functools import partial
from typing import TYPE_CHECKING, Any, Self

from wirekit import smtplib
from wirekit._io import blocking as net
from wirekit._io.concurrency import blocking as together
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._mail_dkim import DKIM
from wirekit._mail_message import message
from wirekit._smtp_sending import open_message
from wirekit._wire import smtp_errors
from wirekit._wire.mail_urls import parse_server
from wirekit._wire.smtp_transactions import NOT_SENT, SENT, UNKNOWN, SendResult

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence
    from types import TracebackType

    from wirekit._wire.mail_urls import Server

__all__ = ["DKIM", "Delivery", "Mailer", "message"]

_BATCH = 50
"""Messages that one connection takes over at a time; others may have the rest."""


class Delivery(SendResult):
    """What became of one message, after all attempts: a ``SendResult`` that knows two things more.

    ``message_id``: the message's own, "" for bytes. ``attempts``: how often it, or a part of its recipients, was tried.
    """

    __module__ = "wirekit.mail"
    __slots__ = ("attempts", "message_id")

    def __init__(self, *given: Any, message_id: str = "", attempts: int = 0, **named: Any) -> None:
        super().__init__(*given, **named)
        self.message_id = message_id
        self.attempts = attempts


class Mailer:
    """A mail server, as many connections to it as are needed, and the patience to use them. For tasks or threads at once.

    url: see the module. tls: the policy, instead of ``?tls=`` in the URL. token: an OAuth 2 access token, or a function
    that gives one, for the user in the URL. connections: at most so many at once. messages_per_connection: then it is
    closed, and another one opened. rate: messages a second at most, all connections together. attempts: how often a
    message is tried in all, as long as it is refused for the moment only (4xx, a broken connection); between them pass
    ``backoff`` seconds, twice as many each time, more or less. dkim: signs what is sent.

    progress: called with (bytes sent, bytes in all) while a message of more than 256 KiB leaves. context, timeout, proxy
    and local_hostname are those of ``smtplib``.
    """

    def __init__(
        self,
        url: str,
        *,
        tls: str | None = None,
        token: Any = None,
        connections: int = 2,
        messages_per_connection: int = 100,
        rate: float | None = None,
        attempts: int = 3,
        backoff: float = 5.0,
        dkim: DKIM | None = None,
        context: ssl.SSLContext | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        proxy: str | None = None,
        local_hostname: str | None = None,
        debuglevel: int = 0,
        progress: Callable[[int, int], Any] | None = None,
    ) -> None:
        self.server = parse_server(url, tls)
        for name, number in (
            ("connections", connections),
            ("messages_per_connection", messages_per_connection),
            ("attempts", attempts),
        ):
            if number < 1:
                text = f"{name} must be at least 1, not {number}"
                raise ValueError(text)
        if rate is not None and not rate > 0:
            text = f"rate must be above 0 messages a second, not {rate}"
            raise ValueError(text)
        self.connections, self.messages_per_connection = connections, messages_per_connection
        self.rate, self.attempts, self.backoff, self.dkim = rate, attempts, backoff, dkim
        self._token, self._context, self._timeout = token, context, timeout
        self._proxy, self._local_hostname, self._debuglevel = proxy, local_hostname, debuglevel
        self._progress = progress
        self._signal = together.Signal()
        self._idle: list[_Line] = []
        self._open: set[_Line] = set()
        self._opening = 0
        self._chunking = True  # until the server is found not to understand BDAT
        self._next = 0.0  # the moment from which the rate allows another message

    def __repr__(self) -> str:
        return f"<Mailer {self.server}>"

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if error is None:
            self.quit()
        else:
            self.close()

    def send(
        self,
        msg: Any,
        from_addr: str | None = None,
        to_addrs: str | Sequence[str] | None = None,
        *,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> Delivery:
        """Send one message, and return what became of it; recipients may be refused in there.

        msg: an ``email.message.Message``, or bytes with from_addr and to_addrs. Raises, when nobody accepted it, what
        ``smtplib`` raises, after the last attempt; SMTPOutcomeUnknown when its fate is not known.
        """
        (delivery,) = self.send_all([(msg, from_addr, to_addrs, mail_options, rcpt_options)])
        delivery.raise_for_error()
        return delivery

    def send_all(self, messages: Iterable[Any]) -> list[Delivery]:
        """Send many messages, and return what became of each, in their order. No refusal is raised.

        messages: each as ``send`` takes it, or a tuple of the arguments of ``send``; in the async twin the iterable may
        be async. They are held until all are done.
        """
        jobs = [_Job(given) for given in net.pull(messages)]
        waiting = jobs
        for attempt in range(self.attempts):
            if attempt:
                together.sleep(self.backoff * 2 ** (attempt - 1) * random.uniform(0.75, 1.25))  # noqa: S311 - no secret
            works = (partial(self._deliver, batch) for batch in self._split(waiting))
            together.run_all(works, self.connections)
            waiting = [job for job in waiting if job.again]
            if not waiting:
                break
        return [job.finish() for job in jobs]

    def quit(self) -> None:
        """Say goodbye on every idle connection, and close all."""
        with self._signal:
            idle, self._idle = self._idle, []
        for line in idle:
            self._end(line)
        self.close()

    def close(self) -> None:
        """Close every connection now, those at work too."""
        lines, self._open, self._idle = self._open, set(), []
        for line in lines:
            line.smtp.close()

    # ---- one batch on one connection

    def _split(self, jobs: list[_Job]) -> Iterator[list[_Job]]:
        """Yield what a connection takes over at a time: single messages where a rate is to be held."""
        size = (
            1 if self.rate else min(_BATCH, self.messages_per_connection, -(-len(jobs) // self.connections))
        )
        for start in range(0, len(jobs), size):
            yield jobs[start : start + size]

    def _deliver(self, batch: list[_Job]) -> None:
        """Try a batch once. A kept connection that turns out to be closed by now does not count."""
        while batch:
            try:
                line = self._take()
            except (OSError, smtp_errors.SMTPException) as error:
                for job in batch:
                    job.fail(error, again=_is_temporary(error))
                return
            kept = line.sent > 0
            try:
                results = self._send_batch(line, batch)
            finally:
                self._give_back(line)
            if not (kept and results and all(map(_is_untouched, results))):
                return
            for job in batch:
                job.attempts -= 1

    def _send_batch(self, line: _Line, batch: list[_Job]) -> list[SendResult]:
        """Send what can be made of a batch for this server, and note each result."""
        envelopes, sendable = [], []
        for job in batch:
            try:
                envelopes.append(job.open(line.smtp, self.dkim))
            except (ValueError, smtp_errors.SMTPException) as error:
                job.fail(error, again=False)
            else:
                sendable.append(job)
        self._pace(len(sendable))
        results: list[SendResult] = line.smtp.send_messages(envelopes)
        line.sent += len(sendable)
        anew = self._chunking and not line.smtp.chunking
        self._chunking = self._chunking and line.smtp.chunking
        for job, result in zip(sendable, results, strict=True):
            job.note(result, anew=anew and isinstance(result.error, smtp_errors.SMTPDataError))
        return results

    def _pace(self, count: int) -> None:
        """Wait until the rate allows so many more messages."""
        if self.rate and count:
            with self._signal:
                start = max(net.monotonic(), self._next)
                self._next = start + count / self.rate
            together.sleep(max(0.0, start - net.monotonic()))

    # ---- connections

    def _take(self) -> _Line:
        """Return a connection for this caller alone: an idle one, else a new one where another may be opened."""
        with self._signal:
            while not self._idle and len(self._open) + self._opening >= self.connections:
                self._signal.wait()
            if self._idle:
                return self._idle.pop()
            self._opening += 1
        line = None
        try:
            line = _Line(self._connect())
        finally:
            with self._signal:
                self._opening -= 1
                if line is None:
                    self._signal.wake_all()
                else:
                    self._open.add(line)
        return line

    def _give_back(self, line: _Line) -> None:
        """Keep a connection for the next, or end it: it broke, or has had its number of messages."""
        ending = line.smtp.sock is None or line.sent >= self.messages_per_connection or line not in self._open
        try:
            if ending:
                self._end(line)
        finally:
            with self._signal:
                if not ending:
                    self._idle.append(line)
                self._signal.wake_all()

    def _end(self, line: _Line) -> None:
        """Say goodbye, whatever comes of it, and close."""
        self._open.discard(line)
        try:
            if line.smtp.sock is not None:
                line.smtp.quit()
        except (OSError, smtp_errors.SMTPException):
            pass  # it is over either way
        finally:
            line.smtp.close()

    def _connect(self) -> Any:
        """Return a connection that is ready for messages: encrypted as the policy wants it, and logged in."""
        smtp = self._make(self.server)
        smtp.chunking, smtp.progress = self._chunking, self._progress
        try:
            smtp.set_debuglevel(self._debuglevel)
            smtp.__enter__()
            smtp.ehlo_or_helo_if_needed()
            self._secure(smtp)
            if self.server.user or self._token is not None:
                smtp.login(self.server.user, self.server.password, token=self._token)
        except BaseException:
            smtp.close()
            raise
        return smtp

    def _make(self, server: Server) -> Any:
        shared = {"timeout": self._timeout, "proxy": self._proxy, "local_hostname": self._local_hostname}
        if server.scheme == "smtps":
            return smtplib.SMTP_SSL(server.host, server.port, context=self._context, **shared)
        kind: Any = smtplib.LMTP if server.scheme == "lmtp" else smtplib.SMTP
        return kind(server.host, server.port, **shared)

    def _secure(self, smtp: Any) -> None:
        """Speak TLS by the policy. One that was begun and fails is an error under every policy."""
        if self.server.scheme == "smtps" or self.server.tls == "never":
            return
        if smtp.has_extn("starttls"):
            smtp.starttls(context=self._context)
            smtp.ehlo_or_helo_if_needed()
        elif self.server.tls == "require":
            text = "the server offers no STARTTLS, or somebody on the way hides it; tls='prefer' would send in the clear"
            raise smtp_errors.SMTPNotSupportedError(text)


class _Line:
    """One connection, and how many messages it has taken."""

    def __init__(self, smtp: Any) -> None:
        self.smtp = smtp
        self.sent = 0


class _Job:
    """One message on its way: who still has to accept it, and what has become of the others."""

    def __init__(self, given: Any) -> None:
        self.msg, self.sender, recipients, self.mail_options, self.rcpt_options = _arguments(
            *(given if isinstance(given, tuple) else (given,))
        )
        self.recipients = [recipients] if isinstance(recipients, str) else recipients and list(recipients)
        self.all: list[str] = list(self.recipients or ())
        self.accepted: list[str] = []
        self.refused: dict[str, Any] = {}
        self.unknown: list[str] = []
        self.reply: Any = None
        self.error: Exception | None = None
        self.attempts = 0
        self.again = False

    def open(self, smtp: Any, dkim: DKIM | None) -> tuple[Any, ...]:
        """Return the arguments of ``sendmail`` for this server, to those who have not decided yet."""
        if isinstance(self.msg, (bytes, bytearray, memoryview)):
            if self.sender is None or self.recipients is None:
                text = "a message in bytes needs from_addr and to_addrs"
                raise ValueError(text)
            sender, recipients, flat, options = (
                self.sender,
                self.recipients,
                bytes(self.msg),
                self.mail_options,
            )
        else:
            sender, recipients, flat, options = open_message(
                smtp, self.msg, self.sender, self.recipients, self.mail_options
            )
        if self.recipients is None:
            self.sender, self.recipients = sender, list(recipients)
            self.all = list(recipients)
        return sender, self.recipients, flat if dkim is None else dkim.sign(flat), options, self.rcpt_options

    def note(self, result: SendResult, *, anew: bool) -> None:
        """Take in what one attempt brought; ``again`` tells whether another one makes sense, to whom is left.

        anew: it was refused for the way in which it was sent, and will be sent in another way.
        """
        self.attempts += 1
        self.accepted += result.accepted
        self.unknown += result.unknown
        self.reply, self.error = result.reply or self.reply, result.error
        settled = {*result.accepted, *result.unknown}
        self.refused.update(result.refused)
        left = [name for name in self.recipients or () if name not in settled]
        if result.outcome != UNKNOWN and (anew or _may_change(result)):
            left = [
                name for name in left if name not in result.refused or 400 <= result.refused[name].code < 500
            ]
        else:
            left = []
        self.recipients, self.again = left, bool(left)

    def fail(self, error: Exception, *, again: bool) -> None:
        """Take in that this attempt came to nothing."""
        self.attempts += 1
        self.error, self.again = error, again

    def finish(self) -> Delivery:
        """Return what became of it all."""
        self.again = False
        outcome = UNKNOWN if self.unknown else SENT if self.accepted else NOT_SENT
        return Delivery(
            self.sender or "",
            tuple(self.all),
            outcome=outcome,
            accepted=tuple(self.accepted),
            refused={name: reply for name, reply in self.refused.items() if name not in self.accepted},
            unknown=tuple(self.unknown),
            reply=self.reply,
            error=None if outcome == SENT else self.error,
            message_id=_message_id(self.msg),
            attempts=self.attempts,
        )


def _arguments(
    msg: Any,
    from_addr: str | None = None,
    to_addrs: Any = None,
    mail_options: Sequence[str] = (),
    rcpt_options: Sequence[str] = (),
) -> tuple[Any, str | None, Any, Sequence[str], Sequence[str]]:
    return msg, from_addr, to_addrs, mail_options, rcpt_options


def _message_id(msg: Any) -> str:
    return "" if isinstance(msg, (bytes, bytearray, memoryview)) else str(msg.get("Message-ID") or "")


def _may_change(result: SendResult) -> bool:
    """Tell whether a result may be another one later: a 4xx reply, a recipient put off, or a broken connection."""
    if any(400 <= reply.code < 500 for reply in result.refused.values()):
        return True
    if result.outcome == SENT:
        return False
    if result.reply is not None and result.reply.code >= 400:
        return bool(result.reply.code < 500)
    return result.error is not None and _is_temporary(result.error)


def _is_untouched(result: SendResult) -> bool:
    """Tell whether a connection was gone before the server had seen anything of this message."""
    return (
        result.outcome == NOT_SENT
        and result.reply is None
        and not result.refused
        and _is_broken(result.error)
    )


def _is_broken(error: Exception | None) -> bool:
    return isinstance(error, smtp_errors.SMTPServerDisconnected) or (
        isinstance(error, OSError) and not isinstance(error, (smtp_errors.SMTPException, ssl.SSLError))
    )


def _is_temporary(error: Exception) -> bool:
    """Tell whether the same may go well later."""
    if isinstance(error, smtp_errors.SMTPResponseException):
        return 400 <= error.smtp_code < 500
    return _is_broken(error)
