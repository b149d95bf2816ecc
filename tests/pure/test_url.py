"""URL as programs use it: parts, moving about, other parts, queries, text, copies; and the two readings."""

import copy
import operator
import pickle
from collections.abc import Callable
from typing import Any

import pytest

import wirekit
from wirekit import url as home
from wirekit.url import URL, Query, is_global_address

FULL = "https://user:p%40ss@b%C3%BCcher.example:8443/a%2Fb/c%20d/?x=1&y=%C3%A4&x=2#top"
BASE = "http://a/b/c/d;p?q"


# ---- parts


def test_parts_of_a_url() -> None:
    url = URL(FULL)
    assert (url.scheme, url.user, url.password, url.host, url.port) == (
        "https",
        "user",
        "p@ss",
        "xn--bcher-kva.example",
        8443,
    )
    assert (url.path, url.query_string, url.fragment) == ("/a%2Fb/c%20d/", "x=1&y=%C3%A4&x=2", "top")
    assert url.authority == "user:p%40ss@xn--bcher-kva.example:8443"
    assert url.segments == ("a/b", "c d", "")
    assert url.name == ""
    assert url.query.pairs == (("x", "1"), ("y", "ä"), ("x", "2"))
    assert url.unicode_host == "bücher.example"
    assert url.effective_port == 8443
    assert url.origin == "https://xn--bcher-kva.example:8443"
    assert url.is_absolute()
    assert url.reading == "rfc3986"


def test_parts_that_are_not_there_are_none() -> None:
    url = URL("a/b")
    assert (url.scheme, url.authority, url.user, url.password, url.host, url.unicode_host, url.port) == (
        None,
    ) * 7
    assert (url.query_string, url.fragment, url.effective_port) == (None, None, None)
    assert (url.path, url.segments, url.name, url.origin) == ("a/b", ("a", "b"), "b", "null")
    assert not url.is_absolute()
    assert not url.query
    assert URL("?#").query_string == URL("?#").fragment == ""
    assert URL("").segments == ()
    assert not URL("")
    assert URL("file:///etc").host == ""
    assert URL("http://user@h/").password is None


def test_hosts_are_given_as_they_are_contacted() -> None:
    assert URL("http://[2001:DB8::0:1]:81/").host == "2001:db8::1"
    assert URL("http://[2001:DB8::0:1]:81/").authority == "[2001:db8::1]:81"
    assert URL("http://[fe80::1%25eth0]/").host == "fe80::1%eth0"
    assert URL("http://BÜCHER.example/").host == "xn--bcher-kva.example"
    assert URL("http://[fe80::1%25eth0]/").unicode_host == "fe80::1%eth0"


def test_equal_urls_are_those_that_mean_the_same() -> None:
    same = ["http://example.com", "http://example.com/", "HTTP://EXAMPLE.com:80/", "http://example.com:/%2E/"]
    assert len({URL(text) for text in same}) == 1
    assert URL("http://h/%7ea") == URL("http://h/~a")
    assert URL("http://h/%2f") != URL("http://h//")
    assert URL("http://h/?") != URL("http://h/")
    assert URL("http://h/") != "http://h/"
    assert URL("x://h") != URL("x://h/")
    assert URL.whatwg("http://h") == URL("http://h")
    assert sorted([URL("http://b"), URL("http://a/")]) == [URL("http://a"), URL("http://b")]
    with pytest.raises(TypeError):
        operator.lt(URL("a"), "b")


def test_a_url_is_made_of_text_or_another_one() -> None:
    url = URL("http://h")
    assert URL(url) is url
    assert URL(URL.whatwg("http:h")).reading == "rfc3986"
    for wrong in (b"http://h", None, 1):
        with pytest.raises(TypeError, match="a URL is made of text"):
            URL(wrong)  # type: ignore[arg-type]
        if wrong is not None:
            with pytest.raises(TypeError, match="a URL is made of text"):
                URL.whatwg("a", wrong)  # type: ignore[arg-type]
    assert wirekit.URL is URL


def test_a_url_never_changes() -> None:
    url: Any = URL("http://h")
    with pytest.raises(AttributeError, match="with_path"):
        url.path = "/x"
    with pytest.raises(AttributeError, match="does not change"):
        del url._text
    with pytest.raises(AttributeError):
        url.other = 1


@pytest.mark.parametrize(
    "url", [URL(FULL), URL("../a"), URL.whatwg("HTTP:\\\\u:p@127.1|\\".replace("|", "")), URL.whatwg("x:a b")]
)
def test_urls_pickle_and_copy(url: URL) -> None:
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        twin = pickle.loads(pickle.dumps(url, protocol))
        assert twin == url
        assert twin.reading == url.reading
        assert twin.path == url.path
    assert copy.copy(url) is url
    assert copy.deepcopy([url])[0] is url


