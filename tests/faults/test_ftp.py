"""What the FTP client makes of a server that dies, resets, crumbles or stalls, at every byte of what it says."""

from __future__ import annotations

import asyncio
import io
import os
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, Faults, reset, send, stall, wait
from tests.fix_scripted_ftp import END, EPSV, LOGIN, TYPE_I, FTPPeer, read_to_end
from tests.fix_twins import LOOPS, Twin, both_twins, heard, settle
from wirekit import ConnectionBusy

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    MakeFTP = Callable[..., FTPPeer]

DATA = b"hello, world"
TALK = [
    *LOGIN,
    TYPE_I,
    EPSV,
    ("RETR x", "150 x (12 bytes)", END, "226-done\r\n226 really"),
    (b"EPSV\r\nSTOR y\r\n", "229 (|||{port}|)", "150 go on", END, "226 done"),
    ("PWD", '257 "/"'),
    ("QUIT", "221 bye"),
]
REPLIES = 150
"""Bytes of what the server says, but for the last few: how many those are depends on the digits of its port."""


async def talk(twin: Twin, server: FTPPeer) -> Any:
    """Go through the whole conversation; give the client when something broke off."""
    ftp = twin.module("ftplib").FTP(timeout=2)
    try:
        await settle(ftp.connect("127.0.0.1", server.port))
        await settle(ftp.login())
        blocks: list[bytes] = []
        await settle(ftp.retrbinary("RETR x", blocks.append))
        assert b"".join(blocks) == DATA
        await settle(ftp.storbinary("STOR y", io.BytesIO(DATA)))
        assert await settle(ftp.pwd()) == "/"
        await settle(ftp.quit())
    finally:
        await look(ftp)
    return ftp


async def look(ftp: Any) -> None:
    """Whatever happened: nothing is left open, and the next use says so clearly."""
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match="connect\\(\\)"):
        await settle(ftp.pwd())


def script(faults: Faults) -> dict[str, Any]:
    return {"exchanges": TALK, "data": [DATA, None], "faults": faults}


def play(twin: Twin, faults: Faults) -> int:
    """Play the conversation with faults; give how many bytes the server has said. A fault ends in an error."""
    server = FTPPeer(**script(faults))
    try:
        twin.run(talk(twin, server))
        broken = False
    except (EOFError, OSError, twin.module("ftplib").Error):
        broken = True
    release(server)
    assert broken is (faults.close_after is not None or faults.reset_after is not None)
    return server.peer.conversations[0].sent


def release(server: FTPPeer) -> None:
    """Close the server; what its script still wanted to hear was not said, as is to be expected."""
    for ended in server._ended:
        ended.set()
    try:
        server.peer.close()
    except AssertionError:
        return


TWIN = [Twin("blocking"), Twin("asyncio"), *([Twin("uvloop")] if "uvloop" in LOOPS else [])]


@pytest.mark.parametrize("twin", TWIN, ids=lambda twin: twin.name)
def test_whole_conversation_is_what_the_others_cut(twin: Twin) -> None:
    assert REPLIES <= play(twin, Faults()) < REPLIES + 15


@pytest.mark.parametrize("twin", TWIN[:2], ids=lambda twin: twin.name)
@pytest.mark.parametrize("start", range(4))
def test_server_dies_behind_any_byte_of_any_reply(twin: Twin, start: int) -> None:
    for count in range(start, REPLIES, 4):
        play(twin, Faults(close_after=count))


@pytest.mark.parametrize("twin", TWIN, ids=lambda twin: twin.name)
def test_server_resets_behind_bytes_of_its_replies(twin: Twin) -> None:
    for count in range(0, REPLIES, 7):
        play(twin, Faults(reset_after=count))


@pytest.mark.parametrize("twin", TWIN, ids=lambda twin: twin.name)
def test_replies_that_come_byte_by_byte_are_the_same_replies(twin: Twin) -> None:
    play(twin, Faults(split=1))


# ---- the data channel


@pytest.mark.parametrize("count", range(len(DATA)))
@both_twins
async def test_data_that_end_early_are_what_the_server_calls_them(
    twin: Twin, ftp_peer: MakeFTP, count: int
) -> None:
    server = ftp_peer(
        [TYPE_I, EPSV, ("RETR x", "150 x (12 bytes)", END, "426 cut"), ("PWD", '257 "/"')], [DATA[:count]]
    )
    ftp = twin.module("ftplib").FTP(timeout=2)
    await settle(ftp.connect("127.0.0.1", server.port))
    with pytest.raises(twin.module("ftplib").error_temp, match="426 cut"):
        await settle(ftp.retrbinary("RETR x", [].append))
    assert await settle(ftp.pwd()) == "/"
    ftp.close()


