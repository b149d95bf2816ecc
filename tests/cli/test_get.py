"""`wirekit get`: exit codes, files that appear whole or not at all, resuming, what a person sees."""

from __future__ import annotations

import itertools
import json
import os
import pty
import re
import signal
import socket
import threading
from typing import TYPE_CHECKING

import pytest

from tests.fix_nginx import BIG
from tests.fix_peer import Faults, Peer, close, request, reset, send, send_forever, stall
from wirekit import defaults
from wirekit._cli.resume import Note

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable

    from tests.cli.conftest import Command
    from tests.fix_nginx import Nginx
    from tests.fix_peer import Conversation, Step
    from tests.fix_tls import Certificates

BODY = bytes(range(256)) * 40


def answer(body: bytes = BODY, *fields: str, status: str = "200 OK", length: int | None = None) -> Step:
    """Send a response whose Content-Length is the body's, unless told otherwise."""
    told = len(body) if length is None else length
    lines = [f"HTTP/1.1 {status}", f"Content-Length: {told}", *fields, "", ""]
    return send("\r\n".join(lines).encode() + body)


def url(peer: Peer, path: str = "/thing.bin", scheme: str = "http") -> str:
    return f"{scheme}://127.0.0.1:{peer.port}{path}"


# ---- where it goes


def test_get_writes_to_stdout(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer()])
    done = command.run("get", url(there))
    assert (done.returncode, done.stdout, done.stderr) == (0, BODY, b"")
    assert command.files() == {}


def test_get_takes_http_where_no_scheme_is_named(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"hello")])
    assert command("get", f"localhost:{there.port}/x").stdout == b"hello"
    assert there.heard().startswith(b"GET /x HTTP/1.1\r\n")


def test_get_writes_files_named_or_like_the_url(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"one")], [request(), answer(b"two")])
    assert command("get", "-o", "mine", url(there)).returncode == 0
    assert command("get", "-O", url(there, "/a/%2e%2e%2fb.txt?q")).returncode == 0
    assert command.files() == {"mine": b"one", "___b.txt": b"two"}


def test_get_fetches_several_urls(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer(
        [request(), answer(b"one")],
        [request(), answer(b"", status="404 Not Found")],
        [request(), answer(b"two")],
    )
    done = command.run("get", "-O", url(there, "/1"), url(there, "/gone"), url(there, "/2"))
    assert done.returncode == 1
    assert command.files() == {"1": b"one", "2": b"two"}
    assert (
        done.stderr.decode()
        == f"wirekit: {url(there, '/gone')}: the server answered 404 Not Found; check the path\n"
    )


def test_a_name_of_the_server_is_trusted_only_when_asked_and_never_replaces(
    command: Command, peer: Callable[..., Peer]
) -> None:
    named = answer(b"new", 'Content-Disposition: attachment; filename="../../evil.sh"')
    there = peer([request(), named])
    assert command("get", "-O", url(there)).returncode == 0
    assert command("get", "-J", url(there)).returncode == 0
    assert command.files() == {"thing.bin": b"new", "evil.sh": b"new"}
    (command.directory / "evil.sh").write_bytes(b"mine")
    done = command("get", "-J", url(there))
    assert done.returncode == 8
    assert b"evil.sh exists" in done.stderr
    assert command.files() == {"thing.bin": b"new", "evil.sh": b"mine"}


def test_file_and_data_urls(command: Command) -> None:
    (command.directory / "here").write_bytes(BODY)
    done = command("get", (command.directory / "here").as_uri(), "data:text/plain;base64,aGk=")
    assert (done.returncode, done.stdout) == (0, BODY + b"hi")


# ---- what is sent


def test_get_sends_headers_data_and_method(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"")])
    words = ["-H", "X-One: 1", "-H", "X-One: 2", "-H", "User-Agent: me", "-d", "a=1", "-d", "@-", "-X", "PUT"]
    assert command("get", *words, url(there), stdin=b"b=2").returncode == 0
    heard = there.heard()
    assert heard.startswith(b"PUT /thing.bin HTTP/1.1\r\n")
    assert heard.endswith(b"\r\n\r\na=1&b=2")
    fields = {line.lower() for line in heard.partition(b"\r\n\r\n")[0].split(b"\r\n")}
    assert {b"x-one: 1, 2", b"user-agent: me", b"content-length: 7", b"accept-encoding: identity"} <= fields


