"""The server's part of SASL mechanisms, written down anew from the RFCs, for what real servers do not offer here.

Each mechanism is a generator: it yields a challenge, gets the answer, and returns whether the client is let in. `cheat`
names what the server does wrong.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Generator

    Exchange = Generator[bytes, bytes, bool]

__all__ = ["begin"]

SALT = b"0123456789abcdef"
ROUNDS = 4096
MORE = "SERVERPART"


def begin(
    mechanism: str, users: dict[str, str], *, binding: dict[str, bytes] | None = None, cheat: str = ""
) -> Exchange | None:
    """Give the exchange of a mechanism; None for one that is not here. binding: kinds of channel binding that are known."""
    if mechanism.startswith("SCRAM-"):
        plus = mechanism.endswith("-PLUS")
        return scram("sha" + mechanism.split("-")[2], users, binding or {}, plus=plus, cheat=cheat)
    if mechanism == "DIGEST-MD5":
        return digest_md5(users, cheat)
    simple = {
        "PLAIN": plain, "LOGIN": login, "CRAM-MD5": cram_md5, "XOAUTH2": xoauth2, "OAUTHBEARER": oauthbearer,
        "EXTERNAL": external,
    }  # fmt: skip
    return simple[mechanism](users) if mechanism in simple else None


def plain(users: dict[str, str]) -> Exchange:
    _, user, password = (yield b"").decode().split("\0")
    return users.get(user) == password


def login(users: dict[str, str]) -> Exchange:
    user = (yield b"Username:").decode()
    return users.get(user) == (yield b"Password:").decode()


def cram_md5(users: dict[str, str]) -> Exchange:
    challenge = b"<1.2@mail.example>"
    user, _, proof = (yield challenge).decode().partition(" ")
    return hmac.new(users.get(user, "").encode(), challenge, "md5").hexdigest() == proof


def external(users: dict[str, str]) -> Exchange:
    return (yield b"").decode() in {"", *users}


def xoauth2(users: dict[str, str]) -> Exchange:
    user, token, *_ = (yield b"").decode().split("\x01")
    if users.get(user.removeprefix("user=")) == token.removeprefix("auth=Bearer "):
        return True
    assert (yield b'{"status":"401"}') == b""
    return False


def oauthbearer(users: dict[str, str]) -> Exchange:
    header, *fields = (yield b"").decode().split("\x01")
    user = header.removeprefix("n,a=").removesuffix(",")
    if f"auth=Bearer {users.get(user)}" in fields:
        return True
    assert (yield b'{"status":"invalid_token"}') == b"\x01"
    return False


def digest_md5(users: dict[str, str], cheat: str) -> Exchange:
    answer = (yield b'realm="mail.example",nonce="abc",qop="auth",charset=utf-8,algorithm=md5-sess').decode()
    given = {name: value.strip('"') for name, _, value in (part.partition("=") for part in answer.split(","))}
    user, uri = given["username"], given["digest-uri"]
    inner = hashlib.md5(f"{user}:{given['realm']}:{users.get(user)}".encode()).digest()
    secret = hashlib.md5(inner + f":abc:{given['cnonce']}".encode()).hexdigest()

    def sign(start: str) -> str:
        last = hashlib.md5(f"{start}:{uri}".encode()).hexdigest()
        return hashlib.md5(f"{secret}:abc:00000001:{given['cnonce']}:auth:{last}".encode()).hexdigest()

    if sign("AUTHENTICATE") != given["response"]:
        return False
    assert (yield b"rspauth=" + (b"0" * 32 if cheat == "proof" else sign("").encode())) == b""
    return True


def scram(name: str, users: dict[str, str], binding: dict[str, bytes], *, plus: bool, cheat: str) -> Exchange:
    first = (yield b"").decode()
    flag, _, bare = first.split(",", 2)
    if flag.startswith("p=") != plus or (flag == "y" and binding):
        return False  # the client says what it cannot know, or somebody has cut out our offer
    fields = dict(part.split("=", 1) for part in bare.split(","))
    password = users.get(fields["n"].replace("=2C", ",").replace("=3D", "="), "")
    nonce = ("stolen" if cheat == "nonce" else fields["r"]) + MORE
    server_first = f"r={nonce},s={base64.b64encode(SALT).decode()},i={1 if cheat == 'rounds' else ROUNDS}"
    final = (yield server_first.encode()).decode()
    without_proof, _, proof = final.rpartition(",p=")
    header = first[: len(first) - len(bare)].encode()
    bound = dict(part.split("=", 1) for part in without_proof.split(","))["c"]
    if base64.b64decode(bound) != header + binding.get(flag.removeprefix("p="), b"") * plus:
        return False
    salted = hashlib.pbkdf2_hmac(name, password.encode(), SALT, ROUNDS)
    message = f"{bare},{server_first},{without_proof}".encode()
    key = hmac.digest(salted, b"Client Key", name)
    signature = hmac.digest(hashlib.new(name, key).digest(), message, name)
    if base64.b64decode(proof) != bytes(a ^ b for a, b in zip(key, signature, strict=True)):
        return False
    if cheat == "silent":
        return True
    server = hmac.digest(hmac.digest(salted, b"Server Key", name), message, name)
    yield b"v=" + base64.b64encode(bytes(len(server)) if cheat == "proof" else server)
    return True
