"""The tree of a jar: a dictionary whose derived parts are right whatever is done to it."""

from __future__ import annotations

import copy
import itertools
import pickle
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from wirekit._wire.cookie_index import CookieTree, key_of

if TYPE_CHECKING:
    from collections.abc import Callable


def cookie(
    name: str, domain: str = "a.example", path: str = "/", expires: int | None = None, **rest: Any
) -> Any:
    return SimpleNamespace(name=name, domain=domain, path=path, expires=expires, _rest=rest, _born=0)


def tree_of(*domains: str) -> CookieTree:
    tree = CookieTree()
    for domain in domains:
        tree.open(domain, "/")["a"] = cookie("a", domain)
    return tree


def due(tree: CookieTree, now: float) -> list[tuple[str, str, str]]:
    return list(tree.pop_due(now))


# ---- a dictionary


def test_it_is_a_dictionary_to_everybody() -> None:
    tree = tree_of("a.example")
    plain = dict(tree)
    assert isinstance(tree, dict)
    assert tree == plain
    assert repr(tree) == repr(plain)
    assert type(tree.copy()) is dict


@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_it_is_pickled_with_its_contents_alone(protocol: int) -> None:
    tree = tree_of("a.example", "b.a.example")
    tree.order(["b.a.example", "a.example"])
    again = pickle.loads(pickle.dumps(tree, protocol))
    assert type(again) is CookieTree
    assert again == tree
    assert again.order(["b.a.example", "a.example"]) == ["a.example", "b.a.example"]


def test_copies() -> None:
    tree = tree_of("a.example")
    shallow, deep = copy.copy(tree), copy.deepcopy(tree)
    assert type(shallow) is type(deep) is CookieTree
    assert shallow["a.example"] is tree["a.example"]
    assert deep["a.example"] is not tree["a.example"]


# ---- opening, filling, pruning


def test_open_gives_what_is_there_or_makes_it() -> None:
    tree = CookieTree()
    names = tree.open("a.example", "/")
    assert tree.open("a.example", "/") is names
    assert tree.open("a.example", "/b") == {}
    assert tree == {"a.example": {"/": {}, "/b": {}}}


def test_fill_puts_many_cookies_in_and_keeps_the_birth_of_those_replaced() -> None:
    tree = CookieTree()
    first = [cookie("a"), cookie("b"), cookie("a", path="/x"), cookie("a", "b.example")]
    tree.fill(first, itertools.count(1))
    assert [one._born for one in first] == [1, 2, 3, 4]
    again, apart = cookie("b"), cookie("b", PartitionKey="site.example")
    tree.fill([again, apart], itertools.count(10))
    assert (again._born, apart._born) == (2, 11)
    names = tree["a.example"]["/"]
    assert names["b"] is again
    assert names["b;site.example"] is apart
    assert key_of(apart) == "b;site.example"
    assert key_of(cookie("b", HttpOnly=None)) == "b"


def test_fill_takes_a_birth_for_one_that_replaces_a_stranger() -> None:
    tree = CookieTree()
    stranger, new = SimpleNamespace(), cookie("a")
    tree.open("a.example", "/")["a"] = stranger
    tree.fill([new], itertools.count(5))
    assert new._born == 5


def test_take_over_keeps_the_inner_dictionaries() -> None:
    tree = CookieTree()
    assert due(tree, 1) == []
    contents = {"a.example": {"/": {"a": cookie("a", expires=1)}}}
    tree.take_over(contents)
    assert tree["a.example"] is contents["a.example"]
    assert due(tree, 1) == [("a.example", "/", "a")]


def test_prune_drops_what_is_empty_and_nothing_else() -> None:
    tree = tree_of("a.example", "b.example")
    tree.open("a.example", "/x")
    tree.prune("a.example", "/x")
    tree.prune("a.example", "/")
    tree.prune("a.example", "/never")
    tree.prune("never.example", "/")
    assert list(tree["a.example"]) == ["/"]
    del tree["a.example"]["/"]["a"]
    tree.prune("a.example", "/")
    assert list(tree) == ["b.example"]


# ---- order


def test_order_is_the_dictionarys() -> None:
    tree = tree_of("c.example", "a.example", "b.example")
    assert tree.order(["a.example", "b.example", "c.example"]) == ["c.example", "a.example", "b.example"]
    assert tree.order(["b.example"]) == ["b.example"]
    assert tree.order([]) == []


