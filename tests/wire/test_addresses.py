"""IP addresses: every spelling of IPv4, one form of IPv6, and which are global."""

from ipaddress import IPv4Address, IPv6Address

import pytest

from wirekit._wire import addresses


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("127.0.0.1", "127.0.0.1"), ("127.1", "127.0.0.1"), ("127.0.1", "127.0.0.1"), ("2130706433", "127.0.0.1"),
        ("0x7f.1", "127.0.0.1"), ("0X7F000001", "127.0.0.1"), ("0177.0.0.1", "127.0.0.1"), ("017700000001", "127.0.0.1"),
        ("1.2.3.4.", "1.2.3.4"), ("0", "0.0.0.0"), ("0x", "0.0.0.0"), ("00.0x0.0.0", "0.0.0.0"), ("255.255.255.255", "255.255.255.255"),
        ("1.65536", "1.1.0.0"), ("0" * 100 + "1", "0.0.0.1"), ("4294967295", "255.255.255.255"),
    ],
)  # fmt: skip
def test_ipv4_in_any_spelling(text: str, usual: str) -> None:
    number = addresses.parse_ipv4(text)
    assert number == int(IPv4Address(usual))
    assert addresses.format_ipv4(number) == usual


@pytest.mark.parametrize(
    "text",
    ["", ".", "1.2.3.4.5", "1..2", "256.1.1.1", "1.2.3.256", "4294967296", "08", "0x1g", "1.2.3.4..", "a", "1.a", "-1", "+1", " 1",
     "\u0661", "1_0", "9" * 70, "[1]"],
)  # fmt: skip
def test_other_text_is_no_ipv4(text: str) -> None:
    assert addresses.parse_ipv4(text) is None


@pytest.mark.parametrize(
    ("text", "usual"),
    [
        ("::", "::"), ("::1", "::1"), ("1::", "1::"), ("2001:DB8:0:0:1:0:0:1", "2001:db8::1:0:0:1"), ("::ffff:1.2.3.4", "::ffff:102:304"),
        ("2001:db8:0:1:1:1:1:1", "2001:db8:0:1:1:1:1:1"), ("1:0:0:2:0:0:0:3", "1:0:0:2::3"), ("0:0:1:2:3:4:5:6", "::1:2:3:4:5:6"),
        ("1:2:3:4:5:6:0:0", "1:2:3:4:5:6::"),
    ],
)  # fmt: skip
def test_ipv6_in_one_form(text: str, usual: str) -> None:
    number = addresses.parse_ipv6(text)
    assert number == int(IPv6Address(text))
    assert addresses.format_ipv6(number) == usual
    assert addresses.parse_ipv6(usual) == number


@pytest.mark.parametrize("text", ["", "1", "1.2.3.4", "fe80::1%eth0", "::1/64", "[::1]", ":::", "g::"])
def test_other_text_is_no_ipv6(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        addresses.parse_ipv6(text)


@pytest.mark.parametrize(
    "text",
    [
        "8.8.8.8",
        "1.1.1.1",
        "100.63.255.255",
        "100.128.0.0",
        "172.32.0.1",
        "192.0.1.0",
        "198.20.0.0",
        "223.255.255.255",
    ],
)
def test_ipv4_of_the_internet(text: str) -> None:
    assert addresses.is_global_ipv4(int(IPv4Address(text)))


@pytest.mark.parametrize(
    "text",
    ["0.0.0.0", "0.1.2.3", "10.0.0.1", "100.64.0.1", "100.127.255.255", "127.0.0.1", "127.255.255.255", "169.254.169.254", "172.16.0.1",
     "172.31.255.255", "192.0.0.1", "192.0.2.1", "192.88.99.1", "192.168.0.1", "198.18.0.1", "198.19.255.255", "198.51.100.1",
     "203.0.113.1", "224.0.0.1", "239.255.255.255", "240.0.0.1", "255.255.255.255"],
)  # fmt: skip
def test_ipv4_of_other_networks(text: str) -> None:
    assert not addresses.is_global_ipv4(int(IPv4Address(text)))


@pytest.mark.parametrize(
    "text",
    [
        "2001:4860:4860::8888",
        "2606:4700::1111",
        "2a00::1",
        "::ffff:8.8.8.8",
        "64:ff9b::8.8.8.8",
        "2002:808:808::1",
        "2001:4860::5efe:8.8.8.8",
    ],
)
def test_ipv6_of_the_internet(text: str) -> None:
    assert addresses.is_global_ipv6(int(IPv6Address(text)))


@pytest.mark.parametrize(
    "text",
    ["::", "::1", "::127.0.0.1", "::8.8.8.8", "::ffff:127.0.0.1", "::ffff:169.254.169.254", "::ffff:0:8.8.8.8", "64:ff9b::10.0.0.1",
     "64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:0:808:808::1", "2001:2::1", "2001:10::1", "2001:db8::1", "2002:7f00:1::1",
     "2002:a9fe:a9fe::", "3fff::1", "3fff:fff::1", "5f00::1", "fc00::1", "fd12::1", "fe80::1", "fec0::1", "ff02::1",
     "2001:470::5efe:10.0.0.1", "2001:470::200:5efe:127.0.0.1"],
)  # fmt: skip
def test_ipv6_of_other_networks(text: str) -> None:
    assert not addresses.is_global_ipv6(int(IPv6Address(text)))
