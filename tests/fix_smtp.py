"""A mail server as a step of the misbehaving peer (tests/fix_peer.py): SMTP or LMTP, with every extension that we use.

    server = MailServer("PIPELINING", "CHUNKING")
    with Peer([server]) as peer: ...
    assert server.mails == [Mail("a@b", ["c@d"], b"...")]

It takes what it is sent as the RFCs say, keeps it, and answers by `answers` where a test wants otherwise. Bytes that a
client must not send (bare line ends, control characters in commands) are kept in `odd`.
"""

from __future__ import annotations

import base64
import re
import threading
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests import sasl_server
from tests.fix_peer import Conversation, Peer, ScriptError, start_tls

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Sequence

ALL = (
    "PIPELINING",
    "CHUNKING",
    "BINARYMIME",
    "8BITMIME",
    "SMTPUTF8",
    "DSN",
    "SIZE 30000000",
    "ENHANCEDSTATUSCODES",
)
MODES = {"chunks": ALL, "pipelining": ALL[:1] + ALL[3:], "chunks alone": ALL[1:], "bare": ()}
"""What a server may offer, by the way in which messages leave then."""

modes = pytest.mark.parametrize("offers", MODES.values(), ids=MODES.keys())


@dataclass
class Mail:
    """A message that the server has taken."""

    sender: str
    recipients: list[str]
    message: bytes
    options: list[str] = field(default_factory=list)
    rcpt_options: list[str] = field(default_factory=list)
    user: str = ""


class MailServer:
    """The step of a peer. offers: the lines of its reply to EHLO. answers: beginnings of commands (``rcpt to:<b@``;
    ``end`` for the message's end), in lower case, to a reply, a list of replies used up one by one, or a step; None ends
    the connection. users: names to passwords, for AUTH.
    """

    def __init__(
        self,
        *offers: str,
        answers: dict[str, Any] | None = None,
        lmtp: bool = False,
        tls: ssl.SSLContext | None = None,
        users: dict[str, str] | None = None,
        binding: Callable[[Any], dict[str, bytes]] | None = None,
        cheat: str = "",
    ) -> None:
        self.offers = offers
        self.answers = answers or {}
        self.lmtp = lmtp
        self.tls = tls
        self.users = users or {}
        self.binding = binding
        self.cheat = cheat
        self.mails: list[Mail] = []
        self.commands: list[str] = []
        self.odd: list[bytes] = []
        self.flights = 0
        self.lock = threading.Lock()

    def __call__(self, conversation: Conversation) -> None:
        """Serve one connection until it ends."""
        Session(self, conversation).run()

    def answer(self, line: str) -> Any:
        """Give what a test wants said to this command; the empty text where it wants nothing."""
        with self.lock:
            for start, reply in self.answers.items():
                if line.lower().startswith(start):
                    if not isinstance(reply, list):
                        return reply
                    if reply:
                        return reply.pop(0)
        return ""


