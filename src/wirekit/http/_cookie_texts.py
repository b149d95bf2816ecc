"""Cookies in text files: cookies.txt of Netscape and Mozilla, curl and wget; and ``Set-Cookie3`` lines of libwww-perl."""

from __future__ import annotations

import gc
import time

from wirekit import defaults
from wirekit._wire import cookie_files as formats
from wirekit._wire import cookie_scope, cookie_words
from wirekit._wire.cookie_dates import format_iso, parse_iso_date
from wirekit._wire.cookie_index import key_of
from wirekit._wire.cookies import PARTITION_KEY
from wirekit.http._cookie import BIRTHS, Cookie
from wirekit.http._cookie_files import (
    HTTPONLY_ATTR,
    LONGEST_REASON,
    BadLine,
    FileCookieJar,
    choose_by,
    cookie_of,
    load_error,
    warn_of_loss,
    write_privately,
)
from wirekit.http._cookie_requests import find_registrable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

__all__ = ["LWPCookieJar", "MozillaCookieJar", "iso2time", "lwp_cookie_str"]


class _Pause:
    """Keep the garbage collector from looking at a growing heap again and again, which is half the time of a load."""

    def __enter__(self) -> None:
        self.was_enabled = gc.isenabled()
        gc.disable()

    def __exit__(self, *_: object) -> None:
        if self.was_enabled:
            gc.enable()


# ---- cookies.txt


class MozillaCookieJar(FileCookieJar):
    """A jar whose files are those of Netscape and Mozilla, curl and wget: ``cookies.txt``.

    The format has no room for what RFC 2965 added, for SameSite and partitions: a cookie of another site's partition
    is not saved, nor is one that holds a tab or a control character; a warning names it.
    """

    __module__ = "wirekit.http.cookiejar"

    def _load_text(self, text: str, filename: Any, ignore_discard: bool, ignore_expires: bool) -> None:
        first, _, rest = text.partition("\n")
        named = bool(formats.is_cookie_file(first))
        if not named and (self._is_strict() or not _may_be_line(first)):
            message = f"{filename!r} does not look like a Netscape format cookies file"
            raise load_error(message)
        with _Pause():
            lines = _Lines(ignore_discard, ignore_expires)
            lines.read(rest if named else text)
            bad = [BadLine(filename, number + 1 + named, reason) for number, reason in lines.bad]
            self._blame(bad, "Netscape", found=lines.count > 0)
            self._set_tree(lines.tree)

    def save(self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False) -> None:
        """Save the cookies to a file of Netscape's format; arguments and errors as FileCookieJar.save."""
        filename = self._name_of(filename)
        cookies = self._choose(ignore_discard, ignore_expires)
        write_privately(filename, formats.HEADER + _format_lines(cookies))


def _may_be_line(line: str) -> bool:
    try:
        formats.parse_line(line.rstrip("\n"))
    except ValueError:
        return False
    return True


class _Lines:
    """The lines of a cookies.txt, read: ``tree`` of the cookies, ``count`` of good lines, and ``bad`` ones."""

    def __init__(self, ignore_discard: bool, ignore_expires: bool) -> None:
        self.tree: dict[str, dict[str, dict[str, Cookie]]] = {}
        self.bad: list[tuple[int, str]] = []
        self.count = 0
        self.chosen = choose_by(ignore_discard, ignore_expires)
        self.after = 0.0 if ignore_expires else max(time.time(), 0.0)

    def read(self, text: str) -> None:
        """Read all lines, numbered from 0.

        One that holds nothing unusual is read here at once, without a call; it means the same in both profiles.
        """
        is_odd = formats.holds_odd_characters(text)
        make, birth, tree, after = object.__new__, BIRTHS.__next__, self.tree, self.after
        for number, line in enumerate(text.split("\n")):
            try:
                domain, tail, path, secure, expires, name, value = line.split("\t")
                expiry = int(expires)
                first = domain[0]
            except (ValueError, IndexError):
                self.read_odd(number, line)
                continue
            in_domain = first == "."
            if (
                expiry <= after
                or is_odd
                or not name
                or in_domain != (tail == "TRUE")
                or first in "#$"
                or ":" in domain
                or path[:1] != "/"
            ):
                self.read_odd(number, line)
                continue
            domain = domain.lower()  # noqa: PLW2901 - as every cookie has it
            cookie = make(Cookie)  # past its __init__, whose checks these values need not
            cookie.version = 0
            cookie.name = name
            cookie.value = value
            cookie.port = None
            cookie.port_specified = False
            cookie.domain = domain
            cookie.domain_specified = cookie.domain_initial_dot = in_domain
            cookie.path = path
            cookie.path_specified = False
            cookie.secure = secure == "TRUE"
            cookie.expires = expiry
            cookie.discard = False
            cookie.comment = cookie.comment_url = None
            cookie.rfc2109 = False
            cookie._rest = {}
            cookie._born = birth()
            paths = tree.get(domain)
            if paths is None:
                tree[domain] = {path: {name: cookie}}
            elif (names := paths.get(path)) is None:
                paths[path] = {name: cookie}
            else:
                if name in names:
                    cookie._born = names[name]._born
                names[name] = cookie
        self.count += len(tree)

    def read_odd(self, number: int, line: str) -> None:
        """Read a line as the profile says, and add it to the cookies, or to the bad ones, or to neither."""
        try:
            if not defaults.active.strict_cookies:
                cookie = _parse_netscape_line(line)
            else:
                fields = formats.parse_line(line.removesuffix("\r"))
                cookie = fields and cookie_of(fields)
        except (ValueError, OverflowError) as error:
            self.bad.append((number, str(error)[:LONGEST_REASON]))
            return
        if cookie:
            self.count += 1
            if self.chosen(cookie):
                names = self.tree.setdefault(cookie.domain, {}).setdefault(cookie.path, {})
                key = key_of(cookie)
                cookie._born = names[key]._born if key in names else next(BIRTHS)
                names[key] = cookie


