"""The tour's stops over HTTP: our client and server in both twins, TLS, what is refused, and the works of others."""

from __future__ import annotations

import asyncio
import http.client as their_client
import http.server as their_server
import ssl
import tempfile
import time
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from wirekit._cli import tour_places as places
from wirekit._cli.tour import Scale, Step, Unexpected, not_here
from wirekit._cli.tour_places import SMALL, Site, check
from wirekit.aio.http import client as aio_client
from wirekit.aio.http import server as aio_server
from wirekit.http import client, server
from wirekit.urllib.error import URLError
from wirekit.urllib.request import Request, urlopen

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
    from typing import Any

__all__ = ["STOPS"]

AT_ONCE = 64


def _time(text: str, size: int, fetch: Callable[[], bytes]) -> Step:
    """Make the step of a fetch: timed first, checked then."""
    started = time.perf_counter()
    body = fetch()
    seconds = time.perf_counter() - started
    return Step(text, check(body, size), seconds)


async def _time_async(text: str, size: int, fetching: Awaitable[bytes]) -> Step:
    started = time.perf_counter()
    body = await fetching
    seconds = time.perf_counter() - started
    return Step(text, check(body, size), seconds)


def _start(site: Site) -> Any:
    """Make our blocking server for a site; it listens at once."""
    return server.ThreadingHTTPServer(
        ("127.0.0.1", 0), places.make_handler(server.BaseHTTPRequestHandler, site)
    )


def _fetch(url: str, context: ssl.SSLContext | None = None, headers: dict[str, str] | None = None) -> bytes:
    with urlopen(Request(url, headers=headers or {}), timeout=places.PATIENCE, context=context) as response:
        body: bytes = response.read()
    return body


def show_blocking(scale: Scale) -> Iterator[Step]:
    """Our client, our server: HTTP/1.1, blocking."""
    site = Site(scale.large)
    with places.running(_start(site)) as url:
        yield _time("urlopen", scale.large, lambda: _fetch(f"{url}/large"))
        yield _time("urlopen, the body in chunks", scale.large, lambda: _fetch(f"{url}/chunked"))
        yield _time("urlopen, through a redirect", SMALL, lambda: _fetch(f"{url}/moved"))
        site.visitors.clear()
        started = time.perf_counter()
        bodies = _fetch_in_turn(url, scale.times)
        seconds = time.perf_counter() - started
        if len(site.visitors) != 1:
            message = f"{scale.times} requests took {len(site.visitors)} connections, not 1"
            raise Unexpected(message)
        yield Step(
            f"{scale.times} requests over one connection", sum(check(body, SMALL) for body in bodies), seconds
        )


def _fetch_in_turn(url: str, times: int) -> list[bytes]:
    connection = client.HTTPConnection(url.partition("//")[2], timeout=places.PATIENCE)
    bodies = []
    for _ in range(times):
        connection.request("GET", "/small")
        bodies.append(connection.getresponse().read())
    connection.close()
    return bodies


# ---- the async twin


def _make_async_handler(site: Site) -> Any:
    class Handler(aio_server.BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        async def do_GET(self) -> None:
            """Answer."""
            login = self.headers.get("Authorization")
            status, fields, body, chunked = site.answer(self.path, login, self.client_address)
            self.send_response(status)
            for name, value in places.with_framing(fields, body, chunked=chunked):
                self.send_header(name, value)
            await self.end_headers()
            for block in places.blocks(body, chunked=chunked):
                await self.wfile.write(block)

        def log_message(self, *_: object) -> None:
            """Keep the tour's page clean."""

    return Handler


async def _fetch_async(port: int, path: str, context: ssl.SSLContext | None = None) -> bytes:
    connection = (
        aio_client.HTTPSConnection("127.0.0.1", port, timeout=places.PATIENCE, context=context)
        if context
        else aio_client.HTTPConnection("127.0.0.1", port, timeout=places.PATIENCE)
    )
    try:
        await connection.request("GET", path)
        body: bytes = await (await connection.getresponse()).read()
    finally:
        connection.close()
    return body


def _run_async(port: int) -> bytes:
    return asyncio.run(_fetch_async(port, "/large"))


async def show_async(scale: Scale) -> AsyncIterator[Step]:
    """Our client, our server: HTTP/1.1, async."""
    site = Site(scale.large)
    async with aio_server.HTTPServer(("127.0.0.1", 0), _make_async_handler(site)) as there:
        port = there.server_address[1]
        yield await _time_async("a large body", scale.large, _fetch_async(port, "/large"))
        yield await _time_async("the body in chunks", scale.large, _fetch_async(port, "/chunked"))
        started = time.perf_counter()
        bodies = await asyncio.gather(*(_fetch_async(port, "/small") for _ in range(AT_ONCE)))
        seconds = time.perf_counter() - started
        yield Step(f"{AT_ONCE} fetches at once", sum(check(body, SMALL) for body in bodies), seconds)


# ---- TLS, and what is refused


def show_tls(scale: Scale) -> Iterator[Step]:
    """HTTPS, with certificates made on the spot."""
    with ExitStack() as stack:
        directory = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="wirekit-tour-")))
        if not (certificates := places.make_certificates(directory)):
            yield not_here("certificates: neither trustme nor openssl is installed")
            return
        site, trust, maker = Site(scale.large), certificates.client(), certificates.maker
        url = stack.enter_context(_running_tls(site, certificates.server()))
        yield _time(
            f"urlopen over TLS (certificate by {maker})", scale.large, lambda: _fetch(f"{url}/large", trust)
        )
        started = time.perf_counter()
        body, seconds = asyncio.run(_fetch_tls_async(site, certificates)), time.perf_counter() - started
        yield Step("async client and server over TLS", check(body, scale.large), seconds)
        other = Site(scale.large)
        wrong = stack.enter_context(_running_tls(other, certificates.server(certificates.elsewhere)))
        started = time.perf_counter()
        _expect_refusal(wrong, trust, other)
        yield Step("refused: a certificate for another host", 0, time.perf_counter() - started)


