"""Servers that are not at hand: what pure-ftpd, ProFTPD, FileZilla, IIS and others say, each in its own words."""

from __future__ import annotations

import datetime as dt
import io
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, send
from tests.fix_scripted_ftp import END, EPSV, PASV, TYPE_A, TYPE_I, FTPPeer
from wirekit.aio import ftplib
from wirekit.aio.tree import Tree

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeFTP = Callable[..., FTPPeer]

RETR = (TYPE_I, EPSV, ("RETR x", "150 here", END, "226 done"))
LOGIN = (("USER me", "331 password"), ("PASS pw", "230 in"))
PURE = (
    "220---------- Welcome to Pure-FTPd [privsep] [TLS] ----------\r\n220-You are user number 1 of 50 allowed.\r\n"
    "220-IPv6 connections are also welcome on this server.\r\n220 You will be disconnected after 15 minutes of inactivity."
)
IIS = "220 Microsoft FTP Service"


def alone(conversation: Conversation) -> None:
    """Nothing came together with the command that was read last."""
    assert sum(map(len, conversation.taken)) == len(conversation.received)


def opening(*features: str, home: str = "/") -> list[Any]:
    """What a tree says on its first connection."""
    offered = "\r\n".join(["211-Features:", *(f" {feature}" for feature in features), "211 End"])
    utf8 = [("OPTS UTF8 ON", "200 on")] if "UTF8" in features else []
    return [*LOGIN, ("FEAT", offered), ("PWD", f'257 "{home}" is current directory.'), *utf8]


def open_tree(server: FTPPeer, **options: Any) -> Tree:
    return Tree(f"ftp://me:pw@127.0.0.1:{server.port}/", timeout=5, connections=1, delay=0.0, **options)


async def connect(server: FTPPeer) -> Any:
    ftp = ftplib.FTP(timeout=5)
    await ftp.connect("127.0.0.1", server.port)
    return ftp


# ---- replies


async def test_pure_ftpd_says_everything_in_several_lines(ftp_peer: MakeFTP) -> None:
    opened = "150-Accepted data connection\r\n150 0.0 kbytes to download"
    done = "226-File successfully transferred\r\n226 0.000 seconds (measured here), 24.34 Kbytes per second"
    server = ftp_peer(
        [
            ("USER me", "331 User me OK. Password required"),
            ("PASS pw", "230-User me has group access to:  me\r\n230 OK. Current directory is /"),
            ("TYPE I", "200 TYPE is now 8-bit binary"),
            ("EPSV", "229 Extended Passive mode OK (|||{port}|)"),
            ("RETR x", opened, END, done),
            (b"EPSV\r\nSTOR x\r\n", "229 Extended Passive mode OK (|||{port}|)", opened, END, done),
            ("QUIT", "221-Goodbye. You uploaded 1 and downloaded 1 kbytes.\r\n221 Logout."),
        ],
        [b"data", None],
        greeting=PURE,
    )
    ftp = await connect(server)
    await ftp.login("me", "pw")
    blocks: list[bytes] = []
    assert (await ftp.retrbinary("RETR x", blocks.append)).endswith("per second")
    assert b"".join(blocks) == b"data"
    assert (await ftp.storbinary("STOR x", io.BytesIO(b"more"))).startswith("226-File")
    assert "221 Logout." in await ftp.quit()
    assert server.heard(2) == b"more"


async def test_iis_gets_one_command_at_a_time(ftp_peer: MakeFTP) -> None:
    """It drops what comes together with another command, as lftp knows of it too."""
    first = ("EPSV", alone, "229 Entering Extended Passive Mode (|||{port}|)")
    second = ("RETR x", "125 Data connection already open; Transfer starting.", END, "226 Transfer complete.")
    server = ftp_peer([TYPE_I, first, second, first, second], [b"1", b"2"], greeting=IIS)
    ftp = await connect(server)
    blocks: list[bytes] = []
    for _ in range(2):
        assert await ftp.retrbinary("RETR x", blocks.append) == "226 Transfer complete."
    assert blocks == [b"1", b"2"]
    ftp.close()


