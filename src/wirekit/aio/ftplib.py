# ruff: noqa: F405 - the exceptions of __all__ are loaded by __getattr__, which ruff cannot see
"""FTP client: RFC 959, with TLS (RFC 4217), EPSV and EPRT (RFC 2428), features (RFC 2389), MLSD (RFC 3659).

    async with FTP("ftp.example.org") as ftp:
        await ftp.login()
        await ftp.retrbinary("RETR README", print)

An ``FTP`` object holds a control connection, on which each command gets a reply, and makes a data connection for each
transfer. A reply is text, without its last line end; what its first digit means is told by exceptions: ``error_temp``
(4xx), ``error_perm`` (5xx), ``error_reply`` (another than was wanted), ``error_proto`` (none at all).

    command            -> 2xx done, 3xx go on with another command
    transfer command   -> 1xx; the data connection; and then 2xx, 4xx or 5xx

An exchange that breaks off, by whatever exception, while a reply is still to come closes the connection: the next
reply would belong to a question that nobody asks any more. ``close`` and the methods below it (``connect``,
``sendcmd``, ``makepasv``, ``ntransfercmd``, ``retrbinary`` ...) call each other by these names, as in the standard
library: subclasses override them.

What a transfer does with its bytes stands in ``_ftp_data.py`` beside this file. Left out: modes and structures other
than stream and file, which no server offers any more.
"""

from __future__ import annotations

import sys
import typing
import weakref
from typing import Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.channels import asynchronous as channels
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT as _GLOBAL_DEFAULT_TIMEOUT
from wirekit._wire import ftp_commands, ftp_facts, ftp_features, ftp_replies
from wirekit._wire.busy import ConnectionBusy
from wirekit._wire.ftp_replies import errors, parse150, parse227, parse229, parse257
from wirekit.aio._ftp import opening, secrecy
from wirekit.aio._ftp.data import ANY_SIZE, Exchange, Gathered, Transfer, sort_out
from wirekit.aio._ftp.listing import list_as_facts

if typing.TYPE_CHECKING:
    import ssl
    from collections.abc import AsyncIterator, Callable, Sequence
    from types import TracebackType

    from wirekit._wire.ftp_errors import *  # noqa: F403 - the names of __all__, which __getattr__ loads

__all__ = [
    "FTP",
    "FTP_TLS",
    "BadListing",
    "IncompleteTransfer",
    "ListingTooLong",
    "ReplyTooLong",
    "all_errors",
    "error_perm",
    "error_proto",
    "error_reply",
    "error_temp",
]

MSG_OOB = 0x1
FTP_PORT = 21
_FTPS_PORT = 990
MAXLINE = 8192
CRLF = "\r\n"
B_CRLF = b"\r\n"

_ERRORS: Final = {*__all__, "Error"} - {"FTP", "FTP_TLS"}


def __getattr__(name: str) -> Any:
    """Load the exceptions when they are first named: they cost the standard library's ftplib, and ssl with it."""
    if name in {
        "socket",
        "ssl",
    }:  # as attributes of the standard library's module, which programs reach and patch
        import importlib

        return importlib.import_module(name)
    if name == "_SSLSocket":
        import ssl

        return ssl.SSLSocket
    if name not in _ERRORS:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = globals()[name] = getattr(errors(), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *_ERRORS})


