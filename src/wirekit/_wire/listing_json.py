"""A directory's listing for programs: JSON, asked for by ``Accept: application/json``."""

import json
from collections.abc import Callable, Iterable

from wirekit._wire.listing_page import Entry
from wirekit._wire.percent import Quoting, quote_bytes

__all__ = ["format_entries", "wants_json"]

_NAME = Quoting(b"")  # a colon would make a scheme of what stands before it


def wants_json(accept: str | None) -> bool:
    """Tell whether a client asks for JSON, by the field Accept: it names it, and not HTML."""
    kinds = [kind.partition(";")[0].strip().lower() for kind in (accept or "").split(",")]
    return "application/json" in kinds and "text/html" not in kinds


def format_entries(entries: Iterable[Entry], format_time: Callable[[float], str]) -> bytes:
    """Return a list of objects: ``name`` (text; odd bytes as U+FFFD), ``href`` (exact), ``type``, ``size``, ``modified``.

    format_time: seconds since 1970 to text. ``type`` is ``directory`` or ``file``; what is not known is left out.
    """
    rows = []
    for entry in entries:
        row: dict[str, object] = {
            "name": entry.name.decode("utf-8", "replace"),
            "href": quote_bytes(entry.name, _NAME) + "/" * entry.is_directory,
            "type": "directory" if entry.is_directory else "file",
        }
        if entry.size is not None and not entry.is_directory:
            row["size"] = entry.size
        if entry.modified is not None:
            row["modified"] = format_time(entry.modified)
        rows.append(row)
    return json.dumps(rows, ensure_ascii=False).encode("utf-8")
