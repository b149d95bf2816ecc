# Generated from tests/aio/test_request_ftp.py by tools/unasync.py; edit that file.
"""ftp URLs: files, listings, kept connections, and what goes wrong."""

from __future__ import annotations

import gc
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_peer import Peer, close, expect, send
from wirekit.urllib import request as web
from wirekit.urllib.error import URLError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.fix_ftpd import Served

    MakePeer = Callable[..., Peer]

pytestmark = pytest.mark.usefixtures("kept_opener")

DATA = bytes(range(256)) * 1000


def fetch(opener: Any, url: str) -> bytes:
    with opener.open(url, timeout=5) as response:
        body: bytes = response.read()
    return body


def test_file_is_fetched(ftpd: Served) -> None:
    (ftpd.path / "data.png").write_bytes(DATA)
    with web.urlopen(ftpd.url() + "/data.png", timeout=5) as response:
        assert response.read(1000) == DATA[:1000]
        assert response.read() == DATA[1000:]
        assert response.read() == b""
        assert response.headers["Content-Type"] == "image/png"
        assert response.url == ftpd.url() + "/data.png"
        assert response.status is None


def test_file_is_read_in_every_way(ftpd: Served) -> None:
    (ftpd.path / "a.txt").write_bytes(b"one\ntwo\nthree")
    url = ftpd.url() + "/a.txt"
    with web.urlopen(url, timeout=5) as response:
        assert [line for line in response] == [b"one\n", b"two\n", b"three"]
    with web.urlopen(url, timeout=5) as response:
        assert response.readline(2) == b"on"
        room = bytearray(100)
        assert response.readinto(room) == 11
        assert room[:11] == b"e\ntwo\nthree"
        assert response.readline() == b""
    with web.urlopen(url, timeout=5) as response:
        assert response.text() == "one\ntwo\nthree"


def test_text_is_fetched_as_text(ftpd: Served) -> None:
    (ftpd.path / "a.txt").write_bytes(b"one\ntwo\n")
    assert fetch(web.build_opener(), ftpd.url() + "/a.txt;type=a") == b"one\r\ntwo\r\n"


@pytest.mark.parametrize("end", ["", "/", ";type=d"])
def test_folder_is_listed(ftpd: Served, end: str) -> None:
    (ftpd.path / "inside.txt").write_bytes(b"x")
    assert b"inside.txt" in fetch(web.build_opener(), ftpd.url() + end)


def test_name_is_unquoted(ftpd: Served) -> None:
    (ftpd.path / "a b;c.txt").write_bytes(b"odd")
    assert fetch(web.build_opener(), ftpd.url() + "/a%20b%3Bc.txt") == b"odd"


def test_missing_file_is_a_urlerror(ftpd: Served) -> None:
    with pytest.raises(URLError, match=r"ftp error: .*550"):
        fetch(web.build_opener(), ftpd.url() + "/none")
    gc.collect()


def test_wrong_password_is_a_urlerror(ftpd: Served) -> None:
    url = ftpd.url().replace("s3cret", "no")
    with pytest.raises(URLError, match="ftp error: 530"):
        fetch(web.build_opener(), url)


def test_url_without_a_host_is_a_urlerror() -> None:
    with pytest.raises(URLError, match="no host given"):
        fetch(web.build_opener(), "ftp:///a")


def test_line_end_in_a_name_reaches_no_server(ftpd: Served) -> None:
    with pytest.raises((ValueError, URLError), match=r"character|line"):
        fetch(web.build_opener(), ftpd.url() + "/a%0D%0ADELE%20b")
    gc.collect()


def test_file_closed_early_closes_its_connection(ftpd: Served) -> None:
    (ftpd.path / "big").write_bytes(DATA * 20)
    response = web.urlopen(ftpd.url() + "/big", timeout=5)
    assert response.read(10) == DATA[:10]
    response.close()
    response.close()


def test_connection_is_kept_by_the_handler_that_keeps(ftpd: Served) -> None:
    (ftpd.path / "a").write_bytes(b"a")
    (ftpd.path / "b").write_bytes(DATA)
    handler = web.CacheFTPHandler()
    with web.build_opener(handler) as opener:
        assert fetch(opener, ftpd.url() + "/a") == b"a"
        (wrapper,) = handler.cache.values()
        first = wrapper.ftp.sock
        assert fetch(opener, ftpd.url() + "/b") == DATA
        assert wrapper.ftp.sock is first
        early = opener.open(ftpd.url() + "/b", timeout=5)
        early.close()
        assert fetch(opener, ftpd.url() + "/a") == b"a"
        assert wrapper.ftp.sock is not first
        assert list(handler.cache.values()) == [wrapper]
    assert not handler.cache


def test_busy_connection_is_not_used_by_another(ftpd: Served) -> None:
    (ftpd.path / "a").write_bytes(b"a")
    handler = web.CacheFTPHandler()
    with web.build_opener(handler) as opener:
        first = opener.open(ftpd.url() + "/a", timeout=5)
        assert fetch(opener, ftpd.url() + "/a") == b"a"
        assert first.read() == b"a"
        first.close()
        assert len(handler.cache) == 1


def test_kept_connections_are_bounded(ftpd: Served) -> None:
    handler = web.CacheFTPHandler()
    handler.setMaxConns(2)
    handler.setTimeout(30)
    with web.build_opener(handler) as opener:
        for name in "abc":
            (ftpd.path / name).mkdir()
            (ftpd.path / name / "f").write_bytes(name.encode())
            assert fetch(opener, f"{ftpd.url()}/{name}/f") == name.encode()
        assert len(handler.cache) == 2
        handler.timeout = dict.fromkeys(handler.timeout, 0.0)
        handler.soonest = 0.0
        handler.check_cache()
        assert not handler.cache


def test_file_that_the_server_says_is_not_whole_is_an_error(peer: MakePeer) -> None:
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
        with web.urlopen(f"ftp://{control.host}:{control.port}/file", timeout=5) as response:
            with pytest.raises(URLError, match="426"):
                response.read()


def test_urlretrieve_fetches_a_file(ftpd: Served, tmp_path: Path) -> None:
    (ftpd.path / "data").write_bytes(DATA)
    name, _ = web.urlretrieve(ftpd.url() + "/data", tmp_path / "got")
    assert (tmp_path / "got").read_bytes() == DATA
    assert name == tmp_path / "got"


def test_wrapper_of_a_program_takes_the_place_of_ours(ftpd: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[str] = []

    class Mine(web.ftpwrapper):
        def __init__(self, *args: Any, **more: Any) -> None:
            made.append(args[2])
            super().__init__(*args, **more)

    (ftpd.path / "a").write_bytes(b"a")
    monkeypatch.setattr(web, "ftpwrapper", Mine)
    assert fetch(web.build_opener(), ftpd.url() + "/a") == b"a"
    assert made == [ftpd.host]
    assert OSError in web.ftperrors()


def test_handler_with_a_way_of_its_own_to_connect_plugs_in(ftpd: Served) -> None:
    (ftpd.path / "a").write_bytes(b"a")

    class Handler(web.FTPHandler):
        def connect_ftp(
            self, user: str, passwd: str, host: str, port: int, dirs: list[str], timeout: Any
        ) -> Any:
            wrapper = web.ftpwrapper(user, passwd, host, port, dirs, timeout, persistent=False)
            return wrapper

    assert fetch(web.build_opener(Handler), ftpd.url() + "/a") == b"a"
