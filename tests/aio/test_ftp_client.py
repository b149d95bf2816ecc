"""ftplib's FTP against a server that says exactly what a test tells it to: commands, replies, logging in."""

from __future__ import annotations

import io
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import close, stall
from tests.fix_scripted_ftp import LOGIN, FTPPeer
from wirekit import ConnectionBusy, Timeout, defaults
from wirekit.aio import ftplib

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeFTP = Callable[..., FTPPeer]


async def connect(server: FTPPeer, kind: Any = ftplib.FTP, **options: Any) -> Any:
    ftp = kind(timeout=5, **options)
    await ftp.connect("127.0.0.1", server.port)
    return ftp


# ---- connecting


async def test_greeting_is_kept(ftp_peer: MakeFTP, capsys: pytest.CaptureFixture[str]) -> None:
    server = ftp_peer([], greeting="220-two\r\n220 lines")
    ftp = ftplib.FTP()
    assert await ftp.connect("127.0.0.1", server.port, timeout=5) == "220-two\n220 lines"
    assert ftp.welcome == ftp.getwelcome() == "220-two\n220 lines"
    assert capsys.readouterr().out == ""
    ftp.set_debuglevel(1)
    ftp.getwelcome()
    assert capsys.readouterr().out == "*welcome* '220-two\\n220 lines'\n"
    assert (ftp.host, ftp.port, ftp.timeout) == ("127.0.0.1", server.port, 5)
    ftp.close()
    assert (ftp.sock, ftp.file) == (None, None)


async def test_server_that_wants_some_minutes_is_waited_for(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([], greeting="120 soon\r\n220 now")
    ftp = await connect(server)
    assert ftp.welcome == "220 now"
    ftp.close()


@pytest.mark.parametrize("greeting", ["421 full", "530 go away", "no FTP at all"])
async def test_server_that_does_not_want_us_is_left(ftp_peer: MakeFTP, greeting: str) -> None:
    server = ftp_peer([], greeting=greeting)
    ftp = ftplib.FTP(timeout=5)
    with pytest.raises((ftplib.error_temp, ftplib.error_perm, ftplib.error_proto), match=greeting):
        await ftp.connect("127.0.0.1", server.port)
    assert ftp.sock is None


async def test_timeout_of_zero_is_refused() -> None:
    with pytest.raises(ValueError, match="timeout=0"):
        await ftplib.FTP().connect("127.0.0.1", 1, timeout=0)


async def test_connecting_again_closes_the_first_connection(ftp_peer: MakeFTP) -> None:
    first, second = ftp_peer([]), ftp_peer([("NOOP", "200 ok")])
    ftp = await connect(first)
    await ftp.connect("127.0.0.1", second.port)
    assert await ftp.sendcmd("NOOP") == "200 ok"
    ftp.close()


async def test_with_connects_logs_in_and_quits(ftp_peer: MakeFTP, monkeypatch: pytest.MonkeyPatch) -> None:
    server = ftp_peer([("USER me", "331 ?"), ("PASS secret", "230 in"), ("QUIT", "221 bye")])
    monkeypatch.setattr(ftplib.FTP, "port", server.port)
    async with ftplib.FTP("127.0.0.1", "me", "secret", timeout=5) as ftp:
        assert ftp.sock is not None
    assert ftp.sock is None
    assert server.lines() == ["USER me", "PASS secret", "QUIT"]


async def test_with_closes_although_quit_fails(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("QUIT", "550 stay")])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm, match="stay"):
        async with ftp:
            pass
    assert ftp.sock is None


async def test_with_takes_a_server_that_is_gone_for_no_error(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("QUIT", close())])
    async with await connect(server) as ftp:
        pass
    assert ftp.sock is None


# ---- logging in


@pytest.mark.parametrize(
    "given, exchanges",
    [
        ((), LOGIN),
        (("anonymous", "-"), [LOGIN[0], ("PASS -anonymous@", "230 in")]),
        (("anonymous", "me@"), [LOGIN[0], ("PASS me@", "230 in")]),
        (("me", "pw"), [("USER me", "331 ?"), ("PASS pw", "230 in")]),
        (("me", "pw", "acc"), [("USER me", "331 ?"), ("PASS pw", "332 ?"), ("ACCT acc", "230 in")]),
        (("me",), [("USER me", "230 no password")]),
    ],
)
async def test_login_as_far_as_the_server_asks(
    ftp_peer: MakeFTP, given: tuple[str, ...], exchanges: Any
) -> None:
    server = ftp_peer(exchanges)
    ftp = await connect(server)
    assert (await ftp.login(*given))[:3] == "230"
    ftp.close()


