"""HTTP/1.x heads (RFC 9112): finding a response's head, reading it strictly, and checking what a request says.

A head is a start line and a block of field lines. ``find_head_end`` says where it ends, without looking at a byte
twice; ``parse_response_head`` reads it into a ``ResponseHead``, an immutable value that knows how the message is
framed. Its fields are split only when somebody asks: a client that wants a body does not pay for headers.

Strict (``rules.strict_framing``) means: what RFC 9112 lets two readers take in two ways is an error. Not strict means:
the same answer as ``http.client``'s, and the connection is not used again.

``rules`` is ``wirekit.defaults.Defaults``, or anything with its fields.
"""

import re
from typing import Any, Final, Protocol

from wirekit._wire.fields import (
    MATCH_BLOCK,
    TEXT,
    TOKEN,
    count_fields,
    find_values,
    mend_block,
    split_block,
)

__all__ = [
    "ResponseHead",
    "Rules",
    "check_host",
    "check_method",
    "check_target",
    "check_unfinished_head",
    "encode_host",
    "end_cut_head",
    "find_head_end",
    "find_odd_in_target",
    "format_host",
    "is_persistent",
    "parse_response_head",
    "parse_status_line",
    "parse_trailers",
]

MAX_LENGTH_DIGITS: Final = 19
"""Longer Content-Length values overflow 64 bits elsewhere (RFC 9110 section 8.6)."""


class Rules(Protocol):
    """The fields of ``wirekit.defaults.Defaults`` that reading a head needs."""

    strict_framing: bool
    max_line: int
    max_fields: int
    max_head: int


_STRICT_HEAD = re.compile(
    rb"HTTP/1\.([0-9]) ([1-9][0-9][0-9])(?: (%b*+))?\r\n((?:%b++:%b*+\r\n)*+\r\n)" % (TEXT, TOKEN, TEXT)
).fullmatch
_LENGTH_LINE = re.compile(rb"\ncontent-length:[\t ]*+([0-9]{1,%d}+)[\t ]*+\r" % MAX_LENGTH_DIGITS).match
_STATUS_LINE = re.compile(rb"HTTP/[0-9]\.[0-9] [1-9][0-9][0-9](?: %b*+)?\r?" % TEXT).fullmatch
_LENGTH = re.compile(rb"[0-9]{1,%d}+" % MAX_LENGTH_DIGITS).fullmatch
_HEAD_END = re.compile(rb"\n\r?+\n").search
_FOLD = re.compile("[ \t\r\n]++").sub
_BARE_CR = re.compile(rb"\r(?!\n)")
_METHOD = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]++").fullmatch
_CONTROL = re.compile("[\x00-\x1f]").search
find_odd_in_target = re.compile("[\x00-\x20\x7f]").search


