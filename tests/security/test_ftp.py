"""Rows 131 to 142 of the security table: FTP."""

from __future__ import annotations

import socket
import ssl
import threading
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, send, send_forever
from tests.fix_scripted_ftp import END, EPSV, LOGIN, TYPE_A, TYPE_I, FTPPeer
from tests.fix_tls import Certificates, make_server_tls
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit import defaults

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakeFTP = Callable[..., FTPPeer]

AUTH = ("AUTH TLS", "234 go ahead")
PRIVATE = (("PBSZ 0", "200 ok"), ("PROT P", "200 private"))


async def connect(
    twin: Twin, server: FTPPeer, host: str = "127.0.0.1", kind: str = "FTP", **options: Any
) -> Any:
    ftp = getattr(twin.module("ftplib"), kind)(timeout=5, **options)
    await settle(ftp.connect(host, server.port))
    return ftp


async def refuse(call: Callable[[], Any], *kinds: Any) -> BaseException:
    """The call ends in one of these errors; give it."""
    with pytest.raises(kinds) as caught:
        await settle(call())
    error: BaseException = caught.value
    return error


# ---- 131, 132: addresses


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@both_twins
async def test_row_131_address_of_a_pasv_reply_is_not_trusted(
    twin: Twin, ftp_peer: MakeFTP, profile: str
) -> None:
    first = [("EPSV", "500 what?")] if profile == "safe" else []
    server = ftp_peer([*first, ("PASV", "227 (10,0,0,5,0,22)")])
    with defaults.using(profile):
        ftp = await connect(twin, server)
        assert await settle(ftp.makepasv()) == ("127.0.0.1", 22)
    ftp.close()


@both_twins
async def test_row_132_copy_between_servers_names_the_source_by_its_own_address(
    twin: Twin, ftp_peer: MakeFTP
) -> None:
    source = ftp_peer([TYPE_I, ("PASV", "227 (10,0,0,5,0,22)"), ("RETR a", "150 x", "226 y")])
    target = ftp_peer([TYPE_I, ("PORT 127,0,0,1,0,22", "200 ok"), ("STOR a", "150 x", "226 y")])
    one, other = await connect(twin, source), await connect(twin, target)
    await settle(twin.module("ftplib").ftpcp(one, "a", other))
    one.close()
    other.close()


# ---- 133, 134: arguments

BREAKING = ["a\r\nDELE b", "a\nDELE b", "a\rDELE b", "a\0b"]


@pytest.mark.parametrize("name", BREAKING, ids=repr)
@both_twins
async def test_row_133_line_ends_and_nul_in_any_argument(twin: Twin, ftp_peer: MakeFTP, name: str) -> None:
    server = ftp_peer([("NOOP", "200 ok")])
    ftp = await connect(twin, server)
    calls: list[Callable[[], Any]] = [
        lambda: ftp.cwd(name),
        lambda: ftp.mkd(name),
        lambda: ftp.rmd(name),
        lambda: ftp.delete(name),
        lambda: ftp.rename(name, "x"),
        lambda: ftp.acct(name),
        lambda: ftp.login(name),
        lambda: ftp.sendcmd(f"RETR {name}"),
        lambda: ftp.voidcmd(name),
        lambda: ftp.putcmd(name),
        lambda: ftp.putline(name),
    ]
    for call in calls:
        await refuse(call, ValueError)
    assert await settle(ftp.voidcmd("NOOP")) == "200 ok"
    ftp.close()
    assert await heard(twin, server.peer) == b"NOOP\r\n"


@pytest.mark.parametrize("name", BREAKING, ids=repr)
@both_twins
async def test_row_133_line_ends_and_nul_in_the_name_of_a_transfer(
    twin: Twin, ftp_peer: MakeFTP, name: str, tmp_path: Path
) -> None:
    server = ftp_peer([TYPE_I, EPSV, ("RETR x", "150 x", END, "226 y"), TYPE_A, TYPE_I], [b"1"])
    ftp = await connect(twin, server)
    await settle(ftp.retrbinary("RETR x", [].append))  # so that the next commands may leave together
    for call in (lambda: ftp.nlst(name), lambda: ftp.retrlines(f"LIST {name}"), lambda: ftp.dir(name)):
        await refuse(call, ValueError)
    await refuse(lambda: ftp.retrbinary(f"RETR {name}", [].append), ValueError)
    await refuse(lambda: ftp.retrbinary("RETR x", [].append, rest=name), ValueError)
    ftp.close()
    assert b"DELE" not in await heard(twin, server.peer)


