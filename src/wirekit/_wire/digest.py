"""Digest authentication (RFC 7616; RFC 2617 and RFC 2069 for older servers): which challenge to answer, and how.

    answer = format_answer(challenge, "alice", "s3cret", method="GET", uri="/a", count=1, cnonce=..., body=b"")

The password never leaves: what is sent is a hash over it, the server's nonce, the method and the URI. MD5, SHA-256 and
SHA-512-256 are known, each also with ``-sess``, and ``auth-int``, where a hash of the body is part of it.
"""

from __future__ import annotations

import hashlib
from typing import Final

from wirekit._wire.challenges import Challenge, format_quoted, parse_challenges
from wirekit._wire.percent import Quoting, quote_bytes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

__all__ = [
    "choose_challenge",
    "choose_protection",
    "find_hash",
    "find_next_nonce",
    "format_answer",
    "is_stale",
]

_HASHES: Final = {"MD5": "md5", "SHA-256": "sha256", "SHA-512-256": "sha512_256", "SHA": "sha1"}
"""Names of RFC 7616 section 6.1, and one that the standard library knows beside them."""
_STRENGTH: Final = ("SHA", "MD5", "SHA-256", "SHA-512-256")


def find_hash(algorithm: str) -> Callable[[bytes], str] | None:
    """Return the hash function of an algorithm, which gives hexadecimal text; None for one that is not known here.

    algorithm: as in a challenge, in any case, ``-sess`` or not.
    """
    name = _HASHES.get(_base_of(algorithm))
    if name is None or name not in hashlib.algorithms_available:
        return None
    kind: str = name
    return lambda data: hashlib.new(kind, data, usedforsecurity=False).hexdigest()


def _base_of(algorithm: str) -> str:
    return algorithm.upper().removesuffix("-SESS")


def choose_challenge(challenges: Iterable[Challenge]) -> Challenge | None:
    """Return the digest challenge with the strongest algorithm, the first of equals; None where none can be answered.

    One without a nonce, or with a quality of protection that is not known here, is none (security row 55).
    """
    best, strength = None, -1
    for challenge in challenges:
        if challenge.scheme != "digest" or not challenge.parameters.get("nonce"):
            continue
        algorithm = challenge.parameters.get("algorithm") or "MD5"
        if find_hash(algorithm) is None or choose_protection(challenge.parameters) is None:
            continue
        own = _STRENGTH.index(_base_of(algorithm))
        if own > strength:
            best, strength = challenge, own
    return best


def choose_protection(parameters: dict[str, str]) -> str | None:
    """Return ``auth`` or ``auth-int``, the latter only where nothing else is offered; ``""`` for RFC 2069's way.

    None for a kind of protection that is not known here.
    """
    if not parameters.get("qop"):  # some servers send it empty
        return ""
    offered = [one.strip().lower() for one in parameters["qop"].split(",")]
    return next((one for one in ("auth", "auth-int") if one in offered), None)


def is_stale(challenge: Challenge) -> bool:
    """Tell whether the answer before this was right but for its nonce: the same login may be tried again."""
    return challenge.parameters.get("stale", "").lower() == "true"


def find_next_nonce(values: Iterable[str]) -> str | None:
    """Return the nonce that an Authentication-Info field asks for from now on; None where it names none, or is malformed.

    values: of the fields of that name.
    """
    for challenge in parse_challenges([f"Digest {value}" for value in values]):
        if nonce := challenge.parameters.get("nextnonce"):
            return nonce
    return None


def format_answer(
    parameters: dict[str, str],
    user: str,
    password: str,
    *,
    method: str,
    uri: str,
    count: int,
    cnonce: str,
    body: bytes | None,
) -> str | None:
    """Return the value of an Authorization field that answers a challenge; None where it cannot be answered.

    parameters: of the challenge. uri: the request target as it is sent. count: how often this nonce was used, this
    time included. cnonce: text that nobody can foresee. body: for ``auth-int`` (None: it is not known).
    """
    digest = find_hash(parameters.get("algorithm") or "MD5")
    protection = choose_protection(parameters)
    nonce = parameters.get("nonce")
    if digest is None or protection is None or not nonce or (protection == "auth-int" and body is None):
        return None
    realm, number = parameters.get("realm", ""), f"{count:08x}"
    secret = digest(f"{user}:{realm}:{password}".encode())
    if parameters.get("algorithm", "").upper().endswith("-SESS"):
        secret = digest(f"{secret}:{nonce}:{cnonce}".encode())
    asked = f"{method}:{uri}"
    if protection == "auth-int":
        asked += f":{digest(body or b'')}"
    middle = f"{nonce}:{number}:{cnonce}:{protection}" if protection else nonce
    response = digest(f"{secret}:{middle}:{digest(asked.encode())}".encode())
    fields: list[tuple[str, Any]] = [
        *_name_user(parameters, user, realm, digest),
        ("realm", format_quoted(realm)),
        ("nonce", format_quoted(nonce)),
        ("uri", format_quoted(uri)),
        ("response", format_quoted(response)),
    ]
    if parameters.get("algorithm"):
        fields.append(("algorithm", parameters["algorithm"]))
    if "opaque" in parameters:
        fields.append(("opaque", format_quoted(parameters["opaque"])))
    if protection:
        fields += [("qop", protection), ("nc", number), ("cnonce", format_quoted(cnonce))]
    return "Digest " + ", ".join(f"{name}={value}" for name, value in fields)


def _name_user(
    parameters: dict[str, str], user: str, realm: str, digest: Callable[[bytes], str]
) -> list[tuple[str, str]]:
    """Return what tells the user's name: hashed where the server can do with that, escaped beyond ASCII (section 3.4)."""
    if parameters.get("userhash", "").lower() == "true":
        return [("username", format_quoted(digest(f"{user}:{realm}".encode()))), ("userhash", "true")]
    if user.isascii():
        return [("username", format_quoted(user))]
    return [("username*", "UTF-8''" + quote_bytes(user.encode(), Quoting(b"")))]