def test_a_login_in_the_url_is_sent_as_basic(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"", status="403 Forbidden")])
    done = command("get", "-v", f"http://me:s%33cret@127.0.0.1:{there.port}/")
    assert b"Authorization: Basic bWU6czNjcmV0\r\n" in there.heard()
    assert b"s3cret" not in done.stderr
    assert b"bWU6czNjcmV0" not in done.stderr
    assert b"> Authorization: Basic ***\n" in done.stderr
    assert b"wirekit: http://***@127.0.0.1" in done.stderr


def test_a_redirect_is_followed_without_the_login_elsewhere(
    command: Command, peer: Callable[..., Peer]
) -> None:
    there = peer([request(), answer(b"found")])
    here = peer([request(), answer(b"", f"Location: {url(there)}", status="302 Found")])
    done = command("get", "-H", "Cookie: a=b", f"http://me:s3cret@127.0.0.1:{here.port}/")
    assert (done.returncode, done.stdout) == (0, b"found")
    assert b"Authorization" in here.heard()
    assert b"uthorization" not in there.heard()
    assert b"ookie" not in there.heard()


def test_verbose_shows_both_heads(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"hi", "Set-Cookie: a=b", "X-Odd: \x80")])
    done = command.run("get", "-v", url(there))
    assert done.stdout == b"hi"
    shown = done.stderr.decode().splitlines()
    assert shown[0] == f"* connected to 127.0.0.1 port {there.port}"
    assert shown[1] == "> GET /thing.bin HTTP/1.1"
    assert "< HTTP/1.1 200 OK" in shown
    assert "< Set-Cookie: ***" in shown
    assert "< X-Odd: Â\\x80" in shown


# ---- exit codes


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("-o", "x", "data:,1", "data:,2"),
        ("-o", "x", "-O", "data:,1"),
        ("--resume", "data:,1"),
        ("--resume", "-O", "-d", "x", "data:,1"),
        ("--resume", "-O", "-H", "Range: bytes=0-", "data:,1"),
        ("-H", "no colon", "data:,1"),
        ("--timeout", "0", "data:,1"),
        ("--timeout", "nan", "data:,1"),
        ("--nonsense", "data:,1"),
        ("gopher://h/",),
        ("http://",),
    ],
)
def test_wrong_usage_is_2_and_one_line(command: Command, words: tuple[str, ...]) -> None:
    done = command("get", *words)
    assert (done.returncode, done.stdout) == (2, b"")
    assert re.fullmatch(r"wirekit: [^\n]+\n", done.stderr.decode())


def fails(command: Command, code: int, words: str, *arguments: object) -> None:
    """Run to a failure: its exit code, and one line with these words in it; nothing else is written."""
    (command.directory / "kept").write_bytes(b"old")
    done = command("get", "-o", "kept", *arguments)
    assert (done.returncode, done.stdout) == (code, b""), done.stderr
    assert re.fullmatch(rf"wirekit: [^\n]*(?:{words})[^\n]*\n", done.stderr.decode()), done.stderr
    assert command.files() == {"kept": b"old"}


def test_a_refusal_is_1(command: Command, peer: Callable[..., Peer]) -> None:
    fails(command, 1, "503 Busy", url(peer([request(), answer(b"sorry", status="503 Busy")])))


def test_a_refusal_may_be_read(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"why", status="400 No")])
    assert command("get", url(there)).stdout == b""
    done = command("get", "--error-body", url(there))
    assert (done.returncode, done.stdout) == (1, b"why")


def test_nobody_there_is_3(command: Command) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))  # bound and not listening: refused, and nobody else's
        fails(command, 3, "connection refused", f"http://127.0.0.1:{taken.getsockname()[1]}/")


def test_a_silent_server_is_4(command: Command, peer: Callable[..., Peer]) -> None:
    fails(command, 4, "timed out", "--timeout", "0.2", url(peer([request(), stall()])))


