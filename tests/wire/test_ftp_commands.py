"""Commands of FTP: what is refused, what is hidden, and addresses in both notations."""

from __future__ import annotations

import pytest

from wirekit._wire import ftp_commands


@pytest.mark.parametrize("line", ["NOOP", "RETR a b", "CWD \udcff", "STOR \x01\t\x7f", ""])
def test_single_lines_pass(line: str) -> None:
    ftp_commands.check_command(line)


@pytest.mark.parametrize("line", ["CWD a\r\nDELE b", "CWD a\nb", "CWD a\rb", "CWD a\0b", "\n"])
def test_line_ends_and_nul_are_refused(line: str) -> None:
    with pytest.raises(ValueError, match="illegal newline"):
        ftp_commands.check_command(line)


@pytest.mark.parametrize(
    "line, shown",
    [
        ("PASS secret", "PASS ******"),
        ("pass secret\r\n", "pass ******\r\n"),
        ("ACCT mine", "ACCT ****"),
        ("PASS", "PASS"),
        ("PASSIVE", "PASSIVE"),
        ("230 logged in", "230 logged in"),
    ],
)
def test_passwords_are_hidden(line: str, shown: str) -> None:
    assert ftp_commands.mask_command(line) == shown


def test_addresses_in_the_old_notation_and_the_new_one() -> None:
    assert ftp_commands.format_port("127.0.0.1", 0x1234) == "PORT 127,0,0,1,18,52"
    assert ftp_commands.format_eprt("127.0.0.1", 80, ipv6=False) == "EPRT |1|127.0.0.1|80|"
    assert ftp_commands.format_eprt("fe80::1%eth0", 65535, ipv6=True) == "EPRT |2|fe80::1|65535|"


@pytest.mark.parametrize(
    "one, other, same",
    [
        ("127.0.0.1", "127.0.0.1", True),
        ("127.0.0.1", "::ffff:127.0.0.1", True),
        ("::FFFF:127.0.0.1", "127.0.0.1", True),
        ("fe80::1%eth0", "fe80::1", True),
        ("127.0.0.1", "127.0.0.2", False),
        ("::1", "127.0.0.1", False),
    ],
)
def test_one_host_in_different_clothes(one: str, other: str, same: bool) -> None:
    assert ftp_commands.same_host(one, other) is same


def test_synch_ends_with_the_mark_that_is_to_be_urgent() -> None:
    assert bytes([255, 244, 255, 242]) == ftp_commands.SYNCH  # IAC IP IAC DM
