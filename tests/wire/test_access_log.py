"""Lines of an access log, and what a stranger cannot do to them."""

from __future__ import annotations

import json

import pytest

from wirekit._wire.access_log import FORMATS, Record, format_combined, format_json, format_note, quote_text

RECORD = Record(
    "192.0.2.1", None, 784_111_777.25, 3600, "GET /a HTTP/1.1", 200, 5, 0.0012, "http://x/", "agent/1", "h"
)


def test_combined_form() -> None:
    assert format_combined(RECORD) == (
        '192.0.2.1 - - [06/Nov/1994:09:49:37 +0100] "GET /a HTTP/1.1" 200 5 "http://x/" "agent/1"'
    )
    bare = RECORD._replace(offset=-12_600, size=0, referer=None, agent=None, user="al ice")
    assert format_combined(bare) == (
        '192.0.2.1 - al\\x20ice [06/Nov/1994:05:19:37 -0330] "GET /a HTTP/1.1" 200 - "-" "-"'
    )


def test_json_form() -> None:
    assert json.loads(format_json(RECORD)) == {
        "time": "1994-11-06T08:49:37.250Z", "address": "192.0.2.1", "method": "GET", "target": "/a", "host": "h",
        "version": "HTTP/1.1", "status": 200, "size": 5, "seconds": 0.0012, "referer": "http://x/", "agent": "agent/1",
    }  # fmt: skip
    odd = json.loads(format_json(RECORD._replace(line="GET\x1b", user="bob")))
    assert (odd["line"], odd["user"], "method" in odd) == ("GET\x1b", "bob", False)


def test_note_is_json() -> None:
    line = format_note(784_111_777.5, "192.0.2.1", 'odd "\x1b"')
    assert line.isascii()
    assert json.loads(line) == {
        "time": "1994-11-06T08:49:37.500Z", "address": "192.0.2.1", "message": 'odd "\x1b"',
    }  # fmt: skip


@pytest.mark.parametrize("form", FORMATS.values(), ids=FORMATS)
@pytest.mark.parametrize(
    "odd", ['a"b', "a\\b", "a\nb", "a\x1b[31m", "a\x7f", "a\x9b", "\xff", "\u202e", "\ud800"]
)
def test_no_stranger_leaves_his_quotes(form: object, odd: str) -> None:
    assert callable(form)
    line = form(RECORD._replace(line=f"GET /{odd} HTTP/1.1", agent=odd, referer=odd, user=odd))
    assert line.isascii()
    assert line.isprintable()
    if form is format_combined:
        assert line.replace("\\\\", "").replace('\\"', "").count('"') == 6
    else:
        assert json.loads(line)["agent"] == odd


def test_quoted_text() -> None:
    assert quote_text('a"b\\c\r\n\xe9\u20ac') == r"a\"b\\c\x0d\x0a\xe9\x5c\x75\x32\x30\x61\x63"
