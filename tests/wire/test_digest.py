"""Digest answers: the examples of the RFCs, what is chosen, and what cannot be answered."""

from __future__ import annotations

import hashlib
from typing import Any

import pytest

from wirekit._wire import digest
from wirekit._wire.challenges import parse_challenges

ANNA = "J\xe4s\xf8n Doe"


def answer(
    parameters: dict[str, str], user: str = "Mufasa", word: str = "Circle of Life", **more: Any
) -> str | None:
    given: dict[str, Any] = {
        "method": "GET",
        "uri": "/dir/index.html",
        "count": 1,
        "cnonce": "0a4f113b",
        "body": None,
    }
    return digest.format_answer(parameters, user, word, **{**given, **more})


def response_of(value: str | None) -> str:
    assert value is not None
    return value.partition('response="')[2].partition('"')[0]


# ---- examples


@pytest.mark.parametrize(
    "algorithm, expected",
    [
        ("MD5", "8ca523f5e9506fed4657c9700eebdbec"),
        ("SHA-256", "753927fa0e85d155564e2e272a28d1802ca10daf4496794697cf8db5856cb6c1"),
    ],
)
def test_example_of_rfc_7616_section_3_9_1(algorithm: str, expected: str) -> None:
    parameters = {
        "realm": "http-auth@example.org",
        "qop": "auth, auth-int",
        "algorithm": algorithm,
        "nonce": "7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v",
        "opaque": "FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS",
    }
    cnonce = "f2/wE4q74E6zIJEtWaHKaf5wv/H5QzzpXusqGemxURZJ"
    assert answer(parameters, cnonce=cnonce) == (
        'Digest username="Mufasa", realm="http-auth@example.org", '
        'nonce="7ypf/xlj9XXwfDPEoM4URrv/xwf94BcCAzFZH4GiTo0v", uri="/dir/index.html", '
        f'response="{expected}", algorithm={algorithm}, opaque="FQhe/qaU925kfnzjCev0ciny7QMkPqMAFRtzCUYo5tdS", '
        f'qop=auth, nc=00000001, cnonce="{cnonce}"'
    )


def test_example_of_rfc_7616_section_3_9_2_as_its_erratum_4897_has_it() -> None:
    parameters = {
        "realm": "api@example.org",
        "qop": "auth",
        "algorithm": "SHA-512-256",
        "nonce": "5TsQWLVdgBdmrQ0XsxbDODV+57QdFR34I9HAbC/RVvkK",
        "opaque": "HRPCssKJSGjCrkzDg8OhwpzCiGPChXYjwrI2QmXDnsOS",
        "userhash": "true",
    }
    got = answer(
        parameters,
        ANNA,
        "Secret, or not?",
        uri="/doe.json",
        cnonce="NTg6RKcb9boFIAS3KrFK9BGeh+iDa/sm6jUMp2wds69v",
    )
    assert response_of(got) == "3798d4131c277846293534c3edc11bd8a5e4cdcbff78b05db9d95eeb1cec68a5"
    assert got is not None
    assert got.startswith(
        'Digest username="793263caabb707a56211940d90411ea4a575adeccb7e360aeb624ed06ece9b0b", userhash=true, '
    )


def test_example_of_rfc_2617() -> None:
    parameters = {
        "realm": "testrealm@host.com",
        "qop": "auth,auth-int",
        "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093",
    }
    got = answer(parameters, word="Circle Of Life")
    assert response_of(got) == "6629fae49393a05397450978507c4ef1"
    assert got is not None
    assert "algorithm" not in got
    assert "opaque" not in got


def test_example_of_rfc_2069_as_its_erratum_749_has_it() -> None:
    parameters = {"realm": "testrealm@host.com", "nonce": "dcd98b7102dd2f0e8b11d0f600bfb0c093"}
    got = answer(parameters, word="CircleOfLife")
    assert response_of(got) == "1949323746fe6a43ef61f9606e7febea"
    assert got is not None
    assert "qop" not in got
    assert "cnonce" not in got


# ---- variants, computed by hand


