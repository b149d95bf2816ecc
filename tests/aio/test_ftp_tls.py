"""FTP_TLS against a server that says exactly what a test tells it to: both channels, one session, clean and unclean ends."""

from __future__ import annotations

import io
import os
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Conversation, close, send
from tests.fix_scripted_ftp import END, EPSV, LOGIN, PASV, TYPE_A, TYPE_I, FTPPeer, read_to_end
from tests.fix_tls import Certificates, make_server_tls
from wirekit import defaults
from wirekit._io.channels import asynchronous as channels
from wirekit.aio import ftplib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeFTP = Callable[..., FTPPeer]

AUTH = ("AUTH TLS", "234 go ahead")
PRIVATE = (("PBSZ 0", "200 ok"), ("PROT P", "200 private"))
BLOB = bytes(range(256)) * 2000
VERSIONS = [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3]
versions = pytest.mark.parametrize("version", VERSIONS, ids=lambda version: version.name)


async def connect(server: FTPPeer, context: ssl.SSLContext, host: str = "localhost", **options: Any) -> Any:
    ftp = ftplib.FTP_TLS(context=context, timeout=5, **options)
    await ftp.connect(host, server.port)
    return ftp


def session_of(server: FTPPeer, index: int) -> tuple[str | None, bool]:
    """Tell the version of a connection's TLS, and whether it resumed another's session."""
    sock: Any = server.peer.conversations[index].sock
    return sock.version(), sock.session_reused


@versions
async def test_data_channels_resume_the_control_channels_session(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    client_tls.maximum_version = client_tls.minimum_version = version
    seen: list[bool] = []

    def look(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        seen.append(bool(conversation.sock.session_reused))

    server = ftp_peer(
        [
            AUTH,
            *LOGIN,
            *PRIVATE,
            TYPE_I,
            EPSV,
            ("RETR x", "150 here", END, "226 done"),
            (b"EPSV\r\nSTOR y\r\n", "229 (|||{port}|)", "150 go", END, "226 done"),
            TYPE_A,
            (b"EPSV\r\nLIST\r\n", "229 (|||{port}|)", "150 here", END, "226 done"),
        ],
        [[look, send(BLOB)], [look, read_to_end], [look, send(b"a\r\n")]],
        secure=server_tls,
    )
    ftp = await connect(server, client_tls)
    assert await ftp.login() == "230 in"
    assert ftp.lastresp == "230"
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert b"".join(blocks) == BLOB
    await ftp.storbinary("STOR y", io.BytesIO(BLOB))
    assert await heard(server.peer, 2) == BLOB
    lines: list[str] = []
    await ftp.retrlines("LIST", lines.append)
    assert lines == ["a"]
    ftp.close()
    assert seen == [True, True, True]


@versions
async def test_session_survives_a_data_channel_that_broke_off(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, version: ssl.TLSVersion
) -> None:
    client_tls.maximum_version = version
    seen: list[bool] = []

    def look(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        seen.append(bool(conversation.sock.session_reused))

    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, EPSV, ("RETR x", "150 x"), ("ABOR", "426 x\r\n226 y"), ("NOOP", "200 ok"), TYPE_I, (b"EPSV\r\nRETR x\r\n", "229 (|||{port}|)", "150 x", END, END, "226 y")],
        [[look, send(b"x" * 1000), read_until_gone], [look, send(b"1")]],
        secure=server_tls,
    )  # fmt: skip
    ftp = await connect(server, client_tls)
    await ftp.login()
    conn = await ftp.transfercmd("RETR x")
    await conn.recv(10)
    await ftp.abort()
    conn.close()
    await ftp.retrbinary("RETR x", [].append)
    ftp.close()
    assert seen == [True, True]


def read_until_gone(conversation: Conversation) -> None:
    """Read until the client leaves, in whatever way."""
    try:
        read_to_end(conversation)
    except OSError:
        pass


async def test_implicit_tls_speaks_it_from_the_first_byte_on(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [*LOGIN, *PRIVATE, TYPE_I, EPSV, ("RETR x", "150 here", END, "226 done")],
        [BLOB],
        secure=server_tls,
        implicit=True,
    )
    ftp = await connect(server, client_tls, implicit=True)
    assert ftp.welcome == "220 hello"
    await ftp.login()
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert b"".join(blocks) == BLOB
    ftp.close()


def test_implicit_tls_has_a_port_of_its_own() -> None:
    assert ftplib.FTP_TLS(implicit=True).port == 990
    assert ftplib.FTP_TLS().port == ftplib.FTP_PORT == 21


async def test_implicit_tls_of_a_server_from_before_prot(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [*LOGIN, ("PBSZ 0", "500 what?"), TYPE_I, EPSV, ("RETR x", "150 here", END, "226 done")],
        [BLOB],
        secure=server_tls,
        implicit=True,
    )
    ftp = await connect(server, client_tls, implicit=True)
    await ftp.login()
    await ftp.retrbinary("RETR x", [].append)
    ftp.close()


async def test_protection_that_is_refused_is_an_error_with_explicit_tls(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH, *LOGIN, PRIVATE[0], ("PROT P", "534 not here")], secure=server_tls)
    ftp = await connect(server, client_tls)
    with pytest.raises(ftplib.error_perm, match="534"):
        await ftp.login()
    ftp.close()


