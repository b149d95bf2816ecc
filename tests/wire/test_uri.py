"""URIs: components, resolution by RFC 3986, and which authorities are refused."""

import pytest

from wirekit._wire import uri

BASE_PATH = "/b/c/d;p"


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


# ---- quicker ways to the same


@pytest.mark.parametrize(
    "url",
    [
        "http://h", "https://h/", "http://h/p?q#f", "https://u:p@h:80/p;x?a?b#c?d/#", "http://h?q", "http://h#f?x", "http://?",
        "http:///p", "http://h/a b", "https://[::1]:1/", "http://h//a@b",
    ],
)  # fmt: skip
def test_split_web_gives_what_split_uri_gives(url: str) -> None:
    assert uri.split_web(url, None) == uri.split_uri(url, None, strict=True)
    assert uri.split_web(url, "") == uri.split_uri(url, "", True, True, "")


@pytest.mark.parametrize(
    "url", ["HTTP://h", "ftp://h", "//h", " http://h", "http://h\n", "http://h/\r", "https://\th", ""]
)
def test_split_web_leaves_the_rest_to_split_uri(url: str) -> None:
    assert uri.split_web(url, None) is None


@pytest.mark.parametrize("url", ["http://a\\@b/", "https://127.1/", "http://u@h\uff05/"])
def test_split_web_is_strict(url: str) -> None:
    with pytest.raises(ValueError, match="URL refused"):
        uri.split_web(url, None)


@pytest.mark.parametrize(
    ("url", "start", "directory"),
    [
        ("http://a/b/c?q/r#s/t", "http://a", "/b/"), ("http://a", "http://a", "/"), ("x://a/b/", "x://a", "/b/"),
        ("http://a//b", "http://a", None), ("http://a/./b", "http://a", None), ("x:/b", "x:", None), ("/b", "", None),
        ("x:b", "x:", None), ("//a/b", "//a", "/"), ("x:///b/c", "x://", "/b/"),
    ],
)  # fmt: skip
def test_parse_base_notes_the_directory(url: str, start: str, directory: str | None) -> None:
    assert uri.parse_base(url, strict=True) == (uri.split_uri(url, None, strict=True), start, directory)
    assert uri.parse_base(url, strict=False)[1:] == (start, directory)


def test_parse_base_without_fragments() -> None:
    assert uri.parse_base("http://a/b#c/d", strict=True, fragments=False)[2] == "/b#c/"


@pytest.mark.parametrize(
    ("reference", "joined"),
    [
        ("g", "x://h/b/c/g"), ("g/", "x://h/b/c/g/"), ("/g", "x://h/g"), ("../g", "x://h/b/g"), ("../", "x://h/b/"),
        ("../../g?a#b", "x://h/g?a#b"), ("g#a?b", "x://h/b/c/g#a?b"), ("g?a/../b", "x://h/b/c/g?a/../b"), ("g?", "x://h/b/c/g?"),
        ("g#", "x://h/b/c/g#"), ("g;x", "x://h/b/c/g;x"),
        ("", None), ("?q", None), ("#f", None), ("./g", None), ("g/./h", None), ("g/..", None), ("..", None), ("/g/../h", None),
        ("../../../g", None), ("g//h", None), ("//g", None), ("y:g", None), ("g:h", None), (" g", None), ("g\\h", None),
        ("g\nh", None), ("g\rh", None), ("g\th", None), ("../.", None),
    ],
)  # fmt: skip
def test_join_reference_knows_plain_paths(reference: str, joined: str | None) -> None:
    assert uri.join_reference("x://h", "/b/c/", reference) == joined


# ---- what strict refuses outside of an authority


@pytest.mark.parametrize("url", ["http:\\\\h", "http:/\\h", "https:\\/h"])
def test_strict_refuses_backslashes_that_begin_an_authority_elsewhere(url: str) -> None:
    with pytest.raises(ValueError, match="backslash"):
        uri.split_uri(url, None, strict=True)
    assert uri.split_uri(url, None, strict=False)[1] is None


@pytest.mark.parametrize("url", ["http:/a\\b", "C:\\dir", "\\\\server\\share", "http://h/a\\b"])
def test_strict_lets_other_backslashes_be(url: str) -> None:
    assert uri.split_uri(url, None, strict=True) == uri.split_uri(url, None, strict=False)