async def test_login_that_is_refused_leaves_the_connection_usable(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([LOGIN[0], ("PASS anonymous@", "530 no"), ("NOOP", "200 ok")])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_perm, match="530 no"):
        await ftp.login()
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


async def test_login_that_never_ends_is_an_error(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([LOGIN[0], ("PASS anonymous@", "332 ?"), ("ACCT ", "331 ?")])
    ftp = await connect(server)
    with pytest.raises(ftplib.error_reply, match="331"):
        await ftp.login()
    ftp.close()


# ---- commands


async def test_every_command_of_files_and_directories(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            ("PWD", '257 "/a ""b""" there'),
            ("MKD x", '257 "/x" made'),
            ("MKD y", "250 made"),
            ("PWD", "250 here"),
            ("CWD x", "250 ok"),
            ("CWD .", "250 ok"),
            ("CDUP", "250 ok"),
            ("CDUP", "500 what?"),
            ("CWD ..", "250 ok"),
            ("CDUP", "550 no"),
            ("RMD x", "250 ok"),
            ("DELE f", "250 ok"),
            ("DELE g", "200 ok"),
            ("DELE h", "226 ok"),
            ("RNFR a", "350 to?"),
            ("RNTO b", "250 ok"),
            ("RNFR a", "250 what"),
            ("TYPE I", "200 ok"),
            ("SIZE f", "213 12"),
            ("SIZE g", "250 what"),
            ("ACCT x", "230 ok"),
            ("QUIT", "221 bye"),
        ]
    )
    ftp = await connect(server)
    assert await ftp.pwd() == '/a "b"'
    assert await ftp.mkd("x") == "/x"
    assert await ftp.mkd("y") == ""
    assert await ftp.pwd() == ""
    assert await ftp.cwd("x") == "250 ok"
    await ftp.cwd("")
    await ftp.cwd("..")
    await ftp.cwd("..")
    with pytest.raises(ftplib.error_perm, match="550"):
        await ftp.cwd("..")
    assert await ftp.rmd("x") == "250 ok"
    assert await ftp.delete("f") == "250 ok"
    await ftp.delete("g")
    with pytest.raises(ftplib.error_reply):
        await ftp.delete("h")
    assert await ftp.rename("a", "b") == "250 ok"
    with pytest.raises(ftplib.error_reply):
        await ftp.rename("a", "b")
    assert await ftp.size("f") == 12
    assert await ftp.size("g") is None
    assert await ftp.acct("x") == "230 ok"
    assert await ftp.quit() == "221 bye"
    assert ftp.sock is None


@pytest.mark.parametrize(
    "reply, kind",
    [
        ("450 busy", "error_temp"),
        ("550 no", "error_perm"),
        ("150 what", "error_reply"),
        ("350 what", "error_reply"),
    ],
)
async def test_reply_of_another_class_is_an_error_of_its_own(
    ftp_peer: MakeFTP, reply: str, kind: str
) -> None:
    server = ftp_peer([("NOOP", reply), ("NOOP", "200 ok")])
    ftp = await connect(server)
    with pytest.raises(getattr(ftplib, kind)) as caught:
        await ftp.voidcmd("NOOP")
    assert str(caught.value) == reply
    assert ftp.lastresp == reply[:3]
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


@pytest.mark.parametrize(
    "reply, kind, why",
    [
        ("421 bye", "error_temp", "421 bye"),
        ("999 what", "error_proto", "no reply"),
        ("hello", "error_proto", "no reply"),
    ],
)
async def test_reply_that_ends_all_closes_the_connection(
    ftp_peer: MakeFTP, reply: str, kind: str, why: str
) -> None:
    server = ftp_peer([("NOOP", reply)])
    ftp = await connect(server)
    with pytest.raises(getattr(ftplib, kind), match=reply):
        await ftp.voidcmd("NOOP")
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match=why):
        await ftp.voidcmd("NOOP")
    assert server.lines() == ["NOOP"]


