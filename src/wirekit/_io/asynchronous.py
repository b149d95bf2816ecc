"""Streams for the async twin, on asyncio.Protocol; runs on asyncio's own loops and on uvloop.

The event loop pushes what it receives into the stream, and at most one task waits for it: one wake-up for a response,
where StreamReader and ``loop.sock_recv`` need two or more. See docs/design/streams.md for the contract that this
module shares with ``wirekit._io.blocking``.

A block that arrives while nobody waits is queued as it is; it becomes the buffer when the reader has used up the one
before, so that bulk data is not copied on the way.
"""

import asyncio
import inspect
import io
import os
import socket
import ssl
from collections import deque
from collections.abc import AsyncIterator, Callable
from types import CoroutineType
from typing import IO, Any, Final, Literal, Self

from wirekit import defaults
from wirekit._io import names, tls
from wirekit._io.files import AsyncFileBase as FileBase
from wirekit._io.files import AsyncFileStream
from wirekit._wire.busy import ConnectionBusy

__all__ = [
    "ASYNC",
    "FileBase",
    "Stream",
    "attach",
    "create_connection",
    "current",
    "give",
    "in_thread",
    "monotonic",
    "over_file",
    "pull",
    "reader",
    "start_tls",
    "stop_tls",
]

ASYNC: Literal[True] = True
HIGH_WATER: Final = 1 << 18
"""Bytes queued beyond the buffer before the peer is held up."""
BLOCK: Final = 1 << 18
"""Bytes of a file, or of plaintext, sent at once."""
LONG_LINE: Final = 1 << 20
"""Bytes of a line that are gathered in parts from here on, so that the time stays linear."""
LINGER: Final = 10.0
"""Seconds that a closed stream may take to send what is still queued."""


def monotonic() -> float:
    """Return the clock of ``Stream.deadline``."""
    return asyncio.get_running_loop().time()


def current() -> object:
    """Return who is at work here: the task that runs."""
    return asyncio.current_task()


async def give(callback: Callable[..., Any], *args: Any) -> Any:
    """Call a user's callback; wait for its result if it is awaitable."""
    result = callback(*args)
    if type(result) is CoroutineType or inspect.isawaitable(
        result
    ):  # the first is quick, and nearly always says it
        return await result
    return result


