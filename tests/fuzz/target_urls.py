"""URLs: any text is one or a ValueError; what is read is written the same, by every reading, and holds no control."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit.url import URL
from wirekit.urllib.parse import urljoin, urlsplit, urlunsplit

SEEDS = (
    b"https://user:p%40ss@h.example:8080/a/../b%2Fc;p?q=1&q=%C3%A9#f",
    b"http://[fe80::1%25en0]:80/\0../c?x",
    b"http://0x7f.1\\@b/\0//c/d",
    "http://bücher.example/ü?ß\0?y".encode(),
    b"java\tscript:alert(1)\0mailto:a@b",
)


def check(data: bytes) -> None:
    """Read what stands before the first NUL, alone and as the base of what stands behind it."""
    first, _, second = data.partition(b"\0")
    text, reference = (part.decode("utf-8", "surrogateescape") for part in (first, second))
    check_split(text, reference)
    for read in (URL, URL.whatwg):
        try:
            url = read(text)
        except ValueError:
            continue
        written = str(url)
        assert read(written) == url, written
        assert written.isprintable() or not written.isascii()
        try:
            joined = url.join(reference)
        except ValueError:
            continue
        assert read(str(joined)) == joined


def check_split(text: str, reference: str) -> None:
    """Hold the standard library's functions to themselves."""
    try:
        parts = urlsplit(text)
        again = urlsplit(urlunsplit(parts))
        urljoin(text, reference)
    except ValueError:
        return
    assert not set("\t\r\n") & set("".join(parts))
    assert again.netloc == parts.netloc or not parts.netloc
    assert urlsplit(urlunsplit(again)) == again


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
