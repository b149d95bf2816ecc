# Generated from src/wirekit/aio/smtplib.py by tools/unasync.py; edit that file.
# ruff: noqa: F405 - the exceptions of __all__ are loaded by __getattr__, which ruff cannot see
"""SMTP and LMTP client (RFC 5321, RFC 2033): one connection, one message after another, or many in flight.

    with SMTP("mail.example.org") as smtp:
        smtp.starttls()
        smtp.login("alice", "secret")
        refused = smtp.send_message(message)

``SMTP`` has the methods of the standard library's class of that name. A method of its own stands for each command
(``mail``, ``rcpt``, ``data`` ...); ``sendmail`` does a whole transaction. Where the server offers it, the commands of a
transaction leave in one flight (PIPELINING, RFC 2920) and the message as it is (CHUNKING, RFC 3030), unless a subclass
or a program has put methods of its own in the place of those that would send them one by one. ``send_messages`` keeps
several transactions in flight. That part stands in ``_smtp_sending``, how to log in in ``_smtp_login``.

Replies are ``(code, text)`` tuples, and know more (``Reply``). A conversation that breaks, by whatever exception, closes
the connection: the next reply would answer a command that nobody remembers. What the standard library tells by
``SMTPServerDisconnected`` is told so here; where the message may have arrived all the same it is the subclass
``SMTPOutcomeUnknown``.
"""

import socket
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Final, Self

from wirekit import _smtp_sending, defaults
from wirekit._io import blocking as net
from wirekit._io import mail
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT, limits_of
from wirekit._wire import smtp_addresses, smtp_commands, smtp_lines, smtp_replies
from wirekit._wire.busy import ConnectionBusy
from wirekit._wire.smtp_replies import (
    MAX_LINE,
    EnhancedStatus,
    Reply,
    ReplyDecoder,
    parse_features,
)
from wirekit._wire.smtp_transactions import NOT_SENT, SENT, UNKNOWN, SendResult

if TYPE_CHECKING:
    import ssl
    from types import TracebackType

    from wirekit._wire.smtp_errors import *  # noqa: F403 - the names of __all__, which __getattr__ loads
    from wirekit._wire.smtp_errors import SMTPServerDisconnected

__all__ = [
    "LMTP",
    "NOT_SENT",
    "SENT",
    "SMTP",
    "SMTP_SSL",
    "UNKNOWN",
    "EnhancedStatus",
    "Reply",
    "SMTPAuthenticationError",
    "SMTPConnectError",
    "SMTPDataError",
    "SMTPException",
    "SMTPHeloError",
    "SMTPNotSupportedError",
    "SMTPOutcomeUnknown",
    "SMTPRecipientsRefused",
    "SMTPResponseException",
    "SMTPSenderRefused",
    "SMTPServerDisconnected",
    "SendResult",
    "quoteaddr",
    "quotedata",
]

SMTP_PORT = 25
SMTP_SSL_PORT = 465
LMTP_PORT = 2003
CRLF = "\r\n"
bCRLF = b"\r\n"
_MAXLINE = MAX_LINE
_MAXCHALLENGE = 5
OLDSTYLE_AUTH = smtp_replies.OLDSTYLE_AUTH

_HERE: Final = str(
    b"localhost", "ascii"
)  # the default of ``connect``, known by identity: nobody named a host
_connect_by_socket: Final = socket.create_connection


def __getattr__(name: str) -> Any:
    """Load the exceptions when they are first named: they cost smtplib and the email package."""
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    found = globals()[name] = getattr(_errors(), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})


def _errors() -> Any:
    from wirekit._wire import smtp_errors

    return smtp_errors


def quoteaddr(addrstring: str) -> str:
    """Return the address in angle brackets, as MAIL and RCPT take it; a display name is left out.

    ValueError for what is not one address (safe profile); the standard library makes the best of it.
    """
    return smtp_addresses.quote_address(addrstring, strict=defaults.active.strict_addresses)


def _addr_only(addrstring: str) -> str:
    """Return an address without its display name and brackets; what is no address, such as a name, as it is."""
    if not defaults.active.strict_addresses:
        from email.utils import parseaddr

        return parseaddr(addrstring)[1] or addrstring
    try:
        return smtp_addresses.parse_mailbox(addrstring)
    except ValueError:
        return addrstring


def _encode_host(host: str) -> str:
    """Return a name in the form that is looked up and that certificates have: IDNA 2008, not Python's 2003."""
    if host.isascii():
        return host
    from wirekit._wire import http1

    return http1.encode_host(host).decode("ascii")


