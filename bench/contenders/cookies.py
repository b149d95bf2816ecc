"""Cookies: what a request costs in jars of any size, fields read, files of cookies."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from bench.rows import Goal, Row, Target, Work, add_rows, contender

STDLIB = "http.cookiejar"
STDLIB_FIELDS = "http.cookies"
FAR = 4_102_444_800
FIELD = "; ".join(f"name{number}=value-of-cookie-{number}" for number in range(20))


def _row(name: str, title: str, unit: str, *goals: Goal, step: int = 10, note: str = "") -> Row:
    return Row(name, "cookies", title, "memory", unit=unit, size=1, step=step, goals=goals, note=note)


add_rows(
    _row("jar-10", "add_cookie_header, a jar of 10 cookies", "us", Goal(0.36, STDLIB, "22 us where the stdlib takes 61")),
    _row("jar-1k", "add_cookie_header, a jar of 1,000", "us", Goal(0.0127, STDLIB, "14 us where the stdlib takes 1.1 ms")),
    _row(
        "jar-100k", "add_cookie_header, a jar of 100,000", "us",
        Goal(0.000124, STDLIB, "14 us where the stdlib takes 113 ms"),
        note="Two cookies for each host, as in the rows above. aiohttp's, once filled so far, does not give the first host's back.",
    ),
    _row(
        "field-20", "A Cookie field of 20 cookies, SimpleCookie", "us",
        Goal(0.40, STDLIB_FIELDS, "27 us where the stdlib takes 67"),
    ),
    _row(
        "field-20-pairs", "The same field, as a map of names and values", "us",
        Goal(0.59, "werkzeug", "8 us where werkzeug takes 13.6"),
    ),
    _row("mozilla-save", "cookies.txt of 100,000, saved", "ms", Goal(0.357, STDLIB, "2.8 times faster"), step=1),
    _row("mozilla-load", "cookies.txt of 100,000, loaded", "ms", Goal(0.370, STDLIB, "2.7 times faster"), step=1),
)  # fmt: skip

JARS = {"10": 10, "1k": 1_000, "100k": 100_000}
JAR_ROWS = tuple(f"jar-{size}" for size in JARS)


def _hosts(row: str) -> list[str]:
    """Name the hosts of a row's jar; each has two cookies."""
    return [f"www.host{number}.example" for number in range(JARS[row.partition("-")[2]] // 2)]


def _fill(jar: Any, cookie: Callable[..., Any], hosts: list[str]) -> Any:
    for host in hosts:
        for name in ("id", "theme"):
            jar.set_cookie(
                cookie(
                    0,
                    name,
                    "value",
                    None,
                    False,
                    host,
                    False,
                    False,
                    "/",
                    True,
                    False,
                    FAR,
                    False,
                    None,
                    None,
                    {},
                )
            )
    return jar


def _ask(jar: Any, request: Callable[[str], Any], hosts: list[str]) -> Work:
    """Ask for the cookies of hosts in turn, each with a request that is new."""
    chosen = hosts[:: max(1, len(hosts) // 100)]
    urls = [f"https://{host}/a/page.html" for host in chosen]

    def work(count: int) -> int:
        for number in range(count):
            jar.add_cookie_header(request(urls[number % len(urls)]))
        return count

    return work


class _Asked:
    """The least that a jar asks of a request: the same for all contenders, so that its making is not what is measured."""

    unverifiable = False
    type = "https"

    def __init__(self, url: str) -> None:
        self.full_url = url
        self.host = self.origin_req_host = url.split("/", 3)[2]
        self.headers: dict[str, str] = {}

    def get_full_url(self) -> str:
        return self.full_url

    def has_header(self, name: str) -> bool:
        return name in self.headers

    def get_header(self, name: str, default: str | None = None) -> str | None:
        return self.headers.get(name, default)

    def add_unredirected_header(self, name: str, value: str) -> None:
        self.headers[name] = value


def _check(jar: Any, host: str) -> None:
    asked = _Asked(f"https://{host}/")
    jar.add_cookie_header(asked)
    assert asked.headers["Cookie"] == "id=value; theme=value", asked.headers


def _open_jar(module: Any, jar: Any, target: Target) -> Work:
    hosts = _hosts(target.row)
    _fill(jar, module.Cookie, hosts)
    _check(jar, hosts[0])
    return _ask(jar, _Asked, hosts)


def _open_file(module: Any, target: Target) -> Work:
    name = Path(tempfile.mkdtemp(prefix="cookies-")) / "cookies.txt"
    jar = module.MozillaCookieJar(str(name))
    _fill(jar, module.Cookie, _hosts("jar-100k"))
    jar.save()

    def save(count: int) -> int:
        for _ in range(count):
            jar.save()
        return count

    def load(count: int) -> int:
        for _ in range(count):
            module.MozillaCookieJar(str(name)).load()
        return count

    return save if target.row == "mozilla-save" else load


def _each(read: Callable[[str], Any]) -> Work:
    assert read(FIELD)["name7"] is not None

    def work(count: int) -> int:
        for _ in range(count):
            read(FIELD)
        return count

    return work


@contender("wirekit", *JAR_ROWS)
def open_wirekit(target: Target) -> Work:
    from wirekit.http import cookiejar

    return _open_jar(cookiejar, cookiejar.CookieJar(), target)


@contender(STDLIB, *JAR_ROWS)
def open_stdlib(target: Target) -> Work:
    from http import cookiejar

    return _open_jar(cookiejar, cookiejar.CookieJar(), target)


@contender("requests", *JAR_ROWS, package="requests")
def open_requests(target: Target) -> Work:
    from http import cookiejar

    from requests.cookies import RequestsCookieJar

    return _open_jar(cookiejar, RequestsCookieJar(), target)


@contender("aiohttp", "jar-10", "jar-1k", package="aiohttp")
def open_aiohttp(target: Target) -> Work:
    import asyncio
    from http.cookies import SimpleCookie

    from aiohttp import CookieJar
    from yarl import URL

    async def make() -> Any:
        return CookieJar()

    jar = asyncio.run(make())
    hosts = _hosts(target.row)
    for host in hosts:
        jar.update_cookies(
            SimpleCookie("id=value; Path=/; Max-Age=9999999, theme=value; Path=/; Max-Age=9999999"),
            URL(f"https://{host}/"),
        )
    assert len(jar.filter_cookies(URL(f"https://{hosts[0]}/"))) == 2
    urls = [f"https://{host}/a/page.html" for host in hosts[:: max(1, len(hosts) // 100)]]

    def work(count: int) -> int:
        for number in range(count):
            jar.filter_cookies(URL(urls[number % len(urls)])).output(header="", sep=";")
        return count

    return work


@contender("wirekit", "mozilla-save", "mozilla-load")
def open_wirekit_file(target: Target) -> Work:
    from wirekit.http import cookiejar

    return _open_file(cookiejar, target)


@contender(STDLIB, "mozilla-save", "mozilla-load")
def open_stdlib_file(target: Target) -> Work:
    from http import cookiejar

    return _open_file(cookiejar, target)


@contender("wirekit", "field-20", "field-20-pairs")
def open_wirekit_field(target: Target) -> Work:
    from wirekit.http.cookies import SimpleCookie, parse_cookie

    return _each(SimpleCookie if target.row == "field-20" else parse_cookie)


@contender(STDLIB_FIELDS, "field-20")
def open_stdlib_field(_target: Target) -> Work:
    from http.cookies import SimpleCookie

    return _each(SimpleCookie)


@contender("werkzeug", "field-20-pairs", package="werkzeug")
def open_werkzeug(_target: Target) -> Work:
    from werkzeug.http import parse_cookie

    return _each(parse_cookie)
