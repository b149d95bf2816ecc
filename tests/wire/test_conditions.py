"""Conditions of requests, by the tables of RFC 9110 section 13."""

from __future__ import annotations

import pytest

from wirekit._wire.conditions import choose_status, format_etag, may_range, parse_etags

CHANGED = 784_111_777
DATE = "Sun, 06 Nov 1994 08:49:37 GMT"
BEFORE = "Sun, 06 Nov 1994 08:49:36 GMT"
AFTER = "Sun, 06 Nov 1994 08:49:38 GMT"
ETAG = '"a"'
MINUTE = 60_000_000_000


def status(method: str, etag: str | None = ETAG, changed: int | None = CHANGED, **fields: str) -> int:
    named = {name.replace("_", "-").lower(): value for name, value in fields.items()}
    return choose_status(method, lambda name: named.get(name.lower()), etag, changed, CHANGED)


def test_tag_of_a_file_follows_what_changes_it() -> None:
    tags = {
        format_etag(1, 2, 3, MINUTE),
        format_etag(2, 2, 3, MINUTE),
        format_etag(1, 3, 3, MINUTE),
        format_etag(1, 2, 4, MINUTE),
        format_etag(1, 2, 3, MINUTE, "gzip"),
        format_etag(1, 2, 3, MINUTE, "br"),
    }
    assert len(tags) == 6
    assert all(tag == f'"{tag[1:-1]}"' for tag in tags)


@pytest.mark.parametrize("age,weak", [(0, True), (1_999_999_999, True), (2_000_000_000, False), (-5, True)])
def test_tag_of_a_file_that_changes_now_is_weak(age: int, weak: bool) -> None:
    assert format_etag(MINUTE, 2, 3, MINUTE + age).startswith("W/") is weak


@pytest.mark.parametrize(
    "value,tags",
    [
        ('"a"', ['"a"']),
        (' "a" , W/"b",,"" ', ['"a"', 'W/"b"', '""']),
        ('"a,b"', ['"a,b"']),
        (" * ", ["*"]),
        ("", []),
        ("a", None),
        ('"a" "b"', None),
        ('w/"a"', None),
        ('"a', None),
        ('"a\x7f"', None),
        ('*, "a"', None),
    ],
)
def test_tags_are_read(value: str, tags: list[str] | None) -> None:
    assert parse_etags(value) == tags


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT"])
@pytest.mark.parametrize(
    "value,expected",
    [('"a"', 0), ('"b", "a"', 0), ("*", 0), ('"b"', 412), ('W/"a"', 412), ("odd", 412), ("", 412)],
)
def test_if_match_compares_strongly(method: str, value: str, expected: int) -> None:
    assert status(method, If_Match=value) == expected


def test_weak_tag_matches_nothing_strongly() -> None:
    assert status("GET", 'W/"a"', If_Match='W/"a"') == 412
    assert status("GET", 'W/"a"', If_Match="*") == 0


@pytest.mark.parametrize("value,expected", [(DATE, 0), (AFTER, 0), (BEFORE, 412), ("odd", 0)])
def test_if_unmodified_since(value: str, expected: int) -> None:
    assert status("PUT", If_Unmodified_Since=value) == expected
    assert status("PUT", changed=None, If_Unmodified_Since=value) == 0


@pytest.mark.parametrize(
    "value,holds", [('"b"', True), ('"a"', False), ('"b", W/"a"', False), ("*", False), ("odd", True)]
)
def test_if_none_match_compares_weakly(value: str, holds: bool) -> None:
    assert status("GET", If_None_Match=value) == (0 if holds else 304)
    assert status("HEAD", 'W/"a"', If_None_Match=value) == (0 if holds else 304)
    assert status("PUT", If_None_Match=value) == (0 if holds else 412)


@pytest.mark.parametrize("value,expected", [(DATE, 304), (AFTER, 304), (BEFORE, 0), ("odd", 0)])
def test_if_modified_since(value: str, expected: int) -> None:
    assert status("GET", If_Modified_Since=value) == expected
    assert status("PUT", If_Modified_Since=value) == 0
    assert status("GET", changed=None, If_Modified_Since=value) == 0


def test_tags_count_before_dates() -> None:
    assert status("GET", If_Match='"a"', If_Unmodified_Since=BEFORE) == 0
    assert status("GET", If_None_Match='"b"', If_Modified_Since=AFTER) == 0
    assert status("GET", If_Match='"b"', If_None_Match='"a"') == 412
    assert status("GET", If_Match='"a"', If_None_Match='"a"') == 304
    assert status("GET", If_Unmodified_Since=AFTER, If_Modified_Since=AFTER) == 304


def test_what_is_not_there_has_no_tag() -> None:
    assert status("PUT", None, None, If_None_Match="*") == 0
    assert status("PUT", None, None, If_None_Match='"a"') == 0
    assert status("PUT", None, None, If_Match="*") == 412
    assert status("PUT", None, None, If_Match='"a"') == 412


@pytest.mark.parametrize(
    "value,now,expected",
    [
        (None, CHANGED, True),
        ('"a"', CHANGED, True),
        (' "a" ', CHANGED, True),
        ('"b"', CHANGED, False),
        ('W/"a"', CHANGED, False),
        (DATE, CHANGED + 60, True),
        (DATE, CHANGED + 1, False),
        (BEFORE, CHANGED + 60, False),
        (AFTER, CHANGED + 60, False),
        ("odd", CHANGED + 60, False),
    ],
)
def test_if_range(value: str | None, now: int, expected: bool) -> None:
    assert may_range(value, ETAG, CHANGED, now) is expected


def test_if_range_takes_no_weak_tag() -> None:
    assert not may_range('W/"a"', 'W/"a"', CHANGED, CHANGED)
    assert not may_range('"a"', None, CHANGED, CHANGED)
