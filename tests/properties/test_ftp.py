"""FTP's grammar: any text is a value or a documented error, and what one side writes the other reads as it was."""

from __future__ import annotations

import datetime as dt
import ftplib
import re
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from wirekit._wire import ftp_facts, ftp_features, ftp_replies, ftp_times
from wirekit._wire.ftp_commands import check_command, format_eprt, format_port, mask_command
from wirekit._wire.ftp_entries import Entry, choose_name, is_local_name, parse_mode
from wirekit._wire.ftp_errors import BadListing, error_proto, error_reply
from wirekit._wire.ftp_listings import parse_listing
from wirekit._wire.mirroring import choose_steps

NOW = dt.datetime(2026, 11, 23, 20, 16, tzinfo=dt.UTC)
MOMENT = st.datetimes(
    dt.datetime(1970, 1, 2), dt.datetime(2026, 11, 23), timezones=st.just(dt.UTC)
).map(lambda moment: moment.replace(second=0, microsecond=0))  # fmt: skip
NAME = st.text(st.sampled_from("aB9 .-_;=>'\"\x7f\xe9\u65e5\u2028"), min_size=1, max_size=12).filter(
    lambda name: name not in {".", ".."}
)
PLAIN_NAME = NAME.filter(lambda name: name == name.strip() and " -> " not in name and ";" not in name)
PORT = st.integers(0, 255)
OFFSET = st.integers(-14 * 60, 14 * 60).map(lambda minutes: dt.timezone(dt.timedelta(minutes=minutes)))
ODD = st.text(st.sampled_from('0123456789,()|!"-. ;=\n\0\xe9AZaz'), max_size=40)
MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]


# ---- replies


def split_slowly(lines: list[str]) -> list[list[str]]:
    """Take replies out of lines by the definition of RFC 959 section 4.2, one line after another."""
    replies: list[list[str]] = []
    code = ""
    for line in lines:
        if code:
            replies[-1].append(line)
            if line[:3] == code and line[3:4] != "-":
                code = ""
        else:
            replies.append([line])
            code = line[:3] if line[3:4] == "-" else ""
    return replies


@given(
    st.lists(st.sampled_from(["220-a", "220 b", "220", "221 c", "220-", "text", " 220 d", ""]), max_size=8)
)
def test_end_of_a_reply_as_it_is_defined(lines: list[str]) -> None:
    replies: list[list[str]] = []
    open_now = False
    for line in lines:
        if open_now:
            replies[-1].append(line)
        else:
            replies.append([line])
        first = replies[-1][0]
        open_now = not ftp_replies.is_end_of_reply(first, line)
    slow = split_slowly(lines)
    assert [reply[0] for reply in replies] == [reply[0] for reply in slow]


@given(
    st.tuples(*[PORT] * 6), st.sampled_from(["({})", "{}", "={}.", "at {} now"]), st.sampled_from([",", ", "])
)
def test_address_in_227_comes_back(numbers: tuple[int, ...], form: str, comma: str) -> None:
    reply = "227 ok " + form.format(comma.join(map(str, numbers)))
    *host, high, low = numbers
    assert ftp_replies.parse227(reply) == (".".join(map(str, host)), high * 256 + low)


@given(ODD)
def test_any_227_is_an_address_or_an_error(text: str) -> None:
    try:
        host, port = ftp_replies.parse227("227 " + text)
    except error_proto:
        return
    assert re.fullmatch(r"(\d{1,3}\.){3}\d{1,3}", host)
    assert 0 <= port <= 65_535
    assert ftplib.parse227("227 " + text.replace(", ", ",")) == (host, port)


@given(
    st.integers(1, 65_535),
    st.characters(min_codepoint=33, max_codepoint=126).filter(lambda one: one not in "()0123456789"),
)
def test_port_in_229_comes_back(port: int, mark: str) -> None:
    reply = f"229 entering ({mark * 3}{port}{mark})"
    assert ftp_replies.parse229(reply, ("host", 1)) == ("host", port)
    assert ftplib.parse229(reply, ("host", 1)) == ("host", port)


@given(ODD)
def test_any_229_is_a_port_or_an_error(text: str) -> None:
    try:
        _, port = ftp_replies.parse229("229 " + text, ("host", 1))
    except error_proto:
        return
    assert 0 < port < 65_536


@given(
    st.text(st.sampled_from('a" /\xe9\u65e5'), max_size=12),
    st.sampled_from(["", " is it", ' "x"']),
)
def test_directory_in_257_comes_back(directory: str, behind: str) -> None:
    doubled = directory.replace('"', '""')
    reply = f'257 "{doubled}"{behind}'
    assert ftp_replies.parse257(reply) == directory == ftplib.parse257(reply)