async def test_closed_connection_says_so_when_it_is_used(ftp_peer: MakeFTP) -> None:
    ftp = ftplib.FTP()
    for use in (ftp.pwd, ftp.getresp, ftp.abort, ftp.quit):
        with pytest.raises(ConnectionAbortedError, match="connect\\(\\)"):
            await use()
    server = ftp_peer([])
    ftp = await connect(server)
    ftp.close()
    with pytest.raises(ConnectionAbortedError, match="connect\\(\\)"):
        await ftp.retrlines("LIST")


@pytest.mark.parametrize("end", [close(), [b"2", close()], [b"200-x\r\n", close()], [b"200 half", close()]])
async def test_server_that_hangs_up_in_a_reply(ftp_peer: MakeFTP, end: Any) -> None:
    server = ftp_peer([("NOOP", *(end if isinstance(end, list) else [end]))])
    ftp = await connect(server)
    with pytest.raises(EOFError, match="the server closed"):
        await ftp.voidcmd("NOOP")
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match="EOFError"):
        await ftp.voidcmd("NOOP")


async def test_reply_that_does_not_come_is_a_timeout(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("NOOP", stall())])
    ftp = ftplib.FTP(timeout=5)
    await ftp.connect("127.0.0.1", server.port)
    ftp.sock.settimeout(0.05)
    with pytest.raises(TimeoutError):
        await ftp.voidcmd("NOOP")
    assert ftp.sock is None
    with pytest.raises(ConnectionAbortedError, match="TimeoutError"):
        await ftp.voidcmd("NOOP")


async def test_total_time_limits_a_reply_that_comes_bit_by_bit(ftp_peer: MakeFTP) -> None:
    gone = threading.Event()

    def drip(conversation: Any) -> None:
        while not gone.wait(0.02):
            conversation.send(b"200-x\r\n")

    server = ftp_peer([("NOOP", drip)])
    ftp = ftplib.FTP(timeout=Timeout(5, total=1))
    await ftp.connect("127.0.0.1", server.port)
    with pytest.raises(TimeoutError):
        await ftp.voidcmd("NOOP")
    gone.set()
    assert ftp.sock is None


async def test_reply_of_many_lines_is_one_text(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("HELP", "214-first\r\n 214 not the end\r\n214-nor this\nbare\r\n214 end")])
    ftp = await connect(server)
    assert await ftp.sendcmd("HELP") == "214-first\n 214 not the end\n214-nor this\nbare\n214 end"
    ftp.close()


async def test_debugging_shows_the_conversation_without_passwords(
    ftp_peer: MakeFTP, capsys: pytest.CaptureFixture[str]
) -> None:
    server = ftp_peer([("USER me", "331 ?"), ("PASS secret", "230 in")])
    ftp = await connect(server)
    ftp.debug(2)
    await ftp.login("me", "secret")
    ftp.close()
    assert capsys.readouterr().out.splitlines() == [
        "*cmd* 'USER me'",
        "*put* 'USER me\\r\\n'",
        "*get* '331 ?\\r\\n'",
        "*resp* '331 ?'",
        "*cmd* 'PASS ******'",
        "*put* 'PASS ******\\r\\n'",
        "*get* '230 in\\r\\n'",
        "*resp* '230 in'",
    ]


async def test_names_that_are_no_utf8_come_and_go_as_they_are(ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [("PWD", b'257 "/\xfc"\r\n'), (b"CWD /\xfc\r\n", "250 ok"), ("CWD /ü".encode() + b"\r\n", "250 ok")]
    )
    ftp = await connect(server)
    name = await ftp.pwd()
    assert name == "/\udcfc"
    await ftp.cwd(name)
    await ftp.cwd("/ü")
    ftp.close()


async def test_another_encoding_is_for_names_and_replies(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("PWD", b'257 "/\xfc"\r\n'), (b"CWD /\xfc\r\n", "250 ok")])
    ftp = await connect(server, encoding="latin-1")
    await ftp.cwd(await ftp.pwd())
    with pytest.raises(UnicodeEncodeError):
        await ftp.cwd("日本")
    ftp.close()


