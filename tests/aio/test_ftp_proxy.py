"""FTP through a proxy: both connections go there, and names are the proxy's to look up."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_ftpd import PASSWORD, USER, Served
from tests.fix_peer import Peer, close, request, send
from tests.fix_proxy import tunnel
from wirekit.aio import ftplib, tree

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

BLOB = bytes(range(256)) * 2000


@pytest.mark.parametrize("listener", ["plain", "old", "tls"])
async def test_both_connections_go_through_the_proxy(
    peer: MakePeer, ftpd: Served, client_tls: ssl.SSLContext, listener: str
) -> None:
    proxy = peer([tunnel, close()])
    options: Any = {"proxy": f"http://{proxy.host}:{proxy.port}", "timeout": 5}
    ftp = ftplib.FTP_TLS(context=client_tls, **options) if listener == "tls" else ftplib.FTP(**options)
    await ftp.connect("localhost", ftpd.ports[listener])
    await ftp.login(USER, PASSWORD)
    await ftp.cwd(ftpd.here)
    await ftp.storbinary("STOR f", io.BytesIO(BLOB))
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR f", blocks.append)
    assert b"".join(blocks) == BLOB
    await ftp.quit()
    targets = [bytes(one.received).split(b"\r\n")[0] for one in proxy.conversations]
    assert len(targets) == 3
    assert all(target.startswith(b"CONNECT localhost:") for target in targets)


async def test_active_mode_does_not_go_through_a_proxy(peer: MakePeer, ftpd: Served) -> None:
    proxy = peer([tunnel, close()])
    ftp = ftplib.FTP(proxy=f"http://{proxy.host}:{proxy.port}", timeout=5)
    await ftp.connect("localhost", ftpd.ports["plain"])
    await ftp.login(USER, PASSWORD)
    ftp.set_pasv(False)
    with pytest.raises(ValueError, match="through a proxy"):
        await ftp.nlst()
    await ftp.voidcmd("NOOP")
    ftp.close()


async def test_proxy_that_refuses_is_an_error(peer: MakePeer) -> None:
    proxy = peer([request(), send(b"HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n")])
    ftp = ftplib.FTP(proxy=f"http://{proxy.host}:{proxy.port}", timeout=5)
    with pytest.raises(OSError, match="403"):
        await ftp.connect("ftp.example")
    assert ftp.sock is None
    assert b"CONNECT ftp.example:21" in await heard(proxy)


async def test_tree_through_a_proxy(peer: MakePeer, ftpd: Served, tmp_path: Path) -> None:
    proxy = peer([tunnel, close()])
    (ftpd.path / "f").write_bytes(BLOB)
    files = tree.Tree(ftpd.url(), timeout=5, proxy=f"http://{proxy.host}:{proxy.port}")
    async with files:
        await files.download("f", tmp_path / "g")
    assert (tmp_path / "g").read_bytes() == BLOB
