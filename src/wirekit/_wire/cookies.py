"""The fields Cookie and Set-Cookie: read as browsers read them (RFC 6265bis), and as ``http.cookies`` does.

``parse_set_cookie`` reads what a server sends: one cookie and its attributes (RFC 6265bis section 5.6). Only ``;``
separates; quotes mean nothing. ``parse_pairs`` reads what a client sends, in the same manner.

The standard library's SimpleCookie knows one syntax for both, with quoted values in which ``;`` stands for itself
(RFC 2109). Two readers take it apart into (name, value) tokens, and which one is asked is the profile's matter:
``tokenize_strictly`` is CPython's expression without its backtracking, all or nothing; ``tokenize_kindly`` keeps what is
good of a bad header.

Everything here is linear in the text.
"""

from __future__ import annotations

import re
from typing import NamedTuple

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "LEGAL_CHARACTERS",
    "SetCookie",
    "find_control",
    "is_legal_name",
    "parse_easy_pairs",
    "parse_pairs",
    "parse_set_cookie",
    "quote_value",
    "tokenize_kindly",
    "tokenize_strictly",
    "unquote_value",
]

BLANKS = " \t"

find_control = re.compile(r"[\x00-\x1f\x7f]").search
"""Find a control character, tabs among them: none may stand in what a server sends."""

_find_forbidden = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]").search
"""Control characters but tabs (RFC 6265bis section 5.6 step 1): a Set-Cookie with one of them is no cookie."""

MAX_ATTRIBUTE = 1024
"""Characters of an attribute's value; a longer one does not count (RFC 6265bis section 5.6 step 5)."""

# ---- quoting, as http.cookies does (RFC 2109, RFC 2068 section 2.2)

LEGAL_CHARACTERS = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789!#$%&'*+-.^_`|~:"
"""What a name is made of, and a value that needs no quotes: RFC 2068's tokens, and a colon."""
_UNESCAPED = LEGAL_CHARACTERS + " ()/<=>?@[]{}"

_ESCAPES = {code: f"\\{code:03o}" for code in range(256) if chr(code) not in _UNESCAPED}
_ESCAPES.update({ord('"'): '\\"', ord("\\"): "\\\\"})

is_legal_name = re.compile(f"[{re.escape(LEGAL_CHARACTERS)}]++").fullmatch
_ESCAPED = re.compile(r"\\(?:([0-3][0-7][0-7])|(.))").sub


def quote_value(text: str) -> str:
    """Put a value into quotes if it needs them; what cannot stand in them is written as octal numbers."""
    return text if is_legal_name(text) else f'"{text.translate(_ESCAPES)}"'


def unquote_value(text: str) -> str:
    """Take a value out of its quotes; text without them stays as it is."""
    if len(text) < 2 or text[0] != '"' or text[-1] != '"':
        return text
    return _ESCAPED(_unescape, text[1:-1]) if "\\" in text else text[1:-1]


def _unescape(found: re.Match[str]) -> str:
    return chr(int(found[1], 8)) if found[1] else found[2]


# ---- what a client sends

_PAIRS = re.compile(r"(?:^|;) *+([^=;]++)=([^;]*+)").findall
_VISIBLE_PAIRS = re.compile(r"(?:[!#-:<>-~]++=[!#-:<-~]*+(?:; ?|\Z))*+").fullmatch


def parse_pairs(header: str) -> list[tuple[str, str]]:
    """Return (name, value) for each cookie of a Cookie field, in order, those of the same name too.

    Values in quotes are unquoted as SimpleCookie writes them. A pair without a name or ``=``, or with a control
    character (but a tab within), is left out; the others stay.
    """
    if _VISIBLE_PAIRS(header):
        return list(_EASY_PAIRS(header))
    found = []
    for name, value in _PAIRS(header):
        name, value = name.strip(BLANKS), unquote_value(value.strip(BLANKS))  # noqa: PLW2901 - the same, cleaned
        if name and not _find_forbidden(name) and not _find_forbidden(value):
            found.append((name, value))
    return found


# ---- what a server sends (RFC 6265bis section 5.6)


