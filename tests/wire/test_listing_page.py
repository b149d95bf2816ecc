"""The page that lists a directory: order, sizes, links, and names that strangers chose."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from typing import Any

import pytest

from wirekit._wire.listing_page import (
    POLICY,
    Entry,
    Order,
    format_page,
    format_size,
    parse_order,
    sort_entries,
)

FILES = [Entry(b"b.txt", False, size=10, modified=30.0), Entry(b"A.txt", False, size=20, modified=10.0)]


def format_time(seconds: float) -> str:
    return f"1970-01-01 00:00:{seconds:02.0f}"


class Reader(HTMLParser):
    """Links with their texts, and elements with their attributes."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.links: list[tuple[str, str]] = []
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.inside = False
        self.feed(page.decode())

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        if tag == "a":
            self.inside = True
            self.links.append((dict(attrs)["href"] or "", ""))

    def handle_endtag(self, tag: str) -> None:
        self.inside = self.inside and tag != "a"

    def handle_data(self, data: str) -> None:
        if self.inside:
            link, text = self.links[-1]
            self.links[-1] = link, text + data


def page_of(target: str, entries: list[Entry], order: Order | None = None, **given: Any) -> bytes:
    return format_page(target, entries, format_time, order or Order(), **given)


@pytest.mark.parametrize(
    "target, order",
    [
        ("/", Order("name", False)),
        ("/a/?sort=size", Order("size", False)),
        ("/?sort=time&order=desc", Order("time", True)),
        ("/?order=desc&sort=name", Order("name", True)),
        ("/?sort=%3Cscript%3E&order=x", Order("name", False)),
        ("/?sort", Order("name", False)),
    ],
)
def test_order_is_what_the_target_asks_for(target: str, order: Order) -> None:
    assert parse_order(target) == order


@pytest.mark.parametrize(
    "order, names",
    [
        (Order("name"), ["Dir", "a1", "A2", "a10", "b"]),
        (Order("name", True), ["Dir", "b", "a10", "A2", "a1"]),
        (Order("size"), ["Dir", "b", "a1", "a10", "A2"]),
        (Order("size", True), ["Dir", "A2", "a10", "a1", "b"]),
        (Order("time"), ["Dir", "b", "A2", "a10", "a1"]),
    ],
)
def test_entries_are_sorted_directories_first(order: Order, names: list[str]) -> None:
    entries = [
        Entry(b"a10", False, size=5, modified=2.0),
        Entry(b"A2", False, size=9, modified=1.0),
        Entry(b"b", False),
        Entry(b"Dir", True, size=4096, modified=9.0),
        Entry(b"a1", False, size=5, modified=3.0),
    ]
    assert [entry.name.decode() for entry in sort_entries(entries, order)] == names


@pytest.mark.parametrize(
    "size, text",
    [
        (0, "0 B"),
        (999, "999 B"),
        (1000, "1.0 KB"),
        (1024, "1.0 KB"),
        (10_188, "9.9 KB"),
        (10_189, "10 KB"),
        (1_023_487, "999 KB"),
        (1_023_488, "1.0 MB"),
        (5 << 30, "5.0 GB"),
        (1 << 70, "1024 EB"),
    ],
)
def test_size_is_short(size: int, text: str) -> None:
    assert format_size(size) == text


def test_entry_says_name_size_and_time() -> None:
    page = page_of("/", FILES).decode()
    assert (
        '<li class="t row" data-s="10"><a href="b.txt"><bdi>b.txt</bdi></a><span title="10 bytes">10 B</span>'
        '<time datetime="1970-01-01T00:00:30Z">1970-01-01 00:00:30</time></li>' in page
    )
    assert "2 entries" in page
    assert "1 entry<" in page_of("/", FILES[:1]).decode()


@pytest.mark.parametrize(
    "entry, row",
    [
        (Entry(b"d", True), '<li class="d row"><a href="d/"><bdi>d/</bdi></a><span></span></li>'),
        (Entry(b"l", True, True), '<li class="d row"><a href="l/"><bdi>l/@</bdi></a><span></span></li>'),
        (Entry(b"f", False, True), '<li class="f row"><a href="f"><bdi>f@</bdi></a><span></span></li>'),
        (Entry(b"x.PNG", False), '<li class="i row"><a href="x.PNG"><bdi>x.PNG</bdi></a><span></span></li>'),
        (
            Entry(b"x.\xff", False),
            '<li class="f row"><a href="x.%FF"><bdi>x.\ufffd</bdi></a><span></span></li>',
        ),
    ],
)
def test_entry_of_every_kind(entry: Entry, row: str) -> None:
    assert row in page_of("/", [entry]).decode()


