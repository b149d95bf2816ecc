r"""Lines of an access log: the combined form that log analysers read, and JSON.

What a stranger says (request line, fields, user name) is quoted so that it stays inside its quotes and its line, and so
that no terminal takes it for a command (security row 123): every character but printable ASCII is written ``\xhh``, its
quotes and backslashes are escaped.
"""

import json
import re
from typing import Any, NamedTuple

from wirekit._wire.http_dates import split_seconds

__all__ = ["FORMATS", "Record", "format_combined", "format_json", "format_note", "quote_text"]

_ODD = re.compile(r"[^\x20\x21\x23-\x5b\x5d-\x7e]")


class Record(NamedTuple):
    """One answered request.

    moment: seconds since 1970 when it came; offset: of local time to UTC, in seconds; line: the request line, decoded as
    ISO-8859-1; size: bytes of the body that were sent; seconds: until the last one was handed to the system.
    """

    address: str
    user: str | None
    moment: float
    offset: int
    line: str
    status: int
    size: int
    seconds: float
    referer: str | None = None
    agent: str | None = None
    host: str | None = None


_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def quote_text(text: str) -> str:
    r"""Return text as it may stand between double quotes: ``"`` as ``\"``, control characters as ``\xhh``."""
    return _ODD.sub(_escape, text)


def _escape(found: re.Match[str]) -> str:
    character = found[0]
    if character in '"\\':
        return "\\" + character
    return "".join(f"\\x{byte:02x}" for byte in character.encode("latin-1", "backslashreplace"))


def format_combined(record: Record) -> str:
    """Return a line in the combined log format of Apache and nginx, without its end."""
    year, month, day, hour, minute, second = split_seconds(int(record.moment) + record.offset)
    sign, minutes = "-+"[record.offset >= 0], abs(record.offset) // 60
    user = quote_text(record.user).replace(" ", "\\x20") if record.user else "-"
    return (
        f"{record.address} - {user} [{day:02}/{_MONTHS[month - 1]}/{year:04}:{hour:02}:{minute:02}:{second:02} "
        f'{sign}{minutes // 60:02}{minutes % 60:02}] "{quote_text(record.line)}" {record.status} '
        f'{record.size or "-"} "{quote_text(record.referer or "-")}" "{quote_text(record.agent or "-")}"'
    )


def format_json(record: Record) -> str:
    """Return a line of JSON, in ASCII, without its end. Times are UTC (RFC 3339); ``seconds`` is how long it took."""
    words = record.line.split(" ")
    line: dict[str, Any] = {
        "time": _format_time(record.moment),
        "address": record.address,
        "user": record.user,
        "method": words[0] if len(words) == 3 else None,
        "target": words[1] if len(words) == 3 else None,
        "version": words[2] if len(words) == 3 else None,
        "line": None if len(words) == 3 else record.line,
        "host": record.host,
        "status": record.status,
        "size": record.size,
        "seconds": round(record.seconds, 6),
        "referer": record.referer,
        "agent": record.agent,
    }
    return json.dumps({name: value for name, value in line.items() if value is not None})


def format_note(moment: float, address: str, message: str) -> str:
    """Return a line of JSON about something else than an answered request."""
    return json.dumps({"time": _format_time(moment), "address": address, "message": message})


def _format_time(moment: float) -> str:
    year, month, day, hour, minute, second = split_seconds(int(moment))
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{int(moment % 1 * 1000):03}Z"


FORMATS = {"combined": format_combined, "json": format_json}
"""The forms by their names."""
