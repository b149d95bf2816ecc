"""urllib.response: files with headers, a URL, a status and a hook."""

import io
import urllib.error
import urllib.response
from email.message import Message
from pathlib import Path
from typing import Any

import pytest

from wirekit.urllib import response

HEADERS = Message()


def test_addinfourl_is_a_file_with_headers_url_and_status() -> None:
    with response.addinfourl(io.BytesIO(b"one\ntwo\n"), HEADERS, "http://h/", 200) as file:
        assert file.info() is file.headers is HEADERS
        assert file.geturl() == file.url == "http://h/"
        assert file.getcode() == file.code == file.status == 200
        assert file.readline() == b"one\n"
        assert list(file) == [b"two\n"]
        assert not file.closed
    assert file.closed
    file.close()


def test_a_closed_file_cannot_be_entered() -> None:
    file = response.addinfo(io.BytesIO(), HEADERS)
    file.close()
    with pytest.raises(ValueError, match="closed file"), file:
        pass


def test_attributes_are_the_file_s() -> None:
    file = response.addbase(io.BytesIO(b"abc"))
    assert file.getvalue() == b"abc"
    assert file.fp is file.file
    assert repr(file).startswith("<addbase at ")
    assert repr(file).endswith(f"whose fp = {file.fp!r}>")
    with pytest.raises(AttributeError):
        _ = file.nothing
    with pytest.raises(AttributeError, match="file"):
        _ = response.addbase.__new__(response.addbase).anything


def test_the_hook_is_called_once_and_the_file_closed_whatever_it_does() -> None:
    calls: list[Any] = []
    file = response.addclosehook(io.BytesIO(), lambda *arguments: calls.append(arguments), 1, 2)
    file.close()
    file.close()
    assert calls == [(1, 2)]
    assert file.closed

    def fail() -> None:
        raise OSError

    file = response.addclosehook(io.BytesIO(), fail)
    with pytest.raises(OSError, match=r"^$"):
        file.close()
    assert file.closed
    response.addclosehook(io.BytesIO(), None).close()  # type: ignore[arg-type]


def test_the_standard_library_s_instances_count_as_ours() -> None:
    theirs = urllib.response.addinfourl(io.BytesIO(), HEADERS, "u")
    assert isinstance(theirs, response.addinfourl)
    assert isinstance(theirs, response.addbase)
    assert not isinstance(theirs, response.addclosehook)
    assert issubclass(urllib.error.HTTPError, response.addinfourl)
    assert not isinstance(io.BytesIO(), response.addbase)
    theirs.close()

    class Own(response.addinfourl):
        pass

    assert issubclass(Own, response.addinfo)
    assert not issubclass(urllib.error.HTTPError, Own)
    assert isinstance(Own(io.BytesIO(), HEADERS, "u"), response.addinfo)


def test_without_the_standard_library_s_module_only_ours_count(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(response, "sys", type("Bare", (), {"modules": {}}))
    assert not issubclass(urllib.error.HTTPError, response.addinfourl)


def test_a_real_file(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"content")
    with response.addinfourl((tmp_path / "file").open("rb"), HEADERS, "file:") as file:
        assert file.read() == b"content"
        assert file.status is None