def test_a_server_that_drips_is_4_when_the_time_is_up(command: Command, peer: Callable[..., Peer]) -> None:
    def drip(conversation: Conversation) -> None:
        conversation.send(b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n")
        while not conversation.left.wait(0.05):
            conversation.send(b"x")

    fails(command, 4, "timed out", "--timeout", "5", "--max-time", "0.5", url(peer([request(), drip])))


def test_the_time_limit_spans_redirects(command: Command, peer: Callable[..., Peer]) -> None:
    numbers = itertools.count()

    def hop(conversation: Conversation) -> None:
        conversation.left.wait(0.2)
        conversation.send(
            f"HTTP/1.1 302 Found\r\nLocation: /{next(numbers)}\r\nContent-Length: 0\r\n\r\n".encode()
        )

    there = peer([request(), hop])
    fails(command, 4, "timed out", "--timeout", "5", "--max-time", "1.5", url(there))
    assert 2 <= len(there.conversations) <= 9


def test_an_unknown_certificate_is_5(
    command: Command, peer: Callable[..., Peer], server_tls: ssl.SSLContext, certificates: Certificates
) -> None:
    there = peer([request(), answer(b"safe")], tls=server_tls)
    fails(command, 5, "certificate refused", url(there, scheme="https"))
    done = command("get", "--cacert", certificates.authority, url(there, scheme="https"))
    assert (done.returncode, done.stdout, done.stderr) == (0, b"safe", b"")
    done = command("get", "--insecure", "-q", url(there, scheme="https"))
    assert (done.returncode, done.stdout) == (0, b"safe")
    assert done.stderr.startswith(b"wirekit: warning: --insecure")


def test_verbose_over_tls_shows_the_version(
    command: Command, peer: Callable[..., Peer], server_tls: ssl.SSLContext, certificates: Certificates
) -> None:
    there = peer([request(), answer(b"safe")], tls=server_tls)
    done = command("get", "-v", "--cacert", certificates.authority, url(there, scheme="https"))
    assert done.stdout == b"safe"
    assert re.search(rb"^\* TLSv1\.[23], \w+$", done.stderr, re.MULTILINE)


def test_https_to_a_server_without_tls_is_5(command: Command, peer: Callable[..., Peer]) -> None:
    fails(
        command,
        5,
        "does not speak TLS",
        url(peer([send(b"HTTP/1.1 400 Bad Request\r\n\r\n")]), scheme="https"),
    )


@pytest.mark.parametrize("end", [close(), reset()])
@pytest.mark.parametrize("sent", [0, 1, 5000])
def test_a_transfer_that_breaks_off_is_6_and_leaves_the_old_file(
    command: Command, peer: Callable[..., Peer], sent: int, end: Step
) -> None:
    fails(command, 6, "broke off|hung up", url(peer([request(), answer(BODY[:sent], length=len(BODY)), end])))


def test_a_chunked_transfer_that_breaks_off_is_6(command: Command, peer: Callable[..., Peer]) -> None:
    head = b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n"
    fails(command, 6, "broke off", url(peer([request(), send(head, b"5\r\nhello\r\n"), close()])))


@pytest.mark.parametrize("after", range(0, 60, 7))
def test_a_server_that_dies_at_any_byte_leaves_the_old_file(
    command: Command, peer: Callable[..., Peer], after: int
) -> None:
    there = peer([request(), answer(b"twenty bytes of body")], faults=Faults(close_after=after))
    fails(command, 6, "", url(there)) if after else fails(command, 6, "hung up", url(there))


def test_what_is_no_http_is_7(command: Command, peer: Callable[..., Peer]) -> None:
    fails(
        command, 7, "not proper HTTP", url(peer([request(), send(b"220 ftp.example.org ready\r\n"), close()]))
    )


def test_a_file_that_cannot_be_written_is_8(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer()])
    done = command("get", "-o", "missing/x", url(there))
    assert done.returncode == 8
    assert b"missing/x" in done.stderr
    assert command("get", "-o", ".", url(there)).returncode == 8
    assert there.conversations == []  # nothing was asked for in vain


def test_a_full_disk_is_8(command: Command, peer: Callable[..., Peer]) -> None:
    if not os.path.exists("/dev/full"):
        pytest.skip("no /dev/full on this system")
    done = command("get", "-o", "/dev/full", url(peer([request(), answer()])))
    assert done.returncode == 8
    assert b"No space left" in done.stderr


