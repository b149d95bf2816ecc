"""urllib.parse, .error and .response beside the standard library's: names, signatures, classes, its own tests.

Accepted differences (docs/design/urls.md lists them with reasons) are named below, each where it is let through.
"""

import importlib
import inspect
import sys
import types
import unittest
import urllib
import urllib.error
import urllib.parse
import urllib.response
import warnings
from collections.abc import Iterator
from typing import Any

import pytest

from wirekit import defaults
from wirekit.urllib import error, parse, response

PRIVATE_NAMES_REACHED = {
    "_ALWAYS_SAFE", "_ALWAYS_SAFE_BYTES", "_UNSAFE_URL_BYTES_TO_REMOVE", "_WHATWG_C0_CONTROL_OR_SPACE",
    "_checknetloc", "_coerce_args", "_decode_args", "_encode_result", "_noop", "_splitattr", "_splithost",
    "_splitnetloc", "_splitnport", "_splitparams", "_splitpasswd", "_splitport", "_splitquery", "_splittag",
    "_splittype", "_splituser", "_splitvalue", "_to_bytes",
}  # fmt: skip
OWN_KEYWORDS = {"missing_as_none", "keep_empty"}  # Python 3.15's, keyword-only


@pytest.fixture(autouse=True)
def _stdlib_profile() -> Iterator[None]:
    with defaults.using("stdlib"):
        yield


def bare_signature(function: Any) -> list[tuple[str, Any, Any]]:
    """List (name, kind, default) of each parameter, without those that only newer Pythons have."""
    parameters = [p for p in inspect.signature(function).parameters.values() if p.name not in OWN_KEYWORDS]
    return [(p.name, p.kind, getattr(p.default, "__name__", p.default)) for p in parameters]


def public_names(module: types.ModuleType) -> set[str]:
    return {
        name for name, value in vars(module).items() if name[0] != "_" and not inspect.ismodule(value)
    } - {
        "namedtuple",  # imported there
    }


@pytest.mark.parametrize(
    ("theirs", "ours"), [(urllib.parse, parse), (urllib.error, error), (urllib.response, response)]
)
def test_no_public_name_is_missing(theirs: types.ModuleType, ours: types.ModuleType) -> None:
    assert not {name for name in public_names(theirs) if not hasattr(ours, name)}
    assert sorted(ours.__all__) == sorted(theirs.__all__)


def test_no_private_name_that_programs_reach_is_missing() -> None:
    assert not {
        name for name in PRIVATE_NAMES_REACHED if not hasattr(parse, name) or not hasattr(urllib.parse, name)
    }


FUNCTIONS = sorted(
    {name for name in public_names(urllib.parse) if inspect.isroutine(getattr(urllib.parse, name))}
    | {"urlsplit", "_splittype", "_splithost", "_splitport", "_splitnport", "_coerce_args", "_splitnetloc"}
)


@pytest.mark.parametrize("name", FUNCTIONS)
def test_signatures_are_equal(name: str) -> None:
    assert bare_signature(getattr(parse, name)) == bare_signature(getattr(urllib.parse, name))


@pytest.mark.parametrize("name", [name for name in urllib.parse.__all__ if "Result" in name])
def test_result_classes_have_the_same_attributes(name: str) -> None:
    ours, theirs = getattr(parse, name), getattr(urllib.parse, name)
    assert ours._fields == theirs._fields
    assert {attribute for attribute in dir(theirs) if attribute[0] != "_"} == {
        attribute for attribute in dir(ours) if attribute[0] != "_"
    }
    assert issubclass(ours, tuple)
    assert ours.__module__ == "wirekit.urllib.parse"


@pytest.mark.parametrize("name", urllib.response.__all__)
def test_response_classes_have_the_same_methods_and_signatures(name: str) -> None:
    ours, theirs = getattr(response, name), getattr(urllib.response, name)
    assert bare_signature(ours) == bare_signature(theirs)
    assert not {
        attribute for attribute in dir(theirs) if attribute[0] != "_" and not hasattr(ours, attribute)
    }


@pytest.mark.parametrize(
    "name",
    [
        "uses_relative",
        "uses_netloc",
        "uses_params",
        "uses_query",
        "uses_fragment",
        "non_hierarchical",
        "scheme_chars",
    ],
)
def test_lists_of_schemes_are_equal(name: str) -> None:
    theirs = getattr(urllib.parse, name)
    newest = (
        ["itms-services"] if name == "uses_netloc" and "itms-services" not in theirs else []
    )  # from 3.11.10 on
    assert sorted(getattr(parse, name)) == sorted([*theirs, *newest])


def interpreter_tests() -> types.ModuleType | None:
    """Import the interpreter's own tests, which some distributions leave out."""
    try:
        return importlib.import_module("test.test_urlparse")
    except ImportError:
        return None


def test_the_interpreter_s_own_tests_pass(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(urllib, "parse", parse)
    monkeypatch.setitem(sys.modules, "urllib.parse", parse)
    monkeypatch.delitem(sys.modules, "test.test_urlparse", raising=False)
    module = interpreter_tests()
    if module is None:
        pytest.skip("this Python comes without its tests (test.test_urlparse)")
    suite = unittest.defaultTestLoader.loadTestsFromModule(module)
    outcome = unittest.TestResult()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # false values to parse_qsl warn as from 3.14 on
        suite.run(outcome)
    monkeypatch.delitem(sys.modules, "test.test_urlparse")
    assert outcome.testsRun > 60
    broken = {case.id().rpartition(".")[2] for case, _ in outcome.failures + outcome.errors}
    assert broken == {"test_all"}  # it wants each name's __module__ to be "urllib.parse"
