"""The subclasses of ftplib that people really write, and what they put into its objects."""

from __future__ import annotations

import io
import socket
import ssl
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Conversation, send
from tests.fix_scripted_ftp import END, EPSV, LOGIN, TYPE_A, TYPE_I, FTPPeer
from tests.fix_twins import Twin, both_twins, heard, settle
from wirekit import ftplib
from wirekit.aio import ftplib as aio_ftplib

if TYPE_CHECKING:
    from collections.abc import Callable

    MakeFTP = Callable[..., FTPPeer]

AUTH = ("AUTH TLS", "234 go ahead")
PRIVATE = (("PBSZ 0", "200 ok"), ("PROT P", "200 private"))
RETR = ("RETR x", "150 here", END, "226 done")
PAIR = (b"EPSV\r\nRETR x\r\n", "229 (|||{port}|)", "150 here", END, "226 done")


async def fetch(ftp: Any, cmd: str = "RETR x") -> bytes:
    blocks: list[bytes] = []
    await settle(ftp.retrbinary(cmd, blocks.append))
    return b"".join(blocks)


# ---- ntransfercmd: the session of the control connection, as every answer on the web has it


class SessionReuse(ftplib.FTP_TLS):
    """Hands the session over by hand."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> Any:
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)
        if self._prot_p:
            conn = self.context.wrap_socket(conn, server_hostname=self.host, session=self.sock.session)
        return conn, size


class QuietSocket(ssl.SSLSocket):
    """Says no goodbye: for servers that hang in it."""

    def unwrap(self) -> Any:
        return None


class QuietReuse(SessionReuse):
    """The longer form of the same answer."""

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> Any:
        conn, size = super().ntransfercmd(cmd, rest)
        conn.__class__ = QuietSocket
        return conn, size


@pytest.mark.parametrize("kind", [SessionReuse, QuietReuse])
def test_session_that_is_handed_over_by_hand(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, kind: Any
) -> None:
    reused: list[bool | None] = []

    def look(conversation: Conversation) -> None:
        assert isinstance(conversation.sock, ssl.SSLSocket)
        reused.append(conversation.sock.session_reused)

    server = ftp_peer(
        [
            AUTH,
            *LOGIN,
            *PRIVATE,
            TYPE_I,
            EPSV,
            RETR,
            (b"EPSV\r\nSTOR y\r\n", "229 (|||{port}|)", "150 go", END, "226 done"),
        ],
        [[look, send(b"data")], [look, read_all]],
        secure=server_tls,
    )
    ftp = kind(context=client_tls, timeout=5)
    ftp.connect("localhost", server.port)
    ftp.login()
    ftp.prot_p()
    assert fetch_now(ftp) == b"data"
    ftp.storbinary("STOR y", io.BytesIO(b"up"))
    assert server.heard(2) == b"up"
    assert reused == [True, True]
    ftp.close()


def read_all(conversation: Conversation) -> None:
    while conversation.fill():
        pass


def fetch_now(ftp: Any) -> bytes:
    blocks: list[bytes] = []
    ftp.retrbinary("RETR x", blocks.append)
    return b"".join(blocks)


# ---- implicit TLS, as programs had to do it


class ImplicitBySetter(ftplib.FTP_TLS):
    """Wraps whatever is put into sock."""

    _sock: Any = None

    @property
    def sock(self) -> Any:
        return self._sock

    @sock.setter
    def sock(self, value: Any) -> None:
        if value is not None and not isinstance(value, ssl.SSLSocket):
            value = self.context.wrap_socket(value, server_hostname=self.host)
        self._sock = value


class ImplicitByConnect(ftplib.FTP_TLS):
    """Connects by itself, and makes the file by itself."""

    def connect(self, host: str = "", port: int = 0, timeout: Any = -999, source_address: Any = None) -> str:
        self.host, self.port = host, port
        raw = socket.create_connection((host, port), 5)
        self.af = raw.family
        self.sock = self.context.wrap_socket(raw, server_hostname=host)
        self.file = self.sock.makefile("r", encoding=self.encoding)
        self.welcome = self.getresp()
        return self.welcome


@pytest.mark.parametrize("kind", [ImplicitBySetter, ImplicitByConnect])
def test_implicit_tls_as_programs_had_to_do_it(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext, kind: Any
) -> None:
    server = ftp_peer([*LOGIN, *PRIVATE, TYPE_I, EPSV, RETR], [b"data"], secure=server_tls, implicit=True)
    ftp = kind(context=client_tls, timeout=5)
    assert ftp.connect("localhost", server.port) == "220 hello"
    ftp.login()
    ftp.prot_p()
    assert fetch_now(ftp) == b"data"
    ftp.close()


# ---- makepasv, connect, getline ...


@both_twins
async def test_makepasv_that_names_a_host_of_its_own(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [TYPE_I, ("PASV", "227 (10,0,0,5,{bytes})"), RETR, ("PASV", "227 (10,0,0,5,{bytes})"), RETR],
        [b"1", b"2"],
    )
    base: Any = twin.module("ftplib").FTP
    parse = twin.module("ftplib").parse227

    if twin.waits:

        class Fixed(base):  # type: ignore[misc]  # either twin's
            async def makepasv(self) -> Any:
                return self.host, parse(await self.sendcmd("PASV"))[1]
    else:

        class Fixed(base):  # type: ignore[misc, no-redef]  # either twin's
            def makepasv(self) -> Any:
                return self.host, parse(self.sendcmd("PASV"))[1]

    ftp = Fixed(timeout=5)
    await settle(ftp.connect("127.0.0.1", server.port))
    assert await fetch(ftp) == b"1"
    assert await fetch(ftp) == b"2", "commands leave one by one where makepasv is the program's own"
    ftp.close()


@pytest.mark.parametrize("method", ["sendcmd", "putcmd", "putline", "getresp"])
@both_twins
async def test_methods_that_a_program_watches_see_every_command(
    twin: Twin, ftp_peer: MakeFTP, method: str
) -> None:
    server = ftp_peer([TYPE_I, EPSV, RETR, EPSV, RETR], [b"1", b"2"])
    base: Any = twin.module("ftplib").FTP
    seen: list[Any] = []

    if twin.waits:

        async def watched(self: Any, *given: Any) -> Any:
            seen.append(given)
            return await getattr(super(Watching, self), method)(*given)
    else:

        def watched(self: Any, *given: Any) -> Any:  # type: ignore[misc]  # either twin's
            seen.append(given)
            return getattr(super(Watching, self), method)(*given)

    Watching = type("Watching", (base,), {method: watched})
    ftp = Watching(timeout=5)
    await settle(ftp.connect("127.0.0.1", server.port))
    assert await fetch(ftp) == b"1"
    assert await fetch(ftp) == b"2"
    if method != "getresp":
        wanted = [("EPSV",), ("RETR x",), ("EPSV",), ("RETR x",)]
        if method == "sendcmd":
            wanted = [("EPSV",), ("EPSV",)]
        assert [given for given in seen if given != ("TYPE I",)] == wanted
    ftp.close()


@both_twins
async def test_getline_that_reads_the_file_itself(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer([("HELP", "noise\r\n214-a\r\nnoise\r\n214 b"), ("NOOP", "200 ok")])
    base: Any = twin.module("ftplib").FTP

    if twin.waits:

        class Patient(base):  # type: ignore[misc]  # either twin's
            async def getline(self) -> str:
                while (line := await self.file.readline(self.maxline + 1)).startswith("noise"):
                    pass
                return str(line.rstrip("\r\n"))
    else:

        class Patient(base):  # type: ignore[misc, no-redef]  # either twin's
            def getline(self) -> str:
                while (line := self.file.readline(self.maxline + 1)).startswith("noise"):
                    pass
                return str(line.rstrip("\r\n"))

    ftp = Patient(timeout=5)
    await settle(ftp.connect("127.0.0.1", server.port))
    assert await settle(ftp.sendcmd("HELP")) == "214-a\n214 b"
    assert await settle(ftp.sendcmd("NOOP")) == "200 ok"
    ftp.close()


class Tracked:
    """A data connection that is no socket: it has what ftplib's own loops call, and counts."""

    def __init__(self, sock: Any) -> None:
        self.sock, self.bytes = sock, 0

    def recv(self, n: int) -> Any:
        return self.sock.recv(n)

    def sendall(self, data: bytes) -> Any:
        self.bytes += len(data)
        return self.sock.sendall(data)

    def close(self) -> None:
        self.sock.close()

    def fileno(self) -> int:
        return int(self.sock.fileno())


