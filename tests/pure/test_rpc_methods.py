"""What can be told of a method, and how a name finds one."""

from __future__ import annotations

import datetime as dt
import xmlrpc.server
from typing import Any

import pytest

from wirekit.xmlrpc._methods import MethodInfo, Parameter, describe, list_signatures
from wirekit.xmlrpc.server import list_public_methods, resolve_dotted_attribute


class Tree:
    height = 5

    class Leaf:
        @staticmethod
        def colour() -> str:
            return "green"

    def grow(self, metres: float, *more: int, fast: bool = False) -> list[float]:
        """Let it grow.

        Slowly."""
        return [metres, *more, fast]

    def _hidden(self) -> None: ...


def test_names_are_found() -> None:
    tree = Tree()
    assert resolve_dotted_attribute(tree, "grow") == tree.grow
    assert resolve_dotted_attribute(tree, "Leaf.colour") is Tree.Leaf.colour
    with pytest.raises(AttributeError):
        resolve_dotted_attribute(tree, "Leaf.colour", allow_dotted_names=False)
    assert list_public_methods(tree) == xmlrpc.server.list_public_methods(tree) == ["Leaf", "grow"]


@pytest.mark.parametrize(
    "name",
    ["_hidden", "__class__", "grow.__globals__", "Leaf._x", "nothing", "", "a..b", "grow.cr_frame.f_globals"],
)
def test_private_names_are_not(name: str) -> None:
    with pytest.raises(AttributeError):
        resolve_dotted_attribute(Tree(), name)


def test_frames_are_out_of_reach() -> None:
    def generate() -> Any:
        yield

    class Holder:
        running = generate()

    for name in ("running.gi_frame", "running.gi_frame.f_globals", "running.gi_code"):
        with pytest.raises(AttributeError, match="private attribute"):
            resolve_dotted_attribute(Holder(), name)


def test_method_is_described() -> None:
    info = describe("grow", Tree().grow)
    assert info == MethodInfo(
        "grow",
        "(metres: 'float', *more: 'int', fast: 'bool' = False)",
        [Parameter("metres", "float", None, rest=False), Parameter("more", "int", None, rest=True)],
        "list[float]",
        "Let it grow.\n\nSlowly.",
    )


def test_functions_of_all_kinds_are_described() -> None:
    assert describe("x", lambda a, b=1: a).parameters == [
        Parameter("a", "", None, rest=False),
        Parameter("b", "", "1", rest=False),
    ]

    def named(a: int, **more: Any) -> None: ...

    assert describe("named", named).parameters == [Parameter("a", "int", None, rest=False)]
    assert describe("pow", pow).parameters is not None
    assert describe("type", type).parameters is None
    assert describe("x", ("(a, b)", "help")) == MethodInfo("x", "(a, b)", None, "", "help")
    assert describe("x", (None, None)) == MethodInfo("x", "(...)", None, "", "")


def test_annotations_that_are_no_text_are_named() -> None:
    def function(a: Any, b: Any = None) -> Any: ...

    function.__annotations__ = {"a": dt.datetime, "b": list[int], "return": None}
    info = describe("f", function)
    assert info.parameters is not None
    assert [one.type for one in info.parameters] == ["datetime.datetime", "list[int]"]
    assert info.returns == "None"


def test_signatures_are_listed_for_each_number_of_arguments() -> None:
    def some(a: int, b: str = "", c: float | None = None) -> dict[str, int]: ...  # type: ignore[empty-body]

    def odd(a: int | str, b: Tree, c: list[int] | None = None, *rest: bool) -> dt.datetime: ...  # type: ignore[empty-body]

    def bare(a, b): ...  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202  -- nothing is annotated

    assert list_signatures(some) == [
        ["struct", "int"],
        ["struct", "int", "string"],
        ["struct", "int", "string", "double"],
    ]
    assert list_signatures(odd) == [
        ["dateTime.iso8601", "undef", "undef"],
        ["dateTime.iso8601", "undef", "undef", "array"],
    ]
    assert list_signatures(bare) is None
    assert list_signatures(type) is None
