"""Field lines: what a block is, how an odd one is mended or named, and what may be written."""

from __future__ import annotations

from typing import Any

import pytest

from wirekit._wire import fields

TOKENS = b"!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
CONTROLS = [bytes([code]) for code in (*range(9), *range(10, 32), 127)]


# ---- blocks that are as they should be


@pytest.mark.parametrize(
    "block, pairs",
    [
        (b"\r\n", []),
        (b"A: b\r\n\r\n", [("A", "b")]),
        (b"A:b\r\nA:c\r\n\r\n", [("A", "b"), ("A", "c")]),
        (b"A:\r\n\r\n", [("A", "")]),
        (b"A: \t \r\n\r\n", [("A", "")]),
        (b"A: \tb c\t \r\nD: e\t\r\n\r\n", [("A", "b c"), ("D", "e")]),
        (b"A: b:c: d\r\n\r\n", [("A", "b:c: d")]),
        (b"A: \x80\xff\r\n\r\n", [("A", "\x80\xff")]),
        (TOKENS + b": t\r\n\r\n", [(TOKENS.decode(), "t")]),
    ],
)
def test_block_is_matched_and_split(block: bytes, pairs: list[tuple[str, str]]) -> None:
    assert fields.MATCH_BLOCK(block)
    assert fields.split_block(block) == pairs
    assert fields.count_fields(block) == len(pairs)


@pytest.mark.parametrize(
    "block",
    [
        b"",
        b"\n",
        b"A: b\r\n",
        b"A: b\n\r\n",
        b"A: b\r\n\n",
        b"A\r\n\r\n",
        b"A : b\r\n\r\n",
        b" A: b\r\n\r\n",
        b"A: b\r\n c\r\n\r\n",
        b": b\r\n\r\n",
        b"\xe9: b\r\n\r\n",
        b"A: b\r\n\r\nC: d\r\n\r\n",
        b"A: b\rC: d\r\n\r\n",
        *[b"A: b" + control + b"\r\n\r\n" for control in CONTROLS],
        *[b"A" + control + b": b\r\n\r\n" for control in CONTROLS],
    ],
)
def test_other_blocks_are_not_matched(block: bytes) -> None:
    assert not fields.MATCH_BLOCK(block)


def test_values_of_one_name_are_found_in_order() -> None:
    low = b"http/1.1 200 a:\r\na: 1\r\nb: a: 2\r\nxa: 3\r\na:4 \t\r\na:\r\n\r\n"
    assert fields.find_values(low, b"\na:") == [b"1", b"4", b""]
    assert fields.find_values(low, b"\nc:") == []


def test_last_value_needs_its_line_end_only() -> None:
    assert fields.find_values(b"\na: 1\r\n", b"\na:") == [b"1"]


# ---- odd blocks


@pytest.mark.parametrize(
    "block, mended",
    [
        (b"\n", b"\r\n"),
        (b"", b"\r\n"),
        (b"A: b", b"A: b\r\n\r\n"),
        (b"A: b\n\n", b"A: b\r\n\r\n"),
        (b"A: b\nC: d\r\n\n", b"A: b\r\nC: d\r\n\r\n"),
        (b"A: b\r\n c\r\n\r\n", b"A: b c\r\n\r\n"),
        (b"A:\n\tb \n  c\nD: e\n\n", b"A: b c\r\nD: e\r\n\r\n"),
        (b"A: b\n \n\n", b"A: b \r\n\r\n"),
    ],
)
def test_odd_block_is_mended(block: bytes, mended: bytes) -> None:
    assert fields.mend_block(block) == (mended, "")
    assert fields.MATCH_BLOCK(mended)


@pytest.mark.parametrize(
    "block, line, wrong",
    [
        (b"A: b\r\nnonsense\r\n\r\n", b"nonsense", "header line without a colon"),
        (b"A : b\n\n", b"A : b", "space before the colon of a header line"),
        (b"A\t: b\n\n", b"A\t: b", "space before the colon of a header line"),
        (b" fold: first\n\n", b" fold: first", "header name that is not a token"),
        (b": b\n\n", b": b", "header name that is not a token"),
        (b"A(: b\n\n", b"A(: b", "header name that is not a token"),
        (b"A\x00: b\n\n", b"A\x00: b", "header name that is not a token"),
        (b"A: b\x00\n\n", b"A: b\x00", "control character in a header line"),
        (b"A: b\n \x00\n\n", b" \x00", "control character in a header line"),
        (b"x\x7f\n\n", b"x\x7f", "control character in a header line"),
        (b"A: b\rC: d\r\n\r\n", b"A: b\rC: d\r\n\r\n", "control character in a header line"),
        (b"A: b\r\r\n\r\n", b"A: b\r\r\n\r\n", "control character in a header line"),
        (b"A: b\r", b"A: b\r", "control character in a header line"),
        (b"A: b\n\rC: d\n\n", b"\rC: d\n\n", "control character in a header line"),
    ],
)
def test_faulty_line_is_named(block: bytes, line: bytes, wrong: str) -> None:
    assert fields.mend_block(block) == (line, wrong)


