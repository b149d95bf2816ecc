# ruff: noqa: SLF001 - the parts of one conversation, in modules of a readable size
"""The data connection of one FTP transfer: from the reply that opens it to the one that says what became of it.

A transfer ends twice: the data connection ends, and a reply on the control connection says whether that was the whole.
The reply decides. A server that closes TLS without a goodbye, or breaks the connection off, is forgiven where it calls
the transfer complete and no byte is known to be missing; what it reports instead of that (a full disk, a quota) is the
error, and not the broken connection in which it shows first.

Data that we send ends with our goodbye, and then with the server's: only after that, or after its reply, the connection
is closed. Closing it at once would lose the tail over TLS: a socket that is closed with unread bytes (session tickets)
resets, and the server may drop what it has not read yet. Closing it after the reply alone would have ProFTPD, which
waits for that, wait in vain.
"""

from __future__ import annotations

import io
import os
import stat
import struct
from typing import TYPE_CHECKING, Any, Final, Self

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io.channels import asynchronous as channels
from wirekit._wire.busy import ConnectionBusy
from wirekit._wire.ftp_replies import check_reply, choose_final, errors

if TYPE_CHECKING:
    from types import TracebackType

__all__ = ["ANY_SIZE", "Exchange", "Gathered", "Transfer", "read_verdict", "reset", "sort_out"]

BLOCK: Final = 1 << 18
"""Bytes received, or read of a file, at once: half the processor time of the 8 KiB that the standard library takes."""
SMALL: Final = 1 << 13
"""Bytes received at once of a file that is no larger than that: making room costs time as well."""
LINES: Final = 1 << 16
"""Bytes of lines that are looked at, or sent, at once."""
PART: Final = 1 << 27
"""Bytes of a file that are left to the system at once; between the parts a NOOP may be due."""
MAX_BYTES_OF_CHARACTER: Final = 4
VERDICT: Final = 10.0
"""Seconds that a server gets to say why a data connection broke off."""

_NO_LINGER: Final = struct.pack("ii", 1, 0)
_REAL_FILES: Final = (io.BufferedReader, io.FileIO, io.BufferedRandom)


class _AnySize(int):
    """The block size of who names none: blocks are as large as they come."""


ANY_SIZE: Final = _AnySize(8192)


class Exchange:
    """A transfer under way: nobody else may enter, its time is counted, and what breaks it off breaks the connection."""

    def __init__(self, ftp: Any) -> None:
        self.ftp = ftp
        self.owed = 0

    def __enter__(self) -> None:
        if self.ftp._owner is not None:
            message = "a transfer is under way on this connection"
            raise ConnectionBusy(message)
        self.ftp._owner = channels.caller()
        self.owed = self.ftp._owed  # of a transfer that the program has begun by itself, and goes on with
        self.ftp._start_clock()

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.ftp._owner = None
        if error is not None and self.ftp._owed > self.owed:
            self.ftp._break(f"a transfer broke off ({type(error).__name__})")