class FTP:
    """A client of one server.

    host, user, passwd, acct: where to connect and log in to, done at once by the blocking class and by ``async with``;
    an empty host waits for ``connect``, an empty user for ``login``. timeout: seconds that a single wait on either
    connection may take, None for no limit, or a ``wirekit.Timeout``, whose total limits each command and each
    transfer as a whole. source_address: (host, port) to connect from. encoding: of names and replies; bytes that it
    does not know come and go as surrogates (``surrogateescape``). proxy: URL of a SOCKS or HTTP CONNECT proxy that
    both connections go through.

    ``sock`` is the control connection's socket, ``file`` the same as a text file, ``features`` what ``feat`` learned.
    """

    debugging = 0
    host = ""
    port = FTP_PORT
    maxline = MAXLINE
    sock: Any = None
    file: Any = None
    welcome: str | None = None
    passiveserver: Any = True
    trust_server_pasv_ipv4_address = False
    encoding = "utf-8"
    timeout: Any = _GLOBAL_DEFAULT_TIMEOUT
    source_address: tuple[str, int] | None = None
    proxy: str | None = None
    lastresp = ""
    af: Any = None

    # The state of a connection stands on the class first: subclasses need not call __init__, as in the standard library.
    _wanted: tuple[str, str, str, str] | None = None
    _stream: Any = None  # of the sock that _attached is
    _attached: Any = None
    _own_file: Any = None  # the file that reads from _stream
    _lost: str = "it was never made, or was closed; connect() makes one"
    _owner: Any = None  # the task or thread whose transfer is under way
    _owed: int = 0  # final replies that are still to come
    _noops: int = 0  # of these, replies to the NOOPs of a transfer
    _open = False  # a transfer has begun (1xx), and its final reply is still to come
    _stray = False  # the server may tell of a data connection that nobody has used
    _again: tuple[str, ...] = ()  # replies that were read too early
    _type: str | None = None  # as the server has it; None where we do not know
    _data: Any = None  # a weak reference to the last data connection
    _aborted: str | None = None  # the reply to an abort() during the transfer
    _announced: int | None = None  # bytes that the last 150 reply told
    _epsv: bool | None = None  # whether the server knows EPSV; None where we do not know
    _epsv_only = False  # after EPSV ALL
    _proven = False  # a passive transfer has begun well, so its commands may leave together
    _features: dict[str, str] | None = None
    _one_by_one = False  # commands must not leave together: the server has not borne it, on this connection or an earlier one

    def __init__(
        self,
        host: str = "",
        user: str = "",
        passwd: str = "",
        acct: str = "",
        timeout: Any = _GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        *,
        encoding: str = "utf-8",
        proxy: str | None = None,
    ) -> None:
        self.encoding = encoding
        self.source_address = source_address
        self.timeout = timeout
        if proxy is not None:
            self.proxy = proxy
        self._wanted = (host, user, passwd, acct)
        if net.ASYNC:
            self.host = host or self.host  # nothing waits in a constructor
        else:
            self._start()

    async def _start(self) -> None:
        """Connect and log in as the constructor was asked to, once."""
        wanted, self._wanted = self._wanted, None
        if wanted and wanted[0]:
            host, user, passwd, acct = wanted
            await self.connect(host)
            if user:
                await self.login(user, passwd, acct)

    async def __aenter__(self) -> Any:
        if self.sock is None:
            await self._start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self.sock is None:
            return
        try:
            await self.quit()
        except (OSError, EOFError):
            pass
        finally:
            if self.sock is not None:
                self.close()

    # ---- connecting

    async def connect(
        self,
        host: str = "",
        port: int = 0,
        timeout: Any = -999,
        source_address: tuple[str, int] | None = None,
    ) -> str:
        """Connect, and return the server's greeting; what is not given is as it was at the last time.

        Raises OSError (TimeoutError, socket.gaierror ...), EOFError, Error; the connection is closed then.
        """
        self.host = host or self.host
        self.port = port if port > 0 else self.port
        if timeout != -999:
            self.timeout = timeout
        if self.timeout is not None and not self.timeout:
            message = "Non-blocking socket (timeout=0) is not supported"
            raise ValueError(message)
        if source_address is not None:
            self.source_address = source_address
        sys.audit("ftplib.connect", self, self.host, self.port)
        self._forget()
        self.sock = await self._connect_control()
        try:
            self.af = self.sock.family
            await self._attach()
            self._make_file()
            self.welcome = await self.getresp()
            while self.welcome[:3] == "120":  # in some minutes
                self.welcome = await self.getresp()
        except BaseException:
            self.close()
            raise
        return self.welcome

    def _forget(self) -> None:
        """Know nothing of a connection that is to be made, and have none."""
        if self.sock is not None:
            self.close()
        self._owed = self._noops = 0
        self._again = ()
        self._type = self._epsv = self._features = self._owner = None
        self._epsv_only = self._proven = self._open = self._stray = False

    async def _connect_control(self) -> Any:
        return await self._dial((self.host, self.port))

    async def _dial(self, address: tuple[str, int]) -> Any:
        """Connect to an address, through the proxy if there is one, in what is left of the time."""
        return await opening.dial(self, address)

    async def _attach(self) -> Any:
        """Return the stream of ``sock``, which a subclass or a program may have put there; None for a stand-in."""
        if self._attached is not self.sock:
            self._stream = await net.attach(self.sock, self._stream)
            self._attached = self.sock
        return self._stream

    def _make_file(self) -> None:
        if self._stream is None:
            self.file = self.sock.makefile("r", encoding=self.encoding)
        else:
            self.file = channels.text_file(self._stream, self.encoding, "surrogateescape")
        self._own_file = self.file

    def _start_clock(self) -> None:
        """Begin to count the total time of an exchange, where that is limited."""
        total = (
            self.timeout.total
            if isinstance(self.timeout, defaults.Timeout)
            else defaults.active.total_timeout
        )
        if self._stream is not None:
            self._stream.deadline = None if total is None else net.monotonic() + total

    def getwelcome(self) -> str | None:
        """Return the server's greeting, which ``connect`` has read."""
        if self.debugging:
            print("*welcome*", self.sanitize(self.welcome or ""))  # noqa: T201 - what debugging asks for
        return self.welcome

    def set_debuglevel(self, level: int) -> None:
        """Print commands and replies from level 1 on, lines as they are sent and received from level 2 on."""
        self.debugging = level

    debug = set_debuglevel

    def set_pasv(self, val: object) -> None:
        """Let the server listen for data connections when val is true (passive mode), else do so here (active mode)."""
        self.passiveserver = val

    def sanitize(self, s: Any) -> str:
        """Return a line as it may be printed: no password is in it."""
        return repr(ftp_commands.mask_command(s) if isinstance(s, str) else s)

    # ---- commands and replies

    async def putline(self, line: str) -> None:
        """Send one line; CRLF is added. ValueError for CR, LF or NUL in it, and nothing is sent."""
        await self._put(line)

    async def _put(self, *lines: str) -> None:
        """Send lines together: the one gate that leads to the control connection."""
        for line in lines:
            ftp_commands.check_command(line)
        data = "".join([line + CRLF for line in lines]).encode(self.encoding, "surrogateescape")
        stream = await self._ready()
        for line in lines:
            sys.audit("ftplib.sendcmd", self, line)
            if self.debugging > 1:
                print("*put*", self.sanitize(line + CRLF))  # noqa: T201 - what debugging asks for
            if line[:4].upper() in {"TYPE", "USER", "REIN"}:
                self._type = None
        if self._owner is None:
            self._start_clock()
        self._owed += len(lines)
        try:
            await (stream.sendall(data) if stream else net.give(self.sock.sendall, data))
        except BaseException as error:
            self._break(f"sending a command broke off ({type(error).__name__})")
            raise

    async def _ready(self) -> Any:
        """Return the stream to send on, None for a stand-in; OSError where there is no connection, ConnectionBusy."""
        if self.sock is None:
            message = f"there is no connection: {self._lost}"
            raise ConnectionAbortedError(message)
        stream = await self._attach()
        if stream is not None and (stream.waiting or self._owner not in {None, channels.caller()}):
            raise ConnectionBusy
        return stream

    def _break(self, why: str) -> None:
        """Close a connection on which replies would no longer belong to their commands."""
        self.close()
        self._lost = why + "; connect() makes a new one"

    async def putcmd(self, line: str) -> None:
        """Send one command, through ``putline``."""
        if self.debugging:
            print("*cmd*", self.sanitize(line))  # noqa: T201 - what debugging asks for
        await self.putline(line)

    async def getline(self) -> str:
        """Return one line of a reply without its end.

        Raises EOFError when the server has closed the connection, ReplyTooLong for more than ``maxline`` characters;
        the connection is closed then.
        """
        try:
            line = await self._read_line()
        except BaseException as error:
            self._break(f"waiting for a reply broke off ({type(error).__name__})")
            raise
        if self.debugging > 1:
            print("*get*", self.sanitize(line))  # noqa: T201 - what debugging asks for
        return line[:-2] if line[-2:] == CRLF else line.rstrip("\r\n")

    async def _read_line(self) -> str:
        stream = await self._attach() if self.sock is not None else None
        if stream is not None and self.file is self._own_file:
            data = await stream.read_line(self.maxline)
            whole = data.endswith(b"\n")
        elif self.file is not None or self.sock is not None:
            if self.file is None:
                self._make_file()
            data = await net.give(self.file.readline, self.maxline + 1)
            whole = bool(data)
        else:
            message = f"there is no connection: {self._lost}"
            raise ConnectionAbortedError(message)
        if len(data) > self.maxline:
            raise errors().ReplyTooLong(self.maxline)
        if not whole:
            message = "the server closed the control connection"
            raise EOFError(message)
        text: str = data if isinstance(data, str) else data.decode(self.encoding, "surrogateescape")
        return text

    async def getmultiline(self) -> str:
        """Return one reply as it comes, its lines separated by line feeds.

        Raises as ``getline``, and ReplyTooLong for more than ``defaults.max_reply`` bytes or ``max_reply_lines``.
        """
        if self._again:
            reply, *rest = self._again
            self._again = tuple(rest)
            return reply
        while True:
            line = await self.getline()
            reply = line if line[3:4] != "-" else await self._read_more(line)
            if not self._is_stray(reply):
                return reply

    def _is_stray(self, reply: str) -> bool:
        """Keep count of the replies that are to come; tell whether one has come that nobody waits for.

        pyftpdlib tells the end (226) of a data connection also where it has refused the transfer for it before.
        """
        if reply[:1] == "1":
            self._owed = max(self._owed, 1)
            self._open = True
        elif self._stray and not self._open and reply[:3] in {"226", "426"}:
            self._stray = False
            return True
        else:
            self._owed = max(self._owed - 1, 0)
            self._stray = self._stray and not self._open
            self._open = False
        return False

    async def _read_more(self, first: str) -> str:
        lines, size = [first], len(first)
        while True:
            line = await self.getline()
            lines.append(line)
            size += len(line) + 1
            if ftp_replies.is_end_of_reply(first, line):
                return "\n".join(lines)
            limits = defaults.active
            if size > limits.max_reply or len(lines) >= limits.max_reply_lines:
                self._break("a reply was too long")
                if size > limits.max_reply:
                    raise errors().ReplyTooLong(limits.max_reply)
                raise errors().ReplyTooLong(limits.max_reply_lines, "lines")

    async def getresp(self) -> str:
        """Return one reply of the classes 1xx to 3xx; else error_temp, error_perm or error_proto.

        421 and what is no reply close the connection.
        """
        resp = await self.getmultiline()
        if self.debugging:
            print("*resp*", self.sanitize(resp))  # noqa: T201 - what debugging asks for
        self.lastresp = resp[:3]
        if resp[:3] == "421":
            self._break(f"the server said {resp!r}")
        elif resp[:1] not in {"1", "2", "3", "4", "5"}:
            self._break("the server said something that is no reply")
        return ftp_replies.check_reply(resp)

    async def voidresp(self) -> str:
        """Return one reply of the class 2xx; error_reply for 1xx and 3xx, else as ``getresp``."""
        resp = await self.getresp()
        if resp[:1] != "2":
            raise errors().error_reply(resp)
        return resp

    async def sendcmd(self, cmd: str) -> str:
        """Send a command and return the reply to it, as ``getresp`` does."""
        await self.putcmd(cmd)
        resp = await self.getresp()
        self._note(cmd)
        return resp

    async def voidcmd(self, cmd: str) -> str:
        """Send a command and return the reply to it, which has to be a 2xx: as ``voidresp``."""
        await self.putcmd(cmd)
        resp = await self.voidresp()
        self._note(cmd)
        return resp

    def _note(self, cmd: str) -> None:
        """Remember what a command that the server has accepted changes for later ones."""
        verb = cmd[:4].upper()
        if verb == "TYPE":
            self._type = cmd[5:].strip().upper()
        elif verb == "EPSV" and cmd[5:].strip().upper() == "ALL":
            self._epsv_only = True

    async def _set_type(self, kind: str) -> None:
        """Have the server send image (I) or text (A); asked for only where that changes."""
        if self._type != kind:
            await self.voidcmd("TYPE " + kind)

    async def feat(self) -> dict[str, str]:
        """Return what the server offers (RFC 2389): names in capitals, and what stands behind them.

        Asked for once for each connection; empty where the server does not tell.
        """
        if self._features is None:
            try:
                self._features = ftp_features.parse_features(await self.voidcmd("FEAT"))
            except errors().error_perm:
                self._features = {}
        return self._features

    @property
    def features(self) -> dict[str, str]:
        """What ``feat`` has learned of this server; empty before."""
        return self._features or {}

    async def use_utf8(self) -> bool:
        """Speak UTF-8 from now on where the server offers that (RFC 2640); tell whether it does."""
        if "UTF8" not in await self.feat():
            return False
        try:
            await self.voidcmd("OPTS UTF8 ON")
        except (errors().error_perm, errors().error_temp):
            if self.sock is None:
                raise  # else it is on for good: vsftpd and others know no switch
        self.encoding = "utf-8"
        return True

    # ---- logging in and out

    async def login(self, user: str = "", passwd: str = "", acct: str = "") -> str:
        """Log in, as anonymous where no user is named; return the last reply."""
        user = user or "anonymous"
        if user == "anonymous" and passwd in {"", "-", None}:
            passwd = (passwd or "") + "anonymous@"
        resp = await self.sendcmd("USER " + user)
        if resp[0] == "3":
            resp = await self.sendcmd("PASS " + (passwd or ""))
        if resp[0] == "3":
            resp = await self.sendcmd("ACCT " + (acct or ""))
        if resp[0] != "2":
            raise errors().error_reply(resp)
        return resp

    async def acct(self, password: str) -> str:
        """Send an account name."""
        return await self.voidcmd("ACCT " + password)

    async def quit(self) -> str:
        """Say goodbye and close the connection."""
        resp = await self.voidcmd("QUIT")
        self.close()
        return resp

    def close(self) -> None:
        """Close the connection at once, whatever its state; never waits."""
        file, self.file, self._own_file = self.file, None, None
        sock, self.sock = self.sock, None
        stream, self._stream = self._stream, None
        attached, self._attached = self._attached, None
        self._lost = FTP._lost
        self._owed = self._noops = 0
        self._again = ()
        self._open = self._stray = False
        try:
            if file is not None:
                file.close()
        finally:
            if stream is not None and attached is sock:
                stream.close()
            elif sock is not None:
                sock.close()

    # ---- data connections

    async def sendport(self, host: str, port: int) -> str:
        """Name the address that the server is to connect to (IPv4)."""
        return await self.voidcmd(ftp_commands.format_port(host, port))

    async def sendeprt(self, host: str, port: int) -> str:
        """Name the address that the server is to connect to (RFC 2428); error_proto for another kind of socket."""
        import socket

        if self.af not in {socket.AF_INET, socket.AF_INET6}:
            message = "unsupported address family"
            raise errors().error_proto(message)
        return await self.voidcmd(ftp_commands.format_eprt(host, port, ipv6=self.af == socket.AF_INET6))

    async def makeport(self) -> Any:
        """Listen on the control connection's own address and name that to the server; return the listening socket."""
        import socket

        if self.proxy:
            message = "a server cannot connect to us through a proxy: set_pasv(True)"
            raise ValueError(message)
        host = self.sock.getsockname()[0]
        listener = channels.listen(host, self.af)
        try:
            port = listener.getsockname()[1]
            if self.af == socket.AF_INET and not self._epsv_only:
                await self.sendport(host, port)
            else:
                await self.sendeprt(host, port)
        except BaseException:
            listener.close()
            raise
        return listener

    async def makepasv(self) -> tuple[str, int]:
        """Have the server listen for a data connection; return (host, port).

        EPSV first, PASV where the server does not know that (over IPv4). The host is the control connection's, whatever
        the server says, unless ``trust_server_pasv_ipv4_address`` is set (security row 131).
        """
        if self._tries_epsv():
            try:
                where = parse229(await self.sendcmd("EPSV"), self._peer())
            except errors().Error as error:
                if self.sock is None or not self._give_up_epsv():
                    raise
                del error
            else:
                self._epsv = True
                return where
        host, port = parse227(await self.sendcmd("PASV"))
        return (host if self.trust_server_pasv_ipv4_address else self._peer()[0]), port

    def _tries_epsv(self) -> bool:
        if self._may_pasv():
            return defaults.active.extended_passive and self._epsv is not False
        return True

    def _may_pasv(self) -> bool:
        """Tell whether PASV could serve as well: its replies know IPv4 alone."""
        import socket

        return not self._epsv_only and (self.af == socket.AF_INET or bool(self.proxy))

    def _give_up_epsv(self) -> bool:
        """Try EPSV no more on this connection; False where nothing else would do."""
        known, self._epsv = self._epsv, False if self._may_pasv() else self._epsv
        return known is not False and self._may_pasv()

    def _peer(self) -> Any:
        """Return the address of the server, as a socket tells it; behind a proxy its name."""
        return (self.host, self.port) if self.proxy else self.sock.getpeername()

    async def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[Any, int | None]:
        """Begin a transfer; return its data connection and its size in bytes, None where the server does not tell.

        rest: the byte to begin at, sent by REST before. Raises what the replies say, OSError when the data connection
        cannot be made; none is open then.
        """
        if self.passiveserver:
            conn, resp = await opening.open_passive(self, cmd, rest)
        else:
            conn, resp = await opening.open_active(self, cmd, rest)
        self._data = weakref.ref(conn)
        self._announced = parse150(resp) if resp[:3] == "150" else None
        return conn, self._announced

    async def transfercmd(self, cmd: str, rest: int | str | None = None) -> Any:
        """Begin a transfer as ``ntransfercmd`` does; return its data connection alone."""
        conn = (await self.ntransfercmd(cmd, rest))[0]
        self._keep_in_sight(conn)
        return conn

    def _keep_in_sight(self, conn: Any) -> None:
        """Remember a data connection, which ``abort`` has to close, for as long as somebody uses it."""
        try:
            self._data = weakref.ref(conn)
        except TypeError:
            self._data = None  # a stand-in that cannot be referred to so

    def _has_spoken(self) -> bool:
        """Tell whether the server has said something that is still unread; inside TLS nobody knows before it is read."""
        stream = self._stream
        return stream is not None and stream.tls is None and bool(stream.pending)

    # ---- transfers

    async def _transfer(self, cmd: str, rest: int | str | None = None) -> Transfer:
        self._announced = self._aborted = None
        conn = await self.transfercmd(cmd, rest)
        stream: Any = None
        try:
            stream = await net.attach(conn, None)
            if stream is not None:
                stream.deadline = self._stream.deadline if self._stream is not None else None
        except BaseException:
            conn.close()
            raise
        return Transfer(self, conn, stream, None if rest else self._announced)

    async def _final_reply(self) -> str:
        """Return the reply that ends a transfer."""
        if self._noops:
            self._again += (await sort_out(self),)
        return await self.voidresp()

    async def retrbinary(
        self,
        cmd: str,
        callback: Callable[[bytes], Any],
        blocksize: int = ANY_SIZE,
        rest: int | str | None = None,
    ) -> str:
        """Fetch a file as it is, handing each block (bytes) to callback; return the final reply.

        blocksize: bytes of a block at most; by default they are as large as they come. rest: the byte to begin at.
        """
        with Exchange(self):
            await self._set_type("I")
            with await self._transfer(cmd, rest) as transfer:
                return await transfer.receive(callback, blocksize)

    async def retrlines(self, cmd: str, callback: Callable[[str], Any] | None = None) -> str:
        """Fetch text, handing each line without its end to callback (printed without one); return the final reply.

        Raises ListingTooLong for a line of more than ``maxline`` characters.
        """
        with Exchange(self):
            await self._set_type("A")
            with await self._transfer(cmd) as transfer:
                return await transfer.receive_lines(callback or print_line)

    async def storbinary(
        self,
        cmd: str,
        fp: Any,
        blocksize: int = ANY_SIZE,
        callback: Callable[[Any], Any] | None = None,
        rest: int | str | None = None,
    ) -> str:
        """Store a binary file as it is, from where it stands to its end; return the final reply.

        callback is called with each block that was sent; without it a real file is sent by the system. rest: the byte
        of the remote file to begin at.
        """
        with Exchange(self):
            await self._set_type("I")
            with await self._transfer(cmd, rest) as transfer:
                return await transfer.send(fp, blocksize, callback)

    async def storlines(self, cmd: str, fp: Any, callback: Callable[[bytes], Any] | None = None) -> str:
        """Store the lines of a binary file as text, each with CRLF at its end; return the final reply.

        callback is called with each line that was sent. Raises Error for a line of more than ``maxline`` bytes.
        """
        with Exchange(self):
            await self._set_type("A")
            with await self._transfer(cmd) as transfer:
                return await transfer.send_lines(fp, callback)

    async def abort(self) -> str:
        """End a transfer that ``transfercmd`` began, and its data connection; return the server's word for it.

        The connection can be used afterwards: all replies have been read. error_proto for a server that says something
        else than 225, 226 or 426; the connection is closed where it says nothing at all.
        """
        return await opening.abort(self)

    # ---- files and directories

    async def nlst(self, *args: str) -> list[str]:
        """Return the names in a directory (the current one without args), as the server gives them."""
        lines = Gathered()
        await self.retrlines(" ".join(("NLST", *args)), lines.append)
        return lines.lines

    async def dir(self, *args: Any) -> None:
        """List a directory in the server's own form, by LIST, handing each line to the last argument if that is callable.

        Lines are printed without it. Other arguments, but for empty ones, are sent behind LIST.
        """
        func = None
        if args and not isinstance(args[-1], str):
            *args, func = args  # type: ignore[assignment]  # a list of what is left
        await self.retrlines(" ".join(["LIST", *filter(None, args)]), func)

    async def mlsd(
        self, path: str = "", facts: Sequence[str] = []
    ) -> AsyncIterator[tuple[str, dict[str, str]]]:
        """Go through a directory by MLSD (RFC 3659): (name, facts) of each entry, facts by name in lower case.

        facts: those that are wanted (``["type", "size"]``), as far as the server has them. A server that does not know
        MLSD is asked by LIST, of whose lines the same facts are made.
        """
        lines = Gathered()
        try:
            if facts:
                await self.sendcmd("OPTS MLST " + ";".join(facts) + ";")
            await self.retrlines(f"MLSD {path}" if path else "MLSD", lines.append)
            found = [ftp_facts.parse_facts(line) for line in lines.lines]
        except errors().error_perm as error:
            if not ftp_replies.is_unknown_command(str(error)):
                raise
            found = await list_as_facts(self, path, error)
        for entry in found:
            yield entry

    async def rename(self, fromname: str, toname: str) -> str:
        """Rename a file."""
        resp = await self.sendcmd("RNFR " + fromname)
        if resp[0] != "3":
            raise errors().error_reply(resp)
        return await self.voidcmd("RNTO " + toname)

    async def delete(self, filename: str) -> str:
        """Delete a file."""
        resp = await self.sendcmd("DELE " + filename)
        if resp[:3] not in {"250", "200"}:
            raise errors().error_reply(resp)
        return resp

    async def cwd(self, dirname: str) -> str:
        """Change to a directory; ``..`` leads to the one above."""
        if dirname == "..":
            try:
                return await self.voidcmd("CDUP")
            except errors().error_perm as error:
                if error.args[0][:3] != "500":
                    raise
        return await self.voidcmd("CWD " + (dirname or "."))

    async def size(self, filename: str) -> int | None:
        """Return the size of a file in bytes (RFC 3659), None where the server gives another reply than 213."""
        await self._set_type("I")  # the size in text mode is another, and many servers refuse to count that
        resp = await self.sendcmd("SIZE " + filename)
        return ftp_replies.parse213(resp) if resp[:3] == "213" else None

    async def mkd(self, dirname: str) -> str:
        """Make a directory; return its name as the server gives it, ``""`` where it gives none."""
        resp = await self.voidcmd("MKD " + dirname)
        return parse257(resp) if resp[:3] == "257" else ""

    async def rmd(self, dirname: str) -> str:
        """Remove a directory."""
        return await self.voidcmd("RMD " + dirname)

    async def pwd(self) -> str:
        """Return the current directory, ``""`` where the server's reply names none."""
        resp = await self.voidcmd("PWD")
        return parse257(resp) if resp[:3] == "257" else ""


