# Generated from src/wirekit/aio/_smtp_sending.py by tools/unasync.py; edit that file.
"""Sending a message over an SMTP or LMTP connection: a part of ``smtplib``, whose methods call these functions.

A transaction goes one of these ways, by what the server offers:

    offered                    round trips      how
    PIPELINING and CHUNKING    1                MAIL, RCPTs, BDAT and the message in one flight; a large message waits
                                                for the replies to its envelope
    PIPELINING                 2                MAIL, RCPTs and DATA in one flight, then the message
    CHUNKING                   1 a command      one command after another, and the message by BDAT
    neither                    1 a command      by the methods for single commands

Where a subclass or a program has a method of its own in the place of one of those, it is called: one command after
another, as in the standard library. ``_smtp_window`` keeps several transactions in flight.
"""

import socket
import sys
from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wirekit import defaults
from wirekit._io import blocking as net
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._wire import smtp_addresses, smtp_commands, smtp_lines
from wirekit._wire.busy import ConnectionBusy
from wirekit._wire.smtp_replies import CLOSING, LAST, Reply, ReplyTooLong
from wirekit._wire.smtp_transactions import Transaction

if TYPE_CHECKING:
    from wirekit.smtplib import SMTP

__all__ = [
    "Envelope",
    "be_patient",
    "check_size",
    "deliver",
    "fly",
    "frame_chunk",
    "frame_data",
    "open_envelope",
    "open_message",
    "prepare",
    "read_replies",
    "send_data",
    "take_replies",
    "transmit",
    "uses_chunks",
    "uses_flights",
]

MAX_FLIGHT: Final = 256
"""Commands sent before their replies are read. Replies that nobody reads fill the buffers on the way, until the server
stops to read as well (RFC 2920 section 3.1): so many take 16 KiB as a rule, and 128 KiB at most."""
EAGER: Final = 1 << 18
"""Bytes of a message that leave with its envelope, though perhaps nobody takes it; of a larger one, at a time."""
CHECKED: Final = 1 << 20
"""Bytes of a message whose line ends are all looked at before it leaves by BDAT. Of a larger one it is the first
``SAMPLE`` bytes: BDAT tells its end by its length, and looking would take longer than sending."""
SAMPLE: Final = 1 << 18
FOREVER: Final = 1e8
"""Seconds that stand for no limit."""


class Envelope(NamedTuple):
    """The arguments of ``sendmail``, in their usual form."""

    sender: str
    recipients: Sequence[str]
    message: bytes
    mail_options: Sequence[str] = ()
    rcpt_options: Sequence[str] = ()


def _errors() -> Any:
    from wirekit._wire import smtp_errors

    return smtp_errors


# ------------------------------------------------------------------------------------------------ what is to be sent


def encode(msg: Any) -> bytes:
    """Return a message as bytes; text must be ASCII (UnicodeEncodeError otherwise)."""
    if isinstance(msg, str):
        return smtp_lines.fix_line_ends(msg.encode("ascii"))
    return msg if isinstance(msg, bytes) else bytes(msg)


def open_envelope(
    from_addr: str,
    to_addrs: str | Sequence[str],
    msg: Any,
    mail_options: Sequence[str] = (),
    rcpt_options: Sequence[str] = (),
) -> Envelope:
    """Return the arguments of ``sendmail`` in their usual form."""
    recipients = [to_addrs] if isinstance(to_addrs, str) else list(to_addrs)
    return Envelope(from_addr, recipients, encode(msg), mail_options, rcpt_options)


