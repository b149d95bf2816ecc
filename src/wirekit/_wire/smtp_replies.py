"""Replies of SMTP and LMTP servers: three digits and a text, on one line or several (RFC 5321 section 4.2).

``ReplyDecoder`` takes replies out of received bytes. Most are one line, matched at once; of a longer one the lines that
are there are taken and kept, so that each byte is looked at once however slowly they come. Lines and bytes of a reply
are limited (security rows 150, 151).

A ``Reply`` is the tuple ``(code, text)`` that the standard library gives, with names for what can be read out of it.
"""

import re
from typing import Final, NamedTuple, Self

__all__ = [
    "CLOSING",
    "LAST",
    "MAX_LINE",
    "OLDSTYLE_AUTH",
    "EnhancedStatus",
    "Reply",
    "ReplyDecoder",
    "ReplyTooLong",
    "parse_features",
]

MAX_LINE: Final = 8192
"""Bytes of one reply line with its end; the standard library's figure, sixteen times what RFC 5321 asks for."""

_ONE_LINE = re.compile(rb"([0-9]{3}+) ([^\r\n]*+)\r\n").match
_CODE = re.compile(rb"[0-9]{3}").match
_ENHANCED = re.compile(rb"([245])\.([0-9]{1,3}+)\.([0-9]{1,3}+)(?![^ \n])").match
_FEATURE = re.compile(r"([A-Za-z0-9][A-Za-z0-9\-]*+) ?").match
OLDSTYLE_AUTH = re.compile(r"auth=(.*)", re.IGNORECASE)
"""An offer of AUTH as servers made it before RFC 2554; the standard library's name for it."""

CLOSING: Final = {221, 421}
"""Codes by which a server takes its leave: 421 whenever it wants to (RFC 5321 section 3.8), 221 where nobody said QUIT."""
LAST: Final = {-1, *CLOSING}
"""Codes behind which nothing is a reply to what was asked: of what is no reply, and of a server that closes."""


_REMEMBERED: Final = 64
_MAX_KNOWN: Final = 256
_known: dict[bytes, "Reply"] = {}
"""Short lines that were read, and the replies that they are: servers repeat themselves."""


class ReplyTooLong(Exception):
    """A line of a reply, or a whole reply, exceeds its limit; the text says which."""


class EnhancedStatus(NamedTuple):
    """An enhanced status code (RFC 3463), such as 5.1.1; ``str`` of it is that text."""

    kind: int
    """2 for success, 4 for what may pass, 5 for what will not."""
    subject: int
    """What it is about: 1 addresses, 2 mailboxes, 3 the mail system, 4 the network, 5 the protocol, 6 contents, 7 policy."""
    detail: int
    """The case, of that subject."""

    def __str__(self) -> str:
        return f"{self.kind}.{self.subject}.{self.detail}"


class Reply(tuple[int, bytes]):
    """A server's reply: the tuple ``(code, text)``. Text is bytes, lines joined by a line feed, codes left out.

    A code of -1 stands for a line that is no reply.
    """

    __slots__ = ()
    __module__ = "wirekit.smtplib"

    def __new__(cls, code: int, text: bytes) -> Self:
        return tuple.__new__(cls, (code, text))

    def __getnewargs__(self) -> tuple[int, bytes]:
        return self[0], self[1]

    @property
    def code(self) -> int:
        """The three digits as a number; -1 where there were none."""
        return self[0]

    @property
    def text(self) -> bytes:
        """What the server said."""
        return self[1]

    @property
    def message(self) -> str:
        """The text for people: UTF-8, with a mark for each byte that is none, on one line."""
        return self[1].decode("utf-8", "replace").replace("\n", " ")

    @property
    def enhanced(self) -> EnhancedStatus | None:
        """The enhanced status code at the text's beginning; None where the server gives none that fits the code."""
        found = _ENHANCED(self[1])
        if found is None or int(found[1]) != self[0] // 100:
            return None
        return EnhancedStatus(int(found[1]), int(found[2]), int(found[3]))

    @property
    def accepted(self) -> bool:
        """Whether the code is 2xx: done; but for 221, by which a server takes its leave."""
        return 200 <= self[0] < 300 and self[0] != 221

    @property
    def temporary(self) -> bool:
        """Whether the code is 4xx: the same may succeed later."""
        return 400 <= self[0] < 500


