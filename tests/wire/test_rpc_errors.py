"""The errors of XML-RPC: which are the standard library's, what ours say and keep, that all pickle and copy."""

from __future__ import annotations

import copy
import pickle
import xmlrpc.client
from typing import Any

import pytest

from wirekit._wire import rpc_errors
from wirekit._wire.rpc_errors import BadMessage, BadValue, MessageTooLarge

OURS = {"BadMessage", "BadValue", "MessageTooLarge"}


def test_errors_of_the_standard_library_are_its_own() -> None:
    theirs = {name for name, value in vars(xmlrpc.client).items() if isinstance(value, type)}
    wanted = {name for name in theirs if issubclass(getattr(xmlrpc.client, name), Exception)}
    assert wanted == set(rpc_errors.__all__) - OURS
    for name in wanted:
        assert getattr(rpc_errors, name) is getattr(xmlrpc.client, name)


def test_ours_stand_below_theirs_and_below_the_builtin_that_fits() -> None:
    assert issubclass(BadMessage, xmlrpc.client.ResponseError)
    assert issubclass(BadMessage, ValueError)
    assert issubclass(BadValue, BadMessage)
    assert issubclass(BadValue, TypeError)
    assert issubclass(MessageTooLarge, BadMessage)


@pytest.mark.parametrize(
    "error",
    [BadMessage("no message"), BadValue("'x' is no number"), MessageTooLarge("more than 3 values", 3)],
)
def test_error_speaks_keeps_its_data_pickles_and_copies(error: BadMessage) -> None:
    for other in (error, copy.copy(error), copy.deepcopy(error)):
        assert type(other) is type(error)
        assert str(other) == other.reason == error.reason
        assert vars(other) == vars(error)
    reduced: Any = error.__reduce__()  # their public home, wirekit.xmlrpc.client, is another layer's
    assert reduced == (type(error), error.args, vars(error))


def test_faults_pickle_as_they_always_did() -> None:
    fault = pickle.loads(pickle.dumps(copy.copy(rpc_errors.ProtocolError.__mro__[1]("x"))))
    assert fault.args == ("x",)
