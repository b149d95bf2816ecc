"""Which URLs a login is for."""

from __future__ import annotations

import itertools
import urllib.request

import pytest

from wirekit._wire.protection import Place, covers, split_place


def is_for(base: str, test: str) -> bool:
    return covers(split_place(base), split_place(test))


@pytest.mark.parametrize(
    "uri, place",
    [
        ("http://alice:pw@H.example:81/a/b?c", Place("http", "alice", "h.example", "81", "/a/b")),
        ("https://h.example", Place("https", None, "h.example", None, "/")),
        ("h.example:81", Place(None, None, "h.example", "81", "/")),
        ("alice@h.example", Place(None, "alice", "h.example", None, "/")),
        ("http://[::1]:80/", Place("http", None, "[::1]", "80", "/")),
        ("http://h/a/../b/./c", Place("http", None, "h", None, "/b/c")),
        ("http://h/a/%2e%2E/b", Place("http", None, "h", None, "/b")),
    ],
)
def test_place_is_taken_apart(uri: str, place: Place) -> None:
    assert split_place(uri) == place


@pytest.mark.parametrize(
    "base, test, expected",
    [
        ("http://h/", "http://h/", True),
        ("http://h/", "http://h/a", True),
        ("http://h/", "https://h/", False),  # row 52
        ("https://h/", "http://h/", False),
        ("https://h/", "http://h:443/", False),
        ("http://h/foo", "http://h/foo", True),
        ("http://h/foo", "http://h/foo/bar", True),
        ("http://h/foo", "http://h/foobar", False),  # row 53
        ("http://h/foo", "http://h/foo/../bar", False),
        ("http://h/foo", "http://h/foo/%2e%2e/bar", False),
        ("http://h/foo/", "http://h/foo", False),
        ("http://h/", "http://h.evil/", False),
        ("http://h/", "http://sub.h/", False),
        ("http://h/", "http://h:80/", True),
        ("http://h:80/", "http://h/", True),
        ("http://h/", "http://h:81/", False),
        ("h", "http://h/", True),
        ("h", "https://h/", True),
        ("h:3128", "h:3128", True),
        ("h:3128", "h", False),
        ("http://h/", "h:80", True),
    ],
)
def test_login_is_for_what_lies_below_its_place(base: str, test: str, expected: bool) -> None:
    assert is_for(base, test) is expected


def test_without_schemes_places_are_compared_as_in_the_standard_library() -> None:
    places = [
        "h",
        "h:80",
        "h:443",
        "h:3128",
        "g",
        "http://h/",
        "http://h:80/a",
        "http://h/a/b",
        "http://h:100/a",
    ]
    for base, test in itertools.product(places, places):
        manager = urllib.request.HTTPPasswordMgr()
        manager.add_password("r", base, "u", "p")
        found = manager.find_user_password("r", test) == ("u", "p")
        assert is_for(base, test) is found, (base, test)
