"""Certificates of a private authority, made once for a run, and TLS contexts around them.

`certificates` names files, for programs such as nginx and curl; `server_tls` and `client_tls` are contexts made afresh
for each test. Of the server's certificates one is good (localhost, 127.0.0.1, ::1), the others each have one fault.
"""

from __future__ import annotations

import datetime as dt
import ssl
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

import pytest
import trustme

if TYPE_CHECKING:
    from pathlib import Path

HERE = ("localhost", "127.0.0.1", "::1")
"""The names that the good certificate holds."""

LONG_AGO = dt.datetime(2020, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Certificates:
    """Files in PEM: the authority's certificate, and private key and chain in one file for each party.

    stranger: good names, but signed by an authority that nobody knows. client: for alice@example.test.
    """

    authority: Path
    server: Path
    wrong_host: Path
    expired: Path
    stranger: Path
    client: Path


@pytest.fixture(scope="session")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Certificates:
    """Make the certificates, readable by any user that a server may drop to."""
    directory = tmp_path_factory.mktemp("certificates")
    files = Certificates(*(directory / f"{field.name}.pem" for field in fields(Certificates)))
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(files.authority))
    for path, issued in (
        (files.server, authority.issue_cert(*HERE, common_name="localhost")),
        (files.wrong_host, authority.issue_cert("elsewhere.example.test")),
        (
            files.expired,
            authority.issue_cert(*HERE, not_before=LONG_AGO, not_after=LONG_AGO + dt.timedelta(days=30)),
        ),
        (files.stranger, trustme.CA().issue_cert(*HERE)),
        (files.client, authority.issue_cert("alice@example.test", common_name="alice")),
    ):
        issued.private_key_and_cert_chain_pem.write_to_path(str(path))
    return files


def make_server_tls(chain: Path, *, client_authority: Path | None = None) -> ssl.SSLContext:
    """Make a server's context; with `client_authority` it demands a certificate of the client."""
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(chain)
    if client_authority:
        context.load_verify_locations(client_authority)
        context.verify_mode = ssl.CERT_REQUIRED
    return context


@pytest.fixture
def server_tls(certificates: Certificates) -> ssl.SSLContext:
    """Make a server's context with the good certificate."""
    return make_server_tls(certificates.server)


@pytest.fixture
def client_tls(certificates: Certificates) -> ssl.SSLContext:
    """Make a client's context that trusts the private authority and checks names."""
    return ssl.create_default_context(cafile=str(certificates.authority))
