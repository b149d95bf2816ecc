"""An FTP server that says exactly what a test tells it to: a peer whose first connection is the control connection.

    server = ftp_peer(
        [*LOGIN, ("EPSV", "229 (|||{port}|)"), ("RETR x", "150 here", END, "226 done")],
        data=[b"hello"],
    )

An exchange is what the client must say and what it hears then; the next connections are data connections, in order. To
them belongs bytes (sent, and the connection is closed), None (read to the end), or a script of steps of its own. END in
an exchange waits until the data connection at hand has ended; a step may stand there too. ``{port}``, ``{comma}`` and
``{bytes}`` are the peer's own port, in three notations, which serves data connections as well. After ``234`` follows the TLS handshake.
"""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any, Final

import pytest

from tests.fix_peer import (
    NO_FAULTS,
    Conversation,
    Faults,
    Peer,
    expect,
    half_close,
    send,
    start_tls,
    wait,
)

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator, Sequence

    from tests.fix_peer import Step

END: Final = object()
LOGIN: Final = (("USER anonymous", "331 password"), ("PASS anonymous@", "230 in"))
EPSV: Final = ("EPSV", "229 (|||{port}|)")
PASV: Final = ("PASV", "227 ({comma})")
TYPE_I: Final = ("TYPE I", "200 image")
TYPE_A: Final = ("TYPE A", "200 text")

Exchange = tuple[Any, ...]


def read_to_end(conversation: Conversation) -> None:
    """Read all that the client sends, up to its end."""
    while conversation.fill():
        pass


def end_if_open(conversation: Conversation) -> None:
    """Close a connection in order, unless a step has ended it."""
    if conversation.sock.fileno() >= 0:
        conversation.end()


class FTPPeer:
    """The scripted server. port: where it listens; said(): the lines of the control connection; stored(n): an upload."""

    def __init__(
        self,
        exchanges: Sequence[Exchange],
        data: Sequence[bytes | Sequence[Step] | None] = (),
        *,
        greeting: Any = "220 hello",
        secure: ssl.SSLContext | None = None,
        private: bool = True,
        implicit: bool = False,
        faults: Faults = NO_FAULTS,
    ) -> None:
        self._ended = [threading.Event() for _ in data]
        self._at = 0
        # Faults bend what the control connection says; data connections have steps of their own for that.
        control: list[Step] = [lambda conversation: setattr(conversation, "faults", faults)]
        data_tls = secure if private else None
        scripts = [
            self._data_script(one, ended, data_tls) for one, ended in zip(data, self._ended, strict=True)
        ]
        self.peer = Peer(control, *scripts)
        self.port = self.peer.port
        first = [start_tls(secure)] if secure and implicit else []
        control += first
        control.append(self._send(greeting) if isinstance(greeting, str) else greeting)
        for exchange in exchanges:
            control += self._exchange(exchange, secure)

    def _data_script(self, what: Any, ended: threading.Event, tls: ssl.SSLContext | None) -> list[Step]:
        steps: list[Step] = [start_tls(tls)] if tls else []
        if what is None:
            steps += [read_to_end]
        elif isinstance(what, bytes):
            steps += [send(what)]
        else:
            steps += what
        return [*steps, lambda _: ended.set(), end_if_open]

    def _send(self, text: str) -> Step:
        halves = f"{self.port >> 8},{self.port & 255}"
        known = {"{port}": str(self.port), "{bytes}": halves, "{comma}": f"127,0,0,1,{halves}"}
        for mark, value in known.items():
            text = text.replace(mark, value)
        return send((text + "\r\n").encode("latin-1"))

    def _exchange(self, exchange: Exchange, secure: ssl.SSLContext | None) -> list[Step]:
        command, *answers = exchange
        steps: list[Step] = [expect(command if isinstance(command, bytes) else f"{command}\r\n".encode())]
        for answer in answers:
            if answer is END:
                steps.append(wait(self._ended[self._at]))
                self._at += 1
            elif isinstance(answer, bytes):
                steps.append(send(answer))
            elif isinstance(answer, str):
                steps.append(self._send(answer))
                if answer.startswith("234") and secure:
                    steps.append(start_tls(secure))
            else:
                steps.append(answer)
        return steps

    def heard(self, index: int = 0) -> bytes:
        """Everything the client said on one connection, 0 is the control connection, once that has ended."""
        return self.peer.heard(index)

    def lines(self) -> list[str]:
        """What the client said on the control connection so far, line by line."""
        return self.peer.conversations[0].received.decode("latin-1").split("\r\n")[:-1]


@pytest.fixture
def ftp_peer() -> Iterator[Callable[..., FTPPeer]]:
    """Make scripted servers that are closed, and whose scripts are judged, when the test ends."""
    made: list[FTPPeer] = []

    def make(*args: Any, **options: Any) -> FTPPeer:
        made.append(FTPPeer(*args, **options))
        return made[-1]

    yield make
    for one in made:
        one.peer.close()


__all__ = ["END", "EPSV", "LOGIN", "PASV", "TYPE_A", "TYPE_I", "FTPPeer", "half_close", "read_to_end"]