async def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Call what would hold up the loop (a look-up of names) in a thread, and wait for its result."""
    return await asyncio.to_thread(function, *args)


async def pull(blocks: Any) -> AsyncIterator[Any]:
    """Go through an iterable that a user gave, plain or async."""
    if hasattr(blocks, "__aiter__"):
        async for block in blocks:
            yield block
    else:
        for block in blocks:
            yield block


class Stream(asyncio.Protocol):
    """A connection as a conversation sees it; also what users of the async twin know as ``conn.sock``."""

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self.buffer = b""
        self.pos = 0
        self.timeout: float | None = None
        self.deadline: float | None = None
        self.patience = 0.0
        self.closed = False
        self._loop = loop or asyncio.get_running_loop()
        self._transport: Any = None
        self._layers: list[tls.Layer] = []
        self._blocks: deque[bytes] = deque()
        self._queued = 0
        self._waiter: asyncio.Future[None] | None = None
        self._drained: asyncio.Future[None] | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._armed: float | None = None  # the timeout that the timer was set for
        self._due = 0.0
        self._ended = False  # the peer sends no more
        self._error: BaseException | None = None
        self.memo: Any = None  # a conversation's own: the last head and what it meant
        self.held = False  # a response still reads: close() waits for release()
        self._unwanted = False  # close() was called
        self._hung_up = False  # not only inside TLS
        self._parting = False  # closes when the peer ends, too

    # ---- what the event loop calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take the transport (asyncio.Protocol)."""
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Take what arrived (asyncio.Protocol)."""
        if self._layers:
            data = self._decrypt(data)
            if not data:
                return
        waiter = self._waiter
        if waiter is not None and not waiter.done():
            self.buffer = data if self.pos == len(self.buffer) else self.buffer[self.pos :] + data
            self.pos = 0
            waiter.set_result(None)
            return
        self._blocks.append(data)
        self._queued += len(data)
        if self._queued > HIGH_WATER:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """Note the end of what the peer sends; our side stays open (asyncio.Protocol)."""
        self._ended = self._hung_up = True
        self._wake()
        return True

    def connection_lost(self, exc: Exception | None) -> None:
        """Note that nothing can be sent or received any more (asyncio.Protocol)."""
        ours = self.closed
        self._ended = self._ended or not ours  # closed by us is no end of what the peer sends
        self.closed = True
        if isinstance(exc, ConnectionError) and not ours:
            self._read_last_words()
        self._error = self._error or exc
        self._disarm()
        self._wake()
        if self._drained is not None and not self._drained.done():
            self._drained.set_result(None)

    def _read_last_words(self) -> None:
        """Take what had come before sending failed: the transport reads no more, and the peer may have said why."""
        descriptor = self._transport.get_extra_info("socket").fileno()
        try:
            while self._queued < HIGH_WATER and (data := os.read(descriptor, HIGH_WATER - self._queued)):
                self.data_received(data)
        except OSError:
            return  # nothing more has come

    def pause_writing(self) -> None:
        """Hold up senders: the peer does not keep pace (asyncio.Protocol)."""
        self._drained = self._loop.create_future()

    def resume_writing(self) -> None:
        """Let senders go on (asyncio.Protocol)."""
        drained, self._drained = self._drained, None
        if drained is not None and not drained.done():
            drained.set_result(None)

    def _wake(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)
        if self._parting and self._ended:
            self.close()

    def _append(self, data: bytes) -> None:
        self.buffer = data if self.pos == len(self.buffer) else self.buffer[self.pos :] + data
        self.pos = 0

    # ---- reading

    async def fill(self) -> bool:
        """Wait for more bytes behind ``buffer``; False at the end of the stream.

        Raises TimeoutError, ConnectionBusy, OSError, ssl.SSLError; but for ConnectionBusy the stream is closed then.
        """
        if self._blocks:
            return self._next_block()
        if self._waiter is not None:
            raise ConnectionBusy
        if self._ended or self.closed:
            return self._end()
        waiter = self._waiter = self._loop.create_future()
        timeout = self.timeout
        if timeout is not None and timeout == self._armed and self.deadline is None:
            # the timer of an earlier wait serves this one too
            self._due = self._loop.time() + (timeout if timeout > self.patience else self.patience)  # noqa: FURB136 - max takes three times as long
        elif timeout is not None or self.deadline is not None:
            self._arm()
        elif self._timer is not None:
            self._disarm()  # left by a wait that was limited
        try:
            await waiter
        except BaseException:
            self.abort()
            raise
        finally:
            self._waiter = None
        if self.pos < len(self.buffer):
            return True
        return self._next_block() if self._blocks else self._end()

    def _next_block(self) -> bool:
        data = self._blocks.popleft()
        if self._queued > HIGH_WATER >= self._queued - len(data) and not self._ended:
            self._transport.resume_reading()
        self._queued -= len(data)
        self._append(data)
        return True

    def _end(self) -> bool:
        if self._error is not None:
            self.abort()
            raise self._error
        if not self._ended:
            message = "the connection was closed on this side"
            raise ConnectionAbortedError(message)
        return False

    def take(self, n: int) -> bytes:
        """Return the next n buffered bytes, fewer when there are no more."""
        start = self.pos
        data = self.buffer[start : start + n]
        self.pos = start + len(data)
        return data

    async def recv(self, n: int) -> bytes:
        """Return at most n bytes, at least one; ``b""`` at the end of the stream."""
        if self.pos == len(self.buffer) and not await self.fill():
            return b""
        return self.take(n)

    async def recv_into(self, view: Any) -> int:
        """Receive into a writable buffer; return how many bytes, 0 at the end of the stream."""
        view = memoryview(view).cast("B")
        data = await self.recv(len(view))
        view[: len(data)] = data
        return len(data)

    async def read_line(self, limit: int) -> bytes:
        """Return one line with its end; ``b""`` at the end of the stream, a cut line when it exceeds limit bytes."""
        seen, parts = 0, []
        while (end := self.buffer.find(b"\n", self.pos + seen)) < 0:
            seen = len(self.buffer) - self.pos
            if LONG_LINE < seen <= limit:  # set aside: every block more would copy it once more
                parts.append(self.take(seen))
                limit, seen = limit - seen, 0
            if seen > limit or not await self.fill():
                end = self.pos + limit
                break
        line = self.take(min(end + 1 - self.pos, limit + 1))
        return b"".join([*parts, line]) if parts else line

    @property
    def waiting(self) -> bool:
        """Whether somebody waits for what comes next."""
        return self._waiter is not None

    @property
    def pending(self) -> bool:
        """Whether received bytes stand here unread, or the peer has ended the stream."""
        return self.pos < len(self.buffer) or bool(self._blocks) or self._ended

    def overhear(self) -> bool:
        """Tell, without waiting, whether the peer has said something that nobody has read, or has ended the stream."""
        return self.pending

    # ---- time

    def _arm(self) -> None:
        """Let the wait that begins now end in time. One timer serves many waits: it looks again when it fires."""
        now = self._loop.time()
        due = now + max(self.timeout, self.patience) if self.timeout is not None else self.deadline
        assert due is not None
        if self.deadline is not None and self.deadline < due:
            due = self.deadline
        self._due = due
        if self._timer is not None and self._timer.when() > due:
            self._disarm()
        if self._timer is None:
            self._timer = self._loop.call_at(due, self._on_timer)
        self._armed = self.timeout if self.deadline is None else None

    def _on_timer(self) -> None:
        self._timer = self._armed = None
        waiting = [w for w in (self._waiter, self._drained) if w is not None and not w.done()]
        if not waiting:
            return
        if self._loop.time() < self._due:
            self._timer = self._loop.call_at(self._due, self._on_timer)
            return
        for waiter in waiting:
            waiter.set_exception(TimeoutError("timed out"))

    def _disarm(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = self._armed = None

    # ---- sending

    async def sendall(self, data: Any) -> None:
        """Send bytes-like data whole; waits only while the peer does not keep pace."""
        if self.closed or self._transport.is_closing():
            raise self._error or BrokenPipeError("the connection is closed")
        if self._layers:
            await self._send_encrypted(memoryview(data).cast("B"))
            return
        # What the transport queues is sent later: it must not change then, as a caller's bytearray may.
        self._transport.write(data if type(data) is bytes else bytes(data))
        if self._drained is not None:
            await self._drain()

    async def _send_encrypted(self, view: memoryview) -> None:
        for at in range(0, len(view), BLOCK):
            self._write(view[at : at + BLOCK], len(self._layers))
            if self._drained is not None:
                await self._drain()

    def _write(self, data: bytes | memoryview, below: int) -> None:
        for layer in reversed(self._layers[:below]):
            data = layer.encrypt(data)
        if data and not self.closed:
            self._transport.write(data)

    async def _drain(self) -> None:
        if self.timeout is not None or self.deadline is not None:
            self._arm()
        try:
            if self._drained is not None:
                await asyncio.shield(self._drained)
        except BaseException:
            self.abort()
            raise
        if self.closed:
            raise self._error or ConnectionAbortedError("the connection was closed before all was sent")

    async def send_file(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """Send count bytes (or all) of an open file from offset on; return how many were sent.

        Other tasks run between the blocks, also where the peer takes them faster than they can be read.
        """
        file.seek(offset)
        sent = 0
        while block := file.read(BLOCK if count is None else min(BLOCK, count - sent)):
            await self.sendall(block)
            sent += len(block)
            try:
                await asyncio.sleep(0)
            except asyncio.CancelledError:
                self.abort()  # half a file was sent
                raise
        return sent

    async def shutdown_write(self) -> None:
        """Tell the peer that we send no more; reading goes on."""
        if self._layers:
            self._write(self._layers[-1].goodbye(), len(self._layers) - 1)
        elif self._transport.can_write_eof():
            self._transport.write_eof()

    @property
    def queued(self) -> int:
        """How many bytes have still to leave, of those that were sent."""
        size: int = self._transport.get_write_buffer_size()
        return size

    # ---- TLS

    async def upgrade(
        self,
        context: ssl.SSLContext,
        server_hostname: str | None,
        *,
        server_side: bool = False,
        session: Any = None,
        from_start: bool = False,
    ) -> Self:
        """Put TLS on this stream, or one more TLS inside it; return the stream.

        Bytes that came before the handshake are an attack (security rows 137, 143): ConnectionAbortedError. With
        from_start the connection speaks TLS from its first byte on: what has come is the handshake's beginning.
        """
        if not from_start and (self.pos < len(self.buffer) or self._blocks):
            self.abort()
            message = "the peer sent data in the clear before TLS began"
            raise ConnectionAbortedError(message)
        layer = tls.Layer(context, server_hostname, server_side=server_side, session=session)
        done = self._handshake_step(layer)
        while not done:
            self._write(layer.outgoing(), len(self._layers))
            if not await self.fill():
                self.abort()
                message = "EOF occurred in violation of protocol: the peer hung up in the TLS handshake"
                raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, message)
            done = self._handshake_step(layer)
        self._write(layer.outgoing(), len(self._layers))
        self._layers.append(layer)
        self._queue_decrypted()
        return self

    async def downgrade(self) -> Self:
        """End the innermost TLS session, by our goodbye and the peer's, and go on below it; return the stream.

        Raises ValueError where there is no TLS, ssl.SSLError for a peer that hangs up or says something else inside it.
        """
        if not self._layers:
            message = "no TLS to end"
            raise ValueError(message)
        layer = self._layers[-1]
        self._write(layer.goodbye(), len(self._layers) - 1)
        while not layer.ended:
            if not await self.fill() and not layer.ended:
                self.abort()
                message = "EOF occurred in violation of protocol: the peer hung up before it ended TLS"
                raise ssl.SSLEOFError(ssl.SSL_ERROR_EOF, message)
        if layer.broken is not None:
            self.abort()
            raise layer.broken
        self._layers.pop()
        self._ended = self._hung_up
        if rest := layer.rest():
            self._append(rest)
        return self

    def _handshake_step(self, layer: tls.Layer) -> bool:
        try:
            return layer.handshake(self.take(len(self.buffer)))
        except ssl.SSLError:
            self._write(layer.outgoing(), len(self._layers))  # the alert: tells the peer why
            self.close()
            raise

    def _queue_decrypted(self) -> None:
        """Decrypt what arrived behind the handshake before the layer stood."""
        early = [self.take(len(self.buffer)), *self._blocks]
        self._blocks.clear()
        self._queued = 0
        layer = self._layers[-1]
        try:
            plain = layer.decrypt(b"".join(early))
        except ssl.SSLError:
            self.abort()
            raise
        if plain:
            self._blocks.append(plain)
            self._queued = len(plain)
        if layer.ended:
            self._end_tls()

    def _decrypt(self, data: bytes) -> bytes:
        try:
            for depth, layer in enumerate(self._layers):
                data = layer.decrypt(data)
                if answer := layer.outgoing():  # a key update, or an alert
                    self._write(answer, depth)
        except ssl.SSLError as error:
            self._refuse(error)
            return b""
        if any(layer.ended for layer in self._layers):
            if data:
                self._blocks.append(data)
                self._queued += len(data)
            self._end_tls()
            return b""
        return data

    def _end_tls(self) -> None:
        """End the stream as TLS has ended: by a goodbye, or by something that was no TLS."""
        for layer in self._layers:
            if layer.broken is not None:
                self._refuse(layer.broken)
        self._ended = True
        self._wake()

    def _refuse(self, error: ssl.SSLError) -> None:
        """Close: what came last is no TLS. What came before it can still be read."""
        self._error = error
        self._transport.close()
        self.closed = True
        self.eof_received()

    @property
    def tls(self) -> ssl.SSLObject | None:
        """The innermost TLS session, with ``getpeercert``, ``cipher``, ``session``, ``version``; None in the clear."""
        return self._layers[-1].object if self._layers else None

    @property
    def cut(self) -> bool:
        """Whether a stream that has ended did so inside TLS without the peer's goodbye: something may be missing."""
        return any(not layer.ended for layer in self._layers[-1:])

    # ---- the end

    def hold(self) -> None:
        """Let ``close`` wait for ``release``: a response still reads."""
        self.held = True

    def release(self) -> None:
        """Let go, if the stream was held: it closes if its owner has closed it meanwhile."""
        self.held = False
        if self._unwanted:
            self.close()

    def close(self) -> None:
        """Close: queued data still leaves, nothing more arrives; over TLS with a goodbye. Never waits."""
        self._unwanted = True
        if self.held or self._transport is None:
            return
        if not self.closed and self._layers and self._error is None:
            self._write(self._layers[-1].goodbye(), len(self._layers) - 1)
        self.closed = True
        self._disarm()
        self._transport.close()
        if self._transport.get_write_buffer_size():
            self._loop.call_later(LINGER, self._transport.abort)

    def close_at_end(self) -> None:
        """Close as soon as the peer ends the stream; what it still says is dropped."""
        self._parting = True
        self._blocks.clear()
        if self._ended:
            self.close()

    def abort(self) -> None:
        """Close at once, whatever is still queued."""
        self.closed = True
        self.held = False
        self._disarm()
        if self._transport is not None:
            self._transport.abort()

    # ---- as a socket and as a file, for users

    def __getattr__(self, name: str) -> Any:
        """Give getpeername, getsockname, fileno, setsockopt ... of the socket itself."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self._transport.get_extra_info("socket"), name)

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def settimeout(self, value: float | None) -> None:
        """Set the seconds that a single wait may take; None for no limit."""
        self.timeout = value

    def gettimeout(self) -> float | None:
        """Return the seconds that a single wait may take."""
        return self.timeout

    async def read(self, n: int | None = -1) -> bytes:
        """Return n bytes, fewer only at the end of the stream; all that come for -1."""
        wanted = n if n is not None and n >= 0 else 1 << 62
        data = self.take(wanted)
        if len(data) == wanted or not (part := await self.recv(wanted - len(data))):
            return data
        if len(data) + len(part) == wanted:
            return data + part
        whole = io.BytesIO()  # grows without being copied, which a list of parts would be
        left = wanted - whole.write(data) - whole.write(part)
        while left and (part := await self.recv(left)):
            left -= whole.write(part)
        return whole.getvalue()

    async def read1(self, n: int = -1) -> bytes:
        """Return what is there, at most n bytes, waiting once at most."""
        return await self.recv(n if n >= 0 else BLOCK) if n else b""

    async def readinto(self, view: Any) -> int:
        """Fill a writable buffer; fewer bytes only at the end of the stream."""
        view = memoryview(view).cast("B")
        got = 0
        while got < len(view) and (n := await self.recv_into(view[got:])):
            got += n
        return got

    async def readline(self, limit: int = -1) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end of the stream."""
        return await self.read_line(limit - 1 if limit > 0 else 1 << 62) if limit else b""

    async def peek(self, n: int = 0) -> bytes:  # noqa: ARG002 - io's signature
        """Return what is buffered, at least a byte unless the stream has ended, without taking it."""
        if self.pos == len(self.buffer):
            await self.fill()
        return self.buffer[self.pos :]


