"""What servers ask for before they answer: any value is a list of challenges, and an answer to one reads back as it was written."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.challenges import format_quoted, parse_challenges, parse_list
from wirekit._wire.digest import choose_challenge, find_next_nonce, format_answer

SEEDS = (
    b'Basic realm="a", Digest realm="b\\"", nonce="n", qop="auth,auth-int", algorithm=SHA-256-sess, userhash=true',
    b"Negotiate, NTLM abc==, Digest realm='x', nonce=n, stale=TRUE",
    b'qop=auth, nextnonce="n2", nc=00000001',
)


def check(data: bytes) -> None:
    """Read a field; what is read must hold together."""
    text = data.decode("latin-1")
    read = parse_challenges([text])
    for one in read:
        assert one.scheme
        assert one.scheme == one.scheme.lower()
        again = f"{one.scheme} " + ", ".join(
            f"{name}={format_quoted(value)}" for name, value in one.parameters.items()
        )
        if one.parameters:
            assert [found.parameters for found in parse_challenges([again])] == [one.parameters]
    chosen = choose_challenge(read)
    if chosen is not None:
        answer = format_answer(
            chosen.parameters, "u", "p", method="GET", uri="/", count=1, cnonce="c", body=b"x"
        )
        assert answer is not None
        assert parse_challenges([answer])[0].parameters["nonce"] == chosen.parameters["nonce"]
    find_next_nonce([text])
    parse_list(text)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
