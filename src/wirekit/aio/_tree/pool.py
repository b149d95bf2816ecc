# ruff: noqa: SLF001 - a friend of FTP: it knows whether a connection is in step
"""Connections to one server: made when they are needed, lent to one piece of work each, and used again.

A connection that has been idle may have been closed by the server meanwhile: what the system knows of that is looked at
before it is lent, and a piece of work to which such a connection gives no answer at all is done once more on a new one. Servers
grant only so many to one address: where one more is refused, those that there are have to do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from wirekit._io.concurrency import asynchronous as together
from wirekit._io.parts import part_name
from wirekit._wire.ftp_features import list_facts
from wirekit._wire.ftp_replies import errors

if TYPE_CHECKING:
    import datetime as dt
    from collections.abc import Awaitable, Callable

    from wirekit.aio.ftplib import FTP

__all__ = ["Link", "Pool", "Server", "is_lost"]

Result = TypeVar("Result")

_FACTS = (
    "type",
    "size",
    "modify",
    "perm",
    "unix.mode",
    "unix.owner",
    "unix.ownername",
    "unix.group",
    "unix.groupname",
)
"""Facts that an entry is made of; the names of owner and group are asked for where a server offers them."""


class Server:
    """What is known of a server: the same for all connections."""

    def __init__(self) -> None:
        self.features: dict[str, str] | None = None
        self.home = ""  # where a login leads; "" where the server does not tell
        self.lists_hidden: bool | None = (
            None  # whether LIST -a shows what LIST hides; None where we do not know
        )
        self.offset: dt.timedelta | None = (
            None  # of the times in listings from UTC; None where we do not know
        )
        self.knows_mlsd = False
        self.takes_dots = True  # names may begin with one
        self.one_by_one = False  # commands must not leave together
        self.epsv: bool | None = None  # as a connection has it whose transfers have begun well
        self.proven = False

    def remember(self, ftp: FTP) -> None:
        """Learn from what a connection has found out."""
        self.one_by_one |= ftp._one_by_one
        if ftp._proven:
            self.proven, self.epsv = True, ftp._epsv

    def remind(self, ftp: FTP) -> None:
        """Let a new connection know: its first transfer takes a round trip less."""
        ftp._features = self.features
        ftp._one_by_one |= self.one_by_one
        if self.proven:
            ftp._proven, ftp._epsv = True, self.epsv

    async def learn(self, ftp: FTP) -> None:
        """Ask a server for all this, on the first connection to it."""
        self.features = await ftp.feat()
        self.knows_mlsd = "MLST" in self.features or "MLSD" in self.features
        try:
            self.home = await ftp.pwd()
        except errors().error_perm:
            self.home = ""


class Link:
    """One connection, with the directory that it stands in."""

    def __init__(self, ftp: FTP, server: Server) -> None:
        self.ftp = ftp
        self.server = server
        self.directory: str | None = None  # None: where the login led
        self._facts_chosen = False

    @property
    def usable(self) -> bool:
        """Whether every command that was sent has been answered."""
        return self.ftp.sock is not None and not self.ftp._owed

    @property
    def alive(self) -> bool:
        """Whether the server has neither closed the connection nor said something unasked, as far as we can know."""
        stream = self.ftp._stream
        return self.usable and stream is not None and not stream.closed and not stream.pending

    async def change(self, directory: str) -> None:
        """Stand in a directory."""
        if self.directory != directory:
            self.directory = ""
            await self.ftp.cwd(directory)
            self.directory = directory

    def temporary_name(self, path: str, mark: str) -> str:
        """Return the path of the temporary file for a path, in the same directory.

        It begins with a dot, which hides it, unless the server lets nobody store such files (pure-ftpd, as it comes).
        """
        directory, slash, name = path.rpartition("/")
        temporary = part_name(name, mark)
        return f"{directory}{slash}{temporary if self.server.takes_dots else temporary[1:]}"

    def may_do_without_dot(self, error: Exception) -> bool:
        """Tell whether a name without a dot in front is still to be tried where the server has refused to store a file."""
        may = self.server.takes_dots and self.usable and str(error)[:3] in {"550", "553"}
        self.server.takes_dots = self.server.takes_dots and not may
        return may

    async def choose_facts(self) -> None:
        """Have MLSD tell what an entry is made of, where it would not do so unasked."""
        if self._facts_chosen:
            return
        self._facts_chosen = True
        offered = list_facts(self.server.features or {})
        wanted = [fact for fact in _FACTS if fact in offered]
        if all(offered[fact] for fact in wanted):
            return
        try:
            await self.ftp.voidcmd("OPTS MLST " + "".join(f"{fact};" for fact in wanted))
        except errors().error_perm:
            return


def is_lost(error: BaseException) -> bool:
    """Tell whether an error means that the connection is gone, and not that the server refuses something."""
    if isinstance(error, errors().error_temp):
        return str(error)[:3] == "421"
    return isinstance(error, OSError | EOFError) and not isinstance(error, errors().Error)


class Pool:
    """At most ``limit`` connections, made by ``make``; more pieces of work wait their turn."""

    def __init__(self, make: Callable[[], Awaitable[Link]], limit: int) -> None:
        self._make = make
        self._limit = limit
        self._idle: list[Link] = []
        self._lent: set[Link] = set()
        self._places = 0  # of connections that are lent, or being made
        self._signal = together.Signal()
        self.closed = False

    async def run(self, work: Callable[[Link], Awaitable[Result]]) -> Result:
        """Do a piece of work on a connection; once more on a new one where an idle one turns out to be gone."""
        link, used = await self._take()
        link.ftp.lastresp = ""
        try:
            try:
                return await work(link)
            finally:
                await self._give(link)
        except (OSError, EOFError, errors().error_temp) as error:
            silent = link.ftp.lastresp in {"", "421"}
            if not (used and silent and is_lost(error)):
                raise
        return await self.run(work)

    async def _take(self) -> tuple[Link, bool]:
        """Return a connection, and whether it was used before."""
        while True:
            if (link := await self._wait_for_place()) is not None:
                return link, True
            try:
                link = await self._make()
            except BaseException as error:
                if not await self._is_content(error):
                    raise
            else:
                async with self._signal:
                    self._lent.add(link)
                return link, False

    async def _is_content(self, error: BaseException) -> bool:
        """Give a place back; tell whether the connections that there are have to do: the server grants no more."""
        async with self._signal:
            self._places -= 1
            self._signal.wake_all()
            there = self._lent or self._idle
            if self.closed or not there or not isinstance(error, errors().all_errors):
                return False
            self._limit = min(self._limit, self._places + len(self._idle))  # with those that are being made
            return True

    async def _wait_for_place(self) -> Link | None:
        """Return a connection that is idle; None where one may be made, whose place is taken then."""
        async with self._signal:
            if self.closed:
                message = "the tree is closed"
                raise ValueError(message)
            while self._places >= self._limit:
                await self._signal.wait(None)
            self._places += 1
            while self._idle:
                link = self._idle.pop()
                if link.alive:
                    self._lent.add(link)
                    return link
                link.ftp.close()
        return None

    async def _give(self, link: Link) -> None:
        async with self._signal:
            self._lent.discard(link)
            link.server.remember(link.ftp)
            if link.usable and not self.closed:
                self._idle.append(link)
            else:
                link.ftp.close()
            self._places -= 1
            self._signal.wake_all()

    async def borrow(self) -> Link:
        """Return a connection that is not counted, for as long as somebody likes; ``take_back`` takes it."""
        while self._idle:
            link = self._idle.pop()
            if link.alive:
                return link
            link.ftp.close()
        return await self._make()

    def take_back(self, link: Link) -> None:
        """Keep a borrowed connection for later, if it is in step and there are few."""
        if link.usable and not self.closed and len(self._idle) < self._limit:
            self._idle.append(link)
        else:
            link.ftp.close()

    def close(self) -> None:
        """Close all connections; what is still under way on one fails."""
        self.closed = True
        for link in [*self._idle, *self._lent]:
            link.ftp.close()
        self._idle.clear()