async def attach(sock: Any, known: Stream | None) -> Stream | None:
    """Return the stream of a connection, which is sock itself unless somebody connected a socket of the system's.

    ``known`` is returned if it is that; None for a stand-in that cannot receive.
    """
    if isinstance(sock, Stream):
        return sock
    if type(sock) is not socket.socket:
        return None
    if known is not None and known.fileno() == sock.fileno() >= 0:
        return known
    timeout = sock.gettimeout()
    if timeout == 0:
        # It does not block, as asyncio's own calls want it: that says nothing of how long to wait.
        timeout = names.limits_of(names.GLOBAL_DEFAULT_TIMEOUT).step
    return await _adopt(sock, timeout)


def reader(source: Any) -> Stream:
    """Return a stream that reads from source: a stream, or what has makefile."""
    return source if isinstance(source, Stream) else over_file(source.makefile("rb"))


def over_file(file: Any) -> Stream:
    """Return a stream that reads from a file, whose methods may be awaitable; never further than it must."""
    return AsyncFileStream(file)  # type: ignore[return-value]  # the same face


async def start_tls(
    sock: Any,
    context: ssl.SSLContext,
    server_hostname: str | None = None,
    known: Stream | None = None,
    *,
    session: Any = None,
) -> tuple[Any, Any]:
    """Speak TLS on sock from now on; return its stream twice: in the socket's place too. As ``Stream.upgrade``.

    session: of an earlier connection with the same context, to be resumed if the server likes.
    """
    stream = await (await attach(sock, known) or sock).upgrade(context, server_hostname, session=session)
    return stream, stream


