"""Listings of FTP servers: any lines are entries or BadListing, and no name leads anywhere else (security row 141)."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path

from wirekit._wire.ftp_entries import choose_name, is_local_name
from wirekit._wire.ftp_errors import BadListing
from wirekit._wire.ftp_facts import format_facts, make_entry, parse_facts
from wirekit._wire.ftp_listings import parse_listing

NOW = dt.datetime(2026, 11, 23, 20, 16, tzinfo=dt.UTC)
KINDS = {"file", "dir", "link", "other"}
SEEDS = (
    b"total 1\ndrwxr-xr-x 2 u g 4096 Nov 22 20:16 d\nlrwxrwxrwx 1 u g 3 Feb 29  2020 l -> t",
    b"11-23-20  08:16PM       <DIR>          a b\n2020-11-23  20:16   123 c",
    b"+i8388621.48594,m825718503,r,s280,\tdjb.html",
    b"CORE.DIR;1          1  8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)\nLONG_NAME.TXT;12\n   3  8-SEP-1996 16:09",
    b"type=file;size=3;modify=20240229235959; name\nType=OS.unix=slink:/x;perm=adfr; l",
    b"d [R----F--] supervisor               512 Jan 16 18:53 login",
)


def check(data: bytes) -> None:
    """Read the lines as LIST's, and each as one of MLSD's."""
    lines = data.decode("utf-8", "surrogateescape").split("\n")
    for directory in ("", "/a"):
        try:
            found = parse_listing(lines, NOW, directory)
        except BadListing:
            continue
        for entry in found:
            assert choose_name(entry.name) == entry.name
            assert is_local_name(entry.name, windows=False)
            assert entry.type in KINDS
            format_facts(entry)
    for line in lines:
        entry_or_none = make_entry(*parse_facts(line))
        assert entry_or_none is None or entry_or_none.type in KINDS


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
