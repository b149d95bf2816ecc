"""Jars that are loaded from files and saved to them: what is common to all formats.

``FileCookieJar`` knows names of files and the loading and saving of everything that is not expired; the formats stand
in ``_cookie_texts`` (cookies.txt, LWP) and ``_cookie_stores`` (JSON, databases of browsers). A file is saved so that no
reader ever sees half of it, and no other user any of it.

A bad line is named (a warning, and ``bad_lines``) and does not lose the others; with ``strict`` it is a LoadError, and
nothing of the file is taken. Left alone, ``strict`` is what the profile says: the standard library's is strict.
"""

from __future__ import annotations

import io
import os
import sys
import time
import warnings

from wirekit import defaults
from wirekit._originals import original
from wirekit._wire.cookie_index import CookieTree
from wirekit._wire.cookies import PARTITION_KEY
from wirekit.http._cookie import Cookie
from wirekit.http._cookie_jar import CookieJar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from typing import Any

    from wirekit._wire.cookie_files import Fields

__all__ = [
    "BadLine",
    "FileCookieJar",
    "choose_by",
    "cookie_of",
    "load_error",
    "warn_of_loss",
    "write_privately",
]

MISSING_FILENAME_TEXT = "a filename was not supplied (nor was the CookieJar instance initialised with one)"
HTTPONLY_ATTR = "HTTPOnly"
LONGEST_REASON = 100
"""Characters of what is said of a bad line: some of it may be the line's own."""


def find_load_error() -> type[OSError]:
    """Return LoadError, the standard library's own class, loading its module (which takes 30 ms) if nobody has."""
    module = original("http.cookiejar")
    if module is sys.modules.get("wirekit.http.cookiejar"):  # somebody has put ours in its place by hand
        module = _load_beside()
    found: type[OSError] = module.LoadError
    return found


def _load_beside() -> Any:
    """Load the standard library's module once more, without putting it anywhere."""
    import http
    from importlib.machinery import PathFinder
    from importlib.util import module_from_spec

    spec = PathFinder.find_spec("http.cookiejar", http.__path__)
    assert spec is not None
    assert spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load_error(message: str) -> OSError:
    """Return a LoadError."""
    module = sys.modules["wirekit.http.cookiejar"]  # which keeps the class once it was named
    error: OSError = module.LoadError(message)
    return error


class BadLine(Warning):
    """A line of a file of cookies that is none: ``filename``, ``number`` (from 1) and ``reason``. A warning.

    The line itself is not told: it may hold a secret.
    """

    __module__ = "wirekit.http.cookiejar"

    def __init__(self, filename: Any, number: int, reason: str) -> None:
        super().__init__(filename, number, reason)
        self.filename, self.number, self.reason = filename, number, reason

    def __str__(self) -> str:
        return f"{self.filename}, line {self.number}: {self.reason}"