def _parse_netscape_line(line: str) -> Cookie | None:
    """Read a line as the standard library does. ValueError: what is wrong."""
    rest = {}
    if line.startswith(formats.HTTP_ONLY_PREFIX):
        rest[HTTPONLY_ATTR] = ""
        line = line[len(formats.HTTP_ONLY_PREFIX) :]
    if not line.strip() or line.strip()[0] in "#$":
        return None
    domain, tail, path, secure, expires, name, value = line.split("\t")
    in_domain = domain.startswith(".")
    if (tail == "TRUE") is not in_domain:
        message = "a leading dot and the field behind it disagree"
        raise ValueError(message)
    return Cookie(
        0,
        name or value,
        value if name else None,
        None,
        False,
        domain,
        in_domain,
        in_domain,
        path,
        False,
        secure == "TRUE",
        int(float(expires)) if expires else None,
        not expires,
        None,
        None,
        rest,
    )


def _format_lines(cookies: list[Any]) -> str:
    """Write cookies as lines; what has no place in one is left out, with a warning."""
    session = "0" if defaults.active.strict_cookies else ""
    lines = []
    for cookie in cookies:
        domain, expires, value = cookie.domain, cookie.expires, cookie.value
        in_domain = domain[:1] == "."
        if cookie._rest or value is None or expires is None or cookie.domain_specified is not in_domain:
            lines.append(_format_odd(cookie, session))
        else:  # written here at once, without a call
            tail, secure = "TRUE" if in_domain else "FALSE", "TRUE" if cookie.secure else "FALSE"
            lines.append(f"{domain}\t{tail}\t{cookie.path}\t{secure}\t{expires}\t{cookie.name}\t{value}\n")
    text = "".join(lines)
    if formats.is_clean(text, len(lines)):
        return text
    return "".join([line for cookie, line in zip(cookies, lines, strict=True) if _is_kept(cookie, line)])


def _is_kept(cookie: Any, line: str) -> bool:
    """Tell whether a line is one; if not, warn that its cookie is lost."""
    if not line:
        return False
    if formats.is_clean(line, 1) or (
        not defaults.active.strict_cookies and formats.is_clean(line.replace(";", ""), 1)
    ):
        return True
    warn_of_loss(cookie, "it holds a tab, a control character or a semicolon")
    return False


def _format_odd(cookie: Any, session: str) -> str:
    """Write a cookie as a line; empty, with a warning, for a cookie of another site's partition."""
    domain, rest, mark = cookie.domain, cookie._rest, ""
    if cookie.domain_specified and domain[:1] != "." and defaults.active.strict_cookies:
        domain = "." + domain  # or it would be for its host alone from now on
    if rest:
        if PARTITION_KEY in rest and not _is_own_partition(cookie):
            warn_of_loss(cookie, "it counts within the pages of one site only")
            return ""
        if HTTPONLY_ATTR in rest or (
            defaults.active.strict_cookies and cookie.has_nonstandard_attr(HTTPONLY_ATTR)
        ):
            mark = formats.HTTP_ONLY_PREFIX
    expiry = session if cookie.expires is None else str(cookie.expires)
    name, value = ("", cookie.name) if cookie.value is None else (cookie.name, cookie.value)
    return formats.join_line(domain, cookie.path, cookie.secure, expiry, name, value, mark)


def _is_own_partition(cookie: Any) -> bool:
    host = cookie.domain.removeprefix(".")
    return bool(cookie._rest[PARTITION_KEY] == cookie_scope.site_of(host, find_registrable))


# ---- LWP


def iso2time(text: str) -> int | None:
    """Return the seconds since 1970 that a date of ISO 8601 means (``1994-02-03 14:15:29 -0100``); None for no date."""
    return parse_iso_date(text, lambda: time.localtime(time.time())[0])


