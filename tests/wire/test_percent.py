"""Percent-encoding: each way through quoting and unquoting gives what going byte by byte gives."""

import pytest

from wirekit._wire.percent import UNRESERVED, Quoting, quote_bytes, quote_text, unquote_bytes, unquote_text

PATH = Quoting(b"/")


def quote_plainly(data: bytes, safe: bytes) -> str:
    """Quote byte by byte, as RFC 3986 section 2.1 says it."""
    safe = bytes(byte for byte in safe if byte < 128)
    return "".join(chr(byte) if byte in UNRESERVED + safe else f"%{byte:02X}" for byte in data)


@pytest.mark.parametrize(
    "data",
    [
        b"/plain/path",
        b"one kind of blank",
        b"\xff",
        b"a b\xc3\xa9%41",
        bytes(range(256)),
        b" " * 100 + bytes(range(128, 256)),
        b"few kinds % and & and blanks, " * 40,
        b"a few with no percent sign & blanks " * 40,
        ("Привет, мир " * 200).encode(),
        "Приветмирприветмир".encode() * 100,
        bytes(range(128, 256)) * 20 + b"tail",
        bytes(byte for pair in zip(range(128, 256), b"x" * 128, strict=True) for byte in pair),
        bytes(byte for pair in zip(range(128, 256), b"x" * 128, strict=True) for byte in pair) * 10,
        b". =\x7f\xc3\xa9",
        b".\n \x00.\r",
        "Привет".encode(),
        "Съешь ещё этих мягких французских булок, да выпей чаю. ".encode() * 20,
        "naïve café: 100 % \\x41 xyz abcdef ABCDEF 0123 ".encode() * 3,
        b"\x0e\x0f\x16 stands for something \\ x % a \xe9" * 3,
        b"first sixty-four unsafe bytes are blanks" + b" " * 64 + bytes(range(1, 32)),
        b"one more kind after many blanks" + b" " * 64 + b"& &",
        b"%41 % 41 - no letters beyond ASCII, but escapes and blanks ",
    ],
)
def test_quote_bytes_whatever_the_way_matches_byte_by_byte(data: bytes) -> None:
    assert quote_bytes(data, PATH) == quote_plainly(data, b"/")
    assert quote_bytes(bytearray(data), PATH) == quote_plainly(data, b"/")
    for safe in (b"", b"%/:=&?~#+!$,;'@()*[]", b"=\\ \x0e"):
        assert quote_bytes(data, Quoting(safe)) == quote_plainly(data, safe)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "/plain",
        "a b",
        "é",
        ".é",
        "a & b",
        "a&b",
        "a&b" * 20,
        "Привет, мир",
        "naïve " * 20,
        "\x00 é",
        "\n .",
    ],
)
def test_quote_text_gives_what_its_bytes_give(text: str) -> None:
    for safe in (b"/", b"= ", b"", b"\n", b"\x00"):
        assert quote_text(text, Quoting(safe)) == quote_plainly(text.encode(), safe)


@pytest.mark.parametrize("before", [0, 20_000])
def test_quote_text_refuses_lone_surrogates(before: int) -> None:
    with pytest.raises(UnicodeEncodeError) as caught:
        quote_text("é" * before + "\ud800", PATH)
    assert caught.value.start == before


@pytest.mark.parametrize("text", ["naïve & long ", "plain", "Привет", "a b"])
def test_long_text_is_quoted_in_blocks(text: str) -> None:
    text *= 5_000
    assert quote_text(text, PATH) == quote_plainly(text.encode(), b"/")
    assert quote_bytes(text.encode(), PATH) == quote_plainly(text.encode(), b"/")


@pytest.mark.parametrize("safe", [b"\x00", b"\x01", b"\x00\x01/", b"\x02"])
def test_quoting_keeps_control_characters_that_are_called_safe(safe: bytes) -> None:
    data = bytes(range(256)) * 2
    assert quote_bytes(data, Quoting(safe)) == quote_plainly(data, safe)


def test_quoting_ignores_safe_bytes_beyond_ascii() -> None:
    assert quote_bytes(b"\xe9:", Quoting(b"\xe9:")) == "%E9:"


@pytest.mark.parametrize(
    ("quoted", "plain"),
    [
        (b"", b""),
        (b"plain", b"plain"),
        (b"a%20b%2fc%2Fd", b"a b/c/d"),
        (b"a=b%3D=", b"a=b=="),
        (b"%", b"%"),
        (b"%4", b"%4"),
        (b"%%41", b"%A"),
        (b"%zz%41%", b"%zzA%"),
        (b"%=41", b"%=41"),
        (b"a%0D%0Ab", b"a\r\nb"),
        (b"a%\r\nb%41", b"a%\r\nbA"),
        (b"line\n%41", b"line\nA"),
        (b"line\r%41", b"line\rA"),
        (b"%25zz", b"%zz"),
        (b"%FF%00", b"\xff\x00"),
    ],
)
def test_unquote_bytes(quoted: bytes, plain: bytes) -> None:
    assert unquote_bytes(quoted) == plain


@pytest.mark.parametrize(
    ("text", "encoding", "errors", "plain"),
    [
        ("%C3%A9", "utf-8", "replace", "é"),
        ("%C3%A9", "latin-1", "replace", "\xc3\xa9"),
        ("é%C3%A9%C3", "utf-8", "replace", "éé\ufffd"),
        ("%C3é%A9", "utf-8", "replace", "\ufffdé\ufffd"),
        ("\ud800%C3%A9", "utf-8", "replace", "\ud800é"),
        ("é%E9", "latin-1", "replace", "éé"),
        ("é%C3", "utf-8", "ignore", "é"),
    ],
)
def test_unquote_text_decodes_each_stretch_of_ascii_by_itself(
    text: str, encoding: str, errors: str, plain: str
) -> None:
    assert unquote_text(text, encoding, errors) == plain


def test_unquote_text_lets_the_decoder_raise() -> None:
    with pytest.raises(UnicodeDecodeError):
        unquote_text("%FF", "utf-8", "strict")
    with pytest.raises(LookupError):
        unquote_text("%41", "no such encoding", "strict")