class Session:
    """One connection of the server."""

    def __init__(self, server: MailServer, conversation: Conversation) -> None:
        self.server = server
        self.conversation = conversation
        self.user = ""
        self.secure = False
        self.chunks = b""
        self.reset()

    def reset(self) -> None:
        self.mail: Mail | None = None
        self.chunks = b""

    def run(self) -> None:
        self.say(self.server.answer("greeting") or "220 mail.example ESMTP")
        while True:
            try:
                line = self.take_line()
            except ScriptError:
                return  # the client has left
            self.server.commands.append(line)
            wanted = self.server.answer(line)
            verb = line.partition(" ")[0].upper()
            if wanted is None:
                self.conversation.end()
            elif callable(wanted):
                wanted(self.conversation)
            elif wanted and not (verb == "BDAT" or wanted.startswith(("25", "354"))):
                self.say(wanted)
            else:
                getattr(self, f"do_{verb.lower()}", self.refuse)(line, wanted)

    # ---- the line

    def take(self, enough: Callable[[bytes], int]) -> bytes:
        """Take bytes; count a flight where everything that had come was answered before."""
        conversation = self.conversation
        waits = conversation._position == len(conversation.received)
        taken = conversation.take(enough)
        self.server.flights += waits
        return taken

    def take_line(self) -> str:
        raw = self.take(lambda got: got.find(b"\n") + 1)
        if not re.fullmatch(rb"[^\x00-\x1f\x7f]*\r\n", raw):
            self.server.odd.append(raw)
        return raw.rstrip(b"\r\n").decode()

    def say(self, *lines: str) -> None:
        self.conversation.send("".join(f"{line}\r\n" for line in lines).encode())

    def refuse(self, line: str, wanted: str) -> None:
        self.say("500 5.5.2 what?")

    # ---- commands

    def do_ehlo(self, line: str, wanted: str) -> None:
        offers = [one for one in self.server.offers if not (self.secure and one == "STARTTLS")]
        lines = ["mail.example", *offers]
        self.say(*[f"250{'-' if n < len(lines) else ' '}{text}" for n, text in enumerate(lines, 1)])

    do_lhlo = do_ehlo

    def do_helo(self, line: str, wanted: str) -> None:
        self.say("250 mail.example")

    def do_noop(self, line: str, wanted: str) -> None:
        self.say(wanted or "250 2.0.0 OK")

    def do_rset(self, line: str, wanted: str) -> None:
        self.reset()
        self.say("250 2.0.0 OK")

    def do_quit(self, line: str, wanted: str) -> None:
        self.say("221 2.0.0 bye")
        self.conversation.end()

    def do_help(self, line: str, wanted: str) -> None:
        self.say("214-one", "214 two")

    def do_vrfy(self, line: str, wanted: str) -> None:
        self.say(f"252 {line[5:]}")

    do_expn = do_vrfy

    def do_starttls(self, line: str, wanted: str) -> None:
        self.say("220 2.0.0 go on")
        assert self.server.tls is not None
        start_tls(self.server.tls)(self.conversation)
        self.secure = True

    def do_mail(self, line: str, wanted: str) -> None:
        found = re.fullmatch(r"mail from:<(.*?)>((?: \S+)*)", line, re.IGNORECASE)
        if found is None:
            self.say("501 5.5.4 syntax")
        elif self.mail is not None:
            self.say("503 5.5.1 nested MAIL")
        else:
            self.mail = Mail(found[1], [], b"", found[2].split(), user=self.user)
            self.say(wanted or "250 2.1.0 OK")

    def do_rcpt(self, line: str, wanted: str) -> None:
        found = re.fullmatch(r"rcpt to:<(.*?)>((?: \S+)*)", line, re.IGNORECASE)
        if found is None:
            self.say("501 5.5.4 syntax")
        elif self.mail is None:
            self.say("503 5.5.1 need MAIL")
        else:
            self.mail.recipients.append(found[1])
            self.mail.rcpt_options += found[2].split()
            self.say(wanted or "250 2.1.5 OK")

    def do_data(self, line: str, wanted: str) -> None:
        if (self.mail is None or not self.mail.recipients) and not wanted:
            self.say("503 5.5.1 no valid recipients")
            return
        self.say("354 go on")
        data = self.take(lambda got: 3 if got.startswith(b".\r\n") else find_end(got))
        if re.search(rb"(?<!\r)\n|\r(?!\n)", data):
            self.server.odd.append(data)
        self.close_message(re.sub(rb"(?m)^\.", b"", data[:-3]))

    def do_bdat(self, line: str, wanted: str) -> None:
        _, size, *last = line.split()
        chunk = self.conversation.take(lambda got: int(size) * (len(got) >= int(size))) if int(size) else b""
        if wanted:
            self.say(wanted)
        elif self.mail is None or not self.mail.recipients:
            self.say("503 5.5.1 no valid recipients")
        elif not last:
            self.chunks += chunk
            self.say("250 2.0.0 more")
        else:
            self.close_message(self.chunks + chunk)

    def close_message(self, message: bytes) -> None:
        mail = self.mail or Mail("", [], b"")
        self.reset()
        asked, mail.message = mail.recipients, message
        mail.recipients = []
        for recipient in asked if self.server.lmtp else ["all"]:
            reply = self.server.answer(f"end {recipient}")
            if reply is None:
                self.conversation.end()
            if callable(reply):
                reply(self.conversation)
                continue
            if (reply or "250").startswith("2"):
                if not mail.recipients:
                    self.server.mails.append(mail)
                mail.recipients += [recipient] if self.server.lmtp else asked
            self.say(reply or "250 2.0.0 taken")

    # ---- logging in

    def do_auth(self, line: str, wanted: str) -> None:
        _, mechanism, *initial = line.split(" ")
        binding = self.server.binding(self.conversation.sock) if self.server.binding else None
        exchange = sasl_server.begin(mechanism, self.server.users, binding=binding, cheat=self.server.cheat)
        if exchange is None:
            self.say("504 5.5.4 unknown")
            return
        try:
            challenge = next(exchange)
            if initial:
                challenge = exchange.send(base64.b64decode(initial[0] if initial[0] != "=" else ""))
            while True:
                self.say("334 " + base64.b64encode(challenge).decode())
                self.server.commands.append(answer := self.take_line())
                if answer == "*":
                    self.say("501 5.7.0 given up")
                    return
                challenge = exchange.send(base64.b64decode(answer, validate=True))
        except StopIteration as end:
            if end.value:
                self.user = mechanism
            self.say(wanted or "235 2.7.0 welcome" if end.value else "535 5.7.8 no")


def find_end(data: bytes) -> int:
    """Where a message by DATA ends; 0 where it does not yet."""
    return data.find(b"\r\n.\r\n") + 5 if b"\r\n.\r\n" in data else 0


@pytest.fixture
def mail(peer: Callable[..., Peer]) -> Callable[..., tuple[MailServer, Peer]]:
    """Make a mail server and the peer that it is the script of."""

    def make(
        offers: Sequence[str] = ALL, *, peer_options: dict[str, Any] | None = None, **options: Any
    ) -> Any:
        server = MailServer(*offers, **options)
        return server, peer([server], **(peer_options or {}))

    return make
