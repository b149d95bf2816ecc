"""From Python values to the text of a message, and back: ``dumps`` and ``loads``, Marshaller and Unmarshaller.

``dumps`` writes by ``_wire.rpc_write`` in one pass, as long as ``Marshaller.dispatch`` has its own functions for the types
of XML-RPC; a program that puts others there gets every value through them.

``loads`` reads by ``_wire.rpc_scan`` whatever that knows for certain, and everything else by expat with an Unmarshaller
behind it, which is the standard library's in shape: ``start``, ``data`` and ``end`` for each element, ``dispatch`` with a
function for each tag, which programs extend as well. A document type declaration is refused in both profiles, whatever is
in it, and so is a message beyond ``max_rpc_values`` and ``max_rpc_depth``.
"""

import datetime as dt
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Final

from wirekit import defaults
from wirekit._wire import rpc_names, rpc_scalars, rpc_scan, rpc_write
from wirekit.xmlrpc import _values
from wirekit.xmlrpc._values import WRAPPERS, Binary, DateTime

if TYPE_CHECKING:
    from wirekit._wire.rpc_errors import Fault

__all__ = ["ExpatParser", "Marshaller", "Unmarshaller", "dumps", "getparser", "loads"]

_PUBLIC: Final = "wirekit.xmlrpc.client"
_BUFFER: Final = 1 << 16
"""Bytes of text that expat gathers before it hands them on."""

Write = Callable[[str], Any]

FastMarshaller: Any = None
FastParser: Any = None
FastUnmarshaller: Any = None


def _errors() -> Any:
    from wirekit._wire import rpc_errors  # costs xmlrpc.client: when an error is raised or named

    return rpc_errors


def is_fault(value: object) -> bool:
    """Tell whether this is a Fault, without loading its class for any other value."""
    return isinstance(value, Exception) and isinstance(value, _errors().Fault)


# ----------------------------------------------------------------------------------------------------------- writing


class _Out:
    """What ``encode(out)`` of a DateTime, a Binary and their like writes to."""

    def __init__(self, write: Write) -> None:
        self.write = write


