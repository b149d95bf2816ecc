"""`wirekit robots`: the line that decides, and exit codes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.fix_peer import Peer, close, request, send

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.cli.conftest import Command

    MakePeer = Callable[..., Peer]

BODY = b"User-agent: *\nDisallow: /private\nAllow: /private/ok\nCrawl-delay: 2\nRequest-rate: 1/5\nSitemap: https://h/\x1b[s\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(BODY) + BODY


def url_of(server: Peer, path: str = "/") -> str:
    return f"http://127.0.0.1:{server.port}{path}"


@pytest.mark.parametrize(
    "path, code, said",
    [
        ("/private/x", 1, "group:    User-agent: *\ndecides:  line 2: Disallow: /private\ndisallowed\n"),
        ("/private/ok", 0, "group:    User-agent: *\ndecides:  line 3: Allow: /private/ok\nallowed\n"),
        ("/open", 0, "group:    User-agent: *\ndecides:  no rule of the group fits\nallowed\n"),
    ],
)
def test_check_shows_the_line_that_decides(
    command: Command, peer: MakePeer, path: str, code: int, said: str
) -> None:
    server = peer([request(), send(ANSWER)])
    done = command("robots", "check", url_of(server, path), "--agent", "ExampleBot/1.0")
    assert (done.returncode, done.stdout.decode(), done.stderr) == (code, said, b"")
    assert b"User-Agent: ExampleBot/1.0" in server.conversations[0].taken[0]


def test_check_of_a_server_that_fails(command: Command, peer: MakePeer) -> None:
    done = command("robots", "check", url_of(peer([close()])))
    assert done.returncode == 1
    assert done.stdout.endswith(b"disallowed\n")
    assert b"/robots.txt" in done.stderr


def test_show_shows_what_counts(command: Command, peer: MakePeer) -> None:
    server = peer([request(), send(ANSWER)])
    done = command("robots", "show", url_of(server))
    assert done.returncode == 0
    assert done.stdout.decode().splitlines() == [
        f"# {url_of(server)}robots.txt",
        "",
        "User-agent: *",
        "Disallow: /private  # line 2",
        "Allow: /private/ok  # line 3",
        "Crawl-delay: 2",
        "Request-rate: 1/5",
        "",
        "Sitemap: https://h/\\x1b[s",
    ]


def test_check_for_nobody_in_particular_says_who_asks(command: Command, peer: MakePeer) -> None:
    server = peer([request(), send(ANSWER)])
    done = command("robots", "check", url_of(server, "/private/x"))
    assert (done.returncode, done.stderr) == (1, b"")
    assert b"User-Agent: wirekit/" in server.conversations[0].taken[0]


def test_show_has_the_groups_as_they_stand(command: Command, peer: MakePeer) -> None:
    body = b"User-agent: a\nUser-agent: B\nVisit-time: 06:00-0845\nDisallow: /x\nCrawl-delay: 0.5\nUser-agent: a\nnonsense\nAllow: /\n"
    head = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n" % len(body)
    server = peer([request(), send(head + body)])
    lines = command("robots", "show", url_of(server)).stdout.decode().splitlines()
    assert lines[1:] == [
        "",
        "User-agent: a",
        "User-agent: B",
        "Disallow: /x  # line 4",
        "Crawl-delay: 0.5",
        "Visit-time: 0600-0845",
        "",
        "User-agent: a",
        "Allow: /  # line 8",
    ]


@pytest.mark.parametrize(
    "answer, code, said",
    [
        (
            b"HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            0,
            b"everything may be fetched",
        ),
        (
            b"HTTP/1.1 500 Oops\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            3,
            b"nothing may be fetched",
        ),
    ],
)
def test_show_of_no_file(command: Command, peer: MakePeer, answer: bytes, code: int, said: bytes) -> None:
    done = command("robots", "show", url_of(peer([request(), send(answer)])))
    assert done.returncode == code
    assert said in done.stdout


@pytest.mark.parametrize("words", [["check", "ftp://h/x"], ["check"], ["show"], ["nonsense"]])
def test_wrong_usage(command: Command, words: list[str]) -> None:
    assert command("robots", *words).returncode == 2
