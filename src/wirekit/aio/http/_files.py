"""Files over HTTP: what ``SimpleHTTPRequestHandler`` does of GET, HEAD and OPTIONS.

    do_GET -> send_head -> (translate_path, list_directory, guess_type) -> copyfile

A path leads to a file of the directory, or it is 404: hidden names, and links that lead out, are not there. Of a file the
best form is chosen that the client can take (one that stands compressed beside it, or is compressed on the spot), then
the request's conditions are weighed (RFC 9110 section 13), then the parts are found that it asks for (section 14).

A small file is kept in memory, and asked for by one ``stat`` when it is wanted again. Where a client repeats its request
word by word, and nobody has changed what is called on the way, the whole answer is at hand (``answer_at_once``).
"""

import io
import mimetypes
import os
import posixpath
import stat
import time
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any, ClassVar, Final, NamedTuple

from wirekit import defaults
from wirekit._io import asynchronous as net
from wirekit._io import served_files
from wirekit._wire import (
    codings,
    conditions,
    cors,
    http_dates,
    listing,
    listing_json,
    listing_page,
    ranges,
    responses,
)
from wirekit.aio.http._access import AccessService
from wirekit.aio.http._exchange import ResponseFile

__all__ = ["FileService"]

KEPT: Final = 32 * 1024 * 1024
"""Bytes of small files that are kept in memory, for all servers of the process."""
KEPT_EACH: Final = 1 << 16
"""Bytes of a file that is kept: what leaves with its head in one piece."""
PACKED_EACH: Final = 1 << 20
"""Bytes of a file that was compressed and is kept: making it took more than reading it."""
SMALLEST_PACKED: Final = 512
"""Bytes below which compressing gains less than the fields that tell of it."""
QUICKLY_PACKED: Final = 1 << 14
"""Bytes that are compressed on the spot, in less than a millisecond; more are left to a thread where a loop would wait."""
_BLOCK: Final = 1 << 16

_kept = served_files.FileCache(KEPT, PACKED_EACH)


class Shown(NamedTuple):
    """What is sent of a file: the file itself, or what stands compressed beside it, or what is made of it."""

    path: str
    status: os.stat_result
    kind: str
    coding: str = ""
    made: bool = False  # it is compressed here
    varies: bool = False  # another client may get another form


class Ready(NamedTuple):
    """A whole answer at hand: what it shows, under which policy, and all that stands behind its first lines."""

    path: str
    kept: served_files.KeptFile
    policy: tuple[Any, ...]
    rest: bytes


