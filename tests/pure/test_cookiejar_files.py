"""Jars in files: cookies.txt of everybody, LWP, JSON, browsers' databases; saved whole and for one's own eyes."""

from __future__ import annotations

import gc
import io
import json
import os
import pickle
import sqlite3
import stat
import sys
import warnings
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from tests.jars import receive, sent
from wirekit import defaults
from wirekit.http import cookiejar
from wirekit.http.cookiejar import (
    BadLine,
    ChromiumCookieJar,
    Cookie,
    FileCookieJar,
    FirefoxCookieJar,
    JSONCookieJar,
    LWPCookieJar,
    MozillaCookieJar,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

LATER = 9_999_999_999
TEXT_JARS = [MozillaCookieJar, LWPCookieJar, JSONCookieJar]
of_each_kind = pytest.mark.parametrize("kind", TEXT_JARS)


@pytest.fixture(autouse=True)
def _safe_profile() -> Iterator[None]:
    with defaults.using("safe"):
        yield


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "jar"


def shown(jar: Any) -> list[tuple[Any, ...]]:
    return [(one.name, one.value, one.domain, one.path, one.secure, one.expires) for one in jar]


def write(path: Path, *lines: str, head: str = "# Netscape HTTP Cookie File") -> None:
    path.write_text("\n".join([head, *lines, ""]))


def line(
    name: str = "a", value: str = "1", domain: str = "h.example", tail: str = "FALSE", expires: Any = LATER
) -> str:
    return f"{domain}\t{tail}\t/\tFALSE\t{expires}\t{name}\t{value}"


# ---- what all have in common


@of_each_kind
def test_save_and_load(kind: Any, path: Path) -> None:
    jar = kind(path)
    receive(
        jar,
        "https://www.h.example/p/",
        "a=1; Max-Age=99; Secure; HttpOnly",
        "b=2; Max-Age=99; Domain=h.example",
        "s=3",
    )
    jar.save()
    again = kind()
    again.load(path)
    assert shown(again) == [one for one in shown(jar) if one[0] != "s"]
    assert [one.has_nonstandard_attr("HttpOnly") for one in again] == [True, False]
    jar.save(path, ignore_discard=True)
    again.load(path)
    assert len(again) == 2
    again.load(path, ignore_discard=True)
    assert len(again) == 3
    assert again.bad_lines == []


@of_each_kind
def test_what_has_expired_is_neither_saved_nor_loaded(kind: Any, path: Path) -> None:
    jar = kind(path)
    receive(jar, "http://h.example/", "a=1; Max-Age=99", "b=2; Max-Age=99")
    next(iter(jar)).expires = 5
    jar.save()
    jar.revert()
    assert [one.name for one in jar] == ["b"]
    next(iter(jar)).expires = 5
    jar.save(ignore_expires=True)
    jar.revert()
    assert len(jar) == 0
    jar.load(ignore_expires=True)
    assert [one.expires for one in jar] == [5]


@of_each_kind
def test_file_is_replaced_as_a_whole_and_private(kind: Any, path: Path) -> None:
    path.write_text("old" * 10_000)
    path.chmod(0o644)
    with path.open() as before:
        jar = kind(path)
        receive(jar, "http://h.example/", "a=1; Max-Age=99")
        jar.save()
        assert before.read() == "old" * 10_000  # whoever reads the old one reads all of it
    assert "old" not in path.read_text()
    assert os.listdir(path.parent) == ["jar"]
    if sys.platform != "win32":
        assert stat.S_IMODE(path.stat().st_mode) == 0o600


@of_each_kind
def test_failure_leaves_the_old_file_and_no_other(
    kind: Any, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("old")

    def fail(*_: Any) -> None:
        raise OSError("disk full")

    jar = kind(path)
    receive(jar, "http://h.example/", "a=1; Max-Age=99")
    monkeypatch.setattr(os, "replace", fail)
    with pytest.raises(OSError, match="disk full"):
        jar.save()
    assert os.listdir(path.parent) == ["jar"]
    assert path.read_text() == "old"


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes on this system")
def test_what_is_no_ordinary_file_is_written_to(path: Path, tmp_path: Path) -> None:
    jar = MozillaCookieJar("/dev/null")
    receive(jar, "http://h.example/", "a=1; Max-Age=99")
    jar.save()
    assert not Path("/dev/null").is_file()
    link = tmp_path / "link"
    path.write_text("")
    link.symlink_to(path)
    jar.save(link)
    assert link.is_symlink()
    assert "a\t1" in path.read_text()


def test_where_no_file_can_be_made_the_old_one_is_overwritten(
    path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path.write_text("old" * 1000)
    usual = os.open

    def refuse(name: Any, flags: int, *mode: int) -> int:
        if flags & os.O_CREAT:
            raise PermissionError(13, "no new files here")
        return usual(name, flags, *mode)

    monkeypatch.setattr(os, "open", refuse)
    jar = MozillaCookieJar(path)
    receive(jar, "http://h.example/", "a=1; Max-Age=99")
    jar.save()
    assert "old" not in path.read_text()
    assert "a\t1" in path.read_text()
    with pytest.raises(OSError, match=r"directory|No such file"):
        jar.save(path.parent / "missing" / "jar")


@pytest.mark.parametrize("name", [str, os.fsencode, Path])
def test_names_of_files(name: Any, path: Path) -> None:
    jar = MozillaCookieJar(name(path))
    assert jar.filename == os.fspath(name(path))
    receive(jar, "http://h.example/", "a=1; Max-Age=99")
    jar.save()
    jar.revert()
    assert len(jar) == 1
    jar.save(name(path.parent / "other"))
    assert (path.parent / "other").read_text() == path.read_text()


@of_each_kind
def test_file_name_is_needed(kind: Any) -> None:
    jar = kind()
    assert (jar.filename, jar.delayload, jar.strict) == (None, False, None)
    for method in (jar.save, jar.load, jar.revert):
        with pytest.raises(ValueError, match="a filename was not supplied"):
            method()
    for wrong in (5, 1.5, object()):
        with pytest.raises(TypeError):
            kind(wrong)


def test_base_has_no_format(path: Path) -> None:
    path.write_text("")
    jar = FileCookieJar(path, True)
    assert jar.delayload is True
    for method in (jar.save, jar.load):
        with pytest.raises(NotImplementedError):
            method()
    with pytest.raises(NotImplementedError):
        FirefoxCookieJar(path).save()


@of_each_kind
def test_file_of_another_format_is_a_load_error(kind: Any, path: Path) -> None:
    path.write_text("oops\n")
    with pytest.raises(cookiejar.LoadError, match="does not look like"):
        kind(path).load()
    with pytest.raises(FileNotFoundError):
        kind(path.parent / "missing").load()


@of_each_kind
def test_revert_changes_nothing_where_it_fails(kind: Any, path: Path) -> None:
    jar = kind(path)
    receive(jar, "http://h.example/", "a=1")
    path.write_text("oops\n")
    with pytest.raises(cookiejar.LoadError):
        jar.revert()
    with pytest.raises(FileNotFoundError):
        jar.revert(path.parent / "missing")
    assert sent(jar, "http://h.example/") == "a=1"


@of_each_kind
def test_loading_adds_to_what_is_there(kind: Any, path: Path) -> None:
    jar = kind(path)
    receive(jar, "http://h.example/", "a=1; Max-Age=99", "b=2; Max-Age=99")
    jar.save()
    receive(jar, "http://h.example/", "b=3", "c=4")
    jar.load()
    assert sent(jar, "http://h.example/") == "a=1; b=2; c=4"


@of_each_kind
def test_overridden_set_cookie_sees_what_is_loaded(kind: Any, path: Path) -> None:
    class Mine(kind):  # type: ignore[misc]
        def set_cookie(self, cookie: Any) -> None:
            seen.append(cookie.name)
            super().set_cookie(cookie)

    jar = kind(path)
    receive(jar, "http://h.example/", "a=1; Max-Age=99", "b=2; Max-Age=99")
    jar.save()
    seen: list[str] = []
    mine = Mine(path)
    mine.load()
    assert seen == ["a", "b"]
    plain = kind(path)
    plain._cookies = {}
    plain.load()
    assert shown(plain) == shown(mine)


@of_each_kind
def test_loaded_cookies_expire_and_count(kind: Any, path: Path) -> None:
    jar = kind(path)
    receive(jar, "http://h.example/", "a=1; Max-Age=99", "b=2; Max-Age=99")
    jar.save()
    again = kind(path)
    again.load()
    for cookie in again:
        cookie.expires = 5
    assert sent(again, "http://h.example/") == ""
    assert len(again) == 0


# ---- cookies.txt


def test_files_of_curl(path: Path) -> None:
    write(
        path,
        "# https://curl.se/docs/http-cookies.html",
        "# This file was generated by libcurl! Edit at your own risk.",
        "",
        f"#HttpOnly_.h.example\tTRUE\t/\tTRUE\t{LATER}\tsid\tx",
        "h.example\tFALSE\t/\tFALSE\t0\tsession\ty",
        "h.example\tFALSE\t/p\tFALSE\t0\tempty\t",
    )
    jar = MozillaCookieJar(path)
    jar.load(ignore_discard=True)
    assert [(one.name, one.value, one.domain_specified, one.expires, one.discard) for one in jar] == [
        ("sid", "x", True, LATER, False),
        ("session", "y", False, None, True),
        ("empty", "", False, None, True),
    ]
    assert [one.has_nonstandard_attr("HttpOnly") for one in jar] == [True, False, False]
    assert sent(jar, "http://www.h.example/") == ""
    assert sent(jar, "https://www.h.example/") == "sid=x"
    jar.load()
    jar.revert()
    assert [one.name for one in jar] == ["sid"]


def test_files_of_wget(path: Path) -> None:
    write(
        path,
        "# Generated by Wget on 2025-01-01 00:00:00.",
        "# Edit at your own risk.",
        "",
        f"h.example:8080\tFALSE\t/\tFALSE\t{LATER}\tported\t1",
        f"h.example\tTRUE\t/\tFALSE\t{LATER}\twide\t2",
        head="# HTTP Cookie File",
    )
    jar = MozillaCookieJar(path)
    jar.load()
    assert sent(jar, "http://h.example:8080/") == "ported=1; wide=2"
    assert sent(jar, "http://h.example/") == sent(jar, "http://www.h.example/") == "wide=2"


def test_file_without_a_head_and_with_other_line_ends(path: Path) -> None:
    path.write_bytes(b"\xef\xbb\xbf" + f"{line('a')}\r\n{line('b')}\r\n".encode())
    jar = MozillaCookieJar(path)
    jar.load()
    assert [(one.name, one.value) for one in jar] == [("a", "1"), ("b", "1")]
    path.write_bytes(f"{line('a', 'caf')}".encode() + b"\xe9\n")
    jar.revert()
    assert [one.value for one in jar] == ["caf\xe9"]
    path.write_bytes(b"")
    jar.revert()
    assert len(jar) == 0


def test_bad_line_is_named_and_loses_no_other(path: Path) -> None:
    write(path, line("a"), "oops", line("b"), line("c", expires="soon"), line("d\x01"), line("e"))
    jar = MozillaCookieJar(path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        jar.load()
    assert [one.name for one in jar] == ["a", "b", "e"]
    assert [(bad.number, bad.filename) for bad in jar.bad_lines] == [
        (3, str(path)),
        (5, str(path)),
        (6, str(path)),
    ]
    assert str(jar.bad_lines[0]) == f"{path}, line 3: 1 fields, not 7"
    assert [warning.category for warning in told] == [BadLine] * 3
    assert told[0].filename == __file__
    again = pickle.loads(pickle.dumps(jar.bad_lines[0]))
    assert vars(again) == vars(jar.bad_lines[0])
    assert str(again) == str(jar.bad_lines[0])


@of_each_kind
def test_strict_jar_takes_nothing_of_a_bad_file(kind: Any, path: Path) -> None:
    bad = {
        MozillaCookieJar: "\n".join(["# HTTP Cookie File", line("a"), "oops", line("b")]),
        LWPCookieJar: "#LWP-Cookies-2.0\n"
        'Set-Cookie3: a=1; path="/"; domain="h.example"; version=0; discard\nSet-Cookie3: oops\n',
        JSONCookieJar: '[{"name": "a", "value": "1", "domain": "h.example"}, 5]',
    }
    path.write_text(bad[kind])
    jar = kind(path, strict=True)
    with pytest.raises(cookiejar.LoadError, match=r"line [23]"):
        jar.load(ignore_discard=True)
    assert len(jar) == 0
    lenient = kind(path, strict=False)
    with pytest.warns(BadLine):
        lenient.load(ignore_discard=True)
    assert [one.name for one in lenient][:1] == ["a"]
    with defaults.using("stdlib"), pytest.raises(cookiejar.LoadError):
        kind(path).load()


def test_secrets_of_a_bad_line_are_not_told(path: Path) -> None:
    write(path, line("sid", "hidden\thidden"), line("sid", "hidden\x01"), line())
    jar = MozillaCookieJar(path)
    with warnings.catch_warnings(record=True) as told:
        warnings.simplefilter("always")
        jar.load()
    assert len(told) == 2
    assert not any("hidden" in str(warning.message) for warning in told)


def test_domain_of_a_program_stays_one(path: Path) -> None:
    jar = MozillaCookieJar(path)
    jar.set_cookie(Cookie(
        0, "a", "1", None, False, "h.example", True, False, "/", True, False, LATER, False, None, None, {}
    ))  # fmt: skip
    jar.save()
    jar.revert()
    assert sent(jar, "http://www.h.example/") == "a=1"


def test_partitioned_cookies_are_saved_where_they_mean_the_same(path: Path) -> None:
    from tests.pure.test_cookiejar import from_site

    jar = MozillaCookieJar(path)
    cookie = "a=1; Secure; Partitioned; SameSite=None; Max-Age=99"
    receive(jar, "https://www.h.example/", cookie)
    receive(jar, from_site("https://widget.example/", "one.example"), cookie)
    with pytest.warns(UserWarning, match=r"not saved: 'a' of widget\.example"):
        jar.save()
    again = MozillaCookieJar(path)
    again.load()
    assert [one.domain for one in again] == ["www.h.example"]
    apart = JSONCookieJar(path)
    for one in jar:
        apart.set_cookie(one)
    apart.save()
    apart.revert()
    assert sent(apart, from_site("https://widget.example/", "one.example")) == "a=1"
    assert sent(apart, from_site("https://widget.example/", "two.example")) == ""


def test_names_of_older_programs(path: Path) -> None:
    class Older(MozillaCookieJar):
        """As yt-dlp does: mends a file first, and gives it to the private method."""

        def load(
            self, filename: Any = None, ignore_discard: bool = False, ignore_expires: bool = False
        ) -> None:
            text = io.StringIO(path.read_text().replace("OOPS", "h.example"))
            self._really_load(text, filename, ignore_discard, ignore_expires)

    class Oldest(MozillaCookieJar):
        def _really_load(self, f: Any, filename: Any, ignore_discard: bool, ignore_expires: bool) -> None:
            lines.extend(f)

    write(path, line(domain="OOPS"))
    jar = Older(path)
    jar.load()
    assert [one.domain for one in jar] == ["h.example"]
    lines: list[str] = []
    Oldest(path).load()
    assert lines == ["# Netscape HTTP Cookie File\n", line(domain="OOPS") + "\n"]


def test_jar_without_our_constructor(path: Path) -> None:
    class Bare(MozillaCookieJar):
        def __init__(self) -> None:
            cookiejar.CookieJar.__init__(self)
            self.filename = str(path)

    write(path, line())
    jar = Bare()
    jar.load()
    assert len(jar) == 1


@pytest.mark.parametrize("enabled", [True, False])
def test_garbage_collector_is_left_as_it_was(enabled: bool, path: Path) -> None:
    write(path, line())
    try:
        if not enabled:
            gc.disable()
        MozillaCookieJar(path).load()
        assert gc.isenabled() is enabled
        path.write_text("# HTTP Cookie File\noops\n")
        with pytest.raises(cookiejar.LoadError):
            MozillaCookieJar(path).load()
        assert gc.isenabled() is enabled
    finally:
        gc.enable()


def test_later_line_of_a_cookie_counts(path: Path) -> None:
    write(
        path,
        line("a", "1"),
        line("b", "2"),
        line("a", "3"),
        "\t".join(["h.example", "FALSE", "/p", "FALSE", str(LATER), "c", "4"]),
    )
    jar = MozillaCookieJar(path)
    jar.load()
    assert sent(jar, "http://h.example/p") == "c=4; a=3; b=2"


# ---- as the standard library has it


def test_profile_of_the_standard_library_writes_and_reads_its_lines(path: Path) -> None:
    with defaults.using("stdlib"):
        jar = MozillaCookieJar(path)
        receive(jar, "http://h.example/", "a=1; HTTPOnly", "lone", "b=2; Max-Age=99; HttpOnly", "c=x\x01")
        jar.set_cookie(Cookie(
            0, "d", "1; x", None, False, "h.example", True, False, "/", True, False, LATER, False, None, None, {}
        ))  # fmt: skip
        with pytest.warns(UserWarning, match="not saved"):
            jar.save(ignore_discard=True)
        lines = path.read_text().split("\n")[4:-1]
        assert lines[0] == "#HttpOnly_h.example\tFALSE\t/\tFALSE\t\ta\t1"
        assert lines[1] == "h.example\tFALSE\t/\tFALSE\t\t\tlone"
        assert lines[2].startswith("h.example\tFALSE\t/\tFALSE\t")
        assert lines[3] == f"h.example\tFALSE\t/\tFALSE\t{LATER}\td\t1; x"
        again = MozillaCookieJar(path)
        again.load(ignore_discard=True)
        assert [(one.name, one.value) for one in again] == [
            ("a", "1"),
            ("lone", None),
            ("b", "2"),
            ("d", "1; x"),
        ]
        write(path, line(expires="0"), line("e", expires="12345678901.5"), line(tail="TRUE"))
        with pytest.raises(cookiejar.LoadError, match="line 4: a leading dot"):
            again.load(ignore_expires=True)
        write(path, line(expires="0"), line("e", expires="12345678901.5"), "  # comment", "$x")
        again.clear()
        again.load(ignore_expires=True)
        assert [(one.name, one.expires) for one in again] == [("a", 0), ("e", 12_345_678_901)]


# ---- LWP


def test_lwp_keeps_what_rfc_2965_knows(path: Path) -> None:
    jar = LWPCookieJar(path)
    jar.set_cookie(Cookie(
        1, "a", 'x "y", z', "80,81", True, ".h.example", True, True, "/p", True, True, LATER, False, "c", "http://c/",
        {"HttpOnly": None, "SameSite": "Lax"},
    ))  # fmt: skip
    jar.set_cookie(
        Cookie(
            0,
            "b",
            None,
            None,
            False,
            "h.example",
            False,
            False,
            "/",
            False,
            False,
            None,
            True,
            None,
            None,
            {},
        )
    )
    jar.set_cookie(
        Cookie(
            0,
            "c",
            "",
            None,
            False,
            "h.example",
            False,
            False,
            "/",
            False,
            False,
            10**12,
            False,
            None,
            None,
            {},
        )
    )
    jar.save(ignore_discard=True)
    again = LWPCookieJar(path)
    again.load(ignore_discard=True)
    assert repr(again).replace("253402300799", "1000000000000") == repr(jar)
    assert path.read_text() == "#LWP-Cookies-2.0\n" + jar.as_lwp_str()
    assert again.as_lwp_str(ignore_discard=False) == jar.as_lwp_str(ignore_discard=False)
    with defaults.using("stdlib"):
        assert "HttpOnly=None" in cookiejar.lwp_cookie_str(next(iter(jar)))


def test_lwp_bad_lines(path: Path) -> None:
    good = 'Set-Cookie3: good=1; path="/"; domain="h.example"; path_spec; discard; version=0'
    lines = [
        "a comment",
        good,
        'Set-Cookie3: a=1; path="/"',
        'Set-Cookie3: a=1; path="/"; domain="h"; version=x',
        'Set-Cookie3: a="b;c"; path="/"; domain="h.example"; version=0',
        'Set-Cookie3: a=1; path="/"; domain; version=0',
        'Set-Cookie3: n=1; path="/"; domain="h.example"; expires="never"; port="80"; version=1; Odd',
    ]
    write(path, *lines, head="#LWP-Cookies-2.0")
    jar = LWPCookieJar(path)
    with pytest.warns(BadLine):
        jar.load(ignore_discard=True)
    assert [bad.number for bad in jar.bad_lines] == [4, 5, 6, 7]
    assert [(one.name, one.expires, one.port, one._rest) for one in jar] == [
        ("good", None, None, {}),
        ("n", None, "80", {"Odd": None}),
    ]


# ---- JSON


def test_json_is_what_browsers_interfaces_have(path: Path) -> None:
    jar = JSONCookieJar(path)
    receive(
        jar,
        "https://h.example/",
        "a=1; Domain=h.example; Secure; HttpOnly; SameSite=Lax; Max-Age=99; Path=/; Odd=x",
        "b=2",
    )
    jar.save(ignore_discard=True)
    first, second = json.loads(path.read_text())["cookies"]
    assert first == {
        "name": "a", "value": "1", "domain": ".h.example", "path": "/", "expires": next(iter(jar)).expires, "httpOnly": True,
        "secure": True, "sameSite": "Lax", "pathSpecified": True, "attributes": {"Odd": "x"},
    }  # fmt: skip
    assert second == {
        "name": "b", "value": "2", "domain": "h.example", "path": "/", "expires": -1, "httpOnly": False, "secure": False,
    }  # fmt: skip
    again = JSONCookieJar(path)
    again.load(ignore_discard=True)
    assert shown(again) == shown(jar)
    assert [one._rest for one in again] == [{"HTTPOnly": "", "SameSite": "Lax", "Odd": "x"}, {}]
    assert [one.path_specified for one in again] == [True, False]


def test_json_of_others(path: Path) -> None:
    playwright = {"cookies": [{"name": "a", "value": "1", "domain": ".h.example", "path": "/", "expires": -1,
                               "httpOnly": True, "secure": False, "sameSite": "Lax"}], "origins": []}  # fmt: skip
    editor = [{"domain": "h.example", "expirationDate": LATER + 0.5, "hostOnly": True, "httpOnly": False, "name": "b",
               "path": "/", "sameSite": "unspecified", "secure": False, "session": False, "storeId": "0", "value": "2"}]  # fmt: skip
    jar = JSONCookieJar(path)
    for found in (playwright, editor):
        path.write_text(json.dumps(found))
        jar.load(ignore_discard=True)
    assert sent(jar, "http://h.example/") == "a=1; b=2"
    assert sent(jar, "http://www.h.example/") == "a=1"


def test_json_keeps_rfc_2965(path: Path) -> None:
    jar = JSONCookieJar(path)
    jar.set_cookie(
        Cookie(
            1, "a", None, "80", True, "h.example", True, False, "/", True, False, LATER, False, "c", "u", {}
        )
    )
    jar.save()
    jar.revert()
    (cookie,) = jar
    assert (cookie.version, cookie.name, cookie.value, cookie.port, cookie.domain) == (
        1,
        "",
        "a",
        "80",
        ".h.example",
    )
    assert (cookie.comment, cookie.comment_url, cookie.port_specified) == ("c", "u", True)


@pytest.mark.parametrize("text", ["", "5", '"x"', "{}", '{"cookies": {}}', "[" * 100_000, "\xff", "nul"])
def test_json_that_is_none(text: str, path: Path) -> None:
    path.write_text(text)
    with pytest.raises(cookiejar.LoadError, match="JSON"):
        JSONCookieJar(path).load()


@pytest.mark.parametrize(
    "record",
    [
        5,
        [],
        None,
        {"name": 5},
        {"domain": "h", "name": "a\n"},
        {"domain": "h", "name": "a", "attributes": 5, "version": "x"},
    ],
)
def test_json_records_that_are_none(record: Any, path: Path) -> None:
    path.write_text(json.dumps([record, {"name": "a", "value": "1", "domain": "h.example"}]))
    jar = JSONCookieJar(path)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        jar.load(ignore_discard=True)
    assert sent(jar, "http://h.example/") == "a=1"
    assert len(jar.bad_lines) == (0 if isinstance(record, dict) and "attributes" in record else 1)


# ---- browsers


def make_firefox(path: Path, *rows: tuple[Any, ...]) -> None:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE moz_cookies (id INTEGER PRIMARY KEY, originAttributes TEXT, name TEXT, value TEXT, host TEXT, path TEXT,"
        " expiry INTEGER, isSecure INTEGER, isHttpOnly INTEGER, sameSite INTEGER)"
    )
    database.executemany(
        "INSERT INTO moz_cookies (originAttributes, name, value, host, path, expiry, isSecure, isHttpOnly, sameSite)"
        " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        rows,
    )
    database.commit()
    database.close()


def test_firefox(path: Path) -> None:
    make_firefox(
        path,
        ("", "a", "1", ".h.example", "/", LATER, 1, 1, 2),
        ("", "b", "2", "h.example", "/", LATER * 1000, 0, 0, 0),
        ("^userContextId=3", "c", "3", "h.example", "/", LATER, 0, 0, 0),
        ("^partitionKey=%28https%2Cone.example%29", "d", "4", "h.example", "/", LATER, 1, 0, 0),
        ("", "old", "5", "h.example", "/", 5, 0, 0, 0),
    )
    jar = FirefoxCookieJar(path)
    with pytest.warns(BadLine, match="line 3: it is of a container"):
        jar.load()
    assert [(one.name, one.domain, one.expires) for one in jar] == [
        ("a", ".h.example", LATER), ("b", "h.example", LATER), ("d", "h.example", LATER),
    ]  # fmt: skip
    assert [one.get_nonstandard_attr("SameSite") for one in jar] == ["Strict", None, None]
    assert sent(jar, "https://h.example/") == "a=1; b=2"
    assert path.read_bytes()


def test_firefox_that_runs(path: Path) -> None:
    make_firefox(path, ("", "a", "1", "h.example", "/", LATER, 0, 0, 0))
    database = sqlite3.connect(path)
    database.execute("PRAGMA journal_mode=WAL")
    database.execute("PRAGMA locking_mode=EXCLUSIVE")
    database.execute("UPDATE moz_cookies SET value = 'new'")
    database.commit()
    try:
        jar = FirefoxCookieJar(path)
        jar.load()
        assert sent(jar, "http://h.example/") == "a=new"
    finally:
        database.close()


def test_chromium(path: Path) -> None:
    database = sqlite3.connect(path)
    database.execute(
        "CREATE TABLE cookies (creation_utc INTEGER, host_key TEXT, top_frame_site_key TEXT, name TEXT, value TEXT,"
        " encrypted_value BLOB, path TEXT, expires_utc INTEGER, is_secure INTEGER, is_httponly INTEGER, has_expires INTEGER,"
        " samesite INTEGER)"
    )
    until = (LATER + 11_644_473_600) * 1_000_000
    database.executemany(
        "INSERT INTO cookies VALUES (0, ?, ?, ?, ?, ?, '/', ?, 0, 1, ?, -1)",
        [
            (".h.example", "", "a", "1", b"", until, 1),
            ("h.example", "", "b", "2", b"", 0, 0),
            ("h.example", "", "c", "", b"v10xxx", until, 1),
        ],
    )
    database.commit()
    database.close()
    jar = ChromiumCookieJar(path)
    with pytest.warns(BadLine, match="line 3: its value is encrypted"):
        jar.load(ignore_discard=True)
    assert [(one.name, one.expires, one.has_nonstandard_attr("HttpOnly")) for one in jar] == [
        ("a", LATER, True),
        ("b", None, True),
    ]


@pytest.mark.parametrize("kind", [FirefoxCookieJar, ChromiumCookieJar])
def test_database_of_others_is_a_load_error(kind: Any, path: Path) -> None:
    sqlite3.connect(path).close()
    with pytest.raises(cookiejar.LoadError, match="does not look like a database with the table"):
        kind(path).load()
    path.write_text("no database at all, but long enough to be taken for one by its size alone" * 20)
    with pytest.raises(cookiejar.LoadError):
        kind(path).load()
    with pytest.raises(FileNotFoundError):
        kind(path.parent / "missing").load()


def test_cookies_move_from_jar_to_jar(path: Path) -> None:
    make_firefox(path, ("", "a", "1", "h.example", "/", LATER, 0, 1, 1))
    source, target = FirefoxCookieJar(path), MozillaCookieJar(path.parent / "cookies.txt")
    source.load()
    for cookie in source:
        target.set_cookie(cookie)
    target.save()
    assert (
        f"#HttpOnly_h.example\tFALSE\t/\tFALSE\t{LATER}\ta\t1\n" in (path.parent / "cookies.txt").read_text()
    )


def test_an_lwp_cookie_without_version_is_loaded_again(tmp_path: Path) -> None:
    file = tmp_path / "cookies.lwp"
    file.write_text('#LWP-Cookies-2.0\nSet-Cookie3: id=7; path="/"; domain="example.org"; discard\n')
    jar = LWPCookieJar(str(file), strict=True)
    jar.load(ignore_discard=True)
    jar.save(ignore_discard=True)
    jar.revert(ignore_discard=True)
    assert [(cookie.name, cookie.version) for cookie in jar] == [("id", None)]
