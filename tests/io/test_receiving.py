"""Files that are received: whole under their name, or not there."""

from __future__ import annotations

import errno
import os
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._io.receiving import Incoming, explain

if TYPE_CHECKING:
    from pathlib import Path


def receive(path: Path, content: bytes, *, overwrite: bool = False) -> bool:
    incoming = Incoming(str(path))
    incoming.write(content)
    return incoming.publish(overwrite=overwrite)


def test_file_appears_when_it_is_whole(tmp_path: Path) -> None:
    incoming = Incoming(str(tmp_path / "a"))
    incoming.write(b"one")
    assert not (tmp_path / "a").exists()
    assert all(path.name.startswith(".") for path in tmp_path.iterdir())
    incoming.write(b"two")
    assert incoming.publish(overwrite=False)
    assert [path.name for path in tmp_path.iterdir()] == ["a"]
    assert ((tmp_path / "a").read_bytes(), incoming.size) == (b"onetwo", 6)


def no_links(*args: Any, **kwargs: Any) -> None:
    raise OSError(errno.EPERM, "Operation not permitted")


@pytest.mark.parametrize("links", [True, False])
def test_nothing_is_replaced_unless_that_is_wanted(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, links: bool
) -> None:
    if not links:
        monkeypatch.setattr(os, "link", no_links)
    assert receive(tmp_path / "a", b"one")
    with pytest.raises(FileExistsError):
        receive(tmp_path / "a", b"two")
    assert (tmp_path / "a").read_bytes() == b"one"
    assert receive(tmp_path / "a", b"three", overwrite=True) is False
    assert receive(tmp_path / "b", b"four", overwrite=True) is True
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == {"a": b"three", "b": b"four"}


def test_other_errors_of_linking_are_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*args: Any, **kwargs: Any) -> None:
        raise OSError(errno.EIO, "Input/output error")

    monkeypatch.setattr(os, "link", fail)
    with pytest.raises(OSError, match="Input/output"):
        receive(tmp_path / "a", b"one")
    assert list(tmp_path.iterdir()) == []


def test_link_is_replaced_and_never_followed(tmp_path: Path) -> None:
    (tmp_path / "target").write_bytes(b"old")
    (tmp_path / "link").symlink_to(tmp_path / "target")
    with pytest.raises(FileExistsError):
        receive(tmp_path / "link", b"new")
    assert receive(tmp_path / "link", b"new", overwrite=True) is False
    assert (tmp_path / "target").read_bytes() == b"old"
    assert not (tmp_path / "link").is_symlink()


def test_what_is_discarded_is_gone(tmp_path: Path) -> None:
    incoming = Incoming(str(tmp_path / "a"))
    incoming.write(b"x")
    incoming.discard()
    incoming.discard()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "number,status",
    [
        (errno.EEXIST, 409), (errno.ENOSPC, 507), (errno.EDQUOT, 507), (errno.EFBIG, 413), (errno.ENAMETOOLONG, 400),
        (errno.ENOENT, 409), (errno.ENOTDIR, 409), (errno.EACCES, 403), (errno.EROFS, 403),
    ],
)  # fmt: skip
def test_errors_have_a_status(number: int, status: int) -> None:
    assert explain(OSError(number, "x"))[0] == status
