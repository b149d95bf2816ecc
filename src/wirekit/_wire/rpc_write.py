"""From values to XML: what the standard library's ``Marshaller`` writes, in one pass over the values.

The text is the standard library's, line ends and all, but for what that gets wrong: a carriage return is written as a
reference (an XML reader makes a line feed of a bare one), a double never has an exponent, an integer beyond 32 bits is an
``i8`` (beyond 64 bits a ``biginteger``), base64 is one line, and what XML or XML-RPC cannot say is refused instead of
sent. ``lax`` writes as the standard library does (security rows 159 and 160).

What cannot be written raises an error that knows where the value stands: each level that it passes on its way out adds its
index or key (``locate``), and ``format_path`` makes ``args[2]["name"]`` of them.
"""

from array import array
from collections.abc import Callable
from functools import lru_cache
from typing import Any, Final

from wirekit._wire.rpc_names import MAXI8, MAXINT, MINI8, MININT, find_unsendable
from wirekit._wire.rpc_scalars import format_base64, format_double

__all__ = [
    "CannotMarshal",
    "Writer",
    "escape",
    "explain",
    "format_int",
    "format_name",
    "format_string",
    "locate",
]

TRUE: Final = "<value><boolean>1</boolean></value>\n"
FALSE: Final = "<value><boolean>0</boolean></value>\n"
EMPTY: Final = "<value><base64>\n</base64></value>\n"
NIL: Final = "<value><nil/></value>"
_MANY: Final = 8
"""Items of an array from which on it pays to look at all of them first."""
_PATH: Final = "_wirekit_path"


class CannotMarshal(ValueError):
    """A value has no form in XML-RPC; nothing was sent. ``path`` tells where it stands, ``reason`` what is wrong.

    The path is an expression: ``args[2]["name"]``, where ``args`` are the parameters of a call; ``result`` of a
    response.
    """

    __module__ = "wirekit.xmlrpc.client"

    def __init__(self, reason: str, path: str = "") -> None:
        super().__init__(reason, path)
        self.reason, self.path = reason, path

    def __str__(self) -> str:
        return f"{self.path}: {self.reason}" if self.path else self.reason


def locate(error: BaseException, part: object) -> None:
    """Note that an error comes from the item of this index or key, one level up from what was noted before."""
    known: list[object] = error.__dict__.setdefault(_PATH, [])
    known.append(part)


def explain(error: BaseException, root: str) -> None:
    """Say in an error where its value stands; root: what the values are called as a whole.

    CannotMarshal gets it as ``path``; any other error, whose text is the standard library's, as a note.
    """
    parts: list[object] = error.__dict__.pop(_PATH, [])
    path = root + "".join(f"[{_quote(part)}]" for part in reversed(parts))
    if isinstance(error, CannotMarshal):
        error.path = path
        error.args = (error.reason, path)
    elif parts:
        error.add_note(f"the value is {path}")


def _quote(part: object) -> str:
    text = repr(part)
    if not text.startswith("'"):
        return text
    inner = text[1:-1].replace("\\'", "'").replace('"', '\\"')
    return f'"{inner}"'


# ------------------------------------------------------------------------------------------------------- the pieces


def escape(s: str) -> str:
    """Return text as it stands between tags, as the standard library's function of this name does: ``&``, ``<``, ``>``."""
    return s.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def format_text(text: str, *, lax: bool = False) -> str:
    """Return text as it stands between tags and is read back. CannotMarshal for what no XML can hold, unless lax."""
    if not lax and not text.isprintable() and (bad := find_unsendable(text)):
        raise CannotMarshal(f"XML cannot hold {bad!r}; send bytes (as base64) instead of text")
    text = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return text.replace("\r", "&#13;") if "\r" in text else text


def format_string(text: str) -> str:
    """Return the element of a string."""
    return f"<value><string>{format_text(text)}</string></value>\n"


def format_lax_string(text: str) -> str:
    """Return the element of a string as the standard library writes it, whatever its characters."""
    return f"<value><string>{format_text(text, lax=True)}</string></value>\n"


def format_bool(truth: object) -> str:
    """Return the element of a boolean."""
    return TRUE if truth else FALSE


def format_int(number: int) -> str:
    """Return the element of a whole number of any size."""
    if MININT <= number <= MAXINT:
        return f"<value><int>{number}</int></value>\n"
    if MINI8 <= number <= MAXI8:
        return f"<value><i8>{number}</i8></value>\n"
    return f"<value><biginteger>{number}</biginteger></value>\n"


def format_lax_int(number: int) -> str:
    """Return the element of a whole number; OverflowError beyond 32 bits."""
    if not MININT <= number <= MAXINT:
        message = "int exceeds XML-RPC limits"
        raise OverflowError(message)
    return f"<value><int>{number}</int></value>\n"


def format_float(number: float) -> str:
    """Return the element of a double. CannotMarshal for NaN and infinity."""
    text = repr(number)
    if "e" in text or "n" in text:
        try:
            text = format_double(number)
        except ValueError as error:
            raise CannotMarshal(str(error)) from None
    return f"<value><double>{text}</double></value>\n"


def format_lax_float(number: float) -> str:
    """Return the element of a double as the standard library writes it."""
    return f"<value><double>{number!r}</double></value>\n"


