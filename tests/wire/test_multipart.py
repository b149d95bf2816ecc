"""Forms with files, as they are written."""

from __future__ import annotations

import pytest

from wirekit._wire.multipart import check_boundary, format_end, format_part_head


def test_head_of_a_field() -> None:
    assert format_part_head("b", "name") == b'--b\r\nContent-Disposition: form-data; name="name"\r\n\r\n'


def test_head_of_a_file() -> None:
    assert format_part_head("b", "n", "a.txt", "text/plain") == (
        b'--b\r\nContent-Disposition: form-data; name="n"; filename="a.txt"\r\nContent-Type: text/plain\r\n\r\n'
    )


def test_names_are_escaped_so_that_none_becomes_a_field() -> None:
    head = format_part_head("b", 'a"\r\nX: y', 'ü"; x="\n\udcff')
    assert head == b'--b\r\nContent-Disposition: form-data; name="a%22%0D%0AX: y"; filename="' + (
        "ü".encode() + b'%22; x=%22%0A\xff"\r\n\r\n'
    )
    assert head.count(b"\r\n") == 3


@pytest.mark.parametrize("kind", ["", "text/plain\r\nX: y", "a\0b", "tëxt/plain"])
def test_kind_that_is_none_is_refused(kind: str) -> None:
    with pytest.raises(ValueError, match="no media type"):
        format_part_head("b", "n", "f", kind)


def test_end() -> None:
    assert format_end("b") == b"--b--\r\n"


@pytest.mark.parametrize("boundary", ["", "a b", "a" * 71, "a\r\n", "ü", 'a"'])
def test_boundary_that_is_none_is_refused(boundary: str) -> None:
    with pytest.raises(ValueError, match="boundary"):
        check_boundary(boundary)


def test_boundary_is_let_through() -> None:
    assert check_boundary("aZ09'()+_,-./:=?") == "aZ09'()+_,-./:=?"
