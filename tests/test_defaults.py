"""The defaults: two profiles, changed for a while or for good, and Timeout."""

from __future__ import annotations

import ast
import contextlib
import copy
import itertools
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

import wirekit
from wirekit import Timeout, defaults

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _restored() -> Iterator[None]:
    before = defaults.active.as_dict()
    yield
    defaults.active.update(before)


# ---- profiles


def test_new_programs_are_safe() -> None:
    safe = defaults.profile("safe")
    assert defaults.active.as_dict() == safe.as_dict() == defaults.SAFE.as_dict()
    assert (safe.verify_tls, safe.strict_framing, safe.strict_urls) == (True, True, True)
    assert (safe.cross_origin_credentials, safe.redirect_downgrade) == (False, False)
    assert safe.timeout is not None
    assert safe.user_agent == f"wirekit/{wirekit.__version__}"


def test_standard_librarys_profile_keeps_the_limits_of_memory() -> None:
    safe, lax = defaults.SAFE.as_dict(), defaults.STDLIB.as_dict()
    assert lax["timeout"] is None
    assert lax["strict_framing"] is False
    assert {name for name in safe if name.startswith("max_") and safe[name] != lax[name]} == {
        "max_form_fields"
    }
    assert lax["verify_tls"] is True  # as http.client has it


def test_every_default_has_a_type_a_value_and_its_reason() -> None:
    tree = ast.parse(Path(defaults.__file__).read_text(encoding="utf-8"))
    body = next(node for node in tree.body if isinstance(node, ast.ClassDef) and node.name == "Defaults").body
    fields = {}
    for node, after in itertools.pairwise(body):
        if isinstance(node, ast.AnnAssign):
            assert isinstance(node.target, ast.Name)
            reasoned = isinstance(after, ast.Expr) and isinstance(after.value, ast.Constant)
            fields[node.target.id] = reasoned and node.value is not None
    assert fields == dict.fromkeys(defaults.SAFE.as_dict(), True)


def test_profile_is_a_copy() -> None:
    defaults.profile("safe").max_redirects = 0
    defaults.profile("stdlib").max_redirects = 0
    assert defaults.profile("safe").max_redirects == defaults.SAFE.max_redirects == 10
    assert defaults.STDLIB.max_redirects == 10


def test_profile_that_does_not_exist_is_refused() -> None:
    for call in (defaults.profile, defaults.use, defaults.using):
        with pytest.raises(ValueError, match="'safe' or 'stdlib'"):
            call("lax")


def test_use_fills_the_same_object() -> None:
    active = defaults.active
    defaults.active.max_redirects = 3
    defaults.use("stdlib")
    assert defaults.active is active
    assert active.as_dict() == defaults.STDLIB.as_dict()
    defaults.use("safe")
    assert active.as_dict() == defaults.SAFE.as_dict()


@pytest.mark.parametrize(
    "name, timeout", [(None, "60.0"), ("", "60.0"), ("safe", "60.0"), ("stdlib", "None")]
)
def test_environment_names_the_profile(name: str | None, timeout: str) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "WIREKIT_DEFAULTS"}
    if name is not None:
        environment["WIREKIT_DEFAULTS"] = name
    code = "from wirekit import defaults; print(defaults.active.timeout)"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True)
    assert done.stdout.strip() == timeout, done.stderr


def test_odd_profile_in_the_environment_is_refused() -> None:
    environment = {**os.environ, "WIREKIT_DEFAULTS": "lax"}
    done = subprocess.run(
        [sys.executable, "-c", "import wirekit.defaults"], env=environment, capture_output=True, text=True
    )
    assert done.returncode != 0
    assert "no profile 'lax'" in done.stderr


# ---- single fields


def test_fields_are_changed_by_name() -> None:
    changed = defaults.Defaults(timeout=1.0, max_line=10)
    assert (changed.timeout, changed.max_line, changed.max_fields) == (1.0, 10, 100)
    assert defaults.SAFE.timeout == 60.0


def test_field_that_does_not_exist_is_refused_and_nothing_is_set() -> None:
    with pytest.raises(TypeError, match="no such default: a, b"):
        defaults.active.update({"timeout": 1.0, "b": 1, "a": 2})
    assert defaults.active.timeout == 60.0
    for call in (defaults.Defaults, defaults.using):
        with pytest.raises(TypeError, match="tiemout"):
            call(tiemout=1.0)


def test_using_changes_for_a_while() -> None:
    with defaults.using(timeout=5.0, max_line=7) as active:
        assert active is defaults.active
        assert (active.timeout, active.max_line, active.strict_framing) == (5.0, 7, True)
        with defaults.using("stdlib", timeout=6.0):
            assert (active.timeout, active.max_line, active.strict_framing) == (6.0, 65_536, False)
        assert (active.timeout, active.max_line, active.strict_framing) == (5.0, 7, True)
    assert active.as_dict() == defaults.SAFE.as_dict()


def test_using_keeps_what_was_set_before_and_ends_after_an_error() -> None:
    defaults.active.max_redirects = 3
    with contextlib.suppress(KeyError), defaults.using(timeout=5.0):
        assert (defaults.active.max_redirects, defaults.active.timeout) == (3, 5.0)
        raise KeyError
    assert (defaults.active.max_redirects, defaults.active.timeout) == (3, 60.0)


# ---- Timeout


def test_timeout_holds_three_limits() -> None:
    for given, wanted in [
        (Timeout(), (None, None, None)),
        (Timeout(10), (10.0, 10.0, None)),
        (Timeout(10, connect=3, total=60), (10.0, 3.0, 60.0)),
        (Timeout(connect=3), (None, 3.0, None)),
        (Timeout(total=0.5), (None, None, 0.5)),
    ]:
        assert (given.step, given.connect, given.total) == wanted


@pytest.mark.parametrize("value", [0, -1, 0.0, float("nan"), False])
@pytest.mark.parametrize("name", ["step", "connect", "total"])
def test_timeout_of_no_time_is_refused(name: str, value: float) -> None:
    with pytest.raises(ValueError, match=f"{name} timeout must be above 0"):
        Timeout(**{name: value})


def test_timeouts_compare_show_pickle_and_copy() -> None:
    given = Timeout(10, connect=3, total=60)
    assert repr(given) == "Timeout(10.0, connect=3.0, total=60.0)"
    assert given == Timeout(10, connect=3, total=60) != Timeout(10)
    assert given != 10
    assert len({given, Timeout(10, connect=3, total=60), Timeout(10)}) == 2
    assert pickle.loads(pickle.dumps(given)) == copy.copy(given) == copy.deepcopy(given) == given


def test_timeout_is_public() -> None:
    assert wirekit.Timeout is defaults.Timeout
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        wirekit.Nothing  # noqa: B018  -- the attribute is what is asked for