class SetCookie(NamedTuple):
    """One cookie and what its server said of it; names of attributes are in lower case in ``attributes``.

    ``attributes`` holds the value that counts of each attribute that RFC 6265bis knows (the last one that means
    something): ``expires`` and ``max-age`` are numbers, ``domain`` is in lower case and has no leading dot (empty, it
    counts as none), ``path`` is empty if the default counts, ``samesite`` is ``Strict``, ``Lax`` or ``None`` spelled so, or empty. ``rest`` holds all
    that is not in ``http.cookiejar``'s own fields, spelled as it came; its values are ``None`` where there was no ``=``.
    """

    name: str
    value: str
    attributes: dict[str, int | str]
    rest: dict[str, str | None]


_SAME_SITE = {"strict": "Strict", "lax": "Lax", "none": "None"}
_is_age = re.compile(r"-?[0-9]++").fullmatch
_KEPT_ELSEWHERE = frozenset(("expires", "max-age", "domain", "path", "secure", "comment"))
_PLAIN_ATTRIBUTES = frozenset(("secure", "httponly", "partitioned", "comment"))
PARTITION_KEY = "PartitionKey"
"""Where a jar keeps the partition of a cookie among its ``rest``; a server's attribute of that name is dropped."""


def parse_set_cookie(text: str, limit: int, parse_date: Callable[[str], int | None]) -> SetCookie | None:
    """Take one Set-Cookie field apart; ``None`` where it is no cookie.

    limit: octets of name and value together. A cookie without ``=`` has an empty name. A control character (but a tab)
    anywhere, an empty name with an empty value, and more than the limit make it none.
    """
    if _find_forbidden(text):
        return None
    pair, _, rest = text.partition(";")
    name, equals, value = pair.partition("=")
    if not equals:
        name, value = "", name
    name, value = name.strip(BLANKS), value.strip(BLANKS)
    if not (name or value) or len(name) + len(value) > limit:
        return None
    cookie = SetCookie(name, value, {}, {})
    if rest:
        for attribute in rest.split(";"):
            _read_attribute(cookie, attribute, parse_date)
    return cookie


def _read_attribute(cookie: SetCookie, text: str, parse_date: Callable[[str], int | None]) -> None:
    key, equals, value = text.partition("=")
    key, value = key.strip(BLANKS), value.strip(BLANKS)
    if not key or len(value) > MAX_ATTRIBUTE:
        return
    lower = key.lower()
    meaning = _read_value(lower, value, parse_date)
    if meaning is not None:
        cookie.attributes[lower] = meaning
    if lower not in _KEPT_ELSEWHERE and lower != PARTITION_KEY.lower():
        cookie.rest[key] = value if equals else None


def _read_value(name: str, value: str, parse_date: Callable[[str], int | None]) -> int | str | None:
    """Return what an attribute means, ``None`` if it means nothing (RFC 6265bis sections 5.6.1 to 5.6.7)."""
    if name == "expires":
        return parse_date(value)
    if name == "max-age":
        return int(value) if _is_age(value) else None
    if name == "domain":
        return value.removeprefix(".").lower() if value else None
    if name == "path":
        return value if value[:1] == "/" else ""
    if name == "samesite":
        return _SAME_SITE.get(value.lower(), "")
    return value if name in _PLAIN_ATTRIBUTES else None


# ---- SimpleCookie's own syntax

_KEY = r"[a-zA-Z0-9_!#%&'~`><@,:/$*+\-.^|)(?}{=]"
_RUN = re.compile(rf"\s*+({_KEY}++)", re.ASCII).match
_EQUALS = re.compile(r"\s*+=", re.ASCII).match
_SKIP = re.compile(r"\s*+", re.ASCII).match
_QUOTED = re.compile(r'"(?:[^\\"]|\\.)*+"', re.ASCII).match
_DATE = re.compile(r"\w{3},\s[\w\s-]{9,11}\s[\d:]{8}\sGMT", re.ASCII).match
_PLAIN = re.compile(rf"(?:{_KEY}|[\[\]])*+", re.ASCII).match
_END = re.compile(r"\s++;?|;|\Z", re.ASCII).match
# The two shapes that nearly all cookies have: a whole field of plain ones, and a single one without blanks inside.
_EASY = re.compile(
    r"(?:[a-zA-Z0-9_!#%&'~`+*.^|:-]++=[a-zA-Z0-9_!#%&'~`><@:/$*+.^|)(?}{=\[\]-]*+(?:; ?|\Z))*+"
).fullmatch
_EASY_PAIRS = re.compile(r" ?([^=]++)=([^;]*+);?").findall
_SINGLE = re.compile(
    rf"""\s*+([a-zA-Z0-9_!#%&'~`><@,:/$*+\-.^|)(?}}{{]++)
    =(?!\s)("(?:[^\\"]|\\.)*+"|(?!\w{{3}},\s)(?:{_KEY}|[\[\]])*+)
    (?:\s++;?|;|\Z)""",
    re.ASCII | re.VERBOSE,
).match


