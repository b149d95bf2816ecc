"""URL against itself, on generated text: one form that reads back, in both readings, whatever is done to it."""

from typing import Any

from hypothesis import assume, given
from hypothesis import strategies as st

from wirekit.url import URL, Query

PIECES = [
    "http", "https", "file", "x", "HTTP", "://", ":", "//", "/", "?", "#", "[", "]", "::1", "@", "a", "b.c", "127.0.0.1", "0x7f", "127.1",
    "%41", "%", "%zz", "%C3%A9", "%C3", "%FF", "%2F", "%2e", "\uff03", "é", "ß", "\u200d", "\u00ad", ".", "..", ";", "=", "&", "+", " ", "\t",
    "\\", "80", "xn--", "fe80::1%25z", "|", "例え", "\u202e", "😀",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=10).map("".join)
LIKELY = st.builds(
    "{}{}".format, st.sampled_from(["http://h", "https://u:p@b.c:8443", "x:", "//h", "", "file://"]), TEXT
)
WORDS = st.text(st.characters(codec="utf-8"), max_size=8)


def strict(text: str) -> URL:
    try:
        return URL(text)
    except ValueError:
        assume(False)
    raise AssertionError


@given(TEXT | LIKELY)
def test_any_text_is_a_url_with_one_form_or_a_value_error(text: str) -> None:
    url = strict(text)
    again = URL(str(url))
    assert str(again) == str(url)
    assert again == url
    assert str(url).isascii()
    if url.password is None:
        assert URL(url.human()) == url


@given(TEXT | LIKELY, st.none() | st.just("http://h/a/b?c"))
def test_browsers_form_reads_back(text: str, base: str | None) -> None:
    try:
        url = URL.whatwg(text, base)
    except ValueError:
        return
    assert str(URL.whatwg(str(url))) == str(url)
    if url.password is None:
        assert URL.whatwg(url.human()) == url


HOSTS = st.lists(
    st.sampled_from(["a", "B", "1", "127", "0x7f", ".", ".", "-", "é", "ß", "例", "\u200d", "\u00ad", "\uff11", "\u3002", "%C3%A9", "%31", "xn--", "_", "ﷺ", "[::1]"]),
    min_size=1, max_size=6,
).map("".join)  # fmt: skip


@given(st.sampled_from(["http", "https", "ws", "ftp", "x"]), HOSTS)
def test_what_the_strict_reading_takes_browsers_take_to_the_same_host(scheme: str, host: str) -> None:
    text = f"{scheme}://{host}/"
    try:
        url = URL(text)
    except ValueError:
        return
    if scheme == "x":  # browsers know nothing of its hosts
        return
    browser = URL.whatwg(text)
    assert (browser.authority, browser.scheme) == (url.authority, url.scheme)
    assert browser.host_is_global() == url.host_is_global()


@given(LIKELY, TEXT)
def test_joining_gives_a_url_or_a_value_error(base: str, reference: str) -> None:
    url = strict(base)
    try:
        joined = url.join(reference)
    except ValueError:
        return
    assert URL(str(joined)) == joined


@given(st.lists(WORDS.filter(lambda word: word not in {"", ".", ".."}), min_size=1, max_size=4))
def test_segments_go_in_and_come_out(words: list[str]) -> None:
    url = URL("http://h/x/").with_segments(*words)
    assert url.segments == tuple(words)
    below = URL("http://h/x")
    for word in words:
        below = below / word.replace("/", "_") if word.strip("/._") else below
    assert str(below).startswith("http://h/x")


@given(WORDS, WORDS)
def test_users_go_in_and_come_out(user: str, password: str) -> None:
    url = URL("http://h/").with_user(user, password)
    assert (url.user, url.password, url.host) == (user, password, "h")
    assert ":***@h/" in repr(url)


@given(st.lists(st.tuples(WORDS, WORDS), max_size=5), st.tuples(WORDS, WORDS))
def test_queries_go_in_and_come_out(pairs: list[tuple[str, str]], other: tuple[str, str]) -> None:
    pairs = [pair for pair in pairs if pair != ("", "")]
    url = URL("http://h/").with_query(pairs)
    assert url.query == Query(pairs)
    name, value = other
    changed = url.update_query({name: value}).query
    assert changed.get_all(name) == [value]
    assert [pair for pair in changed.pairs if pair[0] != name] == [pair for pair in pairs if pair[0] != name]
    assert url.extend_query({name: value}).query.pairs == (*pairs, other)
    assert url.without_query(name).query.get_all(name) == []


@given(TEXT)
def test_repairing_takes_any_text(text: str) -> None:
    url: Any
    for change in (URL.with_path, URL.with_query, URL.with_fragment):
        try:
            url = change(URL("http://h/"), text)
        except UnicodeEncodeError:  # a lone surrogate has no UTF-8
            assert any("\ud800" <= character <= "\udfff" for character in text)
        else:
            assert url.host == "h"
            assert URL(str(url)) == url
