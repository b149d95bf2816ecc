"""urllib.parse as programs use it: text and bytes, options, results, caches, both profiles."""

import copy
import pickle
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest

from wirekit import defaults
from wirekit.urllib import parse

URL = "http://user:pw@Host.example:8080/a/b;p?q=1#f"


@pytest.fixture(autouse=True)
def _own_profile() -> Iterator[None]:
    with defaults.using("safe"):
        yield


# ---- splitting


def test_urlsplit_gives_text_for_text_and_bytes_for_bytes() -> None:
    split = parse.urlsplit(URL)
    assert split == ("http", "user:pw@Host.example:8080", "/a/b;p", "q=1", "f")
    assert (split.username, split.password, split.hostname, split.port) == (
        "user",
        "pw",
        "host.example",
        8080,
    )
    assert split.geturl() == URL
    data = parse.urlsplit(URL.encode())
    assert isinstance(data, parse.SplitResultBytes)
    assert data == split.encode()
    assert data.decode() == split
    assert data.geturl() == URL.encode()
    assert data.hostname == b"host.example"


def test_urlparse_sets_parameters_apart() -> None:
    parsed = parse.urlparse(URL)
    assert parsed == ("http", "user:pw@Host.example:8080", "/a/b", "p", "q=1", "f")
    assert parsed.geturl() == URL
    assert parse.urlparse("x:/a;b").params == ""
    assert parse.urlparse("http://h/a;b/c").params == ""
    assert parse.urlparse("http://h/a;b/c;d") == ("http", "h", "/a;b/c", "d", "", "")
    assert parse.urlparse(b"/a;b", b"http").geturl() == b"http:///a;b"
    assert parse.urlparse("a;b", "", False).params == "b"


def test_urlsplit_with_default_scheme_and_without_fragments() -> None:
    assert parse.urlsplit("//h/p#f", " ht\ntp ", False) == ("http", "h", "/p#f", "", "")
    assert parse.urlsplit(b"//h/p", b"ftp").scheme == b"ftp"
    assert parse.urlsplit(b"//h/p").scheme == b""


def test_urlsplit_takes_what_older_programs_give() -> None:
    assert parse.urlsplit(None) == (b"", b"", b"", b"", b"")
    assert parse.urlsplit(bytearray(b"http://h/"))[1] == b"h"

    class Text(str):
        __slots__ = ()

    assert parse.urlsplit(Text("http://h/")) == ("http", "h", "/", "", "")


def test_mixing_text_and_bytes_is_refused() -> None:
    for call in (
        lambda: parse.urlsplit("http://h", b"x"),  # type: ignore[call-overload]
        lambda: parse.urljoin("http://h", b"x"),  # type: ignore[call-overload]
        lambda: parse.urlunsplit(("http", b"h", "", "", "")),  # type: ignore[arg-type]
        lambda: parse.urlunsplit(("http", "h", "/", b"q", "")),  # type: ignore[arg-type]
        lambda: parse.urlunparse(("http", "h", "", "", "", b"f")),  # type: ignore[arg-type]
    ):
        with pytest.raises(TypeError, match="Cannot mix str and non-str arguments"):
            call()
    with pytest.raises(TypeError):
        parse.urlunsplit(("http", "h", None, "", ""))


def test_missing_and_empty_components_can_be_told_apart() -> None:
    split: Any = parse.urlsplit("//h?", missing_as_none=True)
    assert split == (None, "h", "", "", None)
    assert split.geturl() == "//h?"
    assert parse.urlunsplit(split, keep_empty=False) == "//h"
    assert isinstance(split, parse.SplitResult)
    assert repr(split) == "SplitResult(scheme=None, netloc='h', path='', query='', fragment=None)"
    parsed = parse.urlparse("http://h/;?#", missing_as_none=True)
    assert parsed == ("http", "h", "/", "", "", "")
    assert parsed.geturl() == "http://h/;?#"
    assert parse.urlparse("x", missing_as_none=True).geturl() == "x"
    for url in ("h#", "h"):
        cut = parse.urldefrag(url, missing_as_none=True)
        assert cut.geturl() == url
        assert cut.encode().geturl() == url.encode()
        assert cut.encode().decode() == cut
    assert parse.urldefrag("h", missing_as_none=True).fragment is None