def parse_easy_pairs(text: str) -> list[tuple[str, str]] | None:
    """Return (name, value) of a field in which every name is legal and no value needs quotes; ``None`` for any other."""
    return _EASY_PAIRS(text) if _EASY(text) else None


def tokenize_strictly(text: str) -> list[tuple[str, str | None]]:
    """Return (name, value) as CPython's expression finds them, up to where nothing matches; value ``None`` without ``=``.

    Blanks and ``;`` end a value. Quotes stay around it.
    """
    if _EASY(text):
        return list(_EASY_PAIRS(text))
    tokens: list[tuple[str, str | None]] = []
    pos = 0
    while pos < len(text):
        if single := _SINGLE(text, pos):
            tokens.append((single[1], single[2]))
            pos = single.end()
        elif found := _take_token(text, pos):
            name, value, pos = found
            tokens.append((name, value))
        else:
            break
    return tokens


def _take_token(text: str, pos: int) -> tuple[str, str | None, int] | None:
    """Return the name and value that stand here, and where the next ones may; ``None`` if nothing stands here.

    CPython tries each ``=`` of a run of name characters as the end of the name, the first one first. A value that
    begins within the run ends where the run ends, or behind it, whichever ``=`` it follows; so it is enough to try the
    first one, the one before a date (which begins with three letters and the comma that ends the run), and the last.
    """
    if not (run := _RUN(text, pos)):
        return None
    start, end = run.span(1)
    for equals in _candidates(text, start, end):
        if found := _take_value(text, equals + 1):
            return text[start:equals], found[0], found[1]
    if (equals_later := _EQUALS(text, end)) and (found := _take_value(text, equals_later.end())):
        return text[start:end], found[0], found[1]
    return (text[start:end], None, tail.end()) if (tail := _END(text, end)) else None


def _candidates(text: str, start: int, end: int) -> list[int]:
    first = text.find("=", start + 1, end)
    if first < 0:
        return []
    others = [at for at in (end - 5, end - 1) if at > first and text[at] == "="]
    return [first, *others]


def _take_value(text: str, pos: int) -> tuple[str, int] | None:
    """Return the value that stands here and where its cookie ends; ``None`` if none does that way."""
    skipped = _SKIP(text, pos)
    assert skipped is not None
    at = skipped.end()
    for kind in (_QUOTED, _DATE, _PLAIN):
        if (value := kind(text, at)) and (tail := _END(text, value.end())):
            return value[0], tail.end()
    return ("", at) if at > pos else None  # the blanks end an empty value


_ITEMS = re.compile(
    r'[\t ]*+([^=;]*+)(?:=[\t ]*+("(?:[^\\"]|\\.)*+"(?=[\t ]*+(?:;|\Z))|[^;]*+))?+[\t ]*+(?:;|\Z)'
).finditer


def tokenize_kindly(text: str) -> list[tuple[str, str | None]]:
    """Return (name, value) for whatever stands between semicolons that are not in quotes; value ``None`` without ``=``.

    Quotes stay around a value. Items without a name are left out.
    """
    if _EASY(text):
        return list(_EASY_PAIRS(text))
    found = []
    for item in _ITEMS(text):
        name, value = item[1].rstrip(BLANKS), item[2]
        if name:
            found.append((name, None if value is None else value.rstrip(BLANKS)))
    return found