async def test_protection_is_asked_for_once(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH, *LOGIN, *PRIVATE, ("PROT C", "200 clear"), *PRIVATE], secure=server_tls)
    ftp = await connect(server, client_tls)
    await ftp.login()
    assert await ftp.prot_p() == "200 private", "as programs for the standard library call it"
    assert await ftp.prot_c() == "200 clear"
    assert ftp._prot_p is False
    ftp._protected = None
    await ftp.prot_p()
    ftp.close()


async def test_data_in_the_clear_where_that_is_asked_for(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [
            AUTH,
            *LOGIN,
            *PRIVATE,
            ("PROT C", "200 clear"),
            TYPE_I,
            EPSV,
            ("RETR x", "150 here", END, "226 done"),
        ],
        [BLOB],
        secure=server_tls,
        private=False,
    )
    ftp = await connect(server, client_tls)
    await ftp.login()
    await ftp.prot_c()
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert b"".join(blocks) == BLOB
    ftp.close()


async def test_standard_librarys_profile_waits_for_prot_p(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH, *LOGIN, ("NOOP", "200 ok")], secure=server_tls)
    with defaults.using("stdlib"):
        ftp = await connect(server, client_tls)
        await ftp.login()
        assert await ftp.voidcmd("NOOP") == "200 ok"
        ftp.close()


async def test_auth_twice_is_an_error_and_so_is_ccc_without_it(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH, ("NOOP", "200 ok")], secure=server_tls)
    ftp = await connect(server, client_tls)
    with pytest.raises(ValueError, match="not using TLS"):
        await ftp.ccc()
    assert await ftp.auth() == "234 go ahead"
    with pytest.raises(ValueError, match="Already using TLS"):
        await ftp.auth()
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_older_name_of_tls_is_tried(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [("AUTH TLS", "504 what?"), ("AUTH SSL", "234 go"), ("NOOP", "200 ok")], secure=server_tls
    )
    ftp = await connect(server, client_tls)
    await ftp.auth()
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_login_without_tls_is_not_tried_where_tls_is_refused(
    ftp_peer: MakeFTP, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([("AUTH TLS", "534 not here")])
    ftp = await connect(server, client_tls)
    with pytest.raises(ftplib.error_perm, match="534"):
        await ftp.login("me", "secret")
    ftp.close()
    assert b"secret" not in await heard(server.peer)


async def test_login_in_the_clear_where_that_is_asked_for(
    ftp_peer: MakeFTP, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(LOGIN)
    ftp = await connect(server, client_tls)
    assert await ftp.login(secure=False) == "230 in"
    ftp.close()


async def test_handshake_that_fails_closes_the_connection(
    ftp_peer: MakeFTP, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH], secure=make_server_tls(certificates.expired))
    ftp = await connect(server, client_tls)
    with pytest.raises(ssl.SSLCertVerificationError):
        await ftp.login("me", "secret")
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match="TLS handshake failed"):
        await ftp.login("me", "secret")


