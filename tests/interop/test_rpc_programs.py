"""XML-RPC against programs that others wrote, in both twins: aria2 over HTTP and TLS, supervisord by TCP and Unix socket."""

from __future__ import annotations

import secrets
import shutil
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import xmlrpc.client
from http.client import HTTPException
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import quote
from xml.parsers.expat import ExpatError

import pytest

from tests.fix_twins import Twin, both_twins, settle
from tests.ports import free_ports
from wirekit.xmlrpc.client import Binary, Fault, ProtocolError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from tests.fix_tls import Certificates

    Work = Callable[[Any], Awaitable[None]]

pytestmark = [pytest.mark.interop, pytest.mark.timeout(180)]

USER, PASSWORD = "alice", "s3cret: ü"
ATTEMPTS = 5
"""Ports are found free, then let go for the program: another may take one in between."""

CONFIGURATION = """
[supervisord]
logfile={root}/log
pidfile={root}/pid
childlogdir={root}
[inet_http_server]
port=127.0.0.1:{port}
username={user}
password={password}
[unix_http_server]
file={root}/socket
username={user}
password={password}
[rpcinterface:supervisor]
supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface
[program:cat]
command={cat}
autostart=false
startsecs=0
stopsignal=KILL
"""


class Aria2(NamedTuple):
    """Where an aria2 listens, its token, and what to trust."""

    url: str
    token: str
    context: ssl.SSLContext | None


def accepts(process: subprocess.Popen[bytes], family: int, address: Any) -> bool:
    """Wait until a program accepts connections; False when it has ended instead."""
    pause = threading.Event()
    while process.poll() is None:
        with socket.socket(family) as sock:
            try:
                sock.connect(address)
            except (ConnectionRefusedError, FileNotFoundError):
                pause.wait(0.01)
            else:
                return True
    return False


def start(line: list[str], root: Path) -> subprocess.Popen[bytes]:
    with (root / "said").open("ab") as said:
        return subprocess.Popen(line, cwd=root, stdin=subprocess.DEVNULL, stdout=said, stderr=said)


def end(process: subprocess.Popen[bytes]) -> None:
    """End a program; what it has started ends with its pipes."""
    process.kill()
    process.wait()


def answers(aria2: Aria2) -> bool:
    """Tell whether it is ours that listens there, and none that was quicker to take the port."""
    with xmlrpc.client.ServerProxy(aria2.url, context=aria2.context) as proxy:
        try:
            return "version" in proxy.aria2.getVersion(aria2.token)  # type: ignore[operator]  # it is a dict
        except (OSError, xmlrpc.client.Error, ExpatError, HTTPException):
            return False


@pytest.fixture(scope="module", params=["http", "https"])
def aria2(
    request: pytest.FixtureRequest, certificates: Certificates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Aria2]:
    """Run an aria2 that does what calls say."""
    if not (program := shutil.which("aria2c")):
        pytest.skip("aria2c is not installed")
    root, token, tls = tmp_path_factory.mktemp("aria2"), secrets.token_hex(8), request.param == "https"
    line = [program, "--no-conf", "--enable-rpc", f"--rpc-secret={token}", f"--dir={root}", "--disable-ipv6"]
    if tls:
        line += ["--rpc-secure", *split_certificate(certificates.server, root)]
    context = ssl.create_default_context(cafile=certificates.authority) if tls else None
    for _ in range(ATTEMPTS):
        (port,) = free_ports(1)
        running = Aria2(f"{request.param}://localhost:{port}/rpc", f"token:{token}", context)
        process = start([*line, f"--rpc-listen-port={port}"], root)
        if accepts(process, socket.AF_INET, ("127.0.0.1", port)) and answers(running):
            break
        end(process)
    else:
        pytest.fail((root / "said").read_text())
    try:
        yield running
    finally:
        end(process)


def split_certificate(path: Path, root: Path) -> list[str]:
    """Give the options that name key and chain, which aria2 wants in a file each."""
    key, mark, chain = path.read_text().partition("-----BEGIN CERTIFICATE-----")
    (root / "key.pem").write_text(key)
    (root / "chain.pem").write_text(mark + chain)
    return [f"--rpc-certificate={root}/chain.pem", f"--rpc-private-key={root}/key.pem"]


class Supervisor(NamedTuple):
    """The addresses of a supervisord."""

    tcp: str
    unix: str


@pytest.fixture(scope="module")
def supervisor() -> Iterator[Supervisor]:
    """Run a supervisord that knows of one program, which repeats what it is told."""
    cat = shutil.which("cat")
    if not (cat and hasattr(socket, "AF_UNIX")):
        pytest.skip("no cat, or no Unix sockets")
    if not find_spec("supervisor"):
        pytest.skip("supervisor is not installed")
    with tempfile.TemporaryDirectory(prefix="rpc-") as directory:  # short: a Unix socket's path has 108 bytes
        root = Path(directory)
        file, path = root / "conf", str(root / "socket")
        for _ in range(ATTEMPTS):
            (port,) = free_ports(1)
            file.write_text(
                CONFIGURATION.format(root=root, port=port, user=USER, password=PASSWORD, cat=cat), "utf-8"
            )
            process = start([sys.executable, "-m", "supervisor.supervisord", "-n", "-c", str(file)], root)
            tcp = accepts(process, socket.AF_INET, ("127.0.0.1", port))
            if tcp and accepts(process, socket.AF_UNIX, path):
                break
            end(process)
        else:
            pytest.fail((root / "said").read_text())
        try:
            yield Supervisor(f"http://127.0.0.1:{port}/RPC2", f"http+unix://{quote(path, safe='')}/RPC2")
        finally:
            end(process)


