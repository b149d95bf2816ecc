# Generated from src/wirekit/aio/tree.py by tools/unasync.py; edit that file.
"""Files on an FTP server, as people think of them: list, look, copy, remove, open.

    with Tree("ftpes://alice@ftp.example.org/pub", passwd=secret) as files:
        for entry in files.entries():
            print(entry.name, entry.size, entry.modified)
        files.download("big.iso", "big.iso", resume=True)

Listings are data whatever the server (MLSD, or LIST in a dozen forms), copies appear whole or not at all under their
own names, go on where they stopped, and are checked. The conversation itself is ``wirekit.ftplib``'s.

A ``Tree`` makes connections when it needs them, up to ``connections`` at the same time, and keeps them for later: many
tasks (or threads) may use one.

    ftp://host/path       in the clear
    ftpes://host/path     TLS, asked for by AUTH on the usual port
    ftps://host/path      TLS from the first byte on, port 990

A path is the server's, with slashes; one that does not begin with a slash counts from the directory of the URL, which
counts from where the login leads (``//`` and ``/%2F`` lead to the server's root).
"""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from wirekit import ftplib
from wirekit._io.concurrency import blocking as together
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT
from wirekit._io.parts import Part
from wirekit._tree import copying, looking
from wirekit._tree.copying import Copied
from wirekit._tree.looking import join
from wirekit._tree.mirroring import Mirror, Mirrored
from wirekit._tree.opened import Reader, Writer
from wirekit._tree.pool import Link, Pool, Server, is_lost
from wirekit._wire.ftp_entries import Entry
from wirekit._wire.ftp_replies import errors
from wirekit._wire.mirroring import Filter, Step
from wirekit.urllib.parse import unquote, urlsplit

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType
    from typing import Self, TypeVar

    from wirekit._wire.ftp_errors import NoSuchFile, WrongDigest

    Result = TypeVar("Result")
    Progress = Callable[[int, int | None], Any]

__all__ = ["Copied", "Entry", "Mirrored", "NoSuchFile", "Step", "Tree", "WrongDigest"]

SCHEMES: Final = {"ftp": ftplib.FTP_PORT, "ftpes": ftplib.FTP_PORT, "ftps": 990}
DEEPEST: Final = 100
"""Directories inside one another that are gone into: a server may have links that lead round in a circle."""
LONGEST_DELAY: Final = 30.0


def __getattr__(name: str) -> Any:
    """Load the exceptions when they are first named."""
    if name not in {"NoSuchFile", "WrongDigest"}:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    return getattr(errors(), name)


