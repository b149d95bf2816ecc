"""ftplib's transfers against a server that says exactly what a test tells it to: both modes, both directions."""

from __future__ import annotations

import io
import socket
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.aio.hearing import heard
from tests.fix_peer import Conversation, close, reset, send, stall, wait
from tests.fix_scripted_ftp import END, EPSV, LOGIN, PASV, TYPE_A, TYPE_I, FTPPeer, read_to_end
from wirekit import ConnectionBusy, Timeout, defaults
from wirekit.aio import ftplib

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeFTP = Callable[..., FTPPeer]

BLOB = bytes(range(256)) * 1000
RETR = (TYPE_I, EPSV, ("RETR x", "150 here", END, "226 done"))
STOR = (TYPE_I, EPSV, ("STOR x", "150 go on", END, "226 done"))


async def connect(server: FTPPeer, **options: Any) -> Any:
    ftp = ftplib.FTP(timeout=options.pop("timeout", 5), **options)
    await ftp.connect("127.0.0.1", server.port)
    return ftp


# ---- fetching


async def test_file_arrives_in_blocks_and_the_final_reply_comes_back(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(RETR, [BLOB])
    ftp = await connect(server)
    blocks: list[bytes] = []
    assert await ftp.retrbinary("RETR x", blocks.append) == "226 done"
    assert b"".join(blocks) == BLOB
    assert all(type(block) is bytes for block in blocks)
    ftp.close()


async def test_blocks_are_as_large_as_the_caller_wants_them(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(RETR, [BLOB])
    ftp = await connect(server)
    sizes: list[int] = []
    await ftp.retrbinary("RETR x", lambda block: sizes.append(len(block)), 1000)
    assert sum(sizes) == len(BLOB)
    assert max(sizes) <= 1000
    ftp.close()


async def test_default_block_size_is_the_standard_librarys_number(ftp_peer: MakeFTP) -> None:
    sizes: list[int] = []
    server = ftp_peer(RETR, [BLOB])
    ftp = await connect(server)
    await ftp.retrbinary("RETR x", lambda block: sizes.append(len(block)), 8192)
    assert max(sizes) <= 8192
    ftp.close()


async def test_callback_may_be_awaitable_in_the_async_twin(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(RETR, [BLOB])
    ftp = await connect(server)
    seen = bytearray()

    async def callback(block: bytes) -> None:
        seen.extend(block)

    await ftp.retrbinary("RETR x", callback)
    assert bytes(seen) == BLOB
    ftp.close()


async def test_rest_is_sent_and_awaited_before_the_file_is_asked_for(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [TYPE_I, EPSV, ("REST 5", "350 from 5"), ("RETR x", "150 here", END, "226 done")] * 1, [b"rest"]
    )
    ftp = await connect(server)
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append, rest="5")
    assert blocks == [b"rest"]
    ftp.close()


async def test_rest_that_is_refused_ends_the_transfer_and_nothing_else(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("REST 5", "501 no"), ("NOOP", "200 ok")], [[stall()]])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm, match="501 no"):
        await ftp.retrbinary("RETR x", print, rest=5)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@pytest.mark.parametrize(
    "sent, wanted",
    [
        (b"a\r\nb\r\n", ["a", "b"]),
        (b"a\nb", ["a", "b"]),
        (b"a\rb\r\n\r\nc\r", ["a", "b", "", "c"]),
        (b"\xe6\x97\xa5\r\n\xfc\r\n", ["日", "\udcfc"]),
        (b"", []),
    ],
)
async def test_lines_come_without_their_ends(ftp_peer: MakeFTP, sent: bytes, wanted: list[str]) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("RETR x", "150 here", END, "226 done")], [sent])
    ftp = await connect(server)
    lines: list[str] = []
    assert await ftp.retrlines("RETR x", lines.append) == "226 done"
    assert lines == wanted
    ftp.close()


async def test_lines_come_whole_however_they_are_cut(ftp_peer: MakeFTP) -> None:
    text = "".join(f"line {number} äöü\r\n" for number in range(5000))
    server = ftp_peer([TYPE_A, EPSV, ("RETR x", "150 here", END, "226 done")], [text.encode()])
    ftp = await connect(server)
    lines: list[str] = []
    await ftp.retrlines("RETR x", lines.append)
    assert lines == text.split("\r\n")[:-1]
    ftp.close()


async def test_lines_are_printed_without_a_callback(
    ftp_peer: MakeFTP, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("LIST", "150 here", END, "226 done")], [b"a\r\nb\r\n"])
    ftp = await connect(server)
    await ftp.retrlines("LIST")
    assert capsys.readouterr().out == "a\nb\n"
    ftp.close()


async def test_debugging_shows_lines_from_level_3_on(
    ftp_peer: MakeFTP, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("LIST", "150 here", END, "226 done")], [b"a\r\n"])
    ftp = await connect(server)
    ftp.set_debuglevel(3)
    await ftp.retrlines("LIST", [].append)
    assert "*retr* 'a'\n" in capsys.readouterr().out
    ftp.close()


