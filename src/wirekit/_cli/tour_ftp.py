"""The tour's stop over FTP: pyftpdlib with explicit TLS, driven by both twins."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from wirekit._cli import tour_places as places
from wirekit._cli.tour import Scale, Step, Unexpected, not_here
from wirekit.aio.tree import Tree as AsyncTree
from wirekit.tree import Tree

if TYPE_CHECKING:
    import ssl
    from collections.abc import Callable, Iterator
    from typing import Any

__all__ = ["STOPS"]

FILES = 40

_SERVE = """
import logging, os, sys, threading, warnings
warnings.simplefilter("ignore")
from pyftpdlib.authorizers import DummyAuthorizer
from pyftpdlib.handlers import TLS_FTPHandler
from pyftpdlib.servers import FTPServer
logging.disable()
class Handler(TLS_FTPHandler):
    certfile, keyfile = sys.argv[2:4]
    tls_control_required = tls_data_required = True
    authorizer = DummyAuthorizer()
Handler.authorizer.add_user("alice", "s3cret", sys.argv[1], perm="elradfmwMT")
server = FTPServer(("127.0.0.1", 0), Handler)
print(server.socket.getsockname()[1], flush=True)
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
server.serve_forever()
"""


@contextmanager
def _serving(directory: Path, chain: Path, key: Path) -> Iterator[int]:
    """Run pyftpdlib in a process of its own; its port."""
    command = [sys.executable, "-c", _SERVE, str(directory), str(chain), str(key)]
    with subprocess.Popen(  # noqa: S603 - our own interpreter
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL
    ) as process:
        assert process.stdout is not None
        line = process.stdout.readline()
        if not line:
            message = "pyftpdlib did not start"
            raise Unexpected(message)
        yield int(line)
        process.communicate(timeout=places.PATIENCE)


def _time(text: str, act: Callable[[], int]) -> Step:
    started = time.perf_counter()
    size = act()
    return Step(text, size, time.perf_counter() - started)


def _expect(found: object, wanted: object, what: str) -> None:
    if found != wanted:
        message = f"{what}: {found!r}, not {wanted!r}"
        raise Unexpected(message)


def show_ftp(scale: Scale) -> Iterator[Step]:
    """FTP over TLS, both twins, against pyftpdlib."""
    try:
        import OpenSSL  # noqa: F401 - what pyftpdlib needs for TLS
        import pyftpdlib  # noqa: F401 - of the extra `lab`
    except ImportError as error:
        yield not_here(f"{error.name} is not installed: pip install 'wirekit[lab]'")
        return
    with tempfile.TemporaryDirectory(prefix="wirekit-tour-") as directory:
        root = Path(directory)
        made = places.make_certificates(root)
        if made is None:
            yield not_here("nothing to make a certificate with: openssl, or trustme")
            return
        served = root / "served"
        served.mkdir()
        chain, key = _split_certificate(made.here)
        with _serving(served, chain, key) as port:
            yield from _show_files(f"ftpes://alice:s3cret@127.0.0.1:{port}/", root, made.client(), scale)


def _split_certificate(path: Path) -> tuple[Path, Path]:
    """Return chain and key; both stand in one file."""
    return path, path


def _show_files(url: str, root: Path, context: ssl.SSLContext, scale: Scale) -> Iterator[Step]:
    body = places.make_body(scale.large)
    local = root / "local.bin"
    local.write_bytes(body)
    with Tree(url, context=context, connections=4) as tree:
        yield _time("upload, TLS resumed on the data channel", lambda: tree.upload(local, "body.bin").size)
        yield _time("a listing as data", lambda: _check_listing(tree.entries(), scale.large))
        yield _time(
            "download, by its SHA-256", lambda: _check_download(tree, root / "whole.bin", scale.large)
        )
        yield _time(
            "a download that broke off, gone on with", lambda: _check_resumed(tree, root, scale.large)
        )
        source = _grow(root / "many")
        yield _time(
            f"mirror of {FILES} files to the server", lambda: _check(tree.mirror("many", source, upload=True))
        )
    yield _time(
        "mirror back, async, 4 at once", lambda: asyncio.run(_mirror_async(url, root / "back", context))
    )
    _expect(
        {path.name: path.read_bytes() for path in (root / "back").iterdir()},
        {path.name: path.read_bytes() for path in source.iterdir()},
        "what came back",
    )


def _check_listing(entries: list[Any], size: int) -> int:
    _expect(
        [(entry.name, entry.type, entry.size) for entry in entries],
        [("body.bin", "file", size)],
        "the listing",
    )
    return len(entries)


def _check_download(tree: Tree, path: Path, size: int) -> int:
    tree.download("body.bin", path)
    return places.check(path.read_bytes(), size)


def _check_resumed(tree: Tree, root: Path, size: int) -> int:
    """Break a download off in its middle, and go on with it."""
    path = root / "resumed.bin"

    class _BrokenOff(Exception):
        """Stands for whatever ends a transfer."""

    def stop(done: int, _: int | None) -> None:
        if done >= size // 2:
            raise _BrokenOff

    try:
        tree.download("body.bin", path, resume=True, progress=stop)
    except _BrokenOff:
        pass
    _expect(path.exists(), False, "a file that is not whole")
    copied = tree.download("body.bin", path, resume=True)
    if copied.resumed < size // 4:
        message = f"the download began anew: {copied}"
        raise Unexpected(message)
    places.check(path.read_bytes(), size)
    return size - copied.resumed


def _grow(directory: Path) -> Path:
    directory.mkdir()
    for number in range(FILES):
        (directory / f"{number}.bin").write_bytes(os.urandom(4096))
    return directory


def _check(result: Any) -> int:
    _expect((result.failed, result.skipped, len(result.done)), ([], [], FILES), "the mirror")
    return int(result.size)


async def _mirror_async(url: str, local: Path, context: ssl.SSLContext) -> int:
    async with AsyncTree(url, context=context, connections=4) as tree:
        return _check(await tree.mirror("many", local))


STOPS = (show_ftp,)
