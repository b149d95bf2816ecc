"""DIGEST-MD5 (RFC 2831), by the RFC's own exchange and by servers that cheat."""

import pytest

from wirekit._wire.sasl import SaslError
from wirekit._wire.sasl_digest import DigestMD5, parse_directives

CHALLENGE = b'realm="elwood.innosoft.com",nonce="OA6MG9tEQGm2hh",qop="auth",algorithm=md5-sess,charset=utf-8'


def rfc_2831() -> DigestMD5:
    return DigestMD5("chris", "secret", "elwood.innosoft.com", "OA6MHXh6VqTrRk", service="imap")


def test_exchange_of_the_rfc() -> None:
    digest = rfc_2831()
    assert digest(None) is None
    answer = digest(CHALLENGE)
    assert answer is not None
    assert parse_directives(answer) == {
        b"charset": b"utf-8",
        b"username": b"chris",
        b"realm": b"elwood.innosoft.com",
        b"nonce": b"OA6MG9tEQGm2hh",
        b"nc": b"00000001",
        b"cnonce": b"OA6MHXh6VqTrRk",
        b"digest-uri": b"imap/elwood.innosoft.com",
        b"response": b"d388dad90d4bbd760a152321f2143af7",
        b"qop": b"auth",
    }
    assert not digest.proven
    assert digest(b"rspauth=ea40f60335c427b5527b84dbabcdfffd") == b""
    assert digest.proven


def test_whom_to_act_as_is_part_of_the_proof() -> None:
    other = DigestMD5("chris", "secret", "h", "n", authzid="root")
    fields = parse_directives(other(CHALLENGE) or b"")
    assert fields[b"authzid"] == b"root"
    assert (
        fields[b"response"]
        != parse_directives(DigestMD5("chris", "secret", "h", "n")(CHALLENGE) or b"")[b"response"]
    )


def test_names_are_quoted_and_no_realm_is_left_out() -> None:
    answer = DigestMD5('a"b\\c', "p", "h", "n")(b'nonce="x",algorithm=md5-sess') or b""
    assert b'username="a\\"b\\\\c",nonce="x"' in answer
    assert b"realm" not in answer


@pytest.mark.parametrize(
    "challenge, words",
    [
        (b"", "is none"),
        (b"no directives at all", "is none"),
        (b'realm="r",algorithm=md5-sess', "is none"),
        (b'nonce="n"', "is none"),
        (CHALLENGE.replace(b"md5-sess", b"md5"), "is none"),
        (CHALLENGE.replace(b'"auth"', b'"auth-int,auth-conf"'), "layer of its own"),
        (CHALLENGE + b',x="' + b"a" * 2048 + b'"', "is none"),
        (CHALLENGE + b',"', "is none"),
    ],
)
def test_challenge_that_is_wrong_ends_it(challenge: bytes, words: str) -> None:
    with pytest.raises(SaslError, match=words):
        rfc_2831()(challenge)


@pytest.mark.parametrize("proof", [b"rspauth=ea40f60335c427b5527b84dbabcdfffe", b"other=1"])
def test_server_that_does_not_prove_itself_is_refused(proof: bytes) -> None:
    digest = rfc_2831()
    digest(CHALLENGE)
    with pytest.raises(SaslError, match="does not know the password"):
        digest(proof)
    assert not digest.proven


def test_directives_are_read() -> None:
    given = b' realm = "a\\"b" , realm=second,, qop="auth, auth-int" ,'
    assert parse_directives(given) == {b"realm": b'a"b', b"qop": b"auth, auth-int"}


def test_nothing_of_the_secret_is_shown() -> None:
    assert repr(rfc_2831()) == "<DigestMD5>"
