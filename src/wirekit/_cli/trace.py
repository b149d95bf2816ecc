"""What ``-v`` shows, on stderr: ``*`` what happens, ``>`` the heads that we send, ``<`` those that come back.

The connections here are the public ones with a pair of eyes: they show a head as it really leaves, after all else has
added to it. Secrets (Authorization, Cookie and their kin) appear as ``***``, control characters as escapes.
"""

from __future__ import annotations

import re
import sys

from wirekit._cli.outcome import hide_secrets, printable
from wirekit.http import client

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["ShownConnection", "ShownSecureConnection", "mask_field", "show_line"]

_SECRET_NAMES = re.compile(
    r"(?:proxy-)?authorization|(?:set-)?cookie2?|.*(?:token|secret|api-?key|password).*", re.IGNORECASE
)
_SCHEME = re.compile(r"\s*[A-Za-z0-9-]+(?=\s)")


def mask_field(line: str) -> str:
    """Return a field line with ``***`` for its value where that is a secret; the scheme of a login is none."""
    name, colon, value = line.partition(":")
    if not colon or not _SECRET_NAMES.fullmatch(name):
        return hide_secrets(line)
    scheme = _SCHEME.match(value) if name.lower().endswith("authorization") else None
    return f"{name}:{scheme[0] if scheme else ''} ***"


def show_line(mark: str, line: str) -> None:
    """Show one line of a head, or of what happens, with secrets masked."""
    print(f"{mark} {printable(mask_field(line))}".rstrip(), file=sys.stderr)


class ShownConnection(client.HTTPConnection):
    """An HTTPConnection that shows its heads."""

    _head_due = False

    def connect(self) -> None:
        """Connect, and show to where."""
        super().connect()
        host, port = self.sock.getpeername()[:2]
        show_line("*", f"connected to {host} port {port}")

    def putrequest(self, *args: Any, **kwargs: Any) -> None:
        """Begin a request: a head will leave next."""
        super().putrequest(*args, **kwargs)
        self._head_due = True

    def send(self, data: Any) -> None:
        """Send; show what is a head. Connects before, so that a proxy's head comes first."""
        if self._head_due:
            self._head_due = False
            if self.sock is None and self.auto_open:
                self.connect()
            _show_head(">", bytes(data).partition(b"\r\n\r\n")[0].decode("iso-8859-1").split("\r\n"))
        super().send(data)

    def getresponse(self) -> Any:
        """Wait for the response, and show its head."""
        response = super().getresponse()
        version = {10: "1.0", 11: "1.1"}.get(response.version, "?")
        lines = [f"HTTP/{version} {response.status} {response.reason}"]
        _show_head("<", lines + [f"{name}: {value}" for name, value in response.getheaders()])
        return response


class ShownSecureConnection(ShownConnection, client.HTTPSConnection):
    """An HTTPSConnection that shows its heads."""

    def connect(self) -> None:
        """Connect, and show what was agreed upon."""
        super().connect()
        version, cipher = getattr(self.sock, "version", None), getattr(self.sock, "cipher", None)
        if version and cipher:
            show_line("*", f"{version()}, {(cipher() or ['?'])[0]}")


def _show_head(mark: str, lines: list[str]) -> None:
    for line in lines:
        show_line(mark, line)
    show_line(mark, "")
