"""The tour's stop at urllib.request: a login, a redirect, a packed body and a form, all over one kept connection."""

from __future__ import annotations

import asyncio
import gzip
import hashlib
import io
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING

from wirekit._cli import tour_places as places
from wirekit._cli.tour import Scale, Step, Unexpected
from wirekit.aio.urllib import request as awaitable
from wirekit.http import server
from wirekit.urllib import request as blocking

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["STOPS"]

USER, PASSWORD, REALM, NONCE = "alice", "s3cret", "tour", "a-nonce-of-the-tour"
TASKS = 8


class _Handler(server.BaseHTTPRequestHandler):
    """Asks for a login, leads on to a body packed with gzip, and sends back what is posted."""

    protocol_version = "HTTP/1.1"
    size = 0
    busy = True
    visitors: set[Any] = set()  # noqa: RUF012 - one for the whole stop

    def do_GET(self) -> None:
        """Answer."""
        self.visitors.add(self.client_address)
        if self.path == "/private" and not self.is_alice():
            challenge = f'Digest realm="{REALM}", nonce="{NONCE}", qop="auth", algorithm=SHA-256'
            self.give(401, b"", ("WWW-Authenticate", challenge))
        elif self.path == "/private":
            self.give(302, b"", ("Location", "/whole"))
        elif self.path == "/busy" and type(self).busy:
            type(self).busy = False
            self.give(503, b"later", ("Retry-After", "0"))
        else:
            packed = gzip.compress(places.make_body(self.size), 1)
            self.give(200, packed, ("Content-Encoding", "gzip"))

    def do_POST(self) -> None:
        """Give back what came."""
        self.give(200, self.rfile.read(), ("Content-Type", self.headers["Content-Type"]))

    def is_alice(self) -> bool:
        """Reckon what alice would answer (RFC 7616 section 3.4), and compare."""
        given = self.headers.get("Authorization") or ""
        if not given.startswith("Digest "):
            return False
        said = blocking.parse_keqv_list(blocking.parse_http_list(given[7:]))
        secret = _hash(f"{USER}:{REALM}:{PASSWORD}")
        middle = f"{NONCE}:{said['nc']}:{said['cnonce']}:auth"
        return said["response"] == _hash(f"{secret}:{middle}:{_hash(f'GET:{self.path}')}")

    def give(self, status: int, body: bytes, field: tuple[str, str]) -> None:
        """Send a response with one field and a body."""
        self.send_response(status)
        self.send_header(*field)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Keep the tour's page clean."""


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _time(text: str, act: Callable[[], int]) -> Step:
    started = time.perf_counter()
    size = act()
    return Step(text, size, time.perf_counter() - started)


def show_opening(scale: Scale) -> Iterator[Step]:
    """Opening URLs: logins, redirects, packed bodies, kept connections."""
    _Handler.size, _Handler.busy = scale.large // 8, True
    places.make_digest(_Handler.size)
    with places.running(server.ThreadingHTTPServer(("127.0.0.1", 0), _Handler)) as url:
        yield _time("Digest login, redirect, gzip: one connection", lambda: _log_in(url))
        yield _time(f"the same, async, {TASKS} at once", lambda: asyncio.run(_log_in_async(url)))
        yield _time("503, then what was asked for", lambda: _try_again(url))
        yield _time("a form with a file, there and back", lambda: _send_form(url))


def _logging_in(module: Any, url: str) -> Any:
    passwords = module.HTTPPasswordMgrWithDefaultRealm()
    passwords.add_password(None, url, USER, PASSWORD)
    return module.build_opener(module.HTTPDigestAuthHandler(passwords))


@contextmanager
def _at_most(connections: int) -> Iterator[None]:
    _Handler.visitors.clear()
    yield
    if len(_Handler.visitors) > connections:
        message = f"{len(_Handler.visitors)} connections were made, not {connections}"
        raise Unexpected(message)


def _log_in(url: str) -> int:
    size = 0
    with _at_most(1), _logging_in(blocking, url) as opener:
        for _ in range(2):
            with opener.open(f"{url}/private", timeout=places.PATIENCE) as response:
                size += places.check(response.read(), _Handler.size)
    return size


async def _log_in_async(url: str) -> int:
    async def fetch(opener: Any) -> int:
        async with await opener.open(f"{url}/private", timeout=places.PATIENCE) as response:
            return places.check(await response.read(), _Handler.size)

    with _at_most(2 * TASKS):
        async with _logging_in(awaitable, url) as opener:
            return sum(await asyncio.gather(*(fetch(opener) for _ in range(TASKS))))


def _try_again(url: str) -> int:
    with (
        blocking.build_opener(blocking.RetryHandler(pause=0)) as opener,
        opener.open(f"{url}/busy", timeout=places.PATIENCE) as response,
    ):
        return places.check(response.read(), _Handler.size)


def _send_form(url: str) -> int:
    content = places.make_body(_Handler.size)
    form = blocking.multipart({"name": "tour"}, {"file": ("body.bin", io.BytesIO(content), "a/b")})
    with blocking.urlopen(f"{url}/form", form, timeout=places.PATIENCE) as response:
        sent: bytes = response.read()
    before, _, rest = sent.partition(b'filename="body.bin"\r\nContent-Type: a/b\r\n\r\n')
    if b'name="name"\r\n\r\ntour\r\n' not in before:
        message = "the field before the file did not come back"
        raise Unexpected(message)
    return places.check(rest[: len(content)], _Handler.size)


STOPS: tuple[Any, ...] = (show_opening,)
