"""Request heads (RFC 9112 sections 3 and 5) as a server reads them, and how long the body behind one is.

``parse_request_head`` reads a whole head into a ``RequestHead``, an immutable value: what was asked, and where the body
ends. One anchored, possessive expression matches the head; its fields are taken apart when somebody asks for them.

Strict (``rules.strict_framing``): a server behind a proxy must read every request as the proxy does, or the end of one
becomes the start of another that nobody checked. So nothing is mended: what RFC 9112 lets two readers take in two ways
is refused with a status (400, 414, 431, 501, 505) and the connection ends. Not strict: the same answers as the standard
library's ``http.server``, and a connection that brought such a head is not used again.

``rules`` is ``wirekit.defaults.Defaults``, or anything with its fields.
"""

import re
from typing import Any, Final

from wirekit._wire.fields import (
    MATCH_BLOCK,
    TEXT,
    TOKEN,
    count_fields,
    find_values,
    mend_block,
    split_block,
)
from wirekit._wire.http1 import MAX_LENGTH_DIGITS, Rules, is_persistent

__all__ = [
    "BadRequest",
    "RequestHead",
    "check_unfinished_head",
    "parse_request_head",
    "parse_trailers",
    "replace_line",
]

_LINE = rb"(%b++) ([!-~\x80-\xff]++) (HTTP/1\.[0-9])\r\n" % TOKEN
_STRICT_HEAD = re.compile(_LINE + rb"((?:%b++:%b*+\r\n)*+\r\n)" % (TOKEN, TEXT)).fullmatch
_STRICT_LINE = re.compile(_LINE).fullmatch
_TOKEN_START = re.compile(TOKEN).match
_VERSION = re.compile(r"HTTP/([0-9]{1,10}+)\.([0-9]{1,10}+)").fullmatch
_LENGTH = re.compile(rb"[0-9]{1,%d}+" % MAX_LENGTH_DIGITS).fullmatch
_HOST = re.compile(  # RFC 3986 section 3.2.2, but for the comma: it is where two Host fields were joined
    rb"(?:\[[0-9a-f:.]++(?:%25[a-z0-9._~-]++)?\]|[a-z0-9._~!$&'()*+;=%\x80-\xff-]*+)(?::[0-9]*+)?"
).fullmatch
_ABSOLUTE = re.compile(rb"[A-Za-z][A-Za-z0-9+.-]*+://[^/?#]").match
_AUTHORITY = re.compile(rb"(?:\[[0-9A-Fa-f:.]++\]|[^][:/?#@]++):[0-9]++").fullmatch
_BARE_CR = re.compile(rb"\r(?!\n)")
_SLASH: Final = 0x2F
_MENDABLE = "a header line is folded, or ends without CR"


class BadRequest(Exception):
    """The client's request is refused with this ``status``; 0 means that it is not worth an answer.

    ``reason`` goes into the status line, ``explain`` into the page; None stands for the usual words of the status.
    """

    def __init__(self, status: int, reason: str | None = None, explain: str | None = None) -> None:
        super().__init__(status, reason, explain)
        self.status, self.reason, self.explain = status, reason, explain


class RequestHead:
    """The head of one request, read. Immutable, but for its ``memo``; equal heads may share one object.

    ``raw_line`` is the request line as received, ``line`` the same as text without its end; ``version`` text as
    ``"HTTP/1.1"``; ``length`` the Content-Length or None, ``chunked`` whether the body is in chunks; ``unframed``
    where nobody knows how long it is (never in strict form); ``keep_alive`` whether the client allows another request
    afterwards; ``expects`` whether it waits for 100 Continue before it sends the body.
    """

    __slots__ = (
        "_fields",
        "block",
        "chunked",
        "expects",
        "keep_alive",
        "length",
        "line",
        "memo",
        "method",
        "raw_line",
        "target",
        "unframed",
        "version",
    )  # fmt: skip

    def __init__(
        self,
        raw_line: bytes,
        words: tuple[str, str, str],
        block: bytes,
        fields: list[tuple[str, str]] | None = None,
    ) -> None:
        self.raw_line = raw_line
        self.line = raw_line.decode("iso-8859-1").rstrip("\r\n")
        self.method, self.target, self.version = words
        self.block = block
        self.length: int | None = None
        self.chunked = self.unframed = self.expects = False
        self.keep_alive = True
        self.memo: Any = None  # a server's own: what the same head was answered with
        self._fields = fields

    @property
    def fields(self) -> list[tuple[str, str]]:
        """The (name, value) pairs in order of arrival; values without outer blanks. Not to be changed."""
        if self._fields is None:
            self._fields = split_block(self.block)
        return self._fields


