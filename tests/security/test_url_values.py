"""wirekit.URL against the rows of the security table on URLs: both readings, and the guard against private hosts.

The strict reading refuses what two programs read in two ways; the reading of browsers gives one form, which is judged.
Growth is measured by counting lines, as in test_urls.
"""

import unicodedata
from collections.abc import Callable

import pytest

from tests.security.test_urls import steps
from wirekit.url import URL


def refused(text: str) -> bool:
    """Tell whether a URL is refused when read, when joined, and when its host is set."""
    host = text.partition("://")[2].partition("/")[0].rpartition("@")[2]
    calls: list[Callable[[], URL]] = [
        lambda: URL(text),
        lambda: URL("http://base/").join(text),
        lambda: URL("http://base/").join(text.removeprefix("http:")),
        lambda: URL("http://base/").with_host(host),
    ]
    outcomes = set()
    for call in calls:
        try:
            call()
            outcomes.add(False)
        except ValueError:
            outcomes.add(True)
    assert len(outcomes) == 1, f"{text!r} is refused by some and accepted by others"
    return outcomes.pop()


@pytest.mark.parametrize("host", ["example.com\uff03x", "h\u2100.net", "h\uff20x"])
def test_row_61_characters_that_become_delimiters(host: str) -> None:
    assert refused(f"http://{host}/")
    with pytest.raises(ValueError, match="URL refused"):
        URL("http://example.com\uff03@bing.com")


@pytest.mark.parametrize("host", ["h\uff05", "h\ufe6a", "h\uff0fx", "h\uff1fx", "h\uff3c", "h\uff1a1"])
def test_row_62_other_fullwidth_delimiters(host: str) -> None:
    assert refused(f"http://{host}/")


@pytest.mark.parametrize(
    "character", ["\u00ad", "\u200b", "\u2060", "\ufeff", "\u180e", "\ufe0f", "\u034f", "\U000e0001"]
)
def test_row_63_invisible_characters(character: str) -> None:
    assert refused(f"http://exa{character}mple.com/")
    assert (
        character not in URL(f"http://h/{character}".encode().decode()).human()
        if character in "\u00ad\u200b"
        else True
    )


@pytest.mark.parametrize("text", ["java\nscript:x", "http://h/\r\nX", "http://\th/", "http://h/?\n#\r"])
def test_row_64_line_ends_and_tabs(text: str) -> None:
    with pytest.raises(ValueError, match="URL refused"):
        URL(text)
    assert not set("\t\r\n").intersection(str(URL.whatwg(text)))
    for change in (URL.with_path, URL.with_query, URL.with_fragment, URL.with_user, URL.with_segments):
        assert not set("\t\r\n").intersection(str(change(URL("http://h"), "a\t\r\nb")))


@pytest.mark.parametrize(
    ("text", "scheme"), [(" javascript:alert(1)", "javascript"), ("\x1ffile:///x", "file")]
)
def test_row_65_leading_blanks_and_controls(text: str, scheme: str) -> None:
    with pytest.raises(ValueError, match="in front"):
        URL(text)
    assert URL.whatwg(text).scheme == scheme


