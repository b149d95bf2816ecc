"""Command lines, and the options that may stand in them."""

import pytest

from wirekit._wire import smtp_commands as commands

ALL = dict.fromkeys(["dsn", "8bitmime", "binarymime", "smtputf8", "requiretls", "deliverby", "size"], "")


@pytest.mark.parametrize("line", ["NOOP", "mail from:<a@b> size=3", "help \xe9", "", "x" * 5000])
def test_command_passes(line: str) -> None:
    assert commands.check_command(line) == line


def test_line_end_in_a_command_is_an_error_in_the_standard_librarys_words() -> None:
    with pytest.raises(ValueError, match="prohibited newline") as caught:
        commands.check_command("helo x\r\nRCPT TO:<y>\n")
    wanted = "command and arguments contain prohibited newline characters: helo x\\r\\nRCPT TO:<y>\\n"
    assert str(caught.value) == wanted


@pytest.mark.parametrize("odd", [*map(chr, range(32)), "\x7f"])
def test_control_character_in_a_command_is_an_error(odd: str) -> None:
    with pytest.raises(ValueError, match="prohibited"):
        commands.check_command(f"mail from:<a{odd}b>")


def test_credentials_are_not_shown() -> None:
    assert commands.mask("AUTH PLAIN AGEAc2VjcmV0") == "AUTH PLAIN ***"
    assert commands.mask("auth scram-sha-1 x") == "auth scram-sha-1 ***"
    assert [commands.mask(line) for line in ("AUTH LOGIN", "mail from:<a>")] == [
        "AUTH LOGIN",
        "mail from:<a>",
    ]
    with pytest.raises(ValueError, match="prohibited") as caught:
        commands.check_command("AUTH PLAIN secret\n")
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    "option",
    [
        "SIZE=0", "size=12345678901234567890", "BODY=8BITMIME", "body=binarymime", "BODY=7bit", "SMTPUTF8", "smtputf8",
        "REQUIRETLS", "RET=HDRS", "RET=full", "ENVID=a+2Bb", "BY=120;R", "BY=-5;NT", "AUTH=<>", "AUTH=e+3Dmc2@example.com",
        "X-OWN", "XFOO=bar",
    ],
)  # fmt: skip
def test_option_of_mail_passes(option: str) -> None:
    commands.check_mail_options([option], ALL, strict=True)


@pytest.mark.parametrize(
    "option",
    [
        "SIZE=-1", "SIZE=", "SIZE", "SIZE=1\r\nRSET", "SIZE=\u0665", "BODY=9BIT", "SMTPUTF8=1", "REQUIRETLS=x", "RET=ALL",
        "ENVID=a+b", "ENVID=a b", "BY=1", "AUTH=a=b", "-X", "X Y", "X=a b", "", "X=\x7f", "X==",
    ],
)  # fmt: skip
def test_option_of_mail_that_is_none_is_an_error(option: str) -> None:
    with pytest.raises(ValueError, match="option"):
        commands.check_mail_options([option], ALL, strict=True)


def test_option_given_twice_is_an_error() -> None:
    with pytest.raises(ValueError, match="twice"):
        commands.check_mail_options(["SIZE=1", "size=2"], ALL, strict=True)


@pytest.mark.parametrize(
    "option", ["NOTIFY=NEVER", "notify=success,DELAY,failure", "ORCPT=rfc822;a+2Bb@c", "X=1"]
)
def test_option_of_rcpt_passes(option: str) -> None:
    commands.check_recipient_options([option], ALL, strict=True)


def test_original_recipient_may_be_international() -> None:
    for option in ("ORCPT=utf-8;j\\x{F6}rg@b", "ORCPT=utf-8;j\xf6rg@b"):
        commands.check_recipient_options([option], ALL, strict=True)


