"""``wirekit get``: one URL after another, each whole or not at all.

A transfer goes through the same steps whatever it is: the destination is opened (so that a full answer is not asked
for in vain), the answer is judged (status, and whether it continues a part file), its blocks are copied, its length is
checked, and only then the file gets its name.
"""

from __future__ import annotations

import contextlib
import os
import sys
from pathlib import Path

from wirekit._cli import destination, progress, resume
from wirekit._cli.outcome import Code, LocalError, NobodyReadsError, explain, say
from wirekit._cli.request import Options, Target, open_url, read_target
from wirekit.http.client import HTTPException, IncompleteRead
from wirekit.urllib.error import HTTPError, URLError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from wirekit._cli.destination import Destination

__all__ = ["get_all"]

BLOCK = 1 << 18
"""Bytes taken at once at most; what has arrived is passed on at once."""


def get_all(addresses: Sequence[str], options: Options) -> Code:
    """Fetch every URL, whatever becomes of the others; return the exit code of the first that failed."""
    if options.insecure:
        say("warning: --insecure: certificates are not checked, anybody may answer in the server's name")
    result = Code.OK
    for address in addresses:
        code = _get_one(address, options)
        if code is Code.PIPE:
            return code
        result = result or code
    return result


def _get_one(address: str, options: Options) -> Code:
    shown = "URL"
    try:
        target = read_target(address)
        shown = target.shown
        if _is_remote_file(target.url):
            return _get_file(address, options)
        _Transfer(target, options).run()
    except NobodyReadsError:
        os.dup2(
            os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno()
        )  # Python flushes stdout once more at its end
        return Code.PIPE
    except (LocalError, HTTPException, URLError, OSError, ValueError) as error:
        outcome = explain(error)
        say(shown, outcome.line)
        return outcome.code
    return Code.OK


def _is_remote_file(url: str) -> bool:
    """Tell whether a URL names a file of an FTP server, and not a directory, or a form of either."""
    scheme, _, rest = url.partition("://")
    path = rest.partition("/")[2]
    return scheme.lower() in {"ftp", "ftpes", "ftps"} and path[-1:] not in {"", "/"} and ";type=" not in path


def _get_file(address: str, options: Options) -> Code:
    from wirekit._cli import files

    path = options.output
    if path is None and (options.remote_name or options.header_name):
        path = Path(destination.choose_name(read_target(address).url))
    if path is None:
        goal: destination.Plain | Path = destination.Plain(sys.stdout.buffer, "stdout")
    else:
        goal = destination.open_plain(path) or path
    access = files.Access(options.quiet, options.timeout, options.insecure, options.authority)
    return files.get(address.strip(" "), goal, access, resume=options.resume)


class _Transfer:
    """One URL on its way to one destination."""

    def __init__(self, target: Target, options: Options) -> None:
        self.target, self.options = target, options
        self.goal: Destination | None = None

    def run(self) -> None:
        """Fetch it. On any error the destination is as it was, but for a part file that may be resumed."""
        if not self.options.header_name:
            self.goal = self._open_goal("")
        try:
            self._fetch()
        except BaseException:
            if self.goal:
                self.goal.give_up()
            raise

    def _fetch(self) -> None:
        try:
            response = open_url(self.target, self.options, self._range_fields())
        except HTTPError as error:
            with contextlib.closing(error):
                self._end_at_status(error)
            return
        with response:
            goal = self.goal = self.goal or self._open_goal(
                destination.name_from_disposition(response.headers)
            )
            self._judge(response, goal)
            self._copy(response, goal)
        goal.finish()

    # ---- where to

    def _open_goal(self, offered: str) -> Destination:
        """Open the destination; offered: the name that the server proposes, where it was asked."""
        options = self.options
        if options.output is None and not options.remote_name and not options.header_name:
            return destination.Plain(sys.stdout.buffer, "stdout")
        path = options.output or Path(offered or destination.choose_name(self.target.url))
        if plain := destination.open_plain(path):
            return plain
        goal = destination.PartFile(path, keep=options.resume, new=options.header_name, sync=options.sync)
        if options.resume:
            goal.note = resume.Note(goal.part, self.target.url)
            if not goal.note.load():
                goal.restart()
        return goal

    # ---- going on

    def _range_fields(self) -> dict[str, str]:
        """Ask for what is missing, if the server still has the same (RFC 9110 section 13.1.5)."""
        goal = self.goal
        if goal is None or goal.note is None or not goal.offset:
            return {}
        return {"Range": f"bytes={goal.offset}-", "If-Range": goal.note.validator}

    def _end_at_status(self, error: HTTPError) -> None:
        """End at an answer that is none: raise it, unless it says that the part file is whole."""
        goal = self.goal
        if (
            error.code == 416
            and goal
            and goal.note
            and goal.offset
            and resume.is_complete(error.headers, goal.offset, goal.note)
        ):
            goal.finish()
            return
        if self.options.error_body and isinstance(goal, destination.Plain):
            self._copy(error, goal)
        raise error

    def _judge(self, response: Any, goal: Destination) -> None:
        """See that the answer is the whole, or the rest that was asked for. HTTPException when it is neither."""
        status = getattr(response, "status", None)
        if status == 206 and goal.offset and goal.note is not None:
            resume.check_continuation(response.headers, goal.offset, goal.note)
        elif status == 206 and "range" not in {name.lower() for name, _ in self.options.fields}:
            message = "the server sent a part where the whole was asked for"
            raise HTTPException(message)
        elif goal.note is not None:
            goal.note.remove()
            goal.restart()
            self._remember(response, goal)

    def _remember(self, response: Any, goal: Destination) -> None:
        assert goal.note is not None
        validator = resume.choose_validator(response.headers)
        if not validator:
            goal.note = None
            return
        try:
            goal.note.save(validator, _length(response))
        except OSError as error:
            raise LocalError(f"cannot write {goal.note.path}: {error.strerror}") from error

    # ---- the bytes

    def _copy(self, response: Any, goal: Destination) -> None:
        """Copy block by block. IncompleteRead when fewer bytes come than were announced."""
        expected, got = _length(response), 0
        total = None if expected is None else goal.offset + expected
        to_stdout = isinstance(goal, destination.Plain) and not goal.ours
        shown = progress.may_show(quiet=self.options.quiet, to_stdout=to_stdout)
        name = self.target.shown if to_stdout else getattr(goal, "shown", Path(self.target.shown)).name
        with progress.Bar(name, goal.offset, total, shown=shown) as bar:
            while block := response.read1(BLOCK):
                goal.write(block)
                got += len(block)
                bar.advance(len(block))
            if expected is not None and got < expected:
                raise IncompleteRead(b"", expected - got)


def _length(response: Any) -> int | None:
    """Return how many bytes will come; None when that was not told."""
    known = getattr(response, "length", None)
    if isinstance(known, int):
        return known
    if getattr(response, "chunked", False) is True or getattr(response, "status", None) is not None:
        return None
    told = response.headers.get("Content-Length") or ""
    return int(told) if told.isascii() and told.isdigit() else None
