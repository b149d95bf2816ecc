"""Cookies in JSON, and in the databases of browsers, which are only read.

Firefox keeps them in ``cookies.sqlite`` of a profile, Chromium and its kin in ``Cookies`` (or ``Network/Cookies``); there
most values are encrypted today, and cannot be read. A copy is opened, since a running browser locks its own.
"""

from __future__ import annotations

import os

from wirekit._wire import cookie_files as formats
from wirekit._wire.cookies import PARTITION_KEY
from wirekit.http._cookie_files import (
    LONGEST_REASON,
    BadLine,
    FileCookieJar,
    cookie_of,
    load_error,
    write_privately,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from wirekit.http._cookie import Cookie

__all__ = ["ChromiumCookieJar", "FirefoxCookieJar", "JSONCookieJar"]


# ---- JSON


class JSONCookieJar(FileCookieJar):
    """A jar whose files are JSON, with the names of browsers' interfaces: Playwright and cookie editors read them.

    ``{"cookies": [{"name": ..., "value": ..., "domain": ..., "path": ..., "expires": ..., "httpOnly": ..., "secure":
    ..., "sameSite": ...}, ...]}``, and what else is known of a cookie. A list of such objects is read too.
    """

    __module__ = "wirekit.http.cookiejar"

    def save(self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False) -> None:
        """Save the cookies to a file of JSON; arguments and errors as FileCookieJar.save."""
        import json

        filename = self._name_of(filename)
        records = [_record_of(cookie) for cookie in self._choose(ignore_discard, ignore_expires)]
        write_privately(filename, json.dumps({"cookies": records}, indent=1) + "\n")

    def _load_text(self, text: str, filename: Any, ignore_discard: bool, ignore_expires: bool) -> None:
        import json

        try:
            found = json.loads(text)
        except (ValueError, RecursionError):
            found = None
        records = found.get("cookies") if isinstance(found, dict) else found
        if not isinstance(records, list):
            message = f"{filename!r} does not look like a JSON file of cookies"
            raise load_error(message)
        cookies: list[Cookie] = []
        bad = []
        for number, record in enumerate(records, 1):
            try:
                cookies.append(_cookie_of_record(record))
            except (ValueError, TypeError, AttributeError) as error:
                bad.append(BadLine(filename, number, str(error)[:LONGEST_REASON]))
        self._blame(bad, "JSON", found=bool(cookies))
        self._add(cookies, ignore_discard, ignore_expires)


_TOLD = frozenset(("httponly", "samesite", "partitioned", PARTITION_KEY.lower()))
"""What of a cookie's rest has a name of its own in JSON."""


def _record_of(cookie: Any) -> dict[str, Any]:
    """Return what JSON tells of a cookie. What goes beyond browsers' interfaces is told only where there is something."""
    domain = cookie.domain
    if cookie.domain_specified and domain[:1] != ".":
        domain = "." + domain
    record = {
        "name": "" if cookie.value is None else cookie.name,
        "value": cookie.name if cookie.value is None else cookie.value,
        "domain": domain,
        "path": cookie.path,
        "expires": -1 if cookie.expires is None else cookie.expires,
        "httpOnly": cookie.has_nonstandard_attr("httponly"),
        "secure": bool(cookie.secure),
    }
    rest = {key: value for key, value in cookie._rest.items() if key.lower() not in _TOLD}
    more = {
        "sameSite": cookie.get_nonstandard_attr("samesite"),
        "partitionKey": cookie._rest.get(PARTITION_KEY),
        "port": cookie.port,
        "version": cookie.version,
        "pathSpecified": cookie.path_specified,
        "comment": cookie.comment,
        "commentUrl": cookie.comment_url,
        "attributes": rest,
    }
    return record | {key: value for key, value in more.items() if value}


def _cookie_of_record(record: Any) -> Cookie:
    """Make a cookie of an object of JSON. ValueError and the like: what is wrong."""
    cookie = cookie_of(formats.parse_record(record))
    version, more = record.get("version"), record.get("attributes")
    cookie.version = version if isinstance(version, int) else 0
    cookie.path_specified = bool(record.get("pathSpecified"))
    cookie.comment, cookie.comment_url = record.get("comment"), record.get("commentUrl")
    if isinstance(more, dict):
        cookie._rest.update({key: value for key, value in more.items() if key.lower() not in _TOLD})
    return cookie


# ---- browsers


class _BrowserCookieJar(FileCookieJar):
    """A jar that reads the database of a browser; it cannot save."""

    _table = ""
    _parse: Callable[[Mapping[str, Any]], formats.Fields]

    def load(self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False) -> None:
        """Add the cookies of a browser's database; arguments and errors as FileCookieJar.load.

        A cookie that cannot be had (of a container, encrypted) is named as a bad line is, by the number of its row.
        """
        filename = self._name_of(filename)
        cookies: list[Cookie] = []
        bad = []
        for number, row in enumerate(_read_rows(filename, self._table), 1):
            try:
                cookies.append(cookie_of(type(self)._parse(row)))
            except (ValueError, TypeError, KeyError, AttributeError) as error:
                bad.append(BadLine(filename, number, str(error)[:LONGEST_REASON]))
        self._blame(bad, self._table, found=bool(cookies))
        self._add(cookies, ignore_discard, ignore_expires)


class FirefoxCookieJar(_BrowserCookieJar):
    """A jar that reads Firefox's ``cookies.sqlite``; it cannot save. Cookies of containers are left out and named."""

    __module__ = "wirekit.http.cookiejar"

    _table = "moz_cookies"
    _parse = staticmethod(formats.parse_firefox_row)


class ChromiumCookieJar(_BrowserCookieJar):
    """A jar that reads the ``Cookies`` of Chromium and its kin; it cannot save. Encrypted ones are left out and named."""

    __module__ = "wirekit.http.cookiejar"

    _table = "cookies"
    _parse = staticmethod(formats.parse_chromium_row)


def _read_rows(filename: Any, table: str) -> list[dict[str, Any]]:
    """Return the rows of a table of an SQLite database. LoadError if it is none, or has no such table."""
    import shutil  # all of these are slow to load, and rarely needed
    import sqlite3
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        copy = os.path.join(folder, "cookies")
        shutil.copyfile(filename, copy)
        if os.path.exists(f"{os.fsdecode(filename)}-wal"):
            shutil.copyfile(f"{os.fsdecode(filename)}-wal", f"{copy}-wal")  # what was not written back yet
        database = sqlite3.connect(copy)
        try:
            database.text_factory = lambda data: data.decode("utf-8", "surrogateescape")
            cursor = database.execute(f"SELECT * FROM {table}")  # noqa: S608 - a constant
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor]
        except sqlite3.Error as error:
            message = f"{filename!r} does not look like a database with the table {table}: {error}"
            raise load_error(message) from error
        finally:
            database.close()