def test_keep_empty_cannot_be_had_of_what_forgot() -> None:
    with pytest.raises(ValueError, match="missing_as_none"):
        parse.urlunsplit(parse.urlsplit("//h?"), keep_empty=True)
    with pytest.raises(ValueError, match="missing_as_none"):
        parse.urlunparse(parse.urlparse("//h?"), keep_empty=True)
    assert parse.urlunsplit(("", "h", "", "", None), keep_empty=True) == "//h?"
    assert parse.urlunsplit((None, b"h", b"", b"", None), keep_empty=True) == b"//h?"


@pytest.mark.parametrize(
    "result",
    [
        parse.urlsplit(URL), parse.urlparse(URL), parse.urldefrag(URL), parse.urlsplit(URL.encode()),
        parse.urlparse(URL.encode()), parse.urldefrag(URL.encode()), parse.urlsplit("?", missing_as_none=True),
        parse.urlparse("?", missing_as_none=True), parse.urldefrag("#", missing_as_none=True),
        parse.urlsplit(b"?", missing_as_none=True),
    ],
)  # fmt: skip
def test_results_pickle_and_copy(result: Any) -> None:
    for twin in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):
        assert twin == result
        assert type(twin) is type(result)
        assert twin.geturl() == result.geturl()
    assert result._replace(fragment="x")[-1] == "x"


def test_result_classes_name_their_fields() -> None:
    assert parse.SplitResult._fields == ("scheme", "netloc", "path", "query", "fragment")
    assert parse.DefragResult("u", "").geturl() == "u"
    assert parse.DefragResultBytes(b"u", b"f").geturl() == b"u#f"
    assert parse.DefragResultBytes(b"u", b"").geturl() == b"u"
    assert parse.ResultBase in parse.SplitResult.__mro__
    assert str(parse.SplitResult[str]) == "wirekit.urllib.parse.SplitResult[str]"  # type: ignore[misc]


# ---- putting together, resolving


@pytest.mark.parametrize(
    ("parts", "url"),
    [
        (("http", "h", "p", "q", "f"), "http://h/p?q#f"),
        (("http", "", "/p", "", ""), "http:///p"),
        (("http", "", "", "", ""), "http://"),
        (("http", "", "p", "", ""), "http:p"),
        (("x", "", "/p", "", ""), "x:/p"),
        (("x", "", "//p", "", ""), "x:////p"),
        (("", "", "//p", "", ""), "////p"),
        (("", "", "p", "", ""), "p"),
        ((None, None, "p", None, None), "p"),
        (("http", None, "/p", None, None), "http:///p"),
        ((b"http", b"h", b"", b"q", b""), b"http://h?q"),
    ],
)
def test_urlunsplit(parts: Any, url: str | bytes) -> None:
    assert parse.urlunsplit(parts) == url
    assert parse.urlunsplit(list(parts)) == url
    assert parse.urlunsplit(iter(parts)) == url


def test_urlunsplit_wants_five_components() -> None:
    with pytest.raises(ValueError, match="unpack"):
        parse.urlunsplit(("http", "h"))


def test_programs_may_add_schemes(monkeypatch: pytest.MonkeyPatch) -> None:
    assert parse.urljoin("s3://bucket/a/b", "c") == "c"
    monkeypatch.setattr(parse, "uses_relative", [*parse.uses_relative, "s3"])
    assert (
        parse.urljoin("s3://bucket/a/b", "c") == "s3:/a/c"
    )  # as the standard library does with such a scheme
    parse.uses_netloc.append("s3")
    try:
        assert parse.urljoin("s3://bucket/a/b", "c") == "s3://bucket/a/c"
        assert parse.urlunsplit(("s3", "", "/p", "", "")) == "s3:///p"
    finally:
        parse.uses_netloc.remove("s3")


@pytest.mark.parametrize(
    ("reference", "url"),
    [
        ("g:h", "g:h"), ("g", "http://a/b/c/g"), ("/g", "http://a/g"), ("//g", "http://g"),
        ("?y", "http://a/b/c/d;p?y"), ("g?y", "http://a/b/c/g?y"), ("#s", "http://a/b/c/d;p?q#s"),
        ("g#s", "http://a/b/c/g#s"), (";x", "http://a/b/c/;x"), ("g;x?y#s", "http://a/b/c/g;x?y#s"),
        ("", "http://a/b/c/d;p?q"), (".", "http://a/b/c/"), ("..", "http://a/b/"), ("../../../g", "http://a/g"),
        ("g?y/../x", "http://a/b/c/g?y/../x"), ("http:g", "http://a/b/c/g"), ("?", "http://a/b/c/d;p?"),
        ("#", "http://a/b/c/d;p?q#"), ("https://x", "https://x"),
    ],
)  # fmt: skip
def test_urljoin_as_rfc3986_section_5_4(reference: str, url: str) -> None:
    base = "http://a/b/c/d;p?q"
    assert parse.urljoin(base, reference) == url
    assert parse.urljoin(base, reference) == url  # the base is remembered now
    assert parse.urljoin(base.encode(), reference.encode()) == url.encode()
    with defaults.using("stdlib"):
        assert parse.urljoin(base, reference) == url


