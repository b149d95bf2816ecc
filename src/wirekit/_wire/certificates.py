"""What channel binding asks of a certificate: the hash of it that both ends make (RFC 5929 section 4).

Only as much DER is read as leads to the algorithm of the signature.
"""

import hashlib
from typing import Final

__all__ = ["hash_end_point"]

_HASHES: Final = {
    bytes.fromhex("2a864886f70d010104"): "sha256",  # RSA with MD5: the RFC takes SHA-256 in its place
    bytes.fromhex("2a864886f70d010105"): "sha256",  # RSA with SHA-1: the same
    bytes.fromhex("2a8648ce3d0401"): "sha256",  # ECDSA with SHA-1: the same
    bytes.fromhex("2a864886f70d01010e"): "sha224",
    bytes.fromhex("2a864886f70d01010b"): "sha256",
    bytes.fromhex("2a864886f70d01010c"): "sha384",
    bytes.fromhex("2a864886f70d01010d"): "sha512",
    bytes.fromhex("2a8648ce3d040301"): "sha224",
    bytes.fromhex("2a8648ce3d040302"): "sha256",
    bytes.fromhex("2a8648ce3d040303"): "sha384",
    bytes.fromhex("2a8648ce3d040304"): "sha512",
}
"""Object identifiers, in DER, of RSA's (PKCS #1) and ECDSA's signatures (RFC 5758)."""
_SEQUENCE: Final = 0x30
_IDENTIFIER: Final = 0x06


def hash_end_point(certificate: bytes) -> bytes | None:
    """Return the tls-server-end-point of a certificate in DER; None where its signature names no single hash."""
    try:
        start, _ = _enter(certificate, 0, _SEQUENCE)  # Certificate
        _, after = _enter(certificate, start, _SEQUENCE)  # tbsCertificate
        start, _ = _enter(certificate, after, _SEQUENCE)  # signatureAlgorithm
        start, after = _enter(certificate, start, _IDENTIFIER)
    except (IndexError, ValueError):
        return None
    name = _HASHES.get(certificate[start:after])
    return hashlib.new(name, certificate).digest() if name else None


def _enter(data: bytes, pos: int, tag: int) -> tuple[int, int]:
    """Return where the contents of the value at pos begin and end. ValueError for another tag, IndexError at the end."""
    if data[pos] != tag:
        raise ValueError(tag)
    length, start = data[pos + 1], pos + 2
    if length >= 0x80:
        size = length & 0x7F
        length, start = int.from_bytes(data[start : start + size], "big"), start + size
    return start, start + length
