"""Unchanged programs on wirekit: ours in the place of the standard library's modules, for this process.

    import wirekit.dropin.auto              # one line at the top of a program

    from wirekit import dropin
    dropin.install()                        # the same, when it suits; safe=True for the safe profile
    dropin.uninstall()                      # everything as it was

Without a change at all: ``wirekit run script.py``.

From then on ``import http.client`` gives ``wirekit.http.client``, and so for all of ``MODULES``; each is loaded when
somebody asks for it, not before. What was imported earlier is mended: a module object that somebody holds is exchanged
in the globals of every module but the originals themselves, and so is what ``from ... import`` took out of it. An
instance or a subclass that was made of an original class before stays what it is: install first.

Python processes that this one starts do the same, unless they ignore the environment (``python -I``, ``-E``).
"""

from __future__ import annotations

import os
import sys
import threading
from importlib import import_module
from importlib.machinery import ModuleSpec

from wirekit import _originals, defaults

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from types import ModuleType
    from typing import Any

__all__ = ["MODULES", "environment", "install", "is_installed", "served", "uninstall"]

MODULES = (
    "ftplib",
    "http.client",
    "http.cookiejar",
    "http.cookies",
    "http.server",
    "smtplib",
    "urllib.error",
    "urllib.parse",
    "urllib.request",
    "urllib.response",
    "urllib.robotparser",
    "xmlrpc.client",
    "xmlrpc.server",
)
"""The standard library's modules that are replaced."""

SITE = os.path.join(os.path.dirname(__file__), "site")  # noqa: PTH118, PTH120 - pathlib costs every start 5 ms
"""A directory with a sitecustomize.py, found by Python children before any other."""

VARIABLE = "WIREKIT_DROPIN"
"""Set to the name of the profile in the environment of children."""

REPORT = "WIREKIT_REPORT"
"""Set to the directory where a process writes what it did (``wirekit.dropin.report``)."""

_lock = threading.RLock()


class _Finder:
    """Finds ours where a module of ``MODULES`` is asked for; importlib.abc, which has its base, costs 25 ms."""

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        del path, target
        return ModuleSpec(fullname, _Loader()) if fullname in MODULES else None  # type: ignore[arg-type]  # by its methods


class _Loader:
    """Puts our module where the import system expects the one that it made."""

    def create_module(self, spec: ModuleSpec) -> None:
        """Leave it to the import system."""

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        sys.modules[name] = _state.replace(name)


class _State:
    """What has been done to this process, to be undone."""

    def __init__(self) -> None:
        self.finder: _Finder | None = None
        self.originals: dict[str, ModuleType] = {}
        self.exchanged: list[tuple[dict[str, Any], str, Any]] = []
        self.environment: dict[str, str | None] = {}
        self.profile: dict[str, object] = {}
        self.lent: dict[str, Callable[[str], Any] | None] = {}

    def load_original(self, name: str) -> ModuleType:
        """Return the standard library's module, loaded beside ours."""
        with _lock:
            if name not in MODULES:
                return import_module(name)
            if name not in self.originals:
                with _TheirWorld(self):
                    import_module(name)
            return self.originals[name]

    def replace(self, name: str) -> ModuleType:
        """Return our module for this name, its original at hand."""
        theirs = self.load_original(name)
        ours = import_module(f"wirekit.{name}")
        if name not in self.lent:
            self.lent[name] = vars(ours).get("__getattr__")
            vars(ours)["__getattr__"] = _lend(theirs, ours, self.lent[name])
        return ours

    def take_back(self) -> None:
        """Let our modules have their own names only, as where nothing was replaced."""
        for name, own in self.lent.items():
            names = vars(sys.modules[f"wirekit.{name}"])
            del names["__getattr__"]
            if own is not None:
                names["__getattr__"] = own
        self.lent.clear()


_state = _State()


class _TheirWorld:
    """While this context lasts, the originals are where they were: what an original imports is original, too."""

    def __init__(self, state: _State) -> None:
        self.state = state

    def __enter__(self) -> None:
        self.ours = {name: sys.modules.pop(name) for name in MODULES if name in sys.modules}
        sys.meta_path[:] = [finder for finder in sys.meta_path if finder is not self.state.finder]
        for name, module in self.state.originals.items():
            _put(name, module)

    def __exit__(self, *_: object) -> None:
        self.state.originals.update((name, sys.modules.pop(name)) for name in MODULES if name in sys.modules)
        if self.state.finder is not None:
            sys.meta_path.insert(0, self.state.finder)
        for name, module in self.ours.items():
            _put(name, module)


