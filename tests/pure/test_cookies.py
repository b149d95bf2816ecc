"""http.cookies: morsels, SimpleCookie and its hooks, and reading a Cookie field."""

from __future__ import annotations

import copy
import http.cookies
import pickle
import re
import sys
from typing import TYPE_CHECKING, Any, ClassVar

import pytest

from wirekit import defaults
from wirekit.aio.http import cookies as aio_cookies
from wirekit.http import cookies
from wirekit.http.cookies import BaseCookie, CookieError, CookieMap, Morsel, SimpleCookie, parse_cookie

if TYPE_CHECKING:
    from collections.abc import Iterator

SET_COOKIE = (
    'Customer="WILE_E_COYOTE"; Version="1"; Path=/acme; HttpOnly; Expires=Wed, 01 Jan 2031 00:00:00 GMT'
)


@pytest.fixture(autouse=True, params=["safe", "stdlib"])
def profile(request: pytest.FixtureRequest) -> Iterator[str]:
    with defaults.using(request.param):
        yield request.param


def made(**attributes: Any) -> Morsel:
    morsel = Morsel()
    morsel.set("k", "v w", '"v w"')
    morsel.update({key.replace("_", "-"): value for key, value in attributes.items()})
    return morsel


# ---- morsels


def test_both_trees_have_one_module() -> None:
    assert aio_cookies is cookies
    assert sys.modules["wirekit.aio.http.cookies"] is cookies


def test_new_morsel_is_empty() -> None:
    morsel = Morsel()
    assert (morsel.key, morsel.value, morsel.coded_value) == (None, None, None)
    assert set(morsel) == {
        "expires", "path", "comment", "domain", "max-age", "secure", "version", "httponly", "samesite", "partitioned",
    }  # fmt: skip
    assert set(morsel.values()) == {""}
    assert repr(morsel) == "<Morsel: None=None>"


def test_attributes_that_a_program_adds_are_in_new_morsels(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Morsel, "_reserved", {**Morsel._reserved, "priority": "Priority"})
    morsel = made(priority="High")
    assert morsel.output() == 'Set-Cookie: k="v w"; Priority=High'
    monkeypatch.undo()
    assert "priority" not in Morsel()

    class Own(Morsel):
        _reserved: ClassVar = {"path": "Path", "odd": "Odd"}

    assert Own() == {"path": "", "odd": ""}
    assert "expires" in Morsel()


@pytest.mark.parametrize(
    "attributes, shown",
    [
        ({}, ""),
        ({"path": "/", "domain": "h.example"}, "; Domain=h.example; Path=/"),
        ({"secure": True, "httponly": 1, "partitioned": "x"}, "; HttpOnly; Partitioned; Secure"),
        ({"secure": False, "httponly": 0, "partitioned": None}, ""),
        ({"max_age": 5}, "; Max-Age=5"),
        ({"max_age": "5"}, "; Max-Age=5"),
        ({"max_age": 0}, "; Max-Age=0"),
        ({"samesite": "Lax"}, "; SameSite=Lax"),
        ({"comment": 'a "b"'}, '; Comment="a \\"b\\""'),
        ({"comment": None}, "; Comment=None"),
        ({"version": 1}, "; Version=1"),
        ({"expires": "Wed, 01 Jan 2031 00:00:00 GMT"}, "; expires=Wed, 01 Jan 2031 00:00:00 GMT"),
    ],
)
def test_morsel_writes_what_is_set(attributes: dict[str, Any], shown: str) -> None:
    morsel = made(**attributes)
    assert morsel.OutputString() == f'k="v w"{shown}'
    assert morsel.output() == str(morsel) == f'Set-Cookie: k="v w"{shown}'
    assert morsel.output([], "H:") == 'H: k="v w"'
    assert repr(morsel) == f'<Morsel: k="v w"{shown}>'


def test_seconds_become_a_date() -> None:
    assert re.fullmatch(
        r'k="v w"; expires=[MTWFS][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT',
        made(expires=60).OutputString(),
    )


