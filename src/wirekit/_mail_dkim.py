"""Signing messages by DKIM (RFC 6376), with dkimpy: ``pip install 'wirekit[dkim]'``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

__all__ = ["DKIM"]

SIGNED = (
    "from", "reply-to", "sender", "to", "cc", "subject", "date", "message-id", "in-reply-to", "references",
    "mime-version", "content-type", "content-transfer-encoding", "content-id", "content-description",
    "list-id", "list-help", "list-unsubscribe", "list-unsubscribe-post", "list-subscribe", "list-post", "list-owner",
    "list-archive",
)  # fmt: skip
"""The fields that RFC 6376 section 5.4.1 recommends, and those of RFC 8058."""


class DKIM:
    """A domain's signature.

    domain: who signs. selector: names the public key, at ``selector._domainkey.domain``. key: the private key, PEM in
    text or bytes (RSA), or the base64 of 32 bytes with ``algorithm="ed25519-sha256"``. fields: what is signed, of those
    that a message has; From always is.
    """

    def __init__(
        self,
        domain: str,
        selector: str,
        key: str | bytes,
        *,
        algorithm: str = "rsa-sha256",
        fields: Iterable[str] = SIGNED,
    ) -> None:
        for name, value in (("domain", domain), ("selector", selector)):
            if not value or any(letter in value for letter in "; \t\r\n="):
                text = f"{value!r} is no {name} of a DKIM signature"
                raise ValueError(text)
        if algorithm not in {"rsa-sha256", "ed25519-sha256"}:
            text = f"DKIM signs by rsa-sha256 or ed25519-sha256 (RFC 8301, 8463), not {algorithm!r}"
            raise ValueError(text)
        self.domain, self.selector, self.algorithm = domain, selector, algorithm
        self.fields = tuple(dict.fromkeys(["from", *(name.lower() for name in fields)]))
        self._key = key.encode("ascii") if isinstance(key, str) else key

    def __repr__(self) -> str:
        return f"DKIM({self.domain!r}, {self.selector!r}, ...)"

    def sign(self, message: bytes) -> bytes:
        """Return a whole message, CRLF line ends, with its signature in front.

        ModuleNotFoundError without dkimpy, ValueError for a key that is none and for a message without From.
        """
        try:
            import dkim
        except ModuleNotFoundError as error:
            error.add_note("signing needs dkimpy; run: pip install 'wirekit[dkim]'")
            raise
        names = {
            line.partition(b":")[0].strip().lower()
            for line in message.partition(b"\r\n\r\n")[0].split(b"\r\n")
            if line[:1] not in {b" ", b"\t"}
        }
        try:
            signature: bytes = dkim.sign(
                message,
                self.selector.encode("idna"),
                self.domain.encode("idna"),
                self._key,
                canonicalize=(b"relaxed", b"relaxed"),
                signature_algorithm=self.algorithm.encode("ascii"),
                include_headers=[name for field in self.fields if (name := field.encode("ascii")) in names],
            )
        except dkim.DKIMException as error:
            text = f"the message cannot be signed: {error}"
            raise ValueError(text) from error
        return signature + message