async def _fetch_tls_async(site: Site, certificates: places.Certificates) -> bytes:
    there = aio_server.HTTPServer(("127.0.0.1", 0), _make_async_handler(site))
    there.socket = certificates.server().wrap_socket(there.socket, server_side=True)
    async with there:
        return await _fetch_async(there.server_address[1], "/large", certificates.client())


def _running_tls(site: Site, context: ssl.SSLContext) -> Any:
    there = _start(site)
    there.socket = context.wrap_socket(there.socket, server_side=True)
    return places.running(there, "https")


def _expect_refusal(url: str, trust: ssl.SSLContext, site: Site) -> None:
    """Make sure that a request to a server with the wrong certificate never leaves."""
    try:
        _fetch(f"{url}/large", trust)
    except URLError as error:
        if isinstance(error.reason, ssl.SSLCertVerificationError) and not site.visitors:
            return
        raise
    message = "a certificate for another host was accepted"
    raise Unexpected(message)


def show_refusals(_: Scale) -> Iterator[Step]:
    """Safe by default."""
    here, there, login = Site(SMALL), Site(SMALL), "Basic c2VjcmV0"
    with places.running(_start(here)) as first, places.running(_start(there)) as second:
        here.elsewhere = f"{second}/small"
        step = _time(
            "redirect elsewhere: no login goes along",
            SMALL,
            lambda: _fetch(f"{first}/moved", headers={"Authorization": login}),
        )
        if here.logins != [login] or there.logins != [None]:
            message = f"the login went astray in {len(there.logins)} requests elsewhere"
            raise Unexpected(message)
        yield step


# ---- the works of others


def show_others_servers(scale: Scale) -> Iterator[Step]:
    """Our client, servers of others."""
    handler = places.make_handler(their_server.BaseHTTPRequestHandler, Site(scale.large))
    with places.running(their_server.ThreadingHTTPServer(("127.0.0.1", 0), handler)) as url:
        yield _time("the standard library's http.server", scale.large, lambda: _fetch(f"{url}/large"))
    if not (program := places.find_program("nginx")):
        yield not_here("nginx is not installed")
        return
    with tempfile.TemporaryDirectory(prefix="wirekit-tour-") as name:
        certificates = places.make_certificates(Path(name))
        with places.run_nginx(program, scale.large, certificates) as (plain, secure):
            yield _time("nginx", scale.large, lambda: _fetch(f"{plain}/large"))
            port = int(plain.rpartition(":")[2])
            by_async = partial(_run_async, port)
            yield _time("nginx, by the async client", scale.large, by_async)
            if certificates and secure:
                trust = certificates.client()
                yield _time("nginx over TLS", scale.large, lambda: _fetch(f"{secure}/large", trust))


def show_others_clients(scale: Scale) -> Iterator[Step]:
    """Clients of others, our server."""
    with places.running(_start(Site(scale.large))) as url:
        yield _time("the standard library's http.client", scale.large, lambda: _fetch_by_theirs(url))
        for name, words in (("curl", ["-q", "-sS"]), ("wget", ["-q", "-O", "-"])):
            if program := places.find_program(name):
                command = [program, *words, f"{url}/chunked"]
                yield _time(f"{name}, the body in chunks", scale.large, partial(places.run, command))
            else:
                yield not_here(f"{name} is not installed")


def _fetch_by_theirs(url: str) -> bytes:
    connection = their_client.HTTPConnection(url.partition("//")[2], timeout=places.PATIENCE)
    connection.request("GET", "/large")
    body = connection.getresponse().read()
    connection.close()
    return body


STOPS = (show_blocking, show_async, show_tls, show_refusals, show_others_servers, show_others_clients)
