"""A cookie as a jar keeps it, and the log that everything about cookies is told to.

This and its neighbours (``_cookie_policy``, ``_cookie_requests``, ``_cookie_jar``, ``_cookie_files``) are parts of
``wirekit.http.cookiejar``, where all of their public names live.
"""

from __future__ import annotations

import copy
import itertools
import sys
import time

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["BIRTHS", "Cookie", "is_logged", "note"]

BIRTHS = itertools.count(time.time_ns())
"""Creation times of cookies: no two are equal, and those of an earlier process are smaller."""

_KNOWN = {"httponly": "HttpOnly", "samesite": "SameSite", "partitioned": "Partitioned"}
"""Attributes beyond RFC 2965's that have a meaning: found in any spelling, since servers and programs differ."""

_SHOWN = (
    "version",
    "name",
    "value",
    "port",
    "port_specified",
    "domain",
    "domain_specified",
    "domain_initial_dot",
    "path",
    "path_specified",
    "secure",
    "expires",
    "discard",
    "comment",
    "comment_url",
)


def is_logged() -> bool:
    """Tell whether what happens to cookies is written to the log (``cookiejar.debug``)."""
    module = sys.modules.get("wirekit.http.cookiejar")
    return module is not None and bool(module.debug)


def note(*args: Any) -> None:
    """Write to the log ``http.cookiejar``, if ``cookiejar.debug`` is set."""
    if is_logged():
        sys.modules["wirekit.http.cookiejar"]._debug(*args)


class Cookie:
    """One cookie: its name and value, and where it may go.

    Its attributes may hold anything; what a server may set is decided by a policy. ``value`` is ``None`` for a cookie
    without ``=``. ``domain`` begins with a dot where the server named it; ``domain_specified`` tells so too.
    ``expires`` is in seconds since 1970, ``None`` for the end of the session (then ``discard`` is true). ``rest`` holds
    attributes beyond RFC 2965's, such as HttpOnly and SameSite.

    ValueError for a port that was specified and is ``None``.
    """

    __module__ = "wirekit.http.cookiejar"
    # When it was first put into a jar, and when a server's cookie was last used: they decide about the order of cookies
    # and about eviction (RFC 6265bis section 5.7). A jar sets them, so that a new cookie shows what it ever showed.
    _born: int = 0
    _used: int | None = None

    _rest: dict[str, Any]

    def __init__(
        self,
        version: int | None,
        name: str,
        value: str | None,
        port: str | None,
        port_specified: bool,
        domain: str,
        domain_specified: bool,
        domain_initial_dot: bool,
        path: str,
        path_specified: bool,
        secure: bool,
        expires: int | None,
        discard: bool,
        comment: str | None,
        comment_url: str | None,
        rest: dict[str, Any],
        rfc2109: bool = False,
    ) -> None:
        if port is None and port_specified is True:
            message = "if port is None, port_specified must be false"
            raise ValueError(message)
        self.version = None if version is None else int(version)
        self.name = name
        self.value = value
        self.port = port
        self.port_specified = port_specified
        self.domain = domain.lower()
        self.domain_specified = domain_specified
        self.domain_initial_dot = domain_initial_dot
        self.path = path
        self.path_specified = path_specified
        self.secure = secure
        self.expires = None if expires is None else int(float(expires))
        self.discard = discard
        self.comment = comment
        self.comment_url = comment_url
        self.rfc2109 = rfc2109
        self._rest = copy.copy(rest)

    def has_nonstandard_attr(self, name: str) -> bool:
        """Tell whether the server set an attribute that RFC 2965 does not know, such as ``HttpOnly``."""
        return name in self._rest or self._find(name) is not None

    def get_nonstandard_attr(self, name: str, default: Any = None) -> Any:
        """Return the value of an attribute that RFC 2965 does not know; the default without it."""
        if name not in self._rest:
            name = self._find(name) or name
        return self._rest.get(name, default)

    def set_nonstandard_attr(self, name: str, value: Any) -> None:
        """Set an attribute that RFC 2965 does not know."""
        self._rest[name] = value

    def _find(self, name: str) -> str | None:
        """Return the spelling in which an attribute of meaning stands in the rest."""
        lower = name.lower()
        if not self._rest or lower not in _KNOWN:
            return None
        return next((key for key in self._rest if key.lower() == lower), None)

    def is_expired(self, now: float | None = None) -> bool:
        """Tell whether the cookie's time is over, now or at a given number of seconds since 1970."""
        if self.expires is None:
            return False
        return self.expires <= (time.time() if now is None else now)

    def __str__(self) -> str:
        limit = self.domain + (f":{self.port}" if self.port is not None else "") + self.path
        shown = self.name if self.value is None else f"{self.name}={self.value}"
        return f"<Cookie {shown} for {limit}>"

    def __repr__(self) -> str:
        shown = [f"{name}={getattr(self, name)!r}" for name in _SHOWN]
        return f"{type(self).__name__}({', '.join(shown)}, rest={self._rest!r}, rfc2109={self.rfc2109!r})"
