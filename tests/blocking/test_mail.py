# Generated from tests/aio/test_mail.py by tools/unasync.py; edit that file.
"""Mailer: its pool, its policy for TLS, its patience, and its honesty about what became of each message."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_post import Post
from wirekit import mail, smtplib

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from tests.fix_peer import Peer

    MakePeer = Callable[..., Peer]


def url_of(server: Peer, rest: str = "", scheme: str = "smtp", login: str = "") -> str:
    return f"{scheme}://{login}localhost:{server.port}{rest}"


def note_to(*recipients: str) -> Any:
    return mail.message("ann@example.org", recipients, "Hello", "text\n")


def test_message_is_sent_and_the_result_says_to_whom(peer: MakePeer) -> None:
    post = Post(answers={"RCPT TO:<no@": "550 5.1.1 nobody"})
    msg = mail.message(
        "ann@example.org", ["bob@example.org", "no@example.org"], "Hello", "text\n", bcc="eve@example.org"
    )
    with mail.Mailer(url_of(peer([post]))) as mailer:
        delivery = mailer.send(msg)
    assert delivery.sent
    assert delivery.accepted == ("bob@example.org", "eve@example.org")
    assert {name: (reply.code, reply.enhanced) for name, reply in delivery.refused.items()} == {
        "no@example.org": (550, (5, 1, 1))
    }
    assert (delivery.message_id, delivery.attempts, delivery.error) == (msg["Message-ID"], 1, None)
    ((sender, recipients, data),) = post.taken
    assert (sender, recipients) == ("ann@example.org", ["bob@example.org", "eve@example.org"])
    assert b"Bcc" not in data
    assert data.endswith(b"\r\n\r\ntext\r\n.\r\n")


def test_message_in_bytes_needs_its_envelope(peer: MakePeer) -> None:
    post = Post()
    with mail.Mailer(url_of(peer([post]))) as mailer:
        delivery = mailer.send(b"Subject: x\r\n\r\nbody\r\n", "a@x.example", ["b@x.example"])
        assert (delivery.accepted, delivery.message_id) == (("b@x.example",), "")
        with pytest.raises(ValueError, match="needs from_addr and to_addrs"):
            mailer.send(b"Subject: x\r\n\r\n")
    assert [taken[:2] for taken in post.taken] == [("a@x.example", ["b@x.example"])]


def test_refused_by_all_is_raised_and_not_tried_again(peer: MakePeer) -> None:
    post = Post(answers={"RCPT": "550 5.1.1 nobody"})
    with mail.Mailer(url_of(peer([post])), backoff=60) as mailer:
        with pytest.raises(smtplib.SMTPRecipientsRefused):
            mailer.send(note_to("no@example.org"))
    assert sum(line.startswith("RCPT") for line in post.said) == 1


def test_put_off_is_tried_again_for_those_alone(peer: MakePeer) -> None:
    post = Post(
        answers={"RCPT TO:<late": ["451 4.7.1 later", "450 4.2.1 later"], "RCPT TO:<no": "550 5.1.1 nobody"}
    )
    with mail.Mailer(url_of(peer([post])), backoff=0.001) as mailer:
        delivery = mailer.send(note_to("bob@example.org", "late@example.org", "no@example.org"))
    assert delivery.attempts == 3
    assert delivery.accepted == ("bob@example.org", "late@example.org")
    assert list(delivery.refused) == ["no@example.org"]
    assert [recipients for _, recipients, _ in post.taken] == [["bob@example.org"], ["late@example.org"]]


@pytest.mark.parametrize("command", ["MAIL", "RCPT", "DATA", "the end"])
def test_put_off_at_any_step_then_taken(peer: MakePeer, command: str) -> None:
    post = Post(answers={command: ["451 4.3.0 later"]})
    with mail.Mailer(url_of(peer([post])), backoff=0.001) as mailer:
        delivery = mailer.send(note_to("bob@example.org"))
    assert (delivery.attempts, delivery.accepted, delivery.refused) == (2, ("bob@example.org",), {})
    assert len(post.taken) == 1


def test_put_off_for_ever_is_reported(peer: MakePeer) -> None:
    post = Post(answers={"RCPT": "451 4.7.1 later"})
    with mail.Mailer(url_of(peer([post])), attempts=2, backoff=0.001) as mailer:
        (delivery,) = mailer.send_all([note_to("bob@example.org")])
    assert (delivery.outcome, delivery.attempts, delivery.refused["bob@example.org"].code) == (
        "not sent",
        2,
        451,
    )
    assert isinstance(delivery.error, smtplib.SMTPRecipientsRefused)


@pytest.mark.parametrize("command", ["EHLO", "MAIL", "RCPT", "DATA"])
def test_connection_lost_before_the_message_is_made_good(peer: MakePeer, command: str) -> None:
    post = Post(answers={command: [None]})
    with mail.Mailer(url_of(peer([post])), backoff=0.001) as mailer:
        delivery = mailer.send(note_to("bob@example.org"))
    assert delivery.accepted == ("bob@example.org",)
    assert len(post.taken) == 1


def test_fate_unknown_is_said_and_never_sent_twice(peer: MakePeer) -> None:
    post = Post(answers={"the end": [None]})
    with mail.Mailer(url_of(peer([post])), backoff=0.001) as mailer:
        (delivery,) = mailer.send_all([note_to("bob@example.org")])
        assert (delivery.outcome, delivery.unknown, delivery.attempts) == ("unknown", ("bob@example.org",), 1)
        with pytest.raises(smtplib.SMTPServerDisconnected):
            delivery.raise_for_error()
    assert sum(line.startswith("MAIL") for line in post.said) == 1


def test_many_messages_keep_their_order_over_several_connections(peer: MakePeer) -> None:
    post = Post("PIPELINING")
    server = peer([post])
    with mail.Mailer(url_of(server), connections=3, messages_per_connection=7) as mailer:
        deliveries = mailer.send_all([note_to(f"u{number}@example.org") for number in range(40)])
        assert len(mailer._open) <= 3
    assert [delivery.accepted for delivery in deliveries] == [
        (f"u{number}@example.org",) for number in range(40)
    ]
    assert len(post.taken) == 40
    assert len(server.conversations) >= 6


def test_connection_is_kept_for_the_next_message(peer: MakePeer) -> None:
    post = Post()
    server = peer([post])
    with mail.Mailer(url_of(server)) as mailer:
        for _ in range(3):
            mailer.send(note_to("bob@example.org"))
    assert len(server.conversations) == 1
    assert post.said.count("QUIT") == 1


def test_kept_connection_that_was_closed_costs_no_attempt(peer: MakePeer) -> None:
    post = Post(answers={"MAIL FROM:<ann": ["250 OK", None]})
    with mail.Mailer(url_of(peer([post])), attempts=1) as mailer:
        for _ in range(2):
            assert mailer.send(note_to("bob@example.org")).attempts == 1
    assert len(post.taken) == 2


def test_tls_is_begun_where_it_is_offered(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    post = Post("STARTTLS", "AUTH PLAIN", tls=server_tls)
    url = url_of(peer([post]), login="ann:s3cret@")
    with mail.Mailer(url, context=client_tls) as mailer:
        mailer.send(note_to("bob@example.org"))
        assert "s3cret" not in repr(mailer)
    assert [line.split()[0] for line in post.said[:5]] == ["EHLO", "STARTTLS", "EHLO", "AUTH", "MAIL"]


@pytest.mark.parametrize("given", [{"tls": "require"}, {}])
def test_stripped_starttls_is_an_error_where_tls_is_required(peer: MakePeer, given: dict[str, str]) -> None:
    post = Post()
    mailer = mail.Mailer(url_of(peer([post]), "?tls=require" if not given else ""), **given)  # type: ignore[arg-type]
    with pytest.raises(smtplib.SMTPNotSupportedError, match="no STARTTLS"):
        mailer.send(note_to("bob@example.org"))
    assert post.said == [post.said[0]]


def test_tls_that_fails_is_no_reason_to_speak_in_the_clear(
    peer: MakePeer, server_tls: ssl.SSLContext
) -> None:
    post = Post("STARTTLS", tls=server_tls)
    server = peer([post])
    mailer = mail.Mailer(url_of(server, "?tls=prefer"), attempts=1)
    with pytest.raises(OSError, match=r"(?i)certificate"):
        mailer.send(note_to("bob@example.org"))
    assert not any(line.startswith("MAIL") for line in post.said)
    server.conversations[0].broken = None  # the handshake that the client refused


def test_never_means_never(peer: MakePeer) -> None:
    post = Post("STARTTLS")
    with mail.Mailer(url_of(peer([post]), "?tls=never")) as mailer:
        mailer.send(note_to("bob@example.org"))
    assert "STARTTLS" not in post.said


def test_lmtp_result_for_each_recipient(peer: MakePeer) -> None:
    post = Post(answers={"LHLO": "250 post.example", "the end": "250 OK\r\n452 4.2.2 full"})
    with mail.Mailer(url_of(peer([post]), scheme="lmtp"), attempts=1) as mailer:
        delivery = mailer.send(note_to("bob@example.org", "full@example.org"))
    assert delivery.accepted == ("bob@example.org",)
    assert delivery.refused["full@example.org"].code == 452


def test_rate_spreads_messages(peer: MakePeer, monkeypatch: pytest.MonkeyPatch) -> None:
    pauses: list[float] = []

    def sleep(seconds: float) -> None:
        pauses.append(seconds)

    monkeypatch.setattr(mail.together, "sleep", sleep)  # type: ignore[attr-defined]  # the module, not its name
    with mail.Mailer(url_of(peer([Post()])), rate=0.1, connections=1) as mailer:
        mailer.send_all([note_to("bob@example.org") for _ in range(4)])
    assert len(pauses) == 4
    assert 20 < pauses[-1] <= 30


def test_one_bad_message_stops_no_other(peer: MakePeer) -> None:
    post = Post()
    with mail.Mailer(url_of(peer([post]))) as mailer:
        bad, good = mailer.send_all([note_to("jörg@example.org"), note_to("bob@example.org")])
    assert isinstance(bad.error, smtplib.SMTPNotSupportedError)
    assert (bad.outcome, good.outcome) == ("not sent", "sent")


def test_signed_message_arrives_as_it_was_signed(peer: MakePeer) -> None:
    dkim = pytest.importorskip("dkim")
    rsa = pytest.importorskip("cryptography.hazmat.primitives.asymmetric.rsa")
    from cryptography.hazmat.primitives import serialization

    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    import base64

    record = b"v=DKIM1; k=rsa; p=" + base64.b64encode(public)
    post = Post()
    signer = mail.DKIM("example.org", "sel", pem)
    with mail.Mailer(url_of(peer([post])), dkim=signer) as mailer:
        mailer.send(mail.message("ann@example.org", "bob@example.org", "Grüße", ".dot\n..two\nü\n"))
    data = post.taken[0][2][: -len(b".\r\n")].replace(b"\r\n..", b"\r\n.")
    assert dkim.verify(data, dnsfunc=lambda *_, **__: record)
    assert not dkim.verify(data.replace(b"bob@", b"eve@"), dnsfunc=lambda *_, **__: record)


@pytest.mark.parametrize(
    "given",
    [("d;x", "s", "k"), ("d", "", "k"), ("d", "s t", "k")],
)
def test_dkim_parameters_that_would_break_the_field(given: tuple[str, str, str]) -> None:
    with pytest.raises(ValueError, match="DKIM"):
        mail.DKIM(*given)


def test_dkim_algorithm_and_key() -> None:
    with pytest.raises(ValueError, match="RFC 8301"):
        mail.DKIM("d.example", "s", "k", algorithm="rsa-sha1")
    pytest.importorskip("dkim")
    with pytest.raises(ValueError, match="cannot be signed"):
        mail.DKIM("d.example", "s", "no key").sign(b"From: a@d.example\r\n\r\nx\r\n")
    assert "no key" not in repr(mail.DKIM("d.example", "s", "no key"))


@pytest.mark.parametrize(
    "given",
    [{"connections": 0}, {"messages_per_connection": 0}, {"attempts": 0}, {"rate": 0}, {"tls": "maybe"}],
)
def test_parameters_that_make_no_sense(given: dict[str, Any]) -> None:
    with pytest.raises(ValueError, match=r"at least 1|above 0|tls is"):
        mail.Mailer("smtp://localhost", **given)


def test_nobody_there_is_an_error_of_connecting(peer: MakePeer) -> None:
    import socket

    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        mailer = mail.Mailer(f"smtp://127.0.0.1:{nobody.getsockname()[1]}", backoff=0.001)
        (delivery,) = mailer.send_all([note_to("bob@example.org")])
        with pytest.raises(ConnectionRefusedError):
            delivery.raise_for_error()
    assert delivery.attempts == 3
