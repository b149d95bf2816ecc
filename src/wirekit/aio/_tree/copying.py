"""Files in both directions: whole or not at all under their own names, gone on with where they stopped, and checked."""

from __future__ import annotations

import datetime as dt
import os
import re
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from wirekit._io import asynchronous as net
from wirekit._io.parts import OVERLAP
from wirekit._wire.ftp_features import choose_hash
from wirekit._wire.ftp_replies import errors, is_unknown_command
from wirekit._wire.ftp_times import format_time
from wirekit.aio._tree.looking import modified_of, size_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from wirekit._io.parts import Part
    from wirekit._wire.ftp_entries import Entry
    from wirekit.aio._tree.pool import Link

__all__ = ["Copied", "fetch", "set_time", "store"]

_HEX: Final = re.compile(r"\b[0-9a-fA-F]{32,128}\b", re.ASCII)


class Copied(NamedTuple):
    """What a copy came to.

    size: bytes of the file; resumed: how many of them were there before; modified: its time, None where the server tells
    none; verified: the digest that was compared (``"sha256"``), ``""`` for none.
    """

    size: int
    resumed: int = 0
    modified: dt.datetime | None = None
    verified: str = ""


class _DifferentError(Exception):
    """What was there already does not fit what arrives."""


# ---- from the server


async def fetch(
    link: Link,
    path: str,
    part: Part,
    *,
    known: Entry | None = None,
    progress: Callable[[int, int | None], Any] | None = None,
    verify: bool = False,
    keep_time: bool = True,
) -> Copied:
    """Fetch a file into a part file and put that in place. known: an entry of a listing that saves asking.

    Raises IncompleteTransfer, WrongDigest, NoSuchFile, and what the connection raises; the part file is left open.
    """
    size, modified = await _look_at(link, path, known)
    start = part.begin(size, modified)
    resumed = part.size
    try:
        await _receive(link, path, part, start, size, progress)
    except (_DifferentError, errors().error_perm) as error:
        if not start or not (isinstance(error, _DifferentError) or is_unknown_command(str(error))):
            raise
        part.start_anew()
        resumed = 0
        await _receive(link, path, part, 0, size, progress)
    if size is not None and part.size != size:
        raise errors().IncompleteTransfer(part.size, size)
    verified = await _compare(link, path, part.digest) if verify else ""
    part.finish(modified if keep_time else None)
    return Copied(part.size, resumed, modified, verified)


async def _look_at(link: Link, path: str, known: Entry | None) -> tuple[int | None, dt.datetime | None]:
    """Return size and time of a remote file; asked for where a listing has not told them, if only to the minute."""
    if known is not None and known.size is not None and known.modified is not None:
        return known.size, known.modified
    return await size_of(link, path), await modified_of(link, path)


async def _receive(
    link: Link,
    path: str,
    part: Part,
    start: int,
    size: int | None,
    progress: Callable[[int, int | None], Any] | None,
) -> None:
    rest = start or None
    if progress is None and (write := part.sink) is not None:
        await link.ftp.retrbinary(f"RETR {path}", write, rest=rest)
        part.count()
        return

    async def sink(block: bytes) -> None:
        if not part.write(block):
            await link.ftp.abort()  # the connection is in step again, and serves the next attempt
            raise _DifferentError
        if progress is not None:
            await net.give(progress, part.size, size)

    await link.ftp.retrbinary(f"RETR {path}", sink, rest=rest)


# ---- to the server


