"""Files of cookies, as text: Netscape's cookies.txt, and JSON; and rows of browsers' databases.

**cookies.txt** (Netscape, Mozilla, curl, wget, lynx) has a line of seven fields for each cookie, separated by tabs:

    domain  TRUE if subdomains too  path  TRUE if secure  expiry in seconds  name  value

``#HttpOnly_`` stands before the domain of a cookie that scripts may not see. Writers differ: a session's cookie has an
expiry of 0 (curl, browsers) or none (the standard library); a domain for all its subdomains has a leading dot, or has
not; wget appends a port. ``parse_line`` takes all of that.

**JSON** has an object for each cookie, in a list or under ``cookies``; the names in it are those of browsers' own
interfaces (WebExtensions, Playwright). ``parse_record`` takes the names of both.

Nothing of a bad line is taken: it is a ValueError that says why.
"""

from __future__ import annotations

import re
from typing import NamedTuple

from wirekit._wire.cookies import find_control

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

__all__ = [
    "HEADER",
    "HTTP_ONLY_PREFIX",
    "Fields",
    "check_text",
    "holds_odd_characters",
    "is_clean",
    "is_cookie_file",
    "join_line",
    "parse_chromium_row",
    "parse_firefox_row",
    "parse_line",
    "parse_record",
]

HEADER = """\
# Netscape HTTP Cookie File
# http://curl.haxx.se/rfc/cookie_spec.html
# This is a generated file!  Do not edit.

"""
HTTP_ONLY_PREFIX = "#HttpOnly_"
is_cookie_file = re.compile(r"#( Netscape)? HTTP Cookie File", re.IGNORECASE).match
"""How such a file begins, as curl, wget and browsers write it."""

_ODD = bytes([*range(9), *range(11, 32), 127, ord(";")])
_PORT = re.compile(r":([0-9]{1,5})").fullmatch
_UNTIL_NUMBERS_END = 1e15
"""Seconds beyond which an expiry is no time any more (30 million years)."""


class Fields(NamedTuple):
    """What a file tells of one cookie. ``domain`` has a leading dot where subdomains get it too.

    ``port`` and ``expires`` are ``None`` for any port and for the end of the session. ``same_site`` is ``Strict``,
    ``Lax``, ``None`` spelled so, or empty; ``partition`` the site within whose pages alone it counts, or empty.
    """

    domain: str
    path: str
    secure: bool
    expires: int | None
    name: str
    value: str
    http_only: bool
    same_site: str = ""
    partition: str = ""
    port: str | None = None


# ---- cookies.txt


def parse_line(line: str) -> Fields | None:
    """Read a line of cookies.txt, without its end; ``None`` for a comment or an empty one. ValueError: what is wrong."""
    http_only = line.startswith(HTTP_ONLY_PREFIX)
    if http_only:
        line = line[len(HTTP_ONLY_PREFIX) :]
    elif not line or line[0] in "#$" or line.isspace():
        return None
    fields = line.split("\t")
    if len(fields) != 7:
        if len(fields) != 6:
            message = f"{len(fields)} fields, not 7"
            raise ValueError(message)
        fields.append("")  # an editor took the tab before an empty value
    domain, tail, path, secure, expires, name, value = fields
    port = None
    if domain[:1] != "." and tail.upper() == "TRUE":
        domain = "." + domain
    elif domain[:1] == "." and tail.upper() != "TRUE":
        domain = domain[1:]
    if ":" in domain:
        domain, port = _split_port(domain)
    check_text(domain, path, name, value)
    return Fields(
        domain,
        path or "/",
        secure.upper() == "TRUE",
        _parse_expiry(expires),
        name,
        value,
        http_only,
        port=port,
    )


def _split_port(domain: str) -> tuple[str, str | None]:
    host, colon, port = domain.rpartition(":")
    return (host, port) if _PORT(colon + port) and not host.endswith(":") else (domain, None)


def _parse_expiry(text: str) -> int | None:
    """Return seconds since 1970; ``None`` for a session's cookie, whose expiry is 0 or empty."""
    if text.isdecimal() and len(text) < 16:
        return int(text) or None
    return limit_expiry(float(text)) if text else None


def limit_expiry(expires: float) -> int | None:
    """Return an expiry in whole seconds; ``None`` for 0. ValueError for what is no moment."""
    if not -_UNTIL_NUMBERS_END < expires < _UNTIL_NUMBERS_END:
        message = f"no moment: {expires}"
        raise ValueError(message)
    return int(expires) or None


def check_text(domain: str, path: str, name: str, value: str) -> None:
    """ValueError for a cookie that no server could have set: nowhere, nothing, controls, a semicolon."""
    if not domain.lstrip("."):
        message = "no domain"
        raise ValueError(message)
    if not name and not value:
        message = "neither a name nor a value"
        raise ValueError(message)
    whole = f"{domain}{path}{name}{value}"
    if ";" in whole:
        message = "a semicolon"
        raise ValueError(message)
    if not whole.isprintable() and find_control(whole.replace("\t", "")):
        message = "a control character"
        raise ValueError(message)


