"""The hash of a certificate that channel binding takes."""

import hashlib
import ssl

import pytest
import trustme

from wirekit._wire.certificates import hash_end_point

SHA384_RSA = bytes.fromhex("2a864886f70d01010c")
ED25519 = bytes.fromhex("2b6570")


def wrap(tag: int, data: bytes) -> bytes:
    if len(data) < 0x80:
        return bytes([tag, len(data)]) + data
    size = len(data).to_bytes(2, "big")
    return bytes([tag, 0x82]) + size + data


def certificate(algorithm: bytes, filling: int = 3) -> bytes:
    parts = wrap(0x30, b"x" * filling), wrap(0x30, wrap(0x06, algorithm) + b"\x05\x00"), wrap(0x03, b"\0sign")
    return wrap(0x30, b"".join(parts))


def test_real_certificate_is_hashed_as_it_was_signed() -> None:
    pem = trustme.CA().issue_cert("localhost").cert_chain_pems[0].bytes().decode()
    der = ssl.PEM_cert_to_DER_cert(pem)
    assert hash_end_point(der) == hashlib.sha256(der).digest()


@pytest.mark.parametrize("filling", [3, 300])
def test_hash_is_the_signatures(filling: int) -> None:
    der = certificate(SHA384_RSA, filling)
    assert hash_end_point(der) == hashlib.sha384(der).digest()


@pytest.mark.parametrize("old", ["2a864886f70d010104", "2a864886f70d010105", "2a8648ce3d0401"])
def test_old_hashes_are_replaced(old: str) -> None:
    der = certificate(bytes.fromhex(old))
    assert hash_end_point(der) == hashlib.sha256(der).digest()


@pytest.mark.parametrize(
    "odd", [b"", b"\x30", b"nonsense", certificate(SHA384_RSA)[:9], certificate(ED25519)]
)
def test_what_names_no_hash_has_none(odd: bytes) -> None:
    assert hash_end_point(odd) is None