class Marshaller:
    """Writes the parameters of a call, the result of one, or a Fault, as XML.

    ``dispatch`` holds a function ``(marshaller, value, write)`` for each type; programs put their own there, and call
    the ``dump_...`` methods from them. encoders: functions by type, which give what is sent in a value's place; they
    come before those of ``register_encoder``.
    """

    __module__ = _PUBLIC
    dispatch: ClassVar[dict[Any, Callable[..., None]]] = {}

    def __init__(
        self,
        encoding: str | None = None,
        allow_none: bool = False,
        *,
        encoders: Mapping[type, Callable[[Any], Any]] | None = None,
    ) -> None:
        self.memo: dict[int, None] = {}
        self.data = None
        self.encoding = encoding
        self.allow_none = allow_none
        self.encoders = encoders
        self._lax = not defaults.active.strict_xmlrpc
        self._depth = defaults.active.max_rpc_depth

    def dumps(self, values: Any) -> str:
        """Return the element ``params`` with these values (any iterable), or ``fault`` of a Fault.

        TypeError for a value of a type that is not known or that contains itself, CannotMarshal for one that XML-RPC
        cannot say.
        """
        pieces: list[str] = []
        self.write_values(values, pieces.append, "args")
        return "".join(pieces)

    def write_values(self, values: Any, write: Write, root: str) -> None:
        """Do the work of ``dumps``; root: what errors call the values, ``result`` of the one value of a response."""
        put = self._make_put(write)
        if type(values) is not tuple and is_fault(values):
            write("<fault>\n")
            place = "fault"
            values = ({"faultCode": values.faultCode, "faultString": values.faultString},)
            before, behind, end = "", "", "</fault>\n"
        else:
            write("<params>\n")
            place = root
            before, behind, end = "<param>\n", "</param>\n", "</params>\n"
        at = 0
        try:
            for value in values:
                write(before)
                put(value)
                write(behind)
                at += 1
        except Exception as error:
            rpc_write.explain(error, place if place != "args" else f"args[{at}]")
            raise
        write(end)

    def _make_put(self, write: Write) -> Callable[[Any], None]:
        """Return the function that writes a value: the quick one, unless a program has put its own in our types' place."""
        if self.dispatch == _DISPATCH or all(self.dispatch.get(kind) is _DISPATCH[kind] for kind in _QUICK):
            writer = rpc_write.Writer(
                write, self._dump_other, allow_none=self.allow_none, lax=self._lax, depth=self._depth
            )
            return writer.put
        return lambda value: self.__dump(value, write)

    def __dump(self, value: Any, write: Write) -> None:
        """Write a value by the function for its type."""
        known = self.dispatch.get(type(value))
        if known is not None:
            known(self, value, write)
        else:
            self._dump_other(value, write)

    def _dump_other(self, value: Any, write: Write) -> None:
        """Write a value of a type that is not XML-RPC's own."""
        kind = type(value)
        known = self.dispatch.get(kind)
        if known is not None and known is not _DISPATCH.get(kind):
            known(self, value, write)
        elif value is None:
            self.dump_nil(value, write)
        elif kind in WRAPPERS or kind is _values.Element or _is_foreign_wrapper(kind):
            value.encode(_Out(write))
        elif (encode := _values.find_encoder(kind, self.encoders, lax=self._lax)) is not None:
            self._dump_encoded(encode(value), kind, write)
        else:
            self._dump_object(value, write)

    def _dump_encoded(self, value: Any, kind: type, write: Write) -> None:
        """Write what an encoder gave; one that gives what it got would go on for ever."""
        if type(value) is kind:
            message = f"the encoder of {kind} returns one of its own kind"
            raise TypeError(message)
        self.__dump(value, write)

    def _dump_object(self, value: Any, write: Write) -> None:
        """Write the attributes of an object as a struct; TypeError for what has none, or is a kind of text, number ..."""
        kind = type(value)
        if not hasattr(value, "__dict__") or any(base in self.dispatch for base in kind.__mro__):
            message = f"cannot marshal {kind} objects"
            raise TypeError(message)
        self.dispatch["_arbitrary_instance"](self, value, write)

    def dump_nil(self, value: None, write: Write) -> None:  # noqa: ARG002 - the standard library's signature
        """Write None. TypeError unless ``allow_none``."""
        if not self.allow_none:
            message = "cannot marshal None unless allow_none is enabled"
            raise TypeError(message)
        write(rpc_write.NIL)

    def dump_bool(self, value: Any, write: Write) -> None:
        """Write a boolean."""
        write(rpc_write.format_bool(value))

    def dump_long(self, value: Any, write: Write) -> None:
        """Write a whole number. OverflowError beyond 32 bits in the ``stdlib`` profile."""
        write((rpc_write.format_lax_int if self._lax else rpc_write.format_int)(int(value)))

    dump_int = dump_long

    def dump_double(self, value: float, write: Write) -> None:
        """Write a double."""
        write((rpc_write.format_lax_float if self._lax else rpc_write.format_float)(value))

    def dump_unicode(self, value: str, write: Write, escape: Callable[[str], str] | None = None) -> None:
        """Write text; escape: a function that makes it fit to stand between tags, in place of our own."""
        if escape is not None:
            write(f"<value><string>{escape(value)}</string></value>\n")
        else:
            write((rpc_write.format_lax_string if self._lax else rpc_write.format_string)(value))

    def dump_bytes(self, value: bytes | bytearray, write: Write) -> None:
        """Write bytes, by base64."""
        write(rpc_write.format_binary(value))

    def dump_array(self, value: Any, write: Write) -> None:
        """Write the items of a list or tuple."""
        self._enter(value, "sequences")
        write("<value><array><data>\n")
        at = 0
        try:
            for at, item in enumerate(value):  # noqa: B007 - at is for the error
                self.__dump(item, write)
        except Exception as error:
            rpc_write.locate(error, at)
            raise
        write("</data></array></value>\n")
        del self.memo[id(value)]

    def dump_struct(self, value: Mapping[str, Any], write: Write, escape: Any = None) -> None:  # noqa: ARG002 - likewise
        """Write the items of a dict. TypeError for keys that are no text."""
        self._enter(value, "dictionaries")
        write("<value><struct>\n")
        key: Any = None
        try:
            for key, item in value.items():
                write(rpc_write.format_name(key, lax=self._lax))
                self.__dump(item, write)
                write("</member>\n")
        except Exception as error:
            rpc_write.locate(error, key)
            raise
        write("</struct></value>\n")
        del self.memo[id(value)]

    def _enter(self, value: Any, kind: str) -> None:
        if id(value) in self.memo:
            message = f"cannot marshal recursive {kind}"
            raise TypeError(message)
        if len(self.memo) >= self._depth:
            raise rpc_write.CannotMarshal(f"more than {self._depth} levels of arrays and structs")
        self.memo[id(value)] = None

    def dump_datetime(self, value: Any, write: Write) -> None:
        """Write a datetime."""
        self._dump_other(value, write)

    def dump_instance(self, value: Any, write: Write) -> None:
        """Write a DateTime or a Binary; of any other object its attributes, as a struct."""
        if type(value) in WRAPPERS:
            value.encode(_Out(write))
        else:
            self.dump_struct(value.__dict__, write)


