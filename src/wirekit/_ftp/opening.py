# Generated from src/wirekit/aio/_ftp/opening.py by tools/unasync.py; edit that file.
# ruff: noqa: SLF001 - the parts of one conversation, in modules of a readable size
"""How a data connection of FTP comes about, passive or active, and how ``abort`` ends it before its time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from wirekit import defaults
from wirekit._ftp.data import read_verdict, reset
from wirekit._io import blocking as net
from wirekit._io.channels import blocking as channels
from wirekit._io.names import limits_of
from wirekit._wire.ftp_commands import SYNCH
from wirekit._wire.ftp_replies import bears_pipelining, check_reply, errors, parse227, parse229

if TYPE_CHECKING:
    from wirekit.ftplib import FTP

__all__ = ["abort", "dial", "open_active", "open_passive"]

_WATCHED = ("makepasv", "sendcmd", "putcmd", "putline", "getresp")
"""Methods that a subclass of ``FTP`` may have to see the commands of a transfer one by one."""
_REFUSALS = frozenset({b"4", b"5"})


def dial(ftp: FTP, address: tuple[str, int]) -> Any:
    """Connect to an address, through the proxy if there is one, in what is left of the time."""
    timeout = _limit_connecting(ftp)
    if ftp.proxy:
        from wirekit import _proxying

        return _proxying.connect(address, timeout, ftp.source_address, proxy=ftp.proxy)
    return net.create_connection(address, timeout, ftp.source_address)


def _limit_connecting(ftp: FTP) -> Any:
    """Return the timeout to connect with: the client's own, cut to what is left for the transfer under way."""
    due = ftp._stream.deadline if ftp._owner is not None and ftp._stream is not None else None
    if due is None:
        return ftp.timeout
    left = due - net.monotonic()
    if left <= 0:
        message = "timed out"
        raise TimeoutError(message)
    step, connect, total = limits_of(ftp.timeout)
    return defaults.Timeout(step, connect=left if connect is None else min(connect, left), total=total)


def open_passive(ftp: FTP, cmd: str, rest: int | str | None) -> tuple[Any, str]:
    """Connect to where the server listens and send the transfer command; return the connection and the 1xx reply."""
    if _may_pipeline(ftp):
        return _open_together(ftp, cmd, rest)
    try:
        conn = ftp._dial(ftp.makepasv())
    except OSError:
        if ftp.sock is None or not ftp._epsv or not ftp._give_up_epsv():
            raise
        conn = ftp._dial(ftp.makepasv())  # a firewall that reads PASV alone
    try:
        if rest is not None:
            ftp.sendcmd(f"REST {rest}")
        resp = _begin(ftp, cmd)
    except BaseException:
        conn.close()
        ftp._stray = True
        raise
    ftp._proven = True
    return conn, resp


def _may_pipeline(ftp: FTP) -> bool:
    """Tell whether commands of a transfer may leave together: the server bears it, and nobody wants to see them."""
    if not ftp._proven or ftp._one_by_one or not defaults.active.pipeline_commands:
        return False
    if not bears_pipelining(ftp.welcome or ""):
        return False
    kind = type(ftp)
    base = next(one for one in kind.__mro__ if "_wanted" in vars(one))  # FTP itself, of either twin
    return all(getattr(kind, name) is getattr(base, name) for name in _WATCHED)


def _open_together(ftp: FTP, cmd: str, rest: int | str | None) -> tuple[Any, str]:
    """Do as ``open_passive`` in one round trip less: two commands leave in one segment.

    REST must be accepted before anything is transferred, so the transfer command does not follow it in the same one.
    """
    passive = "EPSV" if ftp._tries_epsv() else "PASV"
    second = cmd if rest is None else f"REST {rest}"
    for line in (passive, second):
        if ftp.debugging:
            print("*cmd*", ftp.sanitize(line))  # noqa: T201 - what debugging asks for
    ftp._put(passive, second)
    try:
        return _open_behind(ftp, passive, cmd, rest)
    except TimeoutError:  # the server may have dropped the second command: it is never sent two again
        ftp._one_by_one = True
        raise


def _open_behind(ftp: FTP, passive: str, cmd: str, rest: int | str | None) -> tuple[Any, str]:
    """Read the replies to two commands, and connect between them."""
    where = _read_where(ftp, passive)
    conn = None if _has_refused(ftp) else _dial_in_step(ftp, where)
    try:
        resp = _read_beginning(ftp) if rest is None else ftp.getresp()
        if rest is not None:
            resp = _begin(ftp, cmd)
    except BaseException:
        if conn is not None:
            conn.close()
            ftp._stray = True
        raise
    return conn or ftp._dial(where), resp


