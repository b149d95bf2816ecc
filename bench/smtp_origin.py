"""What the SMTP rows send to: a sink that takes and drops mail, or postfix, with a line of 20 ms between if wanted.

    python -m bench.smtp_origin near|far sink|pipelining|postfix

prints the port on its first line, and ends when its standard input does. To each line on its standard input it answers with
the number of round trips that connections have made since the last one.

*far* is a proxy that holds back every block of bytes for 10 ms in each direction. A round trip is counted each time that the
client speaks after it was answered: whatever it says without waiting belongs to the same one.

The sink reads as a server does, and is as fast as Python allows; *pipelining* does not offer CHUNKING. postfix takes mail for
everybody at drop.test and discards it.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from bench.rows import HOST

DELAY = 0.01
OFFERS = {
    "sink": b"250-sink\r\n250-PIPELINING\r\n250-SIZE 100000000\r\n250-8BITMIME\r\n250 CHUNKING\r\n",
    "pipelining": b"250-sink\r\n250-PIPELINING\r\n250-SIZE 100000000\r\n250 8BITMIME\r\n",
}
REPLIES = {
    b"MAIL": b"250 2.1.0 Ok\r\n",
    b"RCPT": b"250 2.1.5 Ok\r\n",
    b"RSET": b"250 2.0.0 Ok\r\n",
    b"NOOP": b"250 2.0.0 Ok\r\n",
}
TAKEN = b"250 2.0.0 Ok: queued\r\n"
LINES = re.compile(rb"([^\r\n]*)\r\n")

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
daemon_directory = {daemons}
data_directory = {root}/data
maillog_file = {root}/log
maillog_file_prefixes = /
myhostname = mail.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
local_header_rewrite_clients =
default_transport = error:nothing leaves this machine
alias_maps =
alias_database =
relay_domains = drop.test
transport_maps = inline:{{ drop.test=discard: }}
message_size_limit = 50000000
smtpd_client_connection_count_limit = 0
smtpd_relay_restrictions = reject_unauth_destination
"""
MASTER = """
postlog unix-dgram n - n - 1 postlogd
127.0.0.1:{port} inet n - n - - smtpd
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
anvil unix - - n - 1 anvil
"""
QUEUES = "active bounce corrupt defer deferred flush hold incoming private saved trace"
SEARCHED = os.pathsep.join(
    [os.environ.get("PATH", ""), "/usr/sbin", "/usr/lib/postfix/sbin", "/usr/libexec/postfix"]
)


class Sink(asyncio.Protocol):
    """Takes and drops mail."""

    def __init__(self, offers: bytes) -> None:
        self.offers = offers
        self.rest = b""
        self.chunk = 0  # bytes of a chunk that are still to come
        self.in_data = False

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(b"220 sink ESMTP\r\n")

    def data_received(self, data: bytes) -> None:
        if self.chunk:
            if len(data) < self.chunk:
                self.chunk -= len(data)
                return
            data, self.chunk = data[self.chunk :], 0
            self.transport.write(TAKEN)
        if self.rest:
            data, self.rest = self.rest + data, b""
        replies = []
        pos = 0
        while pos < len(data):
            if self.in_data:
                end = 0 if data.startswith(b".\r\n", pos) else data.find(b"\r\n.\r\n", pos) + 2
                if end == 1:
                    self.rest = data[-4:]
                    pos = len(data)
                    break
                pos = max(end, pos) + 3
                self.in_data = False
                replies.append(TAKEN)
                continue
            end = data.find(b"\n", pos) + 1
            if not end:
                break
            verb = data[pos : pos + 4].upper()
            line, pos = data[pos:end], end
            if reply := REPLIES.get(verb):
                replies.append(reply)
            elif verb == b"BDAT":
                size = int(line.split()[1])
                if len(data) - pos < size:
                    self.chunk = size - (len(data) - pos)
                    pos = len(data)
                    break
                pos += size
                replies.append(TAKEN)
            elif verb == b"DATA":
                self.in_data = True
                replies.append(b"354 go on\r\n")
            elif verb == b"QUIT":
                replies.append(b"221 bye\r\n")
            else:
                replies.append(self.offers if verb == b"EHLO" else b"250 Ok\r\n")
        if not self.rest:
            self.rest = data[pos:]
        if replies:
            self.transport.write(b"".join(replies))


