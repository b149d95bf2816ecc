"""Hosts of URLs: their one form, their letters, and which are global."""

import pytest

from wirekit._wire import hosts


@pytest.mark.parametrize(
    ("host", "parsed"),
    [
        ("EXAMPLE.com", "example.com"), ("example.com.", "example.com."), ("a_b.example", "a_b.example"), ("127.0.0.1", "127.0.0.1"),
        ("Bücher.example", "xn--bcher-kva.example"), ("faß.de", "xn--fa-hia.de"), ("例え。テスト", "xn--r8jz45g.xn--zckzah"),
        ("a_b.bücher.example", "a_b.xn--bcher-kva.example"), ("h%C3%A9.example", "xn--h-bga.example"), ("xn--bcher-kva.example", "xn--bcher-kva.example"),
        ("xn--i-7iq.ws", "xn--i-7iq.ws"), ("xn--bcher-kva.é", "xn--bcher-kva.xn--9ca"),
        ("[::FFFF:1.2.3.4]", "[::ffff:102:304]"), ("[2001:DB8::0:1]", "[2001:db8::1]"), ("[fe80::1%25eth0]", "[fe80::1%25eth0]"), ("[V1.A:b]", "[v1.a:b]"),
    ],
)  # fmt: skip
def test_parse_host(host: str, parsed: str) -> None:
    assert hosts.parse_host(host, "http") == parsed
    assert hosts.parse_host(parsed, "http") == parsed


@pytest.mark.parametrize(
    ("host", "parsed"),
    [
        ("%2Frun%2fx.sock", "%2Frun%2Fx.sock"), ("%41B", "ab"), ("127.1", "127.1"), ("bücher.example", "xn--bcher-kva.example"),
        ("%FFé", "%FF%C3%A9"), ("[::1]", "[::1]"), ("a;b=c", "a;b=c"),
    ],
)  # fmt: skip
def test_parse_host_of_schemes_that_are_not_browsers(host: str, parsed: str) -> None:
    assert hosts.parse_host(host, "x") == parsed
    assert hosts.parse_host(parsed, "x") == parsed


@pytest.mark.parametrize(
    "host",
    ["a b", "a{b", "é{", "é.a}b", "127.1", "h%2Fx", "h%41", "\u00adx", "h\uff05", "\uff11\uff12\uff17.0.0.1", "i❤.ws", "é" * 60, "xn--a.é", "-é-",
     "[::1", "[", "[]", "[127.0.0.1]", "[::1%eth0]", "[::1%25]", "[::1%25$(x)]", "[v1.a\\]", "[v1]", "[v1.é]", "[x]"],
)  # fmt: skip
def test_parse_host_refuses_with_a_reason(host: str) -> None:
    with pytest.raises(ValueError, match=r"URL refused|IPvFuture"):
        hosts.parse_host(host, "http")


@pytest.mark.parametrize("host", ["a b", "a{b", "a%zz", "\u200b", "i❤.ws", "[x]", "\uff11\uff12\uff17.0.0.1"])
def test_parse_host_refuses_in_any_scheme(host: str) -> None:
    with pytest.raises(ValueError, match="URL refused"):
        hosts.parse_host(host, "x")


@pytest.mark.parametrize(
    ("host", "shown"),
    [
        ("xn--bcher-kva.example", "bücher.example"), ("example.com", "example.com"), ("xn--a", "xn--a"), ("xn--i-7iq.ws", "xn--i-7iq.ws"),
        ("xn--pple-43d.com", "xn--pple-43d.com"), ("xn--80ak6aa92e.com", "\u0430\u0440\u0440\u04cf\u0435.com"), ("xn--r8jz45g.xn--zckzah", "例え.テスト"),
        ("[::1]", "[::1]"), ("xn--bcher-kva.xn--a", "xn--bcher-kva.xn--a"),
    ],
)  # fmt: skip
def test_format_host_shows_letters_that_read_back(host: str, shown: str) -> None:
    assert hosts.format_host(host) == shown


def test_format_host_keeps_what_would_read_as_another_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hosts, "_decode_label", lambda label: label.removeprefix("xn--"))
    assert hosts.format_host("xn--other") == "xn--other"


@pytest.mark.parametrize(
    "host",
    ["2130706433", "0x7f.1", "0177.1", "127.0.0.1.", "127.0.0.1", "\uff11\uff12\uff17.0.0.1", "127\u30020\u30020\u30021", "\u2460.1", "%31%32%37.1",
     "%EF%BC%91.1", "[::1]", "::1", "[::ffff:127.0.0.1]", "[64:ff9b::7f00:1]", "[2002:7f00:1::]", "fe80::1%eth0", "[2001:4860::1%25eth0]",
     "localhost", "LOCALHOST.", "a.localhost", "printer", "x.local", "db.internal", "router.home.arpa", "x.onion", "", ".", "a..b", "..", "1.2.3.256",
     "1.2.3.4.5", "example.0x7f", "a.1", "%", "%zz.example.org", "a%2e.example.org", "h%00.example.org", "a b.example.org", "\u00ad.é.example.org", "[x]", "[:"],
)  # fmt: skip
def test_hosts_that_are_not_global(host: str) -> None:
    assert hosts.is_global(host) is False


@pytest.mark.parametrize(
    "host",
    [
        "8.8.8.8",
        "134744072",
        "0x08.8.8.8",
        "8.8.8.8.",
        "\uff18.8.8.8",
        "[2001:4860:4860::8888]",
        "::ffff:8.8.8.8",
    ],
)
def test_addresses_that_are_global(host: str) -> None:
    assert hosts.is_global(host) is True


@pytest.mark.parametrize(
    "host",
    [
        "example.org",
        "www.EXAMPLE.org.",
        "bücher.example.org",
        "localhost.example.org",
        "127.0.0.1.nip.io",
        "xn--a.org",
    ],
)
def test_names_must_be_looked_up(host: str) -> None:
    assert hosts.is_global(host) is None


def test_hosts_without_a_scheme_are_judged_as_those_of_browsers() -> None:
    assert hosts.parse_host("Example.org", None) == "example.org"
    with pytest.raises(ValueError, match="reads as a number"):
        hosts.parse_host("127.1", None)
