"""Who may ask, and what is noted of it: logins (RFC 7617) and access logs, for every handler.

``accounts`` is a mapping of user names to hashed passwords; where it is not empty, every request needs one of them, but for
the question of a browser whether another origin may ask (a preflight brings no login). ``user`` is who it was.

``access_log`` names the form of the log: None for the standard library's lines, ``"combined"`` or ``"json"`` for a line
when a request is answered, with its size and its time.
"""

import sys
import time
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any, ClassVar

from wirekit._io import asynchronous as net
from wirekit._io import logins
from wirekit._wire import access_log, passwords
from wirekit.aio.http._handled import Handled

__all__ = ["AccessService"]

_known: dict[int, tuple[Mapping[str, str], logins.Logins]] = {}


def find_logins(accounts: Mapping[str, str]) -> logins.Logins:
    """Return the logins of these accounts; one object for each mapping, so that what was checked is remembered."""
    found = _known.get(id(accounts))
    if found is None or found[0] is not accounts:
        found = _known[id(accounts)] = (accounts, logins.Logins(accounts))
    return found[1]


class AccessService(Handled):
    """The methods of ``BaseHTTPRequestHandler`` that see to logins and access logs."""

    accounts: Mapping[str, str] = {}
    realm: ClassVar[str] = "files"
    access_log: ClassVar[str | None] = None
    user: str | None = None

    _since = 0.0  # when the request came, where that is logged
    _to_log: int | None = None  # the status of an answer that is still to be logged

    async def authorize(self) -> bool:
        """Tell whether the request may be answered; send 401 where it may not. An override may decide otherwise."""
        self.user = None
        if not self.accounts or (
            self.command == "OPTIONS" and self.headers.get("Access-Control-Request-Method") is not None
        ):
            return True
        given = passwords.parse_basic(self.headers.get("Authorization"))
        if given is not None:
            known = find_logins(self.accounts)
            if known.remembers(*given) or await net.in_thread(known.check, *given):
                self.user = given[0]
                return True
        self._error_fields = [("WWW-Authenticate", f'Basic realm="{self.realm}", charset="UTF-8"')]
        await self.send_error(HTTPStatus.UNAUTHORIZED)
        return False

    def log_access(self, status: int) -> None:
        """Log a request that was answered, in the form that ``access_log`` names."""
        now = time.time()
        moment = self._since or now
        get = self.headers.get if self.headers is not None else {}.get
        record = access_log.Record(
            self.address_string(), self.user, moment, _local_offset(moment), self.requestline, status,
            getattr(self.wfile, "sent", 0), now - moment, get("Referer"), get("User-Agent"), get("Host"),
        )  # fmt: skip
        self.write_log(access_log.FORMATS[str(self.access_log)](record))

    def log_note(self, message: str) -> None:
        """Log what is no answer, as JSON."""
        self.write_log(access_log.format_note(time.time(), self.address_string(), message))

    def write_log(self, line: str) -> None:
        """Write a line of the log, here to standard error."""
        sys.stderr.write(line + "\n")


def _local_offset(moment: float) -> int:
    """Return the seconds by which local time is ahead of UTC."""
    offset: Any = time.localtime(moment).tm_gmtoff
    return int(offset or 0)
