"""ftp URLs: files, listings, kept connections, and what goes wrong."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, expect, send
from wirekit._io.asynchronous import ASYNC
from wirekit.aio.urllib import request as web
from wirekit.urllib.error import URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fix_ftpd import Served

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

DATA = bytes(range(256)) * 1000


async def fetch(opener: Any, url: str) -> bytes:
    async with await opener.open(url, timeout=5) as response:
        body: bytes = await response.read()
    return body


async def test_file_is_fetched(ftpd: Served) -> None:
    (ftpd.path / "data.png").write_bytes(DATA)
    async with await web.urlopen(ftpd.url() + "/data.png", timeout=5) as response:
        assert await response.read(1000) == DATA[:1000]
        assert await response.read() == DATA[1000:]
        assert await response.read() == b""
        assert response.headers["Content-Type"] == "image/png"
        assert response.url == ftpd.url() + "/data.png"
        assert response.status is None


async def test_file_is_read_in_every_way(ftpd: Served) -> None:
    (ftpd.path / "a.txt").write_bytes(b"one\ntwo\nthree")
    url = ftpd.url() + "/a.txt"
    async with await web.urlopen(url, timeout=5) as response:
        assert [line async for line in response] == [b"one\n", b"two\n", b"three"]
    async with await web.urlopen(url, timeout=5) as response:
        assert await response.readline(2) == b"on"
        room = bytearray(100)
        assert await response.readinto(room) == 11
        assert room[:11] == b"e\ntwo\nthree"
        assert await response.readline() == b""
    async with await web.urlopen(url, timeout=5) as response:
        assert await response.text() == "one\ntwo\nthree"


async def test_text_is_fetched_as_text(ftpd: Served) -> None:
    (ftpd.path / "a.txt").write_bytes(b"one\ntwo\n")
    assert await fetch(web.build_opener(), ftpd.url() + "/a.txt;type=a") == b"one\r\ntwo\r\n"


@pytest.mark.parametrize("end", ["", "/", ";type=d"])
async def test_folder_is_listed(ftpd: Served, end: str) -> None:
    (ftpd.path / "inside.txt").write_bytes(b"x")
    assert b"inside.txt" in await fetch(web.build_opener(), ftpd.url() + end)


async def test_name_is_unquoted(ftpd: Served) -> None:
    (ftpd.path / "a b;c.txt").write_bytes(b"odd")
    assert await fetch(web.build_opener(), ftpd.url() + "/a%20b%3Bc.txt") == b"odd"


async def test_missing_file_is_a_urlerror(ftpd: Served) -> None:
    with pytest.raises(URLError, match=r"ftp error: .*550"):
        await fetch(web.build_opener(), ftpd.url() + "/none")
    gc.collect()


async def test_wrong_password_is_a_urlerror(ftpd: Served) -> None:
    url = ftpd.url().replace("s3cret", "no")
    with pytest.raises(URLError, match="ftp error: 530"):
        await fetch(web.build_opener(), url)


async def test_url_without_a_host_is_a_urlerror() -> None:
    with pytest.raises(URLError, match="no host given"):
        await fetch(web.build_opener(), "ftp:///a")


async def test_line_end_in_a_name_reaches_no_server(ftpd: Served) -> None:
    with pytest.raises((ValueError, URLError), match=r"character|line"):
        await fetch(web.build_opener(), ftpd.url() + "/a%0D%0ADELE%20b")
    gc.collect()


async def test_file_closed_early_closes_its_connection(ftpd: Served) -> None:
    (ftpd.path / "big").write_bytes(DATA * 20)
    response = await web.urlopen(ftpd.url() + "/big", timeout=5)
    assert await response.read(10) == DATA[:10]
    response.close()
    response.close()


async def test_connection_is_kept_by_the_handler_that_keeps(ftpd: Served) -> None:
    (ftpd.path / "a").write_bytes(b"a")
    (ftpd.path / "b").write_bytes(DATA)
    handler = web.CacheFTPHandler()
    async with web.build_opener(handler) as opener:
        assert await fetch(opener, ftpd.url() + "/a") == b"a"
        (wrapper,) = handler.cache.values()
        first = wrapper.ftp.sock
        assert await fetch(opener, ftpd.url() + "/b") == DATA
        assert wrapper.ftp.sock is first
        early = await opener.open(ftpd.url() + "/b", timeout=5)
        early.close()
        assert await fetch(opener, ftpd.url() + "/a") == b"a"
        assert wrapper.ftp.sock is not first
        assert list(handler.cache.values()) == [wrapper]
    assert not handler.cache


async def test_busy_connection_is_not_used_by_another(ftpd: Served) -> None:
    (ftpd.path / "a").write_bytes(b"a")
    handler = web.CacheFTPHandler()
    async with web.build_opener(handler) as opener:
        first = await opener.open(ftpd.url() + "/a", timeout=5)
        assert await fetch(opener, ftpd.url() + "/a") == b"a"
        assert await first.read() == b"a"
        first.close()
        assert len(handler.cache) == 1


async def test_kept_connections_are_bounded(ftpd: Served) -> None:
    handler = web.CacheFTPHandler()
    handler.setMaxConns(2)
    handler.setTimeout(30)
    async with web.build_opener(handler) as opener:
        for name in "abc":
            (ftpd.path / name).mkdir()
            (ftpd.path / name / "f").write_bytes(name.encode())
            assert await fetch(opener, f"{ftpd.url()}/{name}/f") == name.encode()
        assert len(handler.cache) == 2
        handler.timeout = dict.fromkeys(handler.timeout, 0.0)
        handler.soonest = 0.0
        handler.check_cache()
        assert not handler.cache


async def test_file_that_the_server_says_is_not_whole_is_an_error(peer: MakePeer) -> None:
    """The standard library takes what came for the file."""
    data = peer([send(b"half a fi"), close()])
    high, low = divmod(data.port, 256)

    def talk(*more: Any) -> list[Any]:
        lines = ["220 hi", "230 in", "200 ok"]
        said: list[Any] = [send(f"{lines[0]}\r\n".encode())]
        said += [
            expect(b"USER anonymous\r\n"),
            send(b"230 in\r\n"),
            expect(b"TYPE I\r\n"),
            send(b"200 ok\r\n"),
        ]
        return [*said, *more]

    control = peer(
        talk(
            expect(b"PASV\r\n"),
            send(f"227 Entering Passive Mode (127,0,0,1,{high},{low})\r\n".encode()),
            expect(b"RETR file\r\n"),
            send(b"150 coming\r\n", b"426 broken\r\n"),
        )
    )
    from wirekit import defaults

    with defaults.using(extended_passive=False, pipeline_commands=False):
        async with await web.urlopen(f"ftp://{control.host}:{control.port}/file", timeout=5) as response:
            with pytest.raises(URLError, match="426"):
                await response.read()


async def test_urlretrieve_fetches_a_file(ftpd: Served, tmp_path: Path) -> None:
    (ftpd.path / "data").write_bytes(DATA)
    name, _ = await web.urlretrieve(ftpd.url() + "/data", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == DATA
    assert name == tmp_path / "got"


async def test_wrapper_of_a_program_takes_the_place_of_ours(
    ftpd: Served, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[str] = []

    class Mine(web.ftpwrapper):
        def __init__(self, *args: Any, **more: Any) -> None:
            made.append(args[2])
            super().__init__(*args, **more)

    (ftpd.path / "a").write_bytes(b"a")
    monkeypatch.setattr(web, "ftpwrapper", Mine)
    assert await fetch(web.build_opener(), ftpd.url() + "/a") == b"a"
    assert made == [ftpd.host]
    assert OSError in web.ftperrors()


async def test_handler_with_a_way_of_its_own_to_connect_plugs_in(ftpd: Served) -> None:
    (ftpd.path / "a").write_bytes(b"a")

    class Handler(web.FTPHandler):
        async def connect_ftp(
            self, user: str, passwd: str, host: str, port: int, dirs: list[str], timeout: Any
        ) -> Any:
            wrapper = web.ftpwrapper(user, passwd, host, port, dirs, timeout, persistent=False)
            if ASYNC:
                await wrapper.init()
            return wrapper

    assert await fetch(web.build_opener(Handler), ftpd.url() + "/a") == b"a"
