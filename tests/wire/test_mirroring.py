"""Mirrors: patterns, what differs, and the steps in their order."""

from __future__ import annotations

import datetime as dt
import fnmatch
import posixpath

import pytest
from hypothesis import given
from hypothesis import strategies as st

from wirekit._wire.ftp_entries import Entry
from wirekit._wire.mirroring import Filter, Step, choose_steps, differs

NOON = dt.datetime(2026, 1, 2, 12, 0, 0, tzinfo=dt.UTC)


def file(size: int | None = 1, modified: dt.datetime | None = None, precision: int | None = None) -> Entry:
    return Entry("f", "file", size, modified, precision)


FOLDER, LINK = Entry("d", "dir"), Entry("l", "link")


@pytest.mark.parametrize(
    "pattern, path, fits",
    [
        ("*.txt", "a.txt", True),
        ("*.txt", "x/y/a.txt", True),
        ("*.txt", "a.txt.gz", False),
        ("a?[0-9]", "x/ab7", True),
        ("/a.txt", "a.txt", True),
        ("/a.txt", "x/a.txt", False),
        ("x/*.txt", "x/a.txt", True),
        ("x/*.txt", "x/y/a.txt", False),
        ("x/*.txt", "y/x/a.txt", False),
        ("x/**/a.txt", "x/a.txt", True),
        ("x/**/a.txt", "x/y/z/a.txt", True),
        ("**/y/*", "x/y/a", True),
        ("x/**", "x/y/z", True),
        ("x/**", "z/y", False),
        ("build/", "x/build", False),
        ("[", "[", True),
    ],
)
def test_pattern_of_a_file(pattern: str, path: str, fits: bool) -> None:
    assert Filter(include=[pattern]).takes(path, is_dir=False) is fits
    assert Filter(exclude=[pattern]).takes(path, is_dir=False) is not fits


def test_excluded_directory_takes_everything_below_along() -> None:
    chosen = Filter(include=["*.py"], exclude=["build/", ".*"])
    assert not chosen.takes("x/build", is_dir=True)
    assert not chosen.takes("x/build/a.py", is_dir=False)
    assert not chosen.takes(".git/a.py", is_dir=False)
    assert chosen.takes("build", is_dir=False) is False  # no directory, and no *.py
    assert chosen.takes("x/y", is_dir=True)
    assert chosen.takes("x/y/a.py", is_dir=False)
    assert not chosen.takes("x/y/a.c", is_dir=False)


@pytest.mark.parametrize("pattern", ["", "/", "//"])
def test_pattern_of_nothing_is_refused(pattern: str) -> None:
    with pytest.raises(ValueError, match="name something"):
        Filter(exclude=[pattern])


names = st.text("ab.", min_size=1, max_size=4)


@given(
    st.lists(names, min_size=1, max_size=4),
    st.text("ab.*?", min_size=1, max_size=5).filter(lambda p: "**" not in p),
)
def test_pattern_without_slash_is_the_shells(parts: list[str], pattern: str) -> None:
    path = "/".join(parts)
    assert Filter(include=[pattern]).takes(path, is_dir=False) == fnmatch.fnmatchcase(
        posixpath.basename(path), pattern
    )


@given(st.lists(names, min_size=1, max_size=5), st.lists(names | st.just("**"), min_size=2, max_size=5))
def test_stars_are_any_number_of_directories(parts: list[str], pattern: list[str]) -> None:
    def slow(rest: list[str], wanted: list[str]) -> bool:
        if not wanted:
            return not rest
        if wanted[0] == "**":
            return any(slow(rest[count:], wanted[1:]) for count in range(len(rest) + 1))
        return bool(rest) and rest[0] == wanted[0] and slow(rest[1:], wanted[1:])

    assert Filter(include=["/".join(pattern)]).takes("/".join(parts), is_dir=False) == slow(parts, pattern)