def format_binary(data: bytes | bytearray) -> str:
    """Return the element of bytes."""
    text = format_base64(data)
    return f"<value><base64>\n{text}\n</base64></value>\n" if text else EMPTY


def format_name(name: object, *, lax: bool = False) -> str:
    """Return the name of a struct's member, with the tag that opens the member. TypeError for what is no text."""
    if not isinstance(name, str):
        message = "dictionary key must be string"
        raise TypeError(message)
    return f"<member>\n<name>{format_text(name, lax=lax)}</name>\n"


# ------------------------------------------------------------------------------------------------------- the whole


FORMS: Final[dict[type, Callable[[Any], str]]] = {
    str: format_string,
    int: format_int,
    float: format_float,
    bool: format_bool,
    bytes: format_binary,
    bytearray: format_binary,
}
LAX_FORMS: Final[dict[type, Callable[[Any], str]]] = {
    **FORMS,
    str: format_lax_string,
    int: format_lax_int,
    float: format_lax_float,
}


@lru_cache(1)
def _make_joiner() -> Callable[[Any], str]:
    """Return what writes the numbers of a list with the tags of two ints between them, and a bracket at each end.

    That is JSON with other commas: its encoder writes numbers quicker than anything else that Python has.
    """
    import json  # for long arrays of numbers alone

    return json.JSONEncoder(separators=("</int></value>\n<value><int>", ":"), check_circular=False).encode


class Writer:
    """Writes one message's values.

    write: takes each piece of text. other: writes a value of a type that is not XML-RPC's own, as ``other(value,
    write)``. allow_none: whether None may be sent. lax: as the standard library. depth: levels of arrays and structs
    inside each other at most.
    """

    __slots__ = ("_inside", "_names", "allow_none", "depth", "forms", "lax", "other", "write")

    def __init__(
        self,
        write: Callable[[str], Any],
        other: Callable[[Any, Callable[[str], Any]], Any],
        *,
        allow_none: bool,
        lax: bool,
        depth: int,
    ) -> None:
        self.write, self.other = write, other
        self.allow_none, self.lax, self.depth = allow_none, lax, depth
        self.forms = LAX_FORMS if lax else FORMS
        self._names: dict[Any, str] = {}  # what stands before a member's value, by its key
        self._inside: list[int] = []  # the containers that are being written, by id

    def put(self, value: Any) -> None:
        """Write one value."""
        kind = type(value)
        if (form := self.forms.get(kind)) is not None:
            self.write(form(value))
        elif kind is dict:
            self.put_struct(value)
        elif kind is list or kind is tuple:
            self.put_array(value)
        elif value is None and self.allow_none:
            self.write(NIL)
        else:
            self.other(value, self.write)

    def put_array(self, items: list[Any] | tuple[Any, ...]) -> None:
        """Write an array; a long one of one type at once."""
        self.write("<value><array><data>\n")
        if len(items) < _MANY or type(items[0]) is not int or not self._put_ints(items):
            self._enter(items, "sequences")
            at, put = 0, self.put
            try:
                for at, item in enumerate(items):  # noqa: B007 - at is for the error
                    put(item)
            except Exception as error:
                locate(error, at)
                raise
            self._inside.pop()
        self.write("</data></array></value>\n")

    def _put_ints(self, items: Any) -> bool:
        """Write the items of an array that are all whole numbers of 32 bits; False for any others."""
        if set(map(type, items)) != {int}:  # no bool, no class of its own
            return False
        try:
            array("i", items)  # the quickest way to hold many against 32 bits
        except OverflowError:
            return False
        self.write("<value><int>")
        self.write(_make_joiner()(items)[1:-1])  # by itself: it may be long, and a copy of it would be too
        self.write("</int></value>\n")
        return True

    def put_struct(self, struct: dict[Any, Any]) -> None:
        """Write a struct."""
        self._enter(struct, "dictionaries")
        write, names, forms = self.write, self._names, self.forms
        write("<value><struct>\n")
        key: Any = None
        try:
            for key, value in struct.items():
                name = names.get(key)
                if name is None:
                    name = names[key] = format_name(key, lax=self.lax)
                kind = type(value)
                if kind is str and value.isprintable() and not ("&" in value or "<" in value or ">" in value):
                    write(f"{name}<value><string>{value}</string></value>\n</member>\n")
                elif kind is int and MININT <= value <= MAXINT:
                    write(f"{name}<value><int>{value}</int></value>\n</member>\n")
                elif (form := forms.get(kind)) is not None:
                    write(f"{name}{form(value)}</member>\n")
                else:
                    write(name)
                    self.put(value)
                    write("</member>\n")
        except Exception as error:
            locate(error, key)
            raise
        write("</struct></value>\n")
        self._inside.pop()

    def _enter(self, container: Any, kind: str) -> None:
        """Note a container that begins. TypeError for one inside itself, CannotMarshal for too many levels."""
        inside = self._inside
        if id(container) in inside:
            message = f"cannot marshal recursive {kind}"
            raise TypeError(message)
        if len(inside) >= self.depth:
            raise CannotMarshal(f"more than {self.depth} levels of arrays and structs")
        inside.append(id(container))