async def stop_tls(sock: Any, known: Stream | None = None) -> tuple[Any, Any]:
    """End TLS on sock by both sides' goodbye and go on below it; return its stream twice. As ``Stream.downgrade``."""
    stream = await (await attach(sock, known) or sock).downgrade()
    return stream, stream


# ------------------------------------------------------------------------------------------------------- connecting


async def create_connection(
    address: tuple[str, int] | str,
    timeout: Any = names.GLOBAL_DEFAULT_TIMEOUT,
    source_address: tuple[str, int] | None = None,
) -> Stream:
    """Connect to (host, port), or to a Unix socket's path; addresses are raced (RFC 8305).

    timeout: a number of seconds, None, or ``Timeout``. Raises OSError (the last address's error), TimeoutError,
    socket.gaierror, ValueError for a port that is none; nothing stays open then.
    """
    limits = names.limits_of(timeout)
    try:
        async with asyncio.timeout(limits.connect):
            if isinstance(address, str):
                sock = await _connect_one((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", address), None)
            else:
                host, port = address
                names.check_port(port)
                sock = await _race(names.interleave(await _look_up(host, port)), source_address)
    except TimeoutError:
        message = f"timed out connecting to {address}"
        raise TimeoutError(message) from None
    return await _adopt(sock, limits.step)


async def _adopt(sock: socket.socket, timeout: float | None) -> Stream:
    """Make a connected socket a stream; it closes when that fails."""
    loop = asyncio.get_running_loop()
    stream = Stream(loop)
    stream.timeout = timeout
    try:
        sock.setblocking(False)
        await loop.create_connection(lambda: stream, sock=sock)
    except BaseException:
        sock.close()
        raise
    return stream


async def _look_up(host: str, port: int) -> list[names.AddressInfo]:
    """Return the addresses of a host; one that is an address already costs no thread."""
    try:
        return [*socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)]
    except socket.gaierror:
        return [*await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)]


