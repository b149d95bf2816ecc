"""urllib.parse against the standard library and against itself, on generated text and bytes."""

import re
import string
import sys
import urllib.parse
from collections.abc import Callable
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from wirekit import defaults
from wirekit._wire import uri
from wirekit.urllib import parse

PIECES = [
    "http", "https", "file", "x", "HTTP", "://", ":", "//", "/", "?", "#", "[", "]", "::1", "@", "a", "b.c", "127.0.0.1",
    "%41", "%", "%zz", "%2", "%C3%A9", "%C3", "%FF", "%1E", "\x1e", "\uff03", "\u2100", "é", "\udc80", "\u0663", ".", "..",
    ";", "=", "&", "+", " ", "\n", "\t", "\x00", "\\", "80", "v1.x", "fe80::1%z",
]  # fmt: skip
TEXT = st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=10).map("".join)
BYTES = TEXT.map(lambda text: text.encode("utf-8", "surrogatepass"))
EITHER = TEXT | BYTES

HOSTS = st.from_regex(
    r"[a-z]([a-z0-9-]{0,20}[a-z0-9])?(\.[a-z]([a-z0-9-]{0,20}[a-z0-9])?){0,3}", fullmatch=True
)
ORDINARY_PATH = st.text(string.ascii_letters + string.digits + "/-._~!$'()*,;=:@%", max_size=30).map(
    lambda t: "/" + t
)
ORDINARY = st.builds(
    "{}://{}{}{}{}{}".format,
    st.sampled_from(["http", "https", "ftp", "ws", "HTTP", "postgresql", "git+ssh"]),
    st.sampled_from(["", "user@", "user:pa%40ss@", ":@"]),
    HOSTS | st.ip_addresses(v=4).map(str) | st.ip_addresses(v=6).map("[{}]".format),
    st.sampled_from(["", ":", ":80", ":65535"]),
    ORDINARY_PATH | st.just(""),
    st.sampled_from(["", "?a=b&c=d", "?", "#f", "?q#f", "?a\\b", "#/a b"]),
)


def outcome(function: Callable[..., Any], *arguments: Any) -> Any:
    """Return what a call gives, with the name of its type, or the type of what it raises."""
    try:
        result = function(*arguments)
    except Exception as error:  # noqa: BLE001 - any is a result here
        return type(error)
    return type(result).__name__, result


def same(name: str, *arguments: Any) -> None:
    """Fail unless both modules give the same in the standard library's profile."""
    with defaults.using("stdlib"):
        assert outcome(getattr(parse, name), *arguments) == outcome(getattr(urllib.parse, name), *arguments)


@given(EITHER, st.booleans())
@pytest.mark.parametrize("name", ["urlsplit", "urlparse"])
def test_splitting_is_the_standard_library_s(name: str, url: str | bytes, fragments: bool) -> None:
    if not hasattr(urllib.parse, "_check_bracketed_netloc"):
        # Releases before 3.13.2, 3.12.9 and 3.11.12 let text stand around brackets (CVE-2025-0938), and knew "v" of
        # IPvFuture in lower case only.
        assume(b"[" not in url if isinstance(url, bytes) else "[" not in url)
    same(name, url, url[:0], fragments)


@given(TEXT)
def test_parts_of_an_authority_are_the_standard_library_s(netloc: str) -> None:
    for kind, given_as in (
        ("SplitResult", netloc),
        ("SplitResultBytes", netloc.encode("utf-8", "surrogatepass")),
    ):
        blank = given_as[:0]
        ours = getattr(parse, kind)(blank, given_as, blank, blank, blank)
        theirs = getattr(urllib.parse, kind)(blank, given_as, blank, blank, blank)
        for part in ("username", "password", "hostname", "port"):
            assert outcome(getattr, ours, part) == outcome(getattr, theirs, part)


@given(st.tuples(*[st.sampled_from(["", "http", "x", "file"]), TEXT, TEXT, TEXT, TEXT]))
def test_urlunsplit_is_the_standard_library_s(parts: tuple[str, ...]) -> None:
    if sys.version_info < (
        3,
        12,
        6,
    ):  # gh-67693, gh-105704: older ones write an empty authority before any path
        assume(bool(parts[1]))
    same("urlunsplit", parts)


def tells_empty_from_missing(url: str) -> bool:
    """Say whether a URL holds an empty query, fragment, authority, or parameters, which 3.14 no longer drops."""
    return bool(re.search(r"[?#](?=[?#]|$)|;|//(?=[/?#]|$)", re.sub(r"[\t\n\r]", "", url)))


def has_scheme_alone(url: str) -> bool:
    """Say whether a URL has a scheme but no authority: releases before 3.12.6 write an empty one (gh-67693)."""
    return bool(
        re.match(r"[\x00-\x20]*[a-z][a-z0-9+.-]*:(?!//[^/?#])", re.sub(r"[\t\n\r]", "", url), re.IGNORECASE)
    )


@given(TEXT, TEXT, st.booleans())
def test_urljoin_and_urldefrag_are_the_standard_library_s(base: str, url: str, fragments: bool) -> None:
    if sys.version_info < (3, 14):  # which also lets a reference of nothing keep the fragment of its base
        assume(not tells_empty_from_missing(base) and not tells_empty_from_missing(url))
        assume(url.strip(BLANK) or "#" not in base)
    if sys.version_info < (3, 12, 6):
        assume(not has_scheme_alone(base) and not has_scheme_alone(url))
    assume("[" not in base + url or hasattr(urllib.parse, "_check_bracketed_netloc"))
    same("urljoin", base, url, fragments)
    same("urldefrag", url)


