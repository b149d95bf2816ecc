"""Commands of FTP on their way out: what may be sent, what must not be shown, and addresses in their two notations.

RFC 959 section 4.1; RFC 2428 for EPRT. A command is text without its line end.
"""

import re
from typing import Final

__all__ = ["SYNCH", "check_command", "format_eprt", "format_port", "mask_command", "same_host"]

SYNCH: Final = b"\xff\xf4\xff\xf2"
"""Telnet's Interrupt Process and Data Mark, whose last byte is to be urgent (RFC 854); what comes before ABOR."""

_FORBIDDEN: Final = re.compile(r"[\r\n\0]")
_SECRET: Final = frozenset({"pass", "acct"})
"""Commands whose argument nobody is shown."""


def check_command(line: str) -> None:
    """Let only a single line pass: ValueError for CR, LF or NUL in it (security row 133)."""
    if _FORBIDDEN.search(line):
        message = "an illegal newline character should not be contained"
        raise ValueError(message)


def mask_command(line: str) -> str:
    """Return a line, sent or received, with the password hidden that a PASS or ACCT command holds."""
    if line[:4].lower() not in _SECRET or line[4:5] != " ":
        return line
    end = len(line.rstrip("\r\n"))
    return line[:5] + "*" * (end - 5) + line[end:]


def format_port(host: str, port: int) -> str:
    """Return the PORT command for an IPv4 address (RFC 959 section 4.1.2)."""
    return f"PORT {host.replace('.', ',')},{port >> 8},{port & 255}"


def format_eprt(host: str, port: int, *, ipv6: bool) -> str:
    """Return the EPRT command for an address (RFC 2428 section 2); a zone is ours alone and stays here."""
    return f"EPRT |{2 if ipv6 else 1}|{host.partition('%')[0]}|{port}|"


def same_host(one: str, other: str) -> bool:
    """Tell whether two numeric addresses name one host; IPv4 may come in IPv6's clothes, with or without a zone."""
    return _bare(one) == _bare(other)


def _bare(address: str) -> str:
    return address.partition("%")[0].lower().removeprefix("::ffff:")
