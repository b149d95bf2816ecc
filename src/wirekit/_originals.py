"""The standard library's own modules, for their exception classes, also where ``wirekit.dropin`` has put ours there.

Our errors are the standard library's by identity. With the drop-in at work ``import http.client`` gives our module,
which gets its errors from the original: whoever needs the original asks here.
"""

from __future__ import annotations

from importlib import import_module

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

__all__ = ["original", "redirect"]

_load: Callable[[str], ModuleType] = import_module


def original(name: str) -> ModuleType:
    """Import a module of the standard library by its full name; never ours."""
    return _load(name)


def redirect(load: Callable[[str], ModuleType] | None) -> None:
    """Have originals loaded by this function; None: as usual. For ``wirekit.dropin`` alone."""
    global _load  # noqa: PLW0603 - the drop-in is a state of the process
    _load = load or import_module
