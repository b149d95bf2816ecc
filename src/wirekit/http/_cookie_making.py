"""Cookies made of what a server sent: by the rules of browsers, and by those of Netscape and RFC 2965.

``make_strictly`` reads Set-Cookie as RFC 6265bis section 5.6 and 5.7 say, up to where a policy is asked. The other way
of ``http.cookiejar`` has two steps: ``normalize_attributes`` sorts the attributes of both kinds of headers,
``make_loosely`` makes a cookie of them. Nothing here decides whether a cookie may be set.
"""

from __future__ import annotations

import re

from wirekit import defaults
from wirekit._wire import cookie_scope
from wirekit._wire.cookie_dates import parse_cookie_date
from wirekit._wire.cookies import PARTITION_KEY, SetCookie, parse_set_cookie
from wirekit.http import _cookie_requests as requests
from wirekit.http._cookie import Cookie, note
from wirekit.http._cookie_policy import find_partition

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any

    Attributes = dict[str, Any]
    CookieTuple = tuple[str, str | None, Attributes, Attributes]

__all__ = ["limit_lifetime", "make_loosely", "make_strictly", "normalize_attributes"]

_LONG_AGO = 0
"""The expiry of a cookie that its server deletes."""


def limit_lifetime(expires: int, now: float) -> int:
    """Return an expiry, brought forward where it is later than the profile allows."""
    lifetime = defaults.active.cookie_lifetime
    return expires if lifetime is None else min(expires, int(now) + lifetime)


# ---- as browsers make them (RFC 6265bis section 5.7)


def make_strictly(headers: Iterable[str], request: Any, now: int) -> Iterator[Cookie]:
    """Give the cookies of these Set-Cookie fields, those that are to be deleted (they have expired) among them."""
    limit = defaults.active.cookie_size
    for header in headers:
        parsed = parse_set_cookie(header, limit, parse_cookie_date)
        if parsed is None:
            note("   no cookie: %r", header)
        elif (cookie := _make_of(parsed, request, now)) is not None:
            yield cookie


def _make_of(parsed: SetCookie, request: Any, now: int) -> Cookie | None:
    attributes = parsed.attributes
    place, request_path = requests.find_place(request)
    domain, path = str(attributes.get("domain", "")), str(attributes.get("path", ""))
    if not place.host or not domain.isascii():
        note("   no host, or a domain that is not ASCII: %r", domain)
        return None
    if domain == place.host and _is_not_shared(domain):
        domain = ""
    expires = _choose_expiry(attributes, now)
    cookie = Cookie(
        version=0,
        name=parsed.name,
        value=parsed.value,
        port=None,
        port_specified=False,
        domain=f".{domain}" if domain else place.host,
        domain_specified=bool(domain),
        domain_initial_dot=False,
        path=path or cookie_scope.default_path(request_path),
        path_specified=bool(path),
        secure="secure" in attributes,
        expires=expires,
        discard=expires is None,
        comment=str(attributes["comment"]) if "comment" in attributes else None,
        comment_url=None,
        rest=parsed.rest,
    )
    cookie._used = now
    if "partitioned" in attributes:
        cookie.set_nonstandard_attr(PARTITION_KEY, find_partition(request, place.host))
    return cookie


def _is_not_shared(host: str) -> bool:
    """Tell whether a host has no others below it: an address, or a public suffix (RFC 6265bis section 5.7 step 9).

    A Domain attribute that names it makes no difference.
    """
    return cookie_scope.is_address(host) or requests.is_public_suffix(host)


def _choose_expiry(attributes: dict[str, int | str], now: int) -> int | None:
    """Return when a cookie expires: Max-Age over Expires, neither later than the profile allows."""
    if "max-age" in attributes:
        age = int(attributes["max-age"])
        return limit_lifetime(now + age, now) if age > 0 else _LONG_AGO
    if "expires" in attributes:
        return limit_lifetime(int(attributes["expires"]), now)
    return None


# ---- as Netscape and RFC 2965 make them