class ResponseHead:
    """The head of one response, read. Immutable; equal heads may share one object.

    ``version`` is 10 or 11, ``reason`` text without line end, ``length`` the Content-Length or ``None``, ``chunked``
    whether the body is in chunks, ``encoded`` whether there is a Content-Encoding, ``keep_alive`` whether the connection
    may serve another request afterwards.
    """

    __slots__ = (
        "_fields",
        "block",
        "chunked",
        "encoded",
        "keep_alive",
        "length",
        "reason",
        "status",
        "version",
    )

    def __init__(
        self,
        version: int,
        status: int,
        reason: str,
        block: bytes,
        fields: list[tuple[str, str]] | None = None,
    ) -> None:
        self.version, self.status, self.reason, self.block = version, status, reason, block
        self.length: int | None = None
        self.chunked = self.encoded = False
        self.keep_alive = version == 11
        self._fields = fields

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The (name, value) pairs in order of arrival; values without outer blanks. Not to be changed."""
        if self._fields is None:
            self._fields = split_block(self.block)
        return self._fields


def find_head_end(buffer: bytes | bytearray, pos: int, seen: int) -> int:
    """Return where the head that starts at pos ends (behind its empty line), or -1 when more bytes are needed.

    seen: up to where an earlier call has looked, or pos. A line may end without CR: such a head is mended or refused
    later, but never waited for.
    """
    found = _HEAD_END(buffer, max(pos, seen - 2))
    return found.end() if found else -1


def check_unfinished_head(buffer: bytes | bytearray, pos: int, rules: Rules) -> None:
    """Refuse what has come of a head so far when it can become none.

    Raises BadStatusLine as soon as the first line is whole and is no status line, LineTooLong, HeadTooLong.
    """
    end = buffer.find(b"\n", pos)
    if end >= 0 and not buffer.startswith(b"HTTP/", pos):
        parse_status_line(bytes(buffer[pos : end + 1]))
    if (
        len(buffer) - max(buffer.rfind(b"\n", pos), pos - 1) > rules.max_line
    ):  # its line feed is still to come
        raise _errors().LineTooLong("header line" if end >= 0 else "status line")
    if buffer.count(b"\n", pos) > rules.max_fields + 1:
        message = f"got more than {rules.max_fields} headers"
        raise _errors().HTTPException(message)
    if len(buffer) - pos > rules.max_head:
        raise _errors().HeadTooLong(rules.max_head)


def end_cut_head(head: bytes, rules: Rules) -> bytes:
    """Return a head that was cut off by the end of the stream as a whole one, where the rules let that pass.

    Else RemoteDisconnected, or BadStatusLine where it was no HTTP at all.
    """
    if not head.startswith(b"HTTP/"):
        parse_status_line(head)
    if rules.strict_framing:
        message = "Remote end closed connection in the middle of the response's head"
        raise _errors().RemoteDisconnected(message)
    return head.rstrip(b"\r\n") + b"\r\n\r\n"


def parse_response_head(head: bytes, rules: Rules) -> ResponseHead:
    """Read a whole head, its empty line included (RFC 9112 sections 4 and 5).

    Raises BadStatusLine, UnknownProtocol, LineTooLong, HeadTooLong, HTTPException (too many fields), BadField,
    BadFraming, UnknownTransferEncoding.
    """
    found = _STRICT_HEAD(head)
    if found is None:
        return _parse_odd_head(head, rules)
    minor, status, reason, block = found.groups()
    result = ResponseHead(
        10 if minor == b"0" else 11, int(status), reason.decode("iso-8859-1").strip() if reason else "", block
    )
    if count_fields(block) > rules.max_fields or len(head) > rules.max_line:
        _check_limits(head, block, rules)
    _frame(result, head.lower(), rules)
    return result


def _check_limits(head: bytes, block: bytes, rules: Rules) -> None:
    if count_fields(block) > rules.max_fields:
        message = f"got more than {rules.max_fields} headers"
        raise _errors().HTTPException(message)
    if len(head) > rules.max_head:
        raise _errors().HeadTooLong(rules.max_head)
    if len(head) > rules.max_line and max(map(len, head.split(b"\n"))) >= rules.max_line:
        raise _errors().LineTooLong("header line")


def _frame(head: ResponseHead, low: bytes, rules: Rules) -> None:
    """Fill in length, chunked and keep_alive from the head in lower case (RFC 9112 sections 6.3 and 9.3).

    What nearly every head says is seen without taking it apart. (``find`` and not ``in``: on bytes it takes a third
    of the time.)
    """
    at = low.find(b"connection:")
    usual = low.startswith(b"connection: keep-alive\r", at) and low.find(b"connection:", at + 11) < 0
    if head.version == 10 or (at >= 0 and not usual):
        head.keep_alive = is_persistent(head.version, low)
    at = low.find(b"\ncontent-length:")
    if at >= 0:
        number = _LENGTH_LINE(low, at)
        if number is not None and low.find(b"\ncontent-length:", at + 1) < 0:
            head.length = int(number[1])
        else:
            _frame_by_lengths(head, find_values(low, b"\ncontent-length:"), rules)
    head.encoded = low.find(b"\ncontent-encoding:") >= 0
    if low.find(b"\ntransfer-encoding:") >= 0:
        _frame_by_coding(head, find_values(low, b"\ntransfer-encoding:"), rules)


def _frame_by_lengths(head: ResponseHead, lengths: list[bytes], rules: Rules) -> None:
    if rules.strict_framing:
        head.length = parse_length(lengths)
    else:
        head.length = _guess_length(lengths[0])
        head.keep_alive = head.keep_alive and len(lengths) == 1 and _LENGTH(lengths[0]) is not None


def _frame_by_coding(head: ResponseHead, values: list[bytes], rules: Rules) -> None:
    codings = [
        coding.strip(b" \t") for value in values for coding in value.split(b",") if coding.strip(b" \t")
    ]
    if rules.strict_framing and codings not in ([b"chunked"], [b"identity"]):
        raise _errors().UnknownTransferEncoding(b", ".join(codings).decode("iso-8859-1"))
    head.chunked = codings == [b"chunked"] if rules.strict_framing else values[0] == b"chunked"
    if head.chunked and (head.length is not None or head.version == 10):
        head.length = None
        head.keep_alive = False  # RFC 9112 section 6.1: such a message may be an attempt at smuggling
    if codings != [b"chunked" if head.chunked else b"identity"]:
        head.keep_alive = False  # read as http.client does, but trusted no further


def parse_length(values: list[bytes]) -> int:
    """Return the one length that these Content-Length values agree on; else BadFraming (RFC 9110 section 8.6)."""
    numbers = {number.strip(b" \t") for value in values for number in value.split(b",")}
    if len(numbers) != 1:
        message = f"different Content-Length values: {b', '.join(values)!r}"
        raise _errors().BadFraming(message)
    if not _LENGTH(number := numbers.pop()):
        message = f"Content-Length is not a number: {number[:80]!r}"
        raise _errors().BadFraming(message)
    return int(number)


def _guess_length(value: bytes) -> int | None:
    """As http.client reads it: the first value, anything that ``int`` takes, nothing below zero."""
    try:
        return int(value) if int(value) >= 0 else None
    except ValueError:
        return None


def is_persistent(version: int, low: bytes) -> bool:
    """Tell whether a message lets its connection live on (RFC 9112 section 9.3).

    version: 10 or 11; low: its head in lower case, each field line after a line end.
    """
    values = find_values(low, b"\nconnection:")
    if values == [b"keep-alive"]:
        return True
    options = [option.strip(b" \t") for value in values for option in value.split(b",")]
    if b"close" in options:
        return False
    if version == 11 or b"keep-alive" in options or low.find(b"\nkeep-alive:") >= 0:
        return True
    return any(value.find(b"keep-alive") >= 0 for value in find_values(low, b"\nproxy-connection:"))


def _parse_odd_head(head: bytes, rules: Rules) -> ResponseHead:
    """Read a head that is not strictly RFC 9112's: mend what may be mended, name what may not."""
    line, end, block = head.partition(b"\n")
    if len(line) >= rules.max_line:
        raise _errors().LineTooLong("status line")
    version, status, reason = parse_status_line(line + end)
    if rules.strict_framing and not _STATUS_LINE(line):
        raise _errors().BadStatusLine((line + end).decode("iso-8859-1"))
    _check_limits(head, block, rules)
    mended, wrong = mend_block(block)
    if wrong and rules.strict_framing:
        raise _errors().BadField(wrong, mended)
    result = ResponseHead(
        version, status, reason, mended, None if rules.strict_framing else _fields_by_email(block)
    )
    _frame(
        result, b"\n" + b"\r\n".join([_flatten(*field) for field in result.fields]).lower() + b"\r\n", rules
    )
    result.keep_alive = result.keep_alive and not wrong
    return result


