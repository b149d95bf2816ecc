"""A jar of cookies for clients: http.cookiejar, rebuilt.

    jar = CookieJar()
    jar.extract_cookies(response, request)      # take what a response sets
    jar.add_cookie_header(request)              # and send it with the next request

Every public name of the standard library's module is here, and the private ones that programs reach (``_cookies``,
``_cookies_for_request``, ``_cookie_attrs``, ``_cookies_lock``, ``_policy``, ``_rest`` ...). Requests and responses may be
the standard library's, ours, or stand-ins with the same methods.

In the safe profile cookies are what they are in browsers (RFC 6265bis); with ``strict_cookies`` off in
``wirekit.defaults``, as in the profile of the standard library, they follow Netscape's rules and RFC 2965. What a request
costs does not grow with the jar.

    MozillaCookieJar    cookies.txt, as curl, wget and browsers' extensions read and write it
    LWPCookieJar        Set-Cookie3 lines of libwww-perl
    JSONCookieJar       JSON with the names of browsers' interfaces
    FirefoxCookieJar, ChromiumCookieJar     databases of browsers, read only

The parts are in ``_cookie.py`` and its neighbours.
"""

from __future__ import annotations

import sys
import time

from wirekit._wire import cookie_dates, cookie_words
from wirekit._wire import cookie_files as formats
from wirekit.http import _cookie_files, _cookie_jar, _cookie_requests, _cookie_texts
from wirekit.http._cookie import Cookie
from wirekit.http._cookie_files import BadLine, FileCookieJar
from wirekit.http._cookie_jar import CookieJar
from wirekit.http._cookie_policy import CookiePolicy, DefaultCookiePolicy
from wirekit.http._cookie_stores import ChromiumCookieJar, FirefoxCookieJar, JSONCookieJar
from wirekit.http._cookie_texts import LWPCookieJar, MozillaCookieJar

TYPE_CHECKING = False
if TYPE_CHECKING:
    import re
    from collections.abc import Iterable, Iterator, Mapping
    from http.cookiejar import LoadError
    from typing import Any

__all__ = [
    "BadLine",
    "ChromiumCookieJar",
    "Cookie",
    "CookieJar",
    "CookiePolicy",
    "DefaultCookiePolicy",
    "FileCookieJar",
    "FirefoxCookieJar",
    "JSONCookieJar",
    "LWPCookieJar",
    "LoadError",
    "MozillaCookieJar",
]

debug = False
"""Set it to write what happens to cookies to the log ``http.cookiejar``."""
logger: Any = None

HTTPONLY_ATTR = _cookie_files.HTTPONLY_ATTR
MISSING_FILENAME_TEXT = _cookie_files.MISSING_FILENAME_TEXT
DEFAULT_HTTP_PORT = _cookie_requests.DEFAULT_HTTP_PORT
HTTP_PATH_SAFE = _cookie_requests.HTTP_PATH_SAFE
IPV4_RE = _cookie_requests.IPV4_RE
ESCAPED_CHAR_RE = _cookie_requests.ESCAPED_CHAR_RE
cut_port_re = _cookie_requests.cut_port_re
HTTPONLY_PREFIX = formats.HTTP_ONLY_PREFIX
NETSCAPE_HEADER_TEXT = formats.HEADER
EPOCH_YEAR = 1970
DAYS = list(cookie_dates.DAYS)
MONTHS = list(cookie_dates.MONTHS)
MONTHS_LOWER = [month.lower() for month in MONTHS]
UTC_ZONES = {"GMT": None, "UTC": None, "UT": None, "Z": None}


# ---- functions of the parts: the standard library's module has them, and tells so

http2time = _cookie_jar.http2time
iso2time = _cookie_texts.iso2time
lwp_cookie_str = _cookie_texts.lwp_cookie_str
domain_match = _cookie_requests.domain_match
eff_request_host = _cookie_requests.eff_request_host
escape_path = _cookie_requests.escape_path
is_HDN = _cookie_requests.is_HDN
is_third_party = _cookie_requests.is_third_party
liberal_is_HDN = _cookie_requests.liberal_is_HDN
reach = _cookie_requests.reach
request_host = _cookie_requests.request_host
request_path = _cookie_requests.request_path
request_port = _cookie_requests.request_port
uppercase_escaped_char = _cookie_requests.uppercase_escaped_char
user_domain_match = _cookie_requests.user_domain_match


def _debug(*args: Any) -> Any:
    """Write to the log, if ``debug`` is set."""
    global logger  # noqa: PLW0603 - the standard library's name, which programs set
    if not debug:
        return None
    if not logger:
        import logging  # not for those who never look at it

        logger = logging.getLogger("http.cookiejar")
    return logger.debug(*args)


# ---- dates


