"""A mail server's URL: ``smtp://``, ``smtps://`` and ``lmtp://``, with the policy for TLS in its query."""

from __future__ import annotations

from typing import NamedTuple

from wirekit._wire.percent import unquote_text
from wirekit._wire.uri import split_authority

__all__ = ["Server", "parse_server"]

_PORTS = {"smtp": 25, "smtps": 465, "lmtp": 24}
_SUBMISSION = 587
_POLICIES = ("require", "prefer", "never")


class Server(NamedTuple):
    """A mail server, and how to speak to it. host: for LMTP also the path of a Unix socket. tls: the policy."""

    scheme: str
    host: str
    port: int
    user: str
    password: str
    tls: str

    def __str__(self) -> str:
        """Return the URL, without the password."""
        login = f"{self.user}:***@" if self.password else f"{self.user}@" if self.user else ""
        place = self.host if self.host.startswith("/") else f"{self.host}:{self.port}"
        return f"{self.scheme}://{login}{place}"

    def __repr__(self) -> str:
        """Show no password either."""
        return str(self)


def parse_server(url: str, tls: str | None = None) -> Server:
    """Take a URL apart. tls: the policy, where the URL names none.

    Without a policy TLS is required, but for a host that is this machine. ValueError for what is no such URL; its text
    never holds the password.
    """
    scheme, colon, rest = url.strip().partition("://")
    scheme = scheme.lower()
    if not colon or scheme not in _PORTS:
        message = "a mail server's URL begins with smtp://, smtps:// or lmtp://"
        raise ValueError(message)
    rest, _, query = rest.partition("?")
    authority, path = split_authority(rest)
    login, _, place = authority.rpartition("@")
    user, _, password = login.partition(":")
    policy = _choose_policy(query, tls)
    if scheme == "lmtp" and not place and len(path) > 1:
        return Server(scheme, unquote_text(path, "utf-8", "strict"), 0, "", "", policy or "prefer")
    if path.strip("/"):
        message = f"the URL of a mail server has no path: {path!r}"
        raise ValueError(message)
    host, port = _split_place(place, _SUBMISSION if scheme == "smtp" and user else _PORTS[scheme])
    policy = policy or ("prefer" if _is_here(host) else "require")
    user, password = (unquote_text(part, "utf-8", "strict") for part in (user, password))
    return Server(scheme, host, port, user, password, policy)


def _choose_policy(query: str, tls: str | None) -> str | None:
    name, _, value = query.partition("=")
    if query and (name != "tls" or "&" in value):
        message = f"the URL of a mail server knows ?tls= only, not {query!r}"
        raise ValueError(message)
    policy = value if query else tls
    if policy is not None and policy not in _POLICIES:
        message = f"tls is {', '.join(_POLICIES[:2])} or {_POLICIES[2]}, not {policy!r}"
        raise ValueError(message)
    return policy


def _split_place(place: str, port: int) -> tuple[str, int]:
    host, colon, digits = place.rpartition(":")
    if not colon or "]" in digits:
        host, digits = place, ""
    if not host.strip("[]") or (
        digits and not (digits.isascii() and digits.isdigit() and 0 < int(digits) <= 0xFFFF)
    ):
        message = f"a mail server is named by host and port, not {place!r}"
        raise ValueError(message)
    return host.strip("[]"), int(digits) if digits else port


def _is_here(host: str) -> bool:
    """Tell whether a host is this machine, as far as its name says so."""
    return host.lower() in {"localhost", "::1"} or (
        host.startswith("127.") and host.replace(".", "").isdigit()
    )
