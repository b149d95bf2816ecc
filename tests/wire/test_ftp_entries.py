"""Entries: which names are believed, and permissions as they are drawn."""

from __future__ import annotations

import pickle

import pytest

from wirekit._wire.ftp_entries import Entry, choose_name, is_local_name, parse_mode


def test_entry_knows_what_it_is() -> None:
    assert [Entry("x", kind).is_file for kind in ("file", "dir", "link", "other")] == [
        True,
        False,
        False,
        False,
    ]
    assert [Entry("x", kind).is_dir for kind in ("file", "dir", "link", "other")] == [
        False,
        True,
        False,
        False,
    ]
    assert [Entry("x", kind).is_link for kind in ("file", "dir", "link", "other")] == [
        False,
        False,
        True,
        False,
    ]
    assert pickle.loads(pickle.dumps(Entry("x", size=3))) == Entry("x", size=3)


@pytest.mark.parametrize(
    "name, directory, wanted",
    [
        ("a", "", "a"),
        ("a b", "/pub", "a b"),
        ("/pub/a", "/pub", "a"),
        ("/pub/a", "/pub/", "a"),
        ("pub/a", "pub", "a"),
        ("/a", "/", "a"),
        ("./a", ".", "a"),
        ("/a", "", None),
        ("/a", "pub", None),
        ("x/a", "pub", None),
        ("../a", "pub", None),
        ("pub/..", "pub", None),
        ("..", "", None),
        (".", "", None),
        ("", "", None),
        ("a\0b", "", None),
        ("...", "", "..."),
        ("a\\b", "", "a\\b"),
    ],
)
def test_names_of_a_directory(name: str, directory: str, wanted: str | None) -> None:
    assert choose_name(name, directory) == wanted


@pytest.mark.parametrize("name", ["a", "a b", "日本", "a.b", "con1", "\udcff", ".hidden"])
def test_names_that_are_good_everywhere(name: str) -> None:
    assert is_local_name(name, windows=False)
    assert is_local_name(name, windows=True)


@pytest.mark.parametrize("name", ["a\\b", "c:", "con", "NUL.txt", "a ", "a.", "a\x01", "x?", "COM1 .x"])
def test_names_that_windows_reads_otherwise(name: str) -> None:
    assert is_local_name(name, windows=False)
    assert not is_local_name(name, windows=True)


@pytest.mark.parametrize("name", ["", ".", "..", "/etc", "a/b", "../x"])
def test_names_that_lead_elsewhere(name: str) -> None:
    assert not is_local_name(name, windows=False)
    assert not is_local_name(name, windows=True)


@pytest.mark.parametrize(
    "text, mode",
    [
        ("rwxr-xr-x", 0o755),
        ("---------", 0),
        ("rw-r--r--", 0o644),
        ("rwsr-Sr-t", 0o7745),
        ("rwxrwxrwT", 0o1776),
        ("rwxr-lr--", 0o2744),
        ("rwxrwxrw", None),
        ("rrrrrrrrr", None),
        ("rwxrwxrw?", None),
        ("swxrwxrwx", None),
    ],
)
def test_permissions_as_they_are_drawn(text: str, mode: int | None) -> None:
    assert parse_mode(text) == mode
