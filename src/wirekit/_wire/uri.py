"""Uniform resource identifiers: taking apart, putting together, resolving (RFC 3986).

``split_uri`` is the heart: five components, ``None`` for one that is not there (RFC 3986 section 5.2.1 tells that from
an empty one). It reads as CPython's urllib.parse does, which is RFC 3986 with two customs of browsers (leading blanks
and all tabs and line ends are dropped), by string methods alone: one expression for the whole of a URI has been tried
and was wrong wherever brackets came. ``split_web`` is the same for http and https, where most URLs live, with nothing
done twice. Both ask ``authorities`` which authorities to refuse.

Resolving takes the base once (``parse_base``), because many references are resolved against one: what it costs to know
the directory of the base is paid then, and a plain relative path only takes its place behind it.

Percent-encoding lives in ``percent``, form data in ``forms``.
"""

from __future__ import annotations

from wirekit._wire.authorities import (
    BROWSER_SCHEMES,
    CONTROLS_AND_SPACE,
    check_authority,
    is_plain,
    plain_authorities,
    refuse_hidden_authority,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    Components = tuple[str | None, str | None, str, str | None, str | None]
    """Scheme, authority, path, query, fragment."""
    Base = tuple[Components, str, str | None]
    """Components of a base, its scheme and authority as text, and the directory of its path."""

__all__ = [
    "join_reference",
    "parse_base",
    "resolve_path",
    "split_authority",
    "split_uri",
    "split_web",
    "unsplit_uri",
]

_SCHEMES = {
    scheme: scheme
    for scheme in ("http", "https", "ftp", "file", "mailto", "data", "ws", "wss", "git", "s3", "ssh")
}
"""Schemes met often, so that their characters need no look."""


# ---- taking apart


def split_uri(
    url: str,
    scheme: str | None,
    strict: bool,
    fragments: bool = True,
    missing: str | None = None,
) -> tuple[str | None, str | None, str, str | None, str | None]:
    """Split into scheme (lower case), authority, path, query and fragment; ``missing`` for what is not there.

    ``scheme`` stands for a missing one. Without ``fragments`` a ``#`` ends the authority but belongs to the path or
    query. ValueError for an authority that ``check_authority`` refuses.
    """
    if url < "!":  # empty, or a blank or control in front
        url = url.lstrip(CONTROLS_AND_SPACE)
    if "\n" in url or "\r" in url or "\t" in url:
        url = url.replace("\n", "").replace("\r", "").replace("\t", "")
    begin = url.find(":") + 1
    if begin:
        found = _SCHEMES.get(url[: begin - 1]) or _parse_scheme(url[: begin - 1])
        if found is None:
            begin = 0
        else:
            scheme = found
    authority = query = fragment = missing
    if url.startswith("//", begin):
        begin += 2
        end = url.find("/", begin)
        authority = url[begin:end] if end >= 0 else url[begin:]
        if "?" in authority or "#" in authority:
            authority = split_authority(authority)[0]
        begin += len(authority)
        if authority not in plain_authorities:
            check_authority(authority, scheme, strict=strict)
    elif strict and "\\" in url and scheme in BROWSER_SCHEMES:
        refuse_hidden_authority(url[begin : begin + 2])
    path = url[begin:]
    if fragments and "#" in path:
        path, _, fragment = path.partition("#")
    if "?" in path:
        path, _, query = path.partition("?")
    return scheme, authority, path, query, fragment


def split_web(url: str, missing: str | None) -> Components | None:
    """Split an http or https URL as ``split_uri`` does with ``strict``; ``None`` for one that it must look at itself.

    (Twice as quick: nothing is asked that the first characters tell, and no component is cut out twice.)
    """
    if url.startswith("https://"):
        scheme, begin = "https", 8
    elif url.startswith("http://"):
        scheme, begin = "http", 7
    else:
        return None
    if "\n" in url or "\r" in url or "\t" in url:
        return None
    query = fragment = missing
    if "#" in url:
        url, _, fragment = url.partition("#")
    if "?" in url:
        url, _, query = url.partition("?")
    end = url.find("/", begin)
    if end < 0:
        authority, path = url[begin:], ""
    else:
        authority, path = url[begin:end], url[end:]
    if authority not in plain_authorities and ("@" in authority or not is_plain(authority)):
        check_authority(authority, scheme, strict=True)
    return scheme, authority, path, query, fragment


def _parse_scheme(text: str) -> str | None:
    """Return a legal scheme in lower case (RFC 3986 section 3.1), ``None`` for other text."""
    if not (text.isascii() and text[:1].isalpha()):
        return None
    if not text.isalnum() and not text.replace("+", "").replace("-", "").replace(".", "").isalnum():
        return None
    return text.lower()


def split_authority(url: str, start: int = 0) -> tuple[str, str]:
    """Split at the first ``/``, ``?`` or ``#`` from ``start`` on: (what stands before it, the rest)."""
    ends = [end for end in (url.find(mark, start) for mark in "/?#") if end >= 0]
    end = min(ends, default=len(url))
    return url[start:end], url[end:]


# ---- putting together


def unsplit_uri(
    scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None
) -> str:
    """Put five components together (RFC 3986 section 5.3); those that are ``None`` leave no mark."""
    if authority is not None:
        if path and path[0] != "/":
            path = "/" + path
        path = "//" + authority + path  # + and no f-string: bytes among text must fail
    elif path[:2] == "//":
        path = "//" + path  # else its first segment would read as the authority
    if scheme:
        path = scheme + ":" + path
    if query is not None:
        path = path + "?" + query
    if fragment is not None:
        path = path + "#" + fragment
    return path


def parse_base(url: str, *, strict: bool, fragments: bool = True) -> Base:
    """Split a base, and note what resolving against it needs: the text of its scheme and authority, its directory.

    The directory is the path up to its last slash; ``None`` where segments in it may vanish (empty ones, dots).
    """
    parts = (split_web(url, None) if strict and fragments else None) or split_uri(
        url, None, strict, fragments
    )
    scheme, authority, path, _, _ = parts
    directory: str | None = path[: path.rfind("/") + 1] if path else "/"
    if authority is None or path[:1] not in {"", "/"} or "//" in path or "/." in path:
        directory = None
    return parts, unsplit_uri(scheme, authority, "", None, None), directory


def join_reference(start: str, directory: str, url: str) -> str | None:
    """Resolve a reference that begins with a plain path, against what ``parse_base`` noted; ``None`` for any other one.

    (Three times as quick as taking all apart and putting it together again.)
    """
    if ":" in url or "\\" in url or url < "!" or url.startswith("//"):
        return None
    if "\n" in url or "\r" in url or "\t" in url:
        return None
    end = url.find("#")
    mark = url.find("?", 0, end) if end >= 0 else url.find("?")
    if mark >= 0:
        end = mark
    path = _join_path(directory, url[:end] if end >= 0 else url)
    if path is None:
        return None
    return start + path + url[end:] if end >= 0 else start + path


def _join_path(directory: str, path: str) -> str | None:
    if not path or "//" in path:
        return None
    if path[0] == "/":
        return None if "/." in path else path
    while path.startswith("../") and directory != "/":
        path = path[3:]
        directory = directory[: directory.rfind("/", 0, -1) + 1]
    if path[:1] == "." or "/." in path:
        return None
    return directory + path


def resolve_path(base: str, path: str) -> str:
    """Resolve a path against the path of the base, dots removed (RFC 3986 sections 5.2.3 and 5.2.4).

    As in CPython, empty segments in the middle of a merged path are dropped, it is never empty, and one that climbs
    above the root comes back without its slash, which an authority in front restores.
    """
    if path[:1] == "/":
        segments = path.split("/")
    else:
        segments = base.split("/")
        if segments[-1]:
            segments.pop()
        segments += path.split("/")
        segments[1:-1] = filter(None, segments[1:-1])
    if "." in segments or ".." in segments:
        segments = _remove_dots(segments)
    return "/".join(segments) or "/"


def _remove_dots(segments: list[str]) -> list[str]:
    kept: list[str] = []
    for segment in segments:
        if segment == "..":
            del kept[-1:]
        elif segment != ".":
            kept.append(segment)
    if segments[-1] in (".", ".."):
        kept.append("")
    return kept
