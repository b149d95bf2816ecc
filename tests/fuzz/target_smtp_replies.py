"""Replies of mail servers: any bytes are replies or too long, in time that grows with their number alone."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.smtp_replies import ReplyDecoder, ReplyTooLong, parse_features

SEEDS = (
    b"220 mail.example ESMTP\r\n250-mail.example\r\n250-SIZE 1000\r\n250-AUTH PLAIN\r\n250 AUTH=LOGIN\r\n",
    b"250 2.1.0 OK\r\n550-5.1.1 who\r\n550 5.1.1 is that\r\n421\r\n",
    b"250-\n250 \nnonsense\r\n",
)


def check(data: bytes) -> None:
    """Take all replies out, in one piece and byte by byte: the same come out."""
    decoder, pos, whole = ReplyDecoder(), 0, []
    slowly, place, parts = ReplyDecoder(), 0, []
    try:
        while (taken := decoder.take(data, pos, 3, 50, 5000))[0]:
            whole += taken[0]
            pos = taken[1]
        for end in range(len(data) + 1):
            while (taken := slowly.take(data[:end], place, 3, 50, 5000))[0]:
                parts += taken[0]
                place = taken[1]
            place = taken[1]
    except ReplyTooLong:
        return
    assert whole == parts
    for reply in whole:
        assert reply.code == -1 or 0 <= reply.code <= 999
        assert reply.enhanced is None or reply.enhanced.kind == reply.code // 100
        parse_features(reply.text)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
