"""python -m wirekit.http.server: a server of files in a process of its own."""

from __future__ import annotations

import re
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path

import pytest

SOURCE = Path(__file__).parents[2] / "src"


@pytest.mark.skipif(sys.platform == "win32", reason="SIGINT cannot be sent to one process there")
@pytest.mark.parametrize("bind", [["--bind", "127.0.0.1"], []])
def test_command_serves_a_directory_until_interrupted(tmp_path: Path, bind: list[str]) -> None:
    (tmp_path / "file.txt").write_bytes(b"content")
    command = [sys.executable, "-m", "wirekit.http.server", "0", "--directory", str(tmp_path), *bind]
    with subprocess.Popen(
        [*command, "--protocol", "HTTP/1.1"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={"PYTHONPATH": str(SOURCE)},
        cwd=tmp_path,
    ) as server:
        assert server.stdout is not None
        found = re.fullmatch(
            r"Serving HTTP on (\S+) port (\d+) \(http://\S+:\2/\) \.\.\.\n", server.stdout.readline()
        )
        assert found
        with urllib.request.urlopen(f"http://127.0.0.1:{found[2]}/file.txt", timeout=5) as response:
            assert (response.version, response.read()) == (11, b"content")
        server.send_signal(signal.SIGINT)
        told, log = server.communicate(timeout=5)
    assert server.returncode == 0
    assert told.strip() == "Keyboard interrupt received, exiting."
    assert '"GET /file.txt HTTP/1.1" 200 -' in log
