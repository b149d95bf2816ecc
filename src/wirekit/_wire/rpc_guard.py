"""Which calls a server answers: those of programs, and of web pages that belong to it (security row 165).

Any page that a user looks at may send requests to servers on the user's machine and in the user's network, and a name that
the page's owner controls may suddenly mean 127.0.0.1. Three things tell such a request:

- *Content-Type*: a browser sends ``text/xml`` to another origin only when that agrees (Fetch, "CORS-safelisted"), so a call
  must have a type of XML;
- *Origin*: names the page; it must be the server's own, or be allowed;
- *Host*: names what the page called the server; on a connection from this machine to itself it must be a name of this
  machine, or be allowed.
"""

import re
from collections.abc import Collection

__all__ = ["is_local_address", "is_local_name", "judge_call", "judge_host", "split_host"]

_IPV4_LOOPBACK = re.compile(r"127(?:\.[0-9]{1,3}){3}").fullmatch
_XML_TYPE = re.compile(
    r"[ \t]*+(?:text/xml|application/(?:[\w.\-]+\+)?xml)[ \t]*+(?:;.*)?", re.IGNORECASE
).fullmatch
_ORIGIN = re.compile(r"([a-z][a-z0-9+.\-]*+)://([^/?#@\s]++)", re.IGNORECASE).fullmatch
_PORTS = {"http": "80", "https": "443"}


def split_host(host: str) -> tuple[str, str]:
    """Return (name in lower case without brackets, port as text or ``""``) of a Host field's value."""
    name, colon, port = host.strip().rpartition(":")
    if not colon or "]" in port:
        name, port = host.strip(), ""
    return name.strip("[]").rstrip(".").lower(), port


def is_local_address(address: str) -> bool:
    """Tell whether an IP address is one by which a machine reaches itself."""
    address = address.removeprefix("::ffff:")
    return address == "::1" or _IPV4_LOOPBACK(address) is not None


def is_local_name(name: str, own: str) -> bool:
    """Tell whether a host's name means this machine wherever it is said; own: what this machine is called."""
    return name == "localhost" or name.endswith(".localhost") or is_local_address(name) or name == own.lower()


def judge_host(host: str | None, *, local: bool, own: str, allowed: Collection[str] | None) -> str:
    """Return what is wrong with a request's Host; ``""`` where nothing is.

    local: whether the connection comes from this machine to itself. own: this machine's name. allowed: names, in lower
    case, that count and no others; None for the names of this machine on local connections, and any on others.
    """
    if host is None:  # HTTP/1.0: no browser
        return ""
    name, _ = split_host(host)
    if name in allowed if allowed is not None else not local or is_local_name(name, own):
        return ""
    return f"the host {name!r} is not this server's: name it in allowed_hosts if it is"


def judge_call(
    content_type: str | None, origin: str | None, host: str | None, allowed: Collection[str]
) -> tuple[int, str]:
    """Return (status, what is wrong) for a call; (0, ``""``) where nothing is. allowed: origins of other pages."""
    if not _XML_TYPE(content_type or ""):
        return 415, "a call's Content-Type is text/xml"
    if origin is None or origin in allowed or _is_own_origin(origin, host or ""):
        return 0, ""
    return 403, f"pages of {origin!r} may not call this server: name it in allowed_origins if they may"


def _is_own_origin(origin: str, host: str) -> bool:
    found = _ORIGIN(origin)
    if found is None:  # "null" above all
        return False
    usual = _PORTS.get(found[1].lower(), "")
    (name, port), (own, own_port) = split_host(found[2]), split_host(host)
    return name == own and (port or usual) == (own_port or usual)