async def _connect_one(info: names.AddressInfo, source_address: tuple[str, int] | None) -> socket.socket:
    family, kind, protocol, _, address = info
    sock = socket.socket(family, kind, protocol)
    try:
        sock.setblocking(False)
        if source_address:
            sock.bind(source_address)
        await asyncio.get_running_loop().sock_connect(sock, address)
    except BaseException:
        sock.close()
        raise
    return sock


async def _race(infos: list[names.AddressInfo], source_address: tuple[str, int] | None) -> socket.socket:
    """Connect to the addresses one after another, each with a head start over the next; the first one wins."""
    if len(infos) == 1:
        return await _connect_one(infos[0], source_address)
    running: set[asyncio.Task[socket.socket]] = set()
    error: BaseException = OSError("getaddrinfo returns an empty list")
    waiting = list(infos)
    try:
        while waiting or running:
            if waiting:
                running.add(asyncio.create_task(_connect_one(waiting.pop(0), source_address)))
            pause = defaults.active.attempt_delay if waiting else None
            done, running = await asyncio.wait(running, timeout=pause, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                failure = task.exception()
                if failure is None:
                    return _winner(task, done)
                error = failure
    finally:
        for task in running:
            task.cancel()
            task.add_done_callback(_discard)
    raise error


def _winner(winner: asyncio.Task[socket.socket], done: set[asyncio.Task[socket.socket]]) -> socket.socket:
    for task in done - {winner}:
        _discard(task)
    return winner.result()


def _discard(task: asyncio.Task[socket.socket]) -> None:
    """Close the socket of an attempt that came too late."""
    if not task.cancelled() and task.exception() is None:
        task.result().close()
