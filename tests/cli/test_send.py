"""`wirekit send`: what is sent, what is refused, exit codes, and secrets that nobody sees."""

from __future__ import annotations

import os
import pty
import socket
import subprocess
from email import message_from_bytes, policy
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_post import Post

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable
    from pathlib import Path

    from tests.cli.conftest import Command
    from tests.fix_peer import Peer
    from tests.fix_tls import Certificates

    MakePeer = Callable[..., Peer]

USUAL = ("--from", "ann@example.org", "--to", "bob@example.org")


def server_of(peer: Peer, login: str = "") -> str:
    return f"smtp://{login}localhost:{peer.port}"


def taken(post: Post) -> Any:
    """The one message that arrived, as its reader sees it."""
    ((_, _, data),) = post.taken
    return message_from_bytes(data[: -len(b".\r\n")], policy=policy.default)


def test_message_of_options(command: Command, peer: MakePeer, tmp_path: Path) -> None:
    post = Post()
    page, picture, table = tmp_path / "p.html", tmp_path / "logo.png", tmp_path / "t.csv"
    page.write_text('<img src="cid:logo.png">')
    picture.write_bytes(b"\x89PNG\r\n\x1a\n")
    table.write_text("a,b\n")
    words = [
        "--cc",
        "c@example.org",
        "--bcc",
        "d@example.org",
        "-s",
        "Grüße",
        "--text",
        "hello",
        "--html",
        page,
    ]
    words += ["--inline", picture, "--attach", table, "-H", "X-Kind: test", "--reply-to", "r@example.org"]
    done = command("send", *USUAL, *words, "--server", server_of(peer([post])))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
    assert sorted(post.taken[0][1]) == ["bob@example.org", "c@example.org", "d@example.org"]
    msg = taken(post)
    assert (msg["Subject"], msg["X-Kind"], msg["Reply-To"], msg["Bcc"]) == (
        "Grüße",
        "test",
        "r@example.org",
        None,
    )
    assert [part.get_content_type() for part in msg.walk() if not part.is_multipart()] == [
        "text/plain",
        "text/html",
        "image/png",
        "text/csv",
    ]


def test_text_from_stdin(command: Command, peer: MakePeer) -> None:
    post = Post()
    done = command("send", *USUAL, "--server", server_of(peer([post])), stdin="grüß dich\n".encode())
    assert done.returncode == 0
    assert taken(post).get_content() == "grüß dich\n"


def test_whole_message_from_stdin(command: Command, peer: MakePeer) -> None:
    post = Post()
    message = b"From: ann@example.org\nTo: bob@example.org\nBcc: eve@example.org\nSubject: x\n\n.body\n"
    done = command("send", "--server", server_of(peer([post])), stdin=message)
    assert done.returncode == 0, done.stderr
    assert post.taken[0][:2] == ("ann@example.org", ["bob@example.org", "eve@example.org"])
    assert b"Bcc" not in post.taken[0][2]
    assert b"\r\n\r\n..body\r\n" in post.taken[0][2]


def test_recipients_typed_are_the_envelope_of_a_whole_message(command: Command, peer: MakePeer) -> None:
    post = Post()
    message = b"From: ann@example.org\nTo: bob@example.org\n\nx\n"
    done = command("send", "--to", "only@example.org", "--server", server_of(peer([post])), stdin=message)
    assert done.returncode == 0
    assert post.taken[0][1] == ["only@example.org"]


def test_refused_recipients_have_a_line_each(command: Command, peer: MakePeer) -> None:
    post = Post(answers={"RCPT TO:<no": "550 5.1.1 nobody \x1b[31mhere"})
    words = ["--to", "no1@example.org", "--to", "no2@example.org", "--text", "x"]
    done = command("send", *USUAL, *words, "--server", server_of(peer([post])))
    assert done.returncode == 1
    assert done.stderr.decode().splitlines() == [
        f"wirekit: refused: no{number}@example.org: 550 5.1.1 nobody \\x1b[31mhere" for number in (1, 2)
    ]
    assert post.taken[0][1] == ["bob@example.org"]


@pytest.mark.parametrize(
    "answers, code, text",
    [
        ({"RCPT": "550 5.1.1 nobody"}, 1, "refused: bob@example.org: 550 5.1.1 nobody"),
        ({"MAIL": "552 too much"}, 1, "not sent: the server answered 552 too much"),
        ({"the end": "554 spam"}, 1, "not sent: the server answered 554 spam"),
        ({"MAIL": None}, 6, "not sent: the connection broke off"),
        ({"the end": None}, 6, "unknown: the connection broke"),
    ],
)
def test_end_says_what_became_of_it(
    command: Command, peer: MakePeer, answers: dict[str, Any], code: int, text: str
) -> None:
    done = command("send", *USUAL, "--text", "x", "--server", server_of(peer([Post(answers=answers)])))
    assert done.returncode == code
    assert f"wirekit: {text}" in done.stderr.decode()


