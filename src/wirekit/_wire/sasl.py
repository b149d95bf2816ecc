"""SASL: how a client proves who it is (RFC 4422), as far as SMTP servers know ways to do it.

A mechanism is a function from challenge to answer, both bytes. It is called with None first, for the initial response
(RFC 4954 section 4); None in return says that the server has to begin. Where several calls belong together
(``wirekit._wire.sasl_scram``, ``wirekit._wire.sasl_digest``) it is an object.

What is wrong with the credentials is the caller's ValueError; what is wrong with the server's part is ``SaslError``.
Neither shows a secret.
"""

import hmac
import re
from collections.abc import Callable, Iterable
from typing import Final

from wirekit._wire import saslprep

__all__ = [
    "CLEAR",
    "KNOWN",
    "Mechanism",
    "SaslError",
    "choose_mechanisms",
    "cram_md5",
    "external",
    "login",
    "oauthbearer",
    "plain",
    "prepare",
    "xoauth2",
]

Mechanism = Callable[[bytes | None], bytes | None]
"""What gives an answer to each challenge; to None the initial response, or None where the server begins."""

_HASHES: Final = ("512", "384", "256", "224", "1")
_BY_PASSWORD: Final = (
    *(f"SCRAM-SHA-{bits}-PLUS" for bits in _HASHES),
    *(f"SCRAM-SHA-{bits}" for bits in _HASHES),
    "DIGEST-MD5",
    "CRAM-MD5",
    "PLAIN",
    "LOGIN",
)
"""Strongest first: bound to this TLS connection, proving the server too, hiding the password; then the rest."""
_BY_TOKEN: Final = ("OAUTHBEARER", "XOAUTH2")
KNOWN: Final = frozenset({*_BY_PASSWORD, *_BY_TOKEN, "EXTERNAL"})
"""All mechanisms that are here."""
CLEAR: Final = frozenset({"PLAIN", "LOGIN", *_BY_TOKEN})
"""Mechanisms that hand the secret itself to whoever listens."""

_is_token = re.compile(r"[!-~]++").fullmatch


class SaslError(Exception):
    """The server's part of a mechanism is wrong: no proof, a false one, or nonsense."""


def choose_mechanisms(offered: Iterable[str], *, token: bool, binding: bool, clear: bool) -> list[str]:
    """Return the mechanisms to try, best first, of those that a server offers.

    token: there is a token in the place of a password. binding: the connection can be bound to its TLS session. clear:
    the secret itself may be sent. Of the SCRAM family, which differ in the hash alone, each is listed.
    """
    known = {name.upper() for name in offered}
    return [
        name
        for name in (_BY_TOKEN if token else _BY_PASSWORD)
        if name in known and (binding or not name.endswith("-PLUS")) and (clear or name not in CLEAR)
    ]


def prepare(text: str, *, strict: bool = False) -> bytes:
    """Return a name or password as its bytes: by SASLprep, UTF-8.

    What SASLprep prohibits is taken as it is where a server might store it so; strict: ValueError. ValueError for NUL.
    """
    if "\0" in text:
        raise ValueError("a user name or password must not hold NUL")
    try:
        text = saslprep.prepare(text)
    except ValueError:
        if strict:
            raise
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:  # the error would show the secret
        raise ValueError("a user name or password cannot be encoded as UTF-8") from None


def plain(user: str, password: str, authzid: str = "") -> bytes:
    """Return PLAIN's one message (RFC 4616). authzid: whom to act as, where that is somebody else."""
    return b"\0".join((prepare(authzid), prepare(user), prepare(password)))


def login(user: str, password: str, number: int) -> bytes:
    """Return LOGIN's answer to the nth question, from 0: the user name, then the password. It has no specification."""
    return prepare(password if number else user)


def cram_md5(user: str, password: str, challenge: bytes) -> bytes:
    """Return CRAM-MD5's answer to a challenge (RFC 2195)."""
    return prepare(user) + b" " + hmac.new(prepare(password), challenge, "md5").hexdigest().encode("ascii")


def external(authzid: str = "") -> bytes:
    """Return EXTERNAL's one message (RFC 4422 appendix A): who we are stands in TLS, here whom to act as."""
    return prepare(authzid)


def xoauth2(user: str, token: str) -> bytes:
    """Return the one message of XOAUTH2, which Google and Microsoft documented."""
    return b"user=%b\x01auth=Bearer %b\x01\x01" % (_field(user), _check_token(token))


def oauthbearer(user: str, token: str, host: str, port: int) -> bytes:
    """Return the one message of OAUTHBEARER (RFC 7628 section 3.1)."""
    name = _field(user).replace(b"=", b"=3D").replace(b",", b"=2C")
    place = f"host={host}\x01port={port}".encode()
    return b"n,%b,\x01%b\x01auth=Bearer %b\x01\x01" % (
        b"a=" + name if name else b"",
        place,
        _check_token(token),
    )


def _field(text: str) -> bytes:
    if "\x01" in text:
        raise ValueError("a user name must not hold control characters")
    return prepare(text)


def _check_token(token: str) -> bytes:
    """Return a bearer token (RFC 6750 section 2.1: printable, without blanks); ValueError for what is none."""
    if not _is_token(token):
        raise ValueError("a token has characters that no token has")
    return token.encode("ascii")
