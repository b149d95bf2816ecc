"""The fast way to read a message: one expression that takes it apart in whole values.

A token is a whole scalar (``<value><int>5</int></value>``), a whole member of a struct with a scalar in it, a run of
scalars of one type, or an edge of an array, a struct or a parameter. ``findall`` gives all tokens of a message at once,
and a loop of a few lines puts their values into lists and dicts.

``scan`` gives None for whatever it does not know for certain, and the message goes to expat then: attributes, comments,
CDATA, other elements, other encodings, bad values, anything that is no proper XML-RPC. It never accepts what expat refuses,
since it proves that its tokens cover the message:

- between tokens stand blanks alone; the last branch of the expression takes the first other character and all the rest, so
  that what is not covered is seen, and costs one token;
- tokens end in the tag that they begin with, and edges are held against a stack;
- the text inside has none but characters that XML allows, its references are the predefined ones or those of allowed
  characters, and ``]]>`` is nowhere;
- line ends are made line feeds first, as XML 1.0 section 2.11 demands.

Every branch is possessive, so hostile input costs linear time; a message with too many tags is left to the other way, which
counts as it goes.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Final, NamedTuple

from wirekit._wire.rpc_names import find_unsendable
from wirekit._wire.rpc_scalars import parse_bigdecimal, parse_int

__all__ = ["Message", "scan"]

_S: Final = r"[ \t\n]*+"
_ASCII: Final = r"[\t\n -;=-\x7f]*+"  # what XML allows between tags, of ASCII
_ANY: Final = r"[\t\n -;=-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]*+"
_KIND: Final = r"[A-Za-z0-9.:]++"  # any: a class of characters is quicker to match than a choice of words

_Tokens = list[tuple[str, ...]]
_Find = Callable[[str, int, int], _Tokens]


class Message(NamedTuple):
    """What a message holds. ``kind``: ``"params"``, ``"fault"`` or ``"methodName"`` (a call without parameters)."""

    kind: str
    method: str | None
    values: list[Any]


def _compile_tokens(text: str) -> _Find:
    """Return the function that takes apart what stands between ``<params>`` and ``</params>``.

    text: the expression of character data. The parts of a token: the name of a member, the kind and the text of the
    scalar in it (none where it holds more); a run of scalars of one kind; the kind and the text of a scalar that is
    no member; anything else, which ends all where it is no edge.
    """
    runs = "|".join(
        rf"(?:<value>{_S}<{kind}>{inside}</{kind}>{_S}</value>{_S}){{2,}}+"
        for kind, inside in (("int", "[+-]?[0-9]++"), ("i4", "[+-]?[0-9]++"), ("string", text))
    )
    edges = (
        rf"<value(?:>{text}</value>|>{_S}<(?:struct>|array>{_S}<data>|(?:(?:ex:)?nil|string|struct|array>{_S}<data){_S}/>"
        rf"{_S}(?:</array>{_S})?+</value>)|{_S}/>)"
        rf"|</(?:member>|struct>{_S}</value>|data>{_S}</array>{_S}</value>|param>)|<param>(?={_S}<value)"
    )
    return re.compile(
        rf"<member>{_S}<name(>{text})</name>{_S}(?:<value>{_S}<({_KIND})>({text})</\2>{_S}</value>{_S}</member>)?+"
        rf"|({runs}|<value>{_S}<base64>[^<]*+</base64>{_S}</value>)"  # may be long; its reader is strict
        rf"|<value>{_S}<({_KIND})>({text})</\5>{_S}</value>"
        rf"|({edges}|[^ \t\n][\s\S]*+)"
    ).findall


_find_ascii = _compile_tokens(_ASCII)
_find_any = _compile_tokens(_ANY)
_RUN_OF_INTS = re.compile(r">([+-]?[0-9]++)<").findall
_RUN_OF_STRINGS = re.compile(r"<string>([^<]*+)<").findall

_ENCODING: Final = r"""[ \t\n]++encoding[ \t\n]*+=[ \t\n]*+(["'])([A-Za-z0-9._\-]++)\1"""
_HEAD = re.compile(
    r"""(?:<\?xml[ \t\n]++version[ \t\n]*+=[ \t\n]*+(?:"1\.0"|'1\.0')"""
    rf"""(?:{_ENCODING})?+(?:[ \t\n]++standalone[ \t\n]*+=[ \t\n]*+(?:"(?:yes|no)"|'(?:yes|no)'))?+{_S}\?>)?+{_S}"""
    rf"(?:<(methodResponse)>{_S}|<(methodCall)>{_S}<methodName>([^<]*+)</methodName>{_S})?+"
    r"(?:<(params|fault)>)?+"
).match
_TAIL = re.compile(rf"{_S}(?:</(methodResponse|methodCall)>)?+{_S}").fullmatch
_PLAIN: Final = r"[ -%'-;=?-\\^-~]*+"  # no "&", no "]" and no ">", so that nothing else need be looked at
_FLAT = re.compile(
    rf"(?:<\?xml version=(?:'1\.0'|\"1\.0\")\?>)?+{_S}"
    rf"<method(Response|Call)>{_S}(?:<methodName>({_PLAIN})</methodName>{_S})?+<params>{_S}"
    rf"(?:<param>{_S}<value>{_S}<({_KIND})>{_PLAIN}</\3>{_S}</value>{_S}</param>{_S})*+"
    rf"</params>{_S}</method\1>{_S}"
).fullmatch  # what most calls and answers are: a few scalars
_EACH_PLAIN = re.compile(rf"<({_KIND})>({_PLAIN})</\1>{_S}</value>").findall
_REFERENCE = re.compile(r"&(?:(amp|lt|gt|quot|apos)|#(?:([0-9]{1,7})|x([0-9A-Fa-f]{1,6})));").findall
_EACH_REFERENCE = re.compile(r"&([^;]++);").sub
_NAMED: Final = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}
_BLANKS_BETWEEN_TAGS = re.compile(r"(?<=>)[ \t\n]++(?=<)|(?<![ \t\n])[ \t\n]++(?=/>)").sub
_LARGE: Final = 1 << 16
_EACH_LARGE = re.compile(rb"<base64>([^<]{%d,}+)</base64>" % _LARGE).finditer
_MARK: Final = b"<base64>#"
_SHORTEST: Final = len("<value/>")
_INFINITY: Final = float("inf")


class _Slot(list[Any]):
    """What stands inside a ``<param>``, ``<member>`` or ``<fault>``: one value, when it closes."""


# --------------------------------------------------------------------------------------------------- single values


def _quick_double(text: str) -> float:
    value = float(text)
    if "_" in text or not -_INFINITY < value < _INFINITY or not text.isascii():
        raise ValueError(text)
    return value


def _quick_int(text: str) -> int:
    if text.isdigit() and text.isascii():
        return int(text)
    return parse_int(text)


def _nothing(text: str) -> None:
    if text and not text.isspace():
        raise ValueError(text)


def _empty_struct(text: str) -> dict[str, Any]:
    _nothing(text)
    return {}


def _keep(text: str) -> str:
    return text


_CONVERT: Final[dict[str, Callable[[str], Any]]] = {
    **dict.fromkeys(("int", "i4", "i8", "i1", "i2", "biginteger"), _quick_int),
    **dict.fromkeys(("double", "float"), _quick_double),
    "boolean": {"0": False, "1": True}.__getitem__,
    "bigdecimal": parse_bigdecimal,
    "nil": _nothing,
    "struct": _empty_struct,
    "string": _keep,
}
_CONVERT.update({f"ex:{kind}": convert for kind, convert in tuple(_CONVERT.items())})


def _resolve(text: str) -> str:
    """Return text with its references (which are good ones) in the form of what they stand for."""
    return _EACH_REFERENCE(lambda found: _resolve_one(found[1]), text) if "&" in text else text


def _resolve_one(name: str) -> str:
    if not name.startswith("#"):
        return _NAMED[name]
    return chr(int(f"0{name[1:]}", 16 if name[1] == "x" else 10))


def _may_resolve(text: str) -> bool:
    """Tell whether every ``&`` begins a reference that is predefined, or to a character that XML allows."""
    found = _REFERENCE(text)
    return text.count("&") == len(found) and all(map(_is_good_reference, set(found)))


def _is_good_reference(found: tuple[str, str, str]) -> bool:
    name, decimal, hexadecimal = found
    number = 32 if name else int(decimal) if decimal else int(hexadecimal, 16)
    return 0 < number < 0x110000 and not find_unsendable(chr(number))


# ------------------------------------------------------------------------------------------------------- the tokens


class _Unknown(Exception):
    """The message has something that is not read here."""


_MISFITS = (_Unknown, KeyError, ValueError, TypeError, AttributeError)
"""What is raised where a token is unknown, a value is bad, or something stands where it may not."""


class _Gatherer:
    """Puts the values of tokens together.

    convert: from text to value, by kind. depth: levels of arrays and structs at most. resolve: makes characters of
    references.
    """

    def __init__(
        self, convert: dict[str, Callable[[str], Any]], depth: int, resolve: Callable[[str], str]
    ) -> None:
        self.convert, self.depth, self.resolve = convert, depth, resolve
        self.params: list[Any] = []
        self.top: Any = None  # the container that is being filled; None between parameters
        self.around: list[
            tuple[Any, str]
        ] = []  # the containers around it, with the name of the member that is open
        self.levels = 0

    def gather(self, tokens: _Tokens) -> None:
        """Take the tokens of all parameters, or of a fault. Raises one of _MISFITS."""
        convert, resolve, top = self.convert, self.resolve, self.top
        append: Any = getattr(top, "append", None)  # what is None fits nothing: TypeError
        names: dict[str, str] = {}
        for name, kind, text, run, single, inside, edge in tokens:
            if kind:
                value = resolve(text) if kind == "string" else convert[kind](text)
                if (known := names.get(name)) is None:
                    known = names[name] = resolve(name[1:])
                top[known] = value
            elif single:
                append(resolve(inside) if single == "string" else convert[single](inside))
            elif run:
                top.extend(self.take_run(run))
            else:
                if edge:
                    self.take_edge(edge)
                else:
                    self.open_member(resolve(name[1:]))
                top = self.top
                append = getattr(top, "append", None)

    def take_run(self, run: str) -> Any:
        """Return the values of a run, or of a single base64."""
        start = run.index("<", 7)
        if run.startswith("<string>", start):
            return map(self.resolve, _RUN_OF_STRINGS(run))
        if run.startswith("<base64>", start):
            return [self.convert["base64"](run[start + 8 : run.rindex("</base64>")])]
        return map(int, _RUN_OF_INTS(run))

    def take_edge(self, edge: str) -> None:
        """Open or close a container, or take a value that is written in another way."""
        known = _EDGES.get(edge) or _EDGES.get(_BLANKS_BETWEEN_TAGS("", edge))
        if known is not None:
            known(self)
        elif edge.startswith("<value>") and edge.endswith("</value>") and _is_text(text := edge[7:-8]):
            self.top.append(self.resolve(text))
        else:
            raise _Unknown

    def open_array(self) -> None:
        """Begin an array where a value may stand."""
        self._open([])

    def open_struct(self) -> None:
        """Begin a struct where a value may stand."""
        self._open({})

    def _open(self, container: Any) -> None:
        self.levels += 1
        if self.levels > self.depth:
            raise _Unknown
        self.top.append(container)
        self.around.append((self.top, ""))
        self.top = container

    def close_array(self) -> None:
        """End an array."""
        self._close(list)

    def close_struct(self) -> None:
        """End a struct."""
        self._close(dict)

    def _close(self, kind: type) -> None:
        if type(self.top) is not kind:
            raise _Unknown
        self.levels -= 1
        self.top = self.around.pop()[0]

    def open_member(self, name: str) -> None:
        """Begin a member whose value is no plain scalar."""
        if type(self.top) is not dict:
            raise _Unknown
        self.around.append((self.top, name))
        self.top = _Slot()

    def close_member(self) -> None:
        """End such a member."""
        slot = self.top
        self.top, name = self.around.pop() if self.around else (None, "")
        self.top[name] = self._take_slot(slot)

    def open_param(self) -> None:
        """Begin a parameter."""
        if self.top is not None:
            raise _Unknown
        self.top = _Slot()

    def close_param(self) -> None:
        """End a parameter."""
        if self.around:
            raise _Unknown
        self.params.append(self._take_slot(self.top))
        self.top = None

    def _take_slot(self, slot: Any) -> Any:
        if type(slot) is not _Slot or len(slot) != 1:
            raise _Unknown
        return slot[0]

    def take_nil(self) -> None:
        """Take a nil."""
        self.top.append(None)

    def take_empty_text(self) -> None:
        """Take an empty text."""
        self.top.append("")

    def take_empty_struct(self) -> None:
        """Take an empty struct."""
        self.top.append({})

    def take_empty_array(self) -> None:
        """Take an empty array."""
        self.top.append([])


_EDGES: Final[dict[str, Callable[[_Gatherer], None]]] = {
    "<value><array><data>": _Gatherer.open_array,
    "</data></array></value>": _Gatherer.close_array,
    "<value><struct>": _Gatherer.open_struct,
    "</struct></value>": _Gatherer.close_struct,
    "</member>": _Gatherer.close_member,
    "<param>": _Gatherer.open_param,
    "</param>": _Gatherer.close_param,
    "<value><nil/></value>": _Gatherer.take_nil,
    "<value><ex:nil/></value>": _Gatherer.take_nil,
    "<value/>": _Gatherer.take_empty_text,
    "<value><string/></value>": _Gatherer.take_empty_text,
    "<value><struct/></value>": _Gatherer.take_empty_struct,
    "<value><array><data/></array></value>": _Gatherer.take_empty_array,
}


# ------------------------------------------------------------------------------------------------------ the message


def make_conversions(
    moment: Callable[[str], Any], binary: Callable[[str], Any]
) -> dict[str, Callable[[str], Any]]:
    """Return what ``scan`` needs to make values of text; moment and binary make those of dateTime and base64.

    They may raise ValueError; the message goes the other way then, which names the error.
    """
    return {**_CONVERT, "dateTime.iso8601": moment, "base64": binary}


def scan(
    data: bytes | str, convert: dict[str, Callable[[str], Any]], *, depth: int, values: int
) -> Message | None:
    """Read a whole message: a call, a response, or what stands inside one. None where it is not certain.

    data: bytes in UTF-8, or text. depth, values: how many levels of containers, and how many values, there may be.
    """
    if len(data) >= _LARGE and isinstance(data, bytes) and b"<base64>" in data:
        data, convert = _set_aside(data, convert)
    text = _take_text(data)
    if text is not None and (flat := _FLAT(text)) is not None:
        return _take_flat(text, convert, flat[1], flat[2], values)
    if text is None or (len(text) > values * _SHORTEST and text.count("<value") > values):
        return None
    head = _HEAD(text)
    assert head is not None  # it matches nothing, too
    encoding, response, call, method, inside = head.group(2, 3, 4, 5, 6)
    if not (encoding is None or _is_encoding_of(encoding, data)):
        return None
    resolve = _keep if "&" not in text else _resolve
    if call:
        if not _is_method(method) or inside == "fault":
            return None
        method = resolve(method)
    end = head.end()
    params: list[Any] = []
    if inside:
        end = text.rfind(f"</{inside}>")
        found = _gather(text, head.end(), end, _Gatherer(convert, depth, resolve), fault=inside == "fault")
        if found is None:
            return None
        params, end = found, end + len(inside) + 3
    tail = _TAIL(text, end)
    if tail is None or tail[1] != (response or call) or not (inside or call):
        return None
    return Message(inside or "methodName", method, params)


def _set_aside(
    data: bytes, convert: dict[str, Callable[[str], Any]]
) -> tuple[bytes, dict[str, Callable[[str], Any]]]:
    """Return a message with a mark in the place of each large base64, and the conversions that know these marks.

    So megabytes are not copied from bytes to text and from text to token, each of which costs as much as decoding them.
    What is set aside is decoded strictly, so it holds nothing that expat would refuse. A mark is no base64: a message
    that brings one itself is left as it is.
    """
    pieces: list[bytes] = []
    parts: list[tuple[int, int]] = []
    here = 0
    for found in _EACH_LARGE(data):
        start, end = found.span(1)
        pieces += (data[here:start], b"#%d" % len(parts))
        parts.append((start, end))
        here = end
    if not parts or _MARK in data:
        return data, convert
    pieces.append(data[here:])
    binary: Callable[[Any], Any] = convert["base64"]

    def take(text: str) -> Any:
        if not text.startswith("#"):
            return binary(text)
        start, end = parts[int(text[1:])]
        return binary(data[start:end])

    return b"".join(pieces), {**convert, "base64": take}


def _take_flat(
    text: str, convert: dict[str, Callable[[str], Any]], kind: str, method: str | None, limit: int
) -> Message | None:
    """Read a message that holds a few scalars and nothing else."""
    if (kind == "Call") != (method is not None):
        return None
    found = _EACH_PLAIN(text)
    if len(found) > limit:
        return None
    try:
        return Message("params", method, [convert[kind](inside) for kind, inside in found])
    except _MISFITS:
        return None


def _gather(text: str, start: int, end: int, gatherer: _Gatherer, *, fault: bool) -> list[Any] | None:
    if end < start:
        return None
    tokens = (_find_ascii if text.isascii() else _find_any)(text, start, end)
    try:
        if fault:
            gatherer.open_param()
        gatherer.gather(tokens)
        if fault:
            gatherer.close_param()
    except _MISFITS:
        return None
    return gatherer.params if gatherer.top is None else None


def _take_text(data: bytes | str) -> str | None:
    """Return a message as text with its line ends made line feeds; None where only a parser of XML can tell."""
    if isinstance(data, str):
        text = data
    else:
        try:
            text = data.decode("utf-8")
        except UnicodeDecodeError:
            return None
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if "]" in text and "]]>" in text:
        return None
    return text if "&" not in text or _may_resolve(text) else None


_is_text = re.compile(_ANY).fullmatch


def _is_method(name: str) -> bool:
    return _is_text(name) is not None


def _is_encoding_of(name: str, data: bytes | str) -> bool:
    """Tell whether data that is declared to be in an encoding has been read rightly as UTF-8."""
    return name.lower() == "utf-8" or (name.lower() in {"us-ascii", "iso-8859-1"} and data.isascii())
