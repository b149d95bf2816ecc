"""The subclasses of SMTP that people really write, and what they put into its objects."""

from __future__ import annotations

import socket
import ssl
from typing import TYPE_CHECKING, Any
from unittest.mock import Mock

import pytest

from tests.fix_peer import Peer, send, until
from tests.fix_smtp import ALL, MailServer
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit import smtplib

if TYPE_CHECKING:
    from collections.abc import Callable

    MakePeer = Callable[..., Peer]

STEPS = ["mail", "rcpt", "data", "putcmd", "send", "getreply"]


async def connect(kind: Any, peer: Peer) -> Any:
    smtp = kind(timeout=5, local_hostname="here.example")
    await settle(smtp.connect(peer.host, peer.port))
    return smtp


def watch(twin: Twin, names: list[str]) -> tuple[Any, list[str]]:
    """Give a subclass whose methods of these names note that they were called, and go on."""
    called: list[str] = []

    def wrap(name: str) -> Any:
        if twin.waits:

            async def awaited(self: Any, *given: Any, **more: Any) -> Any:
                called.append(name)
                return await getattr(super(Watching, self), name)(*given, **more)

            return awaited

        def method(self: Any, *given: Any, **more: Any) -> Any:
            called.append(name)
            return getattr(super(Watching, self), name)(*given, **more)

        return method

    module = twin.module("smtplib")
    Watching = type("Watching", (module.SMTP,), {name: wrap(name) for name in names})
    return Watching, called


@both_twins
@pytest.mark.parametrize("name", STEPS)
async def test_overridden_step_is_called_though_all_could_leave_at_once(
    twin: Twin, peer: MakePeer, name: str
) -> None:
    server = MailServer(*ALL)
    kind, called = watch(twin, [name])
    smtp = await connect(kind, peer([server]))
    assert await settle(smtp.sendmail("a@x", ["b@x", "c@x"], b"hi\r\n")) == {}
    results = await settle(smtp.send_messages([("a@x", "b@x", b"hi\r\n")]))
    assert [result.outcome for result in results] == ["sent"]
    smtp.close()
    assert len(server.mails) == 2
    assert name in called
    wanted = {"mail": 2, "rcpt": 3, "data": 2}
    assert called.count(name) >= wanted.get(name, 2)


@both_twins
async def test_sender_and_recipients_may_be_changed_on_the_way(twin: Twin, peer: MakePeer) -> None:
    server = MailServer(*ALL)
    module = twin.module("smtplib")

    class Rewriting(module.SMTP):  # type: ignore[misc, name-defined]  # a module of either twin
        def mail(self, sender: str, options: Any = ()) -> Any:
            return super().mail("bounce+" + sender, options)

        def rcpt(self, recip: str, options: Any = ()) -> Any:
            return super().rcpt(recip, ["NOTIFY=NEVER"])

    smtp = await connect(Rewriting, peer([server]))
    await settle(smtp.sendmail("a@x", "b@x", b"hi"))
    smtp.close()
    assert (server.mails[0].sender, server.mails[0].rcpt_options) == ("bounce+a@x", ["NOTIFY=NEVER"])


@both_twins
async def test_data_may_be_changed_on_the_way(twin: Twin, peer: MakePeer) -> None:
    server = MailServer(*ALL)
    module = twin.module("smtplib")

    class Stamping(module.SMTP):  # type: ignore[misc, name-defined]
        def data(self, msg: bytes) -> Any:
            return super().data(b"X-Stamp: 1\r\n" + msg)

    smtp = await connect(Stamping, peer([server]))
    await settle(smtp.sendmail("a@x", "b@x", b"Subject: x\r\n\r\n"))
    smtp.close()
    assert server.mails[0].message == b"X-Stamp: 1\r\nSubject: x\r\n\r\n"


@both_twins
async def test_getreply_that_never_asks_ours_is_enough(twin: Twin) -> None:
    module = twin.module("smtplib")

    class Canned(module.SMTP):  # type: ignore[misc, name-defined]
        def send(self, s: Any) -> Any:
            said.append(s)
            return settle(None) if twin.waits else None

        def getreply(self) -> Any:
            reply = replies.pop(0)
            return settle(reply) if twin.waits else reply

    replies = [
        (250, b"x\nPIPELINING"),
        (250, b"OK"),
        (250, b"OK"),
        (354, b"go"),
        (250, b"taken"),
        (250, b"OK"),
    ]
    said: list[Any] = []
    smtp = Canned(local_hostname="here")
    assert await settle(smtp.sendmail("a@x", "b@x", b"hi")) == {}
    assert said == ["ehlo here\r\n", "mail from:<a@x>\r\n", "rcpt to:<b@x>\r\n", "data\r\n", b"hi\r\n.\r\n"]
    smtp._owner = None  # another thread may use it now
    assert await settle(smtp.noop()) == (250, b"OK")
    assert smtp._owed == 0


