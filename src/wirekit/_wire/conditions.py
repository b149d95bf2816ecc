"""Conditional requests (RFC 9110 section 13): whether a request is to be carried out on what is there now.

A representation is known by its validators: an entity tag (as in the field, with its quotes: ``"abc"``, ``W/"abc"``) and
the moment of its last change. ``choose_status`` weighs a request's conditions against them, in the order of section
13.2.2; ``may_range`` decides about ``If-Range``.

A field that is none (a tag without quotes, a date that is none) is as if it were not there where that leads to the whole
answer, and as if it did not hold where the client wanted to be protected (``If-Match``).
"""

import re
from collections.abc import Callable

from wirekit._wire.http_dates import parse_http_date

__all__ = ["choose_status", "format_etag", "may_range", "parse_etags"]

FRESH_NS = 2_000_000_000
"""Nanoseconds after its last change in which a file may change once more without a trace: some file systems keep times
to two seconds only. Its tag is weak until then."""

Get = Callable[[str], str | None]

_TAG = r'(?:W/)?+"[\x21\x23-\x7e\x80-\xff]*+"'
_TAGS = re.compile(rf"[ \t]*+(?:{_TAG}|)(?:[ \t]*+,[ \t]*+(?:{_TAG})?+)*+[ \t]*+").fullmatch
_EACH = re.compile(_TAG).findall


def format_etag(changed_ns: int, size: int, inode: int, now_ns: int, coding: str = "") -> str:
    """Return the entity tag of a file. Strong, unless it has changed only just now.

    changed_ns, now_ns: nanoseconds since 1970; coding: the content coding of what is sent, which is another
    representation.
    """
    weak = "W/" if now_ns - changed_ns < FRESH_NS else ""
    return f'{weak}"{changed_ns:x}-{size:x}-{inode:x}{"-" * bool(coding)}{coding}"'


def parse_etags(value: str) -> list[str] | None:
    """Return the tags of a list, ``["*"]`` for any; None for what is no list of tags (RFC 9110 section 8.8.3)."""
    if value.strip(" \t") == "*":
        return ["*"]
    if not _TAGS(value):
        return None
    return _EACH(value)


def _opaque(tag: str) -> str:
    return tag.removeprefix("W/")


def _is_in(etag: str | None, value: str, *, weakly: bool) -> bool | None:
    """Tell whether a tag is named; None where nothing is named in good order. etag None: there is nothing that has one."""
    tags = parse_etags(value)
    if tags is None:
        return None
    if tags == ["*"]:
        return etag is not None
    if etag is None:
        return False
    if weakly:
        return _opaque(etag) in map(_opaque, tags)
    return not etag.startswith("W/") and etag in tags


def choose_status(method: str, get: Get, etag: str | None, changed: int | None, now: int = 0) -> int:
    """Return 304 or 412 where a condition does not hold, 0 where the request is to be carried out.

    get: gives a request's field by its name, several lines joined by commas, or None. etag None: there is no
    representation; changed: seconds since 1970, None where nobody knows.
    """
    reads = method in {"GET", "HEAD"}
    if (value := get("If-Match")) is not None:
        if not _is_in(etag, value, weakly=False):
            return 412
    elif (value := get("If-Unmodified-Since")) is not None:
        date = parse_http_date(value, now)
        if date is not None and changed is not None and changed > date:
            return 412
    if (value := get("If-None-Match")) is not None:
        if _is_in(etag, value, weakly=True):
            return 304 if reads else 412
    elif reads and changed is not None and (value := get("If-Modified-Since")) is not None:
        date = parse_http_date(value, now)
        if date is not None and changed <= date:
            return 304
    return 0


def may_range(value: str | None, etag: str | None, changed: int | None, now: int) -> bool:
    """Tell whether a part may be sent, by the field If-Range (None: not there). RFC 9110 section 13.1.5.

    A date must be that of the last change, and that must lie back: within one second much can happen.
    """
    if value is None:
        return True
    value = value.strip(" \t")
    if value.endswith('"'):
        return etag is not None and not value.startswith("W/") and value == etag
    date = parse_http_date(value, now)
    return date is not None and date == changed and now - date > 1