def cut(conversation: Conversation) -> None:
    """End the connection below TLS: no goodbye."""
    os.close(conversation.sock.detach())
    conversation.left.set()


SECURE = [("AUTH TLS", "234 go"), *LOGIN, ("PBSZ 0", "200 ok"), ("PROT P", "200 ok"), TYPE_I, EPSV]


@pytest.mark.parametrize("count", [0, 1, 11, 12])
@both_twins
async def test_tls_that_ends_uncleanly_is_whole_only_with_all_bytes(
    twin: Twin, ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, count: int
) -> None:
    server = ftp_peer(
        [*SECURE, ("RETR x", "150 x (12 bytes)", END, "226 done"), ("PWD", '257 "/"')],
        [[*([send(DATA[:count])] if count else []), cut]],
        secure=server_tls,
    )
    ftp = twin.module("ftplib").FTP_TLS(timeout=2, context=client_tls)
    await settle(ftp.connect("localhost", server.port))
    await settle(ftp.login())
    blocks: list[bytes] = []
    if count == len(DATA):
        assert await settle(ftp.retrbinary("RETR x", blocks.append)) == "226 done"
        assert b"".join(blocks) == DATA
    else:
        with pytest.raises(twin.module("ftplib").IncompleteTransfer):
            await settle(ftp.retrbinary("RETR x", blocks.append))
    assert await settle(ftp.pwd()) == "/"
    ftp.close()


# ---- files


LOGGED_IN = [("USER me", "230 in"), ("FEAT", "211-x\r\n SIZE\r\n MDTM\r\n211 end"), ("PWD", '257 "/"')]
ASKED = [TYPE_I, ("SIZE /f", "213 12"), ("MDTM /f", "213 20240229123005")]


def tree_of(twin: Twin, server: FTPPeer) -> Any:
    return twin.module("tree").Tree(f"ftp://me@127.0.0.1:{server.port}/", timeout=2, retries=0)


@pytest.mark.parametrize("count", [0, 1, 6, 11])
@pytest.mark.parametrize("resume", [False, True])
@both_twins
async def test_download_that_breaks_off_leaves_nothing_that_looks_whole(
    twin: Twin, ftp_peer: MakeFTP, tmp_path: Path, count: int, resume: bool
) -> None:
    stands, gone = threading.Event(), threading.Event()
    server = ftp_peer(
        [
            *LOGGED_IN,
            *ASKED,
            EPSV,
            ("RETR /f", "150 x (12 bytes)", lambda _: stands.set(), wait(gone), "426 cut"),
        ],
        [[wait(stands), *([send(DATA[:count])] if count else []), lambda _: gone.set(), reset()]],
    )
    files = tree_of(twin, server)
    with pytest.raises((OSError, twin.module("ftplib").Error)):
        await settle(files.download("f", tmp_path / "g", resume=resume))
    files.close()
    assert not (tmp_path / "g").exists()
    assert {path.name for path in tmp_path.iterdir()} == (
        {".g.wirekit-part", ".g.wirekit-part-note"} if resume else set()
    )


@both_twins
async def test_download_of_a_server_that_calls_a_part_the_whole(
    twin: Twin, ftp_peer: MakeFTP, tmp_path: Path
) -> None:
    server = ftp_peer([*LOGGED_IN, *ASKED, EPSV, ("RETR /f", "150 x", END, "226 done")], [DATA[:6]])
    files = tree_of(twin, server)
    with pytest.raises(twin.module("ftplib").IncompleteTransfer, match="6 of 12"):
        await settle(files.download("f", tmp_path / "g"))
    files.close()
    assert list(tmp_path.iterdir()) == []


