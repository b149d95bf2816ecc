"""CGI scripts over HTTP (RFC 3875): what ``CGIHTTPRequestHandler`` adds.

    do_GET, do_POST -> is_cgi -> run_cgi -> the script's output, its head read and checked

A script is started without a shell and with an environment of its own (``_wire.cgi``); where the server is root, as the
user nobody. Its standard input is the request's body, gathered in a temporary file first: so a script gets the length of
a body that came in chunks, and one that answers before it has read cannot stall us both. What it writes leaves as it
comes. A script that takes longer than ``cgi_timeout`` seconds is ended, and so is one whose client has gone.
"""

import os
from http import HTTPStatus
from typing import Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._wire import access_log, cgi, passwords, responses
from wirekit._wire.percent import Quoting, quote_bytes
from wirekit.aio.http._exchange import BodyTooLong
from wirekit.aio.http._uploads import UploadService

__all__ = ["ScriptService", "executable", "nobody_uid"]

IN_MEMORY: Final = 1 << 18
"""Bytes of a body that wait in memory for their script; a longer one on the disk."""
_BLOCK: Final = 1 << 16
_PATH: Final = Quoting(b"/")


def nobody_uid() -> int:
    """Return the number of the user ``nobody``, as whom scripts run where the server is root; -1 on Windows."""
    from wirekit._io import programs  # costs subprocess: for scripts alone

    return programs.find_nobody()


def executable(path: str) -> bool:
    """Tell whether a file may be executed."""
    return os.access(path, os.X_OK)