Marshaller.dispatch.update(
    {
        type(None): Marshaller.dump_nil,
        bool: Marshaller.dump_bool,
        int: Marshaller.dump_long,
        float: Marshaller.dump_double,
        str: Marshaller.dump_unicode,
        bytes: Marshaller.dump_bytes,
        bytearray: Marshaller.dump_bytes,
        tuple: Marshaller.dump_array,
        list: Marshaller.dump_array,
        dict: Marshaller.dump_struct,
        dt.datetime: Marshaller.dump_datetime,
        DateTime: Marshaller.dump_instance,
        Binary: Marshaller.dump_instance,
        "_arbitrary_instance": Marshaller.dump_instance,
    }
)
_DISPATCH: Final = dict(Marshaller.dispatch)
_QUICK: Final = (type(None), bool, int, float, str, bytes, bytearray, tuple, list, dict)


def _is_foreign_wrapper(kind: type) -> bool:
    """Tell whether a type is the standard library's own DateTime or Binary, as programs that mix the two have it."""
    return kind.__module__ == "xmlrpc.client" and kind.__name__ in {"DateTime", "Binary"}


def dumps(
    params: Any,
    methodname: str | None = None,
    methodresponse: Any = None,
    encoding: str | None = None,
    allow_none: bool = False,
    *,
    encoders: Mapping[type, Callable[[Any], Any]] | None = None,
) -> str:
    """Return a message as text.

    params: a tuple of values, or a Fault. methodname: makes a call of it; methodresponse: a response, of one value; a
    Fault is always one; without either, ``<params>`` alone. encoding: what the text's declaration names; encode the
    text so, with ``xmlcharrefreplace``. Raises as ``Marshaller.dumps`` does, ValueError for a name that XML cannot hold.
    """
    if type(params) is not tuple and not isinstance(params, tuple) and not is_fault(params):
        message = "argument must be tuple or Fault instance"
        raise TypeError(message)
    fault = not isinstance(params, tuple)
    if methodresponse and not fault and len(params) != 1:
        message = "response tuple must be a singleton"
        raise ValueError(message)
    encoding = encoding or "utf-8"
    pieces = [""]
    if FastMarshaller:
        pieces.append(FastMarshaller(encoding).dumps(params))
    else:
        marshaller = Marshaller(encoding, allow_none, encoders=encoders)
        marshaller.write_values(params, pieces.append, "result" if methodresponse else "args")
    if methodname:
        pieces[0] = f"{_declare(encoding)}<methodCall>\n<methodName>{_name(methodname)}</methodName>\n"
        pieces.append("</methodCall>\n")
    elif methodresponse or fault:
        pieces[0] = f"{_declare(encoding)}<methodResponse>\n"
        pieces.append("</methodResponse>\n")
    return "".join(pieces)


def _declare(encoding: str) -> str:
    if encoding == "utf-8":
        return "<?xml version='1.0'?>\n"
    rpc_names.check_encoding(encoding)
    return f"<?xml version='1.0' encoding='{encoding}'?>\n"


def _name(method: str) -> str:
    """Return a method's name as it stands in a call (security row 158). CannotMarshal for what XML cannot hold."""
    if method.isidentifier() and method.isascii():
        return method
    try:
        return rpc_write.format_text(method)
    except rpc_write.CannotMarshal as error:
        rpc_write.explain(error, "the method's name")
        raise


# ----------------------------------------------------------------------------------------------------------- reading


