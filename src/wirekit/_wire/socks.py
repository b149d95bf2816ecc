"""SOCKS: the words between a client and its proxy, as bytes, without the waiting.

Version 5 (RFC 1928, with a user's password by RFC 1929) greets, perhaps logs in, then asks; version 4 asks at once, and
its later form 4a may ask by name. Every answer has a length that its first bytes tell, so a reader takes exactly that
much: what follows belongs to the host behind the proxy, which may speak first (FTP, SMTP).

A *host* is a name (sent to the proxy to look up) or an address in its usual text form. Errors of the caller are
ValueError; what a proxy refuses is an OSError whose errno tells why, as if we had connected by ourselves.
"""

from __future__ import annotations

import errno

from wirekit._wire.http1 import encode_host

__all__ = [
    "VERSION",
    "bound_length",
    "check_bound_head",
    "check_login",
    "choose_method",
    "format_greeting",
    "format_login",
    "format_request4",
    "format_request5",
    "parse_reply4",
]

VERSION = 5
_CONNECT = 1
_NO_LOGIN, _BY_PASSWORD, _NONE_FITS = 0x00, 0x02, 0xFF
_IPV4, _NAME, _IPV6 = 1, 3, 4
_LONGEST = 255  # one byte tells a length

_REFUSALS = {
    1: (errno.ECONNABORTED, "general failure"),
    2: (errno.EACCES, "not allowed by its rules"),
    3: (errno.ENETUNREACH, "network unreachable"),
    4: (errno.EHOSTUNREACH, "host unreachable"),
    5: (errno.ECONNREFUSED, "connection refused"),
    6: (errno.ETIMEDOUT, "the time to live expired"),
    7: (errno.EOPNOTSUPP, "command not supported"),
    8: (errno.EAFNOSUPPORT, "kind of address not supported"),
}
_REFUSALS4 = {
    91: (errno.ECONNREFUSED, "rejected or failed"),
    92: (errno.EACCES, "it cannot ask our identd"),
    93: (errno.EACCES, "our identd names another user"),
}


def format_greeting(*, login: bool) -> bytes:
    """Return the first bytes of version 5: the ways to log in that we offer (RFC 1928 section 3). Two bytes answer."""
    methods = bytes([_NO_LOGIN, _BY_PASSWORD]) if login else bytes([_NO_LOGIN])
    return bytes([VERSION, len(methods)]) + methods


def choose_method(answer: bytes, *, login: bool) -> bool:
    """Tell whether the proxy wants us to log in now. answer: its two bytes.

    ConnectionError for what is no SOCKS 5, PermissionError where no way that we offered suits it.
    """
    version, method = answer
    if version != VERSION:
        raise _no_socks(answer)
    if method == _NO_LOGIN:
        return False
    if method == _BY_PASSWORD and login:
        return True
    hint = "" if login else "; the proxy's URL may name user and password"
    raise PermissionError(errno.EACCES, f"the SOCKS proxy accepts no way to log in that was offered{hint}")


def format_login(user: str, password: str) -> bytes:
    """Return user and password (RFC 1929 section 2), in UTF-8. ValueError where one is longer than 255 bytes, or empty."""
    packed = [text.encode() for text in (user, password)]
    if not all(0 < len(text) <= _LONGEST for text in packed):
        message = "SOCKS takes a user and a password of 1 to 255 bytes each"
        raise ValueError(message)
    return b"\x01" + b"".join(bytes([len(text)]) + text for text in packed)


def check_login(answer: bytes) -> None:
    """Raise PermissionError unless these two bytes welcome us (RFC 1929 section 2)."""
    if answer[1] != 0:
        raise PermissionError(errno.EACCES, "the SOCKS proxy refuses this user and password")


def format_request5(host: str, port: int) -> bytes:
    """Return the request to connect (RFC 1928 section 4). ValueError for a host that cannot be named to a proxy."""
    packed = _pack_address(host)
    if packed is None:
        name = _pack_name(host)
        target = bytes([_NAME, len(name)]) + name
    else:
        target = bytes([_IPV4 if len(packed) == 4 else _IPV6]) + packed
    return bytes([VERSION, _CONNECT, 0]) + target + port.to_bytes(2, "big")


def check_bound_head(head: bytes) -> None:
    """Check the first five bytes of the answer to a request: OSError with the errno of what the proxy says."""
    version, status, _, kind, _ = head
    if version != VERSION:
        raise _no_socks(head)
    if status:
        number, text = _REFUSALS.get(status, (errno.ECONNABORTED, f"code {status}"))
        raise OSError(number, f"the SOCKS proxy could not connect: {text}")
    if kind not in {_IPV4, _NAME, _IPV6}:
        raise _no_socks(head)


def bound_length(head: bytes) -> int:
    """Return how many bytes follow the first five of an answer (RFC 1928 section 6), port included."""
    kind, first = head[3], head[4]
    return {_IPV4: 3, _IPV6: 15}.get(kind, first) + 2


def format_request4(host: str, port: int, user: str = "", *, by_name: bool) -> bytes:
    """Return a version 4 request; by_name: a host that is no address goes to the proxy as a name (4a).

    ValueError for an IPv6 address, for a name without by_name, and for a NUL, which would end a text early.
    """
    packed = _pack_address(host)
    name = b""
    if packed is None:
        if not by_name:
            message = f"SOCKS 4 takes an IPv4 address, not {host!r}; 4a takes names"
            raise ValueError(message)
        packed, name = b"\0\0\0\x01", _pack_name(host) + b"\0"
    elif len(packed) != 4:
        message = f"SOCKS 4 knows no IPv6: {host!r}; version 5 does"
        raise ValueError(message)
    login = user.encode()
    if b"\0" in login:
        message = "a SOCKS 4 user must not hold NUL"
        raise ValueError(message)
    return bytes([4, _CONNECT]) + port.to_bytes(2, "big") + packed + login + b"\0" + name


def parse_reply4(answer: bytes) -> None:
    """Check the eight bytes that answer a version 4 request: OSError with the errno of what the proxy says."""
    if answer[0] != 0:
        raise _no_socks(answer)
    if answer[1] != 90:
        number, text = _REFUSALS4.get(answer[1], (errno.ECONNABORTED, f"code {answer[1]}"))
        raise OSError(number, f"the SOCKS proxy could not connect: {text}")


def _pack_address(host: str) -> bytes | None:
    """Return the 4 or 16 bytes of an address as text, brackets allowed; None for a name."""
    import ipaddress  # for a proxy alone

    try:
        return ipaddress.ip_address(host.strip("[]")).packed
    except ValueError:
        return None


def _pack_name(host: str) -> bytes:
    name = encode_host(host)
    if not name or len(name) > _LONGEST or any(byte <= 0x20 or byte == 0x7F for byte in name):
        message = f"{host!r} is no host name that a SOCKS proxy could be asked for"
        raise ValueError(message)
    return name


def _no_socks(answer: bytes) -> ConnectionError:
    return ConnectionError(f"the proxy does not speak this version of SOCKS: it answered {answer!r}")
