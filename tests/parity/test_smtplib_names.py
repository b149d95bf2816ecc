"""smtplib beside the standard library's: names, signatures, class trees, errors; and the async twin beside ours.

Accepted differences are named below, each where it is let through.
"""

from __future__ import annotations

import copy
import inspect
import pickle
import smtplib
from typing import Any

import pytest

from wirekit import smtplib as ours
from wirekit.aio import smtplib as aio

IMPORTED = {
    "base64", "copy", "datetime", "email", "encode_base64", "hmac", "io", "re", "socket", "ssl", "sys",
}  # fmt: skip
"""What the standard library's module only has for itself."""

OURS = {"LMTP", "NOT_SENT", "SENT", "UNKNOWN", "EnhancedStatus", "Reply", "SMTPOutcomeUnknown", "SendResult"}
CLASSES = ["SMTP", "SMTP_SSL", "LMTP"]
WAITING = (
    "auth auth_cram_md5 auth_login auth_plain connect data docmd ehlo ehlo_or_helo_if_needed expn getreply helo help "
    "login mail noop putcmd quit rcpt rset send send_message send_messages sendmail starttls verify vrfy"
)
MORE = {
    "login": ["token", "mechanism", "authzid"],
    "starttls": ["keyfile", "certfile"],  # Python 3.11 took them; ours does for ever
    "__init__": ["proxy", "keyfile", "certfile"],
}
"""Parameters that ours have beside theirs."""


def public(value: Any) -> set[str]:
    return {name for name in dir(value) if not name.startswith("_")}


def parameters(function: Any) -> dict[str, inspect.Parameter]:
    given = inspect.signature(function).parameters
    return {name: parameter for name, parameter in given.items() if name != "self"}


def test_no_public_name_is_missing() -> None:
    theirs = public(smtplib) - IMPORTED
    assert not {name for name in theirs if not hasattr(ours, name)}
    assert set(smtplib.__all__) | OURS == set(ours.__all__)
    assert (ours.OLDSTYLE_AUTH.pattern, ours.OLDSTYLE_AUTH.flags) == (
        smtplib.OLDSTYLE_AUTH.pattern,
        smtplib.OLDSTYLE_AUTH.flags,
    )
    assert vars(ours)["socket"] is vars(smtplib)["socket"]


def test_star_gives_what_the_standard_library_gives() -> None:
    theirs: dict[str, Any] = {}
    got: dict[str, Any] = {}
    exec("from smtplib import *", theirs)  # the way of old scripts
    exec("from wirekit.smtplib import *", got)
    assert theirs.keys() <= got.keys()


def test_constants_are_the_same() -> None:
    for name, value in vars(smtplib).items():
        if isinstance(value, int | str | bytes) and not name.startswith("__") and name != "_have_ssl":
            assert getattr(ours, name) == getattr(aio, name) == value, name
    assert ours.LMTP_PORT == smtplib.LMTP_PORT


def test_functions_do_the_same() -> None:
    assert ours.quotedata("a\n.b\rc") == smtplib.quotedata("a\n.b\rc")
    for address in ("a@b", "<a@b>", "Bob <a@b>", "", "<>", "John"):
        assert ours.quoteaddr(address) == smtplib.quoteaddr(address)
    for name in ("quoteaddr", "quotedata"):
        assert list(parameters(getattr(ours, name))) == list(parameters(getattr(smtplib, name)))


@pytest.mark.parametrize("name", CLASSES)
def test_class_has_every_name_and_stands_where_theirs_stands(name: str) -> None:
    theirs, mine = getattr(smtplib, name), getattr(ours, name)
    assert public(theirs) <= public(mine)
    assert [kind.__name__ for kind in mine.__mro__] == [kind.__name__ for kind in theirs.__mro__]
    assert (mine.__module__, mine.__qualname__) == ("wirekit.smtplib", name)
    assert mine.__doc__


