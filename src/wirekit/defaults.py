"""Every limit, timeout and policy of wirekit, in one place, each with its reason.

Two profiles exist. ``safe`` is what a new program gets. ``stdlib`` restores the laxer behaviour of the standard
library for programs that rely on it; limits that protect memory hold in both.

    from wirekit import defaults

    defaults.use("stdlib")                  # or WIREKIT_DEFAULTS=stdlib in the environment
    defaults.active.max_redirects = 3       # one policy, for the whole process
    with defaults.using(timeout=5.0):       # for a while
        ...

What is set here is read at the moment it matters, never copied at import, so a change counts from the next
connection or message on. The profile belongs to the process, not to a thread or task.
"""

import os
import sys
from types import TracebackType

from wirekit import __version__

__all__ = ["SAFE", "STDLIB", "Defaults", "Timeout", "active", "profile", "use", "using"]


class Defaults:
    """A profile: one value for each decision that somebody may want to make otherwise. Sizes are bytes.

    ``Defaults(field=value, ...)`` is the safe profile with some fields changed. (A plain class, since importing
    ``dataclasses`` would cost more than the whole of this package's client.)
    """

    # ---- waiting, in seconds; None waits for ever
    timeout: float | None = 60.0
    """A single wait (connect, send, receive) where the caller named none. nginx and Apache give up after 60."""
    total_timeout: float | None = None
    """A whole exchange, from connecting to the end of the body; off, since a download may rightly take hours."""
    attempt_delay: float = 0.25
    """Head start of one address over the next one (RFC 8305 section 5)."""

    # ---- TLS
    verify_tls: bool = True
    """Check certificates and names wherever TLS is spoken. The standard library does so for HTTP only."""
    verify_tls_beyond_http: bool = True
    """Check them for FTP and mail as well, where ``verify_tls`` is on. The standard library does so for HTTP only."""
    system_certificates: bool = True
    """Trust what the operating system trusts (truststore), not only the files that OpenSSL was built with."""

    # ---- HTTP messages
    strict_framing: bool = True
    """Refuse messages whose length can be read in two ways (RFC 9112 section 6.3), or whose head is not RFC 9112's.

    Off, such a message is read as http.client reads it, and the connection is not used again."""
    max_line: int = 65_536
    """One start line or field line. The standard library's figure."""
    max_fields: int = 100
    """Field lines of one head, and of one trailer section. The standard library's figure; browsers send 20."""
    max_head: int = 300 * 1024
    """A whole head, and all interim responses and trailers of one exchange together. curl's figure."""
    max_interim: int = 100
    """1xx responses before the final one (CPython gh-150743)."""

    # ---- requests by URL
    max_redirects: int = 10
    """Hops of one request; urllib.request's figure, browsers allow 20."""
    cross_origin_credentials: bool = False
    """Send Authorization, Cookie and Proxy-Authorization along when a redirect changes the origin."""
    redirect_downgrade: bool = False
    """Follow a redirect from https to http, and from http to ftp."""
    redirect_with_body: bool = True
    """Follow 307 and 308 with method and body (RFC 9110 section 15.4.8), and redirects of methods beside GET, HEAD and
    POST, as browsers and curl do. The standard library makes an HTTPError of them."""
    refuse_unknown_logins: bool = False
    """Raise ValueError where a server asks for no login but such as a login handler does not know; the standard library
    does. Otherwise the response is the 401 or 407 that it is."""
    measure_files: bool = True
    """Send files with a Content-Length where their size can be found; the standard library sends them in chunks."""
    user_agent: str = f"wirekit/{__version__}"
    """What urllib.request says of itself where the program names nothing else."""
    keep_connections: bool = True
    """Keep connections and use them again; the standard library makes one for each request."""
    max_idle: int = 100
    """Idle connections that an opener keeps, to all hosts together. Go's net/http keeps as many."""
    idle_timeout: float = 30.0
    """Seconds that an idle connection is kept. Servers keep them for 5 to 75, many routers forget them after 60."""
    decode_contents: bool = True
    """Ask for compressed bodies and decompress them, where the program says nothing of Accept-Encoding itself."""
    max_codings: int = 5
    """Codings of one body, one within the other (security row 27). urllib3's figure; real servers use one."""
    max_expansion: int = 200
    """Times its size that a body may become when it is decompressed, beyond its first 16 MiB (security row 25).

    Apache's mod_deflate draws the line here. Text shrinks to a tenth, only zeros and the like to a thousandth."""
    max_retry_after: float = 120.0
    """Seconds that a server may make a ``RetryHandler`` wait (Retry-After; security row 28)."""
    strict_urls: bool = True
    """Refuse URLs that two programs would read in two ways (backslashes, control characters, odd hosts)."""
    max_form_fields: int | None = 1_000
    """Pairs of one query string or form; PHP's figure, Django's too."""

    # ---- FTP and mail
    max_reply_lines: int = 10_000
    """Lines of one reply on a control connection. Help and lists of members take hundreds; some send them for ever."""
    max_reply: int = 1024 * 1024
    """Bytes of one reply."""
    clear_login: bool = False
    """Send a password or token as it is over a connection without TLS, unless it ends on this machine."""
    strict_addresses: bool = True
    """Refuse mail addresses that two programs would read in two ways, and options of commands that are none."""
    resolve_local_name: bool = False
    """Ask the resolver what this host is called, for EHLO (socket.getfqdn); may take seconds."""
    data_timeout: float | None = 600.0
    """The wait for the reply to a whole message, where the caller named no timeout. RFC 5321 section 4.5.3.2.6 asks for
    so long: who gives up earlier sends messages twice."""

    # ---- FTP
    extended_passive: bool = True
    """Ask for a data connection by EPSV first, over IPv4 too: no address that a server behind NAT could get wrong.

    PASV follows where the server refuses that."""
    protect_data: bool = True
    """Encrypt data connections (PROT P) right after a login over TLS. Off, that waits for ``prot_p()``."""
    pipeline_commands: bool = True
    """Send a command together with the one before it, once the server has answered both one after the other."""
    transfer_keepalive: float | None = 60.0
    """Seconds of a transfer after which a NOOP keeps its control connection alive; routers forget idle ones."""
    max_listing: int = 64 * 1024 * 1024
    """Bytes of one directory's listing where it is gathered in memory: half a million files."""

    # ---- XML-RPC
    strict_xmlrpc: bool = True
    """Refuse what XML or XML-RPC cannot say (control characters, NaN) and values that are not of their type; send
    integers beyond 32 bits as i8, the zone of a dateTime, and the codes of faults that are agreed upon."""
    rpc_guard: bool = True
    """Answer calls of web pages (Content-Type, Origin, Host) only where they belong to the server (security row 165)."""
    retry_lost_calls: bool = False
    """Send a call again when a kept connection breaks before its answer, though it may have been executed."""
    max_rpc_body: int = 64 * 1024 * 1024
    """Bytes of one call or its answer, decompressed. The standard library has a limit for gzip alone, 20 MiB."""
    max_rpc_values: int = 1_000_000
    """Values in one message: ten times what has been seen, and 100 to 200 MB of Python objects."""
    max_rpc_depth: int = 200
    """Levels of arrays and structs inside each other. Real messages have 20; Python's stack ends near 1,000 calls."""

    # ---- cookies
    strict_cookies: bool = True
    """Take and send cookies as browsers do (RFC 6265bis): host-only ones stay so, public suffixes set none, Secure only
    from https, prefixes and SameSite count. Off, by Netscape's and RFC 2965's rules, as http.cookiejar."""
    cookie_size: int = 4096
    """Name and value of one cookie that a server sets (RFC 6265bis section 5.7); larger ones are not taken."""
    max_cookies_per_domain: int = 180
    """Cookies of one domain; Chromium's and Firefox's figure. The least recently used ones go."""
    max_cookies: int = 3000
    """Cookies that servers have set in one jar; RFC 6265bis's and Firefox's figure. Loaded ones do not count."""
    cookie_header_size: int = 16_384
    """The Cookie field of one request: larger ones are refused by common servers (Node 16 KiB, Apache and nginx 8)."""
    cookie_lifetime: int | None = 400 * 86_400
    """Seconds that a cookie lives at most, whatever its server says (RFC 6265bis section 5.5: 400 days)."""

    # ---- robots.txt
    rfc9309: bool = True
    """Read robots.txt by RFC 9309, and take a server that fails for one that forbids. Off, the first rule that begins
    like the URL decides, as in the standard library until Python 3.14.4."""
    max_robots: int = 500 * 1024
    """Bytes of a robots.txt that are read: as many as RFC 9309 section 2.5 asks for, and Google reads."""

    # ---- servers
    request_timeout: float | None = 60.0
    """A single wait for a part of a request (slow heads and bodies tie up a thread otherwise)."""
    keep_alive_timeout: float | None = 60.0
    """A connection that is kept open and asks for nothing. nginx closes after 75 seconds, Apache after 5."""
    min_rate: int | None = 500
    """Bytes a second, on average, at which a client must send a body and take an answer, beside the 60 seconds that any wait
    may take. Apache's figure for bodies."""
    max_connections: int = 10_000
    """Open connections of one server, as far as the system has descriptors for them; one more is answered with 503."""
    max_threads: int = 1_000
    """Threads of one server, at work at the same time. Idle connections need none."""
    max_body: int = 64 * 1024 * 1024
    """A request body that a handler reads as a whole without saying how much it wants (``rfile.read()``)."""
    max_drain: int = 256 * 1024
    """What a handler left unread of a request's body and a server reads to keep the connection, instead of closing it.

    More is cheaper to answer by a new connection. Go's net/http draws the line here too."""
    resolve_server_name: bool = False
    """Ask the resolver for the name of the address that a server binds (socket.getfqdn); may take seconds."""
    follow_symlinks_out: bool = False
    """Serve files that a symbolic link fetches from outside the served directory."""
    serve_hidden: bool = False
    """Serve files and directories whose name begins with a dot (``.git``, ``.env``); ``.well-known`` is always served."""
    compress_files: bool = True
    """Send files compressed to clients that can take it: what stands compressed beside a file (``a.js.gz``), and text."""
    max_compressed: int = 8 * 1024 * 1024
    """A text that is compressed on the fly; some 0.2 seconds of work. A larger one is sent as it is."""
    rich_listing: bool = True
    """List directories by a page with sizes, times, sorting and previews, not by the standard library's plain list."""
    cgi_timeout: float | None = 60.0
    """Seconds that a CGI script may take in all."""
    max_upload: int = 4 * 1024 * 1024 * 1024
    """A file that is uploaded to the file server, where that allows uploads at all."""

    def __init__(self, **changes: object) -> None:
        self.update(changes)

    def update(self, changes: dict[str, object]) -> None:
        """Set fields by name. TypeError for a field that does not exist; then nothing is set."""
        if unknown := changes.keys() - Defaults.__annotations__.keys():
            message = f"no such default: {', '.join(sorted(unknown))}"
            raise TypeError(message)
        self.__dict__.update(changes)

    def as_dict(self) -> dict[str, object]:
        """Return every field with its value."""
        return {name: getattr(self, name) for name in Defaults.__annotations__}