_BOOLEANS = ("discard", "secure")
_VALUES = ("version", "expires", "max-age", "domain", "path", "port", "comment", "commenturl")
_MAY_BE_EMPTY = ("port", "comment", "commenturl")


def normalize_attributes(attrs_set: Iterable[list[tuple[str, Any]]], now: int) -> list[CookieTuple]:
    """Return (name, value, attributes that have a meaning, the rest) for each cookie; bad ones are left out.

    ``max-age`` becomes ``expires``, a number of seconds since 1970. The first attribute of a name counts.
    """
    found = []
    for (name, value), *attributes in attrs_set:
        try:
            standard, rest = _sort_attributes(attributes, now)
        except ValueError as error:
            note("   %s", error)
        else:
            found.append((name, value, standard, rest))
    return found


def _sort_attributes(attributes: list[tuple[str, Any]], now: int) -> tuple[Attributes, Attributes]:
    """Return (attributes that have a meaning, the rest). ValueError for one that makes the cookie a bad one."""
    standard: Attributes = {}
    rest: Attributes = {}
    max_age_set = False
    for name, value in attributes:
        lower = name.lower()
        key = lower if lower in _VALUES or lower in _BOOLEANS else name
        if key in _BOOLEANS and value is None:
            value = True  # noqa: PLW2901 - being there is its value
        if key in standard or (key == "expires" and (max_age_set or value is None)):
            continue
        if value is None and key in _VALUES and key not in _MAY_BE_EMPTY:
            message = f"missing value for {key} attribute"
            raise ValueError(message)
        if key == "expires" and not isinstance(value, int):
            message = f"a date in Set-Cookie2, which has none: {value!r}"
            raise ValueError(message)
        if key == "max-age":
            max_age_set = True
            key, value = "expires", now + int(value)  # noqa: PLW2901 - the same moment
        if key in _VALUES or key in _BOOLEANS:
            standard[key] = value.lower() if key == "domain" else value
        else:
            rest[key] = value
    return standard, rest


def make_loosely(made: CookieTuple, request: Any, now: int) -> Cookie | None:
    """Make a cookie of a name, a value and sorted attributes; ``None`` for a version that is no number.

    One whose time is over is to be deleted.
    """
    name, value, standard, rest = made
    version = standard.get("version")
    try:
        version = None if version is None else int(version)
    except ValueError:
        return None
    path, path_specified = _choose_path(standard.get("path"), version, request)
    domain_specified = "domain" in standard
    domain = str(standard["domain"]) if domain_specified else requests.eff_request_host(request)[1]
    initial_dot = domain_specified and domain.startswith(".")
    if domain_specified and not initial_dot:
        domain = "." + domain
    port, port_specified = _choose_port(standard, request)
    expires = standard.get("expires")
    if expires is not None:
        expires = limit_lifetime(expires, now)
    cookie = Cookie(
        version,
        name,
        value,
        port,
        port_specified,
        domain,
        domain_specified,
        initial_dot,
        path,
        path_specified,
        standard.get("secure", False),
        expires,
        True if expires is None else standard.get("discard", False),
        standard.get("comment"),
        standard.get("commenturl"),
        rest,
    )
    cookie._used = now
    return cookie


def _choose_path(path: str | None, version: int | None, request: Any) -> tuple[str, bool]:
    """Return the path that was named, escaped, or the default one; and whether it was named."""
    if path:
        return requests.escape_path(path), True
    directory, slash, _ = requests.request_path(request).rpartition("/")
    return directory + (
        "" if version == 0 else slash
    ) or "/", False  # RFC 2965 keeps the slash, Netscape does not


def _choose_port(standard: Attributes, request: Any) -> tuple[str | None, bool]:
    """Return the ports that a cookie is for, ``None`` for all; and whether they were named."""
    if "port" not in standard:
        return None, False
    if standard["port"] is None:
        return requests.request_port(request), False
    return re.sub(r"\s+", "", standard["port"]), True
