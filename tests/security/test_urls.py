"""URLs that two programs read in two ways: one test for each row of the security table, safe profile unless said.

Growth is measured by counting: ten times the input may take at most about ten times the work of the interpreter.
"""

import sys
import unicodedata
from collections.abc import Callable, Iterator
from types import FrameType
from typing import Any

import pytest

from wirekit import defaults
from wirekit.urllib import parse


@pytest.fixture(autouse=True)
def _safe_profile() -> Iterator[None]:
    parse.clear_cache()
    with defaults.using("safe"):
        yield


def refused(url: str, base: str = "http://base/") -> bool:
    """Tell whether a URL is refused as text, as bytes (where it has any), as a reference, and by the builder."""
    calls: list[Callable[[], Any]] = [lambda: parse.urlsplit(url), lambda: parse.urlparse(url)]
    calls.append(lambda: parse.urljoin(base, url))
    if url.isascii():
        calls.append(lambda: parse.urlsplit(url.encode()))
    scheme, colon, rest = url.partition("://")
    if colon and "\n" not in url:
        netloc = rest.partition("/")[0]
        calls.append(lambda: parse.urlunsplit((scheme, netloc, "/", "", "")))
    outcomes = set()
    for call in calls:
        try:
            call()
            outcomes.add(False)
        except ValueError:
            outcomes.add(True)
    assert len(outcomes) == 1, f"{url!r} is refused by some and accepted by others"
    return outcomes.pop()


def steps(function: Callable[[], object]) -> int:
    """Count the lines of Python that a call runs."""
    count = 0

    def trace(_frame: FrameType, event: str, _argument: object) -> Any:
        nonlocal count
        count += event == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        function()
    finally:
        sys.settrace(before)
    return count


@pytest.mark.parametrize(
    "url", ["http://example.com\uff03@bing.com", "http://u\uff20h@x/", "http://h\u2100.net/"]
)
@pytest.mark.parametrize("profile", ["safe", "stdlib"])
def test_row_61_characters_that_become_delimiters(url: str, profile: str) -> None:
    with defaults.using(profile), pytest.raises(ValueError, match=r"refused|NFKC"):
        parse.urlsplit(url)


@pytest.mark.parametrize(
    "url", ["http://h\uff05/", "http://h\ufe6a/", "http://h\uff0fx/", "http://h\uff1fx/", "http://h\uff3c/"]
)
def test_row_62_other_fullwidth_delimiters_in_parser_and_builder(url: str) -> None:
    assert refused(url)


@pytest.mark.parametrize(
    "character", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u180e", "\ufe0f", "\u034f", "\U000e0001"]
)
def test_row_63_invisible_characters(character: str) -> None:
    assert refused(f"http://exa{character}mple.com/")


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize("url", ["java\nscript:x", "http://h/\r\nX", "http://\th/", "http://h/?\n#\r"])
def test_row_64_line_ends_and_tabs_reach_no_component(url: str, profile: str) -> None:
    with defaults.using(profile):
        for split in (parse.urlsplit(url), parse.urlparse(url), parse.urlsplit(url, " x\n")):
            assert not set("\t\r\n").intersection("".join(split))
        assert parse.urlsplit("java\nscript:x").scheme == "javascript"


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize(
    ("url", "scheme"),
    [(" javascript:alert(1)", "javascript"), ("\x1ffile:///x", "file"), ("\x00 \x0bhttp://h", "http")],
)
def test_row_65_leading_blanks_and_controls_hide_no_scheme(url: str, scheme: str, profile: str) -> None:
    with defaults.using(profile):
        assert parse.urlsplit(url).scheme == scheme


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize(
    "url",
    ["http://[127.0.0.1]/", "http://[evil]/", "http://prefix.[v1.example]/", "http://[::1].evil/", "http://[::1]allowed:1/",
     "http://[::1][::2]/", "http://[[::1]]/", "http://[::1/", "http://::1]/"],
)  # fmt: skip
def test_rows_66_and_67_brackets_hold_one_later_address_alone(url: str, profile: str) -> None:
    with defaults.using(profile), pytest.raises(ValueError, match=r"."):
        parse.urlsplit(url)


@pytest.mark.parametrize("zone", ["en0$(x)", "en\x000", "e n", "e\u00e9", "e\\", "e<"])
def test_row_68_characters_of_a_zone_id(zone: str) -> None:
    assert refused(f"http://[fe80::1%{zone}]/")
    assert refused(f"http://[v1.{zone}]/") or zone == "en0$(x)"
    assert parse.urlsplit("http://[fe80::1%eth0.5-a_~]/").hostname == "fe80::1%eth0.5-a_~"
    assert parse.urlsplit("http://[fe80::1%\r\neth0]/").hostname == "fe80::1%eth0"


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
def test_row_69_a_hash_ends_the_authority(profile: str) -> None:
    with defaults.using(profile):
        assert parse.urlsplit("http://127.0.0.1#@evil.com/").hostname == "127.0.0.1"
        assert parse.urlsplit("http://127.0.0.1#@evil.com/", "", False).hostname == "127.0.0.1"
        assert parse.urlsplit("http://127.0.0.1?@evil.com/").hostname == "127.0.0.1"
        assert parse._splithost("//127.0.0.1#@evil.com/") == ("127.0.0.1", "/#@evil.com/")


