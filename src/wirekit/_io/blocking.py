"""Streams for the blocking twin, on the socket's own recv and recv_into.

The same names as ``wirekit._io.asynchronous``; docs/design/streams.md is the contract. The socket stays a real one in
the user's hands; the stream holds what was received from it and not yet read.

Nothing here imports asyncio, and nothing imports ssl before TLS is spoken: scripts start fast.
"""

import io
import socket
import time
from _thread import get_ident as current
from collections.abc import Callable, Iterator
from typing import IO, TYPE_CHECKING, Any, Final, Literal

from wirekit import defaults
from wirekit._io import names, patience
from wirekit._io.files import FileStream
from wirekit._wire.busy import ConnectionBusy

if TYPE_CHECKING:
    import ssl

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

ASYNC: Literal[False] = False
BLOCK: Final = 1 << 18
"""Bytes asked of a socket at once, at most."""
FILL: Final = 1 << 16
"""Bytes asked of a socket when more of a message is wanted: a head, a line, small chunks."""
IDLE: Final = 0.05
"""Seconds after which a connection is asked, before it is used again, whether the peer has ended it meanwhile."""
RESERVE: Final = 1 << 27
"""Bytes reserved at once for a body of known length. Memory is used as the bytes come; a longer body grows by parts, so
that nobody reserves what a hostile server announces (security row 16)."""
TLS_BLOCK: Final = 1 << 15
"""The same over TLS, where one read gives one record of 16 KiB and a larger request only costs memory."""

LONG_LINE: Final = 1 << 20
"""Bytes of a line that are gathered in parts from here on, so that the time stays linear."""
MAX_DISCARDED: Final = 1 << 18
"""Bytes read and dropped at most when a TLS connection is closed."""

FileBase = io.BufferedIOBase
monotonic = time.monotonic


def give(callback: Callable[..., Any], *args: Any) -> Any:
    """Call a user's callback."""
    return callback(*args)


def in_thread(function: Callable[..., Any], *args: Any) -> Any:
    """Call a function that waits."""
    return function(*args)


def pull(blocks: Any) -> Iterator[Any]:
    """Go through an iterable that a user gave."""
    return iter(blocks)


class _Raw(io.RawIOBase):
    """What io's readers need to read from a stream."""

    def __init__(self, stream: "Stream") -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, view: Any) -> int:
        return self._stream.recv_into(view)