class ExpatParser:
    """Feeds expat's events to a target with ``start``, ``end``, ``data`` and ``xml``.

    ``feed`` and ``close`` raise expat.ExpatError for what is no XML, BadMessage for a document type declaration
    (security row 157), and what the target raises.
    """

    __module__ = _PUBLIC

    def __init__(self, target: Any) -> None:
        from xml.parsers import expat  # when the quick way has not been enough

        self._parser: Any = expat.ParserCreate(None, None)
        self._target = target
        self._parser.buffer_text = True
        self._parser.buffer_size = _BUFFER
        self._parser.StartElementHandler = target.start
        self._parser.EndElementHandler = target.end
        self._parser.CharacterDataHandler = target.data
        self._parser.StartDoctypeDeclHandler = _refuse_doctype
        target.xml(None, None)

    def feed(self, data: Any) -> None:
        """Take some of the document: text, or bytes in any pieces."""
        self._parser.Parse(data, False)

    def close(self) -> None:
        """Take note of the document's end. Nothing happens the second time."""
        parser = self.__dict__.pop("_parser", None)
        if parser is not None:
            del self._target
            parser.Parse(b"", True)


def _refuse_doctype(*_: object) -> None:
    raise _errors().BadMessage("the message holds a document type declaration, which XML-RPC has no use for")


