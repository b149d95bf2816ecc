"""Addresses of envelopes and of fields."""

import smtplib

import pytest

from wirekit._wire.smtp_addresses import parse_list, parse_mailbox, quote_address, split_place


@pytest.mark.parametrize(
    "given, wanted",
    [
        ("a@b.example", "a@b.example"),
        ("<a@b.example>", "a@b.example"),
        ("< a@b.example >", "a@b.example"),
        (" a@b.example\t", "a@b.example"),
        ("Alice <a@b.example>", "a@b.example"),
        ('"Doe, \\"John\\" (x)" <a@b.example>', "a@b.example"),
        ('"John" Q. "Doe" <a@b.example> ', "a@b.example"),
        ("=?utf-8?q?J=C3=B6rg?= <a@b.example>", "a@b.example"),
        ("J\xf6rg <a@b.example>", "a@b.example"),
        ("", ""),
        ("<>", ""),
        ("postmaster", "postmaster"),
        ("<postmaster>", "postmaster"),
        ('"john doe"@b.example', '"john doe"@b.example'),
        ("a..b.@b.example", "a..b.@b.example"),
        (".a@b", ".a@b"),
        ("o'hara+tag/x=y!%&@b.example.", "o'hara+tag/x=y!%&@b.example."),
        ("a@[192.0.2.1]", "a@[192.0.2.1]"),
        ("a@[IPv6:2001:db8::1]", "a@[IPv6:2001:db8::1]"),
        ("j\xf6rg@b\xfccher.example", "j\xf6rg@b\xfccher.example"),
        ("\u7528\u6237@\u4f8b\u5b50", "\u7528\u6237@\u4f8b\u5b50"),
    ],
)
def test_mailbox_is_found(given: str, wanted: str) -> None:
    assert parse_mailbox(given) == wanted
    assert quote_address(given, strict=True) == f"<{wanted}>"
    assert parse_mailbox(f"<{wanted}>") == wanted


@pytest.mark.parametrize(
    "odd",
    [
        "a@b>\r\nRCPT TO:<x@y",  # security row 148
        '"a\\"b"@c',
        "alice@x(<bob@y>)",
        "alice@example.org)bob@example.com",
        "a@b@c",
        "a@",
        "@b",
        "@a,@b:user@c",
        "<@a:user@c>",
        "a b@c",
        "a@b c",
        "a@b, c@d",
        "a@b;c@d",
        "a@b <c@d>",
        "<a@b> <c@d>",
        "<a@b>c",
        "<<a@b>>",
        "<a@b",
        "a@b>",
        "a@b..c",
        "a@.b",
        "a@b\0",
        "a\x7f@b",
        "a\x85@b",
        "a\n@b",
        "a@b\n",
        '"a\nb"@c',
        '"open@c',
        '"a>b"@c',
        '"a@b"@c',
        "a@[192.0.2.1",
        "a@b]",
        "\\@b",
        "group: a@b;",
    ],
)
def test_what_could_be_read_in_two_ways_is_an_error(odd: str) -> None:
    with pytest.raises(ValueError, match="not one mail address"):
        parse_mailbox(odd)
    with pytest.raises(ValueError, match="not one mail address"):
        quote_address(odd, strict=True)


def test_the_first_of_a_list_is_the_address_where_one_is_given() -> None:
    """As the standard library does it: clients of some programs' tests give one."""
    assert quote_address(["a@b", "c@d"], strict=False) == "<a@b>"
    with pytest.raises(TypeError, match="an address is text, not list"):
        quote_address(["a@b"], strict=True)


@pytest.mark.parametrize(
    "address", ["a@b", "<a@b>", "Alice <a@b>", "", "<>", "John", "  <odd", "a@b c", "alice@x(<bob@y>)"]
)
def test_the_best_is_made_of_it_as_in_the_standard_library(address: str) -> None:
    assert quote_address(address, strict=False) == smtplib.quoteaddr(address)


@pytest.mark.parametrize(
    "field, wanted",
    [
        ("", []),
        ("a@b", ["a@b"]),
        ("a@b, Bob <c@d>,, e@f ,", ["a@b", "c@d", "e@f"]),
        ('"Doe, John" <a@b>, c@d', ["a@b", "c@d"]),
        ("a@b (a comment, with (another) \\) in it), c@d", ["a@b", "c@d"]),
        ("A Group: Bob <a@b>, c@d;, e@f", ["a@b", "c@d", "e@f"]),
        ("undisclosed-recipients:;", []),
        ("Bob\r\n <a@b>,\r\n\tc@d", ["a@b", "c@d"]),
        ("a@[IPv6:2001:db8::1], b@c", ["a@[IPv6:2001:db8::1]", "b@c"]),
        ('"a b"@c', ['"a b"@c']),
        ("John, Sally", ["John", "Sally"]),
    ],
)
def test_list_is_taken_apart(field: str, wanted: list[str]) -> None:
    assert parse_list(field) == wanted


@pytest.mark.parametrize(
    "odd",
    [
        "alice@example.org)bob@example.com",  # CVE-2023-27043
        '"open <a@b>',
        "(open a@b",
        "a@b (never (closed)",
        "a@b <c@d>",
        "a b@c",
        "\\",
        "a@b, <>",
    ],
)
def test_list_that_is_not_certain_is_an_error(odd: str) -> None:
    with pytest.raises(ValueError, match="mail address"):
        parse_list(odd)


@pytest.mark.parametrize(
    "host, port, wanted",
    [
        ("mail.example", 0, ("mail.example", 0)),
        ("mail.example", 25, ("mail.example", 25)),
        ("mail.example:587", 0, ("mail.example", 587)),
        ("mail.example:", 0, ("mail.example", 0)),
        ("mail.example:587", 25, ("mail.example:587", 25)),
        ("::1", 0, ("::1", 0)),
        ("[::1]", 0, ("::1", 0)),
        ("[::1]:587", 0, ("::1", 587)),
        ("[::1]", 25, ("::1", 25)),
    ],
)
def test_place_is_taken_apart(host: str, port: int, wanted: tuple[str, int]) -> None:
    assert split_place(host, port) == wanted


@pytest.mark.parametrize("host", ["mail.example:bogus", "mail.example:+25", "[::1]:x", "a:\u0665"])
def test_port_that_is_no_number_is_an_error(host: str) -> None:
    with pytest.raises(OSError, match="nonnumeric port"):
        split_place(host, 0)