class ScriptService(UploadService):
    """The methods of ``CGIHTTPRequestHandler``."""

    have_fork = hasattr(os, "fork")
    cgi_directories: Any = ["/cgi-bin", "/htbin"]  # noqa: RUF012 - a list in the standard library, which programs change
    cgi_timeout: float | None = None
    rbufsize = 0
    cgi_info: tuple[str, str] = ("", "")

    async def do_POST(self) -> None:
        """Let a script answer; anything else cannot be posted to."""
        if self.is_cgi():
            await net.give(self.run_cgi)
        else:
            await self.send_error(HTTPStatus.NOT_IMPLEMENTED, "Can only POST to CGI scripts")

    async def send_head(self) -> Any:
        """As for files; a script answers by itself, and None is returned."""
        try:
            script = self.is_cgi()
        except IndexError:
            return await self.send_error(HTTPStatus.NOT_FOUND, "File not found")
        if script:
            return await net.give(self.run_cgi)
        return await super().send_head()

    def is_cgi(self) -> bool:
        """Tell whether the path is a script's: it stands in one of ``cgi_directories``. Sets ``cgi_info``.

        That is (the directory, the rest of the path and the query). IndexError for a path above the root.
        """
        collapsed = cgi.collapse_path(self.path)
        end = collapsed.find("/", 1)
        while end > 0 and collapsed[:end] not in self.cgi_directories:
            end = collapsed.find("/", end + 1)
        if end > 0:
            self.cgi_info = collapsed[:end], collapsed[end + 1 :]
        return end > 0

    def is_executable(self, path: str) -> bool:
        """Tell whether a file may be executed."""
        return executable(path)

    def is_python(self, path: str) -> bool:
        """Tell whether a file is a Python script, by its name."""
        return os.path.splitext(path)[1].lower() in {".py", ".pyw"}  # noqa: PTH122 - paths are text here

    # ---- which script

    def _find_script(self) -> cgi.Script:
        """Return the script that ``cgi_info`` means: the first name that is no directory; what follows is its rest."""
        folder, rest = self.cgi_info
        rest, _, query = rest.partition("?")
        names = rest.split("/")
        while len(names) > 1 and os.path.isdir(self._locate(f"{folder}/{names[0]}")):  # noqa: PTH112 - see above
            folder = f"{folder}/{names.pop(0)}"
        name = f"{folder}/{names[0]}"
        file = os.path.abspath(self._locate(name))  # noqa: PTH100 - see above; a script starts in its own folder
        return cgi.Script(name, file, "/" + "/".join(names[1:]) if len(names) > 1 else "", query)

    def _locate(self, name: str) -> str:
        """Return the file of a path that is decoded already."""
        return self.translate_path(quote_bytes(name.encode("utf-8", "replace"), _PATH))

    def _refuse_script(self, script: cgi.Script) -> tuple[HTTPStatus, str] | None:
        """Return why a script may not run; None where it may."""
        shown = access_log.quote_text(script.name)
        if not os.path.exists(script.file) or not self._may_serve(script.file):  # noqa: PTH110 - see above
            return HTTPStatus.NOT_FOUND, f"No such CGI script ({shown!r})"
        if not os.path.isfile(script.file):  # noqa: PTH113 - see above
            return HTTPStatus.FORBIDDEN, f"CGI script is not a plain file ({shown!r})"
        if (self.have_fork or not self.is_python(script.name)) and not self.is_executable(script.file):
            return HTTPStatus.FORBIDDEN, f"CGI script is not executable ({shown!r})"
        return None

    def _environment(self, script: cgi.Script, length: int | None) -> dict[str, str]:
        """Return the variables that a script gets."""
        headers = self.headers
        told = {
            "SERVER_SOFTWARE": self.version_string(),
            "SERVER_NAME": self.server.server_name,
            "SERVER_PROTOCOL": self.request_version,
            "SERVER_PORT": str(self.server.server_port),
            "REQUEST_METHOD": str(self.command),
            "REQUEST_URI": self.path,
            "DOCUMENT_ROOT": self.directory,
            "PATH_TRANSLATED": self._locate(script.rest) if script.rest else "",
            "REMOTE_ADDR": self.address_string(),
            "CONTENT_TYPE": headers.get("Content-Type", headers.get_content_type()),
        }
        if length is not None:
            told["CONTENT_LENGTH"] = str(length)
        if self.is_secure():
            told["HTTPS"] = "on"
        scheme = headers.get("Authorization", "").partition(" ")[0]
        if scheme:
            told["AUTH_TYPE"] = scheme
            known = passwords.parse_basic(headers.get("Authorization"))
            if known is not None:
                told["REMOTE_USER"] = known[0]
        return cgi.format_environment(script, told, headers.items(), os.environ)

    def is_secure(self) -> bool:
        """Tell whether this request came over TLS."""
        return getattr(getattr(self.rfile, "stream", None), "tls", None) is not None

    # ---- running it

    async def run_cgi(self) -> None:
        """Let the script of ``cgi_info`` answer."""
        script = self._find_script()
        if (refused := self._refuse_script(script)) is not None:
            await self.send_error(*refused)
            return
        import tempfile  # for scripts alone, as what runs them

        with tempfile.SpooledTemporaryFile(IN_MEMORY) as body:
            length = await self._gather(body)
            body.rollover()  # a program reads from a descriptor
            body.seek(0)
            await self._run_script(script, body, self._environment(script, length))

    async def _gather(self, body: Any) -> int | None:
        """Put the request's body into a file; return its length, None where there is none. BadRequest when too long."""
        head = self._head
        if head is None or (head.length is None and not head.chunked):
            return None
        limit, size = defaults.active.max_body, 0
        while data := await self.rfile.read1(_BLOCK):
            size += len(data)
            if size > limit:
                raise BodyTooLong(limit)
            body.write(data)
        return size

    def _command(self, script: cgi.Script) -> list[str]:
        """Return the command of a script. No word of the query gets into it: programs would take it for an option."""
        if not self.have_fork and self.is_python(script.file):
            import sys  # on Windows alone, where a script is no program

            return [sys.executable, "-u", script.file]
        return [script.file]

    async def _run_script(self, script: cgi.Script, body: Any, environment: dict[str, str]) -> None:
        from wirekit._io import programs  # costs subprocess: for scripts alone

        seconds = self.cgi_timeout if self.cgi_timeout is not None else defaults.active.cgi_timeout
        folder = os.path.dirname(script.file)  # noqa: PTH120 - see above
        user = nobody_uid() if programs.is_root() else -1
        try:
            program = await net.in_thread(
                programs.Program, self._command(script), environment, folder, body, user, seconds
            )
        except OSError as error:
            self.log_error("CGI script %s cannot be started: %s", script.name, error)
            await self.send_error(HTTPStatus.INTERNAL_SERVER_ERROR)
            return
        try:
            await self._relay(program)
        except BaseException:
            program.abandon()
            raise
        code = await net.in_thread(program.finish)
        if program.errors:
            self.log_error(
                "CGI script %s: %s", script.name, program.errors.decode("utf-8", "replace").rstrip()
            )
        if code:
            self.log_error("CGI script %s: exit code %d", script.name, code)

    async def _relay(self, program: Any) -> None:
        """Send what a script says, its head first."""
        received, found = b"", None
        try:
            while found is None and (data := await net.in_thread(program.read)):
                received += data
                found = cgi.parse_script_head(received)
        except TimeoutError:
            program.abandon()
            await self.send_error(HTTPStatus.GATEWAY_TIMEOUT, "The script takes too long")
            return
        except ValueError as error:
            self.log_error("%s", error)
        if found is None:
            program.abandon()
            await self.send_error(HTTPStatus.BAD_GATEWAY, "The script gave no answer")
            return
        await self._send_script_head(found[0])
        data = received[found[1] :]
        try:
            while data or (data := await net.in_thread(program.read)):
                await self.wfile.write(data)
                data = b""
        except TimeoutError:
            self.log_error("The script takes too long")
            self.close_connection = True
            program.abandon()

    async def _send_script_head(self, head: cgi.ScriptHead) -> None:
        self.send_response(head.status, None if head.reason is None else responses.clean_reason(head.reason))
        for name, value in head.fields:
            if name.lower() not in {"connection", "transfer-encoding", "server", "date"}:
                self.send_header(name, value)
        await self.end_headers()
