"""Jars under load: eight threads at one, and what a request costs in a large one, counted in steps."""

from __future__ import annotations

import itertools
import random
import threading
import time
from typing import TYPE_CHECKING, Any

import pytest

from tests.jars import sent, visit
from tests.security.test_urls import steps
from wirekit import defaults
from wirekit.http.cookiejar import Cookie, CookieJar, MozillaCookieJar
from wirekit.http.cookies import SimpleCookie, parse_cookie
from wirekit.urllib.request import Request

if TYPE_CHECKING:
    from pathlib import Path

THREADS = 8
TURNS = 150


def cookie(domain: str, name: str = "id", expires: int | None = 4_102_444_800) -> Cookie:
    return Cookie(
        0, name, "7", None, False, domain, False, False, "/", True, False, expires, False, None, None, {}
    )


def fill(jar: CookieJar, count: int) -> CookieJar:
    """Put cookies of so many hosts, and three of shop.example.org, into a jar."""
    for number in range(count):
        jar.set_cookie(cookie(f"host{number}.example.com"))
    for name in ("a", "b", "c"):
        jar.set_cookie(cookie("shop.example.org", name))
    return jar


@pytest.fixture(params=["safe", "stdlib"])
def profile(request: pytest.FixtureRequest) -> Any:
    with defaults.using(request.param):
        yield request.param


# ---- eight threads


def work(jar: MozillaCookieJar, number: int, errors: list[BaseException], files: Path) -> None:
    """Add, read, let expire, iterate, save and clear, in an order of this thread's own."""
    chance = random.Random(number)
    mine = f"https://host{number}.example.org/"
    shared = "https://shared.example.org/"
    try:
        for turn in range(TURNS):
            visit(jar, mine, f"turn={turn}", f"short{turn}=1; Max-Age=1")
            assert f"turn={turn}" in sent(jar, mine)
            visit(jar, shared, f"name{chance.randrange(20)}={number}; Max-Age={chance.choice((0, 1, 1000))}")
            odd = chance.randrange(12)
            if odd == 0:
                jar.save(str(files / f"{number}.txt"), ignore_discard=True)
            elif odd == 1:
                assert all(each.domain.endswith("example.org") for each in jar)
            elif odd == 2:
                jar.clear_expired_cookies()
            elif odd == 3:
                len(jar), repr(jar), list(itertools.islice(jar, 3))
            elif odd == 4:
                jar.set_cookie(cookie(f"host{number}.example.org", "old", int(time.time()) - 5))
            elif odd == 5:
                with jar._cookies_lock:
                    jar._cookies.setdefault(f"more{number}.example.org", {})["/"] = {}
                    del jar._cookies[f"more{number}.example.org"]
    except BaseException as error:
        errors.append(error)
        raise


@pytest.mark.timeout(180)
def test_eight_threads_share_a_jar(profile: str, tmp_path: Path) -> None:
    jar = MozillaCookieJar()
    errors: list[BaseException] = []
    threads = [threading.Thread(target=work, args=(jar, n, errors, tmp_path)) for n in range(THREADS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for number in range(THREADS):
        assert f"turn={TURNS - 1}" in sent(jar, f"https://host{number}.example.org/").split("; ")
    jar.clear_expired_cookies()
    assert len(jar) == len(list(jar)) == len({(each.domain, each.path, each.name) for each in jar})
    jar.save(str(tmp_path / "all.txt"), ignore_discard=True)
    again = MozillaCookieJar(str(tmp_path / "all.txt"), strict=True)
    again.load(ignore_discard=True)
    assert {(each.domain, each.name) for each in again} <= {(each.domain, each.name) for each in jar}
    for file in tmp_path.glob("?.txt"):
        MozillaCookieJar(strict=True).load(str(file), ignore_discard=True)
    assert not [path for path in tmp_path.iterdir() if path.suffix != ".txt"]


def test_iteration_gives_what_was_there_when_it_began(profile: str) -> None:
    jar = fill(CookieJar(), 10)
    seen = []
    for number, each in enumerate(jar):
        seen.append(each.domain)
        jar.set_cookie(cookie(f"new{number}.example.net"))
        if number == 3:
            jar.clear("host9.example.com")
    assert len(seen) == 13
    assert len(jar) == 13 - 1 + 13


# ---- what a request costs


def test_a_request_costs_the_same_in_a_large_jar(profile: str) -> None:
    small, large = fill(CookieJar(), 10), fill(CookieJar(), 10_000)
    costs = []
    for jar in (small, large):
        sent(jar, "https://shop.example.org/")  # whatever is done once
        request = Request("https://shop.example.org/page")
        costs.append(steps(lambda jar=jar, request=request: jar.add_cookie_header(request)))  # type: ignore[misc]
        assert request.get_header("Cookie") == "a=7; b=7; c=7"
    assert costs[0] == costs[1] < 300


def test_a_response_costs_the_same_in_a_large_jar(profile: str, monkeypatch: pytest.MonkeyPatch) -> None:
    small, large = fill(CookieJar(), 10), fill(CookieJar(), 2_000)
    costs = []
    for jar in (small, large):
        visit(jar, "http://shop.example.org/", "d=1; Max-Age=1000")
        costs.append(steps(lambda jar=jar: visit(jar, "http://shop.example.org/", "d=2; Max-Age=1000")))  # type: ignore[misc]
    assert costs[1] <= costs[0] * 1.5


def test_cookies_that_expire_cost_nothing_but_their_own_removal(profile: str) -> None:
    costs = []
    for count in (10, 10_000):
        jar = fill(CookieJar(), count)
        jar.set_cookie(cookie("shop.example.org", "old", 1))
        sent(jar, "https://shop.example.org/")
        jar.set_cookie(cookie("shop.example.org", "old", 1))
        costs.append(steps(lambda jar=jar: sent(jar, "https://shop.example.org/")))  # type: ignore[misc]
        assert len(jar) == count + 3
    assert costs[0] == costs[1]


def test_policies_that_are_overridden_are_asked_about_every_domain(profile: str) -> None:
    from wirekit.http.cookiejar import DefaultCookiePolicy

    asked: list[str] = []

    class Curious(DefaultCookiePolicy):
        def domain_return_ok(self, domain: str, request: Any) -> bool:
            asked.append(domain)
            return super().domain_return_ok(domain, request)

    jar = fill(CookieJar(Curious()), 20)
    assert sent(jar, "https://shop.example.org/") == "a=7; b=7; c=7"
    assert set(asked) >= {f"host{n}.example.com" for n in range(20)} | {"shop.example.org"}


@pytest.mark.parametrize(
    "read, part",
    [
        (parse_cookie, "name=value; "),
        (parse_cookie, 'name="va\\"lue"; '),
        (parse_cookie, ";"),
        (parse_cookie, '="'),
        (SimpleCookie, "name=value; "),
        (SimpleCookie, '"\\'),
        (SimpleCookie, 'a="b '),
        (SimpleCookie, "Path=/; "),
    ],
    ids=[
        "pairs",
        "quoted",
        "semicolons",
        "open quotes",
        "load pairs",
        "load quotes",
        "load open",
        "load attributes",
    ],
)
def test_fields_are_read_in_steps_that_grow_with_their_length(read: Any, part: str, profile: str) -> None:
    read("once=1")
    small, large = (steps(lambda count=count: read(part * count)) for count in (100, 1000))  # type: ignore[misc]
    assert large <= small * 12 + 100