def test_parts_are_remembered_but_not_without_end() -> None:
    for number in range(1000):
        assert URL(f"http://h/{number}").path == f"/{number}"
    assert len(home._remembered) <= 256
    long = "http://h/" + "x" * 5000
    assert URL(long).path == long[8:]
    assert long not in home._remembered


# ---- moving about


@pytest.mark.parametrize(
    ("reference", "joined"),
    [
        ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("./g", "http://a/b/c/g"), ("g/", "http://a/b/c/g/"), ("/g", "http://a/g"), ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"), ("g#s", "http://a/b/c/g#s"), ("g?y#s", "http://a/b/c/g?y#s"),
        (";x", "http://a/b/c/;x"), ("g;x", "http://a/b/c/g;x"), ("g;x?y#s", "http://a/b/c/g;x?y#s"), ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("./", "http://a/b/c/"),
        ("..", "http://a/b/"), ("../", "http://a/b/"), ("../g", "http://a/b/g"), ("../..", "http://a/"), ("../../", "http://a/"), ("../../g", "http://a/g"),
        ("../../../g", "http://a/g"), ("../../../../g", "http://a/g"), ("/./g", "http://a/g"), ("/../g", "http://a/g"), ("g.", "http://a/b/c/g."), (".g", "http://a/b/c/.g"),
        ("g..", "http://a/b/c/g.."), ("..g", "http://a/b/c/..g"), ("./../g", "http://a/b/g"), ("./g/.", "http://a/b/c/g/"), ("g/./h", "http://a/b/c/g/h"), ("g/../h", "http://a/b/c/h"),
        ("g;x=1/./y", "http://a/b/c/g;x=1/y"), ("g;x=1/../y", "http://a/b/c/y"), ("g?y/./x", "http://a/b/c/g?y/./x"), ("g?y/../x", "http://a/b/c/g?y/../x"),
        ("g#s/./x", "http://a/b/c/g#s/./x"), ("g#s/../x", "http://a/b/c/g#s/../x"), ("http:g", "http:g"),
    ],
)  # fmt: skip
def test_join_as_rfc3986_section_5_4(reference: str, joined: str) -> None:
    assert str(URL(BASE).join(reference)) == joined
    assert str(URL(BASE).join(URL(reference))) == joined


def test_join_checks_hosts_by_the_scheme_of_the_base() -> None:
    with pytest.raises(ValueError, match="reads as a number"):
        URL(BASE).join("//127.1/")
    assert str(URL(BASE).join("//h:80/a/../b")) == "http://h/b"


def test_join_as_browsers_do() -> None:
    base = URL.whatwg(BASE)
    assert str(base.join("\\\\h\\x")) == "http://h/x"
    assert str(base.join("http:g")) == "http://a/b/c/g"
    assert base.join("g").reading == "whatwg"


@pytest.mark.parametrize(
    ("url", "names", "below"),
    [
        ("http://h", "a", "http://h/a"), ("http://h/", "a", "http://h/a"), ("http://h/a", "b/c", "http://h/a/b/c"), ("http://h/a/", "b/", "http://h/a/b/"),
        ("http://h/a?q#f", "b", "http://h/a/b"), ("http://h", "a b?c#d%e", "http://h/a%20b%3Fc%23d%25e"), ("http://h", "ü", "http://h/%C3%BC"), ("a", "b", "a/b"), ("", "b", "b"),
        ("file:///a", "b", "file:///a/b"), ("x:/a", "b", "x:/a/b"), ("http://h/a", "...", "http://h/a/..."), ("", "a:b", "./a:b"),
    ],
)  # fmt: skip
def test_slash_goes_down(url: str, names: str, below: str) -> None:
    assert str(URL(url) / names) == below
    assert str(URL(url).joinpath(names)) == below


@pytest.mark.parametrize("names", ["..", ".", "a/../b", "/a", ""])
def test_slash_never_goes_up(names: str) -> None:
    with pytest.raises(ValueError, match="append"):
        URL("http://h/a/b") / names


def test_slash_wants_text_and_a_path() -> None:
    with pytest.raises(TypeError):
        URL("http://h") / 1  # type: ignore[operator]
    with pytest.raises(ValueError, match="no segments"):
        URL("mailto:a@b") / "c"
    assert URL("http://h").joinpath("a", "b/c") == URL("http://h/a/b/c")
    assert URL("http://h/a").joinpath() == URL("http://h/a/")


