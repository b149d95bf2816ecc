"""``wirekit send``: one message, written on the command line or whole from stdin, and a line for each refusal."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from wirekit import mail, smtplib
from wirekit._cli import progress
from wirekit._cli.outcome import Code, LocalError, explain, printable, say

if TYPE_CHECKING:
    from pathlib import Path

__all__ = ["Letter", "send"]


class Letter(NamedTuple):
    """What was typed, by the names of the options."""

    sender: str | None
    to: tuple[str, ...]
    cc: tuple[str, ...]
    bcc: tuple[str, ...]
    reply_to: str | None
    subject: str | None
    text: str | None
    html: Path | None
    inline: tuple[Path, ...]
    attach: tuple[Path, ...]
    headers: tuple[str, ...]
    server: str
    tls: str | None
    cacert: Path | None
    timeout: float | None
    verbose: bool
    quiet: bool

    @property
    def is_whole(self) -> bool:
        """Whether the message itself comes from stdin; the addresses typed are then its envelope."""
        written = (self.subject, self.text, self.html, self.inline, self.attach, self.headers, self.reply_to)
        return not any(written) and (self.sender is None or not self.to)


def send(letter: Letter) -> Code:
    """Send it; return the exit code."""
    meter = progress.Meter(
        "message", shown=progress.may_show(quiet=letter.quiet or letter.verbose, to_stdout=False)
    )
    try:
        msg, sender, recipients = _read(letter) if letter.is_whole else _write(letter)
        mailer = _open_mailer(letter, meter)
    except (ValueError, TypeError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise LocalError(str(error)) from error
    try:
        with meter, mailer:
            (delivery,) = mailer.send_all([(msg, sender, recipients)])
    except (OSError, ValueError) as error:
        return _say_error(error)
    return _say_delivery(delivery)


# ---- the message


def _read(letter: Letter) -> tuple[Any, str | None, list[str] | None]:
    """Take a whole message from stdin."""
    from email import message_from_bytes, policy

    if sys.stdin.isatty():
        message = "name --from, --to and what to send, or give a whole message on stdin"
        raise ValueError(message)
    data = sys.stdin.buffer.read()
    msg = message_from_bytes(data, policy=policy.SMTP)
    if not msg.keys():
        message = "what came on stdin is no mail message: it has no fields"
        raise ValueError(message)
    recipients = [*letter.to, *letter.cc, *letter.bcc]
    return msg, letter.sender, recipients or None


def _write(letter: Letter) -> tuple[Any, None, None]:
    """Make a message of what was typed."""
    if not letter.sender or not (letter.to or letter.cc or letter.bcc):
        message = "name --from and --to"
        raise ValueError(message)
    text = letter.text
    if text is None and letter.html is None:
        text = sys.stdin.buffer.read().decode()
    msg = mail.message(
        letter.sender,
        letter.to,
        letter.subject or "",
        text,
        letter.html.read_text("utf-8") if letter.html else None,
        letter.attach,
        {path.name: path for path in letter.inline},
        letter.cc,
        letter.bcc,
        letter.reply_to or (),
        dict(map(_split_field, letter.headers)),
    )
    return msg, None, None


def _split_field(line: str) -> tuple[str, str]:
    name, colon, value = line.partition(":")
    if not colon:
        message = f"a header is 'NAME: VALUE', not {line!r}"
        raise ValueError(message)
    return name.strip(), value.strip()


# ---- the server


def _open_mailer(letter: Letter, meter: progress.Meter) -> mail.Mailer:
    """Know the server, and the password of its user."""
    given: dict[str, Any] = {
        "tls": letter.tls,
        "attempts": 1,
        "connections": 1,
        "debuglevel": int(letter.verbose),
        "progress": meter,
    }
    if letter.timeout:
        given["timeout"] = letter.timeout
    if letter.cacert:
        import ssl

        given["context"] = ssl.create_default_context(cafile=letter.cacert)
    mailer = mail.Mailer(letter.server, **given)
    server = mailer.server
    if server.user and not server.password:
        mailer.server = server._replace(password=_find_password(server.host, server.user))
    return mailer


def _find_password(host: str, user: str) -> str:
    """Look a password up in ~/.netrc, by the exact host and user; else ask a person for it."""
    import netrc

    try:
        found = netrc.netrc().hosts.get(host)
    except (OSError, netrc.NetrcParseError):
        found = None
    if found and found[0] == user and found[2]:
        return found[2]
    if sys.stdin.isatty():
        import getpass

        return getpass.getpass(f"Password of {printable(user)} at {printable(host)}: ")
    message = f"no password for {user}: ~/.netrc has none for {host}, and there is nobody to ask"
    raise ValueError(message)


# ---- what became of it


def _say_delivery(delivery: mail.Delivery) -> Code:
    for recipient, reply in delivery.refused.items():
        say(
            f"refused: {printable(recipient)}: {reply.code} {printable(reply.text.decode('utf-8', 'replace'))}"
        )
    if delivery.outcome == "unknown":
        say(
            "unknown: the connection broke before the server had said whether it takes the message; it may arrive"
        )
        return Code.BROKEN
    if delivery.sent:
        return Code.STATUS if delivery.refused else Code.OK
    if delivery.error is None or isinstance(delivery.error, smtplib.SMTPRecipientsRefused):
        return Code.STATUS
    return _say_error(delivery.error)


def _say_error(error: Exception) -> Code:
    """Say why nothing was sent."""
    if isinstance(error, smtplib.SMTPResponseException):
        text = error.smtp_error
        said = text.decode("utf-8", "replace") if isinstance(text, bytes) else str(text)
        say(f"not sent: the server answered {error.smtp_code} {printable(said)}")
        return Code.STATUS
    if isinstance(error, smtplib.SMTPServerDisconnected):
        say(f"not sent: the connection broke off: {printable(str(error))}")
        return Code.BROKEN
    if isinstance(error, smtplib.SMTPException):
        say(f"not sent: {printable(str(error))}")
        return Code.PROTOCOL
    outcome = explain(error)
    say("not sent", outcome.line)
    return outcome.code