def test_script_sets_the_cookie() -> None:
    script = made(path="/").js_output()
    assert script == (
        '\n        <script type="text/javascript">\n        <!-- begin hiding\n'
        '        document.cookie = "k=\\"v w\\"; Path=/";\n        // end hiding -->\n        </script>\n        '
    )
    assert 'document.cookie = "k=\\"v w\\"";' in made(path="/").js_output([])


def test_names_of_attributes_are_in_any_case_and_known() -> None:
    morsel = made()
    morsel["PATH"] = "/x"
    assert morsel["path"] == "/x"
    assert morsel.setdefault("Path", "/y") == "/x"
    assert morsel.isReservedKey("Max-AGE")
    assert not morsel.isReservedKey("maxage")
    del morsel["comment"]
    assert morsel.setdefault("Comment", "c") == "c"
    for attempt in (
        lambda: morsel.__setitem__("odd", 1),
        lambda: morsel.setdefault("odd"),
        lambda: morsel.update({"path": "/z", "odd": 1}),
        lambda: morsel.set("path", "v", "v"),
        lambda: morsel.set("a b", "v", "v"),
        lambda: morsel.set("", "v", "v"),
    ):
        with pytest.raises(CookieError):
            attempt()
    assert (morsel["path"], morsel.key) == ("/x", "k")
    with pytest.raises(AttributeError):
        morsel.key = "x"  # type: ignore[misc]


def test_morsels_compare_copy_and_pickle() -> None:
    morsel = made(path="/", secure=True)
    for other in (
        morsel.copy(),
        copy.copy(morsel),
        copy.deepcopy(morsel),
        pickle.loads(pickle.dumps(morsel)),
    ):
        assert type(other) is Morsel
        assert other == morsel
        assert other is not morsel
        assert str(other) == str(morsel)
    other = morsel.copy()
    other["path"] = "/x"
    assert other != morsel
    assert morsel == dict(morsel)
    assert morsel != 5
    morsel |= {"domain": "h.example"}
    assert "Domain=h.example" in morsel.OutputString()


# ---- SimpleCookie


def test_simple_cookie_writes_what_it_is_given() -> None:
    jar = SimpleCookie({"b": 7, "a": "x;y"})
    jar["b"]["path"] = "/"
    assert jar.output() == 'Set-Cookie: a="x\\073y"\r\nSet-Cookie: b=7; Path=/'
    assert jar.output(["path"], header="X:", sep="|") == 'X: a="x\\073y"|X: b=7; Path=/'
    assert jar.output([], "Cookie:", "\n") == 'Cookie: a="x\\073y"\nCookie: b=7'
    assert str(jar) == jar.output()
    assert repr(jar) == "<SimpleCookie: a='x;y' b='7'>"
    assert jar.js_output() == jar["a"].js_output() + jar["b"].js_output()


def test_simple_cookie_reads_a_set_cookie() -> None:
    jar = SimpleCookie(SET_COOKIE)
    morsel = jar["Customer"]
    assert (morsel.value, morsel.coded_value) == ("WILE_E_COYOTE", '"WILE_E_COYOTE"')
    assert (morsel["version"], morsel["path"], morsel["httponly"]) == ("1", "/acme", True)
    assert morsel["expires"] == "Wed, 01 Jan 2031 00:00:00 GMT"
    assert morsel["secure"] == ""


def test_loading_again_adds_and_replaces() -> None:
    jar = SimpleCookie("a=1; b=2")
    jar["a"]["path"] = "/x"
    jar.load("a=3; c=4")
    jar.load('d="5"; a=6')
    assert {name: morsel.value for name, morsel in jar.items()} == {"a": "6", "b": "2", "c": "4", "d": "5"}
    assert jar["a"]["path"] == "/x"
    jar.load({"a": "7", "e": jar["b"]})
    assert jar["a"].value == "7"
    assert jar["e"] is jar["b"]
    jar.load("")
    assert len(jar) == 5
    assert SimpleCookie("") == SimpleCookie() == {}


