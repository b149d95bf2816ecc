# Generated from tests/aio/test_tree_mirror.py by tools/unasync.py; edit that file.
"""Mirrors against a real server: both ways, only what differs, patterns, deleting, dry runs, and steps that fail."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from wirekit import ftplib
from wirekit.tree import Entry, Step, Tree

if TYPE_CHECKING:
    from pathlib import Path

    from tests.fix_ftpd import Served


def grow(root: Path, **files: str) -> Path:
    """Write files below a root; two underscores are a slash."""
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def files_below(root: Path) -> dict[str, str]:
    """Every file below a root, hidden ones too, with what is in it."""
    return {str(path.relative_to(root)): path.read_text() for path in root.rglob("*") if path.is_file()}


@pytest.mark.parametrize("listener, scheme", [("plain", "ftp"), ("tls", "ftpes")])
def test_both_ways_and_only_once(
    ftpd: Served, tmp_path: Path, client_tls: Any, listener: str, scheme: str
) -> None:
    source = grow(tmp_path / "source", a="1", b__c="22", b__d__e="333", empty__x="")
    (source / "hollow").mkdir()
    url = ftpd.url(listener, scheme).replace("127.0.0.1", "localhost")
    with Tree(url, context=client_tls if scheme == "ftpes" else None) as files:
        up = files.mirror("there", source, upload=True)
        assert (up.ok, up.size) == (True, 6)
        assert files_below(ftpd.path / "there") == files_below(source)
        assert (ftpd.path / "there" / "hollow").is_dir()
        down = files.mirror("there", tmp_path / "back")
        assert (down.ok, down.size) == (True, 6)
        assert files_below(tmp_path / "back") == files_below(source)
        assert (tmp_path / "back" / "hollow").is_dir()
        assert int((tmp_path / "back" / "a").stat().st_mtime) == int((source / "a").stat().st_mtime)
        assert files.mirror("there", source, upload=True).done == []
        assert files.mirror("there", tmp_path / "back").done == []


def test_what_changed_is_copied(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, same="1", longer="22", newer="3")
    with Tree(ftpd.url()) as files:
        files.mirror("", tmp_path)
        grow(ftpd.path, longer="222", newer="4")
        os.utime(ftpd.path / "newer", (4_000_000_000, 4_000_000_000))
        result = files.mirror("", tmp_path)
    assert sorted(result.done) == [Step("copy", "longer", 3, "size"), Step("copy", "newer", 1, "newer")]
    assert files_below(tmp_path) == {"same": "1", "longer": "222", "newer": "4"}


def test_patterns_choose(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a__x="1", a__y="2", **{"a__z.py": "3", "build__w.py": "4"})
    with Tree(ftpd.url()) as files:
        files.mirror("", tmp_path, include=["*.py"], exclude=["build/"])
    assert files_below(tmp_path) == {"a/z.py": "3"}
    assert not (tmp_path / "build").exists()


def test_deleting_is_asked_for(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, keep="1")
    grow(tmp_path, keep="1", old__x="2", old__y__z="3")
    with Tree(ftpd.url()) as files:
        assert files.mirror("", tmp_path).ok
        assert (tmp_path / "old" / "x").exists()
        planned = files.mirror("", tmp_path, delete=True, dry_run=True)
        assert (tmp_path / "old" / "x").exists()
        done = files.mirror("", tmp_path, delete=True)
        assert [step.path for step in planned.done] == [step.path for step in done.done]
        assert files_below(tmp_path) == {"keep": "1"}
        grow(ftpd.path, gone__f="4")
        files.mirror("", tmp_path, upload=True, delete=True)
    assert files_below(ftpd.path) == {"keep": "1"}
    assert not (ftpd.path / "gone").exists()


def test_dry_run_changes_nothing(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a="1", b__c="22")
    with Tree(ftpd.url()) as files:
        result = files.mirror("", tmp_path / "new", dry_run=True)
    assert sorted(step.path for step in result.done) == ["a", "b", "b/c"]
    assert result.size == 3
    assert not (tmp_path / "new").exists()


def test_step_that_fails_ends_no_other(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a="1", b="2", c="3")
    (tmp_path / ".b.wirekit-part").mkdir()  # nothing to do with it: its name is another one
    told: list[tuple[str, bool]] = []

    class Stubborn(Tree):
        def download(self, remote: str, *given: Any, **named: Any) -> Any:
            if remote.endswith("b"):
                message = "the disk has a bad day"
                raise OSError(message)
            return super().download(remote, *given, **named)

    with Stubborn(ftpd.url()) as files:
        result = files.mirror(
            "", tmp_path, report=lambda step, error: told.append((step.path, error is None))
        )
    assert [(step.path, str(error)) for step, error in result.failed] == [("b", "the disk has a bad day")]
    assert sorted(told) == [("a", True), ("b", False), ("c", True)]
    assert (tmp_path / "a").read_text() == "1"
    assert not result.ok


def test_file_in_the_way_of_a_directory_is_skipped(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a__b="1", c="2")
    grow(tmp_path, a="in the way")
    with Tree(ftpd.url()) as files:
        result = files.mirror("", tmp_path)
        assert [(step.path, step.reason) for step in result.skipped] == [
            ("a", "a file stands in the way"),
            ("a/b", "its directory cannot be made"),
        ]
        assert not result.ok
        assert (tmp_path / "a").read_text() == "in the way"
        assert files.mirror("", tmp_path, delete=True).ok
    assert files_below(tmp_path) == {"a/b": "1", "c": "2"}


def test_link_is_neither_followed_nor_written_through(ftpd: Served, tmp_path: Path) -> None:
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    local = tmp_path / "local"
    local.mkdir()
    (local / "a").symlink_to(elsewhere)
    grow(ftpd.path, a__b="1")
    with Tree(ftpd.url()) as files:
        assert not files.mirror("", local).ok
        assert list(elsewhere.iterdir()) == []
        assert files.mirror("", local, delete=True).ok
    assert list(elsewhere.iterdir()) == []
    assert (local / "a" / "b").read_text() == "1"


def test_progress_counts_all_bytes(ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a="1" * 1000, b="2" * 500)
    seen: list[tuple[int, int | None]] = []
    with Tree(ftpd.url()) as files:
        files.mirror("", tmp_path, progress=lambda done, total: seen.append((done, total)))
    assert max(seen) == (1500, 1500)


def test_source_that_is_not_there(ftpd: Served, tmp_path: Path) -> None:
    with Tree(ftpd.url()) as files:
        with pytest.raises(ftplib.error_perm):
            files.mirror("nowhere", tmp_path / "new")
        assert not (tmp_path / "new").exists()
        with pytest.raises(FileNotFoundError, match="no directory"):
            files.mirror("x", tmp_path / "nothing", upload=True)
    assert not (ftpd.path / "x").exists()


def test_row_141_name_that_is_none_here_is_skipped(
    ftpd: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(ftpd.path, a="1", b="2")
    with Tree(ftpd.url()) as files:
        real = files.entries

        def entries(path: str = "") -> list[Entry]:
            return [entry._replace(name="..\\evil") if entry.name == "b" else entry for entry in real(path)]

        monkeypatch.setattr(files, "entries", entries)
        import sys

        module = sys.modules[type(files).__module__].Mirror.__module__
        monkeypatch.setattr(sys.modules[module], "is_local_name", lambda name, windows: "\\" not in name)
        result = files.mirror("", tmp_path)
    assert [step.path for step in result.skipped] == ["..\\evil"]
    assert files_below(tmp_path) == {"a": "1"}
