"""DIGEST-MD5 (RFC 2831): obsolete (RFC 6331), and still what some servers offer beside PLAIN.

server: realm="example.org",nonce="...",qop="auth",charset=utf-8,algorithm=md5-sess
client: username="...",realm="...",nonce="...",cnonce="...",nc=00000001,qop=auth,digest-uri="smtp/host",response=...
server: rspauth=...                                             the server's own proof, which we check
"""

import hashlib
import hmac
import re
from typing import Final

from wirekit._wire.sasl import SaslError, prepare

__all__ = ["DigestMD5"]

_TOKEN: Final = rb"[!#-'*+\-.0-9A-Z^-z|~]++"
_DIRECTIVES = re.compile(
    rb'[ \t,]*+(%b)[ \t]*+=[ \t]*+("(?:[^"\\]|\\.)*+"|%b)[ \t]*+(?:,|\Z)' % (_TOKEN, _TOKEN), re.DOTALL
)
_unescape = re.compile(rb"\\(.)", re.DOTALL).sub
MAX_CHALLENGE: Final = 2048
"""RFC 2831 section 2.1.1: a challenge is smaller than that."""


class DigestMD5:
    """One exchange, without integrity or privacy layers; to be called with None, then with each challenge.

    host: the server's name. nonce: a random text, new for each exchange. service: the protocol's registered name.
    """

    def __init__(
        self, user: str, password: str, host: str, nonce: str, *, authzid: str = "", service: str = "smtp"
    ) -> None:
        self._user, self._password = prepare(user), prepare(password)
        self._authzid = prepare(authzid)
        self._uri = f"{service}/{host}".encode()
        self._nonce = nonce.encode("ascii")
        self._expected: bytes | None = None
        self.proven = False
        """Whether the server has proved that it knows the password as well."""

    def __repr__(self) -> str:
        return "<DigestMD5>"

    def __call__(self, challenge: bytes | None) -> bytes | None:
        """Return the answer to a challenge. SaslError for one that is none, or proves that the server is another."""
        if challenge is None:
            return None
        given = parse_directives(challenge)
        if self._expected is None:
            return self._answer(given)
        if not hmac.compare_digest(given.get(b"rspauth", b"").lower(), self._expected):
            raise SaslError("the server does not know the password itself: it is not who it says")
        self.proven = True
        return b""

    def _answer(self, given: dict[bytes, bytes]) -> bytes:
        if b"nonce" not in given or given.get(b"algorithm", b"").lower() != b"md5-sess":
            raise SaslError("the server's DIGEST-MD5 challenge is none")
        if b"auth" not in re.split(rb"[ \t]*,[ \t]*", given.get(b"qop", b"auth").lower()):
            raise SaslError("the server wants DIGEST-MD5 with a layer of its own over the connection")
        realm = given.get(b"realm", b"")
        inner = _md5(b":".join((self._user, realm, self._password)))
        seed = b":".join((inner, given[b"nonce"], self._nonce, *([self._authzid] if self._authzid else [])))
        secret = _hex(seed)
        middle = b":".join((given[b"nonce"], b"00000001", self._nonce, b"auth"))
        response = _hex(b":".join((secret, middle, _hex(b"AUTHENTICATE:" + self._uri))))
        self._expected = _hex(b":".join((secret, middle, _hex(b":" + self._uri))))
        fields = [
            b"charset=utf-8",
            b"username=" + _quote(self._user),
            *([b"realm=" + _quote(realm)] if realm else []),
            b"nonce=" + _quote(given[b"nonce"]),
            b"nc=00000001",
            b"cnonce=" + _quote(self._nonce),
            b"digest-uri=" + _quote(self._uri),
            b"response=" + response,
            b"qop=auth",
            *([b"authzid=" + _quote(self._authzid)] if self._authzid else []),
        ]
        return b",".join(fields)


def parse_directives(text: bytes) -> dict[bytes, bytes]:
    """Return the directives of a challenge by name in lower case, quotes taken off; the first of equal names.

    SaslError for what is no list of them.
    """
    found: dict[bytes, bytes] = {}
    pos = 0
    while len(text) <= MAX_CHALLENGE and (directive := _DIRECTIVES.match(text, pos)):
        value = directive[2]
        if value.startswith(b'"'):
            value = _unescape(rb"\1", value[1:-1])
        found.setdefault(directive[1].lower(), value)
        pos = directive.end()
    if not found or text[pos:].strip(b" \t,"):
        raise SaslError("the server's DIGEST-MD5 challenge is none")
    return found


def _md5(data: bytes) -> bytes:
    return hashlib.md5(data, usedforsecurity=False).digest()  # what the mechanism is made of


def _hex(data: bytes) -> bytes:
    return _md5(data).hex().encode("ascii")


def _quote(value: bytes) -> bytes:
    return b'"%b"' % value.replace(b"\\", b"\\\\").replace(b'"', b'\\"')
