"""SMTP and LMTP against aiosmtpd, made to do what real servers rarely do, in both twins."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_tls import make_server_tls
from tests.fix_twins import Twin, both_twins, settle

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator

    from tests.fix_tls import Certificates

aiosmtpd_lmtp = pytest.importorskip("aiosmtpd.lmtp", reason="aiosmtpd is not installed")
aiosmtpd_smtp = pytest.importorskip("aiosmtpd.smtp")

pytestmark = pytest.mark.interop

TEXT = b"Subject: x\r\n\r\n.dot\r\n"
TO = ["a@y", "b@y", "c@y", "d@y"]


class Keep:
    """Keeps what it is handed."""

    def __init__(self) -> None:
        self.mails: list[tuple[str, list[str], bytes]] = []

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        self.mails.append((envelope.mail_from, list(envelope.rcpt_tos), bytes(envelope.original_content)))
        return "250 OK"


class HeloOnly(Keep):
    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        return ["502 EHLO not implemented"]


class HangsUp(Keep):
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        server.transport.abort()
        return "250 never said"


class Defers(Keep):
    """Puts every second recipient off."""

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:
        self.seen = getattr(self, "seen", 0) + 1
        if self.seen % 2 == 0:
            return "451 4.3.0 later"
        envelope.rcpt_tos.append(address)
        return "250 OK"


class Slow(Keep):
    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        await asyncio.sleep(0.05)
        return await super().handle_DATA(server, session, envelope)


class Loop:
    """A loop in a thread of its own, and the servers on it."""

    def __init__(self) -> None:
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever)
        self.thread.start()
        self.servers: list[asyncio.Server] = []

    def serve(self, handler: Any, kind: Any = aiosmtpd_smtp.SMTP, tls: Any = None, **options: Any) -> int:
        """Serve by this handler; return the port. tls: from the first byte on."""

        async def start() -> int:
            server = await self.loop.create_server(
                lambda: kind(handler, hostname="mail.example", loop=self.loop, **options),
                "127.0.0.1",
                0,
                ssl=tls,
            )
            self.servers.append(server)
            port: int = server.sockets[0].getsockname()[1]
            return port

        return asyncio.run_coroutine_threadsafe(start(), self.loop).result(5)

    def close(self) -> None:
        async def stop() -> None:
            for server in self.servers:
                server.close()
            others = asyncio.all_tasks() - {asyncio.current_task()}
            for task in others:
                task.cancel()
            await asyncio.gather(*others, return_exceptions=True)

        asyncio.run_coroutine_threadsafe(stop(), self.loop).result(5)
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join()
        self.loop.close()


@pytest.fixture
def serve() -> Iterator[Callable[..., int]]:
    loop = Loop()
    yield loop.serve
    loop.close()


async def connect(twin: Twin, port: int, kind: str = "SMTP", **options: Any) -> Any:
    smtp = getattr(twin.module("smtplib"), kind)(timeout=5, local_hostname="client.example", **options)
    await settle(smtp.connect("localhost" if kind == "SMTP_SSL" else "127.0.0.1", port))
    return smtp


@both_twins
async def test_helo_only(twin: Twin, serve: Callable[..., int]) -> None:
    handler = HeloOnly()
    smtp = await connect(twin, serve(handler))
    assert await settle(smtp.sendmail("s@x", TO, TEXT, ["BODY=8BITMIME"])) == {}
    assert not smtp.does_esmtp
    results = await settle(smtp.send_messages([("s@x", "a@y", TEXT)] * 3))
    assert [result.outcome for result in results] == ["sent"] * 3
    await settle(smtp.quit())
    assert handler.mails[0] == ("s@x", TO, TEXT)


@both_twins
async def test_hang_up_in_data_leaves_it_unknown(twin: Twin, serve: Callable[..., int]) -> None:
    smtplib = twin.module("smtplib")
    port = serve(HangsUp())
    smtp = await connect(twin, port)
    with pytest.raises(smtplib.SMTPOutcomeUnknown) as caught:
        await settle(smtp.sendmail("s@x", TO, TEXT))
    assert caught.value.unknown == tuple(TO)
    await settle(smtp.connect("127.0.0.1", port))
    results = await settle(smtp.send_messages([("s@x", "a@y", TEXT)] * 3))
    assert [result.outcome for result in results] == ["unknown", "not sent", "not sent"]


@both_twins
async def test_every_second_recipient_is_put_off(twin: Twin, serve: Callable[..., int]) -> None:
    handler = Defers()
    smtp = await connect(twin, serve(handler))
    later = (451, b"4.3.0 later")
    refused = await settle(smtp.sendmail("s@x", TO, TEXT))
    assert refused == {"b@y": later, "d@y": later}
    assert refused["b@y"].temporary
    results = await settle(
        smtp.send_messages([("s@x", "a@y", TEXT), ("s@x", "b@y", TEXT), ("s@x", TO, TEXT)])
    )
    assert [result.outcome for result in results] == ["sent", "not sent", "sent"]
    assert results[1].refused == {"b@y": later}
    await settle(smtp.quit())
    assert [mail[1] for mail in handler.mails] == [["a@y", "c@y"], ["a@y"], ["a@y", "c@y"]]


@both_twins
async def test_slow_answer_is_waited_for(twin: Twin, serve: Callable[..., int]) -> None:
    handler = Slow()
    smtp = await connect(twin, serve(handler))
    assert await settle(smtp.sendmail("s@x", TO, TEXT)) == {}
    await settle(smtp.quit())
    assert len(handler.mails) == 1


@both_twins
async def test_lmtp(twin: Twin, serve: Callable[..., int]) -> None:
    class Store(Keep):
        async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
            await super().handle_DATA(server, session, envelope)
            return "\r\n".join(
                ["250 delivered", "452 4.2.2 full", "250 delivered", "550 5.2.1 gone"][
                    : len(envelope.rcpt_tos)
                ]
            )

    handler = Store()
    smtp = await connect(twin, serve(handler, aiosmtpd_lmtp.LMTP), "LMTP")
    for _ in range(2):
        refused = await settle(smtp.sendmail("s@x", TO, TEXT))
        assert refused == {"b@y": (452, b"4.2.2 full"), "d@y": (550, b"5.2.1 gone")}
    assert await settle(smtp.sendmail("s@x", "a@y", TEXT)) == {}
    results = await settle(smtp.send_messages([("s@x", TO, TEXT)] * 4))
    assert [result.accepted for result in results] == [("a@y", "c@y")] * 4
    await settle(smtp.quit())
    assert len(handler.mails) == 7


@pytest.mark.parametrize("kind", ["SMTP", "SMTP_SSL"])
@pytest.mark.parametrize("mechanism", [None, "PLAIN", "LOGIN"])
@both_twins
async def test_login_and_tls(
    twin: Twin, serve: Callable[..., int], certificates: Certificates, client_tls: ssl.SSLContext,
    kind: str, mechanism: str | None,
) -> None:  # fmt: skip
    def check(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> Any:
        good = (data.login, data.password) == (b"alice", b"s3cret")
        return aiosmtpd_smtp.AuthResult(success=good, handled=False)

    handler, context = Keep(), make_server_tls(certificates.server)
    options: dict[str, Any] = {"authenticator": check}
    if kind == "SMTP":
        smtp = await connect(twin, serve(handler, tls_context=context, require_starttls=True, **options))
        smtp._host = "localhost"
        await settle(smtp.starttls(context=client_tls))
    else:
        port = serve(handler, tls=context, auth_require_tls=False, **options)
        smtp = await connect(twin, port, kind, context=client_tls)
    with pytest.raises(twin.module("smtplib").SMTPAuthenticationError):
        await settle(smtp.login("alice", "wrong", mechanism=mechanism))
    assert (await settle(smtp.login("alice", "s3cret", mechanism=mechanism)))[0] == 235
    assert await settle(smtp.sendmail("s@x", TO, TEXT)) == {}
    await settle(smtp.quit())
    assert handler.mails == [("s@x", TO, TEXT)]


@both_twins
async def test_international_envelope(twin: Twin, serve: Callable[..., int]) -> None:
    handler = Keep()
    smtp = await connect(twin, serve(handler, enable_SMTPUTF8=True))
    assert await settle(smtp.sendmail("j\xf6rg@x", "\u7528\u6237@y", "\xe4".encode(), ["SMTPUTF8"])) == {}
    await settle(smtp.quit())
    assert handler.mails[0][:2] == ("j\xf6rg@x", ["\u7528\u6237@y"])


@both_twins
async def test_size_limit(twin: Twin, serve: Callable[..., int]) -> None:
    handler = Keep()
    smtp = await connect(twin, serve(handler, data_size_limit=1000))
    with pytest.raises(twin.module("smtplib").SMTPSenderRefused) as caught:
        await settle(smtp.sendmail("s@x", TO, b"x" * 1001))
    assert caught.value.smtp_code == 552
    assert await settle(smtp.sendmail("s@x", TO, TEXT)) == {}
    await settle(smtp.quit())
