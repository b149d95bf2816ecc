"""wirekit.tree against pyftpdlib, which offers all there is, and against listeners of its that offer less."""

from __future__ import annotations

import datetime as dt
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_ftpd import PASSWORD, USER, Served
from wirekit._io import asynchronous as net
from wirekit.aio import ftplib, tree

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
async def test_entries_are_data_whatever_the_server_prints(ftpd: Served, listener: str) -> None:
    put(ftpd.path / "a file.txt")
    put(ftpd.path / "sub" / "inner")
    async with open_tree(ftpd, listener) as files:
        entries = {entry.name: entry for entry in await files.entries()}
    assert set(entries) == {"a file.txt", "sub"}
    assert (entries["a file.txt"].is_file, entries["sub"].is_dir) == (True, True)
    assert entries["a file.txt"].size == 7
    modified = entries["a file.txt"].modified
    assert modified is not None
    assert modified.date() == WHEN.date()


async def test_names_survive_whatever_they_are(ftpd: Served) -> None:
    names = ["日本語 ü.txt", "-dash", " lead", "trail ", "[x]*?", "a;b=c", 'quote"d']
    for name in names:
        put(ftpd.path / name)
    async with open_tree(ftpd) as files:
        assert sorted(entry.name for entry in await files.entries()) == sorted(names)
        for name in names:
            assert (await files.stat(name)).size == 7
            await files.rename(name, f"{name}.new")
            await files.remove(f"{name}.new")
        assert await files.entries() == []


async def test_names_of_a_server_that_speaks_latin_1(ftpd: Served) -> None:
    (ftpd.path / "\udcfc").mkdir()  # ü in Latin-1
    async with open_tree(ftpd, "latin1", encoding="latin-1") as files:
        await files.makedirs("käse/brot")
        assert [entry.name async for _, directories, _ in files.walk("käse") for entry in directories] == [
            "brot"
        ]


@every_listing
async def test_single_entries(ftpd: Served, listener: str) -> None:
    put(ftpd.path / "sub" / "f")
    async with open_tree(ftpd, listener) as files:
        entry = await files.stat("sub/f")
        assert (entry.name, entry.type, entry.size) == ("f", "file", 7)
        assert (await files.stat("sub")).is_dir
        assert (await files.stat("sub/")).name == "sub"
        assert (await files.stat("/")).is_dir
        assert (await files.stat("")).is_dir
        assert (await files.exists("sub/f"), await files.exists("none"), await files.exists("none/f")) == (
            True,
            False,
            False,
        )
        with pytest.raises(FileNotFoundError) as caught:
            await files.stat("none")
        assert isinstance(caught.value, ftplib.error_perm)
        assert str(caught.value).startswith("550 ")


async def test_entry_of_mlsd_knows_all(ftpd: Served) -> None:
    put(ftpd.path / "f").chmod(0o640)
    async with open_tree(ftpd) as files:
        (entry,) = await files.entries()
    assert (entry.modified, entry.precision, entry.permissions) == (WHEN, 1, 0o640)
    assert entry.rights


async def test_walk_goes_from_the_top_down(ftpd: Served) -> None:
    for path in ("a/1", "a/b/2", "c/3", "4"):
        put(ftpd.path / path)
    async with open_tree(ftpd) as files:
        seen = [
            (path, sorted(entry.name for entry in directories), [entry.name for entry in others])
            async for path, directories, others in files.walk()
        ]
        assert sorted(seen) == [
            ("", ["a", "c"], ["4"]),
            ("a", ["b"], ["1"]),
            ("a/b", [], ["2"]),
            ("c", [], ["3"]),
        ]
        assert seen[0][0] == ""
        pruned = []
        async for path, directories, _ in files.walk(""):
            pruned.append(path)
            directories[:] = [entry for entry in directories if entry.name != "a"]
        assert pruned == ["", "c"]


