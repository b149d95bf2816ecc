"""Forms with files: any bytes, in any pieces, give the same parts or BadForm, and nothing is held back without limit."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit._wire.uploads import BadForm, FormReader, Part

SEEDS = (
    b'--B\r\nContent-Disposition: form-data; name="f"; filename="a"\r\nContent-Type: a/b\r\n\r\nx\r\n--B--\r\n',
    b'pre\r\n--B \r\nContent-Disposition: form-data; name="f"\r\n\r\n--B\r\nContent-Disposition: form-data; name=g\r\n\r\n',
    b"\r\n--\r\n-B--\r\n",
)


def read(blocks: list[bytes]) -> list[object]:
    """Give everything that comes of a form in these blocks; data joined, so that the pieces do not show."""
    reader = FormReader(b"B")
    seen: list[object] = []
    try:
        for block in blocks:
            for event in reader.receive(block):
                assert event != b""
                if isinstance(event, bytes) and seen and isinstance(seen[-1], bytes):
                    seen[-1] += event
                else:
                    seen.append(event)
        reader.finish()
        seen.append("done")
    except BadForm:
        seen.append("bad")
    return seen


def check(data: bytes) -> None:
    """Read a form whole and in pieces; what comes out must hold together."""
    size = data[0] % 7 + 1 if data else 1
    whole = read([data])
    pieces = read([data[at : at + size] for at in range(0, len(data), size)])
    assert whole[-1] == pieces[-1]
    if whole[-1] == "done":
        assert whole == pieces
        opened = 0
        for event in whole[:-1]:
            if isinstance(event, Part):
                opened += 1
                assert event.name is not None
            elif event is None:
                opened -= 1
            assert opened in {0, 1}
        assert opened == 0


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
