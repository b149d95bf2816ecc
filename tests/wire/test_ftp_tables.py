"""Listings of DOS, OS/2, OS/400, VMS, VxWorks and z/OS, line by line."""

from __future__ import annotations

import datetime as dt

import pytest

from wirekit._wire import ftp_tables as tables
from wirekit._wire.ftp_entries import Entry

ALL = [
    tables.parse_dos,
    tables.parse_os2,
    tables.parse_os400,
    tables.parse_vms,
    tables.parse_vxworks,
    tables.parse_zos,
    tables.parse_zos_member,
]


def utc(*parts: int) -> dt.datetime:
    return dt.datetime(*parts, tzinfo=dt.UTC)  # type: ignore[arg-type, misc]  # year, month, day ...


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("04-27-00  09:09PM       <DIR>          licensed", Entry("licensed", "dir", None, utc(2000, 4, 27, 21, 9), 60)),
        ("04-27-00  12:09AM       <DIR>            lead", Entry("  lead", "dir", None, utc(2000, 4, 27, 0, 9), 60)),
        ("04-27-00  12:09PM       <DIR> tight", Entry("tight", "dir", None, utc(2000, 4, 27, 12, 9), 60)),
        ("07-18-2000  10:16AM                 655 read me", Entry("read me", "file", 655, utc(2000, 7, 18, 10, 16), 60)),
        ("11-23-26  08:16PM                   22  lead", Entry(" lead", "file", 22, utc(2026, 11, 23, 20, 16), 60)),
        ("2017-11-23  20:16             1,234 x", Entry("x", "file", 1234, utc(2017, 11, 23, 20, 16), 60)),
        ("28.02.2017  20:16:05         1.234 x", Entry("x", "file", 1234, utc(2017, 2, 28, 20, 16, 5), 1)),
        ("02-30-98  20:16         1 x", Entry("x", "file", 1)),
        ("02-03-98  20:16         . x", Entry("x", "file", 0, utc(1998, 2, 3, 20, 16), 60)),
        ("01/02/2017  12:16 AM    <SYMLINKD>     link [C:\\there]", Entry("link", "link", None, utc(2017, 1, 2, 0, 16), 60, target="C:\\there")),
        ("01/02/2017  12:16 AM    <JUNCTION>     link", Entry("link", "link", None, utc(2017, 1, 2, 0, 16), 60)),
    ],
)  # fmt: skip
def test_dos(line: str, wanted: Entry) -> None:
    assert tables.parse_dos(line) == wanted


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("           0           DIR    04-11-95   16:26  ADDRESS", Entry("ADDRESS", "dir", None, utc(1995, 4, 11, 16, 26), 60)),
        ("      612      A    07-28-2005   16:45  air tra1.bag", Entry("air tra1.bag", "file", 612, utc(2005, 7, 28, 16, 45), 60)),
        ("      612           13-28-95   16:45  x", Entry("x", "file", 612)),
    ],
)  # fmt: skip
def test_os2(line: str, wanted: Entry) -> None:
    assert tables.parse_os2(line) == wanted


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("QSYS            77824 02/23/00 15:09:55 *DIR       QOpenSys/", Entry("QOpenSys", "dir", None, utc(2000, 2, 23, 15, 9, 55), 1, owner="QSYS")),
        ("QSYS            77824 02/23/00 15:09:55 *STMF      a file", Entry("a file", "file", 77824, utc(2000, 2, 23, 15, 9, 55), 1, owner="QSYS")),
        ("QSYS                                    *MEM       LIB.FILE/X.MBR", Entry("LIB.FILE/X.MBR", "file", owner="QSYS")),
        ("QSYS            77824 02/31/00 15:09:55 *FILE      x/", Entry("x", "dir", owner="QSYS")),
    ],
)  # fmt: skip
def test_os400(line: str, wanted: Entry) -> None:
    assert tables.parse_os400(line) == wanted


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("CORE.DIR;1          1  8-SEP-1996 16:09 [SYSTEM] (RWED,RWED,RE,)", Entry("CORE", "dir", None, utc(1996, 9, 8, 16, 9), 60, owner="SYSTEM")),
        ("00README.TXT;12     2 30-DEC-1996 17:44 [SYSTEM] (RWED,RWED,RE,RE)", Entry("00README.TXT", "file", 1024, utc(1996, 12, 30, 17, 44), 60, owner="SYSTEM")),
        ("CII.TEX;1  213/216  29-JAN-1996 03:33:12.43", Entry("CII.TEX", "file", 109056, utc(1996, 1, 29, 3, 33, 12), 1)),
        ("CII.TEX;1  213/216  31-FEB-1996 03:33", Entry("CII.TEX", "file", 109056)),
        ("CII.TEX;1  213/216  31-XXX-1996 03:33", None),
    ],
)  # fmt: skip
def test_vms(line: str, wanted: Entry | None) -> None:
    assert tables.parse_vms(line) == wanted


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("      512    Jan-01-1980  00:00:00   CURRENT           <DIR>", Entry("CURRENT", "dir", None, utc(1980, 1, 1), 1)),
        ("      512    Jan-01-1980  00:00:05   file.txt", Entry("file.txt", "file", 512, utc(1980, 1, 1, 0, 0, 5), 1)),
        ("      512    Feb-31-1980  00:00:05   file.txt", Entry("file.txt", "file", 512)),
        ("      512    Xyz-01-1980  00:00:05   file.txt", None),
    ],
)  # fmt: skip
def test_vxworks(line: str, wanted: Entry | None) -> None:
    assert tables.parse_vxworks(line) == wanted


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("WYOSPT 3420   2003/05/21  1  200  FB      80  8053  PS  48-MVS.FILE", Entry("48-MVS.FILE", "file", None, utc(2003, 5, 21), 86400)),
        ("WPTA01 3290   2004/03/04  1    3  FB      80  3125  PO  49-MVS.DATASET", Entry("49-MVS.DATASET", "dir", None, utc(2004, 3, 4), 86400)),
        ("NRP004 3390   **NONE**    1   15  NONE     0     0  PO  51-MVS.DATASET", Entry("51-MVS.DATASET", "dir")),
        ("Migrated                                                SOME.DATA.SET", Entry("SOME.DATA.SET", "file")),
        ("Pseudo Directory                                        'USER.'", Entry("USER.", "dir")),
    ],
)  # fmt: skip
def test_zos(line: str, wanted: Entry) -> None:
    assert tables.parse_zos(line) == wanted


@pytest.mark.parametrize(
    "line, wanted",
    [
        (" IEFBR14   01.01 2002/09/12 2002/10/11 09:37    11    11     0 KIL001", Entry("IEFBR14", "file", None, utc(2002, 10, 11, 9, 37), 60, owner="KIL001")),
        ("IEFBR14   01.01 2002/09/12 2002/10/11 09:37:05    11    11     0 KIL001", Entry("IEFBR14", "file", None, utc(2002, 10, 11, 9, 37, 5), 1, owner="KIL001")),
        ("IEFBR14   01.01 2002/09/12 2002/13/11 09:37    11    11     0 KIL001", Entry("IEFBR14", "file", owner="KIL001")),
    ],
)  # fmt: skip
def test_members_on_zos(line: str, wanted: Entry) -> None:
    assert tables.parse_zos_member(line) == wanted


@pytest.mark.parametrize(
    "line", ["", "total 12", "-rw-r--r--   1 u g 1234 Nov 23 20:16 name", "x" * 4096, "1" * 4096]
)
@pytest.mark.parametrize("parse", ALL)
def test_other_lines_are_none(parse: object, line: str) -> None:
    assert parse(line) is None  # type: ignore[operator]  # they all take a line
