"""FTP: large files both ways, in the clear and over TLS; a directory of small files; a line of 20 ms.

All talk to one vsftpd (bench.ftp_origin). Large files go to the temporary directory, and small ones to memory (/dev/shm, where
there is that): how fast a file system makes files is not what is measured.
"""

from __future__ import annotations

import asyncio
import itertools
import os
import shutil
import socket
import ssl
import subprocess
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bench.ftp_origin import FEW, FILE, MANY, SOME
from bench.rows import FLOOR, HOST, HUGE, LARGE, Goal, Row, Target, Work, add_rows, contender

STDLIB, CURL, LFTP = "ftplib", "pycurl", "lftp"
BLOCK = 1 << 18
DOWN, UP, TLS_DOWN, TLS_UP, MIRROR, ONE, FAR = (
    "ftp-download",
    "ftp-upload",
    "ftps-download",
    "ftps-upload",
    "ftp-mirror",
    "ftp-far-one",
    "ftp-far",
)
LARGE_ROWS = (DOWN, UP, TLS_DOWN, TLS_UP)
AT_ONCE = 8
STEP = 10
numbers = itertools.count()


def _large(name: str, title: str, *goals: Goal, by: Any = "cpu") -> Row:
    return Row(
        name,
        "ftp",
        title,
        "client",
        unit="ms",
        served_by="ftp",
        path="/huge.bin",
        size=HUGE,
        by=by,
        apart=True,
        goals=goals,
        shorter=("/large.bin", LARGE),
        note="500 MB; 100 MB after --quick and among all other rows. The code is the same for ftplib and wirekit, and names "
        "no block size.",
    )


add_rows(
    _large(DOWN, "FTP: download of a large file to a file", Goal(0.5, STDLIB, "1.0 CPU s per GB where ftplib takes 2.0")),
    _large(UP, "FTP: upload of a large file", Goal(0.2, STDLIB, "0.12 CPU s per GB where ftplib takes 0.61")),
    _large(TLS_DOWN, "FTPS: download of a large file to a file, wall time", Goal(0.8, STDLIB, "1.25 times as fast"), by="wall"),
    _large(TLS_UP, "FTPS: upload of a large file, wall time", Goal(0.67, STDLIB, "1.5 times as fast"), by="wall"),
    Row(
        MIRROR,
        "ftp",
        "FTP: mirror of 2,000 files of 4 KB, wall time",
        "client",
        unit="ms",
        served_by="ftp",
        path="/many",
        size=MANY * FILE,
        by="wall",
        shorter=("/some", SOME * FILE),
        goals=(Goal(0.63, LFTP, "3,000 files a second where lftp -P8 manages 1,900", "wirekit.tree"),),
        note="400 files after --quick and among all other rows. ftplib and pycurl: one connection, kept, file after file. "
        "wirekit looks at sizes and times first, makes each file appear whole, and keeps its time; so does lftp -P8.",
    ),
    Row(
        ONE,
        "ftp",
        "FTP at 20 ms: one file of 4 KB of many on one connection, wall time",
        "client",
        unit="ms",
        served_by="ftp_far",
        path="/few",
        size=FILE,
        step=STEP,
        by="wall",
        slice_wall=0.1,
        goals=(Goal(3.5 / 3, FLOOR, "3.5 round trips a file"),),
        note="20 ms are a round trip. The floor sends EPSV and RETR together and reads what comes: three round trips.",
    ),
    Row(
        FAR,
        "ftp",
        "FTP at 20 ms: 100 files of 4 KB, several at once, wall time",
        "client",
        unit="ms",
        served_by="ftp_far",
        path="/few",
        size=FEW * FILE,
        by="wall",
        slice_wall=0.1,
        goals=(Goal(1.0, LFTP, ours="wirekit.tree"),),
        note="With connecting, logging in and looking; eight connections each. The goal is 1.6 s.",
    ),
)  # fmt: skip


# ---- places


def root() -> Path:
    return Path(os.environ["WIREKIT_BENCH_FTP"])


def local() -> Path:
    return Path(os.environ["WIREKIT_BENCH_FTP_LOCAL"])


def served(target: Target) -> Path:
    return root() / "files" / target.path[1:]


def local_file(target: Target) -> Path:
    """Where a download goes: the same file every time."""
    return root() / "kept" / f"{os.getpid()}-{Path(target.path).name}"


def fresh_directory() -> Path:
    """An empty directory. All stay to the end: ext4 is slow to make files for seconds after many were removed."""
    path = local() / f"{os.getpid()}-{next(numbers)}"
    path.mkdir()
    return path