SAFE = Defaults()
"""The profile of new programs. A constant: change ``active``, not this."""

STDLIB = Defaults(
    timeout=None,
    verify_tls=True,
    verify_tls_beyond_http=False,
    system_certificates=False,
    strict_framing=False,
    cross_origin_credentials=True,
    redirect_downgrade=True,
    redirect_with_body=False,
    refuse_unknown_logins=True,
    measure_files=False,
    strict_xmlrpc=False,
    rpc_guard=False,
    retry_lost_calls=True,
    user_agent=f"Python-urllib/{sys.version_info[0]}.{sys.version_info[1]}",
    keep_connections=False,
    decode_contents=False,
    strict_urls=False,
    max_form_fields=None,
    rfc9309=False,
    strict_cookies=False,
    cookie_size=65_536,
    cookie_header_size=65_536,
    cookie_lifetime=None,
    clear_login=True,
    strict_addresses=False,
    resolve_local_name=True,
    data_timeout=None,
    extended_passive=False,
    protect_data=False,
    pipeline_commands=False,
    transfer_keepalive=None,
    request_timeout=None,
    keep_alive_timeout=None,
    resolve_server_name=True,
    follow_symlinks_out=True,
    serve_hidden=True,
    compress_files=False,
    rich_listing=False,
    cgi_timeout=None,
)
"""The standard library's behaviour, but for the limits that protect memory."""

