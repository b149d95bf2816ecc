"""Whole listings: the form is found, odd lines are set aside, and names that lead elsewhere are left out."""

from __future__ import annotations

import datetime as dt

import pytest

from wirekit._wire.ftp_errors import BadListing
from wirekit._wire.ftp_listings import MAX_LINE, parse_listing

NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)
UNIX = "-rw-r--r--   1 u        g            1234 Nov 23 20:16 "


def names(text: str, directory: str = "") -> list[str]:
    return [entry.name for entry in parse_listing(text.split("\n"), NOW, directory)]


@pytest.mark.parametrize(
    "text, wanted",
    [
        (f"total 8\n{UNIX}a\r\n{UNIX}b\n", ["a", "b"]),
        ("04-27-00  09:09PM       <DIR>          a\n04-27-00  09:09PM   5 b", ["a", "b"]),
        ("+i1,r,s5,\ta\n+i1,/,\tb", ["a", "b"]),
        ("Directory DISK:[X]\n\nA.TXT;1   1  8-SEP-1996 16:09\n\nTotal of 1 file", ["A.TXT"]),
        ("A_VERY_LONG_NAME.TXT;2\n             5/9  29-JAN-1996 03:33\nB.TXT;1  1  8-SEP-1996 16:09", ["A_VERY_LONG_NAME.TXT", "B.TXT"]),
        ("size          date       time       name\n--------  ------  ----\n 512  Jan-01-1980  00:00:00  A  <DIR>", ["A"]),
        ("Volume Unit    Referred Ext Used Recfm Lrecl BlkSz Dsorg Dsname\nMigrated     A.B", ["A.B"]),
        (" Name     VV.MM   Created  Changed  Size  Init  Mod  Id\n A  01.01 2002/09/12 2002/10/11 09:37  11  11  0 K", ["A"]),
        ("           0           DIR    04-11-95   16:26  A", ["A"]),
        ("QSYS            77824 02/23/00 15:09:55 *DIR       A/", ["A"]),
        ("total 0", []),
        ("", []),
        ("No files found", []),
    ],
)  # fmt: skip
def test_forms_are_found(text: str, wanted: list[str]) -> None:
    assert names(text) == wanted


def test_odd_lines_among_good_ones_are_set_aside() -> None:
    assert names(f"ls: x: no access\n{UNIX}a\nwho knows\n{UNIX}b\n04-27-00  09:09PM   5 c") == ["a", "b", "c"]


def test_listing_without_any_line_that_can_be_read_is_an_error() -> None:
    with pytest.raises(BadListing) as caught:
        names("total 5\nwho knows\nwhat this is")
    assert caught.value.line == "who knows"


def test_endless_line_is_none_that_can_be_read() -> None:
    assert names(f"{UNIX}a\n{UNIX}{'b' * MAX_LINE}") == ["a"]


def test_names_that_lead_elsewhere_are_left_out() -> None:
    text = "\n".join(UNIX + name for name in ("..", ".", "../evil", "/etc/passwd", "a/b", "good", "pub/own"))
    assert names(text) == ["good"]
    assert names(text, "pub") == ["good", "own"]