@both_twins
async def test_download_is_gone_on_with_after_the_connection_was_lost(
    twin: Twin, ftp_peer: MakeFTP, tmp_path: Path
) -> None:
    """The second attempt asks for what the first one did not bring."""
    data = bytes(range(256)) * 40
    known = [("SIZE /f", f"213 {len(data)}"), ("MDTM /f", "213 20240229123005")]
    stands, gone = threading.Event(), threading.Event()
    server = ftp_peer(
        [
            *LOGGED_IN,
            TYPE_I,
            *known,
            EPSV,
            ("RETR /f", "150 x", lambda _: stands.set(), wait(gone), "426 cut"),
            *known,
            (b"EPSV\r\nREST 904\r\n", "229 (|||{port}|)", "350 ok"),
            ("RETR /f", "150 x", END, END, "226 done"),
        ],
        [
            [wait(stands), send(data[:5000]), lambda _: gone.set()],
            data[904:],
        ],
    )
    files = twin.module("tree").Tree(f"ftp://me@127.0.0.1:{server.port}/", timeout=2, retries=1, delay=0.0)
    copied = await settle(files.download("f", tmp_path / "g"))
    files.close()
    assert (tmp_path / "g").read_bytes() == data
    assert copied.resumed == 5000


# ---- two at once, and cancellation


@pytest.mark.parametrize("name", list(LOOPS))
def test_second_task_is_refused_and_the_first_goes_on(name: str, ftp_peer: MakeFTP) -> None:
    release_data = threading.Event()
    twin = Twin(name)
    server = ftp_peer(
        [TYPE_I, EPSV, ("RETR x", "150 x", END, "226 done"), ("PWD", '257 "/"')],
        [[send(b"1"), wait(release_data), send(b"2")]],
    )

    async def main() -> None:
        ftp = twin.module("ftplib").FTP(timeout=2)
        await ftp.connect("127.0.0.1", server.port)
        blocks: list[bytes] = []
        first = asyncio.ensure_future(ftp.retrbinary("RETR x", blocks.append))
        while not blocks:
            await asyncio.sleep(0)
        for call in (ftp.pwd, ftp.nlst, ftp.abort):
            with pytest.raises(ConnectionBusy):
                await call()
        release_data.set()
        assert await first == "226 done"
        assert b"".join(blocks) == b"12"
        assert await ftp.pwd() == "/"
        ftp.close()

    twin.run(main())


@pytest.mark.parametrize("name", list(LOOPS))
def test_second_task_is_refused_while_a_reply_is_awaited(name: str, ftp_peer: MakeFTP) -> None:
    answer = threading.Event()
    twin = Twin(name)
    server = ftp_peer([("PWD", wait(answer), '257 "/"'), ("NOOP", "200 ok")])

    async def main() -> None:
        ftp = twin.module("ftplib").FTP(timeout=2)
        await ftp.connect("127.0.0.1", server.port)
        first = asyncio.ensure_future(ftp.pwd())
        while not server.peer.conversations[0].received:
            await asyncio.sleep(0)
        with pytest.raises(ConnectionBusy):
            await ftp.voidcmd("NOOP")
        answer.set()
        assert await first == "/"
        assert await ftp.voidcmd("NOOP") == "200 ok"
        ftp.close()

    twin.run(main())


@pytest.mark.parametrize("name", list(LOOPS))
@pytest.mark.parametrize("where", ["reply", "data", "connect"])
def test_cancelled_task_leaves_a_closed_connection(name: str, where: str, ftp_peer: MakeFTP) -> None:
    twin = Twin(name)
    asked = threading.Event()
    exchanges: Any = {
        "reply": [TYPE_I, EPSV, ("RETR x", lambda _: asked.set(), stall())],
        "data": [TYPE_I, EPSV, ("RETR x", "150 x", stall())],
        "connect": [],
    }[where]
    server = ftp_peer(
        exchanges,
        [[send(b"1"), stall()]] if exchanges else [],
        greeting="220 hello" if exchanges else stall(),
    )

    async def main() -> None:
        ftp = twin.module("ftplib").FTP(timeout=20)
        blocks: list[bytes] = []

        async def use() -> None:
            await ftp.connect("127.0.0.1", server.port)
            await ftp.retrbinary("RETR x", blocks.append)

        task = asyncio.ensure_future(use())
        while not (blocks or asked.is_set() or (where == "connect" and server.peer.conversations)):
            await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        await look(ftp)

    twin.run(main())
    server.heard()


@both_twins
async def test_interrupt_in_a_callback_leaves_a_closed_connection(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 x")], [[send(DATA), read_to_end_or_reset]])
    ftp = twin.module("ftplib").FTP(timeout=2)
    await settle(ftp.connect("127.0.0.1", server.port))

    def interrupt(_: bytes) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await settle(ftp.retrbinary("RETR x", interrupt))
    await look(ftp)
    await heard(twin, server.peer)


def read_to_end_or_reset(conversation: Conversation) -> None:
    try:
        read_to_end(conversation)
    except ConnectionError:
        return