def lwp_cookie_str(cookie: Any) -> str:
    """Return a cookie as it stands in a file of LWP, behind ``Set-Cookie3:`` and a blank."""
    pairs: list[tuple[str, str | None]] = [
        (cookie.name, cookie.value),
        ("path", cookie.path),
        ("domain", cookie.domain),
    ]
    if cookie.port is not None:
        pairs.append(("port", cookie.port))
    flags = (
        ("path_spec", cookie.path_specified),
        ("port_spec", cookie.port_specified),
        ("domain_dot", cookie.domain_initial_dot),
        ("secure", cookie.secure),
    )
    pairs += [(name, None) for name, is_set in flags if is_set]
    if cookie.expires:
        pairs.append(("expires", format_iso(float(cookie.expires))))
    if cookie.discard:
        pairs.append(("discard", None))
    pairs += [
        (name, text)
        for name, text in (("comment", cookie.comment), ("commenturl", cookie.comment_url))
        if text
    ]
    for name in sorted(cookie._rest):
        value = cookie._rest[name]
        pairs.append((name, None if value is None and defaults.active.strict_cookies else str(value)))
    pairs.append(("version", str(cookie.version)))
    return cookie_words.join_words([pairs])


class LWPCookieJar(FileCookieJar):
    """A jar whose files are those of Perl's libwww-perl: ``Set-Cookie3`` lines, in which nothing of RFC 2965 is lost."""

    __module__ = "wirekit.http.cookiejar"

    def as_lwp_str(self, ignore_discard: bool = True, ignore_expires: bool = True) -> str:
        """Return the cookies as ``Set-Cookie3`` lines, each with its end; arguments as for ``save``."""
        lines = []
        for cookie in self._choose(ignore_discard, ignore_expires):
            text = lwp_cookie_str(cookie)
            if (
                "\n" in text
                or "\r" in text
                or (defaults.active.strict_cookies and not _is_read_as(text, cookie))
            ):
                warn_of_loss(cookie, "its name cannot be quoted, or it holds the end of a line")
            else:
                lines.append(f"Set-Cookie3: {text}")
        return "\n".join([*lines, ""])

    def save(self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False) -> None:
        """Save the cookies to a file of LWP's format; arguments and errors as FileCookieJar.save."""
        filename = self._name_of(filename)
        write_privately(filename, "#LWP-Cookies-2.0\n" + self.as_lwp_str(ignore_discard, ignore_expires))

    def _load_text(self, text: str, filename: Any, ignore_discard: bool, ignore_expires: bool) -> None:
        if not self.magic_re.search(text):
            message = f"{filename!r} does not look like a Set-Cookie3 (LWP) format file"
            raise load_error(message)
        cookies: list[Cookie] = []
        bad = []
        for number, line in enumerate(text.split("\n"), 1):
            if line.startswith("Set-Cookie3:"):
                try:
                    cookies += [_parse_lwp(pairs) for pairs in cookie_words.split_words([line[12:].strip()])]
                except (ValueError, TypeError, KeyError, AttributeError) as error:
                    bad.append(BadLine(filename, number, str(error)[:LONGEST_REASON]))
        self._blame(bad, "Set-Cookie3", found=bool(cookies))
        self._add(cookies, ignore_discard, ignore_expires)


def _is_read_as(text: str, cookie: Any) -> bool:
    """Tell whether a reader of a line would see this cookie, and no other one."""
    elements = cookie_words.split_words([text])
    return len(elements) == 1 and elements[0][0] == (cookie.name, cookie.value)


_LWP_FLAGS = ("port_spec", "path_spec", "domain_dot", "secure", "discard")
_LWP_VALUES = ("version", "port", "path", "domain", "expires", "comment", "commenturl")


def _parse_lwp(pairs: list[tuple[str, str | None]]) -> Cookie:
    """Make a cookie of a ``Set-Cookie3`` line taken apart. KeyError, ValueError and the like for a bad one."""
    (name, value), *attributes = pairs
    standard: dict[str, Any] = dict.fromkeys(_LWP_FLAGS, False)
    rest = {}
    for key, text in attributes:
        lower = key.lower()
        if lower in _LWP_FLAGS:
            standard[lower] = True if text is None else text
        elif lower in _LWP_VALUES:
            standard[lower] = text
        else:
            rest[key] = text
    domain, path = standard["domain"], standard["path"]
    if defaults.active.strict_cookies:
        formats.check_text(domain, path, name, value or "")
    version = standard.get("version")
    expires = standard.get("expires")
    moment = None if expires is None else iso2time(expires)
    return Cookie(
        None if version == "None" else version,  # so they are saved that have none
        name,
        value,
        standard.get("port"),
        standard["port_spec"],
        domain,
        domain.startswith("."),
        standard["domain_dot"],
        path,
        standard["path_spec"],
        standard["secure"],
        moment,
        True if moment is None else standard["discard"],
        standard.get("comment"),
        standard.get("commenturl"),
        rest,
    )
