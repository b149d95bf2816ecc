"""TLS inside TLS for the blocking twin: a socket's face over a ``Layer`` over another TLS socket.

``SSLContext.wrap_socket`` works on a file descriptor and so cannot stand on another TLS session; this can.
"""

import io
import ssl
from typing import IO, Any

from wirekit._io.tls import Layer

__all__ = ["NestedTLS"]


class NestedTLS:
    """A TLS session through ``sock``, itself TLS: what programs use of ``ssl.SSLSocket``."""

    def __init__(
        self,
        sock: Any,
        context: ssl.SSLContext,
        server_hostname: str | None,
        *,
        server_side: bool = False,
        session: ssl.SSLSession | None = None,
    ) -> None:
        self.context = context
        self._sock = sock
        self._layer = Layer(context, server_hostname, server_side=server_side, session=session)
        self._plain = b""
        self._files = 0
        self._closing = False
        self._shake_hands()

    def _shake_hands(self) -> None:
        received = b""
        try:
            while not self._layer.handshake(received):
                self._sock.sendall(self._layer.outgoing())
                received = self._sock.recv(Layer.RECORDS)
                if not received:
                    message = "EOF occurred in violation of protocol: the peer hung up in the TLS handshake"
                    raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, message)
        finally:
            if alert := self._layer.outgoing():
                self._sock.sendall(alert)
        self._plain = self._layer.decrypt(b"")

    def recv(self, n: int, flags: int = 0) -> bytes:  # noqa: ARG002 - the socket's signature
        """Return at most n bytes; ``b""`` at the end of the stream."""
        while not self._plain and not self._layer.ended:
            received = self._sock.recv(Layer.RECORDS)
            if not received:
                break
            self._plain = self._layer.decrypt(received)
            if answer := self._layer.outgoing():
                self._sock.sendall(answer)
        if not self._plain and self._layer.broken is not None:
            raise self._layer.broken
        data, self._plain = self._plain[:n], self._plain[n:]
        return data

    def recv_into(self, view: Any, n: int = 0, flags: int = 0) -> int:  # noqa: ARG002 - the socket's signature
        """Receive into a writable buffer; return how many bytes."""
        data = self.recv(n or len(view))
        view[: len(data)] = data
        return len(data)

    def sendall(self, data: Any, flags: int = 0) -> None:  # noqa: ARG002 - the socket's signature
        """Send bytes-like data whole."""
        view = memoryview(data).cast("B")
        for at in range(0, len(view), Layer.RECORDS):
            self._sock.sendall(self._layer.encrypt(view[at : at + Layer.RECORDS]))

    def send(self, data: Any, flags: int = 0) -> int:
        """Send bytes-like data whole; return its length."""
        self.sendall(data, flags)
        return len(data)

    def sendfile(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """Send count bytes (or all) of an open file from offset on; return how many."""
        file.seek(offset)
        sent = 0
        while block := file.read(Layer.RECORDS if count is None else min(Layer.RECORDS, count - sent)):
            self.sendall(block)
            sent += len(block)
        return sent

    def makefile(self, mode: str = "rb", buffering: int | None = None, **_: Any) -> Any:
        """Return a binary file that reads from here; the session stays open until it is closed too."""
        if mode != "rb":
            message = f"only mode 'rb' is offered here, not {mode!r}"
            raise ValueError(message)
        raw = _Reader(self)
        return raw if buffering == 0 else io.BufferedReader(raw)

    @property
    def cut(self) -> bool:
        """Whether the session, having ended, did so without the peer's goodbye."""
        return not self._layer.ended

    def pending(self) -> int:
        """Return how many decrypted bytes stand here."""
        return len(self._plain)

    def unwrap(self) -> Any:
        """Say goodbye and return the socket below, still TLS itself."""
        self._sock.sendall(self._layer.goodbye())
        return self._sock

    def shutdown(self, how: int) -> None:  # noqa: ARG002 - the socket's signature
        """Say that we send no more."""
        self._sock.sendall(self._layer.goodbye())

    def close(self) -> None:
        """Close the socket below too, once no file of ``makefile`` is open any more."""
        self._closing = True
        if not self._files:
            self._sock.close()

    def __getattr__(self, name: str) -> Any:
        """Give getpeercert, cipher, version ... of the session; gettimeout, getpeername, fileno ... of the socket."""
        if name.startswith("_"):
            raise AttributeError(name)
        found = getattr(self._layer.object, name, None)
        return getattr(self._sock, name) if found is None else found


class _Reader(io.RawIOBase):
    def __init__(self, owner: NestedTLS) -> None:
        self._owner = owner
        owner._files += 1  # noqa: SLF001 - one mechanism in two classes

    def readable(self) -> bool:
        return True

    def readinto(self, view: Any) -> int:
        return self._owner.recv_into(view)

    def close(self) -> None:
        if not self.closed:
            super().close()
            self._owner._files -= 1  # noqa: SLF001 - see above
            if self._owner._closing:  # noqa: SLF001
                self._owner.close()
