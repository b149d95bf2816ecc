"""Files of cookies as text, and rows of browsers' databases."""

from __future__ import annotations

from typing import Any

import pytest

from wirekit._wire import cookie_files as files
from wirekit._wire.cookie_files import Fields

# ---- cookies.txt


def fields(**changes: Any) -> Fields:
    usual = Fields("example.org", "/", False, None, "a", "1", False)
    return usual._replace(**changes)


@pytest.mark.parametrize(
    "line, wanted",
    [
        ("example.org\tFALSE\t/\tFALSE\t0\ta\t1", fields()),
        ("example.org\tFALSE\t/\tFALSE\t\ta\t1", fields()),
        (
            ".example.org\tTRUE\t/x\tTRUE\t5\ta\t1",
            fields(domain=".example.org", path="/x", secure=True, expires=5),
        ),
        ("example.org\tTRUE\t/\tfalse\t0\ta\t1", fields(domain=".example.org")),  # wget
        (".example.org\tfalse\t/\tFALSE\t0\ta\t1", fields()),  # as curl reads it
        ("#HttpOnly_example.org\tFALSE\t/\tFALSE\t0\ta\t1", fields(http_only=True)),
        ("example.org:8080\tFALSE\t/\tFALSE\t0\ta\t1", fields(port="8080")),
        ("[::1]\tFALSE\t/\tFALSE\t0\ta\t1", fields(domain="[::1]")),
        ("[::1]:80\tFALSE\t/\tFALSE\t0\ta\t1", fields(domain="[::1]", port="80")),
        ("example.org\tFALSE\t\tFALSE\t0\ta\t1", fields()),
        ("example.org\tFALSE\t/\tFALSE\t0\ta", fields(value="")),
        ("example.org\tFALSE\t/\tFALSE\t0\ta\t", fields(value="")),
        ("example.org\tFALSE\t/\tFALSE\t0\t\tlone", fields(name="", value="lone")),
        ("example.org\tFALSE\t/\tFALSE\t1.5e9\ta\t1", fields(expires=1_500_000_000)),
        ("example.org\tFALSE\t/\tFALSE\t-3\ta\t1", fields(expires=-3)),
        ("example.org\tFALSE\t/\tFALSE\t0\tn\xe9\t\u2603", fields(name="n\xe9", value="\u2603")),
        ("", None),
        (" \t ", None),
        ("# comment", None),
        ("$ old", None),
    ],
)
def test_line(line: str, wanted: Fields | None) -> None:
    assert files.parse_line(line) == wanted


@pytest.mark.parametrize(
    "line, reason",
    [
        ("oops", "1 fields, not 7"),
        ("example.org\tFALSE\t/\tFALSE\t0\ta\t1\t2", "8 fields"),
        ("\tFALSE\t/\tFALSE\t0\ta\t1", "no domain"),
        (".\tTRUE\t/\tFALSE\t0\ta\t1", "no domain"),
        ("example.org\tFALSE\t/\tFALSE\t0\t\t", "neither a name nor a value"),
        ("example.org\tFALSE\t/\tFALSE\t0\ta\t1; b=2", "semicolon"),
        ("example.org\tFALSE\t/\tFALSE\t0\ta\t1\r", "control character"),
        ("example.org\tFALSE\t/\tFALSE\t0\ta\t1\x00", "control character"),
        ("example.org\tFALSE\t/\tFALSE\tsoon\ta\t1", "could not convert"),
        ("example.org\tFALSE\t/\tFALSE\tnan\ta\t1", "no moment"),
        ("example.org\tFALSE\t/\tFALSE\t1e300\ta\t1", "no moment"),
        ("example.org\tFALSE\t/\tFALSE\t" + "9" * 400 + "\ta\t1", "no moment"),
    ],
)
def test_bad_line_says_why(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        files.parse_line(line)


def test_line_is_written_and_read_again() -> None:
    line = files.join_line(".example.org", "/x", True, "5", "a", "1")
    assert line == ".example.org\tTRUE\t/x\tTRUE\t5\ta\t1\n"
    assert files.parse_line(line[:-1]) == fields(domain=".example.org", path="/x", secure=True, expires=5)
    assert (
        files.join_line("example.org", "/", False, "0", "a", "1") == "example.org\tFALSE\t/\tFALSE\t0\ta\t1\n"
    )


@pytest.mark.parametrize(
    "text, lines, clean",
    [
        ("a\tb\tc\td\te\tf\tg\n", 1, True),
        ("a\tb\tc\td\te\tf\tg\n", 2, False),
        ("a\tb\tc\td\te\tf\tg\th\n", 1, False),
        ("a\tb\tc\td\te\tf\tg\nx\n", 1, False),
        ("a\tb\tc\td\te\tf\tg\r\n", 1, False),
        ("a\tb\tc\td\te\tf\t\udcff;\n", 1, False),
        ("", 0, True),
    ],
)
def test_clean_lines(text: str, lines: int, clean: bool) -> None:
    assert files.is_clean(text, lines) is clean


@pytest.mark.parametrize(
    "line, is_one",
    [
        ("# Netscape HTTP Cookie File", True),
        ("# HTTP Cookie File\n", True),
        ("# netscape http cookie file", True),
        ("#HTTP Cookie File", False),
        ("", False),
    ],
)
def test_first_line(line: str, is_one: bool) -> None:
    assert bool(files.is_cookie_file(line)) is is_one
    assert files.is_cookie_file(files.HEADER)


# ---- JSON


def record(**changes: Any) -> dict[str, Any]:
    return {"name": "a", "value": "1", "domain": "example.org", "path": "/", **changes}


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({}, fields()),
        ({"expires": -1, "httpOnly": False, "secure": False, "sameSite": "Lax"}, fields(same_site="Lax")),
        ({"expires": 5.7, "httpOnly": True, "secure": True}, fields(expires=5, http_only=True, secure=True)),
        ({"expirationDate": 5, "session": False}, fields(expires=5)),
        ({"expiry": 5}, fields(expires=5)),
        ({"expires": None, "expiry": 5}, fields(expires=5)),
        ({"expirationDate": 5, "session": True}, fields()),
        ({"hostOnly": True}, fields()),
        ({"hostOnly": False}, fields(domain=".example.org")),
        ({"hostOnly": True, "domain": ".example.org"}, fields()),
        ({"domain": ".example.org"}, fields(domain=".example.org")),
        ({"sameSite": "no_restriction"}, fields(same_site="None")),
        ({"sameSite": "unspecified"}, fields()),
        ({"sameSite": None}, fields()),
        ({"partitionKey": "site.example"}, fields(partition="site.example")),
        ({"partitionKey": "https://site.example/"}, fields(partition="site.example")),
        ({"partitionKey": {"topLevelSite": "https://site.example"}}, fields(partition="site.example")),
        ({"partitionKey": 5}, fields()),
        ({"port": 80}, fields(port="80")),
        ({"value": "", "storeId": "0"}, fields(value="")),
    ],
)
def test_record(given: dict[str, Any], wanted: Fields) -> None:
    assert files.parse_record(record(**given)) == wanted