@pytest.mark.parametrize("url", ["http://a.com\\@b.com/", "http://a.com\\b.com/", "x://a\\b"])
def test_row_70_a_backslash_in_the_authority(url: str) -> None:
    assert refused(url)
    with pytest.raises(ValueError, match="refused"):
        parse.urljoin("http://base/", "/\\evil.com")  # browsers go to evil.com


@pytest.mark.parametrize(
    "host", ["a b", "h%00", "a<b", "a>b", "a^b", "a|b", "h\x01", "h\x7f", "%zz", "h%2525", "a%20b"]
)
def test_row_71_forbidden_host_code_points(host: str) -> None:
    assert refused(f"http://{host}/")


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f.1", "017700000001", "127.1", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "127.0.0.0x1", "1.2.3.4.5",
     "\uff11\uff12\uff17.0.0.1", "127\u30020.0.1", "%31", "256.1.1.1"],
)  # fmt: skip
def test_row_72_legacy_spellings_of_ipv4(host: str) -> None:
    assert refused(f"http://{host}/")
    assert refused(f"http://user@{host}:80/")
    assert not refused("http://127.0.0.1/")


def test_row_73_only_the_ampersand_separates_pairs() -> None:
    assert parse.parse_qsl("a=1;b=2") == [("a", "1;b=2")]
    assert parse.parse_qs("a=1;b=2") == {"a": ["1;b=2"]}


def test_row_74_fields_are_limited_by_default() -> None:
    for call in (lambda: parse.parse_qsl("&" * 1_000_000), lambda: parse.parse_qsl(b"a&" * 1_000_000)):
        with pytest.raises(ValueError, match="Max number of fields exceeded"):
            call()
    assert len(parse.parse_qsl("&".join(["a=1"] * 1000))) == 1000


@pytest.mark.parametrize(
    "make",
    [
        lambda n: lambda: parse.unquote("%zz" * n),
        lambda n: lambda: parse.unquote("é%zz\n" * n),
        lambda n: lambda: parse.urlsplit("http://" + "@" * n + "h/"),
        lambda n: lambda: parse.urlsplit("http://" + "%zz" * n + "@h/"),
        lambda n: lambda: parse.urljoin("http://h/" + "a/" * n, "../" * n),
        lambda n: lambda: parse.quote("é a" * n),
        lambda n: lambda: parse.parse_qsl("a=%zz&" * n, max_num_fields=n + 1),
        lambda n: lambda: parse.urlsplit("http://h" + "/?#" * n),
    ],
)
def test_row_75_work_grows_with_the_input_alone(make: Callable[[int], Callable[[], object]]) -> None:
    make(10)()  # imports and tables
    assert steps(make(20_000)) <= 12 * steps(make(2_000))


def test_row_76_long_labels_are_refused_before_they_are_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_form: str, _text: str) -> str:
        raise AssertionError

    for host in ("é" * 100_000, "a." * 200 + "é", "x" * 64, "é" * 64 + ".example"):
        with monkeypatch.context() as patch:  # not for longer: pytest normalises what it shows
            patch.setattr(unicodedata, "normalize", never)
            with pytest.raises(ValueError, match="at most 253 characters, 63 between dots"):
                parse.urlsplit(f"http://{host}/")


def test_row_76_marks_are_normalised_in_linear_time() -> None:
    with defaults.using("stdlib"):  # refused by its length otherwise
        netloc = "a" + "\u0300\u0316" * 100_000 + "\u2100"  # sorting these takes CPython's normaliser minutes
        with pytest.raises(ValueError, match="NFKC"):
            parse.urlsplit(f"http://{netloc}/")


@pytest.mark.parametrize(
    "url", ["ht%74p://h/", "http+unix://%2Fvar%2Frun/x", "http://h/%2F%3F%23", "http://u%40:p%3A@h/"]
)
def test_row_77_escapes_stay_as_they_are(url: str) -> None:
    split = parse.urlsplit(url)
    assert split.geturl() == url
    assert parse.urlsplit(split.geturl()) == split
    assert parse.urlunparse(parse.urlparse(url)) == url
    assert refused("http://h%2Fx/")
    assert parse.urlsplit("ht%74p://h/").scheme == ""


def test_secrets_stay_out_of_the_reasons() -> None:
    for host in ("a\\b", "a b", "2130706433", "h\uff05", "h\u2100", "[::1%$]", "\u00ad", "x" * 64, "h%00"):
        with pytest.raises(ValueError, match=r".") as caught:
            parse.urlsplit(f"http://user:secret@{host}/")
        assert "secret" not in str(caught.value)
