"""The mechanisms of one message, and which one is chosen."""

import pytest

from wirekit._wire import sasl

OFFER = [
    "LOGIN",
    "PLAIN",
    "CRAM-MD5",
    "digest-md5",
    "SCRAM-SHA-1",
    "SCRAM-SHA-256",
    "SCRAM-SHA-256-PLUS",
    "XOAUTH2",
    "OAUTHBEARER",
    "EXTERNAL",
]


def choose(*, token: bool = False, binding: bool = False, clear: bool = True) -> list[str]:
    return sasl.choose_mechanisms(OFFER, token=token, binding=binding, clear=clear)


def test_strongest_comes_first() -> None:
    assert choose(binding=True) == [
        "SCRAM-SHA-256-PLUS", "SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5", "PLAIN", "LOGIN",
    ]  # fmt: skip
    assert "SCRAM-SHA-256-PLUS" not in choose()


def test_secret_itself_is_kept_where_others_listen() -> None:
    assert choose(clear=False) == ["SCRAM-SHA-256", "SCRAM-SHA-1", "DIGEST-MD5", "CRAM-MD5"]
    assert choose(token=True, clear=False) == []


def test_token_has_mechanisms_of_its_own() -> None:
    assert choose(token=True) == ["OAUTHBEARER", "XOAUTH2"]


def test_what_nobody_offers_is_not_chosen() -> None:
    assert sasl.choose_mechanisms(["GSSAPI"], token=False, binding=True, clear=True) == []


def test_every_mechanism_that_is_chosen_is_known() -> None:
    assert {*choose(binding=True), *choose(token=True), "EXTERNAL"} <= sasl.KNOWN
    assert sasl.KNOWN > sasl.CLEAR


def test_plain_is_three_parts() -> None:
    assert sasl.plain("tim", "tanstaaftanstaaf") == b"\0tim\0tanstaaftanstaaf"  # RFC 4616 section 4
    assert sasl.plain("Kurt", "xipj3plmq", "Ursel") == b"Ursel\0Kurt\0xipj3plmq"


def test_login_answers_name_then_password() -> None:
    assert [sasl.login("tim", "secret", number) for number in (0, 1)] == [b"tim", b"secret"]


def test_cram_md5_is_the_rfcs() -> None:
    challenge = b"<1896.697170952@postoffice.reston.mci.net>"  # RFC 2195 section 3
    assert sasl.cram_md5("tim", "tanstaaftanstaaf", challenge) == b"tim b913a602c7eda7a495b4e6e7334d3890"


def test_external_names_whom_to_act_as() -> None:
    assert sasl.external() == b""
    assert sasl.external("fred") == b"fred"


def test_oauthbearer_is_the_rfcs() -> None:
    token = "vF9dft4qmTc2Nvb3RlckBhbHRhdmlzdGEuY29tCg=="  # RFC 7628 section 4.1
    assert sasl.oauthbearer("user@example.com", token, "server.example.com", 143) == (
        b"n,a=user@example.com,\x01host=server.example.com\x01port=143\x01auth=Bearer "
        + token.encode()
        + b"\x01\x01"
    )


def test_oauthbearer_escapes_what_ends_a_name_and_leaves_out_none() -> None:
    assert sasl.oauthbearer("a=b,c", "t", "h", 25).startswith(b"n,a=a=3Db=2Cc,\x01host=h\x01port=25\x01")
    assert sasl.oauthbearer("", "t", "h", 25).startswith(b"n,,\x01host=h\x01")


def test_xoauth2_is_googles() -> None:
    wanted = b"user=someuser@example.com\x01auth=Bearer ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg\x01\x01"
    assert sasl.xoauth2("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg") == wanted


@pytest.mark.parametrize("token", ["", "a b", "a\x01b", "a\r\nb", "\u20ac"])
def test_token_that_is_none_is_an_error_that_does_not_show_it(token: str) -> None:
    with pytest.raises(ValueError, match="no token has") as caught:
        sasl.xoauth2("user", token)
    assert not token or token not in str(caught.value)


def test_name_that_ends_its_field_is_an_error() -> None:
    with pytest.raises(ValueError, match="control"):
        sasl.oauthbearer("a\x01host=other", "t", "h", 25)


def test_names_and_passwords_are_prepared() -> None:
    assert sasl.prepare("p\xe4sse\u0301") == "p\xe4ss\xe9".encode()
    assert sasl.prepare("\xa0") == b" "


def test_what_saslprep_prohibits_is_sent_as_it_is_unless_that_is_an_error() -> None:
    assert sasl.prepare("tab\there") == b"tab\there"
    with pytest.raises(ValueError, match="prohibits"):
        sasl.prepare("tab\there", strict=True)


@pytest.mark.parametrize("odd", ["secret\0", "secret\ud800"])
def test_what_cannot_be_sent_is_an_error_that_does_not_show_it(odd: str) -> None:
    with pytest.raises(ValueError, match="a user name or password") as caught:
        sasl.prepare(odd)
    assert "secret" not in repr(caught.value)
    assert caught.value.__cause__ is None
