"""`wirekit put`, `ls` and `mirror` against a real server: exit codes, what is shown, passwords."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.cli.conftest import Command
    from tests.fix_ftpd import Served
    from tests.fix_tls import Certificates


def grow(root: Path, **files: str) -> Path:
    for name, text in files.items():
        path = root / name.replace("__", "/")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


def test_put_stores_files_in_a_directory(command: Command, ftpd: Served, tmp_path: Path) -> None:
    grow(tmp_path, a="1", b="22")
    done = command("put", tmp_path / "a", tmp_path / "b", f"{ftpd.url()}/")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (ftpd.path / "b").read_text() == "22"


def test_put_stores_one_file_under_another_name(command: Command, ftpd: Served, tmp_path: Path) -> None:
    grow(tmp_path, a="1")
    assert command("put", tmp_path / "a", f"{ftpd.url()}/other%20name").returncode == 0
    assert (ftpd.path / "other name").read_text() == "1"


def test_put_goes_on_after_a_file_that_is_not_there(command: Command, ftpd: Served, tmp_path: Path) -> None:
    grow(tmp_path, b="22")
    done = command("put", tmp_path / "a", tmp_path / "b", f"{ftpd.url()}/")
    assert done.returncode == 8
    assert b"a: No such file" in done.stderr
    assert (ftpd.path / "b").exists()


def test_put_that_is_refused(command: Command, ftpd: Served, tmp_path: Path) -> None:
    grow(tmp_path, a="1")
    done = command("put", tmp_path / "a", f"{ftpd.url()}/no/such/directory/")
    assert done.returncode == 1
    assert b"the server answered 550" in done.stderr


def test_get_fetches_a_file_and_goes_on(command: Command, ftpd: Served, tmp_path: Path) -> None:
    content = "0123456789" * 1000
    grow(ftpd.path, a=content)
    url = f"{ftpd.url()}/a"
    shown = command("get", url)
    assert (shown.returncode, shown.stdout.decode(), shown.stderr) == (0, content, b"")
    done = command("get", "--resume", "-o", tmp_path / "copy", url)
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "copy").read_text() == content
    missing = command("get", "-o", tmp_path / "none", f"{ftpd.url()}/none")
    assert missing.returncode == 1
    assert b"the server answered 550" in missing.stderr
    assert b"s3cret" not in missing.stderr
    assert not (tmp_path / "none").exists()


@pytest.mark.parametrize("quiet", [False, True])
@pytest.mark.parametrize("name", ["put", "get", "mirror"])
def test_a_terminal_shows_how_far_it_is(
    command: Command, ftpd: Served, tmp_path: Path, name: str, *, quiet: bool
) -> None:
    large = "x" * 300_000
    grow(tmp_path, here__large=large)
    grow(ftpd.path, there__large=large)
    words: dict[str, tuple[object, ...]] = {
        "put": (tmp_path / "here" / "large", f"{ftpd.url()}/"),
        "get": ("-o", tmp_path / "copy", f"{ftpd.url()}/there/large"),
        "mirror": (f"{ftpd.url()}/there/", tmp_path / "mirror"),
    }
    ours, theirs = pty.openpty()
    command.env["TERM"] = "xterm"
    given = (*words[name], *(["-q"] if quiet else []))
    process = command.start(name, *given, stdin=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # Linux: the other side is closed
        pass
    os.close(ours)
    assert process.wait(15) == 0
    assert (b"300.0/300.0 kB" in shown) is (not quiet)


def test_ls_shows_names(command: Command, ftpd: Served) -> None:
    grow(ftpd.path, b="1", a__c="2")
    assert command("ls", ftpd.url()).stdout == b"a/\nb\n"
    assert command("ls", "-R", ftpd.url()).stdout == b"a/\nb\na/c\n"


def test_ls_long_shows_what_the_server_tells(command: Command, ftpd: Served) -> None:
    grow(ftpd.path, b="12345")
    (ftpd.path / "b").chmod(0o640)
    line = command("ls", "-l", ftpd.url()).stdout.decode()
    assert line.startswith("-rw-r-----")
    assert line.endswith("  b\n")
    assert "       5  20" in line


def test_ls_shows_hostile_names_as_text(command: Command, ftpd: Served) -> None:
    grow(ftpd.path, **{"\x1b[31mred": "1"})
    assert command("ls", ftpd.url()).stdout == b"\\x1b[31mred\n"


def test_mirror_both_ways(command: Command, ftpd: Served, tmp_path: Path) -> None:
    source = grow(tmp_path / "source", a="1", b__c="22")
    done = command("mirror", "-v", source, f"{ftpd.url()}/there", "--parallel", "2")
    assert (done.returncode, done.stderr) == (0, b"")
    assert sorted(done.stdout.decode().splitlines()) == [
        "copy  a  1 bytes  (new)",
        "copy  b/c  2 bytes  (new)",
        "make  b  (new)",
    ]
    done = command("mirror", f"{ftpd.url()}/there", tmp_path / "back")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert (tmp_path / "back" / "b" / "c").read_text() == "22"


def test_mirror_dry_run_and_delete(command: Command, ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a="1", **{"x.log": "2"})
    grow(tmp_path, old="3")
    words = [ftpd.url(), tmp_path, "--delete", "--exclude", "*.log"]
    done = command("mirror", "-n", *words)
    assert done.stdout == b"remove  old  (gone)\ncopy  a  1 bytes  (new)\n"
    assert (tmp_path / "old").exists()
    assert command("mirror", *words).returncode == 0
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a"]


def test_mirror_that_skips_says_so(command: Command, ftpd: Served, tmp_path: Path) -> None:
    grow(ftpd.path, a__b="1")
    grow(tmp_path, a="in the way")
    done = command("mirror", ftpd.url(), tmp_path)
    assert done.returncode == 1
    assert b"a: skipped: a file stands in the way" in done.stderr


def test_tls_is_verified(command: Command, ftpd: Served, certificates: Certificates) -> None:
    grow(ftpd.path, a="1")
    url = ftpd.url("tls", "ftpes").replace("127.0.0.1", "localhost")
    refused = command("ls", url)
    assert refused.returncode == 5
    assert b"s3cret" not in refused.stderr
    assert command("ls", "--cacert", certificates.authority, url).stdout == b"a\n"
    assert command("ls", "--insecure", url).stdout == b"a\n"


def test_password_of_netrc(
    command: Command, ftpd: Served, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    grow(ftpd.path, a="1")
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine 127.0.0.1 login alice password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    for login in ("alice@", ""):
        assert command("ls", ftpd.url().replace("alice:s3cret@", login)).stdout == b"a\n"
    done = command("ls", ftpd.url().replace("alice:s3cret@", "bob@"))
    assert done.returncode == 2
    assert b"no password for bob" in done.stderr


def test_login_refused(command: Command, ftpd: Served) -> None:
    done = command("ls", ftpd.url().replace("s3cret", "wr0ng"))
    assert done.returncode == 1
    assert b"the server answered 530" in done.stderr
    assert b"wr0ng" not in done.stderr


def test_nobody_there(command: Command) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        done = command("ls", f"ftp://127.0.0.1:{nobody.getsockname()[1]}/")
    assert done.returncode == 3
    assert b"connection refused" in done.stderr


@pytest.mark.parametrize(
    "words",
    [
        ["put", "file"],
        ["ls", "http://h/"],
        ["ls"],
        ["mirror", "a", "b"],
        ["mirror", "ftp://h/a", "ftp://h/b"],
        ["mirror", "--exclude", "/", "ftp://h/a", "b"],
    ],
)
def test_wrong_usage(command: Command, words: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    assert command(*words).returncode in {2, 8}
