"""Names, codes and the characters that XML can hold."""

from __future__ import annotations

import xmlrpc.client
from xml.parsers import expat

import pytest

from wirekit._wire import rpc_names


def test_constants_are_the_standard_librarys() -> None:
    for name in rpc_names.__all__:
        if name.isupper() and name not in {"MAXI8", "MINI8"}:
            assert getattr(rpc_names, name) == getattr(xmlrpc.client, name)
    assert (rpc_names.MINI8, rpc_names.MAXI8) == (-(2**63), 2**63 - 1)


def is_carried_by_expat(character: str) -> bool:
    try:
        expat.ParserCreate().Parse(f"<a>&#{ord(character)};</a>", True)
    except expat.ExpatError:
        return False
    return True


def test_characters_that_cannot_be_sent_are_those_that_expat_refuses() -> None:
    for number in (*range(0x300), *range(0xD7F0, 0xE010), *range(0xFFF0, 0x10010), 0x1FFFE, 0x10FFFF):
        character = chr(number)
        assert (rpc_names.find_unsendable(f"a{character}b") == "") == is_carried_by_expat(character), number


def test_first_character_that_cannot_be_sent_is_named() -> None:
    assert rpc_names.find_unsendable("plain\ttext\r\nüñ😀") == ""
    assert rpc_names.find_unsendable("a\x1bb\x00") == "\x1b"


def test_text_is_cleaned() -> None:
    assert rpc_names.clean_text("a\x00b\x1b\ud800\n") == "a\ufffdb\ufffd\ufffd\n"


@pytest.mark.parametrize("name", ["utf-8", "ISO-8859-15", "us-ascii", "x_y.z"])
def test_names_of_encodings_pass(name: str) -> None:
    rpc_names.check_encoding(name)


@pytest.mark.parametrize("name", ["", "8859", "a b", "utf-8'?><!DOCTYPE x", "é", "a\n"])
def test_anything_else_is_no_name_of_an_encoding(name: str) -> None:
    with pytest.raises(ValueError, match="no name of an encoding"):
        rpc_names.check_encoding(name)
