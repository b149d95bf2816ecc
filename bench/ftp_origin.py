"""vsftpd for the FTP rows, in the clear and over TLS on one port, and a proxy before it that is far away.

`FTPOrigin` starts both when the first FTP row asks for them. `python -m bench.ftp_origin PORT` is the proxy: every byte
takes half a round trip, in both directions, on control and data connections alike. A data connection reaches the server
one and a half round trips after the client has asked for it, as it does where SYN, its answer and the first byte travel:
so what the server sends arrives when it would over a real line of that length.
"""

from __future__ import annotations

import asyncio
import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections import deque
from pathlib import Path
from typing import Final

from bench.origins import end_process, end_with_parent, hear_port, pick_port, start_announcing, wait_for_port
from bench.rows import HOST, HUGE, LARGE

ROUND_TRIP: Final = 0.020
FILE: Final = 4096
MANY, SOME, FEW = 2_000, 400, 100

VSFTPD = """
background=NO
seccomp_sandbox=NO
listen=YES
listen_address={host}
listen_port={port}
anonymous_enable=YES
local_enable=NO
anon_root={root}
no_anon_password=YES
write_enable=YES
anon_upload_enable=YES
anon_other_write_enable=YES
anon_umask=022
secure_chroot_dir={empty}
nopriv_user=nobody
xferlog_enable=NO
max_clients=0
max_per_ip=0
ssl_enable=YES
allow_anon_ssl=YES
force_anon_data_ssl=NO
force_anon_logins_ssl=NO
require_ssl_reuse=NO
ssl_ciphers=HIGH
rsa_cert_file={certificate}
"""