def test_a_short_body_is_6_in_the_laxer_profile_too(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"half", length=8), close()])
    with defaults.using("stdlib"):
        fails(command, 6, "4 bytes short", url(there))


@pytest.mark.parametrize("words", [("-d", "@missing"), ("--cacert", "missing")])
def test_a_file_that_cannot_be_read_is_8(command: Command, words: tuple[str, ...]) -> None:
    fails(command, 8, "cannot read .*missing", *words, "https://127.0.0.1:1/")


def test_a_mistake_of_ours_is_no_answer_of_a_server(
    command: Command, monkeypatch: pytest.MonkeyPatch, peer: Callable[..., Peer]
) -> None:
    def fall(*_: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("wirekit._cli.get._length", fall)
    done = command("get", "-o", "x", url(peer([request(), answer()])))
    assert done.returncode == 70
    assert b"ZeroDivisionError" in done.stderr
    assert command.files() == {}


# ---- ends from outside


@pytest.mark.parametrize("number, code", [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_an_interrupted_transfer_leaves_nothing(
    command: Command, peer: Callable[..., Peer], number: signal.Signals, code: int
) -> None:
    (command.directory / "kept").write_bytes(b"old")
    arrived = threading.Event()
    there = peer([request(), answer(BODY[:5000], length=len(BODY)), lambda _: arrived.set(), stall()])
    process = command.start("get", "-o", "kept", url(there))
    assert arrived.wait(15)
    process.send_signal(number)
    _, err = process.communicate(timeout=15)
    assert process.returncode == code
    assert err == (b"wirekit: interrupted\n" if code == 130 else b"")
    assert command.files() == {"kept": b"old"}


def test_a_reader_that_leaves_ends_it_quietly(command: Command, peer: Callable[..., Peer]) -> None:
    head = b"HTTP/1.1 200 OK\r\nContent-Length: 1000000000\r\n\r\n"
    there = peer([request(), send(head), send_forever(b"x", cap=1 << 26)])
    process = command.start("get", url(there))
    assert process.stdout is not None
    assert process.stdout.read(10) == b"x" * 10
    process.stdout.close()
    assert process.wait(15) == 141
    assert process.stderr is not None
    assert process.stderr.read() == b""


# ---- the old file


def test_a_replaced_file_keeps_its_permissions_and_its_link(
    command: Command, peer: Callable[..., Peer]
) -> None:
    there = peer([request(), answer(b"new")])
    real, link = command.directory / "real", command.directory / "link"
    real.write_bytes(b"old")
    real.chmod(0o640)
    link.symlink_to("real")
    assert command("get", "--fsync", "-o", "link", url(there)).returncode == 0
    assert link.is_symlink()
    assert real.read_bytes() == b"new"
    assert real.stat().st_mode & 0o777 == 0o640


def test_a_new_file_has_the_usual_permissions(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"new")])
    assert command("get", "-o", "x", url(there)).returncode == 0
    (command.directory / "usual").touch()
    assert (command.directory / "x").stat().st_mode == (command.directory / "usual").stat().st_mode


def test_a_device_is_written_to_as_it_stands(command: Command, peer: Callable[..., Peer]) -> None:
    assert command("get", "-o", "/dev/null", url(peer([request(), answer()]))).returncode == 0
    assert not os.path.isfile("/dev/null")


def test_a_long_name_is_no_obstacle(command: Command, peer: Callable[..., Peer]) -> None:
    name = "n" * 255
    assert command("get", "-O", url(peer([request(), answer(b"x")]), f"/{name}")).returncode == 0
    assert command.files() == {name: b"x"}


# ---- going on

PART, NOTE = ".thing.bin.wirekit-part", ".thing.bin.wirekit-part-note"
TAG = 'ETag: "v1"'


def rest(start: int, body: bytes = BODY, tag: str = TAG) -> Step:
    """Answer with what comes from `start` on."""
    field = f"Content-Range: bytes {start}-{len(body) - 1}/{len(body)}"
    return answer(body[start:], field, tag, status="206 Partial Content")


def break_off(command: Command, there: Peer, kept: int) -> None:
    """Run to a failure that leaves a part file."""
    done = command("get", "-O", "--resume", url(there))
    assert done.returncode == 6
    files = command.files()
    assert sorted(files) == [PART, NOTE]
    assert files[PART] == BODY[:kept]


def test_resume_goes_on_where_it_stopped(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer(
        [request(), answer(BODY[:1000], TAG, length=len(BODY)), close()],
        [request(), send(b"HTTP/1.1 206 Partial Content\r\nContent-Range: bytes 1000-10239/10240\r\n"
                         b"Content-Length: 9240\r\n\r\n" + BODY[1000:4000]), close()],
        [request(), rest(4000)],
    )  # fmt: skip
    break_off(command, there, 1000)
    break_off(command, there, 4000)
    done = command.run("get", "-O", "--resume", url(there))
    assert (done.returncode, done.stderr) == (0, b"")
    assert command.files() == {"thing.bin": BODY}
    assert b"range" not in there.heard(0).lower()
    assert b"\r\nrange: bytes=1000-\r\n" in there.heard(1).lower()
    assert b'\r\nif-range: "v1"\r\n' in there.heard(2).lower()
    assert b"\r\nrange: bytes=4000-\r\n" in there.heard(2).lower()


def test_resume_starts_anew_when_the_thing_changed(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer(
        [request(), answer(BODY[:1000], TAG, length=len(BODY)), close()],
        [request(), answer(b"another", 'ETag: "v2"')],
    )
    break_off(command, there, 1000)
    assert command("get", "-O", "--resume", url(there)).returncode == 0
    assert command.files() == {"thing.bin": b"another"}


def test_resume_keeps_nothing_without_a_validator(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(BODY[:1000], 'ETag: W/"weak"', length=len(BODY)), close()])
    assert command("get", "-O", "--resume", url(there)).returncode == 6
    assert command.files() == {}


@pytest.mark.parametrize(
    "wrong",
    [
        answer(BODY[999:], "Content-Range: bytes 999-10239/10240", TAG, status="206 Partial Content"),
        answer(
            BODY[1000:], "Content-Range: bytes 1000-10239/10240", 'ETag: "v2"', status="206 Partial Content"
        ),
        answer(BODY[1000:], "Content-Range: bytes 1000-10239/20000", TAG, status="206 Partial Content"),
        answer(BODY[1000:], TAG, status="206 Partial Content"),
    ],
)
def test_resume_refuses_another_part_than_asked_for(
    command: Command, peer: Callable[..., Peer], wrong: Step
) -> None:
    there = peer([request(), answer(BODY[:1000], TAG, length=len(BODY)), close()], [request(), wrong])
    break_off(command, there, 1000)
    assert command("get", "-O", "--resume", url(there)).returncode == 7
    assert command.files()[PART] == BODY[:1000]
    assert "thing.bin" not in command.files()


def test_resume_of_what_is_whole_already_needs_no_bytes(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"", "Content-Range: bytes */10240", status="416 Range Not Satisfiable")])
    lay_part(command, BODY, url(there))
    done = command("get", "-O", "--resume", url(there))
    assert (done.returncode, done.stderr) == (0, b"")
    assert command.files() == {"thing.bin": BODY}