def test_block_that_goes_on_behind_its_end_is_refused_with_a_glimpse_of_it() -> None:
    assert fields.mend_block(b"A: b\n\n" + b"C" * 100)[0] == b"C" * 80


@pytest.mark.parametrize("piece", [b"\n ", b"\n\t\t", b"A:\n", b"A: \r\n\t", b" ", b"A", b"\n \n"])
def test_megabyte_of_anything_is_mended_or_refused_within_the_time_limit(piece: bytes) -> None:
    # What takes time in proportion to the square of the size takes far longer than a test may, for this much.
    block = b"A: b" + piece * (1_500_000 // len(piece)) + b"\n\n"
    mended, wrong = fields.mend_block(block)
    assert wrong or fields.MATCH_BLOCK(mended)
    fields.MATCH_BLOCK(block)


# ---- what is written


@pytest.mark.parametrize(
    "name, values, strict, lax",
    [
        ("A", ("b",), b"A: b", b"A: b"),
        (b"A", (b"b", 12, "\xe9"), b"A: b, 12, \xe9", b"A: b\r\n\t12\r\n\t\xe9"),
        ("A", (), b"A: ", b"A: "),
        ("A", ("",), b"A: ", b"A: "),
        ("A", ("b\tc",), b"A: b\tc", b"A: b\tc"),
        ("A", (bytearray(b"b"),), b"A: b", b"A: b"),
    ],
)
def test_field_is_written(name: str | bytes, values: tuple[Any, ...], strict: bytes, lax: bytes) -> None:
    assert fields.format_field(name, values) == strict
    assert fields.format_field(name, values, strict=False) == lax


@pytest.mark.parametrize(
    "name", ["", "A b", "A\r\n", "A\r\nB", "A:", "\tA", "A\x00", "A\x7f", b"\xe9", "A\n"]
)
def test_name_that_is_no_token_is_refused(name: str | bytes) -> None:
    with pytest.raises(ValueError, match="Invalid header name"):
        fields.format_field(name, ("b",))


@pytest.mark.parametrize("name", ["", " A", "A:b", "A\r\nB", "A\n", "\nA", ":"])
def test_name_that_ends_its_line_or_itself_is_refused_in_the_lax_profile_too(name: str) -> None:
    with pytest.raises(ValueError, match="Invalid header name"):
        fields.format_field(name, ("b",), strict=False)


@pytest.mark.parametrize("name", ["A b", "A\x00", b"\xe9", "A "])
def test_lax_name_passes_as_in_the_standard_library(name: str | bytes) -> None:
    fields.format_field(name, ("b",), strict=False)


@pytest.mark.parametrize("control", CONTROLS, ids=repr)
def test_control_character_in_a_value_is_refused(control: bytes) -> None:
    for value in (b"b" + control, control, b"b" + control + b" C: d", b"b\r\n C: d"):
        with pytest.raises(ValueError, match="Invalid header value"):
            fields.format_field("A", ("first", value))


def test_value_that_is_refused_is_not_told() -> None:
    """Exceptions are logged, and the likeliest odd value is a token that was read together with its line end."""
    with pytest.raises(ValueError, match=r"Invalid header value: b'\\n' in 14 bytes") as caught:
        fields.format_field("Authorization", ("Bearer s3cr3t\n",))
    assert "s3cr3t" not in str(caught.value)


@pytest.mark.parametrize(
    "value", [b"b\nC: d", b"b\r\nC: d", b"b\rC: d", b"b\n", b"b\r", b"\n\n c", b"\r\r\n "]
)
def test_line_end_that_starts_a_field_is_refused_in_the_lax_profile_too(value: bytes) -> None:
    with pytest.raises(ValueError, match="Invalid header value"):
        fields.check_value(value, strict=False)


@pytest.mark.parametrize("value", [b"b\r\n c", b"b\n\tc", b"b\x00", b"b\r c"])
def test_lax_value_passes_as_in_the_standard_library(value: bytes) -> None:
    fields.check_value(value, strict=False)


def test_text_beyond_its_encoding_is_refused() -> None:
    with pytest.raises(UnicodeEncodeError):
        fields.format_field("\xe9", ("b",))
    with pytest.raises(UnicodeEncodeError):
        fields.format_field("A", ("\u20ac",))


def test_names_are_lowered() -> None:
    assert fields.lower_names(["Host", b"ACCEPT-encoding"]) == {"host", "accept-encoding"}
    assert fields.lower_names({"A": "b", "a": "c"}) == {"a"}