def count_bytes(directory: Path) -> int:
    return sum(entry.stat().st_size for entry in os.scandir(directory))


def need_server(target: Target) -> None:
    if not target.port:
        raise ImportError("vsftpd is not installed, or we are not root")


def is_upload(target: Target) -> bool:
    return target.row in (UP, TLS_UP)


def is_secret(target: Target) -> bool:
    return target.row.startswith("ftps")


def repeat(operation: Callable[[], int]) -> Work:
    return lambda count: sum([operation() for _ in range(count)])


def work_in_loop(operation: Callable[[], Awaitable[int]], runner: asyncio.Runner) -> Work:
    async def load(count: int) -> int:
        return sum([await operation() for _ in range(count)])

    return lambda count: runner.run(load(count))


def make_runner() -> asyncio.Runner:
    import uvloop

    return asyncio.Runner(loop_factory=uvloop.new_event_loop)


# ---- ftplib, and wirekit in its place: the same code


def connect(module: Any, target: Target) -> Any:
    need_server(target)
    if is_secret(target):
        ftp = module.FTP_TLS(context=ssl.create_default_context(), timeout=30)
    else:
        ftp = module.FTP(timeout=30)
    ftp.connect(HOST, target.port)
    ftp.login()
    if is_secret(target):
        ftp.prot_p()
    return ftp


def open_large(module: Any, target: Target) -> Work:
    ftp = connect(module, target)
    place = local_file(target)

    def fetch() -> int:
        with place.open("wb") as file:
            ftp.retrbinary(f"RETR {target.path}", file.write)
        return place.stat().st_size

    def store() -> int:
        with served(target).open("rb") as file:
            ftp.storbinary("STOR up/up.bin", file)
        return target.size

    return repeat(store if is_upload(target) else fetch)


def open_sequence(module: Any, target: Target) -> Work:
    ftp = connect(module, target)
    names = itertools.cycle(ftp.nlst(target.path))

    def fetch() -> int:
        blocks: list[bytes] = []
        ftp.retrbinary(f"RETR {next(names)}", blocks.append)
        return sum(map(len, blocks))

    return repeat(fetch)


@contender(STDLIB, *LARGE_ROWS)
def open_stdlib(target: Target) -> Work:
    import ftplib

    return open_large(ftplib, target)


