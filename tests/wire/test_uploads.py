"""Uploads: names, and forms taken apart in any pieces."""

from __future__ import annotations

import pytest

from wirekit._wire.uploads import (
    MAX_PART_HEAD,
    MAX_PARTS,
    BadForm,
    FormReader,
    Part,
    check_upload_name,
    parse_boundary,
    parse_disposition,
)


@pytest.mark.parametrize(
    "name,kept",
    [
        ("a.txt", "a.txt"),
        ("C:\\Users\\x\\a.txt", "a.txt"),
        ("/etc/passwd", "passwd"),
        ("../../a", "a"),
        (" a b ", "a b"),
        ("\u00fcml\u00e4ut \u4e2d", "\u00fcml\u00e4ut \u4e2d"),
        ("a:b", "a:b"),
        ("nul", "nul"),
    ],
)
def test_name_is_kept(name: str, kept: str) -> None:
    assert check_upload_name(name, windows=False) == kept


@pytest.mark.parametrize("windows", [False, True])
@pytest.mark.parametrize(
    "name",
    ["", " ", ".", "..", "a/..", ".htaccess", "a/.x", "a\nb", "a\x00b", "a\x7f", "a\x9b", "a" * 256, "/"],
)
def test_name_that_means_something_else_is_refused(name: str, windows: bool) -> None:
    with pytest.raises(ValueError, match="cannot be a file's name"):
        check_upload_name(name, windows=windows)


@pytest.mark.parametrize("name", ["a:b", "nul", "COM1.txt", "a.", "a?b", "a|b", "lpt\u00b9", 'a"b'])
def test_name_that_windows_reads_otherwise_is_refused_there(name: str) -> None:
    with pytest.raises(ValueError, match="Windows has no such file"):
        check_upload_name(name, windows=True)


@pytest.mark.parametrize(
    "value,boundary",
    [
        ("multipart/form-data; boundary=abc", b"abc"),
        ('Multipart/Form-Data; charset=utf-8; BOUNDARY="a b:c"', b"a b:c"),
        ("multipart/form-data; boundary=abc; x=y", b"abc"),
        ("multipart/form-data", None),
        ("multipart/form-data; boundary=", None),
        ("multipart/form-data; boundary=" + "a" * 71, None),
        ("multipart/mixed; boundary=abc", None),
        ("application/x-www-form-urlencoded", None),
        ('multipart/form-data; boundary="a\r\nb"', None),
        (None, None),
    ],
)
def test_boundary_is_read(value: str | None, boundary: bytes | None) -> None:
    assert parse_boundary(value) == boundary


@pytest.mark.parametrize(
    "value,expected",
    [
        ('form-data; name="a"', ("a", None)),
        ('form-data; name="a"; filename="b.txt"', ("a", "b.txt")),
        ('Form-Data ; name=a;filename="x; name=b"', ("a", "x; name=b")),
        ('form-data; name="a%22b%0D%0A%41"; filename="c\\"d\\\\e"', ('a"b\r\n%41', 'c"d\\e')),
        ('form-data; name="a"; name="b"', ("a", None)),
        ('form-data; name="a"; filename="x"; filename*=UTF-8\'\'y', ("a", "x")),
    ],
)
def test_disposition_is_read(value: str, expected: tuple[str, str | None]) -> None:
    assert parse_disposition(value) == expected


@pytest.mark.parametrize(
    "value",
    [
        "",
        "form-data",
        'form-data; filename="a"',
        'attachment; name="a"',
        'form-data; name="a',
        "form-data; =",
    ],
)
def test_odd_disposition_is_no_form(value: str) -> None:
    with pytest.raises(BadForm):
        parse_disposition(value)


FORM = (
    b"what comes before is nothing\r\n--B  \r\n"
    b'Content-Disposition: form-data; name="f"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    b"one\r\n--\r\n-B\r\n\r\n"
    b'\r\n--B\r\ncontent-disposition: form-data; name="e"\r\nX-Other: 1\r\n\r\n'
    b"\r\n--B\r\n"
    b'Content-Disposition: form-data; name="n"\r\n\r\n'
    b"--B\r\n"
    b'Content-Disposition: form-data; name="\xfc\xff"\r\n\r\nx\r\n--B--\r\nwhat comes behind is nothing'
)
PARTS = [
    (Part("f", "a.txt", "text/plain"), b"one\r\n--\r\n-B\r\n\r\n"),
    (Part("e", None, None), b""),
    (Part("n", None, None), b""),
    (Part("\xfc\xff", None, None), b"x"),
]


def read(blocks: list[bytes]) -> list[tuple[Part, bytes]]:
    reader, parts, open_part, data = FormReader(b"B"), [], None, b""
    for block in blocks:
        for event in reader.receive(block):
            if isinstance(event, Part):
                assert open_part is None
                open_part, data = event, b""
            elif event is None:
                assert open_part is not None
                parts.append((open_part, data))
                open_part = None
            else:
                assert event
                assert open_part is not None
                data += event
    reader.finish()
    assert open_part is None
    return parts


def test_form_is_taken_apart() -> None:
    assert read([FORM]) == PARTS


@pytest.mark.parametrize("size", [1, 2, 3, 5, 7, 50])
def test_any_split_gives_the_same_parts(size: int) -> None:
    assert read([FORM[at : at + size] for at in range(0, len(FORM), size)]) == PARTS


def test_empty_form_is_a_form() -> None:
    assert read([b"--B--"]) == []


def test_form_that_ends_in_the_middle_is_none() -> None:
    for end in range(FORM.index(b"--B--")):
        with pytest.raises(BadForm, match="ends in the middle"):
            read([FORM[:end]])


HEAD = b'--B\r\nContent-Disposition: form-data; name="a"\r\n'


@pytest.mark.parametrize(
    "form",
    [
        b"--Bx\r\n",
        b"--B" + b" " * 1000,
        b"--B\r\nno field\r\n\r\n",
        b"--B\r\nContent-Disposition : form-data\r\n\r\n",
        b"--B\r\n\r\n",
        b"--B\r\nContent-Type: a/b\r\n\r\n",
        HEAD + b"X: " + b"y" * MAX_PART_HEAD,
        HEAD + b" folded\r\n\r\n",
        HEAD + b"X: a\nb\r\n\r\n",
        (HEAD + b"\r\n\r\n") * (MAX_PARTS + 1),
    ],
)
def test_row_127_what_is_no_form_is_refused_at_once(form: bytes) -> None:
    with pytest.raises(BadForm):
        list(FormReader(b"B").receive(form))


def test_row_127_nothing_is_held_back_but_what_may_be_a_boundary() -> None:
    reader = FormReader(b"B")
    list(reader.receive(HEAD + b"\r\n"))
    for _ in range(100):
        assert b"".join(data for data in reader.receive(b"\r\n--" * 1000) if isinstance(data, bytes))
        assert len(reader._buffer) <= len(b"\r\n--B")
