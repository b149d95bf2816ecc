"""TLS for servers: the context of a certificate in files, and a certificate made on the spot."""

import contextlib
import os
import ssl
import tempfile
from typing import Any, Final

__all__ = ["make_context", "make_own_context"]

DAYS: Final = 30
"""Days for which a certificate made on the spot is valid: the server does not run for longer."""


def make_context(
    certfile: Any, keyfile: Any = None, password: Any = None, alpn_protocols: Any = ()
) -> ssl.SSLContext:
    """Return the context of a server: TLS 1.2 or later, no certificate asked of clients. OSError, ssl.SSLError."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.load_cert_chain(certfile, keyfile, password)
    if alpn_protocols:
        context.set_alpn_protocols(list(alpn_protocols))
    return context


def make_own_context(names: list[str], alpn_protocols: Any = ("http/1.1",)) -> tuple[ssl.SSLContext, str]:
    """Make a key and a certificate for these host names and addresses; return (context, the certificate's fingerprint).

    Nobody vouches for it: whoever connects compares the fingerprint (SHA-256, in hexadecimal with colons). The key stays in
    memory; OpenSSL reads it from a file that nobody else can open, which is gone afterwards. ImportError without the
    package ``cryptography`` (the extra `certificates`).
    """
    certificate, key, fingerprint = _make_certificate(names)
    number, path = tempfile.mkstemp(suffix=".pem")  # for the user's eyes alone
    try:
        with os.fdopen(number, "wb") as file:
            file.write(key + certificate)
        return make_context(path, None, None, alpn_protocols), fingerprint
    finally:
        with contextlib.suppress(OSError):
            os.unlink(path)  # noqa: PTH108 - text is wanted


def _make_certificate(names: list[str]) -> tuple[bytes, bytes, str]:
    """Return (certificate, key, both in PEM, fingerprint)."""
    import datetime as dt
    import ipaddress

    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

    def name_of(name: str) -> x509.GeneralName:
        try:
            return x509.IPAddress(ipaddress.ip_address(name))
        except ValueError:
            return x509.DNSName(name)

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, names[0][:64])])
    now = dt.datetime.now(dt.UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - dt.timedelta(hours=1))  # clocks differ
        .not_valid_after(now + dt.timedelta(days=DAYS))
        .add_extension(x509.SubjectAlternativeName([name_of(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    return certificate.public_bytes(pem), private, certificate.fingerprint(hashes.SHA256()).hex(":").upper()