def _lend(theirs: ModuleType, ours: ModuleType, own: Callable[[str], Any] | None) -> Callable[[str], Any]:
    """Return a ``__getattr__`` for ours, which finds what theirs has imported, too: programs take such names from it.

    ``from urllib.request import addinfourl`` is common, and so is ``http.server.os``; none of them is documented.
    """

    def __getattr__(key: str) -> Any:
        if own is not None:
            try:
                return own(key)
            except AttributeError:
                pass  # nor is it one of those that ours loads late
        if key.startswith("_") or key not in vars(theirs):
            message = f"module {ours.__name__!r} has no attribute {key!r}"
            raise AttributeError(message)
        value = vars(theirs)[key]
        home = getattr(value, "__module__", None)
        if home in MODULES and home != theirs.__name__:
            return getattr(import_module(home), key, value)
        return value

    return __getattr__


def _put(name: str, module: ModuleType) -> None:
    """Let a name of sys.modules, and an attribute of the parent package, mean this module."""
    sys.modules[name] = module
    parent, _, child = name.rpartition(".")
    if parent:
        setattr(import_module(parent), child, module)


def is_installed() -> bool:
    """Tell whether our modules stand in the standard library's place."""
    return _state.finder is not None


def served() -> list[str]:
    """Return which of the modules somebody has asked for since."""
    return [name for name in MODULES if is_installed() and name in sys.modules]


def install(*, safe: bool = False, children: bool = True) -> None:
    """Put ours in the place of the standard library's modules; a second call changes the profile only.

    safe: keep the safe profile of ``wirekit.defaults``; without it the profile is ``stdlib``, whose behaviour programs
    were written for. children: Python processes that this one starts do the same.
    """
    with _lock:
        if not is_installed():
            _state.profile = defaults.active.as_dict()
            _begin()
        defaults.use("safe" if safe else "stdlib")
        if children:
            _tell_children("safe" if safe else "stdlib")


def _begin() -> None:
    _state.originals = {name: sys.modules[name] for name in MODULES if name in sys.modules}
    _state.finder = _Finder()
    _originals.redirect(_state.load_original)
    sys.meta_path.insert(0, _state.finder)
    for name in _state.originals:
        _put(name, _state.replace(name))
    _exchange({name: (module, sys.modules[name]) for name, module in _state.originals.items()})


def uninstall() -> None:
    """Give the standard library's modules their place back, and everything that was exchanged; idempotent."""
    with _lock:
        if _state.finder is None:
            return
        sys.meta_path.remove(_state.finder)
        _state.finder = None
        _state.take_back()
        _originals.redirect(None)
        for name in MODULES:
            if name in sys.modules:
                _put(name, _state.load_original(name))
        for names, key, value in reversed(_state.exchanged):
            names[key] = value
        _state.exchanged.clear()
        defaults.active.update(_state.profile)
        for variable, before in _state.environment.items():
            os.environ.pop(variable, None)
            if before is not None:
                os.environ[variable] = before
        _state.environment.clear()


def _exchange(pairs: dict[str, tuple[ModuleType, ModuleType]]) -> None:
    """Exchange, in the globals of every module, the originals and what was imported from them."""
    ours_of: dict[int, Any] = {}
    for theirs, ours in pairs.values():
        ours_of[id(theirs)] = ours
        for key, value in vars(theirs).items():
            if getattr(value, "__module__", None) == theirs.__name__ and hasattr(ours, key):
                ours_of[id(value)] = getattr(ours, key)
    for names in _globals_of_others():
        for key, value in list(names.items()):
            if id(value) in ours_of and ours_of[id(value)] is not value:
                _state.exchanged.append((names, key, value))
                names[key] = ours_of[id(value)]


def _globals_of_others() -> Iterator[dict[str, Any]]:
    """Yield the globals of every module but the originals and wirekit's own."""
    originals = {id(module) for module in _state.originals.values()}
    for name, module in list(sys.modules.items()):
        if (
            id(module) not in originals
            and name.partition(".")[0] != "wirekit"
            and hasattr(module, "__dict__")
        ):
            yield vars(module)


def environment(profile: str) -> dict[str, str]:
    """Return what the environment of a Python process has to say for it to begin with our modules in place."""
    paths = [path for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path and path != SITE]
    return {VARIABLE: profile, "PYTHONPATH": os.pathsep.join([SITE, *paths])}


def _tell_children(profile: str) -> None:
    for variable, value in environment(profile).items():
        _state.environment.setdefault(variable, os.environ.get(variable))
        os.environ[variable] = value
