"""The .netrc file: its words, and whose login is found."""

from __future__ import annotations

import netrc
from typing import TYPE_CHECKING

import pytest

from wirekit._wire.netrc import Entry, find_entry, parse_netrc

if TYPE_CHECKING:
    from pathlib import Path

FILE = """
# logins of mine
machine one.example login alice password wonder#land  # the last one
machine two.example
    login "bob b" account x
    password "pa \\"ss\\\\"
macdef init
    machine evil.example login x password y

machine three.example login carol password ""
machine three.example user dave password d\\ d
default login anonymous password guest@
"""


def test_file_is_read() -> None:
    assert parse_netrc(FILE) == [
        Entry("one.example", "alice", "wonder#land"),
        Entry("two.example", "bob b", 'pa "ss\\'),
        Entry("three.example", "carol", ""),
        Entry("three.example", "dave", "d d"),
        Entry(None, "anonymous", "guest@"),
    ]


def test_file_is_read_as_the_standard_library_reads_it(tmp_path: Path) -> None:
    path = tmp_path / "netrc"
    text = "machine a login b password c\nmachine d login e password #f\ndefault login g password h # i\n"
    path.write_text(text)
    theirs = netrc.netrc(path).hosts
    for entry in parse_netrc(text):
        assert theirs[entry.host or "default"] == (entry.user, "", entry.password)


def test_empty_password_does_not_end_the_file() -> None:
    """Security row 60."""
    entries = parse_netrc('machine a login x password "" machine b login y password z')
    assert [entry.password for entry in entries] == ["", "z"]


@pytest.mark.parametrize(
    "text", ["", "   \n\t", "# nothing\n", "macdef m\nwords\n\n", "macdef m\nto the end", "#"]
)
def test_file_without_entries_has_none(text: str) -> None:
    assert parse_netrc(text) == []


@pytest.mark.parametrize(
    "text", ["machine", "machine a login", "login x machine a", "machine a secret", "a b c"]
)
def test_what_is_no_file_is_an_error_that_tells_no_password(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        parse_netrc(text)
    assert "secret" not in str(caught.value)


# ---- finding


ENTRIES = [
    Entry("h.example", "bob", "of bob"),
    Entry("h.example", "alice", "of alice"),
    Entry("nopass.example", "eve"),
    Entry(None, "any", "of anybody"),
]


@pytest.mark.parametrize(
    "host, user, expected",
    [
        ("h.example", None, "of bob"),
        ("H.Example.", None, "of bob"),
        ("h.example", "alice", "of alice"),
        ("h.example", "carol", None),
        ("sub.h.example", None, None),
        ("example", None, None),
        ("nopass.example", None, None),
        ("other.example", None, None),
    ],
)
def test_login_is_found_for_exactly_this_host_and_user(
    host: str, user: str | None, expected: str | None
) -> None:
    found = find_entry(ENTRIES, host, user)
    assert (found and found.password) == expected


def test_default_entry_stands_in_only_where_that_is_asked_for() -> None:
    assert find_entry(ENTRIES, "other.example") is None
    assert find_entry(ENTRIES, "other.example", default=True) == ENTRIES[-1]
    assert find_entry(ENTRIES, "other.example", "any", default=True) == ENTRIES[-1]
    assert find_entry(ENTRIES, "other.example", "alice", default=True) is None


def test_entry_without_a_password_lends_none_from_another() -> None:
    """Security row 48."""
    entries = [Entry("a", "x", "secret"), Entry(None, "y")]
    assert find_entry(entries, "b", default=True) is None
