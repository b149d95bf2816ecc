"""The errors of HTTP: which are the standard library's, what ours say and keep, that all pickle and copy."""

from __future__ import annotations

import copy
import http.client
import pickle

import pytest

from wirekit._wire import http_errors
from wirekit._wire.http_errors import BadChunk, BadField, BadFraming, HeadTooLong

OURS = {"BadChunk", "BadField", "BadFraming", "HeadTooLong"}


def test_errors_of_the_standard_library_are_its_own() -> None:
    for name in set(http_errors.__all__) - OURS:
        assert getattr(http_errors, name) is getattr(http.client, name)


def test_all_errors_of_the_standard_library_are_there() -> None:
    theirs = {name for name, value in vars(http.client).items() if isinstance(value, type)}
    wanted = {name for name in theirs if issubclass(getattr(http.client, name), Exception)} - {"error"}
    assert wanted == set(http_errors.__all__) - OURS


def test_ours_stand_below_theirs() -> None:
    assert issubclass(HeadTooLong, http.client.HTTPException)
    assert issubclass(BadFraming, http.client.HTTPException)
    assert issubclass(BadField, http.client.HTTPException)
    assert issubclass(BadField, ValueError)
    assert issubclass(BadChunk, http.client.IncompleteRead)


@pytest.mark.parametrize(
    "error, text",
    [
        (HeadTooLong(300), "got more than 300 bytes of header lines"),
        (BadFraming("two lengths"), "two lengths"),
        (BadField("no colon", b"x" * 100), "no colon: " + repr(b"x" * 80)),
        (BadField("no colon"), "no colon"),
        (BadChunk(b"0x5", b"abc"), "IncompleteRead(3 bytes read)"),
        (BadChunk(b"0x5"), "IncompleteRead(0 bytes read)"),
    ],
)
def test_error_speaks_keeps_its_data_pickles_and_copies(error: Exception, text: str) -> None:
    error.__dict__["mark"] = 1
    for other in (error, copy.copy(error), copy.deepcopy(error), pickle.loads(pickle.dumps(error))):
        assert type(other) is type(error)
        assert str(other) == text
        assert other.args == error.args
        assert vars(other) == vars(error)


def test_what_the_errors_keep() -> None:
    assert HeadTooLong(300).limit == 300
    assert (BadField("no colon", b"x").reason, BadField("no colon", b"x").text) == ("no colon", b"x")
    chunk = BadChunk(b"0x5", b"abc")
    assert (chunk.text, chunk.partial, chunk.expected) == (b"0x5", b"abc", None)
    assert repr(chunk) == str(chunk)


def test_note_on_a_chunk_shows_the_beginning_of_what_stood_there() -> None:
    (note,) = BadChunk(b"z" * 100).__notes__
    assert repr(b"z" * 80) in note
    assert len(pickle.loads(pickle.dumps(BadChunk(b"z"))).__notes__) == 1