async def test_second_user_of_a_connection_is_told_so_before_anything_is_sent(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("NOOP", "200 ok")])
    ftp = await connect(server)
    ftp._owner = object()  # a transfer of another task
    with pytest.raises(ConnectionBusy):
        await ftp.voidcmd("NOOP")
    with pytest.raises(ConnectionBusy):
        await ftp.retrlines("LIST")
    ftp._owner = None
    assert await ftp.voidcmd("NOOP") == "200 ok"
    ftp.close()


# ---- what a server offers


async def test_features_are_asked_for_once(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("FEAT", "211-x\r\n MDTM\r\n REST STREAM\r\n211 end")])
    ftp = await connect(server)
    assert ftp.features == {}
    assert await ftp.feat() == await ftp.feat() == ftp.features == {"MDTM": "", "REST": "STREAM"}
    ftp.close()


async def test_server_without_features_has_none(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("FEAT", "500 what?")])
    ftp = await connect(server)
    assert await ftp.feat() == {} == await ftp.feat()
    assert await ftp.use_utf8() is False
    ftp.close()


@pytest.mark.parametrize("reply", ["200 on", "501 always on"])
async def test_utf8_is_switched_on_where_it_is_offered(ftp_peer: MakeFTP, reply: str) -> None:
    server = ftp_peer([("FEAT", "211-x\r\n UTF8\r\n211 end"), ("OPTS UTF8 ON", reply)])
    ftp = await connect(server, encoding="latin-1")
    assert await ftp.use_utf8() is True
    assert ftp.encoding == "utf-8"
    ftp.close()


# ---- what programs put in place of ours


async def test_file_reads_the_control_connection_line_by_line_and_never_ahead(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("X", "200-a\r\n200 b"), ("NOOP", "200 c")])
    ftp = await connect(server)
    await ftp.putcmd("X")
    assert await ftp.file.readline() == "200-a\n"
    assert await ftp.getline() == "200 b"
    assert await ftp.sendcmd("NOOP") == "200 c"
    assert ftp.file.fileno() == ftp.sock.fileno()
    ftp.close()


class StandIn:
    """A socket that has sendall and makefile alone, as tests and tunnels make them."""

    def __init__(self, replies: str) -> None:
        self.replies = replies
        self.sent = b""

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def makefile(self, mode: str, encoding: str | None = None) -> Any:
        assert mode == "r"
        return io.StringIO(self.replies)

    def close(self) -> None:
        self.sent += b"(closed)"


async def test_stand_in_of_a_socket_is_enough(ftp_peer: MakeFTP) -> None:
    ftp = ftplib.FTP()
    ftp.sock = sock = StandIn('200 ok\n257 "/"\n')
    assert await ftp.voidcmd("NOOP") == "200 ok"
    assert await ftp.pwd() == "/"
    with pytest.raises(EOFError):
        await ftp.pwd()
    assert sock.sent == b"NOOP\r\nPWD\r\nPWD\r\n(closed)"


async def test_file_that_a_program_sets_is_read(ftp_peer: MakeFTP) -> None:
    ftp = ftplib.FTP()
    ftp.sock = StandIn("")
    ftp.file = io.StringIO("200 from the file\n")
    assert await ftp.voidcmd("NOOP") == "200 from the file"
    ftp.close()


# ---- bounds that hold in both profiles


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
async def test_line_beyond_maxline_is_refused(ftp_peer: MakeFTP, profile: str) -> None:
    server = ftp_peer([("NOOP", "200 " + "x" * 8193)])
    with defaults.using(profile):
        ftp = await connect(server)
        with pytest.raises(ftplib.ReplyTooLong, match="got more than 8192 bytes"):
            await ftp.voidcmd("NOOP")
    assert ftp.sock is None


async def test_maxline_is_the_programs_to_set(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("NOOP", "200 " + "x" * 50)])
    ftp = await connect(server)
    ftp.maxline = 40
    with pytest.raises(ftplib.Error, match="got more than 40 bytes"):
        await ftp.voidcmd("NOOP")


async def test_reply_of_too_many_bytes_is_refused(ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("HELP", "214-x\r\n" + ("y" * 100 + "\r\n") * 20 + "214 end")])
    with defaults.using(max_reply=1000):
        ftp = await connect(server)
        with pytest.raises(ftplib.ReplyTooLong, match="more than 1000 bytes"):
            await ftp.sendcmd("HELP")
    assert ftp.sock is None