@both_twins
async def test_data_connection_that_is_no_socket(twin: Twin, ftp_peer: MakeFTP) -> None:
    server = ftp_peer(
        [
            TYPE_I,
            EPSV,
            RETR,
            (b"EPSV\r\nSTOR y\r\n", "229 (|||{port}|)", "150 go", END, "226 done"),
            TYPE_A,
            (b"EPSV\r\nLIST\r\n", "229 (|||{port}|)", "150 x", END, "226 y"),
        ],
        [b"data", None, b"a\r\nb\r\n"],
    )
    base: Any = twin.module("ftplib").FTP
    made: list[Tracked] = []

    def keep(conn: Any) -> Tracked:
        made.append(Tracked(conn))
        return made[-1]

    if twin.waits:

        class Tracking(base):  # type: ignore[misc]  # either twin's
            async def ntransfercmd(self, cmd: str, rest: Any = None) -> Any:
                conn, size = await super().ntransfercmd(cmd, rest)
                return keep(conn), size
    else:

        class Tracking(base):  # type: ignore[misc, no-redef]  # either twin's
            def ntransfercmd(self, cmd: str, rest: Any = None) -> Any:
                conn, size = super().ntransfercmd(cmd, rest)
                return keep(conn), size

    ftp = Tracking(timeout=5)
    await settle(ftp.connect("127.0.0.1", server.port))
    assert await fetch(ftp) == b"data"
    await settle(ftp.storbinary("STOR y", io.BytesIO(b"up")))
    assert made[1].bytes == 2
    lines: list[str] = []
    await settle(ftp.retrlines("LIST", lines.append))
    assert lines == ["a", "b"]
    ftp.close()
    assert await heard(twin, server.peer, 2) == b"up"


