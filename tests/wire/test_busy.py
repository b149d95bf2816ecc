"""The error for two in one conversation."""

from __future__ import annotations

import copy
import pickle

import wirekit
from wirekit._wire.busy import ConnectionBusy


def test_error_tells_what_is_wrong_and_takes_other_words() -> None:
    assert "another task or thread" in str(ConnectionBusy())
    assert str(ConnectionBusy("occupied")) == "occupied"
    assert issubclass(ConnectionBusy, RuntimeError)


def test_error_is_public_under_the_name_that_it_bears() -> None:
    assert wirekit.ConnectionBusy is ConnectionBusy
    assert f"{ConnectionBusy.__module__}.{ConnectionBusy.__qualname__}" == "wirekit.ConnectionBusy"


def test_error_pickles_and_copies() -> None:
    for other in (pickle.loads(pickle.dumps(ConnectionBusy("x"))), copy.copy(ConnectionBusy("x"))):
        assert type(other) is ConnectionBusy
        assert str(other) == "x"