def _fields_by_email(block: bytes) -> list[tuple[str, str]]:
    """As http.client reads an odd block, but that a bare CR never starts another field (security row 22)."""
    from wirekit._wire.http_message import parse_by_email

    return parse_by_email(_BARE_CR.sub(b" ", block)).items()


def _flatten(name: str, value: str) -> bytes:
    """Return a field in one line. Bytes 0x85 and 0xA0 are no blanks here, as they are to ``str.split`` (rows 17, 21)."""
    return f"{name}:{_FOLD(' ', value)}".encode("iso-8859-1")


def parse_status_line(line: bytes) -> tuple[int, int, str]:
    """Read a status line that may be odd: (10 or 11, status, reason). RFC 9112 section 4.

    line: as received, with its line end. Raises BadStatusLine, UnknownProtocol, RemoteDisconnected for an empty one.
    """
    if not line:
        message = "Remote end closed connection without response"
        raise _errors().RemoteDisconnected(message)
    text = line.decode("iso-8859-1")
    version, _, rest = text.strip().partition(" ")
    status, _, reason = rest.lstrip(" ").partition(" ")
    if not version.startswith("HTTP/") or not (len(status) == 3 and status.isascii() and status.isdigit()):
        raise _errors().BadStatusLine(text)
    if int(status) < 100 or "\r" in reason or "\x00" in reason:
        raise _errors().BadStatusLine(text)
    if version in {"HTTP/1.0", "HTTP/0.9"}:  # some old servers say 0.9 and mean 1.0
        return 10, int(status), reason.strip()
    if not version.startswith("HTTP/1."):
        raise _errors().UnknownProtocol(version)
    return 11, int(status), reason.strip()


