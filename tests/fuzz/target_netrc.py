"""A .netrc file: any text gives entries, or a ValueError without the passwords."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.netrc import find_entry, parse_netrc

SEEDS = (
    b'machine h login l password "a \\" b"\ndefault login d password x\n',
    b"# note\nmachine h # note\nlogin l account a password p\nmacdef m\nput x\n\nmachine i password p\n",
    b"machine \\",
)
SECRET = "s3cret-s3cret"


def check(data: bytes) -> None:
    """Read a file, with one entry more behind it."""
    text = data.decode("utf-8", "surrogateescape")
    try:
        entries = parse_netrc(f"{text}\n\nmachine host.example login l password {SECRET}")
    except ValueError as error:
        assert SECRET not in str(error)  # noqa: PT017 - one of two outcomes
        return
    for one in entries:
        if one.host and one.password is not None:
            found = find_entry(entries, one.host, one.user)
            assert found is not None
            assert found.password is not None
    assert find_entry([], "host.example", default=True) is None


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
