"""`wirekit call` and `wirekit serve --rpc`: methods called from a shell, and a module's methods served from one."""

from __future__ import annotations

import base64
import datetime as dt
import json
import re
import signal
import socket
import urllib.request
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from tests.fix_twins import Twin
from tests.rpc_servers import serving
from wirekit._cli import call
from wirekit.xmlrpc.client import Fault, ServerProxy
from wirekit.xmlrpc.server import basic_users

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Iterator

    from tests.cli.conftest import Command

BLOCKING = Twin("blocking")


class Shop:
    """What is served."""

    def add(self, x: int, y: int = 1) -> int:
        """Add two numbers.

        Both are whole.
        """
        return x + y

    def same(self, *values: Any) -> list[Any]:
        return list(values)

    def fail(self) -> None:
        """Fail, with \x1b[31mcolours."""
        raise Fault(7, "no \x9b31mway\n\u202e")


def register(server: Any) -> None:
    server.register_instance(Shop())
    server.register_introspection_functions()
    server.register_function(Shop().add, "a.b.add")


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    """Serve a shop; give its URL."""
    with serving(BLOCKING, register, allow_none=True, use_builtin_types=True) as server:
        yield server.url


# ---- call


def test_method_is_called_and_its_result_is_json(command: Command, url: str) -> None:
    done = command("call", url, "add", "2", "3")
    assert (done.returncode, done.stdout, done.stderr) == (0, b"5\n", b"")
    done = command("call", url, "a.b.add", "-7")
    assert (done.returncode, done.stdout) == (0, b"-6\n")
    typed = ['{"a": [1, 2.5, null, true]}', "plain words", '"3"', '{"$base64": "AP8="}', "ü", "-0.5"]
    done = command("call", url, "same", *typed)
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout) == [
        {"a": [1, 2.5, None, True]}, "plain words", "3", {"$base64": "AP8="}, "ü", -0.5,
    ]  # fmt: skip


def test_methods_are_listed_with_signatures_and_help(command: Command, url: str) -> None:
    done = command("call", "--list", url)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode()
    assert "add(int) -> int\nadd(int, int) -> int\n    Add two numbers.\n\n    Both are whole.\n" in shown
    assert re.search(r"^same", shown, re.MULTILINE)
    assert "\x1b" not in shown


@pytest.mark.parametrize(
    "words, code, said",
    [
        (["fail"], 1, "fault 7: no "),
        (["nothing"], 1, "is not supported"),
        (["add"], 1, "fault -32602: "),
        (["add", "[1, 2"], 2, "argument 1 is no JSON"),
        (["add", "12monkeys"], 2, "argument 1 is no JSON"),
        (["same", '"\\u0000"'], 2, "args[0]"),
        (["same", '{"$base64": "<"}'], 2, "'<' is no base64"),
    ],
)
def test_what_goes_wrong_is_one_line_and_a_code(
    command: Command, url: str, words: list[str], code: int, said: str
) -> None:
    done = command("call", url, *words)
    lines = done.stderr.decode().splitlines()
    assert (done.returncode, done.stdout, len(lines)) == (code, b"", 1), lines
    assert lines[0].startswith(f"wirekit: {url}: ")
    assert said in lines[0]
    assert not any(character in lines[0] for character in "\x1b\x9b\u202e\n")


def test_wrong_usage_is_told(command: Command, url: str) -> None:
    for words in ((url,), ("--list", url, "add"), (), (url, "add", "--timeout", "0")):
        done = command("call", *words)
        assert done.returncode == 2, words
        assert done.stdout == b""
    assert command("call", "ftp://127.0.0.1/", "add").returncode == 2


def test_server_that_is_none_is_told(command: Command) -> None:
    with serving(BLOCKING, register) as server:
        done = command("call", server.url + "elsewhere", "add", "1")
        assert (done.returncode, b"404" in done.stderr) == (1, True)
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # and does not listen
        done = command("call", f"http://127.0.0.1:{silent.getsockname()[1]}/", "add", "1")
    assert (done.returncode, len(done.stderr.splitlines())) == (3, 1)


