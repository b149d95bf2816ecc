"""Paths from strangers, and the page that lists a directory."""

from html.parser import HTMLParser

import pytest

from wirekit._wire.listing import POLICY, format_listing, format_location, parse_path


@pytest.mark.parametrize(
    "target,expected",
    [
        ("/", ([], True)),
        ("", ([], False)),
        ("/a/b", ([b"a", b"b"], False)),
        ("/a/b/", ([b"a", b"b"], True)),
        ("/a/./b//c", ([b"a", b"b", b"c"], False)),
        ("/a/../../../b", ([b"b"], False)),
        ("/%2e%2e/%2E%2e%2fetc/passwd", ([b"etc", b"passwd"], False)),
        ("/a%2fb", ([b"a", b"b"], False)),
        ("//../a", ([b"a"], False)),
        ("/a?b/c/", ([b"a"], False)),
        ("/a#b/", ([b"a"], False)),
        ("/a%20b", ([b"a b"], False)),
        ("/\xe4%E4", ([b"\xe4\xe4"], False)),
        ("http://h/a/b?c", ([b"a", b"b"], False)),
        ("http://h", ([], False)),
        ("/..\\..\\x", ([b"..\\..\\x"], False)),
        ("/c:/x", ([b"c:", b"x"], False)),
    ],
)
def test_path_is_names_below_the_root(target: str, expected: object) -> None:
    assert parse_path(target, windows=False) == expected


@pytest.mark.parametrize("windows", [True, False])
def test_nul_names_no_file(windows: bool) -> None:
    assert parse_path("/a%00b", windows=windows) is None


@pytest.mark.parametrize(
    "target",
    [
        "/c:/x", "/..\\..\\x", "/a\\b", "/a%5Cb", "/..%20/x", "/.. ./x", "/a./x", "/a%20", "/CON", "/con.txt", "/aux .x",
        "/a/nul", "/com1", "/LPT9.log", "/a:stream", "/a%3Cb", "/a%0Ab", "/conin$",
    ],
)  # fmt: skip
def test_windows_tricks_name_no_file(target: str) -> None:
    assert parse_path(target, windows=True) is None
    assert parse_path(target, windows=False) is not None


def test_windows_lets_usual_names_through() -> None:
    assert parse_path("/a.b/console/com10/.x", windows=True) == ([b"a.b", b"console", b"com10", b".x"], False)


@pytest.mark.parametrize(
    "target,location",
    [
        ("/a", "/a/"),
        ("/a?b=c", "/a/?b=c"),
        ("//evil.com/%2f..", "/evil.com/%2f../"),
        ("/\\\\evil.com/%2e%2e%2f", "/evil.com/%2e%2e%2f/"),
        ("/\\/evil.com", "/evil.com/"),
        ("/a\\b", "/a%5Cb/"),
        ("a", "/a/"),
        ("http://h", "/"),
        ("http://h?a", "/?a"),
        ("/\\", "/"),
        ("http://h/a", "/a/"),
        ("/\xe4 \r\n", "/%E4%20%0D%0A/"),
        ("/a?\\\\x", "/a/?%5C%5Cx"),
    ],
)
def test_location_is_on_the_same_host(target: str, location: str) -> None:
    assert format_location(target) == location


class Links(HTMLParser):
    """What a browser would see."""

    def __init__(self, page: bytes) -> None:
        super().__init__()
        self.tags: list[str] = []
        self.links: list[str | None] = []
        self.text = ""
        self.feed(page.decode("utf-8"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append(tag)
        self.links += [value for name, value in attrs if name == "href"]

    def handle_data(self, data: str) -> None:
        self.text += data


def test_listing_shows_each_name_with_its_mark() -> None:
    page = Links(format_listing("/x/", [(b"a", ""), (b"d", "/"), (b"l", "@"), (b"ld", "/@")]))
    assert page.links == ["a", "d/", "l", "ld/"]
    assert page.text.split() == ["Directory", "listing", "for", "/x/"] * 2 + ["a", "d/", "l@", "ld@"]


@pytest.mark.parametrize(
    "name,link",
    [
        (b"<img src=x onerror=alert(1)>", "%3Cimg%20src%3Dx%20onerror%3Dalert%281%29%3E"),
        (b'"><script>', "%22%3E%3Cscript%3E"),
        (b"javascript:alert(1)", "javascript%3Aalert%281%29"),
        (b"a&amp;b'", "a%26amp%3Bb%27"),
        (b"\xff\xfe", "%FF%FE"),
        ("\u00e4".encode(), "%C3%A4"),
        (b"?#%", "%3F%23%25"),
    ],
)
def test_listing_escapes_hostile_names(name: bytes, link: str) -> None:
    page = Links(format_listing("/", [(name, "")]))
    assert page.links == [link]
    assert set(page.tags) <= {"html", "head", "meta", "title", "body", "h1", "hr", "ul", "li", "a"}
    assert name.decode("utf-8", "replace") in page.text


def test_listing_escapes_its_title() -> None:
    page = format_listing("/%3Cscript%3E%22/?<b>", [])
    assert b"<script>" not in page
    assert b"<b>" not in page
    assert b"&lt;script&gt;&quot;/" in page


def test_policy_lets_nothing_run() -> None:
    assert POLICY.startswith("default-src 'none'")
