"""From a URL to what a request says: its authority, its target, and what a user name in it means.

RFC 9112 section 3.2 knows two forms of a target that matter to a client: the path with its query, and the whole URL
for a proxy. Neither holds a fragment or a user name (RFC 9110 section 4.2.4), and both are ASCII: characters beyond
become escaped UTF-8 (RFC 3987 section 3.1) in a path, and IDNA in a host. Nothing else is changed, so that what must
be refused is still there to be seen by those who refuse it.
"""

from __future__ import annotations

from wirekit._wire.http1 import encode_host
from wirekit._wire.percent import Quoting, quote_bytes, unquote_text
from wirekit._wire.uri import split_authority

__all__ = ["encode_authority", "encode_target", "format_absolute", "format_basic", "split_login"]

_ASCII = Quoting(bytes(range(0x80)))


def split_login(authority: str) -> tuple[str | None, str, str]:
    """Split ``user:password@host:port`` into user, password (both unquoted) and the rest; ``None`` for no user."""
    login, at, place = authority.rpartition("@")
    user, _, password = login.partition(":")
    if not at:
        return None, "", authority
    return unquote_text(user, "utf-8", "replace"), unquote_text(password, "utf-8", "replace"), place


def format_basic(user: str, password: str) -> str:
    """Return the value of an Authorization field (RFC 7617 section 2), in UTF-8."""
    from binascii import b2a_base64  # for a login alone

    return "Basic " + b2a_base64(f"{user}:{password}".encode(), newline=False).decode("ascii")


def encode_authority(authority: str) -> str:
    """Return ``host`` or ``host:port`` with the host in ASCII; UnicodeError for a host that has no such form."""
    if authority.isascii():
        return authority
    host, colon, port = authority.rpartition(":")
    if not colon:
        host, port = authority, ""
    return encode_host(host).decode("ascii") + colon + port


def encode_target(target: str) -> str:
    """Return a path and query in ASCII: what lies beyond is escaped as UTF-8."""
    return target if target.isascii() else quote_bytes(target.encode(), _ASCII)


def format_absolute(url: str) -> str:
    """Return a URL as a proxy is asked for it (RFC 9112 section 3.2.2): no fragment, no user name, all ASCII."""
    scheme, slashes, rest = url.partition("#")[0].partition("://")
    if not slashes:
        return encode_target(scheme)
    authority, path = split_authority(rest)
    place = encode_authority(authority.rpartition("@")[2])
    return f"{scheme}://{place}{encode_target(path if path[:1] == '/' else '/' + path)}"