INSIDE = (("USER anonymous", "331 ?"), ("PASS anonymous@", "230 in"), ("FEAT", "500 ?"), ("PWD", '257 "/"'))


@pytest.mark.parametrize("path", ["a%0d%0aPORT%20x", "a%00b", "a%0ab"])
@both_twins
async def test_row_134_line_ends_behind_percents_of_a_path(twin: Twin, ftp_peer: MakeFTP, path: str) -> None:
    server = ftp_peer(INSIDE)
    files = twin.module("tree").Tree(f"ftp://127.0.0.1:{server.port}/{path}", timeout=5)
    await refuse(lambda: files.remove(""), ValueError)
    files.close()
    assert (await heard(twin, server.peer)).endswith(b"PWD\r\n")


@pytest.mark.parametrize("user", ["us%0d%0aer", "us%00er:pw"])
@both_twins
async def test_row_134_line_ends_behind_percents_of_a_user(twin: Twin, ftp_peer: MakeFTP, user: str) -> None:
    server = ftp_peer([])
    files = twin.module("tree").Tree(f"ftp://{user}@127.0.0.1:{server.port}/", timeout=5)
    await refuse(files.entries, ValueError)
    files.close()
    assert await heard(twin, server.peer) == b""


# ---- 135, 136: endless replies


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@both_twins
async def test_row_135_endless_line(twin: Twin, ftp_peer: MakeFTP, profile: str) -> None:
    server = ftp_peer([("NOOP", send_forever(b"2"))])
    with defaults.using(profile):
        ftp = await connect(twin, server)
        error = await refuse(lambda: ftp.voidcmd("NOOP"), twin.module("ftplib").ReplyTooLong)
    assert getattr(error, "limit", None) == 8192
    assert ftp.sock is None


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize("line", [b"220-x\r\n", b"y\r\n", b"\r\n", b"220-" + b"z" * 4000 + b"\r\n"], ids=len)
@both_twins
async def test_row_136_endless_lines(twin: Twin, ftp_peer: MakeFTP, profile: str, line: bytes) -> None:
    def endless(conversation: Conversation) -> None:
        conversation.send(b"220-x\r\n")
        send_forever(line)(conversation)

    server = ftp_peer([], greeting=endless)
    with defaults.using(profile):
        ftp = twin.module("ftplib").FTP(timeout=5)
        await refuse(lambda: ftp.connect("127.0.0.1", server.port), twin.module("ftplib").ReplyTooLong)
    assert ftp.sock is None


@both_twins
async def test_row_136_endless_listing(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("NLST", "150 x")], [[send_forever(b"name\r\n")]])
    with defaults.using(max_listing=100_000):
        ftp = await connect(twin, server)
        error = await refuse(ftp.nlst, twin.module("ftplib").ListingTooLong)
    assert getattr(error, "limit", None) == 100_000
    assert ftp.sock is None


