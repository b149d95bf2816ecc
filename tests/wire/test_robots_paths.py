"""Forms of paths and patterns: what is the same path, and what is not."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirekit._wire.robots_paths import forms_of_path, forms_of_url, normalize_rule, normalize_rules


@pytest.mark.parametrize(
    "url, form",
    [
        ("http://www.example.com/a/b?c=http://d.e/", "/a/b?c=http://d.e/$"),
        ("http://www.example.com/a/b?c=d&e=f#fragment", "/a/b?c=d&e=f$"),
        ("http://www.example.com/a;b#c", "/a;b$"),
        ("http://www.example.com", "/$"),
        ("http://www.example.com/", "/$"),
        ("http://www.example.com?x", "/?x$"),
        ("http://www.example.com#x", "/$"),
        ("http://www.example.com/a//b", "/a//b$"),
        ("http://www.example.com//a", "//a$"),
        ("//www.example.com/a/b", "/a/b$"),
        ("//a/b/c#d", "/b/c$"),
        ("/a/b?", "/a/b?$"),
        ("/a\n#b\nc", "/a$"),
        ("", "/$"),
        ("#", "/$"),
        ("a", "/a$"),
        ("?a", "/?a$"),
        (" \x01http://h/a b\t\n/c ", "/a%20b/c$"),
        ("http://[::1", "/$"),
        ("http://h\\x/y", "/y$"),
        ("mailto:a@b", "/a@b$"),
        ("/a*b$c", "/a%2Ab%24c$"),
        ("/ä", "/%C3%A4$"),
        ("/\udce4\ud800", "/%ED%B3%A4%ED%A0%80$"),
        ("/\udce4", "/%E4$"),
        ('/a"<>\\^`{|}\x7f', "/a%22%3C%3E%5C%5E%60%7B%7C%7D%7F$"),
        ("/%7Ejoe/%61%2d%5F%2E", "/~joe/a-_.$"),
        ("/%2f%3c%", "/%2F%3C%$"),
        ("/%zz%4", "/%zz%4$"),
    ],
)
def test_url_has_the_form_of_its_path_and_query(url: str, form: str) -> None:
    assert forms_of_url(url) == (form,)


def test_query_that_escapes_what_it_need_not_has_two_forms() -> None:
    assert forms_of_url("http://h/a%3Ab?u=http%3a%2F%2fx%3F%40") == (
        "/a%3Ab?u=http://x?@$",
        "/a%3Ab?u=http%3A%2F%2Fx%3F%40$",
    )


def test_path_may_begin_with_two_slashes_where_no_host_is_looked_for() -> None:
    assert forms_of_path("//a/b") == ("//a/b$",)
    assert forms_of_path("a#b") == ("/a#b$",)


@pytest.mark.parametrize(
    "pattern, form",
    [
        ("/a", "/a"),
        ("/a*b$", "/a*b$"),
        ("/a$b", "/a%24b"),
        ("/a$$", "/a%24$"),
        ("/a**", "/a**"),
        ("/%2A%24", "/%2A%24"),
        ("/%2a$", "/%2A$"),
        ("/a%2Fb?c%2Fd%3a", "/a%2Fb?c/d:"),
        ("/a b/ü", "/a%20b/%C3%BC"),
        ("*", "*"),
        ("$", "$"),
    ],
)
def test_pattern_keeps_stars_and_its_end(pattern: str, form: str) -> None:
    assert normalize_rule(pattern) == form
    assert normalize_rules(["/x", pattern, "/y?z"]) == ["/x", form, "/y?z"]


def test_usual_patterns_are_as_they_are() -> None:
    assert normalize_rules(iter(("/x", "/y?z=1&u"))) == ["/x", "/y?z=1&u"]
    assert normalize_rules([]) == []


@given(st.text())
def test_any_text_has_forms_that_do_not_change_again(text: str) -> None:
    for form in forms_of_url(text):
        assert form.startswith("/")
        assert form.endswith("$")
        assert "*" not in form
        assert "$" not in form[:-1]
        assert form in forms_of_path(form[:-1])


@given(st.text(st.sampled_from("/a:?%24Ff*$ü")))
def test_patterns_form_does_not_change_again(text: str) -> None:
    form = normalize_rule(text)
    assert normalize_rule(form) == form
    assert "$" not in form[:-1]
    assert form.count("*") == text.count("*")


@given(st.text(st.sampled_from("/ab:?&=~-_."), max_size=8), st.integers(0, 255))
def test_escaping_what_needs_none_changes_nothing(path: str, where: int) -> None:
    at = where % (len(path) + 1)
    escaped = path[:at] + "".join(f"%{ord(c):02x}" if c in "ab~-_." else c for c in path[at:])
    assert forms_of_path(f"/{escaped}") == forms_of_path(f"/{path}")