def h(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def test_session_variant_hashes_the_nonces_into_the_secret() -> None:
    parameters = {"realm": "r", "nonce": "n", "qop": "auth", "algorithm": "sha-256-SESS"}
    secret = h(f"{h('u:r:p')}:n:c")
    assert response_of(answer(parameters, "u", "p", uri="/", cnonce="c", count=2)) == h(
        f"{secret}:n:00000002:c:auth:{h('GET:/')}"
    )


def test_body_is_hashed_where_nothing_else_is_offered() -> None:
    parameters = {"realm": "r", "nonce": "n", "qop": "auth-int", "algorithm": "SHA-256"}
    asked = h(f"POST:/:{h('body')}")
    got = answer(parameters, "u", "p", method="POST", uri="/", cnonce="c", body=b"body")
    assert response_of(got) == h(f"{h('u:r:p')}:n:00000001:c:auth-int:{asked}")
    assert answer(parameters, "u", "p", body=None) is None


def test_missing_realm_is_an_empty_one() -> None:
    parameters = {"nonce": "n", "algorithm": "SHA-256"}
    got = answer(parameters, "u", "p", uri="/")
    assert response_of(got) == h(f"{h('u::p')}:n:{h('GET:/')}")
    assert got is not None
    assert 'realm=""' in got


def test_name_beyond_ascii_is_escaped() -> None:
    got = answer({"realm": "r", "nonce": "n"}, ANNA)
    assert got is not None
    assert got.startswith("Digest username*=UTF-8''J%C3%A4s%C3%B8n%20Doe, realm=")


def test_quotes_and_backslashes_are_escaped() -> None:
    got = answer({"realm": 'a"b', "nonce": "n\\"}, 'u"')
    assert got is not None
    assert got.startswith('Digest username="u\\"", realm="a\\"b", nonce="n\\\\", ')


@pytest.mark.parametrize(
    "parameters",
    [
        {"nonce": ""},
        {},
        {"nonce": "n", "algorithm": "MD6"},
        {"nonce": "n", "qop": "auth-conf"},
    ],
)
def test_what_cannot_be_answered_is_not(parameters: dict[str, str]) -> None:
    assert answer(parameters) is None


# ---- choosing


def choose(*values: str) -> Any:
    chosen = digest.choose_challenge(parse_challenges(values))
    return None if chosen is None else chosen.parameters["nonce"]


def test_strongest_algorithm_is_chosen() -> None:
    offered = [
        f'Digest realm="r", nonce="{number}", qop="auth", algorithm={name}'
        for number, name in enumerate(["MD5", "SHA-256-sess", "SHA", "SHA-512-256", "SHA-256"])
    ]
    assert choose(*offered) == "3"
    assert choose(*offered[:2]) == choose(", ".join(offered[1::-1])) == "1"
    assert choose(offered[2], offered[0]) == "0"
    assert (
        choose('Digest nonce="first", algorithm=SHA-256', 'Digest nonce="second", algorithm=SHA-256')
        == "first"
    )


def test_what_is_not_understood_is_passed_over() -> None:
    assert choose('Digest nonce="a", algorithm=BLAKE3', 'Digest nonce="b"') == "b"
    assert choose('Digest nonce="a", algorithm=SHA-256, qop="new"', 'Digest nonce="b"') == "b"
    assert choose('Digest realm="no nonce"', "Basic realm=x", "Digest ,") is None
    assert choose() is None


def test_algorithm_that_this_openssl_lacks_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hashlib, "algorithms_available", {"md5"})
    assert choose('Digest nonce="a", algorithm=SHA-512-256', 'Digest nonce="b"') == "b"


@pytest.mark.parametrize(
    "offered, chosen",
    [
        ("auth-int,auth", "auth"),
        (" AUTH ", "auth"),
        ("auth-int", "auth-int"),
        ("x,auth-int", "auth-int"),
        ("x", None),
    ],
)
def test_plain_protection_is_preferred(offered: str, chosen: str | None) -> None:
    assert digest.choose_protection({"qop": offered}) == chosen


def test_no_word_of_protection_is_the_oldest_way() -> None:
    assert digest.choose_protection({}) == ""


def test_stale_nonce_is_told() -> None:
    stale, fresh, silent = parse_challenges(['Digest stale=TRUE, Digest stale="false", Digest nonce="x"'])
    assert digest.is_stale(stale)
    assert not digest.is_stale(fresh)
    assert not digest.is_stale(silent)


def test_empty_parameters_count_as_left_out() -> None:
    assert answer({"nonce": "n", "qop": "", "algorithm": ""}) == answer({"nonce": "n"})
    assert choose('Digest nonce="a", qop="", algorithm=""') == "a"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ('nextnonce="n2", qop=auth, nc=00000001', "n2"),
        ('rspauth="6629", NextNonce = "a\\"b"', 'a"b'),
        ("nextnonce=bare", "bare"),
        ('nextnonce=""', None),
        ('rspauth="6629"', None),
        ('nextnonce="n2', None),
        ("", None),
    ],
)
def test_nonce_for_the_next_answer(value: str, expected: str | None) -> None:
    assert digest.find_next_nonce([value]) == expected