class Line:
    """A proxy that holds everything back for a while, and counts round trips."""

    def __init__(self, port: int) -> None:
        self.port = port
        self.trips = 0

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        other_reader, other_writer = await asyncio.open_connection(HOST, self.port)
        for one in (writer, other_writer):
            one.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        answered = [False]
        await asyncio.gather(
            self.carry(reader, other_writer, answered, client=True),
            self.carry(other_reader, writer, answered, client=False),
            return_exceptions=True,
        )

    async def carry(self, reader: Any, writer: Any, answered: list[bool], *, client: bool) -> None:
        loop = asyncio.get_running_loop()
        while data := await reader.read(1 << 20):
            if client and answered[0]:
                self.trips += 1
                answered[0] = False
            loop.call_later(DELAY, self.pass_on, writer, data, answered, client)
        loop.call_later(DELAY, writer.close)

    def pass_on(self, writer: Any, data: bytes, answered: list[bool], client: bool) -> None:
        writer.write(data)
        answered[0] = answered[0] or not client


def start_postfix(root: Path) -> int:
    """Start postfix below a directory; its port. ImportError, which the tables show, where that cannot be done."""
    program, daemon = (shutil.which(name, path=SEARCHED) for name in ("postfix", "smtpd"))
    if program is None or daemon is None or os.geteuid():
        raise ImportError("postfix is not installed, or this is not root")
    (root / "etc").mkdir()
    for name, owner, mode in (
        ("data", "postfix", 0o755),
        ("queue", "root", 0o755),
        *((f"queue/{queue}", "postfix", 0o700) for queue in QUEUES.split()),
        ("queue/maildrop", "postfix:postdrop", 0o1730),
        ("queue/public", "postfix:postdrop", 0o2710),
        ("queue/pid", "root", 0o755),
    ):
        (root / name).mkdir()
        user, _, group = owner.partition(":")
        shutil.chown(root / name, user, group or None)
        (root / name).chmod(mode)
    (root / "queue" / "quick-start").touch()
    root.chmod(0o755)
    with socket.create_server((HOST, 0)) as sock:
        port: int = sock.getsockname()[1]
    (root / "etc" / "main.cf").write_text(MAIN.format(root=root, daemons=Path(daemon).parent))
    (root / "etc" / "master.cf").write_text(MASTER.format(port=port))
    subprocess.Popen(
        [program, "-c", root / "etc", "start-fg"],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    return port


def stop_postfix(root: Path) -> None:
    """End postfix, if it runs, by its master's process id."""
    with contextlib.suppress(OSError, ValueError):
        os.kill(int((root / "queue" / "pid" / "master.pid").read_text()), signal.SIGTERM)


async def wait_for(port: int) -> None:
    """Until a message to nobody in particular can be begun there: postfix's parts do not all start at once."""
    for _ in range(200):
        try:
            await try_out(port)
        except (OSError, ValueError):
            await asyncio.sleep(0.05)
        else:
            return
    raise RuntimeError("the server does not start")


async def try_out(port: int) -> None:
    """Begin a message; ValueError where the server does not want that."""
    reader, writer = await asyncio.open_connection(HOST, port)
    try:
        for line in ("", "HELO client.example", "MAIL FROM:<a@drop.test>", "RCPT TO:<b@drop.test>", "QUIT"):
            if line:
                writer.write(f"{line}\r\n".encode())
            if not (await reader.readline()).startswith(b"2"):
                raise ValueError(line)
    finally:
        writer.close()


async def serve(far: bool, what: str, root: Path) -> None:
    """Serve until standard input ends."""
    loop = asyncio.get_running_loop()
    if what == "postfix":
        port = start_postfix(root)
        await wait_for(port)
    else:
        sink = await loop.create_server(lambda: Sink(OFFERS[what]), HOST, 0)
        port = sink.sockets[0].getsockname()[1]
    line = Line(port)
    if far:
        proxy = await asyncio.start_server(line.serve, HOST, 0, limit=1 << 21)
        port = proxy.sockets[0].getsockname()[1]
    print(port, flush=True)
    while await asyncio.to_thread(sys.stdin.readline):
        print(line.trips, flush=True)
        line.trips = 0


def main() -> None:
    """Run from a command line."""
    pwd.getpwuid(os.getuid())
    with contextlib.suppress(ImportError):
        import uvloop

        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    with tempfile.TemporaryDirectory(prefix="wirekit-bench-smtp-") as directory:
        root = Path(directory)
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
        try:
            asyncio.run(serve(sys.argv[1] == "far", sys.argv[2], root))
        except ImportError as error:
            print(f"missing: {error}", flush=True)
        finally:
            stop_postfix(root)


if __name__ == "__main__":
    main()
