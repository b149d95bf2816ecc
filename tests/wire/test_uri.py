"""URIs: components, resolution by RFC 3986, and which authorities are refused."""

import pytest

from wirekit._wire import uri

BASE_PATH = "/b/c/d;p"


def host_refused(authority: str, scheme: str = "http", *, strict: bool = True) -> bool:
    """Tell whether an authority is refused."""
    uri.forget()
    try:
        uri.check_authority(authority, scheme, strict=strict)
    except ValueError:
        return True
    return False


# ---- taking apart


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://user@h:80/p;x?q#f", ("http", "user@h:80", "/p;x", "q", "f")),
        ("HTTP://h", ("http", "h", "", None, None)),
        ("x-Y+1.z:rest", ("x-y+1.z", None, "rest", None, None)),
        ("1x:rest", (None, None, "1x:rest", None, None)),
        ("é:rest", (None, None, "é:rest", None, None)),
        ("a/b:c", (None, None, "a/b:c", None, None)),
        (":rest", (None, None, ":rest", None, None)),
        ("", (None, None, "", None, None)),
        ("//h?", (None, "h", "", "", None)),
        ("//h#", (None, "h", "", None, "")),
        ("//h#?/x", (None, "h", "", None, "?/x")),
        ("//h?/#", (None, "h", "", "/", "")),
        ("///p", (None, "", "/p", None, None)),
        ("mailto:a@b", ("mailto", None, "a@b", None, None)),
        ("\x00\x1f http://h/", ("http", "h", "/", None, None)),
        ("ht\ntp:\r//h\t/p ", ("http", "h", "/p ", None, None)),
    ],
)
def test_split(url: str, parts: tuple[str | None, ...]) -> None:
    assert uri.split_uri(url, None, strict=True) == parts
    assert uri.split_uri(url, None, strict=False) == parts


def test_split_with_a_scheme_of_the_base_and_another_mark_for_missing() -> None:
    assert uri.split_uri("//h", "ftp", True, True, "") == ("ftp", "h", "", "", "")


@pytest.mark.parametrize(
    ("url", "parts"),
    [
        ("http://h#f", ("http", "h", "#f", None, None)),
        ("http://h/p?q#f", ("http", "h", "/p", "q#f", None)),
    ],
)
def test_split_without_fragments_still_ends_the_authority_there(
    url: str, parts: tuple[str | None, ...]
) -> None:
    assert uri.split_uri(url, None, True, False) == parts


def test_split_authority_at_the_first_mark() -> None:
    assert uri.split_authority("//h:1?q/x#", 2) == ("h:1", "?q/x#")
    assert uri.split_authority("h") == ("h", "")


# ---- putting together


@pytest.mark.parametrize(
    "url",
    [
        "http://h/p?q#f", "http://h", "http://h?#", "x:", "x:p", "//h/p", "///p", "/p", "p", "", "?", "#", "//?q", "x://",
    ],
)  # fmt: skip
def test_unsplit_gives_what_was_split(url: str) -> None:
    assert uri.unsplit_uri(*uri.split_uri(url, None, strict=True)) == url


def test_unsplit_keeps_path_and_authority_apart() -> None:
    assert uri.unsplit_uri("http", "h", "p", None, None) == "http://h/p"
    assert uri.unsplit_uri(None, None, "//p", None, None) == "////p"


@pytest.mark.parametrize(
    ("path", "resolved"),
    [
        ("g", "/b/c/g"), ("./g", "/b/c/g"), ("g/", "/b/c/g/"), ("/g", "/g"), (".", "/b/c/"), ("./", "/b/c/"),
        ("..", "/b/"), ("../", "/b/"), ("../g", "/b/g"), ("../..", "/"), ("../../", "/"), ("../../g", "/g"),
        ("../../../g", "/g"), ("../../../../g", "/g"), ("/./g", "/g"), ("/../g", "/g"), ("g.", "/b/c/g."),
        (".g", "/b/c/.g"), ("g..", "/b/c/g.."), ("..g", "/b/c/..g"), ("./../g", "/b/g"), ("./g/.", "/b/c/g/"),
        ("g/./h", "/b/c/g/h"), ("g/../h", "/b/c/h"), ("g;x=1/./y", "/b/c/g;x=1/y"), ("g;x=1/../y", "/b/c/y"),
    ],
)  # fmt: skip
def test_resolve_path_as_rfc3986_section_5_4(path: str, resolved: str) -> None:
    # behind an authority: without one, what climbs above the root loses its slash, as in CPython
    assert (
        uri.unsplit_uri("http", "a", uri.resolve_path(BASE_PATH, path), None, None) == "http://a" + resolved
    )


def test_resolve_path_drops_empty_segments_of_a_merged_path_only() -> None:
    assert uri.resolve_path("/a//b/", "c//d") == "/a/b/c/d"
    assert uri.resolve_path("/a", "/c//d") == "/c//d"
    assert uri.resolve_path("", "..") == "/"


# ---- what is refused in both profiles