def test_urljoin_without_one_side_or_without_fragments() -> None:
    assert parse.urljoin("", "x") == "x"
    assert parse.urljoin("x", None) == "x"
    assert parse.urljoin("http://a/b#c", "d#e", False) == "http://a/d#e"
    assert parse.urljoin("/a/b", "c") == "/a/c"
    assert parse.urljoin("#f", "") == "#f"
    assert parse.urljoin("http://a?q#f", "http:") == "http://a?q#f"
    assert parse.urljoin("sip:a", "sip:b") == "sip:b"


def test_urldefrag() -> None:
    assert parse.urldefrag(URL) == (URL[:-2], "f")
    assert parse.urldefrag("http://h/?#") == ("http://h/?", "")
    assert parse.urldefrag("x") == ("x", "")
    assert parse.urldefrag(b"x#y").geturl() == b"x#y"


# ---- quoting


@pytest.mark.parametrize(
    ("arguments", "quoted"),
    [
        (("/a b",), "/a%20b"),
        (("/a b", ""), "%2Fa%20b"),
        (("/a b", b"/ "), "/a b"),
        (("",), ""),
        ((b"",), ""),
        ((b"\xff/",), "%FF/"),
        ((bytearray(b"a:b"), ":"), "a:b"),
        (("é",), "%C3%A9"),
        (("é", "/", "latin-1"), "%E9"),
        (("\u20ac", "/", "latin-1", "replace"), "%3F"),
        (("a~b", "é"), "a~b"),
        (("é", "é"), "%C3%A9"),
        (("a:b", [58]), "a:b"),
    ],
)
def test_quote(arguments: tuple[Any, ...], quoted: str) -> None:
    assert parse.quote(*arguments) == quoted
    assert parse.quote(*arguments) == quoted  # by the remembered table


def test_quote_refuses_encodings_of_bytes_and_what_is_no_text() -> None:
    with pytest.raises(TypeError, match="'encoding' for bytes"):
        parse.quote(b"", encoding="utf-8")
    with pytest.raises(TypeError, match="'errors' for bytes"):
        parse.quote(b"x", errors="strict")
    with pytest.raises(TypeError, match="expected bytes"):
        parse.quote(1)  # type: ignore[arg-type]
    with pytest.raises(TypeError, match="expected bytes"):
        parse.quote_from_bytes("x")  # type: ignore[arg-type]
    with pytest.raises(UnicodeEncodeError):
        parse.quote("\ud800")


def test_quote_plus_and_back() -> None:
    assert parse.quote_plus("a b+c/d") == "a+b%2Bc%2Fd"
    assert parse.quote_plus(b"a b", b"+") == "a+b"
    assert parse.quote_plus("a/b", "/") == "a/b"
    assert parse.unquote_plus("a+b%2Bc") == "a b+c"
    assert parse.quote_from_bytes(b"a b/") == "a%20b/"
    assert parse.quote_from_bytes(b"") == ""


def test_unquote() -> None:
    assert parse.unquote("a%20b%zz") == "a b%zz"
    assert parse.unquote("plain") == "plain"
    assert parse.unquote(b"%C3%A9") == "é"
    assert parse.unquote("%E9", "latin-1") == "é"
    assert parse.unquote("%C3%A9%FF", None, None) == "é\ufffd"
    assert parse.unquote_to_bytes("é%FF") == b"\xc3\xa9\xff"
    assert parse.unquote_to_bytes(bytearray(b"%41")) == b"A"
    assert parse.unquote_to_bytes("") == b""
    for wrong in (1, None, ()):
        with pytest.raises((TypeError, AttributeError)):
            parse.unquote(wrong)  # type: ignore[arg-type]
        with pytest.raises((TypeError, AttributeError)):
            parse.unquote_to_bytes(wrong)  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        parse.unquote([])  # type: ignore[arg-type]
    with pytest.raises(AttributeError):
        parse.unquote_to_bytes(memoryview(b"%41"))  # type: ignore[arg-type]


