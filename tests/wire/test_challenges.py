"""Challenges and lists: every form, what is left out, and that hostile ones cost no time."""

from __future__ import annotations

import random
import urllib.request

import pytest

from wirekit._wire.challenges import (
    MAX_CHALLENGES,
    Challenge,
    format_quoted,
    parse_challenges,
    parse_list,
    parse_pairs,
)


def read(*values: str) -> list[tuple[str, str, dict[str, str]]]:
    return [(one.scheme, one.token, one.parameters) for one in parse_challenges(values)]


@pytest.mark.parametrize(
    "value, expected",
    [
        ('Basic realm="a"', [("basic", "", {"realm": "a"})]),
        ("BASIC", [("basic", "", {})]),
        ("Negotiate, NTLM", [("negotiate", "", {}), ("ntlm", "", {})]),
        ("Negotiate abc==, Basic realm=foo", [("negotiate", "abc==", {}), ("basic", "", {"realm": "foo"})]),
        (
            'Digest realm="x", nonce="n", qop="auth,auth-int", algorithm=SHA-256, Basic realm="b"',
            [
                ("digest", "", {"realm": "x", "nonce": "n", "qop": "auth,auth-int", "algorithm": "SHA-256"}),
                ("basic", "", {"realm": "b"}),
            ],
        ),
        (
            'Newauth realm="apps", type=1,\r\n title="Login to \\"apps\\"", Basic realm="simple"',
            [
                ("newauth", "", {"realm": "apps", "type": "1", "title": 'Login to "apps"'}),
                ("basic", "", {"realm": "simple"}),
            ],
        ),
        (',, ,Basic realm = "x" ,', [("basic", "", {"realm": "x"})]),
        ("Basic realm='ACME Store'", [("basic", "", {"realm": "ACME Store"})]),
        ("Basic realm='odd", [("basic", "", {"realm": "'odd"})]),
        ('Digest realm="one", REALM="two"', [("digest", "", {"realm": "one"})]),
        ("Digest ,", [("digest", "", {})]),
    ],
)
def test_challenges_are_read(value: str, expected: object) -> None:
    assert read(value) == expected


def test_several_fields_are_read_in_order() -> None:
    assert [one[0] for one in read("A", "B x=1, C", "")] == ["a", "b", "c"]


@pytest.mark.parametrize(
    "value, left",
    [
        ('Digest realm="x', []),
        ('Digest realm="x, Basic realm="y"', []),
        ('Digest realm="x" nonce="y", Basic realm="z"', [("basic", "", {"realm": "z"})]),
        ("Digest ;;;, stray=1, Basic realm=z", [("basic", "", {"realm": "z"})]),
        ("realm=stray, Basic realm=z", [("basic", "", {"realm": "z"})]),
        ("A b c d, Basic realm=z", [("basic", "", {"realm": "z"})]),
        ("\x00\x01", []),
        ('"', []),
    ],
)
def test_challenge_with_a_piece_that_is_none_is_left_out(value: str, left: object) -> None:
    assert read(value) == left


def test_unquoted_parameters_are_named() -> None:
    (challenge,) = parse_challenges(["Basic realm=a, b=\"c\", d='e'"])
    assert challenge.bare == {"realm"}
    assert repr(challenge) == "<Challenge basic {'realm': 'a', 'b': 'c', 'd': 'e'}>"
    assert repr(Challenge("Negotiate", "abc")) == "<Challenge negotiate abc>"


def test_no_more_challenges_are_read_than_anybody_sends() -> None:
    assert len(read(",".join(["a"] * 1000))) == MAX_CHALLENGES + 1


@pytest.mark.parametrize(
    "hostile",
    [",", '"', "a=", "a ", "a,", "a=b,", "\xa0", "\\", 'a="', "a=b c", "'a='", "=", 'Basic realm="x", '],
)
def test_hostile_values_cost_time_that_grows_with_their_length_only(hostile: str) -> None:
    """What took more than linear time would not end."""
    size = 1 << 17
    for prefix in ("", "Basic ", 'Basic realm="'):
        value = prefix + hostile * (size // len(hostile))
        parse_challenges([value])
        parse_list(value)


def test_text_is_quoted() -> None:
    assert format_quoted('a"b\\c') == '"a\\"b\\\\c"'


# ---- lists, as the standard library splits them


def test_lists_are_split_as_in_the_standard_library() -> None:
    chance = random.Random(7)
    texts = ["", ",", " , ,", 'a="b\\"c", d="e\\,f"', 'path"o,l"og"i"cal, example', '"unterminated, x']
    texts += ["".join(chance.choices('ab,", \\=', k=chance.randrange(10))) for _ in range(3000)]
    for text in texts:
        assert parse_list(text) == urllib.request.parse_http_list(text), text


def test_pairs_are_read_as_in_the_standard_library() -> None:
    items = ["a=1", 'b="2"', "c=", "d=x=y", 'e="']
    assert parse_pairs(items[:4]) == urllib.request.parse_keqv_list([*items[:2], 'c=""', items[3]])
    assert parse_pairs(items[4:]) == urllib.request.parse_keqv_list(items[4:]) == {"e": ""}
    with pytest.raises(ValueError, match="no '='"):
        parse_pairs(["a"])