def join_line(
    domain: str, path: str, secure: bool, expiry: str, name: str, value: str, mark: str = ""
) -> str:
    """Write a cookie as a line of cookies.txt, with its end; whether it is one, ``is_clean`` tells.

    mark: what stands in front of the domain, HTTP_ONLY_PREFIX or nothing.
    """
    tail = "TRUE" if domain[:1] == "." else "FALSE"
    return f"{mark}{domain}\t{tail}\t{path}\t{'TRUE' if secure else 'FALSE'}\t{expiry}\t{name}\t{value}\n"


def is_clean(text: str, lines: int) -> bool:
    """Tell whether a text is so many lines of seven fields each, without control characters and semicolons."""
    if text.count("\t") != 6 * lines or text.count("\n") != lines:
        return False
    return not holds_odd_characters(text)


def holds_odd_characters(text: str) -> bool:
    """Tell whether there are semicolons in a text, or control characters beyond tabs and line feeds. Quick."""
    data = text.encode("utf-8", "surrogatepass")
    return len(data.translate(None, _ODD)) != len(data)


# ---- JSON, as browsers' interfaces name things

_SAME_SITES = {"strict": "Strict", "lax": "Lax", "none": "None", "no_restriction": "None"}


def parse_record(record: Mapping[str, Any]) -> Fields:
    """Read what JSON tells of one cookie. ValueError: what is wrong."""
    texts = [
        record.get(key, usual) for key, usual in (("domain", ""), ("path", "/"), ("name", ""), ("value", ""))
    ]
    if not all(isinstance(text, str) for text in texts):
        message = "a domain, path, name or value that is no text"
        raise ValueError(message)
    domain, path, name, value = texts
    host_only = record.get("hostOnly")
    if host_only is not None and host_only is (domain[:1] == "."):
        domain = domain[1:] if host_only else "." + domain
    check_text(domain, path, name, value)
    expires = next(
        (record[key] for key in ("expires", "expirationDate", "expiry") if record.get(key) is not None), 0
    )
    if isinstance(expires, bool) or not isinstance(expires, int | float):
        message = "an expiry that is no number"
        raise ValueError(message)  # noqa: TRY004 - a bad file, no mistake of the caller
    partition = record.get("partitionKey") or ""
    if not isinstance(partition, str):
        partition = str(partition.get("topLevelSite", "")) if hasattr(partition, "get") else ""
    port = record.get("port")
    return Fields(
        domain,
        path,
        bool(record.get("secure")),
        None if expires == -1 or record.get("session") is True else limit_expiry(expires),
        name,
        value,
        bool(record.get("httpOnly")),
        _SAME_SITES.get(str(record.get("sameSite") or "").lower(), ""),
        _site_of_key(partition),
        None if port is None else str(port),
    )


def _site_of_key(key: str) -> str:
    """Return the host of ``https://example.org``, as browsers write a partition."""
    return key.rpartition("://")[2].rstrip("/")


# ---- databases of browsers

_FIREFOX_SAME_SITES = {1: "Lax", 2: "Strict"}
_CHROMIUM_SAME_SITES = {0: "None", 1: "Lax", 2: "Strict"}
_FIREFOX_PARTITION = re.compile(
    r"\^partitionKey=(?:%28|\()[a-z]+(?:%2C|,)([^%,)^&]+)(?:%2C[0-9]+)?(?:%29|\))(?:&.*)?"
).fullmatch
_MILLISECONDS = 10**11
"""An expiry beyond this is in milliseconds: as seconds it would be the year 5138. Newer versions of Firefox write them."""
_FROM_1601 = 11_644_473_600


def parse_firefox_row(row: Mapping[str, Any]) -> Fields:
    """Read a row of Firefox's table ``moz_cookies``. ValueError for a cookie of a container, or a bad one."""
    partition = ""
    if attributes := row.get("originAttributes") or "":
        if not (found := _FIREFOX_PARTITION(attributes)):
            message = f"it is of a container: {attributes}"
            raise ValueError(message)
        partition = found[1]
    expires = row["expiry"] or 0
    if expires > _MILLISECONDS:
        expires //= 1000
    check_text(row["host"], row["path"], row["name"], row["value"])
    return Fields(
        row["host"],
        row["path"],
        bool(row["isSecure"]),
        limit_expiry(expires),
        row["name"],
        row["value"],
        bool(row["isHttpOnly"]),
        _FIREFOX_SAME_SITES.get(row.get("sameSite", 0), ""),
        partition,
    )


def parse_chromium_row(row: Mapping[str, Any]) -> Fields:
    """Read a row of Chromium's table ``cookies``. ValueError for an encrypted cookie, or a bad one."""
    if not row["value"] and row.get("encrypted_value"):
        message = "its value is encrypted"
        raise ValueError(message)
    check_text(row["host_key"], row["path"], row["name"], row["value"])
    lasts = row.get("has_expires", True) and row["expires_utc"]
    return Fields(
        row["host_key"],
        row["path"],
        bool(row.get("is_secure", row.get("secure"))),
        limit_expiry(row["expires_utc"] // 1_000_000 - _FROM_1601) if lasts else None,
        row["name"],
        row["value"],
        bool(row.get("is_httponly", row.get("httponly"))),
        _CHROMIUM_SAME_SITES.get(row.get("samesite", -1), ""),
        _site_of_key(row.get("top_frame_site_key") or ""),
    )
