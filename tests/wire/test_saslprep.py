"""SASLprep (RFC 4013)."""

import pytest

from wirekit._wire.saslprep import prepare


@pytest.mark.parametrize(
    "given, wanted",
    [
        ("I\xadX", "IX"),  # the examples of section 3
        ("user", "user"),
        ("USER", "USER"),
        ("\xaa", "a"),
        ("\u2168", "IX"),
        ("", ""),
        ("a\u1680b\xa0c", "a b c"),  # spaces become plain ones
        ("e\u0301", "\xe9"),
        ("\u0627\u0628", "\u0627\u0628"),  # one direction
        ("\u06271\u0628", "\u06271\u0628"),
        ("\U0001f600", "\U0001f600"),  # unknown to Unicode 3.2
    ],
)
def test_text_is_prepared(given: str, wanted: str) -> None:
    assert prepare(given) == wanted
    assert prepare(wanted) == wanted


@pytest.mark.parametrize(
    "odd", ["\x07", "\x00", "a\x7f", "\ue000", "\ufffd", "\ufdd0", "\U000e0001", chr(0xD800)]
)
def test_what_is_prohibited_is_an_error_that_does_not_show_it(odd: str) -> None:
    with pytest.raises(ValueError, match="prohibits") as caught:
        prepare("secret" + odd)
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("mixed", ["\u06271", "1\u0627", "\u0627a\u0628"])
def test_mixed_directions_are_an_error(mixed: str) -> None:
    with pytest.raises(ValueError, match="directions"):
        prepare(mixed)
