"""CGI (RFC 3875): what a script is told of a request, and what its answer says.

A script gets the request in environment variables. They are made of nothing but what is named here: the server's own
environment may hold secrets, and a request's field ``Proxy`` would become ``HTTP_PROXY``, by which many programs choose
their proxy (security row 56).
"""

import re
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from wirekit._wire.fields import MATCH_BLOCK, split_block
from wirekit._wire.percent import unquote_bytes

__all__ = [
    "MAX_HEAD",
    "PASSED_ON",
    "Script",
    "ScriptHead",
    "collapse_path",
    "format_environment",
    "parse_script_head",
]

MAX_HEAD = 64 * 1024
"""Bytes of the fields before a script's output."""
PASSED_ON = frozenset({"PATH", "LANG", "LC_ALL", "LC_CTYPE", "TZ", "TMPDIR", "SYSTEMROOT", "LD_LIBRARY_PATH"})
"""What a script gets of the server's own environment: what programs need to start, and to speak the user's language."""

_UNSENT = frozenset(
    {"authorization", "proxy-authorization", "proxy", "content-type", "content-length", "connection"}
)
_STATUS = re.compile(r"([1-5][0-9]{2})(?: (.*))?").fullmatch
_LINE_ENDS = re.compile(rb"\r?\n")
_FIELD_NAME = re.compile(r"[A-Za-z0-9\-]++").fullmatch


class Script(NamedTuple):
    """Which script a path means: name as URL path (``/cgi-bin/a.py``), file, the rest of the path, the query."""

    name: str
    file: str
    rest: str
    query: str


class ScriptHead(NamedTuple):
    """The head of a script's answer. reason None: the usual one; fields: all but Status."""

    status: int
    reason: str | None
    fields: list[tuple[str, str]]


def collapse_path(target: str) -> str:
    """Return a target's path decoded, without empty, ``.`` and ``..`` segments; its query stays as it is.

    IndexError where ``..`` leads above the root.
    """
    path, mark, query = target.partition("?")
    names: list[str] = []
    decoded = unquote_bytes(path.encode("iso-8859-1", "replace")).decode("utf-8", "replace")
    *folders, last = decoded.split("/")
    for name in folders:
        if name == "..":
            names.pop()
        elif name not in {"", "."}:
            names.append(name)
    if last == "..":
        names.pop()
    if last in {".", ".."}:
        last = ""
    return f"/{'/'.join(names)}/{last}{mark if query else ''}{query}"


def format_environment(
    script: Script,
    told: Mapping[str, str],
    fields: Iterable[tuple[str, str]],
    environment: Mapping[str, str],
) -> dict[str, str]:
    """Return the variables that a script gets.

    told: what the server knows (REQUEST_METHOD, SERVER_NAME ...); fields: of the request; environment: the server's own.
    Of fields that come twice the values are joined; cookies by ``; ``. A name with other characters than letters, digits
    and hyphens is left out: ``X_A`` and ``X-A`` would be the same variable.
    """
    result = {name: value for name, value in environment.items() if name in PASSED_ON}
    result["GATEWAY_INTERFACE"] = "CGI/1.1"
    result["SCRIPT_NAME"], result["PATH_INFO"], result["QUERY_STRING"] = (
        script.name,
        script.rest,
        script.query,
    )
    result["SCRIPT_FILENAME"] = script.file
    for name in ("REMOTE_HOST", "CONTENT_LENGTH", "HTTP_USER_AGENT", "HTTP_COOKIE", "HTTP_REFERER"):
        result[name] = ""  # whoever reads it need not ask whether it is there
    for name, value in fields:
        if name.lower() in _UNSENT or not _FIELD_NAME(name):
            continue
        variable = "HTTP_" + name.upper().replace("-", "_")
        before = result.get(variable)
        joined = "; " if variable == "HTTP_COOKIE" else ", "
        result[variable] = f"{before}{joined}{value}" if before else value
    result.update(told)
    return {name: value.replace("\0", "") for name, value in result.items()}


def parse_script_head(received: bytes) -> tuple[ScriptHead, int] | None:
    """Return (the head of a script's answer, where its body begins); None where more bytes are needed.

    Lines may end in LF alone. ValueError for what is no head, and for one that is too long.
    """
    found = re.search(rb"\r?\n\r?\n|\A\r?\n", received)
    if found is None:
        if len(received) > MAX_HEAD:
            message = f"the script's head has more than {MAX_HEAD} bytes"
            raise ValueError(message)
        return None
    lines = _LINE_ENDS.split(received[: found.start()]) if found.start() else []
    block = b"".join(line + b"\r\n" for line in lines) + b"\r\n"
    if not MATCH_BLOCK(block) or found.end() > MAX_HEAD:
        message = "the script's output does not begin with header lines and an empty one"
        raise ValueError(message)
    return _read_fields(split_block(block)), found.end()


def _read_fields(given: list[tuple[str, str]]) -> ScriptHead:
    status, reason, fields, located = 200, None, [], False
    for name, value in given:
        if name.lower() == "status":
            found = _STATUS(value)
            if found is None:
                message = f"the script's Status is none: {value[:80]!r}"
                raise ValueError(message)
            status, reason = int(found[1]), found[2]
            located = True
        else:
            fields.append((name, value))
    if not located and any(name.lower() == "location" for name, _ in fields):
        status = 302  # RFC 3875 section 6.3.4
    return ScriptHead(status, reason, fields)
