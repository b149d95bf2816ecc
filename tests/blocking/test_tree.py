# Generated from tests/aio/test_tree.py by tools/unasync.py; edit that file.
"""wirekit.tree against pyftpdlib, which offers all there is, and against listeners of its that offer less."""

from __future__ import annotations

import datetime as dt
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_ftpd import PASSWORD, USER, Served
from wirekit import ftplib, tree

if TYPE_CHECKING:
    import ssl
    from pathlib import Path

BLOB = bytes(range(256)) * 2000
WHEN = dt.datetime(2020, 2, 29, 12, 30, tzinfo=dt.UTC)

every_listing = pytest.mark.parametrize("listener", ["plain", "dos", "old"])
"""MLSD; LIST as IIS prints it; LIST as Unix does, from a server that knows RFC 959 alone."""


def put(path: Path, data: bytes = b"content") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)
    os.utime(path, (WHEN.timestamp(), WHEN.timestamp()))
    return path


def open_tree(ftpd: Served, listener: str = "plain", **options: Any) -> tree.Tree:
    return tree.Tree(ftpd.url(listener), timeout=5, delay=0.0, **options)


# ---- looking


@every_listing
def test_entries_are_data_whatever_the_server_prints(ftpd: Served, listener: str) -> None:
    put(ftpd.path / "a file.txt")
    put(ftpd.path / "sub" / "inner")
    with open_tree(ftpd, listener) as files:
        entries = {entry.name: entry for entry in files.entries()}
    assert set(entries) == {"a file.txt", "sub"}
    assert (entries["a file.txt"].is_file, entries["sub"].is_dir) == (True, True)
    assert entries["a file.txt"].size == 7
    modified = entries["a file.txt"].modified
    assert modified is not None
    assert modified.date() == WHEN.date()


def test_names_survive_whatever_they_are(ftpd: Served) -> None:
    names = ["日本語 ü.txt", "-dash", " lead", "trail ", "[x]*?", "a;b=c", 'quote"d']
    for name in names:
        put(ftpd.path / name)
    with open_tree(ftpd) as files:
        assert sorted(entry.name for entry in files.entries()) == sorted(names)
        for name in names:
            assert files.stat(name).size == 7
            files.rename(name, f"{name}.new")
            files.remove(f"{name}.new")
        assert files.entries() == []


def test_names_of_a_server_that_speaks_latin_1(ftpd: Served) -> None:
    (ftpd.path / "\udcfc").mkdir()  # ü in Latin-1
    with open_tree(ftpd, "latin1", encoding="latin-1") as files:
        files.makedirs("käse/brot")
        assert [entry.name for _, directories, _ in files.walk("käse") for entry in directories] == ["brot"]


@every_listing
def test_single_entries(ftpd: Served, listener: str) -> None:
    put(ftpd.path / "sub" / "f")
    with open_tree(ftpd, listener) as files:
        entry = files.stat("sub/f")
        assert (entry.name, entry.type, entry.size) == ("f", "file", 7)
        assert files.stat("sub").is_dir
        assert files.stat("sub/").name == "sub"
        assert files.stat("/").is_dir
        assert files.stat("").is_dir
        assert (files.exists("sub/f"), files.exists("none"), files.exists("none/f")) == (
            True,
            False,
            False,
        )
        with pytest.raises(FileNotFoundError) as caught:
            files.stat("none")
        assert isinstance(caught.value, ftplib.error_perm)
        assert str(caught.value).startswith("550 ")


def test_entry_of_mlsd_knows_all(ftpd: Served) -> None:
    put(ftpd.path / "f").chmod(0o640)
    with open_tree(ftpd) as files:
        (entry,) = files.entries()
    assert (entry.modified, entry.precision, entry.permissions) == (WHEN, 1, 0o640)
    assert entry.rights