async def test_listings_in_their_forms(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            TYPE_A,
            EPSV,
            ("NLST", "150 x", END, "226 y"),
            (b"EPSV\r\nNLST -a b\r\n", "229 (|||{port}|)", "150 x", END, "226 y"),
            (b"EPSV\r\nLIST a b\r\n", "229 (|||{port}|)", "150 x", END, "226 y"),
            (b"EPSV\r\nMLSD\r\n", "229 (|||{port}|)", "150 x", END, "226 y"),
            ("OPTS MLST type;size;", "200 ok"),
            (b"EPSV\r\nMLSD d\r\n", "229 (|||{port}|)", "150 x", END, "226 y"),
        ],
        [b"a\r\nb\r\n", b"c\r\n", b"line\r\n", b"type=file;size=5; a b\r\n", b"Type=dir; c\r\n"],
    )
    ftp = await connect(server)
    assert await ftp.nlst() == ["a", "b"]
    assert await ftp.nlst("-a", "b") == ["c"]
    lines: list[str] = []
    await ftp.dir("", "a", "", "b", lines.append)
    assert lines == ["line"]
    assert [entry async for entry in ftp.mlsd()] == [("a b", {"type": "file", "size": "5"})]
    assert [entry async for entry in ftp.mlsd("d", ["type", "size"])] == [("c", {"type": "dir"})]
    ftp.close()


@pytest.mark.parametrize("facts", [[], ["type", "size"]])
async def test_mlsd_of_a_server_that_knows_list_alone(ftp_peer: MakeFTP, facts: list[str]) -> None:
    refused = [("OPTS MLST type;size;", "501 what?")] if facts else [TYPE_A, EPSV, ("MLSD -d", "500 what?")]
    begun = (
        [TYPE_A, EPSV, ("LIST ./-d", "150 x", END, "226 y")]
        if facts
        else [EPSV, ("LIST ./-d", "150 x", END, END, "226 y")]
    )
    lines = (
        b"total 1\r\ndrwxr-xr-x   2 u  g  4096 Feb 29  2016 a b\r\nlrwxrwxrwx 1 u g 1 Feb 29  2016 l -> t\r\n"
    )
    server = ftp_peer([*refused, *begun], [lines] if facts else [[read_to_end], lines])
    ftp = await connect(server)
    known = {"modify": "20160229000000", "unix.owner": "u", "unix.group": "g"}
    assert [entry async for entry in ftp.mlsd("-d", facts)] == [
        ("a b", {"type": "dir", "size": "4096", "unix.mode": "0755", **known}),
        ("l", {"type": "OS.unix=slink:t", "size": "1", "unix.mode": "0777", **known}),
    ]
    ftp.close()


async def test_mlsd_of_a_server_whose_list_nobody_can_read(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [TYPE_A, EPSV, ("MLSD", "502 no"), EPSV, ("LIST", "150 x", END, END, "226 y")],
        [[read_to_end], b"who knows\r\n"],
    )
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm, match="502 no"):
        [entry async for entry in ftp.mlsd()]
    ftp.close()


async def test_mlsd_of_a_directory_that_is_not_there(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("MLSD x", "550 no such directory")], [[read_to_end]])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm, match="550"):
        [entry async for entry in ftp.mlsd("x")]
    ftp.close()


# ---- storing


