"""The page that lists a directory, in a real browser: headless Chromium. See tests.fix_chromium."""

from __future__ import annotations

import contextlib
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import wirekit.http.server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.fix_chromium import Browser, Page

pytestmark = [pytest.mark.interop, pytest.mark.timeout(300)]  # a browser takes its time on a busy machine

HOSTILE = [
    "<script>window.ran=1<_script>.txt", "<img src=x onerror=window.ran=1>.txt", '"onmouseover="window.ran=1.txt', "a&amp;b.txt",
    "it's.txt", "new\nline.txt", "tab\there.txt", "txt.\u202egnp.txt", "#hash?q=1.txt", "percent%20.txt",
    "javascript:window.ran=1.txt", "javascript:window.ran=2", "data:text,x.txt", " lead.txt", "-rf.txt", "dots..txt",
    "\u00fcml\u00e4ut.txt", "\x1b[31mred.txt", "back\\slash.txt", "</bdi><b>bold.txt".replace("/", "_"),
]  # fmt: skip
NAMES = "[...document.querySelectorAll('#entries > li:not(.u) a')].map(link => link.textContent)"
SHOWN = (
    "[...document.querySelectorAll('#entries > li:not(.u):not([hidden]) a')].map(link => link.textContent)"
)
FOCUS = "document.activeElement.textContent"


class Files(wirekit.http.server.SimpleHTTPRequestHandler):
    """Serves a directory that files may be put into, without a word."""

    protocol_version = "HTTP/1.1"
    uploads = True

    def log_message(self, format: str, *args: Any) -> None:
        pass


@contextlib.contextmanager
def serving(folder: Path) -> Iterator[str]:
    """Serve a directory; give its URL."""

    def make(*given: Any) -> Files:
        return Files(*given, directory=str(folder))

    with wirekit.http.server.ThreadingHTTPServer(("127.0.0.1", 0), make) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """A server of a directory for each test to have a directory of its own in; give both."""
    folder = tmp_path_factory.mktemp("site")
    with serving(folder) as url:
        yield url, folder


def fill(folder: Path, **contents: bytes) -> Path:
    folder.mkdir()
    for at, (name, content) in enumerate(contents.items()):
        (folder / name.replace("_", ".")).write_bytes(content)
        os.utime(folder / name.replace("_", "."), (1e9 + at * 3600, 1e9 + at * 3600))
    return folder


@contextlib.contextmanager
def opened(browser: Browser, url: str, **options: Any) -> Iterator[Page]:
    """Open a page, and see that the browser has nothing to complain of."""
    page = browser.open(url, **options)
    try:
        yield page
        assert page.complaints() == []
    finally:
        page.close()


def test_empty_directory_says_so(browser: Browser, site: tuple[str, Path]) -> None:
    fill(site[1] / "none")
    with opened(browser, f"{site[0]}none/") as page:
        assert page.run(NAMES) == []
        assert page.text("#count") == "0 entries"
        assert "empty" in page.text("p.note")
        page.press("ArrowDown")
        assert page.run(FOCUS) == "Parent directory"
        page.press("Enter")
        page.wait_for("location.pathname === '/'")


def test_hostile_names_are_names_and_nothing_else(browser: Browser, site: tuple[str, Path]) -> None:
    folder = fill(site[1] / "hostile")
    for name in HOSTILE:
        (folder / name).write_bytes(b"content of " + name.encode())
    Path(os.fsdecode(os.fsencode(folder) + b"/\xff\xfe.txt")).write_bytes(b"content of \xff\xfe.txt")
    with opened(browser, f"{site[0]}hostile/") as page:
        assert len(page.run(NAMES)) == len(HOSTILE) + 1
        assert page.run("document.querySelectorAll('#entries > li > a').length") == len(HOSTILE) + 2
        assert page.run("document.querySelectorAll('#entries :is(img, script, b)').length") == 0
        got = page.run(
            """Promise.all([...document.querySelectorAll('#entries > li:not(.u) a')].map(async link => {
                const content = await (await fetch(link.href)).arrayBuffer();
                return String.fromCharCode(...new Uint8Array(content));
            }))"""
        )
        wanted = [f"content of {name}".encode().decode("latin-1") for name in HOSTILE]
        assert sorted(got) == sorted([*wanted, "content of \xff\xfe.txt"])
        assert page.run("window.ran") is None


