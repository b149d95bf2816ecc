"""The page that lists a directory, as people enjoy it: sorted, filtered, previewed, uploaded to.

Everything a stranger may have named is escaped: for HTML in the text, for URLs in the links; control characters are
shown as their pictures, and a name that changes the direction of writing stays within itself (``bdi``). Style and
script stand in the page, allowed by their hashes alone (``POLICY``), so nothing that slipped in could run.

Without the script the page sorts by links and uploads by a form.
"""

from __future__ import annotations

import html
import posixpath
import re
from hashlib import sha256
from operator import attrgetter
from typing import TYPE_CHECKING, NamedTuple

from wirekit._wire.listing import split_target
from wirekit._wire.listing_assets import SCRIPT, STYLE
from wirekit._wire.percent import Quoting, quote_bytes, unquote_bytes

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

__all__ = ["POLICY", "Entry", "Order", "format_page", "format_size", "parse_order", "sort_entries"]


def _hash(text: str) -> str:
    from binascii import b2a_base64  # once

    return f"'sha256-{b2a_base64(sha256(text.encode()).digest(), newline=False).decode()}'"


POLICY = (
    f"default-src 'none'; style-src {_hash(STYLE)}; script-src {_hash(SCRIPT)}; img-src 'self' data:; media-src 'self'; "
    "connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'self'"
)
"""Content-Security-Policy of the page (security row 108): its own style, icons and script, and what this server serves."""

_NAME = Quoting(b"")  # a colon would make a scheme of what stands before it
_CONTROL = re.compile("[\x00-\x1f\x7f]")
_DIGITS = re.compile(r"(\d++)")
_UNITS = ("KB", "MB", "GB", "TB", "PB", "EB")
_KINDS = {
    "i": "apng avif bmp gif ico jpeg jpg png svg webp",
    "a": "aac flac m4a mp3 oga ogg opus wav",
    "v": "avi m4v mkv mov mp4 ogv webm",
    "z": "7z br bz2 deb gz iso jar rar rpm tar tgz whl xz zip zst",
    "t": "bat c cfg conf cpp cs css csv diff go h htm html ini java js json log lua md patch php pl py rb rs rst sh sql "
    "tex toml ts tsv txt vtt xml yaml yml",
}
_KIND_OF = {suffix: kind for kind, suffixes in _KINDS.items() for suffix in suffixes.split()}


class Entry(NamedTuple):
    """One thing in a directory. name: as the file system has it; modified: seconds since 1970, UTC; None: not known."""

    name: bytes
    is_directory: bool
    is_link: bool = False
    size: int | None = None
    modified: float | None = None


class Order(NamedTuple):
    """By what a listing is sorted: ``name``, ``size`` or ``time``. Directories stand first in any order."""

    key: str = "name"
    descending: bool = False


def parse_order(target: str) -> Order:
    """Return the order that a request's target asks for by ``?sort=size&order=desc``; by name where it says nothing."""
    given = dict(part.partition("=")[::2] for part in split_target(target)[1][1:].split("&"))
    key = given.get("sort", "")
    return Order(key if key in {"name", "size", "time"} else "name", given.get("order") == "desc")


def sort_entries(entries: Iterable[Entry], order: Order) -> list[Entry]:
    """Sort, directories first; names by their numbers (``file2`` before ``file10``) and without regard to case."""
    by: Callable[[Entry], object] = {"size": _by_size, "time": _by_time}.get(order.key, _by_name)
    ordered = sorted(entries, key=_by_name)
    if by is not _by_name:
        ordered.sort(key=by)  # type: ignore[arg-type]  # numbers
    if order.descending:
        ordered.reverse()
    ordered.sort(key=attrgetter("is_directory"), reverse=True)
    return ordered


def _by_name(entry: Entry) -> tuple[list[object], bytes]:
    parts = _DIGITS.split(entry.name.decode("utf-8", "replace").casefold())
    parts[1::2] = [digits.lstrip("0").rjust(20, "0") for digits in parts[1::2]]
    return list(parts), entry.name


def _by_size(entry: Entry) -> int:
    return -1 if entry.size is None or entry.is_directory else entry.size


def _by_time(entry: Entry) -> float:
    return float("-inf") if entry.modified is None else entry.modified


def format_size(size: int) -> str:
    """Return a number of bytes as people read it: ``999 B``, ``1.4 MB`` (of 1,024 each)."""
    if size < 1000:
        return f"{size} B"
    amount, unit = size / 1024, 0
    while amount >= 999.5 and unit < len(_UNITS) - 1:
        amount, unit = amount / 1024, unit + 1
    return f"{amount:.1f} {_UNITS[unit]}" if amount < 9.95 else f"{amount:.0f} {_UNITS[unit]}"