def time2isoz(t: float | None = None) -> str:
    """Return a time in seconds since 1970, or now, as ``1994-11-24 08:49:37Z``."""
    return cookie_dates.format_iso(time.time() if t is None else t)


def time2netscape(t: float | None = None) -> str:
    """Return a time in seconds since 1970, or now, as ``Thu, 24-Nov-1994 08:49:37 GMT``."""
    return cookie_dates.format_netscape(time.time() if t is None else t)


def offset_from_tz_string(tz: str) -> int | None:
    """Return how many seconds a zone lies east of Greenwich: ``-0800``, or a name of UTC; None for any other."""
    return cookie_dates.parse_offset(tz)


# ---- words of headers


def split_header_words(header_values: Iterable[str]) -> list[list[tuple[str, str | None]]]:
    r"""Return a list of (name, value) for each element of header values that are lists; value None without ``=``.

    ``['foo="bar"; port="80,81"; discard, bar=baz']`` gives
    ``[[('foo', 'bar'), ('port', '80,81'), ('discard', None)], [('bar', 'baz')]]``.
    """
    assert not isinstance(header_values, str)
    return cookie_words.split_words(header_values)


def join_header_words(lists: Iterable[Iterable[tuple[str, str | None]]]) -> str:
    """Return lists of (name, value) as one header value, values quoted where needed; undoes ``split_header_words``."""
    return cookie_words.join_words(lists)


def strip_quotes(text: str) -> str:
    """Take a quote off either end of a text, if there is one."""
    return cookie_words.strip_quotes(text)


def parse_ns_headers(ns_headers: Iterable[str]) -> list[list[tuple[str, Any]]]:
    """Return a list of (name, value) for each Set-Cookie header, as Netscape had it: the cookie first.

    ``expires`` is in seconds since 1970, ``version`` is ``"0"`` unless the server named it.
    """
    return cookie_words.parse_netscape(ns_headers, http2time)


# ---- what older programs still reach


def unmatched(match: re.Match[str]) -> str:
    """Return what stands before and behind a match."""
    start, end = match.span(0)
    return match.string[:start] + match.string[end:]


def deepvalues(mapping: Mapping[Any, Any]) -> Iterator[Any]:
    """Give the values of nested mappings, depth first."""
    for value in list(mapping.values()):
        if hasattr(value, "items"):
            yield from deepvalues(value)
        else:
            yield value


class Absent:
    """Stands for what is not there, where None is something."""


_EXPRESSIONS = {
    "NETSCAPE_MAGIC_RGX": r"#( Netscape)? HTTP Cookie File",
    "TIMEZONE_RE": r"^([-+])?(\d\d?):?(\d\d)?$",
    "STRICT_DATE_RE": r"^[SMTWF][a-z][a-z], (\d\d) ([JFMASOND][a-z][a-z]) (\d{4}) (\d\d):(\d\d):(\d\d) GMT$",
    "WEEKDAY_RE": r"(?i)^(?:Sun|Mon|Tue|Wed|Thu|Fri|Sat)[a-z]*+,?\s*+",
    "LOOSE_HTTP_DATE_RE": cookie_dates.LOOSE,
    "ISO_DATE_RE": cookie_dates.ISO,
    "HEADER_TOKEN_RE": r"^\s*+([^=\s;,]++)",
    "HEADER_QUOTED_VALUE_RE": r'^\s*+=\s*+"([^"\\]*+(?:\\.[^"\\]*+)*+)"',
    "HEADER_VALUE_RE": r"^\s*+=\s*+([^\s;,]*+)",
    "HEADER_ESCAPE_RE": r"\\(.)",
    "HEADER_JOIN_ESCAPE_RE": r'(["\\])',
}
"""Expressions by which the standard library's module reads; here they serve programs alone, compiled when asked for."""


if _loaded := getattr(sys.modules.get("http.cookiejar"), "LoadError", None):
    globals()["LoadError"] = _loaded  # it costs nothing, and somebody may put ours in that module's place


def __getattr__(name: str) -> Any:
    """Give LoadError, the standard library's own, and the expressions of its module when they are first named."""
    found: Any
    if name == "LoadError":
        found = _cookie_files.find_load_error()
    elif name in _EXPRESSIONS:
        import re

        dates = name.endswith("DATE_RE") or name in {"TIMEZONE_RE", "WEEKDAY_RE"}
        found = re.compile(_EXPRESSIONS[name], re.ASCII if dates else 0)
    else:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message)
    globals()[name] = found
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__, *_EXPRESSIONS})


for _function in (
    domain_match,
    eff_request_host,
    escape_path,
    http2time,
    is_HDN,
    is_third_party,
    iso2time,
    liberal_is_HDN,
    lwp_cookie_str,
    reach,
    request_host,
    request_path,
    request_port,
    uppercase_escaped_char,
    user_domain_match,
):
    _function.__module__ = __name__
del _function
