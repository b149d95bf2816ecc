"""urllib3 and requests run on top of wirekit.http.client: their classes are subclasses of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_nginx import BIG, TEXT, Nginx
from tests.fix_peer import Peer
from tests.fix_proxy import tunnel

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_tls import Certificates

pytest.importorskip("urllib3")
pytest.importorskip("requests")


@pytest.fixture(scope="module")
def got(nginx: Nginx, certificates: Certificates) -> Iterator[dict[str, Any]]:
    with Peer([tunnel]) as proxy:
        told = {
            "plain": f"http://127.0.0.1:{nginx.http}",
            "tls": f"https://localhost:{nginx.https}",
            "wrong_host": f"https://localhost:{nginx.wrong_host}/",
            "authority": str(certificates.authority),
            "proxy": f"http://{proxy.host}:{proxy.port}",
        }
        done = subprocess.run(
            [sys.executable, str(Path(__file__).with_name("on_top.py")), json.dumps(told)],
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert done.returncode == 0, done.stderr
        yield json.loads(done.stdout)


@pytest.mark.timeout(180)
@pytest.mark.parametrize(
    "step, expected",
    [
        ("urllib3 text.txt", [200, len(TEXT)]),
        ("urllib3 chunked", [200, len(TEXT)]),
        ("urllib3 trailer", [200, len(TEXT)]),
        ("urllib3 empty", [200, 0]),
        ("urllib3 tls", [200, len(TEXT)]),
        ("urllib3 put bytes", [201, "abc"]),
        ("urllib3 put iterable", [201, "abc"]),
        ("urllib3 head", [200, str(len(BIG)), 0]),
        ("urllib3 stream", len(BIG)),
        ("urllib3 stream chunked", [len(TEXT), len(TEXT)]),
        ("urllib3 connections", 1),
        ("urllib3 gone", "RemoteDisconnected"),
        ("requests text.txt", [200, len(TEXT), 0]),
        ("requests chunked", [200, len(TEXT), 0]),
        ("requests tls", [200, len(TEXT), 0]),
        ("requests put", [201, "abc"]),
        ("requests auth", "secret page\n"),
        ("requests wrong host", "refused"),
        ("requests end", None),
    ],
)
def test_on_top(got: dict[str, Any], step: str, expected: object) -> None:
    assert got[step] == expected


def test_redirects_are_followed(got: dict[str, Any]) -> None:
    assert got["urllib3 redirect/302"][0] == 200
    assert got["requests redirect/301"][0] == 200
    assert got["requests redirect/301"][2] == 1


@pytest.mark.parametrize("step", ["urllib3 proxy", "requests proxy"])
def test_tls_through_a_proxy(got: dict[str, Any], step: str) -> None:
    assert got[step].startswith("GET HTTP/1.1 /echo\nlocalhost:")
