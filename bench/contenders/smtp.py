"""SMTP: messages to a sink near by, and over a line of 20 ms to a sink and to postfix."""

from __future__ import annotations

import asyncio
import socket
import subprocess
import sys
from collections.abc import Callable
from typing import Any

from bench.rows import HOST, Goal, Row, Target, Work, add_rows, contender

STDLIB, PEER = "smtplib", "aiosmtplib"
WINDOW = "wirekit, send_messages"
BY_DATA = "wirekit, PIPELINING alone"
WINDOW_BY_DATA = "wirekit, send_messages, PIPELINING alone"
NEAR, LARGE, FAR, POSTFIX, MANY = "smtp-small", "smtp-large", "smtp-far", "smtp-far-postfix", "smtp-far-100"

add_rows(
    Row(
        NEAR,
        "smtp",
        "SMTP: a message of 500 bytes to a sink, one connection",
        "client",
        size=1,
        step=16,
        apart=True,
        goals=(Goal(0.4, STDLIB), Goal(0.4, STDLIB, "in a window", WINDOW)),
        note="The floor is a socket's `sendall` of envelope and message in one block, and `recv` of the replies. The sink offers "
        "PIPELINING and CHUNKING, which smtplib and aiosmtplib do not use.",
    ),
    Row(
        LARGE,
        "smtp",
        "SMTP: a message of 20 MB to a sink",
        "client",
        unit="ms",
        size=1,
        apart=True,
        goals=(
            Goal(5 / 75, STDLIB, "5 ms where smtplib takes 75 to 200"),
            Goal(27 / 75, STDLIB, "27 ms by DATA", "wirekit, DATA"),
        ),
        note="The floor is `sendall` of 20 MB. Its line ends are right already, and no line begins with a dot.",
    ),
    Row(
        FAR,
        "smtp",
        "SMTP: a stream of messages to a sink at 20 ms round trip, wall time",
        "client",
        unit="ms",
        size=1,
        by="wall",
        goals=(
            Goal(2 / 86, STDLIB, "2 ms a message where smtplib takes 86", WINDOW),
            Goal(22 / 86, STDLIB, "one round trip a message"),
        ),
        note="Round trips a message are counted by the proxy that makes the line long.",
    ),
    Row(
        POSTFIX,
        "smtp",
        "SMTP: a stream of messages to postfix at 20 ms round trip, wall time",
        "client",
        unit="ms",
        size=1,
        by="wall",
        goals=(Goal(4 / 86, STDLIB, "4 ms a message where smtplib takes 86", WINDOW),),
    ),
    Row(
        MANY,
        "smtp",
        "SMTP: a message to 100 recipients through postfix at 20 ms round trip, wall time",
        "client",
        unit="ms",
        size=1,
        by="wall",
        slice_wall=1.0,
        goals=(Goal(75 / 2196, STDLIB, "75 ms where smtplib takes 2,196"),),
    ),
)

SENDER = "a@drop.test"
SMALL = b"From: a@drop.test\r\nTo: b@drop.test\r\nSubject: figures\r\n\r\n" + b"some text of a line\r\n" * 20
BIG = b"From: a@drop.test\r\nTo: b@drop.test\r\n\r\n" + (b"x" * 76 + b"\r\n") * 256_410
ORIGINS: list[Any] = []


