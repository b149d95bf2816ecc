"""The tour's stop over SMTP: aiosmtpd with STARTTLS, an HTML message with a picture, a refused recipient."""

from __future__ import annotations

import asyncio
import ssl
import tempfile
import time
from email import message_from_bytes, policy
from pathlib import Path
from typing import TYPE_CHECKING, Any

from wirekit import mail
from wirekit._cli import tour_places as places
from wirekit._cli.tour import Scale, Step, Unexpected, not_here
from wirekit.aio import mail as aio_mail

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import EmailMessage

__all__ = ["STOPS"]

PICTURE = b"\x89PNG\r\n\x1a\n" + bytes(500)


class _Handler:
    """Takes mail for everybody but nobody@."""

    def __init__(self) -> None:
        self.taken: list[bytes] = []

    async def handle_RCPT(self, _: Any, __: Any, envelope: Any, address: str, ___: Any) -> str:
        """Answer to a recipient."""
        if address.startswith("nobody@"):
            return "550 5.1.1 nobody of this name here"
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _: Any, __: Any, envelope: Any) -> str:
        """Keep a message."""
        self.taken.append(envelope.content)
        return "250 OK"


def show_mail(scale: Scale) -> Iterator[Step]:
    """Mail by SMTP over STARTTLS, both twins, against aiosmtpd."""
    try:
        from aiosmtpd.controller import Controller
    except ImportError:
        yield not_here("aiosmtpd is not installed: pip install 'wirekit[lab]'")
        return
    with tempfile.TemporaryDirectory(prefix="wirekit-tour-") as directory:
        made = places.make_certificates(Path(directory))
        if made is None:
            yield not_here("nothing to make a certificate with: openssl, or trustme")
            return
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(made.here)
        handler = _Handler()
        there = Controller(
            handler, hostname="127.0.0.1", port=places.find_port(), tls_context=context, require_starttls=True
        )
        there.start()
        try:
            yield from _show_messages(
                f"smtp://127.0.0.1:{there.port}?tls=require", made.client(), handler, scale
            )
        finally:
            there.stop()


def _show_messages(url: str, context: ssl.SSLContext, handler: _Handler, scale: Scale) -> Iterator[Step]:
    message = mail.message(
        "Ann <ann@example.org>",
        ["bob@example.org", "nobody@example.org"],
        "A picture",
        "A picture.\n",
        '<p>A picture: <img src="cid:sun.png">\n',
        [("notes.csv", "a,b\n")],
        {"sun.png": PICTURE},
    )
    started = time.perf_counter()
    with mail.Mailer(url, context=context) as mailer:
        delivery = mailer.send(message)
        seconds = time.perf_counter() - started
        yield Step("an HTML message with a picture", _check_message(handler.taken.pop()), seconds)
        refused = {name: (reply.code, reply.enhanced) for name, reply in delivery.refused.items()}
        if refused != {"nobody@example.org": (550, (5, 1, 1))}:
            text = f"refused: {refused}"
            raise Unexpected(text)
        yield Step("a refused recipient, as data: 550, (5, 1, 1)", 0, 0.0)
    count = scale.times
    started = time.perf_counter()
    asyncio.run(_send_async(url, context, count))
    seconds = time.perf_counter() - started
    if len(handler.taken) != count:
        text = f"{len(handler.taken)} of {count} messages arrived"
        raise Unexpected(text)
    yield Step(f"{count} messages, async, over 2 connections", sum(map(len, handler.taken)), seconds)


def _check_message(data: bytes) -> int:
    """Check that what arrived is what was written."""
    arrived: EmailMessage = message_from_bytes(data, policy=policy.default)
    kinds = [part.get_content_type() for part in arrived.walk() if not part.is_multipart()]
    pictures = [part.get_content() for part in arrived.walk() if part.get_content_maintype() == "image"]
    if kinds != ["text/plain", "text/html", "image/png", "text/csv"] or pictures != [PICTURE]:
        text = f"the message arrived as {kinds}"
        raise Unexpected(text)
    return len(data)


async def _send_async(url: str, context: ssl.SSLContext, count: int) -> None:
    messages = [
        aio_mail.message("ann@example.org", f"bob{n}@example.org", str(n), "text\n") for n in range(count)
    ]
    async with aio_mail.Mailer(url, context=context, connections=2) as mailer:
        for delivery in await mailer.send_all(messages):
            delivery.raise_for_error()


STOPS = (show_mail,)
