"""Proxies that others wrote, on loopback: squid (Basic, Digest, over TLS, CONNECT) and microsocks (SOCKS5).

Each is started once for a run, and ended by its own process id; where one is not installed, the tests that ask for it
are skipped by name. They carry to loopback only.
"""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import tempfile
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fix_nginx import ATTEMPTS, PASSWORD, USER, accepts
from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tests.fix_tls import Certificates

LOCATIONS = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
HELPERS = ("/usr/lib/squid", "/usr/libexec/squid", "/usr/lib64/squid", "/usr/local/libexec/squid")
APR1 = "$apr1$saltsalt$64vPg1.FPS6FtcYJ7Ti1V."  # of PASSWORD, as htpasswd writes it
REALM = "squid's own"

CONFIGURATION = """
{listeners}
auth_param {scheme} program {helper}
auth_param {scheme} realm {realm}
auth_param {scheme} children 1
acl needs_login myportname login
acl known proxy_auth REQUIRED
acl here dst 127.0.0.0/8 ::1
http_access deny needs_login !known
http_access allow here
http_access deny all
cache deny all
cache_mem 8 MB
memory_pools off
shutdown_lifetime 0 seconds
visible_hostname proxy.example.test
pid_filename {root}/squid.pid
coredump_dir {root}
access_log none
cache_log {root}/log
{user}
pinger_enable off
netdb_filename none
hosts_file /etc/hosts
dns_nameservers 127.0.0.1
workers 1
"""


@dataclass(frozen=True)
class Squid:
    """Ports of running squids: without login, with Basic, with Digest; over TLS without login, and with Digest."""

    open: int
    basic: int
    tls: int
    digest: int
    tls_digest: int


def find_helper(name: str) -> str:
    for folder in HELPERS:
        if (path := Path(folder) / name).exists():
            return str(path)
    pytest.skip(f"squid's {name} is not installed")


def find_program(name: str) -> str:
    if not (program := shutil.which(name, path=LOCATIONS)):
        pytest.skip(f"{name} is not installed")
    return program


@contextmanager
def running(command: Sequence[object], ports: Sequence[int], log: Path) -> Iterator[bool]:
    """Run a program until the block ends; tell whether it accepts connections on all ports."""
    with log.open("ab") as out:
        process = subprocess.Popen(
            [str(part) for part in command], stdin=subprocess.DEVNULL, stdout=out, stderr=out
        )
    try:
        yield all(accepts(port, process) for port in ports)
    finally:
        process.kill()  # squid takes its time otherwise, and has nothing to lose
        process.wait(10)


def write_squid(root: Path, scheme: str, listeners: dict[str, int], certificate: Path, helper: str) -> Path:
    """Write the configuration of one squid; it knows one way to log in."""
    lines = []
    for name, port in listeners.items():
        login = "name=login" if scheme in name or "login" in name else "name=open"
        if name.startswith("tls"):
            lines.append(
                f"https_port 127.0.0.1:{port} {login}{port} tls-cert={certificate} tls-key={certificate}"
            )
        else:
            lines.append(f"http_port 127.0.0.1:{port} {login}{port}")
    names = " ".join(f"login{port}" for name, port in listeners.items() if scheme in name)
    directory = root / scheme
    directory.mkdir()
    user = ""
    if os.geteuid() == 0:
        user = "cache_effective_user nobody\ncache_effective_group nogroup"
        shutil.chown(directory, "nobody", "nogroup")
    path = root / f"{scheme}.conf"
    text = CONFIGURATION.format(
        listeners="\n".join(lines), scheme=scheme, helper=helper, realm=REALM, root=directory, user=user
    )
    path.write_text(text.replace("myportname login", f"myportname {names}"))
    return path


@pytest.fixture(scope="session")
def squid(certificates: Certificates) -> Iterator[Squid]:
    """Run two squids, one for each way to log in."""
    program = find_program("squid")
    basic, digest = find_helper("basic_ncsa_auth"), find_helper("digest_file_auth")
    with tempfile.TemporaryDirectory(prefix="squid-") as folder, ExitStack() as stack:
        root = Path(folder)
        root.chmod(0o755)
        (root / "htpasswd").write_text(f"{USER}:{APR1}\n")
        hashed = hashlib.md5(f"{USER}:{REALM}:{PASSWORD}".encode(), usedforsecurity=False).hexdigest()
        (root / "htdigest").write_text(f"{USER}:{REALM}:{hashed}\n")
        for path in (root / "htpasswd", root / "htdigest"):
            path.chmod(0o644)
        for _ in range(ATTEMPTS):
            ports = Squid(*free_ports(5))
            stack.push(attempt := ExitStack())
            started = True
            for scheme, helper, names in (
                ("basic", f"{basic} {root}/htpasswd", ("open", "basic", "tls")),
                ("digest", f"{digest} -c {root}/htdigest", ("digest", "tls_digest")),
            ):
                shutil.rmtree(root / scheme, ignore_errors=True)
                listeners = {name: getattr(ports, name) for name in names}
                path = write_squid(root, scheme, listeners, certificates.server, helper)
                command = [program, "-N", "-n", f"t{ports.open}{scheme}", "-f", path]
                started = (
                    attempt.enter_context(running(command, [*listeners.values()], root / "out")) and started
                )
            if started:
                yield ports
                return
            attempt.close()
        pytest.fail((root / "out").read_text() + "\n".join(path.read_text() for path in root.glob("*/log")))


@dataclass(frozen=True)
class Microsocks:
    """Ports of running microsocks: without login, and with one."""

    open: int
    login: int


@pytest.fixture(scope="session")
def microsocks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Microsocks]:
    """Run two microsocks."""
    program = find_program("microsocks")
    log = tmp_path_factory.mktemp("microsocks") / "log"
    for _ in range(ATTEMPTS):
        ports = Microsocks(*free_ports(2))
        with ExitStack() as stack:
            place = [program, "-i", "127.0.0.1", "-p"]
            started = [
                stack.enter_context(running([*place, ports.open], [ports.open], log)),
                stack.enter_context(
                    running([*place, ports.login, "-u", USER, "-P", PASSWORD], [ports.login], log)
                ),
            ]
            if all(started):
                yield ports
                return
    pytest.fail(log.read_text())
