"""MLSD of a server that knows only LIST: the same facts, as far as its listing tells them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from wirekit._wire.ftp_facts import format_facts
from wirekit._wire.ftp_replies import errors
from wirekit.aio._ftp.data import Gathered

if TYPE_CHECKING:
    from wirekit.aio.ftplib import FTP

__all__ = ["list_as_facts"]


async def list_as_facts(ftp: FTP, path: str, refusal: Exception) -> list[tuple[str, dict[str, str]]]:
    """Return (name, facts) of each entry of a directory, by LIST. Times are the server's own, whatever its zone is.

    Raises the refusal of MLSD again, where the listing is in no form that is known.
    """
    import datetime as dt  # for listings alone

    from wirekit._wire.ftp_listings import parse_listing

    lines = Gathered()
    shown = f"./{path}" if path.startswith("-") else path  # not an option
    await ftp.retrlines(f"LIST {shown}".rstrip(), lines.append)
    try:
        entries = parse_listing(lines.lines, dt.datetime.now(dt.UTC), path)
    except errors().BadListing as error:
        raise refusal from error
    return [(entry.name, format_facts(entry)) for entry in entries]
