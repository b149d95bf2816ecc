"""Files that a server hands out: kept, in parts, compressed."""

from __future__ import annotations

import os
import zlib
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._io import served_files
from wirekit._io.served_files import FileCache, FilePart, FileParts, read_small, sign

if TYPE_CHECKING:
    from pathlib import Path


def put(path: Path, content: bytes, moment: float = 1e9) -> os.stat_result:
    path.write_bytes(content)
    os.utime(path, (moment, moment))
    return path.stat()


def test_kept_file_is_given_while_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a"
    cache = FileCache(100, 50)
    status = put(path, b"one")
    assert cache.get("a", status) is None
    kept = cache.keep("a", b"one", status, 1e9 + 10)
    assert kept is not None
    assert cache.get("a", path.stat()) is kept
    for content, moment in ((b"two", 1e9 + 1), (b"three", 1e9)):
        changed = put(path, content, moment)
        assert not kept.fits(changed)
        assert cache.get("a", changed) is None


def test_file_that_is_new_or_large_is_not_kept(tmp_path: Path) -> None:
    cache = FileCache(100, 3)
    status = put(tmp_path / "a", b"one")
    assert cache.keep("a", b"one", status, status.st_mtime + 1) is None
    assert cache.keep("a", b"four", status, status.st_mtime + 10) is None
    assert cache.get("a", status) is None


def test_oldest_files_go_when_there_are_too_many(tmp_path: Path) -> None:
    cache = FileCache(10, 5)
    status = put(tmp_path / "a", b"x")
    for name in "abcd":
        cache.keep(name, b"1234", status, 2e9)
    assert [name for name in "abcd" if cache.get(name, status)] == ["c", "d"]
    cache.keep("c", b"12345", status, 2e9)
    cache.drop("c")
    cache.drop("c")
    assert cache._size == 4


def test_small_file_is_read_while_it_is_the_same(tmp_path: Path) -> None:
    path = tmp_path / "a"
    status = put(path, b"one")
    assert read_small(str(path), status) == b"one"
    put(path, b"other")
    assert read_small(str(path), status) is None
    path.unlink()
    with pytest.raises(FileNotFoundError):
        read_small(str(path), status)
    if hasattr(os, "mkfifo"):
        os.mkfifo(path)
        assert read_small(str(path), path.stat()) is None


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_part_is_a_file(tmp_path: Path, size: int) -> None:
    put(tmp_path / "a", b"0123456789")
    file = (tmp_path / "a").open("rb")
    file.seek(2)
    with FilePart(file, 5) as part:
        assert part.readable()
        assert part.fileno() == file.fileno()
        assert b"".join(iter(lambda: part.read(size), b"")) == b"23456"
    assert file.closed


@pytest.mark.parametrize("size", [1, 3, 7, 100])
def test_parts_are_a_file(tmp_path: Path, size: int) -> None:
    put(tmp_path / "a", b"0123456789")
    file = (tmp_path / "a").open("rb")
    with FileParts(file, [(b"<1>", 8, 2), (b"", 0, 3), (b"<3>", 5, 0)], b"<end>") as parts:
        assert parts.readable()
        assert b"".join(iter(lambda: parts.read(size), b"")) == b"<1>89012<3><end>"
    assert file.closed


def test_parts_of_a_file_that_has_shrunk_end_there(tmp_path: Path) -> None:
    put(tmp_path / "a", b"0123456789")
    file = (tmp_path / "a").open("rb", buffering=0)
    os.truncate(tmp_path / "a", 9)
    with FileParts(file, [(b"<1>", 8, 2), (b"<2>", 0, 3)], b"<end>") as parts:
        assert parts.readall() == b"<1>8"


def test_gzip_is_always_there_and_the_same() -> None:
    packed = served_files.compress(b"text " * 100, "gzip")
    assert zlib.decompress(packed, 31) == b"text " * 100
    assert packed == served_files.compress(b"text " * 100, "gzip")


def test_codings_are_those_that_are_installed(monkeypatch: pytest.MonkeyPatch) -> None:
    import sys

    monkeypatch.setattr(served_files, "_PACKERS", {})
    for name in ("brotli", "backports", "compression"):
        monkeypatch.setitem(sys.modules, name, None)
    assert served_files.codings_at_hand() == ("gzip",)


def test_what_is_inside(tmp_path: Path) -> None:
    (tmp_path / "root" / "sub").mkdir(parents=True)
    (tmp_path / "rooted").mkdir()
    (tmp_path / "root" / "out").symlink_to(tmp_path / "rooted")
    root = str(tmp_path / "root")
    cases: list[tuple[Any, bool]] = [
        ("root", True),
        ("root/sub", True),
        ("root/out", False),
        ("rooted", False),
        ("", False),
    ]
    for path, inside in cases:
        assert served_files.is_inside(str(tmp_path / path), root) is inside
    assert served_files.is_inside(root, "/")
    assert sign(os.stat(root)) == sign(os.stat(root))