@pytest.mark.parametrize(
    "option",
    ["NOTIFY=NEVER,DELAY", "NOTIFY=", "NOTIFY=x", "ORCPT=a@b", "ORCPT=rfc822;", "ORCPT=rfc822;a b", "a;b\n"],
)
def test_option_of_rcpt_that_is_none_is_an_error(option: str) -> None:
    with pytest.raises(ValueError, match="option"):
        commands.check_recipient_options([option], ALL, strict=True)


@pytest.mark.parametrize(
    "option, extension",
    [
        ("RET=HDRS", "DSN"),
        ("ENVID=1", "DSN"),
        ("BY=1;R", "DELIVERBY"),
        ("SMTPUTF8", "SMTPUTF8"),
        ("REQUIRETLS", "REQUIRETLS"),
        ("BODY=8BITMIME", "8BITMIME"),
        ("BODY=BINARYMIME", "BINARYMIME"),
    ],
)
def test_option_that_needs_what_is_not_offered_is_told(option: str, extension: str) -> None:
    with pytest.raises(commands.OptionNotOffered, match=f"^{extension} not supported by server$"):
        commands.check_mail_options([option], {}, strict=True)
    with pytest.raises(commands.OptionNotOffered, match="DSN"):
        commands.check_recipient_options(["NOTIFY=NEVER"], {}, strict=True)


def test_lax_check_looks_at_what_would_deliver_otherwise_than_asked() -> None:
    commands.check_mail_options(["RET=any thing", "BODY=8BITMIME"], {}, strict=False)
    commands.check_recipient_options(["NOTIFY=any thing"], {}, strict=False)
    commands.check_mail_options([], {}, strict=False)
    for option in ("smtputf8", "REQUIRETLS"):
        with pytest.raises(commands.OptionNotOffered, match=option.upper()):
            commands.check_mail_options(["X", option], {}, strict=False)


def test_option_is_found_by_its_keyword() -> None:
    assert commands.wants(["size=1", "Body=7BIT"], "BODY")
    assert not commands.wants(["X-BODY=1"], "BODY")


@pytest.mark.parametrize(
    "message, options, features, wanted",
    [
        (b"\xc3\xa9", [], {"8bitmime": ""}, ("BODY=8BITMIME",)),
        (b"\xc3\xa9", ["body=BINARYMIME"], {"8bitmime": ""}, ()),
        (b"\xc3\xa9", [], {}, ()),
        (b"ascii", [], {"8bitmime": ""}, ()),
    ],
)
def test_body_is_what_the_bytes_ask_for(
    message: bytes, options: list[str], features: dict[str, str], wanted: tuple[str, ...]
) -> None:
    assert commands.choose_body(message, options, features) == wanted


@pytest.mark.parametrize(
    "size, limit",
    [
        ("", None),
        ("0", None),
        ("1000", 1000),
        ("1000 odd", 1000),
        ("+1", None),
        ("\u0665", None),
        ("9" * 21, None),
    ],
)
def test_size_limit_is_read(size: str, limit: int | None) -> None:
    assert commands.parse_size_limit(size) == limit


@pytest.mark.parametrize("name", ["mail.example.org", "a.b", "xn--bcher-kva.example", "1.2.3a"])
def test_full_name_is_a_domain(name: str) -> None:
    assert commands.is_domain(name)


@pytest.mark.parametrize(
    "name",
    [
        "",
        "host",
        "my_host.lan",
        "a..b",
        "-a.b",
        "a-.b",
        "a.b.",
        "192.0.2.1",
        "b\xfccher.example",
        "a b.c",
        "a." * 128 + "a",
    ],
)
def test_other_name_is_none(name: str) -> None:
    assert not commands.is_domain(name)


def test_address_becomes_a_literal() -> None:
    assert commands.format_literal("192.0.2.1") == "[192.0.2.1]"
    assert commands.format_literal("2001:db8::1") == "[IPv6:2001:db8::1]"
    assert commands.format_literal("fe80::1%eth0") == "[IPv6:fe80::1]"