@both_twins
async def test_row_136_endless_line_of_a_listing(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer([TYPE_A, EPSV, ("LIST", "150 x")], [[send_forever(b"x")]])
    ftp = await connect(twin, server)
    await refuse(lambda: ftp.retrlines("LIST", [].append), twin.module("ftplib").ListingTooLong)
    assert ftp.sock is None


# ---- 137 to 140: TLS


@both_twins
async def test_row_137_data_in_the_clear_behind_the_reply_to_auth(
    twin: Twin, ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([("AUTH TLS", b"234 ok\r\n230 Logged in\r\n")], secure=server_tls)
    ftp = await connect(twin, server, "localhost", "FTP_TLS", context=client_tls)
    await refuse(lambda: ftp.login("me", "secret"), ConnectionAbortedError)
    assert ftp.sock is None
    assert await heard(twin, server.peer) == b"AUTH TLS\r\n"


@pytest.mark.parametrize("fault", ["wrong_host", "expired", "stranger"])
@pytest.mark.parametrize("implicit", [False, True])
@both_twins
async def test_row_138_certificate_and_name_of_the_control_channel(
    twin: Twin,
    ftp_peer: MakeFTP,
    certificates: Certificates,
    client_tls: ssl.SSLContext,
    fault: str,
    implicit: bool,
) -> None:
    tls = make_server_tls(getattr(certificates, fault))
    server = ftp_peer([] if implicit else [AUTH], secure=tls, implicit=implicit)
    ftp = twin.module("ftplib").FTP_TLS(timeout=5, context=client_tls, implicit=implicit)

    async def use() -> None:
        await settle(ftp.connect("localhost", server.port))
        await settle(ftp.login("me", "secret"))

    with pytest.raises(ssl.SSLCertVerificationError):
        await use()
    assert ftp.sock is None
    assert b"secret" not in await heard(twin, server.peer)


@both_twins
async def test_row_138_self_signed_certificate_by_default(
    twin: Twin, ftp_peer: MakeFTP, certificates: Certificates
) -> None:
    server = ftp_peer([AUTH], secure=make_server_tls(certificates.stranger))
    ftp = await connect(twin, server, "localhost", "FTP_TLS")
    await refuse(ftp.auth, ssl.SSLCertVerificationError)


@both_twins
async def test_row_138_self_signed_certificate_of_a_data_channel(
    twin: Twin,
    ftp_peer: MakeFTP,
    certificates: Certificates,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
) -> None:
    other = make_server_tls(certificates.stranger)

    def stranger(conversation: Conversation) -> None:
        conversation.sock = other.wrap_socket(conversation.sock, server_side=True)

    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, TYPE_I, EPSV, ("RETR x", "150 x", "425 no")],
        [[stranger, send(b"evil")]],
        secure=server_tls,
        private=False,
    )
    ftp = await connect(twin, server, "localhost", "FTP_TLS", context=client_tls)
    await settle(ftp.login())
    blocks: list[bytes] = []
    await refuse(lambda: ftp.retrbinary("RETR x", blocks.append), ssl.SSLCertVerificationError)
    assert blocks == []
    ftp.close()


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3], ids=lambda v: v.name)
@both_twins
async def test_row_139_data_channel_resumes_the_control_session_and_goes_to_the_control_peer(
    twin: Twin,
    ftp_peer: MakeFTP,
    server_tls: ssl.SSLContext,
    client_tls: ssl.SSLContext,
    version: ssl.TLSVersion,
) -> None:
    client_tls.maximum_version = version
    reused: list[bool | None] = []

    def look(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        reused.append(conversation.sock.session_reused)

    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, TYPE_I, ("EPSV", "500 ?"), ("PASV", "227 (10,0,0,5,{bytes})"), ("RETR x", "150 x", END, "226 y"), (b"PASV\r\nRETR x\r\n", "227 (10,0,0,5,{bytes})", "150 x", END, "226 y")],
        [[look, send(b"1")], [look, send(b"2")]],
        secure=server_tls,
    )  # fmt: skip
    ftp = await connect(twin, server, "localhost", "FTP_TLS", context=client_tls)
    await settle(ftp.login())
    blocks: list[bytes] = []
    for _ in range(2):
        await settle(ftp.retrbinary("RETR x", blocks.append))
    assert (blocks, reused) == ([b"1", b"2"], [True, True])
    ftp.close()


@both_twins
async def test_row_140_data_channel_is_private_without_being_asked(
    twin: Twin, ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, TYPE_I, EPSV, ("RETR x", "150 x", END, "226 y")], [b"1"], secure=server_tls
    )
    ftp = await connect(twin, server, "localhost", "FTP_TLS", context=client_tls)
    await settle(ftp.login())
    await settle(ftp.retrbinary("RETR x", [].append))
    ftp.close()