class Unmarshaller:
    """Makes values of the events of a parser; ``close`` gives them.

    ``dispatch`` holds a function ``(unmarshaller, text)`` for each tag, which puts what it makes of the text by
    ``self.append``; programs add their own. It passes over what it does not know outside of values; in the safe profile
    a value that is not of its type is BadValue.
    """

    __module__ = _PUBLIC
    dispatch: ClassVar[dict[str, Callable[["Unmarshaller", Any], Any]]] = {}

    def __init__(self, use_datetime: bool = False, use_builtin_types: bool = False) -> None:
        rules = defaults.active
        self._type: str | None = None
        self._stack: list[Any] = []
        self._marks: list[int] = []
        self._data: list[str] = []
        self._value: Any = False
        self._methodname: str | None = None
        self._encoding: str | None = "utf-8"
        self.append = self._stack.append
        self._use_datetime = use_builtin_types or use_datetime
        self._use_bytes = use_builtin_types
        self._strict = rules.strict_xmlrpc
        self._opened: list[int] = []  # how many values there were where each open <value> began
        self._named: list[int] = []  # where in the stack the names of members are
        self._values_left, self._max_values = rules.max_rpc_values, rules.max_rpc_values
        self._depth, self._max_depth = 0, rules.max_rpc_depth
        self._deepest = 3 * rules.max_rpc_depth + _AROUND

    def close(self) -> tuple[Any, ...]:
        """Return the values. Raises Fault where the message is one, BadMessage where it is none at all."""
        if self._type is None or self._marks:
            raise _errors().BadMessage("the XML that came is no message of XML-RPC")
        if self._type == "fault":
            raise make_fault(self._stack)
        return tuple(self._stack)

    def getmethodname(self) -> str | None:
        """Return the name of the method that a call is for; None of other messages."""
        return self._methodname

    # ---- a parser's events

    def xml(self, encoding: str | None, standalone: Any) -> None:  # noqa: ARG002 - the standard library's signature
        """Take note of the encoding of the texts that follow; None where they are text already."""
        self._encoding = encoding

    def start(self, tag: str, attrs: Any) -> None:  # noqa: ARG002 - likewise
        """Take a start tag. MessageTooLarge where there are too many values, or levels of them."""
        if ":" in tag:
            tag = tag.rpartition(":")[2]
        if self._value and tag not in self.dispatch:
            raise _errors().BadMessage(f"unknown tag {tag!r}")
        self._value = tag == "value"
        self._depth += 1
        self._data = []
        if self._value:
            self._opened.append(len(self._stack))
            self._values_left -= 1
        elif tag in {"array", "struct"}:
            self._marks.append(len(self._stack))
        if self._values_left < 0 or self._depth > self._deepest or len(self._marks) > self._max_depth:
            self._refuse_size()

    def _refuse_size(self) -> None:
        what, limit = ("levels of arrays and structs", self._max_depth)
        if self._values_left < 0:
            what, limit = "values", self._max_values
        raise _errors().MessageTooLarge(f"the message has more than {limit} {what}", limit)

    def data(self, text: str) -> None:
        """Take some text."""
        self._data.append(text)

    def end(self, tag: str) -> None:
        """Take an end tag: what stands before it is text of this element."""
        self._depth -= 1
        known = self.dispatch.get(tag)
        if known is not None:
            data = self._data
            known(self, data[0] if len(data) == 1 else "".join(data))
        elif ":" in tag:
            self.end_dispatch(tag, "".join(self._data))

    def end_dispatch(self, tag: str, data: Any) -> None:
        """Make a value of an element's text, by the function for its tag."""
        known = self.dispatch.get(tag)
        if known is None and ":" in tag:
            known = self.dispatch.get(tag.rpartition(":")[2])
        if known is not None:
            known(self, data)

    # ---- elements

    def _convert(self, strict: Callable[[str], Any], lax: Callable[[str], Any], data: str) -> None:
        """Put what a function makes of an element's text. BadValue where it cannot, in the safe profile."""
        self._value = False
        if not self._strict:
            self.append(lax(data))
            return
        try:
            value = strict(data)
        except ValueError as error:
            raise _errors().BadValue(str(error)) from None
        self.append(value)

    def end_nil(self, data: str) -> None:  # noqa: ARG002 - a function of dispatch
        """Put None."""
        self.append(None)
        self._value = False

    def end_boolean(self, data: str) -> None:
        """Put a boolean."""
        self._convert(rpc_scalars.parse_boolean, _lax_boolean, data)

    def end_int(self, data: str) -> None:
        """Put a whole number."""
        if data.isdigit() and data.isascii():
            self.append(int(data))
            self._value = False
        else:
            self._convert(rpc_scalars.parse_int, int, data)

    def end_double(self, data: str) -> None:
        """Put a double."""
        self._convert(rpc_scalars.parse_double, float, data)

    def end_bigdecimal(self, data: str) -> None:
        """Put a Decimal."""
        self._convert(rpc_scalars.parse_bigdecimal, _lax_decimal, data)

    def end_string(self, data: Any) -> None:
        """Put a text."""
        self.append(data.decode(self._encoding) if self._encoding else data)
        self._value = False

    def end_name(self, data: Any) -> None:
        """Put the name of a member."""
        self._named.append(len(self._stack))
        self.end_string(data)

    def end_base64(self, data: str) -> None:
        """Put bytes, or a Binary of them."""
        made = bytes if self._use_bytes else Binary
        self._convert(
            lambda text: made(rpc_scalars.parse_base64(text)),
            lambda text: made(_values._binary(text.encode("ascii")).data),  # noqa: SLF001 - our own
            data,
        )

    def end_dateTime(self, data: str) -> None:
        """Put a datetime, or a DateTime."""
        made = rpc_scalars.parse_datetime if self._use_datetime else _values._datetime  # noqa: SLF001 - our own
        self._convert(made, made, data)

    def end_array(self, data: str) -> None:  # noqa: ARG002 - a function of dispatch
        """Put a list of the values since the array's start."""
        mark = self._marks.pop()
        self._stack[mark:] = [self._stack[mark:]]
        self._value = False

    def end_struct(self, data: str) -> None:  # noqa: ARG002 - a function of dispatch
        """Put a dict of the names and values since the struct's start."""
        mark = self._marks.pop()
        items = self._stack[mark:]
        if self._strict and self.dispatch.get("name") is Unmarshaller.end_name:
            self._put_names_first(mark, items)
        names = items[::2]
        if len(items) % 2 or (self._strict and set(map(type, names)) - {str}):
            raise _errors().BadMessage("a member of a struct lacks its name or its value")
        self._stack[mark:] = [dict(zip(names, items[1::2], strict=True))]
        self._value = False

    def _put_names_first(self, mark: int, items: list[Any]) -> None:
        """Put each name before its value: some write them the other way round. BadMessage where one of them is missing."""
        named: set[int] = set()
        while self._named and self._named[-1] >= mark:
            named.add(self._named.pop() - mark)
        for at in range(0, len(items), 2):
            if (at in named) is (at + 1 in named):
                raise _errors().BadMessage("a member of a struct lacks its name or its value")
            if at not in named:
                items[at : at + 2] = items[at + 1], items[at]

    def end_value(self, data: Any) -> None:
        """Put the text of a value that has no element in it."""
        opened = self._opened.pop() if self._opened else -1
        if self._value:
            self.end_string(data)
        elif self._strict and opened >= 0 and len(self._stack) != opened + 1:
            raise _errors().BadMessage("a value holds more or less than one value")

    def end_params(self, data: str) -> None:  # noqa: ARG002 - a function of dispatch
        """Take note that these are parameters, or a result."""
        self._type = "params"

    def end_fault(self, data: str) -> None:  # noqa: ARG002 - a function of dispatch
        """Take note that this is a fault."""
        self._type = "fault"

    def end_methodName(self, data: Any) -> None:
        """Take the name of the method that is called."""
        self._methodname = data.decode(self._encoding) if self._encoding else data
        self._type = "methodName"


