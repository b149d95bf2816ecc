"""vsftpd with TLS on IPv4 and IPv6, explicit and implicit, that demands the session of the control connection.

It knows no MLSD. The user comes from pam_wrapper's pam_matrix, so nothing of the system's is touched; that, and changing
to the guest user, needs root.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.fix_ftpd import PASSWORD, USER, Served, numbers
from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_tls import Certificates

CONFIGURATION = """\
background=NO
seccomp_sandbox=NO
listen={four}
listen_ipv6={six}
{address}
listen_port={port}
anonymous_enable=NO
local_enable=YES
guest_enable=YES
guest_username=ftp
virtual_use_local_privs=YES
pam_service_name=interop
nopriv_user=nobody
local_root={root}
chroot_local_user=YES
allow_writeable_chroot=YES
secure_chroot_dir={empty}
write_enable=YES
mdtm_write=YES
utf8_filesystem=YES
xferlog_enable=NO
ssl_enable=YES
allow_anon_ssl=YES
force_local_data_ssl=NO
force_local_logins_ssl=NO
require_ssl_reuse=YES
strict_ssl_read_eof=YES
implicit_ssl={implicit}
rsa_cert_file={certificate}
ssl_ciphers=HIGH
"""
ATTEMPTS = 5
PATIENCE = 500


@dataclass(frozen=True)
class Listener:
    """One vsftpd: where it listens, and whether TLS begins at once."""

    name: str
    host: str
    implicit: bool


LISTENERS = (
    Listener("plain", "127.0.0.1", False),
    Listener("six", "::1", False),
    Listener("implicit", "127.0.0.1", True),
)


def find_missing() -> str:
    """Say what vsftpd cannot do without here; "" for nothing."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), "/usr/local/sbin", "/usr/sbin"])
    if not shutil.which("vsftpd", path=path):
        return "vsftpd is not installed"
    if not find_library("pam_wrapper/pam_matrix.so"):
        return "libpam-wrapper is not installed"
    return "" if os.geteuid() == 0 else "vsftpd needs root to change its user"


def find_library(name: str) -> Path | None:
    """Find a library below /usr/lib."""
    return next((path for pattern in (f"*/{name}", name) for path in Path("/usr/lib").glob(pattern)), None)


class Vsftpd:
    """Some vsftpds that serve one directory."""

    def __init__(self, directory: Path, certificates: Certificates) -> None:
        self.directory = directory
        self.certificate = certificates.server
        self.root = directory / "ftp"
        self.ports: dict[str, int] = {}
        self.processes: list[subprocess.Popen[bytes]] = []
        directory.chmod(0o755)
        for path in (self.root, directory / "empty", directory / "pam.d"):
            path.mkdir(mode=0o755)
        shutil.chown(self.root, "ftp")
        self._write_pam()

    def _write_pam(self) -> None:
        matrix = f"required {find_library('pam_wrapper/pam_matrix.so')} passdb={self.directory / 'passdb'}"
        for service in ("interop", "other"):  # without "other" a warning of PAM's gets into the conversation
            lines = "".join(f"{kind} {matrix}\n" for kind in ("auth", "account", "session"))
            (self.directory / "pam.d" / service).write_text(lines)
        (self.directory / "passdb").write_text(f"{USER}:{PASSWORD}:interop\n")

    def start(self, listener: Listener) -> None:
        """Start one on a port that was free a moment ago."""
        for _ in range(ATTEMPTS):
            process, port = self._try(listener)
            if answers(process, listener.host, port):
                self.processes.append(process)
                self.ports[listener.name] = port
                return
        pytest.fail(f"vsftpd does not start: {(self.directory / 'log').read_text()}")

    def _try(self, listener: Listener) -> tuple[subprocess.Popen[bytes], int]:
        six = ":" in listener.host
        (port,) = free_ports(1)
        configuration = self.directory / f"{listener.name}.conf"
        configuration.write_text(
            CONFIGURATION.format(
                four="NO" if six else "YES",
                six="YES" if six else "NO",
                address=f"listen_address{'6' if six else ''}={listener.host}",
                port=port,
                root=self.root,
                empty=self.directory / "empty",
                implicit="YES" if listener.implicit else "NO",
                certificate=self.certificate,
            )
        )
        with (self.directory / "log").open("ab") as log:
            process = subprocess.Popen(
                ["/usr/sbin/vsftpd", configuration],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                env={
                    "PATH": os.defpath,
                    "LD_PRELOAD": str(find_library("libpam_wrapper.so")),
                    "PAM_WRAPPER": "1",
                    "PAM_WRAPPER_SERVICE_DIR": str(self.directory / "pam.d"),
                },
            )
        return process, port

    def stop(self) -> None:
        """End them all, with what they have started."""
        for process in self.processes:
            os.killpg(process.pid, 15)
        for process in self.processes:
            process.wait(10)


def answers(process: subprocess.Popen[bytes], host: str, port: int) -> bool:
    """Wait until a server accepts connections; False when it has ended instead."""
    pause = threading.Event()
    for _ in range(PATIENCE):
        if process.poll() is not None:
            return False
        try:
            socket.create_connection((host, port), 1).close()
        except ConnectionRefusedError:
            pause.wait(0.01)
        else:
            return True
    return False


@pytest.fixture(scope="session")
def vsftpd_processes(certificates: Certificates) -> Iterator[Vsftpd]:
    """Run vsftpd until the tests are over."""
    if missing := find_missing():
        pytest.skip(missing)
    with tempfile.TemporaryDirectory(prefix="vsftpd-") as directory:
        server = Vsftpd(Path(directory), certificates)
        try:
            for listener in LISTENERS:
                server.start(listener)
            yield server
        finally:
            server.stop()


@pytest.fixture
def vsftpd(vsftpd_processes: Vsftpd) -> Served:
    """Give a test the server, and a directory of its own there."""
    served = Served(vsftpd_processes.ports, vsftpd_processes.root, f"t{next(numbers)}")
    served.path.mkdir()
    shutil.chown(served.path, "ftp")
    return served
