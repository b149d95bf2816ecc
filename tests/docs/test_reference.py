"""Every public name is documented, and the reference has it.

What autodoc shows is what has a docstring; so a name is covered when the reference takes in its module whole, or names it
by itself, and when the name and its public attributes have docstrings. `make docs` compares the outcome as well.
"""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from pathlib import Path
from typing import Any

import pytest

import wirekit

REFERENCE = Path(__file__).resolve().parents[2] / "docs" / "reference"
PARTS = {"http.chunked", "http.response", "http.sending"}
"""Parts of http.client, which bring what is public in them under that name."""


ACTING = {"dropin.auto"}
"""Modules that do something when they are imported; docs/dropin.md has them."""


def find_modules() -> list[str]:
    """Give the names of all public modules."""
    found = ["wirekit"]
    for module in pkgutil.walk_packages(wirekit.__path__, "wirekit."):
        name = module.name.removeprefix("wirekit.").removeprefix("aio.")
        if name not in PARTS | ACTING and not any(part.startswith("_") for part in name.split(".")):
            found.append(module.name)
    return found


MODULES = find_modules()
SHARED = {name for name in MODULES if ".aio" in name and importlib.import_module(name).__name__ != name}
"""Names in the async tree that stand for a module of the blocking one."""
TEXT = "".join(page.read_text("utf-8") for page in sorted(REFERENCE.glob("*.md")))
NAMED = set(re.findall(r"^\.\. py:(?:class|exception|data):: ([\w.]+)$", TEXT, re.MULTILINE))
NAMED |= {name.rpartition(".")[2] for name in re.findall(r"^\.\. auto\w+:: ([\w.]+)$", TEXT, re.MULTILINE)}


def options_of(module: str) -> str | None:
    """Give the options of the directive that takes a module into the reference; None where there is none."""
    found = re.search(rf"^\.\. automodule:: {re.escape(module)}\n((?:   :.*\n)*)", TEXT, re.MULTILINE)
    return found and found[1]


def has_names_of_its_own(name: str) -> bool:
    """Tell whether a module is more than a package of others, or than its twin's own objects under another name."""
    module, twin = importlib.import_module(name), importlib.import_module(name.replace(".aio", ""))
    names = getattr(module, "__all__", ())
    return any(module is twin or getattr(module, one) is not getattr(twin, one) for one in names)


def is_ours(item: Any) -> bool:
    return str(getattr(item, "__module__", "")).startswith("wirekit")


def test_modules_are_found() -> None:
    assert {"wirekit.http.client", "wirekit.aio.urllib.parse", "wirekit.defaults"} <= set(MODULES)
    shared = {f"wirekit.aio.urllib.{name}" for name in ("error", "parse", "response")}
    assert shared | {f"wirekit.aio.http.{name}" for name in ("cookiejar", "cookies")} == SHARED


@pytest.mark.parametrize("name", MODULES)
def test_module_is_in_the_reference(name: str) -> None:
    assert importlib.import_module(name).__doc__
    if name in SHARED:
        assert f"`{name}`" in TEXT or f"`.{name.rpartition('.')[2]}`" in TEXT
    elif not has_names_of_its_own(name):
        return
    elif ".aio" in name:
        assert f".. awaited:: {name}\n" in TEXT
    else:
        assert options_of(name) is not None


@pytest.mark.parametrize("name", [name for name in MODULES if options_of(name) is not None])
def test_public_names_are_in_the_reference(name: str) -> None:
    options = options_of(name) or ""
    excluded = set(re.findall(r"\w+", "".join(re.findall(r":exclude-members: (.*)", options))))
    for public in importlib.import_module(name).__all__:
        if ":no-members:" in options or public in excluded:
            assert public in NAMED, f"{name}.{public}"


@pytest.mark.parametrize("name", sorted(set(MODULES) - SHARED))
def test_public_names_have_docstrings(name: str) -> None:
    module = importlib.import_module(name)
    for public in getattr(module, "__all__", ()):
        item = getattr(module, public)
        if not is_ours(item) or not (inspect.isclass(item) or inspect.isroutine(item)):
            continue
        assert item.__doc__, f"{name}.{public}"
        if inspect.isclass(item):
            assert not list(undocumented(item)), f"{name}.{public}"


def undocumented(kind: type) -> list[str]:
    """Give the public methods and properties of our own classes in a class's line that say nothing of themselves."""
    return [
        f"{base.__name__}.{name}"
        for base in kind.__mro__
        if is_ours(base)
        for name, item in vars(base).items()
        if not name.startswith("_")
        and (inspect.isroutine(item) or isinstance(item, property))
        and not inspect.getdoc(getattr(base, name))
    ]


def test_undocumented_method_is_found() -> None:
    class Silent:
        """Says something of itself."""

        def speak(self) -> None:
            """Say something."""

        def hush(self) -> None:
            pass

    Silent.__module__ = "wirekit.invented"
    assert undocumented(Silent) == ["Silent.hush"]
