"""The fields Cookie and Set-Cookie, and SimpleCookie's own syntax."""

from __future__ import annotations

import pytest

from wirekit._wire import cookies

# ---- quoting


@pytest.mark.parametrize(
    "value, quoted",
    [
        ("plain:value", "plain:value"),
        ("", '""'),
        ('a"b\\c', r'"a\"b\\c"'),
        ("a;b,c d", r'"a\073b\054c d"'),
        ("\n\x7f\xe9", r'"\012\177\351"'),
        ("\u2603", '"\u2603"'),
    ],
)
def test_value_is_quoted_and_unquoted(value: str, quoted: str) -> None:
    assert cookies.quote_value(value) == quoted
    assert cookies.unquote_value(quoted) == value


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("", ""),
        ('"', '"'),
        ("a", "a"),
        ('"a', '"a'),
        ('"\\42\\n"', "42n"),
        ('"\\400"', "400"),
        ('"a b"', "a b"),
    ],
)
def test_unquoting_of_what_nobody_quoted(text: str, wanted: str) -> None:
    assert cookies.unquote_value(text) == wanted


# ---- what a client sends


@pytest.mark.parametrize(
    "header, wanted",
    [
        ("", []),
        ("a=1", [("a", "1")]),
        ("a=1; b=2;c=", [("a", "1"), ("b", "2"), ("c", "")]),
        ("a=1;", [("a", "1")]),
        ("a=1; a=2", [("a", "1"), ("a", "2")]),
        ("a=b=c", [("a", "b=c")]),
        ("  a = 1 ;\tb\t=\t2 ", [("a", "1"), ("b", "2")]),
        ("a=x y; b=2", [("a", "x y"), ("b", "2")]),
        ('a=b;c={"d":"e"};f=g', [("a", "b"), ("c", '{"d":"e"}'), ("f", "g")]),
        ("a=b;c=d\td;e=f", [("a", "b"), ("c", "d\td"), ("e", "f")]),
        ('a="x\\073y"; b="z', [("a", "x;y"), ("b", '"z')]),
        ('a="x; b=y"', [("a", '"x'), ("b", 'y"')]),
        ("lone; =nameless; ==x; a=1", [("a", "1")]),
        ("a=\x01; b=2; \x7fc=3; d=\x00", [("b", "2")]),
        ('a="x\\012y"; b=2', [("b", "2")]),
        ("a[b]=1; c@d,e=2", [("a[b]", "1"), ("c@d,e", "2")]),
        ("n\xe9=\u2603", [("n\xe9", "\u2603")]),
    ],
)
def test_pairs_of_a_request(header: str, wanted: list[tuple[str, str]]) -> None:
    assert cookies.parse_pairs(header) == wanted


# ---- what a server sends


def date(text: str) -> int | None:
    return {"then": 5, "long ago": -5}.get(text)


def parse(text: str, limit: int = 4096) -> cookies.SetCookie | None:
    return cookies.parse_set_cookie(text, limit, date)


@pytest.mark.parametrize(
    "text, name, value",
    [
        ("a=1", "a", "1"),
        (" a = 1 ", "a", "1"),
        ("\ta\t=\t1\t;", "a", "1"),
        ("a=", "a", ""),
        ("a==b", "a", "=b"),
        ("a b=c d", "a b", "c d"),
        ("a", "", "a"),
        ("=a", "", "a"),
        ("==a", "", "=a"),
        ('a="b;c"', "a", '"b'),
        ("a=1\t2", "a", "1\t2"),
        ("a=1, b=2", "a", "1, b=2"),
        ("%61=%62", "%61", "%62"),
        ("n\xe9=\u2603", "n\xe9", "\u2603"),
    ],
)
def test_name_and_value_of_a_cookie(text: str, name: str, value: str) -> None:
    found = parse(text)
    assert found is not None
    assert found[:3] == (name, value, {})


@pytest.mark.parametrize(
    "text", ["", "=", " ; a=1", "\t", ";", "a=1\x01", "a=1; Path=/\r\n", "\0", "a\x7f=1", "a=1;\x1f"]
)
def test_no_cookie(text: str) -> None:
    assert parse(text) is None


def test_limit_is_of_name_and_value_together() -> None:
    assert parse("a" * 10 + "=" + "b" * 10, 20)
    assert parse("a" * 10 + "=" + "b" * 11, 20) is None
    assert parse("a" * 21, 20) is None