async def test_file_object_is_stored(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(STOR, [None])
    ftp = await connect(server)
    blocks: list[int] = []
    assert (
        await ftp.storbinary("STOR x", io.BytesIO(BLOB), 10_000, lambda block: blocks.append(len(block)))
        == "226 done"
    )
    assert await heard(server.peer, 1) == BLOB
    assert sum(blocks) == len(BLOB)
    assert max(blocks) == 10_000
    ftp.close()


@pytest.mark.parametrize("start", [0, 1000])
async def test_real_file_is_stored_from_where_it_stands(
    ftp_peer: MakeFTP, tmp_path: Path, start: int
) -> None:
    (tmp_path / "f").write_bytes(BLOB)
    server = ftp_peer(STOR, [None])
    ftp = await connect(server)
    with open(tmp_path / "f", "rb") as file:
        file.read(start)  # leaves a buffer that is ahead
        await ftp.storbinary("STOR x", file)
    assert await heard(server.peer, 1) == BLOB[start:]
    ftp.close()


async def test_file_that_was_just_written_is_stored_whole(ftp_peer: MakeFTP, tmp_path: Path) -> None:
    server = ftp_peer(STOR, [None])
    ftp = await connect(server)
    with open(tmp_path / "f", "w+b") as file:
        file.write(BLOB)
        file.seek(0)
        file.write(b"!")
        file.seek(0)
        await ftp.storbinary("STOR x", file)
    assert await heard(server.peer, 1) == b"!" + BLOB[1:]
    ftp.close()


class Watched(io.BufferedReader):
    """As progress bars make them: what is read of it is seen."""

    seen = 0

    def read(self, n: int | None = -1) -> bytes:
        data = super().read(n)
        self.seen += len(data)
        return data


async def test_file_with_methods_of_its_own_is_read_by_them(ftp_peer: MakeFTP, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(BLOB)
    server = ftp_peer(STOR, [None])
    ftp = await connect(server)
    with Watched(io.FileIO(tmp_path / "f")) as file:
        await ftp.storbinary("STOR x", file)
        assert file.seen == len(BLOB)
    assert await heard(server.peer, 1) == BLOB
    ftp.close()


async def test_empty_file_is_stored(ftp_peer: MakeFTP, tmp_path: Path) -> None:
    (tmp_path / "f").write_bytes(b"")
    server = ftp_peer(STOR, [None])
    ftp = await connect(server)
    with open(tmp_path / "f", "rb") as file:
        assert await ftp.storbinary("STOR x", file) == "226 done"
    assert await heard(server.peer, 1) == b""
    ftp.close()


async def test_lines_are_stored_with_crlf(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("STOR x", "150 go", END, "226 done")], [None])
    ftp = await connect(server)
    seen: list[bytes] = []
    await ftp.storlines("STOR x", io.BytesIO(b"a\nb\r\n\nc\rd"), seen.append)
    assert await heard(server.peer, 1) == b"a\r\nb\r\n\r\nc\rd\r\n"
    assert seen == [b"a\r\n", b"b\r\n", b"\r\n", b"c\rd\r\n"]
    ftp.close()


async def test_many_lines_are_stored_in_order(ftp_peer: MakeFTP) -> None:
    lines = [f"line {number}\n".encode() for number in range(20_000)]
    server = ftp_peer([TYPE_A, EPSV, ("STOR x", "150 go", END, "226 done")], [None])
    ftp = await connect(server)
    await ftp.storlines("STOR x", io.BytesIO(b"".join(lines)))
    assert await heard(server.peer, 1) == b"".join(lines).replace(b"\n", b"\r\n")
    ftp.close()


@pytest.mark.parametrize(
    "file, kind",
    [(lambda: io.StringIO("text\n"), TypeError), (lambda: io.BytesIO(b"x" * 9000), ftplib.Error)],
)
async def test_file_that_is_none_of_lines_breaks_the_transfer_off(
    ftp_peer: MakeFTP, file: Any, kind: type[Exception]
) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("STOR x", "150 go")], [None])
    ftp = await connect(server)
    with pytest.raises(kind):
        await ftp.storlines("STOR x", file())
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match="a transfer broke off"):
        await ftp.voidcmd("NOOP")


# ---- what is said before a transfer


async def test_type_is_asked_for_only_when_it_changes(ftp_peer: MakeFTP) -> None:
    pair = b"EPSV\r\nRETR x\r\n", "229 (|||{port}|)", "150 here", END, "226 done"
    server = ftp_peer(
        [*RETR, pair, TYPE_A, pair, TYPE_I, ("SIZE x", "213 1"), pair, ("TYPE E", "200 ok"), TYPE_I, pair],
        [b"1"] * 5,
    )
    ftp = await connect(server)
    for fetch in (ftp.retrbinary, ftp.retrbinary, ftp.retrlines):
        await fetch("RETR x", [].append)
    await ftp.size("x")
    await ftp.retrbinary("RETR x", [].append)
    await ftp.sendcmd("TYPE E")
    await ftp.retrbinary("RETR x", [].append)
    ftp.close()


async def test_type_that_a_program_has_set_is_known(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, ("SIZE x", "213 1"), ("USER me", "230 in"), TYPE_I, ("SIZE x", "213 2")])
    ftp = await connect(server)
    await ftp.voidcmd("TYPE I")
    assert await ftp.size("x") == 1
    await ftp.login("me")  # which may change all
    assert await ftp.size("x") == 2
    ftp.close()


async def test_commands_leave_together_once_the_server_has_borne_them_one_by_one(ftp_peer: MakeFTP) -> None:
    pair = b"EPSV\r\nRETR x\r\n", "229 (|||{port}|)", "150 here", END, "226 done"
    rest = b"EPSV\r\nREST 3\r\n", "229 (|||{port}|)", "350 from 3"
    server = ftp_peer([*RETR, pair, rest, ("RETR x", "150 here", END, "226 done")], [b"1", b"2", b"3"])
    ftp = await connect(server)
    blocks: list[bytes] = []
    for offset in (None, None, 3):
        await ftp.retrbinary("RETR x", blocks.append, rest=offset)
    assert blocks == [b"1", b"2", b"3"]
    ftp.close()


