"""Passwords of a server's users: hashed, never kept as they are; and the Basic scheme that brings them (RFC 7617).

A hash is text in the modular crypt format, as passlib and others write it:

    $scrypt$ln=14,r=8,p=1$<salt>$<hash>          memory-hard; what ``hash_password`` makes
    $pbkdf2-sha256$29000$<salt>$<hash>           and the same with sha512: read, for accounts made elsewhere

A file of accounts has a line ``name:hash`` for each. Unsalted and fast hashes (``{SHA}``, ``$apr1$``, crypt) are refused:
who gets hold of the file has the passwords a day later.
"""

import hashlib
import hmac
import re
from binascii import Error as Base64Error
from binascii import a2b_base64, b2a_base64

__all__ = ["check_hash", "hash_password", "parse_accounts", "parse_basic", "verify_password"]

LOG_COST = 14
"""scrypt's cost as a power of two: 16 MB of memory and some 40 ms (OWASP names 2^14 with p=5 to 2^17 with p=1)."""
SALT_SIZE = 16
"""Bytes of salt that ``hash_password`` wants."""
MAX_MEMORY = 256 * 1024 * 1024
"""Bytes that checking one password may take; the file of accounts says how many it needs."""
MAX_ROUNDS = 10_000_000
"""Rounds of PBKDF2 that checking one password may take: some seconds."""

_SCRYPT = re.compile(
    r"\$scrypt\$ln=([0-9]{1,2}),r=([0-9]{1,3}),p=([0-9]{1,3})\$([A-Za-z0-9+/]{1,128})\$([A-Za-z0-9+/]{16,128})"
).fullmatch
_PBKDF2 = re.compile(
    r"\$pbkdf2-(sha256|sha512)\$([0-9]{1,9})\$([A-Za-z0-9./+]{1,128})\$([A-Za-z0-9./+]{16,128})"
).fullmatch
_BASIC = re.compile(r"[Bb][Aa][Ss][Ii][Cc] ++([A-Za-z0-9+/\-_]++={0,2})[ ]*+").fullmatch


def _encode(data: bytes) -> str:
    return b2a_base64(data, newline=False).decode("ascii").rstrip("=")


def _decode(text: str) -> bytes:
    return a2b_base64(text.replace(".", "+") + "=" * (-len(text) % 4))


def hash_password(password: str, salt: bytes) -> str:
    """Return the hash of a password. salt: ``SALT_SIZE`` random bytes."""
    digest = hashlib.scrypt(
        password.encode("utf-8"), salt=salt, n=1 << LOG_COST, r=8, p=1, maxmem=MAX_MEMORY, dklen=32
    )
    return f"$scrypt$ln={LOG_COST},r=8,p=1${_encode(salt)}${_encode(digest)}"


def check_hash(text: str) -> None:
    """Raise ValueError for what is no hash that can be checked here."""
    if found := _SCRYPT(text):
        cost, blocks, lanes = int(found[1]), int(found[2]), int(found[3])
        if (
            not 1 <= cost <= 30
            or not blocks
            or not lanes
            or 128 * blocks * ((1 << cost) + lanes) > MAX_MEMORY
        ):
            message = "this scrypt hash asks for too much memory"
            raise ValueError(message)
    elif found := _PBKDF2(text):
        if not 1 <= int(found[2]) <= MAX_ROUNDS:
            message = "this PBKDF2 hash asks for too many rounds"
            raise ValueError(message)
    else:
        message = "no hash of a kind that is safe: $scrypt$, $pbkdf2-sha256$ or $pbkdf2-sha512$"
        raise ValueError(message)


def verify_password(password: str, text: str) -> bool:
    """Tell whether this is the password of a hash that ``check_hash`` lets pass. Takes as long as its maker wanted."""
    given = password.encode("utf-8", "surrogatepass")
    if found := _SCRYPT(text):
        wanted = _decode(found[5])
        digest = hashlib.scrypt(
            given, salt=_decode(found[4]), n=1 << int(found[1]), r=int(found[2]), p=int(found[3]), maxmem=2 * MAX_MEMORY,
            dklen=len(wanted),
        )  # fmt: skip
    elif found := _PBKDF2(text):
        wanted = _decode(found[4])
        digest = hashlib.pbkdf2_hmac(found[1], given, _decode(found[3]), int(found[2]), len(wanted))
    else:
        return False
    return hmac.compare_digest(digest, wanted)


def parse_accounts(text: str) -> dict[str, str]:
    """Return the hashes by user name. ValueError, with the line's number, for a line that is none.

    Empty lines, and those that begin with ``#``, are passed over.
    """
    accounts = {}
    for number, line in enumerate(text.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        name, colon, hashed = line.rstrip().partition(":")
        try:
            if not colon or not name:
                message = "it has to be name:hash"
                raise ValueError(message)
            check_hash(hashed)
        except ValueError as error:
            message = f"line {number}: {error}"
            raise ValueError(message) from None
        accounts[name] = hashed
    return accounts


def parse_basic(value: str | None) -> tuple[str, str] | None:
    """Return (user name, password) of a field Authorization; None where it is none of the scheme Basic (RFC 7617)."""
    found = _BASIC(value or "")
    if found is None:
        return None
    try:
        text = _decode(found[1].rstrip("=").replace("-", "+").replace("_", "/")).decode("utf-8")
    except (Base64Error, UnicodeDecodeError):
        return None
    name, colon, password = text.partition(":")
    return (name, password) if colon else None
