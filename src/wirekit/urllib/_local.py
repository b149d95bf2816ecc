"""What this machine says to ``urllib.request``: paths of its files, and the proxies that its environment names.

Both trees share these functions: none waits, but for a look-up of a name where the caller asks for one.
"""

from __future__ import annotations

import contextlib
import os
import socket
import sys

from wirekit._wire import file_urls
from wirekit._wire.proxies import is_excepted, read_environment
from wirekit._wire.system_proxies import is_excepted_by_macos, is_excepted_by_windows, parse_windows
from wirekit.urllib import error

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

_WINDOWS = os.name == "nt"

__all__ = [
    "getproxies",
    "getproxies_environment",
    "pathname2url",
    "proxy_bypass",
    "proxy_bypass_environment",
    "url2pathname",
]


def url2pathname(pathname: str, *, require_scheme: bool = False, resolve_host: bool = False) -> str:
    """Return the path of a file from the path of a file URL.

    require_scheme: a whole URL is given. URLError for another scheme, and for a host that is not this machine:
    resolve_host also looks up its name, and waits for that.
    """
    if require_scheme:
        scheme, colon, pathname = pathname.partition(":")
        if not colon or scheme.lower() != "file":
            raise error.URLError("URL is missing a 'file:' scheme")
    if _WINDOWS:
        return file_urls.parse_windows_path(pathname, sys.getfilesystemencoding())
    if pathname[:2] == "//":
        host, slash, rest = pathname[2:].partition("/")
        if not _is_here(host, resolve=resolve_host):
            raise error.URLError("file:// scheme is supported only on localhost")
        pathname = slash + rest
    return file_urls.parse_posix_path(pathname, sys.getfilesystemencoding())


def _is_here(host: str, *, resolve: bool) -> bool:
    if host in {"", "localhost"}:
        return True
    if not resolve:
        return False
    try:
        return socket.gethostbyname(host) in {"127.0.0.1", socket.gethostbyname(socket.gethostname())}
    except OSError:
        return False


def pathname2url(pathname: str, *, add_scheme: bool = False) -> str:
    """Return the path of a file URL from the path of a file; the whole URL where add_scheme is true."""
    if _WINDOWS:
        path = file_urls.format_windows_path(pathname, sys.getfilesystemencoding())
    else:
        path = file_urls.format_posix_path(pathname, sys.getfilesystemencoding())
    if not add_scheme:
        return path
    return f"file:{'//' if path[:1] == '/' != path[1:2] else ''}{path}"


def getproxies_environment() -> dict[str, str]:
    """Return scheme to proxy URL, as the environment names them."""
    return read_environment(os.environ)


def proxy_bypass_environment(host: str, proxies: Mapping[str, str] | None = None) -> bool:
    """Tell whether a host is reached without a proxy, by ``no_proxy``. proxies: as ``getproxies_environment`` gives."""
    known = getproxies_environment() if proxies is None else proxies
    return "no" in known and is_excepted(host, known["no"])


def getproxies() -> dict[str, str]:
    """Return scheme to proxy URL: as the environment names them, else the settings of macOS or Windows."""
    return getproxies_environment() or _read_system_proxies()


def proxy_bypass(host: str, proxies: Mapping[str, str] | None = None) -> bool:
    """Tell whether a host is reached without a proxy, by what names the proxies: the environment, or the system.

    proxies: as ``getproxies_environment`` gives; asked for without it.
    """
    if proxies is None:
        proxies = getproxies_environment()
    if proxies or not _HAS_SETTINGS:
        return proxy_bypass_environment(host, proxies)
    return _is_excepted_by_system(host)


_HAS_SETTINGS = sys.platform in {"darwin", "win32"}

_proxy_bypass_macosx_sysconf = is_excepted_by_macos
_proxy_bypass_winreg_override = is_excepted_by_windows


def _read_system_proxies() -> dict[str, str]:
    if sys.platform == "darwin":
        from _scproxy import _get_proxies

        found: dict[str, str] = _get_proxies()
        return found
    return parse_windows(_read_registry()) if sys.platform == "win32" else {}


def _is_excepted_by_system(host: str) -> bool:
    if sys.platform == "darwin":
        from _scproxy import _get_proxy_settings

        return is_excepted_by_macos(host, _get_proxy_settings())
    return is_excepted_by_windows(host, str(_read_registry().get("ProxyOverride") or ""))


def _read_registry() -> dict[str, Any]:
    """Return the values of Windows' Internet Settings; none where they cannot be read, as elsewhere."""
    if sys.platform != "win32":
        return {}
    import winreg

    path = r"Software\Microsoft\Windows\CurrentVersion\Internet Settings"
    values: dict[str, Any] = {}
    try:
        with winreg.OpenKey(winreg.HKEY_CURRENT_USER, path) as key:
            for name in ("ProxyEnable", "ProxyServer", "ProxyOverride"):
                with contextlib.suppress(OSError):
                    values[name] = winreg.QueryValueEx(key, name)[0]
    except OSError:
        return {}
    return values
