"""``wirekit serve``: the files of a directory over HTTP/1.1, until Ctrl-C.

It listens on 127.0.0.1 unless told otherwise, since whatever it listens on may read the whole directory.
"""

from __future__ import annotations

import contextlib
import errno
import functools
import signal
import socket
import sys
import threading
from typing import NamedTuple

from wirekit import defaults
from wirekit._cli.outcome import Code, LocalError, say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import Any

__all__ = ["Site", "print_login", "serve"]

GRACE = 5
"""Seconds that requests in flight may take to end once the server is told to stop; systemd allows 90, Docker 10."""
MOMENT = 0.5
"""Seconds in which what is as good as done ends, and nobody need hear of it."""
_EVERYWHERE = {"", "0.0.0.0", "::"}  # noqa: S104 - recognised in order to warn


class Site(NamedTuple):
    """What is served, and how; as typed."""

    directory: Path
    bind: str
    port: int
    use_async: bool = False
    workers: int = 1
    upload: bool = False
    overwrite: bool = False
    max_upload: int | None = None
    auth: Path | None = None
    tls: bool = False
    tls_cert: Path | None = None
    tls_key: Path | None = None
    tls_password_file: Path | None = None
    headers: list[tuple[str, str]] | None = None
    cache: str | None = None
    origins: tuple[str, ...] = ()
    pages: tuple[str, ...] = ()
    content_type: str | None = None
    hidden: bool = False
    follow_links: bool = False
    no_compress: bool = False
    cgi: bool = False
    log: str = "plain"

    @property
    def secure(self) -> bool:
        """Whether TLS is spoken."""
        return self.tls or self.tls_cert is not None


def print_login(name: str) -> int:
    """Ask for a password; print the line of a file of accounts."""
    import click  # as the command line has

    from wirekit.http.server import hash_password  # loads the server

    if ":" in name or not name.isprintable() or not name:
        raise LocalError("a name has no colon and no control characters")
    if sys.stdin.isatty():
        password = click.prompt("Password", hide_input=True, confirmation_prompt=True, err=True)
    else:
        password = sys.stdin.readline().rstrip("\r\n")
    print(f"{name}:{hash_password(password)}")
    return Code.OK


def serve(site: Site) -> int:
    """Serve until interrupted; return the exit code."""
    try:
        if not site.directory.is_dir():
            raise NotADirectoryError(
                errno.ENOTDIR, "is no directory" if site.directory.exists() else "does not exist"
            )
        next(site.directory.iterdir(), None)
    except OSError as error:
        say(
            str(site.directory),
            f"{(error.strerror or str(error)).lower()}; name a directory that can be read",
        )
        return Code.FILE
    _apply(site)
    try:
        plan = Plan(site)
        if site.workers > 1:
            from wirekit._cli.workers import run_workers  # for several alone

            return run_workers(plan)
        return (_serve_async if site.use_async else _serve_blocking)(plan)
    except OSError as error:
        if type(error).__name__ == "SSLError":
            say(f"{site.tls_cert}", f"no certificate with its key: {error.strerror or error}")
            return Code.TLS
        say(_explain_bind(error, site.bind, site.port))
        return Code.CONNECT


def _apply(site: Site) -> None:
    """Make what was typed the policy of this process."""
    rules = defaults.active
    rules.serve_hidden = site.hidden or rules.serve_hidden
    rules.follow_symlinks_out = site.follow_links or rules.follow_symlinks_out
    rules.compress_files = not site.no_compress and rules.compress_files
    if site.max_upload is not None:
        rules.max_upload = site.max_upload
    with contextlib.suppress(ImportError, OSError, ValueError):
        import resource  # Unix has it

        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        most = 65_536 if hard == resource.RLIM_INFINITY else hard
        resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, most), hard))  # a connection is a descriptor


