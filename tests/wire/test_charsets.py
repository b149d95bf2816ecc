"""Which characters a body's bytes mean."""

from __future__ import annotations

import codecs
import json

import pytest

from wirekit._wire.charsets import choose_charset, choose_json_charset, decode_text, find_parameter


@pytest.mark.parametrize(
    "content_type, value",
    [
        ("text/plain; charset=utf-8", "utf-8"),
        ('text/plain;CHARSET="iso-8859-2"', "iso-8859-2"),
        ('text/plain; a="x;charset=no"; charset=yes', "yes"),
        ('text/plain; charset="a\\"b"', 'a"b'),
        ("text/plain;; charset = koi8-r ;x=y", "koi8-r"),
        ("text/plain; charset=", ""),
        ("text/plain", ""),
        ("", ""),
        ("text/plain; =x; charset=a", ""),
        ('text/plain; a="unterminated; charset=b', ""),
    ],
)
def test_parameter_is_found(content_type: str, value: str) -> None:
    assert find_parameter(content_type, "charset") == value


@pytest.mark.parametrize(
    "content_type, data, name",
    [
        ("text/plain; charset=koi8-r", b"x", "koi8-r"),
        ("text/plain; charset=UTF8", b"x", "utf-8"),
        ("text/plain; charset=iso-8859-1", b"\x93x\x94", "cp1252"),
        ("text/plain; charset=us-ascii", b"x", "cp1252"),
        ("text/plain; charset=shift_jis", b"x", "shift_jis"),
        ("text/plain; charset=none-such", b"x", "utf-8"),
        ("text/plain; charset=hex", b"x", "utf-8"),
        ("text/plain; charset=a\0b", b"x", "utf-8"),
        ("text/plain; charset=koi8-r", codecs.BOM_UTF8 + b"x", "utf-8-sig"),
        ("text/plain", "ü".encode("utf-16"), "utf-16"),
        ("text/plain", codecs.BOM_UTF16_BE + b"\0x", "utf-16"),
        ("text/plain", "ü".encode("utf-32"), "utf-32"),
        ("text/plain", "ü".encode(), "utf-8"),
        ("text/plain", "ü".encode("cp1252"), "cp1252"),
        ("", b"", "utf-8"),
        ("text/html", b'<html><meta charset="koi8-r">', "koi8-r"),
        ("text/html", b"<META http-equiv=a content='text/html; charset=euc-kr'>", "euc_kr"),
        ("text/html", b'<meta charset="utf-16">', "utf-8"),
        ("text/html", b'<meta charset="none-such">', "utf-8"),
        ("text/html", b" " * 1024 + b'<meta charset="koi8-r">', "utf-8"),
        ("text/plain", b'<meta charset="koi8-r">', "utf-8"),
        ("application/xml", b'<?xml version="1.0" encoding="koi8-r"?>', "koi8-r"),
        ("application/xhtml+xml", b'<html><meta charset="koi8-r"/>', "koi8-r"),
        ("text/xml", b"<a/>", "utf-8"),
        ("application/problem+json", "{}".encode("utf-16-le"), "utf-16-le"),
        ("application/json; charset=cp1252", b"{}", "cp1252"),
    ],
)
def test_charset_is_chosen(content_type: str, data: bytes, name: str) -> None:
    assert choose_charset(content_type, data) == name


@pytest.mark.parametrize(
    "name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"]
)
@pytest.mark.parametrize("value", [{"ü": ["☕", 1]}, [], 7, "x", None], ids=repr)
def test_json_of_every_kind_is_read(name: str, value: object) -> None:
    data = json.dumps(value, ensure_ascii=False).encode(name)
    assert json.loads(data.decode(choose_json_charset(data))) == value


def test_text_is_decoded() -> None:
    assert decode_text("ü".encode("cp1252"), "text/plain", None, "replace") == "ü"
    assert decode_text("ü".encode(), "text/plain", "latin-1", "replace") == "Ã¼"
    assert decode_text(b"\xff", "text/plain; charset=utf-8", None, "replace") == "\ufffd"
    with pytest.raises(UnicodeDecodeError):
        decode_text(b"\xff", "text/plain; charset=utf-8", None, "strict")
    with pytest.raises(LookupError):
        decode_text(b"x", "", "none-such", "replace")


def test_hostile_documents_cost_time_that_grows_with_their_length_only() -> None:
    choose_charset("text/html; " + ";" * 60_000, b"<meta " * 100_000)
    choose_charset('text/html; a="' + "\\" * 60_000, b"<?xml " * 100_000)