def test_order_follows_what_a_jar_does() -> None:
    tree = tree_of("a.example", "b.example")
    tree.order(["a.example", "b.example"])
    tree["a.example"]["/"].clear()
    tree.prune("a.example", "/")
    tree.open("c.example", "/")
    tree.open("a.example", "/")
    assert (
        tree.order(["a.example", "b.example", "c.example"])
        == list(tree)
        == ["b.example", "c.example", "a.example"]
    )


CHANGES: dict[str, Callable[[CookieTree], Any]] = {
    "set": lambda tree: tree.__setitem__("new.a.example", {"/": {"x": cookie("x", expires=1)}}),
    "delete": lambda tree: tree.__delitem__("a.example"),
    "or": lambda tree: tree.__ior__({"new.a.example": {}}),
    "clear": lambda tree: tree.clear(),
    "pop": lambda tree: tree.pop("a.example"),
    "pop nothing": lambda tree: tree.pop("nothing", None),
    "popitem": lambda tree: tree.popitem(),
    "setdefault": lambda tree: tree.setdefault("new.a.example", {}),
    "setdefault of what is there": lambda tree: tree.setdefault("a.example", {}),
    "update": lambda tree: tree.update({"new.a.example": {}}, other={}),
    "moved to the end": lambda tree: tree.__setitem__("a.example", tree.pop("a.example")),
}


@pytest.mark.parametrize("change", CHANGES)
def test_whatever_a_program_does_is_noticed(change: str) -> None:
    tree = tree_of("a.example", "b.a.example", "z.example")
    tree.order(list(tree))
    tree.find_below("a.example")
    assert due(tree, 5) == []
    plain = dict(tree)
    CHANGES[change](tree)
    CHANGES[change](plain)  # type: ignore[arg-type]  # the same done to a plain dictionary
    assert dict(tree).keys() == plain.keys()
    assert tree.order(sorted(tree)) == list(plain)
    assert sorted(tree.find_below("a.example")) == sorted(key for key in plain if key.endswith(".a.example"))
    assert due(tree, 5) == ([("new.a.example", "/", "x")] if change == "set" else [])


def test_setdefault_gives_what_is_there() -> None:
    tree = tree_of("a.example")
    assert tree.setdefault("a.example", {}) is tree["a.example"]
    assert tree.setdefault("b.example") is None
    assert tree.pop("nothing", 7) == 7
    with pytest.raises(KeyError):
        tree.pop("nothing")


# ---- domains below


def test_domains_below_one() -> None:
    tree = tree_of("x.a.example", ".y.a.example", "a.example", ".a.example", "xa.example")
    assert sorted(tree.find_below("a.example")) == [".y.a.example", "x.a.example"]
    assert tree.find_below("nothing.example") == []


def test_domains_below_follow_what_a_jar_does() -> None:
    tree = tree_of("x.a.example")
    assert tree.find_below("a.example") == ["x.a.example"]
    tree.open("y.a.example", "/")
    assert tree.find_below("a.example") == ["x.a.example", "y.a.example"]
    tree.prune("y.a.example", "/")
    assert tree.find_below("a.example") == ["x.a.example"]
    assert sorted(tree.find_below("example")) == ["x.a.example"]


# ---- expiries


def test_expiries_come_in_time_and_once() -> None:
    tree = CookieTree()
    names = tree.open("a.example", "/")
    names["a"], names["b"], names["c"] = cookie("a", expires=10), cookie("b", expires=5), cookie("c")
    assert due(tree, 4) == []
    assert due(tree, 10) == [("a.example", "/", "b"), ("a.example", "/", "a")]
    assert due(tree, 10) == []


def test_pushes_before_the_first_question_are_seen_in_the_tree() -> None:
    tree = tree_of("a.example")
    tree["a.example"]["/"]["a"].expires = 3
    tree.push(3, "a.example", "/", "a")
    assert due(tree, 3) == [("a.example", "/", "a")]
    tree.push(4, "a.example", "/", "a")
    tree.push(4, "a.example", "/", "b")
    assert due(tree, 4) == [("a.example", "/", "a"), ("a.example", "/", "b")]


def test_a_cookie_that_is_renewed_for_ever_does_not_fill_memory() -> None:
    tree = tree_of("a.example")
    one = tree["a.example"]["/"]["a"]
    due(tree, 0)
    for expires in range(10_000, 20_000):
        one.expires = expires
        tree.push(expires, "a.example", "/", "a")
        assert due(tree, 1) == []
    assert len(tree._due or ()) <= 1002
    assert due(tree, 19_999)[-1] == ("a.example", "/", "a")
