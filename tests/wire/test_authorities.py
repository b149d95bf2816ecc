"""Authorities: which ones are refused, always and where strict."""

import pytest

from wirekit._wire import authorities


def host_refused(authority: str, scheme: str = "http", *, strict: bool = True) -> bool:
    """Tell whether an authority is refused."""
    authorities.forget()
    try:
        authorities.check_authority(authority, scheme, strict=strict)
    except ValueError:
        return True
    return False


# ---- what is refused in both profiles


@pytest.mark.parametrize(
    "authority",
    [
        "[::1", "::1]", "[127.0.0.1]", "[evil]", "[]", "a[::1]", "[::1]a", "[::1].evil:1", "u@[::1]x", "[::1]@h",
        "[v1]", "[v1.]", "[vx.a]", "[fe80::1%]",
    ],
)  # fmt: skip
@pytest.mark.parametrize("strict", [True, False])
def test_brackets_hold_later_addresses_alone(authority: str, strict: bool) -> None:
    assert host_refused(authority, strict=strict)


@pytest.mark.parametrize(
    "authority", ["[::1]", "u:p@[::1]:80", "[v1.a:b]", "[VF.a]", "[fe80::1%eth0]", "[[@[::1]"]
)
def test_brackets_around_later_addresses(authority: str) -> None:
    assert not host_refused(authority, strict=False)


@pytest.mark.parametrize("authority", ["h\uff03@x", "u\uff20h", "h\u2100", "u\uff1ap@h"])
@pytest.mark.parametrize("strict", [True, False])
def test_characters_that_become_delimiters(authority: str, strict: bool) -> None:
    assert host_refused(authority, strict=strict)


def test_the_reason_shows_no_password() -> None:
    with pytest.raises(ValueError, match="invalid characters under NFKC normalization") as caught:
        authorities.check_normal_form("user:secret@h\uff03")
    assert "secret" not in str(caught.value)
    with pytest.raises(ValueError, match="netloc 'h\uff03' contains"):
        authorities.check_normal_form("h\uff03")


# ---- what strict refuses besides


@pytest.mark.parametrize(
    "authority",
    [
        "a\\@b", "a\\b", "h\x00", "h\x7f", "u\x1b@h", "a/b", "a?b", "a#b",
        "a b", "a<b", "a^b", "a|b", 'a"b', "a`b",
        "[fe80::1%en0$(x)]", "[v1.a\\]", "[v1.a\u00e9]",
        "a\u00adb", "a\u200bb", "a\u2060b", "a\ufe0fb", "a\u034fb", "a\U000e0100b", "a\u0085b", "a\ud800b", "a\u2028b",
        "\u200ca", "a\u200db", "\u0646\u200d", "\u0646\u200dx",
        "h\uff05", "h\ufe6a", "h\uff0f", "h\uff1c", "a\u226eb", "u\uff05@h", "h\u3000",
    ],
)  # fmt: skip
@pytest.mark.parametrize("scheme", ["http", "postgresql"])
def test_strict_refuses(authority: str, scheme: str) -> None:
    assert host_refused(authority, scheme)


@pytest.mark.parametrize(
    "authority",
    [
        "h%00", "h%2F", "h%2e", "h%", "h%4", "h%zz", "h%ff", "h%EF%BC%8F", "h%C2%AD",
        "2130706433", "0x7f.1", "017700000001", "127.1", "0177.0.0.1", "127.0.0.0x1", "1.2.3.4.", "1.2.3.4.5",
        "1.2.3.256", "1.2.3.", "0x", "0X7F000001:80", "a.1", "127.0.0.01", "u@127.1:80",
        "\uff11\uff12\uff17.0.0.1", "\u2460.\u2461.\u2462.\u2463", "127\u30020\u30020\u30021", "1.2.3.4000",
        "a" * 64, "a." * 127 + "a", "é" * 64,
    ],
)  # fmt: skip
def test_strict_refuses_behind_a_scheme_of_browsers(authority: str) -> None:
    assert host_refused(authority)
    assert not host_refused(authority, "postgresql") or not authority.isascii() or "%" in authority


@pytest.mark.parametrize(
    ("authority", "scheme"),
    [
        ("example.com", "http"), ("EXAMPLE.com:8080", "http"), ("u:p%40@h", "http"), ("a_b.example", "http"),
        ("xn--bcher-kva.example", "https"), ("bücher.example", "https"), ("h%C3%A9", "http"), ("127.0.0.1:80", "http"),
        ("255.255.255.255", "http"), ("0.0.0.0", "http"), ("1a", "http"), ("0xg.example", "http"), ("h.", "http"),
        ("[fe80::1%25eth0]", "http"), ("[::ffff:1.2.3.4]:1", "http"), ("[v1.a:b]", "http"), ("{host}:{port}", "http"),
        ("h:not a port", "http"), ("*.example", "http"), ("a" * 63 + ".example", "http"), ("例え。テスト", "http"),
        ("\u0646\u0627\u0645\u0647\u200c\u0627\u06cc.example", "http"), ("a" * 63 + ".", "http"), (":80", "http"),
        ("%2Fvar%2Frun%2Fx.sock", "http+unix"), ("h1:1,h2:2", "mongodb"), ("2130706433", "db"), ("a" * 300, "db"),
        ("é" * 300, "db"), ("user@", "http"),
    ],
)  # fmt: skip
def test_strict_accepts_what_is_in_use(authority: str, scheme: str) -> None:
    assert not host_refused(authority, scheme)
    assert not host_refused(authority, scheme, strict=False)


def test_plain_authorities_are_remembered_but_not_without_end() -> None:
    authorities.forget()
    for number in range(1000):
        authorities.check_authority(f"h{number}.example", "http", strict=True)
    assert "h999.example" in authorities.plain_authorities
    assert len(authorities.plain_authorities) < 1000
    authorities.forget()
    assert authorities.plain_authorities == {""}


def test_hidden_authority_is_refused() -> None:
    with pytest.raises(ValueError, match="backslash"):
        authorities.refuse_hidden_authority("/\\")
    authorities.refuse_hidden_authority("/a")
