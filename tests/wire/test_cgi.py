"""CGI: what a script is told, and what it answers."""

from __future__ import annotations

import pytest

from wirekit._wire.cgi import (
    MAX_HEAD,
    Script,
    ScriptHead,
    collapse_path,
    format_environment,
    parse_script_head,
)

SCRIPT = Script("/cgi-bin/a.py", "/srv/cgi-bin/a.py", "/rest", "x=1")


@pytest.mark.parametrize(
    "target,collapsed",
    [
        ("/", "//"),
        ("/cgi-bin/a.py", "/cgi-bin/a.py"),
        ("//cgi-bin/./x/..//a.py?q=/../y", "/cgi-bin/a.py?q=/../y"),
        ("/cgi-bin%2fa.py", "/cgi-bin/a.py"),
        ("/a/b/..", "/a/"),
        ("/a/b/.", "/a/b/"),
        ("/a?", "//a"),
        ("/%C3%A9/\xff", "/\u00e9/\ufffd"),
    ],
)
def test_path_is_collapsed(target: str, collapsed: str) -> None:
    assert collapse_path(target) == collapsed


@pytest.mark.parametrize("target", ["/..", "/../cgi-bin/a", "/a/../../b", "/%2e%2e/x"])
def test_path_above_the_root_is_an_error(target: str) -> None:
    with pytest.raises(IndexError):
        collapse_path(target)


def test_environment_is_what_is_named() -> None:
    fields = [
        ("Accept", "a"), ("accept", "b"), ("Cookie", "c=1"), ("Cookie", "d=2"), ("X-A", "1"), ("X_A", "2"),
        ("Authorization", "Basic x"), ("Proxy", "http://evil"), ("Content-Type", "t/x"), ("X-N", "a\0b"),
    ]  # fmt: skip
    environment = {"PATH": "/bin", "SECRET_KEY": "s", "HTTP_PROXY": "p", "LANG": "C"}
    told = {"REQUEST_METHOD": "POST", "CONTENT_TYPE": "t/x"}
    assert format_environment(SCRIPT, told, fields, environment) == {
        "PATH": "/bin", "LANG": "C", "GATEWAY_INTERFACE": "CGI/1.1", "SCRIPT_NAME": "/cgi-bin/a.py",
        "SCRIPT_FILENAME": "/srv/cgi-bin/a.py", "PATH_INFO": "/rest", "QUERY_STRING": "x=1", "REMOTE_HOST": "",
        "CONTENT_LENGTH": "", "HTTP_USER_AGENT": "", "HTTP_REFERER": "", "HTTP_ACCEPT": "a, b",
        "HTTP_COOKIE": "c=1; d=2", "HTTP_X_A": "1", "HTTP_X_N": "ab", "REQUEST_METHOD": "POST", "CONTENT_TYPE": "t/x",
    }  # fmt: skip


@pytest.mark.parametrize(
    "received,head,body",
    [
        (b"Content-Type: a/b\r\n\r\nxy", ScriptHead(200, None, [("Content-Type", "a/b")]), b"xy"),
        (
            b"Content-Type: a/b\nX:  1\n\nxy",
            ScriptHead(200, None, [("Content-Type", "a/b"), ("X", "1")]),
            b"xy",
        ),
        (b"Status: 404 Not here\n\n", ScriptHead(404, "Not here", []), b""),
        (b"status: 201\nLocation: /a\n\n", ScriptHead(201, None, [("Location", "/a")]), b""),
        (b"Location: /a\n\n", ScriptHead(302, None, [("Location", "/a")]), b""),
        (b"\nbody", ScriptHead(200, None, []), b"body"),
        (b"\r\nbody", ScriptHead(200, None, []), b"body"),
    ],
)
def test_answer_is_read(received: bytes, head: ScriptHead, body: bytes) -> None:
    found = parse_script_head(received)
    assert found is not None
    assert found[0] == head
    assert received[found[1] :] == body


def test_answer_is_waited_for() -> None:
    for received in (b"", b"Content", b"Content-Type: a/b\n", b"Content-Type: a/b\r\n\r"):
        assert parse_script_head(received) is None


@pytest.mark.parametrize(
    "received",
    [
        b"Traceback (most recent call last)\n\n",
        b"X: a\rSet-Cookie: b\n\n",
        b"Status: ok\n\n",
        b"Status: 999\n\n",
        b"X: " + b"y" * MAX_HEAD,
        b"X: " + b"y" * MAX_HEAD + b"\n\n",
    ],
)
def test_what_is_no_answer_is_an_error(received: bytes) -> None:
    with pytest.raises(ValueError, match="script"):
        parse_script_head(received)
