"""Uploads: which names files may get, and forms with files taken apart while they come (RFC 7578, RFC 2046 section 5.1).

``FormReader`` is fed with blocks of any size and gives events: a part begins, some of its data, it ends. It holds a part's
head and as many bytes as a boundary has, whatever comes (security row 127): every byte is looked at a bounded number of
times, heads and their number are limited, and what is no form is BadForm at once.
"""

import re
from collections.abc import Iterator
from typing import Final, NamedTuple

__all__ = ["BadForm", "FormReader", "Part", "check_upload_name", "parse_boundary", "parse_disposition"]

MAX_PARTS: Final = 1_000
"""Parts of one form; PHP allows 20 files and 1,000 fields."""
MAX_PART_HEAD: Final = 16 * 1024
"""Bytes of a part's head; a file name has 255 at most, thrice as many when escaped."""
MAX_PADDING: Final = 256
"""Blanks behind a boundary; nobody sends any."""
MAX_NAME: Final = 255
"""Bytes of a file name, as all common file systems have it."""

_BOUNDARY = re.compile(
    r"multipart/form-data[ \t]*+;(?:.*;)?[ \t]*+boundary=(?:\"([^\"\\\x00-\x1f\x7f]{1,70})\"|([!#-:<-~]{1,70}))[ \t]*+(?:;.*)?",
    re.IGNORECASE,
).fullmatch
_PARAMETER = re.compile(
    r';[ \t]*+([!#$&+\-.^_`|~0-9A-Za-z]++)(\*?+)=(?:"((?:[^"\\\r\n]|\\.)*+)"|([^;\s"]*+))[ \t]*+'
).match
_FIELD = re.compile(rb"([!#$%&'*+\-.^_`|~0-9A-Za-z]++):[ \t]*+([^\r\n\x00]*+)\r\n").match
_ESCAPED = re.compile(r"\\([\"\\])")
_PERCENT = re.compile(r"%(22|0[Dd]|0[Aa])")
_CONTROL = re.compile("[\x00-\x1f\x7f-\x9f]").search
_WINDOWS_DEVICE = re.compile(
    r"(?:con|prn|aux|nul|conin\$|conout\$|(?:com|lpt)[0-9¹²³])(?:[ .].*)?", re.IGNORECASE
).fullmatch
_WINDOWS_ODD = re.compile(r'[<>:"|?*]').search


class BadForm(ValueError):
    """What was sent is no form, or one of too many parts; the rest of it is of no use."""


class Part(NamedTuple):
    """The head of one part. filename: as the client says it, None for a field that is no file."""

    name: str
    filename: str | None
    kind: str | None


def check_upload_name(name: str, *, windows: bool) -> str:
    """Return the name under which an uploaded file may stand; ValueError for one that might mean something else.

    name: as a client says it; of a path the last name counts, as some clients send their whole path. Refused are, on
    every system, what is hidden or leads elsewhere (``.x``, ``..``), control characters, and what is too long; and where
    the files stand on Windows, what that reads as a device, a drive or a stream, or cuts off.
    """
    last = name.replace("\\", "/").rpartition("/")[2].strip()
    reason = ""
    if not last or _CONTROL(last) or last.startswith("."):
        reason = "it is empty, hidden, or has control characters"
    elif len(last.encode("utf-8", "surrogateescape")) > MAX_NAME:
        reason = f"it has more than {MAX_NAME} bytes"
    elif windows and (_WINDOWS_ODD(last) or _WINDOWS_DEVICE(last) or last[-1] in ". "):
        reason = "Windows has no such file"
    if reason:
        message = f"{last[:80]!r} cannot be a file's name: {reason}"
        raise ValueError(message)
    return last


def parse_boundary(value: str | None) -> bytes | None:
    """Return the boundary that a Content-Type names; None where it is no form with files."""
    found = _BOUNDARY(value or "")
    return (found[1] or found[2]).encode("latin-1") if found else None


def parse_disposition(value: str) -> tuple[str, str | None]:
    """Return (name, file name or None) of a part's Content-Disposition. BadForm for one that is none.

    Browsers escape quotes and line ends by percent signs, and nothing else (the HTML standard); others by backslashes.
    """
    kind, _, _ = value.partition(";")
    found: dict[str, str] = {}
    at = len(kind)
    while at < len(value):
        parameter = _PARAMETER(value, at)
        if parameter is None:
            break
        key = parameter[1].lower() + parameter[2]
        text = _ESCAPED.sub(r"\1", parameter[3]) if parameter[3] is not None else parameter[4]
        found.setdefault(key, _PERCENT.sub(lambda code: chr(int(code[1], 16)), text))
        at = parameter.end()
    if kind.strip().lower() != "form-data" or at < len(value) or "name" not in found:
        message = "a part of the form has no Content-Disposition with a name"
        raise BadForm(message)
    return found["name"], found.get("filename")


