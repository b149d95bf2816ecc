r"""Cookies for servers: http.cookies, rebuilt.

    >>> cookie = SimpleCookie()
    >>> cookie["fig"] = "newton"
    >>> cookie["fig"]["path"] = "/"
    >>> cookie.output()
    'Set-Cookie: fig=newton; Path=/'

    >>> parse_cookie("fig=newton; sugar=wafer; fig=old")["fig"]  # the first one
    'newton'

A ``SimpleCookie`` is a dictionary of names to ``Morsel`` objects: a value, its form on the wire, and attributes, which are
a dictionary too. It reads and writes all that the standard library's does. ``parse_cookie`` is for servers that only
want to read what a client sent.

No control character reaches an output line: each way into a morsel refuses them with a CookieError, and what came in
past those ways is refused on its way out. In the safe profile ``load`` keeps the good pairs of a bad header, the first
of those with one name, and never raises for what a client sent; in the profile of the standard library it is all or
nothing, the last one counts, and bad names are a CookieError.
"""

from __future__ import annotations

from wirekit import defaults
from wirekit._originals import original
from wirekit._wire import cookies as grammar

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Any, ClassVar

__all__ = ["BaseCookie", "CookieError", "CookieMap", "Morsel", "SimpleCookie", "parse_cookie"]

CookieError = original("http.cookies").CookieError
"""The standard library's own."""

_MORE_SHOWN = 100
"""Characters that an error shows of each text."""


def _refuse_controls(*texts: Any) -> None:
    """CookieError if one of these holds a control character."""
    for text in texts:
        if type(text) is not bool and text is not None and grammar.find_control(str(text)):
            shown = ", ".join(repr(text)[:_MORE_SHOWN] for text in texts)
            message = f"Control characters are not allowed in cookies: {shown}"
            raise CookieError(message)


# ---- reading what a client sent


class CookieMap(dict[str, str]):
    """The cookies of a request: the first value of each name, and in ``pairs`` every (name, value), in order.

    Browsers send the cookie of the more specific path first, so the first value is the one that is meant.
    """

    __slots__ = ("pairs",)

    def __init__(self, pairs: Iterable[tuple[str, str]] = ()) -> None:
        self.pairs = list(pairs)
        super().__init__(self.pairs)
        if len(self) != len(self.pairs):
            super().update(reversed(self.pairs))

    def getall(self, name: str) -> list[str]:
        """Return all values of a name, in order; an empty list if there is none."""
        return [value for known, value in self.pairs if known == name]

    def __reduce__(self) -> tuple[type[CookieMap], tuple[list[tuple[str, str]]]]:
        return CookieMap, (self.pairs,)


def parse_cookie(header: str) -> CookieMap:
    """Read a Cookie field, without its name; what is no cookie in it is left out, the others stay.

    A pair without a name or ``=``, or with a control character (but a tab), is no cookie. Values that SimpleCookie put
    into quotes lose them. Takes time in proportion to the header's length.
    """
    return CookieMap(grammar.parse_pairs(header))


# ---- one cookie

_LegalChars = grammar.LEGAL_CHARACTERS
_is_legal_key = grammar.is_legal_name


def _quote(str: str | None) -> str | None:
    return str if str is None else grammar.quote_value(str)


def _unquote(str: str | None) -> str | None:
    return str if str is None else grammar.unquote_value(str)


