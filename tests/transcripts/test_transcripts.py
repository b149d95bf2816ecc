"""Run the transcripts (see README.md here) against both twins and, where it is to be equal, the standard library."""

from __future__ import annotations

import ast
import builtins
import io
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, expect, send
from tests.fix_twins import STDLIB, TWINS, Twin, settle

if TYPE_CHECKING:
    from tests.fix_peer import Conversation, Step

FILES = sorted(Path(__file__).parent.glob("*/*.txt"))
MODULES = {"http": "http.client", "smtp": "smtplib", "lmtp": "smtplib", "ftp": "ftplib"}
"""The module that the transcripts of each folder are of."""


@dataclass
class Transcript:
    """One file, taken apart. said: (who, text) in order; calls: (kind, text) in order; stdlib: whether it runs too.

    data: what is said on each data connection.
    """

    said: list[tuple[str, str]] = field(default_factory=list)
    data: list[list[tuple[str, str]]] = field(default_factory=list)
    calls: list[tuple[str, str]] = field(default_factory=list)
    stdlib: bool = True


def parse_transcript(text: str) -> Transcript:
    """Read a transcript; ValueError for a line that is none."""
    found = Transcript()
    for number, line in enumerate(text.splitlines(), 1):
        mark, rest = line[:2], line[3:]
        if not line or line.startswith("#"):
            continue
        if line.startswith("not stdlib: "):
            found.stdlib = False
        elif mark in {"C:", "S:"}:
            found.said.append((mark[0], rest + r"\r\n"))
        elif mark in {"C-", "S-", "S!"}:
            found.said.append(("!" if mark == "S!" else mark[0], rest))
        elif mark in {"D:", "D-", "D!", "U:", "U-", "U!"}:
            if not found.data or found.data[-1][-1:] in ([("!", "")], [("end", "")]):
                found.data.append([])
            ends = {"D!": "!", "U!": "end"}
            who = ends.get(mark, {"D": "S", "U": "C"}[mark[0]])
            found.data[-1].append((who, rest + (r"\r\n" if mark[1] == ":" else "")))
        elif mark in {"> ", "= ", "! "}:
            found.calls.append((mark[0], line[2:]))
        else:
            message = f"line {number} is no line of a transcript: {line!r}"
            raise ValueError(message)
    return found


def read_end(conversation: Conversation) -> None:
    """The client says nothing more, and ends its side."""
    said = sum(map(len, conversation.taken))
    while conversation.fill():
        pass
    assert len(conversation.received) == said


def make_script(said: list[tuple[str, str]], host: str) -> list[Step]:
    """Give the server's part: lines of one side that follow one another are one step."""
    port = int(host.rpartition(":")[2] or "0")
    marks = {"{host}": host, "{port}": str(port), "{bytes}": f"{port >> 8},{port & 255}"}
    steps: list[Step] = []
    runs: list[tuple[str, bytes]] = []
    for who, text in said:
        for mark, value in marks.items():
            text = text.replace(mark, value)  # noqa: PLW2901 - the same line, filled in
        data = text.encode("latin-1").decode("unicode_escape").encode("latin-1")
        if runs and runs[-1][0] == who:
            runs[-1] = (who, runs[-1][1] + data)
        else:
            runs.append((who, data))
    for who, data in runs:
        ends = {"!": close(), "end": read_end}
        steps.append(ends[who] if who in ends else expect(data) if who == "C" else send(data))
    return steps


async def read_argument(names: dict[str, Any], node: ast.expr) -> Any:
    """Give a literal, a name, or a name's attribute."""
    if isinstance(node, ast.Name):
        return names[node.id]
    return await call(names, ast.unparse(node)) if isinstance(node, ast.Attribute) else ast.literal_eval(node)


async def call(names: dict[str, Any], text: str) -> Any:
    """Do what one call or attribute says: `name.name(literals)` or `name.name`."""
    node = ast.parse(text.strip(), mode="eval").body
    if not isinstance(node, ast.Call):
        assert isinstance(node, ast.Attribute)
        assert isinstance(node.value, ast.Name)
        return getattr(names[node.value.id], node.attr)
    given = [await read_argument(names, argument) for argument in node.args]
    named = {str(keyword.arg): ast.literal_eval(keyword.value) for keyword in node.keywords}
    return await settle((await call(names, ast.unparse(node.func)))(*given, **named))


async def make_connection(twin: Twin, folder: str, peer: Peer) -> Any:
    """Give what the calls of a folder's transcripts know as `connection`; a mail server has greeted it already."""
    module = twin.module(MODULES[folder])
    if folder == "http":
        return module.HTTPConnection(peer.host, peer.port, timeout=5)
    if folder == "ftp":
        connection = module.FTP(timeout=5)
    else:
        connection = getattr(module, folder.upper())(local_hostname="here.example", timeout=5)
    await settle(connection.connect(peer.host, peer.port))
    return connection


async def perform(twin: Twin, calls: list[tuple[str, str]], connection: Any, folder: str) -> None:
    """Do the program's part."""
    errors = twin.module(MODULES[folder])
    names: dict[str, Any] = {"connection": connection, "found": [], "file": io.BytesIO(b"one\ntwo\n")}
    for kind, text in calls:
        if kind == "=":
            what, _, literal = text.rpartition(" == ")
            assert await call(names, what) == ast.literal_eval(literal), text
        elif kind == "!":
            what, _, error = text.rpartition(" raises ")
            with pytest.raises(getattr(builtins, error, None) or getattr(errors, error)):
                await call(names, what)
        else:
            name, _, what = text.rpartition(" = ") if " = " in text.partition("(")[0] else ("", "", text)
            names[name.strip()] = await call(names, what)


CASES = [
    pytest.param(twin, path, id=f"{path.parent.name}-{path.stem}-{twin.name}")
    for path in FILES
    for twin in (*TWINS, STDLIB)
    if twin is not STDLIB or parse_transcript(path.read_text("utf-8")).stdlib
]


@pytest.mark.parametrize("twin, path", CASES)
def test_transcript(twin: Twin, path: Path) -> None:
    transcript = parse_transcript(path.read_text("utf-8"))
    script: list[Step] = []
    data: list[list[Step]] = [[] for _ in transcript.data]
    with Peer(script, *data) as peer:
        script += make_script(transcript.said, f"{peer.host}:{peer.port}")
        for steps, said in zip(data, transcript.data, strict=True):
            steps.extend(make_script(said, ""))

        async def main() -> None:
            connection = await make_connection(twin, path.parent.name, peer)
            try:
                await perform(twin, transcript.calls, connection, path.parent.name)
            finally:
                connection.close()

        twin.run(main())
        heard = peer.heard()
        for number in range(len(data)):
            peer.heard(1 + number)  # the peer may take a connection when the client is done with it already
        assert len(peer.conversations) == 1 + len(data)
    wanted = "".join(text for who, text in transcript.said if who == "C")
    assert heard.count(b"\r\n") >= wanted.count(r"\r\n")


def test_line_that_is_none_is_named() -> None:
    with pytest.raises(ValueError, match="line 2 is no line"):
        parse_transcript("# fine\nX: what is this\n")


def test_what_the_client_does_not_say_fails() -> None:
    """A transcript can fail."""
    peer = Peer(make_script([("C", "GET /other")], ""))
    connection = STDLIB.http_client.HTTPConnection(peer.host, peer.port, timeout=5)
    connection.request("GET", "/")
    connection.close()
    peer.heard()
    with pytest.raises(AssertionError, match="not b'GET"):
        peer.close()
