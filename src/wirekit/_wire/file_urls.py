"""Paths of files as the paths of ``file:`` URLs and back (RFC 8089), for POSIX and for Windows.

A URL's path is text with escapes for bytes; ``encoding`` is the file system's, whose undecodable bytes come and go as
Python's surrogate escapes do.
"""

from __future__ import annotations

from wirekit._wire.percent import Quoting, quote_bytes, unquote_text

__all__ = ["format_posix_path", "format_windows_path", "parse_posix_path", "parse_windows_path"]

_ERRORS = "surrogateescape"
_PATH = Quoting(b"/")
_SEGMENT = Quoting(b"")


def parse_posix_path(path: str, encoding: str) -> str:
    """Return the file's path: ``/a%20b`` becomes ``/a b``."""
    return unquote_text(path, encoding, _ERRORS)


def format_posix_path(path: str, encoding: str) -> str:
    """Return the URL's path: ``/a b`` becomes ``/a%20b``."""
    return quote_bytes(path.encode(encoding, _ERRORS), _PATH)


def parse_windows_path(path: str, encoding: str) -> str:
    r"""Return the file's path: ``///C:/a%20b`` becomes ``C:\a b``, ``////server/share`` ``\\server\share``.

    OSError for something else than a letter before the colon.
    """
    before, mark, rest = path.replace(":", "|").partition("|")
    if not mark:
        if path[:4] == "////":  # the two slashes of an empty authority, then the two of a server's name
            path = path[2:]
        return unquote_text(path.replace("/", "\\"), encoding, _ERRORS)
    drive = before[-1:]
    if "|" in rest or not (drive.isascii() and drive.isalpha()) or before[:-1].strip("/"):
        message = f"Bad URL: {path}"
        raise OSError(message)
    steps = [unquote_text(step, encoding, _ERRORS) for step in rest.split("/") if step]
    found = "\\".join([drive.upper() + ":", *steps])
    return found + "\\" if rest.endswith("/") and not steps else found


def format_windows_path(path: str, encoding: str) -> str:
    r"""Return the URL's path: ``C:\a b`` becomes ``///C:/a%20b``. OSError for something else than one letter's drive."""
    plain = _without_device_prefix(path)
    drive, colon, rest = plain.partition(":")
    if not colon:
        if plain[:2] == "\\\\":  # a server's name needs the slashes of an empty authority before its own
            plain = "\\\\" + plain
        return quote_bytes(plain.replace("\\", "/").encode(encoding, _ERRORS), _PATH)
    if ":" in rest or len(drive) != 1:
        message = f"Bad path: {path}"
        raise OSError(message)
    steps = [quote_bytes(step.encode(encoding, _ERRORS), _SEGMENT) for step in rest.split("\\") if step]
    return "/".join([f"///{drive.upper()}:", *steps])


def _without_device_prefix(path: str) -> str:
    """Drop what tells Windows to take a path as it is: backslash, backslash, question mark, backslash."""
    if path[:4] != "\\\\?\\":
        return path
    rest = path[4:]
    if rest[:4].upper() == "UNC\\":
        return "\\\\" + rest[4:]
    if rest[1:2] != ":":
        message = f"Bad path: {path}"
        raise OSError(message)
    return rest
