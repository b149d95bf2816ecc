"""Logins: checked once, remembered, forgotten when the account changes."""

from __future__ import annotations

import pytest

from wirekit._io import logins
from wirekit._wire import passwords


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(passwords, "LOG_COST", 4)


def test_right_login_is_remembered_and_no_other() -> None:
    accounts = {"a": logins.make_hash("1"), "b": logins.make_hash("2")}
    known = logins.Logins(accounts)
    assert not known.remembers("a", "1")
    assert known.check("a", "1")
    assert known.remembers("a", "1")
    for name, password in (("a", "2"), ("b", "1"), ("c", ""), ("", "1"), ("a\0", "1")):
        assert not known.check(name, password)
        assert not known.remembers(name, password)


def test_changed_password_counts_at_once() -> None:
    accounts = {"a": logins.make_hash("old")}
    known = logins.Logins(accounts)
    assert known.check("a", "old")
    accounts["a"] = logins.make_hash("new")
    assert not known.remembers("a", "old")
    assert not known.check("a", "old")
    assert known.check("a", "new")


def test_memory_of_logins_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logins, "REMEMBERED", 2)
    accounts = {name: logins.make_hash(name) for name in "abcd"}
    known = logins.Logins(accounts)
    for name in "abcd":
        assert known.check(name, name)
        assert known.remembers(name, name)
    assert len(known._known) <= 2
