"""postfix on loopback: a mail server that others wrote, for a whole run of tests.

Everything of it is below one temporary directory. All mail for example.test is delivered to one maildir, but nobody@ is
refused and later@ put off; mail for drop.test is taken and thrown away. It listens on free ports of 127.0.0.1, each with a character of its own:

| port | what it is |
|---|---|
| `plain` | everything that postfix offers to anybody: PIPELINING CHUNKING SIZE 8BITMIME SMTPUTF8 DSN STARTTLS |
| `login` | STARTTLS and AUTH are required |
| `tls` | TLS from the first byte on, and AUTH |
| `clear` | AUTH without TLS |
| `bare` | no extensions at all |
| `lmtp` | postfix's lmtp-sink: takes and drops mail by LMTP |

Users: alice, s3cret. postfix's master is ended by its own process id. Where postfix (or Cyrus SASL's saslpasswd2) is not
installed, or the tests do not run as root, the tests that ask for it are skipped, by name.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.ports import free_ports

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_tls import Certificates

USER, PASSWORD = "alice", "s3cret"
MECHANISMS = (
    "PLAIN LOGIN CRAM-MD5 DIGEST-MD5 SCRAM-SHA-1 SCRAM-SHA-224 SCRAM-SHA-256 SCRAM-SHA-384 SCRAM-SHA-512"
)
SIZE_LIMIT = 20_000_000
PATIENCE = 15.0
PORTS = ("plain", "login", "tls", "clear", "bare", "lmtp")
SEARCHED = ("/usr/local/sbin", "/usr/sbin", "/sbin", "/usr/lib/postfix/sbin", "/usr/libexec/postfix")

MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
daemon_directory = {daemons}
data_directory = {root}/data
maillog_file = {root}/log
maillog_file_prefixes = /
myhostname = mail.example.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks =
local_header_rewrite_clients =
default_transport = error:nothing leaves this machine
relay_transport = error:nothing leaves this machine
alias_maps =
alias_database =
virtual_mailbox_domains = example.test, xn--bcher-kva.example, bücher.example
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = static:inbox/
relay_domains = drop.test
transport_maps = inline:{{ drop.test=discard: }}
virtual_uid_maps = static:{uid}
virtual_gid_maps = static:{gid}
smtputf8_enable = yes
message_size_limit = {limit}
smtpd_recipient_limit = 2000
smtpd_client_connection_count_limit = 0
smtpd_relay_restrictions = permit_sasl_authenticated, reject_unauth_destination
smtpd_recipient_restrictions = check_recipient_access inline:{{ nobody@example.test=REJECT, later@example.test=DEFER }}
smtpd_tls_security_level = may
smtpd_tls_chain_files = {server}
smtpd_sasl_type = cyrus
smtpd_sasl_path = smtpd
smtpd_sasl_local_domain = example.test
"""
MASTER = """
postlog unix-dgram n - n - 1 postlogd
127.0.0.1:{plain} inet n - n - - smtpd
127.0.0.1:{login} inet n - n - - smtpd
    -o smtpd_tls_security_level=encrypt
    -o smtpd_sasl_auth_enable=yes
    -o smtpd_client_restrictions=permit_sasl_authenticated,reject
127.0.0.1:{tls} inet n - n - - smtpd
    -o smtpd_tls_wrappermode=yes
    -o smtpd_sasl_auth_enable=yes
127.0.0.1:{clear} inet n - n - - smtpd
    -o smtpd_sasl_auth_enable=yes
    -o smtpd_tls_auth_only=no
127.0.0.1:{bare} inet n - n - - smtpd
    -o smtpd_discard_ehlo_keywords=pipelining,chunking,8bitmime,size,smtputf8,starttls,dsn,etrn
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
showq unix n - n - - showq
"""
SASL = """
pwcheck_method: auxprop
auxprop_plugin: sasldb
sasldb_path: {root}/etc/sasl/sasldb2
mech_list: {mechanisms}
"""
QUEUES = "active bounce corrupt defer deferred flush hold incoming private saved trace"


@dataclass(frozen=True)
class Postfix:
    """A running postfix: its root directory and its ports by what they are."""

    root: Path
    plain: int
    login: int
    tls: int
    clear: int
    bare: int
    lmtp: int
    delivered: dict[str, Path] = field(default_factory=dict, init=False)
    """Where the messages are kept that were seen, by their markers."""

    def wait_for(self, markers: set[str]) -> dict[str, bytes]:
        """Wait until messages with these ``X-Marker`` fields are delivered; give each, from that field on, as it is kept."""
        due = time.monotonic() + PATIENCE
        pause = threading.Event()
        while missing := markers - self.delivered.keys():
            assert time.monotonic() < due, f"not delivered: {sorted(missing)[:9]}"
            for path in set((self.root / "mail" / "inbox" / "new").glob("*")) - set(self.delivered.values()):
                with path.open("rb") as file:
                    head = file.read(8192)
                at = head.find(b"X-Marker: ")
                self.delivered[head[at + 10 : head.index(b"\n", at)].decode() if at >= 0 else str(path)] = (
                    path
                )
            pause.wait(0.02)
        kept = {marker: self.delivered[marker].read_bytes() for marker in markers}
        return {marker: whole[whole.index(b"X-Marker: ") :] for marker, whole in kept.items()}