class FTPOrigin:
    """The running vsftpd and the proxy. `port`, `far`: where they listen, 0 where vsftpd cannot run.

    WIREKIT_BENCH_FTP names the directory of `files` (served; `up` in it takes what is stored) and `kept` (large
    files that were fetched) to the contenders, WIREKIT_BENCH_FTP_LOCAL the one for small files.
    """

    port = far = 0

    def __init__(self, certificate: Path) -> None:
        self.processes: list[subprocess.Popen[str]] = []
        self.root = Path(tempfile.mkdtemp(prefix="wirekit-bench-ftp-"))
        memory = Path("/dev/shm")
        self.local = Path(
            tempfile.mkdtemp(prefix="wirekit-bench-ftp-", dir=memory if memory.is_dir() else None)
        )
        os.environ["WIREKIT_BENCH_FTP"] = str(self.root)
        os.environ["WIREKIT_BENCH_FTP_LOCAL"] = str(self.local)
        program = shutil.which("vsftpd") or shutil.which("vsftpd", path="/usr/sbin:/usr/local/sbin")
        if program is None or os.geteuid() != 0 or not certificate.exists():
            return
        self._write_files()
        self._start(program, certificate)

    def end(self) -> None:
        """End the processes, and remove the files."""
        for process in self.processes:
            end_process(process)
        for path in (self.root, self.local):
            shutil.rmtree(path, ignore_errors=True)

    def _write_files(self) -> None:
        self.root.chmod(0o755)
        files = self.root / "files"
        for path in (files, self.root / "empty", self.root / "kept"):
            path.mkdir()
        files.chmod(0o755)
        (files / "up").mkdir()
        (files / "up").chmod(0o777)
        block = os.urandom(1024 * 1024)
        for name, size in (("huge.bin", HUGE), ("large.bin", LARGE)):
            with (files / name).open("wb") as file:
                for _ in range(size // len(block)):
                    file.write(block)
        for name, count in (("many", MANY), ("some", SOME), ("few", FEW)):
            (files / name).mkdir()
            for number in range(count):
                (files / name / f"{number:04}.bin").write_bytes(block[:FILE])

    def _start(self, program: str, certificate: Path) -> None:
        port = pick_port()
        configuration = self.root / "vsftpd.conf"
        configuration.write_text(
            VSFTPD.format(
                host=HOST,
                port=port,
                root=self.root / "files",
                empty=self.root / "empty",
                certificate=certificate,
            ),
            encoding="utf-8",
        )
        process = subprocess.Popen([program, str(configuration)], text=True, stdin=subprocess.DEVNULL)
        self.processes.append(process)
        wait_for_port(process, port)
        proxy = start_announcing([sys.executable, "-m", "bench.ftp_origin", str(port)])
        self.processes.append(proxy)
        self.port, self.far = port, hear_port(proxy)


# ---- the proxy


class Way:
    """Bytes on their way in one direction: each arrives half a round trip after it came."""

    def __init__(self) -> None:
        self.waiting: deque[tuple[float, bytes | None]] = deque()
        self.target: asyncio.Transport | None = None
        self.timer: asyncio.TimerHandle | None = None

    def push(self, data: bytes | None) -> None:
        """Send bytes on their way; None for the end."""
        self.waiting.append((asyncio.get_running_loop().time() + ROUND_TRIP / 2, data))
        self.arrive()

    def arrive(self) -> None:
        """Hand over what has arrived, and wait for the next."""
        loop = asyncio.get_running_loop()
        if self.timer is not None:
            self.timer.cancel()
            self.timer = None
        if self.target is None:
            return
        while self.waiting and self.waiting[0][0] <= loop.time():
            data = self.waiting.popleft()[1]
            if data is None:
                self.target.close()
            else:
                self.target.write(data)
        if self.waiting:
            self.timer = loop.call_at(self.waiting[0][0], self.arrive)

    def reach(self, target: asyncio.Transport) -> None:
        """There is somebody at the other end now."""
        self.target = target
        self.arrive()


class End(asyncio.Protocol):
    """One end of a connection through the proxy: what it receives goes along `way`."""

    def __init__(self, way: Way) -> None:
        self.way = way

    def data_received(self, data: bytes) -> None:
        self.way.push(data)

    def connection_lost(self, _error: Exception | None) -> None:
        self.way.push(None)


class Front(End):
    """The client's end: connects to the server when a handshake over such a line would be done."""

    def __init__(self, port: int, *, control: bool = False) -> None:
        super().__init__(Way())
        self.port, self.control = port, control
        self.back = Way()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.back.reach(transport)
        self.task = asyncio.create_task(self._connect())

    async def _connect(self) -> None:
        await asyncio.sleep(1.5 * ROUND_TRIP)
        kind = Replies if self.control else End
        try:
            transport, _ = await asyncio.get_running_loop().create_connection(
                lambda: kind(self.back), HOST, self.port
            )
        except OSError:
            self.back.push(None)
        else:
            self.way.reach(transport)


class Replies(End):
    """The server's end of a control connection: the ports that it names are replaced by the proxy's own."""

    rest = b""
    passive = re.compile(rb"(229 .*\(\|\|\|)(\d+)(\|\).*)|(227 .*\()(?:\d+,){4}(\d+),(\d+)(\).*)", re.DOTALL)

    def data_received(self, data: bytes) -> None:
        *lines, self.rest = (self.rest + data).split(b"\n")
        if lines:
            self.way.push(b"".join([self.replace(line + b"\n") for line in lines]))

    def replace(self, line: bytes) -> bytes:
        """Return a line of a reply as the client is to see it."""
        found = self.passive.match(line)
        if found is None:
            return line
        if found[1]:
            return b"%b%d%b" % (found[1], listen(int(found[2])), found[3])
        port = listen(int(found[5]) * 256 + int(found[6]))
        return b"%b127,0,0,1,%d,%d%b" % (found[4], port >> 8, port & 255, found[7])


TASKS: set[asyncio.Task[None]] = set()


def listen(port: int) -> int:
    """Take one connection for a port of the server; return the port to connect to instead."""
    listener = socket.create_server((HOST, 0), backlog=1)
    listener.setblocking(False)
    task = asyncio.create_task(accept(listener, port))
    TASKS.add(task)
    task.add_done_callback(TASKS.discard)
    number: int = listener.getsockname()[1]
    return number


async def accept(listener: socket.socket, port: int) -> None:
    """Take the connection; a client that has none to make gives it up in a minute."""
    loop = asyncio.get_running_loop()
    with listener:
        async with asyncio.timeout(60):
            connection, _ = await loop.sock_accept(listener)
    await loop.connect_accepted_socket(lambda: Front(port), connection)


async def serve(port: int) -> None:
    """Stand before the server that listens on the port."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: Front(port, control=True), HOST, 0)
    sys.stdout.write(f"{server.sockets[0].getsockname()[1]}\n")
    sys.stdout.flush()
    await server.serve_forever()


if __name__ == "__main__":
    end_with_parent()
    asyncio.run(serve(int(sys.argv[1])))
