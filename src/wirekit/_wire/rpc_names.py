"""What XML-RPC has names for: the limits of its integers, the codes of faults, names of methods and of encodings.

The fault codes are those of Dan Libby's "Specification for Fault Code Interoperability" (2001).
"""

import re
from typing import Final

__all__ = [
    "APPLICATION_ERROR",
    "INTERNAL_ERROR",
    "INVALID_ENCODING_CHAR",
    "INVALID_METHOD_PARAMS",
    "INVALID_XMLRPC",
    "MAXI8",
    "MAXINT",
    "METHOD_NOT_FOUND",
    "MINI8",
    "MININT",
    "NOT_WELLFORMED_ERROR",
    "PARSE_ERROR",
    "SERVER_ERROR",
    "SYSTEM_ERROR",
    "TRANSPORT_ERROR",
    "UNSUPPORTED_ENCODING",
    "check_encoding",
    "clean_text",
    "find_unsendable",
]

MAXINT: Final = 2**31 - 1
MININT: Final = -(2**31)
MAXI8: Final = 2**63 - 1
MINI8: Final = -(2**63)

# Ranges of errors
PARSE_ERROR: Final = -32700
SERVER_ERROR: Final = -32600
APPLICATION_ERROR: Final = -32500
SYSTEM_ERROR: Final = -32400
TRANSPORT_ERROR: Final = -32300

# Single errors
NOT_WELLFORMED_ERROR: Final = -32700
UNSUPPORTED_ENCODING: Final = -32701
INVALID_ENCODING_CHAR: Final = -32702
INVALID_XMLRPC: Final = -32600
METHOD_NOT_FOUND: Final = -32601
INVALID_METHOD_PARAMS: Final = -32602
INTERNAL_ERROR: Final = -32603

# XML 1.0 section 2.2: Char. What is not among these has no place in a document, escaped or not.
_UNSENDABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_ENCODING_NAME = re.compile(r"[A-Za-z][A-Za-z0-9._\-]*+").fullmatch  # XML 1.0 section 4.3.3: EncName


def find_unsendable(text: str) -> str:
    """Return the first character that no XML document can hold, escaped or not; ``""`` where there is none."""
    found = _UNSENDABLE.search(text)
    return found.group() if found else ""


def clean_text(text: str) -> str:
    """Return text with U+FFFD in the place of each character that no XML document can hold."""
    return _UNSENDABLE.sub("\ufffd", text)


def check_encoding(name: str) -> None:
    """Let only the name of an encoding into a document's declaration; else ValueError."""
    if not _ENCODING_NAME(name):
        message = f"{name!r} is no name of an encoding"
        raise ValueError(message)