async def test_server_that_drops_a_second_command_gets_none_any_more(ftp_peer: MakeFTP) -> None:
    pair = (b"EPSV\r\nRETR x\r\n", "229 (|||{port}|)", lambda peer: peer.listen_on())
    server = ftp_peer([*RETR, pair], [b"1", [lambda _: None]])
    again = ftp_peer([*RETR, ("EPSV", alone, "229 (|||{port}|)"), *RETR[2:]], [b"2", b"3"])
    ftp = await connect(server)
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    ftp.sock.settimeout(0.1)
    with pytest.raises(TimeoutError):
        await ftp.retrbinary("RETR x", blocks.append)
    await ftp.connect("127.0.0.1", again.port)
    for _ in range(2):
        await ftp.retrbinary("RETR x", blocks.append)
    assert blocks == [b"1", b"2", b"3"]
    ftp.close()


@pytest.mark.parametrize(
    "opens, ends",
    [
        ("125 already open", "250 done"),  # VMS, z/OS
        ("150 here", "225 done"),
        ("150-one\r\n150 two", "226-one\r\n 226 no end\r\n226 two"),
        ("200 first\r\n150 then", "226 done"),
        ("150 Opening BINARY mode data connection for x (4 bytes).", "226 Transfer complete."),
    ],
)
async def test_transfers_open_and_end_in_many_ways(ftp_peer: MakeFTP, opens: str, ends: str) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", opens, END, ends), ("NOOP", "200 ok")], [b"data"])
    ftp = await connect(server)
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert (b"".join(blocks), await ftp.voidcmd("NOOP")) == (b"data", "200 ok")
    ftp.close()


@pytest.mark.parametrize(
    "refusal",
    [
        ["150 here", "425 Unable to build data connection: Operation not permitted"],  # ProFTPD, no session
        ["425 Can't open data connection."],
        ["450 TLS session of data connection not resumed."],  # FileZilla
        ["150 here", "426 Connection closed; transfer aborted."],
    ],
)
async def test_transfer_that_does_not_come_about_leaves_the_connection(
    ftp_peer: MakeFTP, refusal: list[str]
) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", *refusal), ("NOOP", "200 ok")], [b""])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_temp, match=refusal[-1][:3]):
        await ftp.retrbinary("RETR x", [].append)
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@pytest.mark.parametrize(
    "reply",
    [
        "227 Entering Passive Mode 127,0,0,1,{bytes}",
        "227 Entering Passive Mode. 127,0,0,1,{bytes}.",
        "227 =127,0,0,1,{bytes}",
        "227 Entering Passive Mode (0,0,0,0,{bytes})",
        "227-Note\r\n227 Entering Passive Mode (127, 0, 0, 1, {spaced})",
    ],
)
async def test_pasv_replies_of_many_forms(ftp_peer: MakeFTP, reply: str) -> None:
    script = [TYPE_I, ("EPSV", "500 'EPSV': command not understood."), ("PASV", None), ("RETR x", "150 here", END, "226 done")]  # fmt: skip
    known: list[FTPPeer] = []

    def say(conversation: Conversation) -> None:
        halves = f"{known[0].port >> 8},{known[0].port & 255}"
        send((reply.format(bytes=halves, spaced=halves.replace(",", ", ")) + "\r\n").encode())(conversation)

    script[2] = ("PASV", say)
    known.append(ftp_peer(script, [b"data"]))
    ftp = await connect(known[0])
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert blocks == [b"data"]
    ftp.close()


@pytest.mark.parametrize("reply", ["229 OK (!!!{port}!)", "229 (|1|192.0.2.1|{port}|)", "229 (|||{port}|)."])
async def test_epsv_replies_of_many_forms(ftp_peer: MakeFTP, reply: str) -> None:
    server = ftp_peer([TYPE_I, ("EPSV", reply), *RETR[2:]], [b"data"])
    ftp = await connect(server)
    blocks: list[bytes] = []
    await ftp.retrbinary("RETR x", blocks.append)
    assert blocks == [b"data"]
    ftp.close()


async def test_epsv_without_parentheses_is_asked_again_by_pasv(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_I, ("EPSV", "229 Extended |||{port}|"), PASV, *RETR[2:]], [b"data"])
    ftp = await connect(server)
    await ftp.retrbinary("RETR x", [].append)
    ftp.close()


