"""Line ends and dots of a message: what DATA asks for (RFC 5321 sections 2.3.8 and 4.5.2).

Every line end becomes CR LF first, and only then a dot at a line's beginning is doubled: a server then finds the end of
the message in one place, however it reads lone CRs and LFs (SMTP smuggling, security row 149).

Messages may be large, so each step is one pass in C, and is left out where nothing has to be done. ``io``'s decoder of
line ends says which kinds occur at half the cost of counting them.
"""

import re
from io import IncrementalNewlineDecoder
from typing import Final

__all__ = ["END", "add_dots", "fix_line_ends", "holds_commands", "is_canonical", "quote_data"]

END: Final = b".\r\n"
"""What ends the data, at the beginning of a line."""

_LINE_END = re.compile(r"\r\n|\n|\r")
_LINE_START = re.compile(r"(?m)^\.")
_RCPT = re.compile(rb"(?m)^[ \t]*rcpt").search


def is_canonical(data: bytes) -> bool:
    """Tell whether every CR and every LF is part of a CR LF."""
    decoder = IncrementalNewlineDecoder(None, translate=False)
    decoder.decode(data.decode("latin-1"), final=True)
    return decoder.newlines in {None, "\r\n"}


def fix_line_ends(data: bytes) -> bytes:
    """Make each line end CR LF: CR LF stays, a lone CR or LF becomes one."""
    if b"\r" not in data:
        return data.replace(b"\n", b"\r\n")
    if is_canonical(data):
        return data
    return data.replace(b"\r\n", b"\n").replace(b"\r", b"\n").replace(b"\n", b"\r\n")


def add_dots(data: bytes) -> bytes:
    """Double the dot that begins a line. data: with CR LF at line ends, and no others."""
    if b"." not in data:
        return data
    data = data.replace(b"\r\n.", b"\r\n..")
    return b"." + data if data.startswith(b".") else data


def holds_commands(message: bytes) -> bool:
    """Tell whether a message has a line that could name a recipient, if somebody took it for commands.

    A server has to skip the data of a BDAT that it refuses (RFC 3030 section 2). There are some that read it as
    commands (go-smtp does): without a line that begins with RCPT it can send nothing to anybody.
    """
    lower = message.lower()
    return b"rcpt" in lower and _RCPT(lower) is not None


def quote_data(data: str) -> str:
    """Return text with CR LF at line ends and dots doubled; what the standard library calls ``quotedata``."""
    return _LINE_START.sub("..", _LINE_END.sub("\r\n", data))