class FileService(AccessService):
    """The methods of ``SimpleHTTPRequestHandler``."""

    index_pages: tuple[str, ...] = ("index.html", "index.htm")
    extensions_map: ClassVar[dict[str, str]] = {
        ".gz": "application/gzip",
        ".Z": "application/octet-stream",
        ".bz2": "application/x-bzip2",
        ".xz": "application/x-xz",
    }
    _encodings_map_default = extensions_map
    default_content_type = "application/octet-stream"
    cache_control: str | None = None
    cors_origins: Sequence[str] = ()
    extra_response_headers: Any = ()
    uploads = False

    directory: str
    _base: ClassVar[Any]

    def __init__(
        self,
        *args: Any,
        directory: str | os.PathLike[str] | None = None,
        extra_response_headers: Any = None,
        **kwargs: Any,
    ) -> None:
        self.directory = os.fspath(directory) if directory is not None else os.getcwd()  # noqa: PTH109 - text is wanted
        if extra_response_headers is not None:
            self.extra_response_headers = extra_response_headers
        super().__init__(*args, **kwargs)

    # ---- methods of HTTP

    async def do_GET(self) -> None:
        """Serve a file, or a listing."""
        file = await self.send_head()
        if file:
            try:
                await net.give(self.copyfile, file, self.wfile)
            finally:
                file.close()

    async def do_HEAD(self) -> None:
        """Serve the head of what GET would give."""
        file = await self.send_head()
        if file:
            file.close()

    async def do_OPTIONS(self) -> None:
        """Say what may be done here; answer the question of a browser whether another origin's script may do it."""
        methods = ["GET", "HEAD", "OPTIONS", *(["PUT", "POST"] if self.uploads else [])]
        get = self.headers.get
        asked, named = get("Access-Control-Request-Method"), get("Access-Control-Request-Headers")
        self.send_response(HTTPStatus.NO_CONTENT)
        self.send_header("Allow", ", ".join(methods))
        if asked is not None and self.cors_origins:
            for name, value in cors.choose_preflight_fields(
                get("Origin"), asked, named, self.cors_origins, methods
            ):
                self.send_header(name, value)
        await self.end_headers()

    def send_response(self, code: int, message: str | None = None) -> None:
        """Begin a response; with the fields by which browsers let scripts of other origins read it."""
        super().send_response(code, message)
        if self.cors_origins:
            origin = self.headers.get("Origin") if self.headers is not None else None
            for name, value in cors.choose_cors_fields(origin, self.cors_origins):
                self.send_header(name, value)

    # ---- from a path to a file

    async def send_head(self) -> Any:
        """Send the head of the response; return the file to send behind it, open, or None when all is said."""
        path = self.translate_path(self.path)
        status = _look(path)
        if status is None or not self._may_serve(path):
            return await self._send_missing()
        if stat.S_ISDIR(status.st_mode):
            if not self.path.partition("?")[0].partition("#")[0].endswith("/"):
                return await self._redirect(listing.format_location(self.path))
            index = self._find_index(path)
            if index is None:
                return await net.give(self.list_directory, path)
            path, status = index
        elif path.endswith("/") or not stat.S_ISREG(
            status.st_mode
        ):  # some systems find a file by its name and a slash
            return await self._send_missing()
        return await self._send_file_head(self._choose(path, status))

    async def _send_missing(self) -> None:
        await self.send_error(HTTPStatus.NOT_FOUND, "File not found")

    async def _redirect(self, location: str) -> None:
        self.send_response(HTTPStatus.MOVED_PERMANENTLY)
        self.send_header("Location", location)
        self.send_header("Content-Length", "0")
        await self.end_headers()

    def translate_path(self, path: str) -> str:
        """Return the file that a request's path means, below ``directory``, with the last slash it may have.

        A path that may name no file gives one that none has.
        """
        parsed = listing.parse_path(path, windows=os.name == "nt")
        if parsed is None:
            return os.path.join(self.directory, "\0")  # noqa: PTH118 - no file has such a name
        names, slash = parsed
        return os.path.join(self.directory, *map(os.fsdecode, names)) + "/" * slash  # noqa: PTH118 - paths are text here

    def _find_index(self, path: str) -> tuple[str, os.stat_result] | None:
        for name in self.index_pages:
            index = os.path.join(path, name)  # noqa: PTH118 - see above
            status = _look(index)
            if status is not None and stat.S_ISREG(status.st_mode) and self._may_serve(index):
                return index, status
        return None

    def _may_serve(self, path: str) -> bool:
        """Tell whether a path is inside the root once every link on the way is followed, and not hidden (row 107).

        What a ``translate_path`` of a program's own has found elsewhere is what it wanted.
        """
        rules = defaults.active
        if rules.follow_symlinks_out and rules.serve_hidden:
            return True
        root = self.directory.rstrip("/" + os.sep) or "/"
        if not path.startswith(root) or path[len(root) :][:1] not in {"/", os.sep, ""}:
            own = type(self).translate_path is not FileService.translate_path
            return own or rules.follow_symlinks_out or served_files.is_inside(path, self.directory)
        names = [name for name in path[len(root) :].replace(os.sep, "/").split("/") if name]
        if not rules.serve_hidden and any(map(_is_hidden, names)):
            return False
        part = root.rstrip("/")
        for name in names:
            part = f"{part}/{name}"
            if os.path.islink(part):  # noqa: PTH114 - see above
                return rules.follow_symlinks_out or served_files.is_inside(path, self.directory)
        return True  # no link below the root, so nothing leads out of it

    # ---- what of a file is sent

    def guess_type(self, path: str | os.PathLike[str]) -> str:
        """Return the type of a file, by its name."""
        extension = posixpath.splitext(path)[1]
        for key in (extension, extension.lower()):
            if key in self.extensions_map:
                return self.extensions_map[key]
        guess = getattr(mimetypes, "guess_file_type", mimetypes.guess_type)  # the former from Python 3.13 on
        return guess(path)[0] or self.default_content_type

    def _choose(self, path: str, status: os.stat_result) -> Shown:
        """Choose the form of a file that this client gets."""
        kind = self.guess_type(path)
        if not defaults.active.compress_files:
            return Shown(path, status, kind)
        accepted = self._field("Accept-Encoding") if self._field("Range") is None else None
        beside = self._find_beside(path, status)
        if coding := codings.choose_coding(accepted, tuple(beside)):
            return Shown(*beside[coding], kind, coding, varies=True)
        small = SMALLEST_PACKED <= status.st_size <= defaults.active.max_compressed
        if not (small and codings.may_compress(kind)):
            return Shown(path, status, kind, varies=bool(beside))
        coding = codings.choose_coding(accepted, served_files.codings_at_hand())
        return Shown(path, status, kind, coding or "", made=bool(coding), varies=True)

    def _find_beside(self, path: str, status: os.stat_result) -> dict[str, tuple[str, os.stat_result]]:
        """Find what stands compressed beside a file, and is not older than it."""
        found = {}
        for coding, suffix in codings.SUFFIXES.items():
            packed = _look(path + suffix)
            if packed is None or not stat.S_ISREG(packed.st_mode) or packed.st_mtime < status.st_mtime:
                continue
            if self._may_serve(path + suffix):
                found[coding] = (path + suffix, packed)
        return found

    def _field(self, name: str) -> str | None:
        """Return a field of the request, several lines of it joined."""
        values = self.headers.get_all(name)
        return ", ".join(values) if values else None

    async def _send_file_head(self, shown: Shown) -> Any:
        """Weigh the request's conditions, and send the head of the answer."""
        now, status = time.time(), shown.status
        changed = int(status.st_mtime)
        etag = conditions.format_etag(
            status.st_mtime_ns, status.st_size, status.st_ino, int(now * 1e9), shown.coding * shown.made
        )
        fields = self._describe(shown, etag)
        refused = conditions.choose_status(str(self.command), self._field, etag, changed, int(now))
        if refused == 412:
            return await self.send_error(HTTPStatus.PRECONDITION_FAILED)
        if refused:
            return await self._send_unchanged(fields)
        wanted = self._field("Range") if self.command == "GET" and not shown.made else None
        if wanted and conditions.may_range(self._field("If-Range"), etag, changed, int(now)):
            parts = ranges.parse_ranges(wanted, status.st_size)
            if parts is not None:
                return await self._send_parts_head(shown, parts, fields)
        return await self._send_whole_head(shown, fields, now)

    def _describe(self, shown: Shown, etag: str) -> list[tuple[str, str]]:
        """Return the fields that any answer about a file has."""
        fields = [("Last-Modified", self.date_time_string(shown.status.st_mtime)), ("ETag", etag)]
        if not shown.made:
            fields.append(("Accept-Ranges", "bytes"))
        if shown.varies:
            fields.append(("Vary", "Accept-Encoding"))
        if self.cache_control is not None:
            fields.append(("Cache-Control", self.cache_control))
        if self.uploads:
            fields.append(
                ("X-Content-Type-Options", "nosniff")
            )  # what strangers put here must not pass for a page
        return [*fields, *_pairs(self.extra_response_headers)]

    async def _send_unchanged(self, fields: list[tuple[str, str]]) -> None:
        self.send_response(HTTPStatus.NOT_MODIFIED)
        for name, value in fields:
            self.send_header(name, value)
        await self.end_headers()

    async def _send_fields(
        self, status: int, size: int, kind: str, fields: Sequence[tuple[str, str]]
    ) -> None:
        self.send_response(status)
        for name, value in (("Content-type", kind), ("Content-Length", str(size)), *fields):
            self.send_header(name, value)
        await self.end_headers()

    async def _send_whole_head(self, shown: Shown, fields: list[tuple[str, str]], now: float) -> Any:
        """Send the head of the whole; return it as a file."""
        if shown.coding:
            fields = [("Content-Encoding", shown.coding), *fields]
        if not shown.made and shown.status.st_size > KEPT_EACH:
            return await self._open_whole(shown, fields)
        content = await self._load(shown, now)
        if content is None:
            return await self._send_missing()
        await self._send_fields(HTTPStatus.OK, len(content), shown.kind, fields)
        self._make_ready(shown, fields, len(content))
        return io.BytesIO(content)

    async def _open_whole(self, shown: Shown, fields: list[tuple[str, str]]) -> Any:
        file = _open(shown)
        if file is None:
            return await self._send_missing()
        try:
            await self._send_fields(HTTPStatus.OK, shown.status.st_size, shown.kind, fields)
        except BaseException:
            file.close()
            raise
        return file

    async def _load(self, shown: Shown, now: float) -> bytes | None:
        """Return the content of a small file, or what is made of one; None where it cannot be read any more."""
        key = (shown.path, shown.coding * shown.made)
        if (kept := _kept.get(key, shown.status)) is not None:
            return kept.content
        try:
            content = served_files.read_small(shown.path, shown.status)
        except OSError:
            return None
        if content is not None and shown.made:
            if len(content) > QUICKLY_PACKED:
                content = await net.in_thread(served_files.compress, content, shown.coding)
            else:
                content = served_files.compress(content, shown.coding)
        if content is not None:
            _kept.keep(key, content, shown.status, now)
        return content

    # ---- parts

    async def _send_parts_head(
        self, shown: Shown, parts: list[tuple[int, int]], fields: list[tuple[str, str]]
    ) -> Any:
        """Send the head of one part, or of several; return them as a file."""
        size = shown.status.st_size
        if not parts:
            self._error_fields = [("Content-Range", ranges.format_content_range(None, size))]
            return await self.send_error(HTTPStatus.REQUESTED_RANGE_NOT_SATISFIABLE)
        file = _open(shown)
        if file is None:
            return await self._send_missing()
        try:
            if len(parts) > 1:
                return await self._send_several_heads(file, shown, parts, fields)
            first, last = parts[0]
            found = ("Content-Range", ranges.format_content_range(parts[0], size))
            file.seek(first)
            await self._send_fields(
                HTTPStatus.PARTIAL_CONTENT, last + 1 - first, shown.kind, [found, *fields]
            )
        except BaseException:
            file.close()
            raise
        return served_files.FilePart(file, last + 1 - first)

    async def _send_several_heads(
        self, file: Any, shown: Shown, parts: list[tuple[int, int]], fields: list[tuple[str, str]]
    ) -> Any:
        size, boundary = shown.status.st_size, os.urandom(16).hex()
        length = ranges.measure_parts(boundary, shown.kind, parts, size)
        kind = f"multipart/byteranges; boundary={boundary}"
        await self._send_fields(HTTPStatus.PARTIAL_CONTENT, length, kind, fields)
        pieces = [
            (ranges.format_part_head(boundary, shown.kind, part, size), part[0], part[1] + 1 - part[0])
            for part in parts
        ]
        return served_files.FileParts(file, pieces, ranges.format_parts_end(boundary))

    async def copyfile(self, source: Any, outputfile: Any) -> None:
        """Send a file to the client (or copy any file to any other)."""
        if isinstance(outputfile, ResponseFile):
            if type(source) is io.BytesIO:
                await outputfile.write(source.getvalue()[source.tell() :])
                return
            if isinstance(source, served_files.FilePart):
                await outputfile.send_file(source.file, source.left)
                return
            if isinstance(source, io.BufferedReader):
                count = outputfile.left
                if count is None:
                    count = os.fstat(source.fileno()).st_size - source.tell()
                await outputfile.send_file(source, count)
                return
        while block := await net.give(source.read, _BLOCK):
            await net.give(outputfile.write, block)

    # ---- the same once more

    def _policy(self) -> tuple[Any, ...]:
        """Return what decides, beside the request and the file, about an answer."""
        rules = defaults.active
        return (
            self.directory, self.cache_control, self.extra_response_headers, self.uploads, rules.serve_hidden,
            rules.follow_symlinks_out, rules.compress_files, rules.max_compressed, self.extensions_map,
        )  # fmt: skip

    def _make_ready(self, shown: Shown, fields: Sequence[tuple[str, str]], size: int) -> None:
        """Keep an answer for the moment when the same request comes again on this connection."""
        head = self._head
        kept = _kept.get((shown.path, shown.coding * shown.made), shown.status)
        if head is None or kept is None or self.command != "GET" or size > KEPT_EACH or self.cors_origins:
            return
        if any(name.lower() in _DECISIVE for name, _ in head.fields) or not self._is_usual():
            return
        if self.close_connection or self.request_version != "HTTP/1.1":
            return
        lines = [("Content-type", shown.kind), ("Content-Length", str(size)), *fields]
        strict = defaults.active.strict_framing
        rest = b"".join(responses.format_field(name, value, strict)[0] for name, value in lines)
        head.memo = Ready(shown.path, kept, self._policy(), rest + b"\r\n" + kept.content)

    def _is_usual(self) -> bool:
        """Tell whether nobody has changed what is called on the way to an answer."""
        kind, ours, base = type(self), FileService, self._base
        return (
            kind.do_GET is ours.do_GET
            and kind.send_head is ours.send_head
            and kind.translate_path is ours.translate_path
            and kind.guess_type is ours.guess_type
            and kind.copyfile is ours.copyfile
            and kind.send_response is ours.send_response
            and kind.send_header is base.send_header
            and kind.end_headers is base.end_headers
            and kind.flush_headers is base.flush_headers
            and kind.send_response_only is base.send_response_only
            and kind.handle_one_request is base.handle_one_request
            and kind.parse_request is base.parse_request
        )

    def answer_at_once(self) -> bytes | None:
        """Take the request that stands in ``rfile``, and return its whole answer; None where it is not at hand.

        It is where this connection had the same request before, word by word, and the file is still the same.
        """
        head = self.rfile.repeats()
        ready: Ready | None = head.memo if head is not None else None
        if ready is None:
            return None
        status = _look(ready.path)
        if status is None or not ready.kept.fits(status) or ready.policy != self._policy():
            head.memo = None
            return None
        if not self._is_usual() or self.accounts or self.access_log is not None or self.server_stops():
            return None
        self._begin_again(head)
        try:
            self.log_request(200)
        except Exception:  # noqa: BLE001 - of a program's own: it will raise again where it is seen to
            return None
        self.rfile.pass_over()
        return b"%b%b%b" % (
            responses.format_status_line(self.protocol_version, 200, "OK"),
            responses.format_start(
                self.version_string(), self.date_time_string(), defaults.active.strict_framing
            ),
            ready.rest,
        )

    # ---- listings

    async def list_directory(self, path: str) -> Any:
        """Send the head of a listing; return the page as a file, or None when an error was sent."""
        try:
            page, kind = await net.in_thread(self._make_page, path)
        except OSError:
            await self.send_error(HTTPStatus.NOT_FOUND, "No permission to list directory")
            return None
        policy = listing_page.POLICY if defaults.active.rich_listing else listing.POLICY
        fields = [("X-Content-Type-Options", "nosniff"), ("Content-Security-Policy", policy)]
        if defaults.active.rich_listing:
            fields += [("Vary", "Accept"), ("Cache-Control", self.cache_control or "no-cache")]
        await self._send_fields(
            HTTPStatus.OK, len(page), kind, [*fields, *_pairs(self.extra_response_headers)]
        )
        return io.BytesIO(page)

    def _make_page(self, path: str) -> tuple[bytes, str]:
        """Return the listing of a directory, and its type. OSError where it cannot be read."""
        entries = self.find_entries(path)
        if not defaults.active.rich_listing:
            entries.sort(key=lambda entry: os.fsdecode(entry.name).lower())
            return listing.format_listing(self.path, map(_mark, entries)), "text/html; charset=utf-8"
        order = listing_page.parse_order(self.path)
        entries = listing_page.sort_entries(entries, order)
        if listing_json.wants_json(self._field("Accept")):
            return listing_json.format_entries(entries, _format_moment), "application/json"
        page = listing_page.format_page(self.path, entries, _format_minute, order, upload=self.uploads)
        return page, "text/html; charset=utf-8"

    def find_entries(self, path: str) -> list[listing_page.Entry]:
        """Return what a listing of a directory shows; what would be refused is left out. OSError as ``os.scandir``."""
        entries = []
        with os.scandir(path) as found:
            for item in found:
                if not defaults.active.serve_hidden and _is_hidden(item.name):
                    continue
                if item.is_symlink() and not self._may_serve(item.path):
                    continue
                entries.append(_make_entry(item))
        return entries