BLANK = "".join(map(chr, range(0x21)))


PATHS = st.lists(
    st.sampled_from(["a", "b.c", "/", "/", "/", ".", "..", "../", "./", ";x", "%2e", ".h", "é", "?", "#", "q=1", " "]), max_size=8
).map("".join)  # fmt: skip
BASES = st.builds(
    "{}{}".format,
    st.sampled_from(["http://h", "https://u@h:80", "ftp://h", "x://h", "file://", "//h", ""]),
    PATHS,
)


@given(BASES, PATHS)
def test_urljoin_of_paths_is_the_standard_library_s(base: str, url: str) -> None:
    if sys.version_info < (3, 14):  # which also lets a reference of nothing keep the fragment of its base
        assume(not tells_empty_from_missing(base) and not tells_empty_from_missing(url))
        assume(url.strip(BLANK) or "#" not in base)
    if sys.version_info < (3, 12, 6):
        assume(not has_scheme_alone(base) and not has_scheme_alone(url))
    same("urljoin", base, url)


@given(BASES, PATHS)
def test_urljoin_s_short_cut_leads_to_the_same_place(base: str, url: str) -> None:
    quick = outcome(parse.urljoin, base, url)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(uri, "join_reference", lambda *_: None)
        patch.setattr(parse, "_split_web", lambda *_: None)
        parse.clear_cache()
        assert outcome(parse.urljoin, base, url) == quick


@given(EITHER, TEXT)
@pytest.mark.parametrize("name", ["quote", "quote_plus", "quote_from_bytes"])
def test_quoting_is_the_standard_library_s(name: str, text: str | bytes, safe: str) -> None:
    same(name, text)
    same(name, text, safe)
    same(name, text, safe.encode("utf-8", "surrogatepass"))


@given(
    EITHER,
    st.sampled_from(["utf-8", "latin-1", "ascii", "utf-16", "none"]),
    st.sampled_from(["replace", "ignore", "strict"]),
)
def test_unquoting_is_the_standard_library_s(text: str | bytes, encoding: str, errors: str) -> None:
    same("unquote", text)
    same("unquote", text, encoding, errors)
    same("unquote_plus", text, encoding, errors)
    same("unquote_to_bytes", text)


@given(
    EITHER,
    st.booleans(),
    st.booleans(),
    st.sampled_from(["&", ";", "+", "a", "=", "::"]),
    st.none() | st.integers(0, 5),
)
def test_parsing_queries_is_the_standard_library_s(
    query: str | bytes, blank: bool, strict: bool, separator: str, limit: int | None
) -> None:
    if sys.version_info < (3, 12, 3) and isinstance(query, bytes):
        assume(
            query.isascii() and b"%" not in query
        )  # gh-74668: bytes went through text, and lost or refused some
    for name in ("parse_qs", "parse_qsl"):
        same(name, query, blank, strict, "utf-8", "replace", limit, separator)
        same(name, query, blank, strict, "latin-1", "strict", limit, separator)


VALUES = st.none() | st.integers() | st.floats() | TEXT | BYTES


@given(st.lists(st.tuples(VALUES, VALUES | st.lists(VALUES, max_size=3))), st.booleans(), TEXT)
def test_writing_queries_is_the_standard_library_s(pairs: list[Any], doseq: bool, safe: str) -> None:
    same("urlencode", pairs, doseq)
    same("urlencode", pairs, doseq, safe)


@given(TEXT)
@pytest.mark.parametrize(
    "name",
    ["_splittype", "_splithost", "_splituser", "_splitpasswd", "_splitport", "_splitnport", "_splitquery", "_splittag",
     "_splitattr", "_splitvalue", "_to_bytes", "unwrap"],
)  # fmt: skip
def test_pieces_are_the_standard_library_s(name: str, text: str) -> None:
    same(name, text)


# ---- against itself


@given(ORDINARY)
def test_ordinary_urls_read_the_same_in_both_profiles(url: str) -> None:
    with defaults.using("safe"):
        safe = parse.urlsplit(url)
        assert parse.urlsplit(url.encode()).decode() == safe
        assert parse.urljoin(url, "x") == urllib.parse.urljoin(url, "x")
        assert parse.urlsplit(parse.urlunsplit(safe)) == safe
    assert tuple(safe) == tuple(urllib.parse.urlsplit(url))


@given(TEXT)
def test_the_safe_profile_never_reads_otherwise_it_only_refuses(url: str) -> None:
    with defaults.using("stdlib"):
        lax = outcome(parse.urlsplit, url)
    with defaults.using("safe"):
        assert outcome(parse.urlsplit, url) in (lax, ValueError)


@given(TEXT)
def test_what_is_split_reads_the_same_when_put_together(url: str) -> None:
    with defaults.using("stdlib"):
        try:
            split = parse.urlsplit(url, missing_as_none=True)
        except ValueError:
            assume(False)
        again = parse.urlsplit(split.geturl(), missing_as_none=True)
    assert again == split


@given(st.text() | st.binary())
def test_quoting_goes_back(text: str | bytes) -> None:
    if isinstance(text, bytes):
        assert parse.unquote_to_bytes(parse.quote(text)) == text
    else:
        assume(not re.search("[\ud800-\udfff]", text))
        assert parse.unquote(parse.quote(text, "")) == text
        assert parse.unquote_plus(parse.quote_plus(text)) == text


@given(st.lists(st.tuples(st.text(st.characters(codec="utf-8")), st.text(st.characters(codec="utf-8")))))
def test_queries_go_back(pairs: list[tuple[str, str]]) -> None:
    assert parse.parse_qsl(parse.urlencode(pairs), keep_blank_values=True) == pairs