@pytest.mark.parametrize(
    "authority",
    [
        "[::1", "::1]", "[127.0.0.1]", "[evil]", "[]", "a[::1]", "[::1]a", "[::1].evil:1", "u@[::1]x", "[::1]@h",
        "[v1]", "[v1.]", "[vx.a]", "[fe80::1%]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("strict", [True, False])
def test_brackets_hold_later_addresses_alone(authority: str, strict: bool) -> None:
    assert host_refused(authority, strict=strict)


@pytest.mark.parametrize(
    "authority", ["[::1]", "u:p@[::1]:80", "[v1.a:b]", "[VF.a]", "[fe80::1%eth0]", "[[@[::1]"]
)
def test_brackets_around_later_addresses(authority: str) -> None:
    assert not host_refused(authority, strict=False)


@pytest.mark.parametrize("authority", ["h\uff03@x", "u\uff20h", "h\u2100", "u\uff1ap@h"])
@pytest.mark.parametrize("strict", [True, False])
def test_characters_that_become_delimiters(authority: str, strict: bool) -> None:
    assert host_refused(authority, strict=strict)


def test_the_reason_shows_no_password() -> None:
    with pytest.raises(ValueError, match="invalid characters under NFKC normalization") as caught:
        uri.check_normal_form("user:secret@h\uff03")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="netloc 'h\uff03' contains"):
        uri.check_normal_form("h\uff03")


# ---- what strict refuses besides


@pytest.mark.parametrize(
    "authority",
    [
        "a\\@b", "a\\b", "h\x00", "h\x7f", "u\x1b@h", "a/b", "a?b", "a#b",
        "a b", "a<b", "a^b", "a|b", 'a"b', "a`b",
        "[fe80::1%en0$(x)]", "[v1.a\\]", "[v1.a\u00e9]",
        "a\u00adb", "a\u200bb", "a\u2060b", "a\ufe0fb", "a\u034fb", "a\U000e0100b", "a\u0085b", "a\ud800b", "a\u2028b",
        "\u200ca", "a\u200db", "\u0646\u200d", "\u0646\u200dx",
        "h\uff05", "h\ufe6a", "h\uff0f", "h\uff1c", "a\u226eb", "u\uff05@h", "h\u3000",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "postgresql"])
def test_strict_refuses(authority: str, scheme: str) -> None:
    assert host_refused(authority, scheme)


@pytest.mark.parametrize(
    "authority",
    [
        "h%00", "h%2F", "h%2e", "h%", "h%4", "h%zz", "h%ff", "h%EF%BC%8F", "h%C2%AD",
        "2130706433", "0x7f.1", "017700000001", "127.1", "0177.0.0.1", "127.0.0.0x1", "1.2.3.4.", "1.2.3.4.5",
        "1.2.3.256", "1.2.3.", "0x", "0X7F000001:80", "a.1", "127.0.0.01", "u@127.1:80",
        "\uff11\uff12\uff17.0.0.1", "\u2460.\u2461.\u2462.\u2463", "127\u30020\u30020\u30021", "1.2.3.4000",
        "a" * 64, "a." * 127 + "a", "é" * 64,
    ],
)  # fmt: skip
def test_strict_refuses_behind_a_scheme_of_browsers(authority: str) -> None:
    assert host_refused(authority)
    assert not host_refused(authority, "postgresql") or not authority.isascii() or "%" in authority


@pytest.mark.parametrize(
    ("authority", "scheme"),
    [
        ("example.com", "http"), ("EXAMPLE.com:8080", "http"), ("u:p%40@h", "http"), ("a_b.example", "http"),
        ("xn--bcher-kva.example", "https"), ("bücher.example", "https"), ("h%C3%A9", "http"), ("127.0.0.1:80", "http"),
        ("255.255.255.255", "http"), ("0.0.0.0", "http"), ("1a", "http"), ("0xg.example", "http"), ("h.", "http"),
        ("[fe80::1%25eth0]", "http"), ("[::ffff:1.2.3.4]:1", "http"), ("[v1.a:b]", "http"), ("{host}:{port}", "http"),
        ("h:not a port", "http"), ("*.example", "http"), ("a" * 63 + ".example", "http"), ("例え。テスト", "http"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example", "http"), ("a" * 63 + ".", "http"), (":80", "http"),
        ("%2Fvar%2Frun%2Fx.sock", "http+unix"), ("h1:1,h2:2", "mongodb"), ("2130706433", "db"), ("a" * 300, "db"),
        ("é" * 300, "db"), ("user@", "http"),
    ],
)  # fmt: skip
def test_strict_accepts_what_is_in_use(authority: str, scheme: str) -> None:
    assert not host_refused(authority, scheme)
    assert not host_refused(authority, scheme, strict=False)


@pytest.mark.parametrize("url", ["http:\\\\h", "http:/\\h", "https:\\/h"])
def test_strict_refuses_backslashes_that_begin_an_authority_elsewhere(url: str) -> None:
    with pytest.raises(ValueError, match="backslash"):
        uri.split_uri(url, None, strict=True)
    assert uri.split_uri(url, None, strict=False)[1] is None


@pytest.mark.parametrize("url", ["http:/a\\b", "C:\\dir", "\\\\server\\share", "http://h/a\\b"])
def test_strict_lets_other_backslashes_be(url: str) -> None:
    assert uri.split_uri(url, None, strict=True) == uri.split_uri(url, None, strict=False)


def test_plain_authorities_are_remembered_but_not_without_end() -> None:
    uri.forget()
    for number in range(1000):
        uri.check_authority(f"h{number}.example", "http", strict=True)
    assert "h999.example" in uri.plain_authorities
    assert len(uri.plain_authorities) < 1000
    uri.forget()
    assert uri.plain_authorities == {""}
