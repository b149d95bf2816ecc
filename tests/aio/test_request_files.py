"""file: and data: URLs, urlretrieve, and the names of paths."""

from __future__ import annotations

import email.utils
import os
import socket
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, request, send
from wirekit.aio.urllib import request as web
from wirekit.urllib.error import ContentTooShortError, HTTPError, URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("plain_opener")


@pytest.fixture
def page(tmp_path: Path) -> Path:
    path = tmp_path / "a page ä.html"
    path.write_bytes(b"one\ntwo\nthree")
    return path


# ---- files


async def test_file_is_read_with_its_headers(page: Path) -> None:
    response = await web.urlopen(page.as_uri())
    assert await response.read() == b"one\ntwo\nthree"
    assert response.url == response.geturl() == page.as_uri()
    assert response.status is response.code is response.getcode() is None
    assert response.headers is response.info()
    assert response.headers["Content-Type"] == "text/html"
    assert response.headers["Content-Length"] == "13"
    assert response.headers["Last-modified"] == email.utils.formatdate(page.stat().st_mtime, usegmt=True)
    response.close()


async def test_file_reads_in_every_way(page: Path) -> None:
    async with await web.urlopen(page.as_uri()) as response:
        assert await response.read(1) == b"o"
        assert await response.readline() == b"ne\n"
        assert await response.readline(2) == b"tw"
        assert await response.read1(1) == b"o"
        buffer = bytearray(3)
        assert await response.readinto(buffer) == 3
        assert buffer == b"\nth"
        assert response.seekable()
        assert await response.tell() == 10
        assert await response.seek(4) == 4
        assert await response.readlines() == [b"two\n", b"three"]
        assert response.fileno() > 2
    assert response.fp.closed


async def test_file_is_iterated_by_lines(page: Path) -> None:
    async with await web.urlopen(page.as_uri()) as response:
        assert [line async for line in response] == [b"one\n", b"two\n", b"three"]


async def test_file_of_unknown_kind_is_plain_text(tmp_path: Path) -> None:
    (tmp_path / "x.unknown").write_bytes(b"")
    response = await web.urlopen((tmp_path / "x.unknown").as_uri())
    assert response.headers["Content-type"] == "text/plain"
    response.close()


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "{name}"])
async def test_file_of_this_machine_by_name(page: Path, host: str) -> None:
    url = page.as_uri().replace("file://", "file://" + host.format(name=socket.gethostname()))
    async with await web.urlopen(url) as response:
        assert await response.read() == b"one\ntwo\nthree"


async def test_file_of_another_machine_is_refused_without_looking_it_up(
    page: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked: list[str] = []

    def look_up(name: str) -> Any:
        asked.append(name)
        return name, [], ["192.0.2.7"]

    monkeypatch.setattr("socket.gethostbyname_ex", look_up)
    monkeypatch.setattr(web.FileHandler, "names", None)
    with pytest.raises(URLError, match="not on local host"):
        await web.urlopen(page.as_uri().replace("file://", "file://elsewhere.example"))
    assert set(asked) <= {"localhost", socket.gethostname()}
    async with await web.urlopen(page.as_uri().replace("file://", "file://192.0.2.7")) as response:
        assert await response.read() == b"one\ntwo\nthree"


async def test_machine_without_a_name_has_its_usual_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(name: str) -> Any:
        raise socket.gaierror(name)

    monkeypatch.setattr("socket.gethostbyname_ex", look_up)
    monkeypatch.setattr(web.FileHandler, "names", None)
    names = await web.FileHandler().get_names()
    assert set(names) == {"localhost", "127.0.0.1", "[::1]", socket.gethostname()}


async def test_missing_file_is_a_urlerror(tmp_path: Path) -> None:
    with pytest.raises(URLError) as caught:
        await web.urlopen((tmp_path / "none").as_uri())
    assert isinstance(caught.value.reason, FileNotFoundError)


async def test_directory_is_a_urlerror(tmp_path: Path) -> None:
    with pytest.raises(URLError) as caught:
        await web.urlopen(tmp_path.as_uri())
    assert isinstance(caught.value.reason, IsADirectoryError)


# ---- data


async def test_data_is_read_with_its_headers() -> None:
    response = await web.urlopen("data:text/html;charset=utf-8,one%0Atwo")
    assert response.headers.items() == [("Content-type", "text/html;charset=utf-8"), ("Content-length", "7")]
    assert response.headers.get_content_charset() == "utf-8"
    assert [line async for line in response] == [b"one\n", b"two"]
    assert response.url == "data:text/html;charset=utf-8,one%0Atwo"
    response.close()


async def test_base64_data_is_decoded() -> None:
    async with await web.urlopen("data:;base64,aGk=") as response:
        assert await response.read() == b"hi"


@pytest.mark.parametrize("url", ["data:text/plain", "data:;base64,Cg="])
async def test_broken_data_is_a_value_error(url: str) -> None:
    with pytest.raises(ValueError):
        await web.urlopen(url)


# ---- urlretrieve


def url_of(server: Peer) -> str:
    return f"http://{server.host}:{server.port}/"


BIG = b"HTTP/1.1 200 OK\r\nContent-Length: 20000\r\n\r\n" + b"x" * 20_000


async def test_retrieve_writes_a_file_and_reports(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(BIG)])
    calls: list[tuple[int, int, int]] = []
    target = tmp_path / "got"
    name, headers = await web.urlretrieve(url_of(server), target, lambda *args: calls.append(args))
    assert name is target
    assert target.read_bytes() == b"x" * 20_000
    assert headers["Content-Length"] == "20000"
    assert calls == [(number, 8192, 20_000) for number in range(4)]


