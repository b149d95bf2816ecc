"""URLs taken apart one piece at a time, as urllib did before ``urlparse``.

Programs still call these (``splittype``, ``splithost`` and their like, deprecated since Python 3.8), and so does whoever
must tell a host from a port as older code does. They check nothing; ``uri`` is the grammar.
"""

from __future__ import annotations

from wirekit._wire.uri import split_authority

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = [
    "splitattr",
    "splithost",
    "splitnport",
    "splitpasswd",
    "splitport",
    "splitquery",
    "splittag",
    "splittype",
    "splituser",
    "splitvalue",
    "to_bytes",
]


def to_bytes(url: Any) -> Any:
    """Return ``url`` as it is; UnicodeError if it is text beyond ASCII. The name is history."""
    if isinstance(url, str) and not url.isascii():
        message = f"URL {url!r} contains non-ASCII characters"
        raise UnicodeError(message)
    return url


def splittype(url: str) -> tuple[str | None, str]:
    """'type:rest' --> 'type', 'rest'."""
    scheme, colon, rest = url.partition(":")
    if not colon or not scheme or "/" in scheme:
        return None, url
    return scheme.lower(), rest


def splithost(url: str) -> tuple[str | None, str]:
    """'//host[:port]/path' --> 'host[:port]', '/path'."""
    if url[:2] != "//":
        return None, url
    host, path = split_authority(url, 2)
    if path and path[0] != "/":
        path = "/" + path
    return host, path


def splituser(host: str) -> tuple[str | None, str]:
    """'user[:password]@host[:port]' --> 'user[:password]', 'host[:port]'."""
    user, at, host = host.rpartition("@")
    return (user if at else None), host


def splitpasswd(user: str) -> tuple[str, str | None]:
    """'user:password' --> 'user', 'password'."""
    user, colon, password = user.partition(":")
    return user, (password if colon else None)


def splitport(host: str) -> tuple[str, str | None]:
    """'host:port' --> 'host', 'port'; what follows the last colon counts only if it is a number."""
    name, colon, port = host.rpartition(":")
    if not colon or (port and not (port.isdigit() and port.isascii())):
        return host, None
    return name, port or None


def splitnport(host: str, defport: int = -1) -> tuple[str, int | None]:
    """'host:port' --> 'host', port; ``defport`` without a port, ``None`` for one that is no number."""
    name, colon, port = host.rpartition(":")
    if not colon:
        return host, defport
    if not port:
        return name, defport
    return name, int(port) if port.isdigit() and port.isascii() else None


def splitquery(url: str) -> tuple[str, str | None]:
    """'/path?query' --> '/path', 'query'."""
    path, mark, query = url.rpartition("?")
    return (path, query) if mark else (url, None)


def splittag(url: str) -> tuple[str, str | None]:
    """'/path#tag' --> '/path', 'tag'."""
    path, mark, tag = url.rpartition("#")
    return (path, tag) if mark else (url, None)


def splitattr(url: str) -> tuple[str, list[str]]:
    """'/path;a=1;b=2' --> '/path', ['a=1', 'b=2']."""
    path, *attributes = url.split(";")
    return path, attributes


def splitvalue(attr: str) -> tuple[str, str | None]:
    """'name=value' --> 'name', 'value'."""
    name, equals, value = attr.partition("=")
    return name, (value if equals else None)