def test_walk_goes_from_the_top_down(ftpd: Served) -> None:
    for path in ("a/1", "a/b/2", "c/3", "4"):
        put(ftpd.path / path)
    with open_tree(ftpd) as files:
        seen = [
            (path, sorted(entry.name for entry in directories), [entry.name for entry in others])
            for path, directories, others in files.walk()
        ]
        assert sorted(seen) == [
            ("", ["a", "c"], ["4"]),
            ("a", ["b"], ["1"]),
            ("a/b", [], ["2"]),
            ("c", [], ["3"]),
        ]
        assert seen[0][0] == ""
        pruned = []
        for path, directories, _ in files.walk(""):
            pruned.append(path)
            directories[:] = [entry for entry in directories if entry.name != "a"]
        assert pruned == ["", "c"]


def test_walk_into_a_circle_ends(ftpd: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    (ftpd.path / "a").mkdir()
    (ftpd.path / "a" / "again").symlink_to(".")  # which pyftpdlib presents as a directory
    monkeypatch.setattr(tree, "DEEPEST", 5)
    with open_tree(ftpd) as files:
        with pytest.raises(ftplib.error_proto, match="nested too deep"):
            _ = [path for path, _, _ in files.walk()]


# ---- changing


def test_directories_are_made_with_those_above_them(ftpd: Served) -> None:
    with open_tree(ftpd) as files:
        files.makedirs("a/b/c d")
        files.makedirs("a/b/c d")
        with pytest.raises(ftplib.error_perm):
            files.makedirs("a/b", exist_ok=False)
        put(ftpd.path / "file")
        with pytest.raises(ftplib.error_perm):
            files.makedirs("file/x")
    assert (ftpd.path / "a" / "b" / "c d").is_dir()


def test_tree_is_removed_with_all_that_is_in_it(ftpd: Served) -> None:
    for path in ("a/1", "a/b/2", "a/b/c/3"):
        put(ftpd.path / path)
    with open_tree(ftpd) as files:
        assert files.remove_tree("a") == 5
        assert files.entries() == []
        files.makedirs("empty")
        files.rmdir("empty")
    assert list(ftpd.path.iterdir()) == []


# ---- copying


@every_listing
def test_file_comes_down_whole(ftpd: Served, tmp_path: Path, listener: str) -> None:
    put(ftpd.path / "f", BLOB)
    seen: list[tuple[int, int | None]] = []
    with open_tree(ftpd, listener) as files:
        copied = files.download("f", tmp_path / "g", progress=lambda *numbers: seen.append(numbers))
    assert (tmp_path / "g").read_bytes() == BLOB
    assert (copied.size, copied.resumed) == (len(BLOB), 0)
    assert seen[-1][0] == len(BLOB)
    if listener == "plain":
        assert seen[-1][1] == len(BLOB)
        assert (tmp_path / "g").stat().st_mtime == WHEN.timestamp()
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


@every_listing
def test_file_goes_up_whole(ftpd: Served, tmp_path: Path, listener: str) -> None:
    put(tmp_path / "g", BLOB)
    put(ftpd.path / "f", b"old")
    seen: list[tuple[int, int | None]] = []
    with open_tree(ftpd, listener) as files:
        copied = files.upload(tmp_path / "g", "f", progress=lambda *numbers: seen.append(numbers))
    assert (ftpd.path / "f").read_bytes() == BLOB
    assert copied.size == len(BLOB)
    assert seen[-1] == (len(BLOB), len(BLOB))
    if listener == "plain":
        assert (ftpd.path / "f").stat().st_mtime == WHEN.timestamp()
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


def test_times_stay_ours_where_that_is_wanted(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f")
    with open_tree(ftpd) as files:
        files.download("f", tmp_path / "g", keep_time=False)
        assert (tmp_path / "g").stat().st_mtime > WHEN.timestamp()
        put(tmp_path / "g")
        files.upload(tmp_path / "g", "h", keep_time=False)
    assert (ftpd.path / "h").stat().st_mtime > WHEN.timestamp()


def stop_after(limit: int) -> Any:
    def progress(done: int, _: int | None) -> None:
        if done > limit:
            raise KeyError

    return progress


def test_download_that_fails_leaves_nothing_behind(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f", BLOB)
    put(tmp_path / "g", b"as it was")
    with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            files.download("f", tmp_path / "g", progress=stop_after(1000))
        with pytest.raises(FileNotFoundError):
            files.download("none", tmp_path / "g")
        with pytest.raises(FileNotFoundError):
            files.download("f", tmp_path / "no" / "g")
    assert (tmp_path / "g").read_bytes() == b"as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


def test_download_goes_on_where_it_stopped(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f", BLOB)
    with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            files.download("f", tmp_path / "g", resume=True, progress=stop_after(100_000))
        assert not (tmp_path / "g").exists()
        copied = files.download("f", tmp_path / "g", resume=True)
        assert copied.resumed > 100_000
    assert (tmp_path / "g").read_bytes() == BLOB
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


@pytest.mark.parametrize("change", ["time", "size", "bytes", "note"])
def test_download_of_another_file_begins_anew(ftpd: Served, tmp_path: Path, change: str) -> None:
    put(ftpd.path / "f", BLOB)
    other = BLOB[::-1]
    with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            files.download("f", tmp_path / "g", resume=True, progress=stop_after(100_000))
        if change == "time":
            (ftpd.path / "f").write_bytes(other)
        elif change == "size":
            put(ftpd.path / "f", other := other + b"more")
        elif change == "bytes":  # of the same size and time: the last bytes that are there do not fit
            put(ftpd.path / "f", other)
        else:
            put(ftpd.path / "f", other)
            next(tmp_path.glob("*-note")).write_text("{")
        copied = files.download("f", tmp_path / "g", resume=True)
        assert copied.resumed == 0
    assert (tmp_path / "g").read_bytes() == other


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system has no O_NOFOLLOW")
@pytest.mark.parametrize("name", [".g.wirekit-part", ".g.wirekit-part-note"])
def test_link_in_the_place_of_a_part_file_is_not_followed(ftpd: Served, tmp_path: Path, name: str) -> None:
    """In a folder that others write to, too, they can guess its name."""
    put(ftpd.path / "f", BLOB)
    (tmp_path / "precious").write_bytes(b"as it was")
    (tmp_path / name).symlink_to(tmp_path / "precious")
    with open_tree(ftpd) as files:
        with pytest.raises(OSError):
            files.download("f", tmp_path / "g", resume=True)
    assert (tmp_path / "precious").read_bytes() == b"as it was"
    assert not (tmp_path / "g").exists()


def test_upload_goes_on_where_it_stopped(ftpd: Served, tmp_path: Path) -> None:
    put(tmp_path / "g", BLOB * 10)
    with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            files.upload(tmp_path / "g", "f", resume=True, progress=stop_after(1_000_000))
        files.upload(tmp_path / "g", "f", resume=True)
    assert (ftpd.path / "f").read_bytes() == BLOB * 10
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


@pytest.mark.parametrize("listener", ["plain", "tls"])
def test_upload_adds_to_what_is_there(
    ftpd: Served, tmp_path: Path, client_tls: ssl.SSLContext, listener: str
) -> None:
    put(tmp_path / "g", BLOB)
    put(ftpd.path / ".f.wirekit-part", BLOB[:300_000])
    scheme = "ftp" if listener == "plain" else "ftpes"
    with tree.Tree(ftpd.url(listener, scheme), timeout=5, context=client_tls) as files:
        copied = files.upload(tmp_path / "g", "f", resume=True)
        assert copied.resumed == 300_000
    assert (ftpd.path / "f").read_bytes() == BLOB
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


@pytest.mark.parametrize("kept", [b"other bytes", BLOB * 2, b""])
def test_upload_begins_anew_where_what_is_there_does_not_fit(
    ftpd: Served, tmp_path: Path, kept: bytes
) -> None:
    put(tmp_path / "g", BLOB)
    put(ftpd.path / ".f.wirekit-part", kept)
    with open_tree(ftpd) as files:
        copied = files.upload(tmp_path / "g", "f", resume=True)
        assert copied.resumed == 0
    assert (ftpd.path / "f").read_bytes() == BLOB


def test_upload_that_fails_leaves_nothing_behind(ftpd: Served, tmp_path: Path) -> None:
    put(tmp_path / "g", BLOB * 10)
    put(ftpd.path / "f", b"as it was")
    with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            files.upload(tmp_path / "g", "f", progress=stop_after(1000))
        with pytest.raises(ftplib.error_perm):
            files.upload(tmp_path / "g", "no/f")
    assert (ftpd.path / "f").read_bytes() == b"as it was"
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


# ---- file objects


def test_file_that_is_read_can_be_sought_in(ftpd: Served) -> None:
    put(ftpd.path / "f", BLOB)
    with open_tree(ftpd) as files:
        with files.open("f") as file:
            assert (file.readable(), file.writable(), file.seekable()) == (True, False, True)
            assert file.read(10) == BLOB[:10]
            assert file.tell() == 10
            assert file.seek(100) == 100  # a short way: read and dropped
            assert file.read(5) == BLOB[100:105]
            assert file.seek(400_000) == 400_000  # a long one: a new transfer
            assert file.read(5) == BLOB[400_000:400_005]
            assert file.seek(-5, os.SEEK_CUR) == 400_000
            assert file.seek(-7, os.SEEK_END) == len(BLOB) - 7
            assert file.read() == BLOB[-7:]
            assert file.read() == b""
            assert file.read(5) == b""
            assert file.seek(3) == 3
            view = bytearray(4)
            assert file.readinto(view) == 4
            assert bytes(view) == BLOB[3:7]
            assert file.read1(1) == BLOB[7:8]
            assert file.seek(len(BLOB) + 10) == len(BLOB) + 10
            assert file.read() == b""
            with pytest.raises(ValueError, match="negative"):
                file.seek(-1)
        with pytest.raises(ValueError, match="closed"):
            file.read()
        assert len(files.entries()) == 1


def test_lines_of_a_remote_file(ftpd: Served) -> None:
    put(ftpd.path / "f", b"one\ntwo\nthree")
    with open_tree(ftpd) as files, files.open("f") as file:
        assert file.readline() == b"one\n"
        assert [line for line in file] == [b"two\n", b"three"]


def test_file_that_is_written_appears_when_it_is_closed(ftpd: Served) -> None:
    put(ftpd.path / "f", b"old")
    with open_tree(ftpd) as files:
        with files.open("f", "wb") as file:
            assert (file.readable(), file.writable(), file.seekable()) == (False, True, False)
            assert file.write(b"abc") == 3
            assert file.write(memoryview(BLOB)) == len(BLOB)
            assert file.tell() == len(BLOB) + 3
            assert (ftpd.path / "f").read_bytes() == b"old"
        assert (ftpd.path / "f").read_bytes() == b"abc" + BLOB
        with files.open("empty", "wb"):
            pass
        with pytest.raises(ValueError, match="closed"):
            file.write(b"x")
    assert sorted(path.name for path in ftpd.path.iterdir()) == ["empty", "f"]


def test_file_whose_writing_fails_never_appears(ftpd: Served) -> None:
    put(ftpd.path / "f", b"old")
    with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            fail_while_writing(files)
        file = files.open("f", "wb")
        file.write(b"half")
        file.abort()
        file.abort()
    assert (ftpd.path / "f").read_bytes() == b"old"


def fail_while_writing(files: tree.Tree) -> None:
    with files.open("f", "wb") as file:
        file.write(b"half")
        raise KeyError


def test_close_of_a_written_file(ftpd: Served) -> None:
    with open_tree(ftpd) as files:
        file = files.open("f", "wb")
        file.write(b"abc")
        file.close()
        assert (ftpd.path / "f").read_bytes() == b"abc"


def test_file_that_is_not_there_cannot_be_opened(ftpd: Served) -> None:
    with open_tree(ftpd) as files:
        with pytest.raises(FileNotFoundError):
            files.open("none")
        with pytest.raises(ValueError, match="mode"):
            files.open("none", "r")
        with files.open("no/f", "wb") as file:
            with pytest.raises(ftplib.error_perm):
                file.write(b"x")
            file.abort()


@pytest.mark.parametrize("listener", ["old", "dos"])
def test_file_of_a_server_without_size_is_read(ftpd: Served, listener: str) -> None:
    put(ftpd.path / "f", BLOB)
    with open_tree(ftpd, listener) as files, files.open("f") as file:
        assert file.seek(-3, os.SEEK_END) == len(BLOB) - 3
        assert file.read() == BLOB[-3:]


# ---- connections


def test_connections_are_used_again(ftpd: Served) -> None:
    with open_tree(ftpd) as files:
        for number in range(5):
            files.makedirs(f"d{number}")
        assert len(files._pool._idle) == 1


def test_tree_of_a_connection_that_is_there_already(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f")
    ftp = ftplib.FTP(timeout=5)
    ftp.connect(ftpd.host, ftpd.ports["plain"])
    ftp.login(USER, PASSWORD)
    ftp.cwd(ftpd.here)
    with tree.Tree(ftp) as files:
        assert [entry.name for entry in files.entries()] == ["f"]
        files.download("f", tmp_path / "g")
    assert ftp.sock is None
    assert (tmp_path / "g").read_bytes() == b"content"


def test_idle_connection_that_is_gone_is_replaced(ftpd: Served) -> None:
    with open_tree(ftpd) as files:
        files.makedirs("a")
        (link,) = files._pool._idle
        link.ftp.sock.shutdown(socket.SHUT_RDWR)
        files.makedirs("b")
    assert sorted(path.name for path in ftpd.path.iterdir()) == ["a", "b"]


def test_tree_that_is_closed_says_so(ftpd: Served) -> None:
    files = open_tree(ftpd)
    files.close()
    with pytest.raises(ValueError, match="closed"):
        files.entries()


def test_wrong_password_is_told_at_the_first_use(ftpd: Served) -> None:
    files = tree.Tree(ftpd.url().replace(PASSWORD, "wrong"), timeout=5)
    with pytest.raises(ftplib.error_perm, match="530"):
        files.entries()
    files.close()


@pytest.mark.parametrize("url", ["http://example.org/", "ftp:///x", "example.org", "file:///x"])
def test_url_of_something_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ftp://"):
        tree.Tree(url)


@pytest.mark.parametrize(
    "url, directory, port",
    [
        ("ftp://h", "", 21),
        ("ftp://h/", "", 21),
        ("ftps://h/a/b/", "a/b", 990),
        ("ftpes://h:2121//abs", "/abs", 2121),
        ("ftp://h/%2Fabs", "/abs", 21),
        ("ftp://h/a%20b%FC", "a b\udcfc", 21),
    ],
)
def test_url_names_directory_and_port(url: str, directory: str, port: int) -> None:
    files = tree.Tree(url)
    assert (files.directory, files.port) == (directory, port)


@pytest.mark.parametrize("listener, scheme", [("tls", "ftpes"), ("implicit", "ftps")])
def test_tls_in_both_ways(
    ftpd: Served, tmp_path: Path, client_tls: ssl.SSLContext, listener: str, scheme: str
) -> None:
    put(ftpd.path / "f", BLOB)
    put(tmp_path / "h", BLOB)
    files = tree.Tree(ftpd.url(listener, scheme), timeout=5, context=client_tls)
    with files:
        files.download("f", tmp_path / "g")
        files.upload(tmp_path / "h", "up")
        with files.open("f") as file:
            assert file.read(5) == BLOB[:5]
    assert (tmp_path / "g").read_bytes() == (ftpd.path / "up").read_bytes() == BLOB


def test_exceptions_are_names_of_the_module() -> None:
    assert issubclass(tree.NoSuchFile, FileNotFoundError)
    assert issubclass(tree.WrongDigest, ftplib.error_proto)
    with pytest.raises(AttributeError, match="nothing"):
        tree.nothing  # noqa: B018 - the attribute is what is asked for