def open_message(
    smtp: "SMTP",
    msg: Any,
    from_addr: str | None = None,
    to_addrs: str | Sequence[str] | None = None,
    mail_options: Sequence[str] = (),
) -> tuple[str, str | Sequence[str], bytes, Sequence[str]]:
    """Return sender, recipients, bytes and options of MAIL of an email message. SMTPNotSupportedError, ValueError."""
    from wirekit._wire import smtp_messages

    strict = defaults.active.strict_addresses
    if from_addr is None:
        from_addr = smtp_messages.read_sender(msg, strict=strict)
    if to_addrs is None:
        to_addrs = smtp_messages.read_recipients(msg, strict=strict)
    named = [from_addr, *([to_addrs] if isinstance(to_addrs, str) else to_addrs)]
    if not all(address.isascii() for address in named):
        if not smtp.has_extn("smtputf8"):
            message = (
                "One or more source or delivery addresses require internationalized email support, but the server "
                "does not advertise the required SMTPUTF8 capability"
            )
            raise _errors().SMTPNotSupportedError(message)
        options = (*mail_options, "SMTPUTF8", "BODY=8BITMIME")
        return from_addr, to_addrs, smtp_messages.flatten(msg, utf8=True), options
    flat = smtp_messages.flatten(msg)
    if not flat.isascii() and not smtp.has_extn("8bitmime"):
        flat = smtp_messages.flatten(msg, eight_bit=False)
    return from_addr, to_addrs, flat, mail_options


def choose_options(smtp: "SMTP", envelope: Envelope) -> Sequence[str]:
    """Return the options of MAIL: the size, those given, and what the message's bytes ask for."""
    features = smtp.esmtp_features
    given = envelope.mail_options
    if not smtp.does_esmtp:
        return given
    sized = "size" in features and not (given and smtp_commands.wants(given, "SIZE"))
    size = (f"size={len(envelope.message)}",) if sized else ()
    return (*size, *given, *smtp_commands.choose_body(envelope.message, given, features))


def check_size(smtp: "SMTP", envelope: Envelope) -> None:
    """Let a message pass that the server would take; SMTPSenderRefused (552), as it would answer, for a larger one."""
    limit = smtp_commands.parse_size_limit(smtp.esmtp_features.get("size", ""))
    if limit is not None and len(envelope.message) > limit:
        text = b"5.3.4 Message of %d bytes exceeds the server's limit of %d" % (len(envelope.message), limit)
        errors = _errors()
        raise errors.make_response_error(errors.SMTPSenderRefused, Reply(552, text), envelope.sender)


def prepare(smtp: "SMTP", envelope: Envelope) -> Transaction:
    """Return the transaction of a message, its commands checked and formatted; nothing was sent when this raises."""
    strict = defaults.active.strict_addresses
    before = encoding = smtp.command_encoding
    options = choose_options(smtp, envelope)
    tail: Sequence[str] = ()
    if envelope.mail_options or envelope.rcpt_options:  # what we have chosen ourselves needs no look
        try:
            options = smtp._check_mail_options(options)
            tail = smtp._check_recipient_options(envelope.rcpt_options)
            encoding = smtp.command_encoding
        finally:
            smtp.command_encoding = before  # SMTPUTF8 is asked for by each message anew
    commands = [_format_command("mail from:", envelope.sender, options, strict=strict, encoding=encoding)]
    commands += [
        _format_command("rcpt to:", address, tail, strict=strict, encoding=encoding)
        for address in envelope.recipients
    ]
    by_chunk = uses_chunks(smtp) and (not holds_commands(envelope) or is_binary(envelope))
    lmtp = smtp._per_recipient
    return Transaction(envelope.sender, envelope.recipients, commands, by_chunk=by_chunk, per_recipient=lmtp)


def _format_command(verb: str, address: str, options: Sequence[str], *, strict: bool, encoding: str) -> bytes:
    path = _format_path(verb, address, strict, encoding)
    if not options:
        return path + b"\r\n"
    return path + f" {smtp_commands.check_command(' '.join(options))}\r\n".encode(encoding)


@lru_cache(512)
def _format_path(verb: str, address: str, strict: bool, encoding: str) -> bytes:
    """Return the beginning of MAIL or RCPT; most messages have senders and recipients in common with others."""
    path = smtp_addresses.quote_address(address, strict=strict)
    return smtp_commands.check_command(verb + path).encode(encoding)


def uses_chunks(smtp: "SMTP") -> bool:
    """Tell whether messages leave by BDAT."""
    return smtp.chunking and "chunking" in smtp.esmtp_features


