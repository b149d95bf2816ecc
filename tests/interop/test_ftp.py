"""The FTP client against pyftpdlib and vsftpd, in both twins."""

from __future__ import annotations

import io
import ssl
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest

from tests.fix_ftpd import PASSWORD, USER, Served
from tests.fix_twins import Twin, both_twins, settle

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.interop

BLOB = bytes(range(256)) * 4000
NAMES = ["plain.txt", "with space.txt", "日本語 ü.txt", "-dash.txt", " lead.txt"]
LATIN_1 = ["plain.txt", "käse.txt"]


class Way(NamedTuple):
    """One way to a server: which one, its listener, TLS, and who connects to whom."""

    server: str
    listener: str = "plain"
    tls: ssl.TLSVersion | None = None
    implicit: bool = False
    active: bool = False

    @property
    def name(self) -> str:
        """A name for the test."""
        marks = [
            self.server,
            self.listener,
            *([self.tls.name] if self.tls else []),
            *(["active"] if self.active else []),
        ]
        return "-".join(marks)


TLS12, TLS13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3
WAYS = [
    Way("vsftpd"),
    Way("vsftpd", active=True),
    Way("vsftpd", tls=TLS12),
    Way("vsftpd", tls=TLS13),
    Way("vsftpd", tls=TLS13, active=True),
    Way("vsftpd", "six"),
    Way("vsftpd", "six", active=True),
    Way("vsftpd", "six", tls=TLS13),
    Way("vsftpd", "implicit", TLS13, implicit=True),
    Way("ftpd"),
    Way("ftpd", active=True),
    Way("ftpd", "six"),
    Way("ftpd", "six", active=True),
    Way("ftpd", "tls", TLS12),
    Way("ftpd", "tls", TLS13),
    Way("ftpd", "tls", TLS13, active=True),
    Way("ftpd", "implicit", TLS13, implicit=True),
    Way("ftpd", "old"),
    Way("ftpd", "old", active=True),
    Way("ftpd", "natted"),
    Way("ftpd", "dos"),
    Way("ftpd", "latin1"),
]
ways = pytest.mark.parametrize("way", WAYS, ids=lambda way: way.name)


def names_of(way: Way) -> list[str]:
    return LATIN_1 if way.listener == "latin1" else NAMES


def encoding_of(way: Way) -> str:
    return "latin-1" if way.listener == "latin1" else "utf-8"


def serve(way: Way, request: pytest.FixtureRequest) -> Served:
    server: Served = request.getfixturevalue(way.server)
    for name in names_of(way):
        (server.path / name).write_bytes(f"content of {name}\r\n".encode())
    (server.path / "big.bin").write_bytes(BLOB)
    return server


async def log_in(twin: Twin, way: Way, server: Served, context: ssl.SSLContext) -> Any:
    module = twin.module("ftplib")
    if way.tls:
        context.maximum_version = way.tls
        ftp = module.FTP_TLS(context=context, timeout=5, implicit=way.implicit)
    else:
        ftp = module.FTP(timeout=5, encoding=encoding_of(way))
    host = "::1" if way.listener == "six" else "127.0.0.1"
    await settle(ftp.connect(host, server.ports[way.listener]))
    await settle(ftp.login(USER, PASSWORD))
    ftp.set_pasv(not way.active)
    await settle(ftp.cwd(server.here))
    return ftp


async def fetch(ftp: Any, name: str, **options: Any) -> bytes:
    blocks: list[bytes] = []
    await settle(ftp.retrbinary(f"RETR {name}", blocks.append, **options))
    return b"".join(blocks)