class FTP_TLS(FTP):
    """A client that speaks TLS on both connections (RFC 4217).

    ``login`` secures the control connection first, by AUTH, and has data connections encrypted afterwards (PROT P, in
    the safe profile). Each of them resumes the TLS session of the control connection, which many servers demand.

    context: an ``ssl.SSLContext``; without one certificates and names are checked as ``wirekit.defaults`` says.
    implicit: TLS from the first byte on, port 990 where no other is named. keyfile, certfile: a certificate of our own,
    as before Python 3.12; better a context. The rest is as with ``FTP``.
    """

    _prot_p: Any = False
    _protected: str | None = None  # the reply to PROT P
    _secured_by: Any = None  # the context that the control connection's TLS was made by
    implicit = False

    def __init__(
        self,
        host: str = "",
        user: str = "",
        passwd: str = "",
        acct: str = "",
        *,
        context: ssl.SSLContext | None = None,
        timeout: Any = _GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        encoding: str = "utf-8",
        keyfile: Any = None,
        certfile: Any = None,
        implicit: bool = False,
        proxy: str | None = None,
    ) -> None:
        self.context = secrecy.choose_context(context, keyfile, certfile)
        self._prot_p = False
        if implicit:
            self.implicit = True
            self.port = _FTPS_PORT if self.port == FTP_PORT else self.port
        super().__init__(host, user, passwd, acct, timeout, source_address, encoding=encoding, proxy=proxy)

    def _forget(self) -> None:
        super()._forget()
        self._prot_p = False
        self._protected = None

    async def _connect_control(self) -> Any:
        sock = await super()._connect_control()
        if not self.implicit:
            return sock
        return (await secrecy.secure(self, sock, None))[0]

    async def login(self, user: str = "", passwd: str = "", acct: str = "", secure: object = True) -> str:
        """Log in; secure: by TLS, and not at all where the server refuses that. Return the reply to the login."""
        if secure and not channels.tls_of(self.sock):
            await self.auth()
        resp = await super().login(user, passwd, acct)
        if defaults.active.protect_data and channels.tls_of(self.sock) and not self._prot_p:
            await self.prot_p()
            self.lastresp = resp[:3]
        return resp

    async def auth(self) -> str:
        """Have the control connection speak TLS from now on; return the reply to AUTH.

        ValueError when it does already. ssl.SSLError for a handshake that fails, ConnectionAbortedError for a server
        that says something in the clear behind its reply (security row 137); the connection is closed then.
        """
        if channels.tls_of(self.sock):
            message = "Already using TLS"
            raise ValueError(message)
        try:
            resp = await self.voidcmd("AUTH TLS")
        except errors().error_perm as error:
            if self.sock is None or not ftp_replies.is_unknown_command(str(error)):
                raise
            resp = await self.voidcmd("AUTH SSL")  # what it was called before RFC 4217
        try:
            self.sock, self._stream = await secrecy.secure(self, self.sock, await self._attach())
        except BaseException as error:
            self._break(f"the TLS handshake failed ({type(error).__name__})")
            raise
        self._attached = self.sock
        self._make_file()
        return resp

    async def ccc(self) -> str:
        """Have the control connection speak in the clear again; return the reply to CCC. ValueError without TLS."""
        if not channels.tls_of(self.sock):
            message = "not using TLS"
            raise ValueError(message)
        resp = await self.voidcmd("CCC")
        try:
            self.sock, self._stream = await net.stop_tls(self.sock, await self._attach())
        except BaseException as error:
            self._break(f"ending TLS failed ({type(error).__name__})")
            raise
        self._attached = self.sock
        self._make_file()
        return resp

    async def prot_p(self) -> str:
        """Have data connections encrypted; return the reply to PROT P."""
        if self._prot_p and self._protected:
            return self._protected
        try:
            await self.voidcmd("PBSZ 0")
            self._protected = await self.voidcmd("PROT P")
        except errors().error_perm as error:
            if not (self.implicit and ftp_replies.is_unknown_command(str(error))):
                raise
            self._protected = str(error)  # a server from before PROT: implicit TLS encrypts both
        self._prot_p = True
        return self._protected

    async def prot_c(self) -> str:
        """Have data connections in the clear; return the reply to PROT C."""
        resp = await self.voidcmd("PROT C")
        self._prot_p = False
        return resp

    async def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[Any, int | None]:
        """Begin a transfer as ``FTP.ntransfercmd`` does; encrypted behind PROT P."""
        conn, size = await super().ntransfercmd(cmd, rest)
        if self._prot_p:
            conn = await secrecy.protect(self, conn)
            self._keep_in_sight(conn)
        return conn, size


