"""Which proxy to use: what the environment says, who is excepted, and how a proxy is named.

The customs are those of curl, wget and the standard library: ``<scheme>_proxy`` names a proxy, ``no_proxy`` the hosts
that are reached without one. No RFC tells of them.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

__all__ = ["is_excepted", "is_in_network", "parse_proxy", "read_environment", "split_port"]

_MARK = "_proxy"


def read_environment(environ: Mapping[str, str]) -> dict[str, str]:
    """Return scheme to proxy URL, and the exceptions under ``no``; names in lower case count before those in upper.

    An empty variable in lower case takes its proxy away. In a CGI program (REQUEST_METHOD is set) ``HTTP_PROXY`` is
    what a client sent as a field called Proxy, and is not believed (CVE-2016-1000110, security row 56).
    """
    named = [
        (name, value)
        for name, value in environ.items()
        if name[-6:].lower() == _MARK and len(name) > len(_MARK)
    ]
    proxies = {name[:-6].lower(): value for name, value in named if value}
    if "REQUEST_METHOD" in environ:
        proxies.pop("http", None)
    for name, value in named:
        if name[-6:] != _MARK:
            continue
        if value:
            proxies[name[:-6].lower()] = value
        else:
            proxies.pop(name[:-6].lower(), None)
    return proxies


def is_excepted(host: str, exceptions: str) -> bool:
    """Tell whether a host is reached without a proxy. host: as in a URL, with or without its port.

    exceptions: names between commas, each with or without a port; a name stands for what lies below it as well, but
    only from a dot on (security row 57); ``*`` alone stands for all. An address may stand for itself, or with a mask
    for a network (``10.0.0.0/8``, ``fd00::/8``).
    """
    if exceptions.strip() == "*":
        return True
    host = host.lower()
    name = split_port(host)
    for entry in exceptions.lower().split(","):
        wanted = entry.strip().removeprefix("*").lstrip(".")
        if wanted and (wanted in {name, host} or name.endswith("." + wanted) or host.endswith("." + wanted)):
            return True
        if ("/" in wanted or ":" in wanted) and is_in_network(name, wanted):
            return True
    return False


def split_port(host: str) -> str:
    """Return a host without its port."""
    name, colon, port = host.rpartition(":")
    return (
        name
        if colon and (port.isdigit() or not port) and "]" not in port and not _is_bare_ipv6(host)
        else host
    )


def _is_bare_ipv6(host: str) -> bool:
    return host.count(":") > 1 and not host.startswith("[")


def is_in_network(host: str, network: str) -> bool:
    """Tell whether a host is an address of a network: an address, or one with a mask. Nothing is looked up."""
    import ipaddress  # for networks alone

    try:
        address = ipaddress.ip_address(host.strip("[]"))
        return address in ipaddress.ip_network(network.strip("[]"), strict=False)
    except ValueError:
        return False


def parse_proxy(proxy: str) -> tuple[str | None, str | None, str | None, str]:
    """Return (scheme, user, password, host or host:port) of a proxy's URL or authority; nothing is unquoted.

    ValueError for a URL without an authority.
    """
    scheme, colon, rest = proxy.partition(":")
    if not colon or not scheme or "/" in scheme or not rest.startswith("/"):
        return None, *_split_authority(proxy)
    if not rest.startswith("//"):
        message = f"proxy URL with no authority: {proxy!r}"
        raise ValueError(message)
    rest = rest[2:]
    end = rest.find("/", max(rest.find("@"), 0))  # a password may hold slashes
    return scheme.lower(), *_split_authority(rest if end < 0 else rest[:end])


def _split_authority(authority: str) -> tuple[str | None, str | None, str]:
    login, at, place = authority.rpartition("@")
    user, colon, password = login.partition(":")
    return (user if at else None), (password if colon else None), place
