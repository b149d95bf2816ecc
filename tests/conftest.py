"""How every test of this project runs.

- An `async def test_...` needs no mark: it runs once on asyncio's own loop, in debug mode, and once on uvloop where that
  is installed, each time in a new loop. What it leaves running, and what its loop's exception handler hears, is a failure.
- While it runs, a call in wirekit that would block the loop (sockets, TLS, select, sleep) raises BlockingError.
- Shared fixtures stand in tests/fix_*.py, named after what they give; every such file is loaded.
- hypothesis tries the same examples each time, however long one takes: what fails here fails for everybody. `make explore`
  tries others, and more.
- Garbage is collected after each test that may open sockets, so that a forgotten one (ResourceWarning, an error here
  like every warning) is blamed on the test that forgot it.
"""

import asyncio
import contextlib
import functools
import gc
import inspect
import sys
from collections.abc import Callable, Coroutine, Generator, Iterator
from pathlib import Path
from typing import Any

import hypothesis
import pytest
from blockbuster import BlockBuster

from tests.runner import runner as make_runner

TESTS = Path(__file__).parent
PURE = (TESTS / "wire", TESTS / "properties", TESTS / "tools")
SETTLING_TURNS = 20
"""Turns of the loop that cancelled tasks get to end after their test, before they count as left running."""

SLOW = [hypothesis.HealthCheck.too_slow]
hypothesis.settings.register_profile("suite", deadline=None, derandomize=True, suppress_health_check=SLOW)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=2000, suppress_health_check=SLOW)
hypothesis.settings.load_profile("suite")

pytest_plugins = [f"tests.{path.stem}" for path in sorted(TESTS.glob("fix_*.py"))]


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let one of the loops be enough, where the other was tested with another Python."""
    parser.addoption("--loop", choices=("asyncio", "uvloop"), help="run async tests on this event loop only")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what ``--loop`` does not name."""
    wanted = config.getoption("loop")
    if wanted is not None:
        left_out = [item for item in items if _find_loop(item) not in {None, wanted}]
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


def _find_loop(item: pytest.Item) -> object:
    return item.callspec.params.get("loop_name") if hasattr(item, "callspec") else None


def _uvloop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # absent on Windows
    except ImportError:
        return None
    return uvloop.new_event_loop


FACTORIES = {"asyncio": asyncio.new_event_loop, "uvloop": _uvloop_factory()}


@pytest.fixture(params=[name for name, factory in FACTORIES.items() if factory])
def loop_name(request: pytest.FixtureRequest) -> str:
    """Name the event loop that an async test runs on."""
    name: str = request.param
    return name


@pytest.hookimpl(tryfirst=True)
def pytest_pycollect_makeitem(collector: pytest.Collector, name: str, obj: object) -> None:
    """Ask for an event loop on behalf of each async test."""
    if isinstance(collector, pytest.Module | pytest.Class) and collector.istestfunction(obj, name):
        given = getattr(obj, "hypothesis", None)
        if inspect.iscoroutinefunction(given.inner_test if given else obj):
            pytest.mark.usefixtures("loop_name")(obj)


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: pytest.Function) -> bool | None:
    """Run an async test; one made by hypothesis gets a new loop for each example."""
    if (loop := pyfuncitem.funcargs.get("loop_name")) is None:
        return None
    test = pyfuncitem.obj
    test = pyfuncitem.obj
    given = getattr(test, "hypothesis", None)
    usual = given.inner_test if given else test
    run = _run_in(str(loop), usual, _time_limit(pyfuncitem))
    values = {name: pyfuncitem.funcargs[name] for name in inspect.signature(test).parameters}
    if not given:
        run(**values)
        return True
    given.inner_test = run
    try:
        test(**values)
    finally:
        given.inner_test = usual
    return True


def _time_limit(item: pytest.Item) -> float:
    """Give the seconds that a coroutine may take: a little less than pytest-timeout's.

    That one's alarm may strike inside the loop's own code, which does not survive it; it stays for what never yields.
    """
    marker = item.get_closest_marker("timeout")
    return 0.9 * float(marker.args[0] if marker else item.config.getini("timeout"))


def _run_in(loop: str, test: Callable[..., Any], limit: float) -> Callable[..., None]:
    """Give the blocking form of an async test."""

    @functools.wraps(test)
    def run(*args: object, **kwargs: object) -> None:
        heard: list[object] = []
        left: list[str] = []
        with make_runner(debug=loop == "asyncio", loop_factory=FACTORIES[loop]) as runner:
            runner.get_loop().set_exception_handler(lambda _, context: heard.append(context))
            with _guarded():
                runner.run(_settle(test(*args, **kwargs), limit, left))
        assert not heard, f"the loop's exception handler heard {heard}"
        assert not left, f"left running: {left}"

    return run


async def _settle(test: Coroutine[Any, Any, None], limit: float, left: list[str]) -> None:
    """Run a test and name the tasks that outlive it."""
    async with asyncio.timeout(limit):
        await test
    for _ in range(SETTLING_TURNS):
        if asyncio.all_tasks() == {asyncio.current_task()}:
            return
        await asyncio.sleep(0)
    left += [repr(task) for task in asyncio.all_tasks() - {asyncio.current_task()}]


@contextlib.contextmanager
def _guarded() -> Iterator[None]:
    """Guard against what blocks for as long as a peer likes; short reads of local files are let through."""
    guard = BlockBuster("wirekit")
    guard.functions = {
        name: function
        for name, function in guard.functions.items()
        if name.startswith(("time.", "socket.", "ssl.", "select."))
    }
    guard.activate()
    try:
        yield
    finally:
        guard.deactivate()


def pytest_collection_finish() -> None:
    """Let the collections between tests look at what tests made only."""
    gc.collect()
    gc.freeze()


@pytest.hookimpl(wrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    """Collect what the test left behind while its name is still known."""
    yield
    if any(item.path.is_relative_to(folder) for folder in PURE):
        return
    leaks: list[str] = []
    usual, sys.unraisablehook = (
        sys.unraisablehook,
        lambda leak: leaks.append(f"{leak.exc_value} ({leak.object!r})"),
    )
    try:
        gc.collect()
    finally:
        sys.unraisablehook = usual
    if leaks:
        pytest.fail(f"the test left behind: {leaks}", pytrace=False)