class Tree:
    """The files of a server.

    where: a URL, or an ``FTP`` object that is logged in, which is then the only connection. user, passwd, acct: for the
    login, where the URL names none. context: for TLS; without one certificates are checked as ``defaults`` says.
    timeout, proxy, encoding: as with ``FTP``. connections: how many there may be at the same time. retries: how often a
    copy is gone on with after the connection was lost, or a passing error (4xx); delay: seconds before the first time,
    twice as many before each further one.

    Nothing is connected before the first call that needs it.
    """

    def __init__(
        self,
        where: str | ftplib.FTP,
        *,
        user: str = "",
        passwd: str = "",
        acct: str = "",
        context: ssl.SSLContext | None = None,
        timeout: Any = GLOBAL_DEFAULT_TIMEOUT,
        proxy: str | None = None,
        encoding: str = "utf-8",
        connections: int = 4,
        retries: int = 2,
        delay: float = 1.0,
    ) -> None:
        self.retries = retries
        self.delay = delay
        self.timeout = timeout
        self.proxy = proxy
        self.encoding = encoding
        self._context = context
        self._server = Server()
        self._given: ftplib.FTP | None = None
        if isinstance(where, str):
            self._read_url(where, user, passwd)
        else:
            self._given, self.directory, connections = where, "", 1
        self._acct = acct
        self.connections = connections
        self._pool = Pool(self._make_link, connections)

    def _read_url(self, url: str, user: str, passwd: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in SCHEMES or not parts.hostname:
            message = (
                f"the URL of a tree begins with ftp://, ftpes:// or ftps:// and a host, not {parts.scheme!r}"
            )
            raise ValueError(message)
        self.scheme = parts.scheme
        self.host = parts.hostname
        self.port = parts.port or SCHEMES[parts.scheme]
        self.directory = unquote(parts.path[1:], errors="surrogateescape").rstrip("/")
        if parts.path.lower().startswith(("//", "/%2f")):
            self.directory = "/" + self.directory.strip("/")
        self._user = user or unquote(parts.username or "")
        self._passwd = passwd or unquote(parts.password or "")

    # ---- connections

    def _make_link(self) -> Link:
        ftp = self._given or self._connect()
        try:
            if self._server.features is None:
                self._server.learn(ftp)
            self._server.remind(ftp)
            if self._given is None and self.encoding.lower().replace("-", "") == "utf8":
                ftp.use_utf8()
        except BaseException:
            ftp.close()
            raise
        return Link(ftp, self._server)

    def _connect(self) -> ftplib.FTP:
        ftp: ftplib.FTP
        if self.scheme == "ftp":
            ftp = ftplib.FTP(timeout=self.timeout, encoding=self.encoding, proxy=self.proxy)
        else:
            ftp = secure = ftplib.FTP_TLS(
                context=self._context,
                timeout=self.timeout,
                encoding=self.encoding,
                implicit=self.scheme == "ftps",
                proxy=self.proxy,
            )
            self._context = secure.context
        try:
            ftp.connect(self.host, self.port)
            ftp.login(self._user, self._passwd, self._acct)
            if isinstance(ftp, ftplib.FTP_TLS):
                ftp.prot_p()
        except BaseException:
            ftp.close()
            raise
        return ftp

    def close(self) -> None:
        """Close all connections; never waits."""
        self._pool.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _resolve(self, path: str) -> str:
        """Return the path as the server is to see it, whatever directory a connection stands in."""
        path = path.removeprefix("./") if path != "." else ""
        if not path.startswith("/"):
            base = self.directory
            if self._server.home.startswith("/") and not base.startswith("/"):
                base = join(self._server.home, base) if base else self._server.home
            path = join(base, path) if path else base
        return path.rstrip("/") or ("/" if path else "")

    def _run(self, work: Callable[[Link, str], Result], path: str) -> Result:
        return self._pool.run(lambda link: work(link, self._resolve(path)))

    # ---- looking

    def entries(self, path: str = "") -> list[Entry]:
        """Return the entries of a directory, in the server's order, without ``.`` and ``..``."""
        return self._run(looking.list_directory, path)

    def stat(self, path: str) -> Entry:
        """Return what the server tells of one file or directory. NoSuchFile (a FileNotFoundError) where there is none."""
        return self._run(looking.find_entry, path)

    def exists(self, path: str) -> bool:
        """Tell whether something is there, as far as we may see."""
        try:
            self.stat(path)
        except errors().NoSuchFile:
            return False
        return True

    def walk(self, path: str = "") -> Iterator[tuple[str, list[Entry], list[Entry]]]:
        """Go through a directory and all below it: (path, directories, other entries) of each, from the top down.

        Directories that are taken out of a list are not gone into; links never are. Raises error_proto for directories
        that are nested deeper than any are.
        """
        waiting = [(path, 0)]
        while waiting:
            here, depth = waiting.pop()
            if depth > DEEPEST:
                message = f"{here}: directories are nested too deep"
                raise errors().error_proto(message)
            entries = self.entries(here)
            directories = [entry for entry in entries if entry.is_dir]
            yield here, directories, [entry for entry in entries if not entry.is_dir]
            waiting += [(join(here, entry.name), depth + 1) for entry in reversed(directories)]

    # ---- changing

    def makedirs(self, path: str, *, exist_ok: bool = True) -> None:
        """Make a directory and those above it, as far as they are not there. error_perm where something is in the way."""
        self._run(lambda link, full: _make_directories(link, full, exist_ok=exist_ok), path)

    def remove(self, path: str) -> None:
        """Remove a file."""
        self._run(lambda link, full: link.ftp.delete(full), path)

    def rmdir(self, path: str) -> None:
        """Remove an empty directory."""
        self._run(lambda link, full: link.ftp.rmd(full), path)

    def remove_tree(self, path: str) -> int:
        """Remove a directory with all that is in it; return how many entries that were. Links are removed, not followed."""
        removed = 0
        emptied = []
        for here, directories, others in self.walk(path):
            for entry in others:
                self.remove(join(here, entry.name))
            removed += len(directories) + len(others)
            emptied.append(here)
        for directory in reversed(emptied):
            self.rmdir(directory)
        return removed

    def rename(self, path: str, new_path: str) -> None:
        """Give a file or directory another path; whether that may replace a file is the server's to say."""
        self._run(lambda link, full: link.ftp.rename(full, self._resolve(new_path)), path)

    # ---- copying

    def download(
        self,
        remote: str,
        local: str | os.PathLike[str],
        *,
        resume: bool = False,
        progress: Progress | None = None,
        verify: bool = False,
        keep_time: bool = True,
        known: Entry | None = None,
    ) -> Copied:
        """Copy a remote file to a local one, which appears (or is replaced) when it is whole.

        resume: go on with what an earlier call of this kind has left, if size and time of the remote file are the same
        and its last bytes fit. progress: called with (bytes so far, bytes in all or None). verify: compare digests where
        the server can make one. keep_time: give the local file the remote one's time. known: the file's entry of a
        listing, which saves asking for size and time; a time that LIST tells to the minute is kept so.

        Raises NoSuchFile, IncompleteTransfer, WrongDigest, OSError ...; the local file is as it was then.
        """
        part = Part(os.fspath(local), resume=resume)

        def work(link: Link, path: str) -> Copied:
            return copying.fetch(
                link, path, part, known=known, progress=progress, verify=verify, keep_time=keep_time
            )

        try:
            return self._persist(work, remote)
        finally:
            part.give_up()

    def upload(
        self,
        local: str | os.PathLike[str],
        remote: str,
        *,
        resume: bool = False,
        progress: Progress | None = None,
        verify: bool = False,
        keep_time: bool = True,
    ) -> Copied:
        """Copy a local file to a remote one, which appears (or is replaced) when it is whole.

        The arguments and errors are those of ``download``. What resume goes on with is checked by its last bytes.
        """
        mark = "" if resume else f".{secrets.token_hex(4)}"
        with Path(local).open("rb") as file:  # noqa: ASYNC230 - local files are read where they are wanted (streams too)
            attempts = iter([resume])

            def work(link: Link, path: str) -> Copied:
                return copying.store(
                    link,
                    file,
                    path,
                    mark=mark,
                    resume=next(attempts, True),
                    progress=progress,
                    verify=verify,
                    keep_time=keep_time,
                )

            try:
                return self._persist(work, remote)
            except BaseException:
                if not resume:
                    self._forget(remote, mark)
                raise

    def mirror(
        self,
        remote: str,
        local: str | os.PathLike[str],
        *,
        upload: bool = False,
        include: Iterable[str] = (),
        exclude: Iterable[str] = (),
        delete: bool = False,
        dry_run: bool = False,
        parallel: int | None = None,
        slack: float = 0.0,
        report: Callable[[Step, Exception | None], Any] | None = None,
        progress: Progress | None = None,
    ) -> Mirrored:
        """Make a local directory like a remote one, or with upload the remote one like the local one.

        Only what differs is copied: in size, or newer by more than slack seconds. include: patterns of files, all
        without any; exclude: patterns of what is left alone (wirekit._wire.mirroring tells of patterns: ``*.txt`` for
        names anywhere, ``/top/**``, ``build/`` for directories). delete: remove what the source does not have; nothing is
        removed without it. dry_run: only say what would be done. parallel: copies at once, as many as ``connections``.
        report: called with each step and its error, or None; progress: with (bytes so far, bytes in all).

        A step that fails is in the result, and ends no other. Raises what keeps either side from being looked at:
        nothing was changed then.
        """
        work = Mirror(
            self,
            remote.rstrip("/") or remote,
            local,
            upload=upload,
            chosen=Filter(include, exclude),
            parallel=parallel or self.connections,
            report=report,
            progress=progress,
        )
        return work.run(delete=delete, slack=slack, dry_run=dry_run)

    def _forget(self, remote: str, mark: str) -> None:
        """Remove a temporary file that nobody will go on with, if the server lets us."""
        try:
            self._run(lambda link, full: link.ftp.delete(link.temporary_name(full, mark)), remote)
        except (OSError, EOFError, errors().Error):
            return

    def _persist(self, work: Callable[[Link, str], Result], path: str) -> Result:
        """Do a piece of work; again, after a pause, when the connection is lost or the server asks for patience."""
        delay = self.delay
        for _ in range(self.retries if self._given is None else 0):
            try:
                return self._run(work, path)
            except (OSError, EOFError, errors().error_temp) as error:
                if not isinstance(error, errors().error_temp) and not is_lost(error):
                    raise
            together.sleep(delay)
            delay = min(delay * 2, LONGEST_DELAY)
        return self._run(work, path)

    def open(self, path: str, mode: str = "rb") -> Any:
        """Open a remote file, ``"rb"`` or ``"wb"``, as a file object on a connection of its own.

        One that is read can be sought in; one that is written appears (or is replaced) when it is closed. NoSuchFile
        where there is nothing to be read.
        """
        if mode not in {"rb", "wb"}:
            message = f"mode must be 'rb' or 'wb', not {mode!r}"
            raise ValueError(message)
        link = self._pool.borrow()
        try:
            full = self._resolve(path)
            if mode == "wb":
                return Writer(self._pool, link, full, f".{secrets.token_hex(4)}")
            size = looking.size_of(link, full)
            if size is None:  # no SIZE: a listing may tell
                size = looking.find_entry(link, full).size
            return Reader(self._pool, link, full, size)
        except BaseException:
            self._pool.take_back(link)
            raise


def _make_directories(link: Link, path: str, *, exist_ok: bool) -> None:
    try:
        link.ftp.mkd(path)
    except errors().error_perm:
        above = path.rpartition("/")[0]
        if _is_directory(link, path):
            if exist_ok:
                return
            raise
        if not above or _is_directory(link, above):
            raise
        _make_directories(link, above, exist_ok=True)
        link.ftp.mkd(path)


def _is_directory(link: Link, path: str) -> bool:
    try:
        link.change(path)
    except errors().error_perm:
        return False
    return True