async def store(
    link: Link,
    file: Any,
    path: str,
    *,
    mark: str,
    resume: bool = False,
    progress: Callable[[int, int | None], Any] | None = None,
    verify: bool = False,
    keep_time: bool = True,
) -> Copied:
    """Store an open local file under a temporary name, and rename that to its own. mark: what makes it one of a kind.

    Raises IncompleteTransfer, WrongDigest, and what the connection raises; the temporary file stays then.
    """
    status = os.fstat(file.fileno())
    temporary = link.temporary_name(path, mark)
    try:
        resumed = await _send(link, file, temporary, status.st_size, progress, resume=resume)
    except errors().error_perm as error:
        if not link.may_do_without_dot(error):
            raise
        temporary = link.temporary_name(path, mark)
        resumed = await _send(link, file, temporary, status.st_size, progress, resume=resume)
    found = await size_of(link, temporary)
    if found is not None and found != os.fstat(file.fileno()).st_size:
        raise errors().IncompleteTransfer(found, status.st_size)
    verified = await _compare(link, temporary, lambda name: _digest(file, name)) if verify else ""
    modified = dt.datetime.fromtimestamp(status.st_mtime, dt.UTC)
    if keep_time:
        await set_time(link, temporary, modified)
    await _replace(link, temporary, path)
    return Copied(status.st_size, resumed, modified if keep_time else None, verified)


async def _send(
    link: Link,
    file: Any,
    temporary: str,
    size: int,
    progress: Callable[[int, int | None], Any] | None,
    *,
    resume: bool,
) -> int:
    """Send what the temporary file does not have; return how many bytes that had."""
    resumed = sent = await _find_common(link, file, temporary, size) if resume else 0
    file.seek(resumed)
    callback = None
    if progress is not None:

        async def callback(block: bytes) -> None:
            nonlocal sent
            sent += len(block)
            await net.give(progress, sent, size)

    await link.ftp.storbinary(f"{'APPE' if resumed else 'STOR'} {temporary}", file, callback=callback)
    return resumed


async def _find_common(link: Link, file: Any, temporary: str, size: int) -> int:
    """Return how many bytes of a local file an earlier attempt has stored, as far as their last ones tell; 0 for none."""
    try:
        stored = await size_of(link, temporary)
    except errors().NoSuchFile:
        return 0
    if not stored or stored > size:
        return 0
    start = max(stored - OVERLAP, 0)
    tail: list[bytes] = []
    try:
        await link.ftp.retrbinary(f"RETR {temporary}", tail.append, rest=start or None)
    except errors().error_perm:
        return 0
    file.seek(start)
    return stored if b"".join(tail) == file.read(stored - start) else 0


async def _replace(link: Link, temporary: str, path: str) -> None:
    """Rename a file to another's name. Some servers will not do that while the other is there."""
    try:
        await link.ftp.rename(temporary, path)
    except (errors().error_perm, errors().error_temp):
        if not link.usable:
            raise
        await link.ftp.delete(path)
        await link.ftp.rename(temporary, path)


async def set_time(link: Link, path: str, modified: dt.datetime) -> bool:
    """Set the time of a remote file by MFMT, or MDTM as it was before that; tell whether the server has done it."""
    features = link.server.features or {}
    command = "MFMT" if "MFMT" in features else "MDTM"
    if command not in features:
        return False
    try:
        await link.ftp.voidcmd(f"{command} {format_time(modified)} {path}")
    except (errors().error_perm, errors().error_temp):
        if not link.usable:
            raise
        return False
    return True


# ---- both ways


def _digest(file: Any, algorithm: str) -> str:
    import hashlib

    file.seek(0)
    return hashlib.file_digest(file, algorithm).hexdigest()


async def _compare(link: Link, path: str, digest: Callable[[str], str]) -> str:
    """Compare a remote file's digest with ours; return the algorithm, ``""`` where the server gives none.

    Raises WrongDigest.
    """
    way = choose_hash(link.server.features or {})
    if way is None:
        return ""
    command, option, algorithm = way
    try:
        if option:
            await link.ftp.voidcmd(f"OPTS HASH {option}")
        reply = await link.ftp.voidcmd(f"{command} {path}")
    except errors().error_perm:
        return ""
    ours = await net.in_thread(digest, algorithm)
    found = [word for word in _HEX.findall(reply) if len(word) == len(ours)]
    if not found:
        return ""
    if found[0].lower() != ours:
        raise errors().WrongDigest(path, algorithm)
    return algorithm