async def test_walk_into_a_circle_ends(ftpd: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    (ftpd.path / "a").mkdir()
    (ftpd.path / "a" / "again").symlink_to(".")  # which pyftpdlib presents as a directory
    monkeypatch.setattr(tree, "DEEPEST", 5)
    async with open_tree(ftpd) as files:
        with pytest.raises(ftplib.error_proto, match="nested too deep"):
            _ = [path async for path, _, _ in files.walk()]


# ---- changing


async def test_directories_are_made_with_those_above_them(ftpd: Served) -> None:
    async with open_tree(ftpd) as files:
        await files.makedirs("a/b/c d")
        await files.makedirs("a/b/c d")
        with pytest.raises(ftplib.error_perm):
            await files.makedirs("a/b", exist_ok=False)
        put(ftpd.path / "file")
        with pytest.raises(ftplib.error_perm):
            await files.makedirs("file/x")
    assert (ftpd.path / "a" / "b" / "c d").is_dir()


async def test_tree_is_removed_with_all_that_is_in_it(ftpd: Served) -> None:
    for path in ("a/1", "a/b/2", "a/b/c/3"):
        put(ftpd.path / path)
    async with open_tree(ftpd) as files:
        assert await files.remove_tree("a") == 5
        assert await files.entries() == []
        await files.makedirs("empty")
        await files.rmdir("empty")
    assert list(ftpd.path.iterdir()) == []


# ---- copying


@every_listing
async def test_file_comes_down_whole(ftpd: Served, tmp_path: Path, listener: str) -> None:
    put(ftpd.path / "f", BLOB)
    seen: list[tuple[int, int | None]] = []
    async with open_tree(ftpd, listener) as files:
        copied = await files.download("f", tmp_path / "g", progress=lambda *numbers: seen.append(numbers))
    assert (tmp_path / "g").read_bytes() == BLOB
    assert (copied.size, copied.resumed) == (len(BLOB), 0)
    assert seen[-1][0] == len(BLOB)
    if listener == "plain":
        assert seen[-1][1] == len(BLOB)
        assert (tmp_path / "g").stat().st_mtime == WHEN.timestamp()
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


@every_listing
async def test_file_goes_up_whole(ftpd: Served, tmp_path: Path, listener: str) -> None:
    put(tmp_path / "g", BLOB)
    put(ftpd.path / "f", b"old")
    seen: list[tuple[int, int | None]] = []
    async with open_tree(ftpd, listener) as files:
        copied = await files.upload(tmp_path / "g", "f", progress=lambda *numbers: seen.append(numbers))
    assert (ftpd.path / "f").read_bytes() == BLOB
    assert copied.size == len(BLOB)
    assert seen[-1] == (len(BLOB), len(BLOB))
    if listener == "plain":
        assert (ftpd.path / "f").stat().st_mtime == WHEN.timestamp()
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


async def test_times_stay_ours_where_that_is_wanted(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f")
    async with open_tree(ftpd) as files:
        await files.download("f", tmp_path / "g", keep_time=False)
        assert (tmp_path / "g").stat().st_mtime > WHEN.timestamp()
        put(tmp_path / "g")
        await files.upload(tmp_path / "g", "h", keep_time=False)
    assert (ftpd.path / "h").stat().st_mtime > WHEN.timestamp()


def stop_after(limit: int) -> Any:
    def progress(done: int, _: int | None) -> None:
        if done > limit:
            raise KeyError

    return progress


async def test_download_that_fails_leaves_nothing_behind(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f", BLOB)
    put(tmp_path / "g", b"as it was")
    async with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            await files.download("f", tmp_path / "g", progress=stop_after(1000))
        with pytest.raises(FileNotFoundError):
            await files.download("none", tmp_path / "g")
        with pytest.raises(FileNotFoundError):
            await files.download("f", tmp_path / "no" / "g")
    assert (tmp_path / "g").read_bytes() == b"as it was"
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


async def test_download_goes_on_where_it_stopped(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f", BLOB)
    async with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            await files.download("f", tmp_path / "g", resume=True, progress=stop_after(100_000))
        assert not (tmp_path / "g").exists()
        copied = await files.download("f", tmp_path / "g", resume=True)
        assert copied.resumed > 100_000
    assert (tmp_path / "g").read_bytes() == BLOB
    assert [path.name for path in tmp_path.iterdir()] == ["g"]


@pytest.mark.parametrize("change", ["time", "size", "bytes", "note"])
async def test_download_of_another_file_begins_anew(ftpd: Served, tmp_path: Path, change: str) -> None:
    put(ftpd.path / "f", BLOB)
    other = BLOB[::-1]
    async with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            await files.download("f", tmp_path / "g", resume=True, progress=stop_after(100_000))
        if change == "time":
            (ftpd.path / "f").write_bytes(other)
        elif change == "size":
            put(ftpd.path / "f", other := other + b"more")
        elif change == "bytes":  # of the same size and time: the last bytes that are there do not fit
            put(ftpd.path / "f", other)
        else:
            put(ftpd.path / "f", other)
            next(tmp_path.glob("*-note")).write_text("{")
        copied = await files.download("f", tmp_path / "g", resume=True)
        assert copied.resumed == 0
    assert (tmp_path / "g").read_bytes() == other


@pytest.mark.skipif(not hasattr(os, "O_NOFOLLOW"), reason="this system has no O_NOFOLLOW")
@pytest.mark.parametrize("name", [".g.wirekit-part", ".g.wirekit-part-note"])
async def test_link_in_the_place_of_a_part_file_is_not_followed(
    ftpd: Served, tmp_path: Path, name: str
) -> None:
    """In a folder that others write to, too, they can guess its name."""
    put(ftpd.path / "f", BLOB)
    (tmp_path / "precious").write_bytes(b"as it was")
    (tmp_path / name).symlink_to(tmp_path / "precious")
    async with open_tree(ftpd) as files:
        with pytest.raises(OSError):
            await files.download("f", tmp_path / "g", resume=True)
    assert (tmp_path / "precious").read_bytes() == b"as it was"
    assert not (tmp_path / "g").exists()


async def test_upload_goes_on_where_it_stopped(ftpd: Served, tmp_path: Path) -> None:
    put(tmp_path / "g", BLOB * 10)
    async with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            await files.upload(tmp_path / "g", "f", resume=True, progress=stop_after(1_000_000))
        await files.upload(tmp_path / "g", "f", resume=True)
    assert (ftpd.path / "f").read_bytes() == BLOB * 10
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


@pytest.mark.parametrize("listener", ["plain", "tls"])
async def test_upload_adds_to_what_is_there(
    ftpd: Served, tmp_path: Path, client_tls: ssl.SSLContext, listener: str
) -> None:
    put(tmp_path / "g", BLOB)
    put(ftpd.path / ".f.wirekit-part", BLOB[:300_000])
    scheme = "ftp" if listener == "plain" else "ftpes"
    async with tree.Tree(ftpd.url(listener, scheme), timeout=5, context=client_tls) as files:
        copied = await files.upload(tmp_path / "g", "f", resume=True)
        assert copied.resumed == 300_000
    assert (ftpd.path / "f").read_bytes() == BLOB
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


@pytest.mark.parametrize("kept", [b"other bytes", BLOB * 2, b""])
async def test_upload_begins_anew_where_what_is_there_does_not_fit(
    ftpd: Served, tmp_path: Path, kept: bytes
) -> None:
    put(tmp_path / "g", BLOB)
    put(ftpd.path / ".f.wirekit-part", kept)
    async with open_tree(ftpd) as files:
        copied = await files.upload(tmp_path / "g", "f", resume=True)
        assert copied.resumed == 0
    assert (ftpd.path / "f").read_bytes() == BLOB


async def test_upload_that_fails_leaves_nothing_behind(ftpd: Served, tmp_path: Path) -> None:
    put(tmp_path / "g", BLOB * 10)
    put(ftpd.path / "f", b"as it was")
    async with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            await files.upload(tmp_path / "g", "f", progress=stop_after(1000))
        with pytest.raises(ftplib.error_perm):
            await files.upload(tmp_path / "g", "no/f")
    assert (ftpd.path / "f").read_bytes() == b"as it was"
    assert [path.name for path in ftpd.path.iterdir()] == ["f"]


# ---- file objects


async def test_file_that_is_read_can_be_sought_in(ftpd: Served) -> None:
    put(ftpd.path / "f", BLOB)
    async with open_tree(ftpd) as files:
        async with await files.open("f") as file:
            assert (file.readable(), file.writable(), file.seekable()) == (True, False, True)
            assert await file.read(10) == BLOB[:10]
            assert file.tell() == 10
            assert await file.seek(100) == 100  # a short way: read and dropped
            assert await file.read(5) == BLOB[100:105]
            assert await file.seek(400_000) == 400_000  # a long one: a new transfer
            assert await file.read(5) == BLOB[400_000:400_005]
            assert await file.seek(-5, os.SEEK_CUR) == 400_000
            assert await file.seek(-7, os.SEEK_END) == len(BLOB) - 7
            assert await file.read() == BLOB[-7:]
            assert await file.read() == b""
            assert await file.read(5) == b""
            assert await file.seek(3) == 3
            view = bytearray(4)
            assert await file.readinto(view) == 4
            assert bytes(view) == BLOB[3:7]
            assert await file.read1(1) == BLOB[7:8]
            assert await file.seek(len(BLOB) + 10) == len(BLOB) + 10
            assert await file.read() == b""
            with pytest.raises(ValueError, match="negative"):
                await file.seek(-1)
        with pytest.raises(ValueError, match="closed"):
            await file.read()
        assert len(await files.entries()) == 1


async def test_lines_of_a_remote_file(ftpd: Served) -> None:
    put(ftpd.path / "f", b"one\ntwo\nthree")
    async with open_tree(ftpd) as files, await files.open("f") as file:
        assert await file.readline() == b"one\n"
        assert [line async for line in file] == [b"two\n", b"three"]


async def test_file_that_is_written_appears_when_it_is_closed(ftpd: Served) -> None:
    put(ftpd.path / "f", b"old")
    async with open_tree(ftpd) as files:
        async with await files.open("f", "wb") as file:
            assert (file.readable(), file.writable(), file.seekable()) == (False, True, False)
            assert await file.write(b"abc") == 3
            assert await file.write(memoryview(BLOB)) == len(BLOB)
            assert file.tell() == len(BLOB) + 3
            assert (ftpd.path / "f").read_bytes() == b"old"
        assert (ftpd.path / "f").read_bytes() == b"abc" + BLOB
        async with await files.open("empty", "wb"):
            pass
        with pytest.raises(ValueError, match="closed"):
            await file.write(b"x")
    assert sorted(path.name for path in ftpd.path.iterdir()) == ["empty", "f"]


async def test_file_whose_writing_fails_never_appears(ftpd: Served) -> None:
    put(ftpd.path / "f", b"old")
    async with open_tree(ftpd) as files:
        with pytest.raises(KeyError):
            await fail_while_writing(files)
        file = await files.open("f", "wb")
        await file.write(b"half")
        file.abort()
        file.abort()
    assert (ftpd.path / "f").read_bytes() == b"old"


async def fail_while_writing(files: tree.Tree) -> None:
    async with await files.open("f", "wb") as file:
        await file.write(b"half")
        raise KeyError


async def test_close_of_a_written_file(ftpd: Served) -> None:
    async with open_tree(ftpd) as files:
        file = await files.open("f", "wb")
        await file.write(b"abc")
        file.close()
        if net.ASYNC:
            assert not (ftpd.path / "f").exists(), "close() may not wait there, and so breaks off"
        else:
            assert (ftpd.path / "f").read_bytes() == b"abc"


async def test_file_that_is_not_there_cannot_be_opened(ftpd: Served) -> None:
    async with open_tree(ftpd) as files:
        with pytest.raises(FileNotFoundError):
            await files.open("none")
        with pytest.raises(ValueError, match="mode"):
            await files.open("none", "r")
        async with await files.open("no/f", "wb") as file:
            with pytest.raises(ftplib.error_perm):
                await file.write(b"x")
            file.abort()


@pytest.mark.parametrize("listener", ["old", "dos"])
async def test_file_of_a_server_without_size_is_read(ftpd: Served, listener: str) -> None:
    put(ftpd.path / "f", BLOB)
    async with open_tree(ftpd, listener) as files, await files.open("f") as file:
        assert await file.seek(-3, os.SEEK_END) == len(BLOB) - 3
        assert await file.read() == BLOB[-3:]


# ---- connections


async def test_connections_are_used_again(ftpd: Served) -> None:
    async with open_tree(ftpd) as files:
        for number in range(5):
            await files.makedirs(f"d{number}")
        assert len(files._pool._idle) == 1


async def test_tree_of_a_connection_that_is_there_already(ftpd: Served, tmp_path: Path) -> None:
    put(ftpd.path / "f")
    ftp = ftplib.FTP(timeout=5)
    await ftp.connect(ftpd.host, ftpd.ports["plain"])
    await ftp.login(USER, PASSWORD)
    await ftp.cwd(ftpd.here)
    async with tree.Tree(ftp) as files:
        assert [entry.name for entry in await files.entries()] == ["f"]
        await files.download("f", tmp_path / "g")
    assert ftp.sock is None
    assert (tmp_path / "g").read_bytes() == b"content"


async def test_idle_connection_that_is_gone_is_replaced(ftpd: Served) -> None:
    async with open_tree(ftpd) as files:
        await files.makedirs("a")
        (link,) = files._pool._idle
        if net.ASYNC:
            link.ftp.sock._transport.abort()
        else:
            link.ftp.sock.shutdown(socket.SHUT_RDWR)
        await files.makedirs("b")
    assert sorted(path.name for path in ftpd.path.iterdir()) == ["a", "b"]


async def test_tree_that_is_closed_says_so(ftpd: Served) -> None:
    files = open_tree(ftpd)
    files.close()
    with pytest.raises(ValueError, match="closed"):
        await files.entries()


async def test_wrong_password_is_told_at_the_first_use(ftpd: Served) -> None:
    files = tree.Tree(ftpd.url().replace(PASSWORD, "wrong"), timeout=5)
    with pytest.raises(ftplib.error_perm, match="530"):
        await files.entries()
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
async def test_tls_in_both_ways(
    ftpd: Served, tmp_path: Path, client_tls: ssl.SSLContext, listener: str, scheme: str
) -> None:
    put(ftpd.path / "f", BLOB)
    put(tmp_path / "h", BLOB)
    files = tree.Tree(ftpd.url(listener, scheme), timeout=5, context=client_tls)
    async with files:
        await files.download("f", tmp_path / "g")
        await files.upload(tmp_path / "h", "up")
        async with await files.open("f") as file:
            assert await file.read(5) == BLOB[:5]
    assert (tmp_path / "g").read_bytes() == (ftpd.path / "up").read_bytes() == BLOB


def test_exceptions_are_names_of_the_module() -> None:
    assert issubclass(tree.NoSuchFile, FileNotFoundError)
    assert issubclass(tree.WrongDigest, ftplib.error_proto)
    with pytest.raises(AttributeError, match="nothing"):
        tree.nothing  # noqa: B018 - the attribute is what is asked for
