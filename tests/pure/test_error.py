"""urllib.error: the standard library's own classes."""

import pickle
import urllib.error

import pytest

from wirekit.urllib import error


@pytest.mark.parametrize("name", ["URLError", "HTTPError", "ContentTooShortError"])
def test_each_class_is_the_standard_library_s(name: str) -> None:
    assert getattr(error, name) is getattr(urllib.error, name)
    assert name in dir(error)
    assert name in error.__all__


def test_other_names_are_missing() -> None:
    with pytest.raises(AttributeError, match="no attribute 'Nothing'"):
        _ = error.Nothing


def test_errors_pickle() -> None:
    twin = pickle.loads(pickle.dumps(error.URLError("reason")))
    assert str(twin) == "<urlopen error reason>"
