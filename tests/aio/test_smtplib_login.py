"""Logging in to a mail server: the strongest way that both sides know, and never the secret for others to hear."""

from __future__ import annotations

import hashlib
import ssl
import traceback
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Peer, expect, send, until
from wirekit import defaults
from wirekit._io import tls
from wirekit.aio import _smtp_login, smtplib

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.fix_smtp import MailServer
    from tests.fix_tls import Certificates

    MakePeer = Callable[..., Peer]
    MakeMail = Callable[..., tuple[MailServer, Peer]]

USERS = {"alice": "s3cret-p\xe4ssword", "tim": "plain"}
WRONG = "wrong-secret"
EVERY = [
    "PLAIN",
    "LOGIN",
    "CRAM-MD5",
    "DIGEST-MD5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-224",
    "SCRAM-SHA-256",
    "SCRAM-SHA-384",
    "SCRAM-SHA-512",
]
AUTH = "AUTH " + " ".join(EVERY)


async def connect(peer: Peer, host: str = "127.0.0.1") -> Any:
    smtp = smtplib.SMTP(timeout=5, local_hostname="here.example")
    await smtp.connect(host, peer.port)
    return smtp


def said(server: MailServer) -> list[str]:
    return [command.split(" ")[1] for command in server.commands if command.startswith("AUTH ")]


@pytest.mark.parametrize("initial", [True, False])
@pytest.mark.parametrize("user", USERS)
@pytest.mark.parametrize("mechanism", EVERY)
async def test_every_mechanism_lets_in(mail: MakeMail, mechanism: str, user: str, initial: bool) -> None:
    server, peer = mail((AUTH,), users=USERS)
    smtp = await connect(peer)
    reply = await smtp.login(user, USERS[user], mechanism=mechanism, initial_response_ok=initial)
    assert reply == (235, b"2.7.0 welcome")
    assert await smtp.sendmail("a@x", "b@x", b"hi") == {}
    smtp.close()
    assert server.mails[0].user == mechanism


@pytest.mark.parametrize("mechanism", EVERY)
async def test_every_mechanism_refuses_a_wrong_password(mail: MakeMail, mechanism: str) -> None:
    _, peer = mail((AUTH,), users=USERS)
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        await smtp.login("alice", WRONG, mechanism=mechanism)
    assert (caught.value.smtp_code, vars(caught.value)["enhanced"]) == (535, (5, 7, 8))
    assert WRONG not in "".join(traceback.format_exception(caught.value))
    assert await smtp.noop() == (250, b"2.0.0 OK")
    smtp.close()


@pytest.mark.parametrize("number", range(len(EVERY)))
async def test_strongest_is_taken(mail: MakeMail, number: int) -> None:
    strongest = EVERY[number] if number else "PLAIN"
    server, peer = mail(("AUTH " + " ".join(["GSSAPI", *EVERY[: number + 1]]),), users=USERS)
    smtp = await connect(peer)
    await smtp.login("tim", "plain")
    smtp.close()
    await heard(peer)
    assert said(server) == ["PLAIN" if strongest == "LOGIN" else strongest]


async def test_next_is_tried_where_one_does_not_work(mail: MakeMail) -> None:
    answers = {"auth scram-sha-256": "504 5.5.4 unknown", "auth cram-md5": "535 5.7.8 no"}
    server, peer = mail(("AUTH SCRAM-SHA-256 SCRAM-SHA-1 CRAM-MD5 PLAIN",), users=USERS, answers=answers)
    smtp = await connect(peer)
    answers["auth scram-sha-1"] = "535 5.7.8 no"
    assert (await smtp.login("tim", "plain"))[0] == 235
    smtp.close()
    await heard(peer)
    assert said(server) == ["SCRAM-SHA-256", "SCRAM-SHA-1", "CRAM-MD5", "PLAIN"]


