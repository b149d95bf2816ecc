"""SASLprep: names and passwords in the one form that both sides compare (RFC 4013, over stringprep, RFC 3454).

What is typed on one keyboard as a letter and an accent, and on another as one character, is the same password after
this. ASCII is left as it is.
"""

import stringprep
from unicodedata import ucd_3_2_0

__all__ = ["prepare"]

_PROHIBITED = (
    stringprep.in_table_c12, stringprep.in_table_c21_c22, stringprep.in_table_c3, stringprep.in_table_c4,
    stringprep.in_table_c5, stringprep.in_table_c6, stringprep.in_table_c7, stringprep.in_table_c8,
    stringprep.in_table_c9,
)  # fmt: skip


def prepare(text: str) -> str:
    """Return text as SASLprep has it. ValueError, which does not show the text, for what it prohibits.

    Characters that Unicode 3.2 did not know are let through, as RFC 4013 section 2.5 allows for what a client sends.
    """
    if not text.isascii():
        text = "".join(map(_map, text))
        text = ucd_3_2_0.normalize("NFKC", text)
    if any(prohibited(one) for one in text for prohibited in _PROHIBITED):
        raise ValueError("a user name or password has a character that SASLprep (RFC 4013) prohibits")
    _check_direction(text)
    return text


def _map(one: str) -> str:
    """Return what stands for a character: a plain space for other spaces, nothing for what is invisible (section 2.1)."""
    if stringprep.in_table_c12(one):
        return " "
    return "" if stringprep.in_table_b1(one) else one


def _check_direction(text: str) -> None:
    """Let pass text of one direction of writing (RFC 3454 section 6)."""
    if not any(map(stringprep.in_table_d1, text)):
        return
    if any(map(stringprep.in_table_d2, text)) or not (
        stringprep.in_table_d1(text[0]) and stringprep.in_table_d1(text[-1])
    ):
        raise ValueError(
            "a user name or password mixes directions of writing, which SASLprep (RFC 4013) prohibits"
        )