class Lazy(ftplib.FTP):
    """Does not call the constructor, as test doubles do."""

    def __init__(self) -> None:
        self.commands: list[str] = []

    def voidcmd(self, cmd: str) -> str:
        self.commands.append(cmd)
        return '257 "/"'


class LazyAsync(aio_ftplib.FTP):
    def __init__(self) -> None:
        self.commands: list[str] = []

    async def voidcmd(self, cmd: str) -> str:
        self.commands.append(cmd)
        return '257 "/"'


@both_twins
async def test_subclass_without_a_constructor_call(twin: Twin) -> None:
    ftp: Any = LazyAsync() if twin.waits else Lazy()
    assert await settle(ftp.pwd()) == "/"
    await settle(ftp.rmd("x"))
    assert ftp.commands == ["PWD", "RMD x"]
    ftp.close()


def test_socket_and_file_are_real_ones(
    ftp_peer: MakeFTP, server_tls: ssl.SSLContext, client_tls: ssl.SSLContext
) -> None:
    server = ftp_peer(
        [AUTH, *LOGIN, *PRIVATE, EPSV, ("RETR x", "150 x", END, "226 y")], [b"data"], secure=server_tls
    )
    ftp = ftplib.FTP_TLS(context=client_tls, timeout=5)
    ftp.connect("localhost", server.port)
    assert type(ftp.sock) is socket.socket
    assert isinstance(ftp.file, io.TextIOWrapper)
    assert ftp.sock.gettimeout() == 5
    ftp.login()
    assert isinstance(ftp.sock, ssl.SSLSocket)
    assert ftp.sock.context is client_tls
    assert isinstance(ftp.file, io.TextIOWrapper)
    conn = ftp.transfercmd("RETR x")
    assert isinstance(conn, ssl.SSLSocket)
    with conn:
        assert conn.recv(10) == b"data"
    assert ftp.voidresp() == "226 y"
    ftp.close()


def test_monkeypatched_connection(ftp_peer: MakeFTP, monkeypatch: pytest.MonkeyPatch) -> None:
    """As PySocks and others have it: the socket class of the process is another."""
    made: list[Any] = []

    class Counted(socket.socket):
        def __init__(self, *given: Any, **more: Any) -> None:
            super().__init__(*given, **more)
            made.append(self)

    server = ftp_peer([TYPE_I, EPSV, RETR], [b"data"])
    monkeypatch.setattr(socket, "socket", Counted)
    ftp = ftplib.FTP(timeout=5)
    ftp.connect("127.0.0.1", server.port)
    assert fetch_now(ftp) == b"data"
    assert len([one for one in made if isinstance(one, Counted)]) >= 2
    ftp.close()
