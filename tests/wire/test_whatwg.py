"""URLs as browsers read them: what stands between us and the library."""

import sys

import pytest

from wirekit._wire import whatwg


def test_read_gives_one_form() -> None:
    assert whatwg.read(" HTTP:\\\\Exa\tmple.org:80\\a ", None) == "http://example.org/a"
    assert whatwg.read("../b", "http://h/a/c") == "http://h/b"


@pytest.mark.parametrize(
    ("text", "base"), [("", None), ("a", None), ("http://a b", None), ("a", "b"), ("a", "mailto:x")]
)
def test_what_browsers_refuse_is_refused(text: str, base: str | None) -> None:
    with pytest.raises(ValueError, match="URL refused: browsers cannot read it"):
        whatwg.read(text, base)


def test_lone_surrogates_become_replacement_characters() -> None:
    assert whatwg.read("http://h/\ud800x", None) == "http://h/%EF%BF%BDx"
    assert whatwg.read("x", "http://h/\udc00/") == "http://h/%EF%BF%BD/x"


def test_without_the_library_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ada_url", None)
    with pytest.raises(ImportError, match="pip install ada-url"):
        whatwg.read("http://h/", None)
