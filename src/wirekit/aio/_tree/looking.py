"""What is there: the entries of a directory, and single ones, whatever a server offers for that.

MLSD and MLST (RFC 3659) where they are offered; else LIST, whose form and times are the server's own. A path that LIST
is given may be taken for options or patterns (``-a``, ``[x]``): so the directory is entered, and LIST gets none.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Final

from wirekit._wire.ftp_entries import Entry, choose_name
from wirekit._wire.ftp_facts import make_entry, parse_facts
from wirekit._wire.ftp_listings import parse_listing
from wirekit._wire.ftp_replies import errors, is_unknown_command
from wirekit._wire.ftp_times import parse_time
from wirekit.aio._ftp.data import Gathered

if TYPE_CHECKING:
    from wirekit.aio._tree.pool import Link

__all__ = ["find_entry", "list_directory", "modified_of", "size_of"]

QUARTER: Final = 900
"""Seconds: the offsets of zones are multiples of them."""
FARTHEST: Final = 14 * 3600
"""Seconds of the farthest zone from UTC."""

_FACTS: Final = re.compile(r"[A-Za-z][\w.-]*=[^ ]*;", re.ASCII)
_EMPTY: Final = re.compile(r"no (?:such )?files?|empty|not found", re.IGNORECASE)


async def list_directory(link: Link, path: str) -> list[Entry]:
    """Return the entries of a directory, without itself and the one above. Raises BadListing, error_perm ..."""
    if link.server.knows_mlsd:
        try:
            return await _list_by_facts(link, path)
        except errors().error_perm as error:
            if not is_unknown_command(str(error)):
                raise
            link.server.knows_mlsd = False
    return await _list_by_lines(link, path)


async def _list_by_facts(link: Link, path: str) -> list[Entry]:
    await link.choose_facts()
    entries = []
    async for given, facts in link.ftp.mlsd(path):
        name = choose_name(given, path)
        entry = make_entry(name, facts) if name is not None else None
        if entry is not None:
            entries.append(entry)
    return entries


async def _list_by_lines(link: Link, path: str) -> list[Entry]:
    await link.change(path or ".")
    lines = await _fetch_lines(link)
    entries = parse_listing(lines, dt.datetime.now(dt.UTC), path)
    offset = await _find_offset(link, path, entries)
    if not offset:
        return entries
    return [_shift(entry, offset) for entry in entries]


def _shift(entry: Entry, offset: dt.timedelta) -> Entry:
    if entry.modified is None or entry.precision == 86_400:
        return entry
    return entry._replace(modified=entry.modified - offset)


async def _fetch_lines(link: Link) -> list[str]:
    """Return the lines of LIST, with hidden files if the server can."""
    if link.server.lists_hidden is not False:
        try:
            lines = await _list_with(link, "LIST -a")
        except errors().error_perm:
            link.server.lists_hidden = False
        else:
            if lines:
                link.server.lists_hidden = True
                return lines
    try:
        return await _list_with(link, "LIST")
    except (errors().error_perm, errors().error_temp) as error:
        if str(error)[:3] in {"450", "550"} and _EMPTY.search(str(error)):
            return []  # the directory was entered: so it is there, and empty
        raise


async def _list_with(link: Link, command: str) -> list[str]:
    lines = Gathered()
    await link.ftp.retrlines(command, lines.append)
    return lines.lines


async def _find_offset(link: Link, path: str, entries: list[Entry]) -> dt.timedelta | None:
    """Return how far a server's listings are from UTC, by the time that MDTM gives of one file of them."""
    server = link.server
    if server.offset is None and "MDTM" in (server.features or {}):
        for entry in entries:
            if entry.is_file and entry.modified is not None and entry.precision != 86_400:
                real = await modified_of(link, join(path, entry.name))
                if real is not None:
                    seconds = (entry.modified - real).total_seconds()
                    steps = round(seconds / QUARTER)
                    server.offset = dt.timedelta(
                        seconds=steps * QUARTER if abs(seconds) <= FARTHEST + 60 else 0
                    )
                break
    return server.offset


def join(directory: str, name: str) -> str:
    """Return the path of an entry of a directory."""
    return f"{directory}/{name}" if directory and not directory.endswith("/") else directory + name


async def find_entry(link: Link, path: str) -> Entry:
    """Return the entry at a path; NoSuchFile where there is none."""
    name = path.rstrip("/").rpartition("/")[2]
    if link.server.knows_mlsd:
        try:
            reply = await link.ftp.voidcmd(f"MLST {path}")
        except errors().error_perm as error:
            if not is_unknown_command(str(error)):
                raise errors().NoSuchFile(str(error)) from None
        else:
            return _read_facts(reply, name or "/")
    if not name or name in {".", ".."}:
        return await _find_directory(link, path, name or "/")
    above = path.rstrip("/")[: -len(name)]
    try:
        entries = await list_directory(link, above.rstrip("/") or above)
    except errors().error_perm as error:
        raise errors().NoSuchFile(str(error)) from None
    for entry in entries:
        if entry.name == name:
            return entry
    message = f"550 {path}: no such file or directory"
    raise errors().NoSuchFile(message)


async def _find_directory(link: Link, path: str, name: str) -> Entry:
    try:
        await link.change(path or ".")
    except errors().error_perm as error:
        raise errors().NoSuchFile(str(error)) from None
    return Entry(name, "dir")


def _read_facts(reply: str, name: str) -> Entry:
    """Return the entry of the reply to MLST, whose facts stand in a line of their own."""
    for line in reply.split("\n"):
        given = (
            line.removeprefix("250-").removeprefix("250 ").lstrip(" ")
        )  # some repeat the code, or have no other line
        if _FACTS.match(given):
            _, facts = parse_facts(given)
            if facts.get("type", "").lower() in {"cdir", "pdir"}:
                facts["type"] = "dir"
            entry = make_entry(name, facts)
            assert entry is not None
            return entry
    raise errors().error_proto(reply)


async def size_of(link: Link, path: str) -> int | None:
    """Return the size of a file in bytes, None where the server does not tell. NoSuchFile where there is none."""
    try:
        return await link.ftp.size(path)
    except errors().error_perm as error:
        if is_unknown_command(str(error)):
            return None
        raise errors().NoSuchFile(str(error)) from None


async def modified_of(link: Link, path: str) -> dt.datetime | None:
    """Return when a file was changed last (MDTM), None where the server does not tell."""
    try:
        reply = await link.ftp.sendcmd(f"MDTM {path}")
    except (errors().error_perm, errors().error_temp):
        if not link.usable:
            raise
        return None
    return parse_time(reply[4:].strip()) if reply[:3] == "213" else None