class ReplyDecoder:
    """Takes replies out of a buffer, one after another, and keeps the lines of one that is only partly there."""

    __slots__ = ("_lines", "_size")

    def __init__(self) -> None:
        self._lines: list[bytes] = []
        self._size = 0

    @property
    def begun(self) -> bool:
        """Whether a part of a reply was taken."""
        return bool(self._lines)

    def take(
        self, buffer: bytes, pos: int, count: int, max_lines: int, max_size: int
    ) -> tuple[list[Reply], int]:
        """Return (the next replies, at most count and as far as they have come, the new position).

        What is no reply (code -1), 421 and 221 are the last ones: nothing that follows is a reply to what was asked. Raises
        ReplyTooLong: a line above MAX_LINE, more than max_lines lines or max_size bytes.
        """
        replies: list[Reply] = []
        while len(replies) < count:
            end = buffer.find(b"\n", pos) + 1
            reply = None if self._lines else _known.get(buffer[pos:end])
            if reply is not None:
                pos = end
            else:
                reply, pos = self._take_reply(buffer, pos, max_lines, max_size)
                if reply is None:
                    break
            replies.append(reply)
            if reply[0] in LAST:
                break
        return replies, pos

    def _take_reply(self, buffer: bytes, pos: int, max_lines: int, max_size: int) -> tuple[Reply | None, int]:
        """Return (the next reply or None where more bytes are needed, the new position)."""
        if self._lines or not (found := _ONE_LINE(buffer, pos)):
            return self._take_lines(buffer, pos, max_lines, max_size)
        line = found[0]
        if len(line) > MAX_LINE:
            raise ReplyTooLong("Line too long.")
        reply = Reply(int(found[1]), found[2].strip(b" \t"))
        if len(line) <= _REMEMBERED:
            if len(_known) >= _MAX_KNOWN:
                _known.clear()
            _known[line] = reply
        return reply, pos + len(line)

    def _take_lines(self, buffer: bytes, pos: int, max_lines: int, max_size: int) -> tuple[Reply | None, int]:
        while (end := buffer.find(b"\n", pos, pos + MAX_LINE) + 1) > 0:
            line = buffer[pos:end]
            self._size += len(line)
            self._lines.append(line[4:].strip(b" \t\r\n"))
            if len(self._lines) > max_lines or self._size > max_size:
                raise ReplyTooLong("Reply too long.")
            pos = end
            if _CODE(line) is None:
                return self._finish(-1), pos
            if line[3:4] != b"-":
                return self._finish(int(line[:3])), pos
        if len(buffer) - pos >= MAX_LINE:
            raise ReplyTooLong("Line too long.")
        return None, pos

    def _finish(self, code: int) -> Reply:
        text = b"\n".join(self._lines)
        self._lines, self._size = [], 0
        return Reply(code, text)


def parse_features(text: bytes) -> dict[str, str]:
    """Return the extensions that a reply to EHLO offers, by name in lower case, with their parameters.

    text: of the whole reply; its first line greets. Several AUTH lines are joined, and the old form ``AUTH=...`` counts.
    """
    features: dict[str, str] = {}
    for line in text.decode("latin-1").split("\n")[1:]:
        if old := OLDSTYLE_AUTH.match(line):
            features["auth"] = features.get("auth", "") + " " + old[1]
        elif found := _FEATURE(line):
            name, parameters = found[1].lower(), line[found.end(1) :].strip()
            features[name] = features.get(name, "") + " " + parameters if name == "auth" else parameters
    return features
