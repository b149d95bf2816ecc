"""Uploads over HTTP: what ``SimpleHTTPRequestHandler`` does of PUT and POST, where its ``uploads`` is True.

    PUT /folder/name            one file: 201 with its Location, 204 when it replaced one
    POST /folder/               a form with files (multipart/form-data): 303 back to the folder for browsers, 201 for others

A file is written beside its place and gets its name when it is whole (``_io.receiving``). Nothing is replaced, unless
``overwrite`` is True: 409, or 412 where the client itself wanted that (``If-None-Match: *``). A name is a plain name
(``_wire.uploads``); hidden ones, and folders that are not served, take nothing. A page of another origin cannot post here
(security row 165): a form needs no permission of a browser, so its origin is looked at.
"""

import os
import stat
import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Any, Final

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io import receiving
from wirekit._wire import conditions, cors, listing
from wirekit._wire.percent import Quoting, quote_bytes
from wirekit._wire.uploads import BadForm, FormReader, Part, check_upload_name, parse_boundary
from wirekit.aio.http._files import FileService

__all__ = ["UploadService"]

_BLOCK: Final = 1 << 18
_FORM: Final = 1 << 20
"""Bytes that a form has beside its files, at most."""
_NAME: Final = Quoting(b"")


class Refusal(Exception):
    """An upload is refused, with this status and these words."""

    def __init__(self, status: int, text: str) -> None:
        super().__init__(status, text)
        self.status, self.text = status, text