# ---- queries


@pytest.mark.parametrize(
    ("query", "options", "text"),
    [
        ({"a": 1, "b": "x y"}, {}, "a=1&b=x+y"),
        ([("a", b"\xff"), (b"b", None)], {}, "a=%FF&b=None"),
        (
            {"a": [1, "x", b"y"], "b": "zw", "c": 3, "d": (), "e": b"f"},
            {"doseq": True},
            "a=1&a=x&a=y&b=zw&c=3&e=f",
        ),
        ({"a": [1]}, {}, "a=%5B1%5D"),
        ({"a": "x y/"}, {"quote_via": parse.quote}, "a=x%20y%2F"),
        ({"a": "x y/"}, {"safe": "/"}, "a=x+y/"),
        ({"é": "é"}, {"encoding": "latin-1"}, "%E9=%E9"),
        ({"a": "\x1e"}, {}, "a=%1E"),
        ([], {}, ""),
        ("", {}, ""),
        ({}, {"doseq": 1}, ""),
    ],
)
def test_urlencode(query: Any, options: dict[str, Any], text: str) -> None:
    assert parse.urlencode(query, **options) == text


@pytest.mark.parametrize("query", ["text", 5, ["ab"], [["a", 1]], b"ab"])
def test_urlencode_wants_pairs(query: Any) -> None:
    with pytest.raises(TypeError, match="not a valid non-string sequence or mapping object"):
        parse.urlencode(query)


def test_parse_qs_and_qsl() -> None:
    assert parse.parse_qsl("a=1&b=%20&a=2&c=") == [("a", "1"), ("b", " "), ("a", "2")]
    assert parse.parse_qs("a=1&a=2&c", True) == {"a": ["1", "2"], "c": [""]}
    assert parse.parse_qsl(b"a=%FF") == [(b"a", b"\xff")]
    view: Any = memoryview(b"a=1")
    assert parse.parse_qsl(view, separator="&") == [(b"a", b"1")]
    assert parse.parse_qsl("a=1;b=2", separator=b";") == [("a", "1"), ("b", "2")]
    assert parse.parse_qsl("a=%E9", encoding="latin-1") == [("a", "é")]
    assert parse.parse_qsl("a=%C3%A9", encoding=None, errors=None) == [("a", "é")]
    for empty in ("", b"", None):
        assert parse.parse_qsl(empty) == []  # type: ignore[type-var]


def test_parse_qsl_refuses_bad_arguments() -> None:
    for separator in ("", None, 1):
        with pytest.raises(ValueError, match="Separator"):
            parse.parse_qsl("a=1", separator=separator)  # type: ignore[arg-type]
    with pytest.raises(TypeError):
        parse.parse_qsl(1)  # type: ignore[type-var]
    with pytest.raises(ValueError, match="bad query field"):
        parse.parse_qs("a", strict_parsing=True)
    with pytest.warns(DeprecationWarning, match="Accepting int objects with false value") as caught:
        assert parse.parse_qsl(0) == []  # type: ignore[type-var]
    assert caught[0].filename == __file__


def test_parse_qsl_counts_fields() -> None:
    assert len(parse.parse_qsl("a=1&" * 4, max_num_fields=5)) == 4
    with pytest.raises(ValueError, match="Max number of fields exceeded"):
        parse.parse_qsl("a=1&" * 4, max_num_fields=4)
    with defaults.using(max_form_fields=3), pytest.raises(ValueError, match="Max number"):
        parse.parse_qs(b"&&&")
    with defaults.using("stdlib"):
        assert len(parse.parse_qsl("a=1&" * 5000)) == 5000


# ---- what older programs call


@pytest.mark.parametrize(
    ("wrapped", "url"),
    [("<URL:http://h/>", "http://h/"), (" URL: x ", "x"), ("<x>", "x"), ("<x", "<x"), (5, "5")],
)
def test_unwrap(wrapped: object, url: str) -> None:
    assert parse.unwrap(wrapped) == url