@pytest.mark.parametrize(
    "host",
    [
        "[127.0.0.1]",
        "[evil]",
        "prefix.[v1.example]",
        "[::1].evil",
        "[::1]allowed:1",
        "[::1][::2]",
        "[[::1]]",
        "[::1",
        "::1]",
    ],
)
def test_rows_66_and_67_brackets_hold_one_later_address_alone(host: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        URL(f"http://{host}/")


@pytest.mark.parametrize("zone", ["en0$(x)", "en\x000", "e n", "e\u00e9", "e\\", "e<", "en\r\n0", ""])
def test_row_68_characters_of_a_zone_id(zone: str) -> None:
    with pytest.raises(ValueError, match="URL refused"):
        URL(f"http://[fe80::1%25{zone}]/")
    with pytest.raises(ValueError, match=r"URL refused|is no host"):
        URL("http://h/").with_host(f"fe80::1%{zone}")
    assert URL("http://[fe80::1%25eth0.5-a_~]/").host == "fe80::1%eth0.5-a_~"


def test_row_69_a_hash_ends_the_authority() -> None:
    for read in (URL, URL.whatwg):
        assert read("http://127.0.0.1#a").host == "127.0.0.1"
        assert read("http://127.0.0.1?@evil.com/").host == "127.0.0.1"
        assert read("http://127.0.0.1#@evil.com/").host == "127.0.0.1"


@pytest.mark.parametrize(
    "text", ["http://a.com\\@b.com/", "http://a.com\\b.com/", "x://a\\b", "http:\\\\a.com", "/\\evil.com"]
)
def test_row_70_a_backslash(text: str) -> None:
    with pytest.raises(ValueError, match="URL refused"):
        URL(text)
    with pytest.raises(ValueError, match="URL refused"):
        URL("http://base/").join(text)
    assert URL.whatwg("http://a.com\\@b.com/").host == "a.com"


@pytest.mark.parametrize(
    "host",
    ["a b", "h%00", "a<b", "a>b", "a^b", "a|b", "h\x01", "h\x7f", "%zz", "h%2525", "a%20b", 'a"b', "a{b"],
)
def test_row_71_forbidden_host_code_points(host: str) -> None:
    assert refused(f"http://{host}/")


SPELLINGS_OF_THIS_HOST = [
    "2130706433", "0x7f.1", "0177.1", "017700000001", "127.1", "0x7f000001", "0177.0.0.1", "127.0.0.1.", "127.0.0.0x1", "127.0.1",
    "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "%31%32%37.0.0.1", "\u2460\u2461\u2466.0.0.1", "0X7F.0.0.1", "0x7f.0x0.0x0.0x1",
    "000127.0.0.1".replace("000127", "0000177"), "%EF%BC%91%EF%BC%92%EF%BC%97.1", "127\uff0e0\uff0e0\uff0e1",
]  # fmt: skip


@pytest.mark.parametrize("host", SPELLINGS_OF_THIS_HOST)
def test_row_72_legacy_spellings_of_ipv4(host: str) -> None:
    assert refused(f"http://{host}/")
    browser = URL.whatwg(f"http://{host}/")
    assert browser.host == "127.0.0.1"
    assert not browser.host_is_global()
    assert not URL(f"x://{host}/").host_is_global() if "%" not in host and host.isascii() else True


@pytest.mark.parametrize(
    "host",
    ["[::ffff:127.0.0.1]", "[::ffff:7f00:1]", "[0:0:0:0:0:ffff:7f00:1]", "[::127.0.0.1]", "[64:ff9b::127.0.0.1]", "[64:ff9b::a9fe:a9fe]", "[64:ff9b:1::1]",
     "[2002:7f00:1::]", "[2002:a00:1::1]", "[::1]", "[::]", "[fe80::1]", "[fd00::1]", "[2001::1]", "localhost", "localhost.", "LocalHost", "a.localhost", "169.254.169.254", "0.0.0.0",
     "100.64.0.1", "metadata.internal", "intranet", "router.home.arpa"],
)  # fmt: skip
def test_row_72_hosts_that_lead_inside(host: str) -> None:
    for read in (URL, URL.whatwg):
        assert not read(f"http://{host}/").host_is_global()
        assert not read(f"http://user@{host}:80/a").host_is_global()


@pytest.mark.parametrize(
    "make",
    [
        lambda n: lambda: URL("http://h/" + "%41" * n), lambda n: lambda: URL("http://h/" + "a/../" * n), lambda n: lambda: URL("http://h/?" + "é&" * n),
        lambda n: lambda: URL("http://" + "a%40" * n + "@h/"), lambda n: lambda: URL("http://h/" + "é%C3" * n).human(), lambda n: lambda: URL("http://h/?" + "a=1&" * n).update_query(a="2"),
        lambda n: lambda: URL("http://h/" + "a/" * n).join("../" * n), lambda n: lambda: URL("http://h").with_path("%zz é" * n),
    ],
)  # fmt: skip
def test_row_75_work_grows_with_the_input_alone(make: Callable[[int], Callable[[], object]]) -> None:
    make(10)()  # imports and tables
    assert steps(make(20_000)) <= 12 * steps(make(2_000))


@pytest.mark.parametrize(
    "text",
    [
        "http://" + "@" * 100_000 + "h/",
        "http://" + "%zz" * 100_000 + "@h/",
        "a" * 100_000 + ":",
        "http://h:" + "1" * 100_000,
    ],
)
def test_row_75_hostile_text_is_refused_at_once(text: str) -> None:
    def read() -> None:
        with pytest.raises(ValueError, match="URL refused"):
            URL(text)

    if text.startswith("a"):
        assert URL(text).scheme == "a" * 100_000
    else:
        assert steps(read) < 1_000


def test_row_76_long_labels_are_refused_before_they_are_normalised(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(_form: str, _text: str) -> str:
        raise AssertionError

    for host in ("é" * 100_000, "a." * 200 + "é", "x" * 64, "é" * 64 + ".example"):
        with monkeypatch.context() as patch:
            patch.setattr(unicodedata, "normalize", never)
            with pytest.raises(ValueError, match="at most 253 characters, 63 between dots"):
                URL(f"http://{host}/")


@pytest.mark.parametrize(
    "text",
    [
        "http+unix://%2Fvar%2Frun/x",
        "http://h/%2F%3F%23",
        "http://u%40:p%3A%2F@h/",
        "http://h/?a=%26%3D",
        "http://h/%252F",
        "x:/.//p",
    ],
)
def test_row_77_escaped_delimiters_stay_escaped(text: str) -> None:
    url = URL(text)
    assert str(url) == text
    again = URL(str(url))
    assert again == url
    assert (again.authority, again.path, again.query_string, again.fragment) == (
        url.authority,
        url.path,
        url.query_string,
        url.fragment,
    )
    with pytest.raises(ValueError, match="no scheme"):
        URL("ht%74p://h/")


def test_secrets_stay_out_of_the_reasons() -> None:
    for place in (
        "a\\b",
        "a b",
        "2130706433",
        "h\uff05",
        "h\u2100",
        "[::1%25$]",
        "\u00ad",
        "x" * 64,
        "h%00",
        "h/{",
        "h:x",
        "i\u2764.ws",
    ):
        with pytest.raises(ValueError, match=r".") as caught:
            URL(f"http://user:secret@{place}/")
        assert "secret" not in str(caught.value)
    for bad in ("sec ret", "secret%", "secret\\", "secret@x"):
        with pytest.raises(ValueError, match=r".") as caught:
            URL(f"http://user:{bad}@h/")
        assert "secret" not in str(caught.value)
        assert "sec " not in str(caught.value)