@contender("wirekit", *LARGE_ROWS, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit import ftplib

    return open_large(ftplib, target)


@contender(STDLIB, ONE)
def open_stdlib_one(target: Target) -> Work:
    import ftplib

    return open_sequence(ftplib, target)


@contender("wirekit", ONE, package="wirekit")
def open_wirekit_one(target: Target) -> Work:
    from wirekit import ftplib

    return open_sequence(ftplib, target)


@contender(STDLIB, MIRROR)
def open_stdlib_mirror(target: Target) -> Work:
    import ftplib

    ftp = connect(ftplib, target)

    def mirror() -> int:
        directory = fresh_directory()
        for name in ftp.nlst(target.path):
            with (directory / Path(name).name).open("wb") as file:
                ftp.retrbinary(f"RETR {name}", file.write)
        return count_bytes(directory)

    return repeat(mirror)


@contender("wirekit.aio on uvloop", *LARGE_ROWS, package="wirekit")
def open_wirekit_aio(target: Target) -> Work:
    from wirekit.aio import ftplib

    need_server(target)
    runner, place = make_runner(), local_file(target)

    async def make() -> Any:
        if is_secret(target):
            ftp: Any = ftplib.FTP_TLS(context=ssl.create_default_context(), timeout=30)
        else:
            ftp = ftplib.FTP(timeout=30)
        await ftp.connect(HOST, target.port)
        await ftp.login()
        return ftp

    ftp = runner.run(make())

    async def fetch() -> int:
        with place.open("wb") as file:
            await ftp.retrbinary(f"RETR {target.path}", file.write)
        return place.stat().st_size

    async def store() -> int:
        with served(target).open("rb") as file:
            await ftp.storbinary("STOR up/up.bin", file)
        return target.size

    return work_in_loop(store if is_upload(target) else fetch, runner)


# ---- floors


@contender(FLOOR, DOWN)
def open_floor(target: Target) -> Work:
    """A socket's `recv_into` one buffer, written to the file."""
    ftp = connect_raw(target)
    place, block = local_file(target), memoryview(bytearray(BLOCK))

    def fetch() -> int:
        with open_raw(ftp, f"RETR {target.path}") as sock, place.open("wb", buffering=0) as file:
            while size := sock.recv_into(block, BLOCK, socket.MSG_WAITALL):
                file.write(block[:size])
        ftp.voidresp()
        return place.stat().st_size

    return repeat(fetch)


@contender(FLOOR, UP)
def open_floor_up(target: Target) -> Work:
    """`os.sendfile`."""
    ftp = connect_raw(target)

    def store() -> int:
        with open_raw(ftp, "STOR up/up.bin") as sock, served(target).open("rb") as file:
            sock.settimeout(None)
            sock.sendfile(file)
        ftp.voidresp()
        return target.size

    return repeat(store)


@contender(FLOOR, ONE)
def open_floor_one(target: Target) -> Work:
    ftp = connect_raw(target)
    names = itertools.cycle(ftp.nlst(target.path))
    ftp.voidcmd("TYPE I")

    def fetch() -> int:
        with open_raw(ftp, f"RETR {next(names)}") as sock:
            size = 0
            while data := sock.recv(BLOCK):
                size += len(data)
        ftp.voidresp()
        return size

    return repeat(fetch)


def connect_raw(target: Target) -> Any:
    import ftplib

    ftp = connect(ftplib, target)
    ftp.voidcmd("TYPE I")
    return ftp


def open_raw(ftp: Any, command: str) -> socket.socket:
    """A data connection, EPSV and the command after it sent together."""
    ftp.sock.sendall(f"EPSV\r\n{command}\r\n".encode())
    sock = socket.create_connection((HOST, int(ftp.getresp().split("|")[3])), 30)
    sock.settimeout(None)
    ftp.getresp()
    return sock


# ---- wirekit.tree


@contender("wirekit.tree", MIRROR, FAR, package="wirekit")
def open_tree(target: Target) -> Work:
    from wirekit.tree import Tree

    need_server(target)

    def mirror() -> int:
        directory = fresh_directory()
        with Tree(f"ftp://{HOST}:{target.port}{target.path}", connections=AT_ONCE) as tree:
            assert tree.mirror("", directory).ok
        return count_bytes(directory)

    return repeat(mirror)


@contender("wirekit.aio.tree on uvloop", MIRROR, FAR, package="wirekit")
def open_tree_aio(target: Target) -> Work:
    from wirekit.aio.tree import Tree

    need_server(target)

    async def mirror() -> int:
        directory = fresh_directory()
        async with Tree(f"ftp://{HOST}:{target.port}{target.path}", connections=AT_ONCE) as tree:
            assert (await tree.mirror("", directory)).ok
        return count_bytes(directory)

    return work_in_loop(mirror, make_runner())


# ---- pycurl


def make_curl(target: Target) -> Any:
    import pycurl

    need_server(target)
    curl = pycurl.Curl()
    curl.setopt(pycurl.BUFFERSIZE, BLOCK)
    if is_secret(target):
        curl.setopt(pycurl.USE_SSL, pycurl.USESSL_ALL)
        curl.setopt(pycurl.CAINFO, os.environ["SSL_CERT_FILE"])
    return curl


def url_of(target: Target, path: str) -> str:
    return f"ftp://{HOST}:{target.port}{path}"


@contender(CURL, *LARGE_ROWS, package="pycurl")
def open_curl(target: Target) -> Work:
    import pycurl

    curl, place = make_curl(target), local_file(target)

    def fetch() -> int:
        with place.open("wb") as file:
            curl.setopt(pycurl.URL, url_of(target, target.path))
            curl.setopt(pycurl.WRITEDATA, file)
            curl.perform()
        return place.stat().st_size

    def store() -> int:
        with served(target).open("rb") as file:
            curl.setopt(pycurl.URL, url_of(target, "/up/up.bin"))
            curl.setopt(pycurl.UPLOAD, 1)
            curl.setopt(pycurl.READDATA, file)
            curl.perform()
        return target.size

    return repeat(store if is_upload(target) else fetch)


def list_curl(target: Target) -> list[str]:
    import ftplib

    with connect(ftplib, target) as ftp:
        found: list[str] = ftp.nlst(target.path)
        return found


@contender(CURL, ONE, package="pycurl")
def open_curl_one(target: Target) -> Work:
    import pycurl

    curl, names = make_curl(target), itertools.cycle(list_curl(target))

    def fetch() -> int:
        blocks: list[bytes] = []
        curl.setopt(pycurl.URL, url_of(target, next(names)))
        curl.setopt(pycurl.WRITEFUNCTION, blocks.append)
        curl.perform()
        return sum(map(len, blocks))

    return repeat(fetch)


@contender(CURL, MIRROR, package="pycurl")
def open_curl_mirror(target: Target) -> Work:
    import pycurl

    curl = make_curl(target)

    def mirror() -> int:
        directory = fresh_directory()
        for name in list_curl(target):
            with (directory / Path(name).name).open("wb") as file:
                curl.setopt(pycurl.URL, url_of(target, name))
                curl.setopt(pycurl.WRITEDATA, file)
                curl.perform()
        return count_bytes(directory)

    return repeat(mirror)


# ---- lftp


def run_lftp(target: Target, commands: str) -> None:
    """One lftp, started and ended: a few ms of its CPU time."""
    settings = f"set net:max-retries 2; set ftp:ssl-allow-anonymous true; set ssl:ca-file {os.environ['SSL_CERT_FILE']}; set cmd:at-exit ''; "
    settings += "set ftp:ssl-force true; set ftp:ssl-protect-data true; " if is_secret(target) else ""
    environment = {"PATH": os.environ["PATH"], "HOME": str(root() / "empty"), "LC_ALL": "C"}
    command = ["lftp", "--norc", "-c", f"{settings}open -p {target.port} {HOST}; {commands}"]
    subprocess.run(command, check=True, stdin=subprocess.DEVNULL, capture_output=True, env=environment)


def need_lftp(target: Target) -> None:
    need_server(target)
    if shutil.which("lftp") is None:
        raise ImportError("lftp is not installed")


@contender(LFTP, *LARGE_ROWS)
def open_lftp(target: Target) -> Work:
    need_lftp(target)
    place = local_file(target)

    def fetch() -> int:
        place.unlink(missing_ok=True)  # lftp replaces no file
        run_lftp(target, f"get {target.path} -o {place}")
        return place.stat().st_size

    def store() -> int:
        run_lftp(target, f"put {served(target)} -o up/up.bin")
        return target.size

    return repeat(store if is_upload(target) else fetch)


@contender(LFTP, MIRROR, FAR)
def open_lftp_mirror(target: Target) -> Work:
    need_lftp(target)

    def mirror() -> int:
        directory = fresh_directory()
        run_lftp(target, f"mirror -P{AT_ONCE} {target.path} {directory}")
        return count_bytes(directory)

    return repeat(mirror)


# ---- aioftp


async def connect_aioftp(target: Target) -> Any:
    """A client in the clear: over TLS its transfers from vsftpd come to no end."""
    import aioftp

    need_server(target)
    client = aioftp.Client()
    await client.connect(HOST, target.port)
    await client.login()
    return client


@contender("aioftp on uvloop", DOWN, UP, package="aioftp")
def open_aioftp(target: Target) -> Work:
    runner, place = make_runner(), local_file(target)
    client = runner.run(connect_aioftp(target))

    async def fetch() -> int:
        with place.open("wb") as file:
            async with client.download_stream(target.path) as stream:
                async for block in stream.iter_by_block(BLOCK):
                    file.write(block)
        return place.stat().st_size

    async def store() -> int:
        with served(target).open("rb") as file:
            async with client.upload_stream("up/up.bin") as stream:
                while block := file.read(BLOCK):
                    await stream.write(block)
        return target.size

    return work_in_loop(store if is_upload(target) else fetch, runner)


async def fetch_aioftp(client: Any, name: str) -> bytes:
    async with client.download_stream(name) as stream:
        return b"".join([block async for block in stream.iter_by_block(BLOCK)])


@contender("aioftp on uvloop", ONE, package="aioftp")
def open_aioftp_one(target: Target) -> Work:
    runner, names = make_runner(), itertools.cycle(list_curl(target))
    client = runner.run(connect_aioftp(target))

    async def fetch() -> int:
        return len(await fetch_aioftp(client, next(names)))

    return work_in_loop(fetch, runner)


@contender("aioftp on uvloop", MIRROR, FAR, package="aioftp")
def open_aioftp_mirror(target: Target) -> Work:
    """Eight clients that take names from one list."""

    async def work(names: list[str], directory: Path) -> None:
        client = await connect_aioftp(target)
        while names:
            name = names.pop()
            (directory / Path(name).name).write_bytes(await fetch_aioftp(client, name))
        client.close()

    async def mirror() -> int:
        directory = fresh_directory()
        client = await connect_aioftp(target)
        names = [str(path) async for path, _ in client.list(target.path)]
        client.close()
        await asyncio.gather(*(work(names, directory) for _ in range(AT_ONCE)))
        return count_bytes(directory)

    return work_in_loop(mirror, make_runner())