class Gathered:
    """The lines of a listing, as many as ``defaults.max_listing`` allows."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self._left = defaults.active.max_listing

    def append(self, line: str) -> None:
        """Take one more; ListingTooLong beyond the limit."""
        self._left -= len(line) + 2
        if self._left < 0:
            raise errors().ListingTooLong(defaults.active.max_listing)
        self.lines.append(line)


async def sort_out(ftp: Any) -> str:
    """Read all replies that are still to come; return the one that ends the transfer."""
    replies = [await ftp.getmultiline() for _ in range(ftp._noops + 1)]
    ftp._noops = 0
    return choose_final(replies)


async def read_verdict(ftp: Any, error: OSError) -> str | None:
    """Return what the server says of a data connection that broke off; None where it says nothing in time."""
    if ftp.sock is None or not ftp._owed:
        return None
    stream = await ftp._attach()
    if stream is None or (isinstance(error, TimeoutError) and not stream.pending):
        return None
    due = net.monotonic() + VERDICT
    stream.deadline = due if stream.deadline is None else min(due, stream.deadline)
    try:
        verdict = await sort_out(ftp)
    except (OSError, EOFError, errors().Error):
        return None
    ftp.lastresp = verdict[:3]
    return verdict


def reset(conn: Any) -> None:
    """Close a connection so that the peer sees it broken off, and never takes what was sent for the whole."""
    import socket

    try:
        conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _NO_LINGER)
    except (OSError, ValueError, AttributeError):
        pass  # closed already, or no socket at all
    getattr(conn, "abort", conn.close)()


class Transfer:
    """One transfer of an ``FTP`` object, on a data connection that its ``transfercmd`` has given."""

    def __init__(self, ftp: Any, conn: Any, stream: Any, expected: int | None) -> None:
        self.ftp = ftp
        self.conn = conn
        self.stream: Any = stream  # None for a stand-in of a socket that has recv and sendall at most
        self.expected = expected  # bytes, where the server has announced them
        self.count = 0
        self.cut = False  # the data connection broke off
        self._verdict: str | None = None  # the final reply, read before its time
        self._done = False
        interval = defaults.active.transfer_keepalive
        self._interval: float = float("inf") if interval is None else interval
        self._due = net.monotonic() + self._interval

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.drop()

    def drop(self) -> None:
        """Close the data connection; break it off where the transfer has not come to its end."""
        if not self._done:
            reset(self.conn)
        (self.stream or self.conn).close()

    # ---- receiving

    async def receive(self, callback: Any, size: int) -> str:
        """Hand every block to callback; return the final reply."""
        if isinstance(size, _AnySize):
            size = BLOCK if self.expected is None else min(BLOCK, max(self.expected + 1, SMALL))
        if self.stream is None:
            while data := await self._receive_block(size):
                self.count += len(data)
                await net.give(callback, data)
                await self._go_on()
            return await self.end_received()
        receiver = channels.Receiver(self.stream, size, callback)
        while await self._pass_on(receiver):
            await self._go_on()
        return await self.end_received()

    async def _pass_on(self, receiver: channels.Receiver) -> bool:
        try:
            return await receiver.pass_on(self._due)
        except OSError as error:
            if receiver.error is None or self.ftp._aborted is not None:
                await self._go_on()
                raise
            self.count = receiver.passed
            await self._survive(error)
            return False
        finally:
            self.count = receiver.passed

    async def _survive(self, error: OSError) -> None:
        """Return where nothing is missing although the data connection broke off; else raise what is the matter."""
        complete = await self._is_complete_after(error)
        if not complete or self.expected is None or self.count < self.expected:
            raise error

    async def _receive_block(self, size: int) -> Any:
        try:
            return await (self.stream.recv(size) if self.stream else net.give(self.conn.recv, size))
        except OSError as error:
            await self._survive(error)
            return b""

    async def receive_lines(self, callback: Any) -> str:
        """Hand every line to callback, as text without its end; return the final reply.

        Lines end with CRLF, LF or CR. Raises ListingTooLong for one that exceeds ``maxline``.
        """
        rest = b""
        longest = self.ftp.maxline * MAX_BYTES_OF_CHARACTER
        while data := await self._receive_block(LINES):
            data = rest + data if rest else data
            end = max(data.rfind(b"\n"), data.rfind(b"\r", 0, -1)) + 1
            rest = data[end:]
            if end:
                await self._pass_lines(data[:end], callback)
            if len(rest) > longest:
                raise self._too_long()
            await self._go_on()
        if rest:
            await self._pass_lines(rest, callback)
        return await self.end_received()

    async def _pass_lines(self, data: bytes, callback: Any) -> None:
        text = data.decode(self.ftp.encoding, "surrogateescape")
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if not lines[-1]:
            lines.pop()
        for line in lines:
            if len(line) > self.ftp.maxline:
                raise self._too_long()
            if self.ftp.debugging > 2:
                print("*retr*", repr(line))  # noqa: T201 - what debugging asks for
            await net.give(callback, line)

    def _too_long(self) -> Exception:
        error: Exception = errors().ListingTooLong(self.ftp.maxline)
        return error

    async def end_received(self) -> str:
        """Close the data connection, which has ended, and return the final reply."""
        self.cut = self.cut or bool(self.stream and self.stream.cut)
        self._close()
        reply: str = self._verdict or await self.ftp._final_reply()
        if self.cut and self.expected is not None and self.count < self.expected:
            raise errors().IncompleteTransfer(self.count, self.expected)
        return reply

    # ---- sending

    async def send(self, file: Any, size: int, callback: Any) -> str:
        """Send a file from where it stands to its end; return the final reply.

        A real file over a connection in the clear is left to the system, unless a callback wants to see its blocks.
        """
        if callback is None and self.stream is not None and _is_real(file) and self.stream.tls is None:
            await self._send_by_system(file)
        else:
            await self._send_blocks(file, size, callback)
        return await self.end_sent()

    async def _send_by_system(self, file: Any) -> None:
        if isinstance(file, io.BufferedRandom):
            file.flush()
        position = file.tell()
        sent = PART
        while sent == PART:
            try:
                sent = await self.stream.send_file(file, position + self.count, PART)
            except OSError as error:
                await self._is_complete_after(error)
                raise
            self.count += sent
            await self._go_on()

    async def _send_blocks(self, file: Any, size: int, callback: Any) -> None:
        if isinstance(size, _AnySize):
            size = BLOCK
        while data := await net.give(file.read, size):
            await self.send_block(data)
            self.count += len(data)
            if callback:
                await net.give(callback, data)
            await self._go_on()

    async def send_lines(self, file: Any, callback: Any) -> str:
        """Send the lines of a binary file, each with CRLF at its end; return the final reply.

        Raises Error for a line that exceeds ``maxline``, TypeError for a file of text.
        """
        waiting: list[bytes] = []
        size = 0
        while line := await net.give(file.readline, self.ftp.maxline + 1):
            waiting.append(self._end_line(line))
            size += len(line)
            if size > LINES:
                await self._send_lines(waiting, callback)
                waiting, size = [], 0
        await self._send_lines(waiting, callback)
        return await self.end_sent()

    def _end_line(self, line: bytes) -> bytes:
        if len(line) > self.ftp.maxline:
            message = f"got more than {self.ftp.maxline} bytes"
            raise errors().Error(message)
        if not isinstance(line, bytes | bytearray):
            message = f"a file of bytes is wanted, whose lines are bytes, not {type(line).__name__}"
            raise TypeError(message)
        if line[-2:] == b"\r\n":
            return line
        return (line[:-1] if line[-1:] in {b"\r", b"\n"} else line) + b"\r\n"

    async def _send_lines(self, lines: list[bytes], callback: Any) -> None:
        if lines:
            await self.send_block(b"".join(lines))
        for line in lines:
            self.count += len(line)
            if callback:
                await net.give(callback, line)
        await self._go_on()

    async def send_block(self, data: Any) -> None:
        """Send bytes."""
        try:
            await (self.stream.sendall(data) if self.stream else net.give(self.conn.sendall, data))
        except OSError as error:
            await self._is_complete_after(error)
            raise

    async def end_sent(self) -> str:
        """End what is sent, and return the final reply."""
        if self.stream is None:
            self._close()
        else:
            await channels.close_at_end(self.stream, await self.ftp._attach())
        reply: str = await self.ftp._final_reply()
        self._close()
        return reply

    # ---- both ways

    def _close(self) -> None:
        self._done = True
        (self.stream or self.conn).close()

    async def _go_on(self) -> None:
        """See that the transfer goes on: a callback may have aborted it, or the control connection been idle for long.

        A NOOP keeps that alive; its reply is read together with the final one.
        """
        if self.ftp._aborted is not None:
            raise errors().error_reply(check_reply(self.ftp._aborted))
        if net.monotonic() < self._due:
            return
        self._due = net.monotonic() + self._interval
        await self.ftp.putcmd("NOOP")
        self.ftp._noops += 1

    async def _is_complete_after(self, error: OSError) -> bool:
        """Tell whether the server calls a transfer complete whose data connection broke off.

        Raises what it reports instead, from the error; False where it says nothing. Where it has spoken, the control
        connection is in step.
        """
        self._verdict = await read_verdict(self.ftp, error)
        if self._verdict is None:
            return False
        try:
            check_reply(self._verdict)
        except Exception as told:
            raise told from error
        return True


def _is_real(file: Any) -> bool:
    """Tell whether a file is one of the system's own, with no methods of others in between that want to be called."""
    if type(file) not in _REAL_FILES or file.closed:
        return False
    try:
        return stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    except OSError:
        return False