@given(ODD)
@example('"')
@example(' "a"" b')
def test_any_257_is_what_the_standard_library_reads(text: str) -> None:
    assert ftp_replies.parse257("257" + text) == ftplib.parse257("257" + text)


@given(ODD)
def test_parsers_take_no_reply_for_another(text: str) -> None:
    parsers: list[Any] = [ftp_replies.parse150, ftp_replies.parse227, ftp_replies.parse257]
    for parse in parsers:
        with pytest.raises(error_reply):
            parse("999 " + text)


# ---- commands


@given(st.text(max_size=30))
def test_one_line_leaves_or_nothing(text: str) -> None:
    if re.search("[\r\n\0]", text):
        with pytest.raises(ValueError, match="newline"):
            check_command(text)
    else:
        check_command(text)


@given(st.text(max_size=30))
def test_passwords_are_hidden_whatever_they_are(password: str) -> None:
    shown = mask_command("PASS " + password)
    assert shown.removeprefix("PASS ").rstrip("\r\n").strip("*") == ""
    assert len(shown) == 5 + len(password)


@given(st.tuples(*[PORT] * 4), st.integers(0, 65_535))
def test_addresses_of_active_mode_come_back(numbers: tuple[int, ...], port: int) -> None:
    host = ".".join(map(str, numbers))
    assert ftp_replies.parse227("227 (" + format_port(host, port)[5:] + ")") == (host, port)
    assert format_eprt(host, port, ipv6=False).split("|")[1:4] == ["1", host, str(port)]


# ---- times


@given(st.datetimes(dt.datetime(1, 1, 2), timezones=OFFSET))
def test_times_come_back(moment: dt.datetime) -> None:
    try:
        written = ftp_times.format_time(moment)
    except OverflowError:  # beyond year 9999 or before year 1 in UTC
        return
    assert ftp_times.parse_time(written) == moment.astimezone(dt.UTC).replace(microsecond=0)


@given(st.text(st.sampled_from("0123456789."), max_size=20))
def test_any_time_is_one_or_none(text: str) -> None:
    found = ftp_times.parse_time(text)
    assert found is None or found.tzinfo is dt.UTC


# ---- listings


def draw_mode(mode: int) -> str:
    """Draw permissions as ls does, by its definition."""
    letters = ["rwx"[place % 3] if mode >> (8 - place) & 1 else "-" for place in range(9)]
    for place, bit, small, large in ((2, 0o4000, "s", "S"), (5, 0o2000, "s", "S"), (8, 0o1000, "t", "T")):
        if mode & bit:
            letters[place] = small if letters[place] == "x" else large
    return "".join(letters)


@given(st.integers(0, 0o7777))
def test_modes_come_back(mode: int) -> None:
    assert parse_mode(draw_mode(mode)) == mode


def write_unix(entry: Entry, moment: dt.datetime) -> str:
    """Write a line as GNU's ls -l does: the time of the last half year, else the year."""
    recent = NOW - dt.timedelta(days=180) < moment <= NOW
    when = f"{moment:%H:%M}" if recent else f"{moment.year:5}"
    mode = {"file": "-", "dir": "d", "link": "l"}[entry.type] + draw_mode(entry.permissions or 0)
    arrow = f" -> {entry.target}" if entry.target else ""
    owners = f"{entry.owner:8} {entry.group:8}"
    return f"{mode} 1 {owners} {entry.size:>8} {MONTHS[moment.month - 1]} {moment.day:2} {when} {entry.name}{arrow}"


WORD = st.text(st.sampled_from("abcxyz019._-"), min_size=1, max_size=8).filter(
    lambda word: not word.isdigit()
)


@given(
    NAME,
    st.sampled_from(["file", "dir", "link"]),
    st.integers(0, 10**15),
    MOMENT,
    st.integers(0, 0o7777),
    WORD,
    WORD,
)
def test_lines_of_ls_come_back(
    name: str, kind: str, size: int, moment: dt.datetime, mode: int, owner: str, group: str
) -> None:
    if " -> " in name:
        return
    target = "over/there" if kind == "link" else None
    entry = Entry(name, kind, size, None, None, mode, owner, group, target)
    (found,) = parse_listing([write_unix(entry, moment)], NOW)
    recent = found.precision == 60
    wanted = moment if recent else moment.replace(hour=0, minute=0)
    assert found == entry._replace(modified=wanted, precision=60 if recent else 86_400)


