"""What the file server decides, for any input: forms in any pieces, ranges, tags, log lines, upload names."""

from __future__ import annotations

import contextlib
import itertools
import json
from typing import Any

from hypothesis import example, given
from hypothesis import strategies as st

from tests.fuzz import target_http_form
from wirekit._wire.access_log import Record, format_combined, format_json
from wirekit._wire.codings import SUFFIXES, choose_coding
from wirekit._wire.conditions import choose_status, format_etag, parse_etags
from wirekit._wire.http_dates import format_http_date, parse_http_date
from wirekit._wire.passwords import parse_basic
from wirekit._wire.ranges import measure_parts, parse_ranges
from wirekit._wire.uploads import check_upload_name

PIECES = [
    b"--B",
    b"\r\n",
    b"--",
    b"B",
    b"-",
    b"\r",
    b"\n",
    b": ",
    b";",
    b'"',
    b"Content-Disposition",
    b"form-data",
]
PIECES += [
    b'name="a"',
    b'filename="b"',
    b"x",
    b"\xff",
    b"--B\r\nContent-Disposition: form-data; name=a\r\n\r\n",
]
forms = st.one_of(st.binary(max_size=300), st.lists(st.sampled_from(PIECES), max_size=40).map(b"".join))


@given(forms)
@example(target_http_form.SEEDS[0])
@example(target_http_form.SEEDS[1])
def test_any_split_of_a_form_gives_the_same_parts(data: bytes) -> None:
    target_http_form.check(data)


@given(
    st.text(max_size=40) | st.from_regex(r"bytes=([0-9]{0,3}-[0-9]{0,3},? ?){1,5}", fullmatch=True),
    st.integers(0, 300),
)
def test_ranges_lie_inside_and_apart(value: str, size: int) -> None:
    parts = parse_ranges(value, size)
    if not parts:
        return
    assert all(0 <= first <= last < size for first, last in parts)
    ordered = sorted(parts)
    assert all(before[1] < after[0] for before, after in itertools.pairwise(ordered))
    assert measure_parts("B", "a/b", parts, size) > sum(last + 1 - first for first, last in parts)


@given(
    st.integers(0, 1 << 70),
    st.integers(0, 1 << 50),
    st.integers(0, 1 << 64),
    st.sampled_from(["", "gzip", "br"]),
)
def test_tag_is_a_tag_and_matches_itself(changed: int, size: int, inode: int, coding: str) -> None:
    tag = format_etag(changed, size, inode, changed + 10**10, coding)
    assert parse_etags(tag) == [tag]
    assert choose_status("GET", {"If-None-Match": tag}.get, tag, None) == 304
    assert choose_status("PUT", {"If-Match": tag}.get, tag, None) == 0
    assert choose_status("PUT", {"If-Match": tag}.get, None, None) == 412


@given(st.sampled_from(["GET", "HEAD", "PUT"]), st.dictionaries(st.sampled_from(
    ["If-Match", "If-None-Match", "If-Modified-Since", "If-Unmodified-Since"]), st.text(max_size=60)
))  # fmt: skip
def test_any_conditions_have_an_answer(method: str, fields: dict[str, str]) -> None:
    assert choose_status(method, fields.get, '"a"', 10**9) in {0, 304, 412}


@given(st.integers(-62_135_596_800, 253_402_300_799))
def test_dates_come_back(seconds: int) -> None:
    assert parse_http_date(format_http_date(seconds)) == seconds


@given(st.text(max_size=60))
def test_any_text_is_a_date_or_none(text: str) -> None:
    assert isinstance(parse_http_date(text, 10**9), int | None)
    parse_basic(text)
    assert choose_coding(text, tuple(SUFFIXES)) in {None, *SUFFIXES}


@given(st.text(max_size=300), st.booleans())
def test_upload_name_stays_in_its_folder(name: str, windows: bool) -> None:
    with contextlib.suppress(ValueError):
        kept = check_upload_name(name, windows=windows)
        assert kept
        assert not kept.startswith(".")
        assert not set(kept) & set("/\\\0\r\n\x7f")
        assert check_upload_name(kept, windows=windows) == kept


odd = st.text(max_size=30) | st.none()


@given(st.text(max_size=50), odd, odd, odd, st.integers(0, 4 * 10**9), st.integers(-50_000, 50_000))
def test_no_text_leaves_its_line_of_the_log(
    line: str, user: str | None, referer: str | None, agent: str | None, moment: int, offset: int
) -> None:
    record = Record("::1", user, moment, offset, line, 200, 5, 0.1, referer, agent, agent)
    combined: Any = format_combined(record)
    assert combined.isascii()
    assert combined.isprintable()
    assert json.loads(format_json(record)).get("agent") == agent
