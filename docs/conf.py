"""Settings of the documentation: Sphinx with furo, pages in Markdown (MyST), the reference taken from docstrings.

Two things are done here that Sphinx does not do by itself. An indented block in a docstring is shown as code, without
the `::` that reStructuredText wants before it. And `{eval-rst} .. awaited:: MODULE` lists what is awaited in an async
module and what is called. A public name that the reference lacks is a warning, and so (`-W`) an error.
"""

import ast
import importlib
import inspect
import textwrap
import tokenize
from types import ModuleType
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

project = "wirekit"
author = "wirekit contributors"
copyright = "wirekit contributors"

extensions = ["myst_parser", "sphinx.ext.autodoc"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build"]
myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 3

autodoc_default_options = {"members": True, "show-inheritance": True, "member-order": "bysource"}
autodoc_preserve_defaults = True
# Names of the standard library and of our own unnamed parts lead nowhere: their inventory would need the network.
nitpick_ignore_regex = [
    ("py:.*", r"(?!wirekit\.(http|urllib|defaults)\.[a-z]).*"),
    ("py:class", r".*\._.*|.*\.robotparser\.\w+"),
]
# Two targets of one name are one object here: `wirekit.URL` is `wirekit.url.URL`. Missing ones are told by another warning.
suppress_warnings = ["ref.python"]

html_theme = "furo"
html_title = "wirekit"
html_static_path = ["_static"]
html_css_files = ["twins.css"]


def show_blocks_as_code(*event: Any) -> None:
    """Put `::` before each indented block that stands by itself in a docstring, whose lines an event brings last."""
    lines: list[str] = event[-1]
    shown: list[str] = []
    before = ""  # the last line with text
    for line in lines:
        if line.startswith("    ") and shown and not shown[-1] and not before.startswith(" "):
            shown += ["::", ""]
        shown.append(line)
        before = line or before
    lines[:] = shown


def find_methods(kind: type) -> dict[str, Any]:
    """Give the public methods that our own classes define for a class, by name."""
    found: dict[str, Any] = {}
    for base in reversed(kind.__mro__):
        if base.__module__.startswith("wirekit"):
            found |= {
                name: item
                for name, item in vars(base).items()
                if not name.startswith("_") and (inspect.isroutine(item) or name in found)
            }
    return found


class Awaited(Directive):
    """`.. awaited:: MODULE`: a table of the module's public names, with what is awaited and what is called."""

    required_arguments = 1
    option_spec: ClassVar[dict[str, Any]] = {}

    def run(self) -> list[nodes.Node]:
        """Give the table."""
        module = importlib.import_module(self.arguments[0])
        rows = [("name", "awaited", "called"), *self.rows(module)]
        group = nodes.tgroup("", *(nodes.colspec(colwidth=width) for width in (1, 2, 3)), cols=3)
        parts = [nodes.row("", *(self.cell(text) for text in row)) for row in rows]
        group += [nodes.thead("", parts[0]), nodes.tbody("", *parts[1:])]
        return [nodes.table("", group)]

    @staticmethod
    def rows(module: ModuleType) -> list[tuple[str, str, str]]:
        """Give (name, awaited, called) for each name of `__all__` that is not the blocking tree's own object."""
        twin = importlib.import_module(module.__name__.replace("wirekit.aio", "wirekit"))
        rows = []
        for name in module.__all__:
            item = getattr(module, name)
            if item is getattr(twin, name) or not callable(item):
                continue
            methods = find_methods(item) if inspect.isclass(item) else {name: item}
            awaited = {method for method, code in methods.items() if inspect.iscoroutinefunction(code)}
            columns = (sorted(awaited), sorted(methods.keys() - awaited))
            rows.append((name, *(", ".join(column) for column in columns)))
        return rows

    @staticmethod
    def cell(text: str) -> nodes.entry:
        """Give one cell; each name in it is code."""
        line = nodes.paragraph()
        for at, name in enumerate(text.split(", ") if text else ()):
            line += [nodes.Text(", " if at else ""), nodes.literal("", name)]
        return nodes.entry("", line)


def check_reference(_: Sphinx, env: BuildEnvironment) -> None:
    """Warn of public names without an entry in the reference."""
    domain = env.get_domain("py")
    objects = {entry[0] for entry in domain.get_objects()}
    modules = {entry[0] for entry in domain.get_objects() if entry[2] == "module"}
    for name in sorted(modules):
        for missing in sorted({f"{name}.{public}" for public in public_names(name)} - objects):
            logging.getLogger(__name__).warning("the reference lacks %s", missing)


def public_names(module: str) -> list[str]:
    """Give the names of `__all__`; none where a module names none."""
    return list(getattr(importlib.import_module(module), "__all__", ()))


def find_source(item: Any) -> str:
    """Give the source of an item as `inspect` does; OSError where it looks in the wrong file.

    A class that is defined in a part of a module bears the module's name, where Python 3.13 takes the line of its
    definition for one of the module's own file: what stands there may be anything.
    """
    try:
        source = _getsource(item)
        ast.parse(textwrap.dedent(source))
    except (SyntaxError, tokenize.TokenError) as error:
        raise OSError(str(error)) from error
    return source


_getsource = inspect.getsource
inspect.getsource = find_source


def setup(app: Sphinx) -> None:
    """Connect the above."""
    app.connect("autodoc-process-docstring", show_blocks_as_code)
    app.connect("env-check-consistency", check_reference)
    app.add_directive("awaited", Awaited)
