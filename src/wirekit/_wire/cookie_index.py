"""The cookies of a jar, by domain, path and name; and what is derived from them to answer in constant time.

A ``CookieTree`` *is* the dictionary that programs know as ``CookieJar._cookies``: domain to path to name to cookie. To
find the cookies of a host, its own domain and those above it are looked up in it: the tree is its own index, and
nothing that a program does to it can make that one wrong.

Three things are derived, each when it is first asked for, and kept up to date by the methods of the tree:

- ``order``: which of some domains came first. Iterating over all of them would tell, slowly.
- ``find_below``: the domains below one.
- ``push`` and ``pop_due``: a heap of expiries, so that nobody looks at the cookies that live on.

Whoever changes the tree as a plain dictionary makes it forget them, and they are derived anew. What is changed *below*
it (a cookie put into one of the inner dictionaries, or made to expire sooner) only the heap can miss: a jar never
sends an expired cookie, whether the heap knows of it or not, and drops it when it meets it.
"""

from __future__ import annotations

import heapq

from wirekit._wire.cookies import PARTITION_KEY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import Any, Self

    Due = tuple[float, int, str, str, str]

__all__ = ["CookieTree", "key_of"]

_set_item = dict.__setitem__
_delete_item = dict.__delitem__
_TOO_MANY = 1000
"""Entries that the heap may hold beyond twice as many as when it was built: a cookie that is renewed leaves one."""


def key_of(cookie: Any) -> str:
    """Return the key of a cookie among those of its domain and path: its name, and its partition where it has one.

    No server can set a name with a semicolon.
    """
    name: str = cookie.name
    rest = cookie._rest  # noqa: SLF001 - the standard library's name for it
    return f"{name};{rest[PARTITION_KEY]}" if rest and PARTITION_KEY in rest else name


