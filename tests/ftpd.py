"""pyftpdlib with several listeners, each with an oddity of its own: the process behind ``fix_ftpd``.

    python tests/ftpd.py DIRECTORY [CERTIFICATE]

prints one line of JSON, the port of each listener, and serves until its standard input ends. User alice, password
s3cret. ``plain``; ``tls`` (explicit) and ``implicit``, with a certificate; ``six`` on ::1; ``dos`` lists as IIS does;
``old`` knows no command that is younger than RFC 959; ``natted`` names an address in its PASV replies that leads
nowhere; ``latin1`` has names in Latin-1.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import time
import warnings
from typing import Any, ClassVar

warnings.simplefilter("ignore")  # of modules that are none of ours

from pyftpdlib.authorizers import DummyAuthorizer  # noqa: E402
from pyftpdlib.filesystems import AbstractedFS  # noqa: E402
from pyftpdlib.handlers import FTPHandler  # noqa: E402
from pyftpdlib.ioloop import IOLoop  # noqa: E402
from pyftpdlib.servers import FTPServer  # noqa: E402

YOUNG = ("EPSV", "EPRT", "MLSD", "MLST", "FEAT", "SIZE", "MDTM", "OPTS")


class Listing(AbstractedFS):  # type: ignore[misc]  # no types
    """Lists as DIR of DOS does."""

    def format_list(self, basedir: str, listing: list[str], ignore_err: bool = True) -> Any:
        for name in listing:
            status = os.lstat(os.path.join(basedir, name))
            stamp = time.strftime("%m-%d-%y  %I:%M%p", time.gmtime(status.st_mtime))
            directory = os.path.isdir(os.path.join(basedir, name))
            size = "      <DIR>         " if directory else f"{status.st_size:20}"
            yield f"{stamp} {size} {name}\r\n".encode()


class Plain(FTPHandler):  # type: ignore[misc]  # no types
    """As it comes, but for the pause after a wrong password."""

    auth_failed_timeout = 0


class Old(Plain):
    """Knows RFC 959 alone."""

    proto_cmds: ClassVar[Any] = {
        name: value for name, value in FTPHandler.proto_cmds.items() if name not in YOUNG
    }


class Dos(Old):
    abstracted_fs = Listing


class Natted(Old):
    masquerade_address = "192.0.2.1"


class Latin1(Plain):
    encoding = "latin-1"


def secure_handlers(certificate: str) -> dict[str, Any]:
    from pyftpdlib.handlers import TLS_FTPHandler

    class Explicit(TLS_FTPHandler):  # type: ignore[misc]  # no types
        certfile = certificate
        auth_failed_timeout = 0

    class Implicit(Explicit):
        def handle(self) -> None:
            self.secure_connection(self.ssl_context)
            super().handle()

    return {"tls": Explicit, "implicit": Implicit}


def main(directory: str, certificate: str = "") -> None:
    logging.basicConfig(level=logging.CRITICAL)  # pyftpdlib would set its own
    authorizer = DummyAuthorizer()
    authorizer.add_user("alice", "s3cret", directory, perm="elradfmwMT")
    handlers: dict[str, Any] = {
        "plain": Plain,
        "six": Plain,
        "dos": Dos,
        "old": Old,
        "natted": Natted,
        "latin1": Latin1,
        **(secure_handlers(certificate) if certificate else {}),
    }
    loop = IOLoop()
    ports = {}
    for name, handler in handlers.items():
        handler.authorizer = authorizer
        server = FTPServer(("::1" if name == "six" else "127.0.0.1", 0), handler, ioloop=loop)
        ports[name] = server.socket.getsockname()[1]
    print(json.dumps(ports), flush=True)
    threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
    loop.loop()


if __name__ == "__main__":
    main(*sys.argv[1:])