def test_old_attributes_belong_to_the_cookie_before_them() -> None:
    jar = SimpleCookie('$Version=1; a="x"; $Path=/p; b=2; $Path=/q')
    assert (jar["a"]["path"], jar["b"]["path"]) == ("/p", "/q")
    assert set(jar) == {"a", "b"}


def test_attribute_of_a_cookie_that_was_not_taken_is_nobodys() -> None:
    with defaults.using("safe"):
        jar = SimpleCookie('a="1"; [b=2; path=/x; c="3"; c="4"; path=/y; secure=\x01; comment; secure')
        assert {name: morsel.value for name, morsel in jar.items()} == {"a": "1", "c": "3"}
        assert (jar["a"]["path"], jar["c"]["path"], jar["c"]["secure"]) == ("", "", "")
        assert SimpleCookie("path=/x; a=1; secure; path=\x01; Comment=c")["a"]["secure"] is True


def test_bad_header_is_all_or_nothing_in_the_standard_librarys_profile() -> None:
    with defaults.using("stdlib"):
        for text in ("a=b; c", "c; a=b", "secure; a=b", "path=/; a=b", "a=b; path"):
            assert SimpleCookie(text) == {}
        with pytest.raises(CookieError):
            SimpleCookie("a=b; c,d=e")
        with pytest.raises(CookieError):
            SimpleCookie('a="b"; $odd=e')
        assert SimpleCookie('$odd=e; a="b"')["a"].value == "b"


def test_hooks_are_asked() -> None:
    class Hex(BaseCookie):
        def value_decode(self, val: str) -> tuple[Any, str]:
            return bytes.fromhex(val), val

        def value_encode(self, val: Any) -> tuple[Any, str]:
            return val, val.hex()

    jar = Hex("a=6162; b=63")
    assert (jar["a"].value, jar["b"].value) == (b"ab", b"c")
    jar["c"] = b"d"
    assert jar.output(sep=";") == "Set-Cookie: a=6162;Set-Cookie: b=63;Set-Cookie: c=64"
    assert BaseCookie('a="1"')["a"].value == '"1"'
    plain = BaseCookie()
    plain["n"] = 5
    assert (plain["n"].value, plain["n"].coded_value) == ("5", "5")


def test_hook_of_older_programs_is_asked() -> None:
    class Careful(SimpleCookie):
        def _BaseCookie__set(self, key: str, real_value: Any, coded_value: Any) -> None:
            dict.__setitem__(self, key.upper(), real_value)

        def __getitem__(self, key: str) -> Any:
            return super().__getitem__(key.upper())

    assert dict(Careful("a=1; b=2")) == {"A": "1", "B": "2"}


def test_cookies_pickle() -> None:
    jar = SimpleCookie(SET_COOKIE)
    for protocol in range(pickle.HIGHEST_PROTOCOL + 1):
        again = pickle.loads(pickle.dumps(jar, protocol))
        assert type(again) is SimpleCookie
        assert again.output() == jar.output()


# ---- reading a Cookie field


def test_parse_cookie_is_a_dictionary_of_first_values() -> None:
    found = parse_cookie("a=1; b=2; a=3; c")
    assert type(found) is CookieMap
    assert list(found.items()) == [("a", "1"), ("b", "2")]
    assert found.pairs == [("a", "1"), ("b", "2"), ("a", "3")]
    assert (found.getall("a"), found.getall("x")) == (["1", "3"], [])
    assert parse_cookie("") == {}
    for again in (copy.copy(found), copy.deepcopy(found), pickle.loads(pickle.dumps(found))):
        assert type(again) is CookieMap
        assert (again, again.pairs) == (found, found.pairs)


def test_parse_cookie_reads_what_simple_cookie_writes() -> None:
    jar = SimpleCookie({"a": 'x;y,"z"', "b": "plain"})
    assert parse_cookie(jar.output([], header="", sep=";")) == {"a": 'x;y,"z"', "b": "plain"}


def test_error_is_the_standard_librarys() -> None:
    assert CookieError is http.cookies.CookieError
    assert cookies.__all__
