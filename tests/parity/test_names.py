"""Every public name of the thirteen modules, in both twins: there, with the original's signature and class tree.

A signature may go on where the original's ends, by keyword-only parameters that may be left out. What differs beyond
that is listed in `DIFFERS`, each with its reason. Bases with a private name do not count.
"""

from __future__ import annotations

import inspect
import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import pytest

from wirekit.dropin import MODULES

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

PURE = ("http.cookies", "http.cookiejar", "urllib.parse", "urllib.error", "urllib.response")

WAITING_BASES = "the async twin's files and servers await: io's and socketserver's classes do not fit"
GZIP = "decompresses by itself, bounded, and is no gzip.GzipFile; it reads as one"
LATE = "None stands for the original's default, which is loaded or made when it is needed"
NAMEDTUPLE = "the original's class of bytes stands on a named tuple that is called like its class of text"

DIFFERS = {
    "http.client.parse_headers": LATE,
    "xmlrpc.client.Marshaller.dump_struct": LATE,
    "xmlrpc.client.Marshaller.dump_unicode": LATE,
    "xmlrpc.client.GzipDecodedResponse.__mro__": GZIP,
    "urllib.parse.DefragResultBytes.__mro__": NAMEDTUPLE,
    "urllib.parse.ParseResultBytes.__mro__": NAMEDTUPLE,
    "urllib.parse.SplitResultBytes.__mro__": NAMEDTUPLE,
}
"""`module.Class.name`, or the beginning of it, to the reason why it may differ."""

DIFFERS_AWAITED = {
    "http.client.HTTPResponse.__mro__": WAITING_BASES,
    **dict.fromkeys(
        (
            "http.server.BaseHTTPRequestHandler.__mro__",
            "http.server.CGIHTTPRequestHandler.__mro__",
            "http.server.HTTPServer.__mro__",
            "http.server.HTTPSServer.__mro__",
            "http.server.SimpleHTTPRequestHandler.__mro__",
            "http.server.ThreadingHTTPServer.__mro__",
            "http.server.ThreadingHTTPSServer.__mro__",
            "xmlrpc.server.DocXMLRPCRequestHandler.__mro__",
            "xmlrpc.server.DocXMLRPCServer.__mro__",
            "xmlrpc.server.MultiPathXMLRPCServer.__mro__",
            "xmlrpc.server.SimpleXMLRPCRequestHandler.__mro__",
            "xmlrpc.server.SimpleXMLRPCServer.__mro__",
        ),
        WAITING_BASES,
    ),
}


def public_names(module: ModuleType) -> list[str]:
    """List what a module offers: `__all__`, and every class and function of its own."""
    own = {
        name
        for name, value in vars(module).items()
        if not name.startswith("_") and getattr(value, "__module__", None) == module.__name__
    }
    return sorted(own | set(getattr(module, "__all__", ())))


def members(kind: type) -> Iterator[tuple[str, Any]]:
    """Yield the public members that a class has of its own or from classes of its module, and its constructor."""
    for name in dir(kind):
        if name == "__init__" or not name.startswith("_"):
            owner = next(base for base in kind.__mro__ if name in vars(base))
            if owner.__module__ == kind.__module__:
                yield name, getattr(kind, name)


def signature(function: Any) -> list[inspect.Parameter] | None:
    """List the parameters of a function; None where it does not tell."""
    try:
        return list(inspect.signature(function).parameters.values())
    except (ValueError, TypeError):
        return None


def fits(wanted: inspect.Parameter, given: inspect.Parameter) -> bool:
    """Tell whether a parameter takes what the original's takes: by the same name and place, optional if that is."""
    if wanted.name == "self":
        return given.name == "self"
    if (wanted.name, wanted.kind) != (given.name, given.kind):
        return False
    if wanted.default is wanted.empty:
        return True
    if isinstance(wanted.default, type):
        return getattr(given.default, "__name__", "") == wanted.default.__name__
    texts = [repr(parameter.default) for parameter in (wanted, given)]
    if any(" at 0x" in text for text in texts):
        return type(wanted.default) is type(given.default)
    return texts[0] == texts[1]


def compare_signatures(theirs: Any, ours: Any) -> str:
    """Say how a signature differs; "" when every call that fits theirs fits ours."""
    wanted, given = signature(theirs), signature(ours)
    if wanted is None:
        return ""
    if given is None:
        return "tells no signature"
    free = {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL}
    named = {parameter.name: parameter for parameter in given}
    for position, parameter in enumerate(wanted):
        if parameter.kind in {inspect.Parameter.KEYWORD_ONLY, inspect.Parameter.VAR_KEYWORD}:
            if parameter.name not in named:
                return f"lacks {parameter}"
        elif position >= len(given) or not fits(parameter, given[position]):
            return f"{inspect.signature(theirs)} became {inspect.signature(ours)}"
    rest = given[len(wanted) :]
    if any(parameter.kind not in free and parameter.default is parameter.empty for parameter in rest):
        return f"asks for more: {inspect.signature(ours)}"
    return ""


def compare(theirs: ModuleType, ours: ModuleType) -> Iterator[str]:
    """Yield what differs, `name: how`."""
    for name in public_names(theirs):
        if not hasattr(ours, name):
            yield f"{name}: missing"
            continue
        original, own = getattr(theirs, name), getattr(ours, name)
        if inspect.isclass(original) and original is not own:
            yield from (f"{name}.{line}" for line in compare_classes(original, own))
        elif inspect.isfunction(original) and (text := compare_signatures(original, own)):
            yield f"{name}: {text}"


def compare_classes(theirs: type, ours: type) -> Iterator[str]:
    theirs_named = {base.__name__ for base in theirs.__mro__ if not base.__name__.startswith("_")}
    if missing := theirs_named - {base.__name__ for base in ours.__mro__}:
        yield f"__mro__: lacks {', '.join(sorted(missing))}"
    for name, member in members(theirs):
        if not hasattr(ours, name):
            yield f"{name}: missing"
        elif callable(member) and (text := compare_signatures(member, getattr(ours, name))):
            yield f"{name}: {text}"


def is_listed(line: str, listed: dict[str, str]) -> bool:
    """Tell whether a difference has its reason."""
    place = line.partition(": ")[0]
    return any(place == known or place.startswith(known + ".") for known in listed)


@pytest.mark.skipif(
    sys.version_info < (3, 13), reason="signatures are the newest CPython's: older ones have other parameters"
)
@pytest.mark.parametrize("twin", ["wirekit", "wirekit.aio"])
@pytest.mark.parametrize("name", MODULES)
def test_every_name_is_there_as_the_original_has_it(name: str, twin: str) -> None:
    found = [f"{name}.{line}" for line in compare(import_module(name), import_module(f"{twin}.{name}"))]
    listed = DIFFERS | (DIFFERS_AWAITED if twin == "wirekit.aio" else {})
    assert [line for line in found if not is_listed(line, listed)] == []


@pytest.mark.parametrize("name", PURE)
def test_pure_modules_are_one_object_in_both_trees(name: str) -> None:
    assert import_module(f"wirekit.aio.{name}") is import_module(f"wirekit.{name}")
