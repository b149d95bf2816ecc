# Generated from tests/aio/test_smtplib_tls.py by tools/unasync.py; edit that file.
"""TLS for mail: from the first byte on, or by STARTTLS; verified."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.blocking.hearing import heard
from tests.fix_peer import Peer, close, expect, send, start_tls, until
from tests.fix_smtp import ALL, MailServer, modes
from tests.fix_tls import Certificates, make_server_tls
from wirekit import Timeout, defaults, smtplib

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

OFFERS = (*ALL, "STARTTLS")


def connect(peer: Peer, host: str = "localhost", **options: Any) -> Any:
    smtp = smtplib.SMTP(timeout=5, local_hostname="here.example", **options)
    smtp.connect(host, peer.port)
    return smtp


def secure(smtp: Any, peer: Peer, context: ssl.SSLContext | None = None) -> None:
    """Connect and come to TLS in the way of this class."""
    if isinstance(smtp, smtplib.SMTP_SSL):
        if context is not None:
            smtp.context = context
        smtp.connect("localhost", peer.port)
    else:
        smtp.connect("localhost", peer.port)
        smtp.starttls(context=context)


@modes
def test_starttls_hides_what_follows(
    mail: MakeMail, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, offers: tuple[str, ...]
) -> None:
    server, peer = mail((*offers, "STARTTLS"), tls=server_tls)
    smtp = connect(peer)
    assert smtp.starttls(context=client_tls) == (220, b"2.0.0 go on")
    assert (smtp.ehlo_resp, smtp.esmtp_features, smtp.does_esmtp) == (None, {}, False)
    assert smtp.sendmail("a@x", "b@x", b"hi\r\n") == {}
    assert smtp.sock.getpeername()[1] == peer.port
    assert smtp._session().version().startswith("TLS")
    smtp.quit()
    heard(peer)
    assert server.commands[:4] == [
        "ehlo here.example", "STARTTLS", "ehlo here.example", server.commands[3],
    ]  # fmt: skip
    assert server.mails[0].message == b"hi\r\n"


def test_tls_from_the_first_byte_on(
    mail: MakeMail, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server, peer = mail(peer_options={"tls": server_tls})
    with smtplib.SMTP_SSL("localhost", peer.port, timeout=5, context=client_tls) as smtp:
        assert smtp.sendmail("a@x", "b@x", b"hi\r\n") == {}
        assert smtp.context is client_tls
    heard(peer)
    assert server.mails[0].message == b"hi\r\n"
    assert smtplib.SMTP_SSL.default_port == smtplib.SMTP_SSL_PORT == 465


@pytest.mark.parametrize("fault", ["wrong_host", "expired", "stranger"])
@pytest.mark.parametrize("kind", ["SMTP", "SMTP_SSL"])
def test_bad_certificate_is_refused(
    mail: MakeMail, certificates: Certificates, client_tls: ssl.SSLContext, fault: str, kind: str
) -> None:
    bad = make_server_tls(getattr(certificates, fault))
    server, peer = mail(OFFERS, tls=bad, peer_options={"tls": bad if kind == "SMTP_SSL" else None})
    smtp: Any = getattr(smtplib, kind)(timeout=5, local_hostname="here.example")
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(smtp, peer, client_tls)
    assert smtp.sock is None
    heard(peer)
    assert server.commands == (["ehlo here.example", "STARTTLS"] if kind == "SMTP" else [])


@pytest.mark.parametrize("kind", ["SMTP", "SMTP_SSL"])
def test_private_authority_is_unknown_by_default(
    mail: MakeMail, server_tls: ssl.SSLContext, kind: str
) -> None:
    _, peer = mail(OFFERS, tls=server_tls, peer_options={"tls": server_tls if kind == "SMTP_SSL" else None})
    with pytest.raises(ssl.SSLCertVerificationError):
        secure(getattr(smtplib, kind)(timeout=5), peer)


@pytest.mark.parametrize("kind", ["SMTP", "SMTP_SSL"])
def test_stdlib_profile_trusts_anybody(mail: MakeMail, server_tls: ssl.SSLContext, kind: str) -> None:
    _, peer = mail(OFFERS, tls=server_tls, peer_options={"tls": server_tls if kind == "SMTP_SSL" else None})
    smtp: Any = getattr(smtplib, kind)(timeout=5)
    with defaults.using(verify_tls_beyond_http=False):
        secure(smtp, peer)
        assert smtp.noop()[0] == 250
        assert not smtp._is_verified()
        smtp.close()


def test_host_is_the_one_that_was_connected_to(
    mail: MakeMail, certificates: Certificates, client_tls: ssl.SSLContext
) -> None:
    _, peer = mail(OFFERS, tls=make_server_tls(certificates.server))
    smtp = smtplib.SMTP(timeout=5)
    smtp._host = "elsewhere.example"
    smtp.connect(f"127.0.0.1:{peer.port}")
    smtp.starttls(context=client_tls)
    assert smtp.noop()[0] == 250
    smtp.close()


def test_context_is_ones_own_once_it_is_touched() -> None:
    one, other = smtplib.SMTP_SSL(), smtplib.SMTP_SSL()
    assert one.context is one.context
    assert one.context is not other.context
    mine = ssl.create_default_context()
    one.context = mine
    assert one.context is mine


def test_old_ways_to_name_a_certificate(
    certificates: Certificates, mail: MakeMail, client_tls: ssl.SSLContext
) -> None:
    chain = str(certificates.client)
    with pytest.warns(DeprecationWarning, match="keyfile and certfile"):
        smtp = smtplib.SMTP_SSL("", 0, None, None, chain)
    assert (smtp.keyfile, smtp.certfile) == (None, chain)
    with pytest.raises(ValueError, match="mutually exclusive"):
        smtplib.SMTP_SSL(certfile=chain, context=client_tls)
    server_tls = make_server_tls(certificates.server, client_authority=certificates.authority)
    _, peer = mail(OFFERS, tls=server_tls)
    other = connect(peer)
    with defaults.using(verify_tls_beyond_http=False), pytest.warns(DeprecationWarning, match="keyfile"):
        other.starttls(chain, chain)
    assert other.noop()[0] == 250
    other.close()


def test_server_without_starttls_is_an_error_and_nothing_more_is_said(mail: MakeMail) -> None:
    server, peer = mail(ALL)
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPNotSupportedError, match="STARTTLS extension not supported by server"):
        smtp.starttls()
    smtp.close()
    heard(peer)
    assert server.commands == ["ehlo here.example"]


def test_refused_starttls_is_an_error_and_nothing_more_is_said(mail: MakeMail) -> None:
    server, peer = mail(OFFERS, answers={"starttls": "454 4.7.0 not now"})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPResponseException) as caught:
        smtp.starttls()
    assert caught.value.smtp_code == 454
    assert vars(caught.value)["enhanced"] == (4, 7, 0)
    smtp.close()
    heard(peer)
    assert server.commands == ["ehlo here.example", "STARTTLS"]


def test_words_in_the_clear_before_the_handshake_are_an_attack(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = peer([
        send(b"220 x\r\n"), until(b"\r\n"), send(b"250-x\r\n250 STARTTLS\r\n"), expect(b"STARTTLS\r\n"),
        send(b"220 go\r\n250 INJECTED\r\n"),
    ])  # fmt: skip
    smtp = connect(server)
    with pytest.raises(smtplib.SMTPServerDisconnected, match="in the clear before TLS"):
        smtp.starttls(context=client_tls)
    assert smtp.sock is None
    assert heard(server).endswith(b"STARTTLS\r\n")


def test_peer_that_hangs_up_in_the_handshake_is_an_error(peer: MakePeer, client_tls: ssl.SSLContext) -> None:
    server = peer([
        send(b"220 x\r\n"), until(b"\r\n"), send(b"250-x\r\n250 STARTTLS\r\n"), until(b"\r\n"), send(b"220 go\r\n"),
        close(),
    ])  # fmt: skip
    smtp = connect(server)
    with pytest.raises(OSError):
        smtp.starttls(context=client_tls)
    assert smtp.sock is None


def test_total_time_covers_the_handshake(peer: MakePeer, client_tls: ssl.SSLContext) -> None:
    server = peer([lambda conversation: conversation.listen_on()])
    smtp = smtplib.SMTP_SSL(timeout=Timeout(5, total=0.1), context=client_tls)
    with pytest.raises(TimeoutError):
        smtp.connect("localhost", server.port)
    assert smtp.sock is None


def test_requiretls_goes_over_verified_tls_only(
    mail: MakeMail, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server, peer = mail((*OFFERS, "REQUIRETLS"), tls=server_tls)
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPNotSupportedError, match="REQUIRETLS needs a connection over TLS"):
        smtp.sendmail("a@x", "b@x", b"hi", ["REQUIRETLS"])
    smtp.starttls(context=client_tls)
    assert smtp.sendmail("a@x", "b@x", b"hi", ["REQUIRETLS"]) == {}
    smtp.close()
    assert len(server.mails) == 1
    assert "REQUIRETLS" in server.mails[0].options


def test_requiretls_is_not_left_out_where_it_is_not_offered(mail: MakeMail) -> None:
    server, peer = mail((), answers={"ehlo": "502 what?"})
    smtp = connect(peer)
    with pytest.raises(smtplib.SMTPNotSupportedError, match="REQUIRETLS"):
        smtp.sendmail("a@x", "b@x", b"hi", ["REQUIRETLS"])
    smtp.close()
    assert not server.mails


def test_tls_inside_by_hand(
    mail: MakeMail, peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """A subclass's own socket, already over TLS, is spoken on as it is."""
    server = MailServer(*ALL)
    listener = peer([start_tls(server_tls), server])
    inner = smtplib.SMTP_SSL(timeout=5, context=client_tls)
    inner.connect("localhost", listener.port)
    outer = smtplib.SMTP(timeout=5)
    outer.sock, inner.sock = inner.sock, None
    assert outer.noop() == (250, b"2.0.0 OK")
    outer.close()