_DECISIVE: Final = frozenset(
    {
        "range",
        "if-range",
        "if-match",
        "if-none-match",
        "if-modified-since",
        "if-unmodified-since",
        "origin",
        "authorization",
    }
)
"""Fields of a request that decide about its answer; what Accept-Encoding decides is in the answer."""


def _look(path: str) -> os.stat_result | None:
    """Return what the system knows of a file, links followed; None where there is none."""
    try:
        return os.stat(path)  # noqa: PTH116 - paths are text here
    except (OSError, ValueError):  # ValueError: a NUL in the name
        return None


def _open(shown: Shown) -> Any:
    """Open a file; None where it is not the one any more that was looked at."""
    try:
        file = open(shown.path, "rb", opener=served_files.open_at_once)  # noqa: SIM115 - the caller closes it
    except (OSError, ValueError):
        return None
    if served_files.sign(os.fstat(file.fileno())) != served_files.sign(shown.status):
        file.close()
        return None
    return file


def _is_hidden(name: str) -> bool:
    return name.startswith(".") and name != ".well-known"  # RFC 8615: that one is for strangers


def _pairs(fields: Any) -> list[tuple[str, str]]:
    return list(fields.items()) if hasattr(fields, "items") else list(fields)


def _make_entry(item: "os.DirEntry[str]") -> listing_page.Entry:
    name, link = os.fsencode(item.name), item.is_symlink()
    try:
        status = item.stat()
    except OSError:  # a link to nowhere
        return listing_page.Entry(name, False, link)
    folder = stat.S_ISDIR(status.st_mode)
    return listing_page.Entry(name, folder, link, None if folder else status.st_size, status.st_mtime)


def _mark(entry: listing_page.Entry) -> tuple[bytes, str]:
    return entry.name, "/" * entry.is_directory + "@" * entry.is_link


def _format_minute(moment: float) -> str:
    year, month, day, hour, minute, _ = http_dates.split_seconds(int(moment))
    return f"{year:04}-{month:02}-{day:02} {hour:02}:{minute:02}"


def _format_moment(moment: float) -> str:
    year, month, day, hour, minute, second = http_dates.split_seconds(int(moment))
    return f"{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}Z"