class UploadService(FileService):
    """The methods of ``SimpleHTTPRequestHandler`` that take files."""

    overwrite = False

    async def do_PUT(self) -> None:
        """Take a file."""
        await self._take_in(self._put)

    async def do_POST(self) -> None:
        """Take the files of a form."""
        await self._take_in(self._post)

    async def _take_in(self, method: Callable[[], Any]) -> None:
        if not self.uploads:
            await self.send_error(HTTPStatus.NOT_IMPLEMENTED, f"Unsupported method ({self.command!r})")
            return
        try:
            self._check_origin()
            await method()
        except Refusal as refused:
            await self.send_error(refused.status, explain=refused.text)
        except BadForm as error:
            await self.send_error(HTTPStatus.BAD_REQUEST, explain=str(error))

    def _check_origin(self) -> None:
        get = self.headers.get
        origin = get("Origin")
        if "*" in self.cors_origins or (origin is not None and origin in self.cors_origins):
            return
        if cors.is_foreign(origin, get("Host"), get("Sec-Fetch-Site")):
            raise Refusal(403, "A page of another origin may not upload here")

    # ---- one file

    async def _put(self) -> None:
        path = self._find_place()
        limit = defaults.active.max_upload
        if self._head is not None and (self._head.length or 0) > limit:
            raise Refusal(413, f"A file may have {limit} bytes")
        if self.headers.get("Content-Range") is not None:
            raise Refusal(400, "Parts of a file are not taken")  # RFC 9110 section 14.5
        self._check_conditions(path)
        incoming = self._open(path)
        try:
            while data := await self.rfile.read1(_BLOCK):
                self._write(incoming, data)
        except BaseException:
            incoming.discard()
            raise
        new = self._publish(incoming)
        self.send_response(HTTPStatus.CREATED if new else HTTPStatus.NO_CONTENT)
        if new:
            self.send_header("Location", listing.format_location(self.path).rstrip("/"))
            self.send_header("Content-Length", "0")
        await self.end_headers()

    def _find_place(self) -> str:
        """Return the path of the file that is put. Refusal where none may stand there."""
        parsed = listing.parse_path(self.path, windows=os.name == "nt")
        if parsed is None or not parsed[0] or parsed[1]:
            raise Refusal(405, "A file is put under a name of its own")
        name = os.fsdecode(parsed[0][-1])
        path = self.translate_path(self.path)
        folder = os.path.dirname(path)  # noqa: PTH120 - paths are text here
        self._check_folder(folder)
        return os.path.join(folder, self._check_name(name, exact=True))  # noqa: PTH118 - see above

    def _check_name(self, name: str, *, exact: bool = False) -> str:
        try:
            checked = check_upload_name(name, windows=os.name == "nt")
        except ValueError as error:
            raise Refusal(400, str(error)) from None
        if exact and checked != name:
            raise Refusal(400, f"{name!r} cannot be a file's name")
        return checked

    def _check_folder(self, folder: str) -> None:
        """Refuse what is no directory, and one that is not served: hidden, or outside."""
        if not os.path.isdir(folder) or not self._may_serve(folder):  # noqa: PTH112 - see above
            raise Refusal(409, "There is no such directory")

    def _check_conditions(self, path: str) -> None:
        """Weigh the request's conditions against what stands there, and refuse to replace it unless that is wanted."""
        status = _look(path)
        etag, changed = None, None
        if status is not None and stat.S_ISREG(status.st_mode):
            changed = int(status.st_mtime)
            now = int(time.time() * 1e9)
            etag = conditions.format_etag(status.st_mtime_ns, status.st_size, status.st_ino, now)
        if conditions.choose_status("PUT", self._field, etag, changed, int(time.time())):
            raise Refusal(412, "What is there is not what you know of")
        if status is not None and not (self.overwrite and etag is not None):
            raise Refusal(409, "There is a file of that name already")

    def _open(self, path: str) -> receiving.Incoming:
        try:
            return receiving.Incoming(path)
        except (OSError, ValueError) as error:
            raise _refuse(error) from None

    def _write(self, incoming: receiving.Incoming, data: bytes) -> None:
        limit = defaults.active.max_upload
        if incoming.size + len(data) > limit:
            raise Refusal(413, f"A file may have {limit} bytes")
        try:
            incoming.write(data)
        except OSError as error:
            raise _refuse(error) from None

    def _publish(self, incoming: receiving.Incoming) -> bool:
        try:
            return incoming.publish(overwrite=self.overwrite)
        except OSError as error:
            raise _refuse(error) from None

    # ---- a form

    async def _post(self) -> None:
        boundary = parse_boundary(self.headers.get("Content-Type"))
        folder = self.translate_path(self.path)
        if not folder.endswith("/"):
            raise Refusal(405, "Files are posted to a directory; its path ends in a slash")
        self._check_folder(folder.rstrip("/") or "/")
        if boundary is None:
            raise Refusal(415, "Files are posted by a form: multipart/form-data")
        names = await self._take_form(FormReader(boundary), folder)
        if not names:
            raise Refusal(400, "There is no file in the form")
        await self._send_taken(names)

    async def _take_form(self, reader: FormReader, folder: str) -> list[str]:
        """Take the files of a form, one after another; return their names. Nothing that is half stays behind."""
        names: list[str] = []
        incoming: receiving.Incoming | None = None
        left = defaults.active.max_upload + _FORM
        try:
            while not reader.done and (data := await self.rfile.read1(_BLOCK)):
                left -= len(data)
                if left < 0:
                    raise Refusal(413, f"A form may have {defaults.active.max_upload} bytes")
                for event in reader.receive(data):
                    if isinstance(event, Part):
                        incoming = self._begin_part(event, folder)
                    elif event is not None:
                        self._take_data(incoming, event)
                    elif incoming is not None:
                        done, incoming = incoming, None
                        self._publish(done)
                        names.append(os.path.basename(done.path))  # noqa: PTH119 - see above
            reader.finish()
        except BaseException:
            if incoming is not None:
                incoming.discard()
            raise
        return names

    def _begin_part(self, part: Part, folder: str) -> receiving.Incoming | None:
        """Open the file of a part; None for a field, and for a file that the user has not chosen."""
        if not part.filename:
            return None
        path = os.path.join(folder, self._check_name(part.filename))  # noqa: PTH118 - see above
        status = _look(path)
        if status is not None and not (self.overwrite and stat.S_ISREG(status.st_mode)):
            raise Refusal(409, f"There is a file of that name already: {os.path.basename(path)}")  # noqa: PTH119 - see above
        return self._open(path)

    def _take_data(self, incoming: receiving.Incoming | None, data: bytes) -> None:
        if incoming is not None:
            self._write(incoming, data)

    async def _send_taken(self, names: list[str]) -> None:
        """Tell what was taken: a browser by the listing, a program by a list."""
        if "text/html" in (self.headers.get("Accept") or ""):
            self.send_response(HTTPStatus.SEE_OTHER)
            self.send_header("Location", listing.format_location(self.path).partition("?")[0])
            self.send_header("Content-Length", "0")
            await self.end_headers()
            return
        body = "".join(quote_bytes(os.fsencode(name), _NAME) + "\n" for name in names).encode("ascii")
        self.send_response(HTTPStatus.CREATED)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        await self.end_headers()
        await net.give(self.wfile.write, body)


def _look(path: str) -> os.stat_result | None:
    """Return what bears a name, a link itself; None where nothing does."""
    try:
        return os.lstat(path)
    except (OSError, ValueError):
        return None


def _refuse(error: OSError | ValueError) -> Refusal:
    return Refusal(*receiving.explain(error)) if isinstance(error, OSError) else Refusal(400, str(error))
