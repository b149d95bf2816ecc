"""TLS: the context of a client that verifies, and one layer of TLS between two byte streams.

``Layer`` knows no socket: ciphertext goes in and plaintext comes out, and the other way round, through memory. That
makes it the same for both twins, and lets layers stand on each other (TLS through a TLS proxy), begin in the middle of
a conversation (STARTTLS, AUTH TLS) and end before it does (CCC).
"""

import ssl
from typing import Any

from wirekit import defaults
from wirekit._wire.certificates import hash_end_point

__all__ = ["Layer", "channel_binding", "client_context", "describe", "shared_context"]

_shared: dict[tuple[bool, bool, str | None], ssl.SSLContext] = {}


def client_context(alpn: str | None = "http/1.1") -> ssl.SSLContext:
    """Make a context for clients by ``defaults.active``: certificate and host name are checked.

    alpn: the protocol that is offered (RFC 7301); None offers nothing, as FTP and mail servers want it. Those are
    checked where ``verify_tls_beyond_http`` is on as well.
    """
    context = _system_context() if defaults.active.system_certificates else ssl.create_default_context()
    if alpn is not None:
        context.set_alpn_protocols([alpn])
    if context.post_handshake_auth is not None:
        context.post_handshake_auth = True
    if not _verifies(alpn):
        context.check_hostname = False
        context.verify_mode = ssl.CERT_NONE
    return context


def _verifies(alpn: str | None) -> bool:
    return defaults.active.verify_tls and (alpn is not None or defaults.active.verify_tls_beyond_http)


def shared_context(alpn: str | None = "http/1.1") -> ssl.SSLContext:
    """Return the one context of this process for connections that need nothing of their own. Never to be changed.

    Reading the system's certificates takes some 10 ms; a connection whose owner touches its context gets a new one.
    """
    key = (defaults.active.system_certificates, _verifies(alpn), alpn)
    if key not in _shared:
        _shared[key] = client_context(alpn)
    return _shared[key]


def describe(context: Any) -> tuple[Any, ...]:
    """Return a context with those of its settings that may be changed while it is used (security rows 46 and 47).

    The settings come as the numbers that OpenSSL has: ssl's own properties make enumerations of them, which costs ten
    times as much, and once more whenever one is hashed. A class above it (truststore's) is asked in its own way.
    """
    own: Any = super(ssl.SSLContext, context) if type(context) is ssl.SSLContext else context
    return (
        context,
        own.verify_mode,
        own.check_hostname,
        own.verify_flags,
        own.options,
        own.minimum_version,
    )


def channel_binding(session: Any) -> tuple[str, bytes] | None:
    """Return (kind, bytes) of what is common to both ends of a TLS session alone (RFC 5056); None where nothing is known.

    session: as ``Stream.tls`` has it. The kind is the one that the session's version prescribes (RFC 9266, RFC 5929),
    as far as Python's ssl gives it; else a hash of the server's certificate.
    """
    kind = "tls-exporter" if session.version() == "TLSv1.3" else "tls-unique"
    if kind in ssl.CHANNEL_BINDING_TYPES and (data := session.get_channel_binding(kind)):
        return kind, data
    certificate = session.getpeercert(True)
    data = hash_end_point(certificate) if certificate else None
    return None if data is None else ("tls-server-end-point", data)


def _system_context() -> ssl.SSLContext:
    """Trust what the operating system trusts: by truststore where that is not simply a file."""
    import sys

    if sys.platform not in {"darwin", "win32"} and ssl.get_default_verify_paths().cafile:
        return ssl.create_default_context()
    import truststore

    return truststore.SSLContext(ssl.PROTOCOL_TLS_CLIENT)


class Layer:
    """One TLS session over a byte stream that others move.

    ``outgoing()`` gives the ciphertext that has to be sent next; ask for it after every call.
    """

    RECORDS = 1 << 18
    """Bytes of plaintext taken out, or put in, at once."""

    def __init__(
        self,
        context: ssl.SSLContext,
        server_hostname: str | None,
        *,
        server_side: bool = False,
        session: ssl.SSLSession | None = None,
    ) -> None:
        if context.check_hostname and not server_hostname and not server_side:
            message = (
                "check_hostname requires server_hostname: name the host that the certificate must be for"
            )
            raise ValueError(message)
        self._received = ssl.MemoryBIO()
        self._to_send = ssl.MemoryBIO()
        self.object = context.wrap_bio(self._received, self._to_send, server_side, server_hostname, session)
        self.ended = False  # nothing more can come: the peer has said goodbye (close_notify), or broke off
        self.broken: ssl.SSLError | None = None  # what stood behind the last plaintext and was no TLS

    def outgoing(self) -> bytes:
        """Return the ciphertext to send now; ``b""`` when there is none."""
        return self._to_send.read() if self._to_send.pending else b""

    def handshake(self, received: bytes) -> bool:
        """Go on with the handshake after these bytes; True when it is done. Raises ssl.SSLError when it fails."""
        self._received.write(received)
        try:
            self.object.do_handshake()
        except ssl.SSLWantReadError:
            return False
        return True

    def decrypt(self, received: bytes) -> bytes:
        """Return the plaintext that these bytes complete, maybe none. Sets ``ended`` at the peer's goodbye.

        Raises ssl.SSLError for what is no TLS; sets ``broken`` and ``ended`` where plaintext came whole before it.
        """
        self._received.write(received)
        parts = []
        try:
            while part := self.object.read(self.RECORDS):
                parts.append(part)
            self.ended = True
        except ssl.SSLWantReadError:
            pass
        except ssl.SSLZeroReturnError:
            self.ended = True
        except ssl.SSLError as error:
            if not parts:
                raise
            self.ended, self.broken = True, error
        return parts[0] if len(parts) == 1 else b"".join(parts)

    def encrypt(self, data: bytes | memoryview) -> bytes:
        """Return the ciphertext of data."""
        self.object.write(data)
        return self._to_send.read()

    def rest(self) -> bytes:
        """Return what was received behind the peer's goodbye: no part of this session."""
        return self._received.read()

    def goodbye(self) -> bytes:
        """Return our close_notify, and whatever else is still to send; nothing is waited for."""
        try:
            self.object.unwrap()
        except ssl.SSLError:
            pass  # SSLWantReadError: ours is written, the peer's is not awaited; anything else: the session is broken
        return self.outgoing()