@pytest.mark.parametrize(
    "source, there, reason",
    [
        (file(1), file(1), ""),
        (file(1), file(2), "size"),
        (file(None), file(2), ""),
        (file(1, NOON), file(1, NOON), ""),
        (file(1, NOON), file(1, NOON - dt.timedelta(seconds=1)), "newer"),
        (file(1, NOON), file(1, NOON + dt.timedelta(days=1)), ""),
        (file(1, NOON), file(1, None), ""),
        (file(1, NOON, 60), file(1, NOON - dt.timedelta(seconds=59)), ""),
        (file(1, NOON), file(1, NOON - dt.timedelta(seconds=60), 60), "newer"),
    ],
)
def test_file_differs(source: Entry, there: Entry, reason: str) -> None:
    assert differs(source, there) == reason


def test_slack_bears_a_clock_that_is_wrong() -> None:
    assert differs(file(1, NOON), file(1, NOON - dt.timedelta(seconds=5)), slack=5) == ""


def test_steps_make_the_destination_like_the_source() -> None:
    source = {"a": FOLDER, "a/new": file(7), "a/same": file(1), "a/other": file(3), "a/b": FOLDER, "l": LINK}
    there = {
        "a": FOLDER,
        "a/same": file(1),
        "a/other": file(4),
        "old": FOLDER,
        "old/x": file(),
        "old/y": FOLDER,
    }
    assert choose_steps(source, there) == [
        Step("make", "a/b", 0, "new"),
        Step("copy", "a/new", 7, "new"),
        Step("copy", "a/other", 3, "size"),
        Step("skip", "l", 0, "a link is not copied"),
    ]
    assert choose_steps(source, there, delete=True)[:3] == [
        Step("remove", "old/x", 0, "gone"),
        Step("remove_directory", "old/y", 0, "gone"),
        Step("remove_directory", "old", 0, "gone"),
    ]


def test_what_stands_in_the_way_goes_only_where_deleting_is_asked_for() -> None:
    source = {"a": file(2), "b": FOLDER, "b/c": file(3)}
    there = {"a": FOLDER, "a/x": file(), "b": file()}
    assert choose_steps(source, there) == [
        Step("skip", "a", 0, "a dir stands in the way"),
        Step("skip", "b", 0, "a file stands in the way"),
        Step("skip", "b/c", 0, "its directory cannot be made"),
    ]
    assert choose_steps(source, there, delete=True) == [
        Step("remove", "a/x", 0, "in the way"),
        Step("remove_directory", "a", 0, "in the way"),
        Step("remove", "b", 0, "in the way"),
        Step("copy", "a", 2, "new"),
        Step("make", "b", 0, "new"),
        Step("copy", "b/c", 3, "new"),
    ]


trees = st.dictionaries(
    st.lists(st.sampled_from("ab"), min_size=1, max_size=3).map("/".join),
    st.sampled_from([file(1), file(2), FOLDER]),
)


def closed(tree: dict[str, Entry]) -> dict[str, Entry]:
    """Make a tree of any mapping: whatever has something below it is a directory."""
    parents = {path[:at] for path in tree for at, letter in enumerate(path) if letter == "/"}
    return {**tree, **dict.fromkeys(parents, FOLDER)}


@given(trees, trees)
def test_steps_lead_from_any_tree_to_any_other(one: dict[str, Entry], other: dict[str, Entry]) -> None:
    source, there = closed(one), closed(other)
    for step in choose_steps(source, dict(there), delete=True):
        assert step.action != "skip"
        parent = posixpath.dirname(step.path)
        if step.action.startswith("remove"):
            assert not any(path.startswith(f"{step.path}/") for path in there)
            assert there.pop(step.path).is_dir == (step.action == "remove_directory")
        else:
            assert not parent or there[parent].is_dir
            there[step.path] = source[step.path]
    assert {path: (entry.type, entry.size) for path, entry in there.items()} == {
        path: (entry.type, entry.size) for path, entry in source.items()
    }
    assert choose_steps(source, there, delete=True) == []