class FileCookieJar(CookieJar):
    """A jar that can be loaded from a file and saved to it; the formats are those of its subclasses.

    Nothing is loaded before ``load`` or ``revert``. delayload: kept for programs that look at it. strict: a bad line is
    a LoadError; None: as the profile says. ``bad_lines`` holds what was wrong with the last file (``BadLine``).
    """

    __module__ = "wirekit.http.cookiejar"

    bad_lines: list[BadLine] = []  # noqa: RUF012 - replaced by each load, never changed

    def __init__(
        self,
        filename: Any = None,
        delayload: bool = False,
        policy: Any = None,
        *,
        strict: bool | None = None,
    ) -> None:
        super().__init__(policy)
        self.filename = None if filename is None else os.fspath(filename)
        self.delayload = bool(delayload)
        self.strict = strict

    def save(self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False) -> None:
        """Save the cookies to a file: this one, or the jar's own.

        ignore_discard: those too that end with the session. ignore_expires: those too whose time is over. The file is
        replaced as a whole, and nobody but its owner may read it. ValueError without a file name; OSError.
        """
        raise NotImplementedError

    def load(self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False) -> None:
        """Add the cookies of a file: this one, or the jar's own.

        ignore_discard: those too that end with the session. ignore_expires: those too whose time is over. LoadError for
        a file of another format; ValueError without a file name; OSError.
        """
        filename = self._name_of(filename)
        with open(filename, "rb") as file:
            text = _decode(file.read())
        if type(self)._really_load is FileCookieJar._really_load and "_really_load" not in self.__dict__:
            self._load_text(text, filename, ignore_discard, ignore_expires)
        else:
            self._really_load(io.StringIO(text), filename, ignore_discard, ignore_expires)

    def _really_load(self, f: Any, filename: Any, ignore_discard: bool, ignore_expires: bool) -> None:
        """Add the cookies of a file that is open in text mode; programs override this."""
        self._load_text(f.read(), filename, ignore_discard, ignore_expires)

    def _load_text(self, text: str, filename: Any, ignore_discard: bool, ignore_expires: bool) -> None:
        """Add the cookies of a file's text; subclasses read their format."""
        raise NotImplementedError

    def revert(
        self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False
    ) -> None:
        """Replace all cookies by those of a file. If that fails by an OSError, LoadError among them, nothing changes."""
        filename = self._name_of(filename)
        self._cookies_lock.acquire()
        try:
            before = self._cookies
            self._cookies = CookieTree()
            try:
                self.load(filename, ignore_discard, ignore_expires)
            except OSError:
                self._cookies = before
                raise
        finally:
            self._cookies_lock.release()

    def _name_of(self, filename: Any) -> Any:
        if filename is None and self.filename is None:
            raise ValueError(MISSING_FILENAME_TEXT)
        return self.filename if filename is None else filename

    def _is_strict(self) -> bool:
        strict = getattr(self, "strict", None)
        return not defaults.active.strict_cookies if strict is None else bool(strict)

    def _choose(self, ignore_discard: bool, ignore_expires: bool) -> list[Any]:
        """Return the cookies that are to be saved."""
        return list(filter(choose_by(ignore_discard, ignore_expires), self))

    def _add(self, cookies: Iterable[Any], ignore_discard: bool, ignore_expires: bool) -> None:
        """Put loaded cookies into the jar."""
        self._set_many(filter(choose_by(ignore_discard, ignore_expires), cookies))

    def _blame(self, bad: list[BadLine], kind: str, *, found: bool) -> None:
        """Name bad lines. LoadError if there are any where the jar is strict, or where no good one was found."""
        if bad and (self._is_strict() or not found):
            message = f"invalid {kind} format cookies file {bad[0].filename!r}: line {bad[0].number}: {bad[0].reason}"
            raise load_error(message)
        self.bad_lines = bad
        for line in bad:
            warnings.warn(line, stacklevel=4)


def choose_by(ignore_discard: bool, ignore_expires: bool) -> Callable[[Any], bool]:
    """Return a function that tells whether a cookie is to be saved, or loaded."""
    now = time.time()

    def choose(cookie: Any) -> bool:
        if cookie.discard and not ignore_discard:
            return False
        if ignore_expires or cookie.expires is None:
            return True
        return bool(cookie.expires > now if type(cookie) is Cookie else not cookie.is_expired(now))

    return choose


def _decode(data: bytes) -> str:
    """Return a file's text: UTF-8, or what it is not; without a mark in front, lines ended by line feeds."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("iso-8859-1")  # the bytes of a header, as curl writes them
    return text.replace("\r\n", "\n")


def write_privately(filename: Any, text: str) -> None:
    """Replace a file as a whole; its new form may be read and written by its owner alone.

    What is no ordinary file (a pipe, a terminal) is written to as it is. Where no other file can be made beside it, an
    existing one is overwritten in place.
    """
    target = os.path.realpath(os.fsdecode(filename))
    temporary = ""
    try:
        if os.path.exists(target) and not os.path.isfile(target):
            descriptor = os.open(target, os.O_WRONLY)
        else:
            beside = f"{target}.{os.urandom(6).hex()}"
            descriptor = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            temporary = beside
    except PermissionError:
        descriptor = os.open(target, os.O_WRONLY | os.O_TRUNC)
    try:
        with open(descriptor, "wb") as file:
            file.write(text.encode("utf-8", "surrogateescape"))
        if temporary:
            os.replace(temporary, target)
    except BaseException:
        if temporary:
            os.unlink(temporary)
        raise


def cookie_of(fields: Fields) -> Cookie:
    """Make a cookie of what a file tells of it."""
    rest: dict[str, Any] = {HTTPONLY_ATTR: ""} if fields.http_only else {}
    if fields.same_site:
        rest["SameSite"] = fields.same_site
    if fields.partition:
        rest["Partitioned"] = None
        rest[PARTITION_KEY] = fields.partition
    in_domain = fields.domain[:1] == "."
    return Cookie(
        0,
        fields.name,
        fields.value,
        fields.port,
        fields.port is not None,
        fields.domain,
        in_domain,
        in_domain,
        fields.path,
        False,
        fields.secure,
        fields.expires,
        fields.expires is None,
        None,
        None,
        rest,
    )


def warn_of_loss(cookie: Any, reason: str) -> None:
    """Warn that a cookie is not saved."""
    warnings.warn(f"not saved: {cookie.name!r} of {cookie.domain}: {reason}", stacklevel=4)