@both_twins
async def test_row_140_login_ends_where_the_server_will_not_protect_data(
    twin: Twin, ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer([AUTH, *LOGIN, PRIVATE[0], ("PROT P", "536 no")], secure=server_tls)
    ftp = await connect(twin, server, "localhost", "FTP_TLS", context=client_tls)
    await refuse(ftp.login, twin.module("ftplib").error_perm)
    ftp.close()


# ---- 141: parsers

UNIX = b"-rw-r--r--   1 u        g               5 "
LINES = [
    UNIX + b"Feb 29  2023 leap day of no leap year",
    UNIX + b"Feb 31 12:00 no day",
    UNIX + b"Nov 23 20:16 ..",
    UNIX + b"Nov 23 20:16 ../../etc/passwd",
    UNIX + b"Nov 23 20:16 /etc/passwd",
    UNIX + b"Nov 23 20:16 sub/file",
    UNIX + b"Nov 23 20:16 nul\0inside",
    UNIX + b"Nov 23 20:16 \x1b[2Jcontrol",
    UNIX + b"Nov 23 20:16 good",
    b"99-99-99  99:99PM       <DIR>          dos",
    b"\xff\xfe\x00 noise",
    b"-rw-r--r-- " + b"1 " * 3000,
    b"9" * 5000,
]


@both_twins
async def test_row_141_odd_lines_of_a_listing(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            ("USER me", "230 in"),
            ("FEAT", "500 ?"),
            ("PWD", '257 "/'),
            ("CWD /", "250 ok"),
            TYPE_A,
            EPSV,
            ("LIST -a", "150 x", END, "226 y"),
        ],
        [b"\r\n".join(LINES) + b"\r\n"],
    )
    files = twin.module("tree").Tree(f"ftp://me@127.0.0.1:{server.port}/", timeout=5)
    names = [entry.name for entry in await settle(files.entries(""))]
    files.close()
    assert names == ["leap day of no leap year", "no day", "\x1b[2Jcontrol", "good", "dos"]


@pytest.mark.parametrize("facts", [b"type=file;size=x;modify=20230229000000; ", b"; ", b"=; ", b"type; "])
@both_twins
async def test_row_141_odd_facts_and_names_of_mlsd(twin: Twin, ftp_peer: MakeFTP, facts: bytes) -> None:
    names = [b"..", b".", b"../x", b"/x", b"a/b", b"", b"good"]
    server = ftp_peer(
        [
            ("USER me", "230 in"),
            ("FEAT", "211-x\r\n MLST type*;size*;modify*;\r\n211 end"),
            ("PWD", '257 "/"'),
            TYPE_A,
            EPSV,
            ("MLSD /", "150 x", END, "226 y"),
        ],
        [b"".join(facts + name + b"\r\n" for name in names)],
    )
    files = twin.module("tree").Tree(f"ftp://me@127.0.0.1:{server.port}/", timeout=5)
    names_there = {entry.name for entry in await settle(files.entries())}
    files.close()
    assert names_there == {"good", "x"}, "and /x is x in the directory /"


# ---- 142: active mode


@both_twins
async def test_row_142_stranger_at_our_listener_is_hung_up_on(twin: Twin, ftp_peer: MakeFTP) -> None:
    outcome: list[bytes] = []
    done = threading.Event()

    def stranger_first(conversation: Conversation) -> None:
        numbers = bytes(conversation.received).split(b"PORT ")[1].split(b"\r\n")[0].split(b",")
        port = int(numbers[4]) * 256 + int(numbers[5])
        with socket.create_connection(("127.0.0.1", port), 2, source_address=("127.0.0.2", 0)) as stranger:
            stranger.settimeout(2)
            try:
                outcome.append(stranger.recv(1))
            except ConnectionError:
                outcome.append(b"")
        with socket.create_connection(("127.0.0.1", port), 2) as server_itself:
            server_itself.sendall(b"the file")
        done.set()

    server = ftp_peer(
        [
            TYPE_I,
            (
                b"PORT 127,0,0,1,",
                lambda talk: talk.take(lambda w: (w.find(b"\r\n") + 2) * (b"\r\n" in w)),
                "200 ok",
            ),
            ("RETR x", "150 x", stranger_first, "226 y"),
        ]
    )
    ftp = await connect(twin, server)
    ftp.set_pasv(False)
    blocks: list[bytes] = []
    await settle(ftp.retrbinary("RETR x", blocks.append))
    assert b"".join(blocks) == b"the file"
    assert outcome == [b""]
    ftp.close()


@both_twins
async def test_row_142_listener_is_on_the_control_connections_address_alone(
    twin: Twin, ftp_peer: MakeFTP
) -> None:
    server = ftp_peer(
        [
            (
                b"PORT 127,0,0,1,",
                lambda talk: talk.take(lambda w: (w.find(b"\r\n") + 2) * (b"\r\n" in w)),
                "200 ok",
            )
        ]
    )
    ftp = await connect(twin, server)
    with await settle(ftp.makeport()) as listener, pytest.raises(OSError):
        socket.create_connection(("127.0.0.2", listener.getsockname()[1]), 1).close()
    ftp.close()