async def test_commands_leave_one_by_one_where_that_is_wanted(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([*RETR, *RETR[1:]], [b"1", b"2"])
    with defaults.using(pipeline_commands=False):
        ftp = await connect(server)
        await ftp.retrbinary("RETR x", [].append)
        await ftp.retrbinary("RETR x", [].append)
    assert server.peer.conversations[0].taken.count(b"EPSV\r\n") == 2
    ftp.close()


async def test_refusal_of_a_file_that_was_asked_for_at_once_leaves_the_replies_in_step(
    ftp_peer: MakeFTP,
) -> None:
    refused = b"EPSV\r\nRETR y\r\n", "229 (|||{port}|)\r\n550 no such file"
    server = ftp_peer([*RETR, refused, ("NOOP", "200 ok")], [b"1"])
    ftp = await connect(server)
    await ftp.retrbinary("RETR x", [].append)
    with pytest.raises(ftplib.error_perm, match="550 no such file"):
        await ftp.retrbinary("RETR y", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    assert len(server.peer.conversations) == 2, "no connection is made for what is refused already"
    ftp.close()


async def test_refusal_of_epsv_that_came_together_leaves_the_replies_in_step(ftp_peer: MakeFTP) -> None:
    refused = b"EPSV\r\nRETR y\r\n", "425 no ports", "425 use EPSV first"
    server = ftp_peer([*RETR, refused, ("NOOP", "200 ok")], [b"1"])
    ftp = await connect(server)
    await ftp.retrbinary("RETR x", [].append)
    with pytest.raises(ftplib.error_temp, match="425 no ports"):
        await ftp.retrbinary("RETR y", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@pytest.mark.parametrize("reply", ["550 no such file", None])
async def test_listener_that_is_gone_is_explained_by_the_reply_if_there_is_one(
    ftp_peer: MakeFTP, refusing: tuple[str, int], reply: str | None
) -> None:
    """Some servers stop to listen as soon as they refuse."""
    answers = [f"229 (|||{refusing[1]}|)", *([reply] if reply else [close()])]
    server = ftp_peer(
        [*RETR, (b"EPSV\r\nRETR y\r\n", *answers), *([("NOOP", "200 ok")] if reply else [])], [b"1"]
    )
    ftp = await connect(server)
    await ftp.retrbinary("RETR x", [].append)
    if reply:
        with pytest.raises(ftplib.error_perm, match="550 no such file"):
            await ftp.retrbinary("RETR y", [].append)
        assert await ftp.voidcmd("NOOP") == "200 ok"
    else:
        with pytest.raises(ConnectionRefusedError):
            await ftp.retrbinary("RETR y", [].append)
        assert ftp.sock is None
    ftp.close()


async def test_end_of_a_connection_that_nobody_used_is_no_reply_to_the_next_command(
    ftp_peer: MakeFTP,
) -> None:
    """pyftpdlib says 226 when a data connection is closed, also if it has refused the transfer."""
    server = ftp_peer(
        [TYPE_I, EPSV, ("RETR y", "550 no", "226 closed"), ("NOOP", "200 ok"), EPSV, ("RETR x", "150 here", END, END, "226 done"), ("NOOP", "200 ok")],
        [[read_to_end], b"1"],
    )  # fmt: skip
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm, match="550 no"):
        await ftp.retrbinary("RETR y", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    assert await ftp.retrbinary("RETR x", [].append) == "226 done"
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


# ---- EPSV and PASV


@pytest.mark.parametrize(
    "refusal", ["500 what?", "502 no", "522 no", "425 not now", "229 (no port)", "200 ok"]
)
async def test_pasv_follows_where_epsv_does_not_work_and_stays(ftp_peer: MakeFTP, refusal: str) -> None:
    pair = b"PASV\r\nRETR x\r\n", "227 ({comma})", "150 here", END, "226 done"
    server = ftp_peer([TYPE_I, ("EPSV", refusal), PASV, RETR[2], pair], [b"1", b"2"])
    ftp = await connect(server)
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    await ftp.retrbinary("RETR x", blocks.append)
    assert blocks == [b"1", b"2"]
    ftp.close()


async def test_pasv_follows_where_a_firewall_reads_no_epsv(
    ftp_peer: MakeFTP, refusing: tuple[str, int]
) -> None:
    server = ftp_peer([TYPE_I, ("EPSV", f"229 (|||{refusing[1]}|)"), PASV, RETR[2]], [b"1"])
    ftp = await connect(server)
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert blocks == [b"1"]
    ftp.close()


async def test_pasv_comes_first_in_the_standard_librarys_profile(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, PASV, RETR[2]], [b"1"])
    with defaults.using("stdlib"):
        ftp = await connect(server)
        await ftp.retrbinary("RETR x", [].append)
    ftp.close()


async def test_no_pasv_after_epsv_all(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("EPSV ALL", "200 ok"), TYPE_I, ("EPSV", "425 no ports"), *RETR[1:]], [b"1"])
    with defaults.using("stdlib"):
        ftp = await connect(server)
        await ftp.sendcmd("EPSV ALL")
        with pytest.raises(ftplib.error_temp, match="425"):
            await ftp.retrbinary("RETR x", [].append)
        await ftp.retrbinary("RETR x", [].append)
    ftp.close()


async def test_address_of_a_pasv_reply_is_used_where_it_is_trusted(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("PASV", "227 (127,0,0,2,{comma_port})".replace("{comma_port}", "1,2"))])
    with defaults.using(extended_passive=False):
        ftp = await connect(server)
        ftp.trust_server_pasv_ipv4_address = True
        assert await ftp.makepasv() == ("127.0.0.2", 258)
    ftp.close()