async def expect_fault(call: Any, code: int, start: str) -> None:
    with pytest.raises(Fault) as caught:
        await settle(call())
    assert caught.value.faultCode == code
    assert caught.value.faultString.startswith(start)


async def with_proxy(twin: Twin, url: str, work: Work, **given: Any) -> None:
    """Do something with a proxy of the twin."""
    proxy = twin.module("xmlrpc.client").ServerProxy(url, timeout=20, **given)
    try:
        await work(proxy)
    finally:
        proxy("close")()


@both_twins
async def test_aria2_takes_calls_with_its_token(twin: Twin, aria2: Aria2) -> None:
    token, name = aria2.token, "ü & <b>\N{GRINNING FACE}"

    async def work(proxy: Any) -> None:
        assert "version" in await settle(proxy.aria2.getVersion(token))
        for wrong in ("token:wrong", "", "<&>"):
            await expect_fault(lambda wrong=wrong: proxy.aria2.getVersion(wrong), 1, "Unauthorized")
        options = {"pause": "true", "out": name}
        added = await settle(proxy.aria2.addUri(token, ["http://127.0.0.1:9/file"], options))
        assert (await settle(proxy.aria2.getOption(token, added)))["out"] == name
        (file,) = await settle(proxy.aria2.getFiles(token, added))
        assert Path(file["path"]).name == name
        assert await settle(proxy.aria2.tellStatus(token, added, ["status"])) == {"status": "paused"}
        assert await settle(proxy.aria2.forceRemove(token, added)) == added
        await expect_fault(
            lambda: proxy.aria2.addTorrent(token, Binary(b"no torrent")), 1, "Bencode decoding failed"
        )

    await with_proxy(twin, aria2.url, work, context=aria2.context)


@both_twins
async def test_aria2_takes_several_calls_with_a_fault_among_them(twin: Twin, aria2: Aria2) -> None:
    client = twin.module("xmlrpc.client")

    async def work(proxy: Any) -> None:
        calls = client.MultiCall(proxy)
        calls.aria2.getVersion(aria2.token)
        calls.aria2.tellStatus(aria2.token, "0" * 16)
        calls.aria2.getGlobalStat(aria2.token)
        calls.aria2.getVersion("token:wrong")
        results = await settle(calls())
        assert len(results) == 4
        assert results[0] == await settle(proxy.aria2.getVersion(aria2.token))
        assert "numActive" in results[2]
        for at, text in ((1, "GID 0000000000000000 is not found"), (3, "Unauthorized")):
            with pytest.raises(Fault, match=text):
                results[at]
        assert "aria2.addUri" in await settle(proxy.system.listMethods())

    await with_proxy(twin, aria2.url, work, context=aria2.context)


@both_twins
async def test_aria2s_certificate_is_checked(twin: Twin, aria2: Aria2) -> None:
    if aria2.context is None:
        return  # nothing to check

    async def work(proxy: Any) -> None:
        with pytest.raises(ssl.SSLCertVerificationError):
            await settle(proxy.aria2.getVersion(aria2.token))

    await with_proxy(twin, aria2.url, work)


@pytest.mark.parametrize("way", Supervisor._fields)
@both_twins
async def test_supervisord_is_asked_and_told(twin: Twin, way: str, supervisor: Supervisor) -> None:
    client = twin.module("xmlrpc.client")

    async def work(proxy: Any) -> None:
        called = proxy.supervisor
        assert (await settle(called.getState()))["statename"] == "RUNNING"
        assert await settle(called.startProcess("cat")) is True
        await expect_fault(lambda: called.startProcess("cat"), 60, "ALREADY_STARTED")
        calls = client.MultiCall(proxy)
        calls.supervisor.getProcessInfo("cat")
        calls.supervisor.getProcessInfo("nothing")
        calls.supervisor.sendProcessStdin("cat", f"{way} of {twin.name}\n")
        results = await settle(calls())
        assert (results[0]["name"], results[2]) == ("cat", True)
        with pytest.raises(Fault, match="BAD_NAME"):
            results[1]
        assert await settle(called.stopProcess("cat")) is True
        info = await settle(called.getProcessInfo("cat"))
        assert (info["statename"], info["pid"]) == ("STOPPED", 0)
        signatures = await settle(proxy.system.methodSignature("supervisor.stopProcess"))
        assert signatures[0] == "boolean"
        assert "Stop a process" in await settle(proxy.system.methodHelp("supervisor.stopProcess"))

    await with_proxy(twin, getattr(supervisor, way), work, auth=(USER, PASSWORD))


@pytest.mark.parametrize("way", Supervisor._fields)
@both_twins
async def test_supervisord_lets_nobody_else_in(twin: Twin, way: str, supervisor: Supervisor) -> None:
    async def work(proxy: Any) -> None:
        with pytest.raises(ProtocolError) as caught:
            await settle(proxy.supervisor.getState())
        assert caught.value.errcode == 401
        assert PASSWORD not in str(caught.value)

    for auth in (None, (USER, "wrong"), "a token"):
        await with_proxy(twin, getattr(supervisor, way), work, auth=auth)