def check_unfinished_head(buffer: bytes, pos: int, rules: Rules, *, fields_only: bool = False) -> None:
    """Refuse what has come of a head so far when it can become none: BadRequest.

    So a client that speaks something else (TLS, say) gets its answer at once, and no line or head grows for ever
    (security rows 120 and 122). fields_only: the request line was taken out before.
    """
    end = -1 if fields_only else buffer.find(b"\n", pos)
    if len(buffer) - max(buffer.rfind(b"\n", pos), pos) > rules.max_line:
        raise _too_long() if end >= 0 or fields_only else BadRequest(414)
    if len(buffer) - pos > rules.max_head:
        raise BadRequest(431, "Head too long", f"more than {rules.max_head} bytes of header lines")
    if fields_only or not rules.strict_framing:
        return
    if end >= 0:
        _check_line(buffer[pos : end + 1])
    elif pos < len(buffer) and not _TOKEN_START(buffer, pos):
        raise BadRequest(400, "Bad request syntax", "what came is no HTTP request")


def _too_long() -> BadRequest:
    return BadRequest(431, "Line too long", "got more than the allowed bytes when reading header line")


def parse_request_head(head: bytes, rules: Rules) -> RequestHead:
    """Read a whole head, its empty line included (RFC 9112 sections 3 and 5). Raises BadRequest."""
    found = _STRICT_HEAD(head)
    if found is None:
        return _parse_odd_head(head, rules)
    method, target, version, block = found.groups()
    _check_limits(head, block, rules)
    words = (method.decode("ascii"), target.decode("iso-8859-1"), version.decode("ascii"))
    result = RequestHead(head[: found.start(4)], words, block)
    low = head.lower()
    if rules.strict_framing:
        _check_host(low, version)
        _check_target(method, target)
    _frame(result, low, rules)
    return result


def replace_line(head: RequestHead, raw_line: bytes, rules: Rules) -> RequestHead:
    """Return what a head would be with another request line, as received: its fields are read already.

    Raises BadRequest where that line is odd, or longer than it may be, or of another version: such a head is to be read
    as a whole.
    """
    found = _STRICT_LINE(raw_line)
    if found is None or found[3] != head.version.encode("ascii"):
        raise BadRequest(0)
    if len(raw_line) >= rules.max_line or len(raw_line) + len(head.block) > rules.max_head:
        raise BadRequest(0)
    if rules.strict_framing:
        _check_target(found[1], found[2])
    words = (found[1].decode("ascii"), found[2].decode("iso-8859-1"), head.version)
    result = RequestHead(raw_line, words, head.block, head._fields)
    result.length, result.chunked, result.unframed = head.length, head.chunked, head.unframed
    result.keep_alive, result.expects = head.keep_alive, head.expects
    return result


def _check_limits(head: bytes, block: bytes, rules: Rules) -> None:
    if len(head) > rules.max_line:
        lines = head.split(b"\n")
        if len(lines[0]) >= rules.max_line:
            raise BadRequest(414)
        if max(map(len, lines)) >= rules.max_line:
            raise _too_long()
        if len(head) > rules.max_head:
            raise BadRequest(431, "Head too long", f"more than {rules.max_head} bytes of header lines")
    if count_fields(block) > rules.max_fields:
        raise BadRequest(431, "Too many headers", f"got more than {rules.max_fields} headers")


def _check_host(low: bytes, version: bytes) -> None:
    """Let only one legal Host pass, and let only HTTP/1.0 do without (RFC 9112 section 3.2, security row 118)."""
    hosts = find_values(low, b"\nhost:")
    if not hosts and version == b"HTTP/1.0":
        return
    if len(hosts) != 1:
        raise BadRequest(400, "Bad Host", "a request must have one Host field")
    if not _HOST(hosts[0]):
        raise BadRequest(400, "Bad Host", "the Host field is no host")


def _check_target(method: bytes, target: bytes) -> None:
    """Let only the forms of RFC 9112 section 3.2 pass: else ``@b.example/`` behind a proxy's own ``http://a`` is a host."""
    if target[0] == _SLASH or _ABSOLUTE(target):
        return
    if method == b"CONNECT":
        if _AUTHORITY(target):
            return
    elif method == b"OPTIONS" and target == b"*":
        return
    raise BadRequest(400, "Bad request target", "it is neither a path nor a URL")


def _frame(head: RequestHead, low: bytes, rules: Rules) -> None:
    """Fill in what decides where the body ends, and what comes after it (RFC 9112 sections 6.3 and 9.3).

    low: the head in lower case. (``find`` and not ``in``: on bytes it takes a third of the time.)
    """
    version = 10 if head.version == "HTTP/1.0" else 11
    if version == 10 or low.find(b"connection:") >= 0:
        head.keep_alive = is_persistent(version, low)
    coded = low.find(b"\ntransfer-encoding:") >= 0
    if low.find(b"\ncontent-length:") >= 0:
        lengths = find_values(low, b"\ncontent-length:")
        if rules.strict_framing:
            head.length = _parse_length(lengths)
        else:
            _guess_length(head, lengths)
    if coded and rules.strict_framing:
        _check_codings(head, find_values(low, b"\ntransfer-encoding:"))
        head.chunked = True
    elif coded:
        head.unframed, head.length, head.keep_alive = (
            True,
            None,
            False,
        )  # such handlers take chunks apart themselves
    if low.find(b"\nexpect:") >= 0 and version == 11:
        head.expects = b"100-continue" in find_values(low, b"\nexpect:")


