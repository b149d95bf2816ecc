"""Proxies that the settings of macOS and of Windows name, and the hosts that these except.

What the systems give comes in as plain values, so that the rules are the same wherever they are read.
"""

from __future__ import annotations

import re
from fnmatch import fnmatchcase

from wirekit._wire.proxies import is_in_network, split_port

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = ["is_excepted_by_macos", "is_excepted_by_windows", "parse_windows"]

_HAS_SCHEME = re.compile(r"[^/:]++://").match
_DOTTED = re.compile(r"[0-9]{1,3}(?:\.[0-9]{1,3}){0,3}(?:/[0-9]{1,2})?").fullmatch


def is_excepted_by_macos(host: str, settings: Mapping[str, Any]) -> bool:
    """Tell whether a host is reached without a proxy.

    settings: ``exclude_simple`` (names without a dot are), and ``exceptions``: names and patterns (``*.example.org``),
    addresses, and networks, of which the last parts may be left out (``10.0/16``, ``10.1``).
    """
    name = split_port(host).lower()
    if "." not in name and settings.get("exclude_simple") and ":" not in name:
        return True
    for entry in settings.get("exceptions") or ():
        if not entry:
            continue
        wanted = entry.lower()
        if fnmatchcase(name, wanted):
            return True
        if _DOTTED(wanted) and is_in_network(name, _complete_network(wanted)):
            return True
        if ":" in wanted and is_in_network(name, wanted):
            return True
    return False


def _complete_network(text: str) -> str:
    """Return a network with all four parts; without a mask it is as wide as it has parts."""
    base, slash, mask = text.partition("/")
    parts = base.split(".")
    bits = mask if slash else str(8 * len(parts))
    return ".".join(parts + ["0"] * (4 - len(parts))) + f"/{bits}"


def parse_windows(values: Mapping[str, Any]) -> dict[str, str]:
    """Return scheme to proxy URL of the registry's ``Internet Settings``.

    values: ProxyEnable and ProxyServer: one ``host:port`` for all, or ``http=...;https=...;ftp=...;socks=...``.
    """
    server = str(values.get("ProxyServer") or "")
    if not values.get("ProxyEnable") or not server:
        return {}
    if "=" not in server and ";" not in server:
        server = ";".join(f"{scheme}={server}" for scheme in ("http", "https", "ftp"))
    proxies = {}
    for item in server.split(";"):
        scheme, equals, address = item.strip().partition("=")
        if equals and address:
            proxies[scheme.lower()] = _complete_address(scheme.lower(), address)
    if "socks" in proxies:  # which Windows means for all that has no proxy of its own, and as SOCKS 4
        address = re.sub("^socks://", "socks4://", proxies["socks"])
        proxies = {"http": address, "https": address, **proxies}
    return proxies


def _complete_address(scheme: str, address: str) -> str:
    if _HAS_SCHEME(address):
        return address
    return f"socks://{address}" if scheme == "socks" else f"http://{address}"


def is_excepted_by_windows(host: str, override: str) -> bool:
    """Tell whether a host is reached without a proxy.

    override: the registry's ProxyOverride: names and patterns between semicolons; ``<local>`` stands for names without a
    dot.
    """
    name = split_port(host).lower()
    for entry in override.lower().split(";"):
        wanted = entry.strip()
        if wanted == "<local>":
            if "." not in name and ":" not in name:
                return True
        elif wanted and fnmatchcase(name, wanted):
            return True
    return False