_PROFILES = {"safe": SAFE, "stdlib": STDLIB}


def profile(name: str) -> Defaults:
    """Return a fresh copy of the profile ``safe`` or ``stdlib``; ValueError for any other name."""
    try:
        return Defaults(**_PROFILES[name].as_dict())
    except KeyError:
        message = f"no profile {name!r}: it is 'safe' or 'stdlib'"
        raise ValueError(message) from None


active: Defaults = profile(os.environ.get("WIREKIT_DEFAULTS") or "safe")
"""What counts now. The object stays the same: ``use`` fills it anew."""


def use(name: str) -> None:
    """Make ``safe`` or ``stdlib`` the profile of this process, from the next connection or message on."""
    active.update(profile(name).as_dict())


class using:
    """Work with another profile, or with single fields changed, inside a ``with`` block; then as before.

    ``using("stdlib")``, ``using(timeout=5.0)``. It changes the process, not only this thread: meant for tests and
    for the start of programs. TypeError for a field that does not exist, ValueError for a profile that does not.
    """

    def __init__(self, name: str | None = None, **changes: object) -> None:
        self._wanted = (profile(name) if name else Defaults(**active.as_dict())).as_dict()
        self._wanted.update(Defaults(**changes).__dict__)

    def __enter__(self) -> Defaults:
        self._before = active.as_dict()
        active.update(self._wanted)
        return active

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        active.update(self._before)


class Timeout:
    """Several time limits in the place of one number: wherever a ``timeout`` is taken, this may stand.

    ``Timeout(10, connect=3, total=60)``: 3 seconds to connect, 10 for any other single wait, 60 for the whole
    exchange from the first connection attempt to the last byte of the body. ``None`` means no such limit; ``connect``
    left out is the same as ``step``.
    """

    __slots__ = ("connect", "step", "total")

    def __init__(
        self, step: float | None = None, *, connect: float | None = None, total: float | None = None
    ) -> None:
        self.step = _seconds(step, "step")
        self.connect = _seconds(connect if connect is not None else step, "connect")
        self.total = _seconds(total, "total")

    def __repr__(self) -> str:
        return f"Timeout({self.step}, connect={self.connect}, total={self.total})"

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Timeout):
            return NotImplemented
        return (self.step, self.connect, self.total) == (other.step, other.connect, other.total)

    def __hash__(self) -> int:
        return hash((self.step, self.connect, self.total))


def _seconds(value: float | None, name: str) -> float | None:
    if value is None:
        return None
    if not value > 0:  # refuses NaN as well
        message = f"{name} timeout must be above 0 seconds, not {value!r}; None means no limit"
        raise ValueError(message)
    return float(value)