def _parse_length(values: list[bytes]) -> int:
    """Return the one Content-Length. Repeated ones are refused even if they agree: RFC 9110 section 8.6 allows it."""
    if len(values) == 1 and _LENGTH(values[0]):
        return int(values[0])
    raise BadRequest(400, "Bad Content-Length", "Content-Length must be one number")


def _guess_length(head: RequestHead, values: list[bytes]) -> None:
    """As a handler for the standard library reads it: the first value; but an odd one ends the connection."""
    if len(set(values)) == 1 and _LENGTH(values[0]):
        head.length = int(values[0])
    else:
        head.unframed, head.keep_alive = True, False


def _check_codings(head: RequestHead, values: list[bytes]) -> None:
    """Let only ``chunked`` pass, alone, in HTTP/1.1, without a Content-Length (security rows 112, 114, 119)."""
    if head.length is not None:
        raise BadRequest(400, "Bad framing", "Content-Length and Transfer-Encoding exclude each other")
    if head.version == "HTTP/1.0":
        raise BadRequest(400, "Bad framing", "HTTP/1.0 knows no Transfer-Encoding")
    if values == [b"chunked"]:
        return
    codings = [coding.strip(b" \t") for value in values for coding in value.split(b",")]
    if codings[-1] == b"chunked" and codings.count(b"chunked") == 1 and b"identity" not in codings:
        raise BadRequest(
            501, "Unsupported Transfer-Encoding", "the only Transfer-Encoding known here is chunked"
        )
    raise BadRequest(400, "Bad framing", "the last Transfer-Encoding must be chunked")


def parse_trailers(block: bytes) -> list[tuple[str, str]]:
    """Read the trailer section of a chunked body, its empty line included (RFC 9112 section 7.1.2). Raises BadRequest.

    Nothing is mended, whatever the rules: chunks are taken apart in the strict form only, and where a trailer section
    ends is where the next request begins (security row 116).
    """
    if not MATCH_BLOCK(block):
        raise BadRequest(400, "Bad trailer", mend_block(block)[1] or _MENDABLE)
    return split_block(block)


# ------------------------------------------------------------------------------------------------------------ odd heads


def _parse_odd_head(head: bytes, rules: Rules) -> RequestHead:
    """Refuse a head that is not RFC 9112's, saying what is wrong with it; or read it as the standard library does."""
    line, end, block = head.partition(b"\n")
    _check_limits(head, block, rules)
    if rules.strict_framing:
        _check_line(line + end)
        raise BadRequest(400, "Bad header line", mend_block(block)[1] or _MENDABLE)
    words = _split_line(line + end)
    from wirekit._wire.http_message import parse_by_email  # costs the email package, for odd heads alone

    fields = parse_by_email(_BARE_CR.sub(b" ", block)).items()
    result = RequestHead(line + end, words, block, fields)
    _frame(result, b"\n" + b"\r\n".join([_flatten(*field) for field in fields]).lower() + b"\r\n", rules)
    result.keep_alive = False
    return result


def _flatten(name: str, value: str) -> bytes:
    return f"{name}:{' '.join(value.split())}".encode("iso-8859-1", "replace")


def _check_line(line: bytes) -> None:
    """Raise BadRequest for a request line, as received, that is not RFC 9112's (section 3)."""
    if not _STRICT_LINE(line):
        words = _split_line(line)
        if words[2] == "HTTP/0.9":
            raise BadRequest(505, "HTTP/0.9 is not spoken here")
        raise BadRequest(400, f"Bad request syntax ({_show(line)})")


def _split_line(line: bytes) -> tuple[str, str, str]:
    """Read a request line as the standard library does: blanks of any kind and number between its words.

    Returns (method, target, version); the version of a line of two words is ``"HTTP/0.9"``. Raises BadRequest.
    """
    words = line.decode("iso-8859-1").rstrip("\r\n").split()
    if not words:
        raise BadRequest(0)
    if len(words) >= 3:
        _check_version(words[-1])
    if not 2 <= len(words) <= 3:
        raise BadRequest(400, f"Bad request syntax ({_show(line)})")
    if len(words) == 2 and words[0] != "GET":
        raise BadRequest(400, f"Bad HTTP/0.9 request type ({words[0]!r})")
    return words[0], words[1], words[2] if len(words) == 3 else "HTTP/0.9"


def _check_version(version: str) -> None:
    """Let HTTP/0.x and 1.x pass, in ASCII digits (security row 117). RFC 9110 section 2.5."""
    found = _VERSION(version)
    if not found:
        raise BadRequest(400, f"Bad request version ({version!r})")
    if int(found[1]) >= 2:
        raise BadRequest(505, f"Invalid HTTP version ({version[5:]})")


def _show(line: bytes) -> str:
    return repr(line.decode("iso-8859-1").rstrip("\r\n"))
