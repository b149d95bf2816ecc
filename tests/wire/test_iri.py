"""Strict reading of URIs and IRIs: what is refused, the one form of the rest, resolving, repairing, showing."""

import pytest

from wirekit._wire import iri


@pytest.mark.parametrize(
    ("text", "formed"),
    [
        ("http://example.org", "http://example.org"), ("http://example.org/", "http://example.org/"),
        ("http://example.org:80/a", "http://example.org/a"), ("https://example.org:443", "https://example.org"),
        ("http://example.org:8080/a?b#c", "http://example.org:8080/a?b#c"), ("http://h:0080/", "http://h/"), ("http://h:/", "http://h/"),
        ("http://h:65535/", "http://h:65535/"), ("http://h:0/", "http://h:0/"),
        ("eXAMPLE://a/./b/../b/%63/%7bfoo%7d", "example://a/b/c/%7Bfoo%7D"), ("HTTP://U%41:p%2f@H.Example/%7e", "http://UA:p%2F@h.example/~"),
        ("http://h/ü?ü\ue000#ü", "http://h/%C3%BC?%C3%BC%EE%80%80#%C3%BC"), ("http://ü@h/", "http://%C3%BC@h/"), ("http://bücher.example/", "http://xn--bcher-kva.example/"),
        ("http://h/a/%2e%2E/b", "http://h/b"), ("http://h/a/..", "http://h/"), ("http://h/a/.", "http://h/a/"), ("http://h/..", "http://h/"), ("http://h/.a/..b/c.", "http://h/.a/..b/c."),
        ("http://h?", "http://h?"), ("http://h#", "http://h#"), ("http://h/?#", "http://h/?#"),
        ("file:///etc/./x", "file:///etc/x"), ("mailto:a@b", "mailto:a@b"), ("urn:a/../b", "urn:a/../b"), ("x:/a/../b", "x:/b"), ("x:/.//p", "x:/.//p"), ("x:", "x:"),
        ("//h:80/p", "//h:80/p"), ("/a/../b", "/a/../b"), ("../a", "../a"), ("?q", "?q"), ("#f", "#f"), ("", ""), ("./a:b", "./a:b"), ("a/b:c", "a/b:c"),
        ("http:g", "http:g"), ("x://[::1]:5/", "x://[::1]:5/"), ("http://" + "a." * 40 + "org/", "http://" + "a." * 40 + "org/"),
    ],
)  # fmt: skip
def test_parse_gives_one_form(text: str, formed: str) -> None:
    parts = iri.parse(text)
    assert iri.format_parts(parts) == formed
    assert iri.parse(formed) == parts


@pytest.mark.parametrize(
    "text", ["http://h/a?b#c", "https://www.example.org:8443/a/b;c,d?e=f&g#h", "http://xn--a-b.org/"]
)
def test_the_short_way_is_the_long_way(text: str) -> None:
    assert iri.parse(text) == iri._parse(text)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (" http://h/", "a blank or control character in front"), ("\thttp://h/", "in front"), ("1a:b", "is no scheme"), ("a b:c", "is no scheme"), ("%61:b", "is no scheme"), (":a", "a scheme is missing"),
        ("http://h/a b", "' ' must not stand in the path"), ("http://h/a\nb", r"U\+000A must not stand in the path"), ("http://h/\\", "must not stand in the path"),
        ("http://h/?{", "'{' must not stand in the query"), ("http://h/#<", "'<' must not stand in the fragment"), ("http://h/##", "'#' must not stand in the fragment"), ("http://h/%", "begins no escape"),
        ("http://h/%4", "begins no escape"), ("http://h/?%zz", "a '%' in the query begins no escape"), ("http://h/\u202ex", r"U\+202E must not stand"), ("http://h/\ue000", r"U\+E000"),
        ("http://h/\ud800", r"U\+D800"), ("http://h/\ufffe", r"U\+FFFE"), ("http://a b@h/", "' ' must not stand in the user name or password"), ("http://u\uff03@h/", "stands for '#' in normal form"), ("http://a@b@h/", "'@' must not stand in the user name"),
        ("http://a\\b@h/", "a backslash in the authority"), ("http://h\\a/", "a backslash"), ("http:///a", "the host is missing"), ("http://u@/", "the host is missing"), ("x://u@/", "the host is missing"),
        ("x://:80/", "the host is missing"), ("http://h:x/", "'x' is no port"), ("http://h:65536/", "is no port"), ("http://h:\u0661/", "is no port"), ("http://h:-1/", "is no port"), ("http://h:1:2/", "is no port"),
        ("http://[::1]x/", "text behind the brackets"), ("http://[::1/", "brackets"), ("http://127.1/", "reads as a number"), ("http://h%2Fx/", "read in two ways"), ("http://h:" + "9" * 5000, "is no port"),
    ],
)  # fmt: skip
def test_parse_refuses_with_a_reason(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason) as caught:
        iri.parse(text)
    assert str(caught.value).startswith("URL refused: ")
    assert len(str(caught.value)) < 200


