"""Addresses of the envelope: the path between angle brackets of MAIL and RCPT (RFC 5321 section 4.1.2, RFC 6531).

An address is either exactly a mailbox (``user@host``, a bare local part, nothing at all), or a mailbox in angle
brackets behind a display name. Anything that two programs could read as two addresses is a ValueError (security row
148): a parser for header fields, which the standard library takes here, finds *some* address in such text and drops
the rest.
"""

import re
from typing import Final

__all__ = ["parse_list", "parse_mailbox", "quote_address", "split_place"]

# atext of RFC 5321 and RFC 6531: no control characters, blanks or specials; beyond ASCII anything but C1 controls
_ATEXT: Final = r"[^\x00-\x20()<>@,;:\\\".\[\]\x7f-\x9f]"
_DOT_STRING: Final = rf"\.*+(?:{_ATEXT}++\.*+)++"  # dots in odd places are in use, and cannot be misread
_QUOTED: Final = (
    r'"[^\x00-\x1f"\\<>@\x7f-\x9f]*+"'  # without what parsers take for the string's or the path's end
)
_DOMAIN: Final = rf"(?:{_ATEXT}++(?:\.{_ATEXT}++)*+\.?|\[[A-Za-z0-9.:\-]++\])"
_MAILBOX: Final = rf"(?:(?:{_QUOTED}|{_DOT_STRING})(?:@{_DOMAIN})?+)?+"
_is_mailbox = re.compile(_MAILBOX).fullmatch
_NAME: Final = r'(?:"(?:[^"\\\r\n]|\\[^\r\n])*+"|[^"<>()@,;:\\\r\n\[\]])*+'
_with_name = re.compile(rf"{_NAME}<[ \t]*+({_MAILBOX})[ \t]*+>[ \t]*+").fullmatch


def parse_mailbox(address: str) -> str:
    """Return the mailbox of an address: ``a@b`` of ``a@b``, ``<a@b>`` and ``Name <a@b>``; ``""`` of ``""`` and ``<>``.

    ValueError for anything else, such as two addresses, comments, control characters or blanks inside.
    """
    if _is_mailbox(address):
        return address
    if _is_mailbox(stripped := address.strip(" \t")):
        return stripped
    if found := _with_name(address):
        return found[1]
    message = f"not one mail address: {address!r}"
    raise ValueError(message)


def quote_address(address: str | list[str], *, strict: bool) -> str:
    """Return the path of an address, in angle brackets.

    strict: ValueError for what ``parse_mailbox`` refuses; else the best is made of it, as in the standard library, which
    takes the first of a list for the address. TypeError for a list where it is not that patient.
    """
    if not isinstance(address, str):
        if strict:
            message = f"an address is text, not {type(address).__name__}"
            raise TypeError(message)
        address = address[0]
    if strict or _is_mailbox(address):
        return f"<{parse_mailbox(address)}>"
    from email.utils import parseaddr

    name, found = parseaddr(address)
    if (name, found) != ("", ""):
        return f"<{found}>"
    return address if address.strip().startswith("<") else f"<{address}>"


_PIECE = re.compile(r'"(?:[^"\\]|\\.)*+"|[^"(,:;]++|[(,:;]', re.DOTALL).match
_IN_COMMENT = re.compile(r"[^()\\]++|\\.|[()]", re.DOTALL).match


def parse_list(text: str) -> list[str]:
    """Return the mailboxes of a field such as To (RFC 5322 section 3.4): names and comments left out, groups opened.

    ValueError where an address cannot be told for certain.
    """
    found: list[str] = []
    entry, pos = "", 0
    while pos < len(text):
        if not (piece := _PIECE(text, pos)):
            raise ValueError(f"not a list of mail addresses: {text!r}")
        pos = piece.end()
        mark = piece[0]
        if mark == "(":
            pos = _skip_comment(text, pos)
            entry += " "
        elif mark in {",", ";"}:
            found += _close(entry)
            entry = ""
        elif mark == ":" and "[" not in entry:
            entry = ""  # the name of a group
        else:
            entry += mark
    return found + _close(entry)


def _skip_comment(text: str, pos: int) -> int:
    """Return where a comment ends whose parenthesis has opened before pos."""
    depth = 1
    while depth:
        if not (piece := _IN_COMMENT(text, pos)):
            raise ValueError(f"not a list of mail addresses: {text!r}")
        depth += (piece[0] == "(") - (piece[0] == ")")
        pos = piece.end()
    return pos


def _close(entry: str) -> list[str]:
    """Return the mailbox of one entry of a list, none where it is empty."""
    entry = " ".join(entry.split())
    if not entry:
        return []
    if not (mailbox := parse_mailbox(entry)):
        raise ValueError("an empty mail address in a list")
    return [mailbox]


def split_place(host: str, port: int) -> tuple[str, int]:
    """Take a port out of ``host:port`` where none is given, and the brackets off an IPv6 address.

    OSError, which the standard library raises here, for a port that is no number.
    """
    name, digits = host, ""
    if host.startswith("["):
        name, _, digits = host[1:].partition("]")
        digits = digits[1:]
    elif not port and host.count(":") == 1:
        name, _, digits = host.partition(":")
    if port or not digits:
        return name, port
    if not (digits.isascii() and digits.isdigit()):
        raise OSError("nonnumeric port")
    return name, int(digits)