@pytest.mark.parametrize(
    ("url", "parent"),
    [
        ("http://h/a/b", "http://h/a/"),
        ("http://h/a/b/?q#f", "http://h/a/"),
        ("http://h/a", "http://h/"),
        ("http://h/", "http://h/"),
        ("a/b", "a/"),
        ("a", ""),
        ("/", "/"),
    ],
)
def test_parent_is_one_step_up(url: str, parent: str) -> None:
    assert str(URL(url).parent) == parent


# ---- with other parts


@pytest.mark.parametrize(
    ("change", "changed"),
    [
        (lambda u: u.with_scheme("https"), "https://u:p@h:81/a/b?q#f"), (lambda u: u.with_scheme("FTP"), "ftp://u:p@h:81/a/b?q#f"),
        (lambda u: u.with_host("bücher.example"), "http://u:p@xn--bcher-kva.example:81/a/b?q#f"), (lambda u: u.with_host("::1"), "http://u:p@[::1]:81/a/b?q#f"),
        (lambda u: u.with_host("[::1]"), "http://u:p@[::1]:81/a/b?q#f"), (lambda u: u.with_host("fe80::1%eth0"), "http://u:p@[fe80::1%25eth0]:81/a/b?q#f"),
        (lambda u: u.with_host("fe80::1%25eth0"), "http://u:p@[fe80::1%25eth0]:81/a/b?q#f"),
        (lambda u: u.with_port(None), "http://u:p@h/a/b?q#f"), (lambda u: u.with_port(80), "http://u:p@h/a/b?q#f"), (lambda u: u.with_port(0), "http://u:p@h:0/a/b?q#f"),
        (lambda u: u.with_user("x@y:z"), "http://x%40y%3Az@h:81/a/b?q#f"), (lambda u: u.with_user("a", "b:c%20"), "http://a:b%3Ac%2520@h:81/a/b?q#f"), (lambda u: u.with_user(None), "http://h:81/a/b?q#f"),
        (lambda u: u.with_password("ü"), "http://u:%C3%BC@h:81/a/b?q#f"), (lambda u: u.with_password(None), "http://u@h:81/a/b?q#f"),
        (lambda u: u.with_user(None).with_password("p"), "http://:p@h:81/a/b?q#f"), (lambda u: u.with_user(None).with_password(None), "http://h:81/a/b?q#f"),
        (lambda u: u.with_path("/x y%20z%"), "http://u:p@h:81/x%20y%20z%25"), (lambda u: u.with_path("x/../y"), "http://u:p@h:81/y"), (lambda u: u.with_path(""), "http://u:p@h:81/"),
        (lambda u: u.with_segments("a/b", "%"), "http://u:p@h:81/a%2Fb/%25"), (lambda u: u.with_name("x?"), "http://u:p@h:81/a/x%3F"),
        (lambda u: u.with_fragment("a b#"), "http://u:p@h:81/a/b?q#a%20b%23"), (lambda u: u.with_fragment(None), "http://u:p@h:81/a/b?q"), (lambda u: u.with_fragment(""), "http://u:p@h:81/a/b?q#"),
        (lambda u: u.with_query(None), "http://u:p@h:81/a/b#f"), (lambda u: u.with_query(), "http://u:p@h:81/a/b#f"), (lambda u: u.with_query(""), "http://u:p@h:81/a/b?#f"),
        (lambda u: u.with_query("a=b c&d=%20#"), "http://u:p@h:81/a/b?a=b%20c&d=%20%23#f"),
    ],
)  # fmt: skip
def test_with_other_parts(change: Callable[[URL], URL], changed: str) -> None:
    url = URL("http://u:p@h:81/a/b?q#f")
    assert str(change(url)) == changed
    assert str(url) == "http://u:p@h:81/a/b?q#f"
    if "%25eth0" not in changed:  # browsers know no zones
        assert str(change(URL.whatwg(url))) == changed


def test_what_a_url_gives_it_takes_back() -> None:
    url = URL(FULL)
    assert url.with_path(url.path).with_query(url.query_string).with_fragment(url.fragment) == url
    assert url.with_segments(*url.segments).path == url.path
    assert url.with_user(url.user, url.password) == url
    assert url.with_host(str(url.unicode_host)) == url.with_host(str(url.host)) == url
    assert Query(str(url.query)) == url.query


