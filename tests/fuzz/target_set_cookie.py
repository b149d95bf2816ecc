"""Set-Cookie fields: any text is a cookie or none; a jar that took one sends a field of one line, and only home."""

from __future__ import annotations

import sys
from pathlib import Path

from wirekit import defaults
from wirekit.http.cookiejar import CookieJar
from wirekit.urllib.request import Request

HOME, STRANGER = "https://shop.example.org/a/page", "https://shop.example.net/a/page"
SEEDS = (
    b"id=7; Domain=example.org; Path=/a; Secure; HttpOnly; SameSite=Lax; Max-Age=100",
    b'"q"="a\\"b"; expires=Thu, 01-Jan-70 00:00:00 GMT; version=1',
    b"__Host-id=7; Path=/; Secure; Partitioned\nb=2; domain=.org",
)


class Answer:
    """A response that sets these cookies."""

    def __init__(self, fields: list[str]) -> None:
        self.fields = fields

    def info(self) -> Answer:
        return self

    def get_all(self, name: str, default: list[str]) -> list[str]:
        return self.fields if name == "Set-Cookie" else default


def check(data: bytes) -> None:
    """Take the fields under both profiles and send them again."""
    fields = data.decode("latin-1").split("\n")
    for profile in ("safe", "stdlib"):
        with defaults.using(profile):
            jar = CookieJar()
            jar.extract_cookies(Answer(fields), Request(HOME))
            for url in (HOME, STRANGER):
                request = Request(url)
                jar.add_cookie_header(request)
                field = request.get_header("Cookie", "")
                assert url is HOME or not field
                assert profile == "stdlib" or not set("\r\n\0") & set(field)
                assert len(field) <= len(data) + 200
            assert len(jar) == len(list(jar)) <= len(data) + 1


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[2]))
    from tests.fuzz.run import run

    sys.exit(run(__file__))