async def test_ccc_goes_on_in_the_clear(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    def unwrap(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        conversation.sock = conversation.sock.unwrap()

    server = ftp_peer(
        [AUTH, ("CCC", "200 clear", unwrap), ("PWD", '257 "/"'), AUTH, ("NOOP", "200 ok")], secure=server_tls
    )
    ftp = await connect(server, client_tls)
    await ftp.auth()
    assert await ftp.ccc() == "200 clear"
    assert channels.tls_of(ftp.sock) is None
    assert await ftp.pwd() == "/"
    await ftp.auth()
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_ccc_of_a_server_that_hangs_up(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH, ("CCC", "200 clear", cut)], secure=server_tls)
    ftp = await connect(server, client_tls)
    await ftp.auth()
    with pytest.raises(OSError):
        await ftp.ccc()
    assert ftp.sock is None


# ---- the end of a data channel


def cut(conversation: Conversation) -> None:
    """End the connection below TLS: no goodbye."""
    os.close(conversation.sock.detach())
    conversation.left.set()


def transfer(reply: str, said: str = "150 here") -> list[tuple[Any, ...]]:
    return [AUTH, *LOGIN, *PRIVATE, TYPE_I, EPSV, ("RETR x", said, END, reply), ("NOOP", "200 ok")]


@pytest.mark.parametrize("said", ["150 here", "150 x (5 bytes)"])
async def test_unclean_end_is_forgiven_where_the_server_calls_it_complete(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, said: str
) -> None:
    server = ftp_peer(transfer("226 done", said), [[send(b"12345"), cut]], secure=server_tls)
    ftp = await connect(server, client_tls)
    await ftp.login()
    blocks: list[bytes] = []
    assert await ftp.retrbinary("RETR x", blocks.append) == "226 done"
    assert b"".join(blocks) == b"12345"
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@pytest.mark.parametrize(
    "said, reply, kind",
    [
        ("150 here", "426 broken", "error_temp"),
        ("150 here", "451 broken", "error_temp"),
        ("150 x (6 bytes)", "226 done", "IncompleteTransfer"),
    ],
)
async def test_unclean_end_is_refused_where_it_is_not_complete(
    ftp_peer: MakeFTP,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    said: str,
    reply: str,
    kind: str,
) -> None:
    server = ftp_peer(transfer(reply, said), [[send(b"12345"), cut]], secure=server_tls)
    ftp = await connect(server, client_tls)
    await ftp.login()
    with pytest.raises(getattr(ftplib, kind)) as caught:
        await ftp.retrbinary("RETR x", [].append)
    if kind == "IncompleteTransfer":
        assert (caught.value.received, caught.value.expected) == (5, 6)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@versions
async def test_upload_ends_with_a_goodbye_and_waits_for_the_reply(
    ftp_peer: MakeFTP,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    version: ssl.TLSVersion,
    tmp_path: Path,
) -> None:
    """A server that reads slowly still gets the last byte, and sees that it is the last one."""
    client_tls.maximum_version = version
    ends: list[object] = []
    (tmp_path / "f").write_bytes(BLOB * 10)

    def read_strictly(conversation: Conversation) -> None:
        sock: Any = conversation.sock
        sock.suppress_ragged_eofs = False
        while data := sock.recv(65536):  # raises at an end without a goodbye
            conversation.received += data
        ends.append("goodbye")

    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, TYPE_I, EPSV, ("STOR x", "150 go", END, "226 done")],
        [[read_strictly]],
        secure=server_tls,
    )
    ftp = await connect(server, client_tls)
    await ftp.login()
    with open(tmp_path / "f", "rb") as file:
        assert await ftp.storbinary("STOR x", file) == "226 done"
    assert await heard(server.peer, 1) == BLOB * 10
    assert ends == ["goodbye"]
    ftp.close()


async def test_handshake_of_a_data_channel_that_fails_is_explained_by_the_server(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [
            AUTH,
            *LOGIN,
            *PRIVATE,
            TYPE_I,
            EPSV,
            ("RETR x", "150 here", "522 session reuse required"),
            ("NOOP", "200 ok"),
        ],
        [[read_hello, close()]],
        secure=server_tls,
        private=False,
    )
    ftp = await connect(server, client_tls)
    await ftp.login()
    with pytest.raises(ftplib.error_perm, match="522 session reuse required"):
        await ftp.retrbinary("RETR x", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


def read_hello(conversation: Conversation) -> None:
    """Read what the client begins its handshake with."""
    conversation.fill()


async def test_data_channel_with_another_name_is_refused(
    ftp_peer: MakeFTP, certificates: Certificates, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """A session of another context is not resumed: so the certificate comes, and is checked."""
    other = make_server_tls(certificates.wrong_host)

    def stranger(conversation: Conversation) -> None:
        conversation.sock = other.wrap_socket(conversation.sock, server_side=True)

    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, TYPE_I, EPSV, ("RETR x", "150 here", "425 no"), ("NOOP", "200 ok")],
        [[stranger]],
        secure=server_tls,
        private=False,
    )
    ftp = await connect(server, client_tls)
    await ftp.login()
    with pytest.raises(ssl.SSLCertVerificationError):
        await ftp.retrbinary("RETR x", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_pasv_with_tls(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, TYPE_I, ("EPSV", "500 no"), PASV, ("RETR x", "150 here", END, "226 done")],
        [BLOB],
        secure=server_tls,
    )
    ftp = await connect(server, client_tls)
    await ftp.login()
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert b"".join(blocks) == BLOB
    ftp.close()


# ---- contexts


def test_context_checks_by_default() -> None:
    context = ftplib.FTP_TLS().context
    assert (context.check_hostname, context.verify_mode) == (True, ssl.CERT_REQUIRED)
    with defaults.using("stdlib"):
        context = ftplib.FTP_TLS().context
    assert (context.check_hostname, context.verify_mode) == (False, ssl.CERT_NONE)


def test_certificate_by_file_names_as_in_older_pythons(certificates: Certificates) -> None:
    with pytest.warns(DeprecationWarning, match="keyfile and certfile"):
        ftp = ftplib.FTP_TLS(certfile=str(certificates.client))
    assert isinstance(ftp.context, ssl.SSLContext)
    with pytest.raises((TypeError, ValueError), match="mutually exclusive"):
        ftplib.FTP_TLS(certfile=str(certificates.client), context=ssl.create_default_context())