_AROUND: Final = 16
"""Elements around the values of a message, at most: four are XML-RPC's."""

Unmarshaller.dispatch.update(
    {
        "nil": Unmarshaller.end_nil,
        "boolean": Unmarshaller.end_boolean,
        **dict.fromkeys(("i1", "i2", "i4", "i8", "int", "biginteger"), Unmarshaller.end_int),
        "double": Unmarshaller.end_double,
        "float": Unmarshaller.end_double,
        "bigdecimal": Unmarshaller.end_bigdecimal,
        "string": Unmarshaller.end_string,
        "name": Unmarshaller.end_name,
        "array": Unmarshaller.end_array,
        "struct": Unmarshaller.end_struct,
        "base64": Unmarshaller.end_base64,
        "dateTime.iso8601": Unmarshaller.end_dateTime,
        "dateTime": Unmarshaller.end_dateTime,  # Apache's ex:dateTime
        "value": Unmarshaller.end_value,
        "params": Unmarshaller.end_params,
        "fault": Unmarshaller.end_fault,
        "methodName": Unmarshaller.end_methodName,
    }
)
_TAGS: Final = dict(Unmarshaller.dispatch)


def _lax_boolean(data: str) -> bool:
    if data not in {"0", "1"}:
        message = "bad boolean value"
        raise TypeError(message)
    return data == "1"


def _lax_decimal(data: str) -> Any:
    from decimal import Decimal  # seldom wanted

    return Decimal(data)


def make_fault(values: list[Any]) -> "Fault":
    """Make a Fault of what stood in ``<fault>``. BadMessage when that is none."""
    errors = _errors()
    found = values[0] if values else None
    if not isinstance(found, dict) or not {"faultCode", "faultString"} <= found.keys():
        raise errors.BadMessage("a fault lacks its faultCode or its faultString")
    fault: Fault = errors.Fault(found["faultCode"], found["faultString"])
    return fault


_CONVERSIONS: Final = {
    (moments, binaries): rpc_scan.make_conversions(
        rpc_scalars.parse_datetime if moments else _values._datetime_of_text,  # noqa: SLF001 - our own
        rpc_scalars.parse_base64 if binaries else _values._binary_of_text,  # noqa: SLF001 - our own
    )
    for moments in (False, True)
    for binaries in (False, True)
}


def getparser(use_datetime: bool = False, use_builtin_types: bool = False) -> tuple[Any, Any]:
    """Return a parser and the Unmarshaller that it feeds."""
    target = Unmarshaller(use_datetime=use_datetime, use_builtin_types=use_builtin_types)
    return (FastParser or ExpatParser)(target), target


def loads(
    data: Any, use_datetime: bool = False, use_builtin_types: bool = False
) -> tuple[tuple[Any, ...], str | None]:
    """Return the values of a message, and the name of the method it calls (None of a response).

    data: text, or bytes in whatever encoding they declare. use_datetime: datetimes in the place of DateTime;
    use_builtin_types: these, and bytes in the place of Binary. Raises Fault where the message is one, expat.ExpatError
    for what is no XML, and ResponseError: BadMessage, BadValue, MessageTooLarge.
    """
    if not (FastParser or FastUnmarshaller) and Unmarshaller.dispatch == _TAGS:
        rules = defaults.active
        found = rpc_scan.scan(
            data if isinstance(data, str) else bytes(data),
            _CONVERSIONS[bool(use_datetime or use_builtin_types), bool(use_builtin_types)],
            depth=rules.max_rpc_depth,
            values=rules.max_rpc_values,
        )
        if found is not None:
            if found.kind == "fault":
                raise make_fault(found.values)
            return tuple(found.values), found.method
    parser, target = getparser(use_datetime=use_datetime, use_builtin_types=use_builtin_types)
    parser.feed(data)
    parser.close()
    return target.close(), target.getmethodname()


for _function in (dumps, loads, getparser):
    _function.__module__ = _PUBLIC