def test_resume_does_not_take_a_416_for_the_end_of_another_file(
    command: Command, peer: Callable[..., Peer]
) -> None:
    there = peer([request(), answer(b"", "Content-Range: bytes */5", status="416 Range Not Satisfiable")])
    lay_part(command, BODY, url(there))
    assert command("get", "-O", "--resume", url(there)).returncode == 1
    assert "thing.bin" not in command.files()


def lay_part(command: Command, data: bytes, address: str, validator: str = '"v1"') -> None:
    """Leave what an interrupted run would leave."""
    (command.directory / PART).write_bytes(data)
    Note(command.directory / PART, address).save(validator, len(BODY))


def test_resume_ignores_the_part_of_another_url(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"whole", TAG)])
    lay_part(command, b"other", "http://elsewhere.example/thing.bin")
    assert command("get", "-O", "--resume", url(there)).returncode == 0
    assert b"range" not in there.heard().lower()
    assert command.files() == {"thing.bin": b"whole"}


def test_resume_never_follows_a_link_laid_in_its_way(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(b"whole", TAG)])
    (command.directory / "precious").write_bytes(b"mine")
    (command.directory / PART).symlink_to("precious")
    assert command("get", "-O", "--resume", url(there)).returncode == 8
    assert (command.directory / "precious").read_bytes() == b"mine"