@ways
@both_twins
async def test_files_in_both_directions(
    twin: Twin, way: Way, request: pytest.FixtureRequest, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    server = serve(way, request)
    ftp = await log_in(twin, way, server, client_tls)
    for name in names_of(way):
        assert await fetch(ftp, name) == f"content of {name}\r\n".encode()
    assert await fetch(ftp, "big.bin") == BLOB
    assert await fetch(ftp, "big.bin", rest=1_000_000) == BLOB[1_000_000:]
    assert await fetch(ftp, "big.bin", blocksize=1000) == BLOB
    await settle(ftp.storbinary("STOR from memory", io.BytesIO(BLOB)))
    (tmp_path / "f").write_bytes(BLOB)
    with (tmp_path / "f").open("rb") as file:
        await settle(ftp.storbinary("STOR from disk", file))
    await settle(ftp.storbinary("APPE from disk", io.BytesIO(b"more")))
    await settle(ftp.storlines("STOR lines", io.BytesIO(b"a\nb\n")))
    lines: list[str] = []
    await settle(ftp.retrlines("RETR lines", lines.append))
    assert lines == ["a", "b"]
    assert (server.path / "from memory").read_bytes() == BLOB
    assert (server.path / "from disk").read_bytes() == BLOB + b"more"
    if way.listener not in {"old", "natted", "dos"}:
        assert await settle(ftp.size("from memory")) == len(BLOB)
    await settle(ftp.quit())


@ways
@both_twins
async def test_listings_and_changes(
    twin: Twin, way: Way, request: pytest.FixtureRequest, client_tls: ssl.SSLContext
) -> None:
    server = serve(way, request)
    ftp = await log_in(twin, way, server, client_tls)
    wanted = {*names_of(way), "big.bin"}
    assert set(await settle(ftp.nlst())) == wanted
    lines: list[str] = []
    await settle(ftp.dir(lines.append))
    assert sum(any(line.endswith(name) for name in wanted) for line in lines) == len(wanted)
    assert (await settle(ftp.mkd("a b"))).endswith("a b")
    await settle(ftp.rename("big.bin", "a b/c"))
    await settle(ftp.cwd("a b"))
    assert (await settle(ftp.pwd())).endswith("/a b")
    assert await settle(ftp.nlst()) == ["c"]
    await settle(ftp.cwd(".."))
    await settle(ftp.delete("a b/c"))
    await settle(ftp.rmd("a b"))
    with pytest.raises(twin.module("ftplib").error_perm):
        await fetch(ftp, "none")
    assert await fetch(ftp, "plain.txt") == b"content of plain.txt\r\n"
    await settle(ftp.quit())


@pytest.mark.parametrize(
    "way", [way for way in WAYS if way.listener in {"plain", "tls", "implicit"}], ids=lambda way: way.name
)
@both_twins
async def test_abort_leaves_a_usable_connection(
    twin: Twin, way: Way, request: pytest.FixtureRequest, client_tls: ssl.SSLContext
) -> None:
    server = serve(way, request)
    with (server.path / "huge.bin").open("wb") as huge:
        huge.truncate(1 << 30)
    ftp = await log_in(twin, way, server, client_tls)
    await settle(ftp.voidcmd("TYPE I"))
    for keep in (True, False):  # the data connection, by the program
        conn = await settle(ftp.transfercmd("RETR huge.bin"))
        assert await settle(conn.recv(100))
        if not keep:
            conn.close()
        assert (await settle(ftp.abort()))[:3] in {"225", "226", "426"}
        assert (await settle(ftp.voidcmd("NOOP"))).startswith("200")
        conn.close()
    conn = await settle(ftp.transfercmd("STOR half.bin"))
    await settle(conn.sendall(b"half"))
    assert (await settle(ftp.abort()))[:3] in {"225", "226", "426"}
    conn.close()
    assert (await settle(ftp.abort()))[:3] in {"225", "226"}
    assert await fetch(ftp, "plain.txt") == b"content of plain.txt\r\n"
    (server.path / "huge.bin").unlink()
    await settle(ftp.quit())


@pytest.mark.parametrize("listener", ["plain", "six"])
@both_twins
async def test_epsv_all(twin: Twin, vsftpd: Served, client_tls: ssl.SSLContext, listener: str) -> None:
    (vsftpd.path / "f").write_bytes(BLOB)
    ftp = await log_in(twin, Way("vsftpd", listener), vsftpd, client_tls)
    await settle(ftp.sendcmd("EPSV ALL"))
    assert await fetch(ftp, "f") == BLOB
    await settle(ftp.quit())


@both_twins
async def test_data_channel_without_the_session_is_refused_by_name(
    twin: Twin, vsftpd: Served, client_tls: ssl.SSLContext
) -> None:
    """Shows that vsftpd does demand it here."""
    ftp = await log_in(twin, Way("vsftpd", tls=TLS13), vsftpd, client_tls)
    ftp._secured_by = None
    ftp.context = ssl.create_default_context()
    ftp.context.check_hostname = False
    ftp.context.verify_mode = ssl.CERT_NONE
    with pytest.raises(twin.module("ftplib").error_perm, match="522"):
        await settle(ftp.nlst())
    ftp.close()


@both_twins
async def test_names_in_another_encoding_than_ours_survive(
    twin: Twin, ftpd: Served, client_tls: ssl.SSLContext
) -> None:
    (ftpd.path / "käse.txt").write_bytes(BLOB)
    ftp = await log_in(twin, Way("ftpd", "latin1"), ftpd, client_tls)
    ftp.encoding = "utf-8"
    (name,) = await settle(ftp.nlst())
    assert name == "k\udce4se.txt"
    assert await fetch(ftp, name) == BLOB
    await settle(ftp.rename(name, name + "2"))
    assert [path.name for path in ftpd.path.iterdir()] == ["käse.txt2"]
    await settle(ftp.quit())


TREES = [way for way in WAYS if not way.active and way.tls is not TLS12]


@pytest.mark.parametrize("way", TREES, ids=lambda way: way.name)
@both_twins
async def test_tree(
    twin: Twin, way: Way, request: pytest.FixtureRequest, client_tls: ssl.SSLContext, tmp_path: Path
) -> None:
    server = serve(way, request)
    scheme = "ftps" if way.implicit else "ftpes" if way.tls else "ftp"
    files = twin.module("tree").Tree(
        server.url(way.listener, scheme), timeout=5, context=client_tls, encoding=encoding_of(way)
    )
    entries = {entry.name: entry for entry in await settle(files.entries())}
    assert set(entries) == {*names_of(way), "big.bin"}
    assert entries["big.bin"].size == len(BLOB)
    await settle(files.makedirs("a/b c"))
    await settle(files.download("big.bin", tmp_path / "big"))
    await settle(files.upload(tmp_path / "big", "a/b c/copy ü"))
    assert (server.path / "a" / "b c" / "copy ü").read_bytes() == BLOB
    assert (await settle(files.stat("a/b c/copy ü"))).size == len(BLOB)
    await settle(files.rename("a/b c/copy ü", "a/moved"))
    assert await settle(files.remove_tree("a")) == 2
    assert not await settle(files.exists("a"))
    files.close()