@given(PLAIN_NAME, st.booleans(), st.integers(0, 10**12), MOMENT)
def test_lines_of_dir_come_back(name: str, is_dir: bool, size: int, moment: dt.datetime) -> None:
    amount = "<DIR>         " if is_dir else f"{size:14}"
    for stamp in (f"{moment:%m-%d-%Y  %I:%M%p}", f"{moment:%Y-%m-%d  %H:%M}"):
        (found,) = parse_listing([f"{stamp}       {amount} {name}"], NOW)
        assert (found.name, found.is_dir, found.modified) == (name, is_dir, moment)
        assert found.size == (None if is_dir else size)


@given(
    NAME,
    st.sampled_from(["file", "dir", "link", "other"]),
    st.integers(0, 10**15),
    MOMENT,
    st.integers(0, 0o7777),
)
def test_facts_come_back(name: str, kind: str, size: int, moment: dt.datetime, mode: int) -> None:
    entry = Entry(name, kind, size, moment, 1, mode, "me", "us", "/there" if kind == "link" else None)
    facts = ftp_facts.format_facts(entry)
    line = "".join(f"{fact}={value};" for fact, value in facts.items()) + " " + name
    again, found = ftp_facts.parse_facts(line)
    assert (again, found) == (name, facts)
    assert ftp_facts.make_entry(again, found) == entry


LISTED = st.sampled_from(
    [
        "total 5",
        "-rw-r--r-- 1 u g 3 Nov 22 20:16 ../../etc/passwd",
        "drwxr-xr-x 1 u g 3 Feb 29  2019 leap",
        "-rw-r--r-- 1 u g 3 Nov 22 20:16 .",
        "11-23-20  08:16PM       <DIR>          a",
        "13-33-20  28:16PM       <DIR>          b",
        "+i8388621.48594,m825718503,r,s280,\tdjb.html",
        "CORE.DIR;1          1  8-SEP-1996 16:09 [SYSTEM] (RWE,RWE,RE,RE)",
        "lrwxrwxrwx 1 u g 3 Nov 22 20:16 l -> ",
        "LONG_NAME.TXT;12",
    ]
)


@given(
    st.lists(st.one_of(LISTED, ODD, st.text(max_size=60)), max_size=6),
    st.sampled_from(["", "/", "/a", "a/b"]),
)
def test_any_listing_is_entries_that_stay_where_they_are(lines: list[str], directory: str) -> None:
    try:
        found = parse_listing(lines, NOW, directory)
    except BadListing:
        return
    for entry in found:
        assert choose_name(entry.name) == entry.name
        assert is_local_name(entry.name, windows=False)
        assert entry.type in {"file", "dir", "link", "other"}
        assert entry.modified is None or entry.modified.tzinfo is dt.UTC


@given(st.text(max_size=60))
def test_any_facts_are_an_entry_or_none(line: str) -> None:
    name, facts = ftp_facts.parse_facts(line)
    entry = ftp_facts.make_entry(name, facts)
    assert entry is None or entry.name == name
    assert all(fact == fact.lower() for fact in facts)


@given(st.text(st.sampled_from("AUTHM LST*;-\n211"), max_size=60))
def test_any_features_are_names_in_capitals(text: str) -> None:
    features = ftp_features.parse_features("211-" + text + "\n211 End")
    assert all(name == name.upper() and " " not in name for name in features)
    ftp_features.list_facts(features)
    ftp_features.choose_hash(features)


# ---- mirrors

SIDE = st.dictionaries(
    st.sampled_from(["a", "b", "c", "a/x", "b/x", "a/y/z"]),
    st.builds(lambda kind, size: (kind, size), st.sampled_from(["file", "dir"]), st.integers(0, 2)),
)


def make_side(found: dict[str, tuple[str, int]]) -> dict[str, Entry]:
    """A tree as it can be: what is above a path is a directory."""
    side = {path: Entry(path.rpartition("/")[2], kind, size) for path, (kind, size) in found.items()}
    for path in list(side):
        while path := path.rpartition("/")[0]:
            side[path] = Entry(path.rpartition("/")[2], "dir")
    return side


@given(SIDE, SIDE)
def test_steps_make_one_side_like_the_other(here: dict[str, Any], there: dict[str, Any]) -> None:
    source, destination = make_side(here), make_side(there)
    now = dict(destination)
    for step in choose_steps(source, destination, delete=True):
        above = step.path.rpartition("/")[0]
        if step.action == "make":
            assert step.path not in now
            now[step.path] = source[step.path]
        elif step.action == "copy":
            now[step.path] = source[step.path]
        elif step.action == "remove":
            assert now.pop(step.path).is_file
        else:
            assert step.action == "remove_directory"
            assert now.pop(step.path).is_dir
            assert not any(path.startswith(f"{step.path}/") for path in now)
        assert not above or now[above].is_dir
    assert {path: (entry.type, entry.is_file and entry.size) for path, entry in now.items()} == {
        path: (entry.type, entry.is_file and entry.size) for path, entry in source.items()
    }
