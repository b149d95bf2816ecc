"""SCRAM: both sides prove that they know the password, and neither says it (RFC 5802, RFC 7677).

    client: n,,n=user,r=NONCE                        which channel binding, who, a random number
    server: r=NONCE+MORE,s=SALT,i=4096               the number made longer, salt and rounds
    client: c=biws,r=NONCE+MORE,p=PROOF
    server: v=SIGNATURE                              the server's own proof, which we check

In the -PLUS form the proof covers the TLS session too, so that whoever sits between cannot pass it on. Where we could
bind and the server does not offer it we say so (``y``): a server that did offer it, and whose offer was taken out on the
way, ends the exchange.
"""

import base64
import binascii
import hashlib
import hmac
import re
from typing import Final, NamedTuple

from wirekit._wire.sasl import SaslError, prepare

__all__ = ["MAX_ROUNDS", "MIN_ROUNDS", "Binding", "Scram"]

MIN_ROUNDS: Final = 4096
"""Rounds of hashing below which a server's wish is refused: RFC 7677 section 4 asks for so many at least."""
MAX_ROUNDS: Final = 2_000_000
"""Rounds above which it is refused: they keep a processor busy for a second, and a server could ask for any number."""

_FIRST = re.compile(rb"r=([!-+\--~]++),s=([A-Za-z0-9+/=]++),i=([1-9][0-9]{0,9})(?:,.*)?", re.DOTALL).fullmatch
_FINAL = re.compile(rb"v=([A-Za-z0-9+/=]++)(?:,.*)?", re.DOTALL).fullmatch
_REFUSAL = re.compile(rb"e=([!-+\--~]++)").match


class Binding(NamedTuple):
    """What is common to both ends of one TLS session, and to nobody else (RFC 5056)."""

    name: str
    """Its kind, as registered: tls-exporter, tls-unique, tls-server-end-point."""
    data: bytes
    """The bytes."""


class Scram:
    """One exchange; to be called with None or the empty challenge first, then with each challenge.

    hash_name: as hashlib has it. nonce: a random text, new for each exchange. binding: of this TLS session, where that is
    known. plus: the mechanism is a -PLUS one. offered: the server offers a -PLUS one. ValueError for a name or password
    that SASLprep prohibits.
    """

    def __init__(
        self,
        hash_name: str,
        user: str,
        password: str,
        nonce: str,
        *,
        authzid: str = "",
        binding: Binding | None = None,
        plus: bool = False,
        offered: bool = False,
    ) -> None:
        self._hash = hash_name
        self._password = prepare(password, strict=True)
        self._nonce = nonce.encode("ascii")
        flag = "p=" + binding.name if plus and binding else "y" if binding and not offered else "n"
        name = b"a=" + _escape(prepare(authzid, strict=True)) if authzid else b""
        self._header = b"%b,%b," % (flag.encode("ascii"), name)
        self._bound = self._header + (binding.data if plus and binding else b"")
        self._bare = b"n=%b,r=%b" % (_escape(prepare(user, strict=True)), self._nonce)
        self._expected: bytes | None = None  # the server's signature, once our proof was sent
        self.proven = False
        """Whether the server has proved that it knows the password as well."""

    def __repr__(self) -> str:
        return f"<Scram {self._hash}>"

    def __call__(self, challenge: bytes | None) -> bytes:
        """Return the answer to a challenge. SaslError for one that is none, or proves that the server is another."""
        if not challenge and self._expected is None:
            return self._header + self._bare
        if self._expected is None:
            return self._prove(challenge or b"")
        self._check(challenge or b"", self._expected)
        return b""

    def _prove(self, first: bytes) -> bytes:
        if refusal := _REFUSAL(first):
            raise SaslError(f"the server ends SCRAM: {refusal[1].decode('ascii')}")
        if not (found := _FIRST(first)):
            raise SaslError("the server's first SCRAM message is none")
        nonce, salt, rounds = found[1], _decode(found[2]), int(found[3])
        if not nonce.startswith(self._nonce) or nonce == self._nonce:
            raise SaslError("the server's SCRAM message answers another exchange")
        if not MIN_ROUNDS <= rounds <= MAX_ROUNDS:
            raise SaslError(f"the server asks for {rounds} rounds of SCRAM, not {MIN_ROUNDS} to {MAX_ROUNDS}")
        without_proof = b"c=%b,r=%b" % (base64.b64encode(self._bound), nonce)
        message = b",".join((self._bare, first, without_proof))
        salted = hashlib.pbkdf2_hmac(self._hash, self._password, salt, rounds)
        key = self._sign(salted, b"Client Key")
        signature = self._sign(hashlib.new(self._hash, key).digest(), message)
        proof = bytes(one ^ other for one, other in zip(key, signature, strict=True))
        self._expected = self._sign(self._sign(salted, b"Server Key"), message)
        return b"%b,p=%b" % (without_proof, base64.b64encode(proof))

    def _sign(self, key: bytes, message: bytes) -> bytes:
        return hmac.digest(key, message, self._hash)

    def _check(self, final: bytes, expected: bytes) -> None:
        if refusal := _REFUSAL(final):
            raise SaslError(f"the server refuses our proof: {refusal[1].decode('ascii')}")
        found = _FINAL(final)
        if not found or not hmac.compare_digest(_decode(found[1]), expected):
            raise SaslError("the server does not know the password itself: it is not who it says")
        self.proven = True


def _escape(name: bytes) -> bytes:
    return name.replace(b"=", b"=3D").replace(b",", b"=2C")


def _decode(text: bytes) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error:
        raise SaslError("the server's SCRAM message holds no base64") from None