@pytest.mark.parametrize("scripts", [True, False])
def test_columns_sort(browser: Browser, site: tuple[str, Path], scripts: bool) -> None:
    folder = site[1] / f"sorted{scripts}"
    fill(folder, file10_txt=b"11", file2_txt=b"333", File1_txt=b"2")
    with opened(browser, f"{site[0]}{folder.name}/") as page:
        if not scripts:
            page.disable_scripts()
            assert page.run("document.querySelector('#filter').offsetWidth") == 0
        assert page.run(NAMES) == ["File1.txt", "file2.txt", "file10.txt"]
        for column, mark, names in (
            (1, "descending", ["file10.txt", "file2.txt", "File1.txt"]),
            (2, "ascending", ["File1.txt", "file10.txt", "file2.txt"]),
            (2, "descending", ["file2.txt", "file10.txt", "File1.txt"]),
            (3, "ascending", ["file10.txt", "file2.txt", "File1.txt"]),
            (3, "descending", ["File1.txt", "file2.txt", "file10.txt"]),
        ):
            page.click(f".head a:nth-child({column})")
            page.wait_for(
                "document.readyState === 'complete' && "
                f"document.querySelector('.head a:nth-child({column})').ariaCurrent === '{mark}'"
            )
            assert page.run(NAMES) == names


def test_filter_and_keys_find_a_file(browser: Browser, site: tuple[str, Path]) -> None:
    fill(site[1] / "keys", apple_txt=b"A", Pear_txt=b"P", pineapple_bin=b"B", plum_bin=b"B")
    with opened(browser, f"{site[0]}keys/") as page:
        page.press("/")
        page.type("APPLE")
        assert page.run(SHOWN) == ["apple.txt", "pineapple.bin"]
        assert page.text("#count") == "2 of 4"
        page.type(" bin")
        assert page.run(SHOWN) == ["pineapple.bin"]
        page.type(" no")
        assert page.text("#none") == "No name fits the filter."
        page.press("Escape")
        assert len(page.run(SHOWN)) == 4
        for key, focus in (
            ("ArrowDown", "Parent directory"), ("ArrowDown", "apple.txt"), ("ArrowDown", "Pear.txt"), ("ArrowUp", "apple.txt"),
            ("End", "plum.bin"), ("ArrowDown", "plum.bin"), ("Home", "Parent directory"),
        ):  # fmt: skip
            page.press(key)
            assert page.run(FOCUS) == focus
        page.press("/")
        page.type("pear")
        page.press("Enter")
        page.wait_for("document.querySelector('#shown pre')?.textContent === 'P'")
        page.press("Escape")
        page.wait_for(f"!document.querySelector('#view').open && {FOCUS} === 'Pear.txt'")


PICTURE = b'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="30"><rect width="40" height="30" fill="red"/></svg>'


def test_previews_show_text_and_pictures(browser: Browser, site: tuple[str, Path]) -> None:
    text = b"<script>window.ran = 1</script>\n" + b"line\n" * 20_000
    fill(site[1] / "shown", a_txt=text, b_bin=b"no preview", c_svg=PICTURE, d_txt=b"")
    with opened(browser, f"{site[0]}shown/") as page:
        page.click("li.t a")
        page.wait_for("document.querySelector('#shown pre')?.textContent.startsWith('<script>')")
        assert page.run("document.querySelector('#shown pre').textContent.endsWith('(the first 64 KB)')")
        assert page.run("document.querySelector('#view').open")
        page.press("ArrowRight")
        page.wait_for("document.querySelector('#shown img')?.naturalWidth === 40")
        assert page.text("#name") == "c.svg"
        page.press("ArrowRight")
        page.wait_for("document.querySelector('#shown pre')?.textContent === '(empty)'")
        page.press("ArrowRight")
        page.wait_for("document.querySelector('#shown pre')?.textContent.length > 65000")
        page.click("#close")
        page.wait_for(f"!document.querySelector('#view').open && {FOCUS} === 'a.txt'")
        page.press(" ")
        page.wait_for("document.querySelector('#view').open")
        assert page.text("#name") == "a.txt"
        assert page.run("window.ran") is None