def _parse_part(head: bytes) -> Part:
    """Read a part's head, its empty line included. BadForm."""
    disposition, kind, at = None, None, 0
    while head[at : at + 2] != b"\r\n":
        found = _FIELD(head, at)
        if found is None:
            message = "a part's head is no block of fields"
            raise BadForm(message)
        name, value = found[1].lower(), found[2].rstrip(b" \t")
        if name == b"content-disposition":
            disposition = value
        elif name == b"content-type":
            kind = value.decode("latin-1")
        at = found.end()
    if disposition is None:
        message = "a part of the form has no Content-Disposition with a name"
        raise BadForm(message)
    try:
        text = disposition.decode("utf-8")
    except UnicodeDecodeError:
        text = disposition.decode("latin-1")
    return Part(*parse_disposition(text), kind)


Event = Part | bytes | None
"""A part begins (Part); some of its data, never empty (bytes); it ends (None)."""


class FormReader:
    """Takes a form apart while it comes. ``done`` is True behind the last boundary; what follows is ignored."""

    def __init__(self, boundary: bytes) -> None:
        self.done = False
        self._mark = b"\r\n--" + boundary
        self._buffer = b"\r\n"  # so that the first boundary looks like all the others
        self._state = "preamble"
        self._parts = 0

    def receive(self, data: bytes) -> Iterator[Event]:
        """Take a block of the body; give what it brings. BadForm for what is no form."""
        self._buffer += data
        step = self._step()
        while step is not None:
            yield from step
            step = self._step()

    def finish(self) -> None:
        """Take note that the body has ended; BadForm where the form has not."""
        if not self.done:
            message = "the form ends in the middle"
            raise BadForm(message)

    def _step(self) -> tuple[Event, ...] | None:
        """Take one step; return the events that it gives, or None where more bytes are needed."""
        if self.done:
            return None
        if self._state == "head":
            return self._read_head()
        if self._state == "boundary":
            return self._end_boundary()
        if self._state == "first":
            return self._begin_data()
        return self._read_data()

    def _read_data(self) -> tuple[Event, ...] | None:
        """Give the data up to the next boundary, or as much as is certainly none."""
        inside = self._state == "data"
        at = self._buffer.find(self._mark)
        end = at if at >= 0 else len(self._buffer) - len(self._mark) + 1
        taken: tuple[Event, ...] = (self._buffer[:end],) if inside and end > 0 else ()
        if at >= 0:
            self._state = "boundary"
            self._buffer = self._buffer[at + len(self._mark) :]
            return (*taken, None) if inside else ()
        self._buffer = self._buffer[max(end, 0) :]
        return taken or None

    def _begin_data(self) -> tuple[Event, ...] | None:
        """See whether a part has no data at all: then its boundary may share the empty line behind its head."""
        if len(self._buffer) < len(self._mark) and self._mark.startswith(self._buffer):
            return None
        if not self._buffer.startswith(self._mark):
            self._buffer = self._buffer[2:]
        self._state = "data"
        return ()

    def _end_boundary(self) -> tuple[Event, ...] | None:
        """See what follows a boundary: a part, or the end."""
        if len(self._buffer) < 2:
            return None
        if self._buffer.startswith(b"--"):
            self.done = True
            self._buffer = b""
            return None
        end = self._buffer.find(b"\r\n")
        if end < 0 and len(self._buffer) <= MAX_PADDING:
            return None
        if end < 0 or self._buffer[:end].strip(b" \t"):
            message = "what follows a boundary is neither a line end nor the end"
            raise BadForm(message)
        self._parts += 1
        if self._parts > MAX_PARTS:
            message = f"the form has more than {MAX_PARTS} parts"
            raise BadForm(message)
        self._buffer = self._buffer[end + 2 :]
        self._state = "head"
        return ()

    def _read_head(self) -> tuple[Event, ...] | None:
        """Give the head of a part, once it is whole."""
        end = 0 if self._buffer.startswith(b"\r\n") else self._buffer.find(b"\r\n\r\n") + 2
        if end == 1:
            if len(self._buffer) > MAX_PART_HEAD:
                message = f"a part's head has more than {MAX_PART_HEAD} bytes"
                raise BadForm(message)
            return None
        part = _parse_part(self._buffer[: end + 2])
        self._buffer = self._buffer[end:]
        self._state = "first"
        return (part,)
