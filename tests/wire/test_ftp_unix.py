"""Lines of ls -l, in its dialects."""

from __future__ import annotations

import datetime as dt

import pytest

from wirekit._wire.ftp_entries import Entry
from wirekit._wire.ftp_unix import parse_eplf, parse_unix

NOW = dt.datetime(2026, 11, 23, 21, 0, tzinfo=dt.UTC)


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]  # year, month, day ...


def entry(line: str) -> Entry:
    found = parse_unix(line, NOW)
    assert found is not None, line
    return found


RECENT = utc(2026, 11, 23, 20, 16)

LINES = {
    "drwxr-xr-x   2 root     wheel        4096 Nov 23 20:16 name with blanks": Entry(
        "name with blanks", "dir", 4096, RECENT, 60, 0o755, "root", "wheel"
    ),
    "-rw-r--r--   1 0        0              22 Nov 23 20:16  lead ": Entry(
        " lead ", "file", 22, RECENT, 60, 0o644, "0", "0"
    ),
    "-rw-r--r--+  1 1001     Domain Users  123 Feb 29  2016 x": Entry(
        "x", "file", 123, utc(2016, 2, 29), 86400, 0o644, "1001", "Domain Users"
    ),
    "-rw-r--r--   1 u        g        5 Feb 29  2016 x": Entry(
        "x", "file", 5, utc(2016, 2, 29), 86400, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u        g        5 Feb 31  2016 x": Entry("x", "file", 5, None, None, 0o644, "u", "g"),
    "lrwxrwxrwx   1 0        0               9 2017-11-23 20:16 link -> to -> there": Entry(
        "link", "link", 9, utc(2017, 11, 23, 20, 16), 60, 0o777, "0", "0", "to -> there"
    ),
    "lrwxrwxrwx   1 0 0 9 Nov 23 20:16 link": Entry("link", "link", 9, RECENT, 60, 0o777, "0", "0"),
    "crw-rw-rw-   1 root     root       1,   3 23 Nov 2017 null": Entry(
        "null", "other", None, utc(2017, 11, 23), 86400, 0o666, "root", "root"
    ),
    "brw-rw-rw-   1 root     root       1,3 Nov 23 20:16 sda": Entry(
        "sda", "other", None, RECENT, 60, 0o666, "root", "root"
    ),
    "-rw-r--r--   1 u  g   1234 Nov 23 20:16:05 2017 full": Entry(
        "full", "file", 1234, utc(2017, 11, 23, 20, 16, 5), 1, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g   1234 Nov 23 20:16:05 half": Entry(
        "half", "file", 1234, RECENT, 60, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  1234 Nov 23 20:16 no group": Entry("no group", "file", 1234, RECENT, 60, 0o644, "u"),
    "-rw-r--r--   1234 Nov 23 20:16 no owner": Entry("no owner", "file", 1234, RECENT, 60, 0o644),
    "-rw-r--r--   1 u  g  1234 23. Nov 20:16 German": Entry(
        "German", "file", 1234, RECENT, 60, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  1234 23 déc. 2016 French": Entry(
        "French", "file", 1234, utc(2016, 12, 23), 86400, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  1234 11月 23日 2016年 日本": Entry(
        "日本", "file", 1234, utc(2016, 11, 23), 86400, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  1234 Mrz 23 20:16 German": Entry(
        "German", "file", 1234, utc(2026, 3, 23, 20, 16), 60, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  1234 Xyz 23 20:16 x 5 Nov 23 20:16 y": Entry(
        "y", "file", 5, RECENT, 60, 0o644, "u", "g 1234 Xyz 23 20:16 x"
    ),
    "-rw-r--r--   1 u  g  12 2017-11-23 20:16:05.000000000 +0100 iso": Entry(
        "iso", "file", 12, utc(2017, 11, 23, 19, 16, 5), 1, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  12 2017-11-23 20:16 -0130 iso": Entry(
        "iso", "file", 12, utc(2017, 11, 23, 21, 46), 60, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  12 2017-02-30 20:16 +0100 iso": Entry(
        "iso", "file", 12, None, None, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  12 9999-12-31 23:59 -2300 iso": Entry(
        "iso", "file", 12, None, None, 0o644, "u", "g"
    ),
    "-rw-r--r--   1 u  g  12 2017/11/23 short iso": Entry(
        "short iso", "file", 12, utc(2017, 11, 23), 86400, 0o644, "u", "g"
    ),
    "d [R----F--] supervisor            512       Jan 16 18:53    login": Entry(
        "   login", "dir", 512, utc(2026, 1, 16, 18, 53), 60, None, "supervisor"
    ),
    "-------r--         326  1391972  1392298 Nov 22  1995 MegaPhone.sit": Entry(
        "MegaPhone.sit", "file", 1392298, utc(1995, 11, 22), 86400, 0o4, "1391972"
    ),
    "drwxrwxr-x               folder        2 May 10  1996 network": Entry(
        "network", "dir", 2, utc(1996, 5, 10), 86400, 0o775, "folder"
    ),
    "  12345   8 -rw-r--r--   1 u   g    1234 Nov 23  2017 inode": Entry(
        "inode", "file", 1234, utc(2017, 11, 23), 86400, 0o644, "u", "g"
    ),
    "drwxr-xr-x   2 u g 1 Nov 23 20:16 a\nb": Entry("a\nb", "dir", 1, RECENT, 60, 0o755, "u", "g"),
}


@pytest.mark.parametrize("line", LINES)
def test_line_is_read(line: str) -> None:
    assert entry(line) == LINES[line]


@pytest.mark.parametrize(
    "line",
    [
        "",
        "total 12",
        "-rw-r--r--",
        "-rw-r--r--   1 u g 1234 Nov 23 20:16",
        "-rw-r--r--   1 u g 1234 Nov 23 20:16 ",
        "-rw-r--r--   1 u g 1234 Nov 23 when name",
        "-rw-r--r--   1 u g size Nov 23 20:16 name",
        "-rw-r--r--   1 u g 1234 tomorrow name",
        "-rw-r--r-- " + "1 " * 2000,
        "04-27-00  09:09PM       <DIR>          licensed",
    ],
)
def test_other_lines_are_none(line: str) -> None:
    assert parse_unix(line, NOW) is None


@pytest.mark.parametrize(
    "line, wanted",
    [
        (
            "+i8388621.48594,m825718503,r,s280,\tdjb.html",
            Entry("djb.html", "file", 280, utc(1996, 3, 1, 22, 15, 3), 1),
        ),
        (
            "+i8388621.50690,m824255907,/,up755,\t514",
            Entry("514", "dir", None, utc(1996, 2, 13, 23, 58, 27), 1, 0o755),
        ),
        ("+r,s-1,m" + "9" * 15 + ",\tx", Entry("x")),
        ("+,\t a b", Entry(" a b")),
        ("+i1,no tab", None),
        ("i1,\tx", None),
        ("", None),
    ],
)
def test_eplf(line: str, wanted: Entry | None) -> None:
    assert parse_eplf(line) == wanted
