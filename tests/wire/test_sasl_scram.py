"""SCRAM (RFC 5802, RFC 7677), by the RFCs' own exchanges and by servers that cheat."""

import base64
import hashlib
import hmac

import pytest

from wirekit._wire.sasl import SaslError
from wirekit._wire.sasl_scram import MAX_ROUNDS, MIN_ROUNDS, Binding, Scram

BINDING = Binding("tls-exporter", b"\x00\x01bytes")


def rfc_5802() -> Scram:
    return Scram("sha1", "user", "pencil", "fyko+d2lbbFgONRv9qkxdawL")


SERVER_FIRST = b"r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,s=QSXCR+Q6sek8bf92,i=4096"


def test_exchange_of_rfc_5802() -> None:
    scram = rfc_5802()
    assert scram(None) == b"n,,n=user,r=fyko+d2lbbFgONRv9qkxdawL"
    assert scram(SERVER_FIRST) == (
        b"c=biws,r=fyko+d2lbbFgONRv9qkxdawL3rfcNHYJY1ZVvWVs7j,p=v0X8v3Bz2T0CJGbJQyF0X+HI4Ts="
    )
    assert not scram.proven
    assert scram(b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ=") == b""
    assert scram.proven


def test_exchange_of_rfc_7677() -> None:
    scram = Scram("sha256", "user", "pencil", "rOprNGfwEbeRWgbNEkqO")
    assert scram(b"") == b"n,,n=user,r=rOprNGfwEbeRWgbNEkqO"
    nonce = b"rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0"
    assert scram(b"r=%b,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096" % nonce) == (
        b"c=biws,r=%b,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=" % nonce
    )
    scram(b"v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=")
    assert scram.proven


@pytest.mark.parametrize("name", ["sha224", "sha256", "sha384", "sha512"])
def test_every_hash_proves_both_sides(name: str) -> None:
    scram = Scram(name, "us=er,", "p\xe4ss", "abc", authzid="root", binding=BINDING, plus=True, offered=True)
    first = scram(None)
    assert first == b"p=tls-exporter,a=root,n=us=3Der=2C,r=abc"
    server_first = b"r=abcdef,s=" + base64.b64encode(b"salt") + b",i=4096,x=more"
    final = scram(server_first)
    without_proof, _, proof = final.rpartition(b",p=")
    bound = base64.b64encode(b"p=tls-exporter,a=root," + BINDING.data)
    assert without_proof == b"c=" + bound + b",r=abcdef"
    salted = hashlib.pbkdf2_hmac(name, "p\xe4ss".encode(), b"salt", 4096)
    message = b",".join([first.split(b",", 2)[2], server_first, without_proof])
    key = hmac.digest(salted, b"Client Key", name)
    signature = hmac.digest(hashlib.new(name, key).digest(), message, name)
    assert base64.b64decode(proof) == bytes(a ^ b for a, b in zip(key, signature, strict=True))
    server = hmac.digest(hmac.digest(salted, b"Server Key", name), message, name)
    scram(b"v=" + base64.b64encode(server) + b",x=more")
    assert scram.proven


@pytest.mark.parametrize(
    "binding, plus, offered, flag",
    [
        (None, False, False, b"n"),
        (
            BINDING,
            False,
            False,
            b"y",
        ),  # we could: a server that offered it and whose offer was cut out will notice
        (BINDING, False, True, b"n"),
        (BINDING, True, True, b"p=tls-exporter"),
        (None, True, True, b"n"),
    ],
)
def test_header_says_what_binding_there_is(
    binding: Binding | None, plus: bool, offered: bool, flag: bytes
) -> None:
    scram = Scram("sha1", "u", "p", "n", binding=binding, plus=plus, offered=offered)
    assert scram(None).startswith(flag + b",,n=u,")


@pytest.mark.parametrize(
    "first, words",
    [
        (b"nonsense", "is none"),
        (b"r=other,s=QSXCR+Q6sek8bf92,i=4096", "another exchange"),
        (b"r=fyko+d2lbbFgONRv9qkxdawL,s=QSXCR+Q6sek8bf92,i=4096", "another exchange"),
        (SERVER_FIRST.replace(b"4096", b"%d" % (MIN_ROUNDS - 1)), "rounds"),
        (SERVER_FIRST.replace(b"4096", b"%d" % (MAX_ROUNDS + 1)), "rounds"),
        (SERVER_FIRST.replace(b"4096", b"04096"), "is none"),
        (SERVER_FIRST.replace(b"QSXC", b"=SXC"), "base64"),
        (b"e=unknown-user", "unknown-user"),
        (b"m=ext," + SERVER_FIRST, "is none"),
    ],
)
def test_first_message_that_is_wrong_ends_it(first: bytes, words: str) -> None:
    scram = rfc_5802()
    scram(None)
    with pytest.raises(SaslError, match=words) as caught:
        scram(first)
    assert "pencil" not in repr(caught.value)


@pytest.mark.parametrize(
    "final, words",
    [
        (b"v=AAAApqV8S7suAoZWja4dJRkFsKQ=", "does not know the password"),
        (b"v=rmF9pqV8S7suAoZWja4dJRkFsKQ", "base64"),
        (b"", "does not know the password"),
        (b"e=invalid-proof", "invalid-proof"),
    ],
)
def test_server_that_does_not_prove_itself_is_refused(final: bytes, words: str) -> None:
    scram = rfc_5802()
    scram(None)
    scram(SERVER_FIRST)
    with pytest.raises(SaslError, match=words):
        scram(final)
    assert not scram.proven


def test_nothing_of_the_secret_is_shown() -> None:
    assert repr(rfc_5802()) == "<Scram sha1>"
    with pytest.raises(ValueError, match="prohibits") as caught:
        Scram("sha1", "user", "pencil\x07", "n")
    assert "pencil" not in repr(caught.value)
