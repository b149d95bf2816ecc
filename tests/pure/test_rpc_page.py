"""The documentation page as text: everything escaped, and nothing in it but our own script. (A browser looks at it in
tests/interop.)
"""

from __future__ import annotations

import base64
import hashlib
import html.parser
import re
from typing import Any

import pytest

from wirekit.xmlrpc import _page, _pydoc

MARKUP = "<script>alert(1)</script><img src=x onerror=\"alert('1')\">&amp;"


class Reader(html.parser.HTMLParser):
    """Gathers the elements of a page, with what would load or run something."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: list[tuple[str, dict[str, str | None]]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: Any) -> None:
        self.seen.append((tag, dict(attrs)))
        if tag not in {"meta", "input", "link"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


def make(methods: Any, *, console: bool = True, title: str = "T", name: str = "N", about: str = "") -> str:
    return _page.format_page(title, name, about, methods, console=console)


def test_page_is_well_formed_and_loads_nothing() -> None:
    def method(a: int, b: str = "x", *rest: float) -> str:
        """Do.

        See https://example.org/ and RFC 1952.
        """
        return f"{a}{b}{rest}"

    reader = Reader(make({"m": method, "pow": pow, "odd": ("(a)", "help")}))
    assert reader.open == []
    (icon,) = (attributes for tag, attributes in reader.seen if tag == "link")
    assert icon["rel"] == "icon"
    assert (icon.pop("href") or "").startswith("data:image/svg+xml,")  # stands in the page, like all the rest
    for tag, attributes in reader.seen:
        assert tag not in {"img", "iframe", "object", "embed", "base", "svg"}
        assert not {"src", "style", "srcset"} & attributes.keys()
        assert not any(name.startswith("on") for name in attributes)
        assert (attributes.get("href") or "#").startswith(("#", "https://", "http://"))
    ids = [attributes["id"] for _, attributes in reader.seen if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_everything_is_escaped() -> None:
    def method(a: int) -> int:
        return a

    method.__doc__ = MARKUP + "\n\n    " + MARKUP + "\n\n`" + MARKUP + "` https://example.org/" + MARKUP
    method.__annotations__ = {"a": MARKUP, "return": MARKUP}
    method.__defaults__ = (MARKUP,)
    page = make({MARKUP: method, "t": (MARKUP, MARKUP)}, title=MARKUP, name=MARKUP, about=MARKUP)
    reader = Reader(page)
    assert [tag for tag, _ in reader.seen].count("script") == 1
    assert not [tag for tag, _ in reader.seen if tag == "img"]
    assert not [name for _, attributes in reader.seen for name in attributes if name.startswith("on")]
    assert page.count("<script>") == 1


def test_policy_names_what_is_in_the_page() -> None:
    page = make({"pow": pow})
    for console in (True, False):
        policy = _page.make_policy(console=console)
        for tag in ("style", "script"):
            inside = re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)
            assert inside is not None
            digest = base64.b64encode(hashlib.sha256(inside[1].encode()).digest()).decode()
            assert f"{tag}-src 'sha256-{digest}'" in policy
        assert ("connect-src 'self'" in policy) is console
        assert "unsafe" not in policy


def test_console_has_a_field_for_each_parameter() -> None:
    def method(a: int, b: str = "x", *rest: float) -> None: ...

    reader = Reader(make({"m": method}))
    fields = [attributes for tag, attributes in reader.seen if tag == "input" and "data-name" in attributes]
    assert [field["data-name"] for field in fields] == ["a", "b", "rest"]
    assert ["required" in field for field in fields] == [True, False, False]
    assert ["data-rest" in field for field in fields] == [False, False, True]
    assert [field["placeholder"] for field in fields] == ["42", "'x'", '1, "two", [3]']
    assert "data-rest" in make({"m": ("(...)", "")})
    assert "It takes no arguments." in make({"m": lambda: None})
    assert 'class="console"' not in make({"m": method}, console=False)


def test_methods_come_in_order_those_of_the_system_last() -> None:
    page = make({"zebra": pow, "system.listMethods": pow, "apple": pow})
    assert re.findall(r'<article class="method" id="m-([\w.]+)"', page) == [
        "apple",
        "zebra",
        "system.listMethods",
    ]
    assert "3 methods" in page
    assert "1 method<" in make({"apple": pow})


def test_odd_names_make_good_anchors() -> None:
    page = make({"a b": pow, "<lambda>": pow, "ü": pow, "a_b": pow})
    ids = re.findall(r'<article class="method" id="([^"]*)"', page)
    assert len(set(ids)) == 4
    assert all(re.fullmatch(r"m-[\w.-]+", found, re.ASCII) for found in ids)


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("", ""),
        ("One.\nStill one.\n\nTwo.", "<p>One.\nStill one.</p>\n<p>Two.</p>"),
        ("Code:\n\n    a\n      b\n\nend", "<p>Code:</p>\n<pre>a\n  b</pre>\n<p>end</p>"),
        (">>> f(<1>)\n2", "<pre>&gt;&gt;&gt; f(&lt;1&gt;)\n2</pre>"),
        ("`x < y` and ``z``", "<p><code>x &lt; y</code> and <code>z</code></p>"),
        (
            "see http://a.example/?b&c.",
            '<p>see <a href="http://a.example/?b&amp;c" rel="noreferrer noopener">http://a.example/?b&amp;c</a>.</p>',
        ),
        ("javascript:alert(1) ftp://x", "<p>javascript:alert(1) ftp://x</p>"),
        (
            "RFC 1952",
            '<p><a href="https://www.rfc-editor.org/rfc/rfc1952" rel="noreferrer noopener">RFC 1952</a></p>',
        ),
        ("PEP8", '<p><a href="https://peps.python.org/pep-0008/" rel="noreferrer noopener">PEP8</a></p>'),
    ],
)
def test_help_is_set_as_text(text: str, wanted: str) -> None:
    assert _page.format_text(text) == wanted


# ---- the page in pydoc's style


def test_pydocs_page_marks_text_up() -> None:
    draw = _pydoc.ServerHTMLDoc()
    for text, wanted in (
        ("a http://x.example/y. b", 'a <a href="http://x.example/y">http://x.example/y</a>. b'),
        (
            "RFC 1952, PEP-8",
            '<a href="https://www.rfc-editor.org/rfc/rfc1952.txt">RFC 1952</a>, <a href="https://peps.python.org/pep-0008/">PEP-8</a>',
        ),
        (
            "self.add and add(1) and <b>",
            'self.<strong>add</strong> and <a href="#-add">add</a>(1) and &lt;b&gt;',
        ),
        ("self.add(1)", '<a href="#-add">add</a>(1)'),
    ):
        assert draw.markup(text, funcs={"add": "#-add"}) == wanted


def test_pydocs_page_escapes_names_and_titles() -> None:
    draw = _pydoc.ServerHTMLDoc()
    contents = draw.docserver(MARKUP, MARKUP, {"<m>": (MARKUP, MARKUP), "f": lambda a="<x>": a})
    page = draw.page("t", contents)
    assert "<script>" not in page
    assert "<img" not in page
    assert draw.docroutine(pow, "pow", cl=int).startswith(
        '<dl><dt><a name="int-pow"><strong>pow</strong></a>('
    )