# ---- active mode


def connect_back(conversation: Conversation, payload: bytes | None) -> None:
    """Connect to the address that the client has named, and send, or read to the end."""
    line = bytes(conversation.received).split(b"\r\n")[-3].decode()
    verb, _, text = line.partition(" ")
    if verb == "PORT":
        numbers = text.split(",")
        address = ".".join(numbers[:4]), int(numbers[4]) * 256 + int(numbers[5])
    else:
        _, _, host, port, _ = text.split("|")
        address = host, int(port)
    with socket.create_connection(address, 2) as sock:
        if payload is not None:
            sock.sendall(payload)
        else:
            sock.shutdown(socket.SHUT_WR)
            while sock.recv(65536):
                pass


async def test_server_connects_to_us_in_active_mode(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            TYPE_I,
            (b"PORT 127,0,0,1,", read_line, "200 ok"),
            ("RETR x", "150 here", lambda talk: connect_back(talk, BLOB), "226 done"),
        ]
    )
    ftp = await connect(server)
    ftp.set_pasv(False)
    blocks: list[bytes] = []
    assert await ftp.retrbinary("RETR x", blocks.append) == "226 done"
    assert b"".join(blocks) == BLOB
    ftp.close()


def read_line(conversation: Conversation) -> None:
    """Read the rest of a line."""
    conversation.take(lambda waiting: (waiting.find(b"\r\n") + 2) * (b"\r\n" in waiting))


async def test_transfer_that_is_over_before_we_accept_is_whole(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            TYPE_I,
            (b"PORT 127,0,0,1,", read_line, "200 ok"),
            ("RETR x", lambda talk: connect_back(talk, b"quick"), "150 here\r\n226 done"),
            ("NOOP", "200 ok"),
        ]
    )
    ftp = await connect(server)
    ftp.set_pasv(False)
    blocks: list[bytes] = []
    assert await ftp.retrbinary("RETR x", blocks.append) == "226 done"
    assert blocks == [b"quick"]
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_server_that_cannot_connect_to_us_says_so(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            TYPE_I,
            (b"PORT ", read_line, "200 ok"),
            ("RETR x", "150 here", "425 cannot connect"),
            ("NOOP", "200 ok"),
        ]
    )
    ftp = await connect(server)
    ftp.set_pasv(False)
    with pytest.raises(ftplib.error_temp, match="425 cannot connect"):
        await ftp.retrbinary("RETR x", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_server_that_never_connects_to_us_is_a_timeout(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, (b"PORT ", read_line, "200 ok"), ("RETR x", "150 here")])
    ftp = await connect(server, timeout=1.2)
    ftp.set_pasv(False)
    with pytest.raises(TimeoutError, match="did not connect"):
        await ftp.retrbinary("RETR x", [].append)
    assert ftp.sock is None


async def test_active_mode_that_is_refused_leaves_no_listener(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([(b"PORT ", read_line, "500 no"), ("NOOP", "200 ok")])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm):
        await ftp.makeport()
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_listener_of_active_mode_is_on_the_address_that_is_named(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([(b"PORT 127,0,0,1,", read_line, "200 ok")])
    ftp = await connect(server)
    with await ftp.makeport() as listener:
        assert listener.getsockname()[0] == "127.0.0.1"
    ftp.close()


async def test_eprt_is_for_addresses_alone(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [("EPRT |1|127.0.0.1|80|", "200 ok"), ("EPRT |2|::1|80|", "200 ok"), ("PORT 1,2,3,4,0,80", "200 ok")]
    )
    ftp = await connect(server)
    await ftp.sendeprt("127.0.0.1", 80)
    ftp.af = socket.AF_INET6
    await ftp.sendeprt("::1", 80)
    ftp.af = socket.AF_UNIX
    with pytest.raises(ftplib.error_proto, match="unsupported address family"):
        await ftp.sendeprt("::1", 80)
    await ftp.sendport("1.2.3.4", 80)
    ftp.close()


# ---- replies in an order of their own


async def test_200_before_150_is_passed_over(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "200 ok\r\n150 here", END, "226 done")], [b"1"])
    ftp = await connect(server)
    assert await ftp.retrbinary("RETR x", [].append) == "226 done"
    ftp.close()


async def test_226_without_150_is_the_end(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("LIST", END, "226 nothing here"), ("NOOP", "200 ok")], [b""])
    ftp = await connect(server)
    lines: list[str] = []
    assert await ftp.retrlines("LIST", lines.append) == "226 nothing here"
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_reply_that_opens_no_transfer_is_an_error(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "350 what")], [[read_to_end]])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_reply, match="350"):
        await ftp.retrbinary("RETR x", [].append)
    ftp.close()


