"""SMTP against postfix, in both twins: every extension and login that it has, and a server without any."""

from __future__ import annotations

import hashlib
import itertools
import ssl
from email.message import EmailMessage
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.fix_postfix import MECHANISMS, PASSWORD, SIZE_LIMIT, USER, Postfix
from tests.fix_twins import TWINS, Twin, both_twins, settle

pytestmark = [pytest.mark.interop, pytest.mark.timeout(180)]

SENDER, ALICE, NOBODY, LATER = (
    "bob@example.test",
    "alice@example.test",
    "nobody@example.test",
    "later@example.test",
)
WAYS = {
    "chunks": {"pipelining": True, "chunking": True},
    "pipelining": {"pipelining": True, "chunking": False},
    "chunks alone": {"pipelining": False, "chunking": True},
    "neither": {"pipelining": False, "chunking": False},
}
ways = pytest.mark.parametrize("way", WAYS)
numbers = itertools.count()


async def connect(twin: Twin, port: int, way: str = "chunks", kind: str = "SMTP", **options: Any) -> Any:
    smtp = getattr(twin.module("smtplib"), kind)(timeout=20, local_hostname="client.example", **options)
    smtp.__dict__.update(WAYS[way])
    await settle(smtp.connect("localhost" if kind == "SMTP_SSL" else "127.0.0.1", port))
    return smtp


def letter(body: bytes = b"text\r\n", **fields: str) -> tuple[str, bytes]:
    """Give a message's marker and its bytes."""
    marker = f"m{next(numbers)}"
    head = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return marker, f"X-Marker: {marker}\r\n{head}\r\n".encode() + body


def as_kept(message: bytes) -> bytes:
    """Give a message as a maildir keeps it: each line end, whatever it was, a line feed, and one at the end."""
    kept = message.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return kept if kept.endswith(b"\n") else kept + b"\n"