@pytest.mark.parametrize("name", CLASSES)
def test_attributes_are_theirs_before_anything_is_done(name: str) -> None:
    theirs, mine = getattr(smtplib, name)(), getattr(ours, name)()
    for attribute in public(theirs):
        if not callable(getattr(theirs, attribute)) and attribute not in {"local_hostname", "context"}:
            assert getattr(mine, attribute) == getattr(theirs, attribute), attribute
    for attribute in (
        "sock",
        "file",
        "helo_resp",
        "ehlo_resp",
        "ehlo_msg",
        "debuglevel",
        "does_esmtp",
        "default_port",
    ):
        assert getattr(type(mine), attribute) == getattr(type(theirs), attribute), attribute
    for private in ("_host", "_get_socket", "_print_debug", "_rset", "_auth_challenge_count"):
        assert hasattr(mine, private), private


@pytest.mark.parametrize("name", CLASSES)
def test_signatures_are_theirs(name: str) -> None:
    theirs, mine = getattr(smtplib, name), getattr(ours, name)
    methods = [method for method in public(theirs) if inspect.isfunction(getattr(theirs, method))]
    assert len(methods) > 20
    for method in [*methods, "__init__", "_get_socket"]:
        wanted, got = parameters(getattr(theirs, method)), parameters(getattr(mine, method))
        assert set(wanted) <= set(got), method
        assert set(got) - set(wanted) <= set(MORE.get(method, ())), method
        for parameter, one in wanted.items():
            if (method, parameter) == ("login", "password"):
                assert got[parameter].default is None  # a token or a certificate may stand in its place
                continue
            assert got[parameter].default == one.default, (method, parameter)
            if one.kind is not inspect.Parameter.KEYWORD_ONLY:
                assert got[parameter].kind is one.kind, (method, parameter)
        before = [parameter for parameter, one in wanted.items() if one.kind is not one.KEYWORD_ONLY]
        assert list(got)[: len(before)] == before, method


def test_errors_are_theirs_by_identity() -> None:
    names = {name for name in smtplib.__all__ if name.startswith("SMTP") and name not in CLASSES}
    assert len(names) == 10
    for name in names:
        assert getattr(ours, name) is getattr(aio, name) is getattr(smtplib, name)


def test_what_is_ours_is_one_in_both_twins_under_its_public_name() -> None:
    for name in OURS - {"LMTP"}:
        mine = getattr(ours, name)
        assert mine is getattr(aio, name)
        if isinstance(mine, type):
            assert getattr(ours, mine.__qualname__) is mine
            assert name == "EnhancedStatus" or mine.__module__ == "wirekit.smtplib"


def test_what_is_ours_pickles_and_copies() -> None:
    result = ours.SendResult("a@x", ("b@x",), refused={"b@x": ours.Reply(550, b"no")})
    for other in (pickle.loads(pickle.dumps(result)), copy.copy(result), copy.deepcopy(result)):
        assert repr(other) == repr(result)
        assert other.refused == result.refused


# ---- the async twin


def test_async_module_has_the_same_names() -> None:
    late = set(ours.__all__)
    assert public(aio) | late == public(ours) | late
    assert sorted(aio.__all__) == sorted(ours.__all__)


@pytest.mark.parametrize("name", CLASSES)
def test_async_class_has_the_same_names_and_awaits_what_waits(name: str) -> None:
    blocking, awaiting = getattr(ours, name), getattr(aio, name)
    assert public(blocking) == public(awaiting)
    waits = {one for one in public(awaiting) if inspect.iscoroutinefunction(getattr(awaiting, one))}
    assert waits == set(WAITING.split())
    for method in public(blocking):
        if inspect.isfunction(getattr(blocking, method)):
            assert list(parameters(getattr(blocking, method))) == list(
                parameters(getattr(awaiting, method))
            ), method
    assert parameters(awaiting.__init__).keys() == parameters(blocking.__init__).keys()