class Origin:
    """What a contender sends to, in a process of its own: it ends with this one, and with it the pipe."""

    def __init__(self, target: Target, *, by_data: bool = False) -> None:
        what = "postfix" if target.row in {POSTFIX, MANY} else "pipelining" if by_data else "sink"
        far = "far" if target.row in {FAR, POSTFIX, MANY} else "near"
        self.process = subprocess.Popen(
            [sys.executable, "-m", "bench.smtp_origin", far, what],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        ORIGINS.append(self)
        line = self.process.stdout.readline()
        if not line.strip().isdigit():
            raise ImportError(line.strip().removeprefix("missing: "))
        self.port = int(line)

    def count_trips(self) -> int:
        """Round trips since the last time."""
        self.process.stdin.write("\n")
        self.process.stdin.flush()
        return int(self.process.stdout.readline())


def letter_of(target: Target) -> tuple[str, list[str], bytes]:
    """What is sent in a row: sender, recipients, message."""
    recipients = [f"b{number}@drop.test" for number in range(100 if target.row == MANY else 1)]
    return SENDER, recipients, BIG if target.row == LARGE else SMALL


def finish(work: Work, origin: Origin, target: Target) -> Work:
    """Count the round trips of a message where they matter, once all is warm."""
    if target.row in {FAR, POSTFIX, MANY}:
        count = 1 if target.row == MANY else 32 if getattr(work, "many", False) else 4
        work(count)
        origin.count_trips()
        work(count)
        work.extra = {"round trips": round(origin.count_trips() / count, 2)}  # type: ignore[attr-defined]
    return work


def open_blocking(module: Any, target: Target, **options: Any) -> Work:
    """One message after another."""
    origin = Origin(target, by_data=options.pop("by_data", False))
    smtp = module.SMTP(HOST, origin.port, local_hostname="client.example")
    vars(smtp).update(options)
    letter = letter_of(target)

    def work(count: int) -> int:
        return sum([not smtp.sendmail(*letter) for _ in range(count)])

    return finish(work, origin, target)


def open_window(target: Target, *, by_data: bool = False) -> Work:
    """Many at once."""
    from wirekit import smtplib

    origin = Origin(target, by_data=by_data)
    smtp = smtplib.SMTP(HOST, origin.port, local_hostname="client.example")
    letter = letter_of(target)

    def work(count: int) -> int:
        return sum([result.sent for result in smtp.send_messages([letter] * count)])

    work.many = True  # type: ignore[attr-defined]
    return finish(work, origin, target)


def open_async(make: Callable[[int], Any], send: Callable[[Any, Any, int], Any], target: Target) -> Work:
    """In a loop of uvloop's: `make` a client that is connected, and let it `send` so many."""
    import uvloop

    runner = asyncio.Runner(loop_factory=uvloop.new_event_loop)
    origin = Origin(target)
    letter = letter_of(target)
    smtp = runner.run(make(origin.port))

    def work(count: int) -> int:
        return runner.run(send(smtp, letter, count))

    work.many = send is send_at_once  # type: ignore[attr-defined]
    return finish(work, origin, target)


@contender("floor", NEAR, LARGE)
def open_floor(target: Target) -> Work:
    sock = socket.create_connection((HOST, Origin(target).port))
    sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    sock.recv(999)
    sock.sendall(b"EHLO client.example\r\n")
    sock.recv(999)
    sender, (recipient,), message = letter_of(target)
    envelope = b"mail from:<%b>\r\nrcpt to:<%b>\r\nBDAT %d LAST\r\n" % (
        sender.encode(),
        recipient.encode(),
        len(message),
    )
    blocks = [envelope, message] if target.row == LARGE else [envelope + message]

    def work(count: int) -> int:
        for _ in range(count):
            for block in blocks:
                sock.sendall(block)
            got = b""
            while got.count(b"\n") < 3:
                got += sock.recv(65536)
        return count

    return work


@contender("wirekit", NEAR, LARGE, FAR, POSTFIX, MANY, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit import smtplib

    return open_blocking(smtplib, target)


@contender("wirekit, DATA", LARGE, package="wirekit")
def open_wirekit_data(target: Target) -> Work:
    from wirekit import smtplib

    return open_blocking(smtplib, target, chunking=False)


@contender(BY_DATA, NEAR, FAR, MANY, package="wirekit")
def open_wirekit_pipelining(target: Target) -> Work:
    from wirekit import smtplib

    if target.row == MANY:  # postfix offers CHUNKING, which is not used then
        return open_blocking(smtplib, target, chunking=False)
    return open_blocking(smtplib, target, by_data=True)


@contender(WINDOW, NEAR, FAR, POSTFIX, package="wirekit")
def open_wirekit_window(target: Target) -> Work:
    return open_window(target)


@contender(WINDOW_BY_DATA, NEAR, FAR, package="wirekit")
def open_wirekit_window_pipelining(target: Target) -> Work:
    return open_window(target, by_data=True)


async def make_wirekit(port: int) -> Any:
    from wirekit.aio import smtplib

    smtp = smtplib.SMTP(local_hostname="client.example")
    await smtp.connect(HOST, port)
    return smtp


async def send_one_by_one(smtp: Any, letter: Any, count: int) -> int:
    return sum([not await smtp.sendmail(*letter) for _ in range(count)])


async def send_at_once(smtp: Any, letter: Any, count: int) -> int:
    return sum([result.sent for result in await smtp.send_messages([letter] * count)])


@contender("wirekit, async on uvloop", NEAR, LARGE, MANY, package="wirekit")
def open_wirekit_async(target: Target) -> Work:
    return open_async(make_wirekit, send_one_by_one, target)


@contender("wirekit, send_messages, async on uvloop", NEAR, FAR, POSTFIX, package="wirekit")
def open_wirekit_async_window(target: Target) -> Work:
    return open_async(make_wirekit, send_at_once, target)


@contender(STDLIB, NEAR, LARGE, FAR, POSTFIX, MANY)
def open_stdlib(target: Target) -> Work:
    import smtplib

    return open_blocking(smtplib, target)


@contender(f"{PEER}, on uvloop", NEAR, LARGE, FAR, POSTFIX, MANY, package=PEER)
def open_peer(target: Target) -> Work:
    import aiosmtplib

    async def make(port: int) -> Any:
        smtp = aiosmtplib.SMTP(hostname=HOST, port=port, local_hostname="client.example", start_tls=False)
        await smtp.connect()
        return smtp

    async def send(smtp: Any, letter: Any, count: int) -> int:
        return sum([not (await smtp.sendmail(*letter))[0] for _ in range(count)])

    return open_async(make, send, target)
