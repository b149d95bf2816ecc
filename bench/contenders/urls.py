"""URLs: split, joined, quoted, unquoted; queries read and written; URLs as values."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.rows import Goal, Row, Target, Work, add_rows, contender

STDLIB = "urllib.parse"


def _row(name: str, title: str, unit: str = "us", *goals: Goal, note: str = "") -> Row:
    return Row(
        name,
        "urls",
        title,
        "memory",
        unit=unit,
        size=1,
        step=1 if unit == "ms" else 100,
        goals=goals,
        note=note,
    )


add_rows(
    _row(
        "urls-split", "urlsplit, cold: 2,000 URLs of 200 hosts", "us", Goal(0.41, STDLIB, "1.05 us where the stdlib takes 2.55"),
        note="No cache holds them all, so none helps. wirekit checks hosts by its safe profile. can_ada, ada-url and yarl make "
        "an object each, and read more out of a URL (WHATWG, or RFC 3986 with all parts normalised).",
    ),
    _row("urls-split-hosts", "urlsplit, cold: 2,000 URLs, each of another host"),
    _row("urls-split-login", "urlsplit, cold: 2,000 URLs, each of another host, with user, password and port"),
    _row("urls-split-hot", "urlsplit, remembered", "us", Goal(1.15, STDLIB, "parity")),
    _row("urls-join", "urljoin, cold: 2,000 bases", "us", Goal(0.39, STDLIB, "1.9 us where the stdlib takes 4.83")),
    _row("urls-join-one", "urljoin, 2,000 references against one base", "us", Goal(0.39, STDLIB)),
    _row("urls-unsplit", "urlunsplit"),
    _row("urls-unquote", "unquote, 200 characters", "us", Goal(0.14, STDLIB, "1.6 us where the stdlib takes 11.5")),
    _row("urls-unquote-1m", "unquote, 1 MB of Cyrillic", "ms", Goal(0.055, STDLIB, "16 ms where the stdlib takes 294")),
    _row("urls-quote", "quote, a short path", "us", Goal(0.48, STDLIB, "0.6 us where the stdlib takes 1.26")),
    _row("urls-quote-1m", "quote, 1 MB of Cyrillic", "ms", Goal(0.225, STDLIB, "9 ms where the stdlib takes 40")),
    _row("urls-parse-qsl", "parse_qsl, 20 pairs", "us", Goal(0.167, STDLIB, "5.5 us where the stdlib takes 33")),
    _row("urls-urlencode", "urlencode, 20 pairs", "us", Goal(0.41, STDLIB, "11 us where the stdlib takes 27")),
    _row(
        "urls-value", "A URL as a value: made, host and path asked, made text again; 2,000 URLs of 200 hosts",
        note="wirekit.URL and yarl normalise by RFC 3986; the others read as browsers do.",
    ),
)  # fmt: skip

MANY = 2_000
URLS = [f"https://www{i % 200}.example.com/path/to/page{i}.html?query={i}&b=2#part" for i in range(MANY)]
HOSTS = [f"https://www{i}.example.com/path/to/page{i}.html?query={i}&b=2#part" for i in range(MANY)]
LOGINS = [f"http://user{i}:word@www{i}.example.com:8080/path/to/page{i}.html" for i in range(MANY)]
REFERENCES = [f"../d{i}/e.html?y={i}" for i in range(MANY)]
QUOTED = "abc%20def%C3%A9gh/" * 11
SHORT = "/path/with space/é"
CYRILLIC = "Съешь ещё этих мягких французских булок, да выпей чаю. " * 10_000
PAIRS = [(f"name{i}", f"value {i}/é") for i in range(20)]
QUERY = "&".join(f"name{i}=value+{i}%20x" for i in range(20))


def each(function: Callable[[str], Any], texts: list[str]) -> Work:
    """Call it with one text after the other, round and round."""

    def work(count: int) -> int:
        left = count
        while left > 0:
            for text in texts[:left]:
                function(text)
            left -= len(texts)
        return count

    return work


def again(function: Callable[..., Any], *arguments: Any) -> Work:
    """Call it with the same arguments each time."""
    if len(arguments) == 1:
        (one,) = arguments

        def work(count: int) -> int:
            for _ in range(count):
                function(one)
            return count
    else:
        first, second = arguments

        def work(count: int) -> int:
            for _ in range(count):
                function(first, second)
            return count

    return work


def open_module(parse: Any, target: Target) -> Work:
    """The work of a row by a module in the shape of urllib.parse."""
    name = target.row.removeprefix("urls-")
    if name in {"split", "split-hosts", "split-login"}:
        return each(parse.urlsplit, {"split": URLS, "split-hosts": HOSTS, "split-login": LOGINS}[name])
    if name == "split-hot":
        return again(parse.urlsplit, URLS[0])
    if name == "join":
        join = parse.urljoin
        return each(lambda base: join(base, "../d/e.html?y=2"), URLS)
    if name == "join-one":
        join = parse.urljoin
        return each(lambda reference: join("https://www.example.com/a/b/c.html?x=1", reference), REFERENCES)
    if name == "unsplit":
        return again(parse.urlunsplit, parse.urlsplit(URLS[0]))
    return again(*{
        "unquote": (parse.unquote, QUOTED),
        "unquote-1m": (parse.unquote, parse.quote(CYRILLIC)),
        "quote": (parse.quote, SHORT),
        "quote-1m": (parse.quote, CYRILLIC),
        "parse-qsl": (parse.parse_qsl, QUERY),
        "urlencode": (parse.urlencode, PAIRS),
    }[name])  # fmt: skip


MODULE_ROWS = (
    "urls-split", "urls-split-hosts", "urls-split-login", "urls-split-hot", "urls-join", "urls-join-one", "urls-unsplit", "urls-unquote",
    "urls-unquote-1m", "urls-quote", "urls-quote-1m", "urls-parse-qsl", "urls-urlencode",
)  # fmt: skip


@contender(STDLIB, *MODULE_ROWS)
def open_stdlib(target: Target) -> Work:
    from urllib import parse

    return open_module(parse, target)


@contender("wirekit", *MODULE_ROWS, package="wirekit")
def open_wirekit(target: Target) -> Work:
    from wirekit.urllib import parse

    return open_module(parse, target)


def ask(make: Callable[[str], Any], text: Callable[[Any], str], host: str, path: str) -> Callable[[str], str]:
    """Make a URL, ask for two parts, make text of it."""

    def use(url: str) -> str:
        made = make(url)
        getattr(made, host)
        getattr(made, path)
        return text(made)

    return use


@contender("wirekit, URL", "urls-value", package="wirekit")
def open_wirekit_url(_: Target) -> Work:
    from wirekit.url import URL

    return each(ask(URL, str, "host", "path"), URLS)


@contender("wirekit, URL.whatwg", "urls-value", package="wirekit")
def open_wirekit_whatwg(_: Target) -> Work:
    from wirekit.url import URL

    return each(ask(URL.whatwg, str, "host", "path"), URLS)


@contender(
    "yarl",
    "urls-split",
    "urls-split-hosts",
    "urls-split-hot",
    "urls-join",
    "urls-join-one",
    "urls-value",
    package="yarl",
)
def open_yarl(target: Target) -> Work:
    from yarl import URL

    if target.row == "urls-value":
        return each(ask(URL, str, "raw_host", "raw_path"), URLS)
    if target.row == "urls-join":
        reference = URL("../d/e.html?y=2")
        return each(lambda base: str(URL(base).join(reference)), URLS)
    if target.row == "urls-join-one":
        one = URL("https://www.example.com/a/b/c.html?x=1")
        return each(lambda reference: str(one.join(URL(reference))), REFERENCES)
    if target.row == "urls-split-hot":
        return again(URL, URLS[0])
    return each(URL, URLS if target.row == "urls-split" else HOSTS)


@contender("yarl (Cython)", "urls-unquote", "urls-unquote-1m", "urls-quote", "urls-quote-1m", package="yarl")
def open_yarl_quoting(target: Target) -> Work:
    from yarl._quoting import _Quoter, _Unquoter

    if "unquote" in target.row:
        from urllib.parse import quote

        return again(_Unquoter(), QUOTED if target.row == "urls-unquote" else quote(CYRILLIC))
    return again(_Quoter(safe="/", requote=False), SHORT if target.row == "urls-quote" else CYRILLIC)


@contender("can_ada (C++)", "urls-split", "urls-split-hosts", "urls-join", "urls-value", package="can_ada")
def open_can_ada(target: Target) -> Work:
    import can_ada

    if target.row == "urls-join":
        return each(lambda base: str(can_ada.parse(base) + "../d/e.html?y=2"), URLS)
    if target.row == "urls-value":
        return each(ask(can_ada.parse, str, "hostname", "pathname"), URLS)
    return each(can_ada.parse, URLS if target.row == "urls-split" else HOSTS)


@contender("can_ada, URLSearchParams (C++)", "urls-parse-qsl", package="can_ada")
def open_can_ada_params(_: Target) -> Work:
    import can_ada

    return again(lambda query: list(can_ada.URLSearchParams(query)), QUERY)


@contender("ada-url (C++)", "urls-split", "urls-join", "urls-value", package="ada-url")
def open_ada_url(target: Target) -> Work:
    import ada_url

    if target.row == "urls-join":
        return each(lambda base: ada_url.join_url(base, "../d/e.html?y=2"), URLS)
    if target.row == "urls-value":
        return each(ask(ada_url.URL, lambda url: url.href, "hostname", "pathname"), URLS)
    return each(ada_url.URL, URLS)