@pytest.mark.parametrize(
    ("reference", "resolved"),
    [
        ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("/g", "http://a/g"), ("//g", "http://g"), ("?y", "http://a/b/c/d;p?y"), ("#s", "http://a/b/c/d;p?q#s"),
        ("", "http://a/b/c/d;p?q"), ("../../../g", "http://a/g"), ("g;x=1/../y", "http://a/b/c/y"), ("g#s/../x", "http://a/b/c/g#s/../x"), ("http:g", "http:g"),
    ],
)  # fmt: skip
def test_resolve_as_rfc3986_section_5_4(reference: str, resolved: str) -> None:
    base = iri.parse("http://a/b/c/d;p?q")
    assert iri.format_parts(iri.resolve(base, iri.parse(reference))) == resolved


@pytest.mark.parametrize(
    ("base", "reference", "resolved"),
    [("http://a", "g", "http://a/g"), ("x:", "g", "x:g"), ("x:a/b", "c", "x:a/c"), ("a/b", "c", "a/c"), ("/a/b", "../c", "/c"), ("file:///a", "b", "file:///b"), ("", "a", "a")],
)  # fmt: skip
def test_resolve_against_other_bases(base: str, reference: str, resolved: str) -> None:
    assert iri.format_parts(iri.resolve(iri.parse(base), iri.parse(reference))) == resolved


@pytest.mark.parametrize(
    ("text", "component", "repaired"),
    [
        ("/a b", "path", "/a%20b"), ("/a%20b", "path", "/a%20b"), ("/100%", "path", "/100%25"), ("/%zz", "path", "/%25zz"), ("/ü?#", "path", "/%C3%BC%3F%23"), ("/a", "path", "/a"),
        ("a=[b]&c?", "query", "a=%5Bb%5D&c?"), ("\u202e\x00", "fragment", "%E2%80%AE%00"), ("%7e", "fragment", "~"),
    ],
)  # fmt: skip
def test_repair_escapes_what_must_not_stand_there(text: str, component: str, repaired: str) -> None:
    assert iri.repair(text, component) == repaired


@pytest.mark.parametrize(
    ("href", "parts"),
    [
        ("http://u:p@h:81/a?b#c", ("http", "u:p", "h", 81, "/a", "b", "c")), ("http://h/", ("http", None, "h", None, "/", None, None)),
        ("x:a b?#", ("x", None, None, None, "a b", "", "")), ("x:/.//p", ("x", None, None, None, "//p", None, None)), ("x://h", ("x", None, "h", None, "", None, None)),
        ("file:///C:/", ("file", None, "", None, "/C:/", None, None)), ("http://[::1]:8/?a#b?c", ("http", None, "[::1]", 8, "/", "a", "b?c")),
    ],
)  # fmt: skip
def test_parse_href(href: str, parts: tuple[object, ...]) -> None:
    assert iri.parse_href(href) == parts
    assert iri.format_parts(iri.parse_href(href)) == href


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("/%C3%BC", "/ü"), ("/a%20%2F%25", "/a%20%2F%25"), ("/%E2%80%AE", "/%E2%80%AE"), ("/%C2%A0", "/%C2%A0"), ("/%C3", "/%C3"), ("/%FF%C3%BC", "/%FFü"), ("/%F0%9F%98%80", "/😀"),
        ("/%EE%80%80", "/%EE%80%80"), ("/%E2%80%8B", "/%E2%80%8B"), ("/plain", "/plain"), ("/%EF%BF%BE", "/%EF%BF%BE"),
    ],
)  # fmt: skip
def test_show_reads_back(text: str, shown: str) -> None:
    assert iri.show(text, "path") == shown
    assert iri.normalise(shown, "path") == text


def test_private_characters_belong_to_queries_and_are_not_shown() -> None:
    assert iri.normalise("\ue000", "query") == "%EE%80%80"
    assert iri.show("%EE%80%80", "query") == "%EE%80%80"


def test_a_first_segment_is_never_taken_for_a_scheme() -> None:
    assert iri.format_parts(iri.parse("a")._replace(path="b:c")) == "./b:c"
    assert iri.format_parts(iri.resolve(iri.parse("a"), iri.parse("./b:c"))) == "./b:c"