def digest(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


@ways
@both_twins
async def test_messages_arrive_and_refusals_are_told(twin: Twin, postfix: Postfix, way: str) -> None:
    smtp = await connect(twin, postfix.plain, way)
    marker, message = letter(b".dot\r\n..two\r\n.\r\n")
    refused = await settle(smtp.sendmail(SENDER, [ALICE, NOBODY, LATER, "x@elsewhere.test"], message))
    assert {address: reply.code for address, reply in refused.items()} == {
        NOBODY: 554, LATER: 450, "x@elsewhere.test": 554,
    }  # fmt: skip
    assert {address: str(reply.enhanced) for address, reply in refused.items()} == {
        NOBODY: "5.7.1", LATER: "4.7.1", "x@elsewhere.test": "5.7.1",
    }  # fmt: skip
    with pytest.raises(twin.module("smtplib").SMTPRecipientsRefused):
        await settle(smtp.sendmail(SENDER, [NOBODY], message))
    second, again = letter()
    assert await settle(smtp.sendmail(SENDER, ALICE, again)) == {}
    await settle(smtp.quit())
    kept = postfix.wait_for({marker, second})
    assert kept[marker] == as_kept(message)


@both_twins
async def test_server_without_extensions(twin: Twin, postfix: Postfix) -> None:
    smtp = await connect(twin, postfix.bare)
    marker, message = letter(b"\xc3\xa9\r\n")
    assert (await settle(smtp.sendmail(SENDER, [ALICE, NOBODY], message))).keys() == {NOBODY}
    assert not {"pipelining", "chunking", "8bitmime", "size"} & smtp.esmtp_features.keys()
    results = await settle(smtp.send_messages([(SENDER, ALICE, letter()[1]), (SENDER, NOBODY, b"x")]))
    assert [result.outcome for result in results] == ["sent", "not sent"]
    await settle(smtp.quit())
    assert postfix.wait_for({marker})[marker] == as_kept(message)


@ways
@both_twins
async def test_many_messages_in_flight(twin: Twin, postfix: Postfix, way: str) -> None:
    smtp = await connect(twin, postfix.plain, way)
    letters = [letter(b"%d\r\n.\r\n" % number * number) for number in range(40)]
    mails = [
        (SENDER, [ALICE, NOBODY] if number % 3 else ALICE, message)
        for number, (_, message) in enumerate(letters)
    ]
    mails[7] = (SENDER, NOBODY, letters[7][1])
    results = await settle(smtp.send_messages(mails))
    assert [result.outcome for result in results] == ["not sent" if n == 7 else "sent" for n in range(40)]
    assert all(str(result.reply.enhanced) == "2.0.0" for n, result in enumerate(results) if n != 7)
    assert [len(result.refused) for result in results] == [n == 7 or int(bool(n % 3)) for n in range(40)]
    await settle(smtp.quit())
    kept = postfix.wait_for({marker for n, (marker, _) in enumerate(letters) if n != 7})
    assert letters[7][0] not in kept
    for n, (marker, message) in enumerate(letters):
        assert n == 7 or digest(kept[marker]) == digest(as_kept(message))


@both_twins
async def test_hundreds_of_recipients(twin: Twin, postfix: Postfix) -> None:
    smtp = await connect(twin, postfix.plain)
    marker, message = letter()
    many = [f"user{number}@drop.test" for number in range(600)]
    assert await settle(smtp.sendmail(SENDER, [*many, NOBODY, ALICE], message)) == {
        NOBODY: (554, b"5.7.1 <nobody@example.test>: Recipient address rejected: Access denied")
    }
    await settle(smtp.quit())
    postfix.wait_for({marker})


@pytest.mark.parametrize("way", ["chunks", "pipelining"])
@both_twins
async def test_large_message(twin: Twin, postfix: Postfix, way: str) -> None:
    smtp = await connect(twin, postfix.plain, way)
    marker, message = letter((b"." + b"x" * 75 + b"\r\n") * 60_000)
    assert await settle(smtp.sendmail(SENDER, ALICE, message)) == {}
    with pytest.raises(twin.module("smtplib").SMTPSenderRefused) as caught:
        await settle(smtp.sendmail(SENDER, ALICE, bytes(SIZE_LIMIT + 1)))
    assert caught.value.smtp_code == 552
    await settle(smtp.quit())
    assert digest(postfix.wait_for({marker})[marker]) == digest(as_kept(message))


@pytest.mark.parametrize("mechanism", [None, *MECHANISMS.split()])
@both_twins
async def test_every_login(
    twin: Twin, postfix: Postfix, client_tls: ssl.SSLContext, mechanism: str | None
) -> None:
    smtp = await connect(twin, postfix.login)
    smtp._host = "localhost"
    await settle(smtp.starttls(context=client_tls))
    smtplib = twin.module("smtplib")
    with pytest.raises(smtplib.SMTPAuthenticationError):
        await settle(smtp.login(USER, "wrong", mechanism=mechanism or "PLAIN"))
    assert (await settle(smtp.login(USER, PASSWORD, mechanism=mechanism)))[0] == 235
    assert (await settle(smtp.sendmail(SENDER, ALICE, letter()[1]))) == {}
    await settle(smtp.quit())


@both_twins
async def test_strongest_login_is_taken_in_the_clear_too(
    twin: Twin, postfix: Postfix, capsys: pytest.CaptureFixture[str]
) -> None:
    smtp = await connect(twin, postfix.clear)
    smtp.set_debuglevel(1)
    await settle(smtp.login(USER, PASSWORD))
    smtp.close()
    told = capsys.readouterr().err
    assert "AUTH SCRAM-SHA-512 ***" in told
    assert PASSWORD not in told


@both_twins
async def test_tls_from_the_first_byte_on(twin: Twin, postfix: Postfix, client_tls: ssl.SSLContext) -> None:
    smtp = await connect(twin, postfix.tls, kind="SMTP_SSL", context=client_tls)
    await settle(smtp.login(USER, PASSWORD))
    marker, message = letter()
    results = await settle(smtp.send_messages([(SENDER, ALICE, message)] * 3))
    assert [result.outcome for result in results] == ["sent"] * 3
    await settle(smtp.quit())
    postfix.wait_for({marker})


@both_twins
async def test_certificate_that_nobody_signed_is_refused(twin: Twin, postfix: Postfix) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        await connect(twin, postfix.tls, kind="SMTP_SSL")
    smtp = await connect(twin, postfix.plain)
    with pytest.raises(ssl.SSLCertVerificationError):
        await settle(smtp.starttls())
    assert smtp.sock is None


@both_twins
async def test_international_mail(twin: Twin, postfix: Postfix) -> None:
    smtp = await connect(twin, postfix.plain)
    marker = f"m{next(numbers)}"
    message = EmailMessage()
    message["X-Marker"], message["From"], message["To"] = marker, SENDER, "j\xf6rg@b\xfccher.example"
    message["Subject"] = "gr\xfc\xdfe \u4f60\u597d"
    message.set_content("\xe4\n")
    assert await settle(smtp.send_message(message)) == {}
    await settle(smtp.quit())
    assert "Subject: gr\xfc\xdfe \u4f60\u597d\n".encode() in postfix.wait_for({marker})[marker]


@both_twins
async def test_delivery_status_options(twin: Twin, postfix: Postfix) -> None:
    smtp = await connect(twin, postfix.plain)
    marker, message = letter()
    options = ["RET=HDRS", "ENVID=abc+2B1"], ["NOTIFY=FAILURE,DELAY", "ORCPT=rfc822;Alice@example.test"]
    assert await settle(smtp.sendmail(SENDER, ALICE, message, *options)) == {}
    with pytest.raises(twin.module("smtplib").SMTPNotSupportedError, match="REQUIRETLS"):
        await settle(smtp.sendmail(SENDER, ALICE, message, ["REQUIRETLS"]))
    await settle(smtp.quit())
    postfix.wait_for({marker})


@both_twins
async def test_lmtp_sink(twin: Twin, postfix: Postfix) -> None:
    smtp = await connect(twin, postfix.lmtp, kind="LMTP")
    assert await settle(smtp.sendmail(SENDER, [ALICE, LATER, NOBODY], letter()[1])) == {}
    results = await settle(smtp.send_messages([(SENDER, [ALICE, LATER], letter()[1])] * 5))
    assert [result.accepted for result in results] == [(ALICE, LATER)] * 5
    assert (await settle(smtp.noop()))[0] == 250
    await settle(smtp.quit())


# ---- byte for byte

lines = st.lists(
    st.sampled_from(
        [b"", b".", b"..", b".x", b"x.", b"x", b"MAIL FROM:<a@b>", b"From here", b"\x0b", b"\x85\xff", b"\t"]
    ),
    max_size=6,
)
ends = st.sampled_from([b"\r\n", b"\n", b"\r", b"\n\r", b"\r\r\n", b"\n\n", b""])
bodies = st.builds(
    lambda lines, ends: b"".join(line + end for line, end in zip(lines, ends, strict=False)),
    lines,
    st.lists(ends, min_size=6, max_size=6),
)


@pytest.mark.parametrize("port", ["plain", "bare"])
@ways
@given(st.lists(bodies, min_size=60, max_size=60))
@settings(max_examples=1, deadline=None, suppress_health_check=list(HealthCheck), database=None)
def test_messages_arrive_byte_for_byte(
    postfix: Postfix, way: str, port: str, given_bodies: list[bytes]
) -> None:
    """Sixty messages of odd line ends and dots for each way, by one of the twins each; their hashes are compared."""
    twin = TWINS[[*WAYS].index(way) % len(TWINS)]
    letters = [letter(body) for body in given_bodies]

    async def main() -> None:
        smtp = await connect(twin, getattr(postfix, port), way)
        results = await settle(smtp.send_messages([(SENDER, ALICE, message) for _, message in letters[:30]]))
        assert {result.outcome for result in results} == {"sent"}
        for _, message in letters[30:]:
            assert await settle(smtp.sendmail(SENDER, ALICE, message)) == {}
        await settle(smtp.quit())

    twin.run(main())
    kept = postfix.wait_for({marker for marker, _ in letters})
    for marker, message in letters:
        assert digest(kept[marker]) == digest(as_kept(message)), message


def test_body_of_nothing_and_text_arrive(postfix: Postfix) -> None:
    def send(twin: Twin, given: str | bytes) -> None:
        async def main() -> None:
            smtp = await connect(twin, postfix.plain)
            await settle(smtp.sendmail(SENDER, ALICE, given))
            await settle(smtp.quit())

        twin.run(main())

    cases: list[tuple[str, bytes]] = [letter(b""), letter(b"\r\n"), letter(b"."), letter(b"text\n.\n")]
    for marker, message in cases:
        send(TWINS[0], message)
        send(TWINS[0], message.decode())
        assert postfix.wait_for({marker})[marker] == as_kept(message)