@pytest.mark.parametrize("dropped", [True, False])
def test_files_are_uploaded(browser: Browser, site: tuple[str, Path], tmp_path: Path, dropped: bool) -> None:
    folder = fill(site[1] / f"upload{dropped}")
    first, second = tmp_path / "one & two #1?.txt", tmp_path / "large.bin"
    first.write_bytes(b"first")
    second.write_bytes(bytes(range(256)) * 20_000)
    with opened(browser, f"{site[0]}{folder.name}/") as page:
        if dropped:
            page.drop_files(first, second)
        else:
            page.choose_files("input[type=file]", first, second)
        page.wait_for(f"document.readyState === 'complete' && {NAMES}.length === 2")  # it loads itself anew
        assert page.run(NAMES) == ["large.bin", "one & two #1?.txt"]
    for path in (first, second):
        assert (folder / path.name).read_bytes() == path.read_bytes()


def test_upload_tells_how_far_it_is_and_why_it_fails(
    browser: Browser, site: tuple[str, Path], tmp_path: Path
) -> None:
    folder = fill(site[1] / "taken", a_txt=b"here")
    (tmp_path / "a.txt").write_bytes(b"other")
    page = browser.open(f"{site[0]}taken/")
    try:
        page.choose_files("input[type=file]", tmp_path / "a.txt")
        page.wait_for("document.querySelector('#upload .bad')?.textContent === 'already there'")
        assert page.run("document.querySelector('#upload progress').value") == 0
        assert "412" in " ".join(page.complaints())  # which the console tells by itself, and nothing else
        assert len(page.complaints()) == 1
    finally:
        page.close()
    assert (folder / "a.txt").read_bytes() == b"here"


def test_form_uploads_without_scripts(browser: Browser, site: tuple[str, Path], tmp_path: Path) -> None:
    folder = fill(site[1] / "form")
    (tmp_path / "f.txt").write_bytes(b"by form")
    with opened(browser, f"{site[0]}form/") as page:
        page.disable_scripts()
        page.choose_files("input[type=file]", tmp_path / "f.txt")
        page.click("#upload button")
        page.wait_for(f"{NAMES}.length === 1")
    assert (folder / "f.txt").read_bytes() == b"by form"


@pytest.mark.parametrize("dark", [True, False])
def test_phone_shows_everything_within_its_width(
    browser: Browser, site: tuple[str, Path], dark: bool
) -> None:
    folder = site[1] / f"phone{dark}"
    fill(folder, a_txt=b"x" * 3000, **{"long" * 50 + "_txt": b"y"})
    with opened(browser, f"{site[0]}{folder.name}/", width=360, height=700, dark=dark) as page:
        assert page.run("document.documentElement.scrollWidth") <= 360
        for shown in (
            "#filter",
            "#entries li:last-child a",
            "#entries time",
            "#entries span",
            ".head a:nth-child(3)",
        ):
            left, right = page.run(
                f"(box => [box.left, box.right])(document.querySelector('{shown}').getBoundingClientRect())"
            )
            assert 0 <= left < right <= 360, shown
        light = page.run(
            "getComputedStyle(document.body).backgroundColor.match(/\\d+/g).slice(0, 3).every(part => part > 128)"
        )
        assert light is not dark
        page.click("li.t a")
        page.wait_for("document.querySelector('#shown pre')?.textContent.startsWith('xxx')")
        assert page.run("document.documentElement.scrollWidth") <= 360


def test_twenty_thousand_entries_are_listed_and_filtered(browser: Browser, site: tuple[str, Path]) -> None:
    folder = fill(site[1] / "many")
    (folder / "0.txt").touch()
    for at in range(1, 20_000):
        os.link(folder / "0.txt", folder / f"{at}.txt")
    with opened(browser, f"{site[0]}many/") as page:
        assert page.text("#count") == "20,000 entries"
        page.press("/")
        page.type("1999")
        assert page.text("#count") == "12 of 20,000"
        assert page.run(SHOWN) == ["1999.txt", "11999.txt", *(f"1999{last}.txt" for last in range(10))]
        page.press("Escape")
        page.press("End")
        assert page.run(FOCUS) == "19999.txt"
