"""From a request's path to a file's, and the page that lists a directory: what of a file server needs no files.

A path comes from a stranger. ``parse_path`` gives the names below the served directory that it means, and never one
that leads out of it: ``..`` is resolved before any file is looked at, and what the file system would read as more than a
plain name (a separator, on Windows a drive, a device, or a name whose last dots and spaces it drops) is refused.

The names in a listing come from strangers too: every one is escaped, for HTML in the text and for URLs in the link.
"""

import html
import posixpath
import re
from collections.abc import Iterable

from wirekit._wire.percent import Quoting, quote_bytes, unquote_bytes

__all__ = ["POLICY", "format_listing", "format_location", "parse_path", "split_target"]

POLICY = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'self'"
"""Content-Security-Policy of a listing: it runs nothing and loads nothing (security row 108)."""

_NAME = Quoting(b"")  # a colon would make a scheme of what stands before it
_PATH = Quoting(
    b"/%!$&'()*+,;=:@?"
)  # RFC 3986 sections 3.3 and 3.4; a backslash is not in it (security row 104)
_ORIGIN = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*+://[^/?#]*+").match
_WINDOWS_ODD = re.compile(r'.*[\\:<>"|*\x01-\x1f]|.*[. ]\Z', re.DOTALL).match
_WINDOWS_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[ .].*)?\Z", re.IGNORECASE
).match


def split_target(target: str) -> tuple[str, str]:
    """Return (path, query with its mark); of an absolute target (RFC 9112 section 3.2.2) what follows the host."""
    if found := _ORIGIN(target):
        target = target[found.end() :]
    path, mark, query = target.partition("#")[0].partition("?")
    return path, mark + query


def parse_path(target: str, *, windows: bool) -> tuple[list[bytes], bool] | None:
    """Return (the names below the root, whether the path ends in a slash), or None for a path that may name no file.

    target: as in the request line, decoded as ISO-8859-1. The names are bytes, as the file system has them.
    windows: whether that is Windows' (security rows 105 and 106).
    """
    path = split_target(target)[0]
    decoded = unquote_bytes(path.encode("iso-8859-1", "replace"))
    if decoded.find(b"\0") >= 0:
        return None
    names = [name for name in posixpath.normpath(b"/" + decoded).split(b"/") if name]
    if windows and any(map(_is_odd_on_windows, names)):
        return None
    return names, path.rstrip().endswith("/")


def _is_odd_on_windows(name: bytes) -> bool:
    text = name.decode("utf-8", "replace")
    return bool(_WINDOWS_ODD(text) or _WINDOWS_DEVICE(text))


def format_location(target: str) -> str:
    r"""Return where a directory's listing is, when the target lacks the last slash: a path on the same host.

    One slash in front, whatever stood there, and no backslash anywhere: a browser reads ``//name`` and ``/\name`` as
    another host (security rows 103 and 104).
    """
    path, query = split_target(target)
    names, query = (
        quote_bytes(part.encode("iso-8859-1", "replace"), _PATH) for part in (path.strip("/\\"), query)
    )
    return f"/{names}/{query}" if names else f"/{query}"


def format_listing(target: str, entries: Iterable[tuple[bytes, str]]) -> bytes:
    """Return the page that lists a directory, in UTF-8.

    target: of the request; entries: (name as the file system has it, mark), where the mark is ``"/"`` for a directory,
    ``"@"`` for a link, ``"/@"`` for a link to a directory, ``""`` for a file. They are listed in the given order.
    """
    path = unquote_bytes(split_target(target)[0].encode("iso-8859-1", "replace")).decode("utf-8", "replace")
    title = f"Directory listing for {html.escape(path)}"
    lines = [
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">',
        '<meta name="viewport" content="width=device-width, initial-scale=1">',
        '<meta name="color-scheme" content="light dark">',
        f"<title>{title}</title>\n</head>\n<body>\n<h1>{title}</h1>\n<hr>\n<ul>",
        *(_format_entry(name, mark) for name, mark in entries),
        "</ul>\n<hr>\n</body>\n</html>\n",
    ]
    return "\n".join(lines).encode("utf-8")


def _format_entry(name: bytes, mark: str) -> str:
    link = quote_bytes(name, _NAME) + mark[: mark.startswith("/")]
    text = html.escape(name.decode("utf-8", "replace"))
    return f'<li><a href="{link}">{text}{mark[-1:]}</a></li>'
