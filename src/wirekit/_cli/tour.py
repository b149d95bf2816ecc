"""``wirekit tour``: a guided run over loopback that shows what works, with real bytes, each body checked by its hash.

A *stop* is a generator, plain or async, that takes the ``Scale`` of the run and yields ``Step``s as they are done; its
docstring's first line is the heading. A stop raises when something did not come as expected: that is shown, the tour
goes on with the next stop, and the exit code tells. What is not installed on this machine is a step that says so.

A module of stops ends with a tuple ``STOPS``, and is named in ``_read_stops`` below.
"""

from __future__ import annotations

import asyncio
import os
import sys
import time
from collections.abc import AsyncIterator
from typing import NamedTuple

import click

import wirekit
from wirekit._cli.outcome import Code, printable

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Stop = Callable[["Scale"], Iterator["Step"] | AsyncIterator["Step"]]

__all__ = ["Scale", "Step", "Unexpected", "not_here", "take_tour"]


class Step(NamedTuple):
    """One thing shown: what it was, the bytes delivered (None: it could not be tried here), and how long it took."""

    text: str
    size: int | None
    seconds: float


class Scale(NamedTuple):
    """How much a stop does: the bytes of a large body, and how often small things are repeated."""

    large: int
    times: int


class Unexpected(Exception):
    """Something came other than expected."""


def not_here(text: str) -> Step:
    """Make the step that says what this machine does not have."""
    return Step(text, None, 0.0)


FULL, FAST = Scale(8 << 20, 200), Scale(1 << 20, 50)


def take_tour(*, fast: bool = False) -> int:
    """Make every stop; return 0 when every step delivered what it should, else 7."""
    os.environ["no_proxy"] = "*"  # the tour never leaves this machine
    scale = FAST if fast else FULL
    print(f"wirekit {wirekit.__version__}: a tour over loopback. Every body is checked by its SHA-256.")
    counts, started = _Counts(), time.perf_counter()
    for stop in _read_stops():
        _make_stop(stop, scale, counts)
    seconds = time.perf_counter() - started
    missing = f", {counts.missing} not here" if counts.missing else ""
    summary = f"{counts.done} steps, {counts.size:,} bytes, {seconds:.1f} s{missing}"
    print()
    if counts.failed:
        click.secho(f"{counts.failed} failed; {summary}", fg="red", bold=True)
        return Code.PROTOCOL
    click.secho(f"All well: {summary}", fg="green", bold=True)
    return Code.OK


def _read_stops() -> tuple[Stop, ...]:
    from wirekit._cli import (  # they import from here
        tour_ftp,
        tour_http,
        tour_mail,
        tour_manners,
        tour_request,
        tour_rpc,
    )

    return (
        *tour_http.STOPS,
        *tour_request.STOPS,
        *tour_manners.STOPS,
        *tour_ftp.STOPS,
        *tour_mail.STOPS,
        *tour_rpc.STOPS,
    )


class _Counts:
    done = missing = failed = size = 0


def _make_stop(stop: Stop, scale: Scale, counts: _Counts) -> None:
    """Make one stop, and show its steps as they are done."""
    print()
    click.secho((stop.__doc__ or stop.__name__).partition("\n")[0].rstrip("."), bold=True)
    steps = stop(scale)
    try:
        if isinstance(steps, AsyncIterator):
            with asyncio.Runner(loop_factory=_loop_factory()) as runner:
                runner.run(_show_all(steps, counts))
        else:
            for step in steps:
                _show(step, counts)
    except Exception as error:  # noqa: BLE001 - whatever goes wrong at a stop is shown, and the tour goes on
        counts.failed += 1
        click.secho("  FAILED  ", fg="red", bold=True, nl=False)
        print(f"{type(error).__name__}: {printable(error)}")


async def _show_all(steps: AsyncIterator[Step], counts: _Counts) -> None:
    async for step in steps:
        _show(step, counts)


def _show(step: Step, counts: _Counts) -> None:
    if step.size is None:
        counts.missing += 1
        click.secho("  --  ", fg="yellow", nl=False)
        print(step.text)
    else:
        counts.done += 1
        counts.size += step.size
        click.secho("  ok  ", fg="green", nl=False)
        print(f"{step.text:<46}{step.size:>11,} bytes{step.seconds * 1000:>8.1f} ms")
    sys.stdout.flush()


def _loop_factory() -> Callable[[], asyncio.AbstractEventLoop] | None:
    try:
        import uvloop  # of the extra `speed`
    except ImportError:
        return None
    return uvloop.new_event_loop
