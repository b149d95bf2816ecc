"""When to try again."""

from __future__ import annotations

import pytest

from wirekit._wire.retrying import choose_wait, parse_retry_after

NOW = 1_700_000_000.0  # Tue, 14 Nov 2023 22:13:20 GMT


@pytest.mark.parametrize(
    "value, seconds",
    [
        ("0", 0.0),
        ("120", 120.0),
        (" 7 ", 7.0),
        ("Tue, 14 Nov 2023 22:13:50 GMT", 30.0),
        ("Tue, 14 Nov 2023 22:13:00 GMT", 0.0),
        ("9" * 400, 999_999_999_999.0),
        ("-1", None),
        ("1.5", None),
        ("٣", None),
        ("soon", None),
        ("", None),
        (None, None),
    ],
)
def test_servers_wish_is_read(value: str | None, seconds: float | None) -> None:
    assert parse_retry_after(value, NOW) == seconds


def wait(attempt: int, asked: float | None = None, chance: float = 1.0) -> float:
    return choose_wait(attempt, asked, pause=0.5, limit=10.0, longest=60.0, chance=chance)


def test_pause_doubles_up_to_its_limit() -> None:
    assert [wait(attempt) for attempt in (1, 2, 3, 4, 5, 6, 1000)] == [0.5, 1.0, 2.0, 4.0, 8.0, 10.0, 10.0]


def test_half_of_the_pause_is_left_to_chance() -> None:
    assert wait(3, chance=0.0) == 1.0
    assert wait(3, chance=0.5) == 1.5


@pytest.mark.parametrize("asked, waited", [(0.0, 0.0), (5.0, 5.0), (999_999_999.0, 60.0)])
def test_servers_wish_counts_up_to_a_cap(asked: float, waited: float) -> None:
    assert wait(1, asked) == waited