async def test_wrong_password_is_not_tried_by_every_hash(mail: MakeMail) -> None:
    server, peer = mail((AUTH,), users=USERS)
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await smtp.login("tim", "wrong")
    smtp.close()
    await heard(peer)
    assert said(server) == ["SCRAM-SHA-512", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN"]


async def test_logged_in_already_is_as_good(mail: MakeMail) -> None:
    _, peer = mail(("AUTH PLAIN",), answers={"auth": "503 5.5.1 already"})
    smtp = await connect(peer)
    assert await smtp.login("tim", "plain") == (503, b"5.5.1 already")
    smtp.close()


@pytest.mark.parametrize(
    "offers, error", [((), "SMTPNotSupportedError"), (("AUTH GSSAPI",), "SMTPException")]
)
async def test_server_without_a_way_in_is_an_error(
    mail: MakeMail, offers: tuple[str, ...], error: str
) -> None:
    server, peer = mail(offers)
    smtp = await connect(peer)
    with pytest.raises(getattr(smtplib, error), match=r"not supported by server|No suitable") as caught:
        await smtp.login("tim", "plain")
    assert type(caught.value) is getattr(smtplib, error)
    for wish in ({"mechanism": "PLAIN"}, {"token": "t"}):
        with pytest.raises(getattr(smtplib, error)):
            await smtp.login("tim", "plain", **wish)
    smtp.close()
    await heard(peer)
    assert len(server.commands) == 1


async def test_whom_to_act_as(peer: MakePeer) -> None:
    server = peer([
        send(b"220 x\r\n"), until(b"\r\n"), send(b"250-x\r\n250 AUTH PLAIN\r\n"),
        expect(b"AUTH PLAIN cm9vdAB0aW0AcGxhaW4=\r\n"), send(b"235 OK\r\n"),
    ])  # fmt: skip
    smtp = await connect(server)
    await smtp.login("tim", "plain", authzid="root")
    smtp.close()
    await heard(server)


# ---- by token, by certificate


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_token_lets_in(mail: MakeMail, mechanism: str) -> None:
    server, peer = mail((f"AUTH PLAIN {mechanism}",), users={"a=b,c": "tok.en"})
    smtp = await connect(peer)
    server.users = {"a=b,c" if mechanism == "XOAUTH2" else "a=3Db=2Cc": "tok.en"}
    assert (await smtp.login("a=b,c", token="tok.en"))[0] == 235
    smtp.close()
    await heard(peer)
    assert said(server) == [mechanism]


@pytest.mark.parametrize("mechanism", ["XOAUTH2", "OAUTHBEARER"])
async def test_token_that_is_refused_is_an_error(mail: MakeMail, mechanism: str) -> None:
    _, peer = mail((f"AUTH {mechanism}",), users={"alice": "tok.en"})
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPAuthenticationError) as caught:
        await smtp.login("alice", token=WRONG)
    assert WRONG not in "".join(traceback.format_exception(caught.value))
    assert (await smtp.noop())[0] == 250
    smtp.close()


async def test_token_may_come_from_a_function(mail: MakeMail) -> None:
    async def fetch() -> str:
        return "fresh"

    _, peer = mail(("AUTH XOAUTH2",), users={"alice": "fresh"})
    smtp = await connect(peer)
    assert (await smtp.login("alice", token=fetch))[0] == 235
    smtp.close()


async def test_certificate_lets_in(
    mail: MakeMail, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server, peer = mail(("STARTTLS", "AUTH PLAIN EXTERNAL"), tls=server_tls, users={"alice": ""})
    smtp = await connect(peer, "localhost")
    await smtp.starttls(context=client_tls)
    assert (await smtp.login("alice"))[0] == 235
    assert (await smtp.login("", mechanism="EXTERNAL"))[0] == 235
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await smtp.login("alice", mechanism="EXTERNAL", authzid="root")
    smtp.close()
    await heard(peer)
    assert [one for one in server.commands if one.startswith("AUTH")] == [
        "AUTH EXTERNAL YWxpY2U=", "AUTH EXTERNAL =", "AUTH EXTERNAL cm9vdA==",
    ]  # fmt: skip


async def test_no_password_and_no_certificate_is_an_error(mail: MakeMail) -> None:
    _, peer = mail(("AUTH PLAIN",))
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPException, match="No suitable"):
        await smtp.login("alice")
    smtp.close()


# ---- bound to the TLS session


def bind(certificates: Certificates) -> Callable[[ssl.SSLSocket], dict[str, bytes]]:
    pem = certificates.server.read_text()
    leaf = ssl.PEM_cert_to_DER_cert(pem[pem.index("-----BEGIN CERT") : pem.index("-----END CERT") + 26])

    def known(sock: ssl.SSLSocket) -> dict[str, bytes]:
        return {
            "tls-unique": sock.get_channel_binding() or b"",
            "tls-server-end-point": hashlib.sha256(leaf).digest(),
        }

    return known