class Stream:
    """A connection as a conversation sees it; also what users know as ``response.fp``."""

    def __init__(self, sock: Any, *, hold: bool = False) -> None:
        self.buffer = b""
        self.pos = 0
        self.deadline: float | None = None
        self.patience = 0.0
        self.closed = False
        self._asked = monotonic()  # when pending was asked for last
        self.memo: Any = None  # a conversation's own: the last head and what it meant
        self._waiting = False
        self._ended = False  # the peer sends no more, as far as we have looked
        self.held: Any = None  # what keeps the socket open for a response that is still to be read
        self._use(sock)
        if hold:
            self.hold()

    def _use(self, sock: Any) -> None:
        self.sock = sock
        self._recv = sock.recv
        self._recv_into = sock.recv_into
        self._size = BLOCK if type(sock) is socket.socket else TLS_BLOCK
        self._ask = min(FILL, self._size)

    # ---- reading

    def fill(self) -> bool:
        """Wait for more bytes behind ``buffer``; False at the end of the stream.

        Raises TimeoutError, ConnectionBusy, OSError; but for ConnectionBusy the stream is closed then.
        """
        if self._waiting:
            raise ConnectionBusy
        if self.closed:
            raise _closed_here()
        self._waiting = True
        ask = self._ask
        try:
            data = self._recv(ask) if self.deadline is None else self._in_time(self._recv, ask)
        except BaseException as error:
            if not (self.patience and self._may_wait_on(error)):
                self._fail(error)
                raise
            data = self._wait_on()
        finally:
            self._waiting = False
        if not data:
            self._ended = True
            return False
        if len(data) == ask < self._size:
            self._ask = self._size  # there is much to come: fewer, larger blocks
        self.buffer = data if self.pos == len(self.buffer) else self.buffer[self.pos :] + data
        self.pos = 0
        return True

    def _may_wait_on(self, error: BaseException) -> bool:
        """Tell whether a wait was ended by the usual timeout alone."""
        in_time = self.deadline is None or monotonic() < self.deadline
        return (
            in_time
            and isinstance(error, OSError)
            and (isinstance(error, TimeoutError) or patience.is_timeout(error))
        )

    def _wait_on(self) -> bytes:
        """Wait longer than usual, by one timeout after another, until ``patience`` is at an end."""
        due = monotonic() + self.patience - (self.timeout or 0.0)
        while True:
            try:
                data: bytes = (
                    self._recv(self._ask) if self.deadline is None else self._in_time(self._recv, self._ask)
                )
            except BaseException as error:
                if monotonic() >= due or not self._may_wait_on(error):
                    self._fail(error)
                    raise
            else:
                return data

    def _receive(self, n: int) -> bytes:
        if self._waiting:
            raise ConnectionBusy
        if self.closed:
            raise _closed_here()
        self._waiting = True
        try:
            data: bytes = self._recv(n) if self.deadline is None else self._in_time(self._recv, n)
        except BaseException as error:
            self._fail(error)
            raise
        finally:
            self._waiting = False
        return data

    def _fail(self, error: BaseException) -> None:
        """Close after an error in a wait; raise TimeoutError where that is what it means."""
        self.abort()
        if isinstance(error, OSError) and patience.is_timeout(error):
            message = "timed out"
            raise TimeoutError(message) from None

    def fail(self, error: BaseException) -> None:
        """Close after an error of the socket itself; raise TimeoutError where that is what it means."""
        self._fail(error)

    def _in_time(self, wait: Callable[..., Any], *args: Any) -> Any:
        """Wait under the deadline as well as under the socket's own timeout."""
        own, step = self.sock.gettimeout(), self.timeout
        self.sock.settimeout(self._left(step))
        try:
            return wait(*args)
        finally:
            self.sock.settimeout(own)

    def _left(self, step: float | None) -> float | None:
        """Return the seconds that a wait may take that may take step by itself; TimeoutError when there are none."""
        if self.deadline is None:
            return step
        left = self.deadline - time.monotonic()
        if left <= 0:
            message = "timed out"
            raise TimeoutError(message)
        return left if step is None else min(left, step)

    def take(self, n: int) -> bytes:
        """Return the next n buffered bytes, fewer when there are no more."""
        start = self.pos
        data = self.buffer[start : start + n]
        self.pos = start + len(data)
        return data

    def recv(self, n: int) -> bytes:
        """Return at most n bytes, at least one; ``b""`` at the end of the stream."""
        if self.pos < len(self.buffer):
            return self.take(n)
        return self._receive(min(n, self._size))

    def recv_into(self, view: Any) -> int:
        """Receive into a writable buffer; return how many bytes, 0 at the end of the stream."""
        view = memoryview(view).cast("B")
        if self.pos == len(self.buffer) and self.deadline is None:
            return self._receive_into(view)
        data = self.recv(len(view))
        view[: len(data)] = data
        return len(data)

    def _receive_into(self, view: memoryview) -> int:
        if self._waiting:
            raise ConnectionBusy
        self._waiting = True
        try:
            got: int = self._recv_into(view)
        except BaseException as error:
            self._fail(error)
            raise
        finally:
            self._waiting = False
        return got

    def read_line(self, limit: int) -> bytes:
        """Return one line with its end; ``b""`` at the end of the stream, a cut line when it exceeds limit bytes."""
        seen, parts = 0, []
        while (end := self.buffer.find(b"\n", self.pos + seen)) < 0:
            seen = len(self.buffer) - self.pos
            if LONG_LINE < seen <= limit:  # set aside: every block more would copy it once more
                parts.append(self.take(seen))
                limit, seen = limit - seen, 0
            if seen > limit or not self.fill():
                end = self.pos + limit
                break
        line = self.take(min(end + 1 - self.pos, limit + 1))
        return b"".join([*parts, line]) if parts else line

    @property
    def waiting(self) -> bool:
        """Whether somebody waits for what comes next."""
        return self._waiting

    @property
    def pending(self) -> bool:
        """Whether bytes stand here unread, or the peer has ended the stream, as far as that can be known.

        The system is asked only when this was not asked a moment ago: that would be a call for each message, and what
        may come in such a moment might come a moment later just as well.
        """
        if self.pos < len(self.buffer) or self._ended:
            return True
        before, self._asked = self._asked, monotonic()
        return self._asked - before > IDLE and self._is_readable()

    def _is_readable(self) -> bool:
        import select

        if self.sock.fileno() < 0:
            return True
        if not hasattr(select, "poll"):
            return bool(select.select([self.sock], [], [], 0)[0])
        poll = select.poll()
        poll.register(self.sock, select.POLLIN)
        return bool(poll.poll(0))

    def overhear(self) -> bool:
        """Tell, without waiting, whether the peer has said something that nobody has read, or has ended the stream.

        What it said is in the buffer then. As ``pending``, but for TLS, whose own messages do not count.
        """
        if self.pos < len(self.buffer) or not self.pending:
            return self.pos < len(self.buffer)
        own = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            data = b"" if self._ended else self._recv(self._ask)
        except OSError as error:
            if isinstance(error, BlockingIOError) or patience.is_timeout(error):
                return False
            data = b""
        finally:
            self.sock.settimeout(own)
        self._ended = not data
        self.buffer, self.pos = data, 0
        return True

    # ---- sending

    def sendall(self, data: Any) -> None:
        """Send bytes-like data whole. The stream survives a ConnectionError: the peer's last words may still be read."""
        try:
            if self.deadline is None:
                self.sock.sendall(data)
            else:
                self._in_time(self.sock.sendall, data)
        except ConnectionError:
            raise
        except BaseException as error:
            self._fail(error)
            raise

    def send_file(self, file: IO[bytes], offset: int = 0, count: int | None = None) -> int:
        """Send count bytes (or all) of an open file from offset on, by ``os.sendfile`` in the clear; return how many."""
        if count == 0:
            return 0  # which the socket's own refuses
        try:
            sent: int = self._in_time(self.sock.sendfile, file, offset, count)
        except ConnectionError:
            raise  # as in sendall
        except BaseException as error:
            self._fail(error)
            raise
        return sent

    def shutdown_write(self) -> None:
        """Tell the peer that we send no more; reading goes on."""
        if self.tls is None:
            self.sock.shutdown(socket.SHUT_WR)
        else:
            self._say_goodbye()
            self._recv, self._recv_into = _until_goodbye(self._recv, b""), _until_goodbye(self._recv_into, 0)

    def _say_goodbye(self) -> None:
        """Send TLS's close_notify without waiting for the peer's."""
        step = self.sock.gettimeout()
        self.sock.settimeout(0)
        try:
            self.sock.unwrap()
        except (OSError, ValueError):
            return  # SSLWantReadError: ours is sent, theirs is not awaited; anything else: the session is broken
        finally:
            self.sock.settimeout(step)

    def _discard_arrived(self) -> None:
        """Read what has arrived inside TLS, session tickets above all, and drop it.

        A socket that is closed with unread bytes sends RST, upon which the peer may lose what we sent last.
        """
        self.sock.settimeout(0)
        try:
            for _ in range(MAX_DISCARDED // TLS_BLOCK):
                if not self._recv(TLS_BLOCK):
                    break
        except (OSError, ValueError):
            return  # nothing more has arrived, or the session is broken

    @property
    def timeout(self) -> float | None:
        """The seconds that a single wait may take: the socket's own timeout, or the one that the kernel keeps."""
        value: float | None = self.sock.gettimeout()
        if value is None and isinstance(self.sock, socket.socket):
            return patience.kernel_timeout(self.sock)
        return value

    @timeout.setter
    def timeout(self, value: float | None) -> None:
        if isinstance(self.sock, socket.socket):
            patience.set_kernel_timeout(self.sock, None)
        self.sock.settimeout(value)

    # ---- TLS

    def upgrade(
        self,
        context: "ssl.SSLContext",
        server_hostname: str | None,
        *,
        server_side: bool = False,
        session: Any = None,
    ) -> Any:
        """Put TLS on this stream, or one more TLS inside it; return the socket to use from now on.

        Bytes that came before the handshake are an attack (security rows 137, 143): ConnectionAbortedError.
        """
        if self.pos < len(self.buffer):
            self.abort()
            message = "the peer sent data in the clear before TLS began"
            raise ConnectionAbortedError(message)
        if context.check_hostname and not server_hostname and not server_side:
            message = (
                "check_hostname requires server_hostname: name the host that the certificate must be for"
            )
            raise ValueError(message)
        step = self.timeout = self.timeout  # TLS cannot do with a timeout that the kernel keeps
        try:
            self.sock.settimeout(self._left(step))
            self._use(self._wrap(context, server_hostname, server_side=server_side, session=session))
        except BaseException:
            self.abort()
            raise
        self.sock.settimeout(step)
        return self.sock

    def _wrap(
        self, context: "ssl.SSLContext", server_hostname: str | None, *, server_side: bool, session: Any
    ) -> Any:
        if isinstance(self.sock, socket.socket) and not hasattr(self.sock, "pending"):
            given: dict[str, Any] = {"server_side": True} if server_side else {}
            if session is not None:
                given["session"] = session
            return context.wrap_socket(self.sock, server_hostname=server_hostname, **given)
        from wirekit._io.nested import NestedTLS

        return NestedTLS(self.sock, context, server_hostname, server_side=server_side, session=session)

    def downgrade(self) -> Any:
        """End the innermost TLS session, by our goodbye and the peer's; return the socket to use from now on.

        Raises ValueError where there is no TLS, ssl.SSLError for a peer that says something else inside it.
        """
        if self.tls is None:
            message = "no TLS to end"
            raise ValueError(message)
        try:
            self._use(self._in_time(self.sock.unwrap))
        except BaseException as error:
            self._fail(error)
            raise
        return self.sock

    @property
    def tls(self) -> Any:
        """The TLS socket, with ``getpeercert``, ``cipher``, ``session``, ``version``; None in the clear."""
        # An SSLSocket whose session has ended (CCC) stays what it is, and speaks in the clear.
        ended = getattr(self.sock, "_sslobj", self.sock) is None
        return self.sock if hasattr(self.sock, "getpeercert") and not ended else None

    @property
    def cut(self) -> bool:
        """Whether a stream that has ended did so inside TLS without the peer's goodbye: something may be missing."""
        if self.tls is None:
            return False
        known: bool | None = getattr(self.sock, "cut", None)
        return self._ends_in_error() if known is None else known

    def _ends_in_error(self) -> bool:
        """Ask for the end once more, of a TLS socket that usually hides how it came."""
        hides = self.sock.suppress_ragged_eofs
        self.sock.suppress_ragged_eofs = False
        try:
            self._recv(1)
        except OSError:
            return True
        finally:
            self.sock.suppress_ragged_eofs = hides
        return False

    # ---- the end

    def hold(self) -> None:
        """Keep the socket open although its owner closes it: a response still reads, until ``release``."""
        if self.held is None:
            self.held = self.sock.makefile("rb", buffering=0)

    def release(self) -> None:
        """Let go of the socket, if it was held: it closes if its owner has closed it meanwhile."""
        if self.held is None:
            return
        held, self.held = self.held, None
        held.close()
        self.closed = self.closed or self.sock.fileno() < 0

    def close(self) -> None:
        """Close the socket; over TLS with a goodbye. Never waits."""
        if not (self.closed or self._waiting) and self.tls is not None and self.sock.fileno() >= 0:
            self._discard_arrived()
            self._say_goodbye()
        self.abort()

    def abort(self) -> None:
        """Close the socket without a word."""
        self.closed = True
        self.release()
        self.sock.close()

    # ---- as a socket and as a file, for users

    def __getattr__(self, name: str) -> Any:
        """Give getpeername, setsockopt ... of the socket itself."""
        if name.startswith("_"):
            raise AttributeError(name)
        return getattr(self.sock, name)

    def read(self, n: int | None = -1) -> bytes:
        """Return n bytes, fewer only at the end of the stream; all that come for -1."""
        wanted = n if n is not None and n >= 0 else 1 << 62
        if wanted <= BLOCK:
            data = self.take(wanted)
            while len(data) < wanted and (part := self._receive(min(wanted - len(data), self._size))):
                data = data + part if data else part
            return data
        if wanted <= RESERVE:
            # io's reader lets the system write where the bytes will stay: half the time of gathering parts
            return io.BufferedReader(_Raw(self), 1).read(wanted)
        whole = io.BytesIO()  # grows without being copied, which a list of parts would be
        left = wanted
        while left and (part := self.recv(left)):
            left -= whole.write(part)
        return whole.getvalue()

    def read1(self, n: int = -1) -> bytes:
        """Return what is there, at most n bytes, waiting once at most."""
        return self.recv(n if n >= 0 else BLOCK) if n else b""

    def readinto(self, view: Any) -> int:
        """Fill a writable buffer; fewer bytes only at the end of the stream."""
        view = memoryview(view).cast("B")
        got = 0
        while got < len(view) and (n := self.recv_into(view[got:])):
            got += n
        return got

    def readline(self, limit: int = -1) -> bytes:
        """Return a line with its end, at most limit bytes of it; ``b""`` at the end of the stream."""
        return self.read_line(limit - 1 if limit > 0 else 1 << 62) if limit else b""

    def peek(self, n: int = 0) -> bytes:  # noqa: ARG002 - io's signature
        """Return what is buffered, at least a byte unless the stream has ended, without taking it."""
        if self.pos == len(self.buffer):
            self.fill()
        return self.buffer[self.pos :]

    def readable(self) -> bool:
        """Return True: io's readers ask."""
        return True

    def writable(self) -> bool:
        """Return False: io's readers ask."""
        return False

    def seekable(self) -> bool:
        """Return False: io's readers ask."""
        return False

    def flush(self) -> None:
        """Do nothing: what is sent is sent at once."""


def _until_goodbye(receive: Callable[..., Any], end: Any) -> Callable[..., Any]:
    """Give end where TLS, having said goodbye itself, calls the peer's goodbye an error."""

    def receive_rest(*args: Any) -> Any:
        try:
            return receive(*args)
        except OSError as error:
            if type(error).__name__ == "SSLZeroReturnError":
                return end
            raise

    return receive_rest


def _closed_here() -> OSError:
    return ConnectionAbortedError("the connection was closed on this side, or broke off before")


def attach(sock: Any, known: Stream | None) -> Stream | None:
    """Return the stream of a connected socket: ``known`` if it is that; None for a stand-in that cannot receive."""
    if known is not None and known.sock is sock:
        return known
    if isinstance(sock, socket.socket):
        return Stream(sock)
    return None


def reader(source: Any) -> Stream:
    """Return a stream that reads from source: a stream, a socket (which may then be closed), or what has makefile."""
    if isinstance(source, Stream):
        return source
    if isinstance(source, socket.socket):
        return Stream(source, hold=True)
    return over_file(source.makefile("rb"))


def over_file(file: Any) -> Stream:
    """Return a stream that reads from a file, never further than it must."""
    return FileStream(file)  # type: ignore[return-value]  # the same face


def start_tls(
    sock: Any,
    context: "ssl.SSLContext",
    server_hostname: str | None = None,
    known: Stream | None = None,
    *,
    session: Any = None,
) -> tuple[Any, Any]:
    """Speak TLS on sock from now on; return the socket and its stream (``known``, if that is it).

    session: of an earlier connection with the same context, to be resumed if the server likes. Raises as
    ``Stream.upgrade`` does.
    """
    stream = attach(sock, known)
    if stream is None:
        return context.wrap_socket(sock, server_hostname=server_hostname), None
    return stream.upgrade(context, server_hostname, session=session), stream


def stop_tls(sock: Any, known: Stream | None = None) -> tuple[Any, Any]:
    """End TLS on sock by both sides' goodbye; return the socket to use from now on, and its stream.

    Raises as ``Stream.downgrade`` does.
    """
    stream = attach(sock, known)
    if stream is None:
        return sock.unwrap(), None
    return stream.downgrade(), stream


# ------------------------------------------------------------------------------------------------------- connecting


def create_connection(
    address: tuple[str, int] | str,
    timeout: Any = names.GLOBAL_DEFAULT_TIMEOUT,
    source_address: tuple[str, int] | None = None,
) -> socket.socket:
    """Connect to (host, port), or to a Unix socket's path; addresses are raced (RFC 8305).

    timeout: a number of seconds, None, or ``Timeout``. Raises OSError (the last address's error), TimeoutError,
    socket.gaierror, ValueError for a port that is none; nothing stays open then.
    """
    limits = names.limits_of(timeout)
    if isinstance(address, str):
        sock = _connect_one((socket.AF_UNIX, socket.SOCK_STREAM, 0, "", address), limits.connect, None)
    else:
        host, port = address
        names.check_port(port)
        infos = names.interleave(socket.getaddrinfo(host, port, 0, socket.SOCK_STREAM))
        if len(infos) == 1:
            sock = _connect_one(infos[0], limits.connect, source_address)
        else:
            sock = _race(infos, limits.connect, source_address)
    if timeout is names.GLOBAL_DEFAULT_TIMEOUT and socket.getdefaulttimeout() is None:
        patience.set_kernel_timeout(sock, limits.step)
    else:
        sock.settimeout(limits.step)
    return sock


def _connect_one(
    info: names.AddressInfo, timeout: float | None, source_address: tuple[str, int] | None
) -> socket.socket:
    family, kind, protocol, _, address = info
    sock = socket.socket(family, kind, protocol)
    try:
        sock.settimeout(timeout)
        if source_address:
            sock.bind(source_address)
        sock.connect(address)
    except BaseException:
        sock.close()
        raise
    return sock


def _race(
    infos: list[names.AddressInfo], timeout: float | None, source_address: tuple[str, int] | None
) -> socket.socket:
    """Connect to the addresses one after another, each with a head start over the next; the first one wins."""
    import selectors

    due = None if timeout is None else time.monotonic() + timeout
    waiting = list(infos)
    error: OSError = OSError("getaddrinfo returns an empty list")
    with selectors.DefaultSelector() as selector:
        try:
            while waiting or selector.get_map():
                if waiting:
                    error = _begin(waiting.pop(0), source_address, selector) or error
                for key, _ in _wait_for_one(selector, due, more=bool(waiting)):
                    sock: socket.socket = key.fileobj  # we registered sockets only
                    selector.unregister(sock)
                    if number := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
                        sock.close()
                        error = OSError(number, f"connecting to {key.data}: {_strerror(number)}")
                    else:
                        return sock
        finally:
            for key in list(selector.get_map().values()):
                key.fileobj.close()  # type: ignore[union-attr]  # we registered sockets only
    raise error


def _begin(info: names.AddressInfo, source_address: tuple[str, int] | None, selector: Any) -> OSError | None:
    """Start one attempt; return the error of one that failed at once."""
    import errno
    import selectors

    family, kind, protocol, _, address = info
    sock = None
    try:
        sock = socket.socket(family, kind, protocol)
        sock.setblocking(False)
        if source_address:
            sock.bind(source_address)
        if (number := sock.connect_ex(address)) not in {0, errno.EINPROGRESS, errno.EWOULDBLOCK}:
            raise OSError(number, f"connecting to {address}: {_strerror(number)}")
        selector.register(sock, selectors.EVENT_WRITE, address)
    except BaseException as error:
        if sock is not None:
            sock.close()
        if isinstance(error, OSError):
            return error
        raise
    return None


def _strerror(number: int) -> str:
    import os

    return os.strerror(number)


def _wait_for_one(selector: Any, due: float | None, *, more: bool) -> list[Any]:
    """Wait until an attempt is decided, the next one may start (more), or the time is up: TimeoutError."""
    if not selector.get_map():
        return []
    pause = defaults.active.attempt_delay if more else None
    if due is not None:
        left = due - time.monotonic()
        if left <= 0:
            message = "timed out"
            raise TimeoutError(message)
        pause = left if pause is None else min(pause, left)
    ready: list[Any] = selector.select(pause)
    return ready
