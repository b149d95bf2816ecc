"""Replies of FTP: what their codes mean, and the addresses, names, sizes and times that some of them hold.

A reply is text without its last line end; lines of a longer one are separated by line feeds. RFC 959 section 4.2, RFC 2428,
RFC 3659. Errors are ftplib's, loaded when one is raised.
"""

import re
from collections.abc import Sequence
from typing import Any, Final

__all__ = [
    "bears_pipelining",
    "check_reply",
    "choose_final",
    "errors",
    "is_end_of_reply",
    "is_unknown_command",
    "parse150",
    "parse213",
    "parse227",
    "parse229",
    "parse257",
]

_SIZE: Final = re.compile(r"150 .* \((\d{1,19}) bytes\)", re.IGNORECASE | re.ASCII)
_SIX_NUMBERS: Final = re.compile(
    r"(?<!\d)(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3}), ?(\d{1,3})(?!\d)", re.ASCII
)
_PORT: Final = re.compile(r"\(([!-/:-~])(?:(?!\1).){0,64}\1(?:(?!\1).){0,64}\1(\d{1,5})\1\)", re.ASCII)
_ONE_BY_ONE: Final = re.compile(r"Microsoft FTP Service|MadGoat|MikroTik", re.IGNORECASE)
_NAME: Final = re.compile(r'257 "((?:[^"]|"")*+)"', re.DOTALL)
_DIGITS: Final = re.compile(r"213 *+(\d{1,19}) *+", re.ASCII)


def errors() -> Any:
    """Return the module of FTP's errors, loaded when one of them is wanted."""
    from wirekit._wire import ftp_errors

    return ftp_errors


def is_end_of_reply(first: str, line: str) -> bool:
    """Tell whether a line ends the reply that began with the line ``first``; a single line ends itself."""
    if first[3:4] != "-":
        return True
    return line is not first and line[:3] == first[:3] and line[3:4] != "-"


def check_reply(reply: str) -> str:
    """Return a reply of the first three classes; else error_temp (4xx), error_perm (5xx), error_proto (none of them)."""
    kind = reply[:1]
    if kind in {"1", "2", "3"}:
        return reply
    if kind == "4":
        raise errors().error_temp(reply)
    if kind == "5":
        raise errors().error_perm(reply)
    raise errors().error_proto(reply)


def is_unknown_command(reply: str) -> bool:
    """Tell whether a server refuses a command for good: it does not know it, or has it switched off."""
    return reply[:3] in {"500", "501", "502", "503", "504", "522"}


def bears_pipelining(greeting: str) -> bool:
    """Tell whether the server that greets so may be sent two commands together: some drop all but the first."""
    return not _ONE_BY_ONE.search(greeting)


def choose_final(replies: Sequence[str]) -> str:
    """Return the reply that ends a transfer, of those that came when NOOPs were sent during it.

    A server answers these at once, or after the transfer: their replies are known by their codes.
    """
    return next(
        (reply for reply in replies if reply[:3] not in {"200", "500", "501", "502", "503"}), replies[0]
    )


def parse150(resp: str) -> int | None:
    """Return the size that the reply to RETR announces in bytes, None where it does not; error_reply if no 150."""
    if resp[:3] != "150":
        raise errors().error_reply(resp)
    found = _SIZE.match(resp)
    return int(found[1]) if found else None


def parse213(resp: str) -> int:
    """Return the size that the reply to SIZE gives (RFC 3659 section 4); error_proto when it gives none."""
    found = _DIGITS.fullmatch(resp)
    if found is None:
        raise errors().error_proto(resp)
    return int(found[1])


def parse227(resp: str) -> tuple[str, int]:
    """Return (host, port) of the reply to PASV: ('127.0.0.1', 50000).

    The six numbers may stand anywhere (RFC 1123 section 4.1.2.6), a blank behind each comma. error_reply if no 227, error_proto without numbers
    that are an address and a port.
    """
    if resp[:3] != "227":
        raise errors().error_reply(resp)
    found = _SIX_NUMBERS.search(resp, 3)
    numbers = [int(number) for number in found.groups()] if found else [256]
    if max(numbers) > 255:
        raise errors().error_proto(resp)
    *host, high, low = numbers
    return ".".join(map(str, host)), (high << 8) + low


def parse229(resp: str, peer: Any) -> tuple[str, int]:
    """Return (host, port) of the reply to EPSV, ``(|||50000|)``: the host is peer's first item (RFC 2428 section 3).

    error_reply if no 229, error_proto without a port in its parentheses.
    """
    if resp[:3] != "229":
        raise errors().error_reply(resp)
    found = _PORT.search(resp, 3)
    if found is None or not 0 < int(found[2]) < 65_536:
        raise errors().error_proto(resp)
    return peer[0], int(found[2])


def parse257(resp: str) -> str:
    """Return the directory that the reply to PWD or MKD names, quotation marks in it single again.

    error_reply if no 257; ``""`` where the name does not stand in quotation marks, as some servers have it.
    """
    if resp[:3] != "257":
        raise errors().error_reply(resp)
    found = _NAME.match(resp)
    if found:
        return found[1].replace('""', '"')
    return resp[5:].replace('""', '"') if resp[3:5] == ' "' else ""