@pytest.mark.parametrize("version", ["TLSv1_2", "TLSv1_3"])
@pytest.mark.parametrize("mechanism", ["SCRAM-SHA-1-PLUS", "SCRAM-SHA-256-PLUS", "SCRAM-SHA-512-PLUS"])
async def test_login_is_bound_to_the_session(
    mail: MakeMail, certificates: Certificates, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext,
    mechanism: str, version: str,
) -> None:  # fmt: skip
    client_tls.maximum_version = getattr(ssl.TLSVersion, version)
    server, peer = mail(
        ("STARTTLS", f"AUTH SCRAM-SHA-512 {mechanism}"),
        tls=server_tls,
        users=USERS,
        binding=bind(certificates),
    )
    smtp = await connect(peer, "localhost")
    await smtp.starttls(context=client_tls)
    assert (await smtp.login("alice", USERS["alice"]))[0] == 235
    smtp.close()
    await heard(peer)
    assert said(server) == [mechanism]


async def test_binding_of_another_session_is_refused(
    mail: MakeMail, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """Somebody sits between: the server's session is not ours."""
    _server, peer = mail(
        ("STARTTLS", "AUTH SCRAM-SHA-256-PLUS"), tls=server_tls, users=USERS,
        binding=lambda _: {"tls-unique": b"other", "tls-server-end-point": b"other"},
    )  # fmt: skip
    smtp = await connect(peer, "localhost")
    await smtp.starttls(context=client_tls)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await smtp.login("alice", USERS["alice"])
    smtp.close()


async def test_offer_of_binding_that_was_cut_out_is_noticed(
    mail: MakeMail, certificates: Certificates, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    _, peer = mail(
        ("STARTTLS", "AUTH SCRAM-SHA-256"), tls=server_tls, users=USERS, binding=bind(certificates)
    )
    smtp = await connect(peer, "localhost")
    await smtp.starttls(context=client_tls)
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await smtp.login("alice", USERS["alice"])
    smtp.close()


async def test_plus_is_not_taken_without_tls(mail: MakeMail) -> None:
    server, peer = mail(("AUTH SCRAM-SHA-256-PLUS SCRAM-SHA-256",), users=USERS)
    smtp = await connect(peer)
    assert (await smtp.login("alice", USERS["alice"]))[0] == 235
    smtp.close()
    await heard(peer)
    assert said(server) == ["SCRAM-SHA-256"]


def test_exporter_is_taken_where_python_gives_it(monkeypatch: pytest.MonkeyPatch) -> None:
    class Session:
        def version(self) -> str:
            return "TLSv1.3"

        def get_channel_binding(self, kind: str) -> bytes:
            return kind.encode()

    monkeypatch.setattr(ssl, "CHANNEL_BINDING_TYPES", ["tls-unique", "tls-exporter"])
    assert tls.channel_binding(Session()) == ("tls-exporter", b"tls-exporter")


def test_session_without_anything_in_common_has_no_binding() -> None:
    class Session:
        def version(self) -> str:
            return "TLSv1.3"

        def getpeercert(self, binary: bool) -> None:
            assert binary

    assert tls.channel_binding(Session()) is None


# ---- servers that cheat


@pytest.mark.parametrize(
    "mechanism, cheat, words",
    [
        ("SCRAM-SHA-256", "proof", "does not know the password itself"),
        ("SCRAM-SHA-256", "silent", "without proving"),
        ("SCRAM-SHA-256", "nonce", "another exchange"),
        ("SCRAM-SHA-256", "rounds", "rounds"),
        ("DIGEST-MD5", "proof", "does not know the password itself"),
    ],
)
async def test_server_that_does_not_know_the_password_is_found_out(
    mail: MakeMail, mechanism: str, cheat: str, words: str
) -> None:
    server, peer = mail((AUTH,), users=USERS, cheat=cheat)
    smtp = await connect(peer)
    with pytest.raises(smtplib.SMTPException, match=words) as caught:
        await smtp.login("alice", USERS["alice"], mechanism=mechanism)
    assert USERS["alice"] not in "".join(traceback.format_exception(caught.value))
    if cheat == "silent":
        assert smtp.sock is None
    else:
        assert (await smtp.noop())[0] == 250
    smtp.close()
    await heard(peer)
    assert ("*" in server.commands) == (cheat in {"nonce", "rounds"}) or cheat == "proof"


# ---- in the clear


class Elsewhere(smtplib.SMTP):
    """Believes that the server is another machine."""

    def _address(self, which: str) -> Any:
        return ("192.0.2.1", 25) if which == "getpeername" else super()._address(which)


@pytest.mark.parametrize(
    "wish", [{"password": "plain"}, {"token": "tok"}, {"password": "plain", "mechanism": "plain"}]
)
async def test_secret_is_not_sent_to_another_machine_in_the_clear(
    mail: MakeMail, wish: dict[str, Any]
) -> None:
    server, peer = mail(("AUTH PLAIN LOGIN XOAUTH2 OAUTHBEARER",), users=USERS)
    smtp = Elsewhere(timeout=5)
    await smtp.connect(peer.host, peer.port)
    with pytest.raises(
        smtplib.SMTPException, match=r"in the clear only, and there is no TLS: starttls\(\) first"
    ):
        await smtp.login("tim", **wish)
    smtp.close()
    await heard(peer)
    assert said(server) == []


async def test_challenge_is_answered_in_the_clear(mail: MakeMail) -> None:
    server, peer = mail(("AUTH PLAIN LOGIN CRAM-MD5",), users=USERS)
    smtp = Elsewhere(timeout=5)
    await smtp.connect(peer.host, peer.port)
    await smtp.login("tim", "plain")
    smtp.close()
    await heard(peer)
    assert said(server) == ["CRAM-MD5"]


async def test_secret_is_sent_in_the_clear_where_the_program_wants_it_so(mail: MakeMail) -> None:
    _, peer = mail(("AUTH PLAIN",), users=USERS)
    smtp = Elsewhere(timeout=5)
    await smtp.connect(peer.host, peer.port)
    with defaults.using(clear_login=True):
        assert (await smtp.login("tim", "plain"))[0] == 235
    smtp.close()


@pytest.mark.parametrize(
    "address, may",
    [
        (("127.0.0.1", 25), True),
        (("127.9.9.9", 25), True),
        (("::1", 25, 0, 0), True),
        (("192.0.2.1", 25), False),
        (("fe80::1%lo", 25, 0, 2), False),
        (("peer-address", "peer-port"), False),
        ("", True),
        (b"\0abstract", True),
        (None, False),
    ],
)
def test_this_machine_is_known(address: Any, may: bool) -> None:
    class There(smtplib.SMTP):
        def _address(self, which: str) -> Any:
            return address

    assert _smtp_login._may_be_clear(There()) is may


# ---- secrets


@pytest.mark.parametrize("mechanism", EVERY)
async def test_no_secret_is_shown(mail: MakeMail, mechanism: str, capsys: pytest.CaptureFixture[str]) -> None:
    server, peer = mail((AUTH,), users=USERS)
    smtp = await connect(peer)
    smtp.set_debuglevel(1)
    await smtp.login("alice", USERS["alice"], mechanism=mechanism)
    smtp.close()
    await heard(peer)
    told = capsys.readouterr().err
    start = next(n for n, command in enumerate(server.commands) if command.startswith("AUTH"))
    first, *answers = server.commands[start:]
    assert f"send: 'AUTH {mechanism}" in told
    for secret in (*first.split(" ")[2:], *filter(None, answers)):
        assert secret not in told
    assert smtp._login is None


async def test_password_that_cannot_be_sent_is_not_shown(mail: MakeMail) -> None:
    _server, peer = mail((AUTH,), users=USERS)
    smtp = await connect(peer)
    for secret in ("s3cret\0", "s3cret\ud800"):
        for mechanism in EVERY:
            with pytest.raises(ValueError, match="user name or password") as caught:
                await smtp.login("alice", secret, mechanism=mechanism)
            assert "s3cret" not in "".join(traceback.format_exception(caught.value))
            assert "s3cret" not in repr(caught.value.__dict__)
    assert (await smtp.noop())[0] == 250
    smtp.close()


def test_login_in_progress_shows_nothing() -> None:
    assert repr(_smtp_login.Login()) == "<Login>"


# ---- by hand


async def test_auth_takes_a_function(mail: MakeMail) -> None:
    server, peer = mail(("AUTH LOGIN",), users=USERS)
    smtp = await connect(peer)
    await smtp.ehlo()
    asked: list[Any] = []

    def answer(challenge: bytes | None = None) -> str | None:
        asked.append(challenge)
        return {None: None, b"Username:": "tim", b"Password:": "plain"}[challenge]

    assert await smtp.auth("login", answer) == (235, b"2.7.0 welcome")
    assert asked == [None, b"Username:", b"Password:"]
    smtp.close()
    await heard(peer)
    assert "AUTH LOGIN" in server.commands


async def test_auth_takes_the_methods(mail: MakeMail) -> None:
    _, peer = mail((AUTH,), users=USERS)
    smtp = await connect(peer)
    await smtp.ehlo()
    smtp.user, smtp.password = "tim", "plain"
    for mechanism in ("PLAIN", "LOGIN", "CRAM-MD5"):
        method = getattr(smtp, "auth_" + mechanism.lower().replace("-", "_"))
        for initial in (True, False):
            assert (await smtp.auth(mechanism, method, initial_response_ok=initial))[0] == 235
    assert await smtp.auth_plain() == "\0tim\0plain"
    assert await smtp.auth_login() == "tim"
    assert await smtp.auth_cram_md5() is None
    smtp.close()


async def test_own_method_for_a_mechanism_is_called(mail: MakeMail) -> None:
    class Own(smtplib.SMTP):
        def auth_plain(self, challenge: bytes | None = None) -> Any:
            return "\0tim\0plain"

        def auth_x_own(self, challenge: bytes | None = None) -> str:
            return "own"

    server, peer = mail(("AUTH PLAIN X-OWN",), users=USERS, answers={"auth x-own": "235 own"})
    smtp = Own(timeout=5)
    await smtp.connect(peer.host, peer.port)
    assert (await smtp.login("somebody", "else"))[0] == 235
    assert await smtp.login("somebody", "else", mechanism="X-OWN") == (235, b"own")
    smtp.close()
    await heard(peer)
    assert server.commands[-1] == "AUTH X-OWN b3du"


async def test_server_that_asks_without_end_is_left(peer: MakePeer) -> None:
    ask = [until(b"\r\n"), send(b"334 QnVHZ1liVWdHeQ==\r\n")]
    server = peer([send(b"220 x\r\n"), *ask * 7])
    smtp = await connect(server)
    with pytest.raises(smtplib.SMTPException, match="infinite loop"):
        await smtp.auth("BUGGY", lambda _=None: "x", initial_response_ok=False)
    smtp.close()


async def test_answer_that_fails_ends_the_exchange(mail: MakeMail) -> None:
    server, peer = mail(("AUTH LOGIN",), users=USERS)
    smtp = await connect(peer)

    def answer(challenge: bytes) -> str:
        raise LookupError("no such user here")

    with pytest.raises(LookupError):
        await smtp.auth("LOGIN", answer, initial_response_ok=False)
    assert (await smtp.noop())[0] == 250
    with pytest.raises(ValueError, match="cannot be encoded"):
        await smtp.auth("LOGIN", lambda _: "\ud800", initial_response_ok=False)
    assert (await smtp.noop())[0] == 250
    smtp.close()
    await heard(peer)
    assert server.commands == ["AUTH LOGIN", "*", "noop", "AUTH LOGIN", "*", "noop"]


@pytest.mark.parametrize(
    "text, challenge", [(b"VXNlcg==", b"User"), (b"Username:", b"Username:"), (b"", b"")]
)
async def test_challenge_that_is_no_base64_is_text(peer: MakePeer, text: bytes, challenge: bytes) -> None:
    server = peer([
        send(b"220 x\r\n"), until(b"\r\n"), send(b"334 " + text + b"\r\n"), until(b"\r\n"), send(b"235 OK\r\n"),
    ])  # fmt: skip
    smtp = await connect(server)
    asked = []

    def answer(given: bytes) -> bytes:
        asked.append(given)
        return b"bytes"

    await smtp.auth("X", answer, initial_response_ok=False)
    assert asked == [challenge]
    smtp.close()


async def test_login_on_a_server_of_old_style(mail: MakeMail) -> None:
    _, peer = mail(("AUTH=LOGIN",), users=USERS)
    smtp = await connect(peer)
    assert (await smtp.login("tim", "plain"))[0] == 235
    smtp.close()
