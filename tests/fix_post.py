"""A mail server as a step of the misbehaving peer: it says what a test wants, and keeps what it was told."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from tests.fix_peer import Conversation, ScriptError, start_tls

if TYPE_CHECKING:
    import ssl


class Post:
    """A mail server as the step of a peer; what it took, and what it shall answer otherwise than usual.

    answers: command (``RCPT TO:<no@``, any beginning) to a reply, or to a list of replies used up one by one; None ends
    the connection in place of a reply.
    """

    def __init__(self, *offers: str, tls: ssl.SSLContext | None = None, **answers: Any) -> None:
        self.offers = offers
        self.tls = tls
        self.answers: dict[str, Any] = answers.pop("answers", {})
        self.taken: list[tuple[str, list[str], bytes]] = []
        self.said: list[str] = []
        self.lock = threading.Lock()

    def __call__(self, conversation: Conversation) -> None:
        """Serve one connection until it ends."""
        conversation.send(b"220 post.example\r\n")
        sender, recipients = "", list[str]()
        while True:
            try:
                line = conversation.take(lambda got: got.find(b"\n") + 1).decode().rstrip("\r\n")
                line = line[:4].upper() + line[4:]
            except ScriptError:
                return  # the client has left
            reply = self.answer(line)
            if reply is None:
                conversation.end()
            conversation.send(f"{reply}\r\n".encode())
            verb, good = line[:4].upper(), reply[0] in "23"
            if verb == "MAIL":
                sender, recipients = line[11:].partition(">")[0], []
            elif verb == "RCPT" and good:
                recipients.append(line[9:].partition(">")[0])
            elif verb == "DATA" and good:
                message = conversation.take(
                    lambda got: got.find(b"\r\n.\r\n") + 5 if b"\r\n.\r\n" in got else 0
                )
                reply = self.answer("the end")
                if reply is None:
                    conversation.end()
                if reply[0] == "2":
                    with self.lock:
                        self.taken.append((sender, recipients, message))
                conversation.send(f"{reply}\r\n".encode())
            elif line.upper() == "STARTTLS" and good:
                assert self.tls is not None
                start_tls(self.tls)(conversation)
            elif verb == "QUIT":
                conversation.end()

    def answer(self, line: str) -> Any:
        with self.lock:
            self.said.append(line)
            for start, reply in self.answers.items():
                if line.upper().startswith(start.upper()):
                    if not isinstance(reply, list):
                        return reply
                    if reply:
                        return reply.pop(0)
        if line.startswith("EHLO"):
            return "\r\n".join(["250-post.example", *(f"250-{offer}" for offer in self.offers), "250 HELP"])
        return {"DATA": "354 go on", "QUIT": "221 bye", "STARTTLS": "220 go on", "AUTH": "235 OK"}.get(
            line[:8].upper().split()[0], "250 2.0.0 OK"
        )
