"""Listings for programs."""

from __future__ import annotations

import json

import pytest

from wirekit._wire.listing_json import format_entries, wants_json
from wirekit._wire.listing_page import Entry


@pytest.mark.parametrize(
    "accept,wanted",
    [
        ("application/json", True),
        ("text/plain, Application/JSON;q=0.5", True),
        ("text/html, application/json", False),
        ("*/*", False),
        ("", False),
        (None, False),
    ],
)
def test_json_is_asked_for(accept: str | None, wanted: bool) -> None:
    assert wants_json(accept) is wanted


def test_entries_are_listed() -> None:
    entries = [
        Entry(b"a b\xff", False, False, 5, 0.0),
        Entry("\u00e4".encode(), True, False, 4096, None),
        Entry(b":x", False),
    ]
    assert json.loads(format_entries(entries, lambda moment: f"at {moment}")) == [
        {"name": "a b\ufffd", "href": "a%20b%FF", "type": "file", "size": 5, "modified": "at 0.0"},
        {"name": "\u00e4", "href": "%C3%A4/", "type": "directory"},
        {"name": ":x", "href": "%3Ax", "type": "file"},
    ]