@pytest.mark.parametrize(
    "change",
    [
        lambda u: u.with_host(""), lambda u: u.with_host("a/b"), lambda u: u.with_host("u@h"), lambda u: u.with_host("h:80"), lambda u: u.with_host("127.1"), lambda u: u.with_host("a\\b"),
        lambda u: u.with_port(65536), lambda u: u.with_port(-1), lambda u: u.with_port("80"), lambda u: u.with_port(True), lambda u: u.with_scheme("1x"), lambda u: u.with_scheme("x:y"),
        lambda u: u.with_segments("a", ".."), lambda u: u.with_name("a/b"), lambda u: u.with_name(".."), lambda u: u.with_name(""), lambda u: u.with_user("\ud800"),
        lambda _: URL("a").with_port(1), lambda _: URL("file:///a").with_user("u"), lambda _: URL("mailto:a").with_password("p"),
    ],
)  # fmt: skip
def test_parts_that_cannot_be_are_refused(change: Callable[[Any], URL]) -> None:
    with pytest.raises(ValueError, match=r"."):
        change(URL("http://h/a?q"))


# ---- queries


def test_queries_are_edited_in_their_places() -> None:
    url = URL("http://h/?a=%7E1&b=+&flag&a=2")
    assert url.update_query(a="x").query_string == "a=x&b=+&flag"
    assert url.update_query({"b": ["1", 2]}, c=None, d=0.5).query_string == "a=~1&b=1&b=2&flag&a=2&c&d=0.5"
    assert url.extend_query([("a", "3"), ("a", "ä b")]).query_string == "a=~1&b=+&flag&a=2&a=3&a=%C3%A4+b"
    assert url.without_query("a", "zzz").query_string == "b=+&flag"
    assert url.without_query().query_string is None
    assert url.with_query({"x": ("1", "2")}, y=3).query_string == "x=1&x=2&y=3"
    assert url.with_query("a=1", b=2).query_string == "a=1&b=2"
    assert url.with_query(url.query).query == url.query
    assert url.update_query().query_string == url.extend_query().query_string == url.query_string


def test_query_is_a_mapping_and_more() -> None:
    query = URL("http://h/?a=1&b=%20&a=2&c").query
    assert (query["a"], query.get("zzz"), query.get_all("a"), query.get_all("zzz")) == (
        "1",
        None,
        ["1", "2"],
        [],
    )
    assert list(query) == ["a", "b", "c"]
    assert dict(query) == {"a": "1", "b": " ", "c": ""}
    assert len(query) == 3
    assert "c" in query
    assert str(query) == "a=1&b=+&a=2&c="
    assert repr(query) == "Query([('a', '1'), ('b', ' '), ('a', '2'), ('c', '')])"
    assert query == Query([("a", 1), ("b", " "), ("a", "2"), ("c", None)])
    assert hash(query) == hash(Query(query))
    assert query != {"a": "1", "b": " ", "c": ""}
    assert Query("a=1") == {"a": "1"}
    assert Query("a=1&b") != Query("b&a=1")
    assert query != 5
    with pytest.raises(KeyError):
        query["zzz"]


@pytest.mark.parametrize(
    "query", [{1: "a"}, {"a": True}, {"a": b"x"}, {"a": [True]}, b"a=1", {"a": {"b": 1}}]
)
def test_queries_of_other_types_are_refused(query: Any) -> None:
    with pytest.raises(TypeError, match=r"query|pairs"):
        URL("http://h").with_query(query)
    with pytest.raises(TypeError, match="pairs"):
        URL("http://h").extend_query("a=1")  # type: ignore[arg-type]


# ---- origins, hosts that are global


def test_origins() -> None:
    assert URL("http://h:80/a").same_origin("http://H/b")
    assert not URL("http://h/").same_origin("https://h/")
    assert not URL("http://h/").same_origin("http://h:81/")
    assert URL("file:///a").origin == URL("data:,x").origin == URL("x://h").origin == "null"
    assert not URL("file:///a").same_origin("file:///a")
    assert URL("blob:https://h:443/1").origin == "https://h"
    assert URL.whatwg("blob:https://h:443/1").origin == "https://h"
    assert URL("blob:ftp://h/1").origin == URL("blob:%zz".replace("%zz", "x")).origin == "null"
    assert URL.whatwg("blob:http://a b/").origin == "null"
    assert URL("wss://[::1]:8/").origin == "wss://[::1]:8"
    assert URL("http:g").origin == "null"
    assert URL("http:g").effective_port is None