async def test_size_is_asked_for_in_image_type(ftp_peer: MakeFTP) -> None:
    """ProFTPD: 550 SIZE not allowed in ASCII mode."""
    listed = (TYPE_A, EPSV, ("NLST", "150 here", END, "226 done"))
    server = ftp_peer([*listed, ("TYPE I", "250 Type set to I"), ("SIZE x", "213 5")], [b"x\r\n"])
    ftp = await connect(server)
    assert await ftp.nlst() == ["x"]
    assert await ftp.size("x") == 5
    ftp.close()


# ---- trees


async def test_iis_lists_as_dos_does(ftp_peer: MakeFTP) -> None:
    lines = (
        b"02-29-20  12:30PM       <DIR>          Program Files\r\n"
        b"11-23-2020  08:16PM                  12 a b.txt\r\n"
        b"11-23-20  12:00AM                   3  leading\r\n"
    )
    server = ftp_peer(
        [
            *opening("SIZE", "MDTM", "UTF8", "REST STREAM"),
            ("CWD /", "250 CWD command successful."),
            ("TYPE A", "200 Type set to A."),
            EPSV,
            ("LIST -a", "550 The system cannot find the file specified."),
            EPSV,
            ("LIST", "125 Data connection already open; Transfer starting.", END, END, "226 Transfer complete."),
            ("MDTM /a b.txt", "213 20201123181600"),
        ],
        [b"", lines],
        greeting=IIS,
    )  # fmt: skip
    async with open_tree(server) as files:
        found = await files.entries()
    assert [(entry.name, entry.type, entry.size) for entry in found] == [
        ("Program Files", "dir", None),
        ("a b.txt", "file", 12),
        (" leading", "file", 3),
    ]
    assert found[1].modified == dt.datetime(2020, 11, 23, 18, 16, tzinfo=dt.UTC), (
        "IIS's clock is two hours ahead"
    )


@pytest.mark.parametrize(
    "reply",
    [
        "250-Listing x\r\n Type=file;Size=5;Modify=20200229123000.000; x\r\n250 End",
        "250-Start of list for x\r\n250-type=file;size=5;modify=20200229123000; /x\r\n250 End of list",
        "250 type=file;size=5;modify=20200229123000; x",
    ],
)
async def test_facts_of_one_file_in_many_forms(ftp_peer: MakeFTP, reply: str) -> None:
    server = ftp_peer([*opening("MLST type*;size*;modify*;"), ("MLST /x", reply)])
    async with open_tree(server) as files:
        entry = await files.stat("x")
    assert (entry.name, entry.type, entry.size) == ("x", "file", 5)
    assert entry.modified == dt.datetime(2020, 2, 29, 12, 30, tzinfo=dt.UTC)


async def test_odd_facts_are_left_out_and_the_rest_counts(ftp_peer: MakeFTP) -> None:
    lines = (
        b"type=cdir;modify=20200101000000; .\r\n"
        b"TYPE=dir;UNIX.mode=0755;sizd=4096; with blanks \r\n"
        b"type=OS.unix=slink:/there;size=7; link\r\n"
        b"type=file;size=many;modify=yesterday; odd\r\n"
        b"size=3;type=file no semicolon\r\n"
    )
    listed = [TYPE_A, EPSV, ("MLSD /", "150 here", END, "226-total 5\r\n226 done")]
    server = ftp_peer([*opening("MLST type*;size*;modify*;unix.mode*;", "MLSD"), *listed], [lines])
    async with open_tree(server) as files:
        found = await files.entries()
    assert [(entry.name, entry.type, entry.size) for entry in found] == [
        ("with blanks ", "dir", 4096),
        ("link", "link", 7),
        ("odd", "file", None),
        ("no semicolon", "file", 3),
    ]
    assert found[1].target == "/there"


STORE = ("EPSV", "229 (|||{port}|)")


async def test_pure_ftpd_takes_no_names_with_a_dot_in_front(ftp_peer: MakeFTP, tmp_path: Path) -> None:
    """ProhibitDotFilesWrite is on as it comes: temporary files have plain names then."""
    local = tmp_path / "x"
    local.write_bytes(b"data")
    server = ftp_peer(
        [
            *opening("SIZE"),
            TYPE_I,
            ("SIZE /.x.wirekit-part", "550 Can't check for file existence"),
            STORE,
            ("STOR /.x.wirekit-part", "553 Prohibited file name: .x.wirekit-part"),
            ("SIZE /x.wirekit-part", "550 Can't check for file existence"),
            STORE,
            ("STOR /x.wirekit-part", "150 Accepted data connection", END, END, "226-File successfully transferred\r\n226 0.0 s"),
            ("SIZE /x.wirekit-part", "213 4"),
            ("RNFR /x.wirekit-part", "350 RNFR accepted - file exists, ready for destination"),
            ("RNTO /x", "250 File successfully renamed or moved"),
        ],
        [b"", None],
        greeting=PURE,
    )  # fmt: skip
    async with open_tree(server) as files:
        copied = await files.upload(local, "x", resume=True)
    assert (copied.size, copied.resumed) == (4, 0)
    assert server.heard(2) == b"data"


