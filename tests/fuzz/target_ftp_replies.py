"""Replies of FTP servers: any text is a reply, a value or one of the library's errors."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire import ftp_features, ftp_replies, ftp_times
from wirekit._wire.ftp_errors import Error

SEEDS = (
    b"227 Entering Passive Mode (127,0,0,1,18,52).",
    b"229 Entering Extended Passive Mode (|||50000|)",
    b'257 "/a ""quoted"" directory" is current',
    b"211-Features:\n MLST type*;size*;modify*;\n HASH SHA-1;SHA-256*\n211 End",
    b"150 Opening BINARY mode data connection for x (12345 bytes).",
    b"213 20240229235959.123",
)


def check(data: bytes) -> None:
    """Read the text as every kind of reply."""
    text = data.decode("utf-8", "surrogateescape")
    for code in ("", "150", "213", "227", "229", "257"):
        reply = code + text
        for parse in (
            ftp_replies.check_reply,
            ftp_replies.parse150,
            ftp_replies.parse213,
            ftp_replies.parse227,
            lambda given: ftp_replies.parse229(given, ("host", 1)),
            ftp_replies.parse257,
        ):
            try:
                parse(reply)
            except Error:
                continue
    features = ftp_features.parse_features(text)
    ftp_features.list_facts(features)
    ftp_features.choose_hash(features)
    ftp_times.parse_time(text)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
