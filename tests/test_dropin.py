"""The drop-in: whatever is imported when, ours stands where the standard library's did, and everything can go back.

Each test is a program in an interpreter of its own: what it shows is a state of the whole process.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import textwrap
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from pathlib import Path


def run(program: str, *options: str, **environment: str) -> Any:
    """Run a program; what it assigns to `result` comes back, by JSON."""
    whole = textwrap.dedent(program) + "\nimport json, sys\nsys.stdout.write('\\n' + json.dumps(result))\n"
    done = subprocess.run(
        [sys.executable, *options, "-c", whole],
        capture_output=True,
        text=True,
        check=False,
        env={**os.environ, **environment},
    )
    assert done.returncode == 0, done.stderr
    assert not done.stderr
    return json.loads(done.stdout.rpartition("\n")[2])


def command(*words: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    """Run `wirekit`."""
    return subprocess.run(
        [sys.executable, "-m", "wirekit", *words], capture_output=True, text=True, check=False, cwd=cwd
    )


def test_import_gives_ours() -> None:
    assert run(
        """
        from wirekit import dropin
        dropin.install()
        import http.client, urllib.request as request
        from urllib.parse import urlsplit
        import http
        result = [http.client.__name__, request.__name__, urlsplit.__module__, dropin.served()]
        """
    ) == [
        "wirekit.http.client",
        "wirekit.urllib.request",
        "wirekit.urllib.parse",
        ["http.client", "urllib.parse", "urllib.request"],
    ]


def test_every_module_is_replaced() -> None:
    found = run(
        """
        from importlib import import_module
        from wirekit import dropin
        dropin.install()
        result = {name: import_module(name).__name__ for name in dropin.MODULES}
        """
    )
    assert found == {name: f"wirekit.{name}" for name in found}
    assert len(found) == 13


def test_what_was_imported_before_is_exchanged() -> None:
    assert run(
        """
        import http.client, urllib.parse as parse
        from http.client import HTTPConnection as Connection, HTTPException
        import wirekit.dropin.auto
        before = HTTPException
        from http.client import HTTPException
        result = [http.client.__name__, parse.__name__, Connection.__module__, HTTPException is before]
        """
    ) == ["wirekit.http.client", "wirekit.urllib.parse", "wirekit.http.client", True]


@pytest.mark.parametrize(
    "first", ["", "import http.client, urllib.error, urllib.request", "import wirekit.urllib.request"]
)
def test_uninstall_gives_everything_back(first: str) -> None:
    assert run(
        f"""
        import os, sys
        {first}
        environment, finders = dict(os.environ), list(sys.meta_path)
        from wirekit import defaults, dropin
        before = defaults.active.as_dict()
        dropin.install()
        import http.client, urllib.error, urllib.request
        request = urllib.request
        dropin.uninstall()
        dropin.uninstall()
        import http.client, urllib.request
        result = [
            http.client.__name__, urllib.request.__name__, request.__name__, dict(os.environ) == environment,
            sys.meta_path == finders, defaults.active.as_dict() == before, dropin.is_installed(), dropin.served(),
        ]
        """
    ) == ["http.client", "urllib.request", "wirekit.urllib.request", True, True, True, False, []]


def test_names_taken_before_come_back() -> None:
    assert run(
        """
        import http.client as client
        from http.client import HTTPConnection
        from wirekit import dropin
        dropin.install()
        ours = [client.__name__, HTTPConnection.__module__]
        dropin.uninstall()
        result = [ours, client.__name__, HTTPConnection.__module__]
        """
    ) == [["wirekit.http.client", "wirekit.http.client"], "http.client", "http.client"]


@pytest.mark.parametrize(
    "call, name",
    [
        ("install()", "stdlib"),
        ("install(safe=True)", "safe"),
        ("install(); dropin.install(safe=True)", "safe"),
    ],
)
def test_profile_is_the_one_that_programs_were_written_for(call: str, name: str) -> None:
    found = run(
        f"""
        import os
        from wirekit import defaults, dropin
        dropin.{call}
        result = [defaults.active.as_dict() == defaults.profile({name!r}).as_dict(), os.environ[dropin.VARIABLE]]
        """
    )
    assert found == [True, name]


@pytest.mark.parametrize(
    "order", ["http.client urllib.error", "urllib.error http.client", "urllib.request urllib.error"]
)
def test_errors_are_the_originals_in_any_order(order: str) -> None:
    """Ours come from the original, which must not be sought where ours stands."""
    assert run(
        f"""
        from importlib import import_module
        from wirekit import dropin
        dropin.install()
        for name in {order.split()!r}:
            import_module(name)
        import http.client, urllib.error, urllib.request
        from http.client import HTTPException
        try:
            urllib.request.urlopen("http://127.0.0.1:1/", timeout=5)
        except urllib.error.URLError as error:
            caught = type(error).__module__
        dropin.uninstall()
        import http.client, urllib.error
        result = [caught, HTTPException is http.client.HTTPException, urllib.error.URLError.__module__]
        """
    ) == ["urllib.error", True, "urllib.error"]


def test_names_that_the_originals_import_are_found_until_uninstall() -> None:
    """No documentation names them, but programs take `addinfourl` from urllib.request, and `os` from http.server."""
    assert run(
        """
        import os
        from wirekit import dropin
        dropin.install()
        from urllib.request import addinfourl, quote
        import http.server, urllib.request as request, xmlrpc.client
        from xmlrpc.client import Decimal
        found = [addinfourl.__module__, quote.__module__, http.server.os is os, hasattr(request, "no_such_name")]
        dropin.uninstall()
        import wirekit.http.server as server
        result = [*found, hasattr(server, "os"), request.addinfourl is addinfourl]
        """
    ) == ["wirekit.urllib.response", "wirekit.urllib.parse", True, False, False, True]


def test_responses_of_the_originals_are_ours() -> None:
    """An HTTPError is the original's, and an addinfourl in either tree."""
    assert run(
        """
        from wirekit import dropin
        dropin.install()
        import urllib.error, urllib.response
        error = urllib.error.HTTPError("http://a/", 404, "Not Found", {}, None)
        error.close()
        kinds = (urllib.response.addinfourl, urllib.response.addbase)
        result = [isinstance(thing, kind) for thing in (error, "text") for kind in kinds]
        """
    ) == [True, True, False, False]