def format_page(
    target: str,
    entries: Iterable[Entry],
    format_time: Callable[[float], str],
    order: Order,
    *,
    upload: bool = False,
) -> bytes:
    """Return the page, in UTF-8. target: of the request; entries: already sorted; upload: whether files may be put here.

    format_time: seconds since 1970 to ``2026-01-31 23:59`` in UTC.
    """
    path = unquote_bytes(split_target(target)[0].encode("iso-8859-1", "replace"))
    names = [name for name in posixpath.normpath(b"/" + path).split(b"/") if name]
    rows = [_format_entry(entry, format_time) for entry in entries]
    title = html.escape(_show(b"/" + b"".join(name + b"/" for name in names)))
    count = f"{len(rows):,} {'entry' if len(rows) == 1 else 'entries'}"
    if names:
        rows.insert(0, '<li class="u row"><a href="../">Parent directory</a></li>')
    parts = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        f"<title>Directory listing for {title}</title>\n{_ICON}\n<style>{STYLE}</style>\n</head>\n<body>",
        _format_crumbs(names),
        _UPLOAD if upload else "",
        _FILTER.format(count),
        _format_head(order),
        '<ul id="entries">',
        *rows,
        "</ul>",
        f'<p class="note"{" hidden" if len(rows) > bool(names) else ""}>This directory is empty.</p>',
        _FOOT,
        f"<script>{SCRIPT}</script>\n</body>\n</html>\n",
    ]
    return "\n".join(parts).encode("utf-8", "replace")


_ICON = (
    "<link rel=icon href=\"data:image/svg+xml,%3Csvg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 16 16'%3E"
    "%3Cpath fill='%230a58ca' d='M1 3h5l1.5 2H15v8.5H1z'/%3E%3C/svg%3E\">"
)  # else every browser asks for /favicon.ico, and finds none

_FILTER = """<div class="bar">
<input type="search" id="filter" placeholder="Filter" aria-label="Filter by name" hidden>
<span id="count" role="status" data-all="{0}">{0}</span></div>"""

_UPLOAD = """<form class="up" id="upload" method="post" enctype="multipart/form-data">
<label>Upload files: <input type="file" name="file" multiple required></label>
<button type="submit">Upload</button>
<p><span class="drop">Files may be dropped anywhere on this page. </span>What is already here is not replaced.</p>
<ol aria-label="Uploads"></ol>
</form>"""

_FOOT = """<p class="note" id="none" hidden>No name fits the filter.</p>
<footer><span class="keys"><kbd>/</kbd> filter, <kbd>&uarr;</kbd> <kbd>&darr;</kbd> move, <kbd>Enter</kbd> open,
<kbd>Space</kbd> preview, <kbd>&larr;</kbd> <kbd>&rarr;</kbd> next preview</span></footer>
<dialog id="view" aria-labelledby="name"><header><b id="name"></b>
<button id="previous" aria-label="Previous">&larr;</button><button id="next" aria-label="Next">&rarr;</button>
<a id="open" href="">Open</a><button id="close">Close</button></header><div id="shown"></div></dialog>"""


def _format_crumbs(names: list[bytes]) -> str:
    """Return the heading: every directory on the way here, as a link."""
    up = ["../" * (len(names) - depth) or "./" for depth in range(len(names) + 1)]
    texts = ["Home", *(html.escape(_show(name)) for name in names)]
    links = [f'<a href="{link}"><bdi>{text}</bdi></a>' for link, text in zip(up, texts, strict=True)]
    links[-1] = f'<span aria-current="page"><bdi>{texts[-1]}</bdi></span>'
    return f'<nav aria-label="Path"><h1>{"<span class=sep>/</span>".join(links)}</h1></nav>'


def _format_head(order: Order) -> str:
    return (
        '<div class="row head">'
        + "".join(
            _format_sorting(key, text, order)
            for key, text in (("name", "Name"), ("size", "Size"), ("time", "Modified"))
        )
        + "</div>"
    )


def _format_sorting(key: str, text: str, order: Order) -> str:
    """Return the head of a column: a link that sorts by it, or turns its order round."""
    current = key == order.key
    turned = "desc" if current and not order.descending else "asc"
    mark = f' aria-current="{"descending" if order.descending else "ascending"}"' if current else ""
    return f'<a href="?sort={key}&amp;order={turned}"{mark}>{text}</a>'


def _format_entry(entry: Entry, format_time: Callable[[float], str]) -> str:
    slash = "/" if entry.is_directory else ""
    mark = slash + "@" * entry.is_link
    link = html.escape(quote_bytes(entry.name, _NAME)) + slash
    kind = "d" if entry.is_directory else _KIND_OF.get(_suffix(entry.name), "f")
    return (
        f'<li class="{kind} row"{_data(entry)}><a href="{link}"><bdi>{html.escape(_show(entry.name))}{mark}</bdi></a>'
        f"{_format_size_cell(entry)}{_format_time_cell(entry, format_time)}</li>"
    )


def _data(entry: Entry) -> str:
    return "" if entry.size is None else f' data-s="{entry.size}"'


def _format_size_cell(entry: Entry) -> str:
    if entry.size is None or entry.is_directory:
        return "<span></span>"
    return f'<span title="{entry.size:,} bytes">{format_size(entry.size)}</span>'


def _format_time_cell(entry: Entry, format_time: Callable[[float], str]) -> str:
    if entry.modified is None:
        return ""
    text = format_time(entry.modified)
    return f'<time datetime="{text.replace(" ", "T")}Z">{text}</time>'


def _suffix(name: bytes) -> str:
    return name.rpartition(b".")[2].lower().decode("ascii", "replace")


def _show(name: bytes) -> str:
    """Return a name as text; what is no UTF-8 becomes U+FFFD, a control character its picture (U+2400 and on)."""
    text = name.decode("utf-8", "replace")
    return _CONTROL.sub(lambda found: chr(0x2400 + min(ord(found[0]), 0x21)), text)