def test_login_is_sent_and_not_shown(command: Command) -> None:
    with serving(BLOCKING, register, authenticate=basic_users({"alice": "s3cret"})) as server:
        assert command("call", server.url, "add", "1").returncode == 1
        good, bad = (server.url.replace("//", f"//alice:{word}@") for word in ("s3cret", "wr0ng"))
        assert command("call", good, "add", "1").stdout == b"2\n"
        done = command("call", bad, "add", "1")
        assert (done.returncode, b"401" in done.stderr, b"wr0ng" in done.stderr) == (1, True, False)
        header = "Authorization: Basic " + base64.b64encode(b"alice:s3cret").decode()
        assert command("call", "-H", header, server.url, "add", "1").stdout == b"2\n"


def test_exchange_is_shown_where_that_is_asked_for(command: Command, url: str) -> None:
    done = command("call", "-v", url, "add", "2", "3")
    assert done.stdout == b"5\n"
    shown = done.stderr.decode().splitlines()
    assert "> <methodName>add</methodName>" in shown
    assert "< <value><int>5</int></value>" in shown
    done = command("call", "-v", url, "fail")
    assert "< <fault>" in done.stderr.decode().splitlines()
    assert b"\x1b" not in done.stderr


@pytest.mark.parametrize(
    "value",
    [b"\0\xff", dt.datetime(2026, 2, 28, 12), Decimal("1.50"), {"a": [b"x"]}, {"$base64": 1}, "text", 2**70],
)
def test_result_is_read_as_an_argument_again(value: Any) -> None:
    again = call.parse_argument(call.format_result(value))
    assert again == value


# ---- serve --rpc


MODULE = '''
"""Fruit by mail."""
import os

def add(x: int, y: int = 0) -> int:
    """Add two numbers."""
    return x + y

def _private():
    return "private"

async def later(x):
    return x

class Shop:
    """A shop."""
    def price(self, fruit: str) -> float:
        """Tell a price."""
        return {"apple": 1.5}[fruit]

shop = Shop()
words = {"up": str.upper}
'''


def start(command: Command, *words: str) -> tuple[subprocess.Popen[bytes], str]:
    """Serve on any port; give the URL."""
    (command.directory / "fruit.py").write_text(MODULE)
    process = command.start("serve", "--port", "0", *words)
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    found = re.search(r"^Serving \S+ over XML-RPC at (http://127\.0\.0\.1:\d+/)", line)
    assert found, (line, process.stderr and process.stderr.read())
    return process, found[1]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.send_signal(signal.SIGINT)
    _, said = process.communicate(timeout=15)
    assert process.returncode == 0, said
    assert b"Traceback" not in said


@pytest.mark.parametrize("twin", [(), ("--async",)], ids=["blocking", "async"])
def test_module_is_served_with_its_page_until_stopped(command: Command, twin: tuple[str, ...]) -> None:
    process, url = start(command, "--rpc", "fruit", "--doc", *twin)
    with ServerProxy(url) as proxy:
        assert proxy.add(2, 3) == 5
        names = proxy.system.listMethods()
        assert [name for name in names if not name.startswith("system.")] == ["add", "later"]
        if twin:
            assert proxy.later(4) == 4
        with pytest.raises(Fault, match="not supported"):
            proxy._private()
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(url, timeout=15) as response:
        page = response.read().decode()
    assert "<title>fruit</title>" in page
    assert "Fruit by mail." in page
    stop(process)


def test_object_is_served_without_a_page(command: Command) -> None:
    process, url = start(command, "--rpc", "fruit:shop")
    with ServerProxy(url) as proxy:
        assert proxy.price("apple") == 1.5
        with pytest.raises(Fault, match="KeyError"):
            proxy.price("stone")
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with pytest.raises(urllib.error.HTTPError) as caught:
        opener.open(url, timeout=15)
    caught.value.close()
    assert caught.value.code == 501
    process.send_signal(signal.SIGTERM)
    process.communicate(timeout=15)
    assert process.returncode == 143


@pytest.mark.parametrize(
    "words, code, said",
    [
        (("--rpc", "no_such_module"), 2, "there is no module no_such_module"),
        (("--rpc", "json:nothing"), 2, "json has no nothing"),
        (("--rpc", ""), 2, "no name of a module"),
        (("--doc",), 2, "--doc needs --rpc"),
        (("--rpc", "json", "--upload"), 2, "--upload is of files"),
        (("--rpc", "json", "--auth", "file"), 2, "--auth is of files"),
    ],
)
def test_what_cannot_be_served_is_told(
    command: Command, words: tuple[str, ...], code: int, said: str
) -> None:
    done = command("serve", "--port", "0", *words)
    assert done.returncode == code
    assert said in done.stderr.decode()
