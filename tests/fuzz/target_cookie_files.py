"""Files of cookies: any text is loaded or is a LoadError; what was loaded is the same when it was saved and loaded."""

from __future__ import annotations

import contextlib
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING

from wirekit import defaults
from wirekit._wire import cookie_files
from wirekit.http import cookiejar
from wirekit.http.cookiejar import JSONCookieJar, LWPCookieJar, MozillaCookieJar

if TYPE_CHECKING:
    from wirekit.http.cookiejar import FileCookieJar

SEEDS = (
    b"# Netscape HTTP Cookie File\n.example.org\tTRUE\t/\tTRUE\t4102444800\tid\t7\n#HttpOnly_a.example\tFALSE\t/\tFALSE\t0\t\tx\n",
    b'#LWP-Cookies-2.0\nSet-Cookie3: id=7; path="/"; domain="example.org"; path_spec; discard; version=0\n',
    b'[{"name": "id", "value": "7", "domain": "example.org", "path": "/", "sameSite": "lax"}]',
)


def load(jar: FileCookieJar, text: str) -> None:
    """Load a text as if it were the jar's file."""
    jar._load_text(text, "cookies", True, True)


def check(data: bytes) -> None:
    """Load the text as each kind of file, under both profiles; lines that hold something hold it again."""
    text = data.decode("utf-8", "surrogateescape")
    for line in text.split("\n"):
        with contextlib.suppress(ValueError):
            cookie_files.parse_line(line)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for profile in ("safe", "stdlib"):
            with defaults.using(profile):
                for kind in (MozillaCookieJar, LWPCookieJar, JSONCookieJar):
                    jar = kind()
                    with contextlib.suppress(cookiejar.LoadError):
                        load(jar, text)
                    assert profile == "stdlib" or all(cookie.domain for cookie in jar)
                    if profile == "safe":
                        again = LWPCookieJar(strict=True)
                        load(again, "#LWP-Cookies-2.0\n" + LWPCookieJar.as_lwp_str(jar))  # type: ignore[arg-type]
                        assert len(again) <= len(jar)


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