_weekdayname = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]
_monthname = [None, "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


def _getdate(
    future: float = 0, weekdayname: list[str] = _weekdayname, monthname: list[str | None] = _monthname
) -> str:
    """Return the date that lies so many seconds ahead, as ``expires`` has it."""
    from time import gmtime, time  # at the call, as in the standard library, where tests replace them

    year, month, day, hour, minute, second, weekday, *_ = gmtime(time() + future)
    clock = f"{hour:02}:{minute:02}:{second:02}"
    return f"{weekdayname[weekday]}, {day:02} {monthname[month]} {year:4} {clock} GMT"


_update = dict.update
_set_item = dict.__setitem__


class Morsel(dict[str, "Any"]):
    """One cookie: ``key``, ``value``, ``coded_value`` (the value on the wire), and a dictionary of its attributes.

    The attributes are those of ``Morsel._reserved``, in any case; an empty one is not shown. CookieError for any other
    name, and for control characters.
    """

    _reserved: ClassVar[dict[str, str]] = {  # programs add to it
        "expires": "expires",
        "path": "Path",
        "comment": "Comment",
        "domain": "Domain",
        "max-age": "Max-Age",
        "secure": "Secure",
        "httponly": "HttpOnly",
        "version": "Version",
        "samesite": "SameSite",
        "partitioned": "Partitioned",
    }
    _flags: ClassVar[set[str]] = {"secure", "httponly", "partitioned"}

    _blank: ClassVar[dict[str, str]] = {}  # the attributes of a new morsel, made anew when a program adds one

    _key: str | None = None
    _value: Any = None
    _coded_value: str | None = None

    def __init__(self) -> None:
        if len(self._blank) != len(self._reserved) or type(self) is not Morsel:
            type(self)._blank = dict.fromkeys(self._reserved, "")
        _update(self, self._blank)

    @property
    def key(self) -> str | None:
        """The name of the cookie; None before ``set``."""
        return self._key

    @property
    def value(self) -> Any:
        """The value as a program sees it; None before ``set``."""
        return self._value

    @property
    def coded_value(self) -> str | None:
        """The value as it is sent; None before ``set``."""
        return self._coded_value

    def _attribute(self, name: str) -> str:
        """Return the name of an attribute in lower case. CookieError if there is no such one."""
        name = name.lower()
        if name not in self._reserved:
            message = f"Invalid attribute {name!r}"
            raise CookieError(message)
        return name

    def __setitem__(self, K: str, V: Any) -> None:
        name = self._attribute(K)
        _refuse_controls(name, V)
        dict.__setitem__(self, name, V)

    def setdefault(self, key: str, val: Any = None) -> Any:
        """Return an attribute; if it is not there at all, set it first."""
        name = self._attribute(key)
        _refuse_controls(name, val)
        return dict.setdefault(self, name, val)

    def update(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> None:  # type: ignore[override]
        """Set attributes from a mapping or pairs: all of them, or none if one is refused."""
        found = {}
        for key, value in dict(values).items():
            name = self._attribute(key)
            _refuse_controls(name, value)
            found[name] = value
        dict.update(self, found)

    def __ior__(self, values: Mapping[str, Any] | Iterable[tuple[str, Any]]) -> Morsel:  # type: ignore[override, misc]  # noqa: PYI034
        self.update(values)
        return self

    def __eq__(self, morsel: object) -> bool:
        if not isinstance(morsel, Morsel):
            return NotImplemented
        mine = (self._value, self._key, self._coded_value)
        return dict.__eq__(self, morsel) and mine == (morsel._value, morsel._key, morsel._coded_value)

    __ne__ = object.__ne__
    __hash__ = None

    def copy(self) -> Morsel:
        """Return a copy."""
        morsel = Morsel()
        dict.update(morsel, self)
        morsel.__dict__.update(self.__dict__)
        return morsel

    def isReservedKey(self, K: str) -> bool:
        """Tell whether a name is that of an attribute, in any case."""
        return K.lower() in self._reserved

    def set(self, key: str, val: Any, coded_val: Any) -> None:
        """Set name, value, and the value as it is sent. CookieError for a bad name, and for control characters."""
        self._set(key, val, coded_val)
        _refuse_controls(val)

    def _set(self, key: str, val: Any, coded_val: Any) -> None:
        """Set all three; only what is sent is looked at for control characters."""
        if key.lower() in self._reserved:
            message = f"Attempt to set a reserved key {key!r}"
            raise CookieError(message)
        if not _is_legal_key(key):
            message = f"Illegal key {key!r}"
            raise CookieError(message)
        _refuse_controls(coded_val)
        self._key, self._value, self._coded_value = key, val, coded_val

    def __getstate__(self) -> dict[str, Any]:
        return {"key": self._key, "value": self._value, "coded_value": self._coded_value}

    def __setstate__(self, state: dict[str, Any]) -> None:
        key, value, coded_value = state["key"], state["value"], state["coded_value"]
        _refuse_controls(key, value, coded_value)
        self._key, self._value, self._coded_value = key, value, coded_value

    def output(self, attrs: Iterable[str] | None = None, header: str = "Set-Cookie:") -> str:
        """Return the header line, without its end; with these attributes, or all that are set.

        CookieError for a control character, wherever it comes from.
        """
        line = f"{header} {self.OutputString(attrs)}"
        _refuse_controls(line)
        return line

    __str__ = output

    def __repr__(self) -> str:
        shown = self._format(None)
        if grammar.find_control(shown):
            shown = repr(shown)
        return f"<{type(self).__name__}: {shown}>"

    def js_output(self, attrs: Iterable[str] | None = None) -> str:
        """Return a script that sets the cookie in a browser; nothing in the cookie can leave its string."""
        text = self.OutputString(attrs).translate(_IN_SCRIPT)
        return f"""
        <script type="text/javascript">
        <!-- begin hiding
        document.cookie = "{text}";
        // end hiding -->
        </script>
        """

    def OutputString(self, attrs: Iterable[str] | None = None) -> str:
        """Return the value of the header: the cookie, and these attributes, or all that are set.

        CookieError for a control character.
        """
        text = self._format(attrs)
        _refuse_controls(text)
        return text

    def _format(self, attrs: Iterable[str] | None) -> str:
        shown = self._reserved if attrs is None else attrs
        parts = [f"{self.key}={self.coded_value}"]
        for name, value in sorted(self.items()):
            if value != "" and name in shown:  # noqa: PLC1901 - False and 0 are no empty texts
                parts += self._format_attribute(name, value)
        return "; ".join(parts)

    def _format_attribute(self, name: str, value: Any) -> list[str]:
        shown = self._reserved[name]
        if name == "expires" and isinstance(value, int):
            return [f"{shown}={_getdate(value)}"]
        if name == "max-age" and isinstance(value, int):
            return [f"{shown}={value:d}"]
        if name == "comment" and isinstance(value, str):
            return [f"{shown}={_quote(value)}"]
        if name in self._flags:
            return [shown] if value else []
        return [f"{shown}={value}"]


_IN_SCRIPT = {
    ord('"'): '\\"',
    ord("\\"): "\\\\",
    ord("<"): "\\u003c",
    ord(">"): "\\u003e",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}
"""What ends a string of JavaScript, or the script itself, or (the two last) a line in older browsers."""


# ---- many cookies


class BaseCookie(dict[str, "Any"]):
    """Cookies by name: a dictionary of Morsel objects; anything else that is put into it becomes one.

    input: a header or a mapping to ``load``. Subclasses override ``value_encode`` and ``value_decode``.
    """

    def value_decode(self, val: str) -> tuple[Any, str]:
        """Return (value as a program sees it, value as it was sent) of a value that was sent."""
        return val, val

    def value_encode(self, val: Any) -> tuple[Any, str]:
        """Return (value as a program sees it, value as it is sent) of a program's value."""
        text = str(val)
        return text, text

    def __init__(self, input: Any = None) -> None:
        if input:
            self.load(input)

    def __set(self, key: str, real_value: Any, coded_value: Any) -> None:
        morsel = self.get(key)
        if morsel is None:
            morsel = Morsel()
        if defaults.active.strict_cookies:
            morsel.set(key, real_value, coded_value)
        else:
            morsel._set(key, real_value, coded_value)
        dict.__setitem__(self, key, morsel)

    def __setitem__(self, key: str, value: Any) -> None:
        if isinstance(value, Morsel):
            dict.__setitem__(self, key, value)
        else:
            real_value, coded_value = self.value_encode(value)
            self.__set(key, real_value, coded_value)

    def output(
        self, attrs: Iterable[str] | None = None, header: str = "Set-Cookie:", sep: str = "\r\n"
    ) -> str:
        """Return the header lines of all cookies, by name, with ``sep`` between them.

        CookieError for a control character in one of them.
        """
        return sep.join([morsel.output(attrs, header) for _, morsel in sorted(self.items())])

    __str__ = output

    def __repr__(self) -> str:
        shown = [f"{key}={morsel.value!r}" for key, morsel in sorted(self.items())]
        return f"<{type(self).__name__}: {' '.join(shown)}>"

    def js_output(self, attrs: Iterable[str] | None = None) -> str:
        """Return scripts that set all cookies in a browser."""
        return "".join([morsel.js_output(attrs) for _, morsel in sorted(self.items())])

    def load(self, rawdata: Any) -> None:
        """Take the cookies of a header (Cookie, or Set-Cookie with attributes), or of a mapping of names to values."""
        if not isinstance(rawdata, str):
            for key, value in rawdata.items():
                self[key] = value
        elif (pairs := self.__find_easy_pairs(rawdata)) is not None:
            self.__load_easily(pairs)
        elif defaults.active.strict_cookies:
            self.__load_kindly(rawdata)
        else:
            self.__load_strictly(rawdata)

    def __find_easy_pairs(self, text: str) -> list[tuple[str, str]] | None:
        """Return the pairs of a header in which there is nothing to decide; None where there is, or a hook wants to."""
        kind: Any = type(self)
        if kind.value_decode not in _OWN_DECODERS or kind._BaseCookie__set is not BaseCookie._BaseCookie__set:  # type: ignore[attr-defined]
            return None
        pairs = grammar.parse_easy_pairs(text)
        if pairs is None or not Morsel._reserved.keys().isdisjoint([name.lower() for name, _ in pairs]):
            return None
        return pairs

    def __load_easily(self, pairs: list[tuple[str, str]]) -> None:
        """Take pairs whose names and values are good."""
        found = dict(pairs)
        if len(found) != len(pairs) and defaults.active.strict_cookies:
            found.update(reversed(pairs))  # the first of a name counts
        for name, value in found.items():
            morsel = self.get(name)
            if morsel is None:
                morsel = Morsel()
                _set_item(self, name, morsel)
            morsel._key = name
            morsel._value = morsel._coded_value = value

    def __load_kindly(self, text: str) -> None:
        """Take what is good of a header: the first cookie of each name, and attributes of one that was taken."""
        seen = set()
        morsel: Morsel | None = None
        for name, value in grammar.tokenize_kindly(text):
            if self.__is_attribute(name):
                self.__load_attribute(morsel, name.removeprefix("$"), value)
            else:
                morsel = None
                if value is not None and name not in seen and self.__load_cookie(name, value):
                    seen.add(name)
                    morsel = self[name]

    @staticmethod
    def __is_attribute(name: str) -> bool:
        return name[0] == "$" or name.lower() in Morsel._reserved

    def __load_cookie(self, name: str, value: str) -> bool:
        """Take a cookie; return whether it was good."""
        if not _is_legal_key(name):
            return False
        real_value, coded_value = self.value_decode(value)
        if grammar.find_control(str(real_value)) or grammar.find_control(str(coded_value)):
            return False
        self.__set(name, real_value, coded_value)
        return True

    @staticmethod
    def __load_attribute(morsel: Morsel | None, name: str, value: str | None) -> None:
        """Give an attribute to a cookie, if there is one, and if it has a meaning."""
        if morsel is None or not morsel.isReservedKey(name):
            return
        if value is None:
            if name.lower() in Morsel._flags:
                morsel[name] = True
        elif not grammar.find_control(plain := grammar.unquote_value(value)):
            morsel[name] = plain

    def __load_strictly(self, text: str) -> None:
        """Take a header as a whole, or nothing of it where it is not what CPython expects."""
        parsed: list[tuple[bool, str, Any]] = []
        seen = False
        for name, value in grammar.tokenize_strictly(text):
            if name[0] == "$":
                if seen:
                    parsed.append((True, name[1:], value))
            elif name.lower() in Morsel._reserved:
                if not seen or (value is None and name.lower() not in Morsel._flags):
                    return
                parsed.append((True, name, True if value is None else grammar.unquote_value(value)))
            elif value is not None:
                parsed.append((False, name, self.value_decode(value)))
                seen = True
            else:
                return
        morsel: Any = None
        for is_attribute, name, value in parsed:
            if is_attribute:
                morsel[name] = value
            else:
                real_value, coded_value = value
                self.__set(name, real_value, coded_value)
                morsel = self[name]


class SimpleCookie(BaseCookie):
    """Cookies whose values are texts: quoted where that is needed when they are sent, unquoted when they come."""

    def value_decode(self, val: str) -> tuple[str, str]:
        """Return (the value without its quotes, the value as it was sent)."""
        return grammar.unquote_value(val), val

    def value_encode(self, val: Any) -> tuple[str, str]:
        """Return (the value as text, the same in quotes where it needs them)."""
        text = str(val)
        return text, grammar.quote_value(text)


_OWN_DECODERS = (BaseCookie.value_decode, SimpleCookie.value_decode)
"""They give a value without quotes as it came."""