class CookieTree(dict[str, "dict[str, dict[str, Any]]"]):
    """Domain to path to name to cookie; a dictionary, pickled and copied with its contents alone."""

    __slots__ = ("_below", "_count", "_due", "_most_due", "_ranks")

    def __init__(self, contents: Any = ()) -> None:
        super().__init__(contents)
        self._forget()

    def _forget(self) -> None:
        self._ranks: dict[str, int] | None = None
        self._below: dict[str, dict[str, None]] | None = None
        self._due: list[Due] | None = None
        self._most_due = 0
        self._count = 0

    def __reduce__(self) -> tuple[type[CookieTree], tuple[dict[str, Any]]]:
        return CookieTree, (dict(self),)

    # ---- what a jar does

    def open(self, domain: str, path: str) -> dict[str, Any]:
        """Return the cookies of a domain and path by name; new dictionaries where there are none."""
        paths = self.get(domain)
        if paths is None:
            paths = {}
            self._add_domain(domain, paths)
        names = paths.get(path)
        if names is None:
            names = paths[path] = {}
        return names

    def _add_domain(self, domain: str, paths: dict[str, dict[str, Any]]) -> None:
        _set_item(self, domain, paths)
        if self._ranks is not None:
            self._ranks[domain] = self._count
            self._count += 1
        if self._below is not None:
            _note_parents(self._below, domain)

    def fill(self, cookies: Iterable[Any], births: Iterator[int]) -> None:
        """Put many cookies into the tree; each is born anew, or with the one that it replaces."""
        self._forget()
        get = self.get
        for cookie in cookies:
            domain, path, key = cookie.domain, cookie.path, key_of(cookie) if cookie._rest else cookie.name  # noqa: SLF001
            cookie._born = next(births)  # noqa: SLF001 - where a jar notes it
            paths = get(domain)
            if paths is None:
                _set_item(self, domain, {path: {key: cookie}})
            elif (names := paths.get(path)) is None:
                paths[path] = {key: cookie}
            else:
                if old := names.get(key):
                    cookie._born = getattr(old, "_born", 0) or cookie._born  # noqa: SLF001
                names[key] = cookie

    def take_over(self, contents: dict[str, dict[str, dict[str, Any]]]) -> None:
        """Become what a plain dictionary holds; its inner dictionaries are kept. For a tree that is empty."""
        self._forget()
        super().update(contents)

    def prune(self, domain: str, path: str) -> None:
        """Drop the dictionaries of a path and its domain where they are empty."""
        paths = self.get(domain)
        if paths is None:
            return
        if path in paths and not paths[path]:
            del paths[path]
        if not paths:
            _delete_item(self, domain)
            if self._ranks is not None:
                self._ranks.pop(domain, None)
            if self._below is not None:
                for parent in _list_parents(domain):
                    self._below.get(parent, {}).pop(domain, None)

    def order(self, domains: list[str]) -> list[str]:
        """Return these domains of the tree in the order in which iterating over it would meet them."""
        if len(domains) < 2:
            return domains
        if self._ranks is None:
            self._ranks = {domain: rank for rank, domain in enumerate(self)}
            self._count = max(self._count, len(self))
        return sorted(domains, key=self._ranks.__getitem__)

    def find_below(self, domain: str) -> list[str]:
        """Return the domains of the tree that lie below one that is named without a leading dot, itself not among them."""
        if self._below is None:
            self._below = {}
            for known in self:
                _note_parents(self._below, known)
        return list(self._below.get(domain, ()))

    # ---- expiries

    def push(self, expires: float, domain: str, path: str, name: str) -> None:
        """Note when a cookie will expire. Does nothing before ``pop_due`` is first asked: it looks at all of them."""
        due = self._due
        if due is not None:
            self._count += 1
            heapq.heappush(due, (expires, self._count, domain, path, name))

    def pop_due(self, now: float) -> Iterator[tuple[str, str, str]]:
        """Give domain, path and name of the cookies that were noted to expire up to now, each once."""
        due = self._due
        if due is None or len(due) > 2 * self._most_due + _TOO_MANY:
            due = self._due = self._list_expiries()
            self._most_due = len(due)
        while due and due[0][0] <= now:
            yield heapq.heappop(due)[2:]

    def _list_expiries(self) -> list[Due]:
        found = [
            (cookie.expires, number, domain, path, name)
            for number, (domain, path, name, cookie) in enumerate(self._list_cookies())
            if cookie.expires is not None
        ]
        self._count = max(self._count, len(found))
        heapq.heapify(found)
        return found

    def _list_cookies(self) -> Iterator[tuple[str, str, str, Any]]:
        for domain, paths in list(self.items()):
            for path, names in list(paths.items()):
                for name, cookie in list(names.items()):
                    yield domain, path, name, cookie

    # ---- what a program may do to a dictionary

    def __setitem__(self, domain: str, paths: dict[str, dict[str, Any]]) -> None:
        self._forget()
        super().__setitem__(domain, paths)

    def __delitem__(self, domain: str) -> None:
        self._forget()
        super().__delitem__(domain)

    def __ior__(self, other: Any) -> Self:  # type: ignore[override, misc]
        self.update(other)
        return self

    def clear(self) -> None:
        """Remove everything."""
        self._forget()
        super().clear()

    def pop(self, *args: Any) -> Any:
        """Remove a domain and return what it held; an error, or the second argument, if it is not there."""
        self._forget()
        return super().pop(*args)

    def popitem(self) -> tuple[str, dict[str, dict[str, Any]]]:
        """Remove the last domain and return it with what it held."""
        self._forget()
        return super().popitem()

    def setdefault(self, domain: str, default: Any = None) -> Any:
        """Return what a domain holds; if it is not there, put the second argument there first."""
        if domain not in self:
            self[domain] = default
        return self[domain]

    def update(self, *args: Any, **kwargs: Any) -> None:
        """Take over the domains of another dictionary."""
        self._forget()
        super().update(*args, **kwargs)


def _list_parents(domain: str) -> Iterable[str]:
    """Give all the domains above one, without leading dots."""
    dot = domain.find(".", 1)
    while dot >= 0:
        yield domain[dot + 1 :]
        dot = domain.find(".", dot + 1)


def _note_parents(below: dict[str, dict[str, None]], domain: str) -> None:
    for parent in _list_parents(domain):
        below.setdefault(parent, {})[domain] = None