def quotedata(data: str) -> str:
    """Return text as DATA takes it: line ends as CR LF, and a dot doubled where a line begins with one."""
    return smtp_lines.quote_data(data)


class SMTP:
    """A connection to a mail server.

    host, port: where to connect to; the port may stand behind the host and a colon. local_hostname: what we call
    ourselves in EHLO; without it this host's name where that is a full one, else its address (no look-up; see
    ``resolve_local_name`` in ``wirekit.defaults``). timeout: seconds that a single wait may take, None for no limit, or
    a ``wirekit.Timeout``, whose total counts for each call of a method. source_address: (host, port) to connect from.
    proxy: URL of a SOCKS or HTTP proxy to connect through.

    ``helo_resp`` and ``ehlo_resp`` are the server's texts, ``does_esmtp`` tells whether it took EHLO, and
    ``esmtp_features`` what it offers: name in lower case to parameters.
    """

    debuglevel = 0
    sock: Any = None
    file: Any = None
    helo_resp: bytes | None = None
    ehlo_msg = "ehlo"
    ehlo_resp: bytes | None = None
    does_esmtp = False
    default_port = SMTP_PORT
    pipelining = True
    """Whether commands leave together where the server offers PIPELINING."""
    chunking = True
    """Whether messages leave by BDAT where the server offers CHUNKING."""
    progress: Callable[[int, int], Any] | None = None
    """Called with (bytes sent, bytes in all) while a message of more than 256 KiB leaves."""
    user: str
    password: str
    _per_recipient = False  # the server answers a message once for each recipient: LMTP

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        *,
        proxy: str | None = None,
    ) -> None:
        self._host = host
        self._port = port
        self.timeout = timeout
        self.source_address = source_address
        self.proxy = proxy
        self.esmtp_features: dict[str, str] = {}
        self.command_encoding = "ascii"
        self.data_replies: list[Reply] = []
        self._recipients: list[str] = []  # those of this transaction that ``rcpt`` saw accepted
        self._auth_challenge_count = 0
        self._login: Any = None  # what is known while somebody logs in
        self._named = local_hostname is not None
        self.local_hostname = local_hostname or mail.own_name()
        self._reset_line()
        if host:
            self._connect_or_fail()

    def _reset_line(self) -> None:
        """Forget what belongs to one connection."""
        self._stream: Any = None
        self._attached: tuple[Any, Any] = (None, None)  # the sock and file that _stream was made for
        self._decoder = ReplyDecoder()
        self._owed = 0  # replies that are still to come, of commands that ``putcmd`` sent
        self._settled = True  # ... and we know that number: nobody has sent by ``send`` alone
        self._taken = self._refused = 0  # messages of ``send_messages``
        self._owner: object = None  # the task or thread whose exchange is under way
        self._held = False  # ... which is one of several commands
        self._deadline: float | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: "TracebackType | None",
    ) -> None:
        try:
            if self.sock is not None:
                code, text = self.docmd("QUIT")
                if code != 221:
                    raise _errors().make_response_error(_errors().SMTPResponseException, (code, text))
        except _errors().SMTPServerDisconnected:
            pass
        finally:
            self.close()

    # ---- connecting

    def _connect_or_fail(self) -> None:
        """Connect to where the constructor was told to; SMTPConnectError unless the server welcomes us."""
        code, text = self.connect(self._host, self._port)
        if code != 220:
            self.close()
            raise _errors().make_response_error(_errors().SMTPConnectError, (code, text))

    def set_debuglevel(self, debuglevel: int) -> None:
        """Print what is said on both sides to stderr when above 0, with the time when above 1. Never a secret."""
        self.debuglevel = debuglevel

    def _print_debug(self, *args: object) -> None:
        if self.debuglevel > 1:
            import datetime as dt

            args = (dt.datetime.now().time(), *args)  # noqa: DTZ005 - for whoever watches, by his own clock
        print(*args, file=sys.stderr)  # noqa: T201 - what debuglevel asks for

    def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
        """Return a connection to the host; programs override this to connect in their own way."""
        if timeout is not None and not timeout:
            raise ValueError("Non-blocking socket (timeout=0) is not supported")
        if self.debuglevel > 0:
            self._print_debug("connect: to", (host, port), self.source_address)
        if socket.create_connection is not _connect_by_socket:  # a program's own in its place
            return net.give(socket.create_connection, (host, port), timeout, self.source_address)
        name, limit = _encode_host(host), self._limit_connecting(timeout)
        if self.proxy is None:
            return net.create_connection((name, port), limit, self.source_address)
        from wirekit import _proxying

        return _proxying.connect((name, port), limit, self.source_address, proxy=self.proxy)

    def _limit_connecting(self, timeout: Any) -> Any:
        """Return the timeout to connect with: cut to what is left of the total time, where that is limited."""
        if self._deadline is None:
            return timeout
        left = self._deadline - net.monotonic()
        if left <= 0:
            raise TimeoutError("timed out")
        step, connect, total = limits_of(timeout)
        return defaults.Timeout(step, connect=left if connect is None else min(connect, left), total=total)

    def connect(
        self, host: str = _HERE, port: int = 0, source_address: tuple[str, int] | None = None
    ) -> tuple[int, bytes]:
        """Connect, and return the server's greeting: code and text. A connection that was open is closed.

        Without a host it is the one that the constructor was given, and this machine when there was none. OSError when
        it cannot be reached, or for a port that is no number.
        """
        if host is _HERE and self._host:
            host, port = self._host, port or self._port
        if source_address:
            self.source_address = source_address
        host, port = smtp_addresses.split_place(host, port)
        return self._connect(host, port or self.default_port, self._get_socket)

    def _connect(self, host: str, port: int, get_socket: Callable[..., Any]) -> tuple[int, bytes]:
        self.close()
        self._host, self._port = host, port
        self._forget_greeting()
        outer = self._hold()
        sys.audit("smtplib.connect", self, host, port)
        try:
            self.sock = net.give(get_socket, host, port, self.timeout)
            self._set_nodelay()
            code, text = self.getreply()
            self._learn_name()
        except BaseException:
            self.close()
            raise
        finally:
            self._let_go(outer=outer)
        if self.debuglevel > 0:
            self._print_debug("connect:", repr(text))
        return code, text

    def _forget_greeting(self) -> None:
        """Know nothing of the server any more: it has to be greeted anew."""
        self.helo_resp = self.ehlo_resp = None
        self.esmtp_features = {}
        self.does_esmtp = False
        self.command_encoding = "ascii"

    def _learn_name(self) -> None:
        """Choose what we call ourselves, unless a name was given or this host has a full one."""
        if self._named:
            return
        if defaults.active.resolve_local_name:
            self.local_hostname = net.in_thread(mail.look_up_own_name)
        elif not smtp_commands.is_domain(self.local_hostname):
            address = self._address("getsockname")
            if isinstance(address, tuple):
                self.local_hostname = smtp_commands.format_literal(str(address[0]))

    def _set_nodelay(self) -> None:
        """Send what is small at once, where the transport knows that (a Unix socket does not)."""
        try:
            self.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        except (OSError, AttributeError):
            return

    def _address(self, which: str) -> Any:
        """Return an address of the connection, None where its transport has none."""
        try:
            return getattr(self.sock, which)()
        except (OSError, AttributeError):
            return None

    def close(self) -> None:
        """Close the connection."""
        file, sock, stream = self.file, self.sock, self._stream
        self.file = self.sock = None
        self._reset_line()
        try:
            if stream is not None:
                stream.close()
            if file is not None and file is not stream:
                file.close()
        finally:
            if sock is not None:
                sock.close()

    def quit(self) -> tuple[int, bytes]:
        """Take leave and close the connection; return the server's last words."""
        reply = self.docmd("quit")
        self._forget_greeting()
        self.close()
        return reply

    # ---- whose turn it is

    def _claim(self) -> None:
        """Begin an exchange, or go on with one's own; ConnectionBusy where another task or thread is in the middle."""
        me = net.current()
        if self._owner is not None and self._owner != me:
            raise ConnectionBusy
        if self._owner is None:
            self._owner = me
            self._start_clock()

    def _start_clock(self) -> None:
        """Count the total time from now on, where that is limited."""
        timeout = self.timeout
        total = timeout.total if isinstance(timeout, defaults.Timeout) else defaults.active.total_timeout
        self._deadline = None if total is None else net.monotonic() + total
        if self._stream is not None:
            self._stream.deadline = self._deadline

    def _hold(self) -> bool:
        """Begin several exchanges that belong together; True for the outermost of such, who has to let go."""
        self._claim()
        outer = not self._held
        self._held = True
        return outer

    def _let_go(self, *, outer: bool) -> None:
        """End such exchanges, or one that did not come about."""
        if outer:
            self._held = False
        if not self._owed and not self._held:
            self._owner = None

    # ---- the line

    def _attach(self) -> None:
        """Know the stream of ``sock`` and ``file``, which a program may have put there; let it keep the deadline."""
        if self.sock is None and self.file is None:
            raise _errors().SMTPServerDisconnected("please run connect() first")
        if self.file is not None and self.file is not self._attached[1]:
            self._stream = net.over_file(self.file)
        else:
            self._stream = net.attach(self.sock, self._stream)
            if self._stream is None:
                self.file = self.sock.makefile("rb")
                self._stream = net.over_file(self.file)
            else:
                self.file = self._stream
        self._attached = (self.sock, self.file)
        self._stream.deadline = self._deadline

    def send(self, s: Any) -> None:
        """Send text, encoded by ``command_encoding``, or bytes. SMTPServerDisconnected when there is no connection."""
        if self.debuglevel > 0:
            self._print_debug("send:", repr(self._mask(s)))
        if not self.sock:
            raise _errors().SMTPServerDisconnected("please run connect() first")
        data = s.encode(self.command_encoding) if isinstance(s, str) else s
        sys.audit("smtplib.send", self, data)
        self._settled = False  # ``putcmd`` knows better
        _smtp_sending.transmit(self, data)

    def _mask(self, s: Any) -> Any:
        """Return what is sent as it may be shown."""
        if self._login is not None and self._login.answering:
            return "***" + CRLF
        if isinstance(s, str):
            return smtp_commands.mask(s)
        return s

    def putcmd(self, cmd: str, args: str = "") -> None:
        """Send a command; its reply is to be read by ``getreply``. ValueError for control characters in it.

        SMTPServerDisconnected where the server has ended the connection meanwhile, or spoken unasked.
        """
        line = smtp_commands.check_command(cmd if args == "" else f"{cmd} {args}")
        self._begin()
        settled = self._settled
        try:
            self.send(line + CRLF)
        except BaseException:
            self._let_go(outer=False)
            raise
        self._settled = settled
        self._expect(1)

    def _begin(self) -> None:
        """Claim the connection for a command, and look whether the server is still there and has been silent."""
        self._claim()
        if self._settled and not self._owed and self._stream is not None and self._stream.overhear():
            self._refuse_unasked()

    def _expect(self, replies: int) -> None:
        """Take note that so many replies more are to come."""
        if getattr(self.getreply, "__func__", None) is _GETREPLY:  # somebody else's may never tell
            self._owed += replies

    def _is_plain(self) -> bool:
        """Tell whether nobody has put a method of his own in the place of those for single commands."""
        own: Any = self
        try:  # by the bound methods, since an object may have its own
            return (
                own.mail.__func__ is _MAIL
                and own.rcpt.__func__ is _RCPT
                and own.data.__func__ is _DATA
                and own.putcmd.__func__ is _PUTCMD
                and own.send.__func__ is _SEND
                and own.getreply.__func__ is _GETREPLY
            )
        except AttributeError:
            return False

    def _refuse_unasked(self) -> None:
        """Close: what the server says now would be taken for the reply to the next command (security row 152)."""
        code, text = self.getreply()
        self.close()
        words = text.decode("utf-8", "replace")
        raise _errors().SMTPServerDisconnected(f"Server spoke unasked: {code} {words}")

    def _has_own_envelope(self) -> bool:
        """Tell whether ``mail`` and ``rcpt`` are ours: what they are given is sent as it is."""
        return all(
            getattr(method, "__func__", None) is ours
            for method, ours in ((self.mail, _MAIL), (self.rcpt, _RCPT))
        )

    def getreply(self) -> tuple[int, bytes]:
        """Return the next reply: code, and text whose lines are joined by line feeds.

        The code is -1 for what is no reply; the connection is closed then. Raises SMTPServerDisconnected at the end of
        the connection, SMTPResponseException (500) for a reply that is too long.
        """
        return _smtp_sending.read_replies(self, 1)[0]

    def _note(self, replies: Sequence[Reply]) -> None:
        """Take note that replies have come."""
        if self.debuglevel > 0:
            for reply in replies:
                self._print_reply(reply)
        self._owed = max(0, self._owed - len(replies))
        if not self._owed and not self._held:
            self._owner = None
        if replies[-1][0] < 0:
            self.close()

    def _print_reply(self, reply: Reply) -> None:
        lines = reply.text.split(b"\n")
        for number, line in enumerate(lines, 1):
            mark = b" " if number == len(lines) else b"-"
            self._print_debug("reply:", repr(b"%03d%b%b\r\n" % (max(reply.code, 0), mark, line)))
        self._print_debug(f"reply: retcode ({reply.code}); Msg: {reply.text!a}")

    def docmd(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        """Send a command and return the reply to it."""
        self.putcmd(cmd, args)
        return self.getreply()

    def _ask(self, cmd: str, args: str = "") -> tuple[int, bytes]:
        """Do the same for the methods that in the standard library do not go through ``docmd``."""
        self.putcmd(cmd, args)
        return self.getreply()

    # ---- greeting

    def helo(self, name: str = "") -> tuple[int, bytes]:
        """Greet the server by HELO, as ``local_hostname`` or another name; return its reply."""
        reply = self._ask("helo", name or self.local_hostname)
        self.helo_resp = reply[1]
        return reply

    def ehlo(self, name: str = "") -> tuple[int, bytes]:
        """Greet the server by EHLO and learn what it offers: ``esmtp_features``; return its reply."""
        self.putcmd(self.ehlo_msg, name or self.local_hostname)
        self.esmtp_features = {}
        code, text = reply = self.getreply()
        if code == -1 and len(text) == 0:  # some servers hang up on EHLO
            self.close()
            raise _errors().SMTPServerDisconnected("Server not connected")
        self.ehlo_resp = text
        if code == 250:
            self.does_esmtp = True
            self.esmtp_features = parse_features(text)
        return reply

    def has_extn(self, opt: str) -> bool:
        """Tell whether the server offers an extension."""
        return opt.lower() in self.esmtp_features

    def ehlo_or_helo_if_needed(self) -> None:
        """Greet the server unless that was done: by EHLO, and by HELO if it does not know that. SMTPHeloError."""
        if self.helo_resp is not None or self.ehlo_resp is not None:
            return
        if not 200 <= self.ehlo()[0] <= 299:
            code, text = self.helo()
            if not 200 <= code <= 299:
                raise _errors().make_response_error(_errors().SMTPHeloError, (code, text))

    # ---- commands

    def help(self, args: str = "") -> bytes:
        """Return the server's help, on one command or all."""
        return self._ask("help", args)[1]

    def rset(self) -> tuple[int, bytes]:
        """Give up the transaction that was begun."""
        self.command_encoding = "ascii"
        self._recipients = []
        return self.docmd("rset")

    def _rset(self) -> tuple[int, bytes] | None:
        """Give up the transaction and return the reply; None where the next command will tell that we are cut off."""
        try:
            return self.rset()
        except _errors().SMTPServerDisconnected:
            return None

    def noop(self) -> tuple[int, bytes]:
        """Have the server say that it is there."""
        return self.docmd("noop")

    def mail(self, sender: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Begin a transaction: who sends. options: of MAIL, such as ``SIZE=1000`` (left out without EHLO).

        SMTPNotSupportedError for one that needs what the server does not offer; ValueError for one that is none, or for
        an address that is none (safe profile).
        """
        options = self._check_mail_options(options)
        self._recipients = []
        return self._ask("mail", " ".join(["from:" + quoteaddr(sender), *options]))

    def _check_mail_options(self, options: Sequence[str]) -> Sequence[str]:
        """Return the options of MAIL that may be sent; the encoding of commands follows SMTPUTF8."""
        secure = smtp_commands.wants(options, "REQUIRETLS")
        if not self.does_esmtp and not secure:
            return ()
        self._check_options(smtp_commands.check_mail_options, options)
        if secure and not self._is_verified():
            message = "REQUIRETLS needs a connection over TLS with a certificate that was checked"
            raise _errors().SMTPNotSupportedError(message)
        if smtp_commands.wants(options, "SMTPUTF8"):
            self.command_encoding = "utf-8"
        return options

    def _check_options(self, check: Callable[..., None], options: Sequence[str]) -> None:
        try:
            check(options, self.esmtp_features, strict=defaults.active.strict_addresses)
        except smtp_commands.OptionNotOffered as error:
            raise _errors().SMTPNotSupportedError(str(error)) from None

    def rcpt(self, recip: str, options: Sequence[str] = ()) -> tuple[int, bytes]:
        """Name one recipient. options: of RCPT, such as ``NOTIFY=NEVER`` (left out without EHLO). Raises as ``mail``."""
        options = self._check_recipient_options(options)
        reply = self._ask("rcpt", " ".join(["to:" + quoteaddr(recip), *options]))
        if 200 <= reply[0] < 300:
            self._recipients.append(recip)
        return reply

    def _check_recipient_options(self, options: Sequence[str]) -> Sequence[str]:
        if not self.does_esmtp:
            return ()
        self._check_options(smtp_commands.check_recipient_options, options)
        return options

    def data(self, msg: Any) -> tuple[int, bytes]:
        """Send the message by DATA, and return the reply to its end; of several (LMTP) the best, see ``data_replies``.

        msg: bytes, or ASCII text. Line ends become CR LF, dots are doubled where they must be. SMTPDataError when the
        server does not want it, SMTPOutcomeUnknown when the connection breaks behind the message's end.
        """
        reply = self._ask("data")
        if self.debuglevel > 0:
            self._print_debug("data:", reply)
        if reply[0] != 354:
            raise _errors().make_response_error(_errors().SMTPDataError, reply)
        reply = _smtp_sending.send_data(self, msg)
        if self.debuglevel > 0:
            self._print_debug("data:", reply)
        return reply

    def verify(self, address: str) -> tuple[int, bytes]:
        """Ask whether an address exists (VRFY); most servers do not tell."""
        return self._ask("vrfy", _addr_only(address))

    vrfy = verify

    def expn(self, address: str) -> tuple[int, bytes]:
        """Ask who stands on a list (EXPN); most servers do not tell."""
        return self._ask("expn", _addr_only(address))

    # ---- TLS

    def starttls(
        self, keyfile: str | None = None, certfile: str | None = None, context: "ssl.SSLContext | None" = None
    ) -> tuple[int, bytes]:
        """Speak TLS from now on; return the reply to STARTTLS. The server has to be greeted anew, which is done.

        context: without one, certificate and name are checked against what the system trusts. keyfile and certfile are
        old: a context says it all. Raises SMTPNotSupportedError where STARTTLS is not offered, SMTPResponseException
        where it is refused: the connection stays in the clear then; ssl.SSLError, SMTPServerDisconnected: it is closed.
        """
        self.ehlo_or_helo_if_needed()
        if not self.has_extn("starttls"):
            raise _errors().SMTPNotSupportedError("STARTTLS extension not supported by server.")
        context = mail.choose_context(context, keyfile, certfile)
        outer = self._hold()
        try:
            reply = self.docmd("STARTTLS")
            if reply[0] != 220:
                raise _errors().make_response_error(_errors().SMTPResponseException, reply)
            self._start_tls(context)
        finally:
            self._let_go(outer=outer)
        return reply

    def _start_tls(self, context: "ssl.SSLContext") -> None:
        """Shake hands; the server has to be greeted anew (RFC 3207 section 4.2)."""
        name = _encode_host(self._host)
        try:
            known = self._stream if self._stream is self.file else None
            self.sock, self._stream = net.start_tls(self.sock, context, name, known)
            self.file = None
        except ConnectionAbortedError as error:  # it spoke before the handshake: security row 143
            self.close()
            raise _errors().SMTPServerDisconnected(str(error)) from error
        except BaseException:
            self.close()  # never leave a connection in the clear where TLS was meant
            raise
        self._forget_greeting()

    def _is_verified(self) -> bool:
        """Tell whether the connection speaks TLS with a server whose certificate was checked."""
        session = self._session()
        context = getattr(session, "context", None)
        return session is not None and bool(getattr(context, "verify_mode", 0))

    def _session(self) -> Any:
        """Return the TLS session, None in the clear."""
        if self._stream is not None and self._stream is self.file:
            return self._stream.tls
        return self.sock if hasattr(self.sock, "getpeercert") else None

    # ---- logging in

    def auth(
        self, mechanism: str, authobject: Callable[..., Any], *, initial_response_ok: bool = True
    ) -> tuple[int, bytes]:
        """Log in by a mechanism of the server's (RFC 4954); return its reply.

        authobject gives the answer, text or bytes before base64, to each challenge, bytes; and without an argument the
        initial response, or None where the server has to begin. SMTPAuthenticationError when the server refuses,
        SMTPException when it asks without end or does not prove who it is.
        """
        from wirekit import _smtp_login

        outer = self._hold()
        try:
            return _smtp_login.authenticate(
                self, mechanism.upper(), authobject, initial=initial_response_ok, most=_MAXCHALLENGE
            )
        finally:
            self._let_go(outer=outer)

    def auth_cram_md5(self, challenge: bytes | None = None) -> str | None:
        """Answer for CRAM-MD5, with ``user`` and ``password`` as they stand in attributes."""
        from wirekit import _smtp_login

        found = _smtp_login.answer(self, "CRAM-MD5", challenge)
        return None if found is None else str(found, "utf-8")

    def auth_plain(self, challenge: bytes | None = None) -> str:
        """Answer for PLAIN, with ``user`` and ``password``."""
        from wirekit import _smtp_login

        return str(_smtp_login.answer(self, "PLAIN", challenge), "utf-8")

    def auth_login(self, challenge: bytes | None = None) -> str:
        """Answer for LOGIN, with ``user`` and ``password``."""
        from wirekit import _smtp_login

        return str(_smtp_login.answer(self, "LOGIN", challenge), "utf-8")

    def login(
        self,
        user: str,
        password: str | None = None,
        *,
        initial_response_ok: bool = True,
        token: Any = None,
        mechanism: str | None = None,
        authzid: str = "",
    ) -> tuple[int, bytes]:
        """Log in by the strongest mechanism that both sides know; return the server's reply.

        token: an OAuth 2 access token, or a function that gives one, in the password's place. mechanism: this one and
        no other (``EXTERNAL`` takes the TLS certificate for the password). authzid: whom to act as, where that is
        somebody else.

        Passwords and tokens leave as they are over TLS only, or to this machine; elsewhere see ``clear_login`` in
        ``wirekit.defaults``. Raises SMTPAuthenticationError when refused, SMTPNotSupportedError where the server offers
        no login, SMTPException where it offers no mechanism that can be used, SMTPHeloError.
        """
        from wirekit import _smtp_login

        self.ehlo_or_helo_if_needed()
        outer = self._hold()
        try:
            wish = _smtp_login.Wish(token, mechanism, authzid)
            return _smtp_login.log_in(self, user, password, wish, initial=initial_response_ok)
        finally:
            self._let_go(outer=outer)

    # ---- sending

    def sendmail(
        self,
        from_addr: str,
        to_addrs: str | Sequence[str],
        msg: Any,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, tuple[int, bytes]]:
        """Send a message to one address or several; return the refused ones, each with the server's reply.

        msg: bytes, or ASCII text; its line ends become CR LF. The options are those of MAIL and RCPT; without EHLO they
        are left out. Returns when one recipient at least was accepted. Raises SMTPSenderRefused (for a message above
        the server's SIZE too; nothing is sent then), SMTPRecipientsRefused when all are, SMTPDataError,
        SMTPNotSupportedError, SMTPHeloError; SMTPServerDisconnected: the message was not sent, unless it is an
        SMTPOutcomeUnknown. The connection can be used after the others.
        """
        self.ehlo_or_helo_if_needed()
        outer = self._hold()
        try:
            envelope = _smtp_sending.open_envelope(from_addr, to_addrs, msg, mail_options, rcpt_options)
            told = _smtp_sending.deliver(self, envelope)
        finally:
            self._let_go(outer=outer)
        if told.whole:
            return {}
        result = told.result()
        result.raise_for_error()
        return {**result.refused}

    def send_message(
        self,
        msg: Any,
        from_addr: str | None = None,
        to_addrs: str | Sequence[str] | None = None,
        mail_options: Sequence[str] = (),
        rcpt_options: Sequence[str] = (),
    ) -> dict[str, tuple[int, bytes]]:
        """Send an ``email.message.Message``; return as ``sendmail``.

        Addresses that are not given are those of its fields (of its Resent- fields if it was sent again; ValueError
        when that happened twice). Bcc fields are left out. Addresses beyond ASCII need the server's SMTPUTF8; 8-bit
        parts are encoded where it does not take them. Raises as ``sendmail``.
        """
        self.ehlo_or_helo_if_needed()
        envelope = _smtp_sending.open_message(self, msg, from_addr, to_addrs, mail_options)
        return self.sendmail(*envelope, rcpt_options)

    def send_messages(
        self,
        messages: Any,
        *,
        max_in_flight: int = 32,
        max_bytes: int = 1 << 20,
        report: Callable[[SendResult], Any] | None = None,
    ) -> list[SendResult]:
        """Send many messages; return what became of each, in their order. Nothing is raised for a single message.

        messages: each an ``email.message.Message``, or a tuple of ``sendmail``'s arguments; an iterable, which may be
        async in the async twin. So many of them, and so many bytes, are under way at once, where the server allows it
        (PIPELINING); a larger one goes alone. report is called with each result as it comes.

        A connection that breaks does not raise either: each message is reported as sent, not sent or unknown, and the
        rest as not sent.
        """
        from wirekit import _smtp_window

        self.ehlo_or_helo_if_needed()
        outer = self._hold()
        try:
            window = _smtp_window.Window(self, max_in_flight, max_bytes, report)
            return window.send(messages)
        finally:
            self._let_go(outer=outer)


class SMTP_SSL(SMTP):
    """A connection to a mail server that speaks TLS from its first byte on.

    context: without one, certificate and name are checked against what the system trusts. keyfile and certfile are old:
    a context says it all.
    """

    default_port = SMTP_SSL_PORT

    def __init__(
        self,
        host: str = "",
        port: int = 0,
        local_hostname: str | None = None,
        keyfile: str | None = None,
        certfile: str | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        source_address: tuple[str, int] | None = None,
        context: "ssl.SSLContext | None" = None,
        *,
        proxy: str | None = None,
    ) -> None:
        self.keyfile, self.certfile = keyfile, certfile
        self._context = (
            mail.choose_context(context, keyfile, certfile) if context or keyfile or certfile else None
        )
        super().__init__(host, port, local_hostname, timeout, source_address, proxy=proxy)

    @property
    def context(self) -> "ssl.SSLContext":
        """The context for TLS, this connection's own as soon as somebody touches it."""
        if self._context is None:
            from wirekit._io.tls import client_context

            self._context = client_context(None)
        return self._context

    @context.setter
    def context(self, context: "ssl.SSLContext") -> None:
        self._context = context

    def _get_socket(self, host: str, port: int, timeout: Any) -> Any:
        sock = super()._get_socket(host, port, timeout)
        return self._wrap(sock)

    def _wrap(self, sock: Any) -> Any:
        try:
            stream = net.attach(sock, None)
            if stream is not None:
                stream.deadline = self._deadline  # the handshake too is under it
            name = _encode_host(self._host)
            context = self._context or mail.choose_context(None)
            wrapped, self._stream = net.start_tls(sock, context, name, stream)
        except BaseException:
            sock.close()
            raise
        return wrapped


class LMTP(SMTP):
    """A connection to a mail store by LMTP (RFC 2033): as SMTP, and it says for each recipient whether it delivered.

    host: a path that begins with a slash is a Unix socket's. ``sendmail`` returns those who were refused in the end
    too; when that is all of them, SMTPDataError has them as ``recipients``.
    """

    ehlo_msg = "lhlo"
    _per_recipient = True

    def __init__(
        self,
        host: str = "",
        port: int = LMTP_PORT,
        local_hostname: str | None = None,
        source_address: tuple[str, int] | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        *,
        proxy: str | None = None,
    ) -> None:
        super().__init__(host, port, local_hostname, timeout, source_address, proxy=proxy)

    def connect(
        self, host: str = _HERE, port: int = 0, source_address: tuple[str, int] | None = None
    ) -> tuple[int, bytes]:
        """Connect, and return the server's greeting. host: a path that begins with a slash is a Unix socket's."""
        if host is _HERE and self._host:
            host, port = self._host, port or self._port
        if not host.startswith("/"):
            return super().connect(host, port, source_address)
        if self.timeout is not None and not self.timeout:
            raise ValueError("Non-blocking socket (timeout=0) is not supported")
        return self._connect(host, 0, self._get_unix_socket)

    def _get_unix_socket(self, path: str, _: int, timeout: Any) -> Any:
        if self.debuglevel > 0:
            self._print_debug("connect: to", path)
        if isinstance(socket.socket, type):
            return net.create_connection(path, self._limit_connecting(timeout))
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)  # a program's own in its place
        net.give(sock.connect, path)
        return sock


_MAIL, _RCPT, _DATA = SMTP.mail, SMTP.rcpt, SMTP.data
_PUTCMD, _SEND, _GETREPLY = SMTP.putcmd, SMTP.send, SMTP.getreply


def _run() -> None:
    """Ask for a message on the terminal and send it through the server on this machine."""
    sender = _ask("From")
    recipients = _ask("To").split(",")
    print("Enter message, end with ^D:")  # noqa: T201 - a program of the terminal
    text = "".join(iter(sys.stdin.readline, ""))
    print(f"Message length is {len(text)}")  # noqa: T201 - the same
    smtp = SMTP()
    smtp.connect()
    smtp.set_debuglevel(1)
    smtp.sendmail(sender, recipients, text)
    smtp.quit()


def _ask(what: str) -> str:
    sys.stdout.write(what + ": ")
    sys.stdout.flush()
    return sys.stdin.readline().strip()


if __name__ == "__main__":
    _run()