async def test_retrieve_may_wait_for_its_report(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(b"HTTP/1.1 200 OK\r\n\r\nx"), close()])
    calls: list[tuple[int, int, int]] = []

    async def report(*args: int) -> None:
        calls.append(args)  # type: ignore[arg-type]  # three of them

    await web.urlretrieve(url_of(server), str(tmp_path / "got"), report)
    assert calls == [(0, 8192, -1), (1, 8192, -1)]


async def test_retrieve_without_a_name_writes_what_cleanup_removes(peer: MakePeer) -> None:
    server = peer([request(), send(BIG)])
    name, _ = await web.urlretrieve(url_of(server), data=b"a=1")
    assert os.path.getsize(name) == 20_000
    web.urlcleanup()
    assert not os.path.exists(name)
    web.urlcleanup()


async def test_retrieve_of_a_file_is_the_file_itself(page: Path) -> None:
    name, headers = await web.urlretrieve(page.as_uri())
    assert name == str(page)
    assert headers["Content-Length"] == "13"


async def test_retrieve_of_a_file_into_another_copies(page: Path, tmp_path: Path) -> None:
    await web.urlretrieve(page.as_uri(), tmp_path / "copy")
    assert (tmp_path / "copy").read_bytes() == page.read_bytes()


async def test_retrieve_cut_short_says_so(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(BIG[:-1000]), close()])
    with pytest.raises(ContentTooShortError, match="got only 19000 out of 20000") as caught:
        await web.urlretrieve(url_of(server), tmp_path / "got")
    content: Any = caught.value.content
    assert content[0] == tmp_path / "got"
    assert content[1]["Content-Length"] == "20000"
    assert (tmp_path / "got").stat().st_size == 19_000


async def test_retrieve_of_an_error_writes_nothing(peer: MakePeer, tmp_path: Path) -> None:
    server = peer([request(), send(b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n")])
    with pytest.raises(HTTPError) as caught:
        await web.urlretrieve(url_of(server), tmp_path / "got")
    caught.value.close()
    assert not (tmp_path / "got").exists()


# ---- names of paths


def test_paths_become_urls_and_back() -> None:
    assert web.pathname2url("/a b/ä") == "/a%20b/%C3%A4"
    assert web.pathname2url("/a b", add_scheme=True) == "file:///a%20b"
    assert web.pathname2url("a b", add_scheme=True) == "file:a%20b"
    assert web.url2pathname("/a%20b/%C3%A4") == "/a b/ä"
    assert web.url2pathname("///a%20b") == "/a b"
    assert web.url2pathname("//localhost/a") == "/a"
    assert web.url2pathname("FILE:///a%20b", require_scheme=True) == "/a b"


def test_url_of_another_scheme_or_machine_has_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(URLError, match="missing a 'file:' scheme"):
        web.url2pathname("/a", require_scheme=True)
    with pytest.raises(URLError, match="missing a 'file:' scheme"):
        web.url2pathname("http:/a", require_scheme=True)
    monkeypatch.setattr(
        "socket.gethostbyname", {"here.example": "127.0.0.1", socket.gethostname(): "192.0.2.7"}.get
    )
    with pytest.raises(URLError, match="only on localhost"):
        web.url2pathname("//here.example/a")
    assert web.url2pathname("//here.example/a", resolve_host=True) == "/a"
    with pytest.raises(URLError, match="only on localhost"):
        web.url2pathname("//elsewhere.example/a", resolve_host=True)


def test_name_that_nobody_knows_has_no_path(monkeypatch: pytest.MonkeyPatch) -> None:
    def look_up(name: str) -> str:
        raise socket.gaierror(name)

    monkeypatch.setattr("socket.gethostbyname", look_up)
    with pytest.raises(URLError, match="only on localhost"):
        web.url2pathname("//nobody.example/a", resolve_host=True)


def test_windows_has_its_own_forms(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("wirekit.urllib._local._WINDOWS", True)
    assert web.pathname2url("C:\\a b") == "///C:/a%20b"
    assert web.pathname2url("C:\\a b", add_scheme=True) == "file:///C:/a%20b"
    assert web.url2pathname("///C:/a%20b") == "C:\\a b"