@pytest.mark.parametrize(
    "given, reason",
    [
        ({"name": 5}, "no text"),
        ({"path": None}, "no text"),
        ({"domain": ""}, "no domain"),
        ({"expires": "tomorrow"}, "no number"),
        ({"expires": True}, "no number"),
        ({"expires": 1e300}, "no moment"),
        ({"value": "a\nb"}, "control character"),
        ({"name": "a;b"}, "semicolon"),
    ],
)
def test_bad_record_says_why(given: dict[str, Any], reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        files.parse_record(record(**given))


# ---- databases of browsers


def firefox(**changes: Any) -> dict[str, Any]:
    usual = {
        "host": "example.org",
        "path": "/",
        "name": "a",
        "value": "1",
        "expiry": 5,
        "isSecure": 0,
        "isHttpOnly": 0,
    }
    return {**usual, **changes}


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({}, fields(expires=5)),
        ({"host": ".example.org", "isSecure": 1, "isHttpOnly": 1, "sameSite": 2},
         fields(domain=".example.org", expires=5, secure=True, http_only=True, same_site="Strict")),
        ({"expiry": 1_700_000_000_123, "sameSite": 256}, fields(expires=1_700_000_000)),
        ({"expiry": None}, fields()),
        ({"originAttributes": ""}, fields(expires=5)),
        ({"originAttributes": "^partitionKey=%28https%2Csite.example%29"}, fields(expires=5, partition="site.example")),
        ({"originAttributes": "^partitionKey=(https,site.example)"}, fields(expires=5, partition="site.example")),
    ],
)  # fmt: skip
def test_row_of_firefox(given: dict[str, Any], wanted: Fields) -> None:
    assert files.parse_firefox_row(firefox(**given)) == wanted


def test_cookie_of_a_container_is_refused() -> None:
    with pytest.raises(ValueError, match="container"):
        files.parse_firefox_row(firefox(originAttributes="^userContextId=2"))


def chromium(**changes: Any) -> dict[str, Any]:
    usual = {
        "host_key": "example.org",
        "path": "/",
        "name": "a",
        "value": "1",
        "expires_utc": 0,
        "encrypted_value": b"",
    }
    return {**usual, "is_secure": 0, "is_httponly": 0, "has_expires": 0, **changes}


@pytest.mark.parametrize(
    "given, wanted",
    [
        ({}, fields()),
        ({"has_expires": 1, "expires_utc": (11_644_473_600 + 7) * 1_000_000}, fields(expires=7)),
        (
            {"is_secure": 1, "is_httponly": 1, "samesite": 1},
            fields(secure=True, http_only=True, same_site="Lax"),
        ),
        ({"top_frame_site_key": "https://site.example"}, fields(partition="site.example")),
        ({"value": "", "encrypted_value": b""}, fields(value="")),
    ],
)
def test_row_of_chromium(given: dict[str, Any], wanted: Fields) -> None:
    assert files.parse_chromium_row(chromium(**given)) == wanted


def test_encrypted_value_is_refused() -> None:
    with pytest.raises(ValueError, match="encrypted"):
        files.parse_chromium_row(chromium(value="", encrypted_value=b"v10"))