SHOW = "import http.client as c, sys; print(c.__name__, sum('dropin' in p for p in sys.path))"


def test_python_children_do_the_same() -> None:
    assert run(
        f"""
        import multiprocessing, os, subprocess, sys
        from wirekit import dropin
        def ask():
            return subprocess.run([sys.executable, "-c", {SHOW!r}], capture_output=True, text=True).stdout.split()
        dropin.install(children=False)
        alone = ask()
        dropin.install()
        installed = ask()
        dropin.uninstall()
        result = [alone, installed, ask()]
        """
    ) == [["http.client", "0"], ["wirekit.http.client", "0"], ["http.client", "0"]]


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_multiprocessing_children_do_the_same(tmp_path: Path, method: str) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            f"""
            import multiprocessing
            def ask(queue):
                import http.client
                queue.put(http.client.__name__)
            if __name__ == "__main__":
                context = multiprocessing.get_context({method!r})
                queue = context.Queue()
                process = context.Process(target=ask, args=(queue,))
                process.start()
                print(queue.get(timeout=15))
                process.join()
            """
        )
    )
    assert command("run", str(program)).stdout == "wirekit.http.client\n"


def test_sitecustomize_of_others_still_runs(tmp_path: Path) -> None:
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.theirs = True\n")
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    assert (
        run(
            """
        import subprocess, sys
        from wirekit import dropin
        dropin.install()
        show = "import sys, http.client as c; print(c.__name__, sys.theirs)"
        result = subprocess.run([sys.executable, "-c", show], capture_output=True, text=True).stdout
        """,
            PYTHONPATH=path,
        )
        == "wirekit.http.client True\n"
    )


@pytest.mark.parametrize("options", [["-O"], ["-W", "error"], ["-X", "dev"]])
def test_interpreter_options_hold_in_the_program(tmp_path: Path, options: list[str]) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        "import sys, http.client as c\n"
        "print(c.__name__, sys.flags.optimize, sys.flags.dev_mode, 'error' in sys.warnoptions)\n"
    )
    done = subprocess.run(
        [sys.executable, *options, "-m", "wirekit", "run", str(program)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    assert done.stdout.split() == [
        "wirekit.http.client",
        str(options.count("-O")),
        str("dev" in options),
        str("error" in options),
    ]


def test_run_gives_a_script_its_arguments_and_its_exit_code(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text("import sys\nprint(__name__, sys.argv, sys.path[0])\nsys.exit(3)\n")
    done = command("run", str(program), "a", "--safe", "--", "-x")
    assert done.stdout == f"__main__ {[str(program), 'a', '--safe', '--', '-x']} {tmp_path}\n"
    assert done.returncode == 3


def test_run_a_module_and_a_command(tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text("import sys, ftplib\nprint(ftplib.__name__, sys.argv[1:])\n")
    assert command("run", "-m", "program", "-x", cwd=tmp_path).stdout == "wirekit.ftplib ['-x']\n"
    done = command(
        "run", "--safe", "--", sys.executable, "-c", "import os; print(os.environ['WIREKIT_DROPIN'])"
    )
    assert done.stdout == "safe\n"


@pytest.mark.parametrize("words", [["run"], ["run", "-m"], ["run", "--no-such-option"], ["run", "--"]])
def test_run_says_what_is_missing(words: list[str]) -> None:
    done = command(*words)
    assert done.returncode == 2
    assert "usage: wirekit run" in done.stderr


def test_run_of_nothing_that_is_there() -> None:
    done = command("run", "no-such-program")
    assert done.returncode == 127
    assert "no file and no command" in done.stderr


def test_report_adds_up_all_processes(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(
        textwrap.dedent(
            """
            import http.server, subprocess, sys, threading, urllib.request
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(200)
                    self.send_header("Content-Length", "1000")
                    self.end_headers()
                    self.wfile.write(bytes(1000))
                def log_message(self, *_):
                    pass
            server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
            threading.Thread(target=server.serve_forever, daemon=True).start()
            fetch = f"import urllib.request as r; r.urlopen('http://127.0.0.1:{server.server_port}/').read()"
            exec(fetch)
            subprocess.run([sys.executable, "-c", fetch], check=True)
            server.shutdown()
            """
        )
    )
    done = command("run", "--report", str(program))
    assert done.returncode == 0, done.stderr
    served, _, counts = done.stderr.partition(" in 2 processes: ")
    assert served.startswith("wirekit served ")
    assert {"http.server", "urllib.request"} <= set(served.removeprefix("wirekit served ").split(", "))
    assert counts.startswith("2 connections, ")


def test_start_stays_light() -> None:
    """What every Python child pays: neither the protocols nor what is slow to import."""
    loaded = run(
        """
        import sys
        before = set(sys.modules)
        from wirekit import dropin
        dropin.install()
        result = sorted(set(sys.modules) - before)
        """
    )
    heavy = {
        "re",
        "inspect",
        "pathlib",
        "typing",
        "importlib.abc",
        "email",
        "ssl",
        "socket",
        "subprocess",
        "asyncio",
    }
    assert not heavy & set(loaded)
    assert not [name for name in loaded if name.startswith("wirekit.") and name.count(".") > 1]