@pytest.mark.parametrize("read", [URL, URL.whatwg])
def test_host_is_global_of_addresses_and_names(read: Callable[[str], URL]) -> None:
    assert read("http://8.8.8.8/").host_is_global()
    assert read("http://[2001:4860:4860::8888]/").host_is_global()
    assert read("http://example.org/").host_is_global()
    for local in ("127.0.0.1", "[::1]", "[::ffff:7f00:1]", "10.1.2.3", "localhost", "printer", "a.internal"):
        assert not read(f"http://{local}/").host_is_global()
    assert not read("mailto:a@b").host_is_global()
    assert not read("file:///etc").host_is_global()


def test_host_is_global_by_what_a_name_leads_to() -> None:
    asked = []

    def resolve(host: str) -> list[str]:
        asked.append(host)
        return {
            "good.example.org": ["8.8.8.8", "2001:4860::1"],
            "mixed.example.org": ["8.8.8.8", "10.0.0.1"],
        }.get(host, [])

    assert URL("http://good.example.org/").host_is_global(resolve)
    assert not URL("http://mixed.example.org/").host_is_global(resolve)
    assert not URL("http://nowhere.example.org/").host_is_global(resolve)
    assert asked == ["good.example.org", "mixed.example.org", "nowhere.example.org"]
    assert URL("http://8.8.8.8/").host_is_global(resolve)
    assert not URL("http://localhost/").host_is_global(resolve)
    assert len(asked) == 3


def test_addresses_of_sockets() -> None:
    assert is_global_address("8.8.8.8")
    assert is_global_address("2001:4860::1")
    assert not is_global_address("10.0.0.1")
    assert not is_global_address("fe80::1%eth0")
    assert not is_global_address("example.org")
    assert not is_global_address("")


# ---- as text


def test_text_for_people_and_for_programs() -> None:
    url = URL(FULL)
    assert str(url) == "https://user:p%40ss@xn--bcher-kva.example:8443/a%2Fb/c%20d/?x=1&y=%C3%A4&x=2#top"
    assert url.human() == "https://user:***@bücher.example:8443/a%2Fb/c%20d/?x=1&y=ä&x=2#top"
    assert repr(url) == "URL('https://user:***@xn--bcher-kva.example:8443/a%2Fb/c%20d/?x=1&y=%C3%A4&x=2#top')"
    assert f"{url}" == str(url)
    assert URL("http://%C3%BC@h/").human() == "http://ü@h/"
    assert URL(url.with_password(None).human()) == url.with_password(None)
    assert URL("a?b").human() == repr(URL("a?b"))[5:-2] == "a?b"
    assert repr(URL.whatwg("x:a b")) == "URL.whatwg('x:a b')"
    assert URL.whatwg("x://u:p@h/%C3%BC").human() == "x://u:***@h/%C3%BC"


# ---- as browsers read it


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("http:\\\\a.com\\@b.com/", "http://a.com/@b.com/"), (" http://H:80 ", "http://h/"), ("http://2130706433/", "http://127.0.0.1/"), ("http://0x7f.1/", "http://127.0.0.1/"),
        ("http://\uff11\uff12\uff17.0.0.1/", "http://127.0.0.1/"), ("http://%31%32%37.1/", "http://127.0.0.1/"), ("http:///h", "http://h/"), ("ht\ntp://h/a b", "http://h/a%20b"),
        ("x:/..//p", "x:/.//p"), ("mailto:a b", "mailto:a b"),
    ],
)  # fmt: skip
def test_whatwg_reads_what_browsers_read(text: str, read: str) -> None:
    url = URL.whatwg(text)
    assert str(url) == read
    assert url.reading == "whatwg"
    assert URL.whatwg(str(url)) == url
    with pytest.raises(ValueError, match="URL refused"):
        URL(text) if text[:2] != "x:" else URL(" ")


def test_whatwg_against_a_base() -> None:
    assert str(URL.whatwg("../c", "http://h/a/b/d")) == "http://h/a/c"
    assert str(URL.whatwg("?q", URL("http://h/a"))) == "http://h/a?q"
    with pytest.raises(ValueError, match="URL refused"):
        URL.whatwg("../c")


def test_what_is_made_of_a_browser_s_url_is_read_as_browsers_do() -> None:
    url = URL.whatwg("http://h/a|b")
    assert str(url / "c|d") == "http://h/a|b/c%7Cd"
    assert (url / "c").reading == url.with_port(5).reading == url.update_query(a=1).reading == "whatwg"
    assert str(url.with_host("0x7f.1")) == "http://127.0.0.1/a|b"
    assert URL.whatwg("x:/.//p").path == "//p"
    assert str(URL.whatwg("x:/.//p").with_query("q")) == "x:/.//p?q"