@pytest.mark.parametrize(
    "attributes, wanted",
    [
        ("Expires=then", {"expires": 5}),
        ("expires=then; EXPIRES=never", {"expires": 5}),
        ("expires=then; expires=long ago", {"expires": -5}),
        ("Max-Age=10", {"max-age": 10}),
        ("Max-Age=10; max-age=20", {"max-age": 20}),
        ("Max-Age=-1", {"max-age": -1}),
        ("Max-Age=+1", {}),
        ("Max-Age=1x", {}),
        ("Max-Age=\u0661", {}),
        ("Max-Age", {}),
        ("Domain=Example.COM", {"domain": "example.com"}),
        ("Domain=.example.com", {"domain": "example.com"}),
        ("Domain=..example.com", {"domain": ".example.com"}),
        ("Domain=a; Domain=b; Domain=", {"domain": "b"}),
        ("Domain=a; Domain=.", {"domain": ""}),
        ("Path=/a", {"path": "/a"}),
        ("Path=/a; Path=", {"path": ""}),
        ("Path=a", {"path": ""}),
        ("Path = /a ", {"path": "/a"}),
        ("Secure", {"secure": ""}),
        ("secure=no", {"secure": "no"}),
        ("Secure x", {}),
        ("SameSite=lax", {"samesite": "Lax"}),
        ("SameSite=STRICT", {"samesite": "Strict"}),
        ("SameSite=None; SameSite=odd", {"samesite": ""}),
        ("HttpOnly; Partitioned", {"httponly": "", "partitioned": ""}),
        ("Comment=x", {"comment": "x"}),
        (";; ; =x; =", {}),
        ("Path=/" + "a" * 1023 + "; Path=/" + "b" * 1024, {"path": "/" + "a" * 1023}),
    ],
)
def test_attributes(attributes: str, wanted: dict[str, int | str]) -> None:
    found = parse("a=1;" + attributes)
    assert found is not None
    assert found.attributes == wanted


def test_rest_keeps_what_has_no_field_of_its_own() -> None:
    found = parse(
        "a=1; HTTPonly; SameSite=lax; Foo=bar; Foo=baz; Version=1; Path=/; partitionKEY=x; Comment=c; Port"
    )
    assert found is not None
    assert found.rest == {"HTTPonly": None, "SameSite": "lax", "Foo": "baz", "Version": "1", "Port": None}


# ---- SimpleCookie's own syntax


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("", []),
        ("a=1; b=2", [("a", "1"), ("b", "2")]),
        ("a=1;", [("a", "1")]),
        (' a = "x; y" ; b', [("a", '"x; y"'), ("b", None)]),
        ("a=1 b=2", [("a", "1"), ("b", "2")]),
        ("a=b=c", [("a", "b=c")]),
        ("a=x y", [("a", "x"), ("y", None)]),
        ("a=1; [b=2", [("a", "1")]),
        ("a=[; b=2", [("a", "["), ("b", "2")]),
        ("a=1; b=\xe9; c=3", [("a", "1")]),
        ("expires=Wed, 01 Jan 2010 00:00:00 GMT; x=1", [("expires", "Wed, 01 Jan 2010 00:00:00 GMT"), ("x", "1")]),
        ("a=b=Wed, 01 Jan 2010 00:00:00 GMT", [("a", "b=Wed,"), ("01", None), ("Jan", None), ("2010", None),
                                               ("00:00:00", None), ("GMT", None)]),
        ("=Wed,\t09-Feb-1994 22:23:32 GMT", [("=Wed,", None), ("09-Feb-1994", None), ("22:23:32", None), ("GMT", None)]),
        ("=a=b", [("=a", "b")]),
        ('a= "x', [("a", "")]),
        ('a="x"y', []),
        ('a="x', []),
        ("a=\t[", [("a", "[")]),
        ("a==[", [("a", "=[")]),
        ('a="b="c"', []),
        ('x=a="c"', [("x=a", '"c"')]),
        ("  ", []),
    ],
)  # fmt: skip
def test_strict_tokens_are_cpythons(text: str, wanted: list[tuple[str, str | None]]) -> None:
    assert cookies.tokenize_strictly(text) == wanted


@pytest.mark.parametrize(
    "text, wanted",
    [
        ("a=1; b=2", [("a", "1"), ("b", "2")]),
        ('a="x; y"; b', [("a", '"x; y"'), ("b", None)]),
        ('a="x; y; b=2', [("a", '"x'), ("y", None), ("b", "2")]),
        ('a="x"y; b=2', [("a", '"x"y'), ("b", "2")]),
        (' a = x y ;;=z; "q"=1', [("a", "x y"), ('"q"', "1")]),
        ("secure x", [("secure x", None)]),
        ("", []),
    ],
)
def test_kind_tokens_keep_what_is_good(text: str, wanted: list[tuple[str, str | None]]) -> None:
    assert cookies.tokenize_kindly(text) == wanted


@pytest.mark.parametrize(
    "text, wanted",
    [("a=1; b=2", [("a", "1"), ("b", "2")]), ("", []), ('a="1"', None), ("a=1; b", None), ("a =1", None)],
)
def test_easy_pairs(text: str, wanted: list[tuple[str, str]] | None) -> None:
    assert cookies.parse_easy_pairs(text) == wanted


def test_control_characters_are_found() -> None:
    assert [bool(cookies.find_control(chr(code))) for code in (0, 9, 31, 32, 126, 127, 128)] == [
        True, True, True, False, False, True, False,
    ]  # fmt: skip
    assert cookies.is_legal_name("a:b")
    assert not cookies.is_legal_name("a b")
    assert not cookies.is_legal_name("")
