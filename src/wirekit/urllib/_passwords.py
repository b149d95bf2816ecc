"""Where logins are kept until a server asks for one. Nothing here waits; both trees share these classes.

A login is given for a *realm* (what the server calls the place that it protects) and a URL; it is found for what lies
below that URL, as ``wirekit._wire.protection`` says.
"""

from __future__ import annotations

import os
from pathlib import Path

from wirekit._wire.netrc import find_entry, parse_netrc
from wirekit._wire.protection import Place, covers, split_place
from wirekit.urllib import parse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable
    from typing import Any

__all__ = [
    "HTTPPasswordMgr",
    "HTTPPasswordMgrWithDefaultRealm",
    "HTTPPasswordMgrWithNetrc",
    "HTTPPasswordMgrWithPriorAuth",
]

_HOME = "wirekit.urllib.request"
_NOBODY = (None, None)


class HTTPPasswordMgr:
    """Logins by realm and URL. ``passwd``: realm to (places to (user, password))."""

    __module__ = _HOME

    def __init__(self) -> None:
        self.passwd: dict[Any, dict[tuple[Place, ...], tuple[Any, Any]]] = {}

    def add_password(self, realm: Any, uri: str | Iterable[str], user: Any, passwd: Any) -> None:
        """Keep a login for a realm, and all that lies below a URL, or below one of several.

        uri: a whole URL, whose scheme counts as well, or ``host`` or ``host:port`` for any scheme.
        """
        uris = [uri] if isinstance(uri, str) else list(uri)
        self.passwd.setdefault(realm, {})[tuple(split_place(one) for one in uris)] = (user, passwd)

    def find_user_password(self, realm: Any, authuri: str) -> tuple[Any, Any]:
        """Return user and password; (None, None) where there are none. The longest path counts.

        A URL that names a user gets no other one's password.
        """
        test = split_place(authuri)
        best, length = _NOBODY, -1
        for bases, login in self.passwd.get(realm, {}).items():
            if test.user is not None and parse.unquote(test.user) != login[0]:
                continue
            for base in bases:
                if len(base.path) > length and covers(base, test):
                    best, length = login, len(base.path)
        return best

    def reduce_uri(self, uri: str, default_port: bool = True) -> tuple[str, str]:
        """Return authority and path of a URL, or of ``host:port``; with the scheme's own port where that is asked for."""
        scheme, authority, path, *_ = parse.urlsplit(uri)
        if not authority:
            return uri, "/"
        usual = {"http": 80, "https": 443}.get(scheme)
        if default_port and usual is not None and split_place(uri).port is None:
            authority = f"{authority}:{usual}"
        return authority, path or "/"

    def is_suburi(self, base: tuple[str, str], test: tuple[str, str]) -> bool:
        """Tell whether test is base, or lies below it; both as ``reduce_uri`` gives."""
        if base[0] != test[0]:
            return False
        prefix = base[1] if base[1].endswith("/") else base[1] + "/"
        return base == test or test[1].startswith(prefix)


class HTTPPasswordMgrWithDefaultRealm(HTTPPasswordMgr):
    """Logins of which those given for the realm None count for every realm."""

    __module__ = _HOME

    def find_user_password(self, realm: Any, authuri: str) -> tuple[Any, Any]:
        """Return user and password, of this realm or of none."""
        found = super().find_user_password(realm, authuri)
        return found if found[0] is not None else super().find_user_password(None, authuri)


class HTTPPasswordMgrWithPriorAuth(HTTPPasswordMgrWithDefaultRealm):
    """Logins that are sent before the server asks, where that was asked for or has worked once."""

    __module__ = _HOME

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.authenticated: dict[Place, bool] = {}

    def add_password(
        self, realm: Any, uri: str | Iterable[str], user: Any, passwd: Any, is_authenticated: bool = False
    ) -> None:
        """Keep a login; is_authenticated: send it at once. Given for a realm, it counts for the realm None too."""
        self.update_authenticated(uri, is_authenticated)
        uris = [uri] if isinstance(uri, str) else list(uri)
        if realm is not None:
            super().add_password(None, uris, user, passwd)
        super().add_password(realm, uris, user, passwd)

    def update_authenticated(self, uri: str | Iterable[str], is_authenticated: bool = False) -> None:
        """Note whether the login for a URL, or for several, is sent before the server asks."""
        for one in [uri] if isinstance(uri, str) else list(uri):
            self.authenticated[split_place(one)] = is_authenticated

    def is_authenticated(self, authuri: str) -> bool | None:
        """Tell whether the login for a URL is sent before the server asks; None where nobody has said anything of it."""
        test = split_place(authuri)
        found = [(len(base.path), told) for base, told in self.authenticated.items() if covers(base, test)]
        return max(found)[1] if found else None


class HTTPPasswordMgrWithNetrc(HTTPPasswordMgrWithDefaultRealm):
    """Logins of the file ``~/.netrc`` (``$NETRC``; ``_netrc`` on Windows), beside those that are added here.

    file: another path; FileNotFoundError where it is not there, while nobody misses the usual one. default: let its
    default entry stand in for any host. ValueError for a file that is none. A host has exactly the logins that stand
    under its name, and a URL that names a user gets no other one's password (security rows 48 and 49).
    """

    __module__ = _HOME

    def __init__(self, file: Any = None, *, default: bool = False) -> None:
        super().__init__()
        self._default = default
        self._entries = parse_netrc(_read_netrc(file))

    def find_user_password(self, realm: Any, authuri: str) -> tuple[Any, Any]:
        """Return user and password: added ones before those of the file."""
        found = super().find_user_password(realm, authuri)
        if found[0] is not None:
            return found
        place = split_place(authuri)
        user = None if place.user is None else parse.unquote(place.user)
        entry = find_entry(self._entries, place.host.strip("[]"), user, default=self._default)
        return _NOBODY if entry is None else (entry.user or "", entry.password)


def _read_netrc(file: Any) -> str:
    path = Path(file or os.environ.get("NETRC") or _find_netrc())
    try:
        return path.read_text("utf-8", "surrogateescape")
    except FileNotFoundError:
        if file is not None:
            raise
        return ""


def _find_netrc() -> Path:
    usual = Path("~/.netrc").expanduser()
    return usual.with_name("_netrc") if os.name == "nt" and not usual.exists() else usual