def test_nobody_there(command: Command) -> None:
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        done = command(
            "send", *USUAL, "--text", "x", "--server", f"smtp://127.0.0.1:{nobody.getsockname()[1]}"
        )
    assert done.returncode == 3
    assert b"not sent: connection refused" in done.stderr


def test_tls_that_is_required_and_not_offered(command: Command, peer: MakePeer) -> None:
    post = Post()
    done = command("send", *USUAL, "--text", "x", "--tls", "require", "--server", server_of(peer([post])))
    assert done.returncode == 7
    assert b"no STARTTLS" in done.stderr
    assert not post.taken


@pytest.mark.parametrize("where", ["url", "netrc"])
def test_password_is_found_and_never_shown(
    command: Command,
    peer: MakePeer,
    where: str,
    server_tls: ssl.SSLContext,
    certificates: Certificates,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    post = Post("STARTTLS", "AUTH PLAIN", tls=server_tls)
    netrc = tmp_path / ".netrc"
    netrc.write_text("machine localhost login ann password s3cret\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("HOME", str(tmp_path))
    login = "ann:s3cret@" if where == "url" else "ann@"
    words = ["-v", "--cacert", certificates.authority, "--text", "x"]
    done = command("send", *USUAL, *words, "--server", server_of(peer([post]), login))
    assert done.returncode == 0, done.stderr
    assert any(line.startswith("AUTH PLAIN AGFubgBzM2NyZXQ=") for line in post.said)
    assert b"mail from:<ann@example.org>" in done.stderr
    assert b"s3cret" not in done.stderr
    assert b"AGFubgBzM2NyZXQ" not in done.stderr


def test_password_that_nobody_knows(
    command: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    done = command("send", *USUAL, "--text", "x", "--server", "smtp://ann@localhost:1")
    assert done.returncode == 2
    assert b"no password for ann" in done.stderr


@pytest.mark.parametrize(
    "words, stdin, text",
    [
        (["--subject", "x"], b"", "name --from and --to"),
        (["--from", "ann", "--to", "bob@example.org", "--text", "x"], b"", "not an address: 'ann'"),
        ([*USUAL, "--text", "x", "-H", "nonsense"], b"", "NAME: VALUE"),
        ([*USUAL, "--text", "x", "-H", "X: a\nBcc: eve@example.org"], b"", "must not hold line ends"),
        ([*USUAL, "--text", "x", "--server", "http://localhost"], b"", "begins with smtp://"),
        ([*USUAL, "--attach", "/no/such/file"], b"", "does not exist"),
        ([], b"", "it has no fields"),
        ([], b"no message at all\n", "it has no fields"),
    ],
)
def test_what_cannot_be_sent(command: Command, words: list[str], stdin: bytes, text: str) -> None:
    done = command("send", *words, stdin=stdin)
    assert done.returncode == 2
    assert text in done.stderr.decode()


# ---- what a person sees of a large message


@pytest.mark.parametrize("words", [(), ("-q",), ("-v",)], ids=["usual", "quiet", "verbose"])
def test_a_terminal_shows_how_far_a_large_message_is(
    command: Command, peer: MakePeer, tmp_path: Path, words: tuple[str, ...]
) -> None:
    post = Post()
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(300_000))
    ours, theirs = pty.openpty()
    command.env["TERM"] = "xterm"
    given = (*USUAL, "--text", "x", "--attach", large, "--server", server_of(peer([post])), *words)
    process = command.start("send", *given, stdin=subprocess.DEVNULL, stderr=theirs)
    os.close(theirs)
    shown = b""
    try:
        while data := os.read(ours, 65536):
            shown += data
    except OSError:  # Linux: the other side is closed
        pass
    os.close(ours)
    assert process.wait(15) == 0
    assert (b"100%" in shown) is (not words)
    assert (b"kB" in shown) is (not words)
    assert len(post.taken) == 1


def test_a_pipe_shows_nothing_of_a_large_message(command: Command, peer: MakePeer, tmp_path: Path) -> None:
    large = tmp_path / "large.bin"
    large.write_bytes(bytes(300_000))
    done = command("send", *USUAL, "--text", "x", "--attach", large, "--server", server_of(peer([Post()])))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"", b"")