def parse_trailers(block: bytes, rules: Rules) -> list[tuple[str, str]]:
    """Read the trailer section of a chunked body, its empty line included (RFC 9112 section 7.1.2).

    Raises BadField where it is odd and the rules are strict; then as nothing.
    """
    if block == b"\r\n":
        return []
    if MATCH_BLOCK(block):
        return split_block(block)
    mended, wrong = mend_block(block)
    if wrong and rules.strict_framing:
        raise _errors().BadField(wrong, mended)
    return [] if wrong else split_block(mended)


# ------------------------------------------------------------------------------------------------- what a request says


def check_method(method: str, *, strict: bool = True) -> None:
    """Let only a token pass as a method (RFC 9110 section 9.1); else ValueError. Not strict: no control characters."""
    if _METHOD(method):
        return
    if found := _CONTROL(method):
        message = f"method can't contain control characters. {method!r} (found at least {found.group()!r})"
        raise ValueError(message)
    if strict:
        message = f"method must be a token of ASCII letters and marks (RFC 9110 section 9.1), not {method!r}"
        raise ValueError(message)


def check_target(target: str) -> None:
    """Refuse blanks and control characters in a request target: InvalidURL (security row 4)."""
    if found := find_odd_in_target(target):
        message = f"URL can't contain control characters. {target!r} (found at least {found.group()!r})"
        raise _errors().InvalidURL(message)


check_host = check_target
"""The same rule for a host, before any name is looked up (security row 5)."""


def format_host(host: str, port: int, default_port: int | None) -> bytes:
    """Return the value of a Host field (RFC 9110 section 7.2): IPv6 in brackets without zone, a usual port left out.

    A name beyond ASCII becomes its IDNA form; UnicodeError when it has none.
    """
    name = encode_host(host)
    if b":" in name:
        name = b"[" + name.strip(b"[]").partition(b"%")[0] + b"]"
    return name if port == default_port else b"%b:%d" % (name, port)


def encode_host(host: str) -> bytes:
    """Return a host name in ASCII, by IDNA 2008 with UTS 46 mapping where it is not ASCII already."""
    if host.isascii():
        return host.encode("ascii")
    import idna

    return idna.encode(host, uts46=True)


def _errors() -> Any:
    from wirekit._wire import http_errors

    return http_errors
