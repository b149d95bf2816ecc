"""What the design pages say in tables and trees is what the code says."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from wirekit import __version__, defaults
from wirekit._io.names import GLOBAL_DEFAULT_TIMEOUT, limits_of
from wirekit._wire import http_errors
from wirekit.http import client

ROOT = Path(__file__).resolve().parents[2]
DESIGN = ROOT / "docs" / "design"
PAGES = (
    "layers",
    "twins",
    "streams",
    "errors",
    "defaults",
    "dependencies",
    "http",
    "server",
    "request",
    "urls",
    "cookies",
)
OUTERMOST = "HTTPException"


def read(name: str) -> str:
    return (DESIGN / f"{name}.md").read_text("utf-8")


@pytest.mark.parametrize("name", PAGES)
def test_design_has_a_page_that_the_readme_names(name: str) -> None:
    assert read(name).startswith("# ")
    assert f"docs/design/{name}.md" in (ROOT / "README.md").read_text("utf-8")


def test_defaults_page_has_both_profiles() -> None:
    rows = re.findall(r"^\| `(\w+)` \| `(.+?)` \| `(.+?)` \| \S", read("defaults"), re.MULTILINE)
    assert [row[0] for row in rows] == list(defaults.SAFE.as_dict())
    for name, safe, lax in rows:
        if name == "user_agent":
            assert safe.replace("VERSION", __version__) == defaults.SAFE.user_agent
            assert re.fullmatch(lax.replace("3.x", r"3\.\d+"), defaults.STDLIB.user_agent)
        else:
            assert (safe, lax) == (repr(getattr(defaults.SAFE, name)), repr(getattr(defaults.STDLIB, name)))


def test_differences_page_has_every_field_in_which_the_profiles_differ() -> None:
    page = (ROOT / "docs" / "differences.md").read_text("utf-8")
    safe, lax = defaults.SAFE.as_dict(), defaults.STDLIB.as_dict()
    differing = {name for name in safe if safe[name] != lax[name]}
    assert differing - set(re.findall(r"`(\w+)`", page)) == set()
    by_profile = re.findall(r"`stdlib` \(([^)]*)\)", page)
    assert by_profile
    assert {name for names in by_profile for name in re.findall(r"`(\w+)`", names)} <= differing


@pytest.mark.parametrize(
    "given, wanted",
    [
        (GLOBAL_DEFAULT_TIMEOUT, (7.0, 7.0, 90.0)),
        (10, (10.0, 10.0, 90.0)),
        (None, (None, None, 90.0)),
        (defaults.Timeout(10, connect=3, total=60), (10.0, 3.0, 60.0)),
        (defaults.Timeout(total=60), (None, None, 60.0)),
    ],
)
def test_timeouts_mean_what_the_defaults_page_says(given: object, wanted: tuple[float | None, ...]) -> None:
    with defaults.using(timeout=7.0, total_timeout=90.0):
        assert limits_of(given) == wanted


def read_tree(page: str) -> dict[str, tuple[str, str]]:
    """Give {class: (class above it, attribute)} of the indented tree in a page."""
    block = page[page.index(f"    {OUTERMOST}\n") :].split("\n\n", maxsplit=1)[0]
    above: list[str] = []
    found = {}
    for line in block.splitlines():
        depth = (len(line) - len(line.lstrip()) - 4) // 2
        name, attribute = line.split()[0], line[26:36].strip()
        del above[depth:]
        found[name] = (above[-1] if above else "", attribute)
        above.append(name)
    return found


def test_errors_page_has_the_tree_of_http_errors() -> None:
    tree = read_tree(read("errors"))
    own = {
        name for name in http_errors.__all__ if getattr(http_errors, name).__module__ == http_errors.__name__
    }
    assert tree.keys() - {OUTERMOST, "IncompleteRead"} == own
    made = {
        "HeadTooLong": http_errors.HeadTooLong(7),
        "BadFraming": http_errors.BadFraming("odd"),
        "BadField": http_errors.BadField("odd", b"a b"),
        "BadChunk": http_errors.BadChunk(b"0x"),
    }
    assert made.keys() == own
    for name, (above, attribute) in tree.items():
        kind = getattr(http_errors, name)
        assert not above or getattr(http_errors, above) in kind.__bases__, name
        assert not attribute or hasattr(made[name], attribute), name
        assert (name == "BadField") == issubclass(kind, ValueError)


def test_security_rows_that_the_http_page_names_have_tests() -> None:
    tested = "".join(
        path.read_text("utf-8") for path in (ROOT / "tests" / "security").glob("test_http_client_*.py")
    )
    page = read("http")
    named = {int(row) for row in re.findall(r"\| (\d+) \|$", page, re.MULTILINE)}
    for first, last in re.findall(r"rows? (\d+)(?: to (\d+))?", page):
        named.update(range(int(first), int(last or first) + 1))
    assert named
    covered = {int(row) for row in re.findall(r"def test_row_(\d+)", tested)}
    for first, joint, last in re.findall(r"def test_row_(\d+)_(and|to)_(\d+)", tested):
        covered.update([int(last)] if joint == "and" else range(int(first), int(last) + 1))
    assert named <= covered


class Kept:
    """Stands in for a socket, and keeps what is sent."""

    def __init__(self) -> None:
        self.sent = b""

    def sendall(self, data: bytes) -> None:
        self.sent += data

    def makefile(self, *_: Any) -> None:
        return None

    def close(self) -> None:
        pass


class Watching(client.HTTPConnection):
    """Has a putheader of its own, so its requests are put together piece by piece."""

    def putheader(self, header: Any, *values: Any) -> None:
        super().putheader(header, *values)


@pytest.mark.parametrize("profile", ["safe", "stdlib"])
@pytest.mark.parametrize(
    "request_of",
    [
        {"method": "GET", "url": "/"},
        {"method": "GET", "url": ""},
        {"method": "GET", "url": "http://elsewhere.example:81/path"},
        {"method": "BREW", "url": "/pot", "headers": {"Accept-Additions": "milk", "host": "tea.example"}},
        {"method": "DELETE", "url": "/x", "headers": {b"Accept-Encoding": b"gzip", "X-Number": 7}},
        {"method": "POST", "url": "/"},
        {"method": "POST", "url": "/", "body": b"bytes"},
        {"method": "PUT", "url": "/", "body": "text", "headers": {"content-length": "4"}},
        {"method": "PUT", "url": "/", "body": [b"one", b"", b"two"]},
        {"method": "PUT", "url": "/", "body": [b"one"], "headers": {"Transfer-Encoding": "chunked"}},
        {"method": "PUT", "url": "/", "body": b"large" * 20_000},
    ],
    ids=lambda given: repr(given)[1:80],
)
def test_request_composed_at_once_is_the_one_put_together_piece_by_piece(
    request_of: dict[str, Any], profile: str
) -> None:
    sent = []
    assert client.HTTPConnection("example.org")._is_plain()
    assert not Watching("example.org")._is_plain()
    for kind in (client.HTTPConnection, Watching):
        connection = kind("example.org", 8080)
        connection.sock = Kept()
        with defaults.using(profile):
            connection.request(**request_of)
        sent.append(connection.sock.sent)
    assert sent[0] == sent[1]
    assert sent[0].startswith(request_of["method"].encode())
