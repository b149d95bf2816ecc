"""What a program must not notice of the drop-in: options of the interpreter, orders, processes, tracebacks, pickles."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import wirekit
from tests.test_dropin import run

HOME = Path(wirekit.__file__).parent

TALK = """
import ftplib, http.client, http.cookiejar, http.cookies, http.server, smtplib, threading
import urllib.error, urllib.parse, urllib.request, urllib.response, urllib.robotparser
import xmlrpc.client, xmlrpc.server

class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "5")
        self.send_header("Set-Cookie", "fig=newton")
        self.end_headers()
        self.wfile.write(b"hello")
    def log_message(self, *_):
        pass

jar = http.cookiejar.CookieJar()
with http.server.HTTPServer(("127.0.0.1", 0), Handler) as server:
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(jar)
    )
    with opener.open(f"http://127.0.0.1:{server.server_port}/") as response:
        print(response.read().decode(), [cookie.name for cookie in jar], type(response).__module__)
    opener.close()
    server.shutdown()
    thread.join()
print(xmlrpc.client.loads(xmlrpc.client.dumps((1, "a"), "add")))
"""


@pytest.mark.parametrize("options", [["-O"], ["-OO"], ["-W", "error", "-X", "dev"]])
def test_conversation_is_clean_under_every_option(tmp_path: Path, options: list[str]) -> None:
    program = tmp_path / "program.py"
    program.write_text(TALK)
    done = subprocess.run(
        [sys.executable, *options, "-m", "wirekit", "run", str(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout == "hello ['fig'] wirekit.http.client\n((1, 'a'), 'add')\n"


def test_modules_are_ours_whichever_comes_first() -> None:
    """Each module in a process forked for it, where it is the first; every other one has two of them before."""
    program = """
        import os, sys
        from importlib import import_module
        from wirekit import dropin
        result = []
        names = list(dropin.MODULES)
        for first, name in enumerate(names):
            pid = os.fork()
            if not pid:
                for earlier in (names[first:] + names)[1 : 1 + first % 2 * 2]:
                    import_module(earlier)
                dropin.install()
                import_module(name)
                modules = {one: sys.modules[one] for one in dropin.served()}
                good = name in modules and all(module.__name__ == f"wirekit.{one}" for one, module in modules.items())
                for one, module in modules.items():
                    parent, _, child = one.rpartition(".")
                    good &= not parent or getattr(sys.modules[parent], child) is module
                os._exit(0 if good else 1)
            if os.waitpid(pid, 0)[1]:
                result.append(name)
        """
    assert run(program, "-W", "error") == []


def test_install_and_uninstall_may_be_repeated() -> None:
    assert (
        run(
            """
        import os, sys
        import http.client, urllib.request
        from importlib import import_module
        from wirekit import dropin
        before = {name: import_module(name) for name in dropin.MODULES}
        environment, finders = dict(os.environ), list(sys.meta_path)
        result = []
        for _ in range(3):
            dropin.install()
            ours = [import_module(name).__name__ == f"wirekit.{name}" for name in dropin.MODULES]
            dropin.uninstall()
            theirs = [import_module(name) is before[name] for name in dropin.MODULES]
            result.append([all(ours), all(theirs), os.environ == environment, sys.meta_path == finders])
        """
        )
        == [[True] * 4] * 3
    )


def test_tracebacks_point_into_readable_modules() -> None:
    """Each frame of an error has a file that is there and a line in it, as one reads it there."""
    frames = run(
        """
        import sys, traceback
        from wirekit import dropin
        dropin.install(children=False)
        import urllib.request
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        try:
            opener.open("http://127.0.0.1:1/")
        except OSError as error:
            while error is not None:
                result = [(frame.filename, frame.lineno, frame.line) for frame in traceback.extract_tb(error.__traceback__)]
                error = error.__context__
        """
    )
    ours = [Path(name) for name, _, _ in frames if HOME in Path(name).parents]
    assert ours
    for name, number, line in frames:
        if name != "<string>":
            assert Path(name).read_text().splitlines()[number - 1].strip() == line.splitlines()[0]
    assert not [path for path in ours if path.name.startswith("_") and path.name.endswith(".pyc")]


def test_warnings_name_the_line_of_the_user(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            """
            import urllib.parse, urllib.request
            urllib.parse.splittype("http:a")
            urllib.request.URLopener()
            urllib.request.FancyURLopener()
            """
        )
    )
    done = subprocess.run(
        [sys.executable, "-W", "always", "-m", "wirekit", "run", str(program)],
        capture_output=True,
        text=True,
        check=True,
    )
    told = [line for line in done.stderr.splitlines() if "DeprecationWarning" in line]
    assert [line.partition(": ")[0] for line in told] == [f"{program}:{line}" for line in (3, 4, 5)]


PICKLED = """
import ftplib, http.client, http.cookiejar, http.cookies, pickle, smtplib, sys
import urllib.error, urllib.parse, urllib.request, xmlrpc.client
cookie = http.cookies.SimpleCookie("fig=newton")
cookie["fig"]["path"] = "/"
jar_cookie = http.cookiejar.Cookie(
    0, "n", "v", None, False, "e.com", False, False, "/", True, False, None, True, None, None, {}
)
message = http.client.HTTPMessage()
message["A"] = "b"
things = [
    cookie, cookie["fig"], jar_cookie, message, urllib.request.Request("http://a/b", headers={"A": "b"}),
    urllib.parse.urlsplit("http://a/b?c#d"), urllib.parse.urlparse(b"http://a/b"), urllib.parse.urldefrag("http://a/#x"),
    xmlrpc.client.DateTime("20200101T00:00:00"), xmlrpc.client.Binary(b"ab"), http.client.IncompleteRead(b"ab", 3),
    urllib.error.URLError("no"), smtplib.SMTPResponseException(550, b"no"), ftplib.error_perm("550 no"),
]
def show(thing):
    state = {name: str(value) for name, value in vars(thing).items()} if hasattr(thing, "__dict__") else {}
    return [type(thing).__name__, getattr(thing, "full_url", None) or str(thing),
            sorted((name, value) for name, value in state.items() if not name.startswith("_"))]
"""


@pytest.mark.parametrize(
    "way", [(False, True), (True, False)], ids=["from theirs to ours", "from ours to theirs"]
)
def test_pickles_go_both_ways(way: tuple[bool, bool]) -> None:
    begin = "from wirekit import dropin\ndropin.install()\n"
    dump, load = (begin * ours + PICKLED for ours in way)
    shown = run(dump + "result = [[show(thing) for thing in things], pickle.dumps(things).hex()]")
    again = run(load + f"result = [show(thing) for thing in pickle.loads(bytes.fromhex({shown[1]!r}))]")
    assert again == shown[0]
