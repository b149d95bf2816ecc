"""Addresses and their lists: any text is one mailbox, a list of such, or an error, in linear time."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.smtp_addresses import parse_list, parse_mailbox, quote_address

SEEDS = (
    b"a@b.example",
    b'"Doe, John" (x (y)) <a@[IPv6:::1]>, Group: b@c;, "a b"@d',
    b"a@b>\r\nRCPT TO:<x@y",
)


def check(data: bytes) -> None:
    """Read text in every way; what comes out is read as itself again."""
    text = data.decode("utf-8", "replace")
    for parse in (lambda text: [parse_mailbox(text)], parse_list):
        try:
            found = parse(text)
        except ValueError:
            continue
        for one in found:
            assert parse_mailbox(one) == one
            assert not set(one) & set("<>\r\n\0\x7f")
            assert quote_address(one, strict=True) == f"<{one}>"


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
