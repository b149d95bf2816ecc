"""`wirekit tour`: every stop delivers, a wrong byte is noticed, and what is missing is named."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from wirekit._cli import tour, tour_http, tour_places

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator
    from pathlib import Path

    from tests.cli.conftest import Command

LINE = re.compile(r"  ok  (.{46}) *([\d,]+) bytes +([\d.]+) ms")


def test_the_tour_goes_well_from_stop_to_stop(command: Command) -> None:
    done = command.run("tour", "--fast")
    shown = done.stdout.decode()
    assert (done.returncode, done.stderr) == (0, b""), shown
    assert "FAILED" not in shown
    steps = [found for line in shown.splitlines() if (found := LINE.fullmatch(line))]
    assert len(steps) >= 12
    assert max(map(len, shown.splitlines())) <= 80
    total = sum(int(found[2].replace(",", "")) for found in steps)
    summary = re.search(r"^All well: (\d+) steps, ([\d,]+) bytes, ([\d.]+) s", shown, re.MULTILINE)
    assert summary
    assert (int(summary[1]), int(summary[2].replace(",", ""))) == (len(steps), total)
    for stop in tour._read_stops():
        assert (stop.__doc__ or "").rstrip(".") in shown


def test_each_step_may_say_that_something_is_missing(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def stop(_: tour.Scale) -> Iterator[tour.Step]:
        """A heading."""
        yield tour.Step("fetched", 1234, 0.5)
        yield tour.not_here("the other is not installed")

    monkeypatch.setattr(tour, "_read_stops", lambda: (stop,))
    monkeypatch.setenv("no_proxy", "")
    assert tour.take_tour() == 0
    shown = capsys.readouterr().out.splitlines()
    assert shown[2:5] == [
        "A heading",
        f"  ok  {'fetched':<46}      1,234 bytes   500.0 ms",
        "  --  the other is not installed",
    ]
    assert shown[-1].startswith("All well: 1 steps, 1,234 bytes,")
    assert shown[-1].endswith(", 1 not here")


def test_a_failing_stop_is_shown_and_the_tour_goes_on(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def bad(_: tour.Scale) -> Iterator[tour.Step]:
        """Bad."""
        yield tour.Step("wrong", tour_places.check(b"other bytes", 100), 0)

    async def good(_: tour.Scale) -> AsyncIterator[tour.Step]:
        """Good."""
        yield tour.Step("right", tour_places.check(tour_places.make_body(100), 100), 0)

    monkeypatch.setattr(tour, "_read_stops", lambda: (bad, good))
    monkeypatch.setenv("no_proxy", "")
    assert tour.take_tour() == 7
    shown = capsys.readouterr().out
    assert "  FAILED  Unexpected: 11 bytes came that are not the 100 bytes sent" in shown
    assert "  ok  right" in shown
    assert "1 failed; 1 steps, 100 bytes" in shown


def test_bodies_differ_by_size_and_one_flipped_bit_is_noticed() -> None:
    body = bytearray(tour_places.make_body(1000))
    assert tour_places.check(bytes(body), 1000) == 1000
    body[500] ^= 1
    with pytest.raises(tour.Unexpected):
        tour_places.check(bytes(body), 1000)


def test_programs_that_are_not_here_are_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour_places, "find_program", lambda _: None)
    scale = tour.Scale(1000, 2)
    missing = [step.text for stop in (tour_http.show_others_servers, tour_http.show_others_clients)
               for step in stop(scale) if step.size is None]  # fmt: skip
    assert missing == ["nginx is not installed", "curl is not installed", "wget is not installed"]


def test_certificates_come_from_openssl_where_trustme_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    if not tour_places.find_program("openssl"):
        pytest.skip("openssl is not installed")
    monkeypatch.setitem(__import__("sys").modules, "trustme", None)
    made = tour_places.make_certificates(tmp_path)
    assert made
    assert made.maker == "openssl"
    monkeypatch.setattr(tour_places, "make_certificates", lambda _: made)
    steps = list(tour_http.show_tls(tour.Scale(1000, 2)))
    assert [step.size for step in steps] == [1000, 1000, 0]


def test_without_any_maker_of_certificates_that_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tour_places, "find_program", lambda _: None)
    monkeypatch.setitem(__import__("sys").modules, "trustme", None)
    assert list(tour_http.show_tls(tour.Scale(1000, 2))) == [
        tour.not_here("certificates: neither trustme nor openssl is installed")
    ]


def test_a_program_that_fails_is_an_error() -> None:
    program = tour_places.find_program("false")
    assert program
    with pytest.raises(tour.Unexpected, match="false ended with 1"):
        tour_places.run([program])