def _has_refused(ftp: FTP) -> bool:
    """Tell whether the refusal of the second command has arrived already, so that no connection is needed."""
    stream = ftp._stream
    return (
        stream is not None
        and ftp.file is ftp._own_file
        and stream.buffer[stream.pos : stream.pos + 1] in _REFUSALS
    )


def _dial_in_step(ftp: FTP, where: tuple[str, int]) -> Any:
    """Connect to where the server listens for a transfer that it was already asked for.

    Where that fails the server may have refused the transfer: raises what it says, if it does.
    """
    try:
        return ftp._dial(where)
    except OSError as error:
        verdict = read_verdict(ftp, error)
        if verdict is None or verdict[:1] == "1":
            ftp._break(
                f"no data connection came about ({type(error).__name__})"
            )  # the server still waits for it
            raise
        try:
            check_reply(verdict)
        except errors().Error as told:
            raise told from error
        raise
    except BaseException as error:
        ftp._break(f"no data connection came about ({type(error).__name__})")
        raise


def _read_where(ftp: FTP, passive: str) -> tuple[str, int]:
    """Read the reply to EPSV or PASV, behind which that to another command is to come: both, where the first refuses."""
    try:
        reply = ftp.getresp()
        if passive == "EPSV":
            return parse229(reply, ftp._peer())
        host, port = parse227(reply)
    except errors().Error:
        if ftp.sock is not None and ftp.getmultiline()[:1] == "1":
            ftp._break("the server began a transfer without a data connection")
        raise
    return (host if ftp.trust_server_pasv_ipv4_address else ftp._peer()[0]), port


def _begin(ftp: FTP, cmd: str) -> str:
    """Send a transfer command; return the reply that opens the transfer."""
    ftp.putcmd(cmd)
    return _read_beginning(ftp)


def _read_beginning(ftp: FTP) -> str:
    resp = ftp.getresp()
    if resp[:3] in {"226", "250"}:  # there is so little that it is over already
        ftp._again += (resp,)
        return "125 " + resp[4:]
    if resp[0] == "2":  # some servers say 200 before 150
        resp = ftp.getresp()
    if resp[0] != "1":
        raise errors().error_reply(resp)
    return resp


def open_active(ftp: FTP, cmd: str, rest: int | str | None) -> tuple[Any, str]:
    """Listen, send the transfer command, and accept the server's connection; return it and the 1xx reply."""
    with ftp.makeport() as listener:
        if rest is not None:
            ftp.sendcmd(f"REST {rest}")
        resp = _begin(ftp, cmd)
        host = ftp._peer()[0]
        conn = channels.accept(listener, host, ftp.timeout, ftp._has_spoken)
        if conn is None:  # it says why it does not connect, or that all has been sent
            ftp._again += (ftp.getresp(),)
            conn = channels.accept(listener, host, ftp.timeout, bool)
    return conn, resp


def abort(ftp: FTP) -> str:
    """End a transfer, read all replies that belong to it, and return the one that says so.

    The data connection is closed here: vsftpd and others look at no command before it is. Then the replies: one or two,
    by server and moment. A NOOP is sent when the first one is here (pure-ftpd drops what comes with ABOR), and the
    reply to that is the last.
    """
    if ftp.debugging > 1:
        print("*put urgent*", ftp.sanitize("ABOR\r\n"))  # noqa: T201 - what debugging asks for
    stream = ftp._ready()
    pending = ftp._owed
    try:
        _send_abort(ftp, stream)
        replies = [ftp.getmultiline()]
        ftp.putcmd("NOOP")
        while len(replies) == 1 or (replies[-1][:3] != "200" and len(replies) < pending + 2):
            replies.append(ftp.getmultiline())
    except BaseException as error:
        ftp._break(f"aborting a transfer broke off ({type(error).__name__})")
        raise
    ftp._owed = ftp._noops = 0
    found = next((reply for reply in replies if reply[:3] in {"426", "225", "226"}), replies[0])
    ftp._aborted = found
    if found[:1] in {"4", "5"} and found[:3] != "426":
        raise errors().error_proto(found)
    return found


def _send_abort(ftp: FTP, stream: Any) -> None:
    """Send ABOR and break off the data connection.

    Where that is not known (a subclass makes its own), Telnet's Synch wakes the server (RFC 854). It is not sent
    otherwise: pure-ftpd does not understand the ABOR behind it.
    """
    if ftp._owed and ftp._data is None and stream is not None and stream.tls is None:
        channels.send_urgent(stream, SYNCH)
    ftp._owed += 1
    (stream.sendall(b"ABOR\r\n") if stream else net.give(ftp.sock.sendall, b"ABOR\r\n"))
    conn = ftp._data() if ftp._data is not None else None
    if conn is not None:
        reset(conn)