def test_two_runs_never_write_one_part(command: Command, peer: Callable[..., Peer]) -> None:
    arrived = threading.Event()
    there = peer([request(), answer(BODY[:1000], TAG, length=len(BODY)), lambda _: arrived.set(), stall()])
    first = command.start("get", "-O", "--resume", url(there))
    assert arrived.wait(15)
    second = command("get", "-O", "--resume", url(there))
    assert second.returncode == 8
    assert b"another run" in second.stderr
    assert len(there.conversations) == 1
    first.kill()
    first.wait()


def test_a_part_that_nobody_asked_for_is_7(command: Command, peer: Callable[..., Peer]) -> None:
    fails(command, 7, "a part where the whole", url(peer([request(), rest(1000)])))


@pytest.mark.interop
def test_resume_from_nginx(command: Command, nginx: Nginx) -> None:
    address = f"http://127.0.0.1:{nginx.http}/big.bin"
    shown = command("get", "-v", "-X", "HEAD", address).stderr.decode()
    tag = re.search(r"< ETag: (.*)", shown)
    assert tag
    part = command.directory / ".big.bin.wirekit-part"
    part.write_bytes(BIG[:400_000])
    Note(part, address).save(tag[1], len(BIG))
    done = command("get", "-v", "-O", "--resume", address)
    assert done.returncode == 0
    assert b"< HTTP/1.1 206" in done.stderr
    assert f"< Content-Length: {len(BIG) - 400_000}".encode() in done.stderr
    assert command.files() == {"big.bin": BIG}


# ---- what a person sees


def read_terminal(descriptor: int) -> str:
    """Read what a terminal shows until the program has left it."""
    shown = b""
    try:
        while data := os.read(descriptor, 65536):
            shown += data
    except OSError:  # Linux: the other side is closed
        pass
    os.close(descriptor)
    return shown.decode()


def get_in_terminal(command: Command, *words: str) -> str:
    ours, theirs = pty.openpty()
    command.env["TERM"] = "xterm"
    process = command.start("get", *words, stderr=theirs)
    os.close(theirs)
    shown = read_terminal(ours)
    assert process.wait(15) == 0
    return shown


def test_a_terminal_shows_a_bar(command: Command, peer: Callable[..., Peer]) -> None:
    shown = get_in_terminal(command, "-O", url(peer([request(), answer()])))
    assert "thing.bin" in shown
    assert "100%" in shown
    assert "10.2/10.2 kB" in shown
    assert command.files() == {"thing.bin": BODY}


@pytest.mark.parametrize("columns", [40, 60, 80])
def test_a_narrow_terminal_shows_one_line(command: Command, peer: Callable[..., Peer], columns: int) -> None:
    command.env["COLUMNS"] = str(columns)
    shown = get_in_terminal(command, "-O", url(peer([request(), answer()]), "/" + "long-name" * 9))
    lines = re.sub(r"\x1b\[[0-9;?]*[A-Za-z]", "", shown).replace("\r", "\n").split("\n")
    assert any("10.2/10.2 kB" in line for line in lines)
    assert all("long-na" in line or not line.strip() for line in lines)


def test_quiet_shows_no_bar(command: Command, peer: Callable[..., Peer]) -> None:
    assert get_in_terminal(command, "-q", "-O", url(peer([request(), answer()]))) == ""


def test_a_pipe_shows_no_bar(command: Command, peer: Callable[..., Peer]) -> None:
    assert command.run("get", "-O", url(peer([request(), answer()]))).stderr == b""


def test_a_resumed_bar_begins_where_it_stopped(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), rest(5000)])
    lay_part(command, BODY[:5000], url(there))
    assert "10.2/10.2 kB" in get_in_terminal(command, "-O", "--resume", url(there))


def test_a_note_is_json(command: Command, peer: Callable[..., Peer]) -> None:
    there = peer([request(), answer(BODY[:1000], TAG, length=len(BODY)), close()])
    break_off(command, there, 1000)
    assert json.loads(command.files()[NOTE])["validator"] == '"v1"'