def uses_flights(smtp: "SMTP") -> bool:
    """Tell whether commands may leave together."""
    return smtp.pipelining and "pipelining" in smtp.esmtp_features


def holds_commands(envelope: Envelope) -> bool:
    """Tell whether a message that would leave with its envelope must not: DATA asks first (see ``smtp_lines``)."""
    return len(envelope.message) <= EAGER and smtp_lines.holds_commands(envelope.message)


def is_binary(envelope: Envelope) -> bool:
    """Tell whether a message has to leave as it is, by BDAT (RFC 3030 section 3)."""
    options = envelope.mail_options
    return bool(options) and any(option.upper() == "BODY=BINARYMIME" for option in options)


def frame_chunk(envelope: Envelope) -> list[bytes]:
    """Return the pieces of a message by BDAT (RFC 3030), in one chunk: the command, the message, a last line's end."""
    message, tail = envelope.message, b""
    if not is_binary(envelope):
        if len(message) <= CHECKED or not _begins_canonical(message):
            message = smtp_lines.fix_line_ends(message)
        tail = b"" if message.endswith(b"\r\n") else b"\r\n"
    return [b"BDAT %d LAST\r\n" % (len(message) + len(tail)), message, tail]


def _begins_canonical(message: bytes) -> bool:
    sample = message[:SAMPLE]
    return smtp_lines.is_canonical(sample + b"\n" if sample.endswith(b"\r") else sample)


def frame_data(message: bytes) -> list[bytes]:
    """Return the pieces of a message by DATA: line ends as CR LF, dots doubled, and what ends it."""
    message = smtp_lines.add_dots(smtp_lines.fix_line_ends(message))
    return [message, smtp_lines.END if message.endswith(b"\r\n") else b"\r\n" + smtp_lines.END]


# ------------------------------------------------------------------------------------------------ one message


def deliver(smtp: "SMTP", envelope: Envelope) -> Transaction:
    """Send one message in the way that suits; return its transaction, which knows what became of it.

    What the caller did wrong is raised, and what the methods for single commands raise.
    """
    check_size(smtp, envelope)
    if not smtp._is_plain() or not (uses_flights(smtp) or uses_chunks(smtp)):
        return _send_by_steps(smtp, envelope)
    if not envelope.recipients:
        raise _errors().SMTPRecipientsRefused({})
    return transact(smtp, prepare(smtp, envelope), envelope)


def _send_by_steps(smtp: "SMTP", envelope: Envelope) -> Transaction:
    """Send by the methods for single commands, whoever wrote them."""
    if smtp._has_own_envelope():
        prepare(smtp, envelope)  # the caller's mistakes, before anything is sent
    taken = Transaction(
        envelope.sender, envelope.recipients, (), by_chunk=False, per_recipient=smtp._per_recipient
    )
    before = smtp.command_encoding
    try:
        _take_steps(smtp, taken, envelope)
    except _errors().SMTPOutcomeUnknown as error:
        error.refused = {**taken.refused, **error.refused}
        raise
    except _errors().SMTPDataError as error:
        _give_up(smtp, closing=error.smtp_code in CLOSING)
        raise
    except ValueError:  # the caller's mistake: the transaction that was begun is of no use
        if taken.last is not None and smtp.sock is not None:
            smtp._rset()
        raise
    finally:
        smtp.command_encoding = before  # SMTPUTF8 is asked for by each message anew
    if not taken.whole and taken.result().error is not None:
        _give_up(smtp, closing=taken.closing)
    return taken


def _take_steps(smtp: "SMTP", taken: Transaction, envelope: Envelope) -> None:
    taken.take(_check_line(smtp, smtp.mail(envelope.sender, choose_options(smtp, envelope))))
    if taken.mail is None or not taken.mail.accepted:
        return
    for address in envelope.recipients:
        taken.take(_check_line(smtp, smtp.rcpt(address, envelope.rcpt_options)))
        if taken.closing:
            return
    if not taken.accepted:
        return
    smtp.data_replies = []
    reply = _reply(smtp.data(envelope.message))
    taken.take(Reply(354, b""))
    taken.ended = True
    for one in smtp.data_replies if smtp._per_recipient and smtp.data_replies else [reply]:
        taken.take(one)


