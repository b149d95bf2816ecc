"""Ranges of bytes: which are asked for, and how they are sent."""

from __future__ import annotations

import pytest

from wirekit._wire.ranges import (
    MAX_RANGES,
    format_content_range,
    format_part_head,
    format_parts_end,
    measure_parts,
    parse_ranges,
)


@pytest.mark.parametrize(
    "value,parts",
    [
        ("bytes=0-0", [(0, 0)]),
        ("BYTES=0-", [(0, 99)]),
        ("bytes=90-200", [(90, 99)]),
        ("bytes=-5", [(95, 99)]),
        ("bytes=-500", [(0, 99)]),
        ("bytes=99-", [(99, 99)]),
        ("bytes=100-", []),
        ("bytes=100-200, 300-", []),
        ("bytes=-0", []),
        ("bytes=50-59, 0-9", [(50, 59), (0, 9)]),
        ("bytes= 0-9 ,, 20-29 , ", [(0, 9), (20, 29)]),
        ("bytes=0-9, 100-", [(0, 9)]),
        ("bytes=0-9,10-19", [(0, 9), (10, 19)]),
        ("bytes=20-29,0-9,5-21", [(0, 29)]),
        ("bytes=0-9,0-9", [(0, 9)]),
        ("bytes=0-,0-9,50-59", [(0, 99)]),
        ("bytes=40-49,0-9,5-9", [(0, 9), (40, 49)]),
        ("bytes=9-0", None),
        ("bytes=0-9,9-0", None),
        ("bytes=", None),
        ("bytes=,", None),
        ("bytes=-", None),
        ("bytes=a-b", None),
        ("bytes=+0-9", None),
        ("bytes=0--9", None),
        ("bytes=0 -9", None),
        ("bytes 0-9", None),
        ("bytes=\u0660-9", None),
        ("bytes=0-9;x", None),
        ("lines=0-9", None),
        ("bytes=" + "9" * 19 + "-", None),
    ],
)
def test_parts_are_read(value: str, parts: list[tuple[int, int]] | None) -> None:
    assert parse_ranges(value, 100) == parts


def test_nothing_has_no_parts() -> None:
    assert parse_ranges("bytes=0-", 0) == []
    assert parse_ranges("bytes=-5", 0) is None


def test_very_many_parts_are_the_whole() -> None:
    many = ",".join(f"{n}-{n}" for n in range(0, 2 * MAX_RANGES, 2))
    assert len(parse_ranges(f"bytes={many}", 1000) or []) == MAX_RANGES
    assert parse_ranges(f"bytes={many},500-", 1000) is None


def test_content_range_is_written() -> None:
    assert format_content_range((0, 9), 100) == "bytes 0-9/100"
    assert format_content_range(None, 100) == "bytes */100"


def test_parts_are_as_long_as_announced() -> None:
    data = bytes(range(100))
    parts = [(0, 9), (50, 50)]
    body = b"".join(
        format_part_head("B", "text/plain", part, 100) + data[part[0] : part[1] + 1] for part in parts
    )
    body += format_parts_end("B")
    assert len(body) == measure_parts("B", "text/plain", parts, 100)
    assert body == (
        b"\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 0-9/100\r\n\r\n"
        + data[:10]
        + b"\r\n--B\r\nContent-Type: text/plain\r\nContent-Range: bytes 50-50/100\r\n\r\n2\r\n--B--\r\n"
    )
