"""Which URLs a login is for: the protection space that a program names for it (RFC 9110 section 11.5).

A *place* is a scheme, a host with its port, and a path. A login is for all that lies below the place that it was given
for: same scheme (row 52), same host and port, and a path below, at a slash (row 53). A place named without a scheme, as
``host`` or ``host:port``, is for any scheme.
"""

from __future__ import annotations

from typing import NamedTuple

from wirekit._wire.uri import resolve_path, split_uri
from wirekit._wire.uri_pieces import splitport

__all__ = ["Place", "covers", "reads_as", "split_place"]

_PORTS = {"http": "80", "https": "443"}


class Place(NamedTuple):
    """A URL as far as a login is concerned: scheme, user, host and port are None where the URL names none."""

    scheme: str | None
    user: str | None
    host: str
    port: str | None
    path: str


def split_place(uri: str) -> Place:
    """Take apart a URL, or ``host`` and ``host:port``. ValueError for an authority that nobody can read."""
    scheme, authority, path, *_ = split_uri(uri, None, strict=False)
    if authority:
        # A path that climbs is not below what it climbs out of, however its dots are written.
        path = resolve_path("/", path.replace("%2e", ".").replace("%2E", ".") or "/")
    else:
        scheme, authority, path = None, uri, "/"
    login, at, place = authority.rpartition("@")
    host, port = splitport(place)
    return Place(scheme, login.partition(":")[0] if at else None, host.lower(), port, path)


def covers(base: Place, test: Place) -> bool:
    """Tell whether a login for the base is for what is tested: the place itself, or below it."""
    if base.host != test.host or (base.scheme and test.scheme and base.scheme != test.scheme):
        return False
    if not reads_as(base, test):
        return False
    prefix = base.path if base.path.endswith("/") else base.path + "/"
    return base.path == test.path or test.path.startswith(prefix)


def reads_as(base: Place, test: Place) -> bool:
    """Tell whether two ports are the same one; the scheme of either URL says what no port means there."""
    ports = {base.port, _PORTS.get(base.scheme or "", base.port) if base.port is None else base.port}
    others = {test.port, _PORTS.get(test.scheme or "", test.port) if test.port is None else test.port}
    return not ports.isdisjoint(others)