def _reply(given: tuple[int, bytes]) -> Reply:
    return given if type(given) is Reply else Reply(given[0], given[1])


def _check_line(smtp: "SMTP", given: tuple[int, bytes]) -> Reply:
    """Return a reply; SMTPServerDisconnected for what was none, and has closed the connection."""
    reply = _reply(given)
    return _check_reply(smtp, reply) if reply.code < 0 and smtp.sock is None else reply


def _give_up(smtp: "SMTP", *, closing: bool) -> None:
    """Leave the transaction, or the connection where the server closes it."""
    if closing:
        smtp.close()
    else:
        reset(smtp)


def reset(smtp: "SMTP") -> None:
    """Give up the transaction; close where the server takes its leave, or is found out of step."""
    settled, smtp._settled = smtp._settled, False  # what it has said already is looked at here
    reply = smtp._rset()
    smtp._settled = settled
    if reply is not None and reply[0] in CLOSING:
        smtp.close()
    elif reply is not None and is_out_of_step(smtp, reply):
        leave(smtp)


def is_out_of_step(smtp: "SMTP", reply: Sequence[Any]) -> bool:
    """Tell whether the reply to a RSET shows that the server takes the data of a BDAT that it has refused for commands.

    It should skip them (RFC 3030 section 2); otherwise what comes is its opinion of their first line.
    """
    return uses_chunks(smtp) and not 200 <= reply[0] < 300


def leave(smtp: "SMTP") -> None:
    """Close the connection to a server that is out of step, and let messages leave by DATA if there is another one."""
    smtp.close()
    smtp.chunking = False


def send_data(smtp: "SMTP", msg: Any) -> tuple[int, bytes]:
    """Send a message after 354, by ``send``; return the reply, and keep all of them in ``data_replies``."""
    smtp.send(b"".join(frame_data(encode(msg))))
    smtp._settled = True  # what was sent has its reply
    recipients, smtp._recipients = smtp._recipients, []
    replies: list[Reply] = []
    smtp.data_replies = replies
    be_patient(smtp, patient=True)
    while len(replies) < (max(1, len(recipients)) if smtp._per_recipient else 1):
        smtp._expect(1)
        try:
            replies.append(_check_reply(smtp, _reply(smtp.getreply())))
        except _errors().SMTPServerDisconnected as error:
            raise _make_unknown(smtp, error, recipients) from error
        if replies[-1].code in CLOSING and not smtp._per_recipient:
            break
    be_patient(smtp, patient=False)
    return next((reply for reply in replies if reply.accepted), replies[0])


def _make_unknown(smtp: "SMTP", error: Exception, recipients: Sequence[str]) -> Exception:
    known = dict(zip(recipients, smtp.data_replies, strict=False))
    unknown: Exception = _errors().SMTPOutcomeUnknown(
        str(error),
        tuple(recipients[len(known) :]),
        {one: reply for one, reply in known.items() if not reply.accepted},
        tuple(one for one, reply in known.items() if reply.accepted),
    )
    return unknown


def be_patient(smtp: "SMTP", *, patient: bool) -> None:
    """Let a wait take as long as a server may need for a whole message, or as usual; a named timeout is left alone."""
    if smtp._stream is not None and smtp.timeout is GLOBAL_DEFAULT_TIMEOUT:
        seconds = defaults.active.data_timeout if patient and socket.getdefaulttimeout() is None else 0.0
        smtp._stream.patience = FOREVER if seconds is None else seconds


# ------------------------------------------------------------------------------------------------ in flights