async def test_file_that_may_not_be_stored_at_all_is_an_error(ftp_peer: MakeFTP, tmp_path: Path) -> None:
    local = tmp_path / "x"
    local.write_bytes(b"data")
    server = ftp_peer(
        [
            *opening(),
            TYPE_I,
            ("SIZE /.x.wirekit-part", "500 what?"),
            EPSV,
            ("STOR /.x.wirekit-part", "550 Permission denied."),
            ("SIZE /x.wirekit-part", "500 what?"),
            EPSV,
            ("STOR /x.wirekit-part", "550 Permission denied, really."),
        ],
        [b"", b""],
    )
    async with open_tree(server) as files:
        with pytest.raises(ftplib.error_perm, match="really"):
            await files.upload(local, "x", resume=True)


@pytest.mark.parametrize("refusal", ["550 Cannot create a file when that file already exists.", "450 exists"])
async def test_server_that_replaces_no_file_has_it_removed_first(
    ftp_peer: MakeFTP, tmp_path: Path, refusal: str
) -> None:
    local = tmp_path / "x"
    local.write_bytes(b"data")
    part = "/.x.wirekit-part"
    server = ftp_peer(
        [
            *opening(),
            TYPE_I,
            (f"SIZE {part}", "550 none"),
            EPSV,
            (f"STOR {part}", "150 here", END, "226 done"),
            (f"SIZE {part}", "213 4"),
            (f"RNFR {part}", "350 go on"),
            ("RNTO /x", refusal),
            ("DELE /x", "250 gone"),
            (f"RNFR {part}", "350 go on"),
            ("RNTO /x", "250 renamed"),
        ],
        [None],
    )
    async with open_tree(server) as files:
        await files.upload(local, "x", resume=True)


async def test_mirror_asks_no_further_where_a_listing_has_told(ftp_peer: MakeFTP, tmp_path: Path) -> None:
    """Two round trips a file less; LIST's times are good enough to find out what changed."""
    listing = (
        b"-rw-r--r--    1 14       50              4 Feb 29  2020 x\r\n-rw-r--r-- 1 u g 0 Feb 29  2020 y\r\n"
    )
    together = (
        "229 (|||{port}|)",
        "150 Opening BINARY mode data connection for x (4 bytes).",
        END,
        "226 done",
    )
    server = ftp_peer(
        [
            *opening("SIZE", "MDTM"),
            ("CWD /", "250 there"),
            TYPE_A,
            EPSV,
            ("LIST -a", "150 here", END, "226 done"),
            TYPE_I,
            (b"EPSV\r\nRETR /x\r\n", *together),
            (b"EPSV\r\nRETR /y\r\n", *together),
        ],
        [listing, b"data", b""],
    )
    async with open_tree(server) as files:
        result = await files.mirror("", tmp_path / "copy")
    assert result.ok
    assert (tmp_path / "copy" / "x").read_bytes() == b"data"
    assert (tmp_path / "copy" / "y").read_bytes() == b""
    when = dt.datetime.fromtimestamp((tmp_path / "copy" / "x").stat().st_mtime, dt.UTC)
    assert when == dt.datetime(2020, 2, 29, tzinfo=dt.UTC)


@pytest.mark.parametrize("announced", [0, 5, 10**15])
async def test_size_that_is_announced_wrongly_loses_nothing(ftp_peer: MakeFTP, announced: int) -> None:
    data = bytes(range(256)) * 200
    opened = f"150 Opening BINARY mode data connection for x ({announced} bytes)."
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", opened, END, "226 done"), ("NOOP", "200 ok")], [data])
    ftp = await connect(server)
    blocks: list[bytes] = []
    assert await ftp.retrbinary("RETR x", blocks.append) == "226 done"
    assert b"".join(blocks) == data
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()
