"""Lines of MLSD, and the entries that they tell of."""

from __future__ import annotations

import datetime as dt

import pytest

from wirekit._wire.ftp_entries import Entry
from wirekit._wire.ftp_facts import format_facts, make_entry, parse_facts

WHEN = dt.datetime(2024, 2, 29, 12, 30, 5, tzinfo=dt.UTC)


@pytest.mark.parametrize(
    "line, name, facts",
    [
        ("type=file;size=5; a b", "a b", {"type": "file", "size": "5"}),
        ("Type=file;SIZE=5;  lead", " lead", {"type": "file", "size": "5"}),
        ("type=a=b; ;x;\r\n", ";x;", {"type": "a=b"}),
        (" name", "name", {"": ""}),
        ("noname", "", {"noname": ""}),
        ("size=3;type=file no semicolon", "no semicolon", {"size": "3", "type": "file"}),
    ],
)
def test_name_and_facts(line: str, name: str, facts: dict[str, str]) -> None:
    assert parse_facts(line) == (name, facts)


def test_whole_entry() -> None:
    facts = {
        "type": "File",
        "size": "1234",
        "modify": "20240229123005",
        "unix.mode": "0100644",
        "unix.owner": "1000",
        "unix.ownername": "alice",
        "unix.group": "100",
        "perm": "adfrw",
    }
    assert make_entry("x", facts) == Entry("x", "file", 1234, WHEN, 1, 0o644, "alice", "100", None, "adfrw")


@pytest.mark.parametrize(
    "kind, wanted",
    [
        ("dir", ("dir", None)),
        ("OS.unix=slink:/There", ("link", "/There")),
        ("OS.unix=symlink", ("link", None)),
        ("OS.UNIX=slink:", ("link", None)),
        ("OS.unix=chr-13/29", ("other", None)),
        ("x", ("other", None)),
        ("", ("file", None)),
    ],
)
def test_types(kind: str, wanted: tuple[str, str | None]) -> None:
    entry = make_entry("x", {"type": kind})
    assert entry is not None
    assert (entry.type, entry.target) == wanted


@pytest.mark.parametrize("kind", ["cdir", "pdir", "CDIR"])
def test_directory_itself_is_no_entry_of_it(kind: str) -> None:
    assert make_entry(".", {"type": kind}) is None


def test_odd_facts_are_unknown() -> None:
    entry = make_entry("x", {"type": "dir", "size": "-1", "modify": "20230229000000", "unix.mode": "rwx"})
    assert entry == Entry("x", "dir")


def test_size_of_a_directory_by_its_other_name() -> None:
    entry = make_entry("x", {"type": "dir", "sizd": "4096"})
    assert entry is not None
    assert entry.size == 4096


def test_facts_of_an_entry_from_another_listing() -> None:
    entry = Entry("x", "file", 5, WHEN, 60, 0o640, "alice", None)
    assert format_facts(entry) == {
        "type": "file",
        "size": "5",
        "modify": "20240229123005",
        "unix.mode": "0640",
        "unix.owner": "alice",
    }
    assert format_facts(Entry("x", "link", target="y")) == {"type": "OS.unix=slink:y"}
    assert format_facts(Entry("x", "link")) == {"type": "OS.unix=symlink"}
    assert format_facts(Entry("x", "other", group="g")) == {"type": "OS.unix=other", "unix.group": "g"}


def test_facts_come_back_as_they_were() -> None:
    entry = Entry("x", "file", 5, WHEN, 1, 0o640, "alice", "users")
    assert make_entry("x", format_facts(entry)) == entry
