"""pyftpdlib, started once for a run, with several listeners (tests/ftpd.py tells which).

`ftpd` names the ports and gives each test a directory of its own below the served one.
"""

from __future__ import annotations

import itertools
import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_tls import Certificates

USER, PASSWORD = "alice", "s3cret"
numbers = itertools.count(1)


@dataclass
class Served:
    """A running server: its ports by name, the directory it serves, and ``here``: a test's own below that."""

    ports: dict[str, int]
    root: Path
    here: str = ""
    host: str = "127.0.0.1"
    paths: list[Path] = field(default_factory=list)

    @property
    def path(self) -> Path:
        """The directory of the test, on the disk."""
        return self.root / self.here

    def url(self, listener: str = "plain", scheme: str = "ftp") -> str:
        """The URL of the test's directory."""
        host = "[::1]" if listener == "six" else self.host
        return f"{scheme}://{USER}:{PASSWORD}@{host}:{self.ports[listener]}/{self.here}"


@pytest.fixture(scope="session")
def ftpd_process(
    tmp_path_factory: pytest.TempPathFactory, certificates: Certificates
) -> Iterator[tuple[dict[str, int], Path]]:
    """Run pyftpdlib in a process of its own."""
    pytest.importorskip("pyftpdlib", reason="pyftpdlib is not installed")
    root = tmp_path_factory.mktemp("ftpd")
    script = Path(__file__).with_name("ftpd.py")
    with subprocess.Popen(
        [sys.executable, script, root, certificates.server],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONWARNINGS": "ignore"},
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        assert line, "pyftpdlib did not start"
        yield json.loads(line), root
        process.communicate(timeout=10)


@pytest.fixture
def ftpd(ftpd_process: tuple[dict[str, int], Path]) -> Served:
    """Give a test the server, and a directory of its own there."""
    ports, root = ftpd_process
    served = Served(ports, root, f"t{next(numbers)}")
    served.path.mkdir()
    return served