def transact(smtp: "SMTP", transaction: Transaction, envelope: Envelope) -> Transaction:
    """Send one message in as few flights as can be; return its transaction, which knows what became of it."""
    try:
        if (
            transaction.by_chunk
            and len(envelope.message) <= EAGER
            and len(transaction.commands) < MAX_FLIGHT
            and uses_flights(smtp)
            and not (envelope.mail_options and holds_commands(envelope))
        ):
            _send_at_once(smtp, transaction, envelope)
        else:
            _ask(smtp, transaction)
            _answer(smtp, transaction, envelope)
        if transaction.ended:
            be_patient(smtp, patient=True)
            take_replies(smtp, transaction)
            be_patient(smtp, patient=False)
    except (_errors().SMTPException, OSError) as error:
        transaction.break_off(error, getattr(error, "_heard", ()))
        return transaction
    if not transaction.whole and transaction.result().error is not None:
        _give_up(smtp, closing=transaction.closing)
    return transaction


def _send_at_once(smtp: "SMTP", transaction: Transaction, envelope: Envelope) -> None:
    """Send envelope and message in one block."""
    block = b"".join([*transaction.commands, *frame_chunk(envelope)])
    smtp._begin()
    _say(smtp, block)
    smtp._owed += len(transaction.commands) + 1
    transaction.ended = True


def fly(smtp: "SMTP", pieces: Sequence[bytes], replies: int) -> None:
    """Send pieces at once; so many replies are due for them then."""
    smtp._begin()
    for block in _join_small(pieces):
        _say(smtp, block)
    smtp._owed += replies


def _say(smtp: "SMTP", block: bytes) -> None:
    if smtp.sock is None:
        raise _errors().SMTPServerDisconnected("please run connect() first")
    if smtp.debuglevel > 0:
        smtp._print_debug("send:", repr(block))
    sys.audit("smtplib.send", smtp, block)
    transmit(smtp, block)


def transmit(smtp: "SMTP", data: Any) -> None:
    """Send bytes. An error closes the connection; replies that had come before it are kept in ``_heard`` of the error."""
    try:
        if smtp.sock is not smtp._attached[0] or smtp.file is not smtp._attached[1]:
            smtp._attach()
        if smtp._stream is smtp.file:
            (_send_large(smtp, data) if len(data) > EAGER else smtp._stream.sendall(data))
        else:  # a stand-in, whose file this stream reads
            net.give(smtp.sock.sendall, data)
    except ConnectionBusy:
        raise
    except OSError as error:
        heard = _hear_out(smtp) if isinstance(error, ConnectionError) else []
        smtp.close()
        lost = _errors().SMTPServerDisconnected("Server not connected")
        lost._heard = heard
        if heard:
            lost.add_note(f"The server's last words: {heard[-1].code} {heard[-1].message}")
        raise lost from error
    except BaseException:
        smtp.close()
        raise


def _send_large(smtp: "SMTP", data: Any) -> None:
    """Send block by block: a wait is for one of them, not for all, and whoever wants to hears of each."""
    view = memoryview(data)
    for end in range(EAGER, len(view) + EAGER, EAGER):
        smtp._stream.sendall(view[end - EAGER : end])
        if smtp.progress is not None:
            net.give(smtp.progress, min(end, len(view)), len(view))


def _hear_out(smtp: "SMTP") -> list[Reply]:
    """Return the replies that had come before sending failed; nothing is waited for."""
    replies: list[Reply] = []
    stream, rules = smtp._stream, defaults.active
    try:
        while stream is not None and stream is smtp.file:
            got, stream.pos = smtp._decoder.take(
                stream.buffer, stream.pos, MAX_FLIGHT, rules.max_reply_lines, rules.max_reply
            )
            replies += [reply for reply in got if reply.code >= 200]
            if (got and got[-1].code in LAST) or not stream.fill():
                break
    except (ReplyTooLong, OSError):
        pass  # that was all
    return replies


def _join_small(pieces: Iterable[bytes]) -> list[bytes]:
    """Return the pieces in order, small neighbours joined, so that a large one is not copied."""
    blocks: list[bytes] = []
    small: list[bytes] = []
    for piece in pieces:
        if len(piece) <= EAGER:
            small.append(piece)
        else:
            blocks += [b"".join(small), piece]
            small = []
    blocks.append(b"".join(small))
    return [block for block in blocks if block]


