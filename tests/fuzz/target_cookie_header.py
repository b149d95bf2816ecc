"""Cookie fields: any text is cookies or the documented error, and nothing that is written from them is two lines."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit import defaults
from wirekit._wire import cookie_dates
from wirekit.http.cookies import CookieError, SimpleCookie, parse_cookie

SEEDS = (
    b"id=7; theme=dark; id=8",
    b'a="x\\073\\"y"; $Version=1; b; =c; d="open',
    b"a=b; expires=Wed, 09 Jun 2021 10:18:14 GMT; path=/; secure",
)


def check(data: bytes) -> None:
    """Read a field in each way; what was read is written and read again."""
    text = data.decode("utf-8", "surrogateescape")
    cookies = parse_cookie(text)
    assert list(cookies) == list(dict.fromkeys(name for name, _ in cookies.pairs))
    for name, value in cookies.pairs:
        assert not set("\r\n\0;") & set(name)
        assert value == value.strip() or '"' in text
    cookie_dates.parse_cookie_date(text)
    for profile in ("safe", "stdlib"):
        with defaults.using(profile):
            try:
                read = SimpleCookie(text)
                written = [morsel.OutputString() for morsel in read.values()]
            except CookieError:
                continue
            assert not any(set("\r\n\0") & set(line) for line in written)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
