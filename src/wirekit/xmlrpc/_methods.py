"""The methods of a server: how a name finds one, and what can be told of it."""

from collections.abc import Callable
from typing import Any, Final, NamedTuple

__all__ = [
    "MethodInfo",
    "Parameter",
    "describe",
    "list_public_methods",
    "list_signatures",
    "resolve_dotted_attribute",
]

_PUBLIC: Final = "wirekit.xmlrpc.server"

_INNARDS: Final = frozenset({
    "ag_code", "ag_frame", "co_code", "co_consts", "cr_code", "cr_frame", "f_back", "f_builtins", "f_code", "f_globals",
    "f_locals", "gi_code", "gi_frame", "gi_yieldfrom", "tb_frame", "tb_next",
})  # fmt: skip
"""Attributes without an underscore that lead into the interpreter: from a generator to the globals of its module."""


def resolve_dotted_attribute(obj: Any, attr: str, allow_dotted_names: bool = True) -> Any:
    """Return what a method's name means below an object: ``resolve_dotted_attribute(a, "b.c")`` is ``a.b.c``.

    AttributeError where there is none, and for every name with a part that begins with ``_`` or leads into the
    interpreter (security row 164). Without allow_dotted_names a dot is no more than a character.
    """
    for name in attr.split(".") if allow_dotted_names else [attr]:
        if name.startswith("_") or name in _INNARDS:
            message = f'attempt to access private attribute "{name}"'
            raise AttributeError(message)
        obj = getattr(obj, name)
    return obj


def list_public_methods(obj: Any) -> list[str]:
    """Return the names of an object's attributes that may be called and do not begin with ``_``."""
    return [name for name in dir(obj) if not name.startswith("_") and callable(getattr(obj, name))]


for _function in (resolve_dotted_attribute, list_public_methods):
    _function.__module__ = _PUBLIC


# ------------------------------------------------------------------------------------------------- what can be told


class Parameter(NamedTuple):
    """A parameter of a method, as it is shown. ``rest``: it takes all arguments that are left."""

    name: str
    type: str
    default: str | None
    rest: bool


class MethodInfo(NamedTuple):
    """What a page or a listing tells of a method. ``parameters`` is None where they are not known."""

    name: str
    signature: str
    parameters: list[Parameter] | None
    returns: str
    doc: str


def describe(name: str, method: Any) -> MethodInfo:
    """Tell of a method: a function, or a pair of the text of its parameters and its help (either may be None)."""
    import inspect  # costs more than a server that is only called

    if isinstance(method, tuple):
        return MethodInfo(name, method[0] or "(...)", None, "", method[1] or "")
    doc = (inspect.getdoc(method) or "").rstrip()
    try:
        signature = inspect.signature(method)
    except (TypeError, ValueError):  # some functions written in C
        return MethodInfo(name, "(...)", None, "", doc)
    shown = [
        _describe_parameter(one) for one in signature.parameters.values() if one.kind != one.KEYWORD_ONLY
    ]
    if any(one.kind == one.VAR_KEYWORD for one in signature.parameters.values()):
        shown.pop()  # a call has no names for its arguments
    returns = (
        "" if signature.return_annotation is signature.empty else _name_type(signature.return_annotation)
    )
    bare = str(signature.replace(return_annotation=signature.empty))
    return MethodInfo(name, bare, shown, returns, doc)


def _describe_parameter(parameter: Any) -> Parameter:
    kind = "" if parameter.annotation is parameter.empty else _name_type(parameter.annotation)
    default = None if parameter.default is parameter.empty else repr(parameter.default)
    return Parameter(parameter.name, kind, default, parameter.kind == parameter.VAR_POSITIONAL)


def _name_type(annotation: Any) -> str:
    import inspect  # loaded already

    return annotation if isinstance(annotation, str) else inspect.formatannotation(annotation)


_TYPES: Final = {
    "int": "int",
    "bool": "boolean",
    "float": "double",
    "str": "string",
    "bytes": "base64",
    "bytearray": "base64",
    "Binary": "base64",
    "datetime": "dateTime.iso8601",
    "date": "dateTime.iso8601",
    "DateTime": "dateTime.iso8601",
    "list": "array",
    "tuple": "array",
    "List": "array",
    "Tuple": "array",
    "Sequence": "array",
    "dict": "struct",
    "Dict": "struct",
    "Mapping": "struct",
    "None": "nil",
    "NoneType": "nil",
}
"""XML-RPC's types, by the last part of the name that Python's have."""


def list_signatures(method: Callable[..., Any]) -> list[list[str]] | None:
    """Return what ``system.methodSignature`` tells: the type of the result and those of the parameters, once for each
    number of arguments that may be given. None where nothing is annotated; ``undef`` stands for a single unknown type.
    """
    info = describe("", method)
    if info.parameters is None or not (info.returns or any(one.type for one in info.parameters)):
        return None
    fixed = [one for one in info.parameters if not one.rest]
    kinds = [_find_type(one.type) for one in fixed]
    needed = sum(one.default is None for one in fixed)
    return [[_find_type(info.returns), *kinds[:count]] for count in range(needed, len(kinds) + 1)]


def _find_type(name: str) -> str:
    parts = [part.strip() for part in name.split("|")] if "[" not in name else [name]
    if len(parts) == 2 and "None" in parts:
        parts.remove("None")
    if len(parts) != 1:
        return "undef"
    return _TYPES.get(parts[0].partition("[")[0].rpartition(".")[2], "undef")
