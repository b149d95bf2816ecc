# Generated from src/wirekit/aio/_ftp/script.py by tools/unasync.py; edit that file.
"""The little command line of the standard library's ftplib: ``python -m wirekit.ftplib``."""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["run"]


def run(kind: Any) -> None:
    """Do what ``sys.argv`` says, with a class of client."""
    words = sys.argv[1:]
    level = 0
    while words and words[0] == "-d":
        level += 1
        words.pop(0)
    rc = words.pop(0)[2:] if words and words[0].startswith("-r") else None
    if not words:
        print("usage: ftplib [-d] [-r[file]] host [-l[dir]] [-d[dir]] [-p] [file] ...")  # noqa: T201 - a command's output
        return
    host = words.pop(0)
    with kind() as ftp:
        ftp.set_debuglevel(level)
        ftp.connect(host)
        user, acct, passwd = _look_up(host, rc)
        ftp.login(user, passwd, acct)
        for word in words:
            _do(ftp, word)


def _look_up(host: str, rc: str | None) -> tuple[str, str, str]:
    """Return (user, account, password) of a host by a netrc file; empty ones for anonymous."""
    import netrc

    try:
        found = netrc.netrc(rc or None).authenticators(host)
    except OSError:
        if rc is not None:
            print("Could not open account file -- using anonymous login.", file=sys.stderr)  # noqa: T201 - likewise
        return "", "", ""
    return (found[0] or "", found[1] or "", found[2] or "") if found else ("", "", "")


def _do(ftp: Any, word: str) -> None:
    if word.startswith("-l"):
        ftp.dir(word[2:])
    elif word.startswith("-d"):
        ftp.sendcmd(f"CWD {word[2:]}".rstrip())
    elif word == "-p":
        ftp.set_pasv(not ftp.passiveserver)
    else:
        ftp.retrbinary("RETR " + word, sys.stdout.buffer.write)
        sys.stdout.buffer.flush()
