"""Hashed passwords, and the Basic scheme."""

from __future__ import annotations

import base64
import hashlib

import pytest

from wirekit._wire.passwords import (
    SALT_SIZE,
    check_hash,
    hash_password,
    parse_accounts,
    parse_basic,
    verify_password,
)

SALT = bytes(range(SALT_SIZE))
# of passlib: pbkdf2_sha256.using(rounds=1000, salt=b"salt").hash("password")
PBKDF2 = "$pbkdf2-sha256$1000$c2FsdA$" + base64.b64encode(
    hashlib.pbkdf2_hmac("sha256", b"password", b"salt", 1000)
).decode().rstrip("=").replace("+", ".")
SCRYPT = "$scrypt$ln=4,r=8,p=1$c2FsdA$" + base64.b64encode(
    hashlib.scrypt(b"password", salt=b"salt", n=16, r=8, p=1)
).decode().rstrip("=")


def test_hash_is_of_its_password_alone() -> None:
    hashed = hash_password("s\u00e9cret", SALT)
    check_hash(hashed)
    assert hashed.startswith("$scrypt$ln=14,r=8,p=1$AAECAwQFBgcICQoLDA0ODw$")
    assert verify_password("s\u00e9cret", hashed)
    assert not verify_password("secret", hashed)
    assert not verify_password("", hashed)
    assert hash_password("s\u00e9cret", SALT[::-1]) != hashed


@pytest.mark.parametrize("hashed", [PBKDF2, SCRYPT], ids=["pbkdf2", "scrypt"])
def test_hashes_of_others_are_read(hashed: str) -> None:
    check_hash(hashed)
    assert verify_password("password", hashed)
    assert not verify_password("passwore", hashed)
    assert not verify_password("\ud800", hashed)


@pytest.mark.parametrize(
    "hashed",
    [
        "", "password", "{SHA}W6ph5Mm5Pz8GgiULbPgzG37mj9g=", "$apr1$x$y", "$2y$05$abc", "*",
        SCRYPT.replace("ln=4", "ln=25"), SCRYPT.replace("ln=4", "ln=0"), SCRYPT.replace("r=8", "r=0"),
        SCRYPT.replace("p=1", "p=0"), PBKDF2.replace("$1000$", "$0$"), PBKDF2.replace("$1000$", "$99999999$"),
        PBKDF2.replace("sha256", "sha1"), SCRYPT + "\n",
    ],
)  # fmt: skip
def test_weak_and_absurd_hashes_are_refused(hashed: str) -> None:
    with pytest.raises(ValueError, match="hash"):
        check_hash(hashed)


def test_what_is_no_hash_fits_no_password() -> None:
    assert not verify_password("password", "password")


def test_accounts_are_read() -> None:
    assert parse_accounts(f"# those who may\n\nalice:{SCRYPT}\nbob:{PBKDF2}  \n") == {
        "alice": SCRYPT,
        "bob": PBKDF2,
    }


@pytest.mark.parametrize("line", ["alice", ":" + SCRYPT, "alice:secret"])
def test_line_that_is_no_account_is_named(line: str) -> None:
    with pytest.raises(ValueError, match="line 2: "):
        parse_accounts(f"bob:{PBKDF2}\n{line}\n")


def basic(text: bytes) -> str:
    return "Basic " + base64.b64encode(text).decode()


@pytest.mark.parametrize(
    "value,given",
    [
        (basic(b"alice:s:cret"), ("alice", "s:cret")),
        (basic("\u00e4:\u00f6".encode()), ("\u00e4", "\u00f6")),
        (basic(b"a:").replace("Basic", "BASIC "), ("a", "")),
        (basic(b"a:bc").rstrip("="), ("a", "bc")),
        (basic(b"nocolon"), None),
        (basic(b"\xff:x"), None),
        ("Basic abcde", None),
        ("Basic !!!", None),
        ("Bearer YTpi", None),
        ("Basic", None),
        ("", None),
        (None, None),
    ],
)
def test_basic_scheme(value: str | None, given: tuple[str, str] | None) -> None:
    assert parse_basic(value) == given