class Plan:
    """What every process that serves the site makes of it. LocalError for a file that cannot be used."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.family = _find_family(site.bind, site.port)
        self.accounts = _read_accounts(site.auth)
        self.context: Any = None
        self.fingerprint = ""
        if site.tls:
            self._make_certificate()
        elif site.secure:
            self._load_certificate()

    def _make_certificate(self) -> None:
        from wirekit.http.server import make_certificate  # loads the server

        names = ["localhost", socket.gethostname(), *_list_hosts(self.site.bind)]
        try:
            self.context, self.fingerprint = make_certificate(*dict.fromkeys(names))
        except ImportError:
            raise LocalError(
                "--tls needs the package cryptography: pip install 'wirekit[certificates]'"
            ) from None

    def _load_certificate(self) -> None:
        """Read the certificate now: a wrong password is to be told before anything is served."""
        from wirekit.http.server import HTTPSServer  # loads the server

        site = self.site
        password = _read_text(site.tls_password_file).strip() if site.tls_password_file else None
        for path in (site.tls_cert, site.tls_key):
            if path is not None:
                _read_text(path)
        files = {"certfile": site.tls_cert, "keyfile": site.tls_key, "password": password}
        server = HTTPSServer(("127.0.0.1", 0), None, bind_and_activate=False, **files)
        try:
            self.context = server._create_context()  # noqa: SLF001 - as subclasses do
        finally:
            server.server_close()

    def make_server(self, http: Any, address: tuple[str, int], *, shared: bool = False) -> Any:
        """Make the server out of either twin's module; it listens at once. shared: others listen there, too."""
        site, family = self.site, self.family
        base: Any = http.ThreadingHTTPSServer if site.secure else http.ThreadingHTTPServer

        class Server(base):  # type: ignore[misc]  # of either twin
            address_family = family
            allow_reuse_port = shared

            def server_bind(self) -> None:
                _take_both_families(self.socket)
                super().server_bind()

        handler = functools.partial(
            self._make_handler(http), directory=str(site.directory), extra_response_headers=site.headers
        )
        return Server(address, handler, **({"context": self.context} if site.secure else {}))

    def _make_handler(self, http: Any) -> Any:
        site, known = self.site, self.accounts
        base: Any = http.CGIHTTPRequestHandler if site.cgi else http.SimpleHTTPRequestHandler

        class Handler(base):  # type: ignore[misc]  # of either twin
            protocol_version = "HTTP/1.1"
            uploads, overwrite = site.upload, site.overwrite
            accounts = known
            cors_origins = site.origins
            cache_control = site.cache
            index_pages = site.pages or base.index_pages
            default_content_type = site.content_type or base.default_content_type
            access_log = None if site.log in {"plain", "off"} else site.log

        if site.log == "off":
            Handler.log_message = lambda *_: None
        return Handler


def _read_text(path: Path) -> str:
    try:
        return path.read_text("utf-8", "replace")
    except OSError as error:
        raise LocalError(f"{path}: {(error.strerror or str(error)).lower()}") from None


def _read_accounts(path: Path | None) -> dict[str, str]:
    if path is None:
        return {}
    from wirekit.http.server import read_accounts  # loads the server

    try:
        accounts = read_accounts(_read_text(path))
    except ValueError as error:
        raise LocalError(f"{path}: {error}; --new-login makes such a line") from None
    if not accounts:
        raise LocalError(f"{path}: nobody is in it; --new-login makes a line for somebody")
    return accounts


def _find_family(bind: str, port: int) -> socket.AddressFamily:
    return socket.getaddrinfo(bind or None, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0][0]