def _ask(smtp: "SMTP", transaction: Transaction) -> None:
    """Send the envelope, DATA included, and take the replies; stop where the server refuses or closes."""
    commands = [*transaction.commands, *([] if transaction.by_chunk else [b"data\r\n"])]
    most = MAX_FLIGHT if uses_flights(smtp) else 1
    for start in range(0, len(commands), most):
        group = commands[start : start + most]
        fly(smtp, group, len(group))
        take_replies(smtp, transaction, len(group))
        if transaction.closing or transaction.mail is None or not transaction.mail.accepted:
            return


def _answer(smtp: "SMTP", transaction: Transaction, envelope: Envelope) -> None:
    """Send the message, if the server wants it; an empty one, if it only says that it does (RFC 2920 section 3.1)."""
    if transaction.wanted:
        by_chunk = transaction.by_chunk
        fly(smtp, frame_chunk(envelope) if by_chunk else frame_data(envelope.message), 1)
        transaction.ended = True
    elif transaction.open_ended:
        fly(smtp, [smtp_lines.END], 1)
        read_replies(smtp, 1)


def take_replies(smtp: "SMTP", transaction: Transaction, most: int = 1 << 30, *, before: int = 0) -> int:
    """Take the replies that are due to a message, or so many of them; fewer where the server closes the connection.

    before: 1 where a reply to RSET comes before them; returned is 421 where it is that, or 221, else 0.
    """
    while (due := min(transaction.due, most)) and not transaction.closing:
        if transaction.finals:
            smtp._expect(due)  # LMTP has as many replies as accepted recipients, of which one was expected
        replies = read_replies(smtp, before + due)
        _check_reply(smtp, replies[-1])  # if any is no reply it is the last
        if before:
            if len(replies) <= before and replies[-1][0] in CLOSING:
                return 421
            if is_out_of_step(smtp, replies[0]):
                leave(smtp)
                message = "Server is out of step: it reads on behind a BDAT that it has refused"
                raise _errors().SMTPServerDisconnected(message)
            replies, before = replies[before:], 0
        if transaction.mail is None and len(replies) == due == transaction.all_due:
            transaction.take_all(replies)
            return 0
        for reply in replies:
            transaction.take(reply)
        most -= len(replies)
    return 0


def read_replies(smtp: "SMTP", count: int) -> list[Reply]:
    """Return the next replies; fewer where one of them is 421, 221 or no reply: such a one closes the connection.

    What had come before an error is kept in its ``_heard``.
    """
    rules = defaults.active
    replies: list[Reply] = []
    try:
        if smtp.file is None or smtp.sock is not smtp._attached[0] or smtp.file is not smtp._attached[1]:
            smtp._attach()
        stream, take = smtp._stream, smtp._decoder.take
        while True:
            if stream.pos < len(stream.buffer):
                got, stream.pos = take(
                    stream.buffer, stream.pos, count - len(replies), rules.max_reply_lines, rules.max_reply
                )
                replies = replies + got if replies else got
                if len(replies) == count or (replies and replies[-1][0] in LAST):
                    break
            if not stream.fill():
                raise _errors().SMTPServerDisconnected("Connection unexpectedly closed")
    except ConnectionBusy:
        raise
    except (OSError, ReplyTooLong) as error:
        smtp.close()
        told = _explain(error)
        told._heard = replies
        if told is error:
            raise
        raise told from error
    except BaseException:
        smtp.close()
        raise
    smtp._note(replies)
    return replies


def _explain(error: Exception) -> Any:
    """Return what a program is told where a reply cannot be read."""
    errors = _errors()
    if isinstance(error, ReplyTooLong):
        return errors.SMTPResponseException(500, str(error))
    if isinstance(error, errors.SMTPException):
        return error
    return errors.SMTPServerDisconnected(f"Connection unexpectedly closed: {error}")


def _check_reply(smtp: "SMTP", reply: Reply) -> Reply:
    """Return a reply; SMTPServerDisconnected for what is none: nothing can be told of what follows."""
    if reply.code < 200:
        smtp.close()
        raise _errors().SMTPServerDisconnected(f"Server said what is no reply: {reply.message[:200]}")
    return reply