@pytest.mark.parametrize(
    ("name", "arguments", "result"),
    [
        ("splittype", ("a:b",), ("a", "b")),
        ("splithost", ("//h/p",), ("h", "/p")),
        ("splituser", ("u@h",), ("u", "h")),
        ("splitpasswd", ("u:p",), ("u", "p")),
        ("splitport", ("h:1",), ("h", "1")),
        ("splitnport", ("h", 5), ("h", 5)),
        ("splitquery", ("p?q",), ("p", "q")),
        ("splittag", ("p#t",), ("p", "t")),
        ("splitattr", ("p;a",), ("p", ["a"])),
        ("splitvalue", ("a=b",), ("a", "b")),
        ("to_bytes", ("x",), "x"),
    ],
)
def test_old_functions_warn_their_caller(name: str, arguments: tuple[Any, ...], result: Any) -> None:
    with pytest.warns(
        DeprecationWarning, match=rf"urllib\.parse\.{name}\(\) is deprecated as of 3\.8"
    ) as caught:
        assert getattr(parse, name)(*arguments) == result
    assert caught[0].filename == __file__
    assert getattr(parse, f"_{name}")(*arguments) == result


def test_quoter_warns_and_quotes() -> None:
    with pytest.warns(DeprecationWarning, match="Quoter will be removed"):
        quoter = parse.Quoter(b"/")
    assert [quoter[byte] for byte in b"a/ "] == ["a", "/", "%20"]
    assert repr(quoter) == "<Quoter {97: 'a', 47: '/', 32: '%20'}>"
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = parse.nothing


def test_private_names_that_programs_reach() -> None:
    assert parse._splitnetloc("//h/p", 2) == ("h", "/p")
    assert parse._splitparams("/a;b") == ("/a", "b")
    assert parse._splitparams("/a") == ("/a", "")
    assert parse._coerce_args("a", "")[:2] == ("a", "")
    parse._checknetloc("")
    parse._checknetloc("h")
    parse._check_bracketed_netloc("[::1]:80")
    with pytest.raises(ValueError, match="NFKC"):
        parse._checknetloc("h\u2100")


# ---- caches and profiles


def test_what_one_profile_accepts_is_not_remembered_for_the_other() -> None:
    odd = "http://a\\@b/"
    with defaults.using("stdlib"):
        assert parse.urlsplit(odd).hostname == "b"
        assert parse.urljoin(odd, "x") == "http://a\\@b/x"
        assert parse.urlunsplit(("http", "a\\@b", "", "", "")) == "http://a\\@b"
    with pytest.raises(ValueError, match="refused"):
        parse.urlsplit(odd)
    with pytest.raises(ValueError, match="refused"):
        parse.urljoin(odd, "x")
    with pytest.raises(ValueError, match="refused"):
        parse.urlunsplit(("http", "a\\@b", "", "", ""))
    with pytest.raises(ValueError, match="refused"):
        parse.urlunsplit(("http", "a\\@b", "", "", None), keep_empty=True)


def test_caches_are_bounded_and_can_be_cleared() -> None:
    for number in range(1000):
        parse.urlsplit(f"http://h/{number}")
        parse.urljoin(f"http://h/{number}/", "x")
        parse.quote("a b", f"{chr(33 + number % 90)}é{number}")
    caches: tuple[dict[Any, Any], ...] = (
        parse._remembered,
        parse._bases,
        parse._quotings,
        parse._byte_quotings,
    )
    for cache in caches:
        assert 0 < len(cache) < 1000
    parse.clear_cache()
    assert not any(caches)
    long = "http://h/" + "x" * 10_000
    assert parse.urlsplit(long).path == long[8:]
    assert parse.urljoin(long, "y") == "http://h/y"
    assert not any(caches)


def test_importing_it_is_cheap() -> None:
    program = (
        "import sys, wirekit.urllib.parse, wirekit.urllib.error, wirekit.urllib.response; print(*sys.modules)"
    )
    outcome = subprocess.run([sys.executable, "-S", "-P", "-c", program], capture_output=True, text=True, check=False,
                             env={"PYTHONPATH": "src"}, timeout=15)  # fmt: skip
    loaded = set(outcome.stdout.split())
    assert "wirekit.urllib.parse" in loaded, outcome.stderr
    assert not loaded & {
        "re",
        "typing",
        "ipaddress",
        "unicodedata",
        "dataclasses",
        "tempfile",
        "urllib",
        "socket",
    }


def test_the_profile_is_read_when_first_needed() -> None:
    program = "from wirekit.urllib import parse\nparse.parse_qsl('a=b')\nprint(parse.defaults.__name__)"
    outcome = subprocess.run([sys.executable, "-P", "-c", program], capture_output=True, text=True, check=False,
                             env={"PYTHONPATH": "src"}, timeout=15)  # fmt: skip
    assert outcome.stdout.strip() == "wirekit.defaults", outcome.stderr
