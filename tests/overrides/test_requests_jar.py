"""requests on our jar: its own jar is a subclass of CookieJar, which overrides, copies and pickles it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytest.importorskip("requests")


@pytest.fixture(scope="module", params=["safe", "stdlib"])
def got(request: pytest.FixtureRequest) -> dict[str, Any]:
    done = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("jar_on_top.py")), request.param],
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    steps: dict[str, Any] = json.loads(done.stdout)
    return steps


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "step, expected",
    [
        ("is ours", True),
        ("login", "id=7; theme=dark"),
        ("kept", "id=7; theme=dark"),
        ("with one more", "extra=1; id=7; theme=dark"),
        ("values", [["id", "7"], ["theme", "dark"]]),
        ("copied", ["RequestsCookieJar", ["id", "only", "theme"], ["id", "theme"]]),
        ("pickled", ["7", ["127.0.0.1", "other.example"], 3, True]),
        ("ambiguous", "CookieConflictError 2"),
        ("merged", ["id", "theme", "y"]),
        ("quoted", '"ab"'),
        ("plain jar", "plain=jar; id=7; theme=dark"),
        ("elsewhere", ["own=1"]),
        ("by host", "a=b"),
        ("logout", "id=7; theme=dark"),
        ("gone", "theme=dark"),
        ("end", None),
    ],
)
def test_requests_keeps_its_cookies_in_our_jar(got: dict[str, Any], step: str, expected: object) -> None:
    if isinstance(expected, str) and "=" in expected and isinstance(got[step], str):
        assert sorted(got[step].split("; ")) == sorted(expected.split("; "))
    else:
        assert got[step] == expected