@both_twins
async def test_method_put_into_an_object_is_called(twin: Twin, peer: MakePeer) -> None:
    server = MailServer(*ALL)
    smtp = await connect(twin.module("smtplib").SMTP, peer([server]))
    refuse = Mock(side_effect=lambda *_: settle((550, b"no")) if twin.waits else (550, b"no"))
    smtp.rcpt = refuse
    with pytest.raises(twin.module("smtplib").SMTPRecipientsRefused):
        await settle(smtp.sendmail("a@x", "b@x", b"hi"))
    refuse.assert_called_once_with("b@x", ())
    smtp.close()
    assert not server.mails


@both_twins
async def test_method_put_into_the_class_is_called(
    twin: Twin, peer: MakePeer, monkeypatch: pytest.MonkeyPatch
) -> None:
    kind = twin.module("smtplib").SMTP
    monkeypatch.setattr(kind, "rcpt", lambda *_: settle((550, b"no")) if twin.waits else (550, b"no"))
    smtp = await connect(kind, peer([MailServer(*ALL)]))
    with pytest.raises(twin.module("smtplib").SMTPRecipientsRefused):
        await settle(smtp.sendmail("a@x", "b@x", b"hi"))
    smtp.close()


@both_twins
async def test_get_socket_may_connect_elsewhere(twin: Twin, peer: MakePeer) -> None:
    server = MailServer(*ALL)
    listener = peer([server])
    module = twin.module("smtplib")

    class Tunnelled(module.SMTP):  # type: ignore[misc, name-defined]
        def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
            asked.append((host, port, timeout))
            return socket.create_connection(listener.address, 5)

    asked: list[Any] = []
    smtp = Tunnelled(timeout=5)
    await settle(smtp.connect("far.example", 25))
    assert await settle(smtp.sendmail("a@x", "b@x", b"hi")) == {}
    await settle(smtp.quit())
    assert asked == [("far.example", 25, 5)]
    assert len(server.mails) == 1


def test_starttls_by_hand_on_a_real_socket(
    peer: MakePeer, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    """Old programs wrapped ``sock`` themselves, and set ``file`` to None; the async twin's is no socket."""
    server = MailServer(*ALL, "STARTTLS", tls=server_tls)
    listener = peer([server])
    smtp = smtplib.SMTP(listener.host, listener.port, timeout=5)
    smtp.ehlo()
    assert isinstance(smtp.sock, socket.socket)
    assert smtp.docmd("STARTTLS")[0] == 220
    smtp.sock = client_tls.wrap_socket(smtp.sock, server_hostname="localhost")
    smtp.file = None
    smtp.helo_resp = smtp.ehlo_resp = None
    assert smtp.sendmail("a@x", "b@x", b"hi\r\n") == {}
    assert isinstance(smtp.sock, ssl.SSLSocket)
    smtp.close()
    assert len(server.mails) == 1


@both_twins
async def test_login_by_a_function_of_old_programs(twin: Twin, peer: MakePeer) -> None:
    """How programs have sent XOAUTH2 since long."""
    server = MailServer("AUTH XOAUTH2", users={"alice": "tok"})
    smtp = await connect(twin.module("smtplib").SMTP, peer([server]))
    await settle(smtp.ehlo())
    text = "user=alice\x01auth=Bearer tok\x01\x01"
    assert (await settle(smtp.auth("XOAUTH2", lambda _=None: text)))[0] == 235
    smtp.close()


@both_twins
async def test_docmd_by_hand(twin: Twin, peer: MakePeer) -> None:
    listener = peer([send(b"220 x\r\n"), until(b"XCLIENT NAME=a\r\n"), send(b"220 again\r\n")])
    smtp = await connect(twin.module("smtplib").SMTP, listener)
    assert await settle(smtp.docmd("XCLIENT", "NAME=a")) == (220, b"again")
    smtp.close()
    await heard(twin, listener)