@pytest.mark.parametrize(
    "name",
    [
        b"<script>alert(1)</script>",
        b'" onmouseover="alert(1)',
        b"' autofocus onfocus='x",
        b"a&lt;b",
        b"javascript:alert(1)",
        b"//evil.example",
        b"\\\\evil",
        b"#a?b=c&d",
        b"%2e%2e",
        b"--><x>",
        b"</ul></body>",
        "\u202egnp.exe".encode(),
    ],
)
def test_row_108_hostile_name_is_text_and_a_link_below(name: bytes) -> None:
    from urllib.parse import unquote_to_bytes, urlsplit

    usual = Reader(page_of("/", [Entry(b"x", False)]))
    reader = Reader(page_of("/", [Entry(name, False)]))
    assert [tag for tag, _ in reader.elements] == [tag for tag, _ in usual.elements]
    assert all(
        set(given) == set(wanted)
        for (_, given), (_, wanted) in zip(reader.elements, usual.elements, strict=True)
    )
    (link,) = [link for link, text in reader.links if text == name.decode()]
    assert urlsplit(link)[:2] == ("", "")
    assert urlsplit(link)[3:] == ("", "")
    assert unquote_to_bytes(link) == name
    assert "/" not in link


def test_control_characters_are_seen() -> None:
    page = page_of("/", [Entry(b"a\nb\x7f\x1b", False)]).decode()
    assert "<bdi>a\u240ab\u2421\u241b</bdi>" in page


def test_hostile_target_is_text() -> None:
    page = page_of("/%3Cscript%3E/<b>?x=<i>#<u>", FILES)
    reader = Reader(page)
    assert [tag for tag, _ in reader.elements].count("script") == 1
    assert not {"b", "i", "u"} & {tag for tag, given in reader.elements if tag != "b" or "id" not in given}


def test_crumbs_lead_up() -> None:
    reader = Reader(page_of("/a/b%20c/d/?sort=size", []))
    assert reader.links[:3] == [("../../../", "Home"), ("../../", "a"), ("../", "b c")]
    assert reader.links[-2:] == [("../", "Parent directory"), ("", "Open")]
    assert Reader(page_of("/", [])).links[0][1] == "Name"


@pytest.mark.parametrize(
    "order, links",
    [
        (Order("name"), ["?sort=name&order=desc", "?sort=size&order=asc", "?sort=time&order=asc"]),
        (Order("size", True), ["?sort=name&order=asc", "?sort=size&order=asc", "?sort=time&order=asc"]),
    ],
)
def test_columns_sort_and_turn_round(order: Order, links: list[str]) -> None:
    reader = Reader(page_of("/", [], order))
    assert [link for link, text in reader.links if text in {"Name", "Size", "Modified"}] == links
    (current,) = [
        given["aria-current"] for tag, given in reader.elements if tag == "a" and "aria-current" in given
    ]
    assert current == ("descending" if order.descending else "ascending")


def test_empty_directory_says_so() -> None:
    assert '<p class="note">This directory is empty.</p>' in page_of("/", []).decode()
    assert '<p class="note">This directory is empty.</p>' in page_of("/a/", []).decode()
    assert '<p class="note" hidden>This directory is empty.</p>' in page_of("/", FILES).decode()


def test_upload_form_is_there_where_it_may() -> None:
    assert b'<form class="up"' in page_of("/", [], upload=True)
    assert b"<form" not in page_of("/", [])


def test_policy_allows_what_the_page_holds_and_nothing_else() -> None:
    page = page_of("/", FILES, upload=True).decode()
    for element in ("style", "script"):
        (text,) = re.findall(rf"<{element}>(.*?)</{element}>", page, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"{element}-src 'sha256-{digest}'" in POLICY
    assert "unsafe" not in POLICY
    assert "default-src 'none'" in POLICY
    assert not re.search(r"<[^>]*\s(?:style|on\w+)=", page)