@pytest.mark.parametrize(
    "reply, kind", [("426 broken", "error_temp"), ("551 disk", "error_perm"), ("350 x", "error_reply")]
)
async def test_final_reply_decides(ftp_peer: MakeFTP, reply: str, kind: str) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 here", END, reply), ("NOOP", "200 ok")], [b"1"])
    ftp = await connect(server)
    with pytest.raises(getattr(ftplib, kind), match=reply):
        await ftp.retrbinary("RETR x", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


# ---- what breaks off


async def test_server_that_closes_the_control_connection_during_a_transfer(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 here", END, close())], [b"1"])
    ftp = await connect(server)
    with pytest.raises(EOFError, match="the server closed the control connection"):
        await ftp.retrbinary("RETR x", [].append)
    assert ftp.sock is None


async def test_data_that_stop_are_a_timeout(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 here")], [[send(b"1"), stall()]])
    ftp = await connect(server, timeout=1.2)
    with pytest.raises(TimeoutError):
        await ftp.retrbinary("RETR x", [].append)
    with pytest.raises(ConnectionAbortedError, match="a transfer broke off \\(TimeoutError\\)"):
        await ftp.voidcmd("NOOP")


async def test_data_that_come_drop_by_drop_end_with_the_total_time(ftp_peer: MakeFTP) -> None:
    gone = threading.Event()

    def drip(conversation: Conversation) -> None:
        while not gone.wait(0.02):
            conversation.send(b"x")

    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 here")], [[drip]])
    ftp = await connect(server, timeout=Timeout(5, total=1))
    with pytest.raises(TimeoutError):
        await ftp.retrbinary("RETR x", [].append)
    gone.set()
    assert ftp.sock is None


async def test_timeout_is_explained_by_a_reply_that_has_come(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [TYPE_I, EPSV, ("RETR x", "150 here\r\n451 my disk"), ("NOOP", "200 ok")], [[send(b"1"), stall()]]
    )
    ftp = await connect(server, timeout=1.2)
    with pytest.raises(ftplib.error_temp, match="451 my disk") as caught:
        await ftp.retrbinary("RETR x", [].append)
    assert isinstance(caught.value.__cause__, TimeoutError)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


def broken_off(
    *replies: str, said: str = "150 here", first: bytes = b"1", command: str = "RETR x"
) -> dict[str, Any]:
    """Script a transfer whose data connection is reset once it stands, behind some bytes; then come these replies."""
    stands, gone = threading.Event(), threading.Event()
    return {
        "exchanges": [
            TYPE_I,
            EPSV,
            (command, said, lambda _: stands.set(), wait(gone), *replies),
            ("NOOP", "200 ok"),
        ],
        "data": [[wait(stands), *([send(first)] if first else []), lambda _: gone.set(), reset()]],
    }


async def test_connection_that_is_reset_is_explained_by_the_reply(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(**broken_off("426 my network"))
    ftp = await connect(server)
    with pytest.raises(ftplib.error_temp, match="426 my network") as caught:
        await ftp.retrbinary("RETR x", [].append)
    assert isinstance(caught.value.__cause__, ConnectionError)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_connection_that_is_reset_behind_the_last_byte_is_forgiven(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(**broken_off("226 done", said="150 x (5 bytes)", first=b"12345"))
    ftp = await connect(server)
    blocks: list[bytes] = []
    assert await ftp.retrbinary("RETR x", blocks.append) == "226 done"
    assert b"".join(blocks) == b"12345"
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@pytest.mark.parametrize("announced", ["150 x (6 bytes)", "150 x"])
async def test_connection_that_is_reset_too_early_is_an_error_whatever_the_server_says(
    ftp_peer: MakeFTP, announced: str
) -> None:
    server = ftp_peer(**broken_off("226 done", said=announced, first=b"12345"))
    ftp = await connect(server)
    with pytest.raises(ConnectionError):
        await ftp.retrbinary("RETR x", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok", "the reply was read: the connection is in step"
    ftp.close()


async def test_disk_that_is_full_is_the_error_and_not_the_broken_connection(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(**broken_off("452 disk full", first=b"", command="STOR x"))
    ftp = await connect(server)
    with pytest.raises(ftplib.error_temp, match="452 disk full"):
        await ftp.storbinary("STOR x", io.BytesIO(BLOB * 100))
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_exception_of_a_callback_breaks_the_connection(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 here")], [[send(BLOB), stall()]])
    ftp = await connect(server)

    def callback(_: bytes) -> None:
        raise KeyError

    with pytest.raises(KeyError):
        await ftp.retrbinary("RETR x", callback)
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match="KeyError"):
        await ftp.voidcmd("NOOP")


async def test_file_that_fails_while_it_is_stored_is_seen_as_broken_off_by_the_server(
    ftp_peer: MakeFTP,
) -> None:
    class Failing(io.BytesIO):
        def read(self, n: int | None = -1) -> bytes:
            if self.tell():
                message = "disk"
                raise OSError(message)
            return super().read(10)

    server = ftp_peer([TYPE_I, EPSV, ("STOR x", "150 go")], [None])
    ftp = await connect(server)
    with pytest.raises(OSError, match="disk"):
        await ftp.storbinary("STOR x", Failing(BLOB))
    assert ftp.sock is None
    await heard(server.peer, 1)
    assert isinstance(server.peer.conversations[1].broken, ConnectionResetError)


async def test_transfer_within_a_transfer_is_refused(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(RETR, [b"1"])
    ftp = await connect(server)
    errors = []

    async def callback(_: bytes) -> None:
        try:
            await ftp.retrlines("LIST")
        except ConnectionBusy as error:
            errors.append(error)

    await ftp.retrbinary("RETR x", callback)
    assert len(errors) == 1
    ftp.close()


# ---- by hand


async def test_transfer_by_hand(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([EPSV, ("RETR x", "150 x (3 bytes)", END, "226 done")], [b"abc"])
    ftp = await connect(server)
    conn, size = await ftp.ntransfercmd("RETR x")
    assert size == 3
    async with conn:
        got = await conn.recv(10)
        while more := await conn.recv(10):
            got += more
    assert got == b"abc"
    assert await ftp.voidresp() == "226 done"
    ftp.close()


async def test_transfer_by_hand_in_the_other_direction(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([EPSV, ("STOR x", "125 go", END, "226 done")], [None])
    ftp = await connect(server)
    conn = await ftp.transfercmd("STOR x")
    await conn.sendall(b"abc")
    conn.close()
    assert await ftp.voidresp() == "226 done"
    assert await heard(server.peer, 1) == b"abc"
    ftp.close()


# ---- abort

ABORTED = [
    ("426 broken off\r\n226 aborted", "426 broken off"),  # vsftpd, proftpd
    ("226 all sent\r\n225 nothing to abort", "226 all sent"),
    ("225 aborted", "225 aborted"),  # pyftpdlib at times
    ("150 odd\r\n226 aborted", "226 aborted"),
]


@pytest.mark.parametrize("replies, wanted", ABORTED)
async def test_abort_reads_all_replies_that_belong_to_it(
    ftp_peer: MakeFTP, replies: str, wanted: str
) -> None:
    server = ftp_peer(
        [EPSV, ("RETR x", "150 here"), ("ABOR", END, replies), ("NOOP", "200 ok"), ("PWD", '257 "/"')],
        [[send(BLOB), read_to_end_or_reset]],
    )
    ftp = await connect(server)
    conn = await ftp.transfercmd("RETR x")
    await conn.recv(10)
    assert await ftp.abort() == wanted
    assert await ftp.pwd() == "/"
    conn.close()
    ftp.close()


def read_to_end_or_reset(conversation: Conversation) -> None:
    """Read until the client leaves, in whatever way."""
    try:
        read_to_end(conversation)
    except ConnectionError:
        pass


async def test_refusal_in_between_leaves_the_transfer_that_the_program_has_begun(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([EPSV, ("RETR x", "150 here"), ("TYPE A", "530 log in first\r\n226 done")], [BLOB])
    ftp = await connect(server)
    conn = await ftp.transfercmd("RETR x")
    with pytest.raises(ftplib.error_perm, match="530"):
        await ftp.dir()
    assert await ftp.voidresp() == "226 done"
    conn.close()
    ftp.close()


async def test_abort_without_a_transfer(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("ABOR", "225 nothing to abort"), ("NOOP", "200 ok"), ("PWD", '257 "/"')])
    ftp = await connect(server)
    assert await ftp.abort() == "225 nothing to abort"
    assert await ftp.pwd() == "/"
    ftp.close()


async def test_abort_that_a_server_does_not_know(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("ABOR", "502 what?"), ("NOOP", "200 ok"), ("PWD", '257 "/"')])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_proto, match="502"):
        await ftp.abort()
    assert await ftp.pwd() == "/"
    ftp.close()


async def test_abort_of_a_data_connection_that_we_do_not_know_wakes_the_server(ftp_peer: MakeFTP) -> None:
    synch = b"\xff\xf4\xff"  # the byte behind these is TCP's urgent one, and no part of the stream
    server = ftp_peer(
        [
            EPSV,
            ("RETR x", "150 here", END),
            (synch + b"ABOR\r\n", "426 broken off\r\n226 aborted"),
            ("NOOP", "200 ok"),
        ],
        [b"1"],
    )
    ftp = await connect(server)
    conn = await ftp.transfercmd("RETR x")
    ftp._data = None  # as where a subclass makes the data connection
    assert await ftp.abort() == "426 broken off"
    conn.close()
    ftp.close()


async def test_abort_of_an_upload_is_no_end_of_the_file(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([EPSV, ("STOR x", "150 go"), ("ABOR", "426 x\r\n226 y"), ("NOOP", "200 ok")], [None])
    ftp = await connect(server)
    conn = await ftp.transfercmd("STOR x")
    await conn.sendall(b"half of it")
    await ftp.abort()
    await heard(server.peer, 1)
    assert isinstance(server.peer.conversations[1].broken, ConnectionResetError)
    conn.close()
    ftp.close()


async def test_abort_in_a_callback_ends_the_transfer_and_leaves_the_connection(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            TYPE_I,
            EPSV,
            ("RETR x", "150 here"),
            ("ABOR", "426 x\r\n226 y"),
            ("NOOP", "200 ok"),
            ("PWD", '257 "/"'),
        ],
        [[send(BLOB), read_to_end_or_reset]],
    )
    ftp = await connect(server)

    async def callback(_: bytes) -> None:
        await ftp.abort()

    with pytest.raises(ftplib.error_temp, match="426 x"):
        await ftp.retrbinary("RETR x", callback)
    assert await ftp.pwd() == "/"
    ftp.close()


async def test_abort_that_nobody_answers_closes_the_connection(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("ABOR", stall())])
    ftp = await connect(server)
    ftp.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        await ftp.abort()
    assert ftp.sock is None


# ---- long transfers


@pytest.mark.parametrize(
    "replies",
    [
        "200 noop\r\n200 noop\r\n226 done",
        "226 done\r\n200 noop\r\n200 noop",
        "200 noop\r\n226 done\r\n500 noop?",
    ],
)
async def test_noops_of_a_long_transfer_are_told_from_its_final_reply(
    ftp_peer: MakeFTP, replies: str
) -> None:
    first, second = threading.Event(), threading.Event()
    server = ftp_peer(
        [
            TYPE_I,
            EPSV,
            ("RETR x", "150 here"),
            ("NOOP", lambda _: first.set()),
            ("NOOP", lambda _: second.set(), END, replies),
            ("PWD", '257 "/"'),
        ],
        [[send(b"1"), wait(first), send(b"2"), wait(second)]],
    )
    with defaults.using(transfer_keepalive=0.0):
        ftp = await connect(server)
        assert await ftp.retrbinary("RETR x", [].append) == "226 done"
    assert await ftp.pwd() == "/"
    ftp.close()


# ---- from server to server


async def test_copy_from_server_to_server(ftp_peer: MakeFTP) -> None:
    source = ftp_peer([TYPE_I, ("PASV", "227 (10,0,0,5,18,52)"), ("RETR a", "150 x", "226 sent")])
    target = ftp_peer([TYPE_I, ("PORT 127,0,0,1,18,52", "200 ok"), ("STOR b", "150 x", "226 stored")])
    one, other = await connect(source), await connect(target)
    await ftplib.ftpcp(one, "a", other, "b")
    one.close()
    other.close()


@pytest.mark.parametrize("stor, retr", [("200 no", []), ("150 x", [("RETR a", "250 no")])])
async def test_copy_that_does_not_begin_is_an_error(ftp_peer: MakeFTP, stor: str, retr: Any) -> None:
    source = ftp_peer([TYPE_A, ("PASV", "227 (10,0,0,5,18,52)"), *retr])
    target = ftp_peer([TYPE_A, ("PORT 10,0,0,5,18,52", "200 ok"), ("STOR a", stor)])
    one, other = await connect(source), await connect(target)
    one.trust_server_pasv_ipv4_address = True
    with pytest.raises(ftplib.error_proto):
        await ftplib.ftpcp(one, "a", other, type="A")
    one.close()
    other.close()


# ---- the little command line


async def test_little_command_line(
    ftp_peer: MakeFTP, monkeypatch: pytest.MonkeyPatch, capfd: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server = ftp_peer(
        [
            ("USER me", "331 ?"),
            ("PASS secret", "230 in"),
            TYPE_A,
            EPSV,
            ("LIST", "150 x", END, "226 y"),
            ("CWD sub", "250 ok"),
            TYPE_I,
            (b"EPSV\r\nRETR f\r\n", "229 (|||{port}|)", "150 x", END, "226 y"),
            ("QUIT", "221 bye"),
        ],
        [b"line\r\n", b"content\n"],
    )
    (tmp_path / "rc").write_text("machine 127.0.0.1 login me password secret\n")
    monkeypatch.setattr(ftplib.FTP, "port", server.port)
    words = ["ftplib", f"-r{tmp_path / 'rc'}", "127.0.0.1", "-l", "-dsub", "-p", "-p", "f"]
    monkeypatch.setattr("sys.argv", words)
    await ftplib.test()
    assert capfd.readouterr().out == "line\ncontent\n"


async def test_little_command_line_is_told_how_to_use_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("sys.argv", ["ftplib"])
    await ftplib.test()
    assert "usage" in capsys.readouterr().out


async def test_little_command_line_without_the_netrc_that_was_named(
    ftp_peer: MakeFTP, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    server = ftp_peer([*LOGIN, ("QUIT", "221 bye")])
    monkeypatch.setattr(ftplib.FTP, "port", server.port)
    monkeypatch.setattr("sys.argv", ["ftplib", "-d", f"-r{tmp_path / 'none'}", "127.0.0.1"])
    await ftplib.test()
    assert "Could not open account file" in capsys.readouterr().err
