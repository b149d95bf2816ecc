"""robots.txt: files read, and URLs asked about."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from bench.rows import Goal, Row, Target, Work, add_rows, contender

STDLIB = "urllib.robotparser"
AGENT = "ExampleBot"


def _row(name: str, title: str, unit: str = "us", *goals: Goal, note: str = "") -> Row:
    step = 1 if unit == "ms" else 10
    return Row(name, "robots", title, "memory", unit=unit, size=1, step=step, goals=goals, note=note)


FIRST_MATCH = (
    "The standard library of this Python takes `*` for a letter and the first rule that fits: it does less."
)

add_rows(
    _row("robots-parse-50", "A file of 50 lines, read", "us", Goal(0.325, STDLIB, "40 us where the stdlib takes 123")),
    _row("robots-parse-10k", "A file of 10,000 rules, read", "ms", Goal(0.19, STDLIB, "10 ms where the stdlib takes 52")),
    _row(
        "robots-first-50", "The same 50 lines, read and asked once", "us",
        note="What a cache of many sites does for most of them. wirekit indexes rules when they are first asked for.",
    ),
    _row("robots-first-10k", "The same 10,000 rules, read and asked once", "ms", Goal(0.19, STDLIB, "10 ms in all")),
    _row(
        "robots-ask-50", "can_fetch, 50 lines; 500 URLs in turn", "us", Goal(0.256, STDLIB, "2 us where the stdlib takes 7.8")
    ),
    _row(
        "robots-ask-10k", "can_fetch, 10,000 rules; 500 URLs in turn", "us",
        Goal(0.0047, STDLIB, "3 us where the stdlib takes 637"),
    ),
    _row(
        "robots-ask-wild", "can_fetch, 10,000 rules, half of them `/dir*/page`; 500 URLs in turn", "us",
        Goal(0.117, STDLIB, "100 us where the stdlib takes 858"), note=FIRST_MATCH,
    ),
    _row(
        "robots-ask-alike", "can_fetch, 10,000 rules, half of them `/*/section/page.html$`; 500 URLs in turn", "us",
        Goal(0.117, STDLIB, "100 us, whatever the patterns have in common"), note=FIRST_MATCH,
    ),
)  # fmt: skip

SMALL = "\n".join(
    [f"User-agent: {name}\n" + "\n".join(f"Disallow: /dir{n}/sub{i}/" for n in range(6)) + f"\nAllow: /dir{i}/open\n"
     for i, name in enumerate(("bot1", "bot2", "bot3", "bot4", "*"))]
    + ["Sitemap: https://www.example.com/sitemap.xml", "# end"]
).split("\n")  # fmt: skip
RULES = [f"/section{i % 100}/page{i}/" for i in range(10_000)]
LARGE = ["User-agent: *", *(f"{'Disallow' if i % 3 else 'Allow'}: {rule}" for i, rule in enumerate(RULES))]
WILD = [
    "User-agent: *",
    *(f"Disallow: {rule if i % 2 else f'/dir{i}*/page{i}'}" for i, rule in enumerate(RULES)),
]
ALIKE = [
    "User-agent: *",
    *(f"Disallow: {rule if i % 2 else f'/*/section{i}/page.html$'}" for i, rule in enumerate(RULES)),
]
FILES = {"50": SMALL, "10k": LARGE, "wild": WILD, "alike": ALIKE}
URLS = [
    f"https://www.example.com/{place}"
    for i in range(100)
    for place in (
        f"section{i}/page{i * 7}/x.html",
        f"dir{i * 60}/some/page{i * 60}?q={i}",
        f"en/section{i * 14}/page.html",
        f"dir{i % 6}/sub4/index.html",
        f"a/page/that/no/rule/is/for/{i}?with=a&query=string",
    )
]


def _read(parse: Callable[[Any], Any], file: Any) -> Work:
    def work(count: int) -> int:
        for _ in range(count):
            parse(file)
        return count

    return work


def _ask(ask: Callable[[str], Any]) -> Work:
    ask(URLS[0])

    def work(count: int) -> int:
        left = count
        while left > 0:
            for url in URLS[:left]:
                ask(url)
            left -= len(URLS)
        return count

    return work


def _open_parser(kind: Any, target: Target) -> Work:
    """Open the work for a parser of the standard library's shape."""
    _, task, file = target.row.split("-")

    def parse(lines: list[str]) -> Any:
        parser = kind()
        parser.parse(lines)
        return parser

    if task == "parse":
        return _read(parse, FILES[file])
    if task == "first":
        return _read(lambda lines: parse(lines).can_fetch(AGENT, URLS[0]), FILES[file])
    parser = parse(FILES[file])
    return _ask(lambda url: parser.can_fetch(AGENT, url))


ROWS = (
    "robots-parse-50", "robots-parse-10k", "robots-first-50", "robots-first-10k", "robots-ask-50", "robots-ask-10k",
    "robots-ask-wild", "robots-ask-alike",
)  # fmt: skip


@contender("wirekit", *ROWS)
def open_wirekit(target: Target) -> Work:
    from wirekit.urllib.robotparser import RobotFileParser

    return _open_parser(RobotFileParser, target)


@contender(STDLIB, *ROWS)
def open_stdlib(target: Target) -> Work:
    from urllib.robotparser import RobotFileParser

    return _open_parser(RobotFileParser, target)


@contender("protego", *ROWS, package="protego")
def open_protego(target: Target) -> Work:
    from protego import Protego

    _, task, file = target.row.split("-")
    text = "\n".join(FILES[file])
    if task == "parse":
        return _read(Protego.parse, text)
    if task == "first":
        return _read(lambda text: Protego.parse(text).can_fetch(URLS[0], AGENT), text)
    parser = Protego.parse(text)
    return _ask(lambda url: parser.can_fetch(url, AGENT))