def print_line(line: str) -> None:
    """Print a line: what ``retrlines`` does with it by default."""
    print(line)  # noqa: T201 - that is what it is for


async def ftpcp(source: FTP, sourcename: str, target: FTP, targetname: str = "", type: str = "I") -> None:
    """Copy a file from one server to another, whose data connection leads from one to the other.

    The address that the target connects to is the source server's own, whatever that says (security row 132), unless
    its ``trust_server_pasv_ipv4_address`` is set.
    """
    for ftp in (source, target):
        await ftp.voidcmd("TYPE " + type)
    sourcehost, sourceport = parse227(await source.sendcmd("PASV"))
    if not source.trust_server_pasv_ipv4_address:
        sourcehost = source._peer()[0]  # noqa: SLF001 - a friend
    await target.sendport(sourcehost, sourceport)
    # RFC 959 section 5.2: who connects is told first, so that nobody waits in vain for who listens.
    for ftp, command in ((target, "STOR " + (targetname or sourcename)), (source, "RETR " + sourcename)):
        if (await ftp.sendcmd(command))[:3] not in {"125", "150"}:
            raise errors().error_proto
    await source.voidresp()
    await target.voidresp()


async def test() -> None:
    """Run the standard library's little command line: ``python -m wirekit.ftplib [-d] [-r[file]] host [-l[dir]] ...``.

    -d shows commands and replies (twice: more), -r[file] names another netrc file, -l[dir] lists, -d[dir] changes the
    directory, -p changes between passive and active mode; files are written to stdout.
    """
    from wirekit.aio._ftp import script

    await script.run(FTP)


if not net.ASYNC:  # noqa: SIM102 - the generator knows this block
    if __name__ == "__main__":
        test()