def find(name: str) -> str:
    """Find a program of postfix's; skip the test where it is missing."""
    path = os.pathsep.join([os.environ.get("PATH", os.defpath), *SEARCHED])
    if not (program := shutil.which(name, path=path)):
        pytest.skip(f"{name} is not installed")
    return program


def make_directories(root: Path) -> None:
    """Make what postfix would make itself, with the owners that it asks for."""
    (root / "etc" / "sasl").mkdir(parents=True)
    for name, owner, mode in (
        ("data", "postfix", 0o755),
        ("mail", "nobody", 0o755),
        ("queue", "root", 0o755),
        *((f"queue/{queue}", "postfix", 0o700) for queue in QUEUES.split()),
        ("queue/maildrop", "postfix:postdrop", 0o1730),
        ("queue/public", "postfix:postdrop", 0o2710),
        ("queue/pid", "root", 0o755),
    ):
        (root / name).mkdir()
        user, _, group = owner.partition(":")
        shutil.chown(root / name, user, group or None)
        (root / name).chmod(mode)
    (root / "queue" / "quick-start").touch()  # skips seconds of checks
    root.chmod(0o755)


def write_configuration(root: Path, ports: dict[str, int], server: Path) -> None:
    """Write what postfix and its SASL library read, and the user's password."""
    import pwd  # not on Windows, where there is no postfix either

    nobody = pwd.getpwnam("nobody")
    values = {
        "root": root, "daemons": Path(find("smtpd")).parent, "uid": nobody.pw_uid, "gid": nobody.pw_gid,
        "server": server, "limit": SIZE_LIMIT, "mechanisms": MECHANISMS, **ports,
    }  # fmt: skip
    (root / "etc" / "main.cf").write_text(MAIN.format(**values))
    (root / "etc" / "master.cf").write_text(MASTER.format(**values))
    (root / "etc" / "sasl" / "smtpd.conf").write_text(SASL.format(**values))
    database = root / "etc" / "sasl" / "sasldb2"
    subprocess.run(
        [find("saslpasswd2"), "-p", "-c", "-f", database, "-u", "example.test", USER],
        input=PASSWORD.encode(), check=True, capture_output=True,
    )  # fmt: skip
    database.chmod(0o644)


def greets(port: int, process: subprocess.Popen[bytes], *, tls: bool) -> bool:
    """Wait until a port is served; False when the process has ended instead."""
    pause = threading.Event()
    due = time.monotonic() + PATIENCE
    while process.poll() is None and time.monotonic() < due:
        try:
            with socket.create_connection(("127.0.0.1", port), 5) as sock:
                if tls or sock.recv(99).startswith(b"220"):
                    return True
        except OSError:
            pause.wait(0.02)
    return False


@pytest.fixture(scope="session")
def postfix(certificates: Certificates) -> Iterator[Postfix]:
    """Run postfix until the tests are over."""
    program, sink = find("postfix"), find("smtp-sink")
    find("saslpasswd2")
    if os.geteuid():
        pytest.skip("postfix has to be started by root")
    with tempfile.TemporaryDirectory(prefix="postfix-") as directory:
        root = Path(directory)
        make_directories(root)
        ports = dict(zip(PORTS, free_ports(len(PORTS)), strict=True))
        write_configuration(root, ports, certificates.server)
        with (root / "out").open("ab") as out:
            where = {"stdin": subprocess.DEVNULL, "stdout": out, "stderr": out}
            master = subprocess.Popen([program, "-c", root / "etc", "start-fg"], **where)  # type: ignore[call-overload]
            lmtp = subprocess.Popen(  # type: ignore[call-overload]
                [sink, "-L", "-c", "-u", "nobody", f"inet:127.0.0.1:{ports['lmtp']}", "100"], **where
            )
        try:
            for name, port in ports.items():
                if not greets(port, lmtp if name == "lmtp" else master, tls=name == "tls"):
                    pytest.fail((root / "out").read_text() + (root / "log").read_text())
            yield Postfix(root, *ports.values())
        finally:
            lmtp.terminate()
            lmtp.wait(PATIENCE)
            with contextlib.suppress(OSError):  # what we have started is a shell that waits for the master
                os.kill(int((root / "queue" / "pid" / "master.pid").read_text()), signal.SIGTERM)
            master.wait(PATIENCE)