def _explain_bind(error: OSError, bind: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        return f"port {port} is taken on {bind}; name another with --port, or 0 for any"
    if error.errno in {errno.EACCES, errno.EPERM}:
        return f"port {port} is not for everybody; name one from 1024 on with --port"
    if error.errno == errno.EADDRNOTAVAIL or isinstance(error, socket.gaierror):
        return f"{bind} is no address of this machine; --bind names one"
    return f"cannot listen on {bind} port {port}: {error.strerror or error}"


# ---------------------------------------------------------------------------------------------------------- two twins


def announce_end(server: Any) -> bool:
    """Say that the server ends, where somebody has to wait for that; tell whether it is so."""
    if count := server.in_flight:
        say(f"finishing {count} request{'s' * (count > 1)}, {GRACE} seconds at most; Ctrl-C cuts them off")
    return bool(count)


def _serve_blocking(plan: Plan) -> int:
    from wirekit.http import server as http  # one twin is enough

    with plan.make_server(http, (plan.site.bind, plan.site.port)) as server:
        try:
            run_blocking(server, lambda: _announce(plan, server.server_address), announce_end)
        except KeyboardInterrupt:
            _say_goodbye()
    return Code.OK


def run_blocking(server: Any, begin: Callable[[], object], announce: Callable[[Any], bool]) -> None:
    """Run a server of the blocking twin until a signal's exception ends it, in order."""
    # In a thread of its own: a signal's exception in the midst of accepting would close what was just accepted.
    ended = threading.Event()
    serving = threading.Thread(target=_serve_until_ended, args=(server, ended), daemon=True)
    begin()  # from here on Ctrl-C ends it in order
    try:
        serving.start()
        # Not join: before CPython 3.13 an exception in the midst of it has a thread that runs pass for one that has ended.
        while not ended.wait(1):  # for ever, Windows would not let Ctrl-C through
            pass
    finally:
        if serving.ident is not None and not ended.is_set():
            server.shutdown()
        if not server.finish_requests(MOMENT) and announce(server):
            server.finish_requests(GRACE)


def _serve_until_ended(server: Any, ended: threading.Event) -> None:
    try:
        server.serve_forever()
    finally:
        ended.set()


def _serve_async(plan: Plan) -> int:
    from wirekit.aio.http import server as http  # one twin is enough

    told: list[signal.Signals] = []
    server = plan.make_server(http, (plan.site.bind, plan.site.port))
    run_async(server, lambda: _announce(plan, server.server_address), announce_end, told)
    if told and told[0] == signal.SIGTERM:
        return Code.TERMINATED
    _say_goodbye()
    return Code.OK


def run_async(
    server: Any, begin: Callable[[], object], announce: Callable[[Any], bool], told: list[signal.Signals]
) -> None:
    """Run a server of the async twin until SIGINT or SIGTERM, which are noted; on uvloop where that is installed."""
    import asyncio  # for this twin alone

    async def run() -> None:
        _end_by_signals(asyncio.get_running_loop(), asyncio.current_task(), told)
        begin()
        try:
            await server.serve_forever()
        finally:
            await stop()

    async def stop() -> None:
        ending = asyncio.ensure_future(server.shutdown())
        try:
            await asyncio.wait([ending], timeout=MOMENT)
            if announce(server):  # else what is left has not asked for anything yet
                await asyncio.wait([ending], timeout=GRACE)
        finally:
            ending.cancel()
            server.server_close()

    with (
        contextlib.suppress(asyncio.CancelledError, KeyboardInterrupt),
        asyncio.Runner(loop_factory=_find_loop()) as runner,
    ):
        runner.run(run())


def _find_loop() -> Any:
    try:
        import uvloop  # the extra `speed`
    except ImportError:
        return None
    return uvloop.new_event_loop


def _end_by_signals(loop: Any, task: Any, told: list[signal.Signals]) -> None:
    """Let SIGINT and SIGTERM end a task in order, and note them.

    An exception out of a signal's handler would hit whatever runs just then, the loop itself included.
    """

    def end(number: signal.Signals) -> None:
        told.append(number)
        task.cancel()

    with contextlib.suppress(NotImplementedError):  # Windows
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, end, number)


def _take_both_families(sock: socket.socket) -> None:
    """Let a socket on :: take IPv4 as well, where the system can."""
    if sock.family == socket.AF_INET6:
        try:
            sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
        except OSError:
            return


# ------------------------------------------------------------------------------------------------------- what is said


def _announce(plan: Plan, address: Any) -> None:
    """Say where the site is, and what its owner should know."""
    site = plan.site
    host, port = address[:2]
    scheme = "https" if site.secure else "http"
    urls = " ".join(f"{scheme}://{_quote_host(name)}:{port}/" for name in _list_hosts(host))
    print(f"Serving {site.directory.resolve()} at {urls} (Ctrl-C stops)", flush=True)
    if plan.fingerprint:
        print(f"Certificate made now, SHA-256 {plan.fingerprint}", flush=True)
    everywhere = host in _EVERYWHERE
    if everywhere and not plan.accounts:
        what = "read and add to" if site.upload else "read"
        say(
            f"warning: everybody who reaches this machine can {what} this directory; --bind 127.0.0.1 keeps it here"
        )
    elif plan.accounts and not site.secure and not host.startswith("127.") and host != "::1":
        say("warning: passwords travel in the clear; --tls protects them")


announce = _announce


def _list_hosts(host: str) -> list[str]:
    """List the hosts under which a server may be reached; an unspecified address stands for this one and the outer."""
    return ["127.0.0.1", *_find_outer_address()] if host in _EVERYWHERE else [host]


def _quote_host(host: str) -> str:
    return f"[{host}]" if ":" in host else host


def _find_outer_address() -> list[str]:
    """Find the address that others see. Connecting a UDP socket only asks for the route: nothing is sent."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as sock:
        try:
            sock.connect(("192.0.2.1", 9))  # RFC 5737: an address that nobody has
        except OSError:
            return []
        return [str(sock.getsockname()[0])]


def _say_goodbye() -> None:
    if sys.stderr.isatty():
        print(file=sys.stderr)  # behind the terminal's ^C
    say("stopped")


say_goodbye = _say_goodbye
